package demand

import (
	"math"
	"slices"
)

// Linear is an estimate with its influence per enterprise, so that two of them can be
// subtracted with the right error even where the same enterprises stand behind both.
type Linear struct {
	Value       float64
	OK          bool // false where nobody answered
	Enterprises int
	Jobs        int
	Weight      float64 // what the value is a mean over: Σ w·a
	Largest     float64 // share of Weight that one enterprise holds, 0–1

	v     *View
	m     Measure
	scale float64 // mean importance, for a Borich score
	z     []score // ascending by enterprise
}

// score is what one enterprise adds.
type score struct {
	enterprise int32
	z          float64
	has        bool // it answered
}

// Column holds the sums of one competency, from which estimates for any domain are quick.
type Column struct {
	v     *View
	tally *tally

	table      *Table // whose figures are to be had again; nil for the plain estimates
	competency int
	paired     *tally // of the jobs that gave both R and O; nil until it is asked for
}

// NewColumn makes room for one competency; Load fills it.
func (v *View) NewColumn() *Column { return &Column{v: v, tally: v.newTally()} }

// Like makes the estimates those of a table: where its figure rests on the jobs that gave both R and
// O (Table.Paired), so do they.
func (c *Column) Like(t *Table) *Column {
	c.table = t
	return c
}

// Load sums a competency, by its place in Sample.Competencies, in place of the one before.
func (c *Column) Load(competency int) {
	c.tally.fill(c.v, competency, false)
	c.competency, c.paired = competency, nil
}

// sums are those that a figure of the domain rests on.
func (c *Column) sums(d Domain, m Measure) *tally {
	if c.table == nil || !c.table.Paired(d, c.v.Sample.Competencies[c.competency], m) {
		return c.tally
	}
	if c.paired == nil {
		c.paired = c.v.newTally()
		c.paired.fill(c.v, c.competency, true)
	}
	return c.paired
}

// Linear estimates a measure in a domain, over the enterprises for which in is true (nil:
// all). The rest of the sample stays in the design.
func (c *Column) Linear(d Domain, m Measure, in func(enterprise int) bool) Linear {
	out := Linear{v: c.v, m: m}
	n, known := c.v.place[d]
	q := quantity(slices.Index(measureOf[:], m))
	if !known || q >= quantities {
		return out
	}
	l, t := c.v.lists[n], c.sums(d, m)
	var s summary
	c.each(t, l, in, func(e int32, cell *sums) { s.take(cell, c.v.weight[e]) })
	s.evaluate()
	base := restsOn[q]
	out.Value, out.OK, out.Weight, out.scale = s.value[q], s.ok[q], s.a[base], s.mean[sumI]
	out.Enterprises, out.Jobs = s.count(q)
	if !out.OK {
		return Linear{v: c.v, m: m}
	}
	out.Largest = s.largest[base] / s.a[base]
	c.each(t, l, in, func(e int32, cell *sums) {
		var z [quantities]float64
		s.influence(cell, c.v.weight[e], &z)
		out.z = append(out.z, score{e, z[q], cell.a[base] > 0})
	})
	return out
}

func (c *Column) each(t *tally, l list, in func(int) bool, do func(e int32, cell *sums)) {
	for _, i := range l.cells {
		e := c.v.cells.owner[l.level][i]
		if in == nil || in(int(e)) {
			do(e, &t[l.level][i])
		}
	}
}

// MeanOfJobs is the mean of x over jobs, each counting w·a; jobs for which ok is false are
// left out. Where every is true each job counts w instead.
func (v *View) MeanOfJobs(m Measure, every bool, x func(job int) (value float64, ok bool)) Linear {
	num, den := make([]float64, len(v.weight)), make([]float64, len(v.weight))
	jobs := 0
	for j, e := range v.Sample.Jobs.Enterprise {
		value, ok := x(j)
		a := float64(v.amount[j])
		if every {
			a = 1
		}
		if ok && a > 0 {
			num[e] += a * value
			den[e] += a
			jobs++
		}
	}
	out := v.ratio(m, num, den)
	out.Jobs = jobs
	return out
}

// MeanOfEnterprises is the mean of x over enterprises, each counting w.
func (v *View) MeanOfEnterprises(m Measure, x func(enterprise int) (value float64, ok bool)) Linear {
	num, den := make([]float64, len(v.weight)), make([]float64, len(v.weight))
	for e := range num {
		if value, ok := x(e); ok {
			num[e], den[e] = value, 1
		}
	}
	return v.ratio(m, num, den)
}

