package report

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// The numbers of the worked example: those that fractions of its weights give on paper, and those
// that the reference engine gives on the file that a reader may download.
func TestWorkedExample(t *testing.T) {
	e := newExample(codebook.Default())
	says := func(formula, want string) {
		t.Helper()
		if got := strings.Join(e.worked[formula], "; "); !strings.Contains(got, want) {
			t.Errorf("%s: %q does not say %q", formula, got, want)
		}
	}
	says("required_level", "= "+num(264.0/68, 4)) // Σ w a R = 264, Σ w a = 68
	says("performance_gap", "= "+num(74.0/63, 4)) // over the eight jobs with both
	says("ranked_discrepancy", "= "+num(-100*46.0/63, 4))
	says("high_demand_share", "= "+num(46.0/68, 4))
	says("borich_mwds", "= "+num(74.0/63*274/68, 4))
	says("satisfaction_ratio", "= "+num(170.0/244, 4))
	says("openings", "= 68.0000")
	says("interval", "= 5;")
	says("hhi", "HHI = "+num(1e4*37.0/225, 1)) // 3² + 3² + 1 + 2² + 2² + 1 + 3² of 15²
	says("kappa", "κ = 0.4000")
	says("trend", "S = −4")

	c := exampleColumns(t, e)
	d, err := estimate.NewDesign(estimate.Sample{Weight: c["wa"], Strata: numbered(e, 1), PSU: numbered(e, 0), FPC: c["N"]})
	if err != nil {
		t.Fatal(err)
	}
	for formula, got := range map[string]estimate.Estimate{
		"importance": d.Mean(c["I"], estimate.All()), "required_level": d.Mean(c["R"], estimate.All()), "graduate_level": d.Mean(c["O"], estimate.All()),
		"performance_gap": d.Mean(c["gap"], estimate.All()), "satisfaction_ratio": d.Ratio(c["O_pair"], c["R_pair"], estimate.All()),
		"high_demand_share": d.Proportion(c["high"], estimate.All()),
	} {
		says(formula, "= "+num(got.Value, 4)+", SE "+num(got.SE, 4)+", 95% "+num(got.Lo, 4)+"–"+num(got.Hi, 4))
	}
	says("linearisation", num(d.Mean(c["R"], estimate.All()).SE, 4))
}

// exampleColumns reads the file of the example.
func exampleColumns(t *testing.T, e *example) map[string][]float64 {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(e.csv(), []byte(bom)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]float64)
	for _, row := range rows[1:] {
		for k, head := range rows[0] {
			v, err := strconv.ParseFloat(row[k], 64)
			if err != nil {
				v = math.NaN()
			}
			out[head] = append(out[head], v)
		}
	}
	return out
}

// numbered numbers the values of a column.
func numbered(e *example, column int) []int32 {
	var seen []string
	var out []int32
	for _, row := range e.Rows {
		if !slices.Contains(seen, row[column]) {
			seen = append(seen, row[column])
		}
		out = append(out, int32(slices.Index(seen, row[column])))
	}
	return out
}

// Every formula of the methods page has a source or says why, and every anchor is one of a kind.
func TestEveryFormulaIsSourced(t *testing.T) {
	d := newDesk(inventedAnalysis(codebook.Default()), names{cb: codebook.Default()}, nil)
	x := d.methodsPage().Extra.(methodsExtra)
	seen := make(map[string]bool)
	for _, f := range slices.Concat(x.Symbols, x.Rankings, x.Estimation, x.Disclosure) {
		if seen[f.ID] || f.Name.ZH == "" || f.Name.EN == "" || f.Source == "" && f.Reading.ZH == "" {
			t.Errorf("formula %q: %+v", f.ID, f)
		}
		seen[f.ID] = true
	}
	for formula := range x.Example.worked {
		if !seen[formula] {
			t.Errorf("the example works out %q, which is no formula of the page", formula)
		}
	}
}
