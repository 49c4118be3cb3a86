package estimate

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// Published worked numbers; each case names its source.

func published(t *testing.T) map[string]any {
	t.Helper()
	b, err := os.ReadFile("testdata/published.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// within demands an absolute distance of at most tol.
func within(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.10g, want %g ± %g", what, got, want, tol)
	}
}

func TestStratifiedMeanOfTheFPCData(t *testing.T) { // Stata and R: data set fpc
	x := []float64{2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2}
	s := Sample{
		Weight: []float64{3, 3, 3, 3, 3, 4, 4, 4},
		Strata: []int32{1, 1, 1, 1, 1, 2, 2, 2},
		PSU:    []int32{1, 2, 3, 4, 5, 1, 2, 3}, Nest: true,
	}
	e := design(t, s).Mean(x, All())
	within(t, "mean", e.Value, 5.448148, 5e-7)
	within(t, "SE without fpc", e.SE, 0.7412683, 5e-8)
	s.FPC = []float64{15, 15, 15, 15, 15, 12, 12, 12}
	e = design(t, s).Mean(x, All())
	within(t, "SE with fpc", e.SE, 0.6160407, 5e-8)

	s.FPC = nil
	big := make([]bool, len(x))
	for i, v := range x {
		big[i] = v > 4
	}
	e = design(t, s).Mean(x, Where(big)) // R survey, tests/domain
	within(t, "domain mean", e.Value, 6.195, 1e-9)
	within(t, "domain SE", e.SE, 0.7555129, 5e-8)
	if e.N != 6 || e.PSUs != 6 || e.DF != 6 {
		t.Errorf("domain of %d rows, %d units, %g df; want 6, 6, 6", e.N, e.PSUs, e.DF)
	}
}

func TestLonelyRules(t *testing.T) { // R survey, tests/lonely.psu
	c := readTable(t, "apiclus1.csv")
	for _, r := range []struct {
		rule          Lonely
		taylor, jackn float64
	}{
		{LonelyRemove, 5.8058, 5.8058},
		{LonelyCertainty, 5.8058, 5.8058},
		{LonelyAdjust, 5.8281, 5.8267},
		{LonelyAverage, 6.0096, 5.8217},
	} {
		d := design(t, Sample{Weight: c.num("pw"), Strata: c.id("dnum"), Lonely: r.rule})
		e := d.Mean(c.num("api00"), All())
		within(t, r.rule.String()+" mean", e.Value, 644.17, 5e-3)
		within(t, r.rule.String()+" SE", e.SE, r.taylor, 5e-5)
		j, err := d.JKn()
		if err != nil {
			t.Fatal(err)
		}
		within(t, r.rule.String()+" JKn SE", j.Mean(c.num("api00"), All()).SE, r.jackn, 5e-5)
	}
	_, err := NewDesign(Sample{Weight: c.num("pw"), Strata: c.id("dnum")})
	wantFault(t, err, FaultLonely, slices.Index(c["dnum"], "413"))

	fpc := make([]float64, len(c["dnum"]))
	for i, d := range c["dnum"] {
		fpc[i] = 1000
		if d == "413" {
			fpc[i] = 1
		}
	}
	d := design(t, Sample{Weight: c.num("pw"), Strata: c.id("dnum"), FPC: fpc}) // certain by fpc, so not lonely
	within(t, "one-unit census", d.Mean(c.num("api00"), All()).SE, 5.7344, 5e-5)
}

func TestLonelyTotal(t *testing.T) { // R survey 4.2 and later, tests/lonely.psu
	age := []float64{30.5, 40.5, 35, 52, 44}
	s := Sample{Weight: []float64{10.5, 10.5, 20, 20, 15}, Strata: []int32{1, 1, 2, 2, 3}}
	for rule, want := range map[Lonely]float64{LonelyRemove: 126625, LonelyCertainty: 126625, LonelyAdjust: 127579.8} {
		s.Lonely = rule
		e := design(t, s).Total(age, All())
		near(t, rule.String()+" variance", e.SE*e.SE, want, 1e-6)
	}
}

func TestDesignEffectOfUnequalWeights(t *testing.T) { // Tsuchiya's example, R survey, tests/deff
	y := []float64{15, 143, 21, 51, 337, 50, 274, 145, 15, 86}
	srs := design(t, Sample{Weight: filled(10, 100)})
	within(t, "DEFF of a mean", srs.Mean(y, All()).DEFF, 1.010101, 5e-7)
	within(t, "DEFF of a total", srs.Total(y, All()).DEFF, 1.010101, 5e-7)
	pps := design(t, Sample{Weight: []float64{20, 200, 11, 25, 550, 30, 250, 100, 10, 55}})
	within(t, "replace, mean", pps.Mean(y, All()).DEFFReplace, 1.974067, 5e-7)
	within(t, "replace, total", pps.Total(y, All()).DEFFReplace, 18.15669, 5e-6)
	within(t, "SE of the total", pps.Total(y, All()).SE, 184965, 0.5)
	within(t, "Kish", pps.KishEffective(All()), 1251*1251/(400+40000+121+625+302500+900+62500+10000+100+3025.), 1e-9)
}

func TestRatingsOfONET(t *testing.T) { // O*NET 28.2, SOC 31-1122.00 (USDOL/ETA, CC BY 4.0); bounds use 1.96
	for _, r := range []struct {
		ratings          []float64
		mean, se, lo, hi float64
	}{
		{[]float64{3, 3, 3, 3, 3, 3, 3, 2}, 2.88, .1250, 2.6300, 3.1200},
		{[]float64{3, 3, 3, 3, 3, 4, 4, 4}, 3.38, .1830, 3.0164, 3.7336},
		{[]float64{2, 2, 3, 3, 3, 3, 3, 4}, 2.88, .2266, 2.4309, 3.3191},
	} {
		e := design(t, Sample{N: 8}).Mean(r.ratings, All())
		within(t, "mean", e.Value, r.mean, 0.005+1e-9)
		within(t, "SE", e.SE, r.se, 5e-5)
		within(t, "lower", e.Value-1.96*e.SE, r.lo, 1e-4)
		within(t, "upper", e.Value+1.96*e.SE, r.hi, 1e-4)
	}
}

func TestMarginOfError(t *testing.T) { // Scottish Employer Perspectives Survey 2021; N is rounded there
	for _, c := range [][3]float64{{149200, 1000, 3.09}, {75100, 222, 6.57}, {8500, 142, 8.16}, {3300, 83, 10.62}} {
		within(t, "margin", 100*MarginOfError(c[1], c[0], 0.95), c[2], 0.01)
	}
	within(t, "endless", MarginOfError(100, math.Inf(1), 0.95), 0.0979982, 1e-7)
}

func TestKrippendorff(t *testing.T) { // Krippendorff 2011, four coders and twelve units
	c := readTable(t, "krippendorff_4x12.csv")
	units := make([][]float64, 12)
	for u := range units {
		units[u] = c.num([]string{"V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11", "V12"}[u])
	}
	want := published(t)["krippendorff_4x12"].(map[string]any)
	for name, m := range map[string]Metric{"nominal": Nominal, "ordinal": Ordinal, "interval": Interval, "ratio": Ratio} {
		a := KrippendorffAlpha(units, m)
		near(t, name, a.Value, want[name].(float64), 1e-12)
		within(t, name+" as printed", a.Value, want["published"].(map[string]any)[name].(float64), 5e-4)
		if a.Units != 11 || a.Ratings != 40 {
			t.Errorf("%d units with %d ratings, want 11 with 40", a.Units, a.Ratings)
		}
	}
	if a := KrippendorffAlpha([][]float64{{1, 1}, {1, 1}}, Ordinal); a.OK() {
		t.Errorf("alpha without variation = %v, want none", a.Value)
	}
}

func TestOtherAgreement(t *testing.T) {
	p := published(t)
	rows := func(name string, cols ...string) [][]float64 {
		c := readTable(t, name)
		out := make([][]float64, len(c[cols[0]]))
		for _, col := range cols {
			for i, v := range c.num(col) {
				out[i] = append(out[i], v)
			}
		}
		return out
	}
	icc := IntraclassCorrelation(rows("shrout_fleiss_1979.csv", "J1", "J2", "J3", "J4"))
	want := p["icc_shrout_fleiss_published"].(map[string]any)
	for name, got := range map[string]float64{
		"ICC1": icc.ICC1, "ICC2": icc.ICC2, "ICC3": icc.ICC3, "ICC1k": icc.ICC1k, "ICC2k": icc.ICC2k, "ICC3k": icc.ICC3k,
	} {
		within(t, name, got, want[name].(float64), 5e-3)
	}
	near(t, "Cronbach", CronbachAlpha(rows("attitude.csv", "rating", "complaints", "privileges", "learning", "raises", "critical", "advance")),
		p["attitude_raw_alpha"].(float64), 1e-10)

	fleiss := p["fleiss_kappa_diagnoses"].(map[string]any)
	f := FleissKappa(diagnoses(t))
	near(t, "Fleiss kappa", f.Value, fleiss["value"].(float64), 1e-10)
	near(t, "Fleiss z", f.Value/f.SE, fleiss["z"].(float64), 1e-10)

	fun := p["kappa_SexualFun_equalspacing"].(map[string]any)
	plain, linear := CohenKappa(couples(t), false), CohenKappa(couples(t), true)
	near(t, "kappa", plain.Value, fun["unweighted"].(float64), 1e-10)
	near(t, "kappa ASE", plain.SE, fun["ase_unw"].(float64), 1e-10)
	near(t, "weighted kappa", linear.Value, fun["weighted_equal"].(float64), 1e-10)
	near(t, "weighted kappa ASE", linear.SE, fun["ase_w"].(float64), 1e-10)
}

func TestAgreementOfNothing(t *testing.T) {
	if k := FleissKappa(nil); !math.IsNaN(k.Value) {
		t.Errorf("Fleiss: %v", k)
	}
	if a := CronbachAlpha([][]float64{{1, 2}}); !math.IsNaN(a) {
		t.Errorf("Cronbach of one person: %v", a)
	}
	if a := KrippendorffAlpha([][]float64{{1}, nil}, Nominal); a.OK() || a.Units != 0 {
		t.Errorf("alpha without pairs: %+v", a)
	}
}

// diagnoses counts how many of six raters put each patient in each category.
func diagnoses(t *testing.T) [][]float64 {
	c := readTable(t, "irr_diagnoses.csv")
	names := []string{"1. Depression", "2. Personality Disorder", "3. Schizophrenia", "4. Neurosis", "5. Other"}
	counts := make([][]float64, len(c["rater1"]))
	for i := range counts {
		counts[i] = make([]float64, len(names))
		for _, rater := range []string{"rater1", "rater2", "rater3", "rater4", "rater5", "rater6"} {
			counts[i][slices.Index(names, c[rater][i])]++
		}
	}
	return counts
}

func couples(t *testing.T) [][]float64 {
	c := readTable(t, "kappa_sexualfun.csv")
	names := []string{"Never Fun", "Fairly Often", "Very Often", "Always fun"}
	counts := [][]float64{{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}}
	for i, n := range c.num("Freq") {
		counts[slices.Index(names, c["Husband"][i])][slices.Index(names, c["Wife"][i])] = n
	}
	return counts
}

func TestTrendOfPrecipitation(t *testing.T) { // Great Lakes precipitation, R packages trend and Kendall
	p := published(t)["trend_PrecipGL"].(map[string]any)
	y := list(p["x"])
	x := make([]float64, len(y))
	for i := range x {
		x[i] = float64(1900 + i)
	}
	m := MannKendall(x, y, 0.95)
	near(t, "S", m.S, p["S"].(float64), 0)
	near(t, "VarS", m.VarS, p["varS"].(float64), 1e-12)
	near(t, "tau", m.Tau, p["tau"].(float64), 1e-10)
	near(t, "Z", m.Z, p["z"].(float64), 1e-12)
	near(t, "P", m.P, p["p"].(float64), 1e-8)
	near(t, "slope", m.Slope, p["sen_slope"].(float64), 1e-10)
	near(t, "slope lower", m.Lo, list(p["sen_ci95"])[0], 1e-10)
	near(t, "slope upper", m.Hi, list(p["sen_ci95"])[1], 1e-10)
	near(t, "tau-b", KendallTauB(x, y), p["taub_cor"].(float64), 1e-10)
}

func TestIntervalsOfPlainShares(t *testing.T) { // Newcombe 1998, tables I and II
	p := published(t)
	for _, v := range p["wilson"].([]any) {
		m := v.(map[string]any)
		k, n := m["x"].(float64), m["n"].(float64)
		for name, f := range map[string]func() (float64, float64){
			"wilson95":          func() (float64, float64) { return Wilson(k, n, 0.95) },
			"wilson90":          func() (float64, float64) { return Wilson(k, n, 0.90) },
			"wilson95_cc":       func() (float64, float64) { return WilsonContinuity(k, n, 0.95) },
			"clopper_pearson95": func() (float64, float64) { return ClopperPearson(k, n, 0.95) },
		} {
			lo, hi := f()
			within(t, name+" lower", lo, list(m[name])[0], 1e-9)
			within(t, name+" upper", hi, list(m[name])[1], 1e-9)
		}
	}
	for _, v := range p["newcombe_diff"].([]any) {
		m := v.(map[string]any)
		lo, hi := Newcombe(m["1"].(float64), m["2"].(float64), m["3"].(float64), m["4"].(float64), 0.95)
		within(t, "difference lower", lo, list(m["ci"])[0], 1e-9)
		within(t, "difference upper", hi, list(m["ci"])[1], 1e-9)
	}
}

func TestConcentrationOfMarkets(t *testing.T) { // US Department of Justice examples
	p := published(t)["hhi_doj"].(map[string]any)
	c := Concentrate(list(p["x"]))
	near(t, "HHI", c.HHI, p["hhi"].(float64), 1e-12)
	near(t, "normalised", c.Normal, p["hhi_norm"].(float64), 1e-9)
	near(t, "effective number", c.Effective, p["n_eff"].(float64), 1e-12)
	near(t, "entropy", c.Entropy, p["entropy_nat"].(float64), 1e-12)
	near(t, "Gini", c.Gini, p["gini"].(float64), 1e-12)
	near(t, "four largest", 100*c.Top4, p["cr4"].(float64), 1e-12)
	near(t, "second example", Concentrate([]float64{32, 25, 19, 9, 8, 7}).HHI, 2204, 1e-12)
	if c.TopIndex != 0 || c.Holders != 4 || c.Top != 0.3 {
		t.Errorf("top %d of %d with %g", c.TopIndex, c.Holders, c.Top)
	}
}

func TestBenjaminiHochberg(t *testing.T) { // Benjamini & Hochberg 1995, §3.2: 15 tests, four rejected at 0.05
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1}
	rejected := 0
	for _, q := range BenjaminiHochberg(p) {
		if q <= 0.05 {
			rejected++
		}
	}
	if rejected != 4 {
		t.Errorf("%d rejected, want 4", rejected)
	}
	got := BenjaminiHochberg([]float64{0.04, math.NaN(), 0.01, 0.03}) // R: p.adjust(c(.04,NA,.01,.03), "BH")
	for i, want := range []float64{0.04, math.NaN(), 0.03, 0.04} {
		near(t, "adjusted", got[i], want, 1e-12)
	}
}
