package main

import (
	"bytes"
	"html"
	"os"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

var (
	anyTag   = regexp.MustCompile(`<[^>]*>`)
	anySpace = regexp.MustCompile(`\s+`)
)

func tight(text string) string { return anySpace.ReplaceAllString(text, "") }

// samerules holds the report's rule reference against qianqi explain, rule by rule: whatever one
// says in either language the other says too, with the example before and after. samerules PAGE
func samerules(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: samerules PAGE")
	}
	page, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	sections := make(map[string]string)
	for _, part := range strings.Split(string(page), `<div class="rule" id="`)[1:] {
		code, text, _ := strings.Cut(part, `"`)
		sections[code] = tight(html.UnescapeString(anyTag.ReplaceAllString("<"+text, "")))
	}
	rules := codebook.Default().Rules
	if len(sections) != len(rules) {
		ts.Fatalf("%d rules on the page, %d in the catalogue", len(sections), len(rules))
	}
	for i := range rules {
		r := &rules[i]
		var out, complaint bytes.Buffer
		if exit := execute([]string{"explain", string(r.Code)}, nil, &out, &complaint); exit != exitOK {
			ts.Fatalf("explain %s: exit %d %s", r.Code, exit, complaint.String())
		}
		said := tight(out.String())
		before, after := r.Example()
		for _, text := range []string{r.Title.ZH, r.Title.EN, r.Message.ZH, r.Message.EN, r.Fix.ZH, r.Fix.EN, r.Why.ZH, r.Why.EN, before.ZH, before.EN, after.ZH, after.EN} {
			want := tight(text)
			if want == "" && !r.Retired {
				ts.Fatalf("%s does not say everything in both languages", r.Code)
			}
			if !strings.Contains(said, want) {
				ts.Fatalf("explain %s does not say %q:\n%s", r.Code, text, out.String())
			}
			if !strings.Contains(sections[string(r.Code)], want) {
				ts.Fatalf("the page does not say %q of %s:\n%s", text, r.Code, sections[string(r.Code)])
			}
		}
	}
}
