package report

import (
	"encoding/json"
	"html/template"
	"strings"
)

// directory is the table of contents of the overview with what its search looks through.
type directory struct {
	Pages  []contentsPage
	places []place
}

// place is what the search finds: address, page in both languages, finding in both, and more words.
type place [6]string

// contentsPage is one page in the table of contents.
type contentsPage struct {
	File     string
	Title    Text
	Headline Text
	Sections []link
}

// contents lists every page with the finding of each of its sections; the trace pages are found by
// the search only.
func contents(pages, traces []*page) *directory {
	dir := &directory{}
	for _, p := range pages {
		c := contentsPage{File: p.File, Title: p.Title, Headline: p.Headline}
		dir.add(p.File, p.Title, p.Headline, p.words())
		for _, s := range p.Sections {
			c.Sections = append(c.Sections, link{p.File + "#" + s.ID, s.Finding})
			dir.add(p.File+"#"+s.ID, p.Title, s.Finding, s.words())
		}
		dir.Pages = append(dir.Pages, c)
		dir.addExtra(p)
	}
	for _, p := range traces {
		dir.addExtra(p)
	}
	return dir
}

// addExtra lists what stands on a page outside its sections: rules, formulas, traces.
func (dir *directory) addExtra(p *page) {
	switch extra := p.Extra.(type) {
	case []ruleGroup:
		for _, g := range extra {
			for _, r := range g.Rules {
				dir.add(p.File+"#"+r.Code, p.Title, say(r.Code+" "+r.Title.ZH, r.Code+" "+r.Title.EN), []Text{r.Message, r.Fix})
			}
		}
	case []traceBlock:
		for _, b := range extra {
			dir.add(p.File+"#"+b.ID, p.Title, b.Name, nil)
		}
	case methodsExtra:
		for _, list := range [][]formula{extra.Symbols, extra.Rankings, extra.Estimation, extra.Disclosure, extra.Unaddressed} {
			for _, f := range list {
				dir.add(p.File+"#"+f.ID, p.Title, f.Name, []Text{f.Reading})
			}
		}
	}
}

// add lists one place: where it is, the page, its finding, and the words it is found by beside them.
func (dir *directory) add(href string, title, finding Text, words []Text) {
	var all []string
	seen := map[string]bool{}
	for _, w := range words {
		for _, s := range []string{w.ZH, w.EN} {
			if s != "" && !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	text := plain(strings.Join(all, " "), placeColumns)
	dir.places = append(dir.places, place{href, title.ZH, title.EN, finding.ZH, finding.EN, text})
}

// placeColumns is how much of a section's words the search keeps.
const placeColumns = 300

// JSON is what the search looks through, for the page.
func (dir *directory) JSON() template.JS {
	raw, err := json.Marshal(dir.places)
	if err != nil {
		panic(err) // strings always marshal
	}
	return template.JS(raw) // json.Marshal escapes <, > and &
}

// words are what a page says above its sections.
func (p *page) words() []Text {
	var out []Text
	for _, pt := range p.Points {
		for _, it := range pt.Items {
			out = append(out, it.Text)
		}
	}
	return out
}

// words are what a section says below its finding: leads, the names of its tables, their rows.
func (s *section) words() []Text {
	out := append([]Text(nil), s.Lead...)
	for _, t := range append([]*table{s.Table}, s.More...) {
		if t == nil {
			continue
		}
		out = append(out, t.Caption)
		for _, row := range t.Rows {
			for i, c := range row {
				if !t.Columns[i].Numeric && c.Figure == nil && c.Number == nil {
					out = append(out, c.Text)
				}
			}
		}
	}
	return out
}
