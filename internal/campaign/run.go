package campaign

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// RunOptions say what a whole round does.
type RunOptions struct {
	Ingest  IngestOptions
	Analyze AnalyzeOptions
	Reports string // folder for reports
	Keep    int    // earlier reports kept of every year; 0 is 5, a negative number none
	PDF     bool   // print the pages as PDF too
	Force   bool   // make the report anew even where nothing changed
	Close   string // last day of the campaign, 2026-12-31, or 12-31 for every year; "" is the codebook's. A run after it freezes the year
	Reopen  string // reason to open a frozen year again, for this run

	dry bool // on a copy of the database: no page is written

	Tell []Tell // who is told where there is news
	Link string // where readers find the reports, for those who are told

	Due time.Time // do nothing where a run begun since then is finished; zero always runs
}

// keepReports is how many earlier reports of a year are kept where nothing else is said.
const keepReports = 5

// RunResult is what a run did.
type RunResult struct {
	Run       store.RunID     `json:"run"`
	Ingest    *IngestResult   `json:"ingest,omitempty"` // nil where nothing was to be taken in
	Report    *Published      `json:"report"`
	Headlines []codebook.Text `json:"headlines"` // the finding of each programme
	Changes   *report.Changes `json:"changes,omitempty"`
	Lines     []ChangeLine    `json:"-"`                   // the changes in words
	Frozen    int             `json:"frozen,omitempty"`    // the year that this run closed
	Reopened  int             `json:"reopened,omitempty"`  // the year that this run opened again
	Expired   *Expired        `json:"expired,omitempty"`   // people whose retention was over
	Waiting   int             `json:"waiting,omitempty"`   // enterprises whose answers the report does not hold yet: too few to be published
	StaysOut  bool            `json:"stays_out,omitempty"` // and the year is frozen, so that no others come by whom they could be published
	Warnings  []codebook.Text `json:"warnings,omitempty"`
	Dry       bool            `json:"dry_run,omitempty"` // this is what a run would do; nothing was done
	NotDue    bool            `json:"not_due,omitempty"` // Run has done already what was due; nothing was done now
}

// ChangeLine is one finding of a comparison with what it consists of.
type ChangeLine = report.ChangeLine

// Quiet reports that the run found nothing new: no file taken or refused for the first time, and
// the report as it was.
func (r *RunResult) Quiet() bool {
	return r.Report != nil && r.Report.Unchanged && r.Frozen+r.Reopened == 0 && len(r.Warnings) == 0 && r.Expired == nil &&
		(r.Ingest == nil || r.Ingest.Totals.Fresh() == 0)
}

// Run takes in the workbooks, computes the newest year (or the one asked for) and publishes its
// report. Only one run holds a database at a time: another gets *ErrLocked. A run that was cut off
// is made good by the next one; where nothing changed since the last, the report is left alone.
// On an error the report that stood stands still; the result says how far the run came.
func (c *Campaign) Run(ctx context.Context, o RunOptions) (*RunResult, error) {
	if o.Analyze.Year == 0 {
		o.Analyze.Year = o.Ingest.Year
	}
	return c.batch(ctx, "run", o)
}

// running is one run under way.
type running struct {
	*Campaign
	o      RunOptions
	run    store.Run
	start  time.Time
	shelf  shelf
	record RunRecord
	result *RunResult
	cutOff bool // an earlier run was
}

// batch takes the lock, records the run, and does its work. Without paths nothing is taken in.
func (c *Campaign) batch(ctx context.Context, kind string, o RunOptions) (*RunResult, error) {
	if o.PDF {
		if _, err := findBrowser(); err != nil {
			return nil, err // before an hour of work, not after
		}
	}
	lock, err := c.lock()
	if err != nil {
		return nil, err
	}
	defer lock.release()
	if done, err := c.doneSince(ctx, o.Due); err != nil || done != 0 {
		return &RunResult{Run: done, NotDue: true}, err
	}
	r, err := c.begin(ctx, kind, o)
	if err != nil {
		return nil, err
	}
	if err = r.work(ctx); errors.Is(err, context.Canceled) {
		err = &ErrInterrupted{err}
	}
	r.tell(ctx, err)
	return r.result, errors.Join(err, r.end(context.WithoutCancel(ctx), err))
}

