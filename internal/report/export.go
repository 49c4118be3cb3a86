package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// bom makes Excel and WPS read a CSV file as UTF-8.
const bom = "\xef\xbb\xbf"

// SheetWriter writes tables as one workbook, each on a sheet of its own.
type SheetWriter func(...Dataset) ([]byte, error)

// exports adds the files that other programs read: every table as CSV and, where there is a writer,
// as a workbook; all of them as one JSON document and one workbook; every figure as Parquet too.
func (d *desk) exports(s *Site, tables []Dataset, sheets SheetWriter) error {
	raw, err := d.a.JSON()
	if err != nil {
		return err
	}
	s.files["data.json"] = append(raw, '\n')
	s.files[exampleFile] = newExample(d.n.cb).csv()
	for i := range tables {
		if err := s.addTable(&tables[i], sheets); err != nil {
			return err
		}
	}
	if sheets != nil {
		if s.files["data/tables.xlsx"], err = sheets(tables...); err != nil {
			return err
		}
	}
	if s.files["data/figures.parquet"], err = tables[0].Parquet(); err != nil {
		return err
	}
	s.files["data/tables.schema.json"] = []byte(TablesSchema)
	s.files["data/tables.json"], err = TablesJSON(d.a.Year, tables)
	return err
}

// addTable adds the files of one table.
func (s *Site) addTable(t *Dataset, sheets SheetWriter) error {
	path := "data/" + t.Name
	if _, twice := s.files[path+".csv"]; twice {
		return fmt.Errorf("two tables are called %s", t.Name)
	}
	s.files[path+".csv"] = t.CSV()
	if sheets == nil {
		return nil
	}
	var err error
	s.files[path+".xlsx"], err = sheets(*t)
	return err
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
