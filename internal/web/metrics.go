package web

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// metrics count what the server does, for Prometheus and the health page.
type metrics struct {
	hashes atomic.Int64 // passwords hashed
	busy   atomic.Int64 // uploads turned away

	mu       sync.Mutex
	requests map[requestKey]*requestCount
}

type requestKey struct {
	route  string
	status int
}

type requestCount struct {
	n       int64
	seconds float64
}

// count notes one answer.
func (m *metrics) count(rt *route, status int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests == nil {
		m.requests = make(map[requestKey]*requestCount)
	}
	k := requestKey{rt.pattern(), status}
	if m.requests[k] == nil {
		m.requests[k] = &requestCount{}
	}
	m.requests[k].n++
	m.requests[k].seconds += took.Seconds()
}

// metricsPage answers in Prometheus's text form, to this machine and to administrators.
func metricsPage(c *call) error {
	if !(peerOf(c.r).IsLoopback() && c.r.Header.Get("X-Forwarded-For") == "") && !c.has(campaign.Admin) {
		return errNoPage
	}
	c.w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, err := c.w.Write([]byte(c.s.metrics.text(c.s)))
	return err
}

func (m *metrics) text(s *Server) string {
	var b strings.Builder
	m.mu.Lock()
	keys := slices.SortedFunc(maps.Keys(m.requests), func(a, b requestKey) int {
		return cmp.Or(cmp.Compare(a.route, b.route), cmp.Compare(a.status, b.status))
	})
	b.WriteString("# HELP qianqi_requests_total Requests answered.\n# TYPE qianqi_requests_total counter\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "qianqi_requests_total{route=%q,status=\"%d\"} %d\n", k.route, k.status, m.requests[k].n)
	}
	b.WriteString("# HELP qianqi_request_seconds_total Time spent answering.\n# TYPE qianqi_request_seconds_total counter\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "qianqi_request_seconds_total{route=%q,status=\"%d\"} %.6f\n", k.route, k.status, m.requests[k].seconds)
	}
	m.mu.Unlock()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	for _, g := range []struct {
		name, help, kind string
		value            int64
	}{
		{"qianqi_uploads_turned_away_total", "Uploads answered with 429.", "counter", m.busy.Load()},
		{"qianqi_uploads_under_way", "Uploads in the queue or being read.", "gauge", int64(len(s.counter.tickets))},
		{"qianqi_password_hashes_total", "Passwords hashed.", "counter", m.hashes.Load()},
		{"qianqi_heap_bytes", "Memory in use by the program.", "gauge", int64(mem.HeapAlloc)},
		{"qianqi_goroutines", "Goroutines.", "gauge", int64(runtime.NumGoroutine())},
		{"qianqi_up_seconds", "Seconds since the start.", "gauge", int64(s.now().Sub(s.started).Seconds())},
	} {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n%s %d\n", g.name, g.help, g.name, g.kind, g.name, g.value)
	}
	return b.String()
}
