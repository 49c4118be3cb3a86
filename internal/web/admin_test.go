package web

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/csv"
	"html"
	"maps"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// administered is a site with an administrator who is signed in.
func administered(t *testing.T) (*site, *visitor) {
	t.Helper()
	s := newSite(t)
	s.add("chief", campaign.Admin)
	return s, s.as("chief")
}

var firstPassword = regexp.MustCompile(`id="first-password">([0-9a-z-]{19})<`)

func passwordOn(t *testing.T, page reply) string {
	t.Helper()
	m := firstPassword.FindStringSubmatch(page.text())
	if m == nil {
		t.Fatalf("no first password: %.800s", page.main())
	}
	return m[1]
}

func (s *site) idOf(login string) string {
	s.t.Helper()
	a, err := s.c.AccountOf(s.t.Context(), login)
	if err != nil {
		s.t.Fatal(err)
	}
	return number(a.ID)
}

// An account is added with a password that is shown once and must be changed.
func TestAdminAdds(t *testing.T) {
	s, chief := administered(t)
	page := chief.post("/admin/users", "login", "001013", "name", `<script>alert(1)</script>`, "department", "通信系", "role", "faculty").want(t, http.StatusOK, "001013")
	password := passwordOn(t, page)
	if strings.Contains(page.text(), "<script>alert") {
		t.Error("a name is script")
	}
	teacher := s.visitor()
	if got := teacher.post("/signin", "login", "001013", "password", password).want(t, http.StatusSeeOther); !strings.HasPrefix(got.location(), "/account") {
		t.Errorf("the first sign-in leads to %s", got.location())
	}
	if got := teacher.get("/visits"); got.location() != "/account" {
		t.Errorf("before the change they get to %d %s", got.Code, got.location())
	}
	teacher.post("/account/password", "old", password, "password", "a-much-better-one", "again", "a-much-better-one").want(t, http.StatusSeeOther)
	teacher.get("/visits").want(t, http.StatusOK)
	chief.get("/admin/users?q=001013").want(t, http.StatusOK, "001013", "&lt;script&gt;")
	chief.post("/admin/users", "login", "001013", "role", "faculty").want(t, http.StatusUnprocessableEntity, "已有账号")
	chief.post("/admin/users", "login", "x").want(t, http.StatusUnprocessableEntity, "至少选择一种角色")
	chief.post("/admin/users", "login", "a b", "role", "king").want(t, http.StatusUnprocessableEntity, "登录名")
	if got := chief.post("/admin/users", "login", "viaCAS", "role", "faculty", "provider", "1").want(t, http.StatusSeeOther); !strings.HasSuffix(got.location(), "done=added") {
		t.Errorf("led to %s", got.location())
	}
	chief.get("/admin/users/"+s.idOf("viaCAS")).want(t, http.StatusOK, "只用单点登录")
	if s.logged("account.added") != 3 || s.logged("account.seen") != 1 {
		t.Errorf("on the log: %d added, %d seen", s.logged("account.added"), s.logged("account.seen"))
	}
}

// A reset password replaces the old one and ends the sessions.
func TestAdminResetsPassword(t *testing.T) {
	s, chief := administered(t)
	s.add("t1", campaign.Faculty)
	teacher := s.as("t1")
	password := passwordOn(t, chief.post("/admin/users/"+s.idOf("t1")+"/password").want(t, http.StatusOK))
	if signedIn(teacher) {
		t.Error("the session survived")
	}
	s.visitor().post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusUnauthorized)
	s.visitor().post("/signin", "login", "t1", "password", password).want(t, http.StatusSeeOther)
}

// A first password is hashed fast; comparing with it takes a slow hash all the same.
func TestFirstPasswordTellsNothing(t *testing.T) {
	s, chief := administered(t)
	passwordOn(t, chief.post("/admin/users", "login", "001013", "role", "faculty"))
	a, _ := s.c.AccountOf(t.Context(), "001013")
	if s.c.Slow(a.Password) || !s.c.Slow(s.c.DecoyHash()) {
		t.Fatal("a first password is hashed as slowly as another, or a decoy is not")
	}
	s.add("t1", campaign.Faculty)
	b, _ := s.c.AccountOf(t.Context(), "t1")
	if !s.c.Slow(b.Password) {
		t.Error("a password of a person's own choice is hashed fast")
	}
}

