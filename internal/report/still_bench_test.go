package report

import (
	"slices"
	"testing"
)

// BenchmarkStill is the cost of one still picture, the dearest step of a report.
func BenchmarkStill(b *testing.B) {
	p := openPress(b)
	builders := fixtureCharts()
	names := make([]string, 0, len(builders))
	for name := range builders {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c, err := builders[name].Chart()
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := p.draw(c.ID, c.option, c.Width, c.Height, c.Alt.Both()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
