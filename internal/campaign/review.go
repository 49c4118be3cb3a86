package campaign

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// ToReview is one submission as the office's queue shows it.
type ToReview struct {
	Submission SubmissionID
	Visits     []store.VisitHead
	Questions  []Issue // of the screening: signs of haste or copying, never verdicts
	Warnings   int     // open ones it was taken with
	Sent       bool    // a correction is asked for
	Approved   bool
}

// HandIns lists the submissions of a year, those that ask most first; approved ones last. A department gets
// those whose visits are all its own: see Share.
func (c *Campaign) HandIns(ctx context.Context, year int, department string) ([]ToReview, error) {
	heads, err := c.Store.VisitHeads(ctx, 0, "")
	if err != nil {
		return nil, err
	}
	marks, err := c.marks(ctx)
	if err != nil {
		return nil, err
	}
	questions, err := c.openQuestions(ctx, year)
	if err != nil {
		return nil, err
	}
	warnings, err := c.warnings(ctx)
	if err != nil {
		return nil, err
	}
	mixed := mixedWith(heads, department)
	at := make(map[SubmissionID]int)
	var queue []ToReview
	for _, h := range heads {
		if h.Year != year || mixed[h.Submission] {
			continue
		}
		i, seen := at[h.Submission]
		if !seen {
			i = len(queue)
			at[h.Submission] = i
			m := marks[h.Submission]
			queue = append(queue, ToReview{Submission: h.Submission, Questions: questions[h.Submission], Warnings: warnings[h.Submission], Sent: m.sent, Approved: m.approved})
		}
		queue[i].Visits = append(queue[i].Visits, h)
	}
	slices.SortStableFunc(queue, func(a, b ToReview) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(len(b.Questions), len(a.Questions)), cmp.Compare(b.Warnings, a.Warnings), cmp.Compare(a.Submission, b.Submission))
	})
	return queue, nil
}

// mixedWith are the submissions that are not a department's to judge, since a visit in them is another's; none
// for the college, which is department "".
func mixedWith(heads []store.VisitHead, department string) map[SubmissionID]bool {
	mixed := make(map[SubmissionID]bool)
	for i := range heads {
		if department != "" && !sameDepartment(heads[i].Faculty.Department, department) {
			mixed[heads[i].Submission] = true
		}
	}
	return mixed
}

// openQuestions are those of the screening that nobody has confirmed or waived, by submission.
func (c *Campaign) openQuestions(ctx context.Context, year int) (map[SubmissionID][]Issue, error) {
	questions, err := c.Questions(ctx, year)
	if none := (*ErrNoVisits)(nil); errors.As(err, &none) {
		return nil, nil
	}
	for id := range questions {
		questions[id] = slices.DeleteFunc(questions[id], func(q Issue) bool { return !q.Open() })
	}
	return questions, err
}

func rank(r ToReview) int {
	switch {
	case r.Approved:
		return 2
	case r.Sent:
		return 1
	}
	return 0
}

// warnings counts the remarks that each submission was taken with.
func (c *Campaign) warnings(ctx context.Context) (map[SubmissionID]int, error) {
	rows, err := c.Store.Attempts(ctx, store.Filter{Statuses: []string{string(Accepted), string(Superseded)}})
	out := make(map[SubmissionID]int)
	for _, r := range rows {
		out[r.Submission] += r.Warnings
	}
	return out, err
}

// RefusedFile is a file that was not taken and whose mended copy has not come.
type RefusedFile struct {
	store.AttemptRow
	Issues []Issue
}

// Refused lists the files of a year (and those whose year could not be read) that were refused
// and not mended since, the latest first. A department's office gets none: a file that could not be
// read says nothing of its department.
func (c *Campaign) Refused(ctx context.Context, year int, department string) ([]RefusedFile, error) {
	if department != "" {
		return nil, nil
	}
	rows, err := c.Store.Attempts(ctx, store.Filter{Statuses: []string{string(Rejected), string(Unreadable)}})
	if err != nil {
		return nil, err
	}
	var sums []string
	for _, r := range rows {
		if r.SHA256 != "" {
			sums = append(sums, r.SHA256)
		}
	}
	mended, err := c.Store.Corrected(ctx, sums)
	if err != nil {
		return nil, err
	}
	known, err := c.Store.Known(ctx, sums)
	if err != nil {
		return nil, err
	}
	var list []RefusedFile
	for _, r := range slices.Backward(rows) {
		if _, ok := mended[r.SHA256]; ok || known[r.SHA256].Submission != 0 || r.Year != year && r.Year != 0 || r.Last.Before(c.Now().Add(-refusedLife)) {
			continue
		}
		list = append(list, RefusedFile{AttemptRow: r})
	}
	return list, nil
}

// refusedLife is how long a refused file is asked after.
const refusedLife = 120 * 24 * time.Hour

