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
	"github.com/thousand-enterprises/qianqi/internal/store"
)

type analyzeOptions struct {
	app  *app
	in   campaign.AnalyzeOptions
	json bool
}

func newAnalyzeCmd(a *app) *cobra.Command {
	o := analyzeOptions{app: a}
	cmd := &cobra.Command{
		Use:   "analyze",
		Short: "计算需求与差距 estimate demand and gaps, with error and base",
		Long: `按能力汇总岗位需求，与课程和毕业生水平相比；每个数都带企业数、岗位数、标准误与区间。
少于 5 家企业或由一家主导的格子不予公布。

Aggregates job demand by competency and compares it with curriculum and graduates; every figure
carries enterprises, jobs, standard error and interval. Cells of fewer than 5 enterprises, or
dominated by one, are withheld.

` + exitTable,
		Example: "  qianqi analyze --year 2026\n  qianqi analyze --year 2026 --json > 2026.json",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runAnalyze(cmd, o) },
	}
	bindAnalyze(cmd, &o.in)
	bindPages(cmd, &o.in)
	cmd.Flags().IntVar(&o.in.Year, "year", 0, "调研年份 campaign year (default: the newest in the database)")
	cmd.Flags().BoolVar(&o.json, "json", false, "输出 JSON print JSON")
	return cmd
}

// bindPages declares the flags about what is shown beside the figures.
func bindPages(cmd *cobra.Command, in *campaign.AnalyzeOptions) {
	in.Budget = 64
	bindReportedPages(cmd, in)
	cmd.Flags().Lookup("compare").Usage += " (default: the survey before)"
}

// bindAnalyze declares the flags about how figures are made.
func bindAnalyze(cmd *cobra.Command, in *campaign.AnalyzeOptions) {
	in.Base, in.Threshold, in.Rake = "auto", 5, new(false)
	bindReported(cmd, in)
}

// asReported says in the help of a command what the flags of bindReported are when they are not given.
const asReported = `没有写明的 --base、--k、--rake 等，与该年上次公布的报告相同；没有报告则与 qianqi report 相同。
Where --base, --k, --rake and the like are not given, they are as the last report on the year had them,
or, without one, as qianqi report has them.

`

// bindReported declares the flags of bindAnalyze without defaults, for what shows again what a report
// had: see asReported.
func bindReported(cmd *cobra.Command, in *campaign.AnalyzeOptions) {
	cmd.Flags().StringVar(&in.Base, "base", in.Base, "岗位权数 job base: hires (计划招聘), headcount (在岗人数), one (每岗一票) or auto: the first of them that at least half of the jobs give (半数以上岗位填写的头一项)")
	cmd.Flags().Var((*threshold)(&in.Threshold), "k", "少于 k 家企业不公布，至少为 3 cells of fewer than k enterprises are withheld; 3 at least")
	cmd.Flags().VarPF(&yesOrNo{&in.Rake}, "rake", "", "权数再按行业、规模、省份的企业数校准 also fit the weights to the frame's numbers by industry, size and province").NoOptDefVal = "true"
}

// bindReportedPages declares the flags of bindPages without defaults.
func bindReportedPages(cmd *cobra.Command, in *campaign.AnalyzeOptions) {
	cmd.Flags().Var(&positive{&in.Budget, "预算是每个专业可增加的学时，至少为 1。缺省为 64。", "The budget is hours that each programme may add, 1 at least. The default is 64."},
		"budget", "调整计划的学时预算，至少为 1 hours that each programme's plan may add; 1 at least")
	cmd.Flags().Var(&positive{&in.Compare, "比较的年份写成四位数，如 2024；与上一次调研比较则不写 --compare。", "The year to compare with is a number like 2024; leave --compare out for the survey before."},
		"compare", "与哪一年比较 year that changes are measured from")
}

// positive is a number that a flag takes only where it is 1 or more; the number is 0 where the flag is not given.
type positive struct {
	n      *int
	zh, en string // what is allowed
}

// Set takes a whole number of 1 or more.
func (p *positive) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return bilingual(p.zh, p.en)
	}
	*p.n = n
	return nil
}

// String is the number.
func (p *positive) String() string {
	if p.n == nil {
		return "0"
	}
	return strconv.Itoa(*p.n)
}

// Type is what the help calls the value.
func (p *positive) Type() string { return "int" }

// yesOrNo is a flag that may also not be given: then it points to nothing.
type yesOrNo struct{ given **bool }

// Set takes true or false.
func (v *yesOrNo) Set(text string) error {
	b, err := strconv.ParseBool(text)
	*v.given = &b
	return err
}

// String is true, false or nothing.
func (v *yesOrNo) String() string {
	if v.given == nil || *v.given == nil {
		return ""
	}
	return strconv.FormatBool(**v.given)
}

// Type is what the help calls the value.
func (v *yesOrNo) Type() string { return "bool" }

// threshold is the number of enterprises below which a cell is withheld, as a flag takes it.
type threshold int

// leastThreshold is the lowest that official statistics use: in a cell of two, each enterprise works
// out the other's answer from its own.
const leastThreshold = 3

// Set takes a whole number that protects somebody.
func (t *threshold) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < leastThreshold {
		return bilingual(fmt.Sprintf("k 是整数，至少为 %d：只有两家时，各自减去自己的答案就知道对方的。缺省为 5。", leastThreshold),
			fmt.Sprintf("k is a whole number, %d at least: of two enterprises each can take its own answer away and knows the other's. The default is 5.", leastThreshold))
	}
	*t = threshold(n)
	return nil
}

// String is the number.
func (t *threshold) String() string { return strconv.Itoa(int(*t)) }

// Type is what the help calls the value.
func (t *threshold) Type() string { return "int" }

func runAnalyze(cmd *cobra.Command, o analyzeOptions) error {
	return o.app.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
		analysis, err := c.Analyze(ctx, o.in)
		if err != nil {
			return asUsage(err)
		}
		if o.json {
			data, err := analysis.JSON()
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(append(data, '\n'))
			return err
		}
		return printGaps(cmd.OutOrStdout(), c.GapTables(analysis))
	})
}

// printGaps writes one aligned table per programme; Chinese characters are two columns wide.
func printGaps(w io.Writer, sections []campaign.TextTable) error {
	for _, s := range sections {
		fmt.Fprintf(w, "%s\n", s.Title)
		for _, row := range s.Rows {
			cells := make([]string, len(row))
			for i, cell := range row {
				cells[i] = pad(cell, s.Width(i), i > 0)
			}
			fmt.Fprintln(w, "  "+strings.TrimRight(strings.Join(cells, "  "), " "))
		}
		if _, err := fmt.Fprintf(w, "  %s\n\n", s.Note); err != nil {
			return err
		}
	}
	return nil
}

// pad fills s to width columns, to the right of numbers and to the left of words.
func pad(s string, width int, right bool) string {
	space := strings.Repeat(" ", max(0, width-runewidth.StringWidth(s)))
	if right {
		return space + s
	}
	return s + space
}
