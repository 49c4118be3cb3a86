package workbook

import (
	"fmt"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// TemplateOptions say for whom a template is made. A brief one has the same sheets, fields, keys
// and formats, but one page of instructions, few prepared rows, prompts without the level
// anchors, and of long nested lists (regions, industries) only the topmost items.
type TemplateOptions struct {
	Year    int                      // campaign; 0 leaves years open
	Prefill map[codebook.FieldID]any // answers of record sheets that are known already, as Filler takes them
	Brief   bool                     // for samples that must be small
	Bulk    bool                     // many visits in one workbook, a row per visit
	Version int                      // an older version of the template; 0 is the newest
}

// issued is the day every template carries, so that the same codebook gives the same bytes.
const issued = "2026-01-01T00:00:00Z"

// template is a workbook being laid out.
type template struct {
	cb    *codebook.Codebook
	form  *codebook.Form
	opts  TemplateOptions
	book  *excelize.File
	style *styles
	plans []plan
	lists []list
	named [][]written // columns of the list sheet
}

// WriteTemplate lays out the workbook of a form ("visit", "curriculum", "roster", "outcomes",
// "decisions") as people fill it in: bilingual, with dropdowns, prompts and hints, its structure
// locked without a password. The same arguments give the same bytes.
func WriteTemplate(cb *codebook.Codebook, kind string, opts TemplateOptions) ([]byte, error) {
	form, ok := cb.Form(kind)
	if !ok {
		return nil, fmt.Errorf("the codebook %s has no form %q", cb.ID, kind)
	}
	form = formAt(form, opts.Version)
	if opts.Bulk {
		if kind != "visit" {
			return nil, fmt.Errorf("the form %q has no bulk layout", kind)
		}
		form = bulkForm(form)
	}
	data, err := layOut(cb, form, opts)
	if err != nil {
		return nil, fmt.Errorf("laying out the %s template: %w", kind, err)
	}
	if len(opts.Prefill) == 0 && opts.Year == 0 {
		return data, nil
	}
	return prefill(cb, data, form, opts)
}

func layOut(cb *codebook.Codebook, form *codebook.Form, opts TemplateOptions) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetDefaultFont(fontFace); err != nil {
		return nil, err
	}
	style, err := newStyles(book)
	if err != nil {
		return nil, err
	}
	t := &template{cb: cb, form: form, opts: opts, book: book, style: style}
	t.lists = t.formLists()
	for i := range form.Sheets {
		p := planSheet(cb, &form.Sheets[i])
		if opts.Brief {
			p.prepared = min(p.prepared, briefRows)
		}
		t.plans = append(t.plans, p)
	}
	for _, step := range []func() error{t.makeSheets, t.writeLists, t.writeMeta, t.writeForm, t.writeGuide, t.finish} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	buf, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return repack(buf.Bytes(), t.putLists)
}

// makeSheets puts the sheets in order: instructions, the form, the machine's own.
func (t *template) makeSheets() error {
	if err := t.book.SetSheetName("Sheet1", guideSheet); err != nil {
		return err
	}
	for _, p := range t.plans {
		if _, err := t.book.NewSheet(p.name); err != nil {
			return fmt.Errorf("sheet %q: %w", p.name, err)
		}
	}
	for _, name := range []string{listSheet, metaSheet} {
		if _, err := t.book.NewSheet(name); err != nil {
			return err
		}
		if err := t.book.SetSheetVisible(name, false, true); err != nil {
			return err
		}
	}
	return nil
}

func (t *template) writeForm() error {
	for _, p := range t.plans {
		write := t.writeTable
		if p.record() {
			write = t.writeRecord
		}
		if err := write(p); err != nil {
			return fmt.Errorf("sheet %q: %w", p.name, err)
		}
	}
	return nil
}

// meta is what a template says about itself, in custom properties and, since some programs
// drop those, again on a very hidden sheet behind defined names.
func (t *template) meta() [][2]string {
	year := ""
	if t.opts.Year != 0 {
		year = strconv.Itoa(t.opts.Year)
	}
	marks := [][2]string{
		{"qianqi.template", t.form.Template},
		{"qianqi.version", strconv.Itoa(t.form.Version)},
		{"qianqi.codebook", t.cb.ID + "@" + t.cb.Version},
		{"qianqi.year", year},
	}
	if t.opts.Bulk {
		marks = append(marks, [2]string{bulkMark, "bulk"})
	}
	return marks
}

func (t *template) writeMeta() error {
	for i, kv := range t.meta() {
		row := i + 1
		if err := t.book.SetSheetRow(metaSheet, a1(row, 1), &[]string{kv[0], kv[1]}); err != nil {
			return err
		}
		name := excelize.DefinedName{Name: kv[0], RefersTo: metaSheet + "!" + a1abs(row, 2)}
		if err := t.book.SetDefinedName(&name); err != nil {
			return err
		}
		if err := t.book.SetCustomProps(excelize.CustomProperty{Name: kv[0], Value: kv[1]}); err != nil {
			return err
		}
	}
	return t.book.SetSheetDimension(metaSheet, area(1, 1, len(t.meta()), 2))
}

