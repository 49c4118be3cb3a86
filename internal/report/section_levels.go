package report

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// levelsSection shows what is required, observed and taught, competency by competency.
func (d *desk) levelsSection(dg gap.DomainGap, prefix string) (*section, error) {
	rows := gapFirst(dg.Rows)
	plot := IntervalPlot{ID: prefix + "levels", Scale: d.n.cb.Level.Points, Head: say("差距", "gap"),
		Alt: say("各能力的岗位要求、毕业生现状与课程所教水平", "Required, graduate and taught level of each competency")}
	for _, r := range rows {
		plot.Rows = append(plot.Rows, d.intervalRow(dg.Domain, r))
	}
	chart, err := plot.Chart()
	if err != nil {
		return nil, err
	}
	return &section{
		ID: "levels", Finding: d.levelsFinding(dg), Quotes: d.ofWidest(dg), Chart: chart, Table: d.levelsTable(dg.Domain, rows, prefix+"levels"),
		Aside: []note{
			{say("怎么读", "How to read"), say("圆点为岗位要求，菱形为毕业生现状，竖条为课程所教；横线是 95% 置信区间。右侧数字是要求减现状，红色粗体者超出误差。",
				"Circles are what jobs require, diamonds what graduates show, bars what is taught; lines are 95% intervals. The number at the right is required minus graduate level, bold red where it exceeds its error.")},
			{say("刻度", "Scale"), d.scaleNote()},
		},
		Base:   d.baseLine(dg),
		OfBase: d.ofBase(dg),
		Traces: d.traces(dg, demand.PerformanceGap),
	}, nil
}

func (d *desk) intervalRow(domain demand.Domain, r gap.Row) IntervalRow {
	row := IntervalRow{Name: d.n.short(r.Competency), Required: d.point(r.Required, d.at(domain, r.Competency, demand.MeanRequired)),
		Graduate: d.point(r.Graduate, d.at(domain, r.Competency, demand.MeanGraduate)), Taught: taughtPoint(r.Coverage)}
	if r.Gap.Shown() {
		row.Margin, row.Strong = same(signed(r.Gap.Estimate, 2)), r.Gap.Beyond(0)
	} else {
		row.Margin = same("—")
	}
	return row
}

// taughtPoint is the level the curriculum leads to. "Not taught" has no place on a scale from 1.
func taughtPoint(c gap.Coverage) Point {
	if !c.Known || c.Taught < 1 {
		return Point{Why: say("没有模块讲授", "not taught")}
	}
	return ofKind("curriculum", at(c.Taught))
}

func (d *desk) scaleNote() Text {
	var zh, en string
	for i, p := range d.n.cb.Level.Points {
		if i > 0 {
			zh, en = zh+"，", en+", "
		}
		zh, en = zh+strconv.Itoa(i+1)+" "+p.ZH, en+strconv.Itoa(i+1)+" "+codebook.LowerFirst(p.EN)
	}
	return say(zh+"。每级的行为描述见各能力页。", en+". What each level means is on the page of each competency.")
}

// levelsFinding says which competency falls furthest short and whether that exceeds its error.
func (d *desk) levelsFinding(dg gap.DomainGap) Text {
	ranked := byGap(dg.Rows)
	if len(ranked) == 0 {
		return say("没有一项能力的差距可以公布", "No competency has a gap that can be published")
	}
	top := ranked[0]
	name := d.n.short(top.Competency)
	if top.Gap.Estimate <= 0 {
		return say("没有一项能力的毕业生现状低于岗位要求", "In no competency do graduates fall below what jobs require")
	}
	g := num(top.Gap.Estimate, 1)
	if !top.Required.Shown() || !top.Graduate.Shown() {
		return say(name.ZH+"差 "+g+" 级，为各项之首", name.EN+" falls "+g+" levels short, more than any other")
	}
	zh := name.ZH + "要求 " + num(top.Required.Estimate, 1) + "、毕业生 " + num(top.Graduate.Estimate, 1) + "：差 " + g + " 级，为" + numeral(len(ranked)) + "项之首"
	en := name.EN + ": jobs ask for " + num(top.Required.Estimate, 1) + ", graduates show " + num(top.Graduate.Estimate, 1) + ", the widest of " + word(len(ranked)) + " gaps"
	if !top.Gap.Beyond(0) {
		zh, en = zh+"，但未超出误差", en+", yet within its error"
	}
	return say(zh, en)
}

