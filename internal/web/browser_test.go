package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/thousand-enterprises/qianqi/internal/chromium"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

func TestMain(m *testing.M) {
	trial.Roomy()
	code := chromium.Run(m)
	if surveyedIn != "" {
		os.RemoveAll(surveyedIn)
	}
	os.Exit(code)
}

// open serves the site on a port of this machine until the test ends, and returns its address.
func (s *site) open() string {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, l) }()
	s.t.Cleanup(func() {
		stop()
		trial.Within(s.t, "the server", func() {
			if err := <-done; err != nil {
				s.t.Errorf("the server ended with %v", err)
			}
		})
	})
	return "http://" + l.Addr().String()
}

// person is somebody at a browser of their own.
type person struct {
	t    *testing.T
	base string
	dir  string // what they have on their disk

	window  context.Context
	scripts bool // pages may run theirs

	mu         sync.Mutex
	complaints []string
}

// newPerson opens a browser window; scripts may be off.
func newPerson(t *testing.T, base string, script bool) *person {
	t.Helper()
	p := &person{t: t, base: base, dir: t.TempDir(), scripts: script}
	t.Cleanup(func() { // after the window is closed: until then its pages may complain
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range p.complaints {
			t.Error(c)
		}
	})
	p.window = chromium.Open(t, p.listen, chromium.Alone)
	p.runs(script)
	return p
}

// runs lets pages run their scripts, or not.
func (p *person) runs(script bool) {
	p.t.Helper()
	p.do(chromium.Scripted(script))
}

// listen notes what the pages complain about, and every request that leaves this machine.
func (p *person) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.complaints = append(p.complaints, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if !strings.Contains(e.Entry.Text, "status of 4") { // a page that says what is wrong
			p.complaints = append(p.complaints, "log: "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, p.base) && !strings.HasPrefix(u, "data:") {
			p.complaints = append(p.complaints, "request: "+u)
		}
	}
}

func (p *person) do(steps ...chromium.Step) {
	p.t.Helper()
	if err := chromium.Do(p.window, steps...); err != nil {
		p.t.Fatalf("browser: %v; the page: %s", err, p.text())
	}
}

// reads evaluates an expression in the page.
func reads[T any](p *person, expression string) T {
	p.t.Helper()
	v, err := chromium.Evaluate[T](p.window, expression)
	if err != nil {
		p.t.Fatalf("browser: %.300s: %v", expression, err)
	}
	return v
}

// text is what the page says.
func (p *person) text() string {
	text, err := chromium.Evaluate[string](p.window, "document.body.innerText")
	if err != nil {
		return err.Error()
	}
	return text
}

// visit goes to an address.
func (p *person) visit(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base + path))
}

// at is the path the person is at.
func (p *person) at() string { return reads[string](p, "location.pathname") }

// choose fills a field of the page in, whatever it is.
func (p *person) fill(field, value string) {
	p.t.Helper()
	reads[bool](p, `(() => { const f = document.querySelector(`+strconv.Quote(field)+`); if (!f) throw new Error("no field "+`+strconv.Quote(field)+`);
		if (f.type === "checkbox") f.checked = true; else f.value = `+strconv.Quote(value)+`; return true })()`)
}

// press presses the button or link that a selector names, or whose words begin with a text, and
// waits for the page it leads to.
func (p *person) press(what string) {
	p.t.Helper()
	marked := reads[bool](p, `(() => { const words = `+strconv.Quote(what)+`; let n = null;
		try { n = document.querySelector(words) } catch {}
		n = n || [...document.querySelectorAll("main button, main a, header button, header a")].find(n => n.innerText.trim().startsWith(words));
		if (!n) return false; document.querySelectorAll("[data-press]").forEach(o => delete o.dataset.press); n.dataset.press = 1; n.scrollIntoView({block: "center", behavior: "instant"}); return true })()`)
	if !marked {
		p.t.Fatalf("there is nothing to press called %q on %s: %s", what, p.at(), p.text())
	}
	_, err := chromium.Try(p.window, func(ctx context.Context) (*network.Response, error) {
		return chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS("[data-press]")))
	})
	if err != nil {
		p.t.Fatalf("pressing %q led nowhere: %v; the page: %s", what, err, p.text())
	}
}

