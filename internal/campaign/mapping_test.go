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
	stray := strings.Replace(strings.Replace(unmarked, "| 现场 On site |", "| 飞鸽传书 |", 1), "== 岗位", "| 领导批示 | 同意 |\n== 岗位", 1)
	for _, c := range []struct {
		why, text, known string
		unread, unlisted int
	}{
		{why: "a visit without its mark", text: unmarked, known: "走访"},
		{why: "a visit with an item and an answer of its own", text: stray, known: "走访", unread: 1, unlisted: 1},
		{why: "a visit that lacks a column", text: strings.Replace(unmarked, "| 走访方式 Mode of visit * | 现场 On site | | visit_mode |", "| 形式 | 现场 | | |", 1)},
		{why: "a roster without its mark", text: roster, known: "名册"},
		{why: "a roster with a column of its own, which no mapping reads", text: strings.NewReplacer("部门 |", "部门 | 领导批示 |", "学院 |", "学院 | 同意 |").Replace(roster), known: "名册"},
		{why: "a roster that lacks a column", text: strings.Replace(roster, "教师工号", "编号", 1)},
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
		if draft.Unread != c.unread || draft.Unlisted != c.unlisted {
			t.Errorf("%s: %d columns and %d answers for a mapping, want %d and %d", c.why, draft.Unread, draft.Unlisted, c.unread, c.unlisted)
		}
		f := mustIngest(t, openInJune(t), IngestOptions{Paths: []string{dir}}).Files[0]
		if lacks := strings.Contains(codes(&f), "T007"); lacks != (c.known == "") {
			t.Errorf("%s: ingest without a mapping says %s", c.why, codes(&f))
		}
	}
}
