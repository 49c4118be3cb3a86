package workbook

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// These tests open what we write in LibreOffice, without a screen, and let it type, look at
// dropdowns and save, as a person would. They need soffice.

// officeJob is one workbook to open, work on and save.
type officeJob struct {
	data  []byte
	typed []typed  // cells to fill in
	ask   []typed  // dropdowns to look at: text is the sheet's cell, answer comes back
	say   []string // cells whose shown text is wanted, as sheet!cell
}

// typed is what is typed into a cell.
type typed struct {
	sheet, cell, text string
	as                string // "" a number if it is one; "input" what the program makes of it; "text"
}

type officeAnswer struct {
	saved   []byte
	choices map[string]int // items that the dropdown of sheet!cell offers
	shown   map[string]string
}

// office runs LibreOffice once over all jobs. A fresh profile keeps it apart from any other.
func office(t *testing.T, jobs []officeJob) []officeAnswer {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("soffice is missing; install it with: apt-get install libreoffice-calc")
	}
	dir := t.TempDir()
	var macro strings.Builder
	macro.WriteString("Sub Main\n  On Error Goto Failed\n")
	for i, j := range jobs {
		in := filepath.Join(dir, fmt.Sprintf("in%d.xlsx", i))
		if err := os.WriteFile(in, j.data, 0o644); err != nil {
			t.Fatal(err)
		}
		macro.WriteString(j.macro(dir, i))
	}
	macro.WriteString("  Goto Done\nFailed:\n  Open \"" + filepath.Join(dir, "error.txt") + "\" For Output As #9\n  Print #9, Error$ & \" line \" & Erl\n  Close #9\nDone:\n  StarDesktop.terminate()\nEnd Sub\n")
	profile := writeProfile(t, dir, macro.String())
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, soffice, "-env:UserInstallation="+fileURL(profile), "--headless", "--norestore", "--nologo", "macro:///Standard.Qianqi.Main")
	run.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8")
	run.WaitDelay = time.Minute
	out, err := run.CombinedOutput()
	if failed, e := os.ReadFile(filepath.Join(dir, "error.txt")); e == nil {
		t.Fatalf("LibreOffice: %s", failed)
	}
	if err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, out)
	}
	answers := make([]officeAnswer, len(jobs))
	for i := range jobs {
		answers[i] = readAnswer(t, dir, i)
	}
	return answers
}

// macro writes the steps of one job in Basic.
func (j officeJob) macro(dir string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  Dim a%d(0) As New com.sun.star.beans.PropertyValue\n  a%d(0).Name = \"Hidden\" : a%d(0).Value = True\n", n, n, n)
	fmt.Fprintf(&b, "  d = StarDesktop.loadComponentFromURL(\"%s\", \"_blank\", 0, a%d())\n", fileURL(filepath.Join(dir, fmt.Sprintf("in%d.xlsx", n))), n)
	b.WriteString("  d.calculateAll()\n")
	fmt.Fprintf(&b, "  Open \"%s\" For Output As #1\n", filepath.Join(dir, fmt.Sprintf("out%d.txt", n)))
	for _, p := range j.typed {
		at := fmt.Sprintf("d.Sheets.getByName(\"%s\").getCellRangeByName(\"%s\")", p.sheet, p.cell)
		quoted := strings.ReplaceAll(p.text, `"`, `""`)
		if p.as == "input" {
			fmt.Fprintf(&b, "  %s.setFormula(\"%s\")\n", at, quoted)
		} else if _, err := strconv.ParseFloat(p.text, 64); err == nil && p.as == "" {
			fmt.Fprintf(&b, "  %s.setValue(%s)\n", at, p.text)
		} else {
			fmt.Fprintf(&b, "  %s.setString(\"%s\")\n", at, quoted)
		}
	}
	b.WriteString("  d.calculateAll()\n")
	for _, p := range j.ask {
		// The items are counted by the program itself, in a cell that may be filled in.
		fmt.Fprintf(&b, "  c = d.Sheets.getByName(\"%s\").getCellRangeByName(\"%s\")\n  v = c.Validation\n  s = d.Sheets.getByName(\"%s\").getCellRangeByName(\"%s\")\n", p.sheet, p.cell, p.sheet, p.text)
		b.WriteString("  s.setFormula(\"=COUNTA(\" & v.getFormula1() & \")\")\n  d.calculateAll()\n")
		fmt.Fprintf(&b, "  Print #1, \"list\" & Chr(9) & \"%s!%s\" & Chr(9) & v.Type & Chr(9) & v.ShowList & Chr(9) & s.Value\n  s.setString(\"\")\n", p.sheet, p.cell)
	}
	for _, at := range j.say {
		sheet, cell, _ := strings.Cut(at, "!")
		fmt.Fprintf(&b, "  Print #1, \"text\" & Chr(9) & \"%s\" & Chr(9) & d.Sheets.getByName(\"%s\").getCellRangeByName(\"%s\").String\n", at, sheet, cell)
	}
	fmt.Fprintf(&b, "  Close #1\n  Dim f%d(0) As New com.sun.star.beans.PropertyValue\n  f%d(0).Name = \"FilterName\" : f%d(0).Value = \"Calc MS Excel 2007 XML\"\n", n, n, n)
	fmt.Fprintf(&b, "  d.storeToURL(\"%s\", f%d())\n  d.close(True)\n", fileURL(filepath.Join(dir, fmt.Sprintf("out%d.xlsx", n))), n)
	return b.String()
}

