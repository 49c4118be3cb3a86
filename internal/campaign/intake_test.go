package campaign

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// yearEnd is the clock of the tests: late in 2026, so that no sample visit lies in the future.
var yearEnd = time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC)

// openCampaign is a campaign on an empty database.
func openCampaign(t testing.TB) *Campaign {
	t.Helper()
	now := func() time.Time { return yearEnd }
	s, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "qianqi.db"), store.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &Campaign{Codebook: codebook.Default(), Store: s, Now: now}
}

// sampleVisits are the first visits of an invented campaign of 2026.
func sampleVisits(n int) []survey.Visit {
	c := sample.New(codebook.Default(), sample.Options{Year: 2026, Visits: max(n, 3), Seed: sample.DefaultSeed})
	visits := make([]survey.Visit, n)
	for i := range visits {
		visits[i] = c.Visit(i).Visit
	}
	return visits
}

// visitBook writes a visit as the workbook of a template of some version.
func visitBook(t *testing.T, o workbook.TemplateOptions, v survey.Visit, overrides ...workbook.Override) []byte {
	t.Helper()
	o.Year, o.Brief = v.Year, true
	filler := fillers[[2]int{o.Year, o.Version}]
	if filler == nil {
		cb := codebook.Default()
		blank, err := workbook.WriteTemplate(cb, "visit", o)
		must(t, err)
		filler, err = workbook.NewFiller(cb, blank)
		must(t, err)
		fillers[[2]int{o.Year, o.Version}] = filler
	}
	data, err := filler.Visit(v, overrides...)
	must(t, err)
	return data
}

// fillers are the templates that were made already, by year and version.
var fillers = map[[2]int]*workbook.Filler{}

