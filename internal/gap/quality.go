package gap

import (
	"cmp"
	"math"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// rated names the measures of a job as figures are named.
var rated = [demand.Measures]demand.Measure{demand.MeanImportance, demand.MeanRequired, demand.MeanGraduate}

func (r *run) quality() Quality {
	q := Quality{Strata: r.strata(), NonResponse: r.nonResponse(), Reliability: r.reliability(), Screened: r.screened()}
	straight := r.straightLined()
	q.StraightShare = r.view.MeanOfJobs(demand.Share, true, func(j int) (float64, bool) { return indicator(straight[j]), true }).Figure(r.in.K)
	q.StraightLine = r.rerun(say("不含各项能力评分完全相同的岗位", "without jobs whose ratings are all the same"), func(j int) bool { return straight[j] })
	q.StraightLine.Left = r.count(straight)
	q.StraightLine.Verdict = stable(q.StraightLine, say("名次不受直线作答影响", "straight-lining does not decide the ranks"),
		say("直线作答影响前几名，须核对", "straight-lining moves the top ranks; check these visits"))
	r.leniency(&q)
	return q
}

// screened withholds counts of visits to one to k−1 enterprises.
func (r *run) screened() []Screened {
	out := slices.Clone(r.in.Screened)
	for i := range out {
		s := &out[i]
		s.Flag = demand.Good
		if s.Enterprises > 0 && s.Enterprises < r.in.K {
			s.Visits, s.Enterprises, s.Flag = 0, 0, demand.WithheldFew
		}
	}
	return out
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// count is how many jobs are marked, 0 where they come from fewer than k enterprises.
func (r *run) count(marked []bool) int {
	enterprises, jobs := make(map[int32]bool), 0
	for j, m := range marked {
		if m {
			enterprises[r.sample.Jobs.Enterprise[j]] = true
			jobs++
		}
	}
	if len(enterprises) < r.in.K {
		return 0
	}
	return jobs
}

// strata says how much of each cell of the frame was visited. Counts of one to k−1 are withheld,
// and others beside them so that neither they nor several of them together follow from the
// totals by industry, by size and over all.
func (r *run) strata() []StratumCoverage {
	frame := r.sample.Frame
	out := make([]StratumCoverage, len(frame))
	for i, why := range r.hiddenStrata(frame) {
		c := frame[i]
		out[i] = StratumCoverage{Industry: c.Industry, Size: c.Size, Population: c.Population}
		switch {
		case why == estimate.FewHolders:
			out[i].Flag = demand.WithheldFew
		case why.Hidden():
			out[i].Flag = demand.WithheldComplement
		default:
			out[i].Visited, out[i].Flag = c.Visited, demand.Good
			out[i].Share = known(float64(c.Visited) / float64(c.Population))
		}
	}
	return out
}

// hiddenStrata protects the counts of visited enterprises: each is a holder of its own. The
// numbers by industry and by size are what the table of domains makes of them, known or withheld.
func (r *run) hiddenStrata(frame []demand.FrameCell) []estimate.Withheld {
	var given []estimate.Contribution
	holder := int32(0)
	parts := make(map[demand.Domain][]int)
	for i, c := range frame {
		for range c.Visited {
			given = append(given, estimate.Contribution{Cell: i, Holder: holder, Amount: 1})
			holder++
		}
		for _, d := range []demand.Domain{{Industry: c.Industry}, {Size: c.Size}} {
			parts[d] = append(parts[d], i)
		}
	}
	all := len(frame)
	byIndustry, bySize := estimate.Sum{Total: all}, estimate.Sum{Total: all}
	fixed := map[int]estimate.Withheld{all: estimate.Shown}
	var sums []estimate.Sum
	cells := all + 1
	for _, d := range r.table.Domains {
		if len(parts[d]) == 0 {
			continue
		}
		if fixed[cells] = estimate.Shown; r.countWithheld(d) {
			fixed[cells] = estimate.Complementary
		}
		by := &byIndustry
		if d.Size != "" {
			by = &bySize
		}
		by.Parts = append(by.Parts, cells)
		sums = append(sums, estimate.Sum{Total: cells, Parts: parts[d]})
		cells++
	}
	sums = append(sums, byIndustry, bySize)
	return estimate.Withhold(cells, given, sums, estimate.Disclosure{MinHolders: r.in.K, MaxShare: 1, Fixed: fixed})[:len(frame)]
}

// countWithheld reports whether no figure of a domain says how many enterprises it has.
func (r *run) countWithheld(d demand.Domain) bool {
	for _, c := range r.sample.Competencies {
		if !r.table.Figure(d, c, demand.MeanRequired).Flag.Suppressed() {
			return false
		}
	}
	return r.table.Size(d).Flag.Suppressed()
}

// nonResponse is the share of jobs that left an item blank.
func (r *run) nonResponse() []NonResponse {
	jobs := &r.sample.Jobs
	n := jobs.Len()
	var out []NonResponse
	for c, id := range r.sample.Competencies {
		for m, name := range rated {
			missing := 0
			for _, v := range jobs.Ratings[c][m] {
				if v == 0 {
					missing++
				}
			}
			out = append(out, NonResponse{string(name), id, share(missing, n), n})
		}
	}
	for _, field := range []struct {
		name   string
		column []int32
	}{{"headcount", jobs.Headcount}, {"planned_hires", jobs.Hires}, {"salary_min", jobs.SalaryMin}} {
		missing := 0
		for _, v := range field.column {
			if v < 0 {
				missing++
			}
		}
		out = append(out, NonResponse{field.name, "", share(missing, n), n})
	}
	return out
}

func share(part, whole int) float64 { return float64(part) / float64(max(1, whole)) }

// straightLined marks jobs that give the same importance to every competency and the same
// required level to every competency, over at least three.
func (r *run) straightLined() []bool {
	out := make([]bool, r.sample.Jobs.Len())
	for j := range out {
		out[j] = r.allSame(j, demand.Importance) && r.allSame(j, demand.Required)
	}
	return out
}

func (r *run) allSame(j, measure int) bool {
	var first uint8
	n := 0
	for c := range r.sample.Jobs.Ratings {
		v := r.sample.Jobs.Ratings[c][measure][j]
		switch {
		case v == 0:
			continue
		case n == 0:
			first = v
		case v != first:
			return false
		}
		n++
	}
	return n >= 3
}

// reliability is the agreement of different visits to the same enterprise in one year about the
// same kind of job, over all years there are: Krippendorff's α on ordinal ratings. A visit with
// several such jobs speaks with the median of them. It is shown where k enterprises or more stand
// behind it.
func (r *run) reliability() []Reliability {
	var out []Reliability
	groups := make(map[int][][]int32)
	for _, y := range r.years {
		groups[y] = seenTwice(r.in.Samples[y])
	}
	for m, name := range rated {
		var units [][]float64
		who := make(map[string]bool)
		for _, y := range r.years {
			s := r.in.Samples[y]
			for c := range s.Competencies {
				units = append(units, unitsRatedTwice(s, groups[y], c, m, who)...)
			}
		}
		a := estimate.KrippendorffAlpha(units, estimate.Ordinal)
		rel := Reliability{Measure: name, Enterprises: len(who), Units: a.Units, Reason: demand.NoData}
		switch {
		case len(who) > 0 && len(who) < r.in.K:
			rel.Enterprises, rel.Units, rel.Reason = 0, 0, demand.WithheldFew
		case a.OK():
			rel.Alpha, rel.Reason = known(a.Value), demand.Good
		}
		out = append(out, rel)
	}
	return out
}

// seenTwice groups the jobs of one programme and family at one enterprise, each group visit by visit, and
// leaves those that two visits or more speak of.
func seenTwice(s *demand.Sample) [][]int32 {
	jobs := &s.Jobs
	order := make([]int32, jobs.Len())
	for j := range order {
		order[j] = int32(j)
	}
	unit := func(a, b int32) int {
		return cmp.Or(cmp.Compare(jobs.Enterprise[a], jobs.Enterprise[b]), cmp.Compare(jobs.Programme[a], jobs.Programme[b]),
			cmp.Compare(jobs.Family[a], jobs.Family[b]))
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(unit(a, b), cmp.Compare(jobs.Visit[a], jobs.Visit[b])) })
	var groups [][]int32
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && unit(order[from], order[to]) == 0 {
			to++
		}
		if group := order[from:to]; jobs.Visit[group[0]] != jobs.Visit[group[len(group)-1]] {
			groups = append(groups, group)
		}
		from = to
	}
	return groups
}

