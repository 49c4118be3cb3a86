package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

type ingestOptions struct {
	app  *app
	in   campaign.IngestOptions
	json bool
}

func newIngestCmd(a *app) *cobra.Command {
	o := ingestOptions{app: a}
	cmd := &cobra.Command{
		Use:   "ingest [PATH…]",
		Short: "读入走访表等工作簿 read workbooks (files or folders) into the database",
		Long: `读入文件或文件夹（含子文件夹）中的走访、课程、名册、成果与决定工作簿；缺省读 surveys。
每个问题都写明文件、工作表、单元格、现有内容与改法；有错误的文件整份不收，其余照常。
同一文件再交一次不会重复计入；同一次走访的更正会取代旧的一份，旧的保留在历史中。

Reads visit, curriculum, roster, outcomes and decisions workbooks from files or folders (default
surveys). A file with errors is refused whole; the others go in. Reading twice changes nothing;
a corrected workbook supersedes the earlier one of the same visit, which stays in the history.

` + exitTable,
		Example: "  qianqi ingest surveys/2026\n  qianqi ingest 走访表.xlsx --returns 退回\n  qianqi ingest surveys --json > 结果.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.in.Paths = args
			return runIngest(cmd, o)
		},
	}
	bindIngest(cmd, &o.in)
	cmd.Flags().BoolVar(&o.json, "json", false, "输出 JSON print JSON")
	return cmd
}

// bindIngest declares the flags that ingest and run share.
func bindIngest(cmd *cobra.Command, in *campaign.IngestOptions) {
	flags := cmd.Flags()
	flags.IntVar(&in.Year, "year", 0, "调研年份 campaign year; a visit of another year is an error (default: each workbook's own)")
	flags.StringVar(&in.Returns, "returns", "", "退回件文件夹 folder for annotated copies of workbooks with issues; none writes none (default: returns beside the report)")
	flags.StringVar(&in.Mapping, "mapping", "", "旧表或外来表的对照文件 mapping file for an older or foreign form (see qianqi map)")
	flags.StringVar(&in.By, "by", "", "交表人 who hands in, kept with every submission (default: the operating system's user)")
}

// returnsIn resolves where annotated copies go: beside the reports unless the user says otherwise.
func returnsIn(reports, asked string) string {
	switch asked {
	case "":
		return filepath.Join(reports, "returns")
	case "none":
		return ""
	}
	return asked
}

func runIngest(cmd *cobra.Command, o ingestOptions) error {
	if len(o.in.Paths) == 0 {
		o.in.Paths = []string{"surveys"}
	}
	o.in.Returns = returnsIn("reports", o.in.Returns)
	o.in.Progress = progressOn(cmd.ErrOrStderr())
	return o.app.withCampaign(cmd, store.Options{}, func(ctx context.Context, c *campaign.Campaign) error {
		result, err := c.Ingest(ctx, o.in)
		if result != nil {
			if printErr := printIngest(cmd.OutOrStdout(), result, o.json); err == nil {
				err = printErr
			}
		}
		switch {
		case err != nil:
		case result.Interrupted:
			err = &ExitError{exitInterrupted, stopped(result)}
		case result.Totals.Bad() > 0:
			err = &ExitError{exitPartial, errSilent}
		}
		return asUsage(err)
	})
}

// stopped says where an interrupted ingest stopped and how to go on.
func stopped(r *campaign.IngestResult) error {
	done, last := len(r.Files), ""
	if done > 0 {
		last = campaign.Printable(r.Files[done-1].File)
	}
	return bilingual(fmt.Sprintf("已中断：读完 %d / %d 个文件，停在 %s 之后；已收下的不受影响，再运行一次即可接着做。", done, done+r.Left, last),
		fmt.Sprintf("Interrupted: %d of %d files are read, the last one %s; what was taken is in. Run it again to go on.", done, done+r.Left, last))
}

func printIngest(w io.Writer, r *campaign.IngestResult, asJSON bool) error {
	if asJSON {
		return printJSON(w, r)
	}
	for i := range r.Files {
		printFile(w, &r.Files[i], len(r.Files) == 1)
	}
	printQuietReadings(w, r)
	t := r.Totals
	if t.Confirmed+t.Waived > 0 {
		fmt.Fprintf(w, "另有 %d 个提醒已确认，%d 个问题已豁免 %d confirmed, %d waived\n", t.Confirmed, t.Waived, t.Confirmed, t.Waived)
	}
	_, err := fmt.Fprintf(w, "共 %d 个文件：收下 %d，未变 %d，取代 %d，退回 %d；%d 次走访，%d 个岗位，%d 项评分；%d 个错误，%d 个提醒\n"+
		"%d files: %d accepted, %d unchanged, %d superseding, %d refused; %d visits, %d jobs, %d ratings; %d errors, %d warnings\n",
		t.Files, t.Accepted, t.Unchanged, t.Superseded, t.Bad(), t.Visits, t.Jobs, t.Ratings, t.Errors, t.Warnings,
		t.Files, t.Accepted, t.Unchanged, t.Superseded, t.Bad(), t.Visits, t.Jobs, t.Ratings, t.Errors, t.Warnings)
	return err
}

