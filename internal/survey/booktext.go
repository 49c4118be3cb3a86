package survey

import (
	"strconv"
	"strings"
	"time"
)

// BookFromText reads a book written as a text table, the way tests show spreadsheets:
//
//	%qianqi.template: qianqi-visit      a custom document property
//	%name TEMPLATE_VERSION: "99.0"      a defined name
//	== 岗位                              begins a sheet; == 草稿 (hidden) a hidden one
//	| 岗位名称 | 在岗人数 |                 a row; blank cells are empty cells
//	                                    a blank line inside a sheet is a blank row
//	~ | 网络工程师 | 12 |                  a hidden row
//	@7 | 运维工程师 | 8 |                  a row with its number; the rows after it follow on
//	%merge B2:B4                        a merged area of the sheet at hand
//	%hide C:D                           hidden columns of the sheet at hand
//
// A cell that looks like a number is one, 2026-03-05 is a date, TRUE and FALSE are booleans,
// #REF! is an error value, and =12 is a formula whose value is 12. "12" and '12 are texts. A
// line break inside a cell is written \n, a vertical bar \|.
func BookFromText(text string) *Book {
	b := &Book{Format: "xlsx", Properties: map[string]string{}, Names: map[string]string{}}
	var s *Sheet
	next := 1
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "=="):
			b.Sheets = append(b.Sheets, sheetFromText(line))
			s, next = &b.Sheets[len(b.Sheets)-1], 1
		case strings.HasPrefix(line, "%"):
			directive(b, s, line[1:])
		case s == nil:
		case line == "":
			next++
		default:
			r := rowFromText(line, next)
			next = r.Number + 1
			if len(r.Cells) > 0 {
				s.Rows = append(s.Rows, r)
			}
		}
	}
	return b
}

func sheetFromText(line string) Sheet {
	name := strings.TrimSpace(strings.TrimLeft(line, "="))
	name, hidden := strings.CutSuffix(name, "(hidden)")
	return Sheet{Name: strings.TrimSpace(name), Hidden: hidden}
}

func directive(b *Book, s *Sheet, line string) {
	if areas, ok := strings.CutPrefix(line, "merge "); ok && s != nil {
		for _, a := range strings.Fields(areas) {
			s.Merges = append(s.Merges, areaFromText(a))
		}
		return
	}
	if cols, ok := strings.CutPrefix(line, "hide "); ok && s != nil {
		for _, c := range strings.Fields(cols) {
			first, last, _ := strings.Cut(c+":"+c, ":")
			last, _, _ = strings.Cut(last, ":")
			s.HiddenCols = append(s.HiddenCols, Area{FirstCol: columnNumber(first), LastCol: columnNumber(last)})
		}
		return
	}
	key, value, _ := strings.Cut(line, ":")
	if name, ok := strings.CutPrefix(key, "name "); ok {
		b.Names[strings.TrimSpace(name)] = strings.TrimSpace(value)
		return
	}
	b.Properties[strings.TrimSpace(key)] = strings.TrimSpace(value)
}

func areaFromText(a string) Area {
	from, to, _ := strings.Cut(a, ":")
	r1, c1 := cellFromA1(from)
	r2, c2 := cellFromA1(to)
	return Area{FirstRow: r1, FirstCol: c1, LastRow: r2, LastCol: c2}
}

func cellFromA1(a string) (row, col int) {
	letters := strings.TrimRight(a, "0123456789")
	return max(atoi(a[len(letters):]), 0), columnNumber(letters)
}

// columnNumber is the inverse of ColumnName for upper-case letters: "AB" → 28.
func columnNumber(letters string) int {
	n := 0
	for _, r := range letters {
		n = 26*n + int(r-'A') + 1
	}
	return n
}

func rowFromText(line string, next int) Row {
	r := Row{Number: next}
	if strings.HasPrefix(line, "~") {
		r.Hidden = true
		line = strings.TrimSpace(line[1:])
	}
	if strings.HasPrefix(line, "@") {
		number, rest, _ := strings.Cut(line[1:], " ")
		r.Number, line = max(atoi(number), 1), strings.TrimSpace(rest)
	}
	line = strings.ReplaceAll(strings.TrimPrefix(line, "|"), `\|`, "\x00")
	line = strings.TrimSuffix(line, "|")
	for col, text := range strings.Split(line, "|") {
		text = strings.TrimSpace(text)
		text = strings.NewReplacer("\x00", "|", `\n`, "\n").Replace(text)
		if c, ok := cellFromText(text); ok {
			c.Col = col + 1
			r.Cells = append(r.Cells, c)
		}
	}
	return r
}

func cellFromText(text string) (Cell, bool) {
	switch {
	case text == "":
		return Cell{}, false
	case strings.HasPrefix(text, "="):
		c, ok := cellFromText(strings.TrimSpace(text[1:]))
		c.Formula = true
		return c, ok
	case strings.HasPrefix(text, "'"):
		return Cell{Kind: Text, Text: text[1:]}, true
	case len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"':
		return Cell{Kind: Text, Text: text[1 : len(text)-1]}, true
	case text == "TRUE" || text == "FALSE":
		c := Cell{Kind: Bool, Text: text}
		if text == "TRUE" {
			c.Num = 1
		}
		return c, true
	case strings.HasPrefix(text, "#") && strings.ToUpper(text) == text:
		return Cell{Kind: ErrorValue, Text: text}, true
	}
	if isISO(text) {
		if t, err := time.Parse(time.DateOnly, text); err == nil {
			return Cell{Kind: Date, Text: text, Time: t}, true
		}
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil && text[0] != '+' && !strings.ContainsAny(text, "xXpPiInN_") {
		return Cell{Kind: Number, Text: text, Num: n}, true
	}
	return Cell{Kind: Text, Text: text}, true
}
