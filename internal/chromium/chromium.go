// Package chromium is the real browser that tests open pages in: one headless Chromium for all tests of
// a room, windows in it, and the pictures kept of them. No program imports it.
package chromium

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// Step is one thing done in a window.
type Step = chromedp.Action[chromedp.Void]

// errImpatient is why a step ended that took longer than trial.Patience.
var errImpatient = fmt.Errorf("nothing came of it within %v", trial.Patience)

// theBrowser is started by the first test that opens a window.
var theBrowser struct {
	sync.Mutex
	ctx   context.Context
	close func()
}

// Run runs the tests of a room, ends the browser that they started, and returns the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	if theBrowser.close != nil && !trial.Ends(theBrowser.close) {
		fmt.Fprintln(os.Stderr, "the browser does not end; it is left behind")
	}
	return code
}

// browser starts Chromium, once.
func browser() (context.Context, error) {
	theBrowser.Lock()
	defer theBrowser.Unlock()
	if theBrowser.ctx != nil {
		return theBrowser.ctx, nil
	}
	profile, err := os.MkdirTemp("", "qianqi-chromium-*")
	if err != nil {
		return nil, err
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile),
		chromedp.Flag("allow-pre-commit-input", true),       // or a press that comes before the first picture of a page is lost
		chromedp.Flag("force-prefers-reduced-motion", true), // a page that still scrolls moves a button away between press and release
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, stop := chromedp.NewContext(alloc)
	end := func() { stop(); stopAlloc(); os.RemoveAll(profile) }
	if err := begin(ctx, stop); err != nil {
		end()
		return nil, fmt.Errorf("these tests drive a real browser and could not start one: install Chromium (apt-get install chromium): %w", err)
	}
	theBrowser.ctx, theBrowser.close = ctx, end
	return ctx, nil
}

// begin runs the first steps of a context of chromedp, which lives as long as what it is given here:
// only cancelling it bounds them.
func begin(ctx context.Context, cancel context.CancelFunc, steps ...Step) error {
	late := time.AfterFunc(trial.Patience, cancel)
	defer late.Stop()
	return chromedp.Do(ctx, steps...)
}

// Alone gives a window cookies and storage of its own, for about a second; without it all share them.
var Alone = chromedp.WithNewBrowserContext()

// Open opens a window 1,440 px wide that lives as long as the test; listen hears of every request, log
// entry and exception of its pages.
func Open(t testing.TB, listen func(event any), how ...chromedp.ContextOption) context.Context {
	t.Helper()
	parent, err := browser()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(parent, append(how, chromedp.WithListener(listen))...)
	t.Cleanup(func() { trial.Within(t, "the window", stop) })
	if err := begin(ctx, stop, Command(network.Enable, network.EnableParams{}), Command(log.Enable, cdp.Empty{}), Sized(1440)); err != nil {
		t.Fatalf("no window opens: %v", err)
	}
	return ctx
}

// Try does one thing in a window, with patience.
func Try[T any](window context.Context, do func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeoutCause(window, trial.Patience, errImpatient)
	defer cancel()
	v, err := do(ctx)
	if err != nil && errors.Is(context.Cause(ctx), errImpatient) {
		err = errImpatient
	}
	return v, err
}

// Do runs steps in a window, with patience for them all together.
func Do(window context.Context, steps ...Step) error {
	_, err := Try(window, func(ctx context.Context) (chromedp.Void, error) { return chromedp.Run(ctx, chromedp.Steps(steps...)) })
	return err
}

// Evaluate is what an expression comes to in the page of a window, awaited where it is a promise.
func Evaluate[T any](window context.Context, expression string) (T, error) {
	return Try(window, func(ctx context.Context) (T, error) {
		return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	})
}

// Command is a command of the DevTools protocol as a step.
func Command[P, R any](c cdp.Command[P, R], params P) Step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// Sized makes a window some CSS pixels wide; below 500 it is a telephone.
func Sized(width int) Step {
	return Command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: 900, DeviceScaleFactor: 1, Mobile: width < 500})
}

// Scripted lets pages run their scripts, or not.
func Scripted(on bool) Step {
	return Command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

var screens = flag.String("screens", "", "keep screenshots and prints of every page that a test looks at in this folder")

// Shoot keeps a screenshot of the whole page of a window, at most so many pixels high, where the flag
// -screens asks for it.
func Shoot(t testing.TB, window context.Context, name string, highest int) {
	t.Helper()
	if *screens == "" {
		return
	}
	size, err := Evaluate[[]float64](window, fmt.Sprintf(`[innerWidth, Math.min(%d, Math.ceil(document.body.getBoundingClientRect().height))]`, highest))
	if err != nil {
		t.Fatal(err)
	}
	shot, err := Try(window, func(ctx context.Context) (cdpage.CaptureScreenshotResult, error) {
		return chromedp.Call(ctx, cdpage.CaptureScreenshot, cdpage.CaptureScreenshotParams{CaptureBeyondViewport: new(true), Clip: &cdpage.Viewport{Width: size[0], Height: size[1], Scale: 1}})
	})
	if err != nil {
		t.Fatal(err)
	}
	Keep(t, name, shot.Data)
}

// Keep keeps what a test saw as a file, where the flag -screens asks for it.
func Keep(t testing.TB, name string, data []byte) {
	t.Helper()
	if *screens == "" {
		return
	}
	if err := os.MkdirAll(*screens, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*screens, name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// AxeJS is axe-core, MPL-2.0, for tests only; its licence lies beside it in testdata/axe.
var AxeJS = sync.OnceValue(func() string {
	js, err := os.ReadFile(filepath.Join("..", "..", "testdata", "axe", "axe.min.js"))
	if err != nil {
		panic(err) // it is tracked
	}
	return string(js)
})
