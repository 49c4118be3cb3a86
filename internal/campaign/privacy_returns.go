package campaign

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// returnedCopy is one workbook in the folder of those that were returned.
type returnedCopy struct {
	path  string
	of    string // SHA-256 of the file that it is the annotated copy of; "" where it does not say
	names bool   // a cell of answers holds the staff number asked for
}

// returnedCopies reads what was returned, to find what names a person. Of a refused file no more is kept than
// that. A number that might be something else is looked for in no cell.
func (c *Campaign) returnedCopies(dir, staff string) ([]returnedCopy, error) {
	if dir == "" {
		return nil, nil
	}
	who := store.Disguise{Staff: staff}
	entries, _ := os.ReadDir(dir) // no folder: nothing was returned
	reader := workbook.NewReader(c.Codebook, workbook.DefaultLimits())
	var list []returnedCopy
	for _, entry := range entries {
		x := returnedCopy{path: filepath.Join(dir, entry.Name())}
		if entry.Type().IsRegular() && strings.EqualFold(filepath.Ext(x.path), ".xlsx") {
			book, err := c.readReturned(reader, x.path)
			if err != nil {
				return nil, err
			}
			if book != nil {
				x.of, _ = workbook.ReturnOf(book)
				x.names = who.Unmistakable() && slices.ContainsFunc(book.Sheets, func(s survey.Sheet) bool { return holdsPerson(&s, who) })
			}
		}
		list = append(list, x)
	}
	return list, nil
}

// readReturned reads a returned workbook; nil where nobody can.
func (c *Campaign) readReturned(reader *workbook.Reader, path string) (*survey.Book, error) {
	data, _, err := workbook.ReadFile(path, c.Codebook, workbook.DefaultLimits())
	if err != nil || data == nil {
		return nil, err
	}
	book, _, err := reader.Read(path, data)
	return book, err
}

// holdsPerson reports whether a sheet of answers names the person. The list of issues does not count: it holds
// our own sentences, also the guess that somebody else may be meant. Neither does what was typed as a number of
// six digits or fewer: it may be an amount.
func holdsPerson(s *survey.Sheet, who store.Disguise) bool {
	if s.Name == workbook.ReturnSheet {
		return false
	}
	for _, row := range s.Rows {
		for _, cell := range row.Cells {
			if (cell.Kind != survey.Number || len(cell.Text) > 6) && who.Holds(cell.Text) {
				return true
			}
		}
	}
	return false
}

// naming lists the files whose returned copies name the person.
func naming(list []returnedCopy) []string {
	var sums []string
	for _, x := range list {
		if x.names && isSum(x.of) {
			sums = append(sums, x.of)
		}
	}
	return sums
}
