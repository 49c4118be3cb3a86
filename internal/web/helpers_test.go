package web

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// TestEveryHelperIsCalled: no template helper stays when the last page that called it is gone.
func TestEveryHelperIsCalled(t *testing.T) {
	var calls strings.Builder
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	quoted := regexp.MustCompile(`"[^"]*"|` + "`[^`]*`")
	for _, file := range files {
		page, err := fs.ReadFile(templateFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, action := range regexp.MustCompile(`(?s)\{\{.*?\}\}`).FindAllString(string(page), -1) {
			calls.WriteString(quoted.ReplaceAllString(action, "") + "\n")
		}
	}
	for name := range helpers {
		if !regexp.MustCompile(`[{( |]` + name + `[ }|)]`).MatchString(calls.String()) {
			t.Errorf("no template calls %s", name)
		}
	}
}
