package campaign

import (
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// TestASpotNamesOneWarning: what a person confirms is the warning that was seen; one that stands in the same cell but
// shows anything else has another name. A name is as short for a thousand cells as for one.
func TestASpotNamesOneWarning(t *testing.T) {
	issue := func(change func(*survey.Issue)) *survey.Issue {
		i := &survey.Issue{Code: "V061", Ref: survey.Ref{Sheet: "汇总", Row: 4, Col: 4}, Field: "headcount", Got: "500", Want: "≤ 120", Message: codebook.Text{ZH: "在岗人数 500"}}
		change(i)
		return i
	}
	seen := SpotOf(issue(func(*survey.Issue) {}))
	if again := SpotOf(issue(func(i *survey.Issue) { i.File = "同一份.xlsx"; i.Ruled.Kind = survey.Confirmed })); again != seen {
		t.Errorf("the same warning is %q, then %q", seen, again)
	}
	for why, change := range map[string]func(*survey.Issue){
		"another rule":                 func(i *survey.Issue) { i.Code = "V057" },
		"another row":                  func(i *survey.Issue) { i.Ref.Row = 5 },
		"another sheet":                func(i *survey.Issue) { i.Ref.Sheet = "岗位" },
		"another field":                func(i *survey.Issue) { i.Field = "planned_hires" },
		"another text found":           func(i *survey.Issue) { i.Got = "501" },
		"another bound":                func(i *survey.Issue) { i.Want = "≤ 130" },
		"another message, of the file": func(i *survey.Issue) { i.Message.ZH = "在岗人数 501" },
		"more cells than were seen":    func(i *survey.Issue) { i.More = make([]survey.Ref, 1) },
	} {
		if SpotOf(issue(change)) == seen {
			t.Errorf("%s: the same name %q", why, seen)
		}
	}
	long := SpotOf(issue(func(i *survey.Issue) {
		i.More, i.Ref.Sheet = make([]survey.Ref, 1000), strings.Repeat("走访", 500)
	}))
	if len(long) > 40 {
		t.Errorf("the name takes %d bytes: %s", len(long), long)
	}
}
