package report

import (
	"strings"
	"sync"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

var theSite = sync.OnceValues(func() (*Site, error) {
	return Build(inventedAnalysis(codebook.Default()), Options{Curriculum: inventedCurriculum(), Run: "#0007"})
})

// fixtureSite is the report of the invented analysis, built once.
func fixtureSite(t *testing.T) *Site {
	t.Helper()
	s, err := theSite()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func htmlPages(s *Site) []string {
	var out []string
	for _, p := range s.Paths() {
		if strings.HasSuffix(p, ".html") {
			out = append(out, p)
		}
	}
	return out
}
