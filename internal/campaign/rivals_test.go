package campaign

import (
	"context"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Two files of one ingest hold the same visit with other answers: the later one counts, and its
// receipt names the other.
func TestTwoFilesOfOneVisit(t *testing.T) {
	c := openCampaign(t)
	v := sampleVisits(1)[0]
	first := visitBook(t, workbook.TemplateOptions{}, v)
	v.Jobs[0].Headcount = survey.Have(v.Jobs[0].Headcount.Value + 1)
	dir := writeFiles(t, map[string][]byte{"a.xlsx": first, "b.xlsx": visitBook(t, workbook.TemplateOptions{}, v)})
	files := mustIngest(t, c, IngestOptions{Paths: []string{dir}}).Files
	if codes(&files[0]) != "" || files[1].Status != Superseded || len(files[1].Issues) != 1 {
		t.Fatalf("%s %q, %s %q", files[0].Status, codes(&files[0]), files[1].Status, codes(&files[1]))
	}
	if i := files[1].Issues[0]; i.Code != "X005" || i.Ref.Cell() != "B11" || !strings.Contains(i.Message.ZH, "a.xlsx") {
		t.Errorf("%s at %s: %s", i.Code, i.Ref.Cell(), i.Message.ZH)
	}
	if diff := files[1].Diff; len(diff) != 1 || diff[0].Field != "headcount" {
		t.Errorf("the receipt shows %+v", diff)
	}
}

// What the database refuses, whoever let it through, is the file's issue with the database's reason.
func TestWhatCannotBeStored(t *testing.T) {
	ctx := context.Background()
	in, err := openCampaign(t).newIntake(IngestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	data := visitBook(t, workbook.TemplateOptions{}, sampleVisits(1)[0])
	bad := &taken{file: file{name: "a.xlsx"}, data: data, sum: sumOf(data)}
	in.newDesk().decode(ctx, bad)
	bad.visits[0].Satisfaction = survey.Have(9)
	looked := *bad
	if _, err := in.foresee(ctx, &looked); err != nil || !looked.refused() || looked.issues[len(looked.issues)-1].Code != "X002" {
		t.Errorf("the look beforehand: %v %+v", err, looked.issues)
	}
	result := &IngestResult{}
	if err := in.save(ctx, []*taken{bad}, result); err != nil {
		t.Fatal(err)
	}
	f := &result.Files[0]
	if f.Status != Rejected || codes(f) != "X002" || !strings.Contains(f.Issues[0].Message.ZH, "满意度不在 1–5") {
		t.Fatalf("%s %q %+v", f.Status, codes(f), f.Issues)
	}
}

// A run that is cut off after it stored its last file has not yet looked for enterprises that may be
// one. The next run does so, though nothing is new for it.
func TestTheRunAfterOneThatWasCutOffFinishesTheComparison(t *testing.T) {
	ctx, c := context.Background(), openInJune(t)
	c.Drawn = noStills{}
	first := soundBooks(t)["visit"]
	second := strings.NewReplacer("云图通信技术有限公司", "云图通信设备有限公司", "'91350100M000100Y43", "", "2026-03-05", "2026-03-06").Replace(first)
	dir := writeFiles(t, map[string][]byte{
		"inbox/a.xlsx": workbookOf(t, survey.BookFromText(first)), "inbox/b.xlsx": workbookOf(t, survey.BookFromText(second))})
	o := options(dir, "inbox")
	if _, err := c.Store.StartRun(ctx, store.Run{College: c.Codebook.College, Kind: "run"}); err != nil {
		t.Fatal(err)
	}
	in, err := c.newIntake(o.Ingest)
	if err != nil {
		t.Fatal(err)
	}
	if err := in.takeTier(ctx, collect(o.Ingest.Paths), &IngestResult{}); err != nil {
		t.Fatal(err)
	}
	if pairs, err := c.ReviewQueue(ctx); err != nil || len(pairs) != 0 {
		t.Fatalf("before: %v %v", pairs, err)
	}
	r, err := c.Run(ctx, o)
	if err != nil || r.Ingest.Totals.Unchanged != 2 {
		t.Fatalf("the run after: %+v %v", r, err)
	}
	if pairs, err := c.ReviewQueue(ctx); err != nil || len(pairs) != 1 {
		t.Errorf("after: %v %v, want the pair of the two names", pairs, err)
	}
}
