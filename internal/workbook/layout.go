package workbook

import (
	"strings"
	"unicode/utf16"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Where things stand on the sheets of a template. A table sheet has a band (title, names of the
// competency groups), a header, the hidden machine keys and then its records. A record sheet has
// a title, a help line and then a row per field: label, answer, hint, hidden machine key and, for
// a long nested list, a cell that narrows it.
const (
	tableBandRow  = 1
	tableHeadRow  = 2
	tableKeyRow   = 3
	tableFirstRow = 4

	recordFirstRow = 3
	labelCol       = 1
	answerCol      = 2
	hintCol        = 3
	keyCol         = 4
	narrowCol      = 5
)

// Names of the sheets that every template has beside those of its form.
const (
	guideSheet = "填写说明"
	listSheet  = "_lists"
	metaSheet  = "_qianqi"
)

// sheetNameUnits is what Excel allows.
const sheetNameUnits = 31

// place is where one answer stands: a column of a table, or a row of a record sheet.
type place struct {
	field      *codebook.Field
	competency codebook.CompetencyID // only for a field asked once per competency
	at         int                   // column of a table, row of a record sheet
	group      int                   // n-th competency of the sheet, from 1; 0 for a plain field
	opens      bool                  // first column of a competency's group
}

func (p place) key() string {
	if p.competency == "" {
		return string(p.field.Key)
	}
	return string(p.field.Key) + ":" + string(p.competency)
}

// plan is the layout of one sheet of a form.
type plan struct {
	spec     *codebook.Sheet
	name     string
	places   []place
	prepared int // rows laid out for records of a table
}

// usualRows is how many records a table is prepared for where the codebook does not say;
// briefRows is the most in a brief template.
const (
	usualRows = 20
	briefRows = 12
)

func planSheet(cb *codebook.Codebook, spec *codebook.Sheet) plan {
	p := plan{spec: spec, name: sheetName(spec.Name.Both()), prepared: spec.Rows}
	if p.prepared == 0 {
		p.prepared = usualRows
	}
	first := 1
	if spec.Layout == codebook.LayoutRecord {
		first = recordFirstRow
	}
	for i := 0; i < len(spec.Fields); {
		run := perCompetencyRun(spec.Fields[i:])
		if run == 0 {
			p.places = append(p.places, place{field: &spec.Fields[i]})
			i++
			continue
		}
		p.places = append(p.places, competencyPlaces(cb.Active(), spec.Fields[i:i+run])...)
		i += run
	}
	for i := range p.places {
		p.places[i].at = first + i
	}
	return p
}

// perCompetencyRun counts the fields at the front that are asked once per competency; they
// are grouped by competency, not by field.
func perCompetencyRun(fields []codebook.Field) int {
	n := 0
	for n < len(fields) && fields[n].PerCompetency {
		n++
	}
	return n
}

func competencyPlaces(competencies []codebook.Competency, fields []codebook.Field) []place {
	out := make([]place, 0, len(competencies)*len(fields))
	for c := range competencies {
		for f := range fields {
			out = append(out, place{field: &fields[f], competency: competencies[c].Code, group: c + 1, opens: f == 0})
		}
	}
	return out
}

func (p plan) record() bool { return p.spec.Layout == codebook.LayoutRecord }

// firstRow and lastRow bound the rows that are filled in.
func (p plan) firstRow() int {
	if p.record() {
		return recordFirstRow
	}
	return tableFirstRow
}

func (p plan) lastRow() int {
	if p.record() {
		return recordFirstRow + len(p.places) - 1
	}
	return tableFirstRow + p.prepared - 1
}

// find returns the place of a field, of one competency where it is asked per competency.
func (p plan) find(field codebook.FieldID, c codebook.CompetencyID) (place, bool) {
	for _, pl := range p.places {
		if pl.field.Key == field && pl.competency == c {
			return pl, true
		}
	}
	return place{}, false
}

// runs groups neighbouring places that satisfy keep.
func (p plan) runs(keep func(place) bool) [][]place {
	var out [][]place
	for i, pl := range p.places {
		switch {
		case !keep(pl):
		case i > 0 && keep(p.places[i-1]):
			out[len(out)-1] = append(out[len(out)-1], pl)
		default:
			out = append(out, []place{pl})
		}
	}
	return out
}

// sheetName makes a text fit for a sheet tab.
func sheetName(text string) string {
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, text)
	return strings.Trim(clip(text, sheetNameUnits), " '")
}

// units counts UTF-16 code units, in which Excel measures every limit.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// clip shortens a text to at most max units, with an ellipsis where something was cut.
func clip(text string, max int) string {
	if units(text) <= max {
		return text
	}
	n, cut := 0, 0
	for i, r := range text {
		if n+utf16.RuneLen(r) > max-1 {
			cut = i
			break
		}
		n += utf16.RuneLen(r)
	}
	return strings.TrimRight(text[:cut], " \n") + "…"
}

// a1 writes an address, a1abs one with dollar signs.
func a1(row, col int) string { return survey.Ref{Row: row, Col: col}.Cell() }

func a1abs(row, col int) string {
	letters := survey.ColumnName(col)
	return "$" + letters + "$" + strings.TrimPrefix(a1(row, col), letters)
}

// area writes a rectangle, areaAbs one with dollar signs.
func area(r1, c1, r2, c2 int) string    { return a1(r1, c1) + ":" + a1(r2, c2) }
func areaAbs(r1, c1, r2, c2 int) string { return a1abs(r1, c1) + ":" + a1abs(r2, c2) }

// quoted is a sheet name as formulas write it.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }
