package codebook

import (
	"strings"
	"unicode"

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

// plain reports that Fold would return s as it is: nothing but ASCII marks, small letters, digits and
// common ideographs, which most of what we read consists of.
func plain(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c > ' ' && c < 0x7f && (c < 'A' || c > 'Z'):
			i++
		case ideograph(s[i:]):
			i += 3
		default:
			return false
		}
	}
	return true
}

// ideograph reports whether s begins with one of U+4E00 to U+9FFF, in UTF-8 E4 B8 80 to E9 BF BF: no
// normalisation changes them or joins them with an ASCII neighbour.
func ideograph(s string) bool {
	return len(s) >= 3 && (s[0] > 0xe4 && s[0] <= 0xe9 || s[0] == 0xe4 && s[1] >= 0xb8) && s[1]&0xc0 == 0x80 && s[2]&0xc0 == 0x80
}

func foldRune(r rune) rune {
	if r <= ' ' || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
		return -1
	}
	return unicode.ToLower(r)
}
