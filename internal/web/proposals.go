package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// mayRead reports whether a proposal is the person's business: a committee member's always, a
// reviewer's where it was addressed to them.
func (c *call) mayRead(p *campaign.Dossier, readers map[string][]campaign.AccountID) bool {
	return c.has(campaign.Committee) || slices.Contains(readers[string(p.Proposal)], c.me.ID)
}

type proposalsView struct {
	Open, Closed []campaign.Dossier
	Committee    bool
	Names        vocabulary
}

// vocabulary names codes in a page.
type vocabulary struct{ cb *codebook.Codebook }

// Of is the name of a code.
func (v vocabulary) Of(list string, code any) codebook.Text {
	return v.cb.Name(list, stringOf(code))
}

func stringOf(code any) string {
	switch c := code.(type) {
	case string:
		return c
	case codebook.ProgrammeID:
		return string(c)
	case codebook.CompetencyID:
		return string(c)
	case campaign.Side:
		return string(c)
	case campaign.Origin:
		return string(c)
	}
	return ""
}

func (c *call) vocabulary() vocabulary { return vocabulary{c.campaign().Codebook} }

// proposalsPage lists the proposals that the person may read, those that wait first.
func proposalsPage(c *call) error {
	all, err := c.s.live.dossiersNow(c.ctx())
	if err != nil {
		return err
	}
	readers, err := c.campaign().Store.ProposalReaders(c.ctx())
	if err != nil {
		return err
	}
	v := proposalsView{Committee: c.has(campaign.Committee), Names: c.vocabulary()}
	for i := range slices.Backward(all) {
		p := &all[i]
		switch {
		case !c.mayRead(p, readers):
		case p.Open():
			v.Open = append(v.Open, *p)
		default:
			v.Closed = append(v.Closed, *p)
		}
	}
	return c.page(http.StatusOK, "proposals", v)
}

// proposalOf is the proposal that the address names, if the person may read it.
func (c *call) proposalOf() (*campaign.Dossier, []campaign.AccountID, error) {
	all, err := c.s.live.dossiersNow(c.ctx())
	if err != nil {
		return nil, nil, err
	}
	readers, err := c.campaign().Store.ProposalReaders(c.ctx())
	if err != nil {
		return nil, nil, err
	}
	for i := range all {
		if string(all[i].Proposal) == c.r.PathValue("id") && c.mayRead(&all[i], readers) {
			return &all[i], readers[string(all[i].Proposal)], nil
		}
	}
	return nil, nil, errNoPage
}

type proposalView struct {
	*campaign.Dossier
	Committee bool
	Reviewer  bool
	Sides     []campaign.Side // that the person may still review for: each side does so once
	Names     vocabulary
	Readers   []readerChoice
	Opinions  []codebook.Item
	Problems  []campaign.Issue
	Typed     url.Values
	Signed    []signature // for the committee
}

// signature is who put their account to a step, and when.
type signature struct {
	What codebook.Text
	Who  string
	At   time.Time
}

// steps are the words of what is done to a proposal.
var steps = map[string]codebook.Text{
	"proposal.opened": text("提出", "opened"), "proposal.addressed": text("送企业评审", "put to reviewers"),
	"proposal.reviewed": text("评审", "reviewed"), "proposal.decided": text("决定", "decided"),
}

// signatures lists who did what to a proposal in the browser or on the command line.
func (c *call) signatures(proposal string) ([]signature, error) {
	acts, err := c.campaign().Store.ProposalActs(c.ctx(), proposal)
	if err != nil {
		return nil, err
	}
	names, err := c.names()
	var list []signature
	for _, a := range acts {
		if what, ok := steps[a.Action]; ok {
			list = append(list, signature{what, cmp.Or(names[a.Actor], a.Actor), a.At})
		}
	}
	return list, err
}

// readerChoice is a reviewer to whom a proposal may be addressed.
type readerChoice struct {
	ID      campaign.AccountID
	Name    string
	Firm    string
	Reads   bool
	Matches bool // of the proposal's programme
}

func proposalPage(c *call) error { return c.proposalPage(http.StatusOK, nil) }

func (c *call) proposalPage(status int, problems []campaign.Issue) error {
	p, readers, err := c.proposalOf()
	if err != nil {
		return err
	}
	v := proposalView{Dossier: p, Committee: c.has(campaign.Committee), Reviewer: slices.Contains(readers, c.me.ID), Names: c.vocabulary(),
		Opinions: c.campaign().Codebook.Items("review_opinion"), Problems: problems, Typed: c.r.PostForm}
	v.Sides = v.sides()
	if v.Committee {
		if v.Readers, err = c.readerChoices(p, readers); err != nil {
			return err
		}
		if v.Signed, err = c.signatures(string(p.Proposal)); err != nil {
			return err
		}
	}
	return c.page(status, "proposal", v)
}

// sides are those that the person speaks for and that have not reviewed yet.
func (v *proposalView) sides() (list []campaign.Side) {
	for _, s := range []struct {
		side   campaign.Side
		speaks bool
	}{{"school", v.Committee}, {"enterprise", v.Reviewer}} {
		reviewed := slices.ContainsFunc(v.Reviews, func(r campaign.Review) bool { return r.Side == s.side })
		if s.speaks && !reviewed {
			list = append(list, s.side)
		}
	}
	return list
}

