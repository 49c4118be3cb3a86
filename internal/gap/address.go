package gap

import (
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Address names a figure for good: "2026/computer_network/fault_diagnosis/performance_gap".
type Address struct {
	Year       int
	Domain     demand.Domain
	Competency codebook.CompetencyID
	Measure    demand.Measure
}

// String writes the address.
func (a Address) String() string {
	return strings.Join([]string{strconv.Itoa(a.Year), a.Domain.Key(), string(a.Competency), string(a.Measure)}, "/")
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
	for _, m := range demand.MeasureOrder() {
		if m == a.Measure {
			return a, true
		}
	}
	return Address{}, false
}

// AddressOf is the address of a cell of this analysis.
func (a *Analysis) AddressOf(c demand.Cell) Address {
	return Address{a.Year, c.Domain, c.Competency, c.Measure}
}
