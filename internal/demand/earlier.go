package demand

import (
	"fmt"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Publication is an earlier report on the same year: what it was made of and what it showed.
// Whoever holds it can subtract it from a later one. What the enterprises in between answered
// must then be no easier to find out than what stands in one table: see Options.Earlier.
type Publication struct {
	Sample *Sample
	Table  *Table // tabulated beside the publications before it

	answers map[string][]string // of the sample, which every later one is compared with; nil where not known yet
}

// Publications tabulates the samples of earlier reports, oldest first, each beside those before
// it, by the options of the table that is to come. The comparisons grow with the square of their
// number: 17 states of a year that grew to 1,200 visits add 5 s to the 3 s of its report.
func Publications(cb *codebook.Codebook, samples []*Sample, opt Options) []Publication {
	var out []Publication
	for _, s := range samples {
		opt.Earlier = out
		v := NewView(cb, s, opt)
		if v.answers == nil {
			v.answers = s.answers()
		}
		out = append(slices.Clip(out), Publication{s, v.Tabulate(), v.answers})
	}
	return out
}

// TooClose reports whether a table of now would have to withhold, beside one of the earlier reports,
// half of what that showed of the whole, or of most programmes that changed: in between too few
// enterprises came, went or changed their answers, or one of them outweighs the others.
func TooClose(cb *codebook.Codebook, now *Sample, earlier []Publication, opt Options) bool {
	answers := now.answers()
	return slices.ContainsFunc(earlier, func(then Publication) bool { return newComparison(cb, now, answers, then, opt).tooClose() })
}

func (p *comparison) tooClose() bool {
	w := p.view.newWorker()
	shown, lost := make(map[Domain]int), make(map[Domain]int)
	for c := range p.view.Sample.Competencies {
		p.fill(w, c)
		for n, d := range p.view.domains {
			if d == (Domain{Programme: d.Programme}) {
				p.lose(w, c, int32(n), shown, lost)
			}
		}
	}
	programmes, losing := 0, 0
	for d, n := range shown {
		if d != (Domain{}) {
			programmes++
			if n > 0 && 2*lost[d] >= n {
				losing++
			}
		}
	}
	n := shown[Domain{}]
	return n > 0 && 2*lost[Domain{}] >= n || 2*losing > programmes
}

// lose counts the figures of a domain that changed and that the earlier report showed, and those of
// them that may not be shown again.
func (p *comparison) lose(w *worker, c int, n int32, shown, lost map[Domain]int) {
	d := p.view.domains[n]
	for _, of := range []struct {
		measure Measure
		bases   []int
	}{{MeanRequired, levelBases}, {PerformanceGap, pairBases}} {
		t := &table{guard: w.guard, k: p.k, bases: of.bases}
		if t.present(n) && p.was.Figure(d, p.view.Sample.Competencies[c], of.measure).Shown() {
			shown[d]++
			if t.confidential(n) != "" {
				lost[d]++
			}
		}
	}
}

// Changes are the answers that lie between each earlier report and this view, old and new: what a
// figure outside the table must not give away either.
func (v *View) Changes() []*View {
	out := make([]*View, len(v.earlier))
	for i, p := range v.earlier {
		out[i] = p.view
	}
	return out
}

// Changed counts the enterprises that came, went or changed their answers between two states of a
// year.
func Changed(now, then *Sample) int {
	changed, moved := between(now, then, now.answers(), then.answers())
	return len(changed.Enterprises) - moved
}

// comparison holds a table against an earlier report of its year.
type comparison struct {
	was  *Table
	view *View   // the answers given by enterprises that came, went or changed theirs: old and new
	k    int     // that many of them, or more
	at   []int32 // domain of the table → domain of view; -1 where nothing changed
}

// The bases of the figures that are withheld together.
var (
	levelBases = []int{onImportance, onRequired}
	sortBases  = []int{onReference, onUnreferenced} // of the coverage gap, and what it leaves of the levels
	pairBases  = []int{onGraduate, onPairs}
)

// newComparison finds what lies between two states of a year.
func newComparison(cb *codebook.Codebook, now *Sample, answers map[string][]string, then Publication, opt Options) *comparison {
	if then.answers == nil {
		then.answers = then.Sample.answers()
	}
	changed, moved := between(now, then.Sample, answers, then.answers)
	if opt.Base == BaseAuto {
		opt.Base = now.ChooseBase()
	}
	opt.Earlier, opt.Skip = nil, nil
	return &comparison{was: then.Table, view: NewView(cb, changed, opt), k: opt.k() + moved}
}

// between gathers the answers of every enterprise that did not answer the same in two states of a
// year. One that changed its industry, size or region stands there twice and is counted in moved.
func between(now, then *Sample, after, before map[string][]string) (changed *Sample, moved int) {
	changed = &Sample{Year: now.Year, Competencies: now.Competencies}
	changed.Jobs.Ratings = make([][Measures][]uint8, len(now.Competencies))
	place := make(map[string]int32)
	for _, side := range [2]*Sample{now, then} {
		at := make([]int32, len(side.Enterprises))
		for e := range side.Enterprises {
			ent := &side.Enterprises[e]
			at[e] = -1
			if slices.Equal(after[ent.Key], before[ent.Key]) {
				continue
			}
			known := false
			if at[e], known = place[ent.cell()]; !known {
				at[e] = int32(len(changed.Enterprises))
				place[ent.cell()] = at[e]
				changed.Enterprises = append(changed.Enterprises, *ent)
				changed.Enterprises[at[e]].Stratum = -1
			}
		}
		for j, e := range side.Jobs.Enterprise {
			if at[e] >= 0 {
				changed.Jobs.addFrom(&side.Jobs, j, at[e])
			}
		}
	}
	keys := make(map[string]bool)
	for i := range changed.Enterprises {
		keys[changed.Enterprises[i].Key] = true
	}
	return changed, len(changed.Enterprises) - len(keys)
}

// cell names an enterprise with the domains it stands in.
func (e *Enterprise) cell() string {
	return fmt.Sprint(e.Key, "\x00", e.Industry, "\x00", e.Size, "\x00", Province(e.Region))
}

// answers writes down what a report takes from each enterprise: its place, its jobs, its ecosystems and
// the technologies it names, sorted.
func (s *Sample) answers() map[string][]string {
	out := make(map[string][]string, len(s.Enterprises))
	for j, e := range s.Jobs.Enterprise {
		ent, jobs := &s.Enterprises[e], &s.Jobs
		line := fmt.Appendln(nil, ent.cell(), jobs.Programme[j], jobs.Family[j], jobs.Headcount[j], jobs.Hires[j], jobs.SalaryMin[j], jobs.SalaryMax[j], jobs.Requirement[j])
		line = fmt.Appendf(line, "%q %q\n", jobs.Title[j], jobs.Certificates[j])
		for c := range jobs.Ratings {
			for m := range jobs.Ratings[c] {
				line = append(line, jobs.Ratings[c][m][j])
			}
		}
		out[ent.Key] = append(out[ent.Key], string(line))
	}
	for i := range s.Enterprises {
		if ent := &s.Enterprises[i]; len(ent.Ecosystems) > 0 {
			out[ent.Key] = append(out[ent.Key], fmt.Sprintf("%q", ent.Ecosystems))
		}
	}
	for _, t := range s.Trends {
		key := s.Enterprises[t.Enterprise].Key
		out[key] = append(out[key], fmt.Sprintf("%q %q", t.Technology, t.Direction))
	}
	for _, lines := range out {
		slices.Sort(lines)
	}
	return out
}

// addFrom adds job i of another sample as one of the given enterprise: the columns figures are made of.
func (j *Jobs) addFrom(from *Jobs, i int, enterprise int32) {
	j.Enterprise = append(j.Enterprise, enterprise)
	j.Programme, j.Family = append(j.Programme, from.Programme[i]), append(j.Family, from.Family[i])
	j.Headcount, j.Hires = append(j.Headcount, from.Headcount[i]), append(j.Hires, from.Hires[i])
	j.SalaryMin, j.SalaryMax = append(j.SalaryMin, from.SalaryMin[i]), append(j.SalaryMax, from.SalaryMax[i])
	j.Requirement = append(j.Requirement, from.Requirement[i])
	for c := range j.Ratings {
		for m := range j.Ratings[c] {
			j.Ratings[c][m] = append(j.Ratings[c][m], from.Ratings[c][m][i])
		}
	}
}

// beside finds where the domains of a table lie in the comparison.
func (p *comparison) beside(domains []Domain) {
	p.at = make([]int32, len(domains))
	for n, d := range domains {
		p.at[n] = -1
		if m, ok := p.view.place[d]; ok {
			p.at[n] = int32(m)
		}
	}
}

// fill sums a competency of the changed answers.
func (p *comparison) fill(w *worker, c int) {
	w.tally.fill(p.view, c, false)
	p.view.summarise(w)
	w.guard.note(w.sum)
}

// besideEarlier is what one competency may not show beside any earlier report.
type besideEarlier struct {
	levels, pairs, coverage []Flag
	narrowed                [len(remainders)][]Flag
	several                 [len(remainders)]*several // what all figures of all reports tell; nil without earlier ones
}

// besideEarlier says what may not be shown beside any earlier report. The comparisons are filled.
func (v *View) besideEarlier(w *worker, c int) besideEarlier {
	none := make([]Flag, len(v.lists))
	out := besideEarlier{levels: none, pairs: none, coverage: none}
	for side := range remainders {
		out.narrowed[side] = none
		if v.chronicle != nil {
			out.several[side] = v.chronicle.newSeveral(c, side, v.opt.k())
		}
	}
	for i, p := range v.earlier {
		levels, changes := p.verdict(w.beside[i], v.domains, p.hid(c, MeanRequired), nil, levelBases)
		pairs, _ := p.verdict(w.beside[i], v.domains, p.hid(c, PerformanceGap), changes, pairBases)
		coverage := p.coverage(w.beside[i], v.domains, p.hid(c, CoverageGap), changes)
		out.levels, out.pairs, out.coverage = either(out.levels, levels), either(out.pairs, pairs), either(out.coverage, coverage)
		for side, r := range remainders {
			hid := p.hid(c, r.measure)
			narrowed := func(d Domain) bool {
				return hid(d) || p.was.Paired(d, p.view.Sample.Competencies[c], r.measure)
			}
			rest, _ := p.verdict(w.beside[i], v.domains, narrowed, nil, []int{r.rest})
			out.narrowed[side] = either(out.narrowed[side], rest)
		}
	}
	return out
}

// hid says in which domains the earlier report withheld a measure of a competency.
func (p *comparison) hid(c int, m Measure) func(Domain) bool {
	id := codebook.CompetencyID("")
	if m != Openings {
		id = p.view.Sample.Competencies[c]
	}
	return func(d Domain) bool { return p.was.Figure(d, id, m).Flag.Suppressed() }
}

// verdict says which domains of the table may not be shown beside the earlier report: those
// whose change is confidential, with others beside them as in one table; and those that the
// earlier report withheld, unless much has changed and nobody can tell what. Levels is the verdict
// on the levels of the changes where this is one on their pairs; its own on the changes comes second.
func (p *comparison) verdict(w *worker, domains []Domain, hid func(Domain) bool, levels []Flag, bases []int) (beside, changes []Flag) {
	t := &table{guard: w.guard, tally: w.tally, k: p.k, bases: bases, levels: levels, verdict: make([]Flag, len(w.guard.stats))}
	return p.settle(t, domains, hid, hid), t.verdict
}

// coverage is the verdict on the coverage gap in mixed domains; in others its change is that of the levels,
// whose verdict on the changes is given.
func (p *comparison) coverage(w *worker, domains []Domain, hid func(Domain) bool, levels []Flag) []Flag {
	t := &table{guard: w.guard, tally: w.tally, k: p.k, bases: sortBases, fixed: true, verdict: slices.Clone(levels)}
	sorts := w.guard.newReading(remainders[0], t, true)
	for n := range p.view.domains {
		if t.mixed(int32(n)) && sorts.fewOfOneSort(int32(n)) {
			t.verdict[n] = WithheldComplement
		}
	}
	return p.settle(t, domains, hid, func(d Domain) bool { return hid(d) && t.mixed(int32(p.view.place[d])) })
}

// settle runs a verdict on the changes and says what follows from it for the domains of the table. Those of
// which untold holds were withheld earlier, and no other figure tells their change.
func (p *comparison) settle(t *table, domains []Domain, hid, untold func(Domain) bool) []Flag {
	open := p.unknown(t, untold)
	for n := range open {
		t.verdict[n] = WithheldComplement
	}
	t.guard.run(t)
	out := make([]Flag, len(p.at))
	for n, d := range domains {
		m := p.at[n]
		changed := m >= 0 && t.present(m)
		again := changed && open[m] && t.confidential(m) == "" // withheld before, and free now
		if hid(d) && !again || !hid(d) && changed && t.verdict[m] != "" {
			out[n] = WithheldComplement
		}
	}
	return out
}

// unknown are the domains whose change nobody can tell, since the earlier report withheld them
// and their change does not follow from that of the others.
func (p *comparison) unknown(t *table, hid func(Domain) bool) map[int32]bool {
	out := make(map[int32]bool)
	for n, d := range p.view.domains {
		if t.present(int32(n)) && hid(d) {
			out[int32(n)] = true
		}
	}
	for _, n := range determined(p.view.sums, func(n int32) bool { return out[n] || int(n) >= len(p.view.domains) && t.present(n) }) {
		delete(out, n)
	}
	return out
}
