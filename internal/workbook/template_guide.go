package workbook

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Columns of the instructions sheet: a margin, a leading column and five equal ones, so that
// the five levels of a competency stand side by side.
const (
	guideLead  = 2
	guideFirst = 3
	guideLast  = 7

	guideLeadWidth = 26.0
	guideCellWidth = 27.0
)

// guide writes the instructions sheet from top to bottom.
type guide struct {
	*sheetPen
	t   *template
	row int
}

// writeGuide generates the instructions from the codebook: how to fill in, progress, every
// field, the levels, and the rules the answers are held to.
func (t *template) writeGuide() error {
	g := &guide{sheetPen: &sheetPen{t: t, name: guideSheet}, t: t, row: 1}
	g.width(1, 2.5)
	g.width(guideLead, guideLeadWidth)
	for col := guideFirst; col <= guideLast; col++ {
		g.width(col, guideCellWidth)
	}
	g.opening()
	g.steps()
	g.progress()
	if !g.t.opts.Brief {
		g.levels()
		g.fields()
		g.rules()
	}
	g.do(func() error { return t.book.SetSheetDimension(guideSheet, area(1, 1, g.row, guideLast)) })
	return g.err
}

func (g *guide) opening() {
	g.text(g.row, guideLead, g.t.form.Title.Both(), g.t.style.title)
	g.height(g.row, 40)
	line := g.t.cb.Title.Both()
	if g.t.opts.Year != 0 {
		line = fmt.Sprintf("%d 年度　", g.t.opts.Year) + line
	}
	g.row++
	g.text(g.row, guideLead, line, g.t.style.sub)
	g.row++
	g.text(g.row, guideLead, fmt.Sprintf("模板 Template %s 第 %d 版 · 编码本 Codebook %s@%s", g.t.form.Template, g.t.form.Version, g.t.cb.ID, g.t.cb.Version), g.t.style.sub)
	g.row++
}

// section opens a part of the instructions.
func (g *guide) section(title codebook.Text) {
	g.row++
	for col := guideLead; col <= guideLast; col++ {
		g.format(g.row, col, g.row, col, g.t.style.textHead)
	}
	g.text(g.row, guideLead, title.ZH+"　"+title.EN, g.t.style.textHead)
	g.height(g.row, 28)
	g.row++
}

// spread writes a text over the columns from col to the right edge and sets the row's height.
func (g *guide) spread(col int, text string, style int) {
	g.text(g.row, col, text, style)
	g.format(g.row, col, g.row, guideLast, style)
	g.merge(g.row, col, g.row, guideLast)
}

func (g *guide) steps() {
	g.section(codebook.Text{ZH: "怎样填写", EN: "How to fill in"})
	for i, s := range g.stepTexts() {
		text := fmt.Sprintf("%d. %s\n    %s", i+1, s.ZH, s.EN)
		g.spread(guideLead, text, g.t.style.text)
		g.height(g.row, lineHeight(text, guideLeadWidth+5*guideCellWidth, 10.5))
		g.row++
	}
}

// stepTexts are the rules of filling in that hold for every form, with this codebook's words.
func (g *guide) stepTexts() []codebook.Text {
	steps := []codebook.Text{
		{ZH: "只填白色和黄色单元格；其余已锁定。深色表头带 * 的必填，浅色的选填，黄底表示必填而未填，红底表示互相矛盾或重复。",
			EN: "Fill in white and yellow cells only. Dark headers with * are required; yellow marks what is still to do, red what contradicts itself or stands twice."},
		{ZH: "选中单元格会出现填写提示；带下拉箭头的请从列表选择，多选项可直接输入，用“、”或“；”隔开。",
			EN: "Select a cell to see its note. Choose from the list where there is one; type several choices with 、 or ; between them."},
	}
	if words := g.missingWords(); words != "" {
		steps = append(steps, codebook.Text{ZH: "没有答案时不要填 0：" + words + "；选填项也可以留空。",
			EN: "Never write 0 for “no answer”: use one of these words, or leave an optional cell blank."})
	}
	return append(steps,
		codebook.Text{ZH: "不要增删列、改表名或合并单元格；行不够时另交一份。保存为 .xlsx（不要存成 .xls、.et 或加密文件）后上传或放入收件文件夹。",
			EN: "Do not add or remove columns, rename sheets or merge cells. Save as .xlsx (not .xls, .et or encrypted), then upload it or drop it into the folder."},
		codebook.Text{ZH: "系统会逐格检查，把有问题的表格标注后退回；改好原表再交即可，新表自动替代旧表。",
			EN: "Every cell is checked. A form with problems comes back with notes in place; mend it and hand it in again, the new one replaces the old."},
	)
}

func (g *guide) missingWords() string {
	meaning := map[string]string{"unknown": "不知道", "not_applicable": "不适用", "none": "没有", "refused": "企业不愿提供"}
	var words []string
	told := map[string]bool{}
	for _, m := range g.t.cb.Missing {
		if zh, ok := meaning[m.Status]; ok && !told[m.Status] {
			told[m.Status] = true
			words = append(words, fmt.Sprintf("%s写“%s”", zh, m.Word))
		}
	}
	return strings.Join(words, "，")
}

