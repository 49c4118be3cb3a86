package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The number of planned hires is asked for and not demanded: without it jobs count by the people in
// them, and no flag is needed for that.
func TestAnalyzeWithoutPlannedHires(t *testing.T) {
	in, db := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "q.db")
	qianqi := func(args ...string) string {
		t.Helper()
		var out, errOut bytes.Buffer
		if code := execute(append(args, "--db", db), strings.NewReader(""), &out, &errOut); code != exitOK && code != exitPartial {
			t.Fatalf("%s: exit code %d\n%s", strings.Join(args, " "), code, errOut.String())
		}
		return out.String()
	}
	qianqi("sample", "--years", "2026", "--visits", "20", "--as", "csv", "--out", in)
	files, err := filepath.Glob(filepath.Join(in, "2026", "visits", "*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, name := range files {
		withoutColumn(t, name, "计划招聘人数")
	}
	qianqi("ingest", in, "--returns", "none")
	for base, want := range map[string]string{"": `"base":"headcount"`, "hires": `"base":"hires"`} {
		args := []string{"analyze", "--json"}
		if base != "" {
			args = append(args, "--base", base)
		}
		if got := qianqi(args...); !strings.Contains(got, want) {
			t.Errorf("--base %q: not %s in %.80s", base, want, got)
		}
	}
}

// withoutColumn empties a column of a CSV file.
func withoutColumn(t *testing.T, name, head string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], head)
	if at < 0 {
		t.Fatalf("%s has no column %s", name, head)
	}
	for _, row := range rows[1:] {
		row[at] = ""
	}
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
