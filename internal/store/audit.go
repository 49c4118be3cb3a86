package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// AuditEntry is one record of the log of everything that was changed, seen or exported.
type AuditEntry struct {
	Seq     Moment
	College string
	At      time.Time
	Actor   string // staff number or account; "" where nobody signed in
	Action  string // e.g. "submission.accepted"
	Object  string // e.g. "submission/12"
	Detail  string // a JSON object, or ""; never personal data
	Prev    string // hash of the record before
	Hash    string
}

// Head is the last record of the audit log. Kept outside the database it proves later that
// nothing was cut off the end.
type Head struct {
	Seq  Moment `json:"seq"`
	Hash string `json:"hash"`
}

// chainHash is the hash of a record: SHA-256 over its length-prefixed parts and the hash before.
func chainHash(e AuditEntry) string {
	buf := make([]byte, 0, 256)
	for _, part := range []string{itoa(e.Seq), e.College, stampTime(e.At), e.Actor, e.Action, e.Object, e.Detail, e.Prev} {
		buf = binary.AppendUvarint(buf, uint64(len(part)))
		buf = append(buf, part...)
	}
	sum := sha256.Sum256(buf)
	return hex.EncodeToString(sum[:])
}

const auditColumns = "seq, college, at, actor, action, object, detail, prev, hash"

// link makes the next record of the chain.
func (h *Head) link(e AuditEntry) AuditEntry {
	e.Seq, e.Prev = h.Seq+1, h.Hash
	e.Hash = chainHash(e)
	h.Seq, h.Hash = e.Seq, e.Hash
	return e
}

func (e AuditEntry) values() []any {
	return []any{int64(e.Seq), e.College, stampTime(e.At), e.Actor, e.Action, e.Object, e.Detail, e.Prev, e.Hash}
}

// Audit appends a record that goes with no other change: a sign-in, an export, a look at
// personal data. Seq, At, Prev and Hash are set by the store.
func (s *Store) Audit(ctx context.Context, e AuditEntry) (Moment, error) {
	return inBatch(ctx, s, func(b *Batch) (Moment, error) {
		return b.record(e.College, e.Actor, e.Action, e.Object, e.Detail), nil
	})
}

// AuditHead is the last record of the log; the zero Head where there is none.
func (r *Reader) AuditHead(ctx context.Context) (Head, error) {
	h, err := auditHead(ctx, r.read)
	return h, explain(r.path, err)
}

func auditHead(ctx context.Context, q querier) (Head, error) {
	var h Head
	err := q.QueryRowContext(ctx, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").Scan(&h.Seq, &h.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return h, err
}

// AuditLog calls f for each record after the given one, in order.
func (r *Reader) AuditLog(ctx context.Context, after Moment, f func(AuditEntry) error) error {
	rows, err := r.read.QueryContext(ctx, "SELECT "+auditColumns+" FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq", int64(after), int64(r.at))
	if err != nil {
		return explain(r.path, err)
	}
	defer rows.Close()
	for rows.Next() {
		var e AuditEntry
		var at string
		if err := rows.Scan(&e.Seq, &e.College, &at, &e.Actor, &e.Action, &e.Object, &e.Detail, &e.Prev, &e.Hash); err != nil {
			return explain(r.path, err)
		}
		e.At = parseStamp(at)
		if err := f(e); err != nil {
			return err
		}
	}
	return explain(r.path, rows.Err())
}

// errChain marks the first record that does not follow from the one before.
var errChain = errors.New("store: broken audit chain")

// VerifyAudit re-computes the chain and compares it with heads kept elsewhere, among them the
// one beside the originals. Several heads of one record must all match: whoever forges the last
// record can forge the head beside it as well. broken is the first record that is wrong, 0 where
// all are right; a record cut off the end counts as wrong.
func (r *Reader) VerifyAudit(ctx context.Context, heads ...Head) (broken Moment, err error) {
	if kept, ok := r.originals.head(); ok {
		heads = append(heads, kept)
	}
	var last Head
	seen := make(map[Moment][]string, len(heads))
	for _, h := range heads {
		seen[h.Seq] = append(seen[h.Seq], h.Hash)
	}
	err = r.AuditLog(ctx, 0, func(e AuditEntry) error {
		want := last
		if e.Hash != want.link(AuditEntry{College: e.College, At: e.At, Actor: e.Actor, Action: e.Action, Object: e.Object, Detail: e.Detail}).Hash ||
			e.Seq != want.Seq || e.Prev != last.Hash || slices.ContainsFunc(seen[e.Seq], func(hash string) bool { return hash != e.Hash }) {
			broken = last.Seq + 1
			return errChain
		}
		last = want
		return nil
	})
	if errors.Is(err, errChain) {
		return broken, nil
	}
	for _, h := range heads {
		if err == nil && h.Seq > last.Seq {
			return last.Seq + 1, nil
		}
	}
	return 0, err
}

// headFile keeps the head outside the database; it may lag behind after a crash, never lead.
func (o originals) headFile() string { return filepath.Join(o.dir, "audit-head.json") }

func (o originals) head() (Head, bool) {
	var h Head
	data, err := os.ReadFile(o.headFile())
	return h, err == nil && json.Unmarshal(data, &h) == nil && h.Seq > 0
}

// keepHead writes the head after a commit. It is a witness, not the record: failing to write it
// loses nothing, so it is not made durable and its failure is not an error.
func (o originals) keepHead(h Head) {
	temp := o.headFile() + "." + itoa(os.Getpid())
	text := fmt.Sprintf("{\"seq\":%d,\"hash\":%q}\n", h.Seq, h.Hash)
	if os.WriteFile(temp, []byte(text), 0o600) == nil {
		_ = os.Rename(temp, o.headFile())
	}
}

// dropHead takes the head away, durably: it speaks of a database that another takes the place of.
func (o originals) dropHead() error {
	err := os.Remove(o.headFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return explain(o.headFile(), errors.Join(err, syncDir(o.dir)))
}
