package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
)

const surveyData = "../../internal/estimate/testdata/"

// runEstimateLine runs the command as typed; in is what stands on standard input.
func runEstimateLine(in string, args ...string) (string, error) {
	cmd := newEstimateCmd()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	cmd.SetIn(strings.NewReader(in))
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.Execute()
	return out.String(), err
}

func estimateJSON(t *testing.T, in string, line string) estimateReport {
	t.Helper()
	out, err := runEstimateLine(in, append(strings.Fields(line), "--json")...)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	var r estimateReport
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%s: %v in %s", line, err, out)
	}
	return r
}

func agree(t *testing.T, what string, got *float64, want, tol float64) {
	t.Helper()
	if got == nil || math.Abs(*got-want) > tol*max(math.Abs(want), 1e-9) {
		t.Errorf("%s = %v, want %v", what, show(got), want)
	}
}

func show(v *float64) any {
	if v == nil {
		return "null"
	}
	return *v
}

// Figures of R 4.2.2 with survey 4.1-1 (and, to fewer digits, those its own
// tests print), got by typing a command.
func TestEstimateAgreesWithR(t *testing.T) {
	for _, c := range []struct {
		line         string
		at           int
		est, se, tol float64
		lo, hi, deff float64 // 0: not compared
		df           float64
		n            int
	}{
		{"--data apisrs.csv --y api00,api99 --weight pw --fpc fpc", 0, 656.585, 9.24972203928281, 1e-8, 638.344950092127, 674.825049907873, 1, 199, 200},
		{"--data apisrs.csv --y api00,api99 --weight pw --fpc fpc", 1, 624.685, 9.50030409945155, 1e-8, 605.950813158705, 643.419186841295, 1, 199, 200},
		{"--data apisrs.csv --y api00 --fpc fpc", 0, 656.585, 9.24972203928281, 1e-8, 638.344950092127, 674.825049907873, 1, 199, 200},
		{"--data apistrat.csv --y api00 --strata stype --weight pw --fpc fpc", 0, 662.287363159321, 9.40894080278458, 1e-8, 643.732188272086, 680.842538046555, 1.20445726853772, 197, 200},
		{"--data apistrat.csv --y api00 --strata stype --weight pw", 0, 662.2873634, 9.5361323, 1e-8, 0, 0, 0, 197, 200},
		{"--data apistrat.csv --y enroll --stat total --strata stype --weight pw --fpc fpc", 0, 3687177.53243828, 114641.71610078, 1e-8, 3461095.00771954, 3913260.05715701, 0.362018122363404, 197, 200},
		{"--data apistrat.csv --y api99 --by stype --strata stype --weight pw --fpc fpc", 1, 617.36, 15.273419782693, 1e-8, 0, 0, 0, 197, 50},
		{"--data apistrat.csv --y api00 --stat ratio --denominator api99 --strata stype --weight pw --fpc fpc", 0, 1.05226054621825, 0.00364392223084347, 1e-8, 1.04507444358608, 1.05944664885041, 0, 197, 200},
		{"--data apistrat.csv --y api00/api99 --strata stype --weight pw --fpc fpc", 0, 1.05226054621825, 0.00364392223084347, 1e-8, 0, 0, 0, 197, 200},
		{"--data apiclus1.csv --y api00 --psu dnum --weight pw", 0, 644.169398907104, 23.7790107208869, 1e-8, 593.168493261091, 695.170304553117, 9.534802121425, 14, 183},
		{"--data apiclus1.csv --y api00 --psu dnum --weight pw --fpc fpc", 0, 644.1693989, 23.5422407, 2e-9, 0, 0, 0, 14, 183},
		{"--data apiclus1.csv --y api99 --psu dnum --weight pw --domain stype=H", 0, 595.714285714286, 42.1840310232935, 1e-8, 0, 0, 0, 14, 14},
		{"--data apiclus1.csv --y stype --stat proportion --psu dnum --weight pw", 2, 0.136612021857924, 0.0299472342965665, 1e-8, 0, 0, 1.42598312105272, 14, 183},
		{"--data apiclus1.csv --y api00 --psu dnum --weight pw --method jk1", 0, 644.169398907104, 26.5941613577106, 1e-8, 587.130595650748, 701.20820216346, 0, 14, 183},
		{"--data apiclus1.csv --y api00 --psu dnum --weight pw --fpc fpc --method jk1", 0, 644.1693989, 26.3293606, 2e-9, 0, 0, 0, 14, 183},
		{"--data apiclus1.csv --y enroll --stat total --psu dnum --weight pw --poststratify stype:E=4421,H=755,M=1018", 0, 3680892.94511905, 410378.819923612, 1e-8, 2800717.91514347, 4561067.97509463, 4.49297313695002, 14, 183},
		{"--data apiclus1.csv --y api00 --psu dnum --weight pw --fpc fpc --poststratify stype:E=4421,H=755,M=1018", 0, 642.3107882, 23.9204864, 2e-9, 0, 0, 0, 14, 183},
		{"--data apiclus1.csv --y api00 --psu dnum --weight pw --fpc fpc --rake stype:E=4421,H=755,M=1018;sch.wide:No=1072,Yes=5122", 0, 641.2303209, 23.7036169, 5e-9, 0, 0, 0, 14, 183},
		{"--data apiclus1.csv --y api00 --psu dnum --weight pw --fpc fpc --method jk1 --rake stype:E=4421,H=755,M=1018 --rake sch.wide:No=1072,Yes=5122", 0, 641.23, 26.874, 2e-5, 0, 0, 0, 14, 183},
		{"--data apiclus1.csv --y api00 --strata dnum --weight pw --lonely average", 0, 644.17, 6.0096, 1e-5, 0, 0, 0, 168, 183},
		{"--data apiclus1.csv --y api00 --strata dnum --weight pw --lonely adjust --method jkn", 0, 644.17, 5.8267, 1e-5, 0, 0, 0, 168, 183},
		{"--data apiclus2.csv --y api00 --psu dnum,snum --weight pw --fpc fpc1,fpc2", 0, 670.8118081, 30.0990274, 2e-9, 0, 0, 0, 39, 126},
		{"--data apiclus2.csv --y api00 --psu dnum,snum --fpc fpc1,fpc2", 0, 670.8118081, 30.0990274, 2e-9, 0, 0, 0, 39, 126},
		{"--data apiclus2.csv --y enroll --stat total --psu dnum,snum --weight pw --fpc fpc1,fpc2", 0, 2639273, 799638, 1e-6, 0, 0, 0, 39, 120},
	} {
		line := strings.Replace(c.line, "--data ", "--data "+surveyData, 1)
		e := estimateJSON(t, "", line).Estimates[c.at]
		agree(t, c.line+": estimate", e.Estimate, c.est, c.tol)
		agree(t, c.line+": se", e.SE, c.se, c.tol)
		if c.hi != 0 {
			agree(t, c.line+": lo", e.Lo, c.lo, 1e-8)
			agree(t, c.line+": hi", e.Hi, c.hi, 1e-8)
		}
		if c.deff != 0 {
			agree(t, c.line+": deff", e.DEFF, c.deff, 1e-8)
		}
		agree(t, c.line+": df", e.DF, c.df, 0)
		if e.N != c.n {
			t.Errorf("%s: n = %d, want %d", c.line, e.N, c.n)
		}
	}
}

