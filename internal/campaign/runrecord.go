package campaign

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Recipe is all that the bytes of a report depend on, so that equal recipes give equal reports
// whatever the order in which the files came in, and however often a run was interrupted.
type Recipe struct {
	Program   string           `json:"program"`
	Codebook  string           `json:"codebook"` // SHA-256 of its content
	Year      int              `json:"year"`
	Base      demand.Base      `json:"base"`
	K         int              `json:"k"`
	Raked     bool             `json:"raked,omitempty"`
	Budget    int              `json:"budget,omitempty"`
	Since     int              `json:"since,omitempty"`    // year that changes are measured from, where it was chosen
	Invented  bool             `json:"invented,omitempty"` // said on every page
	Visits    map[int]string   `json:"visits"`             // store.ContentKey of every year up to this one
	Earlier   map[int][]string `json:"earlier,omitempty"`  // those of earlier reports on each year, which show through what is withheld
	Documents string           `json:"documents"`          // store.DocumentsKey
	Beside    []int            `json:"beside,omitempty"`   // years whose reports the pages link to
}

// Label is the name of a report: the beginning of the hash of its recipe. It stands in the footer
// of every page.
func (r Recipe) Label() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // numbers and strings only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// options ask for the report once more.
func (r *Recipe) options() AnalyzeOptions {
	return AnalyzeOptions{Year: r.Year, Base: cmp.Or(string(r.Base), "auto"), Threshold: r.K, Rake: new(r.Raked), Budget: r.Budget, Compare: r.Since}
}

// Input is one file that a run took or refused. Files that a run found unchanged are only counted.
type Input struct {
	File   string     `json:"file"`
	SHA256 string     `json:"sha256,omitempty"`
	Status FileStatus `json:"status"`
	Visits int        `json:"visits,omitempty"`
	Errors int        `json:"errors,omitempty"`
}

// RunRecord is what a run leaves behind: what came in, what its report was made of and what came
// out. Reproduce makes the report again from it.
type RunRecord struct {
	Label        string            `json:"label,omitempty"`
	Recipe       *Recipe           `json:"recipe,omitempty"`
	KeptCodebook string            `json:"kept_codebook,omitempty"` // SHA-256 of its text, as the store keeps it
	Place        string            `json:"place,omitempty"`         // folder of the report
	Outputs      map[string]string `json:"outputs,omitempty"`       // SHA-256 of every file of the report
	Years        []YearSize        `json:"years,omitempty"`         // what stood behind the figures
	Totals       *Totals           `json:"totals,omitempty"`
	Inputs       []Input           `json:"inputs,omitempty"`
	Changes      *report.Changes   `json:"changes,omitempty"`
	Headlines    []codebook.Text   `json:"headlines,omitempty"`
	Same         store.RunID       `json:"same,omitempty"`   // the run whose report stands, where nothing had changed
	Frozen       int               `json:"frozen,omitempty"` // the year that this run closed
	Reopened     int               `json:"reopened,omitempty"`
	Warnings     []codebook.Text   `json:"warnings,omitempty"`
	Milliseconds int64             `json:"milliseconds"`
	Error        string            `json:"error,omitempty"`
}

// YearSize counts what a year held.
type YearSize struct {
	Year        int `json:"year"`
	Visits      int `json:"visits"`
	Enterprises int `json:"enterprises"`
	Jobs        int `json:"jobs"`
}

// RunRow is one run as people look it up.
type RunRow struct {
	ID       store.RunID  `json:"id"`
	Kind     string       `json:"kind"`
	Status   string       `json:"status"` // started, finished or failed
	Year     int          `json:"year,omitempty"`
	Started  time.Time    `json:"started"`
	Finished *time.Time   `json:"finished,omitempty"`
	Program  string       `json:"program"`
	Codebook string       `json:"codebook"`
	Moment   store.Moment `json:"moment,omitempty"` // the figures are those of this moment
	Record   RunRecord    `json:"record"`
}

func rowOf(r store.Run) RunRow {
	row := RunRow{ID: r.ID, Kind: r.Kind, Status: r.Status, Year: r.Year, Started: r.Started, Program: r.Program, Codebook: r.Codebook, Moment: r.Head.Seq}
	if !r.Finished.IsZero() {
		row.Finished = &r.Finished
	}
	_ = json.Unmarshal(r.Record, &row.Record) // a record of another program only leaves fields empty
	return row
}

// Runs lists runs, latest first; year 0 lists those of every year, limit 0 has no end.
func (c *Campaign) Runs(ctx context.Context, year, limit int) ([]RunRow, error) {
	found, err := c.Store.FindRuns(ctx, store.RunFilter{Year: year, Limit: limit})
	rows := make([]RunRow, 0, len(found))
	for _, r := range found {
		rows = append(rows, rowOf(r))
	}
	return rows, err
}

