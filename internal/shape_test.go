package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// longFile is the length above which a file of the program has two subjects.
const longFile = 500

// Functions say one thing: half of them in 12 lines, nine of ten in 40. Prints the distribution
// with -v, room by room.
func TestFunctionsAreShort(t *testing.T) {
	rooms := map[string][]int{}
	var all []int
	for path, f := range program(t) {
		for _, decl := range f.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				n := f.set.Position(fn.End()).Line - f.set.Position(fn.Pos()).Line + 1
				rooms[filepath.Dir(path)] = append(rooms[filepath.Dir(path)], n)
				all = append(all, n)
				if n > 120 {
					t.Errorf("%s: %s has %d lines", path, fn.Name.Name, n)
				}
			}
		}
	}
	for _, room := range slices.Sorted(maps.Keys(rooms)) {
		n := rooms[room]
		t.Logf("%-24s %4d functions, median %2d lines, p90 %2d, longest %3d", room, len(n), share(n, 0.5), share(n, 0.9), share(n, 1))
	}
	if share(all, 0.5) > 12 || share(all, 0.9) > 40 {
		t.Errorf("median %d lines, p90 %d; at most 12 and 40", share(all, 0.5), share(all, 0.9))
	}
}

// A file that grew beyond one subject is cut.
func TestFilesAreShort(t *testing.T) {
	for path, f := range program(t) {
		if n := f.set.Position(f.file.FileEnd).Line; n > longFile {
			t.Errorf("%s has %d lines; at most %d", path, n, longFile)
		}
	}
}

// Every exported name says what it is.
func TestExportedNamesAreDocumented(t *testing.T) {
	for path, f := range program(t) {
		for _, decl := range f.file.Decls {
			for _, name := range undocumented(decl) {
				t.Errorf("%s: %s has no comment", path, name)
			}
		}
	}
}

// undocumented lists the exported names of a declaration that no comment covers. The values of an
// enumeration are covered by the comment of their type.
func undocumented(decl ast.Decl) []string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || ownerIsExported(d)) {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
					names = append(names, s.Name.Name)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil && !(d.Tok == token.CONST && len(d.Specs) > 1) {
						names = append(names, n.Name)
					}
				}
			}
		}
		return names
	}
	return nil
}

func ownerIsExported(d *ast.FuncDecl) bool {
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if index, ok := t.(*ast.IndexExpr); ok {
		t = index.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

// source is one parsed file.
type source struct {
	set  *token.FileSet
	file *ast.File
}

// program parses every file of the program that is no test, by its path from here.
func program(t *testing.T) map[string]source {
	t.Helper()
	files, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var parsed = sync.OnceValues(func() (map[string]source, error) {
	files := map[string]source{}
	for _, pattern := range []string{"*.go", "*/*.go", "../cmd/*/*.go"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			files[path] = source{set, file}
		}
	}
	return files, nil
})

// share is the value below which a share of the numbers lies.
func share(numbers []int, q float64) int {
	slices.Sort(numbers)
	return numbers[int(q*float64(len(numbers)-1))]
}

// Every package says what it is for.
func TestPackagesAreDocumented(t *testing.T) {
	documented := map[string]bool{}
	for path, f := range program(t) {
		room := filepath.Dir(path)
		documented[room] = documented[room] || f.file.Doc != nil
	}
	for _, room := range slices.Sorted(maps.Keys(documented)) {
		if !documented[room] {
			t.Errorf("%s has no package comment", room)
		}
	}
}
