package codebook

import (
	"strings"
	"testing"
	"unicode"
)

// Every rule in force says what, why, how to mend it, and how a cell looks before and after, in both
// languages: Chinese in Chinese, English without a Chinese character in its example.
func TestEveryRuleSpeaksBothLanguages(t *testing.T) {
	han := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	rules := Default().Rules
	if len(rules) < 150 {
		t.Fatalf("%d rules", len(rules))
	}
	for i := range rules {
		r := &rules[i]
		if r.Retired {
			continue
		}
		for name, text := range map[string]Text{"title": r.Title, "message": r.Message, "fix": r.Fix, "why": r.Why} {
			if placeholder.ReplaceAllString(text.ZH, "") == "" && text.ZH != "" {
				continue // the reason itself, which whoever refuses gives in both languages
			}
			if !han(text.ZH) || strings.TrimSpace(text.EN) == "" || text.EN == text.ZH {
				t.Errorf("%s: the %s is not in both languages: %q, %q", r.Code, name, text.ZH, text.EN)
			}
		}
		before, after := r.Example()
		for name, text := range map[string]Text{"before": before, "after": after} {
			if strings.TrimSpace(text.ZH) == "" || strings.TrimSpace(text.EN) == "" || han(text.EN) {
				t.Errorf("%s: the example %s is not in both languages: %q, %q", r.Code, name, text.ZH, text.EN)
			}
		}
		if before.EN == after.EN {
			t.Errorf("%s: the English example does not change: %q", r.Code, before.EN)
		}
	}
}