// A first password is taken however it is typed from a slip of paper; a person's own is not.
func TestFirstPasswordAsTyped(t *testing.T) {
	s, chief := administered(t)
	first := passwordOn(t, chief.post("/admin/users", "login", "001013", "role", "faculty").want(t, http.StatusOK, "大小写和连字符都不影响"))
	plain := strings.ReplaceAll(first, "-", "")
	for _, c := range []struct {
		why, login, password string
		status               int
	}{
		{"as shown", "001013", first, http.StatusSeeOther},
		{"in capitals", "001013", strings.ToUpper(first), http.StatusSeeOther},
		{"without hyphens", "001013", plain, http.StatusSeeOther},
		{"blanks for hyphens, and around it", "001013", " " + strings.ReplaceAll(first, "-", " ") + " ", http.StatusSeeOther},
		{"letters for the digits they look like", "001013", strings.NewReplacer("0", "o", "1", "l").Replace(first), http.StatusSeeOther},
		{"one character short", "001013", first[:len(first)-1], http.StatusUnauthorized},
		{"one character more", "001013", first + "0", http.StatusUnauthorized},
		{"nothing", "001013", "", http.StatusUnauthorized},
		{"a person's own, in capitals", "chief", strings.ToUpper(aPassword), http.StatusUnauthorized},
		{"a person's own, without hyphens", "chief", strings.ReplaceAll(aPassword, "-", ""), http.StatusUnauthorized},
	} {
		if got := s.visitor().post("/signin", "login", c.login, "password", c.password); got.Code != c.status {
			t.Errorf("%s: %d, want %d", c.why, got.Code, c.status)
		}
	}
	s.as("chief")
}

func TestAdminDisables(t *testing.T) {
	s, chief := administered(t)
	s.add("t1", campaign.Faculty)
	teacher, at := s.as("t1"), "/admin/users/"+s.idOf("t1")
	chief.post(at+"/disable").want(t, http.StatusSeeOther)
	if signedIn(teacher) {
		t.Error("the session of a disabled account lives")
	}
	chief.get(at).want(t, http.StatusOK, "停用")
	s.visitor().post("/signin", "login", "t1", "password", aPassword).want(t, http.StatusUnauthorized)
	chief.post(at+"/enable").want(t, http.StatusSeeOther)
	s.as("t1")
	chief.post("/admin/users/"+s.idOf("chief")+"/disable").want(t, http.StatusUnprocessableEntity, "最后一个")
	chief.post("/admin/users/"+s.idOf("chief"), "name", "x", "role", "faculty").want(t, http.StatusUnprocessableEntity, "最后一个")
	for _, path := range []string{"/admin/users/999", "/admin/users/x", "/admin/users/-1"} {
		chief.get(path).want(t, http.StatusNotFound)
	}
}

// A changed role holds at the next request.
func TestAdminChangesRoles(t *testing.T) {
	s, chief := administered(t)
	s.add("t1", campaign.Office)
	v, at := s.as("t1"), "/admin/users/"+s.idOf("t1")
	v.get("/campaign").want(t, http.StatusOK)
	chief.post(at, "name", "样例", "department", "通信系", "role", "reviewer", "programme", "iot", "programme", "no such").want(t, http.StatusSeeOther)
	if signedIn(v) {
		t.Error("the session survived")
	}
	s.as("t1").get("/campaign").want(t, http.StatusForbidden)
	a, _ := s.c.AccountOf(t.Context(), "t1")
	if len(a.Programmes) != 1 || a.Programmes[0] != "iot" {
		t.Errorf("programmes %v", a.Programmes)
	}
	chief.post(at, "name", "样例", "role", "secretary").want(t, http.StatusUnprocessableEntity, "部门")
}

func (v *visitor) list(name, content string, fields ...string) reply {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	if name != "" {
		part, _ := w.CreateFormFile("file", name)
		_, _ = part.Write([]byte(content))
	}
	_ = w.Close()
	return v.send("/admin/import", w.FormDataContentType(), &b)
}

