package report

import "github.com/thousand-enterprises/qianqi/internal/demand"

// changesFile is the page that says what is new.
const changesFile = "changes.html"

// changesPage says what this report holds that the one before did not.
func (d *desk) changesPage(c *Changes) *page {
	w := changeWriter{d.n, c}
	p := &page{
		File: changesFile, Template: "argument", Title: say("变化", "Changes"), Kicker: say(itoa(c.Year)+" 年报告的变化", "What changed in the report on "+itoa(c.Year)),
		Headline: w.headline(),
	}
	files := w.filesLine()
	p.Sections = append(p.Sections, &section{ID: "files", Finding: files.Finding, Lead: files.Items})
	for _, f := range []*FigureChanges{c.LastRun, c.LastYear} {
		if f != nil && !w.hides(f) {
			p.Sections = append(p.Sections, w.movedSection(d, f), w.gapsSection(d, f))
			if len(f.AskedOtherwise) > 0 {
				line := w.n.pastLine(f.AskedOtherwise)
				p.Sections = append(p.Sections, &section{ID: "asked-otherwise", Finding: line.Finding, Lead: line.Items})
			}
		}
	}
	p.Sections = append(p.Sections, w.dueSection())
	return p
}

// sectionID names the sections of one comparison.
func (w changeWriter) sectionID(what string, f *FigureChanges) string {
	if f.Year == w.c.Year {
		return what + "-since-last-report"
	}
	return what + "-since-last-year"
}

func (w changeWriter) movedSection(d *desk, f *FigureChanges) *section {
	s := &section{ID: w.sectionID("moved", f), Finding: w.movedLine(f).Finding, Open: true, Base: w.yardstick(f)}
	if len(f.Moved) > 0 {
		s.Table = w.moves(d, s.ID, f)
	}
	return s
}

// yardstick says what counts as beyond error.
func (w changeWriter) yardstick(f *FigureChanges) Text {
	if f.Year != w.c.Year {
		return say("误差已计入两年都走访的企业，多重比较经 Benjamini–Hochberg 校正", "Errors account for enterprises visited in both years; Benjamini–Hochberg adjusted")
	}
	return say("现在的估计落在上次公布的 95 % 区间之外，或上次的估计落在现在的区间之外；新可公布 "+count(f.Shown)+" 个，不再公布 "+count(f.Withheld)+" 个",
		"The estimate now lies outside the 95 % interval published last time, or that one outside the interval now; "+plural(f.Shown, "figure")+" newly shown, "+count(f.Withheld)+" no longer")
}

func (w changeWriter) gapsSection(d *desk, f *FigureChanges) *section {
	s := &section{ID: w.sectionID("gaps", f), Finding: w.gapsLine(f).Finding, Open: true}
	if len(f.Opened)+len(f.Closed) > 0 {
		s.Table = w.gaps(d, s.ID, f)
	}
	return s
}

func (w changeWriter) dueSection() *section {
	s := &section{ID: "due", Finding: w.dueLine().Finding, Open: true}
	if len(w.c.Due) > 0 {
		s.Table = w.dues()
	}
	return s
}

// headline is the most telling change.
func (w changeWriter) headline() Text {
	switch f := w.c.LastRun; {
	case w.c.Before == "":
		return say("这是 "+itoa(w.c.Year)+" 年的第一份报告", "This is the first report on "+itoa(w.c.Year))
	case w.c.TooClose:
		return say("自上次报告以来只新收了很少几份文件，变动的数字不列出", "Too few files came in since the last report to list what moved")
	case f == nil || len(f.Moved)+len(f.Opened)+len(f.Closed) == 0:
		return say("自上次报告以来，没有一个数字的变化超出误差", "Since the last report no figure has moved beyond its error")
	default:
		return say("自上次报告以来，"+count(len(f.Moved))+" 个数字的变化超出误差，新出现 "+count(len(f.Opened))+" 处差距",
			"Since the last report "+plural(len(f.Moved), "figure")+" moved beyond error and "+plural(len(f.Opened), "gap")+" opened")
	}
}

// pageMoves is how many figures the page lists; changes.json holds them all.
const pageMoves = 60

func (w changeWriter) moves(d *desk, id string, f *FigureChanges) *table {
	since := w.since(f)
	t := &table{ID: id, Whence: movedWhence, Caption: say("超出误差的变化", "Moved beyond error"), Columns: []column{
		{Key: "domain", Head: say("范围", "Domain")}, {Key: "competency", Head: say("能力", "Competency")}, {Key: "measure", Head: say("量", "Measure")},
		{Key: "before", Head: say(since.ZH, since.EN), Numeric: true}, {Key: "after", Head: say("现在", "Now"), Numeric: true}, {Key: "interval", Head: say("现在的区间", "Interval now")},
	}}
	for _, m := range f.Moved[:min(len(f.Moved), pageMoves)] {
		now := d.at(m.Domain, m.Competency, m.Measure)
		before := numberCell(m.Before.Estimate, 2)
		if f.Year != w.c.Year { // what the last report said of this year is published no more
			then := now
			then.Year = f.Year
			before = d.from(before, then)
		}
		t.Rows = append(t.Rows, []cell{textCell(w.n.domain(m.Domain)), textCell(w.n.short(m.Competency)), textCell(measureName(m.Measure)),
			before, d.from(numberCell(m.After.Estimate, 2), now), d.from(textCell(intervalText(m.After)), now)})
	}
	if more := len(f.Moved) - pageMoves; more > 0 {
		t.Note = say("另有 "+count(more)+" 个，见 changes.json。", count(more)+" more stand in changes.json.")
	}
	return t
}

func intervalText(v Value) Text { return same(num(v.Lo, 2) + " – " + num(v.Hi, 2)) }

func (w changeWriter) gaps(d *desk, id string, f *FigureChanges) *table {
	t := &table{ID: id, Whence: movedWhence, Caption: say("新出现与消失的差距", "Gaps opened and closed"), Columns: []column{
		{Key: "what", Head: say("变化", "Change")}, {Key: "domain", Head: say("范围", "Domain")}, {Key: "competency", Head: say("能力", "Competency")},
		{Key: "gap", Head: say("现在的差距", "Gap now"), Numeric: true}, {Key: "interval", Head: say("区间", "Interval")},
	}}
	for _, g := range f.Opened {
		t.Rows = append(t.Rows, w.gapRow(d, tagCell("bad", say("新出现", "opened")), g))
	}
	for _, g := range f.Closed {
		t.Rows = append(t.Rows, w.gapRow(d, tagCell("good", say("不再超出误差", "closed")), g))
	}
	return t
}

func (w changeWriter) gapRow(d *desk, what cell, g GapChange) []cell {
	at := d.at(g.Domain, g.Competency, demand.PerformanceGap)
	return []cell{what, textCell(w.n.domain(g.Domain)), textCell(w.n.short(g.Competency)), d.from(numberCell(g.Gap.Estimate, 2), at), d.from(textCell(intervalText(g.Gap)), at)}
}

func (w changeWriter) dues() *table {
	t := &table{ID: "decisions-due", Caption: say("待办的决定", "Decisions due"), Columns: []column{
		{Key: "id", Head: say("编号", "Number")}, {Key: "what", Head: say("事项", "Matter")}, {Key: "day", Head: say("日期", "Day")}, {Key: "due", Head: say("待办", "Due")},
	}}
	for _, d := range w.c.Due {
		t.Rows = append(t.Rows, []cell{textCell(same(plain(d.ID, 24))), textCell(w.matter(d)), textCell(same(plain(d.Day, 10))), textCell(w.dueWord(d))})
	}
	return t
}
