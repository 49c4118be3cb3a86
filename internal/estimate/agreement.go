package estimate

import (
	"math"
	"slices"
)

// Metric is how far apart two ratings count as being.
type Metric uint8

// The metrics of Krippendorff's alpha.
const (
	Nominal  Metric = iota // equal or not
	Ordinal                // ranks between them, by how often each rating was given
	Interval               // squared difference
	Ratio                  // squared difference over squared sum
)

// Alpha is Krippendorff's reliability coefficient.
type Alpha struct {
	Value   float64 // 1 perfect, 0 as by chance; NaN without variation or pairs
	Units   int     // units rated at least twice
	Ratings int     // ratings in those units
}

// OK reports whether there is a value at all.
func (a Alpha) OK() bool { return !math.IsNaN(a.Value) }

// KrippendorffAlpha measures the agreement of ratings of the same units
// (Krippendorff 2011): units[u] holds the ratings unit u got, from any number
// of raters in any order. NaN is a rating not given.
func KrippendorffAlpha(units [][]float64, metric Metric) Alpha {
	c := coincide(units)
	a := Alpha{Value: math.NaN(), Units: c.units, Ratings: c.ratings}
	var observed, expected float64
	for i := range c.values {
		for j := range c.values {
			d := c.distance(i, j, metric)
			observed += c.pairs[i][j] * d
			expected += c.margin[i] * c.margin[j] * d
		}
	}
	if expected > 0 {
		a.Value = 1 - (float64(c.ratings)-1)*observed/expected
	}
	return a
}

// coincidences is how often each pair of ratings met in a unit.
type coincidences struct {
	values         []float64
	pairs          [][]float64
	margin         []float64
	units, ratings int
}

func coincide(units [][]float64) coincidences {
	var c coincidences
	var paired [][]float64
	for _, u := range units {
		given := slices.DeleteFunc(slices.Clone(u), math.IsNaN)
		if len(given) < 2 {
			continue
		}
		paired = append(paired, given)
		c.values = append(c.values, given...)
		c.units++
		c.ratings += len(given)
	}
	slices.Sort(c.values)
	c.values = slices.Compact(c.values)
	c.margin = make([]float64, len(c.values))
	c.pairs = make([][]float64, len(c.values))
	for i := range c.pairs {
		c.pairs[i] = make([]float64, len(c.values))
	}
	for _, given := range paired {
		c.count(given)
	}
	return c
}

// count adds the pairs of one unit, each worth 1/(ratings−1).
func (c *coincidences) count(given []float64) {
	each := 1 / float64(len(given)-1)
	for i, a := range given {
		ka, _ := slices.BinarySearch(c.values, a)
		c.margin[ka]++
		for j, b := range given {
			if i != j {
				kb, _ := slices.BinarySearch(c.values, b)
				c.pairs[ka][kb] += each
			}
		}
	}
}

// distance is the squared difference between two ratings under a metric.
func (c *coincidences) distance(i, j int, metric Metric) float64 {
	a, b := c.values[i], c.values[j]
	switch {
	case i == j:
		return 0
	case metric == Nominal:
		return 1
	case metric == Interval:
		return (a - b) * (a - b)
	case metric == Ratio:
		return (a - b) / (a + b) * (a - b) / (a + b)
	}
	between := -(c.margin[i] + c.margin[j]) / 2
	for k := min(i, j); k <= max(i, j); k++ {
		between += c.margin[k]
	}
	return between * between
}

// Kappa is Cohen's kappa of two raters with its asymptotic standard error.
type Kappa struct{ Value, SE float64 }

