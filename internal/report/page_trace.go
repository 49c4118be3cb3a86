package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// The trace pages hold every published figure under its address, with base and error, under the
// formula it was made by and beside where it leads: modules, certifications, competitions, decisions.
// There is one page for the whole sample and one for each programme with its parts.

// traceFile is the page that holds the figures of a programme and its parts; "" is the whole sample.
func traceFile(p codebook.ProgrammeID) string {
	if p == "" {
		return "trace-all.html"
	}
	return "trace-" + slug(string(p)) + ".html"
}

// traceHref leads to the trace of a figure; "" where its year has no report beside this one.
func (d *desk) traceHref(at gap.Address) string {
	place := traceFile(at.Domain.Programme) + "#" + at.String()
	switch {
	case at.Year == d.a.Year:
		return place
	case slices.Contains(d.years, at.Year):
		return "../" + itoa(at.Year) + "/" + place
	}
	return ""
}

// traceBlock is one competency, or the openings, on a trace page.
type traceBlock struct {
	ID      string
	Name    Text
	Forward []traceStep
	Columns []traceColumn
	Rows    []traceRow
}

// traceStep is one step forward along the loop.
type traceStep struct {
	Lead  Text
	Items []item
}

type traceColumn struct {
	Head   Text
	Method string // anchor on the methods page
}

type traceRow struct {
	Name  Text
	Cells []traceCell
}

// traceCell is one figure with its address as anchor.
type traceCell struct {
	ID    string
	Value cell
	Base  string // enterprises · jobs
}

// tracePage lists every figure of a programme and its parts.
func (d *desk) tracePage(base demand.Domain) *page {
	name := d.n.domain(base)
	p := &page{File: traceFile(base.Programme), Template: "trace",
		Title: say("追溯："+name.ZH, "Trace: "+name.EN), Kicker: say("追溯", "Trace"),
		Headline:  say(name.ZH+"：每个数字从哪来、到哪去", codebook.UpperFirst(name.EN)+": where every figure comes from, and where it leads"),
		Certainty: []Text{shownLong(d.a.BaseText), shownLong(d.a.WeightText)}, Quotes: []quote{d.ofBaseMissing(1)}}
	domains := d.tracedDomains(base)
	var blocks []traceBlock
	for _, id := range d.a.Competencies {
		blocks = append(blocks, d.traceBlock(id, domains))
	}
	blocks = append(blocks, d.openingsBlock(domains))
	if base == (demand.Domain{}) {
		blocks = append(blocks, d.sizeBlock())
	}
	p.Extra = blocks
	return p
}

// tracedDomains lists a programme (or the whole sample) and then its parts.
func (d *desk) tracedDomains(base demand.Domain) []demand.Domain {
	out := []demand.Domain{base}
	for _, dim := range dimensions {
		out = append(out, d.subdomains(base, dim)...)
	}
	return out
}

