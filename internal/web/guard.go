package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// call is one request on its way through a handler.
type call struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	route   *route
	me      *campaign.Account // nil where nobody is signed in
	session campaign.Session

	answered bool // a page was sent with the error that ends the request
}

func (c *call) ctx() context.Context         { return c.r.Context() }
func (c *call) campaign() *campaign.Campaign { return c.s.Campaign }

// has reports whether the person signed in has a role.
func (c *call) has(role campaign.Role) bool { return c.me != nil && campaign.Has(c.me, role) }

// act is what the person does, for the record. The log knows people by their account's number.
func (c *call) act(reason string) campaign.Act {
	return campaign.Act{By: c.me.ID.Actor(), Reason: reason}
}

// guarded lets a route be used by those who may, and answers everybody else.
func (s *Server) guarded(rt *route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		counted := &countedWriter{ResponseWriter: w}
		c := &call{s: s, w: counted, r: r, route: rt}
		err := c.admit()
		if err == nil {
			err = rt.do(c)
		}
		if err != nil && !c.answered {
			c.fail(err)
		}
		s.metrics.count(rt, counted.status(), time.Since(started))
		s.Log.Debug("request", "route", rt.pattern(), "status", counted.status(), "ms", time.Since(started).Milliseconds(), "by", c.who())
	})
}

// who names the caller for a log line.
func (c *call) who() string {
	if c.me == nil {
		return ""
	}
	return c.me.ID.Actor()
}

// large are the routes whose bodies are not ordinary forms; they set bounds of their own.
var large = map[string]bool{"/upload": true, "/admin/import": true}

// admit finds out who asks and whether the route is for them.
func (c *call) admit() error {
	if c.r.Method == http.MethodPost && !large[c.route.path] {
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, c.s.Limits.Form)
	}
	if err := c.recognise(); err != nil {
		return err
	}
	if err := c.received(); err != nil {
		return err
	}
	switch {
	case c.route.who == public:
		return nil
	case c.me == nil:
		return errSignedOut
	case !c.route.who.allows(c.me):
		return c.refused()
	case c.me.MustChange && c.route.path != "/account" && c.route.path != "/account/password":
		return redirect("/account")
	case delicate[c.route.pattern()]:
		return c.proved()
	}
	return nil
}

// received waits until an ordinary form is here as a whole: nobody who is slow to send holds what others wait
// for, and nothing is done with half a form.
func (c *call) received() error {
	if c.r.Method != http.MethodPost || large[c.route.path] {
		return nil
	}
	var tooLarge *http.MaxBytesError
	err := c.r.ParseForm()
	if err == nil || errors.As(err, &tooLarge) {
		return err
	}
	return fail(http.StatusBadRequest, "表单没有传完，什么也没有做。请再交一次。", "The form did not arrive as a whole and nothing was done. Please send it again.")
}

// refused puts a refused request on record.
func (c *call) refused() error {
	c.record("access.refused", c.route.pattern(), nil)
	return fail(http.StatusForbidden, "您的角色不能使用这个页面。", "Your role may not use this page.")
}

// recognise finds the session of the request's cookie and whose it is.
func (c *call) recognise() error {
	token, ok := sessionToken(c.r)
	if !ok {
		return nil
	}
	session, account, err := c.campaign().Store.Session(c.ctx(), hashed(token))
	if errors.Is(err, campaign.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := c.s.now()
	if !session.Ends.After(now) || now.Sub(session.Seen) > sessionIdle || session.Seen.Sub(now) > clockSlack || !account.Disabled.IsZero() || session.Way == "cas" && !c.s.tickets.holds(session.Token) {
		return nil
	}
	if now.Sub(session.Seen) > touchEvery {
		// A session that cannot be touched (a full disk) still lets its owner read.
		if err := c.campaign().Store.TouchSession(c.ctx(), session.Token, now); err != nil {
			c.s.Log.Warn("session not touched", "error", err.Error())
		}
	}
	c.session, c.me = session, &account
	return nil
}

// record puts on the log what was seen, exported or refused. What is read is shown even where
// the log cannot be written: a full disk must not hide the reports.
func (c *call) record(action, object string, detail map[string]string) {
	if err := c.campaign().Note(context.WithoutCancel(c.ctx()), c.who(), action, object, detail); err != nil {
		c.s.Log.Error("log not written", "action", action, "error", err.Error())
	}
}

// origin is where a request came from, as far as it is kept: the network, not the machine.
func (c *call) origin() map[string]string {
	addr := c.s.client(c.r)
	bits := 24
	if addr.Is6() {
		bits = 48
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return nil
	}
	return map[string]string{"ip": prefix.String()}
}

// client is the address a request came from: the peer's, or what a trusted proxy says.
func (s *Server) client(r *http.Request) netip.Addr {
	peer := peerOf(r)
	if !s.trusted(peer) {
		return peer
	}
	// The nearest entry that is no proxy of ours was written by one that is.
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return peer
		}
		peer = hop.Unmap()
		if !s.trusted(peer) {
			return peer
		}
	}
	return peer
}

func peerOf(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, _ := netip.ParseAddr(host)
	return addr.Unmap()
}

func (s *Server) trusted(addr netip.Addr) bool {
	for _, p := range s.Proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// secure reports whether the person's browser speaks TLS, to us or to a trusted proxy.
func (s *Server) secure(r *http.Request) bool {
	return r.TLS != nil || s.trusted(peerOf(r)) && r.Header.Get("X-Forwarded-Proto") == "https" || s.Public != nil && s.Public.Scheme == "https"
}

// countedWriter remembers the status of an answer.
type countedWriter struct {
	http.ResponseWriter
	code int
}

func (w *countedWriter) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *countedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *countedWriter) status() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}
