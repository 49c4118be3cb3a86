package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newProposalCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "proposal",
		Short: "提案、评审与决定 proposals for the curriculum, their reviews and decisions",
		Long: `提案产生于一个差距、一条建议或一份新的认证大纲；学校与企业各评审一次；专业建设委员会采纳、暂缓或不采纳。
记录只增不改：要改变，就提出取代旧提案的新提案。采纳的决定由以后的调研检验。

A proposal is born from a gap, a suggestion or a new exam outline; school and enterprise review it
once each; the committee adopts, defers or rejects it. The record is only added to: to change
course, open a proposal that supersedes the old one. Later surveys test what was adopted.`,
		Example: "  qianqi proposal ideas --programme 计算机网络技术\n" +
			"  qianqi proposal add --figure 2026/computer_network/fault_diagnosis/performance_gap --module CN-C3 --kind 加强 --text 增设实战单元\n" +
			"  qianqi proposal review P2026-01 --side 企业 --role 培训经理 --opinion 支持\n" +
			"  qianqi proposal decide P2026-01 --adopt --reason 差距显著 --module-version 2027.1",
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newProposalListCmd(a), newProposalIdeasCmd(a), newProposalAddCmd(a), newProposalReviewCmd(a), newProposalDecideCmd(a))
	return cmd
}

// dossierPick says which proposals are listed.
type dossierPick struct {
	open      bool
	decided   bool
	programme string
	ids       []string
}

func (p dossierPick) takes(d *campaign.Dossier) bool {
	return (!p.open || d.Open()) && (!p.decided || d.Decision != nil) && (p.programme == "" || string(d.Programme) == p.programme) &&
		(len(p.ids) == 0 || slices.Contains(p.ids, string(d.Proposal)))
}

func newProposalListCmd(a *app) *cobra.Command {
	var pick dossierPick
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list [ID…]",
		Short:   "列出提案，最早的在前 list proposals, oldest first",
		Example: "  qianqi proposal list --open\n  qianqi proposal list P2024-01",
		RunE: func(cmd *cobra.Command, args []string) error {
			pick.ids = args
			return runDossiers(cmd, a, pick, asJSON)
		},
	}
	cmd.Flags().BoolVar(&pick.open, "open", false, "只列待决定的 only those that wait for a decision")
	cmd.Flags().StringVar(&pick.programme, "programme", "", "只列这个专业的 only those of this programme")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func newDecisionsCmd(a *app) *cobra.Command {
	pick := dossierPick{decided: true}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "decisions",
		Short: "历年决定，以及它们见效没有 the decisions on record, and whether they worked",
		Long: `列出每项决定：由哪个差距、建议或大纲而来，双方怎么评审，何时决定；采纳的由最新一次调研检验：差距是否动了、
是否超出误差、是同一批企业变了还是走访对象换了。

Lists every decision: what it was born from, how both sides reviewed it, when it was taken; what was
adopted is tested by the newest survey: did the gap move, beyond its error, among the same
enterprises or because others were visited.`,
		Example: "  qianqi decisions\n  qianqi decisions --programme computer_network --json",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDossiers(cmd, a, pick, asJSON) },
	}
	cmd.Flags().StringVar(&pick.programme, "programme", "", "只列这个专业的 only those of this programme")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func runDossiers(cmd *cobra.Command, a *app, pick dossierPick, asJSON bool) error {
	return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) (err error) {
		if pick.programme != "" {
			if pick.programme, err = c.Code("programmes", "--programme", pick.programme); err != nil {
				return asUsage(err)
			}
		}
		all, err := c.Dossiers(ctx, campaign.AnalyzeOptions{})
		if err != nil {
			return asUsage(err)
		}
		list := []campaign.Dossier{}
		for i := range all {
			if pick.takes(&all[i]) {
				list = append(list, all[i])
			}
		}
		if asJSON {
			return printJSON(cmd.OutOrStdout(), map[string]any{"proposals": list})
		}
		p := dossierPrinter{tracePrinter{w: cmd.OutOrStdout()}, c.Codebook}
		for i := range list {
			p.whole(&list[i])
		}
		if len(list) == 0 {
			p.line("没有这样的提案。\nThere is no such proposal.")
		}
		return p.err
	})
}

// dossierPrinter writes proposals for a terminal.
type dossierPrinter struct {
	tracePrinter
	cb *codebook.Codebook
}

