package campaign

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// doctorNames breaks a set-up in one way after another; each is named by its code, with a fix.
func doctorNames(t *testing.T, w *office) {
	for _, broken := range []struct {
		code string
		why  string
		set  func(*Setup)                        // breaks nothing on the disk: no copy is needed
		make func(*testing.T, *Setup, *Campaign) // breaks a copy
	}{
		{"", "nothing is wrong", nil, nil},
		{"", "a report that was asked for in another way", nil, func(t *testing.T, s *Setup, c *Campaign) {
			_, err := c.Report(context.Background(), AnalyzeOptions{Budget: 32, Compare: 2025}, s.Reports, false)
			must(t, err)
		}},
		{"", "pages that were printed", nil, func(t *testing.T, s *Setup, _ *Campaign) {
			folder := filepath.Join(s.Reports, "2026", pdfFolder)
			must(t, errors.Join(os.Mkdir(folder, 0o755), os.WriteFile(filepath.Join(folder, "index.pdf"), nil, 0o644)))
		}},
		{"H001", "a codebook that cannot be read", func(s *Setup) { s.Codebook, s.Bad = nil, errors.New("line 3") }, nil},
		{"H002", "no database", nil, func(t *testing.T, s *Setup, _ *Campaign) { remove(t, s.DB) }},
		{"H003", "another program's database", nil, func(t *testing.T, s *Setup, _ *Campaign) {
			remove(t, s.DB)
			execSQL(t, s.DB, "CREATE TABLE theirs (x)")
		}},
		{"H004", "a newer program's database", nil, func(t *testing.T, s *Setup, _ *Campaign) { execSQL(t, s.DB, "PRAGMA user_version = 999") }},
		{"H005", "an older program's database", nil, func(t *testing.T, s *Setup, _ *Campaign) { execSQL(t, s.DB, "PRAGMA user_version = 1") }},
		{"H006", "a database cut short", nil, func(t *testing.T, s *Setup, _ *Campaign) { must(t, os.Truncate(s.DB, 20000)) }},
		{"H006", "a database of zeros", nil, func(t *testing.T, s *Setup, _ *Campaign) { must(t, os.WriteFile(s.DB, make([]byte, 9000), 0o600)) }},
		{"H011", "a database that everybody can read", nil, func(t *testing.T, s *Setup, _ *Campaign) { must(t, os.Chmod(s.DB, 0o644)) }},
		{"H012", "a disk nearly full", func(s *Setup) {
			s.Free = func(string) (uint64, bool) { return 10 << 20, true }
		}, nil},
		{"H013", "a clock behind the last record", func(s *Setup) {
			s.Now = func() time.Time { return yearEnd.Add(-72 * time.Hour) }
		}, nil},
		{"H013", "a clock that was never set", func(s *Setup) { s.Now = func() time.Time { return time.Unix(0, 0) } }, nil},
		{"H014", "no inbox", func(s *Setup) { s.Inbox = []string{"nowhere"} }, nil},
		{"H016", "a file where the reports should go", nil, func(t *testing.T, s *Setup, _ *Campaign) {
			must(t, os.RemoveAll(s.Reports))
			must(t, os.WriteFile(s.Reports, nil, 0o644))
		}},
		{"H017", "what an interrupted run left", nil, func(t *testing.T, s *Setup, c *Campaign) {
			must(t, os.Mkdir(filepath.Join(s.Reports, c.shelfAt(s.Reports, 0).half(2026)+"1"), 0o755))
		}},
		{"H027", "an erasure that was cut off", nil, func(t *testing.T, _ *Setup, c *Campaign) {
			eraseAndDie(t, c, t.TempDir())
			must(t, c.Store.Close())
		}},
		{"H028", "a database that a restore put aside", nil, func(t *testing.T, s *Setup, c *Campaign) {
			must(t, c.Store.Close())
			must(t, restoreLatest(t, nil, *s, ""))
		}},
		{"H028", "a copy from before an upgrade", nil, func(t *testing.T, s *Setup, _ *Campaign) {
			must(t, os.WriteFile(s.DB+".schema-1.20260101T000000Z.bak", nil, 0o600))
		}},
		{"H018", "a run under way", nil, func(t *testing.T, _ *Setup, c *Campaign) {
			held, err := c.lock()
			must(t, err)
			t.Cleanup(held.release)
		}},
		{"H019", "a run that was cut off", nil, func(t *testing.T, _ *Setup, c *Campaign) {
			_, err := c.Store.StartRun(context.Background(), store.Run{Kind: "run"})
			must(t, err)
		}},
		{"H020", "a last run that failed", nil, func(t *testing.T, s *Setup, c *Campaign) {
			if _, err := c.Run(context.Background(), options(filepath.Dir(s.DB), "nowhere")); err == nil {
				t.Error("a run over nothing")
			}
		}},
		{"H021", "no backup", nil, func(t *testing.T, s *Setup, _ *Campaign) { must(t, os.RemoveAll(s.Backups)) }},
		{"H021", "an old backup", nil, func(t *testing.T, s *Setup, c *Campaign) {
			mustIngest(t, c, IngestOptions{Paths: []string{filepath.Join(filepath.Dir(s.DB), "late")}})
			s.Now = func() time.Time { return yearEnd.AddDate(0, 2, 0) }
		}},
		{"H022", "workbooks on an older template", func(s *Setup) { s.Codebook = withNewerForm("visit") }, nil},
		{"H023", "an altered report", nil, func(t *testing.T, s *Setup, _ *Campaign) {
			must(t, os.WriteFile(filepath.Join(s.Reports, "2026", "index.html"), nil, 0o644))
		}},
		{"H023", "a report that is gone", nil, func(t *testing.T, s *Setup, _ *Campaign) {
			must(t, os.RemoveAll(filepath.Join(s.Reports, "2026")))
		}},
		{"H024", "a report that is out of date", nil, func(t *testing.T, s *Setup, c *Campaign) {
			mustIngest(t, c, IngestOptions{Paths: []string{filepath.Join(filepath.Dir(s.DB), "late")}})
		}},
		{"H025", "no roster", nil, func(t *testing.T, s *Setup, c *Campaign) { withdrawAll(t, c, "roster") }},
		{"H026", "no curriculum", nil, func(t *testing.T, s *Setup, c *Campaign) { withdrawAll(t, c, "curriculum") }},
	} {
		var c *Campaign
		dir := w.dir
		if broken.make == nil {
			c = w.campaign(t, dir)
		} else {
			c, dir = w.copied(t)
		}
		s := Setup{DB: c.Store.Path(), Inbox: []string{filepath.Join(dir, "inbox")}, Reports: filepath.Join(dir, "reports"),
			Backups: filepath.Join(dir, "qianqi.backups"), Codebook: c.Codebook, Program: c.Program, Now: c.Now}
		if strings.HasPrefix(broken.code, "H00") {
			must(t, c.Store.Close()) // the file itself is touched
		}
		switch {
		case broken.set != nil:
			broken.set(&s)
		case broken.make != nil:
			broken.make(t, &s, c)
		}
		got := ailing(t, broken.why, s)
		if broken.code == "" && len(got) > 0 || broken.code != "" && !slices.Contains(got, broken.code) {
			t.Errorf("%s: found %v, want %s", broken.why, got, broken.code)
		}
		mend := fixes[broken.code]
		if mend == nil || s.Now().After(yearEnd) && broken.code == "H021" {
			continue
		}
		must(t, c.Store.Close())
		must(t, mend(t, w, s, dir))
		if left := ailing(t, broken.why, s); slices.Contains(left, broken.code) {
			t.Errorf("%s: the fix was applied and still it says %v", broken.why, left)
		}
	}
}

