package campaign

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/store"
)

// asItWasReported: what shows a report again shows its figures, whatever the options it was asked for
// with. Three reports: one on 2025 alone, one on 2026 of other options, and both years are asked for.
func asItWasReported(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	reports := filepath.Join(dir, "reports")
	asked := map[int]AnalyzeOptions{
		2025: {Year: 2025, Base: "headcount", Threshold: 8},
		2026: {Year: 2026, Base: "one", Threshold: 4, Budget: 32},
	}
	for _, year := range []int{2025, 2026} {
		_, err := c.Report(ctx, asked[year], reports, false)
		must(t, err)
	}
	for year, o := range asked {
		published, err := os.ReadFile(filepath.Join(place(reports, year), figuresFile))
		must(t, err)
		live, err := c.Live(ctx, year, 1)
		must(t, err)
		if !bytes.Equal(live.File(figuresFile), published) {
			t.Errorf("%d: the live figures are not the published ones", year)
		}
		table, err := os.ReadFile(filepath.Join(place(reports, year), "data", "figures.csv"))
		must(t, err)
		export := ExportOptions{AnalyzeOptions: AnalyzeOptions{Year: year}, Format: "csv", Tables: []string{"figures"}}
		files, err := c.Export(ctx, export)
		must(t, err)
		if !bytes.Equal(files[0].Data, table) {
			t.Errorf("%d: the exported figures are not the published ones", year)
		}
		found, err := c.Figures(ctx, nil, AnalyzeOptions{Year: year})
		must(t, err)
		same(t, "the figures found", found, mustGive(c.Figures(ctx, nil, o))(t))
		same(t, "ideas", mustGive(c.Ideas(ctx, AnalyzeOptions{Year: year}))(t), mustGive(c.Ideas(ctx, o))(t))
		for _, f := range found[:8] {
			trace, err := c.Trace(ctx, f.Address, TraceOptions{})
			must(t, err)
			same(t, f.Address, trace.Figure, f.Figure)
		}
		_, err = c.Report(ctx, AnalyzeOptions{Year: year}, reports, false)
		must(t, err)
		again, err := os.ReadFile(filepath.Join(place(reports, year), "data", "figures.csv"))
		must(t, err)
		if !bytes.Equal(again, table) {
			t.Errorf("%d: a report that is written again shows other figures", year)
		}
		export.Threshold = 5
		if files, err = c.Export(ctx, export); err != nil || bytes.Equal(files[0].Data, table) {
			t.Errorf("%d: an option that was given is not taken (%v)", year, err)
		}
	}
	newest := asked[2026]
	same(t, "proposals", mustGive(c.Dossiers(ctx, AnalyzeOptions{}))(t), mustGive(c.Dossiers(ctx, newest))(t))
}

// What an option leaves out is filled in from the report; what it says stays.
func TestOptionsAreFilledIn(t *testing.T) {
	report := &Recipe{Year: 2026, Base: "one", K: 15, Raked: true, Budget: 32, Since: 2024}
	whole := AnalyzeOptions{Base: "one", Threshold: 15, Rake: new(true), Budget: 32, Compare: 2024}
	for _, c := range []struct {
		why      string
		o        AnalyzeOptions
		editions []edition
		year     int
		upTo     []int
		want     AnalyzeOptions
	}{
		{"nothing is said", AnalyzeOptions{}, []edition{{recipe: &Recipe{K: 5}}, {recipe: report}}, 2026, []int{2024, 2025, 2026}, whole},
		{"no report was published", AnalyzeOptions{}, nil, 2026, []int{2026}, AnalyzeOptions{}},
		{"all is said", AnalyzeOptions{Base: "hires", Threshold: 5, Rake: new(false), Budget: 64, Compare: 2025}, []edition{{recipe: report}}, 2026, []int{2024, 2025, 2026},
			AnalyzeOptions{Base: "hires", Threshold: 5, Rake: new(false), Budget: 64, Compare: 2025}},
		{"the base was chosen from the answers", AnalyzeOptions{}, []edition{{recipe: &Recipe{Year: 2026, K: 5, Budget: 64}}}, 2026, []int{2026},
			AnalyzeOptions{Base: "auto", Threshold: 5, Rake: new(false), Budget: 64}},
		{"the year compared with is gone", AnalyzeOptions{}, []edition{{recipe: report}}, 2026, []int{2025, 2026},
			AnalyzeOptions{Base: "one", Threshold: 15, Rake: new(true), Budget: 32}},
		{"a later report showed the year", AnalyzeOptions{}, []edition{{recipe: report}}, 2025, []int{2024, 2025},
			AnalyzeOptions{Base: "one", Threshold: 15, Rake: new(true), Budget: 32}},
	} {
		same(t, c.why, c.o.filled(map[int][]edition{c.year: c.editions}, c.year, c.upTo), c.want)
	}
}

// mustGive is what a function returns that must not fail.
func mustGive[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// same holds two values against one another as programs would read them.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	a, err := json.Marshal(got)
	must(t, err)
	b, err := json.Marshal(want)
	must(t, err)
	if !bytes.Equal(a, b) {
		t.Errorf("%s:\n%.300s\nnot\n%.300s", what, a, b)
	}
}