// writeProfile makes a user profile that holds the macro.
func writeProfile(t *testing.T, dir, macro string) string {
	t.Helper()
	profile := filepath.Join(dir, "profile")
	library := filepath.Join(profile, "user", "basic", "Standard")
	if err := os.MkdirAll(library, 0o755); err != nil {
		t.Fatal(err)
	}
	head := `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	index := head + `<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">` +
		`<library:libraries xmlns:library="http://openoffice.org/2000/library"><library:library library:name="Standard" library:link="false"/></library:libraries>`
	for name, text := range map[string]string{
		"../script.xlc": index,
		"../dialog.xlc": index,
		// Without this the first start would put an empty library over ours.
		"../../registrymodifications.xcu": head + `<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/Office">` +
			`<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item></oor:items>`,
		"Qianqi.xba": head + `<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">` +
			`<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Qianqi" script:language="StarBasic">` + escapeXML(macro) + `</script:module>`,
		"script.xlb": head + `<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">` +
			`<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="Qianqi"/></library:library>`,
		"dialog.xlb": head + `<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">` +
			`<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"/>`,
	} {
		if err := os.WriteFile(filepath.Join(library, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return profile
}

func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

func readAnswer(t *testing.T, dir string, n int) officeAnswer {
	t.Helper()
	a := officeAnswer{choices: map[string]int{}, shown: map[string]string{}}
	var err error
	if a.saved, err = os.ReadFile(filepath.Join(dir, fmt.Sprintf("out%d.xlsx", n))); err != nil {
		t.Fatalf("LibreOffice saved nothing: %v", err)
	}
	said, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("out%d.txt", n)))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(said), "\n") {
		part := strings.Split(strings.TrimRight(line, "\r"), "\t")
		switch {
		case part[0] == "list" && len(part) == 5:
			if part[2] == "6" && part[3] != "0" { // a list, its arrow shown
				a.choices[part[1]], _ = strconv.Atoi(strings.TrimSpace(part[4]))
			}
		case part[0] == "text" && len(part) == 3:
			a.shown[part[1]] = part[2]
		}
	}
	return a
}