// leftoversAreCleared interrupts everything at once: each command clears what doctor says that it clears, and
// nobody takes a backup away that is being written.
func leftoversAreCleared(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	s := Setup{DB: c.Store.Path(), Reports: filepath.Join(dir, "reports"), Backups: filepath.Join(dir, "qianqi.backups"), Codebook: c.Codebook, Program: c.Program, Now: c.Now}
	clears := make(map[string]string) // what was left, and the command that clears it
	leave := func(path, by string) string {
		clears[path] = by
		return path
	}
	partial := leave(filepath.Join(s.Backups, "qianqi-20260101T000000Z.partial"), "qianqi backup ")
	must(t, os.Mkdir(partial, 0o700))
	must(t, os.WriteFile(filepath.Join(partial, "qianqi.db"), nil, 0o600))
	must(t, os.Mkdir(leave(filepath.Join(s.Reports, c.shelfAt(s.Reports, 0).half(2026)+"1"), "qianqi run "), 0o755))
	must(t, os.WriteFile(leave(s.DB+".restoring", "qianqi run "), nil, 0o600))
	must(t, os.WriteFile(leave(filepath.Join(dir, "qianqi.originals", "tmp", "half"), "qianqi run "), nil, 0o600))
	must(t, os.Mkdir(leave(filepath.Join(s.Reports, ".new-00000000-2026-1"), "another database"), 0o755))
	lying := func() map[string]bool {
		t.Helper()
		found := make(map[string]bool)
		for _, f := range Examine(ctx, s).Findings {
			if f.Code != "H017" {
				continue
			}
			if found[f.Path] = true; clears[f.Path] == "" || !strings.Contains(f.Fix.EN, clears[f.Path]) {
				t.Errorf("%s: %q, want %q", f.Path, f.Fix.EN, clears[f.Path])
			}
		}
		return found
	}
	if got := lying(); len(got) != len(clears) {
		t.Errorf("doctor finds %v of %v", got, clears)
	}
	mustRun(t, c, dir)
	if got := lying(); len(got) != 2 || !got[partial] {
		t.Errorf("after the next run: %v", got)
	}

	writing := backupLock(s.Backups)
	held, err := writing.TryRLock()
	if err != nil || !held {
		t.Fatal(held, err)
	}
	if got := lying(); got[partial] {
		t.Error("a backup that is being written was called a leftover")
	}
	backUp := func(later time.Duration, keep int) (*BackupResult, error) {
		now := func() time.Time { return c.Now().Add(later) }
		st, err := store.Open(ctx, s.DB, store.Options{Now: now})
		must(t, err)
		defer st.Close()
		watched := false
		log := slog.New(stopAt{slog.DiscardHandler, "backup made", func() { watched = backupUnderWay(s.Backups) }})
		r, err := (&Campaign{Codebook: c.Codebook, Store: st, Now: now, Log: log}).Backup(ctx, s.Backups, keep)
		if !watched {
			t.Error("nobody can see that a backup is being written")
		}
		return r, err
	}
	if r, err := backUp(time.Minute, 1); err != nil || slices.ContainsFunc(r.Removed, func(gone string) bool { return strings.HasSuffix(gone, store.PartialTail) }) {
		t.Errorf("beside another that is being written: %+v %v", r, err)
	}
	must(t, writing.Unlock())
	if r, err := backUp(time.Hour, 0); err != nil || !slices.Equal(r.Removed, []string{filepath.ToSlash(partial)}) {
		t.Errorf("the next backup: %+v %v", r, err)
	}
	if got := lying(); len(got) != 1 {
		t.Errorf("after the next backup: %v", got)
	}
}

