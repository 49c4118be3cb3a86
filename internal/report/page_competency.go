package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// competencyPage follows one competency through programmes, families, industries and modules.
func (d *desk) competencyPage(id codebook.CompetencyID) (*page, error) {
	name := d.n.competency(id)
	overall, _ := rowOf(d.a.Overall.Rows, id)
	p := &page{
		File: competencyFile(id), Template: "argument", Title: name, Kicker: say("能力", "Competency"),
		Headline: d.competencyHeadline(id, overall), Quotes: []quote{d.ofGap(demand.Domain{}, id, gapWords(overall.Gap))}, Certainty: []Text{shownLong(d.a.WeightText)},
		Facts: []fact{
			d.figureFact(figureValue(overall.Required), say("岗位要求", "required level"), d.at(demand.Domain{}, id, demand.MeanRequired)),
			d.figureFact(figureValue(overall.Graduate), say("毕业生现状", "graduate level"), d.at(demand.Domain{}, id, demand.MeanGraduate)),
			d.figureFact(figureValue(overall.Gap), say("差距", "gap"), d.at(demand.Domain{}, id, demand.PerformanceGap)), d.shortFact(id),
		},
	}
	return p, p.collect([]func() (*section, error){
		func() (*section, error) { return d.anchorsSection(id, overall), nil },
		func() (*section, error) { return d.competencyProgrammes(id) },
		func() (*section, error) { return d.competencyDomains(id) },
		func() (*section, error) { return d.teachingSection(id), nil },
		func() (*section, error) { return d.competencyText(id), nil },
	})
}

func figureValue(f demand.Figure) string {
	if !f.Shown() {
		return "—"
	}
	return num(f.Estimate, 1)
}

// shortFact counts the programmes in which a competency is robustly short; a dash where its gap can be
// shown for none of them.
func (d *desk) shortFact(id codebook.CompetencyID) fact {
	short, known := 0, false
	for _, pg := range d.a.Programmes {
		if slices.Contains(pg.Short, id) {
			short++
		}
		r, _ := rowOf(pg.Rows, id)
		known = known || r.Gap.Shown()
	}
	of, label := len(d.a.Programmes), say("个专业稳健不足", "programmes robustly short")
	if !known {
		of, label = 0, say("稳健不足的专业", "programmes robustly short")
	}
	return shareFact(short, of, label, "#programmes")
}

func (d *desk) competencyHeadline(id codebook.CompetencyID, r gap.Row) Text {
	name := d.n.competency(id)
	switch {
	case !r.Gap.Shown():
		why := flagText(r.Gap.Flag)
		return say(name.ZH+"的总体差距："+why.ZH, name.EN+": the overall gap is not shown ("+why.EN+")")
	case r.Gap.Estimate <= 0:
		return say(name.ZH+"：毕业生达到岗位要求", name.EN+": graduates meet what jobs require")
	}
	margin := figureCell(r.Gap, 1, withMargin).Print()
	zh, en := name.ZH+"：毕业生比岗位要求低 "+margin.ZH+" 级", name.EN+": graduates are "+margin.EN+" levels below what jobs require"
	if !r.Gap.Beyond(0) {
		zh, en = zh+"，在误差之内", en+", within the error"
	}
	return say(zh, en)
}

// anchorsSection says what the five levels mean, and which of them jobs ask for.
func (d *desk) anchorsSection(id codebook.CompetencyID, r gap.Row) *section {
	c, ok := d.n.cb.Competency(id)
	if !ok {
		return nil
	}
	s := &section{ID: "levels", Finding: say("五级各是什么", "What the five levels are"), Lead: []Text{shownLong(c.Definition)}, Open: true}
	t := &table{ID: slug(string(id)) + "-anchors", Whence: anchorsWhence, Caption: say("水平描述", "Level descriptions"), Columns: []column{
		{Key: "level", Head: say("级", "Level"), Numeric: true}, {Key: "word", Head: say("名称", "Word")}, {Key: "anchor", Head: say("这一级的人能做什么", "What a person at this level does")}, {Key: "here", Head: say("在这一级", "Here")},
	}}
	for i, a := range c.Anchors {
		word := Text{}
		if i < len(d.n.cb.Level.Points) {
			word = d.n.cb.Level.Points[i]
		}
		t.Rows = append(t.Rows, []cell{textCell(same(itoa(i + 1))), textCell(shown(word)), textCell(shownLong(a)), {Lines: levelMarks(r, i+1)}})
	}
	s.Table = t
	if r.Required.Shown() && r.Graduate.Shown() {
		s.Finding = say("岗位要的是 "+num(r.Required.Estimate, 1)+" 级，毕业生在 "+num(r.Graduate.Estimate, 1)+" 级", "Jobs ask for level "+num(r.Required.Estimate, 1)+", graduates stand at "+num(r.Graduate.Estimate, 1))
		s.Quotes = d.ofLevel(demand.Domain{}, r, "")
	}
	return s
}

