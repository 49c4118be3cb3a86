package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newFreezeCmd(a *app) *cobra.Command {
	var reason, by string
	cmd := &cobra.Command{
		Use:   "freeze YEAR",
		Short: "冻结一个年度 close a year: its visits change no more",
		Long: `冻结之后，该年的走访不再改变；更正须先用 qianqi reopen 说明理由。
From then on the visits of the year change no more; a correction needs qianqi reopen with a reason.

` + exitTable,
		Example: "  qianqi freeze 2026 --reason 调研结束",
		Args:    oneArgument("YEAR", "2026"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setYear(cmd, args[0], func(ctx context.Context, c *campaign.Campaign, year int) (codebook.Text, error) {
				if err := c.Freeze(ctx, year, by, reason); err != nil {
					return codebook.Text{}, err
				}
				return c.LeftOut(ctx, year)
			}, "%d 年已冻结。%d is frozen.\n")
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "理由 reason")
	cmd.Flags().StringVar(&by, "by", "", "操作人 who does it (default: the operating system's user)")
	return cmd
}

func newReopenCmd(a *app) *cobra.Command {
	var reason, by string
	cmd := &cobra.Command{
		Use:   "reopen YEAR --reason WHY",
		Short: "重新开放已冻结的年度 open a frozen year again, with a reason",
		Long: `理由记入审计日志。The reason goes into the audit log.

` + exitTable,
		Example: "  qianqi reopen 2026 --reason '两家企业的岗位填错'",
		Args:    oneArgument("YEAR", "2026"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setYear(cmd, args[0], func(ctx context.Context, c *campaign.Campaign, year int) (codebook.Text, error) {
				return codebook.Text{}, c.Reopen(ctx, year, by, strings.TrimSpace(reason))
			}, "%d 年已开放。%d is open.\n")
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "理由（必填）reason (required)")
	cmd.Flags().StringVar(&by, "by", "", "操作人 who does it (default: the operating system's user)")
	return cmd
}

// setYear does something to a year and says so, and what follows from it.
func (a *app) setYear(cmd *cobra.Command, text string, do func(context.Context, *campaign.Campaign, int) (codebook.Text, error), done string) error {
	year, err := parseYear(text)
	if err != nil {
		return err
	}
	return a.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
		follows, err := do(ctx, c, year)
		if err != nil {
			return asUsage(err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), done, year, year)
		if follows.ZH != "" {
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s\n", follows.ZH, follows.EN)
		}
		return err
	})
}

// parseYear reads a year given as an argument.
func parseYear(text string) (int, error) {
	year, err := strconv.Atoi(text)
	if err != nil || year < 1900 || year > 9999 {
		return 0, usageError(fmt.Sprintf("%q 不是年份", text), fmt.Sprintf("%q is no year", text))
	}
	return year, nil
}
