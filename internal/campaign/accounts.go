package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// What the entries need of the store, under the names they use.
type (
	Account   = store.Account
	AccountID = store.AccountID
	Session   = store.Session
	Act       = store.Act
	Comment   = store.Comment
)

// What may be wrong, for the entries to tell apart with errors.Is.
var (
	ErrNotFound = store.ErrNotFound
	ErrConflict = store.ErrConflict
	ErrInvalid  = store.ErrInvalid
	ErrFrozen   = store.ErrFrozen
	ErrFull     = store.ErrFull
	ErrBusy     = store.ErrBusy
	ErrReadOnly = store.ErrReadOnly
	ErrNotFile  = store.ErrNotFile
)

// Role is what a person may do.
type Role string

// The roles. One person may have several.
const (
	Faculty   Role = "faculty"   // hands in visits, sees its own
	Secretary Role = "secretary" // of a department: hands in and follows that department's visits
	Office    Role = "office"    // runs the campaign
	Committee Role = "committee" // reads reports, proposes and decides
	Reviewer  Role = "reviewer"  // of an enterprise: sees proposals addressed to it
	Admin     Role = "admin"     // accounts, sessions, log, backup
)

type roleName struct {
	Role Role
	Name codebook.Text
}

// Roles lists the roles with their names, in the order in which they are shown.
var Roles = []roleName{
	{Faculty, codebook.Text{ZH: "教师", EN: "faculty"}},
	{Secretary, codebook.Text{ZH: "部门秘书", EN: "department secretary"}},
	{Office, codebook.Text{ZH: "调研办", EN: "survey office"}},
	{Committee, codebook.Text{ZH: "专业建设委员会", EN: "committee"}},
	{Reviewer, codebook.Text{ZH: "企业评审人", EN: "enterprise reviewer"}},
	{Admin, codebook.Text{ZH: "管理员", EN: "administrator"}},
}

// ParseRole returns the role of that name.
func ParseRole(name string) (Role, bool) {
	for _, r := range Roles {
		if string(r.Role) == name {
			return r.Role, true
		}
	}
	return "", false
}

// RoleNames lists the names of all roles.
func RoleNames() string {
	names := make([]string, len(Roles))
	for i, r := range Roles {
		names[i] = string(r.Role)
	}
	return strings.Join(names, ", ")
}

// Has reports whether an account has a role.
func Has(a *Account, role Role) bool { return slices.Contains(a.Roles, string(role)) }

// NewAccount says which account to add.
type NewAccount struct {
	Login, Name, Department string
	Roles                   []Role
	Programmes              []codebook.ProgrammeID
	Password                string // "" where only a provider signs in
	FirstPassword           string // made by Secret, to be changed at the first sign-in; instead of Password
}

// AddAccount adds an account. An error that Is ErrInvalid says what is wrong with the request,
// ErrConflict that the login is taken.
func (c *Campaign) AddAccount(ctx context.Context, n NewAccount, act Act) (AccountID, error) {
	a, err := c.account(n)
	if err != nil {
		return 0, err
	}
	return c.Store.AddAccount(ctx, a, act)
}

// account makes the account that is asked for, its password hashed.
func (c *Campaign) account(n NewAccount) (Account, error) {
	n.Login = strings.TrimSpace(n.Login)
	if err := checkAccount(n.Login, n.Department, n.Roles); err != nil {
		return Account{}, err
	}
	a := Account{College: c.Codebook.College, Login: n.Login, Name: strings.TrimSpace(n.Name), Department: strings.TrimSpace(n.Department),
		Programmes: n.Programmes}
	for _, r := range n.Roles {
		a.Roles = append(a.Roles, string(r))
	}
	if a.Name == "" {
		a.Name = a.Login
	}
	switch {
	case n.FirstPassword != "":
		a.Password, a.MustChange = HashPassword(n.FirstPassword, firstCost), true
	case n.Password != "":
		if fault, ok := PasswordFault(n.Password, n.Login); !ok {
			return Account{}, Refused(fault)
		}
		a.Password = HashPassword(n.Password, c.hashCost())
	}
	return a, nil
}

