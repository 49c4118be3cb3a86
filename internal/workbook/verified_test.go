package workbook

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// A part that was met before saves work, never a judgement: what depends on the rest of the
// workbook is looked at again.
func TestKnownPartsAreJudgedAnew(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{})
	read := func(p testPackage) string {
		_, issues := r.read("a.xlsx", p.bytes())
		return codesOf(issues)
	}
	formula := plainBook(`<row r="1"><c r="A1"><f>1</f></c><c r="B1"><v>5</v></c></row>`)
	own := formula.change(partBook, replaceIn("</sheets>", `<sheet name="_qianqi" sheetId="2" r:id="rId9"/></sheets>`)).
		change(partLinks, replaceIn("</Relationships>", `<Relationship Id="rId9" Type="`+odr+`/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`)).
		with("xl/worksheets/sheet2.xml", sheetXML(textCells("| a | b |")))
	for range 4 {
		if got := read(own); got != "" {
			t.Fatalf("own: %q", got)
		}
	}
	if got := read(formula); got != "F105" {
		t.Errorf("not own: %q, want F105", got)
	}

	shared := plainBook(`<row r="1"><c r="A1" t="s"><v>2</v></c></row>`)
	for range 4 {
		read(shared)
	}
	if got := read(shared.with(partSST, `<sst `+mainNS+`><si><t>x</t></si></sst>`)); got != "F085" {
		t.Errorf("fewer texts: %q, want F085", got)
	}

	dated := plainBook(`<row r="1"><c r="A1" s="1"><v>46086</v></c></row>`)
	for range 4 {
		read(dated)
	}
	if got := read(dated.change(partStyle, replaceIn(`<xf numFmtId="164"/>`, ""))); got != "" {
		t.Errorf("other styles: %q", got)
	}
	book, _ := r.read("a.xlsx", dated.change(partStyle, replaceIn(`<xf numFmtId="164"/>`, `<xf numFmtId="1"/>`)).bytes())
	if c := book.Sheets[0].At(1, 1); c.Text != "46086" {
		t.Errorf("with a plain style the cell is %+v", c)
	}

	links := `<hyperlinks><hyperlink ref="A1" r:id="rId1"/></hyperlinks>`
	linked := plainBook(textCells("| x |"), links)
	for range 4 {
		read(linked)
	}
	bad := linked.with("xl/worksheets/_rels/sheet1.xml.rels", relsOpen+`<Relationship Id="rId1" Type="`+odr+`/hyperlink" Target="javascript:x" TargetMode="External"/></Relationships>`)
	if got := read(bad); got != "F115" {
		t.Errorf("another target: %q, want F115", got)
	}
}

// The memory for known parts is bounded whatever is handed in.
func TestKnownPartsAreBounded(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{})
	big := textCells("| " + string(make24k()) + " |")
	for i := range 200 {
		data := plainBook(big + textCells("| "+itoa7(i)+" |")).bytes()
		r.read("a.xlsx", data)
		r.read("a.xlsx", data)
	}
	if r.verified.bytes > verifiedBytes+verifiedPartBytes || len(r.verified.parts) == 0 {
		t.Errorf("%d bytes in %d parts", r.verified.bytes, len(r.verified.parts))
	}
}

func make24k() []byte {
	b := make([]byte, 24_000)
	for i := range b {
		b[i] = 'a' + byte(i*i%23)
	}
	return b
}
