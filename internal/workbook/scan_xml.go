package workbook

import (
	"bytes"
	"strconv"
)

// xmlScan is a strict pull parser for one part that is wholly in memory: well-formed to the last
// byte, no DTD, bounded depth, declared prefixes only. It never allocates for a token; names and
// texts are views of the part.
type xmlScan struct {
	b   []byte // the part; at least inflateSlack zero bytes follow in its array
	n   int    // length of the part
	pos int

	lim   *Limits
	part  string
	late  func() *fault // asked now and then; may be nil
	ticks uint
	bad   *fault // why the scan stopped
	start bool   // the root element was seen

	// The current token.
	space  namespace // of the element
	name   []byte    // local name of the element
	attrs  []xmlAttr // of a start tag
	text   []byte    // of a text token, as written
	cdata  bool      // text is a CDATA section
	hasRef bool      // text holds a reference

	closing bool // the start tag closed itself; its end comes next
	open    []openElement
	binds   []nsBind
	plain   namespace // of names without a prefix

	prefixed bool // a main element carries a prefix
	fenced   bool // "]]>" occurs: text has to be looked through for it

	rich []byte // room for joining the runs of a text
}

type xmlToken uint8

const (
	tokenEnd   xmlToken = iota // end tag
	tokenStart                 // start tag
	tokenText
	tokenStop // end of the part, or a fault
)

// xmlAttr is one attribute; space is set only for names with a prefix.
type xmlAttr struct {
	space namespace
	name  []byte
	value []byte // as written
	ref   bool   // value holds a reference
}

type openElement struct {
	qname []byte
	local int // where the local name starts in qname
	space namespace
	plain namespace // to restore
	binds int       // to restore
}

// namespace is the meaning of a namespace URI; transitional and strict forms are one.
type namespace uint8

const (
	spaceNone    namespace = iota
	spaceOther             // not ours
	spaceMain              // SpreadsheetML
	spaceRel               // r:id and the like
	spacePackage           // relationships part
	spaceCustom            // custom properties
	spaceVariant           // values of properties
	spaceCompat            // mc:AlternateContent
	spaceXML
)

var namespaces = map[string]namespace{
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":               spaceMain,
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                           spaceMain,
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships":     spaceRel,
	"http://purl.oclc.org/ooxml/officeDocument/relationships":                 spaceRel,
	"http://schemas.openxmlformats.org/package/2006/relationships":            spacePackage,
	"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties": spaceCustom,
	"http://purl.oclc.org/ooxml/officeDocument/customProperties":              spaceCustom,
	"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes":    spaceVariant,
	"http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes":                spaceVariant,
	"http://schemas.openxmlformats.org/markup-compatibility/2006":             spaceCompat,
	"http://www.w3.org/XML/1998/namespace":                                    spaceXML,
}

type nsBind struct {
	prefix []byte
	space  namespace
}

// Byte classes.
const (
	classSpace = 1 << iota
	className  // may stand in a name, ':' excepted
	classFirst // may begin a name
	classQuiet // may stand in an attribute value with nothing to do
)

var classes = byteClasses()

func byteClasses() (c [256]uint8) {
	for i := range c {
		switch b := byte(i); {
		case b == ' ', b == '\t', b == '\n', b == '\r':
			c[i] = classSpace
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', b == '_', b >= 0x80:
			c[i] = className | classFirst
		case '0' <= b && b <= '9', b == '-', b == '.':
			c[i] = className
		}
		if i != 0 && i != '"' && i != '\'' && i != '<' && i != '&' {
			c[i] |= classQuiet
		}
	}
	return c
}

func isSpace(c byte) bool { return classes[c]&classSpace != 0 }

// reset prepares the scan of a part. b must be UTF-8 without illegal characters (see decodePart),
// and its array must hold inflateSlack zero bytes behind it.
func (x *xmlScan) reset(b []byte, part string, lim *Limits) {
	*x = xmlScan{
		b: b[:len(b)+inflateSlack], n: len(b), part: part, lim: lim,
		attrs: x.attrs[:0], open: x.open[:0], binds: x.binds[:0],
		fenced: bytes.Contains(b, []byte("]]>")), rich: x.rich[:0],
	}
}