// doneSince is the last whole round that was begun at or after a moment and finished; 0 where there
// is none, or no moment.
func (c *Campaign) doneSince(ctx context.Context, due time.Time) (store.RunID, error) {
	if due.IsZero() {
		return 0, nil
	}
	found, err := c.Store.FindRuns(ctx, store.RunFilter{Kinds: []string{"run"}, Status: "finished", Limit: 1})
	if err != nil || len(found) == 0 || found[0].Started.Before(due) {
		return 0, err
	}
	return found[0].ID, nil
}

// begin makes good what interrupted runs left, and records that this one starts.
func (c *Campaign) begin(ctx context.Context, kind string, o RunOptions) (*running, error) {
	r := &running{Campaign: c, o: o, start: c.Now(), result: &RunResult{Headlines: []codebook.Text{}}}
	r.shelf = c.shelfAt(o.Reports, o.Keep)
	if err := r.closeCutOff(ctx); err != nil {
		return nil, err
	}
	if left, err := r.shelf.tidy(); err != nil {
		return nil, fmt.Errorf("清理不了中断的报告 cannot clear an interrupted report: %w", err)
	} else if len(left) > 0 {
		c.log().InfoContext(ctx, "leftovers cleared", "folders", len(left))
	}
	if err := store.ClearRestore(c.Store.Path()); err != nil {
		return nil, err
	}
	if err := r.checkClock(ctx); err != nil {
		return nil, err
	}
	if !o.dry {
		if err := c.FinishErasures(ctx); err != nil {
			r.warn(ctx, codebook.Text{ZH: "上次清除个人信息没有做完，这次也没有：" + firstLine(err), EN: "An earlier erasure is still not finished: " + secondLine(err)})
		}
	}
	r.run = store.Run{College: c.Codebook.College, Kind: kind, Year: o.Analyze.Year, Program: c.Program, Codebook: c.Codebook.ID + "@" + c.Codebook.Version}
	var err error
	r.run.ID, err = c.Store.StartRun(ctx, r.run)
	r.result.Run = r.run.ID
	r.o.Ingest.Run = r.run.ID
	c.log().InfoContext(ctx, "run started", "run", int64(r.run.ID), "kind", kind, "program", c.Program, "codebook", r.run.Codebook, "database", c.Store.Path())
	return r, err
}

// shelfAt is a folder of reports as this database fills it.
func (c *Campaign) shelfAt(dir string, keep int) shelf {
	return shelf{dir: dir, mine: sumOf([]byte(c.Store.Path()))[:8], keep: cmp.Or(keep, keepReports)}
}

// closeCutOff records the end of runs that were cut off: whoever holds the lock knows that no
// other run is alive.
func (r *running) closeCutOff(ctx context.Context) error {
	open, err := r.Store.FindRuns(ctx, store.RunFilter{Status: "started"})
	for _, old := range open {
		if err != nil {
			return err
		}
		record, _ := json.Marshal(RunRecord{Error: "cut off"})
		err = r.Store.FinishRun(ctx, store.Run{ID: old.ID, College: old.College, Status: "failed", Record: record})
		r.cutOff = true
		r.log().WarnContext(ctx, "an earlier run was cut off", "run", int64(old.ID), "started", old.Started)
	}
	return err
}

// clockSlack is how far the clock may lie behind the last record without a word.
const clockSlack = 10 * time.Minute

