package codebook

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestEmbeddedCodebookIsValid(t *testing.T) {
	for _, p := range Validate(Default()) {
		t.Error(p)
	}
}

// TestValidateNamesEveryFault breaks one thing at a time in a valid codebook.
func TestValidateNamesEveryFault(t *testing.T) {
	tests := []struct {
		why    string
		damage func(*Codebook)
		path   string // of the one problem
		says   string // part of the English text
	}{
		{"an id with a space cannot stand in file names", func(cb *Codebook) { cb.ID = "my book" }, "id", "lower-case letters"},
		{"a version tells two codebooks apart", func(cb *Codebook) { cb.Version = " " }, "version", "missing"},
		{"the college is stamped on every record", func(cb *Codebook) { cb.College = "" }, "college", "college code"},
		{"titles are bilingual", func(cb *Codebook) { cb.Title.EN = "" }, "title.en", "English text is missing"},
		{"two competencies are no framework", func(cb *Codebook) {
			for i := range cb.Competencies {
				cb.Competencies[i].Optional = i > 1
			}
		}, "competencies", "3 to 20"},
		{"four anchors leave a level without meaning", func(cb *Codebook) {
			cb.Competencies[4].Anchors = cb.Competencies[4].Anchors[:4]
		}, "competencies[fault_diagnosis].anchors", "exactly 5 anchors are needed, found 4"},
		{"an anchor has both languages", func(cb *Codebook) { cb.Competencies[0].Anchors[2].ZH = "" }, "competencies[application_analysis].anchors[2].zh", "Chinese text"},
		{"a long anchor does not fit a prompt", func(cb *Codebook) {
			for i := range cb.Competencies[0].Anchors {
				cb.Competencies[0].Anchors[i].ZH = "短"
			}
			cb.Competencies[0].Anchors[4].ZH = strings.Repeat("长", 61)
		}, "competencies[application_analysis].anchors[4].zh", "at most 60"},
		{"five anchors share one prompt", func(cb *Codebook) {
			for i := range cb.Competencies[0].Anchors {
				cb.Competencies[0].Anchors[i].ZH = strings.Repeat("长", 60)
			}
		}, "competencies[application_analysis].anchors", "255"},
		{"chart labels are short", func(cb *Codebook) { cb.Competencies[0].Short.ZH = "企业应用分析能力" }, "competencies[application_analysis].short.zh", "at most 6"},
		{"an old name means one competency", func(cb *Codebook) { cb.Competencies[0].Former = []Text{{ZH: "旧名"}, {ZH: "故障 诊断"}} }, "competencies[application_analysis].former[1]", `also means "fault_diagnosis"`},
		{"two competencies share no old name", func(cb *Codebook) {
			cb.Competencies[0].Former, cb.Competencies[1].Former = []Text{{ZH: "旧名"}}, []Text{{ZH: "旧名"}}
		}, "competencies[product_proficiency].former[0]", `also means "application_analysis"`},
		{"codes are stable keys", func(cb *Codebook) { cb.Competencies[0].Code = "Application Analysis"; cb.Lexicon = nil }, "competencies[Application Analysis].code", "lower-case letters"},
		{"a scale has five points", func(cb *Codebook) { cb.Level.Points = cb.Level.Points[1:] }, "level.points", "exactly 5 points"},
		{"a programme's track exists", func(cb *Codebook) { cb.Programmes[1].Tracks = []TrackID{"magic"} }, "programmes[computer_network].tracks[0]", `"magic"`},
		{"there is a programme to survey for", func(cb *Codebook) { cb.Programmes = nil }, "programmes", "at least one programme"},
		{"codes are unique", func(cb *Codebook) { cb.Ladder[2].Code = "HCIA" }, "ladder[HCIA]", "stands twice"},
		{"an item's parent exists", func(cb *Codebook) { vocabulary(cb, "region").Items[1].Parent = "99" }, "vocabularies[region].items[120000].parent", `"99"`},
		{"an alias means one thing", func(cb *Codebook) {
			items := vocabulary(cb, "visit_mode").Items
			items[0].Aliases = append(items[0].Aliases, "电话")
		}, "vocabularies[visit_mode].items[on_site].aliases[7]", `also means "telephone"`},
		{"virtual vocabularies have one source", func(cb *Codebook) {
			field(cb, "visit", "trends", "technology").Vocabulary = ""
			vocabulary(cb, "technology").Name = "tracks"
		}, "vocabularies[tracks].name", "made from other sections"},
		{"a dropdown needs choices", func(cb *Codebook) { vocabulary(cb, "horizon").Items = nil }, "vocabularies[horizon].items", "empty"},
		{"a missing word says why", func(cb *Codebook) { cb.Missing[0].Status = "gone" }, "missing[0].status", "refused"},
		{"a missing word stands once", func(cb *Codebook) { cb.Missing[1].Word = " 不 清 楚" }, "missing[不清楚]", "twice"},
		{"notes are bilingual", func(cb *Codebook) { cb.Notes[0].EN = "" }, "notes[0].en", "English"},
		{"a field's vocabulary exists", func(cb *Codebook) { field(cb, "visit", "visit", "visit_mode").Vocabulary = "modes" }, "forms[visit].sheets[visit].fields[visit_mode].vocabulary", `"modes"`},
		{"a coded field has a vocabulary", func(cb *Codebook) { field(cb, "visit", "visit", "visit_mode").Vocabulary = "" }, "forms[visit].sheets[visit].fields[visit_mode].vocabulary", "needs a vocabulary"},
		{"a range is not empty", func(cb *Codebook) { *field(cb, "visit", "jobs", "headcount").Min = 1e9 }, "forms[visit].sheets[jobs].fields[headcount].min", "above the maximum"},
		{"a type is known", func(cb *Codebook) { field(cb, "visit", "jobs", "headcount").Type = "integer" }, "forms[visit].sheets[jobs].fields[headcount].type", "one of"},
		{"ratings per competency are levels", func(cb *Codebook) { field(cb, "visit", "jobs", "importance").Type = TypeInt }, "forms[visit].sheets[jobs].fields[importance].type", "level"},
		{"a header means one field", func(cb *Codebook) {
			f := field(cb, "visit", "jobs", "headcount")
			f.Aliases = append(f.Aliases, "学历 要求")
		}, "forms[visit].sheets[jobs].fields[education]", "also means"},
		{"a field cannot be newer than its form", func(cb *Codebook) { field(cb, "visit", "jobs", "headcount").Since = 9 }, "forms[visit].sheets[jobs].fields[headcount].since", "version 9"},
		{"a record sheet has no column groups", func(cb *Codebook) {
			sheet(cb, "visit", "jobs").Layout = LayoutRecord
			field(cb, "visit", "jobs", "required_level").PerCompetency = false
			field(cb, "visit", "jobs", "graduate_level").PerCompetency = false
		}, "forms[visit].sheets[jobs].fields[importance].per_competency", "table sheet"},
		{"a sheet name means one sheet", func(cb *Codebook) { sheet(cb, "visit", "jobs").Aliases = []string{"趋 势"} }, "forms[visit].sheets[trends]", "also means"},
		{"a lexicon word belongs to one competency", func(cb *Codebook) { cb.Lexicon[0].Words = append([]string{"ＯＳＰＦ"}, cb.Lexicon[0].Words...) }, "lexicon[2].words[21]", "already belongs"},
		{"a lexicon names a known competency", func(cb *Codebook) { cb.Lexicon[9].Competency = "magic" }, "lexicon[9].competency", `"magic"`},
		{"a campaign closes on a day", func(cb *Codebook) { cb.Campaigns = []Campaign{{Year: 2026, Closes: "31.12.2026"}} }, "campaigns[0].closes", "2026-12-31"},
		{"a campaign has one last day", func(cb *Codebook) {
			cb.Campaigns = []Campaign{{Year: 2026, Closes: "2026-12-31"}, {Year: 2026, Closes: "2027-01-31"}}
		}, "campaigns[1].year", "twice"},
		{"a campaign has a year", func(cb *Codebook) { cb.Campaigns = []Campaign{{Year: 26, Closes: "2026-12-31"}} }, "campaigns[0].year", "26"},
		{"a crosswalk leads somewhere", func(cb *Codebook) { cb.Crosswalks = []Crosswalk{{Until: 2025, From: "old"}} }, "crosswalks[0].to", "missing"},
		{"a crosswalk leads to a competency of today", func(cb *Codebook) {
			cb.Crosswalks = []Crosswalk{{Until: 2025, From: "old", To: []CompetencyID{"gone"}}}
		}, "crosswalks[0].to[0]", `"gone"`},
		{"a rule says what to do", func(cb *Codebook) { cb.Rules = []Rule{sound()}; cb.Rules[0].Fix.EN = "" }, "rules[V999].fix.en", "English"},
		{"a rule shows an example", func(cb *Codebook) { cb.Rules = []Rule{sound()}; cb.Rules[0].After = "" }, "rules[V999]", "example"},
		{"placeholders are filled in", func(cb *Codebook) { cb.Rules = []Rule{sound()}; cb.Rules[0].Message.ZH = "{gott}" }, "rules[V999].message", "{gott}"},
		{"severities are three", func(cb *Codebook) { cb.Rules = []Rule{sound()}; cb.Rules[0].Severity = "fatal" }, "rules[V999].severity", "trial"},
		{"stages are a ladder", func(cb *Codebook) { cb.Rules = []Rule{sound()}; cb.Rules[0].Stage = "late" }, "rules[V999].stage", "cross_file"},
		{"an example shows a change", func(cb *Codebook) { cb.Rules = []Rule{sound()}; cb.Rules[0].After = cb.Rules[0].Before }, "rules[V999]", "are the same"},
		{"a code that cannot stand in a path is named by its place", func(cb *Codebook) { cb.Ladder[2].Code = "HC[IE]" }, "ladder[2].code", `found "HC[IE]"`},
		{"a programme's code is a key", func(cb *Codebook) { cb.Programmes[0].Code = "Network 1" }, "programmes[Network 1].code", "lower-case letters"},
		{"a vocabulary's name is a key", func(cb *Codebook) {
			cb.Vocabularies = append(cb.Vocabularies, Vocabulary{Name: "my list", Title: Text{ZH: "表", EN: "list"}, Items: cb.Ladder})
		}, "vocabularies[my list].name", "lower-case letters"},
		{"a missing word is a word", func(cb *Codebook) { cb.Missing[3].Word = " " }, "missing[3].word", "empty"},
		{"a crosswalk says from what until when", func(cb *Codebook) {
			cb.Crosswalks = []Crosswalk{{From: "old", To: []CompetencyID{"fault_diagnosis"}}}
		}, "crosswalks[0]", "last year"},
		{"a lexicon's word is a word", func(cb *Codebook) { cb.Lexicon[0].Words[0] = "　 " }, "lexicon[0].words[0]", "empty"},
		{"a form's kind is a key", func(cb *Codebook) { cb.Forms[0].Kind = "Visit" }, "forms[Visit].kind", "lower-case letters"},
		{"a template's id stands in file names", func(cb *Codebook) { cb.Forms[0].Template = "my template" }, "forms[visit].template", "lower-case letters"},
		{"a form has a version", func(cb *Codebook) { cb.Forms = append(cb.Forms, form(0)) }, "forms[own].version", "start at 1"},
		{"a form has a sheet", func(cb *Codebook) { cb.Forms = append(cb.Forms, form(1)); cb.Forms[len(cb.Forms)-1].Sheets = nil }, "forms[own].sheets", "at least one sheet"},
		{"a sheet's key is a key", func(cb *Codebook) { sheet(cb, "visit", "jobs").Key = "Jobs" }, "forms[visit].sheets[Jobs].key", "lower-case letters"},
		{"a sheet asks something", func(cb *Codebook) { sheet(cb, "visit", "trends").Fields = nil }, "forms[visit].sheets[trends].fields", "at least one field"},
		{"a field's key is a key", func(cb *Codebook) { field(cb, "visit", "jobs", "headcount").Key = "Head count" }, "forms[visit].sheets[jobs].fields[Head count].key", "lower-case letters"},
		{"a length is not negative", func(cb *Codebook) { field(cb, "visit", "visit", "interviewee_role").MaxLen = -1 }, "forms[visit].sheets[visit].fields[interviewee_role]", "negative"},
		{"codes can be typed after explain", func(cb *Codebook) { cb.Rules = []Rule{sound()}; cb.Rules[0].Code = "V12" }, "rules[V12].code", "three digits"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			cb := fresh(t)
			cb.Rules = nil
			tt.damage(cb)
			got := Validate(cb)
			if len(got) != 1 || got[0].Path != tt.path || !strings.Contains(got[0].Message.EN, tt.says) || got[0].Message.ZH == "" {
				t.Errorf("problems %v, want one at %s saying %q", got, tt.path, tt.says)
			}
		})
	}
}

