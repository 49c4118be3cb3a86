package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// linesShown is how many changed answers or readings of one kind a terminal shows unasked.
const linesShown = 12

// printIngest prints the receipts; all lists every changed answer and every reading.
func printIngest(w io.Writer, r *campaign.IngestResult, asJSON, all bool) error {
	if asJSON {
		return printJSON(w, r)
	}
	most := linesShown
	if all {
		most = math.MaxInt
	}
	for i := range r.Files {
		printFile(w, &r.Files[i], len(r.Files) == 1, most)
	}
	printQuietReadings(w, r, most)
	t := r.Totals
	if t.Confirmed+t.Waived > 0 {
		fmt.Fprintf(w, "另有 %d 个提醒已确认，%d 个问题已豁免 %d confirmed, %d waived\n", t.Confirmed, t.Waived, t.Confirmed, t.Waived)
	}
	_, err := fmt.Fprintf(w, "共 %d 个文件：收下 %d，未变 %d，取代 %d，退回 %d；%d 次走访，%d 个岗位，%d 项评分；%d 个错误，%d 个提醒\n"+
		"%s: %d accepted, %d unchanged, %d superseding, %d refused; %s, %s, %s; %s, %s\n",
		t.Files, t.Accepted, t.Unchanged, t.Superseded, t.Bad(), t.Visits, t.Jobs, t.Ratings, t.Errors, t.Warnings,
		codebook.Count(t.Files, "file"), t.Accepted, t.Unchanged, t.Superseded, t.Bad(),
		codebook.Count(t.Visits, "visit"), codebook.Count(t.Jobs, "job"), codebook.Count(t.Ratings, "rating"),
		codebook.Count(t.Errors, "error"), codebook.Count(t.Warnings, "warning"))
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
func printFile(w io.Writer, f *campaign.FileResult, alone bool, most int) {
	if quiet(f) && (!alone || len(f.Changes) == 0) {
		return
	}
	fmt.Fprintf(w, "%s — %s\n", campaign.Printable(f.File), fileStatus(f))
	if f.Note != nil {
		fmt.Fprintf(w, "  %s\n  %s\n", f.Note.ZH, f.Note.EN)
	}
	for i := range f.Issues {
		printIssue(w, &f.Issues[i])
	}
	printDiff(w, f.Diff, most)
	printReadings(w, f.Changes, most)
	if f.Return != "" {
		fmt.Fprintf(w, "  标注件 annotated copy: %s\n", f.Return)
	}
	fmt.Fprintln(w)
}

// quiet says that nothing of a file needs to be told, but how its answers were read.
func quiet(f *campaign.FileResult) bool {
	return len(f.Issues) == 0 && len(f.Diff) == 0 && f.CorrectedBy == "" && f.Note == nil
}

// printQuietReadings lists, for many files, the answers of those not shown that were read as
// something else than was typed: the first of them, and how many more.
func printQuietReadings(w io.Writer, r *campaign.IngestResult, most int) {
	shown, more := 0, 0
	for i := range r.Files {
		f := &r.Files[i]
		if len(r.Files) == 1 || !quiet(f) {
			continue
		}
		for _, n := range f.Changes {
			if shown == most {
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
		fmt.Fprintf(w, "  …… 另有 %d 处，--verbose 全部列出 more, --verbose lists them\n", more)
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

// printDiff lists answers that a correction changed, the first of them.
func printDiff(w io.Writer, diff []campaign.Difference, most int) {
	for _, d := range diff[:min(len(diff), most)] {
		place := strings.Trim(d.Sheet+"!"+d.Cell, "!")
		fmt.Fprintf(w, "  改动 changed  %s · %s：%s → %s\n", campaign.Printable(place), campaign.Printable(d.Label), answerShown(d.Before), answerShown(d.After))
	}
	printMore(w, "改动 changed", len(diff)-most)
}

// printReadings lists answers that were read as something else than was typed, the first of them.
func printReadings(w io.Writer, list []campaign.Normalised, most int) {
	for _, n := range list[:min(len(list), most)] {
		fmt.Fprint(w, "  ")
		printReading(w, n)
	}
	printMore(w, "读作 read as", len(list)-most)
}

// printMore says how many lines were left out and how to see them.
func printMore(w io.Writer, what string, more int) {
	if more > 0 {
		fmt.Fprintf(w, "  %s  …… 另有 %d 处，--verbose 全部列出 more, --verbose lists them\n", what, more)
	}
}

// answerShown makes one answer fit to be printed; a blank one is a dash.
func answerShown(answer string) string {
	if answer == "" {
		return "—"
	}
	return campaign.Printable(answer)
}
