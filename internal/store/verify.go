package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Finding is one thing that is wrong with the database or its originals.
type Finding struct {
	Code    string        `json:"code"`              // S001 …, never reused
	Warning bool          `json:"warning,omitempty"` // nothing is lost, but a person should know
	ZH      string        `json:"zh"`
	EN      string        `json:"en"`
	Fix     codebook.Text `json:"fix"`            // what to do
	Path    string        `json:"path,omitempty"` // file concerned, "" where it is the database
}

// MarshalJSON names the languages of the fix as it does those of the finding.
func (f Finding) MarshalJSON() ([]byte, error) {
	type plain Finding
	type fix struct {
		ZH string `json:"zh"`
		EN string `json:"en"`
	}
	return json.Marshal(struct {
		plain
		Fix fix `json:"fix"`
	}{plain(f), fix(f.Fix)})
}

// What to do about findings.
var (
	fixRestore = codebook.Text{ZH: "用 qianqi restore 从最近的备份恢复。", EN: "Restore the latest backup with qianqi restore."}
	fixRefile  = codebook.Text{ZH: "从备份的 originals 文件夹补回该文件，或请教师重新提交原文件。", EN: "Put the file back from the originals of a backup, or ask for the original once more."}
	fixOrphan  = codebook.Text{ZH: "多半是中断的导入留下的；重新运行导入即可认领，否则可删除。", EN: "Most likely left by an interrupted ingest; the next one claims it, else it may be deleted."}
	fixTamper  = codebook.Text{ZH: "有人绕过程序改动了数据库；请与备份比对，查明后再恢复。", EN: "The database was changed past the program; compare it with a backup before restoring."}
	fixMode    = codebook.Text{ZH: "运行 chmod 600（文件）或 chmod 700（文件夹）。", EN: "Run chmod 600 on files, chmod 700 on folders."}
	fixWrite   = codebook.Text{ZH: "运行任一写入命令，程序会自行清理。", EN: "Run any command that writes; it cleans up."}
)

// FixForget is what to do where an erasure was not finished.
var FixForget = codebook.Text{ZH: "下一次 qianqi run 会清理；请先关闭其他正在读取数据库的程序。", EN: "The next qianqi run clears it; first close other programs that are reading the database."}

// Verify checks the database, every original against its hash, every visit against its content
// hash, and the audit chain, also against heads kept elsewhere. No finding means that all is
// well; an error means that it could not look.
func (r *Reader) Verify(ctx context.Context, heads ...Head) ([]Finding, error) {
	found, err := r.verifyPages(ctx)
	if err != nil || len(found) > 0 { // the rest would only trip over the same damage
		return found, err
	}
	for _, check := range []func(context.Context) ([]Finding, error){
		r.verifyReferences, r.verifyCounts, r.verifyRoots, r.verifyContent, r.verifyOriginals, r.verifyStrays, r.verifyModes, r.verifyRuns,
		func(ctx context.Context) ([]Finding, error) { return r.verifyChain(ctx, heads) },
	} {
		more, err := check(ctx)
		if errors.Is(err, ErrDamaged) {
			return append(found, damage("S001", err.Error())), nil
		}
		if err != nil {
			return found, err
		}
		found = append(found, more...)
	}
	return found, nil
}

func damage(code, what string) Finding {
	return Finding{Code: code, ZH: "数据库结构损坏：" + what, EN: "The database is damaged: " + what, Fix: fixRestore}
}

// verifyPages reads every page and index.
func (r *Reader) verifyPages(ctx context.Context) ([]Finding, error) {
	lines, err := queryAll(ctx, r, func(s *string) []any { return []any{s} }, "PRAGMA integrity_check(20)")
	if errors.Is(err, ErrDamaged) {
		return []Finding{damage("S001", err.Error())}, nil
	}
	var found []Finding
	for _, line := range lines {
		if line != "ok" {
			found = append(found, damage("S001", line))
		}
	}
	return found, err
}

func (r *Reader) verifyReferences(ctx context.Context) ([]Finding, error) {
	type row struct {
		table, parent string
		id            *int64
		n             int
	}
	rows, err := queryAll(ctx, r, func(x *row) []any { return []any{&x.table, &x.id, &x.parent, &x.n} }, "PRAGMA foreign_key_check")
	var found []Finding
	for i, x := range rows {
		if i == 20 {
			break
		}
		found = append(found, damage("S002", fmt.Sprintf("%s → %s", x.table, x.parent)))
	}
	return found, err
}

