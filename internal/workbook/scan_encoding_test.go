package workbook

import (
	"strings"
	"testing"
)

// padded is a part as load leaves it, with zeros behind.
func padded(s string) []byte {
	return append([]byte(s), make([]byte, inflateSlack)...)[:len(s)]
}

func TestJoinLineEnds(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "abc": "abc", "\r": "\n", "\r\n": "\n", "\n\r": "\n\n", "\r\r\n\r": "\n\n\n", "a\r\nb\rc\nd\r\n": "a\nb\nc\nd\n", "\r\n\r\nx": "\n\nx", "x\r": "x\n",
	} {
		got := joinLineEnds(padded(in))
		if string(got) != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if tail := string(got[len(got) : len(got)+inflateSlack]); strings.Trim(tail, "\x00") != "" {
			t.Errorf("%q: %q is left behind", in, tail)
		}
	}
}

func TestIllegalAt(t *testing.T) {
	for in, want := range map[string]int{
		"": -1, "abc\t\r\n企业": -1, "0123456\x01": 7, "01234567\x1f": 8, "0123456789\x00": 10, "\x7f": -1, "\xff": 0, "0123456789企\xe4\xbc": 13, "a\uFFFE": 1, "\uFFFD": -1, "\xed\xa0\x80": 0,
	} {
		if got, what := illegalAt([]byte(in)); got != want {
			t.Errorf("%q: %d %q, want %d", in, got, what, want)
		}
	}
}

func TestPartEncoding(t *testing.T) {
	for in, want := range map[string]string{
		`<a/>`: "", `<?xml version="1.0"?>`: "", `<?xml version="1.0" encoding="UTF-8"?>`: "", `<?xml version='1.0' encoding='utf8' ?>`: "", "\xef\xbb\xbf" + `<?xml encoding="utf-8"?>`: "",
		`<?xml version="1.0" encoding="GB2312"?>`: "GB2312", `<?xml version="1.0" encoding = "Big5"?>`: "Big5", "\xff\xfe<\x00": "UTF-16LE", "<\x00?\x00": "UTF-16LE", "\xfe\xff\x00<": "UTF-16BE", "\x00<\x00?": "UTF-16BE",
	} {
		if got, _ := partEncoding([]byte(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
