package codebook

import (
	"strings"
	"testing"
)

func TestMentions(t *testing.T) {
	tests := []struct{ text, want, why string }{
		{"负责网络故障排查和日志分析", "fault_diagnosis:故障排查 fault_diagnosis:日志分析", "the longest word wins over 故障"},
		{"熟悉TCP/IP、OSPF协议", "protocol_comprehension:TCP/IP protocol_comprehension:OSPF", "case does not matter"},
		{"熟悉ＯＳＰＦ", "protocol_comprehension:ＯＳＰＦ", "full width; the text is cited as it stands"},
		{"good at root   cause analysis", "fault_diagnosis:root   cause", "any space between English words"},
		{"updates the scrumptious", "", "no English word inside another"},
		{"OSPF", "protocol_comprehension:OSPF", "a text that is one word"},
		{"会用Excel", "", "optional competencies are not looked for"},
		{"", "", "nothing"},
		{"网络架构设计", "architecture_design:网络架构", "matches never overlap"},
	}
	for _, tt := range tests {
		var got []string
		for _, m := range Default().Mentions(tt.text) {
			if tt.text[m.Start:m.End] != m.Word {
				t.Errorf("%q: offsets %d–%d do not cite %q", tt.text, m.Start, m.End, m.Word)
			}
			got = append(got, string(m.Competency)+":"+m.Word)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("Mentions(%q) = %v, want %q: %s", tt.text, got, tt.want, tt.why)
		}
	}
}

// TestWordsWithSpaceAround: a word pasted with space or line ends at its ends is the word; nothing is no word.
func TestWordsWithSpaceAround(t *testing.T) {
	m := newTrie([]LexiconEntry{{Competency: "a", Words: []string{"\u3000 root cause\n", "", "  "}}})
	if n, owner := m.longest([]rune("root cause"), 0); n != len("root cause") || owner != "a" {
		t.Errorf("the word is found as %d runes of %q", n, owner)
	}
	if m.owner != "" {
		t.Error("an empty word is found everywhere")
	}
}

// Every word of the lexicon must be found in a text that is that word.
func TestEveryLexiconWordIsFound(t *testing.T) {
	cb := Default()
	for _, e := range cb.Lexicon {
		if c, _ := cb.Competency(e.Competency); c.Optional {
			continue
		}
		for _, w := range e.Words {
			got := cb.Mentions("，" + w + "。")
			if len(got) != 1 || got[0].Competency != e.Competency || got[0].Word != w {
				t.Errorf("%q gives %v, want %s", w, got, e.Competency)
			}
		}
	}
}

func FuzzMentions(f *testing.F) {
	f.Add("熟悉TCP/IP、ＯＳＰＦ root\tcause")
	f.Add("\xff故障\xfe")
	f.Add("㏂㍿ﷺ故障")
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, m := range Default().Mentions(text) {
			if m.Start < end || m.End <= m.Start || m.End > len(text) || text[m.Start:m.End] != m.Word {
				t.Fatalf("%q: bad mention %+v after %d", text, m, end)
			}
			end = m.End
		}
	})
}
