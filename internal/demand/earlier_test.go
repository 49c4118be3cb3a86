package demand

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// A reader holds several reports on one year. Between them enterprises came, went, or changed what
// they had answered. He knows which, and what every answer weighs; he solves for the answers.

// column is what one enterprise answered in a programme and family, in one version, of the jobs that gave both
// the required and the graduate level or of the others.
type column struct {
	enterprise, version string
	both                bool
	programme           codebook.ProgrammeID
	family              codebook.FamilyID
}

// ledger holds what is known as rows over the columns, in echelon form by a prime.
type ledger struct {
	columns map[column]int
	rows    [][]int64
	lead    []int
}

func (l *ledger) at(c column) int {
	i, known := l.columns[c]
	if !known {
		i = len(l.columns)
		l.columns[c] = i
	}
	return i
}

// row adds up the answers that in picks.
func (l *ledger) row(s *Sample, version map[string]string, c int, m int, in func(j int) bool) []int64 {
	row := make([]int64, 600)
	for j := range s.Jobs.Len() {
		if key := s.Enterprises[s.Jobs.Enterprise[j]].Key; s.Jobs.Ratings[c][m][j] > 0 && in(j) {
			both := s.Jobs.Ratings[c][Required][j] > 0 && s.Jobs.Ratings[c][Graduate][j] > 0
			row[l.at(column{key, version[key], both, s.Jobs.Programme[j], s.Jobs.Family[j]})] = 1
		}
	}
	return row
}

func (l *ledger) rest(row []int64) []int64 {
	row = slices.Clone(row)
	for r, known := range l.rows {
		if f := row[l.lead[r]]; f != 0 {
			for c, v := range known {
				if v != 0 {
					row[c] = (row[c] + (field-f)*v) % field
				}
			}
		}
	}
	return row
}

func (l *ledger) learn(row []int64) {
	row = l.rest(row)
	at := slices.IndexFunc(row, func(v int64) bool { return v != 0 })
	if at < 0 {
		return
	}
	by := inverse(row[at])
	for c := range row {
		row[c] = row[c] * by % field
	}
	for r, known := range l.rows {
		if f := known[at]; f != 0 {
			for c, v := range row {
				if v != 0 {
					l.rows[r][c] = (known[c] + (field-f)*v) % field
				}
			}
		}
	}
	l.rows, l.lead = append(l.rows, row), append(l.lead, at)
}

func (l *ledger) follows(row []int64) bool {
	return !slices.ContainsFunc(l.rest(row), func(v int64) bool { return v != 0 })
}

// issue is one report as its reader has it.
type issue struct {
	s       *Sample
	t       *Table
	version map[string]string // enterprise → which of its answers stand in it
}

// know learns every figure that the reports show.
func know(issues []issue, c, m int, measure Measure) *ledger {
	l := &ledger{columns: make(map[column]int)}
	for _, i := range issues {
		for _, d := range i.t.Domains {
			if !i.t.Figure(d, i.s.Competencies[c], measure).Flag.Suppressed() {
				l.learn(l.row(i.s, i.version, c, m, func(j int) bool { return d.Holds(i.s, j) }))
			}
		}
	}
	return l
}

// found lists what follows about fewer than k enterprises: the answers of one, of a domain with few,
// or how those of few changed between two reports.
func (l *ledger) found(issues []issue, c, m, k int) (out []string) {
	for n, i := range issues {
		for _, d := range i.t.Domains {
			row := l.row(i.s, i.version, c, m, func(j int) bool { return d.Holds(i.s, j) })
			if few := l.holders(row); few > 0 && few < k && l.follows(row) {
				out = append(out, fmt.Sprintf("report %d, %s: %d enterprises", n, d.Key(), few))
			}
			for _, then := range issues[:n] {
				change := minus(row, l.row(then.s, then.version, c, m, func(j int) bool { return d.Holds(then.s, j) }))
				if few := l.holders(change); few > 0 && few < k && l.follows(change) {
					out = append(out, fmt.Sprintf("report %d, %s: the change of %d enterprises", n, d.Key(), few))
				}
			}
		}
		for e := range i.s.Enterprises {
			row := l.row(i.s, i.version, c, m, func(j int) bool { return i.s.Jobs.Enterprise[j] == int32(e) })
			if l.holders(row) > 0 && l.follows(row) {
				out = append(out, fmt.Sprintf("report %d: enterprise %s", n, i.s.Enterprises[e].Key))
			}
		}
	}
	return out
}

func minus(a, b []int64) []int64 {
	out := make([]int64, len(a))
	for c := range a {
		out[c] = (a[c] + field - b[c]) % field
	}
	return out
}

func (l *ledger) holders(row []int64) int {
	seen := make(map[string]bool)
	for c, i := range l.columns {
		if row[i] != 0 {
			seen[c.enterprise] = true
		}
	}
	return len(seen)
}

