package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"os"
	"path/filepath"
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

// visits counts what counts.
func (s *site) visits() int {
	s.t.Helper()
	heads, err := s.c.Store.VisitHeads(context.Background(), 0, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return len(heads)
}

// parkedFiles counts the files that wait on disk.
func (s *site) parkedFiles() int {
	n := 0
	filepath.WalkDir(s.Pending, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return nil
	})
	return n
}

// A teacher's bad workbook: every issue on the page, the annotated copy mended, accepted.
func TestBadWorkbookUntilAccepted(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	bad := aBook(t, aVisit("T1", 1), badDate)
	check := v.handOne("我的走访.xlsx", bad)
	page := v.get(check).want(t, 200, "没有收下", "哪天来着", "改法", "走访", "V", "下载退回件")
	if !regexp.MustCompile(`[A-Z]\d{3}</span> [^<]*![A-Z]\d+`).MatchString(page.text()) {
		t.Errorf("no sheet and cell: %s", page.text())
	}
	if s.visits() != 0 {
		t.Error("a bad workbook was stored")
	}
	v.post(check+"/confirm").want(t, http.StatusUnprocessableEntity, "没有收下", "哪天来着")
	if s.visits() != 0 {
		t.Error("a bad workbook was stored once confirmed")
	}
	v.get("/visits").want(t, 200, "退回", "我的走访.xlsx", "1 处错误")
	got := v.get(check+"/return.xlsx").want(t, 200)
	if kind := got.Header().Get("Content-Type"); kind != spreadsheet || !strings.Contains(got.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("%s %s", kind, got.Header().Get("Content-Disposition"))
	}
	book, _, err := workbook.Read("x.xlsx", got.Body.Bytes(), codebook.Default(), workbook.DefaultLimits())
	if err != nil || book.Sheet(workbook.ReturnSheet) == nil {
		t.Errorf("the annotated copy has no list of issues: %v", err)
	}
	if got := v.get(check+"/original").want(t, 200); !bytes.Equal(got.Body.Bytes(), bad) {
		t.Error("the original changed")
	}
	// In the copy: the day that was wrong, and an answer that nobody asked about.
	for at, text := range map[survey.Ref]string{{Row: 4, Col: 2}: "2026-05-02", {Row: 17, Col: 2}: "4321"} {
		*book.Sheet("走访 Visit").At(at.Row, at.Col) = survey.Cell{Col: at.Col, Kind: survey.Text, Text: text}
	}
	mended, err := workbook.WriteBook(book, "")
	if err != nil {
		t.Fatal(err)
	}
	again := v.handOne("我的走访.xlsx", mended)
	v.get(again).want(t, 200, "没有错误", "这份更正改了什么", "<ins>2026-05-02</ins>", "<ins>4321</ins>")
	page = v.get(v.post(again+"/confirm").location()).want(t, 200, "收据", "计入", "示例第1号网络有限公司", "与退回的那份相比", "<del>哪天来着</del>", "<ins>4321</ins>", "走访 Visit!B17")
	if n := strings.Count(page.text(), "<ins>"); n != 2 {
		t.Errorf("the receipt lists %d changed answers, want 2", n)
	}
	if s.visits() != 1 || s.parkedFiles() != 0 {
		t.Errorf("%d visits, %d files still wait", s.visits(), s.parkedFiles())
	}
	v.get(check).want(t, http.StatusNotFound)
	v.get("/visits").want(t, 200, "No. 1", "示例第1号网络有限公司")
}

// The same file twice, then a correction: one visit, with the history and what changed.
func TestCorrection(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	visit := aVisit("T1", 2)
	first := v.take("a.xlsx", aBook(t, visit))
	if again := v.take("b.xlsx", aBook(t, visit)); again != first {
		t.Errorf("the same content led to %s, not to %s", again, first)
	}
	visit.Jobs[0].Title = "示例新岗位"
	check := v.handOne("c.xlsx", aBook(t, visit))
	v.get(check).want(t, 200, "取代已收下的一份", "示例新岗位")
	got := v.post(check + "/confirm")
	page := v.get(got.location()).want(t, 200, "历史", "<ins>示例新岗位</ins>", `href="`+first+`"`)
	_ = page
	v.get(first).want(t, 200, "已被更正取代")
	if s.visits() != 1 {
		t.Errorf("%d visits", s.visits())
	}
}

