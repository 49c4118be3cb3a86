package gap

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// leastForSalary is how many enterprises a mean salary needs: more than other figures, since
// pay is what enterprises guard most.
const leastForSalary = 8

// priority ranks the job families as occupational targets.
func (r *run) priority() []Priority {
	var out []Priority
	for _, d := range r.table.Domains {
		if d.Family != "" && d.Programme == "" {
			out = append(out, r.priorityOf(d))
		}
	}
	slices.SortStableFunc(out, func(a, b Priority) int {
		return cmp.Or(cmp.Compare(shownFirst(a.Openings), shownFirst(b.Openings)), cmp.Compare(b.Openings.Estimate, a.Openings.Estimate))
	})
	for i := range out {
		if out[i].Openings.Shown() {
			out[i].Rank = i + 1
			if i > 0 && out[i].Openings.Estimate == out[i-1].Openings.Estimate {
				out[i].Rank = out[i-1].Rank
			}
		}
	}
	r.priorityIntervals(out)
	return out
}

func shownFirst(f demand.Figure) int {
	if f.Shown() {
		return 0
	}
	return 1
}

func (r *run) priorityOf(d demand.Domain) Priority {
	p := Priority{Family: d.Family, Openings: r.table.Figure(d, "", demand.Openings)}
	if size := r.table.Size(d); !size.Shown() {
		hidden := demand.Figure{Flag: size.Flag}
		p.Growth, p.Breadth, p.Salary = hidden, hidden, hidden
		return p
	}
	p.Breadth = breadth(r.view, d).Figure(r.in.K)
	p.Salary = salary(r.view, d).Figure(max(r.in.K, leastForSalary))
	for _, changed := range r.view.Changes() {
		if salary(changed, d).Confidential(r.in.K) {
			p.Salary = beside(p.Salary)
		}
	}
	p.Growth = demand.Figure{Flag: demand.NoData}
	if r.before != 0 {
		earlier := r.tables[r.before].Figure(d, "", demand.Openings)
		p.Growth = paired(demand.Difference(r.view.HiresEach(d), r.views[r.before].HiresEach(d), r.in.K), p.Openings, earlier)
	}
	return p
}

// hires sums the planned hires of every enterprise in a domain, of the jobs that say how many.
func hires(s *demand.Sample, d demand.Domain) []float64 {
	out := make([]float64, len(s.Enterprises))
	for j, h := range s.Jobs.Hires {
		if h > 0 && d.Holds(s, j) {
			out[s.Jobs.Enterprise[j]] += float64(h)
		}
	}
	return out
}

// breadth is the share of enterprises that have such a job.
func breadth(v *demand.View, d demand.Domain) demand.Linear {
	has := make([]float64, len(v.Sample.Enterprises))
	for j, e := range v.Sample.Jobs.Enterprise {
		if d.Holds(v.Sample, j) {
			has[e] = 1
		}
	}
	return v.MeanOfEnterprises(demand.Share, func(e int) (float64, bool) { return has[e], true })
}

// salary is the mean of the middle of the range offered, by the base.
func salary(v *demand.View, d demand.Domain) demand.Linear {
	jobs := &v.Sample.Jobs
	return v.MeanOfJobs(demand.Amount, false, func(j int) (float64, bool) {
		mid, stated := midSalary(jobs, j)
		return mid, stated && d.Holds(v.Sample, j)
	})
}

// midSalary is the middle of the range a job states, or the one end it gives.
func midSalary(jobs *demand.Jobs, j int) (float64, bool) {
	lo, hi := jobs.SalaryMin[j], jobs.SalaryMax[j]
	if lo <= 0 && hi <= 0 {
		return 0, false
	}
	if lo <= 0 {
		lo = hi
	}
	return float64(lo+max(hi, lo)) / 2, true
}

// priorityIntervals gives the ranks by openings their bootstrap intervals.
func (r *run) priorityIntervals(list []Priority) {
	if r.boot == nil {
		return
	}
	var rows []int
	var values [][]float64
	for i := range list {
		if list[i].Rank > 0 {
			rows = append(rows, i)
			values = append(values, hires(r.sample, demand.Domain{Family: list[i].Family}))
		}
	}
	if len(rows) == 0 {
		return
	}
	places := make([][]float64, len(rows))
	totals := r.boot.Totals(values...)
	one := make([]float64, len(rows))
	for b := range totals[0] {
		for k := range rows {
			one[k] = totals[k][b]
		}
		for k, place := range Places(one) {
			places[k] = append(places[k], float64(place))
		}
	}
	for k, i := range rows {
		lo, hi := estimate.Percentiles(places[k], Confidence)
		list[i].RankLo, list[i].RankHi = int(lo), int(hi)
	}
}

// familyName is the name of a family in both languages.
func (r *run) familyName(f codebook.FamilyID) codebook.Text {
	return r.cb.Name("job_family", string(f))
}