// RefusedFile finds a refused file with its issues.
func (c *Campaign) RefusedFile(ctx context.Context, id store.AttemptID) (*RefusedFile, error) {
	rows, err := c.Store.Attempts(ctx, store.Filter{After: int64(id) - 1, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].ID != id || rows[0].Status != Rejected && rows[0].Status != Unreadable {
		return nil, store.ErrNotFound
	}
	f := &RefusedFile{AttemptRow: rows[0]}
	f.Issues, err = c.Store.IssuesOf(ctx, id)
	if err != nil {
		return nil, err
	}
	rulings, err := c.Store.Rulings(ctx, f.SHA256)
	decisions{stored: rulings}.mark(f.Issues)
	return f, err
}

// AttemptID numbers a file that was handed in.
type AttemptID = store.AttemptID

// Say is what somebody says about a submission: a remark, an approval, or that it goes back.
type Say struct {
	Submission SubmissionID
	Kind       string // Remark, Approved or SentBack
	Sheet      string // the cell it is pinned to; "" where it is about the whole
	Cell       string // A1
	Text       string
	LeaveOut   bool // of the figures, until it is corrected; with SentBack only
}

// The kinds of a word about a submission.
const (
	Remark   = store.Remark
	Approved = store.Approved
	SentBack = store.SentBack
)

// Say records a word about a submission, and leaves it out where that was asked: both or neither. An
// error that Is ErrConflict or ErrFrozen says why not.
func (c *Campaign) Say(ctx context.Context, s Say, act Act) error {
	if s.Cell != "" && !isCell(s.Cell) {
		return refuse("单元格要写成 C7 这样。", "A cell is written like C7.")
	}
	word := Comment{College: c.Codebook.College, Object: ObjectOf(s.Submission), Kind: s.Kind, By: act.By, Text: strings.TrimSpace(s.Text)}
	if s.Cell != "" || s.Sheet != "" {
		word.Ref = refOf(s.Sheet, strings.ToUpper(s.Cell))
	}
	return c.Store.Judge(ctx, s.Submission, word, s.Kind == SentBack && s.LeaveOut)
}

// isCell reports whether s is an A1 address of at most three letters and seven digits.
func isCell(s string) bool {
	s = strings.ToUpper(s)
	digits := strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	letters := len(s) - len(digits)
	return letters >= 1 && letters <= 3 && len(digits) >= 1 && len(digits) <= 7 && digits[0] != '0' && strings.Trim(digits, "0123456789") == ""
}

// Sheets lists the sheets that the visits of a submission stand on, for pinning a word to a cell.
func (c *Campaign) Sheets(ctx context.Context, id SubmissionID) ([]string, error) {
	visits, err := c.Store.VisitsOf(ctx, id)
	var list []string
	add := func(s string) {
		if s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	for i := range visits {
		v := &visits[i].Visit
		add(v.Sheet)
		for _, j := range v.Jobs {
			add(j.Sheet)
		}
	}
	return list, err
}

// EnterpriseID numbers an enterprise.
type EnterpriseID = store.EnterpriseID

// Reminder is a message to one member of faculty about what is overdue or due soon.
type Reminder struct {
	Faculty survey.Faculty
	Tasks   []Task
	Text    string
}

// Reminders writes a message to everybody who has an overdue task, or one due within a week.
func (c *Campaign) Reminders(ctx context.Context, year int, department, address string) ([]Reminder, error) {
	v, err := c.survey(ctx, year, department)
	if err != nil {
		return nil, err
	}
	soon := plusDays(v.today, 7)
	of := make(map[string][]Task)
	for _, t := range v.tasks {
		if !t.Closed && (t.Overdue || t.Planned != "" && t.Planned <= soon) {
			of[strings.ToLower(t.Faculty)] = append(of[strings.ToLower(t.Faculty)], t)
		}
	}
	var list []Reminder
	for id, tasks := range of {
		f := v.staff[id]
		if f.ID == "" {
			f.ID = tasks[0].Faculty
		}
		list = append(list, Reminder{f, tasks, reminderText(f, tasks, year, address)})
	}
	slices.SortFunc(list, func(a, b Reminder) int {
		return cmp.Or(cmp.Compare(len(b.Tasks), len(a.Tasks)), strings.Compare(a.Faculty.ID, b.Faculty.ID))
	})
	return list, nil
}

func reminderText(f survey.Faculty, tasks []Task, year int, address string) string {
	var b strings.Builder
	b.WriteString(cmp.Or(f.Name, f.ID) + "老师，您好：\n" + strconv.Itoa(year) + " 年千企大调研，您还有 " + strconv.Itoa(len(tasks)) + " 家企业待走访或待交表：\n")
	for _, t := range tasks {
		b.WriteString("· " + t.Enterprise)
		if t.Planned != "" {
			b.WriteString("（计划 " + string(t.Planned))
			if t.Overdue {
				b.WriteString("，已过期")
			}
			b.WriteString("）")
		}
		b.WriteString("\n")
	}
	b.WriteString("走访表可在系统“我的走访”里下载，企业信息已填好；若企业拒访或联系不上，请告诉调研办。")
	if address != "" {
		b.WriteString("\n" + address)
	}
	return b.String()
}
