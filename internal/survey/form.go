package survey

import (
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Identify says which form a book is and which version of its template, with the issues
// that stand in the way (a future version, a newer or older template). The form is nil when
// the book is none of ours; then there is exactly one error that says what it seems to be.
//
// The template's own mark decides: the custom property qianqi.template, else the defined name,
// else the hidden sheet _qianqi. A book without a mark is judged by its sheets and headers.
func Identify(cb *codebook.Codebook, b *Book) (*codebook.Form, int, []Issue) {
	id, version := templateOf(b)
	form := formOf(cb, id)
	if form == nil {
		form = guessForm(cb, b)
	}
	newest := newestVersion(cb, form)
	if version > newest {
		return form, version, []Issue{NewIssue(cb, "T003", Ref{}, "", "", strconv.Itoa(version), strconv.Itoa(newest))}
	}
	if form == nil {
		return nil, version, []Issue{strangeBook(cb, b)}
	}
	if version > 0 && version < form.Version {
		return form, version, []Issue{NewIssue(cb, "T004", Ref{}, "", "", strconv.Itoa(version), strconv.Itoa(form.Version))}
	}
	return form, version, nil
}

// Marked reports whether a book carries the mark of one of our templates, which no foreign form
// does, whatever its headers say.
func Marked(cb *codebook.Codebook, b *Book) bool {
	id, _ := templateOf(b)
	return formOf(cb, id) != nil
}

// YearMark is the campaign that a book's template was made for, from wherever the mark survived;
// false where there is none.
func YearMark(b *Book) (int, bool) {
	for _, from := range []map[string]string{b.Properties, b.Names, markSheet(b)} {
		if year, err := strconv.Atoi(unquote(from["qianqi.year"])); err == nil {
			return year, true
		}
	}
	return 0, false
}

// templateOf reads the template's mark and version from wherever they survived. A version
// that some other program's property or name states counts as well.
func templateOf(b *Book) (id string, version int) {
	hidden := markSheet(b)
	for _, from := range []map[string]string{b.Properties, b.Names, hidden} {
		if id == "" {
			id = unquote(from["qianqi.template"])
		}
		if version == 0 {
			version = versionNumber(from["qianqi.version"])
		}
	}
	if version > 0 {
		return id, version
	}
	for _, from := range []map[string]string{b.Properties, b.Names} {
		for _, name := range sortedKeys(from) {
			if saysVersion(name) {
				version = max(version, versionNumber(from[name]))
			}
		}
	}
	return id, version
}

// saysVersion reports whether a name speaks of a template's version: TEMPLATE_VERSION, 模板版本.
func saysVersion(name string) bool {
	key := headerKey(name)
	return strings.Contains(key, "templateversion") || strings.Contains(key, "formversion") ||
		strings.Contains(key, "模板版本") || strings.Contains(key, "表单版本")
}

// versionNumber reads "2", "2.0", `"99.0"` and ="3" as a whole number; 0 for anything else.
func versionNumber(s string) int {
	v, err := plainNumber(strings.TrimPrefix(strings.ToLower(unquote(s)), "v"))
	if err != nil || v < 0 || v > 1e6 {
		return 0
	}
	return int(v)
}

func unquote(s string) string {
	return strings.Trim(strings.TrimPrefix(strings.TrimSpace(s), "="), `"' `)
}

// markSheet reads the hidden sheet of key and value rows, nil where the book has none.
func markSheet(b *Book) map[string]string {
	s := b.Sheet("_qianqi")
	if s == nil {
		return nil
	}
	marks := make(map[string]string, len(s.Rows))
	for i := range s.Rows {
		if key, value := s.Rows[i].At(1), s.Rows[i].At(2); key != nil && value != nil {
			marks[key.Text] = value.Text
		}
	}
	return marks
}

func formOf(cb *codebook.Codebook, template string) *codebook.Form {
	for i := range cb.Forms {
		if template != "" && cb.Forms[i].Template == template {
			return &cb.Forms[i]
		}
	}
	return nil
}

// newestVersion is the newest version of a form, or of all forms where it is not known.
func newestVersion(cb *codebook.Codebook, form *codebook.Form) int {
	if form != nil {
		return form.Version
	}
	newest := 0
	for i := range cb.Forms {
		newest = max(newest, cb.Forms[i].Version)
	}
	return newest
}

// guessForm scores the book against every form; nil where none is likely. Each distinct field
// found counts one, a sheet of the right name as much as two fields; of equal forms the one with
// the sheet that was found more nearly whole is likelier, so that a list of staff is a roster.
func guessForm(cb *codebook.Codebook, b *Book) *codebook.Form {
	var best *codebook.Form
	most, whole := 2, 0.0
	for i := range cb.Forms {
		if n, share := formScore(cb, &cb.Forms[i], b); n > most || best != nil && n == most && share > whole {
			best, most, whole = &cb.Forms[i], n, share
		}
	}
	return best
}

// sheetsScored bounds the work that a stranger's book can ask for.
const sheetsScored = 24

// formScore counts what of a form the book has; share is the part of the fields of one sheet that
// was found, at best.
func formScore(cb *codebook.Codebook, form *codebook.Form, b *Book) (score int, share float64) {
	r := newReading(cb, form, b)
	for k := range form.Sheets {
		spec := &form.Sheets[k]
		best := 0
		for i := range min(len(b.Sheets), sheetsScored) {
			s := &b.Sheets[i]
			if machineSheet(s.Name) || len(s.Rows) == 0 {
				continue
			}
			n, _ := r.fieldsIn(s, spec)
			share = max(share, float64(n)/float64(max(len(spec.Fields), 1)))
			if n > 0 && r.lex.sheetNamed(form, s.Name) == spec {
				n += 2
			}
			if n < 2 && len(spec.Fields) > 2 {
				n = 0 // one common word is no evidence
			}
			best = max(best, n)
		}
		score += best
	}
	return score, share
}

// strangeBook is the one error about a book that is no form of ours: what it seems to be.
func strangeBook(cb *codebook.Codebook, b *Book) Issue {
	var names []string
	var first *Sheet
	for i := range b.Sheets {
		if len(b.Sheets[i].Rows) == 0 {
			continue
		}
		if first == nil {
			first = &b.Sheets[i]
		}
		if len(names) < 5 {
			names = append(names, b.Sheets[i].Name)
		}
	}
	if first == nil {
		return NewIssue(cb, "T005", Ref{}, "", "", "", "")
	}
	return NewIssue(cb, "T001", Ref{Sheet: first.Name, Row: first.Rows[0].Number}, "", "",
		headersText(first), formTitles(cb), "sheets", strings.Join(names, "、"))
}

// formTitles lists the forms that this program reads.
func formTitles(cb *codebook.Codebook) string {
	titles := make([]string, len(cb.Forms))
	for i := range cb.Forms {
		titles[i] = cb.Forms[i].Title.ZH
	}
	return strings.Join(titles, "、")
}

// headersText is the first row of a sheet with more than one text, shortened: what a person
// would call its header. A sheet without texts gives its first row.
func headersText(s *Sheet) string {
	for i := range min(len(s.Rows), headDepth) {
		if texts := rowTexts(&s.Rows[i], Text); len(texts) > 1 || len(texts) == 1 && i == len(s.Rows)-1 {
			return strings.Join(texts, "、")
		}
	}
	if len(s.Rows) == 0 {
		return ""
	}
	return strings.Join(rowTexts(&s.Rows[0], Empty), "、")
}

// rowTexts lists the first cells of a row, of one kind; Empty takes every kind.
func rowTexts(r *Row, kind Kind) []string {
	const most, runes = 8, 16
	var texts []string
	for c := range r.Cells {
		cell := &r.Cells[c]
		if len(texts) < most && !blankText(cell) && (kind == Empty || cell.Kind == kind) {
			texts = append(texts, Visible(maskPersonal(tidy(cell.Text)), runes))
		}
	}
	return texts
}