// finish sets what concerns every visible sheet and the workbook as a whole.
func (t *template) finish() error {
	for _, p := range t.plans {
		if err := t.finishSheet(p.name, t.pages(p)); err != nil {
			return err
		}
	}
	if err := t.finishSheet(guideSheet, nil); err != nil {
		return err
	}
	recalculate := true
	if err := t.book.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recalculate}); err != nil {
		return err
	}
	if err := t.book.ProtectWorkbook(&excelize.WorkbookProtectionOptions{LockStructure: true}); err != nil {
		return err
	}
	t.book.SetActiveSheet(0)
	return t.book.SetDocProps(&excelize.DocProperties{
		Title: t.form.Title.Both(), Subject: t.cb.Title.ZH, Creator: "qianqi", LastModifiedBy: "qianqi",
		Identifier: t.form.Template, Version: strconv.Itoa(t.form.Version), Category: "template",
		Language: "zh-CN", Created: issued, Modified: issued,
	})
}

// A wide sheet is printed at wideScale percent, at which an A4 page across holds about
// widePage characters.
const (
	wideScale = 66
	widePage  = 214.0
)

// pages chooses the columns that begin a new printed page: none for a sheet that fits on one,
// else as few as needed, with the columns of one competency kept together. Every page repeats
// the first column.
func (t *template) pages(p plan) []int {
	if p.record() {
		return nil
	}
	total := 0.0
	for _, pl := range p.places {
		total += columnWidth(pl.field)
	}
	if total <= widePage {
		return nil
	}
	var breaks []int
	first := columnWidth(p.places[0].field)
	used := 0.0
	for i := 0; i < len(p.places); {
		n, width := blockAt(p.places[i:])
		opens := i > 0 && p.places[i].group == 1
		if used+width > widePage || opens {
			breaks = append(breaks, p.places[i].at)
			used = first
		}
		used += width
		i += n
	}
	return breaks
}

// blockAt is the run of columns at the front that must stay on one page, and its width.
func blockAt(places []place) (n int, width float64) {
	for n < len(places) && (n == 0 || places[n].group != 0 && places[n].group == places[0].group) {
		width += columnWidth(places[n].field)
		n++
	}
	return n, width
}

// finishSheet sets print, view and protection.
func (t *template) finishSheet(name string, breaks []int) error {
	grid, zoom := false, 100.0
	for _, err := range []error{
		t.paginate(name, breaks),
		t.book.SetPageMargins(name, margins()),
		t.book.SetHeaderFooter(name, t.headerFooter()),
		t.book.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &grid, ZoomScale: &zoom}),
		t.book.ProtectSheet(name, &excelize.SheetProtectionOptions{
			SelectLockedCells: true, SelectUnlockedCells: true,
			FormatColumns: true, FormatRows: true, Sort: true, AutoFilter: true,
		}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// paginate prints a sheet on A4 across, one page wide unless it has breaks.
func (t *template) paginate(name string, breaks []int) error {
	paper, across, wide, tall, fit := 9, "landscape", 1, 0, len(breaks) == 0
	layout := &excelize.PageLayoutOptions{Size: &paper, Orientation: &across}
	if fit {
		layout.FitToWidth, layout.FitToHeight = &wide, &tall
	} else {
		scale := uint(wideScale)
		layout.AdjustTo = &scale
	}
	if err := t.book.SetPageLayout(name, layout); err != nil {
		return err
	}
	for _, col := range breaks {
		if err := t.book.InsertPageBreak(name, a1(1, col)); err != nil {
			return err
		}
	}
	return t.book.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit})
}

func margins() *excelize.PageLayoutMarginsOptions {
	side, top, edge, centred := 0.45, 0.6, 0.28, true
	return &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &edge, Footer: &edge, Horizontally: &centred,
	}
}

func (t *template) headerFooter() *excelize.HeaderFooterOptions {
	campaign := t.form.Title.Both()
	if t.opts.Year != 0 {
		campaign += " " + strconv.Itoa(t.opts.Year)
	}
	return &excelize.HeaderFooterOptions{
		OddHeader: "&L&8" + headerText(campaign) + "&R&8&A",
		OddFooter: fmt.Sprintf("&L&8%s v%d&C&8第 &P 页 / 共 &N 页&R&8%s", headerText(t.form.Template), t.form.Version, headerText(t.cb.CollegeName.ZH)),
	}
}

// headerText keeps a text from being read as a header code.
func headerText(s string) string {
	out := ""
	for _, r := range s {
		if r == '&' {
			out += "&"
		}
		out += string(r)
	}
	return out
}

// dayOf parses a calendar day as answers carry it.
func dayOf(text string) (time.Time, bool) {
	d, err := time.Parse(time.DateOnly, text)
	return d, err == nil
}
