package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Save adds a submission. Its Outcome holds once Commit returns nil. An error that Is ErrInvalid
// or ErrFrozen leaves the batch as it was; after any other error only Rollback is possible. Of
// bytes that were taken before only Handed and Again are looked at: they need not be read again.
func (b *Batch) Save(ctx context.Context, sub Submission) (Outcome, error) {
	if b.dead != nil {
		return Outcome{}, b.dead
	}
	if err := checkHanded(&sub.Handed); err != nil {
		return Outcome{}, err
	}
	out, err := b.save(ctx, &sub)
	if err == nil && b.tables.job.len()+b.tables.visit.len() >= flushAfter {
		err = b.flush(ctx)
	}
	return out, b.failed(err)
}

// Foresee says what Save would make of a submission, with the same errors, and changes nothing.
func (b *Batch) Foresee(ctx context.Context, sub Submission) (Outcome, error) {
	if b.dead != nil {
		return Outcome{}, b.dead
	}
	if err := checkHanded(&sub.Handed); err != nil {
		return Outcome{}, err
	}
	out, _, err := b.decide(ctx, &sub)
	return out, b.failed(err)
}

// Foresee says what Save would make of a submission as the database stands now. It waits for no writer.
func (s *Store) Foresee(ctx context.Context, sub Submission) (Outcome, error) {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return Outcome{}, explain(s.path, err)
	}
	b := newBatch(s, tx)
	defer b.tx.Rollback()
	return b.Foresee(ctx, sub)
}

func (b *Batch) save(ctx context.Context, sub *Submission) (Outcome, error) {
	out, plan, err := b.decide(ctx, sub)
	switch {
	case err != nil:
		return Outcome{}, err
	case plan == nil && out.SameBytes:
		return b.saveAgain(ctx, sub, out)
	case plan == nil:
		return b.saveUnchanged(ctx, sub, out)
	}
	return b.carryOut(ctx, sub, plan)
}

// decide says what is to become of a submission. It writes nothing of it; the plan is nil where nothing
// is to be written but the log.
func (b *Batch) decide(ctx context.Context, sub *Submission) (Outcome, *plan, error) {
	out, ok, err := b.taken(ctx, sub.College, sub.SHA256)
	if err != nil || ok {
		out.Status = Unchanged
		return out, nil, err
	}
	if err := checkSubmission(sub); err != nil {
		return Outcome{}, nil, err
	}
	p, err := b.plan(ctx, sub)
	if err != nil {
		return Outcome{}, nil, err
	}
	out = Outcome{Status: p.status(), Visits: p.visits}
	if out.Status == Unchanged {
		out.Submission = p.holder()
		return out, nil, nil
	}
	return out, p, b.refuseFrozen(ctx, sub, p)
}

// taken finds what these very bytes did when they were taken before.
func (b *Batch) taken(ctx context.Context, college, sum string) (Outcome, bool, error) {
	if id, ok := b.files[college+"/"+sum]; ok {
		return Outcome{Submission: id, SameBytes: true}, true, nil
	}
	const q = `SELECT s.id FROM submission s WHERE s.college = ?1 AND s.sha256 = ?2
UNION ALL SELECT s.id FROM attempt a JOIN submission s ON s.id = a.submission_id
  WHERE a.college = ?1 AND a.sha256 = ?2 AND a.status = 'unchanged'
LIMIT 1`
	out := Outcome{SameBytes: true}
	found, err := b.row(ctx, q, []any{college, sum}, &out.Submission)
	return out, found, err
}

func (b *Batch) saveUnchanged(ctx context.Context, sub *Submission, out Outcome) (Outcome, error) {
	var err error
	out.Status = Unchanged
	b.files[sub.College+"/"+sub.SHA256] = out.Submission
	out.Attempt, err = b.attempt(ctx, &sub.Handed, Unchanged, out.Submission, Counts{}, sub.Issues)
	if err == nil && !out.SameBytes {
		b.addRulings(sub)
		b.addCorrection(sub)
	}
	return out, err
}

