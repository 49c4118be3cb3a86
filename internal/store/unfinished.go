package store

import (
	"context"
	"errors"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

var errUnfinished = errors.New("store: not yet written")

// Options of Open.
type Options struct {
	ReadOnly bool             // never writes, never migrates
	Now      func() time.Time // the clock; nil is time.Now
}

// Store is an open database with its originals. It is safe for concurrent use.
type Store struct {
	*Reader
}

// Reader reads the database as it stood at one moment. A Store reads it as it stands now.
type Reader struct{}

// Open opens or creates the database at path. See the Err… values for what can be wrong with it.
func Open(ctx context.Context, path string, opts Options) (*Store, error) { return nil, errUnfinished }

// Close ends all connections.
func (s *Store) Close() error { return nil }

// At returns a reader of the database as it stood at m; 0 is now.
func (s *Store) At(m Moment) *Reader { return nil }

// Save stores one submission in one transaction, or nothing of it.
func (s *Store) Save(ctx context.Context, sub Submission) (Outcome, error) {
	return Outcome{}, errUnfinished
}

// Log records a file that was not taken.
func (s *Store) Log(ctx context.Context, a Attempt) (AttemptID, error) { return 0, errUnfinished }

// Begin starts a batch: many submissions in one transaction, each of them whole or absent.
// It waits for another writer and holds the write lock until Commit or Rollback.
func (s *Store) Begin(ctx context.Context) (*Batch, error) { return nil, errUnfinished }

// Batch is an open transaction of submissions. Use it from one goroutine.
type Batch struct{}

// Save adds a submission. Its Outcome holds once Commit returns nil. An error that Is
// ErrInvalid leaves the batch as it was; after any other error only Rollback is possible.
func (b *Batch) Save(ctx context.Context, sub Submission) (Outcome, error) {
	return Outcome{}, errUnfinished
}

// Log records a file that was not taken.
func (b *Batch) Log(ctx context.Context, a Attempt) (AttemptID, error) { return 0, errUnfinished }

// Commit makes the originals durable, then the rows. On error nothing of the batch is stored.
func (b *Batch) Commit(ctx context.Context) error { return errUnfinished }

// Rollback drops the batch. After Commit it does nothing.
func (b *Batch) Rollback() error { return nil }

// Known says what is known of bytes seen before.
type Known struct {
	Status     Status // Accepted, Superseded, Unchanged, Rejected or Unreadable
	Withdrawn  bool
	Submission SubmissionID
	Attempt    AttemptID
}

// Known returns what is known of the given SHA-256 sums; sums never seen are absent.
func (r *Reader) Known(ctx context.Context, college string, sums []string) (map[string]Known, error) {
	return nil, errUnfinished
}

// Act is who did something, and why.
type Act struct {
	By     string // staff number or account
	Reason string
}

// Withdraw takes a submission back: its current visits cease to count and are kept as history.
// Earlier versions do not come back by themselves.
func (s *Store) Withdraw(ctx context.Context, id SubmissionID, act Act) error { return errUnfinished }

// Reinstate undoes Withdraw where no other submission has taken the visits' place since.
func (s *Store) Reinstate(ctx context.Context, id SubmissionID, act Act) error { return errUnfinished }

// Ruling is a warning a faculty member confirmed, or a rule the office waived for one file.
type Ruling struct {
	Kind   string // "confirmed" or "waived"
	Code   string // rule
	Ref    survey.Ref
	By     string
	At     time.Time
	Reason string
}

// AddRuling records a confirmation or waiver for the file with this SHA-256.
func (s *Store) AddRuling(ctx context.Context, college, sha256 string, r Ruling) error {
	return errUnfinished
}

// Rulings returns the rulings for the file with this SHA-256, oldest first.
func (r *Reader) Rulings(ctx context.Context, college, sha256 string) ([]Ruling, error) {
	return nil, errUnfinished
}

// SubmissionRow is a stored submission.
type SubmissionRow struct {
	ID SubmissionID
	Handed
	Status     string // accepted, superseded or withdrawn
	Supersedes SubmissionID
	Counts     Counts
}

// AttemptRow is one file handed in, with its verdict.
type AttemptRow struct {
	ID AttemptID
	Handed
	Status     Status
	Submission SubmissionID
	Last       time.Time // when it was last handed in with this verdict
	Times      int
	Counts     Counts
	Errors     int
	Warnings   int
}

// Filter narrows a listing; zero fields do not.
type Filter struct {
	College    string
	Year       int
	By         string
	Run        RunID
	Statuses   []string
	Submission SubmissionID
	After      int64 // ids above this one, for paging
	Limit      int
}

// Submissions lists submissions by id.
func (r *Reader) Submissions(ctx context.Context, f Filter) ([]SubmissionRow, error) {
	return nil, errUnfinished
}

// Attempts lists the files handed in by id.
func (r *Reader) Attempts(ctx context.Context, f Filter) ([]AttemptRow, error) {
	return nil, errUnfinished
}

// IssuesOf returns every issue found in an attempt, in the order they were found.
func (r *Reader) IssuesOf(ctx context.Context, id AttemptID) ([]survey.Issue, error) {
	return nil, errUnfinished
}

// Original returns the bytes of a submission as handed in, their hash checked.
func (r *Reader) Original(ctx context.Context, sha256 string) ([]byte, error) {
	return nil, errUnfinished
}

// StoredVisit is a visit with its place in the database.
type StoredVisit struct {
	ID         VisitID
	Submission SubmissionID
	File       string // original name
	SHA256     string
	Status     string // current, superseded or withdrawn
	Since      Moment
	Until      Moment // 0 while current
	ReplacedBy VisitID
	Enterprise EnterpriseID // merges applied
	Visit      survey.Visit
}

// Visits calls f for each current visit of the year in the order of their ids; year 0 is all years.
func (r *Reader) Visits(ctx context.Context, year int, f func(StoredVisit) error) error {
	return errUnfinished
}

// Visit returns one visit.
func (r *Reader) Visit(ctx context.Context, id VisitID) (StoredVisit, error) {
	return StoredVisit{}, errUnfinished
}

// VisitsOf returns the visits of a submission, current or not, in the order of the file.
func (r *Reader) VisitsOf(ctx context.Context, id SubmissionID) ([]StoredVisit, error) {
	return nil, errUnfinished
}

// History returns every version of a visit, oldest first.
func (r *Reader) History(ctx context.Context, key survey.VisitKey) ([]StoredVisit, error) {
	return nil, errUnfinished
}

// Backup writes a verified copy of database and originals into a new folder below dir and
// returns its path.
func (s *Store) Backup(ctx context.Context, dir string) (string, error) { return "", errUnfinished }

// Verify checks the database, every original and the audit chain. No finding means all is well.
func (s *Store) Verify(ctx context.Context) ([]Finding, error) { return nil, errUnfinished }

// Finding is one thing that is wrong, and what to do about it.
type Finding struct {
	Code string // S001 …, never reused
	ZH   string
	EN   string
	Fix  string // what to do, Chinese then English
	Path string
}

// Restore puts a backup back at path.
func Restore(ctx context.Context, backup, path string) error { return errUnfinished }
