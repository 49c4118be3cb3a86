package campaign

import (
	"fmt"

	"github.com/mattn/go-runewidth"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// TextTable is a table for a terminal: the first row holds the headers.
type TextTable struct {
	Title string
	Rows  [][]string
	Note  string
}

// Width is the number of terminal columns that column i needs.
func (t TextTable) Width(i int) int {
	width := 0
	for _, row := range t.Rows {
		if i < len(row) {
			width = max(width, runewidth.StringWidth(row[i]))
		}
	}
	return width
}

// GapTables are the gap tables of an analysis, the whole cluster first, then each programme.
func (c *Campaign) GapTables(a *gap.Analysis) []TextTable {
	note := a.BaseText.ZH + " " + a.WeightText.ZH
	tables := []TextTable{c.gapTable(fmt.Sprintf("%d 全部专业 all programmes", a.Year), a.Overall, note)}
	for _, p := range a.Programmes {
		programme, _ := c.Codebook.Programme(p.Programme)
		tables = append(tables, c.gapTable(programme.Name.Both(), p.DomainGap, p.Headline.ZH))
	}
	return tables
}

func (c *Campaign) gapTable(title string, d gap.DomainGap, note string) TextTable {
	t := TextTable{Title: title, Note: note, Rows: [][]string{{
		"能力 competency", "重要 I", "要求 R", "毕业生 O", "差距 R−O", "±95%", "MWDS", "覆盖差距", "企业", "岗位", ""}}}
	for _, r := range d.Rows {
		competency, _ := c.Codebook.Competency(r.Competency)
		t.Rows = append(t.Rows, []string{
			competency.Name.ZH, Shown(r.Importance), Shown(r.Required), Shown(r.Graduate), Shown(r.Gap), margin(r.Gap),
			Shown(r.Borich), Shown(r.Coverage.Gap), count(r.Gap, r.Gap.Enterprises), count(r.Gap, r.Gap.Jobs), flagWords[r.Gap.Flag].ZH})
	}
	return t
}

// Shown writes a figure with two decimals, or a dash where it is not shown.
func Shown(f demand.Figure) string {
	if !f.Shown() {
		return "—"
	}
	return fmt.Sprintf("%.2f", f.Estimate)
}

// margin is half the width of the 95 % interval.
func margin(f demand.Figure) string {
	if !f.Shown() || !f.HasSE {
		return "—"
	}
	return fmt.Sprintf("%.2f", (f.Hi-f.Lo)/2)
}

func count(f demand.Figure, n int) string {
	if f.Flag.Suppressed() {
		return "—"
	}
	return fmt.Sprint(n)
}

// flagWords say in words why a figure is marked or not shown.
var flagWords = map[demand.Flag]codebook.Text{
	demand.Good:               {},
	demand.Caution:            {ZH: "慎用", EN: "use with caution"},
	demand.NoData:             {ZH: "无数据", EN: "no data"},
	demand.WithheldPrecision:  {ZH: "误差过大，不予公布", EN: "withheld: too imprecise"},
	demand.WithheldFew:        {ZH: "企业过少，不予公布", EN: "withheld: too few enterprises"},
	demand.WithheldDominance:  {ZH: "一家主导，不予公布", EN: "withheld: one enterprise dominates"},
	demand.WithheldComplement: {ZH: "为保护其他格子，不予公布", EN: "withheld: would reveal another cell"},
}
