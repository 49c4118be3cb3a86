package curriculum

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// ProposalID names a proposal, e.g. "P2025-03".
type ProposalID string

// Origin says what a proposal was born from.
type Origin string

// The origins of a proposal.
const (
	FromGap        Origin = "gap"        // a figure of the report
	FromSuggestion Origin = "suggestion" // of faculty or an enterprise
	FromStandard   Origin = "standard"   // a new exam outline
)

// Change kinds: what is to happen to the module.
const (
	Add        = "add"
	Strengthen = "strengthen"
	Update     = "update"
	Drop       = "drop"
)

// Proposal is a change to a module, put to school and enterprise. Nothing in it is ever
// edited away: a later one supersedes it.
type Proposal struct {
	ID         ProposalID
	Year       int // of the survey it was born from
	Opened     survey.Day
	Origin     Origin
	Evidence   string // figure address, suggestion or exam outline it rests on
	Programme  codebook.ProgrammeID
	Module     ModuleCode
	Competency codebook.CompetencyID
	Kind       string // Add, Strengthen, Update or Drop
	Text       string
	Supersedes ProposalID
	Reviews    []Review
	At         survey.Ref
}

// Side is whose review it is.
type Side string

// Both sides review: the curriculum is maintained jointly.
const (
	School     Side = "school"
	Enterprise Side = "enterprise"
)

// Review is one side's opinion on a proposal.
type Review struct {
	Proposal ProposalID
	Side     Side
	Role     string // never a name
	Opinion  string // support, amend or object
	Text     string
	Day      survey.Day
	At       survey.Ref
}

// Outcome of a decision.
const (
	Adopt  = "adopt"
	Defer  = "defer"
	Reject = "reject"
)

// Decision closes a proposal. It is never edited; a later proposal may undo it.
type Decision struct {
	ID            string // e.g. "D2025-01"
	Proposal      ProposalID
	Day           survey.Day
	Outcome       string // Adopt, Defer or Reject
	Reason        string
	ModuleVersion string // curriculum version that carries the change
	Effective     int    // first year in which a survey may show its effect

	// From the proposal, so that a decision can be read by itself.
	Programme  codebook.ProgrammeID
	Module     ModuleCode
	Competency codebook.CompetencyID
	Kind       string
	Year       int // of the survey that the proposal was born from
	At         survey.Ref
}

// Register is every proposal and decision of the college, oldest first.
type Register struct {
	Proposals []Proposal
	Decisions []Decision
}

// Proposal returns the proposal with that id.
func (r *Register) Proposal(id ProposalID) (*Proposal, bool) {
	for i := range r.Proposals {
		if r.Proposals[i].ID == id {
			return &r.Proposals[i], true
		}
	}
	return nil, false
}
