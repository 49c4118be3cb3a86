package gap

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// columns turns visits into a sample the way the store does.
func columns(cb *codebook.Codebook, year int, visits []survey.Visit) *demand.Sample {
	s := &demand.Sample{Year: year}
	for _, c := range cb.Active() {
		s.Competencies = append(s.Competencies, c.Code)
	}
	s.Jobs.Ratings = make([][demand.Measures][]uint8, len(s.Competencies))
	keyOf := func(v survey.Visit) string { return survey.EnterpriseKey(v.Enterprise.USCC, v.Enterprise.Name) }
	slices.SortStableFunc(visits, func(a, b survey.Visit) int {
		return cmp.Or(cmp.Compare(keyOf(a), keyOf(b)), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Faculty.ID, b.Faculty.ID))
	})
	at := make(map[string]int32)
	for i, v := range visits {
		key := keyOf(v)
		e, known := at[key]
		if !known {
			e = int32(len(s.Enterprises))
			at[key] = e
			s.Enterprises = append(s.Enterprises, demand.Enterprise{
				Key: key, Display: fmt.Sprintf("E%04d", e+1), Industry: v.Enterprise.Industry, Division: v.Enterprise.Division,
				Size: v.Enterprise.Size, Region: v.Enterprise.Region, Ownership: v.Enterprise.Ownership, Ecosystems: v.Enterprise.Ecosystems, Stratum: -1,
			})
		}
		s.Visits = append(s.Visits, demand.Visit{ID: int64(i + 1), Enterprise: e, Faculty: v.Faculty.ID, Day: v.Day, Programmes: v.Programmes,
			GraduatesHired: given(v.GraduatesHired), Satisfaction: uint8(v.Satisfaction.Value)})
		for _, j := range v.Jobs {
			appendJob(s, e, int32(i), j)
		}
		for _, t := range v.Trends {
			s.Trends = append(s.Trends, demand.Trend{Enterprise: e, Visit: int32(i), Technology: t.Technology, Direction: t.Direction, Horizon: t.Horizon})
		}
	}
	return s
}

func given(a survey.Answer[int]) int32 {
	if a.Known() {
		return int32(a.Value)
	}
	return demand.Unasked
}

func appendJob(s *demand.Sample, e, visit int32, in survey.Job) {
	j := &s.Jobs
	j.ID = append(j.ID, int64(len(j.ID)+1))
	j.Enterprise, j.Visit = append(j.Enterprise, e), append(j.Visit, visit)
	j.Programme, j.Family, j.Title = append(j.Programme, in.Programme), append(j.Family, in.Family), append(j.Title, in.Title)
	j.Headcount, j.Hires = append(j.Headcount, given(in.Headcount)), append(j.Hires, given(in.PlannedHires))
	j.SalaryMin, j.SalaryMax = append(j.SalaryMin, given(in.SalaryMin)), append(j.SalaryMax, given(in.SalaryMax))
	j.Education, j.Requirement = append(j.Education, in.Education), append(j.Requirement, in.Requirement)
	j.Certificates = append(j.Certificates, in.Certificates)
	for c := range j.Ratings {
		r := &j.Ratings[c]
		r[demand.Importance] = append(r[demand.Importance], uint8(in.Ratings[c].Importance.Value))
		r[demand.Required] = append(r[demand.Required], uint8(in.Ratings[c].Required.Value))
		r[demand.Graduate] = append(r[demand.Graduate], uint8(in.Ratings[c].Graduate.Value))
	}
}

// world is the invented college over three years, with roster, curriculum and decisions.
func world(cb *codebook.Codebook, visits int) Inputs {
	in := Inputs{Year: 2026, Samples: map[int]*demand.Sample{}, Curriculum: map[int]*curriculum.Map{}, Register: &curriculum.Register{}, Seed: 7, Invented: true}
	for year := 2024; year <= 2026; year++ {
		c := sample.New(cb, sample.Options{Year: year, Visits: visits, Seed: sample.DefaultSeed})
		var list []survey.Visit
		for f := range c.Visits() {
			list = append(list, f.Visit)
		}
		s := columns(cb, year, list)
		roster := c.Roster()
		frame := &survey.Roster{Strata: roster.Strata}
		for _, t := range roster.Frame {
			frame.Frame = append(frame.Frame, t.FrameEnterprise)
		}
		s.ApplyFrame(cb, frame)
		in.Samples[year], in.Curriculum[year] = s, c.Curriculum()
		reg := c.Decisions()
		in.Register.Proposals = append(in.Register.Proposals, reg.Proposals...)
		in.Register.Decisions = append(in.Register.Decisions, reg.Decisions...)
		if year == 2026 {
			in.Outcomes = c.Outcomes()
		}
	}
	return in
}

func analyse(t testing.TB, cb *codebook.Codebook, in Inputs) *Analysis {
	t.Helper()
	a, err := Analyze(cb, in)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
