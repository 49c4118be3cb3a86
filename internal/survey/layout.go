package survey

import (
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// FlatBook lays visits out as one table, the form of a CSV file: row k of a visit has its k-th
// job, trend and suggestion, and every row repeats the visit's own fields and number. All cells
// are texts, as a CSV file has them.
func FlatBook(cb *codebook.Codebook, visits []Visit) *Book {
	form := lexiconOf(cb).bulkForm()
	cols := flatColumns(cb, form)
	head := make(map[layoutKey]Cell, len(cols))
	for _, c := range cols {
		head[layoutKey{c.part, c.key}] = textCell(c.header)
	}
	s := Sheet{Name: "visits", Rows: []Row{flatRow(1, cols, head)}}
	for n := range visits {
		for _, cells := range flatCells(cb, form, &visits[n], "V"+strconv.Itoa(1000+n)) {
			s.Rows = append(s.Rows, flatRow(len(s.Rows)+1, cols, cells))
		}
	}
	return &Book{Format: "csv", Sheets: []Sheet{s}}
}

// flatColumns lists the columns of all sheets side by side, with one visit number in front.
func flatColumns(cb *codebook.Codebook, form *codebook.Form) []layoutColumn {
	var cols []layoutColumn
	for i := range form.Sheets {
		for _, c := range bulkColumns(cb, &form.Sheets[i]) {
			if c.key.field != linkField || c.part == "visit" {
				cols = append(cols, c)
			}
		}
	}
	return cols
}

// flatCells lays one visit out in rows: as many as its longest part has, at least one.
func flatCells(cb *codebook.Codebook, form *codebook.Form, v *Visit, id string) []map[layoutKey]Cell {
	own := rowsOf(cb, "visit", v)[0]
	own[answerKey{linkField, ""}] = textCell(id)
	rows := []map[layoutKey]Cell{{}}
	for i := range form.Sheets {
		key := form.Sheets[i].Key
		if key == "visit" {
			continue
		}
		for k, part := range rowsOf(cb, key, v) {
			if k == len(rows) {
				rows = append(rows, map[layoutKey]Cell{})
			}
			for a, c := range part {
				rows[k][layoutKey{key, a}] = c
			}
		}
	}
	for _, row := range rows {
		for a, c := range own {
			row[layoutKey{"visit", a}] = c
		}
	}
	return rows
}

type answerKey struct {
	field      codebook.FieldID
	competency codebook.CompetencyID
}

type layoutKey struct {
	part string
	key  answerKey
}

type layoutColumn struct {
	part   string
	key    answerKey
	header string
}

// bulkColumns lists the columns of a sheet: the visit's number, then the form's fields.
func bulkColumns(cb *codebook.Codebook, spec *codebook.Sheet) []layoutColumn {
	cols := []layoutColumn{{spec.Key, answerKey{linkField, ""}, "走访编号"}}
	original, _ := cb.Form(visitKind)
	own, _ := original.Sheet(spec.Key)
	var measures []*codebook.Field
	for i := range own.Fields {
		f := &own.Fields[i]
		if f.PerCompetency {
			measures = append(measures, f)
			continue
		}
		cols = append(cols, layoutColumn{spec.Key, answerKey{f.Key, ""}, f.Label.ZH})
	}
	for _, c := range cb.Active() {
		for _, f := range measures {
			cols = append(cols, layoutColumn{spec.Key, answerKey{f.Key, c.Code}, c.Name.ZH + f.Label.ZH})
		}
	}
	return cols
}

func flatRow(number int, cols []layoutColumn, cells map[layoutKey]Cell) Row {
	r := Row{Number: number}
	for i, c := range cols {
		if cell, ok := cells[layoutKey{c.part, c.key}]; ok && cell.Kind != Empty {
			r.Cells = append(r.Cells, Cell{Col: i + 1, Kind: Text, Text: cell.Text})
		}
	}
	return r
}

// rowsOf is the rows that a visit has on one sheet of the form.
func rowsOf(cb *codebook.Codebook, sheet string, v *Visit) []map[answerKey]Cell {
	var rows []map[answerKey]Cell
	switch sheet {
	case "visit":
		rows = append(rows, visitCells(cb, v))
	case "jobs":
		for i := range v.Jobs {
			rows = append(rows, jobCells(cb, &v.Jobs[i]))
		}
	case "trends":
		for _, t := range v.Trends {
			rows = append(rows, cellsOf(map[codebook.FieldID]Cell{
				"technology": textCell(t.Technology), "direction": choiceCell(cb, "direction", t.Direction),
				"horizon": choiceCell(cb, "horizon", t.Horizon), "effect": textCell(t.Effect),
			}))
		}
	case "suggestions":
		for _, g := range v.Suggestions {
			rows = append(rows, cellsOf(map[codebook.FieldID]Cell{
				"module": textCell(g.Module), "kind": choiceCell(cb, "suggestion_kind", g.Kind), "text": textCell(g.Text),
			}))
		}
	}
	return rows
}

func cellsOf(m map[codebook.FieldID]Cell) map[answerKey]Cell {
	out := make(map[answerKey]Cell, len(m)+1)
	for f, c := range m {
		out[answerKey{f, ""}] = c
	}
	return out
}

func visitCells(cb *codebook.Codebook, v *Visit) map[answerKey]Cell {
	e := &v.Enterprise
	industry := e.Industry
	if e.Division != "" {
		industry = e.Division
	}
	return cellsOf(map[codebook.FieldID]Cell{
		"survey_year": countCell(v.Year), "visit_date": dayCell(v.Day), "visit_mode": choiceCell(cb, "visit_mode", v.Mode),
		"faculty_id": textCell(v.Faculty.ID), "faculty_name": textCell(v.Faculty.Name), "department": textCell(v.Faculty.Department),
		"co_visitors": textCell(strings.Join(v.CoVisitors, "、")), "programmes": choicesCell(cb, "programmes", v.Programmes),
		"enterprise_name": textCell(e.Name), "uscc": textCell(e.USCC), "industry": choiceCell(cb, "industry", industry),
		"enterprise_size": choiceCell(cb, "enterprise_size", e.Size), "ownership": choiceCell(cb, "ownership", e.Ownership),
		"region": choiceCell(cb, "region", e.Region), "employees": intCell(e.Employees),
		"ecosystems": choicesCell(cb, "ecosystem", e.Ecosystems), "partnership": choicesCell(cb, "partnership", v.Partnership),
		"interviewee_role": textCell(v.IntervieweeRole), "graduates_hired": intCell(v.GraduatesHired), "satisfaction": intCell(v.Satisfaction),
	})
}

func jobCells(cb *codebook.Codebook, j *Job) map[answerKey]Cell {
	cells := cellsOf(map[codebook.FieldID]Cell{
		"job_title": textCell(j.Title), "job_family": choiceCell(cb, "job_family", string(j.Family)),
		"programme": choiceCell(cb, "programmes", string(j.Programme)),
		"headcount": intCell(j.Headcount), "planned_hires": intCell(j.PlannedHires),
		"education": choiceCell(cb, "education", j.Education), "experience_years": numberCell(j.Experience),
		"salary_min": intCell(j.SalaryMin), "salary_max": intCell(j.SalaryMax),
		"certifications": textCell(certificateNames(cb, j.Certificates)), "requirement_text": textCell(j.Requirement),
	})
	for _, q := range j.Ratings {
		cells[answerKey{"importance", q.Competency}] = intCell(q.Importance)
		cells[answerKey{"required_level", q.Competency}] = intCell(q.Required)
		cells[answerKey{"graduate_level", q.Competency}] = intCell(q.Graduate)
	}
	return cells
}

func textCell(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: Text, Text: s}
}

