package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

const attemptColumns = `id, college, sha256, name, size, status, received_at, received_by, channel, form, template, codebook, year,
run_id, submission_id, last_at, times, visits, jobs, ratings, errors, warnings`

// NamesErased is the rule by which a file is refused that names somebody who was erased. The hand-ins that have
// an issue of it are how such bytes are known again: they are not to be read any more.
const NamesErased codebook.RuleID = "X007"

// Log records a file that was not taken. Nothing that stands in it is stored but what the
// issues say; of one that is refused by NamesErased nothing new at all, not even its name.
func (b *Batch) Log(ctx context.Context, a Attempt) (AttemptID, error) {
	if b.dead != nil {
		return 0, b.dead
	}
	if err := checkHanded(&a.Handed); err != nil {
		return 0, err
	}
	if a.Status != Rejected && a.Status != Unreadable || len(a.Issues) == 0 {
		return 0, invalid("未被接受的文件必须说明原因。", "A file that was not taken needs a status that says so and at least one issue.")
	}
	const onRecord = `SELECT a.name, a.status FROM attempt a JOIN issue i ON i.attempt_id = a.id
WHERE a.college = ? AND a.sha256 = ? AND i.code = ? ORDER BY a.id DESC LIMIT 1`
	erased, err := b.row(ctx, onRecord, []any{a.College, a.SHA256, string(NamesErased)}, &a.Name, &a.Status)
	if err != nil {
		return 0, b.failed(err)
	}
	if erased {
		a.Issues = nil
	}
	id, err := b.attempt(ctx, &a.Handed, a.Status, 0, Counts{}, a.Issues)
	return id, b.failed(err)
}

// attempt logs a hand-in. The same file with the same verdict is one attempt with a count; only
// what was taken or refused for the first time is a change and goes into the audit log.
func (b *Batch) attempt(ctx context.Context, h *Handed, status Status, sub SubmissionID, n Counts, issues []survey.Issue) (AttemptID, error) {
	if status != Accepted && status != Superseded { // those are new by their hash
		if id, err := b.attemptAgain(ctx, h, status, sub, issues); id != 0 || err != nil {
			return id, err
		}
	}
	b.last.attempt++
	id := b.last.attempt
	at := stampTime(b.clock(h.At))
	errs, warns := countIssues(issues)
	b.tables.attempt.add(int64(id), h.College, h.SHA256, h.Name, h.Size, string(status), at, h.By, h.Channel, h.Form, h.Template, h.Codebook,
		h.Year, nullID(h.Run), nullID(sub), at, 1, n.Visits, n.Jobs, n.Ratings, errs, warns)
	b.addIssues(id, issues)
	b.attempts[attemptKey{h.College, h.SHA256, h.Name, status}] = id
	if status == Rejected || status == Unreadable {
		b.record(h.College, h.By, "submission."+string(status), "attempt/"+itoa(id), `{"sha256":"`+h.SHA256+`"}`)
	}
	return id, nil
}

// attemptKey is what makes two hand-ins the same attempt.
type attemptKey struct {
	college, sha256, name string
	status                Status
}

// attemptAgain counts a repeated attempt; 0 where it is the first. A file that named somebody who was
// erased goes on under the name that it has on record since, however it is called where it still lies.
func (b *Batch) attemptAgain(ctx context.Context, h *Handed, status Status, sub SubmissionID, issues []survey.Issue) (AttemptID, error) {
	const onRecord = `SELECT s.name FROM submission s JOIN redacted r ON r.sha256 = s.sha256 WHERE s.college = ?1 AND (s.id = ?2 OR s.sha256 = ?3)`
	if _, err := b.row(ctx, onRecord, []any{h.College, int64(sub), h.SHA256}, &h.Name); err != nil {
		return 0, err
	}
	id, err := b.attemptID(ctx, attemptKey{h.College, h.SHA256, h.Name, status})
	if id == 0 || err != nil {
		return 0, err
	}
	errs, warns := countIssues(issues)
	const q = `UPDATE attempt SET last_at = ?, times = times + 1, run_id = coalesce(?, run_id), submission_id = ?,
  errors = iif(?5, ?6, errors), warnings = iif(?5, ?7, warnings) WHERE id = ?4`
	stmt, err := b.stmt(ctx, q)
	if err == nil {
		err = b.flush(ctx)
	}
	if err != nil {
		return 0, err
	}
	_, err = stmt.ExecContext(ctx, stampTime(b.clock(h.At)), nullID(h.Run), nullID(sub), int64(id), len(issues) > 0, errs, warns)
	if err == nil && len(issues) > 0 {
		err = b.exec(ctx, "DELETE FROM issue WHERE attempt_id = ?", int64(id))
		b.addIssues(id, issues)
	}
	return id, err
}

