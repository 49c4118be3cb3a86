package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// The kinds of a document.
const (
	kindRoster     = "roster"
	kindCurriculum = "curriculum"
	kindOutcomes   = "outcomes"
	kindRegister   = "register" // not a document: rows of proposal, review and decision
)

// partPlan is what a submission's document or register will do.
type partPlan struct {
	kind          string
	key           string
	hash          string
	status        Status
	old           int64 // document it replaces or equals
	oldSubmission SubmissionID
	rows          []tableRow     // of a document
	entries       []registerPlan // of a register: only those that change something
}

// tableRow is one row of a part table.
type tableRow struct {
	table   string
	columns string
	seq     int
	values  []any
}

// planParts decides the documents and the register of a submission.
func (b *Batch) planParts(ctx context.Context, sub *Submission) ([]partPlan, error) {
	year := strconv.Itoa(sub.Year)
	var plans []partPlan
	var err error
	add := func(kind, key string, rows []tableRow) {
		if err == nil {
			var p partPlan
			p, err = b.planDocument(ctx, sub.College, kind, key, rows)
			plans = append(plans, p)
		}
	}
	if sub.Roster != nil {
		add(kindRoster, year, rosterRows(sub.Roster))
	}
	if sub.Curriculum != nil {
		add(kindCurriculum, sub.Curriculum.Version, curriculumRows(sub.Curriculum))
	}
	if sub.Outcomes != nil {
		add(kindOutcomes, year, outcomesRows(sub.Outcomes))
	}
	if sub.Register != nil && err == nil {
		var p partPlan
		p, err = b.planRegister(ctx, sub)
		plans = append(plans, p)
	}
	return plans, err
}

func (b *Batch) planDocument(ctx context.Context, college, kind, key string, rows []tableRow) (partPlan, error) {
	p := partPlan{kind: kind, key: key, rows: rows, hash: contentOf(rows), status: Accepted}
	if err := b.flush(ctx); err != nil {
		return p, err
	}
	var hash string
	err := b.tx.QueryRowContext(ctx, "SELECT id, submission_id, content_sha256 FROM document WHERE college = ? AND kind = ? AND key = ? AND until IS NULL",
		college, kind, key).Scan(&p.old, &p.oldSubmission, &hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return p, nil
	case hash == p.hash:
		p.status = Unchanged
	default:
		p.status = Superseded
	}
	return p, err
}

