package workbook

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Formats of the issue sheet, in the order of issueXfs.
type issueStyles struct {
	title, sub, verdict, head, cell, cellCentre, link, severe, mild, confirm, fixed, section int
	shadeError, shadeWarn                                                                    int // conditional formats of bad cells
}

// Parts of the formats. Indices in %d are the position of our first font, fill and border in
// the workbook's own lists.
const (
	issueFonts = `<font><b/><sz val="16"/><color rgb="FF` + inkTealDeep + `"/><name val="` + fontFace + `"/><family val="2"/></font>` +
		`<font><sz val="10"/><color rgb="FF` + inkText + `"/><name val="` + fontFace + `"/><family val="2"/></font>` +
		`<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="` + fontFace + `"/><family val="2"/></font>` +
		`<font><u/><sz val="10"/><color rgb="FF` + inkTeal + `"/><name val="` + fontFace + `"/><family val="2"/></font>` +
		`<font><b/><sz val="10"/><color rgb="FF` + inkRed + `"/><name val="` + fontFace + `"/><family val="2"/></font>` +
		`<font><b/><sz val="10"/><color rgb="FF8A5A00"/><name val="` + fontFace + `"/><family val="2"/></font>` +
		`<font><sz val="10"/><color rgb="FF` + inkQuiet + `"/><name val="` + fontFace + `"/><family val="2"/></font>` +
		`<font><b/><sz val="12"/><color rgb="FF` + inkTealDeep + `"/><name val="` + fontFace + `"/><family val="2"/></font>`
	issueFills = `<fill><patternFill patternType="solid"><fgColor rgb="FF` + inkTeal + `"/><bgColor indexed="64"/></patternFill></fill>` +
		`<fill><patternFill patternType="solid"><fgColor rgb="FF` + inkAmber + `"/><bgColor indexed="64"/></patternFill></fill>`
	issueBorders = `<border><left/><right/><top/><bottom style="thin"><color rgb="FF` + inkLine + `"/></bottom><diagonal/></border>` +
		`<border><left/><right/><top/><bottom style="medium"><color rgb="FF` + inkTeal + `"/></bottom><diagonal/></border>`
	issueShades = `<dxf><font><color rgb="FF` + inkRed + `"/></font><fill><patternFill patternType="solid"><fgColor rgb="FFF9C9BF"/><bgColor rgb="FFF9C9BF"/></patternFill></fill></dxf>` +
		`<dxf><fill><patternFill patternType="solid"><fgColor rgb="FFFFE08A"/><bgColor rgb="FFFFE08A"/></patternFill></fill></dxf>`
)

// issueXfs are the formats as font, fill, border (each −1 for none), alignment and lock.
var issueXfs = []struct {
	font, fill, border int
	align              string
	open               bool
}{
	{0, -1, -1, `vertical="center"`, false},                               // title
	{6, -1, -1, `vertical="center" wrapText="1"`, false},                  // sub
	{7, -1, -1, `vertical="center" wrapText="1"`, false},                  // verdict
	{2, 0, -1, `horizontal="left" vertical="center" wrapText="1"`, false}, // head
	{1, -1, 0, `horizontal="left" vertical="top" wrapText="1"`, false},    // cell
	{1, -1, 0, `horizontal="center" vertical="top"`, false},               // centre
	{3, -1, 0, `horizontal="left" vertical="top" wrapText="1"`, false},    // link
	{4, -1, 0, `horizontal="left" vertical="top"`, false},                 // severe
	{5, -1, 0, `horizontal="left" vertical="top"`, false},                 // mild
	{1, 1, 0, `horizontal="center" vertical="top"`, true},                 // confirm
	{6, -1, 0, `horizontal="left" vertical="top" wrapText="1"`, false},    // fixed: quiet text
	{7, -1, 1, `horizontal="left" vertical="center"`, false},              // section
}

// styleOrder is the order of the parts of a style sheet.
var styleOrder = []string{"numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst"}

