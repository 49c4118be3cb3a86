package campaign

import (
	"context"
	"fmt"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// TraceOptions say how a figure is made and how much of the way back is shown.
type TraceOptions struct {
	AnalyzeOptions // Year is taken from the address

	// Names also lists the single answers: enterprise, teacher, file and cell. Only for those who
	// may see them; the look is recorded in the audit log under By.
	Names bool
	By    string // "" is the operating system's user
}

// Trace is the way of one figure: back to the cells it was typed in, and forward along the loop.
type Trace struct {
	Address  string        `json:"address"`
	Title    codebook.Text `json:"title"`
	Figure   demand.Figure `json:"figure"`
	Formula  string        `json:"formula"`
	Source   string        `json:"source"`
	Base     codebook.Text `json:"base"`
	Weight   codebook.Text `json:"weight"`
	Behind   *Behind       `json:"behind"`  // nil where even the counts are confidential
	WhyNot   codebook.Text `json:"why_not"` // why there is no number, or no cell behind it
	Answers  []Traced      `json:"answers,omitempty"`
	Modules  []Taught      `json:"modules"`
	Outcomes Outcomes      `json:"outcomes"`
	Dossiers []Dossier     `json:"decisions"` // proposals with what became of them, oldest first
}

// Behind counts what stands behind a figure.
type Behind struct {
	Enterprises int `json:"enterprises"`
	Jobs        int `json:"jobs"`
	Visits      int `json:"visits"`
	Files       int `json:"files"`
	Cells       int `json:"cells"`
}

// Traced is one answer behind a figure, with where it stands.
type Traced struct {
	Weight     float64           `json:"weight"` // what it counts for
	Importance uint8             `json:"importance,omitempty"`
	Required   uint8             `json:"required_level,omitempty"`
	Graduate   uint8             `json:"graduate_level,omitempty"`
	Amount     *float64          `json:"amount,omitempty"` // hires or yuan, where the figure is about no competency; absent where the job does not say
	Title      string            `json:"job_title"`
	Enterprise string            `json:"enterprise"`
	Faculty    string            `json:"faculty"`
	Day        survey.Day        `json:"visit_date"`
	File       string            `json:"file"`
	SHA256     string            `json:"sha256"`
	Sheet      string            `json:"sheet"`
	Row        int               `json:"row"`
	Cells      map[string]string `json:"cells"` // measure → A1; the row where the figure rests on no rating; competency/measure → A1 where it counts them
}

// Taught is a module that teaches the competency of a figure, with what it leads to.
type Taught struct {
	Module         curriculum.ModuleCode `json:"module"`
	Name           codebook.Text         `json:"name"`
	Category       string                `json:"category"`
	Level          int                   `json:"level"`
	Certifications []string              `json:"certifications"` // "datacom/HCIA", with exam and version where given
	Competitions   []codebook.Text       `json:"competitions"`
}

// Outcomes sum what came of it in the newest year on record.
type Outcomes struct {
	Year         int `json:"year"`
	Certificates int `json:"certificates"`
	Awards       int `json:"awards"` // teams
	Graduates    int `json:"graduates"`
}

// ErrNoAddress says that a figure cannot be found.
type ErrNoAddress struct{ Address string }

// Error names the address and the way to find others.
func (e *ErrNoAddress) Error() string {
	a := Printable(e.Address)
	return "没有这个数字：" + a + "。用 qianqi trace 词 … 查找，如 qianqi trace 网络 故障诊断。\n" +
		"There is no figure " + a + ". Find one with qianqi trace WORD …, e.g. qianqi trace network fault."
}

// Trace follows the figure at an address back to its answers and forward along the loop.
func (c *Campaign) Trace(ctx context.Context, address string, o TraceOptions) (*Trace, error) {
	tracer, err := c.Tracer(ctx, address, o)
	if err != nil {
		return nil, err
	}
	return tracer.Trace(ctx, address)
}

// Tracer traces many figures of one year.
type Tracer struct {
	*Campaign
	figures *gap.Tracer
	jobs    []int64 // sample's job → store row
	opts    TraceOptions
}

// Tracer prepares the year of an address. The error is *ErrNoAddress or *ErrNoVisits.
func (c *Campaign) Tracer(ctx context.Context, address string, o TraceOptions) (*Tracer, error) {
	at, ok := gap.ParseAddress(address)
	if !ok {
		return nil, &ErrNoAddress{address}
	}
	o.Year, o.like = 0, at.Year // every year, so that decisions are tested against the newest
	in, err := c.inputs(ctx, o.asReported())
	if err != nil {
		return nil, err
	}
	in.Year = at.Year
	if in.Samples[at.Year] == nil {
		return nil, &ErrNoAddress{address}
	}
	figures, err := gap.NewTracer(c.Codebook, *in)
	if err != nil {
		return nil, err
	}
	return &Tracer{c, figures, in.Samples[at.Year].Jobs.ID, o}, nil
}

// Trace traces one figure of the tracer's year.
func (t *Tracer) Trace(ctx context.Context, address string) (*Trace, error) {
	at, ok := gap.ParseAddress(address)
	if !ok {
		return nil, &ErrNoAddress{address}
	}
	found, err := t.figures.Trace(at)
	if err != nil {
		return nil, &ErrNoAddress{address}
	}
	out := &Trace{
		Address: address, Title: t.title(at), Figure: found.Figure, Formula: found.Measure.Formula, Source: found.Measure.Source,
		Base: found.Base, Weight: found.Weight, WhyNot: whyNot(found),
		Modules: t.taught(found), Outcomes: outcomesOf(found.Outcomes), Dossiers: dossiersOf(found.Proposals, found.Decisions, found.Verdicts),
	}
	if found.Figure.Flag.Suppressed() && !t.opts.Names {
		return out, nil
	}
	return out, t.back(ctx, found, out)
}

// back goes the way back to the workbooks.
func (t *Tracer) back(ctx context.Context, found *gap.Trace, out *Trace) error {
	ids := make([]int64, len(found.Jobs))
	for i, j := range found.Jobs {
		ids[i] = t.jobs[j.Job]
	}
	places, err := t.Store.TraceJobs(ctx, ids)
	if err != nil {
		return err
	}
	at := make(map[int64]*store.JobTrace, len(places))
	files := make(map[string]bool)
	for i := range places {
		at[int64(places[i].Job)] = &places[i]
		files[places[i].SHA256] = true
	}
	behind := Behind{Enterprises: found.Figure.Enterprises, Jobs: len(found.Jobs), Visits: found.Visits, Files: len(files)}
	for _, j := range found.Jobs {
		place, ok := at[t.jobs[j.Job]]
		if !ok {
			return fmt.Errorf("campaign: job %d of %s stands in no workbook", t.jobs[j.Job], out.Address)
		}
		answer := tracedAnswer(found.Address, t.askedAs(found.Address.Competency, found.Address.Year), j, place)
		behind.Cells += len(answer.Cells)
		if t.opts.Names {
			out.Answers = append(out.Answers, answer)
		}
	}
	if !found.Figure.Flag.Suppressed() {
		out.Behind = &behind
	}
	if !t.opts.Names {
		return nil
	}
	_, err = t.Store.Audit(ctx, store.AuditEntry{College: t.Codebook.College, Actor: actor(t.opts.By), Action: "figure.traced", Object: "figure/" + out.Address})
	return err
}

// tracedAnswer puts one job's answers beside their cells. asked is the code that stands on them.
func tracedAnswer(at gap.Address, asked codebook.CompetencyID, j demand.Contribution, place *store.JobTrace) Traced {
	out := Traced{
		Weight: j.Weight, Importance: j.Importance, Required: j.Required, Graduate: j.Graduate,
		Title: place.Title, Enterprise: place.Enterprise, Faculty: place.Faculty, Day: place.Day,
		File: place.File, SHA256: place.SHA256, Sheet: place.Sheet, Row: place.Row, Cells: map[string]string{},
	}
	if at.Competency == "" && j.Amount != demand.Unasked {
		out.Amount = &j.Amount
	}
	for _, r := range place.Ratings {
		if at.Measure == gap.CountRatings {
			out.count(r)
		}
		if r.Competency != asked || asked == "" {
			continue
		}
		for name, col := range map[string]int{"importance": r.ImportanceCol, "required_level": r.RequiredCol, "graduate_level": r.GraduateCol} {
			if col > 0 && restsOn(at.Measure, name) {
				out.Cells[name] = survey.Ref{Row: place.Row, Col: col}.Cell()
			}
		}
	}
	if at.Competency == "" && at.Measure != gap.CountRatings {
		out.Cells[string(at.Measure)] = fmt.Sprintf("%d:%d", place.Row, place.Row)
	}
	return out
}

// count adds the cells of the ratings that were given for a competency.
func (t *Traced) count(r survey.Rating) {
	for name, given := range map[string]struct {
		known bool
		col   int
	}{"importance": {r.Importance.Known(), r.ImportanceCol}, "required_level": {r.Required.Known(), r.RequiredCol}, "graduate_level": {r.Graduate.Known(), r.GraduateCol}} {
		if given.known && given.col > 0 {
			t.Cells[string(r.Competency)+"/"+name] = survey.Ref{Row: t.Row, Col: given.col}.Cell()
		}
	}
}

// restsOn reports whether a measure is computed from a kind of rating.
func restsOn(m demand.Measure, rating string) bool {
	switch m {
	case demand.MeanImportance:
		return rating == "importance"
	case demand.MeanRequired, demand.HighDemandShare, demand.CoverageGap:
		return rating == "required_level"
	case demand.MeanGraduate:
		return rating == "graduate_level"
	case demand.Opportunity:
		return rating != "required_level"
	case demand.BorichMWDS:
		return true
	}
	return rating != "importance"
}

// whyNot says why a figure shows no number; empty where it does.
func whyNot(found *gap.Trace) codebook.Text {
	if found.Figure.Shown() {
		return codebook.Text{}
	}
	flag := found.Figure.Flag
	if flag == "" {
		flag = demand.NoData
	}
	return flagWords[flag]
}

// title names a figure in words.
func (c *Campaign) title(at gap.Address) codebook.Text {
	parts := []codebook.Text{}
	if at.Competency != "" {
		parts = append(parts, c.Codebook.Name("competencies", string(at.Competency)))
	}
	for _, m := range gap.MeasureTexts() {
		if m.Measure == at.Measure {
			parts = append(parts, m.Name)
		}
	}
	parts = append(parts, c.domainName(at.Domain))
	zh, en := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		zh[i], en[i] = p.ZH, p.EN
	}
	year := fmt.Sprint(at.Year)
	return codebook.Text{ZH: strings.Join(append(zh, year), " · "), EN: strings.Join(append(en, year), " · ")}
}

