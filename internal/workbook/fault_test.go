package workbook

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// faultCase is one file and the rule it must break, with where the issue must point.
type faultCase struct {
	code ruleID
	why  string
	data []byte
	at   string // Sheet!Cell of the first issue, "" for the whole file
	lim  Limits
	name string // "a.xlsx" where empty
}

// compoundFile is an OLE container with one directory entry of that name.
func compoundFile(stream string) []byte {
	b := make([]byte, 2048)
	copy(b, oleMagic)
	entry := b[1024:]
	units := utf16.Encode([]rune(stream))
	for i, u := range units {
		entry[2*i], entry[2*i+1] = byte(u), byte(u>>8)
	}
	entry[64] = byte(2*len(units) + 2)
	entry[66] = 2
	return b
}

func utf16le(text string) string {
	b := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// kindCases are files that are something else.
func kindCases() []faultCase {
	zipOf := func(pairs ...string) []byte { return testPackage{}.with(pairs...).bytes() }
	return []faultCase{
		{code: "F001", why: "an empty file", data: []byte{}},
		{code: "F002", why: "a file over the limit", data: bytes.Repeat([]byte("x"), 101), lim: Limits{FileBytes: 100}},
		{code: "F010", why: "an encrypted workbook", data: compoundFile("EncryptedPackage")},
		{code: "F011", why: "an old workbook", data: compoundFile("Workbook")},
		{code: "F011", why: "an older workbook", data: compoundFile("Book")},
		{code: "F011", why: "a workbook outside a container", data: []byte("\x09\x08\x10\x00\x00\x06\x05\x00rest")},
		{code: "F012", why: "an OpenDocument spreadsheet", data: zipOf("mimetype", "application/vnd.oasis.opendocument.spreadsheet")},
		{code: "F013", why: "an OpenDocument text", data: zipOf("mimetype", "application/vnd.oasis.opendocument.text")},
		{code: "F013", why: "a Word document", data: zipOf(partTypes, "<x/>", "word/document.xml", "<x/>")},
		{code: "F013", why: "an old Word document", data: compoundFile("WordDocument")},
		{code: "F013", why: "rich text", data: []byte(`{\rtf1 x}`)},
		{code: "F014", why: "slides", data: zipOf(partTypes, "<x/>", "ppt/presentation.xml", "<x/>")},
		{code: "F014", why: "old slides", data: compoundFile("PowerPoint Document")},
		{code: "F015", why: "a PDF", data: []byte("%PDF-1.7\n…")},
		{code: "F016", why: "a photo", data: []byte("\xff\xd8\xff\xe0JFIF")},
		{code: "F017", why: "a rar archive", data: []byte("Rar!\x1a\x07\x00")},
		{code: "F018", why: "a binary workbook", data: zipOf(partTypes, "<x/>", "xl/workbook.bin", "x")},
		{code: "F019", why: "a web page", data: []byte("<html><table><tr><td>1</td></tr></table></html>"), name: "a.xls"},
		{code: "F019", why: "a web page behind a mark and white space", data: []byte("\xef\xbb\xbf\r\n <TABLE><tr><td>1</td></tr></TABLE>")},
		{code: "F019", why: "a web page in UTF-16", data: []byte(utf16le("<html><body>企业</body></html>"))},
		{code: "F020", why: "a web archive", data: []byte("MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n")},
		{code: "F021", why: "an XML spreadsheet", data: []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>`)},
		{code: "F022", why: "renamed text", data: []byte("企业,人数\n甲,5\n")},
		{code: "F023", why: "a Linux program", data: []byte("\x7fELF\x02\x01\x01\x00")},
		{code: "F023", why: "a Windows program", data: []byte("MZ\x90\x00\x03\x00\x00\x00")},
		{code: "F024", why: "bytes that are nothing", data: []byte("\x00\x01\x02\x03\x04\x05")},
		{code: "F024", why: "a database", data: []byte("SQLite format 3\x00")},
		{code: "F025", why: "other XML", data: []byte("<svg/>")},
		{code: "F025", why: "other text", data: []byte("# notes"), name: "notes.md"},
		{code: "F026", why: "a container without streams", data: compoundFile("Something")},
		{code: "F026", why: "a truncated container", data: []byte(oleMagic)},
		{code: "F027", why: "a Numbers spreadsheet", data: zipOf("Index/Document.iwa", "x")},
		{code: "F028", why: "an archive of workbooks", data: zipOf("甲.xlsx", "x", "乙.xlsx", "y")},
		{code: "F029", why: "an archive of texts", data: zipOf("readme.txt", "x")},
		{code: "F029", why: "an archive of nothing", data: testPackage{}.bytes()},
	}
}

// packageCases are packages that are damaged or made to deceive.
func packageCases() []faultCase {
	good := plainBook(textCells("| 企业 | 人数 |\n| 甲 | 5 |"))
	data := good.bytes()
	edit := func(name string, f func(*testPart)) []byte { return good.change(name, f).bytes() }
	manyBytes := strings.Repeat(" ", 3<<20)
	return []faultCase{
		{code: "F030", why: "half a file", data: data[:len(data)/2]},
		{code: "F030", why: "a file without its last bytes", data: data[:len(data)-5]},
		{code: "F030", why: "something behind the end", data: append(bytes.Clone(data), "x"...)},
		{code: "F031", why: "a byte missing before the directory", data: append(bytes.Clone(data[:200]), data[201:]...)},
		{code: "F031", why: "the directory says one entry more", data: patch(data, len(data)-lenEnd+10, 8)},
		{code: "F032", why: "a web page before the package", data: testPackage{parts: good.parts, prefix: "<html></html>"}.bytes()},
		{code: "F032", why: "text before the package", data: testPackage{parts: good.parts, prefix: "hello"}.bytes()},
		{code: "F035", why: "more entries than allowed", data: data, lim: Limits{Entries: 5}},
		{code: "F036", why: "a name that climbs", data: good.with("xl/../../x.xml", "x").bytes()},
		{code: "F036", why: "an absolute name", data: good.with("/etc/x", "x").bytes()},
		{code: "F036", why: "a drive", data: good.with("C:x", "x").bytes()},
		{code: "F036", why: "a backslash", data: good.with(`xl\x`, "x").bytes()},
		{code: "F036", why: "a NUL", data: good.with("xl/a\x00b", "x").bytes()},
		{code: "F036", why: "no name", data: testPackage{parts: append(good.parts, testPart{data: "x"})}.bytes()},
		{code: "F037", why: "two entries of one name", data: testPackage{parts: append(good.parts, testPart{name: partSheet, data: sheetXML("")})}.bytes()},
		{code: "F037", why: "two names that differ by case", data: good.with("XL/SHAREDSTRINGS.XML", "<x/>").bytes()},
		{code: "F038", why: "entries that share their bytes", data: testPackage{parts: append(good.parts, testPart{name: "xl/x.xml", data: sheetXML(textCells("| 企业 | 人数 |\n| 甲 | 5 |")), shares: partSheet})}.bytes()},
		{code: "F039", why: "another name in the local header", data: edit(partSheet, func(p *testPart) { p.localName = "xl/worksheets/sheet2.xml" })},
		{code: "F040", why: "a part that declares too much", data: edit(partSheet, func(p *testPart) { p.usize = new(int64(65 << 20)) })},
		{code: "F040", why: "a part that declares 15 GiB", data: edit(partSheet, func(p *testPart) { p.usize = new(int64(15 << 30)) })},
		{code: "F041", why: "parts that are too large together", data: good.with("xl/a.bin", manyBytes, "xl/b.bin", manyBytes).bytes(), lim: Limits{TotalBytes: 4 << 20}},
		{code: "F042", why: "a part smaller than it declares", data: edit(partSheet, func(p *testPart) { p.usize = new(int64(5000)) }), at: "表"},
		{code: "F042", why: "a part larger than it declares", data: edit(partSheet, func(p *testPart) { p.usize = new(int64(100)) }), at: "表"},
		{code: "F042", why: "a size no stream can reach", data: edit(partSheet, func(p *testPart) { p.usize = new(int64(10 << 20)) })},
		{code: "F043", why: "a wrong checksum", data: edit(partSheet, func(p *testPart) { p.crc = new(uint32(1)) }), at: "表"},
		{code: "F043", why: "a wrong checksum of a part nobody reads", data: good.with("xl/theme/theme1.xml", "<x/>").change("xl/theme/theme1.xml", func(p *testPart) { p.crc = new(uint32(1)) }).bytes()},
		{code: "F044", why: "an unknown method", data: edit(partSheet, func(p *testPart) { p.method = new(uint16(97)) })},
		{code: "F045", why: "an encrypted entry", data: edit(partSheet, func(p *testPart) { p.flags = 1 })},
		{code: "F046", why: "bytes that are no stream", data: edit(partSheet, func(p *testPart) { p.raw = bytes.Repeat([]byte{0xff}, 300) }), at: "表"},
		{code: "F050", why: "no content types", data: good.with(partTypes, "-").bytes()},
		{code: "F050", why: "no workbook part", data: good.with(partBook, "-").bytes()},
		{code: "F051", why: "no relationships of the package", data: good.with(partRels, "-").bytes()},
		{code: "F051", why: "no relationships of the workbook", data: good.with(partLinks, "-").bytes()},
		{code: "F052", why: "no sheets", data: good.with(partBook, declXML+`<workbook `+mainNS+`><sheets/></workbook>`).bytes()},
		{code: "F053", why: "a sheet without its part", data: good.with(partSheet, "-").bytes(), at: "表"},
		{code: "F053", why: "a sheet without its relationship", data: edit(partBook, replaceIn("rId1", "rId9")), at: "表"},
		{code: "F053", why: "shared strings that are not there", data: good.with(partSST, "-").bytes()},
		{code: "F054", why: "a sheet outside the package", data: edit(partLinks, replaceIn("worksheets/sheet1.xml", "../../../etc/passwd")), at: "表"},
		{code: "F054", why: "a sheet on another machine", data: edit(partLinks, replaceIn(`Target="worksheets/sheet1.xml"`, `Target="http://x/sheet1.xml" TargetMode="External"`)), at: "表"},
		{code: "F055", why: "two sheets with one part", data: edit(partBook, replaceIn(`</sheets>`, `<sheet name="二" sheetId="2" r:id="rId1"/></sheets>`)), at: "二"},
		{code: "F056", why: "two sheets of one name", data: edit(partBook, replaceIn(`</sheets>`, `<sheet name="表" sheetId="2" r:id="rId2"/></sheets>`))},
		{code: "F056", why: "a sheet without a name", data: edit(partBook, replaceIn(`name="表"`, `name=""`))},
		{code: "F057", why: "more sheets than allowed", data: edit(partBook, replaceIn(`</sheets>`, `<sheet name="二" sheetId="2" r:id="rId2"/></sheets>`)), lim: Limits{Sheets: 1}},
	}
}

func patch(data []byte, at int, with ...byte) []byte {
	data = bytes.Clone(data)
	copy(data[at:], with)
	return data
}

func replaceIn(old, new string) func(*testPart) {
	return func(p *testPart) {
		if !strings.Contains(p.data, old) {
			panic("nothing to replace: " + old)
		}
		p.data = strings.Replace(p.data, old, new, 1)
	}
}

// contentCases are sound packages with XML or cells that are not.
func contentCases() []faultCase {
	rows := func(xml string) []byte { return plainBook(xml).bytes() }
	part := func(xml string) []byte { return plainBook("").with(partSheet, xml).bytes() }
	cell := func(xml string) []byte { return rows(`<row r="1">` + xml + `</row>`) }
	good := plainBook(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`)
	whole := sheetXML(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	long := strings.Repeat("字", 40)
	return []faultCase{
		{code: "F060", why: "XML that stops", data: part(whole[:len(whole)-15]), at: "表!1:1"},
		{code: "F060", why: "XML that stops in a row", data: part(declXML + `<worksheet ` + mainNS + `><sheetData><row r="7"><c r="A7"><v>1</v></c>`), at: "表!7:7"},
		{code: "F060", why: "tags that cross", data: part(declXML + `<worksheet ` + mainNS + `><sheetData></worksheet></sheetData>`), at: "表"},
		{code: "F060", why: "two roots", data: part(whole + "<x/>"), at: "表"},
		{code: "F060", why: "text behind the root", data: part(whole + "x"), at: "表"},
		{code: "F060", why: "an attribute twice", data: cell(`<c r="A1" r="A1"/>`), at: "表!1:1"},
		{code: "F060", why: "an attribute without quotes", data: cell(`<c r=A1/>`), at: "表!1:1"},
		{code: "F060", why: "attributes that touch", data: cell(`<c r="A1"t="s"/>`), at: "表!1:1"},
		{code: "F060", why: "a less-than sign in an attribute", data: cell(`<c r="<"/>`), at: "表!1:1"},
		{code: "F060", why: "the end of a CDATA section in text", data: cell(`<c r="A1" t="inlineStr"><is><t>]]></t></is></c>`), at: "表!1:1"},
		{code: "F060", why: "a prefix nobody declared", data: cell(`<z:c r="A1"/>`), at: "表!1:1"},
		{code: "F060", why: "an attribute's prefix nobody declared", data: cell(`<c z:r="A1"/>`), at: "表!1:1"},
		{code: "F060", why: "a declaration in the middle", data: cell(`<?xml version="1.0"?>`), at: "表!1:1"},
		{code: "F060", why: "two hyphens in a comment", data: cell(`<!-- a -- b -->`), at: "表!1:1"},
		{code: "F060", why: "nothing at all", data: part(""), at: "表"},
		{code: "F061", why: "a document type", data: part(`<!DOCTYPE x [<!ENTITY a "b">]>` + whole), at: "表"},
		{code: "F061", why: "a document type in the shared strings", data: good.with(partSST, `<!DOCTYPE x><sst `+mainNS+`/>`).bytes()},
		{code: "F062", why: "an entity nobody defined", data: cell(`<c r="A1" t="inlineStr"><is><t>&nbsp;</t></is></c>`), at: "表!1:1"},
		{code: "F062", why: "an entity in a shared text", data: good.with(partSST, `<sst `+mainNS+`><si><t>a&nbsp;b</t></si></sst>`).bytes()},
		{code: "F062", why: "an ampersand alone", data: cell(`<c r="A1" t="inlineStr"><is><t>a & b</t></is></c>`), at: "表!1:1"},
		{code: "F062", why: "a reference to a character XML forbids", data: cell(`<c r="A1" t="inlineStr"><is><t>&#1;</t></is></c>`), at: "表!1:1"},
		{code: "F062", why: "an entity in an attribute", data: cell(`<c r="&x;"/>`), at: "表!1:1"},
		{code: "F063", why: "a control character", data: cell("<c r=\"A1\" t=\"inlineStr\"><is><t>a\x01</t></is></c>"), at: "表"},
		{code: "F063", why: "a NUL", data: cell("<c r=\"A1\"><v>1\x00</v></c>"), at: "表"},
		{code: "F063", why: "bytes that are no UTF-8", data: cell("<c r=\"A1\" t=\"inlineStr\"><is><t>\xbc\xd7</t></is></c>"), at: "表"},
		{code: "F063", why: "a character that is none", data: cell("<c r=\"A1\" t=\"inlineStr\"><is><t>\uFFFE</t></is></c>"), at: "表"},
		{code: "F064", why: "nested too deeply", data: rows(`<row><c r="A1">` + strings.Repeat("<is>", 70) + strings.Repeat("</is>", 70) + `</c></row>`), at: "表!1:1", lim: Limits{Depth: 5}},
		{code: "F064", why: "nested too deeply where nobody looks", data: plainBook("", strings.Repeat("<x>", 100_000)).bytes(), at: "表"},
		{code: "F065", why: "an encoding we do not read", data: part(strings.Replace(whole, "UTF-8", "Shift_JIS", 1)), at: "表"},
		{code: "F065", why: "an encoding that cannot be true", data: part(strings.Replace(whole, "UTF-8", "UTF-16", 1)), at: "表"},
		{code: "F069", why: "another root", data: part(declXML + `<chartsheet ` + mainNS + `/>`), at: "表"},
		{code: "F069", why: "another namespace", data: part(`<worksheet xmlns="x"><sheetData/></worksheet>`), at: "表"},
		{code: "F069", why: "no data", data: part(declXML + `<worksheet ` + mainNS + `></worksheet>`), at: "表"},
		{code: "F069", why: "data twice", data: plainBook("", "<sheetData/>").bytes(), at: "表"},
		{code: "F069", why: "text between cells", data: cell(`x<c r="A1"/>`), at: "表!1:1"},
		{code: "F069", why: "rows inside rows", data: cell(`<row r="2"/>`), at: "表!1:1"},
		{code: "F069", why: "cells outside rows", data: rows(`<c r="A1"><v>1</v></c>`), at: "表"},
		{code: "F069", why: "two values in a cell", data: cell(`<c r="A1"><v>1</v><v>2</v></c>`), at: "表!A1"},
		{code: "F069", why: "an element inside a value", data: cell(`<c r="A1"><v>1<b/></v></c>`), at: "表!1:1"},
		{code: "F070", why: "too many attributes", data: cell(`<c r="A1" a="" b="" d="" e=""/>`), at: "表!1:1", lim: Limits{Attributes: 4}},
		{code: "F070", why: "too many prefixes in force", data: plainBook("", `<x xmlns:a="1" xmlns:b="1"><x xmlns:c="1" xmlns:d="1"><x xmlns:e="1"/></x></x>`).bytes(), at: "表", lim: Limits{Attributes: 5}},
		{code: "F080", why: "row zero", data: rows(`<row r="0"/>`), at: "表"},
		{code: "F080", why: "a row behind the last", data: rows(`<row r="1048577"/>`), at: "表"},
		{code: "F080", why: "a row that is no number", data: rows(`<row r="abc"/>`), at: "表"},
		{code: "F080", why: "a row behind the last, not numbered", data: rows(`<row r="1048576"/><row/>`), at: "表!1048576:1048576"},
		{code: "F081", why: "a row twice", data: rows(`<row r="2"/><row r="2"/>`), at: "表!2:2"},
		{code: "F081", why: "rows out of order", data: rows(`<row r="3"/><row r="2"/>`), at: "表!3:3"},
		{code: "F082", why: "a column behind the last", data: cell(`<c r="XFE1"/>`), at: "表!1:1"},
		{code: "F082", why: "four letters", data: cell(`<c r="ZZZZ1"/>`), at: "表!1:1"},
		{code: "F082", why: "no digits", data: cell(`<c r="A"/>`), at: "表!1:1"},
		{code: "F082", why: "no letters", data: cell(`<c r="1"/>`), at: "表!1:1"},
		{code: "F082", why: "a zero before the row", data: cell(`<c r="A01"/>`), at: "表!1:1"},
		{code: "F082", why: "a cell behind the last column, not addressed", data: cell(`<c r="XFD1"/><c/>`), at: "表!1:1"},
		{code: "F083", why: "a cell twice", data: cell(`<c r="A1"/><c r="A1"/>`), at: "表!A1"},
		{code: "F083", why: "cells out of order", data: cell(`<c r="C1"/><c r="A1"/>`), at: "表!A1"},
		{code: "F084", why: "a cell of another row", data: cell(`<c r="A2"/>`), at: "表!A1"},
		{code: "F085", why: "a text behind the last", data: cell(`<c r="A1" t="s"><v>3</v></c>`), at: "表!A1"},
		{code: "F085", why: "a text before the first", data: cell(`<c r="A1" t="s"><v>-1</v></c>`), at: "表!A1"},
		{code: "F085", why: "a text that is no number", data: cell(`<c r="B1" t="s"><v>x</v></c>`), at: "表!B1"},
		{code: "F086", why: "an unknown type", data: cell(`<c r="A1" t="x"><v>1</v></c>`), at: "表!1:1"},
		{code: "F086", why: "neither true nor false", data: cell(`<c r="A1" t="b"><v>2</v></c>`), at: "表!A1"},
		{code: "F087", why: "a style nobody defined", data: cell(`<c r="A1" s="5"><v>1</v></c>`), at: "表!A1"},
		{code: "F087", why: "a style that is no number", data: cell(`<c r="A1" s="x"><v>1</v></c>`), at: "表!1:1"},
		{code: "F088", why: "an inline text that is too long", data: cell(`<c r="A1" t="inlineStr"><is><t>` + long + `</t></is></c>`), at: "表!A1", lim: Limits{CellChars: 39}},
		{code: "F088", why: "a shared text that is too long", data: good.with(partSST, `<sst `+mainNS+`><si><t>`+long+`</t></si></sst>`).bytes(), lim: Limits{CellChars: 39}},
		{code: "F088", why: "runs that are too long together", data: good.with(partSST, `<sst `+mainNS+`><si>`+strings.Repeat(`<r><t>abcdefgh</t></r>`, 30)+`</si></sst>`).bytes(), lim: Limits{CellChars: 39}},
		{code: "F089", why: "more texts than allowed", data: good.bytes(), lim: Limits{SharedStrings: 2}},
		{code: "F090", why: "more rows than allowed", data: rows(textCells("| 1 |\n| 2 |\n| 3 |")), at: "表!3:3", lim: Limits{Rows: 2}},
		{code: "F091", why: "more columns than allowed", data: rows(textCells("| 1 | 2 | 3 |")), at: "表!C1", lim: Limits{Columns: 2}},
		{code: "F092", why: "more cells than allowed", data: rows(textCells("| 1 | 2 |\n| 3 | 4 |")), at: "表!B2", lim: Limits{Cells: 3}},
		{code: "F093", why: "more merged areas than allowed", data: plainBook("", `<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/></mergeCells>`).bytes(), at: "表", lim: Limits{Merges: 1}},
		{code: "F094", why: "a number format that is too long", data: cell(`<c r="A1" s="1"><v>1</v></c>`), at: "表!1:1", lim: Limits{FormatChars: 10}},
		{code: "F095", why: "a merged area the wrong way round", data: plainBook("", `<mergeCells><mergeCell ref="B2:A1"/></mergeCells>`).bytes(), at: "表"},
		{code: "F095", why: "a merged area that is none", data: plainBook("", `<mergeCells><mergeCell/></mergeCells>`).bytes(), at: "表"},
		{code: "F096", why: "more names than allowed", data: good.change(partBook, replaceIn(`</workbook>`, `<definedNames><definedName name="a">1</definedName><definedName name="b">2</definedName></definedNames></workbook>`)).bytes(), lim: Limits{Names: 1}},
		{code: "F097", why: "much data behind a wide gap", data: rows(textCells("| 1 |") + `<row r="50"><c><v>1</v></c><c><v>2</v></c></row>`), at: "表!A50", lim: Limits{GapRows: 10, Strays: 1}},
	}
}

// flagCases are workbooks that are taken with a warning.
func flagCases() []faultCase {
	rows := func(xml string) []byte { return plainBook(xml).bytes() }
	good := plainBook(textCells("| 企业 | 人数 |\n| 甲 | 5 |"))
	data := good.bytes()
	sheet := sheetXML(textCells("| 企业 | 人数 |"))
	other := func(kind, name, content string) []byte {
		return good.change(partBook, replaceIn(`</sheets>`, `<sheet name="二" sheetId="2" `+kind+` r:id="rId9"/></sheets>`)).
			change(partLinks, replaceIn(`</Relationships>`, `<Relationship Id="rId9" Type="`+odr+`/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`)).
			with(name, content).bytes()
	}
	link := func(target string) []byte {
		return plainBook(textCells("| x |"), `<hyperlinks><hyperlink ref="A1" r:id="rId1"/></hyperlinks>`).
			with("xl/worksheets/_rels/sheet1.xml.rels", relsOpen+`<Relationship Id="rId1" Type="`+odr+`/hyperlink" Target="`+target+`" TargetMode="External"/></Relationships>`).bytes()
	}
	return []faultCase{
		{code: "F033", why: "two workbooks in one file", data: append(bytes.Clone(data), data...)},
		{code: "F034", why: "zeros behind the end", data: append(bytes.Clone(data), 0, 0, 0)},
		{code: "F034", why: "bytes between the entries", data: good.change(partSheet, func(p *testPart) { p.gap = "hidden" }).bytes()},
		{code: "F066", why: "a sheet in GBK", data: good.with(partSheet, strings.Replace(strings.Replace(strings.Replace(sheet, "UTF-8", "GBK", 1), "企业", "\xc6\xf3\xd2\xb5", 1), "人数", "\xc8\xcb\xca\xfd", 1)).bytes()},
		{code: "F066", why: "a sheet in UTF-16", data: good.with(partSheet, utf16le(strings.Replace(sheet, "UTF-8", "UTF-16", 1))).bytes()},
		{code: "F067", why: "prefixes", data: good.with(partSheet, `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>`).bytes(), at: "表"},
		{code: "F068", why: "alternatives", data: good.with(partSheet, `<worksheet `+mainNS+` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><sheetData><row r="1"/><mc:AlternateContent><mc:Choice Requires="z"><row r="2"><c><v>1</v></c></row></mc:Choice><mc:Fallback><row r="2"><c><v>2</v></c></row></mc:Fallback></mc:AlternateContent></sheetData></worksheet>`).bytes(), at: "表!1:1"},
		{code: "F100", why: "a date that is none", data: rows(`<row><c s="1"><v>59.5</v></c></row>`), at: "表!A1"},
		{code: "F101", why: "a number that is none", data: rows(`<row><c><v>INF</v></c></row>`), at: "表!A1"},
		{code: "F102", why: "a long code", data: rows(`<row><c><v>310101199001011000</v></c></row>`), at: "表!A1"},
		{code: "F103", why: "the other date system", data: plainBook(`<row><c s="1"><v>45000</v></c></row>`).change(partBook, replaceIn("<sheets>", `<workbookPr date1904="true"/><sheets>`)).bytes(), at: "表!A1"},
		{code: "F104", why: "escapes", data: rows(`<row><c t="inlineStr"><is><t>_x000D_</t></is></c></row>`), at: "表!A1"},
		{code: "F105", why: "a formula without a value", data: rows(`<row><c><f>1</f></c></row>`), at: "表!A1"},
		{code: "F107", why: "cells merged over rows", data: plainBook(textCells("| x |"), `<mergeCells><mergeCell ref="A1:A2"/></mergeCells>`).bytes(), at: "表!A1"},
		{code: "F108", why: "a hidden sheet", data: other(`state="hidden"`, "xl/worksheets/sheet2.xml", sheet), at: "二"},
		{code: "F108", why: "a very hidden sheet", data: other(`state="veryHidden"`, "xl/worksheets/sheet2.xml", sheet), at: "二"},
		{code: "F109", why: "a hidden row", data: rows(`<row r="1" hidden="1"><c><v>1</v></c></row>`), at: "表!1:1"},
		{code: "F110", why: "a hidden column", data: good.with(partSheet, `<worksheet `+mainNS+`><cols><col min="2" max="3" hidden="true"/></cols><sheetData>`+textCells("| a | b |")+`</sheetData></worksheet>`).bytes(), at: "表!B1"},
		{code: "F111", why: "a stray far below", data: rows(textCells("| x |") + `<row r="1048576"><c><v>1</v></c></row>`), at: "表!A1048576"},
		{code: "F111", why: "a stray far to the right", data: rows(`<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>`), at: "表!XFD1"},
		{code: "F112", why: "very many empty rows", data: rows(textCells("| x |") + strings.Repeat("<row/>", 30)), at: "表", lim: Limits{Rows: 20}},
		{code: "F113", why: "macros", data: good.with("xl/vbaProject.bin", "x").bytes()},
		{code: "F114", why: "links to other workbooks", data: good.with("xl/externalLinks/externalLink1.xml", "<x/>").bytes()},
		{code: "F114", why: "a data connection", data: good.with("xl/connections.xml", "<x/>").bytes()},
		{code: "F115", why: "a script", data: link("javascript:alert(1)"), at: "表!A1"},
		{code: "F115", why: "a file", data: link("file:///c:/x.exe"), at: "表!A1"},
		{code: "F115", why: "another machine", data: link(`\\host\share\x`), at: "表!A1"},
		{code: "F116", why: "an embedded file", data: good.with("xl/embeddings/x.xlsx", "x").bytes()},
		{code: "F117", why: "a picture", data: good.with("xl/media/image1.png", "x").bytes()},
		{code: "F117", why: "a picture in a cell", data: rows(`<row><c t="e" vm="1"><v>#VALUE!</v></c></row>`), at: "表!A1"},
		{code: "F118", why: "an ISO date that never was", data: rows(`<row><c t="d"><v>2026-02-30</v></c></row>`), at: "表!A1"},
	}
}

func textCases() []faultCase {
	csv := func(code ruleID, why, text, at string) faultCase {
		return faultCase{code: code, why: why, data: []byte(text), at: at, name: "走访.csv"}
	}
	return []faultCase{
		csv("F088", "a field that is too long", "a,"+strings.Repeat("字", 32_768), "走访!B1"),
		csv("F130", "a code of GB18030 without a character", "\xc3\xfb\xb3\xc6,x\n\xfe\xfe\xbc\xd7\xb9\xab\xcb\xbe\xc3\xfb\xb3\xc6\xc3\xfb\xb3\xc6\xc3\xfb\xb3\xc6\xc3\xfb\xb3\xc6\xc3\xfb\xb3\xc6,1\n", "走访!A2"),
		csv("F130", "a damaged byte in UTF-8", "企业名称,人数\n甲公\xff司名称,5\n", "走访!A2"),
		csv("F131", "a comma too many", "a,b\n1,2\n1,2,3\n", "走访!3:3"),
		csv("F132", "a field too few", "a,b,c\n1,2,3\n1,2\n", "走访!3:3"),
		csv("F133", "a quote that is never closed", "a,b\n1,\"2\n3,4\n", "走访!2:2"),
		csv("F134", "text behind a quote", "a,b\n\"1\"x,2\n", "走访!2:2"),
		csv("F135", "a control character", "a,b\n1\x01,"+strings.Repeat("2", 100)+"\n", "走访!A2"),
		csv("F136", "UTF-16", utf16le("企业\t人数\r\n甲\t5\r\n"), ""),
		csv("F137", "neither UTF-8 nor GB18030", "\xff\xff\xff\xff\xff\xff,\xff\xff", ""),
	}
}

// run reads the case and checks the first issue.
func (c faultCase) run(t *testing.T) {
	t.Helper()
	cb := codebook.Default()
	name := c.name
	if name == "" {
		name = "a.xlsx"
	}
	rule, ok := cb.Rule(c.code)
	if !ok {
		t.Fatalf("%s has no rule", c.code)
	}
	book, issues := NewReader(cb, c.lim).read(name, c.data)
	if len(issues) != 1 || issues[0].Code != c.code {
		t.Fatalf("issues %q, want %s alone", codesOf(issues), c.code)
	}
	i := issues[0]
	if at := placeOf(i.Ref); at != c.at {
		t.Errorf("at %q, want %q", at, c.at)
	}
	if i.File != name || i.Severity != rule.Severity {
		t.Errorf("file %q severity %q", i.File, i.Severity)
	}
	if rule.Severity == codebook.SeverityWarning && book == nil {
		t.Error("a warning refused the file")
	}
	if rule.Severity == codebook.SeverityError && book != nil && book.Format != "csv" {
		t.Error("an error left a book")
	}
	if left := unfilled.FindString(i.Message.ZH + i.Message.EN + i.Fix.ZH + i.Fix.EN); left != "" {
		t.Errorf("%s is not filled in", left)
	}
}

var unfilled = regexp.MustCompile(`\{[a-z]+\}`)

func placeOf(r survey.Ref) string {
	if r.Cell() == "" {
		return r.Sheet
	}
	return r.Sheet + "!" + r.Cell()
}

func TestEveryFileRuleHasACase(t *testing.T) {
	seen := map[ruleID]bool{"F008": true, "F009": true} // below
	for _, code := range fileSystemCases(t) {
		seen[code] = true
	}
	for _, cases := range [][]faultCase{kindCases(), packageCases(), contentCases(), flagCases(), textCases()} {
		for _, c := range cases {
			t.Run(string(c.code)+" "+c.why, c.run)
			seen[c.code] = true
		}
	}
	for _, r := range codebook.Default().Rules {
		if strings.HasPrefix(string(r.Code), "F") && !seen[r.Code] && !r.Retired {
			t.Errorf("%s %s has no case", r.Code, r.Title.EN)
		}
	}
}

func TestAFileThatTakesTooLongIsLeft(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{Time: time.Second})
	now := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	r.now = func() time.Time { now = now.Add(600 * time.Millisecond); return now }
	rows := strings.Repeat("<row/>", 1<<14)
	if book, issues := r.read("a.xlsx", plainBook(rows).bytes()); book != nil || codesOf(issues) != "F008" {
		t.Errorf("issues %q", codesOf(issues))
	}
}

// Whatever goes wrong inside the reader becomes an issue of this one file.
func TestAPanicIsAnIssue(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{})
	r.now = func() time.Time { panic("clock") }
	book, issues, err := r.Read("a.xlsx", plainBook("").bytes())
	if book != nil || err != nil || codesOf(issues) != "F009" {
		t.Errorf("issues %q, error %v", codesOf(issues), err)
	}
	r.now = time.Now
	if book, _, _ := r.Read("a.xlsx", plainBook(textCells("| x |")).bytes()); book == nil {
		t.Error("the reader is of no use afterwards")
	}
}

func TestReaderNeedsACodebook(t *testing.T) {
	if _, _, err := Read("a.xlsx", nil, nil, Limits{}); err == nil {
		t.Error("no error")
	}
	if _, _, err := ReadFile("a.xlsx", nil, Limits{}); err == nil {
		t.Error("no error")
	}
}
