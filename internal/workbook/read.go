package workbook

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Reader reads spreadsheet files. It keeps its buffers from one file to the next, so thousands of
// files cost little more than their bytes. A Reader serves one goroutine; use one for each.
type Reader struct {
	cb  *codebook.Codebook
	lim Limits
	now func() time.Time // bounds the time for one file

	inflater  inflater
	verified  verifiedParts
	zip       archive
	shared    sharedTexts
	formats   numberFormats
	scratch   scratch
	small     xmlScan // for the parts that are read on the way to another
	sheet     xmlScan
	smallPart []byte
	sheetPart []byte
	otherPart []byte
	thorough  bool // read every cell by the general scanner; for tests
}

// NewReader returns a Reader that takes its texts from cb.
func NewReader(cb *codebook.Codebook, lim Limits) *Reader {
	return &Reader{cb: cb, lim: lim.orDefault(), now: time.Now}
}

// Read reads one file once; see Reader.Read.
func Read(name string, data []byte, cb *codebook.Codebook, lim Limits) (*survey.Book, []survey.Issue, error) {
	return NewReader(cb, lim).Read(name, data)
}

var errNoCodebook = errors.New("workbook: a reader needs a codebook for its messages")

// Read tells from the content what data is and reads an xlsx, xlsm or csv file. name is the file
// name as handed in; it names the sheet of a csv file, as far as a sheet may be named so, and is what the
// issues are filed under.
//
// Every issue of severity error means that the file must not be taken. The book is nil where
// nothing of the file can be trusted; where it is not, warnings say what a person should look at.
// No row that the file holds is ever left out without an issue. A book is to be read only: sheets
// that are the same in several files may share their rows. The error is not nil only if the reader
// itself cannot work; data is not changed and not kept.
func (r *Reader) Read(name string, data []byte) (book *survey.Book, issues []survey.Issue, err error) {
	if r.cb == nil {
		return nil, nil, errNoCodebook
	}
	defer func() {
		if cause := recover(); cause != nil {
			r.reset()
			bad := fault{code: "F009", got: fmt.Sprint(cause)}
			book, issues = nil, []survey.Issue{bad.issue(r.cb, name)}
		}
	}()
	book, issues = r.read(name, data)
	return book, issues, nil
}

// read is Read without its net.
func (r *Reader) read(name string, data []byte) (*survey.Book, []survey.Issue) {
	defer r.reset()
	rd := &reading{
		Reader:   r,
		name:     name,
		data:     data,
		started:  r.now(),
		findings: findings{cb: r.cb, file: name},
		book:     &survey.Book{Properties: map[string]string{}, Names: map[string]string{}},
	}
	bad := rd.content()
	if bad != nil {
		return nil, append([]survey.Issue{bad.issue(r.cb, name)}, rd.findings.found...)
	}
	return rd.book, rd.findings.found
}

// keepBytes is how large a buffer may be to be kept for the next file.
const keepBytes = 4 << 20

// reset lets go of everything that belongs to the last file.
func (r *Reader) reset() {
	r.shared.reset()
	r.scratch.release()
	clear(r.zip.entries)
	r.zip = archive{entries: r.zip.entries[:0]}
	r.small.release()
	r.sheet.release()
	for _, buf := range []*[]byte{&r.smallPart, &r.sheetPart, &r.otherPart, &r.shared.raw} {
		if cap(*buf) > keepBytes {
			*buf = nil
		}
	}
	if cap(r.scratch.cells) > 4*flushCells {
		r.scratch.cells = nil
	}
}

// reading is one file on its way to a book.
type reading struct {
	*Reader
	name     string
	data     []byte
	started  time.Time
	findings findings
	book     *survey.Book
	arena    textArena

	date1904 bool
	own      bool // a workbook of one of the codebook's forms: its own rules judge single cells
	cells    int

	styles string // part name of the styles, "" for none
	styled bool   // formats holds them
}

// late is the fault of a file that takes too long.
func (rd *reading) late() *fault {
	if rd.now().Sub(rd.started) > rd.lim.Time {
		return &fault{code: "F008", want: rd.lim.Time.String()}
	}
	return nil
}

// content sorts the file by what it is.
func (rd *reading) content() *fault {
	if int64(len(rd.data)) > rd.lim.FileBytes {
		return &fault{code: "F002", got: mebibytes(int64(len(rd.data))), want: mebibytes(rd.lim.FileBytes)}
	}
	switch kind := sniff(rd.data); kind {
	case kindZip:
		return rd.packaged()
	case kindText:
		return rd.text()
	default:
		return &fault{code: kind.code()}
	}
}

// packaged reads a zip package that should be a workbook.
func (rd *reading) packaged() *fault {
	if bad := rd.zip.readDirectory(rd.data, &rd.lim); bad != nil {
		return bad
	}
	if bad := rd.packageKind(); bad != nil {
		return bad
	}
	if bad := rd.zip.check(&rd.lim); bad != nil {
		return bad
	}
	if bad := rd.zip.locate(); bad != nil {
		return bad
	}
	rd.noteArchive()
	path, bad := rd.locateWorkbook()
	if bad != nil {
		return bad
	}
	if bad := rd.workbook(path); bad != nil {
		return bad
	}
	return rd.rest()
}

// workbook reads the workbook part and all it leads to.
func (rd *reading) workbook(path string) *fault {
	sheets, bad := rd.workbookPart(path)
	if bad != nil {
		return bad
	}
	if len(sheets) == 0 {
		return &fault{code: "F052", part: path}
	}
	rd.own = rd.book.Properties["qianqi.template"] != "" ||
		slices.ContainsFunc(sheets, func(s sheetEntry) bool { return s.name == metaSheet })
	rels, ok, bad := rd.relations(path)
	if bad != nil {
		return bad
	}
	if !ok {
		return &fault{code: "F051", part: path + ".rels"}
	}
	dir, _ := splitPath(path)
	if bad := rd.sharedPart(dir, rels); bad != nil {
		return bad
	}
	return rd.sheets(dir, rels, sheets)
}

