package store

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// refusedFile is a file from an inbox, whose bytes are its name's, that is refused with one issue.
func refusedFile(name string, issue survey.Issue) Attempt {
	sum := sumOf([]byte("refused " + name))
	return Attempt{Handed: Handed{College: "ict", Name: "inbox/" + name, SHA256: sum, Size: 7, By: "system", Channel: "cli", Year: 2026}, Status: Rejected,
		Issues: []survey.Issue{{Code: "V015", Severity: "error", Field: issue.Field, Got: issue.Got, Want: issue.Want, Message: issue.Message}}}
}

// What a refused file from an inbox, or one that was taken under somebody's name, says of a person.
func TestMentions(t *testing.T) {
	const none, said, named = "nothing", "said", "named"
	staffCell := func(got, want string) survey.Issue {
		return survey.Issue{Field: "faculty_id", Got: got, Want: want}
	}
	told := func(text string) survey.Issue { return survey.Issue{Message: codebook.Text{EN: text}} }
	for _, c := range []struct {
		why, staff, name string
		issue            survey.Issue
		want             string
	}{
		{"its name", "001027", "走访-001027-019.xlsx", survey.Issue{}, named},
		{"its folder", "t00001", "T00001/a.xlsx", survey.Issue{}, named},
		{"a longer number", "001027", "走访-0010271.xlsx", survey.Issue{}, none},
		{"a number that the roster has not", "001027", "a.xlsx", staffCell("001027", ""), named},
		{"the number that the roster means", "001027", "a.xlsx", staffCell("1027", "001027"), named},
		{"a namesake's own number, for which the roster has this one", "001027", "a.xlsx", staffCell("009999", "001027"), said},
		{"the same of short numbers", "1027", "a.xlsx", staffCell("9999", "1027"), said},
		{"beside another", "001027", "a.xlsx", survey.Issue{Field: "co_visitors", Got: "001013、001027"}, named},
		{"another file of the batch", "001027", "a.xlsx", told("the same visit stands in inbox/走访-001027.xlsx"), said},
		{"an amount", "150000", "a.xlsx", survey.Issue{Field: "salary_max", Got: "150000"}, said},
		{"a short number among amounts", "8000", "a.xlsx", survey.Issue{Field: "salary_max", Got: "8000"}, none},
		{"a short number in a name", "8000", "走访-8000.xlsx", survey.Issue{}, named},
		{"a short number as a staff number", "8000", "a.xlsx", staffCell("8000", ""), named},
		{"a year", "2026", "2026/走访.xlsx", survey.Issue{}, none},
		{"a login that is a word", "office", "office/走访.xlsx", told("Ask the survey office"), none},
	} {
		s, ctx := openTemp(t), context.Background()
		id, err := s.Log(ctx, refusedFile(c.name, c.issue))
		must(t, err)
		got, err := mentions(ctx, s.read, scopeOf("ict", c.staff, 0, "")[:3], nil)
		must(t, err)
		is := fmt.Sprint(got.all, got.named, len(got.refused))
		want := map[string]string{none: "[] [] 0", said: fmt.Sprintf("[%d] [] 0", id), named: fmt.Sprintf("[%d] [%d] 1", id, id)}[c.want]
		if is != want {
			t.Errorf("%s: %s of %q gives %s, want %s", c.why, c.staff, c.name, is, want)
		}
		for until, left := range map[int]bool{2025: false, 2026: want != "[] [] 0"} {
			if got, err := mentions(ctx, s.read, scopeOf("ict", c.staff, until, "")[:3], nil); err != nil || (len(got.all) > 0) != left {
				t.Errorf("%s, until %d: %+v %v", c.why, until, got, err)
			}
		}
	}
}

