package campaign

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"net/url"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Notice is the news of a run, for people who did not watch it. It holds counts and published
// figures only: no file, enterprise, person, or figure that is withheld.
type Notice struct {
	Run     store.RunID     `json:"run"`
	Year    int             `json:"year,omitempty"`
	Status  string          `json:"status"`          // finished or failed
	Label   string          `json:"label,omitempty"` // of the report
	Link    string          `json:"link,omitempty"`  // where readers find it
	Title   codebook.Text   `json:"title"`
	Says    []codebook.Text `json:"says,omitempty"` // the finding of each programme
	Lines   []ChangeLine    `json:"-"`
	Changes *report.Changes `json:"changes,omitempty"`
	At      time.Time       `json:"at"`
}

// Tell passes a notice on. Its error is a warning of the run, no more.
type Tell func(context.Context, *Notice) error

// tell passes the news on, if there is any. A run that somebody stopped is news to nobody.
func (r *running) tell(ctx context.Context, failed error) {
	if len(r.o.Tell) == 0 || errors.Is(failed, context.Canceled) || failed == nil && r.result.Quiet() {
		return
	}
	n := r.notice(failed)
	for _, tell := range r.o.Tell {
		if err := tell(ctx, n); err != nil {
			zh, en, two := strings.Cut(err.Error(), "\n")
			if !two {
				en = zh
			}
			r.warn(ctx, codebook.Text{ZH: Printable(zh), EN: Printable(en)})
			continue
		}
		r.log().InfoContext(ctx, "news passed on", "run", int64(r.run.ID))
	}
}

// notice words the news of a run. Why a run failed stands in its record alone, since a reason may
// name files.
func (r *running) notice(failed error) *Notice {
	n := &Notice{Run: r.run.ID, Year: r.run.Year, Status: "finished", Link: r.o.Link, At: r.start}
	if failed != nil {
		n.Status = "failed"
		n.Title = codebook.Text{ZH: fmt.Sprintf("千企批处理失败（运行 %d）", n.Run), EN: fmt.Sprintf("qianqi: run %d failed", n.Run)}
		n.Lines = []ChangeLine{{Finding: codebook.Text{
			ZH: fmt.Sprintf("原有报告不变。原因见 qianqi runs %d；qianqi doctor 查看如何处理。", n.Run),
			EN: fmt.Sprintf("The report that stood stands. The reason: qianqi runs %d; what to do: qianqi doctor.", n.Run)}}}
		return n
	}
	n.Label, n.Changes, n.Lines = r.record.Label, r.result.Changes, r.result.Lines
	n.Title = codebook.Text{ZH: fmt.Sprintf("千企 %d 年报告有更新", n.Year), EN: fmt.Sprintf("qianqi: the report on %d is new", n.Year)}
	if r.result.Report.Unchanged {
		n.Title = codebook.Text{ZH: fmt.Sprintf("千企 %d 年报告未变", n.Year), EN: fmt.Sprintf("qianqi: the report on %d is as it was", n.Year)}
	} else {
		n.Says = r.result.Headlines
	}
	if in := r.result.Ingest; in != nil && in.Totals.Rejected > 0 {
		n.Lines = append([]ChangeLine{{Finding: codebook.Text{
			ZH: fmt.Sprintf("退回 %d 个文件，其中 %d 个以前退回过", in.Totals.Rejected, in.Totals.Again),
			EN: fmt.Sprintf("%s refused, %d not for the first time", codebook.Count(in.Totals.Rejected, "file"), in.Totals.Again)}}}, n.Lines...)
	}
	if r.result.Frozen != 0 {
		n.Lines = append(n.Lines, ChangeLine{Finding: codebook.Text{ZH: fmt.Sprintf("%d 年已截止并冻结", r.result.Frozen), EN: fmt.Sprintf("%d is closed and frozen", r.result.Frozen)}})
	}
	for _, w := range r.result.Warnings {
		n.Lines = append(n.Lines, ChangeLine{Finding: w})
	}
	return n
}

// Text is the notice as plain text: title, findings, what changed, where to read on; Chinese first.
func (n *Notice) Text() string {
	var b strings.Builder
	b.WriteString(n.Title.ZH + "\n" + n.Title.EN + "\n\n")
	for _, t := range n.Says {
		b.WriteString(t.ZH + "\n")
	}
	if len(n.Says) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(linesText(n.Lines))
	if n.Link != "" {
		b.WriteString("\n" + n.Link + "\n")
	}
	return b.String()
}

// The forms in which a webhook takes a message.
const (
	HookJSON     = "json"     // the notice itself, with every change
	HookWeCom    = "wecom"    // 企业微信群机器人
	HookDingTalk = "dingtalk" // 钉钉自定义机器人; its keyword may be 千企
	HookFeishu   = "feishu"   // 飞书自定义机器人
)

// hookHosts tells the form by the host.
var hookHosts = map[string]string{
	"qyapi.weixin.qq.com": HookWeCom, "oapi.dingtalk.com": HookDingTalk, "open.feishu.cn": HookFeishu, "open.larksuite.com": HookFeishu,
}

// hookLimits are how many bytes of text the robots take.
var hookLimits = map[string]int{HookWeCom: 2048, HookDingTalk: 18000, HookFeishu: 18000}

// ErrHook says that a webhook cannot be used as it is named.
type ErrHook struct{ ZH, EN string }

