package store

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// queryAll reads every row of a query into a T whose fields are given in column order.
func queryAll[T any](ctx context.Context, r *Reader, fields func(*T) []any, query string, args ...any) ([]T, error) {
	out, err := queryOn(ctx, r.read, fields, query, args...)
	return out, explain(r.path, err)
}

func queryOn[T any](ctx context.Context, q querier, fields func(*T) []any, query string, args ...any) ([]T, error) {
	var out []T
	err := eachOn(ctx, q, fields, func(t T) error {
		out = append(out, t)
		return nil
	}, query, args...)
	return out, err
}

// eachOn calls f for every row of a query.
func eachOn[T any](ctx context.Context, q querier, fields func(*T) []any, f func(T) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var t T
		if err := rows.Scan(fields(&t)...); err != nil {
			return err
		}
		if err := f(t); err != nil {
			return err
		}
	}
	return rows.Err()
}

// qualified puts a table's alias before each column of a comma list.
func qualified(alias, columns string) string {
	parts := strings.Split(columns, ",")
	for i, c := range parts {
		parts[i] = alias + "." + strings.TrimSpace(c)
	}
	return strings.Join(parts, ", ")
}

// snapshot runs f on one state of the database, however many statements it takes.
func (r *Reader) snapshot(ctx context.Context, f func(querier) error) error {
	tx, err := r.read.BeginTx(ctx, nil)
	if err != nil {
		return explain(r.path, err)
	}
	defer tx.Rollback()
	return explain(r.path, f(tx))
}

// counts is the condition that a row counts at the reader's moment and for its college; its
// parameters are those of scope.
const counts = "(? = '' OR college = ?) AND since <= ? AND coalesce(until, 9223372036854775807) > ?"

// seen is the same for rows that never end.
const seen = "(? = '' OR college = ?) AND since <= ?"

func (r *Reader) scope() []any { return []any{r.college, r.college, int64(r.at), int64(r.at)} }

// timeColumn is a time in a column: UTC, RFC 3339.
type timeColumn struct{ time *time.Time }

func timeOf(t *time.Time) timeColumn { return timeColumn{t} }

// Value writes the time; the zero time is NULL.
func (c timeColumn) Value() (driver.Value, error) {
	if c.time.IsZero() {
		return nil, nil
	}
	return stampTime(*c.time), nil
}

// Scan reads the time; NULL is the zero time.
func (c timeColumn) Scan(src any) error {
	text, _ := src.(string)
	*c.time = parseStamp(text)
	return nil
}

// refList is a list of cells in one column: [["sheet", row, col], …].
type refList struct{ list *[]survey.Ref }

// Value writes the list.
func (l refList) Value() (driver.Value, error) {
	if len(*l.list) == 0 {
		return "[]", nil
	}
	cells := make([][3]any, len(*l.list))
	for i, ref := range *l.list {
		cells[i] = [3]any{ref.Sheet, ref.Row, ref.Col}
	}
	text, err := json.Marshal(cells)
	return string(text), err
}

// Scan reads the list; the empty list is nil.
func (l refList) Scan(src any) error {
	var cells [][]json.RawMessage
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("store: %T is no list of cells", src)
	}
	if err := json.Unmarshal([]byte(text), &cells); err != nil {
		return err
	}
	*l.list = nil
	for _, c := range cells {
		var ref survey.Ref
		if len(c) != 3 || json.Unmarshal(c[0], &ref.Sheet) != nil || json.Unmarshal(c[1], &ref.Row) != nil || json.Unmarshal(c[2], &ref.Col) != nil {
			return fmt.Errorf("store: %q is no list of cells", text)
		}
		*l.list = append(*l.list, ref)
	}
	return nil
}
