package demand

import (
	"fmt"
	"slices"
)

// solve learns what the earlier reports show, what this one does, and all sums. Told to name them, it keeps the figures
// of this report apart as columns of the system, from the one given on.
func (s *several) solve(now []shown, name bool) (figures []published, from int32) {
	known := slices.Clone(s.before)
	for _, f := range now {
		if !name {
			s.give(f, known)
		}
	}
	s.at = make([]int32, len(known))
	for i := range s.at {
		if s.at[i] = -1; i > 0 && !known[i] {
			s.at[i], from = from, from+1
		}
	}
	var rows [][]term
	for _, f := range s.earlier {
		for _, of := range f.sums() {
			rows = append(rows, s.row(nil, f.report, f.node, 1, of...))
		}
	}
	columns := from
	for _, f := range now {
		for _, of := range f.sums() {
			row := s.row(nil, f.report, f.node, 1, of...)
			if name {
				row = append(row, term{columns, field - 1})
				columns++
				figures = append(figures, published{s.places[f.report][f.node], f.full && len(of) == kinds})
			}
			rows = append(rows, row)
		}
	}
	rows = append(rows, s.equations()...)
	count := make([]int32, columns)
	for c := from; c < columns; c++ {
		count[c] = witness - 1 // each stands in one row
	}
	for _, row := range rows {
		for _, t := range row {
			count[t.column]++
		}
	}
	for i, c := range s.at {
		if c >= 0 && !s.past[i] {
			count[c] -= 1 << 24 // these lead first: what others lead is of the past alone
		}
	}
	s.known = newSystem(count)
	for _, row := range rows {
		s.known.learn(row)
	}
	return figures, from
}

// ranked counts the equations that hold between sums of earlier reports.
func (s *several) ranked() (n int) {
	for i, past := range s.past {
		if past && !s.before[i] && (s.at[i] < 0 || s.known.leader[s.at[i]] >= 0) {
			n++
		}
	}
	return n
}

// sums are the kinds that the figures add up.
func (f shown) sums() (out [][]int) {
	if f.full {
		out = append(out, []int{0, unpaired, untaught, untaught | unpaired})
	}
	if f.pairs {
		out = append(out, []int{0, untaught})
	}
	if f.covered != nil {
		out = append(out, f.covered)
	}
	return out
}

