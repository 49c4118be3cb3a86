package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// psus says which enterprise each visit counts for, merges and splits applied.
type psus struct {
	root  map[EnterpriseID]EnterpriseID // only where it differs
	moved map[VisitID]EnterpriseID      // visits that were split off
}

func (p psus) of(visit VisitID, e EnterpriseID) EnterpriseID {
	if moved, ok := p.moved[visit]; ok {
		e = moved
	}
	if root, ok := p.root[e]; ok {
		return root
	}
	return e
}

// psus reads the merges and splits that count at the reader's moment.
func (r *Reader) psus(ctx context.Context, q querier) (psus, error) {
	type act struct {
		from, into EnterpriseID
	}
	p := psus{root: make(map[EnterpriseID]EnterpriseID), moved: make(map[VisitID]EnterpriseID)}
	into := make(map[EnterpriseID]EnterpriseID)
	err := eachOn(ctx, q, func(a *act) []any { return []any{&a.from, &a.into} }, func(a act) error {
		into[a.from] = a.into
		return nil
	}, "SELECT enterprise_id, into_id FROM enterprise_act WHERE kind = 'merge' AND "+counts+" ORDER BY id", r.scope()...)
	if err != nil {
		return p, err
	}
	type split struct {
		visit VisitID
		to    EnterpriseID
	}
	err = eachOn(ctx, q, func(x *split) []any { return []any{&x.visit, &x.to} }, func(x split) error {
		p.moved[x.visit] = x.to
		return nil
	}, splitsQuery, r.scope()...)
	for from := range into {
		p.root[from] = follow(into, from)
	}
	return p, err
}

// splitsQuery lists the visits that were split off, with their corrections since, the latest act
// last.
const splitsQuery = `WITH RECURSIVE moved(act, visit_id, enterprise_id) AS (
  SELECT id, visit_id, enterprise_id FROM enterprise_act WHERE kind = 'split' AND ` + counts + `
  UNION ALL
  SELECT moved.act, v.replaced_by, moved.enterprise_id FROM moved JOIN visit v ON v.id = moved.visit_id WHERE v.replaced_by IS NOT NULL)
SELECT visit_id, enterprise_id FROM moved ORDER BY act`

// follow goes from merge to merge; merges never form a circle, and were one written by hand it
// would end here all the same.
func follow(into map[EnterpriseID]EnterpriseID, e EnterpriseID) EnterpriseID {
	for range len(into) {
		next, ok := into[e]
		if !ok {
			break
		}
		e = next
	}
	return e
}

// EnterpriseRow is an enterprise as identified.
type EnterpriseRow struct {
	ID     EnterpriseID
	Key    string
	Name   string // as renamed, else as first written
	USCC   string
	Root   EnterpriseID // the enterprise it counts as; itself unless merged
	Names  []string     // every name it was written with
	Visits int          // visits that count for it, merges and splits applied; none where it counts as another
	Region string       // GB/T 2260 code as its latest visit has it, "" where none counts
}

// shownName and latestRegion are the columns of an enterprise e that follow from acts and visits.
const (
	shownName    = "coalesce((SELECT a.name FROM enterprise_act a WHERE a.kind = 'rename' AND a.enterprise_id = e.id AND a.until IS NULL ORDER BY a.id DESC LIMIT 1), e.name)"
	latestRegion = "coalesce((SELECT v.region FROM visit v WHERE v.enterprise_id = e.id AND v.until IS NULL ORDER BY v.id DESC LIMIT 1), '')"
)

// NamedEnterprise is what the likeness of enterprises is judged by.
type NamedEnterprise struct {
	survey.NamedEnterprise
	ID, Root EnterpriseID
}

// NamedEnterprises lists the names of the enterprises as they are now, by id: a part of Enterprises that
// takes a third of the time.
func (r *Reader) NamedEnterprises(ctx context.Context) ([]NamedEnterprise, error) {
	const q = "SELECT e.id, e.root_id, e.key, " + shownName + ", e.uscc, " + latestRegion + " FROM enterprise e WHERE (? = '' OR e.college = ?) ORDER BY e.id"
	return queryAll(ctx, r, func(e *NamedEnterprise) []any { return []any{&e.ID, &e.Root, &e.Key, &e.Name, &e.USCC, &e.Region} }, q, r.college, r.college)
}

// AnyEnterpriseNamed reports whether the name of an enterprise, as it is now, has these words in it.
func (r *Reader) AnyEnterpriseNamed(ctx context.Context, words string) (found bool, err error) {
	const q = "SELECT EXISTS (SELECT 1 FROM enterprise e WHERE (? = '' OR e.college = ?) AND instr(" + shownName + ", ?) > 0)"
	err = r.read.QueryRowContext(ctx, q, r.college, r.college, words).Scan(&found)
	return found, explain(r.path, err)
}

