package workbook

import (
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func TestCells(t *testing.T) {
	text := func(s string) *survey.Cell { return &survey.Cell{Kind: survey.Text, Text: s} }
	num := func(s string, n float64) *survey.Cell { return &survey.Cell{Kind: survey.Number, Text: s, Num: n} }
	date := func(s string, n float64, y, m, d int) *survey.Cell {
		return &survey.Cell{Kind: survey.Date, Text: s, Num: n, Time: time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)}
	}
	formula := func(c *survey.Cell) *survey.Cell { c.Formula = true; return c }
	for _, c := range []struct {
		why  string
		xml  string // the cell, whose address is A1
		want *survey.Cell
		flag ruleID
	}{
		{"a shared text", `<c r="A1" t="s"><v>0</v></c>`, text("甲公司"), ""},
		{"runs are joined, reading aids left out", `<c r="A1" t="s"><v>1</v></c>`, text("云 平台"), ""},
		{"references are resolved", `<c r="A1" t="s"><v>2</v></c>`, text("a&b"), ""},
		{"white space around an index", `<c r="A1" t="s"><v> 2 </v></c>`, text("a&b"), ""},
		{"an inline text", `<c r="A1" t="inlineStr"><is><t>x</t></is></c>`, text("x"), ""},
		{"an inline text keeps its spaces", `<c r="A1" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>`, text(" x "), ""},
		{"inline runs", `<c r="A1" t="inlineStr"><is><r><t>x</t></r><r><t>y</t></r></is></c>`, text("xy"), ""},
		{"CDATA is text", `<c r="A1" t="inlineStr"><is><t><![CDATA[<b>&]]></t></is></c>`, text("<b>&"), ""},
		{"character references", `<c r="A1" t="inlineStr"><is><t>&#20225;&#x4E1A;&lt;</t></is></c>`, text("企业<"), ""},
		{"a comment inside a cell", `<c r="A1"><!-- x --><v>5</v></c>`, num("5", 5), ""},
		{"single quotes", `<c r='A1' t='s'><v>0</v></c>`, text("甲公司"), ""},
		{"attributes in another order", `<c t="s" s="0" r="A1"><v>0</v></c>`, text("甲公司"), ""},
		{"white space in the tag", "<c\n r=\"A1\"  t=\"s\" ><v>0</v></c >", text("甲公司"), ""},
		{"line ends are one kind", "<c r=\"A1\" t=\"inlineStr\"><is><t>a\r\nb\rc</t></is></c>", text("a\nb\nc"), ""},
		{"an escape is restored", `<c r="A1" t="inlineStr"><is><t>a_x000D_b_x0041_</t></is></c>`, text("a\rbA"), "F104"},
		{"an escaped underscore", `<c r="A1" t="inlineStr"><is><t>_x005F_x0041_</t></is></c>`, text("_x0041_"), "F104"},
		{"an escape no text may hold stays as it is", `<c r="A1" t="inlineStr"><is><t>a_x0001_</t></is></c>`, text("a_x0001_"), "F104"},
		{"half an escape is text", `<c r="A1" t="inlineStr"><is><t>a_x00_b_x</t></is></c>`, text("a_x00_b_x"), ""},
		{"an empty text is no content", `<c r="A1" t="inlineStr"><is><t></t></is></c>`, nil, ""},
		{"an empty value is no content", `<c r="A1"><v></v></c>`, nil, ""},
		{"an empty shared value is no content", `<c r="A1" t="s"><v/></c>`, nil, ""},
		{"a cell with a style only", `<c r="A1" s="1"/>`, nil, ""},
		{"a whole number", `<c r="A1"><v>12</v></c>`, num("12", 12), ""},
		{"digits stay as stored", `<c r="A1"><v>0.30000000000000004</v></c>`, num("0.30000000000000004", 0.30000000000000004), ""},
		{"a negative number", `<c r="A1" t="n"><v>-1.5e3</v></c>`, num("-1.5e3", -1500), ""},
		{"white space around a number", `<c r="A1"><v> 7 </v></c>`, num("7", 7), ""},
		{"leading zeros stay in the digits", `<c r="A1"><v>007</v></c>`, num("007", 7), ""},
		{"a number that is none", `<c r="A1"><v>NaN</v></c>`, text("NaN"), "F101"},
		{"no hexadecimal", `<c r="A1"><v>0x10</v></c>`, text("0x10"), "F101"},
		{"no number of infinite size", `<c r="A1"><v>1e999</v></c>`, text("1e999"), "F101"},
		{"a long code has lost digits", `<c r="A1"><v>3.1010119900101102E+17</v></c>`, num("3.1010119900101102E+17", 310101199001011020), "F102"},
		{"fifteen digits are safe", `<c r="A1"><v>202300112345678</v></c>`, num("202300112345678", 202300112345678), ""},
		{"a true value", `<c r="A1" t="b"><v>1</v></c>`, &survey.Cell{Kind: survey.Bool, Text: "TRUE", Num: 1}, ""},
		{"a false value", `<c r="A1" t="b"><v>0</v></c>`, &survey.Cell{Kind: survey.Bool, Text: "FALSE"}, ""},
		{"an error", `<c r="A1" t="e"><v>#N/A</v></c>`, &survey.Cell{Kind: survey.ErrorValue, Text: "#N/A"}, ""},
		{"a day", `<c r="A1" s="1"><v>46086</v></c>`, date("2026-03-05", 46086, 2026, 3, 5), ""},
		{"a built-in day format", `<c r="A1" s="4"><v>46086</v></c>`, date("2026-03-05", 46086, 2026, 3, 5), ""},
		{"a day with its time", `<c r="A1" s="1"><v>46086.75</v></c>`, date("2026-03-05 18:00:00", 46086.75, 2026, 3, 5), ""},
		{"a second before midnight", `<c r="A1" s="1"><v>46265.999988425923</v></c>`, date("2026-08-31 23:59:59", 46265.999988425923, 2026, 8, 31), ""},
		{"a time alone is no day", `<c r="A1" s="2"><v>0.5</v></c>`, num("0.5", 0.5), ""},
		{"a duration is no day", `<c r="A1" s="3"><v>61.5</v></c>`, num("61.5", 61.5), ""},
		{"29 February 1900 never was", `<c r="A1" s="1"><v>60</v></c>`, num("60", 60), "F100"},
		{"the first safe day", `<c r="A1" s="1"><v>61</v></c>`, date("1900-03-01", 61, 1900, 3, 1), ""},
		{"the last day", `<c r="A1" s="1"><v>2958465</v></c>`, date("9999-12-31", 2958465, 9999, 12, 31), ""},
		{"behind the last day", `<c r="A1" s="1"><v>2958466</v></c>`, num("2958466", 2958466), "F100"},
		{"before all days", `<c r="A1" s="1"><v>-3</v></c>`, num("-3", -3), "F100"},
		{"an ISO day", `<c r="A1" t="d"><v>2026-03-05</v></c>`, date("2026-03-05", 46086, 2026, 3, 5), ""},
		{"an ISO day with midnight", `<c r="A1" t="d"><v>2026-03-05T00:00:00</v></c>`, date("2026-03-05", 46086, 2026, 3, 5), ""},
		{"an ISO moment keeps its clock", `<c r="A1" t="d"><v>2026-03-05T23:30:00+08:00</v></c>`, date("2026-03-05 23:30:00", 46086.979166666664, 2026, 3, 5), ""},
		{"an ISO day that never was", `<c r="A1" t="d"><v>2026-02-30</v></c>`, text("2026-02-30"), "F118"},
		{"a formula with its value", `<c r="A1"><f>1+1</f><v>2</v></c>`, formula(num("2", 2)), ""},
		{"a formula with a text", `<c r="A1" t="str"><f>"a"</f><v>ab</v></c>`, formula(text("ab")), ""},
		{"a shared formula", `<c r="A1"><f t="shared" si="0"/><v>2</v></c>`, formula(num("2", 2)), ""},
		{"a formula without a value", `<c r="A1"><f>1+1</f></c>`, formula(&survey.Cell{Kind: survey.ErrorValue}), "F105"},
		{"an empty value is none", `<c r="A1"><f>1+1</f><v></v></c>`, formula(&survey.Cell{Kind: survey.ErrorValue}), "F105"},
		{"nor is white space", `<c r="A1"><f>1+1</f><v> </v></c>`, formula(&survey.Cell{Kind: survey.ErrorValue}), "F105"},
		{"a formula whose text was never computed", `<c r="A1" t="str"><f>"a"</f></c>`, formula(&survey.Cell{Kind: survey.ErrorValue}), "F105"},
		{"a formula whose text is empty", `<c r="A1" t="str"><f>""</f><v></v></c>`, nil, ""},
		{"an empty value without a formula", `<c r="A1"><v></v></c>`, nil, ""},
		{"a picture in a cell of WPS", `<c r="A1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>`, nil, "F117"},
		{"a picture as text", `<c r="A1" t="inlineStr"><is><t>=DISPIMG("ID_1",1)</t></is></c>`, nil, "F117"},
		{"a picture in a cell of Excel", `<c r="A1" t="e" vm="1"><v>#VALUE!</v></c>`, nil, "F117"},
		{"an extension of a cell", `<c r="A1"><v>5</v><extLst><ext uri="x"/></extLst></c>`, num("5", 5), ""},
	} {
		data := plainBook(`<row r="1">` + c.xml + `</row>`).bytes()
		for _, thorough := range []bool{false, true} {
			r := NewReader(codebook.Default(), Limits{})
			r.thorough = thorough
			book, issues := r.read("a.xlsx", data)
			if book == nil {
				t.Errorf("%s: refused: %v", c.why, codesOf(issues))
				continue
			}
			if got := codesOf(issues); got != string(c.flag) {
				t.Errorf("%s: issues %q, want %q", c.why, got, c.flag)
			}
			sameCell(t, c.why, book.Sheets[0].At(1, 1), c.want)
		}
	}
}

