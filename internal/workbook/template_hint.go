package workbook

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// While a template is filled in it marks three things by itself: what is still to do (amber),
// what contradicts itself or stands twice (red), and a complete sheet (green). The checker
// decides in the end; these only save a round trip.

// contradiction is a pair of fields of one row of which the first must not exceed the second.
type contradiction struct{ low, high codebook.FieldID }

// contradictions and recordNames list the fields that hints know of: pairs of which the first must
// not exceed the second, and the field that names a record of a sheet. A form without them has
// no such hint.
var (
	contradictions = []contradiction{{"salary_min", "salary_max"}, {"graduate_level", "required_level"}}
	recordNames    = map[string]codebook.FieldID{
		"jobs": "job_title", "modules": "module_code", "faculty": "faculty_id",
		"proposals": "proposal_id", "decisions": "decision_id",
	}
)

func (t *template) hintTable(p plan) error {
	h := hinter{t: t, p: p}
	for _, c := range contradictions {
		h.contradiction(c)
	}
	if f, ok := recordNames[p.spec.Key]; ok {
		h.twice(f)
	}
	h.requiredInRow()
	return h.err
}

type hinter struct {
	t   *template
	p   plan
	err error
}

func (h *hinter) mark(sqref, formula string, style int) {
	if h.err != nil {
		return
	}
	h.err = h.t.book.SetConditionalFormat(h.p.name, sqref, []excelize.ConditionalFormatOptions{
		{Type: "formula", Criteria: formula, Format: &style},
	})
}

// column is the prepared part of a table's column.
func (h *hinter) column(col int) string { return area(h.p.firstRow(), col, h.p.lastRow(), col) }

// rowOf addresses a column in the first prepared row, the column fixed: $C4.
func (h *hinter) rowOf(col int) string {
	return "$" + survey.ColumnName(col) + fmt.Sprint(h.p.firstRow())
}

// contradiction marks both cells where the first exceeds the second.
func (h *hinter) contradiction(c contradiction) {
	for _, low := range h.p.places {
		high, ok := h.p.find(c.high, low.competency)
		if low.field.Key != c.low || !ok {
			continue
		}
		a, b := h.rowOf(low.at), h.rowOf(high.at)
		formula := fmt.Sprintf("AND(ISNUMBER(%s),ISNUMBER(%s),%s>%s)", a, b, a, b)
		first, last := min(low.at, high.at), max(low.at, high.at)
		if last == first+1 {
			h.mark(area(h.p.firstRow(), first, h.p.lastRow(), last), formula, h.t.style.clash)
			continue
		}
		h.mark(h.column(first), formula, h.t.style.clash)
		h.mark(h.column(last), formula, h.t.style.clash)
	}
}

// twice marks equal entries of a column that names its record.
func (h *hinter) twice(f codebook.FieldID) {
	pl, ok := h.p.find(f, "")
	if !ok {
		return
	}
	cell := h.rowOf(pl.at)
	all := areaAbs(h.p.firstRow(), pl.at, h.p.lastRow(), pl.at)
	h.mark(h.column(pl.at), fmt.Sprintf(`AND(LEN(%s)>0,COUNTIF(%s,%s)>1)`, cell, all, cell), h.t.style.clash)
}

// requiredInRow marks a required cell that is empty in a row that was begun.
func (h *hinter) requiredInRow() {
	row := h.p.firstRow()
	last := h.p.places[len(h.p.places)-1].at
	for _, run := range h.p.runs(func(pl place) bool { return pl.field.Required }) {
		first := run[0].at
		end := run[len(run)-1].at
		formula := fmt.Sprintf("AND(COUNTA($A%d:$%s%d)>0,LEN(TRIM(%s))=0)", row, survey.ColumnName(last), row, a1(row, first))
		h.mark(area(row, first, h.p.lastRow(), end), formula, h.t.style.todo)
	}
}

// hintRecord marks every required answer that is still empty.
func (t *template) hintRecord(p plan) error {
	h := hinter{t: t, p: p}
	for _, run := range p.runs(func(pl place) bool { return pl.field.Required }) {
		first, last := run[0].at, run[len(run)-1].at
		h.mark(area(first, answerCol, last, answerCol), fmt.Sprintf("LEN(TRIM(%s))=0", a1(first, answerCol)), t.style.todo)
	}
	return h.err
}

// recordDone counts the required answers that are given, recordNeeded how many there are.
func recordDone(p plan) string {
	var terms []string
	for _, run := range p.runs(func(pl place) bool { return pl.field.Required }) {
		terms = append(terms, "COUNTA("+p.ref(areaAbs(run[0].at, answerCol, run[len(run)-1].at, answerCol))+")")
	}
	if terms == nil {
		return "0"
	}
	return strings.Join(terms, "+")
}

func recordNeeded(p plan) int {
	n := 0
	for _, pl := range p.places {
		if pl.field.Required {
			n++
		}
	}
	return n
}

// tableRows counts the records begun: rows whose leading column is filled.
func tableRows(p plan) string {
	return "SUMPRODUCT(--(LEN(" + p.ref(p.leading()) + ")>0))"
}

// tableMissing counts the required cells that are empty in rows whose leading column is filled.
func tableMissing(p plan) string {
	var terms []string
	for _, run := range p.runs(func(pl place) bool { return pl.field.Required }) {
		block := p.ref(areaAbs(p.firstRow(), run[0].at, p.lastRow(), run[len(run)-1].at))
		terms = append(terms, "SUMPRODUCT((LEN("+p.ref(p.leading())+")>0)*(LEN("+block+")=0))")
	}
	if terms == nil {
		return "0"
	}
	return strings.Join(terms, "+")
}

// leading is the prepared part of the column that names a record: the first required one.
func (p plan) leading() string {
	col := p.places[0].at
	for _, pl := range p.places {
		if pl.field.Required {
			col = pl.at
			break
		}
	}
	return areaAbs(p.firstRow(), col, p.lastRow(), col)
}

// ref qualifies an address with the sheet.
func (p plan) ref(address string) string { return quoted(p.name) + "!" + address }
