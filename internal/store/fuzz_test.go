package store

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// FuzzCellText: what is written comes back, and nothing that is read can break the reader.
func FuzzCellText(f *testing.F) {
	f.Add("岗位 Jobs", "岗位 Jobs", 4, 40, "B12")
	f.Add("a!b", "走访", 1048576, 16384, "7:7")
	f.Add("", "x", 0, 0, "!!")
	f.Fuzz(func(t *testing.T, sheet, own string, row, col int, text string) {
		_ = parseCellText(text, own)
		at := survey.Ref{Sheet: sheet, Row: 1 + abs(row)%1048576, Col: abs(col) % 16385}
		if got := parseCellText(cellText(at, own), own); got != at {
			t.Errorf("%+v came back as %+v", at, got)
		}
	})
}

func abs(n int) int { return max(n, -(n + 1)) }

// FuzzPackedRows: a text that is no packed row, or half of one, ends the reading; it never
// breaks it or makes it run on.
func FuzzPackedRows(f *testing.F) {
	f.Add("32768\x1fnetwork\x1fiot\x1fcollege\x1f[]\x1f543\x1f1\x1f3\x1f\x1f6000\x1f9000\x1f3\x1f5\x1fabc\x1fdefgh")
	f.Add("1\x1f-5\x1f99999999999999999999")
	f.Fuzz(func(t *testing.T, text string) {
		l := &sampler{sample: &demand.Sample{Visits: make([]demand.Visit, 1)}, place: []int32{0}, first: 1,
			words: make(map[string]string), lists: make(map[string][]string)}
		l.sample.Jobs.Ratings = make([][demand.Measures][]uint8, 1)
		l.reserve(len(text) + 1)
		columns := map[string][]int{"1": {0, -1, 0}}
		for r := (record{text}); r.rest != ""; {
			before := len(r.rest)
			l.addJob(&r, columns, make(map[string][]survey.Certificate))
			if len(r.rest) >= before {
				t.Fatal("nothing was read")
			}
		}
	})
}

// FuzzCellMap: no text breaks the reader of cell maps.
func FuzzCellMap(f *testing.F) {
	f.Add(`[["visit_date","C",0],["faculty_id","B",2,"其他"]]`)
	f.Add(`[[],[1,2,3]]`)
	f.Fuzz(func(t *testing.T, text string) {
		cells, err := parseCellMap(text)
		if err == nil {
			refs(cells, "s", 1)
		}
	})
}
