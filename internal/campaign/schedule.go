package campaign

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Schedule is a batch that an operating system starts by itself.
type Schedule struct {
	Timetable
	Program string   // absolute path
	Flags   []string // of qianqi run, as --name=value; paths absolute
	Inbox   []string // what it reads; absolute paths
	As      string   // user who runs it; "" leaves that to the system
	Online  bool     // it needs the network
	Now     time.Time
}

// words are the command line after the program.
func (s *Schedule) words(more ...string) []string {
	return slices.Concat([]string{"run", "--quiet"}, s.Flags, more, []string{"--"}, s.Inbox)
}

// ErrUnschedulable says that a path cannot be written into a schedule of this kind.
type ErrUnschedulable struct{ ZH, EN string }

// Error says why, in both languages.
func (e *ErrUnschedulable) Error() string { return e.ZH + "\n" + e.EN }

// checkWords refuses what no scheduler can carry.
func (s *Schedule) checkWords(also func(string) bool, zh, en string) error {
	for _, word := range append([]string{s.Program, s.As}, s.words()...) {
		if strings.ContainsFunc(word, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) || also != nil && also(word) {
			return &ErrUnschedulable{fmt.Sprintf("“%s”%s，请换一个路径。", Printable(word), zh), fmt.Sprintf("%q %s; choose another path.", word, en)}
		}
	}
	return nil
}

// SystemdUnits writes a service and the timer that starts it. A run missed while the machine was
// off is made up for when it is on again (Persistent=).
func (s *Schedule) SystemdUnits() (service, timer string, err error) {
	if err := s.checkWords(nil, "含有控制字符", "holds control characters"); err != nil {
		return "", "", err
	}
	var b strings.Builder
	b.WriteString("[Unit]\nDescription=qianqi 千企大调研批处理 survey batch\n")
	if s.Online {
		b.WriteString("Wants=network-online.target\nAfter=network-online.target\n")
	}
	b.WriteString("\n[Service]\nType=oneshot\n")
	if s.As != "" {
		b.WriteString("User=" + strings.ReplaceAll(s.As, "%", "%%") + "\n")
	}
	// The path of the program knows no variables, so its $ stands for itself.
	b.WriteString("ExecStart=" + systemdWord(s.Program, false))
	for _, arg := range s.words() {
		b.WriteString(" " + systemdWord(arg, true))
	}
	// 3: finished, though some workbooks had errors; they came back to those who handed them in.
	b.WriteString("\nSuccessExitStatus=3\nNice=10\nNoNewPrivileges=yes\nPrivateTmp=yes\n")
	timer = "[Unit]\nDescription=qianqi 千企大调研批处理 survey batch\n\n[Timer]\nOnCalendar=" + s.calendar() +
		"\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
	return b.String(), timer, nil
}

// systemdWord quotes one word of a command line for systemd.exec(5).
func systemdWord(word string, variables bool) string {
	word = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%").Replace(word)
	if variables {
		word = strings.ReplaceAll(word, "$", "$$")
	}
	if strings.ContainsAny(word, " '\"\\;") || word == "" {
		return `"` + word + `"`
	}
	return word
}

// calendar is the timetable for systemd.time(7).
func (t Timetable) calendar() string {
	days := map[string]string{"day": "*-*-*", "week": "*-*-*", "month": "*-*-" + pad(t.On), "year": "*-" + t.On}
	text := days[t.Every] + " " + t.At + ":00"
	if t.Every == "week" {
		return t.weekday().String()[:3] + " " + text
	}
	return text
}

func pad(day string) string {
	if len(day) == 1 {
		return "0" + day
	}
	return day
}

// weekday is the day of a weekly timetable.
func (t Timetable) weekday() time.Weekday {
	n, _ := strconv.Atoi(t.On)
	return time.Weekday(n % 7)
}

// Crontab writes two lines for crontab(5): the batch at its time, and, when the machine starts, the
// batch if the run that was due last was missed.
func (s *Schedule) Crontab() (string, error) {
	if err := s.checkWords(nil, "含有控制字符", "holds control characters"); err != nil {
		return "", err
	}
	hour, minute, _ := strings.Cut(s.At, ":")
	when := unpad(minute) + " " + unpad(hour)
	switch s.Every {
	case "day":
		when += " * * *"
	case "week":
		when += " * * " + s.On
	case "month":
		when += " " + unpad(s.On) + " * *"
	case "year":
		month, day, _ := strings.Cut(s.On, "-")
		when += " " + unpad(day) + " " + unpad(month) + " *"
	}
	command := s.shellLine(s.words())
	caughtUp := s.shellLine(s.words("--missed=" + s.Timetable.String()))
	return "# qianqi 千企大调研批处理；错过的在开机时补上。survey batch; missed runs are made up for at start-up\n" +
		when + " " + command + "\n@reboot " + caughtUp + "\n", nil
}

func unpad(number string) string {
	if n, err := strconv.Atoi(number); err == nil {
		return strconv.Itoa(n)
	}
	return number
}

// shellLine quotes a command line for sh, and its % for cron, which would end the line there.
func (s *Schedule) shellLine(words []string) string {
	quoted := append([]string{s.Program}, words...)
	for i, word := range quoted {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+:,./@%", r)
		}) {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.ReplaceAll(strings.Join(quoted, " "), "%", `\%`)
}

