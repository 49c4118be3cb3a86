package workbook

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// fileKind is what a file is by its content. The name is never trusted.
type fileKind uint8

const (
	kindUnknown fileKind = iota
	kindZip
	kindText
	kindEmpty
	kindEncrypted
	kindXLS
	kindWord
	kindSlides
	kindOLE
	kindPDF
	kindImage
	kindPacked
	kindHTML
	kindMHTML
	kindSpreadsheetML
	kindXML
	kindProgram
	kindJunkZip
	kindDatabase
)

// code is the rule that refuses a kind.
func (k fileKind) code() ruleID {
	switch k {
	case kindEmpty:
		return "F001"
	case kindEncrypted:
		return "F010"
	case kindXLS:
		return "F011"
	case kindWord:
		return "F013"
	case kindSlides:
		return "F014"
	case kindPDF:
		return "F015"
	case kindImage:
		return "F016"
	case kindPacked:
		return "F017"
	case kindHTML:
		return "F019"
	case kindMHTML:
		return "F020"
	case kindSpreadsheetML:
		return "F021"
	case kindProgram:
		return "F023"
	case kindXML:
		return "F025"
	case kindOLE:
		return "F026"
	case kindJunkZip:
		return "F032"
	}
	return "F024"
}

// signatures are the beginnings by which files are known.
var signatures = []struct {
	magic string
	kind  fileKind
}{
	{"PK\x03\x04", kindZip},
	{"PK\x05\x06", kindZip}, // a package without entries
	{"%PDF-", kindPDF},
	{"\x89PNG", kindImage},
	{"\xff\xd8\xff", kindImage},
	{"GIF8", kindImage},
	{"RIFF", kindImage},
	{"Rar!", kindPacked},
	{"7z\xbc\xaf\x27\x1c", kindPacked},
	{"\x1f\x8b", kindPacked},
	{"\xfd7zXZ", kindPacked},
	{"\x7fELF", kindProgram},
	{"\xcf\xfa\xed\xfe", kindProgram},
	{"\xca\xfe\xba\xbe", kindProgram},
	{"{\\rtf", kindWord},
	{"SQLite format 3\x00", kindDatabase},
	{"\x09\x08", kindXLS}, // BIFF 5 and older, outside a container
	{"\x09\x04", kindXLS},
	{"\x09\x02", kindXLS},
	{"\x09\x00\x04\x00", kindXLS},
}

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// sniff tells what data is.
func sniff(data []byte) fileKind {
	if len(data) == 0 {
		return kindEmpty
	}
	if strings.HasPrefix(asString(data), oleMagic) {
		return sniffOLE(data)
	}
	for _, s := range signatures {
		if strings.HasPrefix(asString(data), s.magic) {
			return s.kind
		}
	}
	if kind := sniffMarkup(data); kind != kindUnknown {
		if bytes.Contains(data[max(0, len(data)-lenEnd-0xffff):], []byte(sigEnd)) {
			return kindJunkZip
		}
		return kind
	}
	switch {
	case bytes.HasPrefix(data, []byte("MZ")) && bytes.IndexByte(data[:min(len(data), 4096)], 0) >= 0:
		return kindProgram
	case bytes.Contains(data, []byte(sigEnd)):
		return kindJunkZip
	case looksLikeText(data):
		return kindText
	}
	return kindUnknown
}

// looksLikeText reports whether data can be text: UTF-16 says so by its mark, all other text has
// no NUL and hardly any control characters.
func looksLikeText(data []byte) bool {
	if utf16Text(data) {
		return true
	}
	head := data[:min(len(data), 1<<16)]
	odd := 0
	for _, c := range head {
		if c == 0 {
			return false
		}
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != 0x1a {
			odd++
		}
	}
	return odd*50 <= len(head)
}

func utf16Text(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))
}

// sniffMarkup recognises what begins with a tag or a mail header, in UTF-8 or UTF-16.
func sniffMarkup(data []byte) fileKind {
	head := strings.ToLower(textHead(data))
	head = strings.TrimLeft(head, " \t\r\n\ufeff")
	switch {
	case strings.Contains(head, "mime-version:") && strings.Contains(head, "content-type: multipart/related"):
		return kindMHTML
	case !strings.HasPrefix(head, "<"):
		return kindUnknown
	case strings.Contains(head, "urn:schemas-microsoft-com:office:spreadsheet") && !strings.Contains(head, "<html"):
		return kindSpreadsheetML
	case strings.Contains(head, "excel.sheet") && strings.Contains(head, "mso-application"):
		return kindSpreadsheetML
	}
	for _, tag := range []string{"<html", "<!doctype html", "<table", "<head", "<body", "<meta", "<style", "<script", "<div", "<center", "<font"} {
		if strings.Contains(head, tag) {
			return kindHTML
		}
	}
	return kindXML
}

