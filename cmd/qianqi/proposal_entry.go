package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// entering is what the commands that add to the register share.
type entering struct {
	app  *app
	by   string
	json bool
}

func (e *entering) bind(cmd *cobra.Command, day *string) {
	cmd.Flags().StringVar(day, "day", "", "日期，缺省今天 day, e.g. 2026-11-20 (default today)")
	cmd.Flags().StringVar(&e.by, "by", "", "记录人 who enters it (default: the operating system's user)")
	cmd.Flags().BoolVar(&e.json, "json", false, "输出 JSON print JSON: {\"id\",\"recorded\",\"issues\"}")
}

// run makes the entry and says what became of it.
func (e *entering) run(cmd *cobra.Command, what string, enter func(context.Context, *campaign.Campaign) (*campaign.Entered, error)) error {
	return e.app.withCampaign(cmd, store.Options{}, func(ctx context.Context, c *campaign.Campaign) error {
		done, err := enter(ctx, c)
		if err != nil {
			return asUsage(err)
		}
		return printEntered(cmd.OutOrStdout(), done, what, e.json)
	})
}

// printEntered shows what became of an entry; one that broke a rule ends with the usage exit code.
func printEntered(w io.Writer, done *campaign.Entered, what string, asJSON bool) error {
	if asJSON {
		if err := printJSON(w, done); err != nil {
			return err
		}
	} else {
		for _, i := range done.Issues {
			fmt.Fprintf(w, "%s %s  %s。改法：%s\n      %s. Mend: %s\n", severityWords[i.Severity], i.Code, bare(i.Message.ZH), i.Fix.ZH, bare(i.Message.EN), i.Fix.EN)
		}
		if done.Recorded {
			fmt.Fprintf(w, "%s %s\n", done.ID, what)
		} else {
			fmt.Fprintln(w, "没有记入，什么也没有改变。\nNothing was recorded, nothing has changed.")
		}
	}
	if !done.Recorded {
		return &ExitError{exitUsage, errSilent}
	}
	return nil
}

// oneFlag wants exactly one of the flags.
func oneFlag(cmd *cobra.Command, names ...string) error {
	n := 0
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			n++
		}
	}
	if n == 1 {
		return nil
	}
	list := "--" + strings.Join(names, ", --")
	return usageError("要且只要其中之一："+list, "exactly one of these is wanted: "+list)
}

