package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// desk is where pages are put together: the analysis, its names and its figures by address.
type desk struct {
	a       *gap.Analysis
	n       names
	figures map[figureKey]demand.Figure
	years   []int // whose reports stand beside this one

	openings map[demand.Domain]demand.Figure
	sizes    map[demand.Domain]demand.Figure // enterprises and jobs of the whole and of each programme
}

type figureKey struct {
	domain     demand.Domain
	competency codebook.CompetencyID
	measure    demand.Measure
}

func newDesk(a *gap.Analysis, n names, years []int) *desk {
	d := &desk{a: a, n: n, years: years, openings: map[demand.Domain]demand.Figure{}, sizes: map[demand.Domain]demand.Figure{}, figures: make(map[figureKey]demand.Figure, len(a.Cells))}
	for _, c := range a.Cells {
		d.figures[figureKey{c.Domain, c.Competency, c.Measure}] = c.Figure
	}
	d.openings[a.Overall.Domain], d.sizes[a.Overall.Domain] = a.Overall.Openings, a.Overall.Enterprises
	for _, pg := range a.Programmes {
		d.openings[pg.Domain], d.sizes[pg.Domain] = pg.Openings, pg.Enterprises
	}
	for _, p := range a.Priority {
		d.openings[demand.Domain{Family: p.Family}] = p.Openings
	}
	for _, o := range a.Openings {
		d.openings[o.Domain] = o.Figure
	}
	return d
}

// figure is the published figure of a domain; the zero Figure, "no data", where there is none.
func (d *desk) figure(domain demand.Domain, c codebook.CompetencyID, m demand.Measure) demand.Figure {
	return d.figures[figureKey{domain, c, m}]
}

// subdomains lists the domains that cut base along one dimension, in the order of the analysis.
func (d *desk) subdomains(base demand.Domain, dim dimension) []demand.Domain {
	var out []demand.Domain
	for _, c := range d.a.Cells {
		if dim.code(c.Domain) != "" && c.Domain.Programme == base.Programme && !slices.Contains(out, c.Domain) {
			out = append(out, c.Domain)
		}
	}
	return out
}

// shortNames names competencies for a sentence.
func (d *desk) shortNames(ids []codebook.CompetencyID) []Text {
	out := make([]Text, len(ids))
	for i, id := range ids {
		out[i] = d.n.short(id)
	}
	return out
}

// byGap returns the rows with a shown gap, widest first; ties keep codebook order.
func byGap(rows []gap.Row) []gap.Row {
	shown := slices.DeleteFunc(slices.Clone(rows), func(r gap.Row) bool { return !r.Gap.Shown() })
	slices.SortStableFunc(shown, func(a, b gap.Row) int { return compareFloat(b.Gap.Estimate, a.Gap.Estimate) })
	return shown
}

// gapFirst returns every row: those with a shown gap widest first, then the others.
func gapFirst(rows []gap.Row) []gap.Row {
	out := byGap(rows)
	for _, r := range rows {
		if !r.Gap.Shown() {
			out = append(out, r)
		}
	}
	return out
}

// rowOf finds a competency in a gap table.
func rowOf(rows []gap.Row, id codebook.CompetencyID) (gap.Row, bool) {
	i := slices.IndexFunc(rows, func(r gap.Row) bool { return r.Competency == id })
	if i < 0 {
		return gap.Row{}, false
	}
	return rows[i], true
}

// numeral is a small count as Chinese sentences write it.
func numeral(n int) string {
	digits := []string{"零", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"}
	if n >= 0 && n < len(digits) {
		return digits[n]
	}
	return itoa(n)
}

// word is a small count as English sentences write it.
func word(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(words) {
		return words[n]
	}
	return itoa(n)
}
