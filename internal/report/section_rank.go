package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// rankSection ranks the gaps and says whether every method agrees.
func (d *desk) rankSection(dg gap.DomainGap, prefix string) (*section, error) {
	rows := gapFirst(dg.Rows)
	plot := RankingPlot{ID: prefix + "rank", Measure: say("差距", "gap"), Head: say("名次", "rank"), Alt: say("差距及其 95% 区间，由大到小", "Gaps with 95% intervals, widest first")}
	for _, r := range rows {
		plot.Rows = append(plot.Rows, RankingRow{Name: d.n.short(r.Competency), Gap: d.point(r.Gap, d.at(dg.Domain, r.Competency, demand.PerformanceGap)), Margin: rankMargin(r)})
	}
	chart, err := plot.Chart()
	if err != nil {
		return nil, err
	}
	s := &section{
		ID: "rank", Finding: d.rankFinding(dg), Chart: chart, Table: d.rankTable(dg.Domain, rows, prefix+"rank"), Open: true,
		More: []*table{d.methodTable(dg.Domain, rows, prefix+"methods")},
		Aside: []note{
			{say("怎么读", "How to read"), say("实心红点：区间整个在零线右侧，差距超出误差。空心：区间跨过零线。右侧是名次的 95% 自助区间。",
				"Solid red: the whole interval lies right of zero, a gap beyond its error. Hollow: the interval crosses zero. At the right, the 95% bootstrap interval of the rank.")},
			{say("满足度", "Ratio"), say("毕业生现状 ÷ 岗位要求（麦可思口径：≥ 90% 好，85–90% 基本满足，75–85% 略低，< 75% 不足）。",
				"Graduate ÷ required level (bands used by MyCOS: ≥ 90% good, 85–90% basically meets, 75–85% somewhat short, < 75% short).")},
			{say("名次不是差距", "Ranks are not gaps"), say("各算法回答的问题不同，所以并列给出；只有一致时才下结论。", "Each method answers another question, so all are shown; only where they agree is anything concluded.")},
		},
		Base: d.baseLine(dg), OfBase: d.ofBase(dg), Traces: d.traces(dg, demand.BorichMWDS),
	}
	if dg.MeanTau != nil {
		s.Aside = append(s.Aside, note{same("Kendall τ"), say("各算法两两平均 τ = "+num(*dg.MeanTau, 2)+"。", "Mean τ over all pairs of methods: "+num(*dg.MeanTau, 2)+".")})
	}
	return s, nil
}

func rankMargin(r gap.Row) Text {
	for _, k := range r.Ranks {
		if k.Method == gap.ByGap && k.Lo > 0 {
			return same(interval(k.Lo, k.Hi))
		}
	}
	return Text{}
}

// interval prints a range of ranks: "1", "1–2".
func interval(lo, hi int) string {
	if lo == hi {
		return itoa(lo)
	}
	return itoa(lo) + "–" + itoa(hi)
}

// rankFinding says how far the methods agree on what is needed most.
func (d *desk) rankFinding(dg gap.DomainGap) Text {
	methods := methodCount(dg.Rows)
	switch {
	case !dg.Ranked || methods == 0:
		return say("可公布的能力太少，不作排序", "Too few competencies can be published to rank them")
	case len(dg.Robust) == 0 && len(dg.Short) > 0:
		return say("不足的是哪几项，各算法一致；谁最不足，各算法不一：前"+numeral(dg.TopK)+"名随算法而变", "The methods agree on what is short, not on what is shortest: the top "+word(dg.TopK)+" change with the method")
	case len(dg.Robust) == 0:
		return say("前"+numeral(dg.TopK)+"名随算法而变：名次不宜单独使用", "The top "+word(dg.TopK)+" change with the method: do not rely on ranks alone")
	}
	names := list(within(d.shortNames(dg.Robust)))
	zh := numeral(methods) + "种算法都把" + names.ZH + "排进前" + numeral(dg.TopK)
	en := "All " + word(methods) + " methods place " + names.EN + " in the top " + word(dg.TopK)
	if rest := dg.TopK - len(dg.Robust); rest > 0 {
		zh += "，其余" + numeral(rest) + "席随算法而变"
		en += "; the remaining " + seats(rest) + " on the method"
	}
	return say(zh, en)
}

func seats(n int) string {
	if n == 1 {
		return "place depends"
	}
	return word(n) + " places depend"
}

func methodCount(rows []gap.Row) int {
	most := 0
	for _, r := range rows {
		most = max(most, len(r.Ranks))
	}
	return most
}

