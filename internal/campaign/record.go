package campaign

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Record is everything that is kept about one file handed in.
type Record struct {
	Submission store.SubmissionID `json:"submission,omitempty"` // 0 where the file was never taken
	File       string             `json:"file"`
	SHA256     string             `json:"sha256"`
	Kind       string             `json:"kind,omitempty"`
	Year       int                `json:"year,omitempty"`
	Status     string             `json:"status"` // accepted, superseded, withdrawn, rejected or unreadable
	Received   string             `json:"received_at"`
	By         string             `json:"by,omitempty"`
	Supersedes store.SubmissionID `json:"supersedes,omitempty"`
	Visits     []RecordedVisit    `json:"visits"`
	Issues     []Issue            `json:"issues"`
	HandedIn   []HandIn           `json:"handed_in"` // every time and name it came under
	Waived     []Waiver           `json:"waived,omitempty"`
	Diff       []Difference       `json:"diff,omitempty"` // of a mended return, against the file that was refused
}

// RecordedVisit is one visit of a submission.
type RecordedVisit struct {
	Visit      store.VisitID `json:"visit"`
	Status     string        `json:"status"` // current, superseded or withdrawn
	Year       int           `json:"year"`
	Day        survey.Day    `json:"day"`
	Faculty    string        `json:"faculty"`
	Enterprise string        `json:"enterprise"`
	Jobs       int           `json:"jobs"`
	ReplacedBy store.VisitID `json:"replaced_by,omitempty"`
}

// HandIn is one way in which the content of a record was handed in.
type HandIn struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Status Status `json:"status"`
	By     string `json:"by,omitempty"`
	First  string `json:"first"`
	Times  int    `json:"times"`
}

// Waiver is a rule that the office let pass for the file.
type Waiver struct {
	Code   string `json:"code"`
	By     string `json:"by"`
	At     string `json:"at"`
	Reason string `json:"reason"`
}

// Status is what became of a file.
type Status = store.Status

// ErrNoRecord says that nothing is known of what the user named.
type ErrNoRecord struct{ Named string }

// Error names it in both languages.
func (e *ErrNoRecord) Error() string {
	return "没有 " + Printable(e.Named) + " 的记录。\nNothing is on record about " + Printable(e.Named) + "."
}

// ErrHoldsNoVisits says that a submission holds something else than visits: a roster, a curriculum, outcomes
// or a register.
type ErrHoldsNoVisits struct{ Submission store.SubmissionID }

// Error says so in both languages, and where to look.
func (e *ErrHoldsNoVisits) Error() string {
	return fmt.Sprintf("提交 %d 里没有走访，所以没有走访的历次版本；看它本身：qianqi show %d。\nThere are no visits in submission %d, and so no versions of any; to see what it is: qianqi show %d",
		e.Submission, e.Submission, e.Submission, e.Submission)
}

// Record finds what is kept about a submission: named by its number, by a file, or by the file's
// SHA-256.
func (c *Campaign) Record(ctx context.Context, named string) (*Record, error) {
	id, sum, err := c.resolve(ctx, named)
	if err != nil {
		return nil, err
	}
	if id == 0 {
		return c.refusedRecord(ctx, named, sum)
	}
	r, err := c.taken(ctx, id)
	if err != nil {
		return nil, err
	}
	return r, c.addQuestions(ctx, r)
}

