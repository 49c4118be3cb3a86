package gap

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// verdicts tests every decision against the survey: did the gap it was meant to close move
// beyond its error, where, and among the same enterprises or others? The p values of all
// decisions tested are adjusted together. Adopted decisions come first, oldest first.
func (r *run) verdicts() []Verdict {
	if r.in.Register == nil {
		return nil
	}
	var out []Verdict
	var p []float64
	for _, d := range r.in.Register.Decisions {
		v := r.verdict(d)
		out = append(out, v)
		p = append(p, pValue(v.Change))
	}
	adjusted := estimate.BenjaminiHochberg(p)
	for i := range out {
		out[i].settle(adjusted[i])
		out[i].Sentences = r.sentences(&out[i])
	}
	slices.SortStableFunc(out, func(a, b Verdict) int {
		return cmp.Or(cmp.Compare(adoptedFirst(a), adoptedFirst(b)), cmp.Compare(a.Decision.Day, b.Decision.Day))
	})
	return out
}

// Verdicts tests every decision on record against the survey of in.Year, as Analyze does. The
// error is ErrNoSample.
func Verdicts(cb *codebook.Codebook, in Inputs) ([]Verdict, error) {
	if in.Samples[in.Year] == nil {
		return nil, fmt.Errorf("%w: %d", ErrNoSample, in.Year)
	}
	in.Replicates = -1
	return newRun(cb, in).verdicts(), nil
}

func adoptedFirst(v Verdict) int {
	if v.Decision.Outcome == curriculum.Adopt {
		return 0
	}
	return 1
}

// exact is how small an error, or a difference, is none: beyond what sums in another order show.
const exact = 1e-9

// pValue is the two-sided p value of a figure that would be zero by chance; NaN where there is
// none to test. A figure without error, as where every enterprise of the frame was visited, is
// zero or it is not.
func pValue(f demand.Figure) float64 {
	switch {
	case !f.Shown() || !f.HasSE:
		return math.NaN()
	case f.SE > exact:
		return demand.StudentTail(f.Estimate/f.SE, f.DF)
	case math.Abs(f.Estimate) > exact:
		return 0
	}
	return 1
}

// verdict gathers the figures of one decision.
func (r *run) verdict(d curriculum.Decision) Verdict {
	v := Verdict{Decision: d, Result: Untestable}
	noData := demand.Figure{Flag: demand.NoData}
	v.Before, v.After, v.Change, v.Same = noData, noData, noData, noData
	if p, ok := r.in.Register.Proposal(d.Proposal); ok {
		copied := *p
		v.Proposal = &copied
	}
	switch {
	case d.Outcome != curriculum.Adopt:
		v.Result = NotAdopted
		return v
	case r.in.Year < d.Effective:
		v.Result = TooEarly
		return v
	}
	from, c := r.baseline(d), slices.Index(r.sample.Competencies, d.Competency)
	if from == 0 || c < 0 {
		return v
	}
	v.From, v.To = from, r.in.Year
	r.measure(&v, c)
	return v
}

// baseline is the year a decision is compared with: that of the survey it was born from, else
// the latest before it took effect; 0 where there is none.
func (r *run) baseline(d curriculum.Decision) int {
	best := 0
	for _, y := range r.years {
		if y == d.Year && y < d.Effective {
			return y
		}
		if y < d.Effective {
			best = y
		}
	}
	return best
}

// measure compares the gap before and after, for the programme and for its parts.
func (r *run) measure(v *Verdict, c int) {
	now, then := r.column(r.in.Year), r.column(v.From)
	now.Load(c)
	then.Load(c)
	inNow, inThen := panel(r.sample, r.in.Samples[v.From]), panel(r.in.Samples[v.From], r.sample)
	domain := demand.Domain{Programme: v.Decision.Programme}
	compare := func(d demand.Domain, m demand.Measure) ChangeRow {
		w := changeRow{r, v.From, v.To, d, v.Decision.Competency, m}
		return w.make(now, then, inNow, inThen)
	}
	row := compare(domain, demand.PerformanceGap)
	v.Before, v.After, v.Change, v.Same, v.Parts = row.Before, row.After, row.Change, row.Same, row.Parts
	v.Required, v.Graduate = compare(domain, demand.MeanRequired).Change, compare(domain, demand.MeanGraduate).Change
	v.Taught[0], v.Taught[1], v.TaughtOK = r.taughtThenAndNow(v)
	if v.Change.Shown() {
		v.Domains = r.movedParts(domain, compare)
	}
}

func (r *run) taughtThenAndNow(v *Verdict) (before, after float64, ok bool) {
	m, n := r.in.Curriculum[v.From], r.in.Curriculum[v.To]
	if m == nil || n == nil {
		return 0, 0, false
	}
	t, known := m.Taught(v.Decision.Programme, v.Decision.Competency)
	u, too := n.Taught(v.Decision.Programme, v.Decision.Competency)
	return float64(t.Level), float64(u.Level), known && too
}

// movedParts lists the parts of a programme in which the gap moved beyond its error, adjusted
// over all parts that can be compared.
func (r *run) movedParts(whole demand.Domain, compare func(demand.Domain, demand.Measure) ChangeRow) []DomainChange {
	var all []DomainChange
	var p []float64
	for _, d := range r.table.Domains {
		if d.Programme != whole.Programme || d == whole {
			continue
		}
		if row := compare(d, demand.PerformanceGap); row.Change.Shown() {
			all = append(all, DomainChange{d, row.Change})
			p = append(p, pValue(row.Change))
		}
	}
	var out []DomainChange
	for i, adjusted := range estimate.BenjaminiHochberg(p) {
		if adjusted < Alpha {
			out = append(out, all[i])
		}
	}
	return out
}

