package workbook

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// sameButForTheReturn holds every part of a workbook against its return: what is not one of
// our additions must be the same bytes.
func sameButForTheReturn(t testing.TB, before, after []byte) {
	t.Helper()
	was, is := mustPack(t, before), mustPack(t, after)
	main, err := was.workbookPart()
	if err != nil {
		t.Fatal(err)
	}
	sheets, err := sheetParts(was)
	if err != nil {
		t.Fatal(err)
	}
	sheetPart := map[string]bool{}
	for _, part := range sheets {
		sheetPart[part] = true
	}
	for _, name := range was.names() {
		old, now := mustPart(t, was, name), mustPart(t, is, name)
		switch {
		case sheetPart[name]:
			sameSheet(t, name, old, now)
		case name == main, name == contentTypes, strings.HasSuffix(name, ".rels"), strings.HasSuffix(name, ".vml"), strings.Contains(name, "comments"):
		case strings.HasSuffix(name, "styles.xml"):
			sameLists(t, name, old, now)
		case !bytes.Equal(old, now):
			t.Errorf("part %s was changed", name)
		}
	}
	sameCells(t, before, after)
}

func mustPack(t testing.TB, data []byte) *pack {
	t.Helper()
	p, err := readPack(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustPart(t testing.TB, p *pack, name string) []byte {
	t.Helper()
	x, err := p.part(name)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func elements(t testing.TB, x []byte) []string {
	t.Helper()
	root, err := rootOf(x)
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := children(x, root)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, n := range nodes {
		out = append(out, string(x[n.start:n.end]))
	}
	return out
}

// sameSheet compares a worksheet element by element, leaving out our shading and the link to
// the notes, and undoing the two things that must give way: selection and rule priorities.
func sameSheet(t testing.TB, name string, old, now []byte) {
	t.Helper()
	ours := func(e string) bool { return isShade(e) || strings.Contains(e[:min(len(e), 20)], "legacyDrawing ") }
	want := slices.DeleteFunc(elements(t, old), ours)
	got := slices.DeleteFunc(elements(t, now), ours)
	plain := func(e string) string {
		return rulePriority.ReplaceAllString(selectedTab.ReplaceAllString(e, ""), "$1#$3")
	}
	if len(want) != len(got) {
		t.Fatalf("%s: %d elements, had %d", name, len(got), len(want))
	}
	for i := range want {
		if plain(want[i]) != plain(got[i]) {
			t.Errorf("%s: element changed\n had %.300s\n has %.300s", name, want[i], got[i])
		}
	}
}

// sameLists checks that a style sheet only grew at the ends of its lists.
func sameLists(t testing.TB, name string, old, now []byte) {
	t.Helper()
	has := map[string]string{}
	for _, e := range elements(t, now) {
		n, _, _ := element([]byte(e), 0)
		has[n.name] = string(n.content([]byte(e)))
	}
	for _, e := range elements(t, old) {
		n, _, _ := element([]byte(e), 0)
		if !strings.HasPrefix(has[n.name], string(n.content([]byte(e)))) {
			t.Errorf("%s: the list %s was changed", name, n.name)
		}
	}
}

// sameCells asks excelize, as a second opinion, for every cell's value and format, for widths,
// merges and dropdowns.
func sameCells(t testing.TB, before, after []byte) {
	t.Helper()
	was, is := openOracle(t, before), openOracle(t, after)
	got := slices.DeleteFunc(is.GetSheetList()[1:], func(name string) bool { return name == survey.ImprintSheet })
	if want := was.GetSheetList(); !slices.Equal(got, want) {
		t.Fatalf("sheets %v, had %v", got, want)
	}
	for _, sheet := range was.GetSheetList() {
		rows, err := was.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		again, err := is.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(rows, again) {
			t.Errorf("sheet %s holds other values", sheet)
		}
		for r := range min(len(rows)+3, 40) {
			for c := range 36 {
				cell := a1(r+1, c+1)
				a, _ := was.GetCellStyle(sheet, cell)
				b, _ := is.GetCellStyle(sheet, cell)
				if a != b {
					t.Errorf("%s!%s has another format", sheet, cell)
				}
			}
		}
		oldRules, _ := was.GetDataValidations(sheet)
		newRules, _ := is.GetDataValidations(sheet)
		if !reflect.DeepEqual(oldRules, newRules) {
			t.Errorf("sheet %s has other dropdowns", sheet)
		}
		oldMerges, _ := was.GetMergeCells(sheet)
		newMerges, _ := is.GetMergeCells(sheet)
		if !reflect.DeepEqual(oldMerges, newMerges) {
			t.Errorf("sheet %s has other merges", sheet)
		}
		sameFrame(t, sheet, was, is)
	}
	if !reflect.DeepEqual(was.GetDefinedName(), is.GetDefinedName()) {
		t.Errorf("the names are %v, were %v", is.GetDefinedName(), was.GetDefinedName())
	}
}

// sameFrame compares how a sheet is shown: widths, heights, what is hidden, what is frozen.
func sameFrame(t testing.TB, sheet string, was, is *excelize.File) {
	t.Helper()
	frame := func(x *excelize.File) []any {
		visible, _ := x.GetSheetVisible(sheet)
		panes, _ := x.GetPanes(sheet)
		all := []any{visible, panes}
		for i := range 40 {
			name := survey.ColumnName(i + 1)
			width, _ := x.GetColWidth(sheet, name)
			shown, _ := x.GetColVisible(sheet, name)
			height, _ := x.GetRowHeight(sheet, i+1)
			row, _ := x.GetRowVisible(sheet, i+1)
			all = append(all, width, shown, height, row)
		}
		return all
	}
	if !reflect.DeepEqual(frame(was), frame(is)) {
		t.Errorf("sheet %s is shown another way", sheet)
	}
}

// complaint keeps the first word of a comparison instead of failing the test it runs in.
type complaint struct {
	testing.TB
	said string
}

func (c *complaint) Errorf(format string, args ...any) {
	c.said = fmt.Sprintf(format, args...)
	panic(c)
}

func (c *complaint) Fatalf(format string, args ...any) { c.Errorf(format, args...) }

// compare runs the comparison to its end or its first complaint.
func (c *complaint) compare(before, after []byte) {
	defer func() {
		if r := recover(); r != nil && r != any(c) {
			panic(r)
		}
	}()
	sameButForTheReturn(c, before, after)
}

// The comparison itself is put to the test: whatever a careless return might do to somebody's
// workbook is seen, each change alone.
func TestTheComparisonSeesEveryChange(t *testing.T) {
	original := filledVisit(t)
	sound := mustAnnotate(t, "示例教师.xlsx", original, foundIssues())
	untouched := &complaint{TB: t}
	if untouched.compare(original, sound); untouched.said != "" {
		t.Fatalf("an untouched return: %q", untouched.said)
	}
	for _, c := range []struct{ why, part, old, now string }{
		{"another text", "xl/worksheets/sheet2.xml", "示例教师", "示例老师"},
		{"another number", "xl/worksheets/sheet2.xml", "<v>1280</v>", "<v>1281</v>"},
		{"a lost cell", "xl/worksheets/sheet2.xml", `<c r="B17"`, `<c r="BB17"`},
		{"another format", "xl/worksheets/sheet2.xml", `<c r="B17" s="`, `<c r="B17" s="1`},
		{"another width", "xl/worksheets/sheet2.xml", `width="`, `width="1`},
		{"another dropdown", "xl/worksheets/sheet3.xml", `type="list"`, `type="none"`},
		{"another limit", "xl/worksheets/sheet3.xml", "<formula1>", "<formula1>1"},
		{"a lost prompt", "xl/worksheets/sheet3.xml", ` showInputMessage="`, ` hideInputMessage="`},
		{"another merge", "xl/worksheets/sheet3.xml", `<mergeCell ref="`, `<mergeCell ref="A`},
		{"a column shown", "xl/worksheets/sheet2.xml", ` hidden="true"`, ` hidden="false"`},
		{"other frozen rows", "xl/worksheets/sheet3.xml", `ySplit="`, `ySplit="1`},
		{"a list shown", "xl/workbook.xml", `state="veryHidden"`, ``},
		{"another list", "xl/workbook.xml", `</definedName>`, `0</definedName>`},
		{"a renamed sheet", "xl/workbook.xml", `name="岗位 Jobs"`, `name="岗位"`},
		{"another property", "docProps/custom.xml", "qianqi-visit", "qianqi-visits"},
		{"another colour of a format", "xl/styles.xml", `rgb="`, `rgb="0`},
	} {
		p := mustPack(t, sound)
		x := mustPart(t, p, c.part)
		if !bytes.Contains(x, []byte(c.old)) {
			t.Errorf("%s: %s does not hold %q", c.why, c.part, c.old)
			continue
		}
		p.put(c.part, bytes.Replace(x, []byte(c.old), []byte(c.now), 1))
		out, err := p.bytes(quick)
		if err != nil {
			t.Fatal(err)
		}
		heard := &complaint{TB: t}
		if heard.compare(original, out); heard.said == "" {
			t.Errorf("%s in %s is not seen", c.why, c.part)
		}
	}
}

// FuzzElements holds the part scanner to its bounds on any bytes.
func FuzzElements(f *testing.F) {
	f.Add([]byte(`<a x="1>2"><b/><!-- <c> --><d>t</d><![CDATA[</a>]]></a>`))
	f.Add([]byte(`<?xml version="1.0"?><x:a xmlns:x='u'><x:b></x:b></x:a>`))
	f.Fuzz(func(t *testing.T, x []byte) {
		root, err := rootOf(x)
		if err != nil {
			return
		}
		nodes, err := children(x, root)
		if err != nil {
			return
		}
		at := root.inner
		for _, n := range nodes {
			if n.start < at || n.inner <= n.start || n.close < n.inner && !n.empty() || n.end > root.close {
				t.Fatalf("element out of order: %+v in %+v", n, root)
			}
			at = n.end
			attributeText(n.tag(x), "ref")
		}
	})
}
