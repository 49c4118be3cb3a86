package codebook

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestARenamedCompetencyAnswersToItsOldName(t *testing.T) {
	cb := fresh(t)
	c := &cb.Competencies[4]
	old := c.Name
	c.Name, c.Former = Text{ZH: "排障与恢复", EN: "Troubleshooting"}, []Text{old}
	cb.index = newIndex(cb)
	for _, text := range []string{old.ZH, old.EN, old.Both(), c.Name.ZH, c.Short.ZH} {
		if it, ok := cb.Find("competencies", text); !ok || it.Code != string(c.Code) {
			t.Errorf("%q finds %q, want %q", text, it.Code, c.Code)
		}
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		vocabulary, text, want, why string
	}{
		{"enterprise_size", "small", "small", "the code itself"},
		{"enterprise_size", "小型", "small", "the Chinese name"},
		{"enterprise_size", "SMALL", "small", "case does not matter"},
		{"enterprise_size", "小型 Small", "small", "as templates print it"},
		{"enterprise_size", "小", "small", "an alias"},
		{"enterprise_size", "　小 型\u00a0", "small", "space and no-break space do not matter"},
		{"enterprise_size", "中小型", "", "not certain: two sizes"},
		{"industry", "I", "I", "a section"},
		{"industry", "65", "65", "a division"},
		{"industry", "Ｉ６５", "65", "section and division, full width"},
		{"industry", "I 信息传输、软件和信息技术服务业", "I", "code and name"},
		{"industry", "65 软件和信息技术服务业", "65", "code and name"},
		{"industry", "I65 软件和信息技术服务业", "65", "section, division and name"},
		{"industry", "房地产业", "K", "section K and its only division 70 share the name: the section is certain"},
		{"industry", "70", "70", "the division by its code"},
		{"industry", "6520", "", "a class is not asked: its meaning changed between editions"},
		{"region", "440300", "440300", "the code"},
		{"region", "深圳", "440300", "the short name"},
		{"region", "深圳市", "440300", "the full name"},
		{"region", "广东省深圳市", "440300", "with its province"},
		{"region", "广东深圳", "440300", "both short"},
		{"region", "广东/深圳", "440300", "with a slash"},
		{"region", "广东-深圳", "440300", "with a hyphen"},
		{"region", "吉林", "220000", "the province; the city is 吉林市"},
		{"region", "吉林省吉林市", "220200", "the city with its province"},
		{"region", "Jilin", "220000", "province and city share the English name: the province is certain"},
		{"region", "Hainan", "", "a province and a prefecture elsewhere share the English name"},
		{"region", "Suzhou", "", "two cities share the English name"},
		{"region", "北京", "110000", "a municipality"},
		{"programmes", "510202", "computer_network", "the national major code"},
		{"programmes", "计算机网络技术专业", "computer_network", "an alias"},
		{"programmes", "物联网", "iot", "the short name"},
		{"competencies", "故障诊断", "fault_diagnosis", "the short name"},
		{"competencies", "数字素养", "", "switched off"},
		{"ladder", "hcip", "HCIP", "case does not matter"},
		{"tracks", "数通", "datacom", "an alias"},
		{"certificates", "datacom/HCIP", "datacom/HCIP", "the code"},
		{"certificates", "数据通信 HCIP", "datacom/HCIP", "as templates print it"},
		{"certificates", "HCIP-Datacom", "datacom/HCIP", "as the vendor writes it"},
		{"certificates", "HCIA—Datacom", "", "a dash of another kind is for the reader to settle"},
		{"certificates", "HCIE", "", "no track"},
		{"job_family", "售前", "presales_solution", "an alias"},
		{"horizon", "3年", "3", "the name"},
		{"horizon", "３", "3", "a full-width digit"},
		{"nowhere", "x", "", "an unknown vocabulary finds nothing"},
	}
	cb := Default()
	for _, tt := range tests {
		it, ok := cb.Find(tt.vocabulary, tt.text)
		if it.Code != tt.want || ok != (tt.want != "") {
			t.Errorf("Find(%s, %q) = %q, %v; want %q: %s", tt.vocabulary, tt.text, it.Code, ok, tt.want, tt.why)
		}
	}
}