// progress shows what is done on each sheet, with links to them.
func (g *guide) progress() {
	g.section(codebook.Text{ZH: "填写进度", EN: "Progress"})
	g.head("工作表 Sheet", "已填 Filled in", "必填未填 Required, empty", "内容 Content")
	for _, p := range g.t.plans {
		g.text(g.row, guideLead, "→ "+p.name, g.t.style.link)
		first := a1(p.firstRow(), 1)
		if p.record() {
			first = a1(p.firstRow(), answerCol)
		}
		g.link(g.row, guideLead, quoted(p.name)+"!"+first, "开始填写 Start")
		filled, missing := tableRows(p)+`&" 行 rows"`, tableMissing(p)
		if p.record() {
			needed := recordNeeded(p)
			filled = fmt.Sprintf(`(%s)&" / %d"`, recordDone(p), needed)
			missing = fmt.Sprintf("%d-(%s)", needed, recordDone(p))
		}
		g.formula(g.row, guideFirst, filled, g.t.style.cellMid)
		g.formula(g.row, guideFirst+1, missing, g.t.style.cellMid)
		g.markMissing(g.row)
		g.spread(guideFirst+2, p.spec.Title.Both(), g.t.style.cellMid)
		g.height(g.row, 22)
		g.row++
	}
}

func (g *guide) markMissing(row int) {
	cell := a1(row, guideFirst+1)
	todo, done := g.t.style.todo, g.t.style.done
	g.do(func() error {
		return g.t.book.SetConditionalFormat(guideSheet, cell, []excelize.ConditionalFormatOptions{
			{Type: "formula", Criteria: cell + ">0", Format: &todo},
			{Type: "formula", Criteria: cell + "=0", Format: &done},
		})
	})
}

// head writes the header of a table of the instructions; the last text spans what is left.
func (g *guide) head(texts ...string) {
	for i, text := range texts {
		g.text(g.row, guideLead+i, text, g.t.style.cellHead)
	}
	if last := guideLead + len(texts) - 1; last < guideLast {
		g.spread(last, texts[len(texts)-1], g.t.style.cellHead)
	}
	g.height(g.row, 22)
	g.row++
}

// levels shows the anchors of every competency that the form rates.
func (g *guide) levels() {
	if !g.t.ratesLevels() {
		return
	}
	g.section(codebook.Text{ZH: "能力等级对照", EN: "What the levels mean"})
	heads := []string{"能力 Competency"}
	for i, p := range g.t.cb.Level.Points {
		heads = append(heads, fmt.Sprintf("%d %s", i+1, p.Both()))
	}
	g.head(heads...)
	if g.t.ratesImportance() {
		g.points(g.t.cb.Importance.Name, g.t.cb.Importance.Points)
	}
	for _, c := range g.t.cb.Active() {
		g.points(c.Name, c.Anchors)
	}
}

// points is one row of five descriptions, Chinese over English.
func (g *guide) points(name codebook.Text, points []codebook.Text) {
	g.text(g.row, guideLead, name.ZH+"\n"+name.EN, g.t.style.textStrong)
	height := lineHeight(name.ZH+"\n"+name.EN, guideLeadWidth, 10.5)
	for i, p := range points {
		text := p.ZH + "\n" + p.EN
		g.text(g.row, guideFirst+i, text, g.t.style.cellText)
		height = max(height, lineHeight(text, guideCellWidth, 9.5))
	}
	g.height(g.row, height)
	g.row++
}

// ratesLevels reports whether the form asks for levels of competence: once per competency, or
// beside a column that names the competency.
func (t *template) ratesLevels() bool {
	return t.anySheet(func(s *codebook.Sheet) bool {
		rates, names := false, false
		for i := range s.Fields {
			f := &s.Fields[i]
			rates = rates || f.Type == codebook.TypeLevel
			names = names || f.PerCompetency || f.Vocabulary == "competencies"
		}
		return rates && names
	})
}

func (t *template) ratesImportance() bool {
	return t.anySheet(func(s *codebook.Sheet) bool {
		return slices.ContainsFunc(s.Fields, func(f codebook.Field) bool {
			return f.Type == codebook.TypeLevel && asksImportance(&f)
		})
	})
}

func (t *template) anySheet(is func(*codebook.Sheet) bool) bool {
	for i := range t.form.Sheets {
		if is(&t.form.Sheets[i]) {
			return true
		}
	}
	return false
}

