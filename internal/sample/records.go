package sample

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
)

// Records are the rows of a workbook by sheet key, as the workbook room fills them in.
type Records = map[string][]map[codebook.FieldID]any

// row is one record.
type row = map[codebook.FieldID]any

// Records returns the rows of the roster workbook.
func (r Roster) Records() Records {
	out := Records{}
	for _, m := range r.Faculty {
		out["faculty"] = append(out["faculty"], row{
			"faculty_id": m.ID, "faculty_name": m.Name, "department": m.Department, "programmes": m.Programmes, "visits_planned": m.Planned,
		})
	}
	for _, t := range r.Frame {
		out["frame"] = append(out["frame"], row{
			"enterprise_name": t.Name, "uscc": t.USCC, "industry": t.Industry, "enterprise_size": t.Size, "region": t.Region, "segment": t.Segment,
		})
	}
	for _, s := range r.Strata {
		out["strata"] = append(out["strata"], row{"industry": s.Industry, "enterprise_size": s.Size, "population": s.Population})
	}
	for _, a := range r.Assignments {
		out["assignments"] = append(out["assignments"], row{
			"faculty_id": a.Faculty, "enterprise": a.Enterprise, "planned_date": a.Planned, "disposition": a.Disposition, "note": a.Note,
		})
	}
	return out
}

// CurriculumRecords returns the rows of the curriculum workbook.
func CurriculumRecords(m *curriculum.Map) Records {
	out := Records{"versions": {{
		"version": m.Version, "valid_from": m.ValidFrom, "school_reviewer": m.SchoolReviewer,
		"enterprise_reviewer": m.EnterpriseReviewer, "note": m.Note,
	}}}
	for _, p := range m.Programmes {
		out["programmes"] = append(out["programmes"], row{"programme": p.Code, "tracks": codes(p.Tracks), "note": p.Note})
	}
	for i := range m.Modules {
		moduleRecords(out, &m.Modules[i])
	}
	for _, n := range m.Notes {
		out["notes"] = append(out["notes"], row{"note_zh": n.Text.ZH, "note_en": n.Text.EN})
	}
	return out
}

func moduleRecords(out Records, m *curriculum.Module) {
	code := string(m.Code)
	out["modules"] = append(out["modules"], row{
		"module_code": code, "module_name": m.Name.ZH, "module_name_en": m.Name.EN, "category": m.Category,
		"phase": m.Phase, "level": m.Level, "hours": m.Hours, "note": m.Note,
	})
	for _, p := range m.Programmes {
		out["module_programmes"] = append(out["module_programmes"], row{"module_code": code, "programme": p})
	}
	for _, t := range m.Teaches {
		r := row{"module_code": code, "competency": t.Competency, "taught_level": t.Level, "hours": t.Hours}
		if t.Relation.Known() {
			r["relation"] = digits(t.Relation.Value)
		}
		out["module_competencies"] = append(out["module_competencies"], r)
	}
	for _, x := range m.Certifies {
		out["module_certifications"] = append(out["module_certifications"], examRecords(code, x)...)
	}
	for _, x := range m.Exercises {
		out["module_competitions"] = append(out["module_competitions"], row{
			"module_code": code, "competition": x.Name, "competition_track": x.Track, "share": x.Share,
		})
	}
}

// examRecords writes a row per domain of an exam, one row where no domains are known.
func examRecords(module string, x curriculum.Certification) []row {
	domains := x.Domains
	if len(domains) == 0 {
		domains = []curriculum.Weight{{}}
	}
	var out []row
	for _, d := range domains {
		out = append(out, row{
			"module_code": module, "track": x.Track, "cert_level": x.Level, "exam": x.Exam, "exam_version": x.ExamVersion,
			"domain": d.Domain, "weight": d.Percent,
		})
	}
	return out
}

// OutcomesRecords returns the rows of the outcomes workbook.
func OutcomesRecords(o *curriculum.Outcomes) Records {
	out := Records{}
	for _, x := range o.Certificates {
		out["certificates"] = append(out["certificates"], row{
			"year": x.Year, "programme": x.Programme, "track": x.Track, "cert_level": x.Level, "cohort": x.Cohort,
			"candidates": x.Candidates, "earned": x.Earned,
		})
	}
	for _, x := range o.Competitions {
		out["competitions"] = append(out["competitions"], row{
			"year": x.Year, "programme": x.Programme, "competition": x.Competition, "competition_track": x.Track,
			"stage": x.Stage, "award": x.Award, "teams": x.Teams,
		})
	}
	for _, x := range o.Graduates {
		out["graduates"] = append(out["graduates"], row{
			"year": x.Year, "programme": x.Programme, "graduates": x.Graduates, "employed": x.Employed, "related": x.Related,
			"starting_salary": x.StartingSalary,
		})
	}
	return out
}

// DecisionsRecords returns the rows of the decisions workbook, none where nothing was decided.
func DecisionsRecords(reg *curriculum.Register) Records {
	out := Records{}
	for _, p := range reg.Proposals {
		out["proposals"] = append(out["proposals"], row{
			"proposal_id": string(p.ID), "year": p.Year, "opened_on": p.Opened, "origin": string(p.Origin), "evidence": p.Evidence,
			"programme": p.Programme, "module_code": string(p.Module), "competency": p.Competency, "kind": p.Kind, "text": p.Text,
			"supersedes": string(p.Supersedes),
		})
		for _, v := range p.Reviews {
			out["reviews"] = append(out["reviews"], row{
				"proposal_id": string(v.Proposal), "side": string(v.Side), "role": v.Role, "opinion": v.Opinion, "text": v.Text, "reviewed_on": v.Day,
			})
		}
	}
	for _, d := range reg.Decisions {
		out["decisions"] = append(out["decisions"], row{
			"decision_id": d.ID, "proposal_id": string(d.Proposal), "decided_on": d.Day, "outcome": d.Outcome, "reason": d.Reason,
			"module_version": d.ModuleVersion, "effective_year": d.Effective,
		})
	}
	return out
}

func codes(tracks []codebook.TrackID) []string {
	out := make([]string, len(tracks))
	for i, t := range tracks {
		out[i] = string(t)
	}
	return out
}

// digits writes a small whole number, the code of its vocabulary item.
func digits(n int) string { return string(rune('0' + n)) }
