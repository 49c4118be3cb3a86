package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

type traceOptions struct {
	app  *app
	in   campaign.TraceOptions
	most int
	json bool
}

func newTraceCmd(a *app) *cobra.Command {
	o := traceOptions{app: a}
	cmd := &cobra.Command{
		Use:   "trace [FIGURE | WORD…]",
		Short: "一个数字从哪来、到哪去 follow a figure back to its cells and forward round the loop",
		Long: `数字的地址写作 年份/范围/能力/量，如 2026/computer_network/fault_diagnosis/performance_gap；报告页上
每个数字都链接到自己的地址。给出地址：往回到公式、权数、岗位、走访、文件与单元格，往前到课程、竞赛、认证、
成果、提案与决定。给出词（专业、能力、量，中英文都行）：列出符合的数字及其地址。
缺省只给个数；--names 另列每个岗位的企业、教师、文件与单元格，只供有权看原始答卷的人用，查看会记入审计。

The address of a figure is YEAR/DOMAIN/COMPETENCY/MEASURE; every figure of the report links to its
own. Given an address: back to formula, weights, jobs, visits, files and cells, and forward to
modules, competitions, certifications, outcomes, proposals and decisions. Given words (programme,
competency, measure, in either language): the figures that fit, with their addresses. Counts are
the default; --names lists every job with enterprise, teacher, file and cell, for those who may
see answers only, and is recorded in the audit log.

` + asReported + exitTable,
		Example: "  qianqi trace 网络 故障诊断 表现差距\n  qianqi trace 2026/computer_network/fault_diagnosis/performance_gap\n" +
			"  qianqi trace 2026/computer_network/fault_diagnosis/performance_gap --names --json",
		RunE: func(cmd *cobra.Command, args []string) error { return runTrace(cmd, o, args) },
	}
	bindReported(cmd, &o.in.AnalyzeOptions)
	cmd.Flags().BoolVar(&o.in.Names, "names", false, "列出企业、教师、文件与单元格 list enterprises, teachers, files and cells")
	cmd.Flags().StringVar(&o.in.By, "by", "", "查看人，记入审计 who looks, for the audit log (default: the operating system's user)")
	cmd.Flags().IntVar(&o.most, "limit", 20, "最多列出几行，0 为全部 at most this many lines; 0 for all")
	cmd.Flags().BoolVar(&o.json, "json", false, "输出 JSON print JSON")
	return cmd
}

func runTrace(cmd *cobra.Command, o traceOptions, args []string) error {
	return o.app.withCampaign(cmd, store.Options{ReadOnly: !o.in.Names, MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
		if len(args) != 1 || !strings.Contains(args[0], "/") {
			return findFigures(ctx, cmd, c, o, args)
		}
		trace, err := c.Trace(ctx, args[0], o.in)
		switch {
		case err != nil:
			return asUsage(err)
		case o.json:
			return printJSON(cmd.OutOrStdout(), trace)
		}
		p := tracePrinter{w: cmd.OutOrStdout(), most: o.most}
		p.trace(trace)
		return p.err
	})
}

// findFigures lists the figures that hold every word.
func findFigures(ctx context.Context, cmd *cobra.Command, c *campaign.Campaign, o traceOptions, words []string) error {
	found, err := c.Figures(ctx, words, o.in.AnalyzeOptions)
	if err != nil {
		return asUsage(err)
	}
	all := len(found)
	if o.most > 0 && all > o.most {
		found = found[:o.most]
	}
	if o.json {
		return printJSON(cmd.OutOrStdout(), map[string]any{"figures": append([]campaign.Found{}, found...), "total": all})
	}
	w := cmd.OutOrStdout()
	if all == 0 {
		fmt.Fprintln(w, "没有数字同时含有这些词。不带词的 qianqi trace 列出全部。\nNo figure holds all of these words. qianqi trace without words lists all.")
		return nil
	}
	for _, f := range found {
		fmt.Fprintf(w, "%s\n    %s  %s\n", f.Address, campaign.Shown(f.Figure), f.Title.Both())
	}
	_, err = fmt.Fprintf(w, "\n%d / %d 个数字 %s。看一个 follow one: qianqi trace %s\n", len(found), all, codebook.Noun(all, "figure"), found[0].Address)
	return err
}

// tracePrinter writes a trace for a terminal and keeps the first error.
type tracePrinter struct {
	w    io.Writer
	most int
	err  error
}

// line writes a line. Texts of workbooks stand in it, so every text is made safe for a terminal.
func (p *tracePrinter) line(format string, args ...any) {
	for i, arg := range args {
		if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			args[i] = campaign.Printable(v.String())
		}
	}
	if _, err := fmt.Fprintf(p.w, format+"\n", args...); p.err == nil {
		p.err = err
	}
}

