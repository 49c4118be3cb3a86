package survey

import (
	"strings"
	"unicode/utf8"
)

// maskPersonal replaces the digits of mobile, landline and identity numbers in a text by asterisks, however
// they are typed: 13812345678, +86 138-1234-5678, １３８１２３４５６７８, 0755-26731234, 350102 19900101 123X. Ranges of wages,
// years, days and unified social credit codes are none. A landline number counts with its area code only; a hotline (400…) is no person's.
func maskPersonal(text string) string {
	if !manyDigits(text) {
		return text
	}
	groups := digitGroups(text)
	out := make([]byte, 0, len(text))
	done := 0
	for i := 0; i < len(groups); {
		n := personalAt(groups, i)
		for _, g := range groups[i : i+n] {
			out = append(out, text[done:g.start]...)
			out = appendStars(out, text[g.start:g.end])
			done = g.end
		}
		if i += max(n, 1); n > 0 && i < len(groups) {
			groups[i].joint = 0 // what follows a number is no part of it
		}
	}
	if done == 0 {
		return text
	}
	return string(append(out, text[done:]...))
}

// manyDigits reports quickly whether a text may hold such a number at all.
func manyDigits(s string) bool {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' || s[i] == 0xEF { // full-width digits begin so
			n++
		}
	}
	return n >= 11
}

func appendStars(dst []byte, digits string) []byte {
	for _, r := range digits {
		if narrowRune(r) < 0 {
			continue // stood between digits and was not seen
		}
		dst = append(dst, '*')
	}
	return dst
}

// digitGroup is a run of digits in a text, half-width. The X that ends an identity number belongs to it.
type digitGroup struct {
	start, end int // bytes of the text
	digits     string
	joint      byte // ' ' or '-' or '.' or ')' where that alone stands before it and behind a group, '(' behind a country's, else 0
}

func digitGroups(text string) []digitGroup {
	var groups []digitGroup
	open, joint := false, byte(0)
	for at, r := range text {
		switch n := narrowRune(r); {
		case n >= '0' && n <= '9':
			if !open {
				if joint == '(' && !isCountry(groups[len(groups)-1].digits) {
					joint = 0
				}
				groups = append(groups, digitGroup{start: at, joint: joint})
				open = true
			}
			groups[len(groups)-1].extend(n, at+utf8.RuneLen(r))
		case n < 0: // not seen
		case open && (n == 'X' || n == 'x') && endsIdentity(groups[len(groups)-1].digits):
			groups[len(groups)-1].extend(n, at+utf8.RuneLen(r))
			open, joint = false, 0
		case open:
			open, joint = false, jointOf(r, n, ' ')
		default:
			joint = jointOf(r, n, joint)
		}
	}
	return groups
}

// extend takes one more digit in; what is longer than every number looked for is not remembered.
func (g *digitGroup) extend(digit rune, end int) {
	g.end = end
	if len(g.digits) <= 18 {
		g.digits += string(digit)
	}
}

func endsIdentity(digits string) bool { return len(digits) == 17 || len(digits) == 3 }

// jointOf is what joins two groups where a sign follows others (so far; ' ' for none): a line break
// and everything but blanks, one hyphen, one point with no blank behind it, one closing bracket, a hyphen behind it or
// not, and an opening bracket part them.
func jointOf(r, narrowed rune, sofar byte) byte {
	switch {
	case r == '\n' || r == '\r' || sofar == 0 || sofar == '.':
		return 0
	case narrowed == '(':
		return '('
	case narrowed == ' ', narrowed == '-' && sofar == ')':
		return sofar
	case (narrowed == '-' || narrowed == '.' || narrowed == ')') && sofar == ' ':
		return byte(narrowed)
	}
	return 0
}

// personalAt tells how many groups from i on are a mobile, landline or identity number; 0 where none begins.
func personalAt(groups []digitGroup, i int) int {
	if n := numberAt(groups, i); n > 0 {
		return n
	}
	return landlineAt(groups, i)
}

