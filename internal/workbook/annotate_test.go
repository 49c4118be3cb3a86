package workbook

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func look(t testing.TB, name string, data []byte) {
	if dir := os.Getenv("QIANQI_LOOK"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// foundIssues are invented problems of the invented visit.
func foundIssues() []survey.Issue {
	issue := func(code codebook.RuleID, s codebook.Severity, sheet string, row, col int, got, zh, en, fixZH, fixEN string) survey.Issue {
		return survey.Issue{Code: code, Severity: s, Ref: survey.Ref{Sheet: sheet, Row: row, Col: col}, Got: got, Count: 1,
			Message: codebook.Text{ZH: zh, EN: en}, Fix: codebook.Text{ZH: fixZH, EN: fixEN}}
	}
	list := []survey.Issue{
		issue("V012", codebook.SeverityError, "岗位 Jobs", 5, 12, "7", "“重要程度”只能填 1–5，这里是“7”", "Importance must be 1–5, found “7”", "请改为 1–5 的整数", "Write a whole number 1–5"),
		issue("V020", codebook.SeverityError, "走访 Visit", 4, 2, "2026-13-05", "“走访日期”不是日期", "Visit date is not a date", "请写成 2026-03-05", "Write 2026-03-05"),
		issue("V041", codebook.SeverityWarning, "走访 Visit", 12, 2, "91350100M000100Y44", "统一社会信用代码的校验位不对", "The check character of the credit code is wrong", "请对照营业执照核对；无误请在“确认”列确认", "Compare with the licence; if it is right, confirm it"),
		issue("V050", codebook.SeverityWarning, "岗位 Jobs", 4, 8, "8000", "“最低月薪”高于“最高月薪”", "Lowest salary exceeds highest", "请对调或更正", "Swap or correct them"),
		issue("T030", codebook.SeverityTrial, "趋势 Trends", 0, 0, "", "这张表没有填写", "The sheet is empty", "没有可不填", "May stay empty"),
	}
	list[0].More = []survey.Ref{{Sheet: "岗位 Jobs", Row: 6, Col: 12}, {Sheet: "岗位 Jobs", Row: 6, Col: 15}}
	list[0].Count = 3
	return list
}

func filledVisit(t testing.TB) []byte {
	t.Helper()
	data, err := mustFiller(t, "visit").Visit(inventedVisit(codebook.Default(), 4))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustAnnotate(t testing.TB, name string, data []byte, issues []survey.Issue) []byte {
	t.Helper()
	out, err := Annotate(name, data, codebook.Default(), issues, Receipt{
		SHA256:  "0f1e2d3c",
		Verdict: codebook.Text{ZH: "这份表没有收下：请改正错误后再交。", EN: "Not taken: mend the errors and hand it in again."},
		Facts:   []Fact{{codebook.Text{ZH: "岗位", EN: "jobs"}, "4"}},
		Changes: []survey.Change{{At: survey.Ref{Sheet: "走访 Visit", Row: 17, Col: 2}, Raw: "１２８０人", Value: "1280", How: "full_width"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnnotateLook(t *testing.T) {
	look(t, "return.xlsx", mustAnnotate(t, "示例教师.xlsx", filledVisit(t), foundIssues()))
	look(t, "alone.xlsx", mustAnnotate(t, "坏文件.xlsx", []byte("not a workbook"), foundIssues()[4:]))
}
