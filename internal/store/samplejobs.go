package store

import (
	"context"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

var sampleJobQuery = packed("job", []string{"id", "family", "programme", "education", "certificates", "ratings", "layout_id",
	"coalesce(headcount, '')", "coalesce(planned_hires, '')", "coalesce(salary_min, '')", "coalesce(salary_max, '')"}, "title", "requirement") +
	" WHERE id >= ? AND id < ?"

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
	certificates := make(map[string][]survey.Certificate)
	err = chunks(ctx, l.q, l.first, l.first+VisitID(len(l.place)), func(from, to VisitID) (string, []any) {
		return sampleJobQuery, []any{partID(from, 0), partID(to, 0)}
	}, func(r *record) { l.addJob(r, columns, certificates) })
	if err != nil {
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

// addJob adds one job of a visit that counts. columns says, for the layout with an id, which
// column of the sample each of its competencies is, -1 for none.
func (l *sampler) addJob(r *record, columns map[string][]int, certificates map[string][]survey.Certificate) {
	id := r.id()
	family, programme, education, asked, ratings, layout := r.code(), r.code(), r.code(), r.code(), r.code(), r.code()
	headcount, hires, salaryMin, salaryMax := r.number(), r.number(), r.number(), r.number()
	texts := r.texts(2)
	visit := l.placeOf(VisitID(id >> partBits))
	if visit < 0 {
		return
	}
	if _, ok := certificates[asked]; !ok {
		certificates[strings.Clone(asked)] = certificatesOf(asked)
	}
	to := &l.sample.Jobs
	to.ID = append(to.ID, id)
	to.Enterprise = append(to.Enterprise, l.sample.Visits[visit].Enterprise)
	to.Visit = append(to.Visit, visit)
	to.Programme = append(to.Programme, codebook.ProgrammeID(l.word(programme)))
	to.Family = append(to.Family, codebook.FamilyID(l.word(family)))
	to.Title = append(to.Title, l.word(texts[0]))
	to.Education = append(to.Education, l.word(education))
	to.Requirement = append(to.Requirement, strings.Clone(texts[1]))
	to.Certificates = append(to.Certificates, certificates[asked])
	to.Headcount, to.Hires = append(to.Headcount, headcount), append(to.Hires, hires)
	to.SalaryMin, to.SalaryMax = append(to.SalaryMin, salaryMin), append(to.SalaryMax, salaryMax)
	l.addRatings(ratings, columns[layout])
}

// certificatesOf reads the column; one list is shared by all jobs that ask the same.
func certificatesOf(text string) []survey.Certificate {
	var list []survey.Certificate
	_ = certificates{&list}.Scan(text)
	return list
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
	var ids mover[int64]
	ids.move(to, &j.ID)
	var numbers mover[int32]
	numbers.move(to, &j.Enterprise, &j.Visit, &j.Headcount, &j.Hires, &j.SalaryMin, &j.SalaryMax)
	var programmes mover[codebook.ProgrammeID]
	programmes.move(to, &j.Programme)
	var families mover[codebook.FamilyID]
	families.move(to, &j.Family)
	var texts mover[string]
	texts.move(to, &j.Title, &j.Education, &j.Requirement)
	var lists mover[[]survey.Certificate]
	lists.move(to, &j.Certificates)
	var marks mover[uint8]
	for c := range j.Ratings {
		for m := range j.Ratings[c] {
			marks.move(to, &j.Ratings[c][m])
		}
	}
}

// mover puts columns in another order, in the room that the column before has left.
type mover[T any] struct{ room []T }

func (m *mover[T]) move(to []int32, columns ...*[]T) {
	for _, column := range columns {
		if m.room == nil {
			m.room = make([]T, len(*column))
		}
		for i, x := range *column {
			m.room[to[i]] = x
		}
		*column, m.room = m.room, *column
	}
}