// What a number in the name of a file says of a person. A file that was taken is whose its answers are; a
// number that may be a date or count something takes no refused file with it.
func TestMentionsInNames(t *testing.T) {
	const named, alike, none = "named", "alike", "nothing"
	for _, c := range []struct{ why, staff, name, by, want string }{
		{"a colleague's visit of that number", "1013", "走访-1020-1013.xlsx", "1020", alike},
		{"the same refused, beside the colleague's number", "1013", "走访-1020-1013.xlsx", "", alike},
		{"a short number alone", "1013", "走访-1013-0001.xlsx", "", named},
		{"a folder of a short number", "1013", "1013/走访.xlsx", "", none},
		{"a day", "20260315", "走访-20260315.xlsx", "", alike},
		{"a month", "202603", "走访-202603.xlsx", "", alike},
		{"no day", "20261315", "走访-20261315.xlsx", "", named},
		{"no month", "202613", "202613/走访.xlsx", "", named},
		{"a colleague's answers", "001013", "走访-001013.xlsx", "1020", alike},
		{"their own answers", "001013", "走访-001013.xlsx", "001013", named},
		{"their own answers under a date", "202603", "走访-202603.xlsx", "202603", none},
	} {
		s, ctx := openTemp(t), context.Background()
		colleagues, v := aVisit(6, 1), aVisit(3, 1)
		colleagues.Faculty.ID = "1020"
		mustSave(t, s, handIn("a", colleagues))
		if v.Faculty.ID = c.by; c.by == "" {
			_, err := s.Log(ctx, refusedFile(c.name, survey.Issue{}))
			must(t, err)
		} else {
			mustSave(t, s, handIn(strings.TrimSuffix(c.name, ".xlsx"), v))
		}
		got, err := mentions(ctx, s.read, scopeOf("ict", c.staff, 0, "")[:3], nil)
		must(t, err)
		is := map[string]string{"1 0": named, "0 1": alike, "0 0": none}[fmt.Sprint(len(got.named), len(got.alike))]
		if is != c.want || (len(got.refused) > 0) != (c.want == named && c.by == "") {
			t.Errorf("%s: %s of %q gives %+v, want %s", c.why, c.staff, c.name, got, c.want)
		}
		if traces, err := s.PersonTraces(ctx, "ict", c.staff, 0, 0, nil); err != nil || (len(traces.Originals) > 0) != (c.by == c.staff) || (len(traces.Alike) > 0) != (c.want == alike) {
			t.Errorf("%s: %+v %v", c.why, traces, err)
		}
	}
}

// A refused file that says nothing of a person is theirs where its mended copy was taken as theirs.
func TestMentionsOfMended(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	first := refusedFile("c.xlsx", survey.Issue{})
	_, err := s.Log(ctx, first)
	must(t, err)
	mended := handIn("mended", aVisit(3, 1))
	mended.Corrects = first.SHA256
	mustSave(t, s, mended)
	for staff, want := range map[string]int{"T00001": 1, "T00002": 0} {
		if got, err := mentions(ctx, s.read, scopeOf("ict", staff, 0, "")[:3], nil); err != nil || len(got.refused) != want {
			t.Errorf("%s: %+v %v, want %d refused", staff, got, err, want)
		}
	}
}