func (d *desk) rankTable(domain demand.Domain, rows []gap.Row, id string) *table {
	t := &table{ID: id, Whence: rankWhence, Caption: say("差距与判断", "Gaps and verdicts"), Columns: []column{
		{Key: "competency", Head: say("能力", "Competency")},
		{Key: "gap", Head: say("差距 R−O", "Gap R−O"), Numeric: true, Figure: true},
		{Key: "mwds", Head: say("MWDS", "MWDS"), Numeric: true, Figure: true},
		{Key: "ratio", Head: say("满足度", "Ratio"), Numeric: true, Figure: true},
		{Key: "band", Head: say("档次", "Band")},
		{Key: "p_adjusted", Head: say("校正 p", "Adjusted p"), Numeric: true},
		{Key: "ranks", Head: say("各法名次", "Ranks"), Numeric: true},
		{Key: "verdict", Head: say("判断", "Verdict")},
	}}
	for _, r := range rows {
		of := d.about(domain, r.Competency)
		t.Rows = append(t.Rows, []cell{
			linkCell(d.n.competency(r.Competency), competencyFile(r.Competency)),
			of(demand.PerformanceGap, r.Gap, 2, withMargin), of(demand.BorichMWDS, r.Borich, 2, bare), of(demand.SatisfactionRatio, r.Ratio, 0, asPercent),
			bandCell(r.Band), pCell(r.AdjustedP), textCell(same(rankRange(r))), verdictCell(r),
		})
	}
	return t
}

// bandTexts name the bands of the satisfaction ratio as graduate reports here do.
var bandTexts = map[gap.Band]Text{
	gap.BandGood: say("好", "good"), gap.BandMeets: say("基本满足", "basically meets"),
	gap.BandSomewhat: say("略低", "somewhat short"), gap.BandShort: say("不足", "short"),
}

func bandCell(b gap.Band) cell {
	t, ok := bandTexts[b]
	if !ok {
		t = same("—")
	}
	return textCell(t)
}

func pCell(p *float64) cell {
	switch {
	case p == nil || !finite(*p):
		return textCell(same("—"))
	case *p < 0.001:
		return textCell(same("< 0.001"))
	}
	return numberCell(*p, 3)
}

// rankRange is the span of ranks a competency takes over all methods.
func rankRange(r gap.Row) string {
	if len(r.Ranks) == 0 {
		return "—"
	}
	lo, hi := r.Ranks[0].Rank, r.Ranks[0].Rank
	for _, k := range r.Ranks {
		lo, hi = min(lo, k.Rank), max(hi, k.Rank)
	}
	return interval(lo, hi)
}

// verdictCell is the judgement of a row in two or three words.
func verdictCell(r gap.Row) cell {
	switch {
	case !r.Gap.Shown():
		return textCell(flagText(r.Gap.Flag))
	case r.Short:
		return tagCell("bad", say("稳健不足", "robustly short"))
	case r.Gap.Beyond(0) && r.Robust:
		return tagCell("bad", say("不足，名次稳定", "short, rank stable"))
	case r.Gap.Beyond(0):
		return tagCell("mid", say("不足，名次不稳", "short, rank unstable"))
	case r.Gap.HasSE && r.Gap.Hi < 0:
		return tagCell("good", say("高于要求", "exceeds"))
	}
	return tagCell("good", say("误差之内", "within error"))
}

// methodTable gives the rank of every competency under every method with its bootstrap interval, and
// the scores that no other table shows.
func (d *desk) methodTable(domain demand.Domain, rows []gap.Row, id string) *table {
	t := &table{ID: id, Whence: rankWhence, Caption: say("各算法的名次（95% 自助区间）与得分", "Rank under every method (95% bootstrap interval), and scores"),
		Columns: []column{{Key: "competency", Head: say("能力", "Competency")}}}
	methods := d.shownMethods(rows)
	for _, m := range methods {
		t.Columns = append(t.Columns, column{Key: string(m), Head: d.methodName(m), Numeric: true})
	}
	t.Columns = append(t.Columns, column{Key: "ranked_discrepancy_score", Head: say("等级差异，分", "Ranked discrepancy, points"), Numeric: true, Figure: true},
		column{Key: "opportunity_score", Head: say("机会分，分", "Opportunity, points"), Numeric: true, Figure: true})
	for _, r := range rows {
		line := []cell{textCell(d.n.short(r.Competency))}
		for _, m := range methods {
			line = append(line, textCell(same(rankUnder(r, m))))
		}
		t.Rows = append(t.Rows, append(line, d.untold(figureCell(r.Ranked, 0, withMargin), d.at(domain, r.Competency, demand.RankedDiscrepancy)),
			d.untold(figureCell(r.Opportunity, 2, withMargin), d.at(domain, r.Competency, demand.Opportunity))))
	}
	return t
}

