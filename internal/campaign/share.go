package campaign

import (
	"context"
	"errors"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Claim is what gives a person a right to submissions. Without any of it nothing is theirs.
type Claim struct {
	All        bool   // every submission: the office's
	By         string // the account's Actor: what this one handed in
	Staff      string // the visits that this person made, alone or with others
	Department string // the submissions whose visits are all of this department
}

// Share is what of one submission is a person's business.
type Share struct {
	Manages bool // theirs to approve, to send back, to withdraw
	Whole   bool // theirs as it is, with its file; else the file is not, and of the receipt only their visits

	visits []store.StoredVisit // theirs
	heard  map[string]bool     // whose words about the whole are for everybody in it; where not Whole
}

// Nothing reports whether the submission is none of the person's business.
func (s *Share) Nothing() bool { return !s.Whole && len(s.visits) == 0 }

// ShareOf says what of a submission is a person's business.
func (c *Campaign) ShareOf(ctx context.Context, s *Slip, who Claim) (*Share, error) {
	if who.All {
		return &Share{Manages: true, Whole: true}, nil
	}
	visits, err := c.Store.VisitsOf(ctx, s.Submission)
	if err != nil {
		return nil, err
	}
	share := &Share{Manages: len(visits) > 0, Whole: who.By != "" && s.By == who.By}
	for i := range visits {
		share.Manages = share.Manages && who.Department != "" && sameDepartment(visits[i].Visit.Faculty.Department, who.Department)
	}
	theirs := func(v *survey.Visit) bool {
		return who.Staff != "" && (Hand{Staff: who.Staff}).visited(v) || share.Manages && sameDepartment(v.Faculty.Department, who.Department)
	}
	for i := range visits {
		if theirs(&visits[i].Visit) {
			share.visits = append(share.visits, visits[i])
		}
	}
	if !share.Whole && len(share.visits) > 0 && len(share.visits) == len(visits) {
		share.Whole, err = c.holdsOnly(ctx, s, visits, theirs)
	}
	if err == nil && !share.Whole {
		share.heard, err = c.heard(ctx, who.By)
	}
	return share, err
}

// holdsOnly reports whether the file of a submission holds such visits only. A form of one visit does, as
// that is the one stored. A table may hold rows that were on record before, so it is read again.
func (c *Campaign) holdsOnly(ctx context.Context, s *Slip, visits []store.StoredVisit, such func(*survey.Visit) bool) (bool, error) {
	if !slices.ContainsFunc(visits, func(v store.StoredVisit) bool { return inOneRow(&v.Visit) }) {
		return true, nil
	}
	data, err := c.Original(ctx, s)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	in, err := c.newIntake(IngestOptions{Workers: 1})
	if err == nil {
		err = in.loadStaff(ctx)
	}
	if err != nil {
		return false, err
	}
	t := &taken{file: file{name: s.File}, data: data, sum: s.SHA256}
	in.newDesk().decode(ctx, t)
	others := slices.ContainsFunc(t.visits, func(v survey.Visit) bool { return !such(&v) })
	return len(t.visits) > 0 && !others, t.fault
}

// inOneRow reports whether all that a visit says of itself stands in one row, as in a table.
func inOneRow(v *survey.Visit) bool {
	row := 0
	for _, at := range v.Cells {
		if row != 0 && at.Row != row {
			return false
		}
		row = at.Row
	}
	return true
}

// heard lists the accounts whose words about a whole submission everybody in it reads: the offices' and
// one's own.
func (c *Campaign) heard(ctx context.Context, own string) (map[string]bool, error) {
	accounts, err := c.Store.Accounts(ctx)
	heard := map[string]bool{own: true}
	for i := range accounts {
		if a := &accounts[i]; Has(a, Office) || Has(a, Secretary) {
			heard[a.ID.Actor()] = true
		}
	}
	return heard, err
}

// Limit takes out of a receipt what is not the person's: other people's visits, and whatever was found or
// said where those stand; and what names the file, by which it could be asked after.
func (r *Receipt) Limit(s *Share) {
	if s.Whole {
		return
	}
	theirs, rows := make(map[store.VisitID]bool), make(map[survey.Ref]bool)
	for i := range s.visits {
		theirs[s.visits[i].ID] = true
		markRows(rows, &s.visits[i].Visit)
	}
	var versions [][]Version // as many as there are visits
	for i, v := range r.Visits {
		if theirs[v.Visit] {
			versions = append(versions, r.Versions[i])
		}
	}
	r.Versions = versions
	r.Visits = slices.DeleteFunc(r.Visits, func(v RecordedVisit) bool { return !theirs[v.Visit] })
	r.SHA256, r.HandedIn, r.Waived = "", nil, nil
	other := func(at survey.Ref) bool { return !rows[survey.Ref{Sheet: at.Sheet, Row: at.Row}] }
	r.Issues = slices.DeleteFunc(r.Issues, func(i Issue) bool { return slices.ContainsFunc(i.Cells(), other) })
	r.Diff = slices.DeleteFunc(r.Diff, func(d Difference) bool { return other(d.at) })
	r.Comments = slices.DeleteFunc(r.Comments, func(c Comment) bool {
		return c.Ref.Row != 0 && other(c.Ref) || c.Ref.Row == 0 && !s.heard[c.By]
	})
}

// markRows notes the rows, as references without a column, that a visit and its parts stand in.
func markRows(rows map[survey.Ref]bool, v *survey.Visit) {
	mark := func(sheet string, row int) { rows[survey.Ref{Sheet: sheet, Row: row}] = true }
	for _, at := range v.Cells {
		mark(at.Sheet, at.Row)
	}
	for i := range v.Jobs {
		mark(v.Jobs[i].Sheet, v.Jobs[i].Row)
	}
	for i := range v.Trends {
		mark(v.Trends[i].At.Sheet, v.Trends[i].At.Row)
	}
	for i := range v.Suggestions {
		mark(v.Suggestions[i].At.Sheet, v.Suggestions[i].At.Row)
	}
}
