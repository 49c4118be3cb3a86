package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Status says whether an answer was given and, if not, why. Missing is never zero.
type Status uint8

const (
	Blank         Status = iota // nothing in the cell
	Given                       // a value was given
	Unknown                     // 不清楚, /: asked, not known
	NotApplicable               // 不适用, 无
	Refused                     // 拒绝回答, 保密
)

// Answer is a value that may be missing. The zero Answer is Blank.
type Answer[T any] struct {
	Value  T
	Status Status
}

// Have wraps a given value.
func Have[T any](v T) Answer[T] { return Answer[T]{Value: v, Status: Given} }

// Known reports whether a value was given.
func (a Answer[T]) Known() bool { return a.Status == Given }

// Day is a calendar day as 2006-01-02, free of time zones; "" is no day.
type Day string

// VisitKey names a visit: the same faculty member at the same enterprise on the same day of one
// year. A later submission with the same key supersedes the earlier one.
type VisitKey struct {
	College    string
	Year       int
	Faculty    string // staff number
	Enterprise string // EnterpriseKey
	Day        Day
}

// Visit is one enterprise visited once, validated.
type Visit struct {
	College    string
	Year       int
	Day        Day
	Mode       string // code of vocabulary visit_mode
	Faculty    Faculty
	CoVisitors []string // staff numbers
	Programmes []codebook.ProgrammeID
	Enterprise Enterprise

	Partnership     []string // codes of vocabulary partnership
	IntervieweeRole string   // a role, never a name
	GraduatesHired  Answer[int]
	Satisfaction    Answer[int] // 1–5

	Jobs        []Job
	Trends      []Trend
	Suggestions []Suggestion

	Sheet   string                   // sheet that holds the visit's own fields
	Cells   map[codebook.FieldID]Ref // where each of the visit's own fields stands
	Changes []Change                 // every normalisation that was made, in reading order
}

// Faculty is the teacher who made the visit.
type Faculty struct {
	ID         string // staff number
	Name       string
	Department string
}

// Enterprise is the establishment surveyed, the primary sampling unit.
type Enterprise struct {
	Name       string // legal full name as written
	USCC       string // unified social credit code, "" where not given
	Industry   string // GB/T 4754-2017 section letter
	Division   string // two-digit division, "" where only the section was given
	Size       string // code of vocabulary enterprise_size
	Ownership  string // code of vocabulary ownership, "" where not given
	Region     string // GB/T 2260 code: province (2 digits + 0000) or city
	Employees  Answer[int]
	Ecosystems []string // codes of vocabulary ecosystem
}

// Job is one job role in the enterprise visited.
type Job struct {
	Title         string
	Family        codebook.FamilyID
	Programme     codebook.ProgrammeID
	Headcount     Answer[int]
	PlannedHires  Answer[int]
	Education     string          // code of vocabulary education, "" where not given
	Experience    Answer[float64] // years
	SalaryMin     Answer[int]     // yuan per month
	SalaryMax     Answer[int]     // yuan per month
	Certificates  []Certificate
	Ratings       []Rating // one per competency of the codebook, in its order
	Requirement   string   // free text: what the job really asks
	Sheet         string
	Row           int // physical row
	RequirementAt Ref
}

// Certificate is a rung on a track, e.g. data communication HCIP.
type Certificate struct {
	Track codebook.TrackID
	Level codebook.LadderID // "" where only the track was named
}

// Rating is what one job says about one competency. Each measure is 1–5 or missing.
type Rating struct {
	Competency codebook.CompetencyID
	Importance Answer[int]
	Required   Answer[int]
	Graduate   Answer[int]
	// Columns of the three measures on the job's sheet, 0 where the sheet has none.
	ImportanceCol, RequiredCol, GraduateCol int
}

// Trend is a technology the enterprise sees rising or falling.
type Trend struct {
	Technology string
	Direction  string // code of vocabulary direction
	Horizon    string // code of vocabulary horizon, "" where not given
	Effect     string
	At         Ref
}

// Suggestion is what the enterprise would change in the curriculum.
type Suggestion struct {
	Module string
	Kind   string // code of vocabulary suggestion_kind
	Text   string
	At     Ref
}

// Change is one normalisation: the text as handed in and the value it was read as.
type Change struct {
	At    Ref
	Field codebook.FieldID
	Raw   string
	Value string
	How   string // e.g. "full_width", "salary_range", "text_date", "missing_word", "alias"
}
