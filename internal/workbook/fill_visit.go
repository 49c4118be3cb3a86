package workbook

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// answerPut takes one answer of a record of a sheet.
type answerPut func(sheet string, record int, field codebook.FieldID, c codebook.CompetencyID, v any)

// visit writes every answer of a visit into the sheets of the form.
func (w *filling) visit(v survey.Visit) {
	var last string
	index := -1
	eachAnswer(v, func(sheet string, record int, field codebook.FieldID, c codebook.CompetencyID, value any) {
		if sheet != last {
			last, index = sheet, w.sheetIndex(sheet)
		}
		w.put(index, record, field, c, value)
	})
}

// eachAnswer hands out the answers of a visit by the sheet and field of the form they belong to.
func eachAnswer(v survey.Visit, put answerPut) {
	eachVisitAnswer(v, func(field codebook.FieldID, value any) { put("visit", 0, field, "", value) })
	for n, j := range v.Jobs {
		eachJobAnswer(j, func(field codebook.FieldID, value any) { put("jobs", n, field, "", value) })
		for _, r := range j.Ratings {
			put("jobs", n, "importance", r.Competency, r.Importance)
			put("jobs", n, "required_level", r.Competency, r.Required)
			put("jobs", n, "graduate_level", r.Competency, r.Graduate)
		}
	}
	for n, t := range v.Trends {
		put("trends", n, "technology", "", t.Technology)
		put("trends", n, "direction", "", t.Direction)
		put("trends", n, "horizon", "", t.Horizon)
		put("trends", n, "effect", "", t.Effect)
	}
	for n, s := range v.Suggestions {
		put("suggestions", n, "module", "", s.Module)
		put("suggestions", n, "kind", "", s.Kind)
		put("suggestions", n, "text", "", s.Text)
	}
}

func eachVisitAnswer(v survey.Visit, put func(codebook.FieldID, any)) {
	put("survey_year", v.Year)
	put("visit_date", v.Day)
	put("visit_mode", v.Mode)
	put("faculty_id", v.Faculty.ID)
	put("faculty_name", v.Faculty.Name)
	put("department", v.Faculty.Department)
	put("co_visitors", v.CoVisitors)
	put("programmes", v.Programmes)
	e := v.Enterprise
	put("enterprise_name", e.Name)
	put("uscc", e.USCC)
	put("industry", firstOf(e.Division, e.Industry))
	put("enterprise_size", e.Size)
	put("ownership", e.Ownership)
	put("region", e.Region)
	put("employees", e.Employees)
	put("ecosystems", e.Ecosystems)
	put("partnership", v.Partnership)
	put("interviewee_role", v.IntervieweeRole)
	put("graduates_hired", v.GraduatesHired)
	put("satisfaction", v.Satisfaction)
}

func eachJobAnswer(j survey.Job, put func(codebook.FieldID, any)) {
	put("job_title", j.Title)
	put("job_family", j.Family)
	put("programme", j.Programme)
	put("headcount", j.Headcount)
	put("planned_hires", j.PlannedHires)
	put("education", j.Education)
	put("experience_years", j.Experience)
	put("salary_min", j.SalaryMin)
	put("salary_max", j.SalaryMax)
	put("certifications", j.Certificates)
	put("requirement_text", j.Requirement)
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
