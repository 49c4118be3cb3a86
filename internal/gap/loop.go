package gap

import (
	"maps"
	"math"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// loop divides the planned hires of a programme between job families and competencies. What is drawn is
// a table like any other: no cell of it may rest on fewer than k enterprises or on one that dominates,
// nor may what changed in it since an earlier report.
type loop struct {
	r      *run
	of     []hiring // this year's, then what changed since each earlier report
	drawn  []bool   // by competency
	rows   [][]codebook.FamilyID
	other  []codebook.FamilyID // drawn as one; "" are the jobs of no family
	merged int                 // families among them
}

// hiring is the jobs of a programme that plan hires, by family.
type hiring struct {
	view *demand.View
	jobs map[codebook.FamilyID][]int
}

func hiringIn(v *demand.View, d demand.Domain) hiring {
	h := hiring{v, make(map[codebook.FamilyID][]int)}
	for j, n := range v.Sample.Jobs.Hires {
		if n > 0 && d.Holds(v.Sample, j) {
			f := v.Sample.Jobs.Family[j]
			h.jobs[f] = append(h.jobs[f], j)
		}
	}
	return h
}

// newLoop finds what may be drawn of a programme. A competency that few rated there is left out: its
// ratings do not count then, and all hires are divided among the others. Families of which few rated
// a competency are drawn as one, with more of them where those are too few still.
func (r *run) newLoop(d demand.Domain) *loop {
	l := &loop{r: r, of: []hiring{hiringIn(r.view, d)}}
	for _, changed := range r.view.Changes() {
		l.of = append(l.of, hiringIn(changed, d))
	}
	l.sort(d)
	l.leaveOut(d)
	l.merge()
	return l
}

// sort gives every family whose openings are shown a row.
func (l *loop) sort(d demand.Domain) {
	alone := make(map[codebook.FamilyID]bool)
	for _, item := range l.r.table.Domains {
		switch {
		case item.Programme != d.Programme || item.Family == "":
		case l.r.table.Figure(item, "", demand.Openings).Shown():
			alone[item.Family] = true
			l.rows = append(l.rows, []codebook.FamilyID{item.Family})
		default:
			l.merged++
		}
	}
	rest := make(map[codebook.FamilyID]bool)
	for _, h := range l.of {
		for f := range h.jobs {
			if !alone[f] {
				rest[f] = true
			}
		}
	}
	l.other = slices.Sorted(maps.Keys(rest))
}

// leaveOut finds the competencies that are drawn.
func (l *loop) leaveOut(d demand.Domain) {
	all := slices.Concat(append(l.rows, l.other)...)
	for _, c := range l.r.sample.Competencies {
		l.drawn = append(l.drawn, !l.r.table.Figure(d, c, demand.MeanRequired).Flag.Suppressed())
	}
	for changed := true; changed; {
		changed = false
		for c, hidden := range l.hidden(all) {
			if hidden && l.drawn[c] {
				l.drawn[c], changed = false, true
			}
		}
	}
}

// merge draws rows as one until no cell is confidential.
func (l *loop) merge() {
	for i := len(l.rows) - 1; i >= 0; i-- {
		if slices.Contains(l.hidden(l.rows[i]), true) {
			l.fold(i)
		}
	}
	for len(l.rows) > 0 && slices.Contains(l.hidden(l.other), true) {
		least := 0
		for i := range l.rows {
			if sumOf(l.flow(l.rows[i])) < sumOf(l.flow(l.rows[least])) {
				least = i
			}
		}
		l.fold(least)
	}
}

func (l *loop) fold(row int) {
	l.other = append(l.other, l.rows[row]...)
	l.merged++
	l.rows = slices.Delete(l.rows, row, row+1)
}

// flow is what a row gives each competency: every job divides its hires by the levels it requires. Jobs
// that rate none of what is drawn divide as the others of the row do: what is left over would be theirs.
func (l *loop) flow(row []codebook.FamilyID) []float64 {
	given, all, rated := l.give(l.of[0], row)
	out := make([]float64, len(given))
	for c := range given {
		if rated > 0 {
			out[c] = math.Round(sumOf(given[c])*all/rated*10) / 10
		}
	}
	return out
}

// hidden says which cells of a row are confidential, in themselves or beside an earlier report.
func (l *loop) hidden(row []codebook.FamilyID) []bool {
	out := make([]bool, len(l.drawn))
	for _, h := range l.of {
		given, _, _ := l.give(h, row)
		for c := range given {
			held := filter(given[c], func(v float64) bool { return v > 0 })
			out[c] = out[c] || l.r.in.K >= 0 && len(held) > 0 && l.r.confidential(held)
		}
	}
	return out
}

// give adds up what each enterprise gives each competency, all weighted hires of the row, and those of
// jobs that rated anything that is drawn.
func (l *loop) give(h hiring, row []codebook.FamilyID) (given [][]float64, all, rated float64) {
	jobs := &h.view.Sample.Jobs
	given = make([][]float64, len(l.drawn))
	place := make(map[int32]int)
	for _, f := range row {
		for _, j := range h.jobs[f] {
			e := jobs.Enterprise[j]
			hires := float64(jobs.Hires[j]) * h.view.EnterpriseWeight(int(e))
			all += hires
			levels := l.levels(jobs, j)
			if levels == 0 {
				continue
			}
			rated += hires
			at, known := place[e]
			if !known {
				at = len(place)
				place[e] = at
				for c := range given {
					given[c] = append(given[c], 0)
				}
			}
			for c := range given {
				if l.drawn[c] {
					given[c][at] += hires * float64(jobs.Ratings[c][demand.Required][j]) / levels
				}
			}
		}
	}
	return given, all, rated
}

// levels adds up the levels a job requires of what is drawn.
func (l *loop) levels(jobs *demand.Jobs, j int) (sum float64) {
	for c, drawn := range l.drawn {
		if drawn {
			sum += float64(jobs.Ratings[c][demand.Required][j])
		}
	}
	return sum
}