// Enterprises lists the enterprises as they are now, by id.
func (r *Reader) Enterprises(ctx context.Context) (rows []EnterpriseRow, err error) {
	const q = `SELECT e.id, e.key, ` + shownName + `,
  e.uscc, e.root_id, (SELECT json_group_array(name) FROM (SELECT name FROM enterprise_name n WHERE n.enterprise_id = e.id ORDER BY name)), ` + latestRegion + `
FROM enterprise e WHERE (? = '' OR e.college = ?) ORDER BY e.id`
	err = r.snapshot(ctx, func(on querier) error {
		rows, err = queryOn(ctx, on, func(e *EnterpriseRow) []any {
			return []any{&e.ID, &e.Key, &e.Name, &e.USCC, &e.Root, listOf(&e.Names), &e.Region}
		}, q, r.college, r.college)
		if err != nil {
			return err
		}
		return r.countVisits(ctx, on, rows)
	})
	return rows, err
}

// countVisits fills in the visits that count for each of the enterprises.
func (r *Reader) countVisits(ctx context.Context, q querier, rows []EnterpriseRow) error {
	psu, err := r.psus(ctx, q)
	if err != nil {
		return err
	}
	type row struct {
		visit      VisitID
		enterprise EnterpriseID
	}
	n := make(map[EnterpriseID]int, len(rows))
	err = eachOn(ctx, q, func(x *row) []any { return []any{&x.visit, &x.enterprise} }, func(x row) error {
		n[psu.of(x.visit, x.enterprise)]++
		return nil
	}, "SELECT id, enterprise_id FROM visit WHERE "+counts, r.scope()...)
	for i := range rows {
		rows[i].Visits = n[rows[i].ID]
	}
	return err
}

// EnterpriseAct is a recorded merge, split or rename.
type EnterpriseAct struct {
	ID         int64
	Kind       string       // merge, split or rename
	Enterprise EnterpriseID // merge: from; split: new home of the visit; rename: whose
	Into       EnterpriseID // merge
	Visit      VisitID      // split
	Name       string       // rename
	Act
	At           time.Time
	UndoneBy     string // "" while it holds
	UndoneReason string
}

// EnterpriseActs lists every merge, split and rename, also those undone, oldest first.
func (r *Reader) EnterpriseActs(ctx context.Context) ([]EnterpriseAct, error) {
	return queryAll(ctx, r, func(a *EnterpriseAct) []any {
		return []any{&a.ID, &a.Kind, &a.Enterprise, &a.Into, &a.Visit, &a.Name, &a.By, &a.Reason, timeOf(&a.At), &a.UndoneBy, &a.UndoneReason}
	}, `SELECT id, kind, enterprise_id, coalesce(into_id, 0), coalesce(visit_id, 0), name, by, reason, at, coalesce(undone_by, ''), coalesce(undone_reason, '')
FROM enterprise_act WHERE `+seen+" ORDER BY id", r.scope()[:3]...)
}

// MergeEnterprises makes one enterprise count as another, for all its visits past and to come.
// ErrConflict says that it counts as another already, or that the two would form a circle.
func (s *Store) MergeEnterprises(ctx context.Context, from, into EnterpriseID, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) { return struct{}{}, b.merge(ctx, from, into, act) })
	return err
}

func (b *Batch) merge(ctx context.Context, from, into EnterpriseID, act Act) error {
	college, fromRoot, intoRoot, err := b.pair(ctx, from, into)
	if err != nil {
		return err
	}
	if fromRoot != from || intoRoot == from {
		return conflict("该企业已并入其他企业，或两者会互相并入。", "The enterprise is merged into another already, or the two would be merged into each other.")
	}
	err = b.addAct(ctx, college, "merge", from, into, 0, "", act)
	if err == nil {
		err = b.exec(ctx, "UPDATE enterprise SET root_id = ? WHERE root_id = ?", int64(intoRoot), int64(from))
	}
	if err == nil {
		err = b.closeCandidate(ctx, from, into, "merged", act)
	}
	b.record(college, act.By, "enterprise.merged", "enterprise/"+itoa(from), fmt.Sprintf(`{"into":%d}`, into))
	return err
}

// errTwoColleges says that a decision is about enterprises of two colleges, which know nothing of each other.
var errTwoColleges = conflict("这两家企业属于不同的学院。", "The two enterprises are of different colleges.")

