package campaign

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// asMadeThere takes what the options leave out from the last report on the year in the same folder, or, without
// one, from the last there that showed the year: a trial elsewhere says nothing of what is published here. over
// lists, as flags, what was taken over and is not as it would be otherwise.
func (c *Campaign) asMadeThere(ctx context.Context, o AnalyzeOptions, dir string) (filled AnalyzeOptions, over []string, err error) {
	counts, err := surveyed(ctx, c.Store.At(0), o.Year)
	if err != nil {
		return o, nil, nil // the report itself says so
	}
	year, upTo := counts[len(counts)-1].Year, make([]int, len(counts))
	for i, count := range counts {
		upTo[i] = count.Year
	}
	runs, err := c.Store.FindRuns(ctx, store.RunFilter{Status: "finished", Made: true})
	if err != nil {
		return o, nil, err
	}
	var last *Recipe
	for _, r := range runs { // latest first
		var record RunRecord
		if json.Unmarshal(r.Record, &record) != nil || record.Recipe == nil || !samePlace(record.Place, place(dir, record.Recipe.Year)) {
			continue
		}
		if record.Recipe.Year == year {
			last = record.Recipe
			break
		}
		if _, shown := record.Recipe.Visits[year]; shown && last == nil {
			last = record.Recipe
		}
	}
	if last == nil {
		return o, nil, nil
	}
	filled = o.filled(map[int][]edition{year: {{recipe: last}}}, year, upTo)
	return filled, o.takenOver(filled), nil
}

// samePlace reports whether two paths name one folder, seen from the folder we are in.
func samePlace(a, b string) bool {
	x, errX := filepath.Abs(filepath.FromSlash(a))
	y, errY := filepath.Abs(b)
	return errX == nil && errY == nil && x == y
}

// takenOver lists, as flags, the options that filled has, that were not given, and that differ from the defaults.
func (o AnalyzeOptions) takenOver(filled AnalyzeOptions) []string {
	var over []string
	if o.Base == "" && cmp.Or(filled.Base, "auto") != "auto" {
		over = append(over, "--base "+filled.Base)
	}
	if o.Threshold == 0 && cmp.Or(filled.Threshold, gap.DefaultK) != gap.DefaultK {
		over = append(over, fmt.Sprintf("--k %d", filled.Threshold))
	}
	if o.Rake == nil && filled.Rake != nil && *filled.Rake {
		over = append(over, "--rake")
	}
	if o.Budget == 0 && cmp.Or(filled.Budget, gap.DefaultBudget) != gap.DefaultBudget {
		over = append(over, fmt.Sprintf("--budget %d", filled.Budget))
	}
	if o.Compare == 0 && filled.Compare != 0 {
		over = append(over, fmt.Sprintf("--compare %d", filled.Compare))
	}
	return over
}