// unitsRatedTwice lists what two visits or more of a group rated, and notes whose jobs they are.
func unitsRatedTwice(s *demand.Sample, groups [][]int32, c, m int, who map[string]bool) [][]float64 {
	jobs := &s.Jobs
	var units [][]float64
	var unit, given []float64
	next := func() { // visit
		if len(given) > 0 {
			slices.Sort(given)
			unit = append(unit, given[(len(given)-1)/2])
		}
		given = given[:0]
	}
	for _, group := range groups {
		unit = nil
		for i, j := range group {
			if i > 0 && jobs.Visit[j] != jobs.Visit[group[i-1]] {
				next()
			}
			if v := jobs.Ratings[c][m][j]; v != 0 {
				given = append(given, float64(v))
			}
		}
		next()
		if len(unit) >= 2 {
			who[s.Enterprises[jobs.Enterprise[group[0]]].Key] = true
			slices.Sort(unit)
			units = append(units, unit)
		}
	}
	slices.SortFunc(units, slices.Compare)
	return units
}

// leniency asks whether the ranks depend on who visited: it measures how much of the variance
// of ratings between visits lies between faculty, and ranks again without the visits of the
// tenth whose ratings lie farthest from the mean. Only faculty with two visits or more can be
// told from the enterprises they visited. Nobody is named, not even in the analysis.
func (r *run) leniency(q *Quality) {
	groups := r.ratingsByFaculty()
	if len(groups) >= r.in.K {
		q.LeniencyShare = betweenShare(groups)
	}
	extreme := make(map[string]bool)
	for _, f := range farthest(groups) {
		extreme[f] = true
	}
	marked := make([]bool, r.sample.Jobs.Len())
	for j := range marked {
		marked[j] = extreme[r.sample.Visits[r.sample.Jobs.Visit[j]].Faculty]
	}
	q.Leniency.What = say("不含打分最宽或最严的十分之一教师的走访", "without the visits of the tenth of faculty who rate most leniently or severely")
	q.Leniency.Verdict = stable(q.Leniency, codebook.Text{}, codebook.Text{})
	if len(extreme) == 0 {
		return
	}
	q.Leniency = r.rerun(q.Leniency.What, func(j int) bool { return marked[j] })
	q.Leniency.Left = r.count(marked)
	q.Leniency.Verdict = stable(q.Leniency, say("名次不取决于由谁走访", "the ranks do not depend on who visited"),
		say("前几名部分取决于由谁走访，须核对", "the top ranks depend in part on who visited; check"))
}

