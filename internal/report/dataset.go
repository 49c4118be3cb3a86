package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// Dataset is one published table for other programs: what the pages show, spread over columns of
// one type each. Figures come with error, interval, base and flag; what is withheld is nil.
type Dataset struct {
	Name    string
	Title   Text
	Notes   []Text // base, weights, where the numbers come from
	Columns []DatasetColumn
	Rows    [][]any // string, int64, float64 or nil
}

// DatasetColumn is a column of a Dataset.
type DatasetColumn struct {
	Key  string
	Head Text
	Kind Kind
}

// Kind is the type of a column's values.
type Kind int

// The kinds of columns.
const (
	TextKind Kind = iota
	IntKind
	NumberKind
)

// Datasets are every published figure in long form ("figures") and every table of every page, in
// the order of the pages.
func Datasets(a *gap.Analysis, opts Options) ([]Dataset, error) {
	d := deskFor(a, opts)
	pages, err := d.pages(opts.Changes)
	if err != nil {
		return nil, err
	}
	return d.datasets(pages), nil
}

// datasets are every figure in long form, then the tables of the pages.
func (d *desk) datasets(pages []*page) []Dataset {
	out := []Dataset{d.figuresDataset()}
	for _, p := range pages {
		for _, t := range p.tables() {
			out = append(out, d.dataset(p, t))
		}
	}
	return out
}

// notes are the remarks that go with every table.
func (d *desk) notes() []Text {
	notes := []Text{d.codebookLine(), shownLong(d.a.BaseText), shownLong(d.a.WeightText),
		say("少于 "+itoa(d.a.K)+" 家企业或由一家主导的数字不予公布，格子空着，flag 说明原因；空着不是零。", "Figures of fewer than "+itoa(d.a.K)+" enterprises, or dominated by one, are withheld: the cell is empty and the flag says why; empty is not zero.")}
	if d.a.Invented {
		notes = append([]Text{say("样例数据：企业、人员与评分均为虚构", "Sample data: enterprises, people and ratings are invented")}, notes...)
	}
	return notes
}

func (d *desk) figuresDataset() Dataset {
	out := Dataset{Name: "figures", Title: say("全部数字", "All figures"), Notes: d.notes(), Columns: []DatasetColumn{
		{"address", say("地址", "Address"), TextKind}, {"year", say("年份", "Year"), IntKind}, {"programme", say("专业", "Programme"), TextKind}, {"family", say("岗位族", "Job family"), TextKind},
		{"industry", say("行业", "Industry"), TextKind}, {"size", say("规模", "Size"), TextKind}, {"region", say("地区", "Region"), TextKind},
		{"competency", say("能力", "Competency"), TextKind}, {"measure", say("量", "Measure"), TextKind}}}
	out.Columns = append(out.Columns, figureColumns("", say("估计值", "Estimate"))...)
	for _, c := range append(append([]demand.Cell{}, d.a.Cells...), d.a.Openings...) {
		row := []any{d.a.AddressOf(c).String(), int64(d.a.Year), text(string(c.Domain.Programme)), text(string(c.Domain.Family)),
			text(c.Domain.Industry), text(c.Domain.Size), text(c.Domain.Region), text(string(c.Competency)), string(c.Measure)}
		out.Rows = append(out.Rows, append(row, figureValues(c.Figure)...))
	}
	return out
}

// text is a text cell; an empty one holds nothing.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// figureColumns are the columns of a figure, as in the CSV files.
func figureColumns(key string, head Text) []DatasetColumn {
	name := func(part string) string {
		if key == "" {
			return part
		}
		return key + "_" + part
	}
	first := key
	if key == "" {
		first = "estimate"
	}
	part := func(zh, en string) Text { return say(head.ZH+" "+zh, head.EN+" "+en) }
	return []DatasetColumn{{first, head, NumberKind}, {name("se"), part("标准误", "se"), NumberKind}, {name("lo"), part("下限", "low"), NumberKind}, {name("hi"), part("上限", "high"), NumberKind},
		{name("n_enterprises"), part("企业", "enterprises"), IntKind}, {name("n_jobs"), part("岗位", "jobs"), IntKind}, {name("flag"), part("标记", "flag"), TextKind}}
}

func figureValues(f demand.Figure) []any {
	out := make([]any, 7)
	if f.Shown() && finite(f.Estimate) {
		out[0] = rounded(f.Estimate)
		if f.HasSE {
			out[1], out[2], out[3] = rounded(f.SE), rounded(f.Lo), rounded(f.Hi)
		}
	}
	if !f.Flag.Suppressed() {
		out[4], out[5] = int64(f.Enterprises), int64(f.Jobs)
	}
	out[6] = string(f.Flag)
	if f.Flag == "" {
		out[6] = string(demand.NoData)
	}
	return out
}

// rounded is a number as CSV writes it, with ten significant digits, so that the order of a sum
// never shows; nil where it is none.
func rounded(v float64) any {
	n, err := strconv.ParseFloat(precise(v), 64)
	switch {
	case err != nil:
		return nil
	case n == 0:
		return 0.0 // never -0
	}
	return n
}

