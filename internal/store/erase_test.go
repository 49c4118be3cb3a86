package store

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// A staff number is replaced where it stands by itself, a name wherever it stands.
func TestDisguise(t *testing.T) {
	d := Disguise{Staff: "T00012", Names: []string{"张示例", "样"}, Pseudonym: "erased-x"}
	for _, c := range []struct{ why, in, want string }{
		{"the number alone", "T00012", "erased-x"},
		{"in another case, with blanks", " t00012 ", "erased-x"},
		{"in a file name", "走访-T00012-张示例.xlsx", "走访-erased-x-（已清除）.xlsx"},
		{"between Chinese characters", "工号t00012号", "工号erased-x号"},
		{"twice", "T00012,T00012", "erased-x,erased-x"},
		{"part of a longer number", "T000123 XT00012", "T000123 XT00012"},
		{"a short name alone", "样", "（已清除）"},
		{"a short name inside a word", "样例企业", "样例企业"},
		{"nobody", "李示例", "李示例"},
		{"nothing", "", ""},
	} {
		if got := d.Text(c.in); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.why, c.in, got, c.want)
		}
	}
	short := Disguise{Staff: "12", Pseudonym: "erased-y"}
	if got := short.Text("12 家企业"); got != "12 家企业" || short.Text("12") != "erased-y" {
		t.Errorf("a number of two digits: %q", got)
	}
}

func FuzzDisguise(f *testing.F) {
	f.Add("走访-T00012-张示例.xlsx")
	f.Add("\xffT00012\u0130")
	d := Disguise{Staff: "T00012", Names: []string{"张示例"}, Pseudonym: "erased-x"}
	f.Fuzz(func(t *testing.T, s string) {
		once := d.Text(s)
		if d.Text(once) != once || strings.Contains(once, "张示例") {
			t.Errorf("%q becomes %q", s, once)
		}
	})
}

// An accepted visit is edited by nobody but an erasure, and an erasure needs a reason and everything
// that the person stands in.
func TestErasureIsGuarded(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	if _, err := s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "x", Pseudonym: "erased-x"}}, Act{By: "u1"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "x", Pseudonym: "erased-x"}}, Act{By: "u1", Reason: "made up"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
}
