package survey

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// BenchmarkDecode decodes one visit workbook of two jobs, from book to visit with all checks.
func BenchmarkDecode(b *testing.B) {
	cb := codebook.Default()
	book := BookFromText(goodVisit)
	b.ReportAllocs()
	for b.Loop() {
		if visits, _ := Decode(cb, book, Context{Year: 2026, Today: "2026-06-01"}); len(visits) != 1 {
			b.Fatal("no visit")
		}
	}
}

// BenchmarkDecodeFlat decodes a flat table of 2,000 visits of two jobs.
func BenchmarkDecodeFlat(b *testing.B) {
	cb := codebook.Default()
	one, _ := Decode(cb, BookFromText(goodVisit), Context{Year: 2026})
	var visits []Visit
	for i := range 2000 {
		v := one[0]
		v.Enterprise.USCC = ""
		v.Enterprise.Name += string(rune('一'+i)) + "有限公司"
		visits = append(visits, v)
	}
	book := FlatBook(cb, visits)
	b.ReportAllocs()
	for b.Loop() {
		if got, _ := Decode(cb, book, Context{Year: 2026}); len(got) != 2000 {
			b.Fatal(len(got))
		}
	}
}