// numberAt is personalAt for mobile and identity numbers.
func numberAt(groups []digitGroup, i int) int {
	g := groups[i:]
	first := mobileHead(g[0].digits)
	switch {
	case isMobile(first), isIdentity(g[0].digits):
		return 1
	case sized(g, first, 3, 8) && g[1].joint != '.' && isMobile(first+g[1].digits):
		return 2
	case sized(g, first, 3, 4, 4) && isMobile(first+g[1].digits+g[2].digits):
		return 3
	case sized(g, g[0].digits, 6, 8, 4) && isIdentity(g[0].digits+g[1].digits+g[2].digits):
		return 3
	case sized(g, g[0].digits, 6, 4, 4, 4) && isIdentity(g[0].digits+g[1].digits+g[2].digits+g[3].digits):
		return 4
	case sized(g, first, 4, 3, 4), sized(g, first, 4, 4, 3):
		if isMobile(first+g[1].digits+g[2].digits) && first[:2] != "19" && alone(groups, i, 3) {
			return 3 // where it is no list of years and counts
		}
	case sized(g, first, 7, 4) && g[1].joint == '-' && isMobile(first+g[1].digits) && alone(groups, i, 2):
		return 2
	}
	return 0
}

// sized reports whether groups of these sizes follow one another, joined by one kind of sign; first
// stands for the digits of the first one.
func sized(g []digitGroup, first string, sizes ...int) bool {
	if len(g) < len(sizes) || len(first) != sizes[0] {
		return false
	}
	for k := 1; k < len(sizes); k++ {
		if len(g[k].digits) != sizes[k] || g[k].joint == 0 || g[k].joint != g[1].joint {
			return false
		}
	}
	return true
}

// alone reports whether the n groups from i on are no part of a longer list of numbers.
func alone(groups []digitGroup, i, n int) bool {
	before := groups[i].apart() || isCountry(groups[i-1].digits)
	return before && (i+n == len(groups) || groups[i+n].apart())
}

// apart reports whether a list goes on with the group in no way: "1) 138" is two things.
func (g *digitGroup) apart() bool { return g.joint == 0 || g.joint == ')' }

func isCountry(digits string) bool { return digits == "86" || digits == "0086" }

// mobileHead takes the country's number off the first digits of a mobile number.
func mobileHead(digits string) string {
	for _, country := range []string{"0086", "86"} {
		if n := len(country); len(digits) > n && digits[:n] == country {
			return digits[n:]
		}
	}
	return digits
}

// landlineAt is personalAt for landline numbers: the area code, apart or not, and the local number in one part or two.
func landlineAt(groups []digitGroup, i int) int {
	g := groups[i:]
	first := mobileHead(g[0].digits)
	country := len(first) < len(g[0].digits)
	if first[0] != '0' && (country || fromCountry(groups, i)) {
		first = "0" + first
	}
	digits := first
	for n := 1; ; n++ {
		if isLandline(digits) && (n == 1 || len(first) == areaCode(digits)) {
			if figures(groups, i, n) {
				return 0
			}
			return n
		}
		if n == len(g) || n == 3 || g[n].joint == 0 || g[n].joint == '.' || n == 2 && len(g[1].digits)+len(g[2].digits) > 8 || country && len(g[n].digits) < 7 {
			return 0
		}
		digits += g[n].digits
	}
}

// fromCountry reports whether the country's number stands before a group.
func fromCountry(groups []digitGroup, i int) bool {
	return i > 0 && groups[i].joint != 0 && isCountry(groups[i-1].digits)
}

