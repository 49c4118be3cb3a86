package estimate

import (
	"cmp"
	"math"
	"slices"
)

// Margin is one known distribution of the population: the level every row
// belongs to (0 … len(Total)-1) and the population total of every level.
type Margin struct {
	Level []int32
	Total []float64
}

// Raking says when iterative proportional fitting stops. The zero value fits
// to rounding error; R's rake stops far earlier unless told otherwise
// (control = list(epsilon = 1e-10, maxit = 1000) is the same as ours).
type Raking struct {
	Rounds    int     // most rounds over all margins; 0: 1000
	Tolerance float64 // largest change of a cell, as a share of all weight, that counts as settled; 0: 1e-13
}

// calibration is what remains of the margins once the weights are fitted.
type calibration struct {
	base    []float64 // weights before calibration
	weight  []float64 // weights after it
	margins []Margin
	stop    Raking
	cell    []int32   // row → cell of the margins' cross table
	level   [][]int32 // margin → cell → level
	count   []float64 // cell → rows
	before  []float64 // cell → base weight
	atoms   []atom
	atomOf  []int32 // row → atom
}

// atom is the part of a sampling unit that lies in one cell: all its rows
// share one calibration factor.
type atom struct {
	unit, cell   int32
	base, weight float64 // what it weighs before and after calibration
}

// PostStratify gives a design whose weights add up to known totals of one
// classification (cross several beforehand). The variance is that of the
// residuals from the level means (Särndal, Swensson & Wretman 1992, §7.6).
func (d *Design) PostStratify(m Margin) (*Design, error) {
	return d.calibrate([]Margin{m}, Raking{})
}

// Rake gives a design whose weights agree with several margins in turn
// (Deming & Stephan 1940). The variance is that of the residuals from the
// additive fit on all margins (Deville & Särndal 1992), computed as R survey
// does, from unweighted level means. Margins that cannot be met within the
// rounds of stop are an error.
func (d *Design) Rake(margins []Margin, stop Raking) (*Design, error) {
	return d.calibrate(margins, stop)
}

func (d *Design) calibrate(margins []Margin, stop Raking) (*Design, error) {
	if d.cal != nil {
		return nil, fault(FaultCalibrated, "Design", -1, 1, 0)
	}
	for _, m := range margins {
		if err := d.checkMargin(m); err != nil {
			return nil, err
		}
	}
	if err := checkSums(margins); err != nil {
		return nil, err
	}
	if stop.Rounds == 0 {
		stop.Rounds = 1000
	}
	if stop.Tolerance == 0 {
		stop.Tolerance = 1e-13
	}
	c := &calibration{base: d.weight, margins: margins, stop: stop}
	c.crossTable(len(d.weight))
	factor, settled := c.fit(c.before)
	if !settled {
		return nil, fault(FaultConvergence, "Margin", -1, float64(stop.Rounds), stop.Tolerance)
	}
	c.weight = make([]float64, len(d.weight))
	for i, k := range c.cell {
		c.weight[i] = d.weight[i] * factor[k]
	}
	c.findAtoms(d.unit)
	out := *d
	out.weight, out.cal = c.weight, c
	return &out, nil
}

// checkMargin refuses levels without a total and totals without a sample; a
// level with neither does no harm.
func (d *Design) checkMargin(m Margin) error {
	if len(m.Level) != len(d.weight) {
		return fault(FaultLength, "Margin", -1, float64(len(m.Level)), float64(len(d.weight)))
	}
	filled := make([]bool, len(m.Total))
	for i, g := range m.Level {
		if g < 0 || int(g) >= len(m.Total) {
			return fault(FaultCell, "Margin", i, float64(g), float64(len(m.Total)))
		}
		filled[g] = true
	}
	for g, total := range m.Total {
		if !(total >= 0) || math.IsInf(total, 1) || filled[g] != (total > 0) {
			return fault(FaultMargin, "Margin", -1, total, float64(g))
		}
	}
	return nil
}

// checkSums refuses margins whose grand totals differ by more than rounding.
func checkSums(margins []Margin) error {
	var first float64
	for k, m := range margins {
		var sum float64
		for _, t := range m.Total {
			sum += t
		}
		if k == 0 {
			first = sum
		}
		if math.Abs(sum-first) > 1e-3*first {
			return fault(FaultMargins, "Margin", -1, sum, first)
		}
	}
	return nil
}

// crossTable numbers the combinations of levels that occur.
func (c *calibration) crossTable(n int) {
	c.cell = make([]int32, n)
	c.level = make([][]int32, len(c.margins))
	found := map[string]int32{}
	key := make([]byte, 0, 4*len(c.margins))
	for i := range n {
		key = key[:0]
		for _, m := range c.margins {
			g := m.Level[i]
			key = append(key, byte(g), byte(g>>8), byte(g>>16), byte(g>>24))
		}
		k, seen := found[string(key)]
		if !seen {
			k = int32(len(found))
			found[string(key)] = k
			for m := range c.margins {
				c.level[m] = append(c.level[m], c.margins[m].Level[i])
			}
			c.count = append(c.count, 0)
			c.before = append(c.before, 0)
		}
		c.cell[i] = k
		c.count[k]++
		c.before[k] += c.base[i]
	}
}

