package campaign

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// The figures of the sample campaign in plain SQL over the database, without weights of a frame: what
// anyone with a SQLite shell would write. It shares nothing with the columns in memory.

// answersSQL are the answers of a year, one a job and competency, with what their job counts for.
// The first parameter is the year, the second the taught levels as [[programme, competency, level], …].
const answersSQL = `WITH taught AS MATERIALIZED (
  SELECT json_extract(value, '$[0]') AS programme, json_extract(value, '$[1]') AS competency, json_extract(value, '$[2]') AS level FROM json_each(?2)),
answer AS (
  SELECT r.competency, r.programme, r.family, v.industry, v.size, substr(v.region, 1, 2) || '0000' AS region, v.psu,
    r.importance AS i, r.required AS q, r.graduate AS o, j.planned_hires AS a,
    (SELECT t.level FROM taught t WHERE t.programme = r.programme AND t.competency = r.competency) AS taught
  FROM rating_view r JOIN visit_view v ON v.id = r.visit_id JOIN job j ON j.id = r.job_id
  WHERE r.year = ?1 AND j.planned_hires > 0)
`

// measuresSQL are the measures in the order of demand.MeasureOrder, each with its enterprises and jobs.
var measuresSQL = []struct {
	measure   demand.Measure
	value, on string // on: the answers that it rests on
}{
	{demand.MeanImportance, "sum(a * i) / sum(iif(i IS NOT NULL, 1.0 * a, NULL))", "i IS NOT NULL"},
	{demand.MeanRequired, "sum(a * q) / sum(iif(q IS NOT NULL, 1.0 * a, NULL))", "q IS NOT NULL"},
	{demand.MeanGraduate, "sum(a * o) / sum(iif(o IS NOT NULL, 1.0 * a, NULL))", "o IS NOT NULL"},
	{demand.HighDemandShare, "sum(a * (q >= 4)) / sum(iif(q IS NOT NULL, 1.0 * a, NULL))", "q IS NOT NULL"},
	{demand.PerformanceGap, "sum(a * (q - o)) / sum(iif(q - o IS NOT NULL, 1.0 * a, NULL))", "q - o IS NOT NULL"},
	{demand.BorichMWDS, "sum(a * (q - o)) / sum(iif(q - o IS NOT NULL, 1.0 * a, NULL)) * sum(a * i) / sum(iif(i IS NOT NULL, 1.0 * a, NULL))", "q - o IS NOT NULL"},
	{demand.CoverageGap, "sum(a * (q - taught)) / sum(iif(q - taught IS NOT NULL, 1.0 * a, NULL))", "q - taught IS NOT NULL"},
	{demand.SatisfactionRatio, "1.0 * sum(iif(q IS NOT NULL, a * o, NULL)) / sum(iif(o IS NOT NULL, a * q, NULL))", "q - o IS NOT NULL"},
}

// shapes are the ways in which a year is divided.
var shapes = []string{"", "programme", "family", "industry", "size", "region", "programme family", "programme industry", "programme size", "programme region"}

// sqlGivesTheSame compares every domain, competency and measure of every year.
func sqlGivesTheSame(t *testing.T, w *world) {
	db, err := sql.Open("sqlite", "file:"+w.Store.Path()+"?mode=ro")
	must(t, err)
	defer db.Close()
	compared := 0
	for _, year := range []int{2024, 2025, 2026} {
		in, err := w.inputs(context.Background(), AnalyzeOptions{Year: year})
		must(t, err)
		s := in.Samples[year]
		s.Strata = nil
		for e := range s.Enterprises {
			s.Enterprises[e].Weight = 1
		}
		taught := func(p codebook.ProgrammeID, c codebook.CompetencyID) (int, bool) {
			if in.Curriculum[year] == nil {
				return 0, false
			}
			t, ok := in.Curriculum[year].Taught(p, c)
			return t.Level, ok
		}
		b := &inGo{view: demand.NewView(w.Codebook, s, demand.Options{Base: demand.BaseHires, K: -1, Taught: taught})}
		b.load(s)
		for _, shape := range shapes {
			compared += b.compare(t, db, year, shape, taughtJSON(t, w.Codebook, s, taught))
		}
		if want := len(b.table.Domains) * len(s.Competencies) * len(measuresSQL); b.present > want || b.present < want/4 {
			t.Errorf("%d: %d figures in SQL of %d in the table", year, b.present, want)
		}
	}
	if compared < 10000 {
		t.Errorf("only %d figures were compared", compared)
	}
	t.Logf("%d figures compared", compared)
}