// CohenKappa measures agreement beyond chance in a square table of counts,
// counts[i][j]: first rater said i, second j. With linear weights a near miss
// counts in part, 1 − |i−j|/(k−1) (Fleiss, Cohen & Everitt 1969).
func CohenKappa(counts [][]float64, linear bool) Kappa {
	k := len(counts)
	weight := func(i, j int) float64 {
		switch {
		case i == j:
			return 1
		case linear:
			return 1 - math.Abs(float64(i-j))/float64(k-1)
		}
		return 0
	}
	row, col, n := tableMargins(counts)
	var observed, chance float64
	rowWeight, colWeight := make([]float64, k), make([]float64, k)
	for i := range k {
		for j := range k {
			w := weight(i, j)
			observed += w * counts[i][j] / n
			chance += w * row[i] * col[j]
			rowWeight[i] += w * col[j]
			colWeight[j] += w * row[i]
		}
	}
	v := (observed - chance) / (1 - chance)
	var s float64
	for i := range k {
		for j := range k {
			d := weight(i, j) - (rowWeight[i]+colWeight[j])*(1-v)
			s += counts[i][j] / n * d * d
		}
	}
	s -= (v - chance*(1-v)) * (v - chance*(1-v))
	return Kappa{Value: v, SE: math.Sqrt(s/n) / (1 - chance)}
}

// tableMargins gives row and column shares and the grand total.
func tableMargins(counts [][]float64) (row, col []float64, n float64) {
	row, col = make([]float64, len(counts)), make([]float64, len(counts))
	for i := range counts {
		for j, v := range counts[i] {
			row[i] += v
			col[j] += v
			n += v
		}
	}
	for i := range row {
		row[i] /= n
		col[i] /= n
	}
	return row, col, n
}

// FleissKappa measures the agreement of the same number of raters per subject:
// counts[s][c] raters put subject s in category c. SE is that under no
// agreement beyond chance (Fleiss 1971, corrected 1979). NaN over no subjects.
func FleissKappa(counts [][]float64) Kappa {
	if len(counts) == 0 {
		return Kappa{math.NaN(), math.NaN()}
	}
	share := make([]float64, len(counts[0]))
	var raters, agree float64
	for _, v := range counts[0] {
		raters += v
	}
	n := float64(len(counts))
	for _, s := range counts {
		for c, v := range s {
			share[c] += v / (n * raters)
			agree += v * (v - 1) / (n * raters * (raters - 1))
		}
	}
	var chance, spread, skew float64
	for _, p := range share {
		chance += p * p
		spread += p * (1 - p)
		skew += p * (1 - p) * (1 - 2*p)
	}
	return Kappa{
		Value: (agree - chance) / (1 - chance),
		SE:    math.Sqrt(2*(spread*spread-skew)/(n*raters*(raters-1))) / spread,
	}
}

// Intraclass holds the six intraclass correlations of Shrout & Fleiss (1979):
// one rater or the mean of k, raters differing per subject (1), drawn from many
// (2), or these and no others (3).
type Intraclass struct{ ICC1, ICC2, ICC3, ICC1k, ICC2k, ICC3k float64 }

// IntraclassCorrelation takes complete ratings[subject][rater]; NaN for fewer
// than two of either.
func IntraclassCorrelation(ratings [][]float64) Intraclass {
	if len(ratings) < 2 || len(ratings[0]) < 2 {
		nan := math.NaN()
		return Intraclass{nan, nan, nan, nan, nan, nan}
	}
	n, k := float64(len(ratings)), float64(len(ratings[0]))
	perRater := make([]float64, len(ratings[0]))
	var grand float64
	for _, s := range ratings {
		for j, v := range s {
			grand += v / (n * k)
			perRater[j] += v / n
		}
	}
	var between, within, raters float64
	for _, s := range ratings {
		var m float64
		for _, v := range s {
			m += v / k
		}
		between += k * (m - grand) * (m - grand)
		for _, v := range s {
			within += (v - m) * (v - m)
		}
	}
	for _, m := range perRater {
		raters += n * (m - grand) * (m - grand)
	}
	b, w := between/(n-1), within/(n*(k-1))
	j, e := raters/(k-1), (within-raters)/((n-1)*(k-1))
	return Intraclass{
		ICC1: (b - w) / (b + (k-1)*w), ICC1k: (b - w) / b,
		ICC2: (b - e) / (b + (k-1)*e + k*(j-e)/n), ICC2k: (b - e) / (b + (j-e)/n),
		ICC3: (b - e) / (b + (k-1)*e), ICC3k: (b - e) / b,
	}
}

// CronbachAlpha is the internal consistency of several items answered by the
// same people, complete answers[person][item]; it equals ICC3k.
func CronbachAlpha(answers [][]float64) float64 {
	return IntraclassCorrelation(answers).ICC3k
}
