package survey

import (
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// FuzzValues: no text crashes a parser, and what is read lies within what can be meant.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"5分", "８", "1-1.5万/月", "20万/年", "2026年3月5日", "3/4/26", "面议", "1,200", "薪", "13薪", "年月日", "十", "９１350100M000100Y43", "\u200b", "T", "-", "(", "月", "8k-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, _, ok := ParseNumber(s); ok && n != n {
			t.Errorf("ParseNumber(%q) is no number", s)
		}
		if p, ok := ParsePay(s); ok && p.Low.Known() && p.High.Known() && (p.Low.Value > p.High.Value || p.Low.Value < 0) {
			t.Errorf("ParsePay(%q) = %+v", s, p)
		}
		if d, _, fault := ParseDate(s, 2026); (fault == DateFine) != (d != "") {
			t.Errorf("ParseDate(%q) = %q, %d", s, d, fault)
		} else if again, _, fault := ParseDate(string(d), 0); d != "" && (again != d || fault != DateFine) {
			t.Errorf("ParseDate(%q) = %q, which reads as %q", s, d, again)
		}
		if code := NormalUSCC(s); NormalUSCC(code) != code {
			t.Errorf("NormalUSCC(%q) is not stable", s)
		}
		CheckUSCC(s)
		if once := narrow(s); narrow(once) != once {
			t.Errorf("narrow(%q) is not stable", s)
		}
		cb := codebook.Default()
		for _, p := range splitChoices(s, func(p string) bool { return findAny(cb, "ecosystem", p) }) {
			if !strings.Contains(nbsp.Replace(s), p) {
				t.Errorf("splitChoices(%q) made up %q", s, p)
			}
		}
		CoreName(cb, s)
		if v := Visible(s, 60); strings.ContainsAny(v, "\n\x1b\u202e") {
			t.Errorf("Visible(%q) = %q", s, v)
		}
	})
}

// FuzzHeaders: a header is read the same way every time, and never as a field whose spelling
// it does not hold.
func FuzzHeaders(f *testing.F) {
	for _, s := range []string{"走访日期 *", "7、重要程度—企业应用分析", "岗位2：岗位名称", "网络故障诊断重要程度", "12、岗位名称（必填）", "(((", "q1.", "岗位"} {
		f.Add(s, "")
		f.Add("重要程度", s)
	}
	f.Fuzz(func(t *testing.T, text, group string) {
		x := lexiconOf(codebook.Default())
		form := x.bulkForm()
		h := header{text: text, group: group}
		a, okA := x.flat(form).header(h)
		b, okB := x.flat(form).header(h)
		if a != b || okA != okB {
			t.Errorf("%q under %q reads as two things", text, group)
		}
		if okA && a.field == nil {
			t.Errorf("%q names no field", text)
		}
		likeness(newLikeKey(text), newLikeKey(group))
		s := Sheet{Name: "x", Rows: []Row{{Number: 1, Cells: []Cell{{Col: 1, Kind: Text, Text: text}, {Col: 2, Kind: Text, Text: group}}}}}
		findGrid(&s, x.flat(form))
		findLedger(&s, x.sheet(&form.Sheets[0]), 1)
	})
}

// FuzzDecode (best with -fuzzminimizetime 1x, for its inputs are whole workbooks): no book crashes the decoders; a book that yields no visit yields an issue.
func FuzzDecode(f *testing.F) {
	f.Add(goodVisit)
	f.Add(bulk)
	f.Add(questionnaire)
	f.Add(numbered)
	f.Add(nationalForm)
	mapping := mustMapping(f, nationalMapping)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 20_000 {
			return
		}
		cb := codebook.Default()
		book := BookFromText(text)
		visits, issues := Decode(cb, book, Context{Year: 2026})
		if len(visits) == 0 && !HasErrors(issues) {
			t.Error("neither a visit nor an error")
		}
		for _, i := range Collapse(issues) {
			if i.Message.ZH == "" || i.Count < 1 {
				t.Errorf("an empty issue: %+v", i)
			}
		}
		DecodeRoster(cb, book)
		Decode(cb, book, Context{Mapping: mapping})
	})
}

// FuzzMapping: any text is a mapping or an error, and a drafted mapping reads back.
func FuzzMapping(f *testing.F) {
	f.Add("id: x\nsheets: [{from: ['*'], to: visit, columns: [{header: a, field: uscc}]}]", nationalForm)
	f.Add("id: x\nsheets: [{from: [a], to: flat, columns: [{header: b, field: jobs.2.job_title}]}]\nvalues: {visit_mode: {a: b}}", questionnaire)
	f.Fuzz(func(t *testing.T, text, sheet string) {
		if len(text)+len(sheet) > 20_000 {
			return
		}
		cb := codebook.Default()
		book := BookFromText(sheet)
		if m, err := ParseMapping([]byte(text)); err == nil {
			m.Check(cb)
			Decode(cb, book, Context{Mapping: m})
		}
		draft := DraftMapping(cb, book)
		if len(draft.Sheets) == 0 {
			return
		}
		if _, err := ParseMapping(draft.YAML()); err != nil {
			t.Errorf("the draft does not read back: %v\n%s", err, draft.YAML())
		}
	})
}
