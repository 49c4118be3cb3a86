package gap

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// texts sets what the free texts mention beside what was rated. It is a cross-check and
// nothing more: a word is not a need.
func (r *run) texts() TextCheck {
	found := r.findMentions()
	out := TextCheck{Texts: found.texts, Matched: found.matched, Check: r.checkLexicon()}
	if found.texts == 0 {
		return out
	}
	for c, id := range r.sample.Competencies {
		out.Rows = append(out.Rows, r.textRow(c, id, found))
	}
	return out
}

// found is every mention in the texts of a year.
type found struct {
	has            []bool                                              // job → it has a text
	by             map[codebook.CompetencyID][]bool                    // competency → job → mentioned
	words          map[codebook.CompetencyID]map[string]map[int32]bool // competency → word → enterprises
	texts, matched int
}

func (r *run) findMentions() *found {
	jobs := &r.sample.Jobs
	n := jobs.Len()
	f := &found{has: make([]bool, n), by: make(map[codebook.CompetencyID][]bool), words: make(map[codebook.CompetencyID]map[string]map[int32]bool)}
	for _, id := range r.sample.Competencies {
		f.by[id], f.words[id] = make([]bool, n), make(map[string]map[int32]bool)
	}
	for j, text := range jobs.Requirement {
		if text == "" {
			continue
		}
		f.has[j] = true
		f.texts++
		if f.note(r.cb.Mentions(text), j, jobs.Enterprise[j]) {
			f.matched++
		}
	}
	return f
}

func (f *found) note(mentions []codebook.Mention, j int, enterprise int32) bool {
	any := false
	for _, m := range mentions {
		marks, asked := f.by[m.Competency]
		if !asked {
			continue
		}
		marks[j], any = true, true
		word := codebook.Fold(m.Word)
		if f.words[m.Competency][word] == nil {
			f.words[m.Competency][word] = make(map[int32]bool)
		}
		f.words[m.Competency][word][enterprise] = true
	}
	return any
}

// textRow compares the jobs whose text mentions a competency with the others. The two shares are
// withheld together where one group of jobs, or that without a text, is confidential: with the
// share over all jobs, which is published, the third would follow from two.
func (r *run) textRow(c int, id codebook.CompetencyID, f *found) TextRow {
	rated, marked := &r.sample.Jobs.Ratings[c], f.by[id]
	of := func(x func(j int) (float64, bool)) demand.Linear { return r.view.MeanOfJobs(demand.Share, true, x) }
	high := func(in func(j int) bool) demand.Linear {
		return of(func(j int) (float64, bool) {
			return indicator(rated[demand.Required][j] >= 4), in(j) && rated[demand.Required][j] > 0
		})
	}
	mentioned, other := high(func(j int) bool { return marked[j] }), high(func(j int) bool { return f.has[j] && !marked[j] })
	silent := high(func(j int) bool { return !f.has[j] })
	row := TextRow{
		Competency: id,
		Mentions:   of(func(j int) (float64, bool) { return indicator(marked[j]), f.has[j] }).Figure(r.in.K),
		HighIf:     mentioned.Figure(r.in.K),
		HighElse:   other.Figure(r.in.K),
		LowIf: of(func(j int) (float64, bool) {
			i, q := rated[demand.Importance][j], rated[demand.Required][j]
			return indicator(i > 0 && i <= 2 || q > 0 && q <= 2), marked[j] && (i > 0 || q > 0)
		}).Figure(r.in.K),
		Words: r.topWords(f.words[id]),
	}
	for _, group := range []demand.Linear{mentioned, other, silent} {
		if group.Confidential(r.in.K) {
			row.HighIf, row.HighElse = beside(row.HighIf), beside(row.HighElse)
		}
	}
	return row
}

// beside withholds a figure because of another.
func beside(f demand.Figure) demand.Figure {
	if f.Flag == demand.NoData || f.Flag.Suppressed() {
		return f
	}
	return demand.Figure{Flag: demand.WithheldComplement}
}

// topWords lists the words that at least k enterprises use, at most ten.
func (r *run) topWords(users map[string]map[int32]bool) []Word {
	var out []Word
	for _, w := range sortedKeys(users) {
		if n := len(users[w]); n >= r.in.K {
			out = append(out, Word{w, n})
		}
	}
	slices.SortStableFunc(out, func(a, b Word) int { return cmp.Compare(b.Enterprises, a.Enterprises) })
	return out[:min(10, len(out))]
}
