package campaign

import (
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// placeOf is the cell in which a visit answers a field, or the sheet where the form has none.
func placeOf(v *survey.Visit, fields ...codebook.FieldID) survey.Ref {
	for _, field := range fields {
		if ref, ok := v.Cells[field]; ok && ref.Row > 0 {
			return ref
		}
	}
	return survey.Ref{Sheet: v.Sheet}
}

// checkKeys holds the visits of a file, each sound by itself, against what the database needs:
// every visit has a key, and no two have the same.
func (d *desk) checkKeys(visits []survey.Visit) []survey.Issue {
	var issues []survey.Issue
	seen := make(map[survey.VisitKey]*survey.Visit, len(visits))
	for i := range visits {
		v := &visits[i]
		if what := lacking(v); what.ZH != "" {
			issues = append(issues, survey.NewIssue(d.Codebook, "X003", placeOf(v, "enterprise_name", "faculty_name", "visit_date"),
				"", "", v.Enterprise.Name, what.ZH, "what_en", what.EN))
			continue
		}
		// The store takes a visit that adds or loses the credit code for the same one.
		key := v.Key()
		key.Enterprise = codebook.Fold(v.Enterprise.Name)
		if other := seen[key]; other != nil && (other.Enterprise.USCC == "") != (v.Enterprise.USCC == "") {
			issues = append(issues, survey.NewIssue(d.Codebook, "X004", placeOf(v, "enterprise_name"), "enterprise_name", "",
				v.Enterprise.Name, "", "other", placeOf(other, "enterprise_name").Cell()))
		}
		seen[key] = v
	}
	return issues
}

// lacking names the parts of its key that a visit has not.
func lacking(v *survey.Visit) codebook.Text {
	var zh, en []string
	for _, part := range []struct {
		missing bool
		zh, en  string
	}{
		{v.Year == 0, "调研年份", "survey year"}, {v.Day == "", "走访日期", "visit date"},
		{v.Faculty.ID == "", "教师工号", "staff number"}, {v.Enterprise.Name == "", "企业全称", "enterprise name"},
	} {
		if part.missing {
			zh, en = append(zh, part.zh), append(en, part.en)
		}
	}
	return codebook.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

// noteRivals remembers which file of this ingest each visit came in, and warns where another file
// of it held the same visit with other answers. A mended return is no rival.
func (in *intake) noteRivals(t *taken, o store.Outcome) []survey.Issue {
	var issues []survey.Issue
	for i, v := range o.Visits {
		if rival, ok := in.cameIn[v.Replaces]; ok && v.Replaces != 0 && t.returnOf == "" {
			issues = append(issues, survey.NewIssue(in.Codebook, "X005", placeOf(&t.visits[i], "enterprise_name"), "enterprise_name", "",
				t.visits[i].Enterprise.Name, "", "other", Printable(rival)))
		}
		if v.Status != Unchanged {
			in.cameIn[v.Visit] = t.name
		}
	}
	return in.named(t.name, issues)
}

// noteBeside warns of visits that came in the mended copy of a file whose own visit still counts beside them.
func (in *intake) noteBeside(t *taken, o store.Outcome) []survey.Issue {
	var issues []survey.Issue
	for i, v := range o.Visits {
		if v.Beside != 0 {
			issues = append(issues, survey.NewIssue(in.Codebook, "X006", placeOf(&t.visits[i], "enterprise_name"), "enterprise_name", "",
				t.visits[i].Enterprise.Name, "", "other", strconv.FormatInt(int64(v.Beside), 10)))
		}
	}
	return in.named(t.name, issues)
}
