package campaign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Setup is what a doctor looks at: where things are, and what the machine says.
type Setup struct {
	DB       string
	Inbox    []string // files and folders that a run reads
	Reports  string
	Backups  string
	Codebook *codebook.Codebook
	Bad      error // why the codebook cannot be used, nil where it can
	Program  string
	Now      func() time.Time
	Free     func(path string) (free uint64, known bool) // nil asks the system
}

// Examination is what a doctor found.
type Examination struct {
	Checks   int       `json:"checks"` // kinds of trouble that were looked for
	Findings []Finding `json:"findings"`
}

// doctor is one examination under way.
type doctor struct {
	Setup
	campaign *Campaign // nil where the database cannot be read
	found    []Finding
}

// Examine looks over a set-up without changing anything in it but a file that it creates and
// removes again in folders that must be writable. It goes on whatever it meets.
func Examine(ctx context.Context, s Setup) *Examination {
	if s.Free == nil {
		s.Free = freeBytes
	}
	d := &doctor{Setup: s}
	checks := []func(context.Context){
		d.codebookFile, d.database, d.databasePlace, d.permissions, d.space, d.clock, d.inbox, d.reportsPlace, d.leftovers, d.erasures, d.olderCopies,
		d.runs, d.backups, d.templates, d.reports, d.reference,
	}
	for _, check := range checks {
		check(ctx)
	}
	if d.campaign != nil {
		_ = d.campaign.Store.Close()
	}
	return &Examination{len(checks), d.found}
}

// ill notes something that keeps a run from working.
func (d *doctor) ill(code, path string, zh, en, fixZH, fixEN string) {
	d.found = append(d.found, Finding{Code: code, Path: path, ZH: zh, EN: en, Fix: codebook.Text{ZH: fixZH, EN: fixEN}})
}

// odd notes something that a person should know.
func (d *doctor) odd(code, path string, zh, en, fixZH, fixEN string) {
	d.ill(code, path, zh, en, fixZH, fixEN)
	d.found[len(d.found)-1].Warning = true
}

// codebookFile says why a replacement codebook cannot be used.
func (d *doctor) codebookFile(context.Context) {
	if d.Bad != nil {
		zh, en := firstLine(d.Bad), secondLine(d.Bad)
		if bad := new(codebook.Invalid); errors.As(d.Bad, &bad) { // the first line says which file, the others what is wrong with it
			en = zh + " " + Printable(bad.Problems[0].At()+bad.Problems[0].Message.EN)
			zh += " " + Printable(bad.Problems[0].At()+bad.Problems[0].Message.ZH)
		}
		d.ill("H001", "", "编码簿用不了："+zh, "The codebook cannot be used: "+en,
			"改好该文件，或去掉 --codebook（及环境变量 QIANQI_CODEBOOK）用内置的。", "Mend the file, or leave out --codebook (and QIANQI_CODEBOOK) to use the built-in one.")
		d.Codebook = codebook.Default()
	}
}

func firstLine(err error) string {
	zh, _, _ := strings.Cut(err.Error(), "\n")
	return Printable(zh)
}

// ailments are what can be wrong with the database file, by the store's kinds.
var ailments = []struct {
	kind         error
	code         string
	fixZH, fixEN string
}{
	{store.ErrForeign, "H003", "用 --db 指定本程序自己的数据库。", "Name this program's own database with --db."},
	{store.ErrNewer, "H004", "升级 qianqi；在此之前旧程序不会动它。", "Upgrade qianqi; an older program leaves the file alone."},
	{store.ErrOutdated, "H005", "运行任一写入命令（如 qianqi run），程序会先备份再升级。", "Run any command that writes, e.g. qianqi run; it backs up first."},
	{store.ErrDamaged, "H006", "", ""},
	{store.ErrNetworkFS, "H007", "把数据库移到本机磁盘。", "Move the database to a local disk."},
	{store.ErrCutOff, "H029", "再运行一次 qianqi restore；若要用恢复之前的数据库，把最后一个 *.replaced-* 改回原名（连同 -wal、-shm）。此前什么都不要删。",
		"Run qianqi restore again; or, for the database as it stood before, give the last *.replaced-* its old name again (with -wal and -shm). Delete nothing before that."},
	{store.ErrNotFile, "H030", "用 --db（或环境变量 QIANQI_DB）写明数据库文件，而不是文件夹。", "Name the database file with --db (or QIANQI_DB), not a folder."},
	{store.ErrIO, "H008", "检查磁盘；必要时从备份恢复：qianqi restore latest。", "Check the disk; if need be qianqi restore latest."},
}

