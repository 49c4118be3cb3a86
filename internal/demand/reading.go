package demand

import "slices"

// reading is what a reader works out of one rating of a competency by all figures at once. The answers of a
// cell are of up to four kinds, each of which adds up by itself: those of jobs that gave the other rating too
// (pairs) and of the others, in programmes with a curriculum and without. Every figure shown is the sum of
// some kinds. The guard withholds by simpler rules, one base after the other; the reading has the last word.
type reading struct {
	*guard
	counts   *table // counts the enterprises of several cells together
	side     remainder
	whole    []Flag // where the figures of the full base are withheld
	both     []Flag // where those of the pairs are
	narrowed []Flag // where the former rest on the pairs
	split    bool   // whether programmes with a curriculum are told from those without

	sum    []int32            // kind and cell → number of the answers it is the sum of; 0 where there are none
	column []int32            // kind and cell → its unknown in known; −1 where it is known or nothing
	parts  map[int32]equation // cell of both sorts of programme → its sum over programmes; nil unless split
	known  *system
}

// The kinds: 0 is pairs of programmes with a curriculum.
const (
	unpaired = 1 << iota
	untaught
	kinds
)

// asked is a sum of kinds that must not follow where it is that of few: of the jobs on a base. Where it is cut,
// these are only those of one sort of programme (untaught or 0).
type asked struct {
	of   []int
	base int
	cut  bool
	sort int
}

// questions are the sums asked for. The first two are those of the figures themselves.
func (r *reading) questions() []asked {
	out := []asked{
		{of: []int{0, unpaired, untaught, untaught | unpaired}, base: r.side.full},
		{of: []int{0, untaught}, base: onPairs},
		{of: []int{unpaired, untaught | unpaired}, base: r.side.rest},
	}
	for i, base := range sortBases {
		if sort := i * untaught; r.split {
			out = append(out, asked{of: []int{sort, sort | unpaired}, base: base},
				asked{[]int{sort}, onPairs, true, sort}, asked{[]int{sort | unpaired}, r.side.rest, true, sort})
		}
	}
	return out
}

// read solves what is shown of one side, whose sums are numbered.
func (g *guard) read(r remainder, sum []int32, whole, both, narrowed []Flag, t *tally, k int, split bool) *reading {
	out := g.newReading(r, &table{guard: g, tally: t, k: k}, split)
	out.sum, out.whole, out.both, out.narrowed = sum, whole, both, narrowed
	out.solve(false)
	return out
}

// newReading is one of a reader who knows nothing yet.
func (g *guard) newReading(r remainder, counts *table, split bool) *reading {
	out := &reading{guard: g, counts: counts, side: r, split: split}
	if split {
		out.parts = make(map[int32]equation)
		for _, s := range g.v.sums {
			if _, seen := out.parts[s.whole]; !seen && out.mixed(s.whole) && !slices.ContainsFunc(s.parts, out.mixed) {
				out.parts[s.whole] = s
			}
		}
	}
	return out
}

// mixed reports a cell with answers of both sorts of programme.
func (g *guard) mixed(n int32) bool {
	return g.stats[n].enterprises[onReference] > 0 && g.stats[n].enterprises[onUnreferenced] > 0
}

// number tells which sums are of the same answers, and which of none: those are one unknown, whatever cells they stand in.
func (g *guard) number(r remainder, t *tally, split bool) (sum []int32) {
	nodes, marks, numbers := len(g.stats), g.markKinds(r, t, split), numbering{0: 0}
	sum = make([]int32, nodes*kinds)
	for n, l := range g.v.lists {
		var of [kinds]uint64
		at := marks[l.level]
		for _, i := range l.cells {
			m := &at[i]
			of[0], of[unpaired] = of[0]+m[0], of[unpaired]+m[unpaired]
			of[untaught], of[untaught|unpaired] = of[untaught]+m[untaught], of[untaught|unpaired]+m[untaught|unpaired]
		}
		for kind, x := range of {
			sum[kind*nodes+n] = numbers.of(x)
		}
	}
	return sum
}

// numbering numbers sums of answers by what their marks add up to. Number 0 is of none.
type numbering map[uint64]int32

func (n numbering) of(marks uint64) int32 {
	number, seen := n[marks]
	if !seen {
		number = int32(len(n))
		n[marks] = number
	}
	return number
}