// checkClock warns when the clock lies behind what the database knows to have happened.
func (r *running) checkClock(ctx context.Context) error {
	last, err := r.Store.LastRecorded(ctx)
	if err == nil && last.Sub(r.start) > clockSlack {
		r.warn(ctx, codebook.Text{
			ZH: fmt.Sprintf("本机时钟（%s）早于数据库最后的记录（%s）；请校准时钟，否则走访日期可能被误判为将来。", stamp(r.start), stamp(last)),
			EN: fmt.Sprintf("The clock (%s) lies behind the last record of the database (%s); set it right, or visits may seem to lie in the future.", stamp(r.start), stamp(last))})
	}
	return err
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (r *running) warn(ctx context.Context, t codebook.Text) {
	r.result.Warnings = append(r.result.Warnings, t)
	r.log().WarnContext(ctx, "warning", "run", int64(r.run.ID), "text", t.EN)
}

// work is the round itself.
func (r *running) work(ctx context.Context) error {
	if err := r.reopen(ctx); err != nil {
		return err
	}
	if len(r.o.Ingest.Paths) > 0 {
		if err := r.takeIn(ctx); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := r.expire(ctx); err != nil {
		return err
	}
	if err := r.publish(ctx); err != nil {
		return err
	}
	if err := r.print(ctx); err != nil {
		return err
	}
	return r.freeze(ctx)
}

// print prints the pages of the report as PDF where that was asked for.
func (r *running) print(ctx context.Context) (err error) {
	if r.o.PDF {
		year := r.result.Report.Year
		r.result.Report.PDF, err = r.printReport(ctx, place(r.o.Reports, year), year)
	}
	return err
}

// expire erases the people of campaigns whose retention is over. It comes before the report, so that no
// report names them any more.
func (r *running) expire(ctx context.Context) error {
	x, err := r.ExpirePeople(ctx, r.o.dry, Act{By: "run"}) // a rehearsal has no originals to copy, and only counts
	if err != nil {
		return fmt.Errorf("清除不了过期的个人信息 cannot erase what has expired: %w", err)
	}
	if x.Done || r.o.dry && x.People > 0 {
		r.result.Expired = x
		r.log().InfoContext(ctx, "people expired", "run", int64(r.run.ID), "until", x.Until, "people", x.People, "visits", x.Visits)
	}
	return nil
}

func (r *running) takeIn(ctx context.Context) (err error) {
	r.result.Ingest, err = r.Ingest(ctx, r.o.Ingest)
	if r.result.Ingest == nil {
		return err
	}
	if err == nil && r.cutOff {
		err = r.QueueEnterprises(ctx) // the earlier run may have stored its last files and not come so far
	}
	r.record.Inputs, r.record.Totals = inputsOf(r.result.Ingest), &r.result.Ingest.Totals
	for _, in := range r.record.Inputs {
		if in.Status == Rejected || in.Status == Unreadable {
			r.log().WarnContext(ctx, "file refused", "run", int64(r.run.ID), "file", Printable(in.File), "sha256", in.SHA256, "status", string(in.Status), "errors", in.Errors)
		}
	}
	t := r.result.Ingest.Totals
	r.log().InfoContext(ctx, "files taken in", "run", int64(r.run.ID), "files", t.Files, "accepted", t.Accepted, "unchanged", t.Unchanged,
		"superseded", t.Superseded, "refused", t.Bad(), "visits", t.Visits, "ms", r.Now().Sub(r.start).Milliseconds())
	return err
}

// publish makes the report of the database as it stands now, unless it stands already.
func (r *running) publish(ctx context.Context) error {
	asked, over, err := r.noSmallerK(ctx, r.o.Analyze, r.o.Reports)
	if err != nil {
		return err
	}
	if err := r.publishAs(ctx, asked); err != nil {
		return err
	}
	r.result.Report.TakenOver = over
	return nil
}

// publishAs is publish by these options.
func (r *running) publishAs(ctx context.Context, o AnalyzeOptions) error {
	head, err := r.Store.AuditHead(ctx)
	if err != nil {
		return err
	}
	reader := r.Store.At(head.Seq)
	q, err := r.question(ctx, reader, o)
	if err != nil {
		return err
	}
	r.run.Year, r.record.Years, r.result.Waiting = q.in.Year, q.sizes, q.waiting()
	recipe, err := r.recipe(ctx, reader, q, yearsBeside(r.o.Reports, q.in.Year))
	if err != nil {
		return err
	}
	last, err := r.lastMade(ctx, q.in.Year)
	if err != nil {
		return err
	}
	r.record.Label, r.record.Place = recipe.Label(), filepath.ToSlash(place(r.o.Reports, q.in.Year))
	if last != nil && !r.o.Force && r.stands(last, recipe) {
		return r.leave(last, q.in.Year)
	}
	if err := r.load(ctx, reader, q); err != nil {
		return err
	}
	r.run.Head, r.record.Recipe = head, recipe
	return r.make(ctx, q, last)
}

// lastMade is the last run that made a report of a year; nil where there is none.
func (r *running) lastMade(ctx context.Context, year int) (*RunRow, error) {
	found, err := r.Store.FindRuns(ctx, store.RunFilter{Year: year, Status: "finished", Made: true, Limit: 1})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	row := rowOf(found[0])
	return &row, nil
}

// stands reports whether the report of the recipe stands in its place, every byte of it.
func (r *running) stands(last *RunRow, recipe *Recipe) bool {
	return last.Record.Label == recipe.Label() && matches(place(r.o.Reports, recipe.Year), last.Record.Outputs)
}

// leave leaves the report of an earlier run alone.
func (r *running) leave(last *RunRow, year int) error {
	r.record.Same, r.record.Years = last.ID, nil
	r.result.Headlines = append(r.result.Headlines, last.Record.Headlines...)
	r.result.Report = &Published{Year: year, Index: indexOf(r.o.Reports, year), Pages: pages(last.Record.Outputs), Label: last.Record.Label, Run: last.ID, Unchanged: true}
	return nil
}

// make computes, writes and publishes a report.
func (r *running) make(ctx context.Context, q *question, last *RunRow) error {
	started := r.Now()
	analysis, err := gap.Analyze(r.Codebook, *q.in)
	if err != nil {
		return err
	}
	changes, err := r.changes(ctx, analysis, q.in, last)
	if err != nil {
		return err
	}
	year := q.in.Year
	if !r.o.dry {
		if r.record.Outputs, err = r.write(ctx, analysis, q, changes, last); err != nil {
			return err
		}
	}
	r.result.Headlines = r.headlines(analysis)
	r.record.Changes, r.record.Headlines = changes, r.result.Headlines
	r.result.Changes, r.result.Lines = changes, report.ChangeLines(r.Codebook, q.in.Curriculum[year], changes)
	r.result.Report = &Published{Year: year, Index: indexOf(r.o.Reports, year), Pages: pages(r.record.Outputs), Label: r.record.Label, Run: r.run.ID}
	r.log().InfoContext(ctx, "report published", "run", int64(r.run.ID), "year", year, "label", r.record.Label, "index", r.result.Report.Index,
		"files", len(r.record.Outputs), "ms", r.Now().Sub(started).Milliseconds())
	r.stillFolder().prune(stillsLimit)
	return nil
}

// write makes the files of a report, puts them in the place of the earlier ones, and returns the
// SHA-256 of each.
func (r *running) write(ctx context.Context, a *gap.Analysis, q *question, changes *report.Changes, last *RunRow) (map[string]string, error) {
	sums, err := r.shelf.swapIn(q.in.Year, func(put report.Put) error {
		if err := r.build(a, q.in, r.record.Recipe, changes, put); err != nil {
			return err
		}
		return errors.Join(ctx.Err(), r.keepCodebook(ctx, last))
	})
	if err != nil {
		return nil, fmt.Errorf("写不了报告，原有的报告不变 cannot write the report %s, the one that stood stands: %w", place(r.o.Reports, q.in.Year), err)
	}
	return sums, nil
}

// changes compares the report with the one before it and with the year before.
func (r *running) changes(ctx context.Context, a *gap.Analysis, in *gap.Inputs, last *RunRow) (*report.Changes, error) {
	if last != nil && last.Record.Label == r.record.Label && last.Record.Changes != nil {
		return last.Record.Changes, nil // made again, it is the same report
	}
	out := &report.Changes{Year: a.Year, LastYear: compareYears(a), Due: dues(in.Register, a)}
	var since store.Moment
	if last != nil {
		since = last.Moment
		out.Before = last.Record.Label
		before, err := r.figuresOf(ctx, last)
		if err != nil {
			return nil, err
		}
		after, err := publishedBy(a)
		if err != nil {
			return nil, err
		}
		out.LastRun = compareReports(a.Year, before, after)
		sizes(out, last.Record.Years, 0)
	}
	sizes(out, r.record.Years, 1)
	err := r.countFiles(ctx, since, &out.Files)
	if n := out.Files.Taken + out.Files.Withdrawn; out.LastRun != nil && n > 0 && n < a.K {
		out.TooClose = true
		out.LastRun.Moved, out.LastRun.Opened, out.LastRun.Closed = nil, nil, nil
	}
	return out, err
}

// sizes fills in one side of the counts.
func sizes(c *report.Changes, years []YearSize, side int) {
	for _, y := range years {
		if y.Year == c.Year {
			c.Visits[side], c.Partners[side], c.Jobs[side] = y.Visits, y.Enterprises, y.Jobs
		}
	}
}

// countFiles counts what was handed in since a moment; what lies there refused is told by this run.
func (r *running) countFiles(ctx context.Context, since store.Moment, f *report.FileChanges) error {
	if r.result.Ingest != nil {
		f.Refused = r.result.Ingest.Totals.Bad()
	}
	return r.Store.At(r.run.Head.Seq).AuditLog(ctx, since, func(e store.AuditEntry) error {
		switch e.Action {
		case "submission.accepted", "submission.reinstated":
			f.Taken++
		case "submission.superseded":
			f.Taken, f.Superseded = f.Taken+1, f.Superseded+1
		case "submission.withdrawn":
			f.Withdrawn++
		}
		return nil
	})
}

// figuresOf reads the figures that an earlier run published: from its folder, if it stands there or
// among the older ones unaltered, else by computing them again.
func (r *running) figuresOf(ctx context.Context, last *RunRow) (published, error) {
	year := last.Record.Recipe.Year
	folders := []string{place(r.o.Reports, year)}
	for _, name := range r.shelf.kept(year) {
		if strings.HasSuffix(name, "-"+last.Record.Label) {
			folders = append(folders, filepath.Join(r.shelf.older(year), name))
		}
	}
	for _, folder := range folders {
		data, err := os.ReadFile(filepath.Join(folder, figuresFile))
		if err == nil && sumOf(data) == last.Record.Outputs[figuresFile] {
			return publishedIn(data)
		}
	}
	then, err := r.asOf(ctx, last)
	if err != nil {
		return nil, err
	}
	a, _, err := then.analyzeAgain(ctx, last)
	if err != nil {
		return nil, err
	}
	return publishedBy(a)
}

// end records how the run ended. Its own failure to do so is not the run's: the next run finds the
// record open and closes it.
func (r *running) end(ctx context.Context, failed error) error {
	r.record.Milliseconds = r.Now().Sub(r.start).Milliseconds()
	r.record.Warnings, r.record.Frozen, r.record.Reopened = r.result.Warnings, r.result.Frozen, r.result.Reopened
	r.run.Status = "finished"
	if failed != nil {
		r.run.Status, r.run.Head, r.record.Error = "failed", store.Head{}, Printable(failed.Error())
	}
	var err error
	if r.run.Record, err = json.Marshal(r.record); err != nil {
		return err
	}
	err = r.Store.FinishRun(ctx, r.run)
	level := r.log().InfoContext
	if failed != nil {
		level = r.log().ErrorContext
	}
	level(ctx, "run ended", "run", int64(r.run.ID), "status", r.run.Status, "ms", r.record.Milliseconds, "error", r.record.Error)
	if failed != nil {
		return nil
	}
	return err
}

// headlines are the findings of the programmes, each with the name of its programme.
func (c *Campaign) headlines(a *gap.Analysis) []codebook.Text {
	lines := make([]codebook.Text, len(a.Programmes))
	for i, p := range a.Programmes {
		programme, _ := c.Codebook.Programme(p.Programme)
		lines[i] = codebook.Text{ZH: programme.Name.ZH + "：" + p.Headline.ZH, EN: programme.Name.EN + ": " + p.Headline.EN}
	}
	return lines
}
