package report

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// PlanePlot is the importance–performance plane (Martilla & James 1977): graduate level across,
// importance upwards, split at the grand means, every point with the cross of its two intervals.
type PlanePlot struct {
	ID                    string
	Alt                   Text
	Rows                  []PlaneRow
	MeanGraduate, MeanImp float64
}

// PlaneRow is one competency on the plane.
type PlaneRow struct {
	Name                 Text
	Graduate, Importance Point
	Strong               bool // its gap lies beyond its error
}

// quadrants are the corners' names, clockwise from the top left.
var quadrants = []Text{
	say("优先改进", "Concentrate here"), say("继续保持", "Keep up the good work"),
	say("可能过度", "Possible overkill"), say("次要", "Low priority"),
}

// Quadrant names the corner a point lies in when the plane is split at the two means.
func (p PlanePlot) Quadrant(r PlaneRow) Text {
	switch high, good := r.Importance.Value >= p.MeanImp, r.Graduate.Value >= p.MeanGraduate; {
	case high && !good:
		return quadrants[0]
	case high:
		return quadrants[1]
	case good:
		return quadrants[2]
	}
	return quadrants[3]
}

// Chart draws the plane over the part of both scales that the data use.
func (p PlanePlot) Chart() (*Chart, error) {
	var across, upwards []Point
	for _, r := range p.Rows {
		across, upwards = append(across, r.Graduate, at(p.MeanGraduate)), append(upwards, r.Importance, at(p.MeanImp))
	}
	x0, x1 := span(across, 0.5)
	y0, y1 := span(upwards, 0.5)
	x, xPatch := valueAxis(x0, x1, hook("num", option{"digits": 1}))
	xPatch["interval"] = 0.5
	x.Name, x.NameLocation, x.NameGap = beside(say("毕业生现状 →", "graduate level")), "end", 8
	xPatch["nameTextStyle"] = option{"color": inkGrad, "fontSize": 13, "align": "right", "verticalAlign": "top", "padding": []any{22, 0, 0, 0}}
	y := opts.YAxis{Type: "value", Min: y0, Max: y1, Name: beside(say("↑ 重要度", "importance")), NameLocation: "end", NameGap: 10,
		AxisLine: &opts.AxisLine{Show: no}, SplitLine: x.SplitLine, AxisLabel: x.AxisLabel}
	yPatch := option{"interval": 0.5, "axisLabel": option{"formatter": hook("num", option{"digits": 1})}, "axisTick": option{"show": false}, "nameTextStyle": option{"color": inkDemand, "fontSize": 13, "align": "left"}}
	c := charts.NewScatter()
	c.SetGlobalOptions(initialised(p.ID), charts.WithXAxisOpts(x), charts.WithYAxisOpts(y),
		charts.WithGridOpts(opts.Grid{Left: "0", Right: "12", Top: "30", Bottom: "30", ContainLabel: yes}))
	sides := p.sides(x0, x1, y0, y1)
	var over []any
	for _, strong := range []bool{true, false} {
		data, labels := p.points(strong, sides)
		look := markStrong
		if !strong {
			look = markWeak
		}
		c.AddSeries(look.Label.ZH, data, charts.WithItemStyleOpts(styleOf(look)))
		over = append(over, option{"symbol": symbolOf(look), "symbolSize": 12, "z": 5, "data": labels})
	}
	over = append(over, p.crosses(), p.means(x0, x1, y0, y1), p.corners(x0, x1, y0, y1))
	key := []Mark{markStrong, markWeak, {"cross", "soft", say("两个方向的 95% 区间", "95% intervals both ways")}}
	return plate(p.ID, 460, p.Alt, key, c, option{"xAxis": []any{xPatch}, "yAxis": []any{yPatch}, "series": over, "media": narrowly(option{"grid": []any{option{"right": 92}}})})
}

var (
	markStrong = Mark{"circle", "gap", say("差距超出误差", "gap beyond its error")}
	markWeak   = Mark{"ring", "taught", say("差距未超出误差", "gap within its error")}
	markHolds  = Mark{"square", "ok", say("达到或高于要求", "meets or exceeds")}
)

func inkOf(name string) string {
	for _, i := range inks {
		if i.name == name {
			return i.light
		}
	}
	return inkText
}

// symbolOf is the echarts symbol of a legend shape.
func symbolOf(m Mark) string {
	return map[string]string{"circle": "circle", "ring": "circle", "diamond": "diamond", "square": "rect", "bar": "rect"}[m.Shape]
}

// styleOf fills a shape with its ink; a ring is hollow.
func styleOf(m Mark) opts.ItemStyle {
	if m.Shape == "ring" {
		return opts.ItemStyle{Color: inkPaper, BorderColor: inkOf(m.Ink), BorderWidth: 2}
	}
	return opts.ItemStyle{Color: inkOf(m.Ink)}
}

