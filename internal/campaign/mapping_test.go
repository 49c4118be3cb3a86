package campaign

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// A file is said to need no mapping only where it is read without one: looking like a form of ours is not enough.
func TestDraftSaysWhatNeedsNoMapping(t *testing.T) {
	unmarked := strings.ReplaceAll(soundBooks(t)["visit"], "%", "-") // nothing names its template
	const roster = "== 教师\n| 教师工号 | 教师姓名 | 所在部门 |\n| '20150012 | 林知远 | 信息通信学院 |\n"
	for _, c := range []struct{ why, text, known string }{
		{"a visit without its mark", unmarked, "走访"},
		{"a visit that lacks a column", strings.Replace(unmarked, "| 走访方式 Mode of visit * | 现场 On site | | visit_mode |", "| 形式 | 现场 | | |", 1), ""},
		{"a roster without its mark", roster, "名册"},
		{"a roster that lacks a column", strings.Replace(roster, "教师工号", "编号", 1), ""},
	} {
		dir := writeFiles(t, map[string][]byte{"旧表.xlsx": workbookOf(t, survey.BookFromText(c.text))})
		path := filepath.Join(dir, "旧表.xlsx")
		draft, err := DraftMapping(codebook.Default(), path, inJune)
		if err != nil {
			t.Errorf("%s: %v", c.why, err)
			continue
		}
		if (draft.Known != "") != (c.known != "") || !strings.Contains(draft.Known, c.known) {
			t.Errorf("%s: is said to be %q, want %q", c.why, draft.Known, c.known)
		}
		f := mustIngest(t, openInJune(t), IngestOptions{Paths: []string{dir}}).Files[0]
		if lacks := strings.Contains(codes(&f), "T007"); lacks != (c.known == "") {
			t.Errorf("%s: ingest without a mapping says %s", c.why, codes(&f))
		}
	}
}