// contentOf hashes rows without the cells they stand in, which are their last three values.
func contentOf(rows []tableRow) string {
	h := sha256.New()
	for _, r := range rows {
		values := r.values
		if n := len(values) - 3; n > 0 && hasCell(r.columns) {
			values = values[:n]
		}
		fmt.Fprintf(h, "%s %d\n", r.table, r.seq)
		for _, v := range values {
			plain, _ := plainValue(v)
			text := fmt.Sprintf("%T %v", plain, plain)
			fmt.Fprintf(h, "%d %s\n", len(text), text)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hasCell(columns string) bool {
	const cell = ", sheet, row, col"
	return len(columns) > len(cell) && columns[len(columns)-len(cell):] == cell
}

func rowsOf[T any](t partTable[T], list []T) []tableRow {
	out := make([]tableRow, len(list))
	for i := range list {
		out[i] = tableRow{t.name, t.columns, i, t.fields(&list[i])}
	}
	return out
}

func rosterRows(r *survey.Roster) []tableRow {
	out := rowsOf(rosterFaculty, r.Faculty)
	out = append(out, rowsOf(rosterPlan, r.Plans)...)
	out = append(out, rowsOf(rosterEnterprise, r.Frame)...)
	out = append(out, rowsOf(rosterStratum, r.Strata)...)
	return append(out, rowsOf(rosterAssignment, r.Assignments)...)
}

func curriculumRows(m *curriculum.Map) []tableRow {
	certified := partsOf(m.Modules, func(x *curriculum.Module) []curriculum.Certification { return x.Certifies })
	out := rowsOf(curriculumHead, []curriculum.Map{*m})
	out = append(out, rowsOf(curriculumProgramme, m.Programmes)...)
	out = append(out, rowsOf(module, m.Modules)...)
	out = append(out, rowsOf(moduleCompetency, partsOf(m.Modules, func(x *curriculum.Module) []curriculum.Teaching { return x.Teaches }))...)
	out = append(out, rowsOf(moduleCertification, certified)...)
	out = append(out, rowsOf(examDomain, partsOf(certified, func(x *within[curriculum.Certification]) []curriculum.Weight { return x.value.Domains }))...)
	out = append(out, rowsOf(moduleCompetition, partsOf(m.Modules, func(x *curriculum.Module) []curriculum.Competition { return x.Exercises }))...)
	return append(out, rowsOf(curriculumNote, m.Notes)...)
}

// partsOf lists the parts of every owner with the owner's place.
func partsOf[O, T any](owners []O, of func(*O) []T) []within[T] {
	var out []within[T]
	for i := range owners {
		for _, v := range of(&owners[i]) {
			out = append(out, within[T]{i, v})
		}
	}
	return out
}

func outcomesRows(o *curriculum.Outcomes) []tableRow {
	out := rowsOf(certificateOutcome, o.Certificates)
	out = append(out, rowsOf(competitionOutcome, o.Competitions)...)
	return append(out, rowsOf(graduateOutcome, o.Graduates)...)
}

// addParts writes the documents and register entries that change something.
func (b *Batch) addParts(ctx context.Context, sub *Submission, p *plan, id SubmissionID, since Moment) error {
	for _, part := range p.parts {
		var err error
		switch {
		case part.kind == kindRegister:
			err = b.addEntries(ctx, sub.College, part.entries, id, since)
		case part.status != Unchanged:
			err = b.addDocument(ctx, sub.College, part, id, since)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addDocument ends the document before and adds the new one with its rows.
func (b *Batch) addDocument(ctx context.Context, college string, p partPlan, sub SubmissionID, since Moment) error {
	b.last.document++
	id := b.last.document
	if p.old != 0 {
		b.stale[p.oldSubmission] = true
		if err := b.exec(ctx, "UPDATE document SET status = 'superseded', until = ? WHERE id = ?", int64(since), p.old); err != nil {
			return err
		}
	}
	err := b.exec(ctx, "INSERT INTO document (id, college, submission_id, kind, key, status, since, content_sha256) VALUES (?, ?, ?, ?, ?, 'current', ?, ?)",
		id, college, int64(sub), p.kind, p.key, int64(since), p.hash)
	if err == nil && p.old != 0 {
		err = b.exec(ctx, "UPDATE document SET replaced_by = ? WHERE id = ?", id, p.old)
	}
	if err != nil {
		return err
	}
	return insertRows(ctx, b.tx, id, p.rows)
}

// insertRows writes the rows of a document; rows of one table stand together.
func insertRows(ctx context.Context, tx *sql.Tx, document int64, list []tableRow) error {
	var into *rows
	for i, r := range list {
		if i == 0 || r.table != list[i-1].table {
			if into != nil {
				if err := into.flush(ctx, tx); err != nil {
					return err
				}
			}
			into = newRows(r.table, "document_id, seq, "+r.columns, "")
		}
		into.add(append([]any{document, r.seq}, r.values...)...)
	}
	if into == nil {
		return nil
	}
	return into.flush(ctx, tx)
}

// document is a stored document.
type document struct {
	id      int64
	key     string
	college string
}

// documents lists the documents of a kind that count at the reader's moment, oldest first.
func (r *Reader) documents(ctx context.Context, q querier, kind string) ([]document, error) {
	return queryOn(ctx, q, func(d *document) []any { return []any{&d.id, &d.key, &d.college} },
		"SELECT id, key, college FROM document WHERE "+counts+" AND kind = ? ORDER BY since, id", append(r.scope(), kind)...)
}

// parts reads the rows of a document.
func parts[T any](ctx context.Context, q querier, t partTable[T], document int64) ([]T, error) {
	return queryOn(ctx, q, t.fields, "SELECT "+t.columns+" FROM "+t.name+" WHERE document_id = ? ORDER BY seq", document)
}
