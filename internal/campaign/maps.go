package campaign

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// MapQuery says which versions of the curriculum map are listed, and whether with their modules.
type MapQuery struct {
	Version   string // "" is every version, or the newest where a programme is named
	Programme string // its modules only; "" lists none without a version
}

// MapVersion is one version of the curriculum map.
type MapVersion struct {
	Version            string      `json:"version"`
	ValidFrom          survey.Day  `json:"valid_from"`
	SchoolReviewer     string      `json:"school_reviewer"`
	EnterpriseReviewer string      `json:"enterprise_reviewer"`
	Note               string      `json:"note,omitempty"`
	Count              int         `json:"modules_count"`
	Modules            []MapModule `json:"modules,omitempty"`
}

// MapModule is a module in words.
type MapModule struct {
	Module         curriculum.ModuleCode  `json:"module"`
	Name           codebook.Text          `json:"name"`
	Category       string                 `json:"category"`
	Phase          string                 `json:"phase"`
	Hours          float64                `json:"hours"`
	Programmes     []codebook.ProgrammeID `json:"programmes"`
	Teaches        []string               `json:"teaches"`
	Certifications []string               `json:"certifications"`
	Competitions   []string               `json:"competitions"`
}

// Maps lists the versions of the curriculum map by first day. The error is *ErrChoice for a
// programme or version that is none.
func (c *Campaign) Maps(ctx context.Context, q MapQuery) ([]MapVersion, error) {
	versions, err := c.Store.Curricula(ctx)
	if err != nil {
		return nil, err
	}
	if q.Programme != "" {
		if q.Programme, err = c.Code("programmes", "programme", q.Programme); err != nil {
			return nil, err
		}
		if n := len(versions); q.Version == "" && n > 0 {
			q.Version = versions[n-1].Version
		}
	}
	out := []MapVersion{}
	none := &ErrChoice{What: "version", Got: q.Version}
	for i := range versions {
		m := &versions[i]
		none.Allowed = append(none.Allowed, m.Version)
		if q.Version == "" || q.Version == m.Version {
			out = append(out, c.mapVersion(m, q))
		}
	}
	if q.Version != "" && len(out) == 0 {
		return nil, none
	}
	return out, nil
}

func (c *Campaign) mapVersion(m *curriculum.Map, q MapQuery) MapVersion {
	v := MapVersion{Version: m.Version, ValidFrom: m.ValidFrom, SchoolReviewer: m.SchoolReviewer, EnterpriseReviewer: m.EnterpriseReviewer,
		Note: m.Note, Count: len(m.Modules)}
	if q == (MapQuery{}) {
		return v
	}
	for i := range m.Modules {
		if mod := &m.Modules[i]; q.Programme == "" || mod.Serves(codebook.ProgrammeID(q.Programme)) {
			v.Modules = append(v.Modules, c.mapModule(mod))
		}
	}
	return v
}

func (c *Campaign) mapModule(m *curriculum.Module) MapModule {
	out := MapModule{Module: m.Code, Name: m.Name, Category: c.Codebook.Name("module_category", m.Category).ZH, Phase: c.Codebook.Name("module_phase", m.Phase).ZH,
		Hours: m.Hours, Programmes: m.Programmes, Teaches: []string{}, Certifications: []string{}, Competitions: []string{}}
	for _, t := range m.Teaches {
		out.Teaches = append(out.Teaches, fmt.Sprintf("%s %d", c.Codebook.Name("competencies", string(t.Competency)).ZH, t.Level))
	}
	for _, x := range m.Certifies {
		text := strings.TrimSpace(string(x.Track) + "/" + string(x.Level) + " " + strings.TrimSpace(x.Exam+" "+x.ExamVersion))
		out.Certifications = append(out.Certifications, text)
	}
	for _, x := range m.Exercises {
		out.Competitions = append(out.Competitions, strings.TrimSpace(cmp.Or(c.Codebook.Name("competition", x.Name).ZH, x.Name)+" "+x.Track))
	}
	return out
}
