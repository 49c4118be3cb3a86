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
	byText map[string]int // folded spelling → item; spellings of two items are left out; see texts
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
			items = append(items, Item{Code: string(c.Code), Name: c.Name, Aliases: append(shortNames(c.Short), c.FormerNames()...)})
		}
	}
	return items
}

func programmeItems(cb *Codebook) []Item {
	items := make([]Item, len(cb.Programmes))
	for i, p := range cb.Programmes {
		items[i] = Item{Code: string(p.Code), Name: p.Name, Aliases: shortNames(p.Short)}
		if p.Major != "" {
			items[i].Aliases = append(items[i].Aliases, p.Major, p.Major+p.Name.ZH)
		}
		items[i].Aliases = append(items[i].Aliases, p.Aliases...)
	}
	return items
}

func shortNames(t Text) []string {
	return slices.DeleteFunc([]string{t.ZH, t.EN}, func(s string) bool { return s == "" })
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

// texts returns the spellings, made on first use: most runs read only a few vocabularies.
func (l *lookup) texts() map[string]int {
	l.once.Do(func() {
		l.byText = make(map[string]int, 8*len(l.items))
		l.add(func(it Item) []string { return spellings(it) })
		l.add(codeAndName)
		l.add(l.withParent)
	})
	return l.byText
}

// add indexes one layer of spellings. A spelling that two items of the same layer share is
// dropped, unless one is the other's parent (房地产业 is section K and its only division): then the
// parent is certain. One that an earlier layer already knows is left alone.
func (l *lookup) add(spell func(Item) []string) {
	found := make(map[string]int)
	for i, it := range l.items {
		for _, s := range spell(it) {
			key := Fold(s)
			other, taken := found[key]
			switch {
			case !taken:
				found[key] = i
			case other == i || other >= 0 && it.Parent == l.items[other].Code:
			case other >= 0 && l.items[other].Parent == it.Code:
				found[key] = i
			default:
				found[key] = -1
			}
		}
	}
	for key, i := range found {
		if _, known := l.byText[key]; !known && i >= 0 && key != "" {
			l.byText[key] = i
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

// withParent lists nested spellings: "广东省深圳市", "广东/深圳", "I65".
func (l *lookup) withParent(it Item) []string {
	at, ok := l.byCode[it.Parent]
	if !ok {
		return nil
	}
	var out []string
	for _, p := range spellings(l.items[at]) {
		for _, own := range spellings(it) {
			for _, sep := range []string{"", "/", "-", "·", ","} {
				out = append(out, p+sep+own)
			}
		}
		out = append(out, p+it.Code+it.Name.ZH, p+it.Code+it.Name.Both())
	}
	return out
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
		i, ok = l.texts()[Fold(text)]
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
