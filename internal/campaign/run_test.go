package campaign

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// TestTheBatch lets an office run once and hands every part a copy of it.
func TestTheBatch(t *testing.T) {
	w := newOffice(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *office)
	}{
		{"a second run is quiet", secondRunIsQuiet},
		{"later visits are told", laterVisitIsTold},
		{"few answers wait", fewWait},
		{"an erasure moves nothing", erasureMovesNothing},
		{"what was reported is shown as it was", asItWasReported},
		{"a trial elsewhere leaves the report alone", trialElsewhere},
		{"what was withdrawn stays out of a run", withdrawnStaysOut},
		{"an earlier report is made again", earlierReportAgain},
		{"the order of the files does not show", orderDoesNotShow},
		{"a run that was cut off is made good", cutOffIsMadeGood},
		{"a failed run leaves the report", failedRunLeavesReport},
		{"an altered page is found and mended", alteredPageIsMended},
		{"a report that is gone is found", lostReportIsFound},
		{"so many reports are kept", soManyAreKept},
		{"a closed year is frozen", closedYearIsFrozen},
		{"a clock set back is told", clockSetBack},
		{"a stamp is believed while size and time hold", stampsAreBelieved},
		{"a doctor names what is wrong", doctorNames},
		{"backups are let go in order", backupsInOrder},
		{"what was interrupted is cleared by what doctor says", leftoversAreCleared},
		{"news is told once", newsIsToldOnce},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, w) })
	}
}

func secondRunIsQuiet(t *testing.T, w *office) {
	c, dir := w.copied(t)
	before := treeAt(t, dir+"/reports/2026")
	head, _ := c.Store.AuditHead(context.Background())
	r := mustRun(t, c, dir)
	if !r.Quiet() || !r.Report.Unchanged || r.Report.Run != 1 || len(r.Headlines) == 0 {
		t.Errorf("nothing is new, but %+v", r.Report)
	}
	if after, _ := c.Store.AuditHead(context.Background()); after != head {
		t.Error("a run without news left a mark in the audit log")
	}
	if !maps.Equal(before, treeAt(t, dir+"/reports/2026")) {
		t.Error("the report changed")
	}
	c.Program = "test 2"
	if r := mustRun(t, c, dir); r.Report.Unchanged || len(r.Changes.LastRun.Moved) > 0 {
		t.Errorf("another program makes its own report, with the same figures: %+v", r.Changes)
	}
}

func laterVisitIsTold(t *testing.T, w *office) {
	c, dir := w.copied(t)
	r := mustRun(t, c, dir, "inbox", "late")
	ch := r.Changes
	if r.Quiet() || ch.Files.Taken != lateVisits || ch.Visits != [2]int{6, 6 + lateVisits} || ch.Before == "" || ch.LastRun == nil || ch.LastRun.Compared == 0 || ch.LastYear == nil {
		t.Errorf("changes: %+v", ch)
	}
	row, err := c.FindRun(context.Background(), "latest")
	if err != nil || row.ID != r.Run || len(row.Record.Inputs) != lateVisits || row.Record.Inputs[0].SHA256 == "" || row.Record.Years[1].Visits != 6+lateVisits {
		t.Errorf("record: %+v %v", row.Record, err)
	}
	for _, name := range []string{changesDataFile, changesTextFile, "changes.html", madeOfFile} {
		data, err := os.ReadFile(filepath.Join(dir, "reports/2026", name))
		if err != nil || strings.Contains(string(data), "001") && strings.Contains(string(data), "走访-") {
			t.Errorf("%s: %v; no file name stands in it: %.60s", name, err, data)
		}
	}
}

