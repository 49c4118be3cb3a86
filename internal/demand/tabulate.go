package demand

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Options say how a sample is tabulated. The zero Options are the defaults.
type Options struct {
	Base  Base
	Cores int // at most this many cores; 0 is all. The result is the same for any number
}

// Table holds the figures of every domain of a sample, not yet protected.
type Table struct {
	Year    int
	Base    Base
	Domains []Domain // in the order they are printed
	Cells   []Cell   // by domain, competency, measure
}

// Tabulate estimates every measure for every competency in every domain: overall, by
// programme, family, industry, size and region, and programme crossed with each of these.
func Tabulate(cb *codebook.Codebook, s *Sample, opt Options) *Table {
	return &Table{Year: s.Year, Base: opt.Base}
}