// fit runs iterative proportional fitting on cell totals and gives the factor
// of every cell. A level without weight, as a replicate may have, keeps its
// factor.
func (c *calibration) fit(total []float64) (factor []float64, settled bool) {
	now := slices.Clone(total)
	last := slices.Clone(total)
	for round := 0; round < c.stop.Rounds && !settled; round++ {
		for m := range c.margins {
			c.fitMargin(now, m)
		}
		var moved, sum float64
		for k, v := range now {
			moved = max(moved, math.Abs(v-last[k]))
			sum += v
		}
		settled = moved <= c.stop.Tolerance*sum
		copy(last, now)
	}
	settled = settled && c.holds(now)
	factor = filled(len(total), 1)
	for k, v := range total {
		if v > 0 {
			factor[k] = now[k] / v
		}
	}
	return factor, settled
}

// holds reports that every level that has weight meets its total to 0.1 %:
// margins that contradict one another settle too, but on neither.
func (c *calibration) holds(now []float64) bool {
	for m, margin := range c.margins {
		have := make([]float64, len(margin.Total))
		for k, v := range now {
			have[c.level[m][k]] += v
		}
		for g, v := range have {
			if v > 0 && math.Abs(v-margin.Total[g]) > 1e-3*margin.Total[g] {
				return false
			}
		}
	}
	return true
}

// fitMargin scales the cells so that one margin holds.
func (c *calibration) fitMargin(now []float64, m int) {
	want := c.margins[m].Total
	have := make([]float64, len(want))
	for k, v := range now {
		have[c.level[m][k]] += v
	}
	for k := range now {
		if g := c.level[m][k]; have[g] > 0 {
			now[k] *= want[g] / have[g]
		}
	}
}

// findAtoms lists the parts of units by cell, in unit order.
func (c *calibration) findAtoms(unit []int32) {
	order := make([]int32, len(unit))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(i, j int32) int {
		return cmp.Or(cmp.Compare(unit[i], unit[j]), cmp.Compare(c.cell[i], c.cell[j]))
	})
	c.atomOf = make([]int32, len(unit))
	for _, i := range order {
		n := len(c.atoms)
		if n == 0 || c.atoms[n-1].unit != unit[i] || c.atoms[n-1].cell != c.cell[i] {
			c.atoms = append(c.atoms, atom{unit: unit[i], cell: c.cell[i]})
			n++
		}
		c.atoms[n-1].base += c.base[i]
		c.atoms[n-1].weight += c.weight[i]
		c.atomOf[i] = int32(n - 1)
	}
}

func (c *calibration) atomOfRow(i int32) int32 { return c.atomOf[i] }

// residuals turns unit totals of w·u into those of w times the residual of u
// on the margins. Rows without an answer have u = 0 and a residual all the same.
func (c *calibration) residuals(l Linearised, unit []float64) {
	var shift []float64
	if len(c.margins) == 1 {
		shift = c.levelMeans(l)
	} else {
		shift = c.additiveFit(l)
	}
	for _, a := range c.atoms {
		unit[a.unit] -= a.weight * shift[a.cell]
	}
}

// levelMeans are the means of u per cell under the weights before
// calibration: the fit of a single margin.
func (c *calibration) levelMeans(l Linearised) []float64 {
	sum := make([]float64, len(c.before))
	for k, i := range l.rows {
		if u := l.u[k]; u == u {
			sum[c.cell[i]] += c.base[i] * u
		}
	}
	for k := range sum {
		sum[k] /= c.before[k]
	}
	return sum
}

// additiveFit projects u on the margins by cycling over them until it settles.
func (c *calibration) additiveFit(l Linearised) []float64 {
	sum := make([]float64, len(c.count))
	for k, i := range l.rows {
		if u := l.u[k]; u == u {
			sum[c.cell[i]] += u
		}
	}
	shift := make([]float64, len(sum))
	for range 200 {
		var moved, scale float64
		for m := range c.margins {
			moved = max(moved, c.projectMargin(m, sum, shift))
		}
		for _, v := range shift {
			scale = max(scale, math.Abs(v))
		}
		if moved <= 1e-14*scale {
			break
		}
	}
	return shift
}

// projectMargin moves shift by the level means of what it leaves of u, and
// returns the largest move.
func (c *calibration) projectMargin(m int, sum, shift []float64) (moved float64) {
	levels := len(c.margins[m].Total)
	total, rows := make([]float64, levels), make([]float64, levels)
	for k, s := range sum {
		g := c.level[m][k]
		total[g] += s - c.count[k]*shift[k]
		rows[g] += c.count[k]
	}
	for k := range shift {
		g := c.level[m][k]
		step := total[g] / rows[g]
		shift[k] += step
		moved = max(moved, math.Abs(step))
	}
	return moved
}
