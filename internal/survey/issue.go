package survey

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Ref is a physical cell of a workbook as handed in. Blank rows never shift it.
type Ref struct {
	Sheet string // sheet name as it stands in the file; "" means the whole file
	Row   int    // 1-based; 0 means the whole sheet
	Col   int    // 1-based; 0 means the whole row
}

// Cell returns the A1 address, e.g. "C7"; "" for a whole sheet, "7:7" for a whole row.
func (r Ref) Cell() string {
	switch {
	case r.Row == 0:
		return ""
	case r.Col == 0:
		n := strconv.Itoa(r.Row)
		return n + ":" + n
	}
	return ColumnName(r.Col) + strconv.Itoa(r.Row)
}

// ColumnName returns the letters of a 1-based column: 1 → "A", 28 → "AB".
func ColumnName(col int) string {
	var b [8]byte
	i := len(b)
	for ; col > 0; col = (col - 1) / 26 {
		i--
		b[i] = byte('A' + (col-1)%26)
	}
	return string(b[i:])
}

// Issue is one thing found in a submission: where it stands, what was found, what is allowed
// and how to mend it. The texts come from the codebook's rule; see NewIssue.
type Issue struct {
	Code     codebook.RuleID
	Severity codebook.Severity
	File     string // name as handed in; filled by the campaign
	Ref      Ref
	Field    codebook.FieldID
	Header   string // header text above or beside the cell, as the person sees it
	Got      string // raw text found, shortened
	Want     string // what is allowed
	Message  codebook.Text
	Fix      codebook.Text
	Count    int   // how many cells share this cause; at least 1
	More     []Ref // further cells of the same cause, in order, for the annotated return
	Ruled    Ruled // what a person decided about it; the zero value where nobody did
}

// The kinds of a ruling.
const (
	Confirmed = "confirmed" // a faculty member says that a warned answer is right as it stands
	Waived    = "waived"    // the office lets the rule pass for this one file
)

// Ruled is what a person decided about an issue.
type Ruled struct {
	Kind   string `json:"kind"` // Confirmed, Waived or ""
	By     string `json:"by"`
	Reason string `json:"reason,omitempty"`
}

// Open reports whether an issue still asks something of a person.
func (i *Issue) Open() bool { return i.Ruled.Kind == "" }

// Forbids reports whether an issue keeps the submission out: an error that nobody waived.
func (i *Issue) Forbids() bool { return i.Severity == codebook.SeverityError && i.Ruled.Kind != Waived }

// Cells lists every cell that shares the cause, the first one first.
func (i *Issue) Cells() []Ref { return append([]Ref{i.Ref}, i.More...) }

// gotRunes is how much of a cell an issue repeats; more would drown the message.
const gotRunes = 60

// wantRunes is how much it repeats of what is allowed, of a header and of every other word of a message: more
// than any list of choices or columns that is named.
const wantRunes = 1000

// shortened is as much of a cell as an issue repeats.
func shortened(text string) string { return repeated(text, gotRunes) }

// repeated is the beginning of a text of a workbook as a message may repeat it.
func repeated(text string, runes int) string {
	return Visible(maskPersonal(beginning(text)), runes)
}

// NewIssue makes an issue from the catalogue. Message and Fix are the rule's texts with
// {field} {header} {got} {want} {sheet} {cell} filled in; args are further name, value pairs
// for the names that only this rule uses. {field} is the field's label in the language of
// the text, or the header where the field is not of any form. A code that the catalogue does
// not know yields an error-severity issue that names the code, so nothing is lost. Telephone and
// identity numbers are masked in everything that it repeats of a workbook: header, got, want, args; and no text
// of it is longer than a person would read, however long the cell.
func NewIssue(cb *codebook.Codebook, code codebook.RuleID, ref Ref, field codebook.FieldID, header, got, want string, args ...string) Issue {
	i := Issue{
		Code: code, Severity: codebook.SeverityError, Ref: ref, Field: field, Header: repeated(header, wantRunes),
		Got: shortened(got), Want: repeated(want, wantRunes), Count: 1,
	}
	rule, ok := cb.Rule(code)
	if !ok {
		i.Message = codebook.Text{ZH: "规则 " + string(code) + " 没有说明文字", EN: "rule " + string(code) + " has no text"}
		return i
	}
	i.Severity = rule.Severity
	label := labelOf(cb, field, i.Header)
	i.Message = fillText(rule.Message, i, label, args)
	i.Fix = fillText(rule.Fix, i, label, args)
	return i
}

