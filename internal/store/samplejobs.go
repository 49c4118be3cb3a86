package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// sampleJob is a row of job as a sample needs it.
type sampleJob struct {
	id                                          int64
	title, family, programme, education         string
	certificates, requirement, ratings          string
	headcount, hires, salaryMin, salaryMax, lay int64
}

const sampleJobQuery = `SELECT id, title, family, programme, education, certificates, requirement, ratings, layout_id,
  coalesce(headcount, -1), coalesce(planned_hires, -1), coalesce(salary_min, -1), coalesce(salary_max, -1)
FROM job WHERE id >= ? AND id < ? ORDER BY id`

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
	columns := make(map[int64][]int, len(layouts))
	for id, layout := range layouts {
		for _, s := range layout {
			columns[id] = append(columns[id], slices.Index(l.sample.Competencies, s.competency))
		}
	}
	from, to := l.span()
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

func (l *sampler) scanJobs(rows *sql.Rows, columns map[int64][]int) error {
	var j sampleJob
	into := []any{&j.id, &j.title, &j.family, &j.programme, &j.education, &j.certificates, &j.requirement, &j.ratings, &j.lay,
		&j.headcount, &j.hires, &j.salaryMin, &j.salaryMax}
	certificates := make(map[string][]survey.Certificate)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		at := l.placeOf(VisitID(j.id >> partBits))
		if at < 0 {
			continue
		}
		if _, ok := certificates[j.certificates]; !ok {
			certificates[j.certificates] = certificatesOf(j.certificates)
		}
		l.addJob(&j, at, certificates[j.certificates], columns[j.lay])
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
	to.Programme = append(to.Programme, codebook.ProgrammeID(l.word(j.programme)))
	to.Family = append(to.Family, codebook.FamilyID(l.word(j.family)))
	to.Title = append(to.Title, l.word(j.title))
	to.Education = append(to.Education, l.word(j.education))
	to.Requirement = append(to.Requirement, j.requirement)
	to.Certificates = append(to.Certificates, asked)
	to.Headcount = append(to.Headcount, int32(j.headcount))
	to.Hires = append(to.Hires, int32(j.hires))
	to.SalaryMin = append(to.SalaryMin, int32(j.salaryMin))
	to.SalaryMax = append(to.SalaryMax, int32(j.salaryMax))
	for c := range to.Ratings {
		for m := range to.Ratings[c] {
			to.Ratings[c][m] = append(to.Ratings[c][m], 0)
		}
	}
	at := len(to.ID) - 1
	for slot, c := range columns {
		if digits := j.ratings[3*slot:]; c >= 0 {
			for m := range demand.Measures {
				if d := digits[m]; d >= '1' && d <= '5' {
					to.Ratings[c][m][at] = d - '0'
				}
			}
		}
	}
}

// orderJobs puts every column in the order of the visits, keeping the order within each.
func (l *sampler) orderJobs() {
	j := &l.sample.Jobs
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
