package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Mean is the weighted mean of y over the domain.
func (d *Design) Mean(y []float64, in Domain) Estimate {
	return d.Estimate(d.LineariseMean(y, in))
}

// Total is the weighted total of y over the domain.
func (d *Design) Total(y []float64, in Domain) Estimate {
	return d.Estimate(d.LineariseTotal(y, in))
}

// Ratio is Σw·num / Σw·den over the rows of the domain that have both.
func (d *Design) Ratio(num, den []float64, in Domain) Estimate {
	return d.Estimate(d.LineariseRatio(num, den, in))
}

// Proportion is the weighted share of ones in a 0/1 column, with the logit
// interval of R's svyciprop(method="logit"). At 0 or 1 the logit does not
// exist; the bound away from the edge is then the exact binomial one for as
// many trials as there are PSUs. Values other than 0, 1, NaN give OutOfRange.
func (d *Design) Proportion(y []float64, in Domain) Estimate {
	for _, i := range in.of(d.everyone) {
		if v := y[i]; v != 0 && v != 1 && v == v {
			return absent(OutOfRange)
		}
	}
	e := d.Mean(y, in)
	e.Lo, e.Hi = d.shareInterval(e)
	return e
}

// shareInterval is the interval of a proportion.
func (d *Design) shareInterval(e Estimate) (lo, hi float64) {
	p := e.Value
	switch {
	case !e.OK():
		return math.NaN(), math.NaN()
	case p <= 0:
		return 0, edgeBound(e.PSUs, d.level)
	case p >= 1:
		return 1 - edgeBound(e.PSUs, d.level), 1
	}
	lo, hi = d.interval(math.Log(p/(1-p)), e.SE/(p*(1-p)), e.DF)
	return 1 / (1 + math.Exp(-lo)), 1 / (1 + math.Exp(-hi))
}

// edgeBound is the exact upper bound for a share of which n independent trials
// showed none (Clopper & Pearson 1934).
func edgeBound(n int, level float64) float64 {
	return 1 - math.Pow((1-level)/2, 1/float64(n))
}

// interval is value ± t·se; the value alone for a standard error of zero, NaN
// without degrees of freedom.
func (d *Design) interval(value, se, df float64) (lo, hi float64) {
	if se == 0 {
		return value, value
	}
	h := studentQuantile((1+d.level)/2, df) * se
	return value - h, value + h
}

// studentQuantile is the quantile of Student's t; NaN below one degree of freedom.
func studentQuantile(p, df float64) float64 {
	if !(df >= 1) {
		return math.NaN()
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}

// KishEffective is Kish's effective sample size (Σw)²/Σw² of the domain.
func (d *Design) KishEffective(in Domain) float64 {
	var sum, square float64
	for _, i := range in.of(d.everyone) {
		sum += d.weight[i]
		square += d.weight[i] * d.weight[i]
	}
	return sum * sum / square
}
