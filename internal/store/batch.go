package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// querier is what *sql.DB and *sql.Tx have in common for reading.
type querier interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// Batch is an open transaction of submissions: each of them goes in whole or not at all, and
// all of them become visible together. Use it from one goroutine; while it is open every other
// write of the same Store waits, so a batch should last a second or so (some hundred files).
type Batch struct {
	s     *Store
	tx    *sql.Tx
	spool *spool
	chain Head // as it will be
	fresh bool // something is to be committed
	dead  error

	last     lastIDs
	tables   tables
	files    map[string]SubmissionID  // college/hash of the files of this batch
	attempts map[attemptKey]AttemptID // made in this batch
	pending  map[dayKey][]heldVisit   // visits not yet flushed
	links    []replaced               // visit → its replacement, written once that is in
	stale    map[SubmissionID]bool    // submissions that lost a visit or document
	known    caches
}

// lastIDs are the highest ids in use; the write lock makes counting on from them safe.
type lastIDs struct {
	submission SubmissionID
	attempt    AttemptID
	visit      VisitID
	enterprise EnterpriseID
	document   int64
	cellMap    int64
	layout     int64
}

// caches remember rows of small tables seen or made in this batch.
type caches struct {
	enterprises map[string]EnterpriseID // college + key
	names       map[string]bool         // enterprise + name
	faculty     map[string]string       // college + id → name + department
	cellMaps    map[string]int64
	layouts     map[string]int64
	lastLayout  []slot // the layout of the job before, with its id
	lastID      int64
	frozen      map[collegeYear]bool
	stmts       map[string]*sql.Stmt
}

type collegeYear struct {
	college string
	year    int
}

// tables are the rows to be inserted, in the order in which they may be.
type tables struct {
	audit, original, submission, attempt, issue, ruling, correction, enterprise, names, faculty, cellMap, layout, slot, visit, job, trend, suggestion, change *rows
}

func newTables() tables {
	return tables{
		audit:      newRows("audit", auditColumns, ""),
		original:   newRows("original", "sha256, size", "ON CONFLICT DO NOTHING"),
		submission: newRows("submission", submissionColumns, ""),
		attempt:    newRows("attempt", attemptColumns, ""),
		issue:      newRows("issue", issueColumns, ""),
		ruling:     newRows("ruling", rulingColumns, ""),
		correction: newRows("correction", "college, sha256, by_sha256, since", "ON CONFLICT DO NOTHING"),
		enterprise: newRows("enterprise", "id, college, key, name, uscc, root_id, since", ""),
		names:      newRows("enterprise_name", "enterprise_id, name, since", "ON CONFLICT DO NOTHING"),
		faculty: newRows("faculty", "college, id, name, department",
			"ON CONFLICT DO UPDATE SET name = excluded.name, department = excluded.department"),
		cellMap:    newRows("cell_map", "id, cells", ""),
		layout:     newRows("rating_layout", "id, text", ""),
		slot:       newRows("rating_slot", "layout_id, slot, competency, importance_column, required_column, graduate_column", ""),
		visit:      newRows("visit", visitColumns, ""),
		job:        newRows("job", jobColumns, ""),
		trend:      newRows("trend", trendColumns, ""),
		suggestion: newRows("suggestion", suggestionColumns, ""),
		change:     newRows("change", changeColumns, ""),
	}
}

func (t *tables) inOrder() []*rows {
	return []*rows{t.audit, t.original, t.submission, t.attempt, t.issue, t.ruling, t.correction, t.enterprise, t.names, t.faculty,
		t.cellMap, t.layout, t.slot, t.visit, t.job, t.trend, t.suggestion, t.change}
}

// Begin starts a batch. It waits for other writers, in this process without end (until ctx is
// done), in others up to 15 s, and holds the write lock until Commit or Rollback.
func (s *Store) Begin(ctx context.Context) (*Batch, error) {
	if s.write == nil {
		return nil, readOnly(s.path, nil)
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, explain(s.path, err)
	}
	b := newBatch(s, tx)
	if err = b.prepare(ctx); err != nil {
		return nil, errors.Join(explain(s.path, err), tx.Rollback())
	}
	return b, nil
}

func newBatch(s *Store, tx *sql.Tx) *Batch {
	b := &Batch{s: s, tx: tx, tables: newTables(), files: make(map[string]SubmissionID), attempts: make(map[attemptKey]AttemptID),
		pending: make(map[dayKey][]heldVisit), stale: make(map[SubmissionID]bool)}
	b.known = caches{enterprises: make(map[string]EnterpriseID), names: make(map[string]bool), faculty: make(map[string]string),
		cellMaps: make(map[string]int64), layouts: make(map[string]int64), frozen: make(map[collegeYear]bool), stmts: make(map[string]*sql.Stmt)}
	return b
}

// prepare reads where counting goes on.
func (b *Batch) prepare(ctx context.Context) (err error) {
	if b.spool, err = newSpool(b.s.originals); err != nil {
		return err
	}
	if b.chain, err = auditHead(ctx, b.tx); err != nil {
		return err
	}
	const q = `SELECT coalesce((SELECT max(id) FROM submission), 0), coalesce((SELECT max(id) FROM attempt), 0), coalesce((SELECT max(id) FROM visit), 0),
  coalesce((SELECT max(id) FROM enterprise), 0), coalesce((SELECT max(id) FROM document), 0), coalesce((SELECT max(id) FROM cell_map), 0), coalesce((SELECT max(id) FROM rating_layout), 0)`
	l := &b.last
	return b.tx.QueryRowContext(ctx, q).Scan(&l.submission, &l.attempt, &l.visit, &l.enterprise, &l.document, &l.cellMap, &l.layout)
}

