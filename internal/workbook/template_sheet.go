package workbook

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// typicalWidth is used where the codebook names no width, in characters.
var typicalWidth = map[codebook.FieldType]float64{
	codebook.TypeLevel: 9, codebook.TypeInt: 11, codebook.TypeNumber: 11, codebook.TypeYear: 10,
	codebook.TypeDate: 13, codebook.TypeMoney: 12, codebook.TypeUSCC: 24, codebook.TypeID: 14,
	codebook.TypeCode: 18, codebook.TypeBool: 9,
}

func columnWidth(f *codebook.Field) float64 {
	width := f.Width
	if width == 0 {
		width = typicalWidth[f.Type]
	}
	if width == 0 {
		width = 26
	}
	if f.PerCompetency {
		return max(width, 9.5)
	}
	return max(width, 12)
}

// label is a header in both languages on two lines; a star marks what is required.
func label(text codebook.Text, required bool, ink string) []excelize.RichTextRun {
	zh := text.ZH
	if required {
		zh += " *"
	}
	runs := []excelize.RichTextRun{{Text: zh, Font: font(10.5, ink, true)}}
	if text.EN != "" && text.EN != text.ZH {
		runs = append(runs, excelize.RichTextRun{Text: "\n" + text.EN, Font: font(8, ink, false)})
	}
	return runs
}

// sheetPen writes to one sheet and remembers the first failure.
type sheetPen struct {
	t     *template
	name  string
	rules []*excelize.DataValidation
	err   error
}

func (w *sheetPen) do(step func() error) {
	if w.err == nil {
		w.err = step()
	}
}

func (w *sheetPen) text(row, col int, text string, style int) {
	w.do(func() error { return w.t.book.SetCellStr(w.name, a1(row, col), text) })
	w.format(row, col, row, col, style)
}

func (w *sheetPen) rich(row, col int, runs []excelize.RichTextRun, style int) {
	w.do(func() error { return w.t.book.SetCellRichText(w.name, a1(row, col), runs) })
	w.format(row, col, row, col, style)
}

func (w *sheetPen) formula(row, col int, formula string, style int) {
	w.do(func() error { return w.t.book.SetCellFormula(w.name, a1(row, col), formula) })
	w.format(row, col, row, col, style)
}

func (w *sheetPen) format(r1, c1, r2, c2, style int) {
	w.do(func() error { return w.t.book.SetCellStyle(w.name, a1(r1, c1), a1(r2, c2), style) })
}

func (w *sheetPen) merge(r1, c1, r2, c2 int) {
	w.do(func() error { return w.t.book.MergeCell(w.name, a1(r1, c1), a1(r2, c2)) })
}

func (w *sheetPen) height(row int, points float64) {
	w.do(func() error { return w.t.book.SetRowHeight(w.name, row, points) })
}

func (w *sheetPen) width(col int, chars float64) {
	letters := survey.ColumnName(col)
	w.do(func() error { return w.t.book.SetColWidth(w.name, letters, letters, chars) })
}

func (w *sheetPen) link(row, col int, target, tip string) {
	w.do(func() error {
		return w.t.book.SetCellHyperLink(w.name, a1(row, col), target, "Location", excelize.HyperlinkOpts{Tooltip: &tip})
	})
}

// validate notes a validation; equal ones of several areas become one.
func (w *sheetPen) validate(dv *excelize.DataValidation) {
	for _, have := range w.rules {
		if sameRule(have, dv) {
			have.Sqref += " " + dv.Sqref
			return
		}
	}
	w.rules = append(w.rules, dv)
}

// sameRule reports whether two validations differ in their area alone. A formula about the cell
// itself is bound to its own area.
func sameRule(a, b *excelize.DataValidation) bool {
	if a.Type == "custom" {
		return false
	}
	x, y := *a, *b
	x.Sqref, y.Sqref = "", ""
	return reflect.DeepEqual(x, y)
}

// addRules writes the validations noted.
func (w *sheetPen) addRules() {
	for _, dv := range w.rules {
		w.do(func() error { return w.t.book.AddDataValidation(w.name, dv) })
	}
}

