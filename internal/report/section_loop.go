package report

import (
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// coverageSection sets what jobs require against what the curriculum teaches.
func (d *desk) coverageSection(pg gap.ProgrammeGap, prefix string) (*section, error) {
	s := &section{ID: "coverage", Finding: d.coverageFinding(pg)}
	if !anyCoverage(pg.Rows) {
		return s, nil
	}
	chart, err := d.coveragePlot(pg.Domain, pg.Rows, prefix).Chart()
	if err != nil {
		return nil, err
	}
	s.Chart = chart
	s.Table, s.Open = d.coverageTable(pg, prefix+"coverage"), true
	s.Aside = []note{
		{say("所教", "Taught"), say("“所教”是课程表中各模块对该能力的目标水平的最高者；“必修”只看人人都学的模块。", "“Taught” is the highest target level over all modules of the programme; “compulsory” only over those every student takes.")},
		{say("两种差距", "Two gaps"), say("覆盖差距 = 要求 − 所教，改课可补；表现差距 = 要求 − 毕业生现状，还取决于教学与练习。", "Coverage gap = required − taught, closed by changing modules; performance gap = required − graduate level, which also depends on teaching and practice.")},
		{say("怎么读", "How to read"), say("零线右侧：要求高于所教；左侧：所教高于要求。横线是 95% 区间，右侧数字是所教水平。", "Right of the line jobs require more than is taught, left of it less. Lines are 95% intervals; the number at the right is the taught level.")},
	}
	s.Base, s.OfBase = d.baseLine(pg.DomainGap), d.ofBase(pg.DomainGap)
	s.Traces = d.traces(pg.DomainGap, demand.CoverageGap)
	return s, nil
}

// coveragePlot sets each coverage gap against the line where what is taught is what is required.
func (d *desk) coveragePlot(domain demand.Domain, rows []gap.Row, prefix string) RankingPlot {
	plot := RankingPlot{ID: prefix + "coverage", Measure: say("覆盖差距", "coverage gap"), Head: say("所教", "taught"), Alt: say("各能力的要求减去所教，及其 95% 区间", "Required minus taught level of each competency, with 95% intervals")}
	for _, r := range coverageFirst(rows) {
		row := RankingRow{Name: d.n.short(r.Competency), Gap: d.point(r.Coverage.Gap, d.at(domain, r.Competency, demand.CoverageGap))}
		switch {
		case r.Coverage.Known && r.Coverage.Taught >= 1:
			row.Margin = same(num(r.Coverage.Taught, 1))
		case r.Coverage.Known:
			row.Margin = say("未讲授", "not taught")
			if !r.Coverage.Gap.Shown() {
				row.Gap.Why = say("没有模块讲授", "no module teaches it")
			}
		}
		plot.Rows = append(plot.Rows, row)
	}
	return plot
}

// coverageFirst orders rows by coverage gap, widest first; those without one stand last.
func coverageFirst(rows []gap.Row) []gap.Row {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b gap.Row) int {
		fa, fb := a.Coverage.Gap, b.Coverage.Gap
		switch {
		case fa.Shown() && fb.Shown():
			return compareFloat(fb.Estimate, fa.Estimate)
		case fa.Shown():
			return -1
		case fb.Shown():
			return 1
		}
		return 0
	})
	return out
}

func anyCoverage(rows []gap.Row) bool {
	return slices.ContainsFunc(rows, func(r gap.Row) bool { return r.Coverage.Known })
}

func (d *desk) coverageFinding(pg gap.ProgrammeGap) Text {
	if !anyCoverage(pg.Rows) {
		return say("没有本专业的课程表：所教与所需无从比较", "There is no curriculum map of this programme: taught and required cannot be compared")
	}
	var below []codebook.CompetencyID
	for _, r := range pg.Rows {
		if r.Coverage.Gap.Beyond(0) {
			below = append(below, r.Competency)
		}
	}
	if len(below) == 0 {
		return say("没有一项能力的课程目标低于岗位要求（超出误差）", "Nothing is taught below what jobs require, beyond error")
	}
	names := list(within(d.shortNames(below)))
	return say("课程目标低于岗位要求的有"+numeral(len(below))+"项："+names.ZH, "Taught below what jobs require: "+names.EN)
}

