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

func newShowCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show SUBMISSION|FILE|SHA256",
		Short:   "查一份提交：走访、问题、确认与豁免 what is on record about one submission",
		Example: "  qianqi show 12\n  qianqi show 走访表.xlsx",
		Args:    oneArgument("SUBMISSION", "a number, a file or its SHA-256"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				r, err := c.Record(ctx, args[0])
				if err != nil {
					return asUsage(err)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), r)
				}
				return printRecord(cmd.OutOrStdout(), r)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

// recordWords are what people read for the status of a submission or visit.
var recordWords = map[string]string{
	"accepted":   "收下 accepted",
	"current":    "现行 current",
	"superseded": "已被更正取代 superseded",
	"withdrawn":  "已撤回 withdrawn",
	"rejected":   "退回 rejected",
	"unreadable": "读不了 unreadable",
	"unchanged":  "未变 unchanged",
}

func printRecord(w io.Writer, r *campaign.Record) error {
	if r.Submission != 0 {
		fmt.Fprintf(w, "提交 submission %d — ", r.Submission)
	}
	fmt.Fprintf(w, "%s — %s\n  %s  %s  %s\n", campaign.Printable(r.File), recordWords[r.Status], r.Received, campaign.Printable(r.By), r.SHA256)
	if r.Supersedes != 0 {
		fmt.Fprintf(w, "  更正了提交 supersedes %d\n", r.Supersedes)
	}
	for _, v := range r.Visits {
		fmt.Fprintf(w, "  走访 visit %d  %s  %s  %s  %s  %d 个岗位 %s\n", v.Visit, recordWords[v.Status], v.Day, campaign.Printable(v.Faculty), campaign.Printable(v.Enterprise), v.Jobs, codebook.Noun(v.Jobs, "job"))
	}
	for i := range r.Issues {
		printIssue(w, &r.Issues[i])
	}
	printDiff(w, r.Diff, len(r.Diff))
	for _, v := range r.Waived {
		fmt.Fprintf(w, "  豁免 waived %s  %s  %s  %s\n", v.Code, v.At, campaign.Printable(v.By), campaign.Printable(v.Reason))
	}
	for _, h := range r.HandedIn {
		fmt.Fprintf(w, "  交来 handed in  %s  %s  %s  ×%d\n", h.First, recordWords[string(h.Status)], campaign.Printable(h.File), h.Times)
	}
	return nil
}

func newHistoryCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "history SUBMISSION|FILE|SHA256",
		Short:   "一份提交中各次走访的历次版本与改动 every version of its visits, cell by cell",
		Example: "  qianqi history 12",
		Args:    oneArgument("SUBMISSION", "a number, a file or its SHA-256"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				id, err := c.SubmissionNamed(ctx, args[0])
				if err != nil {
					return asUsage(err)
				}
				all, err := c.History(ctx, id)
				if err != nil {
					return asUsage(err)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), map[string]any{"visits": all})
				}
				return printHistory(cmd.OutOrStdout(), all)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func printHistory(w io.Writer, all [][]campaign.Version) error {
	for _, versions := range all {
		for i, v := range versions {
			fmt.Fprintf(w, "%d. %s  提交 submission %d  %s  %s  %s  %s\n", i+1, recordWords[v.Status], v.Submission, v.Day, campaign.Printable(v.Faculty),
				campaign.Printable(v.Enterprise), campaign.Printable(v.File))
			printDiff(w, v.Diff, len(v.Diff))
		}
	}
	return nil
}

func newWithdrawCmd(a *app) *cobra.Command {
	return submissionAct(a, "withdraw", "重复提交", "撤回一份提交，保留历史 take a submission back; its history stays", `撤回之后，这份提交不再计入数字，历史仍保留。它取代过的旧件也不会自己回来：撤回的人可能是要整个答案都不算。
要让旧件重新计入：qianqi reinstate 旧件，或单独 qianqi ingest 那个文件。文件仍留在收件文件夹里也不会重新计入；
下一次 run 会说一次。

What was withdrawn no longer counts; its history stays. An earlier version that it had superseded does not come
back by itself either: whoever withdraws an answer may mean all of it. To let the earlier one count again,
qianqi reinstate it, or qianqi ingest that file by itself. A file that still lies in the inbox does not come back
with a run, which says so once.`, "已撤回 withdrawn",
		func(ctx context.Context, c *campaign.Campaign, id store.SubmissionID, act store.Act) error {
			return c.Store.Withdraw(ctx, id, act)
		})
}

func newReinstateCmd(a *app) *cobra.Command {
	return submissionAct(a, "reinstate", "当时撤错了", "恢复一份撤回的提交，或更正已撤回的旧件 bring back a withdrawn submission, or one whose correction was withdrawn", `恢复撤回的提交；或者，一份提交被更正取代、更正又被撤回之后，恢复旧的那份。
同一走访已有别的提交计入时不能恢复，会说明是哪一份。

Brings back a submission that was withdrawn, or one that a correction had superseded which was withdrawn since.
Where another submission of the same visit counts, it is refused, and that one is named.`, "已恢复 reinstated",
		func(ctx context.Context, c *campaign.Campaign, id store.SubmissionID, act store.Act) error {
			return c.Store.Reinstate(ctx, id, act)
		})
}

// submissionAct is a command that does one thing to one submission, for a reason; its help gives one.
func submissionAct(a *app, name, reason, short, long, done string, do func(context.Context, *campaign.Campaign, store.SubmissionID, store.Act) error) *cobra.Command {
	var act store.Act
	cmd := &cobra.Command{
		Use:     name + " SUBMISSION|FILE|SHA256 --reason TEXT",
		Short:   short,
		Long:    long,
		Example: "  qianqi " + name + " 12 --reason \"" + reason + "\"",
		Args:    oneArgument("SUBMISSION", "a number, a file or its SHA-256"),
		RunE: func(cmd *cobra.Command, args []string) error {
			act, err := signed(act)
			if err != nil {
				return err
			}
			return a.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
				id, err := c.SubmissionNamed(ctx, args[0])
				if err != nil {
					return asUsage(err)
				}
				if err := do(ctx, c, id, act); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s：提交 submission %d\n", done, id)
				return err
			})
		},
	}
	bindAct(cmd, &act)
	return cmd
}
