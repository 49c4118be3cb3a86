package survey

import (
	"regexp"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// A competency gets another name; workbooks that bear the old one are still about. The visit here
// has no hidden keys, so its headers are all there is to go by.
func TestAWorkbookWithTheOldNameOfACompetency(t *testing.T) {
	whole, err := codebook.Default().YAML()
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`zh: 网络故障诊断\n +en: Network fault diagnosis\n +short:\n +zh: 故障诊断\n +en: .*\n`)
	visit := regexp.MustCompile(`(?m)^~ \| job_title.*\n`).ReplaceAllString(goodVisit, "")
	for _, tt := range []struct {
		why, names string
		read       bool
	}{
		{"the old name stands under former", "zh: 排障\n      en: Troubleshooting\n    short: {zh: 排障, en: Fixing}\n    former: [{zh: 网络故障诊断, en: Network fault diagnosis}]\n", true},
		{"the old name is forgotten", "zh: 排障\n      en: Troubleshooting\n    short: {zh: 排障, en: Fixing}\n", false},
	} {
		text := names.ReplaceAll(whole, []byte(tt.names))
		if !strings.Contains(string(text), tt.names) {
			t.Fatal("the codebook has no such competency any more")
		}
		cb, err := codebook.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, issues := Decode(cb, BookFromText(visit), Context{Year: 2026, Today: "2026-06-01"})
		if read := len(issues) == 0; read != tt.read {
			t.Errorf("%s: read without an issue is %v, want %v: %+v", tt.why, read, tt.read, issues)
		}
	}
}
