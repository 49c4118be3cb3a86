package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// How long a session lasts.
const (
	sessionIdle = 30 * time.Minute
	sessionLife = 12 * time.Hour
	touchEvery  = time.Minute
	clockSlack  = 5 * time.Minute // a clock set back further ends the sessions: none lives for ever
)

// The cookies. Browsers take a __Host- cookie over TLS only (and from this machine), for this
// host only, and let no other host set it.
const (
	sessionCookie  = "__Host-qianqi"
	flowCookie     = "__Host-qianqi-flow"
	languageCookie = "__Host-qianqi-lang"
)

// tokenBytes is the size of a session's secret: 256 bits.
const tokenBytes = 32

func sessionToken(r *http.Request) (string, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	return cookie.Value, err == nil && len(raw) == tokenBytes
}

// hashed is how a session is known to the database.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func hostCookie(name, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if life != 0 {
		c.MaxAge = int(life / time.Second)
	}
	return c
}

func dropCookie(name string) *http.Cookie { return hostCookie(name, "", -time.Second) }

// welcome signs an account in under a new session; one that the browser brought along ends.
func (c *call) welcome(a *campaign.Account, way string) error {
	if old, ok := sessionToken(c.r); ok {
		if err := c.campaign().Store.EndSession(c.ctx(), hashed(old), campaign.Act{By: a.ID.Actor()}); err != nil {
			return err
		}
	}
	token := base64.RawURLEncoding.EncodeToString(randomBytes(tokenBytes))
	now := c.s.now()
	session := campaign.Session{Token: hashed(token), Account: a.ID, Started: now, Seen: now, Ends: now.Add(sessionLife), Way: way, Agent: agent(c.r)}
	if err := c.campaign().Store.StartSession(c.ctx(), session, c.origin()); err != nil {
		return err
	}
	http.SetCookie(c.w, hostCookie(sessionCookie, token, 0))
	c.me, c.session = a, session
	return nil
}

// agent is what the browser calls itself, short and printable.
func agent(r *http.Request) string {
	s := campaign.Printable(r.UserAgent())
	for len(s) > 160 || !utf8.ValidString(s) {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// signOut ends the session of the browser that asks.
func signOut(c *call) error {
	if token, ok := sessionToken(c.r); ok && c.me != nil {
		if err := c.campaign().Store.EndSession(c.ctx(), hashed(token), c.act("")); err != nil && !errors.Is(err, campaign.ErrNotFound) {
			return err
		}
	}
	http.SetCookie(c.w, dropCookie(sessionCookie))
	c.w.Header().Set("Clear-Site-Data", `"cache"`)
	return redirect("/signin?done=out")
}
