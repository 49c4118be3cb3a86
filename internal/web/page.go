package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// text makes a pair of sentences.
func text(zh, en string) codebook.Text { return codebook.Text{ZH: zh, EN: en} }

// frame is what every page is set in.
type frame struct {
	Title  codebook.Text
	Lang   string
	Me     *campaign.Account
	Nav    []navLink
	Here   string // path and query, to come back to
	Notice codebook.Text
	Bad    bool // the notice says that something went wrong
	Body   any
}

type navLink struct {
	Href    string
	Text    codebook.Text
	Current bool
}

// navigation is the way around, by role.
var navigation = []struct {
	who  who
	href string
	text codebook.Text
}{
	{faculty, "/visits", text("我的走访", "My visits")},
	{secretary | office, "/campaign", text("进度", "Campaign")},
	{faculty | secretary | office, "/upload", text("交表", "Hand in")},
	{secretary | office, "/review", text("审核", "Review")},
	{secretary | office, "/assignments", text("任务", "Assignments")},
	{office, "/enterprises", text("企业", "Enterprises")},
	{office | committee, "/reports", text("报告", "Reports")},
	{committee | reviewer, "/proposals", text("提案", "Proposals")},
	{admin, "/admin/users", text("账号", "Accounts")},
	{admin, "/admin/sessions", text("会话", "Sessions")},
	{admin, "/admin/log", text("日志", "Log")},
	{admin, "/admin/backups", text("备份", "Backups")},
	{admin, "/admin/health", text("状态", "Health")},
}

func (c *call) nav() []navLink {
	var links []navLink
	if c.me == nil || c.me.MustChange {
		return nil
	}
	for _, n := range navigation {
		if n.who.allows(c.me) && c.s.paths[n.href] {
			links = append(links, navLink{n.href, n.text, c.r.URL.Path == n.href || strings.HasPrefix(c.r.URL.Path, n.href+"/")})
		}
	}
	return links
}

// notices are what a page may say about what was just done. An address can only name one of
// them, never bring words of its own.
var notices = map[string]codebook.Text{
	"out":      text("您已退出。", "You are signed out."),
	"ended":    text("登录已过期，请重新登录。", "Your session has ended; please sign in again."),
	"setup":    text("设置完成。下一步：为教师和同事添加账号，再上传调研名册。", "All set. Next: add accounts, then hand in the roster."),
	"change":   text("请先设一个只有您自己知道的新密码。", "Please choose a password that only you know."),
	"password": text("密码已更改；其他设备上的登录都已结束。", "The password is changed; you were signed out everywhere else."),
	"checked":  text("已检查。没有错误的请确认提交；有错误的请按提示修改后再交。", "Checked. Confirm the sound ones; mend the others as shown and hand them in again."),
	"same":     text("这份文件先前已经由别人交过，没有改动。", "Somebody else handed in this very file before; nothing changed."),
	"taken":    text("没有错误的都已收下。", "All sound ones were taken."),
	"refused":  text("有文件没有收下：检查之后情况变了，请点开下面标为“退回”的文件看原因。其余没有错误的都已收下。", "Not everything was taken: something changed since the check; open those marked as returned to see what. The other sound ones were taken."),
	"dropped":  text("已放弃这份文件，没有收下；您电脑上的文件还在。", "The file was dropped and not taken; yours is still on your computer."),

	"accepted":   text("已收下。请记下收据号。", "Taken. Keep the receipt number."),
	"superseded": text("已收下，取代了先前的一份；改动列在下面。", "Taken; it replaces the earlier one. What changed is listed below."),
	"unchanged":  text("这份内容先前已经交过，没有改动。这是当时的收据。", "This was handed in before; nothing changed. This is the receipt from then."),
	"withdrawn":  text("已撤回，不再计入数字；历史仍保留。", "Withdrawn: it no longer counts. Its history is kept."),
	"saved":      text("已保存。", "Saved."),
	"said":       text("已记下。", "Noted."),
	"waived":     text("已豁免。请交表人重新检查并确认这份文件。", "Waived. Its person may now check the file again and confirm it."),
	"added":      text("已添加账号。", "The account is added."),
	"disabled":   text("已停用；本人的登录都已结束。", "Disabled; every session of theirs has ended."),
	"enabled":    text("已启用。", "Enabled."),
	"session":    text("登录已结束。", "Signed out."),
	"backup":     text("备份已做好，并已逐字节读回核对。请下载一份存到别处。", "The backup is made and was proved by reading all of it back. Keep a copy elsewhere."),
}

