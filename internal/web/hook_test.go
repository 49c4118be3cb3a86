package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPost(t *testing.T) {
	for _, c := range []struct {
		why    string
		answer func(try int32, w http.ResponseWriter)
		tries  int32
		says   string // "" for success
	}{
		{"taken", func(_ int32, w http.ResponseWriter) { io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`) }, 1, ""},
		{"an answer that is no JSON", func(_ int32, w http.ResponseWriter) { io.WriteString(w, `thanks`) }, 1, ""},
		{"no content", func(_ int32, w http.ResponseWriter) { w.WriteHeader(204) }, 1, ""},
		{"a robot that does not know us", func(_ int32, w http.ResponseWriter) {
			io.WriteString(w, `{"errcode":93000,"errmsg":"invalid webhook url"}`)
		}, 1, "code 93000: invalid webhook url"},
		{"another robot", func(_ int32, w http.ResponseWriter) { io.WriteString(w, `{"code":19001,"msg":"param invalid"}`) }, 1, "code 19001: param invalid"},
		{"not allowed: no second try", func(_ int32, w http.ResponseWriter) { w.WriteHeader(403) }, 1, "HTTP 403"},
		{"moved: not followed", func(_ int32, w http.ResponseWriter) { w.Header().Set("Location", "/elsewhere"); w.WriteHeader(302) }, 1, "HTTP 302"},
		{"down for a moment", func(try int32, w http.ResponseWriter) {
			if try < 3 {
				w.WriteHeader(502)
			}
		}, 3, ""},
		{"down", func(_ int32, w http.ResponseWriter) { w.WriteHeader(503) }, 3, "HTTP 503"},
		{"too often", func(_ int32, w http.ResponseWriter) { w.WriteHeader(429) }, 3, "HTTP 429"},
	} {
		var tries atomic.Int32
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Method != "POST" || string(body) != `{"a":1}` || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || r.URL.Path != "/hook" {
				t.Errorf("%s: %s %s %s", c.why, r.Method, r.URL, body)
			}
			c.answer(tries.Add(1), w)
		}))
		p := poster{&http.Client{CheckRedirect: noRedirect}, time.Millisecond}
		err := p.post(context.Background(), s.URL+"/hook?key=SECRET", []byte(`{"a":1}`))
		if tries.Load() != c.tries || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %d tries, %v", c.why, tries.Load(), err)
		}
		if err != nil && strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: the error tells the secret: %v", c.why, err)
		}
		s.Close()
	}
}

// A server that never answers, one that is not there, and an address that is none.
func TestPostGivesUp(t *testing.T) {
	never := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-never:
		case <-r.Context().Done():
		}
	}))
	defer s.Close()
	defer close(never)
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, address := range []string{s.URL + "/?key=SECRET", gone.URL + "/?key=SECRET", "http://[::SECRET", "\x7f"} {
		p := poster{&http.Client{Timeout: 20 * time.Millisecond}, time.Millisecond}
		if err := p.post(context.Background(), address, nil); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", address, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Post(ctx, gone.URL, nil); err == nil {
		t.Error("posted after it was stopped")
	}
}
