package campaign

import (
	"cmp"
	"context"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// documents are the curricula and the register that new ones are held against: those stored, and
// those of files just before.
type documents struct {
	versions []curriculum.Map
	register curriculum.Register
}

// against holds the curricula and registers of a chunk against what is on record and against one
// another, in order. Nothing that was recorded is edited: what would do so is an issue.
func (in *intake) against(ctx context.Context, files []*taken) error {
	if !slices.ContainsFunc(files, func(t *taken) bool { return t.modules != nil || t.record != nil }) {
		return nil
	}
	versions, err := in.Store.Curricula(ctx)
	if err != nil {
		return err
	}
	register, err := in.Store.LoadRegister(ctx)
	if err != nil {
		return err
	}
	on := &documents{versions, *register}
	for _, t := range files { // the maps first: a register may speak of a module that is new with it
		if t.modules != nil {
			in.addVersion(on, t)
		}
	}
	for _, t := range files {
		if t.record != nil {
			in.addRegister(on, t)
		}
	}
	return nil
}

func (in *intake) addVersion(on *documents, t *taken) {
	issues := curriculum.CheckVersions(in.Codebook, t.modules, on.versions)
	t.issues = append(t.issues, in.named(t.name, issues)...)
	if t.refused() {
		return
	}
	t.outlines = curriculum.NewOutlines(inForceBefore(on.versions, t.modules), t.modules, in.Today())
	on.versions = append(on.versions, *t.modules)
	slices.SortStableFunc(on.versions, func(a, b curriculum.Map) int { return cmp.Compare(a.ValidFrom, b.ValidFrom) })
}

// inForceBefore is the version that another takes over from; nil where it is the first.
func inForceBefore(versions []curriculum.Map, m *curriculum.Map) *curriculum.Map {
	var before *curriculum.Map
	for i := range versions {
		if versions[i].ValidFrom < m.ValidFrom {
			before = &versions[i]
		}
	}
	return before
}

func (in *intake) addRegister(on *documents, t *taken) {
	issues := curriculum.CheckRegister(in.Codebook, t.record, &on.register)
	_, again := curriculum.DecodeDecisions(in.Codebook, t.book, curriculum.Union(on.versions))
	for _, issue := range again {
		if issue.Code == "D010" { // the maps were not known when the book was read first
			issues = append(issues, issue)
		}
	}
	survey.Sort(t.book, issues)
	t.issues = append(t.issues, in.named(t.name, issues)...)
	if t.refused() {
		return
	}
	on.register.Proposals = append(on.register.Proposals, t.record.Proposals...)
	on.register.Decisions = append(on.register.Decisions, t.record.Decisions...)
}

// openOutlines opens a proposal for every module that the new exam outlines of a stored map touch.
func (in *intake) openOutlines(ctx context.Context, files []*taken, result *IngestResult) error {
	for _, t := range files {
		for _, o := range t.outlines {
			opened, err := in.openAll(ctx, t.modules.Propose(o, in.newestSurvey(ctx)), in.opts.By)
			if err != nil {
				return err
			}
			if f := result.file(t.name); f != nil {
				f.Proposals = append(f.Proposals, opened...)
			}
		}
	}
	return nil
}

// file finds the receipt of a file.
func (r *IngestResult) file(name string) *FileResult {
	for i := range r.Files {
		if r.Files[i].File == name {
			return &r.Files[i]
		}
	}
	return nil
}
