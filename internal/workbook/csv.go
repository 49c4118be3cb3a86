package workbook

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// text reads a text file as csv. A workbook's file name on it means that someone renamed it: the
// way out is different from that of a csv file, so it gets a message of its own.
func (rd *reading) text() *fault {
	base, ext := baseName(rd.name)
	switch ext {
	case "csv", "tsv", "txt":
	case "xlsx", "xlsm", "xltx", "xls", "xlsb", "et", "ett", "ods":
		return &fault{code: "F022", got: "." + ext}
	default:
		return &fault{code: "F025"}
	}
	text, bad := rd.decodeText()
	if bad != nil {
		return bad
	}
	rd.book.Format = "csv"
	rd.book.Sheets = []survey.Sheet{{Name: freeSheetName(takenNames, base)}}
	c := csvTable{reading: rd, out: &rd.book.Sheets[0]}
	return c.read(text)
}

// takenNames are the sheet names that a csv file's own must leave free: those of a returned workbook, those by
// which our templates are known, and the one that Excel keeps for itself.
var takenNames = []string{ReturnSheet, survey.ImprintSheet, listSheet, metaSheet, "History"}

// baseName cuts a file name, of any system, into its last part without extension and the
// extension in lower case.
func baseName(name string) (base, ext string) {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(name)
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name, ext = name[:i], strings.ToLower(name[i+1:])
	}
	if name == "" {
		name = "csv"
	}
	return validText(name), ext
}

// decodeText returns the file as UTF-8. Bytes that are no character become U+FFFD and are
// reported with their row later on; nothing is guessed.
func (rd *reading) decodeText() ([]byte, *fault) {
	data := rd.data
	if utf16Text(data) {
		rd.findings.flag("F136", survey.Ref{}, "", "UTF-16", "")
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, &fault{code: "F137", got: "UTF-16"}
		}
		return out, nil
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.TrimRight(data, "\x1a")
	if utf8.Valid(data) {
		return data, nil
	}
	if nearlyUTF8(data) {
		return bytes.ToValidUTF8(data, []byte("\uFFFD")), nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || 20*bytes.Count(out, []byte("\uFFFD")) > utf8.RuneCount(out) {
		return nil, &fault{code: "F137", got: "GB18030"}
	}
	return out, nil
}

// nearlyUTF8 tells damaged UTF-8 from text in another encoding: in GB18030 hardly any character
// happens to be valid UTF-8.
func nearlyUTF8(data []byte) bool {
	valid, invalid := 0, 0
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			invalid++
		case size > 1:
			valid++
		}
		data = data[size:]
	}
	return valid > 4*invalid
}

// csvScan cuts text into records. Blank lines are records without content, as in a spreadsheet.
type csvScan struct {
	b     []byte
	pos   int
	comma byte

	fields [][]byte
	loose  bool // text stood behind a closing quote
	open   bool // a quote was never closed
}

// next reads one record; false at the end of the text.
func (c *csvScan) next() bool {
	if c.pos >= len(c.b) {
		return false
	}
	c.fields, c.loose = c.fields[:0], false
	for c.field() {
	}
	return true
}

// field reads one field; true where another follows in the same record.
func (c *csvScan) field() bool {
	if c.pos < len(c.b) && c.b[c.pos] == '"' {
		c.quoted()
	} else {
		c.fields = append(c.fields, c.plain())
	}
	if c.pos >= len(c.b) {
		return false
	}
	end := c.b[c.pos]
	c.pos++
	if end == '\r' && c.pos < len(c.b) && c.b[c.pos] == '\n' {
		c.pos++
	}
	return end == c.comma
}

// plain reads up to the next delimiter or line end.
func (c *csvScan) plain() []byte {
	from := c.pos
	for c.pos < len(c.b) && c.b[c.pos] != c.comma && c.b[c.pos] != '\n' && c.b[c.pos] != '\r' {
		c.pos++
	}
	text := c.b[from:c.pos]
	// ="00123" is how systems keep a spreadsheet from dropping zeros.
	if n := len(text); n > 3 && text[0] == '=' && text[1] == '"' && text[n-1] == '"' && bytes.IndexByte(text[2:n-1], '"') < 0 {
		return text[2 : n-1]
	}
	return text
}

// quoted reads a field in quotes; a doubled quote stands for one.
func (c *csvScan) quoted() {
	c.pos++
	from := c.pos
	var joined []byte
	for {
		i := bytes.IndexByte(c.b[c.pos:], '"')
		if i < 0 {
			c.pos, c.open = len(c.b), true
			c.fields = append(c.fields, append(joined, c.b[from:]...))
			return
		}
		c.pos += i + 1
		if c.pos < len(c.b) && c.b[c.pos] == '"' {
			joined = append(joined, c.b[from:c.pos]...)
			c.pos++
			from = c.pos
			continue
		}
		text := c.b[from : c.pos-1]
		if joined != nil {
			text = append(joined, text...)
		}
		if rest := c.plain(); len(rest) > 0 {
			c.loose = true
			text = append(slices.Clone(text), rest...)
		}
		c.fields = append(c.fields, text)
		return
	}
}

