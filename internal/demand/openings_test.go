package demand

import (
	"math"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Openings rest on the jobs that say how many they plan; that none says is no data, not none. The
// size of a domain counts every job, and both are withheld together.
func TestOpeningsOfJobsThatSay(t *testing.T) {
	cb := codebook.Default()
	for _, c := range []struct {
		why      string
		hires    func(j int) int32
		openings Figure
		size     Flag
		k        int
	}{
		{"every job says", func(int) int32 { return 2 }, Figure{Estimate: 80, Enterprises: 20, Jobs: 40, Flag: Good}, Good, 5},
		{"every other job says", func(j int) int32 { return []int32{Unasked, 2}[j%2] }, Figure{Estimate: 40, Enterprises: 20, Jobs: 20, Flag: Good}, Good, 5},
		{"nobody says", func(int) int32 { return Unasked }, Figure{Flag: NoData}, Good, 5},
		{"everybody says none", func(int) int32 { return 0 }, Figure{Enterprises: 20, Jobs: 40, Flag: Good}, Good, 5},
		{"what cannot be is not said", func(j int) int32 { return []int32{math.MaxInt32, 3}[j%2] }, Figure{Estimate: 60, Enterprises: 20, Jobs: 20, Flag: Good}, Good, 5},
		{"three enterprises say", func(j int) int32 { return []int32{Unasked, 2}[b2i(j < 6)] }, Figure{Flag: WithheldFew}, WithheldFew, 5},
		{"three enterprises say none, the others nothing", func(j int) int32 { return []int32{Unasked, 0}[b2i(j < 6)] }, Figure{Flag: WithheldFew}, WithheldFew, 5},
	} {
		s := twoJobsEach(cb, 20)
		for j := range s.Jobs.Hires {
			s.Jobs.Hires[j] = c.hires(j)
		}
		table := Tabulate(cb, s, Options{Base: BaseOne, K: c.k})
		for _, d := range []Domain{{}, {Programme: "iot"}} {
			got, size := table.Figure(d, "", Openings), table.Size(d)
			got.SE, got.Lo, got.Hi, got.DF, got.HasSE = 0, 0, 0, 0, false
			if got != c.openings || size.Flag != c.size || size.Shown() && (size.Enterprises != 20 || size.Jobs != 40) {
				t.Errorf("%s, %s: %+v of %+v, want %+v", c.why, d.Key(), got, size, c.openings)
			}
		}
		if got := table.Size(Domain{Programme: "computer_network"}); got != (Figure{Flag: NoData}) {
			t.Errorf("%s: a programme without jobs has size %+v", c.why, got)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// twoJobsEach is a sample of n enterprises of equal weight with two jobs each, all of one programme.
func twoJobsEach(cb *codebook.Codebook, n int) *Sample {
	s := invent(cb, n, 2*n, 3)
	for i := range s.Enterprises {
		s.Enterprises[i].Weight = 1
	}
	for j := range s.Jobs.Enterprise {
		s.Jobs.Enterprise[j], s.Jobs.Programme[j] = int32(j/2), "iot"
	}
	return s
}

// Hires per enterprise are a plain mean where every job says; jobs left blank at random leave it where it
// is, in whole enterprises or across them, and it is none where nobody says.
func TestHiresEach(t *testing.T) {
	cb := codebook.Default()
	d := Domain{Programme: "iot"}
	each := func(blank func(j int) bool) (Linear, *Sample) {
		s := twoJobsEach(cb, 40)
		for j := range s.Jobs.Hires {
			s.Jobs.Hires[j] = int32(1 + j/20)
			if j/2%2 == 1 { // of every other enterprise
				s.Jobs.Programme[j] = "computer_network"
			}
			if blank(j) {
				s.Jobs.Hires[j] = Unasked
			}
		}
		return NewView(cb, s, Options{Base: BaseOne}).HiresEach(d), s
	}
	all, _ := each(func(int) bool { return false })
	var held []float64
	for e := range 40 {
		held = append(held, float64((1-e%2)*2*(1+e/10)))
	}
	mean, square := 0.0, 0.0
	for _, h := range held {
		mean += h / 40
	}
	for _, h := range held {
		square += (h - mean) * (h - mean)
	}
	if !near(all.Value, mean) || !near(all.Variance(), square/39/40) || all.Enterprises != 40 || all.Jobs != 40 {
		t.Errorf("every job says: %g, variance %g, n %d/%d; want %g, %g, 40/40", all.Value, all.Variance(), all.Enterprises, all.Jobs, mean, square/39/40)
	}
	for _, c := range []struct {
		why               string
		blank             func(j int) bool
		enterprises, jobs int
	}{
		{"one of the two jobs of each", func(j int) bool { return j%2 == 1 }, 40, 20},
		{"all jobs of two of each five enterprises that have one", func(j int) bool { return slices.Contains([]int{0, 8}, j/2%10) }, 32, 24},
	} {
		got, s := each(c.blank)
		if math.Abs(got.Value-mean) > 0.01 || got.Enterprises != c.enterprises || got.Jobs != c.jobs {
			t.Errorf("%s blank: %g of %d/%d, want %g of %d/%d", c.why, got.Value, got.Enterprises, got.Jobs, mean, c.enterprises, c.jobs)
		}
		if want := varianceBySteps(s, d); math.Abs(got.Variance()/want-1) > 1e-6 {
			t.Errorf("%s blank: variance %g, by steps in each weight %g", c.why, got.Variance(), want)
		}
	}
	if got, _ := each(func(int) bool { return true }); got.OK {
		t.Errorf("nobody says: %+v", got)
	}
}

// varianceBySteps is the variance of HiresEach for a sample of equal weights in one stratum, from how
// the figure answers to a small step in the weight of each enterprise that says: n/(n−1)·Σ(z−z̄)².
func varianceBySteps(s *Sample, d Domain) float64 {
	value := func(heavier int, by float64) float64 {
		hires, given, jobs, weight := 0.0, 0.0, 0.0, by
		for range s.Enterprises {
			weight++
		}
		for j, e := range s.Jobs.Enterprise {
			w := 1.0
			if int(e) == heavier {
				w += by
			}
			if d.Holds(s, j) {
				jobs += w
				if h := s.Jobs.Hires[j]; h != Unasked {
					given, hires = given+w, hires+w*float64(h)
				}
			}
		}
		return hires / given * jobs / weight
	}
	const step = 1e-4
	var z []float64
	mean, square := 0.0, 0.0
	for e := range s.Enterprises {
		z = append(z, (value(e, step)-value(e, -step))/(2*step))
		mean += z[e]
	}
	mean /= float64(len(z))
	for _, x := range z {
		square += (x - mean) * (x - mean)
	}
	return square * float64(len(z)) / float64(len(z)-1)
}

// The size of a domain that few enterprises stand in is withheld, though none of them says how many it
// plans to hire; so is that of another, from which it would follow.
func TestSizeOfFew(t *testing.T) {
	cb := codebook.Default()
	s := twoJobsEach(cb, 20)
	for j := range 6 {
		s.Jobs.Programme[j], s.Jobs.Hires[j] = "computer_network", Unasked
	}
	table := Tabulate(cb, s, Options{Base: BaseOne})
	for p, want := range map[codebook.ProgrammeID]Flag{"computer_network": WithheldFew, "iot": WithheldComplement, "": Good} {
		d := Domain{Programme: p}
		if got, openings := table.Size(d), table.Figure(d, "", Openings); got.Flag != want || openings.Flag != want {
			t.Errorf("%s: size %+v, openings %+v, want %s", d.Key(), got, openings, want)
		}
	}
}
