package workbook

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// allKinds are the forms every codebook has.
var allKinds = []string{"visit", "curriculum", "roster", "outcomes", "decisions"}

func mustTemplate(t testing.TB, kind string) []byte {
	t.Helper()
	data, err := WriteTemplate(codebook.Default(), kind, TemplateOptions{Year: 2026})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTemplateBytesAreReproducible(t *testing.T) {
	for _, kind := range allKinds {
		first := mustTemplate(t, kind)
		if !bytes.Equal(first, mustTemplate(t, kind)) {
			t.Errorf("%s: two templates of the same codebook differ", kind)
		}
		if dir := os.Getenv("QIANQI_LOOK"); dir != "" {
			os.WriteFile(filepath.Join(dir, kind+".xlsx"), first, 0o644)
		}
	}
}
