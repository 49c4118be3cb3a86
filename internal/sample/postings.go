package sample

import (
	_ "embed"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

//go:embed data/postings.yaml
var postingsFile []byte

// postings are the distributions of real job postings.
type postings struct {
	Families []familyPostings `yaml:"families"`
	Cities   []struct {
		Region   string `yaml:"region"`
		Postings int    `yaml:"postings"`
	} `yaml:"cities"`
}

// familyPostings are the postings of one job family.
type familyPostings struct {
	Family   codebook.FamilyID `yaml:"family"`
	Postings int               `yaml:"postings"`
	Titles   map[string]int    `yaml:"titles"` // how often each occurs
	Newer    []string          `yaml:"newer"`
	Salaries [][2]int          `yaml:"salaries"` // quantiles of the range, thousand yuan a month

	titles weighted[string]
}

var readPostings = sync.OnceValue(func() *postings {
	var p postings
	mustRead(postingsFile, &p)
	for i := range p.Families {
		p.Families[i].weigh()
	}
	return &p
})

// mustRead reads embedded data, which the tests of this room have read before.
func mustRead(data []byte, into any) {
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		panic("sample: embedded data: " + err.Error())
	}
}

func (f *familyPostings) weigh() {
	sum := 0
	for _, title := range slices.Sorted(maps.Keys(f.Titles)) {
		f.titles.add(title, f.Titles[title])
		sum += f.Titles[title]
	}
	for _, title := range f.Newer {
		f.titles.add(title, sum/12+1)
	}
}

// of returns the postings of a family; ok is false for a family of another codebook.
func (p *postings) of(id codebook.FamilyID) (*familyPostings, bool) {
	for i := range p.Families {
		if p.Families[i].Family == id {
			return &p.Families[i], true
		}
	}
	return nil, false
}

// senior tells titles that ask for experience.
func senior(title string) bool {
	for _, word := range []string{"高级", "资深", "架构", "专家", "经理", "主管", "主任"} {
		if strings.Contains(title, word) {
			return true
		}
	}
	return false
}

// salary draws a range in thousand yuan a month; seniors from the upper half.
func (f *familyPostings) salary(r *rand.Rand, title string) (low, high int) {
	u := r.Float64()
	if senior(title) {
		u = 0.4 + 0.6*u
	} else {
		u *= 0.75
	}
	q := f.Salaries[int(u*float64(len(f.Salaries)))]
	return q[0], q[1]
}

// generic stands for the families of other codebooks.
var generic = familyPostings{Salaries: [][2]int{{3, 5}, {4, 6}, {4, 7}, {5, 8}, {6, 9}, {6, 10}, {8, 12}, {10, 15}}}
