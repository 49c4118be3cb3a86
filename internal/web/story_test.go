package web

import (
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
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
