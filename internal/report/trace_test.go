package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// untraced lists the numbers of an analysis's pages that neither lead to a figure with an address
// nor stand in a table that says where its numbers come from.
func untraced(a *gap.Analysis, opts Options) ([]string, error) {
	d := newDesk(a, names{cb: opts.Codebook, plan: opts.Curriculum}, opts.Years)
	pages, err := d.pages(nil)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, p := range pages {
		for _, f := range p.Facts {
			if why := untracedFact(p, f); why != "" {
				out = append(out, p.File+" fact "+f.Label.ZH+": "+why)
			}
		}
		for _, t := range p.tables() {
			for _, row := range t.Rows {
				for i, c := range row {
					if why := untracedCell(t, i, c); why != "" {
						out = append(out, p.File+" "+t.ID+"."+t.Columns[i].Key+": "+why)
					}
				}
			}
		}
	}
	return out, nil
}

// untracedFact says why a number of the facts row leads nowhere: it rests on no figure with an address
// and counts no rows of its page.
func untracedFact(p *page, f fact) string {
	for _, at := range f.From {
		if _, ok := gap.ParseAddress(at); !ok {
			return at + " is no address"
		}
	}
	counts := slices.ContainsFunc(p.Sections, func(s *section) bool { return f.How == "#"+s.ID }) && f.Why.ZH != ""
	switch {
	case f.Value == "—" || len(f.From) > 0 && f.How != "" || len(f.From) == 0 && counts:
		return ""
	}
	return f.Value + " leads to " + f.How
}

func untracedCell(t *table, i int, c cell) string {
	for _, p := range c.Parts {
		if why := untracedCell(t, i, p.Value); why != "" {
			return why
		}
	}
	switch {
	case len(c.From) > 0:
		for _, at := range c.From {
			if _, ok := gap.ParseAddress(at); !ok {
				return at + " is no address"
			}
		}
	case c.Figure != nil && c.Figure.Shown() && !t.foreign():
		return "a figure without an address"
	case (c.Number != nil || t.Columns[i].Numeric) && t.Whence.ZH == "":
		return "a number, and the table does not say whence"
	}
	return ""
}

// foreign reports a table whose figures are about no competency of the survey's domains: it says
// whence instead.
func (t *table) foreign() bool {
	return t.Whence == trendsWhence || t.Whence == textsWhence || t.Whence == benchmarkWhence
}

// Every number on every page leads to a figure with an address, or its table says whence it comes.
func TestEveryNumberTraces(t *testing.T) {
	cb := codebook.Default()
	loose, err := untraced(inventedAnalysis(cb), Options{Codebook: cb, Curriculum: inventedCurriculum()})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range loose {
		t.Error(l)
	}
}

// The widths that enter a node of a drawn loop equal those that leave it, on the page as in the
// analysis.
func TestTheLoopBalancesOnThePage(t *testing.T) {
	cb := codebook.Default()
	a := inventedAnalysis(cb)
	d := newDesk(a, names{cb: cb, plan: inventedCurriculum()}, nil)
	drawn := 0
	for _, pg := range a.Programmes {
		plot := d.sankey(pg.Domain, pg.Loop, "loop")
		in, out, column := map[string]float64{}, map[string]float64{}, map[string]int{}
		last := 0
		for _, n := range plot.Nodes {
			column[n.ID] = n.Column
			last = max(last, n.Column)
		}
		for _, l := range plot.Links {
			in[l.To] += l.Value
			out[l.From] += l.Value
			drawn++
		}
		for _, n := range plot.Nodes {
			if n.Column == 0 || n.Column == last || in[n.ID] == 0 {
				continue
			}
			if math.Abs(in[n.ID]-out[n.ID]) > 1e-6*math.Max(1, in[n.ID]) {
				t.Errorf("%s: %s takes in %g and gives out %g", pg.Programme, n.ID, in[n.ID], out[n.ID])
			}
		}
	}
	if drawn == 0 {
		t.Error("no loop was drawn")
	}
}

// A decision reads as a way: the gap of one year, what was decided in the next, the gap after.
func TestADecisionReadsAsAWay(t *testing.T) {
	s := fixtureSite(t)
	page := string(s.File(programmeFile(codebook.ProgrammeID("computer_network"))))
	for _, must := range []string{" 年差距 ", " → ", "loop.html#decisions"} {
		if !strings.Contains(page, must) {
			t.Errorf("the programme page does not say %q", must)
		}
	}
}
