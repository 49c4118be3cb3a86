package survey

import (
	"hash/maphash"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Sieve finds the visits that Screen has to look at, from little of each: every visit that it asks
// about and every other that such a question rests on. Screen gives the same questions on those held
// back, in their order, as on all; so a year is screened in the memory of a few numbers a visit.
type Sieve struct {
	limits Effort
	seed   maphash.Seed
	visits []glance
	first  map[uint64]int32 // hash of a whole job, or of a text → the first visit that has it
	shifts map[uint64]shiftLoad
	buf    []byte
}

// glance is what is kept of a visit.
type glance struct {
	shift uint64   // hash of faculty and day; 0 where either is missing
	marks [6]int32 // how often each was given
	held  bool
}

// NewSieve returns an empty sieve for these limits.
func NewSieve(limits Effort) *Sieve {
	return &Sieve{limits: limits, seed: maphash.MakeSeed(), first: make(map[uint64]int32), shifts: make(map[uint64]shiftLoad)}
}

// Visit adds a visit and returns its number: 0, 1, …
func (s *Sieve) Visit(faculty string, day Day, mode string) int {
	var g glance
	if faculty != "" && day != "" {
		g.shift = s.hash(faculty, "\x00", string(day))
		l := s.shifts[g.shift]
		l.add(mode)
		s.shifts[g.shift] = l
	}
	s.visits = append(s.visits, g)
	return len(s.visits) - 1
}

// Job adds a job of a visit. Its ratings are a character each, importance, required and graduate of
// every competency in turn: 1–5, any other is a missing one.
func (s *Sieve) Job(visit int, title, ratings string) {
	g := &s.visits[visit]
	all := s.buf[:0]
	for i := range len(ratings) {
		mark := ratings[i] - '0'
		if mark < 1 || mark > 5 {
			all = append(all, 0)
			continue
		}
		g.marks[mark]++
		all = append(all, mark)
	}
	s.buf = all
	if s.limits.telling(all) {
		s.meet(visit, s.hash("job", string(all), title))
	}
}

// Text adds a free text of a visit.
func (s *Sieve) Text(visit int, text string) {
	if utf8.RuneCountInString(text) >= s.limits.TextRunes {
		s.meet(visit, s.hash("text", codebook.Fold(text)))
	}
}

// meet holds back two visits that have something in common.
func (s *Sieve) meet(visit int, what uint64) {
	other, seen := s.first[what]
	switch {
	case !seen:
		s.first[what] = int32(visit)
	case int(other) != visit:
		s.visits[other].held, s.visits[visit].held = true, true
	}
}

func (s *Sieve) hash(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for _, p := range parts {
		h.WriteString(p)
	}
	return h.Sum64()
}

// Held lists the numbers of the visits to look at, ascending.
func (s *Sieve) Held() []int {
	var list []int
	for i := range s.visits {
		g := &s.visits[i]
		_, _, oneMark := s.limits.oneMark(g.marks)
		if g.held || oneMark || g.shift != 0 && !s.limits.possible(s.shifts[g.shift]) {
			list = append(list, i)
		}
	}
	return list
}
