package campaign

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// What follows by subtraction: linear algebra over the sets of answers whose sums a report shows.

// answers is one set of answers that figures rest on.
type answers struct {
	name    string
	measure demand.Measure // by whose flags a domain's sum is known
	given   func(j int) bool
}

// subtraction solves for the answers of few enterprises, competency by competency; then for
// numbers of jobs, where the same jobs stand behind several competencies.
func (b *yearbook) subtraction(t *testing.T) {
	t.Helper()
	byJobs := make(map[string]*unions)
	for c, id := range b.sample.Competencies {
		r := b.sample.Jobs.Ratings[c]
		for _, set := range []answers{
			{"required", demand.MeanRequired, func(j int) bool { return r[demand.Required][j] > 0 }},
			{"importance", demand.MeanImportance, func(j int) bool { return r[demand.Importance][j] > 0 }},
			{"graduate", demand.MeanGraduate, func(j int) bool { return r[demand.Graduate][j] > 0 }},
			{"gap", demand.PerformanceGap, func(j int) bool { return r[demand.Required][j] > 0 && r[demand.Graduate][j] > 0 }},
		} {
			u := b.unions(func(j int) bool { return set.given(j) && b.view.Weight(j) > 0 })
			u.publish(func(d demand.Domain) bool { return !b.figure(d, id, set.measure).Flag.Suppressed() })
			u.attack(t, fmt.Sprint(b.year, " ", id, " ", set.name))
			key := fmt.Sprint(u.jobs)
			if byJobs[key] == nil {
				byJobs[key] = b.unions(func(j int) bool { return set.given(j) && b.view.Weight(j) > 0 })
			}
			byJobs[key].publish(func(d demand.Domain) bool { return !b.figure(d, id, set.measure).Flag.Suppressed() })
		}
	}
	for _, u := range byJobs {
		u.attack(t, fmt.Sprint(b.year, " numbers of jobs"))
	}
	hires := b.unions(func(j int) bool { return b.sample.Jobs.Hires[j] > 0 })
	hires.publish(func(d demand.Domain) bool { return !b.openings(d).Flag.Suppressed() })
	hires.attack(t, fmt.Sprint(b.year, " openings"))
}

// figure is a figure of the report; it must be there.
func (b *yearbook) figure(d demand.Domain, id codebook.CompetencyID, m demand.Measure) demand.Figure {
	f, there := b.cells[cellAt{d, id, m}]
	if !there {
		panic(fmt.Sprintf("%d has no %s of %s in %v", b.year, m, id, d))
	}
	return f
}

func (b *yearbook) openings(d demand.Domain) demand.Figure {
	f, there := b.cells[cellAt{domain: d}]
	if !there {
		panic(fmt.Sprintf("%d has no openings in %v", b.year, d))
	}
	return f
}

// unions holds the sets of answers whose sums are known, as rows over the smallest sets that any
// domain can tell apart, reduced by a prime.
type unions struct {
	b       *yearbook
	unit    map[[3]string]int // enterprise × programme × family → column
	jobs    []int             // that answered
	column  []int             // of each of them
	rows    [][]int64         // echelon form
	lead    []int             // row → its first column
	blind   []echo            // see blinds
	k       int
	weights []float64 // of each column
	owner   []int32   // of each column
}

const prime = 1<<31 - 1

func (b *yearbook) unions(given func(j int) bool) *unions {
	u := &unions{b: b, unit: make(map[[3]string]int), k: b.a.K}
	for j := range b.sample.Jobs.Len() {
		if !given(j) {
			continue
		}
		u.jobs = append(u.jobs, j)
		key := b.unitOf(j)
		at, known := u.unit[key]
		if !known {
			at = len(u.unit)
			u.unit[key], u.weights, u.owner = at, append(u.weights, 0), append(u.owner, b.sample.Jobs.Enterprise[j])
		}
		u.column = append(u.column, at)
		u.weights[at] += b.view.Weight(j)
	}
	return u
}

func (b *yearbook) unitOf(j int) [3]string {
	jobs := &b.sample.Jobs
	return [3]string{strconv.Itoa(int(jobs.Enterprise[j])), string(jobs.Programme[j]), string(jobs.Family[j])}
}

// set is the row of the answers that a test picks.
func (u *unions) set(in func(j int) bool) []int64 {
	row := make([]int64, len(u.unit))
	for i, j := range u.jobs {
		if in(j) {
			row[u.column[i]] = 1
		}
	}
	return row
}

// rest is what is left of a row once everything known is subtracted; all zero if it follows.
func (u *unions) rest(row []int64) []int64 {
	for r, known := range u.rows {
		if f := row[u.lead[r]]; f != 0 {
			for c, v := range known {
				row[c] = (row[c] + (prime-f)*v) % prime
			}
		}
	}
	return row
}