// textHead returns the first few kilobytes as text.
func textHead(data []byte) string {
	head := data[:min(len(data), 4096)]
	if !utf16Text(head) {
		return string(head)
	}
	big := head[0] == 0xfe
	units := make([]uint16, 0, len(head)/2)
	for i := 2; i+1 < len(head); i += 2 {
		lo, hi := uint16(head[i]), uint16(head[i+1])
		if big {
			lo, hi = hi, lo
		}
		units = append(units, hi<<8|lo)
	}
	return string(utf16.Decode(units))
}

// oleStreams are the directory names by which a compound file is known.
var oleStreams = []struct {
	name string
	kind fileKind
}{
	{"EncryptedPackage", kindEncrypted},
	{"Workbook", kindXLS},
	{"Book", kindXLS},
	{"WordDocument", kindWord},
	{"PowerPoint Document", kindSlides},
}

// sniffOLE looks for the streams of a compound file. Directory entries are records of 128 bytes on
// boundaries of 128 bytes, so looking at every boundary finds them even where the allocation
// tables that lead to them are damaged.
func sniffOLE(data []byte) fileKind {
	found := kindOLE
	for at := 512; at+128 <= len(data); at += 128 {
		name := oleName(data[at : at+128])
		for _, s := range oleStreams {
			if name == s.name {
				if s.kind == kindEncrypted {
					return s.kind
				}
				if found == kindOLE {
					found = s.kind
				}
			}
		}
	}
	return found
}

// oleName returns the name of a directory entry, "" where the record is none.
func oleName(record []byte) string {
	size := int(le16(record[64:]))
	if size < 4 || size > 64 || size%2 != 0 || record[66] == 0 || record[66] > 5 {
		return ""
	}
	units := make([]uint16, 0, 32)
	for i := 0; i < size-2; i += 2 {
		units = append(units, uint16(le16(record[i:])))
	}
	return string(utf16.Decode(units))
}

// packageKind refuses a sound zip package that is something other than a workbook.
func (rd *reading) packageKind() *fault {
	workbook, tables := false, ""
	for i := range rd.zip.entries {
		e := &rd.zip.entries[i]
		name := asString(e.name)
		switch {
		case strings.EqualFold(name, "mimetype"):
			return rd.openDocument(e)
		case strings.EqualFold(name, "xl/workbook.bin"):
			return &fault{code: "F018"}
		case strings.EqualFold(name, "word/document.xml"):
			return &fault{code: "F013"}
		case strings.EqualFold(name, "ppt/presentation.xml"):
			return &fault{code: "F014"}
		case endsFold(name, ".iwa"):
			return &fault{code: "F027"}
		case strings.EqualFold(name, "[Content_Types].xml"), beginsFold(name, "xl/"):
			workbook = true
		case endsFold(name, ".xlsx"), endsFold(name, ".xls"), endsFold(name, ".csv"):
			tables = string(e.name)
		}
	}
	switch {
	case workbook:
		return nil
	case tables != "":
		return &fault{code: "F028", got: validText(tables)}
	}
	return &fault{code: "F029"}
}

// openDocument tells an .ods spreadsheet from the other kinds of OpenDocument.
func (rd *reading) openDocument(e *zipEntry) *fault {
	if e.usize <= 256 && e.check(&rd.lim) == nil && rd.zip.local(e, rd.zip.dir) == nil {
		b, bad := rd.load(e, rd.otherPart)
		if bad == nil && !bytes.Contains(b, []byte("spreadsheet")) {
			return &fault{code: "F013"}
		}
	}
	return &fault{code: "F012"}
}

func validText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "�")
}

// noteArchive reports what a person should know about the package though its cells can be read.
func (rd *reading) noteArchive() {
	rd.book.Format = "xlsx"
	note := func(code ruleID, part string) { rd.findings.flag(code, survey.Ref{}, part, "", "") }
	if rd.zip.prefixed {
		note("F033", "")
	}
	if rd.zip.padded || rd.zip.gaps {
		note("F034", "")
	}
	for i := range rd.zip.entries {
		name := asString(rd.zip.entries[i].name)
		switch {
		case endsFold(name, "vbaProject.bin"), beginsFold(name, "xl/activeX/"), beginsFold(name, "xl/macrosheets/"):
			rd.book.Format = "xlsm"
			note("F113", name)
		case beginsFold(name, "xl/externalLinks/externalLink"), strings.EqualFold(name, "xl/connections.xml"):
			note("F114", name)
		case beginsFold(name, "xl/embeddings/"):
			note("F116", name)
		case beginsFold(name, "xl/media/"), strings.EqualFold(name, "xl/cellimages.xml"):
			note("F117", name)
		}
	}
}

func beginsFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func endsFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
