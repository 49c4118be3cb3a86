package campaign

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Refused files in an inbox, which nobody is known to have handed in, go with the person whom they name: by
// their own name, or by what their returned copies hold. Where they still lie they are read no more, so that
// the number comes back neither into the database nor into a receipt or a returned copy. A file that was
// taken is not read again either, whatever mapping is named for it. A namesake's file, for whose number the
// roster's guess was the erased one, is nobody's but the namesake's. The rule is X007.
func TestErasedFromRefusedFiles(t *testing.T) {
	const staff, nobody = "001048", "990077"
	c, _ := aYear(t)
	ctx := context.Background()
	refused, err := os.ReadFile("../../surveys/2026/visits/走访-001048-049.xlsx")
	must(t, err)
	taken, err := os.ReadFile("../../surveys/2026/visits/走访-001048-006.xlsx")
	must(t, err)
	v := sampleVisits(1)[0]
	v.Faculty.ID = staff
	unnamed := visitBook(t, workbook.TemplateOptions{}, v, workbook.Override{Sheet: "jobs", Field: "required_level", Competency: v.Jobs[0].Ratings[0].Competency, Text: "9", Number: true})
	namesake := sampleVisits(1)[0]
	namesake.Faculty = rosterFaculty(t, c, staff)
	namesake.Faculty.ID = "009999"
	mapped, err := filepath.Abs("../../surveys/mappings/fangqi-tuogang.yaml")
	must(t, err)
	dir := writeFiles(t, map[string][]byte{"inbox/走访-001048-049.xlsx": refused, "inbox/z.xlsx": unnamed,
		"inbox/走访-001048-006.xlsx": taken, "inbox/走访-990077.csv": []byte("工号\n990077\n"), "inbox/other.csv": []byte("甲\n乙\n"),
		"inbox/namesake.xlsx": visitBook(t, workbook.TemplateOptions{}, namesake)})
	t.Chdir(dir)
	o := IngestOptions{Paths: []string{"inbox"}, Returns: "returns", By: "system", Reread: true}
	first, err := c.Ingest(ctx, o)
	if returned, _ := os.ReadDir("returns"); err != nil || first.Totals.Bad() != 5 || len(returned) != 5 {
		t.Fatalf("%+v %v, want five refused, each returned, not %v", first.Totals, err, returned)
	}
	for _, id := range []string{staff, nobody} {
		if _, err := c.ExportPerson(ctx, id, Act{By: "u0"}); err != nil {
			t.Errorf("the export of %s: %v", id, err)
		}
		got, err := c.ErasePerson(ctx, EraseRequest{Staff: id, Reason: "made up", Returns: "returns"}, Act{By: "u0"})
		must(t, err)
		sources := strings.Join(got.Sources, " ")
		if want := map[string][]string{staff: {"inbox/走访-001048-049.xlsx", "inbox/z.xlsx", "/走访-001048-006.xlsx"}, nobody: {"inbox/走访-990077.csv"}}[id]; !holdsAll(sources, want) || strings.Contains(sources, "namesake") {
			t.Errorf("to be deleted are %q, want %q and not the namesake's", sources, want)
		}
	}
	for _, mapping := range []string{"", mapped} {
		o.Mapping = mapping
		again, err := c.Ingest(ctx, o)
		if err != nil || again.Totals.Bad() != 5 || again.Totals.Fresh() != 0 {
			t.Fatalf("mapping %q: %+v %v", mapping, again.Totals, err)
		}
		named := 0
		for i := range again.Files {
			f := &again.Files[i]
			if codes(f) == "X007" {
				named++
			}
			if f.Status != Unchanged && (strings.Contains(f.File, staff) || strings.Contains(f.File, nobody)) {
				t.Errorf("mapping %q: a receipt names %s: %s %s", mapping, f.File, f.Status, codes(f))
			}
		}
		if returned, _ := os.ReadDir("returns"); named != 3 || len(returned) != 2 || returned[0].Name() != "退回-namesake.xlsx" || returned[1].Name() != "退回-other.xlsx" {
			t.Errorf("mapping %q: %d refused for naming somebody, want 3; returned %v, want those of the namesake's and the other file", mapping, named, returned)
		}
	}
	checked, err := c.Reception(1).Check(ctx, Hand{Name: "走访-001048.xlsx", Data: refused, By: "u1"})
	if err != nil || checked.Status != Rejected || codes(&checked.FileResult) != "X007" || strings.Contains(checked.File, staff) {
		t.Errorf("on the web: %+v %v", checked, err)
	}
	all := bytesOfAll(t, c)
	for _, id := range []string{staff, nobody} {
		if i := bytes.Index(all, []byte(id)); i >= 0 {
			t.Errorf("%s still stands: …%q…", id, all[max(0, i-60):min(len(all), i+60)])
		}
		if _, err := c.ErasePerson(ctx, EraseRequest{Staff: id, Reason: "again", Returns: "returns"}, Act{By: "u0"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s twice: %v", id, err)
		}
	}
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// What a returned copy says of a person: in its answers, and by its name only where it does not say of which file
// it is. A number that may be an amount or a date takes nobody's copy with it.
func TestReturnedCopiesOf(t *testing.T) {
	text := func(s string) survey.Cell { return survey.Cell{Col: 1, Kind: survey.Text, Text: s} }
	number := func(s string) survey.Cell { return survey.Cell{Col: 1, Kind: survey.Number, Text: s} }
	for _, c := range []struct {
		why, staff, sheet string
		cell              survey.Cell
		want              bool
	}{
		{"a staff number", "0012000", "走访", text("0012000"), true},
		{"two of them", "0012000", "走访", text("001013、0012000"), true},
		{"a wage without the zeros", "0012000", "岗位", number("12000"), false},
		{"a wage of six digits", "150000", "岗位", number("150000"), false},
		{"a long number typed as one", "20180042", "走访", number("20180042"), true},
		{"our own sentence", "0012000", workbook.ReturnSheet, text("名册中可能是 0012000"), false},
	} {
		s := &survey.Sheet{Name: c.sheet, Rows: []survey.Row{{Number: 1, Cells: []survey.Cell{c.cell}}}}
		if got := holdsPerson(s, store.Disguise{Staff: c.staff, Pseudonym: "x"}); got != c.want {
			t.Errorf("%s: %v", c.why, got)
		}
	}
	for _, c := range []struct {
		why, staff, name, of string
		want                 bool
	}{
		{"named after the person", "001013", "退回-走访-001013.xlsx", "", true},
		{"the copy of another's file", "001013", "退回-走访-001013.xlsx", "b", false},
		{"the copy of the person's file", "001013", "退回-a.xlsx", "a", true},
		{"another's visit of that number", "1013", "退回-走访-1020-1013.xlsx", "", false},
		{"a day", "20260315", "退回-走访-20260315.xlsx", "", false},
		{"nobody could read it", "001013", "退回-b.xlsx", "", false},
	} {
		one := &erasing{store.Erasing{Disguise: store.Disguise{Staff: c.staff, Pseudonym: "x"}}, store.PersonTraces{Refused: []store.PersonFile{{SHA256: "a"}, {}}}}
		got, err := outside(EraseRequest{}, one, nil, []returnedCopy{{path: c.name, of: c.of}})
		if err != nil || (len(got) == 1) != c.want {
			t.Errorf("%s: %v %v", c.why, got, err)
		}
	}
}

// rosterFaculty is a person of the roster of 2026.
func rosterFaculty(t *testing.T, c *Campaign, staff string) survey.Faculty {
	t.Helper()
	roster, err := c.Store.LoadRoster(context.Background(), 2026)
	must(t, err)
	i := slices.IndexFunc(roster.Faculty, func(f survey.Faculty) bool { return f.ID == staff })
	if i < 0 {
		t.Fatalf("%s is not on the roster", staff)
	}
	return roster.Faculty[i]
}
