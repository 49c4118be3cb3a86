package report

import (
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// resultTexts word the outcome of testing a decision; no word claims a cause.
var resultTexts = map[gap.Result]struct {
	tag  string
	text Text
}{
	gap.Narrowed:   {"good", say("可能见效", "may have worked")},
	gap.Widened:    {"bad", say("差距扩大", "gap widened")},
	gap.Unmoved:    {"mid", say("未见变化", "no change seen")},
	gap.TooEarly:   {"mid", say("为时尚早", "too early")},
	gap.Untestable: {"mid", say("无法检验", "cannot be tested")},
	gap.NotAdopted: {"mid", say("未采纳", "not adopted")},
}

var kindTexts = map[string]Text{
	curriculum.Add: say("新增", "add"), curriculum.Strengthen: say("加强", "strengthen"),
	curriculum.Update: say("更新", "update"), curriculum.Drop: say("取消", "drop"),
}

// changeKind is what a proposal or decision does to a module, in a word.
func changeKind(kind string) Text {
	if t, ok := kindTexts[kind]; ok {
		return t
	}
	return say("调整", "change")
}

// verdictOf is the outcome of a decision in two or three words; one that was not adopted says how it
// was settled.
func verdictOf(v gap.Verdict) (tag string, text Text) {
	if outcome, ok := outcomeTexts[v.Decision.Outcome]; ok && v.Result == gap.NotAdopted && v.Decision.Outcome != curriculum.Adopt {
		return "mid", outcome
	}
	r := resultTexts[v.Result]
	return r.tag, r.text
}

// decisionName is a decision in a phrase: 2025 年决定加强“系统集成”（架构设计）.
func (d *desk) decisionName(v gap.Verdict) Text {
	dec := v.Decision
	kind := changeKind(dec.Kind)
	year := decisionYear(dec)
	zh, en := year+" 年决定"+kind.ZH, year+" decision to "+kind.EN
	if dec.Module != "" {
		m := d.n.module(dec.Module)
		zh, en = zh+"“"+m.ZH+"”", en+" “"+m.EN+"”"
	}
	if dec.Competency != "" {
		c := d.n.short(dec.Competency)
		zh, en = zh+"（"+c.ZH+"）", en+" ("+codebook.LowerFirst(c.EN)+")"
	}
	return say(zh, en)
}

// decisionYear is the year a decision was taken; where its day is not known, the survey's year.
func decisionYear(dec curriculum.Decision) string {
	if year, _, dated := strings.Cut(string(dec.Day), "-"); dated {
		return plain(year, 4)
	}
	return itoa(dec.Year)
}

// verdictItem is one decision with its verdict, as a line of the argument.
func (d *desk) verdictItem(v gap.Verdict) item {
	tag, verdict := verdictOf(v)
	name := d.decisionName(v)
	zh, en := name.ZH, name.EN
	if v.Before.Shown() && v.After.Shown() && v.Change.Shown() {
		before, after, margin := num(v.Before.Estimate, 2), num(v.After.Estimate, 2), figureCell(v.Change, 2, withMargin).Print().ZH
		zh = itoa(v.From) + " 年差距 " + before + " → " + zh + " → " + itoa(v.To) + " 年差距 " + after + "，变化 " + margin
		en = itoa(v.From) + " gap " + before + " → " + en + " → " + itoa(v.To) + " gap " + after + ", change " + margin
	}
	page := programmeFile(v.Decision.Programme)
	return item{Tag: tag, Text: say(zh+"："+verdict.ZH, en+": "+verdict.EN), Quotes: d.ofVerdict(v), Links: []link{{page + "#decisions", say("检验", "test")}, {"loop.html#decisions", say("闭环", "loop")}}}
}

// tested counts the adopted decisions that could be tested, and those whose gap narrowed.
func tested(verdicts []gap.Verdict) (narrowed, of int) {
	for _, v := range verdicts {
		switch v.Result {
		case gap.Narrowed:
			narrowed, of = narrowed+1, of+1
		case gap.Widened, gap.Unmoved:
			of++
		}
	}
	return narrowed, of
}

// decisionsSection tests each earlier decision against this year's figures.
func (d *desk) decisionsSection(verdicts []gap.Verdict, id string) *section {
	s := &section{ID: "decisions", Finding: decisionsFinding(verdicts), Open: true}
	if len(verdicts) == 0 {
		return s
	}
	s.Table = d.decisionsTable(verdicts, id)
	for _, v := range verdicts {
		if len(v.Sentences) > 1 {
			s.Lead, s.OfLead = append(s.Lead, d.sentences(v)), append(s.OfLead, d.ofSentences(v))
		}
	}
	s.Aside = []note{{say("见效？", "Did it work?"), say("差距缩小只说明变化与决定相符；招生、企业、教师也会变。“同一批企业”一列排除了换企业的影响。",
		"A narrower gap agrees with the decision; it does not prove it. Intake, enterprises and teachers change too. The same-enterprise column rules out that others were asked.")}}
	s.Base = say("表现差距（要求 − 现状）决定生效前后的比较", "Performance gap before and after the decision took effect")
	return s
}

func (d *desk) sentences(v gap.Verdict) Text {
	name := d.decisionName(v)
	zh, en := name.ZH+"。", name.EN+". "
	for _, s := range v.Sentences {
		t := shownLong(s)
		zh, en = zh+t.ZH, en+t.EN+" "
	}
	return say(zh, en)
}

func decisionsFinding(verdicts []gap.Verdict) Text {
	narrowed, of := tested(verdicts)
	switch {
	case len(verdicts) == 0:
		return say("没有记录在案的决定", "No decision is on record")
	case of == 0:
		return say("已有决定还不能检验", "The decisions so far cannot be tested yet")
	case narrowed == 0:
		return say("可检验的"+numeral(of)+"项决定都未见差距缩小", codebook.UpperFirst(word(of))+" decisions could be tested; no gap has narrowed")
	}
	return say("可检验的"+numeral(of)+"项决定中，"+numeral(narrowed)+"项之后差距缩小", "Of "+word(of)+" decisions that can be tested, "+word(narrowed)+" "+was(narrowed)+" followed by a narrower gap")
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func (d *desk) decisionsTable(verdicts []gap.Verdict, id string) *table {
	t := &table{ID: id, Whence: registerWhence, Caption: say("决定与检验", "Decisions and tests"), Columns: []column{
		{Key: "decision", Head: say("决定", "Decision")},
		{Key: "before", Head: say("之前", "Before"), Numeric: true, Figure: true},
		{Key: "after", Head: say("之后", "After"), Numeric: true, Figure: true},
		{Key: "change", Head: say("变化", "Change"), Numeric: true, Figure: true},
		{Key: "same_enterprises", Head: say("同一批企业", "Same enterprises"), Numeric: true, Figure: true},
		{Key: "taught", Head: say("所教", "Taught"), Numeric: true},
		{Key: "verdict", Head: say("判断", "Verdict")},
	}}
	for _, v := range verdicts {
		tag, verdict := verdictOf(v)
		name := d.decisionName(v)
		if v.Decision.ID != "" {
			id := plain(v.Decision.ID, 24)
			name = say(id+" "+name.ZH, id+" "+name.EN)
		}
		taught := textCell(same("—"))
		if v.TaughtOK {
			taught = textCell(same(num(v.Taught[0], 0) + " → " + num(v.Taught[1], 0)))
		}
		before, after, change, same := d.verdictCells(v)
		t.Rows = append(t.Rows, []cell{textCell(name), before, after, change, same, taught, tagCell(tag, verdict)})
	}
	return t
}

// outcomesSection lists certificates, awards and first jobs as counts and rates with their bases.
func (d *desk) outcomesSection(o gap.ProgrammeOutcomes, prefix string) *section {
	if len(o.Certificates)+len(o.Competitions)+len(o.Graduates) == 0 {
		return nil
	}
	s := &section{ID: "outcomes", Finding: outcomesFinding(o), Open: true,
		Aside: []note{{say("只计数", "Counts only"), say("证书、获奖与就业是结果的记录，不从中推断能力。", "Certificates, awards and first jobs are records of outcomes; nothing about competence is inferred from them.")}}}
	if len(o.Certificates) > 0 {
		s.More = append(s.More, d.certificatesTable(o, prefix+"certificates"))
	}
	if len(o.Competitions) > 0 {
		s.More = append(s.More, d.awardsTable(o, prefix+"competitions"))
	}
	if len(o.Graduates) > 0 {
		s.More = append(s.More, graduatesTable(o, prefix+"graduates"))
	}
	return s
}

func outcomesFinding(o gap.ProgrammeOutcomes) Text {
	latest, earned := 0, 0
	for _, c := range o.Certificates {
		latest = max(latest, c.Year)
	}
	for _, c := range o.Certificates {
		if c.Year == latest {
			earned += c.Earned
		}
	}
	if latest == 0 {
		return say("竞赛与就业的记录", "Records of competitions and first jobs")
	}
	return say(itoa(latest)+" 年取得证书 "+count(earned)+" 人次", plural(earned, "certificate")+" earned in "+itoa(latest))
}

func (d *desk) certificatesTable(o gap.ProgrammeOutcomes, id string) *table {
	t := &table{ID: id, Whence: outcomesWhence, Caption: say("证书", "Certificates"), Columns: []column{
		{Key: "certificate", Head: say("证书", "Certificate")}, {Key: "cohort", Head: say("年级", "Cohort"), Numeric: true}, {Key: "year", Head: say("年份", "Year"), Numeric: true},
		{Key: "candidates", Head: say("应考", "Candidates"), Numeric: true}, {Key: "earned", Head: say("取得", "Earned"), Numeric: true}, {Key: "rate", Head: say("通过率", "Pass rate"), Numeric: true},
	}}
	for _, c := range o.Certificates {
		candidates, rate := textCell(say("未填", "not given")), textCell(same("—"))
		if c.Candidates.Known() {
			candidates = countCell(c.Candidates.Value)
			if c.Candidates.Value > 0 {
				rate = textCell(same(percent(float64(c.Earned)/float64(c.Candidates.Value), 0)))
			}
		}
		t.Rows = append(t.Rows, []cell{textCell(d.n.certificate(c.Track, c.Level)), textCell(same(plain(c.Cohort, 16))), textCell(same(itoa(c.Year))), candidates, countCell(c.Earned), rate})
	}
	return t
}

func (d *desk) awardsTable(o gap.ProgrammeOutcomes, id string) *table {
	t := &table{ID: id, Whence: outcomesWhence, Caption: say("竞赛", "Competitions"), Columns: []column{
		{Key: "competition", Head: say("竞赛", "Competition")}, {Key: "stage", Head: say("级别", "Stage")}, {Key: "award", Head: say("奖项", "Award")},
		{Key: "year", Head: say("年份", "Year"), Numeric: true}, {Key: "teams", Head: say("队数", "Teams"), Numeric: true},
	}}
	for _, c := range o.Competitions {
		t.Rows = append(t.Rows, []cell{textCell(d.contest(c)), textCell(d.n.coded("competition_stage", c.Stage)), textCell(d.n.coded("award", c.Award)), textCell(same(itoa(c.Year))), countCell(c.Teams)})
	}
	return t
}

// contest names a competition with its track.
func (d *desk) contest(c curriculum.CompetitionOutcome) Text {
	name := d.n.coded("competition", c.Competition)
	if track := plain(c.Track, 40); track != "" {
		return say(name.ZH+"（"+track+"）", name.EN+" ("+track+")")
	}
	return name
}

func graduatesTable(o gap.ProgrammeOutcomes, id string) *table {
	t := &table{ID: id, Whence: outcomesWhence, Caption: say("毕业去向", "First jobs"), Columns: []column{
		{Key: "year", Head: say("年份", "Year"), Numeric: true}, {Key: "graduates", Head: say("毕业生", "Graduates"), Numeric: true},
		{Key: "employed", Head: say("就业", "Employed"), Numeric: true}, {Key: "related", Head: say("对口", "In a matching job"), Numeric: true},
		{Key: "salary", Head: say("起薪（元/月）", "Starting salary (yuan/month)"), Numeric: true},
	}}
	graduates := slices.Clone(o.Graduates)
	slices.SortStableFunc(graduates, func(a, b curriculum.GraduateOutcome) int { return b.Year - a.Year })
	for _, g := range graduates {
		t.Rows = append(t.Rows, []cell{textCell(same(itoa(g.Year))), countCell(g.Graduates), answerCell(g.Employed.Value, g.Employed.Known()), answerCell(g.Related.Value, g.Related.Known()), answerCell(g.StartingSalary.Value, g.StartingSalary.Known())})
	}
	return t
}

func answerCell(v int, known bool) cell {
	if !known {
		return textCell(say("未填", "not given"))
	}
	return countCell(v)
}
