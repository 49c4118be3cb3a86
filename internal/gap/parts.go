package gap

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Priority is one job family as an occupational target.
type Priority struct {
	Family   codebook.FamilyID `json:"family"`
	Rank     int               `json:"rank"`    // by openings; 0 where not shown
	RankLo   int               `json:"rank_lo"` // 95 % bootstrap interval; 0 where none
	RankHi   int               `json:"rank_hi"`
	Openings demand.Figure     `json:"openings"` // weighted planned hires, of the jobs that say how many
	Growth   demand.Figure     `json:"growth"`   // change of openings per enterprise visited since last year, see demand.View.HiresEach
	Breadth  demand.Figure     `json:"breadth"`  // share of enterprises that have such a job
	Salary   demand.Figure     `json:"salary"`   // mean of the middle of the range, yuan per month
}

// Change compares the year with earlier ones.
type Change struct {
	Since int   // the year compared with; 0 where there is none
	Years []int // every year there is, ascending
	Rows  []ChangeRow
	Trend []TrendRow      // empty with fewer than four years
	Panel int             // enterprises visited in both years; 0 where withheld
	Past  []codebook.Past // competencies that an earlier year asked otherwise, by year
}

// ChangeRow is the change of one measure of one competency in one domain.
type ChangeRow struct {
	Domain     demand.Domain
	Competency codebook.CompetencyID
	Measure    demand.Measure
	Before     demand.Figure
	After      demand.Figure
	Change     demand.Figure // its error takes the enterprises visited in both years into account
	Same       demand.Figure // change among the enterprises visited in both years
	Parts      Parts
	P          *float64
	AdjustedP  *float64
	Moved      bool           // beyond its error after adjustment
	Past       *codebook.Past // how Since asked it, where otherwise; nil under the same code
}

// Parts splits a change exactly: Within + Between = Change.
type Parts struct {
	OK      bool
	Within  float64 // the same enterprises answered differently
	Between float64 // different enterprises were visited
}

// TrendRow is the course of a measure over four years or more.
type TrendRow struct {
	Domain     demand.Domain
	Competency codebook.CompetencyID
	Measure    demand.Measure
	Years      []int
	Values     []float64
	Slope      float64 // Theil–Sen, per year
	Tau        float64
	P          *float64 // Mann–Kendall, two-sided
	AdjustedP  *float64 // Benjamini–Hochberg over the trends of the measure in all domains
}

// Technologies is what the Trends sheets say.
type Technologies struct {
	Rows   []Technology // most mentioned first; only those that k enterprises name
	Others int          // technologies named by fewer
	Held   int          // technologies of which too few answered anew since an earlier report
}

// Technology is one technology with the enterprises that see it rise, hold or fall.
type Technology struct {
	Name    string
	Rising  demand.Figure // share of the enterprises that name it
	Falling demand.Figure
	Net     demand.Figure // rising − falling
	Before  demand.Figure // net, last year
	Named   int           // enterprises that name it
}

// NewTitles are job titles of this year that no earlier year had.
type NewTitles struct {
	Known  bool // there is an earlier year
	Rows   []Title
	Others int // new titles that fewer than k enterprises use
	Held   int // new titles of which too few came or went since an earlier report
}

// Title is a job title with how many enterprises use it.
type Title struct {
	Title       string
	Family      codebook.FamilyID
	Enterprises int
	Jobs        int
}

// Dependence says how far the survey rests on few partners.
type Dependence struct {
	Rows    []Concentration
	Without Rerun // the gap tables without the largest partner
}

// Concentration of one quantity over one kind of partner.
type Concentration struct {
	Of        string      // "visits", "hires" or "certification_demand"
	Over      string      // "enterprise", "industry" or "ecosystem"
	Units     int         // how many hold any of it
	Top       string      // code of the largest (industry, ecosystem); "" for enterprises
	TopShare  *float64    // 0–1; nil where it would show one enterprise's figure
	TopBand   string      // e.g. "10–15 %", where the share itself is withheld
	HHI       *float64    // 0–10,000
	Effective *float64    // effective number of partners, 10,000 / HHI
	Withheld  demand.Flag // why there is no share; Good where there is one
}

