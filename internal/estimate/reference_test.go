package estimate

import (
	"fmt"
	"testing"
)

// The results of R survey in testdata/survey_reference.json, all of them.

const tolR = 1e-8

// figure is what R gives for one or several columns at once.
type figure struct{ est, se, cv, lo, hi, z, deff, deffReplace []float64 }

// normal is the quantile behind R's default intervals.
const normal = 1.959963984540054

// list makes a number or an array of numbers a slice.
func list(v any) []float64 {
	switch v := v.(type) {
	case float64:
		return []float64{v}
	case []any:
		var out []float64
		for _, x := range v {
			out = append(out, list(x)...)
		}
		return out
	}
	return nil
}

func figureOf(v any) figure {
	m := v.(map[string]any)
	f := figure{est: list(m["est"]), se: list(m["se"]), cv: list(m["cv"]), z: list(m["ci_z"]), deff: list(m["deff"]), deffReplace: list(m["deff_replace"])}
	for k, b := range list(m["ci_t"]) {
		if k%2 == 0 {
			f.lo = append(f.lo, b)
		} else {
			f.hi = append(f.hi, b)
		}
	}
	return f
}

// agree compares one of our estimates with column k of R's.
func (f figure) agree(t *testing.T, what string, k int, e Estimate) {
	t.Helper()
	near(t, what+" value", e.Value, f.est[k], tolR)
	near(t, what+" SE", e.SE, f.se[k], tolR)
	if f.cv != nil {
		near(t, what+" RSE", e.RSE(), f.cv[k], tolR)
	}
	if f.z != nil {
		near(t, what+" lower by the normal", e.Value-normal*e.SE, f.z[2*k], tolR)
		near(t, what+" upper by the normal", e.Value+normal*e.SE, f.z[2*k+1], tolR)
	}
	if f.lo != nil {
		near(t, what+" Lo", e.Lo, f.lo[k], tolR)
		near(t, what+" Hi", e.Hi, f.hi[k], tolR)
	}
	if f.deff != nil {
		near(t, what+" DEFF", e.DEFF, f.deff[k], tolR)
		near(t, what+" DEFFReplace", e.DEFFReplace, f.deffReplace[k], tolR)
	}
}

var stypes = []string{"E", "H", "M"}

// estimator is what a design and its replicates both offer.
type estimator interface {
	Mean([]float64, Domain) Estimate
	Total([]float64, Domain) Estimate
	Ratio(_, _ []float64, _ Domain) Estimate
}

// agreeAll compares every figure in an R result set that an estimator can make.
func agreeAll(t *testing.T, c table, est estimator, r map[string]any) {
	columns := map[string][]string{
		"mean_api00_api99": {"api00", "api99"}, "mean_enroll_narm": {"enroll"}, "mean_api00": {"api00"},
	}
	for key, names := range columns {
		if r[key] == nil {
			continue
		}
		f := figureOf(r[key])
		for k, name := range names {
			f.agree(t, key+" "+name, k, est.Mean(c.num(name), All()))
		}
	}
	figureOf(r["total_enroll"]).agree(t, "total_enroll", 0, est.Total(c.num("enroll"), All()))
	for k, s := range stypes {
		if r["total_stype"] != nil {
			figureOf(r["total_stype"]).agree(t, "total_stype "+s, k, est.Total(c.is("stype", s), All()))
		}
		if r["prop_stype"] != nil {
			figureOf(r["prop_stype"]).agree(t, "prop_stype "+s, k, est.Mean(c.is("stype", s), All()))
		}
	}
	for key, cols := range map[string][2]string{
		"ratio_api00_api99": {"api00", "api99"}, "ratio_apistu_enroll": {"api.stu", "enroll"}, "ratio": {"api.stu", "enroll"},
	} {
		if r[key] != nil {
			figureOf(r[key]).agree(t, key, 0, est.Ratio(c.num(cols[0]), c.num(cols[1]), All()))
		}
	}
	for key, y := range map[string]string{"by_stype_mean_api99": "api99", "by_stype": "api00"} {
		if r[key] == nil {
			continue
		}
		for k, row := range r[key].([]any) {
			m := row.(map[string]any)
			e := est.Mean(c.num(y), c.where("stype", stypes[k]))
			near(t, key+stypes[k], e.Value, m[y].(float64), tolR)
			near(t, key+stypes[k]+" SE", e.SE, m["se"].(float64), tolR)
			if cv, ok := m["cv"]; ok {
				near(t, key+stypes[k]+" RSE", e.RSE(), cv.(float64), tolR)
			}
			if lo, ok := m["ci_l"]; ok {
				near(t, key+stypes[k]+" lower", e.Value-normal*e.SE, lo.(float64), tolR)
				near(t, key+stypes[k]+" upper", e.Value+normal*e.SE, m["ci_u"].(float64), tolR)
			}
		}
	}
}