func (d *desk) coverageTable(pg gap.ProgrammeGap, id string) *table {
	t := &table{ID: id, Whence: d.taughtWhence(), Caption: say("要求与所教", "Required and taught"), Columns: []column{
		{Key: "competency", Head: say("能力", "Competency")},
		{Key: "required", Head: say("要求", "Required"), Numeric: true, Figure: true},
		{Key: "taught", Head: say("所教", "Taught"), Numeric: true},
		{Key: "compulsory", Head: say("必修", "Compulsory"), Numeric: true},
		{Key: "coverage_gap", Head: say("覆盖差距", "Coverage gap"), Numeric: true, Figure: true},
		{Key: "hours", Head: say("学时", "Hours"), Numeric: true},
		{Key: "modules", Head: say("讲授模块", "Modules")},
	}}
	for _, r := range coverageFirst(pg.Rows) {
		of := d.about(pg.Domain, r.Competency)
		compulsory, hours := taughtCell(r.Coverage), textCell(same("—"))
		if r.Coverage.Known && r.Coverage.Compulsory >= 1 {
			compulsory = numberCell(r.Coverage.Compulsory, 1)
		} else if r.Coverage.Known {
			compulsory = textCell(say("未讲授", "not taught"))
		}
		if r.Coverage.Known {
			hours = numberCell(r.Coverage.Hours, 0)
		}
		t.Rows = append(t.Rows, []cell{textCell(d.n.short(r.Competency)), of(demand.MeanRequired, r.Required, 2, bare), taughtCell(r.Coverage), compulsory,
			of(demand.CoverageGap, r.Coverage.Gap, 2, withMargin), hours, modulesCell(d.n.modules(r.Coverage.Modules))})
	}
	return t
}

func modulesCell(names []Text) cell {
	if len(names) == 0 {
		return textCell(same("—"))
	}
	zh, en := make([]string, len(names)), make([]string, len(names))
	for i, n := range names {
		zh[i], en[i] = n.ZH, n.EN
	}
	return textCell(say(strings.Join(zh, "、"), strings.Join(en, "; ")))
}

// houseSection says which modules answer demand most, and what a budget of hours would close.
func (d *desk) houseSection(pg gap.ProgrammeGap, prefix string) *section {
	if len(pg.House.Modules) == 0 {
		return nil
	}
	s := &section{ID: "modules", Finding: d.houseFinding(pg), Table: d.houseTable(pg, prefix+"modules"), Open: true,
		Aside: []note{
			{say("质量屋", "House of quality"), say("能力权重由需求得出；格中 9、3、1 表示模块与能力关系强、中、弱；得分 = 权重 × 关系之和。", "Weights come from demand; 9, 3 and 1 mark a strong, middling or weak relation of module and competency; the score is the weighted sum.")},
			{say("学时", "Hours"), shownLong(pg.Plan.Costing)},
		},
	}
	if len(pg.Plan.Steps) > 0 {
		s.Table, s.More = d.planTable(pg, prefix+"plan"), []*table{s.Table}
		s.Lead = []Text{d.planSentence(pg.Plan)}
	}
	for _, id := range pg.Plan.Unable {
		name := d.n.short(id)
		s.Lead = append(s.Lead, say(name.ZH+"不足，但本专业没有模块可以承担。", name.EN+" is short, yet no module of the programme could carry it."))
	}
	return s
}

func (d *desk) houseFinding(pg gap.ProgrammeGap) Text {
	best := pg.House.Modules[0]
	for _, m := range pg.House.Modules {
		if m.Rank > 0 && m.Rank < best.Rank {
			best = m
		}
	}
	name := d.n.module(best.Module)
	return say("“"+name.ZH+"”最能回应岗位需求，占全部得分的 "+percent(best.Share, 0), "“"+name.EN+"” answers demand most: "+percent(best.Share, 0)+" of all scores")
}