// release lets go of the part and keeps the room for tokens.
func (x *xmlScan) release() {
	clear(x.attrs[:cap(x.attrs)])
	clear(x.open[:cap(x.open)])
	clear(x.binds[:cap(x.binds)])
	rich := x.rich[:0]
	if cap(rich) > keepBytes {
		rich = nil
	}
	*x = xmlScan{attrs: x.attrs[:0], open: x.open[:0], binds: x.binds[:0], rich: rich}
}

// fail records the first fault and stops the scan.
func (x *xmlScan) fail(code ruleID, got, want string) xmlToken {
	if x.bad == nil {
		x.bad = &fault{code: code, part: x.part, got: got, want: want}
	}
	return tokenStop
}

// over stops the scan at a limit.
func (x *xmlScan) over(code ruleID, limit int) xmlToken {
	return x.fail(code, "", strconv.Itoa(limit))
}

// malformed is the fault of XML that is none.
func (x *xmlScan) malformed() xmlToken {
	end := min(x.n, x.pos+24)
	return x.fail("F060", string(x.b[min(x.pos, end):end]), strconv.Itoa(x.pos))
}

// next returns the next token. Comments and processing instructions are passed over.
func (x *xmlScan) next() xmlToken {
	if x.ticks++; x.ticks&0x7fff == 0 && x.late != nil && x.bad == nil {
		x.bad = x.late()
	}
	if x.closing && x.bad == nil {
		x.closing = false
		return x.pop()
	}
	for x.bad == nil {
		if x.b[x.pos] != '<' {
			if t := x.chars(); t != tokenEnd {
				return t
			}
			continue
		}
		switch x.b[x.pos+1] {
		case '/':
			return x.endTag()
		case '!':
			if t := x.markup(); t != tokenEnd {
				return t
			}
		case '?':
			x.instruction()
		default:
			return x.startTag()
		}
	}
	return tokenStop
}

// chars reads character data up to the next tag. Outside the root it must be white space, which
// is passed over (tokenEnd says so).
func (x *xmlScan) chars() xmlToken {
	rest := x.b[x.pos:x.n]
	i := bytes.IndexByte(rest, '<')
	if i < 0 {
		if len(x.open) > 0 || !x.start || !blank(rest) {
			x.pos = x.n
			return x.malformed()
		}
		x.pos = x.n
		return tokenStop
	}
	text := rest[:i]
	if len(x.open) == 0 {
		if !blank(text) {
			return x.malformed()
		}
		x.pos += i
		return tokenEnd
	}
	x.text, x.cdata, x.hasRef = text, false, false
	if x.fenced && bytes.Contains(text, []byte("]]>")) {
		return x.malformed()
	}
	if bytes.IndexByte(text, '&') >= 0 {
		x.hasRef = true
		if !x.checkRefs(text) {
			return tokenStop
		}
	}
	x.pos += i
	return tokenText
}

