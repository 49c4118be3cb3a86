package workbook

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"sync"
	"testing"
)

// testPart is one entry of a package built by hand, so that every field of it can be wrong.
type testPart struct {
	name   string
	data   string
	stored bool

	raw        []byte // compressed bytes, where they are not to be made from data
	crc        *uint32
	usize      *int64
	method     *uint16
	flags      uint16
	localName  string // name in the local header, where it differs
	descriptor bool   // sizes follow the data
	gap        string // bytes before the local header
	shares     string // name of an earlier part whose local entry this one points at
}

// testPackage is a zip file in the making.
type testPackage struct {
	parts  []testPart
	prefix string
	suffix string
}

// add appends parts given as name, content pairs; a name that is there already is replaced, and
// the content "-" removes it.
func (p testPackage) with(pairs ...string) testPackage {
	parts := append([]testPart(nil), p.parts...)
	for i := 0; i < len(pairs); i += 2 {
		kept := parts[:0]
		for _, old := range parts {
			if old.name != pairs[i] {
				kept = append(kept, old)
			}
		}
		if parts = kept; pairs[i+1] != "-" {
			parts = append(parts, testPart{name: pairs[i], data: pairs[i+1]})
		}
	}
	p.parts = parts
	return p
}

// change edits one part.
func (p testPackage) change(name string, edit func(*testPart)) testPackage {
	p.parts = append([]testPart(nil), p.parts...)
	for i := range p.parts {
		if p.parts[i].name == name {
			edit(&p.parts[i])
		}
	}
	return p
}

func le(b []byte, fields ...any) []byte {
	for _, f := range fields {
		switch v := f.(type) {
		case uint16:
			b = binary.LittleEndian.AppendUint16(b, v)
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, v)
		case uint64:
			b = binary.LittleEndian.AppendUint64(b, v)
		case string:
			b = append(b, v...)
		}
	}
	return b
}

// bytes writes the package.
func (p testPackage) bytes() []byte {
	var out, dir []byte
	offsets := map[string]int{}
	for _, t := range p.parts {
		h := t.header()
		at, shared := offsets[t.shares]
		if !shared {
			out = append(out, t.gap...)
			at = len(out)
			offsets[t.name] = at
			out = t.local(out, h)
		}
		dir = h.directory(dir, t.name, at)
	}
	start := len(out)
	out = append(out, dir...)
	out = le(out, sigEnd, uint16(0), uint16(0), uint16(len(p.parts)), uint16(len(p.parts)), uint32(len(dir)), uint32(start), uint16(0))
	return []byte(p.prefix + string(out) + p.suffix)
}

// testHeader is what both headers of an entry say.
type testHeader struct {
	flags, method uint16
	crc           uint32
	csize         int64
	usize         int64
	body          []byte
}

func (t testPart) header() testHeader {
	h := testHeader{flags: t.flags, method: methodDeflate, crc: crc32.ChecksumIEEE([]byte(t.data)), usize: int64(len(t.data)), body: t.raw}
	if t.stored {
		h.method, h.body = methodStored, []byte(t.data)
	}
	if h.body == nil {
		h.body = squeeze(t.data)
	}
	h.csize = int64(len(h.body))
	if t.descriptor {
		h.flags |= flagDescriptor
	}
	if t.crc != nil {
		h.crc = *t.crc
	}
	if t.usize != nil {
		h.usize = *t.usize
	}
	if t.method != nil {
		h.method = *t.method
	}
	return h
}

// squeezer is kept: making one costs more than most parts.
var squeezer struct {
	sync.Mutex
	*flate.Writer
}

func squeeze(text string) []byte {
	squeezer.Lock()
	defer squeezer.Unlock()
	var b bytes.Buffer
	if squeezer.Writer == nil {
		squeezer.Writer, _ = flate.NewWriter(nil, flate.BestSpeed)
	}
	squeezer.Reset(&b)
	squeezer.Write([]byte(text))
	squeezer.Close()
	return b.Bytes()
}

