package gap

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// givers holds what each enterprise gives a cell of the loop, by family and competency, worked out from the
// jobs themselves.
func givers(s *demand.Sample, v *demand.View, p codebook.ProgrammeID, out []codebook.CompetencyID, family func(codebook.FamilyID) bool, c int) map[string]float64 {
	held := make(map[string]float64)
	for j, h := range s.Jobs.Hires {
		if h <= 0 || s.Jobs.Programme[j] != p || !family(s.Jobs.Family[j]) {
			continue
		}
		sum := 0.0
		for k, id := range s.Competencies {
			if !slices.Contains(out, id) {
				sum += float64(s.Jobs.Ratings[k][demand.Required][j])
			}
		}
		if r := s.Jobs.Ratings[c][demand.Required][j]; r > 0 {
			e := int(s.Jobs.Enterprise[j])
			held[s.Enterprises[e].Key] += float64(h) * v.EnterpriseWeight(e) * float64(r) / sum
		}
	}
	return held
}

// loopLeaks attacks what is drawn of a programme: every flow from families, of one, of those drawn as one
// and of all, must be of k enterprises or more, of which none dominates.
func loopLeaks(s *demand.Sample, v *demand.View, p *ProgrammeGap) (out []string) {
	drawn := make(map[codebook.FamilyID]bool)
	for _, l := range p.Loop.Links {
		if f, is := strings.CutPrefix(l.From, "family:"); is {
			drawn[codebook.FamilyID(f)] = true
		}
	}
	for _, l := range p.Loop.Links {
		from, is := strings.CutPrefix(l.From, "family:")
		if !is {
			continue
		}
		c := slices.Index(s.Competencies, codebook.CompetencyID(strings.TrimPrefix(l.To, "competency:")))
		held := givers(s, v, p.Programme, p.Loop.LeftOut, func(f codebook.FamilyID) bool {
			return string(f) == from || l.From == otherFamilies && !drawn[f]
		}, c)
		sum, most := 0.0, 0.0
		for _, amount := range held {
			sum, most = sum+amount, max(most, amount)
		}
		if len(held) > 0 && (len(held) < DefaultK || most > demand.Dominance*sum) {
			out = append(out, fmt.Sprintf("%s: %s → %s: %d enterprises, one of which gives %.0f %%", p.Programme, l.From, l.To, len(held), 100*most/sum))
		}
	}
	return out
}

func TestTheLoopGivesNobodyAway(t *testing.T) {
	cb := codebook.Default()
	for _, visits := range []int{30, 48, 120} {
		in := world(cb, visits)
		in.Replicates = -1
		s := in.Samples[2026]
		for j, h := range s.Jobs.Hires { // few rate this one, in any family
			if j%5 != 0 || h > 20 {
				s.Jobs.Ratings[2][demand.Required][j] = 0
			}
		}
		a := analyse(t, cb, in)
		v := demand.NewView(cb, s, demand.Options{Base: a.Base})
		links := 0
		for i := range a.Programmes {
			links += len(a.Programmes[i].Loop.Links)
			for _, leak := range loopLeaks(s, v, &a.Programmes[i]) {
				t.Errorf("%d visits: %s", visits, leak)
			}
		}
		if links == 0 {
			t.Errorf("%d visits: nothing is drawn", visits)
		}
	}
}

// A competency that a single enterprise of a programme rated, or a single one of those that plan hires, does
// not show in the loop: neither in its own flow nor in what the others are short of.
func TestTheLoopLeavesOutWhatFewRated(t *testing.T) {
	cb := codebook.Default()
	loopOf := func(base demand.Base, rated int) Sankey {
		in := world(cb, 120)
		in.Replicates, in.Base = -1, base
		s := in.Samples[2026]
		only := int32(-1)
		for j, h := range s.Jobs.Hires {
			if s.Jobs.Programme[j] != "computer_network" {
				continue
			}
			if base == demand.BaseOne && s.Jobs.Enterprise[j]%2 == 0 {
				s.Jobs.Hires[j] = demand.Unasked
				continue // rated, and counted elsewhere
			}
			if only < 0 && h > 0 && s.Jobs.Ratings[6][demand.Required][j] > 0 {
				only = s.Jobs.Enterprise[j]
			}
			if s.Jobs.Enterprise[j] != only || rated == 0 {
				s.Jobs.Ratings[6][demand.Required][j] = 0
			}
		}
		a := analyse(t, cb, in)
		return a.Programmes[slices.IndexFunc(a.Programmes, func(p ProgrammeGap) bool { return p.Programme == "computer_network" })].Loop
	}
	for _, base := range []demand.Base{demand.BaseHires, demand.BaseOne} {
		one, none := loopOf(base, 1), loopOf(base, 0)
		if len(one.Links) == 0 || !reflect.DeepEqual(one.Links, none.Links) {
			t.Errorf("base %s: the ratings of one enterprise show in the loop:\n%v\n%v", base, one.Links, none.Links)
		}
		if len(one.LeftOut) != 1 || len(none.LeftOut) != 0 {
			t.Errorf("base %s: left out are %v, and %v where nobody rated it", base, one.LeftOut, none.LeftOut)
		}
	}
}

