package campaign

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Reproduced is an earlier report made again.
type Reproduced struct {
	Run     store.RunID     `json:"run"`
	Label   string          `json:"label"`
	Year    int             `json:"year"`
	Files   int             `json:"files"`
	Same    bool            `json:"same"`              // every byte
	Differ  []string        `json:"differ,omitempty"`  // files with other bytes, or only on one side
	Folder  string          `json:"folder,omitempty"`  // where it was written
	Reasons []codebook.Text `json:"reasons,omitempty"` // why bytes may differ
}

// ErrMadeNothing says that a run made no report that could be made again.
type ErrMadeNothing struct{ Run RunRow }

// Error says why, and which run made the report that stood then.
func (e *ErrMadeNothing) Error() string {
	if same := e.Run.Record.Same; same != 0 {
		return fmt.Sprintf("运行 %d 时没有变化，报告是运行 %d 的；请用 qianqi reproduce %d。\nRun %d found nothing changed; the report is that of run %d.", e.Run.ID, same, same, e.Run.ID, same)
	}
	return fmt.Sprintf("运行 %d 没有写出报告（%s %s）。\nRun %d made no report.", e.Run.ID, e.Run.Status, Printable(e.Run.Record.Error), e.Run.ID)
}

// Reproduce makes the report of an earlier run again, from the database as it stood then and the
// codebook that was in force, and compares every byte with the run's record. Where out is not
// empty the files are written there; the folder must not exist.
func (c *Campaign) Reproduce(ctx context.Context, run RunRow, out string) (*Reproduced, error) {
	if run.Record.Recipe == nil || len(run.Record.Outputs) == 0 {
		return nil, &ErrMadeNothing{run}
	}
	if _, err := os.Lstat(out); err == nil {
		return nil, &ErrInTheWay{Path: out}
	}
	then, err := c.asOf(ctx, &run)
	if err != nil {
		return nil, err
	}
	a, in, err := then.analyzeAgain(ctx, &run)
	if err != nil {
		return nil, err
	}
	files := tree{}
	if err := then.build(a, in, run.Record.Recipe, run.Record.Changes, files.put); err != nil {
		return nil, err
	}
	result := &Reproduced{Run: run.ID, Label: run.Record.Label, Year: run.Record.Recipe.Year, Files: len(files)}
	result.compare(files.sums(), run.Record.Outputs)
	if result.Same = len(result.Differ) == 0; !result.Same {
		result.Reasons = c.reasons(&run)
	}
	if out == "" {
		return result, nil
	}
	result.Folder = filepath.ToSlash(out)
	return result, errors.Join(os.MkdirAll(out, 0o755), writeTree(out, files))
}

// compare notes the files that are not the same on both sides.
func (r *Reproduced) compare(now, then map[string]string) {
	both := maps.Clone(now)
	maps.Copy(both, then)
	for _, name := range slices.Sorted(maps.Keys(both)) {
		if now[name] != then[name] {
			r.Differ = append(r.Differ, name)
		}
	}
}

// reasons says what is not as it was when the run was made.
func (c *Campaign) reasons(run *RunRow) []codebook.Text {
	if run.Program != c.Program {
		return []codebook.Text{{ZH: "该报告由程序 " + run.Program + " 写出，本程序是 " + c.Program + "；请用同一版本。",
			EN: "The report was made by program " + run.Program + ", this is " + c.Program + "; use the same version."}}
	}
	return []codebook.Text{{ZH: "程序相同，字节却不同：数据库在程序之外被改动过；请运行 qianqi verify。",
		EN: "The program is the same and the bytes are not: the database was changed past the program; run qianqi verify."}}
}

// asOf is the campaign with the codebook of an earlier run.
func (c *Campaign) asOf(ctx context.Context, run *RunRow) (*Campaign, error) {
	text, err := c.Store.KeptCodebook(ctx, run.Record.KeptCodebook)
	if err != nil {
		return nil, err
	}
	then := *c
	then.Codebook, err = codebook.Parse(text)
	return &then, err
}

// analyzeAgain computes the figures of an earlier run from the database as it stood then. The
// campaign is that of asOf.
func (c *Campaign) analyzeAgain(ctx context.Context, run *RunRow) (*gap.Analysis, *gap.Inputs, error) {
	o := run.Record.Recipe.options()
	o.Moment = run.Moment
	in, err := c.inputs(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	in.Invented = run.Record.Recipe.Invented
	a, err := gap.Analyze(c.Codebook, *in)
	return a, in, err
}

// keepCodebook keeps the codebook that the report was made with, unless it was kept for the last one.
func (r *running) keepCodebook(ctx context.Context, last *RunRow) error {
	if last != nil && last.Record.Recipe.Codebook == r.record.Recipe.Codebook {
		if _, err := r.Store.KeptCodebook(ctx, last.Record.KeptCodebook); err == nil {
			r.record.KeptCodebook = last.Record.KeptCodebook
			return nil
		}
	}
	text, err := r.Codebook.YAML()
	if err != nil {
		return err
	}
	r.record.KeptCodebook, err = r.Store.KeepCodebook(ctx, r.run.Codebook, text)
	return err
}
