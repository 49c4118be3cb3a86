package survey

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// counting is a dictionary that notes what it is asked.
type counting struct {
	dictionary
	asked, longest int
}

func (d *counting) key(text string) (place, bool) {
	d.longest = max(d.longest, len(text))
	return d.dictionary.key(text)
}

func (d *counting) header(h header) (place, bool) {
	d.asked++
	d.longest = max(d.longest, len(h.text), len(h.group))
	return d.dictionary.header(h)
}

// TestLongTextsAreNoHeaders: in a sheet of answers, none longer than a header can be is searched for one, and one
// text is searched for once, wherever it stands; the header itself is found all the same.
func TestLongTextsAreNoHeaders(t *testing.T) {
	const row = "| 走访日期 | 工号 | 企业全称 | 企业规模 | 岗位名称 | 在岗人数 |\n"
	for _, c := range []struct {
		why, answer string
		most        int // of searches
	}{
		{"far too long for a header", strings.Repeat("职", 5000), 60},
		{"as long as a header can be", strings.Repeat("职", 450), 60},
		{"numbered like the questions of a matrix", "7、" + strings.Repeat("职", 5000) + "—" + strings.Repeat("能", 900), 60},
	} {
		cells := strings.Repeat("| "+c.answer+" ", 6) + "|\n"
		s := &BookFromText("== 表\n" + row + strings.Repeat(cells, 30)).Sheets[0]
		d := &counting{dictionary: lexiconOf(codebook.Default()).flat(lexiconOf(codebook.Default()).bulkForm())}
		if g := findGrid(s, d); len(g.columns) != 6 || g.first != 2 {
			t.Errorf("%s: %d columns, answers from row %d", c.why, len(g.columns), g.first)
		}
		table := d.asked
		if l := findLedger(s, d, ledgerProbe); l.places() == 0 {
			t.Errorf("%s: no label is found", c.why)
		}
		if table > c.most || d.asked-table > c.most || d.longest > headerBytes {
			t.Errorf("%s: %d and %d searches, of up to %d bytes", c.why, table, d.asked-table, d.longest)
		}
	}
}

// TestNoMessageRepeatsALongCell: what an issue says does not grow with the cell, whichever of its parts the cell comes into.
func TestNoMessageRepeatsALongCell(t *testing.T) {
	long := strings.Repeat("职", 30_000)
	size := func(i *Issue) int {
		return len(i.Header) + len(i.Got) + len(i.Want) + len(i.Message.ZH) + len(i.Message.EN) + len(i.Fix.ZH) + len(i.Fix.EN)
	}
	for why, i := range map[string]Issue{
		"header": NewIssue(codebook.Default(), "T008", Ref{}, "", long, "", ""),
		"got":    NewIssue(codebook.Default(), "V074", Ref{}, "", "", long, ""),
		"want":   NewIssue(codebook.Default(), "V074", Ref{}, "", "", "", long),
		"args":   NewIssue(codebook.Default(), "V050", Ref{}, "", "", "0", "≥ 1", "enterprise", long, "enterprise_en", long),
	} {
		if n := size(&i); n > 20_000 || n < 100 {
			t.Errorf("%s: an issue of %d bytes", why, n)
		}
	}
	for _, f := range codebook.Default().Forms {
		for _, s := range f.Sheets {
			for k := range s.Fields {
				want := wantOf(codebook.Default(), &s.Fields[k])
				if i := NewIssue(codebook.Default(), "V006", Ref{}, "", "", "", want); i.Want != want {
					t.Errorf("%s: a list is cut: %s", s.Fields[k].Key, i.Want)
				}
			}
		}
	}
}

