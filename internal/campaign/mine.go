package campaign

import (
	"context"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Mine is what one member of faculty has done in a year and has still to do.
type Mine struct {
	Year    int
	Staff   string
	Planned survey.Answer[int] // visits that the roster expects
	Done    []MyVisit          // latest first
	Todo    []Task             // in the order in which they are due
}

// MyVisit is a visit that counts.
type MyVisit struct {
	store.VisitHead
	Company  bool // made by a colleague, with this person along
	Sent     bool // by the office: a correction is asked for
	Approved bool // by the office
	Remarks  int  // what the office said about it
}

// Task is an assignment that no visit has met yet.
type Task struct {
	Faculty     string // staff number
	Enterprise  string // name as the frame has it, else as assigned
	Key         string // "" where it is not in the frame
	Planned     survey.Day
	Overdue     bool
	Disposition codebook.Text // why there will be no visit; zero while it is open
	Closed      bool          // there will be no visit
	Note        string
	Last        survey.Day // of the latest visit in an earlier year; "" where there was none

	assignment int // index in the roster
}

// Mine lists a person's visits and tasks of a year.
func (c *Campaign) Mine(ctx context.Context, staff string, year int) (*Mine, error) {
	mine := &Mine{Year: year, Staff: staff}
	heads, err := c.Store.VisitHeads(ctx, year, staff)
	if err != nil {
		return nil, err
	}
	marks, err := c.marks(ctx)
	if err != nil {
		return nil, err
	}
	for _, h := range slices.Backward(heads) {
		m := marks[h.Submission]
		mine.Done = append(mine.Done, MyVisit{VisitHead: h, Company: !strings.EqualFold(h.Faculty.ID, staff), Sent: m.sent, Approved: m.approved, Remarks: m.remarks})
	}
	roster, err := c.Store.LoadRoster(ctx, year)
	if err != nil || roster == nil {
		return mine, err
	}
	for _, p := range roster.Plans {
		if strings.EqualFold(p.Faculty, staff) {
			mine.Planned = p.VisitsPlanned
		}
	}
	all, err := c.Store.VisitHeads(ctx, 0, "")
	if err != nil {
		return nil, err
	}
	for _, t := range c.tasks(roster, all, year) {
		if strings.EqualFold(t.Faculty, staff) {
			mine.Todo = append(mine.Todo, t)
		}
	}
	return mine, nil
}

// mark is what the office thinks of a submission.
type mark struct {
	sent, approved bool
	remarks        int
}

// marks reads what the office said, the latest word of each kind counting.
func (c *Campaign) marks(ctx context.Context) (map[store.SubmissionID]mark, error) {
	comments, err := c.Store.Comments(ctx, submissionObject)
	out := make(map[store.SubmissionID]mark)
	for _, comment := range comments {
		id, ok := submissionOf(comment.Object)
		if !ok {
			continue
		}
		m := out[id]
		m.remarks++
		switch comment.Kind {
		case store.SentBack:
			m.sent, m.approved = true, false
		case store.Approved:
			m.sent, m.approved = false, true
		}
		out[id] = m
	}
	return out, err
}

// tasks lists the assignments of a roster that no visit of the year has met, by the day on which
// they are due. The visits are those of every year. A visit by anybody meets an assignment: the
// enterprise is not asked twice.
func (c *Campaign) tasks(roster *survey.Roster, visits []store.VisitHead, year int) []Task {
	met, earlier := visited(visits, year)
	frame := make(map[string]string, len(roster.Frame))
	for _, e := range roster.Frame {
		frame[e.Key()] = e.Name
	}
	today := c.Today()
	var tasks []Task
	for i, a := range roster.Assignments {
		key := c.keyOf(a)
		if met[key] {
			continue
		}
		t := Task{Faculty: a.Faculty, Enterprise: a.Enterprise, Key: a.Key, Planned: a.Planned, Note: a.Note, Last: earlier[key], assignment: i}
		if name := frame[a.Key]; name != "" {
			t.Enterprise = name
		}
		if a.Disposition != "" {
			t.Disposition, t.Closed = c.Codebook.Name("disposition", a.Disposition), closed(a.Disposition)
		}
		t.Overdue = !t.Closed && a.Planned != "" && a.Planned < today
		tasks = append(tasks, t)
	}
	slices.SortStableFunc(tasks, func(a, b Task) int { return strings.Compare(due(a), due(b)) })
	return tasks
}

// due orders tasks: those with a day first, those closed last.
func due(t Task) string {
	switch {
	case t.Closed:
		return "~~"
	case t.Planned == "":
		return "~"
	}
	return string(t.Planned)
}

// closed reports whether a disposition says that there will be no visit. One that was made but
// whose workbook is still out stays a task.
func closed(disposition string) bool { return disposition == "refused" || disposition == "ineligible" }

// keyOf is the enterprise that an assignment is about.
func (c *Campaign) keyOf(a survey.Assignment) string {
	if a.Key != "" {
		return a.Key
	}
	return survey.EnterpriseKey(a.Enterprise, a.Enterprise)
}

// visited says which enterprises were visited in a year, and when each was visited last before it,
// under every key that counts as theirs.
func visited(visits []store.VisitHead, year int) (now map[string]bool, before map[string]survey.Day) {
	now, before = make(map[string]bool), make(map[string]survey.Day)
	for _, h := range visits {
		switch {
		case h.Year == year:
			now[h.Key], now[h.PSU] = true, true
		case h.Year < year:
			before[h.Key], before[h.PSU] = max(before[h.Key], h.Day), max(before[h.PSU], h.Day)
		}
	}
	return now, before
}

// TemplateFor writes the visit workbook of a year for one person and, with a key, for one
// enterprise: who visits, what is known of the enterprise and what it said of its jobs last time
// are filled in, to be confirmed or corrected. Ratings, head counts, pay and satisfaction are not:
// they are what the survey measures, and an answer that only has to be left standing is none. The second
// result is the enterprise's name, for that of the file; "" without a key or where nothing is known of it.
func (c *Campaign) TemplateFor(ctx context.Context, faculty survey.Faculty, enterprise string, year int) ([]byte, string, error) {
	v := survey.Visit{Year: year, Faculty: faculty}
	if enterprise != "" {
		if err := c.recallEnterprise(ctx, &v, enterprise); err != nil {
			return nil, "", err
		}
	}
	blank, err := workbook.WriteTemplate(c.Codebook, "visit", workbook.TemplateOptions{Year: year})
	if err != nil {
		return nil, "", err
	}
	filler, err := workbook.NewFiller(c.Codebook, blank)
	if err != nil {
		return nil, "", err
	}
	data, err := filler.Visit(v)
	return data, v.Enterprise.Name, err
}

// recallEnterprise fills in what the frame and the latest visit say of an enterprise.
func (c *Campaign) recallEnterprise(ctx context.Context, v *survey.Visit, key string) error {
	roster, err := c.Store.LoadRoster(ctx, v.Year)
	if err != nil {
		return err
	}
	if roster != nil {
		for _, e := range roster.Frame {
			if e.Key() == key {
				v.Enterprise = survey.Enterprise{Name: e.Name, USCC: e.USCC, Industry: e.Industry, Division: e.Division, Size: e.Size, Region: e.Region}
			}
		}
	}
	last, err := c.latestVisit(ctx, key, v.Year)
	if err != nil || last == nil {
		return err
	}
	v.Enterprise = last.Enterprise
	v.Enterprise.Employees = survey.Answer[int]{}
	v.Partnership, v.Programmes, v.IntervieweeRole = last.Partnership, last.Programmes, last.IntervieweeRole
	for _, j := range last.Jobs {
		v.Jobs = append(v.Jobs, survey.Job{Title: j.Title, Family: j.Family, Programme: j.Programme, Education: j.Education,
			Experience: j.Experience, Certificates: j.Certificates, Requirement: j.Requirement})
	}
	return nil
}

// latestVisit is the latest visit to an enterprise before a year; nil where there was none.
func (c *Campaign) latestVisit(ctx context.Context, key string, year int) (*survey.Visit, error) {
	heads, err := c.Store.VisitHeads(ctx, 0, "")
	if err != nil {
		return nil, err
	}
	var latest *store.VisitHead
	for i := range heads {
		h := &heads[i]
		if h.Year < year && (h.Key == key || h.PSU == key) && (latest == nil || h.Day >= latest.Day) {
			latest = h
		}
	}
	if latest == nil {
		return nil, nil
	}
	found, err := c.Store.Visit(ctx, latest.ID)
	return &found.Visit, err
}

// Concerned reports whether an enterprise, by its key, is one that a person has still to visit in a year
// or visited in any, alone or with others, or that somebody of a department has or did. Either may be "".
func (c *Campaign) Concerned(ctx context.Context, enterprise string, year int, staff, department string) (bool, error) {
	roster, err := c.Store.LoadRoster(ctx, year)
	if err != nil {
		return false, err
	}
	heads, err := c.Store.VisitHeads(ctx, 0, "")
	if err != nil {
		return false, err
	}
	theirs := func(v survey.Visit) bool {
		return staff != "" && (Hand{Staff: staff}).visited(&v) || department != "" && sameDepartment(v.Faculty.Department, department)
	}
	of := make(map[string]survey.Faculty)
	for _, f := range rosterOf(roster, "").Faculty {
		of[strings.ToLower(f.ID)] = f
	}
	for _, t := range c.tasks(rosterOf(roster, ""), heads, year) {
		who := of[strings.ToLower(t.Faculty)]
		who.ID = t.Faculty
		if t.Key == enterprise && theirs(survey.Visit{Faculty: who}) {
			return true, nil
		}
	}
	return slices.ContainsFunc(heads, func(h store.VisitHead) bool {
		return (h.Key == enterprise || h.PSU == enterprise) && theirs(survey.Visit{Faculty: h.Faculty, CoVisitors: h.CoVisitors})
	}), nil
}
