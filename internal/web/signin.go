package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// home leads everybody to the page they come for.
func home(c *call) error {
	if c.me == nil {
		if c.s.SetupToken() != "" {
			return redirect("/setup")
		}
		return redirect("/signin")
	}
	for _, start := range []struct {
		role campaign.Role
		page string
	}{{campaign.Office, "/campaign"}, {campaign.Secretary, "/campaign"}, {campaign.Faculty, "/visits"}, {campaign.Committee, "/reports"}, {campaign.Reviewer, "/proposals"}, {campaign.Admin, "/admin/users"}} {
		if c.has(start.role) {
			return redirect(start.page)
		}
	}
	return redirect("/account")
}

// alive answers those who only ask whether anybody is there.
func alive(c *call) error {
	c.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := c.w.Write([]byte("ok\n"))
	return err
}

type signInView struct {
	Login    string
	Next     string
	Problem  codebook.Text
	Password bool
	OIDC     string // what its button says, "" where there is none
	CAS      string
}

func (c *call) signInView() signInView {
	v := signInView{Next: localPath(c.r.FormValue("next")), Password: c.s.Password}
	if c.s.OIDC != nil {
		v.OIDC = cmp.Or(c.s.OIDC.Name, "单点登录 Single sign-on")
	}
	if c.s.CAS != nil {
		v.CAS = cmp.Or(c.s.CAS.Name, "统一身份认证 University sign-on")
	}
	return v
}

func signInPage(c *call) error {
	if c.me != nil {
		return redirect(localPath(c.r.FormValue("next")))
	}
	return c.page(http.StatusOK, "signin", c.signInView())
}

// errWrong is what everybody is told who does not get in: whether the account exists, is
// disabled or has another password is nobody's business.
var errWrong = codebook.Text{ZH: "登录名或密码不对。忘记密码请找管理员重设。", EN: "The login or the password is wrong. The administrator can set a new password."}

func signIn(c *call) error {
	if !c.s.Password {
		return errNoPage
	}
	addr := c.s.client(c.r)
	leave, err := c.s.queueUp(addr)
	if err != nil {
		return err
	}
	defer leave()
	login, password := c.form("login"), c.r.PostFormValue("password")
	right, wait := c.s.throttle.take(login, addr)
	if wait > 0 {
		return c.tooOften(login, wait)
	}
	account, err := c.campaign().AccountOf(c.ctx(), login)
	if err != nil && !errors.Is(err, campaign.ErrNotFound) {
		return err
	}
	if !c.s.matches(c.ctx(), password, account.Password) || !account.Disabled.IsZero() {
		return c.wrong(login, account)
	}
	right()
	if err := c.welcome(&account, "password"); err != nil {
		return err
	}
	c.proven()
	if account.MustChange {
		return redirect("/account?done=change")
	}
	return redirect(localPath(c.form("next")))
}

// queueUp takes a place in the queue for a sign-in, or says that there is none: who is not signed in may not
// fill the server with passwords that wait to be hashed.
func (s *Server) queueUp(addr netip.Addr) (leave func(), err error) {
	network := networkOf(addr)
	if !s.signingIn.enter(network) {
		return nil, fail(http.StatusServiceUnavailable, "现在登录的人太多，请等几秒再试。", "Too many people are signing in at this moment. Wait a few seconds and try again.")
	}
	return func() { s.signingIn.leave(network) }, nil
}

// matches compares a password with a hash. It hashes once whatever it is given, so that an
// unknown login takes as long as a wrong password; and not more at once than the machine bears.
func (s *Server) matches(ctx context.Context, password, hash string) bool {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return false
	}
	s.metrics.hashes.Add(1)
	if !s.Campaign.Slow(hash) || len(password) > 4*campaign.MaxPassword { // nobody, or a first password: the time of a slow hash all the same
		campaign.PasswordMatches(strings.Repeat("x", campaign.MinPassword), s.decoy())
	}
	return len(password) <= 4*campaign.MaxPassword && campaign.Matches(password, hash)
}

// decoy is a hash that no password has, as costly as those that have one.
func (s *Server) decoy() string {
	return s.Campaign.DecoyHash()
}

func (c *call) wrong(login string, account campaign.Account) error {
	object := "account/unknown" // what was typed may be a password in the wrong box
	if account.ID != 0 {
		object = "account/" + strconv.FormatInt(int64(account.ID), 10)
	}
	c.record("session.refused", object, c.origin())
	v := c.signInView()
	v.Login, v.Problem = login, errWrong
	return c.page(http.StatusUnauthorized, "signin", v)
}

