package campaign

import (
	"context"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// candidatesEach is how many look-alikes of one enterprise are queued for review.
const candidatesEach = 5

// QueueEnterprises queues pairs of enterprises that may be one, for a person to decide: each
// enterprise without a credit code beside those that its name resembles. Nothing is ever merged
// on a name alone; a pair that was decided stays decided.
func (c *Campaign) QueueEnterprises(ctx context.Context) error {
	rows, err := c.Store.Enterprises(ctx)
	if err != nil {
		return err
	}
	ids := make(map[string]store.EnterpriseRow, len(rows))
	known := make([]survey.NamedEnterprise, len(rows))
	for i, row := range rows {
		ids[row.Key] = row
		known[i] = survey.NamedEnterprise{Key: row.Key, Name: row.Name, USCC: row.USCC}
	}
	matcher := survey.NewMatcher(c.Codebook, known)
	var pairs []store.Candidate
	for i, row := range rows {
		if row.USCC != "" {
			continue
		}
		for _, found := range matcher.Find(known[i], candidatesEach) {
			if other := ids[found.Enterprise.Key]; other.Root != row.Root {
				pairs = append(pairs, pair(row.ID, other.ID, found.Score))
			}
		}
	}
	return c.Store.QueueCandidates(ctx, c.Codebook.College, pairs)
}

// pair orders two enterprises the way the queue keeps them.
func pair(a, b store.EnterpriseID, score float64) store.Candidate {
	return store.Candidate{A: min(a, b), B: max(a, b), Score: score, Reason: "name"}
}