// verifyCounts holds what each submission said it stored against what stands there.
func (r *Reader) verifyCounts(ctx context.Context) ([]Finding, error) {
	type row struct {
		id         SubmissionID
		name       string
		said, have Counts
	}
	const q = `SELECT s.id, s.name, s.visits, s.jobs, count(v.id), coalesce(sum((SELECT count(*) FROM job j WHERE j.id >= v.id << 15 AND j.id < (v.id + 1) << 15)), 0)
FROM submission s LEFT JOIN visit v ON v.submission_id = s.id
  AND NOT EXISTS (WITH RECURSIVE before(id) AS (SELECT id FROM visit WHERE replaced_by = v.id UNION SELECT x.id FROM visit x JOIN before ON x.replaced_by = before.id)
    SELECT 1 FROM before JOIN visit o ON o.id = before.id WHERE o.submission_id = v.submission_id)
GROUP BY s.id HAVING s.visits <> count(v.id) OR s.jobs <> coalesce(sum((SELECT count(*) FROM job j WHERE j.id >= v.id << 15 AND j.id < (v.id + 1) << 15)), 0) LIMIT 20`
	rows, err := queryAll(ctx, r, func(x *row) []any {
		return []any{&x.id, &x.name, &x.said.Visits, &x.said.Jobs, &x.have.Visits, &x.have.Jobs}
	}, q)
	var found []Finding
	for _, x := range rows {
		found = append(found, Finding{Code: "S003", Fix: fixTamper,
			ZH: fmt.Sprintf("提交 %d（%s）应有 %d 个走访、%d 个岗位，实有 %d、%d。", x.id, x.name, x.said.Visits, x.said.Jobs, x.have.Visits, x.have.Jobs),
			EN: fmt.Sprintf("Submission %d should hold %s and %s but holds %d and %d.", x.id, codebook.Count(x.said.Visits, "visit"), codebook.Count(x.said.Jobs, "job"), x.have.Visits, x.have.Jobs)})
	}
	return found, err
}

// verifyRoots holds the root of every enterprise against the merges that hold.
func (r *Reader) verifyRoots(ctx context.Context) ([]Finding, error) {
	var found []Finding
	err := r.snapshot(ctx, func(q querier) error {
		p, err := r.psus(ctx, q)
		if err != nil {
			return err
		}
		type row struct{ id, root EnterpriseID }
		return eachOn(ctx, q, func(x *row) []any { return []any{&x.id, &x.root} }, func(x row) error {
			if r.at == latest && x.root != p.of(0, x.id) {
				found = append(found, Finding{Code: "S004", Fix: fixTamper,
					ZH: fmt.Sprintf("企业 %d 的归属与合并记录不符。", x.id), EN: fmt.Sprintf("Enterprise %d counts as another than its merges say.", x.id)})
			}
			return nil
		}, "SELECT id, root_id FROM enterprise")
	})
	return found, err
}

// verifyContent computes the content hash of every visit anew, also of those that no longer count.
func (r *Reader) verifyContent(ctx context.Context) ([]Finding, error) {
	var found []Finding
	err := r.snapshot(ctx, func(q querier) error {
		load, err := r.loader(ctx, q)
		if err != nil {
			return err
		}
		for after := VisitID(0); ; {
			some, err := load.visits(ctx, "id > ? ORDER BY id LIMIT 500", int64(after))
			if err != nil || len(some) == 0 {
				return err
			}
			for i := range some {
				if v := &some[i]; ContentHash(&v.Visit) != v.Content {
					found = append(found, Finding{Code: "S005", Fix: fixTamper,
						ZH: fmt.Sprintf("走访 %d（%s）的内容与保存时不同。", v.ID, v.File), EN: fmt.Sprintf("Visit %d no longer says what it said when it was stored.", v.ID)})
				}
			}
			after = some[len(some)-1].ID
		}
	})
	return found, err
}

