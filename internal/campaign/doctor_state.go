package campaign

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// What clears a leftover.
var (
	byRun     = codebook.Text{ZH: "下一次 qianqi run 会清理；也可以删除。", EN: "The next qianqi run clears it; it may be deleted."}
	byBackup  = codebook.Text{ZH: "下一次 qianqi backup 备份到此文件夹时会清理；也可以删除。", EN: "The next qianqi backup into this folder clears it; it may be deleted."}
	byAnother = codebook.Text{ZH: "属于另一个数据库，由它的下一次 qianqi run 清理；确认它没有在运行后，也可以删除。", EN: "It belongs to another database, whose next qianqi run clears it; it may be deleted while no run of that one is under way."}
)

// leftovers says what interrupted work left lying about, and which command clears it.
func (d *doctor) leftovers(context.Context) {
	left := func(path string, fix codebook.Text) {
		d.odd("H017", path, "中断的工作留下了 "+Printable(path)+"。", "Interrupted work left "+Printable(path)+".", fix.ZH, fix.EN)
	}
	if !backupUnderWay(d.Backups) {
		for _, path := range partials(d.Backups) {
			left(path, byBackup)
		}
	}
	if _, alive := runUnderWay(d.DB); alive {
		return // it may be at work on them
	}
	base := strings.TrimSuffix(d.DB, filepath.Ext(d.DB))
	found := append(globIn(d.Reports, ".new-*"), globIn(base+".originals", "tmp/*")...)
	if path := d.DB + ".restoring"; d.stands() && exists(path) { // without the database it may be all that there is
		found = append(found, path)
	}
	if path := lockFile(d.DB) + ".json"; exists(path) {
		found = append(found, path)
	}
	for _, path := range found {
		fix := byRun
		if name := filepath.Base(path); d.campaign != nil && strings.HasPrefix(name, ".new-") && !strings.HasPrefix(name, ".new-"+d.campaign.shelfAt(d.Reports, 0).mine+"-") {
			fix = byAnother
		}
		left(path, fix)
	}
}

// stands reports whether there is a database.
func (d *doctor) stands() bool { return exists(d.DB) }

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// globIn lists what matches a pattern below a folder, whose own name is no pattern.
func globIn(dir, pattern string) []string {
	found, _ := fs.Glob(os.DirFS(dir), pattern)
	for i, name := range found {
		found[i] = filepath.Join(dir, filepath.FromSlash(name))
	}
	return found
}

// runs says how the last run ended, and whether one is under way.
func (d *doctor) runs(ctx context.Context) {
	h, alive := runUnderWay(d.DB)
	if alive {
		d.odd("H018", lockFile(d.DB), fmt.Sprintf("一个运行正在进行：进程 %d，主机 %s，自 %s 起。", h.PID, h.Host, stamp(h.Since)), fmt.Sprintf("A run is under way: process %d on %s since %s.", h.PID, h.Host, stamp(h.Since)),
			"等它结束；若该进程早已不在，锁会自动释放。", "Wait for it; were the process gone, so would be its lock.")
	}
	if d.campaign == nil {
		return
	}
	last, err := d.campaign.Runs(ctx, 0, 1)
	if err != nil || len(last) == 0 {
		return
	}
	switch r := last[0]; {
	case r.Status == "started" && !alive:
		d.odd("H019", "", fmt.Sprintf("运行 %d（%s）被中断。", r.ID, stamp(r.Started)), fmt.Sprintf("Run %d (%s) was cut off.", r.ID, stamp(r.Started)), "再运行一次 qianqi run 即可接着做。", "Run qianqi run again; it goes on from there.")
	case r.Status == "failed":
		zh, en, _ := strings.Cut(r.Record.Error, `\n`) // as it is on record: Chinese, English
		d.ill("H020", "", fmt.Sprintf("最近一次运行 %d 失败：%s", r.ID, zh), fmt.Sprintf("The last run, %d, failed: %s", r.ID, cmp.Or(en, zh)), "排除原因后再运行 qianqi run；原有报告不受影响。", "Mend the cause and run qianqi run; the report that stood stands.")
	}
}

// erasures says where the disk still holds what was erased.
func (d *doctor) erasures(ctx context.Context) {
	if d.campaign == nil {
		return
	}
	left, _ := d.campaign.Store.Unforgotten(ctx)
	for _, path := range left {
		fix := store.FixForget
		d.ill("H027", path, "清除个人信息没有做完，磁盘上还有 "+Printable(path)+"。", "An erasure was not finished; still on the disk: "+Printable(path)+".", fix.ZH, fix.EN)
	}
}

// olderCopies says where the database still stands as it once was, with people who were erased since.
func (d *doctor) olderCopies(context.Context) {
	list, _ := store.OlderCopies(d.DB)
	if !d.stands() {
		return // they may be all that there is
	}
	for _, path := range list {
		d.odd("H028", path, "旁边还有旧的数据库 "+Printable(path)+"（恢复时改名保存，或升级前的副本）；后来清除的人，姓名仍在其中。",
			"An older database still stands at "+Printable(path)+", put aside by a restore or copied before an upgrade; it still names whoever was erased since.",
			"确认不再需要后删除（连同 -wal、-shm）。", "Delete it (with -wal and -shm) once it is certain that nobody needs it.")
	}
}

// staleBackup is the age at which a backup is called old.
const staleBackup = 31 * 24 * time.Hour