func (c *call) tooOften(login string, wait time.Duration) error {
	seconds := int(wait/time.Second) + 1
	c.w.Header().Set("Retry-After", strconv.Itoa(seconds))
	v := c.signInView()
	n := strconv.Itoa(seconds)
	v.Login, v.Problem = login, codebook.Text{ZH: "试得太多了，请 " + n + " 秒后再试。", EN: "Too many tries. Wait " + n + " seconds."}
	return c.page(http.StatusTooManyRequests, "signin", v)
}

// localPath keeps a target within this server: anything else is the front page.
func localPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}

type setupView struct {
	Login, Name string
	Problem     codebook.Text
}

func setupPage(c *call) error {
	if c.s.SetupToken() == "" {
		return errNoPage
	}
	return c.page(http.StatusOK, "setup", setupView{})
}

// setUp makes the first administrator of somebody who can read the terminal of this machine. The
// token works once.
func setUp(c *call) error {
	c.s.setupMu.Lock()
	defer c.s.setupMu.Unlock()
	if known, err := c.campaign().HasAdmin(c.ctx()); err != nil {
		return err
	} else if known { // added on the command line meanwhile
		c.s.setup = ""
	}
	if c.s.setup == "" {
		return errNoPage
	}
	right, wait := c.s.throttle.take("\x00setup", c.s.client(c.r))
	if wait > 0 {
		return fail(http.StatusTooManyRequests, "试得太多了，请稍后再试。", "Too many tries. Wait a while.")
	}
	v := setupView{Login: c.form("login"), Name: c.form("name")}
	again := func(problem codebook.Text) error {
		v.Problem = problem
		return c.page(http.StatusUnprocessableEntity, "setup", v)
	}
	if !campaign.SameSecret(c.form("token"), c.s.setup) {
		return again(codebook.Text{ZH: "口令不对：它印在启动 qianqi serve 的终端里。", EN: "That is not the token; it stands in the terminal where qianqi serve was started."})
	}
	right()
	id, err := c.campaign().AddAccount(c.ctx(), campaign.NewAccount{Login: v.Login, Name: v.Name, Password: c.r.PostFormValue("password"),
		Roles: []campaign.Role{campaign.Admin, campaign.Office}}, campaign.Act{})
	if err != nil {
		if text, ok := problemOf(err); ok {
			return again(text)
		}
		return err
	}
	c.s.setup = ""
	account, err := c.campaign().Store.Account(c.ctx(), id)
	if err != nil {
		return err
	}
	if err := c.welcome(&account, "setup"); err != nil {
		return err
	}
	c.proven()
	return redirect("/admin/users?done=setup")
}

// accountPage shows a person what is kept about them, and lets them change their password.
func accountPage(c *call) error { return c.accountPage(http.StatusOK, codebook.Text{}) }

type accountView struct {
	Account *campaign.Account
	Local   bool // has a password here
	Problem codebook.Text
}

func (c *call) accountPage(status int, problem codebook.Text) error {
	return c.page(status, "account", accountView{c.me, c.me.Password != "", problem})
}

func changePassword(c *call) error {
	old, fresh, again := c.r.PostFormValue("old"), c.r.PostFormValue("password"), c.r.PostFormValue("again")
	right, wait := c.s.throttle.take(c.me.Login, c.s.client(c.r))
	if wait > 0 {
		return c.accountPage(http.StatusTooManyRequests, codebook.Text{ZH: "试得太多了，请稍后再试。", EN: "Too many tries. Wait a while."})
	}
	if !c.s.matches(c.ctx(), old, c.me.Password) {
		return c.accountPage(http.StatusUnprocessableEntity, codebook.Text{ZH: "原密码不对。", EN: "The old password is wrong."})
	}
	right()
	switch {
	case fresh != again:
		return c.accountPage(http.StatusUnprocessableEntity, codebook.Text{ZH: "两次输入的新密码不一致。", EN: "The two new passwords differ."})
	case fresh == old:
		return c.accountPage(http.StatusUnprocessableEntity, codebook.Text{ZH: "新密码须与原密码不同。", EN: "The new password must differ from the old one."})
	}
	if err := c.campaign().SetPassword(c.ctx(), c.me.ID, fresh, false, c.act("")); err != nil {
		if text, ok := problemOf(err); ok {
			return c.accountPage(http.StatusUnprocessableEntity, text)
		}
		return err
	}
	if err := c.welcome(c.me, "password"); err != nil { // the change ended every session
		return err
	}
	c.proven()
	return redirect("/?done=password")
}

// setLanguage remembers in which language pages are read.
func setLanguage(c *call) error {
	lang := c.form("lang")
	if lang != "zh" && lang != "both" && lang != "en" {
		return fail(http.StatusBadRequest, "没有这种语言。", "There is no such language.")
	}
	http.SetCookie(c.w, hostCookie(languageCookie, lang, 365*24*time.Hour))
	return redirect(localPath(c.form("back")))
}
