package campaign

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// Assigned is an assignment as the office sees it.
type Assigned struct {
	survey.Assignment
	Name    string        // of the enterprise
	Teacher string        // name
	Result  codebook.Text // the disposition in words
	Met     bool
	Overdue bool
}

// Assignments lists a year's assignments in the order of the roster.
func (c *Campaign) Assignments(ctx context.Context, year int, department string) ([]Assigned, error) {
	v, err := c.survey(ctx, year, department)
	if err != nil {
		return nil, err
	}
	missing := v.unmet()
	list := make([]Assigned, len(v.roster.Assignments))
	for i, a := range v.roster.Assignments {
		list[i] = Assigned{Assignment: a, Name: a.Enterprise, Teacher: v.staff[strings.ToLower(a.Faculty)].Name, Met: missing[i] == nil}
		if e := v.frame[a.Key]; e != nil {
			list[i].Name = e.Name
		}
		if a.Disposition != "" {
			list[i].Result = c.Codebook.Name("disposition", a.Disposition)
		}
		if t := missing[i]; t != nil {
			list[i].Overdue = t.Overdue
		}
	}
	return list, nil
}

// Assigning is a change of one assignment as a person enters it, or a new one.
type Assigning struct {
	Year       int
	Faculty    string // who had it; "" adds an assignment
	Enterprise string // name or credit code as the roster has it
	To         string // who has it now
	Planned    string // day, "" for none
	Result     string // disposition, code or name; "" while it is open
	Note       string
}

// Assign changes or adds one assignment: the roster in force is written anew with the change and
// handed in, so that what the roster was stays on record. An error that Is ErrInvalid says what is
// wrong; the Checked says whether the new roster was taken.
func (r *Reception) Assign(ctx context.Context, a Assigning, by string) (*Checked, error) {
	roster, err := r.c.Store.LoadRoster(ctx, a.Year)
	if err != nil {
		return nil, err
	}
	if roster == nil {
		return nil, refuse("还没有名册，请先上传调研名册。", "There is no roster yet; hand one in first.")
	}
	changed := *roster
	changed.Assignments = append([]survey.Assignment(nil), roster.Assignments...)
	if err := a.apply(r.c.Codebook, &changed); err != nil {
		return nil, err
	}
	data, err := r.c.RosterWorkbook(&changed, a.Year)
	if err != nil {
		return nil, err
	}
	return r.Take(ctx, Hand{Name: fmt.Sprintf("名册-%d-网页修改.xlsx", a.Year), Data: data, By: by, Any: true})
}

// apply makes the change in a roster.
func (a Assigning) apply(cb *codebook.Codebook, roster *survey.Roster) error {
	day, _, fault := survey.ParseDate(a.Planned, a.Year)
	if a.Planned != "" && fault != survey.DateFine {
		return refuse("计划日期要写成 2026-05-20 这样。", "A planned day is written like 2026-05-20.")
	}
	code := ""
	if a.Result != "" {
		item, ok := cb.Find("disposition", a.Result)
		if !ok {
			return refuse("没有这种走访结果。", "There is no such disposition.")
		}
		code = item.Code
	}
	to := cmp.Or(a.To, a.Faculty)
	known := false
	for _, f := range roster.Faculty {
		known = known || strings.EqualFold(f.ID, to)
	}
	if !known {
		return refuse("名册上没有工号 "+Printable(to)+"。", "There is no staff number "+Printable(to)+" on the roster.")
	}
	fresh := survey.Assignment{Faculty: to, Enterprise: a.Enterprise, Planned: day, Disposition: code, Note: a.Note}
	for i, old := range roster.Assignments {
		if a.Faculty != "" && strings.EqualFold(old.Faculty, a.Faculty) && old.Enterprise == a.Enterprise {
			roster.Assignments[i] = fresh
			return nil
		}
	}
	if a.Faculty != "" {
		return refuse("这项任务已不在名册上，可能刚被别人改过。", "This assignment is no longer on the roster; somebody may have changed it just now.")
	}
	roster.Assignments = append(roster.Assignments, fresh)
	return nil
}

// RosterWorkbook writes a roster as the workbook it is handed in as.
func (c *Campaign) RosterWorkbook(r *survey.Roster, year int) ([]byte, error) {
	out := make(workbook.Records)
	for i, f := range r.Faculty {
		row := map[codebook.FieldID]any{"faculty_id": f.ID, "faculty_name": f.Name, "department": f.Department}
		if i < len(r.Plans) {
			row["programmes"], row["visits_planned"] = r.Plans[i].Programmes, r.Plans[i].VisitsPlanned
		}
		out["faculty"] = append(out["faculty"], row)
	}
	for _, e := range r.Frame {
		out["frame"] = append(out["frame"], map[codebook.FieldID]any{"enterprise_name": e.Name, "uscc": e.USCC, "industry": cmp.Or(e.Division, e.Industry),
			"enterprise_size": e.Size, "region": e.Region, "segment": e.Segment})
	}
	for _, s := range r.Strata {
		out["strata"] = append(out["strata"], map[codebook.FieldID]any{"industry": s.Industry, "enterprise_size": s.Size, "population": s.Population})
	}
	for _, a := range r.Assignments {
		out["assignments"] = append(out["assignments"], map[codebook.FieldID]any{"faculty_id": a.Faculty, "enterprise": a.Enterprise, "planned_date": a.Planned,
			"disposition": a.Disposition, "note": a.Note})
	}
	return workbook.FillTable(c.Codebook, "roster", workbook.TemplateOptions{Year: year}, out)
}

// CurrentRoster writes the roster in force in a year as a workbook; a blank one where there is
// none.
func (c *Campaign) CurrentRoster(ctx context.Context, year int) ([]byte, error) {
	roster, err := c.Store.LoadRoster(ctx, year)
	if err != nil {
		return nil, err
	}
	if roster == nil {
		return Template(c.Codebook, "roster", year)
	}
	return c.RosterWorkbook(roster, year)
}
