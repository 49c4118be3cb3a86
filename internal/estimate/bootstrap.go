package estimate

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
)

// bootstrap holds the Rao–Wu rescaled resamples: how often every PSU was drawn
// in every replicate, and what a draw is worth.
type bootstrap struct {
	n     int
	drawn []uint8   // [psu*n + replicate]; a count above 255 has a chance below 1e-500
	idle  []float64 // PSU → factor when not drawn
	worth []float64 // PSU → what one draw adds to it
	shift []float64 // replicate → taken off every factor (rule "adjust"); nil without it
}

// Bootstrap is the rescaled bootstrap of Rao & Wu (1988): in every stratum
// n−1 of its n PSUs are drawn with replacement, and the weights rescaled so that
// the variance of a total is the design's, finite-population correction
// included. It is fully determined by the seed.
//
// Lonely strata follow the design's rule: kept whole under certainty and
// remove; under adjust the unit moves up or down around the mean of all; under
// average the variance is scaled up.
func (d *Design) Bootstrap(replicates int, seed uint64) (*Replicates, error) {
	if replicates < 2 {
		return nil, fault(FaultReplicates, "Bootstrap", -1, float64(replicates), 2)
	}
	b := &bootstrap{
		n: replicates, drawn: make([]uint8, d.psus*replicates),
		idle: filled(d.psus, 1), worth: make([]float64, d.psus),
	}
	if d.lonely == LonelyAdjust && d.LonelyStrata() > 0 {
		b.shift = make([]float64, replicates)
	}
	inParallel(len(d.stage1), 1, func(from, to int) {
		for g := from; g < to; g++ {
			b.resample(d.stage1[g], rand.New(rand.NewPCG(seed, uint64(g))))
		}
	})
	lonely := 0
	for g, h := range d.stage1 {
		if h.isLonely() {
			lonely++
			if b.shift != nil {
				b.swing(h, d.psus, rand.New(rand.NewPCG(seed, uint64(g))))
			}
		}
	}
	scale := 1 / float64(replicates-1)
	if d.lonely == LonelyAverage && lonely < len(d.stage1) {
		scale *= float64(len(d.stage1)) / float64(len(d.stage1)-lonely)
	}
	r := &Replicates{d: d, n: replicates, boot: b, scale: filled(replicates, scale)}
	r.calibrate()
	return r, nil
}

// resample draws one stratum for every replicate.
func (b *bootstrap) resample(h stratum, rng *rand.Rand) {
	n := uint32(h.n())
	if n < 2 || h.open() < censusShare {
		return
	}
	c := math.Sqrt(h.open())
	for p := h.lo; p < h.hi; p++ {
		b.idle[p] = 1 - c
		b.worth[p] = c * float64(n) / float64(n-1)
	}
	drawn := b.drawn[int(h.lo)*b.n : int(h.hi)*b.n]
	for k := range b.n {
		for range n - 1 {
			drawn[int(rng.Uint32N(n))*b.n+k]++
		}
	}
}

// swing lets a lonely unit stand 1 ± √(1−n/N) times in each replicate and takes
// the difference evenly off all units, which gives it (T − T̄)² in the variance.
func (b *bootstrap) swing(h stratum, psus int, rng *rand.Rand) {
	c := math.Sqrt(h.open())
	b.idle[h.lo], b.worth[h.lo] = 1-c, 2*c
	for k := range b.n {
		up := rng.Uint32N(2)
		b.drawn[int(h.lo)*b.n+k] = uint8(up)
		b.shift[k] += c * (2*float64(up) - 1) / float64(psus)
	}
}

// factors writes what replicate k multiplies the weights of every PSU by.
func (b *bootstrap) factors(k int, out []float64) {
	var shift float64
	if b.shift != nil {
		shift = b.shift[k]
	}
	for p := range out {
		out[p] = b.idle[p] + b.worth[p]*float64(b.drawn[p*b.n+k]) - shift
	}
}

// totals fills out[column][from … to-1] from sums per PSU.
func (b *bootstrap) totals(cols, out [][]float64, from, to int) {
	draws := make([]float64, to-from)
	all := make([]float64, len(cols))
	for p, worth := range b.worth {
		ready := false
		for c, col := range cols {
			v := col[p]
			if v == 0 {
				continue
			}
			if !ready {
				b.spread(p, from, draws)
				ready = true
			}
			all[c] += v * b.idle[p]
			floats.AddScaled(out[c][from:to], v*worth, draws)
		}
	}
	for c := range cols {
		floats.AddConst(all[c], out[c][from:to])
		if b.shift != nil {
			floats.AddScaled(out[c][from:to], -floats.Sum(cols[c]), b.shift[from:to])
		}
	}
}

// spread turns the draws of a PSU in replicates from … into numbers.
func (b *bootstrap) spread(p, from int, into []float64) {
	drawn := b.drawn[p*b.n+from:][:len(into)]
	for k, v := range drawn {
		into[k] = float64(v)
	}
}
