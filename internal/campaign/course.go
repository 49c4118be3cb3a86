package campaign

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Course is a proposal and what became of it: reviews, decision, test.
type Course struct {
	Proposal   curriculum.ProposalID `json:"proposal"`
	Year       int                   `json:"year"` // of the survey it was born from
	Opened     survey.Day            `json:"opened"`
	Origin     curriculum.Origin     `json:"origin"`
	Evidence   string                `json:"evidence"`
	Programme  codebook.ProgrammeID  `json:"programme"`
	Module     curriculum.ModuleCode `json:"module"`
	Competency codebook.CompetencyID `json:"competency,omitempty"`
	Kind       string                `json:"kind"`
	Text       string                `json:"text"`
	Supersedes curriculum.ProposalID `json:"supersedes,omitempty"`
	Superseded curriculum.ProposalID `json:"superseded_by,omitempty"`
	Reviews    []Review              `json:"reviews"`
	Decision   *Decision             `json:"decision"` // the latest; nil while there is none
	Verdict    *Verdict              `json:"verdict"`  // nil where there is nothing to test
}

// Open reports whether the proposal still waits for a decision that closes it.
func (c *Course) Open() bool {
	return c.Superseded == "" && (c.Decision == nil || c.Decision.Outcome == curriculum.Defer)
}

// Review is one side's opinion.
type Review struct {
	Side    curriculum.Side `json:"side"`
	Role    string          `json:"role"`
	Opinion string          `json:"opinion"`
	Text    string          `json:"text,omitempty"`
	Day     survey.Day      `json:"reviewed_on"`
}

// Decision is how a proposal was closed or put off.
type Decision struct {
	ID            string     `json:"decision"`
	Day           survey.Day `json:"decided_on"`
	Outcome       string     `json:"outcome"` // adopt, defer or reject
	Reason        string     `json:"reason"`
	ModuleVersion string     `json:"module_version,omitempty"`
	Effective     int        `json:"effective_year"`
}

// Verdict is the test of an adopted decision by the newest survey.
type Verdict struct {
	Result    gap.Result      `json:"result"`
	From      int             `json:"from,omitempty"` // years compared
	To        int             `json:"to,omitempty"`
	Before    demand.Figure   `json:"before"` // performance gap
	After     demand.Figure   `json:"after"`
	Change    demand.Figure   `json:"change"`
	Same      demand.Figure   `json:"same_enterprises"`
	AdjustedP *float64        `json:"adjusted_p"`
	Sentences []codebook.Text `json:"sentences"`
}

// coursesOf sets decisions and verdicts beside their proposals, in the order of the proposals.
func coursesOf(proposals []curriculum.Proposal, decisions []curriculum.Decision, verdicts []gap.Verdict) []Course {
	out := []Course{}
	for _, p := range proposals {
		c := Course{Proposal: p.ID, Year: p.Year, Opened: p.Opened, Origin: p.Origin, Evidence: p.Evidence, Programme: p.Programme,
			Module: p.Module, Competency: p.Competency, Kind: p.Kind, Text: p.Text, Supersedes: p.Supersedes, Reviews: []Review{}}
		for _, r := range p.Reviews {
			c.Reviews = append(c.Reviews, Review{r.Side, r.Role, r.Opinion, r.Text, r.Day})
		}
		for _, q := range proposals {
			if q.Supersedes == p.ID && q.ID != p.ID {
				c.Superseded = q.ID
			}
		}
		for _, d := range decisions {
			if d.Proposal == p.ID {
				c.Decision = &Decision{d.ID, d.Day, d.Outcome, d.Reason, d.ModuleVersion, d.Effective}
			}
		}
		c.Verdict = verdictOf(c.Decision, verdicts)
		out = append(out, c)
	}
	return out
}

func verdictOf(d *Decision, verdicts []gap.Verdict) *Verdict {
	for _, v := range verdicts {
		if d != nil && v.Decision.ID == d.ID {
			return &Verdict{v.Result, v.From, v.To, v.Before, v.After, v.Change, v.Same, v.AdjustedP, v.Sentences}
		}
	}
	return nil
}
