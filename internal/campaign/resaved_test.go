package campaign

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// strictly rewrites a workbook in the strict variant of Office Open XML: other names for the same
// things. LibreOffice reads that variant and does not write it.
func strictly(t *testing.T, data []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer(
		"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships",
		"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties", "http://purl.oclc.org/ooxml/officeDocument/customProperties",
		"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes", "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
		"http://schemas.openxmlformats.org/drawingml/2006/main", "http://purl.oclc.org/ooxml/drawingml/main",
	)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range z.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := names.WriteString(p, string(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// resaved opens workbooks in LibreOffice, without a screen, and saves each under its own name; the
// paths of the copies come in the same order.
func resaved(t *testing.T, paths []string) []string {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("soffice is missing; install it with: apt-get install libreoffice-calc")
	}
	out, profile := t.TempDir(), t.TempDir()
	for part := range slices.Chunk(paths, 16) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		args := []string{"-env:UserInstallation=" + (&url.URL{Scheme: "file", Path: profile}).String(), "--headless", "--norestore", "--convert-to", "xlsx", "--outdir", out}
		run := exec.CommandContext(ctx, soffice, append(args, part...)...)
		run.Env = append(os.Environ(), "HOME="+profile, "LC_ALL=C.UTF-8")
		run.WaitDelay = time.Minute
		said, err := run.CombinedOutput()
		cancel()
		if err != nil {
			t.Fatalf("LibreOffice: %v\n%s", err, said)
		}
	}
	copies := make([]string, len(paths))
	for i, path := range paths {
		copies[i] = filepath.Join(out, filepath.Base(path))
	}
	return copies
}

// someBooks copies workbooks of the sample into a folder, as they are and in the strict variant: one
// of every kind and a few visits, all while soaking.
func someBooks(t *testing.T) (plain, strict []string) {
	books := trackedBooks(t)
	if n := trial.Rounds(3, len(books)); n < len(books) {
		rng := rand.New(rand.NewPCG(2026, 6))
		visits := slices.DeleteFunc(slices.Clone(books), func(p string) bool { return filepath.Base(filepath.Dir(p)) != "visits" })
		rng.Shuffle(len(visits), func(i, j int) { visits[i], visits[j] = visits[j], visits[i] })
		books = slices.DeleteFunc(books, func(p string) bool { return filepath.Base(filepath.Dir(p)) != "2025" })
		books = append(books, visits[:n]...)
	}
	dir := t.TempDir()
	for _, path := range books {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel("../../surveys", path)
		name = strings.ReplaceAll(filepath.ToSlash(name), "/", "-")
		plain, strict = append(plain, filepath.Join(dir, name)), append(strict, filepath.Join(dir, "strict-"+name))
		if err := os.WriteFile(plain[len(plain)-1], data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(strict[len(strict)-1], strictly(t, data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return plain, strict
}

// Workbooks of the sample that were saved by LibreOffice, that are in the strict variant, or (a few)
// both, give the same database as they do themselves.
func TestResavedWorkbooksGiveTheSameDatabase(t *testing.T) {
	plain, strict := someBooks(t)
	few := min(7, len(plain))
	saved := resaved(t, slices.Concat(plain, strict[:few]))
	var taken []string // want and totals are what these make
	var want [4]string
	var totals Totals
	for _, form := range []struct {
		name  string
		paths []string
	}{
		{"in the strict variant", strict},
		{"saved by LibreOffice", saved[:len(plain)]},
		{"in the strict variant, saved by LibreOffice", saved[len(plain):]},
	} {
		if len(form.paths) != len(taken) { // the same files, the same database
			taken = plain[:len(form.paths)]
			want, totals = taking(t, taken)
		}
		got, sums := taking(t, form.paths)
		if got != want || sums.Accepted != totals.Accepted || sums.Rejected != totals.Rejected || sums.Visits != totals.Visits {
			t.Errorf("%s: %+v, want %+v; the same keys: %v", form.name, sums, totals, got == want)
		}
		if totals.Accepted < 4 || totals.Accepted < len(form.paths)-3 {
			t.Errorf("the workbooks themselves: %+v", totals)
		}
	}
}

// taking is what a database of its own makes of the files.
func taking(t *testing.T, paths []string) ([4]string, Totals) {
	t.Helper()
	c := openCampaign(t)
	r := mustIngest(t, c, IngestOptions{Paths: paths})
	return contentKeys(t, c), r.Totals
}
