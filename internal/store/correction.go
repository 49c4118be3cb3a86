package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// corrects reports whether the submission is the mended copy of another file.
func (s *Submission) corrects() bool { return isSum(s.Corrects) && s.Corrects != s.SHA256 }

// corrected lists the files that the submission is the mended copy of, each once, the latest first.
func (s *Submission) corrected() []string {
	var all []string
	for _, sum := range append([]string{s.Corrects}, s.Earlier...) {
		if s.corrects() && isSum(sum) && sum != s.SHA256 && !slices.Contains(all, sum) {
			all = append(all, sum)
		}
	}
	return all
}

// planCorrection finds what a mended copy replaces where the key of its visit was among the
// things mended: the visits of the file it corrects that nothing in the plan has touched.
func (b *Batch) planCorrection(ctx context.Context, sub *Submission, p *plan) error {
	var fresh []int
	for i, v := range p.visits {
		if v.Status == Accepted {
			fresh = append(fresh, i)
		}
	}
	if !sub.corrects() || len(fresh) == 0 {
		return nil
	}
	left, err := b.leftOf(ctx, sub, p)
	if err != nil {
		return err
	}
	for _, i := range fresh {
		if n := counterpart(left, keyed(&sub.Visits[i])); n >= 0 {
			p.visits[i].Status, p.visits[i].Replaces, p.old[i] = Superseded, left[n].id, left[n]
			left = append(left[:n], left[n+1:]...)
		}
	}
	for _, i := range fresh {
		if p.visits[i].Status == Accepted && len(left) > 0 {
			p.visits[i].Beside = left[0].submission
		}
	}
	return nil
}

// leftOf lists the current visits of the corrected file that the plan does not touch yet; where that
// one was refused, of the file it was the mended copy of itself, and so on.
func (b *Batch) leftOf(ctx context.Context, sub *Submission, p *plan) ([]heldVisit, error) {
	if err := b.flush(ctx); err != nil { // the corrected file may be in this very batch
		return nil, err
	}
	const q = `SELECT id, submission_id, content_sha256, year, faculty_id, day, enterprise_key, enterprise_name, uscc FROM visit
WHERE college = ?1 AND until IS NULL AND submission_id IN (SELECT submission_id FROM attempt WHERE college = ?1 AND sha256 = (
  SELECT j.value FROM json_each(?2) j WHERE EXISTS (SELECT 1 FROM attempt a WHERE a.college = ?1 AND a.sha256 = j.value AND a.submission_id IS NOT NULL)
  ORDER BY j.key LIMIT 1)) ORDER BY id`
	sums, err := json.Marshal(sub.corrected())
	if err != nil {
		return nil, err
	}
	touched := make(map[VisitID]bool)
	for _, old := range p.old {
		touched[old.id] = true
	}
	type row struct {
		heldVisit
		name string
	}
	var left []heldVisit
	err = eachOn(ctx, b.tx, func(r *row) []any {
		return []any{&r.id, &r.submission, &r.hash, &r.key.Year, &r.key.Faculty, &r.key.Day, &r.key.Enterprise, &r.name, &r.uscc}
	}, func(r row) error {
		r.key.College, r.folded = sub.College, codebook.Fold(r.name)
		if !touched[r.id] {
			left = append(left, r.heldVisit)
		}
		return nil
	}, q, sub.College, string(sums))
	return left, err
}

// counterpart picks the visit on record that a mended one stands for; -1 where that is not certain. Two of
// teacher, day and enterprise must agree, and for one visit only: a returned copy is also the nearest blank
// when the next enterprise is visited.
func counterpart(left []heldVisit, v keyedVisit) int {
	found := -1
	for n, h := range left {
		agree := 0
		for _, same := range []bool{h.key.Faculty == v.key.Faculty, h.key.Day == v.key.Day, h.sameEnterprise(v)} {
			if same {
				agree++
			}
		}
		if agree >= 2 && found >= 0 {
			return -1
		}
		if agree >= 2 {
			found = n
		}
	}
	return found
}

// addCorrection records which files a taken one is the mended copy of.
func (b *Batch) addCorrection(sub *Submission) {
	for _, sum := range sub.corrected() {
		b.tables.correction.add(sub.College, sum, sub.SHA256, int64(b.next()))
	}
}

// Corrected tells which of the given files were handed in again mended, and taken: the SHA-256 of
// the file to the name of the latest mended copy.
func (r *Reader) Corrected(ctx context.Context, sums []string) (map[string]string, error) {
	list, err := json.Marshal(sums)
	if err != nil {
		return nil, err
	}
	type row struct{ sum, name string }
	const q = `SELECT c.sha256, coalesce((SELECT name FROM attempt a WHERE a.sha256 = c.by_sha256 AND a.submission_id IS NOT NULL ORDER BY a.id DESC LIMIT 1), c.by_sha256)
FROM json_each(?1) j JOIN correction c ON c.sha256 = j.value AND (?2 = '' OR c.college = ?2) ORDER BY c.sha256, c.since`
	found, err := queryAll(ctx, r, func(x *row) []any { return []any{&x.sum, &x.name} }, q, string(list), r.college)
	out := make(map[string]string, len(found))
	for _, x := range found {
		out[x.sum] = x.name // the latest wins
	}
	return out, err
}
