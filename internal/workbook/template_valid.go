package workbook

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// validation builds the prompt, the dropdown or bound, and the alert of one answer position.
// Numbers only warn: a person may write 不清楚 where the enterprise does not know.
func (t *template) validation(pl place, sqref string, narrow string) *excelize.DataValidation {
	dv := excelize.NewDataValidation(true)
	dv.Sqref = sqref
	p := t.promptFor(pl)
	dv.SetInput(p.title, p.body)
	f := pl.field
	if l, ok := t.fieldList(f); ok {
		dv.SetSqrefDropList(dropFormula(l, narrow))
	} else if !t.bound(dv, f, sqref) {
		return dv
	}
	if style, alerts := t.alertStyle(f); alerts {
		dv.SetError(style, "请检查 Please check", clip(t.alertBody(f, style), alertBodyUnits))
	}
	return dv
}

// dropFormula is the source of a dropdown; with a narrowing cell only the group chosen there.
func dropFormula(l list, narrow string) string {
	if narrow == "" {
		return l.name
	}
	return fmt.Sprintf(`IF(%[1]s="",%[2]s,OFFSET(%[2]s_top,INDEX(%[2]s_first,MATCH(%[1]s,%[2]s_root,0)),0,INDEX(%[2]s_count,MATCH(%[1]s,%[2]s_root,0)),1))`, narrow, l.name)
}

// alertStyle says how firmly a wrong answer is refused; false where anything may be typed,
// because several items cannot be picked from one list. A long list only warns: a name typed
// in full is understood as well.
func (t *template) alertStyle(f *codebook.Field) (excelize.DataValidationErrorStyle, bool) {
	switch f.Type {
	case codebook.TypeCodes, codebook.TypeCerts:
		return 0, false
	case codebook.TypeText:
		return excelize.DataValidationErrorStyleWarning, f.Vocabulary == ""
	case codebook.TypeBool, codebook.TypeDate, codebook.TypeYear:
		return excelize.DataValidationErrorStyleStop, true
	case codebook.TypeCode:
		if len(t.cb.Items(f.Vocabulary)) < narrowFrom {
			return excelize.DataValidationErrorStyleStop, true
		}
	case codebook.TypeLevel:
		if f.Required {
			return excelize.DataValidationErrorStyleStop, true
		}
	}
	return excelize.DataValidationErrorStyleWarning, true
}

func (t *template) alertBody(f *codebook.Field, style excelize.DataValidationErrorStyle) string {
	want := allowed(f)
	if t.opts.Brief {
		return want.Both()
	}
	body := fmt.Sprintf("%s：请填写%s。\n%s: %s.", f.Label.ZH, want.ZH, f.Label.EN, want.EN)
	if style == excelize.DataValidationErrorStyleWarning {
		body += "\n确实无误（或写“不清楚”）请选“是”保留。"
	}
	return body
}

// bound limits a cell without a dropdown; false where nothing can be checked while typing.
func (t *template) bound(dv *excelize.DataValidation, f *codebook.Field, sqref string) bool {
	switch f.Type {
	case codebook.TypeInt, codebook.TypeMoney:
		return between(dv, f, excelize.DataValidationTypeWhole, 0, 1e9)
	case codebook.TypeNumber:
		return between(dv, f, excelize.DataValidationTypeDecimal, -1e9, 1e9)
	case codebook.TypeYear:
		return between(dv, f, excelize.DataValidationTypeWhole, 2000, 2100)
	case codebook.TypeDate:
		from, to := t.days()
		return dv.SetRange(from, to, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween) == nil
	case codebook.TypeUSCC:
		first, _, _ := strings.Cut(sqref, ":")
		return dv.SetRange(fmt.Sprintf("LEN(%s)=18", first), "", excelize.DataValidationTypeCustom, excelize.DataValidationOperatorBetween) == nil
	}
	if f.MaxLen > 0 {
		return dv.SetRange(0, f.MaxLen, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween) == nil
	}
	return false
}

// days bounds dates: the campaign's year, or this century for a template of no year.
func (t *template) days() (from, to string) {
	if t.opts.Year == 0 {
		return "DATE(2000,1,1)", "DATE(2100,12,31)"
	}
	return fmt.Sprintf("DATE(%d,1,1)", t.opts.Year), fmt.Sprintf("DATE(%d,12,31)", t.opts.Year)
}

func between(dv *excelize.DataValidation, f *codebook.Field, kind excelize.DataValidationType, low, high float64) bool {
	if f.Min != nil {
		low = *f.Min
	}
	if f.Max != nil {
		high = *f.Max
	}
	return dv.SetRange(low, high, kind, excelize.DataValidationOperatorBetween) == nil
}
