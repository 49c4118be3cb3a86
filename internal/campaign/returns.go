package campaign

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// writeReturns writes the annotated copy of every file with open issues into the returns folder,
// which is made when the first one is. The name is the file's own with 退回 in front; two files of
// one name get a number.
func (in *intake) writeReturns(result *IngestResult) error {
	used := make(map[string]bool)
	for i := range result.Files {
		f := &result.Files[i]
		if in.opts.Returns == "" || f.Open() == 0 || f.SHA256 == "" || f.path == "" {
			continue
		}
		if len(used) == 0 {
			if err := os.MkdirAll(in.opts.Returns, 0o755); err != nil {
				return fmt.Errorf("写不了退回件 cannot write returns: %w", err)
			}
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
	annotated, err := in.annotated(*f, data, in.mapping)
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
// stand. data are the bytes as handed in. An older template comes back as the new one, filled in.
func (c *Campaign) Annotated(f FileResult, data []byte) ([]byte, error) {
	return c.annotated(f, data, nil)
}

// annotated is Annotated for a file that a mapping was named for.
func (c *Campaign) annotated(f FileResult, data []byte, m *survey.Mapping) ([]byte, error) {
	receipt := c.receiptOf(&f)
	receipt.Mapping = m
	if slices.ContainsFunc(f.Issues, olderTemplate) {
		if moved, err := c.upgraded(&f, data); err == nil {
			receipt.Notes = append(receipt.Notes, upgradeNote)
			return workbook.Annotate(f.File, moved.data, c.Codebook, moved.issues, moved.receipt(receipt))
		} // a book that has no place in the template keeps its own shape
	}
	return workbook.Annotate(f.File, data, c.Codebook, f.Issues, receipt)
}

func olderTemplate(i survey.Issue) bool { return i.Code == "T004" }

var upgradeNote = codebook.Text{
	ZH: "您用的是旧版模板。这份退回件已换成现行模板，原来填写的内容都已填好；请在这一份上修改和提交。",
	EN: "You used an older template. This copy is the current one with all your answers filled in; please mend and hand in this one.",
}

// verdicts are the sentence that heads an annotated copy.
var verdicts = map[FileStatus]codebook.Text{
	Accepted:   {ZH: "已收下，另有提醒请看一看。", EN: "Taken, with remarks to look at."},
	Superseded: {ZH: "已收下，取代先前的一份；另有提醒请看一看。", EN: "Taken; it replaces the earlier one. There are remarks to look at."},
	Unchanged:  {ZH: "与先前交来的一份相同，未作改动。", EN: "The same as handed in before; nothing changed."},
	Rejected:   {ZH: "未收下：请按标注修改错误后重新提交。", EN: "Not taken: please mend the errors as marked and hand it in again."},
	Unreadable: {ZH: "未收下：读不了这个文件。", EN: "Not taken: this file cannot be read."},
}

func (c *Campaign) receiptOf(f *FileResult) workbook.Receipt {
	r := workbook.Receipt{SHA256: f.SHA256, Verdict: verdicts[f.Status], Facts: c.factsOf(f)}
	for _, n := range f.Changes {
		r.Changes = append(r.Changes, survey.Change{At: n.at, Field: n.Field, Raw: n.Raw, Value: n.Value, How: n.How})
	}
	for _, d := range f.Diff {
		r.Differences = append(r.Differences, workbook.Difference{At: d.at, Label: d.Label, Before: d.Before, After: d.After})
	}
	if f.Corrects != "" {
		r.Notes = append(r.Notes, codebook.Text{ZH: "已认出这是先前退回件的更正。", EN: "Known as the mended copy of an earlier return."})
	}
	return r
}

// factsOf says in figures what became of a file.
func (c *Campaign) factsOf(f *FileResult) []workbook.Fact {
	var facts []workbook.Fact
	add := func(zh, en, value string) {
		facts = append(facts, workbook.Fact{Label: codebook.Text{ZH: zh, EN: en}, Value: value})
	}
	if f.Submission != 0 {
		add("提交号", "submission", strconv.FormatInt(int64(f.Submission), 10))
	}
	if at, err := time.Parse(time.RFC3339, f.Received); err == nil {
		add("收到", "received", at.In(c.Now().Location()).Format("2006-01-02 15:04"))
	}
	for _, n := range []struct {
		zh, en string
		n      int
	}{{"走访", "visits", f.Visits}, {"岗位", "jobs", f.Jobs}, {"评分", "ratings", f.Ratings}} {
		if n.n > 0 {
			add(n.zh, n.en, strconv.Itoa(n.n))
		}
	}
	return facts
}
