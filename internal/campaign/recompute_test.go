package campaign

import (
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// answer is one competency of one job, as the database holds it; 0 is no answer.
type answer struct {
	enterprise                           int64
	programme, family, industry          string
	size, province, competency           string
	importance, required, graduate, hire float64
	weight                               float64
}

// byHand computes figures from the rows of the database with the formulas of the methods page, written
// as they are read there: loops over rows, no code of the rooms that compute the report.
type byHand map[int][]answer // year → rows

// thePrintedFigures recomputes fifty figures that are printed on the pages, drawn by lot, and ten of
// the tables of change, from the database.
func thePrintedFigures(t *testing.T, w *world) {
	hand := readByHand(t, w.path, 2025, 2026)
	kinds := map[string][]printedFigure{} // programme, competency, overview
	for _, p := range w.pages(t) {
		kind, _, _ := strings.Cut(strings.TrimSuffix(p.file, ".html"), "-")
		kinds[kind] = append(kinds[kind], p.figures()...)
	}
	cells := make(map[gap.Address]demand.Figure)
	for _, cell := range w.analysis.Cells {
		cells[w.analysis.AddressOf(cell)] = cell.Figure
	}
	lot := rand.New(rand.NewPCG(50, 2026))
	tried, changes := 0, 0
	for _, some := range []struct {
		kind string
		n    int
	}{{"programme", 20}, {"competency", 15}, {"index", 15}} {
		all := kinds[some.kind]
		lot.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, f := range all[:min(some.n, len(all))] {
			tried++
			hand.check(t, f, cells[f.at])
		}
		for _, f := range all {
			if f.column != "" && changes < 10 {
				changes++
				hand.check(t, f, cells[f.at])
			}
		}
	}
	if tried != 50 || changes < 10 {
		t.Errorf("%d figures and %d changes were recomputed", tried, changes)
	}
}

// check holds a printed figure against the ones computed by hand, to the last digit printed. How many jobs the
// published figure rests on says which of them it is; of the year before that is not printed.
func (h byHand) check(t *testing.T, f printedFigure, published demand.Figure) {
	t.Helper()
	now := slices.DeleteFunc(h.figures(f.at), func(m mean) bool { return m.jobs != published.Jobs })
	f.at.Year = 2025
	var got []float64
	switch f.column {
	case "2025":
		for _, before := range h.figures(f.at) {
			got = append(got, before.value)
		}
	case "变化":
		for _, before := range h.figures(f.at) {
			for _, m := range now {
				got = append(got, m.value-before.value)
			}
		}
	default:
		for _, m := range now {
			got = append(got, m.value)
		}
	}
	digits := strings.NewReplacer("−", "-", ",", "", "%", "").Replace(strings.Fields(f.text)[0])
	printed, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		t.Fatalf("%s %s: %q is no number", f.page, f.at, f.text)
	}
	unit, scale := 1.0, 1.0
	if strings.Contains(f.text, "%") {
		scale = 100
	}
	if _, decimals, cut := strings.Cut(digits, "."); cut {
		unit = math.Pow10(-len(decimals))
	}
	if !slices.ContainsFunc(got, func(x float64) bool { return math.Abs(x*scale-printed) <= unit/2+1e-9 }) {
		t.Errorf("%s prints %q for %s %s of %d jobs, by hand it is %v", f.page, f.text, f.at, f.column, published.Jobs, got)
	}
}

// mean is a weighted mean and the number of jobs that it rests on.
type mean struct {
	value float64
	jobs  int
}

// figures are a figure by its formula on the methods page: over every job that gave the rating, and, as where
// few gave only one of R and O, over those that gave both.
func (h byHand) figures(at gap.Address) []mean {
	var every, both mean
	var sums, bases [2]float64
	for _, r := range h[at.Year] {
		d := at.Domain
		switch {
		case at.Competency != "" && r.competency != string(at.Competency),
			d.Programme != "" && string(d.Programme) != r.programme, d.Family != "" && string(d.Family) != r.family,
			d.Industry != "" && d.Industry != r.industry, d.Size != "" && d.Size != r.size, d.Region != "" && d.Region != r.province:
			continue
		}
		x, counts := r.term(string(at.Measure))
		if !counts || r.hire <= 0 {
			continue
		}
		sums[0], bases[0], every.jobs = sums[0]+r.weight*r.hire*x, bases[0]+r.weight*r.hire, every.jobs+1
		if r.required > 0 && r.graduate > 0 {
			sums[1], bases[1], both.jobs = sums[1]+r.weight*r.hire*x, bases[1]+r.weight*r.hire, both.jobs+1
		}
	}
	every.value, both.value = sums[0]/bases[0], sums[1]/bases[1]
	if at.Measure == "importance" || every.jobs == both.jobs {
		return []mean{every}
	}
	return []mean{every, both}
}

// term is what a job adds to a mean, and whether it does.
func (r *answer) term(measure string) (x float64, counts bool) {
	switch measure {
	case "importance":
		return r.importance, r.importance > 0
	case "required_level":
		return r.required, r.required > 0
	case "graduate_level":
		return r.graduate, r.graduate > 0
	case "performance_gap":
		return r.required - r.graduate, r.required > 0 && r.graduate > 0
	case "high_demand_share":
		if r.required >= 4 {
			x = 1
		}
		return x, r.required > 0
	}
	return 0, false
}

