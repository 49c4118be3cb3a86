package campaign

import (
	"context"
	"encoding/hex"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// decisions are what people decided about the issues of one file: warnings confirmed on the list
// that came back inside it, and rulings on record for its bytes.
type decisions struct {
	listed []workbook.Confirmation
	stored []store.Ruling
	by     string // who hands in, for what is confirmed on the list
}

// mark notes on each issue what was decided about it. A warning is confirmed only where all its
// cells are, and where it still shows what was confirmed.
func (d decisions) mark(issues []survey.Issue) {
	for i := range issues {
		issue := &issues[i]
		for _, r := range d.stored {
			if r.Code == issue.Code && r.Kind == store.Waived && (r.Ref == survey.Ref{} || r.Ref == issue.Ref) {
				issue.Ruled = survey.Ruled{Kind: r.Kind, By: r.By, Reason: r.Reason}
			}
		}
		if issue.Open() && issue.Severity != codebook.SeverityError {
			d.confirm(issue)
		}
	}
}

func (d decisions) confirm(issue *survey.Issue) {
	by := ""
	for _, ref := range issue.Cells() {
		who, ok := d.confirmed(issue, ref)
		if !ok {
			return
		}
		by = who
	}
	issue.Ruled = survey.Ruled{Kind: survey.Confirmed, By: by}
}

// confirmed reports whether one cell of an issue was confirmed, and by whom.
func (d decisions) confirmed(issue *survey.Issue, ref survey.Ref) (by string, ok bool) {
	for _, c := range d.listed {
		if c.Code == issue.Code && c.Sheet == ref.Sheet && c.Cell == ref.Cell() && c.Got == strings.TrimSpace(issue.Got) {
			return d.by, true
		}
	}
	for _, r := range d.stored {
		if r.Kind == store.Confirmed && r.Code == issue.Code && r.Ref == ref {
			return r.By, true
		}
	}
	return "", false
}

// confirmations are the listed ones as the store keeps them. An error cannot be confirmed.
func (d decisions) confirmations(cb *codebook.Codebook) []store.Ruling {
	var list []store.Ruling
	for _, c := range d.listed {
		if rule, ok := cb.Rule(c.Code); ok && rule.Severity != codebook.SeverityError {
			list = append(list, store.Ruling{Kind: store.Confirmed, Code: c.Code, Ref: refOf(c.Sheet, c.Cell)})
		}
	}
	return list
}

// refOf reads an address as Ref.Cell writes it: C7, 7:7, or nothing.
func refOf(sheet, cell string) survey.Ref {
	ref := survey.Ref{Sheet: sheet}
	letters := strings.TrimRight(cell, "0123456789:")
	for _, l := range letters {
		ref.Col = ref.Col*26 + int(l-'A') + 1
	}
	digits, _, _ := strings.Cut(cell[len(letters):], ":")
	ref.Row, _ = strconv.Atoi(digits)
	return ref
}

// recall brings to mind what is known of a file beside what stands in it: of which file it is the
// mended copy, what that one had wrong, and what people decided.
func (d *desk) recall(ctx context.Context, t *taken, book *survey.Book) error {
	if book == nil {
		return nil
	}
	t.returnOf, t.earlier = "", slices.DeleteFunc(workbook.ReturnsOf(book), func(sum string) bool { return !isSum(sum) || sum == t.sum })
	if len(t.earlier) > 0 {
		t.returnOf, t.earlier = t.earlier[0], t.earlier[1:]
	}
	if t.returnOf == "" && len(t.issues) == 0 {
		return nil
	}
	if err := d.decisionsOn(ctx, t, book); err != nil {
		return err
	}
	t.decided.mark(t.issues)
	return d.recallMended(ctx, t, book)
}

// decisionsOn gathers the rulings on a file. A waiver goes with the mended copy, since it is about
// the case; a confirmation is about one answer and stands on the copy's own list.
func (d *desk) decisionsOn(ctx context.Context, t *taken, book *survey.Book) (err error) {
	t.decided = decisions{listed: workbook.Confirmations(book), by: d.opts.By}
	if t.decided.stored, err = d.Store.Rulings(ctx, t.sum); err != nil || t.returnOf == "" {
		return err
	}
	for _, sum := range append([]string{t.returnOf}, t.earlier...) {
		more, err := d.Store.Rulings(ctx, sum)
		if err != nil {
			return err
		}
		for _, r := range more {
			if r.Kind == store.Waived {
				t.decided.stored = append(t.decided.stored, r)
			}
		}
	}
	return nil
}

// recallMended lists what a mended copy answers otherwise than the file that was refused, and tells
// when a file came that is refused once more.
func (d *desk) recallMended(ctx context.Context, t *taken, book *survey.Book) error {
	if survey.HasErrors(t.issues) {
		first, err := d.firstAttempt(ctx, t.sum, nil)
		if first != nil {
			t.received = first.At
		}
		if err != nil {
			return err
		}
	}
	if t.returnOf == "" {
		return nil
	}
	refused, err := d.firstAttempt(ctx, t.returnOf, []string{string(Rejected)})
	if refused == nil || err != nil {
		return err
	}
	t.mended, err = d.mendedAnswers(ctx, book, d.mapping, refused, t.issues)
	return err
}

// settle takes refused files off the hands of their senders whose mended copy was taken: they
// count as unchanged and are not returned again.
func (in *intake) settle(ctx context.Context, result *IngestResult) error {
	var sums []string
	for i := range result.Files {
		if f := &result.Files[i]; (f.Status == Rejected || f.Status == Unreadable) && f.SHA256 != "" {
			sums = append(sums, f.SHA256)
		}
	}
	if len(sums) == 0 {
		return nil
	}
	by, err := in.Store.Corrected(ctx, sums)
	for i := range result.Files {
		f := &result.Files[i]
		if name, ok := by[f.SHA256]; ok && slices.Contains(sums, f.SHA256) {
			f.Status, f.CorrectedBy, f.Issues = Unchanged, name, []survey.Issue{}
		}
	}
	return err
}

// ErrNotWaivable says that a rule cannot be let pass.
type ErrNotWaivable struct{ Rule codebook.Rule }

// Error says why.
func (e *ErrNotWaivable) Error() string {
	return "规则 " + string(e.Rule.Code) + "（" + e.Rule.Title.ZH + "）不能豁免：这样的文件读不出走访内容，或数据库不能存它。\n" +
		"Rule " + string(e.Rule.Code) + " (" + e.Rule.Title.EN + ") cannot be waived: such a file has no visit to read, or none that can be stored."
}

// Waivable reports whether a rule may be let pass: whether something of the file can be read
// although the rule is broken.
func Waivable(r codebook.Rule) bool {
	return !slices.Contains([]string{"file", "form", "version"}, r.Stage) && !strings.HasPrefix(string(r.Code), "X")
}

// Waive lets one rule pass for one file, for a reason: the rule no longer keeps that file out,
// nor the mended copy of it. The file is named by its SHA-256; it has to be handed in again.
func (c *Campaign) Waive(ctx context.Context, sha256 string, code codebook.RuleID, act store.Act) error {
	rule, ok := c.Codebook.Rule(code)
	if !ok || !Waivable(rule) {
		return &ErrNotWaivable{rule}
	}
	return c.Store.AddRuling(ctx, c.Codebook.College, sha256, store.Ruling{Kind: store.Waived, Code: code, By: act.By, Reason: act.Reason})
}

// SumOf names a file by its SHA-256: the file at the path, or the sum itself where it is one.
func (c *Campaign) SumOf(fileOrSum string) (string, error) {
	if _, err := os.Lstat(fileOrSum); err != nil {
		if isSum(strings.ToLower(fileOrSum)) {
			return strings.ToLower(fileOrSum), nil
		}
		return "", &ErrNoSuchPath{fileOrSum}
	}
	data, issues, err := workbook.ReadFile(fileOrSum, c.Codebook, workbook.DefaultLimits())
	switch {
	case err != nil:
		return "", err
	case len(issues) > 0:
		return "", &ErrUnreadable{fileOrSum, issues[0]}
	}
	return sumOf(data), nil
}

// ErrUnreadable says that a file named by the user cannot be read, and why.
type ErrUnreadable struct {
	Path  string
	Issue survey.Issue
}

// Error names the file and the reason in both languages.
func (e *ErrUnreadable) Error() string {
	return Printable(e.Path) + "：" + e.Issue.Message.ZH + "\n" + Printable(e.Path) + ": " + e.Issue.Message.EN
}

// isSum reports whether s is a SHA-256 in hex.
func isSum(s string) bool {
	_, err := hex.DecodeString(s)
	return len(s) == 64 && err == nil && s == strings.ToLower(s)
}
