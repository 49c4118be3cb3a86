package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// AnalyzeOptions say what to compute. What shows again what was published takes the options that are left
// out from the last report on the year; see asReported.
type AnalyzeOptions struct {
	Year      int    // 0 is the newest year with a visit
	Base      string // "hires", "headcount", "one", or "auto" for the first of them that at least half of the jobs give; "" is auto
	Threshold int    // fewer enterprises are withheld; 0 is 5
	Rake      *bool  // fit the weights to the frame's numbers by industry, size and province; nil is false
	Budget    int    // hours a programme may add in its plan; 0 is 64
	Compare   int    // year that changes are measured from; 0 is the survey before
	Cores     int    // 0 is all; the figures are the same for any number

	Moment  store.Moment // figures of the database as it stood then; 0 is now
	Settled bool         // rest on what reports were published on and on nothing else: each year's answers as its last report had them, no year without one
	Drafts  bool         // with Settled: a year without a report counts too, as it is now

	reported bool // what is not said is as in the last report on the year; see asReported
	like     int  // the year whose report that is; 0 is the year itself
}

// ErrNoVisits says that the year asked for has no accepted visit.
type ErrNoVisits struct {
	Year  int
	Years []int // years that have visits
}

// Error says which years there are.
func (e *ErrNoVisits) Error() string {
	if len(e.Years) == 0 {
		return "数据库里还没有走访。先用 qianqi ingest 读入走访表。\nThe database holds no visit yet; read some with qianqi ingest."
	}
	list := ""
	for _, y := range e.Years {
		list += " " + strconv.Itoa(y)
	}
	return fmt.Sprintf("%d 年没有走访；已有年份：%s。\nThere is no visit of %d; years with visits:%s.", e.Year, list, e.Year, list)
}

// ErrNoComparison says that the changes of a year cannot be measured from the year asked for.
type ErrNoComparison struct {
	Year, Since int
	Years       []int // before Year that changes can be measured from
}

// Error says why, and which years there are.
func (e *ErrNoComparison) Error() string {
	zh, en := fmt.Sprintf("%d 年没有走访", e.Since), fmt.Sprintf("there is no visit of %d", e.Since)
	if e.Since >= e.Year {
		zh, en = fmt.Sprintf("%d 不早于 %d", e.Since, e.Year), fmt.Sprintf("%d is not before %d", e.Since, e.Year)
	}
	listZH, listEN := fmt.Sprintf("%d 年之前没有走访，去掉 --compare 即可", e.Year), fmt.Sprintf("No year before %d has visits; leave --compare out", e.Year)
	if len(e.Years) > 0 {
		list := strings.Trim(fmt.Sprint(e.Years), "[]")
		listZH, listEN = "此前有走访的年份："+list, "Earlier years with visits: "+list
	}
	return fmt.Sprintf("%d 年的变化不能从 %d 年算起：%s。%s。\nChanges of %d cannot be measured from %d: %s. %s.", e.Year, e.Since, zh, listZH, e.Year, e.Since, en, listEN)
}

// Analyze computes everything a report on one year needs.
func (c *Campaign) Analyze(ctx context.Context, o AnalyzeOptions) (*gap.Analysis, error) {
	in, err := c.inputs(ctx, o)
	if err != nil {
		return nil, err
	}
	return gap.Analyze(c.Codebook, *in)
}

// inputs loads what the analysis of a year rests on: that year and all earlier ones.
func (c *Campaign) inputs(ctx context.Context, o AnalyzeOptions) (*gap.Inputs, error) {
	r := c.Store.At(o.Moment)
	q, err := c.question(ctx, r, o)
	if err != nil {
		return nil, err
	}
	return q.in, c.load(ctx, r, q)
}

// question is what is to be computed, resolved against what the database holds.
type question struct {
	in    *gap.Inputs // nothing loaded yet
	years []int       // with visits, up to the one analysed
	sizes []YearSize  // of those years
	rake  bool

	editions map[int][]edition  // of every year
	answers  map[int]*answersOf // of each of those years
}

// question resolves the year and the options; the error is *ErrNoVisits where the year has none.
func (c *Campaign) question(ctx context.Context, r *store.Reader, o AnalyzeOptions) (*question, error) {
	counts, err := surveyed(ctx, r, o.Year)
	if err != nil {
		return nil, err
	}
	editions, err := c.editions(ctx, o.Moment)
	if err != nil {
		return nil, err
	}
	if o.Settled && !o.Drafts {
		if counts, err = reported(counts, editions, o.Year); err != nil {
			return nil, err
		}
	}
	upTo := make([]int, len(counts))
	for i, count := range counts {
		upTo[i] = count.Year
	}
	year := upTo[len(upTo)-1]
	if o.reported {
		o = o.filled(editions, cmp.Or(o.like, year), upTo)
	}
	base, err := parseBase(o.Base)
	if err != nil {
		return nil, err
	}
	if o.Compare != 0 && (o.Compare >= year || !slices.Contains(upTo, o.Compare)) {
		return nil, &ErrNoComparison{year, o.Compare, upTo[:len(upTo)-1]}
	}
	in := &gap.Inputs{Year: year, Since: o.Compare, Base: base, K: cmp.Or(o.Threshold, gap.DefaultK), Budget: cmp.Or(o.Budget, gap.DefaultBudget),
		Cores: o.Cores, Seed: uint64(year)}
	if in.Invented, err = c.invented(ctx); err != nil {
		return nil, err
	}
	q := &question{in: in, years: upTo, sizes: sizesOf(counts), rake: o.Rake != nil && *o.Rake, editions: editions}
	return q, c.settle(ctx, r, q, o.Settled)
}