// levelMarks says which means round to this level.
func levelMarks(r gap.Row, level int) []Text {
	var out []Text
	for _, m := range []struct {
		f    demand.Figure
		name Text
	}{{r.Required, say("● 岗位要求", "● required")}, {r.Graduate, say("◆ 毕业生", "◆ graduates")}} {
		if m.f.Shown() && int(m.f.Estimate+0.5) == level {
			out = append(out, m.name)
		}
	}
	return out
}

// competencyProgrammes compares the programmes.
func (d *desk) competencyProgrammes(id codebook.CompetencyID) (*section, error) {
	prefix := slug(string(id)) + "-"
	plot := IntervalPlot{ID: prefix + "programmes", Scale: d.n.cb.Level.Points, Head: say("差距", "gap"), Alt: say("各专业的要求、现状与所教", "Required, graduate and taught level by programme")}
	t := &table{ID: prefix + "programmes", Whence: d.taughtWhence(), Caption: say("各专业", "By programme"), Columns: []column{
		{Key: "programme", Head: say("专业", "Programme")}, {Key: "required", Head: say("要求", "Required"), Numeric: true, Figure: true}, {Key: "graduate", Head: say("毕业生", "Graduates"), Numeric: true, Figure: true},
		{Key: "gap", Head: say("差距", "Gap"), Numeric: true, Figure: true}, {Key: "taught", Head: say("所教", "Taught"), Numeric: true}, {Key: "verdict", Head: say("判断", "Verdict")},
	}}
	var widest *gap.Row
	var where gap.ProgrammeGap
	for _, pg := range d.a.Programmes {
		r, ok := rowOf(pg.Rows, id)
		if !ok {
			continue
		}
		of := d.about(pg.Domain, id)
		row := d.intervalRow(pg.Domain, r)
		row.Name = d.n.programmeShort(pg.Programme)
		plot.Rows = append(plot.Rows, row)
		t.Rows = append(t.Rows, []cell{linkCell(d.n.programme(pg.Programme), programmeFile(pg.Programme)), of(demand.MeanRequired, r.Required, 2, withMargin), of(demand.MeanGraduate, r.Graduate, 2, withMargin), of(demand.PerformanceGap, r.Gap, 2, withMargin), taughtCell(r.Coverage), verdictCell(r)})
		if r.Gap.Shown() && (widest == nil || r.Gap.Estimate > widest.Gap.Estimate) {
			widest, where = &r, pg
		}
	}
	s := &section{ID: "programmes", Finding: say("各专业都没有可公布的差距", "No programme has a gap that can be published"), Table: t, Open: true}
	if len(plot.Rows) == 0 {
		return nil, nil
	}
	if widest != nil {
		name, margin := d.n.programmeShort(where.Programme), gapWords(widest.Gap)
		s.Finding = say("“"+name.ZH+"”专业的差距最大："+margin+" 级", "The gap is widest in “"+name.EN+"”: "+margin+" levels")
		s.Quotes = []quote{d.ofGap(where.Domain, id, margin)}
	}
	chart, err := plot.Chart()
	s.Chart = chart
	s.Base = say("各专业的岗位由教师按毕业生去向归入", "Jobs are assigned to the programme whose graduates would fill them")
	return s, err
}

// gapWords is a gap with its margin, for a sentence.
func gapWords(f demand.Figure) string { return num(f.Estimate, 1) + marginOf(f, 1, 1) }

// competencyDomains ranks job families, and tables every other cut.
func (d *desk) competencyDomains(id codebook.CompetencyID) (*section, error) {
	prefix := slug(string(id)) + "-"
	s := &section{ID: "domains", Finding: say("按岗位族没有可公布的差距", "By job family no gap can be published")}
	plot := RankingPlot{ID: prefix + "domains", Measure: say("差距", "gap"), Alt: say("各岗位族的差距", "Gap by job family")}
	families := d.subdomains(demand.Domain{}, dimensions[0])
	slices.SortStableFunc(families, func(a, b demand.Domain) int {
		fa, fb := d.figure(a, id, demand.PerformanceGap), d.figure(b, id, demand.PerformanceGap)
		if fa.Shown() != fb.Shown() {
			return map[bool]int{true: -1, false: 1}[fa.Shown()]
		}
		return compareFloat(fb.Estimate, fa.Estimate)
	})
	var widest demand.Domain // of the first row
	for _, f := range families {
		fig := d.figure(f, id, demand.PerformanceGap)
		if fig.Flag == demand.NoData || fig.Flag == "" {
			continue
		}
		if len(plot.Rows) == 0 {
			widest = f
		}
		plot.Rows = append(plot.Rows, RankingRow{Name: d.n.family(f.Family), Gap: d.point(fig, d.at(f, id, demand.PerformanceGap))})
	}
	if len(plot.Rows) > 0 {
		if plot.Rows[0].Gap.drawable() {
			first := plot.Rows[0]
			size := num(first.Gap.Value, 1)
			s.Finding = say("差距最大的岗位族是“"+first.Name.ZH+"”："+size+" 级", "The widest gap is in “"+first.Name.EN+"”: "+size+" levels")
			s.Quotes = []quote{d.ofGap(widest, id, size)}
		}
		chart, err := plot.Chart()
		if err != nil {
			return nil, err
		}
		s.Chart = chart
	}
	for _, dim := range dimensions {
		if t := d.cutTable(id, dim, prefix+dim.key); t != nil {
			s.More = append(s.More, t)
		}
	}
	s.Aside = []note{{say("多重比较", "Many comparisons"), say("看的格子越多，越会碰上偶然的大数；正文只报经校正的判断。", "The more cells one looks at, the more large numbers chance brings; verdicts are adjusted for it.")}}
	return s, nil
}

