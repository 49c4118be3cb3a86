package workbook

import "encoding/binary"

// inflater decodes one raw deflate stream (RFC 1951) that is wholly in memory into a buffer
// of known size. A workbook is a dozen small streams, so what costs is the set-up of a
// streaming decoder and the filling of its tables; decoding from slice to slice with one
// 64-bit bit buffer is about twice as fast on them. A stream that is damaged, or that does not give
// exactly the size asked for, is refused; nothing is ever read or written out of bounds.
//
// The zero inflater is ready to use. It may be used again, but not by two goroutines at once.
type inflater struct {
	lit     [litTable]uint32 // literal/length codes; lit[:1<<litBits] is the first level
	dist    [distTable]uint32
	pre     [1 << preBits]uint32
	lengths [maxLit + maxDist]uint8 // code lengths of the block being set up
	fixed   bool                    // lit and dist hold the fixed codes of the RFC
	misfit  bool                    // the last stream was refused for its size alone
}

// A table entry packs what the decoder needs for one code:
//
//	bits 0–5    bits to consume: code and extra bits together
//	bits 8–11   length of the code alone; of a second-level table: its index width
//	bit 14      end of block
//	bit 15      not a plain code: end of block, or a pointer to a second-level table
//	bits 16–30  literal, base of a length or distance, or start of the second-level table
//	bit 31      literal
const (
	litBits  = 10
	distBits = 8
	preBits  = 7
	// Upper bounds for any complete code of 15 bits at most, rounded up to powers of two
	// so that a masked index needs no bounds check (zlib's "enough" gives 1,334 and 402).
	litTable  = 2048
	distTable = 512

	maxLit  = 288
	maxDist = 32
	maxPre  = 19

	flagEnd     = 1 << 14
	flagSpecial = 1 << 15
	flagLiteral = 1 << 31

	// inflateSlack is how many bytes behind the wanted size the buffer must have room for:
	// matches are copied in whole words.
	inflateSlack = 16
)

// bitReader is the state of the stream between blocks.
type bitReader struct {
	src []byte
	pos int
	bb  uint64 // next bits, lowest first
	bn  uint   // how many of them are valid
}

// fill makes at least 56 bits valid while the source lasts.
func (r *bitReader) fill() {
	if r.pos+8 <= len(r.src) {
		r.bb |= binary.LittleEndian.Uint64(r.src[r.pos:]) << (r.bn & 63)
		r.pos += int((63 - r.bn) >> 3)
		r.bn |= 56
		return
	}
	for r.bn < 56 && r.pos < len(r.src) {
		r.bb |= uint64(r.src[r.pos]) << (r.bn & 63)
		r.pos++
		r.bn += 8
	}
}

// take consumes n ≤ 32 bits; ok is false where the source ends before them.
func (r *bitReader) take(n uint) (v uint32, ok bool) {
	if r.bn < n {
		if r.fill(); r.bn < n {
			return 0, false
		}
	}
	v = uint32(r.bb & (1<<n - 1))
	r.bb >>= n
	r.bn -= n
	return v, true
}

// inflate decodes src into buf[:size]. len(buf) must be at least size+inflateSlack.
// It reports whether src is exactly one sound stream that gives exactly size bytes.
func (d *inflater) inflate(buf []byte, size int, src []byte) bool {
	r := bitReader{src: src}
	n := 0
	d.misfit = false
	for {
		head, ok := r.take(3)
		if !ok {
			return false
		}
		switch head >> 1 {
		case 0:
			n, ok = d.stored(buf[:size], n, &r)
		case 1:
			d.setFixed()
			n, ok = d.block(buf, size, n, &r)
		case 2:
			if ok = d.setDynamic(&r); ok {
				n, ok = d.block(buf, size, n, &r)
			}
		default:
			ok = false
		}
		if !ok {
			return false
		}
		if head&1 == 1 {
			d.misfit = n < size
			return n == size && r.pos-int(r.bn>>3) == len(src)
		}
	}
}

// stored copies a stored block to dst[n:] and returns the new end.
func (d *inflater) stored(dst []byte, n int, r *bitReader) (int, bool) {
	r.bb >>= r.bn & 7
	r.bn &^= 7
	v, ok := r.take(32)
	size := int(v & 0xffff)
	if !ok || uint16(v) != ^uint16(v>>16) {
		return n, false
	}
	r.pos -= int(r.bn >> 3) // give whole bytes back
	r.bb, r.bn = 0, 0
	d.misfit = size > len(dst)-n
	if d.misfit || size > len(r.src)-r.pos {
		return n, false
	}
	copy(dst[n:], r.src[r.pos:r.pos+size])
	r.pos += size
	return n + size, true
}

