package report

import (
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/thousand-enterprises/qianqi/internal/chromium"
)

// Print shows the still pictures, never the drawn ones, on A4: every row of every table is there, no
// row or picture is cut by the edge of a sheet, every sheet says what it belongs to, and none but the
// last is left more than half empty.
func TestPrint(t *testing.T) {
	tb := fixturePages(t).window(t)
	for _, file := range []string{"index.html", "programme-computer_network.html", "competency-fault_diagnosis.html"} {
		t.Run(file, func(t *testing.T) {
			tb.t = t
			tb.do(chromium.Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}), chromium.Sized(1440))
			tb.turn(file, "")
			tb.settle()
			wanted := value[[]string](tb, markForPrint)
			pdf, err := chromium.Try(tb.window, func(ctx context.Context) ([]byte, error) {
				return chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
			})
			if err != nil {
				tb.fail(err)
			}
			chromium.Keep(t, strings.TrimSuffix(file, ".html")+".pdf", pdf)
			checkSheets(t, sheetsOf(t, pdf), wanted)
			tb.do(chromium.Command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}), chromium.Sized(673))
			for _, wrong := range value[[]string](tb, lookOverPrint) {
				t.Error(wrong)
			}
			tb.noComplaints()
		})
	}
}

// markForPrint puts a tiny word at the top and the bottom of every picture and of every row of a table
// that paper shows, and names them: "p3" stands for the words p3a and p3z.
const markForPrint = `(() => {
	const names = [], mark = (box, text, edge) => { const m = document.createElement("span"); m.textContent = text; m.style.cssText = "position:absolute;left:0;font-size:2px;line-height:1;" + edge + ":0"; box.append(m) };
	document.querySelectorAll(".plate .still").forEach((box, i) => { box.style.position = "relative"; names.push("p" + i); mark(box, "p" + i + "a", "top"); mark(box, "p" + i + "z", "bottom") });
	document.querySelectorAll("main section:not(.explore):not(.contents) tbody tr").forEach((row, i) => { const box = row.cells[0]; box.style.position = "relative"; names.push("r" + i); mark(box, "r" + i + "a", "top"); mark(box, "r" + i + "z", "bottom") });
	return names })()`

// lookOverPrint lists what is wrong with the page as it goes to paper.
const lookOverPrint = `[...document.querySelectorAll("figure.plate")].flatMap(f => {
	const still = f.querySelector(".still svg").getBoundingClientRect(), live = f.querySelector(".live").getBoundingClientRect(), out = [];
	if (still.width < 300 || still.height < 40) out.push("no still picture: " + f.id);
	if (still.right > innerWidth + 1) out.push("still picture cut: " + f.id);
	if (live.height) out.push("drawn chart on paper: " + f.id);
	return out }).concat(document.documentElement.scrollWidth > innerWidth ? ["paper is " + document.documentElement.scrollWidth + " wide: " +
		[...document.querySelectorAll("main *")].filter(n => n.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(n => n.tagName + n.className + n.textContent.slice(0, 30)).join()] : [])`

// printedSheet is one printed page, in points.
type printedSheet struct {
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
	Words  []struct {
		Text   string  `xml:",chardata"`
		Right  float64 `xml:"xMax,attr"`
		Bottom float64 `xml:"yMax,attr"`
	} `xml:"word"`
}

// sheetsOf reads back what a PDF shows, by poppler.
func sheetsOf(t *testing.T, pdf []byte) []printedSheet {
	t.Helper()
	path := filepath.Join(t.TempDir(), "print.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-bbox", path, "-").Output()
	if err != nil {
		t.Fatalf("these tests read prints with poppler: install it (apt-get install poppler-utils): %v", err)
	}
	var read struct {
		Sheets []printedSheet `xml:"body>doc>page"`
	}
	d := xml.NewDecoder(strings.NewReader(string(out)))
	d.Strict = false
	if err := d.Decode(&read); err != nil || len(read.Sheets) == 0 {
		t.Fatalf("the print holds no pages (%d bytes): %v", len(pdf), err)
	}
	return read.Sheets
}

var printMark = regexp.MustCompile(`^([pr]\d+)([az])$`)

// Millimetres of an A4 sheet in points, and where its text ends above the page number.
const (
	mm       = 72 / 25.4
	textFoot = (297 - 18) * mm
)

func checkSheets(t *testing.T, sheets []printedSheet, wanted []string) {
	t.Helper()
	where := map[string]int{} // mark → sheet it stands on
	for i, s := range sheets {
		if fmt.Sprintf("%.0f × %.0f", s.Width, s.Height) != "595 × 842" {
			t.Errorf("sheet %d is %.0f × %.0f points", i+1, s.Width, s.Height)
		}
		var text strings.Builder
		lowest := 0.0
		for _, w := range s.Words {
			if m := printMark.FindString(w.Text); m != "" {
				where[m] = i + 1
				continue
			}
			text.WriteString(w.Text + " ")
			if w.Right > (210-16)*mm+1 {
				t.Errorf("sheet %d: %q stands in the margin", i+1, w.Text)
			}
			if w.Bottom < textFoot {
				lowest = max(lowest, w.Bottom)
			}
		}
		for _, must := range []string{"千企调研", "样例数据", fmt.Sprintf("%d / %d ", i+1, len(sheets))} {
			if !strings.Contains(text.String(), must) {
				t.Errorf("sheet %d does not say %q", i+1, must)
			}
		}
		if full := (lowest - 21*mm) / ((297 - 21 - 18) * mm); full < 0.4 && i < len(sheets)-1 {
			t.Errorf("sheet %d is filled to %.0f %%", i+1, 100*full)
		}
	}
	for _, m := range wanted {
		if top, bottom := where[m+"a"], where[m+"z"]; top == 0 || top != bottom {
			t.Errorf("%s (p: a picture, r: a row of a table) begins on sheet %d and ends on %d", m, top, bottom)
		}
	}
	if len(wanted) == 0 {
		t.Error("no picture and no row was looked for")
	}
}
