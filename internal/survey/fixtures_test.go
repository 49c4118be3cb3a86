package survey

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the fixture folders anew from the tables of this room")

// fixtures is where the whole program's tests find the workbooks of this room's tables.
const fixtures = "../../testdata"

// sound are the workbooks without a fault that the cases are made from.
func sound() map[string]string {
	return map[string]string{
		"visit": goodVisit, "bulk": bulk, "roster": rosterBook, "staff": staffBook, "flat": flatVisit,
	}
}

// flatVisit is one visit of two jobs as one table, the visit's own answers repeated.
const flatVisit = `
== 问卷
| 走访编号 | 调研年份 | 走访日期 | 走访方式 | 教师工号 | 教师姓名 | 所在部门 | 面向专业 | 企业全称 | 所属行业 | 企业规模 | 所在地区 | 受访人职务 | 岗位名称 | 岗位类别 | 对口专业 | 在岗人数 | 企业应用分析重要程度 | 企业应用分析要求水平 | 产品应用重要程度 | 产品应用要求水平 | 协议理解重要程度 | 协议理解要求水平 | 逻辑推理重要程度 | 逻辑推理要求水平 | 网络故障诊断重要程度 | 网络故障诊断要求水平 | 网络架构设计重要程度 | 网络架构设计要求水平 | 项目管理重要程度 | 项目管理要求水平 |
| V1 | 2026 | 2026-03-05 | 现场 | '20150012 | 林知远 | 信息通信学院 | 物联网应用技术 | 云图通信技术有限公司 | 65 | 中型 | 深圳市 | 技术总监 | 嵌入式工程师 | 物联网与嵌入式 | 物联网应用技术 | 3 | 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 |
| V1 | 2026 | 2026-03-05 | 现场 | '20150012 | 林知远 | 信息通信学院 | 物联网应用技术 | 云图通信技术有限公司 | 65 | 中型 | 深圳市 | 技术总监 | 测试工程师 | 其他 | 物联网应用技术 | 3 | 3 | 2 | 4 | 5 | 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 |
`

// textCases are the cases of this room as text tables, by the file they are kept in.
func textCases(t *testing.T) map[string][]TextCase {
	files := make(map[string][]TextCase)
	for _, c := range append(cases, alsoCases(t)...) {
		file := map[byte]string{'T': "form", 'V': "visit", 'R': "roster"}[c.code[0]]
		text := c.text(t)
		files[file] = append(files[file], TextCase{Code: c.code, Cell: c.cell, Why: c.why, With: c.with, Base: nearest(text), Book: text})
	}
	return files
}

// alsoCases are cases of rules that have a test of their own elsewhere in this room.
func alsoCases(t *testing.T) []broken {
	var busy strings.Builder
	for _, day := range []string{"V3", "V4", "V5"} {
		busy.WriteString("| " + day + " | 2026 | 2026-03-05 | 现场 | '20150012 | 林知远 | 信息通信学院 | 物联网应用技术 | 示例" + day + "有限公司 | 65 | 中型 | 深圳市 | 技术总监 |\n")
	}
	const job = "| V1 | 嵌入式工程师 | 物联网与嵌入式 | 物联网应用技术 | 3 |"
	const marks = " 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 |"
	same := func(mark string) string { return strings.Repeat(" "+mark+" |", 14) }
	const wish = "能独立处理园区网常见故障，会写自动化脚本，能看懂英文手册，愿意轮班并服从现场安排"
	otherTeacher := []string{"| V2 | 2026 | 2026-03-06 | 现场 | '20150012 | 林知远", "| V2 | 2026 | 2026-03-06 | 现场 | '20150034 | 陈安"}
	return []broken{
		{code: "V074", cell: "K3", why: "rows of one visit that contradict each other", book: flatVisit, edits: []string{"| 中型 | 深圳市 | 技术总监 | 测试工程师", "| 小型 | 深圳市 | 技术总监 | 测试工程师"}},
		{code: "V080", cell: "F2", why: "one mark all the way", book: bulk, edits: []string{job + marks, job + same("3")}},
		{code: "V081", cell: "F2", why: "nothing but fives", book: bulk, edits: []string{job + marks, job + same("5")}},
		{code: "V082", cell: "F3", why: "a colleague's very answers", book: bulk, edits: append(otherTeacher, "| V2 | 测试工程师 | 其他 |", "| V2 | 嵌入式工程师 | 物联网与嵌入式 |")},
		{code: "V083", cell: "T3", why: "a colleague's very words", book: bulk, edits: append(otherTeacher,
			"| 项目管理要求水平 |", "| 项目管理要求水平 | 岗位要求描述 |", job+marks, job+marks+" "+wish+" |",
			"| V2 | 测试工程师 | 其他 | 物联网应用技术 | 3 |"+marks, "| V2 | 测试工程师 | 其他 | 物联网应用技术 | 3 | 5 | 2 | 4 | 3 | 2 | 4 | 5 | 1 | 3 | 2 | 4 | 1 | 2 | 5 | "+wish+" |")},
		{code: "V084", cell: "C6", why: "five visits on site in a day", book: bulk, edits: []string{
			"| V2 | 2026 | 2026-03-06 |", "| V2 | 2026 | 2026-03-05 |", "== 岗位\n", busy.String() + "== 岗位\n",
			"| V2 | 测试工程师", "| V3 | 运维工程师 | 网络运维 | 物联网应用技术 | 2 |" + marks + "\n| V4 | 运维工程师 | 网络运维 | 物联网应用技术 | 2 |" + marks +
				"\n| V5 | 运维工程师 | 网络运维 | 物联网应用技术 | 2 |" + marks + "\n| V2 | 测试工程师"}},
	}
}

