package campaign

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// The forms in which the visits of a sample campaign are written.
const (
	AsSingle = "single" // a workbook per visit
	AsBulk   = "bulk"   // a department's visits in one workbook
	AsCSV    = "csv"    // a department's visits in one csv file, as a questionnaire tool exports them
)

// SampleForms lists them.
var SampleForms = []string{AsSingle, AsBulk, AsCSV}

// bulkVisits is how many visits one bulk workbook or csv file holds at most.
const bulkVisits = 100

// together writes the visits of each department into files of many. A visit that is wrong on
// purpose is left out: it would keep out all that stand beside it, where alone it keeps out itself.
func (w *sampleWriter) together(ctx context.Context, dir string, c *sample.Campaign) error {
	pending := make(map[string][]survey.Visit)
	files := make(map[string]int)
	var departments []string
	write := func(department string) error {
		visits := pending[department]
		if len(visits) == 0 {
			return nil
		}
		files[department]++
		pending[department] = nil
		return w.many(dir, fmt.Sprintf("走访-%s-%02d", department, files[department]), visits)
	}
	for i := range w.Visits {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := c.Visit(i)
		if f.Mess == sample.WrongCell {
			continue
		}
		department := f.Visit.Faculty.Department
		if files[department] == 0 && len(pending[department]) == 0 {
			departments = append(departments, department)
		}
		pending[department] = append(pending[department], f.Visit)
		if len(pending[department]) == bulkVisits {
			if err := write(department); err != nil {
				return err
			}
		}
	}
	for _, department := range departments {
		if err := write(department); err != nil {
			return err
		}
	}
	return nil
}

// many writes some visits as one file.
func (w *sampleWriter) many(dir, stem string, visits []survey.Visit) (err error) {
	var data []byte
	name := stem + ".xlsx"
	if w.As == AsCSV {
		name = stem + ".csv"
		data, err = workbook.WriteCSV(w.cb, visits, workbook.UTF8BOM)
	} else {
		data, err = workbook.WriteBulk(w.cb, visits)
	}
	if err != nil {
		return fmt.Errorf("sample %s: %w", stem, err)
	}
	w.tick()
	return os.WriteFile(filepath.Join(dir, name), data, 0o644)
}