func taughtJSON(t *testing.T, cb *codebook.Codebook, s *demand.Sample, taught func(codebook.ProgrammeID, codebook.CompetencyID) (int, bool)) string {
	list := [][3]any{}
	for _, p := range cb.Programmes {
		for _, c := range s.Competencies {
			if level, ok := taught(p.Code, c); ok {
				list = append(list, [3]any{p.Code, c, level})
			}
		}
	}
	data, err := json.Marshal(list)
	must(t, err)
	return string(data)
}

// inGo are the figures as the product makes them.
type inGo struct {
	view    *demand.View
	table   *demand.Table
	columns map[codebook.CompetencyID]*demand.Column
	present int
}

func (b *inGo) load(s *demand.Sample) {
	b.table, b.columns = b.view.Tabulate(), make(map[codebook.CompetencyID]*demand.Column)
	for c, id := range s.Competencies {
		b.columns[id] = b.view.NewColumn()
		b.columns[id].Load(c)
	}
}

// compare runs one query and holds its rows against the figures; a domain that SQL does not give must
// be empty.
func (b *inGo) compare(t *testing.T, db *sql.DB, year int, shape, taught string) (compared int) {
	t.Helper()
	seen := make(map[demand.Domain]bool)
	query := answersSQL + "SELECT competency"
	for _, by := range strings.Fields("programme family industry size region") {
		if !strings.Contains(shape, by) {
			by = "'' AS " + by
		}
		query += ", " + by
	}
	for _, m := range measuresSQL {
		query += ", " + m.value + ", count(DISTINCT iif(" + m.on + ", psu, NULL)), sum(" + m.on + ")"
	}
	query += " FROM answer GROUP BY competency"
	if shape != "" {
		query += ", " + strings.ReplaceAll(shape, " ", ", ")
	}
	rows, err := db.Query(query, year, taught)
	must(t, err)
	defer rows.Close()
	for rows.Next() {
		var d demand.Domain
		var id codebook.CompetencyID
		values, counts := make([]sql.NullFloat64, len(measuresSQL)), make([][2]int, len(measuresSQL))
		into := []any{&id, &d.Programme, &d.Family, &d.Industry, &d.Size, &d.Region}
		for k := range measuresSQL {
			into = append(into, &values[k], &counts[k][0], &counts[k][1])
		}
		must(t, rows.Scan(into...))
		seen[d] = true
		for k, m := range measuresSQL {
			b.agree(t, year, d, id, m.measure, values[k], counts[k])
			compared++
		}
	}
	must(t, rows.Err())
	b.present += compared
	b.othersAreEmpty(t, year, shape, seen)
	return compared
}

func (b *inGo) agree(t *testing.T, year int, d demand.Domain, id codebook.CompetencyID, m demand.Measure, want sql.NullFloat64, n [2]int) {
	t.Helper()
	got, f := b.columns[id].Linear(d, m, nil), b.table.Figure(d, id, m)
	off := func(v float64) bool { return math.Abs(v-want.Float64) > 1e-9*math.Max(1, math.Abs(want.Float64)) }
	switch {
	case got.OK != want.Valid, want.Valid && off(got.Value), f.Shown() && off(f.Estimate), f.Shown() && !want.Valid:
		t.Errorf("%d %s %s %s: %v in Go, %v in SQL (%+v)", year, d.Key(), id, m, got.Value, want, f)
	case want.Valid && (f.Enterprises != n[0] || f.Jobs != n[1]):
		t.Errorf("%d %s %s %s: %d enterprises and %d jobs in Go, %v in SQL", year, d.Key(), id, m, f.Enterprises, f.Jobs, n)
	}
}

func (b *inGo) othersAreEmpty(t *testing.T, year int, shape string, seen map[demand.Domain]bool) {
	t.Helper()
	for _, d := range b.table.Domains {
		given := ""
		for _, part := range [][2]string{{"programme", string(d.Programme)}, {"family", string(d.Family)}, {"industry", d.Industry}, {"size", d.Size}, {"region", d.Region}} {
			if part[1] != "" {
				given = strings.TrimSpace(given + " " + part[0])
			}
		}
		if given != shape || seen[d] {
			continue
		}
		for id := range b.columns {
			if f := b.table.Figure(d, id, demand.MeanRequired); f.Flag != demand.NoData {
				t.Errorf("%d %s: %+v in Go, nothing in SQL", year, d.Key(), f)
			}
		}
	}
}