// Withdrawing needs a reason, and is for whoever handed in.
func TestWithdraw(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	s.add("T2", campaign.Faculty)
	v := s.as("T1")
	visit := aVisit("T1", 3)
	visit.CoVisitors = []string{"T2"}
	receipt := v.take("a.xlsx", aBook(t, visit))
	v.post(receipt+"/withdraw").want(t, http.StatusUnprocessableEntity)
	company := s.as("T2")
	company.get(receipt).want(t, 200)
	company.post(receipt+"/withdraw", "reason", "不是我交的").want(t, http.StatusForbidden)
	if s.visits() != 1 {
		t.Fatal("withdrawn")
	}
	v.post(receipt+"/withdraw", "reason", "交错了").want(t, http.StatusSeeOther)
	if s.visits() != 0 {
		t.Error("not withdrawn")
	}
	v.get(receipt).want(t, 200, "已撤回")
}

// Everybody sees their own, and learns of nothing else.
func TestOthersThings(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	s.add("T2", campaign.Faculty)
	mine, other := s.as("T1"), s.as("T2")
	receipt := mine.take("a.xlsx", aBook(t, aVisit("T1", 4)))
	check := mine.handOne("b.xlsx", aBook(t, aVisit("T1", 5), badDate))
	for _, path := range []string{receipt, receipt + "/original", receipt + "/return.xlsx", check, check + "/original", check + "/return.xlsx", "/receipts/999", "/receipts/x", "/uploads/%2e%2e", "/uploads/..%2fu1%2fx", "/uploads/" + strings.Repeat("0", 32)} {
		other.get(path).want(t, http.StatusNotFound)
	}
	gone := "没有这个页面，或者它不是给您看的。" // the same whether there is one or not
	other.get(receipt).want(t, http.StatusNotFound, gone)
	other.get("/receipts/999").want(t, http.StatusNotFound, gone)
	s.add("office", campaign.Office)
	s.as("office").get("/refused/999").want(t, http.StatusNotFound, gone)
	for _, path := range []string{receipt + "/withdraw", check + "/confirm", check + "/discard"} {
		other.post(path, "reason", "x").want(t, http.StatusNotFound)
	}
	if page := other.get("/visits"); strings.Contains(page.text(), "示例第4号") {
		t.Error("another's visit is listed")
	}
	mine.get(receipt).want(t, 200)
	mine.get(check).want(t, 200)
}

// A teacher hands in own visits; the office anything; a department's office its department's.
func TestWhoMayHandInWhat(t *testing.T) {
	roster, err := os.ReadFile("../../surveys/2026/roster.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	other := aVisit("T9", 6)
	company := aVisit("T9", 7)
	company.CoVisitors = []string{"T1"}
	elsewhere := aVisit("T9", 8)
	elsewhere.Faculty.Department = "别的系"
	for _, c := range []struct {
		why   string
		role  campaign.Role
		dept  string
		data  []byte
		wrong string // the code that refuses it; "" where it is taken
	}{
		{"own", campaign.Faculty, "通信系", aBook(t, aVisit("T1", 9)), ""},
		{"another's", campaign.Faculty, "通信系", aBook(t, other), "X020"},
		{"another's, made together", campaign.Faculty, "通信系", aBook(t, company), ""},
		{"a roster by a teacher", campaign.Faculty, "通信系", roster, "X021"},
		{"anybody's by the office", campaign.Office, "", aBook(t, other), ""},
		{"a roster by the office", campaign.Office, "", roster, ""},
		{"a department's by its secretary", campaign.Secretary, "通信系", aBook(t, other), ""},
		{"another department's", campaign.Secretary, "通信系", aBook(t, elsewhere), "X022"},
		{"a roster by a department", campaign.Secretary, "通信系", roster, "X021"},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := newSite(t)
			if _, err := s.c.AddAccount(t.Context(), campaign.NewAccount{Login: "T1", Department: c.dept, Roles: []campaign.Role{c.role}, Password: aPassword}, campaign.Act{By: "u0"}); err != nil {
				t.Fatal(err)
			}
			v := s.as("T1")
			check := v.handOne("x.xlsx", c.data)
			page := v.get(check).want(t, 200)
			if got := strings.Contains(page.text(), "没有收下"); got != (c.wrong != "") || !strings.Contains(page.text(), c.wrong) {
				t.Errorf("refused: %v, want %q: %s", got, c.wrong, page.text())
			}
		})
	}
}

