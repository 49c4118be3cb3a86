package campaign

import (
	"strings"
	"unicode"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// FileStatus says what became of a file handed in.
type FileStatus = store.Status

// The statuses of a file; a rejected or unreadable one carries at least one issue.
const (
	Accepted   = store.Accepted
	Unchanged  = store.Unchanged
	Superseded = store.Superseded
	Rejected   = store.Rejected
	Unreadable = store.Unreadable
)

// Issue is one thing found in a file; see survey.Issue.
type Issue = survey.Issue

// The kinds of a ruling on an issue.
const (
	Confirmed = survey.Confirmed
	Waived    = survey.Waived
)

// FileResult is the receipt of one file. Visits, Jobs and Ratings count what the file holds
// for an accepted file, and are 0 for one that was refused.
type FileResult struct {
	File    string         `json:"file"`
	SHA256  string         `json:"sha256"`
	Kind    string         `json:"kind,omitempty"` // visit, curriculum, roster, outcomes or decisions
	Status  FileStatus     `json:"status"`
	Visits  int            `json:"visits"`
	Jobs    int            `json:"jobs"`
	Ratings int            `json:"ratings"` // competencies of jobs with at least one measure given
	Issues  []survey.Issue `json:"issues"`
	Changes []Normalised   `json:"normalised,omitempty"` // what was read as something else than was typed
	Diff    []Difference   `json:"diff,omitempty"`       // what a correction changed
	Return  string         `json:"return,omitempty"`     // the annotated copy
	Note    *codebook.Text `json:"note,omitempty"`       // of bytes that were taken before: why they do not count or count again

	Submission  store.SubmissionID `json:"submission,omitempty"`   // that holds the content; 0 for a refused file
	Received    string             `json:"received_at,omitempty"`  // when these bytes first came, RFC 3339; not for a file that is known
	Corrects    string             `json:"corrects,omitempty"`     // SHA-256 of the file this is the mended copy of
	CorrectedBy string             `json:"corrected_by,omitempty"` // the mended copy that was taken for this refused file

	Proposals []curriculum.ProposalID `json:"proposals,omitempty"` // opened because of exam outlines that are new with a curriculum
	Attempt   store.AttemptID         `json:"-"`                   // the log entry, which numbers the receipt

	path     string        // where the bytes are, for the annotated copy; "" where there is to be none
	again    bool          // the same bytes were handed in before
	replaced []replacement // visits that took the place of earlier ones
	decided  decisions     // of people, on its issues
}

// Open counts the issues that still ask something of a person.
func (f *FileResult) Open() int {
	n := 0
	for i := range f.Issues {
		if f.Issues[i].Open() {
			n++
		}
	}
	return n
}

// replacement names a visit and the one that took its place.
type replacement struct{ old, new store.VisitID }

// Difference is one answer that a correction changed.
type Difference struct {
	Sheet  string `json:"sheet"`
	Cell   string `json:"cell"`
	Field  string `json:"field"` // with its competency, e.g. "importance:fault_diagnosis"
	Label  string `json:"label"` // the same as people read it
	Of     string `json:"of,omitempty"`
	Before string `json:"before"`
	After  string `json:"after"`

	at survey.Ref
}

// Normalised is one value that was read as something else than was typed.
type Normalised struct {
	Sheet string           `json:"sheet"`
	Cell  string           `json:"cell"`
	Field codebook.FieldID `json:"field"`
	Raw   string           `json:"raw"`
	Value string           `json:"value"`
	How   string           `json:"how"`

	at survey.Ref
}

// Totals count the files and what they hold.
type Totals struct {
	Files      int `json:"files"`
	Accepted   int `json:"accepted"` // new ones; those that replaced an earlier one count under superseded
	Unchanged  int `json:"unchanged"`
	Superseded int `json:"superseded"`
	Rejected   int `json:"rejected"` // rejected and unreadable
	Again      int `json:"again"`    // of those rejected: the same bytes were refused before
	Visits     int `json:"visits"`
	Jobs       int `json:"jobs"`
	Ratings    int `json:"ratings"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`  // warnings and trials
	Confirmed  int `json:"confirmed"` // warnings that faculty confirmed; not counted above
	Waived     int `json:"waived"`    // issues that the office waived; not counted above
}

// Bad counts the files that were refused.
func (t Totals) Bad() int { return t.Rejected }

// Fresh counts the files that were not there before, taken or refused.
func (t Totals) Fresh() int { return t.Accepted + t.Superseded + t.Rejected - t.Again }

// IngestResult is what one ingest did, file by file in reading order.
type IngestResult struct {
	Files       []FileResult `json:"files"`
	Totals      Totals       `json:"totals"`
	Interrupted bool         `json:"interrupted,omitempty"` // stopped by the user; what is listed is in
	Left        int          `json:"left,omitempty"`        // files not read because of that
}

// add appends a receipt and counts it. It keeps nothing of the workbook: a word that is a part of its
// text would hold all of that text in memory, for every file of a campaign.
func (r *IngestResult) add(f FileResult) {
	f.detach()
	r.Files = append(r.Files, f)
	r.Totals.add(&f)
}

// detach gives the receipt words of its own.
func (f *FileResult) detach() {
	for i := range f.Issues {
		own(&f.Issues[i].Ref.Sheet, &f.Issues[i].Header, &f.Issues[i].Got, &f.Issues[i].Message.ZH, &f.Issues[i].Message.EN)
	}
	for i := range f.Changes {
		own(&f.Changes[i].Sheet, &f.Changes[i].at.Sheet, &f.Changes[i].Raw, &f.Changes[i].Value)
	}
	for i := range f.Diff {
		own(&f.Diff[i].Sheet, &f.Diff[i].at.Sheet, &f.Diff[i].Of, &f.Diff[i].Before, &f.Diff[i].After)
	}
}

func own(texts ...*string) {
	for _, t := range texts {
		*t = strings.Clone(*t)
	}
}

// recount counts everything anew, after receipts were changed.
func (r *IngestResult) recount() {
	r.Totals = Totals{}
	for i := range r.Files {
		r.Totals.add(&r.Files[i])
	}
}

func (t *Totals) add(f *FileResult) {
	t.Files++
	switch f.Status {
	case Accepted:
		t.Accepted++
	case Unchanged:
		t.Unchanged++
	case Superseded:
		t.Superseded++
	default:
		t.Rejected++
		if f.again {
			t.Again++
		}
	}
	t.Visits += f.Visits
	t.Jobs += f.Jobs
	t.Ratings += f.Ratings
	t.count(f.Issues)
}

func (t *Totals) count(issues []survey.Issue) {
	for _, issue := range issues {
		n := max(issue.Count, 1)
		switch {
		case issue.Ruled.Kind == survey.Confirmed:
			t.Confirmed += n
		case issue.Ruled.Kind == survey.Waived:
			t.Waived += n
		case issue.Severity == codebook.SeverityError:
			t.Errors += n
		default:
			t.Warnings += n
		}
	}
}

// Place says where an issue stands: sheet, A1 cell and header, as far as they are known.
func Place(i survey.Issue) string {
	parts := make([]string, 0, 3)
	if i.Ref.Sheet != "" {
		place := i.Ref.Sheet
		if cell := i.Ref.Cell(); cell != "" {
			place += "!" + cell
		}
		parts = append(parts, Printable(place))
	}
	if i.Header != "" {
		parts = append(parts, Printable(i.Header))
	}
	if len(i.More) > 0 {
		parts = append(parts, cellList(i.More))
	}
	return strings.Join(parts, " · ")
}

// cellList names the further cells of one cause, at most five of them.
func cellList(refs []survey.Ref) string {
	names := make([]string, 0, 6)
	for i, ref := range refs {
		if i == 5 {
			names = append(names, "…")
			break
		}
		names = append(names, ref.Cell())
	}
	return "另见 also " + strings.Join(names, " ")
}

// Printable makes a name from outside safe for a terminal and a log line: control characters,
// line breaks and direction marks become visible escapes.
func Printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar {
			b.WriteString(escapeRune(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func escapeRune(r rune) string {
	const hex = "0123456789abcdef"
	if r == '\n' {
		return `\n`
	}
	if r == '\t' {
		return `\t`
	}
	return `\u` + string([]byte{hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15]})
}
