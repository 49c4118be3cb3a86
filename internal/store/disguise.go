package store

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Disguise puts a pseudonym in the place of a person.
type Disguise struct {
	Staff     string   // staff number, letter case does not matter
	Names     []string // as they were written
	Pseudonym string
}

// ErasedName is shown where the name of an erased person stood.
const ErasedName = "（已清除）"

// shortestNumber is the fewest characters of a number that is looked for inside other text.
const shortestNumber = 4

// Text is s without the person: the staff number where it stands by itself, the names wherever
// they stand. A name of one character is replaced only where it is all of the text.
func (d Disguise) Text(s string) string {
	if strings.EqualFold(strings.TrimSpace(s), d.Staff) {
		return d.Pseudonym
	}
	for _, n := range d.Names {
		switch {
		case strings.TrimSpace(s) == n:
			return ErasedName
		case utf8.RuneCountInString(n) > 1:
			s = strings.ReplaceAll(s, n, ErasedName)
		}
	}
	if utf8.RuneCountInString(d.Staff) >= shortestNumber {
		s = replaceWord(s, d.Staff, d.Pseudonym)
	}
	return s
}

// Holds reports whether a text names the person.
func (d Disguise) Holds(s string) bool { return d.Text(s) != s }

// inNames reports whether the staff number means the person where it stands in a file name: it is neither
// a word nor a year.
func (d Disguise) inNames() bool {
	year, err := strconv.Atoi(d.Staff)
	return strings.ContainsAny(d.Staff, digits) && (err != nil || len(d.Staff) != 4 || year < 1900 || year > 2100)
}

// Unmistakable reports whether the staff number means the person wherever it stands: it is neither a word nor
// short enough for an amount.
func (d Disguise) Unmistakable() bool {
	n, digit := utf8.RuneCountInString(d.Staff), strings.ContainsAny(d.Staff, digits)
	return digit && n >= shortestNumber && (n > 5 || strings.Trim(d.Staff, digits) != "")
}

const digits = "0123456789"

// list puts the pseudonym into a list of staff numbers.
func (d Disguise) list(numbers []string) (out []string, changed bool) {
	for _, n := range numbers {
		if strings.EqualFold(n, d.Staff) {
			n, changed = d.Pseudonym, true
		}
		out = append(out, n)
	}
	return out, changed
}

// replaceWord replaces a word where no letter or digit of its own kind stands beside it.
func replaceWord(s, word, by string) string {
	var b strings.Builder
	folded, word := strings.ToLower(s), strings.ToLower(word)
	if len(folded) != len(s) { // a letter whose lower case is longer: nothing a staff number holds
		folded = s
	}
	for {
		i := strings.Index(folded, word)
		if i < 0 {
			return b.String() + s
		}
		end := i + len(word)
		before, _ := utf8.DecodeLastRuneInString(folded[:i])
		after, _ := utf8.DecodeRuneInString(folded[end:])
		if wordly(before) || wordly(after) {
			b.WriteString(s[:end])
		} else {
			b.WriteString(s[:i] + by)
		}
		s, folded = s[end:], folded[end:]
	}
}

// wordly reports whether a rune continues a number or a Latin word.
func wordly(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
