package campaign

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
)

// askedIn lists, for every competency of today, the code under which a year asked it: its own, or the
// one it had before it was renamed. What the year asked only as a part of something else, or in parts,
// it did not ask: its column stays empty.
func (c *Campaign) askedIn(year int) []codebook.CompetencyID {
	ids := c.asked()
	for i, id := range ids {
		past, otherwise := c.Codebook.PastOf(id, year)
		switch {
		case otherwise && past.Comparable():
			ids[i] = past.From[0].Code
		case otherwise:
			ids[i] = "not asked: " + id // no code has a blank
		}
	}
	return ids
}

// askedAs is the code under which a year asked a competency that it can be compared on.
func (c *Campaign) askedAs(id codebook.CompetencyID, year int) codebook.CompetencyID {
	if past, _ := c.Codebook.PastOf(id, year); past.Comparable() {
		return past.From[0].Code
	}
	return id
}

// renameModules gives what a map of an earlier year teaches the names of today.
func (c *Campaign) renameModules(m *curriculum.Map) {
	for i := range m.Modules {
		for k := range m.Modules[i].Teaches {
			t := &m.Modules[i].Teaches[k]
			t.Competency = c.Codebook.Today(t.Competency)
		}
	}
}

// renameRegister does so for proposals and decisions; the record itself stays as it is.
func (c *Campaign) renameRegister(r *curriculum.Register) {
	if r == nil {
		return
	}
	for i := range r.Proposals {
		r.Proposals[i].Competency = c.Codebook.Today(r.Proposals[i].Competency)
	}
	for i := range r.Decisions {
		r.Decisions[i].Competency = c.Codebook.Today(r.Decisions[i].Competency)
	}
}
