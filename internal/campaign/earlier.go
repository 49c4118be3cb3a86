package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
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
	content string       // store.ContentKey as the report has it on record; recipes name these answers by it for good
	erased  bool         // somebody was erased since, which gives the same answers another key
	size    YearSize
	recipe  *Recipe // of the last report on the year that rested on them, or, without one, of the last that showed it
}

// contentNow is the ContentKey that the answers of an edition have today.
func (c *Campaign) contentNow(ctx context.Context, year int, e edition) (string, error) {
	if !e.erased {
		return e.content, nil
	}
	return c.Store.At(e.moment).ContentKey(ctx, year)
}

// answersOf says which answers of a year count.
type answersOf struct {
	reader  *store.Reader // of the moment at which they stood so
	content string        // by which recipes name them
	earlier []edition     // of reports published before, oldest first
	waiting int           // enterprises whose answers wait
}

// editions lists what the reports on each year rested on up to a moment (0: now), oldest first. A
// report on a year is one on those before it too, since it shows them.
func (c *Campaign) editions(ctx context.Context, upTo store.Moment) (map[int][]edition, error) {
	runs, err := c.Store.FindRuns(ctx, store.RunFilter{Status: "finished", Made: true})
	if err != nil {
		return nil, err
	}
	erased, err := c.Store.ErasedAt(ctx)
	if err != nil {
		return nil, err
	}
	found := &editing{c, erased, make(map[int]string), make(map[int][]edition)}
	for _, r := range slices.Backward(runs) {
		var record struct {
			Recipe Recipe     `json:"recipe"`
			Years  []YearSize `json:"years"`
		}
		if upTo > 0 && r.Head.Seq > upTo || json.Unmarshal(r.Record, &record) != nil {
			continue
		}
		for year, content := range record.Recipe.Visits {
			e := edition{r.Head.Seq, content, len(erased) > 0 && erased[len(erased)-1] > r.Head.Seq, sizeOf(record.Years, year), &record.Recipe}
			if err := found.add(ctx, year, e); err != nil {
				return nil, err
			}
		}
	}
	return found.out, nil
}

// editing gathers editions.
type editing struct {
	*Campaign
	erased []store.Moment // of erasures, ascending
	last   map[int]string // of each year, the key that the report before has on record
	out    map[int][]edition
}

// add adds what the next report rested on. Where those are the answers of the one before it, only its
// recipe is kept, unless that one was on the year itself and the next is not.
func (x *editing) add(ctx context.Context, year int, e edition) error {
	known, err := x.known(ctx, year, e)
	x.last[year] = e.content
	n := len(x.out[year])
	switch {
	case err != nil:
		return err
	case !known:
		x.out[year] = append(x.out[year], e)
	case e.recipe.Year == year || x.out[year][n-1].recipe.Year != year:
		x.out[year][n-1].recipe = e.recipe
	}
	return nil
}

// known reports whether a report rested on the answers of the one before it: under the same key, or
// under another one because somebody was erased in between.
func (x *editing) known(ctx context.Context, year int, e edition) (bool, error) {
	last, n := x.last[year], len(x.out[year])
	switch {
	case n == 0 || last == e.content:
		return n > 0, nil
	case !slices.ContainsFunc(x.erased, func(at store.Moment) bool { return x.out[year][n-1].moment < at && at <= e.moment }):
		return false, nil
	}
	was, err := x.contentNow(ctx, year, x.out[year][n-1])
	if err != nil {
		return false, err
	}
	is, err := x.contentNow(ctx, year, e)
	return is == was, err
}

// sizeOf is the size of one year; only its year is known where it is not among them.
func sizeOf(sizes []YearSize, year int) YearSize {
	for _, s := range sizes {
		if s.Year == year {
			return s
		}
	}
	return YearSize{Year: year}
}

// ErrUnreported says that no report was published on a year, so that only those who see single
// answers may see its figures: they follow every upload, and two states of them can be subtracted.
type ErrUnreported struct {
	Year  int   // the newest with a visit, where none was asked for
	Years []int // that reports were published on
}

// Error says how one is published.
func (e *ErrUnreported) Error() string {
	return fmt.Sprintf("%d 年还没有公布报告；qianqi run 一次即公布。\nNo report on %d is published yet; qianqi run publishes one.", e.Year, e.Year)
}

