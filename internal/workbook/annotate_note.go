package workbook

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// notesMax is the most notes of a workbook; the issue sheet still lists the rest.
const notesMax = 2000

// noteAuthor signs our notes; noteHead begins them. By either an earlier note is known again.
const (
	noteAuthor = "千企 qianqi"
	noteHead   = "【千企】"
	noteKept   = "———— 原有批注 Earlier note ————\n"
)

// note is what is said about one cell: a paragraph per issue.
type note struct {
	row, col int
	severe   bool
	says     []noteLine
}

type noteLine struct{ head, zh, en string }

func (n note) text() string {
	var b strings.Builder
	for i, l := range n.says {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(noteHead + l.head + "\n" + l.zh + "\n" + l.en)
	}
	return b.String()
}

// comment is one note of a comments part.
type comment struct {
	node     node
	row, col int
	author   string
	text     string
}

// annotateNotes writes the notes of one sheet, keeping what other people wrote there.
func (r *returned) annotateNotes(part string, notes []note) error {
	x, err := r.part(part)
	if err != nil {
		return err
	}
	root, err := rootOf(x)
	if err != nil {
		return err
	}
	g, err := measure(x, root)
	if err != nil {
		return err
	}
	drawing, err := r.drawingOf(part, x, root)
	if err != nil {
		return err
	}
	comments, err := r.commentsOf(part)
	if err != nil {
		return err
	}
	if comments, err = r.ensureComments(part, comments); err != nil {
		return err
	}
	kept, err := r.writeComments(comments, notes)
	if err != nil {
		return err
	}
	return r.writeShapes(part, drawing, g, kept)
}

// commentsOf is the part with the notes of a sheet; "" where there is none.
func (r *returned) commentsOf(part string) (string, error) {
	rels, err := r.relations(part)
	for _, rel := range rels {
		if rel.kind() == "comments" {
			return target(part, rel), err
		}
	}
	return "", err
}

func (r *returned) ensureComments(sheet, part string) (string, error) {
	if part != "" {
		return part, nil
	}
	part = r.freeName("xl/comments%d.xml")
	space := mainNamespace
	if r.strict {
		space = strictNamespace
	}
	empty := xmlHead + `<comments xmlns="` + space + `"><authors></authors><commentList></commentList></comments>`
	r.put(part, []byte(empty))
	if err := r.declare(part, typeComments); err != nil {
		return "", err
	}
	_, err := r.relate(sheet, "comments", part)
	return part, err
}

// writeComments puts our notes into a comments part. A note that another person wrote at such a
// cell is carried inside ours; a threaded conversation is left alone. It returns the notes that
// were written.
func (r *returned) writeComments(part string, notes []note) ([]note, error) {
	var written []note
	err := r.edit(part, func(x []byte, root node) ([]splice, error) {
		have, err := readComments(x, root)
		if err != nil {
			return nil, err
		}
		authors, list, err := commentLists(x, root)
		if err != nil {
			return nil, err
		}
		author, edits, err := signAs(x, authors)
		if err != nil {
			return nil, err
		}
		var b strings.Builder
		for _, n := range notes {
			text := n.text()
			if at := slices.IndexFunc(have, func(c comment) bool { return c.row == n.row && c.col == n.col }); at >= 0 {
				if threaded(have[at]) {
					continue
				}
				text += "\n\n" + noteKept + have[at].text
				edits = append(edits, splice{have[at].node.start, have[at].node.end, ""})
			}
			b.WriteString(commentXML(a1(n.row, n.col), author, text))
			written = append(written, n)
		}
		return append(edits, appendInside(x, list, prefixed(b.String(), root.prefix))), nil
	})
	return written, err
}

// signAs finds our name among the authors of the notes, or adds it.
func signAs(x []byte, authors node) (index int, edits []splice, err error) {
	signed, err := children(x, authors)
	for i, a := range signed {
		if string(a.content(x)) == noteAuthor {
			return i, nil, err
		}
	}
	name := authors.qualified("author")
	return len(signed), []splice{appendInside(x, authors, "<"+name+">"+noteAuthor+"</"+name+">")}, err
}

// threaded reports whether a note is the shadow of a conversation, which newer programs keep
// elsewhere.
func threaded(c comment) bool { return strings.HasPrefix(c.author, "tc=") }

func commentLists(x []byte, root node) (authors, list node, err error) {
	for name, into := range map[string]*node{"authors": &authors, "commentList": &list} {
		n, ok, err := child(x, root, name)
		if err != nil {
			return authors, list, err
		}
		if !ok {
			return authors, list, fmt.Errorf("the notes have no <%s>", name)
		}
		*into = n
	}
	return authors, list, nil
}

