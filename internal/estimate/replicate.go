package estimate

import (
	"math"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"
)

// Replicates is a set of replicate weights of a design: the same estimate made
// on each of them shows its variance. They resample first-stage units only, so
// a second stage counts through the spread between those (as in R survey). On a
// calibrated design every replicate is calibrated anew. Safe for concurrent
// use; results do not depend on the number of cores.
type Replicates struct {
	d     *Design
	n     int
	scale []float64 // replicate → its share in the variance
	boot  *bootstrap
	jack  []deletion  // replicate → what it leaves out; nil for a bootstrap
	gain  [][]float64 // replicate → cell → calibration factor; nil without calibration
}

// deletion is one jackknife replicate: it leaves out PSU psu, gives the other
// PSUs of lo … hi-1 the factor keep and all the rest 1.
type deletion struct {
	psu, lo, hi int32
	keep        float64
}

// JK1 is the delete-one jackknife of an unstratified design.
func (d *Design) JK1() (*Replicates, error) {
	if len(d.stage1) != 1 || d.psus < 2 {
		return nil, fault(FaultReplicates, "JK1", -1, float64(len(d.stage1)), 1)
	}
	return d.JKn()
}

// JKn is the stratified delete-one jackknife. Strata that are fully observed
// have no replicates. Lonely strata follow the design's rule: none under
// certainty and remove; under adjust the unit is left out and the rest of the
// sample scaled up; under average the variance is scaled up.
func (d *Design) JKn() (*Replicates, error) {
	r := &Replicates{d: d}
	strata := float64(len(d.stage1))
	skipped := 0
	for _, h := range d.stage1 {
		switch n := float64(h.n()); {
		case h.open() < censusShare:
		case !h.isLonely():
			for p := h.lo; p < h.hi; p++ {
				r.leaveOut(deletion{p, h.lo, h.hi, n / (n - 1)}, (n-1)/n*h.open())
			}
		case d.lonely == LonelyAdjust && strata > 1:
			r.leaveOut(deletion{h.lo, 0, int32(d.psus), strata / (strata - 1)}, (strata-1)/strata*h.open())
		default:
			skipped++
		}
	}
	r.n = len(r.jack)
	if r.n < 2 {
		return nil, fault(FaultReplicates, "JKn", -1, float64(r.n), 2)
	}
	if d.lonely == LonelyAverage {
		floats.Scale(float64(r.n+skipped)/float64(r.n), r.scale)
	}
	r.calibrate()
	return r, nil
}

func (r *Replicates) leaveOut(j deletion, scale float64) {
	r.jack = append(r.jack, j)
	r.scale = append(r.scale, scale)
}

// Len is the number of replicates.
func (r *Replicates) Len() int { return r.n }

// calibrate fits the margins on every replicate.
func (r *Replicates) calibrate() {
	c := r.d.cal
	if c == nil {
		return
	}
	r.gain = make([][]float64, r.n)
	inParallel(r.n, 1, func(from, to int) {
		factor := make([]float64, r.d.psus)
		for k := from; k < to; k++ {
			r.factors(k, factor)
			total := make([]float64, len(c.before))
			for _, a := range c.atoms {
				total[a.cell] += factor[r.d.psu(a.unit)] * a.base
			}
			r.gain[k], _ = c.fit(total)
		}
	})
}

// factors writes what replicate k multiplies the weights of every PSU by,
// before calibration.
func (r *Replicates) factors(k int, out []float64) {
	if r.jack == nil {
		r.boot.factors(k, out)
		return
	}
	j := r.jack[k]
	for p := range out {
		out[p] = 1
	}
	for p := j.lo; p < j.hi; p++ {
		out[p] = j.keep
	}
	out[j.psu] = 0
}

// Weights gives the weights of replicate k, one per row, calibration included.
func (r *Replicates) Weights(k int) []float64 {
	d := r.d
	factor := make([]float64, d.psus)
	r.factors(k, factor)
	out := make([]float64, len(d.weight))
	for i := range out {
		out[i] = d.weight[i] * factor[d.psu(d.unit[i])]
		if d.cal != nil {
			out[i] = d.cal.base[i] * factor[d.psu(d.unit[i])] * r.gain[k][d.cal.cell[i]]
		}
	}
	return out
}

// totals gives the replicate totals of columns of sums: per PSU, or per atom
// of a calibrated design (see gather). The result is [column][replicate].
func (r *Replicates) totals(cols [][]float64) [][]float64 {
	out := make([][]float64, len(cols))
	for c := range out {
		out[c] = make([]float64, r.n)
	}
	switch {
	case r.gain != nil:
		r.calibratedTotals(cols, out)
	case r.jack != nil:
		r.jackknifeTotals(cols, out)
	default:
		inParallel(r.n, 250, func(from, to int) { r.boot.totals(cols, out, from, to) })
	}
	return out
}

func (r *Replicates) jackknifeTotals(cols, out [][]float64) {
	for c, col := range cols {
		all := floats.Sum(col)
		var part float64
		lo, hi := int32(-1), int32(-1)
		for k, j := range r.jack {
			if j.lo != lo || j.hi != hi {
				lo, hi = j.lo, j.hi
				part = floats.Sum(col[lo:hi])
			}
			out[c][k] = all - part + j.keep*(part-col[j.psu])
		}
	}
}

func (r *Replicates) calibratedTotals(cols, out [][]float64) {
	atoms := r.d.cal.atoms
	inParallel(r.n, 16, func(from, to int) {
		factor := make([]float64, r.d.psus)
		for k := from; k < to; k++ {
			r.factors(k, factor)
			for c, col := range cols {
				var sum float64
				for a, v := range col {
					if v != 0 {
						sum += factor[r.d.psu(atoms[a].unit)] * r.gain[k][atoms[a].cell] * v
					}
				}
				out[c][k] = sum
			}
		}
	})
}

