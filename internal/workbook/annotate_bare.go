package workbook

import (
	"fmt"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// barePackage is a workbook of plain sheets and nothing else; each is asked for when its turn comes and
// packed at once, so that never two of them are in memory.
func barePackage(names []string, sheet func(i int) ([]byte, error), styles []byte) ([]byte, error) {
	types := xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="` + typeStyles + `"/>`
	rels := xmlHead + `<Relationships xmlns="` + packageRels + `"><Relationship Id="rId0" Type="` + relNamespace + `/styles" Target="styles.xml"/>`
	book := xmlHead + `<workbook xmlns="` + mainNamespace + `" xmlns:r="` + relNamespace + `"><bookViews><workbookView activeTab="0"/></bookViews><sheets>`
	for i, name := range names {
		types += fmt.Sprintf(`<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%s"/>`, i+1, typeWorksheet)
		rels += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relNamespace, i+1)
		book += fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escapeXML(name), i+1, i+1)
	}
	p := newPack()
	for _, part := range []struct{ name, text string }{
		{contentTypes, types + `</Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + packageRels + `"><Relationship Id="rId1" Type="` + relNamespace + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", book + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", rels + `</Relationships>`},
		{"xl/styles.xml", string(styles)},
	} {
		p.put(part.name, []byte(part.text))
	}
	for i, name := range names {
		content, err := sheet(i)
		if err != nil {
			return nil, fmt.Errorf("sheet %q: %w", name, err)
		}
		packed, err := packEntry(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), content, quick)
		if err != nil {
			return nil, err
		}
		p.add(packed)
	}
	return p.bytes(quick)
}

// alone is a workbook of the list of issues only, for a file that could not be opened.
func (l issueList) alone() ([]byte, error) {
	styles, ids, err := addIssueStyles([]byte(bareStyles))
	if err != nil {
		return nil, err
	}
	l.book = nil
	return barePackage([]string{ReturnSheet}, func(int) ([]byte, error) { return l.sheet(ids, false), nil }, styles)
}

// bookWorkbook writes a book as a plain workbook, every cell a text at its own address.
func bookWorkbook(book *survey.Book) ([]byte, error) {
	var names []string
	for i := range book.Sheets {
		names = append(names, book.Sheets[i].Name)
	}
	return barePackage(names, func(i int) ([]byte, error) {
		return cellSheet(&book.Sheets[i], func(c survey.Cell) written { return textCell(clip(c.Text, cellText)) }), nil
	}, []byte(bareStyles))
}
