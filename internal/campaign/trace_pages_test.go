package campaign

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// way follows figures that are printed on pages back to the jobs they rest on, in any year.
type way struct {
	w     *world
	years map[int]*Tracer
	found map[string]*gap.Trace
}

// way is one for all tests: what one of them followed the others know.
func (w *world) way() *way {
	if w.ways == nil {
		w.ways = &way{w, map[int]*Tracer{}, map[string]*gap.Trace{}}
	}
	return w.ways
}

// back traces an address. A figure that is shown rests on jobs, and they stand in workbooks; one that
// is not says why.
func (y *way) back(t testing.TB, address string) *gap.Trace {
	t.Helper()
	if known, ok := y.found[address]; ok {
		return known
	}
	at, ok := gap.ParseAddress(address)
	if !ok {
		t.Errorf("%q is no address", address)
		return nil
	}
	tracer := y.years[at.Year]
	if tracer == nil {
		var err error
		if tracer, err = y.w.Tracer(context.Background(), address, TraceOptions{Names: true, By: "test"}); err != nil {
			t.Errorf("%s: %v", address, err)
			return nil
		}
		y.years[at.Year] = tracer
	}
	found, err := tracer.figures.Trace(at)
	switch {
	case err != nil:
		t.Errorf("%s: %v", address, err)
		return nil
	case found.Figure.Shown() && (len(found.Jobs) == 0 || tracer.jobs[found.Jobs[0].Job] == 0):
		t.Errorf("%s rests on no cell", address)
	case !found.Figure.Shown() && whyNot(found).ZH == "":
		t.Errorf("%s is not shown and does not say why", address)
	}
	y.found[address] = found
	return found
}

// states checks that a printed number is what the figures of its addresses give: an estimate, its
// base, or the difference of the two.
func (y *way) states(t testing.TB, where, printed string, addresses []string) {
	t.Helper()
	var figures []demand.Figure
	for _, a := range addresses {
		found := y.back(t, a)
		if found == nil {
			t.Errorf("%s: %q leads to %s", where, printed, a)
			return
		}
		figures = append(figures, found.Figure)
	}
	if !strings.ContainsAny(printed, "0123456789") {
		if figures[0].Shown() {
			t.Errorf("%s prints %q of a figure that is shown: %s", where, printed, addresses[0])
		}
		return
	}
	for _, v := range y.values(figures, y.found[addresses[0]].Address) {
		if printsAs(printed, v) {
			return
		}
	}
	t.Errorf("%s prints %q, the figure at %s is %+v", where, printed, addresses, figures)
}

// values are the numbers that may be printed of figures.
func (y *way) values(figures []demand.Figure, at gap.Address) []float64 {
	f := figures[0]
	if len(figures) == 2 {
		return append(y.changes(at), f.Estimate-figures[1].Estimate)
	}
	var out []float64
	if !f.Flag.Suppressed() {
		out = append(out, float64(f.Enterprises), float64(f.Jobs))
	}
	if f.Shown() {
		out = append(out, f.Estimate)
	}
	if at.Measure == demand.Openings {
		out = append(out, y.size(at)...)
	}
	facts := y.w.analysis.Facts
	switch {
	case at.Domain != (demand.Domain{}) || at.Year != y.w.analysis.Year:
	case at.Measure == gap.CountRatings: // what they were asked for, and what is missing
		out = append(out, float64(facts.Asked), facts.Missing, facts.NoGraduate, y.w.analysis.Quality.StraightShare.Estimate)
		for _, r := range y.w.analysis.Quality.NonResponse {
			out = append(out, r.Share)
		}
	case at.Measure == gap.CountVisits:
		out = append(out, float64(facts.Faculty))
	case at.Measure == gap.CountJobs:
		out = append(out, facts.BaseMissing)
	}
	return out
}

