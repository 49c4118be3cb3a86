package workbook

import (
	"fmt"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// WriteBook writes a book as a workbook of values only: the same sheets, every cell at its address,
// and nothing else that the file it was read from held (properties, comments, pictures, formulas,
// formats). note, where not empty, stands alone on a last sheet. The same book gives the same bytes.
func WriteBook(book *survey.Book, note string) ([]byte, error) {
	var names []string
	var sheets [][]byte
	for i := range book.Sheets {
		names = append(names, freeSheetName(names, book.Sheets[i].Name))
		sheets = append(sheets, plainSheet(&book.Sheets[i]))
	}
	if note != "" || len(sheets) == 0 {
		names = append(names, freeSheetName(names, "说明 Note"))
		sheets = append(sheets, plainSheet(&survey.Sheet{Rows: []survey.Row{{Number: 1, Cells: []survey.Cell{{Col: 1, Kind: survey.Text, Text: note}}}}}))
	}
	return barePackage(names, sheets, exportStyles([]string{""}))
}

func plainSheet(s *survey.Sheet) []byte {
	b := []byte(xmlHead + `<worksheet xmlns="` + mainNamespace + `"><sheetData>`)
	for _, row := range s.Rows {
		b = fmt.Appendf(b, `<row r="%d">`, row.Number)
		for _, c := range row.Cells {
			b = appendCell(b, row.Number, c.Col, nil, plainValue(c))
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
