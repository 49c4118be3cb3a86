package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Steps of the two ramps: a gap of 0.4 is about the error of a middling sample; levels follow the
// five-point scale.
var (
	gapSteps   = []float64{0, 0.4, 0.8, 1.2}
	levelSteps = []float64{2.5, 3, 3.5, 4}
)

// heat describes one competency × subgroup table.
type heat struct {
	id      string
	measure demand.Measure
	name    Text
	columns []demand.Domain
	heads   []Text
	across  Text // what the columns are: 岗位族, 专业
	gap     bool
}

// heatSection shows one measure for every competency in every column. Columns in which nothing can be
// shown are named in words; a withheld cell of another column is hatched.
func (d *desk) heatSection(h heat) (*section, error) {
	columns, heads, hidden := d.answered(h)
	s := &section{ID: h.id}
	if len(hidden) > 0 {
		names := list(hidden)
		s.Lead = []Text{say(names.ZH+"：样本不足或可被反推，各格都不予公布，所以不在图里。", names.EN+": every cell is withheld (too few enterprises, or it would reveal another), so not drawn.")}
	}
	if len(columns) == 0 {
		s.Finding = say("没有按"+h.across.ZH+"可公布的数字", "Nothing can be published by "+h.across.EN)
		if len(hidden) > 0 {
			s.Finding = say("按"+h.across.ZH+"分，各格样本都不足，不予公布", "By "+h.across.EN+", every cell is withheld: too few enterprises")
		}
		return s, nil
	}
	plot := HeatPlot{ID: h.id, Measure: h.name, Gap: h.gap, Steps: levelSteps,
		Alt: say("各能力按"+h.across.ZH+"的"+h.name.ZH, h.name.EN+" of each competency by "+h.across.EN)}
	if h.gap {
		plot.Steps = gapSteps
	}
	t := &table{ID: h.id, Caption: plot.Alt, Columns: []column{{Key: "competency", Head: say("能力", "Competency")}}}
	if len(columns) > len(d.a.Competencies) { // the longer side goes down the page
		d.fillDown(&plot, t, h, columns, heads)
	} else {
		d.fillAcross(&plot, t, h, columns, heads)
	}
	chart, err := plot.Chart()
	if err != nil {
		return nil, err
	}
	s.Chart, s.Table = chart, t
	s.Finding, s.Quotes = d.heatFinding(h, columns, heads)
	s.Aside = []note{{say("怎么读", "How to read"), say("格中是估计值，颜色重复它的大小。斜线格不予公布或无数据：不是零。", "Each cell holds its estimate; shade repeats it. Hatched cells are withheld or empty: they are not zero.")}}
	s.Base = say("各格的企业不尽相同；每格的误差与家数见数据表", "Cells rest on different enterprises; the error and base of each are in the table")
	return s, nil
}

// fillAcross has a row for every competency and a column for every subgroup.
func (d *desk) fillAcross(plot *HeatPlot, t *table, h heat, columns []demand.Domain, heads []Text) {
	plot.Columns = heads
	for i, c := range columns {
		t.Columns = append(t.Columns, column{Key: columnKey(c), Head: heads[i], Numeric: true, Figure: true})
	}
	for _, id := range d.a.Competencies {
		line, cells := []Point{}, []cell{textCell(d.n.short(id))}
		for _, c := range columns {
			f := d.figure(c, id, h.measure)
			line, cells = append(line, d.point(f, d.at(c, id, h.measure))), append(cells, d.about(c, id)(h.measure, f, 2, withMargin))
		}
		plot.Rows, plot.Cells, t.Rows = append(plot.Rows, d.n.short(id)), append(plot.Cells, line), append(t.Rows, cells)
	}
}

