package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
)

// docxWriter writes a word-processing document (ECMA-376): as little of the format as Word, WPS and
// LibreOffice need, with named styles so that an office can restyle it. Line heights are exact, so
// that a sheet takes the same room whatever fonts there are.
type docxWriter struct {
	body  strings.Builder
	sheet *sheet
}

// docxStyle is a paragraph style of the document.
type docxStyle struct {
	id, name            string
	size, before, after int // half points, twentieths of a point
	bold                bool
	ink                 string
	extra               string // further paragraph properties, before the spacing
	indent              string // and after it, as the order of the format wants
}

// docxStyles are sized for one sheet of A4.
var docxStyles = map[blockStyle]docxStyle{
	kickerStyle:  {id: "Kicker", name: "Kicker", size: 18, after: 40, ink: "5A6675"},
	titleStyle:   {id: "Title", name: "Title", size: 30, after: 80, bold: true, ink: "14202E"},
	headingStyle: {id: "Heading1", name: "heading 1", size: 20, before: 90, after: 10, bold: true, ink: "0F6B72", extra: `<w:keepNext/>`},
	itemStyle:    {id: "ListItem", name: "List Item", size: 18, after: 10, ink: "14202E", indent: `<w:ind w:left="227" w:hanging="170"/>`},
	noteStyle:    {id: "Note", name: "Note", size: 16, after: 60, ink: "5A6675"},
	blankStyle:   {id: "Blank", name: "Blank", size: 26, ink: "14202E", extra: `<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="9AA4AF"/><w:between w:val="single" w:sz="4" w:space="1" w:color="9AA4AF"/></w:pBdr>`},
	signStyle:    {id: "Signatures", name: "Signatures", size: 17, before: 160, after: 80, ink: "14202E"},
	traceStyle:   {id: "Trace", name: "Trace", size: 16, after: 60, ink: "5A6675"},
	cellStyle:    {id: "Cell", name: "Cell", size: 17, before: 14, after: 14, ink: "14202E"},
}

// line is the height of a line in twentieths of a point.
func (s docxStyle) line() int { return s.size * 29 / 2 }

// pick is the text in the sheet's language, with nothing that could act or redirect.
func (s *sheet) pick(t Text) string {
	if s.english {
		return plain(t.EN, 2000)
	}
	return plain(t.ZH, 2000)
}

// docx is the sheet as a document.
func (s *sheet) docx() ([]byte, error) {
	w := &docxWriter{sheet: s}
	for _, b := range s.blocks {
		if b.head != nil {
			w.table(b)
			continue
		}
		start, end := "", ""
		switch b.style {
		case itemStyle:
			start = `<w:r><w:t xml:space="preserve">• </w:t></w:r>`
		case traceStyle:
			start, end = `<w:bookmarkStart w:id="0" w:name="trace"/>`, `<w:bookmarkEnd w:id="0"/>`
		}
		fmt.Fprintf(&w.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>%s`, docxStyles[b.style].id, start)
		w.runs(told{b.text, b.quotes}, "")
		w.body.WriteString(end + `</w:p>`)
	}
	return w.file(s.pick(s.title))
}

// docxWidth is the text block of A4 with margins of 18 mm, in twentieths of a point.
const docxWidth = 9866

// sheetWidths are the columns of the brief's table, in hundredths.
var sheetWidths = []int{15, 11, 10, 11, 9, 17, 8, 19}

func (w *docxWriter) table(t block) {
	widths := slices.Clone(sheetWidths)
	w.body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="14202E"/><w:bottom w:val="single" w:sz="4" w:space="0" w:color="9AA4AF"/><w:insideH w:val="single" w:sz="4" w:space="0" w:color="DDE2E7"/></w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for i := range widths {
		widths[i] = docxWidth * widths[i] / 100
		fmt.Fprintf(&w.body, `<w:gridCol w:w="%d"/>`, widths[i])
	}
	w.body.WriteString(`</w:tblGrid>`)
	head := make([]told, len(t.head))
	for i, c := range t.head {
		head[i].text = c
	}
	w.row(head, widths, true)
	for _, r := range t.rows {
		w.row(r, widths, false)
	}
	w.body.WriteString(`</w:tbl>`)
}

// runs writes a text; the pointer over one of its figures shows the command that traces it, and the
// figure leads to the line that says so.
func (w *docxWriter) runs(t told, properties string) {
	for _, r := range runsOf(w.sheet.pick(t.text), t.quotes) {
		text := `<w:r>` + properties + `<w:t xml:space="preserve">` + escaped(r.Text) + `</w:t></w:r>`
		if r.Command != "" {
			text = `<w:hyperlink w:anchor="trace" w:history="0" w:tooltip="` + escaped(r.Command) + `">` + text + `</w:hyperlink>`
		}
		w.body.WriteString(text)
	}
}

func (w *docxWriter) row(cells []told, widths []int, head bool) {
	w.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	bold := ""
	if head {
		w.body.WriteString(`<w:tblHeader/>`)
		bold = `<w:rPr><w:b/><w:sz w:val="15"/></w:rPr>`
	}
	w.body.WriteString(`</w:trPr>`)
	for i, c := range cells {
		align := "right"
		if i == 0 || i == len(cells)-1 {
			align = "left"
		}
		fmt.Fprintf(&w.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="%s"/><w:jc w:val="%s"/></w:pPr>`, widths[i], docxStyles[cellStyle].id, align)
		w.runs(c, bold)
		w.body.WriteString(`</w:p></w:tc>`)
	}
	w.body.WriteString(`</w:tr>`)
}

// escaped is text as XML character data; what XML cannot hold is dropped.
func escaped(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}

const (
	wordNamespace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	relNamespace  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	xmlDeclared   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// file packs the document.
func (w *docxWriter) file(title string) ([]byte, error) {
	page := `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="850" w:right="1020" w:bottom="794" w:left="1020" w:header="454" w:footer="397" w:gutter="0"/></w:sectPr>`
	return zipped([][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relNamespace + `/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escaped(title) + `</dc:title><dc:creator>qianqi</dc:creator></cp:coreProperties>`},
		{"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relNamespace + `/styles" Target="styles.xml"/></Relationships>`},
		{"word/document.xml", `<w:document ` + wordNamespace + `><w:body>` + w.body.String() + page + `</w:body></w:document>`},
		{"word/styles.xml", docxStyleSheet()},
	})
}

// docxStyleSheet is the style sheet of the document.
func docxStyleSheet() string {
	var b strings.Builder
	b.WriteString(`<w:styles ` + wordNamespace + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Segoe UI" w:hAnsi="Segoe UI" w:eastAsia="Microsoft YaHei" w:cs="Segoe UI"/><w:sz w:val="18"/><w:lang w:val="en-GB" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	for style := kickerStyle; style <= cellStyle; style++ {
		s := docxStyles[style]
		bold := ""
		if s.bold {
			bold = `<w:b/>`
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:pPr>%s<w:spacing w:before="%d" w:after="%d" w:line="%d" w:lineRule="exact"/>%s</w:pPr><w:rPr>%s<w:color w:val="%s"/><w:sz w:val="%d"/></w:rPr></w:style>`,
			s.id, s.name, s.extra, s.before, s.after, s.line(), s.indent, bold, s.ink, s.size)
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

// zipped packs the parts in their order, without times, so that the same parts give the same bytes.
func zipped(parts [][2]string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p[0], Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(f, xmlDeclared+p[1]); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