func (d *desk) cutTable(id codebook.CompetencyID, dim dimension, name string) *table {
	t := &table{ID: name, Whence: enterprisesWhence, Caption: say("按"+dim.name.ZH, "By "+dim.name.EN), Columns: []column{
		{Key: dim.key, Head: say(dim.name.ZH, codebook.UpperFirst(dim.name.EN))}, {Key: "required", Head: say("要求", "Required"), Numeric: true, Figure: true},
		{Key: "graduate", Head: say("毕业生", "Graduates"), Numeric: true, Figure: true}, {Key: "gap", Head: say("差距", "Gap"), Numeric: true, Figure: true}, {Key: "enterprises", Head: say("企业", "Enterprises"), Numeric: true},
	}}
	for _, c := range d.subdomains(demand.Domain{}, dim) {
		g, of := d.figure(c, id, demand.PerformanceGap), d.about(c, id)
		who, _ := d.n.subgroup(c)
		t.Rows = append(t.Rows, []cell{textCell(who), of(demand.MeanRequired, d.figure(c, id, demand.MeanRequired), 2, withMargin), of(demand.MeanGraduate, d.figure(c, id, demand.MeanGraduate), 2, withMargin), of(demand.PerformanceGap, g, 2, withMargin), enterprisesCell(g)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// teachingSection lists the modules that teach the competency, programme by programme.
func (d *desk) teachingSection(id codebook.CompetencyID) *section {
	if d.n.plan == nil {
		return &section{ID: "modules", Finding: say("没有课程表", "There is no curriculum map")}
	}
	t := &table{ID: slug(string(id)) + "-modules", Whence: d.taughtWhence(), Caption: say("讲授它的模块", "Modules that teach it"), Columns: []column{
		{Key: "module", Head: say("模块", "Module")}, {Key: "level", Head: say("目标水平", "Target level"), Numeric: true}, {Key: "hours", Head: say("学时", "Hours"), Numeric: true},
		{Key: "programmes", Head: say("专业", "Programmes")}, {Key: "certifies", Head: say("认证", "Certifies")}, {Key: "exercises", Head: say("竞赛", "Competitions")},
	}}
	for i := range d.n.plan.Modules {
		m := &d.n.plan.Modules[i]
		for _, teach := range m.Teaches {
			if teach.Competency != id {
				continue
			}
			hours := textCell(say("未填", "not given"))
			if teach.Hours.Known() {
				hours = numberCell(teach.Hours.Value, 0)
			}
			var programmes, certs, contests []Text
			for _, p := range m.Programmes {
				programmes = append(programmes, d.n.programmeShort(p))
			}
			for _, c := range m.Certifies {
				certs = append(certs, d.n.certificate(c.Track, c.Level))
			}
			for _, c := range m.Exercises {
				contests = append(contests, same(plain(c.Name, 60)))
			}
			t.Rows = append(t.Rows, []cell{textCell(d.n.module(m.Code)), countCell(teach.Level), hours, {Lines: programmes}, {Lines: certs}, {Lines: contests}})
		}
	}
	if len(t.Rows) == 0 {
		return &section{ID: "modules", Finding: say("没有一个模块讲授它", "No module teaches it")}
	}
	return &section{ID: "modules", Finding: say(numeral(len(t.Rows))+"个模块讲授它", codebook.UpperFirst(word(len(t.Rows)))+" "+map[bool]string{true: "module teaches", false: "modules teach"}[len(t.Rows) == 1]+" it"), Table: t, Open: true}
}

// competencyText is what the free texts say about this competency.
func (d *desk) competencyText(id codebook.CompetencyID) *section {
	i := slices.IndexFunc(d.a.Texts.Rows, func(r gap.TextRow) bool { return r.Competency == id })
	if i < 0 || !d.a.Texts.Rows[i].Mentions.Shown() {
		return nil
	}
	r := d.a.Texts.Rows[i]
	s := &section{ID: "texts", Finding: say("岗位文字有 "+percent(r.Mentions.Estimate, 0)+" 提到它", percent(r.Mentions.Estimate, 0)+" of job texts mention it")}
	var zh, en string
	for k, w := range r.Words[:min(8, len(r.Words))] {
		if k > 0 {
			zh, en = zh+"、", en+", "
		}
		zh, en = zh+plain(w.Word, 24)+"（"+itoa(w.Enterprises)+" 家）", en+plain(w.Word, 24)+" ("+itoa(w.Enterprises)+")"
	}
	if zh != "" {
		s.Lead = []Text{say("常见的词："+zh+"。", "Words that matched, with the number of enterprises: "+en+".")}
	}
	return s
}
