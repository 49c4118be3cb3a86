package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// said runs one command line and returns the exit code and what it printed.
func said(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	code = execute(args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

// aCounter is a database with a roster and a visit, submissions 1 and 2, and an account that never signed in.
func aCounter(t *testing.T) (db string) {
	t.Helper()
	db = filepath.Join(t.TempDir(), "qianqi.db")
	visits, err := filepath.Glob("../../surveys/2026/visits/*.xlsx")
	if err != nil || len(visits) == 0 {
		t.Fatalf("%d visits, %v", len(visits), err)
	}
	for _, args := range [][]string{{"ingest", "../../surveys/2026/roster.xlsx"}, {"ingest", visits[0]}, {"user", "add", "T9", "--no-password"}} {
		if code, out, errOut := said(t, append(args, "--db", db)...); code != exitOK {
			t.Fatalf("%v: %d %s%s", args, code, out, errOut)
		}
	}
	return db
}

// What changes a database makes none: at a mistyped path it fails and leaves nothing there.
func TestMistypedDatabase(t *testing.T) {
	dir := t.TempDir()
	for _, line := range []string{"freeze 2026", "reopen 2026 --reason x", "withdraw 1 --reason x", "reinstate 1 --reason x", "waive " + strings.Repeat("0", 64) + " V050 --reason x",
		"enterprise merge 1 2 --reason x", "user export 001013", "user erase 001013 --reason x", "user disable 001013", "user passwd 001013", "retention --years 3", "report",
		"export national", "trace 2026/a/b/c --names", "user add --roster", "curriculum outline --track datacom --level HCIP"} {
		code, out, errOut := said(t, append(strings.Fields(line), "--db", filepath.Join(dir, "typo.db"))...)
		if code != exitFailed || out != "" || !strings.Contains(errOut, "没有数据库") {
			t.Errorf("%s: exit code %d, %q, %q", line, code, out, errOut)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Fatalf("%s: left %v", line, left)
		}
	}
}

// What brings something in makes no database where the paths it was given hold nothing.
func TestNothingToBringIn(t *testing.T) {
	dir := t.TempDir()
	visit := filepath.Join(dir, "visit.xlsx")
	if err := os.WriteFile(visit, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(dir, "nosuch.xlsx")
	for _, args := range [][]string{{"ingest", gone}, {"ingest", visit, gone}, {"run", gone}, {"ingest", visit, "--mapping", gone}, {"run", visit, "--mapping", gone}} {
		code, out, errOut := said(t, append(args, "--db", filepath.Join(dir, "new", "typo.db"), "--returns", "none")...)
		if code != exitUsage || out != "" || !strings.Contains(errOut, "找不到 "+gone) {
			t.Errorf("%v: exit code %d, %q, %q", args, code, out, errOut)
		}
		if left, _ := os.ReadDir(filepath.Join(dir, "new")); len(left) != 0 {
			t.Fatalf("%v: left %v", args, left)
		}
	}
}

// What is refused ends with the code for it and names what was asked for, and the way out.
func TestRefusals(t *testing.T) {
	db := aCounter(t)
	for _, c := range []struct {
		why, line string
		code      int
		says      []string
	}{
		{"a roster has no versions of visits", "history 1", exitUsage, []string{"提交 1 里没有走访", "qianqi show 1"}},
		{"a visit has", "history 2", exitOK, nil},
		{"no such submission", "history 99999", exitUsage, []string{"没有 99999 的记录"}},
		{"no such submission to take back", "withdraw 99999 --reason x", exitUsage, []string{"没有 99999 的记录"}},
		{"nor to bring back", "reinstate 99999 --reason x", exitUsage, []string{"没有 99999 的记录"}},
		{"closing the year", "freeze 2026", exitOK, nil},
		{"a frozen year names the command that opens it", "withdraw 2 --reason x", exitFailed, []string{"qianqi reopen 2026 --reason"}},
		{"a shell that has no completion", "completion tcsh", exitUsage, []string{"tcsh"}},
		{"a word behind a shell", "completion bash x", exitUsage, nil},
		{"help for no command", "help nosuch", exitUsage, []string{"没有名为 \"nosuch\" 的命令"}},
		{"help for no command of a command", "help user nosuch", exitUsage, []string{"没有名为 \"nosuch\" 的命令"}},
		{"help for all", "help", exitOK, nil},
		{"help for a command of a command", "help user add", exitOK, nil},
		{"changes since no year", "report --compare 0", exitUsage, []string{"不写 --compare", "leave --compare out"}},
		{"a budget that takes hours away", "report --budget -5", exitUsage, []string{"至少为 1", "1 at least"}},
		{"a budget of nothing", "analyze --budget 0", exitUsage, []string{"至少为 1"}},
		{"the budget of a schedule", "schedule --print cron --budget -5", exitUsage, []string{"至少为 1"}},
		{"changes since a year without visits", "analyze --year 2026 --compare 2024", exitUsage, []string{"2024 年没有走访", "2026 年之前没有走访", "No year before 2026 has visits"}},
		{"changes since the year itself", "report --compare 2026", exitUsage, []string{"2026 不早于 2026", "2026 is not before 2026"}},
		{"--keep -1 of a backup", "backup --keep -1", exitUsage, []string{"0 为全部保留", "0 keeps all"}},
		{"--keep 0 of run", "run --keep 0", exitUsage, []string{"--keep 0", "-1"}},
		{"--keep 0 of its schedule", "schedule --print cron --keep 0", exitUsage, []string{"--keep 0", "-1"}},
		{"a place that cannot be written to", "export national -o " + filepath.Join(filepath.Dir(db), "none", "x.xlsx"), exitFailed, []string{"cannot write"}},
	} {
		code, _, errOut := said(t, append(strings.Fields(c.line), "--db", db)...)
		if code != c.code {
			t.Errorf("%s: %s: exit code %d, want %d: %s", c.why, c.line, code, c.code, errOut)
		}
		for _, words := range c.says {
			if !strings.Contains(errOut, words) {
				t.Errorf("%s: %s: %q does not say %q", c.why, c.line, errOut, words)
			}
		}
		if strings.Contains(errOut, "on record. ") {
			t.Errorf("%s: says that something was taken out: %q", c.why, errOut)
		}
	}
}

// What is brought in through a link to the database is whole by its own name too.
func TestBroughtInThroughALink(t *testing.T) {
	db := aCounter(t)
	link := filepath.Join(t.TempDir(), "linked.db")
	if err := os.Symlink(db, link); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"ingest", "../../surveys/2026/curriculum.xlsx", "--db", link}, {"verify", "--db", db}, {"backup", "--db", link}, {"verify", "--db", link}} {
		if code, out, errOut := said(t, args...); code != exitOK {
			t.Errorf("%v: exit code %d, %s%s", args, code, out, errOut)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(link)); len(left) != 1 {
		t.Errorf("beside the link: %v", left)
	}
}

// A report tells which options it takes over from the one before in the same folder, and a run the k that it does not lower.
func TestReportTellsWhatItTakesOver(t *testing.T) {
	db := aCounter(t)
	out := filepath.Join(t.TempDir(), "reports")
	path, err := program()
	if err := errors.Join(err, shareStills(filepath.Dir(db))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		line string
		says string
	}{{"report --k 3", ""}, {"report", "--k 3"}, {"report --k 7", ""}, {"run " + t.TempDir(), "--k 7"}} {
		var errOut strings.Builder
		cmd := exec.Command(path, append(strings.Fields(c.line), "--db", db, "--out", out)...)
		cmd.Stderr = &errOut
		err := cmd.Run()
		_, told, _ := strings.Cut(errOut.String(), "与此前的报告相同：")
		zh, told, _ := strings.Cut(told, "；")
		_, told, _ = strings.Cut(told, "as an earlier report had them: ")
		if en, _, _ := strings.Cut(told, "."); err != nil || zh != c.says || en != c.says {
			t.Errorf("%s: %v, %q", c.line, err, errOut.String())
		}
	}
}

// A list with nothing in it is a list, and a time that never was is none.
func TestEmptyIsNotMissing(t *testing.T) {
	db := aCounter(t)
	_, out, _ := said(t, "trace", "没有这样的词", "--json", "--db", db)
	if !strings.Contains(out, `"figures": []`) {
		t.Errorf("trace: %s", out)
	}
	_, out, _ = said(t, "user", "export", "T9", "--db", db)
	for _, words := range []string{`"signed_in_at": null`, `"files_handed_in": []`, `"visits": []`, `"assignments": []`, `"names": []`} {
		if !strings.Contains(out, words) {
			t.Errorf("the export does not say %s: %s", words, out)
		}
	}
	_, out, _ = said(t, "doctor", "--json", "--db", db)
	var found struct {
		Findings []struct {
			Code string
			Fix  map[string]string
		}
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found.Findings) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	if f := found.Findings[0]; f.Code == "" || f.Fix["zh"] == "" || f.Fix["en"] == "" {
		t.Errorf("the languages of a fix: %+v", f)
	}
}

// fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// A command whose output cannot be written fails, also where it only looks.
func TestOutputThatCannotBeWritten(t *testing.T) {
	db := aCounter(t)
	for _, line := range []string{"show 2", "explain V012", "schedule --print cron in", "completion bash"} {
		var errOut bytes.Buffer
		if code := execute(append(strings.Fields(line), "--db", db), strings.NewReader(""), fullDisk{}, &errOut); code != exitFailed || !strings.Contains(errOut.String(), "no space left") {
			t.Errorf("%s: exit code %d, %q", line, code, errOut.String())
		}
	}
}