func earlierReportAgain(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	before := treeAt(t, dir+"/reports/2026")
	mustIngest(t, c, IngestOptions{Paths: []string{filepath.Join(dir, "late")}, By: "test"})
	rows, err := c.Store.VisitHeads(ctx, 2026, "")
	must(t, err)
	slices.SortFunc(rows, func(a, b store.VisitHead) int { return int(b.Submission - a.Submission) }) // the late ones first
	for i, row := range rows[:lateVisits] {                                                           // one before the second run, the others after it
		must(t, c.Store.Withdraw(ctx, row.Submission, store.Act{By: "office"}))
		if i == 0 {
			mustRun(t, c, dir)
		}
	}
	for _, name := range []string{"1", "2"} {
		run, err := c.FindRun(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		to, index := filepath.Join(dir, "again"+name), run.Record.Outputs["index.html"]
		if name == "2" { // a difference is named, and is the only one
			run.Record.Outputs["index.html"] = "other"
			again, err := c.Reproduce(ctx, run, to)
			if err != nil || again.Same || !slices.Equal(again.Differ, []string{"index.html"}) || len(again.Reasons) != 1 || treeAt(t, to)["index.html"] != index {
				t.Errorf("a difference is named: %+v %v", again, err)
			}
			continue
		}
		again, err := c.Reproduce(ctx, run, to)
		if err != nil || !again.Same {
			t.Errorf("run %s again: %+v %v", name, again, err)
		}
	}
	if !maps.Equal(before, treeAt(t, dir+"/again1")) {
		t.Error("run 1 made again is not what was published")
	}
	run, _ := c.FindRun(ctx, "1")
	if _, err := c.Reproduce(ctx, run, dir); err == nil || strings.Contains(err.Error(), "--force") {
		t.Errorf("a folder that was there is left alone, and no flag is named that there is not: %v", err)
	}
}

// Whatever the order and the number of runs, the same files give the same report.
func orderDoesNotShow(t *testing.T, w *office) {
	var want map[string]string
	for i, names := range [][]string{{"inbox", "late"}, {"late", "inbox/2026", "inbox/2025"}} {
		dir := t.TempDir()
		c := w.campaign(t, dir)
		for _, name := range names {
			mustIngest(t, c, IngestOptions{Paths: []string{w.at(name)}, By: "test"})
		}
		if _, err := c.Run(context.Background(), RunOptions{Reports: filepath.Join(dir, "reports")}); err != nil {
			t.Fatal(err)
		}
		got := treeAt(t, filepath.Join(dir, "reports/2026"))
		if i == 0 {
			want = got
		}
		for name, sum := range want {
			if got[name] != sum {
				t.Errorf("order %d: %s differs", i, name)
			}
		}
	}
}

func cutOffIsMadeGood(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	id, err := c.Store.StartRun(ctx, store.Run{Kind: "run"})
	if err != nil {
		t.Fatal(err)
	}
	s := c.shelfAt(filepath.Join(dir, "reports"), 0)
	half := filepath.Join(s.dir, s.half(2026)+"77")
	foreign := filepath.Join(s.dir, ".new-00000000-2026-1")
	for _, folder := range []string{half, half + ".old", foreign} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mustRun(t, c, dir)
	row, err := c.FindRun(ctx, "2")
	if err != nil || row.ID != id || row.Status != "failed" || row.Record.Error != "cut off" {
		t.Errorf("the run that was cut off: %+v %v", row, err)
	}
	left, _ := filepath.Glob(filepath.Join(s.dir, ".new-*"))
	if !slices.Equal(left, []string{foreign}) {
		t.Errorf("left lying: %v; only another database's folder should be", left)
	}
}

func failedRunLeavesReport(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	before := treeAt(t, dir+"/reports/2026")
	_, err := c.Run(ctx, options(dir, "inbox", "nowhere"))
	var path *ErrNoSuchPath
	if !errors.As(err, &path) {
		t.Errorf("a path that is not there: %v", err)
	}
	if !maps.Equal(before, treeAt(t, dir+"/reports/2026")) {
		t.Error("the report changed")
	}
	row, err := c.FindRun(ctx, "2")
	if err != nil || row.Status != "failed" || !strings.Contains(row.Record.Error, "nowhere") {
		t.Errorf("the record says why: %+v %v", row.Record, err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := c.Run(cancelled, options(dir)); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped by the user: %v", err)
	}

	// stopped while it is under way: the message and the record say so in words
	c, dir = w.copied(t)
	stopped, stop := context.WithCancel(ctx)
	c.Log = slog.New(stopAt{slog.DiscardHandler, "run started", stop})
	var interrupted *ErrInterrupted
	if _, err = c.Run(stopped, options(dir)); !errors.As(err, &interrupted) || !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "canceled") {
		t.Errorf("stopped under way: %v", err)
	}
	row, err = c.FindRun(ctx, "2")
	if err != nil || row.Status != "failed" || !strings.Contains(row.Record.Error, "运行被中断") || strings.Contains(row.Record.Error, "canceled") {
		t.Errorf("the record of a run that was stopped: %+v %v", row.Record, err)
	}
}

// stopAt is a log that stops a run when it says so.
type stopAt struct {
	slog.Handler
	message string
	stop    func()
}

func (s stopAt) Enabled(context.Context, slog.Level) bool { return true }

func (s stopAt) Handle(_ context.Context, r slog.Record) error {
	if r.Message == s.message {
		s.stop()
	}
	return nil
}

func alteredPageIsMended(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	want := treeAt(t, dir+"/reports/2026")
	page := filepath.Join(dir, "reports/2026/index.html")
	stray := filepath.Join(dir, "reports/2026/notes.txt")
	missing := filepath.Join(dir, "reports/2026/rules.html")
	for _, err := range []error{os.WriteFile(page, []byte("<p>better news"), 0o644), os.WriteFile(stray, nil, 0o644), os.Remove(missing)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	found, err := c.Verify(ctx, VerifyOptions{Reports: filepath.Join(dir, "reports")})
	var got []string
	for _, f := range found {
		got = append(got, f.Code+" "+filepath.Base(f.Path))
	}
	if err != nil || !slices.Equal(got, []string{"P004 index.html", "P003 rules.html", "P005 notes.txt"}) {
		t.Errorf("verify: %v %v", got, err)
	}
	if r := mustRun(t, c, dir); r.Report.Unchanged {
		t.Error("the altered report was left as it was")
	}
	if !maps.Equal(want, treeAt(t, dir+"/reports/2026")) {
		t.Error("made again, the report is not the same")
	}
	if found, err := c.Verify(ctx, VerifyOptions{Reports: filepath.Join(dir, "reports")}); err != nil || len(found) != 0 {
		t.Errorf("after mending: %v %v", found, err)
	}
}

// What was published and does not stand is found by name, also where nothing of it is left; what was published in
// another folder and stands there is not missed here.
func lostReportIsFound(t *testing.T, w *office) {
	ctx := context.Background()
	none := openCampaign(t)
	c, dir := w.copied(t)
	reports := filepath.Join(dir, "reports")
	made, put := filepath.Join(reports, "2026"), filepath.Join(dir, "put")
	expect := func(c *Campaign, in, why string, want ...string) {
		t.Helper()
		found, err := c.Verify(ctx, VerifyOptions{Reports: in})
		var got []string
		for _, f := range found {
			got = append(got, f.Code+" "+filepath.Base(f.Path))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v %v, want %v", why, got, err, want)
		}
	}
	expect(none, reports, "before the first run: there is a report, of no run of this database", "P002 2026")
	expect(none, filepath.Join(dir, "nope"), "before the first run there is nothing to find")
	expect(c, reports, "a copy of a report that stands elsewhere")
	must(t, os.Rename(made, put))
	expect(c, reports, "the report on record stands elsewhere, and nothing here", "P006 reports")
	expect(c, filepath.Join(dir, "nope"), "no such folder", "P006 nope")
	must(t, os.Rename(put, made))

	o := options(dir)
	o.Force = true
	_, err := c.Run(ctx, o)
	must(t, err)
	expect(c, reports, "published here")
	expect(c, w.at("reports"), "and before that elsewhere")
	must(t, os.Rename(filepath.Join(made, "index.html"), put))
	expect(c, reports, "without its first page", "P003 index.html")
	must(t, os.Rename(put, filepath.Join(made, "index.html")))
	must(t, os.Rename(made, put))
	expect(c, reports, "a year without its folder", "P003 2026")
	must(t, os.Rename(reports, reports+".gone"))
	expect(c, reports, "the whole folder gone", "P003 2026")
	must(t, errors.Join(os.Rename(reports+".gone", reports), os.Rename(put, made)))

	head, err := c.Store.AuditHead(ctx)
	must(t, err)
	id, err := c.Store.StartRun(ctx, store.Run{Kind: "report", Year: 2025})
	must(t, err)
	must(t, c.Store.FinishRun(ctx, store.Run{ID: id, Status: "finished", Head: head, Record: []byte(`{"label":"1","place":"/not/any/more/2025"}`)}))
	expect(c, reports, "a year that stands nowhere, whatever its place was called", "P003 2025")
}

func soManyAreKept(t *testing.T, w *office) {
	c, dir := w.copied(t)
	o := options(dir)
	o.Keep = 1
	for _, program := range []string{"a", "b"} {
		c.Program = program
		if _, err := c.Run(context.Background(), o); err != nil {
			t.Fatal(err)
		}
	}
	kept := c.shelfAt(o.Reports, 1).kept(2026)
	if len(kept) != 1 || !strings.HasPrefix(kept[0], "0002-") {
		t.Errorf("kept %v", kept)
	}
	if found, err := c.Verify(context.Background(), VerifyOptions{Reports: o.Reports}); err != nil || len(found) != 0 {
		t.Errorf("verify: %v %v", found, err)
	}
	if link, err := os.Readlink(filepath.Join(o.Reports, "latest")); err != nil || link != "2026" {
		t.Errorf("latest leads to %q %v", link, err)
	}
}

func closedYearIsFrozen(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	o := options(dir)
	for _, day := range []struct {
		close  string
		frozen int
		why    string
	}{
		{"2026-12-31", 0, "the last day is still open"},
		{"", 0, "no closing date"},
		{"12-31", 0, "the last day of every year"},
		{"2025-06-30", 0, "last year's closing date, left in a schedule"},
		{"2026-12-30", 2026, "the day after"},
		{"12-30", 0, "frozen already"},
	} {
		o.Close = day.close
		r, err := c.Run(ctx, o)
		if err != nil || r.Frozen != day.frozen {
			t.Errorf("%s: frozen %d, want %d (%v)", day.why, r.Frozen, day.frozen, err)
		}
	}
	late := options(dir, "late")
	late.Close = "2026-12-30"
	r, err := c.Run(ctx, late)
	if err != nil || r.Ingest.Totals.Rejected != lateVisits || r.Ingest.Files[0].Issues[0].Code != "X001" || !r.Report.Unchanged {
		t.Errorf("late for a frozen year: %+v %v", r.Ingest, err)
	}
	late.Reopen = "the bus was late"
	r, err = c.Run(ctx, late)
	if err != nil || r.Ingest.Totals.Accepted != lateVisits || r.Reopened != 2026 || r.Frozen != 2026 {
		t.Errorf("reopened with a reason: %+v %v", r, err)
	}
	states, err := c.Store.States(ctx, 2026)
	if err != nil || len(states) != 3 || states[1].Reason != "the bus was late" || states[1].By != "test" {
		t.Errorf("on record: %+v %v", states, err)
	}
	// the codebook's own closing date, in a leap year
	c.Codebook = withClosing(w.codebook, 2026, "2026-02-28")
	if err := c.Reopen(ctx, 2026, "x", "again"); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Run(ctx, options(dir, "late")); err != nil || r.Frozen != 2026 {
		t.Errorf("the codebook's closing date: %+v %v", r, err)
	}
	run, err := c.FindRun(ctx, "latest")
	must(t, err)
	text, err := c.Store.KeptCodebook(ctx, run.Record.KeptCodebook)
	must(t, err)
	if kept, err := codebook.Parse(text); err != nil || kept.Closing(2026) != "2026-02-28" {
		t.Errorf("the codebook was not kept with its closing date: %v", err)
	}
}

func clockSetBack(t *testing.T, w *office) {
	c, dir := w.copied(t)
	c.Now = func() time.Time { return yearEnd.Add(-48 * time.Hour) }
	if r := mustRun(t, c, dir); len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].ZH, "时钟") {
		t.Errorf("a clock two days back: %+v", r.Warnings)
	}
	c.Now = func() time.Time { return yearEnd.Add(24 * time.Hour) }
	if r := mustRun(t, c, dir); len(r.Warnings) != 0 {
		t.Errorf("a clock that went on: %+v", r.Warnings)
	}
}

