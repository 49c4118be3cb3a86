package gap

import (
	"fmt"
	"maps"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// said is what each enterprise says of one thing that stands outside the table of domains, by its key.
type said map[string]saying

type saying struct {
	what   string
	weight float64
}

// open reports whether what is said now may be shown beside earlier reports on the year, states oldest
// first and now the last: between it and each that showed it nobody speaks otherwise, or k enterprises do,
// of which none dominates. What an earlier report had to hold back for that reason it did not show.
func (r *run) open(states []said) bool {
	var shown []said
	for i, now := range states {
		open := !slices.ContainsFunc(shown, func(then said) bool { return r.fewDiffer(now, then) })
		if i == len(states)-1 {
			return open
		}
		if open && len(now) >= r.in.K {
			shown = append(shown, now)
		}
	}
	return true
}

func (r *run) fewDiffer(now, then said) bool {
	keys := maps.Clone(then)
	maps.Copy(keys, now)
	var held []float64
	for _, e := range sortedKeys(keys) {
		if now[e].what != then[e].what {
			held = append(held, max(now[e].weight, then[e].weight))
		}
	}
	return r.in.K >= 0 && len(held) > 0 && r.confidential(held)
}

// states are the answers of a year as each report on it rested on them, oldest first, and as they are.
func (r *run) states(year int) []*demand.Sample {
	return append(slices.Clip(r.in.Earlier[year]), r.in.Samples[year])
}

// eachState reads the same of every state.
func eachState[T, S any](states []S, read func(S) T) []T {
	out := make([]T, len(states))
	for i, s := range states {
		out[i] = read(s)
	}
	return out
}

// amounts is what each enterprise has of a quantity.
func amounts(s *demand.Sample, per map[int32]float64) said {
	out := make(said, len(per))
	for e, v := range per {
		out[s.Enterprises[e].Key] = saying{fmt.Sprint(v), v}
	}
	return out
}
