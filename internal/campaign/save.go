package campaign

import (
	"context"
	"errors"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// save stores a chunk in one transaction and appends its receipts once the commit is durable.
func (in *intake) save(ctx context.Context, files []*taken, result *IngestResult) error {
	batch, err := in.Store.Begin(ctx)
	if err != nil {
		return err
	}
	receipts := make([]FileResult, 0, len(files))
	for _, t := range files {
		receipt, err := in.saveOne(ctx, batch, t)
		if err != nil {
			return errors.Join(err, batch.Rollback())
		}
		receipts = append(receipts, receipt)
	}
	if err := batch.Commit(ctx); err != nil {
		return err
	}
	for i := range receipts {
		result.add(receipts[i])
	}
	return nil
}

// saveOne stores or logs one file and writes its receipt.
func (in *intake) saveOne(ctx context.Context, batch *store.Batch, t *taken) (FileResult, error) {
	receipt := FileResult{File: t.name, SHA256: t.sum, Kind: t.kind, Issues: t.issues, path: t.path}
	if receipt.Issues == nil {
		receipt.Issues = []survey.Issue{}
	}
	if t.fault != nil {
		return receipt, t.fault
	}
	if !t.known && t.refused() {
		receipt.Status = Rejected
		if t.unreadable() {
			receipt.Status = Unreadable
		}
		_, err := batch.Log(ctx, store.Attempt{Handed: in.handed(t), Status: receipt.Status, Issues: t.issues})
		return receipt, err
	}
	outcome, err := batch.Save(ctx, in.submission(t))
	if err != nil {
		return receipt, err
	}
	receipt.Status = outcome.Status
	if outcome.Status != Unchanged {
		in.note(t, &receipt)
	}
	return receipt, nil
}

// note adds to the receipt what the file holds and how it was read.
func (in *intake) note(t *taken, receipt *FileResult) {
	for i := range t.visits {
		v := &t.visits[i]
		in.years[v.Year] = true
		receipt.Visits++
		receipt.Jobs += len(v.Jobs)
		receipt.Ratings += ratingsOf(v)
		receipt.Changes = append(receipt.Changes, normalised(v)...)
	}
}

// ratingsOf counts the competencies of a visit's jobs with at least one measure given.
func ratingsOf(v *survey.Visit) int {
	n := 0
	for j := range v.Jobs {
		for _, r := range v.Jobs[j].Ratings {
			if r.Importance.Known() || r.Required.Known() || r.Graduate.Known() {
				n++
			}
		}
	}
	return n
}

func normalised(v *survey.Visit) []Normalised {
	list := make([]Normalised, 0, len(v.Changes))
	for _, c := range v.Changes {
		list = append(list, Normalised{c.At.Sheet, c.At.Cell(), c.Field, c.Raw, c.Value, c.How})
	}
	return list
}

// handed describes the file to the store.
func (in *intake) handed(t *taken) store.Handed {
	return store.Handed{
		College:  in.Codebook.College,
		Name:     t.name,
		SHA256:   t.sum,
		Size:     int64(len(t.data)),
		At:       in.Now(),
		By:       in.opts.By,
		Channel:  in.opts.Channel,
		Form:     t.kind,
		Template: t.version,
		Codebook: in.Codebook.ID + "@" + in.Codebook.Version,
		Year:     yearOf(t.visits),
		Run:      in.opts.Run,
	}
}

// yearOf is the year that all visits share, 0 where there is none.
func yearOf(visits []survey.Visit) int {
	year := 0
	for i := range visits {
		if i > 0 && visits[i].Year != year {
			return 0
		}
		year = visits[i].Year
	}
	return year
}
