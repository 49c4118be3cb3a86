package curriculum

import (
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// CheckRegister holds newly read proposals and decisions against those on record: nothing is
// edited away. What is equal to a record is fine; another content under a number in use, a
// second decision on a proposal, and a predecessor nobody knows are issues.
func CheckRegister(cb *codebook.Codebook, fresh, recorded *Register) []survey.Issue {
	var out []survey.Issue
	say := func(code codebook.RuleID, at survey.Ref, field codebook.FieldID, got string, args ...string) {
		out = append(out, survey.NewIssue(cb, code, at, field, "", got, "", args...))
	}
	for i := range fresh.Proposals {
		p := &fresh.Proposals[i]
		if old, ok := recorded.Proposal(p.ID); ok && !sameProposal(p, old) {
			say("D017", p.At, "proposal_id", string(p.ID))
		}
		if p.Supersedes == "" || p.Supersedes == p.ID {
			continue
		}
		_, known := recorded.Proposal(p.Supersedes)
		if _, here := fresh.Proposal(p.Supersedes); !known && !here {
			say("D018", p.At, "supersedes", string(p.Supersedes))
		}
	}
	for _, d := range fresh.Decisions {
		for _, old := range recorded.Decisions {
			switch {
			case old.ID == d.ID && !sameDecision(d, old):
				say("D019", d.At, "decision_id", d.ID)
			case old.ID != d.ID && old.Proposal == d.Proposal && old.Closes():
				say("D004", d.At, "proposal_id", string(d.Proposal), "other", old.ID)
			}
		}
		if by := recorded.successor(d.Proposal); by != "" && !recorded.decided(d.ID) {
			out = append(out, survey.NewIssue(cb, "D006", d.At, "proposal_id", "", string(d.Proposal), string(by)))
		}
	}
	return out
}

// Closes reports whether nothing more can be decided: a deferred proposal stays open.
func (d *Decision) Closes() bool { return d.Outcome != Defer }

// successor is the proposal that took the place of another; "" where none did.
func (r *Register) successor(id ProposalID) ProposalID {
	for i := range r.Proposals {
		if q := &r.Proposals[i]; q.Supersedes == id && q.ID != id {
			return q.ID
		}
	}
	return ""
}

func (r *Register) decided(id string) bool {
	return slices.ContainsFunc(r.Decisions, func(d Decision) bool { return d.ID == id })
}

// Open lists the proposals that wait for a decision: neither adopted, nor rejected, nor
// superseded.
func (r *Register) Open() []Proposal {
	var out []Proposal
	for _, p := range r.Proposals {
		closed := slices.ContainsFunc(r.Decisions, func(d Decision) bool { return d.Proposal == p.ID && d.Closes() })
		if !closed && r.successor(p.ID) == "" {
			out = append(out, p)
		}
	}
	return out
}

// sameProposal compares what was said, not where it stood.
func sameProposal(a, b *Proposal) bool {
	return a.ID == b.ID && a.Year == b.Year && a.Opened == b.Opened && a.Origin == b.Origin && a.Evidence == b.Evidence &&
		a.Programme == b.Programme && a.Module == b.Module && a.Competency == b.Competency && a.Kind == b.Kind &&
		a.Text == b.Text && a.Supersedes == b.Supersedes
}

func sameDecision(a, b Decision) bool {
	a.At, b.At = survey.Ref{}, survey.Ref{}
	return a == b
}

// Touched lists the modules that prepare for an exam, and those on its track and level that
// name no exam: what a new outline of it concerns. The modules come in the order of the map.
func (m *Map) Touched(track codebook.TrackID, level codebook.LadderID, exam string) []*Module {
	var out []*Module
	for i := range m.Modules {
		for _, c := range m.Modules[i].Certifies {
			if exam != "" && c.Exam == exam || c.Track == track && c.Level == level && (exam == "" || c.Exam == "") {
				out = append(out, &m.Modules[i])
				break
			}
		}
	}
	return out
}

// Outline is a new or changed exam outline.
type Outline struct {
	Track   codebook.TrackID
	Level   codebook.LadderID
	Exam    string
	Version string
	Domains []Weight // with published weights only
	Day     survey.Day
}

// Name is what proposals born from the outline call it.
func (o Outline) Name() string {
	if o.Exam == "" {
		return strings.TrimSpace(string(o.Track) + " " + string(o.Level) + " " + o.Version)
	}
	return strings.TrimSpace(o.Exam + " " + o.Version)
}

// NewOutlines lists the exam outlines that one version of the map names and the version before
// it did not: exams with another outline, and exams on a track and level that the version before
// had without one. The first version of all has none.
func NewOutlines(before, after *Map, day survey.Day) []Outline {
	if before == nil || after == nil {
		return nil
	}
	seen := make(map[outlineKey]bool)
	for i := range before.Modules {
		for _, c := range before.Modules[i].Certifies {
			seen[outlineOf(c)] = true
		}
	}
	var out []Outline
	for i := range after.Modules {
		for _, c := range after.Modules[i].Certifies {
			o := outlineOf(c)
			if c.ExamVersion == "" || seen[o] {
				continue
			}
			seen[o] = true
			fresh := Outline{o.Track, o.Level, o.Exam, o.Version, c.Domains, day}
			out = append(out, fresh)
		}
	}
	return out
}

func outlineOf(c Certification) outlineKey {
	return outlineKey{c.Track, c.Level, c.Exam, c.ExamVersion}
}

// outlineKey tells outlines apart.
type outlineKey struct {
	Track   codebook.TrackID
	Level   codebook.LadderID
	Exam    string
	Version string
}

// Propose opens a proposal for every module and programme that a new outline touches: the
// module may have to be updated. The numbers are left to whoever keeps the register.
func (m *Map) Propose(o Outline, year int) []Proposal {
	var out []Proposal
	name := o.Name()
	for _, mod := range m.Touched(o.Track, o.Level, o.Exam) {
		for _, p := range mod.Programmes {
			out = append(out, Proposal{
				Year: year, Opened: o.Day, Origin: FromStandard, Evidence: name, Programme: p, Module: mod.Code, Kind: Update,
				Competency: mod.main(), Text: "认证标准更新：" + name + "，核对模块“" + mod.Name.ZH + "”的内容",
			})
		}
	}
	return out
}

// main is the competency the module relates to most strongly; the first of equals, "" for none.
func (m *Module) main() codebook.CompetencyID {
	var best codebook.CompetencyID
	most := 0
	for _, t := range m.Teaches {
		if s := t.Strength(); s > most {
			best, most = t.Competency, s
		}
	}
	return best
}
