package demand

import (
	"math/rand/v2"

	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// mostUnits is how many units a stratum is resampled by. A larger one is first dealt into
// that many random groups of enterprises, which are units of the same design with hardly
// fewer degrees of freedom; the cost of a replicate is then bounded.
const mostUnits = 1000

// Bootstrap is a set of resamples of the enterprises of a view (Rao & Wu 1988), stratified and
// with the frame's finite-population correction. It is fully determined by the seed.
type Bootstrap struct {
	v    *View
	reps *estimate.Replicates
	unit []int32 // enterprise → resampled unit
	n    int     // units
}

// Bootstrap draws replicates. It returns nil where there are fewer than two enterprises.
func (v *View) Bootstrap(replicates int, seed uint64) *Bootstrap {
	b := &Bootstrap{v: v, unit: make([]int32, len(v.weight))}
	strata, fpc := b.deal(rand.New(rand.NewPCG(seed, 0xDEA1)))
	if b.n < 2 || replicates < 2 {
		return nil
	}
	one := make([]float64, b.n) // the sums that are resampled carry the weights already
	for i := range one {
		one[i] = 1
	}
	d, err := estimate.NewDesign(estimate.Sample{Weight: one, Strata: strata, FPC: fpc, Lonely: estimate.LonelyAdjust})
	if err != nil {
		return nil
	}
	if b.reps, err = d.Bootstrap(replicates, seed); err != nil {
		return nil
	}
	return b
}

// deal forms the units and returns the stratum and population of each.
func (b *Bootstrap) deal(rng *rand.Rand) (strata []int32, fpc []float64) {
	d := &b.v.design
	members := make([][]int32, d.strata())
	for e, h := range d.home {
		members[h] = append(members[h], int32(e))
	}
	for h, list := range members {
		units := min(len(list), mostUnits)
		if units < len(list) {
			rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		}
		for i, e := range list {
			b.unit[e] = int32(b.n + i%units)
		}
		for range units {
			strata = append(strata, int32(h))
			fpc = append(fpc, d.population(h)*float64(units)/float64(len(list)))
		}
		b.n += units
	}
	return strata, fpc
}

// Resampled holds the means of one competency in one domain over all replicates; NaN where a
// replicate drew nobody that answered.
type Resampled struct {
	Importance []float64 // mean I
	Graduate   []float64 // mean O
	PairR      []float64 // mean R over pairs
	PairO      []float64 // mean O over pairs
	Sign       []float64 // mean sign(O − R) over pairs
}

// resampledSums are the answers whose means are resampled, in the order of Resampled.
var resampledSums = [...]int{sumI, sumO, sumPR, sumPO, sumSign}

// Means resamples one competency in several domains.
func (b *Bootstrap) Means(c *Column, domains []Domain) []Resampled {
	const width = 2 * len(resampledSums)
	columns := make([][]float64, 0, len(domains)*width)
	for _, d := range domains {
		columns = append(columns, b.columns(c, d)...)
	}
	totals := b.reps.Totals(estimate.All(), columns...)
	out := make([]Resampled, len(domains))
	for i := range domains {
		t := totals[i*width:]
		for k, into := range []*[]float64{&out[i].Importance, &out[i].Graduate, &out[i].PairR, &out[i].PairO, &out[i].Sign} {
			*into = divide(t[2*k], t[2*k+1])
		}
	}
	return out
}

// columns sums each answer, and what it is averaged over, per unit.
func (b *Bootstrap) columns(c *Column, d Domain) [][]float64 {
	out := make([][]float64, 2*len(resampledSums))
	for k := range out {
		out[k] = make([]float64, b.n)
	}
	n, ok := b.v.place[d]
	if !ok {
		return out
	}
	l := b.v.lists[n]
	for _, i := range l.cells {
		e, cell := b.v.cells.owner[l.level][i], &c.tally[l.level][i]
		unit, w := b.unit[e], b.v.weight[e]
		for k, sum := range resampledSums {
			out[2*k][unit] += w * float64(cell.s[sum])
			out[2*k+1][unit] += w * float64(cell.a[baseOf[sum]])
		}
	}
	return out
}

// Totals resamples weighted totals of values per enterprise.
func (b *Bootstrap) Totals(values ...[]float64) [][]float64 {
	columns := make([][]float64, len(values))
	for k, value := range values {
		columns[k] = make([]float64, b.n)
		for e, x := range value {
			columns[k][b.unit[e]] += b.v.weight[e] * x
		}
	}
	return b.reps.Totals(estimate.All(), columns...)
}

// divide divides in place of a; NaN where b is not positive.
func divide(a, b []float64) []float64 {
	for k := range a {
		if b[k] > 0 {
			a[k] /= b[k]
			continue
		}
		a[k] = nan
	}
	return a
}
