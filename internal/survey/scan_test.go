package survey

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// oneAnswer is a record of one field, whose answer is written as in a text table.
func oneAnswer(t *testing.T, f codebook.Field, cell string) Record {
	t.Helper()
	s := &FilledSheet{Name: "表", Columns: []Column{{Field: &f, Header: "项目", At: Ref{Sheet: "表", Row: 1, Col: 2}}}}
	s.makeIndex()
	r := Record{Sheet: s, Row: 2, cells: []*Cell{nil}}
	if c, ok := cellFromText(cell); ok {
		c.Col = 2
		r.cells[0] = &c
	}
	return r
}

// asked is a field of a type, its bounds (from the first of min, max) and its vocabulary.
func asked(kind codebook.FieldType, vocabulary string, bounds ...float64) codebook.Field {
	f := codebook.Field{Key: "answer", Label: codebook.Text{ZH: "项目", EN: "Item"}, Type: kind, Vocabulary: vocabulary}
	if len(bounds) > 0 {
		f.Min = &bounds[0]
	}
	if len(bounds) > 1 {
		f.Max = &bounds[1]
	}
	return f
}

// TestEveryKindOfAnswer reads one cell of each kind as each type of field: the value that is kept, the
// rule that is broken, and what is written down where the answer was put in another form.
func TestEveryKindOfAnswer(t *testing.T) {
	importance := asked(codebook.TypeLevel, "")
	importance.Key = "importance"
	answer := func(a any) string { return strings.Trim(fmt.Sprint(a), "{}") }
	var (
		number = func(s *Scan, r Record) string { return answer(s.Number(r, "answer")) }
		whole  = func(s *Scan, r Record) string { return answer(s.Int(r, "answer")) }
		level  = func(s *Scan, r Record) string { return answer(s.Level(r, "answer")) }
		weight = func(s *Scan, r Record) string { return answer(s.Level(r, "importance")) }
		day    = func(s *Scan, r Record) string { return string(s.Date(r, "answer")) }
		text   = func(s *Scan, r Record) string { return s.Text(r, "answer") }
		ids    = func(s *Scan, r Record) string { return strings.Join(s.IDs(r, "answer"), " ") }
		yes    = func(s *Scan, r Record) string { return answer(s.Bool(r, "answer")) }
		code   = func(s *Scan, r Record) string { return s.Code(r, "answer") }
		codes  = func(s *Scan, r Record) string { return strings.Join(s.Codes(r, "answer"), " ") }
		uscc   = func(s *Scan, r Record) string { return s.USCC(r, "answer") }
		held   = func(s *Scan, r Record) string { return certificatesText(s.Certificates(r, "answer")) }
		pay    = func(s *Scan, r Record) string {
			low, high := s.Money(r, "answer")
			return answer(low) + " " + answer(high)
		}
		share    = asked(codebook.TypeNumber, "", 0, 1)
		percent  = asked(codebook.TypeNumber, "", 0, 100)
		money    = asked(codebook.TypeMoney, "", 1000, 200000)
		staff    = asked(codebook.TypeID, "")
		rating   = asked(codebook.TypeLevel, "")
		date     = asked(codebook.TypeDate, "")
		yesOrNo  = asked(codebook.TypeBool, "")
		certs    = asked(codebook.TypeCerts, "")
		partner  = asked(codebook.TypeCodes, "partnership")
		region   = asked(codebook.TypeCode, "region")
		mode     = asked(codebook.TypeCode, "visit_mode")
		noAnswer = answer(Answer[int]{})
	)
	given := func(v string) string { return v + " " + fmt.Sprint(Given) }
	for _, c := range []struct {
		why, cell string
		field     codebook.Field
		read      func(*Scan, Record) string
		want      string
		issue     string // "V006 ≥ 3": code and, where it is worth saying, what is allowed
		how       string // "85 unit": what is kept and why it differs from the cell
	}{
		{"a decimal number", "1.5", percent, number, given("1.5"), "", ""},
		{"a share in percent, of a hundred", "'85%", percent, number, given("85"), "", "85 unit"},
		{"a share in percent, of one", "'８５％", share, number, given("0.85"), "", "0.85 unit"},
		{"a share above the whole", "'185%", percent, number, noAnswer, "V009 0–100", ""},
		{"a percent sign with no number", "'很多%", percent, number, noAnswer, "V006 0–100", ""},
		{"a word for a number", "'很多", percent, number, noAnswer, "V006 0–100", ""},
		{"a date for a number", "2026-03-05", percent, whole, noAnswer, "V025 0–100", ""},
		{"a tick for a number", "TRUE", percent, whole, noAnswer, "V006 0–100", ""},
		{"a whole number with a point, as text", "'12.0", percent, whole, given("12"), "", "12 decimal"},
		{"a number with binary noise", "2.9999999999999", percent, whole, given("3"), "", "3 decimal"},
		{"below the least, where there is no most", "-1", asked(codebook.TypeInt, "", 3), whole, noAnswer, "V009 ≥ 3", ""},
		{"beyond anything counted", "2e12", asked(codebook.TypeInt, ""), whole, noAnswer, "V009 ", ""},
		{"a blank", "", percent, whole, noAnswer, "", ""},

		{"a rating in words", "'独立完成", rating, level, given("3"), "", "3 scale_word"},
		{"a rating in words and digits", "'4-综合应用", rating, level, given("4"), "", "4 scale_word"},
		{"a rating in the words of another scale", "'非常重要", rating, level, noAnswer, "V015 1–5", ""},
		{"importance in its own words", "'Essential", importance, weight, given("5"), "", "5 scale_word"},
		{"a rating between two points", "3.5", rating, level, noAnswer, "V015 1–5", ""},
		{"a rating above the scale", "6", rating, level, noAnswer, "V015 1–5", ""},
		{"about three is no rating", "'约3", rating, level, noAnswer, "V015 1–5", ""},

		{"an unformatted serial of a day", "46086", date, day, "2026-03-05", "", "2026-03-05 serial_date"},
		{"a number that is no day", "12", date, day, "", "V010 2026-03-05", ""},
		{"a tick for a day", "TRUE", date, day, "", "V010 2026-03-05", ""},

		{"a staff number typed as a number", "20150012", staff, text, "20150012", "", "20150012 number_to_text"},
		{"a staff number that lost its digits", "9.15101e+17", staff, text, "", "V018 ", ""},
		{"a staff number that became a day", "2026-03-05", staff, text, "", "V025 ", ""},
		{"a staff number with blanks", "'2015 0012", staff, text, "20150012", "", "20150012 spaces"},
		{"several staff numbers, one twice", "'001、002，001", asked(codebook.TypeIDs, ""), ids, "001 002", "", "001、002 separators"},
		{"one staff number typed as a number", "12", asked(codebook.TypeIDs, ""), ids, "12", "", "12 number_to_text"},
		{"several staff numbers that became a day", "2026-03-05", asked(codebook.TypeIDs, ""), ids, "", "V025 ", ""},
		{"no staff number", "", asked(codebook.TypeIDs, ""), ids, "", "", ""},

		{"a telephone number in a text", "'经理 138-1234-5678", asked(codebook.TypeText, ""), text, "经理 ***-****-****", "V022 ", "经理 ***-****-**** masked"},

		{"a tick", "TRUE", yesOrNo, yes, given("true"), "", ""},
		{"no tick", "FALSE", yesOrNo, yes, given("false"), "", ""},
		{"yes in a word", "'√", yesOrNo, yes, given("true"), "", ""},
		{"no in a word", "'Ｎｏ", yesOrNo, yes, given("false"), "", ""},
		{"neither yes nor no", "'大概", yesOrNo, yes, answer(Answer[bool]{}), "V024 是 / 否", ""},
		{"not known whether", "'不清楚", yesOrNo, yes, answer(Answer[bool]{Status: Unknown}), "", "unknown missing_word"},

		{"a wage as a number", "8000", money, pay, given("8000") + " " + given("8000"), "", ""},
		{"8 for 8k", "8", money, pay, noAnswer + " " + noAnswer, "V009 1000–200000", ""},
		{"a range, one end of it too low", "'8-9000", money, pay, noAnswer + " " + noAnswer, "V009 1000–200000", ""},
		{"one amount with its unit", "'8k", money, pay, given("8000") + " " + given("8000"), "", "8000 unit"},
		{"a range of two amounts", "'8k-1.2万", money, pay, given("8000") + " " + given("12000"), "", "8000–12000 salary_range"},
		{"from an amount up", "'10k以上", money, pay, given("10000") + " " + noAnswer, "", "≥ 10000 salary_open"},
		{"up to an amount", "'10k以下", money, pay, noAnswer + " " + given("10000"), "", "≤ 10000 salary_open"},
		{"open to talk", "'面议", money, pay, answer(Answer[int]{Status: Unknown}) + " " + answer(Answer[int]{Status: Unknown}), "", "unknown salary_open_talk"},
		{"a range that became a day", "2026-08-12", money, pay, noAnswer + " " + noAnswer, "V025 1000–200000", ""},

		{"a code in small letters", "'91350100m000100y43", asked(codebook.TypeUSCC, ""), uscc, "91350100M000100Y43", "", "91350100M000100Y43 upper_case"},
		{"a code with blanks", "'9135 0100 M000 100Y 43", asked(codebook.TypeUSCC, ""), uscc, "91350100M000100Y43", "", "91350100M000100Y43 spaces"},
		{"a code with a letter that no code has", "'9135010OM000100Y43", asked(codebook.TypeUSCC, ""), uscc, "", "V016 ", ""},

		{"another, with words of its own", "'其他（联合申报）", partner, codes, "other", "", "other other_text"},
		{"a word that begins like another", "'其他项目", partner, codes, "", "V014", ""},
		{"several forms of partnership, one twice", "'订单班/订单班/其他", partner, codes, "order_class other", "", "order_class other separators"},
		{"a district of a listed city", "'深圳市南山区", region, code, "440300", "", "440300 alias"},
		{"a street is no place of the list", "'深圳市科技路", region, code, "", "V014", ""},
		{"a town of nowhere", "'无名镇", region, code, "", "V014", ""},
		{"a choice that became a day", "2026-03-05", mode, code, "", "V025", ""},

		{"two certificates, one twice", "'数据通信 HCIP/数据通信 HCIP/物联网 HCIA", certs, held, "datacom/HCIP iot/HCIA", "", "datacom/HCIP iot/HCIA separators"},
		{"words around a certificate", "'hcip 数通 认证", certs, held, "datacom/HCIP", "", ""},
		{"a track alone leaves the level open", "'数据通信", certs, held, "datacom", "", ""},
		{"a certificate of nowhere", "'驾驶证", certs, held, "", "V014", ""},
	} {
		in := NewScan(codebook.Default(), 2026)
		got := c.read(in, oneAnswer(t, c.field, c.cell))
		issue, how := "", ""
		for _, i := range in.Issues {
			issue += string(i.Code) + " " + i.Want
			rule, _ := codebook.Default().Rule(i.Code)
			checkTexts(t, rule, &i)
			if at := i.Ref.Cell(); at != "B2" {
				t.Errorf("%s: the issue stands at %s", c.why, at)
			}
		}
		for _, x := range in.Changes {
			how += x.Value + " " + x.How
		}
		if got != c.want || how != c.how || issue != c.issue && (c.issue == "" || !strings.HasPrefix(issue, c.issue) || strings.Contains(c.issue, " ")) {
			t.Errorf("%s: %q reads as %q, issue %q, change %q; want %q, %q, %q", c.why, c.cell, got, issue, how, c.want, c.issue, c.how)
		}
	}
}

