package workbook

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func TestResolve(t *testing.T) {
	for _, c := range []struct{ dir, target, want string }{
		{"xl/", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"},
		{"xl/", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"},
		{"xl/worksheets/", "../media/a.png", "xl/media/a.png"},
		{"xl/", "./a.xml", "xl/a.xml"},
		{"", "a//b.xml", "a/b.xml"},
		{"xl/", "../../a.xml", ""},
		{"xl/", "../..", ""},
		{"xl/", "", ""},
		{"xl/", `..\a.xml`, ""},
		{"xl/", "http://x/a.xml", ""},
		{"xl/", "C:a.xml", ""},
		{"xl/", "..", ""},
	} {
		got, ok := resolve(c.dir, c.target)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%q from %q: %q %v, want %q", c.target, c.dir, got, ok, c.want)
		}
	}
}

func TestDangerousLinks(t *testing.T) {
	for target, want := range map[string]bool{
		"http://a.cn/x": false, "https://a.cn/x?a:b": false, "mailto:a@b.cn": false, "#表!A1": false, "附件.docx": false, "a/b:c": false, "tel:10086": false,
		"javascript:alert(1)": true, " JavaScript:alert(1)": true, "file:///c:/x": true, `\\host\x`: true, "//host/x": true, `C:\x.exe`: true, "data:text/html,x": true, "vbscript:x": true, "ms-excel:ofe|u|x": true,
	} {
		if got := dangerous(target); got != want {
			t.Errorf("%q: %v, want %v", target, got, want)
		}
	}
}

func TestWorkbookPart(t *testing.T) {
	p := plainBook(textCells("| x |"), `<mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="C3"/></mergeCells>`).
		change(partBook, replaceIn("</workbook>", `<definedNames><definedName name="a">表!$A$1</definedName><definedName name="b" localSheetId="0" hidden="1">"x&amp;y"</definedName></definedNames></workbook>`)).
		change(partRels, replaceIn("</Relationships>", `<Relationship Id="r2" Type="`+odr+`/custom-properties" Target="docProps/custom.xml"/></Relationships>`)).
		with("docProps/custom.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">`+
			`<property fmtid="{x}" pid="2" name="qianqi.template"><vt:lpwstr>qianqi-visit</vt:lpwstr></property><property fmtid="{x}" pid="3" name="qianqi.version"><vt:i4>2</vt:i4></property></Properties>`)
	book := mustRead(t, "a.xlsx", p.bytes())
	if want := map[string]string{"qianqi.template": "qianqi-visit", "qianqi.version": "2"}; !reflect.DeepEqual(book.Properties, want) {
		t.Errorf("properties %v", book.Properties)
	}
	if want := map[string]string{"a": "表!$A$1", "表!b": `"x&y"`}; !reflect.DeepEqual(book.Names, want) {
		t.Errorf("names %v", book.Names)
	}
	if want := []survey.Area{{FirstRow: 1, FirstCol: 1, LastRow: 1, LastCol: 2}, {FirstRow: 3, FirstCol: 3, LastRow: 3, LastCol: 3}}; !reflect.DeepEqual(book.Sheets[0].Merges, want) {
		t.Errorf("merges %v", book.Sheets[0].Merges)
	}
}

// Strict OOXML has other namespaces and the same content.
func TestStrictNamespaces(t *testing.T) {
	p := plainBook(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46086</v></c></row>`)
	for i := range p.parts {
		p.parts[i].data = strings.NewReplacer(
			"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
			"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships",
		).Replace(p.parts[i].data)
	}
	s := mustRead(t, "a.xlsx", p.bytes()).Sheets[0]
	if a, b := s.At(1, 1), s.At(1, 2); a == nil || a.Text != "甲公司" || b == nil || b.Text != "2026-03-05" {
		t.Errorf("%+v %+v", a, b)
	}
}

// The workbook and its sheets may have any name; only relationships lead to them.
func TestPartsAreFoundByRelationship(t *testing.T) {
	p := plainBook(textCells("| x |"))
	for i := range p.parts {
		p.parts[i].name = strings.NewReplacer("xl/workbook.xml", "book/main.xml", "xl/_rels/workbook.xml", "book/_rels/main.xml", "xl/worksheets/sheet1.xml", "book/worksheets/one.xml", "xl/", "book/").Replace(p.parts[i].name)
		p.parts[i].data = strings.NewReplacer(`"xl/workbook.xml"`, `"/book/main.xml"`, "worksheets/sheet1.xml", "../book/Worksheets/ONE.xml").Replace(p.parts[i].data)
	}
	if c := mustRead(t, "a.xlsx", p.bytes()).Sheets[0].At(1, 1); c == nil || c.Text != "x" {
		t.Errorf("%+v", c)
	}
}

// A sheet of another kind has its place in the order and no cells.
func TestChartSheets(t *testing.T) {
	p := plainBook(textCells("| x |")).
		change(partBook, replaceIn("<sheets>", `<sheets><sheet name="图" sheetId="2" r:id="rId9"/>`)).
		change(partLinks, replaceIn("</Relationships>", `<Relationship Id="rId9" Type="`+odr+`/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>`)).
		with("xl/chartsheets/sheet1.xml", "<chartsheet/>")
	book := mustRead(t, "a.xlsx", p.bytes())
	if len(book.Sheets) != 2 || book.Sheets[0].Name != "图" || len(book.Sheets[0].Rows) != 0 || book.Sheets[1].At(1, 1) == nil {
		t.Errorf("%+v", book.Sheets)
	}
}

// On a workbook of one of the codebook's forms, single cells are for the form's own rules to judge.
func TestOwnWorkbooksAreJudgedByTheirForm(t *testing.T) {
	rows := `<row r="1" hidden="1"><c r="A1"><f>1</f></c><c r="B1"><v>310101199001011000</v></c><c r="C1" t="str"><f>1&amp;" / 12"</f></c></row>`
	p := plainBook(rows).change(partBook, replaceIn("</sheets>", `<sheet name="_qianqi" sheetId="2" state="veryHidden" r:id="rId9"/></sheets>`)).
		change(partLinks, replaceIn("</Relationships>", `<Relationship Id="rId9" Type="`+odr+`/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`)).
		with("xl/worksheets/sheet2.xml", sheetXML(textCells("| qianqi.template | qianqi-visit |")))
	book := mustRead(t, "a.xlsx", p.bytes())
	if s := book.Sheets[0]; len(s.Rows) != 1 || !s.Rows[0].Hidden || s.At(1, 1) == nil || !s.At(1, 1).Formula || s.At(1, 2) == nil || s.At(1, 3) == nil {
		t.Errorf("%+v", s)
	}
	if !book.Sheets[1].Hidden {
		t.Error("the hidden sheet is shown")
	}
}

// TestFormulaForAnAnswer: a formula in place of an answer is refused by the form's own rule, whether its result
// is in the file or not. It is neither passed over nor called a blank.
func TestFormulaForAnAnswer(t *testing.T) {
	original := filledVisit(t)
	cell := regexp.MustCompile(`<c r="([DE]4)"( s="\d+")?[^>]*>.*?</c>`)
	for _, c := range []struct{ why, with string }{
		{"with its result", `><f>1+6</f><v>7</v>`},
		{"without", `><f>1+6</f>`},
		{"with an empty one, as programs write it that do not compute", `><f>1+6</f><v></v>`},
		{"with an empty element", `><f>1+6</f><v/>`},
		{"as a text that was not computed", ` t="str"><f>1&amp;6</f>`},
	} {
		p := mustPack(t, original)
		x := mustPart(t, p, "xl/worksheets/sheet3.xml")
		p.put("xl/worksheets/sheet3.xml", cell.ReplaceAll(x, []byte(`<c r="$1"$2`+c.with+`</c>`)))
		data, err := p.bytes(quick)
		if err != nil {
			t.Fatal(err)
		}
		_, issues := survey.Decode(codebook.Default(), mustRead(t, "a.xlsx", data), survey.Context{Year: 2026})
		var refused []string
		for _, i := range issues {
			if i.Severity == codebook.SeverityError {
				refused = append(refused, string(i.Code)+" "+i.Ref.Cell())
			}
		}
		if got := strings.Join(refused, ", "); got != "V004 D4, V004 E4" {
			t.Errorf("%s: %s", c.why, got)
		}
	}
}

func TestFindingsAreJoined(t *testing.T) {
	rows := `<row><c s="1"><v>1</v></c><c s="1"><v>2</v></c></row><row><c s="1"><v>3</v></c></row>`
	_, issues := NewReader(codebook.Default(), Limits{}).read("a.xlsx", plainBook(rows).bytes())
	if len(issues) != 1 || issues[0].Count != 3 || len(issues[0].More) != 2 || issues[0].More[1].Cell() != "A2" {
		t.Errorf("%+v", issues)
	}
}