// asReported asks for figures as they were published: what the options leave out is as the last report
// on the year had it, or what was withheld there would be shown here.
func (o AnalyzeOptions) asReported() AnalyzeOptions {
	o.reported = true
	return o
}

// filled takes what the options leave out from the last report on a year, where there is one. upTo are
// the years that changes can be measured from.
func (o AnalyzeOptions) filled(editions map[int][]edition, year int, upTo []int) AnalyzeOptions {
	n := len(editions[year])
	if n == 0 {
		return o
	}
	was := editions[year][n-1].recipe.options()
	o.Base, o.Threshold, o.Rake, o.Budget = cmp.Or(o.Base, was.Base), cmp.Or(o.Threshold, was.Threshold), cmp.Or(o.Rake, was.Rake), cmp.Or(o.Budget, was.Budget)
	if was.Year == year && slices.Contains(upTo, was.Compare) {
		o.Compare = cmp.Or(o.Compare, was.Compare)
	}
	return o
}

// parseBase reads a base; "auto" and "" leave it to the answers.
func parseBase(text string) (demand.Base, error) {
	if text == "auto" {
		return demand.BaseAuto, nil
	}
	base, ok := demand.ParseBase(text)
	if !ok {
		return "", &ErrChoice{What: "岗位权数 base", Got: text, Allowed: []string{"auto", "hires", "headcount", "one"}}
	}
	return base, nil
}

// ErrNotRaked says that the roster does not allow weights to be fitted to its margins.
type ErrNotRaked struct{ Year int }

// Error says what the roster would need.
func (e *ErrNotRaked) Error() string {
	return fmt.Sprintf("%d 年的名册不足以校准权数：要列出每家企业的行业、规模与地区。用 --rake=false 则按层加权。\n"+
		"The roster of %d does not allow raking: every enterprise needs industry, size and region. With --rake=false weights follow the strata.", e.Year, e.Year)
}

// surveyed counts the years with visits up to the one asked for (0 is the newest), which is the
// last of them. The error is *ErrNoVisits where it has none.
func surveyed(ctx context.Context, r *store.Reader, asked int) ([]store.YearCounts, error) {
	counts, err := r.Years(ctx)
	if err != nil {
		return nil, err
	}
	upTo, years := 0, make([]int, len(counts))
	for i, count := range counts {
		years[i] = count.Year
		if count.Year == asked || asked == 0 {
			upTo = i + 1
		}
	}
	if upTo == 0 {
		return nil, &ErrNoVisits{asked, years}
	}
	return counts[:upTo], nil
}

// load fills in the samples and curricula of the years, and the college's outcomes and register.
func (c *Campaign) load(ctx context.Context, r *store.Reader, q *question) (err error) {
	in := q.in
	in.Samples, in.Earlier = make(map[int]*demand.Sample, len(q.years)), make(map[int][]*demand.Sample)
	in.Curriculum = make(map[int]*curriculum.Map, len(q.years))
	for _, year := range q.years {
		if err = c.loadYear(ctx, r, q, year); err != nil {
			return err
		}
	}
	if q.rake && !in.Samples[in.Year].Raked {
		return &ErrNotRaked{in.Year}
	}
	screening, err := c.screened(ctx, q.answers[in.Year].reader, in.Year)
	if err != nil {
		return err
	}
	in.Screened = screening.tally(c.Codebook)
	if in.Outcomes, err = r.LoadOutcomes(ctx); err != nil {
		return err
	}
	if in.Register, err = r.LoadRegister(ctx); err == nil {
		c.renameRegister(in.Register)
	}
	return err
}

// loadYear loads the answers of one year that count, those of earlier reports on it, and the
// curriculum in force in it.
func (c *Campaign) loadYear(ctx context.Context, r *store.Reader, q *question, year int) (err error) {
	in, answers, shared := q.in, q.answers[year], make(frames)
	if in.Samples[year], err = c.sampleOf(ctx, answers.reader, year, q.rake, shared); err != nil {
		return err
	}
	for _, e := range answers.earlier {
		sample, err := c.sampleOf(ctx, c.Store.At(e.moment), year, q.rake, shared)
		if err != nil {
			return err
		}
		in.Earlier[year] = append(in.Earlier[year], sample)
	}
	modules, err := r.LoadCurriculum(ctx, year)
	if modules != nil {
		c.renameModules(modules)
		in.Curriculum[year] = modules
	}
	return err
}

// frames are sampling frames that were read, by document: several states of a year share one.
type frames = map[int64]*survey.Roster

// sampleOf loads one year's answers, weighted. A year whose roster does not allow raking keeps the
// weights of its strata.
func (c *Campaign) sampleOf(ctx context.Context, r *store.Reader, year int, rake bool, frames frames) (*demand.Sample, error) {
	sample, err := r.LoadSample(ctx, year, c.askedIn(year)...)
	if err != nil {
		return nil, err
	}
	sample.Competencies = c.asked()
	roster, err := r.LoadFrame(ctx, year, frames)
	if err != nil || roster == nil {
		return sample, err
	}
	sample.ApplyFrame(c.Codebook, roster)
	if rake {
		sample.Rake(roster)
	}
	return sample, nil
}

// asked lists the competencies of the codebook in force: the columns of every sample.
func (c *Campaign) asked() []codebook.CompetencyID {
	active := c.Codebook.Active()
	ids := make([]codebook.CompetencyID, len(active))
	for i := range active {
		ids[i] = active[i].Code
	}
	return ids
}

// invented reports whether the database holds a sample: an enterprise that calls itself 示例.
func (c *Campaign) invented(ctx context.Context) (bool, error) {
	return c.Store.AnyEnterpriseNamed(ctx, "示例")
}
