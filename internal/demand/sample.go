package demand

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Unasked marks a count or an amount that was not given. Missing is never zero.
const Unasked = -1

// Sample is one year's accepted visits as columns in memory. The store fills it: enterprises in
// ascending order of Key, visits in the order of enterprise, day and faculty, jobs in the order of
// their visit and row, so that the same content gives the same bytes in the end, whatever was
// handed in first.
type Sample struct {
	Year         int
	Competencies []codebook.CompetencyID // the columns of Jobs.Ratings, in codebook order
	Enterprises  []Enterprise
	Visits       []Visit
	Jobs         Jobs
	Trends       []Trend
	Suggestions  []Suggestion
	Strata       []Stratum   // set by ApplyFrame; empty without a frame
	Frame        []FrameCell // the frame's cells as the roster has them, set by ApplyFrame
	Raked        bool        // the weights were fitted to the frame's margins, by Rake
}

// Enterprise is one primary sampling unit.
type Enterprise struct {
	Key        string   // stable across years and visits: identity, never shown
	Display    string   // pseudonym that may be shown, e.g. "E0012"; "" where there is none
	Industry   string   // GB/T 4754 section letter
	Division   string   // two digits, "" where not given
	Size       string   // code of vocabulary enterprise_size
	Region     string   // province code, GB/T 2260 ("320000")
	Ownership  string   // code of vocabulary ownership, "" where not given
	Ecosystems []string // codes of vocabulary ecosystem
	Stratum    int32    // index into Sample.Strata; -1 where the frame does not hold it
	Weight     float64  // design weight; 0 is read as 1
}

// Visit is one accepted visit.
type Visit struct {
	ID             int64 // store row
	Enterprise     int32 // index into Sample.Enterprises
	Faculty        string
	Day            survey.Day
	Programmes     []codebook.ProgrammeID
	GraduatesHired int32 // Unasked where not given
	Satisfaction   uint8 // 1–5, 0 where not given
}

// The measures a job is rated on: the second index of Jobs.Ratings.
const (
	Importance = iota
	Required
	Graduate
	Measures // how many there are
)

// Jobs are the job roles as columns of equal length.
type Jobs struct {
	ID           []int64 // store row, the way back to file, sheet and cell
	Enterprise   []int32 // index into Sample.Enterprises
	Visit        []int32 // index into Sample.Visits
	Programme    []codebook.ProgrammeID
	Family       []codebook.FamilyID
	Title        []string
	Headcount    []int32                // Unasked where not given
	Hires        []int32                // planned hires, Unasked where not given
	SalaryMin    []int32                // yuan per month, Unasked where not given
	SalaryMax    []int32                // yuan per month, Unasked where not given
	Education    []string               // code of vocabulary education, "" where not given
	Certificates [][]survey.Certificate // certificates the job asks for
	Requirement  []string               // free text, "" where not given
	Ratings      [][Measures][]uint8    // [competency][measure][job]: 1–5, 0 where missing
}

// Len is the number of jobs.
func (j *Jobs) Len() int { return len(j.Enterprise) }

// Trend is a technology that an enterprise sees rising, steady or falling.
type Trend struct {
	Enterprise int32
	Visit      int32
	Technology string
	Direction  string // code of vocabulary direction: rising, steady, falling
	Horizon    string
}

// Suggestion is what an enterprise or a visitor would change in the curriculum.
type Suggestion struct {
	ID         int64 // store row
	Enterprise int32
	Visit      int32
	Programmes []codebook.ProgrammeID // of its visit
	Module     string
	Kind       string // code of vocabulary suggestion_kind
	Text       string
}

// Stratum is what variances are computed within: one cell of the frame (industry × size), or
// several that were merged.
type Stratum struct {
	Key        string // "I/large", or "I/large+I/medium" where cells were merged
	Industry   string // of its first cell
	Size       string // of its first cell
	Population int    // N_h: enterprises in the frame; 0 where unknown
	Visited    int    // n_h: enterprises visited
}
