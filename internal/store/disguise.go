package store

import (
	"slices"
	"strings"
	"time"
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

// namesFile reports whether the staff number in the name of a file, with its folders, says that the file is the
// person's. A word and a date do not. Fewer than six digits may number anything: they count in the name alone,
// and not beside the staff number of somebody else.
func (d Disguise) namesFile(name string, others []string) bool {
	if d.short() {
		name = baseName(name)
		if slices.ContainsFunc(others, func(o string) bool { return !strings.EqualFold(o, d.Staff) && replaceWord(name, o, "\x00") != name }) {
			return false
		}
	}
	return d.digit() && !d.date() && d.Holds(name)
}

// alike reports whether a file's name holds what may be the staff number or something else.
func (d Disguise) alike(name string) bool { return d.digit() && d.Holds(baseName(name)) }

// baseName is a file's name without its folders, of whatever system.
func baseName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// Unmistakable reports whether the staff number means the person wherever it stands: it is neither a word nor
// a date nor short enough for an amount.
func (d Disguise) Unmistakable() bool {
	return d.digit() && utf8.RuneCountInString(d.Staff) >= shortestNumber && !d.short() && !d.date()
}

func (d Disguise) digit() bool { return strings.ContainsAny(d.Staff, digits) }

// short reports whether the staff number is of so few digits that it may number, count or cost anything.
func (d Disguise) short() bool { return len(d.Staff) < 6 && strings.Trim(d.Staff, digits) == "" }

// date reports whether the staff number may be a year, a month or a day.
func (d Disguise) date() bool {
	layout := map[int]string{4: "2006", 6: "200601", 8: "20060102"}[len(d.Staff)]
	day, err := time.Parse(layout, d.Staff)
	return err == nil && day.Year() >= 1900 && day.Year() <= 2100
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
