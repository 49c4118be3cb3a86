package codebook

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// What a codebook must keep to.
const (
	minCompetencies = 3
	maxCompetencies = 20
	scalePoints     = 5
	maxAnchor       = 60  // Chinese characters of one anchor
	maxPrompt       = 255 // UTF-16 units of a cell prompt, the limit of spreadsheet programs
	maxShort        = 6   // Chinese characters of a chart label
)

// Validate returns everything that is wrong with a codebook, section by section. Paths name list
// members by their code, e.g. "competencies[fault_diagnosis].anchors[2].zh".
func Validate(cb *Codebook) []Problem {
	c := &checker{cb: cb}
	c.identity()
	c.competencies()
	c.scale("importance", cb.Importance)
	c.scale("level", cb.Level)
	c.items("tracks", cb.Tracks)
	c.items("ladder", cb.Ladder)
	c.programmes()
	c.vocabularies()
	c.missing()
	c.notes()
	c.forms()
	c.rules()
	c.crosswalks()
	c.campaigns()
	c.lexicon()
	return c.problems
}

// checker collects problems so that all of them are told at once.
type checker struct {
	cb       *Codebook
	problems []Problem
}

// say records a problem. zh and en take the same arguments in the same order.
func (c *checker) say(path, zh, en string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Message: Text{
		ZH: fmt.Sprintf(zh, args...),
		EN: fmt.Sprintf(en, args...),
	}})
}

var (
	idShape   = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	codeShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)
	keyShape  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

func (c *checker) identity() {
	if !idShape.MatchString(c.cb.ID) {
		c.say("id", "编码簿标识须由小写字母、数字和连字符组成，现为“%s”", "the id is lower-case letters, digits and hyphens, found %q", c.cb.ID)
	}
	if strings.TrimSpace(c.cb.Version) == "" {
		c.say("version", "缺少版本号", "the version is missing")
	}
	if !idShape.MatchString(c.cb.College) {
		c.say("college", "学校代码须由小写字母、数字和连字符组成，现为“%s”", "the college code is lower-case letters, digits and hyphens, found %q", c.cb.College)
	}
	c.text("title", c.cb.Title)
	c.text("college_name", c.cb.CollegeName)
}

// text wants both languages.
func (c *checker) text(path string, t Text) {
	if strings.TrimSpace(t.ZH) == "" {
		c.say(path+".zh", "缺少中文", "the Chinese text is missing")
	}
	if strings.TrimSpace(t.EN) == "" {
		c.say(path+".en", "缺少英文", "the English text is missing")
	}
}

// member names a list member by its code, or by its place where the code cannot serve.
func member(list, code string, i int) string {
	if code == "" || strings.ContainsAny(code, "[].") {
		return fmt.Sprintf("%s[%d]", list, i)
	}
	return list + "[" + code + "]"
}

// unique reports every code that stands twice in a list.
func (c *checker) unique(list string, codes []string) {
	seen := make(map[string]bool, len(codes))
	for i, code := range codes {
		if seen[code] {
			c.say(member(list, code, i), "“%s”重复", "%q stands twice", code)
		}
		seen[code] = true
	}
}

func (c *checker) competencies() {
	active := 0
	codes := make([]string, len(c.cb.Competencies))
	for i, comp := range c.cb.Competencies {
		codes[i] = string(comp.Code)
		if !comp.Optional {
			active++
		}
		c.competency(member("competencies", string(comp.Code), i), comp)
	}
	c.unique("competencies", codes)
	c.formerNames()
	if active < minCompetencies || active > maxCompetencies {
		c.say("competencies", "启用的能力应为 %d 至 %d 项，现有 %d 项", "there must be %d to %d competencies switched on, found %d",
			minCompetencies, maxCompetencies, active)
	}
}

// formerNames reports a former name of one competency that another answers to: it would find neither.
func (c *checker) formerNames() {
	owner := make(map[string]CompetencyID)
	for _, comp := range c.cb.Competencies {
		for _, name := range append(comp.Name.Spellings(), comp.Short.Spellings()...) {
			owner[Fold(name)] = comp.Code
		}
	}
	for i, comp := range c.cb.Competencies {
		for j, former := range comp.Former {
			for _, name := range former.Spellings() {
				if other, taken := owner[Fold(name)]; taken && other != comp.Code {
					c.say(fmt.Sprintf("%s.former[%d]", member("competencies", string(comp.Code), i), j),
						"旧名称“%s”同时指“%s”，无法确定", "the former name %q also means %q, so neither is certain", name, other)
				}
				owner[Fold(name)] = comp.Code
			}
		}
	}
}

