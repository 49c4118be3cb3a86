package estimate

import (
	"math"
	"slices"
)

// Linearised is an estimate together with its influence function u: the
// variance of the estimate is, to first order, that of the total of w·u.
// Several Linearised values of one Design share its clusters, so covariances
// and any smooth function of them follow (see Design.Smooth).
type Linearised struct {
	Value  float64
	N      int     // rows that answered
	Weight float64 // their summed weight
	Reason Reason

	rows    []int32   // the rows looked at
	u       []float64 // influence of each of them; NaN where the answer is missing
	centred bool      // the influences sum to zero (means and ratios, not totals)
	flat    bool      // every answer is the same
}

// OK reports whether there is a value at all.
func (l Linearised) OK() bool { return !math.IsNaN(l.Value) }

// Scores spreads the influences over n rows of the sample: u where a row
// answered, 0 elsewhere. With it any variance formula outside this package can
// be checked against the design.
func (l Linearised) Scores(n int) []float64 {
	out := make([]float64, n)
	for k, i := range l.rows {
		if u := l.u[k]; u == u {
			out[i] = u
		}
	}
	return out
}

// LineariseMean is the weighted mean of y over the domain, u = (y − ȳ)/Σw.
// NaN in y is a missing answer.
func (d *Design) LineariseMean(y []float64, in Domain) Linearised {
	rows := in.of(d.everyone)
	l := Linearised{rows: rows, centred: true, flat: true}
	var sum, first float64
	for _, i := range rows {
		v := y[i]
		if v != v {
			continue
		}
		if l.N == 0 {
			first = v
		}
		l.flat = l.flat && v == first
		l.N++
		l.Weight += d.weight[i]
		sum += d.weight[i] * v
	}
	if l.N == 0 {
		return nothing(NoAnswers)
	}
	l.Value = sum / l.Weight
	if l.flat {
		l.Value = first
	}
	l.u = make([]float64, len(rows))
	for k, i := range rows {
		l.u[k] = (y[i] - l.Value) / l.Weight
	}
	return l
}

// LineariseTotal is the weighted total of y over the domain, u = y.
func (d *Design) LineariseTotal(y []float64, in Domain) Linearised {
	rows := in.of(d.everyone)
	l := Linearised{rows: rows, u: make([]float64, len(rows))}
	for k, i := range rows {
		v := y[i]
		l.u[k] = v
		if v != v {
			continue
		}
		l.N++
		l.Weight += d.weight[i]
		l.Value += d.weight[i] * v
	}
	if l.N == 0 {
		return nothing(NoAnswers)
	}
	return l
}

// LineariseRatio is Σwy/Σwx over rows of the domain that have both,
// u = (y − R·x)/Σwx.
func (d *Design) LineariseRatio(num, den []float64, in Domain) Linearised {
	rows := in.of(d.everyone)
	l := Linearised{rows: rows, centred: true}
	var top, bottom float64
	for _, i := range rows {
		if both := num[i] + den[i]; both != both {
			continue
		}
		l.N++
		l.Weight += d.weight[i]
		top += d.weight[i] * num[i]
		bottom += d.weight[i] * den[i]
	}
	switch {
	case l.N == 0:
		return nothing(NoAnswers)
	case bottom == 0:
		return nothing(ZeroDenominator)
	}
	l.Value = top / bottom
	l.u = make([]float64, len(rows))
	for k, i := range rows {
		l.u[k] = (num[i] - l.Value*den[i]) / bottom
	}
	l.flat = allNear(l.u, 1e-14*math.Abs(l.Value)/l.Weight)
	return l
}

// allNear reports whether every known value is within tol of zero.
func allNear(u []float64, tol float64) bool {
	return !slices.ContainsFunc(u, func(v float64) bool { return math.Abs(v) > tol })
}

func nothing(why Reason) Linearised {
	return Linearised{Value: math.NaN(), Reason: why}
}

// Estimate gives the estimate its standard error, interval and design effect.
func (d *Design) Estimate(l Linearised) Estimate {
	if !l.OK() {
		return absent(l.Reason)
	}
	t := d.totals(l)
	e := Estimate{Value: l.Value, N: l.N, Weight: l.Weight, Reason: l.Reason}
	d.judge(&e, t, t.cross(t), l.centred, l.flat)
	d.designEffect(&e, l)
	return e
}

