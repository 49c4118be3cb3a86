package survey

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// visitBy is an invented visit with one job rated by marks, "importance required graduate" for
// each competency in turn.
func visitBy(faculty, enterprise string, day Day, title, marks string) *Visit {
	v := &Visit{
		Year: 2026, Day: day, Mode: "on_site", Faculty: Faculty{ID: faculty}, Enterprise: Enterprise{Name: enterprise},
		Sheet: "走访", Cells: map[codebook.FieldID]Ref{"visit_date": {Sheet: "走访", Row: 4, Col: 2}},
	}
	j := Job{Title: title, Sheet: "岗位", Row: 4, RequirementAt: Ref{Sheet: "岗位", Row: 4, Col: 32}}
	for i, c := range codebook.Default().Active() {
		q := Rating{Competency: c.Code, ImportanceCol: 11 + 3*i, RequiredCol: 12 + 3*i, GraduateCol: 13 + 3*i}
		if at := 3 * i; at+2 < len(marks) {
			q.Importance, q.Required, q.Graduate = Have(int(marks[at]-'0')), Have(int(marks[at+1]-'0')), Have(int(marks[at+2]-'0'))
		}
		j.Ratings = append(j.Ratings, q)
	}
	v.Jobs = []Job{j}
	return v
}

const mixed = "543432521345432153424"

func TestScreen(t *testing.T) {
	text := "能独立处理园区网常见故障，会写自动化脚本，能看懂英文手册，愿意轮班并服从现场安排"
	withText := func(v *Visit) *Visit { v.Jobs[0].Requirement = text; return v }
	withTrend := func(v *Visit) *Visit {
		v.Trends = []Trend{{Technology: "云", Effect: text, At: Ref{Sheet: "趋势", Row: 3, Col: 4}}}
		return v
	}
	withAdvice := func(v *Visit) *Visit {
		v.Suggestions = []Suggestion{{Module: "云", Text: text, At: Ref{Sheet: "建议", Row: 3, Col: 3}}}
		return v
	}
	withJobs := func(v *Visit, n int) *Visit {
		for i := range n {
			other := visitBy("", "", "", fmt.Sprintf("别的岗位%d", i), "123451234512345123451")
			v.Jobs = append(v.Jobs, other.Jobs...)
		}
		return v
	}
	var busy []*Visit
	for i := range 5 {
		busy = append(busy, visitBy("1", fmt.Sprintf("第%d公司", i), "2026-03-05", fmt.Sprintf("岗位%d", i), mixed[:3*i]))
	}
	for _, c := range []struct {
		why    string
		visits []*Visit
		code   codebook.RuleID // "" for nothing
		at     int             // of the visit that is asked about
		cell   string
	}{
		{"mixed ratings", []*Visit{visitBy("1", "甲公司", "2026-03-05", "甲", mixed)}, "", 0, ""},
		{"one mark all the way", []*Visit{visitBy("1", "甲公司", "2026-03-05", "甲", strings.Repeat("3", 20)+"4")}, "V080", 0, "K4"},
		{"nothing but fives", []*Visit{visitBy("1", "甲公司", "2026-03-05", "甲", strings.Repeat("5", 21))}, "V081", 0, "K4"},
		{"too few ratings to say so", []*Visit{visitBy("1", "甲公司", "2026-03-05", "甲", strings.Repeat("5", 9))}, "", 0, ""},
		{"a colleague's workbook", []*Visit{visitBy("1", "甲公司", "2026-03-05", "甲", mixed), visitBy("2", "乙公司", "2026-03-06", "甲", mixed)}, "V082", 1, "K4"},
		{"one's own second visit", []*Visit{visitBy("1", "甲公司", "2026-03-05", "甲", mixed), visitBy("1", "乙公司", "2026-03-06", "甲", mixed)}, "", 0, ""},
		{"two views of one enterprise", []*Visit{visitBy("1", "甲公司", "2026-03-05", "甲", mixed), visitBy("2", "甲公司", "2026-03-06", "甲", mixed)}, "", 0, ""},
		{"the same words", []*Visit{withText(visitBy("1", "甲公司", "2026-03-05", "甲", mixed)), withText(visitBy("2", "乙公司", "2026-03-06", "乙", "1"))}, "V083", 1, "AF4"},
		{"the same words about a trend", []*Visit{withTrend(visitBy("1", "甲公司", "2026-03-05", "甲", mixed)), withTrend(visitBy("2", "乙公司", "2026-03-06", "乙", "1"))}, "V083", 1, "D3"},
		{"the same suggestion", []*Visit{withAdvice(visitBy("1", "甲公司", "2026-03-05", "甲", mixed)), withAdvice(visitBy("2", "乙公司", "2026-03-06", "乙", "1"))}, "V083", 1, "C3"},
		{"the same suggestion about one enterprise", []*Visit{withAdvice(visitBy("1", "甲公司", "2026-03-05", "甲", mixed)), withAdvice(visitBy("2", "甲公司", "2026-03-06", "乙", "1"))}, "", 0, ""},
		{"a colleague's job among others", []*Visit{visitBy("1", "甲公司", "2026-03-05", "甲", mixed), withJobs(visitBy("2", "乙公司", "2026-03-06", "甲", mixed), 3)}, "", 0, ""},
		{"visits without a day or a visitor", []*Visit{visitBy("", "甲公司", "2026-03-05", "甲", "1"), visitBy("", "乙公司", "2026-03-05", "乙", "2"), visitBy("", "丙公司", "2026-03-05", "丙", "3"), visitBy("", "丁公司", "2026-03-05", "丁", "4"), visitBy("", "戊公司", "2026-03-05", "戊", "5")}, "", 0, ""},
		{"five visits a day", busy, "V084", 4, "B4"},
		{"four visits a day", busy[:4], "", 0, ""},
	} {
		out := Screen(codebook.Default(), c.visits, DefaultEffort())
		var got []string
		for i, issues := range out {
			for _, x := range issues {
				got = append(got, fmt.Sprintf("%d %s %s", i, x.Code, x.Ref.Cell()))
				if x.Severity != codebook.SeverityTrial {
					t.Errorf("%s: %s is %s; screening is no verdict", c.why, x.Code, x.Severity)
				}
				rule, _ := codebook.Default().Rule(x.Code)
				checkTexts(t, rule, &x)
			}
		}
		if c.code == "" && len(got) > 0 || c.code != "" && !strings.Contains(strings.Join(got, ";"), fmt.Sprintf("%d %s %s", c.at, c.code, c.cell)) {
			t.Errorf("%s: got %v, want %d %s %s", c.why, got, c.at, c.code, c.cell)
		}
	}
}

