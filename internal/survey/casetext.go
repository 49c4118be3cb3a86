package survey

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// TextCase is a workbook that breaks one rule in one place, written for people to read.
type TextCase struct {
	Code codebook.RuleID
	Cell string   // where the issue must stand; "" for a whole sheet or file
	Why  string   // what is wrong, in a few words
	With []string // sound workbooks handed in before it, and mappings it is read through, by name
	Base string   // the sound workbook it differs from; "" where it stands alone
	Book string   // the whole workbook; see BookFromText
}

// CasesText writes cases the way test folders keep them: a heading, then what differs from the
// sound workbook, line by line, or the whole workbook. bases are the sound workbooks by name.
//
//	# V012 B4 three numbers without a year
//	: with staff
//	: differs from visit
//	5- | 走访日期 Visit date * | 2026-03-05 |      line 5 is taken out,
//	6+ | 走访日期 Visit date * | 3/4/26 |          this one goes before line 6
func CasesText(cases []TextCase, bases map[string]string) string {
	var b strings.Builder
	for i, c := range cases {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("# " + string(c.Code) + " " + orDash(c.Cell) + " " + c.Why + "\n")
		for _, name := range c.With {
			b.WriteString(": with " + name + "\n")
		}
		if c.Base == "" {
			b.WriteString(strings.Trim(c.Book, "\n") + "\n")
			continue
		}
		b.WriteString(": differs from " + c.Base + "\n")
		writeEdits(&b, lines(bases[c.Base]), lines(c.Book))
	}
	return b.String()
}

func orDash(cell string) string {
	if cell == "" {
		return "-"
	}
	return cell
}

func lines(text string) []string { return strings.Split(strings.Trim(text, "\n"), "\n") }

// writeEdits writes the lines to take out of one text and to put in, to make it the other: the
// fewest, by the longest common subsequence.
func writeEdits(b *strings.Builder, from, to []string) {
	common := make([][]int, len(from)+1)
	for i := range common {
		common[i] = make([]int, len(to)+1)
	}
	for i := len(from) - 1; i >= 0; i-- {
		for j := len(to) - 1; j >= 0; j-- {
			if from[i] == to[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(from) || j < len(to) {
		switch {
		case i < len(from) && j < len(to) && from[i] == to[j]:
			i, j = i+1, j+1
		case i < len(from) && (j == len(to) || common[i+1][j] >= common[i][j+1]):
			fmt.Fprintf(b, "%d- %s\n", i+1, from[i])
			i++
		default:
			fmt.Fprintf(b, "%d+ %s\n", i+1, to[j])
			j++
		}
	}
}

// CasesFromText reads cases as CasesText writes them. The error names the case.
func CasesFromText(text string, bases map[string]string) ([]TextCase, error) {
	var cases []TextCase
	for block := range strings.SplitSeq("\n"+text, "\n# ") {
		if strings.TrimSpace(block) == "" {
			continue
		}
		c, err := caseFromText(block, bases)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

func caseFromText(block string, bases map[string]string) (TextCase, error) {
	head, rest, _ := strings.Cut(block, "\n")
	words := strings.SplitN(head, " ", 3)
	if len(words) != 3 {
		return TextCase{}, fmt.Errorf("case %q: a rule, a cell and a reason are wanted", head)
	}
	c := TextCase{Code: codebook.RuleID(words[0]), Cell: strings.TrimPrefix(words[1], "-"), Why: words[2]}
	for {
		line, after, _ := strings.Cut(rest, "\n")
		said, ok := strings.CutPrefix(line, ": ")
		if !ok {
			break
		}
		rest = after
		if name, ok := strings.CutPrefix(said, "with "); ok {
			c.With = append(c.With, name)
		} else if c.Base, ok = strings.CutPrefix(said, "differs from "); !ok {
			return c, fmt.Errorf("case %q: %q is not understood", head, line)
		}
	}
	if c.Base == "" {
		c.Book = strings.TrimRight(rest, "\n") + "\n"
		return c, nil
	}
	base, ok := bases[c.Base]
	if !ok {
		return c, fmt.Errorf("case %q: there is no workbook %q", head, c.Base)
	}
	var err error
	c.Book, err = applyEdits(lines(base), lines(rest))
	if err != nil {
		err = fmt.Errorf("case %q: %w", head, err)
	}
	return c, err
}

// applyEdits takes lines out of a text and puts others in.
func applyEdits(from, edits []string) (string, error) {
	out := make(map[int]bool)
	in := make(map[int][]string)
	for _, edit := range edits {
		if strings.TrimSpace(edit) == "" {
			continue
		}
		number, text, _ := strings.Cut(edit, " ")
		n, err := strconv.Atoi(strings.TrimRight(number, "+-"))
		switch {
		case err != nil || n < 1 || n > len(from)+1:
			return "", fmt.Errorf("%q is no edit", edit)
		case strings.HasSuffix(number, "+"):
			in[n] = append(in[n], text)
		case n > len(from) || from[n-1] != text:
			return "", fmt.Errorf("line %d does not read %q", n, text)
		default:
			out[n] = true
		}
	}
	var kept []string
	for n := 1; n <= len(from)+1; n++ {
		kept = append(kept, in[n]...)
		if n <= len(from) && !out[n] {
			kept = append(kept, from[n-1])
		}
	}
	return strings.Join(kept, "\n") + "\n", nil
}

// Text writes a book the way BookFromText reads it.
func (b *Book) Text() string {
	var out strings.Builder
	for _, key := range sortedKeys(b.Properties) {
		out.WriteString("%" + key + ": " + b.Properties[key] + "\n")
	}
	for _, key := range sortedKeys(b.Names) {
		out.WriteString("%name " + key + ": " + b.Names[key] + "\n")
	}
	for i := range b.Sheets {
		b.Sheets[i].writeText(&out)
	}
	return out.String()
}

func (s *Sheet) writeText(out *strings.Builder) {
	out.WriteString("== " + s.Name)
	if s.Hidden {
		out.WriteString(" (hidden)")
	}
	out.WriteString("\n")
	for _, m := range s.Merges {
		out.WriteString("%merge " + Ref{Row: m.FirstRow, Col: m.FirstCol}.Cell() + ":" + Ref{Row: m.LastRow, Col: m.LastCol}.Cell() + "\n")
	}
	for _, c := range s.HiddenCols {
		out.WriteString("%hide " + ColumnName(c.FirstCol) + ":" + ColumnName(c.LastCol) + "\n")
	}
	next := 1
	for _, r := range s.Rows {
		if r.Hidden {
			out.WriteString("~ ")
		}
		if r.Number != next {
			out.WriteString("@" + strconv.Itoa(r.Number) + " ")
		}
		out.WriteString("|")
		col := 1
		for _, c := range r.Cells {
			out.WriteString(strings.Repeat(" |", c.Col-col) + " " + c.source() + " |")
			col = c.Col + 1
		}
		out.WriteString("\n")
		next = r.Number + 1
	}
}

// source is a cell as cellFromText reads it.
func (c *Cell) source() string {
	text := strings.NewReplacer("\n", `\n`, "|", `\|`).Replace(c.Text)
	if c.Kind == Text {
		if again, ok := cellFromText(text); !ok || again.Kind != Text || again.Formula || again.Text != text {
			text = `"` + text + `"`
		}
	}
	if c.Formula {
		return "=" + text
	}
	return text
}
