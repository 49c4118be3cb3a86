package store

import (
	"context"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// The kinds of a comment.
const (
	Remark   = "remark"
	Approved = "accepted" // the office has looked at a submission and found it good
	SentBack = "returned" // the office asks for a correction
)

// maxRemark is how many characters a comment may have.
const maxRemark = 4000

// Comment is what a person said about a figure, a submission or a cell of it.
type Comment struct {
	ID      int64
	College string
	Object  string     // e.g. "submission/12", "figure/2026/iot.html#gaps"
	Ref     survey.Ref // the cell it is pinned to; zero where it is about the whole
	Kind    string
	By      string // "u17"
	At      time.Time
	Text    string
}

// Comment adds a comment and returns its number.
func (s *Store) Comment(ctx context.Context, c Comment) (int64, error) {
	switch runes := len([]rune(c.Text)); {
	case c.College == "" || c.Object == "" || c.By == "":
		return 0, invalid("批注须写明对象和作者。", "A comment names its object and its author.")
	case c.Kind != Remark && c.Kind != Approved && c.Kind != SentBack:
		return 0, invalid("没有这种批注。", "There is no such kind of comment.")
	case runes == 0 && c.Kind != Approved:
		return 0, invalid("批注是空的。", "The comment is empty.")
	case runes > maxRemark:
		return 0, invalid("批注过长，至多 4000 字。", "The comment is too long: at most 4,000 characters.")
	}
	return inBatch(ctx, s, func(b *Batch) (int64, error) {
		since := b.record(c.College, c.By, "comment."+c.Kind, c.Object, "")
		err := b.exec(ctx, "INSERT INTO comment (college, object, sheet, row, col, kind, by, at, text, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			c.College, c.Object, c.Ref.Sheet, c.Ref.Row, c.Ref.Col, c.Kind, c.By, stampTime(s.now()), c.Text, int64(since))
		if err == nil {
			err = b.tx.QueryRowContext(ctx, "SELECT last_insert_rowid()").Scan(&c.ID)
		}
		return c.ID, err
	})
}

// TakeBackComment ends a comment; it stays on record. ErrNotFound says that there is none.
func (s *Store) TakeBackComment(ctx context.Context, id int64, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		var college, object string
		found, err := b.row(ctx, "SELECT college, object FROM comment WHERE id = ? AND until IS NULL", []any{id}, &college, &object)
		if err == nil && !found {
			err = notFound("批注", "comment")
		}
		if err != nil {
			return struct{}{}, err
		}
		until := b.record(college, act.By, "comment.taken_back", object, "")
		return struct{}{}, b.exec(ctx, "UPDATE comment SET until = ? WHERE id = ?", int64(until), id)
	})
	return err
}

// Comments lists the comments whose object begins with prefix, oldest first.
func (r *Reader) Comments(ctx context.Context, prefix string) ([]Comment, error) {
	return queryAll(ctx, r, func(c *Comment) []any {
		return []any{&c.ID, &c.College, &c.Object, &c.Ref.Sheet, &c.Ref.Row, &c.Ref.Col, &c.Kind, &c.By, timeOf(&c.At), &c.Text}
	}, "SELECT id, college, object, sheet, row, col, kind, by, at, text FROM comment WHERE "+counts+" AND substr(object, 1, length(?)) = ? ORDER BY id",
		append(r.scope(), prefix, prefix)...)
}
