package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Where the fields of a visit stand is nearly the same for every visit of a form: the same
// columns, the same rows counted from the visit's first. So the places are stored once as a
// cell map, relative to visit.row, and visit_cell gives them back as addresses.

// placed is one entry of a cell map: [field, column letters, rows below the first, sheet or null].
type placed struct {
	field codebook.FieldID
	col   int
	below int
	other bool   // on another sheet than the visit's own
	sheet string // which
}

// cellMap writes the cells of a visit; row is the first row any of them stands in.
func cellMap(v *survey.Visit) (text string, row int) {
	fields := slices.Sorted(maps.Keys(v.Cells))
	for _, f := range fields {
		if at := v.Cells[f]; row == 0 || at.Row > 0 && at.Row < row {
			row = at.Row
		}
	}
	out := []byte{'['}
	for i, f := range fields {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendPlaced(out, v.Sheet, row, f, v.Cells[f])
	}
	return string(append(out, ']')), row
}

func appendPlaced(out []byte, sheet string, row int, field codebook.FieldID, at survey.Ref) []byte {
	out = append(out, '[')
	out = appendJSON(out, string(field))
	out = append(out, ',')
	out = appendJSON(out, survey.ColumnName(at.Col))
	out = append(out, ',')
	out = strconv.AppendInt(out, int64(at.Row-row), 10)
	if at.Sheet != sheet {
		out = append(out, ',')
		out = appendJSON(out, at.Sheet)
	}
	return append(out, ']')
}

// parseCellMap reads what cellMap wrote.
func parseCellMap(text string) ([]placed, error) {
	var entries [][]any
	if err := json.Unmarshal([]byte(text), &entries); err != nil {
		return nil, err
	}
	out := make([]placed, 0, len(entries))
	for _, e := range entries {
		if len(e) < 3 {
			return nil, fmt.Errorf("store: %q is no cell map", text)
		}
		field, _ := e[0].(string)
		letters, _ := e[1].(string)
		below, _ := e[2].(float64)
		p := placed{field: codebook.FieldID(field), col: columnNumber(letters), below: int(below)}
		if len(e) > 3 {
			p.other = true
			p.sheet, _ = e[3].(string)
		}
		out = append(out, p)
	}
	return out, nil
}

// refs gives the cells of one visit.
func refs(cells []placed, sheet string, row int) map[codebook.FieldID]survey.Ref {
	if len(cells) == 0 {
		return nil
	}
	out := make(map[codebook.FieldID]survey.Ref, len(cells))
	for _, p := range cells {
		at := survey.Ref{Sheet: sheet, Row: row + p.below, Col: p.col}
		if p.other {
			at.Sheet = p.sheet
		}
		out[p.field] = at
	}
	return out
}

// appendJSON appends a JSON string; plain text takes the short way.
func appendJSON(out []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			quoted, _ := json.Marshal(s)
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), s...), '"')
}

// cellText writes a cell: A1 on the given sheet, "sheet!A1" elsewhere, "" for none.
func cellText(at survey.Ref, sheet string) string {
	switch {
	case at == survey.Ref{}:
		return ""
	case at.Sheet == sheet:
		return at.Cell()
	}
	return at.Sheet + "!" + at.Cell()
}

// parseCellText reads what cellText wrote.
func parseCellText(text, sheet string) survey.Ref {
	if text == "" {
		return survey.Ref{}
	}
	at := survey.Ref{Sheet: sheet}
	if i := strings.LastIndexByte(text, '!'); i >= 0 {
		at.Sheet, text = text[:i], text[i+1:]
	}
	row, _, whole := strings.Cut(text, ":")
	letters := strings.TrimRight(row, "0123456789")
	at.Row, _ = strconv.Atoi(row[len(letters):])
	if !whole {
		at.Col = columnNumber(letters)
	}
	return at
}
