package campaign

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Hand is one workbook that a person who has signed in hands in.
type Hand struct {
	Name       string // of the file, as the person calls it
	Data       []byte
	By         string // the account's Actor
	Staff      string // the visits must be this person's, or name it as co-visitor; "" takes anybody's
	Department string // the visits must be of this department; "" takes any
	Any        bool   // forms other than visits may be handed in too
	Seen       bool   // the file was checked before: a refusal is not logged once more
	Right      []Spot // warnings that the person says are right as they stand
}

// Spot names a warning of one file as a person saw it: its code, its first cell, and a digest of where it stands, what it
// shows and in how many cells. It is short however many those are.
type Spot string

// SpotOf names an issue of a check.
func SpotOf(i *Issue) Spot {
	shown := strings.Join([]string{i.Ref.Sheet, string(i.Field), i.Got, i.Want, i.Message.ZH, strconv.Itoa(len(i.More))}, "\x00")
	return Spot(string(i.Code) + "|" + i.Ref.Cell() + "|" + sumOf([]byte(shown))[:16])
}

// Checked is what a check found: the receipt as it would be, and the visits in the file.
type Checked struct {
	FileResult
	Holds []Held
}

// Held is one visit of a workbook.
type Held struct {
	Year       int
	Day        survey.Day
	Faculty    string // staff number
	Enterprise string
	Jobs       int
	Replaces   store.VisitID // the visit of the same key that counts now; 0 where there is none
}

// Reception takes in workbooks one by one, by the same steps as Ingest. It is safe for
// concurrent use: its readers bound how many workbooks are in memory at once.
type Reception struct {
	c       *Campaign
	readers chan *workbook.Reader

	mu     sync.Mutex
	staff  survey.Staff
	loaded time.Time
}

// rosterLife is how long a reception trusts the roster it has read; another process may have
// stored a newer one.
const rosterLife = 10 * time.Second

// Reception opens a reception that reads so many workbooks at once.
func (c *Campaign) Reception(readers int) *Reception {
	r := &Reception{c: c, readers: make(chan *workbook.Reader, readers)}
	for range readers {
		r.readers <- workbook.NewReader(c.Codebook, workbook.DefaultLimits())
	}
	return r
}

// Check reads a workbook and says what would become of it. Nothing is stored of a sound one; one
// that is refused is logged as an attempt, as Ingest does. It waits for a free reader until ctx
// ends.
func (r *Reception) Check(ctx context.Context, h Hand) (*Checked, error) {
	in, t, err := r.read(ctx, h)
	if err != nil {
		return nil, err
	}
	checked := &Checked{Holds: holds(t)}
	foreseen, err := in.foresee(ctx, t)
	if err != nil {
		return nil, err
	}
	if !t.known && t.refused() && !h.Seen {
		result := &IngestResult{}
		if err := in.save(context.WithoutCancel(ctx), []*taken{t}, result); err != nil {
			return nil, err
		}
		checked.FileResult = result.Files[0]
		return checked, nil
	}
	checked.FileResult = FileResult{File: t.name, SHA256: t.sum, Kind: t.kind, Issues: t.issues, Status: Accepted, Corrects: t.returnOf, Diff: t.mended}
	switch {
	case t.known:
		checked.Status, checked.Submission = Unchanged, t.submission
		return checked, nil
	case t.refused() && t.read:
		checked.Status = Rejected
		return checked, nil
	case t.refused():
		checked.Status = Unreadable
		return checked, nil
	}
	in.note(t, &checked.FileResult)
	checked.Status = foreseen.Status
	return checked, r.compare(ctx, t, foreseen, checked)
}

// Take reads a workbook and stores it if it is sound. What it replaces, and what that changed,
// stands in the receipt.
func (r *Reception) Take(ctx context.Context, h Hand) (*Checked, error) {
	in, t, err := r.read(ctx, h)
	if err != nil {
		return nil, err
	}
	work := context.WithoutCancel(ctx) // what is begun is finished: the person may have gone
	result := &IngestResult{}
	if err := in.keep(work, []*taken{t}, result); err != nil {
		return nil, err
	}
	if t.roster != nil {
		r.mu.Lock()
		r.loaded = time.Time{}
		r.mu.Unlock()
	}
	if err := in.compare(work, result); err != nil {
		return nil, err
	}
	return &Checked{result.Files[0], holds(t)}, nil
}

