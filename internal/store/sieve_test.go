package store

import (
	"context"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// sieved are the visits that a sieve holds back when it is shown what Visits returns.
func sieved(t *testing.T, s *Store, year int) (n int, held []StoredVisit) {
	t.Helper()
	var all []StoredVisit
	must(t, s.Visits(context.Background(), year, func(v StoredVisit) error { all = append(all, v); return nil }))
	sieve := survey.NewSieve(survey.DefaultEffort())
	for i := range all {
		v := &all[i].Visit
		at := sieve.Visit(v.Faculty.ID, v.Day, v.Mode)
		for _, j := range v.Jobs {
			sieve.Job(at, j.Title, packRatings(j.Ratings))
			sieve.Text(at, j.Requirement)
		}
		for _, x := range v.Trends {
			sieve.Text(at, x.Effect)
		}
		for _, x := range v.Suggestions {
			sieve.Text(at, x.Text)
		}
	}
	for _, at := range sieve.Held() {
		held = append(held, all[at])
	}
	return len(all), held
}

// The visits held back are those of the year that count, whole, whatever stands in their texts.
func TestHeldVisits(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	rng := rand.New(rand.NewPCG(3, 4))
	text := "能排除" + joint + "常见\x1e故障，" + strings.Repeat("会写脚本", 8)
	var inYear [2]int
	for i, v := range surveyOf(rng, 60) {
		switch own := rng.IntN(8); {
		case i == 1, i%10 == 3: // what the first of a year shares with those that do not count in it
			v.Jobs[0].Requirement = "只有一家这样写：" + text
		case own == 0:
			v.Jobs[0].Requirement = text
		case own == 1:
			v.Trends = append(v.Trends, survey.Trend{Technology: "云" + joint, Direction: "rising", Effect: text, At: survey.Ref{Sheet: "趋势", Row: 3, Col: 4}})
		case own == 2:
			v.Suggestions = append(v.Suggestions, survey.Suggestion{Module: "云", Kind: "add", Text: text, At: survey.Ref{Sheet: "建议", Row: 3, Col: 4}})
		case own == 3:
			for k := range v.Jobs[0].Ratings {
				r := &v.Jobs[0].Ratings[k]
				r.Importance, r.Required, r.Graduate = survey.Have(3), survey.Have(3), survey.Have(3)
			}
			v.Jobs = v.Jobs[:1]
		case own == 4 || own == 5:
			v.Faculty.ID, v.Day = "T77777", "2026-05-31"
		}
		v.Year = 2025 + i%2
		inYear[i%2]++
		out := mustSave(t, s, handIn("f"+itoa(i), v))
		if i%10 == 3 {
			must(t, s.Withdraw(ctx, out.Submission, Act{By: "u1"}))
		}
	}
	for _, year := range []int{2024, 2025, 2026} {
		n, want := sieved(t, s, year)
		got, held, err := s.HeldVisits(ctx, year, 100, survey.NewSieve(survey.DefaultEffort()))
		if err != nil || got != n || !reflect.DeepEqual(held, want) {
			t.Errorf("%d: %d of %d visits, want %d of %d: %v", year, len(held), got, len(want), n, err)
		}
		if year != 2024 && (len(want) == 0 || len(want) == n || n > inYear[year-2025]) {
			t.Errorf("%d: %d of %d visits are held back: the year shows nothing", year, len(want), n)
		}
		if got, held, err := s.HeldVisits(ctx, year, n-1, survey.NewSieve(survey.DefaultEffort())); err != nil || got != n || len(held) > 0 {
			t.Errorf("%d: where that is too many: %d of %d, %v", year, len(held), got, err)
		}
	}
}