func (d *desk) traceBlock(id codebook.CompetencyID, domains []demand.Domain) traceBlock {
	b := traceBlock{ID: slug(string(id)), Name: d.n.competency(id), Forward: d.forward(id, domains[0].Programme)}
	measures := demand.MeasureOrder()
	for _, m := range measures {
		b.Columns = append(b.Columns, traceColumn{measureName(m), string(m)})
	}
	for _, domain := range domains {
		row := traceRow{Name: d.partName(domain)}
		for _, m := range measures {
			at := gap.Address{Year: d.a.Year, Domain: domain, Competency: id, Measure: m}
			row.Cells = append(row.Cells, traced(at, d.figure(domain, id, m)))
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

// partName names a part of a programme; the programme itself is all of it.
func (d *desk) partName(domain demand.Domain) Text {
	if t, ok := d.n.subgroup(domain); ok {
		return t
	}
	return say("全部", "All")
}

// measureName is the name of a measure.
func measureName(m demand.Measure) Text {
	if t, known := knownMeasure(m); known {
		return t
	}
	return same(plain(string(m), 40))
}

// knownMeasure is the name of a measure where the analysis has one of that id.
func knownMeasure(m demand.Measure) (Text, bool) {
	texts := gap.MeasureTexts()
	i := slices.IndexFunc(texts, func(t gap.MeasureText) bool { return t.Measure == m })
	if i < 0 {
		return Text{}, false
	}
	return shown(texts[i].Name), true
}

func traced(at gap.Address, f demand.Figure) traceCell {
	c := traceCell{ID: at.String(), Value: figureCell(f, 2, withMargin)}
	switch at.Measure {
	case demand.HighDemandShare, demand.SatisfactionRatio, gap.Breadth:
		c.Value = figureCell(f, 0, asPercent)
	case demand.Openings:
		c.Value = figureCell(f, 1, withMargin)
	case gap.Salary:
		c.Value = figureCell(f, 0, asYuan)
	case gap.CountVisits, gap.CountEnterprises, gap.CountJobs, gap.CountRatings:
		c.Value = figureCell(f, 0, asCount)
	}
	if !f.Flag.Suppressed() && f.Enterprises > 0 {
		c.Base = count(f.Enterprises) + " · " + count(f.Jobs)
	}
	return c
}

// openingsBlock lists the figures that are about no competency.
func (d *desk) openingsBlock(domains []demand.Domain) traceBlock {
	b := traceBlock{ID: "openings", Name: measureName(demand.Openings), Columns: []traceColumn{{measureName(demand.Openings), "openings"}}}
	families := domains[0] == demand.Domain{}
	if families {
		b.Columns = append(b.Columns, traceColumn{measureName(gap.Breadth), "breadth"}, traceColumn{measureName(gap.Salary), "salary"})
	}
	for _, domain := range domains {
		at := d.openingsAt(domain)
		f, known := d.openings[domain]
		if !known {
			continue
		}
		row := traceRow{Name: d.partName(domain), Cells: []traceCell{d.tracedOpenings(at, f)}}
		if p, ok := d.priorityOf(domain.Family); ok && families && domain.Family != "" {
			breadth, salary := at, at
			breadth.Measure, salary.Measure = gap.Breadth, gap.Salary
			row.Cells = append(row.Cells, traced(breadth, p.Breadth), traced(salary, p.Salary))
		}
		for len(row.Cells) < len(b.Columns) {
			row.Cells = append(row.Cells, traceCell{Value: textCell(same("—"))})
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

// tracedOpenings traces a number of planned hires; where jobs do not say, beside those that do stand all there are.
func (d *desk) tracedOpenings(at gap.Address, f demand.Figure) traceCell {
	c := traced(at, f)
	of, known := d.sizes[at.Domain]
	if known && of.Shown() && !f.Flag.Suppressed() && of.Jobs != f.Jobs {
		c.Base = count(f.Enterprises) + " · " + count(f.Jobs) + " / " + count(of.Enterprises) + " · " + count(of.Jobs)
	}
	return c
}

// sizeBlock lists how many were asked.
func (d *desk) sizeBlock() traceBlock {
	b := traceBlock{ID: "size", Name: say("调研规模", "Size of the survey"), Rows: []traceRow{{Name: d.partName(demand.Domain{})}}}
	for _, m := range gap.Sizes() {
		b.Columns = append(b.Columns, traceColumn{measureName(m), "size"})
		b.Rows[0].Cells = append(b.Rows[0].Cells, traced(d.sizeAt(m), d.a.Facts.Size(m)))
	}
	return b
}

func (d *desk) priorityOf(f codebook.FamilyID) (gap.Priority, bool) {
	i := slices.IndexFunc(d.a.Priority, func(p gap.Priority) bool { return p.Family == f })
	if i < 0 {
		return gap.Priority{}, false
	}
	return d.a.Priority[i], true
}

// forward follows a competency on: modules with their certifications and competitions, then what
// was decided about it and whether it worked.
func (d *desk) forward(id codebook.CompetencyID, programme codebook.ProgrammeID) []traceStep {
	var steps []traceStep
	if items := d.teachingItems(id, programme); len(items) > 0 {
		steps = append(steps, traceStep{say("课程 → 竞赛 → 认证", "Modules → competitions → certifications"), items})
	} else if d.n.plan != nil {
		steps = append(steps, traceStep{say("课程", "Modules"), []item{{Tag: "bad", Text: say("没有模块讲授。", "No module teaches it.")}}})
	}
	var decided []item
	for _, v := range d.a.Verdicts {
		if v.Decision.Competency == id && (programme == "" || v.Decision.Programme == programme) {
			decided = append(decided, d.verdictItem(v))
		}
	}
	for _, p := range d.a.Open {
		if p.Competency == id && (programme == "" || p.Programme == programme) {
			decided = append(decided, d.openItem(p))
		}
	}
	if len(decided) == 0 {
		decided = []item{{Text: say("还没有提案。", "No proposal yet.")}}
	}
	return append(steps, traceStep{say("提案 → 决定 → 检验", "Proposals → decisions → tests"), decided})
}

// teachingItems lists the modules that teach a competency with what they lead to.
func (d *desk) teachingItems(id codebook.CompetencyID, programme codebook.ProgrammeID) []item {
	var out []item
	if d.n.plan == nil {
		return nil
	}
	for i := range d.n.plan.Modules {
		m := &d.n.plan.Modules[i]
		at := slices.IndexFunc(m.Teaches, func(t curriculum.Teaching) bool { return t.Competency == id })
		if at < 0 || programme != "" && !m.Serves(programme) {
			continue
		}
		name, level := d.n.module(m.Code), itoa(m.Teaches[at].Level)
		contests, exams := d.contests(m), d.exams(m)
		out = append(out, item{Text: say(name.ZH+"（教到 "+level+" 级）→ "+contests.ZH+" → "+exams.ZH, name.EN+" (to level "+level+") → "+contests.EN+" → "+exams.EN)})
	}
	return out
}

// contests and exams name what a module leads to.
func (d *desk) contests(m *curriculum.Module) Text {
	var names []Text
	for _, x := range m.Exercises {
		names = append(names, d.contest(curriculum.CompetitionOutcome{Competition: x.Name, Track: x.Track}))
	}
	if len(names) == 0 {
		return say("无竞赛", "no competition")
	}
	return list(names)
}

func (d *desk) exams(m *curriculum.Module) Text {
	var names []Text
	for _, x := range m.Certifies {
		t := d.n.certificate(x.Track, x.Level)
		if exam := plain(x.Exam+" "+x.ExamVersion, 40); exam != "" {
			t = say(t.ZH+"（"+exam+"）", t.EN+" ("+exam+")")
		}
		names = append(names, t)
	}
	if len(names) == 0 {
		return say("无认证", "no certification")
	}
	return list(names)
}

// openItem is a proposal that waits for a decision.
func (d *desk) openItem(p curriculum.Proposal) item {
	kind := changeKind(p.Kind)
	m := d.n.module(p.Module)
	id := plain(string(p.ID), 24)
	return item{Tag: "mid", Text: say(id+" 提议"+kind.ZH+"“"+m.ZH+"”，待决定："+plain(p.Text, 200), id+" would "+kind.EN+" “"+m.EN+"”, not decided yet: "+plain(p.Text, 200))}
}
