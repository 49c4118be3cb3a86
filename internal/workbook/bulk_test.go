package workbook

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// inventedVisits are visits to several invented enterprises, with what makes forms differ:
// missing answers, no trends, many jobs.
func inventedVisits(cb *codebook.Codebook) []survey.Visit {
	var visits []survey.Visit
	for n, name := range []string{"示例智联（深圳）有限公司", "示例云图科技有限公司", "示例星桥电子厂"} {
		v := inventedVisit(cb, 1+n*2)
		v.Enterprise.Name = name
		v.Day = survey.Day([]string{"2026-03-05", "2026-03-06", "2026-12-31"}[n])
		visits = append(visits, v)
	}
	visits[1].Trends, visits[1].Suggestions = nil, nil
	visits[1].Enterprise.USCC, visits[1].Enterprise.Division = "", ""
	visits[1].Jobs[0].Ratings[2].Importance = survey.Answer[int]{Status: survey.Unknown}
	visits[2].Suggestions = append(visits[2].Suggestions, survey.Suggestion{Module: "光通信", Kind: "update", Text: "加\"引号\",逗号\n和换行"})
	return visits
}

// content is a visit without the places where its answers stood.
func content(v survey.Visit) survey.Visit {
	v.College, v.Sheet, v.Cells, v.Changes = "", "", nil, nil
	v.Jobs = append([]survey.Job(nil), v.Jobs...)
	for i := range v.Jobs {
		j := &v.Jobs[i]
		j.Sheet, j.Row, j.RequirementAt = "", 0, survey.Ref{}
		j.Ratings = append([]survey.Rating(nil), j.Ratings...)
		for k := range j.Ratings {
			j.Ratings[k].ImportanceCol, j.Ratings[k].RequiredCol, j.Ratings[k].GraduateCol = 0, 0, 0
		}
	}
	v.Trends = append([]survey.Trend(nil), v.Trends...)
	for i := range v.Trends {
		v.Trends[i].At = survey.Ref{}
	}
	v.Suggestions = append([]survey.Suggestion(nil), v.Suggestions...)
	for i := range v.Suggestions {
		v.Suggestions[i].At = survey.Ref{}
	}
	return v
}