// unfold opens what is folded under a summary.
func (p *person) unfold(summary string) {
	p.t.Helper()
	if !reads[bool](p, `(() => { const n = [...document.querySelectorAll("summary")].find(n => n.innerText.trim().startsWith(`+strconv.Quote(summary)+`)); if (n) n.click(); return !!n })()`) {
		p.t.Fatalf("nothing is folded under %q", summary)
	}
}

// waits until an expression is true in the page, over reloads.
func (p *person) waits(expression string) {
	p.t.Helper()
	for end := time.Now().Add(trial.Patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if ok, err := chromium.Evaluate[bool](p.window, expression); err == nil && ok {
			return
		}
	}
	p.t.Fatalf("%s never came true on %s: %s", expression, p.at(), p.text())
}

// sees fails the test unless the page says every text.
func (p *person) sees(texts ...string) {
	p.t.Helper()
	page := p.text()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			p.t.Errorf("%s does not say %q: %.900s", p.at(), text, page)
		}
	}
}

// signIn signs in through the page.
func (p *person) signIn(login string) {
	p.t.Helper()
	p.visit("/signin")
	p.fill("#login", login)
	p.fill("#password", aPassword)
	p.press("登录")
	if p.at() == "/signin" {
		p.t.Fatalf("%s did not get in: %s", login, p.text())
	}
}

// choose puts files on the person's disk and into the page's field for them.
func (p *person) choose(files ...file) {
	p.t.Helper()
	var paths []string
	for _, f := range files {
		path := filepath.Join(p.dir, f.name)
		if err := os.WriteFile(path, f.data, 0o600); err != nil {
			p.t.Fatal(err)
		}
		paths = append(paths, path)
	}
	p.do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), paths))
}

// save fetches what a link leads to, with the browser's own cookies, and returns its bytes.
func (p *person) save(what string) []byte {
	p.t.Helper()
	data, err := base64.StdEncoding.DecodeString(reads[string](p, `(async () => { const a = [...document.querySelectorAll("main a")].find(n => n.innerText.trim().startsWith(`+strconv.Quote(what)+`));
		if (!a) throw new Error("no link"); const r = await fetch(a.href); if (!r.ok) throw new Error("status " + r.status);
		const b = new Uint8Array(await r.arrayBuffer()); let s = ""; for (let i = 0; i < b.length; i += 8192) s += String.fromCharCode(...b.subarray(i, i + 8192)); return btoa(s) })()`))
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

// outside is what sticks out of a page to the side.
const outside = `(() => { const wrong = [], wide = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > wide) wrong.push("page is " + document.documentElement.scrollWidth + " wide in " + wide);
	for (const n of document.querySelectorAll("body *")) { if (n.closest(".scroll") || n.closest(".skip") || n.closest("svg")) continue;
		const b = n.getBoundingClientRect(); if (b.width && (b.right > wide + 1 || b.left < -1)) { wrong.push("sticks out: " + n.tagName + "." + n.className + " " + n.textContent.slice(0, 40)); break } }
	return wrong })()`

// axeFinds is what axe-core has against the page, whatever its weight.
const axeFinds = `axe.run(document, {iframes: false}).then(r => !r.passes.length ? ["no rule looked at anything"] : r.violations.map(v => v.impact + " " + v.id + ": " + v.help + "\n" +
	v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " | " + ((n.any[0] || n.all[0] || n.none[0] || {}).message || "")).join("\n")))`

// look holds the page against 390, 768 and 1440 px and against axe-core, and keeps screenshots where
// the flag asks for them.
func (p *person) look(name string) {
	p.t.Helper()
	for _, width := range []int{390, 768, 1440} {
		p.do(chromium.Sized(width))
		for _, wrong := range reads[[]string](p, outside) {
			p.t.Errorf("%s at %d px: %s", name, width, wrong)
		}
		chromium.Shoot(p.t, p.window, fmt.Sprintf("%s-%d.png", name, width), 6000)
	}
	p.runs(true) // axe is a script too
	reads[int](p, chromium.AxeJS()+";0")
	for _, wrong := range reads[[]string](p, axeFinds) {
		p.t.Errorf("%s: %s", name, wrong)
	}
	p.runs(p.scripts)
}
