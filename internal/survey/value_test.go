package survey

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		text string
		want float64
		how  string
		ok   bool
	}{
		{"5", 5, "", true},
		{"５", 5, HowFullWidth, true},
		{"５．０", 5, HowFullWidth, true},
		{" 5 ", 5, HowSpaces, true},
		{"5\u00a0", 5, HowSpaces, true},
		{"5分", 5, HowUnit, true},
		{"120 人", 120, HowUnit, true},
		{"五", 5, HowChinese, true},
		{"十二", 12, HowChinese, true},
		{"二十一", 21, HowChinese, true},
		{"1,200", 1200, HowThousands, true},
		{"１，２００人", 1200, HowThousands, true},
		{"1.2万", 12000, HowTenThousand, true},
		{"1.1万人", 11000, HowTenThousand, true},
		{"约120", 120, HowApprox, true},
		{"120人左右", 120, HowApprox, true},
		{"-3", -3, "", true},
		{"两", 2, HowChinese, true},
		{"1 200", 1200, HowThousands, true},         // a blank for the comma
		{"1 200 000人", 1200000, HowThousands, true}, //
		{"约 12\u00a0500.5", 12500.5, HowApprox, true},
		{"- 3", -3, HowSpaces, true},
		{"3\n人", 3, HowUnit, true},
		{"3\n5", 0, "", false},        // two lines are two numbers
		{"1\n200", 0, "", false},      // also where the second has three digits
		{"10 20", 0, "", false},       // two numbers beside one another
		{"100 200", 0, "", false},     // from 100 to 200, or a hundred thousand
		{"1 2000", 0, "", false},      // no group of three
		{"1 20", 0, "", false},        //
		{"1 200 30", 0, "", false},    //
		{"1200 300", 0, "", false},    // the first group is too long
		{"1.5,200", 0, "", false},     // a comma behind the point
		{"1,200.5,300", 0, "", false}, //
		{"1 2人 300", 0, "", false},    // two numbers and a half
		{"1,200.5", 1200.5, HowThousands, true},
		{"1.5 200", 0, "", false},          // the first is a fraction
		{"1 200,300", 0, "", false},        // two ways of grouping
		{"1,200 300", 0, "", false},        //
		{"0 200", 0, "", false},            // no number begins so
		{"3. 5", 0, "", false},             // a point ends the first of two numbers
		{"3, 500", 0, "", false},           // so may a comma
		{"十\n二", 0, "", false},             // ten and two
		{"１０　２０", 0, "", false},            // wide digits, a wide blank
		{"零十", 0, "", false},               // no number is written so
		{"十零", 0, "", false},               //
		{"100-200", 0, "", false},          // a range is no number
		{"1,20", 0, "", false},             // no thousands
		{"1e3", 0, "", false},              // nobody means this
		{"0x10", 0, "", false},             // nor this
		{"NaN", 0, "", false},              // nor this
		{"Inf", 0, "", false},              //
		{"5.5.5", 0, "", false},            // a version, a date
		{"3/4", 0, "", false},              // a date or a fraction
		{"人", 0, "", false},                // a unit alone
		{"", 0, "", false},                 //
		{"1234567890123456", 0, "", false}, // more digits than a count has
	} {
		got, how, ok := ParseNumber(c.text)
		if got != c.want || how != c.how || ok != c.ok {
			t.Errorf("ParseNumber(%q) = %v, %q, %v; want %v, %q, %v", c.text, got, how, ok, c.want, c.how, c.ok)
		}
	}
}