// part is a sample of some of the enterprises.
func part(s *Sample, in func(e int) bool) *Sample {
	out := &Sample{Year: s.Year, Competencies: s.Competencies}
	out.Jobs.Ratings = make([][Measures][]uint8, len(s.Competencies))
	at := make(map[int32]int32)
	for e := range s.Enterprises {
		if in(e) {
			at[int32(e)] = int32(len(out.Enterprises))
			out.Enterprises = append(out.Enterprises, s.Enterprises[e])
		}
	}
	for j, e := range s.Jobs.Enterprise {
		if to, ok := at[e]; ok {
			out.Jobs.take(&s.Jobs, j)
			out.Jobs.Enterprise[out.Jobs.Len()-1] = to
		}
	}
	return out
}

// course is a year whose report is published three times: with some of its enterprises, with more
// of them and corrections of a few, and with all but one.
func course(cb *codebook.Codebook, seed uint64) []issue {
	rng := rand.New(rand.NewPCG(seed, 3))
	full := invent(cb, 34+int(seed%4)*8, 120+int(seed%4)*30, seed)
	n := len(full.Enterprises)
	first, second := n-14-int(seed%3)*6, n-int(seed%7)
	version := make(map[string]string)
	states := []issue{{s: part(full, func(e int) bool { return e < first }), version: map[string]string{}}}
	for e := range int(seed % 9) { // answered anew
		version[full.Enterprises[e].Key] = "corrected"
		for j, of := range full.Jobs.Enterprise {
			if of == int32(e) {
				full.Jobs.Ratings[0][Required][j] = uint8(1 + rng.IntN(5))
			}
		}
	}
	states = append(states, issue{s: part(full, func(e int) bool { return e < second }), version: version},
		issue{s: part(full, func(e int) bool { return e != first/2 }), version: version})
	return states
}

// publishCourse tabulates the reports, each beside those before it if told to.
func publishCourse(cb *codebook.Codebook, states []issue, beside bool) {
	publishTaught(cb, states, beside, taughtForTest)
}

func publishTaught(cb *codebook.Codebook, states []issue, beside bool, taught func(codebook.ProgrammeID, codebook.CompetencyID) (int, bool)) {
	opt := Options{Base: BaseOne, Taught: taught}
	var earlier []Publication
	for i := range states {
		if beside {
			opt.Earlier = earlier
		}
		states[i].t = NewView(cb, states[i].s, opt).Tabulate()
		earlier = append(earlier, Publication{Sample: states[i].s, Table: states[i].t})
	}
}

