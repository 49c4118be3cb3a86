package report

import (
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// dependenceSection says how far the survey rests on few partners.
func (d *desk) dependenceSection() (*section, error) {
	rows := d.a.Dependence.Rows
	if len(rows) == 0 {
		return nil, nil
	}
	plot := BarPlot{ID: "all-dependence", Measure: say("最大一方所占份额", "share of the largest"), Share: true, Max: 1, Decimals: 2, Alt: say("各量中最大一方的份额", "Share of the largest partner in each quantity")}
	t := &table{ID: "dependence", Whence: dependenceWhence, Caption: say("集中度", "Concentration"), Columns: []column{
		{Key: "of", Head: say("什么", "Of")}, {Key: "over", Head: say("按", "Over")}, {Key: "units", Head: say("有几方", "Units"), Numeric: true},
		{Key: "top", Head: say("最大一方", "Largest")}, {Key: "top_share", Head: say("份额", "Share"), Numeric: true}, {Key: "hhi", Head: same("HHI"), Numeric: true}, {Key: "effective", Head: say("等效方数", "Effective number"), Numeric: true},
	}}
	for _, r := range rows {
		of, over := concentrationTexts[r.Of], concentrationTexts[r.Over]
		top, share := d.topName(r), shareCell(r)
		t.Rows = append(t.Rows, []cell{textCell(of), textCell(over), unitsCell(r), textCell(top), share, optionalCell(r.HHI, 0), optionalCell(r.Effective, 1)})
		if r.TopShare != nil {
			plot.Rows = append(plot.Rows, BarRow{Name: say(of.ZH+"·按"+over.ZH, of.EN+" by "+over.EN), Value: ofKind("concentration", at(*r.TopShare)), Strong: *r.TopShare >= 0.5})
		}
	}
	s := &section{ID: "dependence", Finding: d.dependenceFinding(), Table: t, Open: true,
		Aside: []note{{same("HHI"), say("赫芬达尔—赫希曼指数，各方份额百分数的平方和，0–10,000；2,500 以上通常称高度集中。“等效方数”= 10,000 ÷ HHI。",
			"Herfindahl–Hirschman index: the sum of squared percentage shares, 0–10,000; above 2,500 is commonly called highly concentrated. Effective number = 10,000 ÷ HHI.")}}}
	if len(plot.Rows) > 0 {
		chart, err := plot.Chart()
		if err != nil {
			return nil, err
		}
		s.Chart = chart
	}
	if v := shownLong(d.a.Dependence.Without.Verdict); v.ZH != "" {
		s.Lead = []Text{v}
	}
	return s, nil
}

var concentrationTexts = map[string]Text{
	"visits": say("走访", "visits"), "hires": say("计划招聘", "hires"), "certification_demand": say("证书需求", "certification demand"),
	"enterprise": say("企业", "enterprise"), "industry": say("行业", "industry"), "ecosystem": say("技术生态", "technology ecosystem"),
}

func (d *desk) topName(r gap.Concentration) Text {
	if r.Top == "" {
		return say("不公布", "not shown")
	}
	return d.n.coded(r.Over, r.Top)
}

// unitsCell is how many hold any of it, or why that is not said.
func unitsCell(r gap.Concentration) cell {
	if r.Units == 0 {
		return textCell(flagText(r.Withheld))
	}
	return countCell(r.Units)
}

func shareCell(r gap.Concentration) cell {
	switch {
	case r.TopShare != nil && finite(*r.TopShare):
		return textCell(same(percent(*r.TopShare, 0)))
	case r.TopBand != "":
		return textCell(same(plain(r.TopBand, 24)))
	}
	return textCell(flagText(r.Withheld))
}

func optionalCell(v *float64, decimals int) cell {
	if v == nil || !finite(*v) {
		return textCell(same("—"))
	}
	return numberCell(*v, decimals)
}

func (d *desk) dependenceFinding() Text {
	var worst *gap.Concentration
	for i, r := range d.a.Dependence.Rows {
		if r.TopShare != nil && r.Top != "" && (worst == nil || *r.TopShare > *worst.TopShare) {
			worst = &d.a.Dependence.Rows[i]
		}
	}
	if worst == nil {
		return say("对合作方的依赖", "Dependence on partners")
	}
	name, of := d.topName(*worst), concentrationTexts[worst.Of]
	return say(of.ZH+"的 "+percent(*worst.TopShare, 0)+" 集中在“"+name.ZH+"”", percent(*worst.TopShare, 0)+" of "+of.EN+" rest on “"+name.EN+"”")
}

// qualitySummary is the overview's word on data quality, with the way to the whole page.
func (d *desk) qualitySummary() *section {
	f := d.a.Facts
	return &section{ID: "quality", Finding: say("评分缺失 "+percent(f.Missing, 0)+"，毕业生现状缺失 "+percent(f.NoGraduate, 0), percent(f.Missing, 0)+" of ratings are missing, "+percent(f.NoGraduate, 0)+" of graduate levels"),
		Quotes: d.ofMissing(), Lead: d.qualityLead(), OfLead: d.ofQualityLead(), Links: []link{{"quality.html", say("数据质量全页 →", "all on data quality →")}}}
}

func (d *desk) qualityLead() []Text {
	f, q := d.a.Facts, d.a.Quality
	zh := "共问 " + count(f.Asked) + " 个评分，答 " + count(f.Ratings) + " 个；计权所需的数未填而没有计入的岗位占 " + percent(f.BaseMissing, 0) + "。"
	en := "Of " + plural(f.Asked, "rating") + " asked, " + count(f.Ratings) + " given; " + percent(f.BaseMissing, 0) + " of jobs are left out because the number they count by was not given."
	out := []Text{say(zh, en)}
	if q.StraightShare.Shown() {
		v := stopped(shownLong(q.StraightLine.Verdict))
		out = append(out, say("所有评分都相同的岗位占 "+percent(q.StraightShare.Estimate, 0)+"。"+v.ZH, percent(q.StraightShare.Estimate, 0)+" of jobs rated everything the same. "+v.EN))
	}
	return out
}

// qualityPage shows what is known about the quality of the data.
func (d *desk) qualityPage() (*page, error) {
	f := d.a.Facts
	p := &page{File: "quality.html", Template: "argument", Title: say("数据质量", "Data quality"), Kicker: say("数据质量", "Data quality"),
		Headline:  d.qualityHeadline(),
		Quotes:    d.ofRatings(percent(f.Missing, 0)),
		Certainty: []Text{shownLong(d.a.WeightText)},
		Facts: []fact{
			d.figureFact(count(f.Visits), say("次走访", "visits"), d.sizeAt(gap.CountVisits)), d.figureFact(count(f.Enterprises), say("家企业", "enterprises"), d.sizeAt(gap.CountEnterprises)),
			d.figureFact(percent(f.Missing, 0), say("评分缺失", "ratings missing"), d.sizeAt(gap.CountRatings)), d.figureFact(percent(f.NoGraduate, 0), say("毕业生现状缺失", "graduate levels missing"), d.sizeAt(gap.CountRatings)),
		}}
	return p, p.collect([]func() (*section, error){
		func() (*section, error) { return d.strataSection(), nil },
		d.nonResponseSection,
		func() (*section, error) { return d.screeningSection(), nil },
		func() (*section, error) {
			return d.rerunSection("straight-line", say("逐项同分", "Straight-lining"), d.a.Quality.StraightLine), nil
		},
		func() (*section, error) {
			return d.rerunSection("leniency", say("评分宽严", "Leniency"), d.a.Quality.Leniency), nil
		},
		func() (*section, error) {
			return d.rerunSection("largest-partner", say("去掉最大的合作方", "Without the largest partner"), d.a.Dependence.Without), nil
		},
		func() (*section, error) { return d.reliabilitySection(), nil },
		func() (*section, error) { return d.textSection(), nil },
		func() (*section, error) { return d.lexiconSection(), nil },
		d.benchmarkSection,
	})
}

func (d *desk) qualityHeadline() Text {
	f := d.a.Facts
	if f.Framed && f.Population > 0 {
		share := percent(float64(f.InFrame)/float64(f.Population), 0)
		return say("走访覆盖抽样框的 "+share+"，评分缺失 "+percent(f.Missing, 0), "The visits cover "+share+" of the frame; "+percent(f.Missing, 0)+" of ratings are missing")
	}
	return say("没有抽样框：走访不是随机样本；评分缺失 "+percent(f.Missing, 0), "There is no sampling frame: the visits are not a random sample; "+percent(f.Missing, 0)+" of ratings are missing")
}

func (d *desk) strataSection() *section {
	strata := d.a.Quality.Strata
	if len(strata) == 0 {
		return &section{ID: "coverage", Finding: say("没有名册，覆盖率无从计算", "Without a roster coverage cannot be computed")}
	}
	empty := 0
	t := &table{ID: "strata", Whence: rosterWhence, Caption: say("各层覆盖", "Coverage of the strata"), Columns: []column{
		{Key: "industry", Head: say("行业", "Industry")}, {Key: "size", Head: say("规模", "Size")}, {Key: "population", Head: say("框内企业", "In frame"), Numeric: true},
		{Key: "visited", Head: say("已走访", "Visited"), Numeric: true}, {Key: "share", Head: say("覆盖率", "Coverage"), Numeric: true},
	}}
	for _, s := range strata {
		visited, share := countCell(s.Visited), textCell(flagText(s.Flag))
		if s.Flag.Suppressed() {
			visited, share = textCell(flagText(s.Flag)), textCell(same("—"))
		}
		if s.Share != nil && finite(*s.Share) {
			share = textCell(same(percent(*s.Share, 0)))
			if *s.Share == 0 {
				empty++
			}
		}
		t.Rows = append(t.Rows, []cell{textCell(d.n.coded("industry", s.Industry)), textCell(d.n.coded("enterprise_size", s.Size)), countCell(s.Population), visited, share})
	}
	finding := say("每一层都有走访", "Every stratum has been visited")
	if empty > 0 {
		finding = say(numeral(empty)+"层还没有走访", codebook.UpperFirst(word(empty))+" strata have not been visited")
	}
	return &section{ID: "coverage", Finding: finding, Table: t, Open: true,
		Aside: []note{{say("层", "Strata"), say("行业 × 规模。没有走访的层，其企业的需求不在任何数字里。", "Industry × size. Demand of enterprises in a stratum without visits is in no figure.")}}}
}

func (d *desk) nonResponseSection() (*section, error) {
	rows := slices.Clone(d.a.Quality.NonResponse)
	if len(rows) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(rows, func(a, b gap.NonResponse) int { return compareFloat(b.Share, a.Share) })
	t := &table{ID: "nonresponse", Whence: ratingsWhence, Caption: say("未答", "Item non-response"), Columns: []column{
		{Key: "item", Head: say("项目", "Item")}, {Key: "competency", Head: say("能力", "Competency")}, {Key: "share", Head: say("未答比例", "Not given"), Numeric: true}, {Key: "jobs", Head: say("所问岗位", "Jobs asked"), Numeric: true},
	}}
	for _, r := range rows {
		c := textCell(same("—"))
		if r.Competency != "" {
			c = textCell(d.n.short(r.Competency))
		}
		t.Rows = append(t.Rows, []cell{textCell(d.itemName(r.Item)), c, textCell(same(percent(r.Share, 1))), countCell(r.Jobs)})
	}
	first := d.itemName(rows[0].Item)
	if rows[0].Competency != "" {
		c := d.n.short(rows[0].Competency)
		first = say(c.ZH+"的"+first.ZH, codebook.LowerFirst(first.EN)+" of "+codebook.LowerFirst(c.EN))
	}
	return &section{ID: "nonresponse", Finding: say("未答最多的是"+first.ZH+"："+percent(rows[0].Share, 0), "Least answered: "+first.EN+", "+percent(rows[0].Share, 0)+" not given"), Table: t, Open: len(rows) <= 12,
		Lead: d.qualityLead(), OfLead: d.ofQualityLead(), Quotes: d.ofRatings(percent(rows[0].Share, 0)),
		Aside: []note{{say("缺失不是零", "Missing is not zero"), say("没有回答的项目不计入均值，也不补数。", "Items without an answer enter no mean; nothing is imputed.")}}}, nil
}

func (d *desk) itemName(item string) Text {
	if t, ok := knownMeasure(demand.Measure(item)); ok {
		return t
	}
	for _, f := range d.n.cb.Forms {
		for i := range f.Sheets {
			for _, field := range f.Sheets[i].Fields {
				if string(field.Key) == item {
					return shown(field.Label)
				}
			}
		}
	}
	return same(plain(item, 40))
}

// rerunSection shows the ranking made again without some answers.
func (d *desk) rerunSection(id string, name Text, r gap.Rerun) *section {
	if len(r.Rows) == 0 && r.Verdict == (Text{}) {
		return nil
	}
	finding := shownLong(r.Verdict)
	if finding.ZH == "" {
		finding = say(name.ZH+"：重排后"+numeral(r.Changed)+"处名次改变", name.EN+": "+word(r.Changed)+" ranks change when ranked again")
	}
	finding.EN = codebook.UpperFirst(finding.EN)
	s := &section{ID: id, Finding: finding}
	if what := shownLong(r.What); what.ZH != "" {
		s.Lead = []Text{say("另算一遍："+what.ZH+"。", "Reckoned once more "+codebook.LowerFirst(what.EN)+".")}
	}
	if len(r.Rows) == 0 {
		return s
	}
	t := &table{ID: id, Whence: rankWhence, Caption: name, Columns: []column{
		{Key: "domain", Head: say("范围", "Domain")}, {Key: "competency", Head: say("能力", "Competency")},
		{Key: "with", Head: say("全部", "With"), Numeric: true}, {Key: "without", Head: say("去掉后", "Without"), Numeric: true},
	}}
	for _, row := range r.Rows {
		t.Rows = append(t.Rows, []cell{textCell(d.n.domain(row.Domain)), textCell(d.n.short(row.Competency)), rankCell(row.With), rankCell(row.Without)})
	}
	s.Table = t
	s.Aside = []note{{say("只给名次", "Ranks only"), say("两张表只差一家企业时，相减会露出那家的回答，所以这里只比名次。", "Two tables that differ by one enterprise would reveal its answers by subtraction, so only ranks are compared.")}}
	return s
}

// screeningSection counts what the screening for haste and copying asks about.
func (d *desk) screeningSection() *section {
	rows := d.a.Quality.Screened
	if len(rows) == 0 || rows[0].Of == 0 {
		return nil
	}
	asked := 0
	t := &table{ID: "screening", Whence: screeningWhence, Caption: say("筛查提示", "Screening"), Columns: []column{
		{Key: "sign", Head: say("迹象", "Sign")}, {Key: "rule", Head: say("规则", "Rule")},
		{Key: "visits", Head: say("走访", "Visits"), Numeric: true}, {Key: "of", Head: say("共", "Of"), Numeric: true},
	}}
	for _, r := range rows {
		visits := countCell(r.Visits)
		if r.Flag.Suppressed() {
			visits = textCell(flagText(r.Flag))
		}
		if r.Visits > 0 || r.Flag.Suppressed() {
			asked++
		}
		t.Rows = append(t.Rows, []cell{textCell(d.n.rule(r.Rule)), textCell(same(plain(string(r.Rule), 24))), visits, countCell(r.Of)})
	}
	finding := say("筛查没有发现赶填或抄填的迹象", "The screening finds no sign of haste or copying")
	if asked > 0 {
		finding = say(numeral(asked)+"种赶填或抄填的迹象需要人来核对", codebook.UpperFirst(word(asked))+" kinds of signs of haste or copying ask for a look")
	}
	return &section{ID: "screening", Finding: finding, Table: t, Open: true,
		Aside: []note{{say("提示，不是结论", "Questions, not verdicts"), say("是哪几次走访，调研办用 qianqi screen 查看；没有一次走访因此被剔除。", "Which visits they are, the survey office sees with qianqi screen; none was left out because of it.")}}}
}

func rankCell(rank int) cell {
	if rank == 0 {
		return textCell(same("—"))
	}
	return countCell(rank)
}

func (d *desk) reliabilitySection() *section {
	rows := d.a.Quality.Reliability
	if len(rows) == 0 {
		return nil
	}
	t := &table{ID: "reliability", Whence: twiceWhence, Caption: say("同一企业多次走访的一致性", "Agreement between visits to the same enterprise"), Columns: []column{
		{Key: "measure", Head: say("量", "Measure")}, {Key: "alpha", Head: say("Krippendorff α", "Krippendorff α"), Numeric: true},
		{Key: "enterprises", Head: say("企业", "Enterprises"), Numeric: true}, {Key: "units", Head: say("可比对象", "Units"), Numeric: true},
	}}
	known := false
	for _, r := range rows {
		alpha := textCell(flagText(r.Reason))
		if r.Alpha != nil && finite(*r.Alpha) {
			alpha, known = numberCell(*r.Alpha, 2), true
		}
		t.Rows = append(t.Rows, []cell{textCell(d.itemName(string(r.Measure))), alpha, rankCell(r.Enterprises), rankCell(r.Units)})
	}
	if !known {
		return &section{ID: "reliability", Finding: say("重复走访太少，一致性无从计算", "Too few repeated visits to compute agreement"),
			Lead: []Text{say("要有几家企业由不同教师各走访一次，才能看出回答随人而变的程度。", "Only where several enterprises are visited by two teachers each can one tell how far the answers depend on who asks.")}}
	}
	finding := say("不同教师走访同一企业，回答有多一致", "How far visits by different faculty to the same enterprise agree")
	return &section{ID: "reliability", Finding: finding, Table: t, Open: true,
		Aside: []note{{same("α"), say("1 为完全一致，0 为随机；≥ 0.80 可靠，0.667–0.80 只作试探。", "1 is perfect agreement, 0 chance; ≥ 0.80 is reliable, 0.667–0.80 tentative.")},
			{say("可比对象", "Units"), say("同一年里同一企业、同一专业、同一岗位类别、同一能力由两次以上走访评过的评分；各年合并。", "Ratings of one competency for one programme and family of an enterprise, given by two visits or more of one year; all years together.")}}}
}

// textSection sets what the free texts mention beside what was rated.
func (d *desk) textSection() *section {
	c := d.a.Texts
	if c.Texts == 0 {
		return nil
	}
	t := &table{ID: "texts", Whence: textsWhence, Caption: say("文字与评分", "Texts and ratings"), Columns: []column{
		{Key: "competency", Head: say("能力", "Competency")}, {Key: "mentions", Head: say("文字提及", "Mentioned"), Numeric: true, Figure: true},
		{Key: "high_if", Head: say("提及时 R ≥ 4", "R ≥ 4 if mentioned"), Numeric: true, Figure: true}, {Key: "high_else", Head: say("未提及时 R ≥ 4", "R ≥ 4 if not"), Numeric: true, Figure: true},
		{Key: "low_if", Head: say("提及而评 I 或 R ≤ 2", "Mentioned, but I or R ≤ 2"), Numeric: true, Figure: true}, {Key: "words", Head: say("常见词", "Words")},
	}}
	for _, r := range c.Rows {
		var words []string
		for _, w := range r.Words[:min(5, len(r.Words))] {
			words = append(words, plain(w.Word, 24)+" "+itoa(w.Enterprises))
		}
		t.Rows = append(t.Rows, []cell{textCell(d.n.short(r.Competency)), figureCell(r.Mentions, 0, asPercent), figureCell(r.HighIf, 0, asPercent), figureCell(r.HighElse, 0, asPercent), figureCell(r.LowIf, 0, asPercent), wordsCell(words)})
	}
	share := percent(float64(c.Matched)/float64(c.Texts), 0)
	return &section{ID: "texts", Finding: say(count(c.Texts)+" 段岗位文字中，"+share+"提到了所列能力", share+" of "+plural(c.Texts, "job text")+" mention one of the competencies"), Table: t, Open: true,
		Aside: []note{{say("旁证", "A cross-check"), say("词典匹配，不是理解；它只用来对照评分，不改评分。", "Words are matched, not understood; the check stands beside the ratings and changes none.")}}}
}

// lexiconSection says how far the words behind the texts agree with a reader.
func (d *desk) lexiconSection() *section {
	c := d.a.Texts.Check
	if d.a.Texts.Texts == 0 || len(c.Rows) == 0 {
		return nil
	}
	t := &table{ID: "lexicon", Whence: lexiconWhence, Caption: say("词典与阅读者", "Words and a reader"), Columns: []column{
		{Key: "competency", Head: say("能力", "Competency")}, {Key: "asked", Head: say("阅读者认为有要求", "Asked, by the reader"), Numeric: true}, {Key: "matched", Head: say("词典匹配", "Matched by words"), Numeric: true},
		{Key: "both", Head: say("两者一致", "Both"), Numeric: true}, {Key: "precision", Head: say("查准率", "Precision"), Numeric: true}, {Key: "recall", Head: say("查全率", "Recall"), Numeric: true},
		{Key: "kappa", Head: same("κ"), Numeric: true}, {Key: "kappa_se", Head: say("κ 的标准误", "SE of κ"), Numeric: true},
	}}
	lo, hi := 1.0, 0.0
	for _, r := range c.Rows {
		if r.Kappa != nil {
			lo, hi = min(lo, *r.Kappa), max(hi, *r.Kappa)
		}
		t.Rows = append(t.Rows, []cell{textCell(d.n.short(r.Competency)), countCell(r.Asked), countCell(r.Matched), countCell(r.Both),
			optionalCell(r.Precision, 2), optionalCell(r.Recall, 2), optionalCell(r.Kappa, 2), optionalCell(r.SE, 2)})
	}
	n := count(c.Texts)
	return &section{ID: "lexicon", Finding: say("词典与阅读者的一致性只有 κ "+num(lo, 2)+" 至 "+num(hi, 2)+"：只作旁证", "Words agree with a reader only at κ "+num(lo, 2)+" to "+num(hi, 2)+": a cross-check, no more"), Table: t,
		Lead: []Text{say(n+" 段公开招聘文字（软件、硬件、算法、程序四类各取 12 段、去重，随机抽取提到网络、通信、运维、系统集成或技术支持的），只取 120 至 700 字的，在匹配之前按编码簿的定义逐项标注。标注只做过一遍，标注者知道词表，尚无第二人复核：κ 是暂定值。样本小，且不是本校走访的文字。",
			n+" public postings, drawn at random, twelve each less one that came twice, from software, hardware, algorithm and programming jobs among those that speak of networks, communication, operations, integration or support; only texts of 120 to 700 characters. Each was labelled by the definitions of the codebook before any word was matched, once, knowing the word list, and no second person has checked the labels: κ is provisional. A small sample, and not of texts from visits.")},
		Aside: []note{{same("κ"), say("Cohen κ：1 为完全一致，0 为偶然。“算法”一词占去了逻辑推理误配的大半；词典可在编码簿里改。", "Cohen's κ: 1 is perfect, 0 chance. The word “算法” (algorithm) makes most of the false matches on reasoning; the words can be edited in the codebook.")}}}
}

// wordsCell lists words with the number of enterprises that wrote them.
func wordsCell(words []string) cell {
	if len(words) == 0 {
		return textCell(say("没有一个词有足够的企业写到", "no word was written by enough enterprises"))
	}
	return textCell(same(strings.Join(words, " · ")))
}

// stopped ends a text as a sentence.
func stopped(t Text) Text {
	if t.ZH != "" && !strings.HasSuffix(t.ZH, "。") {
		t.ZH += "。"
	}
	if t.EN = codebook.UpperFirst(t.EN); t.EN != "" && !strings.HasSuffix(t.EN, ".") {
		t.EN += "."
	}
	return t
}

// benchmarkSection draws what an outside source says behind the survey's own bars.
func (d *desk) benchmarkSection() (*section, error) {
	b := d.a.Benchmark
	if len(b.Rows) == 0 {
		return nil, nil
	}
	t := &table{ID: "benchmark", Whence: benchmarkWhence, Caption: shown(b.Title), Columns: []column{
		{Key: "competency", Head: say("能力", "Competency")}, {Key: "required", Head: say("本调研要求", "Required here"), Numeric: true, Figure: true},
		{Key: "level", Head: say("外部水平", "Benchmark level"), Numeric: true, Figure: true}, {Key: "importance", Head: say("外部重要度", "Benchmark importance"), Numeric: true, Figure: true},
		{Key: "ratings", Head: say("评定数", "Ratings"), Numeric: true}, {Key: "left_out", Head: say("不用的值", "Left out"), Numeric: true}, {Key: "elements", Head: say("对应项", "Mapped to")},
	}}
	plot := BarPlot{ID: "benchmark", Alt: say("本调研要求与外部水平", "Required level here and in the benchmark"), Measure: say("本调研要求", "required here"), Decimals: 2, Max: 5, BehindName: say("外部水平", "benchmark level")}
	for _, r := range b.Rows {
		var elements []Text
		for _, e := range r.Elements {
			elements = append(elements, same(plain(e, 60)))
		}
		required := d.figure(demand.Domain{}, r.Competency, demand.MeanRequired)
		t.Rows = append(t.Rows, []cell{textCell(d.n.short(r.Competency)), d.about(demand.Domain{}, r.Competency)(demand.MeanRequired, required, 2, withMargin),
			figureCell(r.Level, 2, withMargin), figureCell(r.Importance, 2, withMargin), countCell(r.Level.Jobs), countCell(r.Suppressed), {Lines: elements}})
		plot.Rows = append(plot.Rows, BarRow{Name: d.n.short(r.Competency), Value: d.point(required, d.at(demand.Domain{}, r.Competency, demand.MeanRequired))})
		plot.Behind = append(plot.Behind, ofKind("quoted", pointOf(r.Level)))
	}
	chart, err := plot.Chart()
	if err != nil {
		return nil, err
	}
	var occupations []string
	for _, o := range b.Occupations {
		occupations = append(occupations, plain(o.Name, 60)+" ("+plain(o.Code, 12)+")")
	}
	return &section{ID: "benchmark", Finding: d.benchmarkFinding(), Chart: chart, Table: t, Open: true,
		Lead: []Text{shownLong(b.Note)}, Base: same(plain(b.Attribution, 1200)),
		Aside: []note{{say("哪些职业", "Occupations"), same(strings.Join(occupations, "; "))},
			{say("不用的值", "Left out"), say("来源建议不要使用的值（标准误过大等）不计入平均。", "Values that their source advises not to use, e.g. for their error, enter no mean.")}}}, nil // an attribution is not cut short
}

// benchmarkFinding says what is asked most here and there; the scales differ, so levels are not compared.
func (d *desk) benchmarkFinding() Text {
	here, there := -1.0, -1.0
	var hereID, thereID codebook.CompetencyID
	for _, r := range d.a.Benchmark.Rows {
		f := d.figure(demand.Domain{}, r.Competency, demand.MeanRequired)
		if f.Shown() && f.Estimate > here {
			here, hereID = f.Estimate, r.Competency
		}
		if r.Level.Shown() && r.Level.Estimate > there {
			there, thereID = r.Level.Estimate, r.Competency
		}
	}
	title := shown(d.a.Benchmark.Title)
	if hereID == "" || thereID == "" {
		return say("外部参照："+title.ZH, "An outside view: "+codebook.LowerFirst(title.EN))
	}
	a, b := d.n.short(hereID), d.n.short(thereID)
	if hereID == thereID {
		return say("本调研与外部参照要求最高的都是"+a.ZH, "Here as in the outside benchmark "+codebook.LowerFirst(a.EN)+" is required most")
	}
	return say("要求最高的，本调研是"+a.ZH+"，外部参照是"+b.ZH, "Most is required here in "+codebook.LowerFirst(a.EN)+", in the outside benchmark in "+codebook.LowerFirst(b.EN))
}
