package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newWaiveCmd(a *app) *cobra.Command {
	var act store.Act
	cmd := &cobra.Command{
		Use:   "waive FILE|SHA256 CODE --reason TEXT",
		Short: "调研办：对一个文件豁免一条规则 let one rule pass for one file, with a reason",
		Long: `对一个文件豁免一条规则：这条规则不再使该文件（及其更正件）被退回；理由会留存并显示。
出错的那一项仍按缺失处理。豁免后请把文件再读入一次。

Lets one rule pass for one file: it no longer keeps that file, or the mended copy of it, out. The
reason is kept and shown. The answer that breaks the rule stays missing. Ingest the file again after it.`,
		Example: "  qianqi waive 走访表.xlsx V050 --reason \"企业停产，没有岗位\"\n  qianqi ingest 走访表.xlsx",
		Args:    argumentsNamed("FILE", "CODE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
				return runWaive(ctx, cmd, c, args, act)
			})
		},
	}
	bindAct(cmd, &act)
	return cmd
}

func runWaive(ctx context.Context, cmd *cobra.Command, c *campaign.Campaign, args []string, act store.Act) error {
	act, err := signed(act)
	if err != nil {
		return err
	}
	rules, err := rulesNamed(c.Codebook, args[1:])
	if err != nil {
		return err
	}
	sum, err := c.SumOf(args[0])
	if err != nil {
		return asUsage(err)
	}
	if err := c.Waive(ctx, sum, rules[0].Code, act); err != nil {
		return asUsage(err)
	}
	file := "FILE"
	if _, err := os.Stat(args[0]); err == nil {
		file = campaign.Printable(args[0])
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "已豁免 waived %s %s：%s\n请把文件再读入一次 ingest the file again: qianqi ingest %s\n",
		rules[0].Code, rules[0].Title.Both(), campaign.Printable(act.Reason), file)
	return err
}
