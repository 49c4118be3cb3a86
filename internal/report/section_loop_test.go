package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// A competency that is not drawn in the loop is named, since the others carry its demand.
func TestTheLoopSaysWhatIsLeftOut(t *testing.T) {
	cb := codebook.Default()
	a := inventedAnalysis(cb)
	d := newDesk(a, names{cb: cb, plan: inventedCurriculum()}, nil)
	pg := a.Programmes[0]
	for _, left := range [][]codebook.CompetencyID{nil, {"project_management"}} {
		pg.Loop.LeftOut = left
		s, err := d.loopSection(pg, "")
		if err != nil {
			t.Fatal(err)
		}
		name := d.n.short("project_management")
		said := slices.ContainsFunc(s.Aside, func(n note) bool {
			return strings.Contains(n.Text.ZH, name.ZH+"：作答企业太少") && strings.Contains(n.Text.EN, name.EN+": too few")
		})
		if said != (len(left) > 0) {
			t.Errorf("left out is %v, said %v: %v", left, said, s.Aside)
		}
	}
}
