package store

import (
	"context"
	"encoding/json"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// YearCounts is what a year holds that counts.
type YearCounts struct {
	Year        int
	Visits      int
	Jobs        int
	Enterprises int // primary sampling units, merges and splits applied
	Faculty     int
	From, To    survey.Day // first and last visit
}

// Years lists the years that have visits, ascending.
func (r *Reader) Years(ctx context.Context) ([]YearCounts, error) {
	var out []YearCounts
	err := r.snapshot(ctx, func(q querier) (err error) {
		out, err = queryOn(ctx, q, func(y *YearCounts) []any { return []any{&y.Year, &y.Visits, &y.Jobs, &y.Faculty, &y.From, &y.To} },
			`SELECT year, count(*), sum((SELECT count(*) FROM job j WHERE j.id >= visit.id << 15 AND j.id < (visit.id + 1) << 15)),
  count(DISTINCT college || '/' || faculty_id), min(day), max(day) FROM visit WHERE `+counts+" GROUP BY year ORDER BY year", r.scope()...)
		if err != nil {
			return err
		}
		psu, err := r.psus(ctx, q)
		if err != nil {
			return err
		}
		return r.countEnterprises(ctx, q, psu, out)
	})
	return out, err
}

func (r *Reader) countEnterprises(ctx context.Context, q querier, psu psus, years []YearCounts) error {
	type row struct {
		year       int
		visit      VisitID
		enterprise EnterpriseID
	}
	met := make(map[int]map[EnterpriseID]bool)
	err := eachOn(ctx, q, func(x *row) []any { return []any{&x.year, &x.visit, &x.enterprise} }, func(x row) error {
		if met[x.year] == nil {
			met[x.year] = make(map[EnterpriseID]bool)
		}
		met[x.year][psu.of(x.visit, x.enterprise)] = true
		return nil
	}, "SELECT year, id, enterprise_id FROM visit WHERE "+counts, r.scope()...)
	for i := range years {
		years[i].Enterprises = len(met[years[i].Year])
	}
	return err
}

// JobTrace is where a job stands: the way back from a figure.
type JobTrace struct {
	Job        JobID
	Visit      VisitID
	Submission SubmissionID
	File       string // original name
	SHA256     string
	Sheet      string
	Row        int
	Enterprise string // name as written
	Faculty    string // staff number
	Day        survey.Day
	Title      string
	Ratings    []survey.Rating // with the columns they stand in
}

// TraceJobs returns the places of the given jobs in the order of their ids; unknown ids are
// absent.
func (r *Reader) TraceJobs(ctx context.Context, ids []int64) ([]JobTrace, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	var out []JobTrace
	err = r.snapshot(ctx, func(q querier) error {
		layouts, err := readLayouts(ctx, q)
		if err != nil {
			return err
		}
		type row struct {
			JobTrace
			ratings string
			layout  int64
		}
		return eachOn(ctx, q, func(t *row) []any {
			return []any{&t.Job, &t.Visit, &t.Submission, &t.File, &t.SHA256, &t.Sheet, &t.Row, &t.Enterprise, &t.Faculty, &t.Day, &t.Title, &t.ratings, &t.layout}
		}, func(t row) error {
			t.Ratings = unpackRatings(t.ratings, layouts[t.layout])
			out = append(out, t.JobTrace)
			return nil
		}, `SELECT j.id, v.id, s.id, s.name, s.sha256, j.sheet, j.row, v.enterprise_name, v.faculty_id, v.day, j.title, j.ratings, j.layout_id
FROM json_each(?) x CROSS JOIN job j ON j.id = x.value JOIN visit v ON v.id = j.visit_id JOIN submission s ON s.id = v.submission_id ORDER BY j.id`, string(list))
	})
	return out, err
}

// ContentKey is one hash over everything that counts in a year: equal keys mean the same visits
// whatever files they came in and in which order.
func (r *Reader) ContentKey(ctx context.Context, year int) (string, error) {
	c := newCanon("qianqi year 1")
	c.number(year)
	err := r.snapshot(ctx, func(q querier) error {
		psu, err := r.psus(ctx, q)
		if err != nil {
			return err
		}
		keys, err := enterpriseKeys(ctx, q)
		if err != nil {
			return err
		}
		type row struct {
			id         VisitID
			enterprise EnterpriseID
			hash       string
		}
		var lines []string
		err = eachOn(ctx, q, func(x *row) []any { return []any{&x.id, &x.enterprise, &x.hash} }, func(x row) error {
			lines = append(lines, x.hash+" "+keys[psu.of(x.id, x.enterprise)])
			return nil
		}, "SELECT id, enterprise_id, content_sha256 FROM visit WHERE "+counts+" AND year = ?", append(r.scope(), year)...)
		c.set(lines)
		return err
	})
	return c.sum(), err
}
