package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newReproduceCmd(a *app) *cobra.Command {
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "reproduce RUN",
		Short: "逐字节重做一份已发布的报告 make a published report again, byte for byte",
		Long: `按运行记录，用当时的数据与当时的编码簿重新计算，并与记录的每个文件的哈希比对。
RUN 为运行编号、报告标签（每页页脚）或 latest。有任何字节不同即以退出码 1 结束，并说明原因。
Computes the report of a run again from the data and the codebook of that moment and compares every
file with the hash on record. RUN is a run's number, the label in the footer of a report, or latest.
Any byte that differs ends it with exit code 1 and the reason.

` + exitTable,
		Example: "  qianqi reproduce latest\n  qianqi reproduce 7 -o 重做",
		Args:    oneArgument("RUN", "qianqi runs"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				run, err := c.FindRun(ctx, args[0])
				if err != nil {
					return asUsage(err)
				}
				result, err := c.Reproduce(ctx, run, out)
				if err != nil {
					return asUsage(err)
				}
				return printReproduced(cmd.OutOrStdout(), result, asJSON)
			})
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "另把文件写到此文件夹 also write the files to this folder, which must not exist")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func printReproduced(w io.Writer, r *campaign.Reproduced, asJSON bool) error {
	var err error
	if !r.Same {
		err = &ExitError{exitFailed, errSilent}
	}
	if asJSON {
		if printErr := printJSON(w, r); printErr != nil {
			return printErr
		}
		return err
	}
	if r.Same {
		fmt.Fprintf(w, "%d 个文件与运行 %d（%s）的记录逐字节相同。\n%s, byte for byte as run %d wrote them.\n", r.Files, r.Run, r.Label, codebook.Count(r.Files, "file"), r.Run)
	}
	for _, name := range r.Differ {
		fmt.Fprintf(w, "不同 differs: %s\n", campaign.Printable(name))
	}
	for _, t := range r.Reasons {
		fmt.Fprintf(w, "%s\n%s\n", t.ZH, t.EN)
	}
	if r.Folder != "" {
		fmt.Fprintf(w, "写到 written to: %s\n", r.Folder)
	}
	return err
}
