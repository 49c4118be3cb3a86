package report

import (
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// What moved between two reports is listed, unless so few files lie between them that the
// difference would show whose they are.
func TestReportsThatAreTooClose(t *testing.T) {
	c := &Changes{Year: 2026, Before: "a", Files: FileChanges{Taken: 3}, LastRun: &FigureChanges{Year: 2026, Compared: 9,
		Moved: []Move{{Domain: demand.Domain{}, Competency: "fault_diagnosis", Measure: demand.PerformanceGap, Before: Value{0.51, 0.4, 0.6}, After: Value{0.93, 0.8, 1.1}}}}}
	words := func() string {
		var b strings.Builder
		for _, l := range ChangeLines(codebook.Default(), nil, c) {
			b.WriteString(l.Finding.EN + "\n")
			for _, item := range l.Items {
				b.WriteString(item.EN + "\n")
			}
		}
		p := newDesk(inventedAnalysis(codebook.Default()), names{cb: codebook.Default()}, nil).changesPage(c)
		b.WriteString(p.Headline.EN)
		for _, s := range p.Sections {
			b.WriteString(s.Finding.EN + "\n")
		}
		return b.String()
	}
	if got := words(); !strings.Contains(got, "0.51 → 0.93") || !strings.Contains(got, "Against the last report") {
		t.Errorf("what moved is not told: %s", got)
	}
	c.TooClose = true
	if got := words(); strings.Contains(got, "0.93") || strings.Contains(got, "Against the last report") || !strings.Contains(got, "no outsider should be given both") {
		t.Errorf("what moved is told: %s", got)
	}
}