// firstCost is what a password made by Secret is hashed with. Nobody guesses 80 random bits, so
// that it need not be slow; a whole staff gets theirs within a second.
var firstCost = HashCost{MemoryKiB: 64, Passes: 1, Lanes: 1}

// Slow reports whether comparing with a hash takes as long as with any password of a person's own
// choice. Where it does not, a decoy must fill up the time.
func (c *Campaign) Slow(hash string) bool {
	cost, ok := CostOf(hash)
	return ok && cost != firstCost
}

// hashCost is what a password is hashed with; tests take a cheap one.
func (c *Campaign) hashCost() HashCost {
	if c.HashCost == (HashCost{}) {
		return DefaultHashCost
	}
	return c.HashCost
}

// Refused makes an error that Is ErrInvalid of a sentence.
func Refused(t codebook.Text) error {
	return &store.Error{Kind: store.ErrInvalid, ZH: t.ZH, EN: t.EN}
}

func refuse(zh, en string) error { return Refused(codebook.Text{ZH: zh, EN: en}) }

// maxLogin is how many characters a login may have.
const maxLogin = 64

func isLogin(s string) bool {
	return s != "" && len([]rune(s)) <= maxLogin && Printable(s) == s && !strings.ContainsAny(s, " ,;<>\"'")
}

func checkAccount(login, department string, roles []Role) error {
	switch {
	case !isLogin(login):
		return refuse("登录名（教师用工号）须为 1–64 个字符，不含空格和标点。", "A login (for faculty the staff number) has 1 to 64 characters, no blanks, commas or quotes.")
	case len(roles) == 0:
		return refuse("至少选择一种角色。", "Choose at least one role.")
	case slices.Contains(roles, Secretary) && strings.TrimSpace(department) == "":
		return refuse("部门秘书须写明部门。", "A department secretary needs a department.")
	}
	for _, r := range roles {
		if _, ok := ParseRole(string(r)); !ok {
			return refuse(fmt.Sprintf("没有名为 %q 的角色；可选 %s。", r, RoleNames()), fmt.Sprintf("There is no role %q; choose among %s.", r, RoleNames()))
		}
	}
	return nil
}

// AccountOf returns the account with a login.
func (c *Campaign) AccountOf(ctx context.Context, login string) (Account, error) {
	return c.Store.AccountOf(ctx, c.Codebook.College, strings.TrimSpace(login))
}

// SetPassword gives an account another password and ends its sessions.
func (c *Campaign) SetPassword(ctx context.Context, id AccountID, password string, mustChange bool, act Act) error {
	a, err := c.Store.Account(ctx, id)
	if err != nil {
		return err
	}
	if fault, ok := PasswordFault(password, a.Login); !ok {
		return Refused(fault)
	}
	return c.Store.SetPassword(ctx, id, HashPassword(password, c.hashCost()), mustChange, act)
}

// ChangeAccount changes name, department, roles and programmes. The last administrator stays one.
func (c *Campaign) ChangeAccount(ctx context.Context, a Account, act Act) error {
	roles := make([]Role, len(a.Roles))
	for i, r := range a.Roles {
		roles[i] = Role(r)
	}
	if err := checkAccount(a.Login, a.Department, roles); err != nil {
		return err
	}
	if !Has(&a, Admin) {
		if err := c.keepAnAdmin(ctx, a.ID); err != nil {
			return err
		}
	}
	return c.Store.ChangeAccount(ctx, a, act)
}

// DisableAccount keeps an account from signing in, or lets it again.
func (c *Campaign) DisableAccount(ctx context.Context, id AccountID, disabled bool, act Act) error {
	if disabled {
		if err := c.keepAnAdmin(ctx, id); err != nil {
			return err
		}
	}
	return c.Store.DisableAccount(ctx, id, disabled, act)
}