// sharedPart reads the shared strings and notes where the styles are.
func (rd *reading) sharedPart(dir string, rels []relationship) *fault {
	for _, rel := range rels {
		path, ok := resolve(dir, rel.target)
		switch {
		case rel.external || rel.kind != "sharedStrings" && rel.kind != "styles":
		case !ok:
			return &fault{code: "F054", part: dir, got: rel.target}
		case rel.kind == "styles":
			rd.styles = path
		default:
			e := rd.zip.find(path)
			if e == nil || rd.shared.present {
				return &fault{code: "F053", part: path}
			}
			if bad := rd.part(e, &rd.shared.raw, &rd.sheet); bad != nil {
				return bad
			}
			if bad := rd.shared.scan(&rd.sheet, !rd.thorough); bad != nil {
				return bad
			}
		}
	}
	return nil
}

// sheets reads the worksheets in workbook order.
func (rd *reading) sheets(dir string, rels []relationship, list []sheetEntry) *fault {
	rd.book.Sheets = make([]survey.Sheet, 0, len(list))
	used := make(map[string]bool, len(list))
	for _, entry := range list {
		i := slices.IndexFunc(rels, func(rel relationship) bool { return rel.id == entry.id })
		if i < 0 {
			return &fault{code: "F053", ref: survey.Ref{Sheet: entry.name}, part: entry.id}
		}
		path, ok := resolve(dir, rels[i].target)
		switch {
		case !ok || rels[i].external:
			return &fault{code: "F054", ref: survey.Ref{Sheet: entry.name}, got: rels[i].target}
		case used[strings.ToLower(path)]:
			return &fault{code: "F055", ref: survey.Ref{Sheet: entry.name}, part: path}
		case rd.zip.find(path) == nil:
			return &fault{code: "F053", ref: survey.Ref{Sheet: entry.name}, part: path}
		}
		used[strings.ToLower(path)] = true
		if bad := rd.oneSheet(path, rels[i].kind, entry); bad != nil {
			return bad
		}
	}
	return nil
}

// oneSheet reads a worksheet. Sheets of other kinds (charts, old macros) have no cells to give.
func (rd *reading) oneSheet(path, kind string, entry sheetEntry) *fault {
	rd.book.Sheets = append(rd.book.Sheets, survey.Sheet{Name: entry.name, Hidden: entry.hidden})
	out := &rd.book.Sheets[len(rd.book.Sheets)-1]
	if kind != "worksheet" {
		if strings.Contains(strings.ToLower(kind), "macro") {
			rd.findings.flag("F113", survey.Ref{Sheet: entry.name}, path, "", "")
		}
		return nil
	}
	if bad := rd.late(); bad != nil {
		return bad
	}
	links, bad := rd.dangerousLinks(path)
	if bad != nil {
		return bad
	}
	if bad := rd.worksheet(rd.zip.find(path), out, links); bad != nil {
		if bad.ref.Sheet == "" {
			bad.ref.Sheet = entry.name
		}
		return bad
	}
	if entry.hidden && len(out.Rows) > 0 && !rd.own && entry.name != survey.ImprintSheet {
		rd.findings.flag("F108", survey.Ref{Sheet: entry.name}, "", strconv.Itoa(len(out.Rows)), "")
	}
	return nil
}

// worksheet scans a worksheet part, or takes what the same part gave before.
func (rd *reading) worksheet(e *zipEntry, out *survey.Sheet, links map[string]string) *fault {
	if links == nil && rd.reuse(e, out) {
		return nil
	}
	cells, notes := rd.cells, rd.findings.total
	if bad := rd.part(e, &rd.sheetPart, &rd.sheet); bad != nil {
		return bad
	}
	s := sheetScan{reading: rd, x: &rd.sheet, out: out, quick: !rd.thorough, links: links}
	if bad := s.scan(); bad != nil {
		return bad
	}
	if links == nil && !s.depends && rd.findings.total == notes {
		rd.remember(e, &s, rd.cells-cells)
	}
	return nil
}

// styleShows tells what numbers of a style are shown as; ok is false where the workbook has no
// such style. The styles are read when the first number asks.
func (rd *reading) styleShows(style int, x *xmlScan) (as display, ok bool) {
	if !rd.styled {
		rd.styled = true
		if x.bad = rd.stylesPart(); x.bad != nil {
			return shownNumber, true
		}
	}
	return rd.formats.display(style)
}

func (rd *reading) stylesPart() *fault {
	rd.formats = numberFormats{}
	e := rd.zip.find(rd.styles)
	if e == nil {
		return nil
	}
	known, ok := rd.verified.find(e)
	if ok && known.formats != nil {
		e.read = true
		rd.formats = *known.formats
		return nil
	}
	if bad := rd.part(e, &rd.smallPart, &rd.small); bad != nil {
		return bad
	}
	rd.formats = numberFormats{}
	bad := rd.formats.scan(&rd.small)
	if ok && bad == nil {
		formats := rd.formats
		known.formats = &formats
	}
	return bad
}

// rest inflates the entries that nothing has asked for: every byte of the file keeps its checksum.
func (rd *reading) rest() *fault {
	for i := range rd.zip.entries {
		e := &rd.zip.entries[i]
		if _, known := rd.verified.find(e); e.read || known {
			continue
		}
		b, bad := rd.load(e, rd.otherPart)
		if bad != nil {
			return bad
		}
		rd.otherPart = b[:0]
		if bad := rd.late(); bad != nil {
			return bad
		}
	}
	return nil
}
