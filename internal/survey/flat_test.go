package survey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// replace changes texts of a workbook; a text that is not there fails the test.
func replace(t *testing.T, text string, edits ...string) string {
	t.Helper()
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("the workbook has no %q", edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	return text
}

// questionnaire is an online questionnaire's export: numbered questions, matrix questions with
// the stem on the first column only, (跳过), 序号 that repeats.
const questionnaire = `
== Sheet1
| 序号 | 提交答卷时间 | 1、请填写走访日期 | 2、请填写您的工号 | 3、您的姓名 | 4、所在学院 | 5、请填写企业全称 | 6、所属行业 | 7、企业规模 | 8、所在城市 | 9、走访方式 | 10、面向专业(多选题) | 11、受访者职务 | 12、岗位名称 | 13、岗位类别 | 14、对口专业 | 15、在岗人数 | 16、以下各项能力对该岗位的重要程度（1-5）—企业应用分析 | 16、产品应用 | 16、协议理解 | 16、逻辑推理 | 16、网络故障诊断 | 16、网络架构设计 | 16、项目管理 | 17、该岗位对各项能力的要求水平—企业应用分析 | 17、产品应用 | 17、协议理解 | 17、逻辑推理 | 17、网络故障诊断 | 17、网络架构设计 | 17、项目管理 | 18、来自IP |
| 1 | 2026/3/6 10:00 | 2026/3/5 | '20150012 | 林知远 | 信息通信学院 | 云图通信技术有限公司 | 65 | 中型 | 深圳 | 现场 | 计算机网络技术┋现代通信技术 | 技术总监 | 网络工程师 | 网络工程师 | 计算机网络技术 | '12 | '5 | '4 | '3 | '4 | '5 | '3 | '2 | '4 | '4 | '3 | '4 | '5 | '3 | '2 | 1.2.3.4 |
| 1 | 2026/3/6 10:05 | 2026/3/5 | '20150012 | 林知远 | 信息通信学院 | 云图通信技术有限公司 | 65 | 中型 | 深圳 | 现场 | 计算机网络技术┋现代通信技术 | 技术总监 | 售前工程师 | 售前与解决方案 | 现代通信技术 | '2 | '3 | '4 | '3 | '4 | '2 | '3 | '5 | '4 | '4 | '3 | '4 | '(跳过) | '3 | '2 | 1.2.3.4 |
`

func TestQuestionnaireExport(t *testing.T) {
	visits, issues := Decode(codebook.Default(), BookFromText(questionnaire), Context{Year: 2026})
	for _, i := range issues {
		if i.Code != "T010" { // the address is personal data
			t.Errorf("%s %s: %s", i.Code, i.Ref.Cell(), i.Message.ZH)
		}
	}
	if len(visits) != 1 || len(visits[0].Jobs) != 2 {
		t.Fatalf("%d visits; the two rows are one visit with two jobs: %+v", len(visits), visits)
	}
	v := visits[0]
	if v.Year != 2026 {
		t.Errorf("the year is %d; the day says it", v.Year)
	}
	if len(v.Programmes) != 2 || v.Jobs[0].Ratings[0].Importance != Have(5) || v.Jobs[0].Ratings[4].Required != Have(5) {
		t.Errorf("read as %+v", v)
	}
	if got := v.Jobs[1].Ratings[4].Required; got.Status != NotApplicable {
		t.Errorf("a skipped question is %v, want not applicable", got.Status)
	}
}

func TestFlatRowsOfOneVisitMustAgree(t *testing.T) {
	book := BookFromText(replace(t, questionnaire, "| 65 | 中型 | 深圳 | 现场 | 计算机网络技术┋现代通信技术 | 技术总监 | 售前", "| 65 | 大型 | 深圳 | 现场 | 计算机网络技术┋现代通信技术 | 技术总监 | 售前"))
	_, issues := Decode(codebook.Default(), book, Context{Year: 2026})
	i := find(issues, "V074")
	if i == nil || i.Ref.Cell() != "I3" {
		t.Fatalf("no V074 at I3: %v", codesOf(issues))
	}
	rule, _ := codebook.Default().Rule("V074")
	checkTexts(t, rule, i)
}

// TestFlatVisitSaidInALaterRow: an answer of a visit counts in whichever of its rows it stands, and is told of there.
func TestFlatVisitSaidInALaterRow(t *testing.T) {
	const head = "== 问卷\n| 走访编号 | 走访日期 | 企业全称 | 企业规模 | 企业性质 | 员工人数 | 在用技术生态 | 岗位名称 | 在岗人数 |\n"
	for _, c := range []struct{ why, rows, want, at, issues string }{
		{"in the second row", "| 1 | 2026-03-05 | 甲公司 | 小型 | | | | 工程师 | 2 |\n| 1 | | | | 民营 | 20 | 华为;思科 | 测试员 | 3 |",
			"small private 20 [huawei cisco]", "D2 E3 F3 G3", ""},
		{"in the second and the third row", "| 1 | 2026-03-05 | 甲公司 | | | | 华为 | 工程师 | 2 |\n| 1 | | | 小型 | | 20 | | 测试员 | 3 |\n| 1 | | | 小型 | 民营 | | | 运维员 | 1 |",
			"small private 20 [huawei]", "D3 E4 F3 G2", ""},
		{"in a row without its number", "| 1 | 2026-03-05 | 甲公司 | 小型 | | | 华为 | 工程师 | 2 |\n| | | | | 民营 | 20 | | 测试员 | 3 |",
			"small private 20 [huawei]", "D2 E3 F3 G2", ""},
		{"two later rows that differ", "| 1 | 2026-03-05 | 甲公司 | 小型 | 民营 | | 华为 | 工程师 | 2 |\n| 1 | | | | | 20 | | 测试员 | 3 |\n| 1 | | | | | 30 | | 运维员 | 1 |",
			"small private 20 [huawei]", "D2 E2 F3 G2", "V074 F4 3"},
		{"what a later row says wrongly", "| 1 | 2026-03-05 | 甲公司 | 小型 | 民营 | | 华为 | 工程师 | 2 |\n| 1 | | | | | 很多 | | 测试员 | 3 |",
			"small private  [huawei]", "D2 E2 F3 G2", "V006 F3"},
		{"another visit's is its own", "| 1 | 2026-03-05 | 甲公司 | 小型 | 民营 | | 华为 | 工程师 | 2 |\n| 2 | 2026-03-06 | 乙公司 | 大型 | 国有 | 900 | 思科 | 测试员 | 3 |",
			"small private  [huawei]", "D2 E2 F2 G2", ""},
	} {
		visits, issues := Decode(codebook.Default(), BookFromText(head+c.rows+"\n"), Context{Year: 2026})
		e, cells := visits[0].Enterprise, visits[0].Cells
		size := ""
		if e.Employees.Known() {
			size = answerText(e.Employees)
		}
		got := fmt.Sprintf("%s %s %s %v", e.Size, e.Ownership, size, e.Ecosystems)
		at := cells["enterprise_size"].Cell() + " " + cells["ownership"].Cell() + " " + cells["employees"].Cell() + " " + cells["ecosystems"].Cell()
		said := ""
		for _, i := range issues {
			switch {
			case i.Code == "V074":
				said += "V074 " + i.Ref.Cell() + " " + between(i.Message.EN, "row ", " of")
			case i.Code[0] == 'V' && i.Field == "employees":
				said += string(i.Code) + " " + i.Ref.Cell()
			}
		}
		if got != c.want || at != c.at || said != c.issues {
			t.Errorf("%s: %q at %q, issues %q; want %q at %q, %q", c.why, got, at, said, c.want, c.at, c.issues)
		}
		if j := visits[0].Jobs[0]; j.Title != "工程师" || j.Row != 2 {
			t.Errorf("%s: the first job is %s of row %d", c.why, j.Title, j.Row)
		}
	}
}

// between is what stands between two texts.
func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	out, _, _ := strings.Cut(rest, after)
	return out
}

