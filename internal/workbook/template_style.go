package workbook

import (
	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// The inks of a template. Teal marks what is asked for, amber what is still to do, red what
// contradicts itself; everything else is a shade of paper.
const (
	inkTeal     = "17696A"
	inkTealDeep = "0E4A4C"
	inkTealPale = "E4F0EF"
	inkTealMist = "F5FAF9"
	inkText     = "22302F"
	inkQuiet    = "6F7D7B"
	inkLine     = "C9D5D3"
	inkRule     = "9DB8B5"
	inkAmber    = "FFF1CF"
	inkRed      = "9B2C1F"
	inkRedPale  = "FBE1DB"
	inkGreen    = "2F6B3A"
)

// fontFace is the face that every Chinese Windows, Excel and WPS has; others substitute it.
const fontFace = "微软雅黑"

// styles are the cell formats of one template.
type styles struct {
	title, sub, counter         int
	text, textStrong, textHead  int
	cellText, cellMid, cellHead int
	link                        int
	band, bandWide, group       int
	headRequired, headOptional  int
	labelRequired, labelOption  int
	hint, key, narrow           int
	todo, clash, done           int // conditional
	answers                     map[answerStyle]int
	book                        *excelize.File
	err                         error
}

// answerStyle names a format of an answer cell.
type answerStyle struct {
	format string // number format, "" general
	align  string // horizontal
	tint   bool   // light band of every other competency
	opens  bool   // heavier rule at the left, where a competency's group opens
}

func newStyles(book *excelize.File) (*styles, error) {
	s := &styles{book: book, answers: map[answerStyle]int{}}
	s.plain()
	s.heads()
	s.conditional()
	return s, s.err
}

func (s *styles) add(st *excelize.Style) int {
	id, err := s.book.NewStyle(st)
	if err != nil && s.err == nil {
		s.err = err
	}
	return id
}

func font(size float64, color string, bold bool) *excelize.Font {
	return &excelize.Font{Family: fontFace, Size: size, Color: color, Bold: bold}
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func align(horizontal, vertical string) *excelize.Alignment {
	return &excelize.Alignment{Horizontal: horizontal, Vertical: vertical, WrapText: true}
}

func indented() *excelize.Alignment {
	return &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1, WrapText: true}
}

func frame(color string) []excelize.Border {
	var b []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		b = append(b, excelize.Border{Type: side, Color: color, Style: 1})
	}
	return b
}

func underline(color string, weight int) []excelize.Border {
	return []excelize.Border{{Type: "bottom", Color: color, Style: weight}}
}

// plain are the formats of running text.
func (s *styles) plain() {
	s.title = s.add(&excelize.Style{Font: font(18, inkTealDeep, true), Alignment: &excelize.Alignment{Vertical: "center"}})
	s.sub = s.add(&excelize.Style{Font: font(9.5, inkQuiet, false), Alignment: &excelize.Alignment{Vertical: "top"}})
	s.counter = s.add(&excelize.Style{Font: font(10, inkTeal, true), Alignment: &excelize.Alignment{Horizontal: "right", Vertical: "center"}})
	s.text = s.add(&excelize.Style{Font: font(10.5, inkText, false), Alignment: align("left", "center")})
	s.cellMid = s.add(&excelize.Style{Font: font(10, inkText, false), Border: underline(inkLine, 1), Alignment: align("left", "center")})
	s.textStrong = s.add(&excelize.Style{Font: font(10.5, inkTealDeep, true), Alignment: align("left", "top")})
	s.textHead = s.add(&excelize.Style{Font: font(13, inkTealDeep, true), Border: underline(inkTeal, 2), Alignment: &excelize.Alignment{Vertical: "center"}})
	s.cellText = s.add(&excelize.Style{Font: font(9.5, inkText, false), Border: underline(inkLine, 1), Alignment: align("left", "top")})
	s.cellHead = s.add(&excelize.Style{Font: font(9.5, inkTealDeep, true), Fill: fill(inkTealPale), Border: underline(inkRule, 1), Alignment: align("left", "center")})
	s.link = s.add(&excelize.Style{Font: &excelize.Font{Family: fontFace, Size: 11, Color: inkTeal, Bold: true, Underline: "single"}, Border: underline(inkLine, 1), Alignment: &excelize.Alignment{Vertical: "center"}})
	s.key = s.add(&excelize.Style{Font: font(8, inkQuiet, false)})
}

