package campaign

import (
	"context"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// RunOptions say what a whole round does.
type RunOptions struct {
	Ingest  IngestOptions
	Analyze AnalyzeOptions
	Reports string // folder for reports
}

// RunResult is what a run did.
type RunResult struct {
	Ingest    *IngestResult   `json:"ingest"`
	Report    *Published      `json:"report"`
	Headlines []codebook.Text `json:"headlines"` // the finding of each programme
}

// Run takes in the workbooks, computes the newest year (or the one asked for) and publishes
// its report. Only one run holds a database at a time: another gets *ErrLocked.
func (c *Campaign) Run(ctx context.Context, o RunOptions) (*RunResult, error) {
	lock, err := c.lock()
	if err != nil {
		return nil, err
	}
	defer lock.release()
	if o.Analyze.Year == 0 {
		o.Analyze.Year = o.Ingest.Year
	}
	result := &RunResult{Headlines: []codebook.Text{}}
	if result.Ingest, err = c.Ingest(ctx, o.Ingest); err != nil {
		return result, err
	}
	if err := ctx.Err(); err != nil {
		return result, err
	}
	analysis, err := c.Analyze(ctx, o.Analyze)
	if err != nil {
		return result, err
	}
	for _, p := range analysis.Programmes {
		result.Headlines = append(result.Headlines, p.Headline)
	}
	result.Report, err = c.Publish(ctx, analysis, o.Reports)
	return result, err
}
