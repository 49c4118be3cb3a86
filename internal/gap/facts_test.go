package gap

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// The unweighted total of planned hires is held to the same rules as the weighted one, on its own
// account: weights may hide that an enterprise dominates, now or between two reports.
func TestPlannedHiresOfAll(t *testing.T) {
	cb := codebook.Default()
	for _, c := range []struct {
		why      string
		now      func(s, then *demand.Sample)
		want     demand.Figure
		openings bool // whether the weighted total is shown all the same
	}{
		{"every job counts once", func(*demand.Sample, *demand.Sample) {},
			demand.Figure{Estimate: 96, Enterprises: 24, Jobs: 48, Flag: demand.Good}, true},
		{"a job that does not say is not counted", func(s, then *demand.Sample) { s.Jobs.Hires[3], then.Jobs.Hires[3] = demand.Unasked, demand.Unasked },
			demand.Figure{Estimate: 93, Enterprises: 24, Jobs: 47, Flag: demand.Good}, true},
		{"a giant", func(s, then *demand.Sample) { s.Jobs.Hires[0], then.Jobs.Hires[0] = 5000, 5000 },
			demand.Figure{Flag: demand.WithheldDominance}, false},
		{"a giant that counts for little", func(s, then *demand.Sample) {
			s.Jobs.Hires[0], then.Jobs.Hires[0] = 5000, 5000
			s.Enterprises[0].Weight, then.Enterprises[0].Weight = 1e-3, 1e-3
		}, demand.Figure{Flag: demand.WithheldDominance}, true},
		{"one that counts for nearly all: the weighted total is withheld", func(s, then *demand.Sample) {
			s.Enterprises[0].Weight, then.Enterprises[0].Weight = 1000, 1000
		}, demand.Figure{Flag: demand.WithheldDominance}, false},
		{"four of them plan hires", func(s, then *demand.Sample) {
			clear(s.Jobs.Hires[8:])
			clear(then.Jobs.Hires[8:])
		}, demand.Figure{Flag: demand.WithheldFew}, false},
		{"since a report six plan other hires, and one that counts for little many more", func(s, _ *demand.Sample) {
			for e := range 6 {
				s.Jobs.Hires[2*e]++
			}
			s.Jobs.Hires[0] += 200
			s.Enterprises[0].Weight = 1e-3
		}, demand.Figure{Flag: demand.WithheldComplement}, true},
	} {
		in := plainInputs(24)
		then := someOf(in.Samples[2026], func(int) bool { return true })
		c.now(in.Samples[2026], then)
		in.Earlier = map[int][]*demand.Sample{2026: {then}}
		a := analyse(t, cb, in)
		if got := a.Facts.Hires; got != c.want || a.Overall.Openings.Shown() != c.openings {
			t.Errorf("%s: %+v, want %+v; weighted %+v", c.why, got, c.want, a.Overall.Openings)
		}
	}
}