// dataset spreads a table of a page over typed columns. A column of numbers in which a row says a
// word ("not taught") is split: the number, and beside it the word.
func (d *desk) dataset(p *page, t *table) Dataset {
	out := Dataset{Name: t.ID, Title: say(p.Title.ZH+"："+t.Caption.ZH, p.Title.EN+": "+t.Caption.EN), Notes: d.notes()}
	if t.Whence.ZH != "" {
		out.Notes = append(out.Notes, t.Whence)
	}
	spread := make([]func(cell) []any, len(t.Columns))
	for i, c := range t.Columns {
		columns, values := t.spread(i, c)
		out.Columns, spread[i] = append(out.Columns, columns...), values
	}
	for _, r := range t.Rows {
		var row []any
		for i := range t.Columns {
			row = append(row, spread[i](r[i])...)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// spread says which typed columns a column becomes, and how its cells fill them.
func (t *table) spread(i int, c column) ([]DatasetColumn, func(cell) []any) {
	switch {
	case c.Figure:
		return figureColumns(c.Key, c.Head), func(v cell) []any {
			if v.Figure == nil {
				return make([]any, 7)
			}
			return figureValues(*v.Figure)
		}
	case c.Numeric:
		columns := []DatasetColumn{{c.Key, c.Head, NumberKind}}
		if !t.worded(i) {
			return columns, func(v cell) []any { return []any{v.number()} }
		}
		columns = append(columns, DatasetColumn{c.Key + "_text", say(c.Head.ZH+" 文字", c.Head.EN+" in words"), TextKind})
		return columns, func(v cell) []any {
			if n := v.number(); n != nil {
				return []any{n, nil}
			}
			return []any{nil, text(v.said().ZH)}
		}
	}
	return []DatasetColumn{{c.Key, c.Head, TextKind}, {c.Key + "_en", say(c.Head.ZH+"（英文）", c.Head.EN+" (English)"), TextKind}}, func(v cell) []any {
		said := v.said()
		return []any{text(said.ZH), text(said.EN)}
	}
}

// worded reports whether a column of numbers has a row without one.
func (t *table) worded(i int) bool {
	for _, r := range t.Rows {
		if r[i].number() == nil {
			return true
		}
	}
	return false
}

// number is the number of a cell; nil where it holds words.
func (c cell) number() any {
	switch {
	case c.Number != nil:
		return rounded(*c.Number)
	case c.Figure != nil && c.Figure.Shown():
		return rounded(c.Figure.Estimate)
	}
	return nil
}

// said is what a cell says in words.
func (c cell) said() Text {
	switch {
	case len(c.Parts) > 0:
		return joined(c.partLines())
	case len(c.Lines) > 0:
		return joined(c.Lines)
	}
	return c.Print()
}

// CSV is the table as CSV, UTF-8 with a byte-order mark so that Excel and WPS read it; texts that a
// spreadsheet would take for a formula carry an apostrophe.
func (s *Dataset) CSV() []byte {
	head := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = Inert(c.Key)
	}
	rows := [][]string{head}
	for _, r := range s.Rows {
		line := make([]string, len(r))
		for i, v := range r {
			switch v := v.(type) {
			case string:
				line[i] = Inert(v)
			case int64:
				line[i] = itoa(int(v))
			case float64:
				line[i] = precise(v)
			}
		}
		rows = append(rows, line)
	}
	return writeCSV(rows)
}

// TablesSchema is the JSON Schema of what TablesJSON writes.
//
//go:embed assets/tables.schema.json
var TablesSchema string

// tablesFormat names the form of the document; another form gets another number.
const tablesFormat = "qianqi-tables/1"

// tableHead is what stands before the rows of a table in JSON.
type tableHead struct {
	Name    string       `json:"name"`
	Title   textJSON     `json:"title"`
	Notes   []textJSON   `json:"notes"`
	Columns []columnJSON `json:"columns"`
}

type columnJSON struct {
	Key  string   `json:"key"`
	Head textJSON `json:"head"`
	Type string   `json:"type"`
}

type textJSON struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// kindNames are the kinds of columns as other programs know them.
var kindNames = [...]string{TextKind: "text", IntKind: "int", NumberKind: "number"}

// head is the table without its rows.
func (s *Dataset) head() tableHead {
	out := tableHead{s.Name, textJSON(s.Title), []textJSON{}, []columnJSON{}}
	for _, n := range s.Notes {
		out.Notes = append(out.Notes, textJSON(n))
	}
	for _, c := range s.Columns {
		out.Columns = append(out.Columns, columnJSON{c.Key, textJSON(c.Head), kindNames[c.Kind]})
	}
	return out
}

// TablesJSON writes tables as one document, a row a line, so that two of them can be compared line
// by line; null is what is not shown.
func TablesJSON(year int, tables []Dataset) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"format\":%q,\"year\":%d,\"tables\":[", tablesFormat, year)
	for i := range tables {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := tables[i].writeJSON(&b); err != nil {
			return nil, fmt.Errorf("report: %s as JSON: %w", tables[i].Name, err)
		}
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

func (s *Dataset) writeJSON(b *bytes.Buffer) error {
	head, err := json.Marshal(s.head())
	if err != nil {
		return err
	}
	fmt.Fprintf(b, "\n%s,\"rows\":[", head[:len(head)-1])
	for i, r := range s.Rows {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("]}")
	return nil
}
