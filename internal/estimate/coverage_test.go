package estimate

import (
	"math/rand/v2"
	"testing"
)

// TestIntervalsCover draws 2,000 stratified samples from the population of
// schools and counts how often the 95 % intervals hold the truth. Seeded, so
// the counts never change.
func TestIntervalsCover(t *testing.T) {
	pop := readTable(t, "apipop.csv")
	score, before := pop.num("api00"), pop.num("api99")
	good := make([]float64, len(score))
	for i, v := range score {
		if v >= 800 {
			good[i] = 1
		}
	}
	census := design(t, Sample{N: len(score)})
	high := pop.where("stype", "H")
	truth := map[string]float64{
		"mean": census.Mean(score, All()).Value, "ratio": census.Ratio(score, before, All()).Value,
		"share": census.Mean(good, All()).Value, "domain": census.Mean(score, high).Value,
		"difference": census.Mean(score, All()).Value - census.Mean(before, All()).Value,
		"median":     census.Quantile(score, 0.5, All()).Value,
		"total":      census.Total(score, All()).Value, "count": census.Total(good, All()).Value,
		"domain share": census.Mean(good, pop.where("stype", "E")).Value,
	}
	strata := pop.id("stype")
	byStratum := Split(strata, 3)
	rng := rand.New(rand.NewPCG(2026, 7))
	held := map[string]int{}
	const samples = 2000
	for range samples {
		s, y, x, g := drawStratified(rng, byStratum, score, before, good)
		d := design(t, s)
		in := Split(s.Strata, 3)[1]
		for name, e := range map[string]Estimate{
			"mean": d.Mean(y, All()), "ratio": d.Ratio(y, x, All()), "share": d.Proportion(g, All()), "domain": d.Mean(y, in),
			"difference": d.Difference(d.LineariseMean(x, All()), d.LineariseMean(y, All())),
			"median":     d.Quantile(y, 0.5, All()),
			"total":      d.Total(y, All()), "count": d.Total(g, All()), "domain share": d.Proportion(g, Split(s.Strata, 3)[0]),
		} {
			if e.Lo <= truth[name] && truth[name] <= e.Hi {
				held[name]++
			}
		}
	}
	for name := range truth {
		share := float64(held[name]) / samples
		t.Logf("%s: %.1f %%", name, 100*share)
		if share < 0.93 || share > 0.97 {
			t.Errorf("95 %% intervals of the %s cover %.1f %%", name, 100*share)
		}
	}
}

// drawStratified takes 100, 50 and 50 schools by type, as apistrat does.
func drawStratified(rng *rand.Rand, byStratum []Domain, cols ...[]float64) (s Sample, y, x, g []float64) {
	take := []int{100, 50, 50}
	for h, in := range byStratum {
		pop := in.rows
		for _, k := range rng.Perm(len(pop))[:take[h]] {
			i := pop[k]
			s.Strata = append(s.Strata, int32(h))
			s.FPC = append(s.FPC, float64(len(pop)))
			y, x, g = append(y, cols[0][i]), append(x, cols[1][i]), append(g, cols[2][i])
		}
	}
	return s, y, x, g // without weights: N/n follows from FPC
}

// TestClusterIntervalsCover does the same for 60 whole districts, where the
// mean is a ratio of two random totals and linearisation is at its weakest. The
// few districts of more than 40 schools are left out of the population.
func TestClusterIntervalsCover(t *testing.T) {
	pop := readTable(t, "apipop.csv")
	score := pop.num("api00")
	var present []Domain
	var rows []int32
	for _, d := range Split(pop.id("dnum"), 1000) {
		if len(d.rows) > 0 && len(d.rows) <= 40 {
			present = append(present, d)
			rows = append(rows, d.rows...)
		}
	}
	truth := design(t, Sample{N: len(score)}).Mean(score, Rows(rows...)).Value
	rng := rand.New(rand.NewPCG(2026, 8))
	held := 0
	const samples = 2000
	for range samples {
		s, y := Sample{}, []float64(nil)
		for c, k := range rng.Perm(len(present))[:60] {
			for _, i := range present[k].rows {
				s.PSU, s.FPC = append(s.PSU, int32(c)), append(s.FPC, float64(len(present)))
				y = append(y, score[i])
			}
		}
		if e := design(t, s).Mean(y, All()); e.Lo <= truth && truth <= e.Hi {
			held++
		}
	}
	share := float64(held) / samples
	t.Logf("cluster mean: %.1f %%", 100*share)
	if share < 0.93 || share > 0.97 {
		t.Errorf("95 %% intervals cover %.1f %%", 100*share)
	}
}
