package sample

import (
	"fmt"
	"math"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// gap is a weighted mean of required − graduate with its standard error, clustered on enterprises.
type gap struct {
	mean, se float64
	n        int
}

func (g gap) String() string { return fmt.Sprintf("%.2f ± %.2f (n %d)", g.mean, g.se, g.n) }

// bases are the job weights that an analysis may choose.
var bases = map[string]func(survey.Job) float64{
	"jobs":          func(survey.Job) float64 { return 1 },
	"planned hires": func(j survey.Job) float64 { return float64(j.PlannedHires.Value) },
	"headcount":     func(j survey.Job) float64 { return float64(j.Headcount.Value) },
}

// gapOf takes the ratio mean over the pairs that have both; programme "" is all.
func gapOf(c *Campaign, p codebook.ProgrammeID, id codebook.CompetencyID, base func(survey.Job) float64) gap {
	weights, totals := map[string]float64{}, map[string]float64{}
	at := c.model.index(id)
	var sumW, sumD float64
	for f := range c.Visits() {
		for _, j := range f.Visit.Jobs {
			r := j.Ratings[at]
			if p != "" && j.Programme != p || !r.Required.Known() || !r.Graduate.Known() || f.Mess == WrongCell {
				continue
			}
			w, d := base(j), float64(r.Required.Value-r.Graduate.Value)
			weights[f.Visit.Enterprise.Name] += w
			totals[f.Visit.Enterprise.Name] += w * d
			sumW += w
			sumD += w * d
		}
	}
	mean, squares, n := sumD/sumW, 0.0, float64(len(weights))
	for e, w := range weights {
		residual := totals[e] - w*mean
		squares += residual * residual
	}
	return gap{mean: mean, se: math.Sqrt(squares*n/(n-1)) / sumW, n: len(weights)}
}

// beyond reports whether b differs from a by more than twice the standard error of the difference.
func beyond(a, b gap) bool { return math.Abs(b.mean-a.mean) > 2*math.Hypot(a.se, b.se) }

// TestStoryHolds reads the tracked campaigns the way the committee will: one gap closes after the
// decision, one does not, one narrows.
func TestStoryHolds(t *testing.T) {
	for name, base := range bases {
		t.Run("as tracked, by "+name, func(t *testing.T) { storyHolds(t, DefaultVisits, DefaultSeed, base) })
	}
	for seed := range uint64(3) {
		t.Run(fmt.Sprintf("600 visits, seed %d", seed), func(t *testing.T) { storyHolds(t, 600, seed, bases["jobs"]) })
	}
}

func storyHolds(t *testing.T, size int, seed uint64, base func(survey.Job) float64) {
	cb := codebook.Default()
	years := map[int]*Campaign{}
	for y := 2024; y <= 2026; y++ {
		years[y] = New(cb, Options{Year: y, Visits: size, Seed: seed})
	}
	p := years[2024].model.plot
	mended := [3]gap{}
	for k := range mended {
		mended[k] = gapOf(years[2024+k], p.Programme, p.Mended, base)
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
	before, after := gapOf(years[2025], p.Programme, p.Unmended, base), gapOf(years[2026], p.Programme, p.Unmended, base)
	t.Logf("%s: %v, %v", p.Unmended, before, after)
	if before.mean < 0.4 || beyond(before, after) {
		t.Errorf("the decision that did not work: %v to %v, want a gap that stays", before, after)
	}
	first, last := gapOf(years[2024], "", p.Narrowing, base), gapOf(years[2026], "", p.Narrowing, base)
	t.Logf("%s: %v, %v", p.Narrowing, first, last)
	if last.mean > first.mean-0.25 {
		t.Errorf("%s: %v to %v, want it to narrow", p.Narrowing, first, last)
	}
	control := [2]gap{}
	for k := range control {
		control[k] = gapOf(years[2025+k], "modern_communication", p.Mended, base)
	}
	t.Logf("without the decision: %v", control)
	if beyond(control[0], control[1]) || control[1].mean < mended[2].mean {
		t.Errorf("a programme without the decision: %v, want its gap to stay", control)
	}
}
