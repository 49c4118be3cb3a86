package web

import (
	"net/http"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// The metrics are Prometheus's text form, each figure is what the database and the folder say, and a
// histogram adds up.
func TestMetrics(t *testing.T) {
	s := newSite(t)
	s.roster()
	who, _ := s.someTask()
	s.add(who.ID, campaign.Faculty)
	v := s.as(who.ID)
	s.ingest("../../surveys/2026/visits")
	visit := aVisit(who.ID, 1)
	visit.Faculty = who
	v.handOne("a.xlsx", aBook(t, visit))
	v.handOne("b.xlsx", aBook(t, visit, badDate))
	local := s.visitor()
	local.from = "127.0.0.1:9"
	got := local.get("/metrics").want(t, http.StatusOK)
	if kind := got.Header().Get("Content-Type"); kind != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("the type is %s", kind)
	}
	values := prometheus(t, got.text())
	progress, err := s.c.Progress(t.Context(), 2026, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{
		`qianqi_visits{year="2026"}`: float64(s.visits()), `qianqi_target_enterprises{year="2026"}`: float64(progress.Target),
		`qianqi_done_enterprises{year="2026"}`: float64(progress.Done), `qianqi_overdue_assignments{year="2026"}`: float64(len(progress.Overdue)),
		`qianqi_refused_files{year="2026"}`: float64(progress.Unmended), `qianqi_uploads_waiting{state="ready"}`: 1,
		`qianqi_uploads_waiting{state="returned"}`: 1, `qianqi_uploads_waiting{state="received"}`: 0,
		`qianqi_requests_total{route="POST /upload",status="303"}`: 2, `qianqi_request_seconds_count{route="POST /upload"}`: 2,
		`qianqi_request_seconds_bucket{route="POST /upload",le="+Inf"}`: 2,
	} {
		if v, ok := values[name]; !ok || v != want {
			t.Errorf("%s is %v, want %v", name, v, want)
		}
	}
	if progress.Target == 0 || progress.Done == 0 || values["qianqi_database_bytes"] < 100_000 || values["qianqi_heap_bytes"] == 0 {
		t.Errorf("nothing to compare: %+v", values)
	}
	if _, there := values[`qianqi_last_run_started_seconds`]; there {
		t.Error("a run is told of that never was")
	}
}

// prometheus reads the text form: every value below the TYPE of its family, none twice.
func prometheus(t *testing.T, text string) map[string]float64 {
	t.Helper()
	line := regexp.MustCompile(`^(([a-z_]+?)(?:_bucket|_sum|_count)?(?:\{[a-z]+="[^"\n]*"(?:,[a-z]+="[^"\n]*")*\})?) (-?[0-9.]+)$`)
	typed, values := "", make(map[string]float64)
	for row := range strings.Lines(text) {
		row = strings.TrimSuffix(row, "\n")
		if rest, ok := strings.CutPrefix(row, "# TYPE "); ok {
			typed, _, _ = strings.Cut(rest, " ")
			continue
		}
		if strings.HasPrefix(row, "# HELP ") {
			continue
		}
		m := line.FindStringSubmatch(row)
		if m == nil || !strings.HasPrefix(m[2], typed) {
			t.Errorf("below %s stands %q", typed, row)
			continue
		}
		if _, twice := values[m[1]]; twice {
			t.Errorf("%s stands twice", m[1])
		}
		values[m[1]], _ = strconv.ParseFloat(m[3], 64)
	}
	return values
}

// The metrics are for this machine and for administrators; a proxy on this machine does not make its
// callers local.
func TestMetricsAreNotForEverybody(t *testing.T) {
	s := newSite(t)
	s.Proxies = append(s.Proxies, netip.MustParsePrefix("127.0.0.1/32"))
	s.add("chief", campaign.Admin)
	s.add("office", campaign.Office)
	behind := s.visitor()
	behind.from = "127.0.0.1:9"
	behind.header.Set("X-Forwarded-For", "203.0.113.5")
	for _, c := range []struct {
		why    string
		v      *visitor
		status int
	}{
		{"a stranger", s.visitor(), 404}, {"a stranger behind the proxy", behind, 404}, {"the office", s.as("office"), 404}, {"an administrator", s.as("chief"), 200},
	} {
		if got := c.v.get("/metrics"); got.Code != c.status {
			t.Errorf("%s: %d, want %d", c.why, got.Code, c.status)
		}
	}
}
