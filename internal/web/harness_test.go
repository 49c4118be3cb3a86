package web

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// clock is a clock that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// cheap makes password hashes that cost next to nothing.
var cheap = campaign.HashCost{MemoryKiB: 8, Passes: 1, Lanes: 1}

// site is a server on a database of its own. People of these tests are invented.
type site struct {
	*Server
	t     testing.TB
	clock *clock
	c     *campaign.Campaign
	logs  *logBuffer
}

type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// june is when these tests begin.
var june = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

// newSite opens a server on an empty database; change may alter its options.
func newSite(t testing.TB, change ...func(*Options)) *site {
	t.Helper()
	return siteIn(t, t.TempDir(), change...)
}

// newSurveyed opens a server on a campaign small enough to be computed at once: a map and some dozens
// of visits, a run over them, and its report published.
func newSurveyed(t testing.TB, change ...func(*Options)) *site {
	t.Helper()
	dir := t.TempDir()
	folder, err := surveyed()
	if err == nil {
		err = os.CopyFS(dir, os.DirFS(folder))
	}
	if err != nil {
		t.Fatal(err)
	}
	return siteIn(t, dir, change...)
}

// surveyed is the folder that the database of every such server is a copy of, with the pictures that
// were drawn for its report. TestMain removes it.
var (
	surveyedIn string
	surveyed   = sync.OnceValues(func() (string, error) {
		dir, err := os.MkdirTemp("", "qianqi-surveyed-")
		surveyedIn = dir
		if err != nil {
			return "", err
		}
		now := func() time.Time { return june }
		st, err := store.Open(context.Background(), filepath.Join(dir, "qianqi.db"), store.Options{Now: now})
		if err != nil {
			return dir, err
		}
		c := &campaign.Campaign{Codebook: codebook.Default(), Store: st, Now: now}
		var paths []string
		for _, name := range []string{"roster.xlsx", "curriculum.xlsx", "decisions.xlsx", "visits"} {
			paths = append(paths, "../../surveys/2026/"+name)
		}
		reports := filepath.Join(dir, "reports")
		_, err = c.Run(context.Background(), campaign.RunOptions{Ingest: campaign.IngestOptions{Paths: paths, By: "u0"}, Reports: reports})
		return dir, errors.Join(err, st.Close(), os.RemoveAll(reports))
	})
)

func siteIn(t testing.TB, dir string, change ...func(*Options)) *site {
	t.Helper()
	clk := &clock{now: june}
	st, err := store.Open(context.Background(), filepath.Join(dir, "qianqi.db"), store.Options{Now: clk.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	c := &campaign.Campaign{Codebook: codebook.Default(), Store: st, Now: clk.Now, HashCost: cheap}
	logs := &logBuffer{}
	o := Options{Campaign: c, Password: true, Pending: filepath.Join(dir, "qianqi.pending"), Workers: 2, Log: slog.New(slog.NewJSONHandler(logs, nil)), Version: "test",
		Setup: campaign.Setup{DB: st.Path(), Reports: filepath.Join(dir, "reports"), Backups: filepath.Join(dir, "backups"), Codebook: c.Codebook, Now: clk.Now}}
	for _, f := range change {
		f(&o)
	}
	s, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { trial.Within(t, "what goes on in the background", s.Close) })
	return &site{Server: s, t: t, clock: clk, c: c, logs: logs}
}

const aPassword = "correct-horse-battery"

// add adds an account with roles.
func (s *site) add(login string, roles ...campaign.Role) campaign.AccountID {
	s.t.Helper()
	id, err := s.c.AddAccount(context.Background(), campaign.NewAccount{Login: login, Name: "样例" + login, Department: "通信系", Roles: roles, Password: aPassword}, campaign.Act{By: "u0"})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// visitor is a browser that keeps its cookies.
type visitor struct {
	s       *site
	cookies map[string]string
	header  http.Header // sent with every request
	from    string      // address
}

func (s *site) visitor() *visitor {
	return &visitor{s: s, cookies: map[string]string{}, header: http.Header{}, from: "192.0.2.7:4711"}
}

// as signs in.
func (s *site) as(login string) *visitor {
	s.t.Helper()
	v := s.visitor()
	if got := v.post("/signin", "login", login, "password", aPassword); got.Code != http.StatusSeeOther {
		s.t.Fatalf("sign-in of %s: %d %s", login, got.Code, got.text())
	}
	return v
}

// reply is an answer with its body read.
type reply struct {
	*httptest.ResponseRecorder
}

func (r reply) text() string { return r.Body.String() }

// main is what the page is about.
func (r reply) main() string {
	_, after, _ := strings.Cut(r.text(), `<main id="main">`)
	main, _, _ := strings.Cut(after, "</main>")
	return main
}

func (r reply) location() string { return r.Header().Get("Location") }

func (v *visitor) do(r *http.Request) reply {
	r.RemoteAddr = v.from
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for k, values := range v.header {
		r.Header[k] = values
	}
	w := httptest.NewRecorder()
	v.s.Handler().ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	return reply{w}
}

func (v *visitor) get(path string) reply {
	return v.do(httptest.NewRequest(http.MethodGet, "https://qianqi.example"+path, nil))
}

// post sends a form of name, value pairs.
func (v *visitor) post(path string, pairs ...string) reply {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.send(path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (v *visitor) send(path, kind string, body io.Reader) reply {
	r := httptest.NewRequest(http.MethodPost, "https://qianqi.example"+path, body)
	r.Header.Set("Content-Type", kind)
	return v.do(r)
}

// want fails the test unless the answer has a status and, where given, holds the texts.
func (r reply) want(t testing.TB, status int, texts ...string) reply {
	t.Helper()
	if r.Code != status {
		t.Fatalf("status %d, want %d: %s %.1500s", r.Code, status, r.location(), r.main())
	}
	for _, text := range texts {
		if !strings.Contains(r.text(), text) {
			t.Errorf("the page lacks %q: %.1500s", text, r.main())
		}
	}
	return r
}

// roster takes in the roster of the tracked sample.
func (s *site) roster() { s.ingest("../../surveys/2026/roster.xlsx") }

func (s *site) ingest(paths ...string) {
	s.t.Helper()
	if _, err := s.c.Ingest(context.Background(), campaign.IngestOptions{Paths: paths, By: "u0"}); err != nil {
		s.t.Fatal(err)
	}
}

// logged counts the records of an action.
func (s *site) logged(action string) int {
	s.t.Helper()
	n := 0
	err := s.c.Store.AuditLog(context.Background(), 0, func(e store.AuditEntry) error {
		if e.Action == action {
			n++
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// lastActor is who did something last.
func (s *site) lastActor(action string) (actor string) {
	_ = s.c.Store.AuditLog(context.Background(), 0, func(e store.AuditEntry) error {
		if e.Action == action {
			actor = e.Actor
		}
		return nil
	})
	return actor
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// unzip writes an archive out below a folder.
func unzip(archive *zip.Reader, to string) error { return os.CopyFS(to, archive) }

// spoil changes one byte of an original in the folder of a backup.
func spoil(t testing.TB, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.originals", "*", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no originals: %v", err)
	}
	data := readFile(t, files[0])
	data[len(data)/2] ^= 1
	if err := os.WriteFile(files[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
}