// form is a form of one sheet with one field, and nothing wrong but perhaps its version.
func form(version int) Form {
	t := func(s string) Text { return Text{ZH: "甲" + s, EN: s} }
	return Form{Kind: "own", Template: "own", Version: version, Title: t("form"), Sheets: []Sheet{
		{Key: "one", Name: t("sheet"), Title: t("title"), Layout: LayoutTable, Fields: []Field{{Key: "name", Label: t("label"), Type: TypeText}}},
	}}
}

func TestRetiredRuleNeedsNoTexts(t *testing.T) {
	cb := fresh(t)
	cb.Rules = []Rule{{Code: "V998", Retired: true, Title: Text{ZH: "旧", EN: "old"}}}
	if got := Validate(cb); len(got) != 0 {
		t.Errorf("a retired rule keeps its code and title only, got %v", got)
	}
}

func TestOwnPlaceholdersAreAllowed(t *testing.T) {
	cb := fresh(t)
	r := sound()
	r.Names = []string{"other"}
	r.Message = Text{ZH: "{field} 与 {other}", EN: "{field} and {other}"}
	cb.Rules = []Rule{r}
	if got := Validate(cb); len(got) != 0 {
		t.Errorf("listed placeholders are known, got %v", got)
	}
}

// sound is a rule with nothing wrong.
func sound() Rule {
	t := Text{ZH: "文", EN: "text"}
	return Rule{Code: "V999", Severity: SeverityError, Stage: "type", Title: t, Message: t, Fix: t, Why: t, Before: "5分", After: "5"}
}

// fresh returns a copy of the embedded codebook that may be changed.
func fresh(t *testing.T) *Codebook {
	t.Helper()
	data, err := json.Marshal(Default())
	if err != nil {
		t.Fatal(err)
	}
	var cb Codebook
	if err := json.Unmarshal(data, &cb); err != nil {
		t.Fatal(err)
	}
	return &cb
}

func vocabulary(cb *Codebook, name string) *Vocabulary {
	for i := range cb.Vocabularies {
		if cb.Vocabularies[i].Name == name {
			return &cb.Vocabularies[i]
		}
	}
	return nil
}

func sheet(cb *Codebook, kind, key string) *Sheet {
	f, _ := cb.Form(kind)
	s, _ := f.Sheet(key)
	return s
}

func field(cb *Codebook, kind, sheetKey string, key FieldID) *Field {
	f, _ := sheet(cb, kind, sheetKey).Field(key)
	return f
}
