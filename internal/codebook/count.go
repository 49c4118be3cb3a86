package codebook

import (
	"strconv"
	"strings"
)

// Count writes a number with its English noun, which stands in the singular: "1 account", "0 accounts",
// "3 members of faculty".
func Count[N ~int | ~int64](n N, noun string) string {
	return strconv.FormatInt(int64(n), 10) + " " + Noun(n, noun)
}

// Noun is an English noun in the number that n asks for. Of "member of faculty" the first part takes it.
func Noun[N ~int | ~int64](n N, noun string) string {
	if n == 1 {
		return noun
	}
	head, of, more := strings.Cut(noun, " of ")
	if more {
		of = " of " + of
	}
	return plural(head) + of
}

// plural is the regular plural of a noun, and of "person".
func plural(noun string) string {
	if stem, is := strings.CutSuffix(noun, "person"); is {
		return stem + "people"
	}
	if stem, is := strings.CutSuffix(noun, "y"); is && stem != "" && !strings.ContainsAny(stem[len(stem)-1:], "aeiou") {
		return stem + "ies"
	}
	for _, hiss := range []string{"s", "x", "ch", "sh"} {
		if strings.HasSuffix(noun, hiss) {
			return noun + "es"
		}
	}
	return noun + "s"
}
