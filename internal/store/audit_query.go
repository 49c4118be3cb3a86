package store

import (
	"context"
	"strings"
	"time"
)

// AuditFilter picks records of the log. Zero fields pick everything.
type AuditFilter struct {
	Actor  string    // who did it, e.g. "u17"
	About  string    // the object itself, or what it begins with, e.g. "submission/12" or "account/"
	Person AccountID // what this account did, and what was done to it
	Action string    // what it begins with, e.g. "session." or "account.added"
	From   time.Time // not before
	Until  time.Time // before
	Before Moment    // only older records, to page back
	Limit  int       // at most so many; 0 is all
}

// where is the condition of a filter with its parameters.
func (f AuditFilter) where() (string, []any) {
	conditions, args := []string{"1"}, []any{}
	add := func(condition string, values ...any) {
		conditions = append(conditions, condition)
		args = append(args, values...)
	}
	if f.Actor != "" {
		add("actor = ?", f.Actor)
	}
	if f.Person != 0 {
		add("(actor = ? OR object = ?)", f.Person.Actor(), "account/"+itoa(f.Person))
	}
	if f.About != "" {
		add("substr(object, 1, length(?)) = ?", f.About, f.About)
	}
	if f.Action != "" {
		add("substr(action, 1, length(?)) = ?", f.Action, f.Action)
	}
	if !f.From.IsZero() {
		add("at >= ?", stampTime(f.From))
	}
	if !f.Until.IsZero() {
		add("at < ?", stampTime(f.Until))
	}
	if f.Before > 0 {
		add("seq < ?", int64(f.Before))
	}
	return strings.Join(conditions, " AND "), args
}

// FindAudit calls do for the records that a filter picks, the newest first. It holds one record at a
// time.
func (r *Reader) FindAudit(ctx context.Context, f AuditFilter, do func(AuditEntry) error) error {
	where, args := f.where()
	query := "SELECT " + auditColumns + " FROM audit WHERE " + where + " ORDER BY seq DESC"
	if f.Limit > 0 {
		query += " LIMIT " + itoa(f.Limit)
	}
	return explain(r.path, eachOn(ctx, r.read, (*AuditEntry).fields, do, query, args...))
}

func (e *AuditEntry) fields() []any {
	return []any{&e.Seq, &e.College, timeOf(&e.At), &e.Actor, &e.Action, &e.Object, &e.Detail, &e.Prev, &e.Hash}
}

// AuditActions lists every kind of action on the log, in order.
func (r *Reader) AuditActions(ctx context.Context) ([]string, error) {
	return queryAll(ctx, r, func(s *string) []any { return []any{s} }, "SELECT DISTINCT action FROM audit ORDER BY action")
}
