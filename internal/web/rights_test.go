package web

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// peopled opens a server with teachers T1, T2 and T3, the office, and the secretaries sec of their
// department and sec2 of another one.
func peopled(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	for _, login := range []string{"T1", "T2", "T3"} {
		s.add(login, campaign.Faculty)
	}
	s.add("office", campaign.Office)
	s.add("sec", campaign.Secretary)
	if _, err := s.c.AddAccount(t.Context(), campaign.NewAccount{Login: "sec2", Department: "网络系", Roles: []campaign.Role{campaign.Secretary}, Password: aPassword}, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// What is on record is neither shown to nor replaced by somebody whom only the new workbook lets in.
func TestOthersVisitsAreNotReplaced(t *testing.T) {
	s := peopled(t)
	const secret = "示例岗位不给别人看"
	joins := func(v *survey.Visit) { v.CoVisitors = []string{"T2"} }
	for i, c := range []struct {
		why    string
		login  string
		change func(*survey.Visit) // beside the answers
		mended bool                // the workbook calls itself the mended copy of the one on record
		wrong  bool
	}{
		{"whoever puts themselves among the co-visitors", "T2", joins, false, true},
		{"the same without the credit code, which is the same visit", "T2", func(v *survey.Visit) { joins(v); v.Enterprise.USCC = "" }, false, true},
		{"an own visit that calls itself the mended copy of the other's file", "T2", func(v *survey.Visit) { v.Faculty.ID = "T2" }, true, true},
		{"a secretary who writes the own department", "sec2", func(v *survey.Visit) { v.Faculty.Department = "网络系" }, false, true},
		{"whoever made it", "T1", func(*survey.Visit) {}, false, false},
		{"who went along", "T3", func(*survey.Visit) {}, false, false},
		{"the office, for anybody", "office", joins, false, false},
		{"a secretary of the department", "sec", joins, false, false},
	} {
		t.Run(c.why, func(t *testing.T) {
			stored := aVisit("T1", 20+i)
			stored.Enterprise.USCC, stored.CoVisitors, stored.Jobs[0].Title = "91350100M000100Y43", []string{"T3"}, secret
			again := stored
			again.Jobs = slices.Clone(stored.Jobs)
			again.Jobs[0].Title = "示例岗位改过"
			c.change(&again)
			first, second := aBook(t, stored), aBook(t, again)
			if c.mended {
				second = s.mendedCopy(second, first)
			}
			v := s.as(c.login)
			early := v.handOne("早.xlsx", second) // while nothing of it is on record
			receipt := s.as("T1").take("a.xlsx", first)
			check := v.handOne("晚.xlsx", second)
			page := v.get(check).want(t, 200)
			if strings.Contains(page.text(), secret) == c.wrong || strings.Contains(page.text(), "X023") != c.wrong {
				t.Errorf("the check: %s", page.main())
			}
			v.post(early + "/confirm")
			v.post(check + "/confirm")
			replaced := strings.Contains(s.as("T1").get(receipt).want(t, 200).text(), "已被更正取代")
			if replaced == c.wrong || s.visits() != i+1 {
				t.Errorf("replaced: %v, %d visits count, want %d", replaced, s.visits(), i+1)
			}
		})
	}
}

// mendedCopy makes a workbook say that it is the annotated copy of another file.
func (s *site) mendedCopy(data, of []byte) []byte {
	s.t.Helper()
	sum := sha256.Sum256(of)
	issue := survey.NewIssue(codebook.Default(), "X001", survey.Ref{}, "", "", "", "")
	marked, err := s.c.Annotated(campaign.FileResult{File: "a.xlsx", SHA256: hex.EncodeToString(sum[:]), Kind: "visit", Status: campaign.Rejected, Issues: []campaign.Issue{issue}}, data)
	if err != nil {
		s.t.Fatal(err)
	}
	return marked
}
