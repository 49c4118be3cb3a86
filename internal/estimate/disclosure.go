package estimate

import (
	"cmp"
	"math"
	"slices"
)

// Disclosure is the rule a table must pass before others see it. The zero
// value is the project's: at least 5 holders, none with more than 80 %.
type Disclosure struct {
	MinHolders int     // fewest holders a shown cell may have; 0: 5
	MaxShare   float64 // largest share of a shown cell one holder may have; 0: 0.8

	// Fixed cells are decided elsewhere, e.g. totals that another table publishes or
	// withholds: Shown, or why not. They stay so whatever it takes.
	Fixed map[int]Withheld
}

// Contribution is what one holder (an enterprise) puts into one cell. Amounts
// are ≥ 0: weights, hires, counts; whatever the cell's figure is a sum or a
// mean of.
type Contribution struct {
	Cell   int
	Holder int32
	Amount float64
}

// Sum says that one cell is the total of others.
type Sum struct {
	Total int
	Parts []int
}

// Withheld says why a cell is not shown.
type Withheld string

// The reasons for withholding; the empty value means shown.
const (
	Shown         Withheld = ""
	EmptyCell     Withheld = "empty"         // nobody is in it: there is nothing to show
	FewHolders    Withheld = "few-holders"   // fewer holders than the rule allows
	Dominated     Withheld = "dominated"     // one holder has more than the rule allows
	Complementary Withheld = "complementary" // withheld so that no other can be computed
)

// Hidden reports whether a figure exists that must not be seen.
func (w Withheld) Hidden() bool { return w != Shown && w != EmptyCell }

// TwoWay describes a table with margins: at(r, c) numbers its cells, with
// r == rows or c == cols for the totals.
func TwoWay(rows, cols int) (cells int, at func(r, c int) int, sums []Sum) {
	at = func(r, c int) int { return r*(cols+1) + c }
	for r := range rows + 1 {
		s := Sum{Total: at(r, cols)}
		for c := range cols {
			s.Parts = append(s.Parts, at(r, c))
		}
		sums = append(sums, s)
	}
	for c := range cols + 1 {
		s := Sum{Total: at(rows, c)}
		for r := range rows {
			s.Parts = append(s.Parts, at(r, c))
		}
		sums = append(sums, s)
	}
	return (rows + 1) * (cols + 1), at, sums
}

// Withhold decides which of the cells 0 … cells-1 may be shown. Contributions
// are given for elementary cells; those of totals follow from the sums.
//
// First every cell that breaks the rule is withheld. Then, as long as a
// withheld cell could be computed from the sums, or the withheld cells of one
// sum add up to something that breaks the rule itself, the cell that costs
// least is withheld too (Hundepool et al. 2012, §4). What remains withstands
// subtraction over all sums given together; TestWithholdWithstandsDifferencing
// attacks it.
func Withhold(cells int, given []Contribution, sums []Sum, rule Disclosure) []Withheld {
	t := newDisclosureTable(cells, given, sums, rule)
	for c, held := range t.held {
		t.why[c] = t.verdict(held)
		if why, ok := rule.Fixed[c]; ok {
			t.why[c] = why
		}
	}
	for sums := t.leaks(); len(sums) > 0 && t.withholdIn(sums); sums = t.leaks() {
	}
	t.giveBack()
	return t.why
}

// disclosureTable is a table while cells are being withheld.
type disclosureTable struct {
	rule Disclosure
	held []map[int32]float64 // cell → holder → amount
	sums []Sum
	why  []Withheld
	of   [][]int // cell → sums it takes part in
}

