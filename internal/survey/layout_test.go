package survey

import (
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// TestLayoutsPeopleMake reads the good visit as people change its sheets: what is read must not change, and
// what is said about the sheet must be true.
func TestLayoutsPeopleMake(t *testing.T) {
	const (
		trendsHead = "| 技术 * | 方向 * | 时间跨度 | 对岗位的影响 |"
		trendsKeys = "~ | technology | direction | horizon | effect |"
		wifi       = "| Wi-Fi 7 | 上升 | 3 年 | 需要无线规划 |"
	)
	for _, c := range []struct {
		why    string
		edits  []string
		issues []string // code and cell of each
		trends int
	}{
		{"nothing changed", nil, nil, 1},
		{"a remark below the table is no record", []string{wifi, wifi + "\n| 注：技术名称请写全称 |"}, []string{"T020 4:4"}, 1},
		{"a remark with a star", []string{wifi, wifi + "\n| * 必填 |"}, []string{"T020 4:4"}, 1},
		{"a technology alone is a record that lacks its answers", []string{wifi, wifi + "\n| 云原生 |"}, []string{"V001 B4"}, 2},
		{"a total above the notes", []string{wifi, wifi + "\n| 总计： | | | 1 |"}, []string{"T020 4:4"}, 1},
		{"a cell of blanks is no answer", []string{wifi, wifi + "\n| \"  \" | \" \" | | |"}, nil, 1},
		{"numbers beside the table without a header", []string{wifi, wifi[:len(wifi)-1] + "| | 7 |"}, []string{"T008 F2"}, 1},
		{"a formula beside the table says nothing of the form", []string{wifi, wifi[:len(wifi)-1] + "| | =7 |"}, nil, 1},
		{"a key of one's own in the key row", []string{trendsKeys, trendsKeys + " _row |", wifi, wifi + " '7 |"}, []string{"T008 E2"}, 1},
		{"a line break in a header", []string{"对岗位的影响", `对岗位\n的影响`}, nil, 1},
		{"a title above the header", []string{trendsHead, "| 技术趋势（请按实际填写） |\n" + trendsHead}, nil, 1},
		{"blank rows between title, header and keys", []string{trendsHead, "| 技术趋势 |\n\n\n" + trendsHead}, nil, 1},
		{"a header row deleted, its keys left", []string{trendsHead + "\n", ""}, nil, 1},
		{"a merge above the data", []string{trendsHead, "%merge A1:D1\n| 技术趋势 |\n" + trendsHead}, nil, 1},
		{"a second sheet of the same part with nothing in it", []string{"== 建议 Suggestions", "== 趋势 (2)\n" + trendsHead + "\n== 建议 Suggestions"}, nil, 1},
		{"a hidden row of the visit's sheet", []string{"| 员工人数 Employees |", "~ | 员工人数 Employees |"}, []string{"T011 "}, 1},
		{"a label of one's own among the visit's", []string{"| 员工人数 Employees |", "| 食堂口味 | 好 | | |\n| 员工人数 Employees |"}, []string{"T008 A17"}, 1},
		{"a label beside another's key", []string{"| 近三年录用 |", "| 员工人数 |"}, []string{"T015 A21"}, 1},
		{"instructions of another hand", []string{"== 建议 Suggestions", "== 使用说明（王）\n| 请填写 | 各表 |\n== 建议 Suggestions"}, nil, 1},
		{"a no-break space and a line break after an answer", []string{"技术总监", "\"技术总监\u00a0\\n\""}, nil, 1},
	} {
		visits, issues := Decode(codebook.Default(), BookFromText(replace(t, goodVisit, c.edits...)), Context{Year: 2026, Today: "2026-06-01"})
		var got []string
		for _, i := range issues {
			got = append(got, string(i.Code)+" "+i.Ref.Cell())
		}
		slices.Sort(got)
		if !slices.Equal(got, c.issues) || len(visits) != 1 || len(visits[0].Trends) != c.trends || visits[0].IntervieweeRole != "技术总监" || len(visits[0].Jobs) != 2 {
			t.Errorf("%s: issues %q, want %q; visits %+v", c.why, got, c.issues, visits)
		}
	}
}

// TestFlatTables reads jobs that stand beside their visit, however their columns are numbered and asked about.
func TestFlatTables(t *testing.T) {
	const head = "| 年份 | 走访日期 | 走访方式 | 工号 | 姓名 | 部门 | 面向专业 | 企业名称 | 行业 | 规模 | 地区 | 受访人职务 |"
	const row = "| 2026 | 2026-03-05 | 现场 | '20150012 | 林知远 | 信息通信学院 | 计算机网络技术 | 云图通信技术有限公司 | 65 | 中型 | 深圳 | 技术总监 |"
	for _, c := range []struct {
		why, heads, cells string
		titles            string // of the jobs read
		rating            Answer[int]
	}{
		{"numbers behind the headers", " 岗位名称1 | 岗位类别1 | 岗位名称2 | 岗位类别2 |", " 网络工程师 | 网络工程师 | 运维工程师 | 网络运维 |", "网络工程师 运维工程师", Answer[int]{}},
		{"numbers behind a hyphen", " 岗位名称-1 | 岗位类别-1 | 岗位名称-2 | 岗位类别-2 |", " 网络工程师 | 网络工程师 | 运维工程师 | 网络运维 |", "网络工程师 运维工程师", Answer[int]{}},
		{"numbers in brackets are no groups: the second is asked about", " 岗位名称（1） | 岗位类别（1） | 岗位名称（2） | 岗位类别（2） |", " 网络工程师 | 网络工程师 | 运维工程师 | 网络运维 |", "网络工程师", Answer[int]{}},
		{"the part in front", " 岗位1：岗位名称 | 岗位1：岗位类别 | 岗位2：岗位名称 | 岗位2：岗位类别 |", " 网络工程师 | 网络工程师 | 运维工程师 | 网络运维 |", "网络工程师 运维工程师", Answer[int]{}},
		{"a matrix question about one job", " 岗位1-岗位名称 | 岗位1-岗位类别 | 7、岗位1对各项能力的要求水平—协议理解 |", " 网络工程师 | 网络工程师 | 4 |", "网络工程师", Have(4)},
		{"matrix questions about two jobs", " 岗位1-岗位名称 | 岗位1-岗位类别 | 岗位2-岗位名称 | 岗位2-岗位类别 | 7、岗位1对各项能力的要求水平—协议理解 | 8、岗位2对各项能力的要求水平—协议理解 |", " 网络工程师 | 网络工程师 | 运维工程师 | 网络运维 | 4 | 2 |", "网络工程师 运维工程师", Have(4)},
		{"a matrix question that speaks of two measures", " 岗位1-岗位名称 | 岗位1-岗位类别 | 7、岗位1的重要程度和要求水平—协议理解 |", " 网络工程师 | 网络工程师 | 4 |", "网络工程师", Answer[int]{}},
		{"a matrix question about no competency", " 岗位1-岗位名称 | 岗位1-岗位类别 | 7、岗位1的要求水平—交流 |", " 网络工程师 | 网络工程师 | 4 |", "网络工程师", Answer[int]{}},
	} {
		visits, issues := Decode(codebook.Default(), BookFromText("== 问卷\n"+head+c.heads+"\n"+row+c.cells), Context{Year: 2026})
		if len(visits) != 1 {
			t.Errorf("%s: %d visits, %v", c.why, len(visits), codesOf(issues))
			continue
		}
		var titles []string
		for _, j := range visits[0].Jobs {
			titles = append(titles, j.Title)
		}
		if got := strings.Join(titles, " "); got != c.titles {
			t.Errorf("%s: jobs %q, want %q", c.why, got, c.titles)
			continue
		}
		if asked := strings.Contains(c.why, "asked about"); asked != (find(issues, "T009") != nil) {
			t.Errorf("%s: issues %v", c.why, codesOf(issues))
		}
		if last := visits[0].Jobs[len(titles)-1].Ratings[2].Required; len(titles) > 1 && c.rating.Known() && last != Have(2) {
			t.Errorf("%s: the second job's rating is %+v, want 2", c.why, last)
		}
		if got := visits[0].Jobs[0].Ratings[2].Required; got != c.rating {
			t.Errorf("%s: protocol comprehension is required at %+v, want %+v", c.why, got, c.rating)
		}
	}
}

// TestRowsBelowTheirVisit: in a flat table a row that names no visit belongs to the one above it.
func TestRowsBelowTheirVisit(t *testing.T) {
	second := strings.Split(strings.TrimSpace(flatVisit), "\n")[3]
	blanks := replace(t, second, "| V1 | 2026 | 2026-03-05 | 现场 | '20150012 | 林知远 | 信息通信学院 | 物联网应用技术 | 云图通信技术有限公司 | 65 | 中型 | 深圳市 | 技术总监 |", "| | | | | | | | | | | | | |")
	visits, issues := Decode(codebook.Default(), BookFromText(replace(t, flatVisit, second, blanks)), Context{Year: 2026, Today: "2026-06-01"})
	if len(visits) != 1 || len(visits[0].Jobs) != 2 || HasErrors(issues) {
		t.Errorf("%d visits, issues %v", len(visits), codesOf(issues))
	}
}

// TestPartsThatNameNoVisit: a row of a bulk workbook that names its visit by words no visit has, or by none at all,
// is asked about where it stands.
func TestPartsThatNameNoVisit(t *testing.T) {
	named := replace(t, bulk, "| 走访编号 | 岗位名称 |", "| 企业全称 | 岗位名称 |", "| V1 | 嵌入式工程师", "| 云图通信技术有限公司 | 嵌入式工程师")
	for _, c := range []struct {
		why, book, cell string
	}{
		{"an enterprise that no visit names", replace(t, named, "| V2 | 测试工程师", "| 南山电子有限公司 | 测试工程师"), "A3"},
		{"no name at all", replace(t, named, "| V2 | 测试工程师", "| | 测试工程师"), "3:3"},
	} {
		visits, issues := Decode(codebook.Default(), BookFromText(c.book), Context{Year: 2026})
		i := find(issues, "V071")
		if i == nil || i.Ref.Cell() != c.cell || len(visits) != 2 || len(visits[0].Jobs) != 1 || len(visits[1].Jobs) != 0 {
			t.Errorf("%s: no V071 at %s: %v", c.why, c.cell, codesOf(issues))
		}
	}
}

// TestPartsOfOneVisit: a bulk workbook with a single visit takes no row that names another one.
func TestPartsOfOneVisit(t *testing.T) {
	const second = "| V2 | 2026 | 2026-03-06 | 现场 | '20150012 | 林知远 | 信息通信学院 | 物联网应用技术 | 星桥电子有限公司 | 65 | 中型 | 深圳市 | 技术总监 |\n"
	one := replace(t, bulk, second, "")
	named := replace(t, one, "| 走访编号 | 岗位名称 |", "| 企业全称 | 岗位名称 |", "| V1 | 嵌入式工程师", "| 云图通信技术有限公司 | 嵌入式工程师")
	for _, c := range []struct {
		why, book string
		code      codebook.RuleID // "" for none
		jobs      int
	}{
		{"the number of another visit", one, "V070", 1},
		{"its own number", replace(t, one, "| V2 | 测试工程师", "| v1 | 测试工程师"), "", 2},
		{"no number", replace(t, one, "| V2 | 测试工程师", "| | 测试工程师"), "", 2},
		{"numbers where the visit has none", replace(t, one, "| V1 | 2026 |", "| | 2026 |"), "V070", 0},
		{"another enterprise", replace(t, named, "| V2 | 测试工程师", "| 南山电子有限公司 | 测试工程师"), "V071", 1},
		{"its own name", replace(t, named, "| V2 | 测试工程师", "| 云图通信技术有限公司 | 测试工程师"), "", 2},
		{"no name", replace(t, named, "| V2 | 测试工程师", "| | 测试工程师"), "", 2},
	} {
		visits, issues := Decode(codebook.Default(), BookFromText(c.book), Context{Year: 2026})
		if len(visits) != 1 || len(visits[0].Jobs) != c.jobs || HasErrors(issues) != (c.code != "") || c.code != "" && find(issues, c.code) == nil {
			t.Errorf("%s: %d visits, %d jobs, issues %v; want %d jobs, %s", c.why, len(visits), len(visits[0].Jobs), codesOf(issues), c.jobs, c.code)
		}
	}
}
