package demand

import (
	"cmp"
	"math"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// FrameCell is one cell of the sampling frame as it stands in the roster, with how many of its
// enterprises were visited.
type FrameCell struct {
	Industry   string
	Size       string
	Population int // N
	Visited    int // n
}

// ApplyFrame gives every enterprise its stratum and design weight from the sampling frame.
//
// A stratum is industry × size. Within it the enterprises visited stand for all of the
// stratum, w = N/n, which also adjusts for those that refused or were never reached. A
// stratum with a single visit is merged with its neighbour by size in the same industry (with
// the other lonely ones across industries where there is none), so that its variance can be
// estimated. Strata without a visit are not represented by anyone; they are listed with the
// frame. Enterprises that the frame does not hold stand for themselves alone.
//
// A roster without population figures or a list of enterprises leaves the sample unweighted.
func (s *Sample) ApplyFrame(cb *codebook.Codebook, r *survey.Roster) {
	cells := frameCells(cb, r)
	s.Frame, s.Strata, s.Raked = nil, nil, false
	for i := range s.Enterprises {
		s.Enterprises[i].Stratum, s.Enterprises[i].Weight = -1, 1
	}
	if len(cells) == 0 {
		return
	}
	place := make(map[[2]string]int, len(cells))
	for i, c := range cells {
		place[[2]string{c.Industry, c.Size}] = i
	}
	of := make([]int, len(s.Enterprises))
	for i := range s.Enterprises {
		e := &s.Enterprises[i]
		at, ok := place[[2]string{e.Industry, e.Size}]
		if !ok {
			of[i] = -1
			continue
		}
		of[i] = at
		cells[at].Visited++
	}
	for i := range cells {
		cells[i].Population = max(cells[i].Population, cells[i].Visited)
	}
	s.Frame = cells
	s.stratify(of, mergeLonely(cells))
}

// frameCells reads the population of every cell: from the strata sheet, for cells it lacks by
// counting the enterprises listed. They are in codebook order.
func frameCells(cb *codebook.Codebook, r *survey.Roster) []FrameCell {
	if r == nil {
		return nil
	}
	count := make(map[[2]string]int)
	for _, st := range r.Strata {
		count[[2]string{st.Industry, st.Size}] += st.Population
	}
	listed := make(map[[2]string]int)
	for _, e := range r.Frame {
		listed[[2]string{e.Industry, e.Size}]++
	}
	for k, n := range listed {
		count[k] = max(count[k], n)
	}
	var cells []FrameCell
	for k, n := range count {
		if n > 0 {
			cells = append(cells, FrameCell{Industry: k[0], Size: k[1], Population: n})
		}
	}
	size := make(map[string]int)
	for i, code := range itemCodes(cb, "enterprise_size") {
		size[code] = i
	}
	slices.SortFunc(cells, func(a, b FrameCell) int {
		return cmp.Or(cmp.Compare(a.Industry, b.Industry), cmp.Compare(orEnd(size, a.Size), orEnd(size, b.Size)), cmp.Compare(a.Size, b.Size))
	})
	return cells
}

// mergeLonely groups the visited cells into strata; a cell without a visit gets −1.
func mergeLonely(cells []FrameCell) []int {
	group := make([]int, len(cells))
	for i := range group {
		group[i] = i
		if cells[i].Visited == 0 {
			group[i] = -1
		}
	}
	for i := range cells {
		if lonelyGroup(cells, group, group[i]) {
			if to := neighbour(cells, group, i); to >= 0 {
				replace(group, group[i], to)
			}
		}
	}
	pool := -1
	for i := range cells {
		switch {
		case !lonelyGroup(cells, group, group[i]):
		case pool < 0:
			pool = group[i]
		default:
			replace(group, group[i], pool)
		}
	}
	return group
}

// lonelyGroup reports a group with one visit that is not all of its population.
func lonelyGroup(cells []FrameCell, group []int, g int) bool {
	if g < 0 {
		return false
	}
	visited, population := 0, 0
	for i, c := range cells {
		if group[i] == g {
			visited, population = visited+c.Visited, population+c.Population
		}
	}
	return visited == 1 && population > 1
}

// neighbour is the group of the nearest visited cell of the same industry, the larger size
// first; −1 where there is none.
func neighbour(cells []FrameCell, group []int, i int) int {
	for d := 1; d < len(cells); d++ {
		for _, j := range [2]int{i - d, i + d} {
			if j >= 0 && j < len(cells) && cells[j].Industry == cells[i].Industry && group[j] >= 0 && group[j] != group[i] {
				return group[j]
			}
		}
	}
	return -1
}

func replace(group []int, from, to int) {
	for i := range group {
		if group[i] == from {
			group[i] = to
		}
	}
}

// stratify writes strata and weights; of gives the cell of every enterprise.
func (s *Sample) stratify(of, group []int) {
	number := make(map[int]int32)
	for i, g := range group {
		if g < 0 {
			continue
		}
		n, seen := number[g]
		if !seen {
			n = int32(len(s.Strata))
			number[g] = n
			s.Strata = append(s.Strata, Stratum{Industry: s.Frame[i].Industry, Size: s.Frame[i].Size})
		}
		s.Strata[n].join(s.Frame[i])
	}
	for i, cell := range of {
		if cell < 0 {
			continue
		}
		e := &s.Enterprises[i]
		e.Stratum = number[group[cell]]
		st := s.Strata[e.Stratum]
		e.Weight = float64(st.Population) / float64(st.Visited)
	}
}

func (st *Stratum) join(c FrameCell) {
	key := c.Industry + "/" + c.Size
	if st.Key != "" {
		key = st.Key + "+" + key
	}
	st.Key, st.Population, st.Visited = key, st.Population+c.Population, st.Visited+c.Visited
}

// Rake fits the weights to the known number of enterprises by industry, by size and by
// province (Deming & Stephan 1940). Industries and sizes are counted over the cells of the frame; the
// enterprises that the roster lists with their places say how each cell is spread over the provinces. Levels
// that nobody visited are counted with the smallest level of the margin that was. Variances go
// on treating the weights as given, which overstates them. It reports false, and changes nothing,
// where the frame does not allow it: a place not given, or no agreement among the margins.
func (s *Sample) Rake(r *survey.Roster) bool {
	if r == nil || len(s.Strata) == 0 || len(r.Frame) == 0 {
		return false
	}
	var rows []int
	for i := range s.Enterprises {
		if s.Enterprises[i].Stratum >= 0 {
			rows = append(rows, i)
		}
	}
	industries, sizes := &census{}, &census{}
	for _, c := range s.Frame {
		industries.add(c.Industry, float64(c.Population))
		sizes.add(c.Size, float64(c.Population))
	}
	margins := []estimate.Margin{
		s.margin(rows, industries, func(e *Enterprise) string { return e.Industry }),
		s.margin(rows, sizes, func(e *Enterprise) string { return e.Size }),
		s.margin(rows, s.provinces(r), func(e *Enterprise) string { return Province(e.Region) }),
	}
	weights := make([]float64, len(rows))
	for k, i := range rows {
		weights[k] = s.Enterprises[i].weight()
	}
	d, err := estimate.NewDesign(estimate.Sample{Weight: weights})
	if err != nil {
		return false
	}
	if d, err = d.Rake(margins, estimate.Raking{Tolerance: 1e-9}); err != nil {
		return false
	}
	for k, w := range d.Weights() {
		if math.IsNaN(w) || w <= 0 {
			return false
		}
		s.Enterprises[rows[k]].Weight = w
	}
	s.Raked = true
	return true
}

// census counts a population by one attribute, levels in the order in which they came.
type census struct {
	level map[string]int32
	total []float64
}

func (c *census) add(key string, n float64) {
	at, seen := c.level[key]
	if !seen {
		if c.level == nil {
			c.level = make(map[string]int32)
		}
		at = int32(len(c.total))
		c.level[key], c.total = at, append(c.total, 0)
	}
	c.total[at] += n
}

// provinces counts the population of the frame by province: the enterprises listed of a cell stand for its
// population, and all of them for the cells of which none is listed.
func (s *Sample) provinces(r *survey.Roster) *census {
	listed := make(map[[2]string]float64)
	for i := range r.Frame {
		listed[[2]string{r.Frame[i].Industry, r.Frame[i].Size}]++
	}
	population, all, spread := make(map[[2]string]float64), 0.0, 0.0
	for _, c := range s.Frame {
		key := [2]string{c.Industry, c.Size}
		population[key] = float64(c.Population)
		all += float64(c.Population)
		if listed[key] > 0 {
			spread += float64(c.Population)
		}
	}
	out := &census{}
	for i := range r.Frame {
		key := [2]string{r.Frame[i].Industry, r.Frame[i].Size}
		out.add(Province(r.Frame[i].Region), population[key]/listed[key]*all/spread)
	}
	return out
}

// margin places the enterprises visited in a census.
func (s *Sample) margin(rows []int, by *census, of func(*Enterprise) string) estimate.Margin {
	m := estimate.Margin{Total: slices.Clone(by.total)}
	for _, i := range rows {
		at, ok := by.level[of(&s.Enterprises[i])]
		if !ok {
			at = -1
		}
		m.Level = append(m.Level, at)
	}
	collapseUnvisited(&m)
	return m
}

// collapseUnvisited counts the levels that nobody visited with the smallest one that was, and
// numbers the levels anew: a margin cannot be met by nobody.
func collapseUnvisited(m *estimate.Margin) {
	visited := make([]bool, len(m.Total))
	for _, at := range m.Level {
		if at >= 0 {
			visited[at] = true
		}
	}
	smallest := -1
	for at, n := range m.Total {
		if visited[at] && (smallest < 0 || n < m.Total[smallest]) {
			smallest = at
		}
	}
	if smallest < 0 {
		return
	}
	number := make([]int32, len(m.Total))
	var totals []float64
	for at, n := range m.Total {
		if visited[at] {
			number[at] = int32(len(totals))
			totals = append(totals, n)
		}
	}
	for at, n := range m.Total {
		if !visited[at] {
			totals[number[smallest]] += n
		}
	}
	for k, at := range m.Level {
		if at >= 0 {
			m.Level[k] = number[at]
		}
	}
	m.Total = totals
}
