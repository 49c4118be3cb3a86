package campaign

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// withRoster is a campaign with the roster of the tracked sample, on a day of the campaign.
func withRoster(t *testing.T, day string, more ...string) *Campaign {
	t.Helper()
	now, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "x.db"), store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	c := &Campaign{Codebook: codebook.Default(), Store: st, Now: func() time.Time { return now }}
	if _, err := c.Ingest(context.Background(), IngestOptions{Paths: append([]string{"../../surveys/2026/roster.xlsx"}, more...), By: "test"}); err != nil {
		t.Fatal(err)
	}
	return c
}

// A roster that is written and read again is the same roster.
func TestRosterWorkbook(t *testing.T) {
	c := withRoster(t, "2026-06-01")
	before, err := c.Store.LoadRoster(t.Context(), 2026)
	if err != nil {
		t.Fatal(err)
	}
	data, err := c.CurrentRoster(t.Context(), 2026)
	if err != nil {
		t.Fatal(err)
	}
	r := c.Reception(1)
	got, err := r.Take(t.Context(), Hand{Name: "again.xlsx", Data: data, By: "u1", Any: true})
	if err != nil || got.Status != Unchanged {
		t.Fatalf("%+v %v", got, err)
	}
	after, _ := c.Store.LoadRoster(t.Context(), 2026)
	if diff := cmp.Diff(before, after, cmpopts.IgnoreTypes(survey.Ref{})); diff != "" {
		t.Error(diff)
	}
}

// One assignment is changed, added, or refused; what the roster was stays on record.
func TestAssign(t *testing.T) {
	c := withRoster(t, "2026-06-01")
	r := c.Reception(1)
	roster, _ := c.Store.LoadRoster(t.Context(), 2026)
	first, other := roster.Assignments[0], roster.Faculty[3].ID
	for _, test := range []struct {
		why  string
		a    Assigning
		fits bool
	}{
		{"to another teacher, with a day", Assigning{Faculty: first.Faculty, Enterprise: first.Enterprise, To: other, Planned: "2026年6月20日"}, true},
		{"refused by the enterprise", Assigning{Faculty: other, Enterprise: first.Enterprise, Result: "拒访", Note: "不便"}, true},
		{"a new one", Assigning{Enterprise: roster.Frame[5].Name, To: other}, true},
		{"to nobody", Assigning{Faculty: other, Enterprise: first.Enterprise, To: "999999"}, false},
		{"an odd day", Assigning{Faculty: other, Enterprise: first.Enterprise, Planned: "某天"}, false},
		{"an odd result", Assigning{Faculty: other, Enterprise: first.Enterprise, Result: "随便"}, false},
		{"one that is not there", Assigning{Faculty: other, Enterprise: "示例没有的企业"}, false},
	} {
		test.a.Year = 2026
		got, err := r.Assign(t.Context(), test.a, "u1")
		if !test.fits {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: %+v %v", test.why, got, err)
			}
			continue
		}
		if err != nil || got.Status != Superseded && got.Status != Accepted {
			t.Fatalf("%s: %v %+v", test.why, err, got)
		}
	}
	list, err := c.Assignments(t.Context(), 2026, "")
	if err != nil || len(list) != len(roster.Assignments)+1 {
		t.Fatalf("%d assignments, had %d: %v", len(list), len(roster.Assignments), err)
	}
	if list[0].Faculty != other || list[0].Disposition != "refused" || list[0].Note != "不便" || list[0].Name == "" {
		t.Errorf("%+v", list[0])
	}
	rows, _ := c.Store.Submissions(t.Context(), store.Filter{})
	if len(rows) != 4 {
		t.Errorf("%d rosters on record, want 4", len(rows))
	}
}

// Where the campaign stands: on the first day, in the middle, and with everything handed in.
func TestProgress(t *testing.T) {
	for _, test := range []struct {
		day   string
		files []string
		check func(*Progress) bool
	}{
		{"2026-03-01", nil, func(p *Progress) bool { return p.Done == 0 && p.Expected == 0 && p.OnSchedule() && len(p.Overdue) == 0 }},
		{"2026-05-01", nil, func(p *Progress) bool {
			return p.Done == 0 && p.Expected > 10 && !p.OnSchedule() && len(p.Overdue) > 10 && p.Forecast == "" && p.AtEnd == 0
		}},
		{"2026-07-01", []string{"../../surveys/2026/visits"}, func(p *Progress) bool {
			return p.Done > 40 && p.Done <= p.Visits && p.Pace >= 0 && p.ToReview > 40 && p.Target >= p.Expected
		}},
	} {
		c := withRoster(t, test.day, test.files...)
		p, err := c.Progress(t.Context(), 2026, "")
		if err != nil {
			t.Fatal(err)
		}
		if !test.check(p) {
			t.Errorf("%s: %+v", test.day, p)
		}
		checkSums(t, p)
		if _, err := c.Progress(t.Context(), 2020, ""); err != nil {
			t.Errorf("a year without anything: %v", err)
		}
	}
}

// checkSums holds the parts of a progress against the whole.
func checkSums(t *testing.T, p *Progress) {
	t.Helper()
	for name, parts := range map[string][]Part{"strata": p.Strata, "departments": p.Departments} {
		target, done, overdue := 0, 0, 0
		for _, part := range parts {
			target, done, overdue = target+part.Target, done+part.Done, overdue+part.Overdue
		}
		if overdue != len(p.Overdue) || done > target || target != p.Open+done {
			t.Errorf("%s: target %d, done %d, overdue %d beside open %d, overdue %d", name, target, done, overdue, p.Open, len(p.Overdue))
		}
	}
	last := p.Weeks[len(p.Weeks)-1]
	if last.End != p.End || last.Expected != p.Target {
		t.Errorf("the curve ends with %+v, the target is %d", last, p.Target)
	}
	for i := 1; i < len(p.Weeks); i++ {
		if p.Weeks[i].Expected < p.Weeks[i-1].Expected || p.Weeks[i].Done >= 0 && p.Weeks[i].Done < p.Weeks[i-1].Done {
			t.Errorf("the curve falls at %+v", p.Weeks[i])
		}
	}
}

// At the pace of the last four weeks: hand-made figures.
func TestForecast(t *testing.T) {
	for _, test := range []struct {
		why      string
		days     []survey.Day // of first visits
		target   int
		pace     float64
		forecast survey.Day
		atEnd    int
	}{
		{"four in four weeks, four left: four weeks more", []survey.Day{"2026-05-05", "2026-05-12", "2026-05-19", "2026-05-26"}, 8, 1, "2026-06-29", 8},
		{"none lately: never", []survey.Day{"2026-03-02"}, 8, 0, "", 1},
		{"all done", []survey.Day{"2026-05-30", "2026-05-31"}, 2, 0.5, "2026-06-01", 4},
		{"no target", []survey.Day{"2026-05-31"}, 0, 0.25, "", 2},
	} {
		v := &view{today: "2026-06-01", first: map[string]survey.Day{}, roster: &survey.Roster{}}
		for i, d := range test.days {
			v.first[string(rune('a'+i))] = d
		}
		p := &Progress{Target: test.target, Done: len(test.days), Start: "2026-03-01", End: "2026-07-01"}
		v.forecast(p)
		if p.Pace != test.pace || p.Forecast != test.forecast || p.AtEnd != test.atEnd {
			t.Errorf("%s: pace %v, forecast %q, at the end %d", test.why, p.Pace, p.Forecast, p.AtEnd)
		}
	}
}
