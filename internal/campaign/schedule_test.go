package campaign

import (
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// nasty are paths that people have and schedulers take apart.
var nasty = []string{"/srv/inbox", "/srv/调研 2026", "/srv/100%", "/srv/50%_%h %Y", `/srv/it's`, `/srv/"quoted"`, "/srv/$HOME ${x} $$", `/srv/back\slash\`, `/srv/\" \\"`,
	"/srv/;", "/srv/a;b & c | d > e", "/srv/`id` $(id)", "/srv/#", "/srv/*?[a]~", "-dash", `\%`, "/srv/　全角空格", "/srv/"}

func aSchedule(words ...string) *Schedule {
	table, err := NewTimetable("day", "", "02:30")
	if err != nil {
		panic(err)
	}
	return &Schedule{Timetable: table, Program: "/opt/qian qi/qianqi", Inbox: words, Now: yearEnd}
}

// What systemd.service(5) and systemd.unit(5) say of a command line, from the other side.
func systemdSplit(line string) []string {
	var words []string
	for rest := strings.TrimSpace(line); rest != ""; rest = strings.TrimLeft(rest, " ") {
		var b strings.Builder
		quoted, i := rest[0] == '"', 0
		if quoted {
			i = 1
		}
		for ; i < len(rest) && (quoted && rest[i] != '"' || !quoted && rest[i] != ' '); i++ {
			if rest[i] == '\\' {
				i++
			}
			b.WriteByte(rest[i])
		}
		if quoted {
			i++
		}
		rest = rest[i:]
		words = append(words, strings.NewReplacer("%%", "%", "$$", "$").Replace(b.String()))
	}
	return words
}

func TestSystemdCarriesEveryPath(t *testing.T) {
	service, timer, err := aSchedule(nasty...).SystemdUnits()
	if err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(service, "ExecStart=")
	line, _, _ = strings.Cut(line, "\n")
	want := append([]string{"/opt/qian qi/qianqi", "run", "--quiet", "--"}, nasty...)
	if got := systemdSplit(line); !slices.Equal(got, want) {
		t.Errorf("systemd would run\n%q, want\n%q", got, want)
	}
	for _, must := range []string{"\nType=oneshot\n", "\nSuccessExitStatus=3\n"} {
		if !strings.Contains(service, must) {
			t.Errorf("the service lacks %q", must)
		}
	}
	for _, must := range []string{"\nOnCalendar=*-*-* 02:30:00\n", "\nPersistent=true\n", "\nWantedBy=timers.target\n"} {
		if !strings.Contains(timer, must) {
			t.Errorf("the timer lacks %q", must)
		}
	}
}

// cronCommand takes the command from a crontab line as cron does: \% is %, a bare % ends it.
func cronCommand(t *testing.T, line string, fields int) string {
	t.Helper()
	for range fields {
		_, line, _ = strings.Cut(line, " ")
	}
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '%':
			i++
		case line[i] == '%':
			t.Fatalf("cron would end the command at %q", line[i:])
		}
		b.WriteByte(line[i])
	}
	return b.String()
}

// A real sh takes the lines of the crontab apart.
func TestCronCarriesEveryPath(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		shell = "" // not on Windows; the lines are the same there
	}
	program := filepath.Join(t.TempDir(), "it's 100% $mine")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nfor a; do printf '%s\\n' \"$a\"; done\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := aSchedule(nasty...)
	s.Program = program
	text, err := s.Crontab()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "30 2 * * * ") || !strings.HasPrefix(lines[2], "@reboot ") {
		t.Fatalf("lines %q", lines)
	}
	want := append([]string{"run", "--quiet", "--"}, nasty...)
	for i, want := range [][]string{want, slices.Insert(slices.Clone(want), 2, "--missed=day 02:30")} {
		command := cronCommand(t, lines[1+i], []int{5, 1}[i])
		if shell == "" || runtime.GOOS == "windows" {
			continue
		}
		out, err := exec.Command(shell, "-c", command).Output()
		if got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"); err != nil || !slices.Equal(got, want) {
			t.Errorf("sh would run\n%q, want\n%q (%v)", got, want, err)
		}
	}
}

// argv takes a command line apart as CommandLineToArgvW does.
func argv(line string) []string {
	var words []string
	var b strings.Builder
	in, some, slashes := false, false, 0
	for _, c := range line + " " {
		if c == '\\' {
			slashes++
			continue
		}
		if c == '"' {
			b.WriteString(strings.Repeat(`\`, slashes/2))
			if slashes%2 == 1 {
				b.WriteByte('"')
			} else {
				in, some = !in, true
			}
			slashes = 0
			continue
		}
		b.WriteString(strings.Repeat(`\`, slashes))
		slashes = 0
		if c == ' ' && !in {
			if some || b.Len() > 0 {
				words = append(words, b.String())
			}
			b.Reset()
			some = false
			continue
		}
		b.WriteRune(c)
	}
	return words
}

func TestWindowsCarriesEveryPath(t *testing.T) {
	paths := []string{`D:\调研 2026\收件`, `D:\100%\x`, `D:\it's & <that>`, `\\server\share\`, `D:\ends with\`, `a\\"b`, "D:\\$x;`", "D:\\"}
	text, err := aSchedule(paths...).WindowsTask()
	if err != nil {
		t.Fatal(err)
	}
	var task winTask
	if err := xml.Unmarshal([]byte(text), &task); err != nil {
		t.Fatal(err)
	}
	if got := argv(task.Actions.Args); !slices.Equal(got[3:], paths) || task.Actions.Command != "/opt/qian qi/qianqi" {
		t.Errorf("Windows would run %q\n%q, want\n%q", task.Actions.Command, got, paths)
	}
	if !task.Settings.CatchUp || task.Settings.Battery || task.Trigger.Start != "2026-12-31T02:30:00" || task.Trigger.ByDay == nil {
		t.Errorf("the task: %+v", task)
	}
	for _, bad := range []string{`D:\%TEMP%\x`, `D:\$(Arg0)`, "D:\\a\nb"} {
		var no *ErrUnschedulable
		if _, err := aSchedule(bad).WindowsTask(); !errors.As(err, &no) {
			t.Errorf("%q: %v; Windows would change it", bad, err)
		}
	}
}

func TestControlCharactersAreNotScheduled(t *testing.T) {
	for _, bad := range []string{"/srv/a\nb", "/srv/\x1b[31m", "/srv/\x7f", "/srv/\xff"} {
		s := aSchedule(bad)
		var no *ErrUnschedulable
		if _, _, err := s.SystemdUnits(); !errors.As(err, &no) {
			t.Errorf("systemd took %q", bad)
		}
		if _, err := s.Crontab(); !errors.As(err, &no) {
			t.Errorf("cron took %q", bad)
		}
	}
}

func TestTimetables(t *testing.T) {
	for _, c := range []struct{ every, on, at, text, cron, calendar, why string }{
		{"day", "", "02:30", "day 02:30", "30 2 * * *", "*-*-* 02:30:00", "every day"},
		{"week", "", "23:05", "week 1 23:05", "5 23 * * 1", "Mon *-*-* 23:05:00", "Monday where none is named"},
		{"week", "7", "00:00", "week 7 00:00", "0 0 * * 7", "Sun *-*-* 00:00:00", "7 is Sunday"},
		{"month", "9", "08:00", "month 9 08:00", "0 8 9 * *", "*-*-09 08:00:00", "a day of one digit"},
		{"year", "02-28", "08:00", "year 02-28 08:00", "0 8 28 2 *", "*-02-28 08:00:00", "the last day that February always has"},
		{"year", "", "08:00", "year 12-31 08:00", "0 8 31 12 *", "*-12-31 08:00:00", "the end of the year where none is named"},
	} {
		table, err := NewTimetable(c.every, c.on, c.at)
		if err != nil || table.String() != c.text || table.calendar() != c.calendar {
			t.Errorf("%s: %v %q %q %v", c.why, table, table.String(), table.calendar(), err)
		}
		if again, err := ParseTimetable(c.text); err != nil || again != table {
			t.Errorf("%s: read back as %v %v", c.why, again, err)
		}
		s := aSchedule("/x")
		s.Timetable = table
		if text, err := s.Crontab(); err != nil || !strings.Contains(text, "\n"+c.cron+" '/opt") {
			t.Errorf("%s: %q %v", c.why, text, err)
		}
		if _, err := s.WindowsTask(); err != nil {
			t.Errorf("%s: %v", c.why, err)
		}
	}
	for _, bad := range []string{"", "day", "hour 02:30", "day 2:30", "day 24:00", "day 5 02:30", "week 0 02:30", "week 8 02:30", "month 29 02:30", "year 02-29 02:30", "year 13-01 02:30", "year 31 02:30", "a b c d"} {
		var no *ErrTimetable
		if table, err := ParseTimetable(bad); !errors.As(err, &no) {
			t.Errorf("%q was read as %v %v", bad, table, err)
		}
	}
}

func TestLastDue(t *testing.T) {
	shanghai := time.FixedZone("UTC+8", 8*3600)
	west, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string, zone *time.Location) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		table, now, want, why string
		zone                  *time.Location
	}{
		{"day 02:30", "2026-05-04 02:30", "2026-05-04 02:30", "due this minute", shanghai},
		{"day 02:30", "2026-05-04 02:29", "2026-05-03 02:30", "not yet today", shanghai},
		{"day 02:30", "2028-03-01 01:00", "2028-02-29 02:30", "yesterday was a leap day", shanghai},
		{"day 02:30", "2026-01-01 00:00", "2025-12-31 02:30", "yesterday was last year", time.UTC},
		{"week 1 02:30", "2026-11-24 12:00", "2026-11-23 02:30", "a Tuesday: yesterday", shanghai},
		{"week 1 02:30", "2026-11-23 02:00", "2026-11-16 02:30", "Monday before the time", shanghai},
		{"week 7 02:30", "2026-11-22 03:00", "2026-11-22 02:30", "a Sunday", shanghai},
		{"week 7 02:30", "2026-11-21 03:00", "2026-11-15 02:30", "the day before Sunday", shanghai},
		{"month 28 02:30", "2026-03-01 00:00", "2026-02-28 02:30", "last month", shanghai},
		{"month 1 02:30", "2026-01-01 02:00", "2025-12-01 02:30", "over the turn of the year", shanghai},
		{"year 12-31 02:30", "2026-12-31 02:30", "2026-12-31 02:30", "today", shanghai},
		{"year 12-31 02:30", "2026-12-31 02:29", "2025-12-31 02:30", "last year", shanghai},
		{"year 02-28 02:30", "2028-02-29 12:00", "2028-02-28 02:30", "on a leap day", shanghai},
		{"day 04:30", "2026-03-09 04:00", "2026-03-08 04:30", "the day the clock went on by an hour", west},
	} {
		table, err := ParseTimetable(c.table)
		if err != nil {
			t.Fatal(err)
		}
		if got := table.LastDue(at(c.now, c.zone)); !got.Equal(at(c.want, c.zone)) {
			t.Errorf("%s: at %s %q was due last at %v, want %s", c.why, c.now, c.table, got, c.want)
		}
	}
}