// writeRecord lays out a sheet of label, answer and hint rows.
func (t *template) writeRecord(p plan) error {
	w := &sheetPen{t: t, name: p.name}
	for col, chars := range map[int]float64{labelCol: 34, answerCol: 46, hintCol: 52, keyCol: 16, narrowCol: 24} {
		w.width(col, chars)
	}
	w.do(func() error { return t.book.SetColVisible(p.name, "D", false) })
	t.recordTitle(w, p)
	for _, pl := range p.places {
		t.recordRow(w, p, pl)
	}
	w.addRules()
	w.do(func() error { return t.hintRecord(p) })
	w.do(func() error { return t.freeze(p.name, recordFirstRow, 1) })
	w.do(func() error { return t.book.SetSheetDimension(p.name, area(1, 1, p.lastRow(), narrowCol)) })
	w.do(func() error { return t.titles(p.name, "$1:$2", "") })
	w.do(func() error { return t.plainIdentifiers(p) })
	return w.err
}

func (t *template) recordTitle(w *sheetPen, p plan) {
	w.text(1, labelCol, p.spec.Title.Both(), t.style.title)
	w.height(1, 34)
	needed := recordNeeded(p)
	w.formula(1, hintCol, fmt.Sprintf(`"必填 Required  "&(%s)&" / %d"`, localRefs(p, recordDone(p)), needed), t.style.counter)
	done := t.style.done
	w.do(func() error {
		return t.book.SetConditionalFormat(p.name, a1(1, hintCol), []excelize.ConditionalFormatOptions{
			{Type: "formula", Criteria: fmt.Sprintf("(%s)=%d", localRefs(p, recordDone(p)), needed), Format: &done},
		})
	})
	w.text(2, labelCol, "深色为必填，浅色为选填；黄底表示还没有填。 Dark: required. Pale: optional. Yellow: still to fill in.", t.style.sub)
	w.height(2, 22)
}

// localRefs drops the sheet from a formula that stands on the sheet itself.
func localRefs(p plan, formula string) string {
	return strings.ReplaceAll(formula, quoted(p.name)+"!", "")
}

func (t *template) recordRow(w *sheetPen, p plan, pl place) {
	style, ink := t.style.labelOption, inkTealDeep
	if pl.field.Required {
		style, ink = t.style.labelRequired, "FFFFFF"
	}
	w.rich(pl.at, labelCol, label(pl.field.Label, pl.field.Required, ink), style)
	format := answerFormat(pl.field)
	format.align = "left"
	w.format(pl.at, answerCol, pl.at, answerCol, t.style.answer(format))
	hint := joinLines(pl.field.Hint.ZH, pl.field.Hint.EN)
	narrow := ""
	if t.narrows(pl.field) {
		hint = joinLines(pl.field.Hint.ZH+"；可先在右框选上级，缩短列表 →", pl.field.Hint.EN)
		narrow = a1abs(pl.at, narrowCol)
		t.narrowing(w, pl)
	}
	w.text(pl.at, hintCol, hint, t.style.hint)
	w.text(pl.at, keyCol, pl.key(), t.style.key)
	w.height(pl.at, 31)
	cell := a1(pl.at, answerCol)
	w.validate(t.validation(pl, cell+":"+cell, narrow))
}

// narrowing is the cell beside a long nested list in which its upper level is chosen.
func (t *template) narrowing(w *sheetPen, pl place) {
	w.format(pl.at, narrowCol, pl.at, narrowCol, t.style.narrow)
	dv := excelize.NewDataValidation(true)
	dv.Sqref = a1(pl.at, narrowCol)
	dv.SetSqrefDropList(listName(pl.field.Vocabulary) + "_root")
	dv.SetInput("缩短列表 Narrow the list", "选择上级后，左边的下拉列表只显示其下各项。此格可留空，不计入数据。\nPick the upper level to shorten the list at the left. May stay empty; it is not data.")
	dv.SetError(excelize.DataValidationErrorStyleStop, "请检查 Please check", "请从下拉列表选择，或清空此格。\nChoose from the list or clear the cell.")
	w.validate(dv)
}

// writeTable lays out a sheet of one record per row.
func (t *template) writeTable(p plan) error {
	w := &sheetPen{t: t, name: p.name}
	t.tableTitle(w, p)
	for _, pl := range p.places {
		t.tableColumn(w, p, pl)
	}
	t.competencyBands(w, p)
	w.height(tableBandRow, 34)
	w.height(tableHeadRow, 42)
	w.do(func() error { return t.rowHeight(p.name, 21) })
	w.do(func() error { return t.book.SetRowVisible(p.name, tableKeyRow, false) })
	w.addRules()
	w.do(func() error { return t.hintTable(p) })
	w.do(func() error { return t.freeze(p.name, tableFirstRow, 2) })
	w.do(func() error { return t.book.SetSheetDimension(p.name, area(1, 1, p.lastRow(), len(p.places))) })
	w.do(func() error { return t.titles(p.name, "$1:$2", "$A:$A") })
	w.do(func() error { return t.plainIdentifiers(p) })
	return w.err
}

