package workbook

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Names and types of the package that annotation has to write.
const (
	relNamespace       = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	strictRelNamespace = "http://purl.oclc.org/ooxml/officeDocument/relationships"
	strictNamespace    = "http://purl.oclc.org/ooxml/spreadsheetml/main"
	packageRels        = "http://schemas.openxmlformats.org/package/2006/relationships"

	typeWorksheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
	typeComments  = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
	typeStyles    = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
	typeVML       = "application/vnd.openxmlformats-officedocument.vmlDrawing"
)

// returned is a person's own workbook on its way back.
type returned struct {
	*pack
	main   string // part of the workbook
	strict bool   // written in the strict variant of the format
}

func openReturned(data []byte) (*returned, error) {
	p, err := readPack(data)
	if err != nil {
		return nil, err
	}
	main, err := p.workbookPart()
	if err != nil {
		return nil, err
	}
	x, err := p.part(main)
	if err != nil {
		return nil, err
	}
	root, err := rootOf(x)
	if err != nil {
		return nil, err
	}
	return &returned{pack: p, main: main, strict: strings.Contains(string(root.tag(x)), strictNamespace)}, nil
}

func (r *returned) relNamespace() string {
	if r.strict {
		return strictRelNamespace
	}
	return relNamespace
}

// idAttribute refers to a relation with the prefix that a part binds to relations, else with one
// it binds itself.
func (r *returned) idAttribute(x []byte, root node, id string) string {
	for _, quote := range []string{`"`, "'"} {
		before, _, ok := strings.Cut(string(root.tag(x)), "="+quote+r.relNamespace()+quote)
		if at := strings.LastIndex(before, "xmlns:"); ok && at >= 0 {
			return fmt.Sprintf(`%s:id="%s"`, strings.TrimSpace(before[at+len("xmlns:"):]), id)
		}
	}
	return fmt.Sprintf(`xmlns:r="%s" r:id="%s"`, r.relNamespace(), id)
}

// edit rewrites a part by replacements that f derives from its root.
func (r *returned) edit(part string, f func(x []byte, root node) ([]splice, error)) error {
	x, err := r.part(part)
	if err != nil {
		return err
	}
	root, err := rootOf(x)
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	edits, err := f(x, root)
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	if len(edits) == 0 {
		return nil
	}
	r.put(part, spliced(x, edits))
	return nil
}

// editWith is edit for parts that hold a word at all; most do not, and scanning them costs.
func (r *returned) editWith(part, word string, f func(x []byte, root node) ([]splice, error)) error {
	x, err := r.part(part)
	if err != nil || !bytes.Contains(x, []byte(word)) {
		return err
	}
	return r.edit(part, f)
}

// freeName is the first name of a numbered series that the package does not use.
func (r *returned) freeName(pattern string) string {
	for n := 1; ; n++ {
		name := fmt.Sprintf(pattern, n)
		if !slices.ContainsFunc(r.names(), func(have string) bool { return strings.EqualFold(have, name) }) {
			return name
		}
	}
}

// relate adds a relation of a part and returns its id.
func (r *returned) relate(part, kind, to string) (string, error) {
	rels, err := r.relations(part)
	if err != nil {
		return "", err
	}
	id := ""
	for n := len(rels) + 1; id == ""; n++ {
		try := "rId" + strconv.Itoa(n)
		if !slices.ContainsFunc(rels, func(x relation) bool { return x.ID == try }) {
			id = try
		}
	}
	entry := fmt.Sprintf(`<Relationship Id="%s" Type="%s/%s" Target="/%s"/>`, id, r.relNamespace(), kind, to)
	name := relsOf(part)
	if !r.has(name) {
		r.put(name, []byte(xmlHead+`<Relationships xmlns="`+packageRels+`">`+entry+`</Relationships>`))
		return id, nil
	}
	return id, r.edit(name, func(x []byte, root node) ([]splice, error) {
		return []splice{appendInside(x, root, prefixed(entry, root.prefix))}, nil
	})
}

