package web

import (
	"cmp"
	"context"
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
	requests map[requestKey]int64
	took     map[string]*durations // by route
}

type requestKey struct {
	route  string
	status int
}

// bounds are the upper ends of the classes that durations are counted in, in seconds.
var bounds = []float64{0.005, 0.025, 0.1, 0.3, 1, 3, 10, 30}

// durations are how long a route's answers took.
type durations struct {
	classes [9]int64 // below each bound and above all of them
	n       int64
	seconds float64
}

// count notes one answer.
func (m *metrics) count(rt *route, status int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.requests == nil {
		m.requests, m.took = make(map[requestKey]int64), make(map[string]*durations)
	}
	m.requests[requestKey{rt.pattern(), status}]++
	d := m.took[rt.pattern()]
	if d == nil {
		d = &durations{}
		m.took[rt.pattern()] = d
	}
	class, _ := slices.BinarySearch(bounds, took.Seconds())
	d.classes[class]++
	d.n++
	d.seconds += took.Seconds()
}

// metricsPage answers in Prometheus's text form, to this machine and to administrators.
func metricsPage(c *call) error {
	if !(peerOf(c.r).IsLoopback() && c.r.Header.Get("X-Forwarded-For") == "") && !c.has(campaign.Admin) {
		return errNoPage
	}
	c.w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	var b strings.Builder
	c.s.metrics.answers(&b)
	for _, f := range append(c.s.ofProcess(), c.s.ofCampaign(c.ctx())...) {
		f.write(&b)
	}
	_, err := c.w.Write([]byte(b.String()))
	return err
}

// answers writes what was answered, and in which time.
func (m *metrics) answers(b *strings.Builder) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(m.requests), func(a, b requestKey) int {
		return cmp.Or(cmp.Compare(a.route, b.route), cmp.Compare(a.status, b.status))
	})
	b.WriteString("# HELP qianqi_requests_total Requests answered.\n# TYPE qianqi_requests_total counter\n")
	for _, k := range keys {
		fmt.Fprintf(b, "qianqi_requests_total{route=%q,status=\"%d\"} %d\n", k.route, k.status, m.requests[k])
	}
	b.WriteString("# HELP qianqi_request_seconds Time until a request was answered.\n# TYPE qianqi_request_seconds histogram\n")
	for _, route := range slices.Sorted(maps.Keys(m.took)) {
		d, below := m.took[route], int64(0)
		for i, bound := range bounds {
			below += d.classes[i]
			fmt.Fprintf(b, "qianqi_request_seconds_bucket{route=%q,le=\"%g\"} %d\n", route, bound, below)
		}
		fmt.Fprintf(b, "qianqi_request_seconds_bucket{route=%q,le=\"+Inf\"} %d\nqianqi_request_seconds_sum{route=%q} %.6f\nqianqi_request_seconds_count{route=%q} %d\n", route, d.n, route, d.seconds, route, d.n)
	}
}

// family is one metric with its values.
type family struct {
	name, help, kind string
	values           []reading
}

// reading is one value; label is as Prometheus writes it, "" where there is none.
type reading struct {
	label string
	value int64
}

func (f family) write(b *strings.Builder) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", f.name, f.help, f.name, f.kind)
	for _, v := range f.values {
		fmt.Fprintf(b, "%s%s %d\n", f.name, v.label, v.value)
	}
}

func gauge(name, help string, value int64) family {
	return family{name, help, "gauge", []reading{{"", value}}}
}

func counted(name, help string, value int64) family {
	return family{name, help, "counter", []reading{{"", value}}}
}

// ofProcess is what the running program knows of itself.
func (s *Server) ofProcess() []family {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return []family{
		counted("qianqi_uploads_turned_away_total", "Uploads answered with 429.", s.metrics.busy.Load()),
		gauge("qianqi_uploads_under_way", "Uploads in the queue or being read.", int64(len(s.counter.tickets))),
		counted("qianqi_password_hashes_total", "Passwords hashed.", s.metrics.hashes.Load()),
		gauge("qianqi_heap_bytes", "Memory in use by the program.", int64(mem.HeapAlloc)),
		gauge("qianqi_goroutines", "Goroutines.", int64(runtime.NumGoroutine())),
		gauge("qianqi_up_seconds", "Seconds since the start.", int64(s.now().Sub(s.started).Seconds())),
	}
}

// ofCampaign is how the campaign stands. What cannot be found out is left out and logged: no figure is
// better than a wrong one.
func (s *Server) ofCampaign(ctx context.Context) (list []family) {
	failed := func(what string, err error) bool {
		if err != nil {
			s.Log.Warn("metric left out", "what", what, "error", err.Error())
		}
		return err != nil
	}
	if years, err := s.Campaign.Store.Years(ctx); !failed("visits", err) {
		f := family{"qianqi_visits", "Visits that count, by year.", "gauge", nil}
		for _, y := range years {
			f.values = append(f.values, reading{fmt.Sprintf("{year=\"%d\"}", y.Year), int64(y.Visits)})
		}
		list = append(list, f)
	}
	if p, err := s.Campaign.Progress(ctx, s.thisYear(), ""); !failed("progress", err) {
		year := fmt.Sprintf("{year=\"%d\"}", p.Year)
		of := func(name, help string, n int) {
			list = append(list, family{name, help, "gauge", []reading{{year, int64(n)}}})
		}
		of("qianqi_target_enterprises", "Enterprises to visit in the campaign under way, 0 where no roster says.", p.Target)
		of("qianqi_done_enterprises", "Enterprises of them visited.", p.Done)
		of("qianqi_overdue_assignments", "Assignments whose day is past.", len(p.Overdue))
		of("qianqi_refused_files", "Files refused and not mended since.", p.Unmended)
	}
	if waiting, err := s.counter.pending.states(); !failed("uploads waiting", err) {
		f := family{"qianqi_uploads_waiting", "Workbooks parked: not looked at, sound and not confirmed, returned.", "gauge", nil}
		for _, state := range []string{received, ready, returned} {
			f.values = append(f.values, reading{fmt.Sprintf("{state=%q}", state), int64(waiting[state])})
		}
		list = append(list, f)
	}
	if runs, err := s.Campaign.Runs(ctx, 0, 1); !failed("last run", err) && len(runs) > 0 {
		last := runs[0]
		list = append(list, gauge("qianqi_last_run_started_seconds", "When the last run began, in Unix time.", last.Started.Unix()))
		f := family{"qianqi_last_run_status", "1 for the state that the last run is in.", "gauge", nil}
		for _, status := range []string{"started", "finished", "failed"} {
			is := int64(0)
			if last.Status == status {
				is = 1
			}
			f.values = append(f.values, reading{fmt.Sprintf("{status=%q}", status), is})
		}
		list = append(list, f)
	}
	return append(list, gauge("qianqi_database_bytes", "Size of the database with its journal.", s.Campaign.Store.Size()))
}