func newDisclosureTable(cells int, given []Contribution, sums []Sum, rule Disclosure) *disclosureTable {
	if rule.MinHolders == 0 {
		rule.MinHolders = 5
	}
	if rule.MaxShare == 0 {
		rule.MaxShare = 0.8
	}
	t := &disclosureTable{rule: rule, held: make([]map[int32]float64, cells), sums: sums,
		why: make([]Withheld, cells), of: make([][]int, cells)}
	for _, g := range given {
		t.put(g.Cell, g.Holder, g.Amount)
	}
	for k, s := range sums {
		t.of[s.Total] = append(t.of[s.Total], k)
		for _, p := range s.Parts {
			t.of[p] = append(t.of[p], k)
		}
	}
	t.addUp()
	return t
}

func (t *disclosureTable) put(cell int, holder int32, amount float64) {
	if t.held[cell] == nil {
		t.held[cell] = map[int32]float64{}
	}
	t.held[cell][holder] += amount
}

// addUp fills the totals whose parts are complete until none is left.
func (t *disclosureTable) addUp() {
	open := make(map[int]bool)
	for _, s := range t.sums {
		open[s.Total] = true
	}
	for progress := true; progress; {
		progress = false
		for _, s := range t.sums {
			if !open[s.Total] || slices.ContainsFunc(s.Parts, func(p int) bool { return open[p] }) {
				continue
			}
			t.held[s.Total] = t.union(s.Parts)
			delete(open, s.Total)
			progress = true
		}
	}
}

// union adds up the holders of several cells.
func (t *disclosureTable) union(cells []int) map[int32]float64 {
	all := map[int32]float64{}
	for _, c := range cells {
		for h, a := range t.held[c] {
			all[h] += a
		}
	}
	return all
}

// verdict applies the rule to the holders of a cell or of a group of cells.
func (t *disclosureTable) verdict(held map[int32]float64) Withheld {
	var sum, most float64
	for _, h := range sortedHolders(held) {
		sum += held[h]
		most = max(most, held[h])
	}
	switch {
	case len(held) == 0:
		return EmptyCell
	case len(held) < t.rule.MinHolders:
		return FewHolders
	case most > t.rule.MaxShare*sum:
		return Dominated
	}
	return Shown
}

func sortedHolders(held map[int32]float64) []int32 {
	keys := make([]int32, 0, len(held))
	for h := range held {
		keys = append(keys, h)
	}
	slices.Sort(keys)
	return keys
}

// leaks names the sums that a further cell could be withheld from because the
// table still gives something away, the most promising first; nothing if it is
// tight.
func (t *disclosureTable) leaks() []int {
	for k, s := range t.sums {
		hidden := t.hiddenParts(s)
		if len(hidden) > 0 && !t.why[s.Total].Hidden() && t.verdict(t.union(hidden)) != Shown {
			return []int{k}
		}
	}
	hidden := make([]bool, len(t.why))
	for c, w := range t.why {
		hidden[c] = w.Hidden()
	}
	var sums []int
	for _, group := range computableGroups(t.sums, hidden) {
		if len(group) > 1 && t.verdict(t.union(group)) == Shown {
			continue
		}
		for _, c := range group {
			sums = append(sums, t.of[c]...)
		}
	}
	slices.SortStableFunc(sums, func(a, b int) int { return t.hiddenIn(a) - t.hiddenIn(b) })
	return sums
}

// giveBack shows companions again that later ones have made unnecessary, the
// largest first.
func (t *disclosureTable) giveBack() {
	var spare []int
	for c, w := range t.why {
		if _, fixed := t.rule.Fixed[c]; w == Complementary && !fixed {
			spare = append(spare, c)
		}
	}
	slices.SortStableFunc(spare, func(a, b int) int { return cmp.Compare(t.amount(b), t.amount(a)) })
	for _, c := range spare {
		t.why[c] = Shown
		if len(t.leaks()) > 0 {
			t.why[c] = Complementary
		}
	}
}

func (t *disclosureTable) hiddenParts(s Sum) []int {
	var out []int
	for _, p := range s.Parts {
		if t.why[p].Hidden() {
			out = append(out, p)
		}
	}
	return out
}

