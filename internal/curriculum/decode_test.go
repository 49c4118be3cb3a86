package curriculum_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// campaignOf is the invented college of a year.
func campaignOf(cb *codebook.Codebook, year int) *sample.Campaign {
	return sample.New(cb, sample.Options{Year: year, Visits: 48, Seed: sample.DefaultSeed})
}

// What the workbook says must come back as it went in, address apart.
func TestDecodeReadsBackTheWholeMap(t *testing.T) {
	cb := codebook.Default()
	for _, year := range []int{2024, 2026} {
		want := campaignOf(cb, year).Curriculum()
		got, issues := curriculum.Decode(cb, bookOf(t, cb, "curriculum", sample.CurriculumRecords(want)))
		if survey.HasErrors(issues) {
			t.Fatal(year, issues)
		}
		if g, w := plain(got), plain(want); !reflect.DeepEqual(g, w) {
			t.Errorf("%d: read back\n%+v\nwant\n%+v", year, g, w)
		}
	}
}

// plain takes the addresses away.
func plain(m *curriculum.Map) curriculum.Map {
	out := *m
	out.Programmes, out.Modules, out.Notes = nil, nil, nil
	for _, p := range m.Programmes {
		p.At = survey.Ref{}
		out.Programmes = append(out.Programmes, p)
	}
	for _, n := range m.Notes {
		n.At = survey.Ref{}
		out.Notes = append(out.Notes, n)
	}
	for _, mod := range m.Modules {
		out.Modules = append(out.Modules, plainModule(mod))
	}
	return out
}

func plainModule(m curriculum.Module) curriculum.Module {
	m.At = survey.Ref{}
	teaches, certifies, exercises := m.Teaches, m.Certifies, m.Exercises
	m.Teaches, m.Certifies, m.Exercises = nil, nil, nil
	for _, x := range teaches {
		x.At = survey.Ref{}
		m.Teaches = append(m.Teaches, x)
	}
	for _, x := range certifies {
		x.At = survey.Ref{}
		domains := x.Domains
		x.Domains = nil
		for _, w := range domains {
			w.At = survey.Ref{}
			x.Domains = append(x.Domains, w)
		}
		m.Certifies = append(m.Certifies, x)
	}
	for _, x := range exercises {
		x.At = survey.Ref{}
		m.Exercises = append(m.Exercises, x)
	}
	return m
}

// small is a sound map of two programmes and three modules, to be broken one way at a time.
func small() records {
	return records{
		"versions":   {{"version": "2026.1", "valid_from": survey.Day("2025-09-01"), "school_reviewer": "专业带头人", "enterprise_reviewer": "技术总监"}},
		"programmes": {{"programme": "computer_network", "tracks": []string{"datacom"}}, {"programme": "modern_communication", "tracks": []string{"datacom", "cloud"}}, {"programme": "mobile_internet"}, {"programme": "iot"}},
		"modules": {
			{"module_code": "NET-B1", "module_name": "网络技术", "category": "basic", "phase": "1", "level": "A", "hours": 64},
			{"module_code": "NET-C1", "module_name": "网络互联", "category": "core", "phase": "3", "level": "B", "hours": 72},
		},
		"module_programmes": {
			{"module_code": "NET-B1", "programme": "computer_network"}, {"module_code": "NET-B1", "programme": "modern_communication"},
			{"module_code": "NET-C1", "programme": "computer_network"},
		},
		"module_competencies": {
			{"module_code": "NET-B1", "competency": "protocol_comprehension", "taught_level": 2, "hours": 30},
			{"module_code": "NET-C1", "competency": "fault_diagnosis", "taught_level": 3, "hours": 40, "relation": "9"},
		},
		"module_certifications": {
			{"module_code": "NET-C1", "track": "datacom", "cert_level": "HCIP", "exam": "H12-221", "exam_version": "V2.5", "domain": "OSPF", "weight": 28},
			{"module_code": "NET-C1", "track": "datacom", "cert_level": "HCIP", "exam": "H12-221", "exam_version": "V2.5", "domain": "BGP", "weight": 26},
		},
		"module_competitions": {{"module_code": "NET-C1", "competition": "huawei_ict", "competition_track": "网络", "share": 50}},
		"notes":               {{"note_zh": "示例", "note_en": "example"}},
	}
}

// change sets one answer of one row.
func change(sheet string, row int, field codebook.FieldID, v any) func(records) {
	return func(r records) { r[sheet][row][field] = v }
}

func add(sheet string, row map[codebook.FieldID]any) func(records) {
	return func(r records) { r[sheet] = append(r[sheet], row) }
}

