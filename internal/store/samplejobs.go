package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// The driver takes three locks for every column of every row, which is a third of the time of
// reading a sample. So codes and numbers come as one text, joined by a character that no code
// holds; free text has columns of its own.
const joint = "\x1f"

// joined is the SQL of such a text.
func joined(columns ...string) string { return strings.Join(columns, " || '"+joint+"' || ") }

// split takes such a text apart; a missing end stays "".
func split(text string, into []string) {
	for i := range into {
		into[i], text, _ = strings.Cut(text, joint)
	}
}

// number reads a count of such a text; what is no number is missing.
func number(text string) int32 {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return demand.Unasked
	}
	return int32(n)
}

// The places of the codes of a job in its text.
const (
	jobFamily = iota
	jobProgramme
	jobEducation
	jobCertificates
	jobRatings
	jobLayout
	jobHeadcount
	jobHires
	jobSalaryMin
	jobSalaryMax
	jobCodes
)

var sampleJobQuery = "SELECT id, title, requirement, " + joined("family", "programme", "education", "certificates", "ratings", "layout_id",
	"coalesce(headcount, '')", "coalesce(planned_hires, '')", "coalesce(salary_min, '')", "coalesce(salary_max, '')") +
	" FROM job WHERE id >= ? AND id < ? ORDER BY id"

// sampleJob is a row of job as a sample needs it.
type sampleJob struct {
	id                 int64
	title, requirement string
	codes              [jobCodes]string
}

// readJobs reads the jobs in the order of their ids, which is one walk through the table, and
// then puts them in the order of the visits.
func (l *sampler) readJobs(ctx context.Context) error {
	layouts, err := readLayouts(ctx, l.q)
	if err != nil {
		return err
	}
	if len(l.sample.Competencies) == 0 {
		l.sample.Competencies = competenciesAsked(layouts)
	}
	n := len(l.sample.Competencies)
	l.sample.Jobs.Ratings = make([][demand.Measures][]uint8, n)
	columns := make(map[string][]int, len(layouts))
	for id, layout := range layouts {
		for _, s := range layout {
			columns[itoa(id)] = append(columns[itoa(id)], slices.Index(l.sample.Competencies, s.competency))
		}
	}
	from, to := l.span()
	if err := l.q.QueryRowContext(ctx, "SELECT count(*) FROM job WHERE id >= ? AND id < ?", from, to).Scan(&n); err != nil {
		return err
	}
	l.reserve(n)
	rows, err := l.q.QueryContext(ctx, sampleJobQuery, from, to)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := l.scanJobs(rows, columns); err != nil {
		return err
	}
	l.orderJobs()
	return nil
}

// reserve makes room for n jobs.
func (l *sampler) reserve(n int) {
	j := &l.sample.Jobs
	j.ID, j.Enterprise, j.Visit = make([]int64, 0, n), make([]int32, 0, n), make([]int32, 0, n)
	j.Programme, j.Family = make([]codebook.ProgrammeID, 0, n), make([]codebook.FamilyID, 0, n)
	j.Title, j.Education, j.Requirement = make([]string, 0, n), make([]string, 0, n), make([]string, 0, n)
	j.Headcount, j.Hires, j.SalaryMin, j.SalaryMax = make([]int32, 0, n), make([]int32, 0, n), make([]int32, 0, n), make([]int32, 0, n)
	j.Certificates = make([][]survey.Certificate, 0, n)
	for c := range j.Ratings {
		for m := range j.Ratings[c] {
			j.Ratings[c][m] = make([]uint8, 0, n)
		}
	}
}