// hiddenIn counts the withheld cells of a sum, its total included.
func (t *disclosureTable) hiddenIn(k int) int {
	n := len(t.hiddenParts(t.sums[k]))
	if t.why[t.sums[k].Total].Hidden() {
		n++
	}
	return n
}

// withholdIn hides the cheapest shown cell of the first sum that has one.
func (t *disclosureTable) withholdIn(sums []int) bool {
	for _, k := range sums {
		best, cost := -1, math.Inf(1)
		for _, c := range append(slices.Clone(t.sums[k].Parts), t.sums[k].Total) {
			if _, fixed := t.rule.Fixed[c]; fixed || t.why[c] != Shown {
				continue
			}
			if now := t.cost(c, k); now < cost {
				best, cost = c, now
			}
		}
		if best >= 0 {
			t.why[best] = Complementary
			return true
		}
	}
	return false
}

// cost prefers parts to totals, then cells whose other sums already hide
// something, then small amounts.
func (t *disclosureTable) cost(cell, inSum int) float64 {
	levels := 0.0
	for _, k := range t.of[cell] {
		if k != inSum && len(t.hiddenParts(t.sums[k])) == 0 {
			levels++
		}
		if t.sums[k].Total == cell {
			levels += 2
		}
	}
	a := t.amount(cell)
	return levels + a/(1+a)
}

func (t *disclosureTable) amount(cell int) float64 {
	var sum float64
	for _, h := range sortedHolders(t.held[cell]) {
		sum += t.held[cell][h]
	}
	return sum
}

// Computable lists the hidden cells that anyone can compute from the shown
// ones and the sums, by solving all sums together.
func Computable(sums []Sum, hidden []bool) []int {
	var out []int
	for _, group := range computableGroups(sums, hidden) {
		if len(group) == 1 {
			out = append(out, group[0])
		}
	}
	slices.Sort(out)
	return out
}

// computableGroups lists sets of hidden cells whose plain sum follows from the
// shown cells; a set of one is a cell laid open.
func computableGroups(sums []Sum, hidden []bool) [][]int {
	column := map[int]int{}
	var cells []int
	for c, h := range hidden {
		if h {
			column[c] = len(cells)
			cells = append(cells, c)
		}
	}
	rows := make([][]float64, len(sums))
	for k, s := range sums {
		rows[k] = make([]float64, len(cells))
		for _, p := range s.Parts {
			if at, ok := column[p]; ok {
				rows[k][at]++
			}
		}
		if at, ok := column[s.Total]; ok {
			rows[k][at]--
		}
	}
	var out [][]int
	for _, row := range reduce(rows) {
		if group := plainSum(row); group != nil {
			for k := range group {
				group[k] = cells[group[k]]
			}
			out = append(out, group)
		}
	}
	return out
}

// plainSum gives the places of a row's ones; nil if it holds anything but 0 and 1.
func plainSum(row []float64) []int {
	var at []int
	for k, v := range row {
		switch {
		case math.Abs(v-1) < 1e-9:
			at = append(at, k)
		case math.Abs(v) > 1e-9:
			return nil
		}
	}
	return at
}

// reduce brings a matrix to reduced row echelon form; in it a variable that is
// determined stands alone in its row.
func reduce(m [][]float64) [][]float64 {
	if len(m) == 0 {
		return m
	}
	top := 0
	for col := 0; col < len(m[0]) && top < len(m); col++ {
		pivot := top
		for r := top; r < len(m); r++ {
			if math.Abs(m[r][col]) > math.Abs(m[pivot][col]) {
				pivot = r
			}
		}
		if math.Abs(m[pivot][col]) < 1e-9 {
			continue
		}
		m[top], m[pivot] = m[pivot], m[top]
		scale := m[top][col]
		for k := range m[top] {
			m[top][k] /= scale
		}
		for r := range m {
			if f := m[r][col]; r != top && f != 0 {
				for k := range m[r] {
					m[r][k] -= f * m[top][k]
				}
			}
		}
		top++
	}
	return m[:top]
}