// ErrNoRun says that no run has this number or label.
type ErrNoRun struct{ Name string }

// Error names it in both languages.
func (e *ErrNoRun) Error() string {
	return "没有运行 " + Printable(e.Name) + "；用 qianqi runs 查看全部。\nThere is no run " + Printable(e.Name) + "; qianqi runs lists them all."
}

// ErrInterrupted says that a run was stopped by its user.
type ErrInterrupted struct{ Err error }

// Error says what is kept and how to go on.
func (e *ErrInterrupted) Error() string {
	return "运行被中断；已读入的都在库里，再运行一次即可接着做。\nThe run was interrupted; what was taken in is in. Run it again to go on."
}

// Unwrap is what the work said where it was stopped.
func (e *ErrInterrupted) Unwrap() error { return e.Err }

// FindRun finds a run by its number, by its label or the beginning of it, or by "latest": the
// last one that made a report.
func (c *Campaign) FindRun(ctx context.Context, name string) (RunRow, error) {
	f := store.RunFilter{Label: name, Made: true, Limit: 1}
	if n, err := strconv.ParseInt(name, 10, 64); err == nil && n > 0 && len(name) < 12 {
		if r, err := c.Store.Run(ctx, store.RunID(n)); err == nil {
			return rowOf(r), nil
		}
	}
	if name == "latest" {
		f.Label = ""
	}
	found, err := c.Store.FindRuns(ctx, f)
	switch {
	case err != nil:
		return RunRow{}, err
	case len(found) == 0 || name == "":
		return RunRow{}, &ErrNoRun{name}
	}
	return rowOf(found[0]), nil
}

// recipe says what the report that a question asks for would be made of.
func (c *Campaign) recipe(ctx context.Context, r *store.Reader, q *question, beside []int) (*Recipe, error) {
	text, err := json.Marshal(c.Codebook)
	if err != nil {
		return nil, err
	}
	out := &Recipe{Program: c.Program, Codebook: sumOf(text), Year: q.in.Year, Base: q.in.Base, K: q.in.K, Raked: q.rake, Budget: q.in.Budget, Since: q.in.Since, Invented: q.in.Invented,
		Visits: make(map[int]string, len(q.years)), Beside: beside}
	for _, year := range q.years {
		out.Visits[year] = q.answers[year].content
		for _, e := range q.answers[year].earlier {
			if out.Earlier == nil {
				out.Earlier = make(map[int][]string)
			}
			out.Earlier[year] = append(out.Earlier[year], e.content)
		}
	}
	out.Documents, err = r.DocumentsKey(ctx)
	return out, err
}

// inputsOf lists the files of a receipt that were taken or refused.
func inputsOf(result *IngestResult) []Input {
	var list []Input
	for i := range result.Files {
		f := &result.Files[i]
		if f.Status == Unchanged {
			continue
		}
		in := Input{File: f.File, SHA256: f.SHA256, Status: f.Status, Visits: f.Visits}
		for _, issue := range f.Issues {
			if issue.Severity == codebook.SeverityError {
				in.Errors += max(issue.Count, 1)
			}
		}
		list = append(list, in)
	}
	return list
}

// sizesOf counts what stands behind the figures of a report.
func sizesOf(counts []store.YearCounts) []YearSize {
	var out []YearSize
	for _, y := range counts {
		out = append(out, YearSize{y.Year, y.Visits, y.Enterprises, y.Jobs})
	}
	return out
}

// yearsBeside lists the years other than the given one whose reports stand in a folder.
func yearsBeside(dir string, year int) []int {
	var years []int
	for _, y := range reportYears(dir) {
		if y != year {
			years = append(years, y)
		}
	}
	return years
}

// reportYears lists the years whose reports stand in a folder, ascending.
func reportYears(dir string) []int {
	entries, _ := os.ReadDir(dir) // a folder that is not there holds no reports
	var years []int
	for _, e := range entries {
		year, err := strconv.Atoi(e.Name())
		if err != nil || year < 1900 || year > 9999 {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, e.Name(), "index.html")); err == nil {
			years = append(years, year)
		}
	}
	slices.Sort(years)
	return years
}

// Told is what changed with a run, in words; nothing where the run made no report.
func (c *Campaign) Told(r *RunRow) []ChangeLine {
	if r.Record.Changes == nil {
		return nil
	}
	return report.ChangeLines(c.Codebook, nil, r.Record.Changes)
}