func stampsAreBelieved(t *testing.T, w *office) {
	c, dir := w.copied(t)
	mustRun(t, c, dir) // files of the copy are known by their hash and stamped now
	path := mustGlob(t, dir, "inbox/2026/visits/*.xlsx")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	swap := func(with []byte, at time.Time) {
		t.Helper()
		if err := errors.Join(os.WriteFile(path, with, 0o644), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	other := slices.Clone(data)
	other[len(other)/2] ^= 0xff
	for _, step := range []struct {
		why    string
		with   []byte
		at     time.Time
		reread bool
		bad    int
	}{
		{"same size, same time: not opened", other, info.ModTime(), false, 0},
		{"--reread opens it all the same", other, info.ModTime(), true, 1},
		{"another time: opened, and found damaged", other, info.ModTime().Add(time.Minute), false, 1},
		{"the same bytes at another time", data, info.ModTime().Add(time.Hour), false, 0},
		{"shorter", data[:len(data)-10], info.ModTime().Add(time.Hour), false, 1},
	} {
		swap(step.with, step.at)
		o := options(dir)
		o.Ingest.Reread = step.reread
		r, err := c.Run(context.Background(), o)
		if err != nil || r.Ingest.Totals.Rejected != step.bad {
			t.Errorf("%s: %d refused, want %d (%v)", step.why, r.Ingest.Totals.Rejected, step.bad, err)
		}
	}
	// a file that was written this very second gets no stamp
	swap(data, yearEnd.Add(-time.Second))
	mustRun(t, c, dir)
	stamps, err := c.Store.Stamps(context.Background(), path)
	if err != nil || stamps[path].MTime == yearEnd.Add(-time.Second).UnixNano() {
		t.Errorf("stamped too early: %+v %v", stamps, err)
	}
	in := &intake{Campaign: c}
	must(t, in.loadStamps(context.Background()))
	for _, path := range []string{path, "收件/../a.xlsx", "/x//y/../a.xlsx", "."} {
		if want, err := filepath.Abs(path); err != nil || in.abs(path) != want {
			t.Errorf("%s lies at %s, want %s: %v", path, in.abs(path), want, err)
		}
	}
}

func backupsInOrder(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	to := filepath.Join(dir, "backups")
	for i, name := range []string{"inbox", "late", "inbox"} {
		// the clock goes back every time: the newest backup has the oldest name
		now := yearEnd.Add(time.Duration(-i) * time.Hour)
		s, err := store.Open(ctx, c.Store.Path(), store.Options{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		back := &Campaign{Codebook: c.Codebook, Store: s, Now: func() time.Time { return now }}
		mustIngest(t, back, IngestOptions{Paths: []string{filepath.Join(dir, name)}})
		r, err := back.Backup(ctx, to, 2)
		if err != nil || len(r.Removed) != max(0, i-1) {
			t.Errorf("backup %d: %+v %v", i, r, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Backups(to)
	if err != nil || len(all) != 2 || all[1].Holds.Visits != 2*(6+lateVisits) {
		t.Errorf("%d left, the last with %d visits (%v)", len(all), all[len(all)-1].Holds.Visits, err)
	}
}