// A person who stands in refused files only can be erased, as often as such files came and whatever tells
// whose they are; the next run finds the same bytes refused for naming somebody, and brings nothing back.
func TestErasureOfRefusedFiles(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	byName, byCell := refusedFile("走访-001027-019.xlsx", survey.Issue{}), refusedFile("a.xlsx", survey.Issue{Field: "faculty_id", Got: "001027"})
	byReturn, another := refusedFile("b.xlsx", survey.Issue{}), refusedFile("走访-001028.xlsx", survey.Issue{Message: codebook.Text{ZH: "同 走访-001027-019.xlsx"}})
	copied := byName
	copied.Name = "inbox/copy.xlsx"
	unopened := refusedFile("走访-001027-020.xlsx", survey.Issue{})
	unopened.SHA256, unopened.Status = "", Unreadable
	files := []Attempt{byName, copied, byCell, byReturn, another, unopened}
	theirs := aVisit(3, 1)
	theirs.Faculty.ID = "001027"
	taken := handIn("走访-001027-001", theirs)
	taken.By = "system"
	night := func() {
		t.Helper()
		b, err := s.Begin(ctx)
		must(t, err)
		for _, f := range files {
			_, err := b.Log(ctx, f)
			must(t, err)
		}
		_, err = b.Save(ctx, taken)
		must(t, err)
		must(t, b.Commit(ctx))
	}
	night()
	run, err := s.StartRun(ctx, Run{College: "ict", Kind: "run"})
	must(t, err)
	must(t, s.FinishRun(ctx, Run{ID: run, College: "ict", Status: "finished", Record: []byte(`{"inputs":[{"file":"` + byName.Name + `"}],"n":0.001027,"milliseconds":1027}`)}))
	if kept, err := s.PersonHandIns(ctx, "ict", "001027", 0); err != nil || len(kept) != 4 {
		t.Errorf("kept about them: %+v %v, want the two refused, the one that could not be opened and the one taken", kept, err)
	}
	traces, err := s.PersonTraces(ctx, "ict", "001027", 0, 0, []string{byReturn.SHA256})
	must(t, err)
	if len(traces.Originals) != 1 || len(traces.Refused) != 5 || len(traces.Attempts) != 7 {
		t.Errorf("traces %+v", traces)
	}
	_, err = s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "001027", Pseudonym: "erased-x"}, Return: []string{byReturn.SHA256},
		Refusal: survey.Issue{Severity: "error"}, Copies: map[string][]byte{taken.SHA256: []byte("a copy")}}, Act{By: "u1", Reason: "made up"})
	must(t, err)
	nowhere := func(when string, but int) {
		t.Helper()
		for _, q := range []string{"SELECT name FROM attempt", "SELECT name FROM submission", "SELECT got || message_zh FROM issue", "SELECT record FROM run WHERE record LIKE '%inbox/%'"} {
			texts, err := queryAll(ctx, s.Reader, func(x *string) []any { return []any{x} }, q)
			must(t, err)
			for _, text := range texts {
				if strings.Contains(strings.ReplaceAll(text, "0.001027", ""), "001027") {
					if but--; but < 0 {
						t.Errorf("%s: %s gives %q", when, q, text)
					}
				}
			}
		}
	}
	nowhere("erased", 0)
	if n := count(t, s, "SELECT count(*) FROM run WHERE json_valid(record) AND record LIKE '%erased-x%' AND record LIKE '%0.001027%'"); n != 1 {
		t.Error("the record of the run lost a figure, or kept the number")
	}
	attempts := count(t, s, "SELECT count(*) FROM attempt")
	files[4].Issues[0].Message = codebook.Text{} // the file beside it is not read any more
	for range 2 {
		night()
	}
	files = files[:4]
	nowhere("after two runs", 1) // of the file without bytes nothing is known but its name
	if n := count(t, s, "SELECT count(*) FROM attempt"); n != attempts+2 {
		t.Errorf("%d attempts, want those %d, the file without bytes, and the accepted one once more", n, attempts)
	}
	known, err := s.Known(ctx, []string{byName.SHA256, byCell.SHA256, byReturn.SHA256, another.SHA256, taken.SHA256})
	must(t, err)
	for _, f := range files {
		if k := known[f.SHA256]; !k.Erased || strings.Contains(k.Name, "001027") {
			t.Errorf("%s is known as %+v", f.Name, k)
		}
	}
	if known[another.SHA256].Erased || !known[taken.SHA256].Erased {
		t.Errorf("another's file %+v, the one taken %+v", known[another.SHA256], known[taken.SHA256])
	}
	if n := count(t, s, "SELECT count(*) FROM issue WHERE attempt_id IN (SELECT attempt_id FROM issue WHERE code = ?)", string(NamesErased)); n != 4 {
		t.Errorf("of files that name somebody %d things are told, want that alone of four hand-ins", n)
	}
	must(t, s.Forget(ctx))
	sound(t, s)
	if again, err := s.PersonTraces(ctx, "ict", "001027", 0, 0, nil); err != nil || len(again.Attempts) != 1 || len(again.Refused) != 1 {
		t.Errorf("left is %+v %v, want the file that nobody could open", again, err)
	}
}