const someJobs = "\ufefffamily,required,graduate,h,e,w,N,same,yes\n" +
	"网络,4,3,a,1,2,9,3,1\n" +
	"网络,5,NA,a,2,2,9,3,0\n" +
	"云,2,2,a,2,2,9,3,1\n" +
	"云,3,,b,3,3,8,3,0\n" +
	"云,5,4,b,4,3,8,3,NA\n" +
	"安全,1,,b,5,3,8,3,0\n"

func TestEstimateReadsWhatPeopleHave(t *testing.T) {
	base := "--data - --strata h --psu e --weight w --fpc N --y "
	r := estimateJSON(t, someJobs, base+"required,graduate --by family")
	if len(r.Estimates) != 6 || r.Estimates[0].Y != "required" || r.Estimates[0].By["family"] != "云" {
		t.Fatalf("%+v", r.Estimates)
	}
	safety := r.Estimates[4] // graduate of 安全: nobody answered
	if safety.By["family"] != "安全" || safety.Estimate != nil || safety.N != 0 || safety.Reason != "no-answers" {
		t.Errorf("nothing known: %+v", safety)
	}
	if one := r.Estimates[1]; one.Estimate == nil || one.SE != nil || one.Reason != "one-psu" {
		t.Errorf("one unit: %+v", one)
	}
	if same := estimateJSON(t, someJobs, base+"same").Estimates[0]; *same.SE != 0 || same.Reason != "all-equal" || same.ReasonText == "" {
		t.Errorf("all equal: %+v", same)
	}
	yes := estimateJSON(t, someJobs, base+"yes --stat proportion").Estimates
	if len(yes) != 1 || yes[0].N != 5 || yes[0].Category != "" || !(*yes[0].Lo > 0) {
		t.Errorf("share of ones: %+v", yes)
	}
	agree(t, "share", yes[0].Estimate, 4.0/12, 1e-12)
	q := estimateJSON(t, someJobs, base+"required --stat quantile,mean --quantile 0.25,0.75").Estimates
	if len(q) != 3 || q[0].P != 0.25 || q[2].Stat != "mean" {
		t.Errorf("quantiles: %+v", q)
	}
	for df, want := range map[string]float64{"design": 3, "domain": 1, "answers": 1} {
		e := estimateJSON(t, someJobs, base+"required --domain family=云 --df "+df).Estimates[0]
		agree(t, df, e.DF, want, 0)
	}
}