// Several at once: each is looked at by itself, the sound ones are taken together.
func TestManyFiles(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	v.hand(file{"好1.xlsx", aBook(t, aVisit("T1", 10))}, file{"坏.xlsx", []byte("PK not really")}, file{"好2.xlsx", aBook(t, aVisit("T1", 11))}).want(t, http.StatusSeeOther)
	v.get("/upload").want(t, 200, "好1.xlsx", "坏.xlsx", "好2.xlsx", "全部没有错误的一起提交")
	v.post("/uploads/confirm").want(t, http.StatusSeeOther)
	if s.visits() != 2 {
		t.Errorf("%d visits", s.visits())
	}
	v.get("/upload").want(t, 200, "坏.xlsx")
}

// A returned workbook waits until it is mended: by its annotated copy, or by a workbook on the same enterprise
// and year; one of the same name on another enterprise mends nothing.
func TestReturnedStaysUntilMended(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	const name = "走访表.xlsx"
	returned := v.handOne(name, aBook(t, aVisit("T1", 15), badDate))
	v.take(name, aBook(t, aVisit("T1", 16)))
	v.get(returned).want(t, 200, "哪天来着")
	v.get("/visits").want(t, 200, "1 处错误")
	v.take("另名.xlsx", aBook(t, aVisit("T1", 15)))
	v.get(returned).want(t, http.StatusNotFound)
}

// A workbook on another teacher's visit to the same enterprise mends nothing.
func TestReturnedStaysWhereAnotherTeacherVisited(t *testing.T) {
	s := newSite(t)
	s.add("office", campaign.Office)
	o := s.as("office")
	returned := o.handOne("走访-T1.xlsx", aBook(t, aVisit("T1", 15), badDate))
	o.take("走访-T2.xlsx", aBook(t, aVisit("T2", 15)))
	o.get(returned).want(t, 200, "哪天来着")
	o.take("走访-T1-改.xlsx", aBook(t, aVisit("T1", 15)))
	o.get(returned).want(t, http.StatusNotFound)
}

