package workbook

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// zipEntry is one entry of the package as the central directory declares it.
type zipEntry struct {
	name   []byte // bytes of the file
	flags  uint16
	method uint16
	crc    uint32
	csize  int64
	usize  int64
	offset int64  // of the local header, from the start of the package
	body   []byte // the compressed bytes
	end    int64  // just behind body and data descriptor
	read   bool   // inflated, and its checksum compared
}

// archive is a zip package whose directory has been read and compared with its entries.
type archive struct {
	data    []byte // the package, without what stands before it
	dir     int64  // offset of the central directory
	entries []zipEntry

	prefixed bool // another package stands before this one
	padded   bool // zero bytes stand behind it
	gaps     bool // bytes that belong to no entry
}

const (
	sigLocal      = "PK\x03\x04"
	sigDirectory  = "PK\x01\x02"
	sigEnd        = "PK\x05\x06"
	sigEnd64      = "PK\x06\x06"
	sigLocator64  = "PK\x06\x07"
	sigDescriptor = "PK\x07\x08"

	lenLocal     = 30
	lenDirectory = 46
	lenEnd       = 22
	lenEnd64     = 56
	lenLocator64 = 20

	methodStored  = 0
	methodDeflate = 8

	flagEncrypted  = 1<<0 | 1<<6 | 1<<13
	flagDescriptor = 1 << 3

	// A deflate stream cannot grow by more than this: 258 bytes from two bits.
	maxRatio = 1032
)

func le16(b []byte) int64 { return int64(binary.LittleEndian.Uint16(b)) }
func le32(b []byte) int64 { return int64(binary.LittleEndian.Uint32(b)) }
func le64(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }

// asString views bytes that will not change while the string is in use.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// readDirectory reads the central directory. Nothing is inflated, and nothing is allocated by a
// declared count or size before it has been compared with the limits and the file.
func (z *archive) readDirectory(data []byte, lim *Limits) *fault {
	end, ok := z.findEnd(data)
	if !ok {
		return &fault{code: "F030"}
	}
	n, size, off, top, ok := endRecord(data, end)
	if !ok || size > top || off > top-size {
		return &fault{code: "F031"}
	}
	if n > int64(lim.Entries) {
		return &fault{code: "F035", got: strconv.FormatInt(n, 10), want: strconv.Itoa(lim.Entries)}
	}
	base := top - size - off
	if f := z.judgePrefix(data[:base]); f != nil {
		return f
	}
	z.data, z.dir = data[base:], off
	z.entries = slices.Grow(z.entries[:0], int(n))
	return z.parseDirectory(z.data[off:off+size], int(n))
}

// findEnd locates the end-of-directory record: the last one whose comment ends with the file,
// else the last one behind which there is nothing but zero bytes.
func (z *archive) findEnd(data []byte) (int, bool) {
	from := max(0, len(data)-lenEnd-0xffff)
	for i := len(data); ; {
		i = bytes.LastIndex(data[from:i], []byte(sigEnd))
		if i < 0 {
			return 0, false
		}
		i += from
		if i+lenEnd > len(data) {
			continue
		}
		stop := i + lenEnd + int(le16(data[i+20:]))
		if stop > len(data) {
			continue
		}
		z.padded = stop < len(data)
		if len(bytes.TrimLeft(data[stop:], "\x00")) == 0 {
			return i, true
		}
	}
}

// endRecord reads the record at end: number of entries, size and offset of the directory, and
// where the directory must stop.
func endRecord(data []byte, end int) (n, size, off, top int64, ok bool) {
	r := data[end:]
	disk, dirDisk, here := le16(r[4:]), le16(r[6:]), le16(r[8:])
	n, size, off, top = le16(r[10:]), le32(r[12:]), le32(r[16:]), int64(end)
	if n == 0xffff || size == 0xffffffff || off == 0xffffffff {
		return endRecord64(data, end)
	}
	return n, size, off, top, disk == 0 && dirDisk == 0 && here == n
}

func endRecord64(data []byte, end int) (n, size, off, top int64, ok bool) {
	at := end - lenLocator64
	if at < 0 || string(data[at:at+4]) != sigLocator64 {
		return 0, 0, 0, 0, false
	}
	top = int64(at) - lenEnd64
	if top < 0 || string(data[top:top+4]) != sigEnd64 {
		return 0, 0, 0, 0, false
	}
	r := data[top:]
	disk, dirDisk, here := le32(r[16:]), le32(r[20:]), le64(r[24:])
	n, size, off = le64(r[32:]), le64(r[40:]), le64(r[48:])
	return n, size, off, top, disk == 0 && dirDisk == 0 && here == n && n >= 0 && size >= 0 && off >= 0
}

// judgePrefix says whether what stands before the package may stand there.
func (z *archive) judgePrefix(prefix []byte) *fault {
	if len(prefix) == 0 {
		return nil
	}
	if bytes.HasPrefix(prefix, []byte(sigLocal)) && bytes.Contains(prefix, []byte(sigEnd)) {
		z.prefixed = true
		return nil
	}
	if bytes.HasPrefix(prefix, []byte(sigLocal)) {
		return &fault{code: "F031"}
	}
	return &fault{code: "F032", got: strconv.Itoa(len(prefix))}
}