// heads are the formats of headers and labels.
func (s *styles) heads() {
	s.band = s.add(&excelize.Style{Font: font(14, inkTealDeep, true), Alignment: &excelize.Alignment{Vertical: "center"}})
	s.bandWide = s.add(&excelize.Style{Font: font(13, inkTealDeep, true), Alignment: align("left", "center")})
	s.group = s.add(&excelize.Style{Font: font(10.5, "FFFFFF", true), Fill: fill(inkTealDeep), Border: frame("FFFFFF"), Alignment: align("center", "center")})
	s.headRequired = s.add(&excelize.Style{Font: font(10, "FFFFFF", true), Fill: fill(inkTeal), Border: frame("FFFFFF"), Alignment: align("center", "center")})
	s.headOptional = s.add(&excelize.Style{Font: font(10, inkTealDeep, true), Fill: fill(inkTealPale), Border: frame("FFFFFF"), Alignment: align("center", "center")})
	s.labelRequired = s.add(&excelize.Style{Font: font(10.5, "FFFFFF", true), Fill: fill(inkTeal), Border: frame("FFFFFF"), Alignment: indented()})
	s.labelOption = s.add(&excelize.Style{Font: font(10.5, inkTealDeep, true), Fill: fill(inkTealPale), Border: frame("FFFFFF"), Alignment: indented()})
	s.hint = s.add(&excelize.Style{Font: font(9, inkQuiet, false), Border: underline(inkLine, 1), Alignment: indented()})
	s.narrow = s.add(&excelize.Style{Font: font(9.5, inkText, false), Fill: fill(inkTealMist), Protection: &excelize.Protection{Locked: false},
		Border: []excelize.Border{{Type: "left", Color: inkRule, Style: 3}, {Type: "right", Color: inkRule, Style: 3}, {Type: "top", Color: inkRule, Style: 3}, {Type: "bottom", Color: inkRule, Style: 3}}, Alignment: align("left", "center")})
}

func (s *styles) conditional() {
	for _, c := range []struct {
		id  *int
		ink string
		bg  string
	}{
		{&s.todo, "", inkAmber},
		{&s.clash, inkRed, inkRedPale},
		{&s.done, inkGreen, ""},
	} {
		st := &excelize.Style{}
		if c.ink != "" {
			st.Font = &excelize.Font{Color: c.ink}
		}
		if c.bg != "" {
			st.Fill = fill(c.bg)
		}
		id, err := s.book.NewConditionalStyle(st)
		if err != nil && s.err == nil {
			s.err = err
		}
		*c.id = id
	}
}

// answer is the format of a cell to be filled in; equal ones are made once.
func (s *styles) answer(a answerStyle) int {
	if id, ok := s.answers[a]; ok {
		return id
	}
	st := &excelize.Style{
		Font: font(10.5, inkText, false), Border: frame(inkLine), Alignment: align(a.align, "center"),
		Protection: &excelize.Protection{Locked: false},
	}
	if a.align == "left" {
		st.Alignment.Indent = 1
	}
	if a.tint {
		st.Fill = fill(inkTealMist)
	}
	if a.opens {
		st.Border[0] = excelize.Border{Type: "left", Color: inkRule, Style: 2}
	}
	switch a.format {
	case "":
	case "@":
		st.NumFmt = 49
	default:
		st.CustomNumFmt = &a.format
	}
	id := s.add(st)
	s.answers[a] = id
	return id
}

// answerFormat chooses the number format and alignment of a field's answers. Codes that look
// like numbers are text, so that no digit is ever lost.
func answerFormat(f *codebook.Field) answerStyle {
	switch f.Type {
	case codebook.TypeID, codebook.TypeIDs, codebook.TypeUSCC:
		return answerStyle{format: "@", align: "left"}
	case codebook.TypeDate:
		return answerStyle{format: "yyyy-mm-dd", align: "left"}
	case codebook.TypeYear:
		return answerStyle{format: "0", align: "left"}
	case codebook.TypeLevel:
		return answerStyle{align: "center"}
	case codebook.TypeInt, codebook.TypeMoney:
		return answerStyle{format: "#,##0", align: "right"}
	case codebook.TypeNumber:
		return answerStyle{align: "right"}
	}
	return answerStyle{align: "left"}
}
