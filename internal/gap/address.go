package gap

import (
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Measures that only the job families have, as occupational targets; see Priority.
const (
	Breadth demand.Measure = "breadth" // share of enterprises that have such a job
	Salary  demand.Measure = "salary"  // mean of the middle of the range, yuan per month
)

// Sizes of the survey: plain counts over every accepted visit of the year, without weights or error.
const (
	CountVisits      demand.Measure = "visits"
	CountEnterprises demand.Measure = "enterprises"
	CountJobs        demand.Measure = "jobs"
	CountRatings     demand.Measure = "ratings" // rating cells that were answered
)

// Sizes lists the sizes of the survey in the order they are printed. Only the whole survey has them.
func Sizes() []demand.Measure {
	return []demand.Measure{CountVisits, CountEnterprises, CountJobs, CountRatings}
}

// noCompetency stands in the address of a figure that is about no competency.
const noCompetency = "-"

// Address names a figure for good: "2026/computer_network/fault_diagnosis/performance_gap". One
// that is about no competency has a dash in its place: "2026/family=security/-/openings".
type Address struct {
	Year       int
	Domain     demand.Domain
	Competency codebook.CompetencyID
	Measure    demand.Measure
}

// String writes the address.
func (a Address) String() string {
	competency := string(a.Competency)
	if competency == "" {
		competency = noCompetency
	}
	return strings.Join([]string{strconv.Itoa(a.Year), a.Domain.Key(), competency, string(a.Measure)}, "/")
}

// ParseAddress reads what String wrote.
func ParseAddress(s string) (Address, bool) {
	parts := strings.Split(s, "/")
	if len(parts) != 4 {
		return Address{}, false
	}
	year, err := strconv.Atoi(parts[0])
	domain, ok := demand.ParseDomain(parts[1])
	if err != nil || !ok || parts[2] == "" {
		return Address{}, false
	}
	a := Address{year, domain, codebook.CompetencyID(parts[2]), demand.Measure(parts[3])}
	if parts[2] == noCompetency {
		a.Competency = ""
	}
	return a, a.sound()
}

// sound reports whether the measure is one that a figure of this kind has.
func (a Address) sound() bool {
	measures := append(demand.MeasureOrder(), demand.RankedDiscrepancy, demand.Opportunity)
	if a.Competency == "" {
		measures = []demand.Measure{demand.Openings}
		if a.Domain == (demand.Domain{Family: a.Domain.Family}) && a.Domain.Family != "" {
			measures = append(measures, Breadth, Salary)
		}
		if a.Domain == (demand.Domain{}) {
			measures = append(measures, Sizes()...)
		}
	}
	return slices.Contains(measures, a.Measure)
}

// AddressOf is the address of a cell of this analysis.
func (a *Analysis) AddressOf(c demand.Cell) Address {
	return Address{a.Year, c.Domain, c.Competency, c.Measure}
}
