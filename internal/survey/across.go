package survey

import (
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// across checks what one cell alone cannot tell: answers against each other, against the
// campaign and against the roster.
func (d *decoder) across(v *Visit, r Record, p visitParts) {
	d.campaignRules(v, r)
	d.rosterRules(v, r)
	d.enterpriseRules(v, r)
	d.graduateRules(v, r)
	d.jobRules(v, r, p)
}

func (d *decoder) campaignRules(v *Visit, r Record) {
	if d.ctx.Year != 0 && v.Year != 0 && v.Year != d.ctx.Year {
		d.scan.Report("V030", r.At("survey_year"), strconv.Itoa(d.ctx.Year))
	}
	if v.Day == "" {
		return
	}
	if d.ctx.Today != "" && v.Day > d.ctx.Today {
		d.scan.Report("V032", r.At("visit_date"), "≤ "+string(d.ctx.Today), "date", string(v.Day))
		return
	}
	from, to := d.window(v.Year)
	if from != "" && v.Day < from || to != "" && v.Day > to {
		d.scan.Report("V031", r.At("visit_date"), string(from)+" – "+string(to), "date", string(v.Day))
	}
}

// window is the first and last day a visit of a year may have.
func (d *decoder) window(year int) (from, to Day) {
	from, to = d.ctx.From, d.ctx.To
	if year == 0 {
		year = d.ctx.Year
	}
	if year == 0 {
		return from, to
	}
	first, _ := makeDay(year, 1, 1)
	last, _ := makeDay(year, 12, 31)
	if from == "" {
		from = first
	}
	if to == "" {
		to = last
	}
	return from, to
}

// rosterRules hold the visitors against the roster. A form that asks no staff number takes it
// from the roster where the name is unique there.
func (d *decoder) rosterRules(v *Visit, r Record) {
	if slices.Contains(v.CoVisitors, v.Faculty.ID) && v.Faculty.ID != "" {
		d.scan.Report("V036", r.At("co_visitors"), "", "id", v.Faculty.ID)
	}
	if d.ctx.Staff == nil {
		return
	}
	if v.Faculty.ID == "" && d.filled.notAsked["faculty_id"] {
		d.completeFaculty(v, r)
	}
	if v.Faculty.ID != "" {
		known, ok := d.ctx.Staff[v.Faculty.ID]
		switch {
		case !ok:
			d.unknownStaff(v, r)
		case known.Name != "" && v.Faculty.Name != "" && codebook.Fold(known.Name) != codebook.Fold(v.Faculty.Name):
			d.scan.Report("V035", r.At("faculty_name"), known.Name, "id", known.ID)
		}
	}
	for _, id := range v.CoVisitors {
		if _, ok := d.ctx.Staff[id]; !ok {
			d.scan.Report("V037", r.At("co_visitors"), "", "id", id)
		}
	}
}

// unknownStaff reports a staff number that the roster does not have, naming the number that
// the same person has there, or the one that differs by leading zeros only.
func (d *decoder) unknownStaff(v *Visit, r Record) {
	want := ""
	for _, id := range sortedKeys(d.ctx.Staff) {
		f := d.ctx.Staff[id]
		if strings.TrimLeft(id, "0") == strings.TrimLeft(v.Faculty.ID, "0") ||
			v.Faculty.Name != "" && codebook.Fold(f.Name) == codebook.Fold(v.Faculty.Name) {
			want = id
			break
		}
	}
	hint, hintEN := "", ""
	if want != "" {
		hint, hintEN = "，名册中可能是 "+want, "; the roster may mean "+want
	}
	d.scan.Report("V034", r.At("faculty_id"), want, "hint", hint, "hint_en", hintEN)
}

func (d *decoder) completeFaculty(v *Visit, r Record) {
	var found []Faculty
	for _, id := range sortedKeys(d.ctx.Staff) {
		if f := d.ctx.Staff[id]; codebook.Fold(f.Name) == codebook.Fold(v.Faculty.Name) {
			found = append(found, f)
		}
	}
	name := r.At("faculty_name")
	if len(found) != 1 {
		d.scan.Report("V038", name, "", "count", strconv.Itoa(len(found)))
		return
	}
	v.Faculty.ID = found[0].ID
	if v.Faculty.Department == "" {
		v.Faculty.Department = found[0].Department
	}
	d.scan.Changed(name, found[0].ID, HowRoster)
}

func (d *decoder) enterpriseRules(v *Visit, r Record) {
	e := &v.Enterprise
	if want, ok := sizeContradicts(e); ok {
		d.scan.Report("V039", r.At("enterprise_size"), d.cb.Name("enterprise_size", want).Both(),
			"employees", strconv.Itoa(e.Employees.Value), "other", r.At("employees").Ref.Cell())
	}
	if e.Name != "" && !legalName(e.Name) {
		d.scan.Report("V042", r.At("enterprise_name"), "")
	}
	if slices.Contains(v.Partnership, "none") && len(v.Partnership) > 1 {
		d.scan.Report("V043", r.At("partnership"), "")
	}
}

// graduateRules: an enterprise that hired none of our graduates cannot rate them.
func (d *decoder) graduateRules(v *Visit, r Record) {
	hired := v.GraduatesHired
	if !hired.Known() {
		return
	}
	if e := v.Enterprise.Employees; e.Known() && hired.Value > e.Value {
		d.scan.Report("V041", r.At("graduates_hired"), "≤ "+strconv.Itoa(e.Value), "other", r.At("employees").Ref.Cell())
	}
	if hired.Value == 0 && (v.Satisfaction.Known() || rateGraduates(v.Jobs)) {
		d.scan.Report("V040", r.At("graduates_hired"), "> 0")
	}
}

func rateGraduates(jobs []Job) bool {
	for i := range jobs {
		for k := range jobs[i].Ratings {
			if jobs[i].Ratings[k].Graduate.Known() {
				return true
			}
		}
	}
	return false
}

func (d *decoder) jobRules(v *Visit, r Record, p visitParts) {
	if len(v.Jobs) == 0 && d.filled.Sheet("jobs") != nil && !d.filled.notAsked["job_title"] {
		s := d.filled.Sheet("jobs")
		where := Ref{Sheet: s.Name}
		if len(d.filled.Records("visit")) > 1 {
			where = r.Ref()
		}
		zh, en := "这家企业", "this enterprise"
		if v.Enterprise.Name != "" {
			zh, en = "“"+v.Enterprise.Name+"”", "“"+v.Enterprise.Name+"”"
		}
		d.scan.ReportAt("V050", where, "", "", "0", "≥ 1", "enterprise", zh, "enterprise_en", en)
	}
	for i := range v.Jobs {
		d.oneJob(v, &v.Jobs[i], p.jobs[i])
	}
	d.sameJobTwice(v.Jobs, p.jobs)
}

func (d *decoder) oneJob(v *Visit, j *Job, r Record) {
	if j.Programme != "" && len(v.Programmes) > 0 && !slices.Contains(v.Programmes, j.Programme) {
		d.scan.Report("V054", r.At("programme"), d.programmesText(v.Programmes))
	}
	if e := v.Enterprise.Employees; e.Known() && j.Headcount.Known() && j.Headcount.Value > e.Value {
		d.scan.Report("V061", r.At("headcount"), "≤ "+strconv.Itoa(e.Value), "employees", strconv.Itoa(e.Value))
	}
	d.yearlyWage(j, r)
	if j.PlannedHires.Known() && j.Headcount.Known() && j.PlannedHires.Value > 20 && j.PlannedHires.Value > 10*max(j.Headcount.Value, 1) {
		d.scan.Report("V057", r.At("planned_hires"), "", "headcount", strconv.Itoa(j.Headcount.Value))
	}
	if unratedByWords(j) {
		d.scan.Report("V059", r.Rated("importance", d.active[0].Code), "1–5", "job", j.Title)
	}
}

// yearlyWage reports a monthly wage that may be a yearly one: the highest, or the lowest where that alone is
// known. It stands where the wage was written, which for a range in one cell is that cell.
func (d *decoder) yearlyWage(j *Job, r Record) {
	wage, at, beside := j.SalaryMax, r.At("salary_max"), r.At("salary_min")
	if !wage.Known() {
		wage, at, beside = j.SalaryMin, beside, at
	}
	if at.Blank() {
		at = beside
	}
	if wage.Known() && wage.Value > highWage {
		d.scan.Report("V021", at, "≤ "+strconv.Itoa(highWage))
	}
}

// highWage is a monthly wage above which a yearly one was probably written; the most that a
// graduate's job in the field pays is far below it.
const highWage = 100_000

func (d *decoder) programmesText(ids []codebook.ProgrammeID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = d.cb.Name("programmes", string(id)).ZH
	}
	return strings.Join(names, " / ")
}

