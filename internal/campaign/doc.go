// Package campaign is one survey round: take in workbooks, compute, publish. It is the only
// room that joins the edges (workbook, store, report), and the only one that the command line
// and the web call, so that both take the same path through the same checks.
//
// A workbook's way: files.go finds it, read.go turns its bytes into visits or issues,
// ingest.go saves it, crosscheck.go holds it against all others, returns.go hands back the
// annotated copy. A figure's way: analyze.go loads the columns and calls gap.Analyze,
// publish.go writes the pages of report.Make in one step that readers never see half done. The
// batch: run.go joins both ways under one lock, runrecord.go is what it leaves behind, reproduce.go
// makes an earlier report again, compare.go says what changed, doctor.go what is wrong with the
// set-up.
package campaign

import (
	"log/slog"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Campaign joins the instrument with the database. Its fields do not change while it is used;
// then its methods are safe for concurrent use, and several processes may hold the same database.
type Campaign struct {
	Codebook *codebook.Codebook
	Store    *store.Store
	Now      func() time.Time // the clock, safe for concurrent use; never time.Now directly
	HashCost HashCost         // of passwords; zero is DefaultHashCost
	Program  string           // version of the program, kept with every run
	Log      *slog.Logger     // events for machines; nil for silence

	Drawn report.Stills // charts that are drawn already; nil is the folder beside the database
}

// log is where events go.
func (c *Campaign) log() *slog.Logger {
	if c.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return c.Log
}
