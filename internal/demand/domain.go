package demand

import (
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Domain is a subgroup that is estimated. An empty field means "all"; the zero Domain is the
// whole sample.
type Domain struct {
	Programme codebook.ProgrammeID `json:"programme,omitempty"`
	Family    codebook.FamilyID    `json:"family,omitempty"`
	Industry  string               `json:"industry,omitempty"` // GB/T 4754 section letter
	Size      string               `json:"size,omitempty"`
	Region    string               `json:"region,omitempty"` // province code
}

// Key is the domain in a figure's address: "all", "computer_network", "family=security",
// "computer_network+family=security".
func (d Domain) Key() string {
	parts := make([]string, 0, 2)
	if d.Programme != "" {
		parts = append(parts, string(d.Programme))
	}
	for _, p := range [...]struct{ name, code string }{
		{"family", string(d.Family)}, {"industry", d.Industry}, {"size", d.Size}, {"region", d.Region},
	} {
		if p.code != "" {
			parts = append(parts, p.name+"="+p.code)
		}
	}
	if len(parts) == 0 {
		return "all"
	}
	return strings.Join(parts, "+")
}

// ParseDomain reads what Key wrote.
func ParseDomain(key string) (Domain, bool) {
	var d Domain
	if key == "all" {
		return d, true
	}
	for _, part := range strings.Split(key, "+") {
		if !d.set(part) {
			return Domain{}, false
		}
	}
	return d, d != Domain{}
}

// set reads one part of a key; false where it names no attribute or no code.
func (d *Domain) set(part string) bool {
	name, code, named := strings.Cut(part, "=")
	if !named {
		name, code = "programme", part
	}
	switch name {
	case "programme":
		d.Programme = codebook.ProgrammeID(code)
	case "family":
		d.Family = codebook.FamilyID(code)
	case "industry":
		d.Industry = code
	case "size":
		d.Size = code
	case "region":
		d.Region = code
	default:
		return false
	}
	return code != ""
}

// Holds reports whether job j of the sample belongs to the domain.
func (d Domain) Holds(s *Sample, j int) bool {
	e := &s.Enterprises[s.Jobs.Enterprise[j]]
	return (d.Programme == "" || d.Programme == s.Jobs.Programme[j]) &&
		(d.Family == "" || d.Family == s.Jobs.Family[j]) &&
		(d.Industry == "" || d.Industry == e.Industry) &&
		(d.Size == "" || d.Size == e.Size) &&
		(d.Region == "" || d.Region == Province(e.Region))
}