// What jobs without any rating would hire stands in the openings, so it must not be missing in the loop.
func TestTheLoopCarriesAllOpenings(t *testing.T) {
	cb := codebook.Default()
	in := world(cb, 300)
	in.Replicates = -1
	s := in.Samples[2026]
	for c := range s.Competencies {
		for j, e := range s.Jobs.Enterprise {
			if e%7 == 3 {
				s.Jobs.Ratings[c][demand.Required][j] = 0
			}
		}
	}
	a := analyse(t, cb, in)
	for _, p := range a.Programmes {
		from := make(map[codebook.FamilyID]float64)
		for _, l := range p.Loop.Links {
			if f, is := strings.CutPrefix(l.From, "family:"); is && l.From != otherFamilies {
				from[codebook.FamilyID(f)] += l.Value
			}
			if tenths := l.Value * 10; strings.HasPrefix(l.From, "family:") && math.Abs(tenths-math.Round(tenths)) > 1e-6 {
				t.Errorf("%s: %s → %s is %g: more digits than a reader needs tell more than is meant", p.Programme, l.From, l.To, l.Value)
			}
		}
		for f, sum := range from {
			i := slices.IndexFunc(a.Openings, func(c demand.Cell) bool { return c.Domain == demand.Domain{Programme: p.Programme, Family: f} })
			if want := a.Openings[i].Figure; math.Abs(sum-want.Estimate) > 0.05*float64(len(s.Competencies)) {
				t.Errorf("%s %s: %g in the loop, %g openings", p.Programme, f, sum, want.Estimate)
			}
		}
		if len(from) == 0 {
			t.Errorf("%s: no family is drawn alone", p.Programme)
		}
	}
}

// Two reports on a year are two loops: what changed from one to the other must not be of few either.
func TestTwoLoopsCannotBeSubtracted(t *testing.T) {
	cb := codebook.Default()
	in := world(cb, 300)
	in.Replicates = -1
	s := in.Samples[2026]
	before := someOf(s, func(int) bool { return true })
	anew, rating := make(map[int32]bool), make(map[codebook.FamilyID]map[int32]bool)
	for j, h := range s.Jobs.Hires { // 40 answer anew, in each family three of them about the third competency
		if e := s.Jobs.Enterprise[j]; h > 0 && s.Jobs.Programme[j] == "computer_network" && (len(anew) < 40 || anew[e]) {
			anew[e] = true
			of := rating[s.Jobs.Family[j]]
			if of == nil {
				of = make(map[int32]bool)
				rating[s.Jobs.Family[j]] = of
			}
			for c := range s.Competencies {
				r := &s.Jobs.Ratings[c][demand.Required][j]
				switch {
				case c == 2 && len(of) == 3 && !of[e]:
					*r, before.Jobs.Ratings[c][demand.Required][j] = 0, 0
				case *r > 0:
					*r = 6 - *r
					if c == 2 {
						of[e] = true
					}
				}
			}
			s.Jobs.Hires[j]++
		}
	}
	in.Earlier = map[int][]*demand.Sample{2026: {before}}
	a := analyse(t, cb, in)
	p := &a.Programmes[slices.IndexFunc(a.Programmes, func(p ProgrammeGap) bool { return p.Programme == "computer_network" })]
	v := demand.NewView(cb, s, demand.Options{Base: a.Base, Earlier: demand.Publications(cb, in.Earlier[2026], demand.Options{Base: a.Base})})
	changed := v.Changes()[0]
	if len(p.Loop.Links) == 0 {
		t.Fatal("nothing is drawn")
	}
	for _, leak := range loopLeaks(changed.Sample, changed, p) {
		t.Error("changed since the report before: ", leak)
	}
}
