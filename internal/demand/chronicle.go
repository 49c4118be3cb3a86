package demand

import "slices"

// chronicle holds all answers that stand in any of the reports on a year: the earlier ones and this one, the last.
type chronicle struct {
	view   *View     // an enterprise stands there once for all that it ever answered differently
	who    []int32   // enterprise of the view → number of the enterprise whose answers they are
	stands [][]bool  // report → enterprise of the view → whether its answers are there
	born   []int32   // report → the first enterprise of the view that was in none before; one more closes the last
	owner  []int32   // finest cell → enterprise of the view
	within [][]int32 // node of the view → finest cells
	places [][]int32 // report → domain of the view → domain of the report; −1 where it has none
	tables []*Table  // the earlier reports
}

// newChronicle gathers the answers of a view and of the reports before it.
func newChronicle(v *View) *chronicle {
	h, all := &chronicle{}, &edition{known: make(map[string][]int32)}
	all.Year, all.Competencies = v.Sample.Year, v.Sample.Competencies
	all.Jobs.Ratings = make([][Measures][]uint8, len(all.Competencies))
	for _, p := range v.opt.Earlier {
		if p.answers == nil {
			p.answers = p.Sample.answers()
		}
		h.born, h.stands = append(h.born, int32(len(all.who))), append(h.stands, all.add(p.Sample, p.answers))
		h.tables = append(h.tables, p.Table)
	}
	h.born, h.stands = append(h.born, int32(len(all.who))), append(h.stands, all.add(v.Sample, v.answers))
	h.born, h.who = append(h.born, int32(len(all.who))), all.who
	for t, in := range h.stands {
		h.stands[t] = append(in, make([]bool, len(h.who)-len(in))...)
	}
	opt := v.opt
	opt.Base, opt.Earlier, opt.Skip = v.Base, nil, nil
	h.view = NewView(v.cb, &all.Sample, opt)
	h.lay()
	for _, t := range h.tables {
		h.places = append(h.places, h.placed(t.place))
	}
	h.places = append(h.places, h.placed(v.place))
	return h
}

// edition is a sample that takes in others: of every enterprise what it answered, anew where that differs.
type edition struct {
	Sample
	known map[string][]int32 // key → its enterprises here
	said  [][]string         // enterprise → its answers
	who   []int32            // enterprise → the first of the same key
}

// add takes in a sample and says which enterprises stand in it, as far as they are known yet.
func (s *edition) add(from *Sample, answers map[string][]string) (stands []bool) {
	at, fresh := make([]int32, len(from.Enterprises)), make([]bool, len(from.Enterprises))
	for e := range from.Enterprises {
		key := from.Enterprises[e].Key
		i := slices.IndexFunc(s.known[key], func(n int32) bool { return slices.Equal(s.said[n], answers[key]) })
		if i < 0 {
			i, fresh[e] = len(s.known[key]), true
			s.known[key] = append(s.known[key], int32(len(s.who)))
			s.said, s.who = append(s.said, answers[key]), append(s.who, s.known[key][0])
			s.Enterprises = append(s.Enterprises, from.Enterprises[e])
			s.Enterprises[len(s.Enterprises)-1].Stratum = -1
		}
		at[e] = s.known[key][i]
	}
	for j, e := range from.Jobs.Enterprise {
		if fresh[e] {
			s.Jobs.addFrom(&from.Jobs, j, at[e])
		}
	}
	stands = make([]bool, len(s.who))
	for _, n := range at {
		stands[n] = true
	}
	return stands
}

// lay finds the finest cells of every node, ascending.
func (h *chronicle) lay() {
	c := &h.view.cells
	h.owner = c.owner[byBoth]
	h.within = make([][]int32, len(h.view.lists))
	for l := range levels {
		for f := range h.owner {
			at := f
			if l < byBoth {
				at = int(c.up[l][f])
			}
			for _, n := range c.in[l].of(at) {
				h.within[n] = append(h.within[n], int32(f))
			}
		}
	}
}

// placed finds the domains of the view among those of a report.
func (h *chronicle) placed(place map[Domain]int) []int32 {
	out := make([]int32, len(h.view.domains))
	for n, d := range h.view.domains {
		out[n] = -1
		if m, ok := place[d]; ok {
			out[n] = int32(m)
		}
	}
	return out
}