// ratio is Σw·num / Σw·den over enterprises.
func (v *View) ratio(m Measure, num, den []float64) Linear {
	out := Linear{v: v, m: m}
	var top, largest float64
	for e, w := range v.weight {
		if den[e] > 0 {
			out.Enterprises++
			top += w * num[e]
			out.Weight += w * den[e]
			largest = max(largest, w*den[e])
		}
	}
	if out.Weight == 0 {
		return out
	}
	out.OK, out.Value, out.Largest = true, top/out.Weight, largest/out.Weight
	for e, w := range v.weight {
		if den[e] > 0 {
			out.z = append(out.z, score{int32(e), w * (num[e] - out.Value*den[e]) / out.Weight, true})
		}
	}
	return out
}

// Figure judges the estimate on its own: precision, at least k enterprises (a negative k
// asks for none), none dominant. It knows of no table, so nothing is withheld beside it.
func (l Linear) Figure(k int) Figure {
	if !l.OK {
		return Figure{Flag: NoData}
	}
	f := Figure{Estimate: l.Value, Enterprises: l.Enterprises, Jobs: l.Jobs, DF: l.freedom()}
	f = judged(l.m, f, l.v.covariance(l, l), l.scale)
	return screened(f, l, k)
}

// screened withholds what is confidential or too imprecise.
func screened(f Figure, l Linear, k int) Figure {
	if k >= 0 {
		if why := limit(l.Enterprises, k, l.Largest, 1); why != "" {
			f.hide(why)
		}
	}
	if f.Flag == WithheldPrecision {
		f.hide(f.Flag)
	}
	return f
}

// Confidential reports whether the answers behind the estimate must not be seen: fewer than k
// enterprises, or one that dominates. An estimate of nobody gives nobody away.
func (l Linear) Confidential(k int) bool {
	return l.OK && limit(l.Enterprises, k, l.Largest, 1) != ""
}

// Variance is the design variance of the estimate.
func (l Linear) Variance() float64 { return l.v.covariance(l, l) }

func (l Linear) freedom() float64 {
	touched := make([]int32, l.v.design.strata())
	for _, s := range l.z {
		if s.has {
			touched[l.v.design.home[s.enterprise]]++
		}
	}
	return l.v.design.freedom(func(h int) int32 { return touched[h] })
}

// centres are the means of the scores per stratum, over all enterprises of the stratum.
func (v *View) centres(l Linear) []float64 {
	out := make([]float64, v.design.strata())
	for _, s := range l.z {
		out[v.design.home[s.enterprise]] += s.z
	}
	for h := range out {
		out[h] /= math.Max(1, v.design.count[h])
		if !v.design.centre[h] {
			out[h] = 0
		}
	}
	return out
}

// covariance is the design covariance of two estimates of this view.
func (v *View) covariance(a, b Linear) float64 {
	ca, cb := v.centres(a), v.centres(b)
	products := make([]float64, v.design.strata())
	i := 0
	for _, s := range a.z {
		for i < len(b.z) && b.z[i].enterprise < s.enterprise {
			i++
		}
		if i < len(b.z) && b.z[i].enterprise == s.enterprise {
			products[v.design.home[s.enterprise]] += s.z * b.z[i].z
		}
	}
	var sum float64
	for h, p := range products {
		sum += v.design.factor[h] * (p - v.design.count[h]*ca[h]*cb[h])
	}
	return sum
}

// Difference is after − before, the estimates of two samples, with an error that takes the
// enterprises in both into account: V(a) + V(b) − 2·Cov(a, b). It is judged on its own, as
// Figure is; n counts the smaller of the two.
func Difference(after, before Linear, k int) Figure {
	if !after.OK || !before.OK {
		return Figure{Flag: NoData}
	}
	variance := after.Variance() + before.Variance() - 2*shared(after, before)
	f := Figure{
		Estimate: after.Value - before.Value, DF: min(after.freedom(), before.freedom()),
		Enterprises: min(after.Enterprises, before.Enterprises), Jobs: min(after.Jobs, before.Jobs),
	}
	m := LevelChange
	if after.m == Share || after.m == Amount || after.m == Openings {
		m = Unscaled
	}
	f = judged(m, f, math.Max(0, variance), after.scale)
	for _, l := range [2]Linear{after, before} {
		f = screened(f, l, k)
	}
	return f
}

// shared is the covariance of estimates from two samples through the enterprises that both
// hold, known by their keys.
func shared(a, b Linear) float64 {
	if a.v == b.v {
		return a.v.covariance(a, b)
	}
	other := make(map[string]score, len(b.z))
	for _, s := range b.z {
		other[b.v.Sample.Enterprises[s.enterprise].Key] = s
	}
	ca, cb := a.v.centres(a), b.v.centres(b)
	var sum float64
	for _, s := range a.z {
		o, both := other[a.v.Sample.Enterprises[s.enterprise].Key]
		if !both {
			continue
		}
		h, g := a.v.design.home[s.enterprise], b.v.design.home[o.enterprise]
		sum += math.Sqrt(a.v.design.factor[h]*b.v.design.factor[g]) * (s.z - ca[h]) * (o.z - cb[g])
	}
	return sum
}
