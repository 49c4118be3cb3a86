package workbook

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func mustRead(t testing.TB, name string, data []byte) *survey.Book {
	t.Helper()
	book, issues, err := Read(name, data, codebook.Default(), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range issues {
		t.Errorf("%s: %s %s %s!%s: %s", name, i.Severity, i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
	}
	if book == nil {
		t.Fatalf("%s cannot be read", name)
	}
	return book
}

func TestFilledVisitIsReadWithoutAnIssue(t *testing.T) {
	cb := codebook.Default()
	book := mustRead(t, "visit.xlsx", filledVisit(t))
	visits, issues := survey.Decode(cb, book, survey.Context{Year: 2026, Today: "2026-11-24"})
	for _, i := range issues {
		t.Errorf("%s %s %s!%s: %s", i.Severity, i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
	}
	if len(visits) != 1 {
		t.Fatalf("%d visits, want 1", len(visits))
	}
}

func defaultBook() *codebook.Codebook { return codebook.Default() }
