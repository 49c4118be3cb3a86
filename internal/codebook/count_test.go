package codebook

import "testing"

func TestCount(t *testing.T) {
	for _, c := range []struct {
		n          int
		noun, want string
		why        string
	}{
		{1, "account", "1 account", "one"},
		{0, "account", "0 accounts", "none takes the plural"},
		{2, "account", "2 accounts", "several"},
		{21, "account", "21 accounts", "twenty-one is no one"},
		{2, "competency", "2 competencies", "y after a consonant"},
		{2, "day", "2 days", "y after a vowel"},
		{2, "hash", "2 hashes", "a hissing sound"},
		{1, "person", "1 person", "one person"},
		{3, "person", "3 people", "the irregular one"},
		{1, "member of faculty", "1 member of faculty", "one of something"},
		{3, "member of faculty", "3 members of faculty", "the first part takes the plural"},
		{3, "pair of enterprises", "3 pairs of enterprises", "what it is of stays"},
		{2, "other technology", "2 other technologies", "words before stay"},
	} {
		if got := Count(c.n, c.noun); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}
