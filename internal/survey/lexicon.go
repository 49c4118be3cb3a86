package survey

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// lexicon is what headers and sheet names mean under one codebook, made once per codebook.
type lexicon struct {
	labels map[codebook.FieldID]codebook.Text
	sheets sync.Map // *codebook.Sheet → *sheetLexicon
	names  sync.Map // *codebook.Form → map[string]*codebook.Sheet
	cb     *codebook.Codebook

	choices  sync.Map        // answer → choice, of those found; the same few words fill a whole campaign
	statuses sync.Map        // text → Status
	kept     [2]atomic.Int32 // entries of choices and of statuses

	bulkOnce sync.Once
	bulk     *codebook.Form
}

var lexicons sync.Map // *codebook.Codebook → func() *lexicon

// lexiconOf returns the lexicon of a codebook. Codebooks are read-only and few, so the
// lexicons are kept for the life of the process.
func lexiconOf(cb *codebook.Codebook) *lexicon {
	if made, ok := lexicons.Load(cb); ok {
		return made.(func() *lexicon)()
	}
	made, _ := lexicons.LoadOrStore(cb, sync.OnceValue(func() *lexicon { return newLexicon(cb) }))
	return made.(func() *lexicon)()
}

func newLexicon(cb *codebook.Codebook) *lexicon {
	x := &lexicon{labels: make(map[codebook.FieldID]codebook.Text), cb: cb}
	for i := range cb.Forms {
		for j := range cb.Forms[i].Sheets {
			for _, f := range cb.Forms[i].Sheets[j].Fields {
				if _, known := x.labels[f.Key]; !known {
					x.labels[f.Key] = f.Label
				}
			}
		}
	}
	return x
}

// labelOf is the label of a field in both languages; the header where no form has the field.
func labelOf(cb *codebook.Codebook, field codebook.FieldID, header string) codebook.Text {
	if label, ok := lexiconOf(cb).labels[field]; ok && field != "" {
		return label
	}
	if header == "" {
		header = string(field)
	}
	return codebook.Text{ZH: header, EN: header}
}

// sheetLexicon is every spelling of one sheet's headers.
type sheetLexicon struct {
	spec         *codebook.Sheet
	keys         map[string]place                 // machine keys: field, field:competency
	texts        map[string]place                 // header keys
	measures     map[string]*codebook.Field       // header keys of the fields asked per competency
	competencies map[string]codebook.CompetencyID // header keys of competency names
	names        []string                         // of competencies, longest first
	seen         sync.Map                         // header text → verdict
	kept         atomic.Int32                     // entries of seen
}

// seenLimit bounds the memory that headers of strangers can take.
const seenLimit = 4096

func (x *lexicon) sheet(spec *codebook.Sheet) *sheetLexicon {
	if made, ok := x.sheets.Load(spec); ok {
		return made.(*sheetLexicon)
	}
	made, _ := x.sheets.LoadOrStore(spec, newSheetLexicon(x.cb, spec))
	return made.(*sheetLexicon)
}

