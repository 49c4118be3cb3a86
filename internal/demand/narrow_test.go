package demand

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// patchy blanks some ratings, so that in many domains a few jobs give only one of R and O.
func patchy(s *Sample) *Sample {
	for c := range s.Jobs.Ratings {
		for j := range s.Jobs.Len() {
			switch (int(s.Jobs.ID[j])*7 + c*3) % 23 {
			case 1, 2:
				s.Jobs.Ratings[c][Graduate][j] = 0
			case 3:
				s.Jobs.Ratings[c][Required][j] = 0
			}
		}
	}
	return s
}

// other is the rating that must be there too where a figure rests on pairs.
func other(m int) int { return Required + Graduate - m }

// both is an attacker who subtracts what the figures of all jobs and those of the pairs show. He knows
// a combination of what is left over if he knows it of either.
type both struct{ full, pairs *ledger }

// combine learns all sums of the domains, of which some are known.
func (a *attacker) combine(known func(n int) bool) *ledger {
	l := &ledger{}
	for _, s := range a.sums {
		row := make([]int64, len(a.table.Domains))
		for _, p := range s.Parts {
			row[p] = 1
		}
		row[s.Total] = field - 1
		l.learn(row)
	}
	for n := range a.table.Domains {
		if known(n) {
			l.learn(ones(len(a.table.Domains), []int{n}))
		}
	}
	return l
}

func ones(width int, at []int) []int64 {
	row := make([]int64, width)
	for _, n := range at {
		row[n] = 1
	}
	return row
}

// leftOver lists the sets of domains whose remainder of rating m follows and is confidential. Told nothing of the
// narrowed domains, he takes every figure to rest on all jobs that gave the rating.
func (a *attacker) leftOver(c, m int, measure Measure, told bool, v *View) (out []string) {
	id, rated := a.s.Competencies[c], a.s.Jobs.Ratings[c]
	held := func(set []int, in func(j int) bool) map[int32]float64 { return a.holders(set, in, v.Weight) }
	full := func(j int) bool { return rated[m][j] > 0 }
	pair := func(j int) bool { return full(j) && rated[other(m)][j] > 0 }
	knows := [2]func(n int) bool{
		func(n int) bool {
			d := a.table.Domains[n]
			return len(held([]int{n}, full)) == 0 || !a.table.Figure(d, id, measure).Flag.Suppressed() && !(told && a.table.Paired(d, id, measure))
		},
		func(n int) bool {
			return len(held([]int{n}, pair)) == 0 || !a.table.Figure(a.table.Domains[n], id, PerformanceGap).Flag.Suppressed()
		},
	}
	known := both{a.combine(knows[0]), a.combine(knows[1])}
	var sets [][]int
	for n := range a.table.Domains {
		sets = append(sets, []int{n})
	}
	for _, s := range a.sums {
		lacks := [2][]int{}
		for i := range lacks {
			lacks[i] = slices.DeleteFunc(slices.Clone(s.Parts), knows[i])
		}
		union := slices.Concat(lacks[0], lacks[1])
		slices.Sort(union)
		sets = append(sets, lacks[0], lacks[1], slices.Compact(union))
	}
	for _, set := range sets {
		why := unsafe(held(set, func(j int) bool { return full(j) && !pair(j) }), a.table.K)
		if row := ones(len(a.table.Domains), set); why != "" && known.full.follows(row) && known.pairs.follows(row) {
			out = append(out, fmt.Sprint(measure, " ", names(a.table.Domains, set), ": ", why))
		}
	}
	return out
}

func names(domains []Domain, set []int) (out []string) {
	for _, n := range set {
		out = append(out, domains[n].Key())
	}
	return out
}

// some are the seeds of a test: those named, and, while soaking, all below many.
func some(many int, seeds ...uint64) []uint64 {
	if !trial.Soaking() {
		return seeds
	}
	for seed := range uint64(many) {
		if !slices.Contains(seeds, seed) {
			seeds = append(seeds, seed)
		}
	}
	return seeds
}

