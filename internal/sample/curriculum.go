package sample

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

//go:embed data/curriculum.yaml
var curriculumFile []byte

// syllabus is what data/curriculum.yaml says.
type syllabus struct {
	Reviewers struct {
		School     string `yaml:"school"`
		Enterprise string `yaml:"enterprise"`
	} `yaml:"reviewers"`
	Notes []struct {
		ZH   string `yaml:"zh"`
		EN   string `yaml:"en"`
		From int    `yaml:"from"`
	} `yaml:"notes"`
	Changes []struct {
		Year int    `yaml:"year"`
		Note string `yaml:"note"`
	} `yaml:"changes"`
	Modules []moduleEntry `yaml:"modules"`
}

type moduleEntry struct {
	Code         curriculum.ModuleCode                `yaml:"code"`
	ZH           string                               `yaml:"zh"`
	EN           string                               `yaml:"en"`
	Category     string                               `yaml:"category"`
	Phase        string                               `yaml:"phase"`
	Level        string                               `yaml:"level"`
	Hours        float64                              `yaml:"hours"`
	Note         string                               `yaml:"note"`
	From         int                                  `yaml:"from"`  // first year of the map, 0 is always
	Until        int                                  `yaml:"until"` // last year of the map, 0 is always
	Programmes   []codebook.ProgrammeID               `yaml:"programmes"`
	Teaches      map[codebook.CompetencyID][2]float64 `yaml:"teaches"` // level and hours
	Certifies    []certifyEntry                       `yaml:"certifies"`
	Competitions []struct {
		Competition string  `yaml:"competition"`
		Track       string  `yaml:"track"`
		Share       float64 `yaml:"share"`
	} `yaml:"competitions"`
}

type certifyEntry struct {
	Track   codebook.TrackID   `yaml:"track"`
	Level   codebook.LadderID  `yaml:"level"`
	Exam    string             `yaml:"exam"`
	Version string             `yaml:"version"`
	Domains map[string]float64 `yaml:"domains"` // published weights in percent
}

var readSyllabus = sync.OnceValue(func() *syllabus {
	var s syllabus
	mustRead(curriculumFile, &s)
	return &s
})

// Curriculum returns the map in force in the year of the campaign: that of the file where the
// codebook has its programmes and competencies, else one made up for the codebook.
func (c *Campaign) Curriculum() *curriculum.Map {
	s := readSyllabus()
	m := &curriculum.Map{
		College:            c.cb.College,
		Version:            c.mapVersion(c.Year),
		ValidFrom:          survey.Day(fmt.Sprintf("%d-09-01", c.Year-1)),
		SchoolReviewer:     s.Reviewers.School,
		EnterpriseReviewer: s.Reviewers.Enterprise,
	}
	for _, p := range c.cb.Programmes {
		m.Programmes = append(m.Programmes, curriculum.Programme{Code: p.Code, Tracks: slices.Clone(p.Tracks), Note: noteOf(p)})
	}
	if !c.model.told() {
		c.makeUp(m)
		return m
	}
	m.Note = "示例：无变动"
	for _, change := range s.Changes {
		if change.Year == c.Year {
			m.Note = change.Note
		}
	}
	for _, n := range s.Notes {
		if n.From <= c.Year {
			m.Notes = append(m.Notes, curriculum.Note{Text: codebook.Text{ZH: n.ZH, EN: n.EN}})
		}
	}
	for _, e := range s.Modules {
		if e.From <= c.Year && (e.Until == 0 || c.Year <= e.Until) {
			m.Modules = append(m.Modules, c.module(e))
		}
	}
	return m
}

func (c *Campaign) mapVersion(year int) string { return fmt.Sprintf("%d.1", year) }

func noteOf(p codebook.Programme) string {
	if len(p.Notes) == 0 {
		return ""
	}
	return p.Notes[0].ZH
}

// told reports whether the codebook is the one the story and the syllabus were written for.
func (m *model) told() bool {
	s := readStory()
	for _, id := range s.Competencies {
		if m.index(id) < 0 {
			return false
		}
	}
	return !slices.ContainsFunc(s.Programmes, func(p programmeStory) bool {
		_, ok := m.cb.Programme(p.Programme)
		return !ok
	})
}

func (c *Campaign) module(e moduleEntry) curriculum.Module {
	m := curriculum.Module{
		Code: e.Code, Name: codebook.Text{ZH: e.ZH, EN: e.EN}, Category: e.Category, Phase: e.Phase, Level: e.Level,
		Hours: e.Hours, Programmes: slices.Clone(e.Programmes), Note: e.Note,
	}
	for _, comp := range c.model.competencies {
		if t, ok := e.Teaches[comp.Code]; ok {
			m.Teaches = append(m.Teaches, teaching(comp.Code, int(t[0]), t[1]))
		}
	}
	for _, x := range e.Certifies {
		m.Certifies = append(m.Certifies, certification(x))
	}
	for _, x := range e.Competitions {
		m.Exercises = append(m.Exercises, curriculum.Competition{Name: x.Competition, Track: x.Track, Share: survey.Have(x.Share)})
	}
	return m
}

func teaching(id codebook.CompetencyID, level int, hours float64) curriculum.Teaching {
	t := curriculum.Teaching{Competency: id, Level: level, Hours: survey.Have(hours)}
	t.Relation = survey.Have(t.Strength())
	return t
}

// certification lists an exam; its domains by published weight, largest first.
func certification(x certifyEntry) curriculum.Certification {
	out := curriculum.Certification{Track: x.Track, Level: x.Level, Exam: x.Exam, ExamVersion: x.Version}
	for _, name := range slices.Sorted(maps.Keys(x.Domains)) {
		out.Domains = append(out.Domains, curriculum.Weight{Domain: name, Percent: survey.Have(x.Domains[name])})
	}
	slices.SortStableFunc(out.Domains, func(a, b curriculum.Weight) int {
		return cmp.Compare(b.Percent.Value, a.Percent.Value)
	})
	return out
}

// modules are the modules of a programme in force in the year.
func (c *Campaign) modules(p codebook.ProgrammeID) []*curriculum.Module {
	return c.inForce().Of(p)
}

// mendedModule is the module that the plot's first decision strengthens.
func (c *Campaign) mendedModule() curriculum.ModuleCode {
	if c.model.told() {
		return "CN-C3"
	}
	return moduleCode(c.placeOf(c.model.plot.Programme), "C2")
}

// addedModule is the elective that the plot's second decision adds.
func (c *Campaign) addedModule() curriculum.ModuleCode {
	if c.model.told() {
		return "CN-E3"
	}
	return moduleCode(c.placeOf(c.model.plot.Programme), "E2")
}

func (c *Campaign) placeOf(p codebook.ProgrammeID) int {
	return slices.IndexFunc(c.cb.Programmes, func(q codebook.Programme) bool { return q.Code == p })
}
