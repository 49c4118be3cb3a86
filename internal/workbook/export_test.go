package workbook

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// hostileTexts are texts that a careless export turns into formulas, links or escapes.
var hostileTexts = []string{
	"=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/c calc'!A0", "=HYPERLINK(\"http://x\",\"y\")", "\t=1", "\r=1", "＝1",
	"<script>alert(1)</script>", "]]>", "_x0041_", "a\x00b\x07", "\u202e反", " 前后空格 ", "第一行\n第二行", "'单引号",
}

func TestExportedTextStaysText(t *testing.T) {
	table := Table{Name: "数据: [1]/2", Title: "=标题", Notes: []string{"@note"}, Columns: []TableColumn{{Header: "=文本"}}}
	for _, s := range hostileTexts {
		table.Rows = append(table.Rows, []any{s})
	}
	data, err := WriteTable([]Table{table})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range mustPack(t, data).names() {
		if strings.Contains(name, "worksheets") && strings.Contains(string(mustPart(t, mustPack(t, data), name)), "<f") {
			t.Errorf("%s holds a formula", name)
		}
	}
	x := openOracle(t, data)
	sheet := x.GetSheetList()[0]
	for i, want := range hostileTexts {
		got, err := x.GetCellValue(sheet, a1(4+i, 1))
		want = strings.NewReplacer("\x00", "_x0000_", "\x07", "\a", "\r", "\r").Replace(want)
		got = strings.NewReplacer("_x0000_", "_x0000_").Replace(got)
		if err != nil || strings.TrimSpace(got) != strings.TrimSpace(want) && !strings.ContainsRune(hostileTexts[i], 0) {
			t.Errorf("%q came back as %q (%v)", hostileTexts[i], got, err)
		}
	}
}

func TestExportedFigures(t *testing.T) {
	data, err := WriteTable([]Table{
		{Name: "差距", Columns: []TableColumn{{Header: "能力"}, {Header: "差距", Format: "0.00"}, {Header: "占比", Format: "0%"}, {Header: "n"}},
			Rows: [][]any{{"协议理解", 1.256, 0.5, 12}, {"项目管理", nil, "样本不足", int64(3)}}},
		{Name: "差距", Columns: []TableColumn{{Header: "真假"}}, Rows: [][]any{{true}, {false}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	look(t, "table.xlsx", data)
	x := openOracle(t, data)
	if got := x.GetSheetList(); !reflect.DeepEqual(got, []string{"差距", "差距 2"}) {
		t.Fatalf("sheets %v", got)
	}
	shown, _ := x.GetRows("差距")
	if want := [][]string{{"能力", "差距", "占比", "n"}, {"协议理解", "1.26", "50%", "12"}, {"项目管理", "", "样本不足", "3"}}; !reflect.DeepEqual(shown, want) {
		t.Errorf("shown as %q", shown)
	}
	raw, _ := x.GetCellValue("差距", "B2", excelize.Options{RawCellValue: true})
	if raw != "1.256" {
		t.Errorf("stored as %s", raw)
	}
}

func TestExportRefusesWhatIsNoFigure(t *testing.T) {
	for name, table := range map[string]Table{
		"not a number":   {Name: "a", Columns: []TableColumn{{Header: "x"}}, Rows: [][]any{{math.NaN()}}},
		"infinite":       {Name: "a", Columns: []TableColumn{{Header: "x"}}, Rows: [][]any{{math.Inf(1)}}},
		"a structure":    {Name: "a", Columns: []TableColumn{{Header: "x"}}, Rows: [][]any{{struct{}{}}}},
		"too many cells": {Name: "a", Columns: []TableColumn{{Header: "x"}}, Rows: [][]any{{1, 2}}},
	} {
		if _, err := WriteTable([]Table{table}); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if _, err := WriteTable(nil); err == nil {
		t.Error("a workbook without sheets was written")
	}
}

// FuzzCellText holds every text to coming back as it was, read by our own reader.
func FuzzCellText(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if units(s) > cellText || s == "" {
			return
		}
		s = strings.ToValidUTF8(s, "\uFFFD")
		if strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 && !strings.ContainsRune("\t\n\r", r) || r >= 0xFFFE && r <= 0xFFFF }) {
			return // written as _xHHHH_, which the reader leaves to be seen
		}
		data, err := WriteTable([]Table{{Name: "t", Columns: []TableColumn{{Header: "h"}}, Rows: [][]any{{s}}}})
		if err != nil {
			t.Fatal(err)
		}
		book, _, err := Read("t.xlsx", data, defaultBook(), Limits{})
		if err != nil || book == nil {
			t.Fatalf("%q cannot be read back", s)
		}
		if c := book.Sheets[0].At(2, 1); c == nil || c.Text != s {
			t.Fatalf("%q came back as %+v", s, c)
		}
	})
}
