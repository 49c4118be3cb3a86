package campaign

import (
	"context"
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
