package campaign

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Template writes the blank workbook of a form kind for a campaign year.
func Template(cb *codebook.Codebook, kind string, year int) ([]byte, error) {
	return workbook.WriteTemplate(cb, kind, workbook.TemplateOptions{Year: year})
}
