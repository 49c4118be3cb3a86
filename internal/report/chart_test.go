package report

import (
	"os"
	"testing"
)

func TestPeek(t *testing.T) {
	var cs []*Chart
	for name, b := range fixtureCharts() {
		c, err := b.Chart()
		if err != nil {
			t.Fatal(name, err)
		}
		cs = append(cs, c)
	}
	if err := drawAll(cs); err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		os.WriteFile("/tmp/rep/"+c.ID+".svg", c.svg, 0o644)
		os.WriteFile("/tmp/rep/"+c.ID+".json", c.option, 0o644)
		t.Log(c.ID, len(c.svg), len(c.option))
	}
}
