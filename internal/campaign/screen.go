package campaign

import (
	"context"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// screenLimit is the number of visits up to which a year is screened for haste and copies: among more,
// so many are alike by chance that nobody could look at them.
const screenLimit = 20000

// Screened is a visit that the screening asks about.
type Screened struct {
	RecordedVisit
	Submission store.SubmissionID `json:"submission"`
	File       string             `json:"file"`
	Questions  []Issue            `json:"questions"` // signs of haste or copying, never verdicts

	sum        string
	enterprise store.EnterpriseID
}

// Screening is what the screening asks about the visits of a year.
type Screening struct {
	Year   int        `json:"year"`
	Visits int        `json:"visits"` // that were looked at; 0 where there are too many to screen
	Asked  []Screened `json:"asked"`  // in the order in which the visits came
}

// Screening looks over the visits of a year (0 is the newest) for signs of haste and copying. What
// faculty confirmed or the office waived is marked. The error is *ErrNoVisits where there is none.
func (c *Campaign) Screening(ctx context.Context, year int) (*Screening, error) {
	counts, err := surveyed(ctx, c.Store.Reader, year)
	if err != nil {
		return nil, err
	}
	s, err := c.screened(ctx, c.Store.Reader, counts[len(counts)-1].Year)
	if err != nil {
		return nil, err
	}
	return s, c.markAsked(ctx, s)
}

// markAsked notes on each question what was decided about it, in whichever file of its submission.
func (c *Campaign) markAsked(ctx context.Context, s *Screening) error {
	known := make(map[store.SubmissionID]decisions)
	for i := range s.Asked {
		id := s.Asked[i].Submission
		d, ok := known[id]
		if !ok {
			attempts, err := c.Store.Attempts(ctx, store.Filter{Submission: id})
			if err != nil {
				return err
			}
			if d, err = c.decided(ctx, attempts); err != nil {
				return err
			}
			known[id] = d
		}
		d.mark(s.Asked[i].Questions)
	}
	return nil
}

// Screen returns the questions about the visits of a year by the SHA-256 of the file each came in.
func (c *Campaign) Screen(ctx context.Context, year int) (map[string][]survey.Issue, error) {
	s, err := c.screened(ctx, c.Store.Reader, year)
	if err != nil {
		return nil, err
	}
	questions := make(map[string][]survey.Issue)
	for i := range s.Asked {
		questions[s.Asked[i].sum] = append(questions[s.Asked[i].sum], s.Asked[i].Questions...)
	}
	return questions, nil
}

// screened looks over the visits of a year that count in r. A year of more than 20,000 visits is
// not screened.
func (c *Campaign) screened(ctx context.Context, r *store.Reader, year int) (*Screening, error) {
	out := &Screening{Year: year, Asked: []Screened{}}
	limits := survey.DefaultEffort()
	n, held, err := r.HeldVisits(ctx, year, screenLimit, survey.NewSieve(limits))
	if err != nil || n > screenLimit {
		return out, err
	}
	out.Visits = n
	visits := make([]*survey.Visit, len(held))
	for i := range held {
		visits[i] = &held[i].Visit
	}
	for i, issues := range survey.Screen(c.Codebook, visits, limits) {
		if v := &held[i]; len(issues) > 0 {
			out.Asked = append(out.Asked, Screened{RecordedVisit: recorded(v), Submission: v.Submission, File: v.File, Questions: issues,
				sum: v.SHA256, enterprise: v.Enterprise})
		}
	}
	return out, nil
}

// tally counts the visits that each rule of the screening asks about, all of its rules in the order
// of the catalogue.
func (s *Screening) tally(cb *codebook.Codebook) []gap.Screened {
	var list []gap.Screened
	for i := range cb.Rules {
		rule := &cb.Rules[i]
		if rule.Retired || rule.Code < survey.FirstScreening || rule.Code > survey.LastScreening {
			continue
		}
		enterprises := make(map[store.EnterpriseID]bool)
		row := gap.Screened{Rule: rule.Code, Of: s.Visits}
		for k := range s.Asked {
			if slices.ContainsFunc(s.Asked[k].Questions, func(q Issue) bool { return q.Code == rule.Code }) {
				row.Visits++
				enterprises[s.Asked[k].enterprise] = true
			}
		}
		row.Enterprises = len(enterprises)
		list = append(list, row)
	}
	return list
}