// size are the enterprises and jobs of the whole or a programme, which stand with its openings.
func (y *way) size(at gap.Address) (out []float64) {
	sizes := []gap.DomainGap{y.w.analysis.Overall}
	for _, p := range y.w.analysis.Programmes {
		sizes = append(sizes, p.DomainGap)
	}
	for _, g := range sizes {
		if g.Domain == at.Domain && at.Year == y.w.analysis.Year && g.Enterprises.Shown() {
			out = append(out, float64(g.Enterprises.Enterprises), float64(g.Enterprises.Jobs))
		}
	}
	return out
}

// changes are the numbers that may be printed of two years' figures beside their difference: the
// interval of a change, its parts, and the enterprises visited in both.
func (y *way) changes(at gap.Address) []float64 {
	if at.Measure == gap.CountEnterprises {
		return []float64{float64(y.w.analysis.Change.Panel)}
	}
	var out []float64
	for _, v := range y.w.analysis.Verdicts {
		if at.Measure == demand.PerformanceGap && at.Domain.Programme == v.Decision.Programme && at.Competency == v.Decision.Competency {
			out = append(out, v.Change.Lo, v.Change.Hi, v.Same.Estimate, v.Parts.Within, v.Parts.Between)
		}
	}
	return out
}

var leadingNumber = regexp.MustCompile(`[+−]?[0-9][0-9,]*(\.[0-9]+)?%?`)

// printsAs reports whether the first number of a text is v, to the last digit printed.
func printsAs(printed string, v float64) bool {
	digits := leadingNumber.FindString(printed)
	unit := 1.0
	plain, share := strings.CutSuffix(strings.NewReplacer("−", "-", "+", "", ",", "").Replace(digits), "%")
	if share {
		unit = 0.01
	}
	if _, decimals, cut := strings.Cut(plain, "."); cut {
		unit *= math.Pow10(-len(decimals))
	}
	got, err := strconv.ParseFloat(plain, 64)
	if share {
		got /= 100
	}
	return err == nil && math.Abs(got-v) <= unit/2+1e-9
}

// everyFactLeadsSomewhere: a number of the facts row is a link to the trace of its figure, or to the
// rows of its own page that it counts.
func everyFactLeadsSomewhere(t *testing.T, w *world) {
	y, counted, facts := w.way(), 0, 0
	for _, p := range w.pages(t) {
		for n := range p.doc.Descendants() {
			if n.Data != "dd" || !strings.ContainsAny(wordsOf(n, "zh"), "0123456789") {
				continue
			}
			facts++
			link := n.FirstChild
			where := fmt.Sprintf("%s: fact %q", p.file, wordsOf(n.NextSibling, "zh"))
			switch href := attribute(link, "href"); {
			case link.Data == "a" && attribute(link, "class") == "how":
				y.states(t, where, wordsOf(n, "zh"), addressesOf(link))
			case link.Data == "a" && attribute(link, "class") == "rows" && attribute(link, "title") != "" && p.hasRows(href):
				counted++
			default:
				t.Errorf("%s leads to %q", where, href)
			}
		}
	}
	if facts < 45 || counted < 15 {
		t.Errorf("%d facts were looked at, of which %d count rows", facts, counted)
	}
}

// addressesOf are the addresses of the figures that a link leads to.
func addressesOf(link *html.Node) []string {
	if from := attribute(link, "data-from"); from != "" {
		return strings.Fields(from)
	}
	at, ok := addressIn(attribute(link, "href"))
	if !ok {
		return []string{attribute(link, "href")}
	}
	return []string{at.String()}
}

// hasRows reports whether a section of the page holds a table with rows.
func (p shownPage) hasRows(href string) bool {
	for n := range p.doc.Descendants() {
		if n.Data == "section" && "#"+attribute(n, "id") == href {
			for d := range n.Descendants() {
				if d.Data == "tbody" && d.FirstChild != nil {
					return true
				}
			}
		}
	}
	return false
}
