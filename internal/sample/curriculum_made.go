package sample

import (
	"fmt"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// makeUp fills a map for a codebook that the syllabus was not written for: a shared basic module,
// two core modules and an elective for every programme, and what the plot's decisions change.
func (c *Campaign) makeUp(m *curriculum.Map) {
	m.Note = "示例课程地图"
	m.Notes = []curriculum.Note{{Text: codebook.Text{
		ZH: "示例数据：模块、学时与教学水平均为虚构。",
		EN: "Sample data: modules, hours and taught levels are invented.",
	}}}
	shared := c.madeModule("M-B1", codebook.Text{ZH: "专业基础", EN: "Foundations"}, curriculum.Basic, "1", "A")
	for k, comp := range c.model.competencies {
		if k%2 == 0 {
			shared.Teaches = append(shared.Teaches, teaching(comp.Code, 2, 16))
		}
	}
	for _, p := range c.cb.Programmes {
		shared.Programmes = append(shared.Programmes, p.Code)
	}
	m.Modules = append(m.Modules, shared)
	for place, p := range c.cb.Programmes {
		m.Modules = append(m.Modules, c.madeModules(place, p)...)
	}
}

func moduleCode(place int, suffix string) curriculum.ModuleCode {
	return curriculum.ModuleCode(fmt.Sprintf("M%d-%s", place+1, suffix))
}

func (c *Campaign) madeModules(place int, p codebook.Programme) []curriculum.Module {
	var out []curriculum.Module
	for k, part := range []struct {
		suffix, category, phase, level string
		name                           codebook.Text
	}{
		{"C1", curriculum.Core, "3", "B", codebook.Text{ZH: "核心一", EN: "core 1"}},
		{"C2", curriculum.Core, "4", "C", codebook.Text{ZH: "核心二", EN: "core 2"}},
		{"E1", curriculum.Elective, "5", "B", codebook.Text{ZH: "拓展一", EN: "elective 1"}},
	} {
		name := codebook.Text{ZH: p.Name.ZH + part.name.ZH, EN: p.Name.EN + " " + part.name.EN}
		m := c.madeModule(moduleCode(place, part.suffix), name, part.category, part.phase, part.level)
		m.Programmes = []codebook.ProgrammeID{p.Code}
		c.teach(&m, place+k)
		if k < len(p.Tracks) {
			m.Certifies = []curriculum.Certification{{Track: p.Tracks[k], Level: codebook.LadderID(c.cb.Ladder[0].Code)}}
		}
		out = append(out, m)
	}
	if p.Code == c.model.plot.Programme && c.Year >= mendedYear {
		out = append(out, c.madeElective(p))
	}
	return out
}

func (c *Campaign) madeModule(code curriculum.ModuleCode, name codebook.Text, category, phase, level string) curriculum.Module {
	return curriculum.Module{
		Code: code, Name: name, Hours: 96, Category: category,
		Phase: c.known("module_phase", phase), Level: c.known("module_level", level),
	}
}

// teach gives a module three competencies in turn; the plot's one is taught low until the
// decision, high in its module afterwards.
func (c *Campaign) teach(m *curriculum.Module, turn int) {
	n := len(c.model.competencies)
	taught := make(map[codebook.CompetencyID]bool)
	for k := range 3 {
		id := c.model.competencies[(turn*2+k)%n].Code
		taught[id] = true
		m.Teaches = append(m.Teaches, teaching(id, c.taughtLevel(id, m.Code), 24))
	}
	if m.Code == c.mendedModule() && !taught[c.model.plot.Mended] {
		m.Teaches = append(m.Teaches, teaching(c.model.plot.Mended, c.taughtLevel(c.model.plot.Mended, m.Code), 24))
	}
}

func (c *Campaign) taughtLevel(id codebook.CompetencyID, module curriculum.ModuleCode) int {
	switch {
	case id != c.model.plot.Mended:
		return 3
	case module == c.mendedModule() && c.Year >= mendedYear:
		return 4
	}
	return 2
}

// madeElective is what the plot's second decision adds.
func (c *Campaign) madeElective(p codebook.Programme) curriculum.Module {
	id := c.model.plot.Unmended
	of := c.cb.Name("competencies", string(id))
	name := codebook.Text{ZH: of.ZH + "专题", EN: of.EN + " seminar"}
	m := c.madeModule(c.addedModule(), name, curriculum.Elective, "5", "C")
	m.Programmes = []codebook.ProgrammeID{p.Code}
	m.Teaches = []curriculum.Teaching{{Competency: id, Level: 4, Hours: survey.Have(40.0), Relation: survey.Have(9)}}
	return m
}
