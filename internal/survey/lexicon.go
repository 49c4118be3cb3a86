package survey

import (
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

func ruleOf(cb *codebook.Codebook, code codebook.RuleID) (codebook.Rule, bool) {
	for _, r := range cb.Rules {
		if r.Code == code {
			return r, true
		}
	}
	return codebook.Rule{}, false
}

// labelOf is the label of a field in both languages; the header where no form has the field.
func labelOf(cb *codebook.Codebook, field codebook.FieldID, header string) codebook.Text {
	for i := range cb.Forms {
		for j := range cb.Forms[i].Sheets {
			for k := range cb.Forms[i].Sheets[j].Fields {
				if f := &cb.Forms[i].Sheets[j].Fields[k]; f.Key == field {
					return f.Label
				}
			}
		}
	}
	return codebook.Text{ZH: header, EN: header}
}

func blankText(c *Cell) bool { return c.Kind == Empty || c.Kind == Text && strings.TrimSpace(c.Text) == "" }