// rowHeight is the least height of rows; one with longer text grows by itself.
func (t *template) rowHeight(sheet string, points float64) error {
	return t.book.SetSheetProps(sheet, &excelize.SheetPropsOptions{DefaultRowHeight: &points})
}

// tableTitle stands over the first columns; where competency groups share the row and pages
// repeat the first column, in that column alone.
func (t *template) tableTitle(w *sheetPen, p plan) {
	if p.grouped() {
		w.rich(tableBandRow, 1, label(p.spec.Title, false, inkTealDeep), t.style.bandWide)
		return
	}
	w.text(tableBandRow, 1, p.spec.Title.Both(), t.style.band)
}

func (p plan) grouped() bool {
	return len(p.places) > 0 && slices.ContainsFunc(p.places, func(pl place) bool { return pl.opens })
}

func (t *template) tableColumn(w *sheetPen, p plan, pl place) {
	w.width(pl.at, columnWidth(pl.field))
	style, ink := t.style.headOptional, inkTealDeep
	if pl.field.Required {
		style, ink = t.style.headRequired, "FFFFFF"
	}
	w.rich(tableHeadRow, pl.at, label(pl.field.Label, pl.field.Required, ink), style)
	w.text(tableKeyRow, pl.at, pl.key(), t.style.key)
	format := answerFormat(pl.field)
	format.tint = pl.group%2 == 1
	format.opens = pl.opens
	w.format(p.firstRow(), pl.at, p.lastRow(), pl.at, t.style.answer(format))
	w.validate(t.validation(pl, area(p.firstRow(), pl.at, p.lastRow(), pl.at), ""))
}

// competencyBands writes the names of the competencies over their groups of columns.
func (t *template) competencyBands(w *sheetPen, p plan) {
	for i, pl := range p.places {
		if !pl.opens {
			continue
		}
		last := pl.at
		for _, next := range p.places[i:] {
			if next.competency == pl.competency {
				last = next.at
			}
		}
		c, _ := t.cb.Competency(pl.competency)
		w.rich(tableBandRow, pl.at, label(c.Name, false, "FFFFFF"), t.style.group)
		w.format(tableBandRow, pl.at, tableBandRow, last, t.style.group)
		if last > pl.at {
			w.merge(tableBandRow, pl.at, tableBandRow, last)
		}
	}
}

// freeze keeps everything above row and left of col in view.
func (t *template) freeze(sheet string, row, col int) error {
	corner := a1(row, col)
	pane := "bottomLeft"
	if col > 1 {
		pane = "bottomRight"
	}
	start := corner
	if col == 1 {
		start = a1(row, answerCol)
	} else {
		start = a1(row, 1)
	}
	return t.book.SetPanes(sheet, &excelize.Panes{
		Freeze: true, XSplit: col - 1, YSplit: row - 1, TopLeftCell: corner, ActivePane: pane,
		Selection: []excelize.Selection{{SQRef: start, ActiveCell: start, Pane: pane}},
	})
}

// titles repeats header rows, and the first column where a sheet spans pages, on every page.
func (t *template) titles(sheet, rows, cols string) error {
	refers := quoted(sheet) + "!" + rows
	if cols != "" {
		refers = quoted(sheet) + "!" + cols + "," + refers
	}
	return t.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: refers, Scope: sheet})
}

// plainIdentifiers keeps Excel from flagging codes that are text on purpose.
func (t *template) plainIdentifiers(p plan) error {
	var areas []string
	for _, pl := range p.places {
		if answerFormat(pl.field).format != "@" {
			continue
		}
		if p.record() {
			areas = append(areas, a1(pl.at, answerCol))
		} else {
			areas = append(areas, area(p.firstRow(), pl.at, p.lastRow(), pl.at))
		}
	}
	if areas == nil {
		return nil
	}
	return t.book.AddIgnoredErrors(p.name, strings.Join(areas, " "), excelize.IgnoredErrorsNumberStoredAsText)
}