// nearest names the sound workbook that a text differs from in few lines; "" where it is another.
func nearest(text string) string {
	best, fewest := "", 12
	for _, name := range sortedKeys(sound()) {
		var edits strings.Builder
		writeEdits(&edits, lines(sound()[name]), lines(text))
		if n := strings.Count(edits.String(), "\n"); n < fewest {
			best, fewest = name, n
		}
	}
	return best
}

// TestFixtures holds the fixture folders against the tables of this room, of which they are a copy
// for everybody else: go test ./internal/survey -update writes them anew.
func TestFixtures(t *testing.T) {
	for name, text := range sound() {
		kept(t, filepath.Join("should_pass", name+".txt"), strings.TrimLeft(text, "\n"))
	}
	kept(t, filepath.Join("should_pass", "national.yaml"), nationalMapping)
	for name, list := range textCases(t) {
		text := CasesText(list, sound())
		kept(t, filepath.Join("should_fail", name+".txt"), text)
		again, err := CasesFromText(text, sound())
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			list[i].Book = strings.Trim(list[i].Book, "\n") + "\n"
		}
		if diff := cmp.Diff(list, again); diff != "" {
			t.Errorf("%s does not read back:\n%s", name, diff)
		}
	}
}

func kept(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(fixtures, name)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s is not what this room's table says; -update writes it anew (%v)", name, err)
	}
}

// A book written as a text reads back as it was.
func TestBookTextReadsBack(t *testing.T) {
	for name, text := range sound() {
		b := BookFromText(text)
		if diff := cmp.Diff(b, BookFromText(b.Text())); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	odd := BookFromText("%name X: 1\n== 甲 (hidden)\n%merge A1:B2\n%hide C:D\n~ @3 | '12 | =5 | \"=5\" | '2026-03-05 | TRUE | 'TRUE | #REF! | a\\|b | x\\ny | \"\" |\n| | 0.5 |")
	if diff := cmp.Diff(odd, BookFromText(odd.Text())); diff != "" {
		t.Error(diff)
	}
}

func TestCasesRefuse(t *testing.T) {
	for why, text := range map[string]string{
		"no reason":          "# V001 B4",
		"an unknown base":    "# V001 B4 x\n: differs from nothing\n",
		"another line":       "# V001 B4 x\n: differs from staff\n1- nothing\n",
		"no line":            "# V001 B4 x\n: differs from staff\nnothing\n",
		"a line beyond":      "# V001 B4 x\n: differs from staff\n99+ nothing\n",
		"an unknown remark":  "# V001 B4 x\n: nothing\n",
		"an unknown removal": "# V001 B4 x\n: differs from staff\n9- nothing\n",
	} {
		if _, err := CasesFromText(text, sound()); err == nil {
			t.Errorf("%s: no error", why)
		}
	}
}
