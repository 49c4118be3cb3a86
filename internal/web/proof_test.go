package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// asksAgain is written by hand, apart from the table that the server goes by: the routes that want a proof
// of who asks, no older than ten minutes.
var asksAgain = []string{
	"POST /admin/users", "POST /admin/users/{id}", "POST /admin/users/{id}/password", "POST /admin/users/{id}/disable", "POST /admin/users/{id}/enable",
	"POST /admin/import", "POST /admin/departments", "GET /admin/backups/{name}", "POST /admin/privacy/retention", "GET /admin/privacy/export", "POST /admin/privacy/erase",
}

// Each of them does nothing for a session whose person was asked long ago, and no other route asks.
func TestProofIsAskedFor(t *testing.T) {
	s := newSite(t)
	s.add("chief", campaign.Admin)
	v := s.as("chief")
	s.clock.add(proofLife + time.Second)
	want := make(map[string]bool)
	for _, pattern := range asksAgain {
		want[pattern] = true
	}
	for i := range routes {
		rt := &routes[i]
		if !strings.Contains(access[rt.pattern()], "a") || rt.path == "/signout" || rt.path == "/prove" {
			continue
		}
		got := probe(v, rt)
		asked := got.Code == http.StatusForbidden && strings.Contains(got.text(), `name="proof"`) || strings.HasPrefix(got.location(), "/prove?next=")
		if asked != want[rt.pattern()] {
			t.Errorf("%s asks again: %v, want %v (%d)", rt.pattern(), asked, want[rt.pattern()], got.Code)
		}
		delete(want, rt.pattern())
	}
	if len(want) != 0 {
		t.Errorf("no routes: %v", want)
	}
}

// A form comes again with the password and does then what it was to do; the proof holds for ten minutes, in
// this browser alone.
func TestProofByPassword(t *testing.T) {
	s, chief := administered(t)
	other := s.as("chief")
	s.add("t1", campaign.Faculty)
	at := "/admin/users/" + s.idOf("t1")
	roles := func() string {
		a, _ := s.c.AccountOf(t.Context(), "t1")
		return strings.Join(a.Roles, ",")
	}
	s.clock.add(proofLife + time.Second)
	form := []string{"name", `样例"><script>`, "role", "office", "role", "committee"}
	page := chief.post(at, form...).want(t, http.StatusForbidden, "还什么都没有做", `action="`+at+`"`, `name="role" value="office"`, `name="role" value="committee"`, "&lt;script&gt;")
	if strings.Contains(page.text(), `"><script>`) || roles() != "faculty" {
		t.Fatalf("script, or done without a proof: %s", roles())
	}
	chief.post(at, append(form, "proof", "wrong-password")...).want(t, http.StatusForbidden, "密码不对")
	if roles() != "faculty" {
		t.Fatal("a wrong password proves it")
	}
	chief.post(at, append(form, "proof", aPassword)...).want(t, http.StatusSeeOther)
	if roles() != "office,committee" {
		t.Fatalf("the roles are %s", roles())
	}
	s.clock.add(proofLife - time.Second)
	chief.post(at, "name", "样例", "role", "faculty").want(t, http.StatusSeeOther)
	other.post(at, "name", "样例", "role", "admin").want(t, http.StatusForbidden)
	s.clock.add(2 * time.Second)
	chief.post(at, "name", "样例", "role", "admin").want(t, http.StatusForbidden)
	if roles() != "faculty" {
		t.Errorf("the roles are %s", roles())
	}
}

