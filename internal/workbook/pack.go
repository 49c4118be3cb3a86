package workbook

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

// dosDay is 1 January 1980, the first day a zip entry can carry. Every entry gets it, so that
// the same content gives the same bytes on any day.
const dosDay = 1<<5 | 1

// Bounds on a package that is to be written back. They are the reader's defaults; a package
// beyond them was refused long before it is annotated.
const (
	packEntries = 2000
	packPart    = 64 << 20
	packTotal   = 128 << 20
)

var errPackBounds = errors.New("the package exceeds the size limits")

// pack is a zip package in memory whose untouched entries keep their compressed bytes.
type pack struct {
	entries []entry
	index   map[string]int
}

// entry is one part of a package, compressed; plain is its content where it is known, changed
// says that raw is out of date.
type entry struct {
	header  zip.FileHeader
	raw     []byte
	plain   []byte
	changed bool
}

func newPack() *pack { return &pack{index: map[string]int{}} }

// readPack opens a package without inflating anything. Directory entries are dropped.
func readPack(data []byte) (*pack, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if len(r.File) > packEntries {
		return nil, errPackBounds
	}
	p := newPack()
	total := uint64(0)
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if total += f.UncompressedSize64; f.UncompressedSize64 > packPart || total > packTotal {
			return nil, errPackBounds
		}
		if err := p.keep(f); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *pack) keep(f *zip.File) error {
	if _, twice := p.index[f.Name]; twice {
		return fmt.Errorf("%s stands twice in the package", f.Name)
	}
	src, err := f.OpenRaw()
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(src)
	if err != nil {
		return err
	}
	p.add(entry{header: plainHeader(f.Name, f.Method, f.CRC32, f.UncompressedSize64, len(raw)), raw: raw})
	return nil
}

func (p *pack) add(e entry) {
	p.index[e.header.Name] = len(p.entries)
	p.entries = append(p.entries, e)
}

// plainHeader has no data descriptor, no extra field and no time: sizes stand up front.
func plainHeader(name string, method uint16, crc uint32, size uint64, packed int) zip.FileHeader {
	return zip.FileHeader{
		//lint:ignore SA1019 Modified would write an extra field
		Name: name, Method: method, CRC32: crc, ModifiedDate: dosDay,
		CompressedSize64: uint64(packed), UncompressedSize64: size,
	}
}

func (p *pack) has(name string) bool { _, ok := p.index[name]; return ok }

func (p *pack) names() []string {
	names := make([]string, len(p.entries))
	for i := range p.entries {
		names[i] = p.entries[i].header.Name
	}
	return names
}

// part returns the content of one entry. It is inflated once, its length and CRC checked; do not
// change the slice.
func (p *pack) part(name string) ([]byte, error) {
	i, ok := p.index[name]
	if !ok {
		return nil, fmt.Errorf("the package has no part %s", name)
	}
	e := &p.entries[i]
	if e.plain == nil {
		content, err := e.inflate()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		e.plain = content
	}
	return e.plain, nil
}

func (e *entry) inflate() ([]byte, error) {
	content := make([]byte, 0, min(e.header.UncompressedSize64, 1<<20))
	var src io.Reader = bytes.NewReader(e.raw)
	if e.header.Method == zip.Deflate {
		inflater := flate.NewReader(src)
		defer inflater.Close()
		src = inflater
	} else if e.header.Method != zip.Store {
		return nil, fmt.Errorf("zip method %d", e.header.Method)
	}
	buf := bytes.NewBuffer(content)
	n, err := io.Copy(buf, io.LimitReader(src, packPart+1))
	if err != nil {
		return nil, err
	}
	if uint64(n) != e.header.UncompressedSize64 || crc32.ChecksumIEEE(buf.Bytes()) != e.header.CRC32 {
		return nil, errors.New("the part is damaged")
	}
	return buf.Bytes(), nil
}