func TestParsePay(t *testing.T) {
	const open, talk = -1, -2 // the end is not stated; it is negotiable
	for _, c := range []struct {
		text      string
		low, high int
		how       string
		ok        bool
	}{
		{"8000", 8000, 8000, "", true},
		{"8k-12k", 8000, 12000, HowSalaryRange, true},
		{"9k-9K", 9000, 9000, HowUnit, true},
		{"8-12k", 8000, 12000, HowSalaryRange, true},
		{"8k〜12k", 8000, 12000, HowSalaryRange, true},
		{"1-1.5万/月", 10000, 15000, HowSalaryRange, true},
		{"１～１．５万／月", 10000, 15000, HowSalaryRange, true},
		{"8000-12000元/月", 8000, 12000, HowSalaryRange, true},
		{"8000—12000", 8000, 12000, HowSalaryRange, true},
		{"0.8万至1.2万", 8000, 12000, HowSalaryRange, true},
		{"8k-1.2万", 8000, 12000, HowSalaryRange, true},
		{"10k以上", 10000, open, HowSalaryOpen, true},
		{"10k+", 10000, open, HowSalaryOpen, true},
		{"不低于5000元", 5000, open, HowSalaryOpen, true},
		{"10k以下", open, 10000, HowSalaryOpen, true},
		{"20万/年", 16667, 16667, HowSalaryYear, true}, // 200,000 ÷ 12 = 16,666.67
		{"年薪12-18万", 10000, 15000, HowSalaryYear, true},
		{"15k·13薪", 15000, 15000, HowUnit, true},
		{"15k-25k*14薪", 15000, 25000, HowSalaryRange, true},
		{"¥8,000", 8000, 8000, HowUnit, true},
		{"月薪8000", 8000, 8000, HowUnit, true},
		{"10k及以上", 10000, open, HowSalaryOpen, true},
		{"至少8k/月（税前）", 8000, open, HowSalaryOpen, true},
		{"8000元/月-¥1.2万/月", 8000, 12000, HowSalaryRange, true},
		{"年薪20万以上", 16667, open, HowSalaryYear, true},
		{"20万以上/年", 16667, open, HowSalaryYear, true},
		{"12 000-15 000元", 12000, 15000, HowSalaryRange, true},
		{"8 000", 8000, 8000, HowThousands, true},
		{"面议", talk, talk, HowNegotiable, true},
		{"薪资面议", talk, talk, HowNegotiable, true},
		{"200/天", 0, 0, "", false},      // days a month are not known
		{"50元/小时", 0, 0, "", false},     //
		{"12k-8k", 0, 0, "", false},     // swapped ends are no certain range
		{"看能力", 0, 0, "", false},        //
		{"8k-12k以上", 0, 0, "", false},   // says two things
		{"月薪10万/年", 0, 0, "", false},    // by the month or by the year
		{"3年以上10k", 0, 0, "", false},    // experience and a wage, not 310k
		{"3年10万", 0, 0, "", false},      //
		{"3年，100k", 0, 0, "", false},    //
		{"10k 3年以上", 0, 0, "", false},   //
		{"5+3k", 0, 0, "", false},       // a base and a bonus
		{"5k+3k", 0, 0, "", false},      //
		{"8*13薪10k", 0, 0, "", false},   //
		{"约8千约9千", 0, 0, "", false},     // two amounts
		{"8000元9000", 0, 0, "", false},  //
		{"8000\n9000", 0, 0, "", false}, //
		{"1 1.5万", 0, 0, "", false},     //
		{"至8000", 0, 0, "", false},      // half a range
		{"8k以上-12k以下", 0, 0, "", false}, //
		{"", 0, 0, "", false},           //
	} {
		p, ok := ParsePay(c.text)
		if !ok || !c.ok {
			if ok != c.ok {
				t.Errorf("ParsePay(%q) ok = %v, want %v (%+v)", c.text, ok, c.ok, p)
			}
			continue
		}
		for _, end := range []struct {
			got  Answer[int]
			want int
		}{{p.Low, c.low}, {p.High, c.high}} {
			want := Have(end.want)
			switch end.want {
			case open:
				want = Answer[int]{}
			case talk:
				want = Answer[int]{Status: Unknown}
			}
			if end.got != want {
				t.Errorf("ParsePay(%q) end %+v, want %+v", c.text, end.got, want)
			}
		}
		if p.How != c.how {
			t.Errorf("ParsePay(%q) how = %q, want %q", c.text, p.How, c.how)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		text  string
		want  Day
		how   string
		fault DateFault
	}{
		{"2026-03-05", "2026-03-05", "", DateFine},
		{"2026-3-5", "2026-03-05", HowTextDate, DateFine},
		{"2026/3/5", "2026-03-05", HowTextDate, DateFine},
		{"2026.3.5", "2026-03-05", HowTextDate, DateFine},
		{"2026。3。5", "2026-03-05", HowTextDate, DateFine},
		{"２０２６．３．５", "2026-03-05", HowTextDate, DateFine},
		{"20260305", "2026-03-05", HowTextDate, DateFine},
		{"2026年3月5日", "2026-03-05", HowTextDate, DateFine},
		{"2026 年 3 月 5 号", "2026-03-05", HowTextDate, DateFine},
		{"2026年3月5日（星期四）", "2026-03-05", HowTextDate, DateFine},
		{"2026年3月5日 14:30", "2026-03-05", HowTextDate, DateFine},
		{"2026-03-05T08:00:00Z", "2026-03-05", HowTextDate, DateFine},
		{"2026-03-05T08:00:00.000+08:00", "2026-03-05", HowTextDate, DateFine},
		{"2026-03-05 00:00:00", "2026-03-05", HowTextDate, DateFine},
		{"2026.3.5\n14：30", "2026-03-05", HowTextDate, DateFine},
		{"2026.3.5 3点", "2026-03-05", HowTextDate, DateFine},
		{"2026/3/5 上午9点半", "2026-03-05", HowTextDate, DateFine},
		{"2026年3月5日下午三点", "2026-03-05", HowTextDate, DateFine},
		{"2026年3月5日14时30分", "2026-03-05", HowTextDate, DateFine},
		{"2026-03-05 3 PM", "2026-03-05", HowTextDate, DateFine},
		{"2026-03-05(四)", "2026-03-05", HowTextDate, DateFine},
		{"2026-03-08 周日 上午", "2026-03-08", HowTextDate, DateFine},
		{"2026年3月8日（星期日）上午", "2026-03-08", HowTextDate, DateFine},
		{"2026-03-08星期日", "2026-03-08", HowTextDate, DateFine}, // its 日 closes no day
		{"2026-3-8(日)", "2026-03-08", HowTextDate, DateFine},
		{"2026-3-8（日）", "2026-03-08", HowTextDate, DateFine},
		{"20260308 ( 日 ) 14:30", "2026-03-08", HowTextDate, DateFine},
		{"2026年3月8日(日)", "2026-03-08", HowTextDate, DateFine},
		{"3月8号（日）上午", "2026-03-08", HowYearAdded, DateFine},
		{"2026-3(8日)", "", "", DateUnreadable},
		{"2026年3月5日6日", "", "", DateUnreadable}, // from here on a second day may stand behind the first
		{"2026年3月5日六日", "", "", DateUnreadable},
		{"2026年3月5日 6", "", "", DateUnreadable},
		{"2026年3月5日 3月6日", "", "", DateUnreadable},
		{"2026.3.5\n2026.3.6", "", "", DateUnreadable},
		{"2026-03-05 06", "", "", DateUnreadable},
		{"2026-03-05 3.6", "", "", DateUnreadable},
		{"2026-03-05 2026.3.6", "", "", DateUnreadable},
		{"2026-03-05(6)", "", "", DateUnreadable},
		{"20260305 06", "", "", DateUnreadable},
		{"20260305 20260306", "", "", DateUnreadable},
		{"2026-03-05 上午 6", "", "", DateUnreadable},
		{"2026-03-05 上午 6日", "", "", DateUnreadable},
		{"2026-03-05 周四 06", "", "", DateUnreadable},
		{"2026-03-05 26:00", "", "", DateUnreadable}, // no hour
		{"二〇二六年三月五日", "2026-03-05", HowTextDate, DateFine},
		{"26年3月5日", "2026-03-05", HowTextDate, DateFine},
		{"3月5日", "2026-03-05", HowYearAdded, DateFine},
		{"2028-02-29", "2028-02-29", "", DateFine},
		{"25/3/2026", "2026-03-25", HowTextDate, DateFine}, // there is no month 25
		{"3/25/2026", "2026-03-25", HowTextDate, DateFine},
		{"3/3/2026", "2026-03-03", HowTextDate, DateFine}, // both readings are one day
		{"3/4/2026", "", "", DateAmbiguous},
		{"3/4/26", "", "", DateAmbiguous},
		{"26.3.5", "", "", DateAmbiguous},
		{"3.5", "", "", DateAmbiguous},
		{"2026-02-30", "", "", DateImpossible},
		{"2027-02-29", "", "", DateImpossible},
		{"2026年13月1日", "", "", DateImpossible},
		{"2026年3月", "", "", DateIncomplete},
		{"2026-03", "", "", DateIncomplete},
		{"2026-3-末", "", "", DateUnreadable},
		{"2o26年3月5日", "", "", DateUnreadable}, // a letter in the year
		{"一八九九年三月五日", "", "", DateUnreadable}, // no visit was then
		{"上周三", "", "", DateUnreadable},
		{"2026", "", "", DateUnreadable},
		{"1899-12-31", "", "", DateImpossible},
		{"", "", "", DateUnreadable},
	} {
		got, how, fault := ParseDate(c.text, 2026)
		if got != c.want || fault != c.fault || fault == DateFine && how != c.how {
			t.Errorf("ParseDate(%q) = %q, %q, %d; want %q, %q, %d", c.text, got, how, fault, c.want, c.how, c.fault)
		}
	}
	if _, _, fault := ParseDate("3月5日", 0); fault != DateNoYear {
		t.Errorf("3月5日 without a campaign's year: fault %d, want DateNoYear", fault)
	}
}

func TestSerialDay(t *testing.T) {
	for _, c := range []struct {
		serial float64
		want   Day
	}{{46086, "2026-03-05"}, {20260305, "2026-03-05"}, {36526, "2000-01-01"}, {60, ""}, {59.5, ""}, {0, ""}, {-1, ""}, {2958466, ""}, {1e15, ""}, {20260230, ""}} {
		if got, _, _ := serialDay(c.serial); got != c.want {
			t.Errorf("serialDay(%v) = %q, want %q", c.serial, got, c.want)
		}
	}
}

// TestCheckUSCC uses codes published with the standard and in its implementations.
func TestCheckUSCC(t *testing.T) {
	var published struct {
		Valid   []string `json:"valid"`
		Invalid []string `json:"invalid_published"`
	}
	data, err := os.ReadFile("testdata/uscc.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &published); err != nil {
		t.Fatal(err)
	}
	if len(published.Valid) < 30 {
		t.Fatalf("only %d valid codes", len(published.Valid))
	}
	for _, code := range append(published.Valid, "91350100M000100Y43", "91512081MA62K0260E") {
		if fault := CheckUSCC(code); fault != USCCFine {
			t.Errorf("%s: fault %d", code, fault)
		}
		for i := range code { // one character wrong is always noticed
			for _, other := range []byte("0A8") {
				wrong := []byte(code)
				if wrong[i] == other {
					continue
				}
				wrong[i] = other
				if CheckUSCC(string(wrong)) == USCCFine {
					t.Errorf("%s passes for %s", wrong, code)
				}
			}
		}
	}
	for _, code := range append(published.Invalid, "91350100M000100Y4Z", "91350100m000100y43", "") {
		if CheckUSCC(code) == USCCFine {
			t.Errorf("%s passes", code)
		}
	}
	for why, c := range map[string]struct {
		code string
		want USCCFault
	}{
		"the organisation's own digit":     {"91350100M000100Y56", USCCOrgDigit},
		"an authority that does not exist": {"B1350100M000100Y41", USCCAuthority},
		"a letter in the last place":       {"91350100M000100Y4O", USCCAlphabet},
	} {
		if fault := CheckUSCC(c.code); fault != c.want {
			t.Errorf("%s: %s has fault %d, want %d", why, c.code, fault, c.want)
		}
	}
	if got := NormalUSCC(" ９１35 0100-M000100y43\n"); got != "91350100M000100Y43" {
		t.Errorf("NormalUSCC = %q", got)
	}
}

// TestParseInt: 5.0 is the whole number 5, 5.5 is none, and nothing counted is as large as the third.
func TestParseInt(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
		how  string
		ok   bool
	}{{"5", 5, "", true}, {"5.0", 5, HowDecimal, true}, {"5.5", 0, "", false}, {"2000000000000", 0, "", false}} {
		if got, how, ok := ParseInt(c.text); got != c.want || how != c.how || ok != c.ok {
			t.Errorf("ParseInt(%q) = %d, %q, %v", c.text, got, how, ok)
		}
	}
}

