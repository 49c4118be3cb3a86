package report

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// bom makes Excel and WPS read a CSV file as UTF-8.
const bom = "\xef\xbb\xbf"

// exports adds the files that other programs read.
func (d *desk) exports(s *Site) error {
	raw, err := d.a.JSON()
	if err != nil {
		return err
	}
	s.files["data.json"] = append(raw, '\n')
	s.files["data/cells.csv"] = d.cellsCSV()
	s.files[exampleFile] = newExample(d.n.cb).csv()
	return nil
}

// cellsCSV is every published figure in long form, one a row.
func (d *desk) cellsCSV() []byte {
	rows := [][]string{{"year", "programme", "family", "industry", "size", "region", "competency", "measure",
		"estimate", "se", "lo", "hi", "n_enterprises", "n_jobs", "flag", "address"}}
	year := itoa(d.a.Year)
	for _, c := range d.a.Cells {
		row := []string{year, inert(string(c.Domain.Programme)), inert(string(c.Domain.Family)), inert(c.Domain.Industry), inert(c.Domain.Size),
			inert(c.Domain.Region), inert(string(c.Competency)), inert(string(c.Measure))}
		rows = append(rows, append(append(row, figureFields(c.Figure)...), inert(d.a.AddressOf(c).String())))
	}
	return writeCSV(rows)
}

// figureFields are a figure's fields in a CSV file: empty where there is nothing to show.
func figureFields(f demand.Figure) []string {
	out := make([]string, 7)
	if f.Shown() && finite(f.Estimate) {
		out[0] = precise(f.Estimate)
		if f.HasSE {
			out[1], out[2], out[3] = precise(f.SE), precise(f.Lo), precise(f.Hi)
		}
	}
	if !f.Flag.Suppressed() {
		out[4], out[5] = itoa(f.Enterprises), itoa(f.Jobs)
	}
	out[6] = string(f.Flag)
	if f.Flag == "" {
		out[6] = string(demand.NoData)
	}
	return out
}

// precise writes a number with ten significant digits; what is not finite is left empty.
func precise(v float64) string {
	if !finite(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 10, 64)
}

// file is where a table's CSV stands within the site.
func (t *table) file() string { return "data/" + t.ID + ".csv" }

// csv is the table with every figure spread over its estimate, error, interval, base and flag.
func (t *table) csv() []byte {
	rows := [][]string{t.header()}
	for _, r := range t.Rows {
		var out []string
		for i, c := range t.Columns {
			out = append(out, c.fields(r[i])...)
		}
		rows = append(rows, out)
	}
	return writeCSV(rows)
}

func (t *table) header() []string {
	var out []string
	for _, c := range t.Columns {
		switch {
		case c.Figure:
			for _, part := range []string{"", "_se", "_lo", "_hi", "_n_enterprises", "_n_jobs", "_flag"} {
				out = append(out, inert(c.Key+part))
			}
		case c.Numeric:
			out = append(out, inert(c.Key))
		default:
			out = append(out, inert(c.Key), inert(c.Key+"_en"))
		}
	}
	return out
}

func (c column) fields(v cell) []string {
	switch {
	case c.Figure && v.Figure != nil:
		return figureFields(*v.Figure)
	case c.Figure:
		return make([]string, 7)
	case v.Number != nil:
		return []string{precise(*v.Number)}
	case c.Numeric:
		return []string{inert(v.Print().ZH)}
	case len(v.Parts) > 0:
		joined := joined(v.partLines())
		return []string{inert(joined.ZH), inert(joined.EN)}
	case len(v.Lines) > 0:
		joined := joined(v.Lines)
		return []string{inert(joined.ZH), inert(joined.EN)}
	}
	t := v.Print()
	return []string{inert(t.ZH), inert(t.EN)}
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

// inert keeps a spreadsheet from reading text as a formula: what starts like one gets an
// apostrophe before it.
func inert(s string) string {
	if s == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// Inert makes a text of a CSV safe to open in a spreadsheet; a workbook's text cells need no such
// care.
func Inert(s string) string { return inert(s) }

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
