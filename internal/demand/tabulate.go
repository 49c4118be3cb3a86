package demand

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Options say how a sample is tabulated. The zero Options are the defaults.
type Options struct {
	Base Base
	// K is the least number of enterprises behind a figure that is shown; 0 is DefaultK,
	// a negative one protects nothing (for the survey office and for tests).
	K     int
	Cores int // at most this many cores; 0 is all. The result is the same for any number

	// Taught is the level that the curriculum of a programme leads to in a competency; the
	// coverage gap is measured from it. Nil, or false, means nothing is known.
	Taught func(codebook.ProgrammeID, codebook.CompetencyID) (level int, known bool)
	// Skip leaves a job out, e.g. to see whether a conclusion rests on it. Its enterprise
	// stays in the design.
	Skip func(job int) bool

	// Earlier are the reports on the same year that were published before, oldest first. What is
	// shown beside them gives nobody away to those who subtract one from the other.
	Earlier []Publication
}

// Disclosure limits: see Hundepool et al. 2012, Statistical Disclosure Control.
const (
	DefaultK  = 5    // fewer enterprises are not shown
	Dominance = 0.80 // nor is a cell of which one enterprise holds more of the weight
)

// Table holds the figures of every domain of a sample.
type Table struct {
	Year         int
	Base         Base
	K            int
	Competencies []codebook.CompetencyID
	Domains      []Domain // in the order they are printed
	place        map[Domain]int
	figures      []Figure // [domain][competency][quantity]
	openings     []Figure // [domain]
	sizes        []Figure // [domain]
	narrowed     []sides  // [domain][competency]
}

// Tabulate estimates every measure for every competency in every domain: overall, by
// programme, family, industry, size and region, and programme crossed with each of these.
// What may not be shown is withheld (see protect.go).
func Tabulate(cb *codebook.Codebook, s *Sample, opt Options) *Table {
	return NewView(cb, s, opt).Tabulate()
}

// Tabulate makes the table of this view. Each of also is called once for every competency
// while its sums are in memory, on several cores at once.
func (v *View) Tabulate(also ...func(competency int, c *Column)) *Table {
	t := &Table{
		Year: v.Sample.Year, Base: v.Base, K: v.opt.k(), Competencies: v.Sample.Competencies,
		Domains: v.Domains(), place: v.place,
		figures:  make([]Figure, len(v.domains)*len(v.Sample.Competencies)*int(quantities)),
		openings: make([]Figure, len(v.domains)), sizes: make([]Figure, len(v.domains)),
		narrowed: make([]sides, len(v.domains)*len(v.Sample.Competencies)),
	}
	work := len(v.Sample.Competencies) + 1
	v.each(work, func(w *worker, i int) {
		if i == work-1 {
			v.tabulateOpenings(w, t)
			return
		}
		v.tabulateOne(w, t, i)
		for _, do := range also {
			do(i, &Column{v: v, tally: w.tally})
		}
		v.narrow(w, t, i)
	})
	return t
}

func (o Options) k() int {
	if o.K == 0 {
		return DefaultK
	}
	return o.K
}

// worker holds the memory that one core needs, used again for each competency.
type worker struct {
	tally  *tally
	sum    []summary // per domain and rest
	spread []spread  // [domain][stratum]
	guard  *guard
	beside []*worker // one for each comparison with an earlier report
}

func (v *View) newWorker() *worker {
	w := &worker{
		tally: v.newTally(), sum: make([]summary, len(v.lists)),
		spread: make([]spread, len(v.domains)*v.design.strata()), guard: newGuard(v),
	}
	for _, p := range v.earlier {
		w.beside = append(w.beside, p.view.newWorker())
	}
	return w
}

func (w *worker) strata(v *View, domain int) []spread {
	n := v.design.strata()
	return w.spread[domain*n : (domain+1)*n]
}

