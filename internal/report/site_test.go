package report

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

func TestPeekSite(t *testing.T) {
	s, err := Build(inventedAnalysis(codebook.Default()), Options{Curriculum: inventedCurriculum()})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.Paths() {
		f := filepath.Join("/tmp/rep/site", p)
		os.MkdirAll(filepath.Dir(f), 0o755)
		os.WriteFile(f, s.File(p), 0o644)
		if filepath.Ext(p) == ".html" {
			t.Log(p, len(s.File(p)))
		}
	}
}
