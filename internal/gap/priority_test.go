package gap

import (
	"math"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// A programme and a family of which no job says how many it plans to hire have no openings, rather than
// none: no rank, no growth, and a headline that says why. What else is known of them is shown.
func TestNobodySaysHowMany(t *testing.T) {
	cb := codebook.Default()
	in := plainInputs(24)
	in.Samples[2025] = plainSample(24)
	in.Base = demand.BaseHires
	s := in.Samples[2026]
	for j, f := range s.Jobs.Family {
		if f == "security" {
			s.Jobs.Hires[j], s.Jobs.Programme[j] = demand.Unasked, "iot"
		}
	}
	a := analyse(t, cb, in)
	for _, p := range a.Programmes {
		if p.Programme != "iot" {
			continue
		}
		if p.Openings != (demand.Figure{Flag: demand.NoData}) || p.Enterprises.Enterprises != 24 || p.Enterprises.Jobs != 24 ||
			!strings.Contains(p.Headline.EN, "most jobs do not say how many") {
			t.Errorf("openings %+v of %+v; %q", p.Openings, p.Enterprises, p.Headline.EN)
		}
	}
	if p := a.Priority[1]; p.Family != "security" || p.Openings.Flag != demand.NoData || p.Rank != 0 || p.Growth.Flag != demand.NoData || p.Breadth.Estimate != 1 {
		t.Errorf("%+v", p)
	}
	if p := a.Priority[0]; p.Rank != 1 || !p.Growth.Shown() || p.Growth.Estimate != 0 {
		t.Errorf("%+v", p)
	}
	if got := a.Overall.Openings; got.Jobs != 24 || got.Enterprises != 24 {
		t.Errorf("planned hires %+v", got)
	}
}

// Growth compares what is said: the same answers with some left blank have not fallen.
func TestGrowthOfWhatIsSaid(t *testing.T) {
	cb := codebook.Default()
	in := plainInputs(48)
	in.Samples[2025] = plainSample(48)
	jobs := &in.Samples[2026].Jobs
	for j, e := range jobs.Enterprise {
		if e >= 24 {
			jobs.Hires[j] = demand.Unasked // the first half answers as the second would
		}
	}
	for _, p := range analyse(t, cb, in).Priority {
		if !p.Growth.Shown() || math.Abs(p.Growth.Estimate) > 1e-9 || p.Growth.Enterprises != 24 || p.Openings.Jobs != 24 {
			t.Errorf("%s: growth %+v, openings %+v", p.Family, p.Growth, p.Openings)
		}
	}
}
