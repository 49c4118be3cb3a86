package survey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// TestListsOfEveryForm: a cell that names all there is, each as a dropdown prints it, is not too long.
func TestListsOfEveryForm(t *testing.T) {
	cb := codebook.Default()
	tried := 0
	for _, form := range cb.Forms {
		for _, sheet := range form.Sheets {
			for _, f := range sheet.Fields {
				if f.Type != codebook.TypeCodes {
					continue
				}
				tried++
				var names []string
				for _, item := range cb.Items(f.Vocabulary) {
					names = append(names, item.Name.Both())
				}
				f.Key = "answer"
				in := NewScan(cb, 2026)
				got := in.Codes(oneAnswer(t, f, strings.Join(names, "、")), "answer")
				if len(got) != len(names) || len(in.Issues) > 0 {
					t.Errorf("%s: %d of %d are read, %v", f.Label.ZH, len(got), len(names), in.Issues)
				}
			}
		}
	}
	if tried < 4 {
		t.Errorf("%d lists", tried)
	}
}

// TestListTooLong: a cell with more than any answer holds is one issue, not one for every piece of it.
func TestListTooLong(t *testing.T) {
	long := strings.TrimSuffix(strings.Repeat("甲、", 10_000), "、")
	many := func(n int) string {
		pieces := make([]string, n)
		for i := range pieces {
			pieces[i] = fmt.Sprintf("甲%d", i)
		}
		return strings.Join(pieces, "、")
	}
	bounded := func(kind codebook.FieldType, vocabulary string) codebook.Field {
		f := asked(kind, vocabulary)
		f.MaxLen = 200
		return f
	}
	for _, c := range []struct {
		why, text string
		field     codebook.Field
		read      func(*Scan, Record)
		want      string
	}{
		{"choices", long, asked(codebook.TypeCodes, "ecosystem"), func(s *Scan, r Record) { s.Codes(r, "answer") }, "V008"},
		{"certificates", long, bounded(codebook.TypeCerts, "certificates"), func(s *Scan, r Record) { s.Certificates(r, "answer") }, "V008"},
		{"staff numbers", long, bounded(codebook.TypeIDs, ""), func(s *Scan, r Record) { s.IDs(r, "answer") }, "V008"},
		{"one choice", long, asked(codebook.TypeCode, "industry"), func(s *Scan, r Record) { s.Code(r, "answer") }, "V008"},
		{"a number", long, asked(codebook.TypeInt, ""), func(s *Scan, r Record) { s.Int(r, "answer") }, "V008"},
		{"a rating", long, asked(codebook.TypeLevel, ""), func(s *Scan, r Record) { s.Level(r, "answer") }, "V008"},
		{"a free text", long, asked(codebook.TypeText, ""), func(s *Scan, r Record) { s.Text(r, "answer") }, "V008"},
		{"a free text without a length of its own", long[:9000], asked(codebook.TypeText, ""), func(s *Scan, r Record) { s.Text(r, "answer") }, ""},
		{"a few unknown ones, each for itself", many(9), asked(codebook.TypeCodes, "ecosystem"), func(s *Scan, r Record) { s.Codes(r, "answer") }, strings.Repeat("V014 ", 8) + "V014"},
		{"many, the last ones together", many(50), asked(codebook.TypeCodes, "ecosystem"), func(s *Scan, r Record) { s.Codes(r, "answer") }, strings.Repeat("V014 ", 8) + "V014"},
		{"many certificates", many(40), bounded(codebook.TypeCerts, "certificates"), func(s *Scan, r Record) { s.Certificates(r, "answer") }, strings.Repeat("V014 ", 8) + "V014"},
	} {
		in := NewScan(codebook.Default(), 2026)
		c.read(in, oneAnswer(t, c.field, c.text))
		var codes []string
		for _, i := range in.Issues {
			codes = append(codes, string(i.Code))
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.why, got, c.want)
		}
	}
}

// TestIssuesOfManyRows: every bad answer is counted at its cell, but what is kept of them does not grow with
// the rows: the same fault is kept once, and of thousands of different ones no more than a person could read.
func TestIssuesOfManyRows(t *testing.T) {
	const rows = issuesApart + causesApart + 500
	for _, c := range []struct {
		why, cell string
		most      int
	}{
		{"the same in every row", "'甲方云、乙方云", issuesApart + 2},
		{"another in every row", "'甲方云%d", issuesApart + causesApart + 1},
	} {
		in := NewScan(codebook.Default(), 2026)
		field := asked(codebook.TypeCodes, "ecosystem")
		wanted := 0
		for row := range rows {
			text := c.cell
			if strings.Contains(text, "%") {
				text = fmt.Sprintf(text, row)
			}
			r := oneAnswer(t, field, text)
			r.Row = row + 2
			in.Codes(r, "answer")
			wanted += 1 + strings.Count(text, "、")
		}
		cells, last := 0, 0
		for _, i := range in.Issues {
			cells += i.Count
			if i.Count != len(i.Cells()) {
				t.Fatalf("%s: %d cells, %d places", c.why, i.Count, len(i.Cells()))
			}
			last = max(last, i.Cells()[i.Count-1].Row)
		}
		if cells != wanted || last != rows+1 || len(in.Issues) > c.most {
			t.Errorf("%s: %d of %d cells in %d issues, the last in row %d", c.why, cells, wanted, len(in.Issues), last)
		}
		if collapsed := Collapse(in.Issues); c.most == issuesApart+2 && len(collapsed) != 2 {
			t.Errorf("%s: %d causes", c.why, len(collapsed))
		}
	}
}

// TestImprintOfLongAnswers: a small file with a long text in every row does not come back larger by all of them.
func TestImprintOfLongAnswers(t *testing.T) {
	f := asked(codebook.TypeText, "")
	imprint := func(text string) bool {
		s := FilledSheet{Spec: &codebook.Sheet{Key: "jobs"}, Columns: []Column{{Field: &f}}}
		for row := range 1000 {
			s.Records = append(s.Records, Record{Sheet: &s, Row: row + 2, cells: []*Cell{{Kind: Text, Text: text}}})
		}
		_, ok := Imprint(&Filled{Sheets: []FilledSheet{s}})
		return ok
	}
	if !imprint(strings.Repeat("长", 1000)) || imprint(strings.Repeat("长", 2000)) {
		t.Error("no bound, or too low a one")
	}
}
