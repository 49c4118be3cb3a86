package gap

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
)

// hoursPerLevel is what a level costs where the curriculum gives no hours to reckon from.
const hoursPerLevel = 8

// plan finds the changes that close most weighted coverage gap within the budget.
func (r *run) plan(g *DomainGap) Plan {
	p := Plan{Budget: r.in.Budget}
	m := r.curriculum()
	if m == nil {
		return p
	}
	rate := levelCosts(m)
	p.Costing = say(
		"学时估算：按该模块现有“学时÷教学水平”推算每提高一级所需学时；没有学时的按全部模块的中位数 "+strconv.Itoa(rate.median)+" 学时。没有模块讲授的能力先要有模块承担，不在此计划内。权重为重要程度。",
		"Hours are reckoned from what the module spends per level today; where it gives none, from the median of all modules, "+strconv.Itoa(rate.median)+" hours a level. A competency that no module teaches needs a home first and is not in this plan. The weight is importance.")
	groups := r.raises(m, g, rate)
	for _, group := range groups {
		p.Open += group.weight * group.gap
	}
	for i, choice := range bestRaises(groups, p.Budget) {
		left := groups[i].gap
		if len(groups[i].options) == 0 {
			p.Unable = append(p.Unable, groups[i].competency)
		}
		if choice >= 0 {
			o := groups[i].options[choice]
			p.Steps = append(p.Steps, o.Step)
			p.Used += o.Hours
			p.Closed += o.Closes
			left -= o.closed
		}
		if left > 1e-9 {
			p.Left = append(p.Left, Remaining{groups[i].competency, left})
		}
	}
	slices.SortStableFunc(p.Steps, func(a, b Step) int { return cmp.Compare(b.Closes, a.Closes) })
	return p
}

// raise is one way to raise what is taught of one competency.
type raise struct {
	Step
	closed float64 // levels of gap, unweighted
}

// raiseGroup holds the ways to raise one competency, of which at most one is taken.
type raiseGroup struct {
	competency codebook.CompetencyID
	weight     float64
	gap        float64
	options    []raise
}

// raises lists, for every competency whose demand lies above what is taught, the levels it
// could be raised to and what each costs.
func (r *run) raises(m *curriculum.Map, g *DomainGap, rate costs) []raiseGroup {
	var out []raiseGroup
	var sum float64
	for i := range g.Rows {
		row := &g.Rows[i]
		if !row.Importance.Shown() || !row.Coverage.Known || !row.Coverage.Gap.Shown() || row.Coverage.Gap.Estimate <= 0 {
			continue
		}
		group := raiseGroup{competency: row.Competency, weight: row.Importance.Estimate, gap: row.Coverage.Gap.Estimate}
		group.options = raiseOptions(m, g, row, rate)
		out = append(out, group)
		sum += group.weight
	}
	for i := range out {
		out[i].weight /= sum
		for k := range out[i].options {
			out[i].options[k].Closes = out[i].weight * out[i].options[k].closed
		}
	}
	return out
}

func raiseOptions(m *curriculum.Map, g *DomainGap, row *Row, rate costs) []raise {
	module, cost, ok := cheapest(m, g, row, rate)
	if !ok {
		return nil
	}
	from := int(row.Coverage.Taught)
	var out []raise
	for to := from + 1; to <= 5 && float64(to-1-from) < row.Coverage.Gap.Estimate; to++ {
		closed := math.Min(float64(to-from), row.Coverage.Gap.Estimate)
		out = append(out, raise{
			Step:   Step{Module: module, Competency: row.Competency, From: from, To: to, Hours: (to - from) * cost},
			closed: closed,
		})
	}
	return out
}

// cheapest is the module, among those that teach the competency highest in the programme,
// whose level costs the fewest hours; false where no module teaches it.
func cheapest(m *curriculum.Map, g *DomainGap, row *Row, rate costs) (best curriculum.ModuleCode, cost int, ok bool) {
	for _, mod := range m.Of(g.Domain.Programme) {
		for _, t := range mod.Teaches {
			if t.Competency != row.Competency || float64(t.Level) != row.Coverage.Taught {
				continue
			}
			if c := rate.of(t); !ok || c < cost {
				best, cost, ok = mod.Code, c, true
			}
		}
	}
	return best, cost, ok
}

// costs reckons the hours of a level.
type costs struct{ median int }

func levelCosts(m *curriculum.Map) costs {
	var all []int
	for _, mod := range m.Modules {
		for _, t := range mod.Teaches {
			if t.Hours.Known() && t.Hours.Value > 0 && t.Level > 0 {
				all = append(all, perLevel(t))
			}
		}
	}
	if len(all) == 0 {
		return costs{hoursPerLevel}
	}
	slices.Sort(all)
	return costs{all[(len(all)-1)/2]}
}

func (c costs) of(t curriculum.Teaching) int {
	if t.Hours.Known() && t.Hours.Value > 0 && t.Level > 0 {
		return perLevel(t)
	}
	return c.median
}

func perLevel(t curriculum.Teaching) int {
	return max(1, int(math.Ceil(t.Hours.Value/float64(t.Level))))
}

// bestRaises chooses at most one option of every group so that most weighted gap is closed
// within the budget: the multiple-choice knapsack problem, solved exactly by dynamic
// programming over whole hours. Of equally good choices it takes the one with fewer hours. It
// returns the option taken in every group, −1 for none.
func bestRaises(groups []raiseGroup, budget int) []int {
	budget = max(budget, 0)
	value := make([]float64, budget+1) // value[h]: most closed with at most h hours
	taken := make([][]int8, len(groups))
	for i, g := range groups {
		next := slices.Clone(value)
		taken[i] = make([]int8, budget+1)
		for h := range next {
			taken[i][h] = -1
			for k, o := range g.options {
				if o.Hours <= h && value[h-o.Hours]+o.Closes > next[h]+1e-12 {
					next[h], taken[i][h] = value[h-o.Hours]+o.Closes, int8(k)
				}
			}
		}
		value = next
	}
	h := 0
	for k := range value { // the fewest hours that close as much as the budget can
		if value[k] > value[h]+1e-12 {
			h = k
		}
	}
	out := make([]int, len(groups))
	for i := len(groups) - 1; i >= 0; i-- {
		out[i] = int(taken[i][h])
		if out[i] >= 0 {
			h -= groups[i].options[out[i]].Hours
		}
	}
	return out
}
