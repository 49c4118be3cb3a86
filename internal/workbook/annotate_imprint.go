package workbook

import (
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// addImprint hides the answers of a refused file in its return: when it comes back mended, what
// changed is read off against them.
func (r *returned) addImprint(list issueList) error {
	if !list.imprinted {
		return nil
	}
	content := string(cellSheet(&list.imprint, func(c survey.Cell) written { return textCell(clip(c.Text, cellText)) }))
	if r.strict {
		content = strings.Replace(content, mainNamespace, strictNamespace, 1)
	}
	part := r.freeName("xl/worksheets/qianqi%d.xml")
	r.put(part, []byte(content))
	return r.addHiddenSheet(survey.ImprintSheet, part)
}
