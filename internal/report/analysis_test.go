package report

import (
	"math"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// An invented analysis that shows every kind of thing a report can meet. No figure is real.

func fig(v, half float64, n int) demand.Figure {
	return demand.Figure{Estimate: v, SE: half / 2, Lo: v - half, Hi: v + half, DF: float64(n - 1), Enterprises: n, Jobs: n*5/2 + 1, Flag: demand.Good, HasSE: true}
}

func held(f demand.Flag) demand.Figure { return demand.Figure{Flag: f} }

// wave is a smooth invented number between −1 and 1.
func wave(parts ...int) float64 {
	x := 0.0
	for i, p := range parts {
		x += float64(p+1) * (1.7 + 0.9*float64(i))
	}
	return math.Sin(x)
}

type inventor struct {
	cb  *codebook.Codebook
	at  map[figureKey]demand.Figure
	ids []codebook.CompetencyID
	a   *gap.Analysis
}

func inventedAnalysis(cb *codebook.Codebook) *gap.Analysis {
	v := &inventor{cb: cb, at: map[figureKey]demand.Figure{}, a: &gap.Analysis{
		Year: 2026, College: "default", Codebook: gap.CodebookRef{ID: cb.ID, Version: cb.Version, Title: cb.Title}, Invented: true,
		Base: demand.BaseHires, BaseText: say("每个岗位按计划招聘人数计（6% 的岗位未填，不计入）", "each job counts by its planned hires (6% of jobs gave none and are left out)"),
		WeightText: say("没有抽样框，每家企业权重为 1：走访不是随机样本，区间按随机抽样计算。", "Without a frame every enterprise weighs 1: the visits are not a random sample; intervals are computed as if they were."),
		K:          5, Replicates: 1000, Seed: 20260101,
		Facts: gap.Facts{Visits: 93, Enterprises: 86, Jobs: 214, Faculty: 61, Ratings: 4210, Asked: 4494, Missing: 0.063, NoGraduate: 0.14, BaseMissing: 0.06},
	}}
	for _, c := range cb.Active() {
		v.ids = append(v.ids, c.Code)
	}
	v.a.Competencies = v.ids
	v.cells()
	v.methods()
	v.a.Overall = v.table(demand.Domain{}, 86)
	for i, p := range cb.Programmes {
		v.a.Programmes = append(v.a.Programmes, v.programme(i, p.Code))
	}
	v.change()
	v.priority()
	v.rest()
	v.a.Past = []gap.PastYear{{Year: 2025, Cells: v.a.Cells}}
	return v.a
}

var inventedFamilies = []codebook.FamilyID{"network_engineer", "network_operations", "presales_solution", "security", "wireless_optical", "cloud", "app_development", "iot_embedded"}

func (v *inventor) domains() []demand.Domain {
	cuts := []demand.Domain{{}}
	for _, f := range inventedFamilies {
		cuts = append(cuts, demand.Domain{Family: f})
	}
	for _, i := range []string{"C", "I", "L", "M"} {
		cuts = append(cuts, demand.Domain{Industry: i})
	}
	for _, s := range []string{"large", "medium", "small", "micro"} {
		cuts = append(cuts, demand.Domain{Size: s})
	}
	for _, r := range []string{"440000", "320000"} {
		cuts = append(cuts, demand.Domain{Region: r})
	}
	out := cuts
	for _, p := range v.cb.Programmes {
		for _, c := range cuts {
			c.Programme = p.Code
			out = append(out, c)
		}
	}
	return out
}

func (v *inventor) cells() {
	for k, d := range v.domains() {
		for i, id := range v.ids {
			n := 86 - 3*(k%19)
			if d.Programme != "" {
				n = 40 - 2*(k%17)
			}
			req, grad := 3.7+0.5*wave(i, k%7), 3.1+0.55*wave(i+3, k%5)
			if i == 4 {
				req, grad = 4.2, 2.9+0.2*wave(k)
			}
			width := 1.9 / math.Sqrt(float64(max(n, 3)))
			measures := map[demand.Measure]demand.Figure{
				demand.MeanImportance: fig(3.8+0.5*wave(i, k), width*0.8, n), demand.MeanRequired: fig(req, width*0.8, n), demand.MeanGraduate: fig(grad, width, n),
				demand.HighDemandShare: fig(0.5+0.3*wave(i), width/4, n), demand.PerformanceGap: fig(req-grad, width, n), demand.BorichMWDS: fig((req-grad)*4, width*4, n),
				demand.CoverageGap: fig(req-3, width*0.8, n), demand.SatisfactionRatio: fig(grad/req, width/5, n),
			}
			switch {
			case n < 8 || (k+i)%23 == 7:
				for m := range measures {
					measures[m] = held(demand.WithheldFew)
				}
			case (k+i)%19 == 5:
				f := measures[demand.PerformanceGap]
				f.Flag = demand.Caution
				measures[demand.PerformanceGap] = f
			}
			for _, m := range demand.MeasureOrder() {
				v.at[figureKey{d, id, m}] = measures[m]
				v.a.Cells = append(v.a.Cells, demand.Cell{Domain: d, Competency: id, Measure: m, Figure: measures[m]})
			}
		}
	}
}

func (v *inventor) cell(d demand.Domain, id codebook.CompetencyID, m demand.Measure) demand.Figure {
	return v.at[figureKey{d, id, m}]
}

func (v *inventor) table(d demand.Domain, n int) gap.DomainGap {
	dg := gap.DomainGap{Domain: d, Enterprises: demand.Figure{Enterprises: n, Jobs: n * 5 / 2, Flag: demand.Good}, Openings: fig(float64(n)*22, float64(n)*3, n),
		Crosshair: gap.Crosshair{Importance: 3.8, Graduate: 3.15, OK: true}, TopK: 3, Ranked: true}
	tau := 0.84
	dg.MeanTau = &tau
	for i, id := range v.ids {
		r := gap.Row{Competency: id, Importance: v.cell(d, id, demand.MeanImportance), Required: v.cell(d, id, demand.MeanRequired), Graduate: v.cell(d, id, demand.MeanGraduate),
			HighDemand: v.cell(d, id, demand.HighDemandShare), Gap: v.cell(d, id, demand.PerformanceGap), Borich: v.cell(d, id, demand.BorichMWDS), Ratio: v.cell(d, id, demand.SatisfactionRatio),
			Coverage: gap.Coverage{Known: d.Programme != "", Taught: float64(2 + i%3), Compulsory: float64(2 + i%2), Hours: float64(32 + 16*i), Modules: []curriculum.ModuleCode{"NET-201", "NET-305"}, Gap: v.cell(d, id, demand.CoverageGap)},
			Quadrant: []gap.Quadrant{gap.Concentrate, gap.KeepUp, gap.LowPriority, gap.Overkill}[i%4]}
		if i == len(v.ids)-1 {
			r.Coverage.Taught, r.Coverage.Compulsory, r.Coverage.Modules = 0, 0, nil
		}
		p := 0.0004 * float64(1+i*i*20)
		r.P, r.AdjustedP = &p, &p
		if r.Gap.Shown() {
			for j, m := range gap.MethodOrder() {
				rank := 1 + (i+3)%len(v.ids)
				r.Ranks = append(r.Ranks, gap.Rank{Method: m, Rank: rank, Lo: max(1, rank-j%2), Hi: min(len(v.ids), rank+1)})
			}
		}
		r.Short = r.Gap.Shown() && r.Gap.Estimate > 0.9 && r.Gap.Beyond(0)
		r.Robust = r.Short
		if r.Short {
			dg.Short, dg.Robust = append(dg.Short, id), append(dg.Robust, id)
		}
		dg.Rows = append(dg.Rows, r)
	}
	if len(dg.Robust) > 3 {
		dg.Robust = dg.Robust[:3]
	}
	return dg
}

func (v *inventor) programme(i int, p codebook.ProgrammeID) gap.ProgrammeGap {
	n, n7 := 40-6*i, min(7, len(v.ids))
	pg := gap.ProgrammeGap{Programme: p, DomainGap: v.table(demand.Domain{Programme: p}, n)}
	pg.Headline = say("七项能力中，网络故障诊断与协议理解的差距超出误差，且六种算法一致", "Of seven competencies, network fault diagnosis and protocol comprehension fall short beyond their error under all six methods")
	pg.Findings = []codebook.Text{say("小微企业的差距大于大型企业，相差超出误差。", "The gap is wider in small and micro enterprises than in large ones, beyond error.")}
	pg.Links = []gap.BrokenLink{
		{Kind: gap.TaughtNotCertified, Competency: "fault_diagnosis", Module: "NET-305", Text: say("故障诊断有课无证", "Fault diagnosis is taught but not certified"), Figures: []string{"2026/" + string(p) + "/fault_diagnosis/performance_gap"}},
		{Kind: gap.DemandedNotTaught, Competency: "project_management", Text: say("项目管理有需求，没有模块讲授", "Project management is demanded, and no module teaches it")},
	}
	pg.House = gap.House{Competencies: v.ids, Weights: []float64{.12, .1, .18, .14, .22, .14, .1}[:n7], Modules: []gap.ModuleScore{
		{Module: "NET-305", Relations: []int{0, 3, 9, 1, 9, 0, 0}[:n7], Score: 3.76, Share: .31, Rank: 1}, {Module: "NET-201", Relations: []int{1, 3, 3, 0, 3, 3, 0}[:n7], Score: 2.11, Share: .2, Rank: 2}, {Module: "NET-402", Relations: []int{3, 0, 0, 1, 0, 9, 1}[:n7], Score: 1.7, Share: .12, Rank: 3}}}
	pg.Plan = gap.Plan{Budget: 64, Used: 56, Closed: 0.62, Open: 0.87, Costing: say("每升一级按 16 学时计，属约定。", "One level is reckoned as 16 hours, a convention."), Unable: []codebook.CompetencyID{"project_management"},
		Steps: []gap.Step{{Module: "NET-305", Competency: "fault_diagnosis", From: 3, To: 4, Hours: 32, Closes: 0.4}, {Module: "NET-201", Competency: "protocol_comprehension", From: 2, To: 3, Hours: 24, Closes: 0.22}}}
	pg.Loop = gap.Sankey{Unit: say("加权计划招聘人数", "weighted planned hires"), Merged: 2, Nodes: []gap.Node{
		{ID: "family:network_engineer", Name: say("网络工程", "Network engineer")}, {ID: "family:network_operations", Name: say("网络运维", "Network operations")}, {ID: "family:presales_solution", Name: say("售前与解决方案", "Pre-sales")},
		{ID: "competency:fault_diagnosis", Column: 1, Name: say("故障诊断", "Fault diagnosis")}, {ID: "competency:protocol", Column: 1, Name: say("协议理解", "Protocols")}, {ID: "competency:architecture", Column: 1, Name: say("架构设计", "Architecture")},
		{ID: "module:NET-305", Column: 2, Name: say("自动化运维", "Automated O&M")}, {ID: "module:NET-201", Column: 2, Name: say("网络互联", "Interconnection")}, {ID: "module:NET-402", Column: 2, Name: say("系统集成", "System integration")},
		{ID: "certification:datacom/HCIP", Column: 3, Name: say("数据通信 HCIP", "Datacom HCIP")}, {ID: "certification:none", Column: 3, Name: say("没有认证", "no certification"), Broken: true}},
		Links: []gap.Flow{{From: "family:network_engineer", To: "competency:fault_diagnosis", Value: 30}, {From: "family:network_engineer", To: "competency:protocol", Value: 34}, {From: "family:network_operations", To: "competency:fault_diagnosis", Value: 40}, {From: "family:network_operations", To: "competency:protocol", Value: 12}, {From: "family:presales_solution", To: "competency:architecture", Value: 26},
			{From: "competency:fault_diagnosis", To: "module:NET-305", Value: 46}, {From: "competency:fault_diagnosis", To: "module:NET-201", Value: 24}, {From: "competency:protocol", To: "module:NET-201", Value: 46}, {From: "competency:architecture", To: "module:NET-402", Value: 26},
			{From: "module:NET-201", To: "certification:datacom/HCIP", Value: 70}, {From: "module:NET-402", To: "certification:datacom/HCIP", Value: 26}, {From: "module:NET-305", To: "certification:none", Value: 46, Broken: true}}}
	pg.Outcomes = gap.ProgrammeOutcomes{
		Certificates: []curriculum.CertificateOutcome{{Programme: p, Track: "datacom", Level: "HCIA", Cohort: "2023", Year: 2026, Candidates: survey.Have(61), Earned: 52}, {Programme: p, Track: "datacom", Level: "HCIP", Cohort: "2023", Year: 2026, Earned: 9}},
		Graduates:    []curriculum.GraduateOutcome{{Programme: p, Year: 2025, Graduates: 118, Employed: survey.Have(109), Related: survey.Have(71), StartingSalary: survey.Have(5600)}}}
	pg.Verdicts = v.verdicts(p)
	return pg
}

func (v *inventor) verdicts(p codebook.ProgrammeID) []gap.Verdict {
	return []gap.Verdict{
		{Decision: curriculum.Decision{ID: "D2025-01", Year: 2025, Outcome: curriculum.Adopt, Programme: p, Module: "NET-402", Competency: "architecture_design", Kind: curriculum.Strengthen}, From: 2025, To: 2026,
			Before: fig(.98, .2, 38), After: fig(.55, .24, 40), Change: fig(-.43, .28, 31), Same: fig(-.39, .3, 22), Taught: [2]float64{2, 3}, TaughtOK: true, Result: gap.Narrowed,
			Sentences: []codebook.Text{say("差距由 0.98 降至 0.55（−0.43 ± 0.28），同一批企业中同样下降：可能见效。", "The gap fell from 0.98 to 0.55 (−0.43 ± 0.28), among the same enterprises too: it may have worked."), say("课程目标同期由 2 级升到 3 级。", "The target level rose from 2 to 3.")}},
		{Decision: curriculum.Decision{ID: "D2025-02", Year: 2025, Outcome: curriculum.Adopt, Programme: p, Module: "NET-201", Competency: "protocol_comprehension", Kind: curriculum.Update}, From: 2025, To: 2026,
			Before: fig(.91, .2, 38), After: fig(.94, .24, 40), Change: fig(.03, .28, 31), Same: held(demand.WithheldFew), Result: gap.Unmoved, Sentences: []codebook.Text{say("差距由 0.91 到 0.94，变化在误差之内：未见变化。", "From 0.91 to 0.94, within the error: no change seen.")}},
	}
}

func (v *inventor) change() {
	v.a.Change = gap.Change{Since: 2025, Years: []int{2024, 2025, 2026}, Panel: 44}
	domains := []demand.Domain{{}}
	for _, p := range v.cb.Programmes {
		domains = append(domains, demand.Domain{Programme: p.Code})
	}
	for k, d := range domains {
		for i, id := range v.ids {
			after := v.cell(d, id, demand.PerformanceGap)
			delta := 0.45 * wave(i, k)
			r := gap.ChangeRow{Domain: d, Competency: id, Measure: demand.PerformanceGap, Before: fig(after.Estimate-delta, .2, 38), After: after, Change: fig(delta, .3, 30), Same: fig(delta*.9, .35, 22), Parts: gap.Parts{OK: true, Within: delta * .8, Between: delta * .2}, Moved: math.Abs(delta) > .35}
			if !after.Shown() {
				r.Change, r.Same, r.Moved, r.Parts = held(demand.WithheldFew), held(demand.WithheldFew), false, gap.Parts{}
			}
			p := 0.02 + math.Abs(.4-math.Abs(delta))
			r.AdjustedP = &p
			v.a.Change.Rows = append(v.a.Change.Rows, r)
		}
	}
}

func (v *inventor) priority() {
	for i, f := range inventedFamilies {
		p := gap.Priority{Family: f, Rank: i + 1, RankLo: max(1, i), RankHi: i + 2, Openings: fig(float64(520-58*i), 70, 60-5*i), Growth: fig(.3*wave(i), .4, 50), Breadth: fig(.6-.06*float64(i), .08, 86), Salary: fig(8200+900*wave(i), 600, 50)}
		if i == 7 {
			p = gap.Priority{Family: f, Openings: held(demand.WithheldFew), Growth: held(demand.WithheldFew), Breadth: held(demand.WithheldFew), Salary: held(demand.WithheldFew)}
		}
		v.a.Priority = append(v.a.Priority, p)
	}
}

func (v *inventor) methods() {
	names := map[gap.Method]codebook.Text{gap.ByGap: say("表现差距", "Performance gap"), gap.ByBorich: say("加权差异分", "Borich MWDS"), gap.ByDiscrepancy: say("秩差异", "Ranked discrepancy"), gap.ByQuadrant: say("对角线距离", "IPA diagonal"), gap.ByOpportunity: say("机会分", "Opportunity"), gap.ByRatio: say("满足度", "Satisfaction ratio")}
	for _, m := range gap.MethodOrder() {
		v.a.Methods = append(v.a.Methods, gap.MethodText{Method: m, Name: names[m], Formula: "Σ w a (R − O) ÷ Σ w a", Source: "Borich 1980, Journal of Teacher Education 31(3)", Reading: say("越大越需要加强。", "The larger, the more it needs strengthening.")})
	}
}

func (v *inventor) rest() {
	share, hhi, eff, alpha, len_ := .46, 2810.0, 3.6, .71, .12
	v.a.Dependence = gap.Dependence{Rows: []gap.Concentration{
		{Of: "hires", Over: "ecosystem", Units: 9, Top: "huawei", TopShare: &share, HHI: &hhi, Effective: &eff, Withheld: demand.Good},
		{Of: "visits", Over: "enterprise", Units: 86, TopBand: "1–5 %", Withheld: demand.WithheldDominance},
	}, Without: gap.Rerun{What: say("去掉计划招聘最多的一家企业", "Without the enterprise with most planned hires"), Verdict: say("去掉后名次基本不变。", "Ranks hardly change without it."), Rows: []gap.RankChange{{Competency: v.ids[0], With: 5, Without: 4}, {Competency: v.ids[4], With: 1, Without: 1}}, Changed: 1}}
	v.a.Quality = gap.Quality{
		Strata:        []gap.StratumCoverage{{Industry: "I", Size: "large", Population: 12, Visited: 9, Share: new(.75), Flag: demand.Good}, {Industry: "I", Size: "micro", Population: 40, Visited: 0, Share: new(0.0), Flag: demand.Good}},
		NonResponse:   []gap.NonResponse{{Item: "graduate_level", Competency: v.ids[len(v.ids)-1], Share: .22, Jobs: 214}, {Item: "planned_hires", Share: .06, Jobs: 214}},
		StraightLine:  gap.Rerun{What: say("去掉逐项同分的岗位", "Without straight-lined jobs"), Verdict: say("去掉后没有名次改变。", "No rank changes without them.")},
		StraightShare: fig(.04, .02, 86), Reliability: []gap.Reliability{{Measure: demand.MeanRequired, Alpha: &alpha, Units: 21}, {Measure: demand.MeanGraduate, Reason: demand.NoData, Units: 3}}, LeniencyShare: &len_,
		Screened: []gap.Screened{{Rule: "V080", Visits: 6, Enterprises: 6, Of: 90, Flag: demand.Good}, {Rule: "V081", Of: 90, Flag: demand.Good}, {Rule: "V082", Of: 90, Flag: demand.WithheldFew}}}
	v.a.Technologies = gap.Technologies{Rows: []gap.Technology{{Name: "AIOps 智能运维", Rising: fig(.71, .1, 40), Falling: fig(.05, .04, 40), Net: fig(.66, .12, 40), Before: fig(.5, .14, 33), Named: 40}, {Name: "传统语音交换", Rising: fig(.1, .08, 12), Falling: fig(.6, .2, 12), Net: fig(-.5, .24, 12), Before: held(demand.WithheldFew), Named: 12}}, Others: 14}
	v.a.Titles = gap.NewTitles{Known: true, Rows: []gap.Title{{Title: "网络可观测性工程师", Family: "network_operations", Enterprises: 6, Jobs: 8}}, Others: 9}
	v.a.Texts = gap.TextCheck{Texts: 180, Matched: 151}
	for i, id := range v.ids {
		v.a.Texts.Rows = append(v.a.Texts.Rows, gap.TextRow{Competency: id, Mentions: fig(.3+.2*wave(i), .06, 80), HighIf: fig(.7, .1, 50), HighElse: fig(.45, .1, 60), LowIf: fig(.06, .02, 50), Words: []gap.Word{{Word: "故障", Enterprises: 31}, {Word: "troubleshooting", Enterprises: 8}}})
		v.a.Benchmark.Rows = append(v.a.Benchmark.Rows, gap.BenchmarkRow{Competency: id, Elements: []string{"Troubleshooting"}, Importance: fig(3.5, .2, 8), Level: fig(3.1, .2, 8)})
	}
	v.a.Benchmark.Title, v.a.Benchmark.Attribution = say("O*NET 技能", "O*NET skills"), "O*NET Database, U.S. Department of Labor, CC BY 4.0"
	v.a.Verdicts = v.verdicts(v.cb.Programmes[0].Code)
	v.a.Notes = v.cb.Notes
}

func inventedCurriculum() *curriculum.Map {
	return &curriculum.Map{Version: "2026.1", Modules: []curriculum.Module{
		{Code: "NET-201", Name: say("网络互联", "Network interconnection"), Category: curriculum.Core, Hours: 64, Programmes: []codebook.ProgrammeID{"computer_network"}, Teaches: []curriculum.Teaching{{Competency: "protocol_comprehension", Level: 3, Hours: survey.Have(32.0)}, {Competency: "fault_diagnosis", Level: 2}}, Certifies: []curriculum.Certification{{Track: "datacom", Level: "HCIP"}}},
		{Code: "NET-305", Name: say("自动化运维", "Automated operation and maintenance"), Category: curriculum.Core, Hours: 64, Programmes: []codebook.ProgrammeID{"computer_network"}, Teaches: []curriculum.Teaching{{Competency: "fault_diagnosis", Level: 3, Hours: survey.Have(24.0)}}},
		{Code: "NET-402", Name: say("系统集成", "System integration"), Category: curriculum.Core, Hours: 48, Programmes: []codebook.ProgrammeID{"computer_network"}, Teaches: []curriculum.Teaching{{Competency: "architecture_design", Level: 3}}},
	}}
}
