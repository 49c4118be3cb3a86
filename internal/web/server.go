package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// Options say what a server serves and to whom.
type Options struct {
	Campaign *campaign.Campaign
	Public   *url.URL       // the address people use; nil takes the one each request names
	Proxies  []netip.Prefix // whose X-Forwarded-For and X-Forwarded-Proto are believed
	Year     int            // campaign under way; 0 is the year of the clock
	Password bool           // local accounts may sign in with a password
	OIDC     *OIDC          // nil: no sign-in by OpenID Connect
	CAS      *CAS           // nil: no sign-in by CAS
	Pending  string         // folder for uploads that await confirmation
	Keep     Keep           // how long things are kept
	Workers  int            // workbooks read at once; 0 is one per core
	Log      *slog.Logger   // nil discards
	Version  string         // of the program, for the health page
	Limits   Limits         // zero fields take the default
	Setup    campaign.Setup // what the health page looks at, and where backups go
}

// Server answers requests. It is safe for concurrent use.
type Server struct {
	Options
	now       func() time.Time
	setup     string // the first-run token, "" once there is an administrator
	setupMu   sync.Mutex
	mux       *http.ServeMux
	paths     map[string]bool // that a page stands at
	handler   http.Handler
	throttle  *throttle
	hashing   chan struct{} // passwords hashed at once: each takes 64 MiB
	signingIn queue         // sign-ins under way
	counter   *counter
	live      *live
	questions *questions
	flows     *flows
	proofs    *proofs
	tickets   *tickets
	looks     looks
	life      context.Context // ends when the server closes
	end       context.CancelFunc
	work      sync.WaitGroup // what goes on in the background
	metrics   metrics
	started   time.Time

	backingUp, examining sync.Mutex // one at a time
}

// New builds a server. The database tells whether it runs for the first time: SetupToken is then
// not empty.
func New(ctx context.Context, o Options) (*Server, error) {
	o.Limits.fill()
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	o.Keep.fill()
	s := &Server{Options: o, now: o.Campaign.Now, mux: http.NewServeMux(), paths: make(map[string]bool), throttle: newThrottle(o.Campaign.Now),
		hashing: make(chan struct{}, max(1, runtime.GOMAXPROCS(0))), signingIn: queue{networks: make(map[netip.Prefix]int)}, flows: newFlows(o.Campaign.Now), proofs: newProofs(), tickets: newTickets(), started: o.Campaign.Now()}
	s.life, s.end = context.WithCancel(context.WithoutCancel(ctx))
	var err error
	if s.counter, err = newCounter(s); err != nil {
		return nil, err
	}
	s.live, s.questions = newLive(s), newQuestions(o.Campaign)
	known, err := o.Campaign.HasAdmin(ctx)
	if err != nil {
		return nil, err
	}
	if !known {
		s.setup = campaign.Secret(15)
	}
	for i := range routes {
		s.mux.Handle(routes[i].pattern(), s.guarded(&routes[i]))
		s.paths[routes[i].path] = true
	}
	pages() // a template that does not parse stops the start, not a request
	s.handler, err = s.outer()
	return s, err
}

// SetupToken is the word that the first-run page asks for; "" once there is an administrator.
func (s *Server) SetupToken() string {
	s.setupMu.Lock()
	defer s.setupMu.Unlock()
	return s.setup
}

// Handler is the server as one handler, with every defence that does not depend on the listener.
func (s *Server) Handler() http.Handler { return s.handler }

// Close ends what goes on in the background and waits for it. Serve does so by itself.
func (s *Server) Close() {
	s.end()
	s.work.Wait()
}

// outer wraps the routes: a panic is an error page, headers are on every answer, requests of
// other sites change nothing.
func (s *Server) outer() (http.Handler, error) {
	cross := http.NewCrossOriginProtection()
	if s.Public != nil {
		if err := cross.AddTrustedOrigin(s.Public.Scheme + "://" + s.Public.Host); err != nil {
			return nil, fmt.Errorf("网址不对 the public address: %w", err)
		}
	}
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, fail(http.StatusForbidden, "这个请求来自另一个网站，没有执行。", "This request came from another site; nothing was done."))
	}))
	return s.withHeaders(s.recovering(cross.Handler(http.HandlerFunc(s.dispatch)))), nil
}

// contentPolicy allows our own files and nothing inline.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// withHeaders puts on every answer what keeps a browser from doing more than it was asked to.
func (s *Server) withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if s.secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// recovering turns a panic into an error page without its stack, and keeps the server alive.
func (s *Server) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			number := base64.RawURLEncoding.EncodeToString(randomBytes(6))
			s.Log.Error("panic", "number", number, "what", fmt.Sprint(p), "stack", string(debug.Stack()))
			s.refuse(w, r, fail(http.StatusInternalServerError, "程序出错了，没有保存任何改动。请把编号 "+number+" 告诉管理员。",
				"Something went wrong on our side; nothing was changed. Tell the administrator the number "+number+"."))
		}()
		next.ServeHTTP(w, r)
	})
}

// dispatch lets the routes answer; what no route answers gets a page too.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	probe := &statusOnly{header: http.Header{}}
	h.ServeHTTP(probe, r)
	switch probe.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", probe.header.Get("Allow"))
		s.refuse(w, r, fail(probe.status, "这个网址不能这样使用。", "This address cannot be used that way."))
	default:
		s.refuse(w, r, errNoPage)
	}
}

// statusOnly learns what a handler would answer.
type statusOnly struct {
	header http.Header
	status int
}

func (p *statusOnly) Header() http.Header         { return p.header }
func (p *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusOnly) WriteHeader(status int)      { p.status = status }

// Serve answers on a listener until ctx ends, then finishes what is under way. Listeners for TLS
// are the caller's.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: s.Limits.Header,
		ReadTimeout:       s.Limits.Request,
		WriteTimeout:      s.Limits.Answer,
		IdleTimeout:       s.Limits.Idle,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	defer s.Close()
	s.work.Go(s.housekeeping)
	s.work.Go(s.warm)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Limits.Grace)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// housekeeping does at intervals what nobody asks for.
func (s *Server) housekeeping() {
	ctx := s.life
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("tidy", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tidy forgets what has had its time, and what a process that died had still to forget.
func (s *Server) tidy(ctx context.Context) error {
	now := s.now()
	s.throttle.forget()
	s.flows.forget()
	s.proofs.forget(now)
	s.tickets.forget(now)
	return errors.Join(
		s.Campaign.Store.PruneSessions(ctx, now.Add(-sessionIdle), now),
		s.counter.prune(now.Add(-s.Keep.Pending)),
		s.counter.compare(ctx),
		s.Campaign.FinishErasures(ctx),
	)
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}
