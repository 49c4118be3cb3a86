package campaign

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// PersonalData is everything that is kept about one person.
type PersonalData struct {
	Made     time.Time            `json:"made_at"`
	College  string               `json:"college"`
	Staff    string               `json:"staff_number"`
	Names    []string             `json:"names"`   // as written on visits, rosters and the account
	Account  *PersonalAccount     `json:"account"` // null where there is none
	Visits   []store.PersonVisit  `json:"visits"`
	Tasks    []store.PersonTask   `json:"assignments"`
	HandIns  []store.PersonHandIn `json:"files_handed_in"`
	Comments []PersonalComment    `json:"comments"`
	Log      []PersonalRecord     `json:"log"` // what the person did, and what was done to the account
}

// PersonalAccount is an account without what only the program needs.
type PersonalAccount struct {
	Login      string            `json:"login"`
	Name       string            `json:"name"`
	Department string            `json:"department"`
	Roles      []string          `json:"roles"`
	Created    time.Time         `json:"created_at"`
	SignedIn   *time.Time        `json:"signed_in_at"` // null where the person never did
	Disabled   bool              `json:"disabled"`
	Password   bool              `json:"has_password"`
	Sessions   []PersonalSession `json:"sessions"`
}

// PersonalSession is a browser in which the person is signed in.
type PersonalSession struct {
	Started time.Time `json:"started_at"`
	Seen    time.Time `json:"seen_at"`
	Way     string    `json:"way"`
	Agent   string    `json:"browser"`
}

// PersonalComment is what the person said about something.
type PersonalComment struct {
	Object string    `json:"object"`
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
}

