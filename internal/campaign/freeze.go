package campaign

import (
	"context"
	"fmt"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// ErrNoReason says that a frozen year is to be opened without saying why.
type ErrNoReason struct{ Year int }

// Error asks for the reason.
func (e *ErrNoReason) Error() string {
	return fmt.Sprintf("重新开放 %d 年须说明理由。\nReopening %d needs a reason.", e.Year, e.Year)
}

// Freeze closes a year: its visits change no more until it is opened again with a reason.
func (c *Campaign) Freeze(ctx context.Context, year int, by, reason string) error {
	frozen, err := c.Store.Frozen(ctx, year)
	if err != nil || frozen {
		return err
	}
	return c.Store.Freeze(ctx, c.Codebook.College, year, store.Act{By: actor(by), Reason: reason})
}

// Reopen opens a frozen year again. A year that is not frozen is left as it is.
func (c *Campaign) Reopen(ctx context.Context, year int, by, reason string) error {
	frozen, err := c.Store.Frozen(ctx, year)
	if err != nil || !frozen {
		return err
	}
	if reason == "" {
		return &ErrNoReason{year}
	}
	return c.Store.Reopen(ctx, c.Codebook.College, year, store.Act{By: actor(by), Reason: reason})
}

// reopen opens the year of the run, where the caller gave a reason.
func (r *running) reopen(ctx context.Context) error {
	if r.o.Reopen == "" {
		return nil
	}
	year := r.o.Analyze.Year
	if year == 0 {
		counts, err := r.Store.Years(ctx)
		if err != nil || len(counts) == 0 {
			return err
		}
		year = counts[len(counts)-1].Year
	}
	frozen, err := r.Store.Frozen(ctx, year)
	if err != nil {
		return err
	}
	if !frozen {
		r.warn(ctx, codebook.Text{ZH: fmt.Sprintf("%d 年没有冻结，--reopen 无事可做。", year), EN: fmt.Sprintf("%d is not frozen; --reopen had nothing to do.", year)})
		return nil
	}
	r.result.Reopened = year
	r.log().InfoContext(ctx, "year reopened", "run", int64(r.run.ID), "year", year, "reason", Printable(r.o.Reopen))
	return r.Reopen(ctx, year, r.o.Ingest.By, r.o.Reopen)
}

// closing is the last day of a year's campaign; "" where none is known. A day that was named with
// its year closes the campaign of that year or of the one before, never one to come: a schedule may
// say it for ever.
func (r *running) closing(year int) string {
	named := r.o.Close
	switch at, err := time.Parse(time.DateOnly, named); {
	case named == "":
		return r.Codebook.Closing(year)
	case err == nil && at.Year() != year && at.Year() != year+1:
		return ""
	case err == nil:
		return named
	}
	return fmt.Sprintf("%d-%s", year, named)
}

// freeze closes the year of the run once the last day of its campaign is over.
func (r *running) freeze(ctx context.Context) error {
	year := r.run.Year
	frozen, err := r.Store.Frozen(ctx, year)
	if err != nil {
		return err
	}
	last := r.closing(year)
	if !frozen && last != "" && r.start.Format(time.DateOnly) > last {
		if err := r.Freeze(ctx, year, r.o.Ingest.By, "closing date "+last); err != nil {
			return err
		}
		frozen, r.result.Frozen = true, year
		r.log().InfoContext(ctx, "year frozen", "run", int64(r.run.ID), "year", year, "closing", last, "waiting", r.result.Waiting)
	}
	r.result.StaysOut = frozen && r.result.Waiting > 0
	return nil
}