// scanJobs reads the rows; columns says, for the layout with an id, which column of the sample
// each of its competencies is, -1 for none.
func (l *sampler) scanJobs(rows *sql.Rows, columns map[string][]int) error {
	var j sampleJob
	var codes string
	into := []any{&j.id, &j.title, &j.requirement, &codes}
	certificates := make(map[string][]survey.Certificate)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		at := l.placeOf(VisitID(j.id >> partBits))
		if at < 0 {
			continue
		}
		split(codes, j.codes[:])
		asked, ok := certificates[j.codes[jobCertificates]]
		if !ok {
			asked = certificatesOf(j.codes[jobCertificates])
			certificates[strings.Clone(j.codes[jobCertificates])] = asked
		}
		l.addJob(&j, at, asked, columns[j.codes[jobLayout]])
	}
	return rows.Err()
}

// certificatesOf reads the column; one list is shared by all jobs that ask the same.
func certificatesOf(text string) []survey.Certificate {
	var list []survey.Certificate
	_ = certificates{&list}.Scan(text)
	return list
}

func (l *sampler) addJob(j *sampleJob, visit int32, asked []survey.Certificate, columns []int) {
	to := &l.sample.Jobs
	to.ID = append(to.ID, j.id)
	to.Enterprise = append(to.Enterprise, l.sample.Visits[visit].Enterprise)
	to.Visit = append(to.Visit, visit)
	to.Programme = append(to.Programme, codebook.ProgrammeID(l.word(j.codes[jobProgramme])))
	to.Family = append(to.Family, codebook.FamilyID(l.word(j.codes[jobFamily])))
	to.Title = append(to.Title, l.word(j.title))
	to.Education = append(to.Education, l.word(j.codes[jobEducation]))
	to.Requirement = append(to.Requirement, j.requirement)
	to.Certificates = append(to.Certificates, asked)
	to.Headcount = append(to.Headcount, number(j.codes[jobHeadcount]))
	to.Hires = append(to.Hires, number(j.codes[jobHires]))
	to.SalaryMin = append(to.SalaryMin, number(j.codes[jobSalaryMin]))
	to.SalaryMax = append(to.SalaryMax, number(j.codes[jobSalaryMax]))
	l.addRatings(j.codes[jobRatings], columns)
}

func (l *sampler) addRatings(digits string, columns []int) {
	ratings := l.sample.Jobs.Ratings
	at := len(l.sample.Jobs.ID) - 1
	for c := range ratings {
		for m := range ratings[c] {
			ratings[c][m] = ratings[c][m][:at+1] // reserved, hence 0
		}
	}
	for slot, c := range columns {
		if c < 0 || 3*slot+3 > len(digits) {
			continue
		}
		for m := range demand.Measures {
			if d := digits[3*slot+m]; d >= '1' && d <= '5' {
				ratings[c][m][at] = d - '0'
			}
		}
	}
}

// orderJobs puts every column in the order of the visits, keeping the order within each.
func (l *sampler) orderJobs() {
	j := &l.sample.Jobs
	if slices.IsSorted(j.Visit) {
		return
	}
	next := make([]int32, len(l.sample.Visits)+1)
	for _, v := range j.Visit {
		next[v+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	to := make([]int32, len(j.Visit)) // old place → new place
	for i, v := range j.Visit {
		to[i] = next[v]
		next[v]++
	}
	j.ID, j.Enterprise, j.Visit = moved(j.ID, to), moved(j.Enterprise, to), moved(j.Visit, to)
	j.Programme, j.Family, j.Title = moved(j.Programme, to), moved(j.Family, to), moved(j.Title, to)
	j.Education, j.Requirement, j.Certificates = moved(j.Education, to), moved(j.Requirement, to), moved(j.Certificates, to)
	j.Headcount, j.Hires = moved(j.Headcount, to), moved(j.Hires, to)
	j.SalaryMin, j.SalaryMax = moved(j.SalaryMin, to), moved(j.SalaryMax, to)
	for c := range j.Ratings {
		for m := range j.Ratings[c] {
			j.Ratings[c][m] = moved(j.Ratings[c][m], to)
		}
	}
}

func moved[T any](column []T, to []int32) []T {
	out := make([]T, len(column))
	for i, x := range column {
		out[to[i]] = x
	}
	return out
}
