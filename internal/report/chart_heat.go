package report

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// HeatPlot is a table of estimates in which shade repeats the number that stands in every cell.
// A withheld cell is hatched and carries no number.
type HeatPlot struct {
	ID            string
	Alt           Text
	Measure       Text
	Rows, Columns []Text
	Cells         [][]Point // by row, then column
	Steps         []float64 // upper ends of all ramp steps but the last
	Gap           bool      // gap ramp (first step: no gap) instead of the demand ramp
}

// Chart draws the table.
func (p HeatPlot) Chart() (*Chart, error) {
	columns := make([]string, len(p.Columns))
	for i, n := range p.Columns {
		columns[i] = narrow(n, p.columnWidth()/6)
	}
	y, yPatch := rowAxis(p.Rows)
	y.AxisLabel.FontSize = 13
	x := opts.XAxis{Type: "category", Position: "top", Data: columns, AxisLine: &opts.AxisLine{Show: no}, SplitLine: &opts.SplitLine{Show: no},
		AxisLabel: &opts.AxisLabel{Color: inkText, FontSize: 12}}
	c := charts.NewHeatMap()
	c.SetXAxis(columns)
	c.SetGlobalOptions(initialised(p.ID), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y),
		charts.WithVisualMapOpts(opts.VisualMap{Type: "piecewise", Show: no, Dimension: "2"}),
		charts.WithGridOpts(opts.Grid{Left: "0", Right: "6", Top: "4", Bottom: "4", ContainLabel: yes}))
	shown, withheld := p.split()
	c.AddSeries(chartText(p.Measure.ZH, 40), shown, charts.WithLabelOpts(opts.Label{Show: yes, Color: inkText, FontSize: 13}),
		charts.WithItemStyleOpts(opts.ItemStyle{BorderColor: inkPaper, BorderWidth: 3}))
	patch := option{
		"visualMap": []any{option{"pieces": p.pieces(), "calculable": nil, "min": nil, "max": nil, "dimension": 2}},
		"xAxis": []any{option{"data": anyStrings(columns), "axisTick": option{"show": false}, "splitArea": option{"show": false},
			"axisLabel": option{"interval": 0, "lineHeight": 15, "rich": smallPrint}}},
		"yAxis": []any{yPatch},
		"series": []any{option{"label": option{"formatter": "{@[3]}"}, "emphasis": option{"disabled": true}, "data": ways(slices.Concat(p.Cells...))},
			custom(hook("hatch", option{"color": inkTaught, "width": 1, "opacity": 0.7}), withheld, 0, 1)},
	}
	chart, err := plate(p.ID, len(p.Rows)*36+76, p.Alt, p.key(len(withheld) > 0), c, patch)
	if err != nil {
		return nil, err
	}
	chart.MinWidth = 130 + 80*len(p.Columns)
	return chart, nil
}

// columnWidth is the room for a column's name in the still picture.
func (p HeatPlot) columnWidth() int { return 600/max(1, len(p.Columns)) - 4 }

func anyStrings(s []string) []any {
	out := make([]any, len(s))
	for i, v := range s {
		out[i] = v
	}
	return out
}

func (p HeatPlot) split() (shown []opts.HeatMapData, withheld []any) {
	withheld = []any{}
	for r, row := range p.Cells {
		for col, pt := range row {
			if !pt.drawable() {
				withheld = append(withheld, []any{col, r})
				continue
			}
			name := tip(beside2(p.Rows[r], p.Columns[col]), p.Measure, pt, 2)
			shown = append(shown, opts.HeatMapData{Name: name, Value: []any{col, r, pt.Value, num(pt.Value, 1)}})
		}
	}
	return shown, withheld
}

// beside2 names a cell by its row and its column.
func beside2(row, column Text) Text { return say(row.ZH+" · "+column.ZH, row.EN+" · "+column.EN) }

func (p HeatPlot) ramp() ([]string, string) {
	if p.Gap {
		return gapRamp, "g"
	}
	return demandRamp, "d"
}

func (p HeatPlot) pieces() []any {
	ramp, _ := p.ramp()
	var pieces []any
	for i, color := range ramp {
		piece := option{"color": color}
		if i > 0 {
			piece["gte"] = p.Steps[i-1]
		}
		if i < len(p.Steps) {
			piece["lt"] = p.Steps[i]
		}
		pieces = append(pieces, piece)
	}
	return pieces
}

func (p HeatPlot) key(withheld bool) []Mark {
	ramp, prefix := p.ramp()
	var key []Mark
	for i := range ramp {
		shape := prefix + num(float64(i), 0)
		switch {
		case i == 0:
			key = append(key, Mark{shape, shape, same("< " + num(p.Steps[0], 1))})
		case i == len(p.Steps):
			key = append(key, Mark{shape, shape, same("≥ " + num(p.Steps[i-1], 1))})
		default:
			key = append(key, Mark{shape, shape, same(num(p.Steps[i-1], 1) + "–" + num(p.Steps[i], 1))})
		}
	}
	if withheld {
		key = append(key, Mark{"hatch", "taught", say("不予公布或无数据", "withheld or no data")})
	}
	return key
}