// A waiting file goes with its note, both by the time it came, however often it was looked at since.
func TestWaitingFilesExpireWhole(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Keep.Pending = 7 * 24 * time.Hour })
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	check := v.handOne("a.xlsx", aBook(t, aVisit("T1", 12)))
	v.get("/upload").want(t, 200, "7 天后自动清除", "after 7 days")
	bin, _, _ := strings.Cut(strings.TrimPrefix(check, "/uploads/"), "?")
	me, err := s.c.AccountOf(t.Context(), "T1")
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.counter.pending.find(me.ID.Actor(), bin)
	if err != nil {
		t.Fatal(err)
	}
	old := june.Add(-1000 * time.Hour)
	chtimes := func(name string) {
		if err := s.counter.pending.root.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	chtimes(k.data())
	prune := func(before time.Time) {
		if err := s.counter.prune(before); err != nil {
			t.Fatal(err)
		}
	}
	prune(june.Add(-time.Hour))
	v.get(check).want(t, 200)
	prune(june.Add(time.Hour)) // the check page wrote the note just now, by this machine's clock
	if n := s.parkedFiles(); n != 0 {
		t.Errorf("%d files stay of one that expired", n)
	}
	if err := s.counter.pending.note(k); !errors.Is(err, campaign.ErrNotFound) {
		t.Errorf("a note on what is gone: %v", err)
	}
	if err := s.counter.pending.root.WriteFile(k.data(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	chtimes(k.data())
	prune(june)
	if n := s.parkedFiles(); n != 0 {
		t.Errorf("%d files stay that have no note", n)
	}
}

// What is dropped is gone from the server, and asked for again is not there.
func TestDiscard(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	check := v.handOne("a.xlsx", aBook(t, aVisit("T1", 12)))
	v.post(check+"/discard").want(t, http.StatusSeeOther)
	if s.parkedFiles() != 0 || s.visits() != 0 {
		t.Error("something stayed")
	}
	v.post(check+"/confirm").want(t, http.StatusNotFound)
}

// A warning that is right as it stands is confirmed on the page and not asked again.
func TestConfirmWarning(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	visit := aVisit("T1", 13)
	visit.Enterprise.USCC = "91350100M000100Y4Z" // its check character is wrong: a warning
	check := v.handOne("a.xlsx", aBook(t, visit))
	page := v.get(check).want(t, 200, "确实如此")
	spot := regexp.MustCompile(`name="right" value="([^"]+)"`).FindStringSubmatch(page.text())
	if spot == nil {
		t.Fatal("no warning to confirm")
	}
	got := v.post(check+"/confirm", "right", spot[1], "right", "X001|A1|nonsense").want(t, http.StatusSeeOther)
	receipt := v.get(got.location()).want(t, 200, "已确认")
	if strings.Contains(receipt.text(), "<h2><span class=\"zh\">提醒</span>") && strings.Count(receipt.text(), "issue warning") > 0 && !strings.Contains(receipt.text(), "tag good") {
		t.Error("still asked")
	}
}

// One tick says that a warning is right in every cell of a department's collection, however many share it, and is kept
// for all of them, in a form of any size; of what was not ticked, or not so seen, nothing is.
func TestOneTickConfirmsEveryCell(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Limits.Form = 4 << 10 }) // 800 addresses are more
	s.add("office", campaign.Office)
	v := s.as("office")
	check := v.handOne("走访-信息通信学院-汇总.xlsx", collected(t, crowded(20, 40)...))
	page := v.get(check).want(t, 200, "× 800")
	spots := map[string][]string{}
	for _, m := range regexp.MustCompile(`name="right" value="(([^|"]+)[^"]*)"`).FindAllStringSubmatch(page.text(), -1) {
		spots[m[2]] = append(spots[m[2]], html.UnescapeString(m[1]))
	}
	if len(spots["V061"]) != 1 || len(spots["V039"]) == 0 {
		t.Fatalf("the page asks %v", spots)
	}
	other := spots["V039"][0]
	got := v.post(check+"/confirm", "right", spots["V061"][0], "right", other[:strings.LastIndex(other, "|")]+"|0123456789abcdef").want(t, http.StatusSeeOther)
	v.get(got.location()).want(t, 200, "已确认")
	attempts, err := s.c.Store.Attempts(context.Background(), store.Filter{})
	if err != nil || len(attempts) != 1 {
		t.Fatal(len(attempts), err)
	}
	rulings, err := s.c.Store.Rulings(context.Background(), attempts[0].SHA256)
	if err != nil {
		t.Fatal(err)
	}
	cells := map[survey.Ref]bool{}
	for _, r := range rulings {
		cells[r.Ref] = true
		if r.Code != "V061" || r.Kind != store.Confirmed {
			t.Errorf("kept: %s of %s at %s", r.Kind, r.Code, r.Ref.Cell())
		}
	}
	if len(cells) != 800 {
		t.Errorf("kept for %d cells, want 800", len(cells))
	}
}

// crowded are visits with so many jobs each, in every one of which more people work than the enterprise has: a warning.
func crowded(visits, jobs int) []survey.Visit {
	list := make([]survey.Visit, visits)
	for n := range list {
		v := aVisit(fmt.Sprintf("T%d", n), n)
		v.Enterprise.Employees = survey.Have(10)
		job := v.Jobs[0]
		job.Headcount = survey.Have(9999)
		v.Jobs = nil
		for k := range jobs {
			job.Title = fmt.Sprintf("网络工程师%d", k)
			v.Jobs = append(v.Jobs, job)
		}
		list[n] = v
	}
	return list
}

// The office reads another's receipt, and the log says so; the teacher's own look is nobody's business.
func TestLooksAreLogged(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	office := s.add("office", campaign.Office)
	v := s.as("T1")
	receipt := v.take("a.xlsx", aBook(t, aVisit("T1", 14)))
	v.get(receipt)
	if n := s.logged("submission.seen"); n != 0 {
		t.Errorf("%d looks before anybody else looked", n)
	}
	o := s.as("office")
	o.get(receipt).want(t, 200)
	o.get(receipt+"/original").want(t, 200)
	o.get("/visits").want(t, http.StatusForbidden)
	for action, want := range map[string]int{"submission.seen": 1, "submission.exported": 1, "access.refused": 1, "session.started": 2} {
		if n := s.logged(action); n != want {
			t.Errorf("%s is logged %d times, want %d", action, n, want)
		}
	}
	if last := s.lastActor("submission.seen"); last != office.Actor() {
		t.Errorf("seen by %q", last)
	}
}
