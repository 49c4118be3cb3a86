package report

import (
	"encoding/json"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// explorer lets a reader look at the same table for a job family, an industry, a size or a region,
// this year or an earlier one. It holds published figures only; the page script picks among them and
// computes nothing. Two dimensions at once are not offered: such cells are too small to publish.
type explorer struct {
	CSV  string
	data []byte
}

// JSON is the explorer's data for the page.
func (e *explorer) JSON() template.JS { return template.JS(e.data) } // json.Marshal escapes <, > and &

type explorerData struct {
	Base         [2]string            `json:"base"`   // what is cut: the cluster, or a programme
	Domain       string               `json:"domain"` // that, as the address of a figure has it
	Measures     [3]demand.Measure    `json:"measures"`
	Competencies []explorerName       `json:"competencies"`
	Dims         []explorerDim        `json:"dims"`
	Years        []explorerYear       `json:"years"` // this year first
	Flags        map[string][2]string `json:"flags"`
}

type explorerName struct {
	ID   codebook.CompetencyID `json:"id"`
	Name [2]string             `json:"name"`
	Href string                `json:"href"`
}

// explorerDim is one way to cut, with the subgroups any year holds.
type explorerDim struct {
	Key    string         `json:"key"`
	Name   [2]string      `json:"name"`
	Groups []explorerItem `json:"groups"`
}

type explorerItem struct {
	Code   string    `json:"code"`
	Domain string    `json:"domain"` // as the address of a figure has it
	Name   [2]string `json:"name"`
}

// explorerYear holds the required level, graduate level and gap of each competency by subgroup:
// "all", or dimension and code, such as "family/cloud". The address of a figure is year, domain,
// competency and measure.
type explorerYear struct {
	Year  int                         `json:"year"`
	Trace string                      `json:"trace"` // the page that traces them; "" where it is not beside this one
	Cells map[string][][3]explorerFig `json:"cells"`
}

// explorerFig is [estimate, low, high, enterprises, flag, as printed] with null for what is not shown.
// The words are those of every other table, so that no figure is rounded twice.
type explorerFig [6]any

// explorerMeasures are the figures of a row, in order.
var explorerMeasures = [3]demand.Measure{demand.MeanRequired, demand.MeanGraduate, demand.PerformanceGap}

// yearCells is one year's published cells.
type yearCells struct {
	year  int
	cells []demand.Cell
}

// explorer collects every cut of base in every year; nil where there is nothing to choose.
func (d *desk) explorer(base demand.Domain) *explorer {
	data := explorerData{Base: pair(d.n.domain(base)), Domain: base.Key(), Measures: explorerMeasures, Flags: map[string][2]string{}}
	for flag, t := range flagTexts {
		data.Flags[string(flag)] = pair(t)
	}
	for _, id := range d.a.Competencies {
		data.Competencies = append(data.Competencies, explorerName{id, pair(d.n.short(id)), competencyFile(id)})
	}
	for _, dim := range dimensions {
		data.Dims = append(data.Dims, explorerDim{Key: dim.key, Name: pair(dim.name)})
	}
	years := []yearCells{{d.a.Year, d.a.Cells}}
	for _, past := range d.a.Past {
		years = append(years, yearCells{past.Year, past.Cells})
	}
	choices := 0
	for _, y := range years {
		data.Years = append(data.Years, d.explorerYear(y, base, data.Dims))
		choices += len(data.Years[len(data.Years)-1].Cells)
	}
	if choices < 2 {
		return nil
	}
	data.Dims = slices.DeleteFunc(data.Dims, func(dim explorerDim) bool { return len(dim.Groups) == 0 })
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err) // strings and finite numbers always marshal
	}
	return &explorer{CSV: "data/figures.csv", data: raw}
}

// explorerYear gathers the cells of one year that cut base, and adds the subgroups it meets to dims.
func (d *desk) explorerYear(y yearCells, base demand.Domain, dims []explorerDim) explorerYear {
	trace, _, _ := strings.Cut(d.traceHref(gap.Address{Year: y.year, Domain: base}), "#")
	out := explorerYear{y.year, trace, map[string][][3]explorerFig{}}
	for _, c := range y.cells {
		row, measure := slices.Index(d.a.Competencies, c.Competency), slices.Index(explorerMeasures[:], c.Measure)
		if c.Domain.Programme != base.Programme || row < 0 || measure < 0 {
			continue
		}
		key := d.explorerKey(c.Domain, dims)
		if out.Cells[key] == nil {
			out.Cells[key] = noFigures(len(d.a.Competencies))
		}
		out.Cells[key][row][measure] = explorerFigure(c.Figure)
	}
	return out
}

// explorerKey names a subgroup, and adds it to its dimension where it is new.
func (d *desk) explorerKey(c demand.Domain, dims []explorerDim) string {
	for i, dim := range dimensions {
		code := plain(dim.code(c), 40)
		if code == "" {
			continue
		}
		if !slices.ContainsFunc(dims[i].Groups, func(g explorerItem) bool { return g.Code == code }) {
			name, _ := d.n.subgroup(c)
			dims[i].Groups = append(dims[i].Groups, explorerItem{code, c.Key(), pair(name)})
		}
		return dim.key + "/" + code
	}
	return "all"
}

func noFigures(rows int) [][3]explorerFig {
	none := explorerFigure(demand.Figure{})
	out := make([][3]explorerFig, rows)
	for i := range out {
		out[i] = [3]explorerFig{none, none, none}
	}
	return out
}

func explorerFigure(f demand.Figure) explorerFig {
	flag := string(f.Flag)
	if flag == "" {
		flag = string(demand.NoData)
	}
	out := explorerFig{nil, nil, nil, nil, flag, nil}
	if f.Shown() && finite(f.Estimate) {
		out[0], out[3], out[5] = short3(f.Estimate), f.Enterprises, figureCell(f, 2, withMargin).Print().ZH
		if f.HasSE && finite(f.Lo) && finite(f.Hi) {
			out[1], out[2] = short3(f.Lo), short3(f.Hi)
		}
	}
	return out
}

// short3 is a number with three decimals, enough to draw it.
func short3(v float64) json.RawMessage { return json.RawMessage(strconv.FormatFloat(v, 'f', 3, 64)) }

func pair(t Text) [2]string { return [2]string{t.ZH, t.EN} }
