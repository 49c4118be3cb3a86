package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// loopPage shows the closed loop of the whole cluster: what was decided and whether it worked, where
// the loop breaks, which modules answer demand, what standards and outcomes there are.
func (d *desk) loopPage() (*page, error) {
	p := &page{File: "loop.html", Template: "argument", Title: say("闭环", "The loop"), Kicker: say("岗课赛证闭环", "The closed loop"),
		Headline:  decisionsFinding(d.a.Verdicts),
		Certainty: []Text{say("岗位提出要求，课程培养能力，竞赛锤炼，证书检验；差距引出提案，提案经校企评审成为决定，下一年的调研检验决定。", "Jobs define requirements, courses build capabilities, competitions sharpen them, certifications validate; a gap leads to a proposal, reviewed by school and enterprise and decided, and the next survey tests the decision.")},
		Facts: []fact{
			countFact(len(d.a.Verdicts), say("项决定在案", "decisions on record"), "#decisions"), decisionsFact(d.a.Verdicts),
			countFact(len(d.a.Open), say("份提案待决定", "proposals not decided yet"), "#open"), countFact(d.breaks(), say("处断点", "broken links"), "#breaks"),
		}}
	for _, v := range d.a.Verdicts {
		if v.Decision.Outcome == curriculum.Adopt {
			p.Points = append(p.Points, point{d.n.programmeShort(v.Decision.Programme), []item{d.verdictItem(v)}})
		}
	}
	return p, p.collect([]func() (*section, error){
		func() (*section, error) { return d.roundSection(), nil },
		func() (*section, error) { return d.openSection(), nil },
		func() (*section, error) { return d.breaksSection(), nil },
		func() (*section, error) { return d.plansSection(), nil },
		func() (*section, error) { return d.standardsSection(), nil },
		func() (*section, error) { return d.resultsSection(), nil },
	})
}

func (d *desk) breaks() int {
	n := 0
	for _, pg := range d.a.Programmes {
		n += len(pg.Links)
	}
	return n
}

// roundSection follows every decision once round: from what it was born of to its verdict.
func (d *desk) roundSection() *section {
	s := &section{ID: "decisions", Finding: d.roundFinding(), Open: true}
	if len(d.a.Verdicts) == 0 {
		s.Finding = decisionsFinding(nil)
		return s
	}
	t := &table{ID: "loop-decisions", Whence: registerWhence, Caption: say("每项决定走过的一圈", "Once round the loop with every decision"), Columns: []column{
		{Key: "programme", Head: say("专业", "Programme")}, {Key: "born", Head: say("由何而来", "Born from")}, {Key: "reviews", Head: say("评审", "Reviews")}, {Key: "decision", Head: say("决定", "Decision")},
		{Key: "before", Head: say("之前", "Before"), Numeric: true, Figure: true}, {Key: "after", Head: say("之后", "After"), Numeric: true, Figure: true}, {Key: "change", Head: say("变化", "Change"), Numeric: true, Figure: true}, {Key: "verdict", Head: say("判断", "Verdict")},
	}}
	for _, v := range d.a.Verdicts {
		tag, verdict := verdictOf(v)
		before, after, change, _ := d.verdictCells(v)
		t.Rows = append(t.Rows, []cell{linkCell(d.n.programmeShort(v.Decision.Programme), programmeFile(v.Decision.Programme)+"#decisions"),
			d.bornCell(v.Proposal), {Lines: d.reviewLines(v.Proposal)}, textCell(d.decidedName(v)), before, after, change, tagCell(tag, verdict)})
	}
	s.Table = t
	s.Aside = []note{{say("判断", "The verdict"), say("只说差距动了没有、是否超出误差；不说是谁的功劳。逐项的说明在各专业页。", "It says whether the gap moved, beyond its error; not to whose credit. Each is explained on the page of its programme.")}}
	return s
}

// roundFinding says how many proposals went how far round the loop.
func (d *desk) roundFinding() Text {
	adopted, n := 0, len(d.a.Verdicts)
	for _, v := range d.a.Verdicts {
		if v.Decision.Outcome == curriculum.Adopt {
			adopted++
		}
	}
	_, of := tested(d.a.Verdicts)
	return say(numeral(n)+"份提案有了决定，采纳"+numeral(adopted)+"份，其中"+numeral(of)+"份的成效已可检验",
		codebook.UpperFirst(word(n))+" proposals were decided, "+word(adopted)+" adopted; the effect of "+word(of)+" can be tested")
}

