package curriculum

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// ModuleCode names a module across versions of the curriculum, e.g. "NET-201".
type ModuleCode string

// Map is one version of the curriculum: which modules the programmes share and what these
// teach, certify and exercise.
type Map struct {
	College            string
	Version            string     // e.g. "2026.1"
	ValidFrom          survey.Day // first day the version is in force
	SchoolReviewer     string     // a role, never a name
	EnterpriseReviewer string     // a role, never a name
	Note               string     // what changed since the version before
	Programmes         []Programme
	Modules            []Module // in workbook order
	Notes              []Note
}

// Programme is a major as this version of the curriculum has it.
type Programme struct {
	Code   codebook.ProgrammeID
	Tracks []codebook.TrackID
	Note   string
	At     survey.Ref
}

// Module is a course module.
type Module struct {
	Code       ModuleCode
	Name       codebook.Text
	Category   string // code of vocabulary module_category: basic, core, elective
	Phase      string // code of vocabulary module_phase: the study phase it is taught in
	Level      string // code of vocabulary module_level: its difficulty
	Hours      float64
	Programmes []codebook.ProgrammeID // that share it
	Teaches    []Teaching
	Certifies  []Certification
	Exercises  []Competition
	Note       string
	At         survey.Ref
}

// The categories of a module.
const (
	Basic    = "basic"
	Core     = "core"
	Elective = "elective"
)

// Compulsory reports whether every student of its programmes takes the module.
func (m *Module) Compulsory() bool { return m.Category != Elective }

// Serves reports whether the programme shares the module.
func (m *Module) Serves(p codebook.ProgrammeID) bool {
	for _, q := range m.Programmes {
		if q == p {
			return true
		}
	}
	return false
}

// Teaching is what a module teaches of one competency: the level its students reach on the
// scale of the codebook and the hours it gives to it.
type Teaching struct {
	Competency codebook.CompetencyID
	Level      int // 1–5
	Hours      survey.Answer[float64]
	Relation   survey.Answer[int] // 0, 1, 3 or 9 in the house of quality; see Strength
	At         survey.Ref
}

// Certification is an exam that a module prepares for.
type Certification struct {
	Track       codebook.TrackID
	Level       codebook.LadderID
	Exam        string   // e.g. "H12-221"
	ExamVersion string   // e.g. "V2.5"
	Domains     []Weight // the exam's domains that the module covers, with their published weights
	At          survey.Ref
}

// Weight is one domain of an exam outline and its share in percent.
type Weight struct {
	Domain  string
	Percent survey.Answer[float64] // only what a published outline states
	At      survey.Ref
}

// Strength is the relation of the module to the competency in a house of quality: 0, 1, 3 or
// 9. Where the workbook gives none it follows from the taught level: 4 and 5 are strong, 3 is
// medium, below is weak (Akao 1990 for the scale).
func (t Teaching) Strength() int {
	switch {
	case t.Relation.Known():
		return t.Relation.Value
	case t.Level >= 4:
		return 9
	case t.Level == 3:
		return 3
	}
	return 1
}

// Competition is a contest track that a module exercises.
type Competition struct {
	Name  string // code of vocabulary competition
	Track string
	Share survey.Answer[float64] // percent of the contest the module covers
	At    survey.Ref
}

// Note is a remark that every reader is shown: a contradiction of the source, a choice made.
type Note struct {
	Text codebook.Text
	At   survey.Ref
}

// Module returns the module with that code.
func (m *Map) Module(code ModuleCode) (*Module, bool) {
	for i := range m.Modules {
		if m.Modules[i].Code == code {
			return &m.Modules[i], true
		}
	}
	return nil, false
}

// Of returns the modules of a programme in workbook order.
func (m *Map) Of(p codebook.ProgrammeID) []*Module {
	var out []*Module
	for i := range m.Modules {
		if m.Modules[i].Serves(p) {
			out = append(out, &m.Modules[i])
		}
	}
	return out
}

// Taught is the level a programme's curriculum leads to in one competency.
type Taught struct {
	Level      int // highest level over all its modules; 0: no module teaches it
	Compulsory int // highest level over the modules every student takes; 0: none
	Hours      float64
	Modules    []ModuleCode // that teach it, in workbook order
}

// Taught says how far a programme teaches a competency. ok is false where the map holds no
// module of the programme: then nothing is known, which is not the same as "not taught".
func (m *Map) Taught(p codebook.ProgrammeID, c codebook.CompetencyID) (t Taught, ok bool) {
	for _, mod := range m.Of(p) {
		ok = true
		for _, teach := range mod.Teaches {
			if teach.Competency == c {
				t.add(mod, teach)
			}
		}
	}
	return t, ok
}

func (t *Taught) add(m *Module, teach Teaching) {
	t.Level = max(t.Level, teach.Level)
	if m.Compulsory() {
		t.Compulsory = max(t.Compulsory, teach.Level)
	}
	t.Hours += teach.Hours.Value
	t.Modules = append(t.Modules, m.Code)
}
