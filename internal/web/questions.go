package web

import (
	"context"
	"sync"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// questions keep what the screening asks about the visits of each year. It looks at all visits of the
// year, so where that takes long it rests: of the machine's time it takes a fifth of one core at most,
// however many receipts are read while visits pour in.
type questions struct {
	ask func(context.Context, int) (map[campaign.SubmissionID][]campaign.Issue, error)

	mu    sync.Mutex
	years map[int]*screened
}

// screened is one year's screening.
type screened struct {
	making sync.Mutex // whoever screens holds it

	mu   sync.Mutex
	asks map[campaign.SubmissionID][]campaign.Issue // nil before the first
	next time.Time                                  // not again before
}

const (
	quickScreening = 50 * time.Millisecond // one that takes less never rests
	screeningRests = 4                     // times as long as it took
)

func newQuestions(c *campaign.Campaign) *questions {
	return &questions{ask: c.Questions, years: make(map[int]*screened)}
}

// of is what is asked about a year's visits, by submission.
func (q *questions) of(ctx context.Context, year int) (map[campaign.SubmissionID][]campaign.Issue, error) {
	y := q.at(year)
	asks, rests := y.last()
	switch {
	case rests, asks != nil && !y.making.TryLock(): // another reader screens: this one need not wait
		return asks, nil
	case asks == nil:
		y.making.Lock()
	}
	defer y.making.Unlock()
	if asks, rests = y.last(); rests { // somebody else screened while this reader waited
		return asks, nil
	}
	began := time.Now()
	asks, err := q.ask(ctx, year)
	if err != nil {
		return nil, err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.asks = asks
	if took := time.Since(began); took > quickScreening {
		y.next = time.Now().Add(screeningRests * took)
	}
	return asks, nil
}

func (q *questions) at(year int) *screened {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.years[year] == nil {
		q.years[year] = &screened{}
	}
	return q.years[year]
}

// last is the latest screening, and whether it is not to be made again yet.
func (y *screened) last() (asks map[campaign.SubmissionID][]campaign.Issue, rests bool) {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.asks, y.asks != nil && time.Now().Before(y.next)
}