// judge fills in what follows from the variance and the units behind it.
func (d *Design) judge(e *Estimate, t *scoreTotals, variance float64, centred, flat bool) {
	psus, strata := d.countUnits(t.seen)
	e.PSUs = psus
	switch d.df {
	case DFDesign:
		psus, strata = d.psus, len(d.stage1)
	case DFDomain:
		psus, strata = d.countUnits(t.within)
	}
	e.DF = float64(psus - strata)
	e.SE = math.Sqrt(max(variance, 0))
	switch {
	case centred && e.PSUs == 1 && t.blind():
		e.SE, e.Reason = math.NaN(), OnePSU
	case math.IsNaN(variance) || t.mute():
		e.SE, e.Reason = math.NaN(), LonelyStrata
	case flat:
		e.SE, e.Reason = 0, AllEqual
	case e.DF < 1 && e.SE > 0:
		e.Reason = NoDF
	}
	e.Lo, e.Hi = d.interval(e.Value, e.SE, e.DF)
}

// designEffect compares the variance with that of a simple random sample of
// the same size (Kish 1965), with and without replacement.
func (d *Design) designEffect(e *Estimate, l Linearised) {
	n, pop := float64(l.N), l.Weight
	var sum, square float64
	for k, i := range l.rows {
		if u := l.u[k]; u == u {
			sum += d.weight[i] * u
			square += d.weight[i] * u * u
		}
	}
	mean := sum / pop
	srs := n / (n - 1) * (square/pop - mean*mean) * pop * pop / n
	e.DEFF, e.DEFFReplace = math.NaN(), math.NaN()
	if l.N < 2 || !(srs > 0) || l.flat {
		return
	}
	e.DEFFReplace = e.SE * e.SE / srs
	if pop > n {
		e.DEFF = e.DEFFReplace / (1 - n/pop)
	}
}

// Smooth is a differentiable function of several estimates of this design, by
// the delta method: f returns the function's value and its gradient at the
// parts' values. The parts' covariance through shared clusters is included.
// PSUs counts the units of all parts together, N and Weight are those of the
// largest part, DEFF is not defined. The result is absent if any part is.
func (d *Design) Smooth(f func(v []float64) (value float64, gradient []float64), parts ...Linearised) Estimate {
	values := make([]float64, len(parts))
	for k, p := range parts {
		if !p.OK() {
			return absent(p.Reason)
		}
		values[k] = p.Value
	}
	value, gradient := f(values)
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return absent(ZeroDenominator)
	}
	sum := d.newTotals()
	e := absent("")
	e.Value, e.N, e.Weight = value, 0, 0
	centred, flat := true, true
	for k, p := range parts {
		sum.add(d.totals(p), gradient[k])
		centred = centred && p.centred
		flat = flat && (p.flat || gradient[k] == 0)
		e.N = max(e.N, p.N)
		e.Weight = max(e.Weight, p.Weight)
	}
	d.judge(&e, sum, sum.cross(sum), centred, flat)
	return e
}

// Product is a·b, for instance a mean gap times a mean importance.
func (d *Design) Product(a, b Linearised) Estimate {
	return d.Smooth(func(v []float64) (float64, []float64) {
		return v[0] * v[1], []float64{v[1], v[0]}
	}, a, b)
}

// Difference is b − a with the covariance of units that stand in both: two
// subgroups of one sample, or two years stacked with the same unit numbers.
func (d *Design) Difference(a, b Linearised) Estimate {
	return d.Smooth(func(v []float64) (float64, []float64) {
		return v[1] - v[0], []float64{-1, 1}
	}, a, b)
}

// Covariance is the matrix of covariances between estimates of this design;
// NaN where an estimate is absent.
func (d *Design) Covariance(parts ...Linearised) [][]float64 {
	totals := make([]*scoreTotals, len(parts))
	for k, p := range parts {
		if p.OK() {
			totals[k] = d.totals(p)
		}
	}
	out := make([][]float64, len(parts))
	for i := range parts {
		out[i] = make([]float64, len(parts))
		for j := range parts {
			out[i][j] = math.NaN()
			if totals[i] != nil && totals[j] != nil {
				out[i][j] = totals[i].cross(totals[j])
			}
		}
	}
	return out
}

// Variance is the design variance of Σ w·score, for a caller with its own
// influence function (one score per row, 0 outside the subgroup).
func (d *Design) Variance(scores []float64) float64 {
	t := d.totals(Linearised{rows: d.everyone, u: scores})
	return t.cross(t)
}
