package demand

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// View is a sample made ready for estimation under one base: every job with what it counts
// for, and the jobs of each enterprise gathered into the cells from which every domain is
// summed. It is immutable and safe for concurrent use.
type View struct {
	Sample *Sample
	Base   Base

	cb        *codebook.Codebook
	opt       Options
	amount    []int32   // job → a_j; 0 where the job has no place in the base
	weight    []float64 // enterprise → w_e
	design    design
	cells     cells
	names     []codebook.ProgrammeID // programme code → programme
	domains   []Domain
	lists     []list     // one per domain, then the rests that belong to no domain
	sums      []equation // what a reader could subtract
	place     map[Domain]int
	earlier   []*comparison       // with reports published before
	chronicle *chronicle          // of these and this; nil where there are none
	answers   map[string][]string // of each enterprise; nil unless it is compared with others
}

// NewView prepares a sample. BaseAuto is resolved: see Base.
func NewView(cb *codebook.Codebook, s *Sample, opt Options) *View {
	v := &View{Sample: s, Base: opt.Base, cb: cb, opt: opt}
	if v.Base == BaseAuto {
		v.Base = s.ChooseBase()
	}
	v.amount = s.amounts(v.Base)
	if opt.Skip != nil {
		for j := range v.amount {
			if opt.Skip(j) {
				v.amount[j] = 0
			}
		}
	}
	v.weight = make([]float64, len(s.Enterprises))
	for i := range s.Enterprises {
		v.weight[i] = s.Enterprises[i].weight()
	}
	v.design = newDesign(s)
	v.layOut()
	for _, p := range opt.Earlier {
		if v.answers == nil {
			v.answers = s.answers()
		}
		v.compareWith(p)
	}
	if len(opt.Earlier) > 0 {
		v.chronicle = newChronicle(v)
	}
	return v
}

func (v *View) compareWith(p Publication) {
	opt := v.opt
	opt.Base = v.Base
	compared := newComparison(v.cb, v.Sample, v.answers, p, opt)
	compared.beside(v.domains)
	v.earlier = append(v.earlier, compared)
}

// Without is the view with jobs left out; their enterprises stay in the design. It shares
// everything else with v.
func (v *View) Without(skip func(job int) bool) *View {
	out := *v
	out.opt.Skip = skip
	out.amount = slices.Clone(v.amount)
	for j := range out.amount {
		if skip(j) {
			out.amount[j] = 0
		}
	}
	return &out
}

func (e *Enterprise) weight() float64 {
	if e.Weight > 0 {
		return e.Weight
	}
	return 1
}

// Domains lists every domain there is, in the order they are printed.
func (v *View) Domains() []Domain { return slices.Clone(v.domains) }

// Weight is what job j counts for: a_j·w_e, 0 where it has no place in the base.
func (v *View) Weight(j int) float64 {
	return float64(v.amount[j]) * v.weight[v.Sample.Jobs.Enterprise[j]]
}

// layOut gathers jobs into cells and lists the cells of every domain.
func (v *View) layOut() {
	d := newDimensions(v.cb, v.Sample)
	v.cells = newCells(v.Sample, d)
	for _, p := range d.programme.list {
		v.names = append(v.names, codebook.ProgrammeID(p))
	}
	b := &builder{d: d, c: &v.cells}
	b.build()
	v.domains, v.lists, v.sums = b.domains, append(b.lists, b.rests...), b.sums
	v.cells.join(v.lists)
	v.place = make(map[Domain]int, len(v.domains))
	for i, dom := range v.domains {
		v.place[dom] = i
	}
}

// dimensions are the coded attributes by which domains are formed.
type dimensions struct {
	programme, family, industry, size, region codes
	jobProgramme, jobFamily                   []int32 // job → code
	entIndustry, entSize, entRegion           []int32 // enterprise → code
}

func newDimensions(cb *codebook.Codebook, s *Sample) *dimensions {
	n, e := s.Jobs.Len(), len(s.Enterprises)
	prog, fam := make([]string, n), make([]string, n)
	for j := range n {
		prog[j], fam[j] = string(s.Jobs.Programme[j]), string(s.Jobs.Family[j])
	}
	ind, size, region := make([]string, e), make([]string, e), make([]string, e)
	for i := range s.Enterprises {
		ent := &s.Enterprises[i]
		ind[i], size[i], region[i] = ent.Industry, ent.Size, Province(ent.Region)
	}
	var programmes []string
	for _, p := range cb.Programmes {
		programmes = append(programmes, string(p.Code))
	}
	d := &dimensions{
		programme: newCodes(programmes, programmes, prog),
		family:    newCodes(nil, itemCodes(cb, "job_family"), fam),
		industry:  newCodes(nil, itemCodes(cb, "industry"), ind),
		size:      newCodes(nil, itemCodes(cb, "enterprise_size"), size),
		region:    newCodes(nil, itemCodes(cb, "region"), region),
	}
	d.jobProgramme, d.jobFamily = d.programme.number(prog), d.family.number(fam)
	d.entIndustry, d.entSize, d.entRegion = d.industry.number(ind), d.size.number(size), d.region.number(region)
	return d
}

func (c codes) number(values []string) []int32 {
	out := make([]int32, len(values))
	for i, v := range values {
		out[i] = c.index[v]
	}
	return out
}

// EnterpriseWeight is the design weight of an enterprise.
func (v *View) EnterpriseWeight(enterprise int) float64 { return v.weight[enterprise] }
