// Package campaign is one survey round: take in workbooks, compute, publish. It is the only
// room that joins the edges (workbook, store, report), and the only one that the command line
// and the web call, so that both take the same path through the same checks.
//
// A workbook's way: files.go finds it, read.go turns its bytes into visits or issues,
// ingest.go saves it, crosscheck.go holds it against all others, returns.go hands back the
// annotated copy. A figure's way: analyze.go loads the columns and calls gap.Analyze,
// publish.go writes the pages of report.Build in one step that readers never see half done.
package campaign

import (
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Campaign joins the instrument with the database. Its fields do not change while it is used;
// then its methods are safe for concurrent use, and several processes may hold the same database.
type Campaign struct {
	Codebook *codebook.Codebook
	Store    *store.Store
	Now      func() time.Time // the clock, safe for concurrent use; never time.Now directly
	HashCost HashCost         // of passwords; zero is DefaultHashCost
}
