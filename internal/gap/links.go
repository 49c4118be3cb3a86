package gap

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// demandedFrom is the mean importance from which a competency counts as demanded: the middle
// of the scale.
const demandedFrom = 3.0

// links lists where the loop of a programme is broken, each break with its evidence.
func (r *run) links(g *DomainGap) []BrokenLink {
	m := r.curriculum()
	if m == nil || len(m.Of(g.Domain.Programme)) == 0 {
		return nil
	}
	f := &linkFinder{r: r, g: g, modules: m.Of(g.Domain.Programme)}
	for i := range g.Rows {
		f.competency(&g.Rows[i])
	}
	f.certificates()
	for _, mod := range f.modules {
		f.module(mod)
	}
	return f.out
}

type linkFinder struct {
	r       *run
	g       *DomainGap
	modules []*curriculum.Module
	out     []BrokenLink
}

// figure is the address of a figure of this programme.
func (f *linkFinder) figure(c codebook.CompetencyID, m demand.Measure) string {
	return Address{f.r.in.Year, f.g.Domain, c, m}.String()
}

func (r *Row) demanded() bool { return r.Importance.Shown() && r.Importance.Estimate >= demandedFrom }

// competency looks for the breaks of one competency.
func (f *linkFinder) competency(row *Row) {
	if !row.demanded() || !row.Coverage.Known {
		return
	}
	name, importance := f.r.name(row.Competency), oneDecimal(row.Importance.Estimate)
	link := BrokenLink{Competency: row.Competency, Figures: []string{f.figure(row.Competency, demand.MeanImportance)}}
	if row.Coverage.Taught == 0 {
		f.add(link, DemandedNotTaught, say(
			name.ZH+"：重要程度 "+importance+"，但没有模块讲授",
			name.EN+": importance "+importance+", taught by no module"), demand.MeanRequired)
		return
	}
	if row.Coverage.Gap.Beyond(0) {
		f.add(link, TaughtBelowDemand, say(
			name.ZH+"：岗位要求平均 "+oneDecimal(row.Required.Estimate)+" 级，课程教到 "+oneDecimal(row.Coverage.Taught)+" 级，差距超出误差",
			name.EN+": jobs require "+oneDecimal(row.Required.Estimate)+" on average, the curriculum leads to "+oneDecimal(row.Coverage.Taught)+"; beyond error"), demand.CoverageGap)
	}
	if row.Coverage.Compulsory == 0 {
		f.add(link, TaughtInElectiveOnly, say(
			name.ZH+"：只在拓展（选修）模块中讲授，并非每个学生都学到",
			name.EN+": taught in electives only, so not every student meets it"))
	}
	teaching := f.teaching(row.Competency)
	if !anyModule(teaching, func(m *curriculum.Module) bool { return len(m.Certifies) > 0 }) {
		f.add(link, TaughtNotCertified, say(
			name.ZH+"：讲授它的模块（"+named(teaching).ZH+"）都没有对应的认证",
			name.EN+": none of the modules that teach it ("+named(teaching).EN+") prepares for a certificate"))
	}
	if !anyModule(teaching, func(m *curriculum.Module) bool { return len(m.Exercises) > 0 }) {
		f.add(link, NotExercised, say(
			name.ZH+"：讲授它的模块（"+named(teaching).ZH+"）都没有竞赛锤炼",
			name.EN+": none of the modules that teach it ("+named(teaching).EN+") is exercised by a competition"))
	}
}

// add records a break; evidence lists further measures of the same competency.
func (f *linkFinder) add(link BrokenLink, kind LinkKind, text codebook.Text, evidence ...demand.Measure) {
	link.Kind, link.Text = kind, text
	figures := append([]string(nil), link.Figures...)
	for _, m := range evidence {
		figures = append(figures, f.figure(link.Competency, m))
	}
	link.Figures = figures
	f.out = append(f.out, link)
}