// identified is the college of an enterprise and the enterprise that it counts as.
func (b *Batch) identified(ctx context.Context, id EnterpriseID) (college string, root EnterpriseID, err error) {
	found, err := b.row(ctx, "SELECT college, root_id FROM enterprise WHERE id = ?", []any{int64(id)}, &college, &root)
	if err == nil && !found {
		err = notFound("企业："+itoa(id), "enterprise: "+itoa(id))
	}
	return college, root, err
}

// pair is the college of two enterprises that are not the same row, and what each of them counts as.
func (b *Batch) pair(ctx context.Context, x, y EnterpriseID) (college string, rootX, rootY EnterpriseID, err error) {
	if x == y {
		return "", 0, 0, conflict("两个编号相同："+itoa(x)+"。", "Both numbers are the same: "+itoa(x)+".")
	}
	if college, rootX, err = b.identified(ctx, x); err != nil {
		return "", 0, 0, err
	}
	other, rootY, err := b.identified(ctx, y)
	if err == nil && college != other {
		err = errTwoColleges
	}
	return college, rootX, rootY, err
}

func (b *Batch) addAct(ctx context.Context, college, kind string, e, into EnterpriseID, visit VisitID, name string, act Act) error {
	return b.exec(ctx, "INSERT INTO enterprise_act (college, kind, enterprise_id, into_id, visit_id, name, by, at, reason, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		college, kind, int64(e), nullID(into), nullID(visit), name, act.By, stampTime(b.s.now()), act.Reason, int64(b.next()))
}

// SplitEnterprise makes visits of one enterprise count for another, a new one under the given
// name: two establishments had been taken for one. It returns the new enterprise.
func (s *Store) SplitEnterprise(ctx context.Context, visits []VisitID, name string, act Act) (EnterpriseID, error) {
	return inBatch(ctx, s, func(b *Batch) (EnterpriseID, error) { return b.split(ctx, visits, strings.TrimSpace(name), act) })
}

func (b *Batch) split(ctx context.Context, visits []VisitID, name string, act Act) (EnterpriseID, error) {
	if len(visits) == 0 || name == "" {
		return 0, invalid("拆分须写明走访和新企业的名称。", "A split names visits and the new enterprise.")
	}
	visits = slices.Compact(slices.Sorted(slices.Values(visits)))
	var college string
	for i, v := range visits {
		var of string
		switch found, err := b.row(ctx, "SELECT college FROM visit WHERE id = ?", []any{int64(v)}, &of); {
		case err != nil:
			return 0, err
		case !found:
			return 0, notFound("走访："+itoa(v), "visit: "+itoa(v))
		case i > 0 && of != college:
			return 0, errTwoColleges
		}
		college = of
	}
	b.last.enterprise++
	id := b.last.enterprise
	b.tables.enterprise.add(int64(id), college, fmt.Sprintf("split:%d:%s", id, name), name, "", int64(id), int64(b.next()))
	for _, v := range visits {
		if err := b.addAct(ctx, college, "split", id, 0, v, "", act); err != nil {
			return 0, err
		}
	}
	b.record(college, act.By, "enterprise.split", "enterprise/"+itoa(id), fmt.Sprintf(`{"visits":%d}`, len(visits)))
	return id, nil
}

// RenameEnterprise gives an enterprise another name to be shown with; visits keep theirs.
func (s *Store) RenameEnterprise(ctx context.Context, id EnterpriseID, name string, act Act) error {
	if name = strings.TrimSpace(name); name == "" {
		return invalid("企业的名称不能为空。", "The name of an enterprise cannot be blank.")
	}
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		college, _, err := b.identified(ctx, id)
		if err == nil {
			err = b.addAct(ctx, college, "rename", id, 0, 0, name, act)
		}
		b.record(college, act.By, "enterprise.renamed", "enterprise/"+itoa(id), "")
		return struct{}{}, err
	})
	return err
}

// UndoEnterpriseAct ends a merge, split or rename; it stays on record, and a merged pair goes back
// into the review queue. ErrConflict says that it
// was undone already.
func (s *Store) UndoEnterpriseAct(ctx context.Context, id int64, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		var college string
		var ended bool
		if err := b.tx.QueryRowContext(ctx, "SELECT college, until IS NOT NULL FROM enterprise_act WHERE id = ?", id).Scan(&college, &ended); err != nil {
			return struct{}{}, err
		}
		if ended {
			return struct{}{}, conflict("该操作已撤销过。", "This was undone already.")
		}
		err := b.exec(ctx, "UPDATE enterprise_act SET until = ?, undone_by = ?, undone_reason = ? WHERE id = ?", int64(b.next()), act.By, act.Reason, id)
		if err == nil {
			err = b.exec(ctx, rootsQuery)
		}
		if err == nil {
			err = b.exec(ctx, reopenQuery, id)
		}
		b.record(college, act.By, "enterprise.undone", "enterprise-act/"+itoa(id), reasonJSON(act.Reason))
		return struct{}{}, err
	})
	return err
}

