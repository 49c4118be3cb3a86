package survey

import (
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Difference is one answer that two versions of the same visit give differently. Old is ""
// where the earlier version had none, New where the later one has none; a whole job, trend or
// suggestion that came or went is one Difference with Field "job_title", "technology" or "module".
type Difference struct {
	Field      codebook.FieldID
	Competency codebook.CompetencyID // ratings only
	Of         string                // the job's title, for answers about a job
	Old, New   string                // as a person reads them, coded values by their Chinese names
	OldAt      Ref
	NewAt      Ref
}

// Differences compares two versions of a visit answer by answer, in the order of the form.
// Jobs are paired by title and programme, what is left over by position; trends by technology,
// suggestions by module.
func Differences(cb *codebook.Codebook, old, new *Visit) []Difference {
	d := &differ{cb: cb}
	d.visit(old, new)
	d.jobs(old.Jobs, new.Jobs)
	d.trends(old.Trends, new.Trends)
	d.suggestions(old.Suggestions, new.Suggestions)
	return d.out
}

type differ struct {
	cb  *codebook.Codebook
	out []Difference
}

func (d *differ) add(x Difference) {
	if x.Old != x.New {
		d.out = append(d.out, x)
	}
}

func (d *differ) visit(a, b *Visit) {
	say := func(field codebook.FieldID, old, new string) {
		d.add(Difference{Field: field, Old: old, New: new, OldAt: a.Cells[field], NewAt: b.Cells[field]})
	}
	say("survey_year", countText(a.Year), countText(b.Year))
	say("visit_date", string(a.Day), string(b.Day))
	say("visit_mode", d.name("visit_mode", a.Mode), d.name("visit_mode", b.Mode))
	say("faculty_id", a.Faculty.ID, b.Faculty.ID)
	say("faculty_name", a.Faculty.Name, b.Faculty.Name)
	say("department", a.Faculty.Department, b.Faculty.Department)
	say("co_visitors", strings.Join(a.CoVisitors, "、"), strings.Join(b.CoVisitors, "、"))
	say("programmes", names(d, "programmes", a.Programmes), names(d, "programmes", b.Programmes))
	d.enterprise(&a.Enterprise, &b.Enterprise, say)
	say("partnership", names(d, "partnership", a.Partnership), names(d, "partnership", b.Partnership))
	say("interviewee_role", a.IntervieweeRole, b.IntervieweeRole)
	say("graduates_hired", answerText(a.GraduatesHired), answerText(b.GraduatesHired))
	say("satisfaction", answerText(a.Satisfaction), answerText(b.Satisfaction))
}

func (d *differ) enterprise(a, b *Enterprise, say func(codebook.FieldID, string, string)) {
	say("enterprise_name", a.Name, b.Name)
	say("uscc", a.USCC, b.USCC)
	say("industry", d.industry(a), d.industry(b))
	say("enterprise_size", d.name("enterprise_size", a.Size), d.name("enterprise_size", b.Size))
	say("ownership", d.name("ownership", a.Ownership), d.name("ownership", b.Ownership))
	say("region", d.name("region", a.Region), d.name("region", b.Region))
	say("employees", answerText(a.Employees), answerText(b.Employees))
	say("ecosystems", names(d, "ecosystem", a.Ecosystems), names(d, "ecosystem", b.Ecosystems))
}

func (d *differ) industry(e *Enterprise) string {
	if e.Division != "" {
		return d.name("industry", e.Division)
	}
	return d.name("industry", e.Industry)
}

func (d *differ) name(vocabulary, code string) string {
	if code == "" {
		return ""
	}
	return d.cb.Name(vocabulary, code).ZH
}

func names[T ~string](d *differ, vocabulary string, codes []T) string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = d.name(vocabulary, string(c))
	}
	return strings.Join(out, "、")
}

func countText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// statusWords are how a missing answer is shown.
var statusWords = map[Status]string{Unknown: "不清楚", NotApplicable: "不适用", Refused: "拒绝回答"}

func answerText[T int | float64](a Answer[T]) string {
	if !a.Known() {
		return statusWords[a.Status]
	}
	return formatNumber(float64(a.Value))
}

// jobs pairs the jobs of two versions and compares each pair.
func (d *differ) jobs(old, new []Job) {
	title := func(j *Job) string { return codebook.Fold(j.Title) + "\x1f" + string(j.Programme) }
	for _, p := range pair(old, new, title) {
		switch {
		case p.a == nil:
			d.add(Difference{Field: "job_title", Of: p.b.Title, New: p.b.Title, NewAt: Ref{Sheet: p.b.Sheet, Row: p.b.Row}})
		case p.b == nil:
			d.add(Difference{Field: "job_title", Of: p.a.Title, Old: p.a.Title, OldAt: Ref{Sheet: p.a.Sheet, Row: p.a.Row}})
		default:
			d.job(p.a, p.b)
		}
	}
}

// pairOf is an item of the earlier version and of the later one; nil where there is none.
type pairOf[T any] struct{ a, b *T }

func (p pairOf[T]) both() bool { return p.a != nil && p.b != nil }

// sides are the two items, the one that is not there empty.
func (p pairOf[T]) sides() (a, b T) {
	if p.a != nil {
		a = *p.a
	}
	if p.b != nil {
		b = *p.b
	}
	return a, b
}

// pair matches items by one key after the other, then those left over by their order, as long as
// both sides have any; the result follows the later version, what went is at the end.
func pair[T any](old, new []T, keys ...func(*T) string) []pairOf[T] {
	used := make([]bool, len(old))
	out := make([]pairOf[T], len(new))
	for i := range new {
		out[i].b = &new[i]
	}
	for _, key := range keys {
		pairByKey(out, old, used, key)
	}
	next := 0
	for i := range out {
		for out[i].a == nil && next < len(old) {
			if !used[next] {
				out[i].a, used[next] = &old[next], true
			}
			next++
		}
	}
	for i := range old {
		if !used[i] {
			out = append(out, pairOf[T]{a: &old[i]})
		}
	}
	return out
}

