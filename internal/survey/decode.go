package survey

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Context is what a decoder must know beside the book itself.
type Context struct {
	Year    int      // campaign the book is handed in to; 0 takes each visit's own year
	Today   Day      // no visit may lie after it; "" checks nothing
	From    Day      // first day of the campaign window; "" is 1 January of the year
	To      Day      // last day of the window; "" is 31 December
	College string   // stamped on every visit; "" takes the codebook's
	Staff   Staff    // visitors are held against it where it is not nil
	Mapping *Mapping // how a foreign book's sheets and headers are read; nil for our own forms
}

// Decode reads the visits of a book: a visit workbook, a bulk workbook, a questionnaire
// export or, with a mapping, a foreign form. It returns every problem at once, sorted. Visits
// are returned even beside errors, as far as they could be read; HasErrors says whether they
// may be taken.
func Decode(cb *codebook.Codebook, b *Book, ctx Context) ([]Visit, []Issue) {
	filled, issues := readVisits(cb, b, ctx)
	if filled == nil {
		return nil, issues
	}
	d := newDecoder(cb, ctx, filled)
	visits := d.visits()
	issues = append(issues, d.scan.Issues...)
	Sort(b, issues)
	return visits, issues
}

// readVisits recognises the book and reads it as visits; the filled form is nil where that is
// not possible.
func readVisits(cb *codebook.Codebook, b *Book, ctx Context) (*Filled, []Issue) {
	if ctx.Mapping != nil {
		return ctx.Mapping.apply(cb, b)
	}
	form, _, issues := Identify(cb, b)
	if HasErrors(issues) {
		return nil, issues
	}
	if form.Kind != visitKind {
		visit, _ := cb.Form(visitKind)
		return nil, append(issues, NewIssue(cb, "T002", Ref{}, "", "", form.Title.Both(), visit.Title.Both()))
	}
	filled, more := readVisitForm(cb, b)
	return filled, append(issues, more...)
}

const visitKind = "visit"

// decoder makes visits of one filled form.
type decoder struct {
	cb     *codebook.Codebook
	ctx    Context
	filled *Filled
	scan   *Scan
	active []codebook.Competency
}

func newDecoder(cb *codebook.Codebook, ctx Context, filled *Filled) *decoder {
	d := &decoder{cb: cb, ctx: ctx, filled: filled, scan: NewScan(cb, ctx.Year), active: cb.Active()}
	d.scan.notAsked = filled.notAsked
	if ctx.Mapping != nil {
		ctx.Mapping.tell(d.scan)
	}
	return d
}

// visits decodes every visit with its parts.
func (d *decoder) visits() []Visit {
	records := d.filled.Records("visit")
	d.needParts(records)
	parts := d.assign(records)
	visits := make([]Visit, len(records))
	for i, r := range records {
		first := len(d.scan.Changes)
		visits[i] = d.visit(r)
		d.parts(&visits[i], parts[i])
		d.across(&visits[i], r, parts[i])
		visits[i].Changes = d.scan.Changes[first:len(d.scan.Changes):len(d.scan.Changes)]
	}
	d.sameVisitTwice(visits, records)
	return visits
}

// needParts reports what must be there at all: the visit's sheet with an answer, the jobs.
func (d *decoder) needParts(records []Record) {
	need := []string{"visit", "jobs"}
	if d.filled.notAsked["job_title"] {
		need = need[:1]
	}
	d.scan.Issues = append(d.scan.Issues, d.filled.Need(d.cb, need...)...)
	if s := d.filled.Sheet("visit"); s != nil && len(records) == 0 {
		d.scan.Issues = append(d.scan.Issues, NewIssue(d.cb, "T005", Ref{Sheet: s.Name}, "", "", "", ""))
	}
}

