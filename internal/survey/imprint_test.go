package survey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// told is a difference as a test writes it: cell, whose, field, before → after.
func told(d Difference) string {
	at := d.NewAt
	if at == (Ref{}) {
		at = d.OldAt
	}
	return fmt.Sprintf("%s %s %s%s: %s → %s", at.Cell(), d.Of, d.Field, strings.TrimSuffix("/"+string(d.Competency), "/"), d.Old, d.New)
}

// A mended copy is held against the answers that the refused file had, whatever else was done to it.
func TestMendedTellsEveryAnswerThatDiffers(t *testing.T) {
	line := func(text, start string) string {
		for l := range strings.Lines(text) {
			if strings.HasPrefix(l, start) {
				return l
			}
		}
		t.Fatalf("no line begins with %q", start)
		return ""
	}
	second, first := line(goodVisit, "| 无线优化工程师"), line(goodVisit, "| 网络运维工程师")
	for _, c := range []struct {
		why, book string
		edits     []string
		want      []string
	}{
		{"nothing done", goodVisit, nil, nil},
		{"an answer nobody asked about, and a rating", goodVisit, []string{"| 员工人数 Employees | 120", "| 员工人数 Employees | 210", "| 数据通信 HCIP | 3 | 3 | 3", "| 数据通信 HCIP | 3 | 5 | 3"},
			[]string{"B17  employees: 120 → 210", "L4 网络运维工程师 required_level/application_analysis: 3 → 5"}},
		{"an answer given for the first time, one taken away", goodVisit, []string{"| 满意度 | 4", "| 满意度 | ", "| 无线优化工程师 | 无线与光通信 | 现代通信技术 | 5 | 2 | 本科 | 2 | 8000 | 12000 | |", "| 无线优化工程师 | 无线与光通信 | 现代通信技术 | 5 | 2 | 本科 | 2 | 8000 | 12000 | 5G HCIA |"},
			[]string{"B22  satisfaction: 4 → ", "J6 无线优化工程师 certifications:  → 5G HCIA"}},
		{"a job taken out: the one below it is still the same", goodVisit, []string{first, ""}, []string{"4:4 网络运维工程师 job_title: 网络运维工程师 → "}},
		{"a job taken out, the one below it changed", goodVisit, []string{first, "", "| 现代通信技术 | 5 | 2 |", "| 现代通信技术 | 6 | 2 |"},
			[]string{"D5 无线优化工程师 headcount: 5 → 6", "4:4 网络运维工程师 job_title: 网络运维工程师 → "}},
		{"a job put in above", goodVisit, []string{first, "| 测试工程师 | 其他 | 计算机网络技术 | 2 |\n" + first}, []string{"4:4 测试工程师 job_title:  → 测试工程师"}},
		{"two jobs change places, one of them changed", goodVisit, []string{first, "\x00", second, strings.Replace(first, "| 12 |", "| 13 |", 1), "\x00", second},
			[]string{"D6 网络运维工程师 headcount: 12 → 13"}},
		{"a blank row closed up", goodVisit, []string{first + "\n", first}, nil},
		{"white space and a decimal point", goodVisit, []string{"技术总监", " 技术总监 ", "| 员工人数 Employees | 120", "| 员工人数 Employees | 120.0"}, nil},
		{"a staff number that lost its zeros is another", goodVisit, []string{"'20150012", "'020150012"}, []string{"B6  faculty_id: 20150012 → 020150012"}},
		{"a whole sheet taken out", goodVisit, []string{"== 趋势 Trends", "== 草稿", "| 技术 * | 方向 * | 时间跨度 | 对岗位的影响 |\n", "", "~ | technology | direction | horizon | effect |\n", ""},
			[]string{" Wi-Fi 7 technology: Wi-Fi 7 → "}},
		{"another bulk row", bulk, []string{"星桥电子有限公司 | 65", "星桥电子有限公司 | 39", "| V2 | 测试工程师 | 其他 | 物联网应用技术 | 3 |", "| V2 | 测试工程师 | 其他 | 物联网应用技术 | 30 |"},
			[]string{"J3 星桥电子有限公司 industry: 65 → 39", "E3 测试工程师 headcount: 3 → 30"}},
		{"a table of visits and jobs", flatVisit, []string{"| 测试工程师 | 其他 | 物联网应用技术 | 3 |", "| 测试工程师 | 其他 | 物联网应用技术 | 4 |"}, []string{"Q3 测试工程师 headcount: 3 → 4"}},
		{"a roster", rosterBook, []string{"| C | 小型 | 300 |", "| C | 小型 | 301 |"}, []string{"C3 C population: 300 → 301"}},
	} {
		t.Run(c.why, func(t *testing.T) {
			cb := codebook.Default()
			imprint, ok := Imprint(Answers(cb, BookFromText(c.book), nil))
			if !ok {
				t.Fatal("no imprint")
			}
			var got []string
			for _, d := range Mended(&imprint, Answers(cb, BookFromText(edited(t, c.book, c.edits)), nil)) {
				got = append(got, told(d))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// edited replaces one text after the other, each of which must be there.
func edited(t *testing.T, text string, edits []string) string {
	t.Helper()
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("nothing reads %q", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	return text
}

// An imprint holds no personal number, none of a book that is no form, and none without end.
func TestImprintBounds(t *testing.T) {
	cb := codebook.Default()
	imprint, _ := Imprint(Answers(cb, BookFromText(edited(t, goodVisit, []string{"能独立处理园区网故障", "找人事 13800001111"})), nil))
	text := (&Book{Sheets: []Sheet{imprint}}).Text()
	if strings.Contains(text, "13800001111") || !strings.Contains(text, "找人事 ***********") {
		t.Errorf("a telephone number is kept:\n%s", text)
	}
	if _, ok := Imprint(Answers(cb, BookFromText("== 成绩\n| 学号 | 姓名 |\n| 1 | 甲 |"), nil)); ok {
		t.Error("a class list has an imprint")
	}
	long := rosterBook[:strings.Index(rosterBook, "== 目标企业")] + strings.Repeat("| '20150012 | 林知远 | 信息通信学院 |\n", imprintRecords)
	if _, ok := Imprint(Answers(cb, BookFromText(long), nil)); ok {
		t.Errorf("an imprint of more than %d records", imprintRecords)
	}
	if Mended(nil, nil) != nil || Mended(&imprint, nil) != nil {
		t.Error("a comparison with nothing")
	}
}
