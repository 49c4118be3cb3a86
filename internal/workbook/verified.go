package workbook

import (
	"bytes"
	"slices"
	"unsafe"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// verifiedParts remembers parts that were inflated and whose checksum was right. The workbooks of
// one campaign come from one template, so their theme, styles, lists and relationships are often the
// same to the last byte. A part whose compressed bytes, method, size and checksum all equal those of
// a part that passed must pass as well and inflate to the same bytes; comparing is
// far cheaper than inflating. Only parts seen before are kept, so what differs from
// file to file costs a few bytes.
type verifiedParts struct {
	parts map[partKey]*verifiedPart
	seen  [1 << 10]partKey // parts met once, by checksum
	bytes int
}

type partKey struct {
	crc          uint32
	method       uint16
	csize, usize int64
}

type verifiedPart struct {
	body    []byte // compressed
	plain   []byte
	formats *numberFormats // of a styles part that has been scanned
	sheet   *knownSheet    // of a worksheet part that has been scanned
}

// knownSheet is what a worksheet part gave that depends on no other part: it has no shared text,
// no number whose style matters, no links, and nothing was found in it. Lists and instructions are
// such sheets.
type knownSheet struct {
	rows   []survey.Row
	merges []survey.Area
	hidden []survey.Area
	cells  int
	own    bool // read as part of a workbook of one of the codebook's forms
}

// reuse fills in a sheet that is known; false where the part has to be scanned.
func (rd *reading) reuse(e *zipEntry, out *survey.Sheet) bool {
	p, ok := rd.verified.find(e)
	if !ok || p.sheet == nil || p.sheet.own != rd.own || rd.cells+p.sheet.cells > rd.lim.Cells {
		return false
	}
	out.Rows, out.Merges, out.HiddenCols = p.sheet.rows, p.sheet.merges, p.sheet.hidden
	rd.cells += p.sheet.cells
	e.read = true
	return true
}

// remember keeps a sheet for reuse, if its part is remembered.
func (rd *reading) remember(e *zipEntry, s *sheetScan, cells int) {
	if p, ok := rd.verified.find(e); ok {
		p.sheet = &knownSheet{
			rows: slices.Clip(s.out.Rows), merges: slices.Clip(s.out.Merges), hidden: slices.Clip(s.out.HiddenCols),
			cells: cells, own: rd.own,
		}
		rd.verified.bytes += cells * int(unsafe.Sizeof(survey.Cell{}))
	}
}

// Bounds of what is remembered: parts above verifiedPartBytes never are, and the memory is
// emptied when it is full.
const (
	verifiedPartBytes = 256 << 10
	verifiedBytes     = 4 << 20
)

func keyOf(e *zipEntry) partKey {
	return partKey{crc: e.crc, method: e.method, csize: e.csize, usize: e.usize}
}

// find returns what an entry inflates to, if the very same bytes were verified before.
func (v *verifiedParts) find(e *zipEntry) (*verifiedPart, bool) {
	p, ok := v.parts[keyOf(e)]
	if !ok || !bytes.Equal(p.body, e.body) {
		return nil, false
	}
	return p, true
}

// note remembers a verified part, the second time it is met.
func (v *verifiedParts) note(e *zipEntry, plain []byte) {
	key := keyOf(e)
	if slot := &v.seen[e.crc%uint32(len(v.seen))]; *slot != key {
		*slot = key
		return
	}
	size := len(e.body) + len(plain)
	if size > verifiedPartBytes {
		return
	}
	if v.parts == nil || v.bytes+size > verifiedBytes {
		v.parts, v.bytes = make(map[partKey]*verifiedPart), 0
	}
	v.parts[key] = &verifiedPart{body: bytes.Clone(e.body), plain: bytes.Clone(plain)}
	v.bytes += size
}
