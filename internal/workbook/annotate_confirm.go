package workbook

import (
	"regexp"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Confirmation is a person's word that a warning is right as it stands.
type Confirmation struct {
	Code  codebook.RuleID
	Sheet string // as it stands in the file
	Cell  string // A1 address; "" for a whole sheet or file
	Got   string // what stood there when the warning was given, as the issue showed it
}

// headDepthOfList is how far down the list its header may stand.
const headDepthOfList = 40

// Confirmations reads the 确认 column of a returned workbook that comes back. One line of the list
// may confirm several cells. A workbook without a list has none.
func Confirmations(book *survey.Book) []Confirmation {
	s, at, cols := issueHead(book)
	if s == nil {
		return nil
	}
	var out []Confirmation
	for i := at + 1; i < len(s.Rows); i++ {
		row := &s.Rows[i]
		text := func(column int) string { return trimmedCell(row, cols[issueColumns[column-1].zh]) }
		code := text(issueCode)
		if !confirms(text(issueConfirm)) || !ruleCode.MatchString(code) {
			continue
		}
		for _, cell := range addresses(text(issueCell)) {
			out = append(out, Confirmation{Code: codebook.RuleID(code), Sheet: text(issueSheetName), Cell: cell, Got: text(issueGot)})
		}
	}
	return out
}

var address = regexp.MustCompile(`\b([A-Z]{1,3}[0-9]{1,7}|[0-9]{1,7}:[0-9]{1,7})\b`)

// addresses are the cells that a line names; one empty address for a whole sheet or file.
func addresses(text string) []string {
	if found := address.FindAllString(text, -1); found != nil {
		return found
	}
	return []string{""}
}

// ReturnOf tells which submission a workbook is the return of: the hash that Annotate was given.
func ReturnOf(book *survey.Book) (sha256 string, ok bool) {
	if all := ReturnsOf(book); len(all) > 0 {
		return all[0], true
	}
	return "", false
}

// returnsMost is how many rounds of returning and mending a return remembers.
const returnsMost = 8

// ReturnsOf tells the same of every round that a workbook was returned and mended, the latest first.
func ReturnsOf(book *survey.Book) []string {
	s, at, _ := issueHead(book)
	if s == nil {
		return nil
	}
	var all []string
	for i := range at {
		text := trimmedCell(&s.Rows[i], 1)
		for _, word := range []string{receiptWord, earlierWord} {
			if hash, found := strings.CutPrefix(text, word); found && !slices.Contains(all, hash) && len(all) < returnsMost {
				all = append(all, hash)
			}
		}
	}
	return all
}

var ruleCode = regexp.MustCompile(`^[A-Z]\d{3}$`)

// issueHead finds the header of the list: its position and the column of each header.
func issueHead(book *survey.Book) (s *survey.Sheet, at int, cols map[string]int) {
	if s = book.Sheet(ReturnSheet); s == nil {
		return nil, 0, nil
	}
	for i := range min(len(s.Rows), headDepthOfList) {
		cols = map[string]int{}
		for _, c := range s.Rows[i].Cells {
			zh, _, _ := strings.Cut(c.Text, "\n")
			cols[strings.TrimSpace(zh)] = c.Col
		}
		if cols[issueColumns[issueCode-1].zh] > 0 && cols[issueColumns[issueConfirm-1].zh] > 0 {
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