func (d *desk) shownMethods(rows []gap.Row) []gap.Method {
	var out []gap.Method
	for _, m := range gap.MethodOrder() {
		for _, r := range rows {
			if slices.ContainsFunc(r.Ranks, func(k gap.Rank) bool { return k.Method == m }) {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

func rankUnder(r gap.Row, m gap.Method) string {
	for _, k := range r.Ranks {
		switch {
		case k.Method != m:
		case k.Lo > 0:
			return itoa(k.Rank) + " (" + interval(k.Lo, k.Hi) + ")"
		default:
			return itoa(k.Rank)
		}
	}
	return "—"
}

func (d *desk) methodName(m gap.Method) Text {
	for _, t := range d.a.Methods {
		if t.Method == m {
			return shown(t.Name)
		}
	}
	return same(string(m))
}

// planeSection sets importance against graduate level.
func (d *desk) planeSection(dg gap.DomainGap, prefix string) (*section, error) {
	if !dg.Crosshair.OK {
		return nil, nil
	}
	plot := PlanePlot{ID: prefix + "plane", MeanGraduate: dg.Crosshair.Graduate, MeanImp: dg.Crosshair.Importance,
		Alt: say("重要度与毕业生现状的平面，以均值为界", "Importance against graduate level, split at the means")}
	for _, r := range dg.Rows {
		plot.Rows = append(plot.Rows, PlaneRow{Name: d.n.short(r.Competency), Graduate: d.point(r.Graduate, d.at(dg.Domain, r.Competency, demand.MeanGraduate)),
			Importance: d.point(r.Importance, d.at(dg.Domain, r.Competency, demand.MeanImportance)), Strong: r.Gap.Beyond(0)})
	}
	chart, err := plot.Chart()
	if err != nil {
		return nil, err
	}
	return &section{
		ID: "plane", Finding: d.planeFinding(dg), Chart: chart, Table: d.planeTable(dg, prefix+"plane"),
		Aside: []note{
			{say("怎么读", "How to read"), say("越靠上越重要，越靠右毕业生越强；虚线是均值。左上角重要而薄弱，应先改进。十字是两个方向的 95% 区间：十字跨过虚线，象限就不确定。",
				"Higher is more important, further right is stronger; dashed lines are the means. Top left is important and weak. A cross that spans a dashed line leaves its quadrant open.")},
			{say("局限", "Limits"), say("象限以均值为界，总有能力落在左上；它排先后，不说明差距大小。", "Means always leave something top left: the plane orders priorities, it does not measure gaps.")},
		},
		Base: d.baseLine(dg), OfBase: d.ofBase(dg), Traces: d.traces(dg, demand.MeanImportance),
	}, nil
}

var quadrantTexts = map[gap.Quadrant]Text{
	gap.Concentrate: quadrants[0], gap.KeepUp: quadrants[1], gap.Overkill: quadrants[2], gap.LowPriority: quadrants[3],
}

func (d *desk) planeFinding(dg gap.DomainGap) Text {
	var ids []codebook.CompetencyID
	for _, r := range dg.Rows {
		if r.Quadrant == gap.Concentrate {
			ids = append(ids, r.Competency)
		}
	}
	if len(ids) == 0 {
		return say("没有能力落在“优先改进”区", "No competency lies in the “concentrate here” quadrant")
	}
	names := list(within(d.shortNames(ids)))
	return say(names.ZH+"：岗位看重而毕业生偏弱", codebook.UpperFirst(names.EN)+": important to jobs, and where graduates are weaker")
}

func (d *desk) planeTable(dg gap.DomainGap, id string) *table {
	t := &table{ID: id, Caption: say("重要度、现状与象限", "Importance, level and quadrant"), Columns: []column{
		{Key: "competency", Head: say("能力", "Competency")},
		{Key: "importance", Head: say("重要度", "Importance"), Numeric: true, Figure: true},
		{Key: "graduate", Head: say("毕业生现状", "Graduates"), Numeric: true, Figure: true},
		{Key: "quadrant", Head: say("象限", "Quadrant")},
	}}
	for _, r := range dg.Rows {
		of := d.about(dg.Domain, r.Competency)
		q, ok := quadrantTexts[r.Quadrant]
		if !ok {
			q = same("—")
		}
		t.Rows = append(t.Rows, []cell{textCell(d.n.short(r.Competency)), of(demand.MeanImportance, r.Importance, 2, withMargin), of(demand.MeanGraduate, r.Graduate, 2, withMargin), textCell(q)})
	}
	return t
}
