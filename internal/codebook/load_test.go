package codebook

import (
	_ "embed"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

//go:embed testdata/nursing.yaml
var nursing []byte

func TestEmbeddedCodebookHoldsTheSource(t *testing.T) {
	cb := Default()
	var codes []string
	for _, c := range cb.Active() {
		codes = append(codes, string(c.Code))
	}
	want := strings.Fields("application_analysis product_proficiency protocol_comprehension logical_reasoning fault_diagnosis architecture_design project_management")
	if !slices.Equal(codes, want) {
		t.Errorf("active competencies %v, want the seven of the source in its order", codes)
	}
	tracks := map[ProgrammeID][]TrackID{
		"modern_communication": {"datacom", "cloud"},
		"computer_network":     {"datacom", "network_operations"},
		"mobile_internet":      {"harmonyos", "cloud"},
		"iot":                  {"iot", "harmonyos"},
	}
	for id, want := range tracks {
		if p, ok := cb.Programme(id); !ok || !slices.Equal(p.Tracks, want) {
			t.Errorf("programme %s has tracks %v, want %v", id, p.Tracks, want)
		}
	}
	if len(cb.Notes) == 0 {
		t.Error("the source's contradictions must be carried as notes")
	}
}

// The classification has 20 sections and 97 divisions; the country 31 mainland provinces.
func TestLongVocabulariesAreComplete(t *testing.T) {
	sections, divisions := count(Default().Items("industry"))
	if sections != 20 || divisions != 97 {
		t.Errorf("%d sections and %d divisions, want 20 and 97 (GB/T 4754-2017)", sections, divisions)
	}
	provinces, cities := count(Default().Items("region"))
	if provinces != 34 || cities < 333 {
		t.Errorf("%d provinces and %d cities, want 34 and at least 333 (GB/T 2260)", provinces, cities)
	}
}

func count(items []Item) (top, nested int) {
	for _, it := range items {
		if it.Parent == "" {
			top++
		} else {
			nested++
		}
	}
	return top, nested
}

func TestVisitFormAsksWhatTheSurveyNeeds(t *testing.T) {
	form, ok := Default().Form("visit")
	if !ok {
		t.Fatal("no visit form")
	}
	fields := map[string]string{
		"visit":       "survey_year* visit_date* visit_mode* faculty_id* faculty_name* department* co_visitors programmes* enterprise_name* uscc industry* enterprise_size* ownership region* employees ecosystems partnership interviewee_role* graduates_hired satisfaction",
		"jobs":        "job_title* job_family* programme* headcount* planned_hires education experience_years salary_min salary_max certifications importance* required_level* graduate_level requirement_text",
		"trends":      "technology* direction* horizon effect",
		"suggestions": "module* kind* text",
	}
	for key, want := range fields {
		s, ok := form.Sheet(key)
		if !ok {
			t.Errorf("no sheet %s", key)
			continue
		}
		var got []string
		for _, f := range s.Fields {
			name := string(f.Key)
			if f.Required {
				name += "*"
			}
			got = append(got, name)
			if len(f.Aliases) < 3 {
				t.Errorf("%s.%s has %d aliases, want at least three other headers", key, f.Key, len(f.Aliases))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("sheet %s asks\n%s\nwant\n%s", key, strings.Join(got, " "), want)
		}
	}
}

func TestYAMLReadsBackToAnEqualCodebook(t *testing.T) {
	data, err := Default().YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	a, b := *Default(), *again
	a.index, b.index = nil, nil
	if !reflect.DeepEqual(normal(a), normal(b)) {
		t.Error("the dump does not read back to the same codebook")
	}
}

// normal makes empty and nil slices the same.
func normal(cb Codebook) string {
	data, _ := (&cb).YAML()
	return string(data)
}

func TestReplacementCodebook(t *testing.T) {
	cb, err := Parse(nursing)
	if err != nil {
		t.Fatal(err)
	}
	if len(cb.Active()) != 5 || len(cb.Programmes) != 3 {
		t.Errorf("%d competencies, %d programmes, want 5 and 3", len(cb.Active()), len(cb.Programmes))
	}
	if _, ok := cb.Find("job_family", "急诊护士"); !ok {
		t.Error("the file's own job families must be in force")
	}
	if _, ok := cb.Find("job_family", "网络工程"); ok {
		t.Error("the built-in job families must be gone")
	}
	if _, ok := cb.Find("region", "深圳"); !ok {
		t.Error("regions are inherited")
	}
	if it, ok := cb.Find("certificates", "老年照护 中级"); !ok || it.Code != "elderly_care/intermediate" {
		t.Errorf("certificate %v, want elderly_care/intermediate", it)
	}
	for _, e := range cb.Lexicon {
		if _, ok := cb.Competency(e.Competency); !ok {
			t.Errorf("the lexicon still names %s", e.Competency)
		}
	}
	if len(Default().Active()) != 7 {
		t.Error("reading a replacement must leave the built-in codebook alone")
	}
}

func TestParseNamesLineAndPath(t *testing.T) {
	base := "id: small\nversion: \"1\"\n"
	tests := []struct {
		why, text, want string
		line            int
	}{
		{"an empty file says so", " \n", "the file is empty", 0},
		{"not YAML at all", "id: [\n", "", 1},
		{"a field nobody knows is a typing error", base + "competences: []\n", "unknown field", 3},
		{"a list where a text belongs", base + "title: [a]\n", "", 3},
		{"the faulty member is found by its code", base + "tracks:\n  - {code: a, name: {zh: 甲, en: A}}\n  - code: b\n    name: {zh: 乙}\n", "tracks[b].name.en", 6},
		{"programmes of the file meet inherited tracks", base + "programmes:\n  - code: x\n    name: {zh: 甲, en: X}\n    tracks: [datacom, magic]\n", "programmes[x].tracks[1]", 6},
		{"a vocabulary is found by its name", base + "vocabularies:\n  - name: horizon\n    title: {zh: 期, en: H}\n    items: []\n", "vocabularies[horizon].items", 6},
		{"a rule is found by its code", base + "rules:\n  - code: V900\n    severity: fatal\n    stage: type\n    title: {zh: 题, en: t}\n    message: {zh: 文, en: m}\n    fix: {zh: 改, en: f}\n    why: {zh: 因, en: w}\n    before: a\n    after: b\n", "rules[V900].severity", 5},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			var invalid *Invalid
			if !errors.As(err, &invalid) {
				t.Fatalf("error %v, want an Invalid", err)
			}
			p := invalid.Problems[0]
			if !strings.Contains(p.String(), tt.want) || p.Line != tt.line {
				t.Errorf("problem %q at line %d, want %q at line %d", p, p.Line, tt.want, tt.line)
			}
		})
	}
}

