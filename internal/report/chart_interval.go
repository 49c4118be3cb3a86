package report

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// IntervalPlot compares, row by row, what is required, what graduates show and what is taught on
// one five-point scale: estimates as points with their intervals.
type IntervalPlot struct {
	ID    string
	Alt   Text
	Scale []Text // the words of the five points
	Head  Text   // above the margin numbers
	Rows  []IntervalRow
}

// IntervalRow is one competency (or one domain) of an IntervalPlot.
type IntervalRow struct {
	Name                       Text
	Required, Graduate, Taught Point
	Margin                     Text // printed at the right edge, e.g. the gap
	Strong                     bool // the margin stands out: a gap beyond its error
}

var (
	markRequired = Mark{"circle", "demand", say("岗位要求", "required by jobs")}
	markGraduate = Mark{"diamond", "grad", say("毕业生现状", "graduates today")}
	markTaught   = Mark{"bar", "taught", say("课程所教", "taught")}
)

// measure is one of the series that recur: which ink, which shape, how far off the row's middle,
// so that two intervals on one row never hide each other.
type measure struct {
	mark  Mark
	ink   string
	sym   string
	size  any
	dodge int
}

var (
	required = measure{markRequired, inkDemand, "circle", 12, -6}
	graduate = measure{markGraduate, inkGrad, "diamond", 14, 6}
	taught   = measure{markTaught, inkTaught, "rect", []int{4, 24}, 0}
)

// Chart draws the plot. A row without numbers carries its reason in words.
func (p IntervalPlot) Chart() (*Chart, error) {
	names, margins := make([]Text, len(p.Rows)), make([]string, len(p.Rows))
	column := map[string][]Point{}
	for i, r := range p.Rows {
		names[i], margins[i] = r.Name, marginLabel(r.Margin, r.Strong)
		column["required"] = append(column["required"], r.Required)
		column["graduate"] = append(column["graduate"], r.Graduate)
		column["taught"] = append(column["taught"], r.Taught)
	}
	x, xPatch := valueAxis(1, 5, levels(p.Scale))
	xPatch["interval"] = 1
	y, yPatch := rowAxis(names)
	c := charts.NewScatter()
	c.SetGlobalOptions(initialised(p.ID), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y), charts.WithGridOpts(snug))
	c.ExtendYAxis(marginAxis(p.Head, margins))
	var over []any
	var key []Mark
	for _, m := range []struct {
		measure
		points []Point
	}{{required, column["required"]}, {graduate, column["graduate"]}, {taught, column["taught"]}} {
		if !anyDrawable(m.points) {
			continue
		}
		key = append(key, m.mark)
		c.AddSeries(m.mark.Label.ZH, dots(names, m.measure, m.points), charts.WithItemStyleOpts(opts.ItemStyle{Color: m.ink}))
		over = append(over, option{"symbol": m.sym, "symbolSize": m.size, "symbolOffset": []any{0, m.dodge}, "z": 4, "data": ways(m.points)})
	}
	if anyDrawable(column["required"]) || anyDrawable(column["graduate"]) {
		key = append(key, Mark{"whisker", "soft", say("95% 置信区间", "95% interval")})
	}
	over = append(over, whiskers(required, column["required"]), whiskers(graduate, column["graduate"]), reasons(p.Rows))
	patch := option{"xAxis": []any{xPatch}, "series": over,
		"yAxis": []any{yPatch, marginPatch}, "media": narrowRows}
	return plate(p.ID, len(p.Rows)*46+58, p.Alt, key, c, patch)
}

// marginAxis prints a note for every row at the right edge, under a head of its own.
func marginAxis(head Text, margins []string) opts.YAxis {
	return opts.YAxis{Type: "category", Position: "right", Inverse: yes, Data: margins, AxisLine: &opts.AxisLine{Show: no},
		Name: beside(head), NameLocation: "start", NameGap: 6, AxisLabel: &opts.AxisLabel{Color: inkSoft, FontSize: 14}}
}

var marginPatch = option{"axisTick": option{"show": false}, "axisLabel": option{"interval": 0, "rich": marginRich},
	"nameTextStyle": option{"color": inkSoft, "fontSize": 12, "align": "right", "padding": []any{0, -38, 0, 0}}}

// snug is the grid of a chart whose labels stand at both edges.
var snug = opts.Grid{Left: "0", Right: "16", Top: "22", Bottom: "4", ContainLabel: yes}

var marginRich = option{
	"strong": option{"color": inkGap, "fontSize": 14, "fontWeight": "bold"},
	"weak":   option{"color": inkSoft, "fontSize": 13},
}

// narrowRows breaks long row names where a chart is drawn on a telephone.
var narrowRows = narrowly(option{"yAxis": []any{option{"axisLabel": option{"width": 116, "overflow": "break", "fontSize": 12, "lineHeight": 13}}}})

func marginLabel(t Text, strong bool) string {
	if t.ZH == "" {
		return ""
	}
	style := "{weak|"
	if strong {
		style = "{strong|"
	}
	return style + chartText(t.ZH, 24) + "}"
}

func anyDrawable(points []Point) bool {
	for _, p := range points {
		if p.drawable() {
			return true
		}
	}
	return false
}

// dots are the points of one measure, each named with what the pointer shows.
func dots(names []Text, m measure, points []Point) []opts.ScatterData {
	var data []opts.ScatterData
	for i, p := range points {
		if p.drawable() {
			data = append(data, opts.ScatterData{Name: tip(names[i], m.mark.Label, p, 2), Value: []any{p.Value, i}})
		}
	}
	return data
}

// tip is the text beside the pointer: name, measure, number with interval, base.
func tip(name, measure Text, p Point, decimals int) string {
	w := p.words(decimals)
	zh := chartText(name.ZH, 40) + "\n" + chartText(measure.ZH, 40) + "　" + chartText(w.ZH, 60)
	en := chartText(name.EN, 60) + "\n" + chartText(measure.EN, 40) + "  " + chartText(w.EN, 60)
	if p.Tip != (Text{}) {
		zh, en = zh+"\n"+chartText(p.Tip.ZH, 80), en+"\n"+chartText(p.Tip.EN, 100)
	}
	return zh + besideMark + en
}

// whiskers are the intervals of one measure.
func whiskers(m measure, points []Point) option {
	data := []any{}
	for i, p := range points {
		if p.bounded() {
			data = append(data, []any{i, clamp(p.Lo, 1, 5), clamp(p.Hi, 1, 5)})
		}
	}
	return custom(hook("whisker", option{"color": m.ink, "width": 2, "opacity": 0.6, "dodge": m.dodge}), data, []any{1, 2}, 0)
}

// custom is a series drawn by a hook; x and y say which of its columns belong to which axis.
func custom(draw option, data []any, x, y any) option {
	return option{"type": "custom", "renderItem": draw, "data": data, "silent": true, "z": 3, "clip": false,
		"encode": option{"x": x, "y": y}, "tooltip": option{"show": false}}
}

// reasons says in words, on its row, why a row has neither a required nor a graduate level.
func reasons(rows []IntervalRow) option {
	data, texts := []any{}, []any{}
	for i, r := range rows {
		if !r.Required.drawable() && !r.Graduate.drawable() {
			data = append(data, []any{1, i})
			texts = append(texts, beside(r.Required.reason()))
		}
	}
	return custom(hook("words", option{"color": inkSoft, "texts": texts, "dx": 8, "fit": true}), data, 0, 1)
}
