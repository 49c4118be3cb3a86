package report

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// Chart is one drawing of a page: the option the reader's browser draws, and the still picture
// that stands there before it, in print and where no script runs.
type Chart struct {
	ID            string // stable: the anchor of its section
	Width, Height int    // of the still picture, in CSS pixels; the drawn chart keeps the height
	MinWidth      int    // a drawn chart scrolls sideways rather than become narrower
	Alt           Text   // what a reader who cannot see the chart is told
	Key           []Mark // the legend, set by the page in its own type

	option []byte
	svg    []byte
}

// Mark is one entry of a legend: a shape in an ink, and its meaning.
type Mark struct {
	Shape string // circle, diamond, bar, line, cross, hatch, d0 … d4, g0 … g4
	Ink   string // name of an ink
	Label Text
}

// Point is one estimate with its interval. Where OK is false there is no number and Why says why;
// a chart then says so in words.
type Point struct {
	Value, Lo, Hi float64
	OK            bool
	Why           Text
	Tip           Text   // what the pointer shows beside the name: base and caution
	How           string // where the figure is traced: page#address, or #address where that page is not beside this one
	Kind          string // of a number without an address, as unaddressed names it
}

// at is a point known exactly.
func at(v float64) Point { return Point{Value: v, Lo: v, Hi: v, OK: true} }

// way is what the drawn point carries of where its number comes from.
func (p Point) way() option {
	switch {
	case p.How != "":
		return option{"how": p.How}
	case p.Kind != "":
		return option{"kind": p.Kind}
	}
	return option{}
}

// ways are the ways of the points that are drawn, in their order.
func ways(points []Point) []any {
	out := []any{}
	for _, p := range points {
		if p.drawable() {
			out = append(out, p.way())
		}
	}
	return out
}

// drawable reports whether the point has a finite number to draw.
func (p Point) drawable() bool { return p.OK && finite(p.Value) }

// bounded reports whether the point has a finite interval of some width.
func (p Point) bounded() bool { return p.drawable() && finite(p.Lo) && finite(p.Hi) && p.Hi > p.Lo }

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// noData is said where nothing else explains a missing number.
var noData = say("无数据", "no data")

// words is the reading of a point: the number with its interval, or why there is none.
func (p Point) words(decimals int) Text {
	if !p.drawable() {
		return p.reason()
	}
	s := num(p.Value, decimals)
	if p.bounded() {
		s += "（" + num(p.Lo, decimals) + "–" + num(p.Hi, decimals) + "）"
	}
	return same(s)
}

func (p Point) reason() Text {
	if p.Why == (Text{}) {
		return noData
	}
	return p.Why
}

// stillWidth is the width every still picture is drawn at: the text column of an A4 page.
const stillWidth = 720

// plate finishes a chart: option and patch composed, checked and encoded.
func plate(id string, height int, alt Text, key []Mark, c typed, patch option) (*Chart, error) {
	o, err := compose(c, patch)
	if err != nil {
		return nil, err
	}
	raw, err := encode(o)
	if err != nil {
		return nil, err
	}
	return &Chart{ID: id, Width: stillWidth, Height: height, MinWidth: 300, Alt: alt, Key: key, option: raw}, nil
}

// initialised names the chart, so that go-echarts does not draw a random name.
func initialised(id string) charts.GlobalOpts {
	return charts.WithInitializationOpts(opts.Initialization{ChartID: id})
}

var yes, no = opts.Bool(true), opts.Bool(false)

// rowAxis is the label axis of a horizontal chart: names in both languages, first row on top.
func rowAxis(names []Text) (opts.YAxis, option) {
	labels := make([]string, len(names))
	for i, n := range names {
		labels[i] = below(n)
	}
	axis := opts.YAxis{Type: "category", Inverse: yes, Data: labels,
		AxisLabel: &opts.AxisLabel{Color: inkText, FontSize: 14, Interval: "0", ShowMinLabel: yes, ShowMaxLabel: yes},
		AxisLine:  &opts.AxisLine{Show: no}, SplitLine: &opts.SplitLine{Show: no}}
	return axis, option{"axisTick": option{"show": false}, "axisLabel": option{"interval": 0, "lineHeight": 18, "rich": smallPrint}}
}

// smallPrint is the second, English line of a label.
var smallPrint = option{"small": option{"fontSize": 11, "color": inkSoft, "lineHeight": 14}}

// valueAxis is a numeric axis with thin rules and no line of its own.
func valueAxis(lo, hi float64, formatter any) (opts.XAxis, option) {
	axis := opts.XAxis{Type: "value", Min: lo, Max: hi,
		AxisLine:  &opts.AxisLine{Show: no},
		SplitLine: &opts.SplitLine{LineStyle: &opts.LineStyle{Color: inkRule}},
		AxisLabel: &opts.AxisLabel{Color: inkSoft, FontSize: 12, ShowMinLabel: yes, ShowMaxLabel: yes}}
	patch := option{"axisTick": option{"show": false}, "axisLabel": option{"rich": smallPrint, "lineHeight": 16}}
	if formatter != nil {
		patch["axisLabel"].(option)["formatter"] = formatter
	}
	return axis, patch
}

// levels labels the axis of a five-point scale with the scale's own words.
func levels(words []Text) any {
	packed := make([]any, len(words))
	for i, w := range words {
		packed[i] = below(w)
	}
	return hook("scale", option{"words": packed})
}

// span is the range a numeric axis needs to hold every point and its interval, rounded outwards to step.
func span(points []Point, step float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range points {
		if !p.drawable() {
			continue
		}
		lo, hi = min(lo, p.Value), max(hi, p.Value)
		if p.bounded() {
			lo, hi = min(lo, p.Lo), max(hi, p.Hi)
		}
	}
	if math.IsInf(lo, 1) {
		return 0, step
	}
	lo, hi = math.Floor(lo/step)*step, math.Ceil(hi/step)*step
	if hi == lo {
		hi = lo + step
	}
	return lo, hi
}

// narrowly changes settings where a chart is drawn on a telephone.
func narrowly(change option) []any {
	return []any{option{"query": option{"maxWidth": 520}, "option": change}}
}

// clamp keeps an interval within an axis.
func clamp(v, lo, hi float64) float64 { return max(lo, min(hi, v)) }
