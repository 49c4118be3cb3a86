package estimate

import (
	"math"
	"slices"
)

// scoreTotals holds weighted score totals per sampling unit, and which units
// contributed to them.
type scoreTotals struct {
	d      *Design
	unit   []float64 // per ultimate unit
	psu    []float64 // per PSU; the same slice in a one-stage design
	seen   []bool    // per PSU: holds an answer
	within []bool    // per PSU: holds a row of the domain
}

func (d *Design) newTotals() *scoreTotals {
	t := &scoreTotals{d: d, unit: make([]float64, d.units), seen: make([]bool, d.psus), within: make([]bool, d.psus)}
	t.psu = t.unit
	if d.psuOf != nil {
		t.psu = make([]float64, d.psus)
	}
	return t
}

// totals sums the weighted influences per unit. Under calibration the scores
// are first replaced by their residuals on the margins.
func (d *Design) totals(l Linearised) *scoreTotals {
	t := d.newTotals()
	for k, i := range l.rows {
		j := d.unit[i]
		p := d.psu(j)
		t.within[p] = true
		if u := l.u[k]; u == u {
			t.unit[j] += d.weight[i] * u
			t.seen[p] = true
		}
	}
	if d.cal != nil {
		d.cal.residuals(l, t.unit)
	}
	if d.psuOf != nil {
		for j, p := range d.psuOf {
			t.psu[p] += t.unit[j]
		}
	}
	return t
}

// add accumulates c times other.
func (t *scoreTotals) add(other *scoreTotals, c float64) {
	for j, v := range other.unit {
		t.unit[j] += c * v
	}
	if t.d.psuOf != nil {
		for p, v := range other.psu {
			t.psu[p] += c * v
		}
	}
	for p := range t.seen {
		t.seen[p] = t.seen[p] || other.seen[p]
		t.within[p] = t.within[p] || other.within[p]
	}
}

// countUnits counts the PSUs marked and the strata they lie in.
func (d *Design) countUnits(marked []bool) (psus, strata int) {
	for _, h := range d.stage1 {
		before := psus
		for _, m := range marked[h.lo:h.hi] {
			if m {
				psus++
			}
		}
		if psus > before {
			strata++
		}
	}
	return psus, strata
}

// blind reports that a mean from the one PSU seen leaves nothing to estimate a
// variance from: no second stage below it, no calibration around it, and its
// stratum not fully observed.
func (t *scoreTotals) blind() bool {
	if t.d.deep || t.d.cal != nil {
		return false
	}
	p := slices.Index(t.seen, true)
	return t.d.stage1[t.d.home[p]].open() > censusShare
}

// mute reports that every stratum seen is lonely and the rule gives a lonely
// stratum no variance, so that a sum of zero would say nothing.
func (t *scoreTotals) mute() bool {
	if t.d.deep || t.d.cal != nil || t.d.lonely == LonelyAdjust {
		return false
	}
	for _, h := range t.d.stage1 {
		if !h.isLonely() && t.d.present(h, t.seen) {
			return false
		}
	}
	return true
}

// cross is the design covariance of two score totals: the stratified
// between-unit sums of products, stage by stage (Särndal, Swensson & Wretman
// 1992, result 4.3.1, with unit totals in place of their expectations). NaN
// when the rule "average" finds no stratum to average over.
func (t *scoreTotals) cross(o *scoreTotals) float64 {
	d := t.d
	v := d.stageSum(d.stage1, t.psu, o.psu, t.seen)
	for lo := 0; lo < len(d.stage2); {
		hi := lo + 1
		p := d.psuOf[d.stage2[lo].lo]
		for hi < len(d.stage2) && d.psuOf[d.stage2[hi].lo] == p {
			hi++
		}
		if c := d.stage2[lo].carry; c > 0 && (t.seen[p] || d.cal != nil) {
			v += c * d.stageSum(d.stage2[lo:hi], t.unit, o.unit, nil)
		}
		lo = hi
	}
	return v
}

// stageSum adds up the strata of one stage. Only strata with answers take part
// in the lonely rules; without calibration the others are all zero anyway.
func (d *Design) stageSum(strata []stratum, a, b []float64, seen []bool) float64 {
	var sum float64
	var used, good int
	centreA, centreB := d.grandMeans(strata, a, b)
	for _, h := range strata {
		if !d.present(h, seen) {
			continue
		}
		used++
		if h.isLonely() {
			if d.lonely == LonelyAverage {
				continue
			}
			if d.lonely == LonelyAdjust {
				sum += h.open() * (a[h.lo] - centreA) * (b[h.lo] - centreB)
			}
		}
		good++
		sum += h.between(a, b)
	}
	if good == 0 && used > 0 {
		return math.NaN()
	}
	if d.lonely == LonelyAverage && good > 0 {
		sum *= float64(used) / float64(good)
	}
	return sum
}

// present reports whether a stratum holds an answer.
func (d *Design) present(h stratum, seen []bool) bool {
	if seen == nil || d.cal != nil {
		return true
	}
	for p := h.lo; p < h.hi; p++ {
		if seen[p] {
			return true
		}
	}
	return false
}

// grandMeans are the mean unit totals over all strata of a stage, where the
// rule "adjust" centres a lonely unit.
func (d *Design) grandMeans(strata []stratum, a, b []float64) (float64, float64) {
	if d.lonely != LonelyAdjust || len(strata) == 0 {
		return 0, 0
	}
	lo, hi := strata[0].lo, strata[len(strata)-1].hi
	var ma, mb float64
	for u := lo; u < hi; u++ {
		ma += a[u]
		mb += b[u]
	}
	n := float64(hi - lo)
	return ma / n, mb / n
}

// between is n/(n−1)·(1−n/N)·Σ(a−ā)(b−b̄) over the units of the stratum; 0 for
// a single unit or a fully observed stratum.
func (h stratum) between(a, b []float64) float64 {
	n := float64(h.n())
	open := h.open()
	if h.n() < 2 || open < censusShare {
		return 0
	}
	a, b = a[h.lo:h.hi], b[h.lo:h.hi]
	var ma, mb float64
	for i, v := range a {
		ma += v
		mb += b[i]
	}
	ma /= n
	mb /= n
	var s float64
	for i, v := range a {
		s += (v - ma) * (b[i] - mb)
	}
	return open * n / (n - 1) * s
}
