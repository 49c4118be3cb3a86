package workbook

import (
	"bytes"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// agree compares a book with what excelize reads from the same bytes, cell by cell. excelize gives
// raw strings; a cell it gives as "" is one without content.
func agree(t *testing.T, name string, data []byte, book *survey.Book) (cells int) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Errorf("%s: the oracle: %v", name, err)
		return 0
	}
	defer f.Close()
	if got, want := len(book.Sheets), len(f.GetSheetList()); got != want {
		t.Errorf("%s: %d sheets, the oracle has %d", name, got, want)
	}
	for _, sheet := range f.GetSheetList() {
		s := book.Sheet(sheet)
		if s == nil {
			t.Errorf("%s: no sheet %q", name, sheet)
			continue
		}
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Errorf("%s: the oracle: %v", name, err)
		}
		cells += sameRows(t, name, s, rows)
	}
	return cells
}

func sameRows(t *testing.T, name string, s *survey.Sheet, rows [][]string) (cells int) {
	t.Helper()
	theirs := 0
	for r, row := range rows {
		for c, raw := range row {
			if raw == "" {
				continue
			}
			theirs++
			if got := s.At(r+1, c+1); got == nil || !sameRaw(got, raw) {
				t.Errorf("%s: %s!%s is %+v, the oracle has %q", name, s.Name, survey.Ref{Row: r + 1, Col: c + 1}.Cell(), got, raw)
			}
		}
	}
	for _, row := range s.Rows {
		for _, c := range row.Cells {
			if c.Kind != survey.ErrorValue || c.Text != "" { // a formula without a result is a cell for us alone
				cells++
			}
		}
	}
	if cells != theirs {
		t.Errorf("%s: %s has %d cells, the oracle has %d", name, s.Name, cells, theirs)
	}
	return cells
}

// sameRaw compares a cell with a raw string.
func sameRaw(c *survey.Cell, raw string) bool {
	switch c.Kind {
	case survey.Bool:
		return raw == strconv.Itoa(int(c.Num)) || raw == c.Text
	case survey.Date:
		n, err := strconv.ParseFloat(raw, 64)
		return err == nil && math.Abs(n-c.Num) < 1e-9 || strings.HasPrefix(raw, c.Text[:10])
	}
	return c.Text == raw
}

// everyKind is a workbook made by excelize with every kind of cell it can write.
func everyKind(t testing.TB, edit func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	set := func(cell string, v any) {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	style := func(code string) int {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	day := time.Date(2026, 3, 5, 14, 30, 15, 0, time.UTC)
	for i, v := range []any{"甲公司", " 空格 ", "a&b<c>\"'", "多行\n文字", "_x000D_", "x\ry", "'=1+1", "=1+1", 1, -7, 0, 1.5, 1e-9, 123456789012345, 0.1 + 0.2,
		true, false, day, day.Truncate(24 * time.Hour), 90 * time.Minute, "𠮷野家", "e\u0301", strings.Repeat("长", 3000), uint8(255), float32(0.5), "", nil} {
		set("A"+strconv.Itoa(i+1), v)
	}
	for i, code := range []string{`yyyy"年"m"月"d"日"`, "0.00E+00", "[h]:mm", "m/d", "@", `"日"0`, "[Red]0;[Blue]-0", "h:mm AM/PM", "yyyy-mm-dd;@", "General"} {
		cell := "B" + strconv.Itoa(i+1)
		set(cell, 46086.25)
		if err := f.SetCellStyle("Sheet1", cell, cell, style(code)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellRichText("Sheet1", "C1", []excelize.RichTextRun{{Text: "云 "}, {Text: "平台", Font: &excelize.Font{Bold: true}}, {Text: " 运维"}}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellFormula("Sheet1", "C2", "A9+1"); err != nil {
		t.Fatal(err)
	}
	set("ZZ300", "far but not too far")
	if err := f.MergeCell("Sheet1", "D1", "F2"); err != nil {
		t.Fatal(err)
	}
	set("D1", "合并")
	if _, err := f.NewSheet("二"); err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(f)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReaderAgreesWithTheOracle(t *testing.T) {
	lim := Limits{Columns: 1000}
	r := NewReader(codebook.Default(), lim)
	cells := 0
	try := func(name string, data []byte) {
		book, issues, err := r.Read(name, data)
		if err != nil || book == nil {
			t.Errorf("%s: refused: %q %v", name, codesOf(issues), err)
			return
		}
		cells += agree(t, name, data, book)
	}
	date1904 := true
	try("every kind", everyKind(t, nil))
	try("every kind, 1904", everyKind(t, func(f *excelize.File) {
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}); err != nil {
			t.Fatal(err)
		}
	}))
	try("streamed", streamed(t))
	for _, form := range codebook.Default().Forms {
		try("template "+form.Kind, mustTemplate(t, form.Kind))
	}
	try("a filled visit", filledVisit(t))
	if cells < 1000 {
		t.Errorf("only %d cells were compared", cells)
	}
}

// streamed is a workbook with inline texts, as excelize's stream writer makes them.
func streamed(t testing.TB) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for r := 1; r <= 50; r++ {
		if err := w.SetRow("B"+strconv.Itoa(r), []any{"文本" + strconv.Itoa(r), r, 1.5, true, nil, "a\nb ", excelize.Cell{Formula: "1+1", Value: 2}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestReaderAgreesOnTheSample compares the workbooks of the repository that we read: of the visits, which
// are made alike, every fifth, and all of them while soaking.
func TestReaderAgreesOnTheSample(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{})
	visits := 0
	for _, root := range []string{"../../surveys", "../../testdata"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".xlsx" {
				return skipAbsent(err)
			}
			if filepath.Base(filepath.Dir(path)) == "visits" {
				if visits++; visits%5 != 0 && !trial.Soaking() {
					return nil
				}
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if book, _, _ := r.Read(path, data); book != nil {
				agree(t, path, data, book)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func skipAbsent(err error) error {
	if os.IsNotExist(err) {
		return nil
	}
	return err
}

func TestSampleWorkbooksAreRead(t *testing.T) {
	entries, err := filepath.Glob("../../surveys/20*/*.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	r := NewReader(codebook.Default(), Limits{})
	for _, path := range entries {
		data, bad, err := readRegular(path, 20<<20, nil)
		if err != nil || bad != nil {
			t.Fatal(path, err, bad)
		}
		if book, issues, _ := r.Read(path, data); book == nil {
			t.Errorf("%s: refused: %q", path, codesOf(issues))
		}
	}
}
