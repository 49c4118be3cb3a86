package gap

import (
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// headline is the finding of a programme in a sentence: what falls short beyond error under
// every method, or that nothing does, or that the data do not say.
func (r *run) headline(g *DomainGap) codebook.Text {
	shown := 0
	for i := range g.Rows {
		if g.Rows[i].Gap.Shown() {
			shown++
		}
	}
	switch {
	case shown == 0:
		return r.tooLittle(g.Domain)
	case len(g.Short) == 0:
		return say("没有一项能力在各种算法下都超出误差地不足", "No competency falls short beyond error under every method")
	case len(g.Short) == shown && shown > 3:
		top := g.largest(g.Short, 1)
		return say("显示的 "+strconv.Itoa(shown)+" 项能力全部超出误差地不足，差距最大的是"+r.list(top).ZH,
			"All "+strconv.Itoa(shown)+" competencies shown fall short beyond error, most of all "+r.list(top).EN)
	}
	top := g.largest(g.Short, 3)
	more := codebook.Text{}
	if n := len(g.Short) - len(top); n > 0 {
		more = say("等 "+strconv.Itoa(len(g.Short))+" 项能力", " and "+strconv.Itoa(n)+" more")
	}
	verb := " fall"
	if len(g.Short) == 1 {
		verb = " falls"
	}
	return say(r.list(top).ZH+more.ZH+"在各种算法下都超出误差地不足", codebook.UpperFirst(r.list(top).EN)+more.EN+verb+" short beyond error under every method")
}

// tooLittle says that the data do not tell, and so because most jobs of the domain leave out what they
// would count by, where that is the case.
func (r *run) tooLittle(d demand.Domain) codebook.Text {
	t := say("数据不足，尚不能判断", "Too little data to tell")
	if r.sample.MissingBase(r.in.Base, d) <= 0.5 {
		return t
	}
	base := r.in.Base.Text()
	return say(t.ZH+"："+base.ZH+"，而多数岗位没有填写", t.EN+": "+base.EN+", and most jobs do not say how many")
}

// largest picks up to n of the competencies, the largest gap first.
func (g *DomainGap) largest(of []codebook.CompetencyID, n int) []codebook.CompetencyID {
	rows := filter(g.Rows, func(row Row) bool { return slices.Contains(of, row.Competency) })
	slices.SortStableFunc(rows, func(a, b Row) int {
		switch {
		case a.Gap.Estimate > b.Gap.Estimate:
			return -1
		case a.Gap.Estimate < b.Gap.Estimate:
			return 1
		}
		return 0
	})
	var out []codebook.CompetencyID
	for _, row := range rows[:min(n, len(rows))] {
		out = append(out, row.Competency)
	}
	return out
}

// list joins names of competencies for the middle of a sentence.
func (r *run) list(ids []codebook.CompetencyID) codebook.Text {
	var zh, en []string
	for _, id := range ids {
		name := r.name(id)
		zh, en = append(zh, name.ZH), append(en, codebook.LowerFirst(name.EN))
	}
	return say(strings.Join(zh, "、"), strings.Join(en, ", "))
}

// findings says what else holds of a programme, most important first.
func (r *run) findings(g *DomainGap, links []BrokenLink) []codebook.Text {
	var out []codebook.Text
	if len(g.Robust) > 0 {
		n := strconv.Itoa(g.TopK)
		out = append(out, say("无论用哪种算法，"+r.list(g.Robust).ZH+"都在前 "+n+" 位", "Whatever the method, "+r.list(g.Robust).EN+" stays in the top "+n))
	} else if g.Ranked {
		n := strconv.Itoa(g.TopK)
		out = append(out, say("各种算法的前 "+n+" 位没有共同的能力，排序取决于算法", "No competency is in the top "+n+" under every method: the order depends on the method"))
	}
	if below := competenciesOf(links, TaughtBelowDemand); len(below) > 0 {
		out = append(out, say("课程教到的水平低于岗位要求："+r.list(below).ZH, "Taught below what jobs require: "+r.list(below).EN))
	}
	if not := competenciesOf(links, DemandedNotTaught); len(not) > 0 {
		out = append(out, say("有需求而没有模块讲授："+r.list(not).ZH, "Demanded but taught by no module: "+r.list(not).EN))
	}
	if apart := g.apart(); len(apart) > 0 {
		out = append(out, say("差距大而落在“低优先”象限："+r.list(apart).ZH+"，须一并看几种算法", "Large gap yet in the low-priority quadrant: "+r.list(apart).EN+"; read the methods together"))
	}
	return out
}

func competenciesOf(links []BrokenLink, kind LinkKind) []codebook.CompetencyID {
	var out []codebook.CompetencyID
	for _, l := range links {
		if l.Kind == kind {
			out = append(out, l.Competency)
		}
	}
	return out
}

// apart lists competencies in the top by gap that the quadrants call low priority.
func (g *DomainGap) apart() []codebook.CompetencyID {
	var out []codebook.CompetencyID
	for _, row := range g.Rows {
		if row.Quadrant == LowPriority && len(row.Ranks) > 0 && row.Ranks[0].Rank <= g.TopK {
			out = append(out, row.Competency)
		}
	}
	return out
}
