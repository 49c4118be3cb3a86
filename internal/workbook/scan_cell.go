package workbook

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// rawCell is a c element before its value is understood.
type rawCell struct {
	row, col int // as addressed; 0 where the cell has no address
	style    int
	kind     cellKind
	value    []byte // references resolved; nil where there is no value
	formula  bool
	picture  bool // stands for a picture
}

type cellKind uint8

const (
	cellNumber cellKind = iota
	cellShared
	cellBool
	cellError
	cellString
	cellInline
	cellISO
)

func kindOf(t []byte) (cellKind, bool) {
	switch string(t) {
	case "", "n":
		return cellNumber, true
	case "s":
		return cellShared, true
	case "b":
		return cellBool, true
	case "e":
		return cellError, true
	case "str":
		return cellString, true
	case "inlineStr":
		return cellInline, true
	case "d":
		return cellISO, true
	}
	return 0, false
}

// rowChild reads one child of a row, and behind it the cells of usual shape.
func (s *sheetScan) rowChild() {
	switch {
	case s.x.is("c"):
		s.cell()
	case s.x.is("extLst"):
		s.x.skip()
	default:
		s.fail("F069", 0, string(s.x.name), "")
	}
	for s.quick && s.x.bad == nil && s.x.plain == spaceMain && s.quickCell() {
	}
}

// cell reads a c element of any shape, behind its start tag.
func (s *sheetScan) cell() {
	c, ok := s.cellAttrs()
	if !ok {
		return
	}
	for {
		switch t := s.x.element(); {
		case t == tokenStop:
			return
		case t == tokenEnd:
			s.put(&c)
			return
		case s.x.is("v"), s.x.is("is"):
			if c.value != nil {
				s.fail("F069", c.col, "v × 2", "")
				return
			}
			s.cellValue(&c)
		case s.x.is("f"):
			c.formula = true
			s.x.rich = s.x.leafText(s.x.rich[:0])
			c.picture = c.picture || bytes.Contains(s.x.rich, []byte("DISPIMG("))
		case s.x.is("extLst"):
			s.x.skip()
		default:
			s.fail("F069", c.col, string(s.x.name), "")
			return
		}
	}
}

// cellValue reads a v or is element. The text goes to a buffer of its own, for a formula may follow.
func (s *sheetScan) cellValue(c *rawCell) {
	if string(s.x.name) == "v" {
		s.scratch.value = s.x.leafText(s.scratch.value[:0])
	} else {
		s.scratch.value = s.x.richText(s.scratch.value[:0])
	}
	c.value = s.scratch.value
	if c.value == nil {
		c.value = []byte{}
	}
}

func (s *sheetScan) cellAttrs() (c rawCell, ok bool) {
	for i := range s.x.attrs {
		a := &s.x.attrs[i]
		if a.space != spaceNone {
			continue
		}
		switch string(a.name) {
		case "r":
			if c.row, c.col, ok = parseAddress(a.value); !ok {
				s.fail("F082", 0, string(a.value), "")
				return c, false
			}
		case "s":
			if c.style, ok = whole(a.value); !ok {
				s.fail("F087", 0, string(a.value), "")
				return c, false
			}
		case "t":
			if c.kind, ok = kindOf(a.value); !ok {
				s.fail("F086", 0, string(a.value), "")
				return c, false
			}
		case "vm":
			c.picture = true
		}
	}
	c.picture = c.picture && c.kind == cellError
	return c, true
}

// Byte patterns of the usual shapes, as little-endian words.
const (
	wordCell     = uint64('<') | 'c'<<8 | ' '<<16 | 'r'<<24 | '='<<32 | '"'<<40
	wordCellMask = 1<<48 - 1
	wordStyle    = uint32(' ') | 's'<<8 | '='<<16 | '"'<<24
	wordType     = uint32(' ') | 't'<<8 | '='<<16 | '"'<<24
	wordValue    = uint32('>') | '<'<<8 | 'v'<<16 | '>'<<24
	wordEnd      = uint64('<') | '/'<<8 | 'v'<<16 | '>'<<24 | '<'<<32 | '/'<<40 | 'c'<<48 | '>'<<56
)

var (
	quickInline       = []byte(`inlineStr"><is><t>`)
	quickInlineSpaced = []byte(`inlineStr"><is><t xml:space="preserve">`)
	quickInlineEnd    = []byte(`</t></is></c>`)
)

