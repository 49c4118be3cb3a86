package workbook

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// WriteBook writes a book as a workbook of values only: the same sheets, every cell at its address,
// and nothing else that the file it was read from held (properties, comments, pictures, formulas,
// formats). note, where not empty, stands alone on a last sheet. The same book gives the same bytes.
func WriteBook(book *survey.Book, note string) ([]byte, error) {
	sheets := book.Sheets
	if note != "" || len(sheets) == 0 {
		last := survey.Sheet{Name: "说明 Note", Rows: []survey.Row{{Number: 1, Cells: []survey.Cell{{Col: 1, Kind: survey.Text, Text: note}}}}}
		sheets = append(slices.Clip(sheets), last)
	}
	var names []string
	for i := range sheets {
		names = append(names, freeSheetName(names, sheets[i].Name))
	}
	return barePackage(names, func(i int) ([]byte, error) { return cellSheet(&sheets[i], plainValue), nil }, exportStyles([]string{""}))
}

// cellSheet is a worksheet of cells at their addresses.
func cellSheet(s *survey.Sheet, value func(survey.Cell) written) []byte {
	b := []byte(xmlHead + `<worksheet xmlns="` + mainNamespace + `"><sheetData>`)
	for _, row := range s.Rows {
		b = fmt.Appendf(b, `<row r="%d">`, row.Number)
		for _, c := range row.Cells {
			b = appendCell(b, row.Number, c.Col, nil, value(c))
		}
		b = append(b, rowClose...)
	}
	return append(b, `</sheetData></worksheet>`...)
}

// plainValue is a cell's value: a number as a number, all else as the text that was read.
func plainValue(c survey.Cell) written {
	if c.Kind == survey.Number {
		if _, err := strconv.ParseFloat(c.Text, 64); err == nil {
			return written{text: c.Text, kind: writtenDigits}
		}
	}
	return textCell(c.Text)
}