// sameVisits reads a file and holds what it says against the visits that went into it.
func sameVisits(t *testing.T, name string, data []byte, want []survey.Visit) {
	t.Helper()
	cb := codebook.Default()
	got, issues := survey.Decode(cb, mustRead(t, name, data), survey.Context{Year: 2026})
	for _, i := range issues {
		if i.Severity == codebook.SeverityError {
			t.Errorf("%s: %s %s!%s: %s", name, i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d visits, want %d", name, len(got), len(want))
	}
	for i := range want {
		if a, b := content(want[i]), content(got[i]); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: visit %d\n got %+v\nwant %+v", name, i, b, a)
		}
	}
}

func TestOneCampaignInEveryForm(t *testing.T) {
	cb := codebook.Default()
	visits := inventedVisits(cb)
	filler := mustFiller(t, "visit")
	for _, v := range visits {
		data, err := filler.Visit(v)
		if err != nil {
			t.Fatal(err)
		}
		sameVisits(t, "single.xlsx", data, []survey.Visit{v})
	}
	bulk, err := WriteBulk(cb, visits)
	if err != nil {
		t.Fatal(err)
	}
	look(t, "bulk.xlsx", bulk)
	sameVisits(t, "bulk.xlsx", bulk, visits)
	for _, encoding := range []TextEncoding{UTF8BOM, UTF8, GB18030} {
		data, err := WriteCSV(cb, visits, encoding)
		if err != nil {
			t.Fatal(err)
		}
		sameVisits(t, string(encoding)+".csv", data, visits)
	}
	if _, err := WriteCSV(cb, visits, "latin-1"); err == nil {
		t.Error("an encoding that does not exist was accepted")
	}
}

func TestBulkHoldsMoreVisitsThanPrepared(t *testing.T) {
	cb := codebook.Default()
	var visits []survey.Visit
	for range bulkRows + 30 {
		visits = append(visits, inventedVisit(cb, 4))
	}
	data, err := WriteBulk(cb, visits)
	if err != nil {
		t.Fatal(err)
	}
	book := mustRead(t, "bulk.xlsx", data)
	if got := len(book.Sheets[2].Rows) - tableFirstRow + 1; book.Sheets[2].Name != "岗位 Jobs" || got != len(visits)*4 {
		t.Errorf("%d rows on %s, want %d", got, book.Sheets[2].Name, len(visits)*4)
	}
	x := openOracle(t, data)
	if ref, _ := x.GetSheetDimension("岗位 Jobs"); ref != "A1:AG523" {
		t.Errorf("the dimension says %s", ref)
	}
	first, _ := x.GetCellStyle("岗位 Jobs", "L4")
	last, _ := x.GetCellStyle("岗位 Jobs", "L523")
	if first != last {
		t.Error("the rows behind the prepared ones have another format")
	}
}

func TestBulkTemplateCanBeFilled(t *testing.T) {
	cb := codebook.Default()
	blank, err := WriteTemplate(cb, "visit", TemplateOptions{Year: 2026, Bulk: true})
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFiller(cb, blank)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Table(Records{"jobs": {{linkField: "V1", "job_title": "示例岗位"}}}); err != nil {
		t.Error(err)
	}
	if _, err := WriteTemplate(cb, "roster", TemplateOptions{Bulk: true}); err == nil {
		t.Error("a bulk roster was made")
	}
}

func TestUpgradeCarriesEveryAnswer(t *testing.T) {
	cb := codebook.Default()
	old, err := WriteTemplate(cb, "visit", TemplateOptions{Year: 2026, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	f, err := NewFiller(cb, old)
	if err != nil {
		t.Fatal(err)
	}
	v := inventedVisit(cb, 3)
	v.Enterprise.Ecosystems = nil // not asked in version 1
	data, err := f.Visit(v, Override{Sheet: "jobs", Row: 1, Field: "headcount", Text: "十来个"}, Override{Sheet: "jobs", Row: 2, Blank: 2})
	if err != nil {
		t.Fatal(err)
	}
	codes := func(data []byte) (visits []survey.Visit, codes []codebook.RuleID) {
		visits, issues := survey.Decode(cb, mustRead(t, "a.xlsx", data), survey.Context{Year: 2026})
		for _, i := range issues {
			if i.Code != "T004" { // the old version itself
				codes = append(codes, i.Code)
			}
		}
		return visits, codes
	}
	before, wrong := codes(data)
	upgraded, err := Upgrade(cb, mustRead(t, "old.xlsx", data), TemplateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	after, stillWrong := codes(upgraded)
	if len(wrong) == 0 || !reflect.DeepEqual(wrong, stillWrong) {
		t.Errorf("issues %v became %v", wrong, stillWrong)
	}
	if a, b := content(before[0]), content(after[0]); !reflect.DeepEqual(a, b) {
		t.Errorf("the visit changed\n was %+v\n now %+v", a, b)
	}
	if _, version, _ := survey.Identify(cb, mustRead(t, "new.xlsx", upgraded)); version != 2 {
		t.Errorf("the new workbook is of version %d", version)
	}
}

func TestUpgradeRefusesManyVisits(t *testing.T) {
	cb := codebook.Default()
	bulk, err := WriteBulk(cb, inventedVisits(cb))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Upgrade(cb, mustRead(t, "bulk.xlsx", bulk), TemplateOptions{}); err != ErrManyRecords {
		t.Errorf("got %v, want ErrManyRecords", err)
	}
	if _, err := Upgrade(cb, &survey.Book{}, TemplateOptions{}); err == nil {
		t.Error("an empty book was upgraded")
	}
}

func TestAnnotateCSVComesBackAsAWorkbook(t *testing.T) {
	cb := codebook.Default()
	data, err := WriteCSV(cb, inventedVisits(cb), UTF8BOM)
	if err != nil {
		t.Fatal(err)
	}
	book := mustRead(t, "问卷.csv", data)
	issue := foundIssues()[0]
	issue.Ref, issue.More = survey.Ref{Sheet: book.Sheets[0].Name, Row: 2, Col: 3}, nil
	back := mustAnnotate(t, "问卷.csv", data, []survey.Issue{issue})
	if _, found, err := Read("退回-问卷.xlsx", back, cb, Limits{}); err != nil || len(found) > 0 {
		t.Errorf("what a return hides is held against the person: %v %v", found, err)
	}
	x := openOracle(t, back)
	if got, want := x.GetSheetList(), []string{ReturnSheet, book.Sheets[0].Name, survey.ImprintSheet}; !reflect.DeepEqual(got, want) {
		t.Fatalf("sheets %v, want %v", got, want)
	}
	if notes, _ := x.GetComments(book.Sheets[0].Name); len(notes) != 1 || notes[0].Cell != "C2" {
		t.Errorf("notes %v", notes)
	}
	value, _ := x.GetCellValue(book.Sheets[0].Name, "C2")
	if want := book.Sheets[0].At(2, 3).Text; value != want {
		t.Errorf("C2 holds %q, want %q", value, want)
	}
}

func TestFilledBytesAreReproducible(t *testing.T) {
	cb := codebook.Default()
	make := func() []byte {
		data, err := mustFiller(t, "visit").Visit(inventedVisit(cb, 5))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if !bytes.Equal(make(), make()) {
		t.Error("the same visit gives other bytes")
	}
}
