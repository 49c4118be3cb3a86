package report

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/demand"
)

func TestPlain(t *testing.T) {
	for _, c := range []struct{ in, want, why string }{
		{"  云图\t通信\r\n公司 ", "云图 通信 公司", "white space becomes one blank"},
		{"a\u202egnp.exe", "agnp.exe", "a direction override would let text lie about its order"},
		{"左\u200b右\ufeff", "左右", "invisible characters are dropped"},
		{"\x00\x1f中\x1e文\x1d", "中文", "control characters are the separators of chart labels"},
		{"坏\xff\xfe字", "坏�字", "invalid bytes stay visible as one mark"},
		{"👩‍💻 工程师", "👩‍💻 工程师", "emoji are text; their joiner stays"},
		{"<b>&amp;", "<b>&amp;", "markup is text: escaping is the template's work"},
		{"مهندس شبكات", "مهندس شبكات", "right-to-left letters are text; only the controls go"},
		{"", "", "nothing stays nothing"},
	} {
		if got := plain(c.in, 80); got != c.want {
			t.Errorf("plain(%q) = %q, want %q: %s", c.in, got, c.want, c.why)
		}
	}
	if got := plain(strings.Repeat("长", 10_000), 20); got != strings.Repeat("长", 10)+"…" {
		t.Errorf("ten thousand characters became %q", got)
	}
}

func TestChartTextIsInert(t *testing.T) {
	for in, want := range map[string]string{
		"__f__alert(1)__f__": "＿f＿alert(1)＿f＿",
		"__f____f__":         "＿f＿＿f＿",
		"{b} {small|x}":      "｛b｝ ｛small｜x｝",
		"__f\u200b__x":       "＿f＿x", // the marker must not appear once the invisible goes
	} {
		if got := chartText(in, 80); got != want {
			t.Errorf("chartText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want, why string }{
		{num(1.005, 1), "1.0", "one decimal"},
		{num(-0.004, 2), "0.00", "no negative zero"},
		{num(-1.25, 1), "−1.2", "a true minus sign"},
		{num(math.NaN(), 1), "—", "never NaN on a page"},
		{num(math.Inf(1), 1), "—", "never Inf on a page"},
		{signed(0.311, 2), "+0.31", "gaps above zero carry a sign"},
		{signed(0.001, 2), "0.00", "zero carries none"},
		{count(1930), "1,930", "groups of three"},
		{count(-12), "−12", "short numbers are left alone"},
		{count(1234567), "1,234,567", "every group"},
		{percent(0.063, 0), "6%", "shares"},
		{yuan(8500).ZH, "8,500 元", "small amounts in yuan"},
		{yuan(13500).ZH, "1.35 万元", "large ones in 万元"},
		{yuan(13500).EN, "¥13,500", "万 has no English"},
		{list([]Text{same("a"), same("b"), same("c")}).ZH, "a、b与c", "Chinese lists"},
		{list([]Text{same("a"), same("b")}).EN, "a and b", "English lists"},
		{plural(1, "enterprise"), "1 enterprise", "one"},
		{plural(0, "competency"), "0 competencies", "y becomes ies"},
		{wrap("Wireless and optical communication", 14), "Wireless and\noptical\ncommunication", "at spaces"},
		{wrap("无线与光通信", 8), "无线与\n光通信", "even lines, no orphan"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q: %s", c.got, c.want, c.why)
		}
	}
}

func TestFiguresInWords(t *testing.T) {
	skewed := fig(.1, .1, 9)
	skewed.Lo, skewed.Hi = .02, .3
	certain := fig(.4, 0, 9)
	for _, c := range []struct {
		cell cell
		zh   string
	}{
		{figureCell(fig(1.31, .19, 9), 2, withMargin), "1.31 ± 0.19"},
		{figureCell(fig(.36, .12, 9), 0, asPercent), "36% ± 12"},
		{figureCell(skewed, 0, asPercent), "10% (2–30)"}, // an interval that is not centred is shown as it is
		{figureCell(certain, 2, withMargin), "0.40"},
		{figureCell(demand.Figure{Estimate: 2, Flag: demand.Good}, 1, withMargin), "2.0"}, // one enterprise: no error to show
		{figureCell(fig(1930.4, 100, 9), 0, asCount), "1,930"},
		{figureCell(held(demand.WithheldFew), 2, withMargin), "样本不足，不予公布"},
		{figureCell(held(demand.WithheldComplement), 2, bare), "防止反推，不予公布"},
		{figureCell(held(demand.WithheldPrecision), 0, asPercent), "误差过大，不予公布"},
		{figureCell(demand.Figure{}, 2, bare), "无数据"},
	} {
		if got := c.cell.Print().ZH; got != c.zh {
			t.Errorf("%+v reads %q, want %q", *c.cell.Figure, got, c.zh)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := plain(s, 40)
		if !utf8.ValidString(p) || width(p) > 42 || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || redirects(r) }) {
			t.Errorf("plain(%q) = %q", s, p)
		}
		c := chartText(s, 40)
		if strings.ContainsAny(c, "{}|\x1d\x1e\x1f") || strings.Contains(c, "__f__") {
			t.Errorf("chartText(%q) = %q", s, c)
		}
		if i := Inert(s); i != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(i)[0]) {
			t.Errorf("Inert(%q) = %q", s, i)
		}
	})
}