func (d *inflater) setFixed() {
	if d.fixed {
		return
	}
	l := d.lengths[:maxLit]
	for i := range l {
		switch {
		case i < 144, i >= 280:
			l[i] = 8
		case i < 256:
			l[i] = 9
		default:
			l[i] = 7
		}
	}
	buildTable(d.lit[:], litBits, l, litEntries)
	l = d.lengths[:maxDist]
	for i := range l {
		l[i] = 5
	}
	buildTable(d.dist[:], distBits, l, distEntries)
	d.fixed = true
}

// setDynamic reads the code lengths of a block and fills the tables.
func (d *inflater) setDynamic(r *bitReader) bool {
	d.fixed = false
	head, ok := r.take(14)
	nlit, ndist, npre := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	if !ok || nlit > 286 || ndist > 30 {
		return false
	}
	var pre [maxPre]uint8
	for i := range npre {
		v, ok := r.take(3)
		if !ok {
			return false
		}
		pre[preOrder[i]] = uint8(v)
	}
	if !buildTable(d.pre[:], preBits, pre[:], preEntries) || !d.readLengths(r, nlit+ndist) {
		return false
	}
	return d.lengths[256] != 0 &&
		buildTable(d.lit[:], litBits, d.lengths[:nlit], litEntries) &&
		buildTable(d.dist[:], distBits, d.lengths[nlit:nlit+ndist], distEntries)
}

// readLengths decodes n run-length coded code lengths into d.lengths.
func (d *inflater) readLengths(r *bitReader, n int) bool {
	for i := 0; i < n; {
		if r.bn < 14 { // a code of 7 bits and 7 extra bits
			r.fill()
		}
		e := d.pre[r.bb&(1<<preBits-1)]
		used := uint(e & 63)
		if used == 0 || used > r.bn {
			return false
		}
		r.bb >>= used
		r.bn -= used
		sym := e >> 16
		if sym < 16 {
			d.lengths[i] = uint8(sym)
			i++
			continue
		}
		value, repeat, ok := d.run(r, sym, i)
		if !ok || repeat > n-i {
			return false
		}
		for range repeat {
			d.lengths[i] = value
			i++
		}
	}
	return true
}

// run decodes a repeat symbol standing at code i.
func (d *inflater) run(r *bitReader, sym uint32, i int) (value uint8, repeat int, ok bool) {
	base, extra := 3, uint(2)
	switch {
	case sym == 16 && i == 0:
		return 0, 0, false
	case sym == 16:
		value = d.lengths[i-1]
	case sym == 17:
		extra = 3
	default:
		base, extra = 11, 7
	}
	v, ok := r.take(extra)
	return value, base + int(v), ok
}

