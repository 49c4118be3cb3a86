package report

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// page is what a template sets: an argument from a headline down to its figures, so that a reader
// who stops anywhere has read something true.
type page struct {
	File      string  // name within the site
	Template  string  // which template set prints it
	Title     Text    // of the window and of the running header
	Kicker    Text    // what the page is about, above the headline
	Headline  Text    // what was found
	Certainty []Text  // how far it may be trusted
	Quotes    []quote // figures in both
	Facts     []fact
	Points    []point // the argument on one page
	Sections  []*section
	Explorer  *explorer
	Extra     any // what a template of its own needs
	site      *frame
}

// frame is what all pages of a site share.
type frame struct {
	Year     int
	Notices  []Text // said on every page: invented data, no random sample
	Nav      []link
	Years    []link // the same report for other years
	Colophon []Text // footer: instrument, seed, threshold

	sheet bytes.Buffer // on which pages are set, one after another
}

// link leads somewhere within the site.
type link struct {
	Href string
	Text Text
}

// point is one line of the argument: a lead, its sentences and where they are shown.
type point struct {
	Lead  Text
	Items []item
}

// item is one sentence of a point.
type item struct {
	Tag    string // bad, good, mid or none
	Text   Text
	Quotes []quote // figures in the text
	Links  []link
}

// section is one step of the argument: what was found, the drawing that shows it, how to read
// it, on what base it stands and where the numbers are.
type section struct {
	ID      string // stable anchor
	Finding Text
	Lead    []Text    // paragraphs before the drawing
	Quotes  []quote   // figures in the finding
	OfLead  [][]quote // figures in each paragraph
	Chart   *Chart
	Table   *table
	Open    bool // the table is part of the argument, not an appendix
	More    []*table
	Notes   []Text // a list folded away on screen
	Aside   []note
	Base    Text    // n, weights, missing
	OfBase  []quote // figures in the base
	Links   []link
	Traces  []trace
}

// wideColumns is from how many columns a table takes the whole width, with the margin notes below.
const wideColumns = 7

// OfPara are the figures in a paragraph.
func (s *section) OfPara(i int) []quote {
	if i < len(s.OfLead) {
		return s.OfLead[i]
	}
	return nil
}

// Wide reports a section whose open table needs the whole width of the page.
func (s *section) Wide() bool {
	return s.Chart == nil && s.Open && s.Table != nil && len(s.Table.Columns) >= wideColumns
}

// Whences says, each once, where the numbers of the section's tables come from that have no address.
func (s *section) Whences() []Text {
	var out []Text
	for _, t := range append([]*table{s.Table}, s.More...) {
		if t != nil && t.Whence.ZH != "" && !slices.Contains(out, t.Whence) {
			out = append(out, t.Whence)
		}
	}
	return out
}

// note is one margin note.
type note struct {
	Lead, Text Text
}

// trace leads from a figure back to what it was made from.
type trace struct {
	Address string // e.g. "2026/computer_network/fault_diagnosis/performance_gap"
	Href    string // of its trace; "" where that page is not beside this one
	Method  string // anchor on the methods page
	What    Text
}

// table is the data beside a chart. It is printed and written as CSV from the same cells.
type table struct {
	ID      string // also the name of its CSV file
	Caption Text
	Columns []column
	Rows    [][]cell
	Note    Text
	Whence  Text // where the numbers come from that are no figure with an address
	XLSX    bool // there is a workbook of it beside the CSV file
}

// longRows is from how many rows a printed table may go over to the next page.
const longRows = 9

// Long reports a table that may break between two rows in print.
func (t *table) Long() bool { return len(t.Rows) >= longRows }

// manyColumns is from how many columns the numbers of a printed table may break into two lines.
const manyColumns = 8

// Many reports a table that fills the width of a printed page.
func (t *table) Many() bool { return len(t.Columns) >= manyColumns }

// column is one column of a table.
type column struct {
	Key     string // header in the CSV file
	Head    Text
	Numeric bool
	Figure  bool   // expands into estimate, error, interval, base and flag in the CSV file
	Sub     string // a number that belongs to the column, below its head
}

// cell is one cell: exactly one of its kinds is set.
type cell struct {
	Text     Text
	Href     string
	Tag      string         // bad, good, mid: set as a label
	Figure   *demand.Figure // printed with Decimals, with its error
	Number   *float64
	Decimals int
	Style    figureStyle
	Lines    []Text   // several lines
	Parts    []part   // several named figures
	From     []string // addresses of the figures it rests on
	How      string   // where the first of them is traced; "" where that page is not beside this one
}

