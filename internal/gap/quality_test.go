package gap

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// unitsByTheBook says the same as unitsRatedTwice, job by job: what each visit says of a kind of job at an
// enterprise is the lower median of its ratings, and two visits or more make a unit.
func unitsByTheBook(s *demand.Sample, c, m int, who map[string]bool) [][]float64 {
	type kind struct {
		enterprise int32
		programme  codebook.ProgrammeID
		family     codebook.FamilyID
	}
	jobs := &s.Jobs
	by := make(map[kind]map[int32][]float64)
	for j, v := range jobs.Ratings[c][m] {
		if v != 0 {
			k := kind{jobs.Enterprise[j], jobs.Programme[j], jobs.Family[j]}
			if by[k] == nil {
				by[k] = make(map[int32][]float64)
			}
			by[k][jobs.Visit[j]] = append(by[k][jobs.Visit[j]], float64(v))
		}
	}
	var units [][]float64
	for k, visits := range by {
		if len(visits) < 2 {
			continue
		}
		who[s.Enterprises[k.enterprise].Key] = true
		var unit []float64
		for _, given := range visits {
			slices.Sort(given)
			unit = append(unit, given[(len(given)-1)/2])
		}
		slices.Sort(unit)
		units = append(units, unit)
	}
	slices.SortFunc(units, slices.Compare)
	return units
}

func TestUnitsRatedTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	found := 0
	for range 60 {
		s := plainSample(4)
		for range rng.IntN(40) { // more visits of the four, with jobs few enough in kind to meet
			e := int32(rng.IntN(4))
			if rng.IntN(2) == 0 {
				s.Visits = append(s.Visits, demand.Visit{ID: int64(len(s.Visits)), Enterprise: e})
			}
			mark := func() survey.Answer[int] {
				if v := rng.IntN(7); v > 0 && v < 6 {
					return survey.Have(v)
				}
				return survey.Answer[int]{}
			}
			appendJob(s, e, int32(len(s.Visits)-1-rng.IntN(2)), survey.Job{Family: codebook.FamilyID([]string{"a", "b"}[rng.IntN(2)]), Programme: "iot",
				Ratings: []survey.Rating{{Importance: mark(), Required: mark(), Graduate: mark()}}})
		}
		groups := seenTwice(s)
		for m := range int(demand.Measures) {
			got, want := make(map[string]bool), make(map[string]bool)
			units, byTheBook := unitsRatedTwice(s, groups, 0, m, got), unitsByTheBook(s, 0, m, want)
			if !reflect.DeepEqual(units, byTheBook) || !reflect.DeepEqual(got, want) {
				t.Fatalf("measure %d: %v of %v, want %v of %v", m, units, got, byTheBook, want)
			}
			found += len(units)
		}
	}
	if found == 0 {
		t.Error("nothing was rated twice: the samples show nothing")
	}
}
