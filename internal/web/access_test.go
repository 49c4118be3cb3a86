package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// access says, for every route, which roles may use it: f faculty, s secretary, o office, c committee,
// r reviewer, a admin; * is everybody, signed in or not. It is written by hand, apart from the
// table that the server goes by: whoever opens a route to somebody has to do it twice.
var access = map[string]string{
	"GET /{$}":               "*",
	"GET /static/{file}":     "*",
	"GET /livez":             "*",
	"GET /metrics":           "*",
	"POST /language":         "*",
	"GET /signin":            "*",
	"POST /signin":           "*",
	"POST /signout":          "*",
	"GET /setup":             "*",
	"POST /setup":            "*",
	"GET /oidc":              "*",
	"GET /oidc/callback":     "*",
	"GET /cas":               "*",
	"GET /cas/callback":      "*",
	"POST /cas/callback":     "*",
	"GET /account":           "fsocra",
	"POST /account/password": "fsocra",
	"GET /account/data.json": "fsocra",

	"GET /visits":                    "f",
	"GET /template.xlsx":             "fso",
	"GET /upload":                    "fso",
	"POST /upload":                   "fso",
	"POST /uploads/confirm":          "fso",
	"GET /uploads/{id}":              "fso",
	"POST /uploads/{id}/confirm":     "fso",
	"POST /uploads/{id}/discard":     "fso",
	"GET /uploads/{id}/return.xlsx":  "fso",
	"GET /uploads/{id}/original":     "fso",
	"GET /receipts/{id}":             "fso",
	"GET /receipts/{id}/return.xlsx": "fso",
	"GET /receipts/{id}/original":    "fso",
	"POST /receipts/{id}/withdraw":   "fso",
	"POST /receipts/{id}/remark":     "fso",

	"GET /campaign":               "so",
	"GET /campaign/reminders":     "so",
	"GET /campaign/national.xlsx": "o",
	"GET /review":                 "so",
	"POST /receipts/{id}/approve": "so",
	"POST /receipts/{id}/return":  "so",
	"GET /refused/{id}":           "o",
	"POST /refused/{id}/waive":    "o",
	"GET /enterprises":            "o",
	"POST /enterprises":           "o",
	"POST /enterprises/undo":      "o",
	"GET /assignments":            "so",
	"POST /assignments":           "o",
	"GET /assignments.xlsx":       "o",

	"GET /reports":                    "oc",
	"GET /reports/{year}/{path...}":   "oc",
	"GET /reports/{year}/remarks":     "oc",
	"POST /reports/{year}/remarks":    "oc",
	"POST /reports/remarks/take-back": "oc",
	"GET /proposals":                  "cr",
	"GET /proposals/new":              "c",
	"POST /proposals":                 "c",
	"GET /proposals/{id}":             "cr",
	"POST /proposals/{id}/review":     "cr",
	"POST /proposals/{id}/decide":     "c",
	"POST /proposals/{id}/address":    "c",

	"GET /prove":                          "a",
	"POST /prove":                         "a",
	"GET /admin/users":                    "a",
	"POST /admin/users":                   "a",
	"GET /admin/users/{id}":               "a",
	"POST /admin/users/{id}":              "a",
	"POST /admin/users/{id}/password":     "a",
	"POST /admin/users/{id}/disable":      "a",
	"POST /admin/users/{id}/enable":       "a",
	"POST /admin/users/{id}/sessions/end": "a",
	"GET /admin/import":                   "a",
	"POST /admin/import":                  "a",
	"GET /admin/departments":              "a",
	"POST /admin/departments":             "a",
	"GET /admin/sessions":                 "a",
	"POST /admin/sessions/end":            "a",
	"GET /admin/log":                      "a",
	"POST /admin/log/verify":              "a",
	"GET /admin/log.csv":                  "a",
	"GET /admin/backups":                  "a",
	"POST /admin/backups":                 "a",
	"GET /admin/backups/{name}":           "a",
	"GET /admin/health":                   "a",
	"GET /admin/privacy":                  "a",
	"POST /admin/privacy/retention":       "a",
	"GET /admin/privacy/export":           "a",
	"POST /admin/privacy/erase":           "a",
}

var letters = []struct {
	letter string
	role   campaign.Role
}{{"f", campaign.Faculty}, {"s", campaign.Secretary}, {"o", campaign.Office}, {"c", campaign.Committee}, {"r", campaign.Reviewer}, {"a", campaign.Admin}}

