package curriculum

import (
	"math"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// open reads a book as a form of the given kind. ok is false where it is none; the issues then
// say what it is.
func open(cb *codebook.Codebook, b *survey.Book, kind string, need ...string) (*survey.Filled, []survey.Issue, bool) {
	form, _, issues := survey.Identify(cb, b)
	if survey.HasErrors(issues) || form == nil {
		return nil, issues, false
	}
	if form.Kind != kind {
		want, _ := cb.Form(kind)
		return nil, append(issues, survey.NewIssue(cb, "T002", survey.Ref{}, "", "", form.Title.Both(), want.Title.Both())), false
	}
	filled, more := survey.ReadForm(cb, form, b)
	return filled, append(append(issues, more...), filled.Need(cb, need...)...), true
}

// Decode reads a curriculum workbook: one whole version of the map. The map is returned even
// beside errors, as far as it could be read; the issues say whether it may be taken.
func Decode(cb *codebook.Codebook, b *survey.Book) (*Map, []survey.Issue) {
	filled, issues, ok := open(cb, b, "curriculum", "versions", "programmes", "modules", "module_programmes", "module_competencies")
	if !ok {
		return &Map{}, issues
	}
	d := &decoder{cb: cb, in: survey.NewScan(cb, 0), filled: filled, out: Map{College: cb.College}, at: make(map[ModuleCode]int)}
	d.version()
	d.programmes()
	d.modules()
	d.shared()
	d.teachings()
	d.certifications()
	d.competitions()
	d.notes()
	d.check()
	issues = append(issues, d.in.Issues...)
	survey.Sort(b, issues)
	return &d.out, issues
}

type decoder struct {
	cb     *codebook.Codebook
	in     *survey.Scan
	filled *survey.Filled
	out    Map
	at     map[ModuleCode]int // module → its place in out.Modules
}

// version reads the record sheet. A second block of labels would be a second version.
func (d *decoder) version() {
	for i, r := range d.filled.Records("versions") {
		if i > 0 {
			d.in.Report("C009", r.At("version"), d.out.Version)
			continue
		}
		d.out.Version = d.in.Text(r, "version")
		d.out.ValidFrom = d.in.Date(r, "valid_from")
		d.out.SchoolReviewer = d.in.Text(r, "school_reviewer")
		d.out.EnterpriseReviewer = d.in.Text(r, "enterprise_reviewer")
		d.out.Note = d.in.Text(r, "note")
	}
}

func (d *decoder) programmes() {
	seen := make(seenAt[codebook.ProgrammeID])
	for _, r := range d.filled.Records("programmes") {
		v := r.At("programme")
		p := Programme{Code: codebook.ProgrammeID(d.in.Code(r, "programme")), Note: d.in.Text(r, "note"), At: v.Ref}
		for _, t := range d.in.Codes(r, "tracks") {
			p.Tracks = append(p.Tracks, codebook.TrackID(t))
		}
		if p.Code == "" || seen.again(d.in, "C012", v, p.Code) {
			continue
		}
		d.out.Programmes = append(d.out.Programmes, p)
	}
}

func (d *decoder) modules() {
	seen := make(seenAt[ModuleCode])
	for _, r := range d.filled.Records("modules") {
		v := r.At("module_code")
		m := Module{
			Code:     ModuleCode(d.in.Text(r, "module_code")),
			Name:     codebook.Text{ZH: d.in.Text(r, "module_name"), EN: d.in.Text(r, "module_name_en")},
			Category: d.in.Code(r, "category"), Phase: d.in.Code(r, "phase"), Level: d.in.Code(r, "level"),
			Hours: d.in.Number(r, "hours").Value, Note: d.in.Text(r, "note"), At: v.Ref,
		}
		if m.Code == "" || seen.again(d.in, "C001", v, m.Code) {
			continue
		}
		d.at[m.Code] = len(d.out.Modules)
		d.out.Modules = append(d.out.Modules, m)
	}
}

// module finds the module a row speaks of; nil, with an issue, where there is none.
func (d *decoder) module(r survey.Record) *Module {
	code := ModuleCode(d.in.Text(r, "module_code"))
	if code == "" {
		return nil
	}
	i, ok := d.at[code]
	if !ok {
		near, hint, hintEN := d.nearest(code), "", ""
		if near != "" {
			hint, hintEN = "（最接近的是“"+near+"”）", " (the nearest is “"+near+"”)"
		}
		d.in.Report("C002", r.At("module_code"), near, "hint", hint, "hint_en", hintEN)
		return nil
	}
	return &d.out.Modules[i]
}

// nearest is the module code most like a wrong one: the same but for case and punctuation,
// else the one with most pairs of letters in common; "" where none comes near.
func (d *decoder) nearest(code ModuleCode) string {
	best, score := "", 0.5
	for i := range d.out.Modules {
		known := string(d.out.Modules[i].Code)
		if s := survey.Dice(bare(string(code)), bare(known)); s > score {
			best, score = known, s
		}
	}
	return best
}

// bare keeps the letters and digits of a code.
func bare(code string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_ ./", r) {
			return -1
		}
		return r
	}, codebook.Fold(code))
}