// TestLongContradictions: a long answer of a visit that thousands of rows say otherwise is repeated in none of them,
// and they are counted in with one another.
func TestLongContradictions(t *testing.T) {
	const rows = 3000
	var b strings.Builder
	b.WriteString("== 问卷\n| 走访编号 | 走访日期 | 工号 | 企业全称 | 企业规模 | 受访者职务 | 岗位名称 | 在岗人数 |\n")
	fmt.Fprintf(&b, "| 1 | 2026-03-05 | '001013 | 甲公司 | 小型 | %s | 工程师 | 2 |\n", strings.Repeat("Ａ", 30_000))
	for n := range rows {
		fmt.Fprintf(&b, "| 1 | | | | | 乙%d | 测试%d | 3 |\n", n%50, n)
	}
	book := BookFromText(b.String())
	var before, behind runtime.MemStats
	runtime.ReadMemStats(&before)
	r := newReading(codebook.Default(), lexiconOf(codebook.Default()).bulkForm(), book)
	at, g := r.flatTable()
	if at != 0 {
		t.Fatal("no flat table")
	}
	r.readFlat(at, g)
	runtime.ReadMemStats(&behind)
	cells, said := 0, 0
	for i := range r.issues {
		if r.issues[i].Code == "V074" {
			cells += r.issues[i].Count
			said = max(said, len(r.issues[i].Message.ZH)+len(r.issues[i].Message.EN))
		}
	}
	if cells != rows || len(r.issues) > issuesApart+60 {
		t.Errorf("%d of %d cells in %d issues", cells, rows, len(r.issues))
	}
	if used := (behind.TotalAlloc - before.TotalAlloc) >> 20; used > 100 || said > 2000 {
		t.Errorf("%d MiB, messages of %d bytes", used, said)
	}
}

// TestManyVisitsWithoutJobs: beyond the issues that stand apart, visits without a job are counted in with one another.
func TestManyVisitsWithoutJobs(t *testing.T) {
	d := &decoder{cb: codebook.Default(), scan: NewScan(codebook.Default(), 2026), filled: &Filled{Sheets: []FilledSheet{
		{Spec: &codebook.Sheet{Key: "visit"}, Name: "走访", Records: make([]Record, 2)}, {Spec: &codebook.Sheet{Key: "jobs"}, Name: "岗位"}}}}
	const visits = issuesApart + 500
	s := &FilledSheet{Name: "走访"}
	for n := range visits {
		d.jobRules(&Visit{Enterprise: Enterprise{Name: fmt.Sprint("甲", n)}}, Record{Sheet: s, Row: n + 2}, visitParts{})
	}
	issues := Collapse(d.scan.Issues)
	if len(d.scan.Issues) != issuesApart+1 || len(issues) != 1 || issues[0].Count != visits || len(issues[0].Cells()) != visits {
		t.Errorf("%d issues, %d causes, %d cells", len(d.scan.Issues), len(issues), issues[0].Count)
	}
}

// TestACellThatIsReportedTwice: whichever issue is the last to stand apart, every cell counts once and keeps its mark.
func TestACellThatIsReportedTwice(t *testing.T) {
	const rows = issuesApart/2 + 500
	field := asked(codebook.TypeCodes, "ecosystem")
	for why, read := range map[string]func(*Scan, Record){
		"the same answer twice in a cell": func(s *Scan, r Record) { s.Codes(r, "answer") },
		"the same rule twice at a cell":   func(s *Scan, r Record) { s.Report("V008", r.At("answer"), ""); s.Report("V008", r.At("answer"), "") },
	} {
		for before := range 2 {
			in := NewScan(codebook.Default(), 2026)
			for range before {
				in.Report("V024", oneAnswer(t, field, "'某某牌").At("answer"), "")
			}
			for row := range 2 * rows {
				r := oneAnswer(t, field, "'某某牌、某某牌")
				r.Row = row + 2
				read(in, r)
			}
			issues := Collapse(in.Issues)
			if last := issues[len(issues)-1]; len(issues) != before+1 || last.Count != 2*rows || len(last.Cells()) != 2*rows || last.last().Row != 2*rows+1 {
				t.Errorf("%s, %d before: %d causes, %d of %d cells, %d places", why, before, len(issues), last.Count, 2*rows, len(last.Cells()))
			}
		}
	}
	in := NewScan(codebook.Default(), 2026)
	in.Codes(oneAnswer(t, field, "'某某牌、另一牌、某某牌"), "answer")
	if len(in.Issues) != 2 {
		t.Errorf("%d issues of two unknown answers", len(in.Issues))
	}
}
