package survey

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// otherCode is the item that takes any answer outside a list, usually with words of its own.
const otherCode = "other"

// findChoice finds the one item that an answer names with certainty. how is "" for the
// spellings a template prints, else HowAlias or HowOther.
func findChoice(cb *codebook.Codebook, vocabulary, text string) (item codebook.Item, how string, ok bool) {
	if item, ok = cb.Find(vocabulary, text); ok {
		if !printed(item, text) && (item.Parent == "" || text != cb.Name(vocabulary, item.Parent).ZH+item.Name.ZH) {
			how = HowAlias
		}
		return item, how, true
	}
	if item, ok = otherWithText(cb, vocabulary, text); ok {
		return item, HowOther, true
	}
	if item, ok = placeWithin(cb, vocabulary, text); ok {
		return item, HowAlias, true
	}
	return codebook.Item{}, "", false
}

// printed reports whether the text is one of the spellings that templates and dropdowns use.
func printed(item codebook.Item, text string) bool {
	switch text {
	case item.Code, item.Name.ZH, item.Name.EN:
		return true
	}
	n := len(item.Name.ZH)
	if strings.HasPrefix(text, item.Name.ZH) && len(text) == n+1+len(item.Name.EN) && text[n] == ' ' {
		return text[n+1:] == item.Name.EN
	}
	rest, cut := strings.CutPrefix(text, item.Code+" ")
	return cut && (rest == item.Name.ZH || rest == item.Name.EN || rest == item.Name.Both())
}

// otherWithText accepts 其他（锐捷） and 其他：锐捷 where the list has an item "other".
func otherWithText(cb *codebook.Codebook, vocabulary, text string) (codebook.Item, bool) {
	item, ok := cb.Find(vocabulary, otherCode)
	if !ok {
		return item, false
	}
	listed := func(piece string) bool { _, ok := cb.Find(vocabulary, piece); return ok }
	for _, name := range []string{item.Name.ZH, item.Name.EN, "其他", "其它", "other", "Other"} {
		rest, cut := strings.CutPrefix(text, name)
		if cut && name != "" && ownWords(tidy(rest), listed) {
			return item, true
		}
	}
	return codebook.Item{}, false
}

// ownWords reports whether what follows 其他 are words about it: in brackets that close at the end, or behind a
// colon or a dash. Several words of which one is an answer of the list (其他：锐捷、华为) are answers of their own.
func ownWords(rest string, listed func(string) bool) bool {
	first, size := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("：:﹕-–—―_", first) {
		return strings.ContainsRune(openBrackets, first) && closesAtEnd(rest)
	}
	cuts := cutsOf(rest[size:], strongSeparators+weakSeparators+lastSeparators)
	for i := 1; i < len(cuts) && len(cuts) > 2; i++ {
		if listed(rest[size+cuts[i-1].end : size+cuts[i].start]) {
			return false
		}
	}
	return true
}

const openBrackets, closeBrackets = "（(〖【[［", "）)〗】]］"

// depth follows brackets of any shape: the depth behind r, where it was d before.
func depth(d int, r rune) int {
	switch {
	case strings.ContainsRune(openBrackets, r):
		return d + 1
	case strings.ContainsRune(closeBrackets, r):
		return d - 1
	}
	return d
}

// closesAtEnd reports whether the bracket that a text begins with is closed by its last character.
func closesAtEnd(text string) bool {
	d := 0
	for i, r := range text {
		if d = depth(d, r); d <= 0 {
			return d == 0 && i+utf8.RuneLen(r) == len(text)
		}
	}
	return false
}

// balanced reports whether every bracket of a text has its other half.
func balanced(text string) bool {
	d := 0
	for _, r := range text {
		if d = depth(d, r); d < 0 {
			return false
		}
	}
	return d == 0
}

