package workbook

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// issueList is the first sheet of a returned workbook.
type issueList struct {
	name    string
	issues  []survey.Issue
	receipt Receipt
	book    *survey.Book // nil where the file could not be read

	earlier   []string     // the files that this one mends, the latest first
	imprint   survey.Sheet // the answers of a refused file
	imprinted bool
}

// Columns of the list.
const (
	issueNo = iota + 1
	issueSeverity
	issueCode
	issueSheetName
	issueCell
	issueGot
	issueProblem
	issueFix
	issueConfirm
	issueEnglish
)

// issueColumns are header and width of each column. By the Chinese header the list is read back.
var issueColumns = []struct {
	zh, en string
	width  float64
}{
	{"序号", "No.", 5},
	{"级别", "Severity", 12},
	{"规则", "Rule", 7},
	{"工作表", "Sheet", 14},
	{"单元格", "Cell", 13},
	{"原值", "Found", 21},
	{"问题", "Problem", 40},
	{"怎样改", "How to mend it", 38},
	{"确认", "Confirm", 9},
	{"英文", "English", 42},
}

// Words of the confirmation column.
const (
	confirmYes  = "确认"
	confirmNone = "—"
)

// receiptWord stands before the hash of the file as handed in, by which a mended return is known
// as the correction of that submission.
const receiptWord = "回执编号 Receipt "

// earlierWord stands before the hash of each file that the one returned was itself the mended copy of.
const earlierWord = "先前的回执 Earlier receipt "

// listPen writes the rows of the list.
type listPen struct {
	b       []byte
	row     int
	links   []string // hyperlink elements
	merges  []string
	confirm []string // cells with a confirmation
	style   issueStyles
}

func (p *listPen) open(height float64, hidden bool) {
	p.row++
	p.b = fmt.Appendf(p.b, `<row r="%d"`, p.row)
	if height > 0 {
		p.b = fmt.Appendf(p.b, ` ht="%s" customHeight="1"`, plainNumber(min(height, rowHeightMost)))
	}
	if hidden {
		p.b = append(p.b, ` hidden="1"`...)
	}
	p.b = append(p.b, '>')
}

func (p *listPen) cell(col, style int, text string) {
	p.b = appendCell(p.b, p.row, col, strconv.AppendInt(nil, int64(style), 10), textCell(clip(text, cellText)))
}

func (p *listPen) shut() { p.b = append(p.b, rowClose...) }

// line is a row of one text across the sheet.
func (p *listPen) line(text string, style int, size float64) {
	total := 0.0
	for _, c := range issueColumns {
		total += c.width
	}
	p.open(max(lineHeight(text, total, size), size*1.9), false)
	p.cell(1, style, text)
	p.shut()
	p.merges = append(p.merges, area(p.row, 1, p.row, issueEnglish))
}

// sheet writes the list as a worksheet part.
func (l issueList) sheet(styles issueStyles, strict bool) []byte {
	p := &listPen{style: styles}
	l.opening(p)
	head := p.row + 1
	l.head(p)
	for i, issue := range l.issues {
		l.issue(p, i+1, issue)
	}
	if len(l.issues) == 0 {
		p.line("没有发现问题。No problems were found.", styles.verdict, 11)
	}
	l.changes(p)
	l.differences(p)
	return l.wrap(p, head, strict)
}

func (l issueList) opening(p *listPen) {
	p.line("问题清单 Issues — "+survey.Visible(l.name, 80), p.style.title, 16)
	if v := l.receipt.Verdict; v.ZH != "" {
		p.line(v.Both(), p.style.verdict, 12)
	}
	p.line(l.summary(), p.style.sub, 10)
	for _, n := range l.receipt.Notes {
		p.line(n.Both(), p.style.verdict, 11)
	}
	for _, text := range []string{
		"怎样做：点“单元格”一列的链接到出错处（红底是错误，黄底是提醒，鼠标停在上面看说明），直接在原表里改好、保存，再把整个文件交一次。提醒核对无误的，在“确认”一列选“确认”。这张清单不用删。",
		"What to do: follow the links under “Cell” (red: errors, yellow: warnings), mend the sheet itself, save and hand the whole file in again. Where a warning is right as it stands, choose 确认 under “Confirm”.",
	} {
		p.line(text, p.style.sub, 10)
	}
	if l.receipt.SHA256 != "" {
		p.line(receiptWord+l.receipt.SHA256, p.style.sub, 10)
		for _, hash := range l.earlier {
			p.line(earlierWord+hash, p.style.sub, 10)
		}
	}
}

