package sample

import (
	"iter"
	"sync"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Options say which campaign to invent.
type Options struct {
	Year   int    // of the survey; the plot runs from 2024 to 2026
	Visits int    // how many visits are made
	Seed   uint64 // campaigns of one college share a seed over the years
}

// The campaigns kept under surveys/: three years stay below 6 MB, and with this seed the story can be
// read whatever the job weights. A test holds both constants to it.
const (
	DefaultVisits = 52
	DefaultSeed   = 2328
)

// Campaign is one invented annual round. Everything is computed when asked for; a campaign of
// 200,000 visits takes no more memory than one of 40.
type Campaign struct {
	Options
	cb      *codebook.Codebook
	model   *model
	faculty int // how many members of faculty take part
	first   int // number of the first enterprise in this year's window
	stride  int // multiplier that scatters visits over the window
	partner int // how many visits go to the dominant partner
	inForce func() *curriculum.Map
}

// New prepares a campaign. A negative number of visits is none.
func New(cb *codebook.Codebook, o Options) *Campaign {
	o.Visits = max(o.Visits, 0)
	c := &Campaign{Options: o, cb: cb, model: newModel(cb)}
	c.faculty = min(max(o.Visits*5/6, 1), max(maxFaculty, o.Visits/maxVisitsEach))
	c.first = (o.Year - plotStart) * o.Visits * 35 / 100
	c.stride = scatter(o.Visits)
	c.inForce = sync.OnceValue(c.Curriculum)
	c.partner = min(o.Visits/20, c.faculty/2, maxPartnerVisits)
	return c
}

const (
	plotStart        = 2024
	maxFaculty       = 1200 // of a university; more only where each would have to make more than maxVisitsEach
	maxVisitsEach    = 40
	maxPartnerVisits = 40
	revisitEvery     = 23 // each so many visits, one goes to the enterprise visited just before
)

// Filled is one visit workbook: the answers, and what is messy about how they are written.
type Filled struct {
	Visit     survey.Visit
	Mess      Mess
	Overrides []Override // raw texts to stand in place of answers
}

// Visits yields the visits in order.
func (c *Campaign) Visits() iter.Seq[Filled] {
	return func(yield func(Filled) bool) {
		for i := range c.Options.Visits {
			if !yield(c.Visit(i)) {
				return
			}
		}
	}
}

// Visit invents the i-th visit, 0 ≤ i < Visits. It depends on nothing but i.
func (c *Campaign) Visit(i int) Filled {
	f := Filled{Mess: c.messOf(i)}
	f.Visit = c.invent(i, f.Mess)
	f.Overrides = c.overrides(f.Mess, &f.Visit)
	return f
}

// enterpriseOf returns the number of the enterprise that visit i goes to.
func (c *Campaign) enterpriseOf(i int) int {
	if c.atPartner(i) {
		return dominantPartner
	}
	if i%revisitEvery == revisitEvery/2 && i > 0 && !c.atPartner(i-1) {
		i-- // a second member of faculty at the same enterprise
	}
	return c.first + (i*c.stride+7*c.Year)%c.Options.Visits
}

func (c *Campaign) atPartner(i int) bool {
	if c.partner == 0 {
		return false
	}
	every := c.Options.Visits / c.partner
	return i%every == every/3 && i/every < c.partner
}

// facultyOf returns the number of the member of faculty who makes visit i; neighbours differ.
func (c *Campaign) facultyOf(i int) int { return i % c.faculty }

// scatter returns a multiplier without common factor with n, so that i → i × multiplier mod n is
// a permutation.
func scatter(n int) int {
	for _, p := range []int{7919, 104729, 1299709} {
		if n%p != 0 {
			return p
		}
	}
	return 1
}
