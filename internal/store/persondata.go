package store

import (
	"context"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// PersonVisit is a visit that a person made, alone or with others.
type PersonVisit struct {
	ID         VisitID      `json:"visit"`
	Year       int          `json:"year"`
	Day        survey.Day   `json:"day"`
	Enterprise string       `json:"enterprise"`
	With       bool         `json:"as_co_visitor"`
	Status     string       `json:"status"` // current, superseded or withdrawn
	Receipt    SubmissionID `json:"receipt"`
	File       string       `json:"file"`
}

// PersonTask is an assignment of a person.
type PersonTask struct {
	Roster      string `json:"roster"` // year of the roster
	Enterprise  string `json:"enterprise"`
	Planned     string `json:"planned"`
	Disposition string `json:"disposition"`
	Note        string `json:"note"`
}

// PersonHandIn is a file that a person handed in.
type PersonHandIn struct {
	File     string    `json:"file"`
	Received time.Time `json:"received"`
	Verdict  string    `json:"verdict"`
	SHA256   string    `json:"sha256"`
}

// PersonErasure is one erasure on record: what stands for the person, never who it was.
type PersonErasure struct {
	Pseudonym string    `json:"pseudonym"`
	Until     int       `json:"until_year"`
	Visits    int       `json:"visits"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	Reason    string    `json:"reason"`
}

// PersonVisits lists the visits of a person, every version of them.
func (r *Reader) PersonVisits(ctx context.Context, college, staff string) ([]PersonVisit, error) {
	return queryAll(ctx, r, func(v *PersonVisit) []any {
		return []any{&v.ID, &v.Year, &v.Day, &v.Enterprise, &v.With, &v.Status, &v.Receipt, &v.File}
	}, `SELECT v.id, v.year, v.day, v.enterprise_name, v.faculty_id <> ?2 COLLATE NOCASE, v.status, v.submission_id, s.name
FROM visit v JOIN submission s ON s.id = v.submission_id WHERE v.id IN (SELECT id FROM visit WHERE `+theirVisits+`) ORDER BY v.id`, scopeOf(college, staff, 0, "")[:3]...)
}

// PersonTasks lists the assignments of a person on the rosters that count.
func (r *Reader) PersonTasks(ctx context.Context, college, staff string) ([]PersonTask, error) {
	return queryAll(ctx, r, func(t *PersonTask) []any {
		return []any{&t.Roster, &t.Enterprise, &t.Planned, &t.Disposition, &t.Note}
	}, `SELECT d.key, a.enterprise, a.planned, a.disposition, a.note FROM roster_assignment a JOIN document d ON d.id = a.document_id
WHERE d.until IS NULL AND d.college = ? AND a.faculty_id = ? COLLATE NOCASE ORDER BY d.key, a.seq`, college, staff)
}

// PersonHandIns lists the files that a person handed in, under the account or the staff number, and those
// that came otherwise, from an inbox, and are the person's by their name or by what was found in them.
func (r *Reader) PersonHandIns(ctx context.Context, college, staff string, account AccountID) ([]PersonHandIn, error) {
	said, err := mentions(ctx, r.read, scopeOf(college, staff, 0, "")[:3], nil)
	if err != nil {
		return nil, explain(r.path, err)
	}
	return queryAll(ctx, r, func(h *PersonHandIn) []any {
		return []any{&h.File, timeOf(&h.Received), &h.Verdict, &h.SHA256}
	}, "SELECT name, received_at, status, sha256 FROM attempt WHERE college = ? AND (received_by = ? COLLATE NOCASE OR received_by = ? OR id IN ("+idList(said.named)+")) ORDER BY id", college, staff, actorOf(account))
}

// PersonComments lists what an account has said.
func (r *Reader) PersonComments(ctx context.Context, account AccountID) ([]Comment, error) {
	return queryAll(ctx, r, func(c *Comment) []any {
		return []any{&c.ID, &c.College, &c.Object, &c.Ref.Sheet, &c.Ref.Row, &c.Ref.Col, &c.Kind, &c.By, timeOf(&c.At), &c.Text}
	}, "SELECT id, college, object, sheet, row, col, kind, by, at, text FROM comment WHERE by = ? ORDER BY id", actorOf(account))
}

// Erasures lists the erasures of a college, the latest first.
func (r *Reader) Erasures(ctx context.Context, college string) ([]PersonErasure, error) {
	return queryAll(ctx, r, func(e *PersonErasure) []any {
		return []any{&e.Pseudonym, &e.Until, &e.Visits, &e.By, timeOf(&e.At), &e.Reason}
	}, "SELECT pseudonym, until_year, visits, by, at, reason FROM erasure WHERE college = ? ORDER BY id DESC", college)
}

// ErasedAt lists when people were erased, ascending: the content of their visits has another hash since,
// also in what the database held before.
func (r *Reader) ErasedAt(ctx context.Context) ([]Moment, error) {
	return queryAll(ctx, r, func(m *Moment) []any { return []any{m} }, "SELECT since FROM erasure ORDER BY since")
}
