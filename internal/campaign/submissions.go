package campaign

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/store"
)

// submissionObject begins the object of every comment on a submission.
const submissionObject = "submission/"

// ObjectOf names a submission in comments and in the log.
func ObjectOf(id store.SubmissionID) string {
	return submissionObject + strconv.FormatInt(int64(id), 10)
}

func submissionOf(object string) (store.SubmissionID, bool) {
	number, ok := strings.CutPrefix(object, submissionObject)
	id, err := strconv.ParseInt(number, 10, 64)
	return store.SubmissionID(id), ok && err == nil
}

// Slip is what tells whose business a submission is.
type Slip struct {
	Submission SubmissionID
	File       string
	SHA256     string
	By         string // the account's Actor, where it came in by the web
}

// Slip finds a submission by its number. An error that Is ErrNotFound says that there is none.
func (c *Campaign) Slip(ctx context.Context, id SubmissionID) (*Slip, error) {
	rows, err := c.Store.Submissions(ctx, store.Filter{After: int64(id) - 1, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || rows[0].ID != id || id <= 0 {
		return nil, store.ErrNotFound
	}
	return &Slip{id, rows[0].Name, rows[0].SHA256, rows[0].By}, nil
}

// Receipt is a submission as a person sees it: what is on record, what the office said, and how
// each visit of it changed.
type Receipt struct {
	*Record
	Comments []Comment
	Versions [][]Version // of each visit, oldest first
}

// Receipt finds a submission by its number. What the screening asks about its visits is not among
// its issues: see Questions. An error that Is ErrNotFound says that there is none.
func (c *Campaign) Receipt(ctx context.Context, id SubmissionID) (*Receipt, error) {
	if _, err := c.Slip(ctx, id); err != nil {
		return nil, err
	}
	record, err := c.taken(ctx, id)
	if err != nil {
		return nil, err
	}
	r := &Receipt{Record: record}
	all, err := c.Store.Comments(ctx, ObjectOf(id))
	for _, comment := range all {
		if comment.Object == ObjectOf(id) {
			r.Comments = append(r.Comments, comment)
		}
	}
	if err != nil || len(record.Visits) == 0 {
		return r, err
	}
	r.Versions, err = c.History(ctx, id)
	return r, err
}

// Questions are what the screening asks today about the visits of a year that count, by the submission
// each came in. They depend on all of them, so this takes the longer the more there are.
func (c *Campaign) Questions(ctx context.Context, year int) (map[SubmissionID][]Issue, error) {
	s, err := c.Screening(ctx, year)
	if err != nil {
		return nil, err
	}
	questions := make(map[SubmissionID][]Issue)
	for i := range s.Asked {
		questions[s.Asked[i].Submission] = append(questions[s.Asked[i].Submission], s.Asked[i].Questions...)
	}
	return questions, nil
}

// Original returns the bytes of a submission as they were handed in.
func (c *Campaign) Original(ctx context.Context, s *Slip) ([]byte, error) {
	return c.Store.Original(ctx, s.SHA256)
}

// OriginalName is the name under which a submission's file is handed back: its own, or one that says
// that a copy without personal data stands for it.
func (c *Campaign) OriginalName(ctx context.Context, s *Slip) (string, error) {
	copied, err := c.Store.Redacted(ctx, s.SHA256)
	if !copied {
		return s.File, err
	}
	return strings.TrimSuffix(s.File, filepath.Ext(s.File)) + "（已清除个人信息）.xlsx", err
}

// AnnotatedReceipt is the workbook of a submission with its issues where they stand.
func (c *Campaign) AnnotatedReceipt(ctx context.Context, r *Receipt) ([]byte, error) {
	data, err := c.Store.Original(ctx, r.SHA256)
	if err != nil {
		return nil, err
	}
	status := Accepted
	if r.Supersedes != 0 {
		status = Superseded
	}
	f := FileResult{File: r.File, SHA256: r.SHA256, Kind: r.Kind, Status: status, Issues: r.Issues, Submission: r.Submission, Received: r.Received, Visits: len(r.Visits)}
	for _, v := range r.Visits {
		f.Jobs += v.Jobs
	}
	return c.Annotated(f, data)
}

// ReturnName names the annotated copy of a file.
func ReturnName(file string) string { return returnName(file, map[string]bool{}) }

// SubmissionID numbers what was stored.
type SubmissionID = store.SubmissionID