func (b *Batch) attemptID(ctx context.Context, k attemptKey) (AttemptID, error) {
	if id, ok := b.attempts[k]; ok {
		return id, nil
	}
	var id AttemptID
	_, err := b.row(ctx, "SELECT id FROM attempt WHERE college = ? AND sha256 = ? AND name = ? AND status = ?",
		[]any{k.college, k.sha256, k.name, string(k.status)}, &id)
	return id, err
}

// countIssues counts the cells, as whoever handed the file in is told.
func countIssues(issues []survey.Issue) (errs, warns int) {
	for _, i := range issues {
		if i.Severity == codebook.SeverityError {
			errs += max(i.Count, 1)
		} else {
			warns += max(i.Count, 1)
		}
	}
	return errs, warns
}

const issueColumns = `attempt_id, seq, code, severity, sheet, row, col, cell, field, header, got, want,
message_zh, message_en, fix_zh, fix_en, count, more`

// issueRecord is a row of issue beside the issue itself.
type issueRecord struct {
	attempt AttemptID
	seq     int
	cell    string
	issue   *survey.Issue
}

func (r *issueRecord) columns() []any {
	i := r.issue
	return []any{&r.attempt, &r.seq, &i.Code, &i.Severity, &i.Ref.Sheet, &i.Ref.Row, &i.Ref.Col, &r.cell, &i.Field, &i.Header, &i.Got, &i.Want,
		&i.Message.ZH, &i.Message.EN, &i.Fix.ZH, &i.Fix.EN, &i.Count, refList{&i.More}}
}

func (b *Batch) addIssues(id AttemptID, issues []survey.Issue) {
	for n := range issues {
		r := issueRecord{id, n, issues[n].Ref.Cell(), &issues[n]}
		b.tables.issue.add(r.columns()...)
	}
}

// IssuesOf returns every issue found in an attempt, in the order they were found.
func (r *Reader) IssuesOf(ctx context.Context, id AttemptID) ([]survey.Issue, error) {
	q := "SELECT " + qualified("i", issueColumns) + ", a.name FROM issue i JOIN attempt a ON a.id = i.attempt_id WHERE i.attempt_id = ? ORDER BY i.seq"
	return queryAll(ctx, r, func(i *survey.Issue) []any {
		return append((&issueRecord{issue: i}).columns(), &i.File)
	}, q, int64(id))
}

const submissionRowColumns = `s.id, s.college, s.name, s.sha256, s.size, s.received_at, s.received_by, s.channel, s.form, s.template, s.codebook, s.year,
s.status, coalesce(s.supersedes, 0), s.since, s.visits, s.jobs, s.ratings`

// SubmissionRow is a stored submission.
type SubmissionRow struct {
	ID SubmissionID
	Handed
	Status     string // accepted, superseded or withdrawn
	Supersedes SubmissionID
	Since      Moment
	Counts     Counts // stored when it was taken
}

// AttemptRow is one file handed in, with its verdict.
type AttemptRow struct {
	ID AttemptID
	Handed
	Status     Status
	Submission SubmissionID // it made or equals; 0 where none
	Last       time.Time    // when it was last handed in with this verdict
	Times      int
	Counts     Counts
	Errors     int
	Warnings   int
}

// Filter narrows a listing; zero fields do not.
type Filter struct {
	Year       int
	By         string
	Run        RunID // attempts only: of the latest time
	Statuses   []string
	Submission SubmissionID
	SHA256     string
	After      int64 // ids above this one, for paging
	Limit      int
}

