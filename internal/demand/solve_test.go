package demand

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A large system that notes which rows hold a column learns what a small one does that looks through all of them.
func TestLargeSystemsLearnTheSame(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	count := make([]int32, large+100)
	var rows [][]term
	for range len(count) * 3 / 4 {
		var row []term
		for _, c := range rng.Perm(len(count))[:2+rng.IntN(3)] {
			row = append(row, term{int32(c), []int64{1, field - 1}[rng.IntN(2)]})
			count[c]++
		}
		rows = append(rows, row)
	}
	big, small := newSystem(count), newSystem(count)
	if small.last = nil; big.last == nil {
		t.Fatal("no large system")
	}
	for _, row := range rows {
		big.learn(slices.Clone(row))
		small.learn(slices.Clone(row))
	}
	if !slices.Equal(big.leader, small.leader) || !slices.EqualFunc(big.rows, small.rows, slices.Equal[[]term]) {
		t.Error("they differ")
	}
}
