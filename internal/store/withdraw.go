package store

import (
	"context"
	"fmt"
	"strings"
)

// Withdraw takes a submission back: its current visits and documents cease to count and are kept
// as history. Earlier versions do not come back by themselves: whoever withdraws an answer may mean all
// of it. Handing the same bytes in again changes nothing; Reinstate undoes it, and brings an earlier
// version back. What lies in an inbox is looked at once more by the next run. ErrConflict says that
// nothing of the submission is current, ErrFrozen that its year is closed.
func (s *Store) Withdraw(ctx context.Context, id SubmissionID, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) { return struct{}{}, b.withdraw(ctx, id, act) })
	return err
}

func (b *Batch) withdraw(ctx context.Context, id SubmissionID, act Act) error {
	college, err := b.openSubmission(ctx, id)
	if err != nil {
		return err
	}
	var n int
	for _, table := range []string{"visit", "document"} {
		res, err := b.tx.ExecContext(ctx, "UPDATE "+table+" SET status = 'withdrawn', until = ? WHERE submission_id = ? AND until IS NULL", int64(b.next()), int64(id))
		if err != nil {
			return err
		}
		changed, _ := res.RowsAffected()
		n += int(changed)
	}
	if n == 0 {
		return conflict("这份提交里没有现行的内容，无法撤回。", "Nothing of this submission is current; there is nothing to withdraw.")
	}
	if err := b.exec(ctx, "UPDATE submission SET status = 'withdrawn' WHERE id = ?", int64(id)); err != nil {
		return err
	}
	b.record(college, act.By, "submission.withdrawn", "submission/"+itoa(id), reasonJSON(act.Reason))
	return b.unstamp(ctx, id)
}

// unstamp makes the next run open the files again that hold a submission, or what it superseded.
func (b *Batch) unstamp(ctx context.Context, id SubmissionID) error {
	for _, table := range []string{"visit", "document"} {
		q := `DELETE FROM stamp WHERE sha256 IN (
  WITH RECURSIVE before(id, submission_id) AS (SELECT id, submission_id FROM ` + table + ` WHERE submission_id = ?
    UNION SELECT o.id, o.submission_id FROM ` + table + ` o JOIN before ON o.replaced_by = before.id)
  SELECT a.sha256 FROM attempt a JOIN before ON a.submission_id = before.submission_id)`
		if err := b.exec(ctx, q, int64(id)); err != nil {
			return err
		}
	}
	return nil
}

// openSubmission returns the college of a submission none of whose years is frozen.
func (b *Batch) openSubmission(ctx context.Context, id SubmissionID) (string, error) {
	var college string
	if err := b.tx.QueryRowContext(ctx, "SELECT college FROM submission WHERE id = ?", int64(id)).Scan(&college); err != nil {
		return "", err
	}
	years, err := queryOn(ctx, b.tx, func(y *int) []any { return []any{y} }, "SELECT DISTINCT year FROM visit WHERE submission_id = ?", int64(id))
	for _, year := range years {
		if err == nil {
			err = b.refuseYear(ctx, college, year)
		}
	}
	return college, err
}

// copyVisit adds a visit again with everything that belongs to it, as the next version after the last one.
func (b *Batch) copyVisit(ctx context.Context, old, last VisitID) (VisitID, error) {
	b.last.visit++
	id := b.last.visit
	shift := fmt.Sprint((int64(id) - int64(old)) << partBits)
	copies := []struct{ table, columns, replaced string }{
		{"visit", visitColumns, fmt.Sprintf("id=%d since=%d status='current' until=NULL replaced_by=NULL", id, b.next())},
		{"job", jobColumns, fmt.Sprintf("id=id+%s visit_id=%d", shift, id)},
		{"trend", trendColumns, fmt.Sprintf("id=id+%s visit_id=%d", shift, id)},
		{"suggestion", suggestionColumns, fmt.Sprintf("id=id+%s visit_id=%d", shift, id)},
		{"change", changeColumns, fmt.Sprintf("visit_id=%d", id)},
	}
	for _, c := range copies {
		where := "visit_id"
		if c.table == "visit" {
			where = "id"
		}
		q := "INSERT INTO " + c.table + " (" + c.columns + ") SELECT " + substituted(c.columns, c.replaced) + " FROM " + c.table + " WHERE " + where + " = ?"
		if err := b.exec(ctx, q, int64(old)); err != nil {
			return 0, err
		}
	}
	return id, b.exec(ctx, "UPDATE visit SET replaced_by = ? WHERE id = ?", int64(id), int64(last))
}

// substituted writes a column list with some columns given another value: "id=7 status='x'".
func substituted(columns, values string) string {
	parts := strings.Split(columns, ",")
	for i, c := range parts {
		parts[i] = strings.TrimSpace(c)
		for _, v := range strings.Fields(values) {
			if name, value, _ := strings.Cut(v, "="); name == parts[i] {
				parts[i] = value
			}
		}
	}
	return strings.Join(parts, ", ")
}

// copyDocument adds a document again with its rows, as the next version after the last one.
func (b *Batch) copyDocument(ctx context.Context, old, last int64) error {
	b.last.document++
	id := b.last.document
	err := b.exec(ctx, `INSERT INTO document (id, college, submission_id, kind, key, status, since, content_sha256)
SELECT ?, college, submission_id, kind, key, 'current', ?, content_sha256 FROM document WHERE id = ?`, id, int64(b.next()), old)
	for _, t := range partTables() {
		if err == nil {
			err = b.exec(ctx, fmt.Sprintf("INSERT INTO %s (document_id, seq, %s) SELECT %d, seq, %s FROM %s WHERE document_id = ?", t.name, t.columns, id, t.columns, t.name), old)
		}
	}
	if err == nil {
		err = b.exec(ctx, "UPDATE document SET replaced_by = ? WHERE id = ?", id, last)
	}
	return err
}

// reasonJSON is the detail of an audit record that has only a reason.
func reasonJSON(reason string) string {
	if reason == "" {
		return ""
	}
	return `{"reason":` + string(appendJSON(nil, reason)) + `}`
}
