package campaign

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Every sign of haste or copying is seen wherever somebody looks, in the receipt, in the record, in
// the year's list and on the page of data quality; nothing is refused or left out for it.
func TestScreeningIsShownAndNeverAVerdict(t *testing.T) {
	ctx := context.Background()
	for _, k := range failingCases(t, soundBooks(t)) {
		if !strings.HasPrefix(string(k.Code), "V08") {
			continue
		}
		c := openInJune(t)
		f := mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, map[string][]byte{"走访.xlsx": workbookOf(t, survey.BookFromText(k.Book))})}, By: "office"}).Files[0]
		if f.Status != Accepted || !strings.Contains(codes(&f), string(k.Code)) {
			t.Fatalf("%s: %s with %s", k.Code, f.Status, codes(&f))
		}
		screening, err := c.Screening(ctx, 0)
		if err != nil || screening.Year != 2026 || screening.Visits != f.Visits {
			t.Fatalf("%s: %+v %v", k.Code, screening, err)
		}
		want := gap.Screened{Rule: k.Code, Of: f.Visits, Flag: demand.WithheldFew}
		about := 1
		if k.Code == "V084" { // every visit of that day
			about = 5
			want.Visits, want.Enterprises, want.Flag = 5, 5, demand.Good
		}
		if n := asked(screening, k.Code, true); n != about {
			t.Errorf("%s: %d visits are asked about", k.Code, n)
		}
		record, err := c.Record(ctx, f.SHA256)
		if err != nil || !slices.ContainsFunc(record.Issues, func(i Issue) bool { return i.Code == k.Code }) {
			t.Errorf("%s is not in the record: %v", k.Code, err)
		}
		analysis, err := c.Analyze(ctx, AnalyzeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(analysis.Quality.Screened, want) {
			t.Errorf("%s: the page of data quality has %+v", k.Code, analysis.Quality.Screened)
		}
		if err := c.Waive(ctx, f.SHA256, k.Code, store.Act{By: "office", Reason: "电话核对过"}); err != nil {
			t.Fatal(err)
		}
		if screening, err = c.Screening(ctx, 2026); err != nil || asked(screening, k.Code, true) != 0 || asked(screening, k.Code, false) != about {
			t.Errorf("%s is waived and still open: %v", k.Code, err)
		}
	}
}

// asked counts the visits that a rule asks about, all or those nobody has decided about.
func asked(s *Screening, code codebook.RuleID, open bool) int {
	n := 0
	for _, v := range s.Asked {
		if slices.ContainsFunc(v.Questions, func(q Issue) bool { return q.Code == code && (!open || q.Open()) }) {
			n++
		}
	}
	return n
}

// Sound visits of the sample raise no question, and a year without visits is said to be one.
func TestScreeningOfSoundVisits(t *testing.T) {
	c := openCampaign(t)
	if _, err := c.Screening(context.Background(), 0); err == nil {
		t.Error("an empty database is screened")
	}
	files := make(map[string][]byte)
	for i, v := range sampleVisits(12) {
		files[string(rune('a'+i))+".xlsx"] = visitBook(t, workbook.TemplateOptions{}, v)
	}
	mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, files)}})
	s, err := c.Screening(context.Background(), 2026)
	if err != nil || s.Visits != 12 || len(s.Asked) != 0 {
		t.Errorf("%+v %v", s, err)
	}
}

// confirmedCopy is a returned copy with a word for yes behind every line of its list.
func confirmedCopy(t *testing.T, path string) []byte {
	t.Helper()
	book := mustBook(t, path)
	list := book.Sheet(workbook.ReturnSheet)
	if list == nil {
		t.Fatal("the copy has no list")
	}
	column := 0
	for i := range list.Rows {
		row := &list.Rows[i]
		if column > 0 {
			row.Cells = append(slices.DeleteFunc(row.Cells, func(c survey.Cell) bool { return c.Col >= column }), survey.Cell{Col: column, Kind: survey.Text, Text: "确认"})
		}
		for _, c := range row.Cells {
			if strings.HasPrefix(c.Text, "确认\n") {
				column = c.Col
			}
		}
	}
	if column == 0 {
		t.Fatal("the list has no place to confirm")
	}
	return workbookOf(t, book)
}

func mustBook(t *testing.T, path string) *survey.Book {
	t.Helper()
	book, issues, err := workbook.Read(path, []byte(mustText(t, path)), codebook.Default(), workbook.Limits{})
	if err != nil || book == nil {
		t.Fatal(issues, err)
	}
	return book
}

// What faculty confirm in the returned copy, the only file that has a column for it, counts for the
// visits as they were taken: in the year's list, in the record, in the receipt and in the office's queue.
func TestScreeningQuestionIsConfirmed(t *testing.T) {
	ctx := context.Background()
	cases := failingCases(t, soundBooks(t))
	k := cases[slices.IndexFunc(cases, func(k survey.TextCase) bool { return k.Code == "V084" })]
	c := openInJune(t)
	returns := t.TempDir()
	f := mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, map[string][]byte{"走访.xlsx": workbookOf(t, survey.BookFromText(k.Book))})}, Returns: returns, By: "001013"}).Files[0]
	if f.Status != Accepted || !strings.Contains(codes(&f), "V084") || f.Return == "" {
		t.Fatalf("%s with %s, returned as %q", f.Status, codes(&f), f.Return)
	}
	if queue, err := c.HandIns(ctx, 2026, ""); err != nil || len(queue) != 1 || len(queue[0].Questions) == 0 {
		t.Fatalf("the queue before: %+v %v", queue, err)
	}
	again := mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, map[string][]byte{"退回-走访.xlsx": confirmedCopy(t, f.Return)})}, By: "001013"}).Files[0]
	if again.Submission != f.Submission || again.SHA256 == f.SHA256 {
		t.Fatalf("the copy is %s, submission %d of %d", again.Status, again.Submission, f.Submission)
	}
	s, err := c.Screening(ctx, 2026)
	if err != nil || asked(s, "V084", false) != 5 || asked(s, "V084", true) != 0 {
		t.Errorf("%d visits are asked about, %d of them still: %v", asked(s, "V084", false), asked(s, "V084", true), err)
	}
	record, err := c.Record(ctx, f.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range record.Issues {
		if i.Code == "V084" && (i.Ruled != survey.Ruled{Kind: survey.Confirmed, By: "001013"}) {
			t.Errorf("the record: %s is ruled %+v", i.Code, i.Ruled)
		}
	}
	queue, err := c.HandIns(ctx, 2026, "")
	if err != nil || len(queue) != 1 || len(queue[0].Questions) != 0 {
		t.Errorf("the queue: %+v %v", queue, err)
	}
}
