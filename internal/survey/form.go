package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Identify says which form a book is and which version of its template, with the issues
// that stand in the way (a future version, another kind of workbook). The form is nil when
// the book is none of ours; then there is exactly one error that says what it seems to be.
func Identify(cb *codebook.Codebook, b *Book) (*codebook.Form, int, []Issue) {
	return nil, 0, nil
}

// ReadForm reads a book against a form: by the hidden machine keys first, else by header
// texts. It reports what is missing, unknown, hidden, duplicated or forbidden.
func ReadForm(cb *codebook.Codebook, form *codebook.Form, b *Book) (*Filled, []Issue) {
	return &Filled{Form: form}, nil
}