// part is one named figure of a cell that holds several.
type part struct {
	Name  Text
	Value cell
}

// from says which figures a cell rests on, and leads to the trace of the first.
func (d *desk) from(c cell, figures ...gap.Address) cell {
	for _, at := range figures {
		c.From = append(c.From, at.String())
	}
	c.How = d.traceHref(figures[0])
	return c
}

// untold says which figure a cell shows that no trace page lists; the command traces it.
func (d *desk) untold(c cell, at gap.Address) cell {
	c = d.from(c, at)
	c.How = ""
	return c
}

// about makes the cells of one competency in one domain.
func (d *desk) about(domain demand.Domain, id codebook.CompetencyID) func(demand.Measure, demand.Figure, int, figureStyle) cell {
	return func(m demand.Measure, f demand.Figure, decimals int, style figureStyle) cell {
		return d.from(figureCell(f, decimals, style), gap.Address{Year: d.a.Year, Domain: domain, Competency: id, Measure: m})
	}
}

// figureStyle is how a figure is printed.
type figureStyle int

const (
	withMargin   figureStyle = iota // 1.31 ± 0.19
	bare                            // 1.31
	asPercent                       // 69 %
	withInterval                    // 1.31 (1.12–1.50)
	asCount                         // 1,930
	asYuan                          // 8,500 元
)

func textCell(t Text) cell                    { return cell{Text: t} }
func linkCell(t Text, href string) cell       { return cell{Text: t, Href: href} }
func tagCell(tag string, t Text) cell         { return cell{Text: t, Tag: tag} }
func numberCell(v float64, decimals int) cell { return cell{Number: &v, Decimals: decimals} }
func countCell(n int) cell                    { v := float64(n); return cell{Number: &v} }
func figureCell(f demand.Figure, d int, s figureStyle) cell {
	return cell{Figure: &f, Decimals: d, Style: s}
}

// Several are the addresses of a number that rests on more than one figure, with blanks between.
func (c cell) Several() string {
	if len(c.From) < 2 {
		return ""
	}
	return c.Addresses()
}

// Addresses are the addresses of the figures that a number rests on, with blanks between.
func (c cell) Addresses() string { return strings.Join(c.From, " ") }

// HTML of a cell is chosen by the template through these.

// Print is the cell as people read it.
func (c cell) Print() Text {
	switch {
	case c.Figure != nil:
		return c.printFigure()
	case c.Number != nil && c.Decimals == 0 && finite(*c.Number):
		return same(count(int(*c.Number)))
	case c.Number != nil:
		return same(num(*c.Number, c.Decimals))
	}
	return c.Text
}

// Quiet reports a figure that is not shown: its words are set apart from numbers.
func (c cell) Quiet() bool { return c.Figure != nil && !c.Figure.Shown() }

// Careful reports a figure to be used with caution.
func (c cell) Careful() bool { return c.Figure != nil && c.Figure.Flag == demand.Caution }

func (c cell) printFigure() Text {
	f := *c.Figure
	if !f.Shown() {
		return flagText(f.Flag)
	}
	switch c.Style {
	case bare:
		return same(num(f.Estimate, c.Decimals))
	case asPercent:
		return same(percent(f.Estimate, c.Decimals) + marginOf(f, 100, c.Decimals))
	case withInterval:
		return pointOf(f).words(c.Decimals)
	case asCount:
		return same(count(int(f.Estimate + 0.5)))
	case asYuan:
		return yuan(f.Estimate)
	}
	return same(num(f.Estimate, c.Decimals) + marginOf(f, 1, c.Decimals))
}

// marginOf is half the width of the interval, or the interval itself where the estimate does not
// stand in its middle; nothing where there is no error to show at this precision.
func marginOf(f demand.Figure, scale float64, decimals int) string {
	if !f.HasSE || !finite(f.Lo) || !finite(f.Hi) {
		return ""
	}
	half := num((f.Hi-f.Lo)/2*scale, decimals)
	skew := math.Abs(f.Hi+f.Lo-2*f.Estimate) / 2 * scale
	switch {
	case strings.Trim(half, "0.") == "":
		return ""
	case num(skew, decimals) != num(0, decimals):
		return " (" + num(f.Lo*scale, decimals) + "–" + num(f.Hi*scale, decimals) + ")"
	}
	return " ± " + half
}