// fields explains every field of every sheet.
func (g *guide) fields() {
	for _, p := range g.t.plans {
		g.section(codebook.Text{ZH: "逐项说明：" + p.spec.Name.ZH, EN: "Field by field: " + p.spec.Name.EN})
		for _, help := range p.spec.Help {
			text := help.ZH + "\n" + help.EN
			g.spread(guideLead, text, g.t.style.text)
			g.height(g.row, lineHeight(text, guideLeadWidth+5*guideCellWidth, 10.5))
			g.row++
		}
		g.head("项目 Field", "必填 Required", "填写内容 Allowed", "说明 Note")
		for i := range p.spec.Fields {
			g.field(&p.spec.Fields[i])
		}
	}
}

func (g *guide) field(f *codebook.Field) {
	required := "选填 optional"
	if f.Required {
		required = "必填 required *"
	}
	want := allowed(f)
	name := f.Label.ZH + "\n" + f.Label.EN
	hint := joinLines(f.Hint.ZH, f.Hint.EN)
	if f.PerCompetency {
		hint = joinLines(f.Hint.ZH+"（每项能力各填一次）", f.Hint.EN+" (once per competency)")
	}
	g.text(g.row, guideLead, name, g.t.style.textStrong)
	g.text(g.row, guideFirst, required, g.t.style.cellText)
	g.text(g.row, guideFirst+1, want.ZH+"\n"+want.EN, g.t.style.cellText)
	g.spread(guideFirst+2, hint, g.t.style.cellText)
	g.height(g.row, max(lineHeight(name, guideLeadWidth, 10.5), lineHeight(want.ZH+"\n"+want.EN, guideCellWidth, 9.5), lineHeight(hint, 3*guideCellWidth, 9.5)))
	g.row++
}

// rulePrefix is the letter of the rules that a form's own answers are held to.
var rulePrefix = map[string]string{"visit": "V", "roster": "R", "curriculum": "C", "outcomes": "O", "decisions": "D"}

// rules lists every check, so that nobody meets one for the first time in a returned form.
func (g *guide) rules() {
	var rules []codebook.Rule
	for _, r := range g.t.cb.Rules {
		if prefix := rulePrefix[g.t.form.Kind]; prefix != "" && strings.HasPrefix(string(r.Code), prefix) && !r.Retired {
			rules = append(rules, r)
		}
	}
	if len(rules) == 0 {
		return
	}
	g.section(codebook.Text{ZH: "检查规则", EN: "What is checked"})
	g.head("规则 Rule", "级别 Severity", "检查内容 Check", "怎样改 How to mend it")
	for _, r := range rules {
		g.rule(r)
	}
}

// severityText names the weight of a rule as people read it.
var severityText = map[codebook.Severity]codebook.Text{
	codebook.SeverityError:   {ZH: "错误", EN: "error"},
	codebook.SeverityWarning: {ZH: "提醒", EN: "warning"},
	codebook.SeverityTrial:   {ZH: "试行", EN: "trial"},
}

func (g *guide) rule(r codebook.Rule) {
	title := r.Title.ZH + "\n" + r.Title.EN
	fix := joinLines(spoken(r.Fix.ZH, placeholderZH, spokenZH), spoken(r.Fix.EN, placeholderEN, spokenEN))
	if r.Before != "" && r.After != "" {
		fix += "\n例 e.g.　" + r.Before + "　→　" + r.After
	}
	g.text(g.row, guideLead, string(r.Code), g.t.style.textStrong)
	g.text(g.row, guideFirst, severityText[r.Severity].Both(), g.t.style.cellText)
	g.text(g.row, guideFirst+1, title, g.t.style.cellText)
	g.spread(guideFirst+2, fix, g.t.style.cellText)
	g.height(g.row, max(lineHeight(title, guideCellWidth, 9.5), lineHeight(fix, 3*guideCellWidth, 9.5)))
	g.row++
}

// The words that stand in the instructions where a message names a real case; any other name
// is an ellipsis, and the rule's example shows what is meant.
var (
	spokenZH      = map[string]string{"field": "该项", "header": "该列", "sheet": "该工作表", "cell": "该单元格"}
	spokenEN      = map[string]string{"field": "the field", "header": "the column", "sheet": "the sheet", "cell": "the cell"}
	placeholderZH = regexp.MustCompile(` ?\{([a-z_]+)\} ?`)
	placeholderEN = regexp.MustCompile(`\{([a-z_]+)\}`)
)

func spoken(text string, pattern *regexp.Regexp, words map[string]string) string {
	return pattern.ReplaceAllStringFunc(text, func(m string) string {
		if word, ok := words[pattern.FindStringSubmatch(m)[1]]; ok {
			return word
		}
		return "…"
	})
}

// lineHeight estimates the height in points of a wrapped text in a column of so many characters.
func lineHeight(text string, chars, size float64) float64 {
	lines := 0.0
	for line := range strings.SplitSeq(text, "\n") {
		lines += max(1, math.Ceil(textWidth(line)*size/11/(chars-1)))
	}
	return max(20, lines*size*1.42+7)
}

// textWidth counts a text in half-width characters; CJK takes two.
func textWidth(text string) float64 {
	n := 0.0
	for _, r := range text {
		if n++; r > 0x2E7F {
			n++
		}
	}
	return n
}
