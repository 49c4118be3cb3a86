package campaign

import (
	"bytes"
	"html"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What a report must not say, and how it is looked for in every byte of it.

// longNumbers are the numbers written with so many digits that they cannot be there by chance.
func longNumbers(data []byte) (out [][]byte) {
	isDigit := func(i int) bool { return i >= 0 && i < len(data) && '0' <= data[i] && data[i] <= '9' }
	for dot := 0; ; dot++ {
		next := bytes.IndexByte(data[dot:], '.')
		if next < 0 {
			return out
		}
		dot += next
		from, to := dot, dot+1
		for isDigit(from - 1) {
			from--
		}
		for isDigit(to) {
			to++
		}
		if from < dot && to > dot+5 {
			out = append(out, data[from:to])
		}
	}
}

func rounded(v float64) string { return strconv.FormatFloat(math.Abs(v), 'g', 9, 64) }

// secrets are the numbers that disclosure control withholds in every year, but those that some
// figure shows with good reason, to nine digits.
func secrets(books []*yearbook) map[string]string {
	out, public := make(map[string]string), make(map[string]bool)
	for _, b := range books {
		for _, c := range b.a.Cells {
			f := b.truth.Figure(c.Domain, c.Competency, c.Measure)
			for _, v := range []float64{f.Estimate, f.SE, f.Lo, f.Hi} {
				switch {
				case len(longNumbers([]byte(rounded(v)))) == 0:
				case c.Figure.Flag.Suppressed() && !simple(v):
					out[rounded(v)] = b.a.AddressOf(c).String()
				case c.Figure.Shown():
					public[rounded(v)] = true
				}
			}
		}
	}
	for v := range public {
		delete(out, v)
	}
	return out
}

// simple reports a fraction of small numbers, which may stand anywhere by chance. One so near to a number
// is among the first of its continued fraction.
func simple(v float64) bool {
	rest, before := v, 0.0
	for q := 1.0; q <= 1000; {
		if math.Abs(v*q-math.Round(v*q)) < 1e-9*q {
			return true
		}
		rest = 1 / (rest - math.Floor(rest))
		before, q = q, math.Floor(rest)*q+before
	}
	return false
}

// noSecret finds a withheld number wherever it is written out.
func noSecret(t testing.TB, name string, data []byte, secret map[string]string) {
	t.Helper()
	for _, m := range longNumbers(data) {
		v, err := strconv.ParseFloat(string(m), 64)
		if at, is := secret[rounded(v)]; err == nil && is {
			t.Errorf("%s holds %s, withheld at %s", name, m, at)
		}
	}
}

// untagged is a piece of a page without its tags.
func untagged(piece string) string {
	var b strings.Builder
	for {
		text, rest, more := strings.Cut(piece, "<")
		b.WriteString(text)
		if !more {
			return b.String()
		}
		_, piece, _ = strings.Cut(rest, ">")
	}
}

// between are the texts that stand between two marks.
func between(data []byte, open, end string) (out [][]byte) {
	for _, rest := range bytes.Split(data, []byte(open))[1:] {
		if text, _, closed := bytes.Cut(rest, []byte(end)); closed {
			out = append(out, text)
		}
	}
	return out
}

// addressed are the addresses on a page, each with what is printed there: links to figures, and cells
// that are the place of one.
func addressed(data []byte) (out [][2]string) {
	for _, link := range between(data, `<a class="how" href="`, "</a>") {
		if href, text, _ := bytes.Cut(link, []byte(`">`)); !bytes.ContainsRune(href, '"') {
			_, at, _ := bytes.Cut(href, []byte("#"))
			out = append(out, [2]string{html.UnescapeString(string(at)), string(text)})
		}
	}
	for _, cell := range between(data, `<td class="n" id="`, "</td>") {
		at, text, _ := bytes.Cut(cell, []byte(`">`))
		out = append(out, [2]string{html.UnescapeString(string(at)), string(text)})
	}
	return out
}

// saysWord reports whether a word stands in a text and is no part of a longer one or of a number.
func saysWord(data []byte, word string) bool {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' }
	for i := 0; ; i++ {
		at := bytes.Index(data[i:], []byte(word))
		if at < 0 {
			return false
		}
		i += at
		before, _ := utf8.DecodeLastRune(data[:i])
		after, _ := utf8.DecodeRune(data[i+len(word):])
		if !part(before) && !part(after) {
			return true
		}
	}
}
