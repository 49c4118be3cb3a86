package codebook

import (
	"regexp"
	"slices"
	"strings"
)

// Stages are the rungs a submission climbs, in order: is it a workbook, the right one, its
// version, are the keys there, is everything required there, types, ranges, then across.
var Stages = []string{
	"file", "form", "version", "keys", "required", "type", "range", "cross_field", "cross_sheet", "cross_file",
}

var (
	ruleShape   = regexp.MustCompile(`^[A-Z][0-9]{3}$`)
	placeholder = regexp.MustCompile(`\{[^{}]*\}`)
	severities  = []string{string(SeverityError), string(SeverityWarning), string(SeverityTrial)}
	// everyRule can be used in the texts of any rule.
	everyRule = []string{"field", "header", "got", "want", "cell", "sheet", "file", "count"}
)

func (c *checker) rules() {
	codes := make([]string, len(c.cb.Rules))
	for i, r := range c.cb.Rules {
		codes[i] = string(r.Code)
		path := member("rules", codes[i], i)
		if !ruleShape.MatchString(codes[i]) {
			c.say(path+".code", "规则代码为一个大写字母加三位数字，现为“%s”", "a rule code is a capital letter and three digits, found %q", codes[i])
		}
		c.text(path+".title", r.Title)
		if !r.Retired {
			c.rule(path, r)
		}
	}
	c.unique("rules", codes)
}

// rule checks one that is in force: it must say everything, with an example.
func (c *checker) rule(path string, r Rule) {
	c.oneOf(path+".severity", string(r.Severity), severities)
	c.oneOf(path+".stage", r.Stage, Stages)
	c.text(path+".message", r.Message)
	c.text(path+".fix", r.Fix)
	c.text(path+".why", r.Why)
	if strings.TrimSpace(r.Before) == "" || strings.TrimSpace(r.After) == "" {
		c.say(path, "缺少改前、改后的例子", "the example before and after is missing")
	}
	if r.Before == r.After && r.Before != "" {
		c.say(path, "改前、改后的例子一样", "the examples before and after are the same")
	}
	c.placeholders(path+".message", r.Message, r.Names)
	c.placeholders(path+".fix", r.Fix, r.Names)
}

func (c *checker) placeholders(path string, t Text, names []string) {
	for _, text := range []string{t.ZH, t.EN} {
		for _, p := range placeholder.FindAllString(text, -1) {
			name := p[1 : len(p)-1]
			if !slices.Contains(everyRule, name) && !slices.Contains(names, name) {
				c.say(path, "占位符 %s 未知；规则自己的占位符须列在 names 中", "the placeholder %s is unknown; a rule's own ones must be listed under names", p)
			}
		}
	}
}
