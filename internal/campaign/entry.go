package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Proposing is a proposal as a person enters it: codes or names, days as they are typed.
type Proposing struct {
	Figure     string // address of the figure it rests on; brings programme and competency
	Suggestion string // or the number of a suggestion
	Standard   string // or an exam outline
	Programme  string
	Competency string
	Module     string
	Kind       string // add, strengthen, update or drop
	Text       string
	Supersedes string
	Day        string // "" is today

	Settled bool // the figure must be one of a published report
}

// Reviewing is one side's opinion as a person enters it.
type Reviewing struct {
	Proposal string
	Side     string // school or enterprise
	Role     string // never a name
	Opinion  string // support, amend or object
	Text     string
	Day      string // "" is today
}

// Deciding is a decision as a person enters it.
type Deciding struct {
	Proposal      string
	Outcome       string // adopt, defer or reject
	Reason        string
	ModuleVersion string // of the map that carries the change
	Effective     string // first survey that may show the effect; "" is the year after
	Day           string // "" is today
}

// Entered is what became of an entry. Recorded is false where an issue of severity error kept it
// out; then nothing has changed.
type Entered struct {
	ID       string         `json:"id"`
	Recorded bool           `json:"recorded"`
	Issues   []survey.Issue `json:"issues"`
}

// Propose opens a proposal. The error is *ErrNoAddress where the figure it should rest on is none,
// or one that is not shown.
func (c *Campaign) Propose(ctx context.Context, p Proposing, by string) (*Entered, error) {
	year := c.newestSurvey(ctx)
	evidence, origin := p.Standard, curriculum.FromStandard
	switch {
	case p.Figure != "":
		trace, err := c.Trace(ctx, p.Figure, TraceOptions{AnalyzeOptions: AnalyzeOptions{Settled: p.Settled}})
		if err != nil || !trace.Figure.Shown() {
			return nil, &ErrNoAddress{p.Figure}
		}
		at, _ := gap.ParseAddress(p.Figure)
		evidence, origin, year = p.Figure, curriculum.FromGap, at.Year
		p.Programme, p.Competency = cmp.Or(p.Programme, string(at.Domain.Programme)), cmp.Or(p.Competency, string(at.Competency))
	case p.Suggestion != "":
		evidence, origin = "suggestion/"+strings.TrimPrefix(p.Suggestion, "suggestion/"), curriculum.FromSuggestion
	case p.Standard == "":
		origin = ""
	}
	return c.enter(ctx, by, "proposals", map[codebook.FieldID]string{
		"year": strconv.Itoa(year), "opened_on": c.day(p.Day), "origin": string(origin), "evidence": evidence,
		"programme": p.Programme, "module_code": p.Module, "competency": p.Competency, "kind": p.Kind, "text": p.Text, "supersedes": p.Supersedes,
	})
}

// Review adds one side's opinion to an open proposal.
func (c *Campaign) Review(ctx context.Context, r Reviewing, by string) (*Entered, error) {
	return c.enter(ctx, by, "reviews", map[codebook.FieldID]string{
		"proposal_id": r.Proposal, "side": r.Side, "role": r.Role, "opinion": r.Opinion, "text": r.Text, "reviewed_on": c.day(r.Day),
	})
}

// Decide closes a proposal, or defers it.
func (c *Campaign) Decide(ctx context.Context, d Deciding, by string) (*Entered, error) {
	day := c.day(d.Day)
	if year, err := strconv.Atoi(day[:min(4, len(day))]); d.Effective == "" && err == nil {
		d.Effective = strconv.Itoa(year + 1)
	}
	return c.enter(ctx, by, "decisions", map[codebook.FieldID]string{
		"proposal_id": d.Proposal, "decided_on": day, "outcome": d.Outcome, "reason": d.Reason,
		"module_version": d.ModuleVersion, "effective_year": d.Effective,
	})
}

func (c *Campaign) day(typed string) string { return cmp.Or(typed, string(c.Today())) }

