package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// aNotice has text in it that somebody wrote into a workbook to be noticed.
func aNotice() *Notice {
	n := &Notice{Run: 7, Year: 2026, Status: "finished", Label: "abc", Link: "https://qianqi.example.edu.cn/2026/", At: yearEnd,
		Title: codebook.Text{ZH: "千企 2026 年报告有更新：" + strings.Repeat("很长的标题", 20), EN: "qianqi: the report on 2026 is new"},
		Says:  []codebook.Text{{ZH: "故障诊断不足", EN: "Fault diagnosis is short"}}}
	for range 200 {
		n.Lines = append(n.Lines, ChangeLine{Finding: codebook.Text{ZH: `新增“<img src=x onerror=alert(1)>”`, EN: "[click](http://x) <@all>"}, Items: []codebook.Text{{ZH: "一", EN: "one"}}, More: 3})
	}
	return n
}

func TestMessages(t *testing.T) {
	n := aNotice()
	for form, limit := range hookLimits {
		data, err := n.Message(form)
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			Msgtype string                    `json:"msgtype"`
			MsgType string                    `json:"msg_type"`
			Text    struct{ Content string }  `json:"text"`
			Content struct{ Text string }     `json:"content"`
			At      map[string]any            `json:"at"`
			Rest    map[string]map[string]any `json:"markdown"`
		}
		if err := json.Unmarshal(data, &m); err != nil || m.Msgtype+m.MsgType != "text" || m.At != nil || m.Rest != nil {
			t.Errorf("%s: %s %v; text, and nobody is called", form, data[:80], err)
		}
		text := m.Text.Content + m.Content.Text
		if len(text) > limit || !utf8.ValidString(text) || !strings.HasPrefix(text, n.Title.ZH) || !strings.HasSuffix(strings.TrimSpace(text), n.Link) {
			t.Errorf("%s: %d bytes, %q … %q", form, len(text), text[:40], text[len(text)-40:])
		}
	}
	data, err := n.Message(HookJSON)
	var m map[string]any
	if err := errors.Join(err, json.Unmarshal(data, &m)); err != nil || m["run"] != 7.0 || m["status"] != "finished" || m["text"] != n.Text() {
		t.Errorf("as JSON: %.200s %v", data, err)
	}
}

func TestHookForms(t *testing.T) {
	for _, c := range []struct{ address, asked, want string }{
		{"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", "", HookWeCom},
		{"https://oapi.dingtalk.com/robot/send?access_token=t", "", HookDingTalk},
		{"https://open.feishu.cn/open-apis/bot/v2/hook/x", "", HookFeishu},
		{"https://hooks.example.edu.cn/x", "", HookJSON},
		{"http://10.0.0.5:8080/x", "wecom", HookWeCom},
		{"http://10.0.0.5:8080/x", "pigeon", ""},
		{"ftp://10.0.0.5/x", "", ""},
		{"file:///etc/passwd", "", ""},
		{"qyapi.weixin.qq.com", "", ""},
	} {
		if got, err := HookForm(c.address, c.asked); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s %s: %q %v, want %q", c.address, c.asked, got, err, c.want)
		}
	}
}

// A mail program reads the message: subject and both parts, nothing in them that runs.
func TestMail(t *testing.T) {
	n := aNotice()
	data, err := n.EML()
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(data), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") || !isASCII(line) {
			t.Fatalf("line %d cannot be mailed: %.80q", i, line)
		}
	}
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if at, dateErr := m.Header.Date(); err != nil || subject != n.Title.ZH+" "+n.Title.EN || dateErr != nil || !at.Equal(yearEnd) {
		t.Errorf("subject %q, date %v (%v %v)", subject, at, err, dateErr)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{n.Text(), n.page()} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil || strings.ReplaceAll(string(text), "\r\n", "\n") != want {
			t.Errorf("%s: not what was said (%v)", part.Header.Get("Content-Type"), err)
		}
	}
	if strings.Contains(n.page(), "<img") {
		t.Error("text from a workbook became HTML")
	}
	again, _ := aNotice().EML()
	if !bytes.Equal(data, again) {
		t.Error("the same news, other bytes")
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 })
}

// newsIsToldOnce: where there is news, and where a run fails; who does not listen costs a warning.
func newsIsToldOnce(t *testing.T, w *office) {
	c, dir := w.copied(t)
	var told []*Notice
	listen := func(_ context.Context, n *Notice) error { told = append(told, n); return nil }
	deaf := func(context.Context, *Notice) error { return errors.New("听不见\ndeaf") }
	run := func(names ...string) (*RunResult, error) {
		o := options(dir, names...)
		o.Tell = []Tell{deaf, listen, ToFile(filepath.Join(dir, "news.eml"))}
		told = nil
		return c.Run(context.Background(), o)
	}
	if r, err := run("inbox"); err != nil || len(told) != 0 || len(r.Warnings) != 0 {
		t.Errorf("no news, but told %v (%v)", told, err)
	}
	r, err := run("inbox", "late")
	if err != nil || len(told) != 1 || told[0].Changes == nil || !strings.Contains(told[0].Text(), "新收 7 个文件") || len(r.Warnings) != 1 || r.Warnings[0].EN != "deaf" {
		t.Fatalf("more visits: %v %+v (%v)", told, r.Warnings, err)
	}
	noSecrets(t, c, told[0])
	if data, err := os.ReadFile(filepath.Join(dir, "news.eml")); err != nil || !bytes.Contains(data, []byte("Subject: ")) {
		t.Errorf("the message: %v", err)
	}
	if row, err := c.FindRun(context.Background(), "3"); err != nil || row.Status != "finished" || len(row.Record.Warnings) != 1 {
		t.Errorf("on record: %+v %v", row, err)
	}
	if _, err := run("nowhere"); err == nil || len(told) != 1 || told[0].Status != "failed" || strings.Contains(told[0].Text(), "nowhere") {
		t.Errorf("a run that fails: %v %v", told, err)
	}
}

// noSecrets looks for enterprises, people and files in a notice, in every form it takes.
func noSecrets(t *testing.T, c *Campaign, n *Notice) {
	t.Helper()
	ctx := context.Background()
	eml, err := n.EML()
	must(t, err)
	data, err := n.Message(HookJSON)
	must(t, err)
	rows, err := c.Store.Submissions(ctx, store.Filter{})
	must(t, err)
	for _, row := range rows {
		for _, secret := range []string{row.Name, row.SHA256} {
			if strings.Contains(string(data), secret) || strings.Contains(string(eml), secret) {
				t.Errorf("%q is told", secret)
			}
		}
	}
	found, err := c.Store.Enterprises(ctx)
	must(t, err)
	if len(found) == 0 {
		t.Error("no enterprise to look for")
	}
	for _, e := range found {
		if strings.Contains(string(data), e.Name) {
			t.Errorf("%q is told", e.Name)
		}
	}
}
