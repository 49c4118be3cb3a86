package survey

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// nationalForm has the headers of the national visit-and-placement form; its answers are invented.
const nationalForm = `
== 访企拓岗
| 主键数据唯一性标识 | 学校代码 | 走访企业名称 | 走访企业统一社会信用代码 | 需求专业代码 | 需求专业名称 | 需求专业层次 | 可提供岗位数 | 平均薪酬（元） | 牵头拜访人 | 职务 | 拜访时间 | 企业接待人姓名 | 接待人职务 | 访谈成果主要形式 |
| '1 | '99999 | 云图通信技术有限公司 | '91350100M000100Y43 | '510201;590301 | 计算机网络技术;老年服务与管理 | 高职专科 | '12 | '6500 | 林知远 | 副院长 | 2026年3月5日 | 王某某 | 人力资源经理 | 座谈 |
| '2 | '99999 | 星桥电子有限公司 | | '510301 | 现代通信技术 | 高职专科 | '3 | '5200 | 陈安 | 教师 | 2026/4/1 | 李某 | 无 | 座谈 |
`

func TestNationalFormThroughItsMapping(t *testing.T) {
	cb := codebook.Default()
	data, err := os.ReadFile("../../surveys/mappings/fangqi-tuogang.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMapping(data)
	if err != nil {
		t.Fatal(err)
	}
	if problems := m.Check(cb); len(problems) > 0 {
		t.Fatal(problems)
	}
	staff := Staff{}
	staff.Add([]Faculty{{ID: "0012", Name: "林知远", Department: "信息通信学院"}, {ID: "0015", Name: "陈安"}, {Name: "林知远"}})
	visits, issues := Decode(cb, BookFromText(nationalForm), Context{Year: 2026, Mapping: m, Staff: staff})
	for _, i := range issues { // the interviewee's name is not read; what the form does not ask is said once
		if i.Code != "T010" && i.Code != "T031" {
			t.Errorf("%s %s: %s", i.Code, i.Ref.Cell(), i.Message.ZH)
		}
	}
	if len(visits) != 2 {
		t.Fatalf("%d visits", len(visits))
	}
	v := visits[0]
	if v.Enterprise.Name != "云图通信技术有限公司" || v.Enterprise.USCC != "91350100M000100Y43" || v.Day != "2026-03-05" || v.Year != 2026 ||
		v.Faculty != (Faculty{"0012", "林知远", "信息通信学院"}) || v.Mode != "on_site" || v.IntervieweeRole != "人力资源经理" ||
		!reflect.DeepEqual(v.Programmes, []codebook.ProgrammeID{"computer_network"}) || len(v.Jobs) != 0 {
		t.Errorf("read as %+v", v)
	}
	if at := v.Cells["visit_date"].Cell(); at != "L2" {
		t.Errorf("the date stands in %s, want L2", at)
	}
}

const oldForm = `
== Sheet1
| 调研单位名称 | 走访的日期 | 老师姓名 | 老师工号 | 单位所属的行业 | 单位规模大小 | 走访形式 | 领导批示 |
| 云图通信技术有限公司 | 2025-03-05 | 林知远 | '0012 | 软件业 | 中型企业 | 实地看 | 同意 |
`

func TestDraftMapping(t *testing.T) {
	m := DraftMapping(codebook.Default(), BookFromText(oldForm))
	if len(m.Sheets) != 1 || m.Sheets[0].To != "visit" {
		t.Fatalf("sheets %+v", m.Sheets)
	}
	got := make(map[string]codebook.FieldID)
	sure := make(map[string]bool)
	for _, c := range m.Sheets[0].Columns {
		got[c.Header], sure[c.Header] = c.Field, c.confidence == 1
	}
	want := map[string]codebook.FieldID{
		"调研单位名称": "enterprise_name", "走访的日期": "visit_date", "老师姓名": "faculty_name", "老师工号": "faculty_id",
		"单位所属的行业": "industry", "单位规模大小": "enterprise_size", "走访形式": "visit_mode",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("columns %v, want %v", got, want)
	}
	if !sure["走访形式"] || sure["老师姓名"] {
		t.Errorf("走访形式 is an alias, 老师姓名 a likeness: %v", sure)
	}
	if !reflect.DeepEqual(m.Sheets[0].Ignore, []string{"领导批示"}) {
		t.Errorf("ignored %v", m.Sheets[0].Ignore)
	}
	if _, open := m.Values["visit_mode"]["实地看"]; !open {
		t.Errorf("实地看 is no known mode and must be offered for translation: %v", m.Values)
	}
	again, err := ParseMapping(m.YAML())
	if err != nil {
		t.Fatalf("the draft does not read back: %v\n%s", err, m.YAML())
	}
	visits, _ := Decode(codebook.Default(), BookFromText(oldForm), Context{Mapping: again})
	if len(visits) != 1 || visits[0].Enterprise.Size != "medium" || visits[0].Year != 2025 {
		t.Errorf("through the draft: %+v", visits)
	}
}

// What stands in brackets may name the measure: a header is never taken for another measure of
// its competency with full confidence.
func TestDraftMappingReadsBrackets(t *testing.T) {
	m := DraftMapping(codebook.Default(), BookFromText(`
== 问卷
| 企业名称 | 走访日期 | 岗位名称 | 协议理解（重要性） | 协议理解（要求水平） | 逻辑推理（重要程度评价） |
| 云图通信技术有限公司 | 2026-03-05 | 网络工程师 | 4 | 3 | 5 |
`))
	if len(m.Sheets) != 1 {
		t.Fatalf("%+v", m.Sheets)
	}
	want := map[string]string{
		"协议理解（重要性）": "importance:protocol_comprehension", "协议理解（要求水平）": "required_level:protocol_comprehension",
		"逻辑推理（重要程度评价）": "importance:logical_reasoning",
	}
	for _, c := range m.Sheets[0].Columns {
		if w, ok := want[c.Header]; ok && w != strings.TrimPrefix(string(c.Field), "jobs.")+":"+string(c.Competency) {
			t.Errorf("%s is taken for %s of %s", c.Header, c.Field, c.Competency)
		}
		delete(want, c.Header)
	}
	if len(want) > 0 {
		t.Errorf("not taken for anything: %v", want)
	}
}

func TestMappingTranslatesValues(t *testing.T) {
	m, err := ParseMapping([]byte(`
id: old
sheets:
  - from: [Sheet1]
    to: visit
    columns:
      - {header: 调研单位名称, field: enterprise_name}
      - {header: 走访形式, field: visit_mode}
    ignore: [领导批示]
values:
  visit_mode: {实地看: on_site}
not_asked: [job_title]
`))
	if err != nil {
		t.Fatal(err)
	}
	visits, issues := Decode(codebook.Default(), BookFromText(oldForm), Context{Mapping: m})
	if len(visits) != 1 || visits[0].Mode != "on_site" {
		t.Errorf("mode %+v", visits)
	}
	if find(issues, "T008") == nil { // 单位规模大小 is neither mapped nor ignored
		t.Error("an unmapped column was passed over in silence")
	}
	for _, i := range issues {
		if strings.Contains(i.Header, "领导批示") {
			t.Errorf("an ignored header was reported: %s", i.Message.ZH)
		}
	}
}

// TestMappingOfSeveralChoices: a mapping's words count for each answer of a cell with several, and what it
// leaves out takes nothing with it that is on the list.
func TestMappingOfSeveralChoices(t *testing.T) {
	m := mustMapping(t, `
id: several
sheets:
  - from: ["*"]
    to: visit
    columns:
      - {header: 单位, field: enterprise_name}
      - {header: 专业, field: programmes}
      - {header: 生态, field: ecosystems}
values:
  ecosystems: {迈普: other, 华为系: huawei, 甲与乙: 思科, 思科: other}
drop_unknown: [programmes]
not_asked: [job_title]
`)
	for _, c := range []struct{ why, programmes, ecosystems, want, how string }{
		{"apart by a slash", "计算机网络技术/软件技术", "华为", "computer_network; huawei", "计算机网络技术/软件技术: computer_network separators, − 软件技术 mapping"},
		{"apart by a blank", "软件技术 计算机网络技术", "华为", "computer_network; huawei", "软件技术 计算机网络技术: computer_network separators, − 软件技术 mapping"},
		{"apart by a word", "计算机网络技术和软件技术", "华为", "computer_network; huawei", "计算机网络技术和软件技术: computer_network separators, − 软件技术 mapping"},
		{"two known beside an unknown one", "现代通信技术 软件技术/计算机网络技术", "华为", "modern_communication computer_network; huawei",
			"现代通信技术 软件技术/计算机网络技术: modern_communication computer_network separators, − 软件技术 mapping"},
		{"one unknown name stays whole", "老年服务与管理", "华为", "; huawei", "老年服务与管理: − 老年服务与管理 mapping"},
		{"an unknown name beside a known one", "老年服务与管理、计算机网络技术", "华为", "computer_network; huawei", "老年服务与管理、计算机网络技术: − 老年服务与管理 mapping"},
		{"a word of the form's, alone", "计算机网络技术", "迈普", "computer_network; other", "迈普: other mapping"},
		{"a word of the form's, beside a listed one", "计算机网络技术", "华为、迈普", "computer_network; huawei other", "华为、迈普: huawei other mapping"},
		{"two words of the form's", "计算机网络技术", "迈普 华为系", "computer_network; other huawei", "迈普 华为系: other huawei mapping"},
		{"a word of the form's with a separator in it", "计算机网络技术", "迈普、甲与乙", "computer_network; other cisco", "迈普、甲与乙: other cisco mapping"},
		{"what a whole cell means is not translated again", "计算机网络技术", "甲与乙", "computer_network; cisco", "甲与乙: 思科 mapping"},
		{"the form's meaning of a listed word", "计算机网络技术", "华为、思科", "computer_network; huawei other", "华为、思科: huawei other mapping"},
	} {
		visits, issues := Decode(codebook.Default(), BookFromText("== 表\n| 单位 | 专业 | 生态 |\n| 云图通信技术有限公司 | "+c.programmes+" | "+c.ecosystems+" |\n"), Context{Year: 2026, Mapping: m})
		if len(visits) != 1 || find(issues, "V014") != nil {
			t.Fatalf("%s: %d visits, %v", c.why, len(visits), codesOf(issues))
		}
		got := strings.Trim(fmt.Sprint(visits[0].Programmes), "[]") + "; " + strings.Trim(fmt.Sprint(visits[0].Enterprise.Ecosystems), "[]")
		raw, how := "", []string{}
		for _, x := range visits[0].Changes {
			raw, how = x.Raw, append(how, x.Value+" "+x.How)
		}
		slices.Sort(how)
		if said := raw + ": " + strings.Join(how, ", "); got != c.want || said != c.how {
			t.Errorf("%s: read as %q, %q; want %q, %q", c.why, got, said, c.want, c.how)
		}
	}
}

// TestMappingOfSeveralCertificates: the same counts for certificates, of which a cell holds several too.
func TestMappingOfSeveralCertificates(t *testing.T) {
	values := map[codebook.FieldID]map[string]string{"answer": {"CCNP": "数据通信 HCIP", "云与数": "云计算 HCIA、物联网 HCIA", "数据通信": "物联网 HCIE", "甲": "数据通信"}}
	certs := asked(codebook.TypeCerts, "certificates")
	for _, c := range []struct {
		why, cell, want, how, issue string
		lenient                     bool
	}{
		{why: "a word of the form's, alone", cell: "CCNP", want: "datacom/HCIP", how: "数据通信 HCIP mapping"},
		{why: "a word of the form's, beside a listed one", cell: "CCNP、HCIP-Cloud", want: "datacom/HCIP cloud/HCIP", how: "datacom/HCIP cloud/HCIP mapping"},
		{why: "however it is spelt and parted", cell: "hcip-cloud/ccnp", want: "cloud/HCIP datacom/HCIP", how: "cloud/HCIP datacom/HCIP mapping"},
		{why: "one word for two", cell: "云与数", want: "cloud/HCIA iot/HCIA", how: "云计算 HCIA、物联网 HCIA mapping"},
		{why: "the form's meaning of a listed word", cell: "数据通信、CCNP", want: "iot/HCIE datacom/HCIP", how: "iot/HCIE datacom/HCIP mapping"},
		{why: "what a whole cell means is not translated again", cell: "甲", want: "datacom", how: "数据通信 mapping"},
		{why: "one that is on neither list", cell: "CCNP、PMP", want: "datacom/HCIP", how: "datacom/HCIP mapping", issue: "PMP"},
		{why: "one that is left out is written down", cell: "CCNP、PMP", want: "datacom/HCIP", how: "− PMP mapping, datacom/HCIP mapping", lenient: true},
		{why: "all that are left out", cell: "PMP 13812345678、驾驶证", how: "− PMP *********** mapping, − 驾驶证 mapping", lenient: true},
	} {
		in := NewScan(codebook.Default(), 2026)
		(&Mapping{Values: values}).tell(in)
		in.lenient["answer"] = c.lenient
		got := certificatesText(in.Certificates(oneAnswer(t, certs, "'"+c.cell), "answer"))
		var how, issues []string
		for _, x := range in.Changes {
			how = append(how, x.Value+" "+x.How)
		}
		for _, i := range in.Issues {
			issues = append(issues, i.Got)
		}
		if said := strings.Join(how, ", "); got != c.want || said != c.how || strings.Join(issues, " ") != c.issue {
			t.Errorf("%s: read as %q, %q, asked about %v; want %q, %q, %q", c.why, got, said, issues, c.want, c.how, c.issue)
		}
	}
}

func TestParseMappingRefuses(t *testing.T) {
	for why, text := range map[string]string{
		"no id":           "sheets: [{from: [a], to: visit}]",
		"no sheets":       "id: a",
		"an unknown key":  "id: a\nsheet: []",
		"an unknown part": "id: a\nsheets: [{from: [a], to: somewhere}]",
		"no source":       "id: a\nsheets: [{to: visit}]",
		"not YAML":        "{{{",
		"nothing":         "",
		"a wrong type":    "id: [1]\nsheets: 3",
	} {
		if _, err := ParseMapping([]byte(text)); err == nil {
			t.Errorf("%s: no error", why)
		}
	}
	m, err := ParseMapping([]byte("id: a\nsheets: [{from: [a], to: visit, columns: [{header: x, field: nowhere}]}]\nconstants: {nothing: x}\nvalues: {visit_mode: {a: b}, uscc: {a: b}}"))
	if err != nil {
		t.Fatal(err)
	}
	if problems := m.Check(codebook.Default()); len(problems) != 4 {
		t.Errorf("problems %q, want four", problems)
	}
}

// TestMappingOfATable: a mapping reads a flat sheet that has other names for everything, supplies what the form
// never asks, lets an optional header be away, and says which other one is.
func TestMappingOfATable(t *testing.T) {
	m := mustMapping(t, `
id: flat
sheets:
  - from: ["*"]
    to: flat
    columns:
      - {header: 单位, field: enterprise_name}
      - {header: 哪天去的, field: visit_date}
      - {header: 谁去的, field: faculty_name}
      - {header: 招什么人, field: jobs.job_title}
      - {header: 要会看协议, field: jobs.required_level, competency: protocol_comprehension}
      - {header: 备用, field: uscc, optional: true}
      - {header: 规模, field: enterprise_size}
constants: {visit_mode: on_site, enterprise_size: medium, "importance": "3"}
drop_unknown: [programmes]
not_asked: [survey_year, faculty_id, department, industry, enterprise_size, region, interviewee_role, programmes, job_family, programme, headcount, importance, required_level]
`)
	if problems := m.Check(codebook.Default()); len(problems) > 0 {
		t.Fatal(problems)
	}
	const text = "== 表\n| 单位 | 哪天去的 | 谁去的 | 招什么人 | 要会看协议 |\n| 云图通信技术有限公司 | 2026-03-05 | 林知远 | 网络工程师 | 4 |\n"
	visits, issues := Decode(codebook.Default(), BookFromText("== 空表\n"+text), Context{Year: 2026, Mapping: m})
	if len(visits) != 1 || len(visits[0].Jobs) != 1 {
		t.Fatalf("%d visits: %v", len(visits), codesOf(issues))
	}
	v := visits[0]
	if v.Enterprise.Name != "云图通信技术有限公司" || v.Day != "2026-03-05" || v.Mode != "on_site" || v.Enterprise.Size != "medium" ||
		v.Jobs[0].Title != "网络工程师" || v.Jobs[0].Ratings[2].Required != Have(4) || v.Jobs[0].Ratings[2].Importance.Known() {
		t.Errorf("read as %+v", v)
	}
	lacking := find(issues, "T030")
	if lacking == nil || !strings.Contains(lacking.Message.ZH, "规模") || strings.Contains(strings.Join(codesOf(issues), " "), "备用") {
		t.Errorf("issues %v; only 规模 is missed", codesOf(issues))
	}
	if got := Answers(codebook.Default(), BookFromText(text), m); got == nil || len(got.Records("jobs")) != 1 {
		t.Error("the answers of a foreign form are not read through its mapping")
	}
	if got := Answers(codebook.Default(), BookFromText(goodVisit), m); got == nil || got.Version != 2 {
		t.Error("our own template is read through a foreign mapping")
	}
}

// TestMappingFileReadsBack: whatever stands in headers and words, the file that is written says the same again.
func TestMappingFileReadsBack(t *testing.T) {
	odd := "甲\"乙\\丙\n丁\x07戊\u0085己\u2028庚\u2029辛\ufeff壬\ufffd癸\x7f"
	m := &Mapping{
		ID: "m", Title: codebook.Text{ZH: "题", EN: "title"},
		Sheets: []MappedSheet{{From: []string{odd}, To: "visit", Ignore: []string{odd}, Columns: []MappedColumn{
			{Header: odd, Field: "enterprise_name", Optional: true}, {Header: "b", Field: "satisfaction"},
		}}},
		Constants: map[codebook.FieldID]string{"visit_mode": "on_site"}, Values: map[codebook.FieldID]map[string]string{"region": {"甲": "440300"}},
		NotAsked: []codebook.FieldID{"uscc"}, DropUnknown: []codebook.FieldID{"programmes"},
	}
	again, err := ParseMapping(m.YAML())
	if err != nil {
		t.Fatalf("%v\n%s", err, m.YAML())
	}
	if !reflect.DeepEqual(m, again) {
		t.Errorf("written %+v\nread    %+v", m, again)
	}
}

// TestColumnLabels: a mapped column is shown by the names that people know.
func TestColumnLabels(t *testing.T) {
	cb := codebook.Default()
	for want, c := range map[string]MappedColumn{
		"企业全称":     {Field: "enterprise_name"},
		"岗位名称":     {Field: "jobs.2.job_title"},
		"协议理解重要程度": {Field: "jobs.importance", Competency: "protocol_comprehension"},
		"nowhere":  {Field: "nowhere"},
	} {
		got := c.Label(cb)
		if !strings.HasPrefix(strings.ReplaceAll(strings.ReplaceAll(got.ZH, " ", ""), "能力", ""), want) || got.EN == "" {
			t.Errorf("%+v is shown as %q, want %s", c, got, want)
		}
	}
	draft := DraftMapping(cb, BookFromText(oldForm))
	for _, c := range draft.Sheets[0].Columns {
		if sure := c.Confidence() == 1; sure != (c.Header == "走访形式") && c.Header == "走访形式" || c.Confidence() <= 0 || c.Confidence() > 1 {
			t.Errorf("%s is proposed with %v", c.Header, c.Confidence())
		}
	}
	if (MappedColumn{}).Confidence() != 0 {
		t.Error("a column that nobody drafted is sure")
	}
}
