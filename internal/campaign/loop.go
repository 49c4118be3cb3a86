package campaign

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// The register of proposals, reviews and decisions is only added to: an entry that breaks a rule
// changes nothing, and a later proposal supersedes an earlier one.

// Dossiers lists every proposal with its reviews, its decision and, where the newest survey can
// test it, the verdict by the figures as they were reported; oldest first.
func (c *Campaign) Dossiers(ctx context.Context, o AnalyzeOptions) ([]Dossier, error) {
	register, err := c.Store.LoadRegister(ctx)
	if err != nil || len(register.Decisions) == 0 {
		return dossiersOf(register.Proposals, nil, nil), err
	}
	in, err := c.inputs(ctx, o.asReported())
	var none *ErrNoVisits
	var unreported *ErrUnreported
	if errors.As(err, &none) || errors.As(err, &unreported) {
		return dossiersOf(register.Proposals, register.Decisions, nil), nil
	}
	if err != nil {
		return nil, err
	}
	verdicts, err := gap.Verdicts(c.Codebook, *in)
	return dossiersOf(register.Proposals, register.Decisions, verdicts), err
}

// Today is the day that entries are dated with unless they say otherwise.
func (c *Campaign) Today() survey.Day { return survey.Day(c.Now().Format("2006-01-02")) }

// newestSurvey is the newest year with a visit, or this year where there is none.
func (c *Campaign) newestSurvey(ctx context.Context) int {
	years, err := c.Store.Years(ctx)
	if err != nil || len(years) == 0 {
		return c.Now().Year()
	}
	return years[len(years)-1].Year
}

// Idea is something that a proposal could be born from.
type Idea struct {
	Origin     curriculum.Origin       `json:"origin"`
	Programme  codebook.ProgrammeID    `json:"programme"`
	Competency codebook.CompetencyID   `json:"competency,omitempty"`
	Modules    []curriculum.ModuleCode `json:"modules"` // that teach it; for a suggestion none or one
	Kind       string                  `json:"kind"`
	Evidence   string                  `json:"evidence"` // figure address, or "suggestion/12"
	Text       codebook.Text           `json:"text"`
	Open       bool                    `json:"open"` // a proposal on it is open
}

// Ideas lists what proposals could be born from: the gaps that are short under every method, then
// what enterprises and teachers suggest. The texts of suggestions are single answers: only for
// those who may see them.
func (c *Campaign) Ideas(ctx context.Context, o AnalyzeOptions) ([]Idea, error) {
	in, err := c.inputs(ctx, o.asReported())
	if err != nil {
		return nil, err
	}
	in.Replicates = -1
	a, err := gap.Analyze(c.Codebook, *in)
	if err != nil {
		return nil, err
	}
	out := c.gapIdeas(a)
	for _, s := range in.Samples[a.Year].Suggestions {
		out = append(out, c.suggested(s)...)
	}
	open := in.Register.Open()
	for i := range out {
		out[i].Open = slices.ContainsFunc(open, func(p curriculum.Proposal) bool {
			return p.Evidence == out[i].Evidence || p.Origin == curriculum.FromGap && p.Programme == out[i].Programme && p.Competency == out[i].Competency && out[i].Origin == p.Origin
		})
	}
	return out, nil
}

func (c *Campaign) gapIdeas(a *gap.Analysis) []Idea {
	out := []Idea{}
	for _, pg := range a.Programmes {
		for _, r := range pg.Rows {
			if !r.Short || !r.Gap.Shown() {
				continue
			}
			name := c.Codebook.Name("competencies", string(r.Competency))
			at := gap.Address{Year: a.Year, Domain: pg.Domain, Competency: r.Competency, Measure: demand.PerformanceGap}
			size := Shown(r.Gap)
			out = append(out, Idea{Origin: curriculum.FromGap, Programme: pg.Programme, Competency: r.Competency, Modules: r.Coverage.Modules,
				Kind: curriculum.Strengthen, Evidence: at.String(), Text: codebook.Text{ZH: name.ZH + "差 " + size + " 级", EN: name.EN + ": short by " + size}})
		}
	}
	return out
}

// suggested is one suggestion, for each programme its visit was about.
func (c *Campaign) suggested(s demand.Suggestion) []Idea {
	var out []Idea
	for _, p := range s.Programmes {
		text := s.Module + "：" + s.Text
		out = append(out, Idea{Origin: curriculum.FromSuggestion, Programme: p, Modules: []curriculum.ModuleCode{}, Kind: s.Kind,
			Evidence: fmt.Sprintf("suggestion/%d", s.ID), Text: codebook.Text{ZH: text, EN: text}})
	}
	return out
}
