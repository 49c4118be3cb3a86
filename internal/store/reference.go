package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// LoadRoster returns the roster that holds for a year: the one handed in for it, else that of
// the latest year before (a roster without a year is the oldest). nil where there is none.
func (r *Reader) LoadRoster(ctx context.Context, year int) (*survey.Roster, error) {
	var out *survey.Roster
	err := r.snapshot(ctx, func(q querier) error {
		doc, found, err := r.rosterOf(ctx, q, year)
		if err != nil || !found {
			return err
		}
		out = &survey.Roster{}
		return fill(
			func() (err error) { out.Faculty, err = parts(ctx, q, rosterFaculty, doc.id); return err },
			func() (err error) { out.Plans, err = parts(ctx, q, rosterPlan, doc.id); return err },
			func() (err error) { out.Frame, err = parts(ctx, q, rosterEnterprise, doc.id); return err },
			func() (err error) { out.Strata, err = parts(ctx, q, rosterStratum, doc.id); return err },
			func() (err error) { out.Assignments, err = parts(ctx, q, rosterAssignment, doc.id); return err },
		)
	})
	return out, err
}

// LoadFrame returns the sampling frame of the roster that holds for a year, and nothing else of it; nil where
// there is none. One that was read before, at whatever moment, is taken from read, where it is kept by document.
func (r *Reader) LoadFrame(ctx context.Context, year int, read map[int64]*survey.Roster) (*survey.Roster, error) {
	var out *survey.Roster
	err := r.snapshot(ctx, func(q querier) error {
		doc, found, err := r.rosterOf(ctx, q, year)
		if out = read[doc.id]; err != nil || !found || out != nil {
			return err
		}
		out = &survey.Roster{}
		read[doc.id] = out
		return fill(
			func() (err error) { out.Frame, err = parts(ctx, q, rosterEnterprise, doc.id); return err },
			func() (err error) { out.Strata, err = parts(ctx, q, rosterStratum, doc.id); return err },
		)
	})
	return out, err
}

// LoadStaff returns the faculty of the roster that holds for a year, alone; found says whether there is one.
func (r *Reader) LoadStaff(ctx context.Context, year int) (list []survey.Faculty, found bool, err error) {
	err = r.snapshot(ctx, func(q querier) error {
		var doc document
		if doc, found, err = r.rosterOf(ctx, q, year); err != nil || !found {
			return err
		}
		list, err = parts(ctx, q, rosterFaculty, doc.id)
		return err
	})
	return list, found, err
}

func (r *Reader) rosterOf(ctx context.Context, q querier, year int) (document, bool, error) {
	docs, err := r.documents(ctx, q, kindRoster)
	if err != nil {
		return document{}, false, err
	}
	doc, found := latestYear(docs, year)
	return doc, found, nil
}