func TestEstimateBootstrapIsSeeded(t *testing.T) {
	line := "--data " + surveyData + "apiclus1.csv --y api00 --psu dnum --weight pw --fpc fpc --method bootstrap --replicates 500 --seed "
	a, b, c := estimateJSON(t, "", line+"4"), estimateJSON(t, "", line+"4"), estimateJSON(t, "", line+"5")
	if *a.Estimates[0].SE != *b.Estimates[0].SE || *a.Estimates[0].SE == *c.Estimates[0].SE {
		t.Errorf("seed 4: %v and %v, seed 5: %v", *a.Estimates[0].SE, *b.Estimates[0].SE, *c.Estimates[0].SE)
	}
	agree(t, "bootstrap SE", a.Estimates[0].SE, 23.54, 0.15)
	if a.Design.Replicates != 500 || a.Design.Seed != 4 {
		t.Errorf("design %+v", a.Design)
	}
}

func TestEstimateTotalsFromFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "pop.csv")
	if err := os.WriteFile(file, []byte("\ufeffstype,sch.wide,total\nE,No,472\nE,Yes,3949\nH,No,334\nH,Yes,421\nM,No,266\nM,Yes,752\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	line := "--data " + surveyData + "apiclus1.csv --y api00 --psu dnum --weight pw --fpc fpc "
	e := estimateJSON(t, "", line+"--rake stype+sch.wide="+file+";comp.imp:No=1712,Yes=4482").Estimates[0]
	agree(t, "raked on a partial cross", e.Estimate, 642.61, 1e-5) // R survey, tests/rakecheck
	agree(t, "its SE", e.SE, 22.731, 3e-5)
	inline := estimateJSON(t, "", line+"--poststratify stype+sch.wide:E|No=472,E|Yes=3949,H|No=334,H|Yes=421,M|No=266,M|Yes=752").Estimates[0]
	fromFile := estimateJSON(t, "", line+"--poststratify stype+sch.wide="+file).Estimates[0]
	if *inline.SE != *fromFile.SE {
		t.Errorf("inline %v, from file %v", *inline.SE, *fromFile.SE)
	}
}

// The table lines up where a Chinese character takes two columns.
func TestEstimatePrintsAnAlignedTable(t *testing.T) {
	out, err := runEstimateLine(someJobs, strings.Fields("--data - --y required,graduate --by family --strata h --psu e --weight w --lonely adjust")...)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out, "\n")
	at := runewidth.StringWidth(lines[0][:strings.Index(lines[0], "统计量")])
	for _, l := range lines[1:7] {
		if got := runewidth.StringWidth(l[:strings.Index(l, "mean")]); got != at {
			t.Errorf("statistic at column %d, want %d: %s", got, at, l)
		}
	}
	for _, want := range []string{"–", "无人回答", "lonely adjust (0)", "df 3", "taylor"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "NaN") {
		t.Errorf("NaN in\n%s", out)
	}
}

func TestEstimateRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	jobs := "--data " + write("jobs.csv", someJobs) + " --y required "
	bad := func(name, text string) string { return "--data " + write(name, text) + " --y y " }
	for _, c := range []struct {
		line string
		code int
		want []string // in the message
	}{
		{"--y a", exitUsage, []string{"--data"}},
		{"--data x.csv", exitUsage, []string{"--y"}},
		{"--data missing.csv --y a", exitFailed, []string{"missing.csv"}},
		{jobs + "stray", exitUsage, []string{"stray"}},
		{jobs + "--weight nope", exitUsage, []string{"nope", "family"}},
		{jobs + "--by nope", exitUsage, []string{"nope"}},
		{jobs + "--domain nope=1", exitUsage, []string{"nope"}},
		{jobs + "--domain family", exitUsage, []string{"col=value"}},
		{jobs + "--domain family=nothing", exitFailed, []string{"nothing", "空"}},
		{jobs + "--stat mode", exitUsage, []string{"mode", "quantile"}},
		{jobs + "--method magic", exitUsage, []string{"magic", "bootstrap"}},
		{jobs + "--lonely ignore", exitUsage, []string{"ignore", "certainty"}},
		{jobs + "--df many", exitUsage, []string{"many"}},
		{jobs + "--level 95", exitUsage, []string{"--level"}},
		{jobs + "--quantile 2 --stat quantile", exitUsage, []string{"--quantile"}},
		{jobs + "--stat ratio", exitUsage, []string{"--denominator"}},
		{jobs + "--stat ratio --denominator nope", exitUsage, []string{"nope"}},
		{jobs + "--stat ratio --denominator family", exitFailed, []string{"第 2 行"}},
		{jobs + "--psu e --fpc N,N", exitUsage, []string{"--fpc"}},
		{jobs + "--poststratify family:云=1 --rake family:云=1", exitUsage, []string{"--rake"}},
		{jobs + "--strata h --psu e --lonely adjust --method jk1", exitFailed, []string{"JK1", "jkn"}},
		{jobs + "--weight graduate", exitFailed, []string{"第 3 行", "line 3", "graduate", "NA"}},
		{jobs + "--psu graduate", exitFailed, []string{"第 3 行", "graduate"}},
		{jobs + "--strata family", exitFailed, []string{"第 7 行", "line 7", "--lonely", "安全"}},
		{jobs + "--psu e --fpc w", exitFailed, []string{"总体单位数"}},
		{jobs + "--strata h --fpc w", exitFailed, []string{"第 2 行", "smaller than what was sampled there (3)"}},
		{jobs + "--fpc N", exitFailed, []string{"第 5 行", "differs"}},
		{jobs + "--strata family --psu e --lonely adjust", exitFailed, []string{"第 4 行", "--nest"}},
		{jobs + "--poststratify family:云=1,网络=2,安全=3;h:a=3,b=3", exitUsage, []string{"--rake"}},
		{jobs + "--poststratify family:云=1,网络=2", exitFailed, []string{"安全"}},
		{jobs + "--poststratify family:云=1,网络=2,安全=3,数据=4", exitFailed, []string{"数据"}},
		{jobs + "--poststratify family:云=many", exitUsage, []string{"云=many"}},
		{jobs + "--poststratify nope:云=1", exitUsage, []string{"nope"}},
		{jobs + "--poststratify yes:0=3,1=4", exitFailed, []string{"第 6 行"}},
		{jobs + "--poststratify family=" + filepath.Join(dir, "none.csv"), exitFailed, []string{"none.csv"}},
		{jobs + "--poststratify family=" + write("text.csv", "family,total\n云,x\n"), exitFailed, []string{"第 2 行", "total"}},
		{jobs + "--poststratify family=" + write("other.csv", "kind,total\n云,4\n"), exitUsage, []string{"family"}},
		{jobs + "--rake family:云=1,网络=2,安全=3;h:a=3,b=30", exitFailed, []string{"33", "6"}},
		{jobs + "--rake family:云=1,网络=2,安全=3;family:云=3,网络=2,安全=1", exitFailed, []string{"不收敛"}},
		{jobs + "--method bootstrap --replicates 1", exitFailed, []string{"Bootstrap"}},
		{"--data " + write("n.csv", "y,w\n1,1\n二,1\n") + " --y y", exitFailed, []string{"第 3 行", "line 3", "二", "不是数值"}},
		{bad("inf.csv", "y\n1\nInf\n"), exitFailed, []string{"第 3 行"}},
		{bad("zero.csv", "y,w\n1,1\n2,0\n") + "--weight w", exitFailed, []string{"第 3 行", "line 3", "0", "w"}},
		{bad("neg.csv", "y,w\n1,-1\n2,1\n") + "--weight w", exitFailed, []string{"第 2 行", "-1"}},
		{bad("negfpc.csv", "y,N\n1,-5\n2,9\n") + "--fpc N", exitFailed, []string{"第 2 行", "-5"}},
		{bad("short.csv", "y,w\n1,1\n2\n"), exitFailed, []string{"第 3 行"}},
		{bad("twice.csv", "y,y\n1,1\n"), exitFailed, []string{"重复"}},
		{bad("empty.csv", "y\n"), exitFailed, []string{"没有数据行"}},
		{bad("quote.csv", "y\n\"1\n"), exitFailed, []string{"CSV"}},
		{bad("gbk.csv", "y,名\n1,\xd6\xd0\n"), exitFailed, []string{"UTF-8"}},
	} {
		out, err := runEstimateLine("", strings.Fields(c.line)...)
		if err == nil {
			t.Errorf("%s: accepted\n%s", c.line, out)
			continue
		}
		if code := exitCode(err); code != c.code {
			t.Errorf("%s: exit %d, want %d (%v)", c.line, code, c.code, err)
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: no %q in %v", c.line, w, err)
			}
		}
	}
}

