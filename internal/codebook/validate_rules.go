package codebook

import (
	"fmt"
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

// Stage returns the rules of one stage in order, retired ones left out: the sections of the rule page.
func (cb *Codebook) Stage(stage string) []Rule {
	var out []Rule
	for _, r := range cb.Rules {
		if r.Stage == stage && !r.Retired {
			out = append(out, r)
		}
	}
	return out
}

// StageName returns the heading of a stage.
func StageName(stage string) Text {
	if t, ok := stageNames[stage]; ok {
		return t
	}
	return Text{ZH: stage, EN: stage}
}

var stageNames = map[string]Text{
	"file":        {ZH: "文件", EN: "The file"},
	"form":        {ZH: "表种", EN: "The right workbook"},
	"version":     {ZH: "模板版本", EN: "Template version"},
	"keys":        {ZH: "表与列", EN: "Sheets and columns"},
	"required":    {ZH: "必填", EN: "Required answers"},
	"type":        {ZH: "类型", EN: "Kind of answer"},
	"range":       {ZH: "范围", EN: "Range"},
	"cross_field": {ZH: "项目之间", EN: "Between answers"},
	"cross_sheet": {ZH: "工作表之间", EN: "Between sheets"},
	"cross_file":  {ZH: "文件之间", EN: "Between files"},
}

// String lists a rule as messages cite it, e.g. "V012 日期 Date".
func (r Rule) String() string { return fmt.Sprintf("%s %s", r.Code, r.Title.Both()) }
