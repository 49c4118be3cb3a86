package gap

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// How far words agree with a reader about 47 public postings. The counts were tallied by hand from
// the record; κ and its error follow from them by the formulas of Fleiss, Cohen & Everitt 1969.
func TestLexiconAgainstAReader(t *testing.T) {
	got := runOf(codebook.Default(), world(codebook.Default(), 12)).checkLexicon()
	if got.Texts != 47 || len(got.Rows) != 7 {
		t.Fatalf("%d texts, %d competencies", got.Texts, len(got.Rows))
	}
	for i, want := range []struct {
		asked, matched, both int
		kappa                float64
	}{
		{6, 10, 6, 0.702532}, {0, 2, 0, 0}, {7, 5, 3, 0.429150}, {13, 29, 10, 0.152459}, {9, 2, 2, 0.316008}, {2, 6, 1, 0.198864}, {8, 8, 5, 0.548077},
	} {
		r := got.Rows[i]
		if r.Asked != want.asked || r.Matched != want.matched || r.Both != want.both || r.Kappa == nil || math.Abs(*r.Kappa-want.kappa) > 5e-7 {
			t.Errorf("%+v, want %+v", r, want)
		}
	}
	if r := got.Rows[1]; r.Recall != nil || *r.Precision != 0 {
		t.Errorf("nobody asks for %s, yet %+v", r.Competency, r)
	}
	edited := *codebook.Default()
	edited.Lexicon = slices.Clone(edited.Lexicon)
	edited.Lexicon[0].Words = edited.Lexicon[0].Words[1:]
	if n := len(runOf(&edited, world(codebook.Default(), 12)).checkLexicon().Rows); n != 6 {
		t.Errorf("words that were edited are said to have been checked: %d rows", n)
	}
}

// The record holds what the lexicon finds: its words are matched still, each by itself; and in the
// texts themselves, where QIANQI_JOB_TEXTS names a folder of them (a text a line).
func TestLexiconRecordIsWhatMatches(t *testing.T) {
	cb := codebook.Default()
	texts := postings(t)
	for _, r := range readTexts() {
		found := make(map[codebook.CompetencyID]map[string]bool)
		var evidence []string
		for id, words := range r.matched {
			found[id] = make(map[string]bool)
			evidence = append(evidence, words...)
		}
		text, known := texts[r.hash]
		if !known {
			text = strings.Join(evidence, "。")
		}
		for _, m := range cb.Mentions(text) {
			if found[m.Competency] == nil {
				t.Errorf("text %s: %q is not in the record", r.hash, m.Word)
				continue
			}
			found[m.Competency][strings.ToLower(m.Word)] = true
		}
		for id, words := range r.matched {
			if len(found[id]) != len(words) {
				t.Errorf("text %s: %s was matched by %q, now by %v", r.hash, id, words, found[id])
			}
		}
	}
}

// postings reads the texts by the head of their hash; none where no folder is named.
func postings(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	files, err := filepath.Glob(filepath.Join(os.Getenv("QIANQI_JOB_TEXTS"), "jd_text_*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<22)
		for lines.Scan() {
			sum := sha256.Sum256(lines.Bytes())
			out[hex.EncodeToString(sum[:8])] = lines.Text()
		}
		f.Close()
	}
	return out
}
