package campaign

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/report"
)

// otherOutputs attacks what leaves beside the files of a report: exports in every form (Parquet is
// held to the same rows where it is written), briefs, what analyze and trace print for programs.
func otherOutputs(t *testing.T, w *world, books []*yearbook, secret map[string]string) {
	t.Helper()
	ctx := context.Background()
	newest := books[len(books)-1]
	out := exportsOf(t, w, newest)
	briefs, err := w.Briefs(ctx, BriefOptions{})
	must(t, err)
	for _, f := range briefs {
		out[f.Name] = f.Data
	}
	out[figuresFile], err = newest.a.JSON()
	must(t, err)
	found, err := w.Figures(ctx, nil, AnalyzeOptions{Year: newest.year})
	must(t, err)
	out["trace.json"], err = json.Marshal(found)
	must(t, err)
	for _, name := range slices.Sorted(maps.Keys(out)) {
		for inner, data := range unpacked(t, name, out[name]) {
			at := filepath.Join(name, inner)
			noSecret(t, at, data, secret)
			if !strings.HasPrefix(name, "trace") {
				newest.tablesWithhold(t, name, data)
			}
			for _, e := range newest.sample.Enterprises {
				if bytes.Contains(data, []byte(e.Key)) {
					t.Errorf("%s names %q", at, e.Key)
				}
			}
		}
	}
	newest.jsonWithholds(t, "trace.json", out["trace.json"])
	newest.jsonWithholds(t, "export", out[fmt.Sprintf("qianqi-%d.json", newest.year)])
	pictures := 0
	for _, data := range newest.files {
		pictures += bytes.Count(data, []byte("<svg"))
	}
	if len(out) < 120 || pictures < 60 {
		t.Errorf("only %d outputs with %d pictures were attacked", len(out), pictures)
	}
}

// exportsOf are the exports of the newest year in every form that can be read as text.
func exportsOf(t *testing.T, w *world, b *yearbook) tree {
	t.Helper()
	out := make(tree)
	for _, format := range []string{"csv", "json", "xlsx"} {
		for _, f := range w.published(t, format) {
			out[f.Name] = f.Data
		}
	}
	for i := range w.tabled {
		b.rowsWithhold(t, &w.tabled[i])
	}
	return out
}

// rowsWithhold checks the rows from which every form of an export is written.
func (b *yearbook) rowsWithhold(t testing.TB, table *report.Dataset) {
	t.Helper()
	for _, row := range table.Rows {
		for i, v := range row {
			if flag, ok := v.(string); ok && demand.Flag(flag).Suppressed() {
				for _, beside := range row[i-6 : i] {
					if beside != nil {
						t.Errorf("%d/%s: %v stands beside %s", b.year, table.Name, row[i-6:i], flag)
					}
				}
			}
		}
	}
}

// jsonWithholds checks that no number stands beside the flag of what is withheld.
func (b *yearbook) jsonWithholds(t testing.TB, name string, data []byte) {
	t.Helper()
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(name, err)
	}
	flags := 0
	flagged(doc, func(m map[string]any) {
		flags++
		if !demand.Flag(fmt.Sprint(m["flag"])).Suppressed() {
			return
		}
		for key, v := range m {
			if _, number := v.(float64); number {
				t.Errorf("%d/%s: %s is %v beside %v", b.year, name, key, v, m["flag"])
			}
		}
	})
	if flags == 0 && name == "trace.json" {
		t.Errorf("%s holds no flag", name)
	}
}

// unpacked are the parts of a zip container, or the file itself.
func unpacked(t *testing.T, name string, data []byte) map[string][]byte {
	t.Helper()
	if ext := filepath.Ext(name); ext != ".xlsx" && ext != ".docx" {
		return map[string][]byte{"": data}
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(name, err)
	}
	out := make(map[string][]byte)
	for _, f := range z.File {
		r, err := f.Open()
		must(t, err)
		out[f.Name], err = io.ReadAll(r)
		must(t, err)
	}
	return out
}

// counter takes complaints instead of the test that should make none.
type counter struct {
	testing.TB
	complaints int
}

func (c *counter) Errorf(string, ...any) { c.complaints++ }
func (c *counter) Helper()               {}

// theAttackBites plants faults that the attack must find.
func theAttackBites(t *testing.T, books []*yearbook, secret map[string]string) {
	t.Helper()
	b := books[len(books)-1]
	number := slices.Min(slices.Collect(maps.Keys(secret)))
	for _, fault := range []struct {
		why   string
		plant func(c *counter)
	}{
		{"a withheld number in a file", func(c *counter) { noSecret(c, "planted", []byte(`{"v":`+number+`}`), secret) }},
		{"counts beside the flag of a table", func(c *counter) {
			b.tablesWithhold(c, "planted.csv", []byte("a,se,lo,hi,n,jobs,flag\n,,,,3,,withheld_few_enterprises\n"))
		}},
		{"a number of jobs in the explorer", func(c *counter) {
			f := `[null,null,null,null,"withheld_few_enterprises",4]`
			b.cutsWithhold(c, "planted", []byte(`{"Years":[{"Year":2026,"Cells":{"x":[[`+f+","+f+","+f+`]]}}]}`))
		}},
		{"a row that keeps its jobs", func(c *counter) {
			b.rowsWithhold(c, &report.Dataset{Rows: [][]any{{nil, nil, nil, nil, nil, 7.0, string(demand.WithheldFew)}}})
		}},
		{"a JSON object that keeps its estimate", func(c *counter) {
			b.jsonWithholds(c, "planted", []byte(`[{"flag":"withheld_dominance","estimate":3.1}]`))
		}},
		{"no cells withheld beside the confidential ones", func(c *counter) { b.subtractWith(c, demand.WithheldComplement) }},
		{"every family drawn alone in the loop", func(c *counter) { b.apart().loops(c) }},
		{"a confidential cell shown", func(c *counter) { b.subtractWith(c, demand.WithheldFew) }},
	} {
		c := &counter{TB: t}
		if fault.plant(c); c.complaints == 0 {
			t.Errorf("%s: the attack does not find it", fault.why)
		}
	}
}

// subtractWith attacks the required levels of one competency as if figures with a flag were shown.
func (b *yearbook) subtractWith(t testing.TB, bare demand.Flag) {
	id := b.sample.Competencies[0]
	u := b.unions(func(j int) bool { return b.sample.Jobs.Ratings[0][demand.Required][j] > 0 && b.view.Weight(j) > 0 })
	u.publish(func(d demand.Domain) bool {
		flag := b.figure(d, id, demand.MeanRequired).Flag
		return flag == bare || !flag.Suppressed()
	})
	u.attack(t, "planted")
}
