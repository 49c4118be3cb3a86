package gap

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// someOf is a sample of the enterprises that in picks.
func someOf(s *demand.Sample, in func(e int) bool) *demand.Sample {
	out := *s
	out.Enterprises, out.Visits, out.Trends, out.Jobs = nil, nil, nil, demand.Jobs{}
	out.Jobs.Ratings = make([][demand.Measures][]uint8, len(s.Competencies))
	at, visitAt := make(map[int32]int32), make(map[int32]int32)
	for e := range s.Enterprises {
		if in(e) {
			at[int32(e)] = int32(len(out.Enterprises))
			out.Enterprises = append(out.Enterprises, s.Enterprises[e])
		}
	}
	for i, v := range s.Visits {
		if e, ok := at[v.Enterprise]; ok {
			visitAt[int32(i)] = int32(len(out.Visits))
			v.Enterprise = e
			out.Visits = append(out.Visits, v)
		}
	}
	for _, tr := range s.Trends {
		if e, ok := at[tr.Enterprise]; ok {
			tr.Enterprise, tr.Visit = e, visitAt[tr.Visit]
			out.Trends = append(out.Trends, tr)
		}
	}
	j, to := &s.Jobs, &out.Jobs
	for i, e := range j.Enterprise {
		if _, ok := at[e]; !ok {
			continue
		}
		to.ID, to.Enterprise, to.Visit = append(to.ID, j.ID[i]), append(to.Enterprise, at[e]), append(to.Visit, visitAt[j.Visit[i]])
		to.Programme, to.Family, to.Title = append(to.Programme, j.Programme[i]), append(to.Family, j.Family[i]), append(to.Title, j.Title[i])
		to.Headcount, to.Hires = append(to.Headcount, j.Headcount[i]), append(to.Hires, j.Hires[i])
		to.SalaryMin, to.SalaryMax = append(to.SalaryMin, j.SalaryMin[i]), append(to.SalaryMax, j.SalaryMax[i])
		to.Education, to.Requirement = append(to.Education, j.Education[i]), append(to.Requirement, j.Requirement[i])
		to.Certificates = append(to.Certificates, j.Certificates[i])
		for c := range j.Ratings {
			for m := range j.Ratings[c] {
				to.Ratings[c][m] = append(to.Ratings[c][m], j.Ratings[c][m][i])
			}
		}
	}
	return &out
}

// Beside an earlier report, what so few changed is withheld everywhere it would show: the figures, the
// change among the same enterprises, salaries, and the shares that the texts divide. Without one, or
// beside one of the same answers, all of it is shown.
func TestBesideAnEarlierReport(t *testing.T) {
	cb := codebook.Default()
	in := world(cb, 120)
	in.Replicates = -1
	full := in.Samples[2026]
	beside := func(less int) (*Analysis, Inputs) {
		with := in
		with.Earlier = map[int][]*demand.Sample{2026: {someOf(full, func(e int) bool { return e >= less })}}
		return analyse(t, cb, with), with
	}
	alone := analyse(t, cb, in)
	same, _ := beside(0)
	few, inputs := beside(2)
	if !TooClose(cb, inputs, 2026) {
		t.Error("a report of two more is not too close")
	}
	inputs.Base = demand.BaseOne
	inputs.Earlier = map[int][]*demand.Sample{2026: {someOf(full, func(e int) bool { return e < 40 })}}
	if TooClose(cb, inputs, 2026) {
		t.Error("a report of many more is too close")
	}
	for what, shown := range map[string]func(a *Analysis) int{
		"figures":                         func(a *Analysis) int { return count(a.Cells, func(c demand.Cell) bool { return c.Figure.Shown() }) },
		"changes of the same enterprises": func(a *Analysis) int { return count(a.Change.Rows, func(r ChangeRow) bool { return r.Same.Shown() }) },
		"salaries":                        func(a *Analysis) int { return count(a.Priority, func(p Priority) bool { return p.Salary.Shown() }) },
		"shares where a text mentions it": func(a *Analysis) int {
			return count(a.Texts.Rows, func(r TextRow) bool { return r.HighIf.Shown() || r.LowIf.Shown() })
		},
	} {
		n, again, less := shown(alone), shown(same), shown(few)
		if n == 0 || again != n || less >= n {
			t.Errorf("%s: %d shown alone, %d beside the same answers, %d beside a report without two of the enterprises", what, n, again, less)
		}
	}
}

func count[T any](list []T, is func(T) bool) int { return len(filter(list, is)) }
