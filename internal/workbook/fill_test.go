package workbook

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// inventedVisit is a visit to an invented enterprise with n jobs.
func inventedVisit(cb *codebook.Codebook, n int) survey.Visit {
	v := survey.Visit{
		Year: 2026, Day: "2026-03-05", Mode: "on_site",
		Faculty:    survey.Faculty{ID: "00123", Name: "示例教师", Department: "信息通信学院"},
		CoVisitors: []string{"00124", "00125"},
		Programmes: []codebook.ProgrammeID{cb.Programmes[0].Code, cb.Programmes[1].Code},
		Enterprise: survey.Enterprise{
			Name: "示例智联（深圳）有限公司", USCC: "91350100M000100Y43", Industry: "I", Division: "65",
			Size: "medium", Ownership: "private", Region: "440300", Employees: survey.Have(1280),
			Ecosystems: []string{"huawei", "h3c"},
		},
		Partnership:     []string{"internship"},
		IntervieweeRole: "技术总监",
		GraduatesHired:  survey.Have(12),
		Satisfaction:    survey.Answer[int]{Status: survey.Unknown},
		Trends:          []survey.Trend{{Technology: "云原生", Direction: "rising", Horizon: "3", Effect: "运维岗位 <减少> & 转型"}},
		Suggestions:     []survey.Suggestion{{Module: "云服务", Kind: "strengthen", Text: "=多做实验"}},
	}
	for i := range n {
		v.Jobs = append(v.Jobs, inventedJob(cb, i))
	}
	return v
}

func inventedJob(cb *codebook.Codebook, i int) survey.Job {
	j := survey.Job{
		Title: fmt.Sprintf("示例网络工程师 %d", i+1), Family: "network_engineer", Programme: cb.Programmes[0].Code,
		Headcount: survey.Have(10 + i), PlannedHires: survey.Have(0), Education: "bachelor",
		Experience: survey.Have(1.5), SalaryMin: survey.Have(8000), SalaryMax: survey.Have(12000 + i),
		Certificates: []survey.Certificate{{Track: "datacom", Level: "HCIP"}, {Track: "cloud", Level: "HCIA"}},
		Requirement:  "熟悉路由交换\n能独立排障",
	}
	for c, comp := range cb.Active() {
		r := survey.Rating{Competency: comp.Code, Importance: survey.Have(1 + (i+c)%5), Required: survey.Have(1 + (i+c+1)%5)}
		if i%2 == 0 {
			r.Graduate = survey.Have(1 + c%5)
		}
		j.Ratings = append(j.Ratings, r)
	}
	return j
}

