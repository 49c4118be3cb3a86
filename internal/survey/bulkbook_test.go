package survey

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// bulkBook lays visits out as one bulk workbook: a row per visit, and the parts keyed by the
// visit's number. Decode reads it back to the same visits.
func bulkBook(cb *codebook.Codebook, visits []Visit) *Book {
	form := lexiconOf(cb).bulkForm()
	b := &Book{Format: "xlsx", Properties: map[string]string{"qianqi.template": form.Template, "qianqi.version": strconv.Itoa(form.Version)}}
	for i := range form.Sheets {
		spec := &form.Sheets[i]
		cols := bulkColumns(cb, spec)
		s := tableSheet(spec, cols)
		for n := range visits {
			id := "V" + strconv.Itoa(1000+n)
			for _, row := range rowsOf(cb, spec.Key, &visits[n]) {
				row[answerKey{linkField, ""}] = textCell(id)
				s.Rows = append(s.Rows, makeRow(len(s.Rows)+1, cols, row))
			}
		}
		b.Sheets = append(b.Sheets, s)
	}
	return b
}

// tableSheet begins a sheet with its header and its hidden key row.
func tableSheet(spec *codebook.Sheet, cols []layoutColumn) Sheet {
	s := Sheet{Name: spec.Name.Both()}
	head, keys := Row{Number: 1}, Row{Number: 2, Hidden: true}
	for i, c := range cols {
		key := string(c.key.field)
		if c.key.competency != "" {
			key += ":" + string(c.key.competency)
		}
		head.Cells = append(head.Cells, Cell{Col: i + 1, Kind: Text, Text: c.header})
		keys.Cells = append(keys.Cells, Cell{Col: i + 1, Kind: Text, Text: key})
	}
	s.Rows = []Row{head, keys}
	return s
}

func makeRow(number int, cols []layoutColumn, cells map[answerKey]Cell) Row {
	r := Row{Number: number}
	for i, c := range cols {
		if cell, ok := cells[c.key]; ok && cell.Kind != Empty {
			cell.Col = i + 1
			r.Cells = append(r.Cells, cell)
		}
	}
	return r
}
