package curriculum

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// check holds the parts of a map against one another, once all of it is read.
func (d *decoder) check() {
	for _, p := range d.cb.Programmes {
		if _, ok := d.out.programme(p.Code); !ok && len(d.out.Programmes) > 0 {
			d.report("C010", survey.Ref{Sheet: d.sheet("programmes")}, "programme", p.Name.Both(), "")
		}
	}
	for i := range d.out.Modules {
		d.checkModule(&d.out.Modules[i])
	}
	d.checkOutlines()
	d.checkShares()
}

// sheet is the name in the file of a sheet of the form.
func (d *decoder) sheet(key string) string {
	if s := d.filled.Sheet(key); s != nil {
		return s.Name
	}
	return ""
}

// report adds an issue at a place that is no single answer.
func (d *decoder) report(code codebook.RuleID, at survey.Ref, field codebook.FieldID, got, want string, args ...string) {
	d.in.ReportAt(code, at, field, "", got, want, args...)
}

func (d *decoder) checkModule(m *Module) {
	name := string(m.Code) + " " + m.Name.ZH
	if len(m.Programmes) == 0 {
		d.report("C003", m.At, "module_code", name, "")
	}
	if m.Category == Core && len(m.Programmes) > 1 {
		d.report("C013", m.At, "module_code", name, "")
	}
	if len(m.Teaches) == 0 {
		d.report("C014", m.At, "module_code", name, "")
	}
	var hours float64
	for _, t := range m.Teaches {
		hours += t.Hours.Value
	}
	if m.Hours > 0 && hours > m.Hours+1e-9 {
		d.report("C005", m.At, "hours", trimFloat(hours), trimFloat(m.Hours), "module", name)
	}
	for _, c := range m.Certifies {
		if !d.onTrack(m, c.Track) {
			d.report("C015", c.At, "track", d.cb.Name("tracks", string(c.Track)).Both(), "", "module", name)
		}
	}
}

// onTrack reports whether a programme that shares the module has the track.
func (d *decoder) onTrack(m *Module, track codebook.TrackID) bool {
	for _, p := range m.Programmes {
		if listed, ok := d.out.programme(p); ok && (len(listed.Tracks) == 0 || slices.Contains(listed.Tracks, track)) {
			return true
		}
	}
	return len(m.Programmes) == 0
}

// outline is one version of an exam.
type outline struct{ exam, version string }

// checkOutlines holds the domain weights of every exam together: a domain has one weight, and
// all of them make at most 100 percent. A domain may be covered by several modules.
func (d *decoder) checkOutlines() {
	weights := make(map[outline]map[string]Weight)
	for i := range d.out.Modules {
		for _, c := range d.out.Modules[i].Certifies {
			if c.Exam == "" {
				continue
			}
			key := outline{c.Exam, c.ExamVersion}
			if weights[key] == nil {
				weights[key] = make(map[string]Weight)
			}
			d.noteWeights(key, c.Domains, weights[key])
		}
	}
	for _, key := range sortedOutlines(weights) {
		var sum float64
		var last survey.Ref
		for _, w := range weights[key] {
			sum += w.Percent.Value
			last = later(last, w.At)
		}
		if sum > 100+1e-9 {
			d.report("C006", last, "weight", trimFloat(sum), "100", "exam", key.exam+" "+key.version)
		}
	}
}

func (d *decoder) noteWeights(key outline, domains []Weight, known map[string]Weight) {
	for _, w := range domains {
		name := codebook.Fold(w.Domain)
		first, seen := known[name]
		switch {
		case !seen || !first.Percent.Known():
			known[name] = w
		case w.Percent.Known() && w.Percent.Value != first.Percent.Value:
			if w.At.Row < first.At.Row {
				w, first = first, w
			}
			d.report("C007", w.At, "weight", trimFloat(w.Percent.Value), trimFloat(first.Percent.Value),
				"exam", key.exam+" "+key.version, "domain", w.Domain, "other", first.At.Cell())
		}
	}
}

func sortedOutlines[V any](m map[outline]V) []outline {
	keys := make([]outline, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b outline) int {
		return cmp.Or(cmp.Compare(a.exam, b.exam), cmp.Compare(a.version, b.version))
	})
	return keys
}

func later(a, b survey.Ref) survey.Ref {
	if b.Row > a.Row {
		return b
	}
	return a
}

// checkShares holds the modules of every contest together: they cover at most all of it.
func (d *decoder) checkShares() {
	type contest struct{ name, track string }
	sums, last := make(map[contest]float64), make(map[contest]survey.Ref)
	var order []contest
	for i := range d.out.Modules {
		for _, c := range d.out.Modules[i].Exercises {
			key := contest{c.Name, codebook.Fold(c.Track)}
			if _, seen := last[key]; !seen {
				order = append(order, key)
			}
			sums[key] += c.Share.Value
			last[key] = later(last[key], c.At)
		}
	}
	for _, key := range order {
		if sums[key] > 100+1e-9 {
			d.report("C008", last[key], "share", trimFloat(sums[key]), "100", "contest", d.cb.Name("competition", key.name).Both()+" "+key.track)
		}
	}
}

// CheckVersions holds a map against the versions that are stored already: two versions may not
// come into force on the same day, and a version number is used once. A map that is the same
// version of the same day as a stored one replaces it and is no conflict.
func CheckVersions(cb *codebook.Codebook, m *Map, stored []Map) []survey.Issue {
	var out []survey.Issue
	for _, s := range stored {
		switch {
		case s.Version == m.Version && s.ValidFrom == m.ValidFrom:
		case s.ValidFrom == m.ValidFrom && m.ValidFrom != "":
			out = append(out, survey.NewIssue(cb, "C016", survey.Ref{}, "valid_from", "", string(m.ValidFrom), "", "version", m.Version, "other", s.Version))
		case s.Version == m.Version:
			out = append(out, survey.NewIssue(cb, "C017", survey.Ref{}, "version", "", m.Version, "", "other", string(s.ValidFrom)))
		}
	}
	return out
}

// Union is every module that any version of the map has had, under the newest version's number:
// what a proposal may speak of. nil where there is no version; versions come oldest first.
func Union(versions []Map) *Map {
	if len(versions) == 0 {
		return nil
	}
	out := &Map{Version: versions[len(versions)-1].Version}
	for i := len(versions) - 1; i >= 0; i-- {
		for _, m := range versions[i].Modules {
			if _, known := out.Module(m.Code); !known {
				out.Modules = append(out.Modules, m)
			}
		}
	}
	return out
}
