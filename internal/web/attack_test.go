package web

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/chromium"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/trial"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// hostile is a text that acts wherever it is not handled as one: a formula, a tag, the end of an
// attribute, the end of a script.
const hostile = `=1+1" onfocus=evil() '</script><img src=x onerror=e()>`

// acting are the pieces of it that no page may hold as they are.
var acting = []string{`<img src=x`, `</script><img`, `" onfocus=evil`}

// poisoned is a site whose every free text is hostile, and its people.
func poisoned(t *testing.T) (*site, map[string]*visitor) {
	s := newSurveyed(t)
	people := make(map[string]*visitor)
	for _, l := range letters {
		name := s.called(l.letter)
		if _, err := s.c.AddAccount(t.Context(), campaign.NewAccount{Login: name, Name: hostile, Department: hostile, Roles: []campaign.Role{l.role}, Password: aPassword}, campaign.Act{By: "u0"}); err != nil {
			t.Fatal(err)
		}
		v := s.visitor()
		v.header.Set("User-Agent", hostile)
		v.post("/signin", "login", name, "password", aPassword).want(t, http.StatusSeeOther)
		people[l.letter] = v
	}
	s.poisonUploads(people)
	s.poisonForms(people)
	if err := s.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, people
}

// called is the login of the person with a role: of the teacher it is a number on the roster.
func (s *site) called(letter string) string {
	if letter == "f" {
		who, _ := s.someTask()
		return who.ID
	}
	return "p" + letter
}

// poisonUploads hands in a workbook that is taken with hostile text in every cell that may hold any text,
// one that is refused with hostile text in every cell, and a list of accounts.
func (s *site) poisonUploads(people map[string]*visitor) {
	t, office, name := s.t, people["o"], "<img src=x onerror=evil()>.xlsx"
	form, _ := codebook.Default().Form("visit")
	var free, every []workbook.Override
	for _, sheet := range form.Sheets {
		for _, f := range sheet.Fields {
			o := workbook.Override{Sheet: sheet.Key, Field: f.Key, Text: hostile}
			if f.PerCompetency {
				o.Competency = codebook.Default().Competencies[0].Code
			}
			if sheet.Key == "visit" || sheet.Key == "jobs" {
				every = append(every, o)
				if f.Type == codebook.TypeText && (f.MaxLen == 0 || f.MaxLen >= len(hostile)) {
					free = append(free, o)
				}
			}
		}
	}
	who, _ := s.someTask()
	visit := aVisit(who.ID, 1)
	visit.Faculty = who
	refused := office.handOne(name, aBook(t, visit, every...))
	office.get(refused).want(t, http.StatusOK, "没有收下", "&lt;img")
	receipt := office.take(name, aBook(t, visit, free...))
	office.get(receipt).want(t, http.StatusOK, "&lt;img")
	people["a"].list("名单.csv", "工号,姓名,部门,角色\n"+`evil1,"`+strings.ReplaceAll(hostile, `"`, `""`)+`",x,`+"\n")
	office.post(receipt+"/remark", "text", hostile, "sheet", "岗位 Jobs", "cell", "A4").want(t, http.StatusSeeOther)
	office.post(receipt+"/return", "text", hostile).want(t, http.StatusSeeOther)
	visit = aVisit(who.ID, 2)
	visit.Faculty = who
	second := office.take("b.xlsx", aBook(t, visit))
	office.post(second+"/withdraw", "reason", hostile).want(t, http.StatusSeeOther)
	link := regexp.MustCompile(`href="(/refused/\d+)"`).FindStringSubmatch(office.get("/review").want(t, http.StatusOK).text())
	if link == nil {
		t.Fatal("the office does not see the refused file")
	}
	code := regexp.MustCompile(`<option value="([A-Z]\d{3})"`).FindStringSubmatch(office.get(link[1]).text())
	office.post(link[1]+"/waive", "code", code[1], "reason", hostile).want(t, http.StatusSeeOther)
}

