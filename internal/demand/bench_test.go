package demand

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// BenchmarkTabulate is every domain of 200,000 jobs × 7 competencies on one core.
func BenchmarkTabulate(b *testing.B) {
	cb := codebook.Default()
	for _, size := range []struct {
		name              string
		enterprises, jobs int
	}{{"200k-jobs", 50_000, 200_000}, {"campaign", 1_000, 3_500}, {"sample", 40, 120}} {
		s := invent(cb, size.enterprises, size.jobs, 1)
		b.Run(size.name, func(b *testing.B) {
			for b.Loop() {
				Tabulate(cb, s, Options{Cores: 1})
			}
		})
	}
}
