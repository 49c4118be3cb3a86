package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/thousand-enterprises/qianqi/"

// mayImport lists, for every room, the only other rooms it may import.
var mayImport = map[string]string{
	"internal/codebook":   "",
	"internal/estimate":   "",
	"internal/survey":     "codebook",
	"internal/curriculum": "codebook survey",
	"internal/demand":     "codebook survey estimate",
	"internal/gap":        "codebook survey estimate demand curriculum",
	"internal/workbook":   "codebook survey curriculum",
	"internal/store":      "codebook survey curriculum demand",
	"internal/report":     "codebook survey estimate curriculum demand gap",
	"internal/sample":     "codebook survey curriculum",
	"internal/campaign":   "codebook survey estimate curriculum demand gap workbook store report sample",
	"internal/web":        "codebook survey campaign",
	"cmd/qianqi":          "codebook estimate campaign store web",

	// For tests: no room above may import these, so no program does.
	"internal/trial":    "",
	"internal/chromium": "trial",
}

// soleImporter lists the dependencies that exactly one room may touch.
var soleImporter = map[string]string{
	"github.com/xuri/excelize/v2":         "internal/workbook",
	"modernc.org/sqlite":                  "internal/store",
	"database/sql":                        "internal/store",
	"github.com/go-echarts/go-echarts/v2": "internal/report",
	"github.com/parquet-go/parquet-go":    "internal/report",
	"github.com/spf13/cobra":              "cmd/qianqi",
	"gonum.org/v1/gonum":                  "internal/estimate",
	"net/http":                            "internal/web",
	"github.com/chromedp":                 "internal/chromium",
}

// pure rooms hold meaning only: values in, values out, nothing to fake in tests.
var (
	pure    = strings.Fields("internal/codebook internal/survey internal/estimate internal/curriculum internal/demand internal/gap internal/sample")
	outside = strings.Fields("os os/exec io/fs net path/filepath log log/slog html/template")
)

func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	seen := make(map[string]bool)
	eachFile(t, func(room, path string) {
		seen[room] = true
		checkFile(t, room, path)
	})
	for room := range mayImport {
		if !seen[room] {
			t.Errorf("%s is in mayImport but has no Go files", room)
		}
	}
}

// eachFile calls do for every Go file that is no test, with its room.
func eachFile(t *testing.T, do func(room, path string)) {
	t.Helper()
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			room := filepath.ToSlash(filepath.Join("internal", filepath.Dir(path)))
			if room != "internal" { // doc.go, the map itself
				do(room, path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// importsOf are the import paths of a Go file.
func importsOf(t *testing.T, path string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(f.Imports))
	for i, spec := range f.Imports {
		out[i], _ = strconv.Unquote(spec.Path.Value)
	}
	return out
}

func checkFile(t *testing.T, room, path string) {
	t.Helper()
	allowed, known := mayImport[room]
	if !known {
		t.Errorf("%s is a new room: add it to mayImport and to internal/doc.go", room)
	}
	for _, imp := range importsOf(t, path) {
		if other, ours := strings.CutPrefix(imp, module+"internal/"); ours && !slices.Contains(strings.Fields(allowed), other) {
			t.Errorf("%s: %s must not import %s", path, room, other)
		}
		if slices.Contains(pure, room) && slices.Contains(outside, imp) {
			t.Errorf("%s: %s must stay free of IO; it imports %s", path, room, imp)
		}
		for dep, only := range soleImporter {
			if room != only && (imp == dep || strings.HasPrefix(imp, dep+"/")) {
				t.Errorf("%s: only %s may import %s", path, only, imp)
			}
		}
	}
}
