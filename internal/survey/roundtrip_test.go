package survey

import (
	"reflect"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// content is a visit without the places where its answers stood.
func content(v Visit) Visit {
	v.Sheet, v.Cells, v.Changes = "", nil, nil
	jobs := append([]Job(nil), v.Jobs...)
	for i := range jobs {
		jobs[i].Sheet, jobs[i].Row, jobs[i].RequirementAt = "", 0, Ref{}
		ratings := append([]Rating(nil), jobs[i].Ratings...)
		for k := range ratings {
			ratings[k].ImportanceCol, ratings[k].RequiredCol, ratings[k].GraduateCol = 0, 0, 0
		}
		jobs[i].Ratings = ratings
	}
	v.Jobs = jobs
	trends := append([]Trend(nil), v.Trends...)
	for i := range trends {
		trends[i].At = Ref{}
	}
	v.Trends = trends
	suggestions := append([]Suggestion(nil), v.Suggestions...)
	for i := range suggestions {
		suggestions[i].At = Ref{}
	}
	v.Suggestions = suggestions
	return v
}

func sampleVisits(t *testing.T) []Visit {
	t.Helper()
	cb := codebook.Default()
	one, issues := Decode(cb, BookFromText(goodVisit), Context{Year: 2026})
	if len(one) != 1 || len(issues) > 0 {
		t.Fatalf("the good visit has %d visits and issues %v", len(one), issues)
	}
	two := one[0]
	two.Day, two.Enterprise.Name, two.Enterprise.USCC = "2026-04-01", "星桥电子有限公司", ""
	two.Enterprise.Employees = Answer[int]{Status: Refused}
	two.Enterprise.Industry, two.Enterprise.Division = "C", ""
	two.Jobs = append([]Job(nil), one[0].Jobs[0])
	two.Jobs[0].Ratings = append([]Rating(nil), one[0].Jobs[0].Ratings...)
	two.Jobs[0].Ratings[1].Importance = Answer[int]{Status: Unknown}
	two.Jobs[0].Certificates = []Certificate{{Track: "cloud", Level: "HCIE"}, {Track: "iot"}}
	two.Trends, two.Suggestions = nil, nil
	three := two
	three.Day = "2026-04-02"
	three.Jobs = one[0].Jobs
	three.Suggestions = append(append([]Suggestion(nil), one[0].Suggestions...), one[0].Suggestions...)
	three.Suggestions = append(three.Suggestions, Suggestion{Module: "云服务", Kind: "update"})
	return []Visit{one[0], two, three}
}

func TestBulkAndFlatGiveTheSameVisits(t *testing.T) {
	cb := codebook.Default()
	visits := sampleVisits(t)
	for name, book := range map[string]*Book{"bulk": bulkBook(cb, visits), "flat": FlatBook(cb, visits)} {
		got, issues := Decode(cb, book, Context{Year: 2026})
		for _, i := range issues {
			t.Errorf("%s: %s %s %s: %s", name, i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
		}
		if len(got) != len(visits) {
			t.Fatalf("%s: %d visits, want %d", name, len(got), len(visits))
		}
		for i := range visits {
			if a, b := content(visits[i]), content(got[i]); !reflect.DeepEqual(a, b) {
				t.Errorf("%s: visit %d\n got %+v\nwant %+v", name, i, b, a)
				for _, d := range Differences(cb, &a, &b) {
					t.Logf("%+v", d)
				}
			}
		}
	}
}