// block decodes one compressed block into buf[n:size] and returns the new end. It is one long
// function because the state lives in registers; the second loop is the first with every check.
func (d *inflater) block(buf []byte, size, n int, r *bitReader) (int, bool) {
	src, pos, bb, bn := r.src, r.pos, r.bb, r.bn
	lit, dist := &d.lit, &d.dist
	buf = buf[:size+inflateSlack]
	// The fast loop may read 16 bytes and write 258 + 2 bytes without looking.
	for pos+16 <= len(src) && n+264 <= size {
		bb |= binary.LittleEndian.Uint64(src[pos:]) << (bn & 63)
		pos += int((63 - bn) >> 3)
		bn |= 56
		e := lit[bb&(1<<litBits-1)]
		if e&flagLiteral != 0 {
			bb >>= e & 63
			bn -= uint(e & 63)
			buf[n] = byte(e >> 16)
			n++
			if e = lit[bb&(1<<litBits-1)]; e&flagLiteral != 0 {
				bb >>= e & 63
				bn -= uint(e & 63)
				buf[n] = byte(e >> 16)
				n++
				if e = lit[bb&(1<<litBits-1)]; e&flagLiteral != 0 {
					bb >>= e & 63
					bn -= uint(e & 63)
					buf[n] = byte(e >> 16)
					n++
					continue
				}
			}
			bb |= binary.LittleEndian.Uint64(src[pos:]) << (bn & 63)
			pos += int((63 - bn) >> 3)
			bn |= 56
		}
		if e&flagSpecial != 0 {
			if e&flagEnd != 0 {
				bb >>= e & 63
				r.pos, r.bb, r.bn = pos, bb, bn-uint(e&63)
				return n, true
			}
			if e>>16 == 0 { // symbols 286 and 287
				return n, false
			}
			bb >>= e & 63
			bn -= uint(e & 63)
			e = lit[(e>>16+uint32(bb)&(1<<(e>>8&15)-1))&(litTable-1)]
			if e&flagLiteral != 0 {
				bb >>= e & 63
				bn -= uint(e & 63)
				buf[n] = byte(e >> 16)
				n++
				continue
			}
			if e&flagSpecial != 0 {
				bb >>= e & 63
				r.pos, r.bb, r.bn = pos, bb, bn-uint(e&63)
				return n, e&flagEnd != 0
			}
		}
		if e&63 == 0 { // a pattern outside an incomplete code
			return n, false
		}
		// A length: at most 15 + 5 bits; then a distance: at most 15 + 13.
		length := int(e>>16) + int(uint32(bb)&(1<<(e&63)-1)>>(e>>8&15))
		bb >>= e & 63
		bn -= uint(e & 63)
		e = dist[bb&(1<<distBits-1)]
		if e&flagSpecial != 0 && e>>16 != 0 {
			bb >>= e & 63
			bn -= uint(e & 63)
			e = dist[(e>>16+uint32(bb)&(1<<(e>>8&15)-1))&(distTable-1)]
		}
		from := n - int(e>>16) - int(uint32(bb)&(1<<(e&63)-1)>>(e>>8&15))
		bb >>= e & 63
		bn -= uint(e & 63)
		if e&63 == 0 || e&flagSpecial != 0 || from < 0 {
			return n, false
		}
		end := n + length
		if n-from >= 8 {
			for n < end {
				binary.LittleEndian.PutUint64(buf[n:n+8], binary.LittleEndian.Uint64(buf[from:from+8]))
				n += 8
				from += 8
			}
			n = end
			continue
		}
		for n < end {
			buf[n] = buf[from]
			n++
			from++
		}
	}
	r.pos, r.bb, r.bn = pos, bb, bn
	return d.blockTail(buf[:size], n, r)
}

// blockTail ends a block near the end of source or buffer, checking every step.
func (d *inflater) blockTail(dst []byte, n int, r *bitReader) (int, bool) {
	for {
		e, ok := r.symbol(d.lit[:], litBits)
		if !ok {
			return n, false
		}
		if e&flagLiteral != 0 {
			if n == len(dst) {
				d.misfit = true
				return n, false
			}
			dst[n] = byte(e >> 16)
			n++
			continue
		}
		if e&flagSpecial != 0 {
			return n, e&flagEnd != 0
		}
		length, ok1 := r.value(e)
		e, ok2 := r.symbol(d.dist[:], distBits)
		distance, ok3 := r.value(e)
		if !ok1 || !ok2 || !ok3 || e&flagSpecial != 0 || distance > n {
			return n, false
		}
		if d.misfit = length > len(dst)-n; d.misfit {
			return n, false
		}
		for end := n + length; n < end; n++ {
			dst[n] = dst[n-distance]
		}
	}
}

// symbol reads one code and consumes its bits, not its extra bits.
func (r *bitReader) symbol(table []uint32, first uint) (uint32, bool) {
	r.fill()
	e := table[r.bb&(1<<first-1)]
	if e&flagSpecial != 0 && e&flagEnd == 0 && e>>16 != 0 {
		if r.bn < first {
			return 0, false
		}
		r.bb >>= first
		r.bn -= first
		e = table[uint32(e>>16)+uint32(r.bb)&(1<<(e>>8&15)-1)]
	}
	n := uint(e >> 8 & 15)
	if n == 0 || n > r.bn {
		return 0, false
	}
	r.bb >>= n
	r.bn -= n
	return e, true
}

// value reads the extra bits of a length or distance whose code was read by symbol.
func (r *bitReader) value(e uint32) (int, bool) {
	v, ok := r.take(uint(e&63 - e>>8&15))
	return int(e>>16) + int(v), ok
}
