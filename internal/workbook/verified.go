package workbook

import "bytes"

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