// page answers with a page.
func (c *call) page(status int, name string, body any) error {
	return c.pageWith(status, name, frame{Body: body, Notice: notices[c.r.URL.Query().Get("done")]})
}

func (c *call) pageWith(status int, name string, f frame) error {
	t, ok := pages()[name]
	if !ok {
		return fmt.Errorf("web: no page %q", name)
	}
	f.Lang, f.Me, f.Nav, f.Here = language(c.r), c.me, c.nav(), here(c.r)
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", f); err != nil {
		return fmt.Errorf("web: page %s: %w", name, err)
	}
	c.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(b.Bytes()) // the reader has gone: nobody to tell
	}
	return nil
}

// here is where the reader stands, as far as a later GET can lead back there.
func here(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return "/"
	}
	u := *r.URL
	q := u.Query()
	q.Del("done")
	u.RawQuery = q.Encode()
	return localPath(u.RequestURI())
}

func language(r *http.Request) string {
	if cookie, err := r.Cookie(languageCookie); err == nil && (cookie.Value == "both" || cookie.Value == "en") {
		return cookie.Value
	}
	return "zh"
}

// form is a field of the request's form without blanks around it.
func (c *call) form(name string) string { return strings.TrimSpace(c.r.PostFormValue(name)) }

// pages are the parsed templates by name, each in the layout.
var pages = sync.OnceValue(func() map[string]*template.Template {
	base := template.Must(template.New("").Funcs(helpers).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html"))
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		panic(err) // embedded
	}
	out := make(map[string]*template.Template)
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		t := template.Must(base.Clone())
		out[name] = template.Must(t.ParseFS(templateFiles, "templates/"+e.Name()))
	}
	return out
})

// helpers are what templates may call.
var helpers = template.FuncMap{
	"t":     func(zh, en string) template.HTML { return bilingual(text(zh, en)) },
	"tt":    bilingual,
	"asset": asset,
	"stamp": func(t time.Time) string { return stamp(t, "2006-01-02 15:04") },
	"clock": func(rfc3339 string) string {
		t, _ := time.Parse(time.RFC3339, rfc3339)
		return stamp(t, "2006-01-02 15:04")
	},
	"roles":    roleNames,
	"add":      func(a, b int) int { return a + b },
	"sub":      func(a, b int) int { return a - b },
	"first":    first,
	"dossiers": func(list []campaign.Dossier, n vocabulary) dossiersView { return dossiersView{list, n} },
	"outcome":  func(code string) template.HTML { return bilingual(outcomes[code]) },
	"table":    func(zh, en string, rows []campaign.Part) partsView { return partsView{text(zh, en), rows} },
	"pct":      percent,
	"n":        func(n any, noun string) string { return codebook.Count(reflect.ValueOf(n).Int(), noun) },
	"safe":     campaign.Printable,
	"file":     fileName,

	"everyRole": func() any { return campaign.Roles },
	"holds":     holds,
	"mib":       func(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/(1<<20)) },
}

// dossiersView is a table of proposals.
type dossiersView struct {
	List  []campaign.Dossier
	Names vocabulary
}

// outcomes are the words of a decision.
var outcomes = map[string]codebook.Text{"adopt": text("采纳", "adopted"), "defer": text("暂缓", "deferred"), "reject": text("不采纳", "rejected")}

// partsView is a table of what each part was to do and has done.
type partsView struct {
	Title codebook.Text
	Rows  []campaign.Part
}

// holds reports whether a list of names holds one, whatever their types are called.
func holds(list, name any) bool {
	v := reflect.ValueOf(list)
	for i := range v.Len() {
		if v.Index(i).String() == reflect.ValueOf(name).String() {
			return true
		}
	}
	return false
}

