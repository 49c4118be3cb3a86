package curriculum_test

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// records are the rows of a workbook by sheet key.
type records = map[string][]map[codebook.FieldID]any

// bookOf writes records as the workbook a person would hand in: labels above or beside the
// answers, choices by their shown names.
func bookOf(t *testing.T, cb *codebook.Codebook, kind string, rows records) *survey.Book {
	t.Helper()
	form, ok := cb.Form(kind)
	if !ok {
		t.Fatal("no form", kind)
	}
	b := &survey.Book{Format: "xlsx", Properties: map[string]string{
		"qianqi.template": form.Template, "qianqi.version": strconv.Itoa(form.Version), "qianqi.codebook": cb.ID + "@" + cb.Version,
	}, Names: map[string]string{}}
	for i := range form.Sheets {
		spec := &form.Sheets[i]
		if spec.Layout == codebook.LayoutRecord {
			b.Sheets = append(b.Sheets, recordSheet(cb, spec, rows[spec.Key]))
			continue
		}
		b.Sheets = append(b.Sheets, tableSheet(cb, spec, rows[spec.Key]))
	}
	return b
}

func tableSheet(cb *codebook.Codebook, spec *codebook.Sheet, rows []map[codebook.FieldID]any) survey.Sheet {
	s := survey.Sheet{Name: spec.Name.Both()}
	head := survey.Row{Number: 1}
	for c, f := range spec.Fields {
		head.Cells = append(head.Cells, survey.Cell{Col: c + 1, Kind: survey.Text, Text: f.Label.Both()})
	}
	s.Rows = append(s.Rows, head)
	for i, r := range rows {
		row := survey.Row{Number: i + 2}
		for c := range spec.Fields {
			f := &spec.Fields[c]
			if cell, ok := cellOf(cb, f, r[f.Key]); ok {
				cell.Col = c + 1
				row.Cells = append(row.Cells, cell)
			}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// recordSheet writes a block of labels and answers for each record.
func recordSheet(cb *codebook.Codebook, spec *codebook.Sheet, rows []map[codebook.FieldID]any) survey.Sheet {
	s := survey.Sheet{Name: spec.Name.Both()}
	n := 1
	for _, r := range rows {
		for c := range spec.Fields {
			f := &spec.Fields[c]
			row := survey.Row{Number: n, Cells: []survey.Cell{{Col: 1, Kind: survey.Text, Text: f.Label.Both()}}}
			if cell, ok := cellOf(cb, f, r[f.Key]); ok {
				cell.Col = 2
				row.Cells = append(row.Cells, cell)
			}
			s.Rows = append(s.Rows, row)
			n++
		}
		n++
	}
	return s
}

// cellOf writes one answer; false for none.
func cellOf(cb *codebook.Codebook, f *codebook.Field, v any) (survey.Cell, bool) {
	switch x := v.(type) {
	case nil:
		return survey.Cell{}, false
	case int:
		return number(float64(x)), true
	case float64:
		return number(x), true
	case survey.Answer[int]:
		return number(float64(x.Value)), x.Known()
	case survey.Answer[float64]:
		return number(x.Value), x.Known()
	case survey.Day:
		day, err := time.Parse(time.DateOnly, string(x))
		return survey.Cell{Kind: survey.Date, Text: string(x), Time: day}, err == nil
	}
	text := textOf(cb, f, reflect.ValueOf(v))
	return survey.Cell{Kind: survey.Text, Text: text}, text != ""
}

func number(v float64) survey.Cell {
	return survey.Cell{Kind: survey.Number, Num: v, Text: strconv.FormatFloat(v, 'f', -1, 64)}
}

func textOf(cb *codebook.Codebook, f *codebook.Field, v reflect.Value) string {
	if v.Kind() == reflect.Slice {
		var parts []string
		for i := range v.Len() {
			parts = append(parts, textOf(cb, f, v.Index(i)))
		}
		return strings.Join(parts, "、")
	}
	s := fmt.Sprint(v.Interface())
	if f.Vocabulary != "" && s != "" {
		if name := cb.Name(f.Vocabulary, s); name.ZH != "" {
			return name.ZH
		}
	}
	return s
}

func codesOf(issues []survey.Issue) string {
	var out []string
	for _, i := range issues {
		out = append(out, string(i.Code)+"@"+i.Ref.Sheet+"!"+i.Ref.Cell())
	}
	return strings.Join(out, " ")
}