func newSheetLexicon(cb *codebook.Codebook, spec *codebook.Sheet) *sheetLexicon {
	l := &sheetLexicon{
		spec:         spec,
		keys:         make(map[string]place),
		texts:        make(map[string]place),
		measures:     make(map[string]*codebook.Field),
		competencies: competencyNames(cb),
	}
	l.names = slices.SortedFunc(maps.Keys(l.competencies), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	for i := range spec.Fields {
		l.addField(cb, &spec.Fields[i])
	}
	for i := range spec.Fields { // aliases last: a label always wins over another field's alias
		for _, a := range spec.Fields[i].Aliases {
			l.addSpelling(&spec.Fields[i], a)
		}
	}
	return l
}

func competencyNames(cb *codebook.Codebook) map[string]codebook.CompetencyID {
	names := make(map[string]codebook.CompetencyID)
	for _, c := range cb.Active() {
		for _, s := range slices.Concat([]string{string(c.Code)}, c.Name.Spellings(), c.Short.Spellings(), c.FormerNames()) {
			if key := headerKey(s); key != "" {
				if _, taken := names[key]; !taken {
					names[key] = c.Code
				}
			}
		}
	}
	return names
}

func (l *sheetLexicon) addField(cb *codebook.Codebook, f *codebook.Field) {
	if f.PerCompetency {
		for _, c := range cb.Active() {
			l.keys[string(f.Key)+":"+string(c.Code)] = place{field: f, competency: c.Code}
		}
	} else {
		l.keys[string(f.Key)] = place{field: f}
	}
	for _, s := range append(f.Label.Spellings(), string(f.Key)) {
		l.addSpelling(f, s)
	}
}

func (l *sheetLexicon) addSpelling(f *codebook.Field, text string) {
	for _, key := range []string{headerKey(text), looseKey(text)} {
		if key == "" {
			continue
		}
		if !f.PerCompetency {
			if _, taken := l.texts[key]; !taken {
				l.texts[key] = place{field: f}
			}
			continue
		}
		if _, taken := l.measures[key]; !taken {
			l.measures[key] = f
		}
	}
}

// find tells what a header means; ok is false where nothing is certain.
func (l *sheetLexicon) find(header string) (place, bool) {
	if p, ok := l.keys[header]; ok {
		return p, true
	}
	return l.remember(header, func() (place, bool) { return l.search(header) })
}

// verdict is what one header text was found to mean, kept because headers repeat from book to book.
type verdict struct {
	place place
	ok    bool
}

func (l *sheetLexicon) remember(text string, search func() (place, bool)) (place, bool) {
	if v, ok := l.seen.Load(text); ok {
		known := v.(verdict)
		return known.place, known.ok
	}
	p, ok := search()
	if len(text) < 200 && l.kept.Load() < seenLimit {
		l.kept.Add(1)
		l.seen.Store(text, verdict{p, ok})
	}
	return p, ok
}

func (l *sheetLexicon) search(header string) (place, bool) {
	for _, key := range headerKeys(header) {
		if p, ok := l.texts[key]; ok {
			return p, true
		}
		if p, ok := l.rating(key); ok {
			return p, true
		}
	}
	return place{}, false
}

// rating reads a header that names a competency and a measure, in either order.
func (l *sheetLexicon) rating(key string) (place, bool) {
	if len(l.measures) == 0 {
		return place{}, false
	}
	for _, name := range l.names {
		rest, cut := strings.CutPrefix(key, name)
		if !cut {
			rest, cut = strings.CutSuffix(key, name)
		}
		if f, ok := l.measures[rest]; cut && ok {
			return place{field: f, competency: l.competencies[name]}, true
		}
	}
	return place{}, false
}

// grouped tells what a column means under a two-row header: the group above, the header below.
func (l *sheetLexicon) grouped(group, header string) (place, bool) {
	if group == "" || group == header {
		return l.find(header)
	}
	if header == "" {
		return l.find(group)
	}
	joined := group + "\x1f" + header
	return l.remember(joined, func() (place, bool) { return l.searchGrouped(group, header) })
}

func (l *sheetLexicon) searchGrouped(group, header string) (place, bool) {
	for _, g := range headerKeys(group) {
		for _, h := range headerKeys(header) {
			if c, ok := l.competencies[g]; ok && l.measures[h] != nil {
				return place{field: l.measures[h], competency: c}, true
			}
			if c, ok := l.competencies[h]; ok && l.measures[g] != nil {
				return place{field: l.measures[g], competency: c}, true
			}
		}
	}
	return l.find(header)
}

// matrix reads a questionnaire's matrix question: a sentence that speaks of one measure, and
// an item that is a competency. The longest measure word in the stem decides; two of the same
// length decide nothing.
func (l *sheetLexicon) matrix(stem, item string) (place, bool) {
	return l.remember(stem+"\x1e"+item, func() (place, bool) { return l.searchMatrix(stem, item) })
}

func (l *sheetLexicon) searchMatrix(stem, item string) (place, bool) {
	var c codebook.CompetencyID
	for _, key := range headerKeys(item) {
		if found, ok := l.competencies[key]; ok {
			c = found
			break
		}
	}
	if c == "" {
		return place{}, false
	}
	f := l.measureIn(headerKey(stem))
	return place{field: f, competency: c}, f != nil
}

// measureIn finds the field whose words a sentence holds; nil for none and for a tie.
func (l *sheetLexicon) measureIn(text string) *codebook.Field {
	longest := make(map[*codebook.Field]int)
	for word, f := range l.measures {
		if strings.Contains(text, word) {
			longest[f] = max(longest[f], len(word))
		}
	}
	var best *codebook.Field
	tie := false
	for f, n := range longest {
		switch {
		case best == nil || n > longest[best]:
			best, tie = f, false
		case n == longest[best]:
			tie = true
		}
	}
	if tie {
		return nil
	}
	return best
}

// headerKey is the form in which headers are compared: folded, without punctuation, so that
// 走访日期 *, 走访日期： and 走访日期\nVisit date are told from one another by their words only.
func headerKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPunct(r) || unicode.IsSymbol(r) {
			return -1
		}
		return r
	}, codebook.Fold(s))
}

