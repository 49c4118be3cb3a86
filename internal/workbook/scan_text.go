package workbook

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// checkRefs reports whether every reference in text is one that XML itself defines, and fails
// the scan otherwise: without a DTD, which is refused, no other entity has a meaning.
func (x *xmlScan) checkRefs(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return true
		}
		text = text[i:]
		_, size := reference(text)
		if size == 0 {
			x.fail("F062", string(text[:min(len(text), 16)]), "")
			return false
		}
		text = text[size:]
	}
}

// reference decodes the reference at the start of b, which begins with '&'. Size is 0 where
// there is no valid one.
func reference(b []byte) (r rune, size int) {
	end := bytes.IndexByte(b[:min(len(b), 12)], ';')
	if end < 2 {
		return 0, 0
	}
	switch name := b[1:end]; string(name) {
	case "amp":
		return '&', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	default:
		if name[0] != '#' {
			return 0, 0
		}
		r, ok := charNumber(name[1:])
		if !ok {
			return 0, 0
		}
		return r, end + 1
	}
}

// charNumber reads the number of a character reference: decimal, or x and hexadecimal.
func charNumber(b []byte) (rune, bool) {
	base := 10
	if len(b) > 0 && b[0] == 'x' {
		base, b = 16, b[1:]
	}
	if len(b) == 0 || b[0] == '+' || b[0] == '-' {
		return 0, false
	}
	n, err := strconv.ParseUint(asString(b), base, 32)
	if err != nil || !xmlChar(rune(n)) || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}

// xmlChar reports whether XML 1.0 allows a character.
func xmlChar(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case r < 0xd800:
		return true
	}
	return r > 0xdfff && r != 0xfffe && r != 0xffff
}

// appendUnescaped appends text with its references resolved; they have been checked.
func appendUnescaped(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i]...)
		r, size := reference(text[i:])
		dst = utf8.AppendRune(dst, r)
		text = text[i+max(size, 1):]
	}
}

// resolveEscapes replaces the _xHHHH_ escapes of SpreadsheetML in b, in place. A character that
// no text may hold stays written as its escape. found reports whether there was any escape.
func resolveEscapes(b []byte) (out []byte, found bool) {
	i := bytes.Index(b, []byte("_x"))
	if i < 0 {
		return b, false
	}
	out = b[:i]
	for i < len(b) {
		unit, ok := escapeUnit(b[i:])
		if !ok {
			out = append(out, b[i])
			i++
			continue
		}
		found = true
		if xmlChar(unit) {
			out = utf8.AppendRune(out, unit) // at most 3 bytes in the place of 7
		} else {
			out = append(out, b[i:i+7]...)
		}
		i += 7
	}
	return out, found
}

// escapeUnit reads one _xHHHH_ at the start of b.
func escapeUnit(b []byte) (rune, bool) {
	if len(b) < 7 || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	n := rune(0)
	for _, c := range b[2:6] {
		switch {
		case '0' <= c && c <= '9':
			n = n<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			n = n<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			n = n<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return n, true
}
