package estimate

import "math"

// Reason says why a figure is absent or must be read with care. Reasons are
// stable codes; the empty Reason means nothing to say.
type Reason string

// The reasons an Estimate can carry.
const (
	NoAnswers       Reason = "no-answers"       // nobody in the domain answered: Value is NaN
	ZeroDenominator Reason = "zero-denominator" // a ratio over nothing: Value is NaN
	OnePSU          Reason = "one-psu"          // all answers come from one sampling unit: SE is NaN
	NoDF            Reason = "no-df"            // one sampling unit in every stratum touched: no interval
	LonelyStrata    Reason = "lonely-strata"    // every stratum touched is lonely, rule "average": SE is NaN
	AllEqual        Reason = "all-equal"        // every answer is the same: SE is 0 by the data, not by certainty
	OutOfRange      Reason = "out-of-range"     // a proportion of something other than 0 and 1: Value is NaN
	OpenInterval    Reason = "open-interval"    // a quantile whose bound lies outside the data: that bound is NaN
)

// Estimate is one number with everything needed to judge it. NaN in any field
// means "not known", never zero; Reason then says why.
type Estimate struct {
	Value  float64 // the point estimate
	SE     float64 // its standard error under the design
	Lo, Hi float64 // confidence interval at the design's level
	DF     float64 // degrees of freedom behind Lo and Hi

	// DEFF is the design effect against simple random sampling without
	// replacement (R: deff=TRUE); NaN unless weights expand to a population
	// larger than the sample. DEFFReplace is the same with replacement
	// (R: deff="replace") and needs no population. Both NaN for functions of
	// several estimates.
	DEFF, DEFFReplace float64

	N      int     // rows that answered
	PSUs   int     // first-stage units that hold them
	Weight float64 // their summed weight
	Reason Reason
}

// OK reports whether there is a value at all.
func (e Estimate) OK() bool { return !math.IsNaN(e.Value) }

// RSE is the relative standard error |SE/Value|; NaN when either is unknown
// and +Inf for a value of zero with a positive SE.
func (e Estimate) RSE() float64 { return math.Abs(e.SE / e.Value) }

// absent is an Estimate that holds nothing but the reason for its absence.
func absent(why Reason) Estimate {
	nan := math.NaN()
	return Estimate{Value: nan, SE: nan, Lo: nan, Hi: nan, DF: nan, DEFF: nan, DEFFReplace: nan, Reason: why}
}

// Reliability is how far a figure may be relied on.
type Reliability string

// The grades of the National Center for Health Statistics.
const (
	Reliable   Reliability = "reliable"
	Unreliable Reliability = "unreliable" // fewer than 60 rows or RSE of 30 % or more
	NotShown   Reliability = "not-shown"  // fewer than 30 rows, or no standard error
)

// Reliability grades by the rule of the NCHS ambulatory care surveys: fewer
// than 30 rows are not shown; 30–59 rows, or an RSE of 30 % or more, are shown
// as unreliable.
func (e Estimate) Reliability() Reliability {
	switch {
	case e.N < 30 || math.IsNaN(e.SE):
		return NotShown
	case e.N < 60 || e.RSE() >= 0.30:
		return Unreliable
	}
	return Reliable
}
