package demand

import "math"

var nan = math.NaN()

// design is how the enterprises of a sample were drawn: strata of the frame, each with the
// number visited and the share of its population that was not. Without a frame there is one
// stratum, drawn with replacement.
type design struct {
	home   []int32   // enterprise → stratum
	count  []float64 // n_h
	factor []float64 // (1 − n_h/N_h) · n_h/(n_h − 1); for a lonely enterprise (1 − 1/N_h)
	centre []bool    // whether scores are centred at the stratum's mean; a lonely one at zero
	pop    []float64 // N_h; +Inf where drawn with replacement
}

// newDesign reads the strata set by ApplyFrame. Enterprises that the frame does not hold form
// a stratum of their own, drawn with replacement. A stratum with a single enterprise is
// centred at zero, the mean of the scores of any mean or ratio over the whole design
// (the rule "adjust" of R's survey package).
func newDesign(s *Sample) design {
	n := len(s.Strata) + 1
	d := design{
		home: make([]int32, len(s.Enterprises)), count: make([]float64, n),
		factor: make([]float64, n), centre: make([]bool, n), pop: make([]float64, n),
	}
	for i := range s.Enterprises {
		h := s.Enterprises[i].Stratum
		if len(s.Strata) == 0 || h < 0 {
			h = int32(n - 1)
		}
		d.home[i] = h
		d.count[h]++
	}
	for h := range n {
		d.pop[h] = math.Inf(1)
		if h < len(s.Strata) && s.Strata[h].Population > 0 {
			d.pop[h] = max(d.count[h], float64(s.Strata[h].Population))
		}
		d.factor[h] = 1 - d.count[h]/d.pop[h]
		if d.count[h] > 1 {
			d.factor[h] *= d.count[h] / (d.count[h] - 1)
			d.centre[h] = true
		}
	}
	return d
}

func (d *design) population(h int) float64 { return d.pop[h] }

func (d *design) strata() int { return len(d.count) }
