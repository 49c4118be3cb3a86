package sample

import (
	"fmt"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Decisions returns the proposals that were decided in the year of the campaign, with their reviews
// and decisions: those of 2025 carry the plot, those of 2026 lie too late for the survey to test.
// Other years have none. Each year stands by itself: a decision and its proposal are never apart.
func (c *Campaign) Decisions() *curriculum.Register {
	var reg curriculum.Register
	switch c.Year {
	case mendedYear - 1:
		c.decidePlot(&reg)
	case mendedYear:
		c.decideLater(&reg)
	}
	return &reg
}

// matter is one proposal and what became of it.
type matter struct {
	number     int
	origin     curriculum.Origin
	programme  codebook.ProgrammeID
	module     curriculum.ModuleCode
	competency codebook.CompetencyID
	kind       string
	text       string
	evidence   string
	enterprise string // the enterprise's opinion
	outcome    string
	reason     string
}

func (c *Campaign) decidePlot(reg *curriculum.Register) {
	p := c.model.plot
	mended, unmended := c.cb.Name("competencies", string(p.Mended)).ZH, c.cb.Name("competencies", string(p.Unmended)).ZH
	other := c.otherProgramme()
	c.settle(reg, matter{
		number: 1, origin: curriculum.FromGap, programme: p.Programme, module: c.mendedModule(), competency: p.Mended,
		kind: curriculum.Strengthen, text: "增设" + mended + "实战单元，24学时，使用企业真实案例",
		evidence: gapAddress(surveyed(c.Year), p.Programme, p.Mended), enterprise: "support",
		outcome: curriculum.Adopt, reason: "差距显著，企业愿提供案例和设备",
	})
	c.settle(reg, matter{
		number: 2, origin: curriculum.FromGap, programme: p.Programme, module: c.addedModule(), competency: p.Unmended,
		kind: curriculum.Add, text: "新增与" + unmended + "有关的拓展模块，48学时，第五学期选修",
		evidence: gapAddress(surveyed(c.Year), p.Programme, p.Unmended), enterprise: "amend",
		outcome: curriculum.Adopt, reason: "先以选修试行，下一轮调研检验",
	})
	c.settle(reg, matter{
		number: 3, origin: curriculum.FromSuggestion, programme: other, module: c.someModule(other), competency: p.Narrowing,
		kind: curriculum.Update, text: "更新" + c.cb.Name("competencies", string(p.Narrowing)).ZH + "案例库",
		evidence: "教师建议汇总", enterprise: "object", outcome: curriculum.Reject, reason: "差距正在缩小，维持现状",
	})
}

func (c *Campaign) decideLater(reg *curriculum.Register) {
	p := c.model.plot
	other := c.otherProgramme()
	c.settle(reg, matter{
		number: 1, origin: curriculum.FromGap, programme: other, module: c.someModule(other), competency: p.Mended,
		kind: curriculum.Strengthen, text: "参照实战单元的做法，增加" + c.cb.Name("competencies", string(p.Mended)).ZH + "实训",
		evidence: gapAddress(surveyed(c.Year), other, p.Mended), enterprise: "support",
		outcome: curriculum.Defer, reason: "待首个实战单元的检验结果",
	})
}

// gapAddress is the address of a performance gap in the report of a year.
func gapAddress(year int, p codebook.ProgrammeID, c codebook.CompetencyID) string {
	return fmt.Sprintf("%d/%s/%s/performance_gap", year, p, c)
}

// surveyed is the survey that a year's decisions rest on.
func surveyed(year int) int { return year - 1 }

// otherProgramme is one the plot is not about.
func (c *Campaign) otherProgramme() codebook.ProgrammeID {
	for _, p := range c.cb.Programmes {
		if p.Code != c.model.plot.Programme {
			return p.Code
		}
	}
	return c.model.plot.Programme
}

// someModule is the last core module of a programme.
func (c *Campaign) someModule(p codebook.ProgrammeID) curriculum.ModuleCode {
	var code curriculum.ModuleCode
	for _, m := range c.modules(p) {
		if code == "" || m.Category == curriculum.Core {
			code = m.Code
		}
	}
	return code
}

// settle records a matter: opened in November after the survey, reviewed in February, decided in
// March, in force from the next map.
func (c *Campaign) settle(reg *curriculum.Register, m matter) {
	base := surveyed(c.Year)
	id := curriculum.ProposalID(fmt.Sprintf("P%d-%02d", base, m.number))
	review := func(side curriculum.Side, role, opinion, text string, day int) curriculum.Review {
		return curriculum.Review{
			Proposal: id, Side: side, Role: role, Opinion: opinion, Text: text,
			Day: survey.Day(fmt.Sprintf("%d-02-%02d", c.Year, day)),
		}
	}
	reg.Proposals = append(reg.Proposals, curriculum.Proposal{
		ID: id, Year: base, Opened: survey.Day(fmt.Sprintf("%d-11-%02d", base, 10+m.number)), Origin: m.origin, Evidence: m.evidence,
		Programme: m.programme, Module: m.module, Competency: m.competency, Kind: m.kind, Text: m.text,
		Reviews: []curriculum.Review{
			review(curriculum.School, "专业带头人（示例）", "support", "与培养方案一致", 10),
			review(curriculum.Enterprise, "合作企业培训经理（示例）", m.enterprise, opinions[m.enterprise], 20),
		},
	})
	reg.Decisions = append(reg.Decisions, curriculum.Decision{
		ID: fmt.Sprintf("D%d-%02d", c.Year, m.number), Proposal: id, Day: survey.Day(fmt.Sprintf("%d-03-%02d", c.Year, 10+m.number)),
		Outcome: m.outcome, Reason: m.reason, ModuleVersion: c.versionOf(m), Effective: c.Year + 1,
		Programme: m.programme, Module: m.module, Competency: m.competency, Kind: m.kind, Year: base,
	})
}

var opinions = map[string]string{"support": "岗位确有需要", "amend": "建议先小范围试行", "object": "暂无必要"}

// versionOf is the map that carries an adopted change.
func (c *Campaign) versionOf(m matter) string {
	if m.outcome != curriculum.Adopt {
		return ""
	}
	return c.mapVersion(c.Year + 1)
}
