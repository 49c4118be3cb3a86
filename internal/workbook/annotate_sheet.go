package workbook

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sheetOrder is the order of the elements of a worksheet, so far as it matters here.
var sheetOrder = []string{
	"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
	"protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
	"phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
	"headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
	"legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
}

// placeFor is where an element of that name belongs among those of a worksheet.
func placeFor(all []node, root node, name string) int {
	for _, c := range all {
		if later(sheetOrder, c.name, name) {
			return c.start
		}
	}
	return root.close
}

// Bad cells are shaded by a conditional format that always holds. The cell's own format is not
// touched, so the shade can be taken off again without a trace. The formula says whose it is.
const (
	shadeFormula       = `"qianqi"="qianqi"`
	shadeMark          = "qianqi"
	shadeCellsPerGroup = 400
)

var rulePriority = regexp.MustCompile(`(\spriority\s*=\s*["'])(-?\d+)(["'])`)

// shadings writes the conditional formats of the bad cells of one sheet. They come before all
// others, whose priorities make room for them.
func shadings(x []byte, root node, s issueStyles, severe, mild []string) ([]splice, error) {
	all, err := children(x, root)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for n, cells := range [][]string{severe, mild} {
		format := []int{s.shadeError, s.shadeWarn}[n]
		for len(cells) > 0 {
			k := min(len(cells), shadeCellsPerGroup)
			fmt.Fprintf(&b, `<conditionalFormatting sqref="%s"><cfRule type="expression" dxfId="%d" priority="%d"><formula>%s</formula></cfRule></conditionalFormatting>`,
				strings.Join(cells[:k], " "), format, n+1, escapeXML(shadeFormula))
			cells = cells[k:]
		}
	}
	if b.Len() == 0 {
		return nil, nil
	}
	at := placeFor(all, root, "phoneticPr")
	edits := []splice{{at, at, prefixed(b.String(), root.prefix)}}
	for _, c := range all {
		if c.name == "conditionalFormatting" || c.name == "extLst" {
			edits = append(edits, splice{c.start, c.end, laterPriorities(string(x[c.start:c.end]), 2)})
		}
	}
	return edits, nil
}

func laterPriorities(text string, by int) string {
	return rulePriority.ReplaceAllStringFunc(text, func(m string) string {
		part := rulePriority.FindStringSubmatch(m)
		n, err := strconv.Atoi(part[2])
		if err != nil {
			return m
		}
		return part[1] + strconv.Itoa(n+by) + part[3]
	})
}

// unshade takes the shading of an earlier return off a sheet.
func unshade(x []byte, root node) ([]splice, error) {
	all, err := children(x, root)
	var edits []splice
	for _, c := range all {
		if c.name != "conditionalFormatting" {
			continue
		}
		rules, err := children(x, c)
		if err != nil {
			return nil, err
		}
		ours, gone := 0, []splice(nil)
		for _, rule := range rules {
			if isShade(string(rule.content(x))) {
				ours++
				gone = append(gone, splice{rule.start, rule.end, ""})
			}
		}
		if ours == len(rules) && ours > 0 {
			gone = []splice{{c.start, c.end, ""}}
		}
		edits = append(edits, gone...)
	}
	return edits, err
}

// isShade recognises our formula also as other programs write it back.
func isShade(rule string) bool {
	return strings.Count(unescapeXML(rule), `"`+shadeMark+`"`) == 2
}

// drawingOf is the part of the legacy drawing that holds a sheet's notes; "" where there is none.
func (r *returned) drawingOf(part string, x []byte, root node) (string, error) {
	drawing, ok, err := child(x, root, "legacyDrawing")
	if err != nil || !ok {
		return "", err
	}
	id := attributeText(drawing.tag(x), "id")
	rels, err := r.relations(part)
	for _, rel := range rels {
		if rel.ID == id {
			return target(part, rel), err
		}
	}
	return "", err
}

// geometry is what the place and size of a note depend on.
type geometry struct {
	widths   map[int]float64 // pixels, of columns that are not usual
	heights  map[int]float64 // pixels
	usualCol float64
	usualRow float64
}

// measure reads column widths and row heights of a sheet.
func measure(x []byte, root node) (geometry, error) {
	g := geometry{widths: map[int]float64{}, heights: map[int]float64{}, usualCol: 64, usualRow: 20}
	all, err := children(x, root)
	if err != nil {
		return g, err
	}
	for _, c := range all {
		switch c.name {
		case "sheetFormatPr":
			g.usualRow = pointsToPixels(attributeText(c.tag(x), "defaultRowHeight"), g.usualRow)
			g.usualCol = charsToPixels(attributeText(c.tag(x), "defaultColWidth"), g.usualCol)
		case "cols":
			cols, err := children(x, c)
			if err != nil {
				return g, err
			}
			for _, col := range cols {
				g.column(col.tag(x))
			}
		case "sheetData":
			if err := g.rows(x, c); err != nil {
				return g, err
			}
		}
	}
	return g, nil
}

func (g *geometry) column(tag []byte) {
	first, _ := strconv.Atoi(attributeText(tag, "min"))
	last, _ := strconv.Atoi(attributeText(tag, "max"))
	width := charsToPixels(attributeText(tag, "width"), g.usualCol)
	if isTrue(attributeText(tag, "hidden")) {
		width = 0
	}
	for col := max(first, 1); col <= min(last, mostColumns+20); col++ {
		g.widths[col] = width
	}
}

// rows notes the heights of rows that have their own.
func (g *geometry) rows(x []byte, data node) error {
	for at := data.inner; at < data.close; {
		start, end, kind, err := nextTag(x[:data.close], at)
		if err != nil || start < 0 {
			return err
		}
		at = end
		if _, name := splitName(x[start+1 : end]); name != "row" || kind == tagClose {
			continue
		}
		tag := x[start:end]
		n, err := strconv.Atoi(attributeText(tag, "r"))
		if err != nil || n < 1 || n > mostRows+40 {
			continue
		}
		if isTrue(attributeText(tag, "hidden")) {
			g.heights[n] = 0
		} else if h := pointsToPixels(attributeText(tag, "ht"), 0); h > 0 {
			g.heights[n] = h
		}
	}
	return nil
}

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }

func pointsToPixels(s string, otherwise float64) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v > 409.5 {
		return otherwise
	}
	return v * 96 / 72
}

func charsToPixels(s string, otherwise float64) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 || v > 255 {
		return otherwise
	}
	return v*7 + 5
}

func (g *geometry) width(col int) float64 {
	if w, ok := g.widths[col]; ok {
		return w
	}
	return g.usualCol
}

func (g *geometry) height(row int) float64 {
	if h, ok := g.heights[row]; ok {
		return h
	}
	return g.usualRow
}

// span walks from a column or row over so many pixels and tells where that ends, as an index
// from 0 and an offset.
func span(first int, pixels float64, size func(int) float64) (index, offset int) {
	n := first
	for range 400 {
		s := size(n)
		if pixels < s {
			break
		}
		pixels -= s
		n++
	}
	return n - 1, int(pixels)
}
