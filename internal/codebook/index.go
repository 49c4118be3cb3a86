package codebook

import (
	"slices"
	"strings"
	"sync"
)

// index holds the lookups that are derived from a codebook once, when it is loaded.
type index struct {
	active       []Competency
	competencies map[CompetencyID]int
	programmes   map[ProgrammeID]int
	rules        map[RuleID]int
	vocabularies map[string]*lookup
	missing      map[string]string // folded word → status
	lazyTrie
}

// lookup is one vocabulary ready for reading: by code and by every spelling that is certain.
type lookup struct {
	items  []Item
	byCode map[string]int
	once   sync.Once
	byText map[string]spelling // by folded spelling; see texts
}

// spelling is what one spelling means.
type spelling struct {
	item  int32 // −1 where two items of the layer share it
	layer int8
}

func newIndex(cb *Codebook) *index {
	x := &index{
		competencies: make(map[CompetencyID]int),
		programmes:   make(map[ProgrammeID]int),
		rules:        make(map[RuleID]int),
		vocabularies: make(map[string]*lookup),
		missing:      make(map[string]string),
	}
	for i, c := range cb.Competencies {
		x.competencies[c.Code] = i
		if !c.Optional {
			x.active = append(x.active, c)
		}
	}
	for i, p := range cb.Programmes {
		x.programmes[p.Code] = i
	}
	for i, r := range cb.Rules {
		x.rules[r.Code] = i
	}
	for _, v := range cb.Vocabularies {
		x.vocabularies[v.Name] = newLookup(v.Items)
	}
	for name, items := range virtualVocabularies(cb) {
		x.vocabularies[name] = newLookup(items)
	}
	for _, e := range cb.Lexicon {
		if i, known := x.competencies[e.Competency]; known && !cb.Competencies[i].Optional {
			x.lexicon = append(x.lexicon, e)
		}
	}
	for _, m := range cb.Missing {
		x.missing[Fold(m.Word)] = m.Status
	}
	return x
}

// virtual names the vocabularies that are made from other sections of the codebook.
var virtual = []string{"certificates", "competencies", "ladder", "programmes", "tracks"}

func virtualVocabularies(cb *Codebook) map[string][]Item {
	return map[string][]Item{
		"certificates": certificateItems(cb),
		"competencies": competencyItems(cb),
		"ladder":       cb.Ladder,
		"programmes":   programmeItems(cb),
		"tracks":       cb.Tracks,
	}
}

func competencyItems(cb *Codebook) []Item {
	var items []Item
	for _, c := range cb.Competencies {
		if !c.Optional {
			items = append(items, Item{Code: string(c.Code), Name: c.Name, Aliases: append(c.Short.Spellings(), c.FormerNames()...)})
		}
	}
	return items
}

func programmeItems(cb *Codebook) []Item {
	items := make([]Item, len(cb.Programmes))
	for i, p := range cb.Programmes {
		items[i] = Item{Code: string(p.Code), Name: p.Name, Aliases: p.Short.Spellings()}
		if p.Major != "" {
			items[i].Aliases = append(items[i].Aliases, p.Major, p.Major+p.Name.ZH)
		}
		items[i].Aliases = append(items[i].Aliases, p.Aliases...)
	}
	return items
}

// certificateItems pairs every track with every rung of the ladder, e.g. "datacom/HCIP".
func certificateItems(cb *Codebook) []Item {
	items := make([]Item, 0, len(cb.Tracks)*len(cb.Ladder))
	for _, t := range cb.Tracks {
		for _, l := range cb.Ladder {
			items = append(items, Item{
				Code:    t.Code + "/" + l.Code,
				Name:    pairName(t.Name, l.Name),
				Aliases: pairAliases(t, l),
			})
		}
	}
	return items
}

func pairName(track, level Text) Text {
	name := Text{ZH: track.ZH + " " + level.ZH}
	if track.EN != "" && level.EN != "" {
		name.EN = track.EN + " " + level.EN
	}
	return name
}

// pairAliases lists "HCIP-Datacom", "HCIPDatacom", "数通HCIP" … for one pair.
func pairAliases(track, level Item) []string {
	var out []string
	for _, t := range spellings(track) {
		for _, l := range spellings(level) {
			for _, sep := range []string{"", "-", "/"} {
				out = append(out, t+sep+l, l+sep+t)
			}
		}
	}
	return out
}

