package codebook

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Mention is one place where a free text speaks of a competency: the evidence, not a verdict.
type Mention struct {
	Competency CompetencyID
	Word       string // as it stands in the text
	Start, End int    // byte offsets into the text
}

// Mentions finds the lexicon's words in a text: leftmost first, the longest where several start at
// one place, never overlapping. English words match whole words only; case and width do not
// matter. Only active competencies are looked for.
func (cb *Codebook) Mentions(text string) []Mention {
	m := cb.index.matcher()
	runes, offsets := foldText(text)
	var out []Mention
	for i := 0; i < len(runes); {
		n, owner := m.longest(runes, i)
		if n == 0 {
			i++
			continue
		}
		start, end := offsets[i], offsets[i+n]
		out = append(out, Mention{Competency: owner, Word: text[start:end], Start: start, End: end})
		i += n
	}
	return out
}

// matcher builds the word trie once, on first use.
func (x *index) matcher() *trie {
	x.once.Do(func() { x.words = newTrie(x.lexicon) })
	return x.words
}

type lazyTrie struct {
	once    sync.Once
	words   *trie
	lexicon []LexiconEntry // of active competencies
}

// trie holds the words by rune. With words this short a walk from every position costs what
// fail links would, and longest match needs no bookkeeping.
type trie struct {
	next  map[rune]*trie
	owner CompetencyID // "" where no word ends
}

func newTrie(entries []LexiconEntry) *trie {
	root := &trie{}
	for _, e := range entries {
		for _, w := range e.Words {
			root.insert(foldWord(w), e.Competency)
		}
	}
	return root
}

func (t *trie) insert(word []rune, owner CompetencyID) {
	if len(word) == 0 {
		return
	}
	for _, r := range word {
		child := t.next[r]
		if child == nil {
			if t.next == nil {
				t.next = make(map[rune]*trie)
			}
			child = &trie{}
			t.next[r] = child
		}
		t = child
	}
	t.owner = owner
}

// longest returns the length in runes of the longest word that starts at i, 0 where none does.
func (t *trie) longest(runes []rune, i int) (n int, owner CompetencyID) {
	if inWord(runes, i) {
		return 0, ""
	}
	for j := i; j < len(runes) && t != nil; j++ {
		t = t.next[runes[j]]
		if t != nil && t.owner != "" && !inWord(runes, j+1) {
			n, owner = j+1-i, t.owner
		}
	}
	return n, owner
}

// inWord reports whether place i lies inside an alphabetic word, so that "udp" is not found in "updup".
func inWord(runes []rune, i int) bool {
	return i > 0 && i < len(runes) && letter(runes[i-1]) && letter(runes[i])
}

// letter holds for the alphabets that separate words by space; Chinese does not.
func letter(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// foldText lowers and narrows a text and joins runs of white space to one space. offsets[i] is
// the byte of text where runes[i] came from; one more stands for the end.
func foldText(text string) (runes []rune, offsets []int) {
	runes = make([]rune, 0, len(text))
	offsets = make([]int, 0, len(text)+1)
	for at, r := range text {
		for _, f := range foldWide(r) {
			if f == ' ' && len(runes) > 0 && runes[len(runes)-1] == ' ' {
				continue
			}
			runes = append(runes, f)
			offsets = append(offsets, at)
		}
	}
	return runes, append(offsets, len(text))
}

func foldWide(r rune) []rune {
	if unicode.IsSpace(r) {
		return []rune{' '}
	}
	if r < utf8.RuneSelf || unicode.Is(unicode.Han, r) {
		return []rune{unicode.ToLower(r)}
	}
	folded := []rune(norm.NFKC.String(string(r)))
	for i, f := range folded {
		folded[i] = unicode.ToLower(f)
	}
	return folded
}

// foldWord folds a lexicon word the way texts are folded, without space at its ends.
func foldWord(word string) []rune {
	runes, _ := foldText(word)
	for len(runes) > 0 && runes[0] == ' ' {
		runes = runes[1:]
	}
	for len(runes) > 0 && runes[len(runes)-1] == ' ' {
		runes = runes[:len(runes)-1]
	}
	return runes
}
