package campaign

import (
	"path/filepath"
	"testing"
)

// The label says what a report is made of: the report has it, and another visit changes it.
func TestLive(t *testing.T) {
	visits, err := filepath.Glob("../../surveys/2026/visits/*.xlsx")
	must(t, err)
	c := withRoster(t, "2026-07-01", append(visits[:12], "../../surveys/2026/curriculum.xlsx")...)
	c.Drawn = noStills{} // a label says nothing of pictures
	first, err := c.Live(t.Context(), 2026, 1)
	if err != nil {
		t.Fatal(err)
	}
	label, draft, err := c.LiveLabel(t.Context(), 2026)
	if err != nil || label != first.Label || !draft || !first.Draft || first.File("index.html") == nil || first.File("nope") != nil {
		t.Errorf("label %s, of the report %s: %v", label, first.Label, err)
	}
	rows, _ := c.Store.VisitHeads(t.Context(), 2026, "")
	if err := c.Store.Withdraw(t.Context(), rows[0].Submission, Act{By: "u1", Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	if now, draft, err := c.LiveLabel(t.Context(), 2026); err != nil || now == label || !draft {
		t.Errorf("a visit was withdrawn and the label stayed %s: %v", now, err)
	}
	if _, _, err := c.LiveLabel(t.Context(), 1999); err == nil {
		t.Error("a year without visits has a label")
	}
}