// fill runs the steps in order until one fails.
func fill(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// latestYear picks the document of the latest year that is not after the given one.
func latestYear(docs []document, year int) (document, bool) {
	best, found, bestYear := document{}, false, 0
	for _, d := range docs {
		if y, _ := strconv.Atoi(d.key); y <= year && (!found || y >= bestYear) {
			best, found, bestYear = d, true, y
		}
	}
	return best, found
}

// LoadCurriculum returns the version in force in a year: the one with the latest first day that
// is not after the year's end. nil where there is none.
func (r *Reader) LoadCurriculum(ctx context.Context, year int) (*curriculum.Map, error) {
	all, err := r.Curricula(ctx)
	var out *curriculum.Map
	end := survey.Day(fmt.Sprintf("%04d-12-31", year))
	for i := range all {
		if all[i].ValidFrom <= end {
			out = &all[i]
		}
	}
	return out, err
}

// Curricula returns every version that counts, by first day and version.
func (r *Reader) Curricula(ctx context.Context) ([]curriculum.Map, error) {
	var out []curriculum.Map
	err := r.snapshot(ctx, func(q querier) error {
		docs, err := r.documents(ctx, q, kindCurriculum)
		if err != nil {
			return err
		}
		for _, d := range docs {
			m, err := readCurriculum(ctx, q, d)
			if err != nil {
				return err
			}
			out = append(out, m)
		}
		slices.SortStableFunc(out, func(a, b curriculum.Map) int { return compareText(a.ValidFrom, b.ValidFrom, a.Version, b.Version) })
		return nil
	})
	return out, err
}

// compareText compares two versions by first day, then by name.
func compareText(dayA, dayB survey.Day, a, b string) int {
	if dayA != dayB {
		a, b = string(dayA), string(dayB)
	}
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

func readCurriculum(ctx context.Context, q querier, d document) (curriculum.Map, error) {
	heads, err := parts(ctx, q, curriculumHead, d.id)
	if err != nil || len(heads) == 0 {
		return curriculum.Map{}, err
	}
	m := heads[0]
	m.College = d.college
	var certified []within[curriculum.Certification]
	err = fill(
		func() (err error) { m.Programmes, err = parts(ctx, q, curriculumProgramme, d.id); return err },
		func() (err error) { m.Modules, err = parts(ctx, q, module, d.id); return err },
		func() (err error) { m.Notes, err = parts(ctx, q, curriculumNote, d.id); return err },
		func() error {
			return join(ctx, q, moduleCompetency, d.id, m.Modules, func(x *curriculum.Module) *[]curriculum.Teaching { return &x.Teaches })
		},
		func() (err error) { certified, err = parts(ctx, q, moduleCertification, d.id); return err },
		func() error {
			return join(ctx, q, examDomain, d.id, certified, func(x *within[curriculum.Certification]) *[]curriculum.Weight { return &x.value.Domains })
		},
		func() error {
			return join(ctx, q, moduleCompetition, d.id, m.Modules, func(x *curriculum.Module) *[]curriculum.Competition { return &x.Exercises })
		},
	)
	if err == nil {
		err = give(certified, m.Modules, func(x *curriculum.Module) *[]curriculum.Certification { return &x.Certifies })
	}
	return m, err
}

// join reads rows that belong to others and hands them to their owners.
func join[O, T any](ctx context.Context, q querier, t partTable[within[T]], document int64, owners []O, list func(*O) *[]T) error {
	rows, err := parts(ctx, q, t, document)
	if err != nil {
		return err
	}
	return give(rows, owners, list)
}

// give hands every row to its owner; the schema's foreign keys say that it has one.
func give[O, T any](rows []within[T], owners []O, list func(*O) *[]T) error {
	for _, r := range rows {
		if r.owner < 0 || r.owner >= len(owners) {
			return fmt.Errorf("store: a row of a document has no owner")
		}
		to := list(&owners[r.owner])
		*to = append(*to, r.value)
	}
	return nil
}

// LoadOutcomes returns the outcomes of every year. Where two workbooks say something of the same
// thing, the one of the later year holds.
func (r *Reader) LoadOutcomes(ctx context.Context) (*curriculum.Outcomes, error) {
	out := &curriculum.Outcomes{}
	err := r.snapshot(ctx, func(q querier) error {
		docs, err := r.documents(ctx, q, kindOutcomes)
		if err != nil {
			return err
		}
		slices.SortStableFunc(docs, func(a, b document) int { return yearOf(b) - yearOf(a) })
		for _, d := range docs { // latest first
			out.College = d.college
			if err := addOutcomes(ctx, q, d.id, out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func yearOf(d document) int {
	y, _ := strconv.Atoi(d.key)
	return y
}

func addOutcomes(ctx context.Context, q querier, doc int64, out *curriculum.Outcomes) error {
	return fill(
		func() error {
			return addNew(ctx, q, certificateOutcome, doc, &out.Certificates, func(o *curriculum.CertificateOutcome) any {
				return [...]any{o.Programme, o.Track, o.Level, o.Cohort, o.Year}
			})
		},
		func() error {
			return addNew(ctx, q, competitionOutcome, doc, &out.Competitions, func(o *curriculum.CompetitionOutcome) any {
				return [...]any{o.Programme, o.Competition, o.Track, o.Year, o.Stage, o.Award}
			})
		},
		func() error {
			return addNew(ctx, q, graduateOutcome, doc, &out.Graduates, func(o *curriculum.GraduateOutcome) any {
				return [...]any{o.Programme, o.Year}
			})
		},
	)
}

// addNew appends the rows of a document whose key no other document has brought.
func addNew[T any](ctx context.Context, q querier, t partTable[T], doc int64, into *[]T, key func(*T) any) error {
	known := make(map[any]bool, len(*into))
	for i := range *into {
		known[key(&(*into)[i])] = true
	}
	rows, err := parts(ctx, q, t, doc)
	for i := range rows {
		if !known[key(&rows[i])] {
			*into = append(*into, rows[i])
		}
	}
	return err
}
