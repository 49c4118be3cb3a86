package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// setcell types a text or number into a cell of a workbook that is there already, as a person
// does who mends it: setcell FILE SHEET CELL TEXT. All else stays as it is.
func setcell(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: setcell FILE SHEET CELL TEXT")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	data, err = withCell(data, args[1], args[2], args[3])
	ts.Check(err)
	ts.Check(os.WriteFile(path, data, 0o644))
}

// withCell rewrites one cell of one sheet and copies all other parts as they are packed.
func withCell(data []byte, sheet, cell, text string) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	part, err := partOf(r, sheet)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		if f.Name != part {
			err = w.Copy(f)
		} else {
			err = retyped(w, f, cell, text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", sheet, err)
		}
	}
	err = w.Close()
	return out.Bytes(), err
}

// retyped writes the part of a sheet with one cell changed.
func retyped(w *zip.Writer, f *zip.File, cell, text string) error {
	content, err := contentOf(f)
	if err != nil {
		return err
	}
	old := regexp.MustCompile(`<c r="` + cell + `"( s="\d+")?[^>]*?(/>|>.*?</c>)`)
	if !old.MatchString(content) {
		return fmt.Errorf("no cell %s to type into", cell)
	}
	with := `<c r="` + cell + `"$1 t="inlineStr"><is><t xml:space="preserve">` + strings.ReplaceAll(text, "&", "&amp;") + `</t></is></c>`
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		with = `<c r="` + cell + `"$1><v>` + text + `</v></c>`
	}
	p, err := w.CreateHeader(&zip.FileHeader{Name: f.Name})
	if err == nil {
		_, err = io.WriteString(p, old.ReplaceAllString(content, with))
	}
	return err
}

func contentOf(f *zip.File) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}

// partOf finds the part of a sheet by its name.
func partOf(r *zip.Reader, sheet string) (string, error) {
	var parts [2]string
	for i, name := range []string{"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} {
		data, err := fs.ReadFile(r, name)
		if err != nil {
			return "", err
		}
		parts[i] = string(data)
	}
	tag := regexp.MustCompile(`<sheet [^>]*name="` + regexp.QuoteMeta(sheet) + `"[^>]*>`).FindString(parts[0])
	id := regexp.MustCompile(`r:id="([^"]+)"`).FindStringSubmatch(tag)
	if id == nil {
		return "", fmt.Errorf("no sheet %q", sheet)
	}
	for _, rel := range regexp.MustCompile(`<Relationship [^>]*>`).FindAllString(parts[1], -1) {
		if strings.Contains(rel, `Id="`+id[1]+`"`) {
			target := regexp.MustCompile(`Target="([^"]+)"`).FindStringSubmatch(rel)
			return "xl/" + strings.TrimPrefix(strings.TrimPrefix(target[1], "/"), "xl/"), nil
		}
	}
	return "", fmt.Errorf("no part for sheet %q", sheet)
}