func (u *unions) publish(shown func(demand.Domain) bool) {
	for _, d := range u.b.truth.Domains {
		if shown(d) {
			u.learn(u.rest(u.set(func(j int) bool { return d.Holds(u.b.sample, j) })))
		}
	}
}

// learn adds a row that does not follow from the others.
func (u *unions) learn(row []int64) {
	at := slices.IndexFunc(row, func(v int64) bool { return v != 0 })
	if at < 0 {
		return
	}
	inverse, power := int64(1), row[at]
	for e := int64(prime - 2); e > 0; e >>= 1 {
		if e&1 == 1 {
			inverse = inverse * power % prime
		}
		power = power * power % prime
	}
	for c := range row {
		row[c] = row[c] * inverse % prime
	}
	for r, known := range u.rows { // keep every leading column to one row
		if f := known[at]; f != 0 {
			for c, v := range row {
				u.rows[r][c] = (known[c] + (prime-f)*v) % prime
			}
		}
	}
	u.rows, u.lead = append(u.rows, row), append(u.lead, at)
}

func zero(row []int64) bool { return !slices.ContainsFunc(row, func(v int64) bool { return v != 0 }) }

// echo is what two changes of the answers add to a sum; zero where neither is noticed.
type echo [2]int64

func (m echo) plus(n echo) echo { return echo{(m[0] + n[0]) % prime, (m[1] + n[1]) % prime} }
func (m echo) minus() echo      { return echo{(prime - m[0]) % prime, (prime - m[1]) % prime} }

// blinds draws two changes of the answers by lot that no known sum notices: any for the columns that lead
// no row, and for each that leads one what makes its row add up to nothing. A sum that follows from what
// is known does not notice them either; one that does not, but for a chance of one in a quintillion, does.
// So a set that is noticed needs no reduction, and echoes of sets add up as the sets do.
func (u *unions) blinds() {
	lot := rand.New(rand.NewPCG(2, 2026))
	u.blind = make([]echo, len(u.unit))
	for c := range u.blind {
		if !slices.Contains(u.lead, c) {
			u.blind[c] = echo{1 + lot.Int64N(prime-1), 1 + lot.Int64N(prime-1)}
		}
	}
	for r, c := range u.lead { // no other leading column stands in its row, which has a one there
		u.blind[c] = u.echoOf(u.rows[r]).minus()
	}
}

// echoOf is what the blind changes add to the sum of a row.
func (u *unions) echoOf(row []int64) (m echo) {
	for c, v := range row {
		if v != 0 {
			m[0], m[1] = (m[0]+v*u.blind[c][0])%prime, (m[1]+v*u.blind[c][1])%prime
		}
	}
	return m
}

// follows reports whether the sum of these rows together can be had from what is known, of which m is the echo.
func (u *unions) follows(m echo, rows ...[]int64) bool {
	if m != (echo{}) {
		return false
	}
	all := make([]int64, len(u.unit))
	for _, row := range rows {
		for c, v := range row {
			all[c] = (all[c] + v) % prime
		}
	}
	return zero(u.rest(all))
}

// attack tries every confidential domain, and within the whole and every one-way domain every set
// of fewer than k enterprises.
func (u *unions) attack(t testing.TB, what string) {
	t.Helper()
	u.blinds()
	whole := []demand.Domain{{}}
	for _, d := range u.b.truth.Domains {
		row := u.set(func(j int) bool { return d.Holds(u.b.sample, j) })
		if why := u.confidential(row); why != "" && u.follows(u.echoOf(row), row) {
			t.Errorf("%s: %s follows by subtraction: %s", what, d.Key(), why)
		}
		if len(strings.Split(d.Key(), "+")) == 1 && d != (demand.Domain{}) {
			whole = append(whole, d)
		}
	}
	for _, d := range whole {
		u.attackEnterprises(t, what+" in "+d.Key(), d)
	}
}

// confidential says why the answers of a row may not be known; "" where they may.
func (u *unions) confidential(row []int64) string {
	held := make(map[int32]float64)
	var sum, most float64
	for c, v := range row {
		if v != 0 {
			held[u.owner[c]] += u.weights[c]
			sum += u.weights[c]
			most = max(most, held[u.owner[c]])
		}
	}
	switch {
	case len(held) > 0 && len(held) < u.k:
		return fmt.Sprint(len(held), " enterprises")
	case sum > 0 && most > demand.Dominance*sum:
		return fmt.Sprintf("one enterprise has %.0f %%", 100*most/sum)
	}
	return ""
}

