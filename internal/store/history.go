package store

import (
	"context"
	"errors"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// StoredVisit is a visit with its place in the database.
type StoredVisit struct {
	ID         VisitID
	Submission SubmissionID
	File       string // original name
	SHA256     string
	Status     string // current, superseded or withdrawn, as it is now
	Since      Moment
	Until      Moment // 0 while it counts
	ReplacedBy VisitID
	Enterprise EnterpriseID // the primary sampling unit: merges and splits applied
	Content    string       // ContentHash
	Visit      survey.Visit
}

// Visits calls f for each visit of the year that counts, in the order of their ids; year 0 is
// all years. It holds a few hundred visits in memory at a time.
func (r *Reader) Visits(ctx context.Context, year int, f func(StoredVisit) error) error {
	return r.snapshot(ctx, func(q querier) error {
		load, err := r.loader(ctx, q)
		if err != nil {
			return err
		}
		for after := VisitID(0); ; {
			part, err := load.visits(ctx, counts+" AND (? = 0 OR year = ?) AND id > ? ORDER BY id LIMIT 500", append(r.scope(), year, year, int64(after))...)
			if err != nil || len(part) == 0 {
				return err
			}
			for _, v := range part {
				if err := f(v); err != nil {
					return err
				}
			}
			after = part[len(part)-1].ID
		}
	})
}

// Visit returns one visit, whether it counts or not; ErrNotFound where there is none.
func (r *Reader) Visit(ctx context.Context, id VisitID) (StoredVisit, error) {
	found, err := r.visitsWhere(ctx, "id = ?", int64(id))
	return only(found, err)
}

// VisitsOf returns the visits stored from a submission, whether they count or not, in the order
// of the file.
func (r *Reader) VisitsOf(ctx context.Context, id SubmissionID) ([]StoredVisit, error) {
	return r.visitsWhere(ctx, "submission_id = ? ORDER BY id", int64(id))
}

// History returns every version of the visit that the given one is a version of, oldest first.
func (r *Reader) History(ctx context.Context, id VisitID) ([]StoredVisit, error) {
	const chain = `id IN (
  WITH RECURSIVE before(id) AS (SELECT ?1 UNION SELECT visit.id FROM visit JOIN before ON visit.replaced_by = before.id),
    after(id) AS (SELECT ?1 UNION SELECT visit.replaced_by FROM visit JOIN after ON visit.id = after.id WHERE visit.replaced_by IS NOT NULL)
  SELECT id FROM before UNION SELECT id FROM after) ORDER BY id`
	return r.visitsWhere(ctx, chain, int64(id))
}

func only(found []StoredVisit, err error) (StoredVisit, error) {
	if err == nil && len(found) == 0 {
		err = notFound("走访", "visit")
	}
	if err != nil {
		return StoredVisit{}, err
	}
	return found[0], nil
}

func (r *Reader) visitsWhere(ctx context.Context, where string, args ...any) ([]StoredVisit, error) {
	var out []StoredVisit
	err := r.snapshot(ctx, func(q querier) error {
		load, err := r.loader(ctx, q)
		if err == nil {
			out, err = load.visits(ctx, where, args...)
		}
		return err
	})
	return out, err
}

// loader reads whole visits from one state of the database.
type loader struct {
	q       querier
	psu     psus
	cells   map[int64][]placed
	layouts map[int64][]slot
}

func (r *Reader) loader(ctx context.Context, q querier) (*loader, error) {
	psu, err := r.psus(ctx, q)
	if err != nil {
		return nil, err
	}
	l := &loader{q: q, psu: psu, cells: make(map[int64][]placed)}
	if l.layouts, err = readLayouts(ctx, q); err != nil {
		return nil, err
	}
	type row struct {
		id   int64
		text string
	}
	err = eachOn(ctx, q, func(m *row) []any { return []any{&m.id, &m.text} }, func(m row) (err error) {
		l.cells[m.id], err = parseCellMap(m.text)
		return err
	}, "SELECT id, cells FROM cell_map")
	return l, err
}

// readLayouts reads the rating layouts.
func readLayouts(ctx context.Context, q querier) (map[int64][]slot, error) {
	type row struct {
		id                             int64
		slot                           slot
		importance, required, graduate string
	}
	out := make(map[int64][]slot)
	err := eachOn(ctx, q, func(x *row) []any {
		return []any{&x.id, &x.slot.competency, &x.importance, &x.required, &x.graduate}
	}, func(x row) error {
		x.slot.importance, x.slot.required, x.slot.graduate = columnNumber(x.importance), columnNumber(x.required), columnNumber(x.graduate)
		out[x.id] = append(out[x.id], x.slot)
		return nil
	}, "SELECT layout_id, competency, importance_column, required_column, graduate_column FROM rating_slot ORDER BY layout_id, slot")
	return out, err
}

// visits reads the visits that a condition on the table visit selects, with all their parts.
func (l *loader) visits(ctx context.Context, where string, args ...any) ([]StoredVisit, error) {
	var out []StoredVisit
	q := "SELECT " + visitColumns + ", (SELECT name FROM submission s WHERE s.id = submission_id), (SELECT sha256 FROM submission s WHERE s.id = submission_id) FROM visit WHERE " + where
	rows, err := l.q.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v StoredVisit
		r := visitRecord{visit: &v.Visit}
		if err := rows.Scan(append(r.columns(), &v.File, &v.SHA256)...); err != nil {
			return nil, err
		}
		v.ID, v.Submission, v.Status, v.Since, v.Until, v.ReplacedBy, v.Content = r.id, r.submission, r.status, r.since, r.until.V, r.replacedBy.V, r.hash
		v.Enterprise = l.psu.of(r.id, r.enterprise)
		v.Visit.Cells = refs(l.cells[r.cellMap], v.Visit.Sheet, r.row)
		out = append(out, v)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(out) == 0 {
		return out, err
	}
	return out, l.parts(ctx, out)
}

// parts reads the jobs, trends, suggestions and changes of some visits.
func (l *loader) parts(ctx context.Context, visits []StoredVisit) error {
	at := make(map[VisitID]*survey.Visit, len(visits))
	ids := make([]string, len(visits))
	for i := range visits {
		at[visits[i].ID] = &visits[i].Visit
		ids[i] = itoa(visits[i].ID)
	}
	list := "[" + strings.Join(ids, ",") + "]"
	for _, read := range []func(context.Context, string, map[VisitID]*survey.Visit) error{l.jobs, l.trends, l.suggestions, l.changes} {
		if err := read(ctx, list, at); err != nil {
			return err
		}
	}
	return nil
}

// partsQuery selects the parts of visits given as a JSON list, by the range of their ids.
func partsQuery(table, columns string) string {
	return "SELECT " + qualified("p", columns) + " FROM json_each(?) v CROSS JOIN " + table +
		" p WHERE p.id >= v.value << 15 AND p.id < (v.value + 1) << 15 ORDER BY p.id"
}

func (l *loader) jobs(ctx context.Context, list string, at map[VisitID]*survey.Visit) error {
	rows, err := l.q.QueryContext(ctx, partsQuery("job", jobColumns), list)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var j survey.Job
		r := jobRecord{job: &j}
		if err := rows.Scan(r.columns()...); err != nil {
			return err
		}
		j.Ratings = unpackRatings(r.ratings, l.layouts[r.layout])
		j.RequirementAt = parseCellText(r.requirement, j.Sheet)
		at[r.visit].Jobs = append(at[r.visit].Jobs, j)
	}
	return rows.Err()
}

