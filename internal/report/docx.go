package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// docx writes a word-processing document of paragraphs and tables (ECMA-376): as little of the
// format as Word, WPS and LibreOffice need, with named styles so that an office can restyle it.
type docx struct {
	english bool
	body    strings.Builder
}

// docxStyle is a paragraph style of the document.
type docxStyle struct {
	id, name            string
	size, before, after int // half points, twentieths of a point
	bold                bool
	ink                 string
	extra               string // further paragraph properties
}

const (
	styleKicker  = "Kicker"
	styleTitle   = "Title"
	styleHeading = "Heading1"
	styleItem    = "ListItem"
	styleNote    = "Note"
	styleBlank   = "Blank"
	styleCell    = "Cell"
)

// docxStyles are sized for one sheet of A4.
var docxStyles = []docxStyle{
	{id: styleKicker, name: "Kicker", size: 18, after: 40, ink: "5A6675"},
	{id: styleTitle, name: "Title", size: 32, after: 60, bold: true, ink: "14202E"},
	{id: styleHeading, name: "heading 1", size: 20, before: 100, after: 20, bold: true, ink: "0F6B72", extra: `<w:keepNext/>`},
	{id: styleItem, name: "List Item", size: 18, after: 20, ink: "14202E", extra: `<w:ind w:left="284" w:hanging="200"/>`},
	{id: styleNote, name: "Note", size: 16, after: 40, ink: "5A6675"},
	{id: styleBlank, name: "Blank", size: 24, before: 60, ink: "14202E", extra: `<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="9AA4AF"/></w:pBdr>`},
	{id: styleCell, name: "Cell", size: 17, ink: "14202E"},
}

// paragraph adds a paragraph in the language of the document. An item gets a bullet.
func (w *docx) paragraph(style string, t Text) {
	text := w.pick(t)
	if text == "" && style != styleBlank {
		return
	}
	if style == styleItem {
		text = "• " + text
	}
	fmt.Fprintf(&w.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr><w:r><w:t xml:space="preserve">%s</w:t></w:r></w:p>`, style, escaped(text))
}

// docxTable is a table with a head; its first column holds names, the last a verdict, the others
// numbers.
type docxTable struct {
	head []Text
	rows [][]Text
}

// width of the text block of A4 with margins of 18 mm, in twentieths of a point.
const docxWidth = 9866

func (w *docx) table(t docxTable) {
	if len(t.rows) == 0 {
		return
	}
	n := len(t.head)
	widths := make([]int, n)
	for i := range widths {
		widths[i] = docxWidth * 10 / 100
	}
	widths[0], widths[n-1], widths[n-3] = docxWidth*22/100, docxWidth*18/100, docxWidth*20/100
	w.body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblLayout w:type="fixed"/><w:tblBorders><w:top w:val="single" w:sz="8" w:color="14202E"/><w:bottom w:val="single" w:sz="4" w:color="9AA4AF"/><w:insideH w:val="single" w:sz="4" w:color="DDE2E7"/></w:tblBorders><w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for _, width := range widths {
		fmt.Fprintf(&w.body, `<w:gridCol w:w="%d"/>`, width)
	}
	w.body.WriteString(`</w:tblGrid>`)
	w.row(t.head, widths, true)
	for _, r := range t.rows {
		w.row(r, widths, false)
	}
	w.body.WriteString(`</w:tbl>`)
}

func (w *docx) row(cells []Text, widths []int, head bool) {
	w.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	bold := ""
	if head {
		w.body.WriteString(`<w:tblHeader/>`)
		bold = `<w:rPr><w:b/></w:rPr>`
	}
	w.body.WriteString(`</w:trPr>`)
	for i, c := range cells {
		align := "right"
		if i == 0 || i == len(cells)-1 {
			align = "left"
		}
		fmt.Fprintf(&w.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="%s"/><w:jc w:val="%s"/></w:pPr><w:r>%s<w:t xml:space="preserve">%s</w:t></w:r></w:p></w:tc>`,
			widths[i], styleCell, align, bold, escaped(w.pick(c)))
	}
	w.body.WriteString(`</w:tr>`)
}

// escaped is text as XML character data; what XML cannot hold is dropped.
func escaped(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(plain(s, 2000))); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.String()
}

const (
	wordNamespace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	xmlDeclared   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// file packs the document.
func (w *docx) file(title Text) ([]byte, error) {
	page := `<w:sectPr><w:footerReference xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" w:type="default" r:id="rId2"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="850" w:right="1020" w:bottom="794" w:left="1020" w:header="454" w:footer="397" w:gutter="0"/></w:sectPr>`
	footer := `<w:p><w:pPr><w:pStyle w:val="` + styleNote + `"/><w:jc w:val="right"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t xml:space="preserve"> / </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>NUMPAGES</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`
	return packed([][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escaped(w.pick(title)) + `</dc:title><dc:creator>qianqi</dc:creator></cp:coreProperties>`},
		{"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>`},
		{"word/document.xml", `<w:document ` + wordNamespace + `><w:body>` + w.body.String() + page + `</w:body></w:document>`},
		{"word/footer1.xml", `<w:ftr ` + wordNamespace + `>` + footer + `</w:ftr>`},
		{"word/styles.xml", w.styles()},
	})
}

// styles is the style sheet of the document.
func (w *docx) styles() string {
	var b strings.Builder
	b.WriteString(`<w:styles ` + wordNamespace + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Segoe UI" w:hAnsi="Segoe UI" w:cs="Segoe UI" w:eastAsia="Microsoft YaHei"/><w:sz w:val="18"/><w:lang w:val="en-GB" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	for _, s := range docxStyles {
		bold := ""
		if s.bold {
			bold = `<w:b/>`
		}
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:pPr>%s<w:spacing w:before="%d" w:after="%d"/></w:pPr><w:rPr>%s<w:color w:val="%s"/><w:sz w:val="%d"/></w:rPr></w:style>`,
			s.id, s.name, s.extra, s.before, s.after, bold, s.ink, s.size)
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

// packed zips the parts in their order, without times, so that the same parts give the same bytes.
func packed(parts [][2]string) ([]byte, error) {
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