// delimiters that are looked for, in order of preference, and those that a file may name.
var (
	delimiters = []byte{',', '\t', ';'}
	named      = []byte{',', '\t', ';', '|'}
)

// sampleRecords is how many records decide on the delimiter and on the width of the table.
const sampleRecords = 200

// delimiter returns the delimiter of a text and where its first record begins: what a first line
// "sep=;" says, else the one that gives the most records of one width.
func delimiter(text []byte) (comma byte, start int) {
	if line, _, _ := bytes.Cut(text[:min(len(text), 8)], []byte("\n")); len(line) >= 5 && bytes.EqualFold(line[:4], []byte("sep=")) {
		if rest := bytes.TrimSuffix(line[5:], []byte("\r")); len(rest) == 0 && bytes.IndexByte(named, line[4]) >= 0 {
			return line[4], len(line) + 1
		}
	}
	comma, best := ',', 0
	for _, d := range delimiters {
		width, records, _ := modalWidth(&csvScan{b: text, comma: d})
		if score := records*1000 + width; width > 1 && score > best {
			comma, best = d, score
		}
	}
	return comma, 0
}

// modalWidth returns the most frequent number of fields among the first records that have
// content, the larger of two as frequent, how many records have it, and how many columns hold
// anything at all.
func modalWidth(c *csvScan) (width, records, used int) {
	count := map[int]int{}
	for n := 0; n < sampleRecords && c.next(); n++ {
		if !blankRecord(c.fields) {
			count[len(c.fields)]++
		}
		for i, f := range c.fields {
			if len(f) > 0 {
				used = max(used, i+1)
			}
		}
	}
	for w, n := range count {
		if n > records || n == records && w > width {
			width, records = w, n
		}
	}
	return width, records, used
}

func blankRecord(fields [][]byte) bool {
	return !slices.ContainsFunc(fields, func(f []byte) bool { return len(f) > 0 })
}

// csvTable turns records into the rows of a sheet.
type csvTable struct {
	*reading
	out   *survey.Sheet
	row   int
	width int
}

func (t *csvTable) read(text []byte) *fault {
	comma, start := delimiter(text)
	c := csvScan{b: text, pos: min(start, len(text)), comma: comma}
	width, _, used := modalWidth(&csvScan{b: c.b[c.pos:], comma: comma})
	t.width = min(width, used)
	for c.next() {
		t.row++
		if c.open {
			return &fault{code: "F133", ref: t.at(0)}
		}
		if c.loose {
			t.findings.flag("F134", t.at(0), "", "", "")
		}
		if bad := t.record(c.fields); bad != nil {
			return bad
		}
		if t.row&0xfff == 0 {
			if bad := t.late(); bad != nil {
				return bad
			}
		}
	}
	return nil
}

func (t *csvTable) at(col int) survey.Ref {
	return survey.Ref{Sheet: t.out.Name, Row: t.row, Col: col}
}

// record adds one row. A csv cell has no type: everything is text, so codes keep their digits.
func (t *csvTable) record(fields [][]byte) *fault {
	if blankRecord(fields) {
		return nil
	}
	row := survey.Row{Number: t.row, Cells: make([]survey.Cell, 0, len(fields))}
	for i, f := range fields {
		if len(f) == 0 {
			continue
		}
		if bad := t.judge(f, i+1); bad != nil {
			return bad
		}
		row.Cells = append(row.Cells, survey.Cell{Col: i + 1, Kind: survey.Text, Text: t.arena.keep(f)})
	}
	t.judgeWidth(fields)
	t.out.Rows = append(t.out.Rows, row)
	if len(t.out.Rows) > t.lim.Rows {
		return &fault{code: "F090", ref: t.at(0), got: strconv.Itoa(len(t.out.Rows)), want: strconv.Itoa(t.lim.Rows)}
	}
	return nil
}

// judge looks at one field with content.
func (t *csvTable) judge(f []byte, col int) *fault {
	t.cells++
	switch {
	case col > t.lim.Columns:
		return &fault{code: "F091", ref: t.at(col), got: survey.ColumnName(col), want: strconv.Itoa(t.lim.Columns)}
	case t.cells > t.lim.Cells:
		return &fault{code: "F092", ref: t.at(col), got: strconv.Itoa(t.cells), want: strconv.Itoa(t.lim.Cells)}
	case tooLong(f, t.lim.CellChars):
		return &fault{code: "F088", ref: t.at(col), want: strconv.Itoa(t.lim.CellChars)}
	}
	if bytes.Contains(f, []byte("\uFFFD")) {
		t.findings.flag("F130", t.at(col), "", string(f), "")
	}
	if controlAt(f) >= 0 {
		t.findings.flag("F135", t.at(col), "", string(f), "")
	}
	return nil
}

// judgeWidth reports records with more or fewer fields than most have.
func (t *csvTable) judgeWidth(fields [][]byte) {
	if t.width < 2 {
		return
	}
	got, want := strconv.Itoa(len(fields)), strconv.Itoa(t.width)
	switch {
	case len(fields) > t.width && !blankRecord(fields[t.width:]):
		t.findings.flag("F131", t.at(0), "", got, want)
	case len(fields) < t.width:
		t.findings.flag("F132", t.at(0), "", got, want)
	}
}
