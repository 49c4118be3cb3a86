package survey

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Roster is who is to visit whom: the faculty list, the sampling frame with its strata, and
// the assignments.
type Roster struct {
	Faculty     []Faculty
	Plans       []FacultyPlan // one per member of faculty, in the same order
	Frame       []FrameEnterprise
	Strata      []Stratum
	Assignments []Assignment
}

// FacultyPlan is what one member of faculty is expected to do.
type FacultyPlan struct {
	Faculty       string // staff number
	Programmes    []codebook.ProgrammeID
	VisitsPlanned Answer[int]
	At            Ref
}

// FrameEnterprise is one enterprise of the frame, the population visits are drawn from. Its
// stratum is industry section × size.
type FrameEnterprise struct {
	Name     string
	USCC     string // "" where not known
	Industry string // section letter
	Division string // two-digit division, "" where only the section is known
	Size     string // code of vocabulary enterprise_size
	Region   string // GB/T 2260 code, "" where not known
	Segment  string // code of vocabulary segment, "" where not known
	At       Ref
}

// Key is the enterprise's key, as a visit to it has.
func (e FrameEnterprise) Key() string { return EnterpriseKey(e.USCC, e.Name) }

// Stratum is one cell of industry × size with the number of enterprises in the population.
type Stratum struct {
	Industry   string
	Size       string
	Population int // N_h
	At         Ref
}

// Assignment gives a faculty member an enterprise to visit, and says what became of it.
type Assignment struct {
	Faculty     string // staff number
	Enterprise  string // name or credit code as written
	Key         string // EnterpriseKey of the frame's enterprise, "" where it is not in the frame
	Planned     Day    // "" where no day was set
	Disposition string // code of vocabulary disposition, "" while open
	Note        string
	At          Ref
}

// DecodeRoster reads a roster workbook. The roster is returned even beside errors.
func DecodeRoster(cb *codebook.Codebook, b *Book) (*Roster, []Issue) {
	form, _, issues := Identify(cb, b)
	if HasErrors(issues) {
		return &Roster{}, issues
	}
	if form.Kind != "roster" {
		want, _ := cb.Form("roster")
		return &Roster{}, append(issues, NewIssue(cb, "T002", Ref{}, "", "", form.Title.Both(), want.Title.Both()))
	}
	filled, more := ReadForm(cb, form, b)
	issues = append(issues, more...)
	issues = append(issues, filled.Need(cb, "faculty")...)
	d := &rosterDecoder{cb: cb, in: NewScan(cb, 0), filled: filled}
	d.faculty()
	d.frame()
	d.strata()
	d.assignments()
	d.populations()
	issues = append(issues, d.in.Issues...)
	Sort(b, issues)
	return &d.out, issues
}

type rosterDecoder struct {
	cb     *codebook.Codebook
	in     *Scan
	filled *Filled
	out    Roster
	staff  map[string]Ref
	frameN map[stratumKey]int // enterprises of the frame by stratum
	byKey  map[string]Ref     // frame by EnterpriseKey
	byName map[string]string  // folded name → EnterpriseKey
}

type stratumKey struct{ industry, size string }

func (d *rosterDecoder) faculty() {
	d.staff = make(map[string]Ref)
	for _, r := range d.filled.Records("faculty") {
		at := r.At("faculty_id")
		f := Faculty{ID: d.in.Text(r, "faculty_id"), Name: d.in.Text(r, "faculty_name"), Department: d.in.Text(r, "department")}
		plan := FacultyPlan{Faculty: f.ID, VisitsPlanned: d.in.Int(r, "visits_planned"), At: at.Ref}
		for _, code := range d.in.Codes(r, "programmes") {
			plan.Programmes = append(plan.Programmes, codebook.ProgrammeID(code))
		}
		if first, taken := d.staff[f.ID]; taken && f.ID != "" {
			d.in.Report("R001", at, "", "other", first.Cell())
			continue
		}
		d.staff[f.ID] = at.Ref
		d.out.Faculty = append(d.out.Faculty, f)
		d.out.Plans = append(d.out.Plans, plan)
	}
}

func (d *rosterDecoder) frame() {
	d.frameN = make(map[stratumKey]int)
	d.byKey = make(map[string]Ref)
	d.byName = make(map[string]string)
	for _, r := range d.filled.Records("frame") {
		at := r.At("enterprise_name")
		e := FrameEnterprise{
			Name: d.in.Text(r, "enterprise_name"), USCC: d.in.USCC(r, "uscc"),
			Size: d.in.Code(r, "enterprise_size"), Region: d.in.Code(r, "region"), Segment: d.in.Code(r, "segment"),
			At: at.Ref,
		}
		e.Industry, e.Division = splitIndustry(d.cb, d.in.Code(r, "industry"))
		key := e.Key()
		if first, taken := d.byKey[key]; taken && key != "" {
			d.in.Report("R002", at, "", "other", first.Cell(), "by", key)
			continue
		}
		d.byKey[key] = at.Ref
		d.byName[headerKey(e.Name)] = key
		d.frameN[stratumKey{e.Industry, e.Size}]++
		d.out.Frame = append(d.out.Frame, e)
	}
}