// database opens the file for reading.
func (d *doctor) database(ctx context.Context) {
	st, err := store.Open(ctx, d.DB, store.Options{ReadOnly: true, Now: d.Now})
	d.DB = store.Place(d.DB) // its lock, its originals and its room on the disk are there
	if err == nil {
		d.campaign = &Campaign{Codebook: d.Codebook, Store: st, Now: d.Now, Program: d.Program}
		if _, err = st.Years(ctx); err == nil { // a file cut short may only show when it is read
			return
		}
		d.campaign = nil
		err = errors.Join(err, st.Close())
	}
	if errors.Is(err, store.ErrMissing) {
		d.odd("H002", d.DB, "还没有数据库 "+d.DB+"。", "There is no database yet.", "首次运行 qianqi run 或 qianqi ingest 时会创建；路径不对请用 --db。", "The first qianqi run or ingest makes it; name another with --db.")
		return
	}
	for _, a := range ailments {
		if errors.Is(err, a.kind) {
			if a.kind == store.ErrDamaged {
				a.fixZH, a.fixEN = d.restoreFrom()
			}
			d.ill(a.code, d.DB, firstLine(err), secondLine(err), a.fixZH, a.fixEN)
			return
		}
	}
	d.ill("H009", d.DB, "打不开数据库："+firstLine(err), "The database cannot be opened: "+secondLine(err), "检查路径与权限。", "Check path and permissions.")
}

func secondLine(err error) string {
	_, en, two := strings.Cut(err.Error(), "\n")
	if !two {
		return firstLine(err)
	}
	en, _, _ = strings.Cut(en, "\n")
	return Printable(en)
}

// restoreFrom names the newest backup.
func (d *doctor) restoreFrom() (zh, en string) {
	all, err := Backups(d.Backups)
	if err != nil || len(all) == 0 {
		return "在 " + d.Backups + " 里没有备份；请找出其他备份，用 qianqi restore 恢复。", "There is no backup in " + d.Backups + "; find one elsewhere and use qianqi restore."
	}
	last := all[len(all)-1]
	return "最近的备份 " + last.Folder + "（" + stamp(last.Holds.MadeAt) + "，走访 " + fmt.Sprint(last.Holds.Visits) + "）：qianqi restore latest --force",
		fmt.Sprintf("The newest backup is %s (%s, %s): qianqi restore latest --force", last.Folder, stamp(last.Holds.MadeAt), codebook.Count(last.Holds.Visits, "visit"))
}

// databasePlace says whether the folder of the database can be written to.
func (d *doctor) databasePlace(context.Context) {
	dir := filepath.Dir(d.DB)
	if err := writable(dir); err != nil {
		d.ill("H010", dir, "数据库所在的文件夹写不了："+firstLine(err), "The folder of the database cannot be written to: "+firstLine(err),
			"给运行程序的用户该文件夹的写权限，或用 --db 换个位置。", "Give the user who runs the program write access, or choose another place with --db.")
	}
}

// writable proves that files can be made in a folder, or in the nearest one that exists.
func writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s 是文件，不是文件夹 is a file", dir)
		}
		if err == nil || !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.CreateTemp(dir, ".qianqi-doctor-*")
	if err != nil {
		return err
	}
	_ = f.Close()
	return os.Remove(f.Name())
}

// permissions says whether others on the machine can read what enterprises said in confidence.
func (d *doctor) permissions(context.Context) {
	for _, path := range []string{d.DB, strings.TrimSuffix(d.DB, filepath.Ext(d.DB)) + ".originals", d.Backups} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 == 0 || !modesMean || path == d.DB && info.IsDir() {
			continue
		}
		want := "600"
		if info.IsDir() {
			want = "700"
		}
		d.odd("H011", path, fmt.Sprintf("%s 其他用户也能读（%o）。", path, info.Mode().Perm()), fmt.Sprintf("Others on this machine can read %s (%o).", path, info.Mode().Perm()),
			"chmod "+want+" "+path, "chmod "+want+" "+path)
	}
}

