package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// files are n files of one visit with four jobs, about as large as a filled workbook.
func files(n int) []Submission {
	out := make([]Submission, n)
	padding := strings.Repeat("x", 15000)
	for i := range out {
		out[i] = handIn(fmt.Sprint(i, padding), aVisit(i, 4))
		out[i].Name = fmt.Sprint(i, ".xlsx")
	}
	return out
}

// takeIn hands files in, 256 a batch.
func takeIn(b *testing.B, s *Store, all []Submission) {
	b.Helper()
	ctx := context.Background()
	for part := range slices.Chunk(all, 256) {
		batch, err := s.Begin(ctx)
		if err != nil {
			b.Fatal(err)
		}
		for i := range part {
			if _, err := batch.Save(ctx, part[i]); err != nil {
				b.Fatal(err)
			}
		}
		if err := batch.Commit(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSave takes files in as a campaign does, 256 in a transaction, originals made durable.
func BenchmarkSave(b *testing.B) {
	all := files(2000)
	for b.Loop() {
		s := openTemp(b)
		takeIn(b, s, all)
		s.Close()
	}
	b.ReportMetric(float64(2000*4*7*b.N)/b.Elapsed().Seconds(), "ratings/s")
	b.ReportMetric(float64(2000*b.N)/b.Elapsed().Seconds(), "files/s")
}

// BenchmarkSaveBulk takes the same visits in as one bulk file.
func BenchmarkSaveBulk(b *testing.B) {
	var visits []survey.Visit
	for _, f := range files(2000) {
		visits = append(visits, f.Visits...)
	}
	for b.Loop() {
		s := openTemp(b)
		takeIn(b, s, []Submission{handIn("bulk", visits...)})
		s.Close()
	}
	b.ReportMetric(float64(2000*4*7*b.N)/b.Elapsed().Seconds(), "ratings/s")
}

// BenchmarkSaveUnchanged hands the same files in again.
func BenchmarkSaveUnchanged(b *testing.B) {
	s, all := openTemp(b), files(2000)
	takeIn(b, s, all)
	for b.Loop() {
		takeIn(b, s, all)
	}
	b.ReportMetric(2000*float64(b.N)/b.Elapsed().Seconds(), "visits/s")
}

// BenchmarkLoadSample reads 200,000 jobs with seven competencies into columns.
func BenchmarkLoadSample(b *testing.B) {
	ctx := context.Background()
	s := openTemp(b)
	takeIn(b, s, inBulk(50000))
	for b.Loop() {
		sample, err := s.LoadSample(ctx, 2026, sevenCompetencies...)
		if err != nil || sample.Jobs.Len() != 200000 {
			b.Fatal(sample.Jobs.Len(), err)
		}
	}
	b.ReportMetric(200000*float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
}

// inBulk are n visits in files of 1,000.
func inBulk(n int) []Submission {
	var out []Submission
	for from := 0; from < n; from += 1000 {
		visits := make([]survey.Visit, 1000)
		for i := range visits {
			visits[i] = aVisit(from+i, 4)
		}
		out = append(out, handIn(fmt.Sprint("bulk", from), visits...))
	}
	return out
}

// BenchmarkTally makes SQL do the same through rating_view.
func BenchmarkTally(b *testing.B) {
	s := openTemp(b)
	takeIn(b, s, inBulk(10000))
	for b.Loop() {
		if _, err := tally(context.Background(), s.Reader, 2026); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkShapes compares three shapes of the ratings: a row a rating, a column a measure, and
// the packed text that the schema uses; each written and summed by SQL or by Go.
func BenchmarkShapes(b *testing.B) {
	const jobs = 50000
	columns := make([]string, 21)
	for i := range columns {
		columns[i] = fmt.Sprintf("m%d", i)
	}
	wide := strings.Join(columns, ", ")
	for _, shape := range []struct {
		name, table, columns string
		add                  func(*rows, int, *survey.Job)
		sum                  func(*sql.DB) (int, error)
	}{
		{"narrow", "CREATE TABLE t (job INTEGER, c INTEGER, i INTEGER, r INTEGER, o INTEGER, PRIMARY KEY (job, c)) STRICT, WITHOUT ROWID", "job, c, i, r, o",
			func(to *rows, n int, j *survey.Job) {
				for c := range j.Ratings {
					r := &j.Ratings[c]
					to.add(n, c, r.Importance.Value, r.Required.Value, r.Graduate.Value)
				}
			}, sumSQL("SELECT sum(i) + sum(r) + sum(o) FROM t GROUP BY c")},
		{"wide", "CREATE TABLE t (job INTEGER PRIMARY KEY, " + strings.ReplaceAll(wide, ",", " INTEGER,") + " INTEGER) STRICT", "job, " + wide,
			func(to *rows, n int, j *survey.Job) {
				values := []any{n}
				for c := range j.Ratings {
					r := &j.Ratings[c]
					values = append(values, r.Importance.Value, r.Required.Value, r.Graduate.Value)
				}
				to.add(values...)
			}, sumSQL("SELECT sum(" + strings.Join(columns, ") + sum(") + ") FROM t")},
		{"packed", "CREATE TABLE t (job INTEGER PRIMARY KEY, ratings TEXT NOT NULL) STRICT", "job, ratings",
			func(to *rows, n int, j *survey.Job) { to.add(n, packRatings(j.Ratings)) }, sumPacked},
	} {
		b.Run("write/"+shape.name, func(b *testing.B) {
			for b.Loop() {
				writeShape(b, shape.table, shape.columns, jobs, shape.add).Close()
			}
		})
		b.Run("read/"+shape.name, func(b *testing.B) {
			db := writeShape(b, shape.table, shape.columns, jobs, shape.add)
			defer db.Close()
			for b.Loop() {
				if n, err := shape.sum(db); err != nil || n == 0 {
					b.Fatal(n, err)
				}
			}
		})
	}
}

func writeShape(b *testing.B, table, columns string, jobs int, add func(*rows, int, *survey.Job)) *sql.DB {
	b.Helper()
	path := filepath.Join(b.TempDir(), "shape.db")
	db, err := connect(path, dsn(path, writerPragmas), 1)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := db.Exec(table); err != nil {
		b.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	to := newRows("t", columns, "")
	job := aJob(1, 1)
	for n := range jobs {
		add(to, n, &job)
		if to.len() >= flushAfter {
			if err := to.flush(context.Background(), tx); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := to.flush(context.Background(), tx); err != nil {
		b.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return db
}

func sumSQL(query string) func(*sql.DB) (int, error) {
	return func(db *sql.DB) (int, error) {
		sums, err := queryOn(context.Background(), db, func(n *int) []any { return []any{n} }, query)
		total := 0
		for _, n := range sums {
			total += n
		}
		return total, err
	}
}

func sumPacked(db *sql.DB) (int, error) {
	total := 0
	err := eachOn(context.Background(), db, func(s *string) []any { return []any{s} }, func(s string) error {
		for _, d := range []byte(s) {
			if d >= '1' && d <= '5' {
				total += int(d - '0')
			}
		}
		return nil
	}, "SELECT ratings FROM t")
	return total, err
}