// TestBothBasesTogetherGiveNothingAway subtracts the pairs from all: what the jobs without O require, or
// the graduates of those without R, must not follow where they are few.
func TestBothBasesTogetherGiveNothingAway(t *testing.T) {
	cb := codebook.Default()
	naked, narrowed, shown := 0, 0, 0
	for _, seed := range some(60, 0, 1, 18) { // 18 needs what follows by several sums
		s := patchy(invent(cb, 24+int(seed%12)*9, 80+int(seed%12)*31, seed))
		s.Jobs.Hires[0] = 400
		v := NewView(cb, s, Options{Base: []Base{BaseOne, BaseHires}[seed%2], Taught: taughtForTest})
		table := v.Tabulate()
		a := newAttacker(s, table)
		for m, measure := range map[int]Measure{Required: MeanRequired, Graduate: MeanGraduate} {
			for _, what := range a.leftOver(1, m, measure, true, v) {
				t.Errorf("seed %d: %s", seed, what)
			}
			naked += len(a.leftOver(1, m, measure, false, v))
			for _, d := range table.Domains {
				if table.Paired(d, s.Competencies[1], measure) {
					narrowed++
				} else if table.Figure(d, s.Competencies[1], measure).Shown() {
					shown++
				}
			}
		}
	}
	if naked < 50 || narrowed < 30 || shown < narrowed {
		t.Errorf("%d remainders follow without narrowing, %d figures narrowed, %d not: the attack does not bite, or too much is narrowed", naked, narrowed, shown)
	}
	t.Logf("%d without narrowing; %d figures narrowed, %d shown in full", naked, narrowed, shown)
}

// A narrowed figure rests on the jobs that gave both, any other on all that gave the rating; the estimates of a
// column made like the table are the table's.
func TestNarrowedFiguresRestOnPairs(t *testing.T) {
	cb := codebook.Default()
	s := patchy(invent(cb, 60, 200, 5))
	v := NewView(cb, s, Options{Base: BaseHires, Taught: taughtForTest})
	table := v.Tabulate()
	column, plain := v.NewColumn().Like(table), v.NewColumn()
	counts := make(map[bool]int)
	for c, id := range s.Competencies {
		column.Load(c)
		plain.Load(c)
		for _, d := range table.Domains {
			for measure, m := range map[Measure]int{MeanRequired: Required, MeanGraduate: Graduate, HighDemandShare: Required, CoverageGap: Required} {
				f, pairs := table.Figure(d, id, measure), table.Paired(d, id, measure)
				if !f.Shown() {
					continue
				}
				counts[pairs]++
				want, jobs := meanOf(v, d, c, measure, func(j int) bool {
					return s.Jobs.Ratings[c][m][j] > 0 && (!pairs || s.Jobs.Ratings[c][other(m)][j] > 0)
				})
				if !near(want, f.Estimate) || jobs != f.Jobs {
					t.Errorf("%s %s %s (pairs %v): %g of %d jobs, want %g of %d", d.Key(), id, measure, pairs, f.Estimate, f.Jobs, want, jobs)
				}
				l := column.Linear(d, measure, nil)
				if !near(l.Value, f.Estimate) || !near(math.Sqrt(l.Variance()), f.SE) || l.Jobs != f.Jobs {
					t.Errorf("%s %s %s: the column has %g ± %g, the table %g ± %g", d.Key(), id, measure, l.Value, math.Sqrt(l.Variance()), f.Estimate, f.SE)
				}
				if p := plain.Linear(d, measure, nil); measure != CoverageGap && pairs == (p.Jobs == f.Jobs) {
					t.Errorf("%s %s %s (pairs %v): %d jobs, %d in all", d.Key(), id, measure, pairs, f.Jobs, p.Jobs)
				}
			}
		}
	}
	if counts[true] < 50 || counts[false] < 50 {
		t.Errorf("%v figures on pairs or not: the world shows nothing", counts)
	}
	for _, d := range []Domain{{Family: "nope"}, {}} {
		if table.Paired(d, "nope", MeanRequired) || table.Paired(d, s.Competencies[0], PerformanceGap) {
			t.Error("what is not there is not narrowed, nor is a gap")
		}
	}
}