// quickCell reads one cell if it has the shape that programs write, attribute for attribute, and
// leaves everything else, sound or not, to cell. Both end in put, so both judge alike; a test
// compares them. Looking ahead is safe: zero bytes follow the part. It is one function because it
// is a list of bytes to expect, and most of the time goes by in it.
func (s *sheetScan) quickCell() bool {
	b, i := s.x.b, s.x.pos
	if binary.LittleEndian.Uint64(b[i:])&wordCellMask != wordCell {
		return false
	}
	i += 6
	c := rawCell{}
	from := i
	for b[i]-'A' < 26 {
		c.col = c.col*26 + int(b[i]-'A') + 1
		i++
	}
	digits := i
	for b[i]-'0' < 10 {
		c.row = c.row*10 + int(b[i]-'0')
		i++
	}
	if b[i] != '"' || digits == from || digits-from > 3 || i == digits || i-digits > 7 || b[digits] == '0' || c.row > gridRows || c.col > gridColumns {
		return false
	}
	i++
	if binary.LittleEndian.Uint32(b[i:]) == wordStyle {
		i += 4
		from = i
		for b[i]-'0' < 10 {
			c.style = c.style*10 + int(b[i]-'0')
			i++
		}
		if b[i] != '"' || i == from || i-from > 8 {
			return false
		}
		i++
	}
	if b[i] == '/' && b[i+1] == '>' {
		s.x.pos = i + 2
		s.put(&c)
		return s.x.bad == nil
	}
	if binary.LittleEndian.Uint32(b[i:]) == wordType {
		i += 4
		switch {
		case b[i] == 's' && b[i+1] == '"':
			c.kind = cellShared
		case b[i] == 'b' && b[i+1] == '"':
			c.kind = cellBool
		case b[i] == 'n' && b[i+1] == '"':
		default:
			return s.quickInlineCell(&c, i)
		}
		i += 2
	}
	if binary.LittleEndian.Uint32(b[i:]) != wordValue {
		return false
	}
	i += 4
	from = i
	for b[i] != '<' && b[i] != '&' && b[i] != 0 {
		i++
	}
	if binary.LittleEndian.Uint64(b[i:]) != wordEnd {
		return false
	}
	c.value = b[from:i]
	s.x.pos = i + 8
	s.put(&c)
	return s.x.bad == nil
}

// quickInlineCell reads the rest of an inline text cell behind t=".
func (s *sheetScan) quickInlineCell(c *rawCell, i int) bool {
	rest := s.x.b[i:s.x.n]
	open := len(quickInline)
	if !bytes.HasPrefix(rest, quickInline) {
		if open = len(quickInlineSpaced); !bytes.HasPrefix(rest, quickInlineSpaced) {
			return false
		}
	}
	size := bytes.IndexByte(rest[open:], '<')
	if size < 0 || !bytes.HasPrefix(rest[open+size:], quickInlineEnd) || bytes.IndexByte(rest[open:open+size], '&') >= 0 {
		return false
	}
	c.kind, c.value = cellInline, rest[open:open+size]
	s.x.pos = i + open + size + len(quickInlineEnd)
	s.put(c)
	return s.x.bad == nil
}

// put judges the place of a cell and keeps its value.
func (s *sheetScan) put(c *rawCell) {
	col := c.col
	switch {
	case col == 0:
		col = s.lastCol + 1
		if col > gridColumns {
			s.fail("F082", 0, strconv.Itoa(col), "")
			return
		}
	case c.row != s.row:
		s.fail("F084", col, survey.Ref{Row: c.row, Col: col}.Cell(), strconv.Itoa(s.row))
		return
	case col <= s.lastCol:
		s.fail("F083", col, survey.Ref{Row: c.row, Col: col}.Cell(), "")
		return
	}
	s.lastCol = col
	if c.value == nil && !c.formula {
		return
	}
	out := survey.Cell{Col: col, Formula: c.formula}
	if s.understand(c, &out) {
		s.keep(&out)
	}
}

// understand gives the cell its kind and value; false where it holds no content.
func (s *sheetScan) understand(c *rawCell, out *survey.Cell) bool {
	if c.picture {
		s.flag("F117", s.here(out.Col), "")
		return false
	}
	if c.formula && len(bytes.TrimSpace(c.value)) == 0 {
		return s.uncomputed(c, out)
	}
	switch c.kind {
	case cellShared:
		return s.sharedCell(c.value, out)
	case cellString, cellInline:
		return s.textCell(c.value, out)
	case cellBool:
		return s.boolCell(c.value, out)
	case cellError:
		out.Kind, out.Text = survey.ErrorValue, s.arena.keep(c.value)
		return len(c.value) > 0
	case cellISO:
		return s.isoCell(c.value, out)
	}
	return s.numberCell(c, out)
}

// uncomputed keeps a formula whose result is not in the file: there is no value, yet the cell is not blank. Blank is
// only a formula that gives an empty text.
func (s *sheetScan) uncomputed(c *rawCell, out *survey.Cell) bool {
	if c.kind == cellString && c.value != nil {
		return false
	}
	if !s.own {
		s.flag("F105", s.here(out.Col), "")
	}
	out.Kind = survey.ErrorValue
	return true
}