// TestChangesHoldNoPersonalNumber: whatever kind of answer a number was typed into, what is written down
// about its reading does not repeat it.
func TestChangesHoldNoPersonalNumber(t *testing.T) {
	const cell = "'其他（联系人13812345678）"
	partner, mode := asked(codebook.TypeCodes, "partnership"), asked(codebook.TypeCode, "visit_mode")
	for why, read := range map[string]func(*Scan){
		"several choices": func(s *Scan) { s.Codes(oneAnswer(t, partner, cell), "answer") },
		"one choice":      func(s *Scan) { s.Code(oneAnswer(t, asked(codebook.TypeCode, "partnership"), cell), "answer") },
		"left out": func(s *Scan) {
			s.lenient = map[codebook.FieldID]bool{"answer": true}
			s.Code(oneAnswer(t, mode, "'电话13812345678"), "answer")
		},
		"translated": func(s *Scan) {
			s.values = map[codebook.FieldID]map[string]string{"answer": {codebook.Fold("电话13812345678"): "phone"}}
			s.Code(oneAnswer(t, mode, "'电话13812345678"), "answer")
		},
	} {
		in := NewScan(codebook.Default(), 2026)
		read(in)
		if len(in.Changes) == 0 {
			t.Errorf("%s: nothing is written down; issues %v", why, codesOf(in.Issues))
		}
		for _, c := range in.Changes {
			if strings.Contains(c.Raw+c.Value, "138") || !strings.Contains(c.Raw, "***********") {
				t.Errorf("%s: %+v", why, c)
			}
		}
	}
}

