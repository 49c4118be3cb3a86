package gap

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The optimum must be that of trying everything.
func TestPlanAgreesWithBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		groups := randomGroups(rng)
		budget := rng.IntN(40)
		hours, closed := worth(groups, bestRaises(groups, budget))
		bestHours, best := bruteForce(groups, budget)
		if hours > budget {
			t.Fatalf("%d hours of a budget of %d", hours, budget)
		}
		if math.Abs(closed-best) > 1e-9 {
			t.Fatalf("closes %g, brute force %g: %+v with %d hours", closed, best, groups, budget)
		}
		if hours != bestHours {
			t.Fatalf("takes %d hours, the same can be had for %d", hours, bestHours)
		}
	}
}

func randomGroups(rng *rand.Rand) []raiseGroup {
	groups := make([]raiseGroup, 1+rng.IntN(5))
	for i := range groups {
		for k := range rng.IntN(4) {
			// Few distinct values, so that ties are common.
			groups[i].options = append(groups[i].options, raise{Step: Step{Hours: (k + 1) * (1 + rng.IntN(8)), Closes: float64(1+rng.IntN(6)) / 8}})
		}
	}
	return groups
}

func worth(groups []raiseGroup, taken []int) (hours int, closed float64) {
	for i, k := range taken {
		if k >= 0 {
			hours += groups[i].options[k].Hours
			closed += groups[i].options[k].Closes
		}
	}
	return hours, closed
}

// bruteForce tries every combination; of equals the one with the fewest hours.
func bruteForce(groups []raiseGroup, budget int) (hours int, best float64) {
	taken := make([]int, len(groups))
	var walk func(i int)
	walk = func(i int) {
		if i == len(groups) {
			h, c := worth(groups, taken)
			if h <= budget && (c > best+1e-12 || math.Abs(c-best) <= 1e-12 && h < hours) {
				hours, best = h, c
			}
			return
		}
		for k := -1; k < len(groups[i].options); k++ {
			taken[i] = k
			walk(i + 1)
		}
	}
	hours = budget
	walk(0)
	if best == 0 {
		hours = 0
	}
	return hours, best
}

func TestNoBudgetNoPlan(t *testing.T) {
	groups := []raiseGroup{{options: []raise{{Step: Step{Hours: 1, Closes: 1}}}}}
	for _, budget := range []int{0, -5} {
		if got := bestRaises(groups, budget); got[0] != -1 {
			t.Errorf("budget %d bought %d", budget, got[0])
		}
	}
}
