package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Reinstate lets a submission count again: what of it was withdrawn, and what was superseded by a
// correction that was withdrawn since. It comes back as a new version with the same content and cells.
// ErrConflict says that another submission has taken its place, or that there is nothing to bring back;
// ErrFrozen that its year is closed.
func (s *Store) Reinstate(ctx context.Context, id SubmissionID, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) ([]VisitID, error) { return b.reinstate(ctx, id, act) })
	return err
}

// reinstate returns the visits that count again. An error that Is ErrConflict or ErrFrozen leaves
// everything as it was.
func (b *Batch) reinstate(ctx context.Context, id SubmissionID, act Act) ([]VisitID, error) {
	college, err := b.openSubmission(ctx, id)
	if err != nil {
		return nil, err
	}
	f, err := b.fateOf(ctx, id)
	if err == nil {
		err = b.refuseTaken(ctx, f)
	}
	if err != nil {
		return nil, err
	}
	var back []VisitID
	for _, v := range f.visits {
		again, err := b.copyVisit(ctx, VisitID(v.id), VisitID(v.last))
		if err != nil {
			return nil, err
		}
		back = append(back, again)
	}
	for _, d := range f.documents {
		if err := b.copyDocument(ctx, d.id, d.last); err != nil {
			return nil, err
		}
	}
	err = b.exec(ctx, "UPDATE submission SET status = 'accepted' WHERE id = ?", int64(id))
	b.record(college, act.By, "submission.reinstated", "submission/"+itoa(id), reasonJSON(act.Reason))
	return back, err
}

// fate is what became of a submission that was taken.
type fate struct {
	withdrawn         bool         // as a whole
	successor         SubmissionID // holds what took the place of a part of it, and counts; 0 where none
	lost              SubmissionID // was withdrawn, after it had taken the place of a part; 0 where none
	visits, documents []endedRow   // nothing that took their place counts
}

// endedRow is a visit or document that ended, and the last version of the same one.
type endedRow struct {
	id, last   int64
	status     string       // of the last
	submission SubmissionID // of the last
}

// fateOf follows everything of a submission that ended to the last version of it.
func (b *Batch) fateOf(ctx context.Context, id SubmissionID) (fate, error) {
	var f fate
	var ended bool
	const q = `SELECT status = 'withdrawn', EXISTS (SELECT 1 FROM visit WHERE submission_id = ?1 AND until IS NOT NULL)
  OR EXISTS (SELECT 1 FROM document WHERE submission_id = ?1 AND until IS NOT NULL) FROM submission WHERE id = ?1`
	if _, err := b.row(ctx, q, []any{int64(id)}, &f.withdrawn, &ended); err != nil || !ended {
		return f, err
	}
	if err := b.flush(ctx); err != nil { // what replaces it may be in this very batch
		return f, err
	}
	for table, into := range map[string]*[]endedRow{"visit": &f.visits, "document": &f.documents} {
		versions, err := b.endedOf(ctx, table, id)
		if err != nil {
			return f, err
		}
		for _, v := range versions {
			switch {
			case v.status != "withdrawn" && v.submission != id:
				f.successor = v.submission
			case v.status == "withdrawn":
				*into = append(*into, v)
				if v.submission != id {
					f.lost = v.submission
				}
			}
		}
	}
	return f, nil
}

// endedOf lists what of a submission ended in one table, of several versions of one thing the latest.
func (b *Batch) endedOf(ctx context.Context, table string, id SubmissionID) ([]endedRow, error) {
	q := `WITH RECURSIVE chain(id, last) AS (
  SELECT id, id FROM ` + table + ` WHERE submission_id = ? AND until IS NOT NULL
  UNION SELECT chain.id, t.replaced_by FROM chain JOIN ` + table + ` t ON t.id = chain.last WHERE t.replaced_by IS NOT NULL)
SELECT max(chain.id), chain.last, t.status, t.submission_id FROM chain JOIN ` + table + ` t ON t.id = chain.last
WHERE t.replaced_by IS NULL GROUP BY chain.last ORDER BY 1`
	return queryOn(ctx, b.tx, func(v *endedRow) []any { return []any{&v.id, &v.last, &v.status, &v.submission} }, q, int64(id))
}

