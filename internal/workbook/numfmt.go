package workbook

import (
	"bytes"
)

// numberFormats tells for each cell style what its numbers are shown as.
type numberFormats struct {
	styles []int           // format number of each entry of cellXfs
	own    map[int]display // formats the workbook defines
}

// display is what a format makes of a number.
type display uint8

const (
	shownNumber  display = iota
	shownDay             // a calendar day, with or without a time
	shownPercent         // a hundred times the number, with a percent sign
)

// maxStyles is what Excel itself allows in one workbook, rounded up.
const maxStyles = 1 << 16

// scan reads the parts of styles.xml that decide what a number is shown as.
func (f *numberFormats) scan(x *xmlScan) *fault {
	if !x.root(spaceMain, "styleSheet") {
		return x.bad
	}
	for x.bad == nil {
		switch t := x.next(); {
		case t == tokenEnd:
			return x.finish()
		case t != tokenStart:
		case x.is("numFmts"):
			x.children(func() { f.format(x) })
		case x.is("cellXfs"):
			x.children(func() { f.style(x) })
		default:
			x.skip()
		}
	}
	return x.bad
}

// children calls each for every child element of the element just begun and reads on behind it.
func (x *xmlScan) children(each func()) {
	depth := len(x.open)
	for {
		switch t := x.next(); {
		case t == tokenStop:
			return
		case t == tokenEnd && len(x.open) < depth:
			return
		case t == tokenStart && len(x.open) == depth+1:
			each()
		}
	}
}

func (f *numberFormats) format(x *xmlScan) {
	id, ok := whole(x.attr("numFmtId"))
	if !ok {
		x.fail("F069", "numFmt", "")
		return
	}
	code := x.attr("formatCode")
	if tooLong(code, x.lim.FormatChars) {
		x.over("F094", x.lim.FormatChars)
		return
	}
	if f.own == nil {
		f.own = make(map[int]display)
	}
	if len(f.own) > maxStyles {
		x.over("F096", maxStyles)
		return
	}
	f.own[id] = shownBy(appendUnescaped(nil, code))
}

func (f *numberFormats) style(x *xmlScan) {
	if len(f.styles) >= maxStyles {
		x.over("F096", maxStyles)
		return
	}
	id, _ := whole(x.attr("numFmtId"))
	f.styles = append(f.styles, id)
}

// display tells what numbers of a style are shown as; ok is false where there is no such style.
func (f *numberFormats) display(style int) (as display, ok bool) {
	if style >= len(f.styles) {
		return shownNumber, style == 0
	}
	id := f.styles[style]
	if as, own := f.own[id]; own {
		return as, true
	}
	return builtinShown(id), true
}

// whole reads a plain whole number of at most nine digits.
func whole(b []byte) (int, bool) {
	if len(b) == 0 || len(b) > 9 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// builtinShown knows the formats that have a number and no code (ECMA-376 part 1, 18.8.30),
// with those of Chinese, Japanese, Korean and Thai versions.
func builtinShown(id int) display {
	switch {
	case id == 9, id == 10, id == 67, id == 68:
		return shownPercent
	case 14 <= id && id <= 17, id == 22:
		return shownDay
	case 27 <= id && id <= 31, id == 36:
		return shownDay
	case 50 <= id && id <= 54, 57 <= id && id <= 58:
		return shownDay
	case 71 <= id && id <= 74, id == 77:
		return shownDay
	}
	return shownNumber
}

// shownBy tells what a format code shows. A day is a year or a day of the month, or a month that is
// no minute; times and durations alone are no days. Only the first section counts, the one for
// positive numbers.
func shownBy(code []byte) display {
	signs := formatSigns(code)
	switch {
	case bytes.Contains(signs, []byte("general")):
		return shownNumber
	case bytes.ContainsAny(signs, "yde"), bytes.Contains(signs, []byte("aaa")):
		return shownDay // e: a year; the e of 0.0E+0 was left out. aaa: a day of the week
	case bytes.ContainsAny(signs, "m") && !bytes.ContainsAny(signs, "hs"):
		return shownDay
	case bytes.ContainsAny(signs, "%"):
		return shownPercent
	}
	return shownNumber
}

// formatSigns reduces the first section of a code to its lower-case letters and percent signs,
// without literals, colours, conditions, durations, AM/PM and exponents.
func formatSigns(code []byte) []byte {
	out := make([]byte, 0, 16)
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == ';':
			return out
		case code[i] == '"':
			i += skipTo(code[i+1:], '"')
		case code[i] == '[':
			if elapsed(code[i+1:]) {
				return nil
			}
			i += skipTo(code[i+1:], ']')
		case code[i] == '\\', code[i] == '_', code[i] == '*':
			i++
		case c == 'e' && i+1 < len(code) && (code[i+1] == '+' || code[i+1] == '-'):
			i++
		case c == 'a' && meridiem(code[i:]) > 0:
			i += meridiem(code[i:]) - 1
		case code[i] == '%':
			out = append(out, '%')
		case 'a' <= c && c <= 'z' && code[i] < 0x80:
			out = append(out, c)
		}
	}
	return out
}

// skipTo returns how far behind the opening sign its end stands.
func skipTo(rest []byte, end byte) int {
	if i := bytes.IndexByte(rest, end); i >= 0 {
		return i + 1
	}
	return len(rest)
}

// elapsed recognises [h], [mm], [ss]: hours beyond 24, no day.
func elapsed(rest []byte) bool {
	i := bytes.IndexByte(rest, ']')
	if i <= 0 {
		return false
	}
	for _, c := range rest[:i] {
		if c |= 0x20; c != 'h' && c != 'm' && c != 's' || c != rest[0]|0x20 {
			return false
		}
	}
	return true
}

func meridiem(code []byte) int {
	for _, mark := range []string{"AM/PM", "A/P"} {
		if len(code) >= len(mark) && bytes.EqualFold(code[:len(mark)], []byte(mark)) {
			return len(mark)
		}
	}
	return 0
}
