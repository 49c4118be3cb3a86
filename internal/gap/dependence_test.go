package gap

import (
	"math"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// The shares and indices are those of the published examples, and a single enterprise's share
// is never exact unless it is the school's own visits.
func TestDependence(t *testing.T) {
	cb := codebook.Default()
	r := runOf(cb, plainInputs(40))
	// 30/30/20/20 → HHI 2,600, effective 3.8
	amounts := make([]float64, 40)
	for i, g := range []string{"huawei", "huawei", "huawei", "zte", "zte", "zte", "h3c", "h3c", "cisco", "cisco"} {
		for k := range 4 {
			r.sample.Enterprises[4*i+k].Ecosystems = []string{g}
			amounts[4*i+k] = 5
		}
	}
	over := func() Concentration {
		return r.over("hires", "ecosystem", []grouped{group(r.sample, amounts, func(e *demand.Enterprise) []string { return e.Ecosystems })})
	}
	c := over()
	if c.TopShare == nil || *c.TopShare != 0.3 || math.Abs(*c.HHI-2600) > 1e-9 || math.Abs(*c.Effective-10000/2600.0) > 1e-9 || c.Units != 4 || c.Top != "huawei" {
		t.Errorf("%+v", c)
	}
	amounts[0] = 1000 // now one enterprise is nearly all of its group
	c = over()
	if c.TopShare != nil || c.Top != "" || c.TopBand != "80–90 %" {
		t.Errorf("one enterprise is the group, yet %+v", c)
	}
	if math.Mod(*c.HHI, 100) != 0 || *c.Effective != math.Round(10**c.Effective)/10 {
		t.Errorf("a group is confidential, yet the index is exact: %g, %g", *c.HHI, *c.Effective)
	}
	hires := r.overEnterprises("hires", amounts, false)
	if hires.Withheld != demand.WithheldDominance || hires.Units != 0 || hires.TopShare != nil || hires.TopBand != "" || hires.HHI != nil || hires.Effective != nil {
		t.Errorf("an enterprise holds 1,000 of 1,195, which the index would tell: %+v", hires)
	}
	amounts[0] = 500 // of 695: it does not dominate
	hires = r.overEnterprises("hires", amounts, false)
	if hires.TopShare != nil || hires.TopBand != "70–80 %" || math.Mod(*hires.HHI, 100) != 0 || hires.Units != 40 {
		t.Errorf("an enterprise's own hires can be read: %+v", hires)
	}
	if visits := r.overEnterprises("visits", amounts, true); visits.TopShare == nil {
		t.Errorf("the school's own visits are withheld: %+v", visits)
	}
	if few := r.overEnterprises("hires", amounts[:3], false); few.Withheld != demand.WithheldFew || few.HHI != nil || few.Units != 0 {
		t.Errorf("three enterprises: %+v", few)
	}
	if none := r.overEnterprises("hires", make([]float64, 40), false); none.Withheld != demand.NoData {
		t.Errorf("nothing to share: %+v", none)
	}
	for share, want := range map[float64]string{0: "0–10 %", 0.0999: "0–10 %", 0.1: "10–20 %", 1: "90–100 %"} {
		if got := band(share); got != want {
			t.Errorf("band(%g) = %q, want %q", share, got, want)
		}
	}
}

// A conclusion that rests on one enterprise is found out.
func TestOneEnterpriseDecides(t *testing.T) {
	cb := codebook.Default()
	in := unframed(world(cb, 60))
	in.Base = demand.BaseHires
	s := in.Samples[2026]
	for j := range s.Jobs.Hires {
		if s.Jobs.Enterprise[j] == 0 {
			s.Jobs.Hires[j] = 30
			for c := range s.Jobs.Ratings {
				s.Jobs.Ratings[c][demand.Required][j], s.Jobs.Ratings[c][demand.Graduate][j] = 3, 3
			}
			s.Jobs.Ratings[6][demand.Required][j], s.Jobs.Ratings[6][demand.Graduate][j] = 5, 1
		}
	}
	w := analyse(t, cb, in).Dependence.Without
	if w.Changed == 0 || w.Left != 0 || !strings.Contains(w.Verdict.EN, "depends on one enterprise") {
		t.Errorf("%d ranks changed, %q", w.Changed, w.Verdict.EN)
	}
}