// TestSizeContradicts holds sizes against the limits of 2017: 300, 100 and 10 employees in software (65), 200, 20
// and 5 in wholesale (51). A smaller size than the employees allow may be the revenue's doing.
func TestSizeContradicts(t *testing.T) {
	for _, c := range []struct {
		why       string
		division  string
		section   string
		size      string
		employees int
		want      string // "" for no contradiction
	}{
		{"a large one", "65", "I", "large", 300, ""},
		{"one person short of a large one", "65", "I", "large", 299, "medium"},
		{"one person short of a medium one", "65", "I", "medium", 99, "small"},
		{"one person short of a small one", "65", "I", "small", 9, "micro"},
		{"a micro one of many people may earn little", "65", "I", "micro", 500, ""},
		{"leasing is judged by employees alone", "", "L", "micro", 500, ""},
		{"science is judged by employees alone", "", "M", "small", 500, "large"},
		{"wholesale has limits of its own", "51", "F", "large", 200, ""},
		{"no limits are known", "", "J", "large", 1, ""},
		{"a size that nobody knows", "65", "I", "", 1, ""},
	} {
		e := Enterprise{Division: c.division, Industry: c.section, Size: c.size, Employees: Have(c.employees)}
		if want, bad := sizeContradicts(&e); bad != (c.want != "") || bad && want != c.want {
			t.Errorf("%s: %q, %v; want %q", c.why, want, bad, c.want)
		}
	}
}