// domainName names a domain in words.
func (c *Campaign) domainName(d demand.Domain) codebook.Text {
	var zh, en []string
	for _, p := range [...]struct{ vocabulary, code string }{
		{"programmes", string(d.Programme)}, {"job_family", string(d.Family)}, {"industry", d.Industry}, {"enterprise_size", d.Size}, {"region", d.Region},
	} {
		if p.code != "" {
			name := c.Codebook.Name(p.vocabulary, p.code)
			zh, en = append(zh, name.ZH), append(en, name.EN)
		}
	}
	if len(zh) == 0 {
		return codebook.Text{ZH: "全部专业", EN: "all programmes"}
	}
	return codebook.Text{ZH: strings.Join(zh, "，"), EN: strings.Join(en, ", ")}
}

// taught lists the modules of a trace with the exams and contests they lead to.
func (c *Campaign) taught(found *gap.Trace) []Taught {
	out := []Taught{}
	for _, m := range found.Modules {
		t := Taught{Module: m.Module, Name: m.Name, Category: m.Category, Level: m.Level, Certifications: []string{}, Competitions: []codebook.Text{}}
		for _, x := range m.Certificates {
			t.Certifications = append(t.Certifications, strings.TrimSpace(string(x.Track)+"/"+string(x.Level)+" "+strings.TrimSpace(x.Exam+" "+x.ExamVersion)))
		}
		for _, x := range m.Competitions {
			name := c.Codebook.Name("competition", x.Name)
			if x.Track != "" {
				name = codebook.Text{ZH: name.ZH + "（" + x.Track + "）", EN: name.EN + " (" + x.Track + ")"}
			}
			t.Competitions = append(t.Competitions, name)
		}
		out = append(out, t)
	}
	return out
}

// outcomesOf sums the outcomes of the newest year on record.
func outcomesOf(o gap.ProgrammeOutcomes) Outcomes {
	var out Outcomes
	for _, x := range o.Certificates {
		out.Year = max(out.Year, x.Year)
	}
	for _, x := range o.Competitions {
		out.Year = max(out.Year, x.Year)
	}
	for _, x := range o.Graduates {
		out.Year = max(out.Year, x.Year)
	}
	for _, x := range o.Certificates {
		if x.Year == out.Year {
			out.Certificates += x.Earned
		}
	}
	for _, x := range o.Competitions {
		if x.Year == out.Year {
			out.Awards += x.Teams
		}
	}
	for _, x := range o.Graduates {
		if x.Year == out.Year {
			out.Graduates += x.Graduates
		}
	}
	return out
}
