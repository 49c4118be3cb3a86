package campaign

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Dossier is a proposal and what became of it: reviews, decision, test.
type Dossier struct {
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
func (d *Dossier) Open() bool {
	return d.Superseded == "" && (d.Decision == nil || d.Decision.Outcome == curriculum.Defer)
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

// dossiersOf sets decisions and verdicts beside their proposals, in the order of the proposals.
func dossiersOf(proposals []curriculum.Proposal, decisions []curriculum.Decision, verdicts []gap.Verdict) []Dossier {
	out := []Dossier{}
	for _, p := range proposals {
		d := Dossier{Proposal: p.ID, Year: p.Year, Opened: p.Opened, Origin: p.Origin, Evidence: p.Evidence, Programme: p.Programme,
			Module: p.Module, Competency: p.Competency, Kind: p.Kind, Text: p.Text, Supersedes: p.Supersedes, Reviews: []Review{}}
		for _, r := range p.Reviews {
			d.Reviews = append(d.Reviews, Review{r.Side, r.Role, r.Opinion, r.Text, r.Day})
		}
		for _, q := range proposals {
			if q.Supersedes == p.ID && q.ID != p.ID {
				d.Superseded = q.ID
			}
		}
		for _, x := range decisions {
			if x.Proposal == p.ID {
				d.Decision = &Decision{x.ID, x.Day, x.Outcome, x.Reason, x.ModuleVersion, x.Effective}
			}
		}
		d.Verdict = verdictOf(d.Decision, verdicts)
		out = append(out, d)
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
