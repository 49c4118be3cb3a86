package campaign

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// Published is a report on disk.
type Published struct {
	Year      int         `json:"year"`
	Index     string      `json:"index"` // path of the first page
	Pages     int         `json:"pages"`
	Label     string      `json:"label"`                // stands in the footer of every page
	Run       store.RunID `json:"run"`                  // that made it
	Unchanged bool        `json:"unchanged,omitempty"`  // it stood already; nothing it depends on had changed
	PDF       string      `json:"pdf,omitempty"`        // folder of the pages as PDF, where they were asked for
	TakenOver []string    `json:"taken_over,omitempty"` // options that were not given and are as an earlier report had them, where that is not the default
}

// Report computes a year and publishes its pages under dir/<year>, whether or not anything
// changed; options that are left out are as the last report on the year in this dir had them, and k is no
// smaller than elsewhere. Another run under way gives *ErrLocked.
func (c *Campaign) Report(ctx context.Context, o AnalyzeOptions, dir string, pdf bool) (*Published, error) {
	o, over, err := c.asMadeThere(ctx, o, dir)
	if err != nil {
		return nil, err
	}
	result, err := c.batch(ctx, "report", RunOptions{Analyze: o, Reports: dir, Force: true, PDF: pdf})
	if err != nil {
		return nil, err
	}
	result.Report.TakenOver = over
	return result.Report, nil
}

// The files that a report folder holds beside the pages.
const (
	madeOfFile      = "run.json"     // label and recipe
	changesDataFile = "changes.json" // what changed, for programs
	changesTextFile = "changes.txt"  // what changed, to be read anywhere
	figuresFile     = "data.json"    // every figure; written by the room report
)

// tree is the files of a report by path, with "/" between folders.
type tree map[string][]byte

// sums is the SHA-256 of every file.
func (t tree) sums() map[string]string {
	sums := make(map[string]string, len(t))
	for name, data := range t {
		sums[name] = sumOf(data)
	}
	return sums
}

// pages counts the pages among the files of a report.
func pages(outputs map[string]string) int {
	n := 0
	for name := range outputs {
		if filepath.Ext(name) == ".html" {
			n++
		}
	}
	return n
}

// put adds a file.
func (t tree) put(name string, data []byte) error {
	t[name] = data
	return nil
}

// into hands every file to put, in the order of their names.
func (t tree) into(put report.Put) error {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if err := put(name, t[name]); err != nil {
			return err
		}
	}
	return nil
}

// build makes the files of a report from what they depend on, and nothing else, and hands each to
// put as soon as it is finished.
func (c *Campaign) build(a *gap.Analysis, in *gap.Inputs, recipe *Recipe, changes *report.Changes, put report.Put) error {
	plan := in.Curriculum[in.Year]
	opts := report.Options{Codebook: c.Codebook, Curriculum: plan, Run: recipe.Label(), Years: recipe.Beside, Changes: changes, Stills: c.stills(), Sheets: writeSheets}
	if err := report.Make(a, opts, put); err != nil {
		return err
	}
	made, err := indented(madeOf{recipe.Label(), recipe})
	if err != nil {
		return err
	}
	data, err := indented(changes)
	if err != nil {
		return err
	}
	text := linesText(report.ChangeLines(c.Codebook, plan, changes))
	return errors.Join(put(madeOfFile, made), put(changesDataFile, data), put(changesTextFile, []byte(text)))
}

// madeOf is what run.json holds.
type madeOf struct {
	Label  string  `json:"label"`
	Recipe *Recipe `json:"recipe"`
}

func indented(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", " ")
	return append(data, '\n'), err
}

// linesText writes what changed as plain text, Chinese first.
func linesText(lines []report.ChangeLine) string {
	var b strings.Builder
	for _, pick := range []func(codebook.Text) string{
		func(t codebook.Text) string { return t.ZH },
		func(t codebook.Text) string { return cmp.Or(t.EN, t.ZH) },
	} {
		for _, line := range lines {
			fmt.Fprintln(&b, pick(line.Finding))
			for _, item := range line.Items {
				fmt.Fprintln(&b, "  - "+pick(item))
			}
			if line.More > 0 {
				fmt.Fprintln(&b, pick(codebook.Text{ZH: "  - 另有 " + strconv.Itoa(line.More) + " 项", EN: "  - and " + strconv.Itoa(line.More) + " more"}))
			}
		}
		fmt.Fprintln(&b)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// place is the folder of a year's report.
func place(dir string, year int) string { return filepath.Join(dir, strconv.Itoa(year)) }

func indexOf(dir string, year int) string {
	return filepath.ToSlash(filepath.Join(place(dir, year), "index.html"))
}
