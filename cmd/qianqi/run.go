package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

type runOptions struct {
	app  *app
	in   campaign.RunOptions
	json bool
}

func newRunCmd(a *app) *cobra.Command {
	o := runOptions{app: a}
	cmd := &cobra.Command{
		Use:   "run [PATH…]",
		Short: "一步完成：读入、计算、出报告 the whole round: ingest, analyze, report",
		Long: `读入 PATH（缺省 surveys）中的工作簿，计算，写出报告，并给出摘要。可作为年度批处理定时运行：
同一时刻只有一个运行；中断后再运行即可接着做；没有新文件时什么也不变。

Reads the workbooks under PATH (default surveys), computes, writes the report and prints a summary.
Fit for a schedule: one run at a time; after an interruption run it again; without new files
nothing changes.

` + exitTable,
		Example: "  qianqi run\n  qianqi run /srv/inbox --year 2026 --db /srv/qianqi.db --out /srv/reports",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.in.Ingest.Paths = args
			return runRun(cmd, o)
		},
	}
	bindIngest(cmd, &o.in.Ingest)
	bindAnalyze(cmd, &o.in.Analyze)
	cmd.Flags().StringVar(&o.in.Reports, "out", "reports", "报告文件夹 folder for reports")
	cmd.Flags().BoolVar(&o.json, "json", false, "输出 JSON print JSON")
	return cmd
}

func runRun(cmd *cobra.Command, o runOptions) error {
	if len(o.in.Ingest.Paths) == 0 {
		o.in.Ingest.Paths = []string{"surveys"}
	}
	o.in.Ingest.Returns = returnsIn(o.in.Reports, o.in.Ingest.Returns)
	o.in.Ingest.Progress = progressOn(cmd.ErrOrStderr())
	return o.app.withCampaign(cmd, store.Options{}, func(ctx context.Context, c *campaign.Campaign) error {
		result, err := c.Run(ctx, o.in)
		if err != nil {
			return asUsage(err)
		}
		if err := printRun(cmd.OutOrStdout(), result, o.json); err != nil {
			return err
		}
		if result.Ingest.Totals.Bad() > 0 {
			return &ExitError{exitPartial, errSilent}
		}
		return nil
	})
}

func printRun(w io.Writer, r *campaign.RunResult, asJSON bool) error {
	if asJSON {
		return printJSON(w, r)
	}
	if err := printIngest(w, r.Ingest, false); err != nil {
		return err
	}
	for _, line := range r.Headlines {
		fmt.Fprintf(w, "\n%s\n%s\n", line.ZH, line.EN)
	}
	_, err := fmt.Fprintf(w, "\n报告 report: %s\n", r.Report.Index)
	return err
}

// asUsage gives the errors that the caller can mend by another argument the usage exit code,
// and a held lock its own.
func asUsage(err error) error {
	var path *campaign.ErrNoSuchPath
	var year *campaign.ErrNoVisits
	var held *campaign.ErrLocked
	var rule *campaign.ErrNotWaivable
	var file *campaign.ErrUnreadable
	var record *campaign.ErrNoRecord
	var figure *campaign.ErrNoAddress
	var choice *campaign.ErrChoice
	switch {
	case errors.As(err, &path), errors.As(err, &year), errors.As(err, &rule), errors.As(err, &file), errors.As(err, &record):
		return &ExitError{exitUsage, err}
	case errors.As(err, &figure), errors.As(err, &choice):
		return &ExitError{exitUsage, err}
	case errors.As(err, &held):
		return &ExitError{exitLocked, err}
	}
	return err
}
