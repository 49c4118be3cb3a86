package report

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// RankingPlot ranks gaps, each with its interval, against the line of no gap. Shape and ink say
// whether the interval clears that line.
type RankingPlot struct {
	ID      string
	Alt     Text
	Measure Text
	Head    Text // above the margin notes
	Rows    []RankingRow
}

// RankingRow is one gap.
type RankingRow struct {
	Name   Text
	Gap    Point
	Margin Text // printed at the right edge, e.g. the rank interval
}

// standing says on which side of zero an interval lies, or that it does not say.
func standing(p Point) Mark {
	switch {
	case p.bounded() && p.Lo > 0:
		return markStrong
	case p.bounded() && p.Hi < 0, p.drawable() && p.Value <= 0 && !p.bounded():
		return markHolds
	}
	return markWeak
}

// Chart draws the ranking.
func (p RankingPlot) Chart() (*Chart, error) {
	names, points, margins := make([]Text, len(p.Rows)), make([]Point, len(p.Rows)), make([]string, len(p.Rows))
	for i, r := range p.Rows {
		names[i], points[i], margins[i] = r.Name, r.Gap, marginLabel(r.Margin, false)
	}
	lo, hi := span(append(points, at(0)), 0.5)
	x, xPatch := valueAxis(lo, hi, hook("num", option{"digits": 1}))
	y, yPatch := rowAxis(names)
	c := charts.NewScatter()
	c.SetGlobalOptions(initialised(p.ID), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y), charts.WithGridOpts(snug))
	c.ExtendYAxis(marginAxis(p.Head, margins))
	var over, bars []any
	var key []Mark
	for _, m := range []Mark{markStrong, markWeak, markHolds} {
		data, intervals := p.group(m, lo, hi)
		if len(data) == 0 {
			continue
		}
		key = append(key, m)
		c.AddSeries(m.Label.ZH, data, charts.WithItemStyleOpts(styleOf(m)))
		over = append(over, option{"symbol": symbolOf(m), "symbolSize": 12, "z": 4, "data": p.ways(m)})
		bars = append(bars, custom(hook("whisker", option{"color": inkOf(m.Ink), "width": 2, "opacity": 0.7}), intervals, []any{1, 2}, 0))
	}
	key = append(key, Mark{"whisker", "soft", say("95% 置信区间", "95% interval")})
	zero := custom(hook("rule", option{"color": inkText, "width": 1.2}), []any{[]any{0, 0}}, 0, 1)
	over = append(append(over, bars...), zero, p.reasons())
	patch := option{"xAxis": []any{xPatch}, "series": over,
		"yAxis": []any{yPatch, marginPatch}, "media": narrowRows}
	return plate(p.ID, len(p.Rows)*40+58, p.Alt, key, c, patch)
}

// group returns the points whose standing is m and their intervals.
func (p RankingPlot) group(m Mark, lo, hi float64) (data []opts.ScatterData, intervals []any) {
	intervals = []any{}
	for i, r := range p.Rows {
		if !r.Gap.drawable() || standing(r.Gap) != m {
			continue
		}
		data = append(data, opts.ScatterData{Name: tip(r.Name, p.Measure, r.Gap, 2), Value: []any{r.Gap.Value, i}})
		if r.Gap.bounded() {
			intervals = append(intervals, []any{i, clamp(r.Gap.Lo, lo, hi), clamp(r.Gap.Hi, lo, hi)})
		}
	}
	return data, intervals
}

// ways are the ways of the points whose standing is m.
func (p RankingPlot) ways(m Mark) []any {
	var points []Point
	for _, r := range p.Rows {
		if r.Gap.drawable() && standing(r.Gap) == m {
			points = append(points, r.Gap)
		}
	}
	return ways(points)
}

func (p RankingPlot) reasons() option {
	data, texts := []any{}, []any{}
	for i, r := range p.Rows {
		if !r.Gap.drawable() {
			data = append(data, []any{0, i})
			texts = append(texts, beside(r.Gap.reason()))
		}
	}
	return custom(hook("words", option{"color": inkSoft, "texts": texts, "dx": 8, "fit": true}), data, 0, 1)
}