// first takes the first n of a list.
func first(n int, list any) any {
	v := reflect.ValueOf(list)
	return v.Slice(0, min(n, v.Len())).Interface()
}

// bilingual sets a sentence in both languages; the reader's choice hides one of them.
func bilingual(t codebook.Text) template.HTML {
	zh, en := template.HTMLEscapeString(t.ZH), template.HTMLEscapeString(t.EN)
	switch {
	case en == "" || en == zh:
		return template.HTML(zh)
	case zh == "":
		return template.HTML(en)
	}
	return template.HTML(`<span class="zh">` + zh + `</span><span class="en" lang="en">` + en + `</span>`)
}

// stamp writes a time on the clock of the college.
func stamp(t time.Time, layout string) string {
	if t.IsZero() {
		return "—"
	}
	return t.In(beijing).Format(layout)
}

// beijing is the clock people of the college read; China has had one without summer time since
// 1991, so no table of zones is needed.
var beijing = time.FixedZone("CST", 8*60*60)

func roleNames(names []string) template.HTML {
	var out []codebook.Text
	for _, r := range campaign.Roles {
		for _, n := range names {
			if n == string(r.Role) {
				out = append(out, r.Name)
			}
		}
	}
	var all codebook.Text
	for i, t := range out {
		if i > 0 {
			all.ZH += "、"
			all.EN += ", "
		}
		all.ZH += t.ZH
		all.EN += t.EN
	}
	return bilingual(all)
}

// percent is a share of a whole, a dash where there is no whole.
func percent(part, whole int) string {
	if whole == 0 {
		return "—"
	}
	return strconv.Itoa((part*100+whole/2)/whole) + "%"
}

// asset is the address of a static file; it changes with the content.
func asset(name string) (string, error) {
	f, ok := assets()[name]
	if !ok {
		return "", fmt.Errorf("web: no static file %q", name)
	}
	return "/static/" + name + "?v=" + f.version, nil
}

type staticFile struct {
	data    []byte
	version string
}

// assets are the files of static/ and the report's own style sheet, by name.
var assets = sync.OnceValue(func() map[string]staticFile {
	out := map[string]staticFile{"report.css": versioned([]byte(campaign.Stylesheet()))}
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		panic(err) // embedded
	}
	for _, e := range entries {
		data, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err) // embedded
		}
		out[e.Name()] = versioned(data)
	}
	return out
})

func versioned(data []byte) staticFile {
	sum := sha256.Sum256(data)
	return staticFile{data, hex.EncodeToString(sum[:6])}
}

func static(c *call) error {
	name := c.r.PathValue("file")
	f, ok := assets()[name]
	if !ok {
		return errNoPage
	}
	if c.r.URL.Query().Get("v") == f.version {
		c.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		c.w.Header().Set("Cache-Control", "no-cache")
	}
	c.w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	_, err := c.w.Write(f.data)
	return err
}

// problem is an answer that is no page of ours: a status and a sentence.
type problem struct {
	status int
	text   codebook.Text
	signIn bool // whoever asked must sign in first
}

func (p *problem) Error() string { return p.text.ZH + "\n" + p.text.EN }

func fail(status int, zh, en string) error { return &problem{status: status, text: text(zh, en)} }

// redirection is an answer that leads elsewhere; the browser asks there with GET.
type redirection struct{ to string }

func (r *redirection) Error() string { return "redirect to " + r.to }

func redirect(to string) error { return &redirection{to} }

var (
	errSignedOut = errors.New("web: nobody is signed in")
	errNoPage    = fail(http.StatusNotFound, "没有这个页面，或者它不是给您看的。", "There is no such page, or it is not for you.")
)

// problemOf is what a failure tells a person who can do something about it.
func problemOf(err error) (codebook.Text, bool) {
	for _, kind := range []error{campaign.ErrInvalid, campaign.ErrConflict, campaign.ErrFrozen} {
		if errors.Is(err, kind) {
			zh, en, _ := strings.Cut(err.Error(), "\n")
			return text(zh, en), true
		}
	}
	return codebook.Text{}, false
}

