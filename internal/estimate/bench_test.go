package estimate

import (
	"math/rand/v2"
	"testing"
)

// campaignSize is a made-up survey of the size the engine is meant for:
// 200,000 jobs in 6,000 enterprises in 60 strata, rated on 7 competencies.
type campaignSize struct {
	d        *Design
	sample   Sample
	rating   [7][]float64
	families []Domain // 12
	others   [][]Domain
}

func syntheticCampaign(tb testing.TB) *campaignSize {
	const jobs, enterprises, strata = 200_000, 6_000, 60
	rng := rand.New(rand.NewPCG(1, 2))
	s := Sample{
		Weight: make([]float64, jobs), Strata: make([]int32, jobs), PSU: make([]int32, jobs),
		FPC: make([]float64, jobs), Lonely: LonelyAdjust,
	}
	c := &campaignSize{}
	for k := range c.rating {
		c.rating[k] = make([]float64, jobs)
	}
	family, programme, region := make([]int32, jobs), make([]int32, jobs), make([]int32, jobs)
	for i := range jobs {
		e := int32(i * enterprises / jobs)
		s.PSU[i], s.Strata[i], s.FPC[i] = e, e%strata, 500
		s.Weight[i] = 5 * float64(1+rng.IntN(5))
		family[i], programme[i], region[i] = rng.Int32N(12), rng.Int32N(4), e%30
		for k := range c.rating {
			c.rating[k][i] = float64(1 + rng.IntN(5))
		}
	}
	c.sample = s
	c.d = design(tb, s)
	c.families = Split(family, 12)
	c.others = [][]Domain{{All()}, c.families, Split(programme, 4), Split(region, 30)}
	return c
}

// BenchmarkAllDomains is the whole analysis: every competency in every domain
// (47 of them) with linearised errors, and 1,000 bootstrap replicates of each.
func BenchmarkAllDomains(b *testing.B) {
	c := syntheticCampaign(b)
	b.Run("design", func(b *testing.B) {
		for b.Loop() {
			design(b, c.sample)
		}
	})
	b.Run("taylor", func(b *testing.B) {
		for b.Loop() {
			for _, set := range c.others {
				for _, in := range set {
					for k := range c.rating {
						c.d.Mean(c.rating[k], in)
					}
				}
			}
		}
	})
	b.Run("bootstrap-draw", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.d.Bootstrap(1000, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	r, err := c.d.Bootstrap(1000, 1)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("bootstrap-means", func(b *testing.B) {
		for b.Loop() {
			for _, set := range c.others {
				for _, in := range set {
					r.Means(in, c.rating[:]...)
				}
			}
		}
	})
}
