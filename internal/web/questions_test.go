package web

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// A screening that takes long is not made anew for every receipt; one that is quick is always of now.
func TestScreeningRests(t *testing.T) {
	for _, c := range []struct {
		why  string
		took time.Duration
		made int
	}{{"a few visits", 0, 3}, {"many visits", 2 * quickScreening, 1}} {
		made := 0
		q := &questions{years: make(map[int]*screened), ask: func(context.Context, int) (map[campaign.SubmissionID][]campaign.Issue, error) {
			made++
			time.Sleep(c.took)
			return map[campaign.SubmissionID][]campaign.Issue{7: make([]campaign.Issue, 1)}, nil
		}}
		for range 3 {
			if asks, err := q.of(t.Context(), 2026); err != nil || len(asks[7]) != 1 {
				t.Errorf("%s: %v %v", c.why, asks, err)
			}
		}
		if made != c.made {
			t.Errorf("%s: screened %d times for three receipts, want %d", c.why, made, c.made)
		}
	}
}

// A receipt shows what the screening asks about its visits, and nothing that it asks about others.
func TestReceiptShowsQuestions(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	first, second := v.take("a.xlsx", aBook(t, aVisit("T1", 1))), v.take("b.xlsx", aBook(t, aVisit("T1", 2)))
	s.questions.ask = func(context.Context, int) (map[campaign.SubmissionID][]campaign.Issue, error) {
		return map[campaign.SubmissionID][]campaign.Issue{1: {{Code: "S101", Message: codebook.Text{ZH: "请看一看"}}}}, nil
	}
	v.get(first).want(t, 200, "请看一看")
	if strings.Contains(v.get(second).want(t, 200).text(), "请看一看") {
		t.Error("another's question is shown")
	}
	if err := s.c.Store.Withdraw(t.Context(), 1, campaign.Act{By: "u1", Reason: "x"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(v.get(first).want(t, 200).text(), "请看一看") {
		t.Error("what no longer counts is asked about")
	}
}