// poisonForms writes hostile text into every field of a form that takes text.
func (s *site) poisonForms(people map[string]*visitor) {
	t, office, chair := s.t, people["o"], people["c"]
	list, err := s.c.Assignments(t.Context(), 2026, "")
	if err != nil {
		t.Fatal(err)
	}
	office.post("/assignments", "year", "2026", "faculty", list[0].Faculty, "enterprise", list[0].Enterprise, "to", list[0].Faculty, "planned", "2026-06-30", "note", hostile).want(t, http.StatusSeeOther)
	chair.wait("/reports/2026/index.html")
	const figure = "computer_network/fault_diagnosis/performance_gap"
	chair.post("/reports/2026/remarks", "figure", figure, "text", hostile).want(t, http.StatusSeeOther)
	idea, err := url.Parse(strings.ReplaceAll(regexp.MustCompile(`href="(/proposals/new\?figure=[^"]+)"`).FindStringSubmatch(chair.get("/proposals/new").text())[1], "&amp;", "&"))
	if err != nil {
		t.Fatal(err)
	}
	q := idea.Query()
	made := chair.post("/proposals", "figure", q.Get("figure"), "programme", q.Get("programme"), "competency", q.Get("competency"), "module", q.Get("module"), "kind", q.Get("kind"), "text", hostile).want(t, http.StatusSeeOther)
	at, _, _ := strings.Cut(made.location(), "?")
	chair.post(at+"/address", "reader", s.idOf("pr")).want(t, http.StatusSeeOther)
	people["r"].post(at+"/review", "role", hostile, "opinion", "support", "text", hostile).want(t, http.StatusSeeOther)
	chair.post(at+"/review", "role", hostile, "opinion", "support", "text", hostile).want(t, http.StatusSeeOther)
	chair.post(at+"/decide", "outcome", "adopt", "reason", hostile).want(t, http.StatusSeeOther)
	s.roster()
	s.add("gone", campaign.Faculty)
	people["a"].post("/admin/privacy/erase", "person", "gone", "again", "gone", "reason", hostile).want(t, http.StatusOK)
}

var (
	links  = regexp.MustCompile(`\b(?:href|src)="([^"#]+)`)
	mostOf = 60 // pages that one person looks at
)

// walk looks at everything that a person's pages lead to, those of reports among it, and calls f with each.
func (v *visitor) walk(start string, f func(path string, got reply)) {
	seen, todo := map[string]bool{start: true}, []string{start}
	for n := 0; len(todo) > 0 && n < mostOf; n++ {
		path := todo[0]
		todo = todo[1:]
		got := v.get(path)
		f(path, got)
		if !strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") && got.location() == "" {
			continue
		}
		next := [][]string{{"", got.location()}}
		next = append(next, links.FindAllStringSubmatch(got.text(), -1)...)
		base := &url.URL{Path: path[:strings.LastIndex(path, "/")+1]}
		for _, m := range next {
			u, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if m[1] == "" || err != nil || u.Host != "" || u.Scheme != "" {
				continue
			}
			to := base.ResolveReference(u).RequestURI()
			if strings.HasPrefix(to, "/static/") || seen[to] {
				continue
			}
			seen[to] = true
			todo = append(todo, to)
		}
	}
}

// harmless holds an answer against what the hostile text would do in it.
func harmless(t *testing.T, who, path string, got reply) {
	t.Helper()
	kind := got.Header().Get("Content-Type")
	switch {
	case strings.HasPrefix(kind, "text/html"):
		for _, piece := range acting {
			if strings.Contains(got.text(), piece) {
				at := strings.Index(got.text(), piece)
				t.Errorf("%s, %s: the text acts: …%.200s", who, path, got.text()[max(0, at-80):])
			}
		}
	case strings.HasPrefix(kind, "text/csv"):
		noFormula(t, path, got.text())
	case kind == spreadsheet:
		noFormulaCell(t, path, got.Body.Bytes())
	}
	if kind != "" && !strings.HasPrefix(kind, "text/html") && got.Code == http.StatusOK && got.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s may be taken for something else", path)
	}
}

// noFormula fails the test where a spreadsheet that opens the file would compute a cell.
func noFormula(t *testing.T, path, text string) {
	t.Helper()
	rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	rows.FieldsPerRecord = -1
	all, err := rows.ReadAll()
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	for _, row := range all {
		for _, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
				t.Errorf("%s: a spreadsheet would compute %q", path, cell)
			}
		}
	}
}

// noFormulaCell fails the test where a workbook holds the text as a formula.
func noFormulaCell(t *testing.T, path string, data []byte) {
	t.Helper()
	book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	for _, f := range book.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("<f>=1+1")) || bytes.Contains(text, []byte("<f>1+1")) || bytes.Contains(text, []byte("<img src=x")) {
			t.Errorf("%s: %s holds the text as a formula or as a tag", path, f.Name)
		}
	}
}

