package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

type usersView struct {
	Accounts    []campaign.Account
	All         int // before the search
	Search      string
	Role        string
	Disabled    bool // only those that are
	Departments []string
	New         newUserView
	Problem     codebook.Text
}

// newUserView is the form for one account, as it was filled in.
type newUserView struct {
	Login, Name, Department string
	Roles                   []string
	Provider                bool // no password: a provider signs in
}

// usersPage lists the accounts and has a form for another one.
func usersPage(c *call) error {
	return c.usersPage(http.StatusOK, newUserView{Roles: []string{string(campaign.Faculty)}}, codebook.Text{})
}

func (c *call) usersPage(status int, form newUserView, problem codebook.Text) error {
	q := c.r.URL.Query()
	v := usersView{Search: strings.TrimSpace(q.Get("q")), Role: q.Get("role"), Disabled: q.Get("disabled") != "", New: form, Problem: problem}
	all, err := c.campaign().Store.Accounts(c.ctx())
	if err != nil {
		return err
	}
	v.All = len(all)
	for i := range all {
		if v.picks(&all[i]) {
			v.Accounts = append(v.Accounts, all[i])
		}
	}
	if v.Departments, err = c.departmentNames(); err != nil {
		return err
	}
	return c.page(status, "admin_users", v)
}

// picks reports whether an account is among those searched for.
func (v *usersView) picks(a *campaign.Account) bool {
	text := strings.ToLower(a.Login + "\x00" + a.Name + "\x00" + a.Department)
	return strings.Contains(text, strings.ToLower(v.Search)) && (v.Role == "" || slices.Contains(a.Roles, v.Role)) && (!v.Disabled || !a.Disabled.IsZero())
}

// departmentNames are the departments that the college knows, for a form to offer.
func (c *call) departmentNames() ([]string, error) {
	list, err := c.campaign().Departments(c.ctx())
	names := make([]string, 0, len(list))
	for _, d := range list {
		names = append(names, d.Name)
	}
	return names, err
}

// rolesOf are the roles that a form ticked.
func (c *call) rolesOf() (roles []campaign.Role) {
	for _, name := range c.r.PostForm["role"] {
		roles = append(roles, campaign.Role(name))
	}
	return roles
}

// firstView shows a first password, this once.
type firstView struct {
	Account  campaign.Account
	Password string
	New      bool
}

// addUser adds an account with a password that must be changed at the first sign-in.
func addUser(c *call) error {
	form := newUserView{Login: c.form("login"), Name: c.form("name"), Department: c.form("department"), Roles: c.r.PostForm["role"], Provider: c.form("provider") != ""}
	n := campaign.NewAccount{Login: form.Login, Name: form.Name, Department: form.Department, Roles: c.rolesOf()}
	if !form.Provider {
		n.FirstPassword = campaign.Secret(10)
	}
	id, err := c.campaign().AddAccount(c.ctx(), n, c.act(""))
	if text, ok := problemOf(err); ok {
		return c.usersPage(http.StatusUnprocessableEntity, form, text)
	}
	if err != nil {
		return err
	}
	if n.FirstPassword == "" {
		return redirect("/admin/users/" + number(id) + "?done=added")
	}
	return c.firstPassword(id, n.FirstPassword, true)
}

func (c *call) firstPassword(id campaign.AccountID, password string, fresh bool) error {
	a, err := c.campaign().Store.Account(c.ctx(), id)
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "admin_first", firstView{a, password, fresh})
}

// userOf is the account that the address names.
func (c *call) userOf() (campaign.Account, error) {
	id, err := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	if err != nil {
		return campaign.Account{}, errNoPage
	}
	a, err := c.campaign().Store.Account(c.ctx(), campaign.AccountID(id))
	if errors.Is(err, campaign.ErrNotFound) {
		return a, errNoPage
	}
	return a, err
}

type userView struct {
	Account     campaign.Account
	Self        bool
	Sessions    []campaign.Session
	Log         []logLine
	Programmes  []codebook.Item
	Departments []string
	Problem     codebook.Text
}

// userPage shows one account: what it may do, where it is signed in, what it did last.
func userPage(c *call) error {
	a, err := c.userOf()
	if err != nil {
		return err
	}
	c.record("account.seen", "account/"+number(a.ID), nil)
	return c.userPage(http.StatusOK, a, codebook.Text{})
}

func (c *call) userPage(status int, a campaign.Account, problem codebook.Text) error {
	v := userView{Account: a, Self: a.ID == c.me.ID, Programmes: c.campaign().Codebook.Items("programmes"), Problem: problem}
	sessions, err := c.campaign().Store.Sessions(c.ctx())
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.Account == a.ID {
			v.Sessions = append(v.Sessions, s)
		}
	}
	if v.Log, err = c.logLines(campaign.AuditFilter{Person: a.ID, Limit: 15}); err != nil {
		return err
	}
	if v.Departments, err = c.departmentNames(); err != nil {
		return err
	}
	return c.page(status, "admin_user", v)
}

// changeUser sets name, department, roles and programmes of an account.
func changeUser(c *call) error {
	a, err := c.userOf()
	if err != nil {
		return err
	}
	a.Name, a.Department = cmp.Or(c.form("name"), a.Login), c.form("department")
	a.Roles, a.Programmes = c.r.PostForm["role"], nil
	for _, p := range c.r.PostForm["programme"] {
		if _, ok := c.campaign().Codebook.Programme(codebook.ProgrammeID(p)); ok {
			a.Programmes = append(a.Programmes, codebook.ProgrammeID(p))
		}
	}
	return c.toUser(a, c.campaign().ChangeAccount(c.ctx(), a, c.act("")), "saved")
}

// toUser leads back to an account's page, or shows there why it did not work.
func (c *call) toUser(a campaign.Account, err error, done string) error {
	if text, ok := problemOf(err); ok {
		return c.userPage(http.StatusUnprocessableEntity, a, text)
	}
	if err != nil {
		return err
	}
	return redirect("/admin/users/" + number(a.ID) + "?done=" + done)
}

// resetPassword gives an account a new first password and ends its sessions.
func resetPassword(c *call) error {
	a, err := c.userOf()
	if err != nil {
		return err
	}
	password := campaign.Secret(10)
	if err := c.campaign().SetFirstPassword(c.ctx(), a.ID, password, c.act("")); err != nil {
		return err
	}
	return c.firstPassword(a.ID, password, false)
}

// disableUser keeps an account from signing in.
func disableUser(c *call) error { return c.able(true, "disabled") }

// enableUser lets an account sign in again.
func enableUser(c *call) error { return c.able(false, "enabled") }

func (c *call) able(disabled bool, done string) error {
	a, err := c.userOf()
	if err != nil {
		return err
	}
	return c.toUser(a, c.campaign().DisableAccount(c.ctx(), a.ID, disabled, c.act("")), done)
}
