package survey

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// sieveOf passes visits through a sieve.
func sieveOf(visits []*Visit) *Sieve {
	s := NewSieve(DefaultEffort())
	for _, v := range visits {
		n := s.Visit(v.Faculty.ID, v.Day, v.Mode)
		for k := range v.Jobs {
			marks := answers(&v.Jobs[k], nil)
			for i := range marks {
				marks[i] += '0'
			}
			s.Job(n, v.Jobs[k].Title, strings.ReplaceAll(string(marks), "0", "-"))
			s.Text(n, v.Jobs[k].Requirement)
		}
		for _, t := range v.Trends {
			s.Text(n, t.Effect)
		}
		for _, g := range v.Suggestions {
			s.Text(n, g.Text)
		}
	}
	return s
}

// likeVisits are visits of so few people, days, titles, ratings and texts that many are alike.
func likeVisits(rng *rand.Rand) []*Visit {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	long := func() string {
		return pick("", "短", strings.Repeat("能排除常见故障", 6)+pick("Ａ", "a", "乙"), strings.Repeat("会写脚本", 9), fmt.Sprintf("第%d种要求%s", rng.Int(), strings.Repeat("，别处没有", 7)))
	}
	marks := func() string {
		fresh := []byte(strings.Repeat(pick("12345"), 5))[:21]
		rng.Shuffle(len(fresh), func(i, k int) { fresh[i], fresh[k] = fresh[k], fresh[i] })
		return pick(mixed, mixed[:20]+"1", strings.Repeat("5", 21), strings.Repeat("3", 20)+"2", "543", "", string(fresh), string(fresh), string(fresh))
	}
	visits := make([]*Visit, 1+rng.IntN(30))
	for i := range visits {
		v := visitBy(pick("1", "2", "3", ""), pick("甲公司", "乙公司", "丙公司"), Day(pick("2026-03-05", "2026-03-06", "2026-03-07", "2026-03-07", "")), pick("甲", "乙"), marks())
		v.Mode = pick("on_site", "on_site", "on_site", "online")
		v.Jobs[0].Requirement = long()
		for range rng.IntN(3) {
			v.Jobs = append(v.Jobs, visitBy("", "", "", pick("甲", "乙"), marks()).Jobs...)
		}
		if rng.IntN(3) == 0 {
			v.Trends = []Trend{{Effect: long(), At: Ref{Sheet: "趋势", Row: 3, Col: 4}}}
			v.Suggestions = []Suggestion{{Text: long(), At: Ref{Sheet: "建议", Row: 3, Col: 3}}}
		}
		visits[i] = v
	}
	return visits
}

// The visits held back give the same questions, one by one, as all visits do.
func TestSieveLosesNoQuestion(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	of, through := make(map[codebook.RuleID]int), 0
	for range 150 {
		visits := likeVisits(rng)
		numbers := sieveOf(visits).Held()
		held := make([]*Visit, len(numbers))
		for i, n := range numbers {
			held[i] = visits[n]
		}
		through += len(visits) - len(held)
		got := make([][]Issue, len(visits))
		for i, issues := range Screen(codebook.Default(), held, DefaultEffort()) {
			got[numbers[i]] = issues
		}
		want := Screen(codebook.Default(), visits, DefaultEffort())
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("of %d visits %v are held back\ngot  %v\nwant %v", len(visits), numbers, got, want)
		}
		for _, issues := range want {
			for _, x := range issues {
				of[x.Code]++
			}
		}
	}
	if len(of) != 5 || through == 0 {
		t.Errorf("the worlds ask %v and let %d visits through: they show nothing", of, through)
	}
}

// Visits that have nothing in common all fall through.
func TestSieveHoldsNothingBackForNothing(t *testing.T) {
	visits := []*Visit{
		visitBy("1", "甲公司", "2026-03-05", "甲", mixed), visitBy("2", "乙公司", "2026-03-05", "乙", mixed),
		visitBy("1", "丙公司", "2026-03-06", "甲", mixed[1:]+"1"),
	}
	for i := range 9 { // nobody's, and somebody's of no day
		visits = append(visits, visitBy("", "丁公司", "2026-03-06", "甲", strings.Repeat("5", i)), visitBy("1", "戊公司", "", "甲", ""))
	}
	visits[0].Jobs = append(visits[0].Jobs, visits[0].Jobs...) // a visit is not its own copy
	if held := sieveOf(visits).Held(); len(held) != 0 {
		t.Errorf("held back: %v", held)
	}
}
