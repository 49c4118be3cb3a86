package workbook

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

func rawDeflate(t testing.TB, level int, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	w.Close()
	return b.Bytes()
}

// inflateSamples are texts that drive every kind of block and match.
func inflateSamples() map[string][]byte {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	skew := make([]byte, 200_000) // lengths up to 15 bits: second-level tables
	for i := range skew {
		skew[i] = byte(rng.ExpFloat64() * 20)
	}
	words := make([]byte, 0, 300_000)
	for len(words) < 300_000 {
		words = append(words, strings.Repeat(string(rune('a'+rng.IntN(26))), 1+rng.IntN(40))...)
	}
	return map[string][]byte{
		"empty":      {},
		"one byte":   {'x'},
		"short":      []byte("访企拓岗"),
		"run":        bytes.Repeat([]byte{'a'}, 70_000),
		"pairs":      bytes.Repeat([]byte("ab"), 40_000),
		"sevens":     bytes.Repeat([]byte("abcdefg"), 9_999),
		"sheet":      []byte(strings.Repeat(`<row r="1"><c r="A1" t="s"><v>12</v></c></row>`, 900)),
		"noise":      noise,
		"skew":       skew,
		"words":      words,
		"far apart":  append(append(append([]byte{}, noise[:300]...), noise[:32_400]...), noise[:300]...),
		"stored mix": append(append([]byte{}, noise...), bytes.Repeat([]byte("xyz"), 3000)...),
	}
}

func TestInflateEqualsTheStandardLibrary(t *testing.T) {
	var d inflater
	for name, want := range inflateSamples() {
		for _, level := range []int{flate.HuffmanOnly, 0, 1, 9} {
			src := rawDeflate(t, level, want)
			buf := make([]byte, len(want)+inflateSlack)
			if !d.inflate(buf, len(want), src) {
				t.Errorf("%s, level %d: refused", name, level)
			} else if !bytes.Equal(buf[:len(want)], want) {
				t.Errorf("%s, level %d: wrong bytes", name, level)
			}
		}
	}
}

func TestInflateRefusesAWrongSize(t *testing.T) {
	var d inflater
	text := []byte(strings.Repeat("一二三", 500))
	src := rawDeflate(t, 6, text)
	for _, size := range []int{0, 1, len(text) - 1, len(text) + 1, 3 * len(text)} {
		if d.inflate(make([]byte, size+inflateSlack), size, src) {
			t.Errorf("size %d of %d was taken", size, len(text))
		}
	}
	if d.inflate(make([]byte, len(text)+inflateSlack), len(text), append(src, 0)) {
		t.Error("a byte behind the stream was taken")
	}
	for cut := range len(src) {
		if d.inflate(make([]byte, len(text)+inflateSlack), len(text), src[:cut]) {
			t.Errorf("the first %d of %d bytes were taken", cut, len(src))
		}
	}
}

// sameAsFlate fails where the two decoders disagree about a stream. flate stops at the end of the
// stream, so what stands behind it is cut off first.
func sameAsFlate(t *testing.T, d *inflater, src []byte) {
	t.Helper()
	in := bytes.NewReader(src)
	want, err := io.ReadAll(io.LimitReader(flate.NewReader(in), 1<<20))
	if len(want) == 1<<20 {
		return
	}
	buf := make([]byte, len(want)+inflateSlack)
	got := d.inflate(buf, len(want), src[:len(src)-in.Len()])
	if got != (err == nil) {
		t.Fatalf("taken %v, flate says %v", got, err)
	}
	if got && !bytes.Equal(buf[:len(want)], want) {
		t.Fatal("wrong bytes")
	}
}

func TestInflateOfDamagedStreamsEqualsTheStandardLibrary(t *testing.T) {
	var d inflater
	rng := rand.New(rand.NewPCG(3, 4))
	for name, text := range inflateSamples() {
		if len(text) > 5000 {
			text = text[:5000]
		}
		for _, level := range []int{1, 9, flate.HuffmanOnly} {
			good := rawDeflate(t, level, text)
			for range 100 {
				bad := bytes.Clone(good)
				for range 1 + rng.IntN(3) {
					bad[rng.IntN(len(bad))] ^= 1 << rng.IntN(8)
				}
				sameAsFlate(t, &d, bad)
			}
		}
		_ = name
	}
}

func FuzzInflate(f *testing.F) {
	for _, text := range inflateSamples() {
		if len(text) > 2000 {
			text = text[:2000]
		}
		f.Add(rawDeflate(f, 6, text))
		f.Add(rawDeflate(f, flate.HuffmanOnly, text))
	}
	var d inflater
	f.Fuzz(func(t *testing.T, src []byte) { sameAsFlate(t, &d, src) })
}
