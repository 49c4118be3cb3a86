package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// changeRows are the changes of one measure in one domain, in codebook order.
func (d *desk) changeRows(domain demand.Domain, m demand.Measure) []gap.ChangeRow {
	var out []gap.ChangeRow
	for _, r := range d.a.Change.Rows {
		if r.Domain == domain && r.Measure == m {
			out = append(out, r)
		}
	}
	return out
}

// changeOf is the verdict on one movement.
func changeOf(r gap.ChangeRow) Change {
	switch {
	case !r.Moved || !r.Change.Shown():
		return Unclear
	case r.Change.Estimate < 0:
		return Narrowed
	}
	return Widened
}

// moved splits the competencies whose gap moved beyond its error.
func moved(rows []gap.ChangeRow) (narrowed, widened []codebook.CompetencyID) {
	for _, r := range rows {
		switch changeOf(r) {
		case Narrowed:
			narrowed = append(narrowed, r.Competency)
		case Widened:
			widened = append(widened, r.Competency)
		}
	}
	return narrowed, widened
}

// changeSection shows how the gaps moved since the year before; without an earlier year it is a sentence.
func (d *desk) changeSection(domain demand.Domain, prefix string) (*section, error) {
	s := &section{ID: "change", Finding: d.changeFinding(domain)}
	rows := d.changeRows(domain, demand.PerformanceGap)
	if d.a.Change.Since == 0 || !slices.ContainsFunc(rows, bothShown) {
		s.Aside = d.pastNote(rows)
		return s, nil
	}
	trends := d.trends(domain)
	plot := d.slopes(rows, trends, prefix)
	chart, err := plot.Chart()
	if err != nil {
		return nil, err
	}
	s.Chart, s.Table = chart, d.changeTable(rows, trends, prefix+"change")
	s.Aside = []note{
		{say("怎么读", "How to read"), say("每条线是一项能力的差距；只有超出误差的变化才着色：绿为缩小，红为扩大。", "Each line is the gap of one competency; only changes beyond their error are coloured, green for narrower, red for wider.")},
		{say("换了企业？", "Other enterprises?"), say("表中“同一批企业”只比较两年都走访过的企业；“企业内／企业间”把变化拆成回答变了与对象变了两部分。",
			"“Same enterprises” compares only those visited in both years; within/between splits a change into other answers and other enterprises.")},
	}
	s.Aside = append(s.Aside, d.pastNote(rows)...)
	zh, en := "与 "+itoa(d.a.Change.Since)+" 年相比 · 误差已计入两年都走访的企业 · 多重比较经 Benjamini–Hochberg 校正", "Against "+itoa(d.a.Change.Since)+" · errors account for enterprises visited in both years · Benjamini–Hochberg adjusted"
	if d.a.Change.Panel > 0 {
		zh, en = zh+" · 两年都走访 "+count(d.a.Change.Panel)+" 家", en+" · "+plural(d.a.Change.Panel, "enterprise")+" visited in both years"
	}
	s.Base = say(zh, en)
	now := d.sizeAt(gap.CountEnterprises)
	then := now
	then.Year = d.a.Change.Since
	s.OfBase = []quote{d.quote(count(d.a.Change.Panel), now, then)}
	at := gap.Address{Year: d.a.Year, Domain: domain, Competency: rows[0].Competency, Measure: demand.PerformanceGap}
	s.Traces = []trace{d.traceOf(at, d.n.short(rows[0].Competency))}
	s.Traces[0].Method = "change"
	return s, nil
}

func bothShown(r gap.ChangeRow) bool { return r.Before.Shown() && r.After.Shown() }

// trends are the courses of the gaps of a domain over four years or more.
func (d *desk) trends(domain demand.Domain) map[codebook.CompetencyID]gap.TrendRow {
	out := map[codebook.CompetencyID]gap.TrendRow{}
	for _, t := range d.a.Change.Trend {
		if t.Domain == domain && t.Measure == demand.PerformanceGap && len(t.Years) == len(t.Values) {
			out[t.Competency] = t
		}
	}
	return out
}

func (d *desk) slopes(rows []gap.ChangeRow, trends map[codebook.CompetencyID]gap.TrendRow, prefix string) SlopePlot {
	plot := SlopePlot{ID: prefix + "change", Measure: say("差距", "gap"), Years: []int{d.a.Change.Since, d.a.Year}, Alt: say("差距逐年变化", "Gaps from year to year")}
	if len(trends) > 0 {
		plot.Years = d.a.Change.Years
	}
	for _, r := range rows {
		plot.Rows = append(plot.Rows, SlopeRow{Name: d.n.short(r.Competency), Values: d.yearly(r, trends[r.Competency], plot.Years), Change: changeOf(r)})
	}
	return plot
}

