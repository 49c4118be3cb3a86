package codebook

import "slices"

// Crosswalk notes what became of a code of an earlier year: renamed (one to one), split (one to many)
// or, where two lead to the same code from the same year on, merged. Figures follow a renamed competency
// back through the years and say so; what was split or merged is compared with nothing before.
type Crosswalk struct {
	Until int            `yaml:"until"` // last year in which From was asked
	From  CompetencyID   `yaml:"from"`
	Name  Text           `yaml:"name,omitempty"` // what From was called
	To    []CompetencyID `yaml:"to"`
	Note  Text           `yaml:"note,omitempty"`
}

// How a competency of today was asked in an earlier year, where not under its own code.
const (
	Renamed = "renamed" // as another code, with the same meaning
	Split   = "split"   // only as a part of something wider
	Merged  = "merged"  // only as several narrower ones
	Reused  = "reused"  // its code meant something else, which has another code now
)

// Past says how a competency was asked in an earlier year.
type Past struct {
	Year       int          `json:"year"`
	Competency CompetencyID `json:"competency"` // of today
	How        string       `json:"how"`        // renamed, split, merged or reused
	From       []Former     `json:"from"`       // the codes of that year
	Note       Text         `json:"note"`
}

// Former is a code of an earlier year.
type Former struct {
	Code CompetencyID `json:"code"`
	Name Text         `json:"name"` // the code itself where the codebook does not say
}

// Comparable reports whether the answers of that year are answers about the competency of today.
func (p Past) Comparable() bool { return p.How == Renamed }

// PastOf says how a competency of today was asked in a year; false where under its own code.
func (cb *Codebook) PastOf(id CompetencyID, year int) (Past, bool) {
	past := Past{Year: year, Competency: id}
	var into []Crosswalk // that end first after the year: later ones speak of what came after them
	own, reused := false, false
	for _, w := range cb.Crosswalks {
		if w.Until < year {
			continue
		}
		if !slices.Contains(w.To, id) {
			reused = reused || w.From == id
			continue
		}
		own = own || w.From == id
		if len(into) > 0 && w.Until < into[0].Until {
			into = nil
		}
		if len(into) == 0 || w.Until == into[0].Until {
			into = append(into, w)
		}
	}
	for _, w := range into {
		name := w.Name
		if name == (Text{}) {
			name = Text{ZH: string(w.From), EN: string(w.From)}
		}
		past.From, past.Note = append(past.From, Former{w.From, name}), w.Note
	}
	switch {
	case len(into) > 1:
		past.How = Merged
	case len(into) == 1 && len(into[0].To) > 1:
		past.How = Split
	case len(into) == 1 && !own:
		past.How = Renamed
	case reused && !own:
		past.How = Reused
	}
	return past, past.How != ""
}

// Today is the code that a renamed competency has now; any other code, and one that is in use today, is
// returned as it is.
func (cb *Codebook) Today(id CompetencyID) CompetencyID {
	if slices.ContainsFunc(cb.Competencies, func(c Competency) bool { return c.Code == id }) {
		return id
	}
	for _, w := range cb.Crosswalks {
		if w.From == id && len(w.To) == 1 {
			if past, _ := cb.PastOf(w.To[0], w.Until); past.Comparable() {
				return w.To[0]
			}
		}
	}
	return id
}