// reopenQuery puts the pair of a merge that was undone back into the review queue.
const reopenQuery = `UPDATE enterprise_candidate SET status = 'open' WHERE status = 'merged' AND (enterprise_id, other_id) IN
  (SELECT min(enterprise_id, into_id), max(enterprise_id, into_id) FROM enterprise_act WHERE id = ? AND kind = 'merge')`

// rootsQuery computes every root_id anew from the merges that hold.
const rootsQuery = `WITH RECURSIVE up(id, root, steps) AS (
  SELECT id, id, 0 FROM enterprise
  UNION ALL
  SELECT up.id, a.into_id, up.steps + 1 FROM up JOIN enterprise_act a ON a.kind = 'merge' AND a.until IS NULL AND a.enterprise_id = up.root WHERE up.steps < 100)
UPDATE enterprise SET root_id = (SELECT root FROM up WHERE up.id = enterprise.id ORDER BY steps DESC LIMIT 1)`

// Candidate is a pair of enterprises that may be one; a person decides.
type Candidate struct {
	A, B   EnterpriseID // A < B
	Score  float64      // 0–1
	Reason string       // e.g. "name"
	Status string       // open, merged or distinct; set by the store
}

// QueueCandidates adds pairs to the review queue. A pair that was decided stays decided.
func (s *Store) QueueCandidates(ctx context.Context, college string, pairs []Candidate) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		queue := newRows("enterprise_candidate", "college, enterprise_id, other_id, score, reason, status, by, at",
			"ON CONFLICT DO UPDATE SET score = excluded.score, reason = excluded.reason WHERE status = 'open'")
		for _, c := range pairs {
			queue.add(college, int64(min(c.A, c.B)), int64(max(c.A, c.B)), c.Score, c.Reason, "open", "", "")
		}
		return struct{}{}, queue.flush(ctx, b.tx)
	})
	return err
}

// Candidates lists the review queue, best score first; status "" lists all.
func (r *Reader) Candidates(ctx context.Context, status string) ([]Candidate, error) {
	return queryAll(ctx, r, func(c *Candidate) []any { return []any{&c.A, &c.B, &c.Score, &c.Reason, &c.Status} },
		"SELECT enterprise_id, other_id, score, reason, status FROM enterprise_candidate WHERE (? = '' OR college = ?) AND (? = '' OR status = ?) ORDER BY score DESC, enterprise_id, other_id",
		r.college, r.college, status, status)
}

// MarkDistinct decides that two enterprises are two, queued or not. ErrConflict says that they count as
// one: a merge must be undone first.
func (s *Store) MarkDistinct(ctx context.Context, x, y EnterpriseID, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) { return struct{}{}, b.distinct(ctx, x, y, act) })
	return err
}

func (b *Batch) distinct(ctx context.Context, x, y EnterpriseID, act Act) error {
	college, rootX, rootY, err := b.pair(ctx, x, y)
	if err != nil {
		return err
	}
	if rootX == rootY {
		return conflict(fmt.Sprintf("企业 %d 与 %d 现在算作一家；请先撤销合并：用 qianqi enterprise log 查编号，再 qianqi enterprise undo。", x, y),
			fmt.Sprintf("The enterprises %d and %d count as one; undo the merge first: qianqi enterprise log has its number, qianqi enterprise undo takes it back.", x, y))
	}
	b.record(college, act.By, "enterprise.distinct", "enterprise/"+itoa(x), fmt.Sprintf(`{"other":%d}`, y))
	return b.closeCandidate(ctx, x, y, "distinct", act)
}

// closeCandidate decides a pair, also one that was never queued.
func (b *Batch) closeCandidate(ctx context.Context, x, y EnterpriseID, status string, act Act) error {
	return b.exec(ctx, `INSERT INTO enterprise_candidate (college, enterprise_id, other_id, score, reason, status, by, at)
SELECT college, ?1, ?2, 1, ?6, ?3, ?4, ?5 FROM enterprise WHERE id = ?1
ON CONFLICT DO UPDATE SET status = excluded.status, by = excluded.by, at = excluded.at`,
		int64(min(x, y)), int64(max(x, y)), status, act.By, stampTime(b.s.now()), act.Reason)
}
