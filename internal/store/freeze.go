package store

import (
	"context"
	"fmt"
	"time"
)

// Act is who did something, and why.
type Act struct {
	By     string // staff number or account
	Reason string
}

// CampaignState says whether the visits of a year may still change.
type CampaignState struct {
	Year   int
	Frozen bool
	Act
	At    time.Time
	Since Moment
}

// Freeze closes a year: from now on Save refuses what would change its visits with ErrFrozen.
func (s *Store) Freeze(ctx context.Context, college string, year int, act Act) error {
	return s.setState(ctx, college, year, "frozen", act)
}

// Reopen opens a frozen year again; it needs a reason.
func (s *Store) Reopen(ctx context.Context, college string, year int, act Act) error {
	if act.Reason == "" {
		return invalid("重新开放一个年度须说明理由。", "Reopening a year needs a reason.")
	}
	return s.setState(ctx, college, year, "open", act)
}

func (s *Store) setState(ctx context.Context, college string, year int, state string, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		err := b.exec(ctx, "INSERT INTO campaign_state (college, year, state, by, at, reason, since) VALUES (?, ?, ?, ?, ?, ?, ?)",
			college, year, state, act.By, stampTime(s.now()), act.Reason, int64(b.next()))
		b.record(college, act.By, "campaign."+state, fmt.Sprintf("year/%d", year), reasonJSON(act.Reason))
		return struct{}{}, err
	})
	return err
}

// States returns every freezing and reopening of a year, oldest first.
func (r *Reader) States(ctx context.Context, year int) ([]CampaignState, error) {
	return queryAll(ctx, r, func(c *CampaignState) []any {
		return []any{&c.Year, &c.Frozen, &c.By, timeOf(&c.At), &c.Reason, &c.Since}
	}, "SELECT year, state = 'frozen', by, at, reason, since FROM campaign_state WHERE "+seen+" AND year = ? ORDER BY id", append(r.scope()[:3], year)...)
}

// Frozen reports whether a year is frozen.
func (r *Reader) Frozen(ctx context.Context, year int) (bool, error) {
	states, err := r.States(ctx, year)
	return len(states) > 0 && states[len(states)-1].Frozen, err
}

// refuseFrozen keeps a submission out that would change a visit of a frozen year.
func (b *Batch) refuseFrozen(ctx context.Context, sub *Submission, p *plan) error {
	for i := range sub.Visits {
		if p.visits[i].Status == Unchanged {
			continue
		}
		if err := b.refuseYear(ctx, sub.College, sub.Visits[i].Year); err != nil {
			return err
		}
	}
	return nil
}

func (b *Batch) refuseYear(ctx context.Context, college string, year int) error {
	key := collegeYear{college, year}
	frozen, known := b.known.frozen[key]
	if !known {
		const q = "SELECT coalesce((SELECT state = 'frozen' FROM campaign_state WHERE college = ? AND year = ? ORDER BY id DESC LIMIT 1), 0)"
		if err := b.tx.QueryRowContext(ctx, q, college, year).Scan(&frozen); err != nil {
			return err
		}
		b.known.frozen[key] = frozen
	}
	if frozen {
		return &Error{Kind: ErrFrozen, ZH: fmt.Sprintf("%d 年的调研已结束并冻结；如需更正，请由调研办先重新开放：qianqi reopen %d --reason 理由。", year, year),
			EN: fmt.Sprintf("The %d campaign is closed and frozen; the office may open it again: qianqi reopen %d --reason WHY.", year, year)}
	}
	return nil
}
