package campaign

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// workbookOf writes a book that was written as a text as a real xlsx file, cell by cell as it
// stands: kinds, formulas with their values, merges, what is hidden, properties and names.
func workbookOf(t testing.TB, b *survey.Book) []byte {
	t.Helper()
	const main = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const packageRel = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	var sheets, links, types, names, properties strings.Builder
	parts := map[string]string{}
	for i := range b.Sheets {
		s, n := &b.Sheets[i], i+1
		hidden := map[bool]string{true: ` state="hidden"`}[s.Hidden]
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"%s/>`, escaped(s.Name), n, n, hidden)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, rel, n)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, n)
		parts[fmt.Sprintf("xl/worksheets/sheet%d.xml", n)] = `<worksheet ` + main + `>` + sheetXML(s) + `</worksheet>`
	}
	for _, key := range sortedNames(b.Names) {
		fmt.Fprintf(&names, `<definedName name="%s">%s</definedName>`, key, escaped(b.Names[key]))
	}
	if names.Len() > 0 {
		sheets.WriteString(`</sheets><definedNames>` + names.String() + `</definedNames>`)
	} else {
		sheets.WriteString(`</sheets>`)
	}
	for i, key := range sortedNames(b.Properties) {
		fmt.Fprintf(&properties, `<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="%s"><vt:lpwstr>%s</vt:lpwstr></property>`, i+2, key, escaped(b.Properties[key]))
	}
	parts["xl/workbook.xml"] = `<workbook ` + main + ` xmlns:r="` + rel + `"><sheets>` + sheets.String() + `</workbook>`
	parts["xl/_rels/workbook.xml.rels"] = packageRel + links.String() + `<Relationship Id="rIdS" Type="` + rel + `/styles" Target="styles.xml"/></Relationships>`
	parts["xl/styles.xml"] = `<styleSheet ` + main + `><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`
	parts["docProps/custom.xml"] = `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">` + properties.String() + `</Properties>`
	parts["_rels/.rels"] = packageRel + `<Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="` + rel + `/custom-properties" Target="docProps/custom.xml"/></Relationships>`
	parts["[Content_Types].xml"] = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` + types.String() +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>`
	return zipped(t, parts)
}

func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { // one for all: it is a mebibyte
		deflater.Reset(to)
		return deflater, nil
	})
	for _, name := range sortedNames(parts) {
		p, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + parts[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var deflater, _ = flate.NewWriter(nil, flate.DefaultCompression)

func sortedNames(m map[string]string) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // writing to a buffer does not fail
	return b.String()
}

func sheetXML(s *survey.Sheet) string {
	var b strings.Builder
	if len(s.HiddenCols) > 0 {
		b.WriteString("<cols>")
		for _, c := range s.HiddenCols {
			fmt.Fprintf(&b, `<col min="%d" max="%d" width="9" hidden="1"/>`, c.FirstCol, c.LastCol)
		}
		b.WriteString("</cols>")
	}
	b.WriteString("<sheetData>")
	for _, r := range s.Rows {
		fmt.Fprintf(&b, `<row r="%d"%s>`, r.Number, map[bool]string{true: ` hidden="1"`}[r.Hidden])
		for i := range r.Cells {
			b.WriteString(cellXML(survey.Ref{Row: r.Number, Col: r.Cells[i].Col}.Cell(), &r.Cells[i]))
		}
		b.WriteString("</row>")
	}
	b.WriteString("</sheetData>")
	if len(s.Merges) > 0 {
		b.WriteString("<mergeCells>")
		for _, m := range s.Merges {
			fmt.Fprintf(&b, `<mergeCell ref="%s:%s"/>`, survey.Ref{Row: m.FirstRow, Col: m.FirstCol}.Cell(), survey.Ref{Row: m.LastRow, Col: m.LastCol}.Cell())
		}
		b.WriteString("</mergeCells>")
	}
	return b.String()
}

func cellXML(at string, c *survey.Cell) string {
	formula := map[bool]string{true: "<f>A1</f>"}[c.Formula]
	switch c.Kind {
	case survey.Text:
		if c.Formula {
			return fmt.Sprintf(`<c r="%s" t="str">%s<v>%s</v></c>`, at, formula, escaped(c.Text))
		}
		return fmt.Sprintf(`<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, at, escaped(c.Text))
	case survey.Date:
		serial := int(c.Time.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
		return fmt.Sprintf(`<c r="%s" s="1">%s<v>%d</v></c>`, at, formula, serial)
	case survey.Bool:
		return fmt.Sprintf(`<c r="%s" t="b">%s<v>%g</v></c>`, at, formula, c.Num)
	case survey.ErrorValue:
		return fmt.Sprintf(`<c r="%s" t="e">%s<v>%s</v></c>`, at, formula, escaped(c.Text))
	}
	return fmt.Sprintf(`<c r="%s">%s<v>%s</v></c>`, at, formula, c.Text)
}
