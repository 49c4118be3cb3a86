package demand

import (
	"encoding/json"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Flag says how far a figure may be relied on, or why it is not there.
type Flag string

// The flags. Only Good and Caution figures carry an estimate.
const (
	NoData             Flag = "no_data"                  // nobody in the domain answered
	Good               Flag = "ok"                       //
	Caution            Flag = "caution"                  // imprecise: see Precision
	WithheldPrecision  Flag = "withheld_imprecise"       // too imprecise to show: see Precision
	WithheldFew        Flag = "withheld_few_enterprises" // fewer than k enterprises
	WithheldDominance  Flag = "withheld_dominance"       // one enterprise holds more than 80 % of the weight
	WithheldComplement Flag = "withheld_complementary"   // would let a withheld figure be computed by subtraction
)

// Suppressed reports whether the figure is withheld to keep an enterprise's answers
// confidential. Then its counts are withheld too.
func (f Flag) Suppressed() bool {
	return f == WithheldFew || f == WithheldDominance || f == WithheldComplement
}

// Figure is one number with everything needed to judge it. The zero Figure is "no data".
// A figure that is not shown holds zeros: nothing withheld is kept in memory beside a page.
type Figure struct {
	Estimate    float64
	SE          float64
	Lo, Hi      float64 // 95 % confidence interval
	DF          float64 // design degrees of freedom behind the interval
	Enterprises int     // that answered; 0 where withheld for disclosure
	Jobs        int     // that answered; 0 where withheld for disclosure
	Flag        Flag
	HasSE       bool // false where one enterprise alone answered: no error can be estimated
}

// Shown reports whether there is an estimate to show.
func (f Figure) Shown() bool { return f.Flag == Good || f.Flag == Caution }

// Withheld reports whether there is an estimate that is not shown.
func (f Figure) Withheld() bool { return !f.Shown() && f.Flag != NoData && f.Flag != "" }

// Beyond reports whether the interval lies wholly above x.
func (f Figure) Beyond(x float64) bool { return f.Shown() && f.HasSE && f.Lo > x }

// figureJSON is the stable form of a figure in JSON: null for what is not shown.
type figureJSON struct {
	Estimate    *number `json:"estimate"`
	SE          *number `json:"se"`
	Lo          *number `json:"lo"`
	Hi          *number `json:"hi"`
	Enterprises *int    `json:"n_enterprises"`
	Jobs        *int    `json:"n_jobs"`
	Flag        Flag    `json:"flag"`
}

// number is written with at most ten significant digits: far beyond any meaning, and short
// enough that the order of a sum can never show.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(n), 'g', 10, 64), nil
}

// MarshalJSON writes null for whatever is withheld or unknown.
func (f Figure) MarshalJSON() ([]byte, error) { return json.Marshal(f.wire()) }

func (f Figure) wire() figureJSON {
	out := figureJSON{Flag: f.Flag}
	if out.Flag == "" {
		out.Flag = NoData
	}
	if f.Shown() {
		out.Estimate = new(number(f.Estimate))
		if f.HasSE {
			out.SE, out.Lo, out.Hi = new(number(f.SE)), new(number(f.Lo)), new(number(f.Hi))
		}
	}
	if !f.Flag.Suppressed() {
		out.Enterprises, out.Jobs = new(f.Enterprises), new(f.Jobs)
	}
	return out
}

// Measure names a quantity that is estimated for a competency in a domain.
type Measure string

// The measures, in the order they are listed.
const (
	MeanImportance    Measure = "importance"         // mean I, 1–5
	MeanRequired      Measure = "required_level"     // mean R, 1–5
	MeanGraduate      Measure = "graduate_level"     // mean O, 1–5
	HighDemandShare   Measure = "high_demand_share"  // share of weighted jobs with R ≥ 4, 0–1
	PerformanceGap    Measure = "performance_gap"    // mean R − O over pairs
	BorichMWDS        Measure = "borich_mwds"        // mean (R − O) × mean I
	CoverageGap       Measure = "coverage_gap"       // mean R − taught level
	SatisfactionRatio Measure = "satisfaction_ratio" // mean O ÷ mean R over pairs

	RankedDiscrepancy Measure = "ranked_discrepancy" // share of jobs O > R minus share O < R, in points −100 … 100
	Opportunity       Measure = "opportunity"        // mean I + max(mean I − mean O, 0)
	Openings          Measure = "openings"           // weighted total of planned hires
	Share             Measure = "share"              // any share, 0–1
	Amount            Measure = "amount"             // any mean or total that is not on a rating scale
	LevelChange       Measure = "level_change"       // difference of two figures in levels
	Unscaled          Measure = "change"             // difference of two other figures: never too imprecise to show
)

// MeasureOrder lists the measures every cell table has, in the order they are printed.
func MeasureOrder() []Measure {
	return []Measure{MeanImportance, MeanRequired, MeanGraduate, HighDemandShare,
		PerformanceGap, BorichMWDS, CoverageGap, SatisfactionRatio}
}

// Cell is one figure with its address.
type Cell struct {
	Domain     Domain
	Competency codebook.CompetencyID
	Measure    Measure
	Figure     Figure
}

// MarshalJSON writes the flat form that other programs rely on.
func (c Cell) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Domain     Domain                `json:"domain"`
		Competency codebook.CompetencyID `json:"competency"`
		Measure    Measure               `json:"measure"`
		figureJSON
	}{c.Domain, c.Competency, c.Measure, c.Figure.wire()})
}