// meanOf is a mean over the jobs of a domain that a figure rests on, and their number.
func meanOf(v *View, d Domain, c int, m Measure, in func(j int) bool) (mean float64, jobs int) {
	var sum, weight float64
	for j := range v.Sample.Jobs.Len() {
		rated := &v.Sample.Jobs.Ratings[c]
		level, known := taughtForTest(v.Sample.Jobs.Programme[j], v.Sample.Competencies[c])
		if w := v.Weight(j); w > 0 && in(j) && d.Holds(v.Sample, j) && (known || m != CoverageGap) {
			sum, weight, jobs = sum+w*map[Measure]float64{MeanRequired: float64(rated[Required][j]), MeanGraduate: float64(rated[Graduate][j]),
				HighDemandShare: float64(rated[Required][j] / 4), CoverageGap: float64(rated[Required][j]) - float64(level)}[m], weight+w, jobs+1
		}
	}
	return sum / weight, jobs
}

// learnBoth learns what reports show of a rating: of all jobs, and of the pairs.
func learnBoth(issues []issue, c, m int, measure Measure, told bool) both {
	k := both{&ledger{columns: make(map[column]int)}, &ledger{columns: make(map[column]int)}}
	for _, i := range issues {
		id := i.s.Competencies[c]
		for _, d := range i.t.Domains {
			in := func(j int) bool { return d.Holds(i.s, j) }
			if !i.t.Figure(d, id, measure).Flag.Suppressed() && !(told && i.t.Paired(d, id, measure)) {
				k.full.learn(k.full.row(i.s, i.version, c, m, in))
			}
			if !i.t.Figure(d, id, PerformanceGap).Flag.Suppressed() {
				k.pairs.learn(k.pairs.row(i.s, i.version, c, m, func(j int) bool { return in(j) && i.s.Jobs.Ratings[c][other(m)][j] > 0 }))
			}
		}
	}
	return k
}

// left lists the domains of which the remainder in one report, or its change between two, follows and is that of few.
func (k both) left(issues []issue, c, m, least int) (out []string) {
	rest := &ledger{columns: make(map[column]int)}
	rows := func(i issue, d Domain) (full, pairs, left []int64) {
		in := func(j int) bool { return d.Holds(i.s, j) }
		pair := func(j int) bool { return i.s.Jobs.Ratings[c][other(m)][j] > 0 }
		return k.full.row(i.s, i.version, c, m, in), k.pairs.row(i.s, i.version, c, m, func(j int) bool { return in(j) && pair(j) }),
			rest.row(i.s, i.version, c, m, func(j int) bool { return in(j) && !pair(j) })
	}
	for n, i := range issues {
		for _, d := range i.t.Domains {
			full, pairs, left := rows(i, d)
			if few := rest.holders(left); few > 0 && few < least && k.full.follows(full) && k.pairs.follows(pairs) {
				out = append(out, fmt.Sprintf("report %d, %s: %d enterprises", n, d.Key(), few))
			}
			for _, then := range issues[:n] {
				f, p, l := rows(then, d)
				if few := rest.holders(minus(left, l)); few > 0 && few < least && k.full.follows(minus(full, f)) && k.pairs.follows(minus(pairs, p)) {
					out = append(out, fmt.Sprintf("report %d, %s: the change of %d enterprises", n, d.Key(), few))
				}
			}
		}
	}
	return out
}

// TestBothBasesOfSeveralReports subtracts the pairs from all in reports on the same year.
func TestBothBasesOfSeveralReports(t *testing.T) {
	cb := codebook.Default()
	naked := 0
	for _, seed := range some(60, 1, 44) { // in 44 the parts of a narrowed whole add up
		states := course(cb, seed+1)
		for i := range states {
			patchy(states[i].s)
		}
		publishCourse(cb, states, true)
		for m, measure := range map[int]Measure{Required: MeanRequired, Graduate: MeanGraduate} {
			for _, what := range learnBoth(states, 0, m, measure, true).left(states, 0, m, DefaultK) {
				t.Errorf("seed %d, %s: %s", seed, measure, what)
			}
			naked += len(learnBoth(states, 0, m, measure, false).left(states, 0, m, DefaultK))
		}
	}
	if naked < 20 {
		t.Errorf("without narrowing %d remainders follow: the attack does not bite", naked)
	}
	t.Logf("without narrowing %d remainders follow", naked)
}
