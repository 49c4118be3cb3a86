package campaign

import (
	"errors"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// upgrade is a workbook carried over into the newest template, and where its cells went.
type upgrade struct {
	data   []byte
	issues []survey.Issue
	moved  map[survey.Ref]survey.Ref
}

// upgraded carries the book of a receipt over into the newest template of its form.
func (c *Campaign) upgraded(f *FileResult, data []byte) (*upgrade, error) {
	old, _, err := workbook.Read(f.File, data, c.Codebook, workbook.Limits{})
	if err != nil || old == nil {
		return nil, errors.Join(err, errNoBook)
	}
	year, _ := survey.YearMark(old)
	u := &upgrade{moved: make(map[survey.Ref]survey.Ref)}
	if u.data, err = workbook.Upgrade(c.Codebook, old, workbook.TemplateOptions{Year: year}); err != nil {
		return nil, err
	}
	book, _, err := workbook.Read(f.File, u.data, c.Codebook, workbook.Limits{})
	if err != nil || book == nil {
		return nil, errors.Join(err, errNoBook)
	}
	u.follow(c.Codebook, old, book)
	u.issues = u.moveIssues(f.Issues)
	return u, nil
}

var errNoBook = errors.New("campaign: no workbook to carry over")

// follow notes for every answer of the old book where it stands in the new one.
func (u *upgrade) follow(cb *codebook.Codebook, old, now *survey.Book) {
	form, _, _ := survey.Identify(cb, old)
	if form == nil {
		return
	}
	before, _ := survey.ReadForm(cb, form, old)
	after, _ := survey.ReadForm(cb, form, now)
	for i := range before.Sheets {
		from := &before.Sheets[i]
		to := after.Sheet(from.Spec.Key)
		if to == nil {
			continue
		}
		u.moved[survey.Ref{Sheet: from.Name}] = survey.Ref{Sheet: to.Name}
		for n := range min(len(from.Records), len(to.Records)) {
			u.moved[from.Records[n].Ref()] = to.Records[n].Ref()
			for k := range from.Columns {
				col := &from.Columns[k]
				u.moved[from.Records[n].Rated(col.Field.Key, col.Competency).Ref] = to.Records[n].Rated(col.Field.Key, col.Competency).Ref
			}
		}
	}
}

// moveIssues takes the issues along. One about the template is settled by the new one; one about
// a cell that was not carried over is about the whole file now.
func (u *upgrade) moveIssues(issues []survey.Issue) []survey.Issue {
	list := make([]survey.Issue, 0, len(issues))
	for _, i := range issues {
		if olderTemplate(i) {
			continue
		}
		i.Ref = u.moved[i.Ref]
		more := make([]survey.Ref, 0, len(i.More))
		for _, ref := range i.More {
			if to := u.moved[ref]; to != (survey.Ref{}) {
				more = append(more, to)
			}
		}
		i.More = more
		list = append(list, i)
	}
	return list
}

// receipt takes the addresses of a receipt along.
func (u *upgrade) receipt(r workbook.Receipt) workbook.Receipt {
	for i := range r.Changes {
		r.Changes[i].At = u.moved[r.Changes[i].At]
	}
	for i := range r.Differences {
		r.Differences[i].At = u.moved[r.Differences[i].At]
	}
	return r
}
