package web

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

func signedIn(v *visitor) bool { return v.get("/account").Code == http.StatusOK }

// The cookie that a browser had before the sign-in is not the one it has after, and is worth
// nothing: an attacker who planted it gains nothing.
func TestFixation(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	s.add("t2", campaign.Faculty)
	victim, attacker := s.as("t1"), s.visitor()
	planted := victim.cookies[sessionCookie]
	victim.post("/signin", "login", "t2", "password", aPassword).want(t, http.StatusSeeOther)
	if victim.cookies[sessionCookie] == planted {
		t.Error("the cookie is the same after the sign-in")
	}
	attacker.cookies[sessionCookie] = planted
	if signedIn(attacker) {
		t.Error("the old cookie still signs in")
	}
}

func TestCookie(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	got := s.visitor().post("/signin", "login", "t1", "password", aPassword)
	for _, c := range got.Result().Cookies() {
		if c.Name != sessionCookie {
			continue
		}
		if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) < 43 || !strings.HasPrefix(c.Name, "__Host-") {
			t.Errorf("the cookie is %+v", c)
		}
		sessions, _ := s.c.Store.Sessions(context.Background())
		if len(sessions) != 1 || strings.Contains(sessions[0].Token, c.Value) || sessions[0].Token != hashed(c.Value) {
			t.Errorf("the session is kept as %+v", sessions)
		}
		return
	}
	t.Error("no cookie was set")
}

// What ends a session, and what does not.
func TestSessionEnds(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		why   string
		do    func(*site, campaign.AccountID, *visitor)
		stays bool
	}{
		{"29 idle minutes", func(s *site, _ campaign.AccountID, _ *visitor) { s.clock.add(29 * time.Minute) }, true},
		{"31 idle minutes", func(s *site, _ campaign.AccountID, _ *visitor) { s.clock.add(31 * time.Minute) }, false},
		{"eleven busy hours", func(s *site, _ campaign.AccountID, v *visitor) { s.busy(v, 11*time.Hour) }, true},
		{"thirteen busy hours", func(s *site, _ campaign.AccountID, v *visitor) { s.busy(v, 13*time.Hour) }, false},
		{"the clock set back a day", func(s *site, _ campaign.AccountID, _ *visitor) { s.clock.add(-24 * time.Hour) }, false},
		{"signing out", func(_ *site, _ campaign.AccountID, v *visitor) {
			kept := v.cookies[sessionCookie]
			v.post("/signout")
			v.cookies[sessionCookie] = kept
		}, false},
		{"the account disabled", func(s *site, id campaign.AccountID, _ *visitor) {
			s.c.DisableAccount(ctx, id, true, campaign.Act{By: "u0"})
		}, false},
		{"the role changed", func(s *site, id campaign.AccountID, _ *visitor) {
			a, _ := s.c.Store.Account(ctx, id)
			a.Roles = []string{"reviewer"}
			s.c.ChangeAccount(ctx, a, campaign.Act{By: "u0"})
		}, false},
		{"the password set", func(s *site, id campaign.AccountID, _ *visitor) {
			s.c.SetPassword(ctx, id, "another-long-password", false, campaign.Act{By: "u0"})
		}, false},
		{"the account erased", func(s *site, id campaign.AccountID, _ *visitor) {
			if _, err := s.c.ErasePerson(ctx, campaign.EraseRequest{Staff: "t1", Reason: "made up"}, campaign.Act{By: "u0"}); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"another cookie", func(_ *site, _ campaign.AccountID, v *visitor) { v.cookies[sessionCookie] = strings.Repeat("A", 43) }, false},
		{"a broken cookie", func(_ *site, _ campaign.AccountID, v *visitor) { v.cookies[sessionCookie] = "x" }, false},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := newSite(t)
			id := s.add("t1", campaign.Faculty)
			v := s.as("t1")
			c.do(s, id, v)
			if got := signedIn(v); got != c.stays {
				t.Errorf("signed in: %v, want %v", got, c.stays)
			}
		})
	}
}

// busy asks for a page every twenty minutes.
func (s *site) busy(v *visitor, long time.Duration) {
	for range int(long / (20 * time.Minute)) {
		s.clock.add(20 * time.Minute)
		v.get("/account")
	}
}