// figures reports whether the n groups from i on, a landline number by their digits, are rather a decimal, the end of a
// day, or a code or hours with wages or years behind them. An area code in brackets or behind the country's leaves no doubt.
func figures(groups []digitGroup, i, n int) bool {
	g := groups[i:]
	switch {
	case n == 1:
		return g[0].joint == '.' && groups[i-1].digits == "0" // "1.0755…" is the first of a list
	case fromCountry(groups, i):
		return false
	case g[0].joint == '-' && isYear(groups[i-1].digits):
		return true
	case n == 2 || g[1].joint == ')':
		return false
	case g[1].joint == ' ' && g[2].joint == '-':
		return roundRange(g[1], g[2])
	case g[1].joint == '-' && g[2].joint == ' ':
		return isClock(g[0].digits) && isClock(g[1].digits) && behindHours(g[2:])
	case isYear(g[1].digits) && isYear(g[2].digits):
		return true
	}
	return listed(groups, i)
}

// behindHours reports whether groups begin with a year, a round sum, or a range.
func behindHours(g []digitGroup) bool {
	d := g[0].digits
	return isYear(d) || strings.HasSuffix(d, "00") || len(g) > 1 && g[1].joint == '-' && roundRange(g[0], g[1])
}

// listed reports whether the three groups from i on belong to a list of numbers of their kind, which are round figures:
// a day, a time or a floor beside a telephone number makes no list of it. An extension, a whole number and the
// beginning of another telephone number are none of it either.
func listed(groups []digitGroup, i int) bool {
	inner := groups[i+2].joint
	if !round(groups[i+1].digits) || !round(groups[i+2].digits) {
		return false
	}
	if before := groups[i].joint; before == inner && len(groups[i-1].digits) < 5 {
		return true
	}
	if i+3 == len(groups) || groups[i+3].apart() {
		return false
	}
	next := groups[i+3]
	if len(next.digits) >= 7 || next.digits[0] == '0' || numberAt(groups, i+3) > 0 {
		return false
	}
	return inner == ' ' && (next.joint != '-' || roundRange(groups[i+2], next))
}

// roundRange reports whether two groups joined by a hyphen are from so much to so much, in round figures.
func roundRange(from, to digitGroup) bool {
	a, b := from.digits, to.digits
	return (len(a) < len(b) || len(a) == len(b) && a < b) && round(a) && round(b)
}

func round(d string) bool { return d[len(d)-1] == '0' }

func isYear(d string) bool { return len(d) == 4 && (d[:2] == "19" || d[:2] == "20") }

// isClock reports whether four digits are a time of the day: 0830.
func isClock(d string) bool { return len(d) == 4 && d < "2400" && d[2] < '6' }

// isLandline tells a landline number with its area code from other numbers that begin with 0: no local number begins
// with 0 or 1 or is a day.
func isLandline(digits string) bool {
	n := areaCode(digits)
	if n == 0 || !digitsOnly(digits) || digits[n] < '2' {
		return false
	}
	local := digits[n:] // of seven figures only behind an area code of four
	return len(local) == 7 || len(local) == 8 && !plausibleDay(local)
}

// areaCode is the length of the area code that a number begins with: 010, 02x, 0755; 0 where it is none.
func areaCode(digits string) int {
	switch {
	case len(digits) < 11 || digits[0] != '0':
		return 0
	case digits[1] == '2' || digits[:3] == "010":
		return 3
	case digits[1] >= '3':
		return 4
	}
	return 0
}

func isMobile(digits string) bool {
	return len(digits) == 11 && digits[0] == '1' && digits[1] >= '3' && digits[10] <= '9'
}

// isIdentity tells an identity number from other long numbers by the date within it, and from the
// credit code of an enterprise by the checks of that.
func isIdentity(digits string) bool {
	return len(digits) == 18 && plausibleBirth(digits[6:14]) && (digits[0] != '9' || CheckUSCC(digits) != USCCFine)
}

func plausibleBirth(d string) bool { return plausibleDay(d) && atoi(d[:4]) <= 2030 }

// plausibleDay reports whether eight digits are a day: 20260305.
func plausibleDay(d string) bool {
	_, fault := makeDay(atoi(d[:4]), atoi(d[4:6]), atoi(d[6:8]))
	return fault == DateFine
}
