package gap

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
)

// house builds the house of quality of a programme (Hauser & Clausing 1988). The demand weight
// of a competency is its mean importance times the improvement asked for, required level ÷
// taught level (a level below 1 counts as 1); a module scores the sum of weight × relation.
func (r *run) house(g *DomainGap) House {
	m := r.curriculum()
	if m == nil {
		return House{}
	}
	var h House
	var sum float64
	for i := range g.Rows {
		row := &g.Rows[i]
		w := 0.0
		if row.Importance.Shown() && row.Required.Shown() && row.Coverage.Known {
			w = row.Importance.Estimate * row.Required.Estimate / max(1, row.Coverage.Taught)
		}
		h.Competencies, h.Weights = append(h.Competencies, row.Competency), append(h.Weights, w)
		sum += w
	}
	if sum == 0 {
		return House{}
	}
	for i := range h.Weights {
		h.Weights[i] /= sum
	}
	for _, mod := range m.Of(g.Domain.Programme) {
		h.Modules = append(h.Modules, moduleScore(mod, h.Competencies, h.Weights))
	}
	rankModules(h.Modules)
	return h
}

func moduleScore(m *curriculum.Module, competencies []codebook.CompetencyID, weights []float64) ModuleScore {
	s := ModuleScore{Module: m.Code, Relations: make([]int, len(competencies))}
	for _, t := range m.Teaches {
		if i := slices.Index(competencies, t.Competency); i >= 0 {
			s.Relations[i] = t.Strength()
			s.Score += weights[i] * float64(t.Strength())
		}
	}
	return s
}

// rankModules ranks by score, keeping the modules in their order, and gives each its share.
func rankModules(modules []ModuleScore) {
	scores := make([]float64, len(modules))
	var sum float64
	for i, m := range modules {
		scores[i] = m.Score
		sum += m.Score
	}
	for i, place := range Places(scores) {
		modules[i].Rank = place
		if sum > 0 {
			modules[i].Share = modules[i].Score / sum
		}
	}
}

// allModules ranks the modules over all programmes, each programme counting by its openings.
func (r *run) allModules(programmes []ProgrammeGap) []ModuleScore {
	m := r.curriculum()
	if m == nil {
		return nil
	}
	at := make(map[curriculum.ModuleCode]int)
	var out []ModuleScore
	for i := range m.Modules {
		at[m.Modules[i].Code] = len(out)
		out = append(out, moduleScore(&m.Modules[i], r.sample.Competencies, make([]float64, len(r.sample.Competencies))))
	}
	for _, p := range programmes {
		if !p.Openings.Shown() {
			continue
		}
		for _, s := range p.House.Modules {
			out[at[s.Module]].Score += s.Score * p.Openings.Estimate
		}
	}
	out = slices.DeleteFunc(out, func(s ModuleScore) bool { return s.Score == 0 })
	rankModules(out)
	slices.SortStableFunc(out, func(a, b ModuleScore) int { return cmp.Compare(a.Rank, b.Rank) })
	return out
}
