package sample

import (
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
)

func TestMapCarriesTheSourcesTable(t *testing.T) {
	m := New(codebook.Default(), Options{Year: 2025, Visits: 10}).Curriculum()
	want := map[codebook.ProgrammeID]struct{ core, elective []string }{
		"modern_communication": {[]string{"无线通信", "光通信", "数据通信"}, []string{"数据分析", "云服务"}},
		"computer_network":     {[]string{"系统集成", "网络互联", "自动化运维"}, []string{"网络安全", "Web编程"}},
		"mobile_internet":      {[]string{"Web前端开发", "Web后端开发", "终端硬件开发"}, []string{"云服务", "移动应用开发"}},
		"iot":                  {[]string{"物联网通信", "嵌入式系统", "物联网应用开发"}, []string{"智慧医疗", "智能家居"}},
	}
	for p, w := range want {
		core, elective := modulesOf(m, p, curriculum.Core), modulesOf(m, p, curriculum.Elective)
		if !slices.Equal(core, w.core) || !slices.Equal(elective, w.elective) {
			t.Errorf("%s: core %v elective %v, want %v and %v", p, core, elective, w.core, w.elective)
		}
	}
	if len(m.Notes) < 3 {
		t.Error("the source's contradictions must be notes of the map")
	}
}

func modulesOf(m *curriculum.Map, p codebook.ProgrammeID, category string) []string {
	var out []string
	for _, x := range m.Of(p) {
		if x.Category == category {
			out = append(out, x.Name.ZH)
		}
	}
	return out
}

func TestMapsAreSound(t *testing.T) {
	for _, cb := range []*codebook.Codebook{codebook.Default(), other(t)} {
		for year := 2024; year <= 2026; year++ {
			m := New(cb, Options{Year: year, Visits: 10}).Curriculum()
			shares, weights := map[string]float64{}, map[string]float64{}
			seen := map[curriculum.ModuleCode]bool{}
			for i := range m.Modules {
				x := &m.Modules[i]
				if seen[x.Code] {
					t.Errorf("%s %d: %s stands twice", cb.ID, year, x.Code)
				}
				seen[x.Code] = true
				checkModule(t, cb, year, x)
				for _, e := range x.Exercises {
					shares[e.Name+e.Track] += e.Share.Value
				}
				for _, c := range x.Certifies {
					for _, d := range c.Domains {
						weights[c.Exam] += d.Percent.Value
					}
				}
			}
			for what, sum := range shares {
				if sum > 100 {
					t.Errorf("%d: shares of %s add up to %v", year, what, sum)
				}
			}
			for exam, sum := range weights {
				if sum > 100 {
					t.Errorf("%d: weights of %s add up to %v", year, exam, sum)
				}
			}
		}
	}
}

func checkModule(t *testing.T, cb *codebook.Codebook, year int, m *curriculum.Module) {
	t.Helper()
	hours := 0.0
	for _, x := range m.Teaches {
		hours += x.Hours.Value
		if _, ok := cb.Competency(x.Competency); !ok || x.Level < 1 || x.Level > 5 {
			t.Errorf("%d %s teaches %v", year, m.Code, x)
		}
	}
	if hours > m.Hours || len(m.Teaches) == 0 || len(m.Programmes) == 0 {
		t.Errorf("%d %s: %v of %v hours, %d programmes", year, m.Code, hours, m.Hours, len(m.Programmes))
	}
	for vocabulary, code := range map[string]string{"module_category": m.Category, "module_phase": m.Phase, "module_level": m.Level} {
		if it, ok := cb.Find(vocabulary, code); !ok || it.Code != code {
			t.Errorf("%d %s: %s %q", year, m.Code, vocabulary, code)
		}
	}
	for _, c := range m.Certifies {
		if _, ok := cb.Find("certificates", string(c.Track)+"/"+string(c.Level)); !ok {
			t.Errorf("%d %s certifies %v", year, m.Code, c)
		}
	}
}

// The decision of 2025 is carried out in the map of 2026.
func TestDecisionsChangeTheMap(t *testing.T) {
	for _, cb := range []*codebook.Codebook{codebook.Default(), other(t)} {
		before, after := New(cb, Options{Year: 2025, Visits: 10}), New(cb, Options{Year: 2026, Visits: 10})
		p := before.model.plot
		was, _ := before.Curriculum().Taught(p.Programme, p.Mended)
		is, _ := after.Curriculum().Taught(p.Programme, p.Mended)
		if is.Level <= was.Level || is.Level != 4 {
			t.Errorf("%s: taught level %d, then %d; want it raised to 4", cb.ID, was.Level, is.Level)
		}
		if _, ok := before.Curriculum().Module(before.addedModule()); ok {
			t.Errorf("%s: the elective stands before it was decided", cb.ID)
		}
		if _, ok := after.Curriculum().Module(after.addedModule()); !ok {
			t.Errorf("%s: the elective is missing", cb.ID)
		}
		reg := before.Decisions()
		if len(reg.Decisions) != 3 || reg.Decisions[0].Outcome != curriculum.Adopt || reg.Decisions[1].Outcome != curriculum.Adopt || reg.Decisions[0].Effective != 2026 {
			t.Errorf("%s: decisions of 2025: %+v", cb.ID, reg.Decisions)
		}
		for _, d := range append(reg.Decisions, after.Decisions().Decisions...) {
			if d.ModuleVersion != "" && d.ModuleVersion != after.Curriculum().Version {
				t.Errorf("decision %s points at version %s", d.ID, d.ModuleVersion)
			}
		}
	}
}

// Every record names fields that its form has, so that the writer takes all of them.
func TestRecordsFitTheForms(t *testing.T) {
	for _, cb := range []*codebook.Codebook{codebook.Default(), other(t)} {
		for _, year := range []int{2024, 2025, 2026} {
			c := New(cb, Options{Year: year, Visits: 30, Seed: 6})
			for kind, records := range map[string]Records{
				"roster": c.Roster().Records(), "curriculum": CurriculumRecords(c.Curriculum()),
				"outcomes": OutcomesRecords(c.Outcomes()), "decisions": DecisionsRecords(c.Decisions()),
			} {
				checkRecords(t, cb, kind, records)
			}
		}
	}
}

func checkRecords(t *testing.T, cb *codebook.Codebook, kind string, records Records) {
	t.Helper()
	form, ok := cb.Form(kind)
	if !ok {
		t.Fatalf("no form %s", kind)
	}
	for key, rows := range records {
		sheet, ok := form.Sheet(key)
		if !ok {
			t.Errorf("%s has no sheet %s", kind, key)
			continue
		}
		for _, r := range rows {
			for id := range r {
				if _, ok := sheet.Field(id); !ok {
					t.Errorf("%s.%s has no field %s", kind, key, id)
				}
			}
			for _, f := range sheet.Fields {
				if v, given := r[f.Key]; f.Required && (!given || v == "") {
					t.Errorf("%s.%s: %s is required", kind, key, f.Key)
				}
			}
		}
	}
}
