package store

import (
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// The ratings of a job stand in one text of three characters a competency, importance, required
// and graduate level, in the order of the job's layout; a layout names the competencies and the
// sheet columns, and is shared by all jobs of a form. Measured with seven competencies
// (BenchmarkShapes) a row a rating takes six times as long to write and three times as long to
// read; a column a measure takes four times as long to write, reads as fast, and would tie the
// schema to the number of competencies. rating_view shows ordinary rows.

// measureDigit writes one measure: 1–5, or why there is none.
func measureDigit(a survey.Answer[int]) byte {
	switch a.Status {
	case survey.Given:
		return byte('0' + a.Value)
	case survey.Unknown:
		return 'u'
	case survey.NotApplicable:
		return 'n'
	case survey.Refused:
		return 'r'
	}
	return '-'
}

// measureOf reads what measureDigit wrote.
func measureOf(digit byte) survey.Answer[int] {
	switch digit {
	case 'u':
		return survey.Answer[int]{Status: survey.Unknown}
	case 'n':
		return survey.Answer[int]{Status: survey.NotApplicable}
	case 'r':
		return survey.Answer[int]{Status: survey.Refused}
	case '1', '2', '3', '4', '5':
		return survey.Have(int(digit - '0'))
	}
	return survey.Answer[int]{}
}

// ratingText is the three characters of one competency.
func ratingText(r *survey.Rating) string {
	return string([]byte{measureDigit(r.Importance), measureDigit(r.Required), measureDigit(r.Graduate)})
}

// packRatings writes the ratings of a job.
func packRatings(rs []survey.Rating) string {
	out := make([]byte, 0, 3*len(rs))
	for i := range rs {
		out = append(out, measureDigit(rs[i].Importance), measureDigit(rs[i].Required), measureDigit(rs[i].Graduate))
	}
	return string(out)
}

// rated counts the competencies with at least one measure given.
func rated(rs []survey.Rating) int {
	n := 0
	for i := range rs {
		if rs[i].Importance.Known() || rs[i].Required.Known() || rs[i].Graduate.Known() {
			n++
		}
	}
	return n
}

// slot is one competency of a layout with the sheet columns of its measures, 0 for none.
type slot struct {
	competency                     codebook.CompetencyID
	importance, required, graduate int
}

func slotOf(r *survey.Rating) slot {
	return slot{r.Competency, r.ImportanceCol, r.RequiredCol, r.GraduateCol}
}

// unpackRatings reads the ratings of a job.
func unpackRatings(text string, layout []slot) []survey.Rating {
	if len(layout) == 0 {
		return nil
	}
	out := make([]survey.Rating, len(layout))
	for i, s := range layout {
		out[i] = survey.Rating{Competency: s.competency,
			ImportanceCol: s.importance, RequiredCol: s.required, GraduateCol: s.graduate}
		if at := 3 * i; at+3 <= len(text) {
			out[i].Importance, out[i].Required, out[i].Graduate = measureOf(text[at]), measureOf(text[at+1]), measureOf(text[at+2])
		}
	}
	return out
}

// layoutText names a layout: "fault_diagnosis:G:H:I …".
func layoutText(layout []slot) string {
	var b strings.Builder
	for i, s := range layout {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(s.competency) + ":" + survey.ColumnName(s.importance) + ":" + survey.ColumnName(s.required) + ":" + survey.ColumnName(s.graduate))
	}
	return b.String()
}

// columnNumber reads the letters of a column: "" → 0, "AB" → 28.
func columnNumber(letters string) int {
	n := 0
	for _, c := range []byte(letters) {
		n = n*26 + int(c-'A') + 1
	}
	return n
}
