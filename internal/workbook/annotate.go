package workbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Receipt is what a return says beside the issues.
type Receipt struct {
	SHA256      string          // of the file as handed in, hexadecimal; names it when it comes back
	Verdict     codebook.Text   // one sentence: taken, rejected, unreadable …
	Facts       []Fact          // visits, jobs, received at …
	Changes     []survey.Change // what was normalised on reading
	Differences []Difference    // against the submission it replaces
	Notes       []codebook.Text // further remarks
	Mapping     *survey.Mapping // by which a foreign book is read; nil for our own forms
}

// Fact is one labelled figure of a receipt.
type Fact struct {
	Label codebook.Text
	Value string
}

// Difference is one answer that differs from the submission replaced.
type Difference struct {
	At            survey.Ref
	Label         string
	Before, After string
}

// ReturnSheet is the name of the sheet of issues, the first of every returned workbook.
const ReturnSheet = "问题清单 Issues"

// Annotate returns a person's own workbook with its problems shown where they stand: bad cells
// shaded and commented, and a first sheet that lists every issue with a link to its cell. All else
// stays as it was handed in, byte for byte; what an earlier return added is replaced. A return with
// errors hides its answers on a sheet of their own, see survey.Imprint. A csv file
// comes back as a workbook; a file that cannot be opened, or not be edited safely, as a workbook
// of the list alone. name is the file name as handed in; issues keep their order.
func Annotate(name string, original []byte, cb *codebook.Codebook, issues []survey.Issue, receipt Receipt) (data []byte, err error) {
	book, _, err := Read(name, original, cb, Limits{})
	if err != nil {
		return nil, err
	}
	list := issueList{name: name, issues: issues, receipt: receipt, book: book}
	if book != nil {
		list.earlier = slices.DeleteFunc(ReturnsOf(book), func(hash string) bool { return hash == receipt.SHA256 })
	}
	if book != nil && survey.HasErrors(issues) {
		list.imprint, list.imprinted = survey.Imprint(survey.Answers(cb, book, receipt.Mapping))
	}
	if book == nil {
		return list.alone()
	}
	if book.Format == "csv" {
		if original, err = bookWorkbook(book); err != nil {
			return nil, err
		}
	}
	data, err = annotated(original, list)
	if err == nil {
		return data, nil
	}
	list.receipt.Notes = append(slices.Clip(receipt.Notes), codebook.Text{
		ZH: "原文件的内部结构特殊，没有写入批注；请按下面的地址在原文件中修改。",
		EN: "The file is built in an unusual way, so no notes were written into it; mend the original at the addresses below.",
	})
	return list.alone()
}

// annotated edits the package. Whatever goes wrong inside is an error, never a crash: the file
// is a stranger's.
func annotated(original []byte, list issueList) (data []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			data, err = nil, fmt.Errorf("annotating: %v", cause)
		}
	}()
	r, err := openReturned(original)
	if err != nil {
		return nil, err
	}
	if err := r.stripReturn(); err != nil {
		return nil, err
	}
	styles, err := r.addStyles()
	if err != nil {
		return nil, err
	}
	if err := r.markSheets(list, styles); err != nil {
		return nil, err
	}
	part := r.freeName("xl/worksheets/qianqi%d.xml")
	r.put(part, list.sheet(styles, r.strict))
	if err := r.addFirstSheet(ReturnSheet, part); err != nil {
		return nil, err
	}
	if err := r.addImprint(list); err != nil {
		return nil, err
	}
	return r.bytes(quick)
}

// stripReturn takes off what an earlier return added.
func (r *returned) stripReturn() error {
	parts, err := sheetParts(r.pack)
	if err != nil {
		return err
	}
	for _, ours := range []string{ReturnSheet, survey.ImprintSheet} {
		if part, ok := parts[ours]; ok {
			if err := r.removeSheet(ours, part); err != nil {
				return err
			}
			delete(parts, ours)
		}
	}
	for _, part := range sortedValues(parts) {
		if !r.has(part) {
			continue
		}
		if err := r.editWith(part, shadeMark, unshade); err != nil {
			return err
		}
		if err := r.removeNotes(part); err != nil {
			return err
		}
	}
	return nil
}

