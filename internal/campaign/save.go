package campaign

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// save stores a chunk in one transaction and appends its receipts once the commit is durable.
func (in *intake) save(ctx context.Context, files []*taken, result *IngestResult) error {
	if receipts, all := stampedReceipts(files); all {
		for i := range receipts {
			result.add(receipts[i])
		}
		return nil
	}
	batch, err := in.Store.Begin(ctx)
	if err != nil {
		return err
	}
	receipts := make([]FileResult, 0, len(files))
	for _, t := range files {
		receipt, err := in.saveOne(ctx, batch, t)
		if err != nil {
			return errors.Join(err, batch.Rollback())
		}
		receipts = append(receipts, receipt)
	}
	if err := batch.Stamp(ctx, in.stampsOf(files, receipts)); err != nil {
		return errors.Join(err, batch.Rollback())
	}
	if err := batch.Commit(ctx); err != nil {
		return err
	}
	for i := range receipts {
		result.add(receipts[i])
	}
	return nil
}

// saveOne stores or logs one file and writes its receipt.
func (in *intake) saveOne(ctx context.Context, batch *store.Batch, t *taken) (FileResult, error) {
	receipt := FileResult{File: t.name, SHA256: t.sum, Kind: t.kind, Issues: t.issues, Corrects: t.returnOf, Diff: t.mended,
		path: t.path, decided: t.decided}
	if t.erased {
		receipt.path = "" // no copy of it goes back
	}
	if receipt.Issues == nil {
		receipt.Issues = []survey.Issue{}
	}
	if t.fault != nil {
		return receipt, t.fault
	}
	if t.stamped {
		return stampedReceipt(t), nil
	}
	receipt.again = t.again
	if !t.known {
		receipt.Received = in.receivedAt(t).UTC().Format(time.RFC3339)
	}
	if !t.known && t.refused() {
		receipt.Status = Unreadable
		if t.read {
			receipt.Status = Rejected
		}
		var err error
		receipt.Attempt, err = batch.Log(ctx, store.Attempt{Handed: in.handed(t), Status: receipt.Status, Issues: t.issues})
		return receipt, err
	}
	outcome, against, err := in.put(ctx, batch, t)
	if err != nil {
		return receipt, err
	}
	if len(against) > 0 {
		receipt.Status, receipt.Issues = Rejected, append(t.issues, against...)
		receipt.Attempt, err = batch.Log(ctx, store.Attempt{Handed: in.handed(t), Status: Rejected, Issues: receipt.Issues})
		return receipt, err
	}
	receipt.Status, receipt.Attempt, receipt.Submission = outcome.Status, outcome.Attempt, outcome.Submission
	if outcome.SameBytes {
		in.noteKnown(t, outcome, &receipt)
	} else if outcome.Status != Unchanged {
		in.note(t, &receipt)
		receipt.replaced = replacements(outcome)
		receipt.Issues = append(receipt.Issues, in.noteRivals(t, outcome)...)
		receipt.Issues = append(receipt.Issues, in.noteBeside(t, outcome)...)
	}
	return receipt, nil
}

// put stores a sound file, or says as issues why it is not to be stored.
func (in *intake) put(ctx context.Context, batch *store.Batch, t *taken) (store.Outcome, []survey.Issue, error) {
	sub := in.submission(t)
	if in.hand != nil { // nobody may have stored a visit between this look and the next line
		out, err := batch.Foresee(ctx, sub)
		if against, err := in.objected(ctx, t, out, err); err != nil || len(against) > 0 {
			return out, against, err
		}
	}
	out, err := batch.Save(ctx, sub)
	against, err := in.barred(t, err)
	return out, against, err
}

// objected says as issues what keeps a sound file out that would do to the database what is foreseen: the
// database's own reason, or that it would replace what is not the person's.
func (in *intake) objected(ctx context.Context, t *taken, foreseen store.Outcome, reason error) ([]survey.Issue, error) {
	against, err := in.barred(t, reason)
	if err != nil || len(against) > 0 {
		return against, err
	}
	against, err = in.usurped(ctx, t, foreseen)
	return in.named(t.name, against), err
}

// barred turns the store's reason not to take a sound file into an issue of the file; other errors stay
// errors.
func (in *intake) barred(t *taken, reason error) ([]survey.Issue, error) {
	code := codebook.RuleID("X001")
	switch {
	case errors.Is(reason, store.ErrInvalid):
		code = "X002"
	case !errors.Is(reason, store.ErrFrozen):
		return nil, reason
	}
	zh, en, _ := strings.Cut(reason.Error(), "\n")
	issue := survey.NewIssue(in.Codebook, code, survey.Ref{}, "", "", "", "", "reason", zh, "reason_en", en)
	return in.named(t.name, []survey.Issue{issue}), nil
}

// replacements lists which stored visits replaced which.
func replacements(o store.Outcome) []replacement {
	var list []replacement
	for _, v := range o.Visits {
		if v.Replaces != 0 {
			list = append(list, replacement{v.Replaces, v.Visit})
		}
	}
	return list
}