func (p *dossierPrinter) whole(d *campaign.Dossier) {
	about := []string{p.cb.Name("programmes", string(d.Programme)).ZH, p.cb.Name("suggestion_kind", d.Kind).ZH + " " + string(d.Module)}
	if d.Competency != "" {
		about = append(about, p.cb.Name("competencies", string(d.Competency)).ZH)
	}
	p.line("%s  %s  %s\n    %s", d.Proposal, d.Opened, strings.Join(about, " · "), d.Text)
	p.line("    来源 from      %s：%s", p.cb.Name("proposal_origin", string(d.Origin)).Both(), d.Evidence)
	for _, r := range d.Reviews {
		p.line("    评审 review    %s（%s）%s %s %s", p.cb.Name("review_side", string(r.Side)).ZH, r.Role, r.Day,
			p.cb.Name("review_opinion", r.Opinion).Both(), r.Text)
	}
	if d.Superseded != "" {
		p.line("    已被 %s 取代 superseded", d.Superseded)
	} else if d.Decision == nil {
		p.line("    待决定 open")
	}
	if x := d.Decision; x != nil {
		p.line("    决定 decision  %s（%s）%s：%s", x.ID, x.Day, outcomeWords[x.Outcome], x.Reason)
	}
	if d.Verdict != nil {
		for _, s := range d.Verdict.Sentences {
			p.line("        %s\n        %s", s.ZH, s.EN)
		}
	}
	p.line("")
}

func newProposalIdeasCmd(a *app) *cobra.Command {
	var programme string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ideas",
		Short: "可以提出什么：稳健的差距与收到的建议 what could be proposed: robust gaps and suggestions",
		Long: `列出最新一次调研里各种算法都认为不足的能力，以及企业与教师的建议，各带提出提案的命令。建议是原始答卷。
Lists the competencies of the newest survey that fall short under every method, and what enterprises and
teachers suggest, each with the command that opens a proposal. Suggestions are single answers.`,
		Example: "  qianqi proposal ideas --programme computer_network",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) (err error) {
				if programme != "" {
					if programme, err = c.Code("programmes", "--programme", programme); err != nil {
						return asUsage(err)
					}
				}
				ideas, err := c.Ideas(ctx, campaign.AnalyzeOptions{})
				if err != nil {
					return asUsage(err)
				}
				ideas = slices.DeleteFunc(ideas, func(i campaign.Idea) bool { return programme != "" && string(i.Programme) != programme })
				if asJSON {
					return printJSON(cmd.OutOrStdout(), map[string]any{"ideas": ideas})
				}
				return printIdeas(cmd.OutOrStdout(), c.Codebook, ideas)
			})
		},
	}
	cmd.Flags().StringVar(&programme, "programme", "", "只列这个专业的 only those of this programme")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func printIdeas(w io.Writer, cb *codebook.Codebook, ideas []campaign.Idea) error {
	for _, i := range ideas {
		open := ""
		if i.Open {
			open = "（已有待决的提案 a proposal is open）"
		}
		modules := make([]string, len(i.Modules))
		for k, m := range i.Modules {
			modules[k] = string(m)
		}
		programme := cb.Name("programmes", string(i.Programme))
		fmt.Fprintf(w, "%s  %s%s\n", programme.ZH, campaign.Printable(i.Text.ZH), open)
		if i.Text.EN != i.Text.ZH { // a suggestion stands as it was written
			fmt.Fprintf(w, "%s  %s\n", programme.EN, campaign.Printable(i.Text.EN))
		}
		fmt.Fprintf(w, "    qianqi proposal add %s\n", ideaFlags(i))
		if len(modules) > 0 {
			fmt.Fprintf(w, "    由它们讲授 taught in %s\n", strings.Join(modules, ", "))
		}
	}
	_, err := fmt.Fprintf(w, "%d 项 %s\n", len(ideas), codebook.Noun(len(ideas), "idea"))
	return err
}

// ideaFlags is how the idea would be proposed.
func ideaFlags(i campaign.Idea) string {
	if number, is := strings.CutPrefix(i.Evidence, "suggestion/"); is {
		return fmt.Sprintf("--suggestion %s --programme %s --kind %s --module … --text …", number, i.Programme, i.Kind)
	}
	return fmt.Sprintf("--figure %s --kind %s --module … --text …", i.Evidence, i.Kind)
}
