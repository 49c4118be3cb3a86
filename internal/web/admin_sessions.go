package web

import (
	"net/http"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

type sessionView struct {
	campaign.Session
	Owner campaign.Account
	Mine  bool // this very browser
}

// sessionsPage lists every browser that is signed in.
func sessionsPage(c *call) error {
	sessions, err := c.campaign().Store.Sessions(c.ctx())
	if err != nil {
		return err
	}
	accounts, err := c.campaign().Store.Accounts(c.ctx())
	if err != nil {
		return err
	}
	owners := make(map[campaign.AccountID]campaign.Account, len(accounts))
	for _, a := range accounts {
		owners[a.ID] = a
	}
	now := c.s.now()
	var list []sessionView
	for _, s := range sessions {
		if s.Ends.After(now) && now.Sub(s.Seen) <= sessionIdle {
			list = append(list, sessionView{s, owners[s.Account], s.Token == c.session.Token})
		}
	}
	return c.page(http.StatusOK, "admin_sessions", list)
}

// endSession signs one browser out.
func endSession(c *call) error {
	if err := c.campaign().Store.EndSession(c.ctx(), c.form("session"), c.act("")); err != nil {
		return err
	}
	return redirect("/admin/sessions?done=session")
}

// endSessions signs a person out everywhere.
func endSessions(c *call) error {
	a, err := c.userOf()
	if err != nil {
		return err
	}
	if _, err := c.campaign().Store.EndSessions(c.ctx(), a.ID, c.act("")); err != nil {
		return err
	}
	if a.ID == c.me.ID {
		return redirect("/signin?done=out")
	}
	return redirect("/admin/users/" + number(a.ID) + "?done=session")
}
