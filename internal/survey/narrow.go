package survey

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// narrow returns a text ready for parsing: full-width ASCII made half-width, every kind of
// white space one blank, zero-width characters gone, ends trimmed. It is for reading numbers,
// dates and codes, never for text that is shown. A clean ASCII text comes back as it is.
func narrow(s string) string {
	if asciiClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for _, r := range s {
		switch r = narrowRune(r); {
		case r < 0:
		case r == ' ':
			blank = b.Len() > 0
		default:
			if blank {
				b.WriteByte(' ')
				blank = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

func asciiClean(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == 0x7f {
			return false
		}
		if c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// narrowRune maps one character; -1 drops it.
func narrowRune(r rune) rune {
	switch {
	case r == '\u3000' || r == '\u00a0' || unicode.IsSpace(r):
		return ' '
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '。' || r == '．':
		return '.'
	case r == '—' || r == '–' || r == '―' || r == '‐' || r == '‑' || r == '−' || r == '─':
		return '-'
	case r == '〜' || r == '∼':
		return '~'
	case r < ' ' || r == 0x7f || unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}

// squeeze removes the blanks that narrow leaves.
func squeeze(s string) string {
	if !strings.Contains(s, " ") {
		return s
	}
	return strings.ReplaceAll(s, " ", "")
}

// tidy trims a text that is kept and shown: white space of any kind and zero-width
// characters at its ends, NBSP within it made a blank, CRLF made LF.
func tidy(s string) string {
	if asciiClean(s) {
		return s
	}
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
	if strings.IndexByte(s, '\r') >= 0 || strings.Contains(s, "\u00a0") {
		s = nbsp.Replace(s)
	}
	return s
}

var nbsp = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u00a0", " ")

// digitRun is how many digits a text begins with.
func digitRun(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}