// codesOf lists the codes of issues.
func codesOf(issues []survey.Issue) string {
	s := ""
	for i, issue := range issues {
		if i > 0 {
			s += " "
		}
		s += string(issue.Code)
	}
	return s
}

func sameCell(t *testing.T, why string, got, want *survey.Cell) {
	t.Helper()
	if got == nil || want == nil {
		if got != want {
			t.Errorf("%s: got %+v, want %+v", why, got, want)
		}
		return
	}
	w := *want
	w.Col = 1
	if *got != w {
		t.Errorf("%s: got %+v, want %+v", why, *got, w)
	}
}

func TestDatesOf1904(t *testing.T) {
	p := plainBook(`<row><c s="1"><v>45000</v></c></row>`).
		with(partBook, declXML+`<workbook `+mainNS+`><workbookPr date1904="1"/><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	book, issues := NewReader(codebook.Default(), Limits{}).read("a.xlsx", p.bytes())
	if book == nil || codesOf(issues) != "F103" {
		t.Fatalf("issues %q", codesOf(issues))
	}
	if c := book.Sheets[0].At(1, 1); c.Text != "2027-03-16" || c.Num != 45000 {
		t.Errorf("got %+v", c)
	}
}

// Cells and rows without addresses follow one another; an address moves the count.
func TestPositionsWithoutAddresses(t *testing.T) {
	rows := `<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c r="D3"><v>4</v></c><c><v>5</v></c></row><row r="9"><c><v>6</v></c></row>`
	s := mustRead(t, "a.xlsx", plainBook(rows).bytes()).Sheets[0]
	for _, c := range []struct {
		row, col int
		text     string
	}{{1, 1, "1"}, {1, 3, "3"}, {3, 4, "4"}, {3, 5, "5"}, {9, 1, "6"}} {
		if got := s.At(c.row, c.col); got == nil || got.Text != c.text {
			t.Errorf("row %d column %d is %+v, want %s", c.row, c.col, got, c.text)
		}
	}
}
