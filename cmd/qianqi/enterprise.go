package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newEnterpriseCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "enterprise",
		Short: "企业名称核对：哪些是同一家 which enterprises are one: review, merge, split, rename, undo",
		Long: `统一社会信用代码相同的企业自动算作一家；没有代码、名称相近的只列入待核对，由人决定，从不自动合并。
合并、拆分、改名都留有记录，可以撤销。

Enterprises with the same credit code are one. Those without it whose names are alike are queued for a
person to decide and never merged by themselves. Every merge, split and rename is on record and can be undone.`,
		Example: "  qianqi enterprise review\n  qianqi enterprise merge 12 7 --reason \"电话核实\"\n  qianqi enterprise undo 3 --reason \"合并错了\"",
		Args:    noSuchCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newEnterpriseReviewCmd(a), newEnterpriseListCmd(a), newEnterpriseShowCmd(a), newEnterpriseMergeCmd(a), newEnterpriseDistinctCmd(a),
		newEnterpriseSplitCmd(a), newEnterpriseRenameCmd(a), newEnterpriseLogCmd(a), newEnterpriseUndoCmd(a))
	return cmd
}

// lookup is a command that reads the database and prints what it found, for people or as JSON.
func lookup[T any](a *app, cmd *cobra.Command, key string, find func(context.Context, *campaign.Campaign, []string) (T, error), print func(io.Writer, T) error) *cobra.Command {
	var asJSON bool
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
			found, err := find(ctx, c, args)
			switch {
			case err != nil:
				return asUsage(err)
			case asJSON:
				return printJSON(cmd.OutOrStdout(), map[string]any{key: found})
			}
			return print(cmd.OutOrStdout(), found)
		})
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func newEnterpriseReviewCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "review", Short: "列出可能是同一家的企业 list pairs that may be one", Example: "  qianqi enterprise review", Args: noArguments}
	return lookup(a, cmd, "pairs", func(ctx context.Context, c *campaign.Campaign, _ []string) ([]campaign.ReviewPair, error) {
		return c.ReviewQueue(ctx)
	}, printPairs)
}

// reasonWords say why a pair was queued.
var reasonWords = map[string]string{
	"name":            "名称相近 alike",
	"name_begins":     "一个是另一个的简称 one name begins the other",
	"name_and_region": "同名同地 same name and place",
}

func printPairs(w io.Writer, pairs []campaign.ReviewPair) error {
	for _, p := range pairs {
		fmt.Fprintf(w, "%.2f  %s\n", p.Score, reasonWords[p.Reason])
		printEnterprise(w, &p.A)
		printEnterprise(w, &p.B)
		fmt.Fprintf(w, "    同一家 one:  qianqi enterprise merge %d %d --reason …\n    两家 two:   qianqi enterprise distinct %d %d --reason …\n\n", p.A.ID, p.B.ID, p.A.ID, p.B.ID)
	}
	_, err := fmt.Fprintf(w, "待核对 to be reviewed: %d\n", len(pairs))
	return err
}

func printEnterprise(w io.Writer, e *campaign.EnterpriseSeen) {
	fmt.Fprintf(w, "  %5d  %s  %-18s  %s  %d 次走访 %s", e.ID, runewidth.FillRight(campaign.Printable(e.Name), 36), e.USCC, e.Region, e.Visits, codebook.Noun(e.Visits, "visit"))
	if len(e.Names) > 0 {
		fmt.Fprintf(w, "  又名 also %s", campaign.Printable(strings.Join(e.Names, "、")))
	}
	if e.Into != 0 {
		fmt.Fprintf(w, "  → 并入 counts as %d", e.Into)
	}
	fmt.Fprintln(w)
}

func newEnterpriseListCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "list [TEXT]", Short: "按名称或代码查企业编号 find enterprises by name or code", Example: "  qianqi enterprise list 云图", Args: argumentsBetween(0, 1)}
	return lookup(a, cmd, "enterprises", func(ctx context.Context, c *campaign.Campaign, args []string) ([]campaign.EnterpriseSeen, error) {
		return c.Enterprises(ctx, strings.Join(args, ""))
	}, func(w io.Writer, found []campaign.EnterpriseSeen) error {
		for i := range found {
			printEnterprise(w, &found[i])
		}
		return nil
	})
}

func newEnterpriseShowCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "show ID", Short: "列出一家企业的走访 list the visits that count for an enterprise", Example: "  qianqi enterprise show 7", Args: oneArgument("ID", "see qianqi enterprise list")}
	return lookup(a, cmd, "visits", func(ctx context.Context, c *campaign.Campaign, args []string) ([]campaign.RecordedVisit, error) {
		ids, err := numbers[store.EnterpriseID](args)
		if err != nil {
			return nil, err
		}
		return c.EnterpriseVisits(ctx, ids[0])
	}, func(w io.Writer, found []campaign.RecordedVisit) error {
		for _, v := range found {
			fmt.Fprintf(w, "走访 visit %d  %s  %s  %s  %d 个岗位 %s\n", v.Visit, v.Day, campaign.Printable(v.Faculty), campaign.Printable(v.Enterprise), v.Jobs, codebook.Noun(v.Jobs, "job"))
		}
		return nil
	})
}

// numbers reads identifiers.
func numbers[T ~int64](args []string) ([]T, error) {
	list := make([]T, len(args))
	for i, arg := range args {
		n, err := strconv.ParseInt(arg, 10, 64)
		if err != nil || n <= 0 {
			return nil, usageError(fmt.Sprintf("%q 不是编号", arg), fmt.Sprintf("%q is no number", arg))
		}
		list[i] = T(n)
	}
	return list, nil
}

