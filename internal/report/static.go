package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"modernc.org/quickjs"
)

//go:embed assets/echarts.min.js
var echartsJS string

//go:embed assets/chart.js
var chartJS string

// stillLimit ends a drawing that does not come back, stillMemory (bytes) one that eats all: a chart
// takes tens of milliseconds and a few MiB.
const (
	stillLimit  = 30 * time.Second
	stillMemory = 256 << 20
)

// press draws still pictures of charts: echarts inside a JavaScript interpreter, no browser.
// It is for one goroutine. A picture depends on its option alone, not on those drawn before.
type press struct {
	vm *quickjs.VM
}

// pressGlue gives echarts the two things it asks of a browser: timers, which never fire in a still
// picture, and text widths (one em for a Chinese character, a third to nine tenths for a Latin one,
// rather too wide than too narrow).
const pressGlue = `
function setTimeout() { return 0 }
function clearTimeout() {}
function measure(text, font) {
  var size = parseFloat((/([\d.]+)px/.exec(font || "") || [0, 12])[1]), width = 0;
  for (var i = 0; i < text.length; i++) {
    var c = text.charAt(i);
    width += size * (c > "\u2e7f" ? 1 : "iljtf.,:;'|!() ".indexOf(c) >= 0 ? 0.36 : "mwMW%@".indexOf(c) >= 0 ? 0.92 : c >= "A" && c <= "Z" ? 0.68 : 0.58);
  }
  return { width: width };
}
`

// pressStart joins echarts with the glue and names the one function that draw calls.
const pressStart = `
echarts.setPlatformAPI({ measureText: measure });
function still(option, width, height) { return qianqi.still(echarts, option, width, height) }
`

// pressProgram is all that a press runs, compiled once per process; compiling costs more than ten
// charts.
var pressProgram = sync.OnceValues(func() ([]byte, error) {
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, err
	}
	program, err := vm.Compile(pressGlue+echartsJS+"\n"+chartJS+pressStart, quickjs.EvalGlobal)
	return program, errors.Join(err, vm.Close())
})

// newPress is a press ready to draw; close it after use.
func newPress() (*press, error) {
	program, err := pressProgram()
	if err != nil {
		return nil, fmt.Errorf("compile echarts: %w", err)
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		return nil, fmt.Errorf("load echarts: %w", err)
	}
	vm.SetMemoryLimit(stillMemory)
	err = vm.SetEvalTimeout(stillLimit)
	if err == nil {
		_, err = vm.EvalBytecode(program)
	}
	if err != nil {
		return nil, fmt.Errorf("load echarts: %w", errors.Join(err, vm.Close()))
	}
	return &press{vm}, nil
}

func (p *press) close() error { return p.vm.Close() }

// draw returns the chart as an <svg> element in light colours, labelled alt, its ids prefixed by id.
func (p *press) draw(id string, option []byte, width, height int, alt string) ([]byte, error) {
	v, err := p.vm.Call("still", string(option), width, height)
	if err != nil {
		return nil, fmt.Errorf("draw chart %s: %w", id, err)
	}
	svg, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("draw chart %s: no picture but %T", id, v)
	}
	return tidySVG(svg, id, width, height, alt), nil
}

var (
	svgHead   = regexp.MustCompile(`(?s)^<svg [^>]*>\s*(<rect [^>]*fill="(?:none|transparent)"[^>]*></rect>)?`)
	svgNoise  = regexp.MustCompile(` (?:class="zr\d+-cls-\d+"|pointer-events="visible")`)
	svgID     = regexp.MustCompile(`zr\d+-`)
	svgFont   = regexp.MustCompile(`;?font-family:[^;"]*`)
	svgStyles = regexp.MustCompile(`(?s)<style\s*>.*?</style>`)
)

// tidySVG drops what only an interactive picture needs and makes ids unique within a page.
func tidySVG(svg, id string, width, height int, alt string) []byte {
	svg = svgStyles.ReplaceAllString(svg, "")
	svg = svgHead.ReplaceAllString(svg, "")
	svg = svgNoise.ReplaceAllString(svg, "")
	svg = svgFont.ReplaceAllString(svg, "")
	svg = svgID.ReplaceAllString(svg, id+"-")
	head := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + strconv.Itoa(width) + " " + strconv.Itoa(height) +
		`" role="img" aria-label="` + html.EscapeString(plain(alt, 300)) + `">`
	return []byte(head + strings.TrimSpace(svg))
}

// drawStills draws the still picture of every chart of the pages, on as many presses as there are
// processors, and takes from kept what was drawn before.
func drawStills(pages []*page, kept Stills) error {
	var charts []*Chart
	for _, p := range pages {
		for _, s := range p.Sections {
			if s.Chart != nil && !s.Chart.recall(kept) {
				charts = append(charts, s.Chart)
			}
		}
	}
	if err := drawAll(charts); err != nil {
		return err
	}
	if kept != nil {
		for _, c := range charts {
			kept.Store(c.stillKey(), c.svg)
		}
	}
	return nil
}

// recall takes the picture from kept and reports whether it was there.
func (c *Chart) recall(kept Stills) bool {
	if kept == nil {
		return false
	}
	svg, ok := kept.Load(c.stillKey())
	c.svg = svg
	return ok
}

// stillKey covers all a picture depends on: the option, its size and words, and both scripts.
func (c *Chart) stillKey() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %d %d %q ", scriptsHash(), c.ID, c.Width, c.Height, c.Alt.Both())
	h.Write(c.option)
	return hex.EncodeToString(h.Sum(nil))
}

var scriptsHash = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(echartsJS + chartJS + pressGlue + pressStart))
	return hex.EncodeToString(sum[:8])
})

// drawAll draws the still picture of every chart, on as many presses as there are processors.
func drawAll(charts []*Chart) error {
	work := make(chan *Chart)
	errs := make(chan error, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(charts)) {
		wg.Go(func() { errs <- drawSome(work) })
	}
	go func() {
		defer close(work)
		for _, c := range charts {
			work <- c
		}
	}()
	wg.Wait()
	close(errs)
	var first error
	for err := range errs {
		if first == nil {
			first = err
		}
	}
	return first
}

// drawSome drains work even after an error, so that the sender never blocks.
func drawSome(work <-chan *Chart) error {
	p, err := newPress()
	for c := range work {
		if err != nil {
			continue
		}
		c.svg, err = p.draw(c.ID, c.option, c.Width, c.Height, c.Alt.Both())
	}
	if p != nil {
		err = errors.Join(err, p.close())
	}
	return err
}
