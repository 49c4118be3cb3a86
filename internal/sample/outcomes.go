package sample

import (
	"math"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Outcomes invents what came of the cohort that the year's survey is about.
func (c *Campaign) Outcomes() *curriculum.Outcomes {
	o := &curriculum.Outcomes{College: c.cb.College}
	for place, p := range c.cb.Programmes {
		o.Certificates = append(o.Certificates, c.certificateOutcomes(place, p)...)
		o.Competitions = append(o.Competitions, c.competitionOutcomes(place, p)...)
		o.Graduates = append(o.Graduates, c.graduateOutcome(place, p))
	}
	return o
}

// cohort is how many graduate from a programme this year: slowly growing.
func (c *Campaign) cohort(p codebook.ProgrammeID) int {
	return int(math.Round(float64(c.model.cohorts[p]) * math.Pow(1.03, float64(c.Year-plotStart))))
}

// certificateOutcomes has fewer candidates and fewer passes at every rung; after the plot's decision
// its programme passes the middle rung more often.
func (c *Campaign) certificateOutcomes(place int, p codebook.Programme) []curriculum.CertificateOutcome {
	var out []curriculum.CertificateOutcome
	for k, t := range p.Tracks {
		for rung, l := range c.cb.Ladder {
			r := c.stream(drawOutcome, c.Year, place, k, rung)
			sits := 0.5 * math.Pow(0.34, float64(rung)) / float64(k+1)
			passes := 0.78 - 0.17*float64(rung) + 0.06*(r.Float64()-0.5)
			if rung == 1 && p.Code == c.model.plot.Programme && c.Year >= mendedYear {
				passes += 0.11
			}
			candidates := int(math.Round(float64(c.cohort(p.Code)) * sits * (0.95 + 0.1*r.Float64())))
			if candidates == 0 {
				continue
			}
			out = append(out, curriculum.CertificateOutcome{
				Programme: p.Code, Track: t, Level: codebook.LadderID(l.Code), Cohort: strconv.Itoa(c.Year - 3), Year: c.Year,
				Candidates: survey.Have(candidates), Earned: int(math.Round(float64(candidates) * passes)),
			})
		}
	}
	return out
}

// competitionOutcomes awards the contests that the programme's modules exercise.
func (c *Campaign) competitionOutcomes(place int, p codebook.Programme) []curriculum.CompetitionOutcome {
	var out []curriculum.CompetitionOutcome
	seen := make(map[string]bool)
	for _, m := range c.modules(p.Code) {
		for _, x := range m.Exercises {
			if seen[x.Name+x.Track] {
				continue
			}
			seen[x.Name+x.Track] = true
			r := c.stream(drawOutcome, c.Year, place, 100+len(out))
			out = append(out, curriculum.CompetitionOutcome{
				Programme: p.Code, Competition: x.Name, Track: x.Track, Year: c.Year,
				Stage: c.known("competition_stage", stages.pick(r)), Award: c.known("award", awards.pick(r)), Teams: between(r, 1, 3),
			})
		}
	}
	return out
}

var (
	stages = listed("provincial", 55, "national", 30, "regional", 15)
	awards = listed("first", 22, "second", 40, "third", 38)
)

func (c *Campaign) graduateOutcome(place int, p codebook.Programme) curriculum.GraduateOutcome {
	r := c.stream(drawOutcome, c.Year, place)
	n := c.cohort(p.Code)
	employed := int(float64(n) * (0.92 + 0.05*r.Float64()))
	related := int(float64(employed) * (0.6 + 0.14*r.Float64()))
	salary := 5000 + 220*float64(c.Year-plotStart) + 900*r.Float64()
	return curriculum.GraduateOutcome{
		Programme: p.Code, Year: c.Year, Graduates: n,
		Employed: survey.Have(employed), Related: survey.Have(related), StartingSalary: survey.Have(rounded(salary, 50)),
	}
}
