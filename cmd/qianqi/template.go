package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

type templateOptions struct {
	app  *app
	kind string
	out  string
	year int
	bulk bool
}

func newTemplateCmd(a *app) *cobra.Command {
	o := templateOptions{app: a}
	cmd := &cobra.Command{
		Use:   "template KIND -o FILE",
		Short: "写出空白表格 write a blank workbook: visit, curriculum, roster, outcomes, decisions",
		Long: `写出空白工作簿：下拉列表、填写提示、能力水平描述都取自编码簿。
Writes a blank workbook; dropdowns, prompts and level anchors come from the codebook.

  visit       走访记录，一家企业一份 one per enterprise visited
  roster      教师名册、目标企业与任务 faculty, target enterprises, assignments
  curriculum  课程、能力、证书与竞赛 modules, competencies, certifications, competitions
  outcomes    证书、竞赛与毕业生 certificates, competitions, graduates
  decisions   建议与决定 proposals and decisions`,
		Example: "  qianqi template visit -o 走访表.xlsx\n  qianqi template visit --bulk -o 汇总表.xlsx\n  qianqi template curriculum -o 课程.xlsx --year 2026",
		Args:    oneArgument("KIND", "visit, curriculum, roster, outcomes, decisions"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.kind = args[0]
			return runTemplate(cmd, o)
		},
	}
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "写到此文件 file to write; - is standard output (default <kind>.xlsx)")
	cmd.Flags().BoolVar(&o.bulk, "bulk", false, "汇总表，一行一次走访（只用于 visit） many visits in one workbook, a row each (visit only)")
	cmd.Flags().IntVar(&o.year, "year", 0, "调研年份 campaign year printed on the form (default this year)")
	return cmd
}

func runTemplate(cmd *cobra.Command, o templateOptions) error {
	cb, err := o.app.loadCodebook()
	if err != nil {
		return err
	}
	if _, ok := cb.Form(o.kind); !ok {
		return usageError(fmt.Sprintf("没有名为 %q 的表格；可选 visit, curriculum, roster, outcomes, decisions", o.kind),
			fmt.Sprintf("there is no form %q", o.kind))
	}
	if o.bulk && o.kind != "visit" {
		return usageError("--bulk 只用于 visit", "--bulk is for visit only")
	}
	if o.year == 0 {
		o.year = o.app.now().Year()
	}
	data, err := campaign.Template(cb, o.kind, o.year)
	if o.bulk {
		data, err = campaign.BulkTemplate(cb, o.year)
	}
	if err != nil {
		return err
	}
	if o.out == "" {
		o.out = o.kind + ".xlsx"
	}
	if err := writeOut(cmd, o.out, data); err != nil {
		return err
	}
	if o.out != "-" {
		fmt.Fprintln(cmd.OutOrStdout(), o.out)
	}
	return nil
}