// yearly is one point a year: the two compared years with their figures, others from the trend.
func (d *desk) yearly(r gap.ChangeRow, t gap.TrendRow, years []int) []Point {
	out := make([]Point, len(years))
	for i, y := range years {
		where := gap.Address{Year: y, Domain: r.Domain, Competency: r.Competency, Measure: r.Measure}
		switch k := slices.Index(t.Years, y); {
		case i == len(years)-1:
			out[i] = d.point(r.After, where)
		case y == d.a.Change.Since:
			out[i] = d.point(r.Before, where)
		case k >= 0 && finite(t.Values[k]):
			out[i] = at(t.Values[k])
			out[i].How = d.place(where)
		}
	}
	return out
}

// changeFinding says what moved beyond its error.
func (d *desk) changeFinding(domain demand.Domain) Text {
	since := d.a.Change.Since
	if since == 0 {
		return say("只有一年数据，无从比较", "There is only one year of data: nothing to compare with")
	}
	rows := d.changeRows(domain, demand.PerformanceGap)
	if !slices.ContainsFunc(rows, bothShown) {
		return say("与 "+itoa(since)+" 年没有可比的差距", "No gap can be compared with "+itoa(since))
	}
	narrowed, widened := moved(rows)
	zh, en := "", ""
	if len(narrowed) > 0 {
		t := list(within(d.shortNames(narrowed)))
		zh, en = t.ZH+"差距缩小", t.EN+" narrowed"
	}
	if len(widened) > 0 {
		t := list(within(d.shortNames(widened)))
		if zh != "" {
			zh, en = zh+"，", en+", "
		}
		zh, en = zh+t.ZH+"差距扩大", en+t.EN+" widened"
	}
	if zh == "" {
		return say("与 "+itoa(since)+" 年相比，没有差距的变化超出误差", "Since "+itoa(since)+" no gap has moved beyond its error")
	}
	return say("自 "+itoa(since)+" 年以来，"+zh+"；其余变化在误差之内", "Since "+itoa(since)+" "+en+"; all else stayed within its error")
}

func (d *desk) changeTable(rows []gap.ChangeRow, trends map[codebook.CompetencyID]gap.TrendRow, id string) *table {
	t := &table{ID: id, Whence: changeWhence, Caption: say("差距的变化", "Change of the gaps"), Columns: []column{
		{Key: "competency", Head: say("能力", "Competency")},
		{Key: "before", Head: same(itoa(d.a.Change.Since)), Numeric: true, Figure: true},
		{Key: "after", Head: same(itoa(d.a.Year)), Numeric: true, Figure: true},
		{Key: "change", Head: say("变化", "Change"), Numeric: true, Figure: true},
		{Key: "same_enterprises", Head: say("同一批企业", "Same enterprises"), Numeric: true, Figure: true},
		{Key: "within", Head: say("企业内", "Within"), Numeric: true},
		{Key: "between", Head: say("企业间", "Between"), Numeric: true},
		{Key: "p_adjusted", Head: say("校正 p", "Adjusted p"), Numeric: true},
		{Key: "verdict", Head: say("判断", "Verdict")},
	}}
	if len(trends) > 0 {
		t.Columns = append(t.Columns, column{Key: "slope", Head: say("每年变化（Theil–Sen）", "Per year (Theil–Sen)"), Numeric: true}, column{Key: "trend_p_adjusted", Head: say("Mann–Kendall 校正 p", "Adjusted Mann–Kendall p"), Numeric: true})
	}
	for _, r := range rows {
		within, between := textCell(same("—")), textCell(same("—"))
		if r.Parts.OK {
			within, between = numberCell(r.Parts.Within, 2), numberCell(r.Parts.Between, 2)
		}
		then := gap.Address{Year: d.a.Change.Since, Domain: r.Domain, Competency: r.Competency, Measure: r.Measure}
		now := then
		now.Year = d.a.Year
		t.Rows = append(t.Rows, []cell{textCell(d.n.short(r.Competency)), d.from(figureCell(r.Before, 2, withMargin), then), d.from(figureCell(r.After, 2, withMargin), now),
			d.from(figureCell(r.Change, 2, withMargin), now, then), d.from(figureCell(r.Same, 2, withMargin), now, then), within, between, pCell(r.AdjustedP), changeCell(r)})
		if len(trends) > 0 {
			at := len(t.Rows) - 1
			t.Rows[at] = append(t.Rows[at], trendCells(trends, r.Competency)...)
		}
	}
	d.askedColumn(t, rows)
	return t
}

// trendCells are the slope and the adjusted p value of a course, or dashes where four years do not show it.
func trendCells(trends map[codebook.CompetencyID]gap.TrendRow, id codebook.CompetencyID) []cell {
	row, known := trends[id]
	if !known {
		return []cell{textCell(same("—")), textCell(same("—"))}
	}
	return []cell{numberCell(row.Slope, 3), pCell(row.AdjustedP)}
}

func changeCell(r gap.ChangeRow) cell {
	switch changeOf(r) {
	case Narrowed:
		return tagCell("good", say("缩小", "narrowed"))
	case Widened:
		return tagCell("bad", say("扩大", "widened"))
	}
	if !r.Change.Shown() {
		return textCell(flagText(r.Change.Flag))
	}
	return tagCell("mid", say("误差之内", "within error"))
}
