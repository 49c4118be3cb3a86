package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Roster is who is to visit whom: the faculty list and the sampling frame.
type Roster struct {
	Faculty     []Faculty
	Frame       []FrameEnterprise
	Strata      []Stratum
	Assignments []Assignment
}

// FrameEnterprise is one enterprise of the frame, the population visits are drawn from.
type FrameEnterprise struct {
	Name     string
	USCC     string // "" where not known
	Industry string // section letter
	Size     string // code of vocabulary enterprise_size
	Region   string
	At       Ref
}

// Stratum is one cell of industry × size with the number of enterprises in the population.
type Stratum struct {
	Industry   string
	Size       string
	Population int // N_h
	At         Ref
}

// Assignment gives a faculty member an enterprise to visit.
type Assignment struct {
	Faculty    string // staff number
	Enterprise string // name or USCC as written
	At         Ref
}

// DecodeRoster reads a roster workbook.
func DecodeRoster(cb *codebook.Codebook, b *Book) (*Roster, []Issue) { return &Roster{}, nil }

func (r *Roster) staff() map[string]Faculty { return nil }