func countCell(n int) Cell {
	if n == 0 {
		return Cell{}
	}
	return Cell{Kind: Number, Text: strconv.Itoa(n), Num: float64(n)}
}

func intCell(a Answer[int]) Cell {
	return numberCell(Answer[float64]{Value: float64(a.Value), Status: a.Status})
}

func numberCell(a Answer[float64]) Cell {
	if !a.Known() {
		return textCell(statusWords[a.Status])
	}
	return Cell{Kind: Number, Text: formatNumber(a.Value), Num: a.Value}
}

func dayCell(d Day) Cell {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return Cell{}
	}
	return Cell{Kind: Date, Text: string(d), Time: t}
}

// choiceCell writes a code by its Chinese name, or by the code where the name alone would not
// be certain.
func choiceCell(cb *codebook.Codebook, vocabulary, code string) Cell {
	return textCell(choiceName(cb, vocabulary, code))
}

func choiceName(cb *codebook.Codebook, vocabulary, code string) string {
	if code == "" {
		return ""
	}
	name := cb.Name(vocabulary, code).ZH
	if item, ok := cb.Find(vocabulary, name); !ok || item.Code != code {
		return code
	}
	return name
}

func choicesCell[T ~string](cb *codebook.Codebook, vocabulary string, codes []T) Cell {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = choiceName(cb, vocabulary, string(c))
	}
	return textCell(strings.Join(names, ";"))
}

func certificateNames(cb *codebook.Codebook, list []Certificate) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = cb.Name("tracks", string(c.Track)).ZH
		if c.Level != "" {
			names[i] += " " + string(c.Level)
		}
	}
	return strings.Join(names, "、")
}
