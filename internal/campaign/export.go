package campaign

import (
	"context"
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// ExportFormats are the forms in which tables leave.
var ExportFormats = []string{"csv", "xlsx", "json", "parquet"}

// ExportOptions say which published tables to write, and how.
type ExportOptions struct {
	AnalyzeOptions
	Format string   // one of ExportFormats
	Tables []string // names, or patterns like computer_network-*; none is every table
}

// File is one file to be written.
type File struct {
	Name string
	Data []byte
}

// TableName is a published table as a list shows it.
type TableName struct {
	Name  string        `json:"name"`
	Title codebook.Text `json:"title"`
	Rows  int           `json:"rows"`
}

// TableNames lists the tables of a year that can be exported.
func (c *Campaign) TableNames(ctx context.Context, o AnalyzeOptions) ([]TableName, error) {
	tables, _, err := c.tables(ctx, o)
	var out []TableName
	for i := range tables {
		out = append(out, TableName{tables[i].Name, tables[i].Title, len(tables[i].Rows)})
	}
	return out, err
}

// Export makes the files of published tables: one a table as CSV and Parquet, one for all as a
// workbook and JSON. They hold what the pages show: what is withheld there is empty here. The same
// database gives the same bytes. The error is *ErrChoice for a format or table that is none.
func (c *Campaign) Export(ctx context.Context, o ExportOptions) ([]File, error) {
	if !slices.Contains(ExportFormats, o.Format) {
		return nil, &ErrChoice{What: "格式 format", Got: o.Format, Allowed: ExportFormats}
	}
	tables, a, err := c.tables(ctx, o.AnalyzeOptions)
	if err != nil {
		return nil, err
	}
	if tables, err = chosen(tables, o.Tables); err != nil {
		return nil, err
	}
	return exported(tables, a.Year, o.Format)
}

// exported writes tables of a year in a format.
func exported(tables []report.Dataset, year int, format string) ([]File, error) {
	name := "qianqi-" + strconv.Itoa(year)
	switch format {
	case "csv":
		return filePerTable(tables, ".csv", func(t *report.Dataset) ([]byte, error) { return t.CSV(), nil })
	case "parquet":
		return filePerTable(tables, ".parquet", (*report.Dataset).Parquet)
	case "xlsx":
		data, err := writeSheets(tables...)
		return []File{{name + ".xlsx", data}}, err
	}
	data, err := report.TablesJSON(year, tables)
	return []File{{name + ".json", data}}, err
}

// TablesSchema is the JSON Schema of tables exported as JSON.
func TablesSchema() []byte { return []byte(report.TablesSchema) }

func (c *Campaign) tables(ctx context.Context, o AnalyzeOptions) ([]report.Dataset, *gap.Analysis, error) {
	a, opts, err := c.reported(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	tables, err := report.Datasets(a, opts)
	return tables, a, err
}

// reported computes a year, with the options of its last report where they are left out.
func (c *Campaign) reported(ctx context.Context, o AnalyzeOptions) (*gap.Analysis, report.Options, error) {
	in, err := c.inputs(ctx, o.asReported())
	if err != nil {
		return nil, report.Options{}, err
	}
	a, err := gap.Analyze(c.Codebook, *in)
	return a, report.Options{Codebook: c.Codebook, Curriculum: in.Curriculum[in.Year]}, err
}

func filePerTable(tables []report.Dataset, ending string, write func(*report.Dataset) ([]byte, error)) ([]File, error) {
	files := make([]File, len(tables))
	for i := range tables {
		data, err := write(&tables[i])
		if err != nil {
			return nil, err
		}
		files[i] = File{tables[i].Name + ending, data}
	}
	return files, nil
}

// chosen picks the tables that a name or pattern fits; each of them must fit one.
func chosen(tables []report.Dataset, names []string) ([]report.Dataset, error) {
	if len(names) == 0 {
		return tables, nil
	}
	var out []report.Dataset
	hits := make([]bool, len(names))
	for _, t := range tables {
		fits := false
		for i, name := range names {
			if ok, err := path.Match(name, t.Name); err == nil && ok {
				hits[i], fits = true, true
			}
		}
		if fits {
			out = append(out, t)
		}
	}
	for i, hit := range hits {
		if !hit {
			return nil, noSuchTable(tables, names[i])
		}
	}
	return out, nil
}

func noSuchTable(tables []report.Dataset, name string) error {
	e := &ErrChoice{What: "--table", Got: name}
	for _, t := range tables {
		e.Allowed = append(e.Allowed, t.Name)
	}
	return e
}

// writeSheets writes tables as a workbook: several behind a sheet that lists them.
func writeSheets(tables ...report.Dataset) ([]byte, error) {
	var sheets []workbook.Table
	if len(tables) > 1 {
		sheets = append(sheets, workbook.Table{Name: "目录 contents", Title: "目录 Contents",
			Columns: []workbook.TableColumn{{Header: "工作表 Sheet", Width: 34}, {Header: "名称 Name", Width: 40}, {Header: "内容 Content", Width: 90}, {Header: "行 Rows", Width: 8}}})
	}
	for i := range tables {
		sheet := sheetOf(&tables[i])
		if len(tables) > 1 {
			sheet.Name = sheetTitle(i+1, sheet.Name)
			sheets[0].Rows = append(sheets[0].Rows, []any{sheet.Name, tables[i].Name, tables[i].Title.Both(), len(tables[i].Rows)})
		}
		sheets = append(sheets, sheet)
	}
	return workbook.WriteTable(sheets)
}

// sheetTitle numbers a sheet, so that the names stay apart when they are cut to what a sheet's
// name may hold.
func sheetTitle(n int, name string) string {
	title := fmt.Sprintf("%d %s", n, name)
	return title[:min(len(title), 31)]
}

func sheetOf(t *report.Dataset) workbook.Table {
	out := workbook.Table{Name: t.Name, Title: t.Title.Both(), Rows: t.Rows}
	for _, n := range t.Notes {
		out.Notes = append(out.Notes, n.Both())
	}
	for i, c := range t.Columns {
		column := workbook.TableColumn{Header: c.Head.Both() + "\n" + c.Key, Width: 14}
		switch c.Kind {
		case report.TextKind:
			column.Width = textWidth(t.Rows, i)
		case report.NumberKind:
			column.Format = numberFormat(t.Rows, i)
		}
		out.Columns = append(out.Columns, column)
	}
	return out
}

// textWidth is wide enough for most texts of a column.
func textWidth(rows [][]any, i int) float64 {
	most := 14
	for _, r := range rows {
		if s, ok := r[i].(string); ok {
			most = max(most, len(s))
		}
	}
	return float64(min(most, 44))
}

// numberFormat shows the digits that matter: three of a share, two of a level, none of a count.
func numberFormat(rows [][]any, i int) string {
	most, whole := 0.0, true
	for _, r := range rows {
		if v, ok := r[i].(float64); ok {
			most = max(most, math.Abs(v))
			whole = whole && v == math.Trunc(v)
		}
	}
	switch {
	case whole:
		return "0"
	case most < 1:
		return "0.000"
	case most < 100:
		return "0.00"
	}
	return "#,##0.0"
}

// BriefOptions say which one-page briefs to make.
type BriefOptions struct {
	AnalyzeOptions
	Programme string // code or name of a programme; "" is every one
	English   bool
	PDF       bool // printed with a browser, else for a word processor
}

// Briefs makes the one-page briefs of programmes. The errors are *ErrChoice for a programme that is
// none and *ErrNoBrowser where pages cannot be printed.
func (c *Campaign) Briefs(ctx context.Context, o BriefOptions) ([]File, error) {
	code := ""
	if o.Programme != "" {
		var err error
		if code, err = c.Code("programmes", "--programme", o.Programme); err != nil {
			return nil, err
		}
	}
	if o.PDF {
		if _, err := findBrowser(); err != nil {
			return nil, err // before the work, not after
		}
	}
	a, opts, err := c.reported(ctx, o.AnalyzeOptions)
	if err != nil {
		return nil, err
	}
	briefs, err := report.Briefs(a, opts, report.BriefOptions{Programme: codebook.ProgrammeID(code), English: o.English})
	if err != nil {
		return nil, err
	}
	if o.PDF {
		return printBriefs(ctx, briefs, a.Year)
	}
	var files []File
	for _, b := range briefs {
		files = append(files, File{b.Name + ".docx", b.Docx})
	}
	return files, nil
}

func printBriefs(ctx context.Context, briefs []report.Brief, year int) ([]File, error) {
	p, err := newPrinter(year)
	if err != nil {
		return nil, err
	}
	pages := make(tree, len(briefs))
	for _, b := range briefs {
		pages[b.Name+".html"] = b.HTML
	}
	pdfs, err := p.printLoose(ctx, pages)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, b := range briefs {
		files = append(files, File{b.Name + ".pdf", pdfs[b.Name+".pdf"]})
	}
	return files, nil
}

// WriteFiles writes files to a folder, each of them in one step in the place of an earlier one.
func WriteFiles(folder string, files []File) error {
	err := os.MkdirAll(folder, 0o755)
	for _, f := range files {
		if err == nil && !filepath.IsLocal(f.Name) {
			err = fmt.Errorf("a file named %q would leave the folder", f.Name)
		}
		if err == nil {
			err = replaceFile(filepath.Join(folder, f.Name), f.Data)
		}
	}
	if err != nil {
		return fmt.Errorf("写不了 cannot write to %s: %w", folder, err)
	}
	return nil
}
