package sample

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Roster is who is to visit whom.
type Roster struct {
	Faculty     []Member
	Frame       []Target
	Strata      []survey.Stratum
	Assignments []Assignment
}

// Member is a member of faculty on the roster.
type Member struct {
	survey.Faculty
	Programmes []codebook.ProgrammeID
	Planned    int // visits planned
}

// Target is an enterprise of the frame.
type Target struct {
	survey.FrameEnterprise
	Segment string // code of vocabulary segment
}

// Assignment is one visit planned, and what came of it.
type Assignment struct {
	survey.Assignment
	Planned     survey.Day
	Disposition string // code of vocabulary disposition
	Note        string
}

// maxListed bounds the lists of a roster workbook; the strata always count everyone.
const maxListed = 12_000

// population is how many enterprises of a size stand behind each one on the list.
var population = map[string]float64{"large": 1.2, "medium": 2, "small": 4.5, "micro": 7}

// Roster invents the roster: half as many targets again as are visited, and the office's record of
// refusals and failed contacts.
func (c *Campaign) Roster() Roster {
	var r Roster
	for n := range c.faculty {
		m := c.member(n)
		visits := (c.Options.Visits - n + c.faculty - 1) / c.faculty
		r.Faculty = append(r.Faculty, Member{Faculty: m.Faculty, Programmes: []codebook.ProgrammeID{m.programme}, Planned: max(visits, 0)})
	}
	r.Frame, r.Strata = c.frame()
	r.Assignments = c.assignments(len(r.Frame))
	return r
}

type stratumKey struct{ industry, size string }

func (c *Campaign) frame() ([]Target, []survey.Stratum) {
	var list []Target
	counts := make(map[stratumKey]int)
	for n := range c.frameSize() {
		e := c.enterprise(c.frameNumber(n))
		counts[stratumKey{e.Industry, e.Size}]++
		if len(list) < maxListed {
			list = append(list, Target{Segment: e.segment, FrameEnterprise: survey.FrameEnterprise{
				Name: e.Name, USCC: e.USCC, Industry: e.Industry, Size: e.Size, Region: e.Region,
			}})
		}
	}
	return list, strata(counts)
}

// frameSize counts the partner and half as many enterprises again as there are visits.
func (c *Campaign) frameSize() int { return 1 + c.Options.Visits*3/2 }

func (c *Campaign) frameNumber(n int) int {
	if n == 0 {
		return dominantPartner
	}
	return c.first + n - 1
}

func strata(counts map[stratumKey]int) []survey.Stratum {
	var out []survey.Stratum
	for k, n := range counts {
		factor := population[k.size]
		if factor == 0 {
			factor = 3
		}
		out = append(out, survey.Stratum{Industry: k.industry, Size: k.size, Population: int(float64(n)*factor + 0.999)})
	}
	slices.SortFunc(out, func(a, b survey.Stratum) int {
		return cmp.Or(cmp.Compare(a.Industry, b.Industry), cmp.Compare(a.Size, b.Size))
	})
	return out
}

// assignments lists the visits made and, one for every twelve, one that was not. Whoever comes to an
// enterprise more than once, as to the partner in a large campaign, was sent there once.
func (c *Campaign) assignments(listed int) []Assignment {
	var out []Assignment
	sent := make(map[[2]int]bool) // by member of faculty and enterprise
	for i := range min(c.Options.Visits, maxListed) {
		number := c.enterpriseOf(i)
		pair := [2]int{c.facultyOf(i), number}
		if sent[pair] {
			continue
		}
		sent[pair] = true
		if number != dominantPartner && number-c.first+1 >= listed {
			continue // beyond the list of a very large campaign
		}
		out = append(out, c.assignment(i, number, c.outcomeOf(i)))
		if miss := c.Options.Visits + i/12; i%12 == 5 && miss+1 < listed {
			out = append(out, c.missed(i, c.first+miss))
		}
	}
	return out
}

func (c *Campaign) outcomeOf(i int) string {
	if i%19 == 8 {
		return "partial"
	}
	return "complete"
}

func (c *Campaign) assignment(i, number int, disposition string) Assignment {
	e := c.enterprise(number)
	a := Assignment{Disposition: c.known("disposition", disposition)}
	a.Faculty = c.member(c.facultyOf(i)).ID
	a.Enterprise = e.Name
	if e.USCC != "" && i%3 == 0 {
		a.Enterprise = e.USCC
	}
	v := inventing{Campaign: c, index: i}
	a.Planned = v.day()
	return a
}

var failures = []struct{ code, note string }{
	{"refused", "企业表示近期不接待"},
	{"no_contact", "电话三次未接通"},
	{"refused", "认为调研内容涉及内部信息"},
	{"ineligible", "已停止相关业务"},
	{"pending", ""},
}

// missed is an enterprise that was to be visited and was not.
func (c *Campaign) missed(i, number int) Assignment {
	f := failures[(i/12)%len(failures)]
	a := c.assignment(i, number, f.code)
	a.Note = f.note
	return a
}
