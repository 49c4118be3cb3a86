package campaign

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// LiveReport is a year's report as the database has it now: the pages that a run would publish. Once
// a report was published on the year it rests on the same answers as that, until the next run: readers
// who come back every day must not be able to subtract. Until then it is a draft, which follows every
// upload, and not for everybody.
type LiveReport struct {
	Year      int
	Label     string // names what it was made of: equal labels, equal pages
	Draft     bool
	Headlines []codebook.Text // the finding of each programme, with its name
	files     tree
}

// Paths lists the files in sorted order.
func (l *LiveReport) Paths() []string { return slices.Sorted(maps.Keys(l.files)) }

// File is the content of one file; nil where there is none.
func (l *LiveReport) File(path string) []byte { return l.files[path] }

// LiveLabel is the label that a year's report would have now, and whether it is a draft. It costs
// little beside the report. Year 0 is the newest that a report was published on, or else the newest.
// The error is *ErrNoVisits where the year has none.
func (c *Campaign) LiveLabel(ctx context.Context, year int) (label string, draft bool, err error) {
	q, draft, err := c.liveQuestion(ctx, c.Store.At(0), AnalyzeOptions{Year: year})
	if err != nil {
		return "", false, err
	}
	recipe, err := c.recipe(ctx, c.Store.At(0), q, c.otherYears(ctx, q.in.Year))
	if err != nil {
		return "", false, err
	}
	return recipe.Label(), draft, nil
}

// liveQuestion is what a live report answers. One on a year that reports were published on shows no
// year before it that none were published on.
func (c *Campaign) liveQuestion(ctx context.Context, r *store.Reader, o AnalyzeOptions) (q *question, draft bool, err error) {
	o.Settled = true
	o = o.asReported()
	q, err = c.question(ctx, r, o)
	if none := (*ErrUnreported)(nil); errors.As(err, &none) {
		o.Drafts = true
		q, err = c.question(ctx, r, o)
		return q, true, err
	}
	return q, false, err
}

// ReportYear is a year with visits: what its live report rests on.
type ReportYear struct {
	YearSize
	Draft bool // no report was published on it
}

// ReportYears lists the years with visits, ascending.
func (c *Campaign) ReportYears(ctx context.Context) ([]ReportYear, error) {
	counts, err := c.Store.Years(ctx)
	if err != nil {
		return nil, err
	}
	editions, err := c.editions(ctx, 0)
	var out []ReportYear
	for _, size := range sizesOf(counts) {
		n := len(editions[size.Year])
		if n > 0 {
			size = editions[size.Year][n-1].size
		}
		out = append(out, ReportYear{size, n == 0})
	}
	return out, err
}

// otherYears are the years whose reports can be read beside one.
func (c *Campaign) otherYears(ctx context.Context, year int) []int {
	counts, err := c.Store.Years(ctx)
	if err != nil {
		return nil // the links are left out, the report is right all the same
	}
	var years []int
	for _, n := range counts {
		if n.Year != year {
			years = append(years, n.Year)
		}
	}
	return years
}

// Live makes a year's report of the database as it stands at this moment, on so many cores. What
// changed is told against the year before; the reports of runs are told against one another.
func (c *Campaign) Live(ctx context.Context, year, cores int) (*LiveReport, error) {
	head, err := c.Store.AuditHead(ctx)
	if err != nil {
		return nil, err
	}
	reader := c.Store.At(head.Seq)
	q, draft, err := c.liveQuestion(ctx, reader, AnalyzeOptions{Year: year, Cores: cores})
	if err != nil {
		return nil, err
	}
	recipe, err := c.recipe(ctx, reader, q, c.otherYears(ctx, q.in.Year))
	if err != nil {
		return nil, err
	}
	if err := c.load(ctx, reader, q); err != nil {
		return nil, err
	}
	a, err := gap.Analyze(c.Codebook, *q.in)
	if err != nil {
		return nil, err
	}
	changes := &report.Changes{Year: a.Year, LastYear: compareYears(a), Due: dues(q.in.Register, a)}
	sizes(changes, q.sizes, 1)
	live := &LiveReport{Year: a.Year, Label: recipe.Label(), Draft: draft, Headlines: c.headlines(a), files: tree{}}
	return live, c.build(a, q.in, recipe, changes, live.files.put)
}

// ReportPolicy is the content security policy of the report's pages, for servers to send.
func ReportPolicy() string { return report.ContentSecurityPolicy() }

// Words of the loop that pages use.
type (
	Side   = curriculum.Side
	Origin = curriculum.Origin
)

// FromGap is the origin of a proposal that rests on a figure of the report.
const FromGap = curriculum.FromGap
