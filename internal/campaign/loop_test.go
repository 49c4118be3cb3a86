package campaign

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// handIn writes records as a workbook of a form and takes it in.
func handIn(t *testing.T, w *world, form string, records sample.Records) FileResult {
	t.Helper()
	data, err := workbook.FillTable(w.Codebook, form, workbook.TemplateOptions{Year: 2027, Brief: true}, workbook.Records(records))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), form+".xlsx")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := w.Ingest(context.Background(), IngestOptions{Paths: []string{path}, By: "test"})
	if err != nil || len(result.Files) != 1 {
		t.Fatalf("%+v %v", result, err)
	}
	return result.Files[0]
}

func hasIssue(f FileResult, code string) bool {
	for _, i := range f.Issues {
		if string(i.Code) == code && i.Ref.Sheet != "" && i.Fix.ZH != "" {
			return true
		}
	}
	return false
}

// theMapHasVersions: two maps that come into force on one day are an issue, and a map that names a
// new outline of an exam opens a proposal for every module and programme it touches.
func theMapHasVersions(t *testing.T, w *world) {
	ctx := context.Background()
	m, err := w.Store.LoadCurriculum(ctx, 2026)
	if err != nil {
		t.Fatal(err)
	}
	next := *m
	next.Version = "2026.9"
	if f := handIn(t, w, "curriculum", sample.CurriculumRecords(&next)); f.Status != Rejected || len(f.Issues) == 0 || f.Issues[0].Code != "C016" {
		t.Errorf("two versions valid at once: %s %+v", f.Status, f.Issues)
	}
	next.Version, next.ValidFrom = "2027.1", "2027-01-01"
	next.Modules = append([]curriculum.Module{}, m.Modules...)
	touched := 0
	for i := range next.Modules {
		mod := &next.Modules[i]
		mod.Certifies = append([]curriculum.Certification{}, mod.Certifies...)
		for k := range mod.Certifies {
			if mod.Certifies[k].Exam == "H12-221" {
				mod.Certifies[k].ExamVersion = "V3.0"
				touched += len(mod.Programmes)
			}
		}
	}
	f := handIn(t, w, "curriculum", sample.CurriculumRecords(&next))
	if f.Status != Accepted || touched == 0 || len(f.Proposals) < touched {
		t.Fatalf("%s, opened %v for at least %d: %+v", f.Status, f.Proposals, touched, f.Issues)
	}
	all, err := w.Dossiers(ctx, AnalyzeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	last := all[len(all)-1]
	if last.Origin != curriculum.FromStandard || last.Evidence != "H12-221 V3.0" || !last.Open() {
		t.Errorf("%+v", last)
	}
}

// theRecordIsNotEdited: a workbook that rewrites a proposal, decides twice or speaks of a module
// that no map has is refused whole, and changes nothing.
func theRecordIsNotEdited(t *testing.T, w *world) {
	ctx := context.Background()
	before, err := w.Store.LoadRegister(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p, d := before.Proposals[0], before.Decisions[0]
	rewritten := p
	rewritten.Text += "（改）"
	unknown := p
	unknown.ID, unknown.Module = "P2026-91", "XX-C9"
	again := d
	again.ID, again.Outcome = "D2026-91", curriculum.Reject
	for code, reg := range map[string]curriculum.Register{
		"D017": {Proposals: []curriculum.Proposal{rewritten}},
		"D010": {Proposals: []curriculum.Proposal{unknown}},
		"D004": {Proposals: []curriculum.Proposal{p}, Decisions: []curriculum.Decision{again}},
	} {
		if f := handIn(t, w, "decisions", sample.DecisionsRecords(&reg)); f.Status != Rejected || !hasIssue(f, code) {
			t.Errorf("%s: %s %+v", code, f.Status, f.Issues)
		}
	}
	after, err := w.Store.LoadRegister(ctx)
	if err != nil || len(after.Proposals) != len(before.Proposals) || len(after.Decisions) != len(before.Decisions) || after.Proposals[0].Text != p.Text {
		t.Errorf("the record changed: %+v %v", after, err)
	}
}
