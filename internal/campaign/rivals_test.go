package campaign

import (
	"context"
	"strings"
	"testing"

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
	result := &IngestResult{}
	if err := in.save(ctx, []*taken{bad}, result); err != nil {
		t.Fatal(err)
	}
	f := &result.Files[0]
	if f.Status != Rejected || codes(f) != "X002" || !strings.Contains(f.Issues[0].Message.ZH, "满意度不在 1–5") {
		t.Fatalf("%s %q %+v", f.Status, codes(f), f.Issues)
	}
}
