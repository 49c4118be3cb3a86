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

// asMadeThere takes what the options leave out from the report on the year that stands in the same folder, or,
// without one on record, from the last there on the year or that showed it: a trial elsewhere says nothing of
// what is published here, but for a larger k, which is lowered only by whoever gives another. over lists, as
// flags, what was taken over and is not as it would be otherwise.
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
	filled = o
	last, least := lastThere(runs, dir, year)
	if last != nil {
		filled = o.filled(map[int][]edition{year: {{recipe: last}}}, year, upTo)
	}
	if o.Threshold == 0 && least > cmp.Or(filled.Threshold, gap.DefaultK) {
		filled.Threshold = least
	}
	return filled, o.takenOver(filled), nil
}

// noSmallerK is the k to publish a year with where none is given: the default, or what a report in this dir, or, without
// one, elsewhere, has more. over says so as a flag, where it is not the default.
func (c *Campaign) noSmallerK(ctx context.Context, o AnalyzeOptions, dir string) (kept AnalyzeOptions, over []string, err error) {
	if o.Threshold > 0 {
		return o, nil, nil
	}
	filled, _, err := c.asMadeThere(ctx, o, dir)
	if err != nil || filled.Threshold <= gap.DefaultK {
		return o, nil, err
	}
	kept = o
	kept.Threshold = filled.Threshold
	return kept, []string{fmt.Sprintf("--k %d", kept.Threshold)}, nil
}

// lastThere finds, among the runs, latest first, the one whose report on the year stands in the folder, however
// the folder was written, or, without one, the last there on the year, or that showed it: nil where there is none.
// least is the k below which nobody asked to go: that of a report there that is on no record, as after a
// restore, and, without any run there, the largest of those that show the year.
func lastThere(runs []store.Run, dir string, year int) (last *Recipe, least int) {
	stands := madeIn(place(dir, year))
	most := 0
	var showed *Recipe
	for _, r := range runs {
		var record RunRecord
		if json.Unmarshal(r.Record, &record) != nil || record.Recipe == nil {
			continue
		}
		made := record.Recipe
		if made.Year == year && record.Label != "" && record.Label == stands.Label {
			return made, 0
		}
		if _, shows := made.Visits[year]; !shows {
			continue
		}
		most = max(most, made.K)
		switch here := store.SameFolder(filepath.FromSlash(record.Place), place(dir, made.Year)); {
		case here && made.Year == year && last == nil:
			last = made
		case here && showed == nil:
			showed = made
		}
	}
	if stands.Recipe != nil {
		least = stands.Recipe.K
	}
	if last = cmp.Or(last, showed); last == nil {
		least = max(least, most)
	}
	return last, least
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
