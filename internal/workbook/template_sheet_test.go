package workbook

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func TestTemplateIsLockedWithoutPassword(t *testing.T) {
	everyTemplate(t, func(t *testing.T, cb *codebook.Codebook, form *codebook.Form, data []byte) {
		p := mustPack(t, data)
		parts, err := sheetParts(p)
		if err != nil {
			t.Fatal(err)
		}
		book := string(mustPart(t, p, "xl/workbook.xml"))
		for _, hidden := range []string{listSheet, metaSheet} {
			if !regexp.MustCompile(`<sheet [^>]*name="` + hidden + `"[^>]*state="veryHidden"`).MatchString(book) {
				t.Errorf("%s is not very hidden", hidden)
			}
		}
		if !strings.Contains(book, `lockStructure="true"`) && !strings.Contains(book, `lockStructure="1"`) {
			t.Error("the structure of the workbook is open")
		}
		for name, part := range parts {
			if name == listSheet || name == metaSheet {
				continue
			}
			x := string(mustPart(t, p, part))
			at := strings.Index(x, "<sheetProtection")
			if at < 0 {
				t.Errorf("%s is not protected", name)
				continue
			}
			tag := x[at : at+strings.Index(x[at:], ">")]
			if strings.Contains(tag, "hash") || strings.Contains(tag, "password") {
				t.Errorf("%s has a password: %s", name, tag)
			}
		}
	})
}

func TestOnlyAnswersAreUnlocked(t *testing.T) {
	cb := codebook.Default()
	x := openOracle(t, mustTemplate(t, "visit"))
	form, _ := cb.Form("visit")
	open := func(sheet, cell string) bool {
		id, _ := x.GetCellStyle(sheet, cell)
		style, err := x.GetStyle(id)
		return err == nil && style.Protection != nil && !style.Protection.Locked
	}
	for _, p := range plansOf(cb, form) {
		for _, pl := range p.places {
			row, col, label := pl.at, answerCol, a1(pl.at, labelCol)
			if !p.record() {
				row, col, label = p.firstRow(), pl.at, a1(tableHeadRow, pl.at)
			}
			if !open(p.name, a1(row, col)) {
				t.Errorf("%s!%s cannot be filled in", p.name, a1(row, col))
			}
			if open(p.name, label) {
				t.Errorf("%s!%s, a label, is unlocked", p.name, label)
			}
		}
	}
}

func TestMachineKeysAreHidden(t *testing.T) {
	everyTemplate(t, func(t *testing.T, cb *codebook.Codebook, form *codebook.Form, data []byte) {
		x := openOracle(t, data)
		for _, p := range plansOf(cb, form) {
			for _, pl := range p.places {
				cell := a1(tableKeyRow, pl.at)
				if p.record() {
					cell = a1(pl.at, keyCol)
				}
				if got, _ := x.GetCellValue(p.name, cell); got != pl.key() {
					t.Errorf("%s!%s holds %q, want the key %s", p.name, cell, got, pl.key())
				}
			}
			if p.record() {
				if visible, _ := x.GetColVisible(p.name, "D"); visible {
					t.Errorf("%s: the keys can be seen", p.name)
				}
			} else if visible, _ := x.GetRowVisible(p.name, tableKeyRow); visible {
				t.Errorf("%s: the keys can be seen", p.name)
			}
		}
	})
}

func TestTemplateSaysWhatItIs(t *testing.T) {
	everyTemplate(t, func(t *testing.T, cb *codebook.Codebook, form *codebook.Form, data []byte) {
		book, issues, err := Read("t.xlsx", data, cb, Limits{})
		if err != nil || book == nil {
			t.Fatalf("cannot be read: %v %v", err, issues)
		}
		for _, i := range issues {
			t.Errorf("%s %s!%s: %s", i.Code, i.Ref.Sheet, i.Ref.Cell(), i.Message.ZH)
		}
		want := map[string]string{"qianqi.template": form.Template, "qianqi.version": fmt.Sprint(form.Version), "qianqi.codebook": cb.ID + "@" + cb.Version}
		meta := book.Sheet(metaSheet)
		for key, value := range want {
			if book.Properties[key] != value {
				t.Errorf("property %s is %q, want %q", key, book.Properties[key], value)
			}
			if row := rowWith(meta, 1, key); row == nil || row.At(2).Text != value {
				t.Errorf("the hidden sheet does not say %s = %s", key, value)
			}
			if book.Names[key] == "" {
				t.Errorf("no defined name %s", key)
			}
		}
		known, version, found := survey.Identify(cb, book)
		if known == nil || known.Kind != form.Kind || version != form.Version || len(found) > 0 {
			t.Errorf("identified as %v version %d with %v", known, version, found)
		}
	})
}

func TestTemplatePrintsOnA4(t *testing.T) {
	cb := codebook.Default()
	form, _ := cb.Form("visit")
	x := openOracle(t, mustTemplate(t, "visit"))
	titles := map[string]string{}
	for _, n := range x.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" {
			titles[n.Scope] = n.RefersTo
		}
	}
	for _, p := range plansOf(cb, form) {
		layout, err := x.GetPageLayout(p.name)
		if err != nil || *layout.Size != 9 || *layout.Orientation != "landscape" {
			t.Errorf("%s is not printed across on A4", p.name)
		}
		if !strings.Contains(titles[p.name], "$1:$2") {
			t.Errorf("%s does not repeat its header: %q", p.name, titles[p.name])
		}
		if h, err := x.GetHeaderFooter(p.name); err != nil || !strings.Contains(h.OddFooter, "&P") {
			t.Errorf("%s has no page numbers", p.name)
		}
	}
}

func TestPagesKeepACompetencyTogether(t *testing.T) {
	cb := codebook.Default()
	form, _ := cb.Form("visit")
	tmpl := &template{cb: cb, form: form}
	for _, p := range plansOf(cb, form) {
		for _, at := range tmpl.pages(p) {
			if pl := p.places[at-1]; pl.group > 0 && !pl.opens {
				t.Errorf("%s: a page begins inside a competency, at column %d", p.name, at)
			}
		}
	}
}