// enter holds an entry against the rules of the workbook and what is on record, and records it.
func (c *Campaign) enter(ctx context.Context, by, sheet string, answers map[codebook.FieldID]string) (*Entered, error) {
	register, err := c.Store.LoadRegister(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := c.Store.Curricula(ctx)
	if err != nil {
		return nil, err
	}
	fresh, issues := curriculum.DecodeEntry(c.Codebook, curriculum.Entry{Sheet: sheet, Answers: answers}, register, curriculum.Union(versions))
	out := &Entered{Issues: append([]survey.Issue{}, issues...)}
	if survey.HasErrors(issues) {
		return out, nil
	}
	out.ID, err = c.commit(ctx, sheet, fresh, store.Act{By: actor(by)})
	out.Recorded = err == nil
	return out, err
}

// commit hands the entry to the store, which numbers it anew: another may have come first.
func (c *Campaign) commit(ctx context.Context, sheet string, fresh *curriculum.Register, act store.Act) (string, error) {
	college := c.Codebook.College
	switch {
	case sheet == "decisions" && len(fresh.Decisions) == 1:
		d := fresh.Decisions[0]
		d.ID, d.At, act.Reason = "", survey.Ref{}, d.Reason
		return c.Store.Decide(ctx, college, d, act)
	case sheet == "reviews" && len(fresh.Proposals) == 1 && len(fresh.Proposals[0].Reviews) == 1:
		r := fresh.Proposals[0].Reviews[0]
		r.At = survey.Ref{}
		return string(r.Proposal), c.Store.Review(ctx, college, r, act)
	case sheet == "proposals" && len(fresh.Proposals) == 1:
		p := fresh.Proposals[0]
		p.ID, p.At = "", survey.Ref{}
		id, err := c.Store.Propose(ctx, college, p, act)
		return string(id), err
	}
	return "", fmt.Errorf("campaign: an entry of %s came to nothing", sheet)
}

// Outlining is a new exam outline as a person enters it.
type Outlining struct {
	Track   string
	Level   string
	Exam    string
	Version string
	Day     string // "" is today
}

// ErrChoice says that a word is none of those allowed.
type ErrChoice struct {
	What    string
	Got     string
	Allowed []string
}

// Error lists what is allowed.
func (e *ErrChoice) Error() string {
	return fmt.Sprintf("%s 不能是 %q；可选：%s\n%s cannot be %q; one of the above", e.What, Printable(e.Got), strings.Join(e.Allowed, "，"), e.What, Printable(e.Got))
}

// Code resolves what a person wrote for an item of a vocabulary, its code or its name.
func (c *Campaign) Code(vocabulary, what, text string) (string, error) {
	if item, ok := c.Codebook.Find(vocabulary, text); ok && text != "" {
		return item.Code, nil
	}
	e := &ErrChoice{What: what, Got: text}
	for _, item := range c.Codebook.Items(vocabulary) {
		e.Allowed = append(e.Allowed, item.Code)
	}
	return "", e
}

// Outlined is what a new exam outline led to.
type Outlined struct {
	Outline string                  `json:"outline"`
	Version string                  `json:"curriculum"` // of the map that was looked through
	Touched []Touched               `json:"touched"`
	Opened  []curriculum.ProposalID `json:"opened"`
}

// Touched is a module that a new exam outline concerns.
type Touched struct {
	Module     curriculum.ModuleCode  `json:"module"`
	Name       codebook.Text          `json:"name"`
	Programmes []codebook.ProgrammeID `json:"programmes"`
	Exam       string                 `json:"exam"` // what the module prepares for today
}

// Outline lists the modules that a new exam outline touches and, if open, opens a proposal for
// each of them and its programmes. An outline that opened proposals before opens none again. The
// error is *ErrChoice for a track or level that is none.
func (c *Campaign) Outline(ctx context.Context, typed Outlining, open bool, by string) (*Outlined, error) {
	track, err := c.Code("tracks", "track", typed.Track)
	if err != nil {
		return nil, err
	}
	level, err := c.Code("ladder", "level", typed.Level)
	if err != nil {
		return nil, err
	}
	day, _, fault := survey.ParseDate(c.day(typed.Day), 0)
	if fault != survey.DateFine {
		return nil, &ErrChoice{"day", typed.Day, []string{"2026-11-20"}}
	}
	o := curriculum.Outline{Track: codebook.TrackID(track), Level: codebook.LadderID(level), Exam: typed.Exam, Version: typed.Version, Day: day}
	versions, err := c.Store.Curricula(ctx)
	if err != nil || len(versions) == 0 {
		return &Outlined{Outline: o.Name(), Touched: []Touched{}, Opened: []curriculum.ProposalID{}}, err
	}
	m := &versions[len(versions)-1]
	out := &Outlined{Outline: o.Name(), Version: m.Version, Touched: touchedBy(m, o), Opened: []curriculum.ProposalID{}}
	if open {
		out.Opened, err = c.openAll(ctx, m.Propose(o, c.newestSurvey(ctx)), by)
	}
	return out, err
}

func touchedBy(m *curriculum.Map, o curriculum.Outline) []Touched {
	out := []Touched{}
	for _, mod := range m.Touched(o.Track, o.Level, o.Exam) {
		t := Touched{Module: mod.Code, Name: mod.Name, Programmes: mod.Programmes}
		for _, x := range mod.Certifies {
			if x.Track == o.Track && x.Level == o.Level {
				t.Exam = curriculum.Outline{Track: x.Track, Level: x.Level, Exam: x.Exam, Version: x.ExamVersion}.Name()
			}
		}
		out = append(out, t)
	}
	return out
}

// openAll opens the proposals that were not opened before for the same module, programme and
// evidence.
func (c *Campaign) openAll(ctx context.Context, proposals []curriculum.Proposal, by string) ([]curriculum.ProposalID, error) {
	register, err := c.Store.LoadRegister(ctx)
	if err != nil {
		return nil, err
	}
	out := []curriculum.ProposalID{}
	for _, p := range proposals {
		if slices.ContainsFunc(register.Proposals, func(q curriculum.Proposal) bool {
			return q.Evidence == p.Evidence && q.Module == p.Module && q.Programme == p.Programme && q.Origin == p.Origin
		}) {
			continue
		}
		id, err := c.Store.Propose(ctx, c.Codebook.College, p, store.Act{By: actor(by)})
		if err != nil {
			return out, err
		}
		out = append(out, id)
	}
	return out, nil
}
