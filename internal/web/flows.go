package web

import (
	"sync"
	"time"
)

// flow is one sign-in under way at a provider: what must come back, and where to go then.
type flow struct {
	way      string // oidc or cas
	state    string
	nonce    string
	verifier string
	next     string
	ticket   string // of CAS, once it has come back
	anew     bool   // the person is to sign in there once more, whatever the provider remembers
	until    time.Time
}

// flows are the sign-ins under way, by the cookie of the browser that began them. They live in
// memory: after a restart one begins again.
type flows struct {
	now func() time.Time
	mu  sync.Mutex
	all map[string]flow
}

const (
	flowLife  = 10 * time.Minute
	mostFlows = 20000
)

func newFlows(now func() time.Time) *flows { return &flows{now: now, all: make(map[string]flow)} }

// begin keeps a flow; false says that too many are under way.
func (f *flows) begin(cookie string, x flow) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.all) >= mostFlows {
		return false
	}
	x.until = f.now().Add(flowLife)
	f.all[hashed(cookie)] = x
	return true
}

// end takes a flow away, so that it is used once.
func (f *flows) end(cookie string) (flow, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	x, ok := f.all[hashed(cookie)]
	delete(f.all, hashed(cookie))
	return x, ok && x.until.After(f.now())
}

func (f *flows) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	for k, x := range f.all {
		if !x.until.After(now) {
			delete(f.all, k)
		}
	}
}
