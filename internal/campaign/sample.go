package campaign

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// SampleOptions say which invented campaigns to write.
type SampleOptions struct {
	Out      string // folder; a year stands in <out>/<year>
	Years    []int
	Visits   int // a year; 0 is the size of the tracked sample
	Seed     uint64
	Force    bool   // replace years that exist
	As       string // AsSingle when empty, AsBulk or AsCSV
	Progress func(done, total int)
}

// ErrInTheWay says that a folder to be written exists already.
type ErrInTheWay struct {
	Path  string
	Force bool // whoever asks again with --force has it replaced
}

// Error names the folder and the way out.
func (e *ErrInTheWay) Error() string {
	if e.Force {
		return "已有文件夹 " + e.Path + "，未作改动；要覆盖请加 --force。\n" + e.Path + " is there already and was left alone; --force replaces it."
	}
	return "已有 " + e.Path + "，未作改动；请换一个还不存在的文件夹。\n" + e.Path + " is there already and was left alone; name a folder that does not exist yet."
}

// WriteSample writes invented campaigns and returns the number of files. The same options write
// the same bytes.
func WriteSample(ctx context.Context, cb *codebook.Codebook, o SampleOptions) (int, error) {
	if o.Visits == 0 {
		o.Visits = sample.DefaultVisits
	}
	if o.As == "" {
		o.As = AsSingle
	}
	if o.Seed == 0 {
		o.Seed = sample.DefaultSeed
	}
	for _, year := range o.Years {
		if _, err := os.Stat(filepath.Join(o.Out, strconv.Itoa(year))); err == nil && !o.Force {
			return 0, &ErrInTheWay{Path: filepath.Join(o.Out, strconv.Itoa(year)), Force: true}
		}
	}
	w := &sampleWriter{SampleOptions: o, cb: cb, total: len(o.Years) * (o.Visits + 4)}
	for _, year := range o.Years {
		if err := w.year(ctx, year); err != nil {
			return int(w.done.Load()), err
		}
	}
	return int(w.done.Load()), nil
}

type sampleWriter struct {
	SampleOptions
	cb    *codebook.Codebook
	total int
	done  atomic.Int64
	tell  sync.Mutex
}

// year writes one campaign: the visits in a folder of their own, the other workbooks beside it.
func (w *sampleWriter) year(ctx context.Context, year int) error {
	root := filepath.Join(w.Out, strconv.Itoa(year))
	if err := os.RemoveAll(root); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(root, "visits"), 0o755); err != nil {
		return err
	}
	c := sample.New(w.cb, sample.Options{Year: year, Visits: w.Visits, Seed: w.Seed})
	if err := w.tables(root, year, c); err != nil {
		return err
	}
	if w.As != AsSingle {
		return w.together(ctx, filepath.Join(root, "visits"), c)
	}
	return w.visits(ctx, filepath.Join(root, "visits"), year, c)
}

// tables writes the workbooks that stand beside the visits.
func (w *sampleWriter) tables(root string, year int, c *sample.Campaign) error {
	for _, table := range []struct {
		kind    string
		records sample.Records
	}{
		{"roster", c.Roster().Records()},
		{"curriculum", sample.CurriculumRecords(c.Curriculum())},
		{"outcomes", sample.OutcomesRecords(c.Outcomes())},
		{"decisions", sample.DecisionsRecords(c.Decisions())},
	} {
		if rows(table.records) == 0 {
			w.total--
			continue
		}
		options := workbook.TemplateOptions{Year: year, Brief: true}
		data, err := workbook.FillTable(w.cb, table.kind, options, workbook.Records(table.records))
		if err != nil {
			return fmt.Errorf("sample %d %s: %w", year, table.kind, err)
		}
		if err := os.WriteFile(filepath.Join(root, table.kind+".xlsx"), data, 0o644); err != nil {
			return err
		}
		w.tick()
	}
	return nil
}

// rows counts the records of a workbook; one without any is not written.
func rows(records sample.Records) int {
	n := 0
	for _, sheet := range records {
		n += len(sheet)
	}
	return n
}

// visits writes the visit workbooks on all cores.
func (w *sampleWriter) visits(ctx context.Context, dir string, year int, c *sample.Campaign) error {
	blank, err := workbook.WriteTemplate(w.cb, "visit", workbook.TemplateOptions{Year: year, Brief: true})
	if err != nil {
		return err
	}
	filler, err := workbook.NewFiller(w.cb, blank)
	if err != nil {
		return err
	}
	var next atomic.Int64
	var group sync.WaitGroup
	var failed atomic.Pointer[error]
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < w.Visits && failed.Load() == nil && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := w.visit(dir, i, filler, c.Visit(i)); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

// visit writes one workbook, named as a teacher would: staff number, then a counter.
func (w *sampleWriter) visit(dir string, i int, filler *workbook.Filler, f sample.Filled) error {
	overrides := make([]workbook.Override, len(f.Overrides))
	for k, o := range f.Overrides {
		overrides[k] = workbook.Override(o)
	}
	data, err := filler.Visit(f.Visit, overrides...)
	if err != nil {
		return fmt.Errorf("sample visit %d: %w", i, err)
	}
	name := fmt.Sprintf("走访-%s-%0*d.xlsx", f.Visit.Faculty.ID, max(3, len(strconv.Itoa(w.Visits))), i+1)
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
		return err
	}
	w.tick()
	return nil
}

// tick counts a file written.
func (w *sampleWriter) tick() {
	done := int(w.done.Add(1))
	if w.Progress != nil {
		w.tell.Lock()
		w.Progress(done, w.total)
		w.tell.Unlock()
	}
}