// part is a trend or suggestion with what stands before it in its row.
type part[T any] struct {
	id      int64
	college string
	visit   VisitID
	value   T
}

func (l *loader) trends(ctx context.Context, list string, at map[VisitID]*survey.Visit) error {
	return eachOn(ctx, l.q, func(p *part[survey.Trend]) []any { return trendFields(&p.id, &p.college, &p.visit, &p.value) },
		func(p part[survey.Trend]) error {
			at[p.visit].Trends = append(at[p.visit].Trends, p.value)
			return nil
		}, partsQuery("trend", trendColumns), list)
}

func (l *loader) suggestions(ctx context.Context, list string, at map[VisitID]*survey.Visit) error {
	return eachOn(ctx, l.q, func(p *part[survey.Suggestion]) []any { return suggestionFields(&p.id, &p.college, &p.visit, &p.value) },
		func(p part[survey.Suggestion]) error {
			at[p.visit].Suggestions = append(at[p.visit].Suggestions, p.value)
			return nil
		}, partsQuery("suggestion", suggestionColumns), list)
}

func (l *loader) changes(ctx context.Context, list string, at map[VisitID]*survey.Visit) error {
	type row struct {
		visit VisitID
		seq   int
		value survey.Change
	}
	return eachOn(ctx, l.q, func(c *row) []any { return changeFields(&c.visit, &c.seq, &c.value) }, func(c row) error {
		at[c.visit].Changes = append(at[c.visit].Changes, c.value)
		return nil
	}, "SELECT "+qualified("c", changeColumns)+" FROM json_each(?) v CROSS JOIN change c ON c.visit_id = v.value ORDER BY c.visit_id, c.seq", list)
}
