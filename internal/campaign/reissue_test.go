package campaign

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// reissued attacks two reports on the newest year, between which some enterprises named every technology with
// another direction: what both reports show of one must not be apart by so few that it is their answer.
func reissued(t *testing.T, w *world) {
	t.Helper()
	in, err := w.inputs(context.Background(), AnalyzeOptions{Year: w.analysis.Year})
	must(t, err)
	in.Replicates = -1
	now := in.Samples[in.Year]
	then := *now
	then.Trends = slices.Clone(now.Trends)
	anew := make(map[string]map[int32]bool) // technology → who named it otherwise: none, three or six
	order := make(map[string]int)
	for i := range then.Trends {
		trend := &then.Trends[i]
		name := trend.Technology
		if item, known := w.Codebook.Find("technology", name); known {
			name = item.Name.Both()
		}
		if anew[name] == nil {
			order[name], anew[name] = len(anew), make(map[int32]bool)
		}
		if most := order[name] % 3 * 3; len(anew[name]) < most || anew[name][trend.Enterprise] {
			anew[name][trend.Enterprise] = true
			trend.Direction = map[string]string{"rising": "falling", "falling": "rising", "steady": "rising"}[trend.Direction]
		}
	}
	if demand.Changed(now, &then) < gap.DefaultK {
		t.Error("technologies named otherwise are no change")
	}
	follows := func(earlier ...*demand.Sample) (out []string) {
		in.Earlier = map[int][]*demand.Sample{in.Year: earlier}
		a, err := gap.Analyze(w.Codebook, *in)
		must(t, err)
		for _, row := range a.Technologies.Rows {
			var sum, most float64
			for e := range anew[row.Name] {
				weight := max(1, now.Enterprises[e].Weight)
				sum, most = sum+weight, max(most, weight)
			}
			if n := len(anew[row.Name]); n > 0 && (n < a.K || most > demand.Dominance*sum) {
				out = append(out, fmt.Sprintf("%s: the answers of %d follow", row.Name, n))
			}
		}
		if len(a.Technologies.Rows) == 0 {
			t.Error("no technology is shown")
		}
		return out
	}
	if found := follows(); len(found) == 0 {
		t.Error("the attack does not bite")
	}
	for _, leak := range follows(&then) {
		t.Error(leak)
	}
}
