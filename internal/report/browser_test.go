package report

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/thousand-enterprises/qianqi/internal/chromium"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

var folder = flag.String("pages", "", "look at the pages of this published report instead of the fixture's")

// published is where the fixture's pages stand, once a test has opened one.
var published struct {
	sync.Mutex
	root string
}

func TestMain(m *testing.M) {
	trial.Roomy()
	code := chromium.Run(m)
	if published.root != "" {
		os.RemoveAll(published.root)
	}
	os.Exit(code)
}

// shelf is a folder of published pages.
type shelf string

// fixturePages publishes the fixture, once.
func fixturePages(t *testing.T) shelf {
	t.Helper()
	if *folder != "" {
		dir, err := filepath.Abs(*folder)
		if err != nil {
			t.Fatal(err)
		}
		return shelf(dir)
	}
	published.Lock()
	defer published.Unlock()
	if published.root == "" {
		root, err := os.MkdirTemp("", "qianqi-pages-*")
		if err != nil {
			t.Fatal(err)
		}
		publish(t, fixtureSite(t), filepath.Join(root, "2026"))
		published.root = root
	}
	return shelf(filepath.Join(published.root, "2026"))
}

// names are the names of all pages that are looked at.
func (pages shelf) names(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(string(pages), "*.html"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages in %s: %v", pages, err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	return files
}

func publish(t *testing.T, s *gathered, dir string) {
	t.Helper()
	for _, p := range s.Paths() {
		file := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, s.File(p), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// tab is one open page that remembers what it complained about and what it asked for.
type tab struct {
	t      *testing.T
	pages  shelf
	window context.Context

	mu         sync.Mutex
	complaints []string
}

// open opens a page at a width, with its query, after some steps.
func (pages shelf) open(t *testing.T, file, query string, width int, before ...chromium.Step) *tab {
	t.Helper()
	tb := pages.window(t)
	tb.do(chromium.Sized(width))
	tb.do(before...)
	tb.turn(file, query)
	return tb
}

// window opens a window with no page in it yet. Pages that follow one another in one window cost a third
// of what they cost in windows of their own: scripts are compiled once.
func (pages shelf) window(t *testing.T) *tab {
	t.Helper()
	tb := &tab{t: t, pages: pages}
	tb.window = chromium.Open(t, tb.listen)
	tb.do(onEveryPage(everythingInView))
	return tb
}

// turn opens a page, with its query, in place of the one that is open.
func (tb *tab) turn(file, query string) {
	tb.t.Helper()
	tb.do(chromedp.Navigate((&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(string(tb.pages), file)), RawQuery: query}).String()))
}

// onEveryPage runs a script before those of every page that is opened from now on.
func onEveryPage(script string) chromium.Step {
	return chromium.Command(cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// everythingInView has the page draw all its charts at once, wherever they stand.
const everythingInView = `window.native = window.IntersectionObserver; window.IntersectionObserver = class { constructor(seen) { this.seen = seen }
	observe(target) { this.seen([{ isIntersecting: true, target }]) } unobserve() {} }`

func (tb *tab) listen(event any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		tb.complaints = append(tb.complaints, "exception: "+e.ExceptionDetails.Text+" "+described(e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			for _, arg := range e.Args {
				tb.complaints = append(tb.complaints, fmt.Sprintf("console %s: %s %s", e.Type, arg.Value, described(arg)))
			}
		}
	case *log.EventEntryAdded:
		tb.complaints = append(tb.complaints, "log: "+e.Entry.Text+" "+e.Entry.URL)
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, "file:") && !strings.HasPrefix(u, "data:") {
			tb.complaints = append(tb.complaints, "request: "+u)
		}
	}
}

func described(o *runtime.RemoteObject) string {
	if o == nil {
		return ""
	}
	return o.Description
}

// do runs steps in the page.
func (tb *tab) do(steps ...chromium.Step) {
	tb.t.Helper()
	if err := chromium.Do(tb.window, steps...); err != nil {
		tb.fail(err)
	}
}

func (tb *tab) fail(err error) {
	tb.t.Helper()
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.t.Fatalf("browser: %v; the page said: %q", err, tb.complaints)
}

// value evaluates an expression in the page, and waits for it where it is a promise.
func value[T any](tb *tab, expression string) T {
	tb.t.Helper()
	v, err := chromium.Evaluate[T](tb.window, expression)
	if err != nil {
		tb.fail(err)
	}
	return v
}

// settle waits until every chart of the page is drawn at its present width.
func (tb *tab) settle() {
	tb.t.Helper()
	value[bool](tb, `new Promise((ok, fail) => { const root = document.documentElement.dataset, end = Date.now() + 20000, look = () => {
		if (root.ready === "1" && +(root.drawn || 0) === document.querySelectorAll("figure.plate").length) requestAnimationFrame(() => requestAnimationFrame(() => ok(true)));
		else if (Date.now() > end) fail(new Error("drawn " + root.drawn + " ready " + root.ready + " " + (root.undrawn || "")));
		else setTimeout(look, 20) }; look() })`)
}

func (tb *tab) noComplaints() {
	tb.t.Helper()
	tb.mu.Lock()
	defer tb.mu.Unlock()
	for _, c := range tb.complaints {
		tb.t.Error(c)
	}
	tb.complaints = nil
}

// lookOver returns what is wrong with the page as it is shown: a line for every chart without
// marks and for everything that sticks out to the side.
const lookOver = `(() => {
	const wrong = [], wide = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > wide) wrong.push("page is " + document.documentElement.scrollWidth + " wide in " + wide);
	document.querySelectorAll("figure.plate").forEach(f => {
		const svg = f.querySelector(".live svg"), box = svg && svg.getBoundingClientRect();
		if (!svg || svg.querySelectorAll("path,circle,rect").length < 4 || box.width < 100 || box.height < 40) wrong.push("chart without marks: " + f.id);
		svg && svg.querySelectorAll("text").forEach(t => { const b = t.getBoundingClientRect();
			if (b.left < box.left - 3 || b.right > box.right + 3) wrong.push("cut text in " + f.id + ": " + t.textContent); });
	});
	for (const n of document.querySelectorAll("main *")) {
		if (n.closest(".scroll") || n.closest(".hush") || n.closest(".skip")) continue;
		const b = n.getBoundingClientRect();
		if (b.width && (b.right > wide + 1 || b.left < -40)) { wrong.push("sticks out: " + n.tagName + "." + n.className + " " + n.textContent.slice(0, 40)); break; }
	}
	return wrong })()`

// Every page, at three widths, in both languages, by day and by night: nothing sticks out, every
// chart has marks, axe-core finds nothing serious (asked twice about the first page of a kind, once about
// the second; the others are made by the same template).
func TestPagesInBrowser(t *testing.T) {
	pages := fixturePages(t)
	seen := map[string]int{} // how many pages of a kind
	tb := pages.window(t)
	for _, file := range pages.names(t) {
		t.Run(file, func(t *testing.T) {
			tb.t = t
			tb.do(chromium.Sized(1440), schemed("light"))
			tb.turn(file, "")
			kind, _, _ := strings.Cut(file, "-")
			seen[kind]++
			first, wide, narrow := seen[kind] == 1, "", ""
			if first {
				wide = everyRule
			}
			if seen[kind] <= 2 {
				narrow = everyRule
			}
			for _, step := range []struct {
				width  int
				lang   string
				scheme string
				rules  string
			}{{1440, "zh", "light", wide}, {768, "both", "light", ""}, {390, "en", "dark", narrow}} {
				tb.do(chromium.Sized(step.width), schemed(step.scheme))
				value[chromedp.Void](tb, `document.querySelector('[data-set="`+step.lang+`"]').click()`)
				tb.settle()
				at := fmt.Sprintf("%d-%s-%s", step.width, step.lang, step.scheme)
				for _, wrong := range append(value[[]string](tb, lookOver), tb.axe(step.rules)...) {
					t.Errorf("at %s: %s", at, wrong)
				}
				chromium.Shoot(t, tb.window, strings.TrimSuffix(file, ".html")+"-"+at+".png", 16000)
			}
			if first && kind == "programme" { // the other two of light, dark and language: what they share is colour
				for _, step := range []struct{ lang, scheme string }{{"zh", "dark"}, {"en", "light"}} {
					tb.do(schemed(step.scheme))
					value[chromedp.Void](tb, `document.querySelector('[data-set="`+step.lang+`"]').click()`)
					for _, wrong := range tb.axe(contrastOnly) {
						t.Errorf("in %s, %s: %s", step.lang, step.scheme, wrong)
					}
				}
			}
			tb.noComplaints()
		})
	}
}

// What axe-core is asked: everything it knows, or only whether colours can be told apart, which is
// all that day and night change.
const (
	everyRule    = `{iframes: false, resultTypes: ["violations"]}`
	contrastOnly = `{iframes: false, resultTypes: ["violations"], runOnly: ["color-contrast"]}`
)

// axe lists what axe-core finds serious or critical on the page; nothing where no rules are named.
// What is made as its neighbours are is set aside: the rows of a table after the fourteenth, the
// rules of a stage after the eighth, the pictures that the drawn charts have replaced.
func (tb *tab) axe(rules string) []string {
	tb.t.Helper()
	if rules == "" {
		return nil
	}
	if value[bool](tb, `!window.axe`) {
		value[int](tb, chromium.AxeJS()+";0")
	}
	return value[[]string](tb, `(async () => {
		const spare = [...document.querySelectorAll("tbody tr:nth-child(n+15), .rule:nth-child(n+9), .still")].map(n => { const place = document.createComment(""); n.replaceWith(place); return [place, n] });
		const r = await axe.run(document, `+rules+`);
		spare.forEach(([place, n]) => place.replaceWith(n));
		return !r.passes.length ? ["no rule looked at anything"] : r.violations.filter(v => v.impact === "serious" || v.impact === "critical")
			.map(v => v.id + ": " + v.help + "\n" + v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + " | " + (n.any[0] || {}).message).join("\n")) })()`)
}

func schemed(scheme string) chromium.Step {
	return chromium.Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// Without its script a page still says everything: still pictures and tables.
func TestWithoutScript(t *testing.T) {
	pages := fixturePages(t)
	tb := pages.open(t, "programme-computer_network.html", "", 768, chromium.Scripted(false))
	tb.do(chromium.Scripted(true))
	if value[bool](tb, `"ready" in document.documentElement.dataset`) {
		t.Error("the page ran a script")
	}
	for _, wrong := range value[[]string](tb, `[...document.querySelectorAll(".still svg")].filter(s => s.getBoundingClientRect().width < 500).map(s => s.getAttribute("aria-label"))`) {
		t.Error("no still picture: ", wrong)
	}
}

// Hostile text in every place a text can come from does nothing when the pages are opened, drawn
// and pointed at.
func TestHostilePagesInBrowser(t *testing.T) {
	a, opts := hostileAnalysis(`</script><script>hit=1</script><img src=x onerror=hit=2>"><svg onload=hit=3>__f__(window.hit=4)__f__{b}`)
	opts.Stills = unpressed{}
	site, err := gather(a, opts)
	if err != nil {
		t.Fatal(err)
	}
	pages := shelf(t.TempDir())
	publish(t, site, string(pages))
	tb := pages.window(t)
	for _, file := range []string{"index.html", programmeFile(a.Programmes[0].Programme), "quality.html", "rules.html"} {
		tb.turn(file, "")
		tb.settle()
		hit := value[any](tb, `(() => { document.querySelectorAll(".live svg path, .live svg rect").forEach(n => { const b = n.getBoundingClientRect();
			for (const type of ["mousemove", "mouseover", "click"]) n.dispatchEvent(new MouseEvent(type, {bubbles: true, clientX: b.x + b.width / 2, clientY: b.y + b.height / 2})) });
			return window.hit || 0 })()`)
		if hit != 0.0 {
			t.Errorf("%s: hostile text ran: %v", file, hit)
		}
		tb.noComplaints()
	}
}

// Charts are drawn when they come into view, not before: loading hardly depends on their number.
func TestChartsAreDrawnInView(t *testing.T) {
	pages := fixturePages(t)
	tb := pages.open(t, "index.html", "", 1440, onEveryPage(`delete window.IntersectionObserver; window.IntersectionObserver = window.native`))
	value[bool](tb, `new Promise(r => setTimeout(() => r(true), 300))`)
	if n, all := value[int](tb, `+(document.documentElement.dataset.drawn || 0)`), value[int](tb, `document.querySelectorAll("figure.plate").length`); n > 2 || all < 5 {
		t.Errorf("%d of %d charts were drawn before anyone could see them", n, all)
	}
	value[chromedp.Void](tb, `[...document.querySelectorAll("figure.plate")].pop().scrollIntoView()`)
	value[bool](tb, `new Promise((ok, fail) => { const end = Date.now() + 20000, look = () => document.querySelectorAll("figure.plate")[document.querySelectorAll("figure.plate").length - 1].querySelector(".live svg") ? ok(true) : Date.now() > end ? fail(new Error("not drawn")) : setTimeout(look, 30); look() })`)
	tb.noComplaints()
}

// Language and filter live in the address, and links to other pages carry the language on.
func TestAddressKeepsState(t *testing.T) {
	pages := fixturePages(t)
	tb := pages.open(t, "programme-computer_network.html", "lang=en&size=small&year=2025&family=nowhere", 1440)
	tb.settle()
	got := value[map[string]string](tb, `({lang: document.documentElement.dataset.lang, html: document.documentElement.lang, size: document.querySelector("[name=size]").value,
		year: document.querySelector("[name=year]").value, reading: String(document.querySelector(".reading").textContent.length > 20), nav: document.querySelector("nav a").getAttribute("href"), caption: document.querySelector(".view caption").textContent})`)
	want := map[string]string{"lang": "en", "html": "en", "size": "small", "year": "2025", "reading": "true", "nav": "index.html?lang=en&size=small&year=2025", "caption": "Small · 2025"}
	for k, w := range want {
		if got[k] != w {
			t.Errorf("%s is %q, want %q", k, got[k], w)
		}
	}
	value[chromedp.Void](tb, `document.querySelector('[data-set="zh"]').click()`)
	if q := value[string](tb, `location.search`); q != "?size=small&year=2025" {
		t.Errorf("after the switch to Chinese the query is %q", q)
	}
	// Another dimension takes back the first: cells that cross two are not published.
	value[chromedp.Void](tb, `(() => { const s = document.querySelector("[name=family]"); s.value = s.options[1].value; s.onchange() })()`)
	if q := value[string](tb, `location.search`); !strings.HasPrefix(q, "?year=2025&family=") {
		t.Errorf("after the choice of a job family the query is %q", q)
	}
	// A fragment that is no address of ours, even none at all, leaves the page as it is.
	value[bool](tb, `new Promise(ok => { addEventListener("hashchange", () => setTimeout(() => ok(true), 0)); location.hash = "#100%" })`)
	tb.noComplaints()
}

// The box in the header of any page finds places on all of them.
func TestFindAcrossPages(t *testing.T) {
	pages := fixturePages(t)
	tb := pages.open(t, "index.html", "q=V015", 1440)
	tb.settle()
	if href := value[string](tb, `(document.querySelector(".hits a") || {getAttribute: () => ""}).getAttribute("href")`); href != "rules.html#V015" {
		t.Errorf("V015 leads to %q", href)
	}
	if shown := value[string](tb, `(() => { const f = document.querySelector(".seek"); f.elements.q.value = "<b>nowhere"; f.onsubmit(); return document.querySelector(".found").textContent })()`); shown != "没有找到" {
		t.Errorf("what is nowhere is found: %q", shown)
	}
	tb.noComplaints()
	other := pages.open(t, "methods.html", "", 1440)
	value[chromedp.Void](other, `(() => { const f = document.querySelector(".seek"); f.elements.q.value = "Borich"; setTimeout(() => f.onsubmit(), 0) })()`)
	for end := time.Now().Add(trial.Patience); ; time.Sleep(50 * time.Millisecond) { // an answer is lost while the page changes
		found, err := chromium.Evaluate[bool](other.window, `/index\.html$/.test(location.pathname) && !!document.querySelector(".hits a")`)
		if err == nil && found {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the box of another page led to no place: %v", err)
		}
	}
}