// Hostile text in every field that an upload or a form can carry acts on no page of anybody, neither to the
// eye of a test nor in a browser, and in no file to download.
func TestStoredScript(t *testing.T) {
	s, people := poisoned(t)
	shown := make(map[string][]string)
	all := 0
	for _, l := range letters {
		people[l.letter].walk("/", func(path string, got reply) {
			all++
			harmless(t, string(l.role), path, got)
			if strings.Contains(got.main(), "&lt;img src=x") {
				shown[l.letter] = append(shown[l.letter], path)
			}
		})
		harmless(t, string(l.role), "/admin/users?q=", people[l.letter].get("/admin/users?q="+url.QueryEscape(hostile)))
		harmless(t, string(l.role), "/proposals/new?figure=", people[l.letter].get("/proposals/new?figure="+url.QueryEscape(hostile)))
		harmless(t, string(l.role), "/upload?done=", people[l.letter].get("/upload?done="+url.QueryEscape(hostile)))
	}
	for _, path := range []string{"/signin?next=", "/nowhere/", "/setup?x="} {
		harmless(t, "nobody", path, s.visitor().get(path+url.QueryEscape(hostile)))
	}
	if all < 100 || len(shown["o"]) < 5 || len(shown["a"]) < 5 || len(shown["c"]) < 3 || len(shown["r"]) < 1 {
		t.Errorf("%d pages were looked at; the text stands on %v: too few to prove anything", all, shown)
	}
	p := newPerson(t, s.open(), true) // one window for all: each costs a second
	for letter, paths := range shown {
		p.do(chromium.Command(network.ClearBrowserCookies, cdp.Empty{}))
		p.signIn(s.called(letter))
		for _, path := range paths[:min(len(paths), 4)] {
			p.visit(path)
			if n := reads[int](p, `document.querySelectorAll("img[src=x], [onfocus], [onerror]").length`); n != 0 {
				t.Errorf("%s: the text made %d elements of its own", path, n)
			}
		}
	}
}

