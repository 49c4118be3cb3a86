package main

import (
	"archive/zip"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// resave opens a workbook in LibreOffice and saves it in its place, as a person does: resave FILE
func resave(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: resave FILE")
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		ts.Fatalf("soffice is missing; install it with: apt-get install libreoffice-calc")
	}
	dir, err := os.MkdirTemp("", "qianqi-office-")
	ts.Check(err)
	defer os.RemoveAll(dir)
	path := ts.MkAbs(args[0])
	run := exec.Command(soffice, "-env:UserInstallation=file://"+filepath.ToSlash(filepath.Join(dir, "profile")), "--headless", "--norestore", "--convert-to", "xlsx", "--outdir", dir, path)
	run.Env = append(os.Environ(), "HOME="+dir, "LC_ALL=C.UTF-8")
	if out, err := run.CombinedOutput(); err != nil {
		ts.Fatalf("LibreOffice: %v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.Base(path)))
	ts.Check(err)
	ts.Check(os.WriteFile(path, data, 0o644))
}

// comment holds the comments of a workbook on one cell, whatever the sheet, against what they must
// say: comment FILE CELL TEXT…
func comment(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: comment FILE CELL TEXT…")
	}
	z, err := zip.OpenReader(ts.MkAbs(args[0]))
	ts.Check(err)
	defer z.Close()
	var said string
	for _, f := range z.File {
		if !strings.Contains(f.Name, "comments") || !strings.HasSuffix(f.Name, ".xml") {
			continue
		}
		text, err := contentOf(f)
		ts.Check(err)
		said += commentOn(ts, text, args[1])
	}
	for _, want := range args[2:] {
		if !strings.Contains(said, want) {
			ts.Fatalf("the comment on %s does not say %q:\n%s", args[1], want, said)
		}
	}
}

func commentOn(ts *testscript.TestScript, text, cell string) string {
	var part struct {
		Comments []struct {
			Ref  string   `xml:"ref,attr"`
			Runs []string `xml:"text>r>t"`
			Text string   `xml:"text>t"`
		} `xml:"commentList>comment"`
	}
	ts.Check(xml.Unmarshal([]byte(text), &part))
	var said string
	for _, c := range part.Comments {
		if c.Ref == cell {
			said += strings.Join(c.Runs, "") + c.Text + "\n"
		}
	}
	return said
}
