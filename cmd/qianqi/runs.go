package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newRunsCmd(a *app) *cobra.Command {
	var year, limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "runs [RUN]",
		Short: "列出运行记录 list the runs, or show the record of one",
		Long: `列出每次运行：何时、何版本、收了哪些文件、写出哪份报告、改变了什么。RUN 为运行编号、报告标签
（每页页脚）或 latest。
Lists every run: when, by which version, what came in, which report came out, what changed. RUN is a
run's number, the label in the footer of a report, or latest.

` + exitTable,
		Example: "  qianqi runs\n  qianqi runs latest\n  qianqi runs 7 --json",
		Args:    argumentsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				if len(args) == 1 {
					return showRun(ctx, cmd.OutOrStdout(), c, args[0], asJSON)
				}
				rows, err := c.Runs(ctx, year, limit)
				if err != nil || asJSON {
					return orJSON(cmd.OutOrStdout(), map[string]any{"runs": rows}, err)
				}
				return listRuns(cmd.OutOrStdout(), rows)
			})
		},
	}
	cmd.Flags().IntVar(&year, "year", 0, "只看该年 only runs of this campaign year")
	cmd.Flags().IntVar(&limit, "limit", 30, "最多几条 at most so many; 0 is all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

// orJSON prints v unless there was an error.
func orJSON(w io.Writer, v any, err error) error {
	if err != nil {
		return err
	}
	return printJSON(w, v)
}

// runWords are what people read for the end of a run.
var runWords = map[string]string{"started": "进行中或被中断 under way", "finished": "完成 finished", "failed": "失败 failed"}

func listRuns(w io.Writer, rows []campaign.RunRow) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(w, "还没有运行过。No run yet.")
		return err
	}
	for _, r := range rows {
		if _, err := fmt.Fprintf(w, "%5d  %s  %-6s %d  %-12s  %s%s\n", r.ID, localTime(r.Started), r.Kind, r.Year, r.Record.Label, runWords[r.Status], runNote(&r)); err != nil {
			return err
		}
	}
	return nil
}

func localTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// runNote says in a few words what a run did.
func runNote(r *campaign.RunRow) string {
	rec := &r.Record
	switch {
	case rec.Error != "":
		first, _, _ := strings.Cut(rec.Error, `\n`)
		return "：" + first
	case rec.Same != 0:
		return fmt.Sprintf("，未变 same as run %d", rec.Same)
	case rec.Totals != nil:
		return fmt.Sprintf("，收下 taken %d，退回 refused %d", rec.Totals.Accepted+rec.Totals.Superseded, rec.Totals.Bad())
	}
	return ""
}

func showRun(ctx context.Context, w io.Writer, c *campaign.Campaign, name string, asJSON bool) error {
	r, err := c.FindRun(ctx, name)
	if err != nil {
		return asUsage(err)
	}
	if asJSON {
		return printJSON(w, r)
	}
	rec := &r.Record
	fmt.Fprintf(w, "运行 run %d  %s  %s\n", r.ID, runWords[r.Status], rec.Label)
	if r.Finished != nil {
		fmt.Fprintf(w, "  %s – %s (%.1f s)\n", localTime(r.Started), localTime(*r.Finished), float64(rec.Milliseconds)/1000)
	}
	fmt.Fprintf(w, "  程序 program %s\n  编码簿 codebook %s\n", r.Program, r.Codebook)
	if rec.Error != "" {
		fmt.Fprintf(w, "  原因 reason: %s\n", rec.Error)
	}
	if rec.Same != 0 {
		fmt.Fprintf(w, "  没有新内容，报告是运行 %d 的 nothing was new; the report is that of run %d\n", rec.Same, rec.Same)
	}
	for _, y := range rec.Years {
		fmt.Fprintf(w, "  %d：走访 visits %d，企业 enterprises %d，岗位 jobs %d\n", y.Year, y.Visits, y.Enterprises, y.Jobs)
	}
	for _, in := range rec.Inputs {
		fmt.Fprintf(w, "  %s  %.12s  %s\n", statusWords[in.Status], in.SHA256, campaign.Printable(in.File))
	}
	if len(rec.Outputs) > 0 {
		fmt.Fprintf(w, "  报告 report %s，%d 个文件 %s\n", rec.Place, len(rec.Outputs), codebook.Noun(len(rec.Outputs), "file"))
	}
	printChanges(w, c.Told(&r))
	return nil
}
