package store

import (
	"context"
	"encoding/json"
	"time"
)

// Run is the record of one batch: enough to make its report again.
type Run struct {
	ID       RunID
	College  string
	Kind     string // e.g. "run", "ingest", "report"
	Year     int    // 0 where it was for every year
	Status   string // started, finished or failed
	Started  time.Time
	Finished time.Time // zero while it runs, or where it was cut off
	Program  string    // version of the program
	Codebook string    // id@version
	Head     Head      // the moment that its figures were made at
	Record   json.RawMessage
}

// StartRun records that a run begins and returns its id. Started is set by the store.
func (s *Store) StartRun(ctx context.Context, r Run) (RunID, error) {
	return inBatch(ctx, s, func(b *Batch) (RunID, error) {
		res, err := b.tx.ExecContext(ctx, "INSERT INTO run (college, kind, year, status, started_at, program, codebook, record) VALUES (?, ?, ?, 'started', ?, ?, ?, ?)",
			r.College, r.Kind, r.Year, stampTime(s.now()), r.Program, r.Codebook, recordText(r.Record))
		if err != nil {
			return 0, err
		}
		id, err := res.LastInsertId()
		return RunID(id), err
	})
}

func recordText(r json.RawMessage) string {
	if len(r) == 0 {
		return "{}"
	}
	return string(r)
}

// FinishRun records how a run ended: Status finished or failed, Head and Record as given, and the
// Year where it was not known before. A run
// that made figures (its Head is not zero) is a change: the audit log then holds the hash of its
// record, so that the record of a published report cannot be altered unseen. Any other run leaves
// the log as it was. ErrConflict says that the run had ended already.
func (s *Store) FinishRun(ctx context.Context, r Run) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		res, err := b.tx.ExecContext(ctx, "UPDATE run SET status = ?, finished_at = ?, year = iif(year = 0, ?, year), moment = ?, audit_hash = ?, record = ? WHERE id = ? AND status = 'started'",
			r.Status, stampTime(s.now()), r.Year, nullID(r.Head.Seq), r.Head.Hash, recordText(r.Record), int64(r.ID))
		if err != nil {
			return struct{}{}, err
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return struct{}{}, conflict("该运行已结束或不存在。", "The run has ended already, or there is none.")
		}
		if r.Head.Seq != 0 {
			b.record(r.College, "", "run."+r.Status, "run/"+itoa(r.ID), recordDetail(r.Record))
		}
		return struct{}{}, nil
	})
	return err
}

// recordDetail is what the audit log keeps of a run's record.
func recordDetail(r json.RawMessage) string {
	return `{"record":"` + sumOf([]byte(recordText(r))) + `"}`
}

const runColumns = `id, college, kind, year, status, started_at, coalesce(finished_at, ''), program, codebook, coalesce(moment, 0), coalesce(audit_hash, ''), record`

func runFields(r *Run) []any {
	return []any{&r.ID, &r.College, &r.Kind, &r.Year, &r.Status, timeOf(&r.Started), timeOf(&r.Finished), &r.Program, &r.Codebook,
		&r.Head.Seq, &r.Head.Hash, (*[]byte)(&r.Record)}
}

// RunFilter narrows a listing of runs; zero fields do not.
type RunFilter struct {
	Year   int
	Status string
	Kinds  []string
	Label  string // what the label in the record begins with
	Made   bool   // only those that made figures
	Before RunID  // ids below this one
	Limit  int
}

// FindRuns lists runs, latest first.
func (r *Reader) FindRuns(ctx context.Context, f RunFilter) ([]Run, error) {
	text, args := "(? = '' OR college = ?)", []any{r.college, r.college}
	add := func(on bool, clause string, values ...any) {
		if on {
			text += " AND " + clause
			args = append(args, values...)
		}
	}
	add(f.Year != 0, "year = ?", f.Year)
	add(f.Status != "", "status = ?", f.Status)
	add(f.Made, "moment IS NOT NULL")
	add(f.Before != 0, "id < ?", int64(f.Before))
	add(f.Label != "", "substr(coalesce(json_extract(record, '$.label'), ''), 1, length(?)) = ?", f.Label, f.Label)
	kinds := make([]any, len(f.Kinds))
	for i, k := range f.Kinds {
		kinds[i] = k
	}
	add(len(kinds) > 0, "kind IN ("+placeholders(len(kinds))+")", kinds...)
	if f.Limit <= 0 {
		f.Limit = -1
	}
	return queryAll(ctx, r, runFields, "SELECT "+runColumns+" FROM run WHERE "+text+" ORDER BY id DESC LIMIT ?", append(args, f.Limit)...)
}