func (p *tracePrinter) trace(t *campaign.Trace) {
	p.line("%s\n%s\n%s", t.Address, t.Title.ZH, t.Title.EN)
	p.line("\n往回 back")
	p.figure(t)
	p.line("  公式 formula   %s\n  出处 source    %s", t.Formula, t.Source)
	p.both("  岗位 base      ", t.Base)
	p.both("  权数 weights   ", t.Weight)
	p.behind(t)
	p.line("\n往前 forward")
	if strings.Contains(t.Address, "/-/") {
		p.line("  这个数字不针对某项能力，没有去路 the figure is about no competency and leads to no module")
		return
	}
	for _, m := range t.Modules {
		p.module(m)
	}
	if len(t.Modules) == 0 {
		p.line("  没有模块讲授 no module teaches it")
	}
	if o := t.Outcomes; o.Year > 0 {
		p.line("  %d 年成果 outcomes：证书 certificates %d，获奖队 awards %d，毕业生 graduates %d", o.Year, o.Certificates, o.Awards, o.Graduates)
	}
	for i := range t.Dossiers {
		p.dossier(&t.Dossiers[i])
	}
	if len(t.Dossiers) == 0 {
		p.line("  没有提案 no proposal yet；提出 propose: qianqi proposal add --figure %s", t.Address)
	}
}

func (p *tracePrinter) figure(t *campaign.Trace) {
	f := t.Figure
	if !f.Shown() {
		p.line("  数值 figure    — %s", t.WhyNot.Both())
		return
	}
	text := campaign.Shown(f)
	if f.HasSE {
		text += fmt.Sprintf("（标准误 se %.3f，95%% 区间 interval %.2f–%.2f，自由度 df %.0f）", f.SE, f.Lo, f.Hi, f.DF)
	}
	p.line("  数值 figure    %s", text)
}

// both writes a sentence with its translation below it.
func (p *tracePrinter) both(label string, t codebook.Text) {
	p.line("%s%s\n                 %s", label, t.ZH, t.EN)
}

func (p *tracePrinter) behind(t *campaign.Trace) {
	if b := t.Behind; b != nil {
		p.line("  来处 from      %d 家企业 %s，%d 个岗位 %s ← %d 次走访 %s ← %d 个文件 %s，%d 个单元格 %s", b.Enterprises, codebook.Noun(b.Enterprises, "enterprise"),
			b.Jobs, codebook.Noun(b.Jobs, "job"), b.Visits, codebook.Noun(b.Visits, "visit"), b.Files, codebook.Noun(b.Files, "file"), b.Cells, codebook.Noun(b.Cells, "cell"))
	} else if !t.Figure.Shown() {
		p.line("  来处 from      不予公布 withheld with the figure")
	}
	for i, a := range t.Answers {
		if p.most > 0 && i == p.most {
			p.line("  … 另有 %d 个岗位 more jobs；--limit 0 全部列出 lists all", len(t.Answers)-i)
			break
		}
		p.answer(a)
	}
	if b := t.Behind; b != nil && len(t.Answers) == 0 && b.Jobs > 0 {
		p.line("                 加 --names 列出企业、文件与单元格 --names lists enterprises, files and cells")
	}
}

// answer is one job with the cells that count.
func (p *tracePrinter) answer(a campaign.Traced) {
	p.line("    %8.2f  %s  %s · %s · %s %s", a.Weight, rated(a), a.Title, a.Enterprise, a.Faculty, a.Day)
	cells := make([]string, 0, len(a.Cells))
	for _, name := range []string{"importance", "required_level", "graduate_level"} {
		if at, ok := a.Cells[name]; ok {
			cells = append(cells, at)
		}
	}
	if len(cells) == 0 { // of a figure about no competency
		cells = slices.Sorted(maps.Values(a.Cells))
	}
	p.line("              %s · %s!%s", a.File, a.Sheet, strings.Join(cells, " "))
}

// rated shows the answers that count: I, R, O or an amount.
func rated(a campaign.Traced) string {
	if a.Importance == 0 && a.Required == 0 && a.Graduate == 0 {
		if a.Amount == nil {
			return "—" // the job does not say
		}
		return fmt.Sprintf("%g", *a.Amount)
	}
	level := func(v uint8) string {
		if v == 0 {
			return "—"
		}
		return fmt.Sprint(v)
	}
	return "I" + level(a.Importance) + " R" + level(a.Required) + " O" + level(a.Graduate)
}

func (p *tracePrinter) module(m campaign.Taught) {
	p.line("  课程 module    %s %s，教到 taught to %d", m.Module, m.Name.Both(), m.Level)
	contests := make([]string, len(m.Competitions))
	for i, c := range m.Competitions {
		contests[i] = c.Both()
	}
	if len(contests) > 0 {
		p.line("      竞赛 competitions    %s", strings.Join(contests, "；"))
	}
	if len(m.Certifications) > 0 {
		p.line("      认证 certifications  %s", strings.Join(m.Certifications, "；"))
	}
}

// dossier is a proposal, its decision and the test of it.
func (p *tracePrinter) dossier(d *campaign.Dossier) {
	p.line("  提案 proposal  %s（%s）%s", d.Proposal, d.Opened, d.Text)
	switch {
	case d.Superseded != "":
		p.line("      已被 %s 取代 superseded", d.Superseded)
	case d.Decision == nil:
		p.line("      待决定 open")
	}
	if x := d.Decision; x != nil {
		p.line("      决定 decision  %s（%s）%s：%s", x.ID, x.Day, outcomeWords[x.Outcome], x.Reason)
	}
	if d.Verdict != nil {
		for _, s := range d.Verdict.Sentences {
			p.line("      %s\n      %s", s.ZH, s.EN)
		}
	}
}

// outcomeWords are what people read for the outcome of a decision.
var outcomeWords = map[string]string{"adopt": "采纳 adopted", "defer": "暂缓 deferred", "reject": "不采纳 rejected"}
