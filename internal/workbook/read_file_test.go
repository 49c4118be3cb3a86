package workbook

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

var past = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

// fileSystemCases tries everything that can stand under a path and returns the codes it met.
func fileSystemCases(t *testing.T) []ruleID {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(name string) string {
		if err := os.WriteFile(at(name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	cases := []struct {
		code ruleID
		why  string
		path string
	}{
		{"F007", "a file that is not there", at("absent.xlsx")},
		{"F007", "a name that is too long", at(string(bytes.Repeat([]byte("x"), 300)))},
		{"F007", "a path through a file", filepath.Join(write("plain"), "a.xlsx")},
	}
	add := func(code ruleID, why, path string, err error) {
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, struct {
			code ruleID
			why  string
			path string
		}{code, why, path})
	}
	add("F004", "a folder", at("folder.xlsx"), os.Mkdir(at("folder.xlsx"), 0o700))
	add("F003", "a link", at("link.xlsx"), os.Symlink(write("real.xlsx"), at("link.xlsx")))
	add("F003", "a link to itself", at("loop.xlsx"), os.Symlink(at("loop.xlsx"), at("loop.xlsx")))
	add("F003", "a link to a device", at("zero.xlsx"), os.Symlink("/dev/zero", at("zero.xlsx")))
	add("F002", "10 GiB of nothing", write("sparse.xlsx"), os.Truncate(at("sparse.xlsx"), 10<<30))
	add("F005", "a pipe", at("pipe.xlsx"), makePipe(at("pipe.xlsx")))
	add("F005", "a device", os.DevNull, nil)
	codes := []ruleID{"F006"} // TestAChangingFileIsNotTaken
	for _, c := range cases {
		data, issues, err := ReadFile(c.path, codebook.Default(), Limits{})
		if err != nil || data != nil || codesOf(issues) != string(c.code) {
			t.Errorf("%s: issues %q, error %v, want %s", c.why, codesOf(issues), err, c.code)
		}
		codes = append(codes, c.code)
	}
	return codes
}

func TestRegularFilesAreReadWhateverTheirName(t *testing.T) {
	dir := t.TempDir()
	long := string(bytes.Repeat([]byte("走"), 83)) // 249 bytes
	for _, name := range []string{"a.xlsx", "a\nb.xlsx", "\u202exslx.a", long, "\xc6\xf3\xd2\xb5.xlsx", "-rf.xlsx", "~$a.xlsx", " "} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		data, issues, err := ReadFile(path, codebook.Default(), Limits{})
		if err != nil || len(issues) > 0 || string(data) != name {
			t.Errorf("%q: %q, issues %q, error %v", name, data, codesOf(issues), err)
		}
	}
}

func TestAChangingFileIsNotTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	appendTo := func(text string) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	appendTo("half")
	_, bad, err := readRegular(path, 1<<20, func() { appendTo(" and the other half") })
	if err != nil || bad == nil || bad.code != "F006" {
		t.Errorf("fault %+v, error %v", bad, err)
	}
	_, bad, err = readRegular(path, 1<<20, func() { // same size, another time
		if err := os.Chtimes(path, past, past); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil || bad == nil || bad.code != "F006" {
		t.Errorf("fault %+v, error %v", bad, err)
	}
	data, bad, err := readRegular(path, 1<<20, nil)
	if err != nil || bad != nil || string(data) != "half and the other half" {
		t.Errorf("%q, fault %+v, error %v", data, bad, err)
	}
}

func TestAFileWithoutPermission(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := os.WriteFile(path, []byte("x"), 0o000); err != nil {
		t.Fatal(err)
	}
	data, issues, err := ReadFile(path, codebook.Default(), Limits{})
	mayRead := os.Geteuid() == 0 || runtime.GOOS == "windows"
	if err != nil || mayRead != (data != nil) || !mayRead && codesOf(issues) != "F007" {
		t.Errorf("%q, issues %q, error %v", data, codesOf(issues), err)
	}
}
