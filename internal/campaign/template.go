package campaign

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Template writes the blank workbook of a form kind for a campaign year.
func Template(cb *codebook.Codebook, kind string, year int) ([]byte, error) {
	return workbook.WriteTemplate(cb, kind, workbook.TemplateOptions{Year: year})
}

// BulkTemplate writes the blank workbook for the visits of a whole department, a row each.
func BulkTemplate(cb *codebook.Codebook, year int) ([]byte, error) {
	return workbook.WriteTemplate(cb, "visit", workbook.TemplateOptions{Year: year, Bulk: true})
}
