package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
)

// A returned workbook is the person's own: its parts are edited in place, byte for byte, instead of
// being parsed into structures and written anew, which would drop whatever the structures do
// not know. These are the few tools for that.

var errNotUTF8 = errors.New("the part is not written in UTF-8")

// node is one element of a part, by offsets: <name …> from start to inner, its content up to
// close, its end tag up to end. An empty element has inner, close and end alike.
type node struct {
	prefix, name             string
	start, inner, close, end int
}

func (n node) empty() bool { return n.inner == n.end }

func (n node) tag(x []byte) []byte { return x[n.start:n.inner] }

func (n node) content(x []byte) []byte { return x[n.inner:n.close] }

// qualified is a name with the prefix that elements beside n carry.
func (n node) qualified(name string) string {
	if n.prefix == "" {
		return name
	}
	return n.prefix + ":" + name
}

type tagKind uint8

const (
	tagOpen tagKind = iota
	tagClose
	tagEmpty
)

// nextTag finds the next tag at or after i; start is −1 where there is none. Comments,
// instructions and CDATA are passed over.
func nextTag(x []byte, i int) (start, end int, kind tagKind, err error) {
	for {
		at := bytes.IndexByte(x[i:], '<')
		if at < 0 {
			return -1, -1, 0, nil
		}
		i += at
		skip, ok := 0, false
		switch rest := x[i:]; {
		case bytes.HasPrefix(rest, []byte("<!--")):
			skip, ok = after(rest, "-->")
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			skip, ok = after(rest, "]]>")
		case bytes.HasPrefix(rest, []byte("<?")):
			skip, ok = after(rest, "?>")
		case bytes.HasPrefix(rest, []byte("<!")):
			return -1, -1, 0, errors.New("the part declares a document type")
		default:
			end, kind, err = tagEnd(x, i)
			return i, end, kind, err
		}
		if !ok {
			return -1, -1, 0, errors.New("the part ends inside a comment")
		}
		i += skip
	}
}

func after(x []byte, mark string) (int, bool) {
	at := bytes.Index(x, []byte(mark))
	return at + len(mark), at >= 0
}

// tagEnd finds the end of the tag that begins at i; a > inside quotes does not end it.
func tagEnd(x []byte, i int) (int, tagKind, error) {
	quote := byte(0)
	for j := i + 1; j < len(x); j++ {
		switch c := x[j]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			switch {
			case x[i+1] == '/':
				return j + 1, tagClose, nil
			case x[j-1] == '/':
				return j + 1, tagEmpty, nil
			}
			return j + 1, tagOpen, nil
		}
	}
	return 0, 0, errors.New("the part ends inside a tag")
}

// element reads the element whose start tag is next at or after i.
func element(x []byte, i int) (node, bool, error) {
	start, inner, kind, err := nextTag(x, i)
	if err != nil || start < 0 || kind == tagClose {
		return node{}, false, err
	}
	n := node{start: start, inner: inner, close: inner, end: inner}
	n.prefix, n.name = splitName(x[start+1 : inner])
	if kind == tagEmpty {
		return n, true, nil
	}
	for depth, at := 1, inner; depth > 0; {
		s, e, kind, err := nextTag(x, at)
		if err != nil {
			return node{}, false, err
		}
		if s < 0 {
			return node{}, false, fmt.Errorf("<%s> does not end", n.name)
		}
		switch kind {
		case tagOpen:
			depth++
		case tagClose:
			depth--
		}
		n.close, n.end, at = s, e, e
	}
	return n, true, nil
}

func splitName(tag []byte) (prefix, name string) {
	end := bytes.IndexAny(tag, " \t\r\n/>")
	if end < 0 {
		end = len(tag)
	}
	name = string(tag[:end])
	if p, local, ok := strings.Cut(name, ":"); ok {
		return p, local
	}
	return "", name
}

