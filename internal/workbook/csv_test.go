package workbook

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// shown writes the rows of a sheet as number:cell|cell, with the columns' gaps as empty cells.
func shown(s *survey.Sheet) string {
	var b strings.Builder
	for _, row := range s.Rows {
		b.WriteString(strconv.Itoa(row.Number) + ":")
		col := 1
		for _, c := range row.Cells {
			b.WriteString(strings.Repeat("|", c.Col-col) + c.Text)
			col = c.Col
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestCSV(t *testing.T) {
	gb := func(s string) string {
		out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct {
		why, text, want, flags string
	}{
		{"commas", "企业,人数\n甲,5\n", "1:企业|人数\n2:甲|5\n", ""},
		{"a mark at the start", "\xef\xbb\xbf企业,人数\n甲,5\n", "1:企业|人数\n2:甲|5\n", ""},
		{"GB18030", gb("企业,人数\r\n甲𠮷公司,5\r\n"), "1:企业|人数\n2:甲𠮷公司|5\n", ""},
		{"UTF-16", utf16le("企业\t人数\r\n甲\t5\r\n"), "1:企业|人数\n2:甲|5\n", "F136"},
		{"tabs", "a\tb,c\n1\t2\n", "1:a|b,c\n2:1|2\n", ""},
		{"semicolons", "a;b\n1,5;2\n", "1:a|b\n2:1,5|2\n", ""},
		{"a line that names the delimiter", "sep=;\na;b\n1;2,3\n", "1:a|b\n2:1|2,3\n", ""},
		{"one column", "a\nb\n", "1:a\n2:b\n", ""},
		{"quotes", "a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "1:a|b\n2:x,y|say \"hi\"\n", ""},
		{"a line break in quotes is one row", "a,b\n\"x\ny\",2\n3,4\n", "1:a|b\n2:x\ny|2\n3:3|4\n", ""},
		{"a quote inside a field", "a,b\n5\" pipe,2\n", "1:a|b\n2:5\" pipe|2\n", ""},
		{"an empty field in quotes", "a,b\n\"\",2\n", "1:a|b\n2:|2\n", ""},
		{"zeros kept by a formula", "a,b\n=\"00123\",2\n", "1:a|b\n2:00123|2\n", ""},
		{"blank lines keep their number", "a,b\n\n,\n1,2\n", "1:a|b\n4:1|2\n", ""},
		{"old Mac line ends", "a,b\r1,2\r", "1:a|b\n2:1|2\n", ""},
		{"no line end at the end", "a,b\n1,2", "1:a|b\n2:1|2\n", ""},
		{"an old end-of-file mark", "a,b\n1,2\n\x1a", "1:a|b\n2:1|2\n", ""},
		{"empty fields beyond the header do no harm", "a,b\n1,2,,\n", "1:a|b\n2:1|2\n", ""},
		{"spaces stay", "a,b\n 1 , 2\n", "1:a|b\n2: 1 | 2\n", ""},
		{"codes keep their digits", "code,n\n914403001234567890,007\n", "1:code|n\n2:914403001234567890|007\n", ""},
	} {
		book, issues := NewReader(codebook.Default(), Limits{}).read("dir/走访 2026.csv", []byte(c.text))
		if book == nil || codesOf(issues) != c.flags {
			t.Errorf("%s: issues %q, want %q", c.why, codesOf(issues), c.flags)
			continue
		}
		if got := shown(&book.Sheets[0]); got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.why, got, c.want)
		}
		if book.Format != "csv" || book.Sheets[0].Name != "走访 2026" || book.Sheets[0].Rows[0].Cells[0].Kind != survey.Text {
			t.Errorf("%s: %q %q", c.why, book.Format, book.Sheets[0].Name)
		}
	}
}

// Rows that are ragged or unreadable are reported with their places; the others are there to be
// checked at once.
func TestCSVReportsEveryBadRow(t *testing.T) {
	text := "a,b\n1,2\n1,2,3\n4,5\n6,7,8\n9\n"
	book, issues := NewReader(codebook.Default(), Limits{}).read("a.csv", []byte(text))
	if book == nil || codesOf(issues) != "F131 F132" {
		t.Fatalf("issues %q", codesOf(issues))
	}
	if i := issues[0]; i.Count != 2 || i.Ref.Row != 3 || len(i.More) != 1 || i.More[0].Row != 5 || i.Got != "3" || i.Want != "2" {
		t.Errorf("%+v", i)
	}
	if got := len(book.Sheets[0].Rows); got != 6 {
		t.Errorf("%d rows", got)
	}
}

func TestCSVLimits(t *testing.T) {
	for want, lim := range map[string]Limits{"F090": {Rows: 1}, "F091": {Columns: 1}, "F092": {Cells: 3}} {
		if book, issues := NewReader(codebook.Default(), lim).read("a.csv", []byte("a,b\n1,2\n")); book != nil || codesOf(issues) != want {
			t.Errorf("issues %q, want %s", codesOf(issues), want)
		}
	}
}

func TestBaseName(t *testing.T) {
	for name, want := range map[string][2]string{
		"a.csv": {"a", "csv"}, `C:\x\a.CSV`: {"a", "csv"}, "x/y/a.b.xlsx": {"a.b", "xlsx"}, "a": {"a", ""}, ".csv": {"csv", "csv"}, "a.csv ": {"a", "csv"}, "": {"csv", ""},
	} {
		if base, ext := baseName(name); base != want[0] || ext != want[1] {
			t.Errorf("%q: %q %q", name, base, ext)
		}
	}
}

// TestReturnedCSVOpens: a csv file comes back as a workbook whose sheets have names that every program allows,
// whatever the file was called.
func TestReturnedCSVOpens(t *testing.T) {
	for name, want := range map[string]string{
		"a.csv": "a",
		"304512345_按文本_千企调研企业走访问卷（教师填写）_导出_2026年11月30日[1].csv": "304512345_按文本_千企调研企业走访问卷（教师填写）…",
		"问卷[1]：导出*?.csv":     "问卷 1 ：导出",
		"'问卷'.csv":           "问卷",
		"[].csv":             "Sheet",
		ReturnSheet + ".csv": ReturnSheet + " 2",
		"_ANSWERS.csv":       "_ANSWERS 2",
		"history.csv":        "history 2",
	} {
		out := mustAnnotate(t, name, []byte("企业,人数\n甲,5\n"), nil)
		f, err := excelize.OpenReader(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		sheets := f.GetSheetList()
		if len(sheets) != 2 || sheets[0] != ReturnSheet || sheets[1] != want || excelNameFault(sheets[1]) {
			t.Errorf("%s: sheets %q, want %q", name, sheets, want)
		}
	}
}

// excelNameFault reports whether a sheet may not be named so (ECMA-376 part 1, 18.2.19, and what Excel refuses).
func excelNameFault(name string) bool {
	return name == "" || units(name) > 31 || strings.ContainsAny(name, `:\/?*[]`) || strings.Trim(name, "'") != name
}

// FuzzCSV holds the reader to this: written again with every field quoted, what was read is read the same.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"企业,人数\n甲,5\n", "a;b\n\"1;\"\"\",2", "sep=\t\na\tb", "\"", "a,b\r\n\r\n=\"01\",\"x\ny\"z", "\xc6\xf3\xd2\xb5,1", "\xff\xfea\x00"} {
		f.Add([]byte(s))
	}
	r := NewReader(codebook.Default(), Limits{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if sniff(data) != kindText {
			return
		}
		book, issues := r.read("a.csv", data)
		if book == nil && !survey.HasErrors(issues) {
			t.Fatal("refused without a reason")
		}
		if book == nil || len(book.Sheets[0].Rows) == 0 || survey.HasErrors(issues) {
			return
		}
		s := &book.Sheets[0]
		text := "sep=,\n" + quotedCSV(s)
		again, issues := r.read("a.csv", []byte(text))
		if again == nil {
			t.Fatalf("written again: %q", codesOf(issues))
		}
		if got, want := shown(&again.Sheets[0]), shown(s); got != want {
			t.Fatalf("%q, written again %q", want, got)
		}
	})
}

func quotedCSV(s *survey.Sheet) string {
	var b strings.Builder
	line := 1
	for _, row := range s.Rows {
		b.WriteString(strings.Repeat("\n", row.Number-line))
		line = row.Number
		col := 1
		for _, c := range row.Cells {
			b.WriteString(strings.Repeat(",", c.Col-col) + `"` + strings.ReplaceAll(c.Text, `"`, `""`) + `"`)
			col = c.Col
		}
	}
	return b.String()
}
