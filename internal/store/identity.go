package store

import (
	"context"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// A visit is known by its key. One thing more is the same visit: the same teacher on the same
// day at an enterprise of the same name, where one of the two workbooks lacks the credit code;
// that is a correction which added the code (or lost it), not a second visit.

// dayKey is the part of a visit's key that a look-up goes by.
type dayKey struct {
	college, faculty string
	year             int
	day              survey.Day
}

// keyedVisit is what decides which visit it is.
type keyedVisit struct {
	key    survey.VisitKey
	folded string // name of the enterprise, folded
	uscc   string
}

func (v keyedVisit) day() dayKey {
	return dayKey{v.key.College, v.key.Faculty, v.key.Year, v.key.Day}
}

// heldVisit is a current visit.
type heldVisit struct {
	keyedVisit
	id         VisitID
	submission SubmissionID
	hash       string
}

func keyed(v *survey.Visit) keyedVisit {
	return keyedVisit{v.Key(), codebook.Fold(v.Enterprise.Name), v.Enterprise.USCC}
}

// sameVisit reports whether two visits of the same day are one.
func sameVisit(a, b keyedVisit) bool {
	return a.key == b.key || a.day() == b.day() && a.sameEnterprise(b)
}

// sameEnterprise reports whether two visits name one enterprise, of which one may lack the credit code.
func (v keyedVisit) sameEnterprise(o keyedVisit) bool {
	return v.key.Enterprise == o.key.Enterprise || v.folded == o.folded && (v.uscc == "" || o.uscc == "")
}

// current finds the current visit that v would replace or equal; an exact key goes first.
func (b *Batch) current(ctx context.Context, v keyedVisit) (heldVisit, bool, error) {
	held, err := b.currentOn(ctx, v.day())
	if err != nil {
		return heldVisit{}, false, err
	}
	held = append(held, b.pending[v.day()]...)
	var found heldVisit
	for _, h := range held {
		if h.key == v.key {
			return h, true, nil
		}
		if sameVisit(h.keyedVisit, v) {
			found = h
		}
	}
	return found, found.id != 0, nil
}

// currentOn reads the current visits of a teacher on a day; nearly always there are none.
func (b *Batch) currentOn(ctx context.Context, d dayKey) ([]heldVisit, error) {
	const q = `SELECT id, submission_id, content_sha256, enterprise_key, enterprise_name, uscc FROM visit
WHERE college = ? AND year = ? AND faculty_id = ? AND day = ? AND until IS NULL ORDER BY id`
	stmt, err := b.stmt(ctx, q)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, d.college, d.year, d.faculty, string(d.day))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []heldVisit
	for rows.Next() {
		h := heldVisit{keyedVisit: keyedVisit{key: survey.VisitKey{College: d.college, Year: d.year, Faculty: d.faculty, Day: d.day}}}
		var name string
		if err := rows.Scan(&h.id, &h.submission, &h.hash, &h.key.Enterprise, &name, &h.uscc); err != nil {
			return nil, err
		}
		h.folded = codebook.Fold(name)
		out = append(out, h)
	}
	return out, rows.Err()
}

// enterprise returns the id of a visit's enterprise, making it where it is new.
func (b *Batch) enterprise(ctx context.Context, v *survey.Visit, since Moment) (EnterpriseID, error) {
	e := &v.Enterprise
	key := v.Key().Enterprise
	id, err := b.enterpriseID(ctx, v.College, key)
	if err != nil {
		return 0, err
	}
	if id == 0 {
		b.last.enterprise++
		id = b.last.enterprise
		b.known.enterprises[v.College+"/"+key] = id
		b.tables.enterprise.add(int64(id), v.College, key, e.Name, e.USCC, int64(id), int64(since))
	}
	if name := itoa(id) + "/" + e.Name; !b.known.names[name] {
		b.known.names[name] = true
		b.tables.names.add(int64(id), e.Name, int64(since))
	}
	return id, nil
}

// enterpriseID finds an enterprise by key; 0 where there is none.
func (b *Batch) enterpriseID(ctx context.Context, college, key string) (EnterpriseID, error) {
	if id, ok := b.known.enterprises[college+"/"+key]; ok {
		return id, nil
	}
	var id EnterpriseID
	found, err := b.row(ctx, "SELECT id FROM enterprise WHERE college = ? AND key = ?", []any{college, key}, &id)
	if found {
		b.known.enterprises[college+"/"+key] = id
	}
	return id, err
}
