package report

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// The figures that the sentences of the pages state, each as its sentence prints it.

// ofBase are the figures of a base line.
func (d *desk) ofBase(dg gap.DomainGap) []quote {
	at := d.openingsAt(dg.Domain)
	return []quote{d.quote(count(dg.Enterprises.Enterprises), at), d.quote(count(dg.Enterprises.Jobs), at), d.ofBaseMissing(1)}
}

// ofBaseMissing is the share of jobs left out because the number they count by was not given.
func (d *desk) ofBaseMissing(decimals int) quote {
	return d.quote(percent(d.a.Facts.BaseMissing, decimals), d.sizeAt(gap.CountJobs))
}

// ofRatings are shares and numbers of ratings given.
func (d *desk) ofRatings(printed ...string) []quote {
	var out []quote
	for _, p := range printed {
		out = append(out, d.quote(p, d.sizeAt(gap.CountRatings)))
	}
	return out
}

// ofMissing are the shares of ratings, and of graduate levels among them, that were not given.
func (d *desk) ofMissing() []quote {
	return d.ofRatings(percent(d.a.Facts.Missing, 0), percent(d.a.Facts.NoGraduate, 0))
}

// ofAsked are the figures of the sentence that says who was asked.
func (d *desk) ofAsked(dg gap.DomainGap) []quote {
	f := d.a.Facts
	sizes := []quote{d.quote(count(f.Visits), d.sizeAt(gap.CountVisits)), d.quote(count(f.Enterprises), d.sizeAt(gap.CountEnterprises))}
	return append(append(d.ofBase(dg), sizes...), d.ofMissing()...)
}

// ofLevel are required and graduate level of a competency, and the gap as a sentence prints it.
func (d *desk) ofLevel(domain demand.Domain, r gap.Row, margin string) []quote {
	return []quote{
		d.quote(num(r.Required.Estimate, 1), d.at(domain, r.Competency, demand.MeanRequired)),
		d.quote(num(r.Graduate.Estimate, 1), d.at(domain, r.Competency, demand.MeanGraduate)),
		d.ofGap(domain, r.Competency, margin),
	}
}

// ofGap is a gap as a sentence prints it.
func (d *desk) ofGap(domain demand.Domain, id codebook.CompetencyID, printed string) quote {
	return d.quote(printed, d.at(domain, id, demand.PerformanceGap))
}

// ofWidest are the figures of the competency that falls furthest short.
func (d *desk) ofWidest(dg gap.DomainGap) []quote {
	ranked := byGap(dg.Rows)
	if len(ranked) == 0 {
		return nil
	}
	return d.ofLevel(dg.Domain, ranked[0], num(ranked[0].Gap.Estimate, 1))
}

// verdictAt are the addresses of a measure before and after a decision.
func verdictAt(v gap.Verdict, m demand.Measure) (then, now gap.Address) {
	then = gap.Address{Year: v.From, Domain: demand.Domain{Programme: v.Decision.Programme}, Competency: v.Decision.Competency, Measure: m}
	now = then
	now.Year = v.To
	return then, now
}

// ofVerdict are the figures of the line that says what became of a decision.
func (d *desk) ofVerdict(v gap.Verdict) []quote {
	if !v.Before.Shown() || !v.After.Shown() || !v.Change.Shown() {
		return nil
	}
	then, now := verdictAt(v, demand.PerformanceGap)
	return []quote{d.quote(num(v.Before.Estimate, 2), then), d.quote(num(v.After.Estimate, 2), now),
		d.quote(figureCell(v.Change, 2, withMargin).Print().ZH, now, then)}
}

// ofSentences are the figures of the paragraph that tests a decision, in the order it states them.
func (d *desk) ofSentences(v gap.Verdict) []quote {
	if v.From == 0 || v.Decision.Competency == "" {
		return nil
	}
	then, now := verdictAt(v, demand.PerformanceGap)
	out := []quote{d.quote(num(v.Before.Estimate, 2), then), d.quote(num(v.After.Estimate, 2), now)}
	change := func(m demand.Measure, values ...float64) {
		then, now := verdictAt(v, m)
		for _, x := range values {
			out = append(out, d.quote(signed(x, 2), now, then))
		}
	}
	change(demand.PerformanceGap, v.Change.Estimate, v.Change.Lo, v.Change.Hi)
	if v.Parts.OK {
		change(demand.PerformanceGap, v.Parts.Within, v.Parts.Between)
	}
	change(demand.MeanRequired, v.Required.Estimate)
	change(demand.MeanGraduate, v.Graduate.Estimate)
	return out
}

// ofQualityLead are the figures of the paragraphs that say how complete the answers are.
func (d *desk) ofQualityLead() [][]quote {
	f := d.a.Facts
	return [][]quote{append(d.ofRatings(count(f.Asked), count(f.Ratings)), d.ofBaseMissing(0)), d.ofRatings(percent(d.a.Quality.StraightShare.Estimate, 0))}
}
