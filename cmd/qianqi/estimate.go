package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

type estimateOptions struct {
	data, weight            string
	y, by, strata, psu, fpc []string
	stat, domain            []string
	denominator             string
	quantile                []float64
	method, lonely, df      string
	replicates              int
	seed                    uint64
	postStratify, rake      []string
	level                   float64
	nest, json              bool
}

const estimateLong = `对任意 CSV 作基于抽样设计的估计：分层、整群（一阶或两阶）、有限总体校正、事后分层、
耙法加权，泰勒线性化或重复抽样方差。结果与 R 的 survey 包一致，任何人都可以核对。
空格、NA、NaN 是缺失：这一行留在设计里，只是不参加该变量的估计。

Design-based estimates from any CSV, with the results of R's survey package: strata, one or two
stages of clusters, finite-population correction, post-stratification, raking, Taylor or replicate
variance. An empty cell (or NA, NaN) is a missing answer: the row stays in the design.

  --strata H --psu P --weight W --fpc N      第一阶段 first stage; N: 该层的单位总数 units in the row's stratum
  --psu P,S --fpc N,M                        两阶段 two stages; M: 该单位内的下级单位总数 subunits in the row's unit
  without --weight: N/n from --fpc, else 1
  --poststratify "col:level=total,…"         or "col=FILE.csv" (columns: col, total); cross with a+b: "a+b:x|y=total,…"
  --rake "col:…" --rake "col:…"              or one flag with ; between the margins
  --lonely                                   只有一个单位的层 a stratum with one unit: fail 报错, certainty 必抽,
                                             remove 不计, adjust 以总均值为中心, average 取各层平均

错误的数据 bad data
  权数缺失、为零或为负；--fpc 缺失、为负、小于样本或层内不一；不是数值的答案（Inf 也不是）：报错并指出行与列
  a weight that is missing, zero or negative; an --fpc that is missing, negative, below the sample or not the
  same throughout a stratum; an answer that is no number (Inf is none): an error that names line and column
  估不出的数字是 null（表中为 –），reason 说明原因 what cannot be estimated is null (– in the table) with a reason:
    no-answers 无人回答, one-psu 只有一个单位 one unit, no-df 没有自由度 no degrees of freedom, lonely-strata 各层都只有
    一个单位 only one-unit strata, zero-denominator 分母为零, all-equal 答案全同，标准误为 0 no variation, SE is 0,
    out-of-range 比例只能由 0 和 1 组成 a proportion of something else, open-interval 分位数的界在数据之外 no bound`

