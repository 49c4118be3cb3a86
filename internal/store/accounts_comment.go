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
	if err := c.check(); err != nil {
		return 0, err
	}
	return inBatch(ctx, s, func(b *Batch) (int64, error) { return b.comment(ctx, c) })
}

// Judge adds a comment on a submission and, where it is to be left out, withdraws it for the comment's
// reason: both or neither. ErrConflict says that nothing of the submission is current that could be
// approved or left out, ErrFrozen that it cannot be left out since its year is closed.
func (s *Store) Judge(ctx context.Context, id SubmissionID, c Comment, leaveOut bool) error {
	if err := c.check(); err != nil {
		return err
	}
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		var none struct{}
		if c.Kind == Approved {
			if err := b.refuseEnded(ctx, id); err != nil {
				return none, err
			}
		}
		if _, err := b.comment(ctx, c); err != nil || !leaveOut {
			return none, err
		}
		return none, b.withdraw(ctx, id, Act{By: c.By, Reason: c.Text})
	})
	return err
}

// refuseEnded refuses to approve what was withdrawn or replaced.
func (b *Batch) refuseEnded(ctx context.Context, id SubmissionID) error {
	var status string
	switch found, err := b.row(ctx, "SELECT status FROM submission WHERE id = ?", []any{int64(id)}, &status); {
	case err != nil:
		return err
	case !found:
		return notFound("提交", "submission")
	case status != "accepted":
		return conflict("这份提交已撤回或已被更正取代，没有可以通过的内容。", "This submission was withdrawn or superseded; nothing of it is left to approve.")
	}
	return nil
}

func (c *Comment) check() error {
	switch runes := len([]rune(c.Text)); {
	case c.College == "" || c.Object == "" || c.By == "":
		return invalid("批注须写明对象和作者。", "A comment names its object and its author.")
	case c.Kind != Remark && c.Kind != Approved && c.Kind != SentBack:
		return invalid("没有这种批注。", "There is no such kind of comment.")
	case runes == 0 && c.Kind != Approved:
		return invalid("批注是空的。", "The comment is empty.")
	case runes > maxRemark:
		return invalid("批注过长，至多 4000 字。", "The comment is too long: at most 4,000 characters.")
	}
	return nil
}

func (b *Batch) comment(ctx context.Context, c Comment) (id int64, err error) {
	since := b.record(c.College, c.By, "comment."+c.Kind, c.Object, "")
	err = b.exec(ctx, "INSERT INTO comment (college, object, sheet, row, col, kind, by, at, text, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		c.College, c.Object, c.Ref.Sheet, c.Ref.Row, c.Ref.Col, c.Kind, c.By, stampTime(b.s.now()), c.Text, int64(since))
	if err == nil {
		err = b.tx.QueryRowContext(ctx, "SELECT last_insert_rowid()").Scan(&id)
	}
	return id, err
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