func (d *desk) planSentence(p gap.Plan) Text {
	share := ""
	if p.Open > 0 && finite(p.Closed/p.Open) {
		share = percent(p.Closed/p.Open, 0)
	}
	return say("在 "+itoa(p.Budget)+" 学时的预算内，下列调整用去 "+itoa(p.Used)+" 学时，可补上加权覆盖差距的 "+share+"。",
		"Within a budget of "+itoa(p.Budget)+" hours the changes below use "+itoa(p.Used)+" and close "+share+" of the weighted coverage gap.")
}

func (d *desk) houseTable(pg gap.ProgrammeGap, id string) *table {
	t := &table{ID: id, Whence: d.houseWhence(), Caption: say("模块 × 能力（质量屋）", "Modules × competencies (house of quality)"), Columns: []column{{Key: "module", Head: say("模块", "Module")}}}
	for i, c := range pg.House.Competencies {
		head := column{Key: string(c), Head: d.n.short(c), Numeric: true}
		if i < len(pg.House.Weights) {
			head.Sub = percent(pg.House.Weights[i], 0)
		}
		t.Columns = append(t.Columns, head)
	}
	t.Columns = append(t.Columns, column{Key: "score", Head: say("得分", "Score"), Numeric: true}, column{Key: "rank", Head: say("名次", "Rank"), Numeric: true})
	modules := slices.Clone(pg.House.Modules)
	slices.SortStableFunc(modules, func(a, b gap.ModuleScore) int { return a.Rank - b.Rank })
	for _, m := range modules {
		line := []cell{textCell(d.n.module(m.Module))}
		for _, r := range m.Relations {
			if r == 0 {
				line = append(line, textCell(same("·")))
			} else {
				line = append(line, countCell(r))
			}
		}
		t.Rows = append(t.Rows, append(line, numberCell(m.Score, 2), countCell(m.Rank)))
	}
	return t
}

func (d *desk) planTable(pg gap.ProgrammeGap, id string) *table {
	t := &table{ID: id, Whence: d.houseWhence(), Caption: say("预算内的调整", "Changes within the budget"), Columns: []column{
		{Key: "module", Head: say("模块", "Module")}, {Key: "competency", Head: say("能力", "Competency")},
		{Key: "from", Head: say("由", "From"), Numeric: true}, {Key: "to", Head: say("到", "To"), Numeric: true},
		{Key: "hours", Head: say("学时", "Hours"), Numeric: true}, {Key: "closes", Head: say("补上加权差距", "Weighted gap closed"), Numeric: true},
	}}
	for _, s := range pg.Plan.Steps {
		t.Rows = append(t.Rows, []cell{textCell(d.n.module(s.Module)), textCell(d.n.short(s.Competency)), countCell(s.From), countCell(s.To), countCell(s.Hours), numberCell(s.Closes, 2)})
	}
	return t
}

