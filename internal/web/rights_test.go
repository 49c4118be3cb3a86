package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// peopled opens a server with teachers T1, T2 and T3, the office, and the secretaries sec of their
// department and sec2 of another one.
func peopled(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	for _, login := range []string{"T1", "T2", "T3"} {
		s.add(login, campaign.Faculty)
	}
	s.add("office", campaign.Office)
	s.add("sec", campaign.Secretary)
	s.addTo("网络系", "sec2", campaign.Secretary)
	return s
}

// What is on record is neither shown to nor replaced by somebody whom only the new workbook lets in.
func TestOthersVisitsAreNotReplaced(t *testing.T) {
	s := peopled(t)
	const secret = "示例岗位不给别人看"
	joins := func(v *survey.Visit) { v.CoVisitors = []string{"T2"} }
	for i, c := range []struct {
		why    string
		login  string
		change func(*survey.Visit) // beside the answers
		mended bool                // the workbook calls itself the mended copy of the one on record
		wrong  bool
	}{
		{"whoever puts themselves among the co-visitors", "T2", joins, false, true},
		{"the same without the credit code, which is the same visit", "T2", func(v *survey.Visit) { joins(v); v.Enterprise.USCC = "" }, false, true},
		{"an own visit that calls itself the mended copy of the other's file", "T2", func(v *survey.Visit) { v.Faculty.ID = "T2" }, true, true},
		{"a secretary who writes the own department", "sec2", func(v *survey.Visit) { v.Faculty.Department = "网络系" }, false, true},
		{"whoever made it", "T1", func(*survey.Visit) {}, false, false},
		{"who went along", "T3", func(*survey.Visit) {}, false, false},
		{"the office, for anybody", "office", joins, false, false},
		{"a secretary of the department", "sec", joins, false, false},
	} {
		t.Run(c.why, func(t *testing.T) {
			stored := aVisit("T1", 20+i)
			stored.Enterprise.USCC, stored.CoVisitors, stored.Jobs[0].Title = "91350100M000100Y43", []string{"T3"}, secret
			again := stored
			again.Jobs = slices.Clone(stored.Jobs)
			again.Jobs[0].Title = "示例岗位改过"
			c.change(&again)
			first, second := aBook(t, stored), aBook(t, again)
			if c.mended {
				second = s.mendedCopy(second, first)
			}
			v := s.as(c.login)
			early := v.handOne("早.xlsx", second) // while nothing of it is on record
			receipt := s.as("T1").take("a.xlsx", first)
			check := v.handOne("晚.xlsx", second)
			page := v.get(check).want(t, 200)
			if strings.Contains(page.text(), secret) == c.wrong || strings.Contains(page.text(), "X023") != c.wrong {
				t.Errorf("the check: %s", page.main())
			}
			v.post(early + "/confirm")
			v.post(check + "/confirm")
			replaced := strings.Contains(s.as("T1").get(receipt).want(t, 200).text(), "已被更正取代")
			if replaced == c.wrong || s.visits() != i+1 {
				t.Errorf("replaced: %v, %d visits count, want %d", replaced, s.visits(), i+1)
			}
		})
	}
}

// mendedCopy makes a workbook say that it is the annotated copy of another file.
func (s *site) mendedCopy(data, of []byte) []byte {
	s.t.Helper()
	sum := sha256.Sum256(of)
	issue := survey.NewIssue(codebook.Default(), "X001", survey.Ref{}, "", "", "", "")
	marked, err := s.c.Annotated(campaign.FileResult{File: "a.xlsx", SHA256: hex.EncodeToString(sum[:]), Kind: "visit", Status: campaign.Rejected, Issues: []campaign.Issue{issue}}, data)
	if err != nil {
		s.t.Fatal(err)
	}
	return marked
}

// addTo adds an account of a department.
func (s *site) addTo(department, login string, roles ...campaign.Role) {
	s.t.Helper()
	if _, err := s.c.AddAccount(s.t.Context(), campaign.NewAccount{Login: login, Department: department, Roles: roles, Password: aPassword}, campaign.Act{By: "u0"}); err != nil {
		s.t.Fatal(err)
	}
}

