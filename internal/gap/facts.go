package gap

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// facts is the size of the survey and what is missing from it.
func (r *run) facts() Facts {
	s := r.sample
	f := Facts{
		Visits: len(s.Visits), Enterprises: len(s.Enterprises), Jobs: s.Jobs.Len(),
		BaseMissing: s.MissingBase(r.in.Base, demand.Domain{}), Framed: len(s.Strata) > 0, Raked: s.Raked,
	}
	faculty := make(map[string]bool)
	for _, v := range s.Visits {
		faculty[v.Faculty] = true
	}
	f.Faculty = len(faculty)
	f.ratings(s)
	for _, c := range s.Frame {
		f.Population += c.Population
	}
	for i := range s.Enterprises {
		if f.Framed && s.Enterprises[i].Stratum >= 0 {
			f.InFrame++
		}
	}
	return f
}

// Size is a size of the survey as a figure; it has no error. Other measures are no data.
func (f *Facts) Size(m demand.Measure) demand.Figure {
	counts := map[demand.Measure]int{CountVisits: f.Visits, CountEnterprises: f.Enterprises, CountJobs: f.Jobs, CountRatings: f.Ratings}
	n := counts[m]
	if n == 0 {
		return demand.Figure{Flag: demand.NoData}
	}
	return demand.Figure{Estimate: float64(n), Flag: demand.Good, Enterprises: f.Enterprises, Jobs: f.Jobs}
}

func (f *Facts) ratings(s *demand.Sample) {
	graduates := 0
	for c := range s.Jobs.Ratings {
		for m, column := range s.Jobs.Ratings[c] {
			for _, v := range column {
				f.Asked++
				if v > 0 {
					f.Ratings++
				} else if m == demand.Graduate {
					graduates++
				}
			}
		}
	}
	f.Missing = share(f.Asked-f.Ratings, f.Asked)
	f.NoGraduate = share(graduates, f.Asked/demand.Measures)
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + "%" }

func (r *run) baseText(f Facts) codebook.Text {
	t := r.in.Base.Text()
	if f.BaseMissing == 0 {
		return t
	}
	return say(t.ZH+"；全部岗位中 "+percent(f.BaseMissing)+" 没有填写，不计入", t.EN+"; of all jobs visited, "+percent(f.BaseMissing)+" do not give it and are left out")
}

func weightText(f Facts) codebook.Text {
	if !f.Framed {
		return say("没有载入抽样框，各企业权数相同。走访不是随机样本：区间只反映企业之间的差异，不能推断到未走访的企业。",
			"No sampling frame is loaded; every enterprise counts the same. The visits are not a random sample: intervals show how enterprises differ and do not extend to those not visited.")
	}
	raked := codebook.Text{}
	if f.Raked {
		raked = say("，并按行业、规模、省份的总数校准", ", raked to the totals by industry, size and province")
	}
	of := strconv.Itoa(f.InFrame) + " / " + strconv.Itoa(f.Population)
	return say("企业按抽样框加权：层为行业×规模，权数为层内企业总数与走访数之比（"+of+" 家）"+raked.ZH+"。走访对象如不是随机抽取，区间仍会低估误差。",
		"Enterprises are weighted to the frame: strata are industry × size, the weight is population over visits ("+of+")"+raked.EN+". If visits were not drawn at random, intervals still understate the error.")
}

// notes are the remarks every reader is shown: the instrument's, the curriculum's, ours.
func (r *run) notes() []codebook.Text {
	out := append([]codebook.Text(nil), r.cb.Notes...)
	if m := r.curriculum(); m != nil {
		for _, n := range m.Notes {
			out = append(out, n.Text)
		}
		for _, p := range m.Programmes {
			if p.Note != "" {
				name := r.cb.Name("programmes", string(p.Code))
				out = append(out, say(name.ZH+"："+p.Note, name.EN+": "+p.Note))
			}
		}
	}
	return append(out,
		say("课程教学水平取该专业各模块中的最高级；没有模块讲授的能力记为 0 级。", "The taught level is the highest over the modules of a programme; a competency that no module teaches counts as level 0."),
		say("平均数类数字的相对标准误超过 30% 须谨慎使用，超过 50% 不予显示；差距可能接近零，改用标准误 0.3 级与 0.5 级为界。",
			"Means with a relative standard error above 30 % are to be used with caution and above 50 % are withheld. A gap may be near zero, so for gaps the limits are standard errors of 0.3 and 0.5 levels."),
		say("少于 "+strconv.Itoa(r.in.K)+" 家企业、或一家企业占权重 80% 以上的数字不予显示；为防止用总数相减推算，另有一些数字一并不显示。",
			"Figures of fewer than "+strconv.Itoa(r.in.K)+" enterprises, or of which one enterprise holds over 80 % of the weight, are withheld, and some others beside them so that they cannot be computed by subtraction."))
}

// outcomesOf picks the outcomes of one programme.
func (r *run) outcomesOf(p codebook.ProgrammeID) ProgrammeOutcomes {
	var out ProgrammeOutcomes
	o := r.in.Outcomes
	if o == nil {
		return out
	}
	out.Certificates = filter(o.Certificates, func(c curriculum.CertificateOutcome) bool { return c.Programme == p })
	out.Competitions = filter(o.Competitions, func(c curriculum.CompetitionOutcome) bool { return c.Programme == p })
	out.Graduates = filter(o.Graduates, func(g curriculum.GraduateOutcome) bool { return g.Programme == p })
	return out
}

func filter[T any](list []T, keep func(T) bool) []T {
	var out []T
	for _, x := range list {
		if keep(x) {
			out = append(out, x)
		}
	}
	return out
}