// Every rule of the map: a sound workbook is broken in one place and the issue must say where.
func TestCurriculumRules(t *testing.T) {
	cb := codebook.Default()
	f := newFixtures(bookOf(t, cb, "curriculum", small()), "curriculum")
	for _, c := range []struct {
		want   string // rule@cell; "" for none
		why    string
		broken func(records)
	}{
		{"", "the map as it is", func(records) {}},
		{"C001@A4", "a code used twice", add("modules", map[codebook.FieldID]any{"module_code": "NET-C1", "module_name": "重复", "category": "core", "phase": "3", "level": "B", "hours": 10})},
		{"C002@A3", "a module nobody entered", change("module_competencies", 1, "module_code", "NET-C7")},
		{"C003@A3", "a module of no programme", func(r records) { r["module_programmes"] = r["module_programmes"][:2] }},
		{"C004@B5", "a programme named twice for a module", add("module_programmes", map[codebook.FieldID]any{"module_code": "NET-C1", "programme": "computer_network"})},
		{"C004@B4", "a competency named twice for a module", add("module_competencies", map[codebook.FieldID]any{"module_code": "NET-C1", "competency": "fault_diagnosis", "taught_level": 4})},
		{"C004@B4", "a domain named twice for an exam", add("module_certifications", map[codebook.FieldID]any{"module_code": "NET-C1", "track": "datacom", "cert_level": "HCIP", "exam": "H12-221", "exam_version": "V2.5", "domain": "ospf", "weight": 28})},
		{"C004@B3", "a contest named twice for a module", add("module_competitions", map[codebook.FieldID]any{"module_code": "NET-C1", "competition": "huawei_ict", "competition_track": "网络"})},
		{"C005@A2", "more hours on competencies than the module has", change("module_competencies", 0, "hours", 65)},
		{"C006@F3", "an outline of more than all", change("module_certifications", 1, "weight", 80)},
		{"C007@F4", "a domain with another weight elsewhere", add("module_certifications", map[codebook.FieldID]any{"module_code": "NET-B1", "track": "datacom", "cert_level": "HCIP", "exam": "H12-221", "exam_version": "V2.5", "domain": "OSPF", "weight": 20})},
		{"C008@B3", "more of a contest than there is", add("module_competitions", map[codebook.FieldID]any{"module_code": "NET-B1", "competition": "huawei_ict", "competition_track": "网络", "share": 60})},
		{"C009@B7", "a second version in the workbook", add("versions", map[codebook.FieldID]any{"version": "2026.2", "valid_from": survey.Day("2026-02-01"), "school_reviewer": "专业带头人", "enterprise_reviewer": "技术总监"})},
		{"C010@", "a programme left out", func(r records) { r["programmes"] = r["programmes"][:3] }},
		{"C011@B2", "a programme that the version does not have", func(r records) { r["programmes"] = r["programmes"][1:] }},
		{"C012@A6", "a programme twice", add("programmes", map[codebook.FieldID]any{"programme": "iot"})},
		{"C013@A2", "a core module that is shared", change("modules", 0, "category", "core")},
		{"C014@A2", "a module without a competency", func(r records) { r["module_competencies"] = r["module_competencies"][1:] }},
		{"C015@B2", "a track that its programmes lack", change("module_certifications", 0, "track", "iot")},
		{"C019@D2", "an exam without the version of its outline", change("module_certifications", 0, "exam_version", nil)},
	} {
		r := small()
		c.broken(r)
		book := bookOf(t, cb, "curriculum", r)
		_, issues := curriculum.Decode(cb, book)
		expect(t, c.why, c.want, issues)
		f.add(c.want, c.why, book)
	}
	f.check(t, "curriculum")
}

// expect looks for one issue, rule@cell, among the issues; none at all for "".
func expect(t *testing.T, why, want string, issues []survey.Issue) {
	t.Helper()
	if want == "" {
		if len(issues) > 0 {
			t.Errorf("%s: %s", why, codesOf(issues))
		}
		return
	}
	rule, cell, _ := strings.Cut(want, "@")
	for _, i := range issues {
		if string(i.Code) == rule && i.Ref.Cell() == cell {
			if strings.ContainsAny(i.Message.ZH+i.Message.EN+i.Fix.ZH+i.Fix.EN, "{}") {
				t.Errorf("%s: a name was left unfilled: %q %q", why, i.Message, i.Fix)
			}
			return
		}
	}
	t.Errorf("%s: want %s, got %s", why, want, codesOf(issues))
}

