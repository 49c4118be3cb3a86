package demand

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Contribution is one job behind a figure. It shows single answers: only for those who may see
// them.
type Contribution struct {
	Job        int     // index into the sample's jobs; Jobs.ID leads to file, sheet and cell
	Weight     float64 // w·a: what the job counts for
	Importance uint8   // 1–5, 0 where missing
	Required   uint8
	Graduate   uint8
	Amount     float64 // hires or yuan, where the figure is about no competency
}

// Contributions lists the jobs that a figure rests on, those that count most first. It is
// empty for a domain, competency or measure that does not exist.
func (v *View) Contributions(d Domain, competency codebook.CompetencyID, m Measure) []Contribution {
	c := slices.Index(v.Sample.Competencies, competency)
	q := quantity(slices.Index(measureOf[:], m))
	if _, known := v.place[d]; !known || c < 0 || q >= quantities {
		return nil
	}
	rated, taught := &v.Sample.Jobs.Ratings[c], v.opt.Taught
	var out []Contribution
	for j := range v.amount {
		x := Contribution{j, v.Weight(j), rated[Importance][j], rated[Required][j], rated[Graduate][j], 0}
		if x.Weight > 0 && d.Holds(v.Sample, j) && x.gives(restsOn[q]) {
			if restsOn[q] == onReference && !v.hasReference(taught, j, competency) {
				continue
			}
			out = append(out, x)
		}
	}
	return heaviestFirst(out)
}

// HireContributions lists the jobs behind the openings of a domain: those that plan hires, each
// with the weighted number it adds.
func (v *View) HireContributions(d Domain) []Contribution {
	var out []Contribution
	for j, h := range v.Sample.amounts(BaseHires) {
		if h > 0 && d.Holds(v.Sample, j) {
			w := v.EnterpriseWeight(int(v.Sample.Jobs.Enterprise[j]))
			out = append(out, Contribution{Job: j, Weight: w * float64(h), Amount: float64(h)})
		}
	}
	return heaviestFirst(out)
}

func heaviestFirst(list []Contribution) []Contribution {
	slices.SortStableFunc(list, func(a, b Contribution) int { return cmp.Compare(b.Weight, a.Weight) })
	return list
}

// gives reports whether the job gives the answers a base asks for.
func (x Contribution) gives(base int) bool {
	switch base {
	case onImportance:
		return x.Importance > 0
	case onGraduate:
		return x.Graduate > 0
	case onPairs:
		return x.Required > 0 && x.Graduate > 0
	}
	return x.Required > 0
}

func (v *View) hasReference(taught func(codebook.ProgrammeID, codebook.CompetencyID) (int, bool), j int, c codebook.CompetencyID) bool {
	if taught == nil {
		return false
	}
	_, known := taught(v.Sample.Jobs.Programme[j], c)
	return known
}
