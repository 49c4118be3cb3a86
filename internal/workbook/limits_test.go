package workbook

import (
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

func TestZeroLimitsAreTheDefaults(t *testing.T) {
	if got := (Limits{}).orDefault(); got != DefaultLimits() {
		t.Errorf("%+v", got)
	}
	v := reflect.ValueOf(DefaultLimits())
	for i := range v.NumField() {
		if v.Field(i).Int() <= 0 {
			t.Errorf("%s has no default", v.Type().Field(i).Name)
		}
	}
	if got := (Limits{Rows: 7}).orDefault(); got.Rows != 7 || got.Cells != DefaultLimits().Cells {
		t.Errorf("%+v", got)
	}
}

// largest is a workbook at the limits: as many cells as allowed, each with a shared text of its own.
func largest(lim Limits) []byte {
	var rows, texts strings.Builder
	cells := 0
	for r := 0; cells < lim.Cells; r++ {
		rows.WriteString("<row>")
		for range 40 {
			rows.WriteString(`<c t="s"><v>`)
			rows.WriteString(itoa7(cells))
			rows.WriteString("</v></c>")
			cells++
		}
		rows.WriteString("</row>")
	}
	for i := range lim.Cells {
		texts.WriteString("<si><t>企业名称和地址，")
		texts.WriteString(itoa7(i))
		texts.WriteString("</t></si>")
	}
	return plainBook(rows.String()).with(partSST, `<sst `+mainNS+`>`+texts.String()+`</sst>`).bytes()
}

func itoa7(n int) string {
	b := []byte("0000000")
	for i := len(b) - 1; n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}

// The dearest file within the limits, memory that was dropped again on the way counted as well. A
// quarter of everything is tried, which must fit a quarter of the budget.
func TestTheLargestWorkbookStaysWithinItsBudget(t *testing.T) {
	lim := Limits{Cells: DefaultLimits().Cells / 4}
	book, issues := readWithin(t, "a.xlsx", largest(lim), lim, fileBudget/4)
	if book == nil || len(issues) > 0 || len(book.Sheets[0].Rows) != lim.Cells/40 {
		t.Fatalf("issues %q", codesOf(issues))
	}
}

// Reading again costs what the book holds and little more, however many cells and texts there are.
func TestAllocationsDoNotGrowWithTheSheet(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{})
	count := func(rows int) float64 {
		data := plainBook(textCells(strings.Repeat("| 文字 | 12 | 3.5 |\n", rows))).bytes()
		return testing.AllocsPerRun(5, func() { r.read("a.xlsx", data) })
	}
	few, many := count(10), count(1000)
	if many > few+60 {
		t.Errorf("%v allocations for 10 rows, %v for 1000", few, many)
	}
	runtime.KeepAlive(r)
}