// typedVisit types a whole visit into the blank template, picking from the lists.
func typedVisit(cb *codebook.Codebook) []typed {
	visit := func(cell, text string) typed { return typed{sheet: "走访 Visit", cell: cell, text: text} }
	cells := []typed{
		{sheet: "走访 Visit", cell: "B4", text: "2026-03-05", as: "input"},
		{sheet: "走访 Visit", cell: "B6", text: "00123", as: "text"},
		visit("B5", "现场 On site"), visit("B7", "示例教师"), visit("B8", "信息通信学院"),
		visit("B10", "现代通信技术、计算机网络技术"), visit("B11", "示例智联（深圳）有限公司"), visit("B12", "91350100M000100Y43"),
		visit("B13", "65 软件和信息技术服务业"), visit("B14", "中型 Medium"), visit("B15", "民营 Private"), visit("B16", "440300 深圳市"),
		visit("B17", "1280"), visit("B18", "华为、新华三"), visit("B19", "实习基地"), visit("B20", "技术总监"), visit("B21", "12"), visit("B22", "4"),
	}
	for row, title := range map[int]string{4: "示例网络工程师", 5: "示例运维工程师"} {
		job := func(col int, text string) {
			cells = append(cells, typed{sheet: "岗位 Jobs", cell: a1(row, col), text: text})
		}
		job(1, title)
		job(2, "网络工程 Network engineer")
		job(3, "计算机网络技术 Computer network technology")
		job(4, "12")
		job(8, "8000")
		job(9, "12000")
		for i := range cb.Active() {
			job(11+3*i, strconv.Itoa(1+i%5))
			job(12+3*i, strconv.Itoa(1+(i+1)%5))
			job(13+3*i, strconv.Itoa(1+i%3))
		}
	}
	return append(cells, typed{sheet: "趋势 Trends", cell: "A4", text: "云原生"}, typed{sheet: "趋势 Trends", cell: "B4", text: "上升 Rising"})
}

