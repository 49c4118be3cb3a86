package workbook

import (
	"regexp"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Lists that do not come from a vocabulary.
const (
	levelList = "lst_level"
	boolList  = "lst_bool"
)

var boolItems = []string{"是", "否"}

// narrowFrom is the length from which a nested list gets a cell that narrows it.
const narrowFrom = 40

// list is one dropdown: a column of the list sheet behind a defined name.
type list struct {
	name   string
	items  []string
	blocks []block // only for a nested list
}

// block is a topmost item with what lies under it: items first to first+count-1 of the list,
// the topmost item leading.
type block struct {
	root         string
	first, count int
}

func listName(vocabulary string) string { return "lst_" + vocabulary }

// formLists collects the dropdowns that a form's fields need, in order of first use.
func (t *template) formLists() []list {
	var lists []list
	seen := map[string]bool{}
	add := func(l list) {
		if !seen[l.name] && len(l.items) > 0 {
			seen[l.name] = true
			lists = append(lists, l)
		}
	}
	for s := range t.form.Sheets {
		for f := range t.form.Sheets[s].Fields {
			if l, ok := t.fieldList(&t.form.Sheets[s].Fields[f]); ok {
				add(l)
			}
		}
	}
	return lists
}

// fieldList is the dropdown of a field as this template offers it; false where it has none.
func (t *template) fieldList(f *codebook.Field) (list, bool) {
	l, ok := fieldList(t.cb, f)
	if t.opts.Brief && len(l.blocks) > 0 {
		roots := list{name: l.name}
		for _, b := range l.blocks {
			roots.items = append(roots.items, b.root)
		}
		return roots, ok
	}
	return l, ok
}

// fieldList is the whole dropdown of a field; false where it has none.
func fieldList(cb *codebook.Codebook, f *codebook.Field) (list, bool) {
	switch f.Type {
	case codebook.TypeLevel:
		return list{name: levelList, items: []string{"1", "2", "3", "4", "5"}}, true
	case codebook.TypeBool:
		return list{name: boolList, items: boolItems}, true
	case codebook.TypeCerts:
		return vocabularyList(cb, "certificates"), true
	case codebook.TypeCode, codebook.TypeCodes, codebook.TypeText:
		l := vocabularyList(cb, f.Vocabulary)
		return l, len(l.items) > 0
	}
	return list{}, false
}

// vocabularyList shows every item of a vocabulary, nested items under the topmost item above
// them, so that one group is one unbroken block.
func vocabularyList(cb *codebook.Codebook, vocabulary string) list {
	items := cb.Items(vocabulary)
	parent := make(map[string]string, len(items))
	place := make(map[string]int, len(items))
	nested := false
	for i, it := range items {
		parent[it.Code] = it.Parent
		place[it.Code] = i
		nested = nested || it.Parent != ""
	}
	l := list{name: listName(vocabulary)}
	if !nested {
		for _, it := range items {
			l.items = append(l.items, choice(it))
		}
		return l
	}
	order := slices.Clone(items)
	slices.SortStableFunc(order, func(a, b codebook.Item) int {
		return place[root(parent, a.Code)] - place[root(parent, b.Code)]
	})
	top := ""
	for n, it := range order {
		if r := root(parent, it.Code); n == 0 || r != top {
			top = r
			l.blocks = append(l.blocks, block{root: choice(items[place[r]]), first: n})
		}
		l.items = append(l.items, choice(it))
		l.blocks[len(l.blocks)-1].count++
	}
	return l
}

// root climbs to the topmost known item; a circle ends where it began.
func root(parent map[string]string, code string) string {
	for range len(parent) {
		up := parent[code]
		if _, known := parent[up]; up == "" || !known {
			break
		}
		code = up
	}
	return code
}

// official is a code that people know and look for, e.g. I, 65 or 440300.
var official = regexp.MustCompile(`^([A-Z]|[0-9]{2,})$`)

// separators split several choices in one cell, so no choice may hold one.
const separators = "、,，;；|┋/\n"

// choice is how an item stands in a dropdown. The reader finds it again from this text.
func choice(it codebook.Item) string {
	switch {
	case official.MatchString(it.Code):
		return it.Code + " " + it.Name.ZH
	case strings.ContainsAny(it.Name.EN, separators):
		return it.Name.ZH
	}
	return it.Name.Both()
}

// choiceOf is the dropdown text of a coded value; an unknown code stands for itself.
func choiceOf(cb *codebook.Codebook, vocabulary, code string) string {
	for _, it := range cb.Items(vocabulary) {
		if it.Code == code {
			return choice(it)
		}
	}
	return code
}

// narrows reports whether a field gets a cell that narrows its list.
func (t *template) narrows(f *codebook.Field) bool {
	l, ok := t.fieldList(f)
	return ok && f.Type == codebook.TypeCode && len(l.items) >= narrowFrom && len(l.blocks) > 1
}
