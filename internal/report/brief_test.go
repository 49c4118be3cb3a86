package report

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// A brief says what a committee needs and fits one sheet of A4 in a word processor that lays it out
// with its own fonts, also where every text is as long as texts get.
func TestBriefIsOneSheet(t *testing.T) {
	cb := codebook.Default()
	opts := Options{Codebook: cb, Curriculum: inventedCurriculum()}
	a := inventedAnalysis(cb)
	long, longOpts := hostileAnalysis(strings.Repeat("很长的文字 long words ", 500))
	folder := t.TempDir()
	files := 0
	for name, brief := range map[string]struct {
		a    *gap.Analysis
		opts Options
		o    BriefOptions
	}{
		"zh": {a, opts, BriefOptions{Programme: "computer_network"}}, "en": {a, opts, BriefOptions{Programme: "computer_network", English: true}},
		"long-zh": {long, longOpts, BriefOptions{}}, "long-en": {long, longOpts, BriefOptions{English: true}},
	} {
		made, err := Briefs(brief.a, brief.opts, brief.o)
		if err != nil || len(made) != 1 {
			t.Fatalf("%s: %d briefs, %v", name, len(made), err)
		}
		again, err := Briefs(brief.a, brief.opts, brief.o)
		if err != nil || !bytes.Equal(again[0].Docx, made[0].Docx) || !bytes.Equal(again[0].HTML, made[0].HTML) {
			t.Errorf("%s: other bytes the second time (%v)", name, err)
		}
		wellFormed(t, made[0].Docx)
		if err := os.WriteFile(filepath.Join(folder, name+".docx"), made[0].Docx, 0o644); err != nil {
			t.Fatal(err)
		}
		files++
	}
	for name, pages := range officePages(t, folder) {
		if files--; pages != 1 {
			t.Errorf("%s takes %d pages", name, pages)
		}
	}
	if files != 0 {
		t.Errorf("%d documents were not opened", files)
	}
}

// officePages opens every document of a folder in LibreOffice and counts the pages.
func officePages(t *testing.T, folder string) map[string]int {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Fatal("soffice is missing; install it with: apt-get install libreoffice-writer")
	}
	documents, err := filepath.Glob(filepath.Join(folder, "*.docx"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, soffice, append([]string{"-env:UserInstallation=file://" + filepath.Join(folder, "profile"), "--headless", "--norestore", "--nologo", "--convert-to", "pdf", "--outdir", folder}, documents...)...)
	run.Env = append(os.Environ(), "HOME="+folder, "LC_ALL=C.UTF-8")
	run.WaitDelay = time.Minute
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v\n%s", err, out)
	}
	pages := map[string]int{}
	for _, d := range documents {
		pdf, err := os.ReadFile(strings.TrimSuffix(d, ".docx") + ".pdf")
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Base(d)] = len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1))
	}
	return pages
}

// wellFormed checks that every part of a document is XML and that the parts a reader needs are there.
func wellFormed(t *testing.T, docx []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, f := range z.File {
		names += f.Name + " "
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(r); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	for _, part := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"} {
		if !strings.Contains(names, part) {
			t.Errorf("no part %s", part)
		}
	}
}

// Both forms of a brief say the same: what was found, who was asked, the gaps with error and base,
// what was decided and whether it worked, what does not follow, and room to decide and sign.
func TestBriefSaysItAll(t *testing.T) {
	cb := codebook.Default()
	a := inventedAnalysis(cb)
	briefs, err := Briefs(a, Options{Codebook: cb, Curriculum: inventedCurriculum()}, BriefOptions{Programme: "computer_network"})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(briefs[0].Docx), int64(len(briefs[0].Docx)))
	if err != nil {
		t.Fatal(err)
	}
	part, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	for _, must := range []string{"样例数据：企业、人员与评分均为虚构", "家企业", "差距 ± 95%", "±", "讲授", "变化", "此前的决定", "不能据此断言", "不是对毕业生的测验", "会议决定", "学校评审", "企业评审", "qianqi trace 2026/computer_network/"} {
		if !bytes.Contains(document, []byte(must)) || !bytes.Contains(briefs[0].HTML, []byte(must)) {
			t.Errorf("one of the forms does not say %q", must)
		}
	}
	if _, err := Briefs(a, Options{Codebook: cb}, BriefOptions{Programme: "no_such"}); !errors.Is(err, ErrNoProgramme) {
		t.Errorf("a programme that is none: %v", err)
	}
}
