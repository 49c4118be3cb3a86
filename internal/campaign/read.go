package campaign

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// taken is one file on its way in: its bytes, and all that was read from them.
type taken struct {
	file
	data  []byte // nil where the bytes could not be read
	sum   string // SHA-256 in hex, "" where the bytes could not be read
	known bool   // these bytes are stored already and were not read again
	again bool   // these bytes were handed in before, whatever became of them

	erased bool // they were refused and name somebody who was erased: they are not read, and the name is that on record

	stamped    bool // not even opened: size and time are as they were
	size       int64
	mtime      int64              // nanoseconds since 1970, before the bytes were read
	submission store.SubmissionID // of known bytes

	read     bool   // the bytes are a spreadsheet, ours or not
	kind     string // form kind, "" where the file is no form of ours
	version  int    // template version, 0 where the file carries none
	year     int    // campaign, 0 where the file carries none
	visits   []survey.Visit
	roster   *survey.Roster
	modules  *curriculum.Map
	results  *curriculum.Outcomes
	record   *curriculum.Register
	book     *survey.Book         // of a register, to be held against the maps there are
	outlines []curriculum.Outline // exam outlines that are new with the map
	issues   []survey.Issue
	fault    error // we could not read it; not the file's fault

	returnOf string       // SHA-256 of the file this is the return of, "" where it is none
	earlier  []string     // of the files that one was the return of, the latest first
	mended   []Difference // cells of the refused file that it mends
	decided  decisions    // of people, on its issues
	received time.Time    // when these bytes first came; zero where it is now
}

// refused reports whether the file's own issues keep it out.
func (t *taken) refused() bool { return t.kind == "" || survey.HasErrors(t.issues) }

// open reads the bytes of a file without ever blocking on what is no ordinary file.
func open(c *Campaign, f file) *taken {
	t := &taken{file: f}
	var issues []survey.Issue
	t.data, issues, t.fault = workbook.ReadFile(f.path, c.Codebook, workbook.DefaultLimits())
	t.issues = c.named(f.name, issues)
	if t.data != nil {
		t.sum = sumOf(t.data)
	}
	return t
}

// sumOf is the SHA-256 of the bytes in hex, the name under which an original is kept.
func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// named stamps the file's name on its issues.
func (c *Campaign) named(name string, issues []survey.Issue) []survey.Issue {
	for i := range issues {
		issues[i].File = name
	}
	return issues
}

// desk is one worker's place: a reader with its buffers, and what decoding must know.
type desk struct {
	*intake
	reader *workbook.Reader
}

func (in *intake) newDesk() *desk {
	return &desk{in, workbook.NewReader(in.Codebook, workbook.DefaultLimits())}
}

// decode turns the bytes of t into visits, or into the content of another form, and issues.
func (d *desk) decode(ctx context.Context, t *taken) {
	if t.data == nil || t.fault != nil {
		return
	}
	book, issues, err := d.reader.Read(t.name, t.data)
	if err != nil {
		t.fault = err
		return
	}
	if book != nil {
		t.read = true
		issues = append(issues, d.interpret(t, book)...)
		survey.Sort(book, issues)
	}
	t.issues = d.named(t.name, append(t.issues, survey.Collapse(issues)...))
	t.fault = d.recall(ctx, t, book)
}

// interpret reads the book as the form it is.
func (d *desk) interpret(t *taken, book *survey.Book) []survey.Issue {
	form, version, issues := d.identify(book)
	if form == nil {
		return issues
	}
	t.kind, t.version, t.year = form.Kind, version, d.yearOf(book)
	var more []survey.Issue
	switch form.Kind {
	case "visit":
		t.visits, more = survey.Decode(d.Codebook, book, d.context(book))
		if !survey.HasErrors(more) {
			more = append(more, d.checkKeys(t.visits)...)
		}
	case "roster":
		t.roster, more = survey.DecodeRoster(d.Codebook, book)
	case "curriculum":
		t.modules, more = curriculum.Decode(d.Codebook, book)
	case "outcomes":
		t.results, more = curriculum.DecodeOutcomes(d.Codebook, book)
	case "decisions":
		t.book = book
		t.record, more = curriculum.DecodeDecisions(d.Codebook, book, nil)
	}
	return append(issues, more...)
}

// identify says which form the book is. With a mapping every book that is no workbook of ours is
// read as a visit form.
func (d *desk) identify(book *survey.Book) (*codebook.Form, int, []survey.Issue) {
	if d.mappingFor(book) == nil {
		return survey.Identify(d.Codebook, book)
	}
	form, _ := d.Codebook.Form("visit")
	return form, 0, nil
}

// mappingFor is the mapping that a book is read by: a folder may hold our own forms beside the
// foreign ones.
func (d *desk) mappingFor(book *survey.Book) *survey.Mapping {
	if d.mapping == nil || survey.Marked(d.Codebook, book) {
		return nil
	}
	return d.mapping
}

// yearOf is the campaign a workbook was made for, as its template noted it, or the one that
// the ingest is for. A visit has a year of its own.
func (d *desk) yearOf(book *survey.Book) int {
	if year, ok := survey.YearMark(book); ok {
		return year
	}
	return d.opts.Year
}

// china is where visits are made. Its time has known no summer since 1991.
var china = time.FixedZone("UTC+8", 8*60*60)

// today is the latest day of which it can be said that it has come: a machine that keeps another
// zone's time must not take this morning's visit for one of tomorrow.
func today(now time.Time) survey.Day {
	return survey.Day(max(now.Format(time.DateOnly), now.In(china).Format(time.DateOnly)))
}

func (d *desk) context(book *survey.Book) survey.Context {
	return survey.Context{
		Year:    d.opts.Year,
		Today:   today(d.Now()),
		College: d.Codebook.College,
		Staff:   d.staff,
		Mapping: d.mappingFor(book),
	}
}
