package workbook

import (
	"bytes"
	"strconv"
)

// attributes reads all attributes behind a tag name and returns the position behind the tag.
func (x *xmlScan) attributes(p int) (int, bool) {
	prefixes := false
	for {
		gap := p
		for isSpace(x.b[p]) {
			p++
		}
		switch x.b[p] {
		case '>':
			p++
			return p, x.bindAttributes(prefixes)
		case '/':
			x.closing = true
			p += 2
			if x.b[p-1] != '>' {
				x.pos = p
				x.malformed()
				return p, false
			}
			return p, x.bindAttributes(prefixes)
		}
		var local int
		var ok bool
		if p, local, ok = x.attribute(p); !ok || p == gap || !isSpace(x.b[gap]) {
			x.pos = gap
			x.malformed()
			return p, false
		}
		prefixes = prefixes || local > 0 || string(x.attrs[len(x.attrs)-1].name) == "xmlns"
		if len(x.attrs) > x.lim.Attributes {
			x.over("F070", x.lim.Attributes)
			return p, false
		}
	}
}

// attribute reads name="value" and appends it. The name keeps its prefix for now.
func (x *xmlScan) attribute(p int) (end, local int, ok bool) {
	begin := p
	p, local, ok = x.qname(p)
	if !ok {
		return p, 0, false
	}
	name := x.b[begin:p]
	for isSpace(x.b[p]) {
		p++
	}
	if x.b[p] != '=' {
		return p, 0, false
	}
	p++
	for isSpace(x.b[p]) {
		p++
	}
	value, ref, ok := x.quotedValue(p)
	if !ok || ref && !x.checkRefs(value) || x.twice(name) {
		return p, 0, false
	}
	x.attrs = append(x.attrs, xmlAttr{name: name, value: value, ref: ref})
	return p + len(value) + 2, local, true
}

// quotedValue reads a value in quotes, as written.
func (x *xmlScan) quotedValue(p int) (value []byte, ref, ok bool) {
	quote := x.b[p]
	if quote != '"' && quote != '\'' {
		return nil, false, false
	}
	begin := p + 1
	for p = begin; ; p++ {
		for classes[x.b[p]]&classQuiet != 0 {
			p++
		}
		switch c := x.b[p]; {
		case c == quote:
			return x.b[begin:p], ref, true
		case c == '<', c == 0:
			return nil, ref, false
		case c == '&':
			ref = true
		}
	}
}

func (x *xmlScan) twice(name []byte) bool {
	for i := range x.attrs {
		if string(x.attrs[i].name) == string(name) {
			return true
		}
	}
	return false
}

// bindAttributes takes in the namespace declarations of a tag and resolves prefixed attributes.
func (x *xmlScan) bindAttributes(prefixes bool) bool {
	if !prefixes {
		return true
	}
	for _, a := range x.attrs {
		if rest, ok := bytes.CutPrefix(a.name, []byte("xmlns")); ok && (len(rest) == 0 || rest[0] == ':') {
			x.bind(rest, a.value)
		}
	}
	if len(x.binds) > x.lim.Attributes { // each name would be looked for in all of them
		x.over("F070", x.lim.Attributes)
		return false
	}
	for i := range x.attrs {
		a := &x.attrs[i]
		colon := bytes.IndexByte(a.name, ':')
		if colon < 0 || string(a.name[:colon]) == "xmlns" {
			continue
		}
		space, ok := x.resolve(a.name[:colon])
		if !ok {
			x.fail("F060", string(a.name), strconv.Itoa(x.pos))
			return false
		}
		a.space, a.name = space, a.name[colon+1:]
	}
	return true
}

// bind records xmlns="uri" (suffix empty) or xmlns:prefix="uri".
func (x *xmlScan) bind(suffix, uri []byte) {
	space, known := namespaces[string(uri)]
	if !known {
		space = spaceOther
	}
	if len(suffix) == 0 {
		x.plain = space
		if len(uri) == 0 {
			x.plain = spaceNone
		}
		return
	}
	x.binds = append(x.binds, nsBind{prefix: suffix[1:], space: space})
}

func (x *xmlScan) resolve(prefix []byte) (namespace, bool) {
	for i := len(x.binds) - 1; i >= 0; i-- {
		if string(x.binds[i].prefix) == string(prefix) {
			return x.binds[i].space, true
		}
	}
	return spaceXML, string(prefix) == "xml"
}

// attr returns an attribute without a prefix, as written; nil where it is missing.
func (x *xmlScan) attr(name string) []byte {
	for i := range x.attrs {
		if a := &x.attrs[i]; a.space == spaceNone && string(a.name) == name {
			return a.value
		}
	}
	return nil
}

// attrText returns an attribute with its references resolved.
func (x *xmlScan) attrText(space namespace, name string) string {
	for i := range x.attrs {
		if a := &x.attrs[i]; a.space == space && string(a.name) == name {
			if a.ref {
				return string(appendUnescaped(nil, a.value))
			}
			return string(a.value)
		}
	}
	return ""
}

// truth reads an xsd:boolean attribute; anything else is false.
func truth(v []byte) bool { return string(v) == "1" || string(v) == "true" }