// visit decodes the visit's own fields.
func (d *decoder) visit(r Record) Visit {
	in := d.scan
	in.Year = d.ctx.Year
	v := Visit{College: d.ctx.College, Sheet: r.Sheet.Name, Cells: make(map[codebook.FieldID]Ref, len(r.Sheet.Columns))}
	if v.College == "" {
		v.College = d.cb.College
	}
	for i := range r.Sheet.Columns {
		if a := r.value(i); a.Ref.Row > 0 {
			v.Cells[a.Column.Field.Key] = a.Ref
		}
	}
	v.Year = in.Year4(r, "survey_year").Value
	if v.Year != 0 {
		in.Year = v.Year
	}
	v.Day = in.Date(r, "visit_date")
	if v.Year == 0 && r.At("survey_year").Absent() {
		v.Year = v.Day.Year()
	}
	v.Mode = in.Code(r, "visit_mode")
	v.Faculty = Faculty{ID: in.Text(r, "faculty_id"), Name: in.Text(r, "faculty_name"), Department: in.Text(r, "department")}
	v.CoVisitors = in.IDs(r, "co_visitors")
	for _, code := range in.Codes(r, "programmes") {
		v.Programmes = append(v.Programmes, codebook.ProgrammeID(code))
	}
	v.Enterprise = d.enterprise(r)
	v.Partnership = in.Codes(r, "partnership")
	v.IntervieweeRole = in.Text(r, "interviewee_role")
	v.GraduatesHired = in.Int(r, "graduates_hired")
	v.Satisfaction = in.Level(r, "satisfaction")
	return v
}

func (d *decoder) enterprise(r Record) Enterprise {
	in := d.scan
	e := Enterprise{
		Name:       in.Text(r, "enterprise_name"),
		USCC:       in.USCC(r, "uscc"),
		Industry:   in.Code(r, "industry"),
		Size:       in.Code(r, "enterprise_size"),
		Ownership:  in.Code(r, "ownership"),
		Region:     in.Code(r, "region"),
		Employees:  in.Int(r, "employees"),
		Ecosystems: in.Codes(r, "ecosystems"),
	}
	e.Industry, e.Division = splitIndustry(d.cb, e.Industry)
	return e
}

// splitIndustry tells a section of the industry classification from a division within one.
func splitIndustry(cb *codebook.Codebook, code string) (section, division string) {
	if item, ok := cb.Find("industry", code); ok && item.Parent != "" {
		return item.Parent, code
	}
	return code, ""
}

// parts decodes the jobs, trends and suggestions that belong to a visit.
func (d *decoder) parts(v *Visit, p visitParts) {
	for _, r := range p.jobs {
		v.Jobs = append(v.Jobs, d.job(r))
	}
	for _, r := range p.trends {
		v.Trends = append(v.Trends, d.trend(r))
	}
	for _, r := range p.suggestions {
		v.Suggestions = append(v.Suggestions, d.suggestion(r))
	}
}

func (d *decoder) job(r Record) Job {
	in := d.scan
	j := Job{
		Title:         in.Text(r, "job_title"),
		Family:        codebook.FamilyID(in.Code(r, "job_family")),
		Programme:     codebook.ProgrammeID(in.Code(r, "programme")),
		Headcount:     in.Int(r, "headcount"),
		PlannedHires:  in.Int(r, "planned_hires"),
		Education:     in.Code(r, "education"),
		Experience:    in.Number(r, "experience_years"),
		Certificates:  in.Certificates(r, "certifications"),
		Requirement:   in.Text(r, "requirement_text"),
		RequirementAt: r.At("requirement_text").Ref,
		Sheet:         r.Sheet.Name,
		Row:           r.Row,
	}
	d.salary(r, &j)
	d.ratings(r, &j)
	return j
}