// FuzzEstimate feeds any text as data: a clear error or sound JSON, never a
// panic and never NaN.
func FuzzEstimate(f *testing.F) {
	for _, seed := range []string{someJobs, "y\n1\n", "y,w\n1,1\n2,\n", "y,h,p,N\n1,a,1,3\n2,a,2,3\n3,b,3,1\n", "", "\xff", "y\n\"\n"} {
		f.Add(seed, "mean", "E:1=2")
	}
	f.Add("y,h,p,N\n1,a,1,9\n2,a,2,9\n0,b,3,9\n", "proportion", "h:a=1,b=2")
	f.Fuzz(func(t *testing.T, data, stat, margin string) {
		header, _, _ := strings.Cut(strings.TrimPrefix(data, "\ufeff"), "\n")
		args := []string{"--data", "-", "--json", "--stat", stat, "--lonely", "adjust"}
		for k, name := range strings.Split(header, ",") {
			if flags := []string{"--y", "--strata", "--psu", "--fpc"}; k < len(flags) && name != "" {
				args = append(args, flags[k], name)
			}
		}
		if strings.Contains(margin, ":") {
			args = append(args, "--rake", margin)
		}
		out, err := runEstimateLine(data, args...)
		if err == nil && (!json.Valid([]byte(out)) || strings.Contains(out, "NaN")) {
			t.Errorf("%q gives %s", data, out)
		}
		if err != nil && strings.TrimSpace(err.Error()) == "" {
			t.Errorf("%q: an error without words", data)
		}
	})
}
