package survey

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// NamedEnterprise is an enterprise as it is known so far, for matching.
type NamedEnterprise struct {
	Key    string // EnterpriseKey
	Name   string
	USCC   string // "" where not known
	Region string // GB/T 2260 code, "" where not known
}

// Candidate is a known enterprise that another may be, with how sure that is.
type Candidate struct {
	Enterprise NamedEnterprise
	Score      float64 // 0–1
	Link       Link
}

// Link says what may be done with a candidate. Nothing is ever merged on a name alone.
type Link uint8

const (
	LinkNone   Link = iota // too unlike to show
	LinkReview             // a person decides
	// LinkLikely: the only known enterprise whose name begins with this one's core of three or
	// more characters, and no stated place contradicts. On 8,864 published short names the link
	// is right in over 99 of 100 cases; it still asks for evidence beside the name (an equal
	// region, or a person) before anything is merged.
	LinkLikely
	// LinkSame: the same valid credit code; or the same whole name in the same region, where
	// not both have a code.
	LinkSame
)

const (
	reviewScore = 0.5 // near misses score 0.5–0.75, so less is noise
	likelyRunes = 3
)

// Matcher finds the known enterprises that a newly named one may be. It is for one goroutine.
type Matcher struct {
	cb    *codebook.Codebook
	known []NamedEnterprise
	names []nameKey
	cores []int // positions, sorted by core

	wholes, parts map[uint64][]int32 // pair of characters → positions of the names, of the cores, that have it
	codes         map[string][]int32 // credit code → positions
	seen          []bool             // by position, during one search
}

// nameKey is a name prepared for comparison.
type nameKey struct {
	whole, core, region string
	wholePairs          []uint64
	corePairs           []uint64
}

// NewMatcher prepares the known enterprises once for many searches.
func NewMatcher(cb *codebook.Codebook, known []NamedEnterprise) *Matcher {
	m := &Matcher{cb: cb, known: known, names: make([]nameKey, len(known)), cores: make([]int, len(known)),
		wholes: make(map[uint64][]int32), parts: make(map[uint64][]int32), codes: make(map[string][]int32), seen: make([]bool, len(known))}
	for i := range known {
		m.names[i] = m.key(known[i].Name)
		m.cores[i] = i
		enter(m.wholes, m.names[i].wholePairs, i)
		enter(m.parts, m.names[i].corePairs, i)
		if code := known[i].USCC; code != "" {
			m.codes[code] = append(m.codes[code], int32(i))
		}
	}
	slices.SortFunc(m.cores, func(a, b int) int {
		return cmp.Or(cmp.Compare(m.names[a].core, m.names[b].core), cmp.Compare(a, b))
	})
	return m
}

func (m *Matcher) key(name string) nameKey {
	k := nameKey{whole: headerKey(name)}
	k.core, k.region = CoreName(m.cb, name)
	k.wholePairs, k.corePairs = bigrams(k.whole), bigrams(k.core)
	return k
}

// Find returns the candidates for an enterprise, surest first, at most limit. An enterprise is
// no candidate for itself (equal Key).
func (m *Matcher) Find(e NamedEnterprise, limit int) []Candidate {
	k := m.key(e.Name)
	likely := m.onlyBeginning(k)
	var out []Candidate
	for _, i := range m.alike(e, k) {
		if e.Key != "" && m.known[i].Key == e.Key {
			continue
		}
		c := Candidate{Enterprise: m.known[i]}
		c.Score, c.Link = m.judge(e, k, i, i == likely)
		if c.Link != LinkNone {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Link, a.Link), cmp.Compare(b.Score, a.Score), cmp.Compare(a.Enterprise.Key, b.Enterprise.Key))
	})
	return out[:min(limit, len(out))]
}

// enter notes at every pair of a name where the name stands; pairs are sorted.
func enter(index map[uint64][]int32, pairs []uint64, at int) {
	for _, pair := range slices.Compact(slices.Clone(pairs)) {
		index[pair] = append(index[pair], int32(at))
	}
}

// alike lists, in order, the positions of all that judge could call more than LinkNone, and of few others:
// a search costs what its rare characters have in common with others, not what all names have.
func (m *Matcher) alike(e NamedEnterprise, k nameKey) []int {
	var found []int
	add := func(i int) {
		if !m.seen[i] {
			m.seen[i] = true
			found = append(found, i)
		}
	}
	addAll := func(positions []int32) {
		for _, i := range positions {
			add(int(i))
		}
	}
	if e.USCC != "" {
		addAll(m.codes[e.USCC])
	}
	for _, pair := range telling(k.wholePairs, m.wholes) {
		addAll(m.wholes[pair])
	}
	for _, pair := range telling(k.corePairs, m.parts) {
		addAll(m.parts[pair])
	}
	m.beginnings(k.core, add)
	for _, i := range found {
		m.seen[i] = false
	}
	slices.Sort(found)
	return found
}

