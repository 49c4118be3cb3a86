package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// exportsAreWhole writes every export of the sample twice: the same bytes, and what they hold is
// what was published.
func exportsAreWhole(t *testing.T, w *world) {
	ctx := context.Background()
	names, err := w.TableNames(ctx, AnalyzeOptions{})
	if err != nil || len(names) < 100 || names[0].Name != "figures" {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	for _, format := range ExportFormats {
		files := w.published(t, format)
		if want := map[bool]int{true: len(names), false: 1}[format == "csv" || format == "parquet"]; len(files) != want {
			t.Errorf("%s: %d files, want %d", format, len(files), want)
		}
		for _, f := range files {
			if len(f.Data) == 0 {
				t.Errorf("%s: %s is empty", format, f.Name)
			}
		}
		if format != "xlsx" {
			continue // the other forms are held to it where they are written
		}
		again, err := w.Export(ctx, ExportOptions{Format: format})
		if err != nil || !slices.EqualFunc(files, again, func(a, b File) bool { return a.Name == b.Name && bytes.Equal(a.Data, b.Data) }) {
			t.Errorf("%s: other bytes the second time (%v)", format, err)
		}
	}
	some, err := w.Export(ctx, ExportOptions{Format: "csv", Tables: []string{"figures", "iot-*"}})
	if err != nil || len(some) < 5 {
		t.Errorf("a name and a pattern: %d files, %v", len(some), err)
	}
	var choice *ErrChoice
	if _, err := w.Export(ctx, ExportOptions{Format: "pdf"}); !errors.As(err, &choice) {
		t.Errorf("a format that is none: %v", err)
	}
	if _, err := w.Export(ctx, ExportOptions{Format: "csv", Tables: []string{"figures", "["}}); !errors.As(err, &choice) {
		t.Errorf("a table that is none: %v", err)
	}
	figuresInTheWorkbook(t, w, w.tabled)
}

// published are the tables of the newest year in a format, written once; they are not to be changed.
func (w *world) published(t *testing.T, format string) []File {
	t.Helper()
	var err error
	if w.tabled == nil {
		w.tabled, _, err = w.tables(context.Background(), AnalyzeOptions{})
		must(t, err)
		w.written = make(map[string][]File)
	}
	if w.written[format] == nil {
		w.written[format], err = exported(w.tabled, w.analysis.Year, format)
		must(t, err)
	}
	return w.written[format]
}

// figuresInTheWorkbook reads the exported workbook with our reader and finds every figure of the
// analysis in it, and nothing of those withheld.
func figuresInTheWorkbook(t *testing.T, w *world, tables []report.Dataset) {
	t.Helper()
	figures, err := chosen(tables, []string{"figures"})
	if err != nil {
		t.Fatal(err)
	}
	data, err := writeSheets(figures...)
	if err != nil {
		t.Fatal(err)
	}
	rows := sheetRows(t, w, data, 0)
	head := slices.IndexFunc(rows, func(r []string) bool { return strings.HasSuffix(r[0], "\naddress") })
	at := map[string][]string{}
	for _, r := range rows[head+1:] {
		at[r[0]] = r
	}
	withheld := 0
	for _, c := range w.analysis.Cells {
		address := w.analysis.AddressOf(c).String()
		r := at[address]
		switch estimate := slices.IndexFunc(rows[head], func(h string) bool { return strings.HasSuffix(h, "\nestimate") }); {
		case r == nil:
			t.Fatalf("%s is not in the workbook", address)
		case c.Figure.Shown() != (r[estimate] != ""):
			t.Fatalf("%s is %+v and %q", address, c.Figure, r[estimate])
		case c.Figure.Flag.Suppressed():
			if withheld++; strings.Join(r[estimate:estimate+6], "") != "" {
				t.Fatalf("%s is withheld and stands as %q", address, r)
			}
		}
	}
	if withheld < 100 {
		t.Errorf("only %d figures are withheld: this shows nothing", withheld)
	}
}

// sheetRows are the texts of a sheet of a workbook, read by the reader that reads visits.
func sheetRows(t *testing.T, w *world, data []byte, sheet int) [][]string {
	t.Helper()
	book, issues, err := workbook.Read("export.xlsx", data, w.Codebook, workbook.Limits{})
	if err != nil || book == nil {
		t.Fatalf("%v %v", err, issues)
	}
	var out [][]string
	for _, r := range book.Sheets[sheet].Rows {
		line := make([]string, 40)
		for _, c := range r.Cells {
			if c.Col <= len(line) {
				line[c.Col-1] = c.Text
			}
		}
		out = append(out, line)
	}
	return out
}

// nationalHeads are the 27 headers of the national form, as its public front end has them.
var nationalHeads = strings.Split("主键数据唯一性标识 学校代码 走访企业名称 走访企业统一社会信用代码 需求专业代码 需求专业名称 需求专业层次 可提供岗位数 平均薪酬（元） 牵头拜访人 职务 拜访时间 企业接待人姓名 接待人职务 访谈成果主要形式 接受实习生专业代码 接受实习生专业名称 接受实习生专业层次 接受实习生人数 接受实习报酬（元） 接受学生就业专业代码 接受学生就业专业名称 接受学生就业专业层次 接受学生就业人数 接受学生就业起薪线（元/月） 其他达成意向的合作 数据采集时间", " ")

// theNationalForm is filled from what was answered and blank elsewhere, and taking it out is on record.
func theNationalForm(t *testing.T, w *world) {
	ctx := context.Background()
	before, err := w.Store.AuditHead(ctx)
	if err != nil {
		t.Fatal(err)
	}
	form, err := w.National(ctx, NationalOptions{School: "1234567890", By: "office"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.National(ctx, NationalOptions{School: "1234567890", By: "office"})
	if err != nil || !bytes.Equal(form.Data, again.Data) {
		t.Errorf("other bytes the second time (%v)", err)
	}
	rows := sheetRows(t, w, form.Data, 0)
	if got := rows[0][:27]; !slices.Equal(got, nationalHeads) || rows[0][27] != "" {
		t.Errorf("headers %q", got)
	}
	visits := map[string]survey.Visit{}
	if err := w.Store.Visits(ctx, form.Year, func(v store.StoredVisit) error {
		visits[string(v.Visit.Day)+v.Visit.Enterprise.Name+v.Visit.Faculty.Name] = v.Visit
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, r := range rows[1:] {
		checkNationalRow(t, r, visits)
		keys[r[0]] = true
	}
	if len(keys) != len(visits) || len(keys) != form.Visits || form.Filled+form.Blank != 27 {
		t.Errorf("%d rows with keys for %d visits: %+v", len(keys), len(visits), form)
	}
	if gaps := sheetRows(t, w, form.Data, 2); len(gaps) != form.Gaps+2 {
		t.Errorf("%d gaps are listed, %d counted", len(gaps)-2, form.Gaps)
	}
	onRecord := 0
	_ = w.Store.AuditLog(ctx, before.Seq, func(e store.AuditEntry) error {
		var detail map[string]int
		if e.Action == "export.national" && e.Actor == "office" && json.Unmarshal([]byte(e.Detail), &detail) == nil && detail["visits"] == form.Visits {
			onRecord++
		}
		return nil
	})
	if onRecord != 2 {
		t.Errorf("%d exports are on record, want 2", onRecord)
	}
	var none *ErrNoVisits
	if _, err := w.National(ctx, NationalOptions{Year: 1999}); !errors.As(err, &none) {
		t.Errorf("a year without visits: %v", err)
	}
}

func checkNationalRow(t *testing.T, r []string, visits map[string]survey.Visit) {
	t.Helper()
	v, ok := visits[r[11]+r[2]+r[9]]
	if !ok {
		t.Fatalf("no visit is %q", r[:12])
	}
	if len(r[0]) != 32 || r[1] != "1234567890" || r[3] != v.Enterprise.USCC || r[26] != "2026-10-01 17:00:00" {
		t.Errorf("%q for %+v", r, v.Enterprise)
	}
	for _, i := range []int{10, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25} {
		if r[i] != "" {
			t.Errorf("%s holds %q, and nobody was asked", nationalHeads[i], r[i])
		}
	}
}

// thePDFs are the pages of a report, printed; without a browser the run refuses before it works.
func thePDFs(t *testing.T, w *world) {
	ctx := context.Background()
	briefs, err := w.Briefs(ctx, BriefOptions{Programme: "网络", PDF: true})
	if err != nil || len(briefs) != 1 || !strings.HasSuffix(briefs[0].Name, "computer_network.pdf") {
		t.Fatalf("%d briefs, %v", len(briefs), err)
	}
	if n := bytes.Count(briefs[0].Data, []byte("/Type /Page\n")); n != 1 {
		t.Errorf("the brief takes %d pages", n)
	}
	a, opts, err := w.reported(ctx, AnalyzeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := report.Briefs(a, opts, report.BriefOptions{Programme: "computer_network"})
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, name := range []string{"index.html", "trace-all.html", "downloads.html"} {
		if err := os.WriteFile(filepath.Join(folder, name), pages[0].HTML, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	place, err := w.printReport(ctx, folder, 2026)
	if err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(place); len(files) != 1 || files[0].Name() != "index.pdf" {
		t.Errorf("printed %v", files)
	}
	if again, err := os.ReadFile(filepath.Join(place, "index.pdf")); err != nil || !bytes.Equal(again, briefs[0].Data) {
		t.Errorf("other bytes the second time (%v)", err)
	}
	t.Setenv("QIANQI_CHROMIUM", "no-such-browser")
	if _, err := w.printReport(ctx, folder, 2026); err != nil {
		t.Errorf("pages that stand printed were printed again: %v", err)
	}
	var none *ErrNoBrowser
	if _, err := w.Report(ctx, AnalyzeOptions{}, t.TempDir(), true); !errors.As(err, &none) {
		t.Errorf("without a browser: %v", err)
	}
	if _, err := w.Briefs(ctx, BriefOptions{PDF: true}); !errors.As(err, &none) {
		t.Errorf("without a browser: %v", err)
	}
}
