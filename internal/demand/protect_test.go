package demand

import (
	"fmt"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// attacker knows the published table, the weights of every domain and the sample's structure,
// but nothing that was withheld.
type attacker struct {
	s      *Sample
	table  *Table
	number map[Domain]int
	sums   []estimate.Sum
}

// newAttacker writes down every sum a reader can form, from the names of the domains alone.
func newAttacker(s *Sample, t *Table) *attacker {
	a := &attacker{s: s, table: t, number: make(map[Domain]int)}
	for n, d := range t.Domains {
		a.number[d] = n
	}
	for n, whole := range t.Domains {
		parts := map[string][]int{}
		for m, d := range t.Domains {
			if by := dividedBy(whole, d); by != "" {
				parts[by] = append(parts[by], m)
			}
		}
		for _, by := range []string{"programme", "family", "industry", "size", "region"} {
			if len(parts[by]) > 0 {
				a.sums = append(a.sums, estimate.Sum{Total: n, Parts: parts[by]})
			}
		}
	}
	return a
}

// dividedBy names the attribute by which d is a part of whole; "" where it is none.
func dividedBy(whole, d Domain) string {
	for name, drop := range map[string]func(*Domain){
		"programme": func(d *Domain) { d.Programme = "" }, "family": func(d *Domain) { d.Family = "" },
		"industry": func(d *Domain) { d.Industry = "" }, "size": func(d *Domain) { d.Size = "" }, "region": func(d *Domain) { d.Region = "" },
	} {
		rest := d
		drop(&rest)
		if rest == whole && rest != d {
			return name
		}
	}
	return ""
}

// holders lists what each enterprise weighs in a set of domains, over jobs that gave the answer.
func (a *attacker) holders(domains []int, answered func(j int) bool, amount func(j int) float64) map[int32]float64 {
	out := make(map[int32]float64)
	for j := range a.s.Jobs.Len() {
		for _, n := range domains {
			if answered(j) && amount(j) > 0 && a.table.Domains[n].Holds(a.s, j) {
				out[a.s.Jobs.Enterprise[j]] += amount(j)
			}
		}
	}
	return out
}

func unsafe(held map[int32]float64, k int) string {
	var sum, most float64
	for _, w := range held {
		sum += w
		most = max(most, w)
	}
	switch {
	case len(held) > 0 && len(held) < k:
		return fmt.Sprint(len(held), " enterprises")
	case sum > 0 && most > 0.8*sum:
		return fmt.Sprintf("one enterprise with %.0f %%", 100*most/sum)
	}
	return ""
}

// attack tries everything subtraction can do on one set of figures.
func (a *attacker) attack(t *testing.T, what string, k int, figure func(n int) Figure, answered func(j int) bool, amount func(j int) float64) {
	t.Helper()
	hidden := make([]bool, len(a.table.Domains))
	for n := range hidden {
		f := figure(n)
		hidden[n] = f.Flag.Suppressed()
		if hidden[n] && (f.Estimate != 0 || f.SE != 0 || f.Enterprises != 0 || f.Jobs != 0 || f.Lo != 0 || f.Hi != 0) {
			t.Errorf("%s %s: withheld, but still there: %+v", what, a.table.Domains[n].Key(), f)
		}
		if why := unsafe(a.holders([]int{n}, answered, amount), k); why != "" && !hidden[n] {
			t.Errorf("%s %s: shown with %s", what, a.table.Domains[n].Key(), why)
		}
	}
	for _, n := range estimate.Computable(a.sums, hidden) {
		t.Errorf("%s %s: withheld, but follows from what is shown", what, a.table.Domains[n].Key())
	}
	for _, s := range a.sums {
		var left []int
		for _, p := range s.Parts {
			if hidden[p] {
				left = append(left, p)
			}
		}
		if hidden[s.Total] || len(left) == 0 {
			continue
		}
		if why := unsafe(a.holders(left, answered, amount), k); why != "" {
			t.Errorf("%s %s: subtraction leaves %s", what, a.table.Domains[s.Total].Key(), why)
		}
	}
}

// TestWithheldFiguresCannotBeComputed attacks many small campaigns by differencing.
func TestWithheldFiguresCannotBeComputed(t *testing.T) {
	cb := codebook.Default()
	for seed := range uint64(trial.Rounds(12, 200)) {
		s := invent(cb, 20+int(seed%12)*9, 70+int(seed%12)*31, seed)
		if seed%2 == 1 {
			frame(s)
		}
		s.Jobs.Hires[0] = 400 // a giant
		attackCampaign(t, cb, s, seed)
		if t.Failed() {
			return
		}
	}
}

// In these three campaigns a withheld cell follows from a chain of several sums, though none of them
// gives it away alone.
func TestChainsOfSubtractionsAreBroken(t *testing.T) {
	cb := codebook.Default()
	for _, seed := range []uint64{192, 311, 312} {
		s := invent(cb, 12+int(seed%20)*3, 40+int(seed%17)*20, seed)
		if seed%2 == 1 {
			frame(s)
		}
		attackCampaign(t, cb, s, seed)
	}
}

func attackCampaign(t *testing.T, cb *codebook.Codebook, s *Sample, seed uint64) {
	t.Helper()
	v := NewView(cb, s, Options{Base: BaseHires, Taught: taughtForTest})
	table := v.Tabulate()
	a := newAttacker(s, table)
	for c, id := range s.Competencies {
		rated := s.Jobs.Ratings[c]
		a.attack(t, fmt.Sprint("seed ", seed, " required"), 5, func(n int) Figure { return table.Figure(table.Domains[n], id, MeanRequired) },
			func(j int) bool { return rated[Required][j] > 0 }, v.Weight)
		a.attack(t, fmt.Sprint("seed ", seed, " gap"), 5, func(n int) Figure { return table.Figure(table.Domains[n], id, PerformanceGap) },
			func(j int) bool { return rated[Required][j] > 0 && rated[Graduate][j] > 0 }, v.Weight)
		if c == 1 && seed < 100 {
			break // the others are alike; chains are looked for in all
		}
	}
	a.attack(t, fmt.Sprint("seed ", seed, " openings"), 5, func(n int) Figure { return table.Figure(table.Domains[n], "", Openings) },
		func(j int) bool { return s.Jobs.Hires[j] > 0 }, v.Weight)
}

// A job without a family, or an enterprise without a region, belongs to no part: what is left when
// the parts are subtracted from the whole is theirs, and must not be one enterprise's.
func TestWhatBelongsToNoPartCannotBeComputed(t *testing.T) {
	cb := codebook.Default()
	s := invent(cb, 60, 200, 3)
	for e := range s.Enterprises {
		s.Enterprises[e].Region = []string{"110000", "310000", "440000"}[e%3]
	}
	for j := range s.Jobs.Family {
		s.Jobs.Family[j] = []codebook.FamilyID{"security", "cloud"}[j%2]
	}
	all := Tabulate(cb, s, Options{Base: BaseOne})
	s.Enterprises[7].Region, s.Jobs.Family[11], s.Jobs.Programme[12] = "", "", ""
	table := Tabulate(cb, s, Options{Base: BaseOne})
	id := s.Competencies[0]
	for name, parts := range map[string][]Domain{
		"region": {{Region: "110000"}, {Region: "310000"}, {Region: "440000"}}, "family": {{Family: "security"}, {Family: "cloud"}},
		"programme": {{Programme: cb.Programmes[0].Code}, {Programme: cb.Programmes[1].Code}, {Programme: cb.Programmes[2].Code}, {Programme: cb.Programmes[3].Code}},
	} {
		withheld := 0
		for _, d := range parts {
			if all.Figure(d, id, MeanRequired).Flag.Suppressed() {
				t.Errorf("%s withheld where everybody has a part", d.Key())
			}
			if table.Figure(d, id, MeanRequired).Flag.Suppressed() {
				withheld++
			}
		}
		if withheld == 0 {
			t.Errorf("one enterprise without a %s: every part is shown, so the rest is its answer", name)
		}
	}
}

// Protection must leave something to read: no more than the confidential cells and a few beside.
func TestProtectionLeavesMostOfALargeSurvey(t *testing.T) {
	cb := codebook.Default()
	s := invent(cb, 1000, 3500, 4)
	table := Tabulate(cb, s, Options{Base: BaseHires})
	primary, beside, shown := 0, 0, 0
	for _, c := range table.Cells() {
		switch {
		case c.Figure.Flag == WithheldComplement:
			beside++
		case c.Figure.Flag.Suppressed():
			primary++
		case c.Figure.Shown():
			shown++
		}
	}
	if beside > primary/2 || shown < 8*beside {
		t.Errorf("%d shown, %d confidential, %d withheld beside them", shown, primary, beside)
	}
	t.Logf("%d shown, %d confidential, %d beside", shown, primary, beside)
}
