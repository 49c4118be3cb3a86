package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

var jobCounts = weightedCounts(0, 12, 26, 28, 20, 14) // jobs a visit: 1 in 12 of 100 cases, 2 in 26 …

// weightedCounts weighs the numbers 0, 1, 2 …
func weightedCounts(weights ...int) weighted[int] {
	var w weighted[int]
	for n, weight := range weights {
		w.add(n, weight)
	}
	return w
}

// jobs invents the job roles of a visit, no title and programme twice.
func (v *inventing) jobs(partner bool, mess Mess) {
	n := jobCounts.pick(v.r)
	switch {
	case partner:
		n = 5
	case mess != Tidy:
		n = max(n, 2)
	}
	type role struct {
		title     string
		programme codebook.ProgrammeID
	}
	seen := make(map[role]bool)
	for try := 0; len(v.visit.Jobs) < n && try < 8*n; try++ {
		j := v.job(partner, v.stream(drawJob, v.Year, v.index, try))
		if r := (role{j.Title, j.Programme}); !seen[r] {
			seen[r] = true
			v.visit.Jobs = append(v.visit.Jobs, j)
		}
	}
}

func (v *inventing) job(partner bool, r *rand.Rand) survey.Job {
	p := v.visit.Programmes[0]
	if len(v.visit.Programmes) > 1 && chance(r, 35) {
		p = v.visit.Programmes[1]
	}
	family := v.model.families[p].pick(r)
	j := survey.Job{Family: family, Programme: p, Title: v.title(r, family)}
	v.openings(r, &j, partner)
	j.Education = v.known("education", educations.pick(r))
	j.Experience = survey.Have(experience(r, j.Title))
	v.salary(r, &j)
	j.Certificates = v.certificates(r, p, j.Title)
	j.Ratings = v.ratings(r, &j)
	if !chance(r, 12) {
		j.Requirement = v.requirement(r, j.Ratings)
	}
	return j
}

var educations = listed("associate", 50, "bachelor", 33, "vocational_bachelor", 9, "none", 5, "master", 3)

// title draws a job title: from postings, or from the codebook's own words for the family.
func (c *Campaign) title(r *rand.Rand, family codebook.FamilyID) string {
	if posted, ok := readPostings().of(family); ok {
		return posted.titles.pick(r)
	}
	item, ok := c.cb.Find("job_family", string(family))
	if !ok {
		return string(family)
	}
	words := []string{item.Name.ZH + "岗"}
	for _, a := range item.Aliases {
		if han(a) && !slices.Contains([]string{"其它"}, a) {
			words = append(words, a)
		}
	}
	prefix := []string{"", "", "初级", "高级"}[r.IntN(4)]
	return prefix + words[r.IntN(len(words))]
}

// openings draws how many hold the job and how many are sought.
func (v *inventing) openings(r *rand.Rand, j *survey.Job, partner bool) {
	span := map[string][2]int{"micro": {1, 3}, "small": {2, 8}, "medium": {4, 20}, "large": {10, 60}}[v.at.Size]
	if span == [2]int{} {
		span = [2]int{2, 10}
	}
	headcount := between(r, span[0], span[1])
	share := 0.08 + 0.3*r.Float64()
	if partner {
		headcount, share = between(r, 60, 120), 0.14+0.1*r.Float64()
	}
	growth := v.model.growth[j.Family]
	if growth == 0 {
		growth = 1
	}
	hires := float64(headcount) * share * math.Pow(growth, float64(v.Year-plotStart))
	j.Headcount = survey.Have(headcount)
	j.PlannedHires = survey.Have(int(math.Round(hires)))
	if chance(r, 4) {
		j.PlannedHires = survey.Answer[int]{}
	}
}

func experience(r *rand.Rand, title string) float64 {
	if senior(title) {
		return float64(between(r, 3, 8))
	}
	return float64(between(r, 0, 3))
}

// salary draws a range of the family, higher in large cities and a little every year; some
// enterprises keep it to themselves.
func (v *inventing) salary(r *rand.Rand, j *survey.Job) {
	posted, ok := readPostings().of(j.Family)
	if !ok {
		posted = &generic
	}
	low, high := posted.salary(r, j.Title)
	factor := 0.9 * math.Pow(1.03, float64(v.Year-plotStart))
	if v.at.Region == "440300" || v.at.Region == "110000" || v.at.Region == "310000" {
		factor *= 1.12
	}
	if chance(r, 4) {
		j.SalaryMin.Status, j.SalaryMax.Status = survey.Refused, survey.Refused
		return
	}
	j.SalaryMin = survey.Have(rounded(float64(low)*1000*factor, 500))
	j.SalaryMax = survey.Have(rounded(float64(high)*1000*factor, 500))
}

