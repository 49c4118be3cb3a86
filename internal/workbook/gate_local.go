package workbook

import (
	"bytes"
	"cmp"
	"hash/crc32"
	"slices"
	"strconv"
)

// locate compares every entry with its local header and makes sure that no two share a byte and
// that none reaches into the directory.
func (z *archive) locate() *fault {
	slices.SortStableFunc(z.entries, func(a, b zipEntry) int { return cmp.Compare(a.offset, b.offset) })
	at := int64(0)
	for i := range z.entries {
		e := &z.entries[i]
		if e.offset < at {
			return &fault{code: "F038", part: string(e.name)}
		}
		z.gaps = z.gaps || e.offset > at
		limit := z.dir
		if i+1 < len(z.entries) {
			limit = min(limit, z.entries[i+1].offset)
		}
		if f := z.local(e, limit); f != nil {
			f.part = string(e.name)
			return f
		}
		at = e.end
	}
	z.gaps = z.gaps || at < z.dir
	return nil
}

// local reads one local header; the entry must end at limit or before.
func (z *archive) local(e *zipEntry, limit int64) *fault {
	if e.offset > z.dir-lenLocal || string(z.data[e.offset:e.offset+4]) != sigLocal {
		return &fault{code: "F039"}
	}
	h := z.data[e.offset:z.dir]
	nameLen, extraLen := le16(h[26:]), le16(h[28:])
	start := lenLocal + nameLen + extraLen
	if start > int64(len(h)) || e.csize > int64(len(h))-start {
		return &fault{code: "F039"}
	}
	if e.offset+start+e.csize > limit {
		return &fault{code: "F038"}
	}
	if !e.agrees(h, nameLen, extraLen) {
		return &fault{code: "F039"}
	}
	e.body = h[start : start+e.csize]
	e.end = e.offset + start + e.csize
	if e.flags&flagDescriptor != 0 {
		return e.descriptor(z.data[e.end:limit])
	}
	return nil
}

// agrees compares the local header with the directory. With a data descriptor the sizes and the
// checksum may be left zero here.
func (e *zipEntry) agrees(h []byte, nameLen, extraLen int64) bool {
	const settled = flagEncrypted | flagDescriptor
	flags, method := uint16(le16(h[6:])), uint16(le16(h[8:]))
	name := h[lenLocal : lenLocal+nameLen]
	if method != e.method || flags&settled != e.flags&settled || !bytes.Equal(name, e.name) {
		return false
	}
	crc, csize, usize := uint32(le32(h[14:])), le32(h[18:]), le32(h[22:])
	if e.flags&flagDescriptor != 0 && crc == 0 && csize == 0 && usize == 0 {
		return true
	}
	extra := h[lenLocal+nameLen : lenLocal+nameLen+extraLen]
	if !wide(extra, &usize, &csize) {
		return false
	}
	if e.flags&flagDescriptor != 0 && csize == 0 && usize == 0 { // zip64 field of a streaming writer
		return crc == 0 || crc == e.crc
	}
	return crc == e.crc && csize == e.csize && usize == e.usize
}

// descriptor checks the record behind the data, which is written in four widths.
func (e *zipEntry) descriptor(b []byte) *fault {
	n := int64(0)
	if len(b) >= 4 && string(b[:4]) == sigDescriptor {
		n = 4
	}
	for {
		for _, width := range []int64{4, 8} {
			if e.describes(b[n:], width) {
				e.end += n + 4 + 2*width
				return nil
			}
		}
		if n == 0 {
			return &fault{code: "F039"}
		}
		n = 0 // the checksum itself may look like the signature
	}
}

func (e *zipEntry) describes(b []byte, width int64) bool {
	if int64(len(b)) < 4+2*width || uint32(le32(b)) != e.crc {
		return false
	}
	if width == 8 {
		return le64(b[4:]) == e.csize && le64(b[12:]) == e.usize
	}
	return le32(b[4:]) == e.csize && le32(b[8:]) == e.usize
}

// load inflates an entry into buf, grown as needed, and compares size and checksum. The bytes
// behind the part are zero, so that a scanner may look a few bytes ahead.
func (r *Reader) load(e *zipEntry, buf []byte) ([]byte, *fault) {
	size := int(e.usize)
	if cap(buf) < size+inflateSlack {
		buf = make([]byte, size+size/4+inflateSlack)
	}
	buf = buf[:size+inflateSlack]
	if known, ok := r.verified.find(e); ok {
		copy(buf, known.plain)
		clear(buf[size:])
		e.read = true
		return buf[:size], nil
	}
	if e.method == methodStored {
		copy(buf, e.body)
	} else if !r.inflater.inflate(buf, size, e.body) {
		return buf[:0], r.inflater.blame(e)
	}
	if crc32.ChecksumIEEE(buf[:size]) != e.crc {
		return buf[:0], &fault{code: "F043", part: string(e.name)}
	}
	r.verified.note(e, buf[:size])
	clear(buf[size:])
	e.read = true
	return buf[:size], nil
}

// blame tells a stream that does not keep its declared size from one that is damaged.
func (d *inflater) blame(e *zipEntry) *fault {
	if d.misfit {
		return &fault{code: "F042", part: string(e.name), got: strconv.FormatInt(e.usize, 10)}
	}
	return &fault{code: "F046", part: string(e.name)}
}
