package curriculum

import (
	"slices"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// DecodeDecisions reads a workbook of proposals, reviews and decisions. Module codes are held
// against m when it is given. What is already on record is checked by CheckRegister.
func DecodeDecisions(cb *codebook.Codebook, b *survey.Book, m *Map) (*Register, []survey.Issue) {
	filled, issues, ok := open(cb, b, "decisions")
	if !ok {
		return &Register{}, issues
	}
	d := &registerDecoder{cb: cb, in: survey.NewScan(cb, 0), filled: filled, modules: m,
		at: make(map[ProposalID]int), decided: make(map[ProposalID]string)}
	d.proposals()
	d.reviews()
	d.decisions()
	issues = append(issues, d.in.Issues...)
	survey.Sort(b, issues)
	return &d.out, issues
}

type registerDecoder struct {
	cb      *codebook.Codebook
	in      *survey.Scan
	filled  *survey.Filled
	modules *Map
	out     Register
	at      map[ProposalID]int    // proposal → its place
	decided map[ProposalID]string // proposal → the decision that closed it; a deferred one is open
	stood   []survey.Value        // where each proposal names the one it supersedes
	entry   bool                  // one row against the record, not a workbook of its own
}

func (d *registerDecoder) proposals() {
	seen := make(seenAt[ProposalID])
	for _, r := range d.filled.Records("proposals") {
		v := r.At("proposal_id")
		p := Proposal{
			ID: ProposalID(d.in.Text(r, "proposal_id")), Year: d.in.Year4(r, "year").Value, Opened: d.in.Date(r, "opened_on"),
			Origin: Origin(d.in.Code(r, "origin")), Evidence: d.in.Text(r, "evidence"),
			Programme: codebook.ProgrammeID(d.in.Code(r, "programme")), Module: ModuleCode(d.in.Text(r, "module_code")),
			Competency: codebook.CompetencyID(d.in.Code(r, "competency")), Kind: d.in.Code(r, "kind"),
			Text: d.in.Text(r, "text"), Supersedes: ProposalID(d.in.Text(r, "supersedes")), At: v.Ref,
		}
		if p.ID == "" || seen.again(d.in, "D001", v, p.ID) {
			continue
		}
		d.checkProposal(r, p)
		d.at[p.ID] = len(d.out.Proposals)
		d.out.Proposals = append(d.out.Proposals, p)
		d.stood = append(d.stood, r.At("supersedes"))
	}
	for i := range d.out.Proposals {
		d.checkSupersedes(i)
	}
}

func (d *registerDecoder) checkProposal(r survey.Record, p Proposal) {
	if d.modules != nil && p.Kind != Add && p.Module != "" {
		if _, ok := d.modules.Module(p.Module); !ok {
			d.in.Report("D010", r.At("module_code"), d.modules.Version)
		}
	}
	if p.Competency == "" && r.At("competency").Blank() {
		d.in.Report("D014", r.At("competency"), "")
	}
}

// checkSupersedes reports a proposal that takes the place of itself. One of an earlier
// workbook may be named, so an unknown one is left to CheckRegister.
func (d *registerDecoder) checkSupersedes(i int) {
	if p := &d.out.Proposals[i]; p.Supersedes != "" && p.Supersedes == p.ID {
		d.in.Report("D012", d.stood[i], "")
	}
}

// proposal finds the proposal a row speaks of; nil, with an issue, where the workbook has none.
func (d *registerDecoder) proposal(r survey.Record, code codebook.RuleID) (*Proposal, ProposalID) {
	id := ProposalID(d.in.Text(r, "proposal_id"))
	i, ok := d.at[id]
	switch {
	case id == "":
		return nil, ""
	case !ok:
		d.in.Report(code, r.At("proposal_id"), "")
		return nil, id
	}
	return &d.out.Proposals[i], id
}

func (d *registerDecoder) reviews() {
	for _, r := range d.filled.Records("reviews") {
		p, id := d.proposal(r, "D002")
		v := Review{
			Proposal: id, Side: Side(d.in.Code(r, "side")), Role: d.in.Text(r, "role"), Opinion: d.in.Code(r, "opinion"),
			Text: d.in.Text(r, "text"), Day: d.in.Date(r, "reviewed_on"), At: r.At("opinion").Ref,
		}
		if p == nil || v.Side == "" || d.entry && d.closed(r, p) || d.reviewed(r, p, v.Side) {
			continue
		}
		if v.Day != "" && v.Day < p.Opened {
			d.in.Report("D007", r.At("reviewed_on"), string(p.Opened))
		}
		p.Reviews = append(p.Reviews, v)
	}
}

// reviewed reports a second review by the same side, and says where or when the first one was.
func (d *registerDecoder) reviewed(r survey.Record, p *Proposal, side Side) bool {
	for _, old := range p.Reviews {
		if old.Side == side {
			place := survey.Ref{Row: old.At.Row, Col: r.At("side").Ref.Col}
			if old.At.Row == 0 || r.At("side").Ref.Sheet != old.At.Sheet {
				d.in.Report("D013", r.At("side"), "", "other", string(old.Day))
			} else {
				d.in.Report("D013", r.At("side"), "", "other", place.Cell())
			}
			return true
		}
	}
	return false
}

func (d *registerDecoder) decisions() {
	seen := make(seenAt[string])
	for _, r := range d.filled.Records("decisions") {
		p, id := d.proposal(r, "D003")
		x := Decision{
			ID: d.in.Text(r, "decision_id"), Proposal: id, Day: d.in.Date(r, "decided_on"), Outcome: d.in.Code(r, "outcome"),
			Reason: d.in.Text(r, "reason"), ModuleVersion: d.in.Text(r, "module_version"),
			Effective: d.in.Year4(r, "effective_year").Value, At: r.At("decision_id").Ref,
		}
		if x.ID == "" || p == nil || seen.again(d.in, "D011", r.At("decision_id"), x.ID) || d.closed(r, p) {
			continue
		}
		x.Programme, x.Module, x.Competency, x.Kind, x.Year = p.Programme, p.Module, p.Competency, p.Kind, p.Year
		d.checkDecision(r, p, x)
		if x.Closes() {
			d.decided[id] = x.ID
		}
		d.out.Decisions = append(d.out.Decisions, x)
	}
}

// closed reports a decision on a proposal that was decided already or was superseded.
func (d *registerDecoder) closed(r survey.Record, p *Proposal) bool {
	if by, done := d.decided[p.ID]; done {
		d.in.Report("D004", r.At("proposal_id"), "", "other", by)
		return true
	}
	if by := d.out.successor(p.ID); by != "" {
		d.in.Report("D006", r.At("proposal_id"), string(by))
		return true
	}
	return false
}

func (d *registerDecoder) checkDecision(r survey.Record, p *Proposal, x Decision) {
	if x.Day != "" && x.Day < lastDay(p) {
		d.in.Report("D005", r.At("decided_on"), string(lastDay(p)))
	}
	if year := yearOf(x.Day); x.Effective > 0 && year > 0 && x.Effective < year {
		d.in.Report("D009", r.At("effective_year"), strconv.Itoa(year))
	}
	if x.Outcome != Adopt {
		return
	}
	if missing := unreviewed(p); missing != "" {
		d.in.Report("D008", r.At("outcome"), "", "side", d.cb.Name("review_side", string(missing)).ZH, "side_en", d.cb.Name("review_side", string(missing)).EN)
	}
	if x.ModuleVersion == "" {
		d.in.Report("D015", r.At("module_version"), "")
	}
	if slices.ContainsFunc(p.Reviews, func(v Review) bool { return v.Opinion == "object" }) {
		d.in.Report("D016", r.At("outcome"), "")
	}
}

// lastDay is the latest day of a proposal and its reviews: no decision lies before it.
func lastDay(p *Proposal) survey.Day {
	day := p.Opened
	for _, v := range p.Reviews {
		day = max(day, v.Day)
	}
	return day
}

// unreviewed is a side that has not reviewed the proposal; "" where both have.
func unreviewed(p *Proposal) Side {
	for _, side := range []Side{School, Enterprise} {
		if !slices.ContainsFunc(p.Reviews, func(v Review) bool { return v.Side == side }) {
			return side
		}
	}
	return ""
}

// yearOf is the year of a day; 0 where there is none.
func yearOf(d survey.Day) int {
	if len(d) < 4 {
		return 0
	}
	year, err := strconv.Atoi(string(d[:4]))
	if err != nil {
		return 0
	}
	return year
}
