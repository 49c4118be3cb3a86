package workbook

import (
	"testing"
	"time"
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
		if got := showsDay([]byte(code)); got != want {
			t.Errorf("%q: %v, want %v", code, got, want)
		}
	}
}

// ECMA-376 part 1, 18.8.30: the numbers that stand for a format without a code.
func TestBuiltinDayFormats(t *testing.T) {
	day := map[int]bool{14: true, 15: true, 16: true, 17: true, 22: true, 27: true, 28: true, 29: true, 30: true, 31: true, 36: true,
		50: true, 51: true, 52: true, 53: true, 54: true, 57: true, 58: true, 71: true, 72: true, 73: true, 74: true, 77: true}
	for id := range 170 {
		if builtinDay(id) != day[id] {
			t.Errorf("format %d: %v", id, builtinDay(id))
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
