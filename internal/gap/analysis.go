package gap

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Inputs is everything an analysis rests on.
type Inputs struct {
	Year       int
	Since      int                      // year that changes are measured from; 0 is the latest before Year
	Samples    map[int]*demand.Sample   // by year; the analysed year must be there
	Earlier    map[int][]*demand.Sample // what earlier reports on each year were made of, oldest first
	Curriculum map[int]*curriculum.Map  // version in force in each year; may be empty
	Outcomes   *curriculum.Outcomes     // nil where none were handed in
	Register   *curriculum.Register     // nil where none were handed in
	Screened   []Screened               // what the screening asks about the visits of the year

	Base       demand.Base
	K          int    // no figure shows fewer enterprises; 0 is DefaultK
	Budget     int    // hours a programme may add; 0 is DefaultBudget
	Seed       uint64 // of the bootstrap
	Replicates int    // 0 is DefaultReplicates; negative draws none
	Cores      int    // at most this many; 0 is all. The result is the same for any number
	Invented   bool   // the data are a sample: said on every page
}

// Defaults of Inputs.
const (
	DefaultK          = 5
	DefaultBudget     = 64
	DefaultReplicates = 1000
	Dominance         = demand.Dominance // a single enterprise holds no more of a cell's weight
	Confidence        = 0.95
	Alpha             = 0.05
)

// Analysis is everything a report on one year needs, already protected.
type Analysis struct {
	Year     int
	College  string
	Codebook CodebookRef
	Invented bool

	Base       demand.Base
	BaseText   codebook.Text // what a job counts for, with the share left out
	WeightText codebook.Text // how enterprises are weighted; "visits are not a random sample" without a frame
	K          int
	Replicates int
	Seed       uint64

	Facts        Facts
	Competencies []codebook.CompetencyID
	Cells        []demand.Cell // every figure of every domain; suppressed ones say so
	Openings     []demand.Cell // weighted planned hires of every domain, about no competency
	Overall      DomainGap
	Programmes   []ProgrammeGap // in codebook order; those without jobs too
	Priority     []Priority     // job families, most openings first
	Change       Change
	Past         []PastYear // the earlier years, newest first, protected as this year is
	Technologies Technologies
	Titles       NewTitles
	Dependence   Dependence
	Quality      Quality
	Texts        TextCheck
	Benchmark    Benchmark
	Verdicts     []Verdict             // adopted decisions first, oldest first
	Open         []curriculum.Proposal // that wait for a decision
	Modules      []ModuleScore         // over all programmes, first to strengthen first
	Methods      []MethodText          // what each method is, with formula and source
	Notes        []codebook.Text
}

// PastYear is what the analysis of an earlier year shows: required and graduate level and the gap
// between them, in every domain, weighted and withheld by the same rules.
type PastYear struct {
	Year  int
	Cells []demand.Cell
}

// CodebookRef names the instrument the figures were made with.
type CodebookRef struct {
	ID      string
	Version string
	Title   codebook.Text
}

// Facts is the size of the survey.
type Facts struct {
	Visits      int
	Enterprises int
	Jobs        int
	Faculty     int
	Ratings     int     // ratings given
	Asked       int     // ratings asked for
	Missing     float64 // share of ratings asked for that were not given, 0–1
	NoGraduate  float64 // share of graduate levels not given, 0–1
	BaseMissing float64 // share of jobs left out because the base was not given, 0–1
	Framed      bool
	Raked       bool // weights fitted to the frame's margins
	Population  int  // enterprises in the frame; 0 without one
	InFrame     int  // enterprises visited that are in the frame
}

// ProgrammeGap is the argument of one programme page.
type ProgrammeGap struct {
	Programme codebook.ProgrammeID
	DomainGap
	Headline codebook.Text   // the finding in a sentence
	Findings []codebook.Text // what else holds, most important first
	Links    []BrokenLink
	House    House
	Plan     Plan
	Loop     Sankey
	Outcomes ProgrammeOutcomes
	Verdicts []Verdict // on decisions that concern it
}