// numbered is one row per visit with the jobs side by side.
const numbered = `
== 汇总
| 年份 | 走访日期 | 走访方式 | 工号 | 姓名 | 部门 | 面向专业 | 企业名称 | 行业 | 规模 | 地区 | 受访人职务 | 岗位1-岗位名称 | 岗位1-岗位类别 | 岗位1-对口专业 | 岗位1-在岗人数 | 岗位2-岗位名称 | 岗位2-岗位类别 | 岗位2-对口专业 | 岗位2-在岗人数 |
| 2026 | 2026-03-05 | 现场 | '20150012 | 林知远 | 信息通信学院 | 计算机网络技术 | 云图通信技术有限公司 | 65 | 中型 | 深圳 | 技术总监 | 网络工程师 | 网络工程师 | 计算机网络技术 | 12 | 运维工程师 | 网络运维 | 计算机网络技术 | 4 |
| 2026 | 2026-03-06 | 现场 | '20150012 | 林知远 | 信息通信学院 | 计算机网络技术 | 星桥电子有限公司 | 65 | 中型 | 深圳 | 技术总监 | 网络工程师 | 网络工程师 | 计算机网络技术 | 2 | | | | |
`

func TestNumberedGroupsOfColumns(t *testing.T) {
	visits, _ := Decode(codebook.Default(), BookFromText(numbered), Context{Year: 2026})
	if len(visits) != 2 || len(visits[0].Jobs) != 2 || len(visits[1].Jobs) != 1 {
		t.Fatalf("visits %+v", visits)
	}
	if j := visits[0].Jobs[1]; j.Title != "运维工程师" || j.Headcount != Have(4) {
		t.Errorf("second job %+v", j)
	}
}