// Whoever does not get in is told the same, and at the same cost, whether the account exists or not.
func TestEnumeration(t *testing.T) {
	s := newSite(t)
	s.add("known", campaign.Faculty)
	disabled := s.add("disabled", campaign.Faculty)
	s.c.DisableAccount(context.Background(), disabled, true, campaign.Act{By: "u0"})
	if _, err := s.c.AddAccount(context.Background(), campaign.NewAccount{Login: "provider", Roles: []campaign.Role{campaign.Faculty}}, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	var first string
	for _, c := range []struct{ why, login, password string }{
		{"a wrong password", "known", "wrong-password"},
		{"nobody", "nobody", aPassword},
		{"disabled, with the right password", "disabled", aPassword},
		{"an account without a password here", "provider", aPassword},
		{"an absurd password", "known", strings.Repeat("x", 5000)},
		{"an absurd login", strings.Repeat("y", 300), aPassword},
		{"nothing at all", "", ""},
	} {
		v := s.visitor()
		before := s.metrics.hashes.Load()
		got := v.post("/signin", "login", c.login, "password", c.password).want(t, http.StatusUnauthorized, errWrong.ZH)
		if n := s.metrics.hashes.Load() - before; n != 1 {
			t.Errorf("%s costs %d hashes, want 1 as everywhere", c.why, n)
		}
		page := strings.ReplaceAll(strings.ReplaceAll(got.text(), `value="`+c.login+`"`, `value=""`), " autofocus", "")
		if first == "" {
			first = page
		}
		if page != first {
			t.Errorf("%s is told something else:\n%s\n---\n%s", c.why, page, first)
		}
	}
	if cost, ok := campaign.CostOf(s.c.DecoyHash()); !ok || cost != cheap {
		t.Errorf("the decoy costs %+v, a password %+v", cost, cheap)
	}
}

// Guessing becomes slow, for the guesser alone.
func TestBruteForce(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	owner, thief := s.visitor(), s.visitor()
	thief.from = "198.51.100.9:1"
	allowed := 0
	for range 3600 { // an hour, a try a second
		if thief.post("/signin", "login", "t1", "password", "guess").Code == http.StatusUnauthorized {
			allowed++
		}
		s.clock.add(time.Second)
	}
	if allowed > 16 {
		t.Errorf("%d guesses were heard in an hour", allowed)
	}
	got := thief.post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusTooManyRequests)
	if got.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	owner.post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusSeeOther)
}

// Over many networks a login takes a hundred wrong tries an hour; its owner, known from where
// they sit, still gets in.
func TestBruteForceFromEverywhere(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	owner := s.as("t1")
	thief, allowed := s.visitor(), 0
	for i := range 3000 {
		thief.from = "10." + itoa(i/250) + "." + itoa(i%250) + ".1:9"
		if thief.post("/signin", "login", "t1", "password", "guess").Code == http.StatusUnauthorized {
			allowed++
		}
		s.clock.add(time.Second)
	}
	if allowed > 100+3000/36+1 {
		t.Errorf("%d guesses were heard in 50 minutes", allowed)
	}
	owner.post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusSeeOther)
}

// A network that tries many logins is slowed down; who signed in from there before is not.
func TestSprayingIsSlow(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	s.add("t2", campaign.Faculty)
	owner, thief := s.as("t1"), s.visitor()
	thief.from, owner.from = "198.51.100.9:1", "198.51.100.9:2"
	owner.post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusSeeOther)
	heard := 0
	for i := range 300 {
		if thief.post("/signin", "login", "nobody"+itoa(i), "password", "guess").Code == http.StatusUnauthorized {
			heard++
		}
	}
	if heard != perNetwork {
		t.Errorf("%d guesses were heard at once, want %d", heard, perNetwork)
	}
	thief.post("/signin", "login", "t2", "password", aPassword).want(t, http.StatusTooManyRequests)
	owner.post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusSeeOther)
	s.visitor().post("/signin", "login", "t2", "password", aPassword).want(t, http.StatusSeeOther) // from elsewhere
	s.clock.add(networkWait)
	thief.post("/signin", "login", "t2", "password", aPassword).want(t, http.StatusSeeOther)
	s.clock.add(time.Hour)
	s.throttle.forget()
	if n := len(s.throttle.networks); n != 0 {
		t.Errorf("%d networks are remembered an hour later", n)
	}
}

// Tries sent all at once get no further than tries sent one after the other, at each of the doors that take
// a password: what waits to be hashed has been counted.
func TestBruteForceAtOnce(t *testing.T) {
	const many = 30
	for _, c := range []struct {
		why   string
		wrong int // the answer to a wrong password
		guess func(*visitor) reply
	}{
		{"the sign-in", http.StatusUnauthorized, func(v *visitor) reply { return v.post("/signin", "login", "chief", "password", "guess") }},
		{"the proof", http.StatusForbidden, func(v *visitor) reply { return v.post("/prove", "next", "/", "proof", "guess") }},
		{"the change of a password", http.StatusUnprocessableEntity, func(v *visitor) reply {
			return v.post("/account/password", "old", "guess", "password", "a-much-better-one", "again", "a-much-better-one")
		}},
	} {
		s, chief := administered(t)
		s.clock.add(proofLife + time.Second)
		for range cap(s.hashing) { // nobody is hashed until all have come
			s.hashing <- struct{}{}
		}
		answers := make(chan int, many)
		for range many {
			v := s.visitor()
			v.cookies = maps.Clone(chief.cookies)
			go func() { answers <- c.guess(v).Code }()
		}
		got := make(map[int]int)
		trial.Within(t, c.why+": those that were refused", func() {
			for range many - freeTries - 1 {
				got[<-answers]++
			}
		})
		for range cap(s.hashing) {
			<-s.hashing
		}
		trial.Within(t, c.why+": those that were heard", func() {
			for range freeTries + 1 {
				got[<-answers]++
			}
		})
		if got[c.wrong] != freeTries+1 || got[http.StatusTooManyRequests] != many-freeTries-1 {
			t.Errorf("%s: %v, want %d heard", c.why, got, freeTries+1)
		}
	}
}