// bareStyles is the least a workbook needs.
const bareStyles = xmlHead + `<styleSheet xmlns="` + mainNamespace + `"><fonts count="1"><font><sz val="11"/><name val="` + fontFace + `"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>`

// addIssueStyles adds our formats behind a workbook's own and tells where they stand. Formats
// that an earlier return left there are used again.
func addIssueStyles(styles []byte) ([]byte, issueStyles, error) {
	var s issueStyles
	var failed error
	add := func(list, text string, count int) int {
		out, first, err := extendList(styles, list, text, count)
		if err != nil {
			failed = err
			return 0
		}
		styles = out
		return first
	}
	font, fill, border := add("fonts", issueFonts, 8), add("fills", issueFills, 2), add("borders", issueBorders, 2)
	xf := add("cellXfs", issueXfText(font, fill, border), len(issueXfs))
	shade := add("dxfs", issueShades, 2)
	if failed != nil {
		return nil, s, fmt.Errorf("the style sheet: %w", failed)
	}
	for i, id := range []*int{&s.title, &s.sub, &s.verdict, &s.head, &s.cell, &s.cellCentre, &s.link, &s.severe, &s.mild, &s.confirm, &s.fixed, &s.section} {
		*id = xf + i
	}
	s.shadeError, s.shadeWarn = shade, shade+1
	return styles, s, nil
}

func issueXfText(font, fill, border int) string {
	var b strings.Builder
	for _, x := range issueXfs {
		fmt.Fprintf(&b, `<xf numFmtId="49" fontId="%d" fillId="%d" borderId="%d" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1" applyProtection="1"><alignment %s/>`,
			font+x.font, placed(fill, x.fill), placed(border, x.border), x.align)
		if x.open {
			b.WriteString(`<protection locked="0"/>`)
		}
		b.WriteString(`</xf>`)
	}
	return b.String()
}

// placed is the position of one of ours, or 0, the workbook's plain one.
func placed(first, n int) int {
	if n < 0 {
		return 0
	}
	return first + n
}

// extendList puts elements behind those of a list of the style sheet, or finds them there, and
// returns the position of the first.
func extendList(x []byte, list, text string, count int) ([]byte, int, error) {
	root, err := rootOf(x)
	if err != nil {
		return nil, 0, err
	}
	if root.empty() {
		return nil, 0, fmt.Errorf("<%s> is empty", root.name)
	}
	text = prefixed(text, root.prefix)
	lists, err := children(x, root)
	if err != nil {
		return nil, 0, err
	}
	at := root.close
	for _, l := range lists {
		if l.name == list {
			return extendFound(x, l, text, count)
		}
		if later(styleOrder, l.name, list) && l.start < at {
			at = l.start
		}
	}
	name := root.qualified(list)
	return spliced(x, []splice{{at, at, fmt.Sprintf(`<%s count="%d">%s</%s>`, name, count, text, name)}}), 0, nil
}

func extendFound(x []byte, l node, text string, count int) ([]byte, int, error) {
	items, err := children(x, l)
	if err != nil {
		return nil, 0, err
	}
	if found := bytes.Index(x[l.inner:l.close], []byte(text)); found >= 0 {
		for i, it := range items {
			if it.start == l.inner+found {
				return x, i, nil
			}
		}
	}
	total := strconv.Itoa(len(items) + count)
	return spliced(x, []splice{setAttribute(x, l, "count", total), appendInside(x, l, text)}), len(items), nil
}

// later reports whether a comes after b in an order; unknown elements come last.
func later(order []string, a, b string) bool { return rank(order, a) > rank(order, b) }

func rank(order []string, name string) int {
	for i, o := range order {
		if o == name {
			return i
		}
	}
	return len(order)
}

// prefixed gives every element of a text the prefix that its surroundings use.
func prefixed(text, prefix string) string {
	if prefix == "" {
		return text
	}
	return strings.NewReplacer("</", "</"+prefix+":", "<", "<"+prefix+":").Replace(text)
}
