package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// quote is a figure that a sentence states: as it is printed there in both languages, and where it is
// traced. On the page it becomes a link like the numbers of the tables.
type quote struct {
	Printed string
	From    []string // addresses of the figures it rests on
	How     string   // where the first of them is traced; "" where that page is not beside this one
}

// quote says which figures a number of a sentence rests on.
func (d *desk) quote(printed string, figures ...gap.Address) quote {
	q := quote{Printed: printed, How: d.traceHref(figures[0])}
	for _, at := range figures {
		q.From = append(q.From, at.String())
	}
	return q
}

// point is a figure as a chart draws it, with where it is traced.
func (d *desk) point(f demand.Figure, at gap.Address) Point {
	p := pointOf(f)
	p.How = d.place(at)
	return p
}

// place is where a figure is traced; only its address where that page is not beside this one. A code
// that reads as the function marker of a chart leads nowhere: no codebook has one, and no chart may.
func (d *desk) place(at gap.Address) string {
	how := d.traceHref(at)
	if how == "" {
		how = "#" + at.String()
	}
	if chartLiteral.Replace(how) != how {
		return ""
	}
	return how
}

// ofKind is a point of a kind that has no address.
func ofKind(kind string, p Point) Point {
	p.Kind = kind
	return p
}

// at is the address of a figure of this year.
func (d *desk) at(domain demand.Domain, id codebook.CompetencyID, m demand.Measure) gap.Address {
	return gap.Address{Year: d.a.Year, Domain: domain, Competency: id, Measure: m}
}

// sizeAt is the address of a size of the survey.
func (d *desk) sizeAt(m demand.Measure) gap.Address { return d.at(demand.Domain{}, "", m) }

// run is a piece of a sentence: plain, or a figure with the way to its trace.
type run struct {
	Text string
	From string // addresses, with blanks between
	How  string

	Command string // what to type to trace it
}

// Several are the addresses where the link does not hold all of them.
func (r run) Several() string {
	if r.How != "" && !strings.Contains(r.From, " ") {
		return ""
	}
	return r.From
}

// run is the piece of a sentence that states the figure.
func (q *quote) run(text string) run {
	return run{text, strings.Join(q.From, " "), q.How, "qianqi trace " + strings.Join(q.From, "；qianqi trace ")}
}

// runsOf splits a sentence at the figures it states. They are looked for in their order, each once;
// one that the sentence does not hold is passed over.
func runsOf(text string, quotes []quote) []run {
	type span struct {
		from, to int
		quote    *quote
	}
	var spans []span
	taken := func(from, to int) bool {
		return slices.ContainsFunc(spans, func(s span) bool { return from < s.to && s.from < to })
	}
	cursor := 0
	for i := range quotes {
		q := &quotes[i]
		for _, start := range []int{cursor, 0} {
			if at := standsAt(text, q.Printed, start, taken); at >= 0 {
				cursor = at + len(q.Printed)
				spans = append(spans, span{at, cursor, q})
				break
			}
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var runs []run
	at := 0
	for _, s := range spans {
		if s.from > at {
			runs = append(runs, run{Text: text[at:s.from]})
		}
		runs, at = append(runs, s.quote.run(text[s.from:s.to])), s.to
	}
	if at < len(text) {
		runs = append(runs, run{Text: text[at:]})
	}
	return runs
}

// standsAt finds a number that stands for itself, at or after start, where nothing is taken yet; −1
// where there is none.
func standsAt(text, number string, start int, taken func(from, to int) bool) int {
	for number != "" && start < len(text) {
		i := strings.Index(text[start:], number)
		if i < 0 {
			return -1
		}
		from, to := start+i, start+i+len(number)
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		if !joins(before) && !continues(text[to:]) && !taken(from, to) {
			return from
		}
		start = from + 1
	}
	return -1
}

// joins reports a character that makes what follows part of a longer number or code.
func joins(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune(".,-−+", r)
}

// continues reports whether a number goes on in the text behind it.
func continues(rest string) bool {
	first, n := utf8.DecodeRuneInString(rest)
	if first == '.' || first == ',' {
		next, _ := utf8.DecodeRuneInString(rest[n:])
		return unicode.IsDigit(next)
	}
	return unicode.IsDigit(first) || first == '%'
}

// fact is one number of the facts row: a figure with the way to its trace, or a count of rows with the
// way to these rows.
type fact struct {
	Value  string
	Label  Text
	Quotes []quote // in the label
	From   []string
	How    string
	Why    Text // what was counted, where no figure is behind it
}

// figureFact is a fact that rests on figures; a dash leads to the trace that says why.
func (d *desk) figureFact(value string, label Text, figures ...gap.Address) fact {
	q := d.quote(value, figures...)
	return fact{Value: value, Label: label, From: q.From, How: q.How}
}

// countedWhy says what a count of rows is.
var countedWhy = say("由所指各行数出；每行的数字各有来处", "Counted from the rows it leads to; the figures of each row lead further")

// countFact counts rows that stand elsewhere.
func countFact(n int, label Text, rows string) fact {
	return fact{Value: itoa(n), Label: label, How: rows, Why: countedWhy}
}