// Whatever a template's dropdown offers must be understood when it comes back.
func TestFindUnderstandsEveryDropdown(t *testing.T) {
	for _, cb := range []*Codebook{Default(), parsed(t, nursing)} {
		for _, name := range cb.VocabularyNames() {
			for _, it := range cb.Items(name) {
				for _, text := range []string{it.Code, it.Code + " " + it.Name.Both(), it.Code + " " + it.Name.ZH} {
					if got, ok := cb.Find(name, text); !ok || got.Code != it.Code {
						t.Errorf("%s: Find(%s, %q) = %q, %v", cb.ID, name, text, got.Code, ok)
					}
				}
				if got, ok := cb.Find(name, it.Name.Both()); name != "industry" && (!ok || got.Code != it.Code) {
					t.Errorf("%s: Find(%s, %q) = %q, %v", cb.ID, name, it.Name.Both(), got.Code, ok)
				}
			}
		}
	}
}

func parsed(t *testing.T, data []byte) *Codebook {
	t.Helper()
	cb, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return cb
}

func TestName(t *testing.T) {
	cb := Default()
	if got := cb.Name("region", "440300").Both(); got != "深圳市 Shenzhen" {
		t.Errorf("region name %q", got)
	}
	if got := cb.Name("competencies", "digital_literacy").ZH; got != "数字素养" {
		t.Errorf("an optional competency keeps its name, got %q", got)
	}
	if got := cb.Name("region", "999999").Both(); got != "999999" {
		t.Errorf("an unknown code names itself, got %q", got)
	}
}

// TestUnknownNamesFindNothing: a stranger's code is no panic and no half value.
func TestUnknownNamesFindNothing(t *testing.T) {
	cb := Default()
	visit, ok := cb.Form("visit")
	if !ok {
		t.Fatal("no visit form")
	}
	jobs, ok := visit.Sheet("jobs")
	if !ok {
		t.Fatal("no sheet of jobs")
	}
	for what, lookUp := range map[string]func() (any, bool){
		"a rule":       func() (any, bool) { r, ok := cb.Rule("V999"); return r.Code, ok },
		"a form":       func() (any, bool) { return cb.Form("diary") },
		"a sheet":      func() (any, bool) { return visit.Sheet("pupils") },
		"a field":      func() (any, bool) { return jobs.Field("colour") },
		"a programme":  func() (any, bool) { p, ok := cb.Programme("alchemy"); return p.Code, ok },
		"a competency": func() (any, bool) { c, ok := cb.Competency("alchemy"); return c.Code, ok },
		"a vocabulary": func() (any, bool) { items := cb.Items("colours"); return items, len(items) > 0 },
	} {
		if got, ok := lookUp(); ok {
			t.Errorf("%s that is not there is found: %v", what, got)
		}
	}
	if r, ok := cb.Rule("V012"); !ok || r.Code != "V012" || r.Title.EN == "" {
		t.Errorf("the rule V012 is %+v, %v", r, ok)
	}
}

// TestNestedNamesAreCertain: a parent and its only child may share a name, in whatever order they are listed.
func TestNestedNamesAreCertain(t *testing.T) {
	name := Text{ZH: "房地产业", EN: "Real estate"}
	section, division := Item{Code: "K", Name: name}, Item{Code: "70", Parent: "K", Name: name}
	for why, items := range map[string][]Item{"the parent first": {section, division}, "the child first": {division, section}} {
		l := newLookup(items)
		if i, ok := l.find("房地产业"); !ok || items[i].Code != "K" {
			t.Errorf("%s: the shared name does not mean the parent", why)
		}
	}
}

func TestText(t *testing.T) {
	for _, tt := range []struct {
		text      Text
		want      string
		spellings []string
	}{
		{Text{ZH: "甲", EN: "A"}, "甲 A", []string{"甲", "A", "甲 A"}},
		{Text{ZH: "甲"}, "甲", []string{"甲"}},
		{Text{EN: "A"}, "A", []string{"A"}},
		{Text{ZH: "A", EN: "A"}, "A", []string{"A"}},
		{Text{}, "", nil},
	} {
		if got := tt.text.Both(); got != tt.want {
			t.Errorf("%+v is shown as %q, want %q", tt.text, got, tt.want)
		}
		if got := tt.text.Spellings(); !slices.Equal(got, tt.spellings) {
			t.Errorf("%+v is spelt %q, want %q", tt.text, got, tt.spellings)
		}
	}
}