// rounded rounds to a multiple of step, at least one step.
func rounded(x float64, step int) int {
	return max(int(math.Round(x/float64(step))), 1) * step
}

// certificates draws what the job asks for, on the tracks of its programme.
func (c *Campaign) certificates(r *rand.Rand, p codebook.ProgrammeID, title string) []survey.Certificate {
	programme, _ := c.cb.Programme(p)
	if len(programme.Tracks) == 0 || len(c.cb.Ladder) == 0 || !chance(r, 38) {
		return nil
	}
	var out []survey.Certificate
	for k, t := range programme.Tracks {
		if k == 0 && chance(r, 65) || k > 0 && len(out) == 0 {
			out = append(out, survey.Certificate{Track: t, Level: c.rung(r, title)})
		}
	}
	return out
}

// rung draws a certification level: lower ones more often, seniors one higher.
func (c *Campaign) rung(r *rand.Rand, title string) codebook.LadderID {
	n := 0
	for n < len(c.cb.Ladder)-1 && chance(r, 42-18*float64(n)) {
		n++
	}
	if senior(title) {
		n = min(n+1, len(c.cb.Ladder)-1)
	}
	return codebook.LadderID(c.cb.Ladder[n].Code)
}

// ratings draws the three measures of every competency from the model.
func (v *inventing) ratings(r *rand.Rand, j *survey.Job) []survey.Rating {
	out := make([]survey.Rating, len(v.model.competencies))
	for c, comp := range v.model.competencies {
		required := v.model.requiredMean(j.Family, c, v.Year) + v.at.required + v.at.byCompetency[c] + normal(r, 0.42)
		importance := v.model.importance[j.Family][c] + v.at.importance + 0.3*v.at.byCompetency[c] + normal(r, 0.45)
		graduate := v.model.graduateMean(j.Programme, c, v.Year) + v.at.lenient + normal(r, 0.42)
		out[c] = survey.Rating{
			Competency: comp.Code,
			Importance: survey.Have(level(importance)),
			Required:   survey.Have(level(required)),
			Graduate:   v.graduate(r, graduate),
		}
		if v.lazy {
			out[c].Importance = survey.Have(5)
		}
	}
	return out
}

// graduate is missing where the enterprise has none of the college's graduates, and now and then
// elsewhere: about six of a hundred in all.
func (v *inventing) graduate(r *rand.Rand, latent float64) survey.Answer[int] {
	u := r.Float64()
	switch {
	case v.at.noGraduates || u < 0.017:
		return survey.Answer[int]{}
	case u < 0.034:
		return survey.Answer[int]{Status: survey.Unknown}
	}
	return survey.Have(level(latent))
}

// requirement words what the job asks: two or three competencies it demands most, in words of the
// codebook's lexicon.
func (v *inventing) requirement(r *rand.Rand, ratings []survey.Rating) string {
	order := make([]int, len(ratings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return ratings[b].Required.Value - ratings[a].Required.Value })
	if chance(r, 15) { // what is written and what is rated do not always agree
		order[0], order[len(order)-1] = order[len(order)-1], order[0]
	}
	var words []string
	for _, i := range order[:min(3, len(order))] {
		words = append(words, v.model.word(r, ratings[i].Competency))
	}
	form := requirementForms[r.IntN(len(requirementForms))]
	return fmt.Sprintf(form, words[0], words[1], words[2])
}

// Each form takes three nouns.
var requirementForms = []string{
	"能独立承担%s相关工作，熟悉%s，对%s有实际经验者优先。",
	"主要工作涉及%s和%s；要求了解%s。",
	"看重%s方面的表现，入职三个月内能接手%s，并配合同事完成%s。",
	"要求：一、%s；二、%s；三、%s。",
	"日常以%s为主，兼顾%s，需要时参与%s。",
	"新人先从%s做起，半年后负责%s，%s由老员工带教。",
}

// word draws a Chinese word by which texts speak of a competency, its name where there is none.
func (m *model) word(r *rand.Rand, id codebook.CompetencyID) string {
	if words := m.words[id]; len(words) > 0 {
		return words[r.IntN(len(words))]
	}
	return m.cb.Name("competencies", string(id)).ZH
}

// chineseWords are the lexicon's words that a Chinese sentence can take.
func chineseWords(cb *codebook.Codebook) map[codebook.CompetencyID][]string {
	out := make(map[codebook.CompetencyID][]string)
	for _, e := range cb.Lexicon {
		for _, w := range e.Words {
			if han(w) {
				out[e.Competency] = append(out[e.Competency], w)
			}
		}
	}
	return out
}

// han reports whether a word is written in Chinese characters only.
func han(word string) bool {
	for _, r := range word {
		if r < 0x4E00 || r > 0x9FFF {
			return false
		}
	}
	return word != ""
}
