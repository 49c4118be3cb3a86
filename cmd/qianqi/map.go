package main

import (
	"fmt"
	"io"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

func newMapCmd(a *app) *cobra.Command {
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "map FILE",
		Short: "为旧表或外来表起草对照文件 draft a mapping for an older or foreign form",
		Long: `把表头与编码簿的名称、别名逐一比对，起草一个对照文件（YAML），并试读一遍；请人核对后用于 ingest --mapping。
标“?”的是相似而不相同的表头；“要翻译的选项”是表里的、编码簿没有的说法。
不用对照就能读的表会说明，并说出还有几列、几种答案可以用对照解决。

Matches headers to the codebook's names and aliases, drafts a mapping file (YAML) and tries it out. A person
confirms it before ingest --mapping. A question mark stands at headers that are only like a known one. A file that
reads without a mapping is said to, with the columns and answers that a mapping could settle nevertheless.`,
		Example: "  qianqi map 旧表.xlsx -o 旧表.yaml\n  qianqi ingest 旧表.xlsx --mapping 旧表.yaml",
		Args:    oneArgument("FILE", "a workbook or csv file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cb, err := a.loadCodebook()
			if err != nil {
				return err
			}
			draft, err := campaign.DraftMapping(cb, args[0], a.now())
			if err != nil {
				return asUsage(err)
			}
			switch {
			case asJSON:
				return printJSON(cmd.OutOrStdout(), draft)
			case len(draft.Sheets) == 0:
				return usageError("在 "+campaign.Printable(draft.File)+" 里认不出任何走访项目的表头", "no header of "+campaign.Printable(draft.File)+" is like any item of a visit")
			}
			return giveMapping(cmd, draft, out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "对照文件写到此处 file to write; without it the mapping is printed")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

// giveMapping writes the mapping to its file, or prints it, and shows it to the person who is to
// confirm it: beside the file, or beside the printed mapping on the error stream.
func giveMapping(cmd *cobra.Command, draft *campaign.MappingDraft, out string) error {
	if out == "" || out == "-" {
		printDraft(cmd.ErrOrStderr(), draft)
		return writeOut(cmd, "-", draft.YAML)
	}
	if err := writeOut(cmd, out, draft.YAML); err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	printDraft(w, draft)
	_, err := fmt.Fprintf(w, "已写入 written: %s\n请核对标 ? 的各行后使用 check the lines with a ? first:\n  qianqi ingest %s --mapping %s\n", out, campaign.Printable(draft.File), out)
	return err
}

// partWords name the parts of a visit form.
var partWords = map[string]string{
	"visit": "走访 visits", "jobs": "岗位 jobs", "trends": "趋势 trends", "suggestions": "建议 suggestions", "flat": "一行一岗位的平表 one flat table",
}

func printDraft(w io.Writer, d *campaign.MappingDraft) {
	printKnown(w, d)
	for _, s := range d.Sheets {
		printDraftSheet(w, s)
	}
	if len(d.Words) > 0 {
		fmt.Fprintln(w, "要翻译的选项 words to translate:")
	}
	for _, word := range d.Words {
		near := word.Near
		if near == "" {
			near = "？"
		}
		fmt.Fprintf(w, "  %s: %s → %s\n", word.Field, campaign.Printable(word.Word), near)
	}
	if len(d.NotAsked) > 0 {
		fmt.Fprintln(w, "表里没有问到的必填项 required but not asked:")
	}
	for _, label := range d.NotAsked {
		fmt.Fprintf(w, "  %s\n", label.Both())
	}
	printTrial(w, d.Trial)
}

// printKnown says whether the file reads as a form of ours without a mapping, and what one would settle nevertheless.
func printKnown(w io.Writer, d *campaign.MappingDraft) {
	switch {
	case d.Known == "":
	case d.Unread+d.Unlisted == 0:
		fmt.Fprintf(w, "这个文件不用对照就能读 needs no mapping: %s\n\n", d.Known)
	default:
		fmt.Fprintf(w, "不用对照也能读，但有对照可以解决的内容：%d 列不是本表的项目，%d 种答案不在选项里\nreads without a mapping, but one could settle %d %s not read, %d %s on no list: %s\n\n",
			d.Unread, d.Unlisted, d.Unread, codebook.Noun(d.Unread, "column"), d.Unlisted, codebook.Noun(d.Unlisted, "answer"), d.Known)
	}
}

func printDraftSheet(w io.Writer, s campaign.DraftSheet) {
	fmt.Fprintf(w, "工作表 sheet %s → %s\n", campaign.Printable(s.Sheet), partWords[s.Part])
	width := 0
	for _, c := range s.Columns {
		width = max(width, runewidth.StringWidth(c.Header))
	}
	for _, c := range s.Columns {
		doubt := " "
		if c.Confidence < 1 {
			doubt = "?"
		}
		fmt.Fprintf(w, "  %s %.2f  %s → %s  %s\n", doubt, c.Confidence, runewidth.FillRight(campaign.Printable(c.Header), min(width, 40)), c.Label.ZH, c.Field)
	}
	for _, header := range s.Ignored {
		fmt.Fprintf(w, "          %s → 不读 not read\n", campaign.Printable(header))
	}
	fmt.Fprintln(w)
}

func printTrial(w io.Writer, t campaign.Trial) {
	fmt.Fprintf(w, "试读 tried out: %d 次走访 %s, %d 个岗位 %s, %d 个错误 %s, %d 个提醒 %s\n", t.Visits, codebook.Noun(t.Visits, "visit"), t.Jobs, codebook.Noun(t.Jobs, "job"),
		t.Errors, codebook.Noun(t.Errors, "error"), t.Warnings, codebook.Noun(t.Warnings, "warning"))
	for _, r := range t.Rules {
		fmt.Fprintf(w, "  %s ×%d  %s\n", r.Code, r.Count, r.Title.Both())
	}
	fmt.Fprintln(w)
}