func TestSplitChoices(t *testing.T) {
	cb := codebook.Default()
	for _, c := range []struct {
		vocabulary, text string
		want             []string
	}{
		{"ecosystem", "华为、新华三", []string{"华为", "新华三"}},
		{"ecosystem", "华为┋新华三", []string{"华为", "新华三"}},
		{"ecosystem", "华为; 新华三；中兴", []string{"华为", "新华三", "中兴"}},
		{"ecosystem", "华为,新华三，中兴", []string{"华为", "新华三", "中兴"}},
		{"ecosystem", "华为|新华三\n中兴", []string{"华为", "新华三", "中兴"}},
		{"ecosystem", "华为/新华三", []string{"华为", "新华三"}},
		{"ecosystem", "华为和新华三", []string{"华为", "新华三"}},
		{"ecosystem", "华为 新华三", []string{"华为", "新华三"}},
		{"ecosystem", "甲和乙", []string{"甲和乙"}},          // unknown words are not taken apart
		{"industry", "农、林、牧、渔业", []string{"农、林、牧、渔业"}}, // a name that holds the separator
		{"industry", "农、林、牧、渔业、制造业", []string{"农、林、牧、渔业", "制造业"}},
	} {
		known := func(p string) bool { _, _, ok := findChoice(cb, c.vocabulary, p); return ok }
		got := splitChoices(c.text, known)
		if len(got) != len(c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: %q, want %q", c.text, got, c.want)
			}
		}
	}
}