// decidedName is a decision with its number, day and outcome.
func (d *desk) decidedName(v gap.Verdict) Text {
	id, day := plain(v.Decision.ID, 24), plain(string(v.Decision.Day), 10)
	name := d.decisionName(v)
	outcome, ok := outcomeTexts[v.Decision.Outcome]
	if !ok {
		outcome = same(plain(v.Decision.Outcome, 20))
	}
	return say(id+"（"+day+"，"+outcome.ZH+"）"+name.ZH, id+" ("+day+", "+outcome.EN+") "+name.EN)
}

var outcomeTexts = map[string]Text{
	curriculum.Adopt: say("采纳", "adopted"), curriculum.Defer: say("暂缓", "deferred"), curriculum.Reject: say("不采纳", "rejected"),
}

// bornCell says what a proposal was born from; a figure leads to its trace.
func (d *desk) bornCell(p *curriculum.Proposal) cell {
	if p == nil {
		return textCell(same("—"))
	}
	at, ok := gap.ParseAddress(p.Evidence)
	if !ok {
		origin := d.n.coded("proposal_origin", string(p.Origin))
		evidence := plain(p.Evidence, 80)
		return textCell(say(origin.ZH+"："+evidence, origin.EN+": "+evidence))
	}
	name, measure := d.n.short(at.Competency), measureName(at.Measure)
	year := itoa(at.Year)
	return cell{Text: say(year+" 年"+name.ZH+" · "+measure.ZH, year+" "+codebook.LowerFirst(name.EN)+" · "+measure.EN), Href: d.traceHref(at)}
}

// reviewLines are the opinions of both sides.
func (d *desk) reviewLines(p *curriculum.Proposal) []Text {
	if p == nil {
		return nil
	}
	var out []Text
	for _, r := range p.Reviews {
		side, opinion := d.n.coded("review_side", string(r.Side)), d.n.coded("review_opinion", r.Opinion)
		out = append(out, say(side.ZH+"："+opinion.ZH, side.EN+": "+codebook.LowerFirst(opinion.EN)))
	}
	return out
}

// openSection lists the proposals that wait for a decision.
func (d *desk) openSection() *section {
	s := &section{ID: "open", Finding: say("没有待决定的提案", "No proposal waits for a decision"), Open: true}
	if len(d.a.Open) == 0 {
		return s
	}
	n := len(d.a.Open)
	s.Finding = say(numeral(n)+"份提案待决定", codebook.UpperFirst(word(n))+" "+map[bool]string{true: "proposal waits", false: "proposals wait"}[n == 1]+" for a decision")
	t := &table{ID: "loop-open", Whence: registerWhence, Caption: say("待决定的提案", "Proposals not decided yet"), Columns: []column{
		{Key: "proposal", Head: say("提案", "Proposal")}, {Key: "programme", Head: say("专业", "Programme")}, {Key: "born", Head: say("由何而来", "Born from")}, {Key: "module", Head: say("模块", "Module")}, {Key: "text", Head: say("内容", "Text")}, {Key: "reviews", Head: say("评审", "Reviews")},
	}}
	for i := range d.a.Open {
		p := &d.a.Open[i]
		kind := changeKind(p.Kind)
		m := d.n.module(p.Module)
		t.Rows = append(t.Rows, []cell{textCell(same(plain(string(p.ID), 24))), textCell(d.n.programmeShort(p.Programme)), d.bornCell(p), textCell(say(kind.ZH+"“"+m.ZH+"”", kind.EN+" “"+m.EN+"”")), textCell(same(plain(p.Text, 200))), {Lines: d.reviewLines(p)}})
	}
	s.Table = t
	return s
}

// breaksSection lists where the loop breaks in every programme, each break with its figures.
func (d *desk) breaksSection() *section {
	var all []gap.BrokenLink
	for _, pg := range d.a.Programmes {
		all = append(all, pg.Links...)
	}
	s := &section{ID: "breaks", Finding: say("闭环没有断点", "The loop is unbroken"), Open: true}
	if d.n.plan == nil {
		s.Finding = say("没有课程表：看不出闭环断在哪里", "Without a curriculum map nobody can see where the loop breaks")
		return s
	}
	if len(all) == 0 {
		return s
	}
	kinds := breaks(all)
	s.Finding = say("闭环有 "+itoa(len(all))+" 处断点："+kinds.ZH, itoa(len(all))+" broken "+linkWord(len(all))+" in the loop: "+kinds.EN)
	counts := d.breakCounts(all)
	t := &table{ID: "loop-breaks", Whence: d.taughtWhence(), Caption: say("断点与依据", "Broken links and their evidence"), Columns: []column{
		{Key: "programme", Head: say("专业", "Programme")}, {Key: "kind", Head: say("断在哪里", "Break")}, {Key: "what", Head: say("说明", "What")}, {Key: "evidence", Head: say("依据", "Evidence")},
	}}
	for _, pg := range d.a.Programmes {
		for _, l := range pg.Links {
			t.Rows = append(t.Rows, []cell{linkCell(d.n.programmeShort(pg.Programme), programmeFile(pg.Programme)+"#loop"), tagCell("bad", kindText(l.Kind)), textCell(shownLong(l.Text)), d.evidence(l)})
		}
	}
	s.Table, s.More = counts, []*table{t}
	return s
}

