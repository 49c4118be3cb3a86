package gap

import (
	"fmt"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Trace leads from one figure back to the jobs that demand it and forward along the loop to
// modules, competitions, certificates, outcomes and decisions.
type Trace struct {
	Address Address
	Figure  demand.Figure // as published
	Measure MeasureText
	Base    codebook.Text
	Weight  codebook.Text

	// Jobs are the single answers behind the figure, those that count most first: only for
	// those who may see them. Whoever may not is shown Figure's counts.
	Jobs   []demand.Contribution
	Visits int // that these jobs come from; 0 where the figure is withheld for disclosure

	Modules   []ModuleTrace // of the domain's programme (of all, where it names none) that teach the competency
	Outcomes  ProgrammeOutcomes
	Proposals []curriculum.Proposal
	Decisions []curriculum.Decision
}

// ModuleTrace is a module on the way of a figure, with what it leads to.
type ModuleTrace struct {
	Module       curriculum.ModuleCode
	Name         codebook.Text
	Category     string
	Level        int
	Certificates []curriculum.Certification
	Competitions []curriculum.Competition
}

// MeasureText explains a measure.
type MeasureText struct {
	Measure demand.Measure
	Name    codebook.Text
	Formula string
	Source  string
}

// MeasureTexts explains every measure, in the order of demand.MeasureOrder.
func MeasureTexts() []MeasureText {
	const ratio = "ratio estimator; error by Taylor linearisation with strata, clusters and finite-population correction (Särndal, Swensson & Wretman 1992; Lumley 2010)"
	return []MeasureText{
		{demand.MeanImportance, say("重要程度", "Importance"), "Σ w·a·I ÷ Σ w·a", ratio},
		{demand.MeanRequired, say("要求水平", "Required level"), "Σ w·a·R ÷ Σ w·a", ratio},
		{demand.MeanGraduate, say("毕业生水平", "Graduate level"), "Σ w·a·O ÷ Σ w·a", ratio},
		{demand.HighDemandShare, say("高要求岗位占比", "Share of high demand"), "Σ w·a·[R ≥ 4] ÷ Σ w·a", ratio + "; logit interval"},
		{demand.PerformanceGap, say("表现差距", "Performance gap"), "Σ w·a·(R − O) ÷ Σ w·a, over jobs with both", ratio},
		{demand.BorichMWDS, say("Borich 加权差异", "Borich MWDS"), "mean(R − O) × mean(I)", "Borich 1980, Journal of Teacher Education 31(3); delta method"},
		{demand.CoverageGap, say("覆盖差距", "Coverage gap"), "Σ w·a·(R − T) ÷ Σ w·a, T = taught level of the job's programme", "curriculum map; " + ratio},
		{demand.SatisfactionRatio, say("满足度", "Satisfaction ratio"), "Σ w·a·O ÷ Σ w·a·R, over jobs with both", "MyCOS graduate reports; " + ratio},
	}
}

// TraceFigure traces one figure of a year. The error says that the inputs do not hold the year,
// or that the address names no figure of it.
func TraceFigure(cb *codebook.Codebook, in Inputs, at Address) (*Trace, error) {
	if in.Samples[at.Year] == nil {
		return nil, fmt.Errorf("%w: %d", ErrNoSample, at.Year)
	}
	in.Year, in.Replicates, in.Samples = at.Year, -1, map[int]*demand.Sample{at.Year: in.Samples[at.Year]}
	r := newRun(cb, in)
	jobs := r.view.Contributions(at.Domain, at.Competency, at.Measure)
	facts := r.facts()
	t := &Trace{Address: at, Figure: r.table.Figure(at.Domain, at.Competency, at.Measure), Jobs: jobs, Base: r.baseText(facts), Weight: weightText(facts)}
	if len(jobs) == 0 && t.Figure.Flag != demand.NoData {
		return nil, fmt.Errorf("gap: no figure %s", at)
	}
	for _, m := range MeasureTexts() {
		if m.Measure == at.Measure {
			t.Measure = m
		}
	}
	if !t.Figure.Flag.Suppressed() {
		t.Visits = r.visitsOf(jobs)
	}
	r.forward(t)
	return t, nil
}

func (r *run) visitsOf(jobs []demand.Contribution) int {
	seen := make(map[int32]bool)
	for _, j := range jobs {
		seen[r.sample.Jobs.Visit[j.Job]] = true
	}
	return len(seen)
}

// forward follows the loop on from the competency.
func (r *run) forward(t *Trace) {
	programme := t.Address.Domain.Programme
	of := func(p codebook.ProgrammeID) bool { return programme == "" || p == programme }
	if m := r.curriculum(); m != nil {
		for i := range m.Modules {
			if mod := &m.Modules[i]; programme == "" || mod.Serves(programme) {
				t.teach(mod)
			}
		}
	}
	for _, p := range r.cb.Programmes {
		if of(p.Code) {
			o := r.outcomesOf(p.Code)
			t.Outcomes.Certificates = append(t.Outcomes.Certificates, o.Certificates...)
			t.Outcomes.Competitions = append(t.Outcomes.Competitions, o.Competitions...)
			t.Outcomes.Graduates = append(t.Outcomes.Graduates, o.Graduates...)
		}
	}
	if r.in.Register == nil {
		return
	}
	t.Proposals = filter(r.in.Register.Proposals, func(p curriculum.Proposal) bool {
		return p.Competency == t.Address.Competency && of(p.Programme)
	})
	t.Decisions = filter(r.in.Register.Decisions, func(d curriculum.Decision) bool {
		return d.Competency == t.Address.Competency && of(d.Programme)
	})
}

func (t *Trace) teach(m *curriculum.Module) {
	for _, x := range m.Teaches {
		if x.Competency == t.Address.Competency {
			t.Modules = append(t.Modules, ModuleTrace{m.Code, m.Name, m.Category, x.Level, m.Certifies, m.Exercises})
		}
	}
}
