package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// clusterPage is the overview of all programmes.
func (d *desk) clusterPage() (*page, error) {
	title := shown(d.a.Codebook.Title)
	if title.ZH == "" {
		title = shown(d.n.cb.Title)
	}
	p := &page{
		File: "index.html", Template: "cluster", Title: say("总览", "Overview"), Kicker: title,
		Headline: d.clusterHeadline(), Certainty: d.certainty(d.a.Overall), Facts: d.clusterFacts(),
	}
	steps := []func() (*section, error){
		func() (*section, error) { return d.programmesSection(), nil },
		func() (*section, error) { return d.levelsSection(d.a.Overall, "all-") },
		d.prioritySection,
		func() (*section, error) {
			return d.heatSection(d.familyHeat(demand.Domain{}, "all-", demand.MeanRequired, say("要求水平", "required level"), false))
		},
		func() (*section, error) {
			return d.heatSection(d.programmeHeat(demand.PerformanceGap, say("表现差距", "performance gap")))
		},
		func() (*section, error) { return d.rankSection(d.a.Overall, "all-") },
		func() (*section, error) { return d.changeSection(demand.Domain{}, "all-") },
		func() (*section, error) { return d.decisionsSection(d.a.Verdicts, "all-decisions"), nil },
		func() (*section, error) { return d.technologySection(), nil },
		d.dependenceSection,
		func() (*section, error) { return d.qualitySummary(), nil },
		func() (*section, error) { return d.notesSection(), nil },
	}
	if err := p.collect(steps); err != nil {
		return nil, err
	}
	p.Explorer = d.explorer(demand.Domain{})
	return p, nil
}

// clusterHeadline says in how many programmes gaps are robust, and which gap recurs.
func (d *desk) clusterHeadline() Text {
	short, times := 0, map[codebook.CompetencyID]int{}
	surveyed := 0
	for _, pg := range d.a.Programmes {
		if len(byGap(pg.Rows)) > 0 {
			surveyed++
		}
		if len(pg.Short) > 0 {
			short++
		}
		for _, id := range pg.Short {
			times[id]++
		}
	}
	if surveyed == 0 {
		return say("今年还没有一个专业的差距可以公布", "This year no programme has a gap that can be published yet")
	}
	if short == 0 {
		return say(numeral(surveyed)+"个专业中，没有一项差距在所有算法下都超出误差", "In "+word(surveyed)+" programmes no gap exceeds its error under every method")
	}
	t := allOrSome(short, surveyed)
	zh := t.ZH + "有超出误差、各算法一致的能力差距"
	en := codebook.UpperFirst(t.EN) + " " + have(short) + " competency gaps that exceed their error under every method"
	if common, n := mostCommon(d.a.Competencies, times); n > 1 {
		t, where := list(within(d.shortNames(common))), say("在其中"+numeral(n)+"个专业都不足", " in "+word(n)+" of them")
		if n == surveyed {
			where = say("处处不足", " in every one")
		}
		zh, en = zh+"；"+t.ZH+where.ZH, en+": "+t.EN+where.EN
	}
	return say(zh, en)
}

func allOrSome(some, all int) Text {
	if some == all {
		return say("全部"+numeral(all)+"个专业都", "all "+word(all)+" programmes")
	}
	return say(numeral(all)+"个专业中有"+numeral(some)+"个", word(some)+" of "+word(all)+" programmes")
}

