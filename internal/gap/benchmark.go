package gap

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// The extract of O*NET and the table that maps its skills to competencies.
var (
	//go:embed data/onet_network.csv
	onetValues string
	//go:embed data/onet_mapping.yaml
	onetMapping []byte
)

// crossmap is the mapping file.
type crossmap struct {
	Title        codebook.Text `yaml:"title"`
	Attribution  string        `yaml:"attribution"`
	Note         codebook.Text `yaml:"note"`
	Occupations  []Occupation  `yaml:"occupations"`
	Competencies []struct {
		Competency codebook.CompetencyID `yaml:"competency"`
		Elements   []string              `yaml:"elements"`
	} `yaml:"competencies"`
}

// published is one value of the extract.
type published struct {
	occupation, element, name, scale string
	value, se                        float64
	n                                int
	suppress                         bool
}

// external is the parsed benchmark; a test rules out that it cannot be read.
var external = sync.OnceValue(func() *struct {
	crossmap
	values []published
} {
	out := new(struct {
		crossmap
		values []published
	})
	if err := yaml.UnmarshalWithOptions(onetMapping, &out.crossmap, yaml.Strict()); err != nil {
		panic("gap: benchmark mapping: " + err.Error())
	}
	var err error
	if out.values, err = parsePublished(onetValues); err != nil {
		panic("gap: benchmark values: " + err.Error())
	}
	return out
})

func parsePublished(text string) ([]published, error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	var out []published
	for _, r := range rows[1:] {
		p := published{occupation: r[0], element: r[1], name: r[2], scale: r[3], suppress: r[7] == "Y"}
		var errs [3]error
		p.value, errs[0] = strconv.ParseFloat(r[4], 64)
		p.n, errs[1] = strconv.Atoi(r[5])
		p.se, errs[2] = strconv.ParseFloat(r[6], 64)
		for _, err := range errs {
			if err != nil {
				return nil, fmt.Errorf("%v: %w", r, err)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// benchmark sets O*NET's importance and level beside the competencies that the codebook has.
// It is empty for a codebook of other competencies.
func (r *run) benchmark() Benchmark {
	x := external()
	var rows []BenchmarkRow
	for _, c := range x.Competencies {
		if slices.Contains(r.sample.Competencies, c.Competency) {
			rows = append(rows, benchmarkRow(c.Competency, c.Elements, x.values))
		}
	}
	if len(rows) == 0 {
		return Benchmark{}
	}
	return Benchmark{Title: x.Title, Attribution: x.Attribution, Note: x.Note, Occupations: x.Occupations, Rows: rows}
}

func benchmarkRow(c codebook.CompetencyID, elements []string, values []published) BenchmarkRow {
	row := BenchmarkRow{Competency: c}
	var importance, level []published
	for _, p := range values {
		if !slices.Contains(elements, p.element) {
			continue
		}
		if !slices.Contains(row.Elements, p.name) {
			row.Elements = append(row.Elements, p.name)
		}
		switch {
		case p.suppress:
			row.Suppressed++
		case p.scale == "IM":
			importance = append(importance, p)
		default:
			p.value, p.se = 1+p.value*4/7, p.se*4/7
			level = append(level, p)
		}
	}
	row.Importance, row.Level = average(importance), average(level)
	return row
}

// average is the plain mean of published values with the error of a mean of independent ones,
// and an interval of ±1.96 errors as O*NET publishes them.
func average(values []published) demand.Figure {
	if len(values) == 0 {
		return demand.Figure{Flag: demand.NoData}
	}
	var sum, variance float64
	n := 0
	for _, p := range values {
		sum += p.value
		variance += p.se * p.se
		n += p.n
	}
	k := float64(len(values))
	f := demand.Figure{Estimate: sum / k, SE: math.Sqrt(variance) / k, HasSE: true, Flag: demand.Good, Jobs: n}
	f.Lo, f.Hi = f.Estimate-1.96*f.SE, f.Estimate+1.96*f.SE
	return f
}