// gather sums weight × value over the rows of a domain, per PSU or per atom,
// into one column for every value; value(row) gives NaN for "not there".
func (r *Replicates) gather(in Domain, values ...func(row int32) float64) [][]float64 {
	d := r.d
	weight, place, n := d.weight, d.psuOfRow, d.psus
	if d.cal != nil {
		weight, place, n = d.cal.base, d.cal.atomOfRow, len(d.cal.atoms)
	}
	cols := make([][]float64, len(values))
	rows := in.of(d.everyone)
	for c, value := range values {
		cols[c] = make([]float64, n)
		for _, i := range rows {
			if v := value(i); v == v {
				cols[c][place(i)] += weight[i] * v
			}
		}
	}
	return cols
}

// Means gives the replicate means of several columns over one domain, as
// [column][replicate]; NaN where a replicate holds no answer.
func (r *Replicates) Means(in Domain, ys ...[]float64) [][]float64 {
	var cols [][]float64
	num, den := make([]int, len(ys)), make([]int, len(ys))
	for k, y := range ys {
		pair := r.gather(in,
			func(i int32) float64 { return y[i] },
			func(i int32) float64 { return 1 + 0*y[i] })
		num[k], cols = len(cols), append(cols, pair[0])
		if k > 0 && slices.Equal(cols[den[k-1]], pair[1]) { // the same people answered both
			den[k] = den[k-1]
			continue
		}
		den[k], cols = len(cols), append(cols, pair[1])
	}
	t := r.totals(cols)
	out := make([][]float64, len(ys))
	for k := range out {
		out[k] = quotients(t[num[k]], t[den[k]])
	}
	return out
}

// Totals gives the replicate totals of several columns over one domain.
func (r *Replicates) Totals(in Domain, ys ...[]float64) [][]float64 {
	values := make([]func(int32) float64, len(ys))
	for k, y := range ys {
		values[k] = func(i int32) float64 { return y[i] }
	}
	return r.totals(r.gather(in, values...))
}

// Ratios gives the replicate ratios Σw·num / Σw·den over rows that have both.
func (r *Replicates) Ratios(in Domain, num, den []float64) []float64 {
	t := r.totals(r.gather(in,
		func(i int32) float64 { return num[i] + 0*den[i] },
		func(i int32) float64 { return den[i] + 0*num[i] }))
	return quotients(t[0], t[1])
}

// quotients divides in place of a; x/0 is NaN.
func quotients(a, b []float64) []float64 {
	for k := range a {
		if b[k] == 0 {
			a[k] = math.NaN()
			continue
		}
		a[k] /= b[k]
	}
	return a
}

// Variance is the variance that replicate values show around their own mean
// (R: mse=FALSE). A bootstrap does without the replicates that hold no value;
// a jackknife cannot, and gives NaN.
func (r *Replicates) Variance(values []float64) float64 {
	var sum float64
	n := 0
	for _, v := range values {
		if v == v {
			sum += v
			n++
		}
	}
	if n < 2 || (r.jack != nil && n < r.n) {
		return math.NaN()
	}
	mean := sum / float64(n)
	var v float64
	for k, x := range values {
		if x == x {
			v += r.scale[k] * (x - mean) * (x - mean)
		}
	}
	return v * float64(r.n-1) / float64(n-1)
}

// With gives an estimate the standard error and t interval that its replicate
// values show, keeping its value, counts and degrees of freedom.
func (r *Replicates) With(e Estimate, values []float64) Estimate {
	if !e.OK() || e.Reason == OnePSU || e.Reason == AllEqual || e.Reason == LonelyStrata {
		return e
	}
	before := e.SE
	e.SE = math.Sqrt(r.Variance(values))
	if r.jack == nil {
		e.DF = min(e.DF, float64(r.n-1))
	}
	e.DEFF *= e.SE * e.SE / (before * before)
	e.DEFFReplace *= e.SE * e.SE / (before * before)
	e.Lo, e.Hi = r.d.interval(e.Value, e.SE, e.DF)
	return e
}

// Mean is the weighted mean with its replicate standard error.
func (r *Replicates) Mean(y []float64, in Domain) Estimate {
	return r.With(r.d.Mean(y, in), r.Means(in, y)[0])
}

// Total is the weighted total with its replicate standard error.
func (r *Replicates) Total(y []float64, in Domain) Estimate {
	return r.With(r.d.Total(y, in), r.Totals(in, y)[0])
}

// Ratio is the ratio of totals with its replicate standard error.
func (r *Replicates) Ratio(num, den []float64, in Domain) Estimate {
	return r.With(r.d.Ratio(num, den, in), r.Ratios(in, num, den))
}

// Proportion is a share with its replicate standard error and logit interval.
func (r *Replicates) Proportion(y []float64, in Domain) Estimate {
	e := r.d.Proportion(y, in)
	if e.OK() {
		e = r.With(e, r.Means(in, y)[0])
		e.Lo, e.Hi = r.d.shareInterval(e)
	}
	return e
}

// inParallel runs work over 0 … n-1 in pieces of the given size on all cores.
// The pieces do not depend on the number of cores, so neither does the result.
func inParallel(n, piece int, work func(from, to int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), (n+piece-1)/piece) {
		wg.Go(func() {
			for from := range next {
				work(from, min(from+piece, n))
			}
		})
	}
	for from := 0; from < n; from += piece {
		next <- from
	}
	close(next)
	wg.Wait()
}
