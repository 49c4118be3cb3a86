package workbook

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

var update = flag.Bool("update", false, "write the golden files anew")

// allKinds are the forms every codebook has.
var allKinds = []string{"visit", "curriculum", "roster", "outcomes", "decisions"}

func mustTemplate(t testing.TB, kind string) []byte {
	t.Helper()
	return templateOf(t, codebook.Default(), kind, TemplateOptions{Year: 2026})
}

// made keeps templates from one test to the next; TestTemplateBytesAreReproducible proves that
// this makes no difference.
var made sync.Map

func templateOf(t testing.TB, cb *codebook.Codebook, kind string, opts TemplateOptions) []byte {
	t.Helper()
	key := fmt.Sprint(cb.ID, kind, opts)
	if data, ok := made.Load(key); ok {
		return bytes.Clone(data.([]byte))
	}
	data, err := WriteTemplate(cb, kind, opts)
	if err != nil {
		t.Fatal(err)
	}
	made.Store(key, data)
	return bytes.Clone(data)
}

// nursing is another school's codebook: five competencies, other programmes and job families.
func nursing(t testing.TB) *codebook.Codebook {
	t.Helper()
	data, err := os.ReadFile("../codebook/testdata/nursing.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cb, err := codebook.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return cb
}

// everyTemplate calls f with every form of both codebooks, and with the variants.
func everyTemplate(t *testing.T, f func(t *testing.T, cb *codebook.Codebook, form *codebook.Form, data []byte)) {
	for _, cb := range []*codebook.Codebook{codebook.Default(), nursing(t)} {
		for _, kind := range allKinds {
			form, ok := cb.Form(kind)
			if !ok {
				t.Fatalf("%s has no form %s", cb.ID, kind)
			}
			t.Run(cb.ID+"/"+kind, func(t *testing.T) { f(t, cb, form, templateOf(t, cb, kind, TemplateOptions{Year: 2026})) })
		}
		form, _ := cb.Form("visit")
		t.Run(cb.ID+"/brief", func(t *testing.T) {
			f(t, cb, form, templateOf(t, cb, "visit", TemplateOptions{Year: 2026, Brief: true}))
		})
		t.Run(cb.ID+"/bulk", func(t *testing.T) {
			f(t, cb, bulkForm(form), templateOf(t, cb, "visit", TemplateOptions{Bulk: true}))
		})
	}
}

func TestTemplateBytesAreReproducible(t *testing.T) {
	for _, kind := range allKinds {
		first := mustTemplate(t, kind)
		again, err := WriteTemplate(codebook.Default(), kind, TemplateOptions{Year: 2026})
		if err != nil || !bytes.Equal(first, again) {
			t.Errorf("%s: two templates of the same codebook differ", kind)
		}
		look(t, kind+".xlsx", first)
	}
}

// TestTemplateGolden pins what people and machines find where: sheets, headers, keys, dropdowns.
func TestTemplateGolden(t *testing.T) {
	for _, kind := range allKinds {
		got := outline(t, mustTemplate(t, kind))
		path := filepath.Join("testdata", "template_"+kind+".golden")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is laid out differently; if that is meant, run go test ./internal/workbook -run TemplateGolden -update\n%s", kind, firstDifference(string(want), got))
		}
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d\n had %s\n has %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("had %d lines, has %d", len(a), len(b))
}

// outline writes a template's structure as text, one line per answer position.
func outline(t *testing.T, data []byte) string {
	t.Helper()
	x := openOracle(t, data)
	var b strings.Builder
	for _, sheet := range x.GetSheetList() {
		visible, _ := x.GetSheetVisible(sheet)
		fmt.Fprintf(&b, "== %s visible=%v\n", sheet, visible)
		if sheet == guideSheet || sheet == listSheet {
			continue
		}
		rows, err := x.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		rules, err := x.GetDataValidations(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for n, row := range rows {
			var cells []string
			for _, c := range row {
				cells = append(cells, strings.ReplaceAll(c, "\n", "⏎"))
			}
			fmt.Fprintf(&b, "%d: %s\n", n+1, strings.Join(cells, " | "))
		}
		for _, r := range rules {
			fmt.Fprintf(&b, "%s %s %s..%s “%s”\n", r.Sqref, r.Type, r.Formula1, r.Formula2, *r.PromptTitle)
		}
	}
	return b.String()
}

func TestPromptsAndAlertsFit(t *testing.T) {
	everyTemplate(t, func(t *testing.T, cb *codebook.Codebook, form *codebook.Form, data []byte) {
		x := openOracle(t, data)
		for _, p := range plansOf(cb, form) {
			rules, err := x.GetDataValidations(p.name)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rules {
				for what, limit := range map[*string]int{r.PromptTitle: 32, r.Prompt: 255, r.ErrorTitle: 32, r.Error: 255} {
					if what != nil && units(*what) > limit {
						t.Errorf("%s %s: %d units where Excel allows %d: %s", p.name, r.Sqref, units(*what), limit, *what)
					}
				}
				if units(r.Formula1) > 255 || units(r.Formula2) > 255 {
					t.Errorf("%s %s: the source is too long: %s", p.name, r.Sqref, r.Formula1)
				}
				if r.ShowDropDown {
					t.Errorf("%s %s: the arrow is hidden", p.name, r.Sqref)
				}
			}
		}
	})
}

func plansOf(cb *codebook.Codebook, form *codebook.Form) []plan {
	var plans []plan
	for i := range form.Sheets {
		plans = append(plans, planSheet(cb, &form.Sheets[i]))
	}
	return plans
}

func TestLevelPromptsCarryTheAnchors(t *testing.T) {
	cb := codebook.Default()
	x := openOracle(t, mustTemplate(t, "visit"))
	rules, err := x.GetDataValidations("岗位 Jobs")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cb.Active() {
		found := false
		for _, r := range rules {
			if !strings.HasPrefix(*r.PromptTitle, c.Name.ZH+" · 要求水平") {
				continue
			}
			found = true
			for i, anchor := range c.Anchors {
				if !strings.Contains(*r.Prompt, fmt.Sprintf("%d %s", i+1, anchor.ZH)) {
					t.Errorf("%s: level %d is cut short: %s", c.Code, i+1, *r.Prompt)
				}
			}
		}
		if !found {
			t.Errorf("%s has no prompt with its levels", c.Code)
		}
	}
}

// TestEveryChoiceIsFound proves that whatever a person picks from a dropdown is read as the item
// meant, alone and in a cell with several.
func TestEveryChoiceIsFound(t *testing.T) {
	for _, cb := range []*codebook.Codebook{codebook.Default(), nursing(t)} {
		for _, vocabulary := range cb.VocabularyNames() {
			seen := map[string]bool{}
			for _, it := range cb.Items(vocabulary) {
				text := choice(it)
				if seen[text] {
					t.Errorf("%s: %s stands twice", vocabulary, text)
				}
				seen[text] = true
				for _, written := range []string{text, it.Name.ZH} {
					if got, ok := cb.Find(vocabulary, written); (!ok || got.Code != it.Code) && vocabulary != "region" && vocabulary != "industry" {
						t.Errorf("%s: %q is read as %q, not %q", vocabulary, written, got.Code, it.Code)
					}
				}
				if got, ok := cb.Find(vocabulary, text); !ok || got.Code != it.Code {
					t.Errorf("%s: %q is read as %q, not %q", vocabulary, text, got.Code, it.Code)
				}
			}
		}
		for _, form := range cb.Forms {
			for _, s := range form.Sheets {
				for i := range s.Fields {
					if f := &s.Fields[i]; f.Type == codebook.TypeCodes || f.Type == codebook.TypeCerts {
						l, _ := fieldList(cb, f)
						for _, item := range l.items {
							if strings.ContainsAny(item, separators) {
								t.Errorf("%s: %q would be read as several choices", f.Key, item)
							}
						}
					}
				}
			}
		}
	}
}

// TestDropdownsLeadToTheirLists follows every dropdown to the cells it names.
func TestDropdownsLeadToTheirLists(t *testing.T) {
	everyTemplate(t, func(t *testing.T, cb *codebook.Codebook, form *codebook.Form, data []byte) {
		x := openOracle(t, data)
		named := map[string]string{}
		for _, n := range x.GetDefinedName() {
			named[n.Name] = n.RefersTo
		}
		word := regexp.MustCompile(`lst_\w+`)
		for _, p := range plansOf(cb, form) {
			rules, _ := x.GetDataValidations(p.name)
			for _, r := range rules {
				for _, name := range word.FindAllString(r.Formula1, -1) {
					sheet, address, ok := strings.Cut(named[name], "!")
					if !ok || sheet != listSheet {
						t.Errorf("%s %s: %s refers to %q", p.name, r.Sqref, name, named[name])
						continue
					}
					first, _, _ := strings.Cut(strings.ReplaceAll(address, "$", ""), ":")
					if v, err := x.GetCellValue(listSheet, first); err != nil || v == "" {
						t.Errorf("%s begins at %s with %q (%v)", name, first, v, err)
					}
				}
			}
		}
	})
}

func TestInstructionsComeFromTheCodebook(t *testing.T) {
	cb := codebook.Default()
	x := openOracle(t, mustTemplate(t, "visit"))
	rows, err := x.GetRows(guideSheet)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(rows)
	for _, r := range cb.Rules {
		if strings.HasPrefix(string(r.Code), "V") && !r.Retired && !strings.Contains(text, r.Title.ZH) {
			t.Errorf("rule %s (%s) is not among the instructions", r.Code, r.Title.ZH)
		}
	}
	form, _ := cb.Form("visit")
	for _, s := range form.Sheets {
		for _, h := range s.Help {
			if !strings.Contains(text, h.ZH) {
				t.Errorf("the instructions lack: %s", h.ZH)
			}
		}
		for _, f := range s.Fields {
			if !strings.Contains(text, f.Label.ZH) {
				t.Errorf("the instructions lack the field %s", f.Label.ZH)
			}
		}
	}
	for _, c := range cb.Active() {
		for _, a := range c.Anchors {
			if !strings.Contains(text, a.ZH) || !strings.Contains(text, a.EN) {
				t.Errorf("the instructions lack a level of %s", c.Code)
			}
		}
	}
}

func TestTemplateOfAnUnknownKind(t *testing.T) {
	if _, err := WriteTemplate(codebook.Default(), "invoice", TemplateOptions{}); err == nil {
		t.Error("a template of no form was made")
	}
}

func TestPrefillIsWritten(t *testing.T) {
	cb := codebook.Default()
	data := templateOf(t, cb, "visit", TemplateOptions{Year: 2026, Prefill: map[codebook.FieldID]any{
		"faculty_id": "00123", "enterprise_name": "示例企业", "enterprise_size": "medium",
	}})
	x := openOracle(t, data)
	for cell, want := range map[string]string{"B3": "2026", "B6": "00123", "B11": "示例企业", "B14": "中型 Medium", "B4": ""} {
		if got, _ := x.GetCellValue("走访 Visit", cell, excelize.Options{RawCellValue: true}); got != want {
			t.Errorf("%s holds %q, want %q", cell, got, want)
		}
	}
}

func TestNursingVisitIsFilledAndRead(t *testing.T) {
	cb := nursing(t)
	f, err := NewFiller(cb, templateOf(t, cb, "visit", TemplateOptions{Year: 2026}))
	if err != nil {
		t.Fatal(err)
	}
	v := inventedVisit(cb, 2)
	v.Enterprise.Ecosystems = []string{"care_chain"}
	for i := range v.Jobs {
		v.Jobs[i].Family = "ward_nurse"
		v.Jobs[i].Certificates = []survey.Certificate{{Track: "nurse_licence", Level: "junior"}}
	}
	data, err := f.Visit(v)
	if err != nil {
		t.Fatal(err)
	}
	book, issues, err := Read("n.xlsx", data, cb, Limits{})
	if err != nil || len(issues) > 0 {
		t.Fatalf("%v %v", err, issues)
	}
	visits, found := survey.Decode(cb, book, survey.Context{Year: 2026})
	if len(found) > 0 || len(visits) != 1 || len(visits[0].Jobs) != 2 || len(visits[0].Jobs[0].Ratings) != len(cb.Active()) {
		t.Errorf("read as %+v with %v", visits, found)
	}
}

func TestSheetNamesAndClips(t *testing.T) {
	for in, want := range map[string]string{
		"走访 Visit":              "走访 Visit",
		"a/b\\c?d*e:f[g]":       "a b c d e f g",
		"'引号'":                  "引号",
		strings.Repeat("长", 40): strings.Repeat("长", 30) + "…",
		strings.Repeat("𠀀", 20): strings.Repeat("𠀀", 15) + "…",
	} {
		if got := sheetName(in); got != want || units(got) > sheetNameUnits {
			t.Errorf("sheetName(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestEveryPartIsXML reads every part of every template strictly.
func TestEveryPartIsXML(t *testing.T) {
	everyTemplate(t, func(t *testing.T, _ *codebook.Codebook, _ *codebook.Form, data []byte) {
		p := mustPack(t, data)
		if first := p.names()[0]; first != contentTypes {
			t.Errorf("the package begins with %s", first)
		}
		for _, name := range p.names() {
			d := xml.NewDecoder(bytes.NewReader(mustPart(t, p, name)))
			for {
				if _, err := d.Token(); err != nil {
					if err.Error() != "EOF" {
						t.Errorf("%s: %v", name, err)
					}
					break
				}
			}
		}
		if slices.Contains(p.names(), "xl/calcChain.xml") {
			t.Error("a calculation chain would go stale")
		}
	})
}