// placeWithin reads a place inside a listed one, 深圳市南山区 as 深圳市: the longest listed
// beginning, when what follows it is a district, county or town. Only nested lists know places.
func placeWithin(cb *codebook.Codebook, vocabulary, text string) (codebook.Item, bool) {
	if vocabulary != "region" || len(text) > 120 {
		return codebook.Item{}, false
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	if !strings.ContainsRune("区县镇乡旗市", last) {
		return codebook.Item{}, false
	}
	runes := []rune(text)
	for n := len(runes) - 2; n >= 2; n-- {
		if item, ok := cb.Find(vocabulary, string(runes[:n])); ok {
			return item, true
		}
	}
	return codebook.Item{}, false
}

// Separators between several answers in one cell, strongest first. A vocabulary's own names
// may hold the weak ones (农、林、牧、渔业), so a longer piece that is a name wins.
const (
	strongSeparators = ";；┋|｜\n\r\t"
	weakSeparators   = ",，、+＋&"
	lastSeparators   = "/／和及与 \u3000\u00a0"
)

// joinLimit is how many pieces are tried together as one name.
const joinLimit = 4

// splitChoices cuts a cell with several answers. known says whether a piece is an answer by
// itself; pieces that are none come back as written.
func splitChoices(text string, known func(string) bool) []string {
	return splitLevels(text, known, []string{strongSeparators, weakSeparators, lastSeparators})
}

func splitLevels(text string, known func(string) bool, levels []string) []string {
	text = tidy(text)
	if text == "" {
		return nil
	}
	if len(levels) == 0 || known(text) {
		return []string{text}
	}
	var out []string
	last := len(levels) == 1
	for _, piece := range joinKnown(text, levels[0], known) {
		sub := splitLevels(piece, known, levels[1:])
		out = append(out, sub...)
	}
	if last && !allKnown(out, known) {
		return []string{text} // a blank or 和 inside one unknown answer separates nothing
	}
	return out
}

// splitKnown cuts a text at the last separators too, where one of its pieces at least is an answer.
func splitKnown(text string, known func(string) bool) []string {
	if known(text) {
		return []string{text}
	}
	var out []string
	for _, p := range joinKnown(text, lastSeparators, known) {
		if p = tidy(p); p != "" {
			out = append(out, p)
		}
	}
	if !slices.ContainsFunc(out, known) {
		return []string{text}
	}
	return out
}

func allKnown(pieces []string, known func(string) bool) bool {
	for _, p := range pieces {
		if !known(p) {
			return false
		}
	}
	return true
}

// joinKnown splits at the separators, keeping together the longest run of pieces that is known.
func joinKnown(text, separators string, known func(string) bool) []string {
	cuts := cutsOf(text, separators)
	var out []string
	for i := 0; i+1 < len(cuts); {
		end := i + 1
		for k := min(i+joinLimit, len(cuts)-1); k > i+1; k-- {
			if known(tidy(text[cuts[i].end:cuts[k].start])) {
				end = k
				break
			}
		}
		out = append(out, text[cuts[i].end:cuts[end].start])
		i = end
	}
	return out
}

// cut is a separator's place; the beginning and the end of the text count as one each.
type cutAt struct{ start, end int }

// cutsOf finds the separators of a text; what stands in brackets stays together.
func cutsOf(text, separators string) []cutAt {
	cuts := []cutAt{{0, 0}}
	brackets, d := balanced(text), 0
	for i, r := range text {
		if brackets {
			d = depth(d, r)
		}
		if d == 0 && strings.ContainsRune(separators, r) {
			cuts = append(cuts, cutAt{i, i + utf8.RuneLen(r)})
		}
	}
	return append(cuts, cutAt{len(text), len(text)})
}

// splitIDs cuts a cell with several identifiers, which hold no blanks and no punctuation but
// hyphens and underscores.
func splitIDs(text string) []string {
	return strings.FieldsFunc(narrow(text), func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// choicesText lists what a vocabulary allows, for Issue.Want: all of a short list, the first
// of a long one.
func choicesText(cb *codebook.Codebook, vocabulary string) string {
	const most = 12
	items := cb.Items(vocabulary)
	var b strings.Builder
	for i, it := range items {
		if i == most {
			b.WriteString(" …")
			break
		}
		if i > 0 {
			b.WriteString(" / ")
		}
		b.WriteString(it.Name.ZH)
		if it.Name.ZH == "" {
			b.WriteString(it.Code)
		}
	}
	return b.String()
}

// nearestChoice is the listed name most like an unknown answer, "" when none is near.
func nearestChoice(cb *codebook.Codebook, vocabulary, text string) string {
	best, name := 0.6, ""
	folded := codebook.Fold(text)
	if len(folded) > 200 {
		return ""
	}
	for _, it := range cb.Items(vocabulary) {
		for _, s := range [...]string{it.Name.ZH, it.Name.EN, it.Code} {
			if score := similarity(folded, codebook.Fold(s)); score > best {
				best, name = score, it.Name.Both()
			}
		}
	}
	return name
}

// similarity is 1 less the edit distance over the longer length, in runes; 1 is equal.
func similarity(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	longer := max(len(x), len(y))
	return 1 - float64(editDistance(x, y))/float64(longer)
}

// editDistance is Levenshtein's, with one row of memory.
func editDistance(x, y []rune) int {
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, q := range y {
			cost := diagonal
			if r != q {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(y)]
}