func (f *linkFinder) teaching(c codebook.CompetencyID) []*curriculum.Module {
	var out []*curriculum.Module
	for _, m := range f.modules {
		for _, t := range m.Teaches {
			if t.Competency == c {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

func anyModule(list []*curriculum.Module, is func(*curriculum.Module) bool) bool {
	for _, m := range list {
		if is(m) {
			return true
		}
	}
	return false
}

// named joins the names of modules; one without a name goes by its code.
func named(list []*curriculum.Module) codebook.Text {
	zh, en := make([]string, len(list)), make([]string, len(list))
	for i, m := range list {
		zh[i], en[i] = cmp.Or(m.Name.ZH, m.Name.EN, string(m.Code)), cmp.Or(m.Name.EN, m.Name.ZH, string(m.Code))
	}
	return say(strings.Join(zh, "、"), strings.Join(en, "; "))
}

func oneDecimal(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// hardlyAsked is the share of enterprises up to which a certificate counts as not demanded.
const hardlyAsked = 0.10

// certificates looks for certificates that modules prepare for and hardly an enterprise asks
// for.
func (f *linkFinder) certificates() {
	if !f.g.Enterprises.Shown() {
		return
	}
	enterprises := f.g.Enterprises.Enterprises
	seen := make(map[certificate]bool)
	for _, mod := range f.modules {
		for _, cert := range certificatesOf(mod) {
			if seen[cert] {
				continue
			}
			seen[cert] = true
			if n := f.asking(cert); n < f.r.in.K && share(n, enterprises) <= hardlyAsked {
				f.certificate(cert, enterprises)
			}
		}
	}
}

func (f *linkFinder) certificate(cert certificate, enterprises int) {
	name := f.r.certificateName(cert)
	k, all := strconv.Itoa(f.r.in.K), strconv.Itoa(enterprises)
	f.out = append(f.out, BrokenLink{
		Kind: CertifiedNotDemanded, Track: cert.track, Level: cert.level,
		Text: say(name.ZH+"：课程在准备，但 "+all+" 家企业中提出该要求的不足 "+k+" 家",
			name.EN+": the curriculum prepares for it, but fewer than "+k+" of "+all+" enterprises ask for it"),
	})
}

// asking counts the enterprises with a job of this programme that asks for the certificate, for
// a higher one on its track, or for the track at no particular level.
func (f *linkFinder) asking(cert certificate) int {
	s := f.r.sample
	who := make(map[int32]bool)
	for j, certs := range s.Jobs.Certificates {
		if !f.g.Domain.Holds(s, j) {
			continue
		}
		for _, c := range certs {
			if c.Track == cert.track && (c.Level == "" || f.rung(c.Level) >= f.rung(cert.level)) {
				who[s.Jobs.Enterprise[j]] = true
			}
		}
	}
	return len(who)
}

// rung is the height of a level on the certification ladder.
func (f *linkFinder) rung(level codebook.LadderID) int {
	return slices.IndexFunc(f.r.cb.Ladder, func(i codebook.Item) bool { return i.Code == string(level) })
}

// module looks for a module whose every competency is taught beyond what jobs ask, or that
// teaches none, and that no certificate needs either.
func (f *linkFinder) module(m *curriculum.Module) {
	if len(m.Certifies) > 0 {
		return
	}
	link := BrokenLink{Kind: ModuleNotNeeded, Module: m.Code}
	for _, t := range m.Teaches {
		row := f.row(t.Competency)
		if row == nil || !f.spare(row, t) {
			return
		}
		link.Figures = append(link.Figures, f.figure(t.Competency, demand.MeanRequired))
	}
	link.Text = say(m.Name.ZH+"（"+string(m.Code)+"）：所教各项都已超过岗位要求，也没有认证需要它",
		m.Name.EN+" ("+string(m.Code)+"): everything it teaches lies above what jobs require, and no certificate needs it")
	if len(m.Teaches) == 0 {
		link.Text = say(m.Name.ZH+"（"+string(m.Code)+"）：没有登记所培养的能力，也没有认证需要它",
			m.Name.EN+" ("+string(m.Code)+"): no competency is recorded for it, and no certificate needs it")
	}
	f.out = append(f.out, link)
}

// spare reports whether the programme could do without a teaching: it lies above what jobs
// require, and another module teaches the competency or it is not demanded.
func (f *linkFinder) spare(row *Row, t curriculum.Teaching) bool {
	if !row.Required.Shown() || !row.Required.HasSE || float64(t.Level) <= row.Required.Hi {
		return false
	}
	return !row.demanded() || len(f.teaching(t.Competency)) > 1
}

func (f *linkFinder) row(c codebook.CompetencyID) *Row {
	for i := range f.g.Rows {
		if f.g.Rows[i].Competency == c {
			return &f.g.Rows[i]
		}
	}
	return nil
}