// space says where a disk is nearly full. A run needs room for the originals, the log of the
// database and a second copy of the report.
func (d *doctor) space(context.Context) {
	const needed = 500 << 20
	seen := make(map[uint64]bool)
	for _, dir := range []string{filepath.Dir(d.DB), d.Reports, d.Backups, os.TempDir()} {
		free, known := d.Free(existing(dir))
		if !known || free >= needed || seen[free] {
			continue
		}
		seen[free] = true
		d.ill("H012", dir, fmt.Sprintf("%s 所在磁盘只剩 %d MiB。", dir, free>>20), fmt.Sprintf("Only %d MiB are left on the disk of %s.", free>>20, dir),
			"腾出至少 500 MiB；旧备份可用 qianqi backup --keep 清理，图形缓存（.stills）可随时删除。", "Make room, 500 MiB at least; qianqi backup --keep lets old backups go, the .stills folder may be deleted at any time.")
	}
}

// existing is the nearest folder above a path that exists.
func existing(path string) string {
	for {
		if _, err := os.Stat(path); err == nil || filepath.Dir(path) == path {
			return path
		}
		path = filepath.Dir(path)
	}
}

// programMade is a day on which this program did not exist yet.
var programMade = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clock says whether the clock can be right.
func (d *doctor) clock(ctx context.Context) {
	now := d.Now()
	fixZH, fixEN := "校准时钟并启用自动对时（如 timedatectl set-ntp true）。", "Set the clock and let it follow a time server (e.g. timedatectl set-ntp true)."
	if now.Before(programMade) {
		d.ill("H013", "", "本机时钟是 "+stamp(now)+"，早于本程序问世。", "The clock says "+stamp(now)+", before this program existed.", fixZH, fixEN)
		return
	}
	if d.campaign == nil {
		return
	}
	if last, err := d.campaign.Store.LastRecorded(ctx); err == nil && last.Sub(now) > clockSlack {
		d.ill("H013", "", "本机时钟（"+stamp(now)+"）早于数据库最后的记录（"+stamp(last)+"）。", "The clock ("+stamp(now)+") lies behind the last record of the database ("+stamp(last)+").", fixZH, fixEN)
	}
}

// inbox says which files a run will not be able to read.
func (d *doctor) inbox(context.Context) {
	for _, f := range collect(d.Inbox) {
		switch {
		case errors.Is(f.err, fs.ErrNotExist):
			d.ill("H014", f.path, "找不到待读入的 "+Printable(f.name)+"。", "There is no "+Printable(f.name)+" to read.", "建好该文件夹，或改正运行命令里的路径。", "Make the folder, or mend the path in the command that runs.")
		case f.err != nil:
			d.ill("H015", f.path, "读不了 "+Printable(f.name)+"："+firstLine(f.err), "Cannot read "+Printable(f.name)+": "+firstLine(f.err), "给运行程序的用户读权限。", "Give the user who runs the program read access.")
		default:
			if info, err := os.Lstat(f.path); err != nil || !info.Mode().IsRegular() {
				continue // a run says what it is
			}
			if file, err := os.Open(f.path); err == nil {
				_ = file.Close()
			} else {
				d.ill("H015", f.path, "读不了 "+Printable(f.name)+"："+firstLine(err), "Cannot read "+Printable(f.name)+": "+firstLine(err), "给运行程序的用户读权限。", "Give the user who runs the program read access.")
			}
		}
	}
}

// reportsPlace says whether reports can be written.
func (d *doctor) reportsPlace(context.Context) {
	if err := writable(d.Reports); err != nil {
		d.ill("H016", d.Reports, "报告文件夹写不了："+firstLine(err), "The folder of the reports cannot be written to: "+firstLine(err), "给写权限，或用 --out 换个文件夹。", "Give write access, or choose another folder with --out.")
	}
}
