package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"regexp"
	"strings"
	"sync"
)

//go:embed templates
var templateFiles embed.FS

//go:embed assets/style.css
var styleCSS string

//go:embed assets/page.js
var pageJS string

//go:embed assets/echarts.LICENSE.txt
var echartsLicense string

//go:embed assets/echarts.NOTICE.txt
var echartsNotice string

//go:embed assets/zrender.LICENSE.txt
var zrenderLicense string

// script is the one script of every page. It is the same on all of them, so that its hash in the
// content-security-policy allows it and nothing else.
var script = sync.OnceValue(func() string {
	return "\n" + chartJS + "qianqi.inks = " + inkScript() + ";\n" + pageJS
})

// style is the style sheet of every page.
var style = sync.OnceValue(func() string { return "\n" + inkCSS() + styleCSS })

// ContentSecurityPolicy is the policy every page carries in a meta element, for servers that send
// it as a header too: no network, and no script but the page's own, which may load echarts from
// beside the page. Browsers without 'strict-dynamic' fall back to 'self'.
var ContentSecurityPolicy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(script()))
	return "default-src 'none'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "' 'strict-dynamic' 'self'; " +
		"style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
})

// templateSets names the files each kind of page is made from; nothing is picked up by pattern.
var templateSets = map[string][]string{
	"argument":  {"layout.html", "parts.html", "argument.html"},
	"cluster":   {"layout.html", "parts.html", "argument.html", "cluster.html"},
	"methods":   {"layout.html", "parts.html", "methods.html"},
	"rules":     {"layout.html", "parts.html", "rules.html"},
	"trace":     {"layout.html", "parts.html", "trace.html"},
	"downloads": {"layout.html", "parts.html", "downloads.html"},
}

var templates = sync.OnceValue(func() map[string]*template.Template {
	sets := make(map[string]*template.Template, len(templateSets))
	for name, files := range templateSets {
		t := template.New("layout.html").Funcs(template.FuncMap{
			"svg":     func(c *Chart) template.HTML { return template.HTML(c.svg) }, // drawn by us from escaped text
			"option":  func(c *Chart) template.JS { return template.JS(c.option) },  // encode escapes <, > and &
			"script":  func() template.JS { return template.JS(script()) },
			"style":   func() template.CSS { return template.CSS(style()) },
			"policy":  ContentSecurityPolicy,
			"pair":    func(a, b any) [2]any { return [2]any{a, b} },
			"math":    mathRuns,
			"runs":    runsOf,
			"csstext": cssText,
		})
		for _, f := range files {
			template.Must(t.ParseFS(templateFiles, "templates/"+f))
		}
		sets[name] = t
	}
	return sets
})

// mathRun is a piece of a formula, on the line or below it.
type mathRun struct {
	Text string
	Sub  bool
}

var subscript = regexp.MustCompile(`_(\([^)]*\)|[\p{L}\p{N}*∈]+)`)

// mathRuns splits a formula at its subscripts: w_e, Σ_j∈e, p_(i).
func mathRuns(s string) []mathRun {
	var runs []mathRun
	at := 0
	for _, m := range subscript.FindAllStringSubmatchIndex(s, -1) {
		runs = append(runs, mathRun{s[at:m[0]], false}, mathRun{s[m[2]:m[3]], true})
		at = m[1]
	}
	return append(runs, mathRun{s[at:], false})
}

// cssText is text as a CSS string, for the running header of print.
func cssText(s string) template.CSS {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range plain(s, 80) {
		if r == '"' || r == '\\' || r == '<' || r == '>' || r == '&' {
			continue
		}
		b.WriteRune(r)
	}
	b.WriteByte('"')
	return template.CSS(b.String())
}

// render sets the page, where the one before it was set.
func (p *page) render() ([]byte, error) {
	b := &p.site.sheet
	b.Reset()
	if err := templates()[p.Template].Execute(b, p); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil
}

// tables lists every table of the page.
func (p *page) tables() []*table {
	var out []*table
	for _, s := range p.Sections {
		if s.Table != nil {
			out = append(out, s.Table)
		}
		out = append(out, s.More...)
	}
	return out
}

// Site is what the page shares with the others, for the templates.
func (p *page) Site() *frame { return p.site }

// Stylesheet is the style sheet of every page, for other pages that look the same.
func Stylesheet() string { return style() }
