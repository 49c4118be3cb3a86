package demand

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Base says what a job counts for: a_j.
type Base string

// The bases. A job whose planned hires (or headcount) were not given has no place in a figure
// with that base: missing is never zero, and no number is invented for it. A job that plans
// no hires weighs nothing. The share of jobs left out so is shown with the base.
const (
	BaseAuto      Base = ""          // see ChooseBase
	BaseHires     Base = "hires"     // planned hires
	BaseHeadcount Base = "headcount" // people in the job now
	BaseOne       Base = "one"       // every job once
)

// ParseBase reads a base; "" is BaseAuto.
func ParseBase(s string) (Base, bool) {
	switch b := Base(s); b {
	case BaseAuto, BaseHires, BaseHeadcount, BaseOne:
		return b, true
	}
	return "", false
}

// Text says in a sentence what a job counts for.
func (b Base) Text() codebook.Text {
	switch b {
	case BaseHeadcount:
		return codebook.Text{ZH: "每个岗位按现有人数计", EN: "each job counts by the people who hold it now"}
	case BaseOne:
		return codebook.Text{ZH: "每个岗位计一次", EN: "each job counts once"}
	}
	return codebook.Text{ZH: "每个岗位按计划招聘人数计", EN: "each job counts by its planned hires"}
}

// ChooseBase picks the first base by which at least half of the jobs count for something:
// planned hires, else headcount, else one.
func (s *Sample) ChooseBase() Base {
	for _, b := range [2]Base{BaseHires, BaseHeadcount} {
		counted := 0
		for _, a := range s.amounts(b) {
			if a > 0 {
				counted++
			}
		}
		if counted > 0 && 2*counted >= s.Jobs.Len() {
			return b
		}
	}
	return BaseOne
}

// amounts gives a_j for every job; 0 where the job has no place in the base.
func (s *Sample) amounts(b Base) []int32 {
	out := make([]int32, s.Jobs.Len())
	column := s.Jobs.Hires
	switch b {
	case BaseOne:
		for j := range out {
			out[j] = 1
		}
		return out
	case BaseHeadcount:
		column = s.Jobs.Headcount
	}
	perEnterprise := make([]int64, len(s.Enterprises))
	for _, e := range s.Jobs.Enterprise {
		perEnterprise[e]++
	}
	for j, v := range column {
		if plausible(v, perEnterprise[s.Jobs.Enterprise[j]]) {
			out[j] = max(v, 0)
		}
	}
	return out
}

// plausible keeps the sums of an enterprise within whole numbers of 31 bits: five points times
// the people of all its jobs. What lies beyond (a job with millions of hires) is a slip of the
// pen and has no place in a base.
func plausible(v int32, jobs int64) bool { return int64(v)*jobs*5 < 1<<31 }

// MissingBase is the share of the jobs of a domain that do not give the base, 0–1.
func (s *Sample) MissingBase(b Base, d Domain) float64 {
	column := s.Jobs.Hires
	switch b {
	case BaseOne:
		return 0
	case BaseHeadcount:
		column = s.Jobs.Headcount
	}
	missing, jobs := 0, 0
	for j, v := range column {
		if !d.Holds(s, j) {
			continue
		}
		jobs++
		if v < 0 {
			missing++
		}
	}
	return float64(missing) / float64(max(1, jobs))
}
