package report

import (
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// From four years on a change table gives the slope and its adjusted p value, and the chart every year; the
// year compared with keeps its own figure, wherever it stands among them.
func TestTrendOnThePage(t *testing.T) {
	a := inventedAnalysis(codebook.Default())
	id := a.Competencies[0]
	p, adjusted := 0.0167, 0.29
	a.Change.Years, a.Change.Since = []int{2023, 2024, 2025, 2026}, 2024
	row := gap.ChangeRow{Competency: id, Measure: demand.PerformanceGap,
		Before: demand.Figure{Estimate: 0.7, Flag: demand.Good}, After: demand.Figure{Estimate: 0.4, Flag: demand.Good}, Change: demand.Figure{Estimate: -0.3, Flag: demand.Good}}
	a.Change.Rows = []gap.ChangeRow{row}
	a.Change.Trend = []gap.TrendRow{{Competency: id, Measure: demand.PerformanceGap, Years: a.Change.Years, Values: []float64{0.9, 0.7, 0.6, 0.4}, Slope: -0.16, P: &p, AdjustedP: &adjusted}}
	d := newDesk(a, names{cb: codebook.Default()}, nil)
	s, err := d.changeSection(demand.Domain{}, "all-")
	if err != nil {
		t.Fatal(err)
	}
	last := s.Table.Rows[0][len(s.Table.Columns)-2:]
	if len(s.Table.Rows[0]) != len(s.Table.Columns) || *last[0].Number != -0.16 || *last[1].Number != 0.29 {
		t.Errorf("slope and p: %+v", last)
	}
	for i, v := range d.yearly(row, a.Change.Trend[0], a.Change.Years) {
		if want := []float64{0.9, 0.7, 0.6, 0.4}[i]; v.Value != want || !strings.Contains(v.How, "#"+itoa(a.Change.Years[i])+"/all/") {
			t.Errorf("%d: %g, want %g", a.Change.Years[i], v.Value, want)
		}
	}
}