// attackEnterprises looks for one to four enterprises whose answers in a domain follow together.
func (u *unions) attackEnterprises(t testing.TB, what string, d demand.Domain) {
	t.Helper()
	sets := u.ofEnterprises(d)
	echoes := make([]echo, len(sets))
	for i, set := range sets {
		echoes[i] = u.echoOf(set)
	}
	together := func(who ...int) bool {
		var m echo
		var rows [][]int64
		for n, i := range who {
			if slices.Contains(who[:n], i) {
				return false
			}
			m, rows = m.plus(echoes[i]), append(rows, sets[i])
		}
		return u.follows(m, rows...)
	}
	pairs := make(map[echo][][2]int) // −(a+b) → who they are
	for i := range sets {
		if together(i) {
			t.Errorf("%s: the answers of one enterprise follow by subtraction", what)
			return
		}
		for k := i + 1; k < len(sets); k++ {
			if together(i, k) {
				t.Errorf("%s: the answers of two enterprises follow by subtraction", what)
				return
			}
			key := echoes[i].plus(echoes[k]).minus()
			pairs[key] = append(pairs[key], [2]int{i, k})
		}
	}
	for i := range sets {
		for _, p := range pairs[echoes[i]] {
			if together(i, p[0], p[1]) {
				t.Errorf("%s: the answers of three enterprises follow by subtraction", what)
				return
			}
		}
		for k := i + 1; k < len(sets); k++ {
			for _, p := range pairs[echoes[i].plus(echoes[k])] {
				if together(i, k, p[0], p[1]) {
					t.Errorf("%s: the answers of four enterprises follow by subtraction", what)
					return
				}
			}
		}
	}
}

// ofEnterprises are the answers in a domain as one set for each enterprise that has any.
func (u *unions) ofEnterprises(d demand.Domain) (sets [][]int64) {
	of := make(map[int32][]int64)
	for i, j := range u.jobs {
		if e := u.b.sample.Jobs.Enterprise[j]; d.Holds(u.b.sample, j) {
			if of[e] == nil {
				of[e] = make([]int64, len(u.unit))
			}
			of[e][u.column[i]] = 1
		}
	}
	for _, e := range slices.Sorted(maps.Keys(of)) {
		sets = append(sets, of[e])
	}
	return sets
}

// heard keeps what an attack says.
type heard struct {
	testing.TB
	said []string
}

func (h *heard) Helper() {}

func (h *heard) Errorf(format string, args ...any) {
	h.said = append(h.said, fmt.Sprintf(format, args...))
}

// TestEnterprisesFollow: sums of few among eight enterprises are found, whether they are known outright or as
// the difference of others; five, and what no difference leads to, are not.
func TestEnterprisesFollow(t *testing.T) {
	for _, k := range []struct {
		why   string
		known []string // whose sums are known
		want  string   // how many follow; none where empty
	}{
		{"nothing is known", nil, ""},
		{"one", []string{"c"}, "one"},
		{"two", []string{"ch"}, "two"},
		{"three", []string{"ach"}, "three"},
		{"four", []string{"acfh"}, "four"},
		{"five are as many as may be known", []string{"acfgh"}, ""},
		{"all, and all but one", []string{"abcdefgh", "abcdegh"}, "one"},
		{"all, and all but four", []string{"abcdefgh", "aceg"}, "four"},
		{"five that overlap in two", []string{"abcde", "defgh"}, ""},
		{"three sums, of which two make up the third but for two enterprises", []string{"abcde", "fgh", "abcdfg"}, "two"},
	} {
		b := &yearbook{sample: &demand.Sample{}, truth: &demand.Table{}}
		b.sample.Enterprises = make([]demand.Enterprise, 8)
		u := &unions{b: b, unit: map[[3]string]int{}, k: 5}
		for e := range 8 {
			b.sample.Jobs.Enterprise = append(b.sample.Jobs.Enterprise, int32(e))
			u.unit[[3]string{strconv.Itoa(e)}] = e
			u.jobs, u.column = append(u.jobs, e), append(u.column, e)
			u.weights, u.owner = append(u.weights, 1), append(u.owner, int32(e))
		}
		for _, sum := range k.known {
			u.learn(u.rest(u.set(func(j int) bool { return strings.ContainsRune(sum, rune('a'+j)) })))
		}
		h := &heard{TB: t}
		u.attack(h, "test")
		if said := strings.Join(h.said, "; "); (said == "") != (k.want == "") || !strings.Contains(said, k.want) {
			t.Errorf("%s: %q, want %q to follow", k.why, said, k.want)
		}
	}
}