// where writes the filter for a table whose submission id stands in the named column.
func (f Filter) where(r *Reader, submission string, byRun bool) (string, []any) {
	text, args := " WHERE id > ?", []any{f.After}
	add := func(on bool, clause string, values ...any) {
		if on {
			text += " AND " + clause
			args = append(args, values...)
		}
	}
	add(r.college != "", "college = ?", r.college)
	add(f.Year != 0, "year = ?", f.Year)
	add(f.By != "", "received_by = ?", f.By)
	add(f.Run != 0 && byRun, "run_id = ?", int64(f.Run))
	add(f.Submission != 0, submission+" = ?", int64(f.Submission))
	add(f.SHA256 != "", "sha256 = ?", f.SHA256)
	statuses := make([]any, len(f.Statuses))
	for i, s := range f.Statuses {
		statuses[i] = s
	}
	add(len(statuses) > 0, "status IN ("+placeholders(len(statuses))+")", statuses...)
	text += " ORDER BY id"
	if f.Limit > 0 {
		text += " LIMIT ?"
		args = append(args, f.Limit)
	}
	return text, args
}

// Submissions lists submissions by id, as they are now.
func (r *Reader) Submissions(ctx context.Context, f Filter) ([]SubmissionRow, error) {
	where, args := f.where(r, "id", false)
	return queryAll(ctx, r, func(s *SubmissionRow) []any {
		return []any{&s.ID, &s.College, &s.Name, &s.SHA256, &s.Size, timeOf(&s.At), &s.By, &s.Channel, &s.Form, &s.Template, &s.Codebook, &s.Year,
			&s.Status, &s.Supersedes, &s.Since, &s.Counts.Visits, &s.Counts.Jobs, &s.Counts.Ratings}
	}, "SELECT "+submissionRowColumns+" FROM submission s"+where, args...)
}

// Attempts lists the files handed in by id, as they are now.
func (r *Reader) Attempts(ctx context.Context, f Filter) ([]AttemptRow, error) {
	where, args := f.where(r, "submission_id", true)
	return queryAll(ctx, r, func(a *AttemptRow) []any {
		return []any{&a.ID, &a.College, &a.SHA256, &a.Name, &a.Size, &a.Status, timeOf(&a.At), &a.By, &a.Channel, &a.Form, &a.Template, &a.Codebook, &a.Year,
			&a.Run, &a.Submission, timeOf(&a.Last), &a.Times, &a.Counts.Visits, &a.Counts.Jobs, &a.Counts.Ratings, &a.Errors, &a.Warnings}
	}, `SELECT id, college, sha256, name, size, status, received_at, received_by, channel, form, template, codebook, year,
  coalesce(run_id, 0), coalesce(submission_id, 0), last_at, times, visits, jobs, ratings, errors, warnings FROM attempt`+where, args...)
}

// Known says what is known of bytes seen before.
type Known struct {
	Status     Status // Accepted or Superseded for what was taken, else the last verdict
	Submission SubmissionID
	Attempt    AttemptID
	Name       string // that the attempt is on record under
	Erased     bool   // they name somebody who was erased, and are not to be read again
}

// Known returns what is known of the given SHA-256 sums; sums never seen are absent. What was
// taken once is reported as taken, whatever came of the same bytes later.
func (r *Reader) Known(ctx context.Context, sums []string) (map[string]Known, error) {
	list, err := json.Marshal(sums)
	if err != nil {
		return nil, err
	}
	type row struct {
		sum string
		Known
	}
	const q = `SELECT a.sha256, a.status, coalesce(a.submission_id, 0), a.id, a.name,
  a.sha256 IN (SELECT sha256 FROM ` + redactedBytes + `) OR EXISTS (SELECT 1 FROM issue i WHERE i.attempt_id = a.id AND i.code = ?3)
FROM json_each(?1) j JOIN attempt a ON a.sha256 = j.value AND (?2 = '' OR a.college = ?2)
ORDER BY a.sha256, a.status IN ('rejected', 'unreadable') DESC, a.status = 'unchanged' DESC, a.id`
	found, err := queryAll(ctx, r, func(k *row) []any { return []any{&k.sum, &k.Status, &k.Submission, &k.Attempt, &k.Name, &k.Erased} },
		q, string(list), r.college, string(NamesErased))
	out := make(map[string]Known, len(found))
	for _, k := range found {
		out[k.sum] = k.Known // the last one wins
	}
	return out, err
}