// The task as the Task Scheduler reads it, version 1.2 of its schema.
type winTask struct {
	XMLName     xml.Name    `xml:"http://schemas.microsoft.com/windows/2004/02/mit/task Task"`
	Version     string      `xml:"version,attr"`
	Description string      `xml:"RegistrationInfo>Description"`
	Trigger     winTrigger  `xml:"Triggers>CalendarTrigger"`
	Principal   winUser     `xml:"Principals>Principal"`
	Settings    winSettings `xml:"Settings"`
	Actions     winActions  `xml:"Actions"`
}

type winTrigger struct {
	Start   string    `xml:"StartBoundary"`
	Enabled bool      `xml:"Enabled"`
	ByDay   *winDay   `xml:"ScheduleByDay"`
	ByWeek  *winWeek  `xml:"ScheduleByWeek"`
	ByMonth *winMonth `xml:"ScheduleByMonth"`
}

type winDay struct {
	Interval int `xml:"DaysInterval"`
}

type winWeek struct {
	Days     winNames `xml:"DaysOfWeek"`
	Interval int      `xml:"WeeksInterval"`
}

type winMonth struct {
	Days   []int    `xml:"DaysOfMonth>Day"`
	Months winNames `xml:"Months"`
}

// winNames are elements without content, named Monday or March.
type winNames []string

// MarshalXML writes the names as empty elements.
func (names winNames) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for _, name := range names {
		if err := e.EncodeElement("", xml.StartElement{Name: xml.Name{Local: name}}); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

type winUser struct {
	ID    string `xml:"id,attr"`
	User  string `xml:"UserId,omitempty"`
	Logon string `xml:"LogonType"`
	Level string `xml:"RunLevel"`
}

type winSettings struct {
	Instances string `xml:"MultipleInstancesPolicy"`
	Battery   bool   `xml:"DisallowStartIfOnBatteries"`
	StopOnIt  bool   `xml:"StopIfGoingOnBatteries"`
	CatchUp   bool   `xml:"StartWhenAvailable"`
	Network   bool   `xml:"RunOnlyIfNetworkAvailable"`
	Enabled   bool   `xml:"Enabled"`
	Limit     string `xml:"ExecutionTimeLimit"`
	Priority  int    `xml:"Priority"`
}

type winActions struct {
	Context string `xml:"Context,attr"`
	Command string `xml:"Exec>Command"`
	Args    string `xml:"Exec>Arguments"`
}

// WindowsTask writes a task for schtasks /Create /XML. A run missed while the machine was off is made
// up for as soon as it is on (StartWhenAvailable). The text names no encoding: as UTF-8 without
// mark or UTF-16 with one it is well-formed XML.
func (s *Schedule) WindowsTask() (string, error) {
	variable := func(word string) bool { return strings.Count(word, "%") > 1 || strings.Contains(word, "$(") }
	if err := s.checkWords(variable, "含有控制字符，或任务计划程序会当作变量替换的 %…% 或 $(…)", "holds control characters, or %…% or $(…), which the Task Scheduler takes for variables"); err != nil {
		return "", err
	}
	task := winTask{Version: "1.2", Description: "qianqi 千企大调研批处理 survey batch", Trigger: s.trigger(),
		Principal: winUser{ID: "Author", User: s.As, Logon: "S4U", Level: "LeastPrivilege"},
		Settings:  winSettings{Instances: "IgnoreNew", CatchUp: true, Network: s.Online, Enabled: true, Limit: "PT12H", Priority: 7},
		Actions:   winActions{"Author", s.Program, windowsLine(s.words())}}
	text, err := xml.MarshalIndent(task, "", "  ")
	if err != nil {
		return "", err
	}
	return "<?xml version=\"1.0\"?>\n" + string(text) + "\n", nil
}

// trigger is the timetable as the Task Scheduler has it.
func (s *Schedule) trigger() winTrigger {
	t := winTrigger{Start: s.Now.Format(time.DateOnly) + "T" + s.At + ":00", Enabled: true}
	n, _ := strconv.Atoi(s.On)
	var months winNames
	for m := time.January; m <= time.December; m++ {
		months = append(months, m.String())
	}
	switch s.Every {
	case "week":
		t.ByWeek = &winWeek{winNames{s.weekday().String()}, 1}
	case "month":
		t.ByMonth = &winMonth{[]int{n}, months}
	case "year":
		date, _ := time.Parse("01-02", s.On)
		t.ByMonth = &winMonth{[]int{date.Day()}, winNames{date.Month().String()}}
	default:
		t.ByDay = &winDay{1}
	}
	return t
}

// windowsLine joins arguments as CommandLineToArgvW takes them apart.
func windowsLine(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = windowsWord(arg)
	}
	return strings.Join(words, " ")
}

// windowsWord quotes one argument: backslashes count only before a quote, and are then doubled.
func windowsWord(arg string) string {
	if arg != "" && !strings.ContainsAny(arg, " \t\"") {
		return arg
	}
	var b strings.Builder
	b.WriteByte('"')
	slashes := 0
	for i := range len(arg) {
		switch arg[i] {
		case '\\':
			slashes++
			continue
		case '"':
			b.WriteString(strings.Repeat(`\`, 2*slashes+1))
		default:
			b.WriteString(strings.Repeat(`\`, slashes))
		}
		b.WriteByte(arg[i])
		slashes = 0
	}
	b.WriteString(strings.Repeat(`\`, 2*slashes))
	b.WriteByte('"')
	return b.String()
}
