package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
)

// registerPlan is one proposal, review or decision that is new or different.
type registerPlan struct {
	table  string
	row    tableRow
	hash   string
	old    int64 // row it replaces, 0 where it is new
	status Status
}

// planRegister compares every entry of a register with the one stored under the same name.
func (b *Batch) planRegister(ctx context.Context, sub *Submission) (partPlan, error) {
	p := partPlan{kind: kindRegister, status: Unchanged}
	if err := b.flush(ctx); err != nil {
		return p, err
	}
	var all []curriculum.Review
	for i := range sub.Register.Proposals {
		for _, r := range sub.Register.Proposals[i].Reviews {
			r.Proposal = sub.Register.Proposals[i].ID
			all = append(all, r)
		}
	}
	err := planEntries(ctx, b, sub.College, proposals, sub.Register.Proposals, &p)
	if err == nil {
		err = planEntries(ctx, b, sub.College, reviews, all, &p)
	}
	if err == nil {
		err = planEntries(ctx, b, sub.College, decisions, sub.Register.Decisions, &p)
	}
	return p, err
}

func planEntries[T any](ctx context.Context, b *Batch, college string, t registerTable[T], list []T, p *partPlan) error {
	for i := range list {
		e, sub, err := planEntry(ctx, b, college, t, &list[i])
		if err != nil {
			return err
		}
		switch {
		case e.status == Unchanged:
			if p.oldSubmission == 0 {
				p.oldSubmission = sub
			}
			continue
		case e.status == Superseded:
			p.status = Superseded
		case p.status == Unchanged:
			p.status = Accepted
		}
		p.entries = append(p.entries, e)
	}
	return nil
}

// planEntry compares one entry with the one that stands under its name.
func planEntry[T any](ctx context.Context, b *Batch, college string, t registerTable[T], entry *T) (registerPlan, SubmissionID, error) {
	row := tableRow{table: t.name, columns: t.columns, values: t.fields(entry)}
	e := registerPlan{table: t.name, row: row, hash: contentOf([]tableRow{row}), status: Accepted}
	var hash string
	var sub sql.Null[SubmissionID]
	q := "SELECT id, submission_id, content_sha256 FROM " + t.name + " WHERE until IS NULL AND college = ? AND " + strings.ReplaceAll(t.key, ",", " = ? AND") + " = ?"
	err := b.tx.QueryRowContext(ctx, q, append([]any{college}, t.keys(entry)...)...).Scan(&e.old, &sub, &hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return e, 0, nil
	case err != nil:
		return e, 0, err
	case hash == e.hash:
		e.status = Unchanged
	default:
		e.status = Superseded
	}
	return e, sub.V, nil
}

// addEntries ends what is replaced and adds the new rows.
func (b *Batch) addEntries(ctx context.Context, college string, entries []registerPlan, sub SubmissionID, since Moment) error {
	for _, e := range entries {
		if e.old != 0 {
			if err := b.exec(ctx, "UPDATE "+e.table+" SET until = ? WHERE id = ?", int64(since), e.old); err != nil {
				return err
			}
		} else if err := b.flush(ctx); err != nil {
			return err
		}
		into := newRows(e.table, "college, submission_id, since, content_sha256, "+e.row.columns, "")
		into.add(append([]any{college, nullID(sub), int64(since), e.hash}, e.row.values...)...)
		if err := into.flush(ctx, b.tx); err != nil {
			return err
		}
	}
	return nil
}

// LoadRegister returns every proposal that counts with its reviews, and every decision, oldest
// first.
func (r *Reader) LoadRegister(ctx context.Context) (*curriculum.Register, error) {
	out := &curriculum.Register{}
	err := r.snapshot(ctx, func(q querier) error {
		var err error
		if out.Proposals, err = entries(ctx, r, q, proposals, "opened, proposal_id"); err != nil {
			return err
		}
		reviewed, err := entries(ctx, r, q, reviews, "day, id")
		if err != nil {
			return err
		}
		for _, rev := range reviewed {
			if p, ok := out.Proposal(rev.Proposal); ok {
				p.Reviews = append(p.Reviews, rev)
			}
		}
		out.Decisions, err = entries(ctx, r, q, decisions, "day, decision_id")
		return err
	})
	return out, err
}

func entries[T any](ctx context.Context, r *Reader, q querier, t registerTable[T], order string) ([]T, error) {
	return queryOn(ctx, q, t.fields, "SELECT "+t.columns+" FROM "+t.name+" WHERE "+counts+" ORDER BY "+order, r.scope()...)
}

// Propose opens a proposal. One without an id gets the next of its year, "P2026-01", unless the same person
// has opened the same one within the last minutes: then it is that one, sent twice. One with the id of an
// open proposal replaces its text, the old one being kept.
func (s *Store) Propose(ctx context.Context, college string, p curriculum.Proposal, act Act) (curriculum.ProposalID, error) {
	return inBatch(ctx, s, func(b *Batch) (curriculum.ProposalID, error) {
		if p.ID == "" {
			var err error
			if p.ID, err = b.proposalID(ctx, college, &p, act.By); err != nil {
				return "", err
			}
		}
		if err := b.refuseClosed(ctx, college, p.ID, ""); err != nil {
			return "", err
		}
		return p.ID, addEntry(ctx, b, college, proposals, &p, act, "proposal.opened", "proposal/"+string(p.ID))
	})
}

// sentTwice is how long the same proposal by the same person is the same one.
const sentTwice = 10 * time.Minute

