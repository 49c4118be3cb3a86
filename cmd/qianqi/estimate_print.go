package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// missingAnswer marks a missing answer for the engine.
var missingAnswer = math.NaN()

// estimateReport is the JSON document of qianqi estimate.
type estimateReport struct {
	Estimates []estimateLine  `json:"estimates"`
	Design    estimateSummary `json:"design"`
}

// estimateSummary says how the numbers came about.
type estimateSummary struct {
	Rows       int     `json:"rows"`
	Strata     int     `json:"strata"`
	PSUs       int     `json:"psus"`
	DF         float64 `json:"df"`
	Method     string  `json:"method"`
	Replicates int     `json:"replicates,omitempty"`
	Seed       uint64  `json:"seed,omitempty"`
	Lonely     string  `json:"lonely"`
	LonelyN    int     `json:"lonely_strata"`
	Level      float64 `json:"level"`
	Calibrated string  `json:"calibrated,omitempty"`
}

// estimateLine is one estimate; a number that is not known is null and Reason
// says why.
type estimateLine struct {
	Y           string            `json:"y"`
	Denominator string            `json:"denominator,omitempty"`
	Category    string            `json:"category,omitempty"`
	By          map[string]string `json:"by"`
	Stat        string            `json:"stat"`
	P           float64           `json:"p,omitempty"`
	Estimate    *float64          `json:"estimate"`
	SE          *float64          `json:"se"`
	Lo          *float64          `json:"lo"`
	Hi          *float64          `json:"hi"`
	DEFF        *float64          `json:"deff"`
	DEFFReplace *float64          `json:"deff_replace"`
	DF          *float64          `json:"df"`
	N           int               `json:"n"`
	PSUs        int               `json:"psus"`
	Reason      string            `json:"reason,omitempty"`
	ReasonText  string            `json:"reason_text,omitempty"`
}

var reasonTexts = map[estimate.Reason]string{
	estimate.NoAnswers:       "无人回答 nobody answered",
	estimate.ZeroDenominator: "分母为零 the denominator is zero",
	estimate.OnePSU:          "只有一个抽样单位，标准误无法估计 one sampling unit: no standard error",
	estimate.NoDF:            "每层只有一个单位有回答，没有自由度 one answering unit a stratum: no degrees of freedom",
	estimate.LonelyStrata:    "所涉各层都只有一个单位，标准误无法估计 every stratum has a single unit: no standard error",
	estimate.AllEqual:        "所有回答相同，标准误为零只因数据如此 all answers are the same",
	estimate.OutOfRange:      "取值超出范围 value out of range",
	estimate.OpenInterval:    "区间超出数据范围 the interval leaves the data",
}

func newEstimateLine(m estimateMeasure, g estimateGroup, e estimate.Estimate) estimateLine {
	return estimateLine{
		Y: m.y, Denominator: m.denominator, Category: m.category, By: g.by, Stat: m.stat, P: m.p,
		Estimate: known(e.Value), SE: known(e.SE), Lo: known(e.Lo), Hi: known(e.Hi),
		DEFF: known(e.DEFF), DEFFReplace: known(e.DEFFReplace), DF: known(e.DF),
		N: e.N, PSUs: e.PSUs, Reason: string(e.Reason), ReasonText: reasonTexts[e.Reason],
	}
}

// known is nil for a number that JSON cannot hold.
func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func (o estimateOptions) summary(d *estimate.Design) estimateSummary {
	s := estimateSummary{Rows: d.Rows(), Strata: d.Strata(), PSUs: d.PSUs(), DF: d.DF(), Method: o.method,
		Lonely: o.lonely, LonelyN: d.LonelyStrata(), Level: d.Level()}
	if o.method == "bootstrap" {
		s.Replicates, s.Seed = o.replicates, o.seed
	}
	switch {
	case len(o.postStratify) > 0:
		s.Calibrated = "poststratify"
	case len(o.rake) > 0:
		s.Calibrated = "rake"
	}
	return s
}

// printEstimates writes an aligned table and the design below it.
func printEstimates(w io.Writer, lines []estimateLine, s estimateSummary) error {
	head := append([]string{"变量 y"}, byNames(lines)...)
	head = append(head, "统计量 stat", "估计 estimate", "标准误 se", "下限 lo", "上限 hi", "deff", "df", "n", "")
	rows := [][]string{head}
	for _, l := range lines {
		rows = append(rows, l.cells(byNames(lines)))
	}
	words := 2 + len(byNames(lines)) // columns of words stand left
	if err := writeAligned(w, rows, words); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n设计 design: %d 行 rows, %d 层 strata, %d 个抽样单位 PSUs, df %g; 方差 variance %s; 单位层 lonely %s (%d); %g%%\n",
		s.Rows, s.Strata, s.PSUs, s.DF, s.Method, s.Lonely, s.LonelyN, 100*s.Level)
	return err
}

func byNames(lines []estimateLine) []string {
	var names []string
	for name := range lines[0].By {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (l estimateLine) cells(by []string) []string {
	y := l.Y
	if l.Denominator != "" {
		y += "/" + l.Denominator
	}
	if l.Category != "" {
		y += "=" + l.Category
	}
	out := []string{y}
	for _, name := range by {
		out = append(out, l.By[name])
	}
	stat := l.Stat
	if l.P > 0 {
		stat += fmt.Sprintf(" %g", l.P)
	}
	return append(out, stat, shown(l.Estimate), shown(l.SE), shown(l.Lo), shown(l.Hi), shown(l.DEFF), shown(l.DF),
		strconv.Itoa(l.N), l.ReasonText)
}

// shown writes a number with seven significant digits, a dash for none.
func shown(v *float64) string {
	if v == nil {
		return "–"
	}
	return strconv.FormatFloat(*v, 'g', 7, 64)
}

// writeAligned pads columns by what they take on a terminal, where a Chinese
// character is two columns wide.
func writeAligned(w io.Writer, rows [][]string, words int) error {
	width := make([]int, len(rows[0]))
	for _, r := range rows {
		for c, cell := range r {
			width[c] = max(width[c], runewidth.StringWidth(cell))
		}
	}
	for _, r := range rows {
		var b strings.Builder
		for c, cell := range r {
			fill := strings.Repeat(" ", width[c]-runewidth.StringWidth(cell))
			if c < words || c == len(r)-1 {
				b.WriteString(cell + fill + "  ")
			} else {
				b.WriteString(fill + cell + "  ")
			}
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