// designOf rebuilds the designs R used.
func designOf(t testing.TB, name string) (table, *Design) {
	t.Helper()
	var c table
	s := Sample{}
	switch name {
	case "srs_fpc", "srs_nofpc":
		c = readTable(t, "apisrs.csv")
	case "strat_fpc", "strat_nofpc":
		c = readTable(t, "apistrat.csv")
		s.Strata = c.id("stype")
	case "clus1_fpc", "clus1_nofpc":
		c = readTable(t, "apiclus1.csv")
		s.PSU = c.id("dnum")
	case "clus2_fpc":
		c = readTable(t, "apiclus2.csv")
		s.PSU, s.SSU = c.id("dnum"), c.id("snum")
		s.FPC, s.FPC2 = c.num("fpc1"), c.num("fpc2")
	}
	s.Weight = c.num("pw")
	if name == "srs_fpc" || name == "strat_fpc" || name == "clus1_fpc" {
		s.FPC = c.num("fpc")
	}
	return c, design(t, s)
}

func TestAgreesWithRSurvey(t *testing.T) {
	r := reference(t)
	for _, name := range []string{"srs_fpc", "srs_nofpc", "strat_fpc", "clus1_nofpc"} {
		t.Run(name, func(t *testing.T) {
			c, d := designOf(t, name)
			m := r[name].(map[string]any)
			agreeAll(t, c, d, m)
			near(t, "degrees of freedom", d.DF(), m["degf"].(float64), 0)
			near(t, "rows", float64(d.Rows()), m["n"].(float64), 0)
			near(t, "sum of weights", d.Mean(c.num("api00"), All()).Weight, m["sum_weights"].(float64), tolR)
			agreeCovariance(t, d, c, m)
		})
	}
}

// agreeCovariance compares the covariance of api00 and api99 and of the three shares.
func agreeCovariance(t *testing.T, d *Design, c table, m map[string]any) {
	t.Helper()
	two := d.Covariance(d.LineariseMean(c.num("api00"), All()), d.LineariseMean(c.num("api99"), All()))
	var parts []Linearised
	for _, s := range stypes {
		parts = append(parts, d.LineariseTotal(c.is("stype", s), All()))
	}
	for key, got := range map[string][][]float64{"mean_api00_api99": two, "total_stype": d.Covariance(parts...)} {
		want := list(m[key].(map[string]any)["vcov"])
		for i := range got {
			for j := range got {
				near(t, fmt.Sprintf("%s cov[%d][%d]", key, i, j), got[i][j], want[i*len(got)+j], tolR)
			}
		}
	}
}

func TestPostStratifiedAgreesWithRSurvey(t *testing.T) {
	c, d := designOf(t, "clus1_nofpc")
	p := postStratified(t, c, d)
	m := reference(t)["adjusted"].(map[string]any)["clus1_nofpc_poststrat_stype"].(map[string]any)
	agreeAll(t, c, p, m)
	for k, s := range []string{"No", "Yes"} {
		figureOf(m["total_schwide"]).agree(t, "total_schwide "+s, k, p.Total(c.is("sch.wide", s), All()))
	}
	w := p.Weights()
	least, most := w[0], w[0]
	for _, v := range w {
		least, most = min(least, v), max(most, v)
	}
	near(t, "smallest weight", least, m["wmin"].(float64), tolR)
	near(t, "largest weight", most, m["wmax"].(float64), tolR)
}