// blocks is two visits below each other on one record sheet, their jobs named by the enterprise.
func TestRepeatedBlocksOfLabels(t *testing.T) {
	block := func(name, day string) string {
		return "| 调研年份 | 2026 |\n| 走访日期 | " + day + " |\n| 走访方式 | 现场 |\n| 教师工号 | '20150012 |\n| 教师姓名 | 林知远 |\n| 所在部门 | 信息通信学院 |\n" +
			"| 面向专业 | 计算机网络技术 |\n| 企业全称 | " + name + " |\n| 所属行业 | 65 |\n| 企业规模 | 中型 |\n| 所在地区 | 深圳 |\n| 受访人职务 | 技术总监 |\n\n"
	}
	text := "== 走访\n" + block("云图通信技术有限公司", "2026-03-05") + block("星桥电子有限公司", "2026-03-06") +
		"== 岗位\n| 企业名称 | 岗位名称 | 岗位类别 | 对口专业 | 在岗人数 |\n" +
		"| 星桥电子有限公司 | 测试工程师 | 其他 | 计算机网络技术 | 3 |\n| 云图通信技术有限公司 | 网络工程师 | 网络工程师 | 计算机网络技术 | 5 |\n"
	visits, issues := Decode(codebook.Default(), BookFromText(text), Context{Year: 2026})
	if len(visits) != 2 {
		t.Fatalf("%d visits, issues %v", len(visits), codesOf(issues))
	}
	if len(visits[0].Jobs) != 1 || visits[0].Jobs[0].Title != "网络工程师" || len(visits[1].Jobs) != 1 || visits[1].Cells["visit_date"].Cell() != "B15" {
		t.Errorf("visits %+v", visits)
	}
}

func find(issues []Issue, code codebook.RuleID) *Issue {
	for i := range issues {
		if issues[i].Code == code {
			return &issues[i]
		}
	}
	return nil
}

func codesOf(issues []Issue) []string {
	var out []string
	for _, i := range issues {
		out = append(out, string(i.Code)+" "+i.Ref.Cell()+" "+i.Message.ZH)
	}
	return out
}
