package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Mapping says how a foreign spreadsheet is read as one of our forms.
type Mapping struct {
	ID string `yaml:"id"`
}

// ParseMapping reads a mapping file (YAML, strict).
func ParseMapping(data []byte) (*Mapping, error) { return &Mapping{}, nil }

// DraftMapping proposes a mapping for a book that is none of our forms, for a person to confirm.
func DraftMapping(cb *codebook.Codebook, b *Book) *Mapping { return &Mapping{} }

func (m *Mapping) apply(cb *codebook.Codebook, b *Book) (*Filled, []Issue) { return nil, nil }
func (m *Mapping) tell(s *Scan)                                            {}
