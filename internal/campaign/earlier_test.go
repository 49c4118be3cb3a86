package campaign

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/store"
)

// fewWait: one visit more, and then one less, leaves the report and the live pages as they are, since
// two reports apart by so few could be subtracted; with the others the figures follow.
func fewWait(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	before := treeAt(t, filepath.Join(dir, "reports/2026"))
	label, _, err := c.LiveLabel(ctx, 2026)
	must(t, err)
	one := strings.TrimPrefix(mustGlob(t, dir, "late/*.xlsx"), dir+"/")
	r := mustRun(t, c, dir, one)
	if r.Ingest.Totals.Accepted != 1 || r.Waiting != 1 || !r.Report.Unchanged || !maps.Equal(before, treeAt(t, filepath.Join(dir, "reports/2026"))) {
		t.Errorf("one more visit: %+v, %d wait; the report must stand", r.Report, r.Waiting)
	}
	must(t, c.Freeze(ctx, 2026, "office", ""))
	if left, err := c.LeftOut(ctx, 2026); err != nil || left != StaysOut(2026, 1) || !strings.Contains(left.ZH, "1 家企业") || !strings.Contains(left.ZH, "reopen 2026") {
		t.Errorf("frozen while one waits: %v %v", left, err)
	}
	if r := mustRun(t, c, dir, one); !r.StaysOut || r.Waiting != 1 {
		t.Errorf("a run on the frozen year: %d wait, for good %v", r.Waiting, r.StaysOut)
	}
	must(t, c.Reopen(ctx, 2026, "office", "x"))
	rows, err := c.Store.VisitHeads(ctx, 2026, "")
	must(t, err)
	must(t, c.Store.Withdraw(ctx, rows[0].Submission, store.Act{By: "office"}))
	if r := mustRun(t, c, dir, one); r.Waiting == 0 || !r.Report.Unchanged {
		t.Errorf("one visit less: %+v, %d wait; the report must stand", r.Report, r.Waiting)
	}
	a, err := c.Analyze(ctx, AnalyzeOptions{Year: 2026})
	if err != nil || a.Facts.Visits != 6 {
		t.Errorf("the figures rest on %d visits, want the 6 of the report (%v)", a.Facts.Visits, err)
	}
	if now, _, err := c.LiveLabel(ctx, 2026); err != nil || now != label {
		t.Errorf("the live pages moved from %s to %s (%v)", label, now, err)
	}
	mustIngest(t, c, IngestOptions{Paths: []string{filepath.Join(dir, "late")}, By: "test"})
	if now, _, err := c.LiveLabel(ctx, 2026); err != nil || now != label {
		t.Errorf("the live pages follow uploads past the last report: %s to %s (%v)", label, now, err)
	}
	if left, err := c.LeftOut(ctx, 2026); err != nil || !strings.Contains(left.ZH, "还不在最近一份报告里") || !strings.Contains(left.ZH, "report --year 2026") {
		t.Errorf("with answers that a report would hold: %v %v", left, err)
	}
	if r := mustRun(t, c, dir, "late"); r.Waiting != 0 || r.Report.Unchanged || r.Changes.Visits[1] <= 6 {
		t.Errorf("with the others: %+v, %d wait", r.Report, r.Waiting)
	}
	if now, _, err := c.LiveLabel(ctx, 2026); err != nil || now == label {
		t.Errorf("the live pages do not follow the new report (%v)", err)
	}
	if left, err := c.LeftOut(ctx, 2026); err != nil || left.ZH != "" {
		t.Errorf("every answer is in the report, and yet: %v %v", left, err)
	}
}

// erasureMovesNothing: reports made before an erasure are made again byte by byte; the next run finds nothing new,
// and what it makes all the same is held against earlier reports only, never against the same answers
// under their key of before.
func erasureMovesNothing(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	again := func(when string) {
		t.Helper()
		run, err := c.FindRun(ctx, "1")
		must(t, err)
		if r, err := c.Reproduce(ctx, run, ""); err != nil || !r.Same {
			t.Errorf("%s: the first report again: %+v %v", when, r, err)
		}
	}
	before := treeAt(t, filepath.Join(dir, "reports/2026"))
	eraseOne(t, c)
	again("one erased")
	if r := mustRun(t, c, dir); !r.Report.Unchanged {
		t.Errorf("a run after the erasure: %+v", r.Report)
	}
	o := options(dir)
	o.Force = true
	if r, err := c.Run(ctx, o); err != nil || r.Report.Unchanged {
		t.Fatalf("made all the same: %+v %v", r, err)
	}
	for name, sum := range treeAt(t, filepath.Join(dir, "reports/2026")) {
		if sum != before[name] && !strings.HasPrefix(name, "changes.") {
			t.Errorf("%s is not as before the erasure", name)
		}
	}
	asNow(t, c) // a report of a program that knew these answers by their new key only
	if all, err := c.editions(ctx, 0); err != nil || len(all[2026]) != 1 {
		t.Errorf("the same answers under two keys are %d editions (%v)", len(all[2026]), err)
	}
	mustRun(t, c, dir, "late")
	eraseOne(t, c)
	again("two erased, and a later report")
	all, err := c.editions(ctx, 0)
	must(t, err)
	if len(all[2026]) != 2 || len(all[2025]) != 1 {
		t.Errorf("%d and %d editions, want two of 2026 and one of 2025", len(all[2026]), len(all[2025]))
	}
}

// eraseOne erases somebody who made a visit of 2026.
func eraseOne(t *testing.T, c *Campaign) {
	t.Helper()
	heads, err := c.Store.VisitHeads(context.Background(), 2026, "")
	must(t, err)
	for _, h := range heads {
		if !strings.HasPrefix(h.Faculty.ID, "erased-") {
			_, err = c.ErasePerson(context.Background(), EraseRequest{Staff: h.Faculty.ID, Reason: "made up"}, Act{By: "office"})
			must(t, err)
			return
		}
	}
	t.Fatal("everybody is erased")
}

// asNow puts a report on record that rests on the answers as they are, by the keys that they have today.
func asNow(t *testing.T, c *Campaign) {
	t.Helper()
	ctx := context.Background()
	head, err := c.Store.AuditHead(ctx)
	must(t, err)
	run, err := c.FindRun(ctx, "1")
	must(t, err)
	for year := range run.Record.Recipe.Visits {
		run.Record.Recipe.Visits[year], err = c.Store.ContentKey(ctx, year)
		must(t, err)
	}
	made := store.Run{College: c.Codebook.College, Kind: "run", Year: 2026, Status: "finished", Head: head}
	made.Record, err = json.Marshal(run.Record)
	must(t, err)
	made.ID, err = c.Store.StartRun(ctx, made)
	must(t, err)
	must(t, c.Store.FinishRun(ctx, made))
}