func (t testPart) local(out []byte, h testHeader) []byte {
	name := t.name
	if t.localName != "" {
		name = t.localName
	}
	crc, csize, usize := h.crc, uint32(h.csize), uint32(min(h.usize, 0xffffffff))
	if t.descriptor {
		crc, csize, usize = 0, 0, 0
	}
	extra := h.wide(h.usize >= 0xffffffff)
	out = le(out, sigLocal, uint16(20), h.flags, h.method, uint16(0), uint16(0), crc, csize, usize, uint16(len(name)), uint16(len(extra)), name, extra)
	out = append(out, h.body...)
	if t.descriptor {
		out = le(out, sigDescriptor, h.crc, uint32(h.csize), uint32(h.usize))
	}
	return out
}

func (h testHeader) directory(dir []byte, name string, at int) []byte {
	extra := h.wide(h.usize >= 0xffffffff)
	return le(dir, sigDirectory, uint16(20), uint16(20), h.flags, h.method, uint16(0), uint16(0), h.crc, uint32(h.csize),
		uint32(min(h.usize, 0xffffffff)), uint16(len(name)), uint16(len(extra)), uint16(0), uint16(0), uint16(0), uint32(0), uint32(at), name, extra)
}

// wide is the zip64 field with the size.
func (h testHeader) wide(needed bool) string {
	if !needed {
		return ""
	}
	return string(le(nil, uint16(1), uint16(8), uint64(h.usize)))
}

const (
	declXML  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNS   = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	odr      = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relsOpen = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`

	partTypes = "[Content_Types].xml"
	partRels  = "_rels/.rels"
	partBook  = "xl/workbook.xml"
	partLinks = "xl/_rels/workbook.xml.rels"
	partSST   = "xl/sharedStrings.xml"
	partStyle = "xl/styles.xml"
	partSheet = "xl/worksheets/sheet1.xml"
)

// sheetXML wraps the children of sheetData, and what follows it, in a worksheet.
func sheetXML(rows string, after ...string) string {
	return declXML + `<worksheet ` + mainNS + `><sheetData>` + rows + `</sheetData>` + strings.Join(after, "") + `</worksheet>`
}

// plainBook is a sound workbook with one sheet, given as the children of its sheetData. Style 1
// shows days, style 2 times, style 3 durations, style 4 is a built-in day format.
func plainBook(rows string, after ...string) testPackage {
	return testPackage{}.with(
		partTypes, declXML+`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
		partRels, declXML+relsOpen+`<Relationship Id="rId1" Type="`+odr+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		partBook, declXML+`<workbook `+mainNS+`><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		partLinks, declXML+relsOpen+
			`<Relationship Id="rId1" Type="`+odr+`/worksheet" Target="worksheets/sheet1.xml"/>`+
			`<Relationship Id="rId2" Type="`+odr+`/styles" Target="styles.xml"/>`+
			`<Relationship Id="rId3" Type="`+odr+`/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		partStyle, declXML+`<styleSheet `+mainNS+`><numFmts count="3"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>`+
			`<numFmt numFmtId="165" formatCode="hh:mm:ss"/><numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts>`+
			`<cellXfs count="5"><xf/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
		partSST, declXML+`<sst `+mainNS+` count="3" uniqueCount="3"><si><t>甲公司</t></si><si><r><t>云</t></r><r><rPr><b/></rPr><t xml:space="preserve"> 平台</t></r><rPh sb="0" eb="1"><t>yun</t></rPh></si><si><t>a&amp;b</t></si></sst>`,
		partSheet, sheetXML(rows, after...),
	)
}

// textCells writes rows of inline texts from a table: a line per row, cells between bars.
func textCells(table string) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		b.WriteString("<row>")
		for _, cell := range strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|") {
			b.WriteString(`<c t="inlineStr"><is><t>` + strings.TrimSpace(cell) + `</t></is></c>`)
		}
		b.WriteString("</row>")
	}
	return b.String()
}

func TestHandMadePackageIsSound(t *testing.T) {
	for _, descriptor := range []bool{false, true} {
		p := plainBook(textCells("| 企业 | 人数 |\n| 甲 | 5 |")).change(partSheet, func(t *testPart) { t.descriptor = descriptor })
		book := mustRead(t, "a.xlsx", p.bytes())
		if c := book.Sheet("表").At(2, 2); c == nil || c.Text != "5" {
			t.Errorf("B2 is %+v", c)
		}
	}
}
