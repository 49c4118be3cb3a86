package store

import "context"

// Department is a department as it is written somewhere, with how often.
type Department struct {
	Name        string
	Faculty     int // on the rosters that count
	Accounts    int
	Secretaries int // accounts that see this department's visits
	Visits      int // that count
}

// Departments lists every spelling of a department in accounts, rosters and visits, by name.
func (r *Reader) Departments(ctx context.Context) ([]Department, error) {
	const q = `WITH spelt(name, faculty, accounts, secretaries, visits) AS (
  SELECT f.department, count(DISTINCT f.faculty_id), 0, 0, 0 FROM roster_faculty f JOIN document d ON d.id = f.document_id
    WHERE d.until IS NULL AND (?1 = '' OR d.college = ?1) GROUP BY 1
  UNION ALL
  SELECT department, 0, count(*), sum(EXISTS (SELECT 1 FROM json_each(roles) j WHERE j.value = 'secretary')), 0 FROM account WHERE ?1 = '' OR college = ?1 GROUP BY 1
  UNION ALL
  SELECT department, 0, 0, 0, count(*) FROM visit WHERE until IS NULL AND (?1 = '' OR college = ?1) GROUP BY 1)
SELECT name, sum(faculty), sum(accounts), sum(secretaries), sum(visits) FROM spelt WHERE name <> '' GROUP BY name ORDER BY name`
	return queryAll(ctx, r, func(d *Department) []any { return []any{&d.Name, &d.Faculty, &d.Accounts, &d.Secretaries, &d.Visits} }, q, r.college)
}

// MoveDepartment gives every account of one department another, and ends their sessions, since a
// secretary's scope moves with it. It returns how many accounts that were.
func (s *Store) MoveDepartment(ctx context.Context, college, from, to string, act Act) (int, error) {
	type row struct{ id AccountID }
	return inBatch(ctx, s, func(b *Batch) (int, error) {
		found, err := queryOn(ctx, b.tx, func(r *row) []any { return []any{&r.id} }, "SELECT id FROM account WHERE college = ? AND department = ? ORDER BY id", college, from)
		for _, a := range found {
			if err != nil {
				return 0, err
			}
			b.record(college, act.By, "account.moved", "account/"+itoa(a.id), "")
			if err = b.exec(ctx, "UPDATE account SET department = ? WHERE id = ?", to, int64(a.id)); err == nil {
				err = b.exec(ctx, "DELETE FROM session WHERE account_id = ?", int64(a.id))
			}
		}
		return len(found), err
	})
}