// Rerun is the ranking made again without some answers. Only ranks are shown: two tables
// that differ by one enterprise would give that enterprise's answers by subtraction.
type Rerun struct {
	What    codebook.Text // what was left out
	Left    int           // enterprises (or jobs) left out; 0 where withheld
	Rows    []RankChange
	Changed int // rows whose rank moved
	Verdict codebook.Text
}

// RankChange is a competency's rank by performance gap with and without.
type RankChange struct {
	Domain     demand.Domain
	Competency codebook.CompetencyID
	With       int
	Without    int
}

// Quality says what is known about the quality of the data.
type Quality struct {
	Strata        []StratumCoverage
	NonResponse   []NonResponse
	StraightLine  Rerun
	StraightShare demand.Figure // share of jobs whose ratings are all the same
	Reliability   []Reliability
	Leniency      Rerun
	LeniencyShare *float64 // share of rating variance that lies between faculty; nil where unknown
	Screened      []Screened
}

// Screened is how many visits one rule of the screening for haste and copying asks about. It offers
// a question, never a verdict; nothing is left out because of it.
type Screened struct {
	Rule        codebook.RuleID
	Visits      int // 0 where withheld
	Enterprises int // 0 where withheld
	Of          int // visits looked at
	Flag        demand.Flag
}

// StratumCoverage is how much of a stratum was visited.
type StratumCoverage struct {
	Industry   string
	Size       string
	Population int
	Visited    int // 0 where withheld
	Share      *float64
	Flag       demand.Flag
}

// NonResponse is the share of jobs that gave no answer to an item.
type NonResponse struct {
	Item       string                // a measure ("graduate_level") or a field ("planned_hires")
	Competency codebook.CompetencyID // "" for a field
	Share      float64
	Jobs       int // asked
}

// Reliability is the agreement between visits to the same enterprise.
type Reliability struct {
	Measure     demand.Measure
	Alpha       *float64 // Krippendorff's α, ordinal; nil where there is too little
	Enterprises int      // visited twice or more in a year, over all years; 0 where withheld
	Units       int      // things rated by two visits or more; 0 where withheld
	Reason      demand.Flag
}

// TextCheck sets what the free texts mention beside what was rated.
type TextCheck struct {
	Texts   int // jobs with a requirement text
	Matched int // of which mention a competency
	Rows    []TextRow
	Check   LexiconCheck // of the words, against a reader
}

// TextRow is one competency in the free texts.
type TextRow struct {
	Competency codebook.CompetencyID
	Mentions   demand.Figure // share of texts that mention it
	HighIf     demand.Figure // share rated R ≥ 4 where the text mentions it
	HighElse   demand.Figure // share rated R ≥ 4 where it does not
	LowIf      demand.Figure // share rated I or R ≤ 2 although the text mentions it
	Words      []Word        // what matched, most frequent first
}

// Word is a word of the lexicon with the enterprises whose texts hold it.
type Word struct {
	Word        string
	Enterprises int
}

// Benchmark is an outside view of the same competencies.
type Benchmark struct {
	Title       codebook.Text
	Attribution string
	Note        codebook.Text
	Occupations []Occupation
	Rows        []BenchmarkRow
}

// Occupation is one of the occupations behind a benchmark.
type Occupation struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
}

// BenchmarkRow is one competency in the benchmark, on our 1–5 scale.
type BenchmarkRow struct {
	Competency codebook.CompetencyID
	Elements   []string      // what it was mapped to
	Importance demand.Figure // Jobs holds the number of analysts' ratings
	Level      demand.Figure // 0–7 mapped to 1–5
	Suppressed int           // published values left out because their source advises it
}

// Verdict tests one decision against this year's figures.
type Verdict struct {
	Decision  curriculum.Decision
	Proposal  *curriculum.Proposal // nil where the decision names none
	From, To  int                  // years compared; 0 where there is nothing to compare
	Before    demand.Figure        // performance gap of the programme and competency
	After     demand.Figure
	Change    demand.Figure
	Same      demand.Figure // among the enterprises visited in both years
	Parts     Parts
	Required  demand.Figure // change of the required level over the same years
	Graduate  demand.Figure // change of the graduate level
	AdjustedP *float64      // of the change, adjusted over all decisions tested
	Taught    [2]float64    // level the curriculum leads to, before and after; 0: not taught
	TaughtOK  bool
	Domains   []DomainChange // where the gap moved beyond its error
	Result    Result
	Sentences []codebook.Text // the verdict, worded with care
}