// A list adds everybody or nobody.
func TestAdminImports(t *testing.T) {
	s, chief := administered(t)
	for _, c := range []struct{ why, list, says string }{
		{"no column of staff numbers", "姓名,部门\n张示例,通信系\n", "A001"},
		{"a login that is none", "工号,姓名\n0010 13,张示例\n001020,李示例\n", "A002"},
		{"one twice", "工号\n001013\n001013\n", "A003"},
		{"no such role", "工号,角色\n001013,老师\n", "A004"},
		{"a secretary of nothing", "工号,角色\n001013,部门秘书\n", "A005"},
		{"not a spreadsheet", "%PDF-1.7\n", "F"},
	} {
		chief.list("名单.csv", c.list).want(t, http.StatusUnprocessableEntity, c.says, "一个账号也没有添加")
		if s.logged("account.added") != 1 {
			t.Errorf("%s: something was added", c.why)
		}
	}
	good := "教师工号 Staff number,姓名,部门,角色 roles\n001013,=cmd|x,通信系,教师、部门秘书\n001020,李示例,通信系,\n,,,\n"
	page := chief.list("名单.csv", good).want(t, http.StatusOK, "已添加 2 个账号")
	rows, err := csv.NewReader(strings.NewReader(html.UnescapeString(between(page.text(), `aria-label="初始密码 first passwords">`, "</textarea>")))).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][1] != "'=cmd|x" {
		t.Fatalf("%v %q", err, rows)
	}
	s.visitor().post("/signin", "login", "001020", "password", rows[2][3]).want(t, http.StatusSeeOther)
	a, _ := s.c.AccountOf(t.Context(), "001013")
	if strings.Join(a.Roles, ",") != "faculty,secretary" || a.Department != "通信系" || a.Name != "=cmd|x" {
		t.Errorf("%+v", a)
	}
	chief.list("名单.csv", good).want(t, http.StatusOK, "A006", "都已有账号")
	chief.list("", "").want(t, http.StatusBadRequest)
	chief.list("大.csv", strings.Repeat("x", mostStaff+1)).want(t, http.StatusRequestEntityTooLarge)
}

// Everybody on the roster gets an account by one click.
func TestAdminImportsRoster(t *testing.T) {
	s, chief := administered(t)
	s.roster()
	chief.get("/admin/import").want(t, http.StatusOK, "还没有账号")
	chief.list("", "", "roster", "1", "provider", "1").want(t, http.StatusOK, "单点登录")
	a, err := s.c.AccountOf(t.Context(), "001013")
	if err != nil || a.Password != "" {
		t.Errorf("%+v %v", a, err)
	}
}

// Whoever clicks twice to add the roster sees the second answer alone: it says what happened, and how to come
// to first passwords that somebody sees.
func TestAdminImportsRosterTwice(t *testing.T) {
	s, chief := administered(t)
	s.roster()
	passwords := func(page reply) (list map[string]string) {
		t.Helper()
		rows, err := csv.NewReader(strings.NewReader(html.UnescapeString(between(page.text(), `aria-label="初始密码 first passwords">`, "</textarea>")))).ReadAll()
		if err != nil || len(rows) < 3 {
			t.Fatalf("%d rows, %v: %.800s", len(rows), err, page.main())
		}
		list = make(map[string]string)
		for _, r := range rows[1:] {
			list[r[0]] = r[3]
		}
		return list
	}
	answers := make(chan reply, 4)
	for range cap(answers) {
		click := s.visitor()
		click.cookies = maps.Clone(chief.cookies)
		go func() { answers <- click.list("", "", "roster", "1") }()
	}
	var lost map[string]string
	for range cap(answers) {
		if page := <-answers; strings.Contains(page.text(), "<textarea") {
			lost = passwords(page.want(t, http.StatusOK))
		} else {
			page.want(t, http.StatusOK, "这次没有添加", "按了两次", `name="renew"`)
		}
	}
	chief.get("/admin/import").want(t, http.StatusOK, itoa(len(lost))+" 个账号的初始密码还没有人用过")
	s.visitor().post("/signin", "login", "001013", "password", lost["001013"]).want(t, http.StatusSeeOther)
	fresh := passwords(chief.list("", "", "renew", "1").want(t, http.StatusOK, "已换发", "作废"))
	if _, renewed := fresh["001013"]; renewed || len(fresh) != len(lost)-1 {
		t.Errorf("%d of %d were renewed; one that was used: %v", len(fresh), len(lost), renewed)
	}
	s.visitor().post("/signin", "login", "001020", "password", lost["001020"]).want(t, http.StatusUnauthorized)
	s.visitor().post("/signin", "login", "001020", "password", fresh["001020"]).want(t, http.StatusSeeOther)
	if a, _ := s.c.AccountOf(t.Context(), "chief"); a.MustChange {
		t.Error("a password of a person's own choice was renewed")
	}
	s.clock.add(proofLife + time.Second)
	chief.list("", "", "renew", "1").want(t, http.StatusForbidden)
}

