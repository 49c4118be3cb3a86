package gap

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// ErrNoFigure says that an address names no figure of its year.
var ErrNoFigure = errors.New("gap: no such figure")

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
	Verdicts  []Verdict // on these decisions, against the newest survey there is
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

// MeasureTexts explains every measure: first those of every table in the order of
// demand.MeasureOrder, then the others that have addresses.
func MeasureTexts() []MeasureText {
	const ratio = "ratio estimator; error by Taylor linearisation with strata, clusters and finite-population correction (Särndal, Swensson & Wretman 1992; Lumley 2010)"
	const plainCount = "plain count of the accepted visits, not weighted; no sampling error"
	return []MeasureText{
		{demand.MeanImportance, say("重要度", "Importance"), "Σ w·a·I ÷ Σ w·a", ratio},
		{demand.MeanRequired, say("岗位要求", "Required level"), "Σ w·a·R ÷ Σ w·a", ratio},
		{demand.MeanGraduate, say("毕业生现状", "Graduate level"), "Σ w·a·O ÷ Σ w·a", ratio},
		{demand.HighDemandShare, say("要求 ≥ 4 的岗位比例", "Share of jobs with R ≥ 4"), "Σ w·a·[R ≥ 4] ÷ Σ w·a", ratio + "; logit interval"},
		{demand.PerformanceGap, say("表现差距", "Performance gap"), "Σ w·a·(R − O) ÷ Σ w·a, over jobs with both", ratio},
		{demand.BorichMWDS, say("Borich 加权差异", "Borich MWDS"), "mean(R − O) × mean(I)", "Borich 1980, Journal of Teacher Education 31(3); delta method"},
		{demand.CoverageGap, say("覆盖差距", "Coverage gap"), "Σ w·a·(R − T) ÷ Σ w·a, T = taught level of the job's programme", "curriculum map; " + ratio},
		{demand.SatisfactionRatio, say("满足度", "Satisfaction ratio"), "Σ w·a·O ÷ Σ w·a·R, over jobs with both", "MyCOS graduate reports; " + ratio},
		{demand.RankedDiscrepancy, discrepancyName, "100·(Σ w·a·[O > R] − Σ w·a·[O < R]) ÷ Σ w·a, over jobs with both", discrepancySource + "; " + ratio},
		{demand.Opportunity, say("机会分", "Opportunity"), "mean(I) + max(mean(I) − mean(O), 0)", "Ulwick 2005, What Customers Want; delta method"},
		{demand.Openings, say("计划招聘", "Openings"), "Σ w·planned hires", "total; error by Taylor linearisation (Särndal, Swensson & Wretman 1992)"},
		{Breadth, say("有此岗位的企业", "Enterprises with such a job"), "Σ w·[has one] ÷ Σ w, over enterprises", ratio},
		{Salary, say("月薪中值", "Mid salary"), "Σ w·a·(low + high)/2 ÷ Σ w·a, over jobs that state one", ratio},
		{CountVisits, say("走访次数", "Visits"), "Σ 1, over visits", plainCount},
		{CountEnterprises, say("受访企业", "Enterprises visited"), "Σ 1, over enterprises", plainCount},
		{CountJobs, say("岗位数", "Jobs"), "Σ 1, over jobs", plainCount},
		{CountRatings, say("所答评分", "Ratings given"), "Σ 1, over rating cells that were answered", plainCount},
	}
}

// Tracer traces the figures of one year, which it tabulates once.
type Tracer struct {
	r            *run
	facts        Facts
	base, weight codebook.Text
	priority     map[codebook.FamilyID]Priority
	verdicts     func() []Verdict // on every decision, against the newest year there is
}

// NewTracer prepares the figures of in.Year for tracing. The samples of other years serve only to
// say what became of the decisions that a figure led to. The error is ErrNoSample.
func NewTracer(cb *codebook.Codebook, in Inputs) (*Tracer, error) {
	if in.Samples[in.Year] == nil {
		return nil, fmt.Errorf("%w: %d", ErrNoSample, in.Year)
	}
	in.Replicates = -1
	one := in
	one.Samples = map[int]*demand.Sample{in.Year: in.Samples[in.Year]}
	t := &Tracer{r: newRun(cb, one), priority: make(map[codebook.FamilyID]Priority)}
	for _, p := range t.r.priority() {
		t.priority[p.Family] = p
	}
	t.facts = t.r.facts()
	t.base, t.weight = t.r.baseText(t.facts), weightText(t.facts)
	in.Year = slices.Max(slices.Collect(maps.Keys(in.Samples)))
	t.verdicts = sync.OnceValue(func() []Verdict { return newRun(cb, in).verdicts() })
	return t, nil
}