// readByHand reads the answers of some years in plain SQL, past the room that keeps them.
func readByHand(t *testing.T, path string, years ...int) byHand {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	h := byHand{}
	for _, year := range years {
		h[year] = answersIn(t, db, year)
		weights := weightsOf(t, db, year, h[year])
		for i := range h[year] {
			h[year][i].weight = weights[h[year][i].enterprise]
		}
	}
	return h
}

func answersIn(t *testing.T, db *sql.DB, year int) []answer {
	t.Helper()
	rows, err := db.Query(`SELECT v.psu, j.programme, j.family, v.industry, v.size, substr(v.region, 1, 2) || '0000', r.competency,
		coalesce(r.importance, 0), coalesce(r.required, 0), coalesce(r.graduate, 0), coalesce(j.planned_hires, 0)
		FROM rating_view r JOIN job j ON j.id = r.job_id JOIN visit_view v ON v.id = r.visit_id WHERE v.year = ? ORDER BY v.day`, year)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []answer
	last := map[int64][3]string{} // what the latest visit said of an enterprise
	for rows.Next() {
		var a answer
		if err := rows.Scan(&a.enterprise, &a.programme, &a.family, &a.industry, &a.size, &a.province, &a.competency, &a.importance, &a.required, &a.graduate, &a.hire); err != nil {
			t.Fatal(err)
		}
		last[a.enterprise] = [3]string{a.industry, a.size, a.province}
		all = append(all, a)
	}
	for i := range all {
		said := last[all[i].enterprise]
		all[i].industry, all[i].size, all[i].province = said[0], said[1], said[2]
	}
	if err := rows.Err(); err != nil || len(all) < 300 {
		t.Fatalf("%d answers in %d: %v", len(all), year, err)
	}
	return all
}

// weightsOf gives every enterprise N/n of its stratum, industry by size. One visited alone shares the
// stratum of the next size of its industry, those that have none share one.
func weightsOf(t *testing.T, db *sql.DB, year int, answers []answer) map[int64]float64 {
	t.Helper()
	population := map[string]int{}
	for _, query := range []string{
		`SELECT industry, size, sum(population) FROM roster_stratum s JOIN document d ON d.id = s.document_id WHERE d.until IS NULL AND d.key = ? GROUP BY 1, 2`,
		`SELECT industry, size, count(*) FROM roster_enterprise s JOIN document d ON d.id = s.document_id WHERE d.until IS NULL AND d.key = ? GROUP BY 1, 2`,
	} {
		rows, err := db.Query(query, strconv.Itoa(year))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var industry, size string
			var n int
			if err := rows.Scan(&industry, &size, &n); err != nil {
				t.Fatal(err)
			}
			population[industry+"/"+size] = max(population[industry+"/"+size], n)
		}
		rows.Close()
	}
	visited := map[string]map[int64]bool{}
	for _, a := range answers {
		cell := a.industry + "/" + a.size
		if visited[cell] == nil {
			visited[cell] = map[int64]bool{}
		}
		visited[cell][a.enterprise] = true
	}
	weights := map[int64]float64{}
	for _, stratum := range strataOf(population, visited) {
		all, seen := 0, 0
		for _, cell := range stratum {
			all, seen = all+max(population[cell], len(visited[cell])), seen+len(visited[cell])
		}
		for _, cell := range stratum {
			for e := range visited[cell] {
				weights[e] = float64(all) / float64(seen)
				if population[cell] == 0 { // not in the frame: it stands for itself
					weights[e] = 1
				}
			}
		}
	}
	return weights
}

// strataOf puts visited cells together so that none holds one visit only.
func strataOf(population map[string]int, visited map[string]map[int64]bool) [][]string {
	sizes := []string{"large", "medium", "small", "micro"}
	home := map[string]string{} // cell → the cell its stratum is named after
	var cells []string
	for cell := range visited {
		home[cell] = cell
		cells = append(cells, cell)
	}
	rank := func(cell string) string {
		industry, size, _ := strings.Cut(cell, "/")
		return fmt.Sprint(industry, slices.Index(sizes, size))
	}
	slices.SortFunc(cells, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	join := func(from, to string) {
		for _, c := range cells {
			if home[c] == from {
				home[c] = to
			}
		}
	}
	lonely := func(cell string) bool {
		seen, all := 0, 0
		for _, c := range cells {
			if home[c] == home[cell] {
				seen, all = seen+len(visited[c]), all+population[c]
			}
		}
		return seen == 1 && all > 1
	}
	for _, c := range cells {
		industry, size, _ := strings.Cut(c, "/")
		at := slices.Index(sizes, size)
		for step := 1; step < len(sizes) && lonely(c); step++ {
			for _, k := range []int{at - step, at + step} {
				if k >= 0 && k < len(sizes) && lonely(c) && len(visited[industry+"/"+sizes[k]]) > 0 {
					join(home[c], home[industry+"/"+sizes[k]])
				}
			}
		}
	}
	pool := ""
	for _, c := range cells {
		if lonely(c) && pool == "" {
			pool = home[c]
		} else if lonely(c) {
			join(home[c], pool)
		}
	}
	together := map[string][]string{}
	for _, c := range cells {
		together[home[c]] = append(together[home[c]], c)
	}
	var strata [][]string
	for _, s := range together {
		strata = append(strata, s)
	}
	return strata
}
