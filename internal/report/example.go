package report

import (
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// The worked example of the methods page: seven invented enterprises in two strata, small enough
// to reckon on paper. Its numbers are computed when the page is built, by the code that computes
// those of the survey; data/example.csv holds the answers, for qianqi estimate or R.

// exampleFile is where the answers of the example stand within the site.
const exampleFile = "data/example.csv"

// exampleTaught is the taught level in the example.
const exampleTaught = 3

// exampleStrata are enterprises in the frame and visited.
var exampleStrata = []demand.Stratum{{Key: "h1", Population: 12, Visited: 3}, {Key: "h2", Population: 20, Visited: 4}}

// exampleJob is a job of the example; a graduate level of 0 was not given.
type exampleJob struct{ enterprise, hires, importance, required, graduate int }

var exampleJobs = []exampleJob{
	{0, 2, 4, 4, 3}, {0, 1, 5, 5, 3}, {1, 3, 3, 3, 3}, {2, 1, 4, 4, 2},
	{3, 2, 5, 5, 3}, {4, 2, 4, 3, 2}, {5, 1, 3, 4, 0}, {6, 2, 4, 4, 2}, {6, 1, 5, 4, 4},
}

// exampleStratum is the stratum of an enterprise: the first three are of the first.
func exampleStratum(enterprise int) int {
	if enterprise < 3 {
		return 0
	}
	return 1
}

func exampleWeight(enterprise int) float64 {
	s := exampleStrata[exampleStratum(enterprise)]
	return float64(s.Population) / float64(s.Visited)
}

// example holds what the page shows of it.
type example struct {
	Header   []string
	Rows     [][]string
	Commands []string
	worked   map[string][]string // formula → lines
}

// newExample computes the example with the codebook's first competency and programme.
func newExample(cb *codebook.Codebook) *example {
	e := &example{
		Header: []string{"e", "h", "N", "w", "a", "wa", "I", "R", "O", "gap", "high", "O_pair", "R_pair"},
		Commands: []string{
			"qianqi estimate --data example.csv --y I,R,O,gap --strata h --psu e --weight wa --fpc N",
			"qianqi estimate --data example.csv --y high --stat proportion --strata h --psu e --weight wa --fpc N",
			"qianqi estimate --data example.csv --y O_pair/R_pair --strata h --psu e --weight wa --fpc N",
			"qianqi estimate --data example.csv --y a --stat total --strata h --psu e --weight w --fpc N",
		},
	}
	for _, j := range exampleJobs {
		e.Rows = append(e.Rows, exampleRow(j))
	}
	e.work(exampleTable(cb))
	return e
}

func exampleRow(j exampleJob) []string {
	s := exampleStrata[exampleStratum(j.enterprise)]
	w := exampleWeight(j.enterprise)
	high := "0"
	if j.required >= 4 {
		high = "1"
	}
	row := []string{"e" + itoa(j.enterprise+1), s.Key, itoa(s.Population), plainNumber(w), itoa(j.hires), plainNumber(w * float64(j.hires)), itoa(j.importance), itoa(j.required)}
	if j.graduate == 0 {
		return append(row, "", "", high, "", "")
	}
	return append(row, itoa(j.graduate), itoa(j.required-j.graduate), high, itoa(j.graduate), itoa(j.required))
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// exampleTable tabulates the example as the survey is tabulated, with nothing withheld.
func exampleTable(cb *codebook.Codebook) *demand.Table {
	s := &demand.Sample{Year: 1, Competencies: []codebook.CompetencyID{cb.Active()[0].Code}, Strata: exampleStrata, Jobs: demand.Jobs{Ratings: make([][demand.Measures][]uint8, 1)}}
	for e := range 7 {
		s.Enterprises = append(s.Enterprises, demand.Enterprise{Key: itoa(e), Stratum: int32(exampleStratum(e)), Weight: exampleWeight(e)})
	}
	var programme codebook.ProgrammeID
	if len(cb.Programmes) > 0 {
		programme = cb.Programmes[0].Code
	}
	jobs := &s.Jobs
	for k, j := range exampleJobs {
		jobs.ID = append(jobs.ID, int64(k+1))
		jobs.Enterprise, jobs.Visit = append(jobs.Enterprise, int32(j.enterprise)), append(jobs.Visit, int32(j.enterprise))
		jobs.Programme, jobs.Family = append(jobs.Programme, programme), append(jobs.Family, "")
		jobs.Hires = append(jobs.Hires, int32(j.hires))
		r := &jobs.Ratings[0]
		for m, v := range [demand.Measures]int{j.importance, j.required, j.graduate} {
			r[m] = append(r[m], uint8(v))
		}
	}
	return demand.Tabulate(cb, s, demand.Options{Base: demand.BaseHires, K: -1,
		Taught: func(codebook.ProgrammeID, codebook.CompetencyID) (int, bool) { return exampleTaught, true }})
}

// work writes the result under every formula.
func (e *example) work(t *demand.Table) {
	e.worked = make(map[string][]string)
	figure := func(m demand.Measure) demand.Figure { return t.Figure(demand.Domain{}, t.Competencies[0], m) }
	for _, m := range append(demand.MeasureOrder(), demand.RankedDiscrepancy, demand.Opportunity) {
		f := figure(m)
		line := worked(string(m), f)
		if m == demand.CoverageGap {
			line = "T = " + itoa(exampleTaught) + "; " + line
		}
		e.worked[string(m)] = []string{line}
	}
	e.worked["openings"] = []string{worked("Y", t.Figure(demand.Domain{}, "", demand.Openings))}
	r := figure(demand.MeanRequired)
	e.worked["symbols"] = []string{"w = 12/3 = 4 (h1), 20/4 = 5 (h2)"}
	e.worked["linearisation"] = []string{"SE(mean R) = " + num(r.SE, 4)}
	e.worked["interval"] = []string{"df = min(2 + 3, " + itoa(r.Enterprises) + " − 1) = " + num(r.DF, 0) + "; mean R: " + num(r.Estimate, 4) + " (" + num(r.Lo, 4) + "–" + num(r.Hi, 4) + ")"}
	e.workOthers()
}

// worked prints a figure with its error, interval and base.
func worked(what string, f demand.Figure) string {
	return what + " = " + num(f.Estimate, 4) + ", SE " + num(f.SE, 4) + ", 95% " + num(f.Lo, 4) + "–" + num(f.Hi, 4) + ", n = " + itoa(f.Enterprises) + ", " + itoa(f.Jobs)
}

// workOthers is for the formulas that no table of figures holds.
func (e *example) workOthers() {
	hires := make([]float64, 7)
	for _, j := range exampleJobs {
		hires[j.enterprise] += float64(j.hires)
	}
	c := estimate.Concentrate(hires)
	e.worked["hhi"] = []string{"a = " + listed(hires, 0) + ": HHI = " + num(c.HHI, 1) + ", 10,000/HHI = " + num(c.Effective, 2)}
	p := []float64{0.01, 0.04, 0.03}
	e.worked["multiplicity"] = []string{"p = " + listed(p, 2) + " → " + listed(estimate.BenjaminiHochberg(p), 2)}
	a, b := []float64{1, 2, 3, 4}, []float64{2, 1, 3, 4}
	e.worked["agreement"] = []string{listed(a, 0) + " | " + listed(b, 0) + ": τ = " + num(estimate.KendallTauB(a, b), 4)}
	alpha := estimate.KrippendorffAlpha([][]float64{{4, 4}, {3, 4}, {5, 5}, {2, 3}, {4, 4}}, estimate.Ordinal)
	e.worked["reliability"] = []string{"4|4, 3|4, 5|5, 2|3, 4|4: α = " + num(alpha.Value, 4)}
	kappa := estimate.CohenKappa([][]float64{{20, 5}, {10, 15}}, false)
	e.worked["kappa"] = []string{"20, 5 | 10, 15: κ = " + num(kappa.Value, 4) + ", SE " + num(kappa.SE, 4)}
	y := []float64{0.9, 0.8, 0.85, 0.6}
	m := estimate.MannKendall([]float64{2023, 2024, 2025, 2026}, y, gap.Confidence)
	e.worked["trend"] = []string{listed(y, 2) + ": b = " + num(m.Slope, 4) + ", S = " + num(m.S, 0) + ", p = " + num(m.P, 4)}
	e.worked["bootstrap"] = []string{"h1: n_h = 3, w = 4, r = 2 → w* = 4·(3/2)·2 = " + num(exampleWeight(0)*3/2*2, 0)}
}

func listed(v []float64, decimals int) string {
	out := make([]string, len(v))
	for i, x := range v {
		out[i] = num(x, decimals)
	}
	return strings.Join(out, ", ")
}

// csv is the example for other programs.
func (e *example) csv() []byte { return writeCSV(append([][]string{e.Header}, e.Rows...)) }

// under puts the results under their formulas.
func (e *example) under(list []formula) []formula {
	for i := range list {
		list[i].Worked = e.worked[list[i].ID]
	}
	return list
}
