package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Context is what a decoder must know beside the book itself.
type Context struct {
	Year    int      // campaign the book is handed in to; 0 takes each visit's own year
	Today   Day      // no visit may lie after it; "" checks nothing
	From    Day      // first day of the campaign window; "" is 1 January of the year
	To      Day      // last day of the window; "" is 31 December
	College string   // stamped on every visit; "" takes the codebook's
	Roster  *Roster  // staff numbers are held against it when it is given
	Mapping *Mapping // how a foreign book's sheets and headers are read; nil for our own forms
}

// Decode reads the visits of a book: a visit workbook, a bulk workbook, a questionnaire
// export or, with a mapping, a foreign form. It returns every problem at once. Visits are
// returned even beside errors, as far as they could be read; HasErrors says whether they
// may be taken.
func Decode(cb *codebook.Codebook, b *Book, ctx Context) ([]Visit, []Issue) { return nil, nil }