// summary is one line of figures.
func (l issueList) summary() string {
	counts := map[codebook.Severity]int{}
	ruled := 0
	for i := range l.issues {
		if l.issues[i].Open() {
			counts[l.issues[i].Severity] += max(l.issues[i].Count, 1)
		} else {
			ruled += max(l.issues[i].Count, 1)
		}
	}
	parts := []string{
		fmt.Sprintf("错误 errors %d", counts[codebook.SeverityError]),
		fmt.Sprintf("提醒 warnings %d", counts[codebook.SeverityWarning]+counts[codebook.SeverityTrial]),
	}
	if ruled > 0 {
		parts = append(parts, fmt.Sprintf("已确认或豁免 confirmed or waived %d", ruled))
	}
	for _, f := range l.receipt.Facts {
		parts = append(parts, f.Label.Both()+" "+f.Value)
	}
	return strings.Join(parts, "　·　")
}

func (l issueList) head(p *listPen) {
	p.open(32, false)
	for i, c := range issueColumns {
		p.cell(i+1, p.style.head, c.zh+"\n"+c.en)
	}
	p.shut()
}

func (l issueList) issue(p *listPen, no int, issue survey.Issue) {
	problem := issue.Message.ZH
	if note := l.hiddenNote(issue.Ref); note != "" {
		problem += "\n" + note
	}
	if issue.Ruled.Kind == survey.Waived {
		problem += "\n（调研办已豁免，理由：" + survey.Visible(issue.Ruled.Reason, 200) + "）"
	}
	english := joinLines(issue.Message.EN, issue.Fix.EN)
	p.open(max(lineHeight(problem, issueColumns[issueProblem-1].width, 10), lineHeight(issue.Fix.ZH, issueColumns[issueFix-1].width, 10),
		lineHeight(english, issueColumns[issueEnglish-1].width, 10), lineHeight(issue.Got, issueColumns[issueGot-1].width, 10), 22), false)
	p.cell(issueNo, p.style.cellCentre, strconv.Itoa(no))
	l.severity(p, issue)
	p.cell(issueCode, p.style.cell, string(issue.Code))
	p.cell(issueSheetName, p.style.cell, issue.Ref.Sheet)
	l.address(p, issue)
	p.cell(issueGot, p.style.cell, issue.Got)
	p.cell(issueProblem, p.style.cell, problem)
	p.cell(issueFix, p.style.cell, issue.Fix.ZH)
	l.confirmation(p, issue)
	p.cell(issueEnglish, p.style.fixed, english)
	p.shut()
}

// severity says how grave an issue is, or what a person decided about it.
func (l issueList) severity(p *listPen, issue survey.Issue) {
	switch {
	case !issue.Open():
		p.cell(issueSeverity, p.style.cellCentre, ruledText[issue.Ruled.Kind].Both())
	case issue.Severity == codebook.SeverityError:
		p.cell(issueSeverity, p.style.severe, severityText[issue.Severity].Both())
	default:
		p.cell(issueSeverity, p.style.mild, severityText[issue.Severity].Both())
	}
}

// ruledText names what a person decided about an issue.
var ruledText = map[string]codebook.Text{
	survey.Confirmed: {ZH: "已确认", EN: "Confirmed"},
	survey.Waived:    {ZH: "已豁免", EN: "Waived"},
}

// confirmation is where a warning is confirmed; one that is confirmed already stays so.
func (l issueList) confirmation(p *listPen, issue survey.Issue) {
	if issue.Severity == codebook.SeverityError || issue.Ruled.Kind == survey.Waived {
		p.cell(issueConfirm, p.style.cellCentre, confirmNone)
		return
	}
	word := confirmNone
	if issue.Ruled.Kind == survey.Confirmed {
		word = confirmYes
	}
	p.cell(issueConfirm, p.style.confirm, word)
	p.confirm = append(p.confirm, a1(p.row, issueConfirm))
}

// cellsMost is how many cells of one cause are named one by one.
const cellsMost = 500

