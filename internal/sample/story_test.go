package sample

import (
	"fmt"
	"math"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// gap is a plain mean of required − graduate with its standard error over enterprises.
type gap struct {
	mean, se float64
	n        int
}

func (g gap) String() string { return fmt.Sprintf("%.2f ± %.2f (n %d)", g.mean, g.se, g.n) }

// gapOf takes the mean over the enterprises' own means; programme "" is all.
func gapOf(c *Campaign, p codebook.ProgrammeID, id codebook.CompetencyID) gap {
	type sum struct {
		total float64
		n     int
	}
	by := make(map[string]sum)
	at := c.model.index(id)
	for f := range c.Visits() {
		for _, j := range f.Visit.Jobs {
			r := j.Ratings[at]
			if p != "" && j.Programme != p || !r.Required.Known() || !r.Graduate.Known() {
				continue
			}
			s := by[f.Visit.Enterprise.Name]
			s.total += float64(r.Required.Value - r.Graduate.Value)
			s.n++
			by[f.Visit.Enterprise.Name] = s
		}
	}
	var total, squares float64
	for _, s := range by {
		total += s.total / float64(s.n)
	}
	n := float64(len(by))
	for _, s := range by {
		d := s.total/float64(s.n) - total/n
		squares += d * d
	}
	return gap{mean: total / n, se: math.Sqrt(squares / (n - 1) / n), n: len(by)}
}

// beyond reports whether b differs from a by more than twice the standard error of the difference.
func beyond(a, b gap) bool { return math.Abs(b.mean-a.mean) > 2*math.Hypot(a.se, b.se) }

// TestStoryHolds reads the tracked campaigns the way the committee will: one gap closes after the
// decision, one does not, one narrows.
func TestStoryHolds(t *testing.T) {
	t.Run("as tracked", func(t *testing.T) { storyHolds(t, DefaultVisits, DefaultSeed) })
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("600 visits, seed %d", seed), func(t *testing.T) { storyHolds(t, 600, seed) })
	}
}

func storyHolds(t *testing.T, size int, seed uint64) {
	cb := codebook.Default()
	years := map[int]*Campaign{}
	for y := 2024; y <= 2026; y++ {
		years[y] = New(cb, Options{Year: y, Visits: size, Seed: seed})
	}
	p := years[2024].model.plot
	mended := [3]gap{}
	for k := range mended {
		mended[k] = gapOf(years[2024+k], p.Programme, p.Mended)
	}
	t.Logf("%s %s: %v", p.Programme, p.Mended, mended)
	if mended[0].mean < 1.1 || mended[0].n < 15 {
		t.Errorf("2024: the gap to be closed is %v, want a large one over at least 15 enterprises", mended[0])
	}
	if beyond(mended[0], mended[1]) {
		t.Errorf("2025: the gap moved before the decision took effect: %v to %v", mended[0], mended[1])
	}
	if !beyond(mended[1], mended[2]) || mended[2].mean > mended[1].mean-0.4 {
		t.Errorf("2026: the gap is not closed beyond error: %v to %v", mended[1], mended[2])
	}
	before, after := gapOf(years[2025], p.Programme, p.Unmended), gapOf(years[2026], p.Programme, p.Unmended)
	t.Logf("%s: %v, %v", p.Unmended, before, after)
	if before.mean < 0.4 || beyond(before, after) {
		t.Errorf("the decision that did not work: %v to %v, want a gap that stays", before, after)
	}
	first, last := gapOf(years[2024], "", p.Narrowing), gapOf(years[2026], "", p.Narrowing)
	t.Logf("%s: %v, %v", p.Narrowing, first, last)
	if last.mean > first.mean-0.25 {
		t.Errorf("%s: %v to %v, want it to narrow", p.Narrowing, first, last)
	}
	if control := gapOf(years[2026], "modern_communication", p.Mended); control.mean < mended[2].mean {
		t.Errorf("2026: a programme without the decision has gap %v, no larger than %v", control, mended[2])
	}
}
