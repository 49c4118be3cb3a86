package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// calibrate applies --poststratify or --rake.
func (o estimateOptions) calibrate(cmd *cobra.Command, t *csvTable, d *estimate.Design) (*estimate.Design, error) {
	specs := o.rake
	if len(o.postStratify) > 0 {
		specs = o.postStratify
	}
	var margins []estimate.Margin
	var names []string
	for _, flag := range specs {
		for spec := range strings.SplitSeq(flag, ";") {
			m, name, err := t.margin(cmd, strings.TrimSpace(spec))
			if err != nil {
				return nil, err
			}
			margins, names = append(margins, m), append(names, name)
		}
	}
	switch {
	case len(margins) == 0:
		return d, nil
	case len(o.postStratify) > 0 && len(margins) > 1:
		return nil, usageError("--poststratify 只取一个分类（交叉用 a+b，多个边际用 --rake）", "--poststratify takes one classification (cross with a+b; several margins: --rake)")
	}
	out, err := d.Rake(margins, estimate.Raking{})
	if err != nil {
		return nil, explainMargins(err, names)
	}
	return out, nil
}

func explainMargins(err error, names []string) error {
	var in *estimate.InputError
	if !errors.As(err, &in) {
		return err
	}
	list := strings.Join(names, ", ")
	if in.Fault == estimate.FaultMargins {
		return bilingual(fmt.Sprintf("各边际的合计不一致：%g 与 %g（%s）", in.Got, in.Want, list), fmt.Sprintf("the margins add up to different totals: %g and %g (%s)", in.Got, in.Want, list))
	}
	return bilingual("耙法加权不收敛，边际可能互相矛盾："+list, "raking did not settle; the margins may contradict each other: "+list)
}

// margin reads "col:level=total,…" or "col=FILE"; several columns are crossed
// with +, their levels with |.
func (t *csvTable) margin(cmd *cobra.Command, spec string) (estimate.Margin, string, error) {
	name, rest, inline := strings.Cut(spec, ":")
	if before, file, ok := strings.Cut(spec, "="); ok && (!inline || len(before) < len(name)) {
		name, rest, inline = before, file, false
	}
	columns := strings.Split(name, "+")
	codes, values, err := t.levels(columns...)
	if err != nil {
		return estimate.Margin{}, name, err
	}
	for i, c := range codes {
		if c < 0 {
			return estimate.Margin{}, name, bilingual(
				fmt.Sprintf("%s 第 %d 行缺少 %s；加权的分类每行必填", t.name, t.lines[i], name),
				fmt.Sprintf("line %d has no %s; a calibration column is needed in every row", t.lines[i], name))
		}
	}
	var totals map[string]float64
	if inline {
		totals, err = inlineTotals(name, rest)
	} else {
		totals, err = fileTotals(cmd, columns, rest)
	}
	if err != nil {
		return estimate.Margin{}, name, err
	}
	m := estimate.Margin{Level: codes}
	for _, v := range values {
		level := strings.Join(v, "|")
		total, known := totals[level]
		if !known || !(total > 0) {
			return m, name, bilingual(fmt.Sprintf("%s 的 %q 没有大于 0 的总体总数", name, level), fmt.Sprintf("%s: no population total above 0 for level %q", name, level))
		}
		m.Total = append(m.Total, total)
		delete(totals, level)
	}
	for level, total := range totals {
		if total != 0 {
			return m, name, bilingual(fmt.Sprintf("样本中没有 %s 为 %q 的行，无法加权到它的总数", name, level), fmt.Sprintf("the sample has no row with %s %q: its total cannot be met", name, level))
		}
	}
	return m, name, nil
}

func inlineTotals(name, list string) (map[string]float64, error) {
	out := map[string]float64{}
	for item := range strings.SplitSeq(list, ",") {
		level, text, _ := strings.Cut(strings.TrimSpace(item), "=")
		total, ok := decimal(text)
		if !ok {
			return nil, usageError(fmt.Sprintf("%s 的总数应写成 水平=数，得到 %q", name, item), fmt.Sprintf("totals of %s are written level=count, got %q", name, item))
		}
		out[level] = total
	}
	return out, nil
}

// fileTotals reads a CSV whose last column holds the totals.
func fileTotals(cmd *cobra.Command, columns []string, path string) (map[string]float64, error) {
	t, err := readCSV(cmd, path)
	if err != nil {
		return nil, err
	}
	count, err := t.numbers(t.header[len(t.header)-1], true)
	if err != nil {
		return nil, err
	}
	_, values, err := t.levels(columns...)
	if err != nil {
		return nil, err
	}
	codes, _, _ := t.levels(columns...)
	out := map[string]float64{}
	for i, c := range codes {
		if c >= 0 {
			out[strings.Join(values[c], "|")] += count[i]
		}
	}
	return out, nil
}