// TestReportsCannotBeSubtracted attacks series of reports on the same year. Without protection the
// same attack must find something, or it would be worth nothing.
func TestReportsCannotBeSubtracted(t *testing.T) {
	cb := codebook.Default()
	seeds := []uint64{1, 4, 11} // 4 and 11 need more than a look at each change alone
	if trial.Soaking() {
		for seed := range uint64(120) {
			seeds = append(seeds, seed)
		}
	}
	naked := 0
	for _, seed := range seeds {
		states := course(cb, seed)
		for _, beside := range []bool{false, true} {
			publishCourse(cb, states, beside)
			for m, measure := range map[int]Measure{Required: MeanRequired, Graduate: MeanGraduate} {
				found := know(states, 0, m, measure).found(states, 0, m, DefaultK)
				if !beside {
					naked += len(found)
					continue
				}
				for _, what := range found {
					t.Errorf("seed %d, %s: %s follows", seed, measure, what)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
	if naked < 20 {
		t.Errorf("reports without protection give away %d numbers: the attack does not bite", naked)
	}
	t.Logf("without protection %d numbers follow", naked)
}

// A cell is withheld for its own reason where it has one, also beside earlier reports and where the other
// figures of its competency are withheld for another; and a report on the same answers says the same.
func TestEveryCellHasItsOwnReason(t *testing.T) {
	cb := codebook.Default()
	s := invent(cb, 60, 200, 5)
	opt := Options{Base: BaseHires, Taught: taughtForTest}
	alone := Tabulate(cb, s, opt)
	few := part(s, func(e int) bool { return e != 3 })
	for why, earlier := range map[string]*Sample{"the same answers": s, "one more": few} {
		opt.Earlier = Publications(cb, []*Sample{earlier}, opt)
		v := NewView(cb, s, opt)
		again := v.Tabulate()
		counts := make(map[Flag]int)
		for _, d := range alone.Domains {
			for c, id := range s.Competencies {
				for m, answered := range map[Measure]func(j int) bool{
					MeanRequired: func(j int) bool { return s.Jobs.Ratings[c][Required][j] > 0 },
					MeanGraduate: func(j int) bool { return s.Jobs.Ratings[c][Graduate][j] > 0 },
				} {
					was, is := alone.Figure(d, id, m).Flag, again.Figure(d, id, m).Flag
					who := make(map[int32]bool)
					for j, e := range s.Jobs.Enterprise {
						if v.Weight(j) > 0 && answered(j) && d.Holds(s, j) {
							who[e] = true
						}
					}
					counts[is]++
					if was != is && (earlier == s || was == WithheldFew || was == WithheldDominance) {
						t.Errorf("%s: %s %s %s was %q, is %q", why, d.Key(), id, m, was, is)
					}
					if n := len(who); n > 0 && n < DefaultK && is != WithheldFew && is != NoData && is != WithheldDominance {
						t.Errorf("%s: %s %s %s of %d enterprises is %q", why, d.Key(), id, m, n, is)
					}
				}
			}
		}
		if counts[WithheldFew] == 0 || counts[WithheldComplement] == 0 {
			t.Errorf("%s: %v", why, counts)
		}
	}
}

// Which changes make the whole or most programmes wait.
func TestTooClose(t *testing.T) {
	cb := codebook.Default()
	full := invent(cb, 90, 360, 5)
	base := part(full, func(e int) bool { return e < 60 })
	opt := Options{Base: BaseOne, Taught: taughtForTest}
	then := Publications(cb, []*Sample{base}, opt)
	of := func(in func(e int) bool, change func(*Sample)) *Sample {
		s := part(full, in)
		if change != nil {
			change(s)
		}
		return s
	}
	for _, c := range []struct {
		why     string
		now     *Sample
		changed int
		close   bool
	}{
		{"the same answers", base, 0, false},
		{"one more", of(func(e int) bool { return e < 61 }, nil), 1, true},
		{"one less", of(func(e int) bool { return e > 0 && e < 60 }, nil), 1, true},
		{"one answers anew", of(func(e int) bool { return e < 60 }, func(s *Sample) {
			s.Jobs.Ratings[0][Required][0] = 6 - s.Jobs.Ratings[0][Required][0]
			s.Jobs.Hires[0] += 1
		}), 1, true},
		{"one gives a job another title", of(func(e int) bool { return e < 60 }, func(s *Sample) { s.Jobs.Title[0] = "首席" }), 1, true},
		{"one asks for a certificate", of(func(e int) bool { return e < 60 }, func(s *Sample) {
			s.Jobs.Certificates[0] = append(slices.Clone(s.Jobs.Certificates[0]), survey.Certificate{Track: "datacom", Level: "HCIE"})
		}), 1, true},
		{"one joins an ecosystem", of(func(e int) bool { return e < 60 }, func(s *Sample) { s.Enterprises[5].Ecosystems = []string{"huawei"} }), 1, true},
		{"one sees a technology fall", of(func(e int) bool { return e < 60 }, func(s *Sample) {
			s.Trends = append(s.Trends, Trend{Enterprise: 5, Technology: "IPv6+", Direction: "falling"})
		}), 1, true},
		{"two of no job see one fall", of(func(e int) bool { return e < 60 }, func(s *Sample) {
			for range 2 {
				s.Trends = append(s.Trends, Trend{Enterprise: int32(len(s.Enterprises)), Technology: "IPv6+", Direction: "falling"})
				s.Enterprises = append(s.Enterprises, Enterprise{Key: fmt.Sprint("jobless", len(s.Enterprises)), Stratum: -1})
			}
		}), 2, false},
		{"four more", of(func(e int) bool { return e < 64 }, nil), 4, true},
		{"one goes, one comes", of(func(e int) bool { return e > 0 && e < 61 }, nil), 2, true},
		{"thirty more", full, 30, false},
		{"one moves to another province", of(func(e int) bool { return e < 60 }, func(s *Sample) { s.Enterprises[3].Region = "650000" }), 1, true},
	} {
		if got := Changed(c.now, base); got != c.changed {
			t.Errorf("%s: %d changed, want %d", c.why, got, c.changed)
		}
		if got := TooClose(cb, c.now, then, opt); got != c.close {
			t.Errorf("%s: too close %v, want %v", c.why, got, c.close)
		}
	}
	giant := of(func(e int) bool { return true }, func(s *Sample) {
		for j, e := range s.Jobs.Enterprise {
			if e == 75 {
				s.Jobs.Hires[j] = 5000
			}
		}
	})
	hires := Options{Base: BaseHires}
	if !TooClose(cb, giant, Publications(cb, []*Sample{base}, hires), hires) {
		t.Error("one of thirty outweighs the others, and the change would be its answer")
	}
	if n := len(NewView(cb, full, Options{Base: BaseAuto, Earlier: then}).Changes()); n != 1 {
		t.Errorf("%d changes, want one for each publication", n)
	}
}