// carryOut writes what was planned: nothing before this line changed anything.
func (b *Batch) carryOut(ctx context.Context, sub *Submission, p *plan) (Outcome, error) {
	b.last.submission++
	id := b.last.submission
	since := b.next()
	out := Outcome{Status: p.status(), Submission: id, Visits: p.visits, Counts: p.counts(sub)}
	b.files[sub.College+"/"+sub.SHA256] = id
	b.spool.add(sub.SHA256, sub.Data)
	b.tables.original.add(sub.SHA256, sub.Size)
	b.addSubmission(sub, id, since, p.replacedSubmission(), out.Counts)
	if err := b.endReplaced(ctx, p, since); err != nil {
		return out, err
	}
	for i := range sub.Visits {
		if p.visits[i].Status != Unchanged {
			if err := b.addVisit(ctx, &sub.Visits[i], p, i, id, since); err != nil {
				return out, err
			}
		}
	}
	if err := b.addParts(ctx, sub, p, id, since); err != nil {
		return out, err
	}
	b.addRulings(sub)
	b.addCorrection(sub)
	b.record(sub.College, sub.By, "submission."+string(out.Status), "submission/"+itoa(id),
		fmt.Sprintf(`{"sha256":%q,"visits":%d,"jobs":%d,"ratings":%d}`, sub.SHA256, out.Counts.Visits, out.Counts.Jobs, out.Counts.Ratings))
	var err error
	out.Attempt, err = b.attempt(ctx, &sub.Handed, out.Status, id, out.Counts, sub.Issues)
	return out, err
}

const submissionColumns = `id, college, sha256, name, size, received_at, received_by, channel, form, template, codebook, year,
status, supersedes, since, visits, jobs, ratings`

func (b *Batch) addSubmission(sub *Submission, id SubmissionID, since Moment, replaces SubmissionID, n Counts) {
	b.tables.submission.add(int64(id), sub.College, sub.SHA256, sub.Name, sub.Size, stampTime(b.clock(sub.At)), sub.By, sub.Channel,
		sub.Form, sub.Template, sub.Codebook, sub.Year, "accepted", nullID(replaces), int64(since), n.Visits, n.Jobs, n.Ratings)
}

func nullID[T ~int64](id T) any {
	if id == 0 {
		return nil
	}
	return int64(id)
}

// checkSubmission refuses, before anything is written, what the schema could not hold; so one
// odd file never takes a batch down with it.
func checkSubmission(sub *Submission) error {
	switch {
	case int64(len(sub.Data)) != sub.Size || sumOf(sub.Data) != sub.SHA256:
		return invalid("文件内容与其 SHA-256 或大小不符。", "The bytes do not match their SHA-256 or size.")
	case len(sub.Visits) == 0 && sub.Roster == nil && sub.Curriculum == nil && sub.Outcomes == nil && sub.Register == nil:
		return invalid("提交中没有任何内容。", "The submission holds nothing.")
	}
	days := make(map[dayKey][]keyedVisit)
	for i := range sub.Visits {
		if err := checkVisit(sub, i); err != nil {
			return err
		}
		v := keyed(&sub.Visits[i])
		if slices.ContainsFunc(days[v.day()], func(o keyedVisit) bool { return sameVisit(o, v) }) {
			return invalid(fmt.Sprintf("第 %d 个走访在同一文件中出现过。", i+1), fmt.Sprintf("Visit %d of the file stands in it twice.", i+1))
		}
		days[v.day()] = append(days[v.day()], v)
	}
	return nil
}

func checkHanded(h *Handed) error {
	switch {
	case h.College == "":
		return invalid("缺少学院代码。", "The college code is missing.")
	case h.Size < 0 || h.SHA256 != "" && !isSum(h.SHA256):
		return invalid("文件的大小或 SHA-256 不正确。", "The size or SHA-256 of the file is not valid.")
	case !utf8.ValidString(h.Name + h.By + h.Channel + h.Form + h.Codebook):
		return invalid("文件名或提交人含有无效字符。", "The file name or the sender is not valid UTF-8.")
	}
	return nil
}

// maxParts is how many jobs, trends or suggestions a visit may hold: the width of their ids.
const maxParts = 1<<partBits - 1

// partBits is the number of low bits of a job's id that say its place in the visit.
const partBits = 15

func checkVisit(sub *Submission, i int) error {
	v := &sub.Visits[i]
	name := fmt.Sprintf("第 %d 个走访", i+1)
	switch {
	case v.College != sub.College:
		return invalid(name+"的学院与提交不同。", "A visit has another college than its submission.")
	case v.Key().Enterprise == "" || v.Year == 0 || !isDay(v.Day) || v.Faculty.ID == "" || v.Enterprise.Name == "":
		return invalid(name+"缺少年份、日期、教师或企业。", "A visit lacks its year, day, faculty or enterprise.")
	case len(v.Jobs) > maxParts || len(v.Trends) > maxParts || len(v.Suggestions) > maxParts:
		return invalid(name+"的岗位、趋势或建议过多。", "A visit has too many jobs, trends or suggestions.")
	case !inScale(v.Satisfaction):
		return invalid(name+"的满意度不在 1–5。", "A visit's satisfaction is not within 1–5.")
	}
	for j := range v.Jobs {
		for k := range v.Jobs[j].Ratings {
			if r := &v.Jobs[j].Ratings[k]; !inScale(r.Importance) || !inScale(r.Required) || !inScale(r.Graduate) || !plainCode(string(r.Competency)) {
				return invalid(name+"含有不在 1–5 的评分。", "A visit holds a rating outside 1–5.")
			}
		}
	}
	return nil
}

