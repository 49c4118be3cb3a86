package campaign

import (
	"context"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// everyRoster is a roster year after all others.
const everyRoster = 9999

// loadStaff puts the staff list in force that visits are held against: the roster of the
// campaign's year or, where each workbook brings its own year, everybody on any roster.
func (in *intake) loadStaff(ctx context.Context) error {
	if in.staffLoaded {
		return nil
	}
	in.staff, in.staffLoaded = nil, true
	years := []int{in.opts.Year}
	if in.opts.Year == 0 {
		var err error
		if years, err = in.rosterYears(ctx); err != nil {
			return err
		}
	}
	for _, year := range years {
		list, found, err := in.Store.LoadStaff(ctx, year)
		if err != nil {
			return err
		}
		if found && in.staff == nil {
			in.staff = make(survey.Staff, len(list))
		}
		in.staff.Add(list)
	}
	return nil
}

// rosterYears lists the years that a roster was handed in for, ascending.
func (in *intake) rosterYears(ctx context.Context) ([]int, error) {
	rows, err := in.Store.Submissions(ctx, store.Filter{Statuses: []string{"accepted"}})
	if err != nil {
		return nil, err
	}
	seen := make(map[int]bool)
	var years []int
	for _, row := range rows {
		if row.Form != "roster" {
			continue
		}
		year := row.Year
		if year == 0 {
			year = everyRoster
		}
		if !seen[year] {
			seen[year] = true
			years = append(years, year)
		}
	}
	return years, nil
}

// finish does what needs every file to be in: it screens the years that changed, queues
// enterprises that may be one, and writes the annotated copies.
func (in *intake) finish(ctx context.Context, result *IngestResult) error {
	if err := in.settle(ctx, result); err != nil {
		return err
	}
	if err := in.compare(ctx, result); err != nil {
		return err
	}
	for year := range in.years {
		if err := in.screen(ctx, year, result); err != nil {
			return err
		}
	}
	if len(in.years) > 0 {
		if err := in.QueueEnterprises(ctx); err != nil {
			return err
		}
	}
	result.recount()
	return in.writeReturns(result)
}

// screen adds to the receipts what the screening asks about their visits.
func (in *intake) screen(ctx context.Context, year int, result *IngestResult) error {
	questions, err := in.Screen(ctx, year)
	if err != nil {
		return err
	}
	for i := range result.Files {
		f := &result.Files[i]
		if more := questions[f.SHA256]; len(more) > 0 && f.Status != Unchanged {
			f.decided.mark(more)
			f.Issues = append(f.Issues, in.named(f.File, more)...)
		}
	}
	return nil
}

// compare adds to the receipts what a correction changed, answer by answer.
func (in *intake) compare(ctx context.Context, result *IngestResult) error {
	for i := range result.Files {
		f := &result.Files[i]
		for _, r := range f.replaced {
			diff, err := in.Differences(ctx, r.old, r.new)
			if err != nil {
				return err
			}
			f.Diff = append(f.Diff, diff...)
		}
	}
	return nil
}

// Differences lists the answers that two stored versions of a visit give differently.
func (c *Campaign) Differences(ctx context.Context, old, new store.VisitID) ([]Difference, error) {
	before, err := c.Store.Visit(ctx, old)
	if err != nil {
		return nil, err
	}
	after, err := c.Store.Visit(ctx, new)
	if err != nil {
		return nil, err
	}
	var list []Difference
	for _, d := range survey.Differences(c.Codebook, &before.Visit, &after.Visit) {
		list = append(list, c.differenceOf(d))
	}
	return list, nil
}

func (c *Campaign) differenceOf(d survey.Difference) Difference {
	at := d.NewAt
	if at == (survey.Ref{}) {
		at = d.OldAt
	}
	field := string(d.Field)
	if d.Competency != "" {
		field += ":" + string(d.Competency)
	}
	return Difference{Sheet: at.Sheet, Cell: at.Cell(), Field: field, Label: c.labelOf(d), Of: d.Of, Before: d.Old, After: d.New, at: at}
}

// labelOf names an answer as people know it: 网络运维工程师 · 网络故障诊断 · 要求水平.
func (c *Campaign) labelOf(d survey.Difference) string {
	parts := make([]string, 0, 3)
	if d.Of != "" {
		parts = append(parts, d.Of)
	}
	if competency, ok := c.Codebook.Competency(d.Competency); ok {
		parts = append(parts, competency.Name.ZH)
	}
	return strings.Join(append(parts, c.fieldLabel(d.Field)), " · ")
}

// fieldLabel is what a field is called; where several forms ask it, by the first of them.
func (c *Campaign) fieldLabel(field codebook.FieldID) string {
	for i := range c.Codebook.Forms {
		for k := range c.Codebook.Forms[i].Sheets {
			if f, ok := c.Codebook.Forms[i].Sheets[k].Field(field); ok {
				return f.Label.ZH
			}
		}
	}
	return string(field)
}
