package demand

import "slices"

// several is what a reader of all reports on a year works out of one rating of a competency. Base by base, the
// comparisons see to it that no change is confidential (see earlier.go); what all figures of all reports tell together
// has the last word here, as in one report (see reading.go). The answers of one kind in a node of a report are a sum by
// itself; where they are the same answers in two of these, it is one sum.
type several struct {
	*chronicle
	c, side, k int
	split      bool             // whether programmes with a curriculum are told from those without
	amount     [][kinds]float64 // finest cell → what the answers of each kind weigh
	most       float64          // the most that one enterprise weighs in all
	held       [][]int32        // report → kind of a node → its sum; 0 where there are no answers
	balances   []equation       // between sums
	earlier    []shown          // what the earlier reports show
	before     []bool           // sum → whether they show it outright
	past       []bool           // sum → whether it is of an earlier report too
	rank       int              // how many equations they make for these

	now   *reading // this report
	at    []int32  // sum → its unknown; −1 where it is known or nothing
	known *system
	lacks []int64         // sum → what of it does not follow, where that is drawn at random
	told  map[string]bool // what follows, though this report does not tell

	short []int64 // node → what of the sum that is asked for lacks
	again []uint8 // node → whether that was asked for before
	parts []int32
	mark  []int32 // enterprise → last count it was in
	round int32
	sum   []float64 // enterprise → what it weighs in that
}

// shown is what a report shows of a domain.
type shown struct {
	report, node int
	full, pairs  bool
	covered      []int // kinds of those with a curriculum, where that is shown
}

// newSeveral notes who answered what in one competency, and what the earlier reports show of it.
func (h *chronicle) newSeveral(c, side, k int) *several {
	s := &several{chronicle: h, c: c, side: side, k: k, told: make(map[string]bool)}
	s.short, s.again = make([]int64, len(h.within)), make([]uint8, len(h.within))
	s.mark, s.sum = make([]int32, len(h.who)), make([]float64, len(h.who))
	s.weigh()
	sums := s.hold()
	s.balance()
	for t := range s.tables {
		s.earlier = append(s.earlier, s.read(t)...)
	}
	s.before, s.past = make([]bool, sums), make([]bool, sums)
	for _, f := range s.earlier {
		s.give(f, s.before)
	}
	for _, held := range s.held[:len(s.tables)] {
		for _, sum := range held {
			s.past[sum] = sum > 0
		}
	}
	s.solve(nil, false)
	s.rank = s.ranked()
	return s
}

// weigh sums what the answers weigh, by kind.
func (s *several) weigh() {
	v := s.view
	ratings := [len(remainders)][2]int{{Required, Graduate}, {Graduate, Required}}[s.side]
	of, other, taught := v.Sample.Jobs.Ratings[s.c][ratings[0]], v.Sample.Jobs.Ratings[s.c][ratings[1]], v.taughtBy(s.c)
	s.amount = make([][kinds]float64, len(s.owner))
	total := make([]float64, len(s.who)+1)
	var sorts [2]bool
	for f := range s.amount {
		e, sort := s.owner[f], 0
		if taught[v.cells.prog[byBoth][f]+1] == unknown {
			sort = untaught
		}
		for _, j := range v.cells.order[v.cells.first[f]:v.cells.first[f+1]] {
			if v.amount[j] == 0 || of[j] == 0 {
				continue
			}
			kind, w := sort, float64(v.amount[j])*v.weight[e]
			if other[j] == 0 {
				kind |= unpaired
			}
			s.amount[f][kind] += w
			total[s.who[e]] += w
			sorts[sort/untaught] = true
		}
	}
	s.most = slices.Max(total)
	if s.split = s.side == 0 && sorts[0] && sorts[1]; !s.split {
		for f := range s.amount {
			a := &s.amount[f]
			*a = [kinds]float64{a[0] + a[untaught], a[unpaired] + a[untaught|unpaired]}
		}
	}
}

// hold numbers the sums by the answers they are of. It returns how many there are, with none.
func (s *several) hold() int {
	in := make([][]int, len(s.who)) // enterprise → the reports its answers stand in
	for t, stands := range s.stands {
		s.held = append(s.held, make([]int32, len(s.within)*kinds))
		for e, there := range stands {
			if there {
				in[e] = append(in[e], t)
			}
		}
	}
	marks := make([][kinds]uint64, len(s.amount))
	for f, amounts := range s.amount {
		for kind, w := range amounts {
			if w > 0 {
				marks[f][kind] = spreadOut(uint64(f)*kinds + uint64(kind))
			}
		}
	}
	numbers := numbering{0: 0}
	of := make([][kinds]uint64, len(s.stands))
	for n, cells := range s.within {
		clear(of)
		for _, f := range cells {
			for _, t := range in[s.owner[f]] {
				for kind, x := range marks[f] {
					of[t][kind] += x
				}
			}
		}
		for t := range of {
			for kind, x := range of[t] {
				s.held[t][n*kinds+kind] = numbers.of(x)
			}
		}
	}
	return len(numbers)
}

// spreadOut makes numbers of which no few add up to the same (Steele et al. 2014, SplitMix).
func spreadOut(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// balance lists the equations between the nodes, of each report and kind, as far as they differ.
func (s *several) balance() {
	for t, held := range s.held {
		for kind := range kinds {
			for _, e := range s.view.sums {
				again := t > 0
				sum := equation{whole: held[int(e.whole)*kinds+kind]}
				for _, p := range e.parts {
					i := int(p)*kinds + kind
					again = again && held[i] == s.held[t-1][i]
					if held[i] != 0 {
						sum.parts = append(sum.parts, held[i])
					}
				}
				if !again && len(sum.parts) > 1 { // of one part it is the same sum
					s.balances = append(s.balances, sum)
				}
			}
		}
	}
}

// read lists what a report shows.
func (s *several) read(t int) (out []shown) {
	for n, m := range s.places[t] {
		f := shown{report: t, node: n}
		switch {
		case m < 0:
			continue
		case t == len(s.tables):
			f.full, f.pairs = s.now.shows(m)
		default:
			table := s.tables[t]
			cell, narrowed := table.cell(int(m), s.c), table.narrowed[int(m)*len(table.Competencies)+s.c][s.side]
			f.full = !cell[remainders[s.side].of[0]].Flag.Suppressed()
			f.pairs = f.full && narrowed || !cell[qGap].Flag.Suppressed()
			f.full = f.full && !narrowed
			if s.split && !cell[qCoverage].Flag.Suppressed() {
				if f.covered = []int{0, unpaired}; narrowed {
					f.covered = []int{0}
				}
			}
		}
		if f.full || f.pairs || f.covered != nil {
			out = append(out, f)
		}
	}
	return out
}

// give marks the sums of a domain of one sort of programme that its own figures tell.
func (s *several) give(f shown, known []bool) {
	held := s.held[f.report][f.node*kinds : (f.node+1)*kinds]
	if held[0]+held[unpaired] > 0 && held[untaught]+held[untaught|unpaired] > 0 {
		return
	}
	for kind, sum := range held {
		sort := kind & untaught
		pairs := f.pairs || held[sort] == 0 || f.full && held[sort|unpaired] == 0
		if sum > 0 && pairs && (kind&unpaired == 0 || f.full) {
			known[sum] = true
		}
	}
}
