package campaign

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// A machine may keep any zone's time: a visit of this morning is not of tomorrow.
func TestTheDayOfTheMachine(t *testing.T) {
	adak, kiritimati := time.FixedZone("", -10*60*60), time.FixedZone("", 14*60*60)
	for _, c := range []struct {
		now  time.Time
		want survey.Day
		why  string
	}{
		{time.Date(2026, 3, 4, 23, 30, 0, 0, time.UTC), "2026-03-05", "half past seven in the morning in China"},
		{time.Date(2026, 3, 4, 15, 59, 0, 0, time.UTC), "2026-03-04", "a minute to midnight in China"},
		{time.Date(2026, 3, 4, 7, 0, 0, 0, adak), "2026-03-05", "the west has yesterday"},
		{time.Date(2026, 3, 5, 1, 0, 0, 0, kiritimati), "2026-03-05", "the machine's own day has come"},
		{time.Date(2028, 2, 28, 20, 0, 0, 0, time.UTC), "2028-02-29", "a leap day"},
		{time.Date(2026, 12, 31, 20, 0, 0, 0, time.UTC), "2027-01-01", "a new year"},
	} {
		if got := today(c.now); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}

// Every file of a campaign has a receipt. If one kept a word of its workbook's text, all of that text
// would stay in memory with it.
func TestReceiptsHoldNothingOfTheWorkbooks(t *testing.T) {
	const files, size = 100, 1 << 20
	var r IngestResult
	for range files {
		text := strings.Repeat("x", size)
		word := text[:9]
		r.add(FileResult{
			Issues:  []Issue{{Ref: survey.Ref{Sheet: word}, Header: word, Got: word, Message: codebook.Text{ZH: word, EN: word}}},
			Changes: []Normalised{{Sheet: word, Raw: word, Value: word, at: survey.Ref{Sheet: word}}},
			Diff:    []Difference{{Sheet: word, Of: word, Before: word, After: word, at: survey.Ref{Sheet: word}}},
		})
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > files*size/2 {
		t.Errorf("%d MiB in use after %d receipts of workbooks of %d MiB", m.HeapAlloc>>20, files, size>>20)
	}
	runtime.KeepAlive(r)
}
