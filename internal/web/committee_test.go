package web

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// wait asks until a report has been made.
func (v *visitor) wait(path string) reply {
	v.s.t.Helper()
	for end := time.Now().Add(trial.Patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if got := v.get(path); got.Code != http.StatusAccepted {
			return got
		}
	}
	v.s.t.Fatal("the report was not made")
	return reply{}
}

// The committee, from the report to a decision that both sides reviewed.
func TestCommitteeStory(t *testing.T) {
	s := newSurveyed(t)
	s.add("chair", campaign.Committee)
	s.add("clerk", campaign.Office)
	firm := s.add("firm", campaign.Reviewer)
	s.add("other", campaign.Reviewer)
	c := s.as("chair")
	c.get("/").want(t, http.StatusSeeOther)
	c.get("/reports").want(t, 200, "2026 年报告", "40 次走访")
	c.get("/reports/1999/index.html").want(t, http.StatusNotFound, "还没有走访")
	c.get("/reports/2026/").want(t, http.StatusSeeOther)
	page := c.wait("/reports/2026/index.html").want(t, 200, "全部报告")

	// The pages are those of the command line; only the bar and the links to remarks are put in.
	live := s.live.at(2026).report
	bare := regexp.MustCompile(` <a class="remark"[^>]*>.*?</a>`).ReplaceAllString(strings.Replace(page.text(), bar(false, false), "", 1), "")
	if bare != string(live.File("index.html")) {
		t.Error("the page is not the one that the command line writes")
	}
	if got := c.get("/reports/2026/data/all-rank.csv"); got.Code != 200 || !bytes.Equal(got.Body.Bytes(), live.File("data/all-rank.csv")) || !strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the data are not those of the command line: %d", got.Code)
	}
	if n := s.logged("report.seen"); n != 1 {
		t.Errorf("the look at the report is logged %d times", n)
	}
	c.get("/reports/2026/..%2f..%2fqianqi.db").want(t, http.StatusNotFound)
	s.remarks(c, page)
	s.decided(c, firm)
}

// remarks: what is said about a section or a figure stands with it, and is its writer's to take back.
func (s *site) remarks(c *visitor, page reply) {
	t := s.t
	section := regexp.MustCompile(`class="remark" href="/reports/2026/remarks\?figure=([^"]+)"`).FindStringSubmatch(page.text())
	if section == nil {
		t.Fatal("no section can be remarked on")
	}
	const at = "/reports/2026/remarks"
	asked := func(figure string) string { return at + "?figure=" + url.QueryEscape(figure) }
	name, _ := url.QueryUnescape(section[1])
	const figure = "computer_network/fault_diagnosis/performance_gap"
	office := s.as("clerk")
	for _, f := range []string{name, figure} {
		c.get(asked(f)).want(t, 200, "还没有批注", "回到这里")
		c.post(at, "figure", f, "text", " ").want(t, http.StatusUnprocessableEntity)
		c.post(at, "figure", f, "text", "请核对<b>样本</b>").want(t, http.StatusSeeOther)
		said := office.get(asked(f)).want(t, 200, "请核对&lt;b&gt;样本&lt;/b&gt;", "样例chair")
		if strings.Contains(said.text(), "take-back") || strings.Contains(said.text(), "据此提案") {
			t.Error("another's remark can be taken back, or the office may propose")
		}
	}
	c.post(at, "figure", "nowhere", "text", "x").want(t, http.StatusNotFound)
	c.post(at, "figure", "computer_network/fault_diagnosis", "text", "x").want(t, http.StatusNotFound)
	c.get(asked(figure)).want(t, 200, "2026/"+figure, "据此提案", "/reports/2026/trace-computer_network.html#2026/"+figure)
	c.get("/reports/2026/index.html").want(t, 200, "批注</span><span class=\"en\" lang=\"en\">remarks</span> 1")
	if trace := c.get("/reports/2026/trace-computer_network.html"); strings.Count(trace.text(), `class="remark some"`) != 1 || strings.Count(trace.text(), `class="remark"`) < 50 {
		t.Error("the page of figures does not tell which figure was remarked on")
	}
	c.get("/reports").want(t, 200, "请核对", figure)
	id := regexp.MustCompile(`name="id" value="(\d+)"`).FindStringSubmatch(c.get(asked(figure)).text())[1]
	office.post("/reports/remarks/take-back", "id", id).want(t, http.StatusNotFound)
	c.post("/reports/remarks/take-back", "id", id).want(t, http.StatusSeeOther)
	c.get(asked(figure)).want(t, 200, "还没有批注")
}

