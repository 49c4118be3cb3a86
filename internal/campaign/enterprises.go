package campaign

import (
	"context"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// candidatesEach is how many look-alikes of one enterprise are queued for review.
const candidatesEach = 5

// pairsAtOnce is how many pairs are queued in one transaction.
const pairsAtOnce = 5000

// QueueEnterprises queues pairs of enterprises that may be one, for a person to decide: each
// enterprise without a credit code beside those that its name resembles. Nothing is ever merged
// on a name alone; a pair that was decided stays decided.
func (c *Campaign) QueueEnterprises(ctx context.Context) error {
	rows, err := c.Store.NamedEnterprises(ctx)
	if err != nil {
		return err
	}
	at := make(map[string]int32, len(rows))
	known := make([]survey.NamedEnterprise, len(rows))
	for i := range rows {
		known[i] = rows[i].NamedEnterprise
		at[known[i].Key] = int32(i)
	}
	matcher := survey.NewMatcher(c.Codebook, known)
	var pairs []store.Candidate
	for i := range rows {
		row := &rows[i]
		if row.USCC != "" {
			continue
		}
		for _, found := range matcher.Find(known[i], candidatesEach) {
			if other := &rows[at[found.Enterprise.Key]]; other.Root != row.Root {
				pairs = append(pairs, pair(row.ID, other.ID, found))
			}
		}
		if len(pairs) >= pairsAtOnce {
			if err := c.Store.QueueCandidates(ctx, c.Codebook.College, pairs); err != nil {
				return err
			}
			pairs = pairs[:0]
		}
	}
	return c.Store.QueueCandidates(ctx, c.Codebook.College, pairs)
}

// pair orders two enterprises the way the queue keeps them.
func pair(a, b store.EnterpriseID, found survey.Candidate) store.Candidate {
	return store.Candidate{A: min(a, b), B: max(a, b), Score: found.Score, Reason: reasons[found.Link]}
}

// reasons say why a pair was queued.
var reasons = map[survey.Link]string{
	survey.LinkReview: "name",
	survey.LinkLikely: "name_begins",
	survey.LinkSame:   "name_and_region",
}

// EnterpriseSeen is an enterprise as the office sees it.
type EnterpriseSeen struct {
	ID     store.EnterpriseID `json:"enterprise"`
	Name   string             `json:"name"`
	USCC   string             `json:"uscc,omitempty"`
	Region string             `json:"region,omitempty"`
	Names  []string           `json:"names,omitempty"` // other names it was written with
	Visits int                `json:"visits"`
	Into   store.EnterpriseID `json:"into,omitempty"` // the enterprise it counts as, where it was merged
}

// ReviewPair is two enterprises that may be one.
type ReviewPair struct {
	A      EnterpriseSeen `json:"a"`
	B      EnterpriseSeen `json:"b"`
	Score  float64        `json:"score"`  // 0–1
	Reason string         `json:"reason"` // name, name_begins or name_and_region
}

// ReviewQueue lists the open pairs, likeliest first. Pairs that count as one by now are left out.
func (c *Campaign) ReviewQueue(ctx context.Context) ([]ReviewPair, error) {
	rows, err := c.Store.Enterprises(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[store.EnterpriseID]*store.EnterpriseRow, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	candidates, err := c.Store.Candidates(ctx, "open")
	pairs := []ReviewPair{}
	for _, p := range candidates {
		if a, b := byID[p.A], byID[p.B]; a != nil && b != nil && a.Root != b.Root {
			pairs = append(pairs, ReviewPair{c.seen(a), c.seen(b), p.Score, p.Reason})
		}
	}
	return pairs, err
}

// Enterprises lists the enterprises whose name or code contains a text, all for "".
func (c *Campaign) Enterprises(ctx context.Context, text string) ([]EnterpriseSeen, error) {
	rows, err := c.Store.Enterprises(ctx)
	found := []EnterpriseSeen{}
	for i := range rows {
		names := codebook.Fold(strings.Join(append(rows[i].Names, rows[i].Name, rows[i].USCC), "\n"))
		if strings.Contains(names, codebook.Fold(text)) {
			found = append(found, c.seen(&rows[i]))
		}
	}
	return found, err
}

func (c *Campaign) seen(e *store.EnterpriseRow) EnterpriseSeen {
	s := EnterpriseSeen{ID: e.ID, Name: e.Name, USCC: e.USCC, Region: c.Codebook.Name("region", e.Region).ZH, Visits: e.Visits}
	for _, name := range e.Names {
		if name != e.Name {
			s.Names = append(s.Names, name)
		}
	}
	if e.Root != e.ID {
		s.Into = e.Root
	}
	return s
}

// EnterpriseVisits lists the visits that count for an enterprise, those of enterprises merged into
// it among them.
func (c *Campaign) EnterpriseVisits(ctx context.Context, id store.EnterpriseID) ([]RecordedVisit, error) {
	found := []RecordedVisit{}
	err := c.Store.Visits(ctx, 0, func(v store.StoredVisit) error {
		if v.Enterprise == id {
			found = append(found, recorded(&v))
		}
		return nil
	})
	return found, err
}

// EnterpriseAct is a merge, split or rename on record.
type EnterpriseAct struct {
	Act          int64              `json:"act"`
	Kind         string             `json:"kind"` // merge, split or rename
	Enterprise   store.EnterpriseID `json:"enterprise"`
	Into         store.EnterpriseID `json:"into,omitempty"`
	Visit        store.VisitID      `json:"visit,omitempty"`
	Name         string             `json:"name,omitempty"`
	At           string             `json:"at"`
	By           string             `json:"by"`
	Reason       string             `json:"reason"`
	UndoneBy     string             `json:"undone_by,omitempty"`
	UndoneReason string             `json:"undone_reason,omitempty"`
}

// EnterpriseActs lists every merge, split and rename, also those undone, oldest first.
func (c *Campaign) EnterpriseActs(ctx context.Context) ([]EnterpriseAct, error) {
	acts, err := c.Store.EnterpriseActs(ctx)
	list := make([]EnterpriseAct, len(acts))
	for i, a := range acts {
		list[i] = EnterpriseAct{a.ID, a.Kind, a.Enterprise, a.Into, a.Visit, a.Name, stamped(a.At), a.By, a.Reason, a.UndoneBy, a.UndoneReason}
	}
	return list, err
}
