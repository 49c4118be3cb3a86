package store

import (
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// partTable is a table whose rows belong to a document: (document_id, seq, columns…). fields
// gives the columns of one row, to be written or read.
type partTable[T any] struct {
	name    string
	columns string
	fields  func(*T) []any
}

// in gives the fields together with those of the cell a row stands in.
func in(at *survey.Ref, fields ...any) []any {
	return append(fields, &at.Sheet, &at.Row, &at.Col)
}

var (
	rosterFaculty = partTable[survey.Faculty]{"roster_faculty", "faculty_id, name, department",
		func(f *survey.Faculty) []any { return []any{&f.ID, &f.Name, &f.Department} }}

	rosterPlan = partTable[survey.FacultyPlan]{"roster_plan", "faculty_id, programmes, visits_planned, visits_planned_missing, sheet, row, col",
		func(p *survey.FacultyPlan) []any {
			return in(&p.At, &p.Faculty, listOf(&p.Programmes), valueOf(&p.VisitsPlanned), reasonOf(&p.VisitsPlanned))
		}}

	rosterEnterprise = partTable[survey.FrameEnterprise]{"roster_enterprise", "name, uscc, industry, division, size, region, segment, sheet, row, col",
		func(e *survey.FrameEnterprise) []any {
			return in(&e.At, &e.Name, &e.USCC, &e.Industry, &e.Division, &e.Size, &e.Region, &e.Segment)
		}}

	rosterStratum = partTable[survey.Stratum]{"roster_stratum", "industry, size, population, sheet, row, col",
		func(s *survey.Stratum) []any { return in(&s.At, &s.Industry, &s.Size, &s.Population) }}

	rosterAssignment = partTable[survey.Assignment]{"roster_assignment", "faculty_id, enterprise, key, planned, disposition, note, sheet, row, col",
		func(a *survey.Assignment) []any {
			return in(&a.At, &a.Faculty, &a.Enterprise, &a.Key, &a.Planned, &a.Disposition, &a.Note)
		}}

	curriculumHead = partTable[curriculum.Map]{"curriculum", "version, valid_from, school_reviewer, enterprise_reviewer, note",
		func(m *curriculum.Map) []any {
			return []any{&m.Version, &m.ValidFrom, &m.SchoolReviewer, &m.EnterpriseReviewer, &m.Note}
		}}

	curriculumProgramme = partTable[curriculum.Programme]{"curriculum_programme", "programme, tracks, note, sheet, row, col",
		func(p *curriculum.Programme) []any { return in(&p.At, &p.Code, listOf(&p.Tracks), &p.Note) }}

	module = partTable[curriculum.Module]{"module", "code, name_zh, name_en, category, phase, level, hours, programmes, note, sheet, row, col",
		func(m *curriculum.Module) []any {
			return in(&m.At, &m.Code, &m.Name.ZH, &m.Name.EN, &m.Category, &m.Phase, &m.Level, &m.Hours, listOf(&m.Programmes), &m.Note)
		}}

	moduleCompetency = partTable[within[curriculum.Teaching]]{"module_competency", "module_seq, competency, level, hours, hours_missing, relation, relation_missing, sheet, row, col",
		func(o *within[curriculum.Teaching]) []any {
			t := &o.value
			return in(&t.At, &o.owner, &t.Competency, &t.Level, valueOf(&t.Hours), reasonOf(&t.Hours),
				valueOf(&t.Relation), reasonOf(&t.Relation))
		}}

	moduleCertification = partTable[within[curriculum.Certification]]{"module_certification", "module_seq, track, level, exam, exam_version, sheet, row, col",
		func(o *within[curriculum.Certification]) []any {
			c := &o.value
			return in(&c.At, &o.owner, &c.Track, &c.Level, &c.Exam, &c.ExamVersion)
		}}

	examDomain = partTable[within[curriculum.Weight]]{"exam_domain", "certification_seq, domain, percent, percent_missing, sheet, row, col",
		func(o *within[curriculum.Weight]) []any {
			w := &o.value
			return in(&w.At, &o.owner, &w.Domain, valueOf(&w.Percent), reasonOf(&w.Percent))
		}}

	moduleCompetition = partTable[within[curriculum.Competition]]{"module_competition", "module_seq, name, track, share, share_missing, sheet, row, col",
		func(o *within[curriculum.Competition]) []any {
			c := &o.value
			return in(&c.At, &o.owner, &c.Name, &c.Track, valueOf(&c.Share), reasonOf(&c.Share))
		}}

	curriculumNote = partTable[curriculum.Note]{"curriculum_note", "text_zh, text_en, sheet, row, col",
		func(n *curriculum.Note) []any { return in(&n.At, &n.Text.ZH, &n.Text.EN) }}

	certificateOutcome = partTable[curriculum.CertificateOutcome]{"certificate_outcome",
		"programme, track, level, cohort, year, candidates, candidates_missing, earned, sheet, row, col",
		func(o *curriculum.CertificateOutcome) []any {
			return in(&o.At, &o.Programme, &o.Track, &o.Level, &o.Cohort, &o.Year, valueOf(&o.Candidates), reasonOf(&o.Candidates), &o.Earned)
		}}

	competitionOutcome = partTable[curriculum.CompetitionOutcome]{"competition_outcome", "programme, competition, track, year, stage, award, teams, sheet, row, col",
		func(o *curriculum.CompetitionOutcome) []any {
			return in(&o.At, &o.Programme, &o.Competition, &o.Track, &o.Year, &o.Stage, &o.Award, &o.Teams)
		}}

	graduateOutcome = partTable[curriculum.GraduateOutcome]{"graduate_outcome",
		"programme, year, graduates, employed, employed_missing, related, related_missing, starting_salary, starting_salary_missing, sheet, row, col",
		func(o *curriculum.GraduateOutcome) []any {
			return in(&o.At, &o.Programme, &o.Year, &o.Graduates, valueOf(&o.Employed), reasonOf(&o.Employed),
				valueOf(&o.Related), reasonOf(&o.Related), valueOf(&o.StartingSalary), reasonOf(&o.StartingSalary))
		}}
)

// within is a row that belongs to another row of the document, with the place of that row.
type within[T any] struct {
	owner int
	value T
}

// registerTable is a table of the register of proposals and decisions: rows that end but are
// never edited. key gives the columns that name a row across versions.
type registerTable[T any] struct {
	name    string
	key     string
	columns string
	keys    func(*T) []any
	fields  func(*T) []any
}

var (
	proposals = registerTable[curriculum.Proposal]{"proposal", "proposal_id",
		"proposal_id, year, opened, origin, evidence, programme, module, competency, kind, text, supersedes, sheet, row, col",
		func(p *curriculum.Proposal) []any { return []any{&p.ID} },
		func(p *curriculum.Proposal) []any {
			return in(&p.At, &p.ID, &p.Year, &p.Opened, &p.Origin, &p.Evidence, &p.Programme, &p.Module, &p.Competency, &p.Kind, &p.Text, &p.Supersedes)
		}}

	reviews = registerTable[curriculum.Review]{"review", "proposal_id, side, role, day",
		"proposal_id, side, role, opinion, text, day, sheet, row, col",
		func(r *curriculum.Review) []any { return []any{&r.Proposal, &r.Side, &r.Role, &r.Day} },
		func(r *curriculum.Review) []any {
			return in(&r.At, &r.Proposal, &r.Side, &r.Role, &r.Opinion, &r.Text, &r.Day)
		}}

	decisions = registerTable[curriculum.Decision]{"decision", "decision_id",
		"decision_id, proposal_id, year, day, outcome, reason, programme, module, module_version, effective, competency, kind, sheet, row, col",
		func(d *curriculum.Decision) []any { return []any{&d.ID} },
		func(d *curriculum.Decision) []any {
			return in(&d.At, &d.ID, &d.Proposal, &d.Year, &d.Day, &d.Outcome, &d.Reason, &d.Programme, &d.Module, &d.ModuleVersion, &d.Effective, &d.Competency, &d.Kind)
		}}
)

// partNames is a part table without its rows.
type partNames struct{ name, columns string }

func (t partTable[T]) names() partNames { return partNames{t.name, t.columns} }

// partTables lists every part table, parents before children.
func partTables() []partNames {
	return []partNames{rosterFaculty.names(), rosterPlan.names(), rosterEnterprise.names(), rosterStratum.names(), rosterAssignment.names(),
		curriculumHead.names(), curriculumProgramme.names(), module.names(), moduleCompetency.names(), moduleCertification.names(), examDomain.names(), moduleCompetition.names(), curriculumNote.names(),
		certificateOutcome.names(), competitionOutcome.names(), graduateOutcome.names()}
}
