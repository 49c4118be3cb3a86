package curriculum

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Decode reads a curriculum workbook. The map is returned even beside errors, as far as it
// could be read; the issues say whether it may be taken.
func Decode(cb *codebook.Codebook, b *survey.Book) (*Map, []survey.Issue) { return &Map{}, nil }

// DecodeOutcomes reads an outcomes workbook.
func DecodeOutcomes(cb *codebook.Codebook, b *survey.Book) (*Outcomes, []survey.Issue) {
	return &Outcomes{}, nil
}

// DecodeDecisions reads a workbook of proposals and decisions. Module codes are held against
// m when it is given.
func DecodeDecisions(cb *codebook.Codebook, b *survey.Book, m *Map) (*Register, []survey.Issue) {
	return &Register{}, nil
}