func newProposalAddCmd(a *app) *cobra.Command {
	e := entering{app: a}
	var p campaign.Proposing
	cmd := &cobra.Command{
		Use:   "add",
		Short: "提出提案 open a proposal",
		Long: `由一个数字（--figure 地址，专业与能力随之而来）、一条建议（--suggestion 编号，见 proposal ideas）或一份
认证标准（--standard）提出。

Born from a figure (--figure ADDRESS, which brings programme and competency), a suggestion
(--suggestion NUMBER, see proposal ideas) or a certification standard (--standard).`,
		Example: "  qianqi proposal add --figure 2026/computer_network/fault_diagnosis/performance_gap --module CN-C3 --kind strengthen --text 增设实战单元，24学时",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneFlag(cmd, "figure", "suggestion", "standard"); err != nil {
				return err
			}
			return e.run(cmd, "已提出 is open", func(ctx context.Context, c *campaign.Campaign) (*campaign.Entered, error) {
				return c.Propose(ctx, p, e.by)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&p.Figure, "figure", "", "由此数字而来 address of the figure it rests on")
	flags.StringVar(&p.Suggestion, "suggestion", "", "由此建议而来 number of the suggestion it rests on")
	flags.StringVar(&p.Standard, "standard", "", "由此认证大纲而来 exam outline it rests on, e.g. \"H12-811 V2.0\"")
	flags.StringVar(&p.Programme, "programme", "", "专业 programme (from the figure where one is given)")
	flags.StringVar(&p.Competency, "competency", "", "能力 competency (from the figure where one is given)")
	flags.StringVar(&p.Module, "module", "", "模块编号 module code")
	flags.StringVar(&p.Kind, "kind", "", "新增 add, 加强 strengthen, 更新 update, 取消 drop")
	flags.StringVar(&p.Text, "text", "", "提案内容 what is proposed")
	flags.StringVar(&p.Supersedes, "supersedes", "", "取代的提案 the proposal it takes the place of")
	e.bind(cmd, &p.Day)
	return cmd
}

func newProposalReviewCmd(a *app) *cobra.Command {
	e := entering{app: a}
	var r campaign.Reviewing
	cmd := &cobra.Command{
		Use:     "review ID",
		Short:   "记下一方的评审 record one side's review",
		Long:    "学校与企业各评审一次；只写职务，不写姓名。\nSchool and enterprise review once each; roles only, never names.",
		Example: "  qianqi proposal review P2026-01 --side enterprise --role 培训经理 --opinion support --text 愿提供案例",
		Args:    oneArgument("ID", "P2026-01 …"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Proposal = args[0]
			return e.run(cmd, "已评审 is reviewed", func(ctx context.Context, c *campaign.Campaign) (*campaign.Entered, error) {
				return c.Review(ctx, r, e.by)
			})
		},
	}
	cmd.Flags().StringVar(&r.Side, "side", "", "学校 school 或 or 企业 enterprise")
	cmd.Flags().StringVar(&r.Role, "role", "", "评审人职务 the reviewer's role, never a name")
	cmd.Flags().StringVar(&r.Opinion, "opinion", "", "同意 support, 修改后同意 amend, 不同意 object")
	cmd.Flags().StringVar(&r.Text, "text", "", "评审说明 remarks")
	e.bind(cmd, &r.Day)
	return cmd
}

func newProposalDecideCmd(a *app) *cobra.Command {
	e := entering{app: a}
	var d campaign.Deciding
	var adopt, put, reject bool
	cmd := &cobra.Command{
		Use:   "decide ID --adopt | --defer | --reject",
		Short: "记下决定 record the committee's decision",
		Long: `采纳与不采纳使提案了结；暂缓的提案仍待决定。决定不再改写：要改变，请提出取代它的新提案。
Adopting or rejecting closes the proposal; a deferred one stays open. A decision is never edited: to
change course open a proposal that supersedes it.`,
		Example: "  qianqi proposal decide P2026-01 --adopt --reason 差距显著，企业愿提供案例 --module-version 2027.1 --effective 2027",
		Args:    oneArgument("ID", "P2026-01 …"),
		RunE: func(cmd *cobra.Command, args []string) error {
			d.Proposal = args[0]
			if err := oneFlag(cmd, "adopt", "defer", "reject"); err != nil {
				return err
			}
			for outcome, is := range map[string]bool{"adopt": adopt, "defer": put, "reject": reject} {
				if is {
					d.Outcome = outcome
				}
			}
			return e.run(cmd, "已记入 is on record", func(ctx context.Context, c *campaign.Campaign) (*campaign.Entered, error) {
				return c.Decide(ctx, d, e.by)
			})
		},
	}
	cmd.Flags().BoolVar(&adopt, "adopt", false, "采纳 adopt")
	cmd.Flags().BoolVar(&put, "defer", false, "暂缓 defer")
	cmd.Flags().BoolVar(&reject, "reject", false, "不采纳 reject")
	cmd.Flags().StringVar(&d.Reason, "reason", "", "理由 the reason")
	cmd.Flags().StringVar(&d.ModuleVersion, "module-version", "", "实施它的课程地图版本 version of the map that carries it")
	cmd.Flags().StringVar(&d.Effective, "effective", "", "从哪一年的调研起可以检验 first survey that may show the effect (default: the year after)")
	e.bind(cmd, &d.Day)
	return cmd
}
