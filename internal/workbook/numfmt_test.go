package workbook

import (
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func TestWhichFormatsShowADay(t *testing.T) {
	for code, want := range map[string]bool{
		"yyyy-mm-dd":                    true,
		"yyyy\"年\"m\"月\"d\"日\"":         true,
		"yyyy年m月d日;@":                   true,
		"m/d":                           true,
		"mmm":                           true, // a month alone
		"[$-804]yyyy/m/d":               true,
		"[$-F800]dddd, mmmm dd, yyyy":   true,
		"yyyy-mm-dd hh:mm:ss":           true,
		"d":                             true,
		"[$-411]e\"年\"m\"月\"":           true,
		"aaaa":                          true,
		"[Red]yyyy":                     true,
		"YYYY-MM-DD":                    true,
		"General":                       false,
		"G/通用格式":                        false,
		"0.00":                          false,
		"0.00E+00":                      false,
		"#,##0;[Red]-#,##0":             false,
		"0;yyyy":                        false, // only negative numbers
		"h:mm":                          false,
		"hh:mm:ss":                      false,
		"mm:ss.0":                       false,
		"h:mm AM/PM":                    false,
		"[h]:mm:ss":                     false,
		"[mm]":                          false,
		"\"日\"0":                        false,
		"0\\d":                          false,
		"0_d":                           false,
		"0*d":                           false,
		"@":                             false,
		"":                              false,
		"[$¥-804]#,##0":                 false,
		"\"unclosed yyyy":               false,
		"[unclosed yyyy":                false,
		"_($* #,##0_);_($* \\(#,##0\\)": false,
		"[DBNum1][$-804]General":        false,
		"[>=100]0\"天\";yyyy":            false,
	} {
		if got := shownBy([]byte(code)); (got == shownDay) != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}

func TestWhichFormatsShowAPercentage(t *testing.T) {
	for code, want := range map[string]bool{
		"0%":                  true,
		"0.00%":               true,
		"0.00%;[Red]-0.00%":   true,
		"[>0.5]0%":            true,
		"_(0.0%_)":            true,
		"\"约\"0%":             true,
		"# ?/?%":              true,
		"0":                   false,
		"0\"%\"":              false, // a sign that multiplies nothing
		"0\\%":                false,
		"0_%":                 false,
		"0;0%":                false, // only negative numbers
		"[$%-804]0":           false,
		"yyyy-mm-dd\"%\"":     false,
		"General":             false,
		"@":                   false,
		"[unclosed %":         false,
		"\"unclosed %":        false,
		"0.0;[Red]\"%\"-0.0%": false,
	} {
		if got := shownBy([]byte(code)); (got == shownPercent) != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}

// A number that its cell shows as a percentage is read as the text that a person sees, which is also
// what a csv file of the sheet would hold.
func TestPercentages(t *testing.T) {
	styles := declXML + `<styleSheet ` + mainNS + `><numFmts count="2"><numFmt numFmtId="164" formatCode="0.0%"/>` +
		`<numFmt numFmtId="9" formatCode="0"/></numFmts><cellXfs count="5"><xf/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="1"/></cellXfs></styleSheet>`
	for _, c := range []struct{ why, xml, want string }{
		{"40% as typed", `<c r="A1" s="1"><v>0.4</v></c>`, "40%"},
		{"a format that the workbook defines", `<c r="A1" s="2"><v>0.4</v></c>`, "40%"},
		{"a format that the workbook defines anew", `<c r="A1" s="3"><v>0.4</v></c>`, "0.4"},
		{"a plain number", `<c r="A1" s="4"><v>0.4</v></c>`, "0.4"},
		{"without binary noise", `<c r="A1" s="1"><v>7.0000000000000007E-2</v></c>`, "7%"},
		{"more decimals than are shown", `<c r="A1" s="1"><v>0.40551</v></c>`, "40.551%"},
		{"a third", `<c r="A1" s="1"><v>0.33333333333333331</v></c>`, "33.3333333333%"},
		{"nothing", `<c r="A1" s="1"><v>0</v></c>`, "0%"},
		{"the whole", `<c r="A1" s="1"><v>1</v></c>`, "100%"},
		{"less than nothing", `<c r="A1" s="1"><v>-0.125</v></c>`, "-12.5%"},
		{"a text stays one", `<c r="A1" s="1" t="inlineStr"><is><t>0.4</t></is></c>`, "0.4"},
	} {
		data := plainBook(`<row r="1">`+c.xml+`</row>`).with(partStyle, styles).bytes()
		for _, thorough := range []bool{false, true} {
			r := NewReader(codebook.Default(), Limits{})
			r.thorough = thorough
			book, issues := r.read("a.xlsx", data)
			if book == nil || len(issues) > 0 {
				t.Fatalf("%s: %v", c.why, codesOf(issues))
			}
			got := book.Sheets[0].At(1, 1)
			if percent := c.want[len(c.want)-1] == '%'; got == nil || got.Text != c.want || percent && (got.Kind != survey.Text || got.Num != 0) {
				t.Errorf("%s: %+v, want %s", c.why, got, c.want)
			}
		}
	}
}

// ECMA-376 part 1, 18.8.30: the numbers that stand for a format without a code.
func TestBuiltinFormats(t *testing.T) {
	day := map[int]bool{14: true, 15: true, 16: true, 17: true, 22: true, 27: true, 28: true, 29: true, 30: true, 31: true, 36: true,
		50: true, 51: true, 52: true, 53: true, 54: true, 57: true, 58: true, 71: true, 72: true, 73: true, 74: true, 77: true}
	for id := range 170 {
		want := shownNumber
		if day[id] {
			want = shownDay
		}
		if id == 9 || id == 10 || id == 67 || id == 68 {
			want = shownPercent
		}
		if got := builtinShown(id); got != want {
			t.Errorf("format %d: %v", id, got)
		}
	}
}

// Days that Excel itself shows for serial numbers.
func TestSerialTime(t *testing.T) {
	for _, c := range []struct {
		serial   float64
		date1904 bool
		want     string // "" for no day
	}{
		{61, false, "1900-03-01 00:00:00"},
		{25569, false, "1970-01-01 00:00:00"},
		{45351, false, "2024-02-29 00:00:00"},
		{46086.5, false, "2026-03-05 12:00:00"},
		{46086.999999, false, "2026-03-06 00:00:00"}, // to the nearest second
		{2958465.999, false, "9999-12-31 23:58:34"},
		{44624, true, "2026-03-05 00:00:00"},
		{1, true, "1904-01-02 00:00:00"},
		{0, true, ""},
		{60, false, ""},
		{60.99, false, ""},
		{0, false, ""},
		{-1, false, ""},
		{2958466, false, ""},
		{2957004, true, ""},
		{1e300, false, ""},
	} {
		got, ok := serialTime(c.serial, c.date1904)
		if text := got.Format(time.DateTime); ok != (c.want != "") || ok && text != c.want {
			t.Errorf("%v (1904 %v): %s %v, want %q", c.serial, c.date1904, text, ok, c.want)
		}
		if ok && c.serial == float64(int(c.serial)) && timeSerial(got, c.date1904) != c.serial {
			t.Errorf("%v: back to %v", c.serial, timeSerial(got, c.date1904))
		}
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "12": 12, "-1.5": -1.5, "+2": 2, "1E3": 1000, ".5": 0.5, "5.": 5, "0.1": 0.1, "123456789012": 123456789012} {
		if got, ok := number([]byte(text)); !ok || got != want {
			t.Errorf("%q: %v %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-", "1e", "1e999", "NaN", "INF", "inf", "0x1", "1_000", "1,5", "１", "--1", "1.2.3"} {
		if got, ok := number([]byte(text)); ok {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}