func (s *sheetScan) sharedCell(value []byte, out *survey.Cell) bool {
	value = bytes.TrimSpace(value)
	if len(value) == 0 {
		return false
	}
	s.depends = true
	i, ok := whole(value)
	if !ok || i >= len(s.shared.spans) {
		s.fail("F085", out.Col, string(value), strconv.Itoa(len(s.shared.spans)))
		return false
	}
	out.Kind, out.Text = survey.Text, s.shared.text(i, &s.arena)
	if s.shared.spans[i].escaped {
		s.flag("F104", s.here(out.Col), out.Text)
	}
	return s.notPicture(out)
}

func (s *sheetScan) textCell(value []byte, out *survey.Cell) bool {
	value, escaped := resolveEscapes(value)
	if tooLong(value, s.lim.CellChars) {
		s.fail("F088", out.Col, "", strconv.Itoa(s.lim.CellChars))
		return false
	}
	out.Kind, out.Text = survey.Text, s.arena.keep(value)
	if escaped {
		s.flag("F104", s.here(out.Col), out.Text)
	}
	return s.notPicture(out)
}

// notPicture leaves out the formula text by which WPS stands a picture into a cell, and texts
// that are empty.
func (s *sheetScan) notPicture(out *survey.Cell) bool {
	if strings.HasPrefix(out.Text, "=DISPIMG(") {
		s.flag("F117", s.here(out.Col), "")
		return false
	}
	return out.Text != ""
}

func (s *sheetScan) boolCell(value []byte, out *survey.Cell) bool {
	switch string(bytes.TrimSpace(value)) {
	case "1", "true":
		out.Kind, out.Text, out.Num = survey.Bool, "TRUE", 1
	case "0", "false":
		out.Kind, out.Text = survey.Bool, "FALSE"
	case "":
		return false
	default:
		s.fail("F086", out.Col, string(value), "0, 1")
		return false
	}
	return true
}

func (s *sheetScan) isoCell(value []byte, out *survey.Cell) bool {
	value = bytes.TrimSpace(value)
	if len(value) == 0 {
		return false
	}
	s.depends = true // its number follows the date system
	t, ok := isoTime(asString(value))
	if !ok {
		out.Kind, out.Text = survey.Text, s.arena.keep(value)
		s.flag("F118", s.here(out.Col), out.Text)
		return true
	}
	s.day(out, t, timeSerial(t, s.date1904))
	return true
}

// day makes a date of the cell.
func (s *sheetScan) day(out *survey.Cell, moment time.Time, serial float64) {
	s.scratch.value = appendMoment(s.scratch.value[:0], moment)
	out.Kind, out.Num, out.Time, out.Text = survey.Date, serial, midnight(moment), s.arena.keep(s.scratch.value)
}

func (s *sheetScan) numberCell(c *rawCell, out *survey.Cell) bool {
	value := c.value
	if len(value) > 0 && (isSpace(value[0]) || isSpace(value[len(value)-1])) {
		value = bytes.TrimSpace(value)
	}
	if len(value) == 0 {
		return false
	}
	n, ok := number(value)
	out.Kind, out.Num, out.Text = survey.Number, n, s.digits(value)
	if !ok {
		out.Kind, out.Num = survey.Text, 0
		s.flag("F101", s.here(out.Col), out.Text)
		return true
	}
	if c.style != 0 {
		s.styled(c.style, out)
	}
	if out.Kind == survey.Number && (n >= 1e15 || n <= -1e15) && !s.own {
		s.flag("F102", s.here(out.Col), out.Text)
	}
	return true
}

// styled makes of a number what its style shows: a day where that is one, a text where it is a
// percentage, since 40% typed into a cell is stored as 0.4.
func (s *sheetScan) styled(style int, out *survey.Cell) {
	s.depends = true
	as, ok := s.styleShows(style, s.x)
	switch {
	case !ok:
		s.fail("F087", out.Col, strconv.Itoa(style), "")
	case as == shownPercent:
		s.scratch.value = appendPercent(s.scratch.value[:0], out.Num)
		out.Kind, out.Num, out.Text = survey.Text, 0, s.arena.keep(s.scratch.value)
	case as == shownDay:
		moment, ok := serialTime(out.Num, s.date1904)
		if !ok {
			s.flag("F100", s.here(out.Col), out.Text)
			return
		}
		s.day(out, moment, out.Num)
		if s.date1904 {
			s.flag("F103", s.here(out.Col), out.Text)
		}
	}
}

// appendPercent writes 0.4 as 40%, with up to ten decimals: all that was typed, without the binary noise.
func appendPercent(dst []byte, n float64) []byte {
	from := len(dst)
	dst = strconv.AppendFloat(dst, n*100, 'f', 10, 64)
	kept := bytes.TrimRight(dst[from:], "0")
	kept = bytes.TrimSuffix(kept, []byte("."))
	return append(dst[:from+len(kept)], '%')
}

// digits returns the number as stored, without an allocation for those that ratings are made of.
func (s *sheetScan) digits(value []byte) string {
	if len(value) == 1 && value[0]-'0' < 10 {
		i := int(value[0] - '0')
		return "0123456789"[i : i+1]
	}
	return s.arena.keep(value)
}
