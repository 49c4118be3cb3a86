package workbook

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// ruleID keeps lines with codes short.
type ruleID = codebook.RuleID

// fault is the reason why a file is not trusted. It becomes the issue that the person sees;
// callers that know more of the place fill in ref and part.
type fault struct {
	code ruleID
	ref  survey.Ref
	part string // zip entry it stands in, "" for the file
	got  string
	want string
}

func (f *fault) issue(cb *codebook.Codebook, file string) survey.Issue {
	i := survey.NewIssue(cb, f.code, f.ref, "", "", f.got, f.want,
		"part", survey.Visible(f.part, 120), "row", strconv.Itoa(f.ref.Row))
	i.File = file
	return i
}

// findings collects what is worth a look in a file that is taken all the same: one issue for
// each rule on each sheet, with the number of cells and their addresses.
type findings struct {
	cb    *codebook.Codebook
	file  string
	found []survey.Issue
	total int // occurrences so far
}

// moreRefs bounds the addresses kept with one issue; the count goes on.
const moreRefs = 200

// flag notes one occurrence at ref. part names a zip entry where that matters.
func (f *findings) flag(code ruleID, ref survey.Ref, part, got, want string) {
	f.total++
	for i := range f.found {
		if old := &f.found[i]; old.Code == code && old.Ref.Sheet == ref.Sheet {
			old.Count++
			if len(old.More) < moreRefs {
				old.More = append(old.More, ref)
			}
			return
		}
	}
	at := fault{code: code, ref: ref, part: part, got: got, want: want}
	f.found = append(f.found, at.issue(f.cb, f.file))
}

// count adds n to an issue that was flagged, for occurrences whose places are not kept.
func (f *findings) count(code ruleID, sheet string, n int) {
	for i := range f.found {
		if f.found[i].Code == code && f.found[i].Ref.Sheet == sheet {
			f.found[i].Count += n
		}
	}
}
