package store

import (
	"context"
	"fmt"
	"strings"
)

// Withdraw takes a submission back: its current visits and documents cease to count and are kept
// as history. Earlier versions do not come back by themselves, and handing the same bytes in
// again changes nothing; Reinstate undoes it. ErrConflict says that nothing of the submission is
// current, ErrFrozen that its year is closed.
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

// Reinstate undoes Withdraw. What was withdrawn comes back as a new version with the same
// content and cells. ErrConflict says that another submission has taken the place of one of the
// visits meanwhile, or that the submission was not withdrawn.
func (s *Store) Reinstate(ctx context.Context, id SubmissionID, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) { return struct{}{}, b.reinstate(ctx, id, act) })
	return err
}

func (b *Batch) reinstate(ctx context.Context, id SubmissionID, act Act) error {
	college, err := b.openSubmission(ctx, id)
	if err != nil {
		return err
	}
	if err := b.refuseTaken(ctx, id); err != nil {
		return err
	}
	visits, err := queryOn(ctx, b.tx, func(v *VisitID) []any { return []any{v} },
		"SELECT id FROM visit WHERE submission_id = ? AND status = 'withdrawn' AND replaced_by IS NULL ORDER BY id", int64(id))
	for _, v := range visits {
		if err == nil {
			err = b.copyVisit(ctx, v)
		}
	}
	if err == nil {
		err = b.reviveDocuments(ctx, id)
	}
	if err == nil {
		err = b.exec(ctx, "UPDATE submission SET status = 'accepted' WHERE id = ?", int64(id))
	}
	b.record(college, act.By, "submission.reinstated", "submission/"+itoa(id), reasonJSON(act.Reason))
	return err
}

// refuseTaken refuses to bring back what was not withdrawn, or has a successor.
func (b *Batch) refuseTaken(ctx context.Context, id SubmissionID) error {
	var withdrawn, taken bool
	const q = `SELECT status = 'withdrawn',
  EXISTS (SELECT 1 FROM visit o JOIN visit n ON n.college = o.college AND n.year = o.year AND n.faculty_id = o.faculty_id
    AND n.enterprise_key = o.enterprise_key AND n.day = o.day AND n.until IS NULL WHERE o.submission_id = submission.id AND o.status = 'withdrawn')
  OR EXISTS (SELECT 1 FROM document o JOIN document n ON n.college = o.college AND n.kind = o.kind AND n.key = o.key AND n.until IS NULL
    WHERE o.submission_id = submission.id AND o.status = 'withdrawn')
FROM submission WHERE id = ?`
	err := b.tx.QueryRowContext(ctx, q, int64(id)).Scan(&withdrawn, &taken)
	switch {
	case err != nil:
		return err
	case !withdrawn:
		return conflict("这份提交没有被撤回。", "This submission was not withdrawn.")
	case taken:
		return conflict("同一走访已有新的提交，不能恢复。", "Another submission has taken its place meanwhile.")
	}
	return nil
}

// copyVisit adds a visit again with everything that belongs to it.
func (b *Batch) copyVisit(ctx context.Context, old VisitID) error {
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
			return err
		}
	}
	return b.exec(ctx, "UPDATE visit SET replaced_by = ? WHERE id = ?", int64(id), int64(old))
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

// reviveDocuments adds withdrawn documents again with their rows.
func (b *Batch) reviveDocuments(ctx context.Context, id SubmissionID) error {
	olds, err := queryOn(ctx, b.tx, func(d *int64) []any { return []any{d} },
		"SELECT id FROM document WHERE submission_id = ? AND status = 'withdrawn' AND replaced_by IS NULL ORDER BY id", int64(id))
	for _, old := range olds {
		if err == nil {
			err = b.copyDocument(ctx, old)
		}
	}
	return err
}

func (b *Batch) copyDocument(ctx context.Context, old int64) error {
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
		err = b.exec(ctx, "UPDATE document SET replaced_by = ? WHERE id = ?", id, old)
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
