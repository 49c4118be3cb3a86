package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

type scheduleOptions struct {
	app           *app
	run           campaign.RunOptions // only declares its flags
	news          newsOptions
	kind, out     string
	every, on, at string
	program, as   string
}

func newScheduleCmd(a *app) *cobra.Command {
	o := &scheduleOptions{app: a}
	cmd := &cobra.Command{
		Use:   "schedule --print systemd|cron|windows [PATH…]",
		Short: "定时运行：systemd、crontab 或 Windows 任务计划 run by itself: units, crontab lines or a task",
		Long: `印出定时运行 qianqi run 所需的配置，不改动系统。PATH 与 run 的参数照写，路径都换成绝对路径。
关机期间错过的运行会补上：systemd 用 Persistent=true，Windows 用 StartWhenAvailable，cron 在开机时用
run --missed 查看。同时只有一个运行，没有新文件时不作声，所以每天运行也无妨。
有新文件而部分有错误（退出码 3）不算失败。

Prints what is needed to have qianqi run started by the system; changes nothing in it. PATH and flags
are those of run; paths become absolute. Runs missed while the machine was off are made up for:
Persistent=true, StartWhenAvailable, or, for cron, run --missed when the machine starts. Only one run
goes at a time and without news it says nothing, so a run a day does no harm.

  systemd   qianqi schedule --print systemd -o /etc/systemd/system … && systemctl enable --now qianqi.timer
  cron      (crontab -l; qianqi schedule --print cron …) | crontab -
  windows   qianqi schedule --print windows -o . … && schtasks /Create /TN qianqi /XML qianqi.xml

` + exitTable,
		Example: `  qianqi schedule --print systemd /srv/inbox --db /srv/qianqi.db --out /srv/reports --as qianqi
  qianqi schedule --print cron /srv/inbox --every year --on 12-31 --at 02:30 --close 12-30
  qianqi schedule --print windows D:\调研\收件 --db D:\调研\qianqi.db --out D:\调研\报告 -o .`,
		RunE: func(cmd *cobra.Command, args []string) error { return runSchedule(cmd, o, args) },
	}
	bindRun(cmd, &o.run, &o.news)
	passed := make(map[string]bool)
	cmd.Flags().VisitAll(func(f *pflag.Flag) { passed[f.Name] = true })
	flags := cmd.Flags()
	flags.StringVar(&o.kind, "print", "", "哪种系统 which system: systemd, cron or windows")
	flags.StringVarP(&o.out, "output", "o", "", "写到此文件夹 folder to write the files to (default: print them)")
	flags.StringVar(&o.every, "every", "day", "周期 period: day, week, month or year")
	flags.StringVar(&o.on, "on", "", "哪一天 which day: 1–7 of a week (1 = 周一 Monday), 1–28 of a month, 12-31 of a year")
	flags.StringVar(&o.at, "at", "02:30", "时刻（本机时间） time of day by the machine's clock")
	flags.StringVar(&o.as, "as", "", "运行的用户 user who runs it (systemd, windows)")
	flags.StringVar(&o.program, "program", "", "程序在目标机上的路径 path of the program on the machine that runs it (default: this one)")
	cmd.Annotations = map[string]string{"passed": strings.Join(sortedKeys(passed), " ")}
	return cmd
}

func sortedKeys(m map[string]bool) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func runSchedule(cmd *cobra.Command, o *scheduleOptions, paths []string) error {
	if err := orElse(checkClose(o.run.Close), checkKeep(o.run.Keep)); err != nil {
		return err
	}
	s, err := o.schedule(cmd, paths)
	if err != nil {
		return asUsage(err)
	}
	files, err := scheduleFiles(s, o.kind)
	if err != nil {
		return asUsage(err)
	}
	for _, f := range files {
		if o.out == "" {
			if len(files) > 1 {
				fmt.Fprintf(cmd.OutOrStdout(), "# %s\n", f.name)
			}
			fmt.Fprint(cmd.OutOrStdout(), f.text)
			continue
		}
		path := filepath.Join(o.out, f.name)
		if err := os.WriteFile(path, f.bytes(), 0o644); err != nil {
			return fmt.Errorf("写不了文件 cannot write %s: %w", path, err)
		}
		fmt.Fprintln(cmd.OutOrStdout(), path)
	}
	return nil
}

// scheduleFile is one file of a schedule.
type scheduleFile struct{ name, text string }

func scheduleFiles(s *campaign.Schedule, kind string) ([]scheduleFile, error) {
	switch kind {
	case "systemd":
		service, timer, err := s.SystemdUnits()
		return []scheduleFile{{"qianqi.service", service}, {"qianqi.timer", timer}}, err
	case "cron":
		lines, err := s.Crontab()
		return []scheduleFile{{"qianqi.crontab", lines}}, err
	case "windows":
		task, err := s.WindowsTask()
		return []scheduleFile{{"qianqi.xml", task}}, err
	}
	return nil, usageError(fmt.Sprintf("--print 可选 systemd、cron、windows，得到 %q", kind), fmt.Sprintf("--print is systemd, cron or windows, got %q", kind))
}

// bytes is the file as it is written: the task in UTF-16 with its mark, as schtasks wants it.
func (f *scheduleFile) bytes() []byte {
	if !strings.HasSuffix(f.name, ".xml") {
		return []byte(f.text)
	}
	text := strings.Replace(f.text, `<?xml version="1.0"?>`, `<?xml version="1.0" encoding="UTF-16"?>`, 1)
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, utf16.Encode([]rune("\uFEFF"+strings.ReplaceAll(text, "\n", "\r\n"))))
	return b.Bytes()
}

// schedule turns the flags into a command line for the machine that runs it.
func (o *scheduleOptions) schedule(cmd *cobra.Command, paths []string) (*campaign.Schedule, error) {
	table, err := campaign.NewTimetable(o.every, o.on, o.at)
	if err != nil {
		return nil, err
	}
	if o.program == "" {
		if o.program, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	if len(paths) == 0 {
		paths = []string{"surveys"}
	}
	s := &campaign.Schedule{Timetable: table, Program: o.absolute(o.program), Flags: o.passOn(cmd), As: o.as, Online: o.news.webhook != "", Now: o.app.now()}
	for _, path := range paths {
		s.Inbox = append(s.Inbox, o.absolute(path))
	}
	return s, nil
}

// pathFlags are the flags whose value is a path.
var pathFlags = []string{"db", "codebook", "out", "returns", "mapping", "eml"}

// passOn lists the flags of run that were given, in a fixed order; where the database and the
// reports are is always said, since a schedule starts in no folder of ours.
func (o *scheduleOptions) passOn(cmd *cobra.Command) []string {
	passed := strings.Fields(cmd.Annotations["passed"])
	var args []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		value := f.Value.String()
		always := f.Name == "db" || f.Name == "out" || f.Name == "codebook" && value != ""
		if !always && (!f.Changed || !slices.Contains(passed, f.Name)) {
			return
		}
		if slices.Contains(pathFlags, f.Name) && value != "none" {
			value = o.absolute(value)
		}
		args = append(args, "--"+f.Name+"="+value)
	})
	return args
}

// windowsPath is an absolute path of Windows: a drive or a share.
var windowsPath = regexp.MustCompile(`^([A-Za-z]:[\\/]|\\\\)`)

// absolute makes a path independent of the folder it is used in; one of the machine that the
// schedule is for stays as it is.
func (o *scheduleOptions) absolute(path string) string {
	if o.kind == "windows" && windowsPath.MatchString(path) {
		return path
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return full
}