func (d *decoder) shared() {
	seen := make(seenAt[[2]string])
	for _, r := range d.filled.Records("module_programmes") {
		m, p := d.module(r), codebook.ProgrammeID(d.in.Code(r, "programme"))
		if m == nil || p == "" || seen.again(d.in, "C004", r.At("programme"), [2]string{string(m.Code), string(p)}) {
			continue
		}
		m.Programmes = append(m.Programmes, p)
		if _, listed := d.out.programme(p); !listed {
			d.in.Report("C011", r.At("programme"), "")
		}
	}
}

func (m *Map) programme(p codebook.ProgrammeID) (*Programme, bool) {
	for i := range m.Programmes {
		if m.Programmes[i].Code == p {
			return &m.Programmes[i], true
		}
	}
	return nil, false
}

func (d *decoder) teachings() {
	seen := make(seenAt[[2]string])
	for _, r := range d.filled.Records("module_competencies") {
		v, m := r.At("competency"), d.module(r)
		t := Teaching{
			Competency: codebook.CompetencyID(d.in.Code(r, "competency")), Level: d.in.Level(r, "taught_level").Value,
			Hours: d.in.Number(r, "hours"), Relation: d.relation(r), At: v.Ref,
		}
		if m == nil || t.Competency == "" || seen.again(d.in, "C004", v, [2]string{string(m.Code), string(t.Competency)}) {
			continue
		}
		m.Teaches = append(m.Teaches, t)
	}
}

func (d *decoder) relation(r survey.Record) survey.Answer[int] {
	n, err := strconv.Atoi(d.in.Code(r, "relation"))
	if err != nil {
		return survey.Answer[int]{}
	}
	return survey.Have(n)
}

// certifications reads a row per domain of an exam; rows of the same exam are one
// certification.
func (d *decoder) certifications() {
	seen := make(seenAt[[6]string])
	for _, r := range d.filled.Records("module_certifications") {
		v, m := r.At("track"), d.module(r)
		c := Certification{
			Track: codebook.TrackID(d.in.Code(r, "track")), Level: codebook.LadderID(d.in.Code(r, "cert_level")),
			Exam: d.in.Text(r, "exam"), ExamVersion: d.in.Text(r, "exam_version"), At: v.Ref,
		}
		w := Weight{Domain: d.in.Text(r, "domain"), Percent: d.in.Number(r, "weight"), At: r.At("domain").Ref}
		if m == nil || c.Track == "" || c.Level == "" {
			continue
		}
		key := [6]string{string(m.Code), string(c.Track), string(c.Level), c.Exam, c.ExamVersion, codebook.Fold(w.Domain)}
		if seen.again(d.in, "C004", v, key) {
			continue
		}
		if c.Exam != "" && c.ExamVersion == "" {
			d.in.Report("C019", r.At("exam"), "")
		}
		m.certify(c, w)
	}
}

// certify adds a domain to the exam it belongs to.
func (m *Module) certify(c Certification, w Weight) {
	at := -1
	for i, o := range m.Certifies {
		if o.Track == c.Track && o.Level == c.Level && o.Exam == c.Exam && o.ExamVersion == c.ExamVersion {
			at = i
		}
	}
	if at < 0 {
		at = len(m.Certifies)
		m.Certifies = append(m.Certifies, c)
	}
	if w.Domain != "" {
		m.Certifies[at].Domains = append(m.Certifies[at].Domains, w)
	}
}

func (d *decoder) competitions() {
	seen := make(seenAt[[3]string])
	for _, r := range d.filled.Records("module_competitions") {
		v, m := r.At("competition"), d.module(r)
		c := Competition{Name: d.in.Code(r, "competition"), Track: d.in.Text(r, "competition_track"), Share: d.in.Number(r, "share"), At: v.Ref}
		if m == nil || c.Name == "" || seen.again(d.in, "C004", v, [3]string{string(m.Code), c.Name, codebook.Fold(c.Track)}) {
			continue
		}
		m.Exercises = append(m.Exercises, c)
	}
}

func (d *decoder) notes() {
	for _, r := range d.filled.Records("notes") {
		d.out.Notes = append(d.out.Notes, Note{
			Text: codebook.Text{ZH: d.in.Text(r, "note_zh"), EN: d.in.Text(r, "note_en")}, At: r.Ref(),
		})
	}
}

// seenAt remembers where each thing was first named.
type seenAt[K comparable] map[K]survey.Ref

// again reports a thing named twice, and says where it stood first.
func (s seenAt[K]) again(in *survey.Scan, code codebook.RuleID, v survey.Value, key K) bool {
	first, taken := s[key]
	if taken {
		in.Report(code, v, "", "other", first.Cell())
		return true
	}
	s[key] = v.Ref
	return false
}

func trimFloat(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }
