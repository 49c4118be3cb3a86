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