// reported leaves the years that a report was published on, up to the one asked for (0: the newest).
// The error is *ErrUnreported where that has none.
func reported(counts []store.YearCounts, editions map[int][]edition, asked int) ([]store.YearCounts, error) {
	var out []store.YearCounts
	none := &ErrUnreported{Year: counts[len(counts)-1].Year}
	for _, n := range counts {
		if len(editions[n.Year]) > 0 {
			out, none.Years = append(out, n), append(none.Years, n.Year)
		}
	}
	if len(out) == 0 || asked != 0 && out[len(out)-1].Year != asked {
		return nil, none
	}
	return out, nil
}

// settle decides which answers of each year the question is about.
func (c *Campaign) settle(ctx context.Context, r *store.Reader, q *question, settled bool) error {
	q.answers = make(map[int]*answersOf, len(q.years))
	for _, year := range q.years {
		if err := c.settleYear(ctx, r, q, year, q.editions[year], settled); err != nil {
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
	key, err := c.contentNow(ctx, year, last)
	if err != nil {
		return err
	}
	if key == content {
		now.content, now.earlier = last.content, then.earlier
		return nil
	}
	if !settled {
		if then.waiting, err = c.tooClose(ctx, r, q, year); err != nil || then.waiting == 0 {
			return err
		}
	}
	q.answers[year] = then
	q.resize(last.size)
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
func (q *question) resize(then YearSize) {
	for i := range q.sizes {
		if q.sizes[i].Year == then.Year {
			q.sizes[i] = then
		}
	}
}

// waiting counts the enterprises whose answers wait, in the year asked for.
func (q *question) waiting() int { return q.answers[q.in.Year].waiting }

// StaysOut says that the answers of so many enterprises are in no report on a year although it is
// frozen, and how they come in.
func StaysOut(year, enterprises int) codebook.Text {
	return codebook.Text{
		ZH: fmt.Sprintf("%d 年已冻结，而 %d 家企业的新答案不在最近一份报告里：与它相差太少，相减即可得知。答案都在库里，但不会自己进入报告；"+
			"要公布，先 qianqi reopen %d --reason 理由，再收几家企业的走访表，然后 qianqi run。", year, enterprises, year),
		EN: fmt.Sprintf("%d is frozen, and the new answers of %s are not in its last report: two reports that differ by so few give them away. They are kept, "+
			"but will not come into a report by themselves: open the year (qianqi reopen %d --reason WHY), take in the visits of a few more enterprises, then qianqi run.", year, codebook.Count(enterprises, "enterprise"), year)}
}

// LeftOut says which answers of a year that is frozen are in no report on it, and how they come in;
// nothing where there are none.
func (c *Campaign) LeftOut(ctx context.Context, year int) (codebook.Text, error) {
	r := c.Store.At(0)
	q, err := c.question(ctx, r, AnalyzeOptions{Year: year}.asReported())
	if none := (*ErrNoVisits)(nil); errors.As(err, &none) {
		return codebook.Text{}, nil
	}
	if err != nil {
		return codebook.Text{}, err
	}
	if n := q.waiting(); n > 0 {
		return StaysOut(year, n), nil
	}
	n := len(q.editions[year])
	if n == 0 {
		return codebook.Text{ZH: fmt.Sprintf("%d 年还没有公布过报告；冻结不妨碍公布：qianqi report --year %d。", year, year),
			EN: fmt.Sprintf("No report on %d was published; a frozen year can still have one: qianqi report --year %d.", year, year)}, nil
	}
	changed, err := c.changedSince(ctx, r, year, q.editions[year][n-1])
	if err != nil || changed == 0 {
		return codebook.Text{}, err
	}
	return codebook.Text{ZH: fmt.Sprintf("%d 家企业的新答案还不在最近一份报告里；冻结不妨碍公布：qianqi report --year %d。", changed, year),
		EN: fmt.Sprintf("The new answers of %s are not in the last report; a frozen year can still have one: qianqi report --year %d.", codebook.Count(changed, "enterprise"), year)}, nil
}

// changedSince counts the enterprises whose answers are not as a report had them.
func (c *Campaign) changedSince(ctx context.Context, r *store.Reader, year int, e edition) (int, error) {
	if now, err := r.ContentKey(ctx, year); err != nil || now == e.content {
		return 0, err
	}
	shared := make(frames)
	now, err := c.sampleOf(ctx, r, year, false, shared)
	if err != nil {
		return 0, err
	}
	then, err := c.sampleOf(ctx, c.Store.At(e.moment), year, false, shared)
	if err != nil {
		return 0, err
	}
	return demand.Changed(now, then), nil
}
