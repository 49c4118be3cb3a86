package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// What is held back beside an earlier report is counted, and nothing is said where nothing is.
func TestTechnologiesSayWhatIsHeldBack(t *testing.T) {
	a := inventedAnalysis(codebook.Default())
	for _, held := range []int{0, 3} {
		a.Technologies.Held, a.Titles.Held = held, held/3
		s := newDesk(a, names{cb: codebook.Default()}, nil).technologySection()
		said := slices.ContainsFunc(s.Lead, func(t Text) bool {
			return strings.Contains(t.ZH, "另有 4 项，上次报告以来改答") && strings.Contains(t.EN, "Held back: 4,")
		})
		if said != (held > 0) {
			t.Errorf("%d held back: %v", held, s.Lead)
		}
	}
}
