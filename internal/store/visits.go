package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// visitRecord is a row of visit beside the visit itself.
type visitRecord struct {
	id         VisitID
	submission SubmissionID
	status     string
	since      Moment
	until      sql.Null[Moment]
	replacedBy sql.Null[VisitID]
	hash       string
	enterprise EnterpriseID
	key        string
	row        int
	cellMap    int64
	visit      *survey.Visit
}

const visitColumns = `id, college, submission_id, status, since, until, replaced_by, content_sha256, year, day, mode,
faculty_id, faculty_name, department, co_visitors, programmes, enterprise_id, enterprise_key, enterprise_name, uscc, industry, division,
size, ownership, region, employees, ecosystems, partnership, interviewee_role, graduates_hired, satisfaction, missing, sheet, row, cell_map_id`

// columns are the fields of a row in the order of visitColumns, to be written or read.
func (r *visitRecord) columns() []any {
	v, e := r.visit, &r.visit.Enterprise
	return []any{&r.id, &v.College, &r.submission, &r.status, &r.since, &r.until, &r.replacedBy, &r.hash, &v.Year, &v.Day, &v.Mode,
		&v.Faculty.ID, &v.Faculty.Name, &v.Faculty.Department, listOf(&v.CoVisitors), listOf(&v.Programmes),
		&r.enterprise, &r.key, &e.Name, &e.USCC, &e.Industry, &e.Division,
		&e.Size, &e.Ownership, &e.Region, valueOf(&e.Employees), listOf(&e.Ecosystems), listOf(&v.Partnership), &v.IntervieweeRole,
		valueOf(&v.GraduatesHired), valueOf(&v.Satisfaction),
		missingWords{{"employees", &e.Employees.Status}, {"graduates_hired", &v.GraduatesHired.Status}, {"satisfaction", &v.Satisfaction.Status}},
		&v.Sheet, &r.row, &r.cellMap}
}

// jobRecord is a row of job beside the job itself.
type jobRecord struct {
	id          JobID
	college     string
	visit       VisitID
	ratings     string
	layout      int64
	requirement string // cell
	job         *survey.Job
}

const jobColumns = `id, college, visit_id, title, family, programme, headcount, planned_hires, education, experience_years,
salary_min, salary_max, certificates, requirement, ratings, layout_id, missing, sheet, row, requirement_cell`

// columns are the fields of a row in the order of jobColumns.
func (r *jobRecord) columns() []any {
	j := r.job
	return []any{&r.id, &r.college, &r.visit, &j.Title, &j.Family, &j.Programme, valueOf(&j.Headcount), valueOf(&j.PlannedHires),
		&j.Education, valueOf(&j.Experience), valueOf(&j.SalaryMin), valueOf(&j.SalaryMax), certificates{&j.Certificates},
		&j.Requirement, &r.ratings, &r.layout,
		missingWords{{"headcount", &j.Headcount.Status}, {"planned_hires", &j.PlannedHires.Status}, {"experience_years", &j.Experience.Status},
			{"salary_min", &j.SalaryMin.Status}, {"salary_max", &j.SalaryMax.Status}},
		&j.Sheet, &j.Row, &r.requirement}
}

const trendColumns = "id, college, visit_id, technology, direction, horizon, effect, sheet, row, col"

func trendFields(id *int64, college *string, visit *VisitID, t *survey.Trend) []any {
	return []any{id, college, visit, &t.Technology, &t.Direction, &t.Horizon, &t.Effect, &t.At.Sheet, &t.At.Row, &t.At.Col}
}

const suggestionColumns = "id, college, visit_id, module, kind, text, sheet, row, col"

func suggestionFields(id *int64, college *string, visit *VisitID, s *survey.Suggestion) []any {
	return []any{id, college, visit, &s.Module, &s.Kind, &s.Text, &s.At.Sheet, &s.At.Row, &s.At.Col}
}

const changeColumns = "visit_id, seq, field, raw, value, how, sheet, row, col"

func changeFields(visit *VisitID, seq *int, c *survey.Change) []any {
	return []any{visit, seq, &c.Field, &c.Raw, &c.Value, &c.How, &c.At.Sheet, &c.At.Row, &c.At.Col}
}

// partID is the id of the i-th job, trend or suggestion of a visit.
func partID(visit VisitID, i int) int64 { return int64(visit)<<partBits | int64(i) }