// markKinds makes marks that stand for the answers of each kind in the cells of each level: the marks of different answers differ.
func (g *guard) markKinds(r remainder, t *tally, split bool) *[levels][][kinds]uint64 {
	v, out := g.v, &g.marks
	for l := range out {
		if out[l] == nil {
			out[l] = make([][kinds]uint64, len(v.cells.owner[l]))
		}
		clear(out[l])
	}
	fine := t[byBoth]
	for f := range fine {
		sort := 0
		if split && fine[f].a[onReference] == 0 {
			sort = untaught
		}
		for i, base := range [...]int{onPairs, r.rest} {
			if fine[f].held(base) == 0 {
				continue
			}
			kind := sort + i*unpaired
			x := spreadOut(uint64(f)*kinds + uint64(kind))
			out[byBoth][f][kind] = x
			for l := byEnterprise; l < byBoth; l++ {
				out[l][v.cells.up[l][f]][kind] += x
			}
		}
	}
	return out
}

// shows says which figures of a cell are there. A rest is never published.
func (r *reading) shows(n int32) (full, pairs bool) {
	if int(n) >= len(r.v.domains) {
		return false, false
	}
	return r.whole[n] == "" && r.narrowed[n] == "", r.both[n] == ""
}

// published is a figure that is shown: of the full base, or of the pairs.
type published struct {
	cell int32
	full bool
}

// solve learns what is shown and all sums. Told to name them, it keeps the figures apart as columns of the
// system, from the one given on.
func (r *reading) solve(name bool) (figures []published, from int32) {
	nodes := int32(len(r.stats))
	count := r.unknowns(!name)
	var rows [][]term
	for n := range nodes {
		full, pairs := r.shows(n)
		if full {
			rows, figures = append(rows, r.row(n, 0, unpaired, untaught, untaught|unpaired)), append(figures, published{n, true})
		}
		if pairs {
			rows, figures = append(rows, r.row(n, 0, untaught)), append(figures, published{n, false})
		}
	}
	from = int32(len(count))
	for i := range figures {
		if name {
			rows[i] = append(rows[i], term{int32(len(count)), field - 1})
			count = append(count, witness-1) // each stands in one row
		}
	}
	rows = append(rows, r.sums()...)
	for _, row := range rows {
		for _, t := range row {
			count[t.column]++
		}
	}
	r.known = newSystem(count)
	for _, row := range rows {
		r.known.learn(row)
	}
	return figures, from
}

// unknowns lays out the columns of the system: a sum is left out where the figures of one of its cells tell it, if given
// is set.
func (r *reading) unknowns(given bool) (count []int32) {
	nodes := int32(len(r.stats))
	at := make([]int32, slices.Max(r.sum)+1) // sum → its unknown + 1; −1 where it is known
	at[0] = -1
	for n := range nodes {
		full, pairs := r.shows(n)
		for kind := range int32(kinds) {
			if sum := r.sum[kind*nodes+n]; given && !(r.split && r.mixed(n)) && r.given(n, int(kind), full, pairs) {
				at[sum] = -1
			}
		}
	}
	r.column = make([]int32, nodes*kinds)
	for i, sum := range r.sum {
		if at[sum] == 0 {
			count = append(count, 0)
			at[sum] = int32(len(count))
		}
		r.column[i] = max(at[sum], 0) - 1
	}
	return count
}