func TestClosing(t *testing.T) {
	cb := Codebook{Campaigns: []Campaign{{Year: 2025, Closes: "2025-12-31"}, {Year: 2026, Closes: "2026-11-30"}}}
	for year, want := range map[int]string{2025: "2025-12-31", 2026: "2026-11-30", 2027: ""} {
		if got := cb.Closing(year); got != want {
			t.Errorf("%d closes on %q, want %q", year, got, want)
		}
	}
}

func TestFindMissing(t *testing.T) {
	tests := []struct{ text, want string }{
		{"不清楚", "unknown"}, {" / ", "unknown"}, {"／", "unknown"}, {"N/A", "not_applicable"}, {"（跳过）", "not_applicable"},
		{"无", "none"}, {"保密", "refused"}, {"不便 透露", "refused"}, {"0", ""}, {"", ""}, {"5", ""},
	}
	for _, tt := range tests {
		if got, ok := Default().FindMissing(tt.text); got != tt.want || ok != (tt.want != "") {
			t.Errorf("FindMissing(%q) = %q, %v; want %q", tt.text, got, ok, tt.want)
		}
	}
}

func TestFold(t *testing.T) {
	tests := []struct{ in, want, why string }{
		{"abc", "abc", "nothing to do"},
		{"ＡＢＣ１２３", "abc123", "full width"},
		{"（跳过）", "(跳过)", "full-width brackets"},
		{" a\u00a0b\u3000c\u200b\ufeff\t\n", "abc", "every kind of space"},
		{"HarmonyOS", "harmonyos", "case"},
		{"①", "1", "compatibility forms"},
		{"", "", "nothing"},
	}
	for _, tt := range tests {
		if got := Fold(tt.in); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q: %s", tt.in, got, tt.want, tt.why)
		}
	}
}

// The short way of Fold gives what the long one gives, for every ideograph it passes over and beside
// whatever may stand next to it.
func TestFoldOfIdeographs(t *testing.T) {
	for r := rune(0x4e00); r <= 0x9fff; r++ {
		if s := string(r); !plain(s) || norm.NFKC.String(strings.Map(foldRune, norm.NFKC.String(s+"a1"+s))) != s+"a1"+s {
			t.Fatalf("%U is not plain", r)
		}
	}
	for _, s := range []string{"\u4dff", "\ua000", "Ａ", "云\u0301", "云\u3099", "\uf900", "云A", "云 图", "云\x7f", "\xe5\xb2", "\xe5\xb2a", "\xe5a\xb2", "\xe4\xb7\xbf", "\U0002f800"} {
		if plain(s) {
			t.Errorf("%+q is passed over", s)
		}
	}
}

// Parts that are folded one by one make the same keys as the whole spelling.
func TestNestedSpellings(t *testing.T) {
	for name, l := range Default().index.vocabularies {
		for _, it := range l.items {
			at, nested := l.byCode[it.Parent]
			if !nested {
				continue
			}
			got, want := make(map[string]bool), make(map[string]bool)
			for _, key := range l.withParent(it) {
				got[key] = true
			}
			for _, p := range spellings(l.items[at]) {
				for _, own := range spellings(it) {
					for _, sep := range separators {
						want[Fold(p+sep+own)] = true
					}
				}
				want[Fold(p+it.Code+it.Name.ZH)], want[Fold(p+it.Code+it.Name.Both())] = true, true
			}
			if !maps.Equal(got, want) {
				t.Fatalf("%s %s: %v, want %v", name, it.Code, got, want)
			}
		}
	}
}

// A spelling of an earlier layer stays what it is; one that two items of a layer share is free for the next.
func TestLayersOfSpellings(t *testing.T) {
	l := newLookup([]Item{
		{Code: "p", Name: Text{ZH: "甲"}}, {Code: "c", Name: Text{ZH: "乙"}, Parent: "p"}, {Code: "d", Name: Text{ZH: "丙"}, Parent: "p"},
		{Code: "x", Name: Text{ZH: "甲乙"}},
		{Code: "y", Name: Text{ZH: "丁"}, Aliases: []string{"甲丙", "同名"}}, {Code: "z", Name: Text{ZH: "戊"}, Aliases: []string{"甲丙", "同名"}},
	})
	for text, want := range map[string]string{"甲乙": "x", "甲丙": "d", "甲/乙": "c", "同名": "", "": ""} {
		got := ""
		if i, ok := l.find(text); ok {
			got = l.items[i].Code
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Ａ b\u00a0ｃ")
	f.Add("İ\u0307K")
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Errorf("folding twice changes %q: %q, %q", s, once, twice)
		}
	})
}