// What changes cannot be measured from is said with the reason, and with the years that they can.
func TestErrNoComparison(t *testing.T) {
	for _, c := range []struct {
		why  string
		err  ErrNoComparison
		says []string
	}{
		{"a year without visits", ErrNoComparison{2026, 2023, []int{2024, 2025}}, []string{"2023 年没有走访", "此前有走访的年份：2024 2025", "no visit of 2023", "Earlier years with visits: 2024 2025."}},
		{"no year before has any", ErrNoComparison{2025, 2024, nil}, []string{"2024 年没有走访", "2025 年之前没有走访", "No year before 2025 has visits"}},
		{"the year itself", ErrNoComparison{2026, 2026, []int{2025}}, []string{"2026 不早于 2026", "2025", "2026 is not before 2026"}},
	} {
		for _, words := range c.says {
			if text := c.err.Error(); !strings.Contains(text, words) {
				t.Errorf("%s: %q does not say %q", c.why, text, words)
			}
		}
	}
}

// A report takes over what its own folder had before, and says so; a trial elsewhere is none of its business.
func trialElsewhere(t *testing.T, w *office) {
	c, dir := w.copied(t)
	ctx := context.Background()
	official, trial, another := filepath.Join(dir, "reports"), filepath.Join(dir, "elsewhere"), filepath.Join(dir, "another")
	report := func(o AnalyzeOptions, dir string, run bool) (k int, over string) {
		t.Helper()
		o.Year = 2025
		var published *Published
		if run {
			result, err := c.Run(ctx, RunOptions{Analyze: o, Reports: dir})
			must(t, err)
			published = result.Report
		} else {
			var err error
			published, err = c.Report(ctx, o, dir, false)
			must(t, err)
		}
		row, err := c.FindRun(ctx, published.Label)
		must(t, err)
		return row.Record.Recipe.K, strings.Join(published.TakenOver, " ")
	}
	for _, step := range []struct {
		why  string
		o    AnalyzeOptions
		dir  string
		run  bool
		k    int
		over string
	}{
		{"a trial", AnalyzeOptions{Threshold: 3, Base: "one"}, trial, false, 3, ""},
		{"the official report after it", AnalyzeOptions{}, official, false, 5, ""},
		{"the trial once more", AnalyzeOptions{}, trial, false, 3, "--base one --k 3"},
		{"the batch takes no smaller k over", AnalyzeOptions{}, trial, true, 5, ""},
		{"what is given is not taken over", AnalyzeOptions{Threshold: 9, Base: "one"}, trial, false, 9, ""},
		{"the batch keeps the larger k alone, and says so", AnalyzeOptions{}, trial, true, 9, "--k 9"},
		{"and where the report stands already", AnalyzeOptions{}, trial, true, 9, "--k 9"},
		{"a folder where nothing was made has the larger k, and says so", AnalyzeOptions{}, another, false, 9, "--k 9"},
		{"the batch with a k that is given", AnalyzeOptions{Threshold: 5}, another, true, 5, ""},
	} {
		if k, over := report(step.o, step.dir, step.run); k != step.k || over != step.over {
			t.Errorf("%s: k %d, taken over %q", step.why, k, over)
		}
	}
}

// What a report is made like hangs on what stands in its folder, however the folder is written, and k is not
// lowered where nothing tells.
func TestLastThere(t *testing.T) {
	top := t.TempDir()
	dir, link, fresh := filepath.Join(top, "reports"), filepath.Join(top, "link"), filepath.Join(top, "fresh")
	must(t, errors.Join(os.MkdirAll(place(dir, 2025), 0o700), os.Symlink(dir, link)))
	run := func(place string, r Recipe) store.Run {
		text, err := json.Marshal(RunRecord{Label: r.Label(), Place: place, Recipe: &r})
		must(t, err)
		return store.Run{Record: text}
	}
	on := func(year, k int) Recipe {
		return Recipe{Year: year, K: k, Visits: map[int]string{2025: "v", year: "v"}}
	}
	for _, c := range []struct {
		why    string
		stands int // k of the report on 2025 that stands in dir; 0 is none
		dir    string
		runs   []store.Run // latest first
		last   int         // k of the recipe; 0 is none
		least  int
	}{
		{"the run was told another folder, or this one by another name", 10, dir, []store.Run{run("elsewhere/2025", on(2025, 3)), run("reports/2025", on(2025, 10))}, 10, 0},
		{"the pages are gone, the folder is told through a link", 0, link, []store.Run{run("reports/2025", on(2025, 3)), run(place(dir, 2025), on(2025, 10))}, 10, 0},
		{"the report of a later year shows it", 0, dir, []store.Run{run(place(dir, 2026), on(2026, 8)), run("elsewhere/2025", on(2025, 3))}, 8, 0},
		{"one on the year comes before one that shows it", 0, dir, []store.Run{run(place(dir, 2026), on(2026, 8)), run(place(dir, 2025), on(2025, 3))}, 3, 0},
		{"what stands is on no record, as after a restore", 10, dir, []store.Run{run(place(dir, 2025), on(2025, 4))}, 4, 10},
		{"what stands is of no run at all", 10, dir, nil, 0, 10},
		{"nothing stands, and others are elsewhere", 0, fresh, []store.Run{run("a/2025", on(2025, 3)), run("b/2026", on(2026, 10)), run("a/2024", Recipe{Year: 2024, K: 20})}, 0, 10},
	} {
		made := filepath.Join(place(dir, 2025), madeOfFile)
		must(t, os.RemoveAll(made))
		if c.stands > 0 {
			r := on(2025, c.stands)
			text, err := json.Marshal(madeOf{r.Label(), &r})
			must(t, errors.Join(err, os.WriteFile(made, text, 0o600)))
		}
		last, least := lastThere(c.runs, c.dir, 2025)
		if last == nil {
			last = &Recipe{}
		}
		if last.K != c.last || least != c.least {
			t.Errorf("%s: k %d, at least %d; want %d, %d", c.why, last.K, least, c.last, c.least)
		}
	}
}