// sums are the equations between the cells, of each kind.
func (r *reading) sums() (rows [][]term) {
	for kind := range kinds {
		for _, s := range r.v.sums {
			row := r.row(s.whole, kind)
			for i := range row {
				row[i].by = field - 1
			}
			for _, p := range s.parts {
				row = append(row, r.row(p, kind)...)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// given reports a kind of a cell of one sort of programme that its own figures tell.
func (r *reading) given(n int32, kind int, full, pairs bool) bool {
	e := &r.stats[n].enterprises
	pairs = pairs || e[onPairs] == 0 || full && e[r.side.rest] == 0
	return pairs && (kind&unpaired == 0 || full)
}

// row is the sum of some kinds of a cell.
func (r *reading) row(n int32, of ...int) []term {
	out := make([]term, 0, len(of))
	for _, kind := range of {
		if c := r.column[kind*len(r.stats)+int(n)]; c >= 0 {
			out = append(out, term{c, 1})
		}
	}
	return out
}

// left is what of a sum of kinds of a cell cannot be worked out: nothing where it follows.
func (r *reading) left(n int32, of []int) []term {
	row := r.row(n, of...)
	if len(row) == 0 || len(row) == 1 && r.known.alone(row[0].column) {
		return nil
	}
	return r.known.left(row)
}

// holders are the cells whose answers on the base of a question are those asked for of a cell.
func (r *reading) holders(n int32, q asked) []int32 {
	if !q.cut {
		return []int32{n}
	}
	e := &r.stats[n].enterprises
	if q.sort == 0 && e[onReference] == 0 || q.sort == untaught && e[onUnreferenced] == 0 {
		return nil
	}
	if !r.mixed(n) {
		return []int32{n}
	}
	var out []int32
	for _, p := range r.parts[n].parts {
		out = append(out, r.holders(p, q)...)
	}
	return out
}

// few reports whether what is asked of several cells together is confidential.
func (r *reading) few(q asked, cells ...int32) bool {
	if !q.cut && len(cells) == 1 {
		s := &r.stats[cells[0]]
		return limit(int(s.enterprises[q.base]), r.counts.k, s.largest[q.base], s.weight[q.base]) != ""
	}
	var held []int32
	for _, n := range cells {
		held = append(held, r.holders(n, q)...)
	}
	return !r.counts.together(held, q.base)
}

// fewOfOneSort reports a mixed cell whose pairs, or other jobs, of one sort of programme are confidential.
func (r *reading) fewOfOneSort(n int32) bool {
	return slices.ContainsFunc(r.questions(), func(q asked) bool { return q.cut && r.few(q, n) })
}

// leak is what a reader must not work out and does: kinds of some cells together.
type leak struct {
	cells []int32
	of    []int
}

// leak finds the first one: of a cell, of what a sum leaves of its parts, or of two of these.
func (r *reading) leak() (leak, bool) {
	lacks := make([][]term, len(r.stats))
	for i, q := range r.questions() {
		for n := range lacks {
			n := int32(n)
			lacks[n] = r.left(n, q.of)
			if len(lacks[n]) == 0 && (i < 2 && r.withheld(n, i) || r.few(q, n)) {
				return leak{[]int32{n}, q.of}, true
			}
		}
		for _, s := range r.v.sums {
			if left := r.leaves(s, q, lacks); left != nil {
				return leak{left, q.of}, true
			}
		}
	}
	return leak{}, false
}

// leaves lists the parts of a sum that are left together and confidential; nil where there are none.
func (r *reading) leaves(s equation, q asked, lacks [][]term) (left []int32) {
	for _, p := range s.parts {
		if len(lacks[p]) == 0 {
			continue
		}
		for _, other := range left {
			if opposite(lacks[p], lacks[other]) && r.few(q, p, other) {
				return []int32{p, other}
			}
		}
		left = append(left, p)
	}
	if len(lacks[s.whole]) > 0 || len(left) == 0 || !r.few(q, left...) {
		return nil
	}
	return left
}

// opposite reports rows that make nothing together.
func opposite(a, b []term) bool {
	return slices.EqualFunc(a, b, func(a, b term) bool { return a.column == b.column && a.by+b.by == field })
}

// withheld reports a cell whose figure of the full base or of the pairs is not published, though there is one.
func (r *reading) withheld(n int32, question int) bool {
	if int(n) >= len(r.v.domains) {
		return false
	}
	if question == 0 {
		return r.whole[n] != "" && r.stats[n].enterprises[r.side.full] > 0
	}
	return r.both[n] != "" && r.stats[n].enterprises[onPairs] > 0
}

// remedy is the figure to do without against a leak: of those from which it follows, one that can be narrowed,
// else the one of the fewest enterprises. It reports false where the leak follows from none.
func (r *reading) remedy(l leak) (p published, narrow, found bool) {
	named := *r
	figures, from := named.solve(true)
	var row []term
	for _, n := range l.cells {
		row = append(row, named.row(n, l.of...)...)
	}
	return r.choose(figures, named.known.left(row), from)
}

// choose picks one of the figures, which are columns from the one given on, that a row names.
func (r *reading) choose(figures []published, row []term, from int32) (p published, narrow, found bool) {
	for _, t := range row {
		if t.column < from {
			continue
		}
		f := figures[t.column-from]
		can := f.full && r.both[f.cell] == "" && r.stats[f.cell].enterprises[r.side.rest] > 0 && r.stats[f.cell].enterprises[onPairs] > 0
		if !found || can && !narrow || can == narrow && r.dearer(p.cell, f.cell) {
			p, narrow, found = f, can, true
		}
	}
	return p, narrow, found
}

// mended is a figure to do without, as long as something follows that must not.
func (r *reading) mended() (p published, narrow, found bool) {
	if l, leaks := r.leak(); leaks {
		return r.remedy(l)
	}
	return p, false, false
}

// dearer reports whether the figures of a are missed more than those of b. The whole sample is missed most.
func (r *reading) dearer(a, b int32) bool {
	if a == 0 || b == 0 {
		return a == 0 && b != 0
	}
	return r.stats[a].enterprises[r.side.full] > r.stats[b].enterprises[r.side.full]
}
