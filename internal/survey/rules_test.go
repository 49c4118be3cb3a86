package survey

import (
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// broken is one workbook that breaks one rule: the good visit with a few texts replaced, or a
// text table of its own.
type broken struct {
	code  codebook.RuleID
	cell  string            // where the issue must stand; "" the whole sheet or file
	why   string            // what is wrong, for the reader of a failure
	edits []string          // old, new, old, new …
	book  string            // in the place of the good visit
	with  []string          // what is handed in before it or read through: staff, national
	kind  string            // "roster" decodes a roster
	names map[string]string // what the message must say, beside the rule's own text
}

// staff is a roster handed in before; national a mapping that a case is read through, with staff.
var (
	staff    = []string{"staff"}
	national = []string{"staff", "national.yaml"}
)

// staffBook is the roster that some cases are held against.
const staffBook = `
== 教师
| 教师工号 | 教师姓名 | 所在部门 |
| '20150012 | 林知远 | 信息通信学院 |
| '20150034 | 陈安 | 信息通信学院 |
| '20150056 | 周明 | 信息通信学院 |
| '0001012 | 何一 | 信息通信学院 |
| '0001013 | 何一 | 信息通信学院 |
`

// nationalMapping reads a form of three columns, and names one of them wrongly for some books.
const nationalMapping = `# A mapping of the tests; the national form's own one stands in surveys/mappings.
id: national
sheets:
  - from: [访企拓岗]
    to: visit
    columns:
      - {header: 走访企业名, field: enterprise_name}
      - {header: 牵头拜访人, field: faculty_name}
constants: {visit_mode: on_site}
not_asked: [survey_year, faculty_id, department, industry, enterprise_size, region, interviewee_role, programmes, job_title]
`

// jobRow is the good visit's first job up to its ratings, jobEnd what follows them.
const (
	jobRow  = "| 网络运维工程师 | 网络运维 | 计算机网络技术 | 12 | 3 | 大专 | 1 | 6000 | 9000 | 数据通信 HCIP |"
	ratings = " 3 | 3 | 3 | 4 | 4 | 3 | 5 | 4 | 3 | 4 | 3 | 3 | 5 | 5 | 3 | 3 | 2 | 2 | 2 | 2 | |"
	none    = " | | | | | | | | | | | | | | | | | | | | |"
	unknown = " 不清楚 | 不清楚 | | 不清楚 | 不清楚 | | 不清楚 | 不清楚 | | 不清楚 | 不清楚 | | 不清楚 | 不清楚 | | 不清楚 | 不清楚 | | 不清楚 | 不清楚 | |"
)

// bulk is a bulk workbook of two visits with one job each, up to the jobs' rows.
const bulk = `
== 走访
| 走访编号 | 调研年份 | 走访日期 | 走访方式 | 教师工号 | 教师姓名 | 所在部门 | 面向专业 | 企业全称 | 所属行业 | 企业规模 | 所在地区 | 受访人职务 |
| V1 | 2026 | 2026-03-05 | 现场 | '20150012 | 林知远 | 信息通信学院 | 物联网应用技术 | 云图通信技术有限公司 | 65 | 中型 | 深圳市 | 技术总监 |
| V2 | 2026 | 2026-03-06 | 现场 | '20150012 | 林知远 | 信息通信学院 | 物联网应用技术 | 星桥电子有限公司 | 65 | 中型 | 深圳市 | 技术总监 |
== 岗位
| 走访编号 | 岗位名称 | 岗位类别 | 对口专业 | 在岗人数 | 企业应用分析重要程度 | 企业应用分析要求水平 | 产品应用重要程度 | 产品应用要求水平 | 协议理解重要程度 | 协议理解要求水平 | 逻辑推理重要程度 | 逻辑推理要求水平 | 网络故障诊断重要程度 | 网络故障诊断要求水平 | 网络架构设计重要程度 | 网络架构设计要求水平 | 项目管理重要程度 | 项目管理要求水平 |
| V1 | 嵌入式工程师 | 物联网与嵌入式 | 物联网应用技术 | 3 | 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 |
| V2 | 测试工程师 | 其他 | 物联网应用技术 | 3 | 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 | 4 | 4 | 3 | 3 |
`

const rosterBook = `
== 教师
| 教师工号 | 教师姓名 | 所在部门 |
| '20150012 | 林知远 | 信息通信学院 |
== 目标企业
| 企业全称 | 统一社会信用代码 | 所属行业 | 企业规模 | 所在地区 |
| 云图通信技术有限公司 | '91350100M000100Y43 | 65 | 中型 | 深圳市 |
| 星桥电子有限公司 | | C | 小型 | 深圳市 |
== 层总量
| 行业门类 | 企业规模 | 企业总数 |
| I | 中型 | 120 |
| C | 小型 | 300 |
== 走访任务
| 教师工号 | 企业全称或信用代码 |
| '20150012 | 云图通信技术有限公司 |
`

var cases = []broken{
	{code: "T001", cell: "1:1", why: "a class list", book: "== 成绩\n| 学号 | 姓名 | 成绩 |\n| '01 | 甲 | 90 |", names: map[string]string{"sheet": "成绩", "header": "学号"}},
	{code: "T002", why: "a curriculum where a visit is expected", book: "%qianqi.template: qianqi-curriculum\n%qianqi.version: 1\n== 版本\n| 版本号 | '2026.1 |"},
	{code: "T003", why: "a future version of our own template", edits: []string{"%qianqi.version: 2", "%qianqi.version: 99"}, names: map[string]string{"text": "模板版本 99，本程序至多 2"}},
	{code: "T003", why: "a future version that a stranger's defined name states", book: "%name TEMPLATE_VERSION: \"99.0\"\n== 学生数据\n| 学号 | 新列 | 单位全称 |\n| '2023001 | ? | 甲公司 |", names: map[string]string{"text": "模板版本 99，本程序至多 2"}},
	{code: "T004", why: "last year's template", edits: []string{"%qianqi.version: 2", "%qianqi.version: 1"}},
	{code: "T005", why: "an empty book", book: "== Sheet1\n"},
	{code: "T005", why: "a visit's sheet without an answer", book: emptied(goodVisit)},
	{code: "T006", why: "one sheet saved alone", edits: []string{"== 岗位 Jobs", "== _jobs"}},
	{code: "T007", why: "a label and its key deleted", edits: []string{"| 走访方式 Mode of visit * | 现场 On site | | visit_mode |\n", ""}},
	{code: "T008", cell: "E1", why: "a column of one's own", edits: []string{"| 技术 * | 方向 * | 时间跨度 | 对岗位的影响 |", "| 技术 * | 方向 * | 时间跨度 | 对岗位的影响 | 领导批示 |", "| 需要无线规划 |", "| 需要无线规划 | 同意 |"}, names: map[string]string{"text": "领导批示"}},
	{code: "T009", cell: "A6", why: "a label twice", edits: []string{"| 走访方式 Mode of visit * | 现场 On site | | visit_mode |", "| 走访方式 | 现场 | | visit_mode |\n| 走访方式 | 线上 | | visit_mode |"}},
	{code: "T010", cell: "E1", why: "an interviewee's telephone", edits: []string{"| 技术 * | 方向 * | 时间跨度 | 对岗位的影响 |", "| 技术 * | 方向 * | 时间跨度 | 对岗位的影响 | 受访人手机 |", "| 需要无线规划 |", "| 需要无线规划 | '13800001111 |"}},
	{code: "T011", why: "a filtered row", edits: []string{"| Wi-Fi 7 | 上升", "~ | Wi-Fi 7 | 上升"}},
	{code: "T012", why: "a hidden column", edits: []string{"== 趋势 Trends", "== 趋势 Trends\n%hide C:C"}},
	{code: "T013", why: "a hidden sheet of one's own", edits: []string{"== 建议 Suggestions", "== 草稿 (hidden)\n| 底稿 | 2 |\n== 建议 Suggestions"}},
	{code: "T014", why: "a further sheet", edits: []string{"== 建议 Suggestions", "== Sheet9\n| 底稿 | 2 |\n== 建议 Suggestions"}},
	{code: "T015", cell: "B1", why: "two headers changed places without their keys", edits: []string{"| 技术 * | 方向 * | 时间跨度 |", "| 技术 * | 时间跨度 | 方向 * |"}},
	{code: "T016", cell: "B3", why: "a merge across two answers", edits: []string{"== 趋势 Trends", "== 趋势 Trends\n%merge B3:C3"}},
	{code: "T017", cell: "B3", why: "a merge down two rows", edits: []string{"== 趋势 Trends", "== 趋势 Trends\n%merge B3:B4", "| 需要无线规划 |", "| 需要无线规划 |\n| 云原生 | | 3 年 | |"}},
	{code: "T018", why: "a header deleted", edits: []string{"| 技术 * | 方向 * | 时间跨度 | 对岗位的影响 |", "", "~ | technology | direction | horizon | effect |", ""}},
	{code: "T019", why: "a copied sheet", edits: []string{"== 建议 Suggestions", "== 趋势 Trends (2)\n| 技术 * | 方向 * |\n| 云原生 | 上升 |\n== 建议 Suggestions"}},
	{code: "T020", cell: "4:4", why: "a total", edits: []string{"| 需要无线规划 |", "| 需要无线规划 |\n| 合计 | | | 1 项 |"}},
	{code: "T021", why: "the form's own sheet hidden", edits: []string{"== 趋势 Trends", "== 趋势 Trends (hidden)"}},
	{code: "T030", why: "a mapping with a wrong header", book: "== 访企拓岗\n| 走访企业名称 | 牵头拜访人 | 拜访时间 |\n| 云图通信技术有限公司 | 林知远 | 2026-03-05 |", with: national},
	{code: "T031", why: "a foreign form that asks less", book: "== 访企拓岗\n| 走访企业名 | 牵头拜访人 | 拜访时间 |\n| 云图通信技术有限公司 | 林知远 | 2026-03-05 |", with: national},

	{code: "V001", cell: "B5", why: "a required answer blank", edits: []string{"| 现场 On site |", "| |"}},
	{code: "V002", cell: "B11", why: "a name that is not known", edits: []string{"| 云图通信技术有限公司 |", "| 不清楚 |"}},
	{code: "V003", cell: "B14", why: "a size that is not known", edits: []string{"| 中型 Medium |", "| 不清楚 |"}},
	{code: "V004", cell: "B4", why: "a formula", edits: []string{"| 2026-03-05 |", "| =2026-03-05 |"}},
	{code: "V005", cell: "B17", why: "an error value", edits: []string{"| 120 |", "| #REF! |"}},
	{code: "V006", cell: "B17", why: "a range where one number is asked", edits: []string{"| 120 |", "| 100-200人 |"}},
	{code: "V007", cell: "B17", why: "half a person", edits: []string{"| 120 |", "| 120.5 |"}},
	{code: "V008", cell: "B20", why: "a text too long", edits: []string{"| 技术总监 |", "| " + strings.Repeat("长", 41) + " |"}},
	{code: "V009", cell: "H4", why: "8 for 8k", edits: []string{"| 6000 | 9000 |", "| 6 | 9000 |"}},
	{code: "V010", cell: "B4", why: "a weekday", edits: []string{"| 2026-03-05 |", "| 上周三 |"}},
	{code: "V011", cell: "B4", why: "30 February", edits: []string{"| 2026-03-05 |", "| 2026年2月30日 |"}},
	{code: "V012", cell: "B4", why: "three numbers without a year", edits: []string{"| 2026-03-05 |", "| 3/4/26 |"}, names: map[string]string{"text": "3/4/26"}},
	{code: "V013", cell: "B4", why: "a month", edits: []string{"| 2026-03-05 |", "| 2026年3月 |"}},
	{code: "V014", cell: "B5", why: "a word of one's own", edits: []string{"| 现场 On site |", "| 飞鸽传书 |"}},
	{code: "V015", cell: "K4", why: "a zero", edits: []string{jobRow + " 3 |", jobRow + " 0 |"}},
	{code: "V016", cell: "B12", why: "ten characters", edits: []string{"'91350100M000100Y43", "'9135010ABC"}},
	{code: "V017", cell: "B12", why: "a wrong check character", edits: []string{"'91350100M000100Y43", "'91350100M000100Y44"}},
	{code: "V018", cell: "B12", why: "a code typed as a number", edits: []string{"'91350100M000100Y43", "915101001234567890"}},
	{code: "V019", cell: "H4", why: "a daily wage", edits: []string{"| 6000 | 9000 |", "| 200/天 | 9000 |"}},
	{code: "V021", cell: "I4", why: "a yearly wage", edits: []string{"| 6000 | 9000 |", "| 6000 | 120000 |"}},
	{code: "V022", cell: "B20", why: "a mobile number in a text", edits: []string{"| 技术总监 |", "| 技术总监 13800001111 |"}, names: map[string]string{"text": "***********"}},
	{code: "V023", cell: "J4", why: "a rung without a track", edits: []string{"| 数据通信 HCIP |", "| HCIP |"}},
	{code: "V025", cell: "K4", why: "4-5 that became a date", edits: []string{jobRow + " 3 |", jobRow + " 2026-04-05 |"}},
	{code: "V030", cell: "B3", why: "last year's number", edits: []string{"| 2026 | 四位数字", "| 2025 | 四位数字"}},
	{code: "V031", cell: "B4", why: "last year's day", edits: []string{"| 2026-03-05 |", "| 2025-03-05 |"}},
	{code: "V032", cell: "B4", why: "tomorrow", edits: []string{"| 2026-03-05 |", "| 2026-06-02 |"}},
	{code: "V034", cell: "B6", why: "a number that lost its zeros", edits: []string{"'20150012", "1012", "林知远", "何一"}, with: staff, names: map[string]string{"text": "0001012"}},
	{code: "V035", cell: "B7", why: "somebody else's number", edits: []string{"林知远", "陈安"}, with: staff},
	{code: "V036", cell: "B9", why: "oneself as company", edits: []string{"'20150034、20150056", "'20150012、20150056"}},
	{code: "V037", cell: "B9", why: "a name for a number", edits: []string{"'20150034、20150056", "张老师"}, with: staff},
	{code: "V038", cell: "B2", why: "namesakes", book: "== 访企拓岗\n| 走访企业名 | 牵头拜访人 | 拜访时间 |\n| 云图通信技术有限公司 | 何一 | 2026-03-05 |", with: national},
	{code: "V039", cell: "B14", why: "a large enterprise of 120", edits: []string{"| 中型 Medium |", "| 大型 |"}, names: map[string]string{"text": "中型"}},
	{code: "V040", cell: "B21", why: "graduates rated who are not there", edits: []string{"| 近三年录用 | 6 |", "| 近三年录用 | 0 |"}},
	{code: "V040", cell: "B21", why: "graduates rated in a job where none are", edits: []string{"| 近三年录用 | 6 |", "| 近三年录用 | 0 |", "| 满意度 | 4 |", "| 满意度 | |"}},
	{code: "V041", cell: "B21", why: "more graduates than people", edits: []string{"| 近三年录用 | 6 |", "| 近三年录用 | 500 |"}},
	{code: "V042", cell: "B11", why: "a short name", edits: []string{"| 云图通信技术有限公司 |", "| 云图 |"}},
	{code: "V043", cell: "B19", why: "none and some", edits: []string{"| 订单班 |", "| 尚无合作、订单班 |"}},
	{code: "V050", why: "no job", book: withoutJobs(goodVisit)},
	{code: "V051", cell: "H4", why: "swapped ends", edits: []string{"| 6000 | 9000 |", "| 9000 | 6000 |"}},
	{code: "V052", cell: "K4", why: "no rating", edits: []string{jobRow + ratings, jobRow + none}},
	{code: "V053", cell: "L4", why: "importance alone", edits: []string{jobRow + " 3 | 3 |", jobRow + " 3 | |"}},
	{code: "V053", cell: "K4", why: "a required level alone", edits: []string{jobRow + " 3 | 3 |", jobRow + " | 3 |"}},
	{code: "V054", cell: "C4", why: "another programme", edits: []string{"| 网络运维 | 计算机网络技术 |", "| 网络运维 | 物联网应用技术 |"}},
	{code: "V055", cell: "A6", why: "a job twice", edits: []string{"| 无线优化工程师 | 无线与光通信 | 现代通信技术 |", "| 网络运维工程师 | 无线与光通信 | 计算机网络技术 |"}},
	{code: "V056", cell: "H4", why: "a range beside another end", edits: []string{"| 6000 | 9000 |", "| 6k-8k | 9000 |"}},
	{code: "V056", cell: "I4", why: "another end beside a range", edits: []string{"| 6000 | 9000 |", "| 6000 | 8k-9k |"}},
	{code: "V057", cell: "E4", why: "a zero too many", edits: []string{"| 12 | 3 | 大专", "| 12 | 300 | 大专"}},
	{code: "V059", cell: "K4", why: "nothing known", edits: []string{jobRow + ratings, jobRow + unknown}},
	{code: "V061", cell: "D4", why: "more in the role than employed", edits: []string{"| 12 | 3 | 大专", "| 500 | 3 | 大专"}},

	{code: "V070", cell: "A3", why: "a number of no visit", book: bulk, edits: []string{"| V2 | 测试", "| V7 | 测试"}},
	{code: "V071", cell: "A3", why: "no number at all", book: bulk, edits: []string{"| V2 | 测试", "| | 测试"}},
	{code: "V072", cell: "A3", why: "a number twice", book: bulk, edits: []string{"| V2 | 2026", "| V1 | 2026"}},
	{code: "V073", cell: "I3", why: "a visit twice", book: bulk, edits: []string{"2026-03-06", "2026-03-05", "星桥电子有限公司", "云图通信技术有限公司"}},

	{code: "R001", cell: "A3", why: "a number twice", kind: "roster", edits: []string{"| 信息通信学院 |", "| 信息通信学院 |\n| '20150012 | 陈安 | 信息通信学院 |"}},
	{code: "R002", cell: "A3", why: "an enterprise twice", kind: "roster", edits: []string{"| 星桥电子有限公司 | |", "| 云图通信 | '91350100M000100Y43 |"}},
	{code: "R003", cell: "A3", why: "a stratum twice", kind: "roster", edits: []string{"| C | 小型 | 300 |", "| I | 中型 | 130 |"}},
	{code: "R004", cell: "C2", why: "fewer than listed", kind: "roster", edits: []string{"| I | 中型 | 120 |", "| I | 中型 | 1 |", "| 星桥电子有限公司 | | C | 小型 |", "| 星桥电子有限公司 | | I | 中型 |"}},
	{code: "R005", cell: "A3", why: "a stratum without N", kind: "roster", edits: []string{"| C | 小型 | 300 |\n", ""}},
	{code: "R006", cell: "A2", why: "nobody's task", kind: "roster", edits: []string{"| '20150012 | 云图", "| '20159999 | 云图"}},
	{code: "R007", cell: "B2", why: "outside the frame", kind: "roster", edits: []string{"| '20150012 | 云图通信技术有限公司 |", "| '20150012 | 云图通信有限公司 |"}},
	{code: "R008", cell: "B3", why: "a task twice", kind: "roster", edits: []string{"| '20150012 | 云图通信技术有限公司 |", "| '20150012 | 云图通信技术有限公司 |\n| '20150012 | 云图通信技术有限公司 |"}},
}

// withoutJobs takes the rows of jobs out of the good visit.
func withoutJobs(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "| 网络运维工程师") && !strings.HasPrefix(line, "| 无线优化工程师") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// TestAVisitWithoutJobsIsNamed: by its enterprise, or in words where that is blank too.
func TestAVisitWithoutJobsIsNamed(t *testing.T) {
	for book, want := range map[string]codebook.Text{
		withoutJobs(goodVisit): {ZH: "“云图通信技术有限公司”的走访没有", EN: "The visit to “云图通信技术有限公司” has"},
		replace(t, withoutJobs(goodVisit), "云图通信技术有限公司", ""): {ZH: "这家企业的走访没有", EN: "The visit to this enterprise has"},
	} {
		_, issues := Decode(codebook.Default(), BookFromText(book), Context{Year: 2026})
		i := slices.IndexFunc(issues, func(i Issue) bool { return i.Code == "V050" })
		if i < 0 || !strings.HasPrefix(issues[i].Message.ZH, want.ZH) || !strings.HasPrefix(issues[i].Message.EN, want.EN) {
			t.Errorf("%d issues, V050 is number %d; want %+v", len(issues), i, want)
		}
	}
}

// emptied takes every answer out of the good visit's first sheet.
func emptied(text string) string {
	var b strings.Builder
	record := false
	for line := range strings.Lines(text) {
		record = record && !strings.HasPrefix(line, "==") || strings.HasPrefix(line, "== 走访")
		if cells := strings.Split(line, "|"); record && len(cells) > 4 {
			cells[2] = " "
			line = strings.Join(cells, "|")
		}
		b.WriteString(line)
	}
	return b.String()
}

// elsewhere are rules with a test of their own: yes/no answers (no form asks one), contradicting
// rows of a flat table, and the screening over many visits.
var elsewhere = []codebook.RuleID{"V024", "V074", "V080", "V081", "V082", "V083", "V084"}

func (c broken) text(t *testing.T) string {
	t.Helper()
	text := c.book
	switch {
	case c.kind == "roster":
		text = rosterBook
	case text == "":
		text = goodVisit
	}
	edits := c.edits
	for i := 0; i+1 < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			t.Fatalf("%s: the workbook has no %q to replace", c.code, edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	return text
}

func mustMapping(t testing.TB, text string) *Mapping {
	t.Helper()
	m, err := ParseMapping([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (c broken) decode(t *testing.T) []Issue {
	ctx := Context{Year: 2026, Today: "2026-06-01"}
	if slices.Contains(c.with, "staff") {
		roster, _ := DecodeRoster(codebook.Default(), BookFromText(staffBook))
		ctx.Staff = Staff{}
		ctx.Staff.Add(roster.Faculty)
	}
	if slices.Contains(c.with, "national.yaml") {
		ctx.Mapping = mustMapping(t, nationalMapping)
	}
	book := BookFromText(c.text(t))
	if c.kind == "roster" {
		_, issues := DecodeRoster(codebook.Default(), book)
		return issues
	}
	_, issues := Decode(codebook.Default(), book, ctx)
	return issues
}

func TestEveryRuleIsFoundWhereItStands(t *testing.T) {
	cb := codebook.Default()
	for _, c := range cases {
		t.Run(string(c.code)+" "+c.why, func(t *testing.T) {
			issues := c.decode(t)
			var found *Issue
			for i := range issues {
				if issues[i].Code == c.code && issues[i].Ref.Cell() == c.cell {
					found = &issues[i]
				}
			}
			if found == nil {
				for _, i := range issues {
					t.Logf("%s %s %s: %s", i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
				}
				t.Fatalf("no %s at %q", c.code, c.cell)
			}
			rule, _ := cb.Rule(c.code)
			if found.Severity != rule.Severity {
				t.Errorf("severity %s, the catalogue says %s", found.Severity, rule.Severity)
			}
			checkTexts(t, rule, found)
			if say := c.names["text"]; !strings.Contains(found.Message.ZH, say) {
				t.Errorf("the message %q does not say %q", found.Message.ZH, say)
			}
		})
	}
}

// checkTexts holds an issue's texts against its rule: every fixed part of the template must
// stand in the text, and no placeholder may be left over.
func checkTexts(t *testing.T, rule codebook.Rule, i *Issue) {
	t.Helper()
	for _, pair := range [][2]string{
		{rule.Message.ZH, i.Message.ZH}, {rule.Message.EN, i.Message.EN}, {rule.Fix.ZH, i.Fix.ZH}, {rule.Fix.EN, i.Fix.EN},
	} {
		rest := pair[1]
		for _, part := range fixedParts(pair[0]) {
			_, after, found := strings.Cut(rest, part)
			if !found {
				t.Errorf("%q does not follow the catalogue's %q", pair[1], pair[0])
				break
			}
			rest = after
		}
		if strings.ContainsAny(pair[1], "{}") {
			t.Errorf("a placeholder is left in %q", pair[1])
		}
	}
}

func fixedParts(template string) []string {
	var parts []string
	for template != "" {
		before, rest, _ := strings.Cut(template, "{")
		parts = append(parts, before)
		_, template, _ = strings.Cut(rest, "}")
	}
	return parts
}

func TestEveryRuleHasACase(t *testing.T) {
	have := make(map[codebook.RuleID]bool)
	for _, c := range cases {
		have[c.code] = true
	}
	for _, code := range elsewhere {
		have[code] = true
	}
	for _, r := range codebook.Default().Rules {
		if strings.ContainsRune("TVR", rune(r.Code[0])) && !r.Retired && !have[r.Code] {
			t.Errorf("rule %s (%s) has no failing case: add a row to cases in this file", r.Code, r.Title.ZH)
		}
	}
	for code := range have {
		if _, ok := codebook.Default().Rule(code); !ok {
			t.Errorf("case for %s, which the catalogue does not have", code)
		}
	}
}
