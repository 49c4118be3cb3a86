package sample

import (
	"math/rand/v2"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// inventing is one visit on its way.
type inventing struct {
	*Campaign
	r     *rand.Rand
	index int
	at    enterprise
	by    member
	visit survey.Visit
	lazy  bool // everything is rated most important: what screening should notice
}

// invent makes the i-th visit. A messy one gets the jobs its mess needs.
func (c *Campaign) invent(i int, mess Mess) survey.Visit {
	number := c.enterpriseOf(i)
	v := &inventing{
		Campaign: c,
		r:        c.stream(drawVisit, c.Year, i),
		index:    i,
		at:       c.enterprise(number),
		by:       c.member(c.facultyOf(i)),
		lazy:     i%41 == 17,
	}
	v.circumstances()
	v.answers(number == dominantPartner)
	v.jobs(number == dominantPartner, mess)
	v.visit.Trends = v.trends()
	v.visit.Suggestions = v.suggestions()
	return v.visit
}

// circumstances say who went when and how.
func (v *inventing) circumstances() {
	v.visit.College = v.cb.College
	v.visit.Year = v.Year
	v.visit.Day = v.day()
	v.visit.Mode = v.known("visit_mode", modes.pick(v.r))
	v.visit.Faculty = v.by.Faculty
	v.visit.CoVisitors = v.coVisitors()
	v.visit.Programmes = v.programmes()
	v.visit.Enterprise = v.at.Enterprise
	if chance(v.r, 3) {
		v.visit.Enterprise.Employees = survey.Answer[int]{Status: survey.Unknown}
	}
}

var modes = listed("on_site", 74, "online", 18, "telephone", 8)

// day spreads the visits of one member of faculty over the weekdays from March to June.
func (v *inventing) day() survey.Day {
	const weekdays = 85
	turn := v.index / v.faculty
	n := (int(mix(uint64(v.facultyOf(v.index))+v.Seed)%weekdays) + turn*37) % weekdays
	day := time.Date(v.Year, time.March, 1, 0, 0, 0, 0, time.UTC)
	for ; ; day = day.AddDate(0, 0, 1) {
		if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
			continue
		}
		if n == 0 {
			return survey.Day(day.Format(time.DateOnly))
		}
		n--
	}
}

func (v *inventing) coVisitors() []string {
	if v.faculty < 3 || !chance(v.r, 30) {
		return nil
	}
	other := (v.facultyOf(v.index) + 1 + v.r.IntN(v.faculty-1)) % v.faculty
	return []string{v.member(other).ID}
}

// programmes are the visitor's own and, now and then, a second one.
func (v *inventing) programmes() []codebook.ProgrammeID {
	out := []codebook.ProgrammeID{v.by.programme}
	if second := v.model.shares.pick(v.r); second != out[0] && chance(v.r, 55) {
		out = append(out, second)
	}
	return out
}

// answers are what the enterprise tells about itself and the college's graduates.
func (v *inventing) answers(partner bool) {
	roles := v.cb.Items("interviewee_role")
	if len(roles) > 0 {
		v.visit.IntervieweeRole = roles[v.r.IntN(len(roles))].Name.ZH
	}
	v.visit.Partnership = v.partnership(partner)
	v.visit.GraduatesHired = v.graduatesHired(partner)
	if !v.at.noGraduates && !chance(v.r, 4) {
		v.visit.Satisfaction = survey.Have(level(3.7 + v.at.lenient + normal(v.r, 0.6)))
	}
}

func (v *inventing) partnership(partner bool) []string {
	if partner {
		return v.codes("partnership", "industry_college", "order_class", "internship")
	}
	kind := partnerships.pick(v.r)
	if kind == "internship" && chance(v.r, 25) {
		return v.codes("partnership", kind, "co_development")
	}
	return v.codes("partnership", kind)
}

var partnerships = listed("none", 42, "internship", 30, "order_class", 9, "joint_laboratory", 7, "apprenticeship", 5, "co_development", 4, "research", 3)

// codes keeps those of the codes that the vocabulary has.
func (c *Campaign) codes(vocabulary string, codes ...string) []string {
	var out []string
	for _, code := range codes {
		if it, ok := c.cb.Find(vocabulary, code); ok {
			out = append(out, it.Code)
		}
	}
	return out
}

func (v *inventing) graduatesHired(partner bool) survey.Answer[int] {
	switch {
	case partner:
		return survey.Have(between(v.r, 60, 110))
	case v.at.noGraduates:
		return survey.Have(0)
	case chance(v.r, 5):
		return survey.Answer[int]{Status: survey.Unknown}
	}
	most := map[string]int{"micro": 2, "small": 6, "medium": 14, "large": 40}[v.at.Size]
	return survey.Have(between(v.r, 1, max(min(most, v.at.Employees.Value), 1)))
}
