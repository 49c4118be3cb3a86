package codebook

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// LowerFirst starts an English name in lower case for the middle of a sentence. A first word with
// a further capital (HCIA, IoT, HarmonyOS) is a name of its own and keeps it.
func LowerFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	word, _, _ := strings.Cut(s[n:], " ")
	if !unicode.IsUpper(first) || strings.IndexFunc(word, unicode.IsUpper) >= 0 {
		return s
	}
	return string(unicode.ToLower(first)) + s[n:]
}

// UpperFirst starts an English sentence.
func UpperFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}
