package demand

import (
	"math"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// visited makes a sample of enterprises given as industry, size, region.
func visited(list ...[3]string) *Sample {
	s := &Sample{Year: 2026, Competencies: []codebook.CompetencyID{"x"}}
	for i, e := range list {
		s.Enterprises = append(s.Enterprises, Enterprise{Key: string(rune('a' + i)), Industry: e[0], Size: e[1], Region: e[2]})
	}
	return s
}

func TestFrameWeights(t *testing.T) {
	cb := codebook.Default()
	s := visited([3]string{"I", "large"}, [3]string{"I", "large"}, [3]string{"I", "medium"}, [3]string{"I", "small"}, [3]string{"I", "small"},
		[3]string{"C", "small"}, [3]string{"G", "micro"}, [3]string{"S", "micro"})
	roster := &survey.Roster{Strata: []survey.Stratum{
		{Industry: "I", Size: "large", Population: 4}, {Industry: "I", Size: "medium", Population: 20}, {Industry: "I", Size: "small", Population: 100},
		{Industry: "C", Size: "small", Population: 30}, {Industry: "G", Size: "micro", Population: 50}, {Industry: "C", Size: "large", Population: 9},
	}}
	s.ApplyFrame(cb, roster)
	// I/medium, visited once, joins I/large: 24 in 3 visits. C and G, each visited once, are
	// merged with one another: 80 in 2. S is not in the frame.
	for i, want := range []float64{8, 8, 8, 50, 50, 40, 40, 1} {
		if got := s.Enterprises[i].Weight; got != want {
			t.Errorf("enterprise %d weighs %g, want %g", i, got, want)
		}
	}
	if s.Enterprises[7].Stratum != -1 {
		t.Error("an enterprise outside the frame has a stratum of it")
	}
	var sum float64
	for i := range s.Enterprises[:7] {
		sum += s.Enterprises[i].Weight
	}
	if sum != 4+20+100+30+50 {
		t.Errorf("weights add up to %g, want the population of the strata visited, 204", sum)
	}
	if len(s.Frame) != 6 || s.Frame[0].Industry != "C" || s.Frame[0].Size != "large" || s.Frame[0].Visited != 0 {
		t.Errorf("frame %+v", s.Frame)
	}
}

func TestFrameFromAList(t *testing.T) {
	cb := codebook.Default()
	s := visited([3]string{"I", "large"}, [3]string{"I", "large"}, [3]string{"I", "large"})
	roster := &survey.Roster{}
	for range 2 {
		roster.Frame = append(roster.Frame, survey.FrameEnterprise{Industry: "I", Size: "large"})
	}
	s.ApplyFrame(cb, roster)
	// More were visited than the frame lists: the population is at least what was seen.
	if e := s.Enterprises[0]; e.Weight != 1 || s.Strata[e.Stratum].Population != 3 {
		t.Errorf("weight %g in %+v", e.Weight, s.Strata)
	}
	s.ApplyFrame(cb, nil)
	if len(s.Strata) != 0 || s.Enterprises[0].Weight != 1 || s.Enterprises[0].Stratum != -1 {
		t.Errorf("without a roster: %+v", s.Enterprises[0])
	}
}

// Raked weights agree with every margin of the frame.
func TestRake(t *testing.T) {
	cb := codebook.Default()
	s := visited([3]string{"I", "large", "440300"}, [3]string{"I", "small", "440300"}, [3]string{"C", "large", "110000"}, [3]string{"C", "small", "440100"}, [3]string{"I", "large", "110000"})
	roster := &survey.Roster{}
	for i := range 60 {
		e := survey.FrameEnterprise{Industry: "I", Size: "large", Region: "110000"}
		if i%3 == 0 {
			e.Industry = "C"
		}
		if i%5 < 2 {
			e.Size = "small"
		}
		if i%2 == 0 {
			e.Region = "440000"
		}
		roster.Frame = append(roster.Frame, e)
	}
	s.ApplyFrame(cb, roster)
	if s.Raked || !s.Rake(roster) || !s.Raked {
		t.Fatal("could not be raked")
	}
	var c, small, guangdong float64
	for i := range s.Enterprises {
		e := &s.Enterprises[i]
		if e.Industry == "C" {
			c += e.Weight
		}
		if e.Size == "small" {
			small += e.Weight
		}
		if Province(e.Region) == "440000" {
			guangdong += e.Weight
		}
	}
	for _, m := range []struct{ got, want float64 }{{c, 20}, {small, 24}, {guangdong, 30}} {
		if m.got < m.want-1e-6 || m.got > m.want+1e-6 {
			t.Errorf("margin %g, want %g", m.got, m.want)
		}
	}
	listed := roster.Frame
	for _, tenfold := range []bool{true, false} { // the strata sheet counts ten times as many as are listed, or sizes of which none is
		roster.Strata = nil
		for _, c := range s.Frame {
			n := c.Population
			if tenfold {
				n *= 10
			}
			roster.Strata = append(roster.Strata, survey.Stratum{Industry: c.Industry, Size: c.Size, Population: n})
		}
		if !tenfold {
			roster.Frame = slices.DeleteFunc(slices.Clone(listed), func(e survey.FrameEnterprise) bool { return e.Size == "small" })
		}
		s.ApplyFrame(cb, roster)
		if !s.Rake(roster) {
			t.Fatal("could not be raked beside a strata sheet")
		}
		total := 0.0
		for i := range s.Enterprises {
			total += s.Enterprises[i].Weight
		}
		want := map[bool]float64{true: 600, false: 60}[tenfold]
		if math.Abs(total-want) > 1e-6 {
			t.Errorf("the population is %g, raked it weighs %g", want, total)
		}
		roster.Frame, roster.Strata = listed, nil
		s.ApplyFrame(cb, roster)
	}
	roster.Frame[0].Region = "650000" // nobody went there: it counts with the smaller of the two visited
	if !s.Rake(roster) {
		t.Error("not raked because of a province that nobody visited")
	}
	guangdong = 0
	for i := range s.Enterprises {
		if Province(s.Enterprises[i].Region) == "440000" {
			guangdong += s.Enterprises[i].Weight
		}
	}
	if guangdong < 30-1e-6 || guangdong > 30+1e-6 {
		t.Errorf("29 enterprises of Guangdong and one of Xinjiang weigh %g", guangdong)
	}
	roster.Frame[0].Region = ""
	s.Enterprises[0].Region = "990000"
	if s.Rake(roster) {
		t.Error("raked although an enterprise stands in no level")
	}
	if s.Rake(nil) || visited().Rake(roster) {
		t.Error("raked without a frame")
	}
}

// A total of hires has no interval below zero, however far one enterprise stands out.
func TestNoHiresBelowZero(t *testing.T) {
	cb := codebook.Default()
	s := invent(cb, 40, 120, 2)
	s.Jobs.Hires[0] = 900
	table := NewView(cb, s, Options{Base: BaseOne, K: -1}).Tabulate()
	cut := 0
	for _, d := range table.Domains {
		f := table.Figure(d, "", Openings)
		if f.HasSE && f.Estimate-studentBound(f.DF)*f.SE < 0 {
			cut++
		}
		if f.Lo < 0 || f.Hi < f.Estimate && f.HasSE {
			t.Errorf("%s: %g (%g to %g)", d.Key(), f.Estimate, f.Lo, f.Hi)
		}
	}
	if cut == 0 {
		t.Error("no interval reaches below zero: the world shows nothing")
	}
}