// unratedByWords reports a job whose every rating is a word for "not known".
func unratedByWords(j *Job) bool {
	worded := 0
	for k := range j.Ratings {
		q := &j.Ratings[k]
		if q.Importance.Known() || q.Required.Known() {
			return false
		}
		if q.Importance.Status != Blank || q.Required.Status != Blank {
			worded++
		}
	}
	return len(j.Ratings) > 0 && worded == len(j.Ratings)
}

type jobName struct {
	title     string
	programme codebook.ProgrammeID
}

func (d *decoder) sameJobTwice(jobs []Job, rows []Record) {
	if len(jobs) < 2 {
		return
	}
	first := make(map[jobName]int, len(jobs))
	for i := range jobs {
		name := jobName{codebook.Fold(jobs[i].Title), jobs[i].Programme}
		at, seen := first[name]
		if !seen || name.title == "" {
			first[name] = i
			continue
		}
		d.scan.Report("V055", rows[i].At("job_title"), "", "other", rows[at].At("job_title").Ref.Cell())
	}
}

// sameVisitTwice reports two visits of one file that are the same visit.
func (d *decoder) sameVisitTwice(visits []Visit, rows []Record) {
	if len(visits) < 2 {
		return
	}
	first := make(map[VisitKey]int, len(visits))
	for i := range visits {
		key := visits[i].Key()
		if key.Faculty == "" || key.Enterprise == "" || key.Day == "" {
			continue
		}
		at, seen := first[key]
		if !seen {
			first[key] = i
			continue
		}
		d.scan.Report("V073", rows[i].At("enterprise_name"), "", "other", rows[at].At("enterprise_name").Ref.Cell())
	}
}

// legalName reports whether a name has a word that legal full names of organisations end in
// or contain.
func legalName(name string) bool {
	folded := codebook.Fold(name)
	return containsAny(folded, []string{
		"公司", "集团", "厂", "院", "局", "中心", "所", "社", "银行", "支行", "部", "店", "大学", "学校", "委员会", "协会", "站", "馆", "处", "企业", "合伙", "工作室", "商行", "经营",
		"co.", "ltd", "inc", "corp", "llc", "gmbh", "company", "limited", "group", "university", "institute", "plc", "s.a", "ag",
	})
}