// No address leads out of what it names: every route that takes a name, over a plain connection that sends
// the address as it is.
func TestTraversal(t *testing.T) {
	s := newSurveyed(t)
	s.add("all", campaign.Faculty, campaign.Office, campaign.Committee, campaign.Admin)
	base := s.open()
	v := enter(t, base, "all")
	v.ready(t, "/reports/2026/index.html")
	dir := filepath.Dir(s.c.Store.Path())
	if err := os.WriteFile(filepath.Join(dir, "secret.txt"), []byte("SECRET"), 0o600); err != nil {
		t.Fatal(err)
	}
	ups := []string{"../", "..%2f", "%2e%2e/", "%2e%2e%2f", `..\`, "..%5c", "....//", "%252e%252e%252f", "..%c0%af", "/", "%2f", dir + "/"}
	for _, route := range []string{"/reports/2026/%s", "/reports/2026/data/%s", "/static/%s", "/admin/backups/%s", "/uploads/%s", "/uploads/%s/original", "/receipts/%s/original"} {
		for _, up := range ups {
			for _, target := range []string{"secret.txt", "qianqi.db", "qianqi.pending"} {
				for _, depth := range []int{1, 3} {
					path := fmt.Sprintf(route, strings.Repeat(up, depth)+target)
					got := raw(t, base, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: "+sessionCookie+"="+v.cookie+"\r\n\r\n")
					if strings.HasPrefix(got, "HTTP/1.1 200") || strings.Contains(got, "SECRET") || strings.Contains(got, "SQLite format 3") || strings.HasPrefix(got, "HTTP/1.1 500") {
						t.Errorf("%s: %.120s", path, got)
					}
				}
			}
		}
	}
}

// raw sends a request as it is and returns the answer.
func raw(t *testing.T, base, request string) string {
	t.Helper()
	line, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	_ = line.SetDeadline(time.Now().Add(trial.Patience))
	if _, err := line.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(line)
	return string(answer)
}

// Somebody who opens connections and sends nothing, half a head, or half an ordinary form is cut off: no
// connection is held for nothing.
func TestSlowClients(t *testing.T) {
	short := 200 * time.Millisecond
	for _, c := range []struct {
		why    string
		limits Limits
		sends  string
	}{
		{"nothing", Limits{Header: short, Request: time.Hour, Idle: time.Hour}, ""},
		{"half a head", Limits{Header: short, Request: time.Hour, Idle: time.Hour}, "GET / HTTP/1.1\r\nHost: x\r\n"},
		{"half a form", Limits{Header: time.Hour, Request: short, Idle: time.Hour}, "POST /signin HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nlogin="},
		{"nothing more after an answer", Limits{Header: time.Hour, Request: time.Hour, Idle: short}, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := newSite(t, func(o *Options) { o.Limits = c.limits })
			line, err := net.Dial("tcp", strings.TrimPrefix(s.open(), "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer line.Close()
			_ = line.SetDeadline(time.Now().Add(trial.Patience / 3))
			if _, err := line.Write([]byte(c.sends)); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, line); err != nil {
				t.Errorf("the connection is still open: %v", err)
			}
		})
	}
}

// Whatever a stranger writes into a sign-in or an address makes no line of its own in the log, nor a row of
// its own in the log that the administrator exports.
func TestLogInjection(t *testing.T) {
	s, chief := administered(t)
	forged := "x\r\n" + `{"time":"2026-06-01T00:00:00Z","level":"ERROR","msg":"forged"}` + "\n\u2028\x1b[2Jforged,row"
	v := s.visitor()
	v.header.Set("User-Agent", "a\u2028b\u202eforged")
	for _, try := range []func(){
		func() { v.post("/signin", "login", forged, "password", forged) },
		func() { v.get("/cas/callback?state=" + url.QueryEscape(forged)) },
		func() { v.get("/nowhere/" + url.PathEscape(forged)) },
		func() { _ = s.c.Note(t.Context(), "u1", "report.seen", forged, map[string]string{"a": forged}) },
		func() {
			s.recovering(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(forged) })).ServeHTTP(nobody{}, &http.Request{URL: &url.URL{}, Header: http.Header{}, Method: http.MethodGet})
		},
	} {
		try()
	}
	lines := bufio.NewScanner(strings.NewReader(s.logs.String()))
	for lines.Scan() {
		var line struct{ Msg string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || strings.Contains(line.Msg, "forged") {
			t.Errorf("a line of the log: %v %q", err, lines.Text())
		}
	}
	export := strings.TrimPrefix(chief.get("/admin/log.csv").want(t, http.StatusOK).text(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(export)).ReadAll()
	if err != nil || strings.Count(export, "\r\n") != len(rows) || strings.Contains(strings.ReplaceAll(export, "\r\n", ""), "\n") {
		t.Errorf("the exported log has lines of somebody else's: %v\n%s", err, export)
	}
	if page := chief.get("/admin/log").text(); strings.ContainsAny(page, "\u2028\u202e\x1b") {
		t.Error("the page of the log holds control characters")
	}
}

// nobody is an answer that nobody reads.
type nobody struct{}

func (nobody) Header() http.Header         { return http.Header{} }
func (nobody) Write(p []byte) (int, error) { return len(p), nil }
func (nobody) WriteHeader(int)             {}

// A sign-in, by whatever way, and a change of language lead nowhere but to this server.
func TestNoOpenRedirect(t *testing.T) {
	cas := &CAS{}
	s := newSite(t, withPublic, func(o *Options) { o.CAS = cas })
	p := newCASServer(t, s.clock)
	cas.Base = p.URL + "/cas"
	s.add("001013", campaign.Faculty)
	for _, next := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "/a\r\nLocation: https://evil.example"} {
		for why, got := range map[string]reply{
			"password":          s.visitor().post("/signin", "login", "001013", "password", aPassword, "next", next),
			"language":          s.visitor().post("/language", "lang", "en", "back", next),
			"signed in already": func() reply { v := s.as("001013"); return v.get("/signin?next=" + url.QueryEscape(next)) }(),
			"cas": func() reply {
				v := s.visitor()
				return v.get(pathOf(p.login(t, v.get("/cas?next="+url.QueryEscape(next)).location())))
			}(),
		} {
			if got.Code != http.StatusSeeOther || got.location() != "/" {
				t.Errorf("%s with next=%q: %d %q", why, next, got.Code, got.location())
			}
		}
	}
}