// salary reads both ends of the wage. A range written into one of the two cells fills the
// other where that is blank; where it is not, the two must agree.
func (d *decoder) salary(r Record, j *Job) {
	low, lowHigh := d.scan.Money(r, "salary_min")
	highLow, high := d.scan.Money(r, "salary_max")
	j.SalaryMin, j.SalaryMax = low, high
	minCell, maxCell := r.At("salary_min"), r.At("salary_max")
	switch {
	case maxCell.Blank() && (isRange(low, lowHigh) || !low.Known()):
		j.SalaryMax = lowHigh
	case minCell.Blank() && (isRange(highLow, high) || !high.Known()):
		j.SalaryMin = highLow
	case twoEnds(low, lowHigh) && high.Known() && high != lowHigh:
		d.scan.Report("V056", minCell, strconv.Itoa(high.Value), "other", maxCell.Ref.Cell())
	case twoEnds(highLow, high) && low.Known() && low != highLow:
		d.scan.Report("V056", maxCell, strconv.Itoa(low.Value), "other", minCell.Ref.Cell())
	}
	if j.SalaryMin.Known() && j.SalaryMax.Known() && j.SalaryMin.Value > j.SalaryMax.Value {
		d.scan.Report("V051", minCell, "≤ "+strconv.Itoa(j.SalaryMax.Value), "max", strconv.Itoa(j.SalaryMax.Value), "other", maxCell.Ref.Cell())
	}
}

// isRange reports whether one cell said more than a single amount: two ends, or an open one.
func isRange(low, high Answer[int]) bool {
	return (low.Known() || high.Known()) && low != high
}

func twoEnds(low, high Answer[int]) bool { return low.Known() && high.Known() && low != high }

// ratings reads the three measures of every competency. A job without any rating is one
// issue, not fourteen.
func (d *decoder) ratings(r Record, j *Job) {
	j.Ratings = make([]Rating, len(d.active))
	rated := d.ratedAtAll(r)
	for i, c := range d.active {
		q := Rating{
			Competency:    c.Code,
			ImportanceCol: r.Sheet.Column("importance", c.Code),
			RequiredCol:   r.Sheet.Column("required_level", c.Code),
			GraduateCol:   r.Sheet.Column("graduate_level", c.Code),
		}
		if rated {
			d.pair(r, c.Code, &q)
		}
		q.Graduate = d.scan.Rating(r, "graduate_level", c.Code)
		j.Ratings[i] = q
	}
	if !rated && r.Sheet.Has("importance") && !d.filled.notAsked["importance"] {
		first := r.Rated("importance", d.active[0].Code)
		d.scan.Report("V052", first, "1–5", "job", j.Title)
	}
}

func (d *decoder) ratedAtAll(r Record) bool {
	for _, c := range d.active {
		if !r.Rated("importance", c.Code).Blank() || !r.Rated("required_level", c.Code).Blank() {
			return true
		}
	}
	return false
}

// pair reads importance and required level, which are asked together.
func (d *decoder) pair(r Record, c codebook.CompetencyID, q *Rating) {
	imp, req := r.Rated("importance", c), r.Rated("required_level", c)
	if imp.Absent() || req.Absent() || imp.Blank() == req.Blank() {
		q.Importance, q.Required = d.scan.rating(imp), d.scan.rating(req)
		return
	}
	blank, given := imp, req
	if req.Blank() {
		blank, given = req, imp
		q.Importance = d.scan.rating(imp)
	} else {
		q.Required = d.scan.rating(req)
	}
	d.scan.Report("V053", blank, "1–5", "other", given.Column.Field.Label.ZH, "other_en", given.Column.Field.Label.EN,
		"competency", d.cb.Name("competencies", string(c)).ZH, "competency_en", d.cb.Name("competencies", string(c)).EN)
}

func (d *decoder) trend(r Record) Trend {
	return Trend{
		Technology: d.scan.Text(r, "technology"),
		Direction:  d.scan.Code(r, "direction"),
		Horizon:    d.scan.Code(r, "horizon"),
		Effect:     d.scan.Text(r, "effect"),
		At:         r.At("technology").Ref,
	}
}

func (d *decoder) suggestion(r Record) Suggestion {
	return Suggestion{
		Module: d.scan.Text(r, "module"),
		Kind:   d.scan.Code(r, "kind"),
		Text:   d.scan.Text(r, "text"),
		At:     r.At("module").Ref,
	}
}