// unrelate drops the relations of a part that are of a kind and lead to a target.
func (r *returned) unrelate(part, to string) error {
	name := relsOf(part)
	if !r.has(name) {
		return nil
	}
	return r.edit(name, func(x []byte, root node) ([]splice, error) {
		all, err := children(x, root)
		var edits []splice
		for _, c := range all {
			rel := relation{Target: attributeText(c.tag(x), "Target")}
			if target(part, rel) == to {
				edits = append(edits, splice{c.start, c.end, ""})
			}
		}
		return edits, err
	})
}

const contentTypes = "[Content_Types].xml"

// declare states the content type of a part.
func (r *returned) declare(part, kind string) error {
	return r.edit(contentTypes, func(x []byte, root node) ([]splice, error) {
		return []splice{appendInside(x, root, prefixed(fmt.Sprintf(`<Override PartName="/%s" ContentType="%s"/>`, part, kind), root.prefix))}, nil
	})
}

// declareExtension states the content type of all parts of an extension, once.
func (r *returned) declareExtension(extension, kind string) error {
	return r.edit(contentTypes, func(x []byte, root node) ([]splice, error) {
		all, err := children(x, root)
		for _, c := range all {
			if c.name == "Default" && strings.EqualFold(attributeText(c.tag(x), "Extension"), extension) {
				return nil, err
			}
		}
		entry := prefixed(fmt.Sprintf(`<Default Extension="%s" ContentType="%s"/>`, extension, kind), root.prefix)
		return []splice{{root.inner, root.inner, entry}}, err
	})
}

// undeclare drops the content type of a part that is removed.
func (r *returned) undeclare(part string) error {
	return r.edit(contentTypes, func(x []byte, root node) ([]splice, error) {
		all, err := children(x, root)
		var edits []splice
		for _, c := range all {
			if strings.EqualFold(attributeText(c.tag(x), "PartName"), "/"+part) {
				edits = append(edits, splice{c.start, c.end, ""})
			}
		}
		return edits, err
	})
}

// sheetNodes lists the sheets of the workbook with their elements.
func sheetNodes(x []byte, root node) (list node, sheets []node, err error) {
	list, ok, err := child(x, root, "sheets")
	if err != nil {
		return node{}, nil, err
	}
	if !ok {
		return node{}, nil, fmt.Errorf("the workbook has no list of sheets")
	}
	sheets, err = children(x, list)
	return list, sheets, err
}

// addFirstSheet puts a sheet part in front of all others and shows it when the workbook opens.
func (r *returned) addFirstSheet(name, part string) error {
	return r.addSheet(name, part, "", func(x []byte, root, list node, entry string) ([]splice, error) {
		edits := []splice{{list.inner, list.inner, entry}}
		moved, err := moveScopes(x, root, func(n int) (int, bool) { return n + 1, true })
		if err != nil {
			return nil, err
		}
		shown, err := showFirst(x, root)
		return append(append(edits, moved...), shown...), err
	})
}

// addHiddenSheet puts a sheet part behind all others, where nobody sees it.
func (r *returned) addHiddenSheet(name, part string) error {
	return r.addSheet(name, part, `state="veryHidden" `, func(_ []byte, _, list node, entry string) ([]splice, error) {
		return []splice{{list.close, list.close, entry}}, nil
	})
}

// addSheet makes a part known as a worksheet of the workbook, under a name; place puts its entry into the list
// of sheets.
func (r *returned) addSheet(name, part, state string, place func(x []byte, root, list node, entry string) ([]splice, error)) error {
	id, err := r.relate(r.main, "worksheet", part)
	if err != nil {
		return err
	}
	if err := r.declare(part, typeWorksheet); err != nil {
		return err
	}
	return r.edit(r.main, func(x []byte, root node) ([]splice, error) {
		list, sheets, err := sheetNodes(x, root)
		if err != nil {
			return nil, err
		}
		return place(x, root, list, fmt.Sprintf(`<%s name="%s" sheetId="%d" %s%s/>`,
			list.qualified("sheet"), escapeXML(name), freeSheetID(x, sheets), state, r.idAttribute(x, root, id)))
	})
}

// freeSheetID is a number that no sheet of the workbook has.
func freeSheetID(x []byte, sheets []node) int {
	highest := 0
	for _, s := range sheets {
		n, _ := strconv.Atoi(attributeText(s.tag(x), "sheetId"))
		highest = max(highest, n)
	}
	return highest + 1
}