func newEstimateCmd() *cobra.Command {
	o := estimateOptions{}
	cmd := &cobra.Command{
		Use:   "estimate",
		Short: "对任意 CSV 作抽样设计估计 design-based estimates from any CSV, to check against R",
		Long:  estimateLong + "\n\n" + exitTable,
		Example: `  qianqi estimate --data jobs.csv --y required,graduate --by family --strata h --psu enterprise --weight w --fpc N
  qianqi estimate --data apiclus1.csv --y api00 --psu dnum --weight pw --fpc fpc --method jk1 --json
  qianqi estimate --data apiclus1.csv --y enroll --stat total --psu dnum --weight pw --poststratify "stype:E=4421,H=755,M=1018"`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runEstimate(cmd, o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.data, "data", "", "数据 CSV data FILE (UTF-8, with header); - is standard input")
	f.StringSliceVar(&o.y, "y", nil, "要估计的列 columns to estimate; a/b is a ratio")
	f.StringSliceVar(&o.by, "by", nil, "分组列 columns whose combinations are the subgroups")
	f.StringSliceVar(&o.domain, "domain", nil, `只看子总体 only the rows where "col=value" (all of several)`)
	f.StringSliceVar(&o.strata, "strata", nil, "分层列 stratum column, one per stage")
	f.StringSliceVar(&o.psu, "psu", nil, "抽样单位列 sampling unit column, one per stage")
	f.StringVar(&o.weight, "weight", "", "权数列 weight column")
	f.StringSliceVar(&o.fpc, "fpc", nil, "总体单位数列 population size column, one per stage")
	f.BoolVar(&o.nest, "nest", false, "单位编号只在层内唯一 unit numbers are only unique within their stratum")
	f.StringSliceVar(&o.stat, "stat", []string{"mean"}, "统计量 mean, total, ratio, proportion, quantile")
	f.StringVar(&o.denominator, "denominator", "", "比率的分母列 denominator column of --stat ratio")
	f.Float64SliceVar(&o.quantile, "quantile", []float64{0.5}, "分位点 shares for --stat quantile")
	f.StringVar(&o.method, "method", "taylor", "方差 variance: taylor, jk1, jkn, bootstrap (Rao–Wu)")
	f.IntVar(&o.replicates, "replicates", 1000, "自助法次数 bootstrap replicates")
	f.Uint64Var(&o.seed, "seed", 1, "自助法种子 bootstrap seed")
	f.StringArrayVar(&o.postStratify, "poststratify", nil, "事后分层总数 known totals of one classification")
	f.StringArrayVar(&o.rake, "rake", nil, "耙法边际 known margins to rake to")
	f.StringVar(&o.lonely, "lonely", "fail", "单位层规则 one-unit strata: certainty, remove, adjust, average, fail")
	f.StringVar(&o.df, "df", "design", "自由度 degrees of freedom: design (all units), domain (units in the subgroup) or answers (units that answered)")
	f.Float64Var(&o.level, "level", 0.95, "置信水平 confidence level")
	f.BoolVar(&o.json, "json", false, "输出 JSON print JSON")
	return cmd
}

// sampleEstimator is what a design and its replicates both can.
type sampleEstimator interface {
	Mean(y []float64, in estimate.Domain) estimate.Estimate
	Total(y []float64, in estimate.Domain) estimate.Estimate
	Ratio(num, den []float64, in estimate.Domain) estimate.Estimate
	Proportion(y []float64, in estimate.Domain) estimate.Estimate
	Quantile(y []float64, p float64, in estimate.Domain) estimate.Estimate
}

func runEstimate(cmd *cobra.Command, o estimateOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	t, err := readCSV(cmd, o.data)
	if err != nil {
		return err
	}
	design, err := o.design(cmd, t)
	if err != nil {
		return err
	}
	est, err := o.variance(design)
	if err != nil {
		return o.explain(t, err)
	}
	groups, err := o.groups(t)
	if err != nil {
		return err
	}
	measures, err := o.measures(t)
	if err != nil {
		return err
	}
	var found []estimateLine
	for _, m := range measures {
		for _, g := range groups {
			found = append(found, newEstimateLine(m, g, m.make(est, g.in)))
		}
	}
	if o.json {
		return printJSON(cmd.OutOrStdout(), estimateReport{found, o.summary(design)})
	}
	return printEstimates(cmd.OutOrStdout(), found, o.summary(design))
}

var (
	estimateStats   = []string{"mean", "total", "ratio", "proportion", "quantile"}
	estimateMethods = []string{"taylor", "jk1", "jkn", "bootstrap"}
)

// check refuses what no data could make right.
func (o estimateOptions) check() error {
	switch {
	case o.data == "":
		return usageError("缺少 --data 文件", "--data FILE is missing")
	case len(o.y) == 0:
		return usageError("缺少 --y 列名", "--y is missing: name the columns to estimate")
	case len(o.psu) > 2 || len(o.fpc) > max(len(o.psu), 1) || len(o.strata) > max(len(o.psu), 1):
		return usageError("--strata、--psu、--fpc 最多两阶段，且不多于 --psu 的阶段数", "--strata, --psu and --fpc take one column a stage, two stages at most, no more than --psu has")
	case len(o.postStratify) > 0 && len(o.rake) > 0:
		return usageError("--poststratify 与 --rake 只能用一个（多个边际请都写进 --rake）", "use --poststratify or --rake, not both (put all margins in --rake)")
	case !(o.level > 0 && o.level < 1):
		return usageError("--level 应在 0 与 1 之间", "--level must lie between 0 and 1")
	}
	for _, p := range o.quantile {
		if !(p > 0 && p < 1) {
			return usageError("--quantile 应在 0 与 1 之间", "--quantile must lie between 0 and 1")
		}
	}
	for _, s := range o.stat {
		if err := oneOf("--stat", s, estimateStats); err != nil {
			return err
		}
	}
	if err := oneOf("--method", o.method, estimateMethods); err != nil {
		return err
	}
	if err := oneOf("--df", o.df, []string{"design", "domain", "answers"}); err != nil {
		return err
	}
	return oneOf("--lonely", o.lonely, []string{"certainty", "remove", "adjust", "average", "fail"})
}

func oneOf(flag, got string, allowed []string) error {
	if slices.Contains(allowed, got) {
		return nil
	}
	list := strings.Join(allowed, ", ")
	return usageError(fmt.Sprintf("%s 不认识 %q；可用：%s", flag, got, list), fmt.Sprintf("%s: unknown value %q; one of: %s", flag, got, list))
}

// design reads the sampling columns and calibrates.
func (o estimateOptions) design(cmd *cobra.Command, t *csvTable) (*estimate.Design, error) {
	s, err := o.sample(t)
	if err != nil {
		return nil, err
	}
	d, err := estimate.NewDesign(s)
	if err != nil {
		return nil, o.explain(t, err)
	}
	return o.calibrate(cmd, t, d)
}

func (o estimateOptions) sample(t *csvTable) (s estimate.Sample, err error) {
	s = estimate.Sample{N: len(t.rows), Nest: o.nest, Level: o.level, DF: dfRules[o.df]}
	s.Lonely, _ = estimate.ParseLonely(o.lonely)
	if o.weight != "" {
		if s.Weight, err = t.numbers(o.weight, true); err != nil {
			return s, err
		}
	}
	for k, into := range []*[]int32{&s.PSU, &s.SSU} {
		if k < len(o.psu) {
			if *into, err = t.identifiers(o.psu[k]); err != nil {
				return s, err
			}
		}
	}
	for k, into := range []*[]int32{&s.Strata, &s.Strata2} {
		if k < len(o.strata) {
			if *into, err = t.identifiers(o.strata[k]); err != nil {
				return s, err
			}
		}
	}
	for k, into := range []*[]float64{&s.FPC, &s.FPC2} {
		if k < len(o.fpc) {
			if *into, err = t.numbers(o.fpc[k], true); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// variance chooses how standard errors come about.
func (o estimateOptions) variance(d *estimate.Design) (sampleEstimator, error) {
	switch o.method {
	case "jk1":
		return d.JK1()
	case "jkn":
		return d.JKn()
	case "bootstrap":
		return d.Bootstrap(o.replicates, o.seed)
	}
	return d, nil
}

// estimateGroup is one subgroup and the values that define it.
type estimateGroup struct {
	by map[string]string
	in estimate.Domain
}

var dfRules = map[string]estimate.DF{"design": estimate.DFDesign, "domain": estimate.DFDomain, "answers": estimate.DFAnswers}

// groups gives the domain, or its parts under --by.
func (o estimateOptions) groups(t *csvTable) ([]estimateGroup, error) {
	within := estimate.All()
	for _, d := range o.domain {
		in, err := t.domain(d)
		if err != nil {
			return nil, err
		}
		within = within.And(in)
	}
	if len(o.by) == 0 {
		return []estimateGroup{{map[string]string{}, within}}, nil
	}
	codes, values, err := t.levels(o.by...)
	if err != nil {
		return nil, err
	}
	var out []estimateGroup
	for k, in := range estimate.Split(codes, len(values)) {
		g := estimateGroup{map[string]string{}, in.And(within)}
		for c, name := range o.by {
			g.by[name] = values[k][c]
		}
		out = append(out, g)
	}
	return out, nil
}

// domain reads "col=value".
func (t *csvTable) domain(spec string) (estimate.Domain, error) {
	name, value, ok := strings.Cut(spec, "=")
	if !ok {
		return estimate.Domain{}, usageError(fmt.Sprintf("--domain 应写成 列=值，得到 %q", spec), fmt.Sprintf("--domain wants col=value, got %q", spec))
	}
	at, err := t.column(name)
	if err != nil {
		return estimate.Domain{}, err
	}
	mask := make([]bool, len(t.rows))
	for i, row := range t.rows {
		mask[i] = row[at] == value && !isMissing(value)
	}
	if !slices.Contains(mask, true) {
		return estimate.Domain{}, bilingual(
			fmt.Sprintf("「%s」列没有一行是 %q，子总体为空", name, value),
			fmt.Sprintf("no row has %q in column %s: the domain is empty", value, name))
	}
	return estimate.Where(mask), nil
}

// estimateMeasure is one statistic of one column.
type estimateMeasure struct {
	y, denominator, stat, category string
	p                              float64
	make                           func(sampleEstimator, estimate.Domain) estimate.Estimate
}

func (o estimateOptions) measures(t *csvTable) ([]estimateMeasure, error) {
	var out []estimateMeasure
	for _, stat := range o.stat {
		for _, name := range o.y {
			ms, err := o.measure(t, stat, name)
			if err != nil {
				return nil, err
			}
			out = append(out, ms...)
		}
	}
	return out, nil
}

func (o estimateOptions) measure(t *csvTable, stat, name string) ([]estimateMeasure, error) {
	m := estimateMeasure{y: name, stat: stat}
	if num, den, ok := strings.Cut(name, "/"); ok && !slices.Contains(t.header, name) {
		return t.ratio(num, den)
	}
	switch stat {
	case "ratio":
		return t.ratio(name, o.denominator)
	case "proportion":
		return t.proportions(name)
	}
	y, err := t.numbers(name, false)
	if err != nil {
		return nil, err
	}
	switch stat {
	case "mean":
		m.make = func(e sampleEstimator, in estimate.Domain) estimate.Estimate { return e.Mean(y, in) }
	case "total":
		m.make = func(e sampleEstimator, in estimate.Domain) estimate.Estimate { return e.Total(y, in) }
	case "quantile":
		var out []estimateMeasure
		for _, p := range o.quantile {
			m.p = p
			m.make = func(e sampleEstimator, in estimate.Domain) estimate.Estimate { return e.Quantile(y, p, in) }
			out = append(out, m)
		}
		return out, nil
	}
	return []estimateMeasure{m}, nil
}

func (t *csvTable) ratio(num, den string) ([]estimateMeasure, error) {
	if den == "" {
		return nil, usageError("--stat ratio 缺少 --denominator（或写 --y 分子/分母）", "--stat ratio needs --denominator (or --y num/den)")
	}
	a, err := t.numbers(num, false)
	if err != nil {
		return nil, err
	}
	b, err := t.numbers(den, false)
	if err != nil {
		return nil, err
	}
	return []estimateMeasure{{y: num, denominator: den, stat: "ratio",
		make: func(e sampleEstimator, in estimate.Domain) estimate.Estimate { return e.Ratio(a, b, in) }}}, nil
}

// proportions gives the share of ones of a 0/1 column, or of every category of
// any other.
func (t *csvTable) proportions(name string) ([]estimateMeasure, error) {
	codes, values, err := t.levels(name)
	if err != nil {
		return nil, err
	}
	var out []estimateMeasure
	binary := !slices.ContainsFunc(values, func(v []string) bool { return v[0] != "0" && v[0] != "1" })
	for k, v := range values {
		m := estimateMeasure{y: name, stat: "proportion", category: v[0]}
		if binary {
			if m.category = ""; v[0] == "0" && len(values) > 1 {
				continue
			}
			k = slices.IndexFunc(values, func(v []string) bool { return v[0] == "1" })
		}
		y := make([]float64, len(codes))
		for i, c := range codes {
			switch {
			case c < 0:
				y[i] = missingAnswer
			case int(c) == k:
				y[i] = 1
			}
		}
		m.make = func(e sampleEstimator, in estimate.Domain) estimate.Estimate { return e.Proportion(y, in) }
		out = append(out, m)
	}
	return out, nil
}

// explain turns a fault of the input into a sentence that names the line.
func (o estimateOptions) explain(t *csvTable, err error) error {
	var in *estimate.InputError
	if !errors.As(err, &in) {
		return err
	}
	columns := map[string][]string{"Weight": {o.weight}, "PSU": o.psu[:min(1, len(o.psu))], "SSU": o.psu[min(1, len(o.psu)):],
		"Strata": o.strata[:min(1, len(o.strata))], "Strata2": o.strata[min(1, len(o.strata)):],
		"FPC": o.fpc[:min(1, len(o.fpc))], "FPC2": o.fpc[min(1, len(o.fpc)):]}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	zh, en := "", ""
	switch in.Fault {
	case estimate.FaultWeight:
		zh, en = "不是正数；权数必须大于 0（不属于样本的行请删去）", "is not positive; weights must be greater than 0 (leave rows outside the sample out)"
	case estimate.FaultFPC:
		zh, en = "不是正数；总体单位数必须大于 0", "is not positive; a population size must be greater than 0"
	case estimate.FaultFPCSmall:
		zh = "小于该层实抽的 " + number(in.Want) + " 个单位；应填总体单位数，不是抽样比"
		en = "is smaller than what was sampled there (" + number(in.Want) + "); give the population size, not a fraction"
	case estimate.FaultFPCVaries:
		zh, en = "与同层其他行的 "+number(in.Want)+" 不同", "differs from the "+number(in.Want)+" of other rows of its stratum"
	case estimate.FaultNesting:
		zh, en = "同时出现在两个层里；编号只在层内唯一时加 --nest", "stands in two strata; add --nest if numbers are only unique within a stratum"
	case estimate.FaultLonely:
		zh = "所在的层只有一个抽样单位，无法估计方差；用 --lonely certainty、remove、adjust 或 average 选择规则"
		en = "has a stratum with a single sampling unit: no variance; choose a rule with --lonely certainty, remove, adjust or average"
	case estimate.FaultReplicates:
		return bilingual("这种设计不能用该重复抽样法："+in.Field+"（jk1 只用于不分层且至少两个单位；jkn、bootstrap 至少两次）",
			in.Field+" does not fit this design (jk1: no strata, two units or more; jkn and bootstrap: two replicates or more)")
	default:
		return bilingual("数据有误", err.Error())
	}
	if c := columns[in.Field]; in.Row >= 0 && len(c) > 0 && c[0] != "" {
		return t.cellError(in.Row, c[0], zh, en)
	}
	return bilingual(fmt.Sprintf("第 %d 行%s", t.lines[max(in.Row, 0)], zh), fmt.Sprintf("line %d %s", t.lines[max(in.Row, 0)], en))
}