// TestIssuesHoldNoPersonalNumber: nor does anything that an issue says, whichever part of the workbook it is taken from.
func TestIssuesHoldNoPersonalNumber(t *testing.T) {
	for why, edits := range map[string][]string{
		"two rows of one visit": {"| 技术总监 | 网络工程师", "| 技术总监 13812345678 | 网络工程师", "| 技术总监 | 售前", "| 技术总监 13912345678 | 售前"},
		"an unknown header":     {"| 18、来自IP |", "| 备注 13812345678 |"},
		"a forbidden header":    {"| 18、来自IP |", "| 接待人张三13812345678 |"},
		"the header twice":      {"| 18、来自IP |", "| 电话 0755-13812345678 |", "| 15、在岗人数 |", "| 电话 0755-13812345678 |"},
	} {
		_, issues := Decode(codebook.Default(), BookFromText(replace(t, questionnaire, edits...)), Context{Year: 2026})
		if len(issues) == 0 {
			t.Errorf("%s: no issue", why)
		}
		masked := false
		for _, i := range issues {
			said := fmt.Sprintf("%+v", i)
			masked = masked || strings.Contains(said, "***********")
			if strings.Contains(said, "12345678") {
				t.Errorf("%s: %s", why, said)
			}
		}
		if !masked {
			t.Errorf("%s: nothing is masked: %v", why, codesOf(issues))
		}
	}
	i := NewIssue(codebook.Default(), "V034", Ref{}, "", "表头 13812345678", "", "13812345678", "hint", "，名册中可能是 13812345678", "hint_en", "13812345678")
	if said := fmt.Sprintf("%+v", i); strings.Contains(said, "138") || !strings.Contains(i.Message.ZH, "名册中可能是 ***********") || i.Want != "***********" {
		t.Error(said)
	}
	i = NewIssue(codebook.Default(), "V022", Ref{}, "", "表头 13812345678", "", "")
	if said := i.Message.ZH + i.Message.EN; strings.Contains(said, "138") || strings.Count(said, "表头 ***********") != 2 {
		t.Error(said)
	}
}