// loopSection follows demand along the loop and lists where it breaks.
func (d *desk) loopSection(pg gap.ProgrammeGap, prefix string) (*section, error) {
	s := &section{ID: "loop", Finding: d.loopFinding(pg), Table: d.linksTable(pg.Links, prefix+"loop"), Open: true}
	if len(pg.Links) == 0 {
		s.Table = nil
	}
	if !anyCoverage(pg.Rows) { // not known is not the same as not taught
		s.Finding = say("没有本专业的课程表：闭环画不到模块与证书", "Without a curriculum map the loop cannot be followed to modules and certificates")
		return s, nil
	}
	if len(pg.Loop.Links) > 0 {
		chart, err := d.sankey(pg.Domain, pg.Loop, prefix+"loop").Chart()
		if err != nil {
			return nil, err
		}
		s.Chart = chart
	}
	s.Aside = []note{
		{say("岗课赛证", "The closed loop"), say("岗位提出要求，课程培养能力，竞赛锤炼，证书检验。宽度是加权需求。", "Jobs define requirements, courses build capabilities, competitions sharpen them, certifications validate. Widths are weighted demand.")},
		{say("红色", "Red"), say("流到“没有模块讲授”或“没有认证”的需求。教得低于要求、没有竞赛等断点画不成宽度，列在表里。", "Demand that runs into “not taught” or “not certified”. Breaks that have no width, such as taught below demand or no competition, stand in the table.")},
	}
	if pg.Loop.Merged > 0 {
		s.Aside = append(s.Aside, note{say("合并", "Merged"), say(itoa(pg.Loop.Merged)+" 个岗位族因样本不足并入“其他”。", codebook.Count(pg.Loop.Merged, "job family")+" drawn as one for confidentiality.")})
	}
	if left := pg.Loop.LeftOut; len(left) > 0 {
		names := list(d.shortNames(left))
		s.Aside = append(s.Aside, note{say("没有画出", "Left out"), say(names.ZH+"：作答企业太少，不画；需求分给其余能力。", names.EN+": too few enterprises answered. Demand is divided among the others.")})
	}
	s.Traces = d.linkTraces(pg.Links)
	s.Base = say("岗位族 → 能力 → 模块 → 认证 · "+shown(pg.Loop.Unit).ZH, "job family → competency → module → certification · "+shown(pg.Loop.Unit).EN)
	return s, nil
}

func (d *desk) sankey(domain demand.Domain, l gap.Sankey, id string) SankeyPlot {
	plot := SankeyPlot{ID: id, Unit: shown(l.Unit), Alt: say("需求由岗位经能力、模块流向认证", "Demand flowing from jobs through competencies and modules to certifications")}
	for _, n := range l.Nodes {
		plot.Nodes = append(plot.Nodes, SankeyNode{ID: n.ID, Name: d.stationName(n), Column: n.Column, Broken: n.Broken})
	}
	for _, f := range l.Links {
		plot.Links = append(plot.Links, SankeyLink{From: f.From, To: f.To, Value: f.Value, Broken: f.Broken, How: d.place(d.flowAt(domain, f))})
	}
	return plot
}

// flowAt is a figure that a flow of the loop is made from: the openings of its job family, then the
// required level that divides them among the competencies; from a module on, all openings.
func (d *desk) flowAt(domain demand.Domain, f gap.Flow) gap.Address {
	part := domain
	if family, is := strings.CutPrefix(f.From, "family:"); is {
		part.Family = codebook.FamilyID(family)
		if d.openings[part].Shown() {
			return d.openingsAt(part)
		}
	}
	if id, is := strings.CutPrefix(f.From, "competency:"); is {
		return d.at(domain, codebook.CompetencyID(id), demand.MeanRequired)
	}
	return d.openingsAt(domain)
}

// stationName is the name of a node of the loop: a competency goes by its short name.
func (d *desk) stationName(n gap.Node) Text {
	if id, is := strings.CutPrefix(n.ID, "competency:"); is {
		if _, known := d.n.cb.Competency(codebook.CompetencyID(id)); known {
			return d.n.short(codebook.CompetencyID(id))
		}
	}
	return shown(n.Name)
}

func (d *desk) loopFinding(pg gap.ProgrammeGap) Text {
	switch {
	case len(pg.Links) > 0:
		kinds := breaks(pg.Links)
		return say("闭环有"+numeral(len(pg.Links))+"处断点："+kinds.ZH, codebook.UpperFirst(word(len(pg.Links)))+" broken "+linkWord(len(pg.Links))+" in the loop: "+kinds.EN)
	case len(pg.Loop.Links) == 0:
		return say("没有课程表或需求数据：闭环画不出来", "Without curriculum or demand the loop cannot be drawn")
	}
	return say("闭环没有断点：所需皆有所教，所教皆有考查", "The loop is unbroken: what is needed is taught, what is taught is certified")
}