// statuses are what the failures of campaign mean in HTTP.
var statuses = []struct {
	err    error
	status int
}{
	{campaign.ErrNotFound, http.StatusNotFound},
	{campaign.ErrConflict, http.StatusConflict},
	{campaign.ErrFrozen, http.StatusConflict},
	{campaign.ErrInvalid, http.StatusUnprocessableEntity},
	{campaign.ErrFull, http.StatusInsufficientStorage},
	{campaign.ErrReadOnly, http.StatusInsufficientStorage},
	{campaign.ErrBusy, http.StatusServiceUnavailable},
}

// statusLeft counts a request whose client went away before it was answered: nobody reads the answer, and
// nothing of ours failed. The number is the one that proxies log.
const statusLeft = 499

// fail answers with what went wrong.
func (c *call) fail(err error) {
	var to *redirection
	var hidden *campaign.ErrUnreported
	if errors.As(err, &hidden) {
		err = c.unreported(hidden.Year)
	}
	switch {
	case err == nil:
	case errors.As(err, &to):
		http.Redirect(c.w, c.r, to.to, http.StatusSeeOther)
	case errors.Is(err, errSignedOut) && (c.r.Method == http.MethodGet || c.r.Method == http.MethodHead):
		http.Redirect(c.w, c.r, "/signin?next="+template.URLQueryEscaper(localPath(c.r.URL.RequestURI())), http.StatusSeeOther)
	case errors.Is(err, errSignedOut):
		c.answer(&problem{status: http.StatusUnauthorized, signIn: true, text: text("登录已结束，刚才的操作没有执行。请重新登录后再做一次：检查过的文件仍在等您确认，您电脑上的文件也还在。",
			"Your session has ended and nothing was done. Sign in and do it again: files that were checked still wait for you, and your own are still on your computer.")})
	case errors.Is(err, context.Canceled) && c.ctx().Err() != nil:
		c.w.WriteHeader(statusLeft)
	default:
		c.answer(c.s.problem(err))
	}
}

// problem turns any failure into an answer. What is ours to mend is logged, and not shown.
func (s *Server) problem(err error) *problem {
	var p *problem
	var tooLarge *http.MaxBytesError
	if errors.As(err, &p) {
		return p
	}
	if errors.As(err, &tooLarge) {
		return &problem{status: http.StatusRequestEntityTooLarge, text: text("提交的内容太大。", "What was sent is too large.")}
	}
	for _, known := range statuses {
		if errors.Is(err, known.err) {
			zh, en, two := strings.Cut(err.Error(), "\n")
			if !two && errors.Is(err, campaign.ErrNotFound) { // no sentence for people
				return s.problem(errNoPage)
			}
			return &problem{status: known.status, text: text(zh, en)}
		}
	}
	s.Log.Error("failed", "error", err.Error())
	return &problem{status: http.StatusInternalServerError, text: text("程序出错了，没有保存任何改动；请告诉管理员。", "Something went wrong on our side; nothing was changed. Please tell the administrator.")}
}

// problemView is a problem on its page.
type problemView struct {
	codebook.Text
	SignIn string // the way to sign in and come back; "" where that would not help
}

// cameFrom is the page of ours from which a form was sent; the front page where the browser does not say.
func (c *call) cameFrom() string {
	u, err := url.Parse(c.r.Referer())
	if err != nil || u.Host != c.r.Host {
		return "/"
	}
	return localPath(u.RequestURI())
}

// answer shows a problem as a page.
func (c *call) answer(p *problem) {
	if p.status == http.StatusServiceUnavailable || p.status == http.StatusTooManyRequests {
		if c.w.Header().Get("Retry-After") == "" {
			c.w.Header().Set("Retry-After", "5")
		}
	}
	v := problemView{Text: p.text}
	if p.signIn {
		v.SignIn = "/signin?" + url.Values{"next": {c.cameFrom()}}.Encode()
	}
	f := frame{Title: text("没有办成", "Not done"), Body: v, Bad: true}
	if err := c.pageWith(p.status, "problem", f); err != nil {
		c.s.Log.Error("failed", "error", err.Error())
		http.Error(c.w, p.Error(), p.status)
	}
}

// refuse answers a request that no route has seen.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	c := &call{s: s, w: w, r: r}
	_ = c.recognise() // only to show the way around
	c.fail(err)
}