// moveScopes renumbers the sheets that local names belong to; a name whose sheet goes is dropped.
func moveScopes(x []byte, root node, to func(int) (int, bool)) ([]splice, error) {
	names, ok, err := child(x, root, "definedNames")
	if err != nil || !ok {
		return nil, err
	}
	all, err := children(x, names)
	var edits []splice
	for _, n := range all {
		from, until := attributeSpan(n.tag(x), "localSheetId")
		if from < 0 {
			continue
		}
		sheet, bad := strconv.Atoi(string(n.tag(x)[from:until]))
		if bad != nil {
			continue
		}
		moved, keep := to(sheet)
		if !keep {
			edits = append(edits, splice{n.start, n.end, ""})
			continue
		}
		edits = append(edits, splice{n.start + from, n.start + until, strconv.Itoa(moved)})
	}
	return edits, err
}

// showFirst opens the workbook on its first sheet.
func showFirst(x []byte, root node) ([]splice, error) {
	views, ok, err := child(x, root, "bookViews")
	if err != nil || !ok {
		return nil, err
	}
	all, err := children(x, views)
	var edits []splice
	for _, v := range all {
		for _, name := range []string{"activeTab", "firstSheet"} {
			if from, to := attributeSpan(v.tag(x), name); from >= 0 {
				edits = append(edits, splice{v.start + from, v.start + to, "0"})
			}
		}
	}
	return edits, err
}

// removeSheet takes a sheet with its part out of the workbook.
func (r *returned) removeSheet(name, part string) error {
	err := r.edit(r.main, func(x []byte, root node) ([]splice, error) {
		_, sheets, err := sheetNodes(x, root)
		if err != nil {
			return nil, err
		}
		gone := slices.IndexFunc(sheets, func(s node) bool { return attributeText(s.tag(x), "name") == name })
		if gone < 0 {
			return nil, nil
		}
		edits := []splice{{sheets[gone].start, sheets[gone].end, ""}}
		moved, err := moveScopes(x, root, func(n int) (int, bool) {
			if n > gone {
				return n - 1, true
			}
			return n, n < gone
		})
		if err != nil {
			return nil, err
		}
		shown, err := showFirst(x, root)
		return append(append(edits, moved...), shown...), err
	})
	if err != nil {
		return err
	}
	for _, drop := range []func() error{
		func() error { return r.unrelate(r.main, part) },
		func() error { return r.undeclare(part) },
	} {
		if err := drop(); err != nil {
			return err
		}
	}
	r.remove(part)
	r.remove(relsOf(part))
	return nil
}

// styleSheet finds the part of the formats, making a plain one where there is none.
func (r *returned) styleSheet() (string, error) {
	rels, err := r.relations(r.main)
	if err != nil {
		return "", err
	}
	for _, rel := range rels {
		if rel.kind() == "styles" {
			return target(r.main, rel), nil
		}
	}
	part := path.Join(path.Dir(r.main), "styles.xml")
	if r.has(part) {
		part = r.freeName(path.Dir(r.main) + "/styles%d.xml")
	}
	content := bareStyles
	if r.strict {
		content = strings.Replace(content, mainNamespace, strictNamespace, 1)
	}
	r.put(part, []byte(content))
	if err := r.declare(part, typeStyles); err != nil {
		return "", err
	}
	_, err = r.relate(r.main, "styles", part)
	return part, err
}

// selectedTab marks a sheet as part of the selection; a person who types into a group of
// selected sheets writes to all of them, so only the first may be selected.
var selectedTab = regexp.MustCompile(`(\s)tabSelected\s*=\s*["'](?:1|true|on)["']`)

// deselect takes a sheet out of the selection.
func deselect(x []byte, root node) ([]splice, error) {
	views, ok, err := child(x, root, "sheetViews")
	if err != nil || !ok {
		return nil, err
	}
	all, err := children(x, views)
	var edits []splice
	for _, v := range all {
		if at := selectedTab.FindIndex(v.tag(x)); at != nil {
			edits = append(edits, splice{v.start + at[0], v.start + at[1], ""})
		}
	}
	return edits, err
}

func escapeXML(s string) string { return string(appendXMLText(nil, s)) }
