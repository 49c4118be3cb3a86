package report

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// SankeyPlot follows weighted demand along the closed loop, column by column: job families,
// competencies, modules, certifications. A broken link is drawn in the gap ink and ends in a node
// that says what is missing.
type SankeyPlot struct {
	ID    string
	Alt   Text
	Nodes []SankeyNode
	Links []SankeyLink
	Unit  Text
}

// SankeyNode stands in one column; ID is unique, Name need not be.
type SankeyNode struct {
	ID     string
	Name   Text
	Column int
	Broken bool
}

// SankeyLink carries Value from one node to another.
type SankeyLink struct {
	From, To string
	Value    float64
	Broken   bool
	How      string // where a figure it is made from is traced
}

// Chart draws the flows. Links without a positive, finite value are left out: they carry nothing.
func (p SankeyPlot) Chart() (*Chart, error) {
	typedNodes, nodes := []opts.SankeyNode{}, []any{}
	for _, n := range p.Nodes {
		column := n.Column
		typedNodes = append(typedNodes, opts.SankeyNode{Name: n.ID, Depth: &column, ItemStyle: &opts.ItemStyle{Color: nodeInk(n)}})
		nodes = append(nodes, option{"label": option{"formatter": below(short(n.Name, 30))}, "tooltip": option{"formatter": beside(n.Name)}})
	}
	typedLinks, links, broken := []opts.SankeyLink{}, []any{}, false
	names := map[string]Text{}
	for _, n := range p.Nodes {
		names[n.ID] = n.Name
	}
	for _, l := range p.Links {
		if !finite(l.Value) || l.Value <= 0 {
			continue
		}
		broken = broken || l.Broken
		typedLinks = append(typedLinks, opts.SankeyLink{Source: l.From, Target: l.To})
		links = append(links, p.link(l, names))
	}
	c := charts.NewSankey()
	c.SetGlobalOptions(initialised(p.ID))
	c.AddSeries("loop", typedNodes, typedLinks, charts.WithLabelOpts(opts.Label{Show: yes, Color: inkText, FontSize: 12.5}))
	patch := option{"series": []any{option{"left": 2, "right": p.lastColumn(), "top": 8, "bottom": 18, "nodeWidth": 9, "nodeGap": 26, "nodeAlign": "left",
		"layoutIterations": 32, "draggable": false, "data": nodes, "links": links,
		"lineStyle": option{"curveness": 0.5}, "emphasis": option{"focus": "adjacency"}, "label": option{"rich": smallPrint, "lineHeight": 16, "textBorderColor": inkPaper, "textBorderWidth": 2}}}}
	key := []Mark{{"band", "taught", say("加权需求", "weighted demand")}}
	if broken {
		key = append(key, Mark{"band", "gap", say("断点", "broken link")})
	}
	chart, err := plate(p.ID, max(320, p.tallest()*46), p.Alt, key, c, patch)
	if err != nil {
		return nil, err
	}
	chart.MinWidth = 620
	return chart, nil
}

// short cuts a name to what fits between two columns of the loop.
func short(t Text, width int) Text { return say(plain(t.ZH, width), plain(t.EN, width-2)) }

// lastColumn is the room the names right of the last column take.
func (p SankeyPlot) lastColumn() float64 {
	room := 12.0
	for _, n := range p.Nodes {
		if n.Column == 3 {
			room = max(room, 7*float64(width(chartText(n.Name.ZH, 48)))+12, 6*float64(width(chartText(n.Name.EN, 48)))+12)
		}
	}
	return min(room, 240)
}

func nodeInk(n SankeyNode) string {
	if n.Broken {
		return inkGap
	}
	return inkDemand
}

func (p SankeyPlot) link(l SankeyLink, names map[string]Text) option {
	from, to := names[l.From], names[l.To]
	text := say(from.ZH+" → "+to.ZH+"："+num(l.Value, 0)+" "+p.Unit.ZH, from.EN+" → "+to.EN+": "+num(l.Value, 0)+" "+p.Unit.EN)
	style := option{"color": inkTaught, "opacity": 0.26}
	if l.Broken {
		style = option{"color": inkGap, "opacity": 0.42}
	}
	return option{"value": l.Value, "lineStyle": style, "how": l.How,
		"tooltip": option{"formatter": chartText(text.ZH, 120) + besideMark + chartText(text.EN, 160)}}
}

// tallest is the number of nodes in the fullest column.
func (p SankeyPlot) tallest() int {
	n := map[string]int{}
	most := 0
	for _, node := range p.Nodes {
		k := strconv.Itoa(node.Column)
		n[k]++
		most = max(most, n[k])
	}
	return most
}