func between(s, before, after string) string {
	_, s, _ = strings.Cut(s, before)
	s, _, _ = strings.Cut(s, after)
	return s
}

// Two spellings of a department become one; a secretary's scope follows.
func TestAdminDepartments(t *testing.T) {
	s, chief := administered(t)
	s.add("t1", campaign.Secretary)
	v := s.as("t1")
	chief.get("/admin/departments").want(t, http.StatusOK, "通信系", "名册和走访里没有")
	chief.post("/admin/departments", "from", "通信系", "to", "").want(t, http.StatusUnprocessableEntity)
	chief.post("/admin/departments", "from", "没有的系", "to", "y").want(t, http.StatusUnprocessableEntity)
	s.c.Store.MoveDepartment(t.Context(), s.c.Codebook.College, "通信系", "通信工程系", campaign.Act{By: "u0"})
	if signedIn(v) {
		t.Error("the session survived")
	}
	if a, _ := s.c.AccountOf(t.Context(), "t1"); a.Department != "通信工程系" {
		t.Errorf("moved to %q", a.Department)
	}
}

func TestAdminSessions(t *testing.T) {
	s, chief := administered(t)
	s.add("t1", campaign.Faculty)
	one, two := s.as("t1"), s.as("t1")
	one.header.Set("User-Agent", "x")
	page := chief.get("/admin/sessions").want(t, http.StatusOK, "3 个浏览器", "就是这里")
	if strings.Contains(page.text(), one.cookies[sessionCookie]) {
		t.Error("the page shows a cookie")
	}
	chief.post("/admin/sessions/end", "session", hashed(one.cookies[sessionCookie])).want(t, http.StatusSeeOther)
	if signedIn(one) || !signedIn(two) {
		t.Error("ending one session ended another, or none")
	}
	s.as("t1")
	chief.post("/admin/users/"+s.idOf("t1")+"/sessions/end").want(t, http.StatusSeeOther)
	if signedIn(two) || !signedIn(chief) {
		t.Error("ending all sessions of a person left one, or took another's")
	}
	if s.lastActor("session.all_ended") != "u1" {
		t.Error("who ended them is not on the log")
	}
}

// The log is found by person, action, object and day, and says who it was by name.
func TestAdminLog(t *testing.T) {
	s, _ := administered(t)
	s.add("t1", campaign.Faculty)
	s.as("t1")
	s.clock.add(48 * time.Hour)
	chief := s.as("chief")
	for _, c := range []struct {
		why, query, has, hasNot string
	}{
		{"everything", "", "样例t1", ""},
		{"a person by login: what they did and what was done to them", "?person=t1", "添加账号", "样例chief（chief）"},
		{"a person by name", "?person=样例t1", "登录", "样例chief（chief）"},
		{"an action", "?action=account.added", "添加账号", `class="quiet detail">ip`},
		{"an object", "?object=account/2", "样例t1（t1）", "样例chief（chief）"},
		{"a day", "?from=2026-06-03&until=2026-06-03", "样例chief", "样例t1（t1）"},
		{"before it", "?until=2026-06-02", "样例t1（t1）", ""},
		{"nobody", "?person=nobody", "没有这样的记录", "样例t1（t1）"},
		{"no date", "?from=yesterday", "2026-06-30", ""},
	} {
		page := chief.get("/admin/log"+c.query).want(t, http.StatusOK, c.has)
		if c.hasNot != "" && strings.Contains(page.main(), c.hasNot) {
			t.Errorf("%s shows %q", c.why, c.hasNot)
		}
	}
}

