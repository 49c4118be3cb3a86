package report

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// RadarPlot shows the shape of a profile: required, graduate and taught level of every competency
// as three polygons over one scale; the centre is zero, "not taught".
type RadarPlot struct {
	ID   string
	Alt  Text
	Rows []IntervalRow
}

// Chart draws the polygons. A polygon with a missing corner would suggest a zero, so a measure is
// drawn only where every competency has it.
func (p RadarPlot) Chart() (*Chart, error) {
	axes := make([]*opts.Indicator, len(p.Rows))
	for i, r := range p.Rows {
		axes[i] = &opts.Indicator{Name: below(r.Name), Min: 0, Max: 5}
	}
	c := charts.NewRadar()
	c.SetGlobalOptions(initialised(p.ID), charts.WithRadarComponentOpts(opts.RadarComponent{
		Indicator: axes, SplitNumber: 5, Center: []string{"50%", "52%"},
		SplitLine: &opts.SplitLine{LineStyle: &opts.LineStyle{Color: inkRule}},
		SplitArea: &opts.SplitArea{Show: no},
		AxisLine:  &opts.AxisLine{LineStyle: &opts.LineStyle{Color: inkRule}},
		AxisName:  &opts.AxisName{Color: inkText, FontSize: 13, LineHeight: 17},
	}))
	var over []any
	var key []Mark
	for _, m := range []struct {
		measure
		dash   any
		points func(IntervalRow) Point
	}{
		{required, "solid", func(r IntervalRow) Point { return r.Required }},
		{graduate, []any{6, 4}, func(r IntervalRow) Point { return r.Graduate }},
		{taught, []any{2, 3}, taughtOrNone},
	} {
		values, complete := corners(p.Rows, m.points)
		if !complete {
			continue
		}
		key = append(key, m.mark)
		c.AddSeries(m.mark.Label.ZH, []opts.RadarData{{Name: p.summary(m.measure, values), Value: values}},
			charts.WithItemStyleOpts(opts.ItemStyle{Color: m.ink}), charts.WithLineStyleOpts(opts.LineStyle{Color: m.ink, Width: 2}))
		over = append(over, option{"symbol": m.sym, "symbolSize": 7, "lineStyle": option{"type": m.dash},
			"areaStyle": option{"color": m.ink, "opacity": 0.06}})
	}
	return plate(p.ID, 370, p.Alt, key, c, option{"series": over,
		"radar": option{"radius": "72%", "axisName": option{"rich": smallPrint}, "axisNameGap": 10}, "media": narrowly(option{"radar": option{"radius": "46%"}})})
}

// taughtOrNone puts what no module teaches at the centre.
func taughtOrNone(r IntervalRow) Point {
	if r.Untaught {
		return at(0)
	}
	return r.Taught
}

func corners(rows []IntervalRow, pick func(IntervalRow) Point) (values []float64, complete bool) {
	for _, r := range rows {
		pt := pick(r)
		if !pt.drawable() {
			return nil, false
		}
		values = append(values, pt.Value)
	}
	return values, len(values) > 2
}

func (p RadarPlot) summary(m measure, values []float64) string {
	zh, en := m.mark.Label.ZH, m.mark.Label.EN
	for i, v := range values {
		zh += "\n" + chartText(p.Rows[i].Name.ZH, 40) + "　" + num(v, 2)
		en += "\n" + chartText(p.Rows[i].Name.EN, 60) + "  " + num(v, 2)
	}
	return zh + besideMark + en
}