// TestOtherIsOneAnswer: 其他 may bring words of its own, and swallows no answer of the list that stands beside it.
func TestOtherIsOneAnswer(t *testing.T) {
	for _, c := range []struct{ why, text, want, asked string }{
		{"alone", "其他", "other", ""},
		{"words in brackets", "其他（迈普）", "other", ""},
		{"brackets of two kinds, a blank before them", "其它 (迈普、甲厂）", "other", ""},
		{"brackets of a questionnaire tool", "华为┋其他〖迈普〗", "huawei other", ""},
		{"brackets within brackets", "其他（迈普（交换机））", "other", ""},
		{"words behind a colon", "其他：迈普", "other", ""},
		{"several words behind a colon, none of the list", "其他：迈普、甲厂 和乙厂", "other", ""},
		{"words behind a dash", "其他——迈普", "other", ""},
		{"a colon and a line for the words, left blank", "其他：____", "other", ""},
		{"answers after the brackets", "其他（迈普）、华为、思科", "other huawei cisco", ""},
		{"more words in brackets than are ever joined", "其他（甲、乙；丙、丁、戊、己）、华为", "other huawei", ""},
		{"an answer after a blank", "其他 华为", "other huawei", ""},
		{"an answer after 和", "其他和华为", "other huawei", ""},
		{"in the middle", "华为、其他、思科", "huawei other cisco", ""},
		{"an answer of the list after words of its own", "其他：迈普、华为", "other huawei", ""},
		{"the same with a blank", "其他：迈普 华为", "other huawei", ""},
		{"an answer of the list among words of its own", "其他：华为、迈普", "other", "迈普"},
		{"words after a comma may be an answer misspelt", "其他，华威", "other", "华威"},
		{"words after a blank", "其他 华威", "", "其他 华威"},
		{"a bracket that is not closed", "其他（迈普", "", "其他（迈普"},
		{"a bracket that was never opened", "迈普）、思科", "cisco", "迈普）"},
		{"words after the brackets", "其他（迈普）华为", "", "其他（迈普）华为"},
		{"a word that begins like it", "其他项目", "", "其他项目"},
	} {
		in := NewScan(codebook.Default(), 2026)
		got := strings.Join(in.Codes(oneAnswer(t, asked(codebook.TypeCodes, "ecosystem"), "'"+c.text), "answer"), " ")
		issue := ""
		for _, i := range in.Issues {
			issue += i.Got
		}
		if got != c.want || issue != c.asked {
			t.Errorf("%s: %q reads as %q, asked about %q; want %q, %q", c.why, c.text, got, issue, c.want, c.asked)
		}
	}
	in := NewScan(codebook.Default(), 2026)
	one := asked(codebook.TypeCode, "ownership")
	if got := in.Code(oneAnswer(t, one, "'其他：上市公司、国有"), "answer"); got != "" || len(in.Issues) != 1 {
		t.Errorf("two answers where one is asked: %q, %v", got, codesOf(in.Issues))
	}
	if got := in.Code(oneAnswer(t, one, "'其他：上市公司、混合"), "answer"); got != otherCode || len(in.Issues) != 1 {
		t.Errorf("words of its own where one answer is asked: %q, %v", got, codesOf(in.Issues))
	}
}