// keepAnAdmin refuses to take the last administrator away.
func (c *Campaign) keepAnAdmin(ctx context.Context, without AccountID) error {
	all, err := c.Store.Accounts(ctx)
	if err != nil {
		return err
	}
	others, was := 0, false
	for i := range all {
		if !Has(&all[i], Admin) || !all[i].Disabled.IsZero() {
			continue
		}
		if all[i].ID == without {
			was = true
		} else {
			others++
		}
	}
	if was && others == 0 {
		return &store.Error{Kind: store.ErrConflict, ZH: "这是最后一个可用的管理员账号，不能停用或取消其管理员角色。",
			EN: "This is the last administrator who can sign in; it cannot be disabled or lose the role."}
	}
	return nil
}

// HasAdmin reports whether anybody can administer the accounts.
func (c *Campaign) HasAdmin(ctx context.Context) (bool, error) {
	all, err := c.Store.Accounts(ctx)
	for i := range all {
		if Has(&all[i], Admin) && all[i].Disabled.IsZero() {
			return true, err
		}
	}
	return false, err
}

// OnRoster returns the roster's entry for a staff number, of the newest roster it stands on.
func (c *Campaign) OnRoster(ctx context.Context, staff string) (name, department string, ok bool, err error) {
	roster, err := c.Store.LoadRoster(ctx, everyRoster)
	if err != nil || roster == nil {
		return "", "", false, err
	}
	for _, f := range roster.Faculty {
		if strings.EqualFold(f.ID, staff) {
			return f.Name, f.Department, true, nil
		}
	}
	return "", "", false, nil
}

// AccountFor returns the account of a person whom a sign-in provider vouches for. Somebody on
// the roster gets one at the first sign-in, as faculty; ErrNotFound says that the person is
// neither known nor on the roster.
func (c *Campaign) AccountFor(ctx context.Context, login string, act Act) (Account, error) {
	a, err := c.AccountOf(ctx, login)
	if !errors.Is(err, ErrNotFound) {
		return a, err
	}
	name, department, ok, rosterErr := c.OnRoster(ctx, login)
	if rosterErr != nil || !ok {
		return Account{}, errors.Join(rosterErr, err)
	}
	id, err := c.AddAccount(ctx, NewAccount{Login: login, Name: name, Department: department, Roles: []Role{Faculty}}, act)
	if err != nil && !errors.Is(err, ErrConflict) { // two tabs at once: the other one made it
		return Account{}, err
	}
	if err != nil {
		return c.AccountOf(ctx, login)
	}
	return c.Store.Account(ctx, id)
}

// DecoyHash is a hash that no password has, as costly to compare with as a real one.
func (c *Campaign) DecoyHash() string {
	cost := c.hashCost()
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", cost.MemoryKiB, cost.Passes, cost.Lanes, strings.Repeat("A", 22), strings.Repeat("A", 43))
}

// Note puts on the log what goes with no other change: a sign-in, an export, a look at
// somebody's data. by is an account's Actor, or "" where nobody is signed in.
func (c *Campaign) Note(ctx context.Context, by, action, object string, detail map[string]string) error {
	text := ""
	if len(detail) > 0 {
		data, err := json.Marshal(detail)
		if err != nil {
			return err
		}
		text = string(data)
	}
	_, err := c.Store.Audit(ctx, store.AuditEntry{College: c.Codebook.College, Actor: by, Action: action, Object: object, Detail: text})
	return err
}

// Stylesheet is the style sheet of the report, for other pages that look the same.
func Stylesheet() string { return report.Stylesheet() }

// AddRosterAccounts adds an account for everybody on the newest roster who has none, as faculty,
// with a made-up first password where passwords is set; all of them or none.
func (c *Campaign) AddRosterAccounts(ctx context.Context, passwords bool, act Act) ([]NewAccount, error) {
	missing, err := c.RosterWithoutAccount(ctx)
	if err != nil {
		return nil, err
	}
	people := make([]NewAccount, len(missing))
	for i, f := range missing {
		people[i] = NewAccount{Login: f.ID, Name: f.Name, Department: f.Department, Roles: []Role{Faculty}}
	}
	return people, c.addAll(ctx, people, passwords, act)
}