// readComments lists the notes of a comments part.
func readComments(x []byte, root node) ([]comment, error) {
	authors, list, err := commentLists(x, root)
	if err != nil {
		return nil, err
	}
	names, err := children(x, authors)
	if err != nil {
		return nil, err
	}
	nodes, err := children(x, list)
	var out []comment
	for _, n := range nodes {
		c := comment{node: n}
		c.row, c.col = splitA1(attributeText(n.tag(x), "ref"))
		if id, err := strconv.Atoi(attributeText(n.tag(x), "authorId")); err == nil && id >= 0 && id < len(names) {
			c.author = unescapeXML(string(names[id].content(x)))
		}
		if c.text, err = plainText(x[n.start:n.end]); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, err
}

// plainText joins the texts of a note; phonetic guides are not among them.
func plainText(element []byte) (string, error) {
	d := xml.NewDecoder(strings.NewReader(string(element)))
	d.Strict = false // prefixes are bound further up
	var b strings.Builder
	inText, guide := 0, 0
	for {
		t, err := d.Token()
		if t == nil {
			if err != nil && err.Error() != "EOF" {
				return "", err
			}
			return b.String(), nil
		}
		switch t := t.(type) {
		case xml.StartElement:
			inText += depthOf(t.Name.Local, "t")
			guide += depthOf(t.Name.Local, "rPh")
		case xml.EndElement:
			inText -= depthOf(t.Name.Local, "t")
			guide -= depthOf(t.Name.Local, "rPh")
		case xml.CharData:
			if inText > 0 && guide == 0 {
				b.Write(t)
			}
		}
	}
}

func depthOf(name, want string) int {
	if name == want {
		return 1
	}
	return 0
}

// commentXML writes one note: heads of our issues bold, the rest plain.
func commentXML(cell string, author int, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<comment ref="%s" authorId="%d"><text>`, cell, author)
	for i, line := range strings.SplitAfter(text, "\n") {
		weight := ""
		if strings.HasPrefix(line, noteHead) {
			weight = "<b/>"
		}
		if line == "" && i > 0 {
			continue
		}
		fmt.Fprintf(&b, `<r><rPr>%s<sz val="9"/><color rgb="FF%s"/><rFont val="%s"/><family val="2"/></rPr><t xml:space="preserve">%s</t></r>`,
			weight, inkText, fontFace, escapeXML(line))
	}
	b.WriteString(`</text></comment>`)
	return b.String()
}

// noteWidth is the width of a note in pixels, and in half-width characters of its font.
const (
	noteWidth = 300.0
	noteChars = 46.0
	noteLine9 = 16.0
)

// writeShapes draws the boxes of the notes, without which some programs show nothing.
func (r *returned) writeShapes(sheet, drawing string, g geometry, notes []note) error {
	if len(notes) == 0 {
		return nil
	}
	if drawing == "" || !r.has(drawing) {
		part, err := r.newDrawing(sheet)
		if err != nil {
			return err
		}
		drawing = part
	}
	x, err := r.part(drawing)
	if err != nil {
		return err
	}
	text := dropShapes(string(x), func(row, col int) bool {
		return slices.ContainsFunc(notes, func(n note) bool { return n.row == row && n.col == col })
	})
	at := strings.LastIndex(text, "</xml>")
	if at < 0 {
		return fmt.Errorf("%s is not a drawing of notes", drawing)
	}
	var b strings.Builder
	if !strings.Contains(text, `"_x0000_t202"`) {
		b.WriteString(noteShapeType)
	}
	id := lastShape(text)
	for i, n := range notes {
		b.WriteString(noteShape(n, id+1+i, g))
	}
	r.put(drawing, []byte(text[:at]+b.String()+text[at:]))
	return nil
}

func (r *returned) newDrawing(sheet string) (string, error) {
	part := r.freeName("xl/drawings/vmlDrawing%d.vml")
	r.put(part, []byte(noteDrawing))
	if err := r.declareExtension("vml", typeVML); err != nil {
		return "", err
	}
	id, err := r.relate(sheet, "vmlDrawing", part)
	if err != nil {
		return "", err
	}
	return part, r.edit(sheet, func(x []byte, root node) ([]splice, error) {
		all, err := children(x, root)
		at := placeFor(all, root, "legacyDrawing")
		edits := []splice{{at, at, "<" + root.qualified("legacyDrawing") + " " + r.idAttribute(x, root, id) + "/>"}}
		for _, c := range all {
			if c.name == "legacyDrawing" { // it led nowhere
				edits = append(edits, splice{c.start, c.end, ""})
			}
		}
		return edits, err
	})
}

const (
	noteDrawing = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">` +
		`<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>`
	noteShapeType = `<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
		`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`
)

var shapeNumber = regexp.MustCompile(`id="_x0000_s(\d+)"`)

// lastShape is the highest number of a shape of the drawing.
func lastShape(text string) int {
	last := 1024
	for _, m := range shapeNumber.FindAllStringSubmatch(text, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil && n < 1<<30 {
			last = max(last, n)
		}
	}
	return last
}

func noteShape(n note, id int, g geometry) string {
	height := noteLine9 * noteLines(n.text())
	left, leftOff := span(n.col+1, 12, g.width)
	right, rightOff := span(n.col+1, 12+noteWidth, g.width)
	topRow := max(n.row-1, 1)
	top, topOff := span(topRow, 8, g.height)
	bottom, bottomOff := span(topRow, 8+height, g.height)
	line := "#8a5a00"
	if n.severe {
		line = "#" + strings.ToLower(inkRed)
	}
	return fmt.Sprintf(`<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:80pt;margin-top:5pt;width:%.0fpt;height:%.0fpt;z-index:%d;visibility:hidden" fillcolor="#fffdf5" strokecolor="%s" o:insetmode="auto">`+
		`<v:fill color2="#fffdf5"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>`+
		`<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>`+
		`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, %d, %d, %d, %d, %d, %d, %d</x:Anchor>`+
		`<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
		id, noteWidth*0.75, height*0.75, id-1024, line, left, leftOff, top, topOff, right, rightOff, bottom, bottomOff, n.row-1, n.col-1)
}

func noteLines(text string) float64 {
	lines := 1.0
	for line := range strings.SplitSeq(text, "\n") {
		lines += max(1, float64(int((textWidth(line)+noteChars-1)/noteChars)))
	}
	return lines
}

var (
	noteRow = regexp.MustCompile(`<(?:\w+:)?Row>\s*(\d+)\s*</`)
	noteCol = regexp.MustCompile(`<(?:\w+:)?Column>\s*(\d+)\s*</`)
)

// dropShapes removes the boxes of notes at cells that gone names. Drawings are not always
// well-formed XML, so they are cut as text.
func dropShapes(text string, gone func(row, col int) bool) string {
	var b strings.Builder
	for {
		start := strings.Index(text, "<v:shape ")
		if start < 0 {
			break
		}
		length := strings.Index(text[start:], "</v:shape>")
		if length < 0 {
			break
		}
		end := start + length + len("</v:shape>")
		b.WriteString(text[:start])
		if shape := text[start:end]; !isNoteAt(shape, gone) {
			b.WriteString(shape)
		}
		text = text[end:]
	}
	return b.String() + text
}

func isNoteAt(shape string, gone func(row, col int) bool) bool {
	if !strings.Contains(shape, `ObjectType="Note"`) {
		return false
	}
	row, col := noteRow.FindStringSubmatch(shape), noteCol.FindStringSubmatch(shape)
	if row == nil || col == nil {
		return false
	}
	r, err := strconv.Atoi(row[1])
	c, err2 := strconv.Atoi(col[1])
	return err == nil && err2 == nil && gone(r+1, c+1)
}

// removeNotes takes the notes of an earlier return off a sheet and puts back the notes they
// carried.
func (r *returned) removeNotes(sheet string) error {
	part, err := r.commentsOf(sheet)
	if err != nil || part == "" || !r.has(part) {
		return err
	}
	var gone []comment
	err = r.edit(part, func(x []byte, root node) ([]splice, error) {
		have, err := readComments(x, root)
		if err != nil {
			return nil, err
		}
		var edits []splice
		for _, c := range have {
			if !strings.HasPrefix(c.text, noteHead) {
				continue
			}
			restored := ""
			if _, kept, ok := strings.Cut(c.text, noteKept); ok {
				author, _ := strconv.Atoi(attributeText(c.node.tag(x), "authorId"))
				restored = prefixed(commentXML(a1(c.row, c.col), author, kept), root.prefix)
			} else {
				gone = append(gone, c)
			}
			edits = append(edits, splice{c.node.start, c.node.end, restored})
		}
		return edits, nil
	})
	if err != nil || len(gone) == 0 {
		return err
	}
	return r.removeShapes(sheet, gone)
}

func (r *returned) removeShapes(sheet string, gone []comment) error {
	x, err := r.part(sheet)
	if err != nil {
		return err
	}
	root, err := rootOf(x)
	if err != nil {
		return err
	}
	drawing, err := r.drawingOf(sheet, x, root)
	if err != nil || drawing == "" || !r.has(drawing) {
		return err
	}
	shapes, err := r.part(drawing)
	if err != nil {
		return err
	}
	text := dropShapes(string(shapes), func(row, col int) bool {
		return slices.ContainsFunc(gone, func(c comment) bool { return c.row == row && c.col == col })
	})
	r.put(drawing, []byte(text))
	return nil
}
