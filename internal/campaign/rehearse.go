package campaign

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Rehearse says what Run would do and does none of it: it runs on a copy of the database in a
// folder for temporary files, writes no page and no annotated copy, tells nobody. The database is
// only read, even while a run is under way.
func (c *Campaign) Rehearse(ctx context.Context, o RunOptions) (result *RunResult, err error) {
	dir, err := os.MkdirTemp("", "qianqi-dry-run-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "qianqi.db")
	if err := c.Store.CopyTo(ctx, path); err != nil {
		return nil, err
	}
	st, err := store.Open(ctx, path, store.Options{Now: c.Now})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	copied := *c
	copied.Store = st
	o.dry, o.PDF, o.Tell, o.Ingest.Returns = true, false, nil, ""
	result, err = copied.Run(ctx, o)
	if result != nil {
		result.Dry, result.Run = true, 0
		if result.Report != nil && !result.Report.Unchanged {
			result.Report.Run, result.Report.Index = 0, ""
		}
	}
	return result, err
}