// breaks counts broken links by kind: 四处教得低于要求、两处有课无证.
func breaks(links []gap.BrokenLink) Text {
	var parts []Text
	counted := map[gap.LinkKind]int{}
	for _, l := range links {
		counted[l.Kind]++
	}
	for _, l := range links {
		n := counted[l.Kind]
		if n == 0 {
			continue
		}
		counted[l.Kind] = 0
		kind := kindText(l.Kind)
		parts = append(parts, say(numeral(n)+"处"+kind.ZH, word(n)+" "+kind.EN))
	}
	zh, en := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		zh[i], en[i] = p.ZH, p.EN
	}
	return say(strings.Join(zh, "，"), strings.Join(en, "; "))
}

func kindText(k gap.LinkKind) Text {
	if t, ok := linkTexts[k]; ok {
		return t
	}
	return same(plain(string(k), 40))
}

func linkWord(n int) string {
	if n == 1 {
		return "link"
	}
	return "links"
}

var linkTexts = map[gap.LinkKind]Text{
	gap.DemandedNotTaught:    say("有需求，没有课", "demanded, not taught"),
	gap.TaughtBelowDemand:    say("教得低于要求", "taught below demand"),
	gap.TaughtInElectiveOnly: say("只在选修里教", "taught in electives only"),
	gap.TaughtNotCertified:   say("有课无证", "taught, not certified"),
	gap.CertifiedNotDemanded: say("有证，少需求", "certified, not demanded"),
	gap.NotExercised:         say("没有竞赛锤炼", "not exercised"),
	gap.ModuleNotNeeded:      say("模块回应的需求少", "module answers little demand"),
}

// measureOf names the measure of a figure address.
func measureOf(address string) Text {
	if a, ok := gap.ParseAddress(address); ok {
		if t, known := knownMeasure(a.Measure); known {
			return t
		}
	}
	return same(plain(address, 120))
}

// linkTraces leads to the figures behind the broken links, each once.
func (d *desk) linkTraces(links []gap.BrokenLink) []trace {
	var out []trace
	seen := map[string]bool{}
	for _, l := range links {
		for _, f := range l.Figures {
			a, ok := gap.ParseAddress(f)
			if !ok || seen[f] || len(out) == 8 {
				continue
			}
			seen[f] = true
			name, measure := d.n.short(a.Competency), measureOf(f)
			out = append(out, d.traceOf(a, say(name.ZH+" · "+measure.ZH, name.EN+" · "+measure.EN)))
		}
	}
	return out
}

func (d *desk) linksTable(links []gap.BrokenLink, id string) *table {
	t := &table{ID: id, Caption: say("断点", "Broken links"), Columns: []column{
		{Key: "kind", Head: say("断在哪里", "Break")}, {Key: "what", Head: say("说明", "What")}, {Key: "figures", Head: say("依据", "Evidence")},
	}}
	for _, l := range links {
		t.Rows = append(t.Rows, []cell{tagCell("bad", kindText(l.Kind)), textCell(shownLong(l.Text)), d.evidence(l)})
	}
	return t
}

// evidence lists the figures that show a break, each with its value and the way to its trace;
// where no figure does, the map or the answers that do.
func (d *desk) evidence(l gap.BrokenLink) cell {
	var c cell
	for _, f := range l.Figures {
		if at, ok := gap.ParseAddress(f); ok {
			name := measureOf(f)
			if at.Competency != l.Competency { // of a module: which of the competencies it teaches
				short := d.n.short(at.Competency)
				name = say(short.ZH+" · "+name.ZH, short.EN+" · "+name.EN)
			}
			c.Parts = append(c.Parts, part{name, d.from(figureCell(d.figure(at.Domain, at.Competency, at.Measure), 2, withMargin), at)})
		}
	}
	switch {
	case len(c.Parts) > 0:
		return c
	case l.Kind == gap.CertifiedNotDemanded:
		return textCell(say("走访表中的证书要求", "certificates asked for in the visits"))
	}
	return textCell(say("课程地图", "curriculum map"))
}