// taken is the record of a submission, without what the screening asks.
func (c *Campaign) taken(ctx context.Context, id store.SubmissionID) (*Record, error) {
	s, err := c.submissionRow(ctx, id)
	if err != nil {
		return nil, err
	}
	r := &Record{Submission: id, File: s.Name, SHA256: s.SHA256, Kind: s.Form, Year: s.Year, Status: s.Status,
		Received: stamped(s.At), By: s.By, Supersedes: s.Supersedes}
	attempts, err := c.Store.Attempts(ctx, store.Filter{Submission: id})
	if err == nil {
		err = c.fillRecord(ctx, r, attempts)
	}
	if err == nil {
		r.Diff, err = c.mendedReceipt(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	return r, c.addVisits(ctx, r)
}

// resolve resolves what a user named to a submission or, where nothing was taken, to a file's sum.
func (c *Campaign) resolve(ctx context.Context, named string) (store.SubmissionID, string, error) {
	if n, err := strconv.ParseInt(named, 10, 64); err == nil && n > 0 {
		return store.SubmissionID(n), "", nil
	}
	sum, err := c.SumOf(named)
	if err != nil {
		return 0, "", err
	}
	known, err := c.Store.Known(ctx, []string{sum})
	return known[sum].Submission, sum, err
}

// SubmissionNamed resolves a number, a file or a SHA-256 to a submission that is on record.
func (c *Campaign) SubmissionNamed(ctx context.Context, named string) (store.SubmissionID, error) {
	id, _, err := c.resolve(ctx, named)
	if err == nil && id == 0 {
		err = &ErrNoRecord{named}
	}
	if err == nil {
		_, err = c.submissionRow(ctx, id)
	}
	return id, err
}

func (c *Campaign) submissionRow(ctx context.Context, id store.SubmissionID) (store.SubmissionRow, error) {
	rows, err := c.Store.Submissions(ctx, store.Filter{After: int64(id) - 1, Limit: 1})
	if err == nil && (len(rows) == 0 || rows[0].ID != id) {
		err = &ErrNoRecord{strconv.FormatInt(int64(id), 10)}
	}
	if err != nil {
		return store.SubmissionRow{}, err
	}
	return rows[0], nil
}

// refusedRecord is the record of a file that was never taken.
func (c *Campaign) refusedRecord(ctx context.Context, named, sum string) (*Record, error) {
	attempts, err := c.Store.Attempts(ctx, store.Filter{SHA256: sum})
	if err != nil {
		return nil, err
	}
	if len(attempts) == 0 {
		return nil, &ErrNoRecord{named}
	}
	last := attempts[len(attempts)-1]
	r := &Record{File: last.Name, SHA256: sum, Kind: last.Form, Year: last.Year, Status: string(last.Status), Received: stamped(attempts[0].At),
		By: last.By, Visits: []RecordedVisit{}}
	return r, c.fillRecord(ctx, r, attempts)
}

// fillRecord adds the ways in which the content came, the issues of the latest way that has any,
// and what people decided about them.
func (c *Campaign) fillRecord(ctx context.Context, r *Record, attempts []store.AttemptRow) error {
	r.Issues = []Issue{}
	for _, a := range attempts {
		r.HandedIn = append(r.HandedIn, HandIn{a.Name, a.SHA256, a.Status, a.By, stamped(a.At), a.Times})
		issues, err := c.Store.IssuesOf(ctx, a.ID)
		if err != nil {
			return err
		}
		if len(issues) > 0 {
			r.Issues = issues
		}
	}
	decided, err := c.decided(ctx, attempts)
	if err != nil {
		return err
	}
	decided.mark(r.Issues)
	for _, d := range decided.stored {
		if d.Kind == store.Waived {
			r.Waived = append(r.Waived, Waiver{string(d.Code), d.By, stamped(d.At), d.Reason})
		}
	}
	return nil
}

// decided are the rulings on record for every file in which one content came: what is confirmed on the
// list of a returned copy is kept for the bytes of the copy.
func (c *Campaign) decided(ctx context.Context, attempts []store.AttemptRow) (decisions, error) {
	d := decisions{}
	seen := make(map[string]bool)
	for _, a := range attempts {
		if seen[a.SHA256] {
			continue
		}
		seen[a.SHA256] = true
		rulings, err := c.Store.Rulings(ctx, a.SHA256)
		if err != nil {
			return d, err
		}
		d.stored = append(d.stored, rulings...)
	}
	return d, nil
}

func (c *Campaign) addVisits(ctx context.Context, r *Record) error {
	r.Visits = []RecordedVisit{}
	visits, err := c.Store.VisitsOf(ctx, r.Submission)
	if err != nil {
		return err
	}
	for i := range visits {
		r.Visits = append(r.Visits, recorded(&visits[i]))
	}
	return nil
}

// Counting lists the years in which a visit of the record counts, ascending.
func (r *Record) Counting() []int {
	var years []int
	for _, v := range r.Visits {
		if v.Status == "current" && !slices.Contains(years, v.Year) {
			years = append(years, v.Year)
		}
	}
	slices.Sort(years)
	return years
}

// addQuestions adds what the screening asks about the visits of a submission today: it depends on
// the other visits of the year.
func (c *Campaign) addQuestions(ctx context.Context, r *Record) error {
	for _, year := range r.Counting() {
		questions, err := c.Questions(ctx, year)
		if err != nil {
			return err
		}
		r.Issues = append(r.Issues, questions[r.Submission]...)
	}
	return nil
}

func recorded(v *store.StoredVisit) RecordedVisit {
	return RecordedVisit{v.ID, v.Status, v.Visit.Year, v.Visit.Day, v.Visit.Faculty.ID, v.Visit.Enterprise.Name, len(v.Visit.Jobs), v.ReplacedBy}
}

// Version is one version of a visit and what it changed against the one before.
type Version struct {
	RecordedVisit
	Submission store.SubmissionID `json:"submission"`
	File       string             `json:"file"`
	Diff       []Difference       `json:"diff,omitempty"`
}

// History lists the versions of each visit of a submission, oldest first.
func (c *Campaign) History(ctx context.Context, id store.SubmissionID) ([][]Version, error) {
	visits, err := c.Store.VisitsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(visits) == 0 {
		return nil, &ErrHoldsNoVisits{id}
	}
	all := make([][]Version, 0, len(visits))
	for i := range visits {
		versions, err := c.Store.History(ctx, visits[i].ID)
		if err != nil {
			return nil, err
		}
		all = append(all, c.versions(versions))
	}
	return all, nil
}

func (c *Campaign) versions(stored []store.StoredVisit) []Version {
	list := make([]Version, len(stored))
	for i := range stored {
		v := &stored[i]
		list[i] = Version{RecordedVisit: recorded(v), Submission: v.Submission, File: v.File}
		if i == 0 {
			continue
		}
		for _, d := range survey.Differences(c.Codebook, &stored[i-1].Visit, &v.Visit) {
			list[i].Diff = append(list[i].Diff, c.differenceOf(d))
		}
	}
	return list
}

func stamped(t time.Time) string { return t.UTC().Format(time.RFC3339) }
