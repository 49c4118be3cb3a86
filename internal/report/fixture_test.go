package report

// Charts of an invented campaign, for looking at and for golden files. No figure is real.

func fixtureNames() []Text {
	return []Text{
		say("网络故障诊断", "Fault diagnosis"), say("协议理解", "Protocols"), say("项目管理", "Project management"),
		say("网络架构设计", "Architecture design"), say("企业应用分析", "Application analysis"),
		say("逻辑推理", "Logical reasoning"), say("产品应用", "Product proficiency"),
	}
}

func fixtureScale() []Text {
	return []Text{say("了解", "aware"), say("会用", "assisted"), say("独立", "independent"), say("精通", "proficient"), say("专家", "expert")}
}

func pm(v, half float64) Point { return Point{Value: v, Lo: v - half, Hi: v + half, OK: true} }

func fixtureRows() []IntervalRow {
	r := []float64{4.2, 3.95, 3.4, 3.5, 3.3, 3.9, 4.05}
	o := []float64{2.89, 3.01, 2.79, 2.95, 2.98, 3.62, 3.93}
	t := []float64{3, 3.6, 2, 3.1, 3, 3.5, 4}
	var rows []IntervalRow
	for i, n := range fixtureNames() {
		gap := r[i] - o[i]
		rows = append(rows, IntervalRow{Name: n, Required: pm(r[i], 0.14), Graduate: pm(o[i], 0.18), Taught: at(t[i]),
			Margin: same(signed(gap, 2)), Strong: gap > 0.4})
	}
	return rows
}

var fixtureWithheld = Point{Why: say("样本不足，不予公布", "withheld: fewer than 5 enterprises")}

func fixtureCharts() map[string]interface{ Chart() (*Chart, error) } {
	rows := fixtureRows()
	gone := append(fixtureRows()[:6:6], IntervalRow{Name: fixtureNames()[6], Required: fixtureWithheld, Graduate: fixtureWithheld, Taught: at(4), Margin: same("—")})
	families := []Text{say("网络工程师", "Network engineer"), say("网络运维", "Network operations"), say("售前方案", "Pre-sales"), say("安全", "Security"), say("云计算", "Cloud"), say("应用开发", "App development")}
	heat := HeatPlot{ID: "heat", Alt: say("热图", "heat map"), Measure: say("差距", "gap"), Rows: fixtureNames(), Columns: families, Gap: true, Steps: []float64{0, 0.4, 0.8, 1.2}}
	for i, row := range rows {
		var line []Point
		for j := range families {
			if (i+j)%6 == 5 {
				line = append(line, fixtureWithheld)
				continue
			}
			line = append(line, pm(row.Required.Value-row.Graduate.Value+0.2*float64(j-2), 0.3))
		}
		heat.Cells = append(heat.Cells, line)
	}
	plane := PlanePlot{ID: "plane", Alt: say("重要度—现状", "plane"), MeanGraduate: 3.17, MeanImp: 3.8}
	ranking := RankingPlot{ID: "ranking", Alt: say("差距排序", "ranking"), Measure: say("差距", "gap")}
	slope := SlopePlot{ID: "slope", Alt: say("变化", "change"), Measure: say("差距", "gap"), Years: []int{2024, 2025, 2026}}
	for i, row := range rows {
		gap := row.Required.Value - row.Graduate.Value
		plane.Rows = append(plane.Rows, PlaneRow{row.Name, row.Graduate, pm(row.Required.Value-0.2+0.1*float64(i%3), 0.15), row.Strong})
		ranking.Rows = append(ranking.Rows, RankingRow{row.Name, pm(gap-0.2, 0.2), say("名次 1–2", "rank 1–2")})
		slope.Rows = append(slope.Rows, SlopeRow{row.Name, []Point{pm(gap+0.3, .2), pm(gap+0.1*float64(i%4), 0.2), pm(gap, 0.2)}, Change(i % 3)})
	}
	bars := BarPlot{ID: "bars", Alt: say("需求", "demand"), Measure: say("计划招聘人数", "planned hires")}
	for i, f := range families {
		bars.Rows = append(bars.Rows, BarRow{Name: f, Value: pm(float64(600-90*i), 60), Margin: say("86 家", "")})
	}
	bars.Rows = append(bars.Rows, BarRow{Name: say("数据", "Data"), Value: fixtureWithheld})
	sankey := SankeyPlot{ID: "sankey", Alt: say("闭环", "loop"), Unit: say("人", "hires"),
		Nodes: []SankeyNode{{"f1", families[0], 0, false}, {"f2", families[1], 0, false}, {"c1", fixtureNames()[0], 1, false}, {"c2", fixtureNames()[1], 1, false},
			{"m1", say("自动化运维", "Automated O&M"), 2, false}, {"m2", say("网络互联", "Interconnection"), 2, false}, {"t1", say("数据通信 HCIA/HCIP", "Datacom"), 3, false}, {"t0", say("无证书考查", "no certification"), 3, true}},
		Links: []SankeyLink{{"f1", "c1", 30, false, ""}, {"f1", "c2", 34, false, ""}, {"f2", "c1", 40, false, ""}, {"f2", "c2", 12, false, ""}, {"c1", "m1", 46, false, ""}, {"c1", "m2", 24, false, ""}, {"c2", "m2", 46, false, ""}, {"m2", "t1", 70, false, ""}, {"m1", "t0", 46, true, ""}}}
	return map[string]interface{ Chart() (*Chart, error) }{
		"interval": IntervalPlot{ID: "interval", Alt: say("要求与现状", "levels"), Scale: fixtureScale(), Rows: rows},
		"withheld": IntervalPlot{ID: "withheld", Alt: say("要求与现状", "levels"), Scale: fixtureScale(), Rows: gone},
		"heat":     heat, "plane": plane, "ranking": ranking, "slope": slope, "bars": bars, "sankey": sankey,
	}
}