func mustFiller(t testing.TB, kind string) *Filler {
	t.Helper()
	f, err := NewFiller(codebook.Default(), mustTemplate(t, kind))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// openOracle reads a workbook with excelize, the second opinion on everything we write.
func openOracle(t testing.TB, data []byte) *excelize.File {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func TestFillVisitCells(t *testing.T) {
	cb := codebook.Default()
	data, err := mustFiller(t, "visit").Visit(inventedVisit(cb, 3))
	if err != nil {
		t.Fatal(err)
	}
	look(t, "filled.xlsx", data)
	x := openOracle(t, data)
	for cell, want := range map[string]string{
		"走访 Visit!B3":       "2026",
		"走访 Visit!B4":       "46086",
		"走访 Visit!B5":       "现场 On site",
		"走访 Visit!B6":       "00123",
		"走访 Visit!B9":       "00124、00125",
		"走访 Visit!B12":      "91350100M000100Y43",
		"走访 Visit!B16":      "440300 深圳市",
		"走访 Visit!B22":      "不清楚",
		"岗位 Jobs!A4":        "示例网络工程师 1",
		"岗位 Jobs!E4":        "0",
		"岗位 Jobs!A7":        "",
		"趋势 Trends!D4":      "运维岗位 <减少> & 转型",
		"建议 Suggestions!C4": "=多做实验",
	} {
		sheet, at, _ := bytes.Cut([]byte(cell), []byte("!"))
		got, err := x.GetCellValue(string(sheet), string(at), excelize.Options{RawCellValue: true})
		if err != nil || got != want {
			t.Errorf("%s holds %q (%v), want %q", cell, got, err, want)
		}
	}
}

func TestOverridesWriteWhatPeopleWrite(t *testing.T) {
	cb := codebook.Default()
	data, err := mustFiller(t, "visit").Visit(inventedVisit(cb, 3),
		Override{Sheet: "visit", Field: "visit_date", Text: "2026年3月5日"},
		Override{Sheet: "visit", Field: "uscc", Text: "911512081620000000", Number: true},
		Override{Sheet: "visit", Field: "employees", Text: ""},
		Override{Sheet: "jobs", Row: 1, Blank: 2},
		Override{Sheet: "jobs", Row: 2, Blank: 1},
		Override{Sheet: "jobs", Row: 1, Field: "salary_min", Text: "8k-12k"},
		Override{Sheet: "jobs", Row: 2, Field: "importance", Competency: cb.Active()[0].Code, Text: "５分"},
	)
	if err != nil {
		t.Fatal(err)
	}
	book, _, err := Read("messy.xlsx", data, cb, Limits{})
	if err != nil || book == nil {
		t.Fatal(err)
	}
	visit, jobs := book.Sheet("走访 Visit"), book.Sheet("岗位 Jobs")
	if c := visit.At(4, 2); c == nil || c.Kind != survey.Text || c.Text != "2026年3月5日" {
		t.Errorf("the day is %+v", c)
	}
	if c := visit.At(12, 2); c == nil || c.Kind != survey.Number {
		t.Errorf("the code is %+v, want a number", c)
	}
	if c := visit.At(17, 2); c != nil {
		t.Errorf("employees hold %+v, want nothing", c)
	}
	var rows []int
	for _, r := range jobs.Rows {
		if r.Number >= tableFirstRow {
			rows = append(rows, r.Number)
		}
	}
	if !slices.Equal(rows, []int{4, 7, 9}) {
		t.Errorf("jobs stand in rows %v, want 4, 7 and 9", rows)
	}
	if c := jobs.At(7, 8); c == nil || c.Text != "8k-12k" {
		t.Errorf("the salary is %+v", c)
	}
	if c := jobs.At(9, 11); c == nil || c.Text != "５分" {
		t.Errorf("the rating is %+v", c)
	}
}

func TestFillerRefusesWhatItCannotWrite(t *testing.T) {
	cb := codebook.Default()
	f := mustFiller(t, "visit")
	v := inventedVisit(cb, 1)
	long := v
	long.Jobs = slices.Clone(v.Jobs)
	long.Jobs[0].Requirement = strings.Repeat("长", cellText+1)
	for name, make := range map[string]func() error{
		"an override of no sheet": func() error { _, err := f.Visit(v, Override{Sheet: "x", Field: "uscc"}); return err },
		"an override of no field": func() error { _, err := f.Visit(v, Override{Sheet: "visit", Field: "x"}); return err },
		"a text too long":         func() error { _, err := f.Visit(long); return err },
		"rows of no sheet":        func() error { _, err := f.Table(Records{"x": nil}); return err },
		"a field of no sheet":     func() error { _, err := f.Table(Records{"jobs": {{"x": 1}}}); return err },
		"a value of no type":      func() error { _, err := f.Table(Records{"jobs": {{"headcount": []byte{1}}}}); return err },
		"a template of another":   func() error { _, err := NewFiller(nursing(t), mustTemplate(t, "visit")); return err },
		"no template":             func() error { _, err := NewFiller(cb, []byte("PK")); return err },
		"a workbook of some sort": func() error { b, _ := WriteTable([]Table{{Name: "a"}}); _, err := NewFiller(cb, b); return err },
		"a table of no form":      func() error { _, err := FillTable(cb, "x", TemplateOptions{}, nil); return err },
	} {
		if make() == nil {
			t.Errorf("%s was written", name)
		}
	}
}

func TestAnswersAsCells(t *testing.T) {
	cb := codebook.Default()
	visit, _ := cb.Form("visit")
	sheet, _ := visit.Sheet("visit")
	jobs, _ := visit.Sheet("jobs")
	field := func(s *codebook.Sheet, key codebook.FieldID) *codebook.Field {
		f, ok := s.Field(key)
		if !ok {
			t.Fatalf("no field %s", key)
		}
		return f
	}
	for _, c := range []struct {
		field *codebook.Field
		value any
		want  written
		why   string
	}{
		{field(sheet, "visit_date"), survey.Day("1900-03-01"), numberCell(61), "days are counted as spreadsheets do, 29 February 1900 included"},
		{field(sheet, "visit_date"), time.Date(2026, 3, 5, 23, 0, 0, 0, time.UTC), numberCell(46086), "the time of day does not matter"},
		{field(sheet, "visit_date"), "三月", textCell("三月"), "what is no day stays text"},
		{field(sheet, "region"), "440300", textCell("440300 深圳市"), "official codes lead"},
		{field(sheet, "enterprise_size"), "medium", textCell("中型 Medium"), "as the dropdown says it"},
		{field(sheet, "enterprise_size"), "巨型", textCell("巨型"), "an unknown code stands for itself"},
		{field(sheet, "faculty_id"), "00123", textCell("00123"), "zeros stay"},
		{field(sheet, "employees"), survey.Answer[int]{Status: survey.Unknown}, textCell("不清楚"), "missing is never zero"},
		{field(sheet, "employees"), survey.Answer[int]{}, written{}, "nothing was said"},
		{field(sheet, "employees"), survey.Have(0), numberCell(0), "zero is an answer"},
		{field(sheet, "programmes"), []codebook.ProgrammeID{"iot", "computer_network"}, textCell("物联网应用技术、计算机网络技术"), "several choices"},
		{field(jobs, "certifications"), []survey.Certificate{{Track: "datacom", Level: "HCIP"}, {Track: "iot"}}, textCell("数据通信 HCIP、物联网"), "a track alone has no rung"},
		{field(jobs, "headcount"), "12", numberCell(12), "digits of a numeric field are a number"},
		{field(jobs, "headcount"), "012", textCell("012"), "digits that a number would change stay text"},
		{field(jobs, "job_title"), "", written{}, "no text, no cell"},
		{field(jobs, "headcount"), nil, written{}, "nothing"},
		{field(jobs, "experience_years"), 1.5, numberCell(1.5), "a decimal"},
		{&codebook.Field{Key: "b", Type: codebook.TypeBool}, true, textCell("是"), "yes"},
	} {
		got, err := answerCell(cb, c.field, c.value)
		if err != nil || got != c.want {
			t.Errorf("%s = %#v is written %+v (%v), want %+v: %s", c.field.Key, c.value, got, err, c.want, c.why)
		}
	}
}

func TestRecordsBeyondThePreparedRows(t *testing.T) {
	cb := codebook.Default()
	data, err := mustFiller(t, "visit").Visit(inventedVisit(cb, 40))
	if err != nil {
		t.Fatal(err)
	}
	sameVisits(t, "many.xlsx", data, []survey.Visit{inventedVisit(cb, 40)})
	if ref, _ := openOracle(t, data).GetSheetDimension("岗位 Jobs"); ref != "A1:AF43" {
		t.Errorf("the dimension says %s", ref)
	}
}

func TestFillerServesSeveralGoroutines(t *testing.T) {
	cb := codebook.Default()
	f := mustFiller(t, "visit")
	want, err := f.Visit(inventedVisit(cb, 3))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				if got, err := f.Visit(inventedVisit(cb, 3)); err != nil || !bytes.Equal(got, want) {
					t.Errorf("another workbook came out (%v)", err)
				}
			}
		})
	}
	group.Wait()
}

