package campaign

import (
	"context"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// Found is a figure that fits the words it was looked for with.
type Found struct {
	Address string        `json:"address"`
	Title   codebook.Text `json:"title"`
	Figure  demand.Figure `json:"figure"`
}

// Figures lists the figures of a year whose address or name, in either language, holds every
// word; with no word, all of them. Whole programmes come before their parts.
func (c *Campaign) Figures(ctx context.Context, words []string, o AnalyzeOptions) ([]Found, error) {
	if year, rest := yearAmong(words); year != 0 {
		o.Year, words = year, rest
	}
	in, err := c.inputs(ctx, o.asReported())
	if err != nil {
		return nil, err
	}
	in.Samples = map[int]*demand.Sample{in.Year: in.Samples[in.Year]}
	in.Replicates, in.Register = -1, nil
	a, err := gap.Analyze(c.Codebook, *in)
	if err != nil {
		return nil, err
	}
	var whole, parts []Found
	for _, cell := range a.Cells {
		at := a.AddressOf(cell)
		found := Found{at.String(), c.title(at), cell.Figure}
		if !found.fits(words) {
			continue
		}
		if at.Domain == (demand.Domain{Programme: at.Domain.Programme}) {
			whole = append(whole, found)
		} else {
			parts = append(parts, found)
		}
	}
	return append(whole, parts...), nil
}

// yearAmong takes a year out of the words; 0 where there is none.
func yearAmong(words []string) (year int, rest []string) {
	for _, w := range words {
		if n := 0; len(w) == 4 && strings.Trim(w, "0123456789") == "" && year == 0 {
			for _, r := range w {
				n = n*10 + int(r-'0')
			}
			year = n
			continue
		}
		rest = append(rest, w)
	}
	return year, rest
}

// fits reports whether every word stands in the address or the name.
func (f Found) fits(words []string) bool {
	text := codebook.Fold(f.Address + " " + f.Title.ZH + " " + f.Title.EN)
	for _, w := range words {
		if !strings.Contains(text, codebook.Fold(w)) {
			return false
		}
	}
	return true
}
