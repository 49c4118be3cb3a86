package workbook

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func look(t testing.TB, name string, data []byte) {
	if dir := os.Getenv("QIANQI_LOOK"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// foundIssues are invented problems of the invented visit.
func foundIssues() []survey.Issue {
	issue := func(code codebook.RuleID, s codebook.Severity, sheet string, row, col int, got, zh, en, fixZH, fixEN string) survey.Issue {
		return survey.Issue{Code: code, Severity: s, Ref: survey.Ref{Sheet: sheet, Row: row, Col: col}, Got: got, Count: 1,
			Message: codebook.Text{ZH: zh, EN: en}, Fix: codebook.Text{ZH: fixZH, EN: fixEN}}
	}
	list := []survey.Issue{
		issue("V012", codebook.SeverityError, "岗位 Jobs", 5, 12, "7", "“重要程度”只能填 1–5，这里是“7”", "Importance must be 1–5, found “7”", "请改为 1–5 的整数", "Write a whole number 1–5"),
		issue("V020", codebook.SeverityError, "走访 Visit", 4, 2, "2026-13-05", "“走访日期”不是日期", "Visit date is not a date", "请写成 2026-03-05", "Write 2026-03-05"),
		issue("V041", codebook.SeverityWarning, "走访 Visit", 12, 2, "91350100M000100Y44", "统一社会信用代码的校验位不对", "The check character of the credit code is wrong", "请对照营业执照核对；无误请在“确认”列确认", "Compare with the licence; if it is right, confirm it"),
		issue("V050", codebook.SeverityWarning, "岗位 Jobs", 4, 8, "8000", "“最低月薪”高于“最高月薪”", "Lowest salary exceeds highest", "请对调或更正", "Swap or correct them"),
		issue("T030", codebook.SeverityTrial, "趋势 Trends", 0, 0, "", "这张表没有填写", "The sheet is empty", "没有可不填", "May stay empty"),
	}
	list[0].More = []survey.Ref{{Sheet: "岗位 Jobs", Row: 6, Col: 12}, {Sheet: "岗位 Jobs", Row: 6, Col: 15}}
	list[0].Count = 3
	return list
}

func filledVisit(t testing.TB) []byte {
	t.Helper()
	data, err := mustFiller(t, "visit").Visit(inventedVisit(codebook.Default(), 4))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustAnnotate(t testing.TB, name string, data []byte, issues []survey.Issue) []byte {
	t.Helper()
	out, err := Annotate(name, data, codebook.Default(), issues, Receipt{
		SHA256:  "0f1e2d3c",
		Verdict: codebook.Text{ZH: "这份表没有收下：请改正错误后再交。", EN: "Not taken: mend the errors and hand it in again."},
		Facts:   []Fact{{codebook.Text{ZH: "岗位", EN: "jobs"}, "4"}},
		Changes: []survey.Change{{At: survey.Ref{Sheet: "走访 Visit", Row: 17, Col: 2}, Raw: "１２８０人", Value: "1280", How: "full_width"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnnotateChangesNothingElse(t *testing.T) {
	original := filledVisit(t)
	after := mustAnnotate(t, "示例教师.xlsx", original, foundIssues())
	look(t, "return.xlsx", after)
	sameButForTheReturn(t, original, after)
}

func TestAnnotateShowsEveryIssue(t *testing.T) {
	data := mustAnnotate(t, "示例教师.xlsx", filledVisit(t), foundIssues())
	x := openOracle(t, data)
	if got := x.GetSheetList()[0]; got != ReturnSheet {
		t.Fatalf("the first sheet is %q", got)
	}
	if x.GetActiveSheetIndex() != 0 {
		t.Error("the workbook does not open on the list of issues")
	}
	notes, err := x.GetComments("岗位 Jobs")
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, n := range notes {
		cells = append(cells, n.Cell)
	}
	if want := []string{"H4", "L5", "L6", "O6"}; !slices.Equal(cells, want) {
		t.Errorf("notes at %v, want %v", cells, want)
	}
	text := ""
	for _, run := range notes[1].Paragraph {
		text += run.Text
	}
	for _, want := range []string{"V012", "“重要程度”只能填 1–5", "请改为 1–5 的整数", "Importance must be 1–5"} {
		if !strings.Contains(text, want) {
			t.Errorf("the note at L5 does not say %q: %s", want, text)
		}
	}
	book := mustRead(t, "return.xlsx", data)
	list := book.Sheet(ReturnSheet)
	row := rowWith(list, issueCode, "V012")
	if row == nil || row.At(issueCell).Text != "L5 等 3 处 L6 O6" || row.At(issueGot).Text != "7" || row.At(issueSheetName).Text != "岗位 Jobs" {
		t.Errorf("the list does not show V012 as it should: %+v", row)
	}
	at := a1(row.Number, issueCell)
	if ok, where, _ := x.GetCellHyperLink(ReturnSheet, at); !ok || where != "'岗位 Jobs'!L5" {
		t.Errorf("the link at %s leads to %q", at, where)
	}
}

func TestNotesHaveASize(t *testing.T) {
	p := mustPack(t, mustAnnotate(t, "a.xlsx", filledVisit(t), foundIssues()))
	anchors := regexp.MustCompile(`<x:Anchor>(\d+), (\d+), (\d+), (\d+), (\d+), (\d+), (\d+), (\d+)</x:Anchor>`)
	n := 0
	for _, name := range p.names() {
		if !strings.HasSuffix(name, ".vml") {
			continue
		}
		for _, m := range anchors.FindAllStringSubmatch(string(mustPart(t, p, name)), -1) {
			n++
			at := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
			if at(5) <= at(1) && m[6] <= m[2] || at(7) <= at(3) {
				t.Errorf("%s: a note without size: %v", name, m[1:])
			}
		}
	}
	if n != 6 {
		t.Errorf("%d notes, want 6", n)
	}
}

func rowWith(s *survey.Sheet, col int, text string) *survey.Row {
	for i := range s.Rows {
		if c := s.Rows[i].At(col); c != nil && c.Text == text {
			return &s.Rows[i]
		}
	}
	return nil
}

func TestAnnotateAgainReplacesTheList(t *testing.T) {
	original := filledVisit(t)
	once := mustAnnotate(t, "示例教师.xlsx", original, foundIssues())
	twice := mustAnnotate(t, "示例教师.xlsx", once, foundIssues()[1:2])
	sameButForTheReturn(t, original, twice)
	x := openOracle(t, twice)
	if n := len(x.GetSheetList()) - len(openOracle(t, once).GetSheetList()); n != 0 {
		t.Errorf("the second return has %d more sheets", n)
	}
	for sheet, want := range map[string]int{"走访 Visit": 1, "岗位 Jobs": 0} {
		if notes, _ := x.GetComments(sheet); len(notes) != want {
			t.Errorf("%s has %d notes, want %d", sheet, len(notes), want)
		}
	}
	if n := bytes.Count(mustPart(t, mustPack(t, twice), "xl/styles.xml"), []byte(issueShades)); n != 1 {
		t.Errorf("the formats of the list stand there %d times", n)
	}
	if n := len(twice) - len(once); n > 2000 {
		t.Errorf("the second return is %d bytes larger than the first", n)
	}
}

func TestAnnotateKeepsOtherPeoplesNotes(t *testing.T) {
	x := openOracle(t, filledVisit(t))
	for _, cell := range []string{"B4", "B9"} {
		if err := x.AddComment("走访 Visit", excelize.Comment{Cell: cell, Author: "同事", Text: "同事的话 <&> " + cell}); err != nil {
			t.Fatal(err)
		}
	}
	buf, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	says := func(data []byte) map[string]string {
		out := map[string]string{}
		notes, err := openOracle(t, data).GetComments("走访 Visit")
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range notes {
			out[n.Cell] = n.Text
			for _, run := range n.Paragraph {
				out[n.Cell] += run.Text
			}
		}
		return out
	}
	once := mustAnnotate(t, "a.xlsx", buf.Bytes(), foundIssues())
	if got := says(once); !strings.Contains(got["B4"], "V020") || !strings.Contains(got["B4"], "同事的话 <&> B4") || strings.Contains(got["B9"], noteHead) || len(got) != 3 {
		t.Errorf("notes of the first return: %q", got)
	}
	again := mustAnnotate(t, "a.xlsx", once, nil)
	if got := says(again); strings.Contains(got["B4"], noteHead) || !strings.Contains(got["B4"], "同事的话 <&> B4") || len(got) != 2 {
		t.Errorf("notes once the issues are gone: %q", got)
	}
}

func TestAnnotateStaysInTheRectangle(t *testing.T) {
	far := foundIssues()[:1]
	far[0].Ref = survey.Ref{Sheet: "岗位 Jobs", Row: 1_048_576, Col: 16384}
	far[0].More = []survey.Ref{{Sheet: "岗位 Jobs", Row: 5, Col: 300}, {Sheet: "没有这张表", Row: 5, Col: 3}}
	data := mustAnnotate(t, "a.xlsx", filledVisit(t), far)
	if notes, _ := openOracle(t, data).GetComments("岗位 Jobs"); len(notes) != 0 {
		t.Errorf("%d notes outside the rectangle", len(notes))
	}
	if row := rowWith(mustRead(t, "a.xlsx", data).Sheet(ReturnSheet), issueCode, "V012"); row == nil || !strings.HasPrefix(row.At(issueCell).Text, "XFD1048576") {
		t.Error("the far issue is not in the list")
	}
}

func TestAnnotateWhatCannotBeOpened(t *testing.T) {
	good := filledVisit(t)
	for name, data := range map[string][]byte{
		"not a workbook":  []byte("hello"),
		"nothing":         nil,
		"half a workbook": good[:len(good)/2],
		"a web page":      []byte("<html><table><tr><td>1</td></tr></table></html>"),
		"OLE":             append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...),
	} {
		out := mustAnnotate(t, name, data, foundIssues())
		book := mustRead(t, name, out)
		if len(book.Sheets) != 1 || book.Sheets[0].Name != ReturnSheet {
			t.Errorf("%s: the return is not the list alone", name)
		}
		if rowWith(&book.Sheets[0], issueCode, "V012") == nil {
			t.Errorf("%s: the list lacks the issue", name)
		}
		look(t, "alone.xlsx", out)
	}
}

func TestAnnotateTellsOfHiddenPlaces(t *testing.T) {
	x := openOracle(t, filledVisit(t))
	if err := x.SetRowVisible("岗位 Jobs", 5, false); err != nil {
		t.Fatal(err)
	}
	if err := x.SetSheetVisible("走访 Visit", false); err != nil {
		t.Fatal(err)
	}
	buf, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	data := mustAnnotate(t, "a.xlsx", buf.Bytes(), foundIssues())
	book, _, err := Read("a.xlsx", data, codebook.Default(), Limits{})
	if err != nil || book == nil {
		t.Fatal(err)
	}
	list := book.Sheet(ReturnSheet)
	if got := rowWith(list, issueCode, "V012").At(issueProblem).Text; !strings.Contains(got, "第 5 行被隐藏") {
		t.Errorf("nothing said of the hidden row: %s", got)
	}
	if got := rowWith(list, issueCode, "V020").At(issueProblem).Text; !strings.Contains(got, "工作表被隐藏") {
		t.Errorf("nothing said of the hidden sheet: %s", got)
	}
}

func TestConfirmationsAreReadBack(t *testing.T) {
	data := mustAnnotate(t, "a.xlsx", filledVisit(t), foundIssues())
	if got := Confirmations(mustRead(t, "a.xlsx", data)); got != nil {
		t.Errorf("a fresh return confirms %v", got)
	}
	list := mustRead(t, "a.xlsx", data).Sheet(ReturnSheet)
	x := openOracle(t, data)
	for code, text := range map[string]string{"V041": "确认", "V050": "√", "T030": " 确 认"} {
		cell := a1(rowWith(list, issueCode, code).Number, issueConfirm)
		if err := x.SetCellStr(ReturnSheet, cell, text); err != nil {
			t.Fatal(err)
		}
	}
	buf, err := x.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	book := mustRead(t, "a.xlsx", buf.Bytes())
	want := []Confirmation{{"V041", "走访 Visit", "B12", "91350100M000100Y44"}, {"V050", "岗位 Jobs", "H4", "8000"}, {"T030", "趋势 Trends", "", ""}}
	if got := Confirmations(book); !slices.Equal(got, want) {
		t.Errorf("confirmed %v, want %v", got, want)
	}
	if sha, ok := ReturnOf(book); !ok || sha != "0f1e2d3c" {
		t.Errorf("the return is of %q", sha)
	}
	if _, ok := ReturnOf(mustRead(t, "b.xlsx", filledVisit(t))); ok {
		t.Error("a workbook that is no return is taken for one")
	}
}

// What a person decided stays on the list, marks no cell and is still confirmed when it comes back.
func TestRuledIssuesMarkNoCell(t *testing.T) {
	issues := foundIssues()
	issues[1].Ruled = survey.Ruled{Kind: survey.Waived, By: "office", Reason: "停产企业，日期无从查考"}
	issues[2].Ruled = survey.Ruled{Kind: survey.Confirmed, By: "00123"}
	data := mustAnnotate(t, "a.xlsx", filledVisit(t), issues)
	x := openOracle(t, data)
	if notes, _ := x.GetComments("走访 Visit"); len(notes) != 0 {
		t.Errorf("ruled issues left %d notes", len(notes))
	}
	book := mustRead(t, "a.xlsx", data)
	if got, want := Confirmations(book), []Confirmation{{"V041", "走访 Visit", "B12", "91350100M000100Y44"}}; !slices.Equal(got, want) {
		t.Errorf("confirmed %v, want %v", got, want)
	}
	waived := rowWith(book.Sheet(ReturnSheet), issueCode, "V020")
	if got := waived.At(issueSeverity).Text + waived.At(issueProblem).Text; !strings.Contains(got, "已豁免") || !strings.Contains(got, "停产企业") {
		t.Errorf("the waived issue reads %q", got)
	}
}

// TestAnnotateWhateverCanBeRead annotates files that others wrote, the hostile ones among them: the
// return can be read, and every other sheet says what it said.
func TestAnnotateWhateverCanBeRead(t *testing.T) {
	cb := codebook.Default()
	files, err := filepath.Glob("testdata/hostile/*.xls[xm]")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	edited := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, _, err := Read(file, data, cb, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		issues := foundIssues()[:1]
		issues[0].Ref, issues[0].More = survey.Ref{}, nil
		if before != nil {
			for _, s := range before.Sheets {
				issues[0].More = append(issues[0].More, survey.Ref{Sheet: s.Name, Row: 2, Col: 2})
			}
		}
		out := mustAnnotate(t, file, data, issues)
		after, _, err := Read(file, out, cb, Limits{})
		if err != nil || after == nil || after.Sheets[0].Name != ReturnSheet {
			t.Errorf("%s: the return cannot be read", file)
			continue
		}
		if before == nil || len(after.Sheets) == 1 {
			continue
		}
		edited++
		for i := range before.Sheets {
			if !reflect.DeepEqual(before.Sheets[i].Rows, after.Sheets[i+1].Rows) {
				t.Errorf("%s: sheet %s says something else", file, before.Sheets[i].Name)
			}
		}
	}
	t.Logf("%d of %d files were annotated in place", edited, len(files))
	if edited < 5 {
		t.Errorf("only %d files were annotated in place", edited)
	}
}

// strictly rewrites a workbook in the strict variant of the format, as some programs save it.
func strictly(t *testing.T, data []byte) []byte {
	t.Helper()
	p := mustPack(t, data)
	for _, name := range p.names() {
		x := mustPart(t, p, name)
		x = bytes.ReplaceAll(x, []byte(mainNamespace), []byte(strictNamespace))
		x = bytes.ReplaceAll(x, []byte(relNamespace), []byte(strictRelNamespace))
		p.put(name, x)
	}
	out, err := p.bytes(quick)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnnotateStrictWorkbook(t *testing.T) {
	original := strictly(t, filledVisit(t))
	out := mustAnnotate(t, "strict.xlsx", original, foundIssues())
	before, after := mustRead(t, "a.xlsx", original), mustRead(t, "b.xlsx", out)
	if len(after.Sheets) != len(before.Sheets)+2 || after.Sheets[0].Name != ReturnSheet {
		t.Fatalf("%d sheets", len(after.Sheets))
	}
	for i := range before.Sheets {
		if !reflect.DeepEqual(before.Sheets[i].Rows, after.Sheets[i+1].Rows) {
			t.Errorf("sheet %s says something else", before.Sheets[i].Name)
		}
	}
	for _, name := range mustPack(t, out).names() {
		if bytes.Contains(mustPart(t, mustPack(t, out), name), []byte(mainNamespace)) {
			t.Errorf("%s mixes both variants", name)
		}
	}
}

// A refused file's return carries its answers unseen, personal numbers masked, so that a mended copy
// can be held against them; that of a taken file need not, since its answers are stored.
func TestReturnRemembersTheAnswers(t *testing.T) {
	cb := codebook.Default()
	original := filledVisit(t)
	book := mustRead(t, "r.xlsx", mustAnnotate(t, "a.xlsx", original, foundIssues()))
	imprint := book.Sheet(survey.ImprintSheet)
	if imprint == nil || !imprint.Hidden {
		t.Fatalf("the answers stand on %+v", imprint)
	}
	answers := survey.Answers(cb, book, nil)
	if d := survey.Mended(imprint, answers); len(d) > 0 {
		t.Errorf("nothing was mended, and yet %+v", d)
	}
	wrong := answers.Records("jobs")[1].Rated("required_level", cb.Active()[0].Code)
	was := wrong.Cell.Text
	wrong.Cell.Text = "7"
	if d := survey.Mended(imprint, answers); len(d) != 1 || d[0].Old != was || d[0].New != "7" || d[0].NewAt != wrong.Ref {
		t.Errorf("%+v, want %s → 7 at %+v", d, was, wrong.Ref)
	}
	warned := mustRead(t, "r.xlsx", mustAnnotate(t, "a.xlsx", original, foundIssues()[2:3]))
	if warned.Sheet(survey.ImprintSheet) != nil {
		t.Error("the answers of a taken file are kept twice")
	}
}