func TestDifferences(t *testing.T) {
	cb := codebook.Default()
	decode := func(text string) *Visit {
		visits, _ := Decode(cb, BookFromText(text), Context{Year: 2026})
		return &visits[0]
	}
	before := decode(goodVisit)
	if d := Differences(cb, before, decode(goodVisit)); len(d) != 0 {
		t.Errorf("a visit differs from itself: %+v", d)
	}
	after := decode(replace(t, goodVisit,
		"| 中型 Medium |", "| 大型 |", jobRow+" 3 |", jobRow+" 不清楚 |", "| 无线优化工程师 |", "| 无线网络优化工程师 |",
		"| Wi-Fi 7 | 上升 |", "| Wi-Fi 7 | 平稳 |", "| 自动化运维 | 加强 |", "| 网络安全 | 加强 |",
		"| 65 软件和信息技术服务业 |", "| I |", "| 调研年份 Survey year * | 2026 |", "| 调研年份 Survey year * | |",
		"== 趋势 Trends", "| 云平台工程师 | 云计算 | 现代通信技术 | 2 | | | | | | |"+ratings+"\n== 趋势 Trends"))
	want := []struct {
		field    codebook.FieldID
		old, new string
		at       string
	}{
		{"survey_year", "2026", "", "B3"},
		{"industry", "软件和信息技术服务业", "信息传输、软件和信息技术服务业", "B13"},
		{"enterprise_size", "中型", "大型", "B14"},
		{"importance", "3", "不清楚", "K4"},
		{"job_title", "无线优化工程师", "无线网络优化工程师", "A6"},
		{"job_title", "", "云平台工程师", "7:7"},
		{"direction", "上升", "平稳", "A3"},
		{"module", "自动化运维", "网络安全", "A3"},
	}
	got := Differences(cb, before, after)
	if len(got) != len(want) {
		t.Fatalf("%d differences: %+v", len(got), got)
	}
	for i, w := range want {
		if g := got[i]; g.Field != w.field || g.Old != w.old || g.New != w.new || g.NewAt.Cell() != w.at {
			t.Errorf("%d: %+v, want %+v", i, g, w)
		}
	}
}

