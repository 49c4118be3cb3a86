package curriculum

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Entry is one proposal, review or decision as a person enters it outside a workbook: the answers
// of one row of a sheet ("proposals", "reviews" or "decisions") of the decisions form, as typed.
type Entry struct {
	Sheet   string
	Answers map[codebook.FieldID]string
}

// DecodeEntry reads an entry under the very rules of the workbook, against the register on record
// and the modules there are (m nil: none is known). The register returned holds the entry alone:
// a proposal, the proposal that a review belongs to with that review only, or a decision. The
// issues name no cell. A proposal or decision without a number is given the next free one.
func DecodeEntry(cb *codebook.Codebook, e Entry, on *Register, m *Map) (*Register, []survey.Issue) {
	form, _ := cb.Form("decisions")
	spec, ok := form.Sheet(e.Sheet)
	if !ok {
		return &Register{}, nil
	}
	e.number(on)
	filled, issues := survey.ReadForm(cb, form, e.book(form, spec))
	d := &registerDecoder{cb: cb, in: survey.NewScan(cb, 0), filled: filled, modules: m,
		at: make(map[ProposalID]int), decided: make(map[ProposalID]string)}
	d.recall(on)
	d.proposals()
	d.reviews()
	d.decisions()
	fresh := d.fresh(e, len(on.Proposals))
	issues = append(issues, d.in.Issues...)
	issues = append(issues, CheckRegister(cb, fresh, on)...)
	for i := range issues {
		unplace(spec, &issues[i])
	}
	return fresh, issues
}

// unplace takes the cell out of an issue; where its texts name the cell they name the field.
func unplace(spec *codebook.Sheet, i *survey.Issue) {
	if f, ok := spec.Field(i.Field); ok && i.Ref.Cell() != "" {
		i.Fix.ZH = strings.ReplaceAll(i.Fix.ZH, i.Ref.Cell(), "“"+f.Label.ZH+"”")
		i.Fix.EN = strings.ReplaceAll(i.Fix.EN, i.Ref.Cell(), "“"+f.Label.EN+"”")
	}
	i.Ref, i.Header = survey.Ref{}, ""
}

// number gives a proposal or decision without a number the next free one of its year.
func (e Entry) number(on *Register) {
	switch e.Sheet {
	case "proposals":
		if e.Answers["proposal_id"] == "" {
			prefix := "P" + e.Answers["year"] + "-"
			e.Answers["proposal_id"] = next(prefix, len(on.Proposals), func(i int) string { return string(on.Proposals[i].ID) })
		}
	case "decisions":
		if day := e.Answers["decided_on"]; e.Answers["decision_id"] == "" && len(day) >= 4 {
			e.Answers["decision_id"] = next("D"+day[:4]+"-", len(on.Decisions), func(i int) string { return on.Decisions[i].ID })
		}
	}
}

func next(prefix string, n int, id func(int) string) string {
	last := 0
	for i := range n {
		if rest, ok := strings.CutPrefix(id(i), prefix); ok {
			if k, err := strconv.Atoi(rest); err == nil {
				last = max(last, k)
			}
		}
	}
	return fmt.Sprintf("%s%02d", prefix, last+1)
}

// book lays the entry out as the row of a sheet.
func (e Entry) book(form *codebook.Form, spec *codebook.Sheet) *survey.Book {
	head, row := survey.Row{Number: 1}, survey.Row{Number: 2}
	for i, f := range spec.Fields {
		head.Cells = append(head.Cells, survey.Cell{Col: i + 1, Kind: survey.Text, Text: f.Label.Both()})
		if text := strings.TrimSpace(e.Answers[f.Key]); text != "" {
			row.Cells = append(row.Cells, survey.Cell{Col: i + 1, Kind: survey.Text, Text: text})
		}
	}
	return &survey.Book{Format: "xlsx", Names: map[string]string{},
		Properties: map[string]string{"qianqi.template": form.Template, "qianqi.version": strconv.Itoa(form.Version)},
		Sheets:     []survey.Sheet{{Name: spec.Name.Both(), Rows: []survey.Row{head, row}}}}
}

// recall puts before the decoder what is on record.
func (d *registerDecoder) recall(on *Register) {
	d.entry = true
	for i, p := range on.Proposals {
		p.Reviews = append([]Review(nil), p.Reviews...)
		d.at[p.ID] = i
		d.out.Proposals = append(d.out.Proposals, p)
		d.stood = append(d.stood, survey.Value{})
	}
	for _, x := range on.Decisions {
		if x.Closes() {
			d.decided[x.Proposal] = x.ID
		}
	}
}

// fresh picks what the entry added to the proposals that were on record.
func (d *registerDecoder) fresh(e Entry, recorded int) *Register {
	out := &Register{Decisions: d.out.Decisions}
	if e.Sheet != "reviews" {
		out.Proposals = d.out.Proposals[recorded:]
		return out
	}
	if i, ok := d.at[ProposalID(e.Answers["proposal_id"])]; ok {
		p := d.out.Proposals[i]
		if n := len(p.Reviews); n > 0 {
			p.Reviews = p.Reviews[n-1:]
		}
		out.Proposals = []Proposal{p}
	}
	return out
}