// Publication is a folder that the report of a year was published in.
type Publication struct {
	Year   int
	Folder string // as the run was told it, with slashes
}

// Publications lists the folders that finished runs published reports in, each once, by year.
func (r *Reader) Publications(ctx context.Context) ([]Publication, error) {
	return queryAll(ctx, r, func(p *Publication) []any { return []any{&p.Year, &p.Folder} },
		`SELECT DISTINCT year, json_extract(record, '$.place') AS place FROM run
WHERE (? = '' OR college = ?) AND status = 'finished' AND moment IS NOT NULL AND place <> '' ORDER BY year, place`, r.college, r.college)
}

// Run returns one run; ErrNotFound where there is none.
func (r *Reader) Run(ctx context.Context, id RunID) (Run, error) {
	found, err := queryAll(ctx, r, runFields, "SELECT "+runColumns+" FROM run WHERE id = ?", int64(id))
	if err == nil && len(found) == 0 {
		err = notFound("运行记录", "run")
	}
	if err != nil {
		return Run{}, err
	}
	return found[0], nil
}

// LastRecorded is the time of the last thing on record, by order and not by time; the zero time
// where there is none. A clock that lies before it was set back.
func (r *Reader) LastRecorded(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := r.read.QueryRowContext(ctx, `SELECT max(at) FROM (
  SELECT * FROM (SELECT at FROM audit ORDER BY seq DESC LIMIT 1)
  UNION ALL SELECT * FROM (SELECT started_at FROM run ORDER BY id DESC LIMIT 1))`).Scan(timeOf(&at))
	return at, explain(r.path, err)
}

// Stamp says of a file in a folder that it was taken in as it stands: while size, time and what
// it was checked with are the same, a run need not read it again.
type Stamp struct {
	Path    string // as the caller names it, preferably absolute
	Size    int64
	MTime   int64 // nanoseconds since 1970
	SHA256  string
	Status  Status
	Checked string // what it was checked with: codebook, year, program
}

// Stamps returns the stamps of every file below a prefix of the path, by path.
func (r *Reader) Stamps(ctx context.Context, prefix string) (map[string]Stamp, error) {
	list, err := queryAll(ctx, r, func(s *Stamp) []any { return []any{&s.Path, &s.Size, &s.MTime, &s.SHA256, &s.Status, &s.Checked} },
		"SELECT path, size, mtime_ns, sha256, status, checked FROM stamp WHERE substr(path, 1, length(?)) = ?", prefix, prefix)
	out := make(map[string]Stamp, len(list))
	for _, s := range list {
		out[s.Path] = s
	}
	return out, err
}

// Stamp records files as taken in, with the batch they were taken in by; not those of somebody who was
// erased, whose paths may name the person: a run reads these each time.
func (b *Batch) Stamp(ctx context.Context, stamps []Stamp) error {
	if b.dead != nil {
		return b.dead
	}
	into := newRows("stamp", "path, size, mtime_ns, sha256, status, checked",
		`ON CONFLICT DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, sha256 = excluded.sha256, status = excluded.status, checked = excluded.checked`)
	const erased = "SELECT 1 FROM " + redactedBytes + " WHERE sha256 = ?"
	for _, s := range stamps {
		var one int
		if skip, err := b.row(ctx, erased, []any{s.SHA256}, &one); err != nil {
			return b.failed(err)
		} else if skip {
			continue
		}
		into.add(s.Path, s.Size, s.MTime, s.SHA256, string(s.Status), s.Checked)
	}
	return b.failed(into.flush(ctx, b.tx))
}
