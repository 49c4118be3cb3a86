package campaign

import (
	"context"
	"errors"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// mendedMost bounds the list of mended answers of one receipt.
const mendedMost = 500

// mendedAnswers compares a mended copy with the file that was refused, answer by answer. A return
// that carries no imprint of its answers tells only of the cells that were wrong.
func (c *Campaign) mendedAnswers(ctx context.Context, book *survey.Book, m *survey.Mapping, refused *store.AttemptRow, now []survey.Issue) ([]Difference, error) {
	imprint := book.Sheet(survey.ImprintSheet)
	if imprint == nil {
		before, err := c.Store.IssuesOf(ctx, refused.ID)
		return mendedCells(book, before, now), err
	}
	found := survey.Mended(imprint, survey.Answers(c.Codebook, book, m))
	list := make([]Difference, 0, len(found))
	for _, d := range found[:min(len(found), mendedMost)] {
		list = append(list, c.differenceOf(d))
	}
	return list, nil
}

// mendedReceipt is the same comparison for a submission on record; nothing where it is no mended
// copy of a refused file.
func (c *Campaign) mendedReceipt(ctx context.Context, r *Record) ([]Difference, error) {
	data, err := c.Store.Original(ctx, r.SHA256)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	book, _, err := workbook.Read(r.File, data, c.Codebook, workbook.DefaultLimits())
	if err != nil || book == nil {
		return nil, err
	}
	sum, _ := workbook.ReturnOf(book)
	refused, err := c.refusedFile(ctx, sum)
	if refused == nil || err != nil {
		return nil, err
	}
	return c.mendedAnswers(ctx, book, nil, refused, r.Issues)
}

// refusedFile is the first time that a file was refused; nil where none of that sum was.
func (c *Campaign) refusedFile(ctx context.Context, sum string) (*store.AttemptRow, error) {
	if !isSum(sum) {
		return nil, nil
	}
	return c.firstAttempt(ctx, sum, []string{string(Rejected)})
}

// firstAttempt is the first time that a file was handed in with one of the verdicts, nil where it was not;
// no verdicts are all of them.
func (c *Campaign) firstAttempt(ctx context.Context, sum string, statuses []string) (*store.AttemptRow, error) {
	rows, err := c.Store.Attempts(ctx, store.Filter{SHA256: sum, Statuses: statuses, Limit: 1})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// mendedCells compares the issues of a refused file with those of its mended copy, which has its
// cells where they were.
func mendedCells(book *survey.Book, before, now []survey.Issue) []Difference {
	type spot struct {
		code codebook.RuleID
		at   survey.Ref
	}
	still := make(map[spot]bool)
	for i := range now {
		for _, ref := range now[i].Cells() {
			still[spot{now[i].Code, ref}] = true
		}
	}
	var list []Difference
	for i := range before {
		for _, ref := range before[i].Cells() {
			sheet := book.Sheet(ref.Sheet)
			if sheet == nil || ref.Row == 0 || ref.Col == 0 || still[spot{before[i].Code, ref}] || len(list) == mendedMost {
				continue
			}
			after := ""
			if cell := sheet.At(ref.Row, ref.Col); cell != nil {
				after = survey.Visible(cell.Text, 60)
			}
			if after != before[i].Got {
				list = append(list, Difference{Sheet: ref.Sheet, Cell: ref.Cell(), Field: string(before[i].Field),
					Label: before[i].Header, Before: before[i].Got, After: after, at: ref})
			}
		}
	}
	return list
}