func (c *checker) competency(path string, comp Competency) {
	if !keyShape.MatchString(string(comp.Code)) {
		c.say(path+".code", "能力代码须由小写字母、数字和下划线组成，现为“%s”", "a competency code is lower-case letters, digits and underscores, found %q", comp.Code)
	}
	c.text(path+".name", comp.Name)
	c.text(path+".short", comp.Short)
	if n := utf8.RuneCountInString(comp.Short.ZH); n > maxShort {
		c.say(path+".short.zh", "图表简称至多 %d 个字，现有 %d 个", "the chart label has at most %d characters, found %d", maxShort, n)
	}
	c.text(path+".definition", comp.Definition)
	c.anchors(path+".anchors", comp.Anchors)
}

func (c *checker) anchors(path string, anchors []Text) {
	if len(anchors) != scalePoints {
		c.say(path, "水平描述应为 %d 级，现有 %d 级", "exactly %d anchors are needed, found %d", scalePoints, len(anchors))
		return
	}
	for i, a := range anchors {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.text(at, a)
		if n := utf8.RuneCountInString(a.ZH); n > maxAnchor {
			c.say(at+".zh", "一级描述至多 %d 个字，现有 %d 个", "an anchor has at most %d Chinese characters, found %d", maxAnchor, n)
		}
	}
	if n := len(utf16.Encode([]rune(anchorPrompt(anchors)))); n > maxPrompt {
		c.say(path, "五级描述合起来至多 %d 个字（单元格提示的上限），现有 %d 个", "the five anchors together must fit a cell prompt of %d characters, found %d", maxPrompt, n)
	}
}

// anchorPrompt is the prompt of a rating cell: a level a line.
func anchorPrompt(anchors []Text) string {
	lines := make([]string, len(anchors))
	for i, a := range anchors {
		lines[i] = fmt.Sprintf("%d %s", i+1, a.ZH)
	}
	return strings.Join(lines, "\n")
}

func (c *checker) scale(path string, s Scale) {
	c.text(path+".name", s.Name)
	if len(s.Points) != scalePoints {
		c.say(path+".points", "量表应为 %d 点，现有 %d 点", "a scale has exactly %d points, found %d", scalePoints, len(s.Points))
	}
	for i, p := range s.Points {
		c.text(fmt.Sprintf("%s.points[%d]", path, i), p)
	}
}

// items checks one list of coded values.
func (c *checker) items(path string, items []Item) {
	if len(items) == 0 {
		c.say(path, "列表是空的", "the list is empty")
	}
	codes := make([]string, len(items))
	known := make(map[string]bool, len(items))
	for i, it := range items {
		codes[i] = it.Code
		known[it.Code] = true
	}
	c.unique(path, codes)
	for i, it := range items {
		at := member(path, it.Code, i)
		if !codeShape.MatchString(it.Code) {
			c.say(at+".code", "代码须由字母、数字、下划线、点和连字符组成，现为“%s”", "a code is letters, digits, underscores, dots and hyphens, found %q", it.Code)
		}
		c.text(at+".name", it.Name)
		if it.Parent != "" && !known[it.Parent] {
			c.say(at+".parent", "上级代码“%s”不存在", "the parent %q does not exist", it.Parent)
		}
	}
	c.sharedAliases(path, items)
}

// sharedAliases reports an alias that another item also answers to: it would find neither.
func (c *checker) sharedAliases(path string, items []Item) {
	owner := make(map[string]int)
	for i, it := range items {
		owner[Fold(it.Code)] = i
		owner[Fold(it.Name.ZH)] = i
	}
	for i, it := range items {
		for j, alias := range it.Aliases {
			if other, taken := owner[Fold(alias)]; taken && other != i {
				c.say(fmt.Sprintf("%s.aliases[%d]", member(path, it.Code, i), j),
					"别名“%s”同时指“%s”，无法确定", "the alias %q also means %q, so neither is certain", alias, items[other].Code)
				continue
			}
			owner[Fold(alias)] = i
		}
	}
}

func (c *checker) programmes() {
	tracks := codeSet(c.cb.Tracks)
	codes := make([]string, len(c.cb.Programmes))
	for i, p := range c.cb.Programmes {
		codes[i] = string(p.Code)
		path := member("programmes", string(p.Code), i)
		if !keyShape.MatchString(string(p.Code)) {
			c.say(path+".code", "专业代码须由小写字母、数字和下划线组成，现为“%s”", "a programme code is lower-case letters, digits and underscores, found %q", p.Code)
		}
		c.text(path+".name", p.Name)
		for j, t := range p.Tracks {
			if !tracks[string(t)] {
				c.say(fmt.Sprintf("%s.tracks[%d]", path, j), "认证方向“%s”不在 tracks 中", "the track %q is not in the list of tracks", t)
			}
		}
		for j, n := range p.Notes {
			c.text(fmt.Sprintf("%s.notes[%d]", path, j), n)
		}
	}
	c.unique("programmes", codes)
	if len(c.cb.Programmes) == 0 {
		c.say("programmes", "至少要有一个专业", "there must be at least one programme")
	}
}

