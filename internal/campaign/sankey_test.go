package campaign

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// theLoopBalances adds up the flows of every programme in every year of the sample: what enters a
// node leaves it, every column carries the same, and that is the weighted hires of the jobs that were
// rated: in the sample, of all. The same sums must find a flow that is off.
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
			rounding := 0.05
			for _, l := range p.Loop.Links {
				if strings.HasPrefix(l.From, "family:") {
					rounding += 0.05
				}
			}
			for _, off := range unbalanced(p.Loop, hires, rounding) {
				t.Errorf("%d %s: %s", year, p.Programme, off)
			}
			for k := range p.Loop.Links {
				bent := p.Loop
				bent.Links = append([]gap.Flow(nil), p.Loop.Links...)
				bent.Links[k].Value *= 1.001
				if len(unbalanced(bent, hires, rounding)) == 0 {
					t.Errorf("%d %s: the flow from %s to %s can be off and nothing shows it", year, p.Programme, bent.Links[k].From, bent.Links[k].To)
				}
			}
		}
	}
	if drawn < 12 {
		t.Errorf("only %d loops of 4 programmes in 3 years are drawn", drawn)
	}
}

// loops attacks what is drawn: what enterprises give each flow from a job family, from those drawn as one and
// so from all, must be of k of them, of which none dominates. What is drawn carries all the openings, so there
// is no remainder.
func (b *yearbook) loops(t testing.TB) {
	t.Helper()
	flows := 0
	for _, p := range b.a.Programmes {
		alone := make(map[string]bool)
		for _, l := range p.Loop.Links {
			alone[l.From] = true
		}
		for _, l := range p.Loop.Links {
			id, is := strings.CutPrefix(l.To, "competency:")
			if !is {
				continue
			}
			flows++
			held := b.give(p.Programme, codebook.CompetencyID(id), p.Loop.LeftOut, func(family string) bool {
				return family == l.From || l.From == "family:_others" && !alone[family]
			})
			sum, most := 0.0, 0.0
			for _, v := range held {
				sum, most = sum+v, max(most, v)
			}
			if len(held) < b.a.K || most > demand.Dominance*sum {
				t.Errorf("%d %s: the flow from %s to %s is of %d enterprises, one of which gives %.0f %%", b.year, p.Programme, l.From, l.To, len(held), 100*most/sum)
			}
			if math.Abs(l.Value*10-math.Round(l.Value*10)) > 1e-6 {
				t.Errorf("%d %s: the flow from %s to %s is %g, to more digits than is meant", b.year, p.Programme, l.From, l.To, l.Value)
			}
		}
	}
	if flows < 40 {
		t.Errorf("%d: only %d flows are drawn", b.year, flows)
	}
}

// give is what each enterprise gives a competency, in families picked by the name of their node.
func (b *yearbook) give(p codebook.ProgrammeID, id codebook.CompetencyID, leftOut []codebook.CompetencyID, in func(family string) bool) map[int32]float64 {
	s, held := b.sample, make(map[int32]float64)
	for j, h := range s.Jobs.Hires {
		if h <= 0 || s.Jobs.Programme[j] != p || !in("family:"+string(s.Jobs.Family[j])) {
			continue
		}
		sum, mine := 0.0, 0.0
		for c, competency := range s.Competencies {
			r := float64(s.Jobs.Ratings[c][demand.Required][j])
			if !slices.Contains(leftOut, competency) {
				sum += r
			}
			if competency == id {
				mine = r
			}
		}
		if mine > 0 {
			e := s.Jobs.Enterprise[j]
			held[e] += float64(h) * b.view.EnterpriseWeight(int(e)) * mine / sum
		}
	}
	return held
}

// apart is the report as if every family were drawn alone.
func (b *yearbook) apart() *yearbook {
	a := *b.a
	a.Programmes = slices.Clone(a.Programmes)
	for i := range a.Programmes {
		p := &a.Programmes[i]
		p.Loop.Links = nil
		for _, d := range b.truth.Domains {
			if d.Programme == p.Programme && d.Family != "" {
				for _, id := range b.sample.Competencies {
					p.Loop.Links = append(p.Loop.Links, gap.Flow{From: "family:" + string(d.Family), To: "competency:" + string(id)})
				}
			}
		}
	}
	out := *b
	out.a = &a
	return &out
}

// unbalanced says where a loop does not add up. What families give is rounded, nothing else is.
func unbalanced(loop gap.Sankey, hires, rounding float64) (out []string) {
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
		if math.Abs(sum-hires) > rounding {
			out = append(out, fmt.Sprintf("%g pass from column %d, %g hires were rated", sum, k, hires))
		}
	}
	return out
}
