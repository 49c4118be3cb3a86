package report

import (
	"errors"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// Brief is the argument of a programme page on one sheet of A4, ready for the minutes: headline,
// who was asked, the gaps, what changed, what became of decisions, what must not be concluded, and
// room for what the committee decides.
type Brief struct {
	Name string // of the file, without its ending
	Docx []byte
}

// ErrNoProgramme says that the analysis holds no such programme.
var ErrNoProgramme = errors.New("report: no such programme")

// Briefs makes a brief for a programme, or for every one where p is "". In English where english is
// set, else in Chinese. The same analysis gives the same bytes.
func Briefs(a *gap.Analysis, opts Options, p codebook.ProgrammeID, english bool) ([]Brief, error) {
	cb := opts.Codebook
	if cb == nil {
		cb = codebook.Default()
	}
	d := newDesk(a, names{cb: cb, plan: opts.Curriculum}, opts.Years)
	var out []Brief
	for _, pg := range a.Programmes {
		if p != "" && pg.Programme != p {
			continue
		}
		data, err := d.brief(pg, english)
		if err != nil {
			return nil, err
		}
		out = append(out, Brief{"brief-" + itoa(a.Year) + "-" + slug(string(pg.Programme)), data})
	}
	if len(out) == 0 {
		return nil, ErrNoProgramme
	}
	return out, nil
}

// The most of each that fits on the sheet.
const (
	briefRows  = 8
	briefItems = 3
	briefRunes = 150
)

func (d *desk) brief(pg gap.ProgrammeGap, english bool) ([]byte, error) {
	w := &docx{english: english}
	name := d.n.programme(pg.Programme)
	w.paragraph(styleKicker, say("千企调研 "+itoa(d.a.Year)+" · "+name.ZH+" · 一页简报", "Thousand Enterprises Survey "+itoa(d.a.Year)+" · "+name.EN+" · one-page brief"))
	w.paragraph(styleTitle, d.programmeHeadline(pg))
	if d.a.Invented {
		w.paragraph(styleNote, say("样例数据：企业、人员与评分均为虚构", "Sample data: enterprises, people and ratings are invented"))
	}
	w.paragraph(styleNote, d.asked(pg.DomainGap))
	w.table(d.briefTable(pg))
	for _, p := range d.argument(pg)[:] {
		w.paragraph(styleHeading, p.Lead)
		for i, item := range p.Items {
			if i == briefItems {
				break
			}
			w.paragraph(styleItem, clipped(item.Text))
		}
	}
	w.paragraph(styleHeading, say("会议决定", "Decided by the committee"))
	for range 2 {
		w.paragraph(styleBlank, Text{})
	}
	w.paragraph(styleNote, say("每个数字可追到填报的单元格：qianqi trace "+itoa(d.a.Year)+"/"+string(pg.Programme)+"/…；方法与出处见报告“方法”页。", "Every figure leads to the cells it was typed in: qianqi trace "+itoa(d.a.Year)+"/"+string(pg.Programme)+"/…; methods and sources are on the methods page of the report."))
	return w.file(name)
}

// clipped keeps a sentence short enough for the sheet.
func clipped(t Text) Text { return say(plain(t.ZH, briefRunes), plain(t.EN, 2*briefRunes)) }

// briefTable is the gap table in its shortest form, widest gap first.
func (d *desk) briefTable(pg gap.ProgrammeGap) docxTable {
	t := docxTable{head: []Text{say("能力", "Competency"), say("重要", "Importance"), say("要求", "Required"), say("毕业生", "Graduates"), say("差距 ± 95%", "Gap ± 95%"), say("所教", "Taught"), say("判断", "Verdict")}}
	number := func(f demand.Figure) Text {
		if !f.Shown() {
			return say("—", "—")
		}
		return same(num(f.Estimate, 2))
	}
	for i, r := range gapFirst(pg.Rows) {
		if i == briefRows {
			break
		}
		t.rows = append(t.rows, []Text{d.n.short(r.Competency), number(r.Importance), number(r.Required), number(r.Graduate),
			figureCell(r.Gap, 2, withMargin).Print(), taughtCell(r.Coverage).Print(), verdictCell(r).Print()})
	}
	return t
}

// pick is the text in the language of the brief.
func (w *docx) pick(t Text) string {
	if w.english {
		return strings.TrimSpace(t.EN)
	}
	return strings.TrimSpace(t.ZH)
}
