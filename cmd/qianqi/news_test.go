package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestRunTellsAWebhook runs the command against a robot that takes one message and refuses the next.
func TestRunTellsAWebhook(t *testing.T) {
	var mu sync.Mutex
	var bodies []string
	robot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, string(body))
		answer := `{"errcode":0,"errmsg":"ok"}`
		if len(bodies) > 1 {
			answer = `{"errcode":45009,"errmsg":"api freq out of limit"}`
		}
		io.WriteString(w, answer)
	}))
	defer robot.Close()
	got := func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(bodies)
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	path, err := program()
	if err := errors.Join(err, shareStills(dir)); err != nil {
		t.Fatal(err)
	}
	qianqi := func(args ...string) (string, int) {
		cmd := exec.Command(path, append(args, "--db", at("qianqi.db"))...)
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := qianqi("sample", "--years", "2026", "--visits", "4", "--out", at("inbox")); code != exitOK {
		t.Fatal(out)
	}
	hook := []string{"--webhook", robot.URL + "/send?key=SECRET", "--webhook-form", "wecom", "--out", at("reports"), "--eml", at("news.eml"), "--link", "https://reports.example.edu.cn"}
	if out, code := qianqi(append([]string{"run", at("inbox")}, hook...)...); code != exitOK {
		t.Fatalf("%d %s", code, out)
	}
	if told := got(); len(told) != 1 || !strings.Contains(told[0], `"msgtype":"text"`) || !strings.Contains(told[0], "千企 2026 年报告有更新") || !strings.Contains(told[0], "https://reports.example.edu.cn") {
		t.Errorf("the robot got %q", told)
	}
	if mail, err := os.ReadFile(at("news.eml")); err != nil || !bytes.HasPrefix(mail, []byte("From: ")) {
		t.Errorf("the message: %v", err)
	}
	out, code := qianqi(append([]string{"run", at("inbox")}, hook...)...)
	if code != exitOK || len(got()) != 1 {
		t.Errorf("nothing new, but told %d times: %d %s", len(got()), code, out)
	}
	out, code = qianqi(append([]string{"run", at("inbox"), "--close", "2026-01-01"}, hook...)...)
	if code != exitOK || len(got()) != 2 || !strings.Contains(out, "消息没有送到 webhook") || !strings.Contains(out, "45009") || strings.Contains(out, "SECRET") {
		t.Errorf("a robot that refuses is a warning: %d %s", code, out)
	}
	if out, code := qianqi("run", at("inbox"), "--webhook", "robot"); code != exitUsage {
		t.Errorf("an address that is none: %d %s", code, out)
	}
}
