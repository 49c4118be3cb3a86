package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// delicate are the routes by which accounts, backups and personal data could be lost or taken in a minute
// at an unlocked screen: whoever uses one has shown who they are within the last ten minutes, by their
// password or, where they have none here, by signing in anew at the provider.
var delicate = map[string]bool{
	"POST /admin/users":               true,
	"POST /admin/users/{id}":          true,
	"POST /admin/users/{id}/password": true,
	"POST /admin/users/{id}/disable":  true,
	"POST /admin/users/{id}/enable":   true,
	"POST /admin/import":              true,
	"POST /admin/departments":         true,
	"GET /admin/backups/{name}":       true,
	"POST /admin/privacy/retention":   true,
	"GET /admin/privacy/export":       true,
	"POST /admin/privacy/erase":       true,
}

// proofLife is how long a proof holds.
const proofLife = 10 * time.Minute

// proofs are when each session's person last showed who they are. They live in memory: a restart asks anew.
type proofs struct {
	mu sync.Mutex
	at map[string]time.Time // by the hash of the session's cookie
}

func newProofs() *proofs { return &proofs{at: make(map[string]time.Time)} }

func (p *proofs) note(session string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at[session] = now
}

func (p *proofs) holds(session string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.at[session]
	return ok && now.Sub(at) <= proofLife && at.Sub(now) <= clockSlack
}

func (p *proofs) forget(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.at, func(_ string, at time.Time) bool { return now.Sub(at) > proofLife })
}

// proven notes that the person of this session has just shown who they are.
func (c *call) proven() { c.s.proofs.note(c.session.Token, c.s.now()) }

// proveView asks for a proof. Fields are those of the form that was sent, to be sent again with it.
type proveView struct {
	Action   string
	Fields   []field
	Back     string // where a provider leads back to
	Login    string // whose password, for the browser that keeps it
	Password bool   // the account has one here
	OIDC     string // what its button says, "" where there is none
	CAS      string
	Problem  codebook.Text
}

type field struct{ Name, Value string }

// proved lets a delicate route be used by somebody who has just shown who they are, and asks everybody
// else. A form comes again with the password; what it would do is not done before.
func (c *call) proved() error {
	if c.s.proofs.holds(c.session.Token, c.s.now()) {
		return nil
	}
	if c.r.Method != http.MethodPost {
		return redirect("/prove?" + url.Values{"next": {c.r.URL.RequestURI()}}.Encode())
	}
	v := proveView{Action: "/prove", Fields: []field{{"next", c.cameFrom()}}, Back: c.cameFrom()}
	if !large[c.route.path] {
		if password := c.r.PostFormValue("proof"); password != "" {
			return c.prove(password, c.repeated())
		}
		v = c.repeated()
	}
	return c.ask(http.StatusForbidden, v)
}

// repeated is the page that sends the form at hand again.
func (c *call) repeated() proveView {
	v := proveView{Action: c.r.URL.RequestURI(), Back: c.cameFrom()}
	for _, name := range slices.Sorted(maps.Keys(c.r.PostForm)) {
		for _, value := range c.r.PostForm[name] {
			if name != "proof" {
				v.Fields = append(v.Fields, field{name, value})
			}
		}
	}
	return v
}

// errAsked says that the answer is a page that asks for a proof.
var errAsked = fail(http.StatusForbidden, "请先确认是您本人。", "Please show first that it is you.")

// ask answers with the page; the error only ends the request.
func (c *call) ask(status int, v proveView) error {
	offered := c.signInView()
	v.Login = c.me.Login
	if v.Password = c.me.Password != "" && c.s.Password; !v.Password {
		v.OIDC, v.CAS = offered.OIDC, offered.CAS
	}
	c.answered = true
	if err := c.page(status, "prove", v); err != nil {
		return err
	}
	return errAsked
}

// prove takes a password as proof, or asks again.
func (c *call) prove(password string, again proveView) error {
	right, wait := c.s.throttle.take(c.me.Login, c.s.client(c.r))
	if wait > 0 {
		n := strconv.Itoa(int(wait/time.Second) + 1)
		c.w.Header().Set("Retry-After", n)
		again.Problem = text("试得太多了，请 "+n+" 秒后再试。", "Too many tries. Wait "+n+" seconds.")
		return c.ask(http.StatusTooManyRequests, again)
	}
	if c.me.Password == "" || !c.s.Password || !c.s.matches(c.ctx(), password, c.me.Password) {
		c.record("session.refused", "account/"+number(c.me.ID), c.origin())
		again.Problem = text("密码不对，什么也没有做。", "The password is wrong; nothing was done.")
		return c.ask(http.StatusForbidden, again)
	}
	right()
	c.proven()
	return nil
}

// provePage asks for a proof before a page or a file.
func provePage(c *call) error {
	next := localPath(c.r.FormValue("next"))
	if c.s.proofs.holds(c.session.Token, c.s.now()) {
		return redirect(next)
	}
	return c.ask(http.StatusOK, proveView{Action: "/prove", Fields: []field{{"next", next}}, Back: next})
}

// proveIt takes the proof and leads on.
func proveIt(c *call) error {
	next := localPath(c.form("next"))
	if c.s.proofs.holds(c.session.Token, c.s.now()) {
		return redirect(next)
	}
	if err := c.prove(c.r.PostFormValue("proof"), proveView{Action: "/prove", Fields: []field{{"next", next}}, Back: next}); err != nil {
		return err
	}
	return redirect(next)
}

// tickets tie the sessions that CAS began to the tickets they began with, so that CAS can end them. They
// live in memory; a session whose ticket is not known any more has ended, since CAS could not end it: its
// person gets a new one from CAS without a word.
type tickets struct {
	mu       sync.Mutex
	sessions map[string]ticketed // by the hash of the ticket
	held     map[string]bool     // sessions that a ticket is known for
}

type ticketed struct {
	session string
	account campaign.AccountID
	at      time.Time
}

func newTickets() *tickets {
	return &tickets{sessions: make(map[string]ticketed), held: make(map[string]bool)}
}

func (t *tickets) note(ticket string, x ticketed) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sessions[hashed(ticket)] = x
	t.held[x.session] = true
}

// end takes a ticket's session away.
func (t *tickets) end(ticket string) (ticketed, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x, ok := t.sessions[hashed(ticket)]
	delete(t.sessions, hashed(ticket))
	delete(t.held, x.session)
	return x, ok
}

func (t *tickets) holds(session string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held[session]
}

// forget drops the tickets of sessions that are over by their age.
func (t *tickets) forget(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for ticket, x := range t.sessions {
		if now.Sub(x.at) > sessionLife {
			delete(t.sessions, ticket)
			delete(t.held, x.session)
		}
	}
}
