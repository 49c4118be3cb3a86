package campaign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Finding is one thing that is wrong with the database, the originals, the reports or the set-up,
// with what to do about it. Codes: S… the store, P… published reports, H… the set-up.
type Finding = store.Finding

// VerifyOptions say what to hold the database against beside itself.
type VerifyOptions struct {
	Reports string // folder of reports; "" looks at none
	Backup  string // a backup to prove as well; its end of the audit log is a witness
}

// Verify reads everything: every page of the database, every original against its hash, every visit
// against its content, the audit log as a chain, every run record against the log, every published
// report against the record of its run; one that was published and is gone is found too. Nothing is
// changed.
func (c *Campaign) Verify(ctx context.Context, o VerifyOptions) ([]Finding, error) {
	var heads []store.Head
	if o.Backup != "" {
		m, err := store.CheckBackup(ctx, o.Backup)
		if err != nil {
			return nil, err
		}
		heads = append(heads, m.Audit)
	}
	found, err := c.Store.Verify(ctx, heads...)
	if err != nil || o.Reports == "" {
		return found, err
	}
	more, err := c.verifyReports(ctx, o.Reports)
	return append(found, more...), err
}

// verifyReports holds every report of a folder, the earlier ones too, against its run record, and
// names those that are gone.
func (c *Campaign) verifyReports(ctx context.Context, dir string) ([]Finding, error) {
	years, found, err := c.yearsToFind(ctx, dir)
	if err != nil {
		return nil, err
	}
	s := c.shelfAt(dir, 0)
	for _, year := range years {
		folders := []string{place(dir, year)}
		for _, name := range s.kept(year) {
			folders = append(folders, filepath.Join(s.older(year), name))
		}
		for _, folder := range folders {
			more, err := c.verifyReport(ctx, folder)
			if err != nil {
				return found, err
			}
			found = append(found, more...)
		}
	}
	return found, nil
}

// yearsToFind lists the years whose reports stand in a folder or ought to: what was published there,
// and what was published and stands nowhere. Where all that was published stands elsewhere and nothing
// here, that is a finding: somebody looks in the wrong place.
func (c *Campaign) yearsToFind(ctx context.Context, dir string) ([]int, []Finding, error) {
	published, err := c.Store.Publications(ctx)
	if err != nil {
		return nil, nil, err
	}
	years := reportYears(dir)
	elsewhere := make(map[int]string) // a year and where it stands
	for _, p := range published {
		folder := filepath.FromSlash(p.Folder)
		if _, err := os.Stat(filepath.Join(folder, "index.html")); err == nil && !store.SameFolder(folder, place(dir, p.Year)) {
			elsewhere[p.Year] = p.Folder
		}
	}
	for _, p := range published {
		if elsewhere[p.Year] == "" || store.SameFolder(filepath.FromSlash(p.Folder), place(dir, p.Year)) {
			years = append(years, p.Year)
		}
	}
	slices.Sort(years)
	if years = slices.Compact(years); len(years) > 0 || len(elsewhere) == 0 {
		return years, nil, nil
	}
	there := strings.Join(slices.Sorted(maps.Values(elsewhere)), ", ")
	return nil, []Finding{{Code: "P006", Path: filepath.ToSlash(dir), Fix: fixFolder,
		ZH: "文件夹 " + Printable(dir) + " 里没有一份已发布的报告；报告在 " + Printable(there) + "。",
		EN: "The folder " + Printable(dir) + " holds none of the published reports; they stand in " + Printable(there) + "."}}, nil
}

var (
	fixReport = codebook.Text{ZH: "用 qianqi report 重写该年报告；.older 里的旧版可删除，需要时用 qianqi reproduce 重做。", EN: "Write the year again with qianqi report; an earlier one in .older may be deleted and made again with qianqi reproduce."}
	fixFolder = codebook.Text{ZH: "用 --out 指定放报告的文件夹。", EN: "Name the folder of the reports with --out."}
	fixNoRun  = codebook.Text{ZH: "多半来自另一数据库或恢复之前；用 qianqi report 重写。", EN: "Most likely from another database or from before a restore; write it again with qianqi report."}
)

// verifyReport holds one folder against the record of the run that made it.
func (c *Campaign) verifyReport(ctx context.Context, folder string) ([]Finding, error) {
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return []Finding{{Code: "P003", Path: filepath.ToSlash(folder), Fix: fixReport, ZH: "已发布的报告 " + Printable(folder) + " 不见了。", EN: "The published report " + Printable(folder) + " is missing."}}, nil
	}
	label := labelIn(folder)
	if label == "" {
		return []Finding{{Code: "P001", Path: folder, Fix: fixNoRun, ZH: "报告 " + folder + " 没有可读的 " + madeOfFile + "，不知由哪次运行写出。", EN: "The report has no readable " + madeOfFile + "; nobody knows which run made it."}}, nil
	}
	runs, err := c.Store.FindRuns(ctx, store.RunFilter{Label: label, Status: "finished", Made: true})
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return []Finding{{Code: "P002", Path: folder, Fix: fixNoRun, Warning: true, ZH: "报告 " + folder + "（" + label + "）不是本数据库的运行写出的。", EN: "The report was made by no run of this database: " + label + "."}}, nil
	}
	var found []Finding
	for _, run := range slices.Backward(runs) { // several runs may have made it; the latest one's word is given
		row := rowOf(run)
		if found, err = compareFolder(folder, &row); err != nil || len(found) == 0 {
			return nil, err
		}
	}
	return found, nil
}

// compareFolder compares the files of a report with those on record; printed pages are on none.
func compareFolder(folder string, run *RunRow) ([]Finding, error) {
	var found []Finding
	say := func(code, name, zh, en string) {
		path := filepath.ToSlash(filepath.Join(folder, filepath.FromSlash(name)))
		found = append(found, Finding{Code: code, Path: path, Fix: fixReport,
			ZH: fmt.Sprintf("报告文件 %s %s（运行 %d）。", Printable(path), zh, run.ID), EN: fmt.Sprintf("The report file %s %s (run %d).", Printable(path), en, run.ID)})
	}
	have, err := filesBelow(folder)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(run.Record.Outputs)) {
		if !have[name] {
			say("P003", name, "不见了", "is missing")
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			return found, err
		}
		if sumOf(data) != run.Record.Outputs[name] {
			say("P004", name, "被改动过", "was altered")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if _, ours := run.Record.Outputs[name]; !ours && !strings.HasPrefix(name, pdfFolder+"/") {
			say("P005", name, "不是程序写出的", "was not written by the program")
		}
	}
	return found, nil
}

// filesBelow lists the files of a folder by their path with slashes.
func filesBelow(folder string) (map[string]bool, error) {
	out := make(map[string]bool)
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(folder, path)
		out[filepath.ToSlash(rel)] = true
		return err
	})
	return out, err
}
