package campaign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
)

// Published is a report on disk.
type Published struct {
	Year  int    `json:"year"`
	Index string `json:"index"` // path of the first page
	Pages int    `json:"pages"`
}

// Report computes a year and publishes its pages under dir/<year>.
func (c *Campaign) Report(ctx context.Context, o AnalyzeOptions, dir string) (*Published, error) {
	analysis, err := c.Analyze(ctx, o)
	if err != nil {
		return nil, err
	}
	return c.Publish(ctx, analysis, dir)
}

// Publish writes the pages of an analysis to dir/<year>. Readers see the old report or the new
// one, never half: the pages are written beside it and take its place by renaming.
func (c *Campaign) Publish(ctx context.Context, a *gap.Analysis, dir string) (*Published, error) {
	modules, err := c.Store.LoadCurriculum(ctx, a.Year)
	if err != nil {
		return nil, err
	}
	site, err := report.Build(a, report.Options{Codebook: c.Codebook, Curriculum: modules})
	if err != nil {
		return nil, err
	}
	place := filepath.Join(dir, strconv.Itoa(a.Year))
	if err := swapIn(place, site); err != nil {
		return nil, fmt.Errorf("写不了报告 cannot write the report %s: %w", place, err)
	}
	return &Published{a.Year, filepath.ToSlash(filepath.Join(place, "index.html")), pages(site)}, nil
}

func pages(site *report.Site) int {
	n := 0
	for _, name := range site.Paths() {
		if filepath.Ext(name) == ".html" {
			n++
		}
	}
	return n
}

// swapIn writes the files to a folder beside place and puts it in place's stead. Whatever
// happens, place is afterwards the old folder or the new one.
func swapIn(place string, site *report.Site) (err error) {
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(place), ".new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	if err := writeTree(fresh, site); err != nil {
		return err
	}
	old := fresh + ".old"
	switch err := os.Rename(place, old); {
	case errors.Is(err, fs.ErrNotExist):
		return os.Rename(fresh, place)
	case err != nil:
		return err
	}
	if err := os.Rename(fresh, place); err != nil {
		return errors.Join(err, os.Rename(old, place))
	}
	return os.RemoveAll(old)
}

// writeTree writes every file durably, in name order.
func writeTree(root string, site *report.Site) error {
	for _, name := range site.Paths() {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("a page named %q would leave the folder", name)
		}
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := writeDurably(path, site.File(name)); err != nil {
			return err
		}
	}
	return nil
}

// writeDurably writes a file and waits until the disk has it.
func writeDurably(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err = f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}