func TestParseTellsAllProblemsAtOnce(t *testing.T) {
	_, err := Parse([]byte("id: Bad Id\nversion: \"\"\ncollege: \"?\"\n"))
	var invalid *Invalid
	if !errors.As(err, &invalid) || len(invalid.Problems) != 3 {
		t.Errorf("error %v, want id, version and college named together", err)
	}
}

func TestRulesStandInTheOrderOfTheChecks(t *testing.T) {
	rules := []Rule{{Code: "X001"}, {Code: "V012"}, {Code: "F002"}, {Code: "T001"}, {}, {Code: "F001"}, {Code: "Q001"}}
	sortRules(rules)
	var got []string
	for _, r := range rules {
		got = append(got, string(r.Code))
	}
	if want := "F001 F002 T001 V012 X001  Q001"; strings.Join(got, " ") != want {
		t.Errorf("order %v, want %s", got, want)
	}
}

func TestReplacementMayRewordOneRule(t *testing.T) {
	base := Default().Rules
	if len(base) == 0 {
		t.Log("no rules yet")
		return
	}
	r := sound()
	r.Code = base[0].Code
	cb := Codebook{Rules: []Rule{r}}
	inherit(&cb, Default())
	if got, want := len(cb.Rules), len(base); got != want || cb.Rules[0].Message != r.Message {
		t.Errorf("%d rules, first says %q; want %d and the new wording", got, cb.Rules[0].Message.EN, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("id: a\nversion: \"1\"\n"))
	f.Add([]byte("id: a\nversion: \"1\"\ntracks: [{code: t, name: {zh: 甲, en: T}}]\nprogrammes: [{code: p, name: {zh: 乙, en: P}, tracks: [t]}]\n"))
	f.Add([]byte("id: a\nversion: 1\ncompetencies: [{code: x, anchors: [{zh: a}]}]\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("- 1\n- {2: 3}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cb, err := Parse(data)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error must say something")
			}
			return
		}
		if problems := validateWith(*cb, nil); len(problems) > 0 {
			t.Errorf("accepted, yet %v", problems)
		}
	})
}

// The embedded files are read with the same care as a school's own: what is wrong is named with its file.
func TestEmbeddedFilesAreHeldToTheirShape(t *testing.T) {
	var vocabulary Vocabulary
	for _, tt := range []struct {
		why, want string
		err       error
	}{
		{"a file that is not there", "data/nowhere.yaml", decodeFile("data/nowhere.yaml", &vocabulary)},
		{"a file of another shape", "data/regions.yaml: ", decodeFile("data/regions.yaml", &vocabulary)},
		{"a long vocabulary that is no list of lines", "data/codebook.yaml: ", decodeLines("data/codebook.yaml", &vocabulary)},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: error %v, want it to name %q", tt.why, tt.err, tt.want)
		}
	}
	for line, want := range map[string]bool{
		"110000||北京市|Beijing|北京": true,  // with an alias
		"110000||北京市|Beijing":    true,  // without
		"110000||北京市":            false, // no English field
		"||北京市|Beijing":          false, // no code
		"110000|||Beijing":       false, // no Chinese name
	} {
		if item, ok := itemOfLine(line); ok != want || ok && (item.Code != "110000" || item.Name.EN != "Beijing") {
			t.Errorf("%q reads as %+v, %v", line, item, ok)
		}
	}
}
