package workbook

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// linkField names a visit in a bulk workbook: the row of the visit and every row of its parts
// carry the same number. The decoder of the survey room knows it by this key.
const linkField codebook.FieldID = "visit_id"

// bulkMark is the property by which a bulk template is known from the one of a single visit.
const bulkMark = "qianqi.layout"

// bulkRows is how many visits a bulk template is prepared for.
const bulkRows = 100

// bulkForm is the form with a row per visit: every sheet a table that begins with the visit's
// number.
func bulkForm(form *codebook.Form) *codebook.Form {
	bulk := *form
	bulk.Title = codebook.Text{ZH: form.Title.ZH + "（多次走访汇总）", EN: form.Title.EN + " (many visits)"}
	bulk.Sheets = slices.Clone(form.Sheets)
	link := codebook.Field{
		Key: linkField, Label: codebook.Text{ZH: "走访编号", EN: "Visit number"}, Type: codebook.TypeID, Required: true, MaxLen: 20, Width: 12,
		Hint: codebook.Text{ZH: "自编，每次走访一个；同一次走访的岗位、趋势、建议写同一个编号", EN: "Your own, one per visit; jobs, trends and suggestions of a visit repeat it"},
	}
	for i := range bulk.Sheets {
		s := &bulk.Sheets[i]
		if s.Layout == codebook.LayoutRecord {
			s.Rows = bulkRows
		} else {
			s.Rows = max(s.Rows*3, bulkRows)
		}
		s.Layout = codebook.LayoutTable
		s.Fields = append([]codebook.Field{link}, s.Fields...)
	}
	return &bulk
}

// WriteBulk writes many visits as one workbook, as a department's secretary hands them in: a
// row per visit, the parts on their sheets. It is the bulk template, filled in.
func WriteBulk(cb *codebook.Codebook, visits []survey.Visit) ([]byte, error) {
	form, ok := cb.Form("visit")
	if !ok {
		return nil, fmt.Errorf("the codebook %s has no form of visits", cb.ID)
	}
	bulk := bulkForm(form)
	template, err := layOut(cb, bulk, TemplateOptions{Bulk: true})
	if err != nil {
		return nil, err
	}
	f, err := newFiller(cb, bulk, template)
	if err != nil {
		return nil, err
	}
	w := f.begin(nil)
	next := map[string]int{} // rows used on each sheet
	for n, v := range visits {
		w.bulkVisit(v, "V"+strconv.Itoa(1001+n), next)
	}
	return w.finish()
}

// bulkVisit writes one visit behind those before it.
func (w *filling) bulkVisit(v survey.Visit, id string, next map[string]int) {
	used := map[string]int{}
	eachAnswer(v, func(sheet string, record int, field codebook.FieldID, c codebook.CompetencyID, value any) {
		at, row := w.sheetIndex(sheet), next[sheet]+record
		if used[sheet] <= record {
			used[sheet] = record + 1
			w.put(at, row, linkField, "", id)
		}
		w.put(at, row, field, c, value)
	})
	for sheet, n := range used {
		next[sheet] += n
	}
}

// TextEncoding is how a csv file is written.
type TextEncoding string

// Encodings that people's programs write.
const (
	UTF8BOM TextEncoding = "utf-8-bom" // what Excel opens without asking
	UTF8    TextEncoding = "utf-8"
	GB18030 TextEncoding = "gb18030"
)

// WriteCSV writes visits as one csv table, the way an online questionnaire is exported: a row per
// job, the visit's own answers repeated. It keeps every text as it is, for programs to read;
// tables for people are written by WriteTable.
func WriteCSV(cb *codebook.Codebook, visits []survey.Visit, encoding TextEncoding) ([]byte, error) {
	book := survey.FlatBook(cb, visits)
	var b bytes.Buffer
	for _, s := range book.Sheets {
		cols := 0
		for _, row := range s.Rows {
			cols = max(cols, row.Cells[len(row.Cells)-1].Col)
		}
		for i := range s.Rows {
			csvRow(&b, &s.Rows[i], cols)
		}
	}
	switch encoding {
	case UTF8:
		return b.Bytes(), nil
	case UTF8BOM:
		return append([]byte("\xef\xbb\xbf"), b.Bytes()...), nil
	case GB18030:
		return simplifiedchinese.GB18030.NewEncoder().Bytes(b.Bytes())
	}
	return nil, fmt.Errorf("no csv encoding %q", encoding)
}

// csvRow writes one record by RFC 4180.
func csvRow(b *bytes.Buffer, row *survey.Row, cols int) {
	for col := 1; col <= cols; col++ {
		if col > 1 {
			b.WriteByte(',')
		}
		c := row.At(col)
		switch {
		case c == nil:
		case strings.ContainsAny(c.Text, "\",\r\n") || c.Text != strings.TrimSpace(c.Text):
			b.WriteString(`"` + strings.ReplaceAll(c.Text, `"`, `""`) + `"`)
		default:
			b.WriteString(c.Text)
		}
	}
	b.WriteString("\r\n")
}