// collected writes visits as a department's collected workbook.
func collected(t *testing.T, visits ...survey.Visit) []byte {
	t.Helper()
	data, err := workbook.WriteBulk(codebook.Default(), visits)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Of a file that holds the visits of several people each sees their own, and nobody but the department's
// secretary and whoever handed it in gets the file.
func TestACollectedFileShowsEachTheirOwn(t *testing.T) {
	s := peopled(t)
	s.addTo("网络系", "both", campaign.Faculty, campaign.Secretary)
	one, two, three := aVisit("T1", 40), aVisit("T2", 41), aVisit("T3", 42)
	two.Enterprise.USCC = "91350100M000100Y4Z" // its check character is wrong: a warning that shows it
	three.CoVisitors = []string{"both"}
	o := s.as("office")
	receipt := o.take("汇总.xlsx", collected(t, one, two, three))
	four := aVisit("T3", 44)
	four.Faculty.Department = "网络系"
	mixed := o.take("两系.xlsx", collected(t, aVisit("T1", 45), four))
	for login, listed := range map[string][]string{"office": {receipt, mixed}, "sec": {receipt}, "sec2": nil} {
		queue := s.as(login).get("/review").want(t, 200)
		for _, r := range []string{receipt, mixed} {
			if strings.Contains(queue.text(), r) != slices.Contains(listed, r) {
				t.Errorf("%s is asked to review %s: %v", login, r, !slices.Contains(listed, r))
			}
		}
		s.as(login).get("/campaign").want(t, 200, fmt.Sprintf("(%d)", len(listed)))
	}
	o.post(mixed+"/withdraw", "reason", "只看一份").want(t, http.StatusSeeOther)
	heads, err := s.c.Store.VisitHeads(t.Context(), 2026, "T2")
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.c.Store.Visit(t.Context(), heads[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	at := second.Visit.Cells["faculty_id"]
	o.post(receipt+"/return", "text", "请大家都核对薪资").want(t, http.StatusSeeOther)
	o.post(receipt+"/remark", "text", "这一格的薪资太高", "sheet", at.Sheet, "cell", at.Cell()).want(t, http.StatusSeeOther)
	s.as("T2").post(receipt+"/remark", "text", "我的企业说要保密").want(t, http.StatusSeeOther)
	names := []string{one.Enterprise.Name, two.Enterprise.Name, three.Enterprise.Name}
	for _, c := range []struct {
		why   string
		login string
		sees  []bool // which of the visits
		not   []string
		file  int // status of a download
	}{
		{"whose is the first row", "T1", []bool{true, false, false}, []string{two.Enterprise.USCC, "薪资太高", "要保密", "内容指纹", "/original"}, http.StatusForbidden},
		{"whose is the second", "T2", []bool{false, true, false}, []string{"内容指纹", "/original"}, http.StatusForbidden},
		{"who went along on the third, and is another department's secretary", "both", []bool{false, false, true}, []string{two.Enterprise.USCC, "要保密", "/approve"}, http.StatusForbidden},
		{"the department's secretary", "sec", []bool{true, true, true}, nil, http.StatusOK},
		{"whoever handed it in", "office", []bool{true, true, true}, nil, http.StatusOK},
	} {
		t.Run(c.why, func(t *testing.T) {
			v := s.as(c.login)
			page := v.get(receipt).want(t, 200, "请大家都核对薪资")
			for i, name := range names {
				if strings.Contains(page.text(), name) != c.sees[i] {
					t.Errorf("visit %d is seen: %v", i+1, !c.sees[i])
				}
			}
			for _, text := range c.not {
				if strings.Contains(page.text(), text) {
					t.Errorf("the receipt shows %q", text)
				}
			}
			v.get(receipt+"/original").want(t, c.file)
			v.get(receipt+"/return.xlsx").want(t, c.file)
		})
	}
	s.as("T2").get(receipt).want(t, 200, two.Enterprise.USCC, "薪资太高", "要保密")
	s.as("sec2").get(receipt).want(t, http.StatusNotFound)
	both := s.as("both")
	for _, act := range []string{"/approve", "/return", "/withdraw"} {
		both.post(receipt+act, "text", "x", "reason", "x").want(t, http.StatusForbidden)
	}
	if s.visits() != 3 {
		t.Errorf("%d visits count", s.visits())
	}
	// Handed in again with one row changed, the file is stored for that row's sake and still holds the others.
	one.Jobs = slices.Clone(one.Jobs)
	one.Jobs[0].Title = "示例岗位改过"
	again := o.take("汇总2.xlsx", collected(t, one, two, three))
	v := s.as("T1")
	v.get(again).want(t, 200, "示例岗位改过")
	v.get(again+"/original").want(t, http.StatusForbidden)
	alone := o.take("一行.xlsx", collected(t, aVisit("T1", 43)))
	v.get(alone+"/original").want(t, 200)
}

// What an enterprise said last time goes to a secretary only where the department is concerned.
func TestTemplateOfADepartment(t *testing.T) {
	s := peopled(t)
	s.as("T1").take("a.xlsx", aBook(t, aVisit("T1", 44)))
	heads, err := s.c.Store.VisitHeads(t.Context(), 2026, "")
	if err != nil {
		t.Fatal(err)
	}
	visited := "/template.xlsx?year=2027&enterprise=" + url.QueryEscape(heads[0].Key)
	s.as("sec").get(visited).want(t, 200)
	s.as("sec2").get(visited).want(t, http.StatusNotFound)
	s.as("T2").get(visited).want(t, http.StatusNotFound)
	s.as("office").get(visited).want(t, 200)
	s.roster()
	roster, _ := s.c.Store.LoadRoster(t.Context(), 2026)
	task := roster.Assignments[slices.IndexFunc(roster.Assignments, func(a survey.Assignment) bool { return a.Key != "" })]
	i := slices.IndexFunc(roster.Faculty, func(f survey.Faculty) bool { return f.ID == task.Faculty })
	s.addTo(roster.Faculty[i].Department, "sec3", campaign.Secretary)
	assigned := "/template.xlsx?year=2026&enterprise=" + url.QueryEscape(task.Key)
	s.as("sec3").get(assigned).want(t, 200)
	if roster.Faculty[i].Department != "网络系" {
		s.as("sec2").get(assigned).want(t, http.StatusNotFound)
	}
}

// A year that was closed is said before anything is confirmed; closed between check and confirmation, it is
// said by the confirmation.
func TestFrozenYear(t *testing.T) {
	s := peopled(t)
	v := s.as("T1")
	stored := aVisit("T1", 45)
	v.take("a.xlsx", aBook(t, stored))
	sound := v.handOne("b.xlsx", aBook(t, aVisit("T1", 46)))
	v.get(sound).want(t, 200, "没有错误，可以提交")
	v.hand(file{"c.xlsx", aBook(t, aVisit("T1", 47))}, file{"d.xlsx", aBook(t, aVisit("T1", 48))})
	if err := s.c.Store.Freeze(t.Context(), s.c.Codebook.College, 2026, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	v.post(sound+"/confirm").want(t, http.StatusUnprocessableEntity, "没有收下", "X001", "已结束并冻结", "共 1 处错误")
	got := v.post("/uploads/confirm").want(t, http.StatusSeeOther)
	page := v.get(got.location()).want(t, 200, "有文件没有收下", "c.xlsx")
	if n := strings.Count(page.text(), `<td data-l="状态"><span class="tag bad">`); n != 3 {
		t.Errorf("%d files are marked as returned, want 3", n)
	}
	late := v.handOne("e.xlsx", aBook(t, aVisit("T1", 49)))
	v.get(late).want(t, 200, "没有收下", "X001", "共 1 处错误")
	stored.Jobs = slices.Clone(stored.Jobs)
	stored.Jobs[0].Title = "示例岗位改过"
	v.get(v.handOne("f.xlsx", aBook(t, stored))).want(t, 200, "没有收下", "X001")
	if s.visits() != 1 {
		t.Errorf("%d visits count", s.visits())
	}
	if err := s.c.Store.Reopen(t.Context(), s.c.Codebook.College, 2026, campaign.Act{By: "u0", Reason: "漏交"}); err != nil {
		t.Fatal(err)
	}
	v.get(late).want(t, 200, "没有错误，可以提交")
	v.post(late+"/confirm").want(t, http.StatusSeeOther)
	if s.visits() != 2 {
		t.Errorf("%d visits count once the year is open again", s.visits())
	}
}

// What cannot be left out is not sent back either, and what is withdrawn or replaced is not approved: the
// answer that nothing was done is true.
func TestAReviewIsDoneWholeOrNotAtAll(t *testing.T) {
	s := peopled(t)
	v, o := s.as("T1"), s.as("office")
	changed := aVisit("T1", 50)
	frozen, replaced := v.take("a.xlsx", aBook(t, aVisit("T1", 51))), v.take("b.xlsx", aBook(t, changed))
	changed.Jobs = slices.Clone(changed.Jobs)
	changed.Jobs[0].Title = "示例岗位改过"
	v.take("c.xlsx", aBook(t, changed))
	withdrawn := v.take("d.xlsx", aBook(t, aVisit("T1", 52)))
	v.post(withdrawn+"/withdraw", "reason", "交错了").want(t, http.StatusSeeOther)
	for _, path := range []string{replaced, withdrawn} {
		o.post(path+"/approve").want(t, http.StatusConflict, "没有可以通过的内容")
		o.post(path+"/return", "text", "请核对", "leave_out", "1").want(t, http.StatusConflict)
		if page := o.get(path).want(t, 200); strings.Contains(page.text(), "/approve") || strings.Contains(page.text(), "leave_out") {
			t.Errorf("%s offers what can only be refused", path)
		}
	}
	if err := s.c.Store.Freeze(t.Context(), s.c.Codebook.College, 2026, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	o.post(frozen+"/return", "text", "请核对", "leave_out", "1").want(t, http.StatusConflict, "冻结")
	for _, action := range []string{"comment.returned", "comment.accepted"} {
		if n := s.logged(action); n != 0 {
			t.Errorf("%s is logged %d times", action, n)
		}
	}
	for _, path := range []string{frozen, replaced, withdrawn} {
		if strings.Contains(o.get(path).want(t, 200).text(), "请核对") {
			t.Errorf("%s holds a word of which it was said that nothing was done", path)
		}
	}
	o.post(frozen+"/approve").want(t, http.StatusSeeOther)
}
