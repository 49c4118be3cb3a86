package store

import (
	"time"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Identifiers of stored things; 0 is none.
type (
	SubmissionID int64
	AttemptID    int64
	VisitID      int64
	JobID        int64
	EnterpriseID int64
	RunID        int64
)

// Moment is the sequence number of the audit record of a change; the database can be read as
// it stood at any moment. 0 means now.
type Moment int64

// Status says what became of a file handed in, or of one visit in it.
type Status string

const (
	Accepted   Status = "accepted"   // stored; nothing stood there before
	Unchanged  Status = "unchanged"  // same bytes or same content as stored
	Superseded Status = "superseded" // stored, and it replaced an earlier submission of the same visit
	Rejected   Status = "rejected"   // read, but its errors keep it out
	Unreadable Status = "unreadable" // no workbook of ours could be read from it
)

// Handed describes a file as it was handed in.
type Handed struct {
	College  string    // code; required
	Name     string    // original file name, as the person sees it
	SHA256   string    // 64 hex digits; "" only where the bytes could not be read
	Size     int64     // bytes
	At       time.Time // zero takes the store's clock
	By       string    // staff number or account; "" where nobody signed in
	Channel  string    // "cli", "web", "inbox" …
	Form     string    // form kind, e.g. "visit", "bulk", "roster"; "" where not known
	Template int       // template version, 0 where the file carries none
	Codebook string    // id@version the file was checked against
	Year     int       // campaign, 0 where not known
	Run      RunID     // the run it came in by, 0 where none
}

// Submission is one file that passed every check, with all that was read from it.
type Submission struct {
	Handed
	Data    []byte // the bytes as handed in, kept by hash
	Visits  []survey.Visit
	Issues  []survey.Issue // warnings and trials it was taken with
	Rulings []Ruling       // confirmations that came inside the file

	// Corrects is the SHA-256 of the file that this one is the mended copy of, "" for none. What that
	// file holds and this one does not name by the same key is replaced, where it is certain which.
	Corrects string
	Earlier  []string // the files that Corrects is the mended copy of, the latest first

	// Again lets bytes count once more whose correction was withdrawn. It is for a file that a person hands
	// in by itself; an inbox may hold what somebody meant to be gone. What was withdrawn itself stays so.
	Again bool

	// Files of other forms; nil where the file is of another form. A roster and outcomes are
	// kept by Handed.Year, a curriculum by its version, proposals and decisions by their ids.
	Roster     *survey.Roster
	Curriculum *curriculum.Map
	Outcomes   *curriculum.Outcomes
	Register   *curriculum.Register
}

// Attempt is a file that was not taken: rejected or unreadable. Only the log of it is stored.
type Attempt struct {
	Handed
	Status Status // Rejected or Unreadable
	Issues []survey.Issue
}

// Outcome says what became of one submission.
type Outcome struct {
	Status     Status
	Submission SubmissionID   // the new one; for Unchanged the one that holds the content
	Attempt    AttemptID      // the log entry
	Visits     []VisitOutcome // one per visit, in the submission's order; nil for SameBytes
	SameBytes  bool           // these very bytes were taken before: Unchanged, or Accepted where they count again
	Withdrawn  bool           // of SameBytes: their submission was withdrawn
	Successor  SubmissionID   // of SameBytes: it has taken the place of at least a part of them, 0 where none
	Lost       SubmissionID   // of SameBytes: it had taken the place of at least a part of them and was withdrawn, 0 where none
	Years      []int          // of SameBytes that count again: of their visits, one for each
	Counts     Counts         // what is stored now because of this file; zero for Unchanged
}

// VisitOutcome says what became of one visit.
type VisitOutcome struct {
	Key      survey.VisitKey
	Status   Status  // Accepted, Unchanged or Superseded
	Visit    VisitID // the visit that is current now
	Replaces VisitID // the visit it superseded, 0 where none

	// Beside is the submission that keeps a visit of which the file is the mended copy, where it is not
	// certain that this visit stands for that one; 0 where there is none.
	Beside SubmissionID
}

// Counts of what was stored. Ratings counts competencies with at least one measure given.
type Counts struct {
	Visits, Jobs, Ratings int
}
