package codebook

import "testing"

// How a competency of today was asked in an earlier year decides what a figure may be compared with.
func TestPastOf(t *testing.T) {
	walk := func(until int, from CompetencyID, to ...CompetencyID) Crosswalk {
		return Crosswalk{Until: until, From: from, To: to}
	}
	for _, c := range []struct {
		why   string
		walks []Crosswalk
		id    CompetencyID
		year  int
		how   string
		from  string
	}{
		{"no crosswalk", nil, "a", 2025, "", ""},
		{"renamed", []Crosswalk{walk(2025, "old", "a")}, "a", 2025, Renamed, "old"},
		{"renamed, long before", []Crosswalk{walk(2025, "old", "a")}, "a", 2019, Renamed, "old"},
		{"renamed, the year after", []Crosswalk{walk(2025, "old", "a")}, "a", 2026, "", ""},
		{"another competency was renamed", []Crosswalk{walk(2025, "old", "a")}, "b", 2025, "", ""},
		{"split", []Crosswalk{walk(2025, "old", "a", "b")}, "b", 2025, Split, "old"},
		{"split, keeping its code for a part", []Crosswalk{walk(2025, "a", "a", "b")}, "a", 2025, Split, "a"},
		{"merged", []Crosswalk{walk(2025, "x", "a"), walk(2025, "y", "a")}, "a", 2025, Merged, "x y"},
		{"merged into one of them", []Crosswalk{walk(2025, "a", "a"), walk(2025, "y", "a")}, "a", 2025, Merged, "a y"},
		{"renamed twice, the first time", []Crosswalk{walk(2026, "newer", "a"), walk(2024, "older", "a")}, "a", 2023, Renamed, "older"},
		{"renamed twice, the second time", []Crosswalk{walk(2026, "newer", "a"), walk(2024, "older", "a")}, "a", 2025, Renamed, "newer"},
		{"its name only", []Crosswalk{walk(2025, "a", "a")}, "a", 2025, "", ""},
		{"its code meant something else", []Crosswalk{walk(2025, "a", "b")}, "a", 2025, Reused, ""},
		{"two exchanged their codes", []Crosswalk{walk(2025, "a", "b"), walk(2025, "b", "a")}, "a", 2025, Renamed, "b"},
	} {
		cb := &Codebook{Crosswalks: c.walks}
		past, otherwise := cb.PastOf(c.id, c.year)
		from := ""
		for _, f := range past.From {
			from += " " + string(f.Code)
		}
		if past.How != c.how || otherwise != (c.how != "") || past.Comparable() != (c.how == Renamed) || c.how != "" && from != "" && from[1:] != c.from {
			t.Errorf("%s: %q from%s, want %q from %s", c.why, past.How, from, c.how, c.from)
		}
	}
}

func TestToday(t *testing.T) {
	cb := &Codebook{Competencies: []Competency{{Code: "a"}, {Code: "d"}, {Code: "e"}}, Crosswalks: []Crosswalk{{Until: 2025, From: "e", To: []CompetencyID{"d"}}, {Until: 2025, From: "old", To: []CompetencyID{"a"}}, {Until: 2025, From: "wide", To: []CompetencyID{"b", "c"}},
		{Until: 2025, From: "x", To: []CompetencyID{"d"}}, {Until: 2025, From: "y", To: []CompetencyID{"d"}}}}
	for id, want := range map[CompetencyID]CompetencyID{"old": "a", "a": "a", "wide": "wide", "x": "x", "e": "e", "z": "z"} {
		if got := cb.Today(id); got != want {
			t.Errorf("%s is %s today, want %s", id, got, want)
		}
	}
}
