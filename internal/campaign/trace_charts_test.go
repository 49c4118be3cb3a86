package campaign

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// drawn is the option of one chart as the page carries it.
type drawn struct {
	Series []struct {
		Type  string
		Data  []json.RawMessage
		Links []drawnItem
	}
	YAxis []struct{ Data []string }
}

// drawnItem is one mark of a chart: its number, what the pointer shows, and where it is traced.
type drawnItem struct {
	Name  string
	Value any
	How   string
	Kind  string
}

// everyChartTraces goes over the data of every chart of every page. The number behind a mark is the
// figure at the address that the mark carries, or of a kind that has none; what the pointer shows, the
// intervals and the notes at the edge are that figure's, or stand in the table below.
func everyChartTraces(t *testing.T, w *world) {
	y, charts, marks, kinds := w.way(), 0, 0, map[string]int{}
	for _, p := range w.pages(t) {
		for n := range p.doc.Descendants() {
			if n.Data != "script" || attribute(n, "class") != "option" {
				continue
			}
			charts++
			var chart drawn
			must(t, json.Unmarshal([]byte(n.FirstChild.Data), &chart))
			c := chartWay{way: y, where: p.file + " " + attribute(n.Parent, "id"), section: sectionOf(n)}
			for _, s := range chart.Series {
				for _, l := range s.Links {
					marks++
					c.flow(t, l)
				}
				for _, raw := range s.Data {
					var item drawnItem
					if s.Type == "custom" || s.Type == "sankey" || json.Unmarshal(raw, &item) != nil || item.Value == nil || item.Value == "-" {
						continue // intervals come next; a row without a figure has no mark
					}
					marks++
					if item.Kind != "" {
						kinds[item.Kind]++
						continue
					}
					c.mark(t, item)
				}
			}
			for _, s := range chart.Series {
				if s.Type == "custom" {
					c.intervals(t, s.Data)
				}
			}
			c.notes(t, chart)
		}
	}
	if charts < 40 || marks < 700 {
		t.Errorf("%d charts with %d marks were looked at", charts, marks)
	}
	for kind, n := range kinds {
		if !slices.Contains([]string{"curriculum", "concentration", "quoted"}, kind) || !strings.Contains(string(w.site(t)["methods.html"]), `id="whence-`+kind+`"`) {
			t.Errorf("%d marks are of the kind %s, which no page explains", n, kind)
		}
	}
}

// chartWay follows the marks of one chart.
type chartWay struct {
	*way
	where   string
	section *html.Node
	known   []float64 // estimates and intervals of its figures
}

// mark holds one mark against the figures it leads to.
func (c *chartWay) mark(t *testing.T, item drawnItem) {
	t.Helper()
	hows := strings.Fields(item.How)
	if len(hows) == 0 {
		t.Errorf("%s: %v has no address: %q", c.where, item.Value, item.Name)
		return
	}
	_, said, _ := strings.Cut(item.Name, "\n")
	said, _, _ = strings.Cut(said, "\x1f")
	values := figuresOfMark(item.Value, len(hows))
	var all []float64
	for i, how := range hows {
		at, ok := addressIn(how)
		if !ok {
			t.Errorf("%s: %q is no address", c.where, how)
			return
		}
		found := c.back(t, at.String())
		if found == nil {
			return
		}
		f := found.Figure
		if !f.Shown() || math.Abs(values[i]-f.Estimate) > 1e-9*math.Max(1, math.Abs(f.Estimate)) {
			t.Errorf("%s draws %v of %s, which is %+v", c.where, item.Value, at, f)
		}
		all = append(all, f.Estimate, f.Lo, f.Hi, float64(f.Enterprises), float64(f.Jobs))
		c.known = append(c.known, f.Estimate, f.Lo, f.Hi)
		said = strings.TrimPrefix(said, strconv.Itoa(at.Year)+" ")
	}
	for _, number := range leadingNumber.FindAllString(strings.ReplaceAll(said, "–", " "), -1) {
		if !slices.ContainsFunc(all, func(v float64) bool { return printsAs(number, v) }) {
			t.Errorf("%s says %s beside the pointer, the figures at %s are %v: %q", c.where, number, item.How, all, said)
		}
	}
}

// figuresOfMark are the figures in the value of a mark that leads to n of them: both of a point of the
// plane; of a pair the first, which stands on a row; of a cell the last, behind its column and row.
func figuresOfMark(value any, n int) []float64 {
	values := numbersIn(value)
	switch {
	case len(values) <= n:
		return values
	case len(values) == 2:
		return values[:1]
	}
	return values[len(values)-1:]
}

// flow holds a flow of the loop against a figure it is made from.
func (c *chartWay) flow(t *testing.T, l drawnItem) {
	t.Helper()
	at, ok := addressIn(l.How)
	if found := c.back(t, at.String()); !ok || found == nil || !found.Figure.Shown() || !strings.Contains(c.where, string(at.Domain.Programme)) || at.Domain.Programme == "" {
		t.Errorf("%s: a flow leads to %q", c.where, l.How)
	}
}

// intervals checks that what is drawn beside the marks is of their figures: where it is no row or
// column, and not the edge of the drawing or a mean of the marks.
func (c *chartWay) intervals(t *testing.T, data []json.RawMessage) {
	t.Helper()
	for _, raw := range data {
		var row []float64
		must(t, json.Unmarshal(raw, &row))
		for _, v := range row {
			edge := v*2 == math.Trunc(v*2)
			if !edge && !slices.ContainsFunc(append(c.known, c.crosshair()...), func(k float64) bool { return math.Abs(k-v) < 1e-9 }) {
				t.Errorf("%s draws %v at %g, which is none of its figures", c.where, row, v)
			}
		}
	}
}

// crosshair are the means at which the planes of the pages are split.
func (c *chartWay) crosshair() []float64 {
	var out []float64
	for _, p := range c.w.analysis.Programmes {
		if strings.Contains(c.where, string(p.Programme)) {
			out = append(out, p.Crosshair.Graduate, p.Crosshair.Importance)
		}
	}
	return out
}

// notes checks that the numbers at the edge of a chart stand in the tables of its section.
func (c *chartWay) notes(t *testing.T, chart drawn) {
	t.Helper()
	var cells []string
	for n := range c.section.Descendants() {
		if n.Data == "td" || n.Data == "th" {
			cells = append(cells, digits.FindAllString(wordsOf(n, "zh"), -1)...)
		}
	}
	for i, axis := range chart.YAxis {
		for _, note := range axis.Data {
			for _, number := range digits.FindAllString(note, -1) {
				if i > 0 && !slices.Contains(cells, number) {
					t.Errorf("%s notes %q, which its table does not hold", c.where, note)
				}
			}
		}
	}
}

// numbersIn are the numbers of a value, however deep.
func numbersIn(v any) []float64 {
	switch v := v.(type) {
	case float64:
		return []float64{v}
	case []any:
		var out []float64
		for _, x := range v {
			out = append(out, numbersIn(x)...)
		}
		return out
	}
	return nil
}

func sectionOf(n *html.Node) *html.Node {
	for n.Data != "section" {
		n = n.Parent
	}
	return n
}
