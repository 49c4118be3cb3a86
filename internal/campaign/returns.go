package campaign

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// writeReturns writes the annotated copy of every file with issues into the returns folder.
// The name is the file's own with 退回 in front; two files of one name get a number.
func (in *intake) writeReturns(result *IngestResult) error {
	if in.opts.Returns == "" {
		return nil
	}
	if err := os.MkdirAll(in.opts.Returns, 0o755); err != nil {
		return fmt.Errorf("写不了退回件 cannot write returns: %w", err)
	}
	used := make(map[string]bool)
	for i := range result.Files {
		f := &result.Files[i]
		if len(f.Issues) == 0 || f.SHA256 == "" {
			continue
		}
		if err := in.writeReturn(f, used); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) writeReturn(f *FileResult, used map[string]bool) error {
	data, err := os.ReadFile(f.path)
	if err != nil || sumOf(data) != f.SHA256 {
		return nil // gone or changed since: there is nothing of theirs to hand back
	}
	annotated, err := in.Annotated(*f, data)
	if err != nil {
		return err
	}
	name := returnName(f.File, used)
	place := filepath.Join(in.opts.Returns, name)
	if err := writeDurably(place, annotated); err != nil {
		return fmt.Errorf("写不了退回件 cannot write %s: %w", place, err)
	}
	f.Return = filepath.ToSlash(place)
	return nil
}

// returnName names the annotated copy of a file; used holds the names taken so far.
func returnName(file string, used map[string]bool) string {
	stem := strings.TrimSuffix(path.Base(file), path.Ext(file))
	stem = strings.Map(printableRune, strings.TrimPrefix(stem, "退回-"))
	if runes := []rune(stem); len(runes) > 60 {
		stem = string(runes[:60])
	}
	name := "退回-" + stem + ".xlsx"
	for n := 2; used[name]; n++ {
		name = fmt.Sprintf("退回-%s-%d.xlsx", stem, n)
	}
	used[name] = true
	return name
}

// printableRune keeps a rune that is safe in a file name everywhere and drops any other.
func printableRune(r rune) rune {
	if strings.ContainsRune(`<>:"/\|?*`, r) || r < 0x20 || r == 0x7f || len(Printable(string(r))) != len(string(r)) {
		return -1
	}
	return r
}

// Annotated returns a person's own workbook with the issues of its receipt shown where they
// stand. data are the bytes as handed in.
func (c *Campaign) Annotated(f FileResult, data []byte) ([]byte, error) {
	return workbook.Annotate(f.File, data, c.Codebook, f.Issues, receiptOf(f))
}

// verdicts are the sentence that heads an annotated copy.
var verdicts = map[FileStatus]codebook.Text{
	Accepted:   {ZH: "已收下，另有提醒请看一看。", EN: "Taken, with remarks to look at."},
	Superseded: {ZH: "已收下，取代先前的一份；另有提醒请看一看。", EN: "Taken; it replaces the earlier one. There are remarks to look at."},
	Unchanged:  {ZH: "与先前交来的一份相同，未作改动。", EN: "The same as handed in before; nothing changed."},
	Rejected:   {ZH: "未收下：请按标注修改错误后重新提交。", EN: "Not taken: please mend the errors as marked and hand it in again."},
	Unreadable: {ZH: "未收下：读不了这个文件。", EN: "Not taken: this file cannot be read."},
}

func receiptOf(f FileResult) workbook.Receipt {
	r := workbook.Receipt{SHA256: f.SHA256, Verdict: verdicts[f.Status]}
	for _, n := range f.Changes {
		r.Changes = append(r.Changes, survey.Change{Field: n.Field, Raw: n.Raw, Value: n.Value, How: n.How})
	}
	for _, d := range f.Diff {
		r.Differences = append(r.Differences, workbook.Difference{Label: d.Field, Before: d.Before, After: d.After})
	}
	return r
}
