package store

import (
	"context"
	"slices"
)

// PersonTraces is where a person stands in the database.
type PersonTraces struct {
	Names     []string // as written on visits and rosters, and of the account
	Visits    []VisitID
	Originals []PersonFile // files as handed in that name the person
	Refused   []PersonFile // never taken, and known to name the person; under every name they came by, also those nobody could open
	Rosters   []int64      // documents
	Attempts  []AttemptID  // hand-ins of those files, by the person, and those whose name or issues hold the number
	Years     []int        // of the visits
	Alike     []string     // names of other files that hold the number, perhaps by chance: they are left alone
}

// PersonFile is a file that names a person.
type PersonFile struct {
	SHA256 string // "" where its bytes could not be read
	Name   string
}

// scopeOf is the parameters that every query of a person's traces takes: college, staff number, last
// year (0 is every year), what the log calls the account.
func scopeOf(college, staff string, until int, actor string) []any {
	return []any{college, staff, until, actor}
}

// What a person's visits and rosters are, with the parameters of scopeOf.
const (
	theirVisits = `(?1 = college AND (?3 = 0 OR year <= ?3)
  AND (faculty_id = ?2 COLLATE NOCASE OR EXISTS (SELECT 1 FROM json_each(co_visitors) j WHERE j.value = ?2 COLLATE NOCASE)))`
	theirRosters = `(?1 = d.college AND d.kind = 'roster' AND (?3 = 0 OR CAST(d.key AS INTEGER) <= ?3)
  AND EXISTS (SELECT 1 FROM roster_faculty f WHERE f.document_id = d.id AND f.faculty_id = ?2 COLLATE NOCASE
    UNION ALL SELECT 1 FROM roster_assignment a WHERE a.document_id = d.id AND a.faculty_id = ?2 COLLATE NOCASE))`
	theirSubmissions = `SELECT submission_id AS id FROM visit WHERE ` + theirVisits + ` UNION SELECT d.submission_id FROM document d WHERE ` + theirRosters
)

// PersonTraces finds a person by staff number, in campaigns up to a year (0 is all of them). The returned
// are SHA-256 of files of which a returned copy names the person.
func (r *Reader) PersonTraces(ctx context.Context, college, staff string, until int, account AccountID, returned []string) (PersonTraces, error) {
	var t PersonTraces
	err := r.snapshot(ctx, func(q querier) (err error) {
		t, err = personTraces(ctx, q, scopeOf(college, staff, until, actorOf(account)), returned)
		return err
	})
	return t, err
}

// actorOf is the account on the log; what no account is called where there is none.
func actorOf(id AccountID) string {
	if id == 0 {
		return "\x00"
	}
	return id.Actor()
}

func personTraces(ctx context.Context, q querier, scope []any, returned []string) (PersonTraces, error) {
	var t PersonTraces
	said, err := mentions(ctx, q, scope[:3], returned)
	if err != nil {
		return t, err
	}
	submissions, refused := theirSubmissions, sumList(said.refused)
	t.Alike = said.alike
	one := func(s *string) []any { return []any{s} }
	id := func(n *int64) []any { return []any{n} }
	err = fill(
		func() (err error) {
			t.Names, err = queryOn(ctx, q, one, `SELECT DISTINCT faculty_name FROM visit WHERE `+theirVisits+` AND faculty_id = ?2 COLLATE NOCASE AND faculty_name <> ''
UNION SELECT f.name FROM roster_faculty f JOIN document d ON d.id = f.document_id WHERE `+theirRosters+` AND f.faculty_id = ?2 COLLATE NOCASE AND f.name <> ''
UNION SELECT name FROM account WHERE college = ?1 AND ('u' || id = ?4 OR login = ?2) AND name <> '' AND name <> login
UNION SELECT name FROM faculty WHERE college = ?1 AND id = ?2 COLLATE NOCASE AND name <> '' ORDER BY 1`, scope...)
			return err
		},
		func() error {
			found, err := queryOn(ctx, q, id, "SELECT id FROM visit WHERE "+theirVisits+" ORDER BY id", scope[:3]...)
			for _, n := range found {
				t.Visits = append(t.Visits, VisitID(n))
			}
			return err
		},
		func() error {
			found, err := queryOn(ctx, q, func(n *int) []any { return []any{n} }, "SELECT DISTINCT year FROM visit WHERE "+theirVisits+" ORDER BY year", scope[:3]...)
			t.Years = found
			return err
		},
		func() (err error) {
			t.Rosters, err = queryOn(ctx, q, id, "SELECT d.id FROM document d WHERE "+theirRosters+" ORDER BY d.id", scope[:3]...)
			return err
		},
		func() (err error) {
			t.Originals, err = queryOn(ctx, q, func(f *PersonFile) []any { return []any{&f.SHA256, &f.Name} },
				"SELECT s.sha256, s.name FROM submission s WHERE s.id IN ("+submissions+") ORDER BY s.sha256", scope[:3]...)
			return err
		},
		func() (err error) {
			t.Refused, err = queryOn(ctx, q, func(f *PersonFile) []any { return []any{&f.SHA256, &f.Name} },
				"SELECT DISTINCT sha256, name FROM attempt WHERE college = ? AND (sha256 IN ("+refused+") OR sha256 = '' AND id IN ("+idList(said.named)+")) ORDER BY name, sha256", scope[0])
			return err
		},
		func() error {
			found, err := queryOn(ctx, q, id, `SELECT a.id FROM attempt a WHERE a.college = ?1 AND (a.sha256 IN (SELECT s.sha256 FROM submission s WHERE s.id IN (`+submissions+`))
  OR a.submission_id IN (`+submissions+`) OR (?3 = 0 OR a.year <= ?3) AND (a.received_by = ?4 OR a.received_by = ?2 COLLATE NOCASE)
  OR a.id IN (`+idList(said.all)+`) OR a.sha256 IN (`+refused+`)) ORDER BY a.id`, scope...)
			for _, n := range found {
				t.Attempts = append(t.Attempts, AttemptID(n))
			}
			return err
		},
	)
	slices.Sort(t.Names)
	return t, err
}

// staffUntil are the staff numbers of a college, ?1, that stand in campaigns up to a year, ?2, made by no erasure.
const staffUntil = `SELECT staff FROM (
  SELECT faculty_id AS staff FROM visit WHERE college = ?1 AND year <= ?2
  UNION SELECT j.value FROM visit, json_each(visit.co_visitors) j WHERE college = ?1 AND year <= ?2
  UNION SELECT f.faculty_id FROM roster_faculty f JOIN document d ON d.id = f.document_id WHERE d.college = ?1 AND d.kind = 'roster' AND CAST(d.key AS INTEGER) <= ?2
  UNION SELECT a.faculty_id FROM roster_assignment a JOIN document d ON d.id = a.document_id WHERE d.college = ?1 AND d.kind = 'roster' AND CAST(d.key AS INTEGER) <= ?2)
WHERE staff <> '' AND staff NOT IN (SELECT pseudonym FROM erasure) ORDER BY staff`

// StaffUntil lists the staff numbers that stand in campaigns up to a year, made by no erasure.
func (r *Reader) StaffUntil(ctx context.Context, college string, until int) ([]string, error) {
	return queryAll(ctx, r, func(s *string) []any { return []any{s} }, staffUntil, college, until)
}
