package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// safeBuffer may be read while it is written to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serve runs the command until the test ends it, and returns what it prints.
func serve(t *testing.T, args ...string) (out *safeBuffer, stop func() error) {
	t.Helper()
	out = &safeBuffer{}
	root := newRootCmd()
	root.SetArgs(append([]string{"serve", "--db", filepath.Join(t.TempDir(), "qianqi.db")}, args...))
	root.SetOut(out)
	root.SetErr(out)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(ctx) }()
	stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { stop() })
	return out, stop
}

var printedAddress = regexp.MustCompile(`qianqi is at (\S+)`)

func addressOf(t *testing.T, out *safeBuffer) string {
	t.Helper()
	for range 1000 {
		if m := printedAddress.FindStringSubmatch(out.String()); m != nil && strings.Contains(out.String(), "Ctrl-C") {
			return m[1]
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("no address: %s", out)
	return ""
}

// The command prints its address and the first-run token, answers, and stops when told to.
func TestServe(t *testing.T) {
	out, stop := serve(t, "--address", "127.0.0.1:0")
	address := addressOf(t, out)
	if !regexp.MustCompile(`one-time token: [0-9a-z]{5}-`).MatchString(out.String()) {
		t.Errorf("no token: %s", out)
	}
	answer, err := http.Get(address + "/setup")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || answer.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("首次设置")) {
		t.Errorf("%d %v %s", answer.StatusCode, err, body)
	}
	if err := stop(); err != nil || !strings.Contains(out.String(), "已停止") {
		t.Errorf("stopping: %v %s", err, out)
	}
}

// What cannot be right is refused before anything listens.
func TestServeRefuses(t *testing.T) {
	for _, c := range []struct {
		why  string
		args []string
		says string
	}{
		{"passwords in clear over a network", []string{"--address", "0.0.0.0:0"}, "in clear"},
		{"half a certificate", []string{"--address", "127.0.0.1:0", "--cert", "x.pem"}, "--cert"},
		{"a proxy that is no address", []string{"--address", "127.0.0.1:0", "--behind", "nonsense"}, "--behind"},
		{"a public address that is none", []string{"--address", "127.0.0.1:0", "--public", "qianqi"}, "--public"},
		{"a provider asked in clear", []string{"--address", "127.0.0.1:0", "--public", "https://qianqi.example", "--cas", "http://cas.example/cas"}, "https"},
		{"an issuer asked in clear", []string{"--address", "127.0.0.1:0", "--public", "https://qianqi.example", "--oidc", "http://id.example", "--oidc-client", "qianqi"}, "https"},
		{"an issuer without a client", []string{"--address", "127.0.0.1:0", "--public", "https://qianqi.example", "--oidc", "https://id.example"}, "--oidc-client"},
		{"a provider that is no address", []string{"--address", "127.0.0.1:0", "--public", "https://qianqi.example", "--cas", "cas"}, "--cas"},
		{"a provider that cannot lead back", []string{"--address", "127.0.0.1:0", "--cas", "https://cas.example"}, "--public"},
	} {
		var out bytes.Buffer
		args := append([]string{"serve", "--db", filepath.Join(t.TempDir(), "qianqi.db")}, c.args...)
		if code := execute(args, strings.NewReader(""), &out, &out); code == exitOK || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: exit code %d, %s", c.why, code, &out)
		}
	}
}

// The browser opens where whoever sits at the machine has to begin.
func TestStartPage(t *testing.T) {
	for _, c := range []struct{ why, address, token, want string }{
		{"the first run", "http://127.0.0.1:8080", "abc", "http://127.0.0.1:8080/setup"},
		{"later", "http://127.0.0.1:8080", "", "http://127.0.0.1:8080"},
		{"every interface", "https://0.0.0.0:8443", "", "https://127.0.0.1:8443"},
		{"every interface, by IPv6", "http://[::]:8080", "abc", "http://127.0.0.1:8080/setup"},
		{"a public address below a path", "https://qianqi.example/x/", "", "https://qianqi.example/x/"},
	} {
		if got := startPage(c.address, c.token); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}
