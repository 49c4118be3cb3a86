package workbook

import "math/bits"

var (
	litEntries  = lengthEntries()
	distEntries = distanceEntries()
	preEntries  = plainEntries(maxPre)
	preOrder    = [maxPre]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

// lengthEntries gives the entry of each literal/length symbol without its code length.
func lengthEntries() []uint32 {
	e := make([]uint32, maxLit)
	for i := range 256 {
		e[i] = flagLiteral | uint32(i)<<16
	}
	e[256] = flagSpecial | flagEnd
	base := uint32(3)
	for i := range 28 {
		extra := uint32(max(0, i/4-1))
		e[257+i] = base<<16 | extra
		base += 1 << extra
	}
	e[285] = 258 << 16
	e[286], e[287] = flagSpecial, flagSpecial // never valid in a stream
	return e
}

func distanceEntries() []uint32 {
	e := make([]uint32, maxDist)
	base := uint32(1)
	for i := range 30 {
		extra := uint32(max(0, i/2-1))
		e[i] = base<<16 | extra
		base += 1 << extra
	}
	e[30], e[31] = flagSpecial, flagSpecial
	return e
}

func plainEntries(n int) []uint32 {
	e := make([]uint32, n)
	for i := range e {
		e[i] = uint32(i) << 16
	}
	return e
}

// buildTable fills table for the canonical code with the given lengths. It refuses a code that
// is over-subscribed, or incomplete unless it holds one code or none (which RFC 1951 allows).
// Symbols are placed in order of length; the first level is doubled by copying as the length grows.
func buildTable(table []uint32, first uint, lengths []uint8, entries []uint32) bool {
	var count [16]int
	for _, l := range lengths {
		count[l&15]++
	}
	used := len(lengths) - count[0]
	var offset [17]int
	left := 1
	for l := 1; l < 16; l++ {
		left = left<<1 - count[l]
		if left < 0 {
			return false
		}
		offset[l+1] = offset[l] + count[l]
	}
	if left > 0 && (used > 1 || used == 1 && count[1] != 1) {
		return false
	}
	if left > 0 { // one code or none: every other pattern is an error
		clear(table[:1<<first])
	}
	var sorted [maxLit]uint16
	for s, l := range lengths {
		if l != 0 {
			sorted[offset[l]] = uint16(s)
			offset[l]++
		}
	}
	if left > 0 {
		if used == 1 {
			e := withLength(entries[sorted[0]], 1)
			for i := uint(0); i < 1<<first; i += 2 {
				table[i] = e
			}
		}
		return true
	}
	return fillTable(table, first, sorted[:used], &count, entries)
}

// withLength completes an entry: the low bits hold the extra bits, the code length is added.
func withLength(e uint32, n uint) uint32 { return e + uint32(n) | uint32(n)<<8 }

// fillTable places the sorted symbols of a complete code. code is the next codeword, bit-reversed.
func fillTable(table []uint32, first uint, sorted []uint16, count *[16]int, entries []uint32) bool {
	code, next := uint32(0), 0
	l := uint(1)
	for count[l] == 0 {
		l++
	}
	size := uint(1) << min(l, first) // filled part of the first level
	for ; l <= first; l++ {
		for range count[l] {
			table[code] = withLength(entries[sorted[next]], l)
			next++
			if code == 1<<l-1 { // the last codeword of a complete code
				for size < 1<<first {
					copy(table[size:2*size], table[:size])
					size <<= 1
				}
				return true
			}
			code = nextCode(code, l)
		}
		if l < first {
			copy(table[size:2*size], table[:size])
			size <<= 1
		}
	}
	return fillSecond(table, first, sorted[next:], code, l, count, entries)
}

// nextCode adds one to a bit-reversed codeword of n bits that is not all ones.
func nextCode(code uint32, n uint) uint32 {
	bit := uint32(1) << (uint(bits.Len32(code^(1<<n-1))) - 1)
	return code&(bit-1) | bit
}

// fillSecond places the codes longer than the first level in tables of their own behind it.
func fillSecond(table []uint32, first uint, sorted []uint16, code uint32, l uint, count *[16]int, entries []uint32) bool {
	end := uint(1) << first
	prefix, start, width := ^uint32(0), uint(0), uint(0)
	for _, s := range sorted {
		for count[l] == 0 {
			l++
		}
		if p := code & (1<<first - 1); p != prefix {
			prefix, start = p, end
			width = l - first
			for room := count[l]; room < 1<<width && first+width < 15; {
				width++
				room = room<<1 + count[first+width]
			}
			end = start + 1<<width
			if end > uint(len(table)) {
				return false
			}
			table[prefix] = flagSpecial | uint32(start)<<16 | uint32(width)<<8 | uint32(first)
		}
		e := withLength(entries[s], l-first)
		for i := start + uint(code>>first); i < end; i += 1 << (l - first) {
			table[i] = e
		}
		count[l]--
		if code == 1<<l-1 {
			return true
		}
		code = nextCode(code, l)
	}
	return true
}
