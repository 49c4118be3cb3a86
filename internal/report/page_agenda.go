package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// agendaSteps is how many changes of the plan the first page spells out; the table holds them all.
const agendaSteps = 3

// agenda is what the committee can decide from the page: the proposals that wait, the changes that
// close most of the coverage gap within the budget, the gaps that no change of a target would close,
// and those no module could carry. It says so where nothing calls for a change.
func (d *desk) agenda(pg gap.ProgrammeGap) []item {
	items := append(d.waitingItems(pg.Programme), d.planItems(pg.Plan)...)
	if ids := taughtEnough(pg.Rows); len(ids) > 0 {
		names := list(within(d.shortNames(ids)))
		items = append(items, item{Tag: "mid", Text: say(names.ZH+"：课程目标已不低于岗位要求而毕业生仍不足，再提目标补不上，要查教学与实训。",
			codebook.UpperFirst(names.EN)+": the curriculum aims no lower than jobs require and graduates still fall short. A higher target will not help; look at teaching and practice."), Links: []link{{"#coverage", say("图", "chart")}}})
	}
	if len(pg.Plan.Unable) > 0 {
		names := list(within(d.shortNames(pg.Plan.Unable)))
		items = append(items, item{Tag: "bad", Text: say(names.ZH+"：没有模块讲授，先定由哪个模块承担，或新增模块。", codebook.UpperFirst(names.EN)+": no module teaches it. Decide which module shall, or add one."), Links: []link{{"#loop", say("断点", "breaks")}}})
	}
	if len(items) == 0 {
		return []item{{Text: say("没有一项差距足以据此改课：维持现状也是决定。", "No gap calls for a change of the curriculum; to leave it is a decision too.")}}
	}
	return items
}

// waitingItems are the proposals that wait for a decision of the programme.
func (d *desk) waitingItems(p codebook.ProgrammeID) []item {
	var items []item
	for _, open := range d.a.Open {
		if open.Programme == p {
			it := d.openItem(open)
			it.Links = []link{{"loop.html#open", say("评审", "reviews")}}
			items = append(items, it)
		}
	}
	return items
}

// planItems are the changes that close most, each with its cost.
func (d *desk) planItems(p gap.Plan) []item {
	steps := slices.Clone(p.Steps)
	slices.SortStableFunc(steps, func(a, b gap.Step) int { return compareFloat(b.Closes, a.Closes) })
	var items []item
	for _, s := range steps[:min(agendaSteps, len(steps))] {
		m, c := d.n.module(s.Module), d.n.short(s.Competency)
		share := Text{}
		if p.Open > 0 && finite(s.Closes/p.Open) {
			at := percent(s.Closes/p.Open, 0)
			share = say("，补上加权覆盖差距的 "+at, ", closing "+at+" of the weighted coverage gap")
		}
		zh := "“" + m.ZH + "”把" + c.ZH + "由 " + itoa(s.From) + " 级教到 " + itoa(s.To) + " 级：约加 " + itoa(s.Hours) + " 学时" + share.ZH + "。"
		en := "“" + m.EN + "”: teach " + codebook.LowerFirst(c.EN) + " to level " + itoa(s.To) + " instead of " + itoa(s.From) + ", about " + itoa(s.Hours) + " more hours" + share.EN + "."
		items = append(items, item{Tag: "mid", Text: say(zh, en), Links: []link{{"#modules", say("计划", "plan")}}})
	}
	return items
}

// taughtEnough lists the robust gaps of competencies that the curriculum aims at no lower than jobs
// require.
func taughtEnough(rows []gap.Row) []codebook.CompetencyID {
	var out []codebook.CompetencyID
	for _, r := range byGap(rows) {
		if r.Short && r.Coverage.Known && r.Coverage.Taught >= 1 && r.Coverage.Gap.Shown() && r.Coverage.Gap.Estimate <= 0 {
			out = append(out, r.Competency)
		}
	}
	return out
}
