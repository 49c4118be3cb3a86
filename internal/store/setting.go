package store

import (
	"context"
	"database/sql"
	"errors"
)

// Setting is what a college has set under a name; "" where nothing is.
func (r *Reader) Setting(ctx context.Context, college, name string) (string, error) {
	var value string
	err := r.read.QueryRowContext(ctx, "SELECT value FROM setting WHERE college = ? AND name = ?", college, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return value, explain(r.path, err)
}

// Set sets a value under a name. The log keeps who did, and to what.
func (s *Store) Set(ctx context.Context, college, name, value string, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		b.record(college, act.By, name+".set", "setting/"+name, `{"value":`+string(appendJSON(nil, value))+`}`)
		return struct{}{}, b.exec(ctx, "INSERT INTO setting (college, name, value, by, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, by = excluded.by, at = excluded.at",
			college, name, value, act.By, stampTime(s.now()))
	})
	return err
}
