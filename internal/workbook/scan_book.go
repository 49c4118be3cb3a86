package workbook

import (
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// relationship is one line of a .rels part.
type relationship struct {
	id       string
	kind     string // last segment of its type, e.g. "worksheet"
	target   string
	external bool
}

// maxRelations bounds one .rels part; Excel allows 65,530 links on a sheet.
const maxRelations = 66_000

// sheetEntry is one sheet as the workbook part lists it.
type sheetEntry struct {
	name   string
	id     string // of its relationship
	hidden bool
}

// part loads a small part, decodes it and points the scan at it.
func (rd *reading) part(e *zipEntry, buf *[]byte, x *xmlScan) *fault {
	b, bad := rd.load(e, *buf)
	if bad != nil {
		return bad
	}
	*buf = b[:0]
	name := string(e.name)
	b, odd, bad := decodePart(b, name, &rd.lim)
	if bad != nil {
		return bad
	}
	if odd != "" {
		rd.findings.flag("F066", survey.Ref{}, name, odd, "")
	}
	x.reset(b, name, &rd.lim)
	x.late = rd.late
	return nil
}

// relations reads the relationships of a part; ok is false where it has none.
func (rd *reading) relations(path string) (rels []relationship, ok bool, bad *fault) {
	dir, file := splitPath(path)
	e := rd.zip.find(dir + "_rels/" + file + ".rels")
	if e == nil {
		return nil, false, nil
	}
	x := &rd.small
	if bad := rd.part(e, &rd.smallPart, x); bad != nil {
		return nil, true, bad
	}
	if x.root(spacePackage, "Relationships") {
		x.children(func() {
			if len(rels) >= maxRelations {
				x.over("F096", maxRelations)
				return
			}
			rels = append(rels, relationAt(x))
		})
	}
	return rels, true, x.finish()
}

func relationAt(x *xmlScan) relationship {
	kind := x.attrText(spaceNone, "Type")
	return relationship{
		id:       x.attrText(spaceNone, "Id"),
		kind:     kind[strings.LastIndexByte(kind, '/')+1:],
		target:   x.attrText(spaceNone, "Target"),
		external: strings.EqualFold(x.attrText(spaceNone, "TargetMode"), "External"),
	}
}

// splitPath cuts a part name behind its last slash.
func splitPath(path string) (dir, file string) {
	i := strings.LastIndexByte(path, '/') + 1
	return path[:i], path[i:]
}

// resolve turns the target of an internal relationship into a part name. ok is false where it
// leads out of the package.
func resolve(dir, target string) (string, bool) {
	if target == "" || strings.ContainsAny(target, "\\:\x00") {
		return "", false
	}
	if target[0] == '/' {
		dir, target = "", target[1:]
	}
	if !strings.Contains(target, "..") && !strings.Contains(target, "./") && !strings.Contains(target, "//") { // nothing to resolve
		return dir + target, target != "" && target[len(target)-1] != '/'
	}
	var path []string
	for _, segment := range strings.Split(dir+target, "/") {
		switch segment {
		case "", ".":
		case "..":
			if len(path) == 0 {
				return "", false
			}
			path = path[:len(path)-1]
		default:
			path = append(path, segment)
		}
	}
	return strings.Join(path, "/"), len(path) > 0
}

// locateWorkbook follows the package's own relationships to the workbook part and the custom
// properties; the latter may be missing.
func (rd *reading) locateWorkbook() (path string, bad *fault) {
	if rd.zip.find("[Content_Types].xml") == nil {
		return "", &fault{code: "F050", part: "[Content_Types].xml"}
	}
	rels, ok, bad := rd.relations("")
	if bad != nil {
		return "", bad
	}
	if !ok {
		return "", &fault{code: "F051", part: "_rels/.rels"}
	}
	custom := ""
	for _, rel := range rels {
		switch rel.kind {
		case "officeDocument":
			if path, ok = resolve("", rel.target); !ok || rel.external {
				return "", &fault{code: "F054", part: "_rels/.rels", got: rel.target}
			}
		case "custom-properties", "customProperties":
			custom, _ = resolve("", rel.target)
		}
	}
	if path == "" || rd.zip.find(path) == nil {
		return "", &fault{code: "F050", part: "xl/workbook.xml"}
	}
	if e := rd.zip.find(custom); e != nil {
		return path, rd.properties(e)
	}
	return path, nil
}

// properties reads docProps/custom.xml.
func (rd *reading) properties(e *zipEntry) *fault {
	x := &rd.small
	if bad := rd.part(e, &rd.smallPart, x); bad != nil {
		return bad
	}
	if !x.root(spaceCustom, "Properties") {
		return x.bad
	}
	x.children(func() {
		name := x.attrText(spaceNone, "name")
		if len(rd.book.Properties) >= rd.lim.Names {
			x.over("F096", rd.lim.Names)
			return
		}
		if name != "" {
			rd.book.Properties[name] = x.allText()
		}
	})
	return x.finish()
}

// allText joins the text of everything in the element just begun and reads to its end.
func (x *xmlScan) allText() string {
	x.rich = x.rich[:0]
	for depth := len(x.open); len(x.open) >= depth; {
		switch x.next() {
		case tokenStop:
			return ""
		case tokenText:
			if x.hasRef {
				x.rich = appendUnescaped(x.rich, x.text)
			} else {
				x.rich = append(x.rich, x.text...)
			}
		}
	}
	return string(x.rich)
}

// workbookPart reads the list of sheets, the date system and the defined names.
func (rd *reading) workbookPart(path string) (sheets []sheetEntry, bad *fault) {
	x := &rd.small
	if bad := rd.part(rd.zip.find(path), &rd.smallPart, x); bad != nil {
		return nil, bad
	}
	if !x.root(spaceMain, "workbook") {
		return nil, x.bad
	}
	x.children(func() {
		switch {
		case x.is("workbookPr"):
			rd.date1904 = truth(x.attr("date1904"))
		case x.is("sheets"):
			x.children(func() { sheets = rd.listSheet(x, sheets) })
		case x.is("definedNames"):
			x.children(func() { rd.definedName(x, sheets) })
		}
	})
	return sheets, x.finish()
}

func (rd *reading) listSheet(x *xmlScan, sheets []sheetEntry) []sheetEntry {
	state := string(x.attr("state"))
	s := sheetEntry{
		name: x.attrText(spaceNone, "name"), id: x.attrText(spaceRel, "id"),
		hidden: state == "hidden" || state == "veryHidden",
	}
	twin := slices.ContainsFunc(sheets, func(o sheetEntry) bool { return strings.EqualFold(o.name, s.name) })
	switch {
	case len(sheets) >= rd.lim.Sheets:
		x.over("F057", rd.lim.Sheets)
	case s.name == "" || twin:
		x.fail("F056", s.name, "")
	}
	return append(sheets, s)
}

// definedName records one name; a name that belongs to a sheet is written Sheet!Name.
func (rd *reading) definedName(x *xmlScan, sheets []sheetEntry) {
	name := x.attrText(spaceNone, "name")
	if i, ok := whole(x.attr("localSheetId")); ok && i < len(sheets) {
		name = sheets[i].name + "!" + name
	}
	if len(rd.book.Names) >= rd.lim.Names {
		x.over("F096", rd.lim.Names)
		return
	}
	rd.book.Names[name] = x.allText()
}

// dangerousLinks returns the external targets of a sheet that are neither web pages nor mail, by
// relationship id.
func (rd *reading) dangerousLinks(path string) (map[string]string, *fault) {
	rels, _, bad := rd.relations(path)
	var links map[string]string
	for _, rel := range rels {
		if rel.external && rel.kind == "hyperlink" && dangerous(rel.target) {
			if links == nil {
				links = make(map[string]string)
			}
			links[rel.id] = rel.target
		}
	}
	return links, bad
}

// dangerous reports whether following a link may run something or reach another machine's files.
func dangerous(target string) bool {
	target = strings.ToLower(strings.TrimSpace(target))
	if strings.HasPrefix(target, `\\`) || strings.HasPrefix(target, "//") {
		return true
	}
	scheme, _, ok := strings.Cut(target, ":")
	if !ok || strings.ContainsAny(scheme, "/#?") {
		return false
	}
	return !slices.Contains([]string{"http", "https", "mailto", "tel"}, scheme)
}
