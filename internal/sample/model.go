package sample

import (
	_ "embed"
	"maps"
	"slices"
	"sync"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

//go:embed data/story.yaml
var storyFile []byte

// story is what data/story.yaml says; all lists follow Competencies.
type story struct {
	Plot         plot                               `yaml:"plot"`
	Competencies []codebook.CompetencyID            `yaml:"competencies"`
	Required     map[codebook.FamilyID][]float64    `yaml:"required"`
	Importance   []float64                          `yaml:"importance"`
	Graduate     map[codebook.ProgrammeID][]float64 `yaml:"graduate"`
	Programmes   []programmeStory                   `yaml:"programmes"`
	Growth       map[codebook.FamilyID]float64      `yaml:"growth"`
	Industries   map[string]int                     `yaml:"industries"`
}

// plot names what happens to whom.
type plot struct {
	Programme codebook.ProgrammeID  `yaml:"programme"`
	Mended    codebook.CompetencyID `yaml:"mended"`
	Unmended  codebook.CompetencyID `yaml:"unmended"`
	Narrowing codebook.CompetencyID `yaml:"narrowing"`
}

type programmeStory struct {
	Programme codebook.ProgrammeID      `yaml:"programme"`
	Share     int                       `yaml:"share"`
	Cohort    int                       `yaml:"cohort"`
	Families  map[codebook.FamilyID]int `yaml:"families"`
}

var readStory = sync.OnceValue(func() *story {
	var s story
	mustRead(storyFile, &s)
	return &s
})

// model is the story laid over one codebook: latent means for every family, programme and
// competency it has. What the story does not name gets generic means, so that any codebook works.
type model struct {
	cb           *codebook.Codebook
	competencies []codebook.Competency
	plot         plot
	required     map[codebook.FamilyID][]float64    // by active competency
	importance   map[codebook.FamilyID][]float64    // by active competency
	graduate     map[codebook.ProgrammeID][]float64 // by active competency, in plotStart
	shares       weighted[codebook.ProgrammeID]
	cohorts      map[codebook.ProgrammeID]int
	families     map[codebook.ProgrammeID]*weighted[codebook.FamilyID]
	growth       map[codebook.FamilyID]float64
	industries   weighted[string]
	cities       cities
	words        map[codebook.CompetencyID][]string // Chinese words of the lexicon
}

func newModel(cb *codebook.Codebook) *model {
	s := readStory()
	m := &model{
		cb:           cb,
		competencies: cb.Active(),
		required:     make(map[codebook.FamilyID][]float64),
		importance:   make(map[codebook.FamilyID][]float64),
		graduate:     make(map[codebook.ProgrammeID][]float64),
		cohorts:      make(map[codebook.ProgrammeID]int),
		families:     make(map[codebook.ProgrammeID]*weighted[codebook.FamilyID]),
		growth:       s.Growth,
		cities:       newCities(cb),
		words:        chineseWords(cb),
	}
	m.plot = m.castPlot(s.Plot)
	for i, it := range cb.Items("job_family") {
		m.addFamily(s, codebook.FamilyID(it.Code), i)
	}
	for i, p := range cb.Programmes {
		m.addProgramme(s, p.Code, i)
	}
	for _, division := range slices.Sorted(maps.Keys(s.Industries)) {
		if _, known := cb.Find("industry", division); known {
			m.industries.add(division, s.Industries[division])
		}
	}
	return m
}

// castPlot keeps the story's plot where the codebook has its actors, and casts others where not.
func (m *model) castPlot(p plot) plot {
	last := len(m.competencies) - 1
	if _, ok := m.cb.Programme(p.Programme); !ok {
		p.Programme = m.cb.Programmes[0].Code
	}
	for _, role := range []struct {
		id     *codebook.CompetencyID
		standI int
	}{{&p.Mended, last - 1}, {&p.Unmended, 0}, {&p.Narrowing, last}} {
		if m.index(*role.id) < 0 {
			*role.id = m.competencies[role.standI].Code
		}
	}
	return p
}

// index is the place of an active competency, -1 where the codebook does not ask it.
func (m *model) index(id codebook.CompetencyID) int {
	return slices.IndexFunc(m.competencies, func(c codebook.Competency) bool { return c.Code == id })
}

func (m *model) addFamily(s *story, id codebook.FamilyID, place int) {
	required := make([]float64, len(m.competencies))
	importance := make([]float64, len(m.competencies))
	for i, c := range m.competencies {
		at := slices.Index(s.Competencies, c.Code)
		required[i] = genericRequired(place, i, c.Code, m.plot)
		if at >= 0 && s.Required[id] != nil {
			required[i] = s.Required[id][at]
		}
		importance[i] = 1.2 + 0.75*required[i]
		if at >= 0 {
			importance[i] += s.Importance[at]
		}
	}
	m.required[id], m.importance[id] = required, importance
}

// genericRequired spreads the levels from 2.9 to 3.8; the plot's gaps are demanded everywhere.
func genericRequired(family, competency int, id codebook.CompetencyID, p plot) float64 {
	if id == p.Mended || id == p.Unmended {
		return 3.8
	}
	return 2.9 + 0.15*float64((family*2+competency*3)%7)
}

func (m *model) addProgramme(s *story, id codebook.ProgrammeID, place int) {
	at := slices.IndexFunc(s.Programmes, func(p programmeStory) bool { return p.Programme == id })
	told := programmeStory{Share: 20, Cohort: 120, Families: m.genericFamilies(place)}
	if at >= 0 && m.knowsFamilies(s.Programmes[at].Families) {
		told = s.Programmes[at]
	}
	m.shares.add(id, told.Share)
	m.cohorts[id] = told.Cohort
	families := &weighted[codebook.FamilyID]{}
	for _, f := range slices.Sorted(maps.Keys(told.Families)) {
		families.add(f, told.Families[f])
	}
	m.families[id] = families
	m.graduate[id] = m.graduateLevels(s, id, place)
}

func (m *model) knowsFamilies(families map[codebook.FamilyID]int) bool {
	for f := range families {
		if m.required[f] == nil {
			return false
		}
	}
	return true
}

// genericFamilies gives a programme a few families, overlapping with its neighbours'.
func (m *model) genericFamilies(place int) map[codebook.FamilyID]int {
	items := m.cb.Items("job_family")
	out := make(map[codebook.FamilyID]int)
	for k, weight := range []int{50, 30, 20} {
		out[codebook.FamilyID(items[(place*2+k)%len(items)].Code)] += weight
	}
	return out
}

func (m *model) graduateLevels(s *story, id codebook.ProgrammeID, place int) []float64 {
	levels := make([]float64, len(m.competencies))
	for i, c := range m.competencies {
		at := slices.Index(s.Competencies, c.Code)
		switch {
		case at >= 0 && s.Graduate[id] != nil:
			levels[i] = s.Graduate[id][at]
		case c.Code == m.plot.Mended:
			levels[i] = 2.3
		case c.Code == m.plot.Narrowing:
			levels[i] = 2.4
		default:
			levels[i] = 2.7 + 0.1*float64((place+i*2)%4)
		}
	}
	return levels
}

const (
	mendedYear  = 2026 // first survey after the decision took effect
	mendedBy    = 0.95
	narrowsBy   = 0.28 // a year
	demandDrift = 0.03 // a year: jobs ask a little more
)

// requiredMean is the latent level a job family asks for.
func (m *model) requiredMean(f codebook.FamilyID, competency, year int) float64 {
	return m.required[f][competency] + demandDrift*float64(year-plotStart)
}

// graduateMean is the latent level a programme's graduates show, the plot included.
func (m *model) graduateMean(p codebook.ProgrammeID, competency, year int) float64 {
	x := m.graduate[p][competency]
	switch id := m.competencies[competency].Code; {
	case id == m.plot.Mended && p == m.plot.Programme && year >= mendedYear:
		x += mendedBy
	case id == m.plot.Narrowing:
		x += narrowsBy * float64(min(max(year-plotStart, 0), 3))
	}
	return x
}