func TestVisibleAndMasked(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a\nb", "a⏎b"}, {"a\tb", "a b"}, {"a\x7fb", "a␡b"}, {"\x1b[31m", "␛[31m"}, {"x\u202ey", "x‹U+202E›y"}, {"\U000e0001", "‹U+E0001›"}, {"plain 中文", "plain 中文"},
	} {
		if got := Visible(c.text, 60); got != c.want {
			t.Errorf("Visible(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	if got := Visible("一二三四", 2); got != "一二…" {
		t.Errorf("shortened to %q", got)
	}
}

func TestScanRecordsWhatItChanged(t *testing.T) {
	book := BookFromText(replace(t, goodVisit,
		jobRow+" 3 | 3 | 3 | 4 |", jobRow+" ４ | 5分 | 5.0 | 四 |",
		"| 6000 | 9000 |", "| 8k-12k | |",
		"| 120 |", "| １，２００人 |",
		"| 2026-03-05 |", "| 3月5日 |",
		"| 中型 Medium |", "| 中 |",
		"| 满意度 | 4 |", "| 满意度 | / |",
	))
	visits, _ := Decode(codebook.Default(), book, Context{Year: 2026})
	v := visits[0]
	q := v.Jobs[0].Ratings
	if q[0].Importance != Have(4) || q[0].Required != Have(5) || q[0].Graduate != Have(5) || q[1].Importance != Have(4) {
		t.Errorf("ratings %+v %+v", q[0], q[1])
	}
	if v.Jobs[0].SalaryMin != Have(8000) || v.Jobs[0].SalaryMax != Have(12000) {
		t.Errorf("salary %+v %+v", v.Jobs[0].SalaryMin, v.Jobs[0].SalaryMax)
	}
	if v.Day != "2026-03-05" || v.Enterprise.Employees != Have(1200) || v.Enterprise.Size != "medium" || v.Satisfaction.Status != Unknown {
		t.Errorf("visit %+v", v)
	}
	hows := make(map[string]string)
	for _, c := range v.Changes {
		hows[c.At.Cell()+" "+c.Raw] = c.How
	}
	for raw, how := range map[string]string{
		"K4 ４": HowFullWidth, "L4 5分": HowUnit, "N4 四": HowChinese, "H4 8k-12k": HowSalaryRange,
		"B17 １，２００人": HowThousands, "B4 3月5日": HowYearAdded, "B14 中": HowAlias, "B22 /": HowMissing,
	} {
		if hows[raw] != how {
			t.Errorf("change of %s: %q, want %q", raw, hows[raw], how)
		}
	}
}