func BenchmarkFillVisit(b *testing.B) {
	cb := codebook.Default()
	f := mustFiller(b, "visit")
	v := inventedVisit(cb, 8)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Visit(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteTemplate(b *testing.B) {
	for b.Loop() {
		if _, err := WriteTemplate(codebook.Default(), "visit", TemplateOptions{Year: 2026}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnnotate(b *testing.B) {
	data := filledVisit(b)
	issues := foundIssues()
	for b.Loop() {
		mustAnnotate(b, "a.xlsx", data, issues)
	}
}

func TestRosterIsFilledAndRead(t *testing.T) {
	cb := codebook.Default()
	data, err := FillTable(cb, "roster", TemplateOptions{Brief: true}, Records{
		"faculty":     {{"faculty_id": "00123", "faculty_name": "示例教师", "department": "信息通信学院", "programmes": []string{"iot"}, "visits_planned": 2}},
		"frame":       {{"enterprise_name": "示例企业", "uscc": "91350100M000100Y43", "industry": "I", "enterprise_size": "medium", "region": "440300"}},
		"strata":      {{"industry": "I", "enterprise_size": "medium", "population": 120}},
		"assignments": {{"faculty_id": "00123", "enterprise": "示例企业", "planned_date": survey.Day("2026-06-01")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	roster, issues := survey.DecodeRoster(cb, mustRead(t, "roster.xlsx", data))
	if len(issues) > 0 || roster == nil || len(roster.Faculty) != 1 || len(roster.Frame) != 1 || len(roster.Strata) != 1 || len(roster.Assignments) != 1 {
		t.Errorf("read as %+v with %v", roster, issues)
	}
}