// ailing are the codes of what a doctor finds; every finding has words and a fix.
func ailing(t *testing.T, why string, s Setup) (codes []string) {
	t.Helper()
	for _, f := range Examine(context.Background(), s).Findings {
		codes = append(codes, f.Code)
		if f.ZH == "" || f.EN == "" || f.Fix.ZH == "" || f.Fix.EN == "" || strings.Contains(f.ZH+f.EN, `\n`) {
			t.Errorf("%s: a finding without words or fix, or with both languages in one: %+v", why, f)
		}
	}
	return codes
}

// fixes do what a finding tells people to do.
var fixes = map[string]func(t *testing.T, w *office, s Setup, dir string) error{
	"H002": runAgain, "H017": runAgain, "H019": runAgain, "H020": runAgain, "H024": runAgain, "H027": runAgain,
	"H003": restoreLatest, "H006": restoreLatest,
	"H011": func(_ *testing.T, _ *office, s Setup, _ string) error { return os.Chmod(s.DB, 0o600) },
	"H014": func(t *testing.T, _ *office, s Setup, _ string) error {
		t.Chdir(t.TempDir()) // the inbox is named relative to where the program runs
		return os.Mkdir(s.Inbox[0], 0o700)
	},
	"H016": func(_ *testing.T, _ *office, s Setup, _ string) error { return os.Remove(s.Reports) },
	"H021": func(t *testing.T, w *office, s Setup, dir string) error {
		_, err := w.campaign(t, dir).Backup(context.Background(), s.Backups, 0)
		return err
	},
	"H028": func(_ *testing.T, _ *office, s Setup, _ string) error {
		list, err := store.OlderCopies(s.DB)
		for _, path := range list {
			err = errors.Join(err, os.Remove(path))
		}
		return err
	},
	"H023": func(t *testing.T, w *office, s Setup, dir string) error {
		_, err := w.campaign(t, dir).Report(context.Background(), AnalyzeOptions{Year: 2026}, s.Reports, false)
		return err
	},
}