// Error says why, in both languages.
func (e *ErrHook) Error() string { return e.ZH + "\n" + e.EN }

// HookForm is the form that a webhook takes: the one asked for, or else by its host.
func HookForm(address, asked string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return "", &ErrHook{"--webhook 应是 http 或 https 网址", "--webhook wants an http or https address"}
	}
	switch asked {
	case "":
		return cmp.Or(hookHosts[u.Hostname()], HookJSON), nil
	case HookJSON, HookWeCom, HookDingTalk, HookFeishu:
		return asked, nil
	}
	return "", &ErrHook{fmt.Sprintf("“%s”不是消息格式；可选 json wecom dingtalk feishu", Printable(asked)), fmt.Sprintf("%q is no form of message; it is json, wecom, dingtalk or feishu", asked)}
}

// Message is the notice as a webhook takes it. The robots get plain text, in which nothing that
// somebody wrote into a workbook can be a link or call for attention.
func (n *Notice) Message(form string) ([]byte, error) {
	if form == HookJSON {
		return json.Marshal(struct {
			*Notice
			Text string `json:"text"`
		}{n, n.Text()})
	}
	content := shorten(n.Text(), hookLimits[form], n.Link)
	if form == HookFeishu {
		return json.Marshal(map[string]any{"msg_type": "text", "content": map[string]string{"text": content}})
	}
	return json.Marshal(map[string]any{"msgtype": "text", "text": map[string]string{"content": content}})
}

// shorten cuts a text to so many bytes, at the end of a line where it can, and keeps the link.
func shorten(text string, limit int, link string) string {
	if len(text) <= limit {
		return text
	}
	tail := "\n…\n" + link
	text = text[:max(0, limit-len(tail))]
	if i := strings.LastIndexByte(text, '\n'); i > 0 {
		text = text[:i]
	}
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text + tail
}

// EML is the notice as a message that a mail program opens as a draft (RFC 5322, MIME): plain text
// and a page that says the same. Addresses are for the office to add.
func (n *Notice) EML() ([]byte, error) {
	var b, body bytes.Buffer
	parts := multipart.NewWriter(&body)
	if err := parts.SetBoundary("qianqi-" + sumOf([]byte(n.Text()))[:24]); err != nil {
		return nil, err
	}
	for _, part := range []struct{ kind, text string }{{"text/plain", n.Text()}, {"text/html", n.page()}} {
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {part.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
		if err != nil {
			return nil, err
		}
		q := quotedprintable.NewWriter(w)
		if _, err := q.Write([]byte(strings.ReplaceAll(part.text, "\n", "\r\n"))); err != nil {
			return nil, err
		}
		if err := q.Close(); err != nil {
			return nil, err
		}
	}
	if err := parts.Close(); err != nil {
		return nil, err
	}
	subject := strings.ReplaceAll(mime.BEncoding.Encode("utf-8", n.Title.ZH+" "+n.Title.EN), "?= =?", "?=\r\n =?")
	fmt.Fprintf(&b, "From: qianqi <qianqi@localhost>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <run-%d-%s@qianqi.invalid>\r\nX-Unsent: 1\r\n"+
		"Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=%s\r\n\r\n",
		subject, n.At.Format(time.RFC1123Z), n.Run, n.At.UTC().Format("20060102T150405Z"), parts.Boundary())
	b.Write(body.Bytes())
	return b.Bytes(), nil
}

// page is the notice as a small page without anything from elsewhere.
func (n *Notice) page() string {
	var b strings.Builder
	both := func(t codebook.Text) string {
		return html.EscapeString(t.ZH) + "<br><small>" + html.EscapeString(cmp.Or(t.EN, t.ZH)) + "</small>"
	}
	b.WriteString("<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"></head><body>\n<h1>" + both(n.Title) + "</h1>\n")
	for _, t := range n.Says {
		b.WriteString("<p>" + both(t) + "</p>\n")
	}
	for _, line := range n.Lines {
		b.WriteString("<p><b>" + both(line.Finding) + "</b></p>\n<ul>\n")
		for _, item := range line.Items {
			b.WriteString("<li>" + both(item) + "</li>\n")
		}
		if line.More > 0 {
			fmt.Fprintf(&b, "<li>另有 and %d more</li>\n", line.More)
		}
		b.WriteString("</ul>\n")
	}
	if n.Link != "" {
		link := html.EscapeString(n.Link)
		b.WriteString("<p><a href=\"" + link + "\">" + link + "</a></p>\n")
	}
	return b.String() + "</body></html>\n"
}

// ToFile tells by writing the notice as a message to a file, in one step.
func ToFile(path string) Tell {
	return func(_ context.Context, n *Notice) error {
		data, err := n.EML()
		if err == nil {
			err = replaceFile(filepath.Clean(path), data)
		}
		if err != nil {
			return fmt.Errorf("写不了邮件 %[1]s：%[2]w\nThe message %[1]s cannot be written: %[2]w", Printable(path), err)
		}
		return nil
	}
}

// ToHook tells by posting the notice to a webhook. How it is posted is the caller's to say.
func ToHook(address, form string, post func(ctx context.Context, address string, body []byte) error) Tell {
	return func(ctx context.Context, n *Notice) error {
		body, err := n.Message(form)
		if err == nil {
			err = post(ctx, address, body)
		}
		if err != nil {
			return fmt.Errorf("消息没有送到 webhook：%[1]w\nThe webhook did not take the message: %[1]w", err)
		}
		return nil
	}
}
