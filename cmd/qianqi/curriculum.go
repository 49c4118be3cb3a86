package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newCurriculumCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "curriculum",
		Short: "课程地图：各版本、模块与认证大纲 the curriculum map: versions, modules, exam outlines",
		Long: `课程地图由 curriculum 工作簿读入（qianqi template curriculum）。这里列出各版本与模块，并登记新的认证大纲。
The map is read from curriculum workbooks (qianqi template curriculum). Here versions and modules are
listed and new exam outlines recorded.`,
		Example: "  qianqi curriculum list\n  qianqi curriculum list --programme 计算机网络技术\n  qianqi curriculum outline --track datacom --level HCIA --version V2.0",
		Args:    noSuchCommand,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCurriculumListCmd(a), newCurriculumOutlineCmd(a))
	return cmd
}

func newCurriculumListCmd(a *app) *cobra.Command {
	var in campaign.MapQuery
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "列出版本，或一个版本的模块 list the versions, or the modules of one",
		Long: `不带参数列出各版本；给出 --version 或 --programme，列出该版本（缺省最新）的模块：类别、阶段、学时、培养的能力
与水平、对应的认证与竞赛。

Without flags the versions; with --version or --programme the modules of that version (default the newest):
category, phase, hours, competencies with taught level, certifications, competitions.`,
		Example: "  qianqi curriculum list\n  qianqi curriculum list --programme computer_network --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				versions, err := c.Maps(ctx, in)
				if err != nil {
					return asUsage(err)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), map[string]any{"versions": versions})
				}
				p := tracePrinter{w: cmd.OutOrStdout()}
				for _, v := range versions {
					p.version(v)
				}
				if len(versions) == 0 {
					p.line("没有课程地图。先用 qianqi ingest 读入课程工作簿。\nThere is no curriculum map; read one with qianqi ingest.")
				}
				return p.err
			})
		},
	}
	cmd.Flags().StringVar(&in.Version, "version", "", "版本号 version of the map")
	cmd.Flags().StringVar(&in.Programme, "programme", "", "专业 programme")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func (p *tracePrinter) version(v campaign.MapVersion) {
	p.line("%s  自 from %s  %d 个模块 %s  评审 reviewed by %s，%s", v.Version, v.ValidFrom, v.Count, codebook.Noun(v.Count, "module"),
		campaign.Printable(v.SchoolReviewer), campaign.Printable(v.EnterpriseReviewer))
	if v.Note != "" {
		p.line("    %s", campaign.Printable(v.Note))
	}
	for _, m := range v.Modules {
		p.line("    %s %s  %s %s %g 学时 hours", m.Module, m.Name.Both(), m.Category, m.Phase, m.Hours)
		p.line("        能力 teaches     %s", strings.Join(m.Teaches, "，"))
		if len(m.Certifications) > 0 {
			p.line("        认证 certifies   %s", strings.Join(m.Certifications, "；"))
		}
		if len(m.Competitions) > 0 {
			p.line("        竞赛 exercises   %s", strings.Join(m.Competitions, "；"))
		}
	}
}

func newCurriculumOutlineCmd(a *app) *cobra.Command {
	var o campaign.Outlining
	var by string
	var only, asJSON bool
	cmd := &cobra.Command{
		Use:   "outline --track TRACK --level LEVEL",
		Short: "登记新的认证大纲：列出涉及的模块，各提出一份提案 a new exam outline: the modules it touches, a proposal for each",
		Long: `列出课程地图（最新版本）中为这项考试作准备的模块，并为每个模块、每个专业提出一份“更新”提案；同一份大纲只提一次。
课程工作簿里出现新的大纲版本时，读入时自动同样处理。只打印公布过的权重；没有公布的不猜。

Lists the modules of the newest map that prepare for the exam and opens a proposal to update each, one per
programme; the same outline opens none again. A curriculum workbook that names a new outline version
does the same when it is read.`,
		Example: "  qianqi curriculum outline --track datacom --level HCIP --exam H12-221 --version V3.0\n  qianqi curriculum outline --track 物联网 --level HCIA --version V4.0 --dry-run",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: only, MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
				found, err := c.Outline(ctx, o, !only, by)
				if err != nil {
					return asUsage(err)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), found)
				}
				return printOutlined(cmd, c, found)
			})
		},
	}
	cmd.Flags().StringVar(&o.Track, "track", "", "认证方向 certification track")
	cmd.Flags().StringVar(&o.Level, "level", "", "认证等级 rung of the ladder: HCIA, HCIP, HCIE")
	cmd.Flags().StringVar(&o.Exam, "exam", "", "考试代码 exam code, e.g. H12-221")
	cmd.Flags().StringVar(&o.Version, "version", "", "大纲版本 version of the outline, e.g. V3.0")
	cmd.Flags().StringVar(&o.Day, "day", "", "日期，缺省今天 day (default today)")
	cmd.Flags().StringVar(&by, "by", "", "记录人 who enters it (default: the operating system's user)")
	cmd.Flags().BoolVar(&only, "dry-run", false, "只列模块，不提出提案 list the modules, open nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func printOutlined(cmd *cobra.Command, c *campaign.Campaign, found *campaign.Outlined) error {
	p := tracePrinter{w: cmd.OutOrStdout()}
	for _, t := range found.Touched {
		programmes := make([]string, len(t.Programmes))
		for i, id := range t.Programmes {
			programmes[i] = c.Codebook.Name("programmes", string(id)).ZH
		}
		p.line("%s %s\n    现在对应 now prepares for %s；%s", t.Module, t.Name.Both(), t.Exam, strings.Join(programmes, "，"))
	}
	if len(found.Touched) == 0 {
		p.line("课程地图 %s 里没有模块涉及 %s。\nNo module of map %s is touched by %s.", found.Version, found.Outline, found.Version, found.Outline)
	}
	ids := make([]string, len(found.Opened))
	for i, id := range found.Opened {
		ids[i] = string(id)
	}
	if len(ids) > 0 {
		p.line("已提出 opened：%s", strings.Join(ids, " "))
	}
	p.line("%s：%d 个模块 %s touched，%d 份提案 %s opened", found.Outline, len(found.Touched), codebook.Noun(len(found.Touched), "module"), len(ids), codebook.Noun(len(ids), "proposal"))
	return p.err
}
