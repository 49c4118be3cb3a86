package demand

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Base says what a job counts for: a_j.
type Base string

// The bases. A job whose planned hires (or headcount) were not given has no place in a figure
// with that base: missing is never zero, and no number is invented for it. A job that plans
// no hires weighs nothing. The share of jobs left out so is shown with the base.
const (
	BaseAuto      Base = ""          // hires if most jobs give them, else headcount, else one
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