func (z *archive) parseDirectory(dir []byte, n int) *fault {
	for range n {
		if len(dir) < lenDirectory || string(dir[:4]) != sigDirectory {
			return &fault{code: "F031"}
		}
		nameLen, extraLen, noteLen := int(le16(dir[28:])), int(le16(dir[30:])), int(le16(dir[32:]))
		next := lenDirectory + nameLen + extraLen + noteLen
		if next > len(dir) {
			return &fault{code: "F031"}
		}
		e := zipEntry{
			name:   dir[lenDirectory : lenDirectory+nameLen],
			flags:  uint16(le16(dir[8:])),
			method: uint16(le16(dir[10:])),
			crc:    uint32(le32(dir[16:])),
			csize:  le32(dir[20:]),
			usize:  le32(dir[24:]),
			offset: le32(dir[42:]),
		}
		extra := dir[lenDirectory+nameLen : lenDirectory+nameLen+extraLen]
		if !wide(extra, &e.usize, &e.csize, &e.offset) || le16(dir[34:]) != 0 {
			return &fault{code: "F031", part: string(e.name)}
		}
		z.entries = append(z.entries, e)
		dir = dir[next:]
	}
	if len(dir) != 0 {
		return &fault{code: "F031"}
	}
	return nil
}

// wide replaces the fields that say "see the zip64 field" by its values, in order.
func wide(extra []byte, fields ...*int64) bool {
	var wanted [3]*int64
	n := 0
	for _, f := range fields {
		if *f == 0xffffffff {
			wanted[n] = f
			n++
		}
	}
	if n == 0 {
		return true
	}
	for len(extra) >= 4 {
		id, size := le16(extra), int(le16(extra[2:]))
		extra = extra[4:]
		if size > len(extra) {
			return false
		}
		if id == 1 {
			return wideField(extra[:size], wanted[:n])
		}
		extra = extra[size:]
	}
	return false
}

func wideField(b []byte, wanted []*int64) bool {
	for _, f := range wanted {
		if len(b) < 8 || le64(b) < 0 {
			return false
		}
		*f = le64(b)
		b = b[8:]
	}
	return true
}

// check compares the directory with itself and with the limits: names, methods, sizes.
func (z *archive) check(lim *Limits) *fault {
	total := int64(0)
	for i := range z.entries {
		e := &z.entries[i]
		if f := e.check(lim); f != nil {
			f.part = string(e.name)
			return f
		}
		if total += e.usize; total > lim.TotalBytes {
			return &fault{code: "F041", got: mebibytes(total), want: mebibytes(lim.TotalBytes)}
		}
	}
	return z.checkTwins()
}

func (e *zipEntry) check(lim *Limits) *fault {
	switch {
	case !soundName(e.name):
		return &fault{code: "F036", got: string(e.name)}
	case e.flags&flagEncrypted != 0:
		return &fault{code: "F045"}
	case e.method != methodStored && e.method != methodDeflate:
		return &fault{code: "F044", got: strconv.Itoa(int(e.method))}
	case e.usize > lim.PartBytes:
		return &fault{code: "F040", got: mebibytes(e.usize), want: mebibytes(lim.PartBytes)}
	case e.method == methodStored && e.csize != e.usize, e.usize/maxRatio > e.csize:
		return &fault{code: "F042", got: strconv.FormatInt(e.usize, 10)}
	}
	return nil
}

// mebibytes writes a size for people.
func mebibytes(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MiB"
}

// soundName reports whether an entry name is a relative path that stays inside its folder on
// every system. Names in an old code page are let through; such an entry is never a part we read.
func soundName(name []byte) bool {
	if len(name) == 0 || len(name) > 1024 || name[0] == '/' || bytes.IndexByte(name, '\\') >= 0 || bytes.IndexByte(name, ':') >= 0 {
		return false
	}
	for _, c := range name {
		if c < 0x20 || c == 0x7f {
			return false
		}
	}
	for segment := range bytes.SplitSeq(name, []byte("/")) {
		if string(segment) == ".." || string(segment) == "." {
			return false
		}
	}
	return true
}

// checkTwins refuses two entries whose names differ in nothing or in case only: which of them a
// program reads is a matter of luck.
func (z *archive) checkTwins() *fault {
	if len(z.entries) > 40 {
		return z.checkManyTwins()
	}
	for i := range z.entries {
		for j := range i {
			if sameName(z.entries[i].name, z.entries[j].name) {
				return &fault{code: "F037", part: string(z.entries[i].name)}
			}
		}
	}
	return nil
}

func (z *archive) checkManyTwins() *fault {
	seen := make(map[string]bool, len(z.entries))
	for i := range z.entries {
		key := strings.ToLower(string(z.entries[i].name))
		if seen[key] {
			return &fault{code: "F037", part: string(z.entries[i].name)}
		}
		seen[key] = true
	}
	return nil
}

// sameName compares part names, which do not differ by case.
func sameName(a, b []byte) bool {
	if !ascii(a) || !ascii(b) {
		//lint:ignore SA6005 duplicates are told by lower case, and folding would join names that it holds apart
		return strings.ToLower(string(a)) == strings.ToLower(string(b))
	}
	return len(a) == len(b) && bytes.EqualFold(a, b)
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// find returns the entry of a part, nil where there is none.
func (z *archive) find(name string) *zipEntry {
	for i := range z.entries {
		if len(z.entries[i].name) == len(name) && strings.EqualFold(asString(z.entries[i].name), name) {
			return &z.entries[i]
		}
	}
	return nil
}
