package report

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// BarPlot ranks quantities that have a true zero (planned hires, shares, amounts) as bars from
// zero, each with its error bar.
type BarPlot struct {
	ID       string
	Alt      Text
	Measure  Text
	Head     Text // above the margin notes
	Rows     []BarRow
	Decimals int
	Money    bool    // values are yuan: the axis counts in 万
	Share    bool    // values are shares between 0 and 1
	Max      float64 // end of the axis; 0 means as far as the data reach

	// Behind are wider, paler bars drawn behind the rows', with what they measure: something to
	// hold them against. Empty draws none.
	Behind     []Point
	BehindName Text
}

// BarRow is one bar.
type BarRow struct {
	Name   Text
	Value  Point
	Margin Text
	Strong bool // drawn in the gap ink
}

// Chart draws the bars.
func (p BarPlot) Chart() (*Chart, error) {
	names, points, margins := make([]Text, len(p.Rows)), make([]Point, len(p.Rows)), make([]string, len(p.Rows))
	for i, r := range p.Rows {
		names[i], points[i], margins[i] = r.Name, r.Value, marginLabel(r.Margin, false)
	}
	x, xPatch := p.axis(points)
	y, yPatch := rowAxis(names)
	c := charts.NewBar()
	c.SetGlobalOptions(initialised(p.ID), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y), charts.WithGridOpts(snug))
	c.ExtendYAxis(marginAxis(p.Head, margins))
	key := []Mark{{"bar-h", "demand", p.Measure}}
	series := []any{option{"barWidth": 12, "z": 2, "itemStyle": option{"opacity": 0.82}, "data": rowWays(points)}, p.errorBars(points), p.reasons()}
	if len(p.Behind) > 0 {
		c.AddSeries(chartText(p.BehindName.ZH, 40), p.behind(), charts.WithItemStyleOpts(opts.ItemStyle{Color: inkRule}))
		series = append([]any{option{"barWidth": 22, "yAxisIndex": 1, "z": 1, "data": rowWays(p.Behind)}}, series...)
		key = append(key, Mark{"bar-h", "rule", p.BehindName})
	}
	c.AddSeries(chartText(p.Measure.ZH, 40), p.bars(), charts.WithItemStyleOpts(opts.ItemStyle{Color: inkDemand}))
	patch := option{"xAxis": []any{xPatch},
		"yAxis": []any{yPatch, marginPatch}, "media": narrowRows, "series": series}
	if slices.ContainsFunc(points, Point.bounded) {
		key = append(key, Mark{"whisker", "ink", say("95% 置信区间", "95% interval")})
	}
	return plate(p.ID, len(p.Rows)*34+58, p.Alt, key, c, patch)
}

// rowWays are the ways of all points; a row without a number has none.
func rowWays(points []Point) []any {
	out := make([]any, len(points))
	for i, p := range points {
		if p.drawable() {
			out[i] = p.way()
		}
	}
	return out
}

func (p BarPlot) axis(points []Point) (opts.XAxis, option) {
	_, hi := span(points, 1e-9)
	if p.Max > 0 {
		hi = p.Max
	}
	var formatter any
	switch {
	case p.Money:
		formatter = hook("wan", nil)
	case p.Share:
		formatter = hook("percent", nil)
	}
	x, patch := valueAxis(0, hi, formatter)
	if p.Max == 0 {
		x.Max = nil // let the axis end on a round number
	}
	return x, patch
}

func (p BarPlot) bars() []opts.BarData {
	data := make([]opts.BarData, len(p.Rows))
	for i, r := range p.Rows {
		if !r.Value.drawable() {
			continue // a nil value draws nothing; reasons says why
		}
		d := opts.BarData{Name: tip(r.Name, p.Measure, r.Value, p.Decimals), Value: r.Value.Value}
		if r.Strong {
			d.ItemStyle = &opts.ItemStyle{Color: inkGap}
		}
		data[i] = d
	}
	return data
}

func (p BarPlot) behind() []opts.BarData {
	data := make([]opts.BarData, len(p.Rows))
	for i, v := range p.Behind {
		if i < len(data) && v.drawable() {
			data[i] = opts.BarData{Name: tip(p.Rows[i].Name, p.BehindName, v, p.Decimals), Value: v.Value}
		}
	}
	return data
}

func (p BarPlot) errorBars(points []Point) option {
	data := []any{}
	for i, pt := range points {
		if pt.bounded() {
			data = append(data, []any{i, max(0, pt.Lo), pt.Hi})
		}
	}
	return custom(hook("whisker", option{"color": inkText, "width": 1.5, "cap": 4}), data, []any{1, 2}, 0)
}

func (p BarPlot) reasons() option {
	data, texts := []any{}, []any{}
	for i, r := range p.Rows {
		if !r.Value.drawable() {
			data = append(data, []any{0, i})
			texts = append(texts, beside(r.Value.reason()))
		}
	}
	return custom(hook("words", option{"color": inkSoft, "texts": texts, "dx": 8, "fit": true}), data, 0, 1)
}
