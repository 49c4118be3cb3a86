package store

import (
	"context"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// The kinds of a ruling.
const (
	Confirmed = survey.Confirmed
	Waived    = survey.Waived
)

// Ruling is a warning that was confirmed, or a rule that was waived for one file.
type Ruling struct {
	Kind   string
	Code   codebook.RuleID
	Ref    survey.Ref // the cell; zero means wherever the rule strikes in the file
	By     string
	At     time.Time // zero takes the store's clock
	Reason string
}

const rulingColumns = "college, sha256, kind, code, sheet, row, col, by, at, reason, since"

// AddRuling records a confirmation or waiver for the file with this SHA-256. It holds whenever
// these bytes are handed in again.
func (s *Store) AddRuling(ctx context.Context, college, sha256 string, r Ruling) error {
	if college == "" || !isSum(sha256) || r.Code == "" || r.Kind != Confirmed && r.Kind != Waived || r.Kind == Waived && r.Reason == "" {
		return invalid("豁免须写明文件、规则和理由。", "A waiver names the file, the rule and a reason.")
	}
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		b.addRuling(college, sha256, r)
		b.record(college, r.By, "rule."+r.Kind, "file/"+sha256, `{"code":"`+string(r.Code)+`"}`)
		return struct{}{}, nil
	})
	return err
}

func (b *Batch) addRuling(college, sha256 string, r Ruling) {
	b.tables.ruling.add(college, sha256, r.Kind, string(r.Code), r.Ref.Sheet, r.Ref.Row, r.Ref.Col, r.By, stampTime(b.clock(r.At)), r.Reason, int64(b.next()))
}

// addRulings keeps the confirmations that came inside a file.
func (b *Batch) addRulings(sub *Submission) {
	for _, r := range sub.Rulings {
		if r.By == "" {
			r.By = sub.By
		}
		b.addRuling(sub.College, sub.SHA256, r)
	}
}

// Rulings returns the rulings for the file with this SHA-256, oldest first.
func (r *Reader) Rulings(ctx context.Context, sha256 string) ([]Ruling, error) {
	return queryAll(ctx, r, func(x *Ruling) []any {
		return []any{&x.Kind, &x.Code, &x.Ref.Sheet, &x.Ref.Row, &x.Ref.Col, &x.By, timeOf(&x.At), &x.Reason}
	}, "SELECT kind, code, sheet, row, col, by, at, reason FROM ruling WHERE "+seen+" AND sha256 = ? ORDER BY id", append(r.scope()[:3], sha256)...)
}
