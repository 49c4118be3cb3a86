package curriculum

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Outcomes are what came of it: certificates, awards, first jobs. They are counts and rates
// with bases; nothing is inferred from them.
type Outcomes struct {
	College      string
	Certificates []CertificateOutcome
	Competitions []CompetitionOutcome
	Graduates    []GraduateOutcome
}

// CertificateOutcome is how many of a cohort earned a certificate in a year.
type CertificateOutcome struct {
	Programme  codebook.ProgrammeID
	Track      codebook.TrackID
	Level      codebook.LadderID
	Cohort     string // year of enrolment, e.g. "2023"
	Year       int
	Candidates survey.Answer[int] // who sat the exam
	Earned     int
	At         survey.Ref
}

// CompetitionOutcome is an award.
type CompetitionOutcome struct {
	Programme   codebook.ProgrammeID
	Competition string
	Track       string
	Year        int
	Stage       string // e.g. national
	Award       string
	Teams       int
	At          survey.Ref
}

// GraduateOutcome is where a year's graduates went.
type GraduateOutcome struct {
	Programme      codebook.ProgrammeID
	Year           int
	Graduates      int
	Employed       survey.Answer[int]
	Related        survey.Answer[int] // in a job that matches the programme
	StartingSalary survey.Answer[int] // mean, yuan per month
	At             survey.Ref
}
