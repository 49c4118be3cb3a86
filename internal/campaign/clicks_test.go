package campaign

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/thousand-enterprises/qianqi/internal/chromium"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// theReaderFindsBothDecisions: whoever opens the report and clicks the programme sees, without a
// second click, the gap of 2024, the decision of 2025 and the verdict of 2026, for the decision that
// worked and for the one that did not; the second click is the section that shows how it was judged.
func theReaderFindsBothDecisions(t *testing.T, w *world) {
	folder := t.TempDir()
	if err := writeTree(folder, w.site(t)); err != nil {
		t.Fatal(err)
	}
	window := chromium.Open(t, func(any) {})
	index := (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(folder, "index.html"))}).String()
	if err := chromium.Do(window, chromedp.Navigate(index)); err != nil {
		t.Fatalf("this test drives a real browser and could not: %v", err)
	}
	// seen waits until an element is shown whose text holds every part, and clicks it where asked to.
	seen := func(selector string, click bool, parts ...string) {
		t.Helper()
		expression := `[...document.querySelectorAll(` + "`" + selector + "`" + `)].some(n => n.getBoundingClientRect().height > 0 && ` + "`" + strings.Join(parts, "\n") + "`" + `.split("\n").every(p => n.innerText.includes(p)) && (` + map[bool]string{true: "n.click(), true", false: "true"}[click] + `))`
		for until := time.Now().Add(trial.Patience); ; time.Sleep(50 * time.Millisecond) { // an answer is lost while the page changes
			if ok, err := chromium.Evaluate[bool](window, expression); err == nil && ok {
				return
			} else if time.Now().After(until) {
				t.Fatalf("no %s shows %q: %v", selector, parts, err)
			}
		}
	}
	seen(`main a`, true, "计算机网络技术")
	worked := []string{"2024 年差距 1.72", "2025 年决定", "自动化运维", "2026 年差距 0.48", "可能见效"}
	didNot := []string{"2024 年差距 0.91", "2025 年决定", "协议分析", "2026 年差距 0.83", "未见变化"}
	seen(`.brief li`, false, worked...)
	seen(`.brief li`, false, didNot...)
	seen(`.brief a[href*="decisions"]`, true)
	seen(`#decisions, section[id$="decisions"]`, false, "自动化运维", "可能见效", "协议分析", "未见变化")
}

// everyPrintedFigureTraces goes over every page as it is published. A number that is a link leads to a
// place that is there, whose figure rests on jobs, each in a cell, or says why it is not shown; a
// number in a table that is no link stands in a section that says where its numbers come from.
func everyPrintedFigureTraces(t *testing.T, w *world) {
	tracer, err := w.Tracer(context.Background(), "2026/all/fault_diagnosis/performance_gap", TraceOptions{Names: true, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ids, links, bare := map[string]bool{}, map[string]string{}, 0
	for _, p := range w.pages(t) {
		for n := range p.doc.Descendants() {
			if id := attribute(n, "id"); id != "" {
				ids[p.file+"#"+id] = true
			}
			switch {
			case n.Data == "a" && strings.HasPrefix(attribute(n, "class"), "how"):
				links[attribute(n, "href")] = p.file
			case n.Data == "td" && attribute(n, "class") == "n" && linkOf(n) == "" && strings.ContainsAny(wordsOf(n, "zh"), "0123456789"):
				if bare++; !p.explained(n) {
					t.Errorf("%s: %q is no link, and its section does not say whence it comes", p.file, wordsOf(n, "zh"))
				}
			}
		}
	}
	for href, page := range links {
		at, ok := addressIn(href)
		switch {
		case !ok:
			t.Errorf("%s: %s is no address", page, href)
		case strings.HasPrefix(href, "../"): // the report of another year, which has a test of its own when it is the newest
		case !ids[href]:
			t.Errorf("%s: %s leads nowhere", page, href)
		default:
			found, err := tracer.figures.Trace(at)
			if err != nil || len(found.Jobs) == 0 && found.Figure.Flag != demand.NoData || !found.Figure.Shown() && whyNot(found).ZH == "" {
				t.Errorf("%s: %s rests on %d jobs, %v", page, at, len(found.Jobs), err)
			}
		}
	}
	if len(links) < 500 || bare < 100 {
		t.Errorf("%d links and %d numbers without one were looked at", len(links), bare)
	}
}
