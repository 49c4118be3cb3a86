package report

import (
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// SlopePlot shows how each gap moved from year to year: one line a competency, labelled at its
// end. Only a change beyond its error is coloured.
type SlopePlot struct {
	ID      string
	Alt     Text
	Measure Text
	Years   []int
	Rows    []SlopeRow
}

// SlopeRow is one line; Values has one point a year, oldest first.
type SlopeRow struct {
	Name   Text
	Values []Point
	Change Change
}

// Change is the verdict on a movement between two years.
type Change int

// The verdicts. Unclear is the zero value: a change within its error is no change.
const (
	Unclear  Change = iota
	Narrowed        // the gap became smaller beyond its error
	Widened         // the gap became larger beyond its error
)

var changeMarks = map[Change]Mark{
	Unclear:  {"line", "taught", say("变化未超出误差", "change within its error")},
	Narrowed: {"line-ok", "ok", say("差距缩小，超出误差", "narrowed beyond its error")},
	Widened:  {"line-gap", "gap", say("差距扩大，超出误差", "widened beyond its error")},
}

const (
	slopeHeight  = 400
	slopeTop     = 30
	slopeBottom  = 12
	slopeLeading = 19.0 // least distance between two labels, in pixels
)

// Chart draws the slopes.
func (p SlopePlot) Chart() (*Chart, error) {
	var all []Point
	years := make([]string, len(p.Years))
	for i, y := range p.Years {
		years[i] = strconv.Itoa(y)
	}
	for _, r := range p.Rows {
		all = append(all, r.Values...)
	}
	lo, hi := span(all, 0.5)
	c := charts.NewLine()
	c.SetXAxis(years)
	c.SetGlobalOptions(initialised(p.ID),
		charts.WithXAxisOpts(opts.XAxis{Type: "category", Position: "top", AxisLine: &opts.AxisLine{Show: no},
			AxisLabel: &opts.AxisLabel{Color: inkText, FontSize: 14}, SplitLine: &opts.SplitLine{Show: yes, LineStyle: &opts.LineStyle{Color: inkRule}}}),
		charts.WithYAxisOpts(opts.YAxis{Type: "value", Min: lo, Max: hi, AxisLine: &opts.AxisLine{Show: no},
			SplitLine: &opts.SplitLine{Show: no}, AxisLabel: &opts.AxisLabel{Color: inkSoft, FontSize: 12}}),
		charts.WithGridOpts(opts.Grid{Left: "34", Right: "290", Top: strconv.Itoa(slopeTop), Bottom: strconv.Itoa(slopeBottom)}))
	var over []any
	seen := map[Change]bool{}
	for _, r := range p.Rows {
		m := changeMarks[r.Change]
		seen[r.Change] = true
		c.AddSeries(chartText(r.Name.ZH, 40), p.line(r), charts.WithLineStyleOpts(opts.LineStyle{Color: inkOf(m.Ink), Width: lineWidth(r.Change)}),
			charts.WithItemStyleOpts(opts.ItemStyle{Color: inkOf(m.Ink)}))
		over = append(over, option{"symbol": "circle", "symbolSize": 8, "z": 3 + int(r.Change), "data": rowWays(r.Values)})
	}
	over = append(over, p.labels(lo, hi))
	var key []Mark
	for _, ch := range []Change{Narrowed, Widened, Unclear} {
		if seen[ch] {
			key = append(key, changeMarks[ch])
		}
	}
	patch := option{"xAxis": []any{option{"axisTick": option{"show": false}, "boundaryGap": false}},
		"yAxis": []any{option{"axisTick": option{"show": false}, "interval": 0.5, "axisLabel": option{"formatter": hook("num", option{"digits": 1})}}}, "series": over,
		"media": narrowly(option{"grid": []any{option{"right": 172}}})}
	return plate(p.ID, slopeHeight, p.Alt, key, c, patch)
}

func lineWidth(c Change) float32 {
	if c == Unclear {
		return 1.5
	}
	return 2.5
}

func (p SlopePlot) line(r SlopeRow) []opts.LineData {
	data := make([]opts.LineData, len(r.Values))
	for i, v := range r.Values {
		if v.drawable() {
			data[i] = opts.LineData{Name: tip(r.Name, say(strconv.Itoa(p.Years[i])+" "+p.Measure.ZH, p.Measure.EN+" "+strconv.Itoa(p.Years[i])), v, 2), Value: v.Value}
		} else {
			data[i] = opts.LineData{Value: "-"} // a gap in the line, not a zero
		}
	}
	return data
}

// labels puts every line's name and last value beside its end, moved apart where they would touch.
func (p SlopePlot) labels(lo, hi float64) option {
	type tag struct {
		row    int
		year   int
		y, now float64
	}
	perLevel := float64(slopeHeight-slopeTop-slopeBottom) / (hi - lo)
	var tags []tag
	for i, r := range p.Rows {
		if y := slices.IndexFunc(r.Values, Point.drawable); y < 0 {
			continue
		}
		last := len(r.Values) - 1
		for !r.Values[last].drawable() {
			last--
		}
		px := (hi - r.Values[last].Value) * perLevel
		tags = append(tags, tag{i, last, px, px})
	}
	slices.SortStableFunc(tags, func(a, b tag) int { return compareFloat(a.y, b.y) })
	ys := make([]float64, len(tags))
	for i, t := range tags {
		ys[i] = t.y
	}
	spread(ys, slopeLeading, 0, float64(slopeHeight-slopeTop-slopeBottom))
	data, texts, dys := []any{}, []any{}, []any{}
	for i, t := range tags {
		r := p.Rows[t.row]
		v := r.Values[t.year]
		data = append(data, []any{t.year, v.Value})
		dys = append(dys, round1(ys[i]-t.y))
		texts = append(texts, num(v.Value, 2)+"　"+sharedMark+beside(r.Name))
	}
	return custom(hook("words", option{"color": inkText, "texts": texts, "dx": 26, "dys": dys, "size": 13, "leader": inkRule, "halo": inkPaper}), data, 0, 1)
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func round1(v float64) float64 { return float64(int(v*10+0.5*sign(v))) / 10 }

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// spread moves ascending positions apart until neighbours are at least gap away, keeping them
// within [lo, hi] where they fit and each cluster centred on where it wanted to be.
func spread(ys []float64, gap, lo, hi float64) {
	for range 200 {
		moved := false
		for i := 1; i < len(ys); i++ {
			if short := gap - (ys[i] - ys[i-1]); short > 0.01 {
				ys[i-1], ys[i], moved = ys[i-1]-short/2, ys[i]+short/2, true
			}
		}
		if len(ys) > 0 {
			ys[0], ys[len(ys)-1] = max(ys[0], lo), min(ys[len(ys)-1], hi)
		}
		if !moved {
			return
		}
	}
}