// backups says whether there is a backup of what the database holds.
func (d *doctor) backups(ctx context.Context) {
	if d.campaign == nil {
		return
	}
	head, err := d.campaign.Store.AuditHead(ctx)
	if err != nil || head.Seq == 0 {
		return
	}
	all, _ := Backups(d.Backups)
	fixZH, fixEN := "运行 qianqi backup，并把备份复制到另一台机器。", "Run qianqi backup, and copy the backup to another machine."
	if len(all) == 0 {
		d.odd("H021", d.Backups, "还没有备份。", "There is no backup yet.", fixZH, fixEN)
		return
	}
	last := all[len(all)-1].Holds
	if age := d.Now().Sub(last.MadeAt); age > staleBackup && last.Audit != head {
		d.odd("H021", d.Backups, fmt.Sprintf("最近的备份已有 %d 天，其后又有改动。", int(age.Hours()/24)), "The newest backup is "+codebook.Count(int(age.Hours()/24), "day")+" old, and there were changes since.", fixZH, fixEN)
	}
}

// templates says which forms came in on an older template than the program writes.
func (d *doctor) templates(ctx context.Context) {
	if d.campaign == nil {
		return
	}
	rows, err := d.campaign.Store.Submissions(ctx, store.Filter{Statuses: []string{"accepted"}})
	if err != nil {
		return
	}
	newest := 0
	for _, row := range rows {
		newest = max(newest, row.Year)
	}
	old := make(map[string]int)
	for _, row := range rows {
		if form, ok := d.Codebook.Form(row.Form); ok && row.Year == newest && row.Template > 0 && row.Template < form.Version {
			old[row.Form]++
		}
	}
	for _, form := range d.Codebook.Forms {
		if n := old[form.Kind]; n > 0 {
			d.odd("H022", "", fmt.Sprintf("%d 年有 %d 份“%s”用的是旧模板。", newest, n, form.Title.ZH), fmt.Sprintf("%s “%s” of %d on an older template.", codebook.Count(n, "workbook"), form.Title.EN, newest),
				"用 qianqi template "+form.Kind+" 发新模板；旧的仍能读。", "Hand out the new one: qianqi template "+form.Kind+". The old one is still read.")
		}
	}
}

// reports says whether the published reports stand as they were written, and show what the
// database holds now.
func (d *doctor) reports(ctx context.Context) {
	if d.campaign == nil {
		return
	}
	years, lost, err := d.campaign.yearsToFind(ctx, d.Reports)
	if err != nil {
		return
	}
	for _, f := range lost {
		d.odd("H023", f.Path, f.ZH, f.EN, f.Fix.ZH, f.Fix.EN)
	}
	for _, year := range years {
		found, err := d.campaign.verifyReport(ctx, place(d.Reports, year))
		if err != nil {
			continue
		}
		if len(found) > 0 {
			d.odd("H023", place(d.Reports, year), fmt.Sprintf("%d 年的报告与运行记录不符：%s", year, found[0].ZH), fmt.Sprintf("The report on %d is not as it was written: %s", year, found[0].EN), found[0].Fix.ZH, found[0].Fix.EN)
			continue
		}
		d.outdated(ctx, year)
	}
}

// outdated says that the database has moved on since a report was made.
func (d *doctor) outdated(ctx context.Context, year int) {
	runs, err := d.campaign.Store.FindRuns(ctx, store.RunFilter{Year: year, Status: "finished", Made: true, Limit: 1})
	if err != nil || len(runs) == 0 {
		return
	}
	was := rowOf(runs[0]).Record.Recipe
	q, err := d.campaign.question(ctx, d.campaign.Store.Reader, was.options())
	if err != nil {
		return
	}
	now, err := d.campaign.recipe(ctx, d.campaign.Store.Reader, q, was.Beside)
	if err != nil {
		return
	}
	was.Program, was.Codebook = now.Program, now.Codebook // another program is no reason to worry
	if was.Label() != now.Label() {
		d.odd("H024", place(d.Reports, year), fmt.Sprintf("%d 年的报告写出之后，数据又有变化。", year), fmt.Sprintf("The data changed since the report on %d was made.", year), fmt.Sprintf("运行 qianqi run --year %d。", year), fmt.Sprintf("Run qianqi run --year %d.", year))
	}
}

// reference says what the newest year lacks beside visits.
func (d *doctor) reference(ctx context.Context) {
	if d.campaign == nil {
		return
	}
	years, err := d.campaign.Store.Years(ctx)
	if err != nil || len(years) == 0 {
		return
	}
	year := years[len(years)-1].Year
	if roster, err := d.campaign.Store.LoadRoster(ctx, year); err == nil && roster == nil {
		d.odd("H025", "", fmt.Sprintf("没有 %d 年可用的名册：工号无从核对，各企业权数相同。", year), fmt.Sprintf("There is no roster for %d: staff numbers cannot be checked and every enterprise counts the same.", year),
			"填写 qianqi template roster 并读入。", "Fill in qianqi template roster and ingest it.")
	}
	if plan, err := d.campaign.Store.LoadCurriculum(ctx, year); err == nil && plan == nil {
		d.odd("H026", "", fmt.Sprintf("没有 %d 年可用的课程：覆盖差距与课程建议无从计算。", year), fmt.Sprintf("There is no curriculum for %d: coverage gaps cannot be computed.", year),
			"填写 qianqi template curriculum 并读入。", "Fill in qianqi template curriculum and ingest it.")
	}
}