// ratingsByFaculty holds the mean required level of every visit, by who made it; only faculty
// with two visits or more.
func (r *run) ratingsByFaculty() map[string][]float64 {
	jobs := &r.sample.Jobs
	sum, n := make([]float64, len(r.sample.Visits)), make([]float64, len(r.sample.Visits))
	for c := range jobs.Ratings {
		for j, v := range jobs.Ratings[c][demand.Required] {
			if v > 0 {
				sum[jobs.Visit[j]] += float64(v)
				n[jobs.Visit[j]]++
			}
		}
	}
	out := make(map[string][]float64)
	for i, v := range r.sample.Visits {
		if n[i] > 0 {
			out[v.Faculty] = append(out[v.Faculty], sum[i]/n[i])
		}
	}
	for f, visits := range out {
		if len(visits) < 2 {
			delete(out, f)
		}
	}
	return out
}

// betweenShare is the one-way intraclass correlation, ICC(1) with unequal groups (Donner
// 1986): the share of variance that lies between groups, 0 where it would be negative.
func betweenShare(groups map[string][]float64) *float64 {
	var n, sum, squares, k float64
	for _, key := range sortedKeys(groups) {
		for _, v := range groups[key] {
			sum += v
		}
		n += float64(len(groups[key]))
		squares += float64(len(groups[key])) * float64(len(groups[key]))
		k++
	}
	if k < 2 || n <= k {
		return nil
	}
	grand := sum / n
	var between, within float64
	for _, key := range sortedKeys(groups) {
		m := mean(groups[key])
		between += float64(len(groups[key])) * (m - grand) * (m - grand)
		for _, v := range groups[key] {
			within += (v - m) * (v - m)
		}
	}
	b, w := between/(k-1), within/(n-k)
	size := (n - squares/n) / (k - 1)
	return known(math.Max(0, (b-w)/(b+(size-1)*w)))
}

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// farthest lists the tenth of the groups (at least one of five or more) whose mean lies
// farthest from the mean of all.
func farthest(groups map[string][]float64) []string {
	keys := sortedKeys(groups)
	if len(keys) < 5 {
		return nil
	}
	var all []float64
	for _, k := range keys {
		all = append(all, groups[k]...)
	}
	grand := mean(all)
	slices.SortStableFunc(keys, func(a, b string) int {
		return cmp.Compare(math.Abs(mean(groups[b])-grand), math.Abs(mean(groups[a])-grand))
	})
	return keys[:max(1, len(keys)/10)]
}
