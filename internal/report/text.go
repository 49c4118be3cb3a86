package report

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Text is one thing said in Chinese and in English.
type Text = codebook.Text

// say pairs a Chinese sentence with its English counterpart.
func say(zh, en string) Text { return Text{ZH: zh, EN: en} }

// same is a text that reads alike in both languages: a code, a number, a name.
func same(s string) Text { return Text{ZH: s, EN: s} }

// Separators of the two languages inside a chart label. Neither can come from a workbook:
// plain drops every control character.
const (
	besideMark = "\x1f" // Chinese, then English on the same line
	belowMark  = "\x1e" // Chinese, then English on a second, smaller line
	sharedMark = "\x1d" // what stands before it belongs to both languages
)

// beside packs both languages into one chart string that the drawing script unpacks.
func beside(t Text) string { return packed(t, besideMark) }

// below is beside with the English words on a line of their own.
func below(t Text) string { return packed(t, belowMark) }

func packed(t Text, mark string) string {
	zh, en := chartText(t.ZH, 48), chartText(t.EN, 48)
	switch {
	case zh == en || en == "":
		return zh
	case zh == "":
		return en
	}
	return zh + mark + en
}

// narrow is below with both names broken into lines of at most cols columns.
func narrow(t Text, cols int) string {
	zh, en := wrap(chartText(t.ZH, 48), cols), wrap(chartText(t.EN, 48), cols)
	if en == "" || en == zh {
		return zh
	}
	return zh + belowMark + en
}

// wrap breaks s into lines of at most cols columns: Latin text at spaces, Chinese anywhere.
func wrap(s string, cols int) string {
	if w := width(s); w > cols && cols > 0 { // even lines, no orphan
		lines := (w + cols - 1) / cols
		cols = min(cols, (w+lines-1)/lines+1)
	}
	var b strings.Builder
	used := 0
	for i, word := range breakable(s) {
		w := width(word)
		if i > 0 && used+w > cols && used > 0 {
			b.WriteByte('\n')
			word, used = strings.TrimLeft(word, " "), 0
			w = width(word)
		}
		b.WriteString(word)
		used += w
	}
	return b.String()
}

// breakable splits s where a line may end: before a space and around every Chinese character.
func breakable(s string) []string {
	var parts []string
	start := 0
	for i, r := range s {
		if i > start && (r == ' ' || columns(r) == 2) {
			parts = append(parts, s[start:i])
			start = i
		}
	}
	return append(parts, s[start:])
}

// plain makes text of unknown origin fit to be shown: valid UTF-8, one line, no control or
// direction-changing characters, no wider than width columns (a Chinese character is two).
func plain(s string, width int) string {
	var b strings.Builder
	used, space := 0, false
	for _, r := range strings.ToValidUTF8(s, "�") {
		if unicode.IsSpace(r) {
			space = b.Len() > 0
			continue
		}
		if r != joiner && !unicode.IsGraphic(r) || redirects(r) {
			continue
		}
		if space {
			b.WriteByte(' ')
			used, space = used+1, false
		}
		if used += columns(r); used > width {
			return strings.TrimSpace(b.String()) + "…"
		}
		b.WriteRune(r)
	}
	return b.String()
}

// joiner holds emoji sequences together.
const joiner = 0x200d

// redirects reports characters that reorder or hide the text around them.
func redirects(r rune) bool {
	switch {
	case r >= 0x200b && r <= 0x200f && r != joiner, r >= 0x202a && r <= 0x202e,
		r >= 0x2060 && r <= 0x206f, r == 0x061c, r == 0xfeff:
		return true
	}
	return false
}

// columns is the width of r in the columns of a fixed-width line.
func columns(r rune) int {
	if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe4f || r >= 0xff00 && r <= 0xff60 || r >= 0x1f300) {
		return 2
	}
	return 1
}

// width sums columns over s.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += columns(r)
	}
	return n
}

// chartLiteral takes away what echarts and go-echarts would read as markup inside a label:
// rich-text braces, template braces and the function marker.
var chartLiteral = strings.NewReplacer("{", "｛", "}", "｝", "|", "｜", "__f__", "＿f＿")

// chartText is plain text that is also inert inside a chart.
func chartText(s string, width int) string {
	s = chartLiteral.Replace(plain(s, width))
	for strings.Contains(s, "__f__") { // a marker that appeared by joining two remains
		s = chartLiteral.Replace(s)
	}
	return s
}

// num prints v with a fixed number of decimals and a true minus sign; never "-0".
func num(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "—"
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		if strings.Trim(rest, "0.") == "" {
			return rest
		}
		return "−" + rest
	}
	return s
}

// signed prints v like num, with a plus sign where it is above zero.
func signed(v float64, decimals int) string {
	s := num(v, decimals)
	if v > 0 && strings.Trim(s, "0.") != "" {
		return "+" + s
	}
	return s
}

// count prints a whole number with a comma every three digits.
func count(n int) string {
	s := strconv.Itoa(n)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		return "−" + s
	}
	return s
}

// percent prints a share between 0 and 1.
func percent(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "—"
	}
	return num(v*100, decimals) + "%"
}

// yuan prints a monthly amount: whole yuan below ten thousand, else 万元 with its English sum beside.
func yuan(v float64) Text {
	if math.Abs(v) < 10_000 {
		return say(count(int(math.Round(v)))+" 元", "¥"+count(int(math.Round(v))))
	}
	return say(num(v/10_000, 2)+" 万元", "¥"+count(int(math.Round(v))))
}

// list joins names the way each language does: 甲、乙 and 丙.
func list(names []Text) Text {
	zh, en := make([]string, len(names)), make([]string, len(names))
	for i, n := range names {
		zh[i], en[i] = n.ZH, n.EN
	}
	return say(joinLast(zh, "、", "与"), joinLast(en, ", ", " and "))
}

func joinLast(items []string, sep, last string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], sep) + last + items[len(items)-1]
}

// within are the names with their English in lower case, for the middle of a sentence.
func within(names []Text) []Text {
	out := make([]Text, len(names))
	for i, n := range names {
		out[i] = say(n.ZH, codebook.LowerFirst(n.EN))
	}
	return out
}
