package campaign

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/store"
)

// withdrawnStaysOut: a workbook that lies in the inbox while it was withdrawn does not count again with a run, which says
// so once; whoever reads it by itself is told again, whatever its stamp says.
func withdrawnStaysOut(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	mustRun(t, c, dir) // stamps the files where they lie now
	rows, err := c.Store.VisitHeads(ctx, 2026, "")
	must(t, err)
	id := rows[0].Submission
	slip, err := c.Slip(ctx, id)
	must(t, err)
	must(t, c.Store.Withdraw(ctx, id, store.Act{By: "office", Reason: "企业要求"}))
	told := func(r *IngestResult) (files []string) {
		for _, f := range r.Files {
			if f.Note != nil && f.Status == Unchanged && strings.Contains(f.Note.ZH, "已撤回，不计入") && strings.Contains(f.Note.EN, "qianqi reinstate") {
				files = append(files, f.File)
			}
		}
		return files
	}
	r := mustRun(t, c, dir)
	if got := told(r.Ingest); len(got) != 1 || filepath.Base(got[0]) != filepath.Base(slip.File) || r.Ingest.Totals.Fresh() != 0 || !r.Report.Unchanged {
		t.Errorf("the run after the withdrawal tells of %v, want %s: %+v", got, slip.File, r.Ingest.Totals)
	}
	if r := mustRun(t, c, dir); len(told(r.Ingest)) != 0 {
		t.Errorf("the next run tells of %v again", told(r.Ingest))
	}
	path := filepath.Join(dir, "inbox/2026/visits", filepath.Base(slip.File))
	for _, o := range []IngestOptions{{Paths: []string{path}, Again: true}, {Paths: []string{filepath.Dir(path)}, Again: true}} {
		got := told(mustIngest(t, c, o))
		if alone := o.Paths[0] == path; alone != (len(got) == 1) {
			t.Errorf("reading %v tells of %v", o.Paths, got)
		}
	}
	if now, err := c.Store.Submissions(ctx, store.Filter{After: int64(id) - 1, Limit: 1}); err != nil || now[0].Status != "withdrawn" {
		t.Errorf("it came back: %+v %v", now, err)
	}
}
