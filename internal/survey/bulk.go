package survey

import (
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// linkField is the field by which the rows of a bulk workbook's parts name their visit. It is
// part of no template: a workbook of one visit needs none.
const linkField codebook.FieldID = "visit_id"

// linkAliases are the headers of that column. 序号 is not among them: questionnaire tools and
// people number rows with it, and the numbers repeat.
var linkAliases = []string{"走访编号", "走访序号", "走访号", "访问编号", "调研编号", "visit id", "visit no", "visit number"}

// bulkForm is the visit form as a bulk workbook may hold it: every sheet may carry the visit's
// number, and the parts may name the visit by its own fields instead.
func (x *lexicon) bulkForm() *codebook.Form {
	x.bulkOnce.Do(func() {
		form, ok := x.cb.Form(visitKind)
		if !ok {
			return
		}
		bulk := *form
		bulk.Sheets = slices.Clone(form.Sheets)
		visit, _ := form.Sheet("visit")
		for i := range bulk.Sheets {
			s := &bulk.Sheets[i]
			s.Fields = slices.Clone(s.Fields)
			s.Fields = append(s.Fields, codebook.Field{
				Key: linkField, Label: codebook.Text{ZH: "走访编号", EN: "Visit number"}, Type: codebook.TypeID, Aliases: linkAliases,
			})
			if s.Key != "visit" && visit != nil {
				s.Fields = append(s.Fields, naming(visit, s)...)
			}
		}
		x.bulk = &bulk
	})
	return x.bulk
}

// naming is the fields by which a part's row may name its visit, as optional fields; those
// whose spellings the part uses for something else are left out.
func naming(visit, part *codebook.Sheet) []codebook.Field {
	var out []codebook.Field
	for _, key := range namingFields {
		f, ok := visit.Field(key)
		if _, taken := part.Field(key); !ok || taken {
			continue
		}
		link := *f
		link.Required = false
		out = append(out, link)
	}
	return out
}

var namingFields = []codebook.FieldID{"enterprise_name", "uscc", "faculty_id", "visit_date"}

// readVisitForm reads a book as visits: one workbook, a bulk workbook, or one flat table.
func readVisitForm(cb *codebook.Codebook, b *Book) (*Filled, []Issue) {
	form := lexiconOf(cb).bulkForm()
	r := newReading(cb, form, b)
	r.claim(form)
	if at, g := r.flatTable(); at >= 0 {
		r.readFlat(at, g)
		r.claimed[at] = &form.Sheets[0]
	} else {
		for i := range form.Sheets {
			r.readSheet(&form.Sheets[i])
		}
	}
	r.leftovers()
	return r.out, r.issues
}

// visitParts are the rows that belong to one visit.
type visitParts struct{ jobs, trends, suggestions []Record }

// assign gives every part's row to its visit. A row that names no visit, or not exactly one, is
// an issue and belongs to none.
func (d *decoder) assign(records []Record) []visitParts {
	parts := make([]visitParts, len(records))
	if len(records) == 0 {
		return parts
	}
	links := d.linksOf(records)
	for i := range d.filled.Sheets {
		s := &d.filled.Sheets[i]
		for _, r := range s.Records {
			at := d.ownerOf(r, records, links)
			if at < 0 {
				continue
			}
			switch s.Spec.Key {
			case "jobs":
				parts[at].jobs = append(parts[at].jobs, r)
			case "trends":
				parts[at].trends = append(parts[at].trends, r)
			case "suggestions":
				parts[at].suggestions = append(parts[at].suggestions, r)
			}
		}
	}
	return parts
}

// linksOf indexes the visits by their number; a number used twice is an issue.
func (d *decoder) linksOf(records []Record) map[string]int {
	links := make(map[string]int, len(records))
	for i, r := range records {
		v := r.At(linkField)
		id := linkText(v)
		if id == "" || d.filled.flat {
			continue
		}
		if first, taken := links[id]; taken {
			d.scan.Report("V072", v, "", "other", records[first].At(linkField).Ref.Cell())
			continue
		}
		links[id] = i
	}
	return links
}

func linkText(v Value) string {
	if v.Blank() {
		return ""
	}
	return strings.TrimSuffix(codebook.Fold(v.Text()), ".0")
}

// ownerOf is the position of the visit that a part's row belongs to; −1 for none.
func (d *decoder) ownerOf(r Record, records []Record, links map[string]int) int {
	switch {
	case d.filled.flat:
		return r.owner
	case r.Sheet.Spec.Key == "visit":
		return -1
	}
	if v := r.At(linkField); !v.Blank() {
		if at, ok := links[linkText(v)]; ok {
			return at
		}
		d.scan.Report("V070", v, strconv.Itoa(len(links)))
		return -1
	}
	return d.ownerByName(r, records)
}

// ownerByName finds the one visit whose own fields agree with those that the row names; a row that names none
// belongs to the only visit there is.
func (d *decoder) ownerByName(r Record, records []Record) int {
	var named []codebook.FieldID
	for _, key := range namingFields {
		if !r.At(key).Blank() {
			named = append(named, key)
		}
	}
	if len(named) == 0 && len(records) == 1 {
		return 0
	}
	found, at := 0, -1
	for i, visit := range records {
		if len(named) > 0 && agree(r, visit, named) {
			found++
			at = i
		}
	}
	if found == 1 {
		return at
	}
	where := r.At(linkField)
	if len(named) > 0 {
		where = r.At(named[0])
	}
	if where.Absent() {
		where.Ref = r.Ref()
	}
	d.scan.Report("V071", where, "1", "count", strconv.Itoa(found))
	return -1
}

func agree(r, visit Record, named []codebook.FieldID) bool {
	for _, key := range named {
		if linkText(r.At(key)) != linkText(visit.At(key)) {
			return false
		}
	}
	return true
}
