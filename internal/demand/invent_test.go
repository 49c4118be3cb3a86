package demand

import (
	"fmt"
	"math/rand/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// invent makes a sample for tests: enterprises in skewed industries and provinces, several
// jobs each, graduate levels missing for a third of the enterprises.
func invent(cb *codebook.Codebook, enterprises, jobs int, seed uint64) *Sample {
	rng := rand.New(rand.NewPCG(seed, 7))
	s := &Sample{Year: 2026}
	for _, c := range cb.Active() {
		s.Competencies = append(s.Competencies, c.Code)
	}
	s.Jobs.Ratings = make([][Measures][]uint8, len(s.Competencies))
	families := []codebook.FamilyID{"network_engineer", "network_operations", "presales_solution", "security", "wireless_optical", "cloud",
		"app_development", "iot_embedded", "data", "project_delivery", "other"}
	sizes := []string{"large", "medium", "small", "micro"}
	for e := range enterprises {
		s.Enterprises = append(s.Enterprises, Enterprise{
			Key: fmt.Sprintf("enterprise-%06d", e), Industry: string(rune('A' + skewed(rng, 20))), Size: sizes[rng.IntN(4)],
			Region: fmt.Sprintf("%02d0100", 11+skewed(rng, 31)), Stratum: -1,
		})
		s.Visits = append(s.Visits, Visit{ID: int64(e + 1), Enterprise: int32(e), Faculty: fmt.Sprint("T", e%17), GraduatesHired: Unasked})
	}
	for j := range jobs {
		e := int32(j % enterprises)
		if j >= enterprises {
			e = int32(rng.IntN(enterprises))
		}
		addJob(s, rng, e, cb.Programmes[rng.IntN(len(cb.Programmes))].Code, families[skewed(rng, len(families))])
	}
	return s
}

// skewed draws 0 … n-1, small numbers more often.
func skewed(rng *rand.Rand, n int) int { return int(float64(n) * rng.Float64() * rng.Float64()) }

func addJob(s *Sample, rng *rand.Rand, e int32, p codebook.ProgrammeID, f codebook.FamilyID) {
	j := &s.Jobs
	j.ID = append(j.ID, int64(len(j.ID)+1))
	j.Enterprise, j.Visit = append(j.Enterprise, e), append(j.Visit, e)
	j.Programme, j.Family = append(j.Programme, p), append(j.Family, f)
	j.Title = append(j.Title, string(f))
	j.Headcount, j.Hires = append(j.Headcount, int32(rng.IntN(30))), append(j.Hires, int32(1+rng.IntN(8)))
	j.SalaryMin, j.SalaryMax = append(j.SalaryMin, 6000), append(j.SalaryMax, int32(8000+rng.IntN(9000)))
	j.Education, j.Requirement = append(j.Education, ""), append(j.Requirement, "")
	j.Certificates = append(j.Certificates, nil)
	for c := range j.Ratings {
		r := &j.Ratings[c]
		need := min(5, 1+rng.IntN(5)/2+rng.IntN(3))
		r[Importance] = append(r[Importance], uint8(min(5, need+rng.IntN(2))))
		r[Required] = append(r[Required], uint8(need))
		held := uint8(max(1, need-rng.IntN(3)))
		if e%3 == 0 {
			held = 0
		}
		r[Graduate] = append(r[Graduate], held)
	}
}