// DomainChange is a part of the programme in which the gap moved.
type DomainChange struct {
	Domain demand.Domain
	Change demand.Figure
}

// Result of testing a decision.
type Result string

// The results.
const (
	Narrowed   Result = "narrowed"    // the gap is smaller, beyond error
	Widened    Result = "widened"     // the gap is larger, beyond error
	Unmoved    Result = "no_change"   // no movement beyond error
	TooEarly   Result = "too_early"   // no survey since it took effect
	Untestable Result = "untestable"  // figures withheld or missing
	NotAdopted Result = "not_adopted" // deferred or rejected: nothing to test
)

// LinkKind names a way in which the loop is broken.
type LinkKind string

// The broken links.
const (
	DemandedNotTaught    LinkKind = "demanded_not_taught"
	TaughtBelowDemand    LinkKind = "taught_below_demand"
	TaughtInElectiveOnly LinkKind = "taught_in_elective_only"
	TaughtNotCertified   LinkKind = "taught_not_certified"
	CertifiedNotDemanded LinkKind = "certified_not_demanded"
	NotExercised         LinkKind = "not_exercised"
	ModuleNotNeeded      LinkKind = "module_not_needed"
)

// BrokenLink is one break with the evidence for it.
type BrokenLink struct {
	Kind       LinkKind
	Competency codebook.CompetencyID // "" where it is not about one
	Module     curriculum.ModuleCode // "" where it is not about one
	Track      codebook.TrackID      // "" where it is not about one
	Level      codebook.LadderID
	Text       codebook.Text
	Figures    []string // addresses of the figures that show it
}

// House is a house of quality: demand weight × relation of module and competency.
type House struct {
	Competencies []codebook.CompetencyID
	Weights      []float64 // demand weight of each competency, summing to 1
	Modules      []ModuleScore
}

// ModuleScore is one row of a house of quality.
type ModuleScore struct {
	Module    curriculum.ModuleCode
	Relations []int // 0, 1, 3 or 9 per competency
	Score     float64
	Share     float64 // of all scores, 0–1
	Rank      int
}

// Plan is the set of changes that closes most weighted gap within a budget of hours.
type Plan struct {
	Budget  int // hours
	Used    int
	Steps   []Step
	Closed  float64 // weighted gap closed
	Open    float64 // weighted gap there was
	Left    []Remaining
	Unable  []codebook.CompetencyID // short, but no module of the programme teaches it: it needs a home first
	Costing codebook.Text           // how hours were reckoned
}

// Step raises what one module teaches of one competency.
type Step struct {
	Module     curriculum.ModuleCode
	Competency codebook.CompetencyID
	From, To   int
	Hours      int
	Closes     float64 // weighted gap
}

// Remaining is the coverage gap that a plan leaves.
type Remaining struct {
	Competency codebook.CompetencyID
	Gap        float64
}

// Sankey is the loop of one programme as a flow. The widths entering a node equal those
// leaving it, but for the first and last column.
type Sankey struct {
	Nodes  []Node
	Links  []Flow
	Unit   codebook.Text
	Merged int // families merged for confidentiality

	LeftOut []codebook.CompetencyID // not drawn for confidentiality: the hires are divided among the others
}

// Node of the loop: a family, competency, module or certification, or the place where it breaks.
type Node struct {
	ID     string // "family:security", "competency:…", "module:…", "certification:datacom/HCIP"
	Column int    // 0 … 3
	Name   codebook.Text
	Broken bool
}

// Flow between two nodes.
type Flow struct {
	From, To string
	Value    float64
	Broken   bool
}

// ProgrammeOutcomes are the outcomes of one programme as counts and rates with bases.
type ProgrammeOutcomes struct {
	Certificates []curriculum.CertificateOutcome
	Competitions []curriculum.CompetitionOutcome
	Graduates    []curriculum.GraduateOutcome
}
