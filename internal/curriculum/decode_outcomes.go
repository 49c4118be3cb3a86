package curriculum

import (
	"slices"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// DecodeOutcomes reads an outcomes workbook: counts of certificates, awards and first jobs.
func DecodeOutcomes(cb *codebook.Codebook, b *survey.Book) (*Outcomes, []survey.Issue) {
	filled, issues, ok := open(cb, b, "outcomes")
	if !ok {
		return &Outcomes{}, issues
	}
	d := &outcomesDecoder{cb: cb, in: survey.NewScan(cb, 0), filled: filled, out: Outcomes{College: cb.College}}
	d.certificates()
	d.competitions()
	d.graduates()
	issues = append(issues, d.in.Issues...)
	survey.Sort(b, issues)
	return &d.out, issues
}

type outcomesDecoder struct {
	cb     *codebook.Codebook
	in     *survey.Scan
	filled *survey.Filled
	out    Outcomes
}

func (d *outcomesDecoder) certificates() {
	seen := make(seenAt[CertificateOutcome])
	for _, r := range d.filled.Records("certificates") {
		c := CertificateOutcome{
			Year: d.in.Year4(r, "year").Value, Programme: codebook.ProgrammeID(d.in.Code(r, "programme")),
			Track: codebook.TrackID(d.in.Code(r, "track")), Level: codebook.LadderID(d.in.Code(r, "cert_level")), Cohort: d.in.Text(r, "cohort"),
		}
		if seen.again(d.in, "O001", r.At("cohort"), c) {
			continue
		}
		c.Candidates, c.Earned, c.At = d.in.Int(r, "candidates"), d.in.Int(r, "earned").Value, r.At("earned").Ref
		if c.Candidates.Known() && c.Earned > c.Candidates.Value {
			d.in.Report("O002", r.At("earned"), strconv.Itoa(c.Candidates.Value))
		}
		if year, err := strconv.Atoi(c.Cohort); err == nil && c.Year > 0 && year > c.Year {
			d.in.Report("O007", r.At("cohort"), strconv.Itoa(c.Year))
		}
		if p, ok := d.cb.Programme(c.Programme); ok && c.Track != "" && !slices.Contains(p.Tracks, c.Track) {
			d.in.Report("O008", r.At("track"), "", "programme", p.Name.ZH, "programme_en", p.Name.EN)
		}
		d.out.Certificates = append(d.out.Certificates, c)
	}
}

func (d *outcomesDecoder) competitions() {
	seen := make(seenAt[CompetitionOutcome])
	for _, r := range d.filled.Records("competitions") {
		c := CompetitionOutcome{
			Year: d.in.Year4(r, "year").Value, Programme: codebook.ProgrammeID(d.in.Code(r, "programme")),
			Competition: d.in.Code(r, "competition"), Track: d.in.Text(r, "competition_track"),
			Stage: d.in.Code(r, "stage"), Award: d.in.Code(r, "award"),
		}
		if seen.again(d.in, "O005", r.At("competition"), c) {
			continue
		}
		c.Teams, c.At = d.in.Int(r, "teams").Value, r.At("teams").Ref
		d.out.Competitions = append(d.out.Competitions, c)
	}
}

func (d *outcomesDecoder) graduates() {
	type cohort struct {
		programme codebook.ProgrammeID
		year      int
	}
	seen := make(seenAt[cohort])
	for _, r := range d.filled.Records("graduates") {
		g := GraduateOutcome{
			Year: d.in.Year4(r, "year").Value, Programme: codebook.ProgrammeID(d.in.Code(r, "programme")),
			Graduates: d.in.Int(r, "graduates").Value, Employed: d.in.Int(r, "employed"), Related: d.in.Int(r, "related"),
			At: r.At("graduates").Ref,
		}
		low, high := d.in.Money(r, "starting_salary")
		g.StartingSalary = low
		if low.Known() && high.Known() {
			g.StartingSalary.Value = (low.Value + high.Value) / 2
		}
		if seen.again(d.in, "O006", r.At("programme"), cohort{g.Programme, g.Year}) {
			continue
		}
		d.checkGraduates(r, g)
		d.out.Graduates = append(d.out.Graduates, g)
	}
}

// checkGraduates holds the counts against one another: all, of them employed, of them in a
// job that matches.
func (d *outcomesDecoder) checkGraduates(r survey.Record, g GraduateOutcome) {
	if g.Employed.Known() && g.Employed.Value > g.Graduates {
		d.in.Report("O003", r.At("employed"), strconv.Itoa(g.Graduates))
	}
	most := g.Graduates
	if g.Employed.Known() {
		most = g.Employed.Value
	}
	if g.Related.Known() && g.Related.Value > most {
		d.in.Report("O004", r.At("related"), strconv.Itoa(most))
	}
}