func blank(b []byte) bool {
	for _, c := range b {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

// markup reads a comment or a CDATA section; a DTD is refused. tokenEnd: passed over.
func (x *xmlScan) markup() xmlToken {
	rest := x.b[x.pos:x.n]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		i := bytes.Index(rest[4:], []byte("--"))
		if i < 0 || x.b[x.pos+4+i+2] != '>' {
			return x.malformed()
		}
		x.pos += 4 + i + 3
		return tokenEnd
	case bytes.HasPrefix(rest, []byte("<![CDATA[")) && len(x.open) > 0:
		i := bytes.Index(rest[9:], []byte("]]>"))
		if i < 0 {
			return x.malformed()
		}
		x.text, x.cdata, x.hasRef = rest[9:9+i], true, false
		x.pos += 9 + i + 3
		return tokenText
	case bytes.HasPrefix(rest, []byte("<!DOCTYPE")), bytes.HasPrefix(rest, []byte("<!ENTITY")):
		return x.fail("F061", "", "")
	}
	return x.malformed()
}

// instruction passes over a processing instruction. The XML declaration may stand at the very
// start only.
func (x *xmlScan) instruction() {
	rest := x.b[x.pos:x.n]
	i := bytes.Index(rest, []byte("?>"))
	p := x.pos + 2
	for classes[x.b[p]]&className != 0 {
		p++
	}
	target := x.b[x.pos+2 : p]
	if i < 0 || len(target) == 0 || classes[target[0]]&classFirst == 0 || (bytes.EqualFold(target, []byte("xml")) && x.pos != 0) {
		x.malformed()
		return
	}
	x.pos += i + 2
}

// startTag reads a start tag and its attributes.
func (x *xmlScan) startTag() xmlToken {
	begin := x.pos + 1
	p, colon, ok := x.qname(begin)
	if !ok || len(x.open) == 0 && x.start {
		return x.malformed()
	}
	if len(x.open) >= x.lim.Depth {
		return x.over("F064", x.lim.Depth)
	}
	qname := x.b[begin:p]
	e := openElement{qname: qname, local: colon, plain: x.plain, binds: len(x.binds)}
	x.attrs = x.attrs[:0]
	if x.b[p] == '>' {
		p++
	} else if p, ok = x.attributes(p); !ok {
		return tokenStop
	}
	x.pos = p
	x.start = true
	e.space = x.plain
	if colon > 0 {
		if e.space, ok = x.resolve(qname[:colon-1]); !ok {
			return x.fail("F060", string(qname), strconv.Itoa(x.pos))
		}
		x.prefixed = x.prefixed || e.space == spaceMain
	}
	x.space, x.name = e.space, qname[colon:]
	x.open = append(x.open, e)
	return tokenStart
}

// qname reads a name with at most one prefix. local is where the local name starts in it.
func (x *xmlScan) qname(begin int) (end, local int, ok bool) {
	p := begin
	for classes[x.b[p]]&className != 0 {
		p++
	}
	if p == begin || classes[x.b[begin]]&classFirst == 0 {
		return p, 0, false
	}
	if x.b[p] != ':' {
		return p, 0, true
	}
	p++
	second := p
	for classes[x.b[p]]&className != 0 {
		p++
	}
	return p, second - begin, p > second && classes[x.b[second]]&classFirst != 0 && x.b[p] != ':'
}

// endTag reads an end tag, which must close the innermost open element.
func (x *xmlScan) endTag() xmlToken {
	if len(x.open) == 0 {
		return x.malformed()
	}
	want := x.open[len(x.open)-1].qname
	p := x.pos + 2
	if p+len(want) > x.n || string(x.b[p:p+len(want)]) != string(want) {
		return x.malformed()
	}
	p += len(want)
	for isSpace(x.b[p]) {
		p++
	}
	if x.b[p] != '>' {
		return x.malformed()
	}
	x.pos = p + 1
	return x.pop()
}

func (x *xmlScan) pop() xmlToken {
	e := &x.open[len(x.open)-1]
	x.space, x.name = e.space, e.qname[e.local:]
	x.plain, x.binds = e.plain, x.binds[:e.binds]
	x.open = x.open[:len(x.open)-1]
	return tokenEnd
}

// skip passes over the rest of the element whose start tag was just read.
func (x *xmlScan) skip() {
	for depth := len(x.open); len(x.open) >= depth; {
		if x.next() == tokenStop {
			return
		}
	}
}

// element returns the next start or end tag; text between them must be white space.
func (x *xmlScan) element() xmlToken {
	for {
		t := x.next()
		if t != tokenText {
			return t
		}
		if x.cdata || !blank(x.text) {
			return x.fail("F069", string(x.text[:min(len(x.text), 24)]), "")
		}
	}
}

// root reads the start tag of the root element, which must be the one named.
func (x *xmlScan) root(space namespace, name string) bool {
	if x.element() != tokenStart {
		x.malformed()
		return false
	}
	if x.space != space || string(x.name) != name {
		x.fail("F069", string(x.name), "")
		return false
	}
	return true
}

// finish reads to the end of the part, which must follow the root.
func (x *xmlScan) finish() *fault {
	for x.bad == nil && x.next() != tokenStop {
	}
	return x.bad
}

// is reports whether the current element is a main one of that name.
func (x *xmlScan) is(name string) bool { return x.space == spaceMain && string(x.name) == name }
