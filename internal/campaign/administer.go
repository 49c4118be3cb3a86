package campaign

import (
	"context"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// What an administrator looks at, under the names the entries use.
type (
	AuditEntry  = store.AuditEntry
	AuditFilter = store.AuditFilter
	AuditHead   = store.Head
	Moment      = store.Moment
	Department  = store.Department
)

// Departments lists every spelling of a department in accounts, rosters and visits.
func (c *Campaign) Departments(ctx context.Context) ([]Department, error) {
	return c.Store.Departments(ctx)
}

// MoveDepartment gives every account of one department another. What visits say stays as it was
// written.
func (c *Campaign) MoveDepartment(ctx context.Context, from, to string, act Act) error {
	if from = strings.TrimSpace(from); from == "" {
		return refuse("没有指明部门。", "Which department?")
	}
	n, err := c.Store.MoveDepartment(ctx, c.Codebook.College, from, strings.TrimSpace(to), act)
	if err == nil && n == 0 {
		err = refuse("没有账号属于部门“"+from+"”。", "No account belongs to the department “"+from+"”.")
	}
	return err
}

// SetFirstPassword gives an account a password made by Secret, to be changed at the next sign-in.
func (c *Campaign) SetFirstPassword(ctx context.Context, id AccountID, password string, act Act) error {
	return c.Store.SetPassword(ctx, id, HashPassword(password, firstCost), true, act)
}

// FirstPasswordsUnused lists the accounts whose first password nobody has signed in with yet.
func (c *Campaign) FirstPasswordsUnused(ctx context.Context) ([]Account, error) {
	all, err := c.Store.Accounts(ctx)
	return slices.DeleteFunc(all, func(a Account) bool {
		return a.Password == "" || !a.MustChange || !a.SignedIn.IsZero() || !a.Disabled.IsZero()
	}), err
}

// RenewFirstPasswords gives everybody whose first password is unused another, and lists them: those of before
// were perhaps never seen, since they are shown once. They are void from here on.
func (c *Campaign) RenewFirstPasswords(ctx context.Context, act Act) ([]NewAccount, error) {
	unused, err := c.FirstPasswordsUnused(ctx)
	if err != nil {
		return nil, err
	}
	var out []NewAccount
	for _, a := range unused {
		n := NewAccount{Login: a.Login, Name: a.Name, Department: a.Department, FirstPassword: Secret(10)}
		if err := c.SetFirstPassword(ctx, a.ID, n.FirstPassword, act); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// RosterWithoutAccount lists everybody on the newest roster who has no account. Whoever was erased is
// nobody any more.
func (c *Campaign) RosterWithoutAccount(ctx context.Context) ([]survey.Faculty, error) {
	roster, err := c.Store.LoadRoster(ctx, everyRoster)
	if err != nil || roster == nil {
		return nil, err
	}
	accounts, err := c.Store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	erased, err := c.Store.Erasures(ctx, c.Codebook.College)
	known := make(map[string]bool, len(accounts)+len(erased))
	for _, a := range accounts {
		known[strings.ToLower(a.Login)] = true
	}
	for _, e := range erased {
		known[strings.ToLower(e.Pseudonym)] = true
	}
	var out []survey.Faculty
	for _, f := range roster.Faculty {
		if key := strings.ToLower(f.ID); !known[key] {
			known[key] = true
			out = append(out, f)
		}
	}
	return out, err
}

// Inert makes a text of a CSV safe to open in a spreadsheet: what could be taken for a formula gets
// an apostrophe before it.
func Inert(s string) string { return report.Inert(s) }

// Room is the free space of the disk that holds a path, in bytes; known is false where the system
// does not say.
func Room(path string) (free uint64, known bool) { return freeBytes(existing(path)) }
