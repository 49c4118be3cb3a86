package campaign

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Staff is what became of a list of people.
type Staff struct {
	Added  []NewAccount // with their first passwords; none where an issue is an error
	Issues []Issue
}

// AddStaff makes an account for everybody on a list (xlsx or csv with the columns 工号, 姓名, 部门,
// 角色) who has none. It adds all of them or, where any row is wrong, none.
func (c *Campaign) AddStaff(ctx context.Context, name string, data []byte, passwords bool, act Act) (*Staff, error) {
	book, issues, err := workbook.Read(name, data, c.Codebook, workbook.DefaultLimits())
	if err != nil {
		return nil, err
	}
	s := &Staff{Issues: c.named(name, issues)}
	if book == nil || survey.HasErrors(issues) {
		return s, nil
	}
	list := &staffList{Campaign: c, ctx: ctx, seen: make(map[string]survey.Ref)}
	if err := list.read(book); err != nil {
		return nil, err
	}
	s.Issues = append(s.Issues, c.named(name, list.issues)...)
	if survey.HasErrors(s.Issues) {
		return s, nil
	}
	s.Added = list.people
	return s, c.addAll(ctx, s.Added, passwords, act)
}

// addAll adds accounts, all or none, and writes their first passwords into the list.
func (c *Campaign) addAll(ctx context.Context, people []NewAccount, passwords bool, act Act) error {
	accounts := make([]Account, len(people))
	for i := range people {
		if passwords {
			people[i].FirstPassword = Secret(10)
		}
		var err error
		if accounts[i], err = c.account(people[i]); err != nil {
			return err
		}
	}
	if len(accounts) == 0 {
		return nil
	}
	_, err := c.Store.AddAccounts(ctx, accounts, act)
	return err
}

// staffList is a list of people on its way in.
type staffList struct {
	*Campaign
	ctx    context.Context
	seen   map[string]survey.Ref
	people []NewAccount
	issues []Issue
}

// staffColumns are the headers by which a column is known, folded.
var staffColumns = map[string][]string{
	"login":      {"工号", "登录名", "教师工号", "职工号", "login", "staffnumber", "staffid", "id"},
	"name":       {"姓名", "教师姓名", "name"},
	"department": {"部门", "系部", "院系", "学院", "department"},
	"roles":      {"角色", "角色roles", "role", "roles"},
}

// read takes the first sheet that has a column of staff numbers.
func (l *staffList) read(book *survey.Book) error {
	for i := range book.Sheets {
		sheet := &book.Sheets[i]
		for r := range sheet.Rows[:min(len(sheet.Rows), 10)] {
			if columns := staffHeader(&sheet.Rows[r]); columns["login"] > 0 {
				return l.rows(sheet, sheet.Rows[r+1:], columns)
			}
		}
	}
	sheet := ""
	if len(book.Sheets) > 0 {
		sheet = book.Sheets[0].Name
	}
	l.say("A001", survey.Ref{Sheet: sheet}, "", "")
	return nil
}

func staffHeader(row *survey.Row) map[string]int {
	found := make(map[string]int)
	for _, cell := range row.Cells {
		text := strings.Trim(codebook.Fold(cell.Text), "*＊:：")
		for column, names := range staffColumns {
			if found[column] == 0 && (slices.Contains(names, text) || column != "roles" && startsWithOne(text, names)) {
				found[column] = cell.Col
			}
		}
	}
	return found
}

// startsWithOne lets a bilingual header such as 工号 Staff number stand for its Chinese name.
func startsWithOne(text string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(text, n) && n[0] >= 0x80 })
}

func (l *staffList) rows(sheet *survey.Sheet, rows []survey.Row, columns map[string]int) error {
	for i := range rows {
		row := &rows[i]
		if text(row, columns["login"])+text(row, columns["name"]) == "" {
			continue
		}
		if err := l.row(sheet, row, columns); err != nil {
			return err
		}
	}
	return nil
}

// text is what a cell says; "" where the column is not there.
func text(row *survey.Row, col int) string {
	if cell := row.At(col); col > 0 && cell != nil {
		return strings.TrimSpace(cell.Text)
	}
	return ""
}

func (l *staffList) row(sheet *survey.Sheet, row *survey.Row, columns map[string]int) error {
	at := func(column string) survey.Ref {
		return survey.Ref{Sheet: sheet.Name, Row: row.Number, Col: columns[column]}
	}
	n := NewAccount{Login: text(row, columns["login"]), Name: text(row, columns["name"]), Department: text(row, columns["department"])}
	n.Roles = l.roles(text(row, columns["roles"]), at("roles"))
	if !isLogin(n.Login) {
		l.say("A002", at("login"), n.Login, "")
		return nil
	}
	key := strings.ToLower(n.Login)
	if first, twice := l.seen[key]; twice {
		l.say("A003", at("login"), n.Login, "", "other", first.Sheet+"!"+first.Cell())
		return nil
	}
	l.seen[key] = at("login")
	if slices.Contains(n.Roles, Secretary) && n.Department == "" {
		l.say("A005", at("department"), n.Login, "")
		return nil
	}
	_, err := l.AccountOf(l.ctx, n.Login)
	switch {
	case err == nil:
		l.say("A006", at("login"), n.Login, "")
	case errors.Is(err, ErrNotFound):
		l.people, err = append(l.people, n), nil
	}
	return err
}

// roles reads a cell of roles, by code or by either name; blank is faculty.
func (l *staffList) roles(cell string, at survey.Ref) []Role {
	var roles []Role
	for _, word := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、,，;；/\n", r) }) {
		i := slices.IndexFunc(Roles, func(r roleName) bool {
			w := codebook.Fold(word)
			return w == string(r.Role) || w == codebook.Fold(r.Name.ZH) || w == codebook.Fold(r.Name.EN)
		})
		if i < 0 {
			l.say("A004", at, word, roleChoices())
			continue
		}
		roles = append(roles, Roles[i].Role)
	}
	if len(roles) == 0 {
		return []Role{Faculty}
	}
	return roles
}

func roleChoices() string {
	names := make([]string, len(Roles))
	for i, r := range Roles {
		names[i] = r.Name.ZH
	}
	return strings.Join(names, "、")
}

func (l *staffList) say(code codebook.RuleID, at survey.Ref, got, want string, args ...string) {
	l.issues = append(l.issues, survey.NewIssue(l.Codebook, code, at, "", "", got, want, args...))
}
