package workbook

import (
	"bytes"
	"unicode/utf8"
)

// sharedTexts is the shared string table of a workbook: offsets into the inflated part, in which
// every text stands decoded. A string is made only when a cell asks for it, and once.
type sharedTexts struct {
	raw     []byte
	spans   []textSpan
	texts   []string // made so far, "" for not yet
	present bool     // the workbook has a table
}

type textSpan struct {
	from, to uint32
	escaped  bool // an _xHHHH_ escape was resolved
}

func (t *sharedTexts) reset() {
	clear(t.texts)
	if cap(t.spans) > 1<<16 {
		t.spans, t.texts = nil, nil
	}
	t.spans, t.texts, t.present = t.spans[:0], t.texts[:0], false
}

// scan reads the part. The texts are decoded where they stand, which never makes them longer.
func (t *sharedTexts) scan(x *xmlScan, quick bool) *fault {
	t.raw, t.present = x.b, true
	if !x.root(spaceMain, "sst") {
		return x.bad
	}
	quick = quick && !x.fenced
	for x.bad == nil {
		for quick && t.quickItem(x) {
		}
		switch {
		case x.bad != nil:
		case x.element() == tokenEnd:
			return x.finish()
		case x.is("si"):
			t.item(x)
		case x.is("extLst"):
			x.skip()
		case x.bad == nil:
			x.fail("F069", string(x.name), "")
		}
	}
	return x.bad
}

var (
	quickItemOpen   = []byte("<si><t>")
	quickItemSpaced = []byte(`<si><t xml:space="preserve">`)
	quickItemClose  = []byte("</t></si>")
)

// quickItem reads one text of the shape that nearly all have; anything else is left to item.
func (t *sharedTexts) quickItem(x *xmlScan) bool {
	rest := x.b[x.pos:x.n]
	open := len(quickItemOpen)
	if !bytes.HasPrefix(rest, quickItemOpen) {
		if open = len(quickItemSpaced); !bytes.HasPrefix(rest, quickItemSpaced) {
			return false
		}
	}
	if x.plain != spaceMain {
		return false
	}
	size := bytes.IndexByte(rest[open:], '<')
	if size < 0 || !bytes.HasPrefix(rest[open+size:], quickItemClose) {
		return false
	}
	text := rest[open : open+size]
	ref := bytes.IndexByte(text, '&') >= 0
	if ref && !x.checkRefs(text) {
		return false
	}
	from := x.pos + open
	x.pos = from + size + len(quickItemClose)
	if ref {
		text = appendUnescaped(text[:0], text)
	}
	t.add(x, from, text)
	return x.bad == nil
}

// item reads one text of any shape, behind its start tag.
func (t *sharedTexts) item(x *xmlScan) {
	from := x.pos
	text := x.richText(x.rich[:0])
	x.rich = text
	if x.bad == nil {
		t.add(x, from, x.b[from:from+copy(x.b[from:], text)])
	}
}

// add records a text that stands at from, references resolved.
func (t *sharedTexts) add(x *xmlScan, from int, text []byte) {
	if len(t.spans) >= x.lim.SharedStrings {
		x.over("F089", x.lim.SharedStrings)
		return
	}
	text, escaped := resolveEscapes(text)
	if tooLong(text, x.lim.CellChars) {
		x.over("F088", x.lim.CellChars)
		return
	}
	t.spans = append(t.spans, textSpan{from: uint32(from), to: uint32(from + len(text)), escaped: escaped})
}

func tooLong(text []byte, chars int) bool {
	return len(text) > chars && utf8.RuneCount(text) > chars
}

// text returns text i, which must be in range.
func (t *sharedTexts) text(i int, a *textArena) string {
	if len(t.texts) < len(t.spans) {
		if cap(t.texts) < len(t.spans) {
			t.texts = make([]string, len(t.spans))
		}
		t.texts = t.texts[:len(t.spans)]
	}
	s := t.spans[i]
	if t.texts[i] == "" && s.to > s.from {
		t.texts[i] = a.keep(t.raw[s.from:s.to])
	}
	return t.texts[i]
}

// richText appends the text of an si or is element, behind its start tag: a plain t, or the runs
// of a formatted text joined. Phonetic runs are reading aids and no part of the text.
func (x *xmlScan) richText(dst []byte) []byte {
	most := 4 * x.lim.CellChars
	for {
		switch t := x.element(); {
		case t == tokenStop:
			return dst
		case t == tokenEnd:
			if !x.is("r") {
				return dst
			}
		case x.is("t"):
			dst = x.leafText(dst)
		case x.is("r"): // its children follow
		case x.is("rPr"), x.is("rPh"), x.is("phoneticPr"), x.is("extLst"):
			x.skip()
		default:
			x.fail("F069", string(x.name), "")
			return dst
		}
		if len(dst) > most {
			x.over("F088", x.lim.CellChars)
			return dst
		}
	}
}

// leafText appends the text of an element that holds text only, behind its start tag.
func (x *xmlScan) leafText(dst []byte) []byte {
	for {
		switch x.next() {
		case tokenText:
			if x.hasRef {
				dst = appendUnescaped(dst, x.text)
			} else {
				dst = append(dst, x.text...)
			}
		case tokenEnd:
			return dst
		case tokenStart:
			x.fail("F069", string(x.name), "")
			return dst
		default:
			return dst
		}
	}
}

// textArena makes the strings of one book. Its chunks belong to the book.
type textArena struct {
	chunk []byte
	grow  int
}

const (
	firstChunk = 2 << 10
	lastChunk  = 64 << 10
)

// keep copies b into a string.
func (a *textArena) keep(b []byte) string {
	if len(b) > cap(a.chunk)-len(a.chunk) {
		a.grow = min(max(2*a.grow, firstChunk), lastChunk)
		a.chunk = make([]byte, 0, max(a.grow, len(b)))
	}
	n := len(a.chunk)
	a.chunk = append(a.chunk, b...)
	return asString(a.chunk[n:])
}
