package report

import (
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// past says how an earlier year asked a competency, and whether figures are compared with it.
func (n names) past(p codebook.Past) Text {
	year, former := itoa(p.Year), make([]Text, len(p.From))
	for i, f := range p.From {
		former[i] = say("“"+f.Name.ZH+"”", "“"+f.Name.EN+"”")
	}
	were := list(former)
	switch p.How {
	case codebook.Renamed:
		return say(year+" 年名为"+were.ZH+"，编码簿视为同一项能力，两年相比", "asked in "+year+" as "+were.EN+", which the codebook takes for the same competency: compared")
	case codebook.Split:
		return say(year+" 年只问了更宽的"+were.ZH+"，后来拆开：不与该年比较", "asked in "+year+" only within the wider "+were.EN+", since split: not compared")
	case codebook.Merged:
		return say(year+" 年分作"+were.ZH+"来问，后来合并：不与该年比较", "asked in "+year+" as "+were.EN+", since merged: not compared")
	}
	return say(year+" 年这个代码另有所指：不与该年比较", "its code meant something else in "+year+": not compared")
}

// pastLine lists what was asked otherwise.
func (n names) pastLine(all []codebook.Past) ChangeLine {
	were := "competencies were"
	if len(all) == 1 {
		were = "competency was"
	}
	line := ChangeLine{Finding: say(numeral(len(all))+"项能力在 "+itoa(all[0].Year)+" 年问法不同", codebook.UpperFirst(word(len(all)))+" "+were+" asked otherwise in "+itoa(all[0].Year))}
	for _, p := range all {
		name, how := n.competency(p.Competency), n.past(p)
		line.Items = append(line.Items, say(name.ZH+"："+how.ZH, name.EN+": "+how.EN))
	}
	return line
}

// pastNote explains, beside a comparison of years, which rows the earlier year asked otherwise; nothing
// where it asked all of them under their own names.
func (d *desk) pastNote(rows []gap.ChangeRow) []note {
	var texts []Text
	for _, r := range rows {
		if r.Past != nil {
			name, how := d.n.short(r.Competency), d.n.past(*r.Past)
			texts = append(texts, say(name.ZH+"："+how.ZH, name.EN+": "+how.EN))
		}
	}
	if len(texts) == 0 {
		return nil
	}
	zh, en := "", ""
	for _, t := range texts {
		zh, en = zh+t.ZH+"。", en+codebook.UpperFirst(t.EN)+". "
	}
	return []note{{say("问法变了？", "Asked otherwise?"), say(zh, en)}}
}

// askedColumn adds to the table of changes how the earlier year asked each row, where any was asked otherwise.
func (d *desk) askedColumn(t *table, rows []gap.ChangeRow) {
	if !slices.ContainsFunc(rows, func(r gap.ChangeRow) bool { return r.Past != nil }) {
		return
	}
	t.Columns = append(t.Columns, column{Key: "asked_before", Head: say(itoa(d.a.Change.Since)+" 年的问法", "As asked in "+itoa(d.a.Change.Since))})
	for i, r := range rows {
		how := say("相同", "the same")
		if r.Past != nil {
			how = d.n.past(*r.Past)
		}
		t.Rows[i] = append(t.Rows[i], textCell(how))
	}
}