// telling is the rarest of the pairs, as many as are needed so that every text whose Dice coefficient
// with them reaches reviewScore has one: with a pairs on this side and b on the other, 2·shared/(a+b) ≥ r
// and b ≥ shared give shared ≥ r·a/(2−r), so that at most a − ⌈r·a/(2−r)⌉ of these are not shared
// (prefix filtering, Chaudhuri, Ganti and Kaushik 2006).
func telling(pairs []uint64, index map[uint64][]int32) []uint64 {
	a := float64(len(pairs))
	unshared := len(pairs) - int(math.Ceil(reviewScore*a/(2-reviewScore)))
	rarest := slices.Clone(pairs)
	slices.SortFunc(rarest, func(x, y uint64) int { return cmp.Compare(len(index[x]), len(index[y])) })
	return rarest[:min(unshared+1, len(rarest))]
}

// beginnings calls add for every core of which this one is the beginning, or that is the beginning of
// this one, from two characters on.
func (m *Matcher) beginnings(core string, add func(int)) {
	if utf8.RuneCountInString(core) < 2 {
		return
	}
	for at := m.from(core); at < len(m.cores) && strings.HasPrefix(m.names[m.cores[at]].core, core); at++ {
		add(m.cores[at])
	}
	runes := 0
	for end := range core {
		if runes++; runes <= 2 { // end is where the rune begins: runes−1 of them lie before it
			continue
		}
		for at := m.from(core[:end]); at < len(m.cores) && m.names[m.cores[at]].core == core[:end]; at++ {
			add(m.cores[at])
		}
	}
}

// from is where the cores begin that are not before core.
func (m *Matcher) from(core string) int {
	at, _ := slices.BinarySearchFunc(m.cores, core, func(i int, core string) int {
		return cmp.Compare(m.names[i].core, core)
	})
	return at
}

func (m *Matcher) judge(e NamedEnterprise, k nameKey, i int, likely bool) (float64, Link) {
	known := &m.known[i]
	codes := e.USCC != "" && known.USCC != ""
	if codes && e.USCC == known.USCC && CheckUSCC(e.USCC) == USCCFine {
		return 1, LinkSame
	}
	whole := k.whole != "" && k.whole == m.names[i].whole
	switch {
	case whole && !codes && e.Region != "" && e.Region == known.Region:
		return 1, LinkSame
	case whole:
		return 1, LinkReview
	case codes:
		likely = false // two valid codes that differ are two organisations, however alike the names
	}
	score := m.score(k, i)
	switch {
	case likely && !placesDiffer(e.Region, known.Region):
		return max(score, 0.9), LinkLikely
	case score >= reviewScore:
		return score, LinkReview
	}
	return 0, LinkNone
}

// score is the likeness of two names, below 1: the better of the Dice coefficients of whole
// names and of cores, and of one core beginning the other.
func (m *Matcher) score(k nameKey, i int) float64 {
	o := &m.names[i]
	score := max(diceOf(k.wholePairs, o.wholePairs), diceOf(k.corePairs, o.corePairs))
	short, long := k.core, o.core
	if len(short) > len(long) {
		short, long = long, short
	}
	if n := utf8.RuneCountInString(short); n >= 2 && strings.HasPrefix(long, short) {
		score = max(score, 0.5+0.05*float64(min(n, 9)))
	}
	return min(score, 0.99)
}

// onlyBeginning is the position of the one known enterprise whose core begins with this core;
// −1 where there is none or more than one, where the core is short, or the places stated in the
// two names differ.
func (m *Matcher) onlyBeginning(k nameKey) int {
	if utf8.RuneCountInString(k.core) < likelyRunes {
		return -1
	}
	at := m.from(k.core)
	if at >= len(m.cores) || !strings.HasPrefix(m.names[m.cores[at]].core, k.core) {
		return -1
	}
	if at+1 < len(m.cores) && strings.HasPrefix(m.names[m.cores[at+1]].core, k.core) {
		return -1
	}
	found := m.cores[at]
	if placesDiffer(k.region, m.names[found].region) {
		return -1
	}
	return found
}

// placesDiffer reports whether two region codes exclude each other: both stated, neither the
// province of the other.
func placesDiffer(a, b string) bool {
	if a == "" || b == "" || a == b || len(a) < 2 || len(b) < 2 {
		return false
	}
	whole := strings.HasSuffix(a, "0000") || strings.HasSuffix(b, "0000")
	return !(whole && a[:2] == b[:2])
}