// TestUnknownCertificateLeftOut: where a mapping leaves unknown ones out, the known one beside it is kept.
func TestUnknownCertificateLeftOut(t *testing.T) {
	in := NewScan(codebook.Default(), 2026)
	in.lenient = map[codebook.FieldID]bool{"answer": true}
	if got := certificatesText(in.Certificates(oneAnswer(t, asked(codebook.TypeCerts, ""), "'驾驶证/数据通信 HCIP"), "answer")); got != "datacom/HCIP" || len(in.Issues) > 0 {
		t.Errorf("read as %q, issues %v", got, codesOf(in.Issues))
	}
}

// TestDayOfADateCell: a spreadsheet's own dates reach from 1900 to 9999; a visit was in between.
func TestDayOfADateCell(t *testing.T) {
	for year, want := range map[int]string{2026: "", 1899: "V011", 2101: "V011"} {
		r := oneAnswer(t, asked(codebook.TypeDate, ""), "2026-03-05")
		r.cells[0].Time = time.Date(year, 3, 5, 0, 0, 0, 0, time.UTC)
		in := NewScan(codebook.Default(), 2026)
		day, code := in.Date(r, "answer"), ""
		for _, i := range in.Issues {
			code += string(i.Code)
		}
		if code != want || (day != "") != (want == "") {
			t.Errorf("%d: day %q, issues %q; want %q", year, day, code, want)
		}
	}
}

// TestNearestChoice: the message offers the listed name that is most like the answer, and none for what is like nothing.
func TestNearestChoice(t *testing.T) {
	for text, want := range map[string]string{"现场走": "现场 On site", "On-sitee": "现场 On site", "飞鸽传书": "", strings.Repeat("长", 80): ""} {
		in := NewScan(codebook.Default(), 2026)
		if got := in.Code(oneAnswer(t, asked(codebook.TypeCode, "visit_mode"), "'"+text), "answer"); got != "" || len(in.Issues) != 1 {
			t.Errorf("%q is taken as %q, issues %v", text, got, codesOf(in.Issues))
			continue
		}
		said := in.Issues[0].Message
		if near := strings.Contains(said.ZH, "最接近的是"); near != (want != "") || !strings.Contains(said.ZH, want) || !strings.Contains(said.EN, want) {
			t.Errorf("%q: the message offers no %q: %s %s", text, want, said.ZH, said.EN)
		}
	}
}