// equations are the balances between what is not known outright.
func (s *several) equations() (rows [][]term) {
	for _, e := range s.balances {
		var row []term
		if c := s.at[e.whole]; c >= 0 {
			row = append(row, term{c, field - 1})
		}
		for _, p := range e.parts {
			if c := s.at[p]; c >= 0 {
				row = append(row, term{c, 1})
			}
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// row adds the sum of some kinds of a node in a report, so many times.
func (s *several) row(out []term, t, n int, by int64, of ...int) []term {
	for _, kind := range of {
		if c := s.at[s.held[t][n*kinds+kind]]; c >= 0 {
			out = append(out, term{c, by})
		}
	}
	return out
}

// draw puts what is not known at random and works out the rest: what does not come to nothing there does not follow.
func (s *several) draw() {
	s.lacks = make([]int64, len(s.at))
	at := func(column int32) int64 { return 1 + int64(spreadOut(uint64(column))%(field-1)) }
	for i, c := range s.at {
		switch {
		case c < 0:
		case s.known.leader[c] < 0:
			s.lacks[i] = at(c)
		default:
			for _, t := range s.known.rows[s.known.leader[c]] {
				if t.column != c {
					s.lacks[i] = (s.lacks[i] + (field-t.by)*at(t.column)) % field
				}
			}
		}
	}
}

// since is a sum of kinds of some nodes: as it stands in a report, or how it changed since an earlier one.
type since struct {
	report, then int // −1 for none
	nodes        []int32
	of           []int
}

// leak finds the first sum that a reader must not work out and does: of a node in a report, its change between two, what
// a sum leaves of its parts, or of two of these. Of the earlier reports alone that is asked only where this one tells more.
func (s *several) leak() (since, bool) {
	s.draw()
	least := len(s.tables)
	if s.ranked() > s.rank {
		least = 0
	}
	kinds := [][]int{{0, unpaired}, {0}, {unpaired}}
	if s.split {
		kinds = append(kinds, [][]int{{untaught, untaught | unpaired}, {untaught}, {untaught | unpaired},
			{0, unpaired, untaught, untaught | unpaired}, {0, untaught}, {unpaired, untaught | unpaired}}...)
	}
	for report := len(s.tables); report >= least; report-- {
		for then := -1; then < report; then++ {
			for _, of := range kinds {
				if q := (since{report: report, then: then, of: of}); s.leaks(&q) {
					return q, true
				}
			}
		}
	}
	return since{}, false
}

// leaks names the nodes of which what is asked for must not follow and does.
func (s *several) leaks(q *since) bool {
	any := false
	for n := range s.within {
		var fresh bool
		s.short[n], fresh = s.lacking(*q, n)
		if fresh && s.short[n] == 0 && s.follows(*q, int32(n)) {
			q.nodes = []int32{int32(n)}
			return true
		}
		any = any || s.short[n] != 0
	}
	return any && slices.ContainsFunc(s.view.sums, func(e equation) bool { return s.leaves(q, e) })
}

// lacking is what does not follow of what is asked for of one node. Fresh is what was not asked for before and is not shown
// outright by the earlier reports.
func (s *several) lacking(q since, n int) (left int64, fresh bool) {
	again := uint8(asAfter | asBefore)
	for _, kind := range q.of {
		i := n*kinds + kind
		now, then := s.held[q.report][i], int32(0)
		if q.then >= 0 {
			then = s.held[q.then][i]
		}
		if q.report == len(s.tables) || now != s.held[q.report+1][i] {
			again &^= asAfter
		}
		if q.then <= 0 || then != s.held[q.then-1][i] {
			again &^= asBefore
		}
		if now != then {
			fresh = fresh || q.report == len(s.tables) || now > 0 && !s.before[now] || then > 0 && !s.before[then]
			left += s.lacks[now] - s.lacks[then]
		}
	}
	if left %= field; left < 0 {
		left += field
	}
	s.again[n] = again
	return left, fresh && again == 0
}

// What is asked for of a node may be what was asked for before.
const (
	asAfter  = 1 << iota // of the report after
	asBefore             // since the report before then
)

// leaves names the parts of a sum that follow together and must not: two of them, or all that do not follow alone.
func (s *several) leaves(q *since, e equation) bool {
	again, any := uint8(asAfter|asBefore), false
	for _, p := range e.parts {
		again, any = again&s.again[p], any || s.short[p] != 0
	}
	if again != 0 || !any {
		return false
	}
	s.parts = s.parts[:0]
	for _, p := range e.parts {
		if s.short[p] == 0 {
			continue
		}
		for _, o := range s.parts {
			if s.short[p]+s.short[o] == field && s.follows(*q, p, o) {
				q.nodes = []int32{p, o}
				return true
			}
		}
		s.parts = append(s.parts, p)
	}
	if s.short[e.whole] == 0 && s.follows(*q, s.parts...) {
		q.nodes = slices.Clone(s.parts)
		return true
	}
	return false
}

// follows reports whether what is asked for of nodes together is confidential, and follows from what this report shows.
func (s *several) follows(q since, nodes ...int32) bool {
	if !s.few(q, nodes) || len(s.known.left(s.asked(q, nodes))) > 0 {
		return false
	}
	q.nodes = nodes
	return len(s.told) == 0 || !s.told[fmt.Sprint(q)]
}

// asked is the row of what is asked for.
func (s *several) asked(q since, nodes []int32) (row []term) {
	for _, n := range nodes {
		row = s.row(row, q.report, int(n), 1, q.of...)
		if q.then >= 0 {
			row = s.row(row, q.then, int(n), field-1, q.of...)
		}
	}
	return row
}

// few reports whether the answers asked for are confidential together. The newest are looked at first: these changed.
func (s *several) few(q since, nodes []int32) bool {
	s.round++
	enterprises, weight, largest := 0, 0.0, 0.0
	for _, n := range nodes {
		cells := s.within[n]
		for i := len(cells) - 1; i >= 0; i-- {
			f := cells[i]
			e := s.owner[f]
			if e >= s.born[q.report+1] || s.stands[q.report][e] == (q.then >= 0 && s.stands[q.then][e]) {
				continue
			}
			w := 0.0
			for _, kind := range q.of {
				w += s.amount[f][kind]
			}
			if w == 0 {
				continue
			}
			who := s.who[e]
			if s.mark[who] != s.round {
				s.mark[who], s.sum[who] = s.round, 0
				enterprises++
			}
			s.sum[who] += w
			weight, largest = weight+w, max(largest, s.sum[who])
			if enterprises >= s.k && s.most <= Dominance*weight {
				return false
			}
		}
	}
	return limit(enterprises, s.k, largest, weight) != ""
}

// mended is a figure to do without, as long as something follows that must not: see reading.remedy. What the earlier
// reports alone tell is no reason.
func (s *several) mended(now *reading) (p published, narrow, found bool) {
	s.now = now
	shown := s.read(len(s.tables))
	s.solve(shown, false)
	for q, leaks := s.leak(); leaks; q, leaks = s.leak() {
		named := *s
		figures, from := named.solve(shown, true)
		if p, narrow, found = now.choose(figures, named.known.left(named.asked(q, q.nodes)), from); found {
			return p, narrow, true
		}
		s.told[fmt.Sprint(q)] = true
	}
	return p, false, false
}

// open chooses those of the domains whose coverage gap may be shown beside the earlier reports.
func (s *several) open(domains []int32) []int32 {
	lacks := func(n int32) bool { return len(s.known.left(s.covered(n))) > 0 }
	if !slices.ContainsFunc(domains, lacks) || s.learn(domains...) {
		return domains
	}
	for _, n := range domains {
		if lacks(n) {
			s.learn(n)
		}
	}
	return slices.DeleteFunc(domains, lacks)
}

// covered is the sum that the coverage gap of a domain of this report tells.
func (s *several) covered(n int32) []term {
	return s.row(nil, len(s.tables), s.view.place[s.now.v.domains[n]], 1, 0, unpaired)
}

// learn adds the coverage gaps of domains, unless something follows that must not.
func (s *several) learn(domains ...int32) bool {
	before := s.known
	s.known = before.clone()
	for _, n := range domains {
		s.known.learn(s.covered(n))
	}
	if _, found := s.leak(); found {
		s.known = before
		return false
	}
	return true
}