// statusWords are what people read for a file's status.
var statusWords = map[campaign.FileStatus]string{
	campaign.Accepted:   "收下 accepted",
	campaign.Unchanged:  "未变 unchanged",
	campaign.Superseded: "取代旧件 supersedes an earlier one",
	campaign.Rejected:   "退回 rejected",
	campaign.Unreadable: "读不了 unreadable",
}

// bare takes the full stop off a sentence that goes on.
func bare(s string) string { return strings.TrimRight(s, "。.") }

// printFile shows a file only when there is something to tell about it; how its answers were read
// is told where it is alone, and beside its issues.
func printFile(w io.Writer, f *campaign.FileResult, alone bool) {
	if quiet(f) && (!alone || len(f.Changes) == 0) {
		return
	}
	fmt.Fprintf(w, "%s — %s\n", campaign.Printable(f.File), fileStatus(f))
	for i := range f.Issues {
		printIssue(w, &f.Issues[i])
	}
	printDiff(w, f.Diff)
	printReadings(w, f.Changes)
	if f.Return != "" {
		fmt.Fprintf(w, "  标注件 annotated copy: %s\n", f.Return)
	}
	fmt.Fprintln(w)
}

// quiet says that nothing of a file needs to be told, but how its answers were read.
func quiet(f *campaign.FileResult) bool {
	return len(f.Issues) == 0 && len(f.Diff) == 0 && f.CorrectedBy == ""
}

// printQuietReadings lists, for many files, the answers of those not shown that were read as
// something else than was typed: the first of them, and how many more.
func printQuietReadings(w io.Writer, r *campaign.IngestResult) {
	shown, more := 0, 0
	for i := range r.Files {
		f := &r.Files[i]
		if len(r.Files) == 1 || !quiet(f) {
			continue
		}
		for _, n := range f.Changes {
			if shown == diffShown {
				more++
				continue
			}
			if shown++; shown == 1 {
				fmt.Fprintln(w, "没有问题的文件里，读法与所填不同的答案 answers read as something else than typed, in files without issues")
			}
			fmt.Fprintf(w, "  %s  ", campaign.Printable(f.File))
			printReading(w, n)
		}
	}
	if more > 0 {
		fmt.Fprintf(w, "  …… 另有 %d 处，--json 全部列出 more, --json lists all of them\n", more)
	}
	if shown > 0 {
		fmt.Fprintln(w)
	}
}

func printReading(w io.Writer, n campaign.Normalised) {
	fmt.Fprintf(w, "读作 read as  %s：%s → %s\n", campaign.Printable(strings.Trim(n.Sheet+"!"+n.Cell, "!")), answerShown(n.Raw), answerShown(n.Value))
}

// fileStatus says in words what became of a file.
func fileStatus(f *campaign.FileResult) string {
	switch {
	case f.CorrectedBy != "":
		return "已由更正件取代 settled by its mended copy " + campaign.Printable(f.CorrectedBy)
	case f.Corrects != "":
		return statusWords[f.Status] + "（退回件的更正 a mended return）"
	}
	return statusWords[f.Status]
}

// ruledWords are what people read for an issue that was decided about.
var ruledWords = map[string]string{
	campaign.Confirmed: "已确认 confirmed",
	campaign.Waived:    "已豁免 waived",
}

func printIssue(w io.Writer, issue *campaign.Issue) {
	word := severityWords[issue.Severity]
	if !issue.Open() {
		word = ruledWords[issue.Ruled.Kind]
	}
	fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %s %s  %s", word, issue.Code, campaign.Place(*issue)), " "))
	if issue.Open() {
		fmt.Fprintf(w, "      %s。改法：%s\n      %s. Mend: %s\n", bare(issue.Message.ZH), issue.Fix.ZH, bare(issue.Message.EN), issue.Fix.EN)
		return
	}
	by := campaign.Printable(strings.TrimSpace(issue.Ruled.By + " " + issue.Ruled.Reason))
	fmt.Fprintf(w, "      %s（%s）\n      %s\n", bare(issue.Message.ZH), by, bare(issue.Message.EN))
}

// diffShown is how many changed answers of one file a terminal shows; the return has them all.
const diffShown = 12

func printDiff(w io.Writer, diff []campaign.Difference) {
	for i, d := range diff {
		if i == diffShown {
			fmt.Fprintf(w, "  改动 changed  …… 另有 %d 处 more\n", len(diff)-i)
			return
		}
		place := strings.Trim(d.Sheet+"!"+d.Cell, "!")
		fmt.Fprintf(w, "  改动 changed  %s · %s：%s → %s\n", campaign.Printable(place), campaign.Printable(d.Label), answerShown(d.Before), answerShown(d.After))
	}
}

// printReadings lists answers that were read as something else than was typed.
func printReadings(w io.Writer, list []campaign.Normalised) {
	for i, n := range list {
		if i == diffShown {
			fmt.Fprintf(w, "  读作 read as  …… 另有 %d 处 more\n", len(list)-i)
			return
		}
		fmt.Fprint(w, "  ")
		printReading(w, n)
	}
}

// answerShown makes one answer fit to be printed; a blank one is a dash.
func answerShown(answer string) string {
	if answer == "" {
		return "—"
	}
	return campaign.Printable(answer)
}