// decided: a proposal is born from a gap, put to an enterprise, reviewed by both sides, decided.
func (s *site) decided(c *visitor, firm campaign.AccountID) {
	t := s.t
	form := c.get("/proposals/new").want(t, 200, "各种算法下都不足的差距")
	idea := regexp.MustCompile(`href="(/proposals/new\?figure=[^"]+)"`).FindStringSubmatch(form.text())
	if idea == nil {
		t.Fatal("no gap to propose on")
	}
	from, _ := url.Parse(strings.ReplaceAll(idea[1], "&amp;", "&"))
	q := from.Query()
	c.get(from.String()).want(t, 200, q.Get("figure"))
	c.post("/proposals", "figure", q.Get("figure"), "kind", q.Get("kind"), "module", q.Get("module"), "text", "").want(t, http.StatusUnprocessableEntity)
	c.post("/proposals", "figure", "2026/nowhere", "kind", q.Get("kind"), "text", "x").want(t, http.StatusUnprocessableEntity)
	propose := []string{"figure", q.Get("figure"), "programme", q.Get("programme"), "competency", q.Get("competency"), "module", q.Get("module"), "kind", q.Get("kind"), "text", "加两周排障实训"}
	made := c.post("/proposals", propose...).want(t, http.StatusSeeOther)
	if twice := c.post("/proposals", propose...).want(t, http.StatusSeeOther); twice.location() != made.location() {
		t.Errorf("a double click opened %s beside %s", twice.location(), made.location())
	}
	at, _, _ := strings.Cut(made.location(), "?")
	c.get(at).want(t, 200, "加两周排障实训", "样例firm", q.Get("figure"))

	reviewer, stranger := s.as("firm"), s.as("other")
	for _, v := range []*visitor{reviewer, stranger} {
		if page := v.get("/proposals").want(t, 200); strings.Contains(page.text(), "/proposals/P") {
			t.Error("a reviewer sees what was not put to them")
		}
		v.get(at).want(t, http.StatusNotFound)
		v.post(at+"/review", "role", "工程师", "opinion", "support").want(t, http.StatusNotFound)
	}
	c.post(at+"/address", "reader", "99").want(t, http.StatusUnprocessableEntity)
	c.post(at+"/address", "reader", number(firm)).want(t, http.StatusSeeOther)
	if page := reviewer.get("/proposals").want(t, 200); strings.Count(page.text(), `<a href="/proposals/P`) != 1 {
		t.Error("the reviewer does not see the one proposal put to them")
	}
	reviewer.get("/proposals/P2025-01").want(t, http.StatusNotFound)
	reviewer.get("/reports/2026/index.html").want(t, http.StatusForbidden)
	stranger.get(at).want(t, http.StatusNotFound)
	opinion := regexp.MustCompile(`name="opinion" required><option value="([^"]+)"`).FindStringSubmatch(reviewer.get(at).want(t, 200, "写评审意见").text())[1]
	reviewer.post(at+"/review", "role", "", "opinion", opinion).want(t, http.StatusUnprocessableEntity)
	reviewer.post(at+"/review", "side", "school", "role", "技术经理", "opinion", opinion, "text", "现场最缺这个").want(t, http.StatusSeeOther)
	c.post(at+"/review", "side", "enterprise", "role", "专业负责人", "opinion", opinion).want(t, http.StatusSeeOther)
	c.get(at).want(t, 200, "企业</span>", "学校</span>", "技术经理", "专业负责人")
	for _, v := range []*visitor{c, reviewer} {
		if page := v.get(at).want(t, 200, "您这一方已经评审过"); strings.Contains(page.text(), at+"/review") {
			t.Error("a form is offered that can only be refused")
		}
	}
	c.post(at+"/review", "role", "专业负责人", "opinion", opinion).want(t, http.StatusUnprocessableEntity, "已经评审过这个提案")
	reviewer.post(at+"/decide", "outcome", "adopt", "reason", "x").want(t, http.StatusForbidden)
	c.post(at+"/decide", "outcome", "adopt", "reason", "").want(t, http.StatusUnprocessableEntity)
	c.post(at+"/decide", "outcome", "adopt", "reason", "两方同意").want(t, http.StatusSeeOther)
	c.get(at).want(t, 200, "两方同意", "采纳", "签署", "样例firm")
	if page := reviewer.get(at).want(t, 200, "两方同意"); strings.Contains(page.text(), "样例chair") {
		t.Error("the enterprise is told who signed for the school")
	}
	c.post(at+"/address").want(t, http.StatusSeeOther)
	reviewer.get(at).want(t, http.StatusNotFound)
}