func codeSet(items []Item) map[string]bool {
	set := make(map[string]bool, len(items))
	for _, it := range items {
		set[it.Code] = true
	}
	return set
}

func (c *checker) vocabularies() {
	names := make([]string, len(c.cb.Vocabularies))
	for i, v := range c.cb.Vocabularies {
		names[i] = v.Name
		path := member("vocabularies", v.Name, i)
		if !keyShape.MatchString(v.Name) {
			c.say(path+".name", "词表名须由小写字母、数字和下划线组成，现为“%s”", "a vocabulary name is lower-case letters, digits and underscores, found %q", v.Name)
		}
		for _, own := range virtual {
			if v.Name == own {
				c.say(path+".name", "词表“%s”由编码簿其他部分生成，不能另设", "the vocabulary %q is made from other sections and cannot be listed", v.Name)
			}
		}
		c.text(path+".title", v.Title)
		c.items(path+".items", v.Items)
	}
	c.unique("vocabularies", names)
}

var missingStatuses = []string{"unknown", "not_applicable", "none", "refused"}

func (c *checker) missing() {
	words := make([]string, len(c.cb.Missing))
	for i, m := range c.cb.Missing {
		words[i] = Fold(m.Word)
		at := fmt.Sprintf("missing[%d]", i)
		if words[i] == "" {
			c.say(at+".word", "缺失用语是空的", "the word is empty")
		}
		c.oneOf(at+".status", m.Status, missingStatuses)
	}
	c.unique("missing", words)
}

// oneOf wants one of a few words.
func (c *checker) oneOf(path, got string, want []string) {
	for _, w := range want {
		if got == w {
			return
		}
	}
	c.say(path, "“%s”应为 %s 之一", "%q must be one of %s", got, strings.Join(want, ", "))
}

func (c *checker) notes() {
	for i, n := range c.cb.Notes {
		c.text(fmt.Sprintf("notes[%d]", i), n)
	}
}

func (c *checker) crosswalks() {
	known := c.competencyCodes()
	for i, w := range c.cb.Crosswalks {
		path := fmt.Sprintf("crosswalks[%d]", i)
		if w.From == "" || w.Until <= 0 {
			c.say(path, "须写明原代码 from 和最后使用的年份 until", "both from, the old code, and until, its last year, are needed")
		}
		if len(w.To) == 0 {
			c.say(path+".to", "须写明今天的代码", "the codes of today are missing")
		}
		for j, to := range w.To {
			if !known[to] {
				c.say(fmt.Sprintf("%s.to[%d]", path, j), "能力“%s”不存在", "there is no competency %q", to)
			}
		}
	}
}

func (c *checker) campaigns() {
	seen := make(map[int]bool)
	for i, campaign := range c.cb.Campaigns {
		path := fmt.Sprintf("campaigns[%d]", i)
		if campaign.Year < 1900 || campaign.Year > 9999 {
			c.say(path+".year", "年份“%d”不对", "%d is no year", campaign.Year)
		}
		if seen[campaign.Year] {
			c.say(path+".year", "%d 年写了两次", "%d is there twice", campaign.Year)
		}
		seen[campaign.Year] = true
		if _, err := time.Parse("2006-01-02", campaign.Closes); err != nil {
			c.say(path+".closes", "“%s”不是日期，应写成 2026-12-31", "%q is no date; write it as 2026-12-31", campaign.Closes)
		}
	}
}

func (c *checker) competencyCodes() map[CompetencyID]bool {
	known := make(map[CompetencyID]bool, len(c.cb.Competencies))
	for _, comp := range c.cb.Competencies {
		known[comp.Code] = true
	}
	return known
}

func (c *checker) lexicon() {
	known := c.competencyCodes()
	owner := make(map[string]CompetencyID)
	for i, e := range c.cb.Lexicon {
		path := fmt.Sprintf("lexicon[%d]", i)
		if !known[e.Competency] {
			c.say(path+".competency", "能力“%s”不存在", "there is no competency %q", e.Competency)
		}
		for j, w := range e.Words {
			at := fmt.Sprintf("%s.words[%d]", path, j)
			key := string(foldWord(w))
			switch other, taken := owner[key]; {
			case key == "":
				c.say(at, "词是空的", "the word is empty")
			case taken && other != e.Competency:
				c.say(at, "词“%s”已归“%s”", "the word %q already belongs to %q", w, other)
			}
			owner[key] = e.Competency
		}
	}
}