// TestDifferencesOfOtherForms: a job that went is named with the place it had; where the columns of a sheet are not
// sure, the place is the row; a competency that an earlier framework did not have was not rated before.
func TestDifferencesOfOtherForms(t *testing.T) {
	cb := codebook.Default()
	one := func(v *Visit) *Visit { v.Jobs[0].Sheet = "汇总"; return v }
	old, now := one(visitBy("1", "甲公司", "2026-03-05", "甲", mixed)), one(visitBy("1", "甲公司", "2026-03-05", "甲", mixed))
	old.Jobs[0].Ratings = old.Jobs[0].Ratings[1:]
	now.Jobs[0].Headcount = Have(5)
	gone := visitBy("1", "甲公司", "2026-03-05", "乙", mixed)
	gone.Jobs[0].Programme = "iot"
	old.Jobs = append(old.Jobs, gone.Jobs...)
	var got []string
	for _, d := range Differences(cb, old, now) {
		got = append(got, fmt.Sprintf("%s %s→%s %s %s", d.Field, d.Old, d.New, d.OldAt.Cell(), d.NewAt.Cell()))
	}
	want := []string{"headcount →5 4:4 4:4", "importance →5 4:4 K4", "required_level →4 4:4 L4", "graduate_level →3 4:4 M4", "job_title 乙→ 4:4 "}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestIssueJSON(t *testing.T) {
	i := NewIssue(codebook.Default(), "V015", Ref{"岗位 Jobs", 4, 11}, "importance", "重要程度 *", "0\x07", "1–5")
	i.More = []Ref{{"岗位 Jobs", 5, 11}}
	i.Count = 2
	i.Ruled = Ruled{Kind: Waived, By: "office", Reason: "asked"}
	if cells := i.Cells(); len(cells) != 2 || cells[0].Cell() != "K4" || cells[1].Cell() != "K5" {
		t.Errorf("the cells are %v", cells)
	}
	data, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"code": "V015", "severity": "error", "sheet": "岗位 Jobs", "cell": "K4", "field": "importance", "got": "0␇", "want": "1–5", "count": 2.0,
	} {
		if got[key] != want {
			t.Errorf("%s = %v, want %v", key, got[key], want)
		}
	}
	if ruling, ok := got["ruling"].(map[string]any); !ok || ruling["kind"] != "waived" || ruling["reason"] != "asked" {
		t.Errorf("the ruling is %v", got["ruling"])
	}
	for _, key := range []string{"message_zh", "message_en", "fix_zh", "fix_en", "cells"} {
		if got[key] == nil || got[key] == "" {
			t.Errorf("%s is missing", key)
		}
	}
}

// TestUnknownRule: an issue of a rule that the catalogue does not have is an error that names it, never nothing.
func TestUnknownRule(t *testing.T) {
	i := NewIssue(codebook.Default(), "V999", Ref{}, "", "", "", "")
	if i.Severity != codebook.SeverityError || !strings.Contains(i.Message.ZH, "V999") || !strings.Contains(i.Message.EN, "V999") || !i.Forbids() {
		t.Errorf("%+v", i)
	}
}

func TestSortAndCollapse(t *testing.T) {
	book := BookFromText("== 乙\n| 1 |\n== 甲\n| 1 |")
	issue := func(code codebook.RuleID, sheet string, row, col int) Issue {
		return NewIssue(codebook.Default(), code, Ref{sheet, row, col}, "headcount", "", "", "")
	}
	issues := []Issue{
		issue("V042", "乙", 1, 1), issue("V003", "乙", 1, 1), issue("V001", "甲", 2, 1), issue("V001", "甲", 1, 2),
		issue("V001", "乙", 9, 1), issue("T006", "", 0, 0), issue("V001", "甲", 1, 2),
	}
	Sort(book, issues)
	var order []string
	for _, i := range Collapse(issues) {
		order = append(order, fmt.Sprintf("%s %s %s ×%d", i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Count))
	}
	want := "T006   ×1|V001 乙 A9 ×1|V001 甲 B1 ×2|V003 乙 A1 ×1|V042 乙 A1 ×1"
	if got := strings.Join(order, "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
