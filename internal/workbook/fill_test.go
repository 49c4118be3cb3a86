package workbook

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

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
	if dir := os.Getenv("QIANQI_LOOK"); dir != "" {
		br, _ := WriteTemplate(cb, "visit", TemplateOptions{Year: 2026, Brief: true})
		os.WriteFile(filepath.Join(dir, "brief.xlsx"), br, 0o644)
		os.WriteFile(filepath.Join(dir, "filled.xlsx"), data, 0o644)
	}
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
