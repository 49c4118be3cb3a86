package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"
)

const (
	xmlHead       = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNamespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
)

// relation is one entry of a .rels part.
type relation struct {
	ID       string `xml:"Id,attr"`
	Type     string `xml:"Type,attr"`
	Target   string `xml:"Target,attr"`
	External string `xml:"TargetMode,attr"`
}

// relations reads the relations of a part; none where it has no .rels part.
func (p *pack) relations(part string) ([]relation, error) {
	name := relsOf(part)
	if !p.has(name) {
		return nil, nil
	}
	data, err := p.part(name)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Relations []relation `xml:"Relationship"`
	}
	if err := decodeXML(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return doc.Relations, nil
}

// decodeXML decodes UTF-8 XML without a DTD.
func decodeXML(data []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("the part is written in %s, not UTF-8", charset)
	}
	return d.Decode(into)
}

func relsOf(part string) string { return path.Join(path.Dir(part), "_rels", path.Base(part)+".rels") }

// target resolves the target of a relation of a part.
func target(part string, r relation) string {
	if rooted, ok := strings.CutPrefix(r.Target, "/"); ok {
		return rooted
	}
	return path.Join(path.Dir(part), r.Target)
}

// kindOf is the last word of a relation's type, the same for transitional and strict packages.
func (r relation) kind() string { return r.Type[strings.LastIndexByte(r.Type, '/')+1:] }

// workbookPart finds the main part of a spreadsheet package.
func (p *pack) workbookPart() (string, error) {
	data, err := p.part("_rels/.rels")
	if err != nil {
		return "", err
	}
	var doc struct {
		Relations []relation `xml:"Relationship"`
	}
	if err := decodeXML(data, &doc); err != nil {
		return "", err
	}
	for _, r := range doc.Relations {
		if r.kind() == "officeDocument" && r.External != "External" {
			return strings.TrimPrefix(path.Join("/", r.Target), "/"), nil
		}
	}
	return "", fmt.Errorf("the package has no workbook")
}

// sheetParts maps the name of each sheet to its part.
func sheetParts(p *pack) (map[string]string, error) {
	main, err := p.workbookPart()
	if err != nil {
		return nil, err
	}
	data, err := p.part(main)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := decodeXML(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", main, err)
	}
	rels, err := p.relations(main)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]string, len(rels))
	for _, r := range rels {
		byID[r.ID] = target(main, r)
	}
	parts := make(map[string]string, len(doc.Sheets))
	for _, s := range doc.Sheets {
		for _, a := range s.Attr {
			if a.Name.Local == "id" {
				parts[s.Name] = byID[a.Value]
			}
		}
	}
	return parts, nil
}