func have(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// mostCommon lists, in codebook order, the competencies short in most programmes.
func mostCommon(order []codebook.CompetencyID, times map[codebook.CompetencyID]int) (ids []codebook.CompetencyID, n int) {
	for _, t := range times {
		n = max(n, t)
	}
	for _, id := range order {
		if n > 0 && times[id] == n {
			ids = append(ids, id)
		}
	}
	return ids, n
}

func (d *desk) clusterFacts() []fact {
	f := d.a.Facts
	visits := d.sizeAt(gap.CountVisits)
	jobs := d.figureFact(count(f.Jobs), say("个岗位 · 走访 "+count(f.Visits)+" 次，教师 "+count(f.Faculty)+" 人", "jobs · "+plural(f.Visits, "visit")+" by "+count(f.Faculty)+" faculty"), d.sizeAt(gap.CountJobs))
	jobs.Quotes = []quote{d.quote(count(f.Visits), visits), d.quote(count(f.Faculty), visits)}
	return []fact{d.figureFact(count(f.Enterprises), d.enterprisesLabel(), d.sizeAt(gap.CountEnterprises)), jobs, d.hiresFact(d.a.Overall), decisionsFact(d.a.Verdicts)}
}

// programmesSection leads to the programme pages.
func (d *desk) programmesSection() *section {
	t := &table{ID: "programmes", Whence: programmesWhence, Caption: say("各专业", "Programmes"), Columns: []column{
		{Key: "programme", Head: say("专业", "Programme")},
		{Key: "enterprises", Head: say("企业", "Enterprises"), Numeric: true},
		{Key: "openings", Head: say("计划招聘（加权）", "Openings (weighted)"), Numeric: true, Figure: true},
		{Key: "robust", Head: say("稳健差距", "Robust gaps")},
		{Key: "narrowed", Head: say("缩小", "Narrowed")},
		{Key: "widened", Head: say("扩大", "Widened")},
		{Key: "breaks", Head: say("断点", "Breaks"), Numeric: true},
	}}
	for _, pg := range d.a.Programmes {
		narrowed, widened := moved(d.changeRows(pg.Domain, demand.PerformanceGap))
		t.Rows = append(t.Rows, []cell{linkCell(d.n.programme(pg.Programme), programmeFile(pg.Programme)), textCell(same(enterprisesValue(pg.Enterprises))),
			d.from(figureCell(pg.Openings, 0, asCount), d.openingsAt(pg.Domain)), d.namesCell(pg.Short, "bad"), d.namesCell(narrowed, "good"), d.namesCell(widened, "bad"), countCell(len(pg.Links))})
	}
	return &section{ID: "programmes", Finding: say("各专业一页：点专业名读它的论证", "One page for each programme: follow its name to its argument"), Table: t, Open: true,
		Aside: []note{{say("稳健差距", "Robust gaps"), say("在所有算法下都不足、且区间不含零的能力。", "Competencies short under every method with an interval that excludes zero.")}}}
}

func (d *desk) namesCell(ids []codebook.CompetencyID, tag string) cell {
	if len(ids) == 0 {
		return textCell(say("无", "none"))
	}
	return cell{Text: list(within(d.shortNames(ids))), Tag: "ink-" + tag}
}

// prioritySection ranks job families as occupational targets, the survey's stated purpose.
func (d *desk) prioritySection() (*section, error) {
	s := &section{ID: "priority"}
	s.Finding, s.Quotes = d.priorityFinding()
	if len(d.a.Priority) == 0 {
		return s, nil
	}
	plot := BarPlot{ID: "all-priority", Measure: say("计划招聘人数（加权）", "planned hires (weighted)"), Head: say("名次", "rank"), Alt: say("各岗位族计划招聘人数", "Planned hires by job family")}
	t := &table{ID: "priority", Whence: rankWhence, Caption: say("重点岗位", "Priority occupations"), Columns: []column{
		{Key: "rank", Head: say("名次", "Rank"), Numeric: true}, {Key: "family", Head: say("岗位族", "Job family")},
		{Key: "openings", Head: say("计划招聘", "Openings"), Numeric: true, Figure: true}, {Key: "growth", Head: say("每企业增减", "Growth per enterprise"), Numeric: true, Figure: true},
		{Key: "breadth", Head: say("有此岗位的企业", "Enterprises with it"), Numeric: true, Figure: true}, {Key: "salary", Head: say("月薪中值", "Mid salary"), Numeric: true, Figure: true},
	}}
	for _, p := range d.a.Priority {
		plot.Rows = append(plot.Rows, BarRow{Name: d.n.family(p.Family), Value: d.point(p.Openings, d.openingsAt(demand.Domain{Family: p.Family})), Margin: priorityMargin(p)})
		at := d.openingsAt(demand.Domain{Family: p.Family})
		breadth, salary := at, at
		breadth.Measure, salary.Measure = gap.Breadth, gap.Salary
		rank := textCell(same("—"))
		if p.Rank > 0 {
			rank = textCell(same(rankWith(p)))
		}
		t.Rows = append(t.Rows, []cell{rank, textCell(d.n.family(p.Family)), d.from(figureCell(p.Openings, 0, asCount), at), d.growthCell(p, at), d.from(figureCell(p.Breadth, 0, asPercent), breadth), d.from(figureCell(p.Salary, 0, asYuan), salary)})
	}
	chart, err := plot.Chart()
	if err != nil {
		return nil, err
	}
	s.Chart, s.Table, s.Open = chart, t, true
	s.Aside = []note{{say("怎么读", "How to read"), say("条长为加权计划招聘人数，横线是 95% 区间，右侧是名次区间。区间重叠者，先后不定。", "Bars are weighted planned hires, lines 95% intervals; at the right the interval of the rank. Where intervals overlap the order is open.")},
		{say("月薪", "Salary"), say("岗位报出的薪资区间取中点，再求均值。", "Mean of the middle of the salary range each job states.")}}
	s.Base, s.OfBase = d.baseLine(d.a.Overall), d.ofBase(d.a.Overall)
	return s, nil
}

func rankWith(p gap.Priority) string {
	if p.RankLo > 0 {
		return itoa(p.Rank) + " (" + interval(p.RankLo, p.RankHi) + ")"
	}
	return itoa(p.Rank)
}

func priorityMargin(p gap.Priority) Text {
	if p.RankLo > 0 {
		return same(interval(p.RankLo, p.RankHi))
	}
	return Text{}
}

func (d *desk) priorityFinding() (Text, []quote) {
	i := slices.IndexFunc(d.a.Priority, func(p gap.Priority) bool { return p.Rank == 1 && p.Openings.Shown() })
	if i < 0 && !slices.ContainsFunc(d.a.Priority, func(p gap.Priority) bool { return p.Openings.Flag.Suppressed() }) {
		return say("没有岗位写明计划招聘人数，不排先后", "No job says how many it plans to hire, so no family is ranked"), nil
	}
	if i < 0 {
		return say("岗位族的需求都不能公布，不排先后", "No job family's openings can be published, so none is ranked"), nil
	}
	first := d.a.Priority[i]
	name := d.n.family(first.Family)
	openings := count(int(first.Openings.Estimate + 0.5))
	zh, en := "“"+name.ZH+"”招人最多：计划 "+openings+" 人", "“"+name.EN+"” has most openings: "+openings
	if first.RankHi > 1 {
		zh, en = zh+"，但第一并不稳（名次 "+interval(first.RankLo, first.RankHi)+"）", en+", though its first place is not certain (rank "+interval(first.RankLo, first.RankHi)+")"
	}
	return say(zh, en), []quote{d.quote(openings, d.openingsAt(demand.Domain{Family: first.Family}))}
}

// technologySection lists the technologies enterprises see rising and falling, and new job titles.
func (d *desk) technologySection() *section {
	if len(d.a.Technologies.Rows) == 0 && len(d.a.Titles.Rows) == 0 {
		return nil
	}
	s := &section{ID: "technologies", Finding: d.technologyFinding(), Open: true}
	if len(d.a.Technologies.Rows) > 0 {
		s.Table = d.technologyTable()
	}
	if len(d.a.Titles.Rows) > 0 {
		s.More = []*table{d.titlesTable()}
	}
	if n := d.a.Technologies.Others; n > 0 {
		s.Base = say("另有 "+count(n)+" 项技术提及的企业不足 "+itoa(d.a.K)+" 家，不列", plural(n, "other technology")+" named by fewer than "+itoa(d.a.K)+" enterprises are not listed")
	}
	if n := d.a.Titles.Others; n > 0 {
		s.Lead = append(s.Lead, say("往年没有的岗位名称中，另有 "+count(n)+" 个用的企业不足 "+itoa(d.a.K)+" 家，不列", "Of the job titles no earlier year had, "+count(n)+" are used by fewer than "+itoa(d.a.K)+" enterprises and not listed"))
	}
	if n := d.a.Technologies.Held + d.a.Titles.Held; n > 0 {
		s.Lead = append(s.Lead, say("另有 "+count(n)+" 项，上次报告以来改答的企业不足 "+itoa(d.a.K)+" 家或一家独大，两份相减即可得知，不列",
			"Held back: "+count(n)+", on which fewer than "+itoa(d.a.K)+" enterprises answered anew since an earlier report, or one outweighs the others: the two could be subtracted"))
	}
	return s
}

func (d *desk) technologyFinding() Text {
	for _, t := range d.a.Technologies.Rows {
		if t.Net.Shown() && t.Net.Beyond(0) {
			name := plain(t.Name, 40)
			return say("看涨超出误差的技术中，提及最多的是“"+name+"”（"+count(t.Named)+" 家）", "Of the technologies seen rising beyond error, “"+name+"” is named most (by "+plural(t.Named, "enterprise")+")")
		}
	}
	return say("没有一项技术的涨跌看法超出误差", "On no technology does opinion exceed its error")
}

func (d *desk) technologyTable() *table {
	t := &table{ID: "technologies", Whence: trendsWhence, Caption: say("技术趋势", "Technologies"), Columns: []column{
		{Key: "technology", Head: say("技术", "Technology")}, {Key: "enterprises", Head: say("提及企业", "Named by"), Numeric: true},
		{Key: "rising", Head: say("看涨", "Rising"), Numeric: true, Figure: true}, {Key: "falling", Head: say("看跌", "Falling"), Numeric: true, Figure: true},
		{Key: "net", Head: say("净看涨", "Net"), Numeric: true, Figure: true}, {Key: "net_before", Head: say("上年净看涨", "Net, year before"), Numeric: true, Figure: true},
	}}
	for _, r := range d.a.Technologies.Rows {
		t.Rows = append(t.Rows, []cell{textCell(same(plain(r.Name, 40))), countCell(r.Named), figureCell(r.Rising, 0, asPercent), figureCell(r.Falling, 0, asPercent), figureCell(r.Net, 0, asPercent), figureCell(r.Before, 0, asPercent)})
	}
	return t
}

func (d *desk) titlesTable() *table {
	t := &table{ID: "titles", Whence: titlesWhence, Caption: say("往年没有的岗位名称", "Job titles no earlier year had"), Columns: []column{
		{Key: "title", Head: say("岗位名称", "Title")}, {Key: "family", Head: say("岗位族", "Job family")},
		{Key: "enterprises", Head: say("企业", "Enterprises"), Numeric: true}, {Key: "jobs", Head: say("岗位", "Jobs"), Numeric: true},
	}}
	for _, r := range d.a.Titles.Rows {
		t.Rows = append(t.Rows, []cell{textCell(same(plain(r.Title, 40))), textCell(d.n.family(r.Family)), countCell(r.Enterprises), countCell(r.Jobs)})
	}
	return t
}

// notesSection shows the contradictions of the sources that the codebook carries as data.
func (d *desk) notesSection() *section {
	notes := d.a.Notes
	if len(notes) == 0 {
		notes = d.n.cb.Notes
	}
	if len(notes) == 0 {
		return nil
	}
	s := &section{ID: "notes", Finding: say("来源中的矛盾与本报告的取舍", "Contradictions in the sources, and what this report does about them")}
	for _, n := range notes {
		if t := shownLong(n); !slices.Contains(s.Notes, t) {
			s.Notes = append(s.Notes, t)
		}
	}
	return s
}
