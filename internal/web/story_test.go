package web

import (
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/chromium"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// A teacher, from the sign-in to an accepted visit: a template with last year's answers, a bad
// workbook, its annotated copy, the mended one, the receipt, a correction, a withdrawal.
func TestFacultyInBrowser(t *testing.T) {
	s := newSite(t)
	s.roster()
	teacher, task := s.someTask()
	s.add(teacher.ID, campaign.Faculty)
	p := newPerson(t, s.open(), true)
	p.visit("/")
	p.look("faculty-01-signin")
	p.signIn(teacher.ID)
	p.sees("待走访", task)
	p.look("faculty-02-visits")
	if template := p.save("下载走访表"); len(template) < 10_000 {
		t.Errorf("the template has %d bytes", len(template))
	}

	visit := aVisit(teacher.ID, 1)
	visit.Faculty, visit.Enterprise.Name = teacher, task
	bad := visit
	bad.Mode = ""
	p.press("交表")
	p.look("faculty-03-upload")
	p.choose(file{"我的走访.xlsx", aBook(t, bad, badDate, workbook.Override{Sheet: "jobs", Row: 0, Field: "planned_hires", Text: "若干"})})
	p.press("检查")
	p.sees("没有收下", "哪天来着", "改法", "Visit!B4", "下载退回件")
	p.look("faculty-04-check")
	back := p.save("下载退回件")
	book, _, err := workbook.Read("x.xlsx", back, codebook.Default(), workbook.DefaultLimits())
	if err != nil || book == nil || book.Sheet(workbook.ReturnSheet) == nil {
		t.Fatalf("the annotated copy has no list of issues: %v", err)
	}
	p.visit("/visits")
	p.sees("退回", "我的走访.xlsx")

	s.clock.add(time.Minute)
	p.visit("/upload")
	p.choose(file{"我的走访.xlsx", aBook(t, visit)}, file{"另一份.xlsx", aBook(t, aVisit(teacher.ID, 2))})
	p.press("检查")
	p.sees("已检查", "没有错误", "另一份.xlsx")
	p.look("faculty-05-many")
	p.press("我的走访.xlsx")
	p.sees("没有错误，可以提交", task)
	p.look("faculty-06-sound")
	p.press("确认提交")
	p.sees("收据", "已收下", task)
	receipt := p.at()
	p.look("faculty-07-receipt")

	visit.Jobs[0].Title = "示例新岗位"
	p.visit("/upload")
	p.choose(file{"更正.xlsx", aBook(t, visit)})
	p.press("检查")
	p.sees("取代已收下的一份", "示例新岗位")
	p.look("faculty-08-correction")
	p.press("确认提交")
	p.sees("历史", "示例新岗位")
	p.look("faculty-09-history")
	if p.at() == receipt {
		t.Error("the correction has no receipt of its own")
	}
	p.unfold("撤回这份表")
	p.look("faculty-10-withdraw")
	p.fill("#reason", "交错了")
	p.press("form[action$=withdraw] button")
	p.sees("已撤回")
	p.visit("/account")
	p.look("faculty-11-account")
}

// someTask is a teacher of the roster and the name of an enterprise that they are to visit.
func (s *site) someTask() (survey.Faculty, string) {
	s.t.Helper()
	roster, err := s.c.Store.LoadRoster(s.t.Context(), 2026)
	if err != nil {
		s.t.Fatal(err)
	}
	list, err := s.c.Assignments(s.t.Context(), 2026, "")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range list {
		for _, f := range roster.Faculty {
			if f.ID == a.Faculty && !strings.Contains(a.Name, " ") {
				return f, a.Name
			}
		}
	}
	s.t.Fatal("no task on the roster")
	return survey.Faculty{}, ""
}

// The office, from an empty database to a campaign on schedule: the roster, reminders, a reassigned
// task, a queue with a question pinned to a cell, a waiver, two names of one enterprise.
func TestOfficeInBrowser(t *testing.T) {
	s := newSite(t)
	s.add("office", campaign.Office)
	p := newPerson(t, s.open(), true)
	p.signIn("office")
	p.sees("还没有调研名册")
	p.look("office-01-empty")
	if blank := p.save("下载空白名册"); len(blank) < 5_000 {
		t.Errorf("the blank roster has %d bytes", len(blank))
	}
	p.press("上传名册")
	p.choose(file{"名册.xlsx", readFile(t, "../../surveys/2026/roster.xlsx")})
	p.press("检查")
	p.sees("没有错误，可以提交", "名册")
	p.look("office-02-roster")
	p.press("确认提交")
	p.visit("/campaign")
	p.sees("落后", "逾期任务", "按层（行业 × 规模）", "按部门", "按教师")
	p.look("office-03-behind")
	p.press("催办文字")
	p.sees("复制")
	p.look("office-04-reminders")
	s.reassigned(p)

	s.ingest("../../surveys/2026/visits")
	who, _ := s.someTask()
	s.add(who.ID, campaign.Faculty)
	teacher := s.as(who.ID)
	teacher.named(who)
	odd := aVisit(who.ID, 3)
	odd.Faculty = who
	odd.Mode = "" // required, and not needed to store the visit
	refused := teacher.handOne("缺项.xlsx", aBook(t, odd))
	s.reviewed(p)
	teacher.get(refused).want(t, 200, "没有错误，可以提交", "已豁免")
	s.merged(p)

	s.clock.add(time.Minute)
	s.closeTasks(p)
	p.visit("/campaign")
	p.sees("按计划进行", "完成曲线")
	p.look("office-12-schedule")
}

// reassigned changes one task on the page.
func (s *site) reassigned(p *person) {
	p.t.Helper()
	p.visit("/assignments")
	p.look("office-05-assignments")
	p.press("tbody tr td:last-child a")
	p.fill("#planned", "2026-06-30")
	p.fill("#note", "企业改期")
	p.look("office-06-assign")
	p.press("form#edit button")
	p.sees("已保存", "2026-06-30", "企业改期")
}

// named hands in two visits to what may be one enterprise.
func (v *visitor) named(who survey.Faculty) {
	s := v.s
	s.t.Helper()
	for i, name := range []string{"南京示例云网络科技有限公司", "南京示例云网络科技股份有限公司"} {
		visit := aVisit(who.ID, 4+i)
		visit.Faculty = who
		visit.Enterprise.Name = name
		v.take("a.xlsx", aBook(s.t, visit))
	}
	if err := s.tidy(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// reviewed goes through the queue: one approved, one sent back, one rule waived.
func (s *site) reviewed(p *person) {
	p.t.Helper()
	p.visit("/review")
	p.sees("份走访待审核", "退回后还没改好的", "缺项.xlsx")
	p.look("office-07-queue")
	p.press("通过")
	p.sees("已记下")
	p.visit("/review")
	p.press("tbody tr:nth-child(2) td a")
	p.fill("#text", "薪资上限请再核对")
	p.fill("#sheet", "岗位 Jobs")
	p.fill("#cell", "H4")
	p.look("office-08-receipt")
	p.press("退回更正")
	p.sees("已记下", "薪资上限请再核对", "岗位 Jobs!H4", "请更正")
	p.visit("/review")
	p.press("缺项.xlsx")
	p.sees("豁免一条规则")
	p.look("office-09-refused")
	p.fill("#reason", "企业只接受书面答复")
	p.press("豁免")
	p.sees("已豁免")
}

// merged decides the pair and looks at what it did.
func (s *site) merged(p *person) {
	p.t.Helper()
	p.visit("/enterprises")
	p.sees("对企业可能是同一家", "南京示例云网络科技股份有限公司")
	p.look("office-10-pairs")
	p.press("是一家，算作甲")
	p.sees("已保存", "已合并")
	p.look("office-11-merged")
}

// closeTasks says of every task without a visit that there will be none, the last one on the page.
func (s *site) closeTasks(p *person) {
	p.t.Helper()
	list, err := s.c.Assignments(s.t.Context(), 2026, "")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range list {
		if !a.Met && a.Disposition != "refused" && a.Disposition != "ineligible" {
			_, err := s.counter.reception.Assign(s.t.Context(), campaign.Assigning{Year: 2026, Faculty: a.Faculty, Enterprise: a.Enterprise, To: a.Faculty,
				Planned: string(a.Planned), Result: "ineligible", Note: "已停业"}, "u1")
			if err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// The committee, from a gap in the report to a decision that an enterprise reviewed.
func TestCommitteeInBrowser(t *testing.T) {
	s := newSurveyed(t)
	s.ingest("../../surveys/2025/visits/走访-001013-001.xlsx") // of a year that no report is published on
	s.add("chair", campaign.Committee)
	s.add("firm", campaign.Reviewer)
	base := s.open()
	p := newPerson(t, base, true)
	p.signIn("chair")
	p.sees("2026 年报告", "还没有公布")
	p.look("committee-01-reports")
	p.press("2025 年报告")
	p.sees("2025 年还没有公布报告", "相减", "2026 年报告")
	p.look("committee-01-unreported")
	p.visit("/reports/2026/index.html") // may take a while: the page that says so reloads by itself
	p.waits(`!!document.querySelector(".desk")`)
	p.sees("全部报告", "批注")
	chromium.Shoot(t, p.window, "committee-02-report.png", 6000)
	p.visit("/reports/2026/trace-computer_network.html#2026/computer_network/fault_diagnosis/performance_gap")
	p.press("td:target .remark")
	p.fill("#text", "样本够不够？请核对。")
	p.press("留下")
	p.sees("已记下", "样本够不够", "2026/computer_network/fault_diagnosis/performance_gap")
	p.look("committee-03-remarks")
	p.press("据此提案")
	p.sees("提出新提案")
	p.look("committee-04-new")
	p.press("据此提案") // the first gap of the list
	p.fill("#text", "加两周排障实训")
	p.press("form.stack button")
	p.sees("已保存", "加两周排障实训")
	proposal := p.at()
	p.look("committee-05-proposal")
	p.fill("input[name=reader]", "1")
	p.press("form[action$=address] button")
	p.sees("已保存")

	r := newPerson(t, base, false) // without scripts
	r.signIn("firm")
	r.visit("/proposals")
	r.look("committee-06-reviewer")
	r.press("tbody a")
	r.fill("#role", "技术经理")
	r.fill("#text", "现场最缺这个")
	r.press("提交评审")
	r.look("committee-07-reviewed")
	r.sees("技术经理", "现场最缺这个")

	p.visit(proposal)
	p.fill("#role", "专业负责人")
	p.press("提交评审")
	p.sees("技术经理", "专业负责人", "样例firm")
	p.fill("#reason", "两方同意")
	p.press("记录决定")
	p.sees("采纳", "两方同意")
	p.look("committee-08-decided")
	p.visit("/proposals")
	p.look("committee-09-list")
}
