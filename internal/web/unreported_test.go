package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// A year before its first report follows every upload: to everybody but the office and administrators
// it must look the same in any two states, on every route. The report on 2026 is published; of 2025 and
// 2027 some visits came later, and then some more.
func TestUnreported(t *testing.T) {
	s := newSurveyed(t, func(o *Options) { o.Campaign.Drawn = blank{} })
	s.clock.add(365 * 24 * time.Hour)
	for login, role := range map[string]campaign.Role{"chair": campaign.Committee, "firm": campaign.Reviewer, "teacher": campaign.Faculty, "clerk": campaign.Office, "chief": campaign.Admin} {
		s.add(login, role)
	}
	s.add("both", campaign.Admin, campaign.Committee)
	clerk := s.as("clerk")
	hidden := map[string]*visitor{"chair": s.as("chair"), "firm": s.as("firm"), "teacher": s.as("teacher")}
	hidden["chair"].post("/proposals/P2025-01/address", "reader", s.idOf("firm")).want(t, http.StatusSeeOther)

	if _, err := s.c.Decide(t.Context(), campaign.Deciding{Proposal: "P2025-01", Outcome: "adopt", Reason: "差距仍在", Day: "2026-06-02", Effective: "2027"}, "u0"); err != nil {
		t.Fatal(err)
	}
	early, late := lateVisits(t)
	loop := s.loop()
	s.ingest(early...)
	hidden["chair"].wait("/reports/2026/index.html").want(t, http.StatusOK)
	before, label := s.walked(hidden), s.draftOf(2027)
	s.ingest(late...)
	if s.draftOf(2027) == label {
		t.Fatal("the two states are one")
	}
	draft := clerk.wait("/reports/2027/index.html").want(t, http.StatusOK, `class="draft"`, "草稿", "委员会看不到")
	clerk.get("/reports").want(t, http.StatusOK, "草稿", s.live.at(2027).report.Headlines[0].ZH)
	s.as("both").get("/reports/2027/index.html").want(t, http.StatusOK, `class="draft"`)
	section := regexp.MustCompile(`class="remark" href="/reports/2027/remarks\?figure=([^"]+)"`).FindStringSubmatch(draft.text())
	figure, _ := url.QueryUnescape(section[1])
	clerk.post("/reports/2027/remarks", "figure", figure, "text", "差1.3级").want(t, http.StatusSeeOther)
	for at, now := range s.walked(hidden) {
		if now != before[at] {
			t.Errorf("%s follows the uploads:\n%.2000s\n---\n%.2000s", at, before[at], now)
		}
	}
	if now := s.loop(); now != loop {
		t.Errorf("verdicts and ideas follow the uploads:\n%s\n---\n%s", loop, now)
	}
	chair := hidden["chair"]
	for _, year := range []string{"2025", "2027"} {
		chair.get("/reports/"+year+"/index.html").want(t, http.StatusNotFound, year+" 年还没有公布报告", "相减", "qianqi run", `href="/reports/2026/index.html"`)
	}

	draft = clerk.get("/reports/2027/index.html") // with the remark
	s.live.years[2025] = &liveYear{report: &campaign.LiveReport{Year: 2025, Label: "older"}, draft: true, made: time.Now(), asked: time.Now(),
		pages: map[string]*livePage{"index.html": {kind: kinds[".html"], data: []byte("zwischenstand")}}}
	s.publish()
	year := s.live.years[2027]
	if year.hidden.IsZero() {
		t.Error("it is computed anew for whoever may not read, as often as they ask")
	}
	year.hidden = time.Now().Add(time.Hour)
	chair.get("/reports/2027/index.html").want(t, http.StatusNotFound) // asked again too soon
	year.hidden = time.Time{}
	if got := chair.wait("/reports/2025/index.html").want(t, http.StatusOK); strings.Contains(got.text(), "zwischenstand") {
		t.Error("a draft that is no state that was published is shown for the published one")
	}
	page := chair.get("/reports/2027/index.html").want(t, http.StatusOK)
	if strings.Contains(page.text(), `class="draft"`) || !strings.Contains(draft.text(), page.text()[strings.Index(page.text(), "<h1"):]) {
		t.Error("the published report is not the draft without its warning")
	}
	chair.get("/reports").want(t, http.StatusOK, "2027 年报告", "差1.3级", s.live.at(2027).report.Headlines[0].ZH)
}

// blank stands in for the still pictures: they are drawn from the data of the charts, which every page holds.
type blank struct{}

func (blank) Load(string) ([]byte, bool) { return []byte("<svg></svg>"), true }
func (blank) Store(string, []byte)       {}

