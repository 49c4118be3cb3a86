// Package workbook knows spreadsheet files and nothing else of the survey: bytes to addressed
// cells, and filled forms to bytes.
//
// # Reading
//
// Read takes the bytes of an .xlsx or CSV file and returns a survey.Book: every sheet, row
// and cell with its physical address, hidden ones too, and raw text beside each number. It is strict:
//
//   - the gate (gate.go) verifies the whole zip before a byte of it is believed: names, counts,
//     sizes, overlaps, CRCs, encryption, links to the outside;
//   - the scanner (scan_*.go) walks the XML of the sheets once, without a tree; a sheet that is cut,
//     malformed or larger than Limits is an issue, never fewer rows in silence;
//   - dates are told by the style of their cell and the workbook's 1904 flag (dates.go, numfmt.go);
//     styles are read only where a number could be a date.
//
// What is wrong with a file is a survey.Issue with its address; an error means that we could not
// read. A Reader keeps its buffers from file to file and is for one goroutine.
//
// # Writing
//
// WriteTemplate makes the blank forms, FillTable a form with records in it, Annotate the copy of a
// submission with its problems marked where they stand, Upgrade an old form in today's layout,
// WriteBook a plain copy of values. Templates are made by excelize; the others write or edit the
// parts of the package themselves, so that what they do not mean to change stays byte for byte.
//
// Text that came from a spreadsheet is written as a string cell, never as a formula.
package workbook