// Trace traces one figure of the tracer's year. The error says that the address names none.
func (t *Tracer) Trace(at Address) (*Trace, error) {
	if at.Year != t.r.in.Year || !at.sound() || !slices.Contains(t.r.table.Domains, at.Domain) ||
		at.Competency != "" && !slices.Contains(t.r.sample.Competencies, at.Competency) {
		return nil, fmt.Errorf("%w: %s", ErrNoFigure, at)
	}
	out := &Trace{Address: at, Figure: t.figure(at), Jobs: t.jobs(at), Base: t.base, Weight: t.weight}
	if slices.Contains(Sizes(), at.Measure) {
		out.Base, out.Weight = say("每个各计一次", "each counts once"), say("不加权", "unweighted")
	}
	for _, m := range MeasureTexts() {
		if m.Measure == at.Measure {
			out.Measure = m
		}
	}
	if !out.Figure.Flag.Suppressed() {
		out.Visits = t.r.visitsOf(out.Jobs)
	}
	t.r.forward(out)
	if len(out.Decisions) > 0 {
		out.Verdicts = filter(t.verdicts(), func(v Verdict) bool { return slices.Contains(out.Decisions, v.Decision) })
	}
	return out, nil
}

// figure is the published figure at an address.
func (t *Tracer) figure(at Address) demand.Figure {
	switch at.Measure {
	case Breadth:
		return t.priority[at.Domain.Family].Breadth
	case Salary:
		return t.priority[at.Domain.Family].Salary
	case CountVisits, CountEnterprises, CountJobs, CountRatings:
		return t.facts.Size(at.Measure)
	}
	return t.r.table.Figure(at.Domain, at.Competency, at.Measure)
}

// jobs are the single answers behind the figure at an address.
func (t *Tracer) jobs(at Address) []demand.Contribution {
	v := t.r.view
	switch at.Measure {
	case demand.Openings:
		return t.hireJobs(at.Domain)
	case Breadth, Salary:
		return t.familyJobs(at)
	case CountVisits, CountEnterprises, CountJobs, CountRatings:
		return t.allJobs(at.Measure)
	}
	out := v.Contributions(at.Domain, at.Competency, at.Measure)
	if t.r.table.Paired(at.Domain, at.Competency, at.Measure) {
		out = filter(out, func(x demand.Contribution) bool { return x.Required > 0 && x.Graduate > 0 })
	}
	return out
}

// hireJobs lists the jobs of a domain that say how many they plan to hire: first those that plan any, each
// with what it adds, then those that plan none.
func (t *Tracer) hireJobs(d demand.Domain) []demand.Contribution {
	v := t.r.view
	out := v.HireContributions(d)
	for j, h := range v.Sample.Jobs.Hires {
		if h == 0 && d.Holds(v.Sample, j) {
			out = append(out, demand.Contribution{Job: j})
		}
	}
	return out
}

// familyJobs lists the jobs of a family: all of them for its breadth, where an enterprise counts
// once however many it has; those that state a salary for the mean salary.
func (t *Tracer) familyJobs(at Address) []demand.Contribution {
	v := t.r.view
	jobs := &v.Sample.Jobs
	var out []demand.Contribution
	for j, e := range jobs.Enterprise {
		x := demand.Contribution{Job: j, Weight: v.EnterpriseWeight(int(e)), Amount: 1}
		if at.Measure == Salary {
			mid, stated := midSalary(jobs, j)
			x.Weight, x.Amount = v.Weight(j), mid
			if !stated || x.Weight <= 0 {
				continue
			}
		}
		if at.Domain.Holds(v.Sample, j) {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b demand.Contribution) int { return cmp.Compare(b.Weight, a.Weight) })
	return out
}

// allJobs lists every job of the survey, each counting once; for the ratings, as often as it gives one.
func (t *Tracer) allJobs(m demand.Measure) []demand.Contribution {
	jobs := &t.r.sample.Jobs
	var out []demand.Contribution
	for j := range jobs.Len() {
		x := demand.Contribution{Job: j, Weight: 1, Amount: 1}
		if m == CountRatings {
			x.Weight = float64(answered(jobs, j))
			x.Amount = x.Weight
		}
		if x.Weight > 0 {
			out = append(out, x)
		}
	}
	return out
}

// answered counts the ratings that a job gives.
func answered(jobs *demand.Jobs, j int) int {
	n := 0
	for c := range jobs.Ratings {
		for m := range jobs.Ratings[c] {
			if jobs.Ratings[c][m][j] > 0 {
				n++
			}
		}
	}
	return n
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
