package web

import (
	"bytes"
	"context"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// The office, from an empty database to a campaign on schedule.
func TestOfficeStory(t *testing.T) {
	s := newSite(t)
	s.add("office", campaign.Office)
	o := s.as("office")
	o.get("/").want(t, http.StatusSeeOther)
	o.get("/campaign").want(t, 200, "还没有调研名册", "上传名册")
	o.get("/assignments.xlsx").want(t, 200)
	o.take("名册.xlsx", readFile(t, "../../surveys/2026/roster.xlsx"))
	o.get("/campaign").want(t, 200, "落后", "逾期", "按部门", "按教师", "按层")
	reminders := o.get("/campaign/reminders").want(t, 200, "老师，您好", "已过期")
	if strings.Count(reminders.text(), "<textarea") < 10 {
		t.Error("hardly anybody is reminded")
	}
	s.clock.add(30 * 24 * time.Hour)
	s.ingest("../../surveys/2026/visits")
	o = s.as("office")
	o.get("/campaign").want(t, 200, "polyline", "已走访企业 / 目标", "落后")
	list, err := s.c.Assignments(t.Context(), 2026, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list { // whoever could not be visited is said so
		if !a.Met && a.Disposition != "refused" && a.Disposition != "ineligible" {
			o.post("/assignments", "year", "2026", "faculty", a.Faculty, "enterprise", a.Enterprise, "to", a.Faculty, "planned", string(a.Planned), "result", "ineligible", "note", "已停业").want(t, http.StatusSeeOther)
		}
	}
	o.get("/campaign").want(t, 200, "按计划进行", "不符合条件")
	o.get("/review").want(t, 200, "份走访待审核", "通过")
}

// A file is shown by its own name, wherever it was taken from.
func TestReceiptOfAFileFromAFolder(t *testing.T) {
	s := newSite(t)
	s.add("office", campaign.Office)
	s.roster() // by the path ../../surveys/2026/roster.xlsx, as qianqi ingest takes it
	o := s.as("office")
	if page := o.get("/receipts/1").want(t, 200, "<dd>roster.xlsx</dd>"); strings.Contains(page.text(), "surveys/") {
		t.Error("the receipt shows the folder that the file was taken from")
	}
}

// A submission is approved, or sent back with a word on a cell; its teacher sees it.
func TestReview(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	s.add("office", campaign.Office)
	v, o := s.as("T1"), s.as("office")
	first, second := v.take("a.xlsx", aBook(t, aVisit("T1", 1))), v.take("b.xlsx", aBook(t, aVisit("T1", 2)))
	o.get("/review").want(t, 200, "2 份走访待审核", "示例第1号")
	o.post(first+"/approve").want(t, http.StatusSeeOther)
	o.post(second+"/return").want(t, http.StatusUnprocessableEntity, "批注是空的")
	o.post(second+"/return", "text", "请核对", "cell", "x y").want(t, http.StatusUnprocessableEntity, "C7")
	o.post(second+"/return", "text", "薪资请核对", "sheet", "岗位 Jobs", "cell", "h4", "leave_out", "1").want(t, http.StatusSeeOther)
	if s.visits() != 1 {
		t.Errorf("%d visits count", s.visits())
	}
	v.get(second).want(t, 200, "薪资请核对", "岗位 Jobs!H4", "请更正", "已撤回")
	v.get("/visits").want(t, 200, "通过")
	o.post(first+"/return", "text", "再看一下").want(t, http.StatusSeeOther)
	v.get("/visits").want(t, 200, "调研办请您更正", "示例第1号")
	v.post(first+"/remark", "text", "已与企业核实").want(t, http.StatusSeeOther)
	o.get(first).want(t, 200, "已与企业核实")
	v.post(first+"/approve").want(t, http.StatusForbidden)
}

// A rule is waived for one refused file with a reason; its teacher then confirms it.
func TestWaiver(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	s.add("office", campaign.Office)
	v, o := s.as("T1"), s.as("office")
	visit := aVisit("T1", 3)
	visit.Mode = "" // required, and not needed to store the visit
	check := v.handOne("缺项.xlsx", aBook(t, visit))
	v.get(check).want(t, 200, "没有收下")
	page := o.get("/review").want(t, 200, "退回后还没改好的", "缺项.xlsx")
	link := regexp.MustCompile(`href="(/refused/\d+)"`).FindStringSubmatch(page.text())[1]
	code := regexp.MustCompile(`<option value="([A-Z]\d{3})"`).FindStringSubmatch(o.get(link).want(t, 200, "豁免一条规则").text())[1]
	o.post(link+"/waive", "code", code).want(t, http.StatusUnprocessableEntity)
	o.post(link+"/waive", "code", code, "reason", "企业只接受书面答复").want(t, http.StatusSeeOther)
	v.get(check).want(t, 200, "没有错误，可以提交", "已豁免")
	v.post(check+"/confirm").want(t, http.StatusSeeOther)
	if s.visits() != 1 {
		t.Errorf("%d visits", s.visits())
	}
	if strings.Contains(o.get("/review").text(), "退回后还没改好的") {
		t.Error("a file that was taken is still asked after")
	}
}

// Two enterprises that may be one are merged, and the merge undone.
func TestEnterprises(t *testing.T) {
	s := newSite(t)
	ctx := context.Background()
	s.add("T1", campaign.Faculty)
	s.add("office", campaign.Office)
	v, o := s.as("T1"), s.as("office")
	for i, name := range []string{"南京示例云网络科技有限公司", "南京示例云网络科技股份有限公司"} {
		visit := aVisit("T1", 4+i)
		visit.Enterprise.Name = name
		v.take("a.xlsx", aBook(t, visit))
	}
	if err := s.tidy(ctx); err != nil {
		t.Fatal(err)
	}
	page := o.get("/enterprises").want(t, 200, "1 对企业可能是同一家", "股份有限公司")
	ids := regexp.MustCompile(`name="a" value="(\d+)"><input type="hidden" name="b" value="(\d+)"`).FindStringSubmatch(page.text())
	o.post("/enterprises", "a", ids[1], "b", ids[1], "is", "first").want(t, http.StatusBadRequest)
	o.post("/enterprises", "a", ids[1], "b", ids[2], "is", "first").want(t, http.StatusSeeOther)
	heads, _ := s.c.Store.VisitHeads(ctx, 2026, "")
	if heads[0].PSU != heads[1].PSU {
		t.Error("not merged")
	}
	page = o.get("/enterprises").want(t, 200, "没有可能重复的企业", "已合并")
	act := regexp.MustCompile(`name="act" value="(\d+)"`).FindStringSubmatch(page.text())[1]
	o.post("/enterprises/undo", "act", act).want(t, http.StatusSeeOther)
	if heads, _ = s.c.Store.VisitHeads(ctx, 2026, ""); heads[0].PSU == heads[1].PSU {
		t.Error("not undone")
	}
}

// One assignment is changed on the page; the teacher finds it among their own.
func TestAssignments(t *testing.T) {
	s := newSite(t)
	s.add("office", campaign.Office)
	s.roster()
	o := s.as("office")
	list, err := s.c.Assignments(t.Context(), 2026, "")
	if err != nil {
		t.Fatal(err)
	}
	a := list[0]
	o.get("/assignments?year=2026&edit="+a.Faculty+"&enterprise="+url.QueryEscape(a.Enterprise)).want(t, 200, `id="edit"`, a.Name)
	o.post("/assignments", "year", "2026", "faculty", a.Faculty, "enterprise", a.Enterprise, "to", "无此人", "planned", "").want(t, http.StatusUnprocessableEntity, "没有工号")
	o.post("/assignments", "year", "2026", "faculty", a.Faculty, "enterprise", a.Enterprise, "to", a.Faculty, "planned", "明天", "note", "改期").want(t, http.StatusUnprocessableEntity,
		`id="edit"`, a.Name, `value="明天"`, `value="改期"`)
	o.post("/assignments", "year", "2026", "faculty", "001999", "enterprise", a.Enterprise, "to", a.Faculty, "planned", "2026-06-30", "result", "refused", "note", "写了半天").want(t, http.StatusUnprocessableEntity,
		"可能刚被别人改过", `id="edit"`, "新任务", "会另加一项", `value="`+a.Enterprise+`"`, `value="2026-06-30"`, `value="refused" selected`, `value="写了半天"`)
	s.clock.add(365 * 24 * time.Hour) // next year's campaign is at hand
	o = s.as("office")
	o.post("/assignments", "year", "2026", "enterprise", "示例没有的企业", "to", a.Faculty, "planned", "明天").want(t, http.StatusUnprocessableEntity, "2026 年：", `value="示例没有的企业"`)
	s.clock.add(-365 * 24 * time.Hour)
	o = s.as("office")
	other := list[1].Faculty
	o.post("/assignments", "year", "2026", "faculty", a.Faculty, "enterprise", a.Enterprise, "to", other, "planned", "2026-06-30", "result", "", "note", "换人").want(t, http.StatusSeeOther)
	s.add(other, campaign.Faculty)
	page := s.as(other).get("/visits").want(t, 200, a.Name, "2026-06-30", "换人")
	if !strings.Contains(page.text(), "/template.xlsx?year=2026&amp;enterprise=") {
		t.Error("no workbook to download")
	}
}

// A department's secretary sees the department, and decides nothing for the college.
func TestSecretary(t *testing.T) {
	s := newSite(t)
	s.roster()
	roster, _ := s.c.Store.LoadRoster(t.Context(), 2026)
	mine, other := roster.Faculty[0], roster.Faculty[0]
	for _, f := range roster.Faculty {
		if f.Department != mine.Department {
			other = f
		}
	}
	if _, err := s.c.AddAccount(t.Context(), campaign.NewAccount{Login: "secretary", Department: mine.Department, Roles: []campaign.Role{campaign.Secretary}, Password: aPassword}, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	s.add(mine.ID, campaign.Faculty)
	s.add(other.ID, campaign.Faculty)
	visit := aVisit(other.ID, 5)
	visit.Faculty = other
	theirs := s.as(other.ID).take("a.xlsx", aBook(t, visit))
	visit = aVisit(mine.ID, 6)
	visit.Faculty = mine
	ours := s.as(mine.ID).take("b.xlsx", aBook(t, visit))
	o := s.as("secretary")
	o.get(ours).want(t, 200)
	o.get(theirs).want(t, http.StatusNotFound)
	o.post(theirs+"/approve").want(t, http.StatusNotFound)
	for _, page := range []string{"/campaign", "/review", "/assignments", "/campaign/reminders"} {
		got := o.get(page).want(t, 200)
		if strings.Contains(got.text(), other.ID) {
			t.Errorf("%s shows somebody of another department", page)
		}
	}
	idle := campaign.NewAccount{Login: "idle", Department: "无任务系", Roles: []campaign.Role{campaign.Secretary}, Password: aPassword}
	if _, err := s.c.AddAccount(t.Context(), idle, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	if page := s.as("idle").get("/campaign").want(t, 200, "本部门没有走访任务"); strings.Contains(page.text(), "空白名册") || strings.Contains(page.text(), "落后") {
		t.Error("a department without assignments is held against the college's target, or sent for a roster")
	}
	o.get("/assignments.xlsx").want(t, http.StatusForbidden)
	o.post("/assignments", "year", "2026").want(t, http.StatusForbidden)
	o.post("/enterprises", "a", "1", "b", "2", "is", "two").want(t, http.StatusForbidden)
}

// A template is filled in with the person, the enterprise and what it said last time, never with
// ratings; and only for those whose enterprise it is.
func TestTemplate(t *testing.T) {
	s := newSite(t)
	s.ingest("../../surveys/2025/visits", "../../surveys/2026/roster.xlsx")
	heads, _ := s.c.Store.VisitHeads(t.Context(), 2025, "")
	h := heads[0]
	s.add(h.Faculty.ID, campaign.Faculty)
	s.add("stranger", campaign.Faculty)
	address := "/template.xlsx?year=2026&enterprise=" + url.QueryEscape(h.Key)
	v := s.as(h.Faculty.ID)
	got := v.get(address).want(t, 200)
	if name := downloadName(t, got); name != "走访表-2026-"+h.Faculty.ID+"-"+h.Enterprise+".xlsx" {
		t.Errorf("the file is called %s", name)
	}
	check := v.get(v.handOne("x.xlsx", got.Body.Bytes())).want(t, 200, h.Enterprise, h.Faculty.ID)
	if strings.Contains(check.text(), "没有错误，可以提交") {
		t.Error("a workbook that nobody filled in is sound")
	}
	last, _ := s.c.Store.Visit(t.Context(), store.VisitID(h.ID))
	if len(last.Visit.Jobs) == 0 || !strings.Contains(check.text(), `<td class="n" data-l="岗位">`+itoa(len(last.Visit.Jobs))+`</td>`) {
		t.Errorf("the jobs of last time (%d) are not there", len(last.Visit.Jobs))
	}
	book, _, err := workbook.Read("x.xlsx", got.Body.Bytes(), codebook.Default(), workbook.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	visits, _ := survey.Decode(codebook.Default(), book, survey.Context{})
	if len(visits) != 1 || len(visits[0].Jobs) != len(last.Visit.Jobs) || visits[0].Jobs[0].Education != last.Visit.Jobs[0].Education || visits[0].Jobs[0].Requirement != last.Visit.Jobs[0].Requirement {
		t.Errorf("last year's answers are not in the workbook: %+v", visits)
	}
	for _, j := range visits[0].Jobs {
		for _, r := range j.Ratings {
			if r.Importance.Known() || r.Required.Known() || r.Graduate.Known() || j.SalaryMin.Known() || j.Headcount.Known() {
				t.Fatalf("%s comes with an answer to what is measured", j.Title)
			}
		}
	}
	stranger := s.as("stranger")
	stranger.get(address).want(t, http.StatusNotFound)
	if name := downloadName(t, stranger.get("/template.xlsx?year=2026").want(t, 200)); name != "走访表-2026-stranger.xlsx" {
		t.Errorf("the file is called %s", name)
	}
	v.get("/template.xlsx?year=abc").want(t, http.StatusNotFound)
}

// downloadName is the name that an answer is to be saved under.
func downloadName(t *testing.T, r reply) string {
	t.Helper()
	_, params, err := mime.ParseMediaType(r.Header().Get("Content-Disposition"))
	if err != nil {
		t.Fatal(err)
	}
	return params["filename"]
}

// The office takes the national form out of the campaign on its page; nobody else does, and it is on record
// who did.
func TestNationalForm(t *testing.T) {
	s := newSurveyed(t)
	office := s.add("office", campaign.Office)
	s.add("secretary", campaign.Secretary)
	o := s.as("office")
	o.get("/campaign").want(t, 200, `action="/campaign/national.xlsx"`)
	got := o.get("/campaign/national.xlsx?year=2026&school=1234567890").want(t, 200)
	if kind := got.Header().Get("Content-Type"); kind != spreadsheet || !strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%s %s", kind, got.Header().Get("Content-Disposition"))
	}
	form, err := s.c.National(t.Context(), campaign.NationalOptions{Year: 2026, School: "1234567890"})
	if err != nil || form.Visits != s.visits() || !bytes.Equal(form.Data, got.Body.Bytes()) {
		t.Errorf("the file is not the one of the command line: %v", err)
	}
	if s.logged("export.national") != 2 || s.lastActor("export.national") == "" {
		t.Error("the export is not on the log")
	}
	first := ""
	_ = s.c.Store.AuditLog(t.Context(), 0, func(e store.AuditEntry) error {
		if e.Action == "export.national" && first == "" {
			first = e.Actor
		}
		return nil
	})
	if first != office.Actor() {
		t.Errorf("on the log it was %q", first)
	}
	o.get("/campaign/national.xlsx?year=2020").want(t, http.StatusNotFound, "还没有走访")
	if strings.Contains(s.as("secretary").get("/campaign").want(t, 200).text(), "national.xlsx") {
		t.Error("a secretary is offered what is the office's")
	}
}
