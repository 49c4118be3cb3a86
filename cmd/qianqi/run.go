package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

type runOptions struct {
	app    *app
	in     campaign.RunOptions
	missed string
	news   newsOptions
	dry    bool
	quiet  bool
	json   bool
	all    bool
}

func newRunCmd(a *app) *cobra.Command {
	o := runOptions{app: a}
	cmd := &cobra.Command{
		Use:   "run [PATH…]",
		Short: "一步完成：读入、计算、出报告 the whole round: ingest, analyze, report",
		Long: `读入 PATH（缺省 surveys）中的工作簿，计算，写出报告，并给出摘要。可作为年度批处理定时运行：
同一时刻只有一个运行；中断后再运行即可接着做；没有新文件时什么也不变。
每次运行留下一条记录（qianqi runs），据此可逐字节重做任何一份已发布的报告（qianqi reproduce）。
与上一份报告相差不到 5 家企业时，新的答案先等着：两份报告相减就能得知。
没有写明 --k 时，不低于上一份报告的 k。运行失败时，原有的报告不变。
--close 之后的运行会冻结该年度，此后更正须用 --reopen 说明理由。

Reads the workbooks under PATH (default surveys), computes, writes the report and prints a summary.
Fit for a schedule: one run at a time; after an interruption run it again; without new files
nothing changes. Every run leaves a record (qianqi runs) from which any published report can be
made again byte for byte (qianqi reproduce). Answers of fewer than 5 enterprises since the last
report wait for more: two reports could be subtracted. Without --k, k is no smaller than that
report had it. Where a run fails the report that stood stands. A run after --close freezes the
year; from then on a correction needs --reopen with a reason.

` + exitTable,
		Example: `  qianqi run
  qianqi run /srv/inbox --year 2026 --db /srv/qianqi.db --out /srv/reports
  qianqi run /srv/inbox --quiet --close 12-31           # 定时任务 for a schedule, see qianqi schedule
  qianqi run /srv/inbox --dry-run
  qianqi run /srv/inbox --webhook https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=… --eml 通知.eml
  qianqi run --json > 结果.json 2> 日志.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.in.Ingest.Paths = args
			return runRun(cmd, o)
		},
	}
	bindRun(cmd, &o.in, &o.news)
	flags := cmd.Flags()
	flags.StringVar(&o.missed, "missed", "", "仅当此时间表上一次到期的运行被错过 only if the run last due by this timetable was missed, e.g. 'year 12-31 02:30'")
	flags.StringVar(&o.in.Reopen, "reopen", "", "重新开放已冻结年度的理由 reason to open a frozen year again for this run")
	flags.BoolVar(&o.in.Force, "force", false, "没有变化也重写报告 make the report again even where nothing changed")
	flags.BoolVar(&o.in.Ingest.Reread, "reread", false, "重读每个文件 read every file, also those whose size and time are as they were")
	flags.BoolVar(&o.dry, "dry-run", false, "只说会做什么，什么也不写 say what would be done and do nothing")
	flags.BoolVarP(&o.quiet, "quiet", "q", false, "没有新内容时不作声 say nothing when nothing is new")
	bindVerbose(cmd, &o.all)
	flags.BoolVar(&o.json, "json", false, "输出 JSON；日志逐行 JSON 写到标准错误 print JSON; log lines as JSON on standard error")
	return cmd
}

// bindRun declares the flags of run that a schedule may pass on.
func bindRun(cmd *cobra.Command, in *campaign.RunOptions, news *newsOptions) {
	bindIngest(cmd, &in.Ingest)
	in.Analyze.Base, in.Analyze.Rake = "auto", new(false)
	bindReported(cmd, &in.Analyze)
	cmd.Flags().Lookup("k").Usage += " (default: 5, or more where the last report had more)"
	bindPages(cmd, &in.Analyze)
	bindShelf(cmd, in)
	bindPDF(cmd, &in.PDF)
	news.bind(cmd, in)
	cmd.Flags().StringVar(&in.Close, "close", "", "征集截止日，12-31 指每年的这一天 last day of the campaign, 2026-12-31 or, every year, 12-31: a run after it freezes the year (default: the codebook's)")
}

// bindShelf declares where reports go and how many are kept.
func bindShelf(cmd *cobra.Command, in *campaign.RunOptions) {
	cmd.Flags().StringVar(&in.Reports, "out", "reports", "报告文件夹 folder for reports")
	cmd.Flags().IntVar(&in.Keep, "keep", 5, "每年保留几份旧报告，1 起；-1 为不保留 earlier reports kept of every year, in .older: 1 or more; -1 keeps none")
}

func runRun(cmd *cobra.Command, o runOptions) error {
	err := orElse(checkClose(o.in.Close), checkKeep(o.in.Keep))
	if err != nil {
		return err
	}
	if o.in.Tell, err = o.news.tell(); err != nil {
		return asUsage(err)
	}
	if o.missed != "" {
		table, err := campaign.ParseTimetable(o.missed)
		if err != nil {
			return asUsage(err)
		}
		o.in.Due = table.LastDue(o.app.now())
	}
	if len(o.in.Ingest.Paths) == 0 {
		o.in.Ingest.Paths = []string{"surveys"}
	}
	o.in.Ingest.Returns = returnsIn(o.in.Reports, o.in.Ingest.Returns)
	if err := o.app.worthMaking(append(o.in.Ingest.Paths, o.in.Ingest.Mapping)...); err != nil {
		return err
	}
	if o.json {
		o.app.logJSON(cmd)
	} else if !o.quiet {
		o.in.Ingest.Progress = progressOn(cmd.ErrOrStderr())
	}
	return o.app.withCampaign(cmd, store.Options{ReadOnly: o.dry}, func(ctx context.Context, c *campaign.Campaign) error {
		run := c.Run
		if o.dry {
			run = c.Rehearse
		}
		result, err := run(ctx, o.in)
		if err != nil {
			if result != nil && !o.json {
				printWarnings(cmd.ErrOrStderr(), result)
			}
			return asUsage(err)
		}
		if result.NotDue {
			return o.sayNotDue(cmd.OutOrStdout(), result)
		}
		if !o.quiet || !result.Quiet() {
			if !o.json {
				sayTakenOver(cmd.ErrOrStderr(), result.Report)
			}
			if err := printRun(cmd.OutOrStdout(), result, o.json, o.all); err != nil {
				return err
			}
		}
		if result.Ingest.Totals.Bad() > 0 {
			return &ExitError{exitPartial, errSilent}
		}
		return nil
	})
}

// sayNotDue tells that the run was not missed, unless it is to be quiet.
func (o *runOptions) sayNotDue(w io.Writer, r *campaign.RunResult) error {
	switch {
	case o.json:
		return printJSON(w, r)
	case o.quiet:
		return nil
	}
	_, err := fmt.Fprintf(w, "没有错过的运行（%s 到期的已由运行 %d 完成）。No run was missed; run %d was the one due.\n", localTime(o.in.Due), r.Run, r.Run)
	return err
}

func printRun(w io.Writer, r *campaign.RunResult, asJSON, all bool) error {
	if asJSON {
		return printJSON(w, r)
	}
	if r.Dry {
		fmt.Fprint(w, "试运行：以下是会发生的事，什么也没有写。\nDry run: this is what would happen; nothing was written.\n\n")
	}
	printWarnings(w, r)
	if err := printIngest(w, r.Ingest, false, all); err != nil {
		return err
	}
	if r.Report.Unchanged {
		fmt.Fprintf(w, "\n没有新内容，报告未变（运行 %d，%s）。Nothing is new; the report of run %d stands.\n", r.Report.Run, r.Report.Label, r.Report.Run)
	} else {
		for _, line := range r.Headlines {
			fmt.Fprintf(w, "\n%s\n%s\n", line.ZH, line.EN)
		}
		printChanges(w, r.Lines)
		fmt.Fprintln(w)
	}
	if r.StaysOut {
		stays := campaign.StaysOut(r.Report.Year, r.Waiting)
		fmt.Fprintf(w, "%s\n%s\n", stays.ZH, stays.EN)
	} else if r.Waiting != 0 {
		fmt.Fprintf(w, "另有 %d 家企业的新答案还不在报告里：与上一份报告相差太少，相减即可得知；再有几家就一起公布。\n"+
			"The report does not hold the new answers of %s yet: two reports that differ by so few give them away. They come with the next few.\n", r.Waiting, codebook.Count(r.Waiting, "enterprise"))
	}
	if r.Frozen != 0 {
		fmt.Fprintf(w, "%d 年已截止并冻结。%d is closed and frozen.\n", r.Frozen, r.Frozen)
	}
	if r.Expired != nil && r.Dry {
		fmt.Fprintf(w, "保存期限已过：会清除 %d 年及以前的 %d 人（%d 次走访）。Retention is over: %d people of %d and before would be erased.\n", r.Expired.Until, r.Expired.People, r.Expired.Visits, r.Expired.People, r.Expired.Until)
	} else if r.Expired != nil {
		fmt.Fprintf(w, "保存期限已过：%d 年及以前的 %d 人已清除（%d 次走访）。Retention is over: %d people of %d and before were erased.\n", r.Expired.Until, r.Expired.People, r.Expired.Visits, r.Expired.People, r.Expired.Until)
	}
	if r.Dry && !r.Report.Unchanged {
		_, err := fmt.Fprintf(w, "会写出 %d 年的新报告。A new report on %d would be written.\n", r.Report.Year, r.Report.Year)
		return err
	}
	if r.Report.PDF != "" {
		fmt.Fprintf(w, "PDF: %s\n", r.Report.PDF)
	}
	_, err := fmt.Fprintf(w, "报告 report: %s\n", r.Report.Index)
	return err
}

func printWarnings(w io.Writer, r *campaign.RunResult) {
	for _, t := range r.Warnings {
		fmt.Fprintf(w, "注意 warning: %s\n                %s\n\n", t.ZH, t.EN)
	}
}

// printChanges tells what changed, each finding in both languages.
func printChanges(w io.Writer, lines []campaign.ChangeLine) {
	for _, line := range lines {
		fmt.Fprintf(w, "\n%s\n%s\n", line.Finding.ZH, line.Finding.EN)
		for _, item := range line.Items {
			fmt.Fprintf(w, "  - %s\n", item.Both())
		}
		if line.More > 0 {
			fmt.Fprintf(w, "  - 另有 and %d more\n", line.More)
		}
	}
}

// mendable lists the errors that the caller can mend by another argument.
var mendable = []func(error) bool{
	is[*campaign.ErrNoSuchPath],
	is[*campaign.ErrNoVisits],
	is[*campaign.ErrNoComparison],
	is[*campaign.ErrNotWaivable],
	is[*campaign.ErrUnreadable],
	is[*campaign.ErrNoRecord],
	is[*campaign.ErrHoldsNoVisits],
	is[*campaign.ErrMapping],
	is[*campaign.ErrOwnForm],
	is[*campaign.ErrNoAddress],
	is[*campaign.ErrNotRaked],
	is[*campaign.ErrChoice],
	is[*campaign.ErrNoRun],
	is[*campaign.ErrMadeNothing],
	is[*campaign.ErrNoReason],
	is[*campaign.ErrNoBackup],
	is[*campaign.ErrTimetable],
	is[*campaign.ErrHook],
	is[*campaign.ErrUnschedulable],
	is[*campaign.ErrNoBrowser],
	func(err error) bool { return errors.Is(err, campaign.ErrNotFile) },
}

// is reports whether an error is, or wraps, an E.
func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// asUsage gives the errors that the caller can mend by another argument the usage exit code,
// and a held lock its own.
func asUsage(err error) error {
	switch {
	case slices.ContainsFunc(mendable, func(is func(error) bool) bool { return is(err) }):
		return &ExitError{exitUsage, err}
	case is[*campaign.ErrLocked](err):
		return &ExitError{exitLocked, err}
	}
	return err
}