// put replaces a part or adds it at the end. It is compressed when the package is written.
func (p *pack) put(name string, content []byte) {
	e := entry{header: zip.FileHeader{Name: name}, plain: content, changed: true}
	if i, ok := p.index[name]; ok {
		p.entries[i] = e
		return
	}
	p.add(e)
}

func (p *pack) remove(name string) {
	i, ok := p.index[name]
	if !ok {
		return
	}
	p.entries = slices.Delete(p.entries, i, i+1)
	delete(p.index, name)
	for n, at := range p.index {
		if at > i {
			p.index[n] = at - 1
		}
	}
}

// Compressors are reused because a fresh one costs more than a visit workbook's content: quick
// for workbooks made by the thousand, small for what is made once.
var (
	quick = newDeflaters(5)
	small = newDeflaters(9)
)

// deflaters are the compressors of one level that are not in use, as many as there are cores. A sync.Pool
// would lose them at every garbage collection, and each is close to a mebibyte.
type deflaters struct {
	level int
	idle  chan *flate.Writer
}

func newDeflaters(level int) *deflaters {
	return &deflaters{level, make(chan *flate.Writer, runtime.GOMAXPROCS(0))}
}

func (d *deflaters) take() *flate.Writer {
	select {
	case w := <-d.idle:
		return w
	default:
	}
	w, err := flate.NewWriter(nil, d.level)
	if err != nil {
		panic(err) // only for a level that does not exist
	}
	return w
}

func (d *deflaters) leave(w *flate.Writer) {
	select {
	case d.idle <- w:
	default:
	}
}

func packEntry(name string, content []byte, d *deflaters) (entry, error) {
	w := d.take()
	defer d.leave(w)
	var out bytes.Buffer
	out.Grow(len(content)/6 + 64)
	w.Reset(&out)
	if _, err := w.Write(content); err != nil {
		return entry{}, err
	}
	if err := w.Close(); err != nil {
		return entry{}, err
	}
	head := plainHeader(name, zip.Deflate, crc32.ChecksumIEEE(content), uint64(len(content)), out.Len())
	return entry{header: head, raw: out.Bytes()}, nil
}

// bytes writes the package in the order of its entries.
func (p *pack) bytes(d *deflaters) ([]byte, error) {
	for i := range p.entries {
		e := &p.entries[i]
		if !e.changed {
			continue
		}
		packed, err := packEntry(e.header.Name, e.plain, d)
		if err != nil {
			return nil, err
		}
		*e = packed
	}
	return zipped(p.entries, nil)
}

// zipped writes entries, each replaced by the one of the same index where swap has it.
func zipped(entries []entry, swap map[int]entry) ([]byte, error) {
	size := 1 << 10
	for i := range entries {
		size += len(entries[i].raw) + 2*len(entries[i].header.Name) + 80
	}
	var out bytes.Buffer
	out.Grow(size)
	w := zip.NewWriter(&out)
	for i := range entries {
		e, swapped := swap[i]
		if !swapped {
			e = entries[i]
		}
		head := e.header
		dst, err := w.CreateRaw(&head)
		if err != nil {
			return nil, err
		}
		if _, err := dst.Write(e.raw); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// repack makes the bytes of a package depend on its content alone: fixed order, fixed times,
// one compressor. Before that, edit may change parts.
func repack(data []byte, edit func(*pack) error) ([]byte, error) {
	src, err := readPack(data)
	if err != nil {
		return nil, err
	}
	if err := edit(src); err != nil {
		return nil, err
	}
	names := src.names()
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(partRank(a), partRank(b)), cmp.Compare(a, b))
	})
	dst := newPack()
	for _, name := range names {
		content, err := src.part(name)
		if err != nil {
			return nil, err
		}
		dst.put(name, content)
	}
	return dst.bytes(small)
}

func partRank(name string) int {
	switch name {
	case "[Content_Types].xml":
		return 0
	case "_rels/.rels":
		return 1
	}
	return 2
}
