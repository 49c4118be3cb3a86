package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strconv"
	"strings"
)

// bom makes Excel and WPS read a CSV file as UTF-8.
const bom = "\xef\xbb\xbf"

// SheetWriter writes tables as one workbook, each on a sheet of its own.
type SheetWriter func(...Dataset) ([]byte, error)

// exports makes the files that other programs read: every table as CSV and, where there is a writer,
// as a workbook; all of them as one JSON document and one workbook; every figure as Parquet too.
func (d *desk) exports(put Put, tables []Dataset, sheets SheetWriter) error {
	raw, err := d.a.JSON()
	if err != nil {
		return err
	}
	err = errors.Join(put("data.json", append(raw, '\n')), put(exampleFile, newExample(d.n.cb).csv()))
	for i := 0; err == nil && i < len(tables); i++ {
		err = putTable(put, &tables[i], sheets)
	}
	if err != nil {
		return err
	}
	whole := []struct {
		path string
		make func() ([]byte, error)
	}{
		{"data/tables.xlsx", func() ([]byte, error) { return sheets(tables...) }},
		{"data/figures.parquet", tables[0].Parquet},
		{"data/tables.schema.json", func() ([]byte, error) { return []byte(TablesSchema), nil }},
		{"data/tables.json", func() ([]byte, error) { return TablesJSON(d.a.Year, tables) }},
	}
	if sheets == nil {
		whole = whole[1:]
	}
	for _, f := range whole {
		data, err := f.make()
		if err != nil {
			return err
		}
		if err := put(f.path, data); err != nil {
			return err
		}
	}
	return nil
}

// putTable makes the files of one table.
func putTable(put Put, t *Dataset, sheets SheetWriter) error {
	path := "data/" + t.Name
	if err := put(path+".csv", t.CSV()); err != nil || sheets == nil {
		return err
	}
	book, err := sheets(*t)
	if err != nil {
		return err
	}
	return put(path+".xlsx", book)
}

// precise writes a number with ten significant digits; what is not finite is left empty.
func precise(v float64) string {
	if !finite(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 10, 64)
}

// partLines are the parts of a cell as lines of text.
func (c cell) partLines() []Text {
	out := make([]Text, len(c.Parts))
	for i, p := range c.Parts {
		v := p.Value.Print()
		out[i] = say(p.Name.ZH+" "+v.ZH, p.Name.EN+" "+v.EN)
	}
	return out
}

func joined(lines []Text) Text {
	zh, en := make([]string, len(lines)), make([]string, len(lines))
	for i, l := range lines {
		zh[i], en[i] = l.ZH, l.EN
	}
	return say(strings.Join(zh, "; "), strings.Join(en, "; "))
}

// Inert makes a text of a CSV safe to open in a spreadsheet: what starts like a formula gets an
// apostrophe before it. A workbook's text cells need no such care.
func Inert(s string) string {
	if s == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

func writeCSV(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString(bom)
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.WriteAll(rows); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