func TestAdminLogPages(t *testing.T) {
	s, chief := administered(t)
	for range 3 * logRows / 2 {
		if err := s.c.Note(t.Context(), "u1", "report.seen", "report/2026", nil); err != nil {
			t.Fatal(err)
		}
	}
	page := chief.get("/admin/log?action=report.").want(t, http.StatusOK, "更早的")
	next := html.UnescapeString(regexp.MustCompile(`/admin/log\?[^"]*before=\d+`).FindString(page.text()))
	if n := strings.Count(chief.get(next).want(t, http.StatusOK).text(), "查看报告</span>"); n != logRows/2 {
		t.Errorf("the second page shows %d records, want %d", n, logRows/2)
	}
}

// What the button finds is what qianqi audit verify finds.
func TestAdminVerifiesLog(t *testing.T) {
	s, chief := administered(t)
	chief.post("/admin/log/verify").want(t, http.StatusOK, "日志完好")
	db, err := sql.Open("sqlite", s.c.Store.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{"DROP TRIGGER audit_is_fixed", "UPDATE audit SET actor = 'u9' WHERE seq = 2"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	chief.post("/admin/log/verify").want(t, http.StatusOK, "日志不对", "从第 2 条起")
}

// The export holds what the filter picks, is on the log itself, and no cell of it is a formula.
func TestAdminLogExport(t *testing.T) {
	s, chief := administered(t)
	for _, evil := range []string{"=1+1", "+1", "-1", "@x", "\tx", "＝1", "a\"b,c\nd"} {
		if err := s.c.Note(t.Context(), evil, "report.seen", evil, map[string]string{"note": evil}); err != nil {
			t.Fatal(err)
		}
	}
	got := chief.get("/admin/log.csv?action=report.").want(t, http.StatusOK)
	if !strings.HasPrefix(got.text(), "\ufeff") || !strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment;") || got.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", got.Header())
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(got.text(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 8 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
				t.Errorf("a spreadsheet would compute %q", cell)
			}
		}
	}
	if s.logged("audit.exported") != 1 {
		t.Error("the export is not on the log")
	}
}

// A backup is made, proved, listed and sent as an archive from which it can be restored.
func TestAdminBackup(t *testing.T) {
	s, chief := administered(t)
	s.roster()
	chief.get("/admin/backups").want(t, http.StatusOK, "还没有备份")
	chief.post("/admin/backups").want(t, http.StatusSeeOther)
	page := chief.get("/admin/backups").want(t, http.StatusOK, "1 份备份")
	address := regexp.MustCompile(`/admin/backups/qianqi-[^"]+`).FindString(page.text())
	got := chief.get(address).want(t, http.StatusOK)
	archive, err := zip.NewReader(bytes.NewReader(got.Body.Bytes()), int64(got.Body.Len()))
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]bool)
	for _, f := range archive.File {
		_, name, _ := strings.Cut(f.Name, "/")
		names[name] = true
	}
	if !names["qianqi.db"] || !names["manifest.json"] || len(names) < 3 {
		t.Errorf("the archive holds %v", names)
	}
	to := t.TempDir()
	if err := unzip(archive, to); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(t.Context(), to+strings.TrimPrefix(address, "/admin/backups"), to+"/back.db", store.RestoreOptions{Now: s.clock.Now}); err != nil {
		t.Errorf("restore: %v", err)
	}
	if s.logged("backup.made") != 1 || s.logged("backup.exported") != 1 {
		t.Error("making and sending a backup is not on the log")
	}
	for _, path := range []string{"/admin/backups/none", "/admin/backups/..%2f", "/admin/backups/%2e%2e%2fqianqi.db", "/admin/backups/..%5cqianqi.db", address + "%00"} {
		if got := chief.get(path); got.Code != http.StatusNotFound && got.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", path, got.Code)
		}
	}
}

// A backup whose bytes have changed is not sent.
func TestAdminBackupDamaged(t *testing.T) {
	s, chief := administered(t)
	s.roster()
	chief.post("/admin/backups").want(t, http.StatusSeeOther)
	all, _ := campaign.Backups(s.Setup.Backups)
	spoil(t, all[0].Folder)
	if got := chief.get("/admin/backups/" + regexp.MustCompile(`[^/]+$`).FindString(all[0].Folder)); got.Code == http.StatusOK {
		t.Error("a damaged backup was sent")
	}
}