// writeFiles writes files into a new folder: name, content, name, content …
func writeFiles(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// mustIngest takes in paths.
func mustIngest(t testing.TB, c *Campaign, o IngestOptions) *IngestResult {
	t.Helper()
	result, err := c.Ingest(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// codes lists the rules and cells of a receipt: V015@L4 …
func codes(f *FileResult) string {
	var list []string
	for _, i := range f.Issues {
		list = append(list, strings.TrimSuffix(string(i.Code)+"@"+i.Ref.Cell(), "@"))
	}
	return strings.Join(list, " ")
}

// An older template comes back as the current one with every answer in its new place; handed in
// again it is the same visit.
func TestOlderTemplateComesBackAsTheNewOne(t *testing.T) {
	c := openCampaign(t)
	v := sampleVisits(1)[0]
	v.Enterprise.Ecosystems = nil // asked since version 2
	wrong := workbook.Override{Sheet: "jobs", Row: 1, Field: "required_level", Competency: v.Jobs[0].Ratings[0].Competency, Text: "9", Number: true}
	gap := workbook.Override{Sheet: "jobs", Row: 1, Blank: 2}
	old := visitBook(t, workbook.TemplateOptions{Version: 1}, v, wrong, gap)
	dir := writeFiles(t, map[string][]byte{"旧表.xlsx": old})
	returns := t.TempDir()
	f := mustIngest(t, c, IngestOptions{Paths: []string{dir}, Returns: returns}).Files[0]
	if f.Status != Rejected || codes(&f) != "V015@L7 T004" {
		t.Fatalf("%s %s, want rejected for V015 two rows further down", f.Status, codes(&f))
	}
	data, err := os.ReadFile(f.Return)
	if err != nil {
		t.Fatal(err)
	}
	book, _, err := workbook.Read("r.xlsx", data, c.Codebook, workbook.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, version, issues := survey.Identify(c.Codebook, book); version != 2 || len(issues) > 0 {
		t.Errorf("the return is version %d with %d issues", version, len(issues))
	}
	list := sheetText(book.Sheet(workbook.ReturnSheet))
	for _, say := range []string{"旧版模板", "L5", "提醒 warnings 0"} {
		if !strings.Contains(list, say) {
			t.Errorf("the list does not say %q:\n%s", say, list)
		}
	}
	if strings.Contains(list, "T004") {
		t.Error("the new template is called an old one")
	}
	if got := book.Sheet("岗位 Jobs").At(5, 12); got == nil || got.Text != "9" {
		t.Errorf("the wrong answer was not carried over: %+v", got)
	}
	sum, ok := workbook.ReturnOf(book)
	if !ok || sum != f.SHA256 {
		t.Errorf("the return is of %q", sum)
	}
}

// An older template without a fault is taken, comes back as the new one, and that says the same.
func TestOlderTemplateThatIsTaken(t *testing.T) {
	c := openCampaign(t)
	v := sampleVisits(1)[0]
	v.Enterprise.Ecosystems = nil
	dir := writeFiles(t, map[string][]byte{"旧表.xlsx": visitBook(t, workbook.TemplateOptions{Version: 1}, v)})
	returns := t.TempDir()
	f := mustIngest(t, c, IngestOptions{Paths: []string{dir}, Returns: returns}).Files[0]
	if f.Status != Accepted || codes(&f) != "T004" || f.Return == "" {
		t.Fatalf("%s %s, returned as %q", f.Status, codes(&f), f.Return)
	}
	again := mustIngest(t, c, IngestOptions{Paths: []string{f.Return}}).Files[0]
	if again.Status != Unchanged || again.Corrects != f.SHA256 || len(again.Issues) > 0 {
		t.Errorf("handed in as the new template: %s, of %q, %s", again.Status, again.Corrects, codes(&again))
	}
}

// sheetText is every text of a sheet.
func sheetText(s *survey.Sheet) string {
	var b strings.Builder
	for i := range s.Rows {
		for _, c := range s.Rows[i].Cells {
			b.WriteString(c.Text + " ")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// A mended return whose day was wrong replaces the visit it was returned for; the return of a
// taken file tells its number and when it came.
func TestMendedReturnReplacesAnotherKey(t *testing.T) {
	c := openCampaign(t)
	v := sampleVisits(1)[0]
	v.Enterprise.USCC = "91350100M000100Y44" // fails its check: a warning
	dir := writeFiles(t, map[string][]byte{"a.xlsx": visitBook(t, workbook.TemplateOptions{}, v)})
	f := mustIngest(t, c, IngestOptions{Paths: []string{dir}, Returns: t.TempDir()}).Files[0]
	if f.Status != Accepted || f.Return == "" {
		t.Fatalf("%s %s", f.Status, codes(&f))
	}
	returned, err := os.ReadFile(f.Return)
	if err != nil {
		t.Fatal(err)
	}
	book, _, _ := workbook.Read("r.xlsx", returned, c.Codebook, workbook.Limits{})
	for _, say := range []string{"提交号 submission 1", "收到 received 2026-12-31 12:00", "走访 visits 1", "岗位 jobs "} {
		if list := sheetText(book.Sheet(workbook.ReturnSheet)); !strings.Contains(list, say) {
			t.Errorf("the return does not say %q:\n%s", say, list)
		}
	}

	// The teacher mends the day in the return: the list stays, the sheet is filled in anew.
	mended := v
	mended.Day = "2026-04-01"
	data, err := c.Annotated(FileResult{File: "a.xlsx", SHA256: f.SHA256, Status: Accepted}, visitBook(t, workbook.TemplateOptions{}, mended))
	if err != nil {
		t.Fatal(err)
	}
	dir = writeFiles(t, map[string][]byte{"退回-a.xlsx": data})
	again := mustIngest(t, c, IngestOptions{Paths: []string{dir}}).Files[0]
	if again.Status != Superseded || again.Corrects != f.SHA256 {
		t.Fatalf("%s, of %q", again.Status, again.Corrects)
	}
	if len(again.Diff) != 1 || again.Diff[0].Field != "visit_date" || again.Diff[0].Cell != "B4" || again.Diff[0].Label != "走访日期" ||
		again.Diff[0].Before != string(v.Day) || again.Diff[0].After != "2026-04-01" {
		t.Errorf("changed: %+v", again.Diff)
	}
	years, err := c.Store.Years(context.Background())
	if err != nil || len(years) != 1 || years[0].Visits != 1 {
		t.Errorf("%+v %v, want one visit", years, err)
	}
}

// A return that served as the blank of the next visit replaces nothing: the check on the web says so before it is
// taken, and so does the receipt.
func TestReturnFilledInForAnotherVisit(t *testing.T) {
	ctx := context.Background()
	c := openCampaign(t)
	v := sampleVisits(1)[0]
	first := visitBook(t, workbook.TemplateOptions{}, v)
	f := mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, map[string][]byte{"a.xlsx": first})}}).Files[0]
	again := func(change func(*survey.Visit)) []byte {
		t.Helper()
		next := v
		change(&next)
		data, err := c.Annotated(FileResult{File: "a.xlsx", SHA256: f.SHA256, Status: Accepted}, visitBook(t, workbook.TemplateOptions{}, next))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	anotherDay := func(n *survey.Visit) { n.Day = "2026-04-01" }
	anotherVisit := func(n *survey.Visit) {
		n.Day, n.Enterprise.Name, n.Enterprise.USCC = "2026-04-01", "示例另一家有限公司", ""
	}
	for _, x := range []struct {
		why      string
		data     []byte
		replaces bool
	}{{"the day mended", again(anotherDay), true}, {"another visit", again(anotherVisit), false}} {
		checked, err := c.Reception(1).Check(ctx, Hand{Name: "退回-a.xlsx", Data: x.data, Any: true})
		if err != nil || (checked.Holds[0].Replaces != 0) != x.replaces || strings.Contains(codes(&checked.FileResult), "X006") == x.replaces {
			t.Errorf("%s, the check: replaces %d, issues %q, %v", x.why, checked.Holds[0].Replaces, codes(&checked.FileResult), err)
		}
	}
	r := mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, map[string][]byte{"退回-a.xlsx": again(anotherVisit)})}}).Files[0]
	years, err := c.Store.Years(ctx)
	if r.Status != Accepted || r.Corrects != f.SHA256 || err != nil || years[0].Visits != 2 {
		t.Fatalf("%s, of %q: %+v %v, want two visits", r.Status, r.Corrects, years, err)
	}
	at := slices.IndexFunc(r.Issues, func(i Issue) bool { return i.Code == "X006" })
	if at < 0 || r.Issues[at].Ref.Cell() != "B11" || !strings.Contains(r.Issues[at].Message.ZH, "提交 1") || strings.Count(codes(&r), "X006") != 1 {
		t.Errorf("the receipt: %q", codes(&r))
	}
}

// Two files of the same bytes under two names are one submission.
func TestTwoNamesOneFile(t *testing.T) {
	c := openCampaign(t)
	data := visitBook(t, workbook.TemplateOptions{}, sampleVisits(1)[0])
	dir := writeFiles(t, map[string][]byte{"a.xlsx": data, "b.xlsx": bytes.Clone(data)})
	r := mustIngest(t, c, IngestOptions{Paths: []string{dir}})
	if r.Files[0].Status != Accepted || r.Files[1].Status != Unchanged || r.Totals.Visits != 1 {
		t.Errorf("%+v", r.Totals)
	}
}
