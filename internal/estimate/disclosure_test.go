package estimate

import (
	"math/rand/v2"
	"testing"
)

// byHand fills a two-way table: enterprises[r][c] lists the amount of each
// enterprise, all different ones.
func byHand(enterprises [][][]float64) (cells int, at func(r, c int) int, sums []Sum, given []Contribution) {
	cells, at, sums = TwoWay(len(enterprises), len(enterprises[0]))
	var holder int32
	for r, row := range enterprises {
		for c, amounts := range row {
			for _, a := range amounts {
				given = append(given, Contribution{at(r, c), holder, a})
				holder++
			}
		}
	}
	return cells, at, sums, given
}

var (
	many   = []float64{2, 3, 2, 3, 2, 3}
	few    = []float64{4, 5}
	giant  = []float64{99, 1, 1, 1, 1, 1}
	nobody = []float64(nil)
)

func TestWithholdPrimary(t *testing.T) {
	cells, at, sums, given := byHand([][][]float64{{many, few, many}, {giant, many, many}, {nobody, many, many}})
	why := Withhold(cells, given, sums, Disclosure{})
	for _, c := range []struct {
		r, c int
		want Withheld
	}{{0, 1, FewHolders}, {1, 0, Dominated}, {2, 0, EmptyCell}, {3, 3, Shown}} {
		if got := why[at(c.r, c.c)]; got != c.want {
			t.Errorf("cell %d,%d: %q, want %q", c.r, c.c, got, c.want)
		}
	}
	attack(t, why, sums, given)
}

// A lone small cell needs three companions, and no more, in a table where any
// will do.
func TestWithholdClosesARectangle(t *testing.T) {
	cells, at, sums, given := byHand([][][]float64{{few, many, many}, {many, many, many}, {many, many, many}})
	why := Withhold(cells, given, sums, Disclosure{})
	hidden := 0
	for _, w := range why {
		if w.Hidden() {
			hidden++
		}
	}
	if hidden != 4 || why[at(0, 0)] != FewHolders {
		t.Errorf("%d cells withheld, want 4: %v", hidden, why)
	}
	attack(t, why, sums, given)
}

// Two small cells in one row add up to what the row total gives away.
func TestWithholdLooksAtTheSumOfHiddenCells(t *testing.T) {
	cells, at, sums, given := byHand([][][]float64{{{4, 5}, {6}, many}, {{3}, {2, 2}, many}, {many, many, many}})
	why := Withhold(cells, given, sums, Disclosure{})
	attack(t, why, sums, given)
	if !why[at(0, 2)].Hidden() && !why[at(0, 3)].Hidden() {
		t.Errorf("three enterprises can be seen as the rest of row 0: %v", why)
	}
}

func TestWithholdOfOneColumnAndOneCell(t *testing.T) {
	cells, _, sums, given := byHand([][][]float64{{few}, {many}, {many}})
	attack(t, Withhold(cells, given, sums, Disclosure{}), sums, given)
	cells, _, sums, given = byHand([][][]float64{{few}})
	for _, w := range Withhold(cells, given, sums, Disclosure{}) {
		if w != FewHolders {
			t.Errorf("single small cell: %q", w)
		}
	}
	if why := Withhold(1, nil, nil, Disclosure{}); why[0] != EmptyCell {
		t.Errorf("nothing at all: %v", why)
	}
}

// attack computes everything that the shown cells give away.
func attack(t *testing.T, why []Withheld, sums []Sum, given []Contribution) {
	t.Helper()
	hidden := make([]bool, len(why))
	for c, w := range why {
		hidden[c] = w.Hidden()
	}
	if open := Computable(sums, hidden); len(open) > 0 {
		t.Errorf("cells %v can be computed: %v", open, why)
	}
	table := newDisclosureTable(len(why), given, sums, Disclosure{})
	for _, s := range sums {
		var rest []int
		for _, p := range s.Parts {
			if hidden[p] {
				rest = append(rest, p)
			}
		}
		if len(rest) > 0 && !hidden[s.Total] && table.verdict(table.union(rest)) != Shown {
			t.Errorf("the hidden cells %v of total %d add up to a protected figure", rest, s.Total)
		}
	}
}

// TestWithholdWithstandsDifferencing attacks 300 random tables, in which
// enterprises stand in several cells and some tower above the rest.
func TestWithholdWithstandsDifferencing(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	var shown, all int
	for range 300 {
		rows, cols := 1+rng.IntN(6), 1+rng.IntN(5)
		cells, at, sums := TwoWay(rows, cols)
		var given []Contribution
		for r := range rows {
			for c := range cols {
				for range rng.IntN(12) {
					amount := 1 + rng.Float64()*5
					if rng.IntN(15) == 0 {
						amount *= 40
					}
					given = append(given, Contribution{at(r, c), rng.Int32N(40), amount})
				}
			}
		}
		why := Withhold(cells, given, sums, Disclosure{})
		attack(t, why, sums, given)
		for _, w := range why {
			all++
			if w == Shown {
				shown++
			}
		}
	}
	t.Logf("%d of %d cells shown", shown, all)
	if shown < all/3 {
		t.Errorf("only %d of %d cells are left: too much is withheld", shown, all)
	}
}

// Totals of totals: a group total inside a grand total.
func TestWithholdOfNestedTotals(t *testing.T) {
	// cells 0,1 → group 2; cells 3,4 → group 5; groups 2,5 → 6
	sums := []Sum{{6, []int{2, 5}}, {2, []int{0, 1}}, {5, []int{3, 4}}}
	var given []Contribution
	var holder int32
	for _, c := range []int{0, 0, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4} {
		given = append(given, Contribution{c, holder, 1})
		holder++
	}
	why := Withhold(7, given, sums, Disclosure{})
	attack(t, why, sums, given)
	if why[0] != FewHolders || why[6] != Shown {
		t.Errorf("nested: %v", why)
	}
}
