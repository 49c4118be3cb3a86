package workbook

import (
	"regexp"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Confirmation is a person's word that a warning is right as it stands.
type Confirmation struct {
	Code  codebook.RuleID
	Sheet string // as it stands in the file
	Cell  string // A1 address; "" for a whole sheet or file
}

// issueKeyDepth is how far down the list its key row may stand.
const issueKeyDepth = 40

// Confirmations reads the 确认 column of a returned workbook that comes back. One line of the list
// may confirm several cells. A workbook without a list has none.
func Confirmations(book *survey.Book) []Confirmation {
	s, at, cols := issueKeys(book)
	if s == nil {
		return nil
	}
	var out []Confirmation
	for i := at + 1; i < len(s.Rows); i++ {
		row := &s.Rows[i]
		text := func(key string) string { return trimmedCell(row, cols[key]) }
		code := text("code")
		if !confirms(text("confirm")) || !ruleCode.MatchString(code) {
			continue
		}
		cells := strings.Fields(text("cells"))
		if len(cells) == 0 {
			cells = []string{""}
		}
		for _, cell := range cells {
			out = append(out, Confirmation{Code: codebook.RuleID(code), Sheet: text("sheet"), Cell: cell})
		}
	}
	return out
}

// ReturnOf tells which submission a workbook is the return of: the hash that Annotate was given.
func ReturnOf(book *survey.Book) (sha256 string, ok bool) {
	s, at, _ := issueKeys(book)
	if s == nil {
		return "", false
	}
	for i, c := range s.Rows[at].Cells {
		if c.Text == returnKey && i+1 < len(s.Rows[at].Cells) {
			return s.Rows[at].Cells[i+1].Text, true
		}
	}
	return "", false
}

var ruleCode = regexp.MustCompile(`^[A-Z]\d{3}$`)

// issueKeys finds the key row of the list: its position and the column of each key.
func issueKeys(book *survey.Book) (s *survey.Sheet, at int, cols map[string]int) {
	if s = book.Sheet(ReturnSheet); s == nil {
		return nil, 0, nil
	}
	for i := range min(len(s.Rows), issueKeyDepth) {
		cols = map[string]int{}
		for _, c := range s.Rows[i].Cells {
			cols[c.Text] = c.Col
		}
		if cols["code"] > 0 && cols["confirm"] > 0 && cols["sheet"] > 0 {
			return s, i, cols
		}
	}
	return nil, 0, nil
}

func trimmedCell(row *survey.Row, col int) string {
	if c := row.At(col); col > 0 && c != nil {
		return strings.TrimSpace(c.Text)
	}
	return ""
}

// confirms understands what people write for yes.
func confirms(text string) bool {
	switch codebook.Fold(text) {
	case "确认", "是", "已确认", "无误", "确认无误", "y", "yes", "ok", "√", "✓", "✔", "1", "confirm", "confirmed", "true":
		return true
	}
	return false
}
