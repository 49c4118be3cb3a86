package store

import (
	"context"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// HeldVisits passes the visits of a year that count through a sieve, and returns how many there are
// and, in the order of their ids, those that it holds back. Of more visits than most it returns only
// the number.
func (r *Reader) HeldVisits(ctx context.Context, year, most int, sieve *survey.Sieve) (n int, held []StoredVisit, err error) {
	err = r.snapshot(ctx, func(q querier) error {
		s := sifter{q: q, sieve: sieve, number: make(map[VisitID]int)}
		if n, err = s.count(ctx, r, year); err != nil || n == 0 || n > most {
			return err
		}
		if err := s.visits(ctx, r, year); err != nil {
			return err
		}
		if err := s.parts(ctx); err != nil {
			return err
		}
		held, err = s.held(ctx, r)
		return err
	})
	return n, held, err
}

// sifter shows a sieve the visits in one state of the database.
type sifter struct {
	q           querier
	sieve       *survey.Sieve
	first, last VisitID
	ids         []VisitID       // by their numbers in the sieve
	number      map[VisitID]int // and back
}

func (s *sifter) count(ctx context.Context, r *Reader, year int) (n int, err error) {
	q := "SELECT count(*), coalesce(min(id), 0), coalesce(max(id), 0) FROM visit WHERE " + counts + " AND year = ?"
	err = s.q.QueryRowContext(ctx, q, append(r.scope(), year)...).Scan(&n, &s.first, &s.last)
	return n, err
}

var siftVisits = packed("visit", []string{"id", "day", "mode"}, "faculty_id") + " WHERE " + counts + " AND year = ? AND id >= ? AND id < ?"

func (s *sifter) visits(ctx context.Context, r *Reader, year int) error {
	return chunks(ctx, s.q, s.first, s.last+1, func(from, to VisitID) (string, []any) {
		return siftVisits, append(r.scope(), year, int64(from), int64(to))
	}, func(row *record) {
		id, day, mode := VisitID(row.id()), survey.Day(row.code()), row.code()
		s.number[id] = s.sieve.Visit(row.texts(1)[0], day, mode)
		s.ids = append(s.ids, id)
	})
}

// siftParts are the tables of parts with their ratings, "" where they have none, a title, and a free text.
var siftParts = []string{
	packed("job", []string{"id", "ratings"}, "title", "requirement"),
	packed("trend", []string{"id", "''"}, "technology", "effect"),
	packed("suggestion", []string{"id", "''"}, "module", "text"),
}

func (s *sifter) parts(ctx context.Context) error {
	for _, query := range siftParts {
		err := chunks(ctx, s.q, s.first, s.last+1, func(from, to VisitID) (string, []any) {
			return query + " WHERE id >= ? AND id < ?", []any{partID(from, 0), partID(to, 0)}
		}, func(row *record) {
			id, ratings, texts := row.id(), row.code(), row.texts(2)
			visit, counts := s.number[VisitID(id>>partBits)]
			if !counts {
				return
			}
			s.sieve.Job(visit, texts[0], ratings) // nothing where there are no ratings
			s.sieve.Text(visit, texts[1])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// held reads whole the visits that the sieve holds back.
func (s *sifter) held(ctx context.Context, r *Reader) ([]StoredVisit, error) {
	numbers := s.sieve.Held()
	if len(numbers) == 0 {
		return nil, nil
	}
	ids := make([]string, len(numbers))
	for i, n := range numbers {
		ids[i] = itoa(s.ids[n])
	}
	load, err := r.loader(ctx, s.q)
	if err != nil {
		return nil, err
	}
	return load.visits(ctx, "id IN (SELECT value FROM json_each(?)) ORDER BY id", "["+strings.Join(ids, ",")+"]")
}