// spellings lists every way an item may be written by itself.
func spellings(it Item) []string {
	out := []string{it.Code, it.Name.ZH, it.Name.EN}
	out = append(out, it.Aliases...)
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func newLookup(items []Item) *lookup {
	l := &lookup{items: items, byCode: make(map[string]int, len(items))}
	for i, it := range items {
		l.byCode[it.Code] = i
	}
	return l
}

// find returns the item that a folded text names. The spellings are made on first use: most runs read
// only a few vocabularies.
func (l *lookup) find(text string) (int, bool) {
	l.once.Do(func() {
		l.byText = make(map[string]spelling, 32*len(l.items))
		l.add(1, func(it Item) []string { return folded(spellings(it)) })
		l.add(2, func(it Item) []string { return folded(codeAndName(it)) })
		l.add(3, l.withParent)
	})
	s, ok := l.byText[text]
	return int(s.item), ok && s.item >= 0 && text != ""
}

// add indexes one layer of spellings. A spelling that two items of the same layer share is
// dropped, unless one is the other's parent (房地产业 is section K and its only division): then the
// parent is certain. One that an earlier layer already knows is left alone.
func (l *lookup) add(layer int8, spell func(Item) []string) {
	for i, it := range l.items {
		own := spelling{int32(i), layer}
		for _, key := range spell(it) {
			other, taken := l.byText[key]
			switch {
			case !taken || other.layer < layer && other.item < 0:
				l.byText[key] = own
			case other.layer < layer || other.item == own.item || other.item >= 0 && it.Parent == l.items[other.item].Code:
			case other.item >= 0 && l.items[other.item].Parent == it.Code:
				l.byText[key] = own
			default:
				l.byText[key] = spelling{-1, layer}
			}
		}
	}
}

// codeAndName lists what templates print and people shorten: "I 信息传输…", "信息传输… Information…".
func codeAndName(it Item) []string {
	return []string{
		it.Name.Both(), it.Name.ZH + "/" + it.Name.EN,
		it.Code + it.Name.ZH, it.Code + it.Name.EN, it.Code + it.Name.Both(),
		it.Code + "-" + it.Name.ZH, it.Code + "." + it.Name.ZH,
		it.Name.ZH + "(" + it.Name.EN + ")", it.Name.ZH + "(" + it.Code + ")",
	}
}

// withParent lists nested spellings, folded: "广东省深圳市", "广东/深圳", "i65". They are the most by far,
// so each part is folded once, not in every pair.
func (l *lookup) withParent(it Item) []string {
	at, ok := l.byCode[it.Parent]
	if !ok {
		return nil
	}
	parents, children := folded(spellings(l.items[at])), folded(spellings(it))
	coded := folded([]string{it.Code + it.Name.ZH, it.Code + it.Name.Both()})
	var all strings.Builder // of which the spellings are cut
	var ends []int
	for _, p := range parents {
		for _, own := range children {
			for _, sep := range separators {
				all.WriteString(p + sep + own)
				ends = append(ends, all.Len())
			}
		}
		for _, own := range coded {
			all.WriteString(p + own)
			ends = append(ends, all.Len())
		}
	}
	out, from := make([]string, len(ends)), 0
	for i, end := range ends {
		out[i], from = all.String()[from:end], end
	}
	return out
}

// separators may stand between a parent's name and its child's.
var separators = []string{"", "/", "-", "·", ","}

// folded folds every text and leaves each once.
func folded(list []string) []string {
	for i, s := range list {
		list[i] = Fold(s)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Rule returns the rule with the given code.
func (cb *Codebook) Rule(code RuleID) (Rule, bool) {
	i, ok := cb.index.rules[code]
	if !ok {
		return Rule{}, false
	}
	return cb.Rules[i], true
}

// Form returns the form of the given kind, e.g. "visit".
func (cb *Codebook) Form(kind string) (*Form, bool) {
	for i := range cb.Forms {
		if cb.Forms[i].Kind == kind {
			return &cb.Forms[i], true
		}
	}
	return nil, false
}

// Sheet returns the sheet with the given key.
func (f *Form) Sheet(key string) (*Sheet, bool) {
	for i := range f.Sheets {
		if f.Sheets[i].Key == key {
			return &f.Sheets[i], true
		}
	}
	return nil, false
}

// Field returns the field with the given key.
func (s *Sheet) Field(key FieldID) (*Field, bool) {
	for i := range s.Fields {
		if s.Fields[i].Key == key {
			return &s.Fields[i], true
		}
	}
	return nil, false
}

// Items returns the items of a vocabulary, also of the virtual ones: "programmes", "tracks",
// "ladder", "competencies" (the active ones) and "certificates" (track and rung, "datacom/HCIP").
// An unknown name has no items.
func (cb *Codebook) Items(vocabulary string) []Item {
	if l, ok := cb.index.vocabularies[vocabulary]; ok {
		return l.items
	}
	return nil
}

// Find returns the one item that a text names with certainty: exact after [Fold], by code,
// Chinese or English name, code and name, alias, or with its parent's name before it. A spelling
// shared by two items finds none.
func (cb *Codebook) Find(vocabulary, text string) (Item, bool) {
	l, ok := cb.index.vocabularies[vocabulary]
	if !ok {
		return Item{}, false
	}
	i, ok := l.byCode[text]
	if !ok {
		i, ok = l.find(Fold(text))
	}
	if !ok {
		return Item{}, false
	}
	return l.items[i], true
}

// Name returns the name of a coded value. A code the vocabulary does not know names itself, so
// that old data still shows something.
func (cb *Codebook) Name(vocabulary, code string) Text {
	if l, ok := cb.index.vocabularies[vocabulary]; ok {
		if i, known := l.byCode[code]; known {
			return l.items[i].Name
		}
	}
	if c, ok := cb.Competency(CompetencyID(code)); ok && vocabulary == "competencies" {
		return c.Name // an optional one
	}
	return Text{ZH: code, EN: code}
}

// Competency returns a competency, active or optional.
func (cb *Codebook) Competency(id CompetencyID) (Competency, bool) {
	i, ok := cb.index.competencies[id]
	if !ok {
		return Competency{}, false
	}
	return cb.Competencies[i], true
}

// Programme returns a programme.
func (cb *Codebook) Programme(id ProgrammeID) (Programme, bool) {
	i, ok := cb.index.programmes[id]
	if !ok {
		return Programme{}, false
	}
	return cb.Programmes[i], true
}

// Active returns the competencies that are asked, in display order. Do not change the slice.
func (cb *Codebook) Active() []Competency { return cb.index.active }

// FindMissing tells whether a text means "no answer" and, if so, which kind: unknown,
// not_applicable, none or refused.
func (cb *Codebook) FindMissing(text string) (status string, ok bool) {
	status, ok = cb.index.missing[Fold(text)]
	return status, ok
}

// VocabularyNames lists every vocabulary, own and virtual, sorted.
func (cb *Codebook) VocabularyNames() []string {
	names := slices.Clone(virtual)
	for _, v := range cb.Vocabularies {
		names = append(names, v.Name)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}
