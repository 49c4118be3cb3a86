package campaign

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// ErrMapping says what is wrong with a mapping file.
type ErrMapping struct {
	Path     string
	Problems []string
}

// Error lists the problems, one a line.
func (e *ErrMapping) Error() string {
	return "映射文件不对 the mapping file is wrong: " + Printable(e.Path) + "\n  " + strings.Join(e.Problems, "\n  ")
}

// loadMapping reads a mapping file and holds it against the codebook, so that a mistake in it is
// told once and not in every file that is read through it.
func loadMapping(cb *codebook.Codebook, path string) (*survey.Mapping, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &ErrNoSuchPath{path}
	}
	m, err := survey.ParseMapping(data)
	if err != nil {
		return nil, &ErrMapping{path, []string{err.Error()}}
	}
	if problems := m.Check(cb); len(problems) > 0 {
		return nil, &ErrMapping{path, problems}
	}
	return m, nil
}

// MappingDraft is a mapping guessed from a foreign file, for a person to confirm.
type MappingDraft struct {
	File     string          `json:"file"`
	Known    string          `json:"known,omitempty"`            // the form of ours that the file is, where it reads without a mapping
	Unread   int             `json:"unread_columns,omitempty"`   // of a Known visit form: columns that are no item, which a mapping may give a place
	Unlisted int             `json:"unlisted_answers,omitempty"` // of a Known visit form: different answers on no list, which a mapping may translate
	Sheets   []DraftSheet    `json:"sheets"`
	Words    []DraftWord     `json:"words,omitempty"`     // answers that are on no list
	NotAsked []codebook.Text `json:"not_asked,omitempty"` // required answers that the form has no place for
	Trial    Trial           `json:"trial"`
	YAML     []byte          `json:"-"`
}

// DraftSheet is what one sheet of the file is taken for.
type DraftSheet struct {
	Sheet   string        `json:"sheet"`
	Part    string        `json:"part"` // visit, jobs, trends, suggestions or flat
	Columns []DraftColumn `json:"columns"`
	Ignored []string      `json:"ignored,omitempty"`
}

// DraftColumn is what one header is taken for, and how sure that is: 1 is a known spelling.
type DraftColumn struct {
	Header     string        `json:"header"`
	Field      string        `json:"field"`
	Label      codebook.Text `json:"label"`
	Confidence float64       `json:"confidence"`
}

// DraftWord is a word of the file that is on no list of the codebook, with the choice most like it.
type DraftWord struct {
	Field string `json:"field"`
	Word  string `json:"word"`
	Near  string `json:"near,omitempty"`
}

// Trial is what reading the file through the draft gives.
type Trial struct {
	Visits   int          `json:"visits"`
	Jobs     int          `json:"jobs"`
	Errors   int          `json:"errors"`
	Warnings int          `json:"warnings"`
	Rules    []TrialCount `json:"rules,omitempty"`
}

// TrialCount counts the cells that break one rule.
type TrialCount struct {
	Code  codebook.RuleID `json:"code"`
	Title codebook.Text   `json:"title"`
	Count int             `json:"count"`
}

// DraftMapping guesses the mapping of a foreign file from its headers and tries it out.
func DraftMapping(cb *codebook.Codebook, path string, now time.Time) (*MappingDraft, error) {
	name := filepath.ToSlash(path)
	if _, err := os.Lstat(path); err != nil {
		return nil, &ErrNoSuchPath{path}
	}
	data, issues, err := workbook.ReadFile(path, cb, workbook.DefaultLimits())
	if err != nil {
		return nil, err
	}
	var book *survey.Book
	if len(issues) == 0 {
		if book, issues, err = workbook.Read(name, data, cb, workbook.Limits{}); err != nil {
			return nil, err
		}
	}
	if book == nil {
		return nil, &ErrUnreadable{path, issues[0]}
	}
	if survey.Marked(cb, book) {
		form, _, _ := survey.Identify(cb, book)
		return nil, &ErrOwnForm{path, form.Title}
	}
	m := survey.DraftMapping(cb, book)
	draft := &MappingDraft{File: name, YAML: m.YAML()}
	draft.know(cb, book, now)
	draft.describe(cb, m)
	return draft, draft.try(cb, book, now)
}