// points returns the typed points and, in the same order, the direct label of each.
func (p PlanePlot) points(strong bool, sides []side) (data []opts.ScatterData, labels []any) {
	labels = []any{}
	for i, r := range p.Rows {
		if r.Strong != strong || !r.Graduate.drawable() || !r.Importance.drawable() {
			continue
		}
		name := say(r.Name.ZH+" · "+p.Quadrant(r).ZH, r.Name.EN+" · "+p.Quadrant(r).EN)
		zh := chartText(name.ZH, 60) + "\n重要度　" + r.Importance.words(2).ZH + "\n毕业生现状　" + r.Graduate.words(2).ZH
		en := chartText(name.EN, 80) + "\nimportance  " + r.Importance.words(2).EN + "\ngraduate level  " + r.Graduate.words(2).EN
		data = append(data, opts.ScatterData{Name: zh + besideMark + en, Value: []any{r.Graduate.Value, r.Importance.Value}})
		labels = append(labels, option{"how": r.Graduate.How + " " + r.Importance.How, "label": option{"show": true, "formatter": below(r.Name), "position": sides[i].position, "offset": sides[i].offset, "lineHeight": 16, "rich": smallPrint, "distance": 7, "color": inkText, "fontSize": 13}})
	}
	return data, labels
}

// box is a rectangle in pixels of the still picture.
type box struct{ x, y, w, h float64 }

// overlap is the area two boxes share.
func (a box) overlap(b box) float64 {
	w := min(a.x+a.w, b.x+b.w) - max(a.x, b.x)
	h := min(a.y+a.h, b.y+b.h) - max(a.y, b.y)
	return max(0, w) * max(0, h)
}

// side is where a label stands: beside its point, above or below the arm of the cross.
type side struct {
	position string
	offset   []any
}

// sides chooses for every point the quarter of its cross in which its label covers least of the
// other labels and points and stays within the plane.
func (p PlanePlot) sides(x0, x1, y0, y1 float64) []side {
	const left, top, wide, high, mark = 40, 30, 666, 380, 8
	var taken []box
	centre := func(r PlaneRow) (x, y float64) {
		return left + (r.Graduate.Value-x0)/(x1-x0)*wide, top + (y1-r.Importance.Value)/(y1-y0)*high
	}
	for _, r := range p.Rows {
		if r.Graduate.drawable() && r.Importance.drawable() {
			x, y := centre(r)
			taken = append(taken, box{x - mark, y - mark, 2 * mark, 2 * mark})
		}
	}
	out := make([]side, len(p.Rows))
	for i, r := range p.Rows {
		if !r.Graduate.drawable() || !r.Importance.drawable() {
			continue
		}
		x, y := centre(r)
		w, h := max(7*float64(width(r.Name.ZH)), 5.5*float64(width(r.Name.EN))), 32.0
		best, least := box{}, 1e9
		for _, c := range []struct {
			side side
			box  box
		}{
			{side{"right", []any{0, -20}}, box{x + mark, y - 2 - h, w, h}}, {side{"left", []any{0, -20}}, box{x - mark - w, y - 2 - h, w, h}},
			{side{"right", []any{0, 20}}, box{x + mark, y + 2, w, h}}, {side{"left", []any{0, 20}}, box{x - mark - w, y + 2, w, h}},
		} {
			cost := w*h - c.box.overlap(box{left, top, wide, high})
			for _, t := range taken {
				cost += c.box.overlap(t)
			}
			if cost < least-1 {
				best, least, out[i] = c.box, cost, c.side
			}
		}
		taken = append(taken, best)
	}
	return out
}

func (p PlanePlot) crosses() option {
	data := []any{}
	for _, r := range p.Rows {
		if g, i := r.Graduate, r.Importance; g.bounded() && i.bounded() {
			data = append(data, []any{g.Lo, g.Hi, i.Lo, i.Hi, g.Value, i.Value})
		}
	}
	return custom(hook("cross", option{"color": inkSoft, "width": 1.5, "opacity": 0.45}), data, []any{0, 1}, []any{2, 3})
}

func (p PlanePlot) means(x0, x1, y0, y1 float64) option {
	lines := []any{[]any{p.MeanGraduate, y0, p.MeanGraduate, y1}, []any{x0, p.MeanImp, x1, p.MeanImp}}
	return custom(hook("line", option{"color": inkSoft, "width": 1, "dash": []any{4, 4}}), lines, []any{0, 2}, []any{1, 3})
}

func (p PlanePlot) corners(x0, x1, y0, y1 float64) option {
	at := []any{[]any{x0, y1}, []any{x1, y1}, []any{x1, y0}, []any{x0, y0}}
	texts, dxs, dys, aligns := []any{}, []any{6, -6, -6, 6}, []any{14, 14, -12, -12}, []any{"left", "right", "right", "left"}
	for _, q := range quadrants {
		texts = append(texts, beside(q))
	}
	return custom(hook("words", option{"color": inkSoft, "texts": texts, "dxs": dxs, "dys": dys, "aligns": aligns}), at, 0, 1)
}
