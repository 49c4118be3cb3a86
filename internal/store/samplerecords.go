package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Many visits are read some hundred visits at a time, each time as one text: the driver and
// database/sql cost more for a row, and for every column of it, than SQLite needs to find it,
// so that row by row 200,000 jobs take twice as long.

// joint stands behind every field. Codes and numbers never hold it; a free text comes with its
// length before it, and may.
const joint = "\x1f"

// packed is a query that gives rows of a table as one text.
func packed(table string, codes []string, texts ...string) string {
	fields := codes
	for _, t := range texts {
		fields = append(fields, "octet_length("+t+")", t)
	}
	return "SELECT coalesce(group_concat(concat_ws('" + joint + "', " + strings.Join(fields, ", ") + "), '" + joint + "'), '') FROM " + table
}

// record reads the fields of packed rows one after the other.
type record struct{ rest string }

// code is the next code.
func (r *record) code() (code string) {
	code, r.rest, _ = strings.Cut(r.rest, joint)
	return code
}

// id is the next id.
func (r *record) id() int64 {
	n, _ := strconv.ParseInt(r.code(), 10, 64)
	return n
}

// number is the next count; one that was not given is missing.
func (r *record) number() int32 {
	n, err := strconv.ParseInt(r.code(), 10, 32)
	if err != nil {
		return demand.Unasked
	}
	return int32(n)
}

// texts are the next n free texts.
func (r *record) texts(n int) (out [2]string) {
	for i := range n {
		size := max(0, min(int(r.id()), len(r.rest)))
		out[i] = r.rest[:size]
		r.rest = r.rest[min(size+1, len(r.rest)):]
	}
	return out
}

// visitsAtOnce is how many visits' rows make one text.
const visitsAtOnce = 500

// chunks reads the packed rows of the visits first … end-1 in order; query gives the rows of some of
// them, and each takes one row.
func chunks(ctx context.Context, on querier, first, end VisitID, query func(from, to VisitID) (string, []any), each func(*record)) error {
	for from := first; from < end; from += visitsAtOnce {
		q, args := query(from, min(from+visitsAtOnce, end))
		var r record
		if err := on.QueryRowContext(ctx, q, args...).Scan(&r.rest); err != nil {
			return err
		}
		for r.rest != "" {
			each(&r)
		}
	}
	return nil
}