// A file is asked for by its address: the proof comes first and leads on to it; a list of people cannot be
// sent twice, so the page it came from is where the proof leads.
func TestProofBeforeFile(t *testing.T) {
	s, chief := administered(t)
	chief.post("/admin/backups").want(t, http.StatusSeeOther)
	address := regexp.MustCompile(`/admin/backups/qianqi-[^"]+`).FindString(chief.get("/admin/backups").want(t, http.StatusOK, "再问一次您的密码").text())
	s.clock.add(proofLife + time.Second)
	ask := chief.get(address).want(t, http.StatusSeeOther)
	chief.get(ask.location()).want(t, http.StatusOK, `value="`+address+`"`)
	chief.post("/prove", "next", address, "proof", "wrong-password").want(t, http.StatusForbidden, "密码不对")
	chief.post("/prove", "next", "//evil.example", "proof", aPassword).want(t, http.StatusSeeOther)
	if got := chief.post("/prove", "next", address, "proof", aPassword).want(t, http.StatusSeeOther); got.location() != address {
		t.Errorf("led to %s", got.location())
	}
	chief.get(address).want(t, http.StatusOK)
	if got := chief.post("/prove", "next", "//evil.example"); got.location() != "/" {
		t.Errorf("led to %s", got.location())
	}
	s.clock.add(proofLife + time.Second)
	s.add("t1", campaign.Faculty)
	data := "/admin/privacy/export?person=t1"
	ask = chief.get(data).want(t, http.StatusSeeOther)
	chief.get(ask.location()).want(t, http.StatusOK, `value="`+data+`"`)
	if s.logged("person.exported") != 0 {
		t.Error("a person's data were exported without a proof")
	}
	if got := chief.post("/prove", "next", data, "proof", aPassword).want(t, http.StatusSeeOther); got.location() != data {
		t.Errorf("led to %s", got.location())
	}
	chief.get(data).want(t, http.StatusOK, `"login": "t1"`)
	s.clock.add(proofLife + time.Second)
	chief.header.Set("Referer", "https://qianqi.example/admin/import")
	chief.list("名单.csv", "工号\n001013\n").want(t, http.StatusForbidden, `name="next" value="/admin/import"`)
	if s.logged("account.added") != 2 {
		t.Error("the list was taken in")
	}
}