// loop is what the pages of proposals show of figures, as a server computes it that has just started: the
// verdicts on decisions, and the ideas for proposals. Both must be there.
func (s *site) loop() string {
	s.t.Helper()
	s.live.dossiers.label, s.live.ideas.label = "", ""
	dossiers, err := s.live.dossiersNow(s.t.Context())
	ideas, failed := s.live.ideasNow(s.t.Context())
	if err != nil || failed != nil || len(ideas) == 0 {
		s.t.Fatalf("%d ideas, %v %v", len(ideas), err, failed)
	}
	text, err := json.MarshalIndent([]any{dossiers, ideas}, "", " ")
	if err != nil || !bytes.Contains(text, []byte(`"result": "too_early"`)) {
		s.t.Fatalf("no decision waits for the next survey: %v %s", err, text)
	}
	return string(text)
}

// draftOf is the label of a year's draft.
func (s *site) draftOf(year int) string {
	s.t.Helper()
	label, draft, err := s.c.LiveLabel(s.t.Context(), year)
	if err != nil || !draft {
		s.t.Fatalf("%d: draft %t, %v", year, draft, err)
	}
	return label
}

// lateVisits are workbooks of 2025 and of an invented 2027, most of them and the rest.
func lateVisits(t *testing.T) (early, late []string) {
	dir := t.TempDir()
	if _, err := campaign.WriteSample(context.Background(), codebook.Default(), campaign.SampleOptions{Out: dir, Years: []int{2027}, Visits: 36}); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"../../surveys/2025/visits/*.xlsx", filepath.Join(dir, "2027/visits/*.xlsx")} {
		found, _ := filepath.Glob(pattern)
		most := len(found) - 7
		early, late = append(early, found[:most]...), append(late, found[most:]...)
	}
	return early, late
}

// walked is what people are answered on every route that shows something, and on those that take a
// figure, for years before their first report and for the one that has it.
func (s *site) walked(people map[string]*visitor) map[string]string {
	paths := []string{"", "nowhere", "trace-computer_network.html"}
	for _, name := range s.live.at(2026).report.Paths() {
		if !slices.ContainsFunc(paths, func(p string) bool {
			return filepath.Ext(p) == filepath.Ext(name) && filepath.Dir(p) == filepath.Dir(name)
		}) {
			paths = append(paths, name)
		}
	}
	const figure = "/computer_network/fault_diagnosis/performance_gap"
	out := make(map[string]string)
	note := func(who, at string, r reply) {
		out[who+" "+at] = fmt.Sprint(r.Code, r.location(), r.Header(), r.text())
	}
	for who, v := range people {
		for _, year := range []string{"2027", "2025", "2026"} {
			if who != "chair" && year != "2027" {
				break // a stranger to every report
			}
			for i := range routes {
				if rt := &routes[i]; year == "2027" || strings.Contains(rt.path, "{year}") {
					for _, path := range addresses(rt, year, paths) {
						note(who, path, v.get(path))
					}
				}
			}
			note(who, "remark on a figure of "+year, v.get("/reports/"+year+"/remarks?figure="+figure[1:]))
			note(who, "proposal on a figure of "+year, v.get("/proposals/new?figure="+year+figure))
			if year != "2026" { // there it is taken
				note(who, "remark left on "+year, v.post("/reports/"+year+"/remarks", "figure", "downloads.html#all", "text", "x"))
				note(who, "remark left on a figure of "+year, v.post("/reports/"+year+"/remarks", "figure", figure[1:], "text", "x"))
				note(who, "proposal made on "+year, v.post("/proposals", "figure", year+figure, "kind", "strengthen", "module", "DC201", "text", "x"))
			}
		}
	}
	return out
}

// addresses are where a route that only shows something is asked: a report's for some of its files.
func addresses(rt *route, year string, files []string) (out []string) {
	if rt.method != http.MethodGet || rt.path == "/account/data.json" { // a person's own log, which these very walks make longer
		return nil
	}
	if !strings.Contains(rt.path, "{path...}") {
		files = []string{""}
	}
	for _, file := range files {
		at := strings.NewReplacer("{$}", "", "{file}", "web.css", "{year}", year, "{path...}", file, "{id}", "P2025-01", "{name}", "none").Replace(rt.path)
		out = append(out, at+"?year="+year)
	}
	return out
}

// publish records that a run published reports on every year as it is now. Its pages are not made: the
// server makes its own.
func (s *site) publish() {
	s.t.Helper()
	ctx := s.t.Context()
	head, err := s.c.Store.AuditHead(ctx)
	years, failed := s.c.ReportYears(ctx)
	if err != nil || failed != nil {
		s.t.Fatal(err, failed)
	}
	made := campaign.RunRecord{Recipe: &campaign.Recipe{Visits: map[int]string{}}}
	for _, y := range years {
		if made.Recipe.Visits[y.Year], err = s.c.Store.At(head.Seq).ContentKey(ctx, y.Year); err != nil {
			s.t.Fatal(err)
		}
		made.Years = append(made.Years, y.YearSize)
	}
	run := store.Run{College: s.c.Codebook.College, Kind: "run", Year: 2027, Status: "finished", Head: head}
	if run.Record, err = json.Marshal(made); err == nil {
		run.ID, err = s.c.Store.StartRun(ctx, run)
	}
	if err == nil {
		err = s.c.Store.FinishRun(ctx, run)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