// note adds to the receipt what the file holds and how it was read.
func (in *intake) note(t *taken, receipt *FileResult) {
	for i := range t.visits {
		v := &t.visits[i]
		in.years[v.Year] = true
		receipt.Visits++
		receipt.Jobs += len(v.Jobs)
		receipt.Ratings += ratingsOf(v)
		receipt.Changes = append(receipt.Changes, normalised(v)...)
	}
}

// noteKnown says of bytes that were taken before whether they count, and adds what they hold where they count
// again. That an earlier file lies in a folder beside its correction is nothing to tell.
func (in *intake) noteKnown(t *taken, o store.Outcome, receipt *FileResult) {
	if o.Successor == 0 || in.byItself(t.file) {
		receipt.Note = standing(o)
	}
	receipt.Visits, receipt.Jobs, receipt.Ratings = o.Counts.Visits, o.Counts.Jobs, o.Counts.Ratings
	for _, year := range o.Years {
		in.years[year] = true
	}
}

// standing says why bytes that were taken before do not count or count again, and what helps; nil where
// they simply count.
func standing(o store.Outcome) *codebook.Text {
	id := o.Submission
	switch {
	case o.Status == Accepted:
		return &codebook.Text{ZH: fmt.Sprintf("它的更正已撤回，提交 %d 重新计入。", id), EN: fmt.Sprintf("Its correction was withdrawn; submission %d counts again.", id)}
	case o.Successor != 0:
		return &codebook.Text{ZH: fmt.Sprintf("提交 %d 已被提交 %d 取代，以后者为准；要改回来，先 qianqi withdraw %d --reason 理由，再 qianqi reinstate %d --reason 理由。", id, o.Successor, o.Successor, id),
			EN: fmt.Sprintf("Submission %d has taken the place of submission %d; to go back: qianqi withdraw %d --reason WHY, then qianqi reinstate %d --reason WHY.", o.Successor, id, o.Successor, id)}
	case o.Withdrawn:
		return &codebook.Text{ZH: fmt.Sprintf("提交 %d 已撤回，不计入；要恢复：qianqi reinstate %d --reason 理由。", id, id),
			EN: fmt.Sprintf("Submission %d was withdrawn and does not count; to bring it back: qianqi reinstate %d --reason WHY.", id, id)}
	case o.Lost != 0:
		return &codebook.Text{ZH: fmt.Sprintf("提交 %d 曾被提交 %d 取代，而后者已撤回：两份都不计入；要恢复这一份：qianqi reinstate %d --reason 理由。", id, o.Lost, id),
			EN: fmt.Sprintf("Submission %d had taken the place of submission %d and was withdrawn: neither counts; to bring this one back: qianqi reinstate %d --reason WHY.", o.Lost, id, id)}
	}
	return nil
}

// ratingsOf counts the competencies of a visit's jobs with at least one measure given.
func ratingsOf(v *survey.Visit) int {
	n := 0
	for j := range v.Jobs {
		for _, r := range v.Jobs[j].Ratings {
			if r.Importance.Known() || r.Required.Known() || r.Graduate.Known() {
				n++
			}
		}
	}
	return n
}

func normalised(v *survey.Visit) []Normalised {
	list := make([]Normalised, 0, len(v.Changes))
	for _, c := range v.Changes {
		list = append(list, Normalised{c.At.Sheet, c.At.Cell(), c.Field, c.Raw, c.Value, c.How, c.At})
	}
	return list
}

// receivedAt is when the bytes of a file first came.
func (in *intake) receivedAt(t *taken) time.Time {
	if t.received.IsZero() {
		return in.Now()
	}
	return t.received
}

// handed describes the file to the store.
func (in *intake) handed(t *taken) store.Handed {
	return store.Handed{
		College:  in.Codebook.College,
		Name:     t.name,
		SHA256:   t.sum,
		Size:     int64(len(t.data)),
		At:       in.Now(),
		By:       in.opts.By,
		Channel:  in.opts.Channel,
		Form:     t.kind,
		Template: t.version,
		Codebook: in.Codebook.ID + "@" + in.Codebook.Version,
		Year:     campaignOf(t),
		Run:      in.opts.Run,
	}
}

// campaignOf is the year a file belongs to: the one all its visits share, or the one its
// template was made for.
func campaignOf(t *taken) int {
	if len(t.visits) == 0 {
		return t.year
	}
	year := t.visits[0].Year
	for i := range t.visits {
		if t.visits[i].Year != year {
			return 0
		}
	}
	return year
}

// submission is the file with all that was read from it, ready to be stored.
func (in *intake) submission(t *taken) store.Submission {
	return store.Submission{
		Handed:     in.handed(t),
		Data:       t.data,
		Again:      in.byItself(t.file),
		Visits:     t.visits,
		Issues:     t.issues,
		Rulings:    t.decided.confirmations(in.Codebook),
		Corrects:   t.returnOf,
		Earlier:    t.earlier,
		Roster:     t.roster,
		Curriculum: t.modules,
		Outcomes:   t.results,
		Register:   t.record,
	}
}