// Guessing here is as slow as at the sign-in.
func TestProofIsThrottled(t *testing.T) {
	s, chief := administered(t)
	s.clock.add(proofLife + time.Second)
	for range freeTries + 1 {
		chief.post("/prove", "next", "/", "proof", "guess").want(t, http.StatusForbidden)
	}
	if got := chief.post("/prove", "next", "/", "proof", aPassword).want(t, http.StatusTooManyRequests); got.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// viaProvider adds an administrator without a password here.
func (s *site) viaProvider(login string) {
	s.t.Helper()
	if _, err := s.c.AddAccount(s.t.Context(), campaign.NewAccount{Login: login, Roles: []campaign.Role{campaign.Admin}}, campaign.Act{By: "u0"}); err != nil {
		s.t.Fatal(err)
	}
}

// Where CAS vouches, a sign-in that it remembers is no proof; one with renew is, and CAS is held to it.
func TestProofByCAS(t *testing.T) {
	cas := &CAS{}
	s := newSite(t, withPublic, func(o *Options) { o.CAS = cas })
	p := newCASServer(t, s.clock)
	cas.Base = p.URL + "/cas"
	s.viaProvider("001013")
	v := s.visitor()
	v.get(pathOf(p.login(t, v.get("/cas").location()))).want(t, http.StatusSeeOther)
	v.header.Set("Referer", "https://qianqi.example/admin/users?q=x")
	v.post("/admin/users", "login", "t9", "role", "admin", "proof", "x").want(t, http.StatusForbidden)
	link := regexp.MustCompile(`href="(/cas\?anew=1[^"]+)"`).FindStringSubmatch(v.post("/admin/users", "login", "t9", "role", "admin").want(t, http.StatusForbidden).text())
	if link == nil {
		t.Fatal("no way to sign in anew")
	}
	to := v.get(strings.ReplaceAll(link[1], "&amp;", "&")).want(t, http.StatusSeeOther).location()
	if u, _ := url.Parse(to); u.Query().Get("renew") != "true" {
		t.Errorf("CAS may answer from memory: %s", to)
	}
	back := v.get(pathOf(p.login(t, to))).want(t, http.StatusSeeOther)
	if back.location() != "/admin/users?q=x" || !p.renewed {
		t.Errorf("led to %s; validated with renew: %v", back.location(), p.renewed)
	}
	v.post("/admin/users", "login", "t9", "role", "admin").want(t, http.StatusOK)
}

// The same by OpenID Connect: a token proves it only where the provider says when the password was typed.
func TestProofByOIDC(t *testing.T) {
	p := newIssuer(t)
	s := newSite(t, withPublic, func(o *Options) {
		o.OIDC = &OIDC{Issuer: p.URL, Client: "qianqi", Secret: "hush", Claim: "preferred_username"}
	})
	s.viaProvider("001013")
	for _, c := range []struct {
		why    string
		at     any // auth_time
		status int
	}{
		{"typed now", time.Now().Unix(), http.StatusSeeOther},
		{"typed an hour ago", time.Now().Add(-time.Hour).Unix(), http.StatusUnauthorized},
		{"not said", nil, http.StatusUnauthorized},
	} {
		p.mu.Lock()
		p.bend = func(claims map[string]any, _ url.Values) {
			if c.at != nil {
				claims["auth_time"] = json.Number(fmt.Sprint(c.at))
			}
		}
		p.mu.Unlock()
		v := s.visitor()
		to := v.get("/oidc?anew=1&next=%2Fadmin%2Fusers").want(t, http.StatusSeeOther).location()
		if u, _ := url.Parse(to); u.Query().Get("prompt") != "login" || u.Query().Get("max_age") != "0" {
			t.Errorf("the provider may answer from memory: %s", to)
		}
		v.get(pathOf(p.authorize(t, to))).want(t, c.status)
		if c.status == http.StatusSeeOther {
			v.post("/admin/users", "login", "t9", "role", "admin").want(t, http.StatusOK)
		}
	}
}

// Whoever signs out at the CAS server is signed out here; nobody else is.
func TestCASSingleLogout(t *testing.T) {
	cas := &CAS{}
	s := newSite(t, withPublic, func(o *Options) { o.CAS = cas })
	p := newCASServer(t, s.clock)
	cas.Base = p.URL + "/cas"
	s.add("001013", campaign.Faculty)
	local := s.as("001013")
	enter := func() (*visitor, string) {
		v := s.visitor()
		back := pathOf(p.login(t, v.get("/cas").location()))
		v.get(back).want(t, http.StatusSeeOther)
		_, ticket, _ := strings.Cut(back, "&ticket=")
		return v, ticket
	}
	one, ticket := enter()
	two, _ := enter()
	request := func(index string) string {
		return `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="LR-1" Version="2.0" IssueInstant="2026-06-01T09:00:00Z">` +
			`<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">001013</saml:NameID><samlp:SessionIndex>` + index + `</samlp:SessionIndex></samlp:LogoutRequest>`
	}
	server := s.visitor() // it is no browser: no cookies, no headers of one
	for _, wrong := range []string{"", "x", strings.Replace(request("a"), "</samlp:SessionIndex>", "</samlp:SessionIndex><samlp:SessionIndex>"+ticket+"</samlp:SessionIndex>", 1), "<LogoutRequest><SessionIndex>" + ticket + "</SessionIndex></LogoutRequest>"} {
		server.post("/cas/callback?state=x", "logoutRequest", wrong).want(t, http.StatusBadRequest)
	}
	server.post("/cas/callback?state=x", "logoutRequest", request("ST-made-up")).want(t, http.StatusNoContent)
	if !signedIn(one) || !signedIn(two) || !signedIn(local) {
		t.Fatal("somebody was signed out by a request that proves nothing")
	}
	server.post("/cas/callback?state=x", "logoutRequest", request(ticket)).want(t, http.StatusNoContent)
	if signedIn(one) || !signedIn(two) || !signedIn(local) {
		t.Errorf("after the logout: %v, another browser %v, a local session %v", signedIn(one), signedIn(two), signedIn(local))
	}
	if s.logged("session.ended") != 1 {
		t.Error("the end of the session is not on the log")
	}
	s.tickets = newTickets() // the server was started anew and could not be told of a logout
	if signedIn(two) || !signedIn(local) {
		t.Errorf("after a restart: of CAS %v, local %v", signedIn(two), signedIn(local))
	}
	s.CAS = nil
	server.post("/cas/callback", "logoutRequest", request(ticket)).want(t, http.StatusNotFound)
}