// addVisit collects the rows of one new visit.
func (b *Batch) addVisit(ctx context.Context, v *survey.Visit, p *plan, i int, sub SubmissionID, since Moment) error {
	b.last.visit++
	r := visitRecord{id: b.last.visit, submission: sub, status: "current", since: since, hash: p.hashes[i], key: p.visits[i].Key.Enterprise, visit: v}
	p.visits[i].Visit = r.id
	if old := p.visits[i].Replaces; old != 0 {
		b.links = append(b.links, replaced{old, r.id})
	}
	var err error
	if r.enterprise, err = b.enterprise(ctx, v, since); err != nil {
		return err
	}
	text, row := cellMap(v)
	r.row = row
	if r.cellMap, err = b.cellMapID(ctx, text); err != nil {
		return err
	}
	b.addFaculty(v)
	b.tables.visit.add(r.columns()...)
	b.addVisitParts(v, r.id)
	held := heldVisit{keyed(v), r.id, sub, r.hash}
	b.pending[held.day()] = append(b.pending[held.day()], held)
	return b.addJobs(ctx, v, r.id)
}

func (b *Batch) addVisitParts(v *survey.Visit, id VisitID) {
	for i := range v.Trends {
		part := partID(id, i)
		b.tables.trend.add(trendFields(&part, &v.College, &id, &v.Trends[i])...)
	}
	for i := range v.Suggestions {
		part := partID(id, i)
		b.tables.suggestion.add(suggestionFields(&part, &v.College, &id, &v.Suggestions[i])...)
	}
	for i := range v.Changes {
		seq := i
		b.tables.change.add(changeFields(&id, &seq, &v.Changes[i])...)
	}
}

func (b *Batch) addJobs(ctx context.Context, v *survey.Visit, id VisitID) error {
	for i := range v.Jobs {
		j := &v.Jobs[i]
		layout, err := b.layoutID(ctx, j.Ratings)
		if err != nil {
			return err
		}
		r := jobRecord{JobID(partID(id, i)), v.College, id, packRatings(j.Ratings), layout, cellText(j.RequirementAt, j.Sheet), j}
		b.tables.job.add(r.columns()...)
	}
	return nil
}

// addFaculty keeps the teacher's name and department as last written.
func (b *Batch) addFaculty(v *survey.Visit) {
	f := &v.Faculty
	key, now := v.College+"/"+f.ID, f.Name+"\n"+f.Department
	if b.known.faculty[key] != now {
		b.known.faculty[key] = now
		b.tables.faculty.add(v.College, f.ID, f.Name, f.Department)
	}
}

// cellMapID finds or makes a cell map.
func (b *Batch) cellMapID(ctx context.Context, text string) (int64, error) {
	return b.intern(ctx, text, b.known.cellMaps, "SELECT id FROM cell_map WHERE cells = ?", &b.last.cellMap, func(id int64) {
		b.tables.cellMap.add(id, text)
	})
}

// layoutID finds or makes the layout of a job's ratings; mostly it is that of the job before.
func (b *Batch) layoutID(ctx context.Context, rs []survey.Rating) (int64, error) {
	if b.known.lastID != 0 && slices.EqualFunc(rs, b.known.lastLayout, func(r survey.Rating, s slot) bool { return slotOf(&r) == s }) {
		return b.known.lastID, nil
	}
	layout := make([]slot, len(rs))
	for i := range rs {
		layout[i] = slotOf(&rs[i])
	}
	text := layoutText(layout)
	id, err := b.intern(ctx, text, b.known.layouts, "SELECT id FROM rating_layout WHERE text = ?", &b.last.layout, func(id int64) {
		b.tables.layout.add(id, text)
		for i, s := range layout {
			b.tables.slot.add(id, i, string(s.competency), survey.ColumnName(s.importance), survey.ColumnName(s.required), survey.ColumnName(s.graduate))
		}
	})
	b.known.lastLayout, b.known.lastID = layout, id
	return id, err
}

// intern returns the id of a text that is stored once, calling add for a new one.
func (b *Batch) intern(ctx context.Context, text string, known map[string]int64, query string, last *int64, add func(int64)) (int64, error) {
	if id, ok := known[text]; ok {
		return id, nil
	}
	var id int64
	found, err := b.row(ctx, query, []any{text}, &id)
	if err != nil {
		return 0, err
	}
	if !found {
		*last++
		id = *last
		add(id)
	}
	known[text] = id
	return id, nil
}