// beginning is as much of a text as can matter for its first characters, a number begun there included.
func beginning(text string) string {
	const most = 4*wantRunes + 100
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

func fillText(t codebook.Text, i Issue, label codebook.Text, args []string) codebook.Text {
	return codebook.Text{ZH: fill(t.ZH, i, label.ZH, args), EN: fill(t.EN, i, label.EN, args)}
}

// fill replaces {name} in one pass, so braces inside a replaced value stay text.
func fill(text string, i Issue, label string, args []string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	pairs := []string{
		"{field}", label, "{header}", i.Header, "{got}", i.Got, "{want}", i.Want,
		"{sheet}", i.Ref.Sheet, "{cell}", i.Ref.Cell(),
	}
	for k := 0; k+1 < len(args); k += 2 {
		pairs = append(pairs, "{"+args[k]+"}", repeated(args[k+1], wantRunes))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Visible shortens text to at most max runes and makes control and format characters
// visible (⏎ for a line break, ␀-style pictures, ‹U+202E› for the rest), so that a cell can
// be repeated in a log, a page or a terminal without acting there.
func Visible(text string, max int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == max {
			b.WriteRune('…')
			break
		}
		n++
		writeVisible(&b, r)
	}
	return b.String()
}

func writeVisible(b *strings.Builder, r rune) {
	switch {
	case r == '\n' || r == '\u2028' || r == '\u2029':
		b.WriteRune('⏎')
	case r == '\t':
		b.WriteRune(' ')
	case r < 0x20:
		b.WriteRune(0x2400 + r)
	case r == 0x7f:
		b.WriteRune('␡')
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
		hex := strings.ToUpper(strconv.FormatInt(int64(r), 16))
		b.WriteString("‹U+")
		b.WriteString("0000"[:max(0, 4-len(hex))])
		b.WriteString(hex)
		b.WriteString("›")
	default:
		b.WriteRune(r)
	}
}

// HasErrors reports whether any issue forbids taking the submission.
func HasErrors(issues []Issue) bool {
	return slices.ContainsFunc(issues, func(i Issue) bool { return i.Forbids() })
}

// Sort puts errors before warnings before trials, then sheets in workbook order (whole-file
// issues first), then rows, columns and codes. A nil book sorts sheets by name.
func Sort(b *Book, issues []Issue) {
	order := map[string]int{"": -1}
	if b != nil {
		for n := range b.Sheets {
			order[b.Sheets[n].Name] = n
		}
	}
	slices.SortStableFunc(issues, func(x, y Issue) int {
		return cmp.Or(
			cmp.Compare(weight(x.Severity), weight(y.Severity)),
			cmp.Compare(order[x.Ref.Sheet], order[y.Ref.Sheet]),
			cmp.Compare(x.Ref.Sheet, y.Ref.Sheet),
			cmp.Compare(x.Ref.Row, y.Ref.Row),
			cmp.Compare(x.Ref.Col, y.Ref.Col),
			cmp.Compare(x.Code, y.Code),
		)
	})
}

func weight(s codebook.Severity) int {
	switch s {
	case codebook.SeverityError:
		return 0
	case codebook.SeverityWarning:
		return 1
	}
	return 2
}

// cause is what makes two issues one line for the reader.
type cause struct {
	code        codebook.RuleID
	sheet       string
	field       codebook.FieldID
	got, want   string
	file, where string
}

type spot struct {
	cause cause
	at    Ref
}

// Collapse keeps one issue per cause (same rule, sheet, field, found and wanted text), in the
// order of first appearance, with Count and the further cells in More. The same cause at the
// same cell, reported twice, counts once. Issues must be sorted.
func Collapse(issues []Issue) []Issue {
	at := make(map[cause]int, len(issues))
	seen := make(map[spot]bool, len(issues))
	out := issues[:0:0]
	for _, i := range issues {
		k := cause{code: i.Code, sheet: i.Ref.Sheet, field: i.Field, got: i.Got, want: i.Want, file: i.File}
		if i.Ref.Row == 0 {
			k.where = i.Message.ZH // whole-sheet causes differ by what they say
		}
		n, known := at[k]
		if here := (spot{k, i.Ref}); seen[here] {
			out[n].Count += i.Count - 1 // the cells counted in with it were not seen
			out[n].More = append(out[n].More, i.More...)
			continue
		} else {
			seen[here] = true
		}
		if !known {
			at[k] = len(out)
			i.More = slices.Clip(i.More)
			out = append(out, i)
			continue
		}
		out[n].Count += i.Count
		out[n].More = append(append(out[n].More, i.Ref), i.More...)
	}
	return out
}

// issueJSON is the published shape of an issue; its names are relied upon by other programs.
type issueJSON struct {
	Code      codebook.RuleID   `json:"code"`
	Severity  codebook.Severity `json:"severity"`
	Sheet     string            `json:"sheet"`
	Cell      string            `json:"cell"`
	Field     codebook.FieldID  `json:"field"`
	Header    string            `json:"header,omitempty"`
	Got       string            `json:"got"`
	Want      string            `json:"want"`
	MessageZH string            `json:"message_zh"`
	MessageEN string            `json:"message_en"`
	FixZH     string            `json:"fix_zh"`
	FixEN     string            `json:"fix_en"`
	Count     int               `json:"count"`
	Cells     []string          `json:"cells,omitempty"` // further cells of the same cause
	Ruling    *Ruled            `json:"ruling,omitempty"`
}

// MarshalJSON writes the published shape. The file stands on the object that holds the issues.
func (i Issue) MarshalJSON() ([]byte, error) {
	out := issueJSON{
		Code: i.Code, Severity: i.Severity, Sheet: i.Ref.Sheet, Cell: i.Ref.Cell(), Field: i.Field,
		Header: i.Header, Got: i.Got, Want: i.Want, MessageZH: i.Message.ZH, MessageEN: i.Message.EN,
		FixZH: i.Fix.ZH, FixEN: i.Fix.EN, Count: max(i.Count, 1),
	}
	for _, r := range i.More {
		out.Cells = append(out.Cells, r.Cell())
	}
	if !i.Open() {
		out.Ruling = &i.Ruled
	}
	return json.Marshal(out)
}
