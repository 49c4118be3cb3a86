package web

import (
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle slows down guessing of passwords. It counts by login and network, so that somebody who
// guesses at a colleague's account does not lock the colleague out; over all networks a login
// takes a hundred wrong tries an hour, and over all logins a network, behind which a whole college may
// sit, takes 256 and then one in five seconds. Neither holds up who signed in from there before. It lives in
// memory: a restart forgives.
type throttle struct {
	now func() time.Time

	mu       sync.Mutex
	tries    map[tryKey]*tries
	logins   map[string]*rate.Limiter
	networks map[netip.Prefix]*rate.Limiter
}

type tryKey struct {
	login   string
	network netip.Prefix
}

type tries struct {
	wrong int
	until time.Time // not before
	last  time.Time
	good  bool // this login has signed in from this network
}

const (
	freeTries   = 4                // wrong tries before anybody waits
	longestWait = 15 * time.Minute // of one more try
	remember    = 24 * time.Hour
	mostTries   = 50000 // pairs kept at once
	hourly      = 100   // wrong tries of one login over all networks

	mostSignIns = 128             // under way at once
	networkPart = mostSignIns / 2 // of them from one network; below perNetwork, so that its right ones do not stand in each other's way
	perNetwork  = 256             // wrong tries of one network over all logins before it waits
	networkWait = 5 * time.Second // of each one more
)

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, tries: make(map[tryKey]*tries), logins: make(map[string]*rate.Limiter), networks: make(map[netip.Prefix]*rate.Limiter)}
}

// networkOf is the network of an address, as far as one person may well own it.
func networkOf(addr netip.Addr) netip.Prefix {
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	network, _ := addr.Prefix(bits)
	return network
}

func keyOf(login string, addr netip.Addr) tryKey {
	login = strings.ToLower(strings.TrimSpace(login))
	return tryKey{login[:min(len(login), 128)], networkOf(addr)}
}

// take says how long the next try for a login from an address must wait. Where that is 0 the try has been
// taken: it counts as wrong from here on, while its password is still being hashed, so that many tries
// at once get no further than one after the other; right, called where the password was right, takes it
// back. From the fifth wrong try on each doubles the wait.
func (t *throttle) take(login string, addr netip.Addr) (right func(), wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, now := keyOf(login, addr), t.now()
	if wait := t.waits(k, now); wait > 0 {
		return nil, wait
	}
	try := t.tries[k]
	if try == nil {
		if len(t.tries) >= mostTries {
			t.drop(now.Add(-longestWait))
		}
		try = &tries{}
		t.tries[k] = try
	}
	try.wrong++
	try.last = now
	if over := try.wrong - freeTries; over > 0 {
		try.until = now.Add(min(longestWait, time.Second<<min(over, 20)))
	}
	l := t.logins[k.login]
	if l == nil {
		l = rate.NewLimiter(rate.Every(time.Hour/hourly), hourly)
		t.logins[k.login] = l
	}
	n := t.networks[k.network]
	if n == nil {
		n = rate.NewLimiter(rate.Every(networkWait), perNetwork)
		t.networks[k.network] = n
	}
	var took []*rate.Limiter // who signed in from there before passes an empty one, and takes nothing of it
	for _, l := range []*rate.Limiter{l, n} {
		if l.AllowN(now, 1) {
			took = append(took, l)
		}
	}
	return func() { t.right(k, took) }, 0
}

// waits is how long the next try must wait; 0 is now.
func (t *throttle) waits(k tryKey, now time.Time) time.Duration {
	try := t.tries[k]
	if try != nil && try.until.After(now) {
		return try.until.Sub(now)
	}
	if try != nil && try.good {
		return 0
	}
	if l := t.logins[k.login]; l != nil && l.TokensAt(now) < 1 {
		return time.Hour / hourly
	}
	if l := t.networks[k.network]; l != nil && l.TokensAt(now) < 1 {
		return networkWait
	}
	return 0
}

// right gives back what a try took, which was right, and forgets the wrong ones of the same login and network.
func (t *throttle) right(k tryKey, took []*rate.Limiter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.tries[k] = &tries{last: now, good: true}
	for _, l := range took {
		l.AllowN(now, -1)
	}
}

// forget drops what is older than a day.
func (t *throttle) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(t.now().Add(-remember))
}

// drop forgets tries last made before a time, and the logins and networks that are none the worse for it.
func (t *throttle) drop(before time.Time) {
	for k, try := range t.tries {
		if try.last.Before(before) {
			delete(t.tries, k)
		}
	}
	now := t.now()
	for login, l := range t.logins {
		if l.TokensAt(now) >= hourly {
			delete(t.logins, login)
		}
	}
	for network, l := range t.networks {
		if l.TokensAt(now) >= perNetwork {
			delete(t.networks, network)
		}
	}
}

// queue counts the sign-ins under way: of all, and of each network.
type queue struct {
	mu       sync.Mutex
	all      int
	networks map[netip.Prefix]int
}

// enter takes a place for a network, unless all places or the network's part of them are taken.
func (q *queue) enter(network netip.Prefix) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.all >= mostSignIns || q.networks[network] >= networkPart {
		return false
	}
	q.all++
	q.networks[network]++
	return true
}

// leave gives a place back.
func (q *queue) leave(network netip.Prefix) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all--
	if q.networks[network]--; q.networks[network] == 0 {
		delete(q.networks, network)
	}
}