// DomainGap is the gap table of one domain: every competency under every method.
type DomainGap struct {
	Domain      demand.Domain
	Enterprises demand.Figure // how many have such a job, and the jobs; flags apply
	Openings    demand.Figure // weighted planned hires, of the jobs that say how many
	Rows        []Row         // in codebook order
	Crosshair   Crosshair
	Agreement   []Agreement             // every pair of methods
	MeanTau     *float64                // mean Kendall τ over the pairs; nil with fewer than two methods
	Robust      []codebook.CompetencyID // in the top three under every method
	Short       []codebook.CompetencyID // short beyond error under every method
	TopK        int                     // 3, or fewer where there are few competencies
	Ranked      bool                    // false where too few competencies are shown to rank
}

// Row is one competency in one domain.
type Row struct {
	Competency  codebook.CompetencyID
	Importance  demand.Figure
	Required    demand.Figure
	Graduate    demand.Figure
	HighDemand  demand.Figure // share of weighted jobs with R ≥ 4
	Gap         demand.Figure // performance gap, R − O
	Borich      demand.Figure
	Ratio       demand.Figure // graduate ÷ required level
	Ranked      demand.Figure // ranked discrepancy, −100 … 100; negative is a shortfall
	Opportunity demand.Figure
	Diagonal    demand.Figure // distance from the diagonal of the quadrant chart
	Coverage    Coverage
	Quadrant    Quadrant
	Band        Band
	P           *float64 // two-sided, of a performance gap of zero
	AdjustedP   *float64 // Benjamini–Hochberg over the gaps of all tables of the analysis
	Ranks       []Rank   // one per method, in the order of Methods; empty where not ranked
	Robust      bool     // in the top three under every method
	Short       bool     // short beyond error under every method
}

// Rank is the place of a competency under one method, 1 = largest need.
type Rank struct {
	Method Method
	Rank   int
	Lo, Hi int // 95 % bootstrap percentile interval; 0, 0 where none was drawn
}

// Coverage sets demand against what the curriculum teaches.
type Coverage struct {
	Known      bool    // the curriculum map holds the programme
	Taught     float64 // level the curriculum leads to; 0: no module teaches it
	Compulsory float64 // over modules that every student takes
	Hours      float64
	Modules    []curriculum.ModuleCode
	Gap        demand.Figure // mean R − taught level
}

// Method names a way to rank competencies by need.
type Method string

// The methods, in the order they are shown.
const (
	ByGap         Method = "performance_gap"
	ByBorich      Method = "borich_mwds"
	ByDiscrepancy Method = "ranked_discrepancy"
	ByQuadrant    Method = "ipa_diagonal"
	ByOpportunity Method = "opportunity"
	ByRatio       Method = "satisfaction_ratio"
)

// MethodOrder lists the methods in the order they are shown.
func MethodOrder() []Method {
	return []Method{ByGap, ByBorich, ByDiscrepancy, ByQuadrant, ByOpportunity, ByRatio}
}

// MethodText explains a method.
type MethodText struct {
	Method  Method
	Name    codebook.Text
	Formula string
	Source  string
	Reading codebook.Text // how to read it
}

// Crosshair is where the quadrants part: the grand means of importance and graduate level.
type Crosshair struct {
	Importance float64
	Graduate   float64
	OK         bool
	Name       codebook.Text
}

// Quadrant of importance against graduate level.
type Quadrant string

// The quadrants of importance–performance analysis.
const (
	Concentrate Quadrant = "concentrate_here"
	KeepUp      Quadrant = "keep_up"
	LowPriority Quadrant = "low_priority"
	Overkill    Quadrant = "possible_overkill"
)

// Band of the satisfaction ratio, as MyCOS reports name them.
type Band string

// The bands: ≥ 90 %, 85–90 %, 75–85 %, below 75 %.
const (
	BandGood     Band = "good"
	BandMeets    Band = "basically_meets"
	BandSomewhat Band = "somewhat_short"
	BandShort    Band = "short"
)

// Agreement is Kendall's τ-b between the rankings of two methods.
type Agreement struct {
	A, B Method
	Tau  float64
	OK   bool // false where a ranking is all ties
}