// address shows the cell and links to it. Where more cells share the cause, all are named below;
// what does not fit into the row is seen when the cell is selected.
func (l issueList) address(p *listPen, issue survey.Issue) {
	text := issue.Ref.Cell()
	if text == "" && issue.Ref.Sheet != "" {
		text = "整张表 sheet"
	} else if text == "" {
		text = "整个文件 file"
	}
	if len(issue.More) > 0 {
		text += fmt.Sprintf(" 等 %d 处", len(issue.More)+1)
		for _, ref := range issue.More[:min(len(issue.More), cellsMost)] {
			text += " " + ref.Cell()
		}
	}
	if !l.linkable(issue.Ref) {
		p.cell(issueCell, p.style.cell, text)
		return
	}
	p.cell(issueCell, p.style.link, text)
	p.links = append(p.links, fmt.Sprintf(`<hyperlink ref="%s" location="%s" display="%s"/>`,
		a1(p.row, issueCell), escapeXML(quoted(issue.Ref.Sheet)+"!"+a1(max(issue.Ref.Row, 1), max(issue.Ref.Col, 1))), escapeXML(issue.Ref.Cell())))
}

// linkable reports whether a link can lead there: to a visible sheet, inside the bounded rectangle.
func (l issueList) linkable(ref survey.Ref) bool {
	if l.book == nil || ref.Sheet == "" || ref.Row > mostRows || ref.Col > mostColumns {
		return false
	}
	s := l.book.Sheet(ref.Sheet)
	return s != nil && !s.Hidden
}

// hiddenNote says how to get to a cell that cannot be seen.
func (l issueList) hiddenNote(ref survey.Ref) string {
	if l.book == nil {
		return ""
	}
	s := l.book.Sheet(ref.Sheet)
	switch {
	case s == nil:
		return ""
	case s.Hidden:
		return "（这张工作表被隐藏，请先取消隐藏）"
	}
	for i := range s.Rows {
		if s.Rows[i].Number == ref.Row && s.Rows[i].Hidden {
			return fmt.Sprintf("（第 %d 行被隐藏，请先取消隐藏）", ref.Row)
		}
	}
	return ""
}

// changes lists what was read as something else than was written.
func (l issueList) changes(p *listPen) {
	if len(l.receipt.Changes) == 0 {
		return
	}
	p.section("已自动规范的内容（不用改）", "Normalised on reading; nothing to do")
	for _, c := range l.receipt.Changes {
		p.fact(c.At, c.Raw, "读作 read as："+survey.Visible(c.Value, 200), howText(c.How))
	}
}

// readings tell how a text was understood, in both languages.
var readings = map[string]codebook.Text{
	survey.HowFullWidth:   {ZH: "全角改半角", EN: "full-width characters"},
	survey.HowSpaces:      {ZH: "去掉空格", EN: "spaces removed"},
	survey.HowUnit:        {ZH: "去掉单位", EN: "unit removed"},
	survey.HowDecimal:     {ZH: "整数写成了小数", EN: "whole number written as a decimal"},
	survey.HowThousands:   {ZH: "去掉千位分隔符", EN: "thousands separator removed"},
	survey.HowTenThousand: {ZH: "“万”换算成数字", EN: "万 is ten thousand"},
	survey.HowApprox:      {ZH: "按约数读取", EN: "approximate figure"},
	survey.HowChinese:     {ZH: "中文数字", EN: "Chinese numeral"},
	survey.HowScaleWord:   {ZH: "等级词换算成分数", EN: "word of the scale"},
	survey.HowTextDate:    {ZH: "文字日期", EN: "date written as text"},
	survey.HowYearAdded:   {ZH: "日期补上调研年份", EN: "year taken from the campaign"},
	survey.HowSerial:      {ZH: "日期序号换算成日期", EN: "serial number of a date"},
	survey.HowTime:        {ZH: "去掉时刻", EN: "time of day dropped"},
	survey.HowAlias:       {ZH: "同义写法", EN: "another spelling"},
	survey.HowSeparators:  {ZH: "一格多项已分开", EN: "several answers in one cell"},
	survey.HowMissing:     {ZH: "没有答案", EN: "no answer"},
	survey.HowSalaryRange: {ZH: "薪资范围已拆成上下限", EN: "salary range split"},
	survey.HowSalaryOpen:  {ZH: "薪资只有一端", EN: "salary open at one end"},
	survey.HowSalaryYear:  {ZH: "年薪换算成月薪", EN: "yearly salary divided by twelve"},
	survey.HowNegotiable:  {ZH: "面议，按没有答案", EN: "negotiable: no answer"},
	survey.HowNumberText:  {ZH: "数字按文本读取", EN: "number read as text"},
	survey.HowMasked:      {ZH: "个人信息已隐去", EN: "personal data masked"},
	survey.HowMerged:      {ZH: "合并单元格的值", EN: "value of a merged cell"},
	survey.HowUpper:       {ZH: "小写改大写", EN: "made upper case"},
	survey.HowMapped:      {ZH: "按映射文件转换", EN: "by the mapping file"},
	survey.HowRoster:      {ZH: "按名册补全", EN: "completed from the roster"},
	survey.HowOther:       {ZH: "“其他”的说明", EN: "text after 其他"},
}

