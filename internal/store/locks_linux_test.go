package store

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Two processes and several goroutines hand in overlapping files at the same time: each file is
// stored once, and nobody is told that the database is locked.
func TestManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "qianqi.db")
	s := openAt(t, path)
	var children []*child
	for i := range 2 {
		children = append(children, start(t, self(t), nil, "ingest", path, strconv.Itoa(i*40), strconv.Itoa(i*40+80), strconv.Itoa(1+i*3)))
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := i * 15; n < i*15+15; n++ {
				if _, err := s.Save(context.Background(), numbered(n)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	for _, c := range children {
		if lines := c.rest(); len(acked(lines)) != 80 {
			t.Errorf("a process handed in %d of 80: %v", len(acked(lines)), lines[len(lines)-1])
		}
	}
	if n := count(t, s, "SELECT count(*) FROM submission"); n != 120 {
		t.Errorf("%d submissions, want 120", n)
	}
	if n := count(t, s, "SELECT count(*) - count(DISTINCT enterprise_id) FROM visit WHERE until IS NULL"); n != 0 {
		t.Errorf("%d visits share an enterprise that they should not", n)
	}
	sound(t, s)
}

// Whatever the store does while it holds the write lock, another process must find it held: a
// descriptor of the database closed past the driver would have dropped it without a word.
func TestNothingDropsTheLock(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "qianqi.db")
	s := openAt(t, path)
	mustSave(t, s, handIn("a", aVisit(1, 2)))
	b, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Rollback()
	if _, err := b.Save(ctx, handIn("b", aVisit(2, 2))); err != nil {
		t.Fatal(err)
	}
	sum := handIn("a").SHA256
	for name, do := range map[string]func() error{
		"open and close": func() error { return childOpenReadOnly(ctx, path) },
		"backup":         func() error { _, err := s.Backup(ctx, t.TempDir()); return err },
		"verify":         func() error { _, err := s.Verify(ctx); return err },
		"original":       func() error { _, err := s.Original(ctx, sum); return err },
		"sample":         func() error { _, err := s.LoadSample(ctx, 2026); return err },
		"visits":         func() error { return s.Visits(ctx, 0, func(StoredVisit) error { return nil }) },
		"audit":          func() error { _, err := s.VerifyAudit(ctx); return err },
	} {
		if err := do(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if lines := start(t, self(t), nil, "lock", path).rest(); len(lines) != 1 || !strings.HasPrefix(lines[0], "ERR busy ") {
			t.Errorf("after %s another process got the write lock: %v", name, lines)
		}
	}
}

func childOpenReadOnly(ctx context.Context, path string) error {
	r, err := Open(ctx, path, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	return r.Close()
}

// The process has no descriptor of the database but those of the driver's connections.
func TestDescriptorsAreTheDrivers(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	if _, err := s.Backup(ctx, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	sound(t, s)
	connections := s.read.Stats().OpenConnections + s.write.Stats().OpenConnections
	if n := openFiles(t, s.Path()); n > connections {
		t.Errorf("%d descriptors of the database for %d connections", n, connections)
	}
	s.Close()
	if n := openFiles(t, s.Path()); n != 0 {
		t.Errorf("%d descriptors of the database after Close", n)
	}
}

func openFiles(t *testing.T, path string) int {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range links {
		if target, err := os.Readlink(l); err == nil && target == path {
			n++
		}
	}
	return n
}

// fileCalls are the calls that open a file; opensFiles lists where the store makes them, with
// the reason why none of them can meet the live database.
var (
	fileCalls  = []string{"Open", "OpenFile", "Create", "ReadFile", "WriteFile", "CreateTemp", "OpenRoot"}
	opensFiles = map[string]string{
		"open.go createEmpty":       "only a file that did not exist before (O_EXCL)",
		"originals.go read":         "an original",
		"originals.go writeDurably": "an original or a manifest",
		"audit.go head":             "the audit head among the originals",
		"audit.go keepHead":         "the audit head among the originals",
		"sync_unix.go syncDir":      "a folder",
		"verify.go hashFile":        "an original, or the closed database of a backup",
		"backup.go ReadManifest":    "the manifest of a backup",
		"restore.go copyFile":       "the closed database of a backup, to a new name",
		"backup.go syncFile":        "the closed database of a backup, or a copy of it that is not in its place yet",
		"forget.go owe":             "the list of unfinished erasures among the originals",
		"forget.go owing":           "the list of unfinished erasures among the originals",
		"forget.go removeOwed":      "the list of unfinished erasures among the originals",
		"forget.go settle":          "the list of unfinished erasures among the originals",
	}
)

// Nothing but the driver opens the database files: here every place that opens any file is on
// the list above, and no other room knows the names of the database's files.
func TestNothingButTheDriverOpensTheDatabase(t *testing.T) {
	var seen []string
	for _, path := range sources(t, ".") {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && opensAny(fn) {
				seen = append(seen, filepath.Base(path)+" "+fn.Name.Name)
			}
		}
	}
	for _, place := range seen {
		if opensFiles[place] == "" {
			t.Errorf("%s opens files; see the package comment, and list it with its reason", place)
		}
	}
	for place := range opensFiles {
		if !slices.Contains(seen, place) {
			t.Errorf("%s is on the list but opens nothing", place)
		}
	}
	for _, path := range append(sources(t, ".."), sources(t, "../../cmd")...) {
		if filepath.Base(filepath.Dir(path)) == "store" {
			continue
		}
		text := string(readTest(t, path))
		for _, name := range []string{`"-wal"`, `"-shm"`, `.db-wal`, `.db-shm`} {
			if strings.Contains(text, name) {
				t.Errorf("%s speaks of %s: only the store may touch the database files", path, name)
			}
		}
	}
}

func opensAny(fn *ast.FuncDecl) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			pkg, isName := sel.X.(*ast.Ident)
			found = found || isName && pkg.Name == "os" && slices.Contains(fileCalls, sel.Sel.Name)
		}
		return true
	})
	return found
}

// sources lists the Go files of a folder and the folders in it, tests left out.
func sources(t *testing.T, dir string) (paths []string) {
	t.Helper()
	for _, pattern := range []string{"*.go", "*/*.go"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range found {
			if !strings.HasSuffix(p, "_test.go") {
				paths = append(paths, p)
			}
		}
	}
	if len(paths) == 0 {
		t.Fatal(fmt.Errorf("no sources in %s", dir))
	}
	return paths
}

// Network file systems are told apart by the kernel's own numbers.
func TestNetworkFileSystems(t *testing.T) {
	if name, network := networkFS(t.TempDir()); network {
		t.Errorf("the test folder is taken for %s", name)
	}
	for magic, want := range map[uint32]string{0x6969: "NFS", 0xFF534D42: "CIFS", 0xFE534D42: "SMB2", 0x65735546: "FUSE", 0x01021997: "9P"} {
		if networkMagic[magic] != want {
			t.Errorf("%#x is %q, want %s", magic, networkMagic[magic], want)
		}
	}
	for magic, name := range map[uint32]string{0xEF53: "ext4", 0x58465342: "XFS", 0x9123683E: "Btrfs", 0x01021994: "tmpfs", 0x794C7630: "overlay"} {
		if networkMagic[magic] != "" {
			t.Errorf("%s would be refused", name)
		}
	}
	e := refuseNetwork("/srv/share/qianqi.db", "NFS")
	if e.Kind != ErrNetworkFS || !strings.Contains(e.ZH, "NFS") || e.Path == "" {
		t.Errorf("refusal: %+v", e)
	}
}
