package report

import (
	"errors"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// Brief is the argument of a programme page on one sheet of A4, ready for the minutes: headline,
// who was asked, the gaps, what changed, what became of decisions, what must not be concluded, and
// room for what the committee decides. Both forms say the same.
type Brief struct {
	Name string // of the file, without its ending
	Docx []byte // for Word, WPS and LibreOffice
	HTML []byte // a page to be printed
}

// BriefOptions say which briefs to make.
type BriefOptions struct {
	Programme codebook.ProgrammeID // "" is every one
	English   bool                 // else Chinese
}

// ErrNoProgramme says that the analysis holds no such programme.
var ErrNoProgramme = errors.New("report: no such programme")

// Briefs makes the briefs of a year. The same analysis gives the same bytes.
func Briefs(a *gap.Analysis, opts Options, o BriefOptions) ([]Brief, error) {
	d := deskFor(a, opts)
	var out []Brief
	for _, pg := range a.Programmes {
		if o.Programme != "" && pg.Programme != o.Programme {
			continue
		}
		s := d.brief(pg, o.English)
		docx, err := s.docx()
		if err != nil {
			return nil, err
		}
		out = append(out, Brief{"brief-" + itoa(a.Year) + "-" + slug(string(pg.Programme)), docx, s.html()})
	}
	if len(out) == 0 {
		return nil, ErrNoProgramme
	}
	return out, nil
}

// The most of each on the sheet; how much of it there is room for, its height decides.
const (
	briefRows    = 8
	briefItems   = 4
	briefBlanks  = 7
	briefColumns = 300 // of a sentence; a Chinese character takes two
)

// sheet is one printed page in one language: paragraphs and tables under a title.
type sheet struct {
	english bool
	title   Text
	blocks  []block
}

// block is a paragraph, or a table where it has a head.
type block struct {
	style  blockStyle
	text   Text
	quotes []quote // figures in the text
	head   []Text  // of a table: the first column holds names, the last a verdict, the others numbers
	rows   [][]told
}

// told is a text with the figures it states.
type told struct {
	text   Text
	quotes []quote
}

// blockStyle is how a paragraph is set.
type blockStyle int

const (
	kickerStyle blockStyle = iota
	titleStyle
	headingStyle
	itemStyle
	noteStyle
	blankStyle // a line to write on
	signStyle
	traceStyle // says how figures are traced
	cellStyle
)

func (s *sheet) add(style blockStyle, t Text, quotes ...quote) {
	if t.ZH != "" || style == blankStyle {
		s.blocks = append(s.blocks, block{style: style, text: t, quotes: quotes})
	}
}

func (d *desk) brief(pg gap.ProgrammeGap, english bool) *sheet {
	name := d.n.programme(pg.Programme)
	year := itoa(d.a.Year)
	s := &sheet{english: english, title: say(name.ZH+" "+year+" 一页简报", name.EN+" "+year+", one-page brief")}
	s.add(kickerStyle, say("千企调研 "+year+" · "+name.ZH+" · 一页简报", "Thousand Enterprises Survey "+year+" · "+name.EN+" · one-page brief"))
	s.add(titleStyle, clipped(d.programmeHeadline(pg)), d.ofWidest(pg.DomainGap)...)
	if d.a.Invented {
		s.add(noteStyle, say("样例数据：企业、人员与评分均为虚构", "Sample data: enterprises, people and ratings are invented"))
	}
	s.add(noteStyle, clipped(d.asked(pg.DomainGap)), d.ofAsked(pg.DomainGap)...)
	s.blocks = append(s.blocks, d.briefTable(pg))
	foot := sheet{english: english}
	foot.add(headingStyle, say("会议决定", "Decided by the committee"))
	for range 3 {
		foot.add(blankStyle, Text{})
	}
	foot.add(signStyle, say("学校评审：＿＿＿＿＿＿＿＿ 企业评审：＿＿＿＿＿＿＿＿ 记录：＿＿＿＿＿＿ 日期：＿＿＿＿＿＿", "For the school: ________________ For the enterprises: ________________ Minutes: ______________ Date: __________"))
	foot.add(traceStyle, say("每个数字可追到填报的单元格：指针停在数字上可见它的地址，qianqi trace "+year+"/"+string(pg.Programme)+"/…；方法、出处与没有地址的数字见报告的方法页。", "Every figure leads to the cells it was typed in: point at it for its address, qianqi trace "+year+"/"+string(pg.Programme)+"/…; methods, sources and numbers without an address are on the methods page of the report."))
	d.briefArgument(s, pg, sheetRoom-s.height()-foot.height())
	blank := block{style: blankStyle}
	for n := 3; n < briefBlanks && s.height()+foot.height()+foot.heightOf(blank) < sheetRoom; n++ {
		foot.blocks = slices.Insert(foot.blocks, 1, blank)
	}
	s.blocks = append(s.blocks, foot.blocks...)
	return s
}

// briefArgument adds the points of the programme page as far as there is room: of each the first
// item, shorter where it must be, then every gap, then of each other point the second, and so on. Who was asked stands above.
func (d *desk) briefArgument(s *sheet, pg gap.ProgrammeGap, room int) {
	asked := d.asked(pg.DomainGap)
	points := slices.DeleteFunc(d.argument(pg), func(p point) bool { return len(p.Items) == 0 || p.Items[0].Text == asked })
	taken := make([][]block, len(points))
	take := func(i, n, columns int) {
		t := points[i].Items[n].Text
		add := []block{{style: itemStyle, text: say(plain(t.ZH, columns), plain(t.EN, columns)), quotes: points[i].Items[n].Quotes}}
		if n == 0 {
			add = slices.Insert(add, 0, block{style: headingStyle, text: points[i].Lead})
		}
		if h := (&sheet{english: s.english, blocks: add}).height(); h <= room && (n == 0 || taken[i] != nil) {
			taken[i] = append(taken[i], add...)
			room -= h
		}
	}
	for n := range points {
		i := (len(points) - n) % len(points) // the gaps, then what must not be concluded, which stands last
		take(i, 0, briefColumns)
		if taken[i] == nil {
			take(i, 0, briefColumns/3)
		}
	}
	for n := 1; len(points) > 0 && n < len(points[0].Items); n++ {
		take(0, n, briefColumns)
	}
	for n := 1; n < briefItems; n++ {
		for i := len(points) - 1; i > 0; i-- { // what must not be concluded first
			if n < len(points[i].Items) {
				take(i, n, briefColumns)
			}
		}
	}
	for _, blocks := range taken {
		s.blocks = append(s.blocks, blocks...)
	}
}

// sheetRoom is the height of the text block of A4 in twentieths of a point, with a little to spare.
const sheetRoom = 15194 * 97 / 100

// height is the room a sheet takes.
func (s *sheet) height() int {
	sum := 0
	for _, b := range s.blocks {
		sum += s.heightOf(b)
	}
	return sum
}

func (s *sheet) heightOf(b block) int {
	style := docxStyles[b.style]
	one := style.before + style.after + style.line()
	if b.head != nil {
		return (one + 10) * (len(b.rows) + 1)
	}
	columns := docxWidth / (style.size * 5) * 92 / 100 // a column is half as wide as the letter is high
	lines := (max(width(s.pick(b.text)), 1) + columns - 1) / columns
	return one + (lines-1)*style.line()
}

// clipped keeps a sentence short enough for the sheet.
func clipped(t Text) Text { return say(plain(t.ZH, briefColumns), plain(t.EN, briefColumns)) }

// briefTable is the gap table in its shortest form, widest gap first.
func (d *desk) briefTable(pg gap.ProgrammeGap) block {
	t := block{style: cellStyle, head: []Text{say("能力", "Competency"), say("重要", "Importance"), say("要求", "Required"), say("毕业生", "Graduates"), say("所教", "Taught"),
		say("差距 ± 95%", "Gap ± 95%"), say("企业", "n"), say("判断", "Verdict")}}
	for i, r := range gapFirst(pg.Rows) {
		if i == briefRows {
			break
		}
		bare := func(text Text) told { return told{text: text} }
		figure := func(text Text, m demand.Measure) told {
			return told{text, []quote{d.quote(text.ZH, d.at(pg.Domain, r.Competency, m)), d.quote(text.EN, d.at(pg.Domain, r.Competency, m))}}
		}
		mean := func(f demand.Figure, m demand.Measure) told { return figure(briefMean(f), m) }
		t.rows = append(t.rows, []told{bare(d.n.short(r.Competency)), mean(r.Importance, demand.MeanImportance), mean(r.Required, demand.MeanRequired), mean(r.Graduate, demand.MeanGraduate),
			bare(taughtCell(r.Coverage).Print()), figure(briefFigure(r.Gap), demand.PerformanceGap), figure(same(enterprisesValue(r.Gap)), demand.PerformanceGap), bare(verdictCell(r).Print())})
	}
	return t
}

// briefMean is a mean without its error.
func briefMean(f demand.Figure) Text {
	if !f.Shown() {
		return same("—")
	}
	return same(num(f.Estimate, 2))
}

// briefFigure is a figure with its error, and with its flag where it is to be used with caution.
func briefFigure(f demand.Figure) Text {
	t := figureCell(f, 2, withMargin).Print()
	if f.Flag == demand.Caution {
		return say(t.ZH+" 慎用", t.EN+" caution")
	}
	return t
}