func howText(how string) string {
	if t, ok := readings[how]; ok {
		return t.Both()
	}
	return how
}

func (l issueList) differences(p *listPen) {
	if len(l.receipt.Differences) == 0 {
		return
	}
	p.section("与上次提交相比", "Changes since the last submission")
	for _, d := range l.receipt.Differences {
		p.fact(d.At, d.Before, "改为 now："+survey.Visible(d.After, 200), d.Label)
	}
}

func (p *listPen) section(zh, en string) {
	p.open(14, false)
	p.shut()
	p.open(26, false)
	for col := issueNo; col <= issueEnglish; col++ {
		text := ""
		if col == 1 {
			text = zh + "　" + en
		}
		p.cell(col, p.style.section, text)
	}
	p.shut()
}

func (p *listPen) fact(at survey.Ref, before, after, remark string) {
	p.open(max(22, lineHeight(after, issueColumns[issueProblem-1].width, 10)), false)
	p.cell(issueSheetName, p.style.cell, at.Sheet)
	p.cell(issueCell, p.style.cell, at.Cell())
	p.cell(issueGot, p.style.cell, survey.Visible(before, 200))
	p.cell(issueProblem, p.style.cell, after)
	p.cell(issueFix, p.style.fixed, remark)
	p.shut()
}

// wrap makes the rows a worksheet: panes under the header, locked but for the confirmations,
// printed across on A4.
func (l issueList) wrap(p *listPen, head int, strict bool) []byte {
	space := mainNamespace
	if strict {
		space = strictNamespace
	}
	var b []byte
	b = append(b, xmlHead+`<worksheet xmlns="`+space+`"><sheetPr><tabColor rgb="FF`+inkRed+`"/><pageSetUpPr fitToPage="1"/></sheetPr>`...)
	b = fmt.Appendf(b, `<dimension ref="%s"/><sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane ySplit="%d" topLeftCell="%s" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="%s" sqref="%s"/></sheetView></sheetViews>`,
		area(1, 1, p.row, issueEnglish), head, a1(head+1, 1), a1(head+1, issueCell), a1(head+1, issueCell))
	b = append(b, `<sheetFormatPr defaultRowHeight="20"/><cols>`...)
	for i, c := range issueColumns {
		b = fmt.Appendf(b, `<col min="%d" max="%d" width="%s" customWidth="1"/>`, i+1, i+1, plainNumber(c.width))
	}
	b = append(b, `</cols><sheetData>`...)
	b = append(b, p.b...)
	b = append(b, `</sheetData><sheetProtection sheet="1" formatColumns="0" formatRows="0" sort="0" autoFilter="0"/>`...)
	b = fmt.Appendf(b, `<mergeCells count="%d">`, len(p.merges))
	for _, m := range p.merges {
		b = fmt.Appendf(b, `<mergeCell ref="%s"/>`, m)
	}
	b = append(b, `</mergeCells>`...)
	b = append(b, p.validation()...)
	if len(p.links) > 0 {
		b = append(b, "<hyperlinks>"+strings.Join(p.links, "")+"</hyperlinks>"...)
	}
	b = append(b, `<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>`...)
	return append(b, `<headerFooter><oddFooter>&amp;C&amp;8第 &amp;P 页 / 共 &amp;N 页</oddFooter></headerFooter></worksheet>`...)
}

// validation is the dropdown of the confirmation column.
func (p *listPen) validation() string {
	if len(p.confirm) == 0 {
		return ""
	}
	return fmt.Sprintf(`<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" errorTitle="请检查 Please check" error="请选“确认”或“—”。 Choose 确认 or —." promptTitle="确认 Confirm" prompt="核对无误、不用改的提醒，选“确认”。&#10;Choose 确认 where the warning is right as it stands." sqref="%s"><formula1>"%s,%s"</formula1></dataValidation></dataValidations>`,
		strings.Join(p.confirm, " "), confirmYes, confirmNone)
}
