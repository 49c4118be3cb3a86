package report

import (
	"bytes"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func builtCharts(t testing.TB) []*Chart {
	t.Helper()
	var out []*Chart
	for name, b := range fixtureCharts() {
		c, err := b.Chart()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b *Chart) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// TestEveryBuilderHasAFixture: what draws charts is drawn by the tests of this room too.
func TestEveryBuilderHasAFixture(t *testing.T) {
	files, err := filepath.Glob("chart_*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	drawn := make(map[string]bool)
	for _, b := range fixtureCharts() {
		drawn[reflect.TypeOf(b).Name()] = true
	}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func \(\w+ \*?(\w+)\) Chart\(\)`).FindAllSubmatch(code, -1) {
			if !drawn[string(m[1])] {
				t.Errorf("%s is not among fixtureCharts", m[1])
			}
			delete(drawn, string(m[1]))
		}
	}
	if len(drawn) > 0 {
		t.Errorf("no chart_*.go builds %v", drawn)
	}
}

// openPress is a press for the length of a test.
func openPress(t testing.TB) *press {
	t.Helper()
	p, err := newPress()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func drawn(t testing.TB, p *press, c *Chart) []byte {
	t.Helper()
	svg, err := p.draw(c.ID, c.option, c.Width, c.Height, c.Alt.Both())
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

// A picture must not depend on what the same interpreter drew before it.
func TestStillDependsOnItsOptionAlone(t *testing.T) {
	forth, back := map[string][]byte{}, map[string][]byte{}
	charts := builtCharts(t)
	for _, into := range []map[string][]byte{forth, back} {
		p := openPress(t)
		for _, c := range charts {
			into[c.ID] = drawn(t, p, c)
		}
		slices.Reverse(charts)
	}
	for id := range forth {
		if !bytes.Equal(forth[id], back[id]) {
			t.Errorf("%s: another picture when drawn in another order", id)
		}
	}
}

// A still picture is well-formed XML with marks and words, no script, no handler, no outside reference.
func TestStillIsInert(t *testing.T) {
	p := openPress(t)
	for _, c := range builtCharts(t) {
		svg := drawn(t, p, c)
		marks := inertSVG(t, c.ID, svg)
		if marks["path"]+marks["rect"] < 5 || marks["text"] < 3 {
			t.Errorf("%s: hardly anything drawn: %v", c.ID, marks)
		}
	}
}

// inertSVG counts the elements of a picture and reports whatever could act.
func inertSVG(t *testing.T, id string, svg []byte) map[string]int {
	t.Helper()
	marks := map[string]int{}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if err == io.EOF {
			return marks
		}
		if err != nil {
			t.Fatalf("%s: not well-formed: %v", id, err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		marks[e.Name.Local]++
		switch e.Name.Local {
		case "svg", "g", "path", "rect", "text", "tspan", "defs", "clipPath", "circle", "polygon", "polyline":
		default:
			t.Errorf("%s: element %s", id, e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Errorf("%s: attribute %s=%q", id, a.Name.Local, a.Value)
			}
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from what is drawn now; look at it, then run the test with -update", file)
	}
}

func TestGoldenStills(t *testing.T) {
	p := openPress(t)
	for _, c := range builtCharts(t) {
		if c.ID == "withheld" || c.ID == "sankey" {
			golden(t, c.ID+".svg", drawn(t, p, c))
		}
	}
}
