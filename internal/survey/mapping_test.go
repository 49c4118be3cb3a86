package survey

import (
	"os"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

const nationalForm = `
== 访企拓岗
| 主键数据唯一性标识 | 学校代码 | 走访企业名称 | 走访企业统一社会信用代码 | 需求专业代码 | 需求专业名称 | 需求专业层次 | 可提供岗位数 | 平均薪酬（元） | 牵头拜访人 | 职务 | 拜访时间 | 企业接待人姓名 | 接待人职务 | 访谈成果主要形式 |
| '1 | '99999 | 云图通信技术有限公司 | '91350100M000100Y43 | '510201;590301 | 计算机网络技术;老年服务与管理 | 高职专科 | '12 | '6500 | 林知远 | 副院长 | 2026年3月5日 | 王某某 | 人力资源经理 | 座谈 |
| '2 | '99999 | 星桥电子有限公司 | | '510301 | 现代通信技术 | 高职专科 | '3 | '5200 | 陈安 | 教师 | 2026/4/1 | 李某 | 无 | 座谈 |
`

func shippedMapping(t *testing.T) *Mapping {
	t.Helper()
	data, err := os.ReadFile("../../surveys/mappings/fangqi-tuogang.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMapping(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNationalFormThroughItsMapping(t *testing.T) {
	cb := codebook.Default()
	m := shippedMapping(t)
	if problems := m.Check(cb); len(problems) > 0 {
		t.Fatal(problems)
	}
	roster := &Roster{Faculty: []Faculty{{ID: "0012", Name: "林知远", Department: "信息通信学院"}, {ID: "0015", Name: "陈安"}}}
	visits, issues := Decode(cb, BookFromText(nationalForm), Context{Year: 2026, Mapping: m, Roster: roster})
	for _, i := range issues {
		t.Logf("%s %s %s %s: %s", i.Code, i.Severity, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
	}
	for _, v := range visits {
		t.Logf("%+v", v)
	}
}

func TestDraft(t *testing.T) {
	cb := codebook.Default()
	t.Log(string(DraftMapping(cb, BookFromText(nationalForm)).YAML()))
	t.Log(string(DraftMapping(cb, BookFromText(`
== Sheet1
| 调研单位名称 | 走访的日期 | 老师姓名 | 老师工号 | 单位所属的行业 | 单位规模大小 | 走访形式 |
| 甲公司 | 2025-03-05 | 某某 | '12 | 软件业 | 中型企业 | 实地看 |
`)).YAML()))
}