// refuseTaken refuses to bring back what counts, or what has a successor.
func (b *Batch) refuseTaken(ctx context.Context, f fate) error {
	if len(f.visits)+len(f.documents) == 0 && f.successor == 0 && !f.withdrawn {
		return conflict("这份提交没有被撤回。", "This submission was not withdrawn.")
	}
	holder, err := b.holder(ctx, f)
	if err == nil && holder != 0 {
		err = conflict(fmt.Sprintf("提交 %d 已取代它，不能恢复；要恢复，先撤回那一份：qianqi withdraw %d --reason 理由。", holder, holder),
			fmt.Sprintf("Submission %d has taken its place; to bring this one back withdraw that one first: qianqi withdraw %d --reason WHY.", holder, holder))
	}
	return err
}

// holder is the submission that has the place of what could come back, 0 where none has.
func (b *Batch) holder(ctx context.Context, f fate) (SubmissionID, error) {
	if len(f.visits)+len(f.documents) == 0 {
		return f.successor, nil
	}
	for _, v := range f.visits {
		k, name := keyedVisit{}, ""
		const q = "SELECT college, year, faculty_id, day, enterprise_key, enterprise_name, uscc FROM visit WHERE id = ?"
		if err := b.tx.QueryRowContext(ctx, q, v.id).Scan(&k.key.College, &k.key.Year, &k.key.Faculty, &k.key.Day, &k.key.Enterprise, &name, &k.uscc); err != nil {
			return 0, err
		}
		k.folded = codebook.Fold(name)
		if held, found, err := b.current(ctx, k); err != nil || found {
			return held.submission, err
		}
	}
	for _, d := range f.documents {
		var id SubmissionID
		const q = "SELECT n.submission_id FROM document o JOIN document n ON n.college = o.college AND n.kind = o.kind AND n.key = o.key AND n.until IS NULL WHERE o.id = ?"
		if found, err := b.row(ctx, q, []any{d.id}, &id); err != nil || found {
			return id, err
		}
	}
	return 0, nil
}

// saveAgain looks at bytes that were taken before. Where they count no more it says why; where the sender
// wants that and nothing has their place, they count again.
func (b *Batch) saveAgain(ctx context.Context, sub *Submission, out Outcome) (Outcome, error) {
	f, err := b.fateOf(ctx, out.Submission)
	if err != nil {
		return out, err
	}
	if sub.Again && !f.withdrawn && f.lost != 0 {
		back, err := b.reinstate(ctx, out.Submission, Act{By: sub.By, Reason: "再次交来 handed in again"})
		if err == nil {
			return b.countAgain(ctx, sub, out, back)
		}
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrFrozen) {
			return out, err
		}
	}
	if f.lost != 0 {
		if holder, err := b.holder(ctx, f); err != nil {
			return out, err
		} else if holder != 0 {
			f.successor, f.lost = holder, 0
		}
	}
	out.Withdrawn, out.Successor, out.Lost = f.withdrawn, f.successor, f.lost
	return b.saveUnchanged(ctx, sub, out)
}

// countAgain logs that bytes which had ceased to count do so again, and says what they hold.
func (b *Batch) countAgain(ctx context.Context, sub *Submission, out Outcome, back []VisitID) (Outcome, error) {
	load, err := b.s.loader(ctx, b.tx)
	if err != nil {
		return out, err
	}
	visits, err := load.visits(ctx, "id IN ("+idList(back)+") ORDER BY id")
	if err != nil {
		return out, err
	}
	out.Status, out.Counts.Visits = Accepted, len(visits)
	for i := range visits {
		v := &visits[i].Visit
		out.Years = append(out.Years, v.Year)
		out.Counts.Jobs += len(v.Jobs)
		for j := range v.Jobs {
			out.Counts.Ratings += rated(v.Jobs[j].Ratings)
		}
	}
	b.files[sub.College+"/"+sub.SHA256] = out.Submission
	var none []survey.Issue
	if out.Attempt, err = b.attemptAgain(ctx, &sub.Handed, Accepted, out.Submission, none); out.Attempt == 0 && err == nil {
		out.Attempt, err = b.attempt(ctx, &sub.Handed, Accepted, out.Submission, out.Counts, none)
	}
	return out, err
}