// readerChoices lists the enterprise reviewers.
func (c *call) readerChoices(p *campaign.Dossier, readers []campaign.AccountID) ([]readerChoice, error) {
	accounts, err := c.campaign().Store.Accounts(c.ctx())
	var list []readerChoice
	for i := range accounts {
		a := &accounts[i]
		if campaign.Has(a, campaign.Reviewer) && a.Disabled.IsZero() {
			list = append(list, readerChoice{a.ID, a.Name, a.Department, slices.Contains(readers, a.ID), len(a.Programmes) == 0 || slices.Contains(a.Programmes, p.Programme)})
		}
	}
	return list, err
}

// addressProposal says which reviewers a proposal is put to.
func addressProposal(c *call) error {
	p, _, err := c.proposalOf()
	if err != nil {
		return err
	}
	choices, err := c.readerChoices(p, nil)
	if err != nil {
		return err
	}
	_ = c.form("") // reads the form
	var chosen []campaign.AccountID
	for _, text := range c.r.PostForm["reader"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !slices.ContainsFunc(choices, func(r readerChoice) bool { return r.ID == campaign.AccountID(id) }) {
			return fail(http.StatusUnprocessableEntity, "没有这位评审人。", "There is no such reviewer.")
		}
		chosen = append(chosen, campaign.AccountID(id))
	}
	if err := c.campaign().Store.AddressProposal(c.ctx(), c.campaign().Codebook.College, string(p.Proposal), chosen, c.act("")); err != nil {
		return err
	}
	return redirect("/proposals/" + string(p.Proposal) + "?done=saved")
}

// reviewProposal records the opinion of the side the person speaks for.
func reviewProposal(c *call) error {
	p, readers, err := c.proposalOf()
	if err != nil {
		return err
	}
	side := "school"
	if !c.has(campaign.Committee) || c.form("side") == "enterprise" && slices.Contains(readers, c.me.ID) {
		side = "enterprise"
	}
	entered, err := c.campaign().Review(c.ctx(), campaign.Reviewing{Proposal: string(p.Proposal), Side: side, Role: c.form("role"), Opinion: c.form("opinion"),
		Text: c.form("text")}, c.owner())
	return c.entered(entered, err, "/proposals/"+string(p.Proposal))
}

// decideProposal closes a proposal, or defers it.
func decideProposal(c *call) error {
	p, _, err := c.proposalOf()
	if err != nil {
		return err
	}
	entered, err := c.campaign().Decide(c.ctx(), campaign.Deciding{Proposal: string(p.Proposal), Outcome: c.form("outcome"), Reason: c.form("reason"),
		ModuleVersion: c.form("module_version"), Effective: c.form("effective")}, c.owner())
	return c.entered(entered, err, "/proposals/"+string(p.Proposal))
}

// entered leads on after an entry, or shows the page again with what is wrong with it.
func (c *call) entered(e *campaign.Entered, err error, to string) error {
	if err != nil {
		return err
	}
	if !e.Recorded {
		return c.proposalPage(http.StatusUnprocessableEntity, e.Issues)
	}
	return redirect(to + "?done=saved")
}

type newProposalView struct {
	Ideas      []campaign.Idea
	Names      vocabulary
	Programmes []codebook.Item
	Abilities  []codebook.Item
	Kinds      []codebook.Item
	Typed      url.Values
	Problems   []campaign.Issue
}

// newProposalPage offers the gaps that a proposal could be born from, and the form of one.
func newProposalPage(c *call) error {
	return c.newProposalPage(http.StatusOK, c.r.URL.Query(), nil)
}

func (c *call) newProposalPage(status int, typed url.Values, problems []campaign.Issue) error {
	cb := c.campaign().Codebook
	v := newProposalView{Names: c.vocabulary(), Programmes: cb.Items("programmes"), Abilities: cb.Items("competencies"), Kinds: cb.Items("suggestion_kind"), Typed: typed, Problems: problems}
	var err error
	if v.Ideas, err = c.s.live.ideasNow(c.ctx()); err != nil {
		return err
	}
	return c.page(status, "propose", v)
}

// propose opens a proposal.
func propose(c *call) error {
	entered, err := c.campaign().Propose(c.ctx(), campaign.Proposing{Figure: c.form("figure"), Standard: c.form("standard"), Programme: c.form("programme"),
		Competency: c.form("competency"), Module: c.form("module"), Kind: c.form("kind"), Text: c.form("text"), Supersedes: c.form("supersedes"), Settled: true}, c.owner())
	var address *campaign.ErrNoAddress
	if errors.As(err, &address) {
		return fail(http.StatusUnprocessableEntity, "没有这个数字，或者它不予公布。", "There is no such figure, or it is withheld.")
	}
	if err != nil {
		return err
	}
	if !entered.Recorded {
		return c.newProposalPage(http.StatusUnprocessableEntity, c.r.PostForm, entered.Issues)
	}
	return redirect("/proposals/" + entered.ID + "?done=saved")
}
