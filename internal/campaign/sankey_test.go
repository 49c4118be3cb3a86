package campaign

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// theLoopBalances adds up the flows of every programme in every year of the sample: what enters a
// node leaves it, every column carries the same, and that is the weighted hires of the jobs that were
// rated. The same sums must find a flow that is off.
func theLoopBalances(t *testing.T, w *world) {
	drawn := 0
	for _, year := range []int{2024, 2025, 2026} {
		in, err := w.inputs(context.Background(), AnalyzeOptions{Year: year})
		must(t, err)
		in.Replicates = -1
		a, err := gap.Analyze(w.Codebook, *in)
		must(t, err)
		s := in.Samples[year]
		for _, p := range a.Programmes {
			var hires float64
			for j, h := range s.Jobs.Hires {
				rated := 0
				for c := range s.Competencies {
					rated += int(s.Jobs.Ratings[c][1][j])
				}
				if e := &s.Enterprises[s.Jobs.Enterprise[j]]; h > 0 && rated > 0 && s.Jobs.Programme[j] == p.Programme {
					hires += float64(h) * max(e.Weight, 1)
				}
			}
			if len(p.Loop.Links) == 0 {
				continue // its openings are withheld
			}
			drawn++
			for _, off := range unbalanced(p.Loop, hires) {
				t.Errorf("%d %s: %s", year, p.Programme, off)
			}
			for k := range p.Loop.Links {
				bent := p.Loop
				bent.Links = append([]gap.Flow(nil), p.Loop.Links...)
				bent.Links[k].Value *= 1.001
				if len(unbalanced(bent, hires)) == 0 {
					t.Errorf("%d %s: the flow from %s to %s can be off and nothing shows it", year, p.Programme, bent.Links[k].From, bent.Links[k].To)
				}
			}
		}
	}
	if drawn < 12 {
		t.Errorf("only %d loops of 4 programmes in 3 years are drawn", drawn)
	}
}

// unbalanced says where a loop does not add up.
func unbalanced(loop gap.Sankey, hires float64) (out []string) {
	column, into, from := make(map[string]int), make(map[string]float64), make(map[string]float64)
	for _, n := range loop.Nodes {
		column[n.ID] = n.Column
	}
	var passes [3]float64
	for _, l := range loop.Links {
		into[l.To] += l.Value
		from[l.From] += l.Value
		passes[column[l.From]] += l.Value
		if column[l.To] != column[l.From]+1 {
			out = append(out, fmt.Sprintf("%s → %s skips a column", l.From, l.To))
		}
	}
	off := func(a, b float64) bool { return math.Abs(a-b) > 1e-9*math.Max(1, math.Abs(b)) }
	for _, n := range loop.Nodes {
		if n.Column > 0 && n.Column < 3 && off(into[n.ID], from[n.ID]) {
			out = append(out, fmt.Sprintf("%s takes %g and gives %g", n.ID, into[n.ID], from[n.ID]))
		}
		if into[n.ID]+from[n.ID] == 0 && n.Column != 1 {
			out = append(out, n.ID+" has no flow")
		}
	}
	for k, sum := range passes {
		if off(sum, hires) {
			out = append(out, fmt.Sprintf("%g pass from column %d, %g hires were rated", sum, k, hires))
		}
	}
	return out
}