func TestAdminHealth(t *testing.T) {
	s, chief := administered(t)
	chief.get("/admin/health").want(t, http.StatusOK, "H021", "qianqi backup", "日志链头", "qianqi doctor", s.c.Store.Path())
	chief.post("/admin/backups").want(t, http.StatusSeeOther)
	if page := chief.get("/admin/health").want(t, http.StatusOK); strings.Contains(page.text(), "H021") {
		t.Error("a backup was made and the page still asks for one")
	}
}

// A person's data are found, exported and erased; the erased person is signed out for good.
func TestAdminPrivacy(t *testing.T) {
	s, chief := administered(t)
	s.roster()
	s.ingest("../../surveys/2026/visits/走访-001013-001.xlsx")
	s.add("001013", campaign.Faculty)
	teacher := s.as("001013")
	chief.get("/admin/privacy").want(t, http.StatusOK, "保存期限")
	chief.get("/admin/privacy?person=nobody").want(t, http.StatusOK, "没有关于此人的信息")
	page := chief.get("/admin/privacy?person=001013").want(t, http.StatusOK, "永久清除")
	name := regexp.MustCompile(`<h2>001013 ([^ <]+)`).FindStringSubmatch(page.text())
	if name == nil {
		t.Fatalf("no name: %.900s", page.main())
	}
	file := chief.get("/admin/privacy/export?person=001013").want(t, http.StatusOK, `"staff_number": "001013"`)
	if !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment;") || strings.Contains(file.text(), "argon2") {
		t.Error("the export opens in the browser, or holds a password hash")
	}
	chief.post("/admin/privacy/erase", "person", "001013", "again", "001020", "reason", "x").want(t, http.StatusUnprocessableEntity, "不一致")
	chief.post("/admin/privacy/erase", "person", "001013", "again", "001013", "reason", "").want(t, http.StatusUnprocessableEntity, "理由")
	if !signedIn(teacher) {
		t.Fatal("a refused erasure erased")
	}
	chief.post("/admin/privacy/erase", "person", "001013", "again", "001013", "reason", "made up").want(t, http.StatusOK, "已清除", "erased-")
	if signedIn(teacher) {
		t.Error("the session of an erased person lives")
	}
	for _, path := range []string{"/admin/users", "/admin/privacy", "/admin/log", "/admin/privacy?person=001013"} {
		if page := strings.ReplaceAll(chief.get(path).text(), "person=001013", ""); strings.Contains(page, name[1]) {
			t.Errorf("%s still names them", path)
		}
	}
	chief.post("/admin/log/verify").want(t, http.StatusOK, "日志完好")
	if s.logged("person.erased") != 1 || s.logged("person.exported") != 1 {
		t.Error("the export or the erasure is not on the log")
	}
}

func TestAdminRetention(t *testing.T) {
	s, chief := administered(t)
	s.roster()
	chief.post("/admin/privacy/retention", "years", "many").want(t, http.StatusUnprocessableEntity, "数字")
	chief.post("/admin/privacy/retention", "years", "99").want(t, http.StatusUnprocessableEntity, "50")
	chief.post("/admin/privacy/retention", "years", "2").want(t, http.StatusSeeOther)
	chief.get("/admin/privacy").want(t, http.StatusOK, "没有到期的", `value="2"`)
	s.clock.add(3 * 366 * 24 * time.Hour)
	s.as("chief").get("/admin/privacy").want(t, http.StatusOK, "下一次运行会清除 2026 年及以前的")
	if s.logged("person.erased") != 0 {
		t.Error("looking erased somebody")
	}
}

// Everybody gets what is kept about them, and about nobody else.
func TestOwnData(t *testing.T) {
	s := newSite(t)
	s.add("t1", campaign.Faculty)
	s.add("t2", campaign.Faculty)
	got := s.as("t1").get("/account/data.json?person=t2").want(t, http.StatusOK, `"login": "t1"`)
	if strings.Contains(got.text(), "t2") {
		t.Error("it holds another's data")
	}
}