// A right password costs nothing: whoever signs in again and again, from wherever, is never told to wait.
func TestSigningInOften(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	v := s.visitor()
	for i := range hourly + 10 {
		v.from = "10.0.0." + itoa(i) + ":9"
		v.post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusSeeOther)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// An address in the sign-in leads nowhere but to this server.
func TestNextStaysHere(t *testing.T) {
	for _, c := range []struct{ next, want string }{
		{"/visits?x=1", "/visits?x=1"}, {"", "/"}, {"//evil.example", "/"}, {"https://evil.example", "/"}, {`/\evil.example`, "/"},
		{"javascript:alert(1)", "/"}, {"/\tevil", "/"}, {"/a\r\nSet-Cookie: x", "/"}, {"visits", "/"},
	} {
		if got := localPath(c.next); got != c.want {
			t.Errorf("%q leads to %q, want %q", c.next, got, c.want)
		}
	}
}

// The first administrator is made with the token of the terminal, once.
func TestSetup(t *testing.T) {
	s := newSite(t)
	token := s.SetupToken()
	if token == "" {
		t.Fatal("no token on the first run")
	}
	v := s.visitor()
	v.get("/").want(t, http.StatusSeeOther)
	v.post("/setup", "token", "00000-00000", "login", "root", "password", aPassword).want(t, http.StatusUnprocessableEntity, "口令不对")
	v.post("/setup", "token", token, "login", "root", "password", "short").want(t, http.StatusUnprocessableEntity, "至少 10 个字符")
	v.post("/setup", "token", strings.ToUpper(strings.ReplaceAll(token, "-", " ")), "login", "root", "password", aPassword).want(t, http.StatusSeeOther)
	if !signedIn(v) {
		t.Error("the administrator is not signed in")
	}
	s.visitor().get("/setup").want(t, http.StatusNotFound)
	s.visitor().post("/setup", "token", token, "login", "second", "password", aPassword).want(t, http.StatusNotFound)
}

func TestSetupIsThrottled(t *testing.T) {
	s := newSite(t)
	v := s.visitor()
	for range freeTries + 1 {
		v.post("/setup", "token", "wrong", "login", "x", "password", aPassword)
	}
	v.post("/setup", "token", s.SetupToken(), "login", "x", "password", aPassword).want(t, http.StatusTooManyRequests)
}

// A password that somebody else set is changed before anything else.
func TestMustChange(t *testing.T) {
	s := newSite(t)
	id := s.add("t1", campaign.Faculty)
	if err := s.c.SetPassword(context.Background(), id, aPassword, true, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	v := s.as("t1")
	v.post("/account/password", "old", "wrong", "password", "a-much-better-one", "again", "a-much-better-one").want(t, 422, "原密码不对")
	v.post("/account/password", "old", aPassword, "password", "a-much-better-one", "again", "another").want(t, 422, "不一致")
	v.post("/account/password", "old", aPassword, "password", aPassword, "again", aPassword).want(t, 422, "须与原密码不同")
	other := s.as("t1")
	v.post("/account/password", "old", aPassword, "password", "a-much-better-one", "again", "a-much-better-one").want(t, http.StatusSeeOther)
	if !signedIn(v) || signedIn(other) {
		t.Error("after the change only the browser that made it is signed in")
	}
}

// Behind a proxy the address is the one that the proxy says, and nobody else's word counts.
func TestForwardedAddress(t *testing.T) {
	s := newSite(t)
	s.Proxies = append(s.Proxies, netip.MustParsePrefix("10.0.0.0/8"))
	for _, c := range []struct{ why, peer, forwarded, want string }{
		{"no proxy", "192.0.2.1:9", "", "192.0.2.1"},
		{"somebody claims to be a proxy", "192.0.2.1:9", "203.0.113.5", "192.0.2.1"},
		{"the proxy's word", "10.0.0.1:9", "203.0.113.5", "203.0.113.5"},
		{"a forged entry before the proxy's", "10.0.0.1:9", "1.2.3.4, 203.0.113.5", "203.0.113.5"},
		{"two proxies", "10.0.0.1:9", "203.0.113.5, 10.0.0.2", "203.0.113.5"},
		{"nonsense", "10.0.0.1:9", "x", "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := s.client(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}
