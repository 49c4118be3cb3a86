package demand

import "slices"

// field is the prime by which the linear systems are solved: their coefficients are 0, 1 and
// −1, and arithmetic by a prime is exact where fractions would grow.
const field = 1<<31 - 1

// term is a coefficient other than zero in the row of an equation.
type term struct {
	column int32
	by     int64
}

// witness is the count of a column that stands for a known value by name: it leads no row, so what follows says
// from which values it does.
const witness = 1<<31 - 1

// system is what follows from linear equations, in reduced echelon form: sparse rows in order of their
// columns, each led by a column that no other row holds.
type system struct {
	rows   [][]term
	leader []int32 // column → the row it leads; −1 for none
	count  []int32 // column → how many equations hold it: rare columns lead, which keeps rows short

	last []int32 // column → the last of its links; −1 for none. Nil in a small system, which looks through all rows
	link []link

	sum     []int64 // column → what is being added up
	touched []int32
}

// large is so many columns that looking for the rows that hold one costs more than noting it.
const large = 400

// link says that a row holds, or once held, a column.
type link struct{ row, before int32 }

func newSystem(count []int32) *system {
	s := &system{leader: make([]int32, len(count)), count: count, sum: make([]int64, len(count))}
	for c := range s.leader {
		s.leader[c] = -1
	}
	if len(count) > large {
		s.last = slices.Clone(s.leader)
	}
	return s
}

// clone is a system of its own with what is known.
func (s *system) clone() *system {
	out := newSystem(s.count)
	out.rows, out.leader = slices.Clone(s.rows), slices.Clone(s.leader)
	out.last, out.link = slices.Clone(s.last), slices.Clone(s.link)
	return out
}

// learn adds an equation.
func (s *system) learn(row []term) {
	row = s.left(row)
	if len(row) == 0 {
		return
	}
	lead := row[0]
	for _, t := range row[1:] {
		if s.count[t.column] < s.count[lead.column] {
			lead = t
		}
	}
	if s.count[lead.column] == witness {
		return
	}
	by := inverse(lead.by)
	for i := range row {
		row[i].by = row[i].by * by % field
	}
	if s.last == nil {
		for r := range s.rows {
			s.clear(int32(r), lead.column, row)
		}
	} else {
		for at := s.last[lead.column]; at >= 0; at = s.link[at].before {
			s.clear(s.link[at].row, lead.column, row)
		}
	}
	s.leader[lead.column] = int32(len(s.rows))
	s.rows = append(s.rows, row)
	if s.last != nil {
		for _, t := range row {
			s.note(int32(len(s.rows)-1), t.column)
		}
	}
}

// clear takes a column out of a row, by the row that it leads.
func (s *system) clear(r, column int32, by []term) {
	other := s.rows[r]
	times := coefficient(other, column)
	if times == 0 {
		return
	}
	s.rows[r] = without(other, by, times)
	if s.last == nil {
		return
	}
	for _, t := range by {
		if t.column != column && coefficient(other, t.column) == 0 {
			s.note(r, t.column)
		}
	}
}

// note says that a row holds a column.
func (s *system) note(row, column int32) {
	s.link = append(s.link, link{row, s.last[column]})
	s.last[column] = int32(len(s.link) - 1)
}

// coefficient is that of a column in a row in order of its columns.
func coefficient(row []term, column int32) int64 {
	lo, hi := 0, len(row)
	for lo < hi {
		if mid := (lo + hi) / 2; row[mid].column < column {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(row) && row[lo].column == column {
		return row[lo].by
	}
	return 0
}

// left is what of a row does not follow from the system, in order of its columns.
func (s *system) left(row []term) []term {
	s.touched = s.touched[:0]
	for _, t := range row {
		r := s.leader[t.column]
		if r < 0 {
			s.put(t.column, t.by)
			continue
		}
		for _, known := range s.rows[r] {
			if known.column != t.column {
				s.put(known.column, (field-known.by)*t.by%field)
			}
		}
	}
	slices.Sort(s.touched)
	out := make([]term, 0, len(s.touched))
	for _, c := range s.touched {
		if s.sum[c] != 0 {
			out = append(out, term{c, s.sum[c]})
			s.sum[c] = 0
		}
	}
	return out
}

func (s *system) put(column int32, by int64) {
	if s.sum[column] == 0 {
		s.touched = append(s.touched, column)
	}
	s.sum[column] = (s.sum[column] + by) % field
}

// alone reports a column whose value follows.
func (s *system) alone(column int32) bool {
	r := s.leader[column]
	return r >= 0 && len(s.rows[r]) == 1
}

// without is a − by·b, for rows in order of their columns.
func without(a, b []term, by int64) []term {
	out := make([]term, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].column < b[0].column:
			out, a = append(out, a[0]), a[1:]
			continue
		case len(a) == 0 || b[0].column < a[0].column:
			out = append(out, term{b[0].column, (field - by) * b[0].by % field})
		default:
			if left := (a[0].by + (field-by)*b[0].by) % field; left != 0 {
				out = append(out, term{a[0].column, left})
			}
			a = a[1:]
		}
		b = b[1:]
	}
	return out
}

// inverse is a^(p−2): the inverse of a by the prime.
func inverse(a int64) int64 {
	if a == 1 || a == field-1 {
		return a
	}
	result, power := int64(1), field-2
	for ; power > 0; power >>= 1 {
		if power&1 == 1 {
			result = result * a % field
		}
		a = a * a % field
	}
	return result
}

// determined lists the unknown cells that follow from the known ones: those with a row of
// their own in the reduced system of all sums.
func determined(sums []equation, unknown func(int32) bool) []int32 {
	var column, cells, count []int32 // column: cell → its unknown + 1; 0 for none
	var rows [][]term
	for _, s := range sums {
		row := make([]term, 0, len(s.parts)+1)
		add := func(n int32, by int64) {
			if !unknown(n) {
				return
			}
			if int(n) >= len(column) {
				column = append(column, make([]int32, int(n)+1-len(column))...)
			}
			if column[n] == 0 {
				cells, count = append(cells, n), append(count, 0)
				column[n] = int32(len(cells))
			}
			count[column[n]-1]++
			row = append(row, term{column[n] - 1, by})
		}
		add(s.whole, field-1)
		for _, p := range s.parts {
			add(p, 1)
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	known := newSystem(count)
	for _, row := range rows {
		known.learn(row)
	}
	var out []int32
	for c, n := range cells {
		if known.alone(int32(c)) {
			out = append(out, n)
		}
	}
	return out
}