// read decodes a workbook, holding a reader for as long as it takes.
func (r *Reception) read(ctx context.Context, h Hand) (*intake, *taken, error) {
	var reader *workbook.Reader
	select {
	case reader = <-r.readers:
		defer func() { r.readers <- reader }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	in, err := r.c.newIntake(IngestOptions{By: h.By, Channel: "web", Workers: 1})
	if err != nil {
		return nil, nil, err
	}
	in.hand = &h
	if in.staff, err = r.currentStaff(ctx); err != nil {
		return nil, nil, err
	}
	t := &taken{file: file{name: h.Name}, data: h.Data, sum: sumOf(h.Data)}
	known, err := r.c.Store.Known(ctx, []string{t.sum})
	if err != nil {
		return nil, nil, err
	}
	k, seen := known[t.sum]
	if in.recognise(t, k, seen) {
		return in, t, nil
	}
	(&desk{in, reader}).decode(ctx, t)
	if t.fault != nil {
		return nil, nil, t.fault
	}
	if objections := in.named(h.Name, h.objections(r.c.Codebook, t)); len(objections) > 0 {
		t.issues = append(objections, t.issues...)
	}
	h.confirm(t)
	return in, t, in.against(ctx, []*taken{t})
}

// currentStaff is everybody on any roster, as Ingest without a year has it.
func (r *Reception) currentStaff(ctx context.Context) (survey.Staff, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.c.Now()
	if age := now.Sub(r.loaded); !r.loaded.IsZero() && age >= 0 && age < rosterLife {
		return r.staff, nil
	}
	in := &intake{Campaign: r.c}
	if err := in.loadStaff(ctx); err != nil {
		return nil, err
	}
	r.staff, r.loaded = in.staff, now
	return r.staff, nil
}

// confirm notes the person's word on every cell of the warnings named, as a list that came back inside the file
// would.
func (h Hand) confirm(t *taken) {
	if len(h.Right) == 0 {
		return
	}
	for i := range t.issues {
		issue := &t.issues[i]
		if !slices.Contains(h.Right, SpotOf(issue)) {
			continue
		}
		for _, ref := range issue.Cells() {
			t.decided.listed = append(t.decided.listed, workbook.Confirmation{Code: issue.Code, Sheet: ref.Sheet, Cell: ref.Cell(), Got: strings.TrimSpace(issue.Got)})
		}
	}
	t.decided.by = h.By
	t.decided.mark(t.issues)
}

// objections are the reasons why this person may not hand in this workbook.
func (h Hand) objections(cb *codebook.Codebook, t *taken) []survey.Issue {
	if t.kind != "" && t.kind != "visit" && !h.Any {
		form, _ := cb.Form(t.kind)
		return []survey.Issue{survey.NewIssue(cb, "X021", survey.Ref{}, "", "", t.kind, "", "form", form.Title.ZH, "form_en", form.Title.EN)}
	}
	var issues []survey.Issue
	for i := range t.visits {
		v := &t.visits[i]
		if h.Staff != "" && v.Faculty.ID != "" && !h.visited(v) {
			issues = append(issues, survey.NewIssue(cb, "X020", v.Cells["faculty_id"], "faculty_id", "", v.Faculty.ID, "", "own", h.Staff))
		}
		if h.Department != "" && v.Faculty.Department != "" && !h.covers(v) {
			issues = append(issues, survey.NewIssue(cb, "X022", v.Cells["department"], "department", "", v.Faculty.Department, "", "own", h.Department))
		}
	}
	return survey.Collapse(issues)
}

// visited reports whether the person made the visit, alone or with others.
func (h Hand) visited(v *survey.Visit) bool {
	same := func(id string) bool { return strings.EqualFold(id, h.Staff) }
	return same(v.Faculty.ID) || slices.ContainsFunc(v.CoVisitors, same)
}

// covers reports whether the visit is of the person's department.
func (h Hand) covers(v *survey.Visit) bool {
	return sameDepartment(v.Faculty.Department, h.Department)
}

// sameDepartment reports whether two names are of one department, however they are written.
func sameDepartment(a, b string) bool { return codebook.Fold(a) == codebook.Fold(b) }

// mayReplace reports whether the person has a right to a visit on record.
func (h Hand) mayReplace(v *survey.Visit) bool {
	return (h.Staff == "" || h.visited(v)) && (h.Department == "" || h.covers(v))
}

// usurped names the visits on record that a file would replace though they are not the person's: what the
// file says of itself gives no right to what it replaces, and whoever replaces an answer sees it.
func (in *intake) usurped(ctx context.Context, t *taken, foreseen store.Outcome) ([]survey.Issue, error) {
	h := in.hand
	var ids []store.VisitID
	for _, o := range foreseen.Visits {
		if o.Replaces != 0 {
			ids = append(ids, o.Replaces)
		}
	}
	if h == nil || len(ids) == 0 {
		return nil, nil
	}
	made, err := in.Store.Makers(ctx, ids)
	if err != nil {
		return nil, err
	}
	var issues []survey.Issue
	for i, o := range foreseen.Visits {
		if old := made[o.Replaces]; o.Replaces != 0 && !h.mayReplace(&old) {
			v := &t.visits[i]
			issues = append(issues, survey.NewIssue(in.Codebook, "X023", placeOf(v, "faculty_id"), "faculty_id", "", v.Faculty.ID, "", "own", cmp.Or(h.Staff, h.Department)))
		}
	}
	return survey.Collapse(issues), nil
}

func holds(t *taken) []Held {
	list := make([]Held, len(t.visits))
	for i := range t.visits {
		v := &t.visits[i]
		list[i] = Held{Year: v.Year, Day: v.Day, Faculty: v.Faculty.ID, Enterprise: v.Enterprise.Name, Jobs: len(v.Jobs)}
	}
	return list
}

// foresee asks what a sound file would do to the database, and adds to its issues what stands against it.
func (in *intake) foresee(ctx context.Context, t *taken) (store.Outcome, error) {
	if t.known || t.refused() {
		return store.Outcome{}, nil
	}
	out, err := in.Store.Foresee(ctx, in.submission(t))
	against, err := in.objected(ctx, t, out, err)
	t.issues = append(t.issues, against...)
	t.issues = append(t.issues, in.noteBeside(t, out)...)
	return out, err
}

// mostCompared is how many visits of one file are held against what is stored before it is taken.
const mostCompared = 20

// compare says of each visit whether it would replace one, and what that would change.
func (r *Reception) compare(ctx context.Context, t *taken, foreseen store.Outcome, checked *Checked) error {
	compared := 0
	for i, o := range foreseen.Visits {
		checked.Holds[i].Replaces = cmp.Or(o.Replaces, o.Visit)
		if o.Replaces == 0 || compared == mostCompared {
			continue
		}
		compared++
		old, err := r.c.Store.Visit(ctx, o.Replaces)
		if err != nil {
			return err
		}
		for _, d := range survey.Differences(r.c.Codebook, &old.Visit, &t.visits[i]) {
			checked.Diff = append(checked.Diff, r.c.differenceOf(d))
		}
	}
	return nil
}
