package gap

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// What one reader found in public job postings before any word was matched, beside the built-in
// words that match there. The labels were given once, knowing the words, and wait for a second
// person's check. The texts themselves are not kept, only the head of their SHA-256.
//
//go:embed data/lexicon_check.csv
var lexiconCheck string

// LexiconCheck says how far matching words agrees with a reader about what a text asks for.
type LexiconCheck struct {
	Texts int
	Rows  []WordAgreement // of competencies whose words are the built-in ones
}

// WordAgreement is the agreement on one competency. Precision and recall are nil where they are
// over nothing, κ where reader or words say the same of every text.
type WordAgreement struct {
	Competency codebook.CompetencyID
	Asked      int      // texts that ask for it, by the reader
	Matched    int      // texts that hold one of its words
	Both       int      //
	Precision  *float64 // both ÷ matched
	Recall     *float64 // both ÷ asked
	Kappa      *float64 // Cohen's κ
	SE         *float64 // its asymptotic standard error
}

// readText is one posting as the reader and the words saw it.
type readText struct {
	hash    string
	asked   map[codebook.CompetencyID]bool
	matched map[codebook.CompetencyID][]string // the evidence
}

// readTexts is the parsed record; a test rules out that it cannot be read.
var readTexts = sync.OnceValue(func() []readText {
	rows, err := csv.NewReader(strings.NewReader(lexiconCheck)).ReadAll()
	if err != nil {
		panic("gap: texts of the lexicon check: " + err.Error())
	}
	var out []readText
	for _, r := range rows[1:] {
		t := readText{r[0], make(map[codebook.CompetencyID]bool), make(map[codebook.CompetencyID][]string)}
		for _, id := range strings.Fields(r[1]) {
			t.asked[codebook.CompetencyID(id)] = true
		}
		for _, found := range strings.Split(r[2], "; ") {
			if id, words, ok := strings.Cut(found, ": "); ok {
				t.matched[codebook.CompetencyID(id)] = strings.Split(words, ", ")
			}
		}
		out = append(out, t)
	}
	return out
})

// checkLexicon compares reader and words for the competencies whose words nobody has edited.
func (r *run) checkLexicon() LexiconCheck {
	out := LexiconCheck{Texts: len(readTexts())}
	for _, id := range r.sample.Competencies {
		if words := wordsOf(codebook.Default(), id); len(words) > 0 && slices.Equal(words, wordsOf(r.cb, id)) {
			out.Rows = append(out.Rows, agreementOn(id, readTexts()))
		}
	}
	return out
}

func wordsOf(cb *codebook.Codebook, id codebook.CompetencyID) []string {
	for _, e := range cb.Lexicon {
		if e.Competency == id {
			return e.Words
		}
	}
	return nil
}

func agreementOn(id codebook.CompetencyID, texts []readText) WordAgreement {
	counts := [][]float64{{0, 0}, {0, 0}} // [reader][words]
	for _, t := range texts {
		counts[int(indicator(t.asked[id]))][int(indicator(len(t.matched[id]) > 0))]++
	}
	both := counts[1][1]
	asked, matched := both+counts[1][0], both+counts[0][1]
	k := estimate.CohenKappa(counts, false)
	return WordAgreement{Competency: id, Asked: int(asked), Matched: int(matched), Both: int(both),
		Precision: known(both / matched), Recall: known(both / asked), Kappa: known(k.Value), SE: known(k.SE)}
}