// remarks are words that forms put beside a label and that name nothing.
var remarks = []string{"必填", "选填", "可多选", "多选题", "单选题", "多选", "单选", "填空", "required", "optional"}

// looseKey is headerKey without what stands in brackets, a question number before and the
// usual remarks: 12、走访日期（年-月-日）* → 走访日期.
func looseKey(s string) string {
	s = cutBrackets(codebook.Fold(s))
	s = cutNumber(s)
	for _, w := range remarks {
		s = strings.ReplaceAll(s, w, "")
	}
	return headerKey(s)
}

// headerKeys lists the keys to try for a header, strictest first.
func headerKeys(header string) []string {
	keys := make([]string, 0, 3)
	for _, k := range [...]string{headerKey(header), looseKey(header)} {
		if k != "" && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	if zh := chinesePart(keys); zh != "" {
		keys = append(keys, zh)
	}
	return keys
}

// chinesePart is the Chinese beginning of a bilingual header whose English was changed.
func chinesePart(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	key := keys[len(keys)-1]
	at := strings.IndexFunc(key, func(r rune) bool { return r < 0x80 && unicode.IsLetter(r) })
	if at < len("走访") || !unicode.Is(unicode.Han, []rune(key)[0]) {
		return ""
	}
	return key[:at]
}

func cutBrackets(s string) string {
	for _, pair := range []string{"()", "[]", "【】", "〔〕", "〖〗", "<>"} {
		open, closing := firstRune(pair)
		for {
			i := strings.Index(s, open)
			if i < 0 {
				break
			}
			j := strings.Index(s[i:], closing)
			if j < 0 {
				break
			}
			s = s[:i] + s[i+j+len(closing):]
		}
	}
	return s
}

func firstRune(pair string) (string, string) {
	r := []rune(pair)
	return string(r[0]), string(r[1])
}

// cutNumber drops a question number: 12、 12. 12: (12) q12. 三、
func cutNumber(s string) string {
	rest := strings.TrimLeft(strings.TrimPrefix(s, "q"), "0123456789")
	if rest == s || rest == strings.TrimPrefix(s, "q") {
		rest = strings.TrimLeft(s, chineseDigits+"十")
	}
	if rest == s || rest == "" {
		return s
	}
	for _, mark := range []string{"、", ".", ":", ","} {
		if tail, cut := strings.CutPrefix(rest, mark); cut && tail != "" {
			return tail
		}
	}
	return s
}

// blankText reports whether a cell says nothing.
func blankText(c *Cell) bool {
	return c.Kind == Empty || c.Kind == Text && (c.Text == "" || c.Text[0] <= ' ' || c.Text[0] >= 0x80) && tidy(c.Text) == ""
}