func inScale(a survey.Answer[int]) bool { return !a.Known() || a.Value >= 1 && a.Value <= 5 }

// isDay reports whether d is 2006-01-02 in form; whether it exists was the decoder's question.
func isDay(d survey.Day) bool {
	return len(d) == 10 && d[4] == '-' && d[7] == '-' && strings.Trim(string(d), "-0123456789") == ""
}

// plainCode reports whether a code can stand in a layout, where ':' and ' ' have a meaning.
func plainCode(code string) bool { return code != "" && !strings.ContainsAny(code, ": \n") }

// plan is what a submission will do, decided before anything is written.
type plan struct {
	visits []VisitOutcome // as they will be reported
	old    []heldVisit    // what each of them replaces or equals; zero where nothing
	hashes []string
	parts  []partPlan // documents and register rows
}

// plan decides each visit and part of a submission by itself.
func (b *Batch) plan(ctx context.Context, sub *Submission) (*plan, error) {
	p := &plan{}
	for i := range sub.Visits {
		v := keyed(&sub.Visits[i])
		old, found, err := b.current(ctx, v)
		if err != nil {
			return nil, err
		}
		hash := ContentHash(&sub.Visits[i])
		out := VisitOutcome{Key: v.key, Status: Accepted}
		switch {
		case found && old.hash == hash:
			out.Status, out.Visit = Unchanged, old.id
		case found:
			out.Status, out.Replaces = Superseded, old.id
		}
		p.visits, p.old, p.hashes = append(p.visits, out), append(p.old, old), append(p.hashes, hash)
	}
	if err := b.planCorrection(ctx, sub, p); err != nil {
		return nil, err
	}
	var err error
	p.parts, err = b.planParts(ctx, sub)
	return p, err
}

// status of the whole file: what its most changing part does.
func (p *plan) status() Status {
	best := Unchanged
	for _, s := range p.statuses() {
		switch {
		case s == Superseded:
			return Superseded
		case s == Accepted:
			best = Accepted
		}
	}
	return best
}

func (p *plan) statuses() []Status {
	var out []Status
	for _, v := range p.visits {
		out = append(out, v.Status)
	}
	for _, d := range p.parts {
		out = append(out, d.status)
	}
	return out
}

// holder is the submission that already holds everything, for an unchanged file.
func (p *plan) holder() SubmissionID {
	for _, o := range p.old {
		return o.submission
	}
	for _, d := range p.parts {
		return d.oldSubmission
	}
	return 0
}

// replacedSubmission is the earlier file this one corrects; the first where there are several.
func (p *plan) replacedSubmission() SubmissionID {
	for i, v := range p.visits {
		if v.Status == Superseded {
			return p.old[i].submission
		}
	}
	for _, d := range p.parts {
		if d.status == Superseded {
			return d.oldSubmission
		}
	}
	return 0
}

// counts what will be stored.
func (p *plan) counts(sub *Submission) Counts {
	var n Counts
	for i, v := range p.visits {
		if v.Status == Unchanged {
			continue
		}
		n.Visits++
		n.Jobs += len(sub.Visits[i].Jobs)
		for j := range sub.Visits[i].Jobs {
			n.Ratings += rated(sub.Visits[i].Jobs[j].Ratings)
		}
	}
	return n
}

// endReplaced ends the visits that are replaced. It goes first: of one key only one may be current.
func (b *Batch) endReplaced(ctx context.Context, p *plan, since Moment) error {
	var ids []any
	for i, v := range p.visits {
		if v.Status == Superseded {
			ids = append(ids, int64(p.old[i].id))
			b.stale[p.old[i].submission] = true
		}
	}
	for chunk := range slices.Chunk(ids, rowsAStatement) {
		q := "UPDATE visit SET status = 'superseded', until = ? WHERE id IN (" + placeholders(len(chunk)) + ")"
		if err := b.exec(ctx, q, append([]any{int64(since)}, chunk...)...); err != nil {
			return err
		}
	}
	return nil
}