// rootOf reads the root element of a part, which must be UTF-8.
func rootOf(x []byte) (node, error) {
	head := x[:min(len(x), 200)]
	if bytes.HasPrefix(head, []byte{0xFE, 0xFF}) || bytes.HasPrefix(head, []byte{0xFF, 0xFE}) {
		return node{}, errNotUTF8
	}
	if declaration, _, ok := bytes.Cut(head, []byte("?>")); ok && bytes.Contains(declaration, []byte("<?xml")) {
		encoding := attributeText(declaration, "encoding")
		if encoding != "" && !strings.EqualFold(encoding, "utf-8") {
			return node{}, errNotUTF8
		}
	}
	n, ok, err := element(x, 0)
	if err == nil && !ok {
		err = errors.New("the part has no element")
	}
	return n, err
}

// children lists the elements directly inside n.
func children(x []byte, n node) ([]node, error) {
	var out []node
	for at := n.inner; at < n.close; {
		child, ok, err := element(x[:n.close], at)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		out = append(out, child)
		at = child.end
	}
	return out, nil
}

// child returns the first element of that name directly inside n.
func child(x []byte, n node, name string) (node, bool, error) {
	all, err := children(x, n)
	if err != nil {
		return node{}, false, err
	}
	i := slices.IndexFunc(all, func(c node) bool { return c.name == name })
	if i < 0 {
		return node{}, false, nil
	}
	return all[i], true, nil
}

// attributeSpan finds the value of an attribute in a tag, whatever the quotes and the prefix of
// the name; the bounds exclude the quotes. from is −1 where the tag does not have it.
func attributeSpan(tag []byte, name string) (from, to int) {
	for i := 0; i < len(tag); {
		eq := bytes.IndexByte(tag[i:], '=')
		if eq < 0 {
			break
		}
		eq += i
		open := eq + 1
		for open < len(tag) && tag[open] != '"' && tag[open] != '\'' {
			open++
		}
		if open >= len(tag) {
			break
		}
		stop := bytes.IndexByte(tag[open+1:], tag[open])
		if stop < 0 {
			break
		}
		stop += open + 1
		word := bytes.TrimSpace(tag[i:eq])
		if at := bytes.LastIndexAny(word, " \t\r\n:"); at >= 0 {
			word = word[at+1:]
		}
		if string(word) == name {
			return open + 1, stop
		}
		i = stop + 1
	}
	return -1, -1
}

// attributeText is the value of an attribute with entities resolved; "" where it is absent.
func attributeText(tag []byte, name string) string {
	from, to := attributeSpan(tag, name)
	if from < 0 {
		return ""
	}
	return unescapeXML(string(tag[from:to]))
}

func unescapeXML(s string) string { return html.UnescapeString(s) }

// splice replaces a stretch of a part.
type splice struct {
	from, to int
	text     string
}

// spliced applies replacements that do not overlap. Those at one place keep their order.
func spliced(x []byte, edits []splice) []byte {
	slices.SortStableFunc(edits, func(a, b splice) int { return a.from - b.from })
	out := make([]byte, 0, len(x)+256*len(edits))
	at := 0
	for _, e := range edits {
		out = append(out, x[at:e.from]...)
		out = append(out, e.text...)
		at = e.to
	}
	return append(out, x[at:]...)
}

// setAttribute replaces or adds an attribute of n's start tag.
func setAttribute(x []byte, n node, name, value string) splice {
	if from, to := attributeSpan(n.tag(x), name); from >= 0 {
		return splice{n.start + from, n.start + to, value}
	}
	at := n.inner - 1
	if n.empty() {
		at--
	}
	return splice{at, at, fmt.Sprintf(` %s="%s"`, name, value)}
}

// appendInside puts text at the end of n's content; an empty element is opened for it.
func appendInside(x []byte, n node, text string) splice {
	if !n.empty() {
		return splice{n.close, n.close, text}
	}
	return splice{n.inner - 2, n.inner, ">" + text + "</" + n.qualified(n.name) + ">"}
}