// flushAfter bounds the memory of a batch, in jobs.
const flushAfter = 500

// flush writes the collected rows.
func (b *Batch) flush(ctx context.Context) error {
	for _, t := range b.tables.inOrder() {
		if err := t.flush(ctx, b.tx); err != nil {
			return err
		}
	}
	for _, l := range b.links {
		if _, err := b.tx.ExecContext(ctx, "UPDATE visit SET replaced_by = ? WHERE id = ?", int64(l.by), int64(l.old)); err != nil {
			return err
		}
	}
	b.links = b.links[:0]
	clear(b.pending)
	return nil
}

type replaced struct{ old, by VisitID }

// record adds an audit record and returns its moment.
func (b *Batch) record(college, actor, action, object, detail string) Moment {
	e := b.chain.link(AuditEntry{College: college, At: b.s.now(), Actor: actor, Action: action, Object: object, Detail: detail})
	b.tables.audit.add(e.values()...)
	b.fresh = true
	return e.Seq
}

// next is the moment that the next record will have.
func (b *Batch) next() Moment { return b.chain.Seq + 1 }

// Commit makes the originals durable, then the rows. On error nothing of the batch is stored.
func (b *Batch) Commit(ctx context.Context) error {
	if b.dead != nil {
		return errors.Join(b.dead, b.Rollback())
	}
	err := b.flush(ctx)
	if err == nil {
		err = b.settleSubmissions(ctx)
	}
	if err == nil {
		err = b.spool.settle()
	}
	if err == nil {
		err = b.tx.Commit()
	}
	if err != nil {
		return errors.Join(explain(b.s.path, err), b.Rollback())
	}
	b.dead = errDone
	if b.fresh {
		b.s.originals.keepHead(b.chain)
	}
	return nil
}

var errDone = errors.New("store: the batch has ended")

// Rollback drops the batch. After Commit it does nothing.
func (b *Batch) Rollback() error {
	if errors.Is(b.dead, errDone) {
		return nil
	}
	b.dead = errDone
	b.spool.drop()
	if err := b.tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return explain(b.s.path, err)
	}
	return nil
}

// failed remembers an error after which the batch can only be rolled back.
func (b *Batch) failed(err error) error {
	err = explain(b.s.path, err)
	if err != nil && !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrFrozen) {
		b.dead = err
	}
	return err
}

// settleSubmissions marks the submissions of which nothing is current any more.
func (b *Batch) settleSubmissions(ctx context.Context) error {
	for id := range b.stale {
		const q = `UPDATE submission SET status = 'superseded' WHERE id = ? AND status = 'accepted'
  AND NOT EXISTS (SELECT 1 FROM visit WHERE submission_id = submission.id AND until IS NULL)
  AND NOT EXISTS (SELECT 1 FROM document WHERE submission_id = submission.id AND until IS NULL)`
		if _, err := b.tx.ExecContext(ctx, q, int64(id)); err != nil {
			return err
		}
	}
	clear(b.stale)
	return nil
}

// inBatch runs one change in a batch of its own.
func inBatch[T any](ctx context.Context, s *Store, f func(*Batch) (T, error)) (T, error) {
	var none T
	b, err := s.Begin(ctx)
	if err != nil {
		return none, err
	}
	defer b.Rollback()
	out, err := f(b)
	if err != nil {
		return none, explain(s.path, err)
	}
	if err := b.Commit(ctx); err != nil {
		return none, err
	}
	return out, nil
}

// Save stores one submission in one transaction, or nothing of it.
func (s *Store) Save(ctx context.Context, sub Submission) (Outcome, error) {
	return inBatch(ctx, s, func(b *Batch) (Outcome, error) { return b.Save(ctx, sub) })
}

// Log records a file that was not taken.
func (s *Store) Log(ctx context.Context, a Attempt) (AttemptID, error) {
	return inBatch(ctx, s, func(b *Batch) (AttemptID, error) { return b.Log(ctx, a) })
}

// stmt prepares a query once for the batch.
func (b *Batch) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := b.known.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := b.tx.PrepareContext(ctx, query)
	if err == nil {
		b.known.stmts[query] = stmt
	}
	return stmt, err
}

// row asks for one row with a prepared query; found is false where there is none.
func (b *Batch) row(ctx context.Context, query string, args []any, into ...any) (found bool, err error) {
	stmt, err := b.stmt(ctx, query)
	if err == nil {
		err = stmt.QueryRowContext(ctx, args...).Scan(into...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// exec runs one statement of the batch after what was collected before it.
func (b *Batch) exec(ctx context.Context, query string, args ...any) error {
	if err := b.flush(ctx); err != nil {
		return err
	}
	_, err := b.tx.ExecContext(ctx, query, args...)
	return err
}

func (b *Batch) clock(at time.Time) time.Time {
	if at.IsZero() {
		return b.s.now()
	}
	return at
}