// each runs n pieces of work on the cores allowed. Pieces do not depend on one another, so
// the result does not depend on the cores.
func (v *View) each(n int, do func(w *worker, i int)) {
	cores := v.opt.Cores
	if cores <= 0 {
		cores = runtime.GOMAXPROCS(0)
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(cores, n) {
		wg.Go(func() {
			w := v.newWorker()
			for i := range next {
				do(w, i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// tabulateOne fills in the figures of one competency.
func (v *View) tabulateOne(w *worker, t *Table, c int) {
	w.tally.fill(v, c, false)
	v.summarise(w)
	v.scatter(w)
	for n := range v.domains {
		v.judge(&w.sum[n], w.strata(v, n), t.cell(n, c))
	}
	if t.K < 0 {
		return
	}
	w.guard.note(w.sum)
	for i, p := range v.earlier {
		p.fill(w.beside[i], c)
	}
	beside := v.besideEarlier(w, c)
	verdicts := w.guard.protect(beside, w.tally, t.K)
	withhold(t, c, verdicts.levels, qImportance, qRequired, qHigh)
	withhold(t, c, verdicts.coverage, qCoverage)
	withhold(t, c, verdicts.pairs, qGraduate, qGap, qBorich, qRatio, qRanked, qOpportunity)
	for side, narrowed := range verdicts.narrowed {
		for n, why := range narrowed[:len(t.Domains)] {
			t.narrowed[n*len(t.Competencies)+c][side] = why != ""
		}
	}
}

// either adds the verdicts of b to a where a has none.
func either(a, b []Flag) []Flag {
	out := slices.Clone(a)
	for n, why := range b {
		out[n] = cmp.Or(out[n], why)
	}
	return out
}

func (t *Table) cell(domain, competency int) []Figure {
	at := (domain*len(t.Competencies) + competency) * int(quantities)
	return t.figures[at : at+int(quantities)]
}

// judge turns the sums of a domain into figures.
func (v *View) judge(m *summary, strata []spread, out []Figure) {
	for q := range quantities {
		if !m.ok[q] {
			out[q] = Figure{Flag: NoData}
			continue
		}
		f := Figure{Estimate: m.value[q], DF: v.freedom(strata, restsOn[q])}
		f.Enterprises, f.Jobs = m.count(q)
		out[q] = judged(measureOf[q], f, v.design.variance(strata, q), m.mean[sumI])
		if out[q].Flag == WithheldPrecision {
			out[q].hide(WithheldPrecision)
		}
	}
}

func (v *View) freedom(strata []spread, base int) float64 {
	return v.design.freedom(func(h int) int32 { return strata[h].touched[base] })
}

// hide removes the numbers of a figure; for confidentiality, its counts as well.
func (f *Figure) hide(why Flag) {
	kept := Figure{Flag: why}
	if !why.Suppressed() {
		kept.Enterprises, kept.Jobs = f.Enterprises, f.Jobs
	}
	*f = kept
}

// withhold applies the verdicts of disclosure control to the quantities of one competency.
func withhold(t *Table, c int, verdict []Flag, of ...quantity) {
	for n := range t.Domains {
		if !verdict[n].Suppressed() {
			continue
		}
		cell := t.cell(n, c)
		for _, q := range of {
			if cell[q].Flag != NoData {
				cell[q].hide(verdict[n])
			}
		}
	}
}

// Figure returns one figure; "no data" where the table has no such domain or measure.
func (t *Table) Figure(d Domain, c codebook.CompetencyID, m Measure) Figure {
	n, ok := t.place[d]
	if !ok {
		return Figure{Flag: NoData}
	}
	if m == Openings {
		return t.openings[n]
	}
	i, q := slices.Index(t.Competencies, c), slices.Index(measureOf[:], m)
	if i < 0 || q < 0 {
		return Figure{Flag: NoData}
	}
	return t.cell(n, i)[q]
}

// Cells lists the figures of the measures in MeasureOrder, by domain and competency.
func (t *Table) Cells() []Cell {
	order := MeasureOrder()
	out := make([]Cell, 0, len(t.Domains)*len(t.Competencies)*len(order))
	for n, d := range t.Domains {
		for i, c := range t.Competencies {
			figures := t.cell(n, i)
			for _, m := range order {
				out = append(out, Cell{d, c, m, figures[slices.Index(measureOf[:], m)]})
			}
		}
	}
	return out
}