// PersonalRecord is one record of the log.
type PersonalRecord struct {
	Seq    Moment    `json:"seq"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Object string    `json:"object"`
	Detail string    `json:"detail,omitempty"`
}

// errNobody says that nothing is known of a person.
var errNobody = &store.Error{Kind: store.ErrNotFound, ZH: "没有关于此人的信息：请写工号或登录名。", EN: "Nothing is known of this person: give a staff number or a login."}

// account of a person, nil where the person has none.
func (c *Campaign) accountOf(ctx context.Context, staff string) (*Account, error) {
	a, err := c.AccountOf(ctx, staff)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return &a, err
}

func idOf(a *Account) AccountID {
	if a == nil {
		return 0
	}
	return a.ID
}

// ExportPerson gathers everything that is kept about a person, by staff number or login, and puts on
// the log that it did. ErrNotFound says that there is nothing.
func (c *Campaign) ExportPerson(ctx context.Context, staff string, act Act) (*PersonalData, error) {
	staff = strings.TrimSpace(staff)
	a, err := c.accountOf(ctx, staff)
	if err != nil {
		return nil, err
	}
	college := c.Codebook.College
	p := &PersonalData{Made: c.Now().UTC().Truncate(time.Second), College: college, Staff: staff, Comments: []PersonalComment{}, Log: []PersonalRecord{}}
	traces, err := c.Store.PersonTraces(ctx, college, staff, 0, idOf(a), nil)
	if err == nil {
		p.Names = traces.Names
		p.Visits, err = c.Store.PersonVisits(ctx, college, staff)
	}
	if err == nil {
		p.Tasks, err = c.Store.PersonTasks(ctx, college, staff)
	}
	if err == nil {
		p.HandIns, err = c.Store.PersonHandIns(ctx, college, staff, idOf(a))
	}
	if err == nil && a != nil {
		err = c.exportAccount(ctx, p, a)
	}
	if err == nil && a == nil && len(p.Names)+len(p.Visits)+len(p.Tasks)+len(p.HandIns) == 0 {
		err = errNobody
	}
	if err != nil {
		return nil, err
	}
	p.Names, p.Visits = append([]string{}, p.Names...), append([]store.PersonVisit{}, p.Visits...)
	p.Tasks, p.HandIns = append([]store.PersonTask{}, p.Tasks...), append([]store.PersonHandIn{}, p.HandIns...)
	return p, c.Note(ctx, act.By, "person.exported", personObject(a), nil)
}

// personObject is how the log names whom something was about: by account, or not at all.
func personObject(a *Account) string {
	if a == nil {
		return "person/without-account"
	}
	return fmt.Sprintf("account/%d", a.ID)
}

func (c *Campaign) exportAccount(ctx context.Context, p *PersonalData, a *Account) error {
	p.Account = &PersonalAccount{Login: a.Login, Name: a.Name, Department: a.Department, Roles: a.Roles, Created: a.Created,
		Disabled: !a.Disabled.IsZero(), Password: a.Password != "", Sessions: []PersonalSession{}}
	if !a.SignedIn.IsZero() {
		p.Account.SignedIn = &a.SignedIn
	}
	sessions, err := c.Store.Sessions(ctx)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.Account == a.ID {
			p.Account.Sessions = append(p.Account.Sessions, PersonalSession{s.Started, s.Seen, s.Way, s.Agent})
		}
	}
	comments, err := c.Store.PersonComments(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, x := range comments {
		p.Comments = append(p.Comments, PersonalComment{x.Object, x.At, x.Text})
	}
	return c.Store.FindAudit(ctx, AuditFilter{Person: a.ID}, func(e AuditEntry) error {
		p.Log = append(p.Log, PersonalRecord{e.Seq, e.At, e.Actor, e.Action, e.Object, e.Detail})
		return nil
	})
}

// Erasure is what erasing a person changes, or would change.
type Erasure struct {
	store.Erased
	Years    []int    `json:"years,omitempty"`     // of the person's visits
	Names    []string `json:"-"`                   // that will be replaced
	FreeText []string `json:"free_text,omitempty"` // cells whose free text holds the name, and is left alone
	Sources  []string `json:"sources,omitempty"`   // file names, to be looked for outside the database
	Alike    []string `json:"alike,omitempty"`     // names of others' files that hold the number, perhaps by chance, left alone
}

// EraseRequest says who is to be erased.
type EraseRequest struct {
	Staff   string // staff number or login
	Reason  string
	Dry     bool   // only say what would change
	Pending string // folder of uploads that wait, "" where there is none
	Returns string // folder of returned workbooks, "" where there is none
}

// ErasePerson puts a pseudonym in the place of a person everywhere, removes the account, and replaces
// the files as handed in by copies of values only without the person. The answers and the log's chain
// stay. What was said in free text is left alone and listed, as are the files outside the database.
func (c *Campaign) ErasePerson(ctx context.Context, r EraseRequest, act Act) (*Erasure, error) {
	out, err := c.eraseOnRecord(ctx, r, act)
	if err == nil && !r.Dry {
		err = c.Store.Forget(ctx)
	}
	return out, err
}

// eraseOnRecord is an erasure up to where it is in the database, with all that Forget needs to finish it
// whatever becomes of this process.
func (c *Campaign) eraseOnRecord(ctx context.Context, r EraseRequest, act Act) (*Erasure, error) {
	r.Staff, act.Reason = strings.TrimSpace(r.Staff), strings.TrimSpace(r.Reason)
	if act.Reason == "" && !r.Dry {
		return nil, refuse("请写明清除的理由。", "Give the reason for the erasure.")
	}
	a, err := c.accountOf(ctx, r.Staff)
	if err == nil && a != nil {
		err = c.keepAnAdmin(ctx, a.ID)
	}
	if err != nil {
		return nil, err
	}
	returned, err := c.returnedCopies(r.Returns, r.Staff)
	if err != nil {
		return nil, err
	}
	one, err := c.erasing(ctx, r.Staff, 0, idOf(a), naming(returned))
	if err != nil {
		return nil, err
	}
	if len(one.traces.Visits)+len(one.traces.Rosters)+len(one.traces.Attempts) == 0 && a == nil {
		if r.Dry {
			return nil, errNobody
		}
		return nil, errors.Join(errNobody, c.FinishErasures(ctx)) // asked a second time, most likely to finish the first
	}
	out := &Erasure{Erased: store.Erased{Visits: len(one.traces.Visits), Rosters: len(one.traces.Rosters), Files: len(one.traces.Originals), Account: a != nil},
		Years: one.traces.Years, Names: one.Names, Alike: one.traces.Alike}
	for _, f := range slices.Concat(one.traces.Originals, one.traces.Refused) {
		out.Sources = append(out.Sources, f.Name)
	}
	if out.FreeText, err = c.freeText(ctx, one); err != nil || r.Dry {
		return out, err
	}
	if one.Outside, err = outside(r, one, a, returned); err != nil {
		return nil, err
	}
	if one.Copies, err = c.copies(ctx, one.traces.Originals, []store.Disguise{one.Disguise}); err != nil {
		return nil, err
	}
	if out.Erased, err = c.Store.ErasePerson(ctx, one.Erasing, act); err != nil {
		return nil, err
	}
	return out, nil
}

// erasing is one person on the way out.
type erasing struct {
	store.Erasing
	traces store.PersonTraces
}

func (c *Campaign) erasing(ctx context.Context, staff string, until int, account AccountID, returned []string) (*erasing, error) {
	traces, err := c.Store.PersonTraces(ctx, c.Codebook.College, staff, until, account, returned)
	return &erasing{store.Erasing{College: c.Codebook.College, Account: account, Until: until, Refusal: namesErased(c.Codebook), Return: returned,
		Disguise: store.Disguise{Staff: staff, Names: traces.Names, Pseudonym: "erased-" + strings.ReplaceAll(Secret(5), "-", "")}}, traces}, err
}

// freeText lists the cells of a person's visits whose free text names them. A name may be an ordinary
// word (高峰, 和平), so that a person has to look.
func (c *Campaign) freeText(ctx context.Context, e *erasing) ([]string, error) {
	var found []string
	for _, id := range e.traces.Visits {
		v, err := c.Store.Visit(ctx, id)
		if err != nil {
			return nil, err
		}
		note := func(text string, at survey.Ref) {
			if e.Holds(text) {
				found = append(found, Printable(v.File)+" "+at.Sheet+"!"+at.Cell())
			}
		}
		note(v.Visit.Sheet, survey.Ref{Sheet: v.Visit.Sheet, Row: 1, Col: 1}) // of a csv, its file name
		for _, j := range v.Visit.Jobs {
			note(j.Requirement, j.RequirementAt)
		}
		for _, t := range v.Visit.Trends {
			note(t.Effect, t.At)
		}
		for _, s := range v.Visit.Suggestions {
			note(s.Text, s.At)
		}
	}
	return found, nil
}

// copies makes, for each file, a workbook of its values without the people.
func (c *Campaign) copies(ctx context.Context, files []store.PersonFile, people []store.Disguise) (map[string][]byte, error) {
	out := make(map[string][]byte, len(files))
	for _, f := range files {
		if _, done := out[f.SHA256]; done {
			continue
		}
		data, err := c.Store.Original(ctx, f.SHA256)
		if err != nil {
			return nil, err
		}
		if out[f.SHA256], err = c.withoutPeople(f.Name, data, people); err != nil {
			return nil, err
		}
	}
	return out, ctx.Err()
}

// copyNote stands on the last sheet of a copy.
const copyNote = "这是清除个人信息后的副本：只有单元格的值，位置不变；交来的原文件已销毁。 A copy of the values without personal data, every cell at its place; the file as handed in was destroyed."

// withoutPeople is a file's values with pseudonyms in the place of people. Of what cannot be read any
// more nothing stays.
func (c *Campaign) withoutPeople(name string, data []byte, people []store.Disguise) ([]byte, error) {
	if !strings.HasSuffix(strings.ToLower(name), ".csv") || strings.HasPrefix(string(data), "PK") {
		name = "copy.xlsx" // a copy made before stands under the name of the file it replaced
	}
	book, _, err := workbook.Read(name, data, c.Codebook, workbook.DefaultLimits())
	if err != nil {
		return nil, err
	}
	if book == nil {
		book = &survey.Book{}
	}
	book.Sheets = slices.DeleteFunc(book.Sheets, func(s survey.Sheet) bool { return strings.HasPrefix(s.Name, "说明 Note") && len(s.Rows) == 1 })
	for i := range book.Sheets {
		for _, p := range people {
			book.Sheets[i].Name = p.Text(book.Sheets[i].Name)
		}
		for r := range book.Sheets[i].Rows {
			cells := book.Sheets[i].Rows[r].Cells
			for k := range cells {
				cells[k] = withoutPerson(cells[k], people)
			}
		}
	}
	return workbook.WriteBook(book, copyNote)
}

// withoutPerson is a cell without the people. A staff number that was typed as a number has lost its
// zeros.
func withoutPerson(cell survey.Cell, people []store.Disguise) survey.Cell {
	for _, p := range people {
		text := p.Text(cell.Text)
		if bare := strings.TrimLeft(p.Staff, "0"); cell.Kind == survey.Number && len(bare) >= 5 && cell.Text == bare {
			text = p.Pseudonym
		}
		if text != cell.Text {
			cell = survey.Cell{Col: cell.Col, Kind: survey.Text, Text: text}
		}
	}
	return cell
}

// namesErased is what is said of a refused file that names somebody who was erased.
func namesErased(cb *codebook.Codebook) survey.Issue {
	return survey.NewIssue(cb, store.NamesErased, survey.Ref{}, "", "", "", "")
}

// outside lists what stands beside the database: uploads that wait, and returned workbooks. The name of one
// counts only where it does not say which file it was made of.
func outside(r EraseRequest, e *erasing, a *Account, returned []returnedCopy) ([]string, error) {
	var paths []string
	if r.Pending != "" && a != nil {
		paths = append(paths, filepath.Join(r.Pending, a.ID.Actor()))
	}
	theirs := make(map[string]bool) // names and sums
	for _, f := range e.traces.Originals {
		theirs[ReturnName(filepath.Base(f.Name))], theirs[f.SHA256] = true, true
	}
	for _, f := range e.traces.Refused {
		theirs[f.SHA256] = true
	}
	for _, x := range returned {
		if name := filepath.Base(x.path); x.names || theirs[name] || x.of != "" && theirs[x.of] || x.of == "" && e.Unmistakable() && e.Holds(name) {
			paths = append(paths, x.path)
		}
	}
	var err error
	for i := range paths {
		if err == nil {
			paths[i], err = filepath.Abs(paths[i]) // another process may finish the erasure, from another folder
		}
	}
	return paths, err
}

// PersonErasure is one erasure on record.
type PersonErasure = store.PersonErasure

// IsUnknown reports whether an error says that nothing is known of a person.
func IsUnknown(err error) bool { return errors.Is(err, ErrNotFound) }
