package codebook

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold reduces a text to the form in which codes, headers and aliases are compared: NFKC, lower
// case, without white space, no-break and zero-width characters. For keys only, never for text
// that is shown.
func Fold(s string) string {
	if plain(s) {
		return s
	}
	// Dropping and lowering can bring a letter and its mark together, hence the second pass.
	return norm.NFKC.String(strings.Map(foldRune, norm.NFKC.String(s)))
}

// plain reports whether Fold would return s as it is.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c <= ' ' || c == 0x7f || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

func foldRune(r rune) rune {
	if r <= ' ' || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
		return -1
	}
	return unicode.ToLower(r)
}