// verifyOriginals reads every original and compares size and hash.
func (r *Reader) verifyOriginals(ctx context.Context) ([]Finding, error) {
	kept, err := r.keptOriginals(ctx)
	var found []Finding
	for _, o := range kept {
		if ctx.Err() != nil {
			return found, ctx.Err()
		}
		path := r.originals.file(o.SHA256)
		sum, size, err := hashFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			found = append(found, Finding{Code: "S006", Path: path, ZH: "缺少原始文件 " + o.SHA256 + "。", EN: "An original is missing: " + o.SHA256 + ".", Fix: fixRefile})
		case err != nil:
			return found, explain(path, err)
		case size != o.Size || sum != o.SHA256:
			found = append(found, Finding{Code: "S007", Path: path, ZH: "原始文件 " + o.SHA256 + " 的内容已变。", EN: "An original no longer matches its hash: " + o.SHA256 + ".", Fix: fixRefile})
		}
	}
	return found, err
}

// Kept is one original.
type Kept struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

func (r *Reader) keptOriginals(ctx context.Context) ([]Kept, error) {
	q := "SELECT sha256, size FROM original WHERE sha256 NOT IN (SELECT sha256 FROM redacted) ORDER BY sha256"
	if erases, err := r.erases(ctx); err != nil {
		return nil, err
	} else if !erases {
		q = "SELECT sha256, size FROM original ORDER BY sha256"
	}
	return queryAll(ctx, r, func(k *Kept) []any { return []any{&k.SHA256, &k.Size} }, q)
}

// hashFile is for originals and backups, never for the live database: see the package comment.
func hashFile(path string) (sum string, size int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size, err
}

// verifyStrays looks for files among the originals that no row names.
func (r *Reader) verifyStrays(ctx context.Context) ([]Finding, error) {
	kept, err := r.keptOriginals(ctx)
	if err != nil {
		return nil, err
	}
	found, err := r.verifyErasures(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{r.originals.headFile(): true}
	for _, f := range found {
		known[f.Path] = true
	}
	for _, k := range kept {
		known[r.originals.file(k.SHA256)] = true
	}
	err = filepath.WalkDir(r.originals.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || known[path] {
			return err
		}
		f := Finding{Code: "S008", Warning: true, Path: path, ZH: "原始文件夹中有数据库不认识的文件：" + d.Name() + "。", EN: "A file among the originals is known to no submission: " + d.Name() + ".", Fix: fixOrphan}
		if strings.HasPrefix(path, r.originals.temp()) {
			f.Code, f.Fix = "S009", fixWrite
			f.ZH, f.EN = "中断的写入留下了临时文件："+d.Name()+"。", "An interrupted write left a temporary file: "+d.Name()+"."
		}
		found = append(found, f)
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return found, err
}

// verifyErasures names what an erasure has left on the disk, beside the database too.
func (r *Reader) verifyErasures(ctx context.Context) ([]Finding, error) {
	var found []Finding
	left, err := r.Unforgotten(ctx)
	for _, path := range left {
		name := filepath.Base(path)
		found = append(found, Finding{Code: "S014", Warning: true, Path: path, ZH: "清除个人信息没有做完，磁盘上还有：" + name + "。", EN: "An erasure was not finished; still on the disk: " + name + ".", Fix: FixForget})
	}
	return found, err
}

// verifyModes holds files and folders against 0600 and 0700.
func (r *Reader) verifyModes(context.Context) ([]Finding, error) {
	var found []Finding
	for _, path := range []string{r.path, r.path + "-wal", r.originals.dir} {
		info, err := os.Stat(path)
		if err == nil && ownerOnly && info.Mode().Perm()&0o077 != 0 {
			found = append(found, Finding{Code: "S010", Warning: true, Path: path, Fix: fixMode,
				ZH: fmt.Sprintf("%s 的权限为 %04o，他人可读。", path, info.Mode().Perm()), EN: fmt.Sprintf("%s has mode %04o: others can read it.", path, info.Mode().Perm())})
		}
	}
	return found, nil
}

func (r *Reader) verifyChain(ctx context.Context, heads []Head) ([]Finding, error) {
	broken, err := r.VerifyAudit(ctx, heads...)
	if err != nil || broken == 0 {
		return nil, err
	}
	return []Finding{{Code: "S011", Fix: fixTamper, ZH: fmt.Sprintf("审计日志从第 %d 条起被改动或截断。", broken), EN: fmt.Sprintf("The audit log was changed or cut off from record %d on.", broken)}}, nil
}