// proposalID is the id of a proposal that has none yet: that of the one it repeats, or the next of its year.
func (b *Batch) proposalID(ctx context.Context, college string, p *curriculum.Proposal, by string) (curriculum.ProposalID, error) {
	var id string
	const q = "SELECT p.proposal_id FROM proposal p JOIN audit a ON a.seq = p.since WHERE p.college = ? AND p.until IS NULL AND p.submission_id IS NULL" +
		" AND p.opened = ? AND p.origin = ? AND p.evidence = ? AND p.programme = ? AND p.module = ? AND p.competency = ? AND p.kind = ? AND p.text = ? AND p.supersedes = ?" +
		" AND a.actor = ? AND a.at > ? ORDER BY p.id DESC LIMIT 1"
	err := b.tx.QueryRowContext(ctx, q, college, p.Opened, p.Origin, p.Evidence, p.Programme, p.Module, p.Competency, p.Kind, p.Text, p.Supersedes,
		by, stampTime(b.s.now().Add(-sentTwice))).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		id, err = b.nextNumber(ctx, college, "proposal", fmt.Sprintf("P%04d-", p.Year))
	}
	return curriculum.ProposalID(id), err
}

// ProposalActs lists what was done to a proposal by people one at a time, and by whom; what came in
// workbooks stands under their submissions.
func (r *Reader) ProposalActs(ctx context.Context, proposal string) ([]AuditEntry, error) {
	return queryAll(ctx, r, func(e *AuditEntry) []any {
		return []any{&e.Seq, &e.College, timeOf(&e.At), &e.Actor, &e.Action, &e.Object}
	}, "SELECT seq, college, at, actor, action, object FROM audit WHERE object = ? AND seq <= ? ORDER BY seq", "proposal/"+proposal, int64(r.at))
}

// nextNumber is the first free number after the highest one with the prefix: "P2026-03". What was
// superseded keeps its number.
func (b *Batch) nextNumber(ctx context.Context, college, table, prefix string) (string, error) {
	var last int
	q := "SELECT coalesce(max(CAST(substr(" + table + "_id, 7) AS INTEGER)), 0) FROM " + table + " WHERE college = ? AND " + table + "_id GLOB ? || '[0-9]*'"
	err := b.tx.QueryRowContext(ctx, q, college, prefix).Scan(&last)
	return fmt.Sprintf("%s%02d", prefix, last+1), err
}

// Review adds one side's opinion to an open proposal.
func (s *Store) Review(ctx context.Context, college string, r curriculum.Review, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		err := b.needProposal(ctx, college, r.Proposal)
		if err == nil {
			err = b.refuseClosed(ctx, college, r.Proposal, "")
		}
		if err == nil {
			err = addEntry(ctx, b, college, reviews, &r, act, "proposal.reviewed", "proposal/"+string(r.Proposal))
		}
		return struct{}{}, err
	})
	return err
}

// Decide closes a proposal (a deferred one stays open) and returns the decision's id. One without
// an id gets the next of the year of its day, "D2026-01". ErrConflict says that the proposal is
// closed already, ErrNotFound that there is none.
func (s *Store) Decide(ctx context.Context, college string, d curriculum.Decision, act Act) (string, error) {
	return inBatch(ctx, s, func(b *Batch) (string, error) {
		err := b.needProposal(ctx, college, d.Proposal)
		if err == nil {
			err = b.refuseClosed(ctx, college, d.Proposal, d.ID)
		}
		if err == nil && d.ID == "" {
			d.ID, err = b.nextNumber(ctx, college, "decision", fmt.Sprintf("D%.4s-", d.Day))
		}
		if err == nil {
			err = addEntry(ctx, b, college, decisions, &d, act, "proposal.decided", "proposal/"+string(d.Proposal))
		}
		return d.ID, err
	})
}

func addEntry[T any](ctx context.Context, b *Batch, college string, t registerTable[T], entry *T, act Act, action, object string) error {
	e, _, err := planEntry(ctx, b, college, t, entry)
	if err != nil || e.status == Unchanged {
		return err
	}
	err = b.addEntries(ctx, college, []registerPlan{e}, 0, b.next())
	b.record(college, act.By, action, object, "")
	return err
}

func (b *Batch) needProposal(ctx context.Context, college string, id curriculum.ProposalID) error {
	var n int
	err := b.tx.QueryRowContext(ctx, "SELECT count(*) FROM proposal WHERE college = ? AND proposal_id = ? AND until IS NULL", college, id).Scan(&n)
	if err == nil && n == 0 {
		return notFound("提案 "+string(id), "proposal "+string(id))
	}
	return err
}

// refuseClosed keeps a proposal that was adopted or rejected as it is; the decision that closed
// it may itself be handed in again.
func (b *Batch) refuseClosed(ctx context.Context, college string, id curriculum.ProposalID, same string) error {
	var closed sql.NullString
	const q = "SELECT max(decision_id) FROM decision WHERE college = ? AND proposal_id = ? AND outcome <> 'defer' AND decision_id <> ? AND until IS NULL"
	if err := b.tx.QueryRowContext(ctx, q, college, id, same).Scan(&closed); err != nil || !closed.Valid {
		return err
	}
	return conflict(fmt.Sprintf("提案 %s 已由决定 %s 结案。", id, closed.String), fmt.Sprintf("Proposal %s was closed by decision %s.", id, closed.String))
}
