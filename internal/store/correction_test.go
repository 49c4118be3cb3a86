package store

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// mendedCopy is a file that says of which other it is the mended copy.
func mendedCopy(name, of string, visits ...survey.Visit) Submission {
	s := handIn(name, visits...)
	s.Corrects = handIn(of).SHA256
	return s
}

// mendedAgain is the mended copy of a file that was refused and was the mended copy of another itself.
func mendedAgain(name, of string, visits ...survey.Visit) Submission {
	s := mendedCopy(name, "refused", visits...)
	s.Earlier = []string{handIn("refused too").SHA256, handIn(of).SHA256, s.SHA256}
	return s
}

// TestMendedCopy walks through what a mended copy does to the file it was returned for.
func TestMendedCopy(t *testing.T) {
	v, w := aVisit(1, 2), aVisit(9, 1)
	day, dayAgain, year, teacher, coded, next, both := v, v, v, v, v, v, v
	day.Day = "2026-05-20"
	dayAgain.Day = "2026-05-21"
	year.Year++
	teacher.Faculty.ID = "T77777"
	coded.Day, coded.Enterprise.USCC = "2026-05-20", "91350100M000100Y43"
	next.Day, next.Enterprise.Name = "2026-05-20", "另一家样例企业有限公司"
	both.Day, both.Faculty.ID, both.Enterprise.Name = "2026-05-20", "T77777", "另一家样例企业有限公司"
	for _, c := range []struct {
		why   string
		files []Submission
		want  string // statuses, each with the submissions that keep a visit of the corrected file; then visits that count
	}{
		{"a wrong day was mended", []Submission{handIn("a", v), mendedCopy("r", "a", day)}, "accepted superseded 1"},
		{"a wrong teacher was mended", []Submission{handIn("a", v), mendedCopy("r", "a", teacher)}, "accepted superseded 1"},
		{"a wrong year of the survey was mended", []Submission{handIn("a", v), mendedCopy("r", "a", year)}, "accepted superseded 1"},
		{"the day was mended and the credit code added", []Submission{handIn("a", v), mendedCopy("r", "a", coded)}, "accepted superseded 1"},
		{"teacher, day and enterprise differ: the copy served as the blank of another visit", []Submission{handIn("a", v), mendedCopy("r", "a", both)}, "accepted accepted(1) 2"},
		{"the same teacher at the next enterprise on another day", []Submission{handIn("a", v), mendedCopy("r", "a", next)}, "accepted accepted(1) 2"},
		{"the same without the mark is another visit", []Submission{handIn("a", v), handIn("r", day)}, "accepted accepted 2"},
		{"two visits, one day mended", []Submission{handIn("a", v, w), mendedCopy("r", "a", day, w)}, "accepted superseded 2"},
		{"two visits, all of both mended: it cannot be told which is which", []Submission{handIn("a", v, w), mendedCopy("r", "a", both, aVisit(20, 1))}, "accepted accepted(1)(1) 4"},
		{"the mended copy of a mended copy", []Submission{handIn("a", v), mendedCopy("r", "a", day), mendedCopy("r2", "r", both)}, "accepted superseded accepted(2) 2"},
		{"mended in two rounds, of which the first was refused", []Submission{handIn("a", v), mendedAgain("r", "a", day)}, "accepted superseded 1"},
		{"in two rounds for another visit", []Submission{handIn("a", v), mendedAgain("r", "a", both)}, "accepted accepted(1) 2"},
		{"two visits, of which one was left out once: the nearest file that was taken counts", []Submission{handIn("a", v, w), mendedCopy("r", "a", day), mendedAgain("r2", "r", dayAgain)}, "accepted superseded superseded 2"},
		{"a mended copy that says the same", []Submission{handIn("a", v), mendedCopy("r", "a", v), mendedCopy("r2", "r", day)}, "accepted unchanged superseded 1"},
		{"of a file nobody knows", []Submission{mendedCopy("r", "a", v)}, "accepted 1"},
		{"the file is handed in again after its mended copy", []Submission{handIn("a", v), mendedCopy("r", "a", day), handIn("a", v)}, "accepted superseded unchanged 1"},
	} {
		t.Run(c.why, func(t *testing.T) {
			single, batched := openTemp(t), openTemp(t)
			var got, statuses []string
			for _, f := range c.files {
				out := mustSave(t, single, f)
				said := string(out.Status)
				for _, v := range out.Visits {
					if v.Beside != 0 {
						said += fmt.Sprintf("(%d)", v.Beside)
					}
				}
				statuses, got = append(statuses, string(out.Status)), append(got, said)
			}
			got = append(got, fmt.Sprint(count(t, single, "SELECT count(*) FROM visit WHERE until IS NULL")))
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
			sound(t, single)
			inOneBatch(t, batched, c.files, statuses)
			sameContent(t, single, batched)
		})
	}
}

// A refused file is known to be settled once its mended copy was taken.
func TestRefusedFileIsSettled(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	bad := handIn("a").Handed
	_, err := s.Log(ctx, Attempt{Handed: bad, Status: Rejected, Issues: []survey.Issue{{Code: "V015", Severity: "error", Count: 1}}})
	must(t, err)
	if got, err := s.Corrected(ctx, []string{bad.SHA256}); err != nil || len(got) != 0 {
		t.Errorf("before: %v %v", got, err)
	}
	mustSave(t, s, mendedCopy("r", "a", aVisit(1, 1)))
	if got, err := s.Corrected(ctx, []string{bad.SHA256, handIn("b").SHA256}); err != nil || len(got) != 1 || got[bad.SHA256] != "r.xlsx" {
		t.Errorf("after: %v %v", got, err)
	}
	mustSave(t, s, mendedAgain("r2", "b", aVisit(2, 1)))
	if got, err := s.Corrected(ctx, []string{handIn("refused").SHA256, handIn("b").SHA256, handIn("r2").SHA256}); err != nil || len(got) != 2 {
		t.Errorf("after two rounds: %v %v", got, err)
	}
}
