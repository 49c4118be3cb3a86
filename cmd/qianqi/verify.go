package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newVerifyCmd(a *app) *cobra.Command {
	o := campaign.VerifyOptions{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "核对数据库、原始文件、审计日志与报告 prove database, originals, audit log and reports",
		Long: `通读并核对：数据库每一页、每个原始文件的哈希、每次走访的内容、审计日志的链、每条运行记录、
每份已发布报告的每个文件，也查已发布却不见了的报告。只读，不改任何东西。有问题时以退出码 1 结束，
每条写明怎么办。
Reads and proves everything: every page of the database, every original against its hash, every visit
against its content, the chain of the audit log, every run record, every file of every published
report, and whether a published one is gone. Nothing is changed. Ends with 1 where something is wrong,
each finding with what to do.

` + exitTable,
		Example: "  qianqi verify\n  qianqi verify --backup /mnt/backup/qianqi/qianqi-20261231T020000Z",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				found, err := c.Verify(ctx, o)
				if err != nil {
					return err
				}
				return printFindings(cmd, found, asJSON, "全部核对无误。", "Everything is as it should be.")
			})
		},
	}
	cmd.Flags().StringVar(&o.Reports, "out", "reports", "报告文件夹 folder of reports")
	cmd.Flags().StringVar(&o.Backup, "backup", "", "同时核对这份备份，并以它为审计日志的见证 prove this backup too; it is a witness of the audit log")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

// printFindings prints what is wrong; anything but a warning ends with exit code 1.
func printFindings(cmd *cobra.Command, found []campaign.Finding, asJSON bool, wellZH, wellEN string) error {
	var failed error
	for _, f := range found {
		if !f.Warning {
			failed = &ExitError{exitFailed, errSilent}
		}
	}
	w := cmd.OutOrStdout()
	if asJSON {
		return orElse(printJSON(w, map[string]any{"findings": append([]campaign.Finding{}, found...)}), failed)
	}
	for _, f := range found {
		word := "错误 error  "
		if f.Warning {
			word = "提醒 warning"
		}
		fmt.Fprintf(w, "%s %s  %s\n                   %s\n      怎么办 fix:  %s\n                   %s\n", word, f.Code, campaign.Printable(f.ZH), campaign.Printable(f.EN), f.Fix.ZH, f.Fix.EN)
	}
	if len(found) == 0 {
		fmt.Fprintf(w, "%s %s\n", wellZH, wellEN)
	}
	return failed
}

// orElse is the first error of the two.
func orElse(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
