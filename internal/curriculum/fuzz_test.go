package curriculum_test

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Whatever a person hands in, the decoders answer with issues, never with a panic, and what
// they take has no module without a code and no link to a module that is not there.
func FuzzDecode(f *testing.F) {
	f.Add("%qianqi.template: qianqi-curriculum\n%qianqi.version: 1\n== 课程模块\n| 模块编号 | 模块名称 | 类别 | 学习阶段 | 层级 | 学时 |\n| NET-C1 | 网络互联 | 核心 | 3 | B | 72 |\n== 模块-能力\n| 模块编号 | 能力 | 教学目标水平 | 学时 |\n| NET-C9 | 网络故障诊断 | 9 | 40 |")
	f.Add("%qianqi.template: qianqi-outcomes\n== 证书\n| 年份 | 专业 | 认证方向 | 认证等级 | 参考人数 | 通过人数 |\n| 2026 | 物联网应用技术 | 物联网 | HCIP | 30 | 40 |")
	f.Add("%qianqi.template: qianqi-decisions\n== 提案\n| 提案编号 | 调研年份 |\n| P1 | 2025 |\n== 决定\n| 决定编号 | 提案编号 | 决定 |\n| D1 | P1 | 采纳 |")
	cb := codebook.Default()
	f.Fuzz(func(t *testing.T, text string) {
		book := survey.BookFromText(text)
		m, issues := curriculum.Decode(cb, book)
		if len(m.Modules) == 0 && len(issues) == 0 {
			t.Error("nothing was read and nothing was said")
		}
		for _, mod := range m.Modules {
			if mod.Code == "" {
				t.Errorf("a module without a code: %+v", mod)
			}
		}
		curriculum.DecodeOutcomes(cb, book)
		reg, _ := curriculum.DecodeDecisions(cb, book, m)
		for _, d := range reg.Decisions {
			if _, ok := reg.Proposal(d.Proposal); !ok {
				t.Errorf("a decision on no proposal: %+v", d)
			}
		}
	})
}
