package survey

import (
	"os"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// TestAnotherSchoolsCodebook runs the room with a nursing codebook of five competencies: bulk
// and flat tables laid out by it are read back to the same ratings, with no code of this room
// knowing it.
func TestAnotherSchoolsCodebook(t *testing.T) {
	data, err := os.ReadFile("../codebook/testdata/nursing.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cb, err := codebook.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	programme := codebook.ProgrammeID(cb.Items("programmes")[0].Code)
	v := Visit{
		College: cb.College, Year: 2026, Day: "2026-03-05", Mode: "on_site",
		Faculty:    Faculty{ID: "0012", Name: "林知远", Department: "护理学院"},
		Programmes: []codebook.ProgrammeID{programme},
		Enterprise: Enterprise{Name: "云图医院有限公司", Industry: "Q", Division: "84", Size: "large", Region: "440300"},

		IntervieweeRole: "护理部主任",
	}
	j := Job{Title: "病区护士", Family: codebook.FamilyID(cb.Items("job_family")[0].Code), Programme: programme, Headcount: Have(40)}
	for i, c := range cb.Active() {
		j.Ratings = append(j.Ratings, Rating{Competency: c.Code, Importance: Have(1 + i%5), Required: Have(5 - i%5)})
	}
	v.Jobs = []Job{j}
	for name, book := range map[string]*Book{"bulk": bulkBook(cb, []Visit{v}), "flat": FlatBook(cb, []Visit{v})} {
		got, issues := Decode(cb, book, Context{Year: 2026})
		for _, i := range issues {
			t.Errorf("%s: %s %s: %s", name, i.Code, i.Ref.Cell(), i.Message.ZH)
		}
		if len(got) != 1 || len(got[0].Jobs) != 1 || len(got[0].Jobs[0].Ratings) != len(cb.Active()) {
			t.Fatalf("%s: %+v", name, got)
		}
		want, have := content(v), content(got[0])
		if d := Differences(cb, &want, &have); len(d) > 0 {
			t.Errorf("%s: %+v", name, d)
		}
	}
}
