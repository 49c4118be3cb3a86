package survey

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// How a text was read as a number; the words of Change.How.
const (
	HowFullWidth   = "full_width"       // １２ → 12
	HowSpaces      = "spaces"           // blanks around or inside the answer
	HowUnit        = "unit"             // 5分, 120人
	HowDecimal     = "decimal"          // 5.0 → 5
	HowThousands   = "thousands"        // 1,200
	HowTenThousand = "ten_thousand"     // 1.2万
	HowApprox      = "approximate"      // 约120
	HowChinese     = "chinese_numeral"  // 五 → 5
	HowScaleWord   = "scale_word"       // 较高 → 4
	HowTextDate    = "text_date"        // 2026年3月5日
	HowYearAdded   = "year_of_campaign" // 3月5日
	HowSerial      = "serial_date"      // 46310
	HowTime        = "time_dropped"     // 2026-03-05 14:30
	HowAlias       = "alias"            // another spelling of a code
	HowSeparators  = "separators"       // several answers in one cell
	HowMissing     = "missing_word"     // 不清楚
	HowSalaryRange = "salary_range"     // 8k-12k
	HowSalaryOpen  = "salary_open"      // 10k以上
	HowSalaryYear  = "salary_year"      // 20万/年
	HowNegotiable  = "salary_open_talk" // 面议
	HowNumberText  = "number_to_text"   // a staff number typed as a number
	HowMasked      = "masked"           // a phone or identity number taken out of a text
	HowMerged      = "merged"           // the value of a merged cell, for a row it covers
	HowUpper       = "upper_case"       // letters of a code made capital
	HowMapped      = "mapping"          // a value translated or supplied by the mapping
	HowRoster      = "roster"           // completed from the roster
	HowOther       = "other_text"       // 其他（…）
)

// units are the words people put behind a count or a mark.
var units = []string{
	"年度", "人次", "个人", "学时", "课时", "学分", "人", "名", "个", "位", "岗", "家", "分", "级", "年", "岁", "台", "次", "门", "项", "件",
	"人民币", "元", "persons", "people", "years", "hours", "points", "year", "hrs", "hr", "h", "yrs", "yr",
}

// ParseNumber reads one number the way people write it: full-width digits, thousands
// commas, 万, a unit behind it, 约 before it. how names the most telling normalisation, ""
// when the text was a plain number. It never reads a range or two numbers as one.
func ParseNumber(text string) (value float64, how string, ok bool) {
	s, ok := closeUp(text)
	if !ok {
		return 0, "", false
	}
	if s != text {
		how = HowSpaces
		if hasWide(text) {
			how = HowFullWidth
		}
	}
	if v, err := plainNumber(s); err == nil {
		return v, how, true
	}
	if v, ok := chineseNumeral(stripUnit(s)); ok {
		return float64(v), HowChinese, true
	}
	return dressedNumber(s)
}

// closeUp narrows a text and takes its blanks out. A blank or a line break between digits may part two numbers:
// it becomes a comma, which thousands judges (1 200 000); ok is false where no comma could stand. A first group of
// three would make two equals of it: 100 200 is rather from 100 to 200.
func closeUp(text string) (s string, ok bool) {
	s = narrow(text)
	if !strings.Contains(s, " ") {
		return s, true
	}
	single := !strings.ContainsAny(s, ",") && !strings.ContainsAny(strings.TrimSpace(text), "\n\r\v\f\u0085\u2028\u2029")
	words := strings.Split(s, " ")
	s = words[0]
	group := false // the last blank became a comma
	for i, w := range words[1:] {
		last, _ := utf8.DecodeLastRuneInString(s)
		first, _ := utf8.DecodeRuneInString(w)
		if !strings.ContainsRune(numerals, last) || !strings.ContainsRune(numerals, first) {
			s, group = s+w, false
			continue
		}
		if !single || !group && !opensGroups(words[i]) {
			return "", false
		}
		s, group = s+","+w, true
	}
	return s, true
}

// numerals are what a number may begin or end with.
const numerals = "0123456789.,十两〇" + chineseDigits

