package workbook

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// goodBooks are sound workbooks of several makes.
func goodBooks(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"by hand":        plainBook(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46086</v></c></row>` + textCells("| 甲 | 5 |")).bytes(),
		"every kind":     everyKind(t, nil),
		"a filled visit": filledVisit(t),
	}
}

// Four flipped bytes in a sound workbook: the same cells, or an issue of severity error, never fewer
// rows in silence. The seeds are fixed.
func TestFourFlippedBytesAreNoticed(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{Columns: 1000})
	for name, data := range goodBooks(t) {
		want, _ := r.read("a.xlsx", data)
		rng := rand.New(rand.NewPCG(2026, 3))
		same, refused, times := 0, 0, trial.Rounds(80, 300)
		if name == "a filled visit" {
			times = trial.Rounds(400, 2000)
		}
		for range times {
			bad := bytes.Clone(data)
			for range 4 {
				bad[rng.IntN(len(bad))] ^= byte(1 + rng.IntN(255))
			}
			book, issues := r.read("a.xlsx", bad)
			switch {
			case book == nil && survey.HasErrors(issues):
				refused++
			case book != nil && reflect.DeepEqual(book.Sheets, want.Sheets):
				same++
			default:
				t.Fatalf("%s: other cells were taken: issues %q", name, codesOf(issues))
			}
		}
		if refused == 0 || same+refused != times {
			t.Errorf("%s: %d same, %d refused", name, same, refused)
		}
	}
}

// Bytes that say nothing about the content may be anything.
func TestTheDateOfAnEntryDoesNotMatter(t *testing.T) {
	data := plainBook(textCells("| 甲 | 5 |")).bytes()
	want := mustRead(t, "a.xlsx", data)
	at := bytes.Index(data, []byte(sigDirectory)) + 12
	if got := mustRead(t, "a.xlsx", patch(data, at, 1, 2, 3, 4)); !reflect.DeepEqual(got, want) {
		t.Error("other cells")
	}
}

func TestTruncationIsNoticed(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{})
	for name, data := range goodBooks(t) {
		rng := rand.New(rand.NewPCG(7, 7))
		for i := range 300 {
			n := rng.IntN(len(data))
			if i < 30 {
				n = len(data) - 1 - i
			}
			if book, issues := r.read("a.xlsx", data[:n]); book != nil || !survey.HasErrors(issues) {
				t.Fatalf("%s: the first %d of %d bytes were taken", name, n, len(data))
			}
		}
	}
}

// Damage inside a part whose checksum is right again is for the scanner to judge. Whatever it says,
// the scanner that reads usual shapes by their bytes and the one that reads every token must say
// the same.
func TestQuickAndThoroughScannersAgree(t *testing.T) {
	quick, thorough := NewReader(codebook.Default(), Limits{}), NewReader(codebook.Default(), Limits{})
	thorough.thorough = true
	compare := func(why string, data []byte) {
		t.Helper()
		b1, i1 := quick.read("a.xlsx", data)
		b2, i2 := thorough.read("a.xlsx", data)
		if !reflect.DeepEqual(b1, b2) || !reflect.DeepEqual(i1, i2) {
			t.Fatalf("%s:\nquick    %q %+v\nthorough %q %+v", why, codesOf(i1), b1, codesOf(i2), b2)
		}
	}
	for name, data := range goodBooks(t) {
		compare(name, data)
	}
	for _, cases := range [][]faultCase{contentCases(), flagCases()} {
		for _, c := range cases {
			compare(c.why, c.data)
		}
	}
	files, _ := filepath.Glob("testdata/hostile/*.xls*")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		compare(path, data)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for range trial.Rounds(400, 1500) {
		p := plainBook(mutated(rng, mutableRows, rng.IntN(4)))
		if rng.IntN(3) == 0 {
			p = p.with(partSST, mutated(rng, mutableTexts, 1+rng.IntN(3)))
		}
		for i := range p.parts {
			p.parts[i].stored = true
		}
		compare("mutated", p.bytes())
	}
}

const mutableRows = `<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" t="s"><v>2</v></c><c r="C1"><v>12.5</v></c></row>` +
	`<row r="2" hidden="1"><c r="A2" s="4"><v>46086</v></c><c r="B2" t="b"><v>1</v></c><c r="D2" t="inlineStr"><is><t>x &amp; y</t></is></c></row>` +
	`<row r="3"/><row r="4"><c r="A4" s="2"/><c r="B4" t="str"><f>1+1</f><v>ab</v></c><c r="C4" t="inlineStr"><is><t xml:space="preserve"> z</t></is></c></row>`

const mutableTexts = `<sst ` + mainNS + `><si><t>甲</t></si><si><t xml:space="preserve"> 乙_x0041_</t></si><si><r><t>丙</t></r><r><t>&lt;丁</t></r></si></sst>`

// snippets are pieces that a mutation puts in or takes the place of.
var snippets = []string{"<", ">", "/", `"`, "&", "&amp;", "&#65;", ";", " ", "\n", "x:", "<!-- c -->", "<![CDATA[9]]>", "]]>", "<?p?>", "0", "9", "A", "Z", "-", "_x000D_",
	`r="A1"`, `t="s"`, `t="d"`, "<v>1</v>", "</v>", "<c/>", "<c>", "</c>", "<f>1</f>", "<si/>", "<is><t>q</t></is>", "</row>", "<row>", "\x01", "é", "\xff"}

func mutated(rng *rand.Rand, text string, times int) string {
	for range times {
		i := rng.IntN(len(text) + 1)
		j := min(len(text), i+rng.IntN(3))
		with := snippets[rng.IntN(len(snippets))]
		if rng.IntN(4) == 0 {
			with = ""
		}
		text = text[:i] + with + text[j:]
	}
	return text
}

// A Reader gives the same answer for a file whatever it read before.
func TestReaderForgetsTheLastFile(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{Columns: 1000})
	var files [][]byte
	for _, cases := range [][]faultCase{kindCases(), packageCases(), contentCases(), flagCases()} {
		for _, c := range cases {
			if c.lim == (Limits{}) {
				files = append(files, c.data)
			}
		}
	}
	for _, data := range goodBooks(t) {
		files = append(files, data)
	}
	for i, data := range files {
		alone, said := NewReader(codebook.Default(), Limits{Columns: 1000}).read("a.xlsx", data)
		for range 3 { // the third time some parts are known
			if book, issues := r.read("a.xlsx", data); !reflect.DeepEqual(book, alone) || !reflect.DeepEqual(issues, said) {
				t.Fatalf("file %d: %q, alone %q", i, codesOf(issues), codesOf(said))
			}
		}
	}
}

// What a book holds stays as it is when the reader goes on to other files, and the caller's bytes
// are not changed.
func TestBooksDoNotChangeLater(t *testing.T) {
	r := NewReader(codebook.Default(), Limits{Columns: 1000})
	data := everyKind(t, nil)
	before := bytes.Clone(data)
	book, _ := r.read("a.xlsx", data)
	want, _ := NewReader(codebook.Default(), Limits{Columns: 1000}).read("a.xlsx", data)
	other := plainBook(textCells(strings.Repeat("| 別の値 | 99 |\n", 500))).bytes()
	for range 3 {
		r.read("b.xlsx", other)
	}
	if !reflect.DeepEqual(book, want) {
		t.Error("the book changed")
	}
	if !bytes.Equal(data, before) {
		t.Error("the file's bytes changed")
	}
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/hostile/*.xls*")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, data := range goodBooks(f) {
		f.Add(data)
	}
	lim := Limits{PartBytes: 4 << 20, TotalBytes: 8 << 20}
	quick, thorough := NewReader(codebook.Default(), lim), NewReader(codebook.Default(), lim)
	thorough.thorough = true
	f.Fuzz(func(t *testing.T, data []byte) {
		book, issues := quick.read("a.xlsx", data)
		if book == nil && !survey.HasErrors(issues) {
			t.Fatal("refused without a reason")
		}
		again, same := thorough.read("a.xlsx", data)
		if !reflect.DeepEqual(book, again) || !reflect.DeepEqual(issues, same) {
			t.Fatalf("quick %q, thorough %q", codesOf(issues), codesOf(same))
		}
	})
}

// FuzzSheet goes behind the zip: any text as a worksheet, with the checksum right.
func FuzzSheet(f *testing.F) {
	f.Add(sheetXML(mutableRows), mutableTexts)
	r, lim := NewReader(codebook.Default(), Limits{}), DefaultLimits()
	for _, c := range append(contentCases(), flagCases()...) {
		var z archive
		if z.readDirectory(c.data, &lim) != nil || z.locate() != nil || z.find(partSheet) == nil {
			continue
		}
		if sheet, bad := r.load(z.find(partSheet), nil); bad == nil && len(sheet) < 4000 {
			f.Add(string(sheet), "")
		}
	}
	quick, thorough := NewReader(codebook.Default(), Limits{}), NewReader(codebook.Default(), Limits{})
	thorough.thorough = true
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		p := plainBook("").with(partSheet, sheet)
		if texts != "" {
			p = p.with(partSST, texts)
		}
		for i := range p.parts {
			p.parts[i].stored = true
		}
		data := p.bytes()
		book, issues := quick.read("a.xlsx", data)
		again, same := thorough.read("a.xlsx", data)
		if !reflect.DeepEqual(book, again) || !reflect.DeepEqual(issues, same) {
			t.Fatalf("quick %q, thorough %q", codesOf(issues), codesOf(same))
		}
	})
}
