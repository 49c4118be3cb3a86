package report

import (
	"regexp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// programmePage is the page a committee decides from.
func (d *desk) programmePage(pg gap.ProgrammeGap) (*page, error) {
	name := d.n.programme(pg.Programme)
	prefix := slug(string(pg.Programme)) + "-"
	p := &page{
		File: programmeFile(pg.Programme), Template: "argument", Title: name, Kicker: name,
		Headline: unbroken(d.programmeHeadline(pg)), Certainty: d.certainty(pg.DomainGap),
		Quotes: d.ofWidest(pg.DomainGap), Facts: d.programmeFacts(pg), Points: d.argument(pg),
	}
	steps := []func() (*section, error){
		func() (*section, error) { return d.levelsSection(pg.DomainGap, prefix) },
		func() (*section, error) { return d.rankSection(pg.DomainGap, prefix) },
		func() (*section, error) { return d.changeSection(pg.Domain, prefix) },
		func() (*section, error) { return d.coverageSection(pg, prefix) },
		func() (*section, error) { return d.houseSection(pg, prefix), nil },
		func() (*section, error) { return d.loopSection(pg, prefix) },
		func() (*section, error) { return d.planeSection(pg.DomainGap, prefix) },
		func() (*section, error) {
			return d.heatSection(d.familyHeat(pg.Domain, prefix, demand.PerformanceGap, say("表现差距", "performance gap"), true))
		},
		func() (*section, error) { return d.decisionsSection(pg.Verdicts, prefix+"decisions"), nil },
		func() (*section, error) { return d.outcomesSection(pg.Outcomes, prefix), nil },
	}
	if err := p.collect(steps); err != nil {
		return nil, err
	}
	p.Explorer = d.explorer(pg.Domain)
	return p, nil
}

// collect runs the steps in order and keeps the sections there are.
func (p *page) collect(steps []func() (*section, error)) error {
	for _, step := range steps {
		s, err := step()
		if err != nil {
			return err
		}
		if s != nil {
			s.Finding = unbroken(s.Finding)
			p.Sections = append(p.Sections, s)
		}
	}
	return nil
}

var measureWord = regexp.MustCompile(`([0-9]) ([项个家级年种门次人%])`)

// unbroken keeps a number and its measure word on one line of a headline.
func unbroken(t Text) Text { return say(measureWord.ReplaceAllString(t.ZH, "$1\u00a0$2"), t.EN) }

func (d *desk) programmeHeadline(pg gap.ProgrammeGap) Text {
	if h := shownLong(pg.Headline); h.ZH != "" {
		return h
	}
	if pg.Enterprises.Enterprises == 0 && !pg.Enterprises.Flag.Suppressed() {
		return say("今年没有走访到招收本专业毕业生的企业：没有数字，也就没有结论", "No enterprise that would hire from this programme was visited this year: no figures, no conclusion")
	}
	return d.levelsFinding(pg.DomainGap)
}

// certainty says how far the headline may be trusted.
func (d *desk) certainty(dg gap.DomainGap) []Text {
	var out []Text
	if n := methodCount(dg.Rows); n > 0 {
		out = append(out, say("并列"+numeral(n)+"种算法；只有全部一致、且区间不含零，才称“稳健不足”。", "Judged by "+word(n)+" methods side by side; a gap counts as robust only where all agree and its interval excludes zero."))
	}
	if d.a.Facts.Framed { // without a frame a notice on every page says it
		out = append(out, shownLong(d.a.WeightText))
	}
	return out
}

func (d *desk) programmeFacts(pg gap.ProgrammeGap) []fact {
	shownGaps := len(byGap(pg.Rows))
	return []fact{
		d.figureFact(enterprisesValue(pg.Enterprises), d.enterprisesLabel(), d.openingsAt(pg.Domain)),
		d.hiresFact(pg.DomainGap),
		shareFact(len(pg.Short), shownGaps, say("稳健差距", "robust gaps"), "#rank"),
		decisionsFact(pg.Verdicts),
	}
}

// shareFact is so many of so many; a dash where there is none to count among, which is not zero.
func shareFact(n, of int, label Text, rows string) fact {
	if of == 0 {
		return fact{Value: "—", Label: say(label.ZH+"：没有差距可以公布", label.EN+": no gap can be shown")}
	}
	return fact{Value: itoa(n) + " / " + itoa(of), Label: label, How: rows, Why: countedWhy}
}

// decisionsFact counts the testable decisions after which the gap narrowed.
func decisionsFact(verdicts []gap.Verdict) fact {
	narrowed, of := tested(verdicts)
	if of == 0 {
		return fact{Value: "—", Label: say("还没有可检验的决定", "no decision can be tested yet")}
	}
	return shareFact(narrowed, of, say("可检验的决定之后差距缩小", "testable decisions followed by a narrower gap"), "#decisions")
}

func enterprisesValue(f demand.Figure) string {
	if f.Flag.Suppressed() {
		return "< k"
	}
	return count(f.Enterprises)
}

// hiresFact is how many a domain plans to hire, with the jobs that give it in its label; where it is not
// shown, the words of its flag. It is the weighted total on every page: the sum over the visited beside it
// would differ by what the few plan who stand for more than themselves.
func (d *desk) hiresFact(dg gap.DomainGap) fact {
	f, at := dg.Openings, d.openingsAt(dg.Domain)
	if !f.Shown() {
		why := flagText(f.Flag)
		return d.figureFact("—", say("计划招聘（加权）："+why.ZH, "planned hires (weighted): "+why.EN), at)
	}
	out := d.figureFact(count(int(f.Estimate+0.5)), say("人计划招聘（加权，"+count(f.Jobs)+" 个岗位填报）", "planned hires (weighted, given for "+plural(f.Jobs, "job")+")"), at)
	out.Quotes = []quote{d.quote(count(f.Jobs), at)}
	return out
}

func (d *desk) enterprisesLabel() Text {
	f := d.a.Facts
	if f.Framed && f.Population > 0 {
		share := percent(float64(f.InFrame)/float64(f.Population), 0)
		return say("家企业（全群抽样框覆盖 "+share+"）", "enterprises (cluster covers "+share+" of the frame)")
	}
	return say("家企业", "enterprises")
}

// argument is the programme's case on one page: what changed, what is short and who could mend
// it, what became of earlier decisions, who was asked, what does not follow.
func (d *desk) argument(pg gap.ProgrammeGap) []point {
	points := []point{{Lead: say("差距", "Gaps"), Items: d.gapItems(pg)}, {Lead: say("可议的事", "To decide"), Items: d.agenda(pg)}}
	if others := d.findingItems(pg); len(others) > 0 {
		points = append(points, point{Lead: say("另外", "Besides"), Items: others})
	}
	points = append(points, point{Lead: say("变化", "Change"), Items: []item{{Text: d.changeFinding(pg.Domain), Links: []link{{"#change", say("图", "chart")}}}}})
	var decisions []item
	for _, v := range pg.Verdicts {
		decisions = append(decisions, d.verdictItem(v))
	}
	if len(decisions) == 0 {
		decisions = []item{{Text: decisionsFinding(nil)}}
	}
	return append(points,
		point{Lead: say("此前的决定", "Earlier decisions"), Items: decisions},
		point{Lead: say("问了谁", "Who was asked"), Items: []item{{Text: d.asked(pg.DomainGap), Quotes: d.ofAsked(pg.DomainGap), Links: []link{{"quality.html", say("数据质量", "data quality")}}}}},
		point{Lead: say("不能据此断言", "What must not be concluded"), Items: d.caveats(pg.DomainGap)},
	)
}

// gapItems are the robust gaps, each with the modules that touch it; where none is robust, the
// widest gap beyond its error.
func (d *desk) gapItems(pg gap.ProgrammeGap) []item {
	ids := union(pg.Short, pg.Robust)
	var items []item
	for _, r := range byGap(pg.Rows) {
		if slices.Contains(ids, r.Competency) && len(items) < 3 && r.Gap.Estimate > 0 {
			items = append(items, d.gapItem(pg.Domain, r))
		}
	}
	if len(items) == 0 {
		return []item{{Text: say("没有一项差距在所有算法下都成立。", "No gap holds under every method."), Links: []link{{"#rank", say("各算法", "methods")}}}}
	}
	return items
}

func union(a, b []codebook.CompetencyID) []codebook.CompetencyID {
	out := slices.Clone(a)
	for _, id := range b {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (d *desk) gapItem(domain demand.Domain, r gap.Row) item {
	name := d.n.competency(r.Competency)
	zh, en := name.ZH+"：", name.EN+": "
	if r.Required.Shown() && r.Graduate.Shown() {
		zh += "要求 " + num(r.Required.Estimate, 1) + "，毕业生 " + num(r.Graduate.Estimate, 1) + "，"
		en += "required " + num(r.Required.Estimate, 1) + ", graduates " + num(r.Graduate.Estimate, 1) + ", "
	}
	margin := figureCell(r.Gap, 2, withMargin).Print()
	zh, en = zh+"差 "+margin.ZH+" 级", en+"short by "+margin.EN+" levels"
	taught := d.taughtClause(r.Coverage)
	tag := "mid"
	if r.Short {
		tag = "bad"
	}
	return item{Tag: tag, Text: say(zh+taught.ZH, en+taught.EN), Quotes: d.ofLevel(domain, r, margin.ZH), Links: []link{{competencyFile(r.Competency), say("能力页", "competency")}, {"#coverage", say("课程", "modules")}}}
}

func (d *desk) taughtClause(c gap.Coverage) Text {
	switch {
	case !c.Known:
		return say("。", ".")
	case c.Taught < 1 || len(c.Modules) == 0:
		return say("；没有模块讲授。", "; no module teaches it.")
	}
	shownModules, more := c.Modules, Text{}
	if len(shownModules) > 3 {
		shownModules, more = shownModules[:3], say("等 "+itoa(len(c.Modules))+" 个模块", " and others ("+itoa(len(c.Modules))+" modules)")
	}
	names, against := list(d.n.modules(shownModules)), coverageClause(c)
	return say("；由"+names.ZH+more.ZH+"教到 "+num(c.Taught, 0)+" 级"+against.ZH+"。", "; taught in "+names.EN+more.EN+" to level "+num(c.Taught, 0)+against.EN+".")
}

// coverageClause says whether the curriculum aims high enough; where it does, a gap is one of teaching
// or practice.
func coverageClause(c gap.Coverage) Text {
	switch {
	case !c.Gap.Shown():
		return Text{}
	case c.Gap.Beyond(0) && c.Gap.Estimate > 0:
		return say("，低于要求", ", below what is required")
	case c.Gap.Estimate <= 0:
		return say("，不低于要求", ", no lower than required")
	}
	return say("，与要求相差在误差之内", ", as required within the error")
}

func (d *desk) findingItems(pg gap.ProgrammeGap) []item {
	var items []item
	for _, f := range pg.Findings {
		items = append(items, item{Text: shownLong(f)})
	}
	return items
}

func (d *desk) asked(dg gap.DomainGap) Text {
	base := d.baseLine(dg)
	f := d.a.Facts
	zh := base.ZH + "。全群走访 " + count(f.Visits) + " 次、" + count(f.Enterprises) + " 家企业；评分缺失 " + percent(f.Missing, 0) + "，其中毕业生现状缺失 " + percent(f.NoGraduate, 0) + "。"
	en := base.EN + ". In the whole cluster " + plural(f.Visits, "visit") + " to " + plural(f.Enterprises, "enterprise") + "; " + percent(f.Missing, 0) + " of ratings missing, " + percent(f.NoGraduate, 0) + " of graduate levels."
	return say(zh, en)
}

// caveats are the conclusions the data do not carry.
func (d *desk) caveats(dg gap.DomainGap) []item {
	var items []item
	if !d.a.Facts.Framed {
		items = append(items, item{Text: say("走访不是随机样本：结果说的是所访企业，不能直接推及全部企业。", "The visits are not a random sample: results speak of the enterprises visited, not of all enterprises.")})
	}
	items = append(items,
		item{Text: say("要求与现状都是企业受访者的评价，不是对毕业生的测验。", "Required and graduate levels are opinions of enterprise respondents, not tests of graduates.")},
		item{Text: say("区间重叠的两项，先后次序可能只是偶然。", "Where two intervals overlap, their order may be chance.")})
	if n := withheldCount(dg.Rows); n > 0 {
		items = append(items, item{Text: say("有 "+itoa(n)+" 项能力的差距不予公布：空缺不等于没有差距。", "The gap of "+plural(n, "competency")+" is withheld: withheld does not mean none.")})
	}
	return items
}

func withheldCount(rows []gap.Row) int {
	n := 0
	for _, r := range rows {
		if r.Gap.Withheld() {
			n++
		}
	}
	return n
}