// know says which form of ours a book reads as without a mapping: every sheet and column that the form needs
// is there. Of a visit it counts what a mapping could settle nevertheless.
func (d *MappingDraft) know(cb *codebook.Codebook, book *survey.Book, now time.Time) {
	form, _, _ := survey.Identify(cb, book)
	if form == nil {
		return
	}
	var issues []survey.Issue
	if form.Kind == "visit" {
		_, issues = survey.Decode(cb, book, survey.Context{Today: today(now), College: cb.College})
	} else {
		_, issues = survey.ReadForm(cb, form, book)
	}
	ofForm := func(i survey.Issue) bool { // not of an answer
		return i.Severity == codebook.SeverityError && strings.HasPrefix(string(i.Code), "T")
	}
	if slices.ContainsFunc(issues, ofForm) {
		return
	}
	d.Known = form.Title.Both()
	for _, i := range survey.Collapse(issues) {
		switch {
		case form.Kind != "visit": // mappings are of visits alone
		case i.Code == "T008":
			d.Unread += i.Count
		case i.Code == "V014":
			d.Unlisted++
		}
	}
}

// ErrOwnForm says that a file is one of our own workbooks and is read without a mapping.
type ErrOwnForm struct {
	Path  string
	Title codebook.Text
}

// Error names the file and the form.
func (e *ErrOwnForm) Error() string {
	return Printable(e.Path) + " 就是本系统的“" + e.Title.ZH + "”，不用对照，直接用 qianqi ingest 读入。\n" +
		Printable(e.Path) + " is our own “" + e.Title.EN + "” and needs no mapping; read it with qianqi ingest."
}

// describe says in words what the mapping proposes.
func (d *MappingDraft) describe(cb *codebook.Codebook, m *survey.Mapping) {
	d.Sheets = []DraftSheet{}
	for _, s := range m.Sheets {
		sheet := DraftSheet{Sheet: strings.Join(s.From, " / "), Part: s.To, Ignored: s.Ignore}
		for _, c := range s.Columns {
			field := string(c.Field)
			if c.Competency != "" {
				field += ":" + string(c.Competency)
			}
			sheet.Columns = append(sheet.Columns, DraftColumn{c.Header, field, c.Label(cb), c.Confidence()})
		}
		d.Sheets = append(d.Sheets, sheet)
	}
	for field, words := range m.Values {
		for word, near := range words {
			d.Words = append(d.Words, DraftWord{string(field), word, near})
		}
	}
	slices.SortFunc(d.Words, func(a, b DraftWord) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Word, b.Word))
	})
	for _, field := range m.NotAsked {
		d.NotAsked = append(d.NotAsked, survey.MappedColumn{Field: field}.Label(cb))
	}
}

// try reads the file through the draft as it would be read after saving it unchanged.
func (d *MappingDraft) try(cb *codebook.Codebook, book *survey.Book, now time.Time) error {
	if len(d.Sheets) == 0 {
		return nil
	}
	m, err := survey.ParseMapping(d.YAML)
	if err != nil {
		return err
	}
	visits, issues := survey.Decode(cb, book, survey.Context{Today: survey.Day(now.Format("2006-01-02")), College: cb.College, Mapping: m})
	d.Trial.Visits = len(visits)
	for i := range visits {
		d.Trial.Jobs += len(visits[i].Jobs)
	}
	counts := make(map[codebook.RuleID]int)
	for _, i := range issues {
		counts[i.Code]++
		if i.Severity == codebook.SeverityError {
			d.Trial.Errors++
		} else {
			d.Trial.Warnings++
		}
	}
	for _, rule := range cb.Rules {
		if n := counts[rule.Code]; n > 0 {
			d.Trial.Rules = append(d.Trial.Rules, TrialCount{rule.Code, rule.Title, n})
		}
	}
	return nil
}