// runAgain is qianqi run.
func runAgain(t *testing.T, w *office, _ Setup, dir string) error {
	_, err := w.campaign(t, dir).Run(context.Background(), options(dir))
	return err
}

// restoreLatest is qianqi restore latest --force.
func restoreLatest(_ *testing.T, _ *office, s Setup, _ string) error {
	_, err := Restore(context.Background(), RestoreOptions{Backup: "latest", Dir: s.Backups, DB: s.DB, Force: true, Now: s.Now})
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, db string) {
	t.Helper()
	for _, tail := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(db + tail); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	must(t, os.RemoveAll(strings.TrimSuffix(db, ".db")+".originals"))
}

// execSQL changes a database past the store, which nobody has open.
func execSQL(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	_, err = db.Exec(query)
	must(t, errors.Join(err, db.Close()))
}

// withNewerForm is the built-in codebook with the next version of one form.
func withNewerForm(kind string) *codebook.Codebook {
	cb := *codebook.Default()
	cb.Forms = slices.Clone(cb.Forms)
	form, _ := cb.Form(kind)
	form.Version++
	return &cb
}

func withdrawAll(t *testing.T, c *Campaign, kind string) {
	t.Helper()
	rows, err := c.Store.Submissions(context.Background(), store.Filter{})
	must(t, err)
	for _, row := range rows {
		if row.Form == kind {
			must(t, c.Store.Withdraw(context.Background(), row.ID, store.Act{By: "office"}))
		}
	}
}

// TestDoctorQuotesTheFirstComplaint: a codebook that cannot be used is named with what is wrong in it.
func TestDoctorQuotesTheFirstComplaint(t *testing.T) {
	_, err := codebook.Parse([]byte("id: x\nversion: \"1\"\ntitle:\n  zh: 一\n"))
	found := Examine(context.Background(), Setup{DB: filepath.Join(t.TempDir(), "qianqi.db"), Bad: fmt.Errorf("codebook x.yaml:\n%w", err), Now: time.Now}).Findings
	if len(found) == 0 || found[0].Code != "H001" || !strings.HasSuffix(found[0].ZH, "x.yaml: line 3, title.en: 缺少英文") || !strings.HasSuffix(found[0].EN, "the English text is missing") {
		t.Errorf("found %+v", found)
	}
}
