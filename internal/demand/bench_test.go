package demand

import (
	"strconv"
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

// BenchmarkBootstrap is 1,000 replicates of all competencies, overall and by programme.
func BenchmarkBootstrap(b *testing.B) {
	cb := codebook.Default()
	s := invent(cb, 50_000, 200_000, 1)
	v := NewView(cb, s, Options{})
	domains := v.Domains()[:5]
	for b.Loop() {
		boot, column := v.Bootstrap(1000, 1), v.NewColumn()
		for c := range s.Competencies {
			column.Load(c)
			boot.Means(column, domains)
		}
	}
}

// BenchmarkAll is what a published year asks of this room: all domains with their errors and
// 1,000 replicates, 1.4 million ratings, on one core.
func BenchmarkAll(b *testing.B) {
	cb := codebook.Default()
	for _, enterprises := range []int{6_000, 50_000} {
		s := invent(cb, enterprises, 200_000, 1)
		b.Run(strconv.Itoa(enterprises)+"-enterprises", func(b *testing.B) {
			for b.Loop() {
				v := NewView(cb, s, Options{Cores: 1})
				boot, domains := v.Bootstrap(1000, 1), v.Domains()[:5]
				v.Tabulate(func(_ int, c *Column) { boot.Means(c, domains) })
			}
		})
	}
}

// BenchmarkBesideEarlier is a report of 1,200 enterprises beside the earlier ones of its year, each held against those
// before it, on one core.
func BenchmarkBesideEarlier(b *testing.B) {
	cb := codebook.Default()
	s := invent(cb, 1_200, 4_000, 1)
	for _, earlier := range []int{0, 3} {
		var states []*Sample
		for i := range earlier {
			until := 600 + 150*i
			states = append(states, part(s, func(e int) bool { return e < until }))
		}
		b.Run(strconv.Itoa(earlier)+"-earlier", func(b *testing.B) {
			for b.Loop() {
				opt := Options{Cores: 1}
				opt.Earlier = Publications(cb, states, opt)
				Tabulate(cb, s, opt)
			}
		})
	}
}
