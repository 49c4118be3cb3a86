package gap

import (
	"math"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func TestPValue(t *testing.T) {
	shown := func(estimate, se float64) demand.Figure {
		return demand.Figure{Flag: demand.Good, HasSE: true, Estimate: estimate, SE: se, DF: 1e9}
	}
	alone := shown(1, 0)
	alone.HasSE = false
	for _, c := range []struct {
		why  string
		of   demand.Figure
		want float64
	}{
		{"within 95 % of chance", shown(-1.959964, 1), 0.05},
		{"no error, and it is not zero", shown(-1.17, 0), 0},
		{"no error, and it is zero", shown(0, 0), 1},
		{"no error but that of adding up", shown(0.5, 1e-17), 0},
		{"zero but for adding up", shown(1e-16, 1e-17), 1},
		{"no error can be told", alone, math.NaN()},
		{"withheld", demand.Figure{Flag: demand.WithheldFew, HasSE: true}, math.NaN()},
	} {
		if got := pValue(c.of); math.Abs(got-c.want) > 1e-5 || math.IsNaN(got) != math.IsNaN(c.want) {
			t.Errorf("%s: p = %g, want %g", c.why, got, c.want)
		}
	}
}

// Where the frame lists just the enterprises that were visited nothing is left to chance: what moved
// moved, and a level that falls short falls short.
func TestNothingIsChanceWhereAllWereVisited(t *testing.T) {
	cb := codebook.Default()
	in := world(cb, 48)
	in.Replicates = -1
	for _, s := range in.Samples {
		frame := &survey.Roster{} // one of each kind: what was visited is more
		seen := make(map[[2]string]bool)
		for _, e := range s.Enterprises {
			if kind := [2]string{e.Industry, e.Size}; !seen[kind] {
				seen[kind] = true
				frame.Strata = append(frame.Strata, survey.Stratum{Industry: e.Industry, Size: e.Size, Population: 1})
			}
		}
		s.ApplyFrame(cb, frame)
	}
	a := analyse(t, cb, in)
	for _, v := range a.Verdicts {
		if v.Change.Shown() && (v.Change.SE != 0 || v.Result != Narrowed && v.Result != Widened) {
			t.Errorf("%s: %q, change %+v", v.Decision.ID, v.Result, v.Change)
		}
		if v.Decision.ID == "D2025-01" && v.Result != Narrowed {
			t.Errorf("%s: %q, want %q: %+v", v.Decision.ID, v.Result, Narrowed, v.Change)
		}
	}
	moved, short := 0, 0
	for _, row := range a.Change.Rows {
		if row.Change.Shown() && row.Moved != (math.Abs(row.Change.Estimate) > exact) {
			t.Errorf("%s %s %s: moved %v, change %+v", row.Domain.Key(), row.Competency, row.Measure, row.Moved, row.Change)
		}
		if row.Moved {
			moved++
		}
	}
	for _, g := range tables(a) {
		short += len(g.Short)
		for _, row := range g.Rows {
			if row.Gap.Shown() && (row.P == nil || *row.P != 0 && row.Gap.Estimate != 0) {
				t.Errorf("%s %s: p %v of a gap %+v", g.Domain.Key(), row.Competency, row.P, row.Gap)
			}
		}
	}
	if moved == 0 || short == 0 {
		t.Errorf("%d changes, %d short", moved, short)
	}
}
