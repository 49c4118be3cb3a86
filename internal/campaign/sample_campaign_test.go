package campaign

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// world is the tracked sample campaign, taken in once for all tests of the loop.
type world struct {
	*Campaign
	path     string            // of the database
	analysis *gap.Analysis     // of the newest year
	built    tree              // its pages; see site
	read     []shownPage       // the same, read back; see pages
	ways     *way              // of the figures followed so far; see way
	tabled   []report.Dataset  // the tables of the newest year; see published
	written  map[string][]File // format → their export
}

var aDay = time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)

// TestTheSampleCampaign takes in surveys/ and holds what is published against what was handed in.
func TestTheSampleCampaign(t *testing.T) {
	w := openSample(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"every figure traces to cells", everyFigureTraces},
		{"printed figures are recomputed from the database", thePrintedFigures},
		{"every printed figure leads to its cells or says why not", everyPrintedFigureTraces},
		{"every fact leads to its cells or its rows", everyFactLeadsSomewhere},
		{"every number in a sentence leads to its cells or says why not", everySentenceTraces},
		{"every mark of a chart leads to its cells or says why not", everyChartTraces},
		{"every number of a brief carries its address or says why not", everyBriefTraces},
		{"a reader finds both decisions", theReaderFindsBothDecisions},
		{"a withheld figure traces to nothing", withheldTracesToNothing},
		{"SQL gives the same figures", sqlGivesTheSame},
		{"nothing leaks", nothingLeaks},
		{"the way round the loop", theWayRound},
		{"the loop balances", theLoopBalances},
		{"exports are whole", exportsAreWhole},
		{"the national form", theNationalForm},
		{"pages as PDF", thePDFs},
		{"the record is not edited", theRecordIsNotEdited},
		{"the map has versions", theMapHasVersions}, // adds to the record: last
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, w) })
	}
}

func openSample(t *testing.T) *world {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "sample.db")
	st, err := store.Open(ctx, path, store.Options{Now: func() time.Time { return aDay }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	c := &Campaign{Codebook: codebook.Default(), Store: st, Now: func() time.Time { return aDay }}
	taken, err := c.Ingest(ctx, IngestOptions{Paths: []string{"../../surveys"}, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if taken.Totals.Accepted < 150 {
		t.Fatalf("the sample campaign: %+v", taken.Totals)
	}
	analysis, err := c.Analyze(ctx, AnalyzeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return &world{Campaign: c, path: path, analysis: analysis}
}