// Every route × every role × signed out × disabled × a foreign site, as the table says.
func TestAccess(t *testing.T) {
	s := newSite(t)
	people := map[string]*visitor{"": s.visitor()}
	for _, l := range letters {
		s.add("login-"+l.letter, l.role)
		people[l.letter] = s.as("login-" + l.letter)
	}
	seen := make(map[string]bool)
	for i := range routes {
		rt := &routes[i]
		seen[rt.pattern()] = true
		allowed, ok := access[rt.pattern()]
		if !ok {
			t.Errorf("%s has no row in the table of access", rt.pattern())
			continue
		}
		if rt.path == "/signout" { // it would end the sessions of this test
			continue
		}
		for letter, v := range people {
			got := probe(v, rt)
			switch open := allowed == "*" || letter != "" && strings.Contains(allowed, letter); {
			case open && (got.Code == http.StatusForbidden || got.Code == http.StatusUnauthorized && rt.path != "/signin" || strings.HasPrefix(got.location(), "/signin?next")):
				t.Errorf("%s as %q: %d %s, but the table lets them", rt.pattern(), letter, got.Code, got.location())
			case !open && letter == "" && rt.method == http.MethodGet && !(got.Code == http.StatusSeeOther && strings.HasPrefix(got.location(), "/signin?next=")):
				t.Errorf("%s signed out: %d %s, want the way to the sign-in", rt.pattern(), got.Code, got.location())
			case !open && letter == "" && rt.method == http.MethodPost && got.Code != http.StatusUnauthorized:
				t.Errorf("%s signed out: %d, want 401", rt.pattern(), got.Code)
			case !open && letter != "" && got.Code != http.StatusForbidden:
				t.Errorf("%s as %q: %d, want 403", rt.pattern(), letter, got.Code)
			}
		}
	}
	for pattern := range access {
		if !seen[pattern] {
			t.Errorf("the table of access names %s, which is no route", pattern)
		}
	}
}

// probe asks for a route with made-up things in its path: whether they exist is not the question.
func probe(v *visitor, rt *route) reply {
	id := "1"
	if strings.HasPrefix(rt.path, "/admin/") { // nobody: the people of this test must stay
		id = "99"
	}
	path := strings.NewReplacer("{$}", "", "{file}", "web.css", "{year}", "2026", "{path...}", "index.html", "{id}", id, "{name}", "none").Replace(rt.path)
	if rt.method == http.MethodPost {
		return v.post(path)
	}
	return v.get(path)
}

// A route that changes something refuses requests of other sites, and cannot be used by GET.
func TestCrossSite(t *testing.T) {
	s := newSite(t)
	s.add("chief", campaign.Faculty, campaign.Office, campaign.Committee, campaign.Reviewer, campaign.Admin)
	v := s.as("chief")
	for i := range routes {
		rt := &routes[i]
		if rt.method != http.MethodPost {
			continue
		}
		for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			v.header = http.Header{header[0]: {header[1]}}
			if got := probe(v, rt); got.Code != http.StatusForbidden {
				t.Errorf("%s with %s %s: %d, want 403", rt.pattern(), header[0], header[1], got.Code)
			}
		}
		v.header = http.Header{}
		twin := &route{method: http.MethodGet, path: rt.path}
		if known(twin) {
			continue
		}
		if got := probe(v, twin); got.Code != http.StatusMethodNotAllowed && got.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 405", rt.path, got.Code)
		}
	}
	if got := v.get("/account"); got.Code != http.StatusOK {
		t.Errorf("the session did not survive: %d", got.Code)
	}
}

func known(rt *route) bool {
	for i := range routes {
		if routes[i].pattern() == rt.pattern() {
			return true
		}
	}
	return false
}

// Every answer carries the headers, errors included, and personal pages are kept by nobody.
func TestHeaders(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	v := s.as("t1")
	for _, c := range []struct {
		why    string
		answer reply
		status int
	}{
		{"a page", v.get("/account"), 200},
		{"no page", v.get("/nowhere"), 404},
		{"not for this method", v.do(httptest.NewRequest("DELETE", "https://qianqi.example/account", nil)), 405},
		{"another site's", func() reply { w := s.visitor(); w.header.Set("Sec-Fetch-Site", "cross-site"); return w.post("/signin") }(), 403},
		{"a path that leads out", v.get("/static/..%2fdoc.go"), 404},
	} {
		c.answer.want(t, c.status)
		for name, value := range map[string]string{"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Cache-Control": "no-store"} {
			if got := c.answer.Header().Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", c.why, name, got, value)
			}
		}
	}
	if got := v.get("/static/web.css?v=" + assets()["web.css"].version); got.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("a static file is cached as %q", got.Header().Get("Cache-Control"))
	}
	for _, banned := range []string{"unsafe-inline", "unsafe-eval", "*", "data:", "http:"} {
		if strings.Contains(contentPolicy, banned) {
			t.Errorf("the policy allows %s", banned)
		}
	}
}

// A panic is a page without a stack, and the server lives.
func TestPanic(t *testing.T) {
	s := newSite(t)
	s.handler, _ = s.outer()
	s.mux.HandleFunc("GET /boom", func(http.ResponseWriter, *http.Request) { panic("made for this test") })
	got := s.visitor().get("/boom").want(t, 500, "编号")
	if strings.Contains(got.text(), "made for this test") || strings.Contains(got.text(), "goroutine") {
		t.Errorf("the page tells too much: %s", got.text())
	}
	if !strings.Contains(s.logs.String(), "made for this test") {
		t.Error("the log says nothing")
	}
	s.visitor().get("/livez").want(t, 200)
}