// decision is a command that changes which enterprises are one, for a reason that is kept.
func decision(a *app, cmd *cobra.Command, do func(context.Context, *campaign.Campaign, []string, store.Act) (string, error)) *cobra.Command {
	var act store.Act
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		act, err := signed(act)
		if err != nil {
			return err
		}
		return a.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
			done, err := do(ctx, c, args, act)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), done)
			return err
		})
	}
	bindAct(cmd, &act)
	return cmd
}

func newEnterpriseMergeCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "merge FROM INTO", Short: "FROM 与 INTO 是同一家，今后都算作 INTO let FROM count as INTO", Example: "  qianqi enterprise merge 12 7 --reason \"电话核实\"", Args: argumentsNamed("FROM", "INTO")}
	return decision(a, cmd, func(ctx context.Context, c *campaign.Campaign, args []string, act store.Act) (string, error) {
		ids, err := numbers[store.EnterpriseID](args)
		if err == nil {
			err = c.Store.MergeEnterprises(ctx, ids[0], ids[1], act)
		}
		return "已合并 merged: " + strings.Join(args, " → "), err
	})
}

func newEnterpriseDistinctCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "distinct A B", Short: "A 与 B 是两家，不再提示 decide that A and B are two", Example: "  qianqi enterprise distinct 12 7 --reason \"总公司与分公司\"", Args: argumentsNamed("A", "B")}
	return decision(a, cmd, func(ctx context.Context, c *campaign.Campaign, args []string, act store.Act) (string, error) {
		ids, err := numbers[store.EnterpriseID](args)
		if err == nil {
			err = c.Store.MarkDistinct(ctx, ids[0], ids[1], act)
		}
		return "已记为两家 two enterprises: " + strings.Join(args, "、"), err
	})
}

func newEnterpriseSplitCmd(a *app) *cobra.Command {
	var name string
	cmd := &cobra.Command{Use: "split VISIT… --name NAME", Short: "把几次走访分出去算作另一家 let visits count for another enterprise", Example: "  qianqi enterprise show 7\n  qianqi enterprise split 31 32 --name \"示例公司广州分公司\" --reason \"是分公司\"", Args: argumentsBetween(1, -1)}
	cmd.Flags().StringVar(&name, "name", "", "新企业的名称，必填 name of the other enterprise, required")
	return decision(a, cmd, func(ctx context.Context, c *campaign.Campaign, args []string, act store.Act) (string, error) {
		visits, err := numbers[store.VisitID](args)
		switch {
		case err != nil:
			return "", err
		case strings.TrimSpace(name) == "":
			return "", usageError("请用 --name 写明新企业的名称", "name the other enterprise with --name")
		}
		id, err := c.Store.SplitEnterprise(ctx, visits, strings.TrimSpace(name), act)
		return fmt.Sprintf("已拆分 split: 企业 enterprise %d", id), err
	})
}

func newEnterpriseRenameCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "rename ID NAME", Short: "改用另一个名称显示，走访原文不动 show an enterprise under another name", Example: "  qianqi enterprise rename 7 \"示例网络有限公司\" --reason \"工商更名\"", Args: argumentsNamed("ID", "NAME")}
	return decision(a, cmd, func(ctx context.Context, c *campaign.Campaign, args []string, act store.Act) (string, error) {
		ids, err := numbers[store.EnterpriseID](args[:1])
		if err == nil {
			err = c.Store.RenameEnterprise(ctx, ids[0], args[1], act)
		}
		return "已改名 renamed: " + campaign.Printable(args[1]), err
	})
}

func newEnterpriseLogCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "log", Short: "合并、拆分、改名的记录 every merge, split and rename", Example: "  qianqi enterprise log", Args: noArguments}
	return lookup(a, cmd, "acts", func(ctx context.Context, c *campaign.Campaign, _ []string) ([]campaign.EnterpriseAct, error) {
		return c.EnterpriseActs(ctx)
	}, func(w io.Writer, acts []campaign.EnterpriseAct) error {
		if len(acts) == 0 {
			_, err := fmt.Fprintln(w, "还没有合并、拆分或改名过。No merge, split or rename yet.")
			return err
		}
		for i := range acts {
			printAct(w, &acts[i])
		}
		return nil
	})
}

func printAct(w io.Writer, e *campaign.EnterpriseAct) {
	what := ""
	switch e.Kind {
	case "merge":
		what = fmt.Sprintf("合并 merge %d → %d", e.Enterprise, e.Into)
	case "split":
		what = fmt.Sprintf("拆分 split 走访 visit %d → %d", e.Visit, e.Enterprise)
	case "rename":
		what = fmt.Sprintf("改名 rename %d “%s”", e.Enterprise, campaign.Printable(e.Name))
	}
	fmt.Fprintf(w, "%4d  %s  %s  %s  %s", e.Act, e.At, what, campaign.Printable(e.By), campaign.Printable(e.Reason))
	if e.UndoneBy != "" {
		fmt.Fprintf(w, "  已撤销 undone: %s %s", campaign.Printable(e.UndoneBy), campaign.Printable(e.UndoneReason))
	}
	fmt.Fprintln(w)
}

func newEnterpriseUndoCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{Use: "undo ACT", Short: "撤销一次合并、拆分或改名 undo a merge, split or rename; see enterprise log", Example: "  qianqi enterprise undo 3 --reason \"合并错了\"", Args: oneArgument("ACT", "see qianqi enterprise log")}
	return decision(a, cmd, func(ctx context.Context, c *campaign.Campaign, args []string, act store.Act) (string, error) {
		ids, err := numbers[int64](args)
		if err == nil {
			err = c.Store.UndoEnterpriseAct(ctx, ids[0], act)
		}
		return "已撤销 undone: " + args[0], err
	})
}
