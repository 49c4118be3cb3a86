package gap

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// run is one analysis under way.
type run struct {
	cb      *codebook.Codebook
	in      Inputs
	years   []int // with a sample, ascending, up to the year analysed
	before  int   // the year compared with; 0 where there is none
	views   map[int]*demand.View
	tables  map[int]*demand.Table
	sample  *demand.Sample
	view    *demand.View
	table   *demand.Table
	domains []demand.Domain // overall, then every programme
	boot    *demand.Bootstrap
	means   [][]demand.Resampled // [competency][domain]; nil without replicates
	changes []ChangeRow          // for the domains, measures by competency
	said    map[string][]codebook.Mention
}

func newRun(cb *codebook.Codebook, in Inputs) *run {
	r := &run{cb: cb, in: in, sample: in.Samples[in.Year], views: make(map[int]*demand.View), tables: make(map[int]*demand.Table),
		said: make(map[string][]codebook.Mention)}
	if r.in.K == 0 {
		r.in.K = DefaultK
	}
	if r.in.Budget == 0 {
		r.in.Budget = DefaultBudget
	}
	if r.in.Replicates == 0 {
		r.in.Replicates = DefaultReplicates
	}
	if r.in.Base == demand.BaseAuto {
		r.in.Base = r.sample.ChooseBase()
	}
	for y, s := range in.Samples {
		if y <= in.Year && s != nil && s.Jobs.Len() > 0 || y == in.Year {
			r.years = append(r.years, y)
		}
	}
	slices.Sort(r.years)
	if n := len(r.years); n > 1 {
		r.before = r.years[n-2]
		if slices.Contains(r.years[:n-1], in.Since) {
			r.before = in.Since
		}
	}
	r.domains = append(r.domains, demand.Domain{})
	for _, p := range cb.Programmes {
		r.domains = append(r.domains, demand.Domain{Programme: p.Code})
	}
	for _, y := range r.years {
		r.views[y] = r.newView(y)
		if y != in.Year {
			r.tables[y] = r.views[y].Tabulate()
		}
	}
	r.view = r.views[in.Year]
	r.tabulate()
	return r
}

// tabulate makes the table of the year and, while each competency is in memory, resamples it.
func (r *run) tabulate() {
	if r.in.Replicates > 0 {
		r.boot = r.view.Bootstrap(r.in.Replicates, r.in.Seed)
	}
	if r.boot == nil {
		r.table = r.view.Tabulate()
	} else {
		r.means = make([][]demand.Resampled, len(r.sample.Competencies))
		r.table = r.view.Tabulate(func(c int, column *demand.Column) { r.means[c] = r.boot.Means(column, r.domains) })
	}
	r.tables[r.in.Year] = r.table
}

// TooClose reports whether a report on the answers of a year would have to withhold figures of the
// whole or of a programme that an earlier report showed: see demand.TooClose.
func TooClose(cb *codebook.Codebook, in Inputs, year int) bool {
	r := &run{cb: cb, in: in}
	opt := demand.Options{Base: in.Base, K: in.K, Cores: in.Cores, Taught: r.taught(year)}
	if opt.Base == demand.BaseAuto {
		opt.Base = in.Samples[year].ChooseBase()
	}
	return demand.TooClose(cb, in.Samples[year], demand.Publications(cb, in.Earlier[year], opt), opt)
}

// newView prepares the sample of a year.
func (r *run) newView(year int) *demand.View {
	opt := demand.Options{Base: r.in.Base, K: r.in.K, Cores: r.in.Cores, Taught: r.taught(year)}
	opt.Earlier = demand.Publications(r.cb, r.in.Earlier[year], opt)
	return demand.NewView(r.cb, r.in.Samples[year], opt)
}

// taught is the level the curriculum of a year leads to; nil without a curriculum.
func (r *run) taught(year int) func(codebook.ProgrammeID, codebook.CompetencyID) (int, bool) {
	m := r.in.Curriculum[year]
	if m == nil {
		return nil
	}
	return func(p codebook.ProgrammeID, c codebook.CompetencyID) (int, bool) {
		t, ok := m.Taught(p, c)
		return t.Level, ok
	}
}

func (r *run) curriculum() *curriculum.Map { return r.in.Curriculum[r.in.Year] }

// compareYears sets every competency beside the year before.
func (r *run) compareYears() {
	if r.before == 0 {
		return
	}
	now, then := r.column(r.in.Year), r.column(r.before)
	for c := range r.sample.Competencies {
		now.Load(c)
		then.Load(c)
		r.compare(c, now, then)
	}
}

// column makes room for a competency of a year, for estimates like those of its table.
func (r *run) column(year int) *demand.Column { return r.views[year].NewColumn().Like(r.tables[year]) }

func (r *run) name(c codebook.CompetencyID) codebook.Text {
	return r.cb.Name("competencies", string(c))
}