func TestLibreOffice(t *testing.T) {
	cb := codebook.Default()
	filled := filledVisit(t)
	visit := func(cell, scratch string) typed { return typed{sheet: "走访 Visit", cell: cell, text: scratch} }
	job := func(cell, scratch string) typed { return typed{sheet: "岗位 Jobs", cell: cell, text: scratch} }
	returned := mustAnnotate(t, "示例教师.xlsx", filled, foundIssues())
	list := mustRead(t, "r.xlsx", returned).Sheet(ReturnSheet)
	confirm := a1(rowWith(list, issueCode, "V041").Number, issueConfirm)
	spare := a1(rowWith(list, issueCode, "V050").Number, issueConfirm)
	guide := mustRead(t, "v.xlsx", mustTemplate(t, "visit")).Sheet(guideSheet)
	counted := func(sheet string, col int) string {
		return guideSheet + "!" + a1(rowWith(guide, guideLead, "→ "+sheet).Number, col)
	}
	first := office(t, []officeJob{
		{data: mustTemplate(t, "visit"), typed: typedVisit(cb),
			ask: []typed{visit("B5", "B9"), visit("B10", "B9"), visit("B13", "B9"), visit("B16", "B9"), job("B4", "AF4"), job("C4", "AF4"), job("J4", "AF4"), job("K4", "AF4"), job("M33", "AF4")},
			say: []string{"走访 Visit!C1", counted("走访 Visit", guideFirst), counted("走访 Visit", guideFirst+1), counted("岗位 Jobs", guideFirst), counted("岗位 Jobs", guideFirst+1)}},
		{data: mustTemplate(t, "visit"), typed: []typed{visit("E16", "440000 广东省")}, ask: []typed{visit("B16", "B9")}},
		{data: filled},
		{data: returned, typed: []typed{{sheet: ReturnSheet, cell: confirm, text: "确认"}}, ask: []typed{{sheet: ReturnSheet, cell: confirm, text: spare}}},
	})

	t.Run("a template is filled in there without an issue", func(t *testing.T) {
		book := mustRead(t, "typed.xlsx", first[0].saved)
		visits, issues := survey.Decode(cb, book, survey.Context{Year: 2026, Today: "2026-11-24"})
		for _, i := range issues {
			t.Errorf("%s %s!%s: %s", i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
		}
		if len(visits) != 1 || len(visits[0].Jobs) != 2 || visits[0].Faculty.ID != "00123" || visits[0].Day != "2026-03-05" {
			t.Errorf("read as %+v", visits)
		}
	})
	t.Run("its dropdowns offer every item", func(t *testing.T) {
		want := map[string]int{
			"走访 Visit!B5": len(cb.Items("visit_mode")), "走访 Visit!B10": len(cb.Programmes), "走访 Visit!B13": len(cb.Items("industry")),
			"走访 Visit!B16": len(cb.Items("region")), "岗位 Jobs!B4": len(cb.Items("job_family")), "岗位 Jobs!C4": len(cb.Programmes),
			"岗位 Jobs!J4": len(cb.Items("certificates")), "岗位 Jobs!K4": 5, "岗位 Jobs!M33": 5,
		}
		if !reflect.DeepEqual(first[0].choices, want) {
			t.Errorf("dropdowns offer %v, want %v", first[0].choices, want)
		}
	})
	t.Run("a province narrows the list of cities", func(t *testing.T) {
		n := 0
		for _, it := range cb.Items("region") {
			if it.Code == "440000" || it.Parent == "440000" {
				n++
			}
		}
		if got := first[1].choices["走访 Visit!B16"]; got != n || n < 3 {
			t.Errorf("%d items below 广东省, want %d", got, n)
		}
	})
	t.Run("the counters count", func(t *testing.T) {
		form, _ := cb.Form("visit")
		needed := recordNeeded(planSheet(cb, &form.Sheets[0]))
		for at, want := range map[string]string{
			"走访 Visit!C1": fmt.Sprintf("必填 Required  %d / %d", needed, needed), counted("走访 Visit", guideFirst): fmt.Sprintf("%d / %d", needed, needed),
			counted("走访 Visit", guideFirst+1): "0", counted("岗位 Jobs", guideFirst): "2 行 rows", counted("岗位 Jobs", guideFirst+1): "0",
		} {
			if got := first[0].shown[at]; got != want {
				t.Errorf("%s shows %q, want %q", at, got, want)
			}
		}
	})
	t.Run("a filled workbook saved there gives the same visit", func(t *testing.T) {
		sameVisits(t, "resaved.xlsx", first[2].saved, []survey.Visit{inventedVisit(cb, 4)})
	})
	t.Run("its return differs in nothing else", func(t *testing.T) {
		sameButForTheReturn(t, first[2].saved, mustAnnotate(t, "resaved.xlsx", first[2].saved, foundIssues()))
	})
	t.Run("a warning is confirmed there", func(t *testing.T) {
		book := mustRead(t, "confirmed.xlsx", first[3].saved)
		if got, want := Confirmations(book), []Confirmation{{"V041", "走访 Visit", "B12", "91350100M000100Y44"}}; !slices.Equal(got, want) {
			t.Errorf("confirmed %v, want %v", got, want)
		}
		if sha, ok := ReturnOf(book); !ok || sha != "0f1e2d3c" {
			t.Errorf("the return is of %q", sha)
		}
		if got := first[3].choices[ReturnSheet+"!"+confirm]; got != 2 {
			t.Errorf("the confirmation offers %d words", got)
		}
	})
	t.Run("a return saved there is annotated afresh", func(t *testing.T) {
		again := mustAnnotate(t, "again.xlsx", first[3].saved, foundIssues()[1:2])
		x := openOracle(t, again)
		for sheet, want := range map[string]int{"走访 Visit": 1, "岗位 Jobs": 0} {
			if notes, _ := x.GetComments(sheet); len(notes) != want {
				t.Errorf("%s has %d notes, want %d", sheet, len(notes), want)
			}
		}
		if n := slices.Index(x.GetSheetList()[1:], ReturnSheet); n >= 0 {
			t.Error("the earlier list is still there")
		}
		for _, part := range mustPack(t, again).names() {
			if strings.Contains(part, "worksheets/sheet") {
				if n := strings.Count(unescapeXML(string(mustPart(t, mustPack(t, again), part))), `"`+shadeMark+`"="`+shadeMark+`"`); n > 1 {
					t.Errorf("%s is shaded %d times", part, n)
				}
			}
		}
	})
}