// breakCounts counts the breaks by kind and programme.
func (d *desk) breakCounts(all []gap.BrokenLink) *table {
	t := &table{ID: "loop-breaks-count", Whence: d.taughtWhence(), Caption: say("各专业的断点数", "Broken links by programme"), Columns: []column{{Key: "kind", Head: say("断在哪里", "Break")}}}
	for _, pg := range d.a.Programmes {
		t.Columns = append(t.Columns, column{Key: string(pg.Programme), Head: d.n.programmeShort(pg.Programme), Numeric: true})
	}
	var kinds []gap.LinkKind
	for _, l := range all {
		if !slices.Contains(kinds, l.Kind) {
			kinds = append(kinds, l.Kind)
		}
	}
	for _, k := range kinds {
		line := []cell{textCell(kindText(k))}
		for _, pg := range d.a.Programmes {
			n := 0
			for _, l := range pg.Links {
				if l.Kind == k {
					n++
				}
			}
			line = append(line, countCell(n))
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// plansSection says what each programme's budget of hours would close, and the modules to strengthen.
func (d *desk) plansSection() *section {
	if d.n.plan == nil {
		return nil
	}
	t := &table{ID: "loop-plans", Whence: d.houseWhence(), Caption: say("各专业预算内的调整", "What each programme's budget would close"), Columns: []column{
		{Key: "programme", Head: say("专业", "Programme")}, {Key: "budget", Head: say("预算学时", "Budget, hours"), Numeric: true}, {Key: "used", Head: say("用去", "Used"), Numeric: true},
		{Key: "closed", Head: say("补上加权差距", "Weighted gap closed"), Numeric: true}, {Key: "open", Head: say("原有", "Of"), Numeric: true}, {Key: "left", Head: say("仍不足", "Still short")},
	}}
	budget := 0
	for _, pg := range d.a.Programmes {
		budget = pg.Plan.Budget
		var left []codebook.CompetencyID
		for _, r := range pg.Plan.Left {
			left = append(left, r.Competency)
		}
		t.Rows = append(t.Rows, []cell{linkCell(d.n.programmeShort(pg.Programme), programmeFile(pg.Programme)+"#modules"), countCell(pg.Plan.Budget), countCell(pg.Plan.Used),
			numberCell(pg.Plan.Closed, 2), numberCell(pg.Plan.Open, 2), d.namesCell(left, "bad")})
	}
	s := &section{ID: "plans", Finding: say("每个专业多给 "+itoa(budget)+" 学时，能补上多少", "What "+itoa(budget)+" more hours in each programme would close"), Table: t, Open: true,
		Aside: []note{{say("换个预算", "Another budget"), say("qianqi report --budget 学时 按另一预算重算；选取是精确最优。", "qianqi report --budget HOURS reckons with another budget; the choice is exactly optimal.")}}}
	if m := d.modulesTable(); m != nil {
		s.More = []*table{m}
	}
	return s
}

// modulesTable ranks the modules of the whole cluster by how far they answer demand.
func (d *desk) modulesTable() *table {
	if len(d.a.Modules) == 0 {
		return nil
	}
	t := &table{ID: "loop-modules", Whence: d.houseWhence(), Caption: say("全部模块按回应需求的程度", "All modules by how far they answer demand"), Columns: []column{
		{Key: "rank", Head: say("名次", "Rank"), Numeric: true}, {Key: "module", Head: say("模块", "Module")}, {Key: "score", Head: say("得分", "Score"), Numeric: true}, {Key: "share", Head: say("占比", "Share"), Numeric: true},
	}}
	for _, m := range d.a.Modules {
		t.Rows = append(t.Rows, []cell{countCell(m.Rank), textCell(d.n.module(m.Module)), numberCell(m.Score, 2), textCell(same(percent(m.Share, 1)))})
	}
	return t
}

// standardsSection lists the exam outlines that modules prepare for, with published weights only.
func (d *desk) standardsSection() *section {
	if d.n.plan == nil {
		return nil
	}
	t := &table{ID: "loop-standards", Whence: d.taughtWhence(), Caption: say("认证标准与涉及的模块", "Certification standards and the modules they touch"), Columns: []column{
		{Key: "certificate", Head: say("认证", "Certification")}, {Key: "exam", Head: say("考试与大纲版本", "Exam and outline")}, {Key: "modules", Head: say("模块", "Modules")}, {Key: "domains", Head: say("公布的知识域权重", "Published domain weights")},
	}}
	for _, x := range d.standards() {
		t.Rows = append(t.Rows, []cell{textCell(d.n.certificate(x.track, x.level)), textCell(x.exam), modulesCell(d.n.modules(x.modules)), {Lines: x.domains}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	n := len(t.Rows)
	return &section{ID: "standards", Finding: say("课程在准备 "+itoa(n)+" 种考试", "The curriculum prepares for "+itoa(n)+" exams"), Table: t,
		Aside: []note{{say("新大纲", "A new outline"), say("qianqi curriculum outline 登记新的考试大纲：列出涉及的模块，各提出一份提案。没有公布的权重不列。", "qianqi curriculum outline records a new exam outline, lists the modules it touches and opens a proposal for each. Weights that were not published are not printed.")}}}
}

// standard is one exam outline of the map.
type standard struct {
	track   codebook.TrackID
	level   codebook.LadderID
	exam    Text
	modules []curriculum.ModuleCode
	domains []Text
}

func (d *desk) standards() []standard {
	var out []standard
	at := map[string]int{}
	for i := range d.n.plan.Modules {
		m := &d.n.plan.Modules[i]
		for _, c := range m.Certifies {
			name := plain(c.Exam+" "+c.ExamVersion, 40)
			key := string(c.Track) + "/" + string(c.Level) + "/" + name
			k, known := at[key]
			if !known {
				k = len(out)
				at[key] = k
				exam := same(name)
				if name == "" {
					exam = say("未写明", "not named")
				}
				out = append(out, standard{track: c.Track, level: c.Level, exam: exam})
			}
			if !slices.Contains(out[k].modules, m.Code) {
				out[k].modules = append(out[k].modules, m.Code)
			}
			for _, w := range c.Domains {
				if w.Percent.Known() {
					line := same(plain(w.Domain, 60) + " " + num(w.Percent.Value, 0) + "%")
					if !slices.Contains(out[k].domains, line) {
						out[k].domains = append(out[k].domains, line)
					}
				}
			}
		}
	}
	return out
}

// resultsSection sums the outcomes of every programme, as counts.
func (d *desk) resultsSection() *section {
	t := &table{ID: "loop-outcomes", Whence: outcomesWhence, Caption: say("最近一年的成果", "Outcomes of the latest year"), Columns: []column{
		{Key: "programme", Head: say("专业", "Programme")}, {Key: "year", Head: say("年份", "Year"), Numeric: true}, {Key: "certificates", Head: say("证书", "Certificates"), Numeric: true},
		{Key: "awards", Head: say("获奖队", "Teams with awards"), Numeric: true}, {Key: "graduates", Head: say("毕业生", "Graduates"), Numeric: true}, {Key: "related", Head: say("对口就业", "In a matching job"), Numeric: true},
	}}
	for _, pg := range d.a.Programmes {
		if row, ok := d.resultRow(pg); ok {
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return &section{ID: "outcomes", Finding: say("证书、竞赛与就业", "Certificates, competitions and first jobs"), Table: t, Open: true,
		Aside: []note{{say("只计数", "Counts only"), say("成果是记录，不从中推断能力。", "Outcomes are records; nothing about competence is inferred from them.")}}}
}

func (d *desk) resultRow(pg gap.ProgrammeGap) ([]cell, bool) {
	o, year := pg.Outcomes, 0
	for _, x := range o.Certificates {
		year = max(year, x.Year)
	}
	for _, x := range o.Graduates {
		year = max(year, x.Year)
	}
	if year == 0 {
		return nil, false
	}
	certificates, teams := 0, 0
	for _, x := range o.Certificates {
		if x.Year == year {
			certificates += x.Earned
		}
	}
	for _, x := range o.Competitions {
		if x.Year == year {
			teams += x.Teams
		}
	}
	graduates, related := textCell(same("—")), textCell(same("—"))
	for _, x := range o.Graduates {
		if x.Year == year {
			graduates, related = countCell(x.Graduates), answerCell(x.Related.Value, x.Related.Known())
		}
	}
	return []cell{linkCell(d.n.programmeShort(pg.Programme), programmeFile(pg.Programme)+"#outcomes"), textCell(same(itoa(year))), countCell(certificates), countCell(teams), graduates, related}, true
}