// settle decides the result from the adjusted p value.
func (v *Verdict) settle(adjusted float64) {
	if v.Result != Untestable || !v.Change.Shown() || !v.Change.HasSE {
		return
	}
	v.AdjustedP = known(adjusted)
	switch {
	case v.AdjustedP == nil || adjusted >= Alpha:
		v.Result = Unmoved
	case v.Change.Estimate < 0:
		v.Result = Narrowed
	default:
		v.Result = Widened
	}
}

// sentences words the verdict: what was decided, what moved, how far that is from chance, and
// what it does not prove.
func (r *run) sentences(v *Verdict) []codebook.Text {
	name := r.name(v.Decision.Competency)
	switch v.Result {
	case NotAdopted:
		return []codebook.Text{say("该提案未被采纳，没有可检验的变化。", "The proposal was not adopted; there is nothing to test.")}
	case TooEarly:
		year := strconv.Itoa(v.Decision.Effective)
		return []codebook.Text{say("最早要到 "+year+" 年的调研才能检验。", "The survey of "+year+" is the first that can test it.")}
	case Untestable:
		return []codebook.Text{say("数据不足或因保密不予显示，无法检验。", "It cannot be tested: too little data, or withheld for confidentiality.")}
	}
	out := []codebook.Text{v.moved(name)}
	if v.Parts.OK {
		out = append(out, v.whose())
	}
	if v.Required.Shown() && v.Graduate.Shown() {
		out = append(out, say(
			"其间岗位要求水平变化 "+signed(v.Required.Estimate)+"，毕业生水平变化 "+signed(v.Graduate.Estimate)+"。",
			"Meanwhile the required level changed by "+signed(v.Required.Estimate)+" and the graduate level by "+signed(v.Graduate.Estimate)+"."))
	}
	if v.TaughtOK {
		out = append(out, v.taughtSentence())
	}
	return append(out, v.caution())
}

func (v *Verdict) moved(name codebook.Text) codebook.Text {
	from, to := strconv.Itoa(v.From), strconv.Itoa(v.To)
	zh := "“" + name.ZH + "”的表现差距由 " + from + " 年的 " + twoDecimals(v.Before.Estimate) + " 变为 " + to + " 年的 " + twoDecimals(v.After.Estimate) +
		"，变化 " + signed(v.Change.Estimate) + "（95% 区间 " + signed(v.Change.Lo) + " 至 " + signed(v.Change.Hi) + "），"
	en := "The performance gap in " + name.EN + " went from " + twoDecimals(v.Before.Estimate) + " in " + from + " to " + twoDecimals(v.After.Estimate) + " in " + to +
		", a change of " + signed(v.Change.Estimate) + " (95 % interval " + signed(v.Change.Lo) + " to " + signed(v.Change.Hi) + "), "
	if v.Result == Unmoved {
		return say(zh+"没有超出误差。", en+"which is within its error.")
	}
	return say(zh+"超出误差。", en+"which is beyond its error.")
}

// whose says whether the same enterprises changed their answers or others were visited.
func (v *Verdict) whose() codebook.Text {
	parts := "（" + signed(v.Parts.Within) + " / " + signed(v.Parts.Between) + "）"
	partsEN := " (" + signed(v.Parts.Within) + " / " + signed(v.Parts.Between) + ")"
	if math.Abs(v.Parts.Within) >= math.Abs(v.Parts.Between) {
		return say("变化主要来自两年都走访的同一批企业，而不是走访对象更换"+parts+"。",
			"Most of it comes from the enterprises visited in both years rather than from different ones"+partsEN+".")
	}
	return say("变化主要来自走访对象更换，而不是同一批企业的看法改变，须谨慎对待"+parts+"。",
		"Most of it comes from different enterprises having been visited rather than from the same ones changing their answers: take it with care"+partsEN+".")
}

func (v *Verdict) taughtSentence() codebook.Text {
	from, to := strconv.Itoa(int(v.Taught[0])), strconv.Itoa(int(v.Taught[1]))
	if from == to {
		return say("课程地图中的教学水平没有变化（"+from+" 级）。", "The taught level in the curriculum map did not change (level "+from+").")
	}
	return say("课程地图中的教学水平由 "+from+" 级变为 "+to+" 级。", "The taught level in the curriculum map went from "+from+" to "+to+".")
}

func (v *Verdict) caution() codebook.Text {
	switch v.Result {
	case Narrowed:
		return say("差距缩小发生在决定生效之后，与其目的一致；这不能单独证明是该决定所致。", "The gap narrowed after the decision took effect, as intended; that alone does not prove that the decision caused it.")
	case Widened:
		return say("差距没有如预期缩小，反而扩大；建议重新审议。", "The gap did not narrow as intended but widened; the decision deserves another look.")
	}
	return say("到目前为止看不到该决定的效果；没有看到效果不等于没有效果。", "No effect of the decision can be seen so far; that is not proof that there is none.")
}

func twoDecimals(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// signed writes a change with its sign: +0.31, −0.12.
func signed(v float64) string {
	s := twoDecimals(math.Abs(v))
	switch {
	case s == "0.00":
		return s
	case v < 0:
		return "−" + s
	}
	return "+" + s
}