func postStratified(t testing.TB, c table, d *Design) *Design {
	t.Helper()
	p, err := d.PostStratify(Margin{Level: c.id("stype"), Total: []float64{4421, 755, 1018}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func raked(t testing.TB, c table, d *Design) *Design {
	t.Helper()
	r, err := d.Rake([]Margin{
		{Level: c.id("stype"), Total: []float64{4421, 755, 1018}},
		{Level: c.id("sch.wide"), Total: []float64{1072, 5122}},
	}, Raking{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestJackknifeAgreesWithRSurvey(t *testing.T) {
	c, d := designOf(t, "clus1_nofpc")
	j, err := d.JK1()
	if err != nil {
		t.Fatal(err)
	}
	m := reference(t)["replicate"].(map[string]any)["clus1_JK1_nofpc"].(map[string]any)
	agreeAll(t, c, j, m)
	near(t, "replicates", float64(j.Len()), m["nrscales"].(float64), 0)
	for _, s := range j.scale {
		near(t, "scale", s, m["scale"].(float64), tolR)
	}
}

// Anchors given with ten digits beside the JSON.
func TestAnchors(t *testing.T) {
	type anchor struct {
		what            string
		value, se, deff float64
		got             func() Estimate
	}
	mean := func(name string, change func(table, *Design) estimator) func() Estimate {
		return func() Estimate {
			c, d := designOf(t, name)
			return change(c, d).Mean(c.num("api00"), All())
		}
	}
	asIs := func(_ table, d *Design) estimator { return d }
	jack := func(_ table, d *Design) estimator { j, _ := d.JK1(); return j }
	for _, a := range []anchor{
		{"stratified", 662.2873634, 9.4089408, 0, mean("strat_fpc", asIs)},
		{"stratified without fpc", 662.2873634, 9.5361323, 0, mean("strat_nofpc", asIs)},
		{"one-stage clusters", 644.1693989, 23.5422407, 9.3458696, mean("clus1_fpc", asIs)},
		{"two-stage clusters", 670.8118081, 30.0990274, 0, mean("clus2_fpc", asIs)},
		{"post-stratified", 642.3107882, 23.9204864, 0, mean("clus1_fpc", func(c table, d *Design) estimator { return postStratified(t, c, d) })},
		{"raked", 641.2303209, 23.7036169, 0, mean("clus1_fpc", func(c table, d *Design) estimator { return raked(t, c, d) })},
		{"jackknife", 644.1693989, 26.3293606, 0, mean("clus1_fpc", jack)},
	} {
		e := a.got()
		near(t, a.what, e.Value, a.value, 1e-9)
		near(t, a.what+" SE", e.SE, a.se, 5e-9)
		if a.deff != 0 {
			near(t, a.what+" DEFF", e.DEFF, a.deff, 2e-8) // given with eight digits
		}
	}
}

// Figures printed by the examples and checks that come with R survey.
func TestPrintedByRSurvey(t *testing.T) {
	c2, d2 := designOf(t, "clus2_fpc")
	c1, d1 := designOf(t, "clus1_fpc")
	r := raked(t, c1, d1)
	jr, err := r.JK1()
	if err != nil {
		t.Fatal(err)
	}
	joint := crossed(c1, "stype", "sch.wide")
	partial, err := d1.Rake([]Margin{
		{Level: joint, Total: []float64{472, 3949, 334, 421, 266, 752}}, // E/No, E/Yes, H/No …, counted in the population
		{Level: c1.id("comp.imp"), Total: []float64{1712, 4482}},
	}, Raking{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		what           string
		e              Estimate
		value, se, tol float64
	}{
		{"total with missing answers, two-stage", d2.Total(c2.num("enroll"), All()), 2639273, 799638, 1e-6},
		{"raked total", r.Total(c1.num("enroll"), All()), 3647280, 400603, 2e-6},
		{"raked jackknife mean", jr.Mean(c1.num("api00"), All()), 641.23, 26.874, 2e-5},
		{"raked jackknife total", jr.Total(c1.num("enroll"), All()), 3647280, 463582, 2e-6},
		{"raked on a partial cross", partial.Mean(c1.num("api00"), All()), 642.61, 22.731, 3e-5},
	} {
		near(t, p.what, p.e.Value, p.value, p.tol)
		near(t, p.what+" SE", p.e.SE, p.se, p.tol)
	}
}

// crossed numbers the combinations of two columns in sorted order.
func crossed(c table, a, b string) []int32 {
	both := make([]string, len(c[a]))
	for i := range both {
		both[i] = c[a][i] + "/" + c[b][i]
	}
	return table{"x": both}.id("x")
}