func (d *rosterDecoder) strata() {
	first := make(map[stratumKey]Ref)
	for _, r := range d.filled.Records("strata") {
		at := r.At("industry")
		section, _ := splitIndustry(d.cb, d.in.Code(r, "industry"))
		s := Stratum{Industry: section, Size: d.in.Code(r, "enterprise_size"), Population: d.in.Int(r, "population").Value, At: r.At("population").Ref}
		key := stratumKey{s.Industry, s.Size}
		if other, taken := first[key]; taken {
			d.in.ReportAt("R003", at.Ref, "industry", at.Header(), d.stratumName(key), "", "other", other.Cell())
			continue
		}
		first[key] = at.Ref
		d.out.Strata = append(d.out.Strata, s)
	}
}

func (d *rosterDecoder) stratumName(k stratumKey) string {
	return d.cb.Name("industry", k.industry).ZH + " × " + d.cb.Name("enterprise_size", k.size).ZH
}

// populations holds the strata against the frame.
func (d *rosterDecoder) populations() {
	if d.filled.Sheet("strata") == nil {
		return
	}
	known := make(map[stratumKey]bool)
	for _, s := range d.out.Strata {
		key := stratumKey{s.Industry, s.Size}
		known[key] = true
		if n := d.frameN[key]; s.Population > 0 && s.Population < n {
			d.in.ReportAt("R004", s.At, "population", "", strconv.Itoa(s.Population), strconv.Itoa(n), "stratum", d.stratumName(key))
		}
	}
	reported := make(map[stratumKey]bool)
	for _, e := range d.out.Frame {
		key := stratumKey{e.Industry, e.Size}
		if known[key] || reported[key] || e.Industry == "" || e.Size == "" {
			continue
		}
		reported[key] = true
		d.in.ReportAt("R005", e.At, "enterprise_size", "", d.stratumName(key), "", "count", strconv.Itoa(d.frameN[key]))
	}
}

func (d *rosterDecoder) assignments() {
	type task struct{ faculty, enterprise string }
	first := make(map[task]Ref)
	for _, r := range d.filled.Records("assignments") {
		who, where := r.At("faculty_id"), r.At("enterprise")
		a := Assignment{
			Faculty: d.in.Text(r, "faculty_id"), Enterprise: d.in.Text(r, "enterprise"), Planned: d.in.Date(r, "planned_date"),
			Disposition: d.in.Code(r, "disposition"), Note: d.in.Text(r, "note"), At: who.Ref,
		}
		if _, known := d.staff[a.Faculty]; !known && a.Faculty != "" {
			d.in.Report("R006", who, "")
		}
		a.Key = d.frameKey(a.Enterprise)
		if a.Key == "" && a.Enterprise != "" && len(d.out.Frame) > 0 {
			d.outsideFrame(where, a.Enterprise)
		}
		key := task{a.Faculty, headerKey(a.Enterprise)}
		if other, taken := first[key]; taken {
			d.in.Report("R008", where, "", "other", other.Cell())
			continue
		}
		first[key] = where.Ref
		d.out.Assignments = append(d.out.Assignments, a)
	}
}

// frameKey finds the frame's enterprise by its code or its whole name.
func (d *rosterDecoder) frameKey(text string) string {
	if code := NormalUSCC(text); CheckUSCC(code) == USCCFine {
		if _, ok := d.byKey[code]; ok {
			return code
		}
	}
	return d.byName[headerKey(text)]
}

// outsideFrame reports an assignment to an enterprise the frame lacks, naming the nearest.
func (d *rosterDecoder) outsideFrame(v Value, name string) {
	best, near := 0.6, ""
	folded := headerKey(name)
	for i := range d.out.Frame {
		if score := Dice(folded, headerKey(d.out.Frame[i].Name)); score > best {
			best, near = score, d.out.Frame[i].Name
		}
	}
	hint, hintEN := "", ""
	if near != "" {
		hint, hintEN = "，最接近的是“"+near+"”", "; the nearest is “"+near+"”"
	}
	d.in.Report("R007", v, near, "hint", hint, "hint_en", hintEN)
}

// Staff is who stands on a roster, by staff number.
type Staff map[string]Faculty

// Add adds everybody who has a staff number.
func (s Staff) Add(list []Faculty) {
	for _, f := range list {
		if f.ID != "" {
			s[f.ID] = f
		}
	}
}
