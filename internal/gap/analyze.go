package gap

import (
	"encoding/json"
	"fmt"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Analyze computes everything a report on one year needs. An error means the inputs do not
// hold the year that was asked for.
func Analyze(cb *codebook.Codebook, in Inputs) (*Analysis, error) {
	if in.Samples[in.Year] == nil {
		return nil, fmt.Errorf("gap: no sample of %d", in.Year)
	}
	return &Analysis{Year: in.Year, Base: in.Base}, nil
}

// JSON is the stable form of an analysis that other programs rely on: the year, the base,
// every cell and the priority families. The same inputs give the same bytes.
func (a *Analysis) JSON() ([]byte, error) {
	return json.Marshal(struct {
		Year     int           `json:"year"`
		Base     demand.Base   `json:"base"`
		Cells    []demand.Cell `json:"cells"`
		Priority []Priority    `json:"priority"`
	}{a.Year, a.Base, a.Cells, a.Priority})
}