// opensGroups reports whether a word ends with one or two digits that can be the first group of a number.
func opensGroups(w string) bool {
	head := strings.TrimRight(w, "0123456789")
	n := len(w) - len(head)
	return (n == 1 || n == 2) && w[len(head)] != '0'
}

// hasWide reports whether the text holds a full-width ASCII character.
func hasWide(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= '！' && r <= '～' })
}

// dressedNumber reads a number with an approximation before it and a unit behind it.
func dressedNumber(s string) (float64, string, bool) {
	how := HowUnit
	for _, word := range []string{"大约", "约", "近", "~", "about"} {
		if rest, cut := strings.CutPrefix(s, word); cut && rest != "" {
			s, how = rest, HowApprox
			break
		}
	}
	for _, word := range []string{"左右", "上下"} {
		if rest, cut := strings.CutSuffix(s, word); cut {
			s, how = rest, HowApprox
			break
		}
	}
	s = stripUnit(s)
	factor := 1.0
	for _, m := range []struct {
		word  string
		times float64
	}{{"万", 1e4}, {"千", 1e3}} {
		if rest, cut := strings.CutSuffix(s, m.word); cut {
			s, factor, how = rest, m.times, HowTenThousand
		}
	}
	if joined, ok := thousands(s); ok {
		s = joined
		if how == HowUnit {
			how = HowThousands
		}
	}
	v, err := plainNumber(s)
	if err != nil {
		return 0, "", false
	}
	return cleanProduct(v, factor), how, true
}

// cleanProduct multiplies and takes away the binary noise of 1.1 × 10,000.
func cleanProduct(v, factor float64) float64 {
	return math.Round(v*factor*1e6) / 1e6
}

func stripUnit(s string) string {
	for _, u := range units {
		if len(s) > len(u) && strings.EqualFold(s[len(s)-len(u):], u) {
			return s[:len(s)-len(u)]
		}
	}
	return s
}

// plainNumber reads digits with an optional sign and decimal point: no exponent, no Inf,
// no hexadecimal, which nobody means in a survey.
func plainNumber(s string) (float64, error) {
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
		case (c == '-' || c == '+') && i == 0:
		default:
			return 0, strconv.ErrSyntax
		}
	}
	if digits == 0 || digits > 15 {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(s, 64)
}

// thousands takes the commas out of 1,200 and 12,345,678.5; anything else is left alone.
func thousands(s string) (string, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	parts := strings.Split(whole, ",")
	if len(parts) < 2 || len(parts[0]) == 0 || len(parts[0]) > 3 || strings.Contains(fraction, ",") {
		return s, false
	}
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return s, false
		}
	}
	return strings.ReplaceAll(s, ",", ""), true
}

const chineseDigits = "零一二三四五六七八九"

// chineseNumeral reads 五, 十二, 三十, 二十一 (0 to 99). Nothing larger is written so in a cell.
func chineseNumeral(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	tens, ones, hasTen := strings.Cut(s, "十")
	if !hasTen {
		return chineseDigit(s)
	}
	t, o := 1, 0
	if tens != "" {
		v, ok := chineseDigit(tens)
		if !ok || v == 0 {
			return 0, false
		}
		t = v
	}
	if ones != "" {
		v, ok := chineseDigit(ones)
		if !ok || v == 0 {
			return 0, false
		}
		o = v
	}
	return 10*t + o, true
}

func chineseDigit(s string) (int, bool) {
	switch s {
	case "〇":
		return 0, true
	case "两":
		return 2, true
	}
	if len(s) != 3 {
		return 0, false
	}
	i := strings.Index(chineseDigits, s)
	return i / 3, i >= 0 && i%3 == 0
}

// ParseInt is ParseNumber for whole numbers: 5.0 is 5, 5.5 is no integer.
func ParseInt(text string) (value int, how string, ok bool) {
	v, how, ok := ParseNumber(text)
	if !ok || v != math.Trunc(v) || math.Abs(v) > 1e12 {
		return 0, "", false
	}
	if how == "" && strings.Contains(text, ".") {
		how = HowDecimal
	}
	return int(v), how, true
}
