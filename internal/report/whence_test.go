package report

import (
	"strings"
	"testing"
)

// A figure in a sentence is found where it stands for itself, in either language, and nowhere else.
func TestRunsOfASentence(t *testing.T) {
	q := func(printed ...string) (out []quote) {
		for _, p := range printed {
			out = append(out, quote{Printed: p, From: []string{"at " + p}, How: "#" + p})
		}
		return out
	}
	for _, c := range []struct {
		text   string
		quotes []quote
		want   string // figures in brackets
		why    string
	}{
		{"要求 4.2，毕业生 2.9，差 1.31 ± 0.19 级", q("4.2", "2.9", "1.31 ± 0.19"), "要求 [4.2]，毕业生 [2.9]，差 [1.31 ± 0.19] 级", "each in its place"},
		{"graduates 2.9, required 4.2", q("4.2", "2.9"), "graduates [2.9], required [4.2]", "the other language may tell them in another order"},
		{"由 2 到 2", q("2", "2"), "由 [2] 到 [2]", "the same number twice is two figures"},
		{"14.2 与 4.25、4.2% 及 V4.2", q("4.2"), "14.2 与 4.25、4.2% 及 V4.2", "part of a longer number, of a share or of a name is not the figure"},
		{"差 −0.48，现在 0.48。", q("0.48"), "差 −0.48，现在 [0.48]。", "a sign belongs to its number"},
		{"n = 26, 73 jobs; 1,026.", q("26", "73"), "n = [26], [73] jobs; 1,026.", "thousands stay together"},
		{"缺失 1%，其中 3%", q("1%", "3%"), "缺失 [1%]，其中 [3%]", "shares carry their sign"},
		{"没有数字", q("5", ""), "没有数字", "what the sentence does not hold is passed over"},
	} {
		var b strings.Builder
		for _, r := range runsOf(c.text, c.quotes) {
			if r.How != "" {
				r.Text = "[" + r.Text + "]"
			}
			b.WriteString(r.Text)
		}
		if b.String() != c.want {
			t.Errorf("%s: %s, want %s", c.why, b.String(), c.want)
		}
	}
}
