package campaign

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Two reports on one year can be subtracted. What the enterprises in between answered must not
// follow: a report rests on the answers as they are now only where it differs from each earlier one
// by nobody or by k enterprises, in the whole and in every programme; else it rests on those of the
// last report, and the new answers wait. In smaller subgroups single figures are withheld instead.

// edition is the answers of a year as a report rested on them.
type edition struct {
	moment  store.Moment // at which they stood so
	content string       // store.ContentKey
}

// answersOf says which answers of a year count.
type answersOf struct {
	reader  *store.Reader // of the moment at which they stood so
	content string
	earlier []edition // of reports published before, oldest first
	waiting int       // enterprises whose answers wait
}

// editions lists what the reports on each year rested on up to a moment (0: now), oldest first.
func (c *Campaign) editions(ctx context.Context, upTo store.Moment) (map[int][]edition, error) {
	runs, err := c.Store.FindRuns(ctx, store.RunFilter{Status: "finished", Made: true})
	if err != nil {
		return nil, err
	}
	out := make(map[int][]edition)
	for _, r := range slices.Backward(runs) {
		var record struct {
			Recipe struct {
				Visits map[int]string `json:"visits"`
			} `json:"recipe"`
		}
		if upTo > 0 && r.Head.Seq > upTo || json.Unmarshal(r.Record, &record) != nil {
			continue
		}
		for year, content := range record.Recipe.Visits {
			if n := len(out[year]); n == 0 || out[year][n-1].content != content {
				out[year] = append(out[year], edition{r.Head.Seq, content})
			}
		}
	}
	return out, nil
}

// settle decides which answers of each year the question is about.
func (c *Campaign) settle(ctx context.Context, r *store.Reader, q *question, o AnalyzeOptions) error {
	all, err := c.editions(ctx, o.Moment)
	if err != nil {
		return err
	}
	q.answers = make(map[int]*answersOf, len(q.years))
	for _, year := range q.years {
		if err := c.settleYear(ctx, r, q, year, all[year], o.Settled); err != nil {
			return err
		}
	}
	return nil
}

func (c *Campaign) settleYear(ctx context.Context, r *store.Reader, q *question, year int, earlier []edition, settled bool) error {
	content, err := r.ContentKey(ctx, year)
	if err != nil {
		return err
	}
	now := &answersOf{reader: r, content: content, earlier: earlier}
	q.answers[year] = now
	n := len(earlier)
	if n == 0 {
		return nil
	}
	last := earlier[n-1]
	then := &answersOf{reader: c.Store.At(last.moment), content: last.content, earlier: earlier[:n-1]}
	switch {
	case last.content == content:
		now.earlier = earlier[:n-1]
	case settled:
		q.answers[year] = then
	default:
		if then.waiting, err = c.tooClose(ctx, r, q, year); err != nil || then.waiting == 0 {
			return err
		}
		q.answers[year] = then
		return q.resize(ctx, year, then.reader)
	}
	return nil
}

// tooClose counts the enterprises whose answers must wait; 0 where they need not.
func (c *Campaign) tooClose(ctx context.Context, r *store.Reader, q *question, year int) (int, error) {
	in := *q.in
	in.Samples, in.Earlier, in.Curriculum = make(map[int]*demand.Sample), make(map[int][]*demand.Sample), make(map[int]*curriculum.Map)
	part := &question{in: &in, rake: q.rake, answers: q.answers}
	if err := c.loadYear(ctx, r, part, year); err != nil || !gap.TooClose(c.Codebook, in, year) {
		return 0, err
	}
	earlier := in.Earlier[year]
	return max(1, demand.Changed(in.Samples[year], earlier[len(earlier)-1])), nil
}

// resize puts right what a year held where its answers are not those of now.
func (q *question) resize(ctx context.Context, year int, r *store.Reader) error {
	counts, err := r.Years(ctx)
	for _, then := range sizesOf(counts) {
		for i := range q.sizes {
			if then.Year == year && q.sizes[i].Year == year {
				q.sizes[i] = then
			}
		}
	}
	return err
}

// waiting counts the enterprises whose answers wait, in the year asked for.
func (q *question) waiting() int { return q.answers[q.in.Year].waiting }