// fillDown has a row for every subgroup and a column for every competency.
func (d *desk) fillDown(plot *HeatPlot, t *table, h heat, columns []demand.Domain, heads []Text) {
	plot.Rows, plot.Columns = heads, d.shortNames(d.a.Competencies)
	t.Columns[0] = column{Key: "domain", Head: say(h.across.ZH, codebook.UpperFirst(h.across.EN))}
	for i, id := range d.a.Competencies {
		t.Columns = append(t.Columns, column{Key: string(id), Head: plot.Columns[i], Numeric: true, Figure: true})
	}
	for i, c := range columns {
		line, cells := []Point{}, []cell{textCell(heads[i])}
		for _, id := range d.a.Competencies {
			f := d.figure(c, id, h.measure)
			line, cells = append(line, d.point(f, d.at(c, id, h.measure))), append(cells, d.about(c, id)(h.measure, f, 2, withMargin))
		}
		plot.Cells, t.Rows = append(plot.Cells, line), append(t.Rows, cells)
	}
}

// columnKey names a column of a CSV file by what sets its domain apart.
func columnKey(c demand.Domain) string {
	for _, dim := range dimensions {
		if code := dim.code(c); code != "" {
			return code
		}
	}
	return c.Key()
}

// answered splits the columns into those with a figure to show and those that hold withheld ones
// only; where nothing was answered a column is in neither.
func (d *desk) answered(h heat) (columns []demand.Domain, heads, hidden []Text) {
	for i, c := range h.columns {
		is := func(test func(demand.Figure) bool) bool {
			return slices.ContainsFunc(d.a.Competencies, func(id codebook.CompetencyID) bool { return test(d.figure(c, id, h.measure)) })
		}
		switch {
		case is(demand.Figure.Shown):
			columns, heads = append(columns, c), append(heads, h.heads[i])
		case is(demand.Figure.Withheld):
			hidden = append(hidden, h.heads[i])
		}
	}
	return columns, heads, hidden
}

// heatFinding names the strongest cell of the columns, which each show one at least.
func (d *desk) heatFinding(h heat, columns []demand.Domain, heads []Text) (Text, []quote) {
	best, row, column, where := demand.Figure{}, codebook.CompetencyID(""), Text{}, demand.Domain{}
	for _, id := range d.a.Competencies {
		for i, c := range columns {
			if f := d.figure(c, id, h.measure); f.Shown() && (row == "" || f.Estimate > best.Estimate) {
				best, row, column, where = f, id, heads[i], c
			}
		}
	}
	name, level := d.n.short(row), num(best.Estimate, 1)+marginOf(best, 1, 1)
	care := Text{}
	if best.Flag == demand.Caution {
		care = say("（慎用）", " (use with caution)")
	}
	quotes := []quote{d.quote(level, d.at(where, row, h.measure))}
	if h.gap {
		return say(name.ZH+"的差距在“"+column.ZH+"”最大："+level+" 级"+care.ZH, name.EN+" falls furthest short in “"+column.EN+"”: "+level+" levels"+care.EN), quotes
	}
	return say("“"+column.ZH+"”对"+name.ZH+"要求最高："+level+" 级"+care.ZH, "“"+column.EN+"” asks most: "+codebook.LowerFirst(name.EN)+" at level "+level+care.EN), quotes
}

// familyHeat is a heat map over the job families of a domain.
func (d *desk) familyHeat(base demand.Domain, prefix string, m demand.Measure, name Text, isGap bool) heat {
	h := heat{id: prefix + "families", measure: m, name: name, across: say("岗位族", "job family"), gap: isGap}
	for _, c := range d.subdomains(base, dimensions[0]) {
		h.columns, h.heads = append(h.columns, c), append(h.heads, d.n.family(c.Family))
	}
	return h
}

// programmeHeat is a heat map over the programmes.
func (d *desk) programmeHeat(m demand.Measure, name Text) heat {
	h := heat{id: "by-programme", measure: m, name: name, across: say("专业", "programme"), gap: true}
	for _, p := range d.a.Programmes {
		h.columns, h.heads = append(h.columns, demand.Domain{Programme: p.Programme}), append(h.heads, d.n.programmeShort(p.Programme))
	}
	return h
}