// A wrong workbook is told what it is.
func TestAnotherKindOfWorkbook(t *testing.T) {
	cb := codebook.Default()
	book := bookOf(t, cb, "outcomes", records{})
	if m, issues := curriculum.Decode(cb, book); !survey.HasErrors(issues) || len(m.Modules) > 0 {
		t.Errorf("an outcomes workbook passed for a curriculum: %s", codesOf(issues))
	}
	if _, issues := curriculum.DecodeOutcomes(cb, bookOf(t, cb, "decisions", records{})); !survey.HasErrors(issues) {
		t.Error("a decisions workbook passed for outcomes")
	}
	if _, issues := curriculum.DecodeDecisions(cb, &survey.Book{}, nil); !survey.HasErrors(issues) {
		t.Error("an empty book passed for decisions")
	}
}

// Two versions cannot come into force on one day, and a number is used once.
func TestVersionsInConflict(t *testing.T) {
	cb := codebook.Default()
	stored := []curriculum.Map{{Version: "2025.1", ValidFrom: "2024-09-01"}}
	for _, c := range []struct {
		m    curriculum.Map
		want string
	}{
		{curriculum.Map{Version: "2025.1", ValidFrom: "2024-09-01"}, ""},
		{curriculum.Map{Version: "2026.1", ValidFrom: "2025-09-01"}, ""},
		{curriculum.Map{Version: "2025.2", ValidFrom: "2024-09-01"}, "C016@"},
		{curriculum.Map{Version: "2025.1", ValidFrom: "2025-09-01"}, "C017@"},
	} {
		expect(t, c.m.Version+" from "+string(c.m.ValidFrom), c.want, curriculum.CheckVersions(cb, &c.m, stored))
	}
	f := newFixtures(bookOf(t, cb, "curriculum", small()), "curriculum")
	for _, c := range []struct {
		want, why string
		change    func(records)
	}{
		{"C016@", "another version from the same day", change("versions", 0, "version", "2026.2")},
		{"C017@", "the same number from another day", change("versions", 0, "valid_from", survey.Day("2026-02-01"))},
	} {
		r := small()
		c.change(r)
		f.add(c.want, c.why, bookOf(t, cb, "curriculum", r), "curriculum")
	}
	f.check(t, "versions")
}

func TestTaughtIsTheHighestLevelOfTheProgramme(t *testing.T) {
	m, issues := curriculum.Decode(codebook.Default(), bookOf(t, codebook.Default(), "curriculum", small()))
	if survey.HasErrors(issues) {
		t.Fatal(codesOf(issues))
	}
	m.Modules = append(m.Modules, curriculum.Module{Code: "NET-E1", Category: curriculum.Elective, Programmes: []codebook.ProgrammeID{"computer_network"},
		Teaches: []curriculum.Teaching{{Competency: "fault_diagnosis", Level: 4, Hours: survey.Have(12.0)}}})
	got, ok := m.Taught("computer_network", "fault_diagnosis")
	if !ok || got.Level != 4 || got.Compulsory != 3 || got.Hours != 52 || len(got.Modules) != 2 {
		t.Errorf("taught: %+v %v, want level 4 with the elective, 3 without, 52 hours", got, ok)
	}
	if got, ok := m.Taught("computer_network", "project_management"); !ok || got.Level != 0 {
		t.Errorf("not taught: %+v %v, want level 0 of a known programme", got, ok)
	}
	if _, ok := m.Taught("iot", "fault_diagnosis"); ok {
		t.Error("a programme without modules: nothing is known, which is not level 0")
	}
}

// A new outline concerns the modules that name the exam, and those on its rung that name none.
func TestNewOutlineOpensProposals(t *testing.T) {
	m, _ := curriculum.Decode(codebook.Default(), bookOf(t, codebook.Default(), "curriculum", small()))
	o := curriculum.Outline{Track: "datacom", Level: "HCIP", Exam: "H12-221", Version: "V3.0", Day: "2026-03-01"}
	got := m.Propose(o, 2026)
	if len(got) != 1 || got[0].Module != "NET-C1" || got[0].Programme != "computer_network" || got[0].Origin != curriculum.FromStandard ||
		got[0].Competency != "fault_diagnosis" || got[0].Kind != curriculum.Update || got[0].Opened != o.Day {
		t.Errorf("proposals: %+v", got)
	}
	if got := m.Propose(curriculum.Outline{Track: "cloud", Level: "HCIA", Exam: "H13-511"}, 2026); len(got) != 0 {
		t.Errorf("an exam nobody prepares for opened %+v", got)
	}
	if got := m.Propose(curriculum.Outline{Track: "datacom", Level: "HCIP", Version: "2026"}, 2026); len(got) != 1 {
		t.Errorf("an outline of a rung without an exam opened %+v", got)
	}
}
