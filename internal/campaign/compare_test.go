package campaign

import (
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
)

var (
	whole   = demand.Domain{}
	network = demand.Domain{Programme: "computer_network"}
	family  = demand.Domain{Family: "security"}
)

func at(d demand.Domain, m demand.Measure) address { return address{d, "fault_diagnosis", m} }

// A figure moved when either estimate lies outside the other interval.
func TestCompareReports(t *testing.T) {
	was := report.Value{Estimate: 1, Lo: 0.5, Hi: 1.5}
	for _, c := range []struct {
		why                    string
		d                      demand.Domain
		m                      demand.Measure
		then, now              report.Value
		moved, opened, closed_ int
	}{
		{"the same", whole, demand.MeanRequired, was, was, 0, 0, 0},
		{"within both intervals", whole, demand.MeanRequired, was, report.Value{Estimate: 1.4, Lo: 0.9, Hi: 1.9}, 0, 0, 0},
		{"beyond the old interval", whole, demand.MeanRequired, was, report.Value{Estimate: 1.6, Lo: 0.9, Hi: 2.3}, 1, 0, 0},
		{"the old one beyond the new, narrower interval", whole, demand.MeanRequired, was, report.Value{Estimate: 1.3, Lo: 1.1, Hi: 1.5}, 1, 0, 0},
		{"a gap opened", network, demand.PerformanceGap, report.Value{Estimate: 0.3, Lo: -0.1, Hi: 0.7}, report.Value{Estimate: 0.4, Lo: 0.1, Hi: 0.7}, 0, 1, 0},
		{"a gap closed", whole, demand.PerformanceGap, report.Value{Estimate: 0.4, Lo: 0.1, Hi: 0.7}, report.Value{Estimate: 0.3, Lo: -0.1, Hi: 0.7}, 0, 0, 1},
		{"in a subgroup it is no gap to tell", family, demand.PerformanceGap, report.Value{Estimate: 0.3, Lo: -0.1, Hi: 0.7}, report.Value{Estimate: 0.4, Lo: 0.1, Hi: 0.7}, 0, 0, 0},
		{"a required level is no gap", whole, demand.MeanRequired, report.Value{Estimate: 0.3, Lo: -0.1, Hi: 0.7}, report.Value{Estimate: 0.4, Lo: 0.1, Hi: 0.7}, 0, 0, 0},
	} {
		got := compareReports(2026, published{at(c.d, c.m): c.then}, published{at(c.d, c.m): c.now})
		if len(got.Moved) != c.moved || len(got.Opened) != c.opened || len(got.Closed) != c.closed_ || got.Compared != 1 {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
	got := compareReports(2026, published{at(whole, demand.MeanRequired): was}, published{at(network, demand.MeanRequired): was})
	if got.Shown != 1 || got.Withheld != 1 || got.Compared != 0 {
		t.Errorf("one newly shown, one no longer: %+v", got)
	}
}

// The widest subgroup first, in it the largest movement.
func TestMovesInOrder(t *testing.T) {
	move := func(d demand.Domain, by float64) report.Move {
		return report.Move{Domain: d, Measure: demand.MeanRequired, After: report.Value{Estimate: by}}
	}
	c := &report.FigureChanges{Moved: []report.Move{move(family, 3), move(network, 1), move(network, -2), move(whole, 0.5)}}
	order(c)
	var got []string
	for _, m := range c.Moved {
		got = append(got, m.Domain.Key())
	}
	if strings.Join(got, " ") != "all computer_network computer_network family=security" || c.Moved[1].After.Estimate != -2 {
		t.Errorf("order %v", got)
	}
}

func TestDues(t *testing.T) {
	review := func(sides ...curriculum.Side) (out []curriculum.Review) {
		for _, s := range sides {
			out = append(out, curriculum.Review{Side: s})
		}
		return out
	}
	reg := &curriculum.Register{
		Proposals: []curriculum.Proposal{
			{ID: "P1", Year: 2026, Reviews: review(curriculum.School, curriculum.Enterprise)},
			{ID: "P2", Year: 2026, Reviews: review(curriculum.School)},
			{ID: "P3", Year: 2025}, // put off last year
			{ID: "P4", Year: 2026}, // put off this year: not again so soon
			{ID: "P5", Year: 2025}, // decided
			{ID: "P6", Year: 2025}, // another took its place
			{ID: "P7", Year: 2026, Supersedes: "P6"},
			{ID: "P8", Year: 2027}, // born later
		},
		Decisions: []curriculum.Decision{
			{ID: "D3", Proposal: "P3", Outcome: curriculum.Defer, Year: 2025},
			{ID: "D4", Proposal: "P4", Outcome: curriculum.Defer, Year: 2026},
			{ID: "D5", Proposal: "P5", Outcome: curriculum.Adopt, Year: 2025, Effective: 2026},
		},
	}
	a := &gap.Analysis{Year: 2026, Verdicts: []gap.Verdict{
		{Decision: reg.Decisions[2], Result: gap.Narrowed},
		{Decision: curriculum.Decision{ID: "D9", Outcome: curriculum.Adopt, Effective: 2025}, Result: gap.Narrowed},
	}}
	var got []string
	for _, d := range dues(reg, a) {
		got = append(got, d.Kind+" "+d.ID)
	}
	want := []string{"decide P1", "review P2", "revisit P3", "review P7", "judge D5"}
	if !slices.Equal(got, want) {
		t.Errorf("due %v, want %v", got, want)
	}
	if dues(nil, a) != nil {
		t.Error("without a register nothing is due")
	}
}

// What changed is said in both languages and names nobody.
func TestChangesInWords(t *testing.T) {
	c := &report.Changes{Year: 2026, Before: "abc", Visits: [2]int{50, 51}, Files: report.FileChanges{Taken: 1},
		LastRun: &report.FigureChanges{Year: 2026, Compared: 9, Opened: []report.GapChange{{Domain: network, Competency: "fault_diagnosis", Gap: report.Value{Estimate: 0.4, Lo: 0.1, Hi: 0.7}}}},
		Due:     []report.Due{{Kind: report.DueDecide, ID: "P1", Change: "add", Module: "M1", Programme: "iot"}}}
	text := linesText(report.ChangeLines(codebook.Default(), nil, c))
	for _, want := range []string{"走访 50 → 51", "新差距：网络 · 故障诊断 0.40 (0.10–0.70)", "P1：新增“M1”（物联网），待决定", "new gap: Network · Fault diagnosis", "1 file taken"} {
		if !strings.Contains(text, want) {
			t.Errorf("not said: %s\n%s", want, text)
		}
	}
}
