package campaign

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// everyFigureTraces follows every published figure of the newest year: it has jobs behind it, or
// nobody answered; and every job stands in a workbook whose cells, read anew from the bytes that
// were handed in, hold what the figure was made from.
func everyFigureTraces(t *testing.T, w *world) {
	ctx := context.Background()
	year := strconv.Itoa(w.analysis.Year)
	tracer, err := w.Tracer(ctx, year+"/all/fault_diagnosis/performance_gap", TraceOptions{Names: true, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	shown, some := 0, rand.New(rand.NewPCG(7, 7))
	books := originals{w: w, books: map[string]*survey.Book{}}
	for _, c := range w.analysis.Cells {
		at := w.analysis.AddressOf(c)
		found, err := tracer.figures.Trace(at)
		if err != nil {
			t.Fatal(err)
		}
		if found.Figure != c.Figure {
			t.Fatalf("%s: traced %+v, published %+v", at, found.Figure, c.Figure)
		}
		if (len(found.Jobs) == 0) != (c.Figure.Flag == demand.NoData) {
			t.Fatalf("%s: %d jobs behind %q", at, len(found.Jobs), c.Figure.Flag)
		}
		if c.Figure.Shown() {
			shown++
		} else if whyNot(found).ZH == "" {
			t.Errorf("%s shows no number and does not say why", at)
		}
		if some.IntN(40) > 0 {
			continue
		}
		whole, err := tracer.Trace(ctx, at.String())
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range whole.Answers {
			books.check(t, whole.Address, a)
		}
	}
	if shown < 1000 {
		t.Errorf("only %d figures are shown", shown)
	}
	for _, at := range []string{"/all/-/openings", "/computer_network/-/openings", "/family=security/-/salary", "/family=security/-/breadth"} {
		whole, err := tracer.Trace(ctx, year+at)
		if err != nil || len(whole.Answers) == 0 || len(whole.Answers[0].Cells) == 0 {
			t.Errorf("%s: %v", at, err)
		} else if strings.HasSuffix(at, "openings") && whole.Behind.Visits < whole.Behind.Enterprises {
			t.Errorf("%s: %d enterprises on %d visits", at, whole.Behind.Enterprises, whole.Behind.Visits)
		}
	}
}

// originals reads the workbooks anew from the bytes that were handed in.
type originals struct {
	w       *world
	books   map[string]*survey.Book
	checked int
}

// check holds an answer against the cells it is said to stand in.
func (o *originals) check(t *testing.T, address string, a Traced) {
	t.Helper()
	book := o.books[a.SHA256]
	if book == nil {
		data, err := o.w.Store.Original(context.Background(), a.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		book, _, err = workbook.Read(a.File, data, o.w.Codebook, workbook.DefaultLimits())
		if err != nil || book == nil {
			t.Fatalf("%s cannot be read again: %v", a.File, err)
		}
		o.books[a.SHA256] = book
	}
	for name, cell := range a.Cells {
		want := map[string]uint8{"importance": a.Importance, "required_level": a.Required, "graduate_level": a.Graduate}[name]
		got := textAt(book, a.Sheet, cell)
		if v, err := strconv.ParseFloat(codebook.Fold(got), 64); err != nil || v != float64(want) { // 5, 5.0 and ５ are one answer
			t.Errorf("%s: %s!%s of %s holds %q, the figure took %d", address, a.Sheet, cell, a.File, got, want)
		}
		o.checked++
	}
}

func textAt(book *survey.Book, sheet, cell string) string {
	s := book.Sheet(sheet)
	if s == nil {
		return ""
	}
	for _, row := range s.Rows {
		for _, c := range row.Cells {
			if (survey.Ref{Row: row.Number, Col: c.Col}).Cell() == cell {
				return c.Text
			}
		}
	}
	return ""
}

// withheldTracesToNothing: whoever may see counts only is shown none of a withheld figure.
func withheldTracesToNothing(t *testing.T, w *world) {
	ctx := context.Background()
	tried := 0
	for _, c := range w.analysis.Cells {
		if !c.Figure.Flag.Suppressed() || c.Measure != demand.PerformanceGap {
			continue
		}
		x, err := w.Trace(ctx, w.analysis.AddressOf(c).String(), TraceOptions{})
		if err != nil || x.Behind != nil || len(x.Answers) > 0 || x.Figure.Estimate != 0 || x.WhyNot.ZH == "" {
			t.Errorf("%s: %+v %v", w.analysis.AddressOf(c), x, err)
		}
		if tried++; tried == 5 {
			return
		}
	}
	t.Error("the sample withholds nothing")
}

// theWayRound follows the gap of 2024 to the decision of 2025 and the verdict of 2026, and the
// decision that did not work.
func theWayRound(t *testing.T, w *world) {
	ctx := context.Background()
	for competency, want := range map[string]string{"fault_diagnosis": "narrowed", "protocol_comprehension": "no_change"} {
		x, err := w.Trace(ctx, "2024/computer_network/"+competency+"/performance_gap", TraceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(x.Dossiers) == 0 || x.Dossiers[0].Decision == nil || x.Dossiers[0].Verdict == nil {
			t.Fatalf("%s: %+v", competency, x.Dossiers)
		}
		v := x.Dossiers[0].Verdict
		if x.Dossiers[0].Decision.Day[:4] != "2025" || v.From != 2024 || v.To != 2026 || string(v.Result) != want || len(v.Sentences) < 2 {
			t.Errorf("%s: decided %s, %d → %d: %s", competency, x.Dossiers[0].Decision.Day, v.From, v.To, v.Result)
		}
		if !x.Figure.Shown() || x.Figure.Estimate != v.Before.Estimate {
			t.Errorf("%s: the gap of 2024 is %g, the verdict starts at %g", competency, x.Figure.Estimate, v.Before.Estimate)
		}
	}
	var none *ErrNoAddress
	for _, bad := range []string{"", "2026", "2026/all/fault_diagnosis", "2026/nowhere/fault_diagnosis/performance_gap", "1999/all/fault_diagnosis/performance_gap", "2026/all/fault_diagnosis/openings"} {
		if _, err := w.Trace(ctx, bad, TraceOptions{}); !errors.As(err, &none) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
