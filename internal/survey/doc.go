// Package survey is one validated visit, and every issue found on the way to it.
//
// The way of a workbook through this room:
//
//	Book      addressed cells, as the workbook room read them (book.go; booktext.go for tests)
//	Identify  which form it is, which version; what it seems to be when it is none (form.go)
//	ReadForm  which answer stands in which cell: by hidden keys, else by headers (read.go, table.go,
//	          record.go, rows.go, lexicon.go); many visits in one book (bulk.go, flat.go); foreign
//	          books through a mapping (mapping.go, mapping_draft.go)
//	Scan      cells to typed answers, tolerant where the meaning is certain (scan*.go, over the
//	          parsers number.go, money.go, date.go, choice.go, uscc.go)
//	Decode    answers to visits, and answers against each other (decode.go, across.go, sizerule.go);
//	          DecodeRoster likewise (roster.go)
//
// Every problem becomes an Issue with its text from the codebook's catalogue (issue.go); every
// normalisation is recorded as a Change. Beside the way stand: who is the same enterprise
// (identity.go, match.go), what changed between two versions (difference.go), what to ask about
// when many visits are seen together (screen.go), and visits laid out as tables again (layout.go).
//
// The room is large because it is one subject: what a cell may mean. All of it works on values
// in memory and does no input or output.
package survey
