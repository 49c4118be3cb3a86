package workbook

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// decodePart brings an XML part into the form the scanner reads: UTF-8, only characters that XML
// allows, line ends as \n. UTF-8 parts are checked where they stand, others are converted;
// odd names their encoding. The array behind the result holds inflateSlack zero bytes.
func decodePart(b []byte, part string, lim *Limits) (out []byte, odd string, bad *fault) {
	name, dec := partEncoding(b)
	if name != "" && dec == nil {
		return nil, "", &fault{code: "F065", part: part, got: name}
	}
	if dec != nil {
		wide, err := dec.NewDecoder().Bytes(b)
		if err != nil || bytes.Contains(wide, []byte("\uFFFD")) {
			return nil, "", &fault{code: "F063", part: part, got: name}
		}
		if int64(len(wide)) > lim.PartBytes {
			return nil, "", &fault{code: "F040", part: part, got: mebibytes(int64(len(wide))), want: mebibytes(lim.PartBytes)}
		}
		b = append(wide, make([]byte, inflateSlack)...)[:len(wide)]
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if i, what := illegalAt(b); i >= 0 {
		return nil, "", &fault{code: "F063", part: part, got: what, want: strconv.Itoa(i)}
	}
	return joinLineEnds(b), name, nil
}

// partEncoding tells the encoding of a part: "" for UTF-8, else its name and, where we can read
// it, its decoder.
func partEncoding(b []byte) (string, encoding.Encoding) {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("<\x00")):
		return "UTF-16LE", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(b, []byte("\xfe\xff")), bytes.HasPrefix(b, []byte("\x00<")):
		return "UTF-16BE", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	switch name := declaredEncoding(b); strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return "", nil
	case "gbk", "gb2312", "gb18030", "cp936":
		return name, simplifiedchinese.GB18030
	default:
		return name, nil
	}
}

// declaredEncoding returns what the XML declaration says, "" where it says nothing.
func declaredEncoding(b []byte) string {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return ""
	}
	end := bytes.Index(b[:min(len(b), 256)], []byte("?>"))
	if end < 0 {
		return ""
	}
	_, after, ok := bytes.Cut(b[:end], []byte("encoding"))
	after = bytes.TrimLeft(after, " \t\r\n=")
	if !ok || len(after) < 2 || after[0] != '"' && after[0] != '\'' {
		return ""
	}
	name, _, _ := bytes.Cut(after[1:], after[:1])
	return string(name)
}

// illegalAt finds the first byte that is not part of a character XML allows; -1 for none.
func illegalAt(b []byte) (at int, what string) {
	if i := controlAt(b); i >= 0 {
		return i, "U+" + strings.ToUpper(strconv.FormatInt(0x10000+int64(b[i]), 16))[1:]
	}
	if !utf8.Valid(b) {
		i := 0
		for i < len(b) {
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && size <= 1 {
				break
			}
			i += size
		}
		return i, "UTF-8"
	}
	for _, not := range []string{"\uFFFE", "\uFFFF"} {
		if i := bytes.Index(b, []byte(not)); i >= 0 {
			return i, "U+FFFE/FFFF"
		}
	}
	return -1, ""
}

// controlAt finds the first control character other than tab, line feed and carriage return.
// It looks at eight bytes at a time.
func controlAt(b []byte) int {
	const low, high = 0x2020202020202020, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		if (w-low)&^w&high == 0 {
			continue
		}
		if j := controlIn(b[i : i+8]); j >= 0 {
			return i + j
		}
	}
	if j := controlIn(b[i:]); j >= 0 {
		return i + j
	}
	return -1
}

func controlIn(b []byte) int {
	for i, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return i
		}
	}
	return -1
}

// joinLineEnds turns \r\n and \r into \n in place, as XML asks for before anything is parsed. Most
// parts have one, behind the XML declaration, so what stands between two is moved as a whole.
func joinLineEnds(b []byte) []byte {
	i := bytes.IndexByte(b, '\r')
	if i < 0 {
		return b
	}
	whole := b[:len(b)+inflateSlack]
	n := i // end of what is done
	for i < len(b) {
		b[n] = '\n'
		n++
		if i++; i < len(b) && b[i] == '\n' {
			i++
		}
		size := bytes.IndexByte(b[i:], '\r')
		if size < 0 {
			size = len(b) - i
		}
		n += copy(b[n:], b[i:i+size])
		i += size
	}
	clear(whole[n:])
	return b[:n]
}
