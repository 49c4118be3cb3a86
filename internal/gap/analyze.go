package gap

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// ErrNoSample says that the inputs do not hold the year that was asked for.
var ErrNoSample = errors.New("gap: no sample of that year")

// Analyze computes everything a report on one year needs. The error is ErrNoSample, or names
// a sample that does not fit the codebook.
func Analyze(cb *codebook.Codebook, in Inputs) (*Analysis, error) {
	if in.Samples[in.Year] == nil {
		return nil, fmt.Errorf("%w: %d", ErrNoSample, in.Year)
	}
	for y, s := range in.Samples {
		if s != nil && !slices.Equal(s.Competencies, in.Samples[in.Year].Competencies) {
			return nil, fmt.Errorf("gap: the sample of %d has other competencies than that of %d", y, in.Year)
		}
	}
	r := newRun(cb, in)
	r.compareYears()
	return r.analysis(), nil
}

func (r *run) analysis() *Analysis {
	a := &Analysis{
		Year: r.in.Year, College: r.cb.College, Invented: r.in.Invented,
		Codebook: CodebookRef{r.cb.ID, r.cb.Version, r.cb.Title},
		Base:     r.in.Base, K: r.in.K, Replicates: max(0, r.in.Replicates), Seed: r.in.Seed,
		Facts: r.facts(), Competencies: r.sample.Competencies, Cells: r.table.Cells(),
		Priority: r.priority(), Change: r.change(), Past: r.past(), Technologies: r.technologies(), Titles: r.newTitles(),
		Dependence: r.dependence(), Quality: r.quality(), Texts: r.texts(), Benchmark: r.benchmark(),
		Verdicts: r.verdicts(), Methods: MethodTexts(), Notes: r.notes(),
	}
	for _, d := range r.table.Domains {
		a.Openings = append(a.Openings, demand.Cell{Domain: d, Measure: demand.Openings, Figure: r.table.Figure(d, "", demand.Openings)})
	}
	if r.in.Register != nil {
		a.Open = r.in.Register.Open()
	}
	a.BaseText, a.WeightText = r.baseText(a.Facts), weightText(a.Facts)
	gaps := r.domainGaps()
	a.Overall = gaps[0]
	for i, p := range r.cb.Programmes {
		a.Programmes = append(a.Programmes, r.programme(p.Code, gaps[i+1], a.Verdicts))
	}
	a.Modules = r.allModules(a.Programmes)
	return a
}

func (r *run) programme(id codebook.ProgrammeID, g DomainGap, verdicts []Verdict) ProgrammeGap {
	p := ProgrammeGap{Programme: id, DomainGap: g}
	p.Links = r.links(&p.DomainGap)
	p.House, p.Plan, p.Loop = r.house(&p.DomainGap), r.plan(&p.DomainGap), r.sankey(g.Domain)
	p.Headline, p.Findings = r.headline(&p.DomainGap), r.findings(&p.DomainGap, p.Links)
	p.Outcomes = r.outcomesOf(id)
	p.Verdicts = filter(verdicts, func(v Verdict) bool { return v.Decision.Programme == id })
	return p
}

// JSON is the stable form of an analysis that other programs rely on: the year, the base,
// every cell and the priority families, and which competencies an earlier year asked otherwise. The same
// inputs give the same bytes.
func (a *Analysis) JSON() ([]byte, error) {
	return json.Marshal(struct {
		Year     int           `json:"year"`
		Base     demand.Base   `json:"base"`
		Cells    []demand.Cell `json:"cells"`
		Priority []Priority    `json:"priority"`

		AskedOtherwise []codebook.Past `json:"asked_otherwise,omitempty"`
	}{a.Year, a.Base, nonNil(a.Cells), nonNil(a.Priority), a.Change.Past})
}

// nonNil writes an empty list as [] rather than null.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
