package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// However many wait to sign in, whoever comes is answered at once; those of one network leave room for the
// others.
func TestSignInsWaitInABoundedQueue(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	v := s.visitor()
	tries := func() reply { return v.post("/signin", "login", "t1", "password", aPassword) }
	here, there := networkOf(netip.MustParseAddr("192.0.2.7")), networkOf(netip.MustParseAddr("198.51.100.9"))
	fill := func(network netip.Prefix) (n int) {
		for s.signingIn.enter(network) {
			n++
		}
		return n
	}
	if n := fill(there); n != networkPart {
		t.Errorf("one network takes %d places, want %d", n, networkPart)
	}
	tries().want(t, http.StatusSeeOther)
	if n := fill(here); n != networkPart {
		t.Errorf("after a sign-in its network takes %d places, want %d", n, networkPart)
	}
	if got := tries().want(t, http.StatusServiceUnavailable, "登录的人太多"); got.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.signingIn.leave(here)
	for i := 0; s.signingIn.all < mostSignIns; i++ {
		fill(networkOf(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})))
	}
	tries().want(t, http.StatusServiceUnavailable)
	s.signingIn.leave(there)
	tries().want(t, http.StatusSeeOther)
	for network, n := range s.signingIn.networks {
		for range n {
			s.signingIn.leave(network)
		}
	}
	if s.signingIn.all != 0 || len(s.signingIn.networks) != 0 {
		t.Errorf("%d places are taken once all have left, %d networks remembered", s.signingIn.all, len(s.signingIn.networks))
	}
}

// stalled is a form that does not come: it says when it is waited for, and breaks off when it is told to.
type stalled struct{ waited, broken chan struct{} }

func (b stalled) Read([]byte) (int, error) {
	b.waited <- struct{}{}
	<-b.broken
	return 0, io.ErrUnexpectedEOF
}

// Whoever opens a sign-in and does not send its form keeps nobody else from signing in; what breaks off is
// no try.
func TestFormsThatDoNotCome(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	body := stalled{make(chan struct{}), make(chan struct{})}
	answers := make(chan int, mostSignIns)
	for i := range mostSignIns {
		v := s.visitor()
		v.from = "10.0.0." + itoa(i) + ":9"
		go func() { answers <- v.send("/signin", "application/x-www-form-urlencoded", body).Code }()
	}
	trial.Within(t, "those that wait for a form", func() {
		for range mostSignIns {
			<-body.waited
		}
	})
	s.visitor().post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusSeeOther)
	close(body.broken)
	trial.Within(t, "those whose form broke off", func() {
		for range mostSignIns {
			if code := <-answers; code != http.StatusBadRequest {
				t.Errorf("half a form is answered with %d", code)
			}
		}
	})
	if n := len(s.throttle.tries); n != 1 || s.logged("session.refused") != 0 {
		t.Errorf("%d tries are counted, %d refusals on record: half a form is neither", n, s.logged("session.refused"))
	}
}

// A form sent as parts is not read at the sign-in, however long it takes.
func TestSignInTakesNoParts(t *testing.T) {
	s := newSite(t)
	body := stalled{make(chan struct{}, 1), make(chan struct{})}
	defer close(body.broken)
	trial.Within(t, "the sign-in", func() {
		s.visitor().send("/signin", "multipart/form-data; boundary=x", body).want(t, http.StatusUnauthorized)
	})
	if len(body.waited) != 0 {
		t.Error("the parts were waited for")
	}
}

// Half a form does nothing at any page that takes one.
func TestHalfAForm(t *testing.T) {
	s, chief := administered(t)
	cut := func() io.Reader {
		return io.MultiReader(strings.NewReader("name=x"), stalled{make(chan struct{}, 1), closed()})
	}
	for _, rt := range routes {
		if rt.method == http.MethodPost && !large[rt.path] {
			path := strings.NewReplacer("{id}", "1", "{year}", "2026").Replace(rt.path)
			chief.send(path, "application/x-www-form-urlencoded", cut()).want(t, http.StatusBadRequest, "表单没有传完")
			chief.post(path, "name", strings.Repeat("x", int(s.Limits.Form))).want(t, http.StatusRequestEntityTooLarge, "太大")
		}
	}
}

func closed() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// A client that goes away, before or after its form is here, is no failure in the log.
func TestClientLeaves(t *testing.T) {
	s := newSite(t)
	line, err := net.Dial("tcp", strings.TrimPrefix(s.open(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = line.Write([]byte("POST /signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nlogin="))
	if err != nil || line.Close() != nil {
		t.Fatal(err)
	}
	answered := func(status int) func() bool {
		return func() bool {
			s.metrics.mu.Lock()
			defer s.metrics.mu.Unlock()
			return s.metrics.requests[requestKey{"POST /signin", status}] == 1
		}
	}
	s.soon("the half form is refused", answered(http.StatusBadRequest))

	r := httptest.NewRequest(http.MethodPost, "https://qianqi.example/signin", strings.NewReader(url.Values{"login": {"t1"}, "password": {aPassword}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	gone, leave := context.WithCancel(t.Context())
	leave()
	s.visitor().do(r.WithContext(gone))
	if !answered(statusLeft)() {
		t.Error("a request whose client left is not counted as such")
	}
	if logs := s.logs.String(); strings.Contains(logs, "ERROR") {
		t.Errorf("the log tells of failures:\n%s", logs)
	}
}

// Signing in with an account of one's own buys no guess at anybody else's: it gives back what it took, which
// is nothing where there was nothing left.
func TestOwnSignInsBuyNoGuess(t *testing.T) {
	owner, here := "t1", netip.MustParseAddr("198.51.100.9")
	elsewhere := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(i / 250), byte(i % 250)}) }
	for _, c := range []struct {
		why   string
		most  int
		guess func(th *throttle, i int) time.Duration
	}{
		{"at many from one network", perNetwork, func(th *throttle, i int) time.Duration {
			_, wait := th.take("somebody"+itoa(i), here)
			return wait
		}},
		{"at one from many networks", hourly, func(th *throttle, i int) time.Duration {
			_, wait := th.take(owner, elsewhere(i))
			return wait
		}},
	} {
		th := newThrottle(func() time.Time { return june })
		signIn := func() {
			right, wait := th.take(owner, here)
			if wait > 0 {
				t.Fatalf("%s: the own sign-in waits", c.why)
			}
			right()
		}
		signIn()
		heard := 0
		for i := range c.most + 20 {
			if c.guess(th, i) == 0 {
				heard++
			}
			signIn()
		}
		if heard != c.most {
			t.Errorf("guesses %s: %d heard, want %d", c.why, heard, c.most)
		}
	}
}

// A whole college behind one address signs in on one morning, each for the first time there, and everybody
// many times: right passwords cost nothing.
func TestCollegeBehindOneAddress(t *testing.T) {
	th, campus := newThrottle(func() time.Time { return june }), netip.MustParseAddr("198.51.100.9")
	for range 2 {
		for i := range 2 * perNetwork {
			right, wait := th.take("teacher"+itoa(i), campus)
			if wait > 0 {
				t.Fatalf("teacher %d waits %s", i, wait)
			}
			right()
		}
	}
}