func sortedValues(parts map[string]string) []string {
	out := make([]string, 0, len(parts))
	for _, part := range parts {
		out = append(out, part)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r *returned) addStyles() (issueStyles, error) {
	part, err := r.styleSheet()
	if err != nil {
		return issueStyles{}, err
	}
	x, err := r.part(part)
	if err != nil {
		return issueStyles{}, err
	}
	out, styles, err := addIssueStyles(x)
	if err != nil {
		return styles, err
	}
	r.put(part, out)
	return styles, nil
}

// markSheets shades and comments the bad cells of every sheet.
func (r *returned) markSheets(list issueList, styles issueStyles) error {
	parts, err := sheetParts(r.pack)
	if err != nil {
		return err
	}
	marks := list.marks()
	for _, part := range sortedValues(parts) {
		if !r.has(part) {
			continue
		}
		notes := marks[sheetOf(parts, part)]
		err := r.editWith(part, "tabSelected", func(x []byte, root node) ([]splice, error) {
			if root.name != "worksheet" {
				return nil, nil
			}
			return deselect(x, root)
		})
		if err != nil {
			return err
		}
		if len(notes) == 0 {
			continue
		}
		if err := r.markSheet(part, notes, styles); err != nil {
			return err
		}
	}
	return nil
}

func sheetOf(parts map[string]string, part string) string {
	found := ""
	for name, p := range parts {
		if p == part && (found == "" || name < found) {
			found = name
		}
	}
	return found
}

func (r *returned) markSheet(part string, notes []note, styles issueStyles) error {
	var severe, mild []string
	for _, n := range notes {
		if n.severe {
			severe = append(severe, a1(n.row, n.col))
		} else {
			mild = append(mild, a1(n.row, n.col))
		}
	}
	err := r.edit(part, func(x []byte, root node) ([]splice, error) {
		return shadings(x, root, styles, severe, mild)
	})
	if err != nil {
		return err
	}
	return r.annotateNotes(part, notes)
}

// marks gathers the open issues of each cell, by sheet, in reading order. Cells outside the
// bounded rectangle get none.
func (l issueList) marks() map[string][]note {
	at := map[survey.Ref]*note{}
	total := 0
	for _, issue := range l.issues {
		if !issue.Open() {
			continue
		}
		for _, ref := range issue.Cells() {
			ref.Col = max(ref.Col, 1)
			if ref.Row < 1 || ref.Row > mostRows || ref.Col > mostColumns {
				continue
			}
			n, ok := at[ref]
			if !ok {
				if total == notesMax {
					continue
				}
				total++
				n = &note{row: ref.Row, col: ref.Col}
				at[ref] = n
			}
			n.add(issue)
		}
	}
	out := map[string][]note{}
	for ref, n := range at {
		out[ref.Sheet] = append(out[ref.Sheet], *n)
	}
	for _, notes := range out {
		slices.SortFunc(notes, func(a, b note) int {
			if a.row != b.row {
				return a.row - b.row
			}
			return a.col - b.col
		})
	}
	return out
}

// add says one more thing about a cell, once.
func (n *note) add(issue survey.Issue) {
	line := noteLine{
		head: string(issue.Code) + " " + severityText[issue.Severity].Both(),
		zh:   sentence(issue.Message.ZH, "。") + issue.Fix.ZH,
		en:   sentence(issue.Message.EN, ". ") + issue.Fix.EN,
	}
	n.severe = n.severe || issue.Severity == codebook.SeverityError
	if !slices.Contains(n.says, line) {
		n.says = append(n.says, line)
	}
}

// sentence ends a text so that another can follow it.
func sentence(text, stop string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") || strings.HasSuffix(text, "。") || strings.HasSuffix(text, "！") || strings.HasSuffix(text, "？") {
		return text
	}
	return text + stop
}