// pairByKey gives each later item that has none yet the first earlier one of its key.
func pairByKey[T any](out []pairOf[T], old []T, used []bool, key func(*T) string) {
	byKey := make(map[string][]int, len(old))
	for i := range old {
		if !used[i] {
			k := key(&old[i])
			byKey[k] = append(byKey[k], i)
		}
	}
	for i := range out {
		if out[i].a != nil {
			continue
		}
		k := key(out[i].b)
		if at := byKey[k]; len(at) > 0 {
			out[i].a, used[at[0]] = &old[at[0]], true
			byKey[k] = at[1:]
		}
	}
}

func (d *differ) job(a, b *Job) {
	say := func(field codebook.FieldID, old, new string) {
		d.add(Difference{Field: field, Of: b.Title, Old: old, New: new,
			OldAt: Ref{a.Sheet, a.Row, d.jobColumn(a, field)}, NewAt: Ref{b.Sheet, b.Row, d.jobColumn(b, field)}})
	}
	say("job_title", a.Title, b.Title)
	say("job_family", d.name("job_family", string(a.Family)), d.name("job_family", string(b.Family)))
	say("programme", d.name("programmes", string(a.Programme)), d.name("programmes", string(b.Programme)))
	say("headcount", answerText(a.Headcount), answerText(b.Headcount))
	say("planned_hires", answerText(a.PlannedHires), answerText(b.PlannedHires))
	say("education", d.name("education", a.Education), d.name("education", b.Education))
	say("experience_years", answerText(a.Experience), answerText(b.Experience))
	say("salary_min", answerText(a.SalaryMin), answerText(b.SalaryMin))
	say("salary_max", answerText(a.SalaryMax), answerText(b.SalaryMax))
	say("certifications", certificatesText(a.Certificates), certificatesText(b.Certificates))
	d.ratings(a, b)
	d.add(Difference{Field: "requirement_text", Of: b.Title, Old: a.Requirement, New: b.Requirement, OldAt: a.RequirementAt, NewAt: b.RequirementAt})
}

// jobColumn is the column of a job's answer, 0 where it is not sure: on our own jobs sheet the
// answers stand in the order of the form before the ratings, whose columns are known.
func (d *differ) jobColumn(j *Job, field codebook.FieldID) int {
	form, ok := d.cb.Form("visit")
	if !ok || len(j.Ratings) == 0 || j.Ratings[0].ImportanceCol == 0 {
		return 0
	}
	sheet, ok := form.Sheet("jobs")
	if !ok || j.Sheet != sheet.Name.Both() {
		return 0
	}
	first := j.Ratings[0].ImportanceCol
	for _, r := range j.Ratings {
		first = min(first, r.ImportanceCol, r.RequiredCol)
	}
	at := -1
	for i := range sheet.Fields {
		if sheet.Fields[i].PerCompetency {
			if shift := first - i - 1; at >= 0 && (shift == 0 || shift == 1) { // 1: a bulk workbook, with the visit's number in front
				return at + 1 + shift
			}
			return 0
		}
		if sheet.Fields[i].Key == field {
			at = i
		}
	}
	return 0
}

func (d *differ) ratings(a, b *Job) {
	earlier := make(map[codebook.CompetencyID]*Rating, len(a.Ratings))
	for i := range a.Ratings {
		earlier[a.Ratings[i].Competency] = &a.Ratings[i]
	}
	for i := range b.Ratings {
		q := &b.Ratings[i]
		p := earlier[q.Competency]
		if p == nil {
			p = &Rating{}
		}
		say := func(field codebook.FieldID, old, new Answer[int], oldCol, newCol int) {
			d.add(Difference{Field: field, Competency: q.Competency, Of: b.Title, Old: answerText(old), New: answerText(new),
				OldAt: Ref{a.Sheet, a.Row, oldCol}, NewAt: Ref{b.Sheet, b.Row, newCol}})
		}
		say("importance", p.Importance, q.Importance, p.ImportanceCol, q.ImportanceCol)
		say("required_level", p.Required, q.Required, p.RequiredCol, q.RequiredCol)
		say("graduate_level", p.Graduate, q.Graduate, p.GraduateCol, q.GraduateCol)
	}
}

func (d *differ) trends(old, new []Trend) {
	for _, p := range pair(old, new, func(t *Trend) string { return codebook.Fold(t.Technology) }) {
		a, b := p.sides()
		say := func(field codebook.FieldID, x, y string) {
			d.add(Difference{Field: field, Old: x, New: y, OldAt: a.At, NewAt: b.At})
		}
		say("technology", a.Technology, b.Technology)
		if p.both() {
			say("direction", d.name("direction", a.Direction), d.name("direction", b.Direction))
			say("horizon", d.name("horizon", a.Horizon), d.name("horizon", b.Horizon))
			say("effect", a.Effect, b.Effect)
		}
	}
}

func (d *differ) suggestions(old, new []Suggestion) {
	for _, p := range pair(old, new, func(s *Suggestion) string { return codebook.Fold(s.Module) }) {
		a, b := p.sides()
		say := func(field codebook.FieldID, x, y string) {
			d.add(Difference{Field: field, Old: x, New: y, OldAt: a.At, NewAt: b.At})
		}
		say("module", a.Module, b.Module)
		if p.both() {
			say("kind", d.name("suggestion_kind", a.Kind), d.name("suggestion_kind", b.Kind))
			say("text", a.Text, b.Text)
		}
	}
}