func (d *desk) levelsTable(domain demand.Domain, rows []gap.Row, id string) *table {
	t := &table{ID: id, Whence: d.taughtWhence(), Caption: say("岗位要求、毕业生现状、课程所教", "Required, graduate and taught level"), Columns: []column{
		{Key: "competency", Head: say("能力", "Competency")},
		{Key: "importance", Head: say("重要度", "Importance"), Numeric: true, Figure: true},
		{Key: "required", Head: say("岗位要求", "Required"), Numeric: true, Figure: true},
		{Key: "graduate", Head: say("毕业生现状", "Graduates"), Numeric: true, Figure: true},
		{Key: "gap", Head: say("差距", "Gap"), Numeric: true, Figure: true},
		{Key: "high_demand", Head: say("要求 ≥ 4 的岗位", "Jobs with R ≥ 4"), Numeric: true, Figure: true},
		{Key: "taught", Head: say("课程所教", "Taught"), Numeric: true},
		{Key: "enterprises", Head: say("企业", "Enterprises"), Numeric: true},
	}}
	for _, r := range rows {
		of := d.about(domain, r.Competency)
		t.Rows = append(t.Rows, []cell{
			linkCell(d.n.competency(r.Competency), competencyFile(r.Competency)),
			of(demand.MeanImportance, r.Importance, 2, withMargin), of(demand.MeanRequired, r.Required, 2, withMargin), of(demand.MeanGraduate, r.Graduate, 2, withMargin),
			of(demand.PerformanceGap, r.Gap, 2, withMargin), of(demand.HighDemandShare, r.HighDemand, 0, asPercent), taughtCell(r.Coverage), enterprisesCell(r.Gap),
		})
	}
	return t
}

func taughtCell(c gap.Coverage) cell {
	switch {
	case !c.Known:
		return textCell(say("无课程表", "no curriculum"))
	case c.Taught < 1:
		return textCell(say("未讲授", "not taught"))
	}
	return numberCell(c.Taught, 1)
}

func enterprisesCell(f demand.Figure) cell {
	if f.Flag.Suppressed() || f.Flag == demand.NoData || f.Flag == "" {
		return textCell(same("—"))
	}
	return countCell(f.Enterprises)
}

// baseLine is the base that stands under a chart: who answered, how jobs and enterprises count.
func (d *desk) baseLine(dg gap.DomainGap) Text {
	zh, en := "", ""
	if !dg.Enterprises.Flag.Suppressed() && dg.Enterprises.Enterprises > 0 {
		zh = "n = " + count(dg.Enterprises.Enterprises) + " 家企业"
		en = "n = " + plural(dg.Enterprises.Enterprises, "enterprise")
		if dg.Enterprises.Jobs > 0 {
			zh += " · " + count(dg.Enterprises.Jobs) + " 个岗位"
			en += ", " + plural(dg.Enterprises.Jobs, "job")
		}
		zh, en = zh+" · ", en+" · "
	}
	base := shown(d.a.BaseText)
	if base.ZH == "" {
		base = d.a.Base.Text()
	}
	return say(zh+base.ZH+" · 95% 区间，以企业为单元线性化", en+base.EN+" · 95% intervals, linearised, clustered on the enterprise")
}

// traces lists the figures a reader will ask about first: the widest gaps of the table.
func (d *desk) traces(dg gap.DomainGap, m demand.Measure) []trace {
	var out []trace
	for i, r := range byGap(dg.Rows) {
		if i == 2 {
			break
		}
		out = append(out, d.traceOf(gap.Address{Year: d.a.Year, Domain: dg.Domain, Competency: r.Competency, Measure: m}, d.n.short(r.Competency)))
	}
	return out
}

// traceOf leads to the trace of one figure.
func (d *desk) traceOf(at gap.Address, what Text) trace {
	return trace{Address: at.String(), Href: d.traceHref(at), Method: string(at.Measure), What: what}
}

// competencyFile and programmeFile are the pages' names within a site.
func competencyFile[T ~string](id T) string { return "competency-" + slug(string(id)) + ".html" }
func programmeFile[T ~string](id T) string  { return "programme-" + slug(string(id)) + ".html" }

// slug keeps what is safe in a file name and a URL; codebook codes are that already.
func slug(s string) string {
	b := []byte(s)
	for i, c := range b {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			b[i] = '_'
		}
	}
	return string(b)
}
