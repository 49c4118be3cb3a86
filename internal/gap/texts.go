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
		if f.note(r.mentioned(text), j, jobs.Enterprise[j]) {
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
// share over all jobs, which is published, the third would follow from two. So are they where that share
// rests on fewer jobs than these two.
func (r *run) textRow(c int, id codebook.CompetencyID, f *found) TextRow {
	marked := f.by[id]
	g := groupTexts(r.view, c, func(j int) (bool, bool) { return f.has[j], marked[j] })
	row := TextRow{
		Competency: id,
		Mentions:   r.view.MeanOfJobs(demand.Share, true, func(j int) (float64, bool) { return indicator(marked[j]), f.has[j] }).Figure(r.in.K),
		HighIf:     g.mentioned.Figure(r.in.K), HighElse: g.other.Figure(r.in.K), LowIf: g.low.Figure(r.in.K),
		Words: r.topWords(f.words[id]),
	}
	if g.confidential(r.in.K) || r.table.Paired(demand.Domain{}, id, demand.HighDemandShare) {
		row.HighIf, row.HighElse = beside(row.HighIf), beside(row.HighElse)
	}
	for _, changed := range r.view.Changes() {
		g := groupTexts(changed, c, func(j int) (bool, bool) { return r.speaks(changed.Sample.Jobs.Requirement[j], id) })
		if g.confidential(r.in.K) || g.low.Confidential(r.in.K) {
			row.HighIf, row.HighElse, row.LowIf = beside(row.HighIf), beside(row.HighElse), beside(row.LowIf)
		}
	}
	return row
}

// speaks reports whether there is a text, and whether it mentions a competency.
func (r *run) speaks(text string, id codebook.CompetencyID) (has, mentions bool) {
	return text != "", slices.ContainsFunc(r.mentioned(text), func(m codebook.Mention) bool { return m.Competency == id })
}

// mentioned is what a text mentions, looked for once: the same texts come back for every competency
// and beside every earlier report.
func (r *run) mentioned(text string) []codebook.Mention {
	found, known := r.said[text]
	if !known {
		found = r.cb.Mentions(text)
		r.said[text] = found
	}
	return found
}

// textGroups are the shares of jobs rated R ≥ 4 where the text mentions a competency, where it does
// not and where there is none; and the share rated low although it is mentioned.
type textGroups struct{ mentioned, other, silent, low demand.Linear }

func groupTexts(v *demand.View, c int, speaks func(j int) (has, mentions bool)) textGroups {
	rated := &v.Sample.Jobs.Ratings[c]
	of := func(x func(j int) (float64, bool)) demand.Linear { return v.MeanOfJobs(demand.Share, true, x) }
	high := func(has, mentions bool) demand.Linear {
		return of(func(j int) (float64, bool) {
			h, m := speaks(j)
			return indicator(rated[demand.Required][j] >= 4), h == has && m == mentions && rated[demand.Required][j] > 0
		})
	}
	return textGroups{high(true, true), high(true, false), high(false, false), of(func(j int) (float64, bool) {
		i, q := rated[demand.Importance][j], rated[demand.Required][j]
		_, mentions := speaks(j)
		return indicator(i > 0 && i <= 2 || q > 0 && q <= 2), mentions && (i > 0 || q > 0)
	})}
}

func (g textGroups) confidential(k int) bool {
	return g.mentioned.Confidential(k) || g.other.Confidential(k) || g.silent.Confidential(k)
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
