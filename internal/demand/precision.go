package demand

import "math"

// Precision limits. A figure is shown with caution above the first and withheld above the
// second. For means of a level, shares and ratios they apply to the relative standard error.
// A gap may be near zero, where a relative error says nothing; there they apply to the
// standard error in levels: 0.3 and 0.5 of one point of the scale. (O*NET likewise advises
// against ratings whose standard error on its five-point scale exceeds 0.51.) A Borich score
// is held to the same in levels, after division by the mean importance; a ranked discrepancy,
// and any share but that of high demand, to 15 and 25 points of a hundred.
const (
	CautionAbove  = 0.30
	WithholdAbove = 0.50
)

// imprecision is what the limits are applied to.
func imprecision(m Measure, value, se, importance float64) float64 {
	switch m {
	case PerformanceGap, CoverageGap, LevelChange:
		return se
	case BorichMWDS:
		return se / math.Max(importance, 1)
	case RankedDiscrepancy:
		return se / 50
	case Share:
		return se / 0.5
	case Unscaled:
		return 0
	}
	if value == 0 {
		return se
	}
	return math.Abs(se / value)
}

// grade flags a figure by its precision.
func grade(imprecision float64) Flag {
	switch {
	case imprecision > WithholdAbove:
		return WithheldPrecision
	case imprecision > CautionAbove:
		return Caution
	}
	return Good
}

// interval is value ± t·se; the value alone where the standard error is zero.
func interval(value, se, df float64) (lo, hi float64) {
	if se == 0 {
		return value, value
	}
	half := studentBound(df) * se
	return value - half, value + half
}

// shareInterval is the logit interval of a share. At 0 or 1, where the logit does not exist,
// the bound away from the edge is the exact binomial one for as many trials as enterprises
// (Clopper & Pearson 1934).
func shareInterval(p, se, df float64, enterprises int) (lo, hi float64) {
	edge := 1 - math.Pow(0.025, 1/float64(max(enterprises, 1)))
	const least = 1e-12
	switch {
	case p <= least:
		return 0, edge
	case p >= 1-least:
		return 1 - edge, 1
	case se == 0:
		return p, p
	}
	half := studentBound(df) * se / (p * (1 - p))
	logit := math.Log(p / (1 - p))
	return 1 / (1 + math.Exp(half-logit)), 1 / (1 + math.Exp(-half-logit))
}

// judged fills in a figure's error, interval and flag.
func judged(m Measure, f Figure, variance, importance float64) Figure {
	se := math.Sqrt(variance)
	f.HasSE = f.DF >= 1 && se == se
	if !f.HasSE {
		f.SE, f.Lo, f.Hi, f.Flag = 0, 0, 0, Caution
		return f
	}
	f.SE = se
	f.Lo, f.Hi = interval(f.Estimate, se, f.DF)
	if m == HighDemandShare || m == Share {
		f.Lo, f.Hi = shareInterval(f.Estimate, se, f.DF, f.Enterprises)
	}
	f.Flag = grade(imprecision(m, f.Estimate, se, importance))
	return f
}
