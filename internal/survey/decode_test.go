package survey

import (
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// goodVisit is a workbook as the template lays it out: hidden keys in column D and in a key row.
const goodVisit = `
%qianqi.template: qianqi-visit
%qianqi.version: 2
== 走访 Visit
| 走访与企业基本情况 |
| 项目 | 填写 | 说明 |
| 调研年份 Survey year * | 2026 | 四位数字 | survey_year |
| 走访日期 Visit date * | 2026-03-05 | | visit_date |
| 走访方式 Mode of visit * | 现场 On site | | visit_mode |
| 教师工号 Staff number * | '20150012 | | faculty_id |
| 教师姓名 Faculty name * | 林知远 | | faculty_name |
| 所在部门 Department * | 信息通信学院 | | department |
| 同行教师工号 Co-visitors | '20150034、20150056 | | co_visitors |
| 面向专业 Programmes * | 计算机网络技术、现代通信技术 | | programmes |
| 企业全称 Enterprise name * | 云图通信技术有限公司 | | enterprise_name |
| 统一社会信用代码 USCC | '91350100M000100Y43 | | uscc |
| 所属行业 Industry * | 65 软件和信息技术服务业 | | industry |
| 企业规模 Enterprise size * | 中型 Medium | | enterprise_size |
| 企业性质 Ownership | 民营 | | ownership |
| 所在地区 Region * | 广东省深圳市 | | region |
| 员工人数 Employees | 120 | | employees |
| 在用技术生态 Ecosystems | 华为、新华三 | | ecosystems |
| 校企合作形式 Partnership | 订单班 | | partnership |
| 受访人职务 Role * | 技术总监 | | interviewee_role |
| 近三年录用 | 6 | | graduates_hired |
| 满意度 | 4 | | satisfaction |
== 岗位 Jobs
| | | | | | | | | | | 企业应用分析 | | | 产品应用 | | | 协议理解 | | | 逻辑推理 | | | 网络故障诊断 | | | 网络架构设计 | | | 项目管理 | | | |
| 岗位名称 * | 岗位类别 * | 对口专业 * | 在岗人数 * | 计划招聘人数 | 学历要求 | 经验要求（年） | 最低月薪（元） | 最高月薪（元） | 证书要求 | 重要程度 * | 要求水平 * | 毕业生水平 | 重要程度 * | 要求水平 * | 毕业生水平 | 重要程度 * | 要求水平 * | 毕业生水平 | 重要程度 * | 要求水平 * | 毕业生水平 | 重要程度 * | 要求水平 * | 毕业生水平 | 重要程度 * | 要求水平 * | 毕业生水平 | 重要程度 * | 要求水平 * | 毕业生水平 | 岗位要求描述 |
~ | job_title | job_family | programme | headcount | planned_hires | education | experience_years | salary_min | salary_max | certifications | importance:application_analysis | required_level:application_analysis | graduate_level:application_analysis | importance:product_proficiency | required_level:product_proficiency | graduate_level:product_proficiency | importance:protocol_comprehension | required_level:protocol_comprehension | graduate_level:protocol_comprehension | importance:logical_reasoning | required_level:logical_reasoning | graduate_level:logical_reasoning | importance:fault_diagnosis | required_level:fault_diagnosis | graduate_level:fault_diagnosis | importance:architecture_design | required_level:architecture_design | graduate_level:architecture_design | importance:project_management | required_level:project_management | graduate_level:project_management | requirement_text |
| 网络运维工程师 | 网络运维 | 计算机网络技术 | 12 | 3 | 大专 | 1 | 6000 | 9000 | 数据通信 HCIP | 3 | 3 | 3 | 4 | 4 | 3 | 5 | 4 | 3 | 4 | 3 | 3 | 5 | 5 | 3 | 3 | 2 | 2 | 2 | 2 | | 能独立处理园区网故障 |

| 无线优化工程师 | 无线与光通信 | 现代通信技术 | 5 | 2 | 本科 | 2 | 8000 | 12000 | | 3 | 3 | 2 | 4 | 4 | 3 | 5 | 5 | 3 | 4 | 4 | 3 | 4 | 4 | 3 | 3 | 3 | 2 | 2 | 2 | 2 | |
== 趋势 Trends
| 技术 * | 方向 * | 时间跨度 | 对岗位的影响 |
~ | technology | direction | horizon | effect |
| Wi-Fi 7 | 上升 | 3 年 | 需要无线规划 |
== 建议 Suggestions
| 课程模块 * | 建议类型 * | 建议内容 |
~ | module | kind | text |
| 自动化运维 | 加强 | 增加脚本实训 |
`

func TestDecodeGoodVisit(t *testing.T) {
	visits, issues := Decode(codebook.Default(), BookFromText(goodVisit), Context{Year: 2026, Today: "2026-06-01"})
	for _, i := range issues {
		t.Errorf("%s %s %s: %s", i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
	}
	if len(visits) != 1 {
		t.Fatalf("visits = %d", len(visits))
	}
	t.Logf("%+v", visits[0])
}

// The campaign that a template was made for is read from wherever a program left it.
func TestYearMark(t *testing.T) {
	for text, want := range map[string]int{
		"%qianqi.year: 2026\n== 走访\n":                         2026,
		"%name qianqi.year: \"2025\"\n== 走访\n":                2025,
		"== 走访\n== _qianqi (hidden)\n| qianqi.year | '2024 |": 2024,
		"== 走访\n":                     0,
		"%qianqi.year: this\n== 走访\n": 0,
	} {
		if got, ok := YearMark(BookFromText(text)); got != want || ok != (want > 0) {
			t.Errorf("%q: %d %v", text, got, ok)
		}
	}
}

// withWages reads the good visit with these texts as the wages of its first job.
func withWages(t *testing.T, low, high string) ([]Visit, []Issue) {
	t.Helper()
	text := replace(t, goodVisit, "| 6000 | 9000 |", "| "+low+" | "+high+" |")
	return Decode(codebook.Default(), BookFromText(text), Context{Year: 2026, Today: "2026-06-01"})
}

// TestWageInOneCell: a range written into either of the two cells fills the other where that is blank; one amount does not.
func TestWageInOneCell(t *testing.T) {
	for _, c := range []struct{ why, low, high, want string }{
		{"both ends", "6000", "9000", "6000 9000"},
		{"a range in the first cell", "6k-9k", "", "6000 9000"},
		{"a range in the second cell", "", "6k-9k", "6000 9000"},
		{"from an amount up, in the first cell", "6k以上", "", "6000 blank"},
		{"up to an amount, in the second cell", "", "9k以下", "blank 9000"},
		{"open to talk, in the second cell", "", "面议", "unknown unknown"},
		{"one amount is one end", "6000", "", "6000 blank"},
		{"one amount is the other end", "", "9000", "blank 9000"},
	} {
		visits, issues := withWages(t, c.low, c.high)
		say := func(a Answer[int]) string {
			if a.Known() {
				return answerText(a)
			}
			return a.Status.String()
		}
		if got := say(visits[0].Jobs[0].SalaryMin) + " " + say(visits[0].Jobs[0].SalaryMax); got != c.want || HasErrors(issues) {
			t.Errorf("%s: %q and %q read as %s, want %s; %v", c.why, c.low, c.high, got, c.want, codesOf(issues))
		}
	}
}

// TestYearlyWage: a wage that may be a yearly one is asked about in whichever cell it stands.
func TestYearlyWage(t *testing.T) {
	for _, c := range []struct{ why, low, high, want string }{
		{"the higher end", "6000", "120000", "I4 120000"},
		{"both ends are asked about once", "110000", "120000", "I4 120000"},
		{"the lower end, alone", "20万", "", "H4 20万"},
		{"the higher end, alone", "", "20万", "I4 20万"},
		{"the lower end beside an open higher one", "20万", "面议", "H4 20万"},
		{"a range in the first cell", "8万-12万", "", "H4 8万-12万"},
		{"a range in the second cell", "", "8万-12万", "I4 8万-12万"},
		{"from an amount up, in the second cell", "", "20万以上", "I4 20万以上"},
		{"the most that is not asked about", "6000", "100000", ""},
		{"the most, as the lower end", "100000", "", ""},
		{"a yearly wage that says so", "20万/年", "", ""},
		{"none", "", "", ""},
	} {
		_, issues := withWages(t, c.low, c.high)
		var got []string
		for _, i := range issues {
			got = append(got, strings.TrimPrefix(string(i.Code)+" ", "V021 ")+i.Ref.Cell()+" "+i.Got)
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %q and %q: %q, want %q", c.why, c.low, c.high, got, c.want)
		}
	}
}

// TestDaysOfACampaign: the first and the last day of the window and today itself are in; the day beside each is out.
func TestDaysOfACampaign(t *testing.T) {
	window := Context{Year: 2026, From: "2026-03-02", To: "2026-03-20", Today: "2026-03-25"}
	for _, c := range []struct {
		why  string
		day  string
		ctx  Context
		want codebook.RuleID // "" for none
	}{
		{"the first day", "2026-03-02", window, ""},
		{"the day before", "2026-03-01", window, "V031"},
		{"the last day", "2026-03-20", window, ""},
		{"the day after", "2026-03-21", window, "V031"},
		{"today", "2026-03-05", Context{Year: 2026, Today: "2026-03-05"}, ""},
		{"tomorrow", "2026-03-06", Context{Year: 2026, Today: "2026-03-05"}, "V032"},
		{"the first day of the year, where no window is set", "2026-01-01", Context{Year: 2026}, ""},
		{"the last day of the year before", "2025-12-31", Context{Year: 2026}, "V031"},
		{"any day, where no campaign is known", "2025-12-31", Context{}, "V031"}, // the form's own year says 2026
	} {
		_, issues := Decode(codebook.Default(), BookFromText(replace(t, goodVisit, "| 2026-03-05 |", "| "+c.day+" |")), c.ctx)
		var got codebook.RuleID
		for _, i := range issues {
			got += i.Code
		}
		if got != c.want {
			t.Errorf("%s: %s gives %q, want %q", c.why, c.day, got, c.want)
		}
	}
}
