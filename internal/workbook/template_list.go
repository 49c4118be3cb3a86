package workbook

import (
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// writeLists names a column of the list sheet for each dropdown. Behind a nested list stand
// three more: its topmost items, where the block of each begins, and how long it is.
func (t *template) writeLists() error {
	for _, l := range t.lists {
		if err := t.nameColumn(l.name, l.items, l.name == levelList); err != nil {
			return err
		}
		if len(l.blocks) == 0 {
			continue
		}
		if err := t.define(l.name+"_top", a1abs(2, len(t.named))); err != nil {
			return err
		}
		if err := t.nameBlocks(l); err != nil {
			return err
		}
	}
	return nil
}

func (t *template) nameBlocks(l list) error {
	var roots, firsts, counts []string
	for _, b := range l.blocks {
		roots = append(roots, b.root)
		firsts = append(firsts, strconv.Itoa(b.first))
		counts = append(counts, strconv.Itoa(b.count))
	}
	if err := t.nameColumn(l.name+"_root", roots, false); err != nil {
		return err
	}
	if err := t.nameColumn(l.name+"_first", firsts, true); err != nil {
		return err
	}
	return t.nameColumn(l.name+"_count", counts, true)
}

// nameColumn adds a column: its name, then the items that the name refers to.
func (t *template) nameColumn(name string, items []string, numbers bool) error {
	column := []written{textCell(name)}
	for _, it := range items {
		cell := textCell(it)
		if numbers {
			cell.kind = writtenDigits
		}
		column = append(column, cell)
	}
	t.named = append(t.named, column)
	return t.define(name, areaAbs(2, len(t.named), len(column), len(t.named)))
}

func (t *template) define(name, address string) error {
	return t.book.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: listSheet + "!" + address})
}

// putLists writes the list sheet itself. Its texts stand inline: among the shared strings they
// would double the size of every workbook.
func (t *template) putLists(p *pack) error {
	parts, err := sheetParts(p)
	if err != nil {
		return err
	}
	rows := 1
	for _, column := range t.named {
		rows = max(rows, len(column))
	}
	b := []byte(xmlHead + `<worksheet xmlns="` + mainNamespace + `">`)
	b = fmt.Appendf(b, `<dimension ref="%s"/><sheetData>`, area(1, 1, rows, max(len(t.named), 1)))
	for r := range rows {
		b = fmt.Appendf(b, `<row r="%d">`, r+1)
		for c, column := range t.named {
			if r < len(column) {
				b = appendCell(b, r+1, c+1, nil, column[r])
			}
		}
		b = append(b, rowClose...)
	}
	p.put(parts[listSheet], append(b, `</sheetData></worksheet>`...))
	return nil
}
